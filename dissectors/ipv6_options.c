/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The options in IPv6 hop-by-hop and destination options headers: RFC 8200 section 4.2. Type,
 * length, value; only Pad1 has neither length nor value. The two highest bits of a type say what
 * a station does that does not know it.
 */
#include "ipv6.h"

enum option {
	PAD1 = 0x00, PADN = 0x01, TUNNEL_LIMIT = 0x04, ALERT = 0x05, CALIPSO = 0x07, PDM = 0x0f,
	EXP_1E = 0x1e, RPL_NEW = 0x23, QUICK_START = 0x26, PMTU = 0x30, EXP_3E = 0x3e,
	EXP_5E = 0x5e, RPL = 0x63, EXP_7E = 0x7e, ILNP = 0x8b, LINE_ID = 0x8c, EXP_9E = 0x9e,
	EXP_BE = 0xbe, JUMBO = 0xc2, HOME = 0xc9, EXP_DE = 0xde, EXP_FE = 0xfe
};

static const struct value_name types[] = {
	{ PAD1, "Pad1" }, { PADN, "PadN" }, { TUNNEL_LIMIT, "Tunnel Encapsulation Limit" },
	{ ALERT, "Router Alert" }, { CALIPSO, "CALIPSO" }, { 0x08, "SMF_DPD" },
	{ PDM, "Performance and Diagnostic Metrics" }, { 0x11, "IOAM Option" },
	{ EXP_1E, "Experimental (0x1E)" }, { RPL_NEW, "RPL Option" },
	{ QUICK_START, "Quick-Start" }, { PMTU, "Path MTU Option" }, { 0x31, "IOAM Option" },
	{ EXP_3E, "Experimental (0x3E)" }, { 0x4d, "MPL Option (deprecated)" },
	{ EXP_5E, "Experimental (0x5E)" }, { RPL, "RPL Option (deprecated)" },
	{ 0x6d, "MPL Option" }, { EXP_7E, "Experimental (0x7E)" },
	{ 0x8a, "Endpoint Identification" }, { ILNP, "ILNP Nonce" },
	{ LINE_ID, "Line-Identification Option" }, { EXP_9E, "Experimental (0x9E)" },
	{ EXP_BE, "Experimental (0xBE)" }, { JUMBO, "Jumbo Payload" }, { HOME, "Home Address" },
	{ EXP_DE, "Experimental (0xDE)" }, { 0xee, "IP_DFF" }, { EXP_FE, "Experimental (0xFE)" },
	{ 0, NULL }
};

static const struct value_name actions[] = {
	{ 0, "Skip and continue" }, { 1, "Discard" }, { 2, "Discard and send ICMP" },
	{ 3, "Discard and send ICMP if not multicast" },
	{ 0, NULL }
};

static const struct value_name alerts[] = {
	{ 0, "MLD" }, { 1, "RSVP" }, { 2, "Active Networks" }, { 36, "NSIS NATFW NSLP" },
	{ 37, "MPLS OAM" }, { 69, "NSIS GIST" },
	{ 0, NULL }
};

static const struct value_name quick_start_functions[] = {
	{ 0, "Rate request" }, { 8, "Rate report" },
	{ 0, NULL }
};

const char ipv6_help_next[] = N_("What follows this header.");
const char ipv6_help_len[] =
	N_("The length in units of 8 bytes, without the first 8: other stations can so skip a "
	   "header that they do not know.");

const struct field ipv6_option_fields[IPV6_OPTION_FIELDS] = {
	[EXT_NXT] = { "ipv6.hopopts.nxt", N_("Next header"), F_UINT, 0, ip_proto_names,
		ipv6_help_next },
	[EXT_LEN] = { "ipv6.hopopts.len", N_("Length"), F_UINT, 0, NULL, ipv6_help_len },
	[EXT_LEN_OCT] = { "ipv6.hopopts.len_oct", N_("Length in bytes"), F_UINT, 0, NULL, NULL },
	[OPT] = { "ipv6.opt", N_("IPv6 option"), F_NONE, 0, NULL, NULL },
	[OPT_TYPE] = { "ipv6.opt.type", N_("Type"), F_HEX, 0, types, NULL },
	[OPT_ACTION] = { "ipv6.opt.type.action", N_("Action"), F_UINT, 0xc0, actions,
		N_("What a station does that does not know the option.") },
	[OPT_CHANGE] = { "ipv6.opt.type.change", N_("May change"), F_BOOL, 0x20, NULL,
		N_("1: routers may change it on the way.") },
	[OPT_REST] = { "ipv6.opt.type.rest", N_("Low-order bits"), F_HEX, 0x1f, NULL, NULL },
	[OPT_LEN] = { "ipv6.opt.length", N_("Length"), F_UINT, 0, NULL, NULL },
	[OPT_PADN] = { "ipv6.opt.padn", N_("PadN"), F_BYTES, 0, NULL,
		N_("Filler: headers end at multiples of 8 bytes.") },
	[OPT_ALERT] = { "ipv6.opt.router_alert", N_("Router alert"), F_UINT, 0, alerts,
		N_("Asks routers on the way to look at the packet (RFC 2711).") },
	[OPT_TEL] = { "ipv6.opt.tel", N_("Tunnel encapsulation limit"), F_UINT, 0, NULL,
		N_("How many more tunnels may be put around the packet (RFC 2473).") },
	[OPT_JUMBO] = { "ipv6.opt.jumbo", N_("Payload length"), F_UINT, 0, NULL,
		N_("The length of a packet above 65,535 bytes (RFC 2675).") },
	[OPT_HOME] = { "ipv6.opt.mipv6.home_address", N_("Home address"), F_IPV6, 0, NULL,
		N_("The address that a travelling station has at home (RFC 6275).") },
	[OPT_QS_FUNC] = { "ipv6.opt.qs_func", N_("Function"), F_UINT, 0xf0,
		quick_start_functions, NULL },
	[OPT_QS_RATE] = { "ipv6.opt.qs_rate", N_("Rate"), F_UINT, 0x0f, NULL, NULL },
	[OPT_QS_TTL] = { "ipv6.opt.qs_ttl", N_("QS TTL"), F_UINT, 0, NULL, NULL },
	[OPT_QS_UNUSED] = { "ipv6.opt.qs_unused", N_("Not used"), F_UINT, 0, NULL, NULL },
	[OPT_QS_NONCE] = { "ipv6.opt.qs_nonce", N_("QS nonce"), F_HEX, 0xfffffffc, NULL, NULL },
	[OPT_QS_RESERVED] = { "ipv6.opt.qs_reserved", N_("Reserved"), F_HEX, 0x3, NULL, NULL },
	[OPT_PMTU_MIN] = { "ipv6.opt.pmtu.min", N_("Minimum reported path MTU"), F_UINT, 0, NULL,
		N_("The largest packet that fits through everything passed so far (RFC 9268).") },
	[OPT_PMTU_RTN] = { "ipv6.opt.pmtu.rtn", N_("Returned minimum path MTU"), F_UINT, 0, NULL,
		NULL },
	[OPT_PDM_DTLR] = { "ipv6.opt.pdm.scale_dtlr", N_("Scale DTLR"), F_UINT, 0, NULL, NULL },
	[OPT_PDM_DTLS] = { "ipv6.opt.pdm.scale_dtls", N_("Scale DTLS"), F_UINT, 0, NULL, NULL },
	[OPT_PDM_THIS] = { "ipv6.opt.pdm.psn_this_pkt", N_("Number of this packet"), F_UINT, 0,
		NULL, NULL },
	[OPT_PDM_LAST] = { "ipv6.opt.pdm.psn_last_recv", N_("Number last received"), F_UINT, 0,
		NULL, NULL },
	[OPT_PDM_RECV] = { "ipv6.opt.pdm.delta_last_recv", N_("Delta time last received"), F_UINT,
		0, NULL, NULL },
	[OPT_PDM_SENT] = { "ipv6.opt.pdm.delta_last_sent", N_("Delta time last sent"), F_UINT, 0,
		NULL, NULL },
	[OPT_RPL_FLAG] = { "ipv6.opt.rpl.flag", N_("Flags"), F_HEX, 0, NULL, NULL },
	[OPT_RPL_INSTANCE] = { "ipv6.opt.rpl.instance_id", N_("RPL instance"), F_HEX, 0, NULL,
		NULL },
	[OPT_RPL_RANK] = { "ipv6.opt.rpl.sender_rank", N_("Sender rank"), F_HEX, 0, NULL, NULL },
	[OPT_CAL_DOI] = { "ipv6.opt.calipso.doi", N_("Domain of interpretation"), F_UINT, 0, NULL,
		NULL },
	[OPT_CAL_LEN] = { "ipv6.opt.calipso.cmpt.length", N_("Compartment length"), F_UINT, 0,
		NULL, NULL },
	[OPT_CAL_LEVEL] = { "ipv6.opt.calipso.sens_level", N_("Sensitivity level"), F_UINT, 0,
		NULL, NULL },
	[OPT_CAL_SUM] = { "ipv6.opt.calipso.checksum", N_("Checksum"), F_HEX, 0, NULL, NULL },
	[OPT_CAL_MAP] = { "ipv6.opt.calipso.cmpt_bitmap", N_("Compartment bitmap"), F_BYTES, 0,
		NULL, NULL },
	[OPT_NONCE] = { "ipv6.opt.ilnp_nonce", N_("ILNP nonce"), F_BYTES, 0, NULL, NULL },
	[OPT_LIO_LEN] = { "ipv6.opt.lio.length", N_("Line ID length"), F_UINT, 0, NULL, NULL },
	[OPT_LIO_ID] = { "ipv6.opt.lio.line_id", N_("Line ID"), F_TEXT, 0, NULL, NULL },
	[OPT_EXPERIMENT] = { "ipv6.opt.experimental", N_("Experimental option"), F_BYTES, 0, NULL,
		NULL },
	[OPT_UNKNOWN] = { "ipv6.opt.unknown", N_("Unknown option payload"), F_BYTES, 0, NULL,
		NULL },
};

static const struct field *const f = ipv6_option_fields;

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

static void metrics(struct dissect *d, struct cursor *c)
{
	(void)take_u8(d, c, &f[OPT_PDM_DTLR]);
	(void)take_u8(d, c, &f[OPT_PDM_DTLS]);
	(void)take_u16(d, c, &f[OPT_PDM_THIS]);
	(void)take_u16(d, c, &f[OPT_PDM_LAST]);
	(void)take_u16(d, c, &f[OPT_PDM_RECV]);
	(void)take_u16(d, c, &f[OPT_PDM_SENT]);
}

static void calipso(struct dissect *d, struct cursor *c)
{
	(void)take_u32(d, c, &f[OPT_CAL_DOI]);
	uint8_t words = take_u8(d, c, &f[OPT_CAL_LEN]);
	(void)take_u8(d, c, &f[OPT_CAL_LEVEL]);
	(void)take_u16(d, c, &f[OPT_CAL_SUM]);
	if (words)
		(void)take_bytes(d, c, words * 4u, &f[OPT_CAL_MAP]);
}

static void home_address(struct dissect *d, struct cursor *c)
{
	const uint8_t *home = take_ipv6(d, c, &f[OPT_HOME]);
	if (home && !d->quoted && d->src.len == 16)
		memcpy(d->src.bytes, home, 16);	/* what checksum and upper layers count with */
}

static void body(struct dissect *d, struct cursor *c, uint8_t type, struct ipv6_options *o)
{
	switch (type) {
	case PADN:
		take_rest(d, c, &f[OPT_PADN]);
		break;
	case ALERT:
		(void)take_u16(d, c, &f[OPT_ALERT]);
		break;
	case TUNNEL_LIMIT:
		(void)take_u8(d, c, &f[OPT_TEL]);
		break;
	case JUMBO:
		o->jumbo = take_u32(d, c, &f[OPT_JUMBO]);
		break;
	case HOME:
		home_address(d, c);
		break;
	case QUICK_START:
		quick_start(d, c);
		break;
	case PMTU:
		(void)take_u16(d, c, &f[OPT_PMTU_MIN]);
		(void)take_u16(d, c, &f[OPT_PMTU_RTN]);
		break;
	case PDM:
		metrics(d, c);
		break;
	case RPL:
	case RPL_NEW:
		(void)take_u8(d, c, &f[OPT_RPL_FLAG]);
		(void)take_u8(d, c, &f[OPT_RPL_INSTANCE]);
		(void)take_u16(d, c, &f[OPT_RPL_RANK]);
		break;
	case CALIPSO:
		calipso(d, c);
		break;
	case ILNP:
		take_rest(d, c, &f[OPT_NONCE]);
		break;
	case LINE_ID:
		(void)take_text(d, c, take_u8(d, c, &f[OPT_LIO_LEN]), &f[OPT_LIO_ID]);
		break;
	case EXP_1E: case EXP_3E: case EXP_5E: case EXP_7E: case EXP_9E: case EXP_BE:
	case EXP_DE: case EXP_FE:
		take_rest(d, c, &f[OPT_EXPERIMENT]);
		break;
	default:
		break;
	}
	take_rest(d, c, &f[OPT_UNKNOWN]);
}

struct ipv6_options ipv6_options(struct dissect *d, struct cursor *c)
{
	struct ipv6_options o = { 0 };
	while (cur_left(c) && cur_ok(c)) {
		uint32_t tree = tree_open(d, c, &f[OPT]);
		uint8_t type = take_u8(d, c, &f[OPT_TYPE]);
		const char *name = value_name(types, type);
		tree_text(d, tree, "%s (%u)", name ? name : "Unknown", type);
		tree_in(d);
		put_bits(d, &f[OPT_ACTION], type);
		put_bits(d, &f[OPT_CHANGE], type);
		put_bits(d, &f[OPT_REST], type);
		tree_out(d);
		if (type != PAD1) {
			uint8_t len = take_u8(d, c, &f[OPT_LEN]);
			struct cursor inner = cur_sub(c, len);
			if (cur_ok(&inner))
				body(d, &inner, type, &o);
			if (inner.bad == CUR_PAST)	/* the header's length still holds */
				note_malformed(d);
		}
		tree_close(d, c, tree);
	}
	return o;
}
