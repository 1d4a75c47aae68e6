/* SPDX-License-Identifier: GPL-3.0-or-later */
/* icmp: what the files of ICMP share, and what ICMPv6 uses of them. */
#ifndef OSI_ICMP_H
#define OSI_ICMP_H

#include "net.h"

enum icmp_field {
	ICMP_TYPE, ICMP_CODE, ICMP_CODE_UNREACHABLE, ICMP_CODE_REDIRECT, ICMP_CODE_ADVERT,
	ICMP_CODE_EXCEEDED, ICMP_CODE_PARAMETER, ICMP_CODE_PHOTURIS, ICMP_CODE_EXTENDED,
	ICMP_CHECKSUM, ICMP_CHECKSUM_STATUS, ICMP_UNUSED, ICMP_RESERVED,
	ICMP_IDENT, ICMP_IDENT_LE, ICMP_SEQ, ICMP_SEQ_LE, ICMP_DATA, ICMP_MTU, ICMP_LENGTH,
	ICMP_LENGTH_BYTES, ICMP_POINTER, ICMP_REDIR_GW, ICMP_NUM_ADDRS, ICMP_ADDR_SIZE,
	ICMP_LIFETIME, ICMP_ROUTER, ICMP_PREF, ICMP_ORIGINATE, ICMP_RECEIVE, ICMP_TRANSMIT,
	ICMP_MASK, ICMP_XE_SEQ, ICMP_XE_RES, ICMP_XE_LOCAL, ICMP_XE_STATE, ICMP_XE_RSP_RES,
	ICMP_XE_ACTIVE, ICMP_XE_IPV4, ICMP_XE_IPV6,
	MIP_TYPE, MIP_LENGTH, MIP_SEQ, MIP_LIFE, MIP_FLAGS, MIP_COA, MIP_PREFIX, MIP_CHALLENGE,
	MIP_CONTENT,
	EXT, EXT_VERSION, EXT_RES, EXT_CHECKSUM, EXT_CHECKSUM_STATUS, EXT_OBJECT, EXT_LENGTH,
	EXT_CLASS, EXT_CTYPE, EXT_DATA, MPLS_LABEL, MPLS_EXP, MPLS_S, MPLS_TTL,
	INT_ROLE, INT_RESERVED, INT_HAS_INDEX, INT_HAS_ADDRESS, INT_HAS_NAME, INT_HAS_MTU,
	INT_INDEX, INT_AFI, INT_IPV4, INT_IPV6, INT_UNKNOWN, INT_NAME_LEN, INT_NAME, INT_MTU,
	IDENT_NAME, IDENT_INDEX, IDENT_AFI, IDENT_ADDR_LEN, IDENT_RESERVED, IDENT_IPV4,
	IDENT_IPV6, IDENT_ADDRESS,
	ICMP_FIELDS
};

extern const struct field icmp_fields[ICMP_FIELDS];

/* The multi-part extension of RFC 4884, to the end of the cursor: MPLS labels, interfaces. */
void icmp_extension(struct dissect *d, struct cursor *c);

/* The fact that a quoted packet did not arrive; c stands at the quoted IP header. */
void icmp_tell_error(struct dissect *d, const struct cursor *c, uint8_t type, uint8_t code);

/* Cuts the extension off behind a quoted packet of `length` bytes (0: there is none). */
void icmp_quote_end(struct dissect *d, struct cursor *c, unsigned length);

#endif
