/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipv4: what the files of this protocol share; nobody else includes it. */
#ifndef OSI_IPV4_H
#define OSI_IPV4_H

#include "net.h"

enum ipv4_field {
	IP_VERSION, IP_HDR_LEN, IP_DSFIELD, IP_DSCP, IP_ECN, IP_LEN, IP_ID, IP_FLAGS, IP_FLAG_RB,
	IP_FLAG_DF, IP_FLAG_MF, IP_FRAG_OFFSET, IP_TTL, IP_PROTO, IP_CHECKSUM, IP_CHECKSUM_STATUS,
	IP_SRC, IP_CUR_RT, IP_DST,
	IP_OPTIONS, IP_OPTION, OPT_TYPE, OPT_COPY, OPT_CLASS, OPT_NUMBER, OPT_LEN, OPT_PTR,
	OPT_REC_RT, OPT_SRC_RT, OPT_EMPTY_RT, OPT_OVERFLOW, OPT_FLAG, OPT_TIME, OPT_TIME_ADDR,
	OPT_RA, OPT_SID, OPT_MTU, OPT_ID_NUMBER, OPT_OHC, OPT_RHC, OPT_ORIGINATOR, OPT_ADDR,
	OPT_QS_FUNC, OPT_QS_RATE, OPT_QS_TTL, OPT_QS_UNUSED, OPT_QS_NONCE, OPT_QS_RESERVED,
	OPT_SEC, OPT_SEC_COMP, OPT_SEC_HR, OPT_SEC_TCC, OPT_SEC_LEVEL, OPT_SEC_AUTH, OPT_EXT_CODE,
	OPT_EXT_INFO, OPT_CIPSO_DOI, OPT_CIPSO_TAG, OPT_CIPSO_LEVEL, OPT_CIPSO_DATA, OPT_DATA,
	IP_FIELDS
};

extern const struct field ipv4_fields[IP_FIELDS];

/* Options: c holds exactly them. */
void ipv4_options(struct dissect *d, struct cursor *c);

/*
 * A source route that is not used up yet: the packet's destination stands at the end of the option,
 * and the header names the next stop only. The offset of the last address in the options, or 0.
 */
uint32_t ipv4_route_end(const struct cursor *options);

#endif
