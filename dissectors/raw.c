/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Raw IP: captures whose packets begin with the IP header (tunnels, mobile networks): link types
 * 101 (RAW), and 12 and 14, which BSDs used for it. 228 (IPv4) and 229 (IPv6) need no layer of
 * their own: ipv4.c and ipv6.c take them.
 */
#include "net.h"

static enum verdict raw(struct dissect *d, struct cursor *c)
{
	const uint8_t *p = cur_peek(c, 1);
	if (!p)
		return cur_wire(c) ? SHORT : DONE;
	if (want_info(d))
		info_set(d, "%s", "Raw packet data");
	const uint8_t *two = cur_peek(c, 2);
	if (two && two[0] == 0xff && two[1] == 0x03)
		return next_is(d, &proto_ppp);
	if (p[0] >> 4 == 4)
		return next_is(d, &proto_ipv4);
	return p[0] >> 4 == 6 ? next_is(d, &proto_ipv6) : DONE;
}

static const struct binding binds[] = { { BY_LINK, 101 }, { BY_LINK, 12 }, { BY_LINK, 14 } };

extern const struct protocol proto_raw;
const struct protocol proto_raw = {
	.name = "raw",
	.title = "Raw packet data",
	.help = N_("This capture has no data link layer: its packets begin with the IP header, as on "
		   "tunnels (VPN) and mobile networks."),
	.osi = OSI(1) | OSI(2),
	BINDS(binds),
	.packet = raw,
};
