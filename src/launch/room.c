/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "fmt/i18n.h"
#include "launch/launch.h"

/* The file of the visit's folder over the system's, which may be a link. */
static bool cover(const char *folder, const char *name, struct err *err)
{
	char ours[PATH_MAX], system[PATH_MAX], real[PATH_MAX];
	snprintf(ours, sizeof ours, "%s/%s", folder, name);
	snprintf(system, sizeof system, "/etc/%s", name);
	if (access(ours, R_OK) != 0)
		return true;
	if (!realpath(system, real) || mount(ours, real, NULL, MS_BIND, NULL) < 0) {
		err_set(err, _("%s cannot be replaced in the private network: %s; use --real"), system,
			strerror(errno));
		return false;
	}
	return true;
}

bool room_furnish(const struct plan *plan, struct err *err)
{
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) < 0) {
		err_set(err, _("no namespace for mounts: %s; use --real"), strerror(errno));
		return false;
	}
	/* The processes of the private network and no others; where that is forbidden, all. */
	if (getpid() == 1)
		mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	/* The name service's cache would answer past the wire; where there is none, nothing is done. */
	mount("none", "/run/nscd", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k");
	return cover(plan->folder, "resolv.conf", err) && cover(plan->folder, "nsswitch.conf", err);
}
