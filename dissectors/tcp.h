/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tcp: what tcp.c and tcp_options.c share. */
#ifndef OSI_TCP_H
#define OSI_TCP_H

#include "dissect.h"

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16 };

extern const struct protocol proto_tcp;

/*
 * The options (RFC 9293 section 3.2, RFC 7323, RFC 2018, ...): c holds exactly them. Fills
 * d->tcp.mss and d->tcp.window_shift. An option that lies ends the list with NOTE_MALFORMED.
 */
void tcp_options(struct dissect *d, struct cursor *c);

/* tcp_fields.c */
enum {
	TCPF_SRCPORT, TCPF_DSTPORT, TCPF_STREAM, TCPF_LEN, TCPF_SEQ, TCPF_SEQ_RAW, TCPF_NXTSEQ,
	TCPF_ACK, TCPF_ACK_RAW, TCPF_HDR_LEN, TCPF_FLAGS, TCPF_FLAG_RES, TCPF_FLAG_AE,
	TCPF_FLAG_CWR, TCPF_FLAG_ECE, TCPF_FLAG_URG, TCPF_FLAG_ACK, TCPF_FLAG_PSH,
	TCPF_FLAG_RST, TCPF_FLAG_SYN, TCPF_FLAG_FIN, TCPF_WINDOW, TCPF_WINDOW_SIZE,
	TCPF_WINDOW_SCALE, TCPF_CHECKSUM, TCPF_CHECKSUM_STATUS, TCPF_URGENT, TCPF_PAYLOAD,
	TCPF_OPTIONS, TCPF_OPT_KIND, TCPF_OPT_LEN, TCPF_OPT_MSS, TCPF_OPT_SHIFT,
	TCPF_OPT_MULTIPLIER, TCPF_OPT_SACK_LE, TCPF_OPT_SACK_RE, TCPF_OPT_SACK_COUNT,
	TCPF_OPT_TSVAL, TCPF_OPT_TSECR, TCPF_OPT_MD5, TCPF_OPT_AO_KEY, TCPF_OPT_AO_NEXT,
	TCPF_OPT_AO_MAC, TCPF_OPT_UTO_GRAN, TCPF_OPT_UTO, TCPF_OPT_TFO_COOKIE,
	TCPF_OPT_TFO_REQUEST, TCPF_OPT_EXID, TCPF_OPT_EXDATA, TCPF_OPT_UNKNOWN, TCPF_OPT_ECHO,
	TCP_FIELDS
};
extern const struct field tcp_fields[TCP_FIELDS];

#endif
