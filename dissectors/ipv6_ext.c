/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The extension headers of IPv6, each a layer of its own: hop-by-hop, routing, fragment and
 * destination options (RFC 8200), and the authentication header (RFC 4302), which IPv4 has, too.
 * Routing types: 0 and 2 (RFC 8200, 6275), 3 (6554, RPL), 4 (8754, segment routing).
 */
#include "ipv6.h"

static const struct field f_dstopts[] = {
	[EXT_NXT] = { "ipv6.dstopts.nxt", N_("Next header"), F_UINT, 0, ip_proto_names,
		ipv6_help_next },
	[EXT_LEN] = { "ipv6.dstopts.len", N_("Length"), F_UINT, 0, NULL, ipv6_help_len },
	[EXT_LEN_OCT] = { "ipv6.dstopts.len_oct", N_("Length in bytes"), F_UINT, 0, NULL, NULL },
};

/* Next header and length; *next and the body of the header, cut out of c. */
static struct cursor begin(struct dissect *d, struct cursor *c, const struct field *f,
			   uint8_t *next)
{
	*next = take_u8(d, c, &f[EXT_NXT]);
	uint8_t units = take_u8(d, c, &f[EXT_LEN]);
	if (want_fields(d) && cur_ok(c))
		put_uint(d, &f[EXT_LEN_OCT], d->last, (units + 1u) * 8);
	return cur_sub(c, units * 8u + 6);
}

/* A body that lies does not keep what stands behind the header from being read. */
static enum verdict end(struct dissect *d, struct cursor *c, const struct cursor *body,
			uint8_t next)
{
	if (body->lost || body->bad == CUR_CUT)
		return SHORT;
	if (!cur_ok(c))
		return verdict_of(c);
	if (!cur_ok(body))
		note_malformed(d);
	return ipv6_next(d, next);
}

static enum verdict hopopts(struct dissect *d, struct cursor *c)
{
	uint8_t next;
	uint32_t start = cur_off(c);
	struct cursor body = begin(d, c, ipv6_option_fields, &next);
	struct ipv6_options o = ipv6_options(d, &body);
	if (o.jumbo > 65535 && o.jumbo > cur_off(c) - start)
		(void)cur_trim(c, o.jumbo - (cur_off(c) - start));
	return end(d, c, &body, next);
}

static enum verdict dstopts(struct dissect *d, struct cursor *c)
{
	uint8_t next;
	struct cursor body = begin(d, c, f_dstopts, &next);
	(void)ipv6_options(d, &body);
	return end(d, c, &body, next);
}

/* ---- routing -------------------------------------------------------------------------------- */

enum {
	RT_TYPE = EXT_FIELDS, RT_SEGLEFT, RT_SRC_RESERVED, RT_SRC_ADDR, RT_MIP_RESERVED,
	RT_MIP_HOME, RT_RPL_CMPRI, RT_RPL_CMPRE, RT_RPL_PAD, RT_RPL_RESERVED, RT_RPL_ADDRESS,
	RT_RPL_FULL, RT_SRH_LAST, RT_SRH_FLAGS, RT_SRH_TAG, RT_SRH_ADDR, RT_UNKNOWN
};

static const struct value_name routing_types[] = {
	{ 0, "Source Route" }, { 1, "Nimrod" }, { 2, "Type 2 Routing" }, { 3, "RPL Source Route" },
	{ 4, "Segment Routing" }, { 5, "Compact Routing Header (16-bit)" },
	{ 6, "Compact Routing Header (32-bit)" }, { 253, "Experiment 1" }, { 254, "Experiment 2" },
	{ 0, NULL }
};

static const struct field f_routing[] = {
	[EXT_NXT] = { "ipv6.routing.nxt", N_("Next header"), F_UINT, 0, ip_proto_names,
		ipv6_help_next },
	[EXT_LEN] = { "ipv6.routing.len", N_("Length"), F_UINT, 0, NULL, ipv6_help_len },
	[EXT_LEN_OCT] = { "ipv6.routing.len_oct", N_("Length in bytes"), F_UINT, 0, NULL, NULL },
	[RT_TYPE] = { "ipv6.routing.type", N_("Type"), F_UINT, 0, routing_types, NULL },
	[RT_SEGLEFT] = { "ipv6.routing.segleft", N_("Segments left"), F_UINT, 0, NULL,
		N_("How many of the stops are still to come.") },
	[RT_SRC_RESERVED] = { "ipv6.routing.src.reserved", N_("Reserved"), F_BYTES, 0, NULL,
		NULL },
	[RT_SRC_ADDR] = { "ipv6.routing.src.addr", N_("Address"), F_IPV6, 0, NULL,
		N_("A stop on the way; the last one is the destination.") },
	[RT_MIP_RESERVED] = { "ipv6.routing.mipv6.reserved", N_("Reserved"), F_BYTES, 0, NULL,
		NULL },
	[RT_MIP_HOME] = { "ipv6.routing.mipv6.home_address", N_("Home address"), F_IPV6, 0, NULL,
		NULL },
	[RT_RPL_CMPRI] = { "ipv6.routing.rpl.cmprI", N_("Compressed internal bytes"), F_UINT,
		0xf0000000, NULL, NULL },
	[RT_RPL_CMPRE] = { "ipv6.routing.rpl.cmprE", N_("Compressed final bytes"), F_UINT,
		0x0f000000, NULL, NULL },
	[RT_RPL_PAD] = { "ipv6.routing.rpl.pad", N_("Padding bytes"), F_UINT, 0x00f00000, NULL,
		NULL },
	[RT_RPL_RESERVED] = { "ipv6.routing.rpl.reserved", N_("Reserved"), F_UINT, 0x000fffff,
		NULL, NULL },
	[RT_RPL_ADDRESS] = { "ipv6.routing.rpl.address", N_("Address"), F_BYTES, 0, NULL, NULL },
	[RT_RPL_FULL] = { "ipv6.routing.rpl.full_address", N_("Full address"), F_IPV6, 0, NULL,
		NULL },
	[RT_SRH_LAST] = { "ipv6.routing.srh.last_entry", N_("Last entry"), F_UINT, 0, NULL, NULL },
	[RT_SRH_FLAGS] = { "ipv6.routing.srh.flags", N_("Flags"), F_HEX, 0, NULL, NULL },
	[RT_SRH_TAG] = { "ipv6.routing.srh.tag", N_("Tag"), F_BYTES, 0, NULL, NULL },
	[RT_SRH_ADDR] = { "ipv6.routing.srh.addr", N_("Address"), F_IPV6, 0, NULL,
		N_("A stop on the way, in reverse order: the first one is the destination.") },
	[RT_UNKNOWN] = { "ipv6.routing.unknown_data", N_("Type-specific data"), F_BYTES, 0, NULL,
		NULL },
};

/* The destination that upper layers and their checksums count with. */
static void final(struct dissect *d, const uint8_t *address)
{
	if (address && !d->quoted && d->dst.len == 16)
		memcpy(d->dst.bytes, address, 16);
}

/* Addresses of which the bytes that they share with the destination are left out. */
static void rpl(struct dissect *d, struct cursor *c, uint8_t left)
{
	uint32_t word = take_u32(d, c, NULL);
	put_bits(d, &f_routing[RT_RPL_CMPRI], word);
	put_bits(d, &f_routing[RT_RPL_CMPRE], word);
	put_bits(d, &f_routing[RT_RPL_PAD], word);
	put_bits(d, &f_routing[RT_RPL_RESERVED], word);
	size_t inner = 16 - (word >> 28), outer = 16 - (word >> 24 & 15), pad = word >> 20 & 15;
	uint8_t full[16] = { 0 };
	if (d->dst.len == 16)
		memcpy(full, d->dst.bytes, 16);
	if (cur_left(c) >= pad)
		(void)cur_trim(c, cur_left(c) - pad);
	while (cur_left(c) >= outer) {
		size_t n = cur_left(c) >= outer + inner ? inner : outer;
		const uint8_t *p = take_bytes(d, c, n, &f_routing[RT_RPL_ADDRESS]);
		if (!p)
			return;
		memcpy(full + 16 - n, p, n);
		put_text(d, &f_routing[RT_RPL_FULL], (struct range){ 0 }, full, 16);
	}
	if (left)
		final(d, full);
}

static void segments(struct dissect *d, struct cursor *c, uint8_t left)
{
	uint8_t last = take_u8(d, c, &f_routing[RT_SRH_LAST]);
	(void)take_u8(d, c, &f_routing[RT_SRH_FLAGS]);
	(void)take_bytes(d, c, 2, &f_routing[RT_SRH_TAG]);
	if (left)
		final(d, cur_peek(c, 16));
	for (unsigned i = 0; i <= last && cur_left(c) >= 16; i++)
		(void)take_ipv6(d, c, &f_routing[RT_SRH_ADDR]);
}

static void addresses(struct dissect *d, struct cursor *c, uint8_t left, unsigned reserved,
		      unsigned address)
{
	(void)take_bytes(d, c, 4, &f_routing[reserved]);
	const uint8_t *p = NULL;
	while (cur_left(c) >= 16)
		p = take_ipv6(d, c, &f_routing[address]);
	if (left)
		final(d, p);
}

static enum verdict routing(struct dissect *d, struct cursor *c)
{
	uint8_t next;
	struct cursor body = begin(d, c, f_routing, &next);
	uint8_t type = take_u8(d, &body, &f_routing[RT_TYPE]);
	uint8_t left = take_u8(d, &body, &f_routing[RT_SEGLEFT]);
	if (type == 0)
		addresses(d, &body, left, RT_SRC_RESERVED, RT_SRC_ADDR);
	else if (type == 2)
		addresses(d, &body, left, RT_MIP_RESERVED, RT_MIP_HOME);
	else if (type == 3)
		rpl(d, &body, left);
	else if (type == 4)
		segments(d, &body, left);
	take_rest(d, &body, &f_routing[RT_UNKNOWN]);
	return end(d, c, &body, next);
}

/* ---- fragment ------------------------------------------------------------------------------- */

enum { FR_NXT, FR_RESERVED, FR_OFFSET, FR_BITS, FR_MORE, FR_IDENT };

static const struct field f_fragment[] = {
	[FR_NXT] = { "ipv6.fraghdr.nxt", N_("Next header"), F_UINT, 0, ip_proto_names,
		ipv6_help_next },
	[FR_RESERVED] = { "ipv6.fraghdr.reserved_octet", N_("Reserved"), F_HEX, 0, NULL, NULL },
	[FR_OFFSET] = { "ipv6.fraghdr.offset", N_("Offset"), F_UINT, 0xfff8, NULL,
		N_("Where this fragment belongs in the packet, in units of 8 bytes.") },
	[FR_BITS] = { "ipv6.fraghdr.reserved_bits", N_("Reserved bits"), F_UINT, 0x0006, NULL,
		NULL },
	[FR_MORE] = { "ipv6.fraghdr.more", N_("More fragments"), F_BOOL, 0x0001, NULL,
		N_("0: this is the last one.") },
	[FR_IDENT] = { "ipv6.fraghdr.ident", N_("Identification"), F_HEX, 0, NULL,
		N_("The same in all fragments of a packet.") },
};

static enum verdict fragment(struct dissect *d, struct cursor *c)
{
	uint8_t next = take_u8(d, c, &f_fragment[FR_NXT]);
	(void)take_u8(d, c, &f_fragment[FR_RESERVED]);
	uint16_t bits = take_u16(d, c, NULL);
	put_bits(d, &f_fragment[FR_OFFSET], bits);
	put_bits(d, &f_fragment[FR_BITS], bits);
	put_bits(d, &f_fragment[FR_MORE], bits);
	uint32_t id = take_u32(d, c, &f_fragment[FR_IDENT]);
	if (!cur_ok(c))
		return verdict_of(c);
	unsigned offset = bits & 0xfff8u;
	bool more = bits & 1;
	if (!offset && !more)		/* "atomic": whole in one (RFC 6946) */
		return ipv6_next(d, next);
	info_set(d, "IPv6 fragment (off=%u more=%c ident=0x%08x nxt=%u)", offset, more ? 'y' : 'n',
		 id, next);
	if (d->quoted)
		return offset ? DONE : ipv6_next(d, next);
	if (c->lost) {
		d->fragment = true;
		note(d, NOTE_FRAGMENT);
		return offset ? DONE : ipv6_next(d, next);
	}
	return defragment(d, c, id, offset, more) ? ipv6_next(d, next) : DONE;
}

/* ---- authentication ------------------------------------------------------------------------- */

enum { AH_NXT, AH_LEN, AH_RESERVED, AH_SPI, AH_SEQUENCE, AH_ICV };

static const struct field f_ah[] = {
	[AH_NXT] = { "ah.next_header", N_("Next header"), F_UINT, 0, ip_proto_names, ipv6_help_next },
	[AH_LEN] = { "ah.length", N_("Length"), F_UINT, 0, NULL, NULL },
	[AH_RESERVED] = { "ah.reserved", N_("Reserved"), F_BYTES, 0, NULL, NULL },
	[AH_SPI] = { "ah.spi", N_("Security parameters index"), F_HEX, 0, NULL,
		N_("Which agreement (key, algorithm) between the two stations applies.") },
	[AH_SEQUENCE] = { "ah.sequence", N_("Sequence number"), F_UINT, 0, NULL,
		N_("Keeps old packets from being sent again by somebody else.") },
	[AH_ICV] = { "ah.icv", N_("Integrity check value"), F_BYTES, 0, NULL, NULL },
};

static enum verdict authentication(struct dissect *d, struct cursor *c)
{
	uint8_t next = take_u8(d, c, &f_ah[AH_NXT]);
	uint8_t words = take_u8(d, c, &f_ah[AH_LEN]);
	(void)take_bytes(d, c, 2, &f_ah[AH_RESERVED]);
	(void)take_u32(d, c, &f_ah[AH_SPI]);
	(void)take_u32(d, c, &f_ah[AH_SEQUENCE]);
	if (words > 1)
		(void)take_bytes(d, c, (words - 1u) * 4, &f_ah[AH_ICV]);
	return cur_ok(c) ? ipv6_next(d, next) : verdict_of(c);
}

static const struct binding binds_hopopts[] = { { BY_IPPROTO, NEXT_HOPOPTS } };
static const struct binding binds_routing[] = { { BY_IPPROTO, NEXT_ROUTING } };
static const struct binding binds_fragment[] = { { BY_IPPROTO, NEXT_FRAGMENT } };
static const struct binding binds_dstopts[] = { { BY_IPPROTO, NEXT_DSTOPTS } };
static const struct binding binds_ah[] = { { BY_IPPROTO, NEXT_AH } };

extern const struct protocol proto_ipv6_hopopts, proto_ipv6_routing, proto_ipv6_fraghdr,
	proto_ipv6_dstopts, proto_ah;

const struct protocol proto_ipv6_hopopts = {
	.name = "ipv6.hopopts",
	.title = "IPv6 Hop-by-Hop Option",
	.help = N_("Options that every router on the way should look at."),
	.osi = OSI(3),
	.fields = ipv6_option_fields,
	.n_fields = IPV6_OPTION_FIELDS,
	BINDS(binds_hopopts),
	.packet = hopopts,
};

const struct protocol proto_ipv6_routing = {
	.name = "ipv6.routing",
	.title = "Routing Header for IPv6",
	.help = N_("Stations that the packet has to pass on its way, chosen by the sender."),
	.osi = OSI(3),
	FIELDS(f_routing),
	BINDS(binds_routing),
	.packet = routing,
};

const struct protocol proto_ipv6_fraghdr = {
	.name = "ipv6.fraghdr",
	.title = "Fragment Header for IPv6",
	.help = N_("The packet was too large for a line on its way and was sent in pieces. With IPv6 "
		   "only the sender does that, never a router."),
	.osi = OSI(3),
	FIELDS(f_fragment),
	BINDS(binds_fragment),
	.packet = fragment,
};

const struct protocol proto_ipv6_dstopts = {
	.name = "ipv6.dstopts",
	.title = "Destination Options for IPv6",
	.help = N_("Options that only the destination looks at."),
	.osi = OSI(3),
	FIELDS(f_dstopts),
	BINDS(binds_dstopts),
	.packet = dstopts,
};

const struct protocol proto_ah = {
	.name = "ah",
	.title = "Authentication Header",
	.help = N_("A part of IPsec: proves that the packet comes from who it says and was not "
		   "changed. It does not encrypt."),
	.osi = OSI(3),
	FIELDS(f_ah),
	BINDS(binds_ah),
	.packet = authentication,
};
