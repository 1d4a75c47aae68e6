/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fmt/i18n.h"

enum { TRIES = 100 };

static int exists(const char *path, struct err *err)
{
	return err_set(err, _("%s exists and is kept; --force replaces it"), path);
}

/* The folder that the path is in, to be freed. */
static char *folder_of(const char *path)
{
	char *folder = xstrdup(path), *slash = strrchr(folder, '/');
	if (!slash) {
		free(folder);
		return xstrdup(".");
	}
	slash[slash == folder] = '\0';
	return folder;
}

/* A name beside the path that nobody has; to be freed. */
static char *name_beside(const char *path, unsigned number)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t n = strlen(path) + 32;
	char *to = xmalloc(n);
	snprintf(to, n, "%.*s.%.200s.%ld-%u", (int)(name - path), path, name, (long)getpid(), number);
	return to;
}

/* Without a name where the file system can: then nothing is left behind, whatever happens. */
static int open_new(struct outfile *o)
{
	char *folder = folder_of(o->path);
	int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	free(folder);
	for (unsigned i = 0; fd < 0 && i < TRIES; i++) {
		o->temporary = name_beside(o->path, i);
		fd = open(o->temporary, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, 0600);
		if (fd >= 0)
			break;
		free(o->temporary);
		o->temporary = NULL;
		if (errno != EEXIST)
			break;
	}
	return fd;
}

int outfile_may(const char *path, bool force, struct err *err)
{
	struct stat there;
	size_t n = strlen(path);
	if (!n || path[n - 1] == '/')
		return err_set(err, _("'%s' is no name for a file"), path);
	if (stat(path, &there) < 0)
		return 0;
	if (!S_ISREG(there.st_mode))
		return err_set(err, _("%s is there already and no file: name another one"), path);
	return force ? 0 : exists(path, err);
}

int outfile_open(struct outfile *o, const char *path, bool force, struct err *err)
{
	*o = (struct outfile){ .fd = -1, .force = force, .shown = path };
	if (outfile_may(path, force, err) < 0)
		return -1;
	/* what a link leads to is replaced, not the link */
	o->path = access(path, F_OK) == 0 ? realpath(path, NULL) : xstrdup(path);
	o->fd = o->path ? open_new(o) : -1;
	if (o->fd >= 0)
		return 0;
	err_set(err, _("cannot write %s: %s"), path, strerror(errno));
	outfile_drop(o);
	return -1;
}

/* A name for what has none yet. */
static int give_name(struct outfile *o)
{
	char self[64];
	snprintf(self, sizeof self, "/proc/self/fd/%d", o->fd);
	for (unsigned i = 0; !o->temporary && i < TRIES; i++) {
		char *name = name_beside(o->path, i);
		if (linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0) {
			o->temporary = name;
			break;
		}
		free(name);
		if (errno != EEXIST)
			break;
	}
	return o->temporary ? 0 : -1;
}

/* Somebody else may have made a file of this name meanwhile: it is not replaced without force. */
static int move(const struct outfile *o)
{
	if (o->force)
		return rename(o->temporary, o->path);
	int moved = renameat2(AT_FDCWD, o->temporary, AT_FDCWD, o->path, RENAME_NOREPLACE);
	if (moved == 0 || (errno != EINVAL && errno != ENOSYS))
		return moved;
	moved = link(o->temporary, o->path);	/* a file system that knows no such renaming */
	if (moved == 0)
		unlink(o->temporary);
	return moved;
}

int outfile_keep(struct outfile *o, bool private, struct err *err)
{
	mode_t mask = umask(0);
	umask(mask);
	bool good = private || fchmod(o->fd, 0666 & ~mask) == 0;
	good = good && give_name(o) == 0;
	good = close(o->fd) == 0 && good;
	o->fd = -1;
	good = good && move(o) == 0;
	if (!good && errno == EEXIST)
		exists(o->shown, err);
	else if (!good)
		err_set(err, _("cannot write %s: %s"), o->shown, strerror(errno));
	if (good) {
		free(o->temporary);
		o->temporary = NULL;
	}
	outfile_drop(o);
	return good ? 0 : -1;
}

void outfile_drop(struct outfile *o)
{
	if (o->fd >= 0)
		close(o->fd);
	if (o->temporary)
		unlink(o->temporary);
	free(o->temporary);
	free(o->path);
	*o = (struct outfile){ .fd = -1 };
}
