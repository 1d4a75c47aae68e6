/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event: a fact that a protocol found in the packets. Protocols emit them, the annotator
 * (src/steps/) makes visits of them and sees nothing else of a packet; the ladder of a visit
 * (src/export/ladder.h) draws them.
 *
 * a and b are numbers; where the table says name, address, text they are numbers of the
 * session's string table (addresses: their 4, 6 or 16 raw bytes).
 */
#ifndef OSI_ENGINE_EVENT_H
#define OSI_ENGINE_EVENT_H

#include <stdint.h>

enum event_kind {
	EV_NONE,
	/* link                       a                    b                    c */
	EV_ARP_REQUEST,		/* address asked for    address of asker     0 */
	EV_ARP_REPLY,		/* address              MAC                  0 */
	EV_NDP_SOLICIT,		/* address asked for    address of asker     0 */
	EV_NDP_ADVERT,		/* address              MAC or 0             0 */
	EV_ARP_SENDER,		/* address of asker     its MAC              0: what a question tells of it */
	/* network: once per flow and direction, from its first packet; by the engine */
	EV_HOST,		/* sender's address     sender's MAC or 0    TTL */
	EV_NEXT_HOP,		/* receiver's address   receiver's MAC or 0  0 */
	EV_ICMP_SENDER,		/* who reports the error that follows, same frame */
	EV_ICMP_ERROR,		/* type << 8 | code     quoted destination   quoted destination port */
	/* name resolution; records follow the response that holds them, same frame */
	EV_DNS_QUERY,		/* name                 type << 16 | id      0x200 multicast */
	EV_DNS_RESPONSE,	/* name                 type << 16 | id      rcode; 0x100 truncated, 0x200 multicast */
	EV_DNS_RECORD,		/* owner name           address, name, text  type (A, AAAA, CNAME, HTTPS: alpn list) */
	/* transport; by the engine */
	EV_TCP_SYN,		/* 0                    0                    1 if sent again */
	EV_TCP_SYNACK,		/* 0                    0                    1 if sent again */
	EV_TCP_ESTABLISHED,	/* 0                    0                    0: the third packet */
	EV_TCP_MIDDLE,		/* joined in the middle: no SYN was captured */
	EV_TCP_FIN,
	EV_TCP_RST,		/* 0                    0                    1: answers a SYN (refused) */
	EV_TCP_RETRANSMISSION,
	EV_TCP_GAP,		/* bytes never captured */
	/* TLS */
	EV_TLS_CLIENT_HELLO,	/* server name or 0     alpn list, comma     version offered (highest); */
	EV_TLS_SERVER_HELLO,	/* alpn chosen or 0     cipher suite         version chosen */
	EV_TLS_RESUMED,		/* the server accepted an earlier session (id, ticket or PSK) */
	EV_TLS_CERTIFICATE,	/* subject              issuer               number in chain from 0 */
	EV_TLS_CCS,		/* change cipher spec */
	EV_TLS_ENCRYPTED,	/* record type          length               first four of each direction */
	EV_TLS_ALERT,		/* level << 8 | description; 0 when encrypted */
	/* HTTP; headers come before the head that holds them, same frame */
	EV_HTTP_HEADER,		/* enum http_header     value                0 */
	EV_HTTP_REQUEST,	/* method               URL as far as known  version (10, 11, 20, 30) */
	EV_HTTP_RESPONSE,	/* status               media type or 0      version */
	EV_HTTP_HEAD,		/* bytes of the head just told              0 */
	EV_HTTP_END,		/* body bytes, chunks undone  decoded or UINT32_MAX  0; by direction */
	/* QUIC */
	EV_QUIC_LONG,		/* version              packet type          0: first of each type and direction */
	EV_QUIC_SHORT,		/* first of each direction, and first behind the other's first */
	EV_KINDS
};

enum http_header {
	HDR_LOCATION = 1, HDR_HSTS, HDR_HOST, HDR_SERVER, HDR_ALT_SVC, HDR_CONTENT_ENCODING,
	HDR_USER_AGENT
};

enum { NO_FLOW = 0xffffffffu };

struct event {
	uint32_t frame;		/* from 1: the frame that completes it */
	uint32_t first_frame;	/* the first frame that carried a part of it; else frame */
	uint32_t flow;		/* number in session.conns; NO_FLOW outside one */
	uint32_t a, b;
	uint16_t c;
	uint8_t kind;		/* enum event_kind */
	uint8_t dir;		/* 0: from the side of the flow that spoke first */
};

#endif
