/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IPv6: RFC 8200. The extension headers are layers of their own: ipv6_ext.c. */
#include "ipv6.h"

enum {
	V6_VERSION, V6_TCLASS, V6_DSCP, V6_ECN, V6_FLOW, V6_PLEN, V6_NXT, V6_HLIM, V6_SRC, V6_DST
};

static const struct value_name ecn[] = {
	{ 0, "Not-ECT" }, { 1, "ECT(1)" }, { 2, "ECT(0)" }, { 3, "CE" },
	{ 0, NULL }
};

static const struct field f[] = {
	[V6_VERSION] = { "ipv6.version", N_("Version"), F_UINT, 0xf0000000, NULL,
		N_("6: this is IPv6.") },
	[V6_TCLASS] = { "ipv6.tclass", N_("Traffic class"), F_HEX, 0x0ff00000, NULL,
		N_("How routers should treat the packet when they are busy.") },
	[V6_DSCP] = { "ipv6.tclass.dscp", N_("Differentiated services codepoint"), F_UINT,
		0x0fc00000, NULL, N_("The class of service; 0 is ordinary.") },
	[V6_ECN] = { "ipv6.tclass.ecn", N_("Explicit congestion notification"), F_UINT,
		0x00300000, ecn,
		N_("A router that is about to be overloaded sets this to 3 instead of dropping the "
		   "packet; the sender then slows down.") },
	[V6_FLOW] = { "ipv6.flow", N_("Flow label"), F_HEX, 0x000fffff, NULL,
		N_("The same in all packets of a conversation, so that routers keep them on one "
		   "way.") },
	[V6_PLEN] = { "ipv6.plen", N_("Payload length"), F_UINT, 0, NULL,
		N_("Bytes behind this header of 40 bytes. 0 when the network card was to cut a "
		   "large packet into segments, or when a jumbo option has the length.") },
	[V6_NXT] = { "ipv6.nxt", N_("Next header"), F_UINT, 0, ip_proto_names,
		N_("What follows: 6 is TCP, 17 UDP, 58 ICMPv6; or an extension header.") },
	[V6_HLIM] = { "ipv6.hlim", N_("Hop limit"), F_UINT, 0, NULL,
		N_("How many routers it may still pass: each takes one off, and the one that "
		   "reaches 0 drops the packet. 255 in neighbour discovery proves that no router "
		   "was passed.") },
	[V6_SRC] = { "ipv6.src", N_("Source address"), F_IPV6, 0, NULL,
		N_("Who sent the packet. fe80:: addresses are only good on this link.") },
	[V6_DST] = { "ipv6.dst", N_("Destination address"), F_IPV6, 0, NULL,
		N_("Who it is for: the final station, however many routers lie between. ff… is a "
		   "group (multicast).") },
};

static uint32_t read_first_word(struct dissect *d, struct cursor *c)
{
	uint32_t word = take_u32(d, c, NULL);
	if (!want_fields(d) || !cur_ok(c))
		return word;
	struct range r = d->last;
	put_uint(d, &f[V6_VERSION], range_of(c, r.off, 1), word >> 28);
	put_uint(d, &f[V6_TCLASS], range_of(c, r.off, 2), word >> 20 & 0xff);
	tree_in(d);
	put_uint(d, &f[V6_DSCP], range_of(c, r.off, 2), word >> 22 & 0x3f);
	put_uint(d, &f[V6_ECN], range_of(c, r.off + 1, 1), word >> 20 & 3);
	tree_out(d);
	put_uint(d, &f[V6_FLOW], range_of(c, r.off + 1, 3), word & 0xfffff);
	return word;
}

static void trim(struct dissect *d, struct cursor *c, uint16_t length, uint8_t next)
{
	if (!length) {
		if (next != NEXT_HOPOPTS && next != NEXT_NONE && cur_wire(c)) {
			d->bad_offload = true;
			note(d, NOTE_LENGTH_OFFLOADED);
		}
		return;
	}
	if (cur_trim(c, length))
		return;
	if (d->quoted)	/* only a piece was quoted: the rest is missing, not a lie */
		c->lost = (uint32_t)(length - cur_left(c));
	note_malformed(d);
}

enum verdict ipv6_next(struct dissect *d, uint8_t number)
{
	if (!d->quoted)
		d->ip_proto = number;
	if (number == NEXT_NONE) {
		info_set(d, "IPv6 no next header");
		return DONE;
	}
	if (want_info(d)) {
		const char *name = value_name(ip_proto_names, number);
		info_set(d, "%s (%u)", name ? name : "Unknown IP protocol", number);
	}
	return next_by(d, BY_IPPROTO, number);
}

static enum verdict ipv6(struct dissect *d, struct cursor *c)
{
	uint32_t word = read_first_word(d, c);
	if (cur_ok(c) && word >> 28 != 6) {
		info_set(d, "Bogus IPv6 version (%u, must be 6)", word >> 28);
		return MALFORMED;
	}
	uint16_t length = take_u16(d, c, &f[V6_PLEN]);
	uint8_t next = take_u8(d, c, &f[V6_NXT]);
	uint8_t hops = take_u8(d, c, &f[V6_HLIM]);
	const uint8_t *src = take_ipv6(d, c, &f[V6_SRC]);
	const uint8_t *dst = take_ipv6(d, c, &f[V6_DST]);
	if (!cur_ok(c))
		return verdict_of(c);
	if (!d->quoted) {
		memcpy(d->src.bytes, src, 16);
		memcpy(d->dst.bytes, dst, 16);
		d->src.len = d->dst.len = 16;
		d->ttl = hops;
	}
	trim(d, c, length, next);
	return ipv6_next(d, next);
}

static const struct binding binds[] = {
	{ BY_ETHERTYPE, ETHERTYPE_IPV6 }, { BY_LINK, 229 }, { BY_IPPROTO, 41 }
};

const struct protocol proto_ipv6 = {
	.name = "ipv6",
	.title = "Internet Protocol Version 6",
	.help = N_("The network layer, in its newer version: addresses of 16 bytes instead of 4, so "
		   "that there are enough for everybody, and a simpler header. Like IPv4 it brings a "
		   "packet from one end of the Internet to the other; every router on the way looks "
		   "at the destination and takes one off the hop limit."),
	.osi = OSI(3),
	FIELDS(f),
	BINDS(binds),
	.packet = ipv6,
};
