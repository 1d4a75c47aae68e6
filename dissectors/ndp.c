/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Neighbour discovery inside ICMPv6: RFC 4861. Options: RFC 4861, 3971 (timestamp, nonce), 4191
 * (routes), 5175 (flags), 6275 (mobility), 8106 (DNS), 8781 (NAT64 prefix), 8910 (captive portal).
 */
#include "icmpv6.h"

enum option {
	SOURCE_LINK = 1, TARGET_LINK = 2, PREFIX = 3, REDIRECTED = 4, MTU = 5, INTERVAL = 7,
	HOME_AGENT = 8, SOURCE_LIST = 9, TARGET_LIST = 10, TIMESTAMP = 13, NONCE = 14, ROUTE = 24,
	RDNSS = 25, FLAGS = 26, DNSSL = 31, REGISTRATION = 33, PORTAL = 37, PREF64 = 38
};

static const struct field *const f = icmpv6_fields;

/* What a message's options tell: where the addresses stand. */
struct told {
	const uint8_t *source_mac, *target_mac;		/* NULL: none of 6 bytes */
	struct cursor quoted;				/* the redirected packet */
	bool has_quoted;
};

static const uint8_t *link_address(struct dissect *d, struct cursor *c, const struct field *which)
{
	bool mac = cur_wire(c) == 6;	/* other links have longer ones */
	const uint8_t *p = take_bytes(d, c, cur_left(c), &f[mac ? NDO_LINK : NDO_LINK_BYTES]);
	if (!p || !mac || c->lost)
		return NULL;
	put_text(d, which, d->last, p, 6);
	return p;
}

static void prefix(struct dissect *d, struct cursor *c)
{
	(void)take_u8(d, c, &f[NDO_PREFIX_LEN]);
	uint8_t raw = take_u8(d, c, &f[NDO_PREFIX_FLAGS]);
	tree_in(d);
	for (unsigned i = NDO_PREFIX_L; i <= NDO_PREFIX_RSV; i++)
		put_bits(d, &f[i], raw);
	tree_out(d);
	(void)take_u32(d, c, &f[NDO_PREFIX_VALID]);
	(void)take_u32(d, c, &f[NDO_PREFIX_PREFERRED]);
	(void)take_bytes(d, c, 4, &f[NDO_RESERVED]);
	(void)take_ipv6(d, c, &f[NDO_PREFIX]);
}

/* An address of which only the first bytes are sent: the rest is zero. */
static void short_address(struct dissect *d, struct cursor *c, const struct field *which)
{
	uint8_t full[16] = { 0 };
	size_t n = cur_left(c) < 16 ? cur_left(c) : 16;
	const uint8_t *p = take_bytes(d, c, n, NULL);
	if (!p || !n)
		return;
	memcpy(full, p, n);
	put_text(d, which, d->last, full, 16);
}

static void route(struct dissect *d, struct cursor *c)
{
	(void)take_u8(d, c, &f[NDO_PREFIX_LEN]);
	uint8_t raw = take_u8(d, c, &f[NDO_ROUTE_FLAGS]);
	tree_in(d);
	put_bits(d, &f[NDO_ROUTE_PRF], raw);
	tree_out(d);
	(void)take_u32(d, c, &f[NDO_ROUTE_LIFETIME]);
	short_address(d, c, &f[NDO_PREFIX]);
}

/* Domain names as DNS writes them, without pointers, one behind the other, then zeros. */
static void search_list(struct dissect *d, struct cursor *c)
{
	(void)take_bytes(d, c, 2, &f[NDO_RESERVED]);
	(void)take_u32(d, c, &f[NDO_DNSSL_LIFETIME]);
	while (cur_left(c) && cur_ok(c)) {
		uint32_t start = cur_off(c);
		char name[256];
		size_t len = 0;
		for (uint8_t n; cur_left(c) && (n = cur_u8(c)) != 0;) {
			const uint8_t *label = n < 64 ? cur_bytes(c, n) : NULL;
			if (!label || len + n + 2 > sizeof name) {
				c->bad = cur_ok(c) ? CUR_PAST : c->bad;
				return;
			}
			if (len)
				name[len++] = '.';
			memcpy(name + len, label, n);
			len += n;
		}
		if (!len)
			break;
		put_text(d, &f[NDO_DNSSL], range_from(c, start), name, len);
	}
	take_rest(d, c, &f[NDO_PADDING]);
}

static void nat64(struct dissect *d, struct cursor *c)
{
	uint16_t raw = take_u16(d, c, NULL);
	put_bits(d, &f[NDO_PREF64_LIFETIME], raw);
	put_bits(d, &f[NDO_PREF64_PLC], raw);
	short_address(d, c, &f[NDO_PREF64]);
}

static void servers(struct dissect *d, struct cursor *c)
{
	(void)take_bytes(d, c, 2, &f[NDO_RESERVED]);
	(void)take_u32(d, c, &f[NDO_RDNSS_LIFETIME]);
	while (cur_left(c) >= 16)
		(void)take_ipv6(d, c, &f[NDO_RDNSS]);
}

static void portal(struct dissect *d, struct cursor *c)
{
	const uint8_t *p = cur_peek(c, cur_left(c));
	size_t n = cur_left(c);
	while (p && n && !p[n - 1])	/* filled up with zeros */
		n--;
	(void)take_text(d, c, n, &f[NDO_PORTAL]);
	take_rest(d, c, &f[NDO_PADDING]);
}

/* Options that are one number behind two reserved bytes. */
static void number(struct dissect *d, struct cursor *c, enum icmpv6_field which)
{
	(void)take_bytes(d, c, 2, &f[NDO_RESERVED]);
	(void)take_u32(d, c, &f[which]);
}

static void body(struct dissect *d, struct cursor *c, uint8_t type, struct told *t)
{
	switch (type) {
	case SOURCE_LINK:
		t->source_mac = link_address(d, c, &f[NDO_SOURCE]);
		break;
	case TARGET_LINK:
		t->target_mac = link_address(d, c, &f[NDO_TARGET]);
		break;
	case PREFIX:
		prefix(d, c);
		break;
	case REDIRECTED:
		(void)take_bytes(d, c, 6, &f[NDO_RESERVED]);
		t->quoted = *c;
		t->has_quoted = cur_left(c) > 0;
		(void)take_bytes(d, c, cur_left(c), &f[NDO_REDIRECTED]);
		break;
	case MTU:
		number(d, c, NDO_MTU);
		break;
	case INTERVAL:
		number(d, c, NDO_INTERVAL);
		break;
	case HOME_AGENT:
		(void)take_bytes(d, c, 2, &f[NDO_RESERVED]);
		(void)take_u16(d, c, &f[NDO_HA_PREFERENCE]);
		(void)take_u16(d, c, &f[NDO_HA_LIFETIME]);
		break;
	case SOURCE_LIST: case TARGET_LIST:
		(void)take_bytes(d, c, 6, &f[NDO_RESERVED]);
		while (cur_left(c) >= 16)
			(void)take_ipv6(d, c, &f[NDO_ADDRESS]);
		break;
	case TIMESTAMP:
		(void)take_bytes(d, c, 6, &f[NDO_RESERVED]);
		(void)take_u64(d, c, &f[NDO_TIMESTAMP]);
		break;
	case NONCE:
		take_rest(d, c, &f[NDO_NONCE]);
		break;
	case ROUTE:
		route(d, c);
		break;
	case RDNSS:
		servers(d, c);
		break;
	case FLAGS:
		(void)take_u16(d, c, &f[NDO_EFO]);
		take_rest(d, c, &f[NDO_RESERVED]);
		break;
	case DNSSL:
		search_list(d, c);
		break;
	case REGISTRATION:
		(void)take_u8(d, c, &f[NDO_ARO_STATUS]);
		(void)take_bytes(d, c, 3, &f[NDO_RESERVED]);
		(void)take_u16(d, c, &f[NDO_ARO_LIFETIME]);
		break;
	case PORTAL:
		portal(d, c);
		break;
	case PREF64:
		nat64(d, c);
		break;
	default:
		break;
	}
	take_rest(d, c, &f[V6_DATA]);
}

static struct told options(struct dissect *d, struct cursor *c)
{
	struct told t = { 0 };
	while (cur_left(c) && cur_ok(c)) {
		uint32_t tree = tree_open(d, c, &f[NDO]);
		uint8_t type = take_u8(d, c, &f[NDO_TYPE]);
		uint8_t units = take_u8(d, c, &f[NDO_LENGTH]);
		const char *name = value_name(f[NDO_TYPE].names, type);
		tree_text(d, tree, "%s (%u)", name ? name : "Unknown", type);
		if (cur_ok(c) && !units)	/* would go on for ever: RFC 4861 section 4.6 */
			c->bad = CUR_PAST;
		struct cursor inner = cur_sub(c, units ? units * 8u - 2 : 0);
		if (cur_ok(&inner))
			body(d, &inner, type, &t);
		tree_close(d, c, tree);
		cur_join(c, &inner);
	}
	return t;
}

static void router_advert(struct dissect *d, struct cursor *c)
{
	(void)take_u8(d, c, &f[RA_HOPS]);
	uint8_t raw = take_u8(d, c, &f[RA_FLAGS]);
	tree_in(d);
	for (unsigned i = RA_M; i <= RA_RSV; i++)
		put_bits(d, &f[i], raw);
	tree_out(d);
	(void)take_u16(d, c, &f[RA_LIFETIME]);
	(void)take_u32(d, c, &f[RA_REACHABLE]);
	(void)take_u32(d, c, &f[RA_RETRANS]);
}

static uint32_t advert_flags(struct dissect *d, struct cursor *c)
{
	uint32_t raw = take_u32(d, c, &f[NA_FLAGS]);
	tree_in(d);
	for (unsigned i = NA_R; i <= NA_RSV; i++)
		put_bits(d, &f[i], raw);
	tree_out(d);
	return raw;
}

static void say(struct dissect *d, uint8_t type, const uint8_t *target, uint32_t flags,
		const struct told *t)
{
	const char *name = value_name(f[V6_TYPE].names, type);
	const uint8_t *mac = t->source_mac ? t->source_mac : t->target_mac;
	const char *link = mac ? ip_text(d, mac, 6) : "";
	if (type == V6_SOLICIT && target)
		info_set(d, "%s for %s%s%s", name, ip_text(d, target, 16), mac ? " from " : "",
			 link);
	else if (type == V6_ADVERT && target)
		info_set(d, "%s %s%s%s%s%s%s%s%s", name, ip_text(d, target, 16),
			 flags >> 29 ? " (" : "", flags >> 31 ? "rtr" : "",
			 flags >> 30 & 1 ? flags >> 31 ? ", sol" : "sol" : "",
			 flags >> 29 & 1 ? flags >> 30 ? ", ovr" : "ovr" : "",
			 flags >> 29 ? ")" : "", mac ? " is at " : "", link);
	else if (mac)
		info_set(d, "%s %s %s", name, type == V6_REDIRECT ? "is at" : "from", link);
}

/* What a visit wants to know: somebody asks for an address, somebody has one. */
static void tell(struct dissect *d, uint8_t type, const uint8_t *target, const struct told *t)
{
	static const uint8_t none[16];
	if (type == V6_SOLICIT && memcmp(d->src.bytes, none, 16))
		emit(d, EV_NDP_SOLICIT, intern(d, target, 16), intern(d, d->src.bytes, 16));
	else if (type == V6_ADVERT)
		emit(d, EV_NDP_ADVERT, intern(d, target, 16),
		     t->target_mac ? intern(d, t->target_mac, 6) : 0);
}

enum verdict ndp_message(struct dissect *d, struct cursor *c, uint8_t type)
{
	const uint8_t *target = NULL;
	uint32_t flags = 0;
	if (type == V6_ROUTER_ADVERT)
		router_advert(d, c);
	else if (type == V6_ADVERT)
		flags = advert_flags(d, c);
	else
		(void)take_bytes(d, c, 4, &f[V6_RESERVED]);
	if (type == V6_SOLICIT || type == V6_ADVERT)
		target = take_ipv6(d, c, &f[type == V6_SOLICIT ? NS_TARGET : NA_TARGET]);
	if (type == V6_REDIRECT) {
		(void)take_ipv6(d, c, &f[RD_TARGET]);
		(void)take_ipv6(d, c, &f[RD_DESTINATION]);
	}
	if (!cur_ok(c))
		return verdict_of(c);
	struct told t = options(d, c);
	if (want_info(d))
		say(d, type, target, flags, &t);
	if (target && !d->quoted)
		tell(d, type, target, &t);
	if (!cur_ok(c) || !t.has_quoted || type != V6_REDIRECT)
		return verdict_of(c);
	*c = t.quoted;
	return next_quoted(d, BY_ETHERTYPE, ETHERTYPE_IPV6);
}
