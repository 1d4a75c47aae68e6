/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The options of IPv4. RFC 791: security, source routes, record route, stream, time stamp;
 * RFC 1063: MTU; 1108: extended security; 1393: traceroute; 2113: router alert; 4782: quick start;
 * FIPS 188: commercial security (CIPSO). All but two have a length behind their type.
 */
#include "ipv4.h"

enum option {
	EOOL = 0, NOP = 1, RECORD_ROUTE = 7, MTU_PROBE = 11, MTU_REPLY = 12, QUICK_START = 25,
	TIME_STAMP = 68, TRACEROUTE = 82, SECURITY = 130, LOOSE_ROUTE = 131, EXT_SECURITY = 133,
	CIPSO = 134, STREAM_ID = 136, STRICT_ROUTE = 137, ROUTER_ALERT = 148, SDB = 149
};

static const struct field *const f = ipv4_fields;

/* Addresses behind a pointer: what it has passed is recorded, what lies ahead is route or room. */
static void route(struct dissect *d, struct cursor *c, bool source)
{
	uint8_t pointer = take_u8(d, c, &f[OPT_PTR]);
	for (unsigned at = 4; cur_left(c) >= 4; at += 4) {
		bool last = cur_left(c) < 8;
		(void)take_ipv4(d, c, at < pointer ? &f[OPT_REC_RT] : !source ? &f[OPT_EMPTY_RT] :
				last ? &f[IP_DST] : &f[OPT_SRC_RT]);
	}
}

static void time_stamps(struct dissect *d, struct cursor *c)
{
	(void)take_u8(d, c, &f[OPT_PTR]);
	uint8_t raw = take_u8(d, c, NULL);
	put_bits(d, &f[OPT_OVERFLOW], raw);
	put_bits(d, &f[OPT_FLAG], raw);
	bool addresses = (raw & 15) == 1 || (raw & 15) == 3;
	while (cur_left(c) >= (addresses ? 8 : 4)) {
		if (addresses)
			(void)take_ipv4(d, c, &f[OPT_TIME_ADDR]);
		(void)take_u32(d, c, &f[OPT_TIME]);
	}
}

static void quick_start(struct dissect *d, struct cursor *c)
{
	uint8_t raw = take_u8(d, c, NULL);
	put_bits(d, &f[OPT_QS_FUNC], raw);
	put_bits(d, &f[OPT_QS_RATE], raw);
	(void)take_u8(d, c, raw >> 4 == 0 ? &f[OPT_QS_TTL] : &f[OPT_QS_UNUSED]);
	uint32_t nonce = take_u32(d, c, NULL);
	put_bits(d, &f[OPT_QS_NONCE], nonce);
	put_bits(d, &f[OPT_QS_RESERVED], nonce);
}

static void security(struct dissect *d, struct cursor *c)
{
	if (cur_left(c) == 9) {		/* RFC 791's; others are RFC 1108's */
		(void)take_u16(d, c, &f[OPT_SEC]);
		(void)take_u16(d, c, &f[OPT_SEC_COMP]);
		(void)take_text(d, c, 2, &f[OPT_SEC_HR]);
		(void)take_text(d, c, 3, &f[OPT_SEC_TCC]);
		return;
	}
	(void)take_u8(d, c, &f[OPT_SEC_LEVEL]);
	while (cur_left(c))
		(void)take_u8(d, c, &f[OPT_SEC_AUTH]);
}

static void cipso(struct dissect *d, struct cursor *c)
{
	(void)take_u32(d, c, &f[OPT_CIPSO_DOI]);
	while (cur_left(c) >= 2) {
		uint8_t type = take_u8(d, c, &f[OPT_CIPSO_TAG]);
		uint8_t len = cur_u8(c);
		if (len < 2)
			break;
		struct cursor tag = cur_sub(c, len - 2u);
		if (type && type <= 6 && len >= 4) {
			cur_skip(&tag, 1);	/* alignment */
			(void)take_u8(d, &tag, &f[OPT_CIPSO_LEVEL]);
		}
		take_rest(d, &tag, &f[OPT_CIPSO_DATA]);
		cur_join(c, &tag);
	}
}

static void body(struct dissect *d, struct cursor *c, uint8_t type)
{
	switch (type) {
	case RECORD_ROUTE:
		route(d, c, false);
		break;
	case LOOSE_ROUTE:
	case STRICT_ROUTE:
		route(d, c, true);
		break;
	case TIME_STAMP:
		time_stamps(d, c);
		break;
	case ROUTER_ALERT:
		(void)take_u16(d, c, &f[OPT_RA]);
		break;
	case STREAM_ID:
		(void)take_u16(d, c, &f[OPT_SID]);
		break;
	case MTU_PROBE:
	case MTU_REPLY:
		(void)take_u16(d, c, &f[OPT_MTU]);
		break;
	case TRACEROUTE:
		(void)take_u16(d, c, &f[OPT_ID_NUMBER]);
		(void)take_u16(d, c, &f[OPT_OHC]);
		(void)take_u16(d, c, &f[OPT_RHC]);
		(void)take_ipv4(d, c, &f[OPT_ORIGINATOR]);
		break;
	case QUICK_START:
		quick_start(d, c);
		break;
	case SECURITY:
		security(d, c);
		break;
	case EXT_SECURITY:
		(void)take_u8(d, c, &f[OPT_EXT_CODE]);
		take_rest(d, c, &f[OPT_EXT_INFO]);
		break;
	case CIPSO:
		cipso(d, c);
		break;
	case SDB:
		while (cur_left(c) >= 4)
			(void)take_ipv4(d, c, &f[OPT_ADDR]);
		break;
	default:
		break;
	}
	take_rest(d, c, &f[OPT_DATA]);
}

/* One option with its heading; false when no other can follow. */
static bool option(struct dissect *d, struct cursor *c)
{
	uint32_t tree = tree_open(d, c, &f[IP_OPTION]);
	uint8_t type = take_u8(d, c, &f[OPT_TYPE]);
	const char *name = value_name(f[OPT_TYPE].names, type);
	tree_text(d, tree, "%s (%u)", name ? name : "Unknown", type);
	tree_in(d);
	put_bits(d, &f[OPT_COPY], type);
	put_bits(d, &f[OPT_CLASS], type);
	put_bits(d, &f[OPT_NUMBER], type);
	tree_out(d);
	if (type == EOOL || type == NOP) {
		tree_close(d, c, tree);
		return type == NOP;
	}
	uint8_t len = take_u8(d, c, &f[OPT_LEN]);
	bool good = cur_ok(c) && len >= 2;
	struct cursor inner = cur_sub(c, good ? len - 2u : 0);
	if (good && cur_ok(&inner)) {
		body(d, &inner, type);
		good = cur_ok(&inner);
	}
	tree_close(d, c, tree);
	if (!good && c->bad != CUR_CUT && inner.bad != CUR_CUT)
		note_malformed(d);
	return good;
}

void ipv4_options(struct dissect *d, struct cursor *c)
{
	uint32_t tree = tree_open(d, c, &f[IP_OPTIONS]);
	while (cur_left(c) && cur_ok(c) && option(d, c))
		;
	tree_close(d, c, tree);
}

uint32_t ipv4_route_end(const struct cursor *options)
{
	struct cursor c = *options;
	while (cur_left(&c) && cur_ok(&c)) {
		uint8_t type = cur_u8(&c);
		if (type == EOOL)
			break;
		if (type == NOP)
			continue;
		uint8_t len = cur_u8(&c);
		struct cursor inner = cur_sub(&c, len >= 2 ? len - 2u : 0);
		if (type == LOOSE_ROUTE || type == STRICT_ROUTE) {
			uint8_t pointer = cur_u8(&inner);
			size_t addresses = cur_left(&inner) / 4;
			if (!cur_ok(&inner) || inner.lost || pointer < 4 || pointer > len || !addresses)
				return 0;
			return cur_off(&inner) + (uint32_t)(addresses - 1) * 4 - cur_off(options);
		}
		if (len < 2)
			break;
	}
	return 0;
}
