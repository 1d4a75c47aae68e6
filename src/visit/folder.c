/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "visit/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fmt/i18n.h"

static bool usable(const char *parent, const char *more, char *path)
{
	struct stat st;
	if (!parent || *parent != '/' || stat(parent, &st) < 0 || !S_ISDIR(st.st_mode) ||
	    access(parent, W_OK) != 0)
		return false;
	int n = snprintf(path, PATH_MAX, "%s/osiscope-%s", parent, more);
	/* A socket of the browser's lies in there: its path may have 107 bytes. */
	return n > 0 && n < PATH_MAX;
}

char *folder_make(uid_t user, gid_t group, struct err *err)
{
	char path[PATH_MAX];
	bool other = user != geteuid();
	/* The session's own folder comes last: it lies in memory, and a capture may be large. */
	if (!usable(getenv("TMPDIR"), "XXXXXX", path) && !usable("/tmp", "XXXXXX", path) &&
	    (other || !usable(getenv("XDG_RUNTIME_DIR"), "XXXXXX", path))) {
		err_set(err, _("no folder for the visit's files: /tmp cannot be written (TMPDIR chooses another)"));
		return NULL;
	}
	if (!mkdtemp(path) || (other && chown(path, user, group) < 0)) {
		err_set(err, _("%s: %s; TMPDIR chooses another place"), path, strerror(errno));
		return NULL;
	}
	return xstrdup(path);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	remove(path);
	return 0;
}

void folder_remove(const char *path)
{
	nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

void remove_empty(const char *path, int fd)
{
	struct stat there, open;
	if (fd >= 0 && fstat(fd, &open) == 0 && lstat(path, &there) == 0 && there.st_size == 0 &&
	    S_ISREG(there.st_mode) && there.st_ino == open.st_ino && there.st_dev == open.st_dev)
		unlink(path);
}

int folder_write(const char *folder, const char *name, const char *text, struct err *err)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
	if (fd >= 0)
		close(fd);
	return n == (ssize_t)strlen(text) ? 0 : err_set(err, "%s: %s", path, strerror(errno));
}
