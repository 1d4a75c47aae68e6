/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules: what an event says about its frame. Of an event's rows the first that fits counts; it
 * names the explanation (explain.def), and that names the step. Events without rows are facts
 * about a frame that something else explains.
 *
 * A finer explanation is a row here and a row in explain.def; a new step one in kinds.c besides.
 */
#include "steps/own.h"

enum test { NO_ROW, ANY, CLIENT, SERVER, A_FROM, B_IS, B_TYPE, C_IS };

struct rule {
	uint8_t test;
	uint16_t value;
	uint8_t explain;
};

enum { ROWS = 6, QUIC_0RTT = 1, QUIC_RETRY = 3, TYPE_AAAA = 28, TYPE_HTTPS = 65, SERVFAIL = 2,
		NXDOMAIN = 3, REFUSED = 5 };

static const struct rule rules[EV_KINDS][ROWS] = {
	[EV_ARP_REQUEST] = { { ANY, 0, EX_ARP_REQUEST } },
	[EV_ARP_REPLY] = { { ANY, 0, EX_ARP_REPLY } },
	[EV_NDP_SOLICIT] = { { ANY, 0, EX_NDP_SOLICIT } },
	[EV_NDP_ADVERT] = { { ANY, 0, EX_NDP_ADVERT } },
	[EV_ICMP_ERROR] = { { ANY, 0, EX_ICMP_ERROR } },

	[EV_DNS_QUERY] = {
		{ B_TYPE, TYPE_AAAA, EX_DNS_QUERY_AAAA }, { B_TYPE, TYPE_HTTPS,
				EX_DNS_QUERY_HTTPS },
		{ ANY, 0, EX_DNS_QUERY_A } },
	[EV_DNS_RESPONSE] = {
		{ C_IS, 0, EX_DNS_EMPTY },	/* until a record gives an address */
		{ C_IS, SERVFAIL, EX_DNS_SERVFAIL },
		{ C_IS, NXDOMAIN, EX_DNS_NXDOMAIN },
		{ C_IS, REFUSED, EX_DNS_REFUSED },
		{ ANY, 0, EX_DNS_ERROR } },

	[EV_TCP_SYN] = { { C_IS, 1, EX_SYN_AGAIN }, { ANY, 0, EX_SYN } },
	[EV_TCP_SYNACK] = { { ANY, 0, EX_SYNACK } },
	[EV_TCP_ESTABLISHED] = { { ANY, 0, EX_ESTABLISHED } },
	[EV_TCP_FIN] = { { CLIENT, 0, EX_FIN_CLIENT }, { ANY, 0, EX_FIN_SERVER } },
	[EV_TCP_RST] = {
		{ C_IS, 1, EX_REFUSED }, { CLIENT, 0, EX_RST_CLIENT }, { ANY, 0, EX_RST_SERVER } },

	[EV_TLS_CLIENT_HELLO] = { { ANY, 0, EX_CLIENT_HELLO } },
	[EV_TLS_SERVER_HELLO] = { { ANY, 0, EX_SERVER_HELLO } },
	[EV_TLS_CERTIFICATE] = { { SERVER, 0, EX_CERTIFICATE }, { ANY, 0, EX_TLS_CLIENT } },
	[EV_TLS_CCS] = { { CLIENT, 0, EX_TLS_CLIENT }, { ANY, 0, EX_TLS_SERVER } },
	[EV_TLS_ALERT] = { { ANY, 0, EX_TLS_ALERT } },

	[EV_HTTP_REQUEST] = { { ANY, 0, EX_REQUEST } },
	[EV_HTTP_RESPONSE] = {
		{ A_FROM, 500, EX_SERVER_ERROR }, { A_FROM, 400, EX_RESPONSE_ERROR },
		{ ANY, 0, EX_RESPONSE } },

	[EV_QUIC_LONG] = {
		{ B_IS, QUIC_0RTT, EX_EARLY }, { B_IS, QUIC_RETRY, EX_QUIC_RETRY },
		{ CLIENT, 0, EX_QUIC_CLIENT }, { ANY, 0, EX_QUIC_SERVER } },
	[EV_QUIC_SHORT] = { { CLIENT, 0, EX_APP_CLIENT }, { ANY, 0, EX_APP_SERVER } },
};

static bool fits(const struct rule *r, const struct event *e, bool from_client)
{
	switch ((enum test)r->test) {
	case NO_ROW: return false;
	case ANY: return true;
	case CLIENT: return from_client;
	case SERVER: return !from_client;
	case A_FROM: return e->a >= r->value;
	case B_IS: return e->b == r->value;
	case B_TYPE: return e->b >> 16 == r->value;
	case C_IS: return (e->c & 0xff) == r->value;
	}
	return false;
}

uint8_t rule_for(const struct event *e, bool from_client)
{
	if (e->kind >= EV_KINDS)
		return EX_NONE;
	const struct rule *row = rules[e->kind];
	for (size_t i = 0; i < ROWS && row[i].test != NO_ROW; i++)
		if (fits(&row[i], e, from_client))
			return row[i].explain;
	return EX_NONE;
}
