/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ICMPv6: RFC 4443. Neighbour discovery stands in ndp.c, multicast listeners in mld.c. Of router
 * renumbering, node information, RPL and the rest only types and codes are read.
 */
#include "icmpv6.h"

#include "checksum.h"
#include "icmp.h"

static const struct field *const f = icmpv6_fields;

/* The code's field, with the names that it has for this type. */
static const struct field *code_of(uint8_t type)
{
	switch (type) {
	case V6_UNREACHABLE: return &f[V6_CODE_UNREACHABLE];
	case V6_TIME_EXCEEDED: return &f[V6_CODE_EXCEEDED];
	case V6_PARAMETER: return &f[V6_CODE_PARAMETER];
	case V6_RENUMBERING: return &f[V6_CODE_RENUMBERING];
	case V6_NI_QUERY: return &f[V6_CODE_NI_QUERY];
	case V6_NI_REPLY: return &f[V6_CODE_NI_REPLY];
	case V6_RPL: return &f[V6_CODE_RPL];
	case V6_XECHO: case V6_XECHO_REPLY: return &f[V6_CODE_XECHO];
	default: return &f[V6_CODE];
	}
}

static void say(struct dissect *d, uint8_t type, uint8_t code)
{
	const char *name = value_name(f[V6_TYPE].names, type);
	const struct value_name *table = code_of(type)->names;
	const char *detail = value_name(table, code);
	if (!name)
		info_set(d, "Unknown ICMPv6 type %u", type);
	else if (table)
		info_set(d, "%s (%s)", name, detail ? detail : "Unknown");
	else
		info_set(d, "%s", name);
}

static void echo(struct dissect *d, struct cursor *c, uint8_t type)
{
	uint16_t id = take_u16(d, c, &f[V6_IDENT]);
	uint16_t seq = take_u16(d, c, &f[V6_SEQ]);
	if (cur_ok(c) && want_info(d))
		info_set(d, "%s id=0x%04x, seq=%u, hop limit=%u",
			 value_name(f[V6_TYPE].names, type), id, seq, d->ttl);
	take_rest(d, c, &f[V6_ECHO_DATA]);
}

static void extended_echo(struct dissect *d, struct cursor *c, uint8_t type)
{
	(void)take_u16(d, c, &f[V6_IDENT]);
	(void)take_u8(d, c, &f[V6_XE_SEQ]);
	uint8_t raw = take_u8(d, c, NULL);
	if (type == V6_XECHO) {
		put_bits(d, &f[V6_XE_RES], raw);
		put_bits(d, &f[V6_XE_LOCAL], raw);
		icmp_extension(d, c);
		return;
	}
	for (unsigned i = V6_XE_STATE; i <= V6_XE_IPV6; i++)
		put_bits(d, &f[i], raw);
}

/* The four bytes in front of the quoted packet; how long RFC 4884 says that one is. */
static unsigned error_head(struct dissect *d, struct cursor *c, uint8_t type)
{
	if (type == V6_TOO_BIG || type == V6_PARAMETER) {
		(void)take_u32(d, c, &f[type == V6_TOO_BIG ? V6_MTU : V6_POINTER]);
		return 0;
	}
	const uint8_t *p = cur_peek(c, 1);
	unsigned words = p ? p[0] : 0;
	if (words)
		(void)take_u8(d, c, &f[V6_LENGTH]);
	(void)take_bytes(d, c, words ? 3 : 4, &f[V6_RESERVED]);
	return words * 8;
}

static enum verdict error(struct dissect *d, struct cursor *c, uint8_t type, uint8_t code)
{
	unsigned quoted = error_head(d, c, type);
	if (!cur_ok(c))
		return verdict_of(c);
	icmp_tell_error(d, c, type, code);
	if (want_fields(d))
		icmp_quote_end(d, c, quoted);
	if (!cur_wire(c))
		return DONE;
	return next_quoted(d, BY_ETHERTYPE, ETHERTYPE_IPV6);
}

static void home_agents(struct dissect *d, struct cursor *c, uint8_t type)
{
	(void)take_u16(d, c, &f[V6_HOME_IDENT]);
	(void)take_bytes(d, c, 2, &f[V6_RESERVED]);
	while (type == V6_HOME_REPLY && cur_left(c) >= 16)
		(void)take_ipv6(d, c, &f[V6_HOME_AGENT]);
}

static enum verdict body(struct dissect *d, struct cursor *c, uint8_t type, uint8_t code)
{
	switch (type) {
	case V6_UNREACHABLE: case V6_TOO_BIG: case V6_TIME_EXCEEDED: case V6_PARAMETER:
		return error(d, c, type, code);
	case V6_ROUTER_SOLICIT: case V6_ROUTER_ADVERT: case V6_SOLICIT: case V6_ADVERT:
	case V6_REDIRECT: case V6_INVERSE_SOLICIT: case V6_INVERSE_ADVERT:
	case V6_MOBILE_ADVERT:
		return ndp_message(d, c, type);
	case V6_ECHO: case V6_ECHO_REPLY:
		echo(d, c, type);
		break;
	case V6_MLD_QUERY: case V6_MLD_REPORT: case V6_MLD_DONE: case V6_MLD2_REPORT:
		mld_message(d, c, type);
		break;
	case V6_HOME_SOLICIT: case V6_HOME_REPLY:
		home_agents(d, c, type);
		break;
	case V6_MCAST_ADVERT:
		(void)take_u16(d, c, &f[V6_MCAST_INTERVAL]);
		(void)take_u16(d, c, &f[V6_MCAST_ROBUSTNESS]);
		break;
	case V6_XECHO: case V6_XECHO_REPLY:
		extended_echo(d, c, type);
		break;
	default:
		break;
	}
	take_rest(d, c, &f[V6_DATA]);
	return verdict_of(c);
}

static enum verdict icmpv6(struct dissect *d, struct cursor *c)
{
	struct cursor whole = *c;
	uint8_t type = take_u8(d, c, &f[V6_TYPE]);
	uint8_t code = take_u8(d, c, code_of(type));
	if (want_info(d) && cur_ok(c))
		say(d, type, code);
	uint16_t checksum = take_u16(d, c, &f[V6_CHECKSUM]);
	(void)checksum_transport(d, &whole, checksum, IPPROTO_ICMPV6_, &f[V6_CHECKSUM_STATUS]);
	return cur_ok(c) ? body(d, c, type, code) : verdict_of(c);
}

static const struct binding binds[] = { { BY_IPPROTO, IPPROTO_ICMPV6_ } };

extern const struct protocol proto_icmpv6;
const struct protocol proto_icmpv6 = {
	.name = "icmpv6",
	.title = "Internet Control Message Protocol v6",
	.help = N_("How IPv6 stations and routers tell each other about the network itself: errors and "
		   "ping, as with IPv4; and neighbour discovery, which finds MAC addresses (ARP's task "
		   "in IPv4), routers, and one's own address."),
	.osi = OSI(3),
	.fields = icmpv6_fields,
	.n_fields = ICMPV6_FIELDS,
	BINDS(binds),
	.packet = icmpv6,
};
