/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "browser/profile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fmt/i18n.h"

int profile_file(const struct browser_plan *p, const char *name)
{
	struct words path = { 0 };
	struct stat folder;
	words_add(&path, "%s/%s", p->profile, name);
	int fd = open(path.word[0], O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	words_free(&path);
	if (fd >= 0 && geteuid() == 0 &&
	    (stat(p->profile, &folder) < 0 || fchown(fd, folder.st_uid, folder.st_gid) < 0)) {
		int why = errno;
		close(fd);
		errno = why;
		return -1;
	}
	return fd;
}

void profile_remove(const struct browser_plan *p, const char *name)
{
	struct words path = { 0 };
	words_add(&path, "%s/%s", p->profile, name);
	unlink(path.word[0]);
	words_free(&path);
}

int profile_failed(const struct browser_plan *p, struct err *err)
{
	return err_set(err, _("cannot write into the profile %s: %s; is there room and permission?"),
		       p->profile, strerror(errno));
}
