/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ladder: the overall diagram of a visit: who talked to whom, from top to bottom in time.
 *
 * ladder_build() picks the parties and the turning points out of the session's events;
 * ladder_draw() draws them with characters. Labels hold text of packets: they are escaped where
 * they are drawn.
 */
#ifndef OSI_EXPORT_LADDER_H
#define OSI_EXPORT_LADDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "session.h"
#include "steps/steps.h"

enum { LADDER_PARTIES = 32, LADDER_ROWS = 160, LADDER_LABEL = 120, LADDER_COLUMNS = 5 };

enum party_role { ROLE_CLIENT = 1, ROLE_GATEWAY = 2, ROLE_DNS = 4, ROLE_DOCUMENT = 8, ROLE_SERVER = 16 };

struct party {
	uint32_t address;	/* in session.strings; 0: the client, whatever address it uses */
	uint8_t roles;
	const char *name;	/* of a server, as the client asked for it; "" not known */
};

enum rung_kind { RUNG_ARROW, RUNG_BOTH };

struct rung {
	int64_t time;
	uint32_t frame;
	uint8_t step;		/* enum step */
	uint8_t kind;		/* enum rung_kind */
	uint8_t from, to;	/* parties */
	char label[LADDER_LABEL];
};

struct ladder {
	const struct session *session;
	const struct visit *visit;
	struct party parties[LADDER_PARTIES];
	unsigned n_parties;
	struct rung rungs[LADDER_ROWS];
	unsigned n_rungs;
	uint32_t left_out;	/* turning points beyond the caps */
	uint32_t requests;	/* while building: HTTP heads so far */
	uint64_t full;		/* bit i: connection i of the visit is drawn in full */
	size_t at;		/* while building: the event looked at */
};

void ladder_build(struct ladder *l, const struct session *s, const struct visit *v);
/* Adds the drawing, `width` cells wide; with `utf8` lines and arrows, else ASCII;
 * with `redact` without secrets. */
void ladder_draw(struct strbuf *to, const struct ladder *l, unsigned width, bool utf8,
		 bool redact);

#endif
