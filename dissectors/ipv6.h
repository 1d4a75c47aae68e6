/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipv6: what the files of this protocol share; nobody else includes it. */
#ifndef OSI_IPV6_H
#define OSI_IPV6_H

#include "net.h"

enum {
	NEXT_HOPOPTS = 0, NEXT_ROUTING = 43, NEXT_FRAGMENT = 44, NEXT_AH = 51, NEXT_NONE = 59,
	NEXT_DSTOPTS = 60
};

struct ipv6_options {
	uint32_t jumbo;			/* 0 none */
};

/* The options of a hop-by-hop or destination options header; c holds exactly them. */
struct ipv6_options ipv6_options(struct dissect *d, struct cursor *c);

/* The next header by its number; says so when there is none. */
enum verdict ipv6_next(struct dissect *d, uint8_t number);

/* What headers with a length begin with: the first of each one's fields. */
enum { EXT_NXT, EXT_LEN, EXT_LEN_OCT, EXT_FIELDS };

/*
 * The options: shown in the trees of two headers, listed with the first of them, whose own fields
 * stand in front.
 */
enum ipv6_option_field {
	OPT = EXT_FIELDS, OPT_TYPE, OPT_ACTION, OPT_CHANGE, OPT_REST, OPT_LEN, OPT_PADN, OPT_ALERT, OPT_TEL,
	OPT_JUMBO, OPT_HOME, OPT_QS_FUNC, OPT_QS_RATE, OPT_QS_TTL, OPT_QS_UNUSED, OPT_QS_NONCE,
	OPT_QS_RESERVED, OPT_PMTU_MIN, OPT_PMTU_RTN, OPT_PDM_DTLR, OPT_PDM_DTLS, OPT_PDM_THIS,
	OPT_PDM_LAST, OPT_PDM_RECV, OPT_PDM_SENT, OPT_RPL_FLAG, OPT_RPL_INSTANCE, OPT_RPL_RANK,
	OPT_CAL_DOI, OPT_CAL_LEN, OPT_CAL_LEVEL, OPT_CAL_SUM, OPT_CAL_MAP, OPT_NONCE,
	OPT_LIO_LEN, OPT_LIO_ID, OPT_EXPERIMENT, OPT_UNKNOWN, IPV6_OPTION_FIELDS
};

extern const struct field ipv6_option_fields[IPV6_OPTION_FIELDS];
extern const char ipv6_help_next[], ipv6_help_len[];

#endif
