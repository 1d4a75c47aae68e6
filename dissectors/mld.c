/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Multicast listener discovery inside ICMPv6: version 1, RFC 2710; version 2, RFC 3810. */
#include "icmpv6.h"

static const struct field *const f = icmpv6_fields;

static void query_v2(struct dissect *d, struct cursor *c)
{
	uint8_t raw = take_u8(d, c, &f[MLD_FLAGS]);
	tree_in(d);
	put_bits(d, &f[MLD_S], raw);
	put_bits(d, &f[MLD_QRV], raw);
	put_bits(d, &f[MLD_RSV], raw);
	tree_out(d);
	(void)take_u8(d, c, &f[MLD_QQIC]);
	uint16_t n = take_u16(d, c, &f[MLD_N_SOURCES]);
	for (unsigned i = 0; i < n && cur_ok(c); i++)
		(void)take_ipv6(d, c, &f[MLD_SOURCE]);
}

static void record(struct dissect *d, struct cursor *c)
{
	uint32_t tree = tree_open(d, c, &f[MLDR_RECORD]);
	uint8_t type = take_u8(d, c, &f[MLDR_TYPE]);
	uint8_t words = take_u8(d, c, &f[MLDR_AUX_LEN]);
	uint16_t n = take_u16(d, c, &f[MLDR_N_SOURCES]);
	const uint8_t *group = take_ipv6(d, c, &f[MLDR_ADDRESS]);
	const char *name = value_name(f[MLDR_TYPE].names, type);
	if (group && want_fields(d))
		tree_text(d, tree, "%s: %s", name ? name : "Unknown", ip_text(d, group, 16));
	for (unsigned i = 0; i < n && cur_ok(c); i++)
		(void)take_ipv6(d, c, &f[MLDR_SOURCE]);
	if (words)
		(void)take_bytes(d, c, words * 4u, &f[MLDR_AUX]);
	tree_close(d, c, tree);
}

static void report_v2(struct dissect *d, struct cursor *c)
{
	(void)take_bytes(d, c, 2, &f[V6_RESERVED]);
	uint16_t n = take_u16(d, c, &f[MLDR_N_RECORDS]);
	for (unsigned i = 0; i < n && cur_ok(c); i++)
		record(d, c);
}

void mld_message(struct dissect *d, struct cursor *c, uint8_t type)
{
	if (type == V6_MLD2_REPORT) {
		report_v2(d, c);
		return;
	}
	/* A query with more than version 1 has is one of version 2 (RFC 3810 section 8.1). */
	bool second = type == V6_MLD_QUERY && cur_wire(c) >= 24;
	(void)take_u16(d, c, &f[second ? MLD_RESPONSE_CODE : MLD_DELAY]);
	(void)take_bytes(d, c, 2, &f[V6_RESERVED]);
	(void)take_ipv6(d, c, &f[MLD_ADDRESS]);
	if (second)
		query_v2(d, c);
}
