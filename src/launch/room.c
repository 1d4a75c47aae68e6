/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

/* struct in6_ifreq; it brings its own, kernel's, names of addresses. */
#include <netinet/in.h>
#include <linux/ipv6.h>

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

static void set(const char *iface, const char *name, const char *value)
{
	char path[128];
	snprintf(path, sizeof path, "/proc/sys/net/ipv6/conf/%s/%s", iface, name);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, value, strlen(value)) < 0)
		fd = (close(fd), -1);
	if (fd >= 0)
		close(fd);
}

/* The link-local address of an interface, as /proc/net/if_inet6 has it. */
static bool link_local(const char *iface, struct in6_ifreq *address)
{
	char hex[64], name[64];
	unsigned index, prefix, scope;
	bool found = false;
	FILE *f = fopen("/proc/net/if_inet6", "re");
	while (f && !found && fscanf(f, "%32s %x %x %x %*x %63s", hex, &index, &prefix, &scope, name) == 5)
		found = scope == 0x20 && strcmp(name, iface) == 0;
	if (f)
		fclose(f);
	*address = (struct in6_ifreq){ .ifr6_ifindex = found ? (int)index : 0, .ifr6_prefixlen = 64 };
	for (size_t i = 0; found && i < 16; i++) {
		char byte[3] = { hex[2 * i], hex[2 * i + 1] };
		address->ifr6_addr.s6_addr[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
	return found;
}

/*
 * The kernel asks for a second whether anybody else has the interface's own address; a browser that
 * sees an address come up takes it for another network, and gives up what it was about to load
 * (ERR_NETWORK_CHANGED). Here is nobody else: the address is given anew, and is good at once.
 */
static void settle_addresses(const char *iface)
{
	struct in6_ifreq address;
	set("all", "accept_dad", "0");
	set(iface, "accept_dad", "0");
	set(iface, "accept_ra", "0");
	int s = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s >= 0 && link_local(iface, &address) && ioctl(s, SIOCDIFADDR, &address) == 0)
		ioctl(s, SIOCSIFADDR, &address);
	if (s >= 0)
		close(s);
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
	settle_addresses(plan->iface);
	return cover(plan->folder, "resolv.conf", err) && cover(plan->folder, "nsswitch.conf", err);
}
