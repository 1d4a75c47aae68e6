/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel: what the kernel knows of the way to a host: routes and its neighbour table, by netlink.
 * Nothing is sent to any network, no privilege is needed, and no call waits longer than a second
 * for the kernel. All is said of the network namespace of the calling thread.
 */
#ifndef OSI_RECORD_KERNEL_H
#define OSI_RECORD_KERNEL_H

#include <net/if.h>
#include <stdbool.h>

#include "record/record.h"

/*
 * Adds a rec_route to an IPv4 or IPv6 address. False and err, and nothing is added, when it is no
 * such address, when no route leads there, or when the kernel cannot be asked.
 */
bool kernel_route(struct record *r, const char *address, struct err *err);

/*
 * Adds a rec_neighbour for each entry of the kernel's table, as ip-neighbour(8) shows them: of both
 * families and all interfaces, without those that need no question (multicast, loopback).
 */
bool kernel_neighbours(struct record *r, bool after, struct err *err);

/*
 * The interface that leads to an address; with NULL, to the Internet (by IPv4, else by IPv6).
 * False and err when none does.
 */
bool kernel_default_iface(char name[IF_NAMESIZE], const char *to, struct err *err);

#endif
