/* SPDX-License-Identifier: GPL-3.0-or-later */
/* icmpv6: what the files of ICMPv6 share: the messages, neighbour discovery, multicast listeners. */
#ifndef OSI_ICMPV6_H
#define OSI_ICMPV6_H

#include "net.h"

enum icmpv6_type {
	V6_UNREACHABLE = 1, V6_TOO_BIG = 2, V6_TIME_EXCEEDED = 3, V6_PARAMETER = 4, V6_ECHO = 128,
	V6_ECHO_REPLY = 129, V6_MLD_QUERY = 130, V6_MLD_REPORT = 131, V6_MLD_DONE = 132,
	V6_ROUTER_SOLICIT = 133, V6_ROUTER_ADVERT = 134, V6_SOLICIT = 135, V6_ADVERT = 136,
	V6_REDIRECT = 137, V6_RENUMBERING = 138, V6_NI_QUERY = 139, V6_NI_REPLY = 140,
	V6_INVERSE_SOLICIT = 141, V6_INVERSE_ADVERT = 142, V6_MLD2_REPORT = 143,
	V6_HOME_SOLICIT = 144, V6_HOME_REPLY = 145, V6_MOBILE_SOLICIT = 146,
	V6_MOBILE_ADVERT = 147, V6_MCAST_ADVERT = 151, V6_RPL = 155, V6_XECHO = 160,
	V6_XECHO_REPLY = 161
};

/* FIELD(identifier, name, label, type, mask, value names, help) */
enum icmpv6_field {
#define FIELD(id, name, label, type, mask, names, help) id,
#include "icmpv6_fields.def"
#undef FIELD
	ICMPV6_FIELDS
};

extern const struct field icmpv6_fields[ICMPV6_FIELDS];

/* ndp.c: router and neighbour solicitations and advertisements, redirects. */
enum verdict ndp_message(struct dissect *d, struct cursor *c, uint8_t type);
/* mld.c: multicast listener queries, reports, done. */
void mld_message(struct dissect *d, struct cursor *c, uint8_t type);

#endif
