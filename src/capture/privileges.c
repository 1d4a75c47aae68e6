/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Giving privileges away: capabilities(7), user_namespaces(7). */
#include "capture/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fmt/i18n.h"

static const uint32_t nobody = 65534;

/* A user's or group's number that sudo left in the environment; nobody's when there is none. */
static uint32_t caller(const char *variable)
{
	const char *text = getenv(variable);
	char *end;
	if (!text || *text < '0' || *text > '9')
		return nobody;
	errno = 0;
	unsigned long n = strtoul(text, &end, 10);
	return errno || *end || n == 0 || n >= UINT32_MAX ? nobody : (uint32_t)n;
}

void privileges_owner(uid_t *user, gid_t *group)
{
	*user = getuid() ? getuid() : caller("SUDO_UID");
	*group = getuid() ? getgid() : *user == nobody ? nobody : caller("SUDO_GID");
}

/*
 * In a user namespace where only one user is known, others cannot be become (EINVAL), and groups
 * may not be set (EPERM): its root is an ordinary user elsewhere. A root that was robbed of its
 * capabilities cannot become another either (EPERM). Neither keeps a capability here.
 */
static int become_caller(struct err *err)
{
	uid_t user;
	gid_t group;
	privileges_owner(&user, &group);
	if (setgroups(0, NULL) < 0 && errno != EPERM)
		return err_set(err, _("cannot give up the groups of root: %s"), strerror(errno));
	if (setresgid(group, group, group) < 0 && errno != EINVAL && errno != EPERM)
		return err_set(err, _("cannot give up the group of root: %s"), strerror(errno));
	if (setresuid(user, user, user) < 0 && errno != EINVAL && errno != EPERM)
		return err_set(err, _("cannot stop being root: %s"), strerror(errno));
	return 0;
}

static bool no_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[2] = { { 0 } };
	if (syscall(SYS_capset, &head, sets) < 0)
		return false;
	sets[0] = sets[1] = (struct __user_cap_data_struct){ ~0u, ~0u, ~0u };
	if (syscall(SYS_capget, &head, sets) < 0)
		return false;
	return !(sets[0].effective | sets[0].permitted | sets[0].inheritable
		| sets[1].effective | sets[1].permitted | sets[1].inheritable);
}

int privileges_drop(struct err *err)
{
	/*
	 * The bounding set can be emptied only by who has CAP_SETPCAP: root. Others cannot win anything
	 * from it, for no_new_privs is set below.
	 */
	for (int capability = 0; capability < 64; capability++)
		prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
	if (geteuid() == 0 && getuid() == 0 && become_caller(err) < 0)
		return -1;
	if (getegid() != getgid() && setresgid(getgid(), getgid(), getgid()) < 0)
		return err_set(err, _("cannot give up the group of root: %s"), strerror(errno));
	if (geteuid() != getuid() && setresuid(getuid(), getuid(), getuid()) < 0)
		return err_set(err, _("cannot stop being root: %s"), strerror(errno));
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (!no_capabilities())
		return err_set(err, _("cannot give up capabilities: %s"), strerror(errno));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_set(err, _("cannot set no_new_privs: %s"), strerror(errno));
	return 0;
}
