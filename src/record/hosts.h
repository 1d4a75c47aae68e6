/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hosts: what the system's own files say about names: the order of sources (nsswitch.conf), the
 * hosts file, and the name servers. Read as glibc reads them; nothing is asked of any network.
 * A file that cannot be read, is no regular file, or has more than 32 MiB is as if it were empty.
 */
#ifndef OSI_RECORD_HOSTS_H
#define OSI_RECORD_HOSTS_H

#include <stdbool.h>

#include "record/record.h"

/* Where the files lie. All paths borrowed; those of upstream are tried in this order. */
struct system_files {
	const char *nsswitch, *hosts, *resolv;
	const char *upstream[3];	/* ended by NULL; read where resolv names this host only */
};
extern const struct system_files system_files;	/* this system's own */

/*
 * Adds a rec_hosts for a host (as in a URL: ASCII, no brackets). False when the record is full.
 * Without nsswitch.conf, or a line for hosts in it, the order is glibc's own: "files dns".
 */
bool system_hosts(struct record *r, const struct system_files *files, const char *host);

/* Sets record.resolver to the system's name servers (at most 3, as glibc; none named: 127.0.0.1). */
void system_resolver(struct record *r, const struct system_files *files);

/*
 * The name servers behind a local one (systemd-resolved, NetworkManager's dnsmasq), comma-separated,
 * to be freed; "" when they are not known, or when there is nothing behind.
 */
char *system_upstream(const struct system_files *files);

/* All of a comma-separated list of addresses are on loopback; false for none. */
bool resolver_is_local(const char *list);

#endif
