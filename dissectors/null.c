/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NULL and LOOP: what loopback interfaces of BSD, macOS and Npcap put in front of a packet: four
 * bytes with a number of the address family. NULL has them in the order of the machine that wrote
 * the capture, LOOP in network order; and IPv6 has a different number on every system.
 */
#include "net.h"

enum { NULL_FAMILY, NULL_TYPE };
enum { LINK_NULL = 0, LINK_LOOP = 108 };

static const struct value_name families[] = {
	{ 2, "IP" }, { 6, "IMPLINK" }, { 7, "ISO" }, { 10, "IPv6 (Linux)" }, { 16, "AppleTalk" },
	{ 23, "IPv6 (Windows) or IPX" }, { 24, "IPv6 (NetBSD, OpenBSD)" },
	{ 26, "IPv6 (illumos)" }, { 28, "IPv6 (FreeBSD)" }, { 30, "IPv6 (macOS)" },
	{ 0, NULL }
};

static const struct field f[] = {
	[NULL_FAMILY] = { "null.family", N_("Family"), F_UINT, 0, families,
		N_("2 is IPv4; for IPv6 every operating system has a number of its own.") },
	[NULL_TYPE] = { "null.type", N_("Type"), F_HEX, 0, ethertype_names, NULL },
};

static uint32_t swap(uint32_t v)
{
	return v >> 24 | (v >> 8 & 0xff00) | (v << 8 & 0xff0000) | v << 24;
}

/*
 * A family or a type fits into two bytes, so the order can be told by where the zeros are. IRIX
 * and UNICOS write two bytes of family and two that mean nothing; there the family is below 256.
 */
static uint32_t host_order(uint32_t le)
{
	uint32_t low = le & 0xffff;
	if (le == low)
		return le;
	if (!low)
		return swap(le);
	return low & 0xff ? low & 0xff : low >> 8;
}

static enum verdict null_header(struct dissect *d, struct cursor *c)
{
	const uint8_t *p = cur_peek(c, 2);
	if (p && p[0] == 0xff && p[1] == 0x03)
		return next_is(d, &proto_ppp);
	uint32_t raw = (uint32_t)take_le(d, c, 4, NULL);
	if (!cur_ok(c))
		return verdict_of(c);
	uint32_t family = d->link == LINK_LOOP ? swap(raw) : host_order(raw);
	bool is_type = family > LENGTH_MAX && family <= 0xffff;
	put_uint(d, &f[is_type ? NULL_TYPE : NULL_FAMILY], d->last, family);
	if (want_info(d))
		info_set(d, "Family %u", family);
	if (is_type)
		return next_ethertype(d, c, family);
	const uint8_t *next = cur_peek(c, 1);
	bool six = next && next[0] >> 4 == 6;
	switch (family) {
	case 2:
		return next_is(d, &proto_ipv4);
	case 24: case 28: case 30:
		return next_is(d, &proto_ipv6);
	case 10: case 26:
		return six ? next_is(d, &proto_ipv6) : DONE;
	case 23:
		return next_is(d, six ? &proto_ipv6 : &proto_ipx);
	default:
		return DONE;
	}
}

static const struct binding binds[] = { { BY_LINK, LINK_NULL }, { BY_LINK, LINK_LOOP } };

extern const struct protocol proto_null;
const struct protocol proto_null = {
	.name = "null",
	.title = "Null/Loopback",
	.help = N_("The packet never left the machine: it went over the loopback interface, which has "
		   "no stations and so no MAC addresses. These four bytes only say whether IPv4 or "
		   "IPv6 follows."),
	.osi = OSI(2),
	FIELDS(f),
	BINDS(binds),
	.packet = null_header,
};
