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

/* The fields of the options: shown in two headers' trees, listed with one of them. */
extern const struct field ipv6_option_fields[];
extern const uint16_t ipv6_n_option_fields;

#endif
