/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "visit/place.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "fmt/i18n.h"

bool program_find(const char *name, char *to)
{
	static const char more[] = ":/usr/local/bin:/usr/bin:/usr/local/sbin:/usr/sbin:/sbin";
	char own[PATH_MAX] = "", *slash;
	if (readlink("/proc/self/exe", own, sizeof own - 1) > 0 && (slash = strrchr(own, '/')))
		*slash = '\0';
	const char *lists[] = { own, getenv("PATH"), more };
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		for (const char *p = lists[i]; p && *p;) {
			size_t n = strcspn(p, ":");
			int used = snprintf(to, PATH_MAX, "%.*s/%s", (int)n, p, name);
			if (*p == '/' && used > 0 && used < PATH_MAX && access(to, X_OK) == 0)
				return true;
			p += n + (p[n] == ':');
		}
	return false;
}

/* The number that a file of /proc/sys holds; -1 when there is none. */
static long setting(const char *root, const char *name)
{
	char path[PATH_MAX];
	long value = -1;
	snprintf(path, sizeof path, "%s/proc/sys/%s", root, name);
	FILE *f = fopen(path, "re");
	if (f && fscanf(f, "%ld", &value) != 1)
		value = -1;
	if (f)
		fclose(f);
	return value;
}

static bool is_debian(const char *root)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/etc/debian_version", root);
	return access(path, F_OK) == 0;
}

void place_why_not_private(const char *root, const char *words, struct err *err)
{
	static const struct { const char *file, *command; long forbids; } table[] = {
		{ "kernel/unprivileged_userns_clone", "sudo sysctl kernel.unprivileged_userns_clone=1", 0 },
		{ "user/max_user_namespaces", "sudo sysctl user.max_user_namespaces=10000", 0 },
		{ "user/max_net_namespaces", "sudo sysctl user.max_net_namespaces=10000", 0 },
		{ "kernel/apparmor_restrict_unprivileged_userns",
			"sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0", 1 },
	};
	char path[PATH_MAX];
	if (!*root && !program_find("pasta", path)) {
		err_set(err, is_debian(root) ? _("pasta is missing, which makes the private network: %s")
			: _("pasta is missing, which makes the private network: install passt"),
			"sudo apt install passt");
		return;
	}
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (setting(root, table[i].file) == table[i].forbids) {
			err_set(err, _("this system forbids private networks: %s"), table[i].command);
			return;
		}
	snprintf(path, sizeof path, "%s/dev/net/tun", root);
	if (access(path, F_OK) != 0)
		err_set(err, _("/dev/net/tun is missing, which private networks need: %s"),
			"sudo modprobe tun");
	else if (access(path, R_OK | W_OK) != 0)
		err_set(err, _("/dev/net/tun is closed to users, private networks need it: %s"),
			"sudo chmod 666 /dev/net/tun");
	else
		err_set(err, _("the private network did not come up: %s"),
			*words ? words : _("pasta ended without a word; --real records on the interface instead"));
}

bool place_may_record(const char *recorder)
{
	return geteuid() == 0 || getxattr(recorder, "security.capability", NULL, 0) > 0;
}

unsigned place_iface_mtu(const char *name)
{
	struct ifreq request = { 0 };
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
	bool good = s >= 0 && ioctl(s, SIOCGIFMTU, &request) == 0;
	if (s >= 0)
		close(s);
	return good ? (unsigned)request.ifr_mtu : 0;
}
