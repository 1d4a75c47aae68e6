/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ifaces: the network interfaces there are, for lists and messages. Needs no privilege. */
#ifndef OSI_CAPTURE_IFACES_H
#define OSI_CAPTURE_IFACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

enum { IFACE_ADDRESSES = 64 };	/* more of one interface are left away */

struct iface_address { uint8_t bytes[16]; uint8_t len; };	/* 4 or 16 bytes, network order */

struct iface {
	char *name;		/* owned */
	char *description;	/* owned; NULL when the system has none */
	struct iface_address *addresses;	/* owned */
	size_t n_addresses;
	uint8_t mac[6];
	bool has_mac;		/* an Ethernet address, and not all zeros */
	bool up, running, loopback;
};

struct ifaces { struct iface *list; size_t n; };	/* zeroed: none */

/* All of them, those that are up first, loopback last; -1: err says why. Free it in any case. */
int ifaces_read(struct ifaces *all, struct err *err);
void ifaces_free(struct ifaces *all);

const struct iface *ifaces_find(const struct ifaces *all, const char *name);	/* NULL: none */
void ifaces_names(const struct ifaces *all, struct strbuf *to);	/* "eth0, wlan0, lo" */
void iface_address_text(const struct iface_address *address, char text[64]);

#endif
