/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What stands in and behind an ICMP error: the fact that it tells, and the multi-part extension
 * (RFC 4884) with MPLS labels (4950), interface information (5837) and identification (8335).
 */
#include "icmp.h"

#include "checksum.h"

static const struct field *const f = icmp_fields;

static void address(struct dissect *d, struct cursor *c, unsigned family, size_t n,
		    const struct field *kinds)
{
	if (family == 1 && n >= 4)
		(void)take_ipv4(d, c, &kinds[0]);
	else if (family == 2 && n >= 16)
		(void)take_ipv6(d, c, &kinds[1]);
	else
		(void)take_bytes(d, c, n, &kinds[2]);
}

static void labels(struct dissect *d, struct cursor *c)
{
	while (cur_left(c) >= 4) {
		uint32_t raw = take_u24(d, c, NULL);
		put_bits(d, &f[MPLS_LABEL], raw);
		put_bits(d, &f[MPLS_EXP], raw);
		put_bits(d, &f[MPLS_S], raw);
		(void)take_u8(d, c, &f[MPLS_TTL]);
	}
}

static void interface(struct dissect *d, struct cursor *c, uint8_t has)
{
	if (has & 0x08)
		(void)take_u32(d, c, &f[INT_INDEX]);
	if (has & 0x04) {
		uint16_t family = take_u16(d, c, &f[INT_AFI]);
		(void)take_bytes(d, c, 2, &f[ICMP_RESERVED]);
		address(d, c, family, family == 2 ? 16 : 4, &f[INT_IPV4]);
	}
	if (has & 0x02) {
		uint8_t len = take_u8(d, c, &f[INT_NAME_LEN]);
		if (len > 1)
			(void)take_text(d, c, len - 1u, &f[INT_NAME]);
	}
	if (has & 0x01)
		(void)take_u32(d, c, &f[INT_MTU]);
}

static void identification(struct dissect *d, struct cursor *c, uint8_t by)
{
	if (by == 1) {
		(void)take_text(d, c, cur_left(c), &f[IDENT_NAME]);
	} else if (by == 2) {
		(void)take_u32(d, c, &f[IDENT_INDEX]);
	} else if (by == 3) {
		uint16_t family = take_u16(d, c, &f[IDENT_AFI]);
		uint8_t len = take_u8(d, c, &f[IDENT_ADDR_LEN]);
		(void)take_bytes(d, c, 1, &f[IDENT_RESERVED]);
		address(d, c, family, len, &f[IDENT_IPV4]);
	}
}

static void object(struct dissect *d, struct cursor *c)
{
	uint32_t tree = tree_open(d, c, &f[EXT_OBJECT]);
	uint16_t len = take_u16(d, c, &f[EXT_LENGTH]);
	uint8_t class = take_u8(d, c, &f[EXT_CLASS]);
	uint8_t ctype = take_u8(d, c, &f[EXT_CTYPE]);
	const char *name = value_name(f[EXT_CLASS].names, class);
	tree_text(d, tree, "%s", name ? name : "Unknown");
	if (class == 2) {
		tree_in(d);
		for (unsigned i = INT_ROLE; i <= INT_HAS_MTU; i++)
			put_bits(d, &f[i], ctype);
		tree_out(d);
	}
	struct cursor body = cur_sub(c, len >= 4 ? len - 4u : 0);
	if (cur_ok(&body)) {
		if (class == 1)
			labels(d, &body);
		else if (class == 2)
			interface(d, &body, ctype);
		else if (class == 3)
			identification(d, &body, ctype);
		if (cur_left(&body))
			(void)take_bytes(d, &body, cur_left(&body), &f[EXT_DATA]);
	}
	tree_close(d, c, tree);
	cur_join(c, &body);
}

void icmp_extension(struct dissect *d, struct cursor *c)
{
	if (cur_left(c) < 4 || !want_fields(d))
		return;
	struct cursor whole = *c;
	uint32_t tree = tree_open(d, c, &f[EXT]);
	uint16_t first = take_u16(d, c, NULL);
	put_bits(d, &f[EXT_VERSION], first);
	put_bits(d, &f[EXT_RES], first);
	(void)take_u16(d, c, &f[EXT_CHECKSUM]);
	(void)checksum_plain(d, &whole, &f[EXT_CHECKSUM_STATUS]);
	if (first >> 12 == 2)
		while (cur_left(c) >= 4 && cur_ok(c))
			object(d, c);
	take_rest(d, c, &f[EXT_DATA]);
	tree_close(d, c, tree);
}

void icmp_quote_end(struct dissect *d, struct cursor *c, unsigned length)
{
	if (length < 20 || length >= cur_left(c))
		return;
	struct cursor behind = *c;
	cur_skip(&behind, length);
	icmp_extension(d, &behind);
	(void)cur_trim(c, length);
}

/* The port that the quoted packet was for, when it carries TCP or UDP and shows that far. */
static uint16_t quoted_port(const struct cursor *c, size_t header, uint8_t proto)
{
	struct cursor at = *c;
	if (proto != IPPROTO_TCP_ && proto != IPPROTO_UDP_)
		return 0;
	cur_skip(&at, header + 2);
	return cur_u16(&at);
}

void icmp_tell_error(struct dissect *d, const struct cursor *c, uint8_t type, uint8_t code)
{
	const uint8_t *p = cur_peek(c, 20);
	const uint8_t *six = cur_peek(c, 40);
	uint32_t a = (uint32_t)type << 8 | code;
	if (d->quoted)
		return;
	bool four = p && p[0] >> 4 == 4, version6 = six && six[0] >> 4 == 6;
	if ((four || version6) && d->src.len)
		emit_c(d, EV_ICMP_SENDER, intern(d, d->src.bytes, d->src.len), 0, 0);
	if (four)
		emit_c(d, EV_ICMP_ERROR, a, intern(d, p + 16, 4),
		       quoted_port(c, (p[0] & 15u) * 4, p[9]));
	else if (version6)
		emit_c(d, EV_ICMP_ERROR, a, intern(d, six + 24, 16), quoted_port(c, 40, six[6]));
}
