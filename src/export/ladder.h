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
#include "fmt/digits.h"
#include "session.h"
#include "steps/steps.h"

enum {
	LADDER_PARTIES = 32, LADDER_ROWS = 160, LADDER_LABEL = 120, LADDER_COLUMNS = 5,
	LADDER_ALIASES = 4, LADDER_CONNECTIONS = 64
};

enum party_role {
	ROLE_CLIENT = 1, ROLE_GATEWAY = 2, ROLE_DNS = 4,
	ROLE_DOCUMENT = 8,	/* the server that the document came from */
	ROLE_SERVER = 16
};

struct party {
	uint32_t address;	/* in session.strings; 0: the client, whatever address it uses */
	uint32_t other;		/* its address of the other IP version; 0 not known */
	uint8_t roles;
	const char *name;	/* of a server, as the client asked for it; "" not known */
	uint32_t mac, owner;	/* while building: MAC address, and whose address DNS says it is */
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
	struct session *session;
	const struct visit *visit;
	struct party parties[LADDER_PARTIES];
	unsigned n_parties;
	struct rung rungs[LADDER_ROWS];
	unsigned n_rungs;
	uint32_t left_out;	/* turning points beyond the caps */
	char host[128];		/* of the document's URL */
	/* While building: */
	uint32_t aliases[LADDER_ALIASES];	/* the client's other addresses */
	unsigned n_aliases;
	bool private;		/* in a private network a RST is pasta's, whatever it answers */
	uint32_t requests;	/* HTTP heads so far */
	uint32_t again;		/* retransmissions so far */
	uint64_t full;		/* bit i: connection i of the visit is drawn in full */
	size_t at;		/* the event looked at */
};

void ladder_build(struct ladder *l, struct session *s, const struct visit *v);

/* Where things are in the drawing; its lines are counted from 0. */
struct ladder_drawn {
	uint32_t head;		/* lines on top that tell whose the lifelines are */
	unsigned n_rungs;	/* those that are drawn, from the top */
	struct { uint32_t line, n_lines, frame; } rungs[LADDER_ROWS];
};

/*
 * Adds the drawing, `width` cells wide; with `utf8` lines and arrows, else ASCII; with `redact`
 * without secrets. What is where is written to `drawn`, which may be NULL.
 */
void ladder_draw(struct strbuf *to, const struct ladder *l, unsigned width, bool utf8, bool redact,
		 struct ladder_drawn *drawn);

/* ---- between ladder.c (who, and which events) and rungs.c (what is written on them) ---- */

struct address_text { char s[DIGITS_IPV6 + 1]; };
struct address_text ladder_address(const struct ladder *l, uint32_t address);
/* "//host:port/path", with or without a scheme: the host. */
void ladder_host(char *to, size_t size, const char *url);

bool ladder_is_client(const struct ladder *l, uint32_t address);
/* From now on this address is the client's too (the other IP version). */
void ladder_alias(struct ladder *l, uint32_t address);
/* The party of an address; a new one gets its role. LADDER_PARTIES: no room for it. */
unsigned ladder_party(struct ladder *l, uint32_t address, unsigned role);
/* Joins parties that are one station; the visit's events begin at number first. */
void ladder_join(struct ladder *l, size_t first);
/* A new rung for an event; NULL beyond a cap. */
struct rung *ladder_rung(struct ladder *l, const struct event *e, unsigned from, unsigned to,
			 const char *format, ...) __attribute__((format(printf, 5, 6)));

void rung_neighbour(struct ladder *l, const struct event *e);	/* ARP, NDP */
void rung_icmp(struct ladder *l, const struct event *e);
void rung_dns(struct ladder *l, const struct event *e, const struct conn *c);
/* TCP, TLS, HTTP, QUIC: an event of a connection that is drawn in full. */
void rung_connection(struct ladder *l, const struct event *e, const struct conn *c,
		     unsigned server);

#endif
