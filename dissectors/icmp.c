/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ICMP for IPv4: RFC 792; router discovery: RFC 1256; extended echo (PROBE): RFC 8335. */
#include "icmp.h"

#include "checksum.h"

enum type {
	ECHO_REPLY = 0, UNREACHABLE = 3, QUENCH = 4, REDIRECT = 5, ECHO_REQUEST = 8,
	ROUTER_ADVERT = 9, ROUTER_SOLICIT = 10, TIME_EXCEEDED = 11, PARAMETER = 12, TIMESTAMP = 13,
	TIMESTAMP_REPLY = 14, INFO_REQUEST = 15, INFO_REPLY = 16, MASK_REQUEST = 17,
	MASK_REPLY = 18, XECHO_REQUEST = 42, XECHO_REPLY = 43
};

static const struct field *const f = icmp_fields;

/* The code's field, with the names that it has for this type. */
static const struct field *code_of(uint8_t type)
{
	switch (type) {
	case UNREACHABLE: return &f[ICMP_CODE_UNREACHABLE];
	case REDIRECT: return &f[ICMP_CODE_REDIRECT];
	case ROUTER_ADVERT: return &f[ICMP_CODE_ADVERT];
	case TIME_EXCEEDED: return &f[ICMP_CODE_EXCEEDED];
	case PARAMETER: return &f[ICMP_CODE_PARAMETER];
	case 40: return &f[ICMP_CODE_PHOTURIS];
	case XECHO_REQUEST: case XECHO_REPLY: return &f[ICMP_CODE_EXTENDED];
	default: return &f[ICMP_CODE];
	}
}

/* A number that some systems count in the other byte order: shown both ways. */
static uint16_t both_orders(struct dissect *d, struct cursor *c, enum icmp_field be)
{
	uint16_t v = take_u16(d, c, &f[be]);
	if (cur_ok(c))
		put_uint(d, &f[be + 1], d->last, (uint64_t)(v << 8 | v >> 8) & 0xffff);
	return v;
}

static void echo(struct dissect *d, struct cursor *c, uint8_t type)
{
	uint16_t id = both_orders(d, c, ICMP_IDENT);
	uint16_t seq = both_orders(d, c, ICMP_SEQ);
	if (cur_ok(c) && want_info(d))
		info_set(d, "%-20s id=0x%04x, seq=%u/%u, ttl=%u",
			 value_name(f[ICMP_TYPE].names, type), id, seq,
			 (seq << 8 | seq >> 8) & 0xffff, d->ttl);
}

static void times(struct dissect *d, struct cursor *c)
{
	(void)take_u32(d, c, &f[ICMP_ORIGINATE]);
	(void)take_u32(d, c, &f[ICMP_RECEIVE]);
	(void)take_u32(d, c, &f[ICMP_TRANSMIT]);
}

/* Extensions of mobility agents behind a router advertisement (RFC 5944 section 2.1). */
static void mobility(struct dissect *d, struct cursor *c)
{
	while (cur_left(c) && cur_ok(c)) {
		uint8_t type = take_u8(d, c, &f[MIP_TYPE]);
		if (!type)
			continue;
		uint8_t len = take_u8(d, c, &f[MIP_LENGTH]);
		struct cursor body = cur_sub(c, len);
		if (type == 16) {
			(void)take_u16(d, &body, &f[MIP_SEQ]);
			(void)take_u16(d, &body, &f[MIP_LIFE]);
			(void)take_u16(d, &body, &f[MIP_FLAGS]);
			while (cur_left(&body) >= 4)
				(void)take_ipv4(d, &body, &f[MIP_COA]);
		} else if (type == 19) {
			while (cur_left(&body))
				(void)take_u8(d, &body, &f[MIP_PREFIX]);
		}
		take_rest(d, &body, &f[type == 24 ? MIP_CHALLENGE : MIP_CONTENT]);
		cur_join(c, &body);
	}
}

static void routers(struct dissect *d, struct cursor *c)
{
	uint8_t n = take_u8(d, c, &f[ICMP_NUM_ADDRS]);
	uint8_t words = take_u8(d, c, &f[ICMP_ADDR_SIZE]);
	(void)take_u16(d, c, &f[ICMP_LIFETIME]);
	for (unsigned i = 0; i < n && words >= 2 && cur_ok(c); i++) {
		(void)take_ipv4(d, c, &f[ICMP_ROUTER]);
		uint32_t level = take_u32(d, c, NULL);
		put_uint(d, &f[ICMP_PREF], d->last, (uint64_t)(int64_t)(int32_t)level);
		cur_skip(c, (words - 2u) * 4);
	}
	mobility(d, c);
}

static void extended_echo(struct dissect *d, struct cursor *c, uint8_t type)
{
	(void)both_orders(d, c, ICMP_IDENT);
	(void)take_u8(d, c, &f[ICMP_XE_SEQ]);
	uint8_t raw = take_u8(d, c, NULL);
	if (type == XECHO_REQUEST) {
		put_bits(d, &f[ICMP_XE_RES], raw);
		put_bits(d, &f[ICMP_XE_LOCAL], raw);
		icmp_extension(d, c);
		return;
	}
	for (unsigned i = ICMP_XE_STATE; i <= ICMP_XE_IPV6; i++)
		put_bits(d, &f[i], raw);
}

/* The four bytes in front of the quoted packet; how long RFC 4884 says that one is. */
static unsigned error_head(struct dissect *d, struct cursor *c, uint8_t type, uint8_t code)
{
	if (type == REDIRECT) {
		(void)take_ipv4(d, c, &f[ICMP_REDIR_GW]);
		return 0;
	}
	if (type == PARAMETER)
		(void)take_u8(d, c, &f[ICMP_POINTER]);
	else
		(void)take_bytes(d, c, 1, &f[ICMP_UNUSED]);
	const uint8_t *p = cur_peek(c, 1);
	unsigned words = p && type != QUENCH ? p[0] : 0;
	if (words) {
		(void)take_u8(d, c, &f[ICMP_LENGTH]);
		put_uint(d, &f[ICMP_LENGTH_BYTES], (struct range){ 0 }, words * 4);
	} else {
		(void)take_bytes(d, c, 1, &f[ICMP_UNUSED]);
	}
	if (type == UNREACHABLE && code == 4)
		(void)take_u16(d, c, &f[ICMP_MTU]);
	else
		(void)take_bytes(d, c, 2, &f[ICMP_UNUSED]);
	return words * 4;
}

static enum verdict error(struct dissect *d, struct cursor *c, uint8_t type, uint8_t code)
{
	unsigned quoted = error_head(d, c, type, code);
	if (!cur_ok(c))
		return verdict_of(c);
	icmp_tell_error(d, c, type, code);
	if (want_fields(d))
		icmp_quote_end(d, c, quoted);
	if (!cur_wire(c))
		return DONE;
	return next_quoted(d, BY_ETHERTYPE, ETHERTYPE_IP);
}

static void say(struct dissect *d, uint8_t type, uint8_t code)
{
	const char *name = value_name(f[ICMP_TYPE].names, type);
	const struct value_name *table = code_of(type)->names;
	const char *detail = value_name(table, code);
	if (!name)
		info_set(d, "Unknown ICMP type %u", type);
	else if (detail)
		info_set(d, "%-20s (%s)", name, detail);
	else if (table)
		info_set(d, "%-20s (Unknown code: %u)", name, code);
	else
		info_set(d, "%s", name);
}

static enum verdict body(struct dissect *d, struct cursor *c, uint8_t type, uint8_t code)
{
	switch (type) {
	case UNREACHABLE: case QUENCH: case REDIRECT: case TIME_EXCEEDED: case PARAMETER:
		return error(d, c, type, code);
	case ECHO_REQUEST: case ECHO_REPLY: case INFO_REQUEST: case INFO_REPLY:
		echo(d, c, type);
		break;
	case TIMESTAMP: case TIMESTAMP_REPLY:
		echo(d, c, type);
		times(d, c);
		break;
	case MASK_REQUEST: case MASK_REPLY:
		echo(d, c, type);
		(void)take_ipv4(d, c, &f[ICMP_MASK]);
		break;
	case ROUTER_ADVERT:
		routers(d, c);
		break;
	case ROUTER_SOLICIT:
		(void)take_bytes(d, c, 4, &f[ICMP_RESERVED]);
		break;
	case XECHO_REQUEST: case XECHO_REPLY:
		extended_echo(d, c, type);
		break;
	default:
		break;
	}
	take_rest(d, c, &f[ICMP_DATA]);
	return verdict_of(c);
}

static enum verdict icmp(struct dissect *d, struct cursor *c)
{
	struct cursor whole = *c;
	uint8_t type = take_u8(d, c, &f[ICMP_TYPE]);
	if (want_info(d) && cur_ok(c)) {
		const uint8_t *code = cur_peek(c, 1);
		say(d, type, code ? *code : 0);
	}
	uint8_t code = take_u8(d, c, code_of(type));
	(void)take_u16(d, c, &f[ICMP_CHECKSUM]);
	(void)checksum_plain(d, &whole, &f[ICMP_CHECKSUM_STATUS]);
	return cur_ok(c) ? body(d, c, type, code) : verdict_of(c);
}

static const struct binding binds[] = { { BY_IPPROTO, IPPROTO_ICMP_ } };

const struct protocol proto_icmp = {
	.name = "icmp",
	.title = "Internet Control Message Protocol",
	.help = N_("How stations and routers tell each other about the network itself: ping and its "
		   "answer, and errors. An error message quotes the beginning of the packet that it is "
		   "about, so that the sender knows which of its connections is meant."),
	.osi = OSI(3),
	.fields = icmp_fields,
	.n_fields = ICMP_FIELDS,
	BINDS(binds),
	.packet = icmp,
};
