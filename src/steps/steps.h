/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * steps: what happens when a page is visited, told from events.
 *
 * The numbers are those of the document that this program follows; they are names, not
 * positions: the order on the screen is the order in time. The annotator's only input is events
 * (and one struct packet a frame): no packet bytes, no protocol code.
 */
#ifndef OSI_STEPS_H
#define OSI_STEPS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "engine/event.h"

struct session;
struct dissect;

enum step {
	STEP_0,			/* not part of the visit */
	STEP_1, STEP_1_1, STEP_2, STEP_2_1, STEP_2_2, STEP_2_3, STEP_3, STEP_4,
	STEP_5, STEP_5_1, STEP_5_2, STEP_5_3, STEP_5_4,
	STEPS
};

struct step_kind {
	const char *id;		/* "5.2" */
	const char *title;	/* N_("TLS handshake"); translated where it is shown */
	const char *what;	/* N_(): a paragraph for the learner: what the document tells of it */
	uint8_t layers;		/* bits 1..7 of the OSI layers it lives on */
};
extern const struct step_kind step_kinds[STEPS];

enum step_state { STATE_UNKNOWN, STATE_ABSENT, STATE_INFERRED, STATE_RECORDED, STATE_OBSERVED };
extern const char *const step_state_ids[];	/* "unknown", ...; the contract's words */
extern const char *const step_state_titles[];	/* N_() */

/* ---- what a visit is ---- */

enum { STEP_FRAMES = 64, VISIT_MAX = 65535 };

/* A fact: a key that depends on no language and a value. */
enum fact_kind { FACT_TEXT, FACT_NUMBER, FACT_BOOL, FACT_LIST };
struct fact {
	const char *key;	/* "rtt_ms"; static */
	enum fact_kind kind;
	double number;		/* FACT_NUMBER, FACT_BOOL */
	const char *text;	/* FACT_TEXT: owned by the visit */
	const char *const *list;	/* FACT_LIST: owned by the visit */
	uint16_t n_list;
};

struct step_entry {
	enum step_state state;
	uint32_t frames[STEP_FRAMES];	/* the first ones */
	uint32_t n_frames;	/* all */
	int64_t start, end;	/* ns since 1970; 0 when there is no time */
	const struct fact *facts;
	uint16_t n_facts;
	const char *explain;	/* a sentence or two about this visit's step, translated */
	const char *because;	/* how it is known; never empty, translated */
	const char *remark;	/* notes: retransmissions, lost races, resets; may be NULL */
};

struct tls_info {
	bool seen;
	uint16_t version;	/* 0x0304; 0 not known */
	uint16_t cipher;
	bool resumed;		/* if hello_read */
	bool hello_read;	/* the ServerHello was: it tells whether the session was resumed */
	bool decrypted;
	const char *sni, *alpn;	/* "" not known */
	int64_t start, done;	/* ClientHello; first protected application data; 0 not seen */
	uint16_t alert;		/* level << 8 | description, 0 none */
};

enum outcome { OUT_NONE, OUT_ANSWERED, OUT_REFUSED, OUT_TIMEOUT, OUT_RESET, OUT_NXDOMAIN,
		OUT_SERVFAIL, OUT_ALERT };
extern const char *const outcome_ids[];	/* "", "answered", ... */

struct connection {		/* of a visit */
	uint32_t flow;		/* session.conns */
	uint32_t id;		/* conn.number */
	bool quic;
	bool document;		/* it carries the document */
	uint32_t first_frame, last_frame;
	int64_t syn, synack, established, closed;	/* ns since 1970; 0 not seen */
	enum outcome outcome;
	uint32_t retransmissions;
	const char *role;	/* one line: "carries the document", "lost race", ...; translated */
	struct tls_info tls;
};

struct request {
	uint32_t id, connection;	/* from 1; connection's id */
	uint64_t stream;	/* HTTP/2, HTTP/3; 0 */
	const char *method, *url, *protocol, *mime;	/* "" not known */
	uint16_t status;	/* 0: no response seen */
	uint32_t request_frame, response_frame, last_frame;	/* 0 not seen */
	uint32_t header_bytes;	/* of the response's head */
	int64_t body_bytes, body_decoded_bytes;	/* -1 not known */
	double blocked, dns, connect, ssl, send, wait, receive;	/* ms, -1 does not apply */
	int64_t head, end;	/* when the response's head was there, and all of it; ns, 0 not known */
	bool recorded;		/* no packet shows it: the browser's log tells */
	const char *cache;	/* "hit", "validated": see rec_request; "" neither, or not known */
	const char *error;	/* the browser's word for what went wrong; "" */
};

struct visit {
	uint32_t id;		/* from 1 */
	uint32_t page;		/* number in session.record; 0: it tells nothing of this visit */
	const char *url, *final_url;	/* url without scheme where nothing tells it: "//host:port/" */
	const char *title;	/* the url for people: "www.lab.test, port 80" where it has no scheme */
	const char *client;	/* address as text */
	int64_t start, end;	/* from its first own packet to the last of use: hanging up not counted */
	uint32_t first_frame, last_frame, n_frames;
	struct step_entry step[STEPS];
	struct connection *connections;
	uint32_t n_connections;
	struct request *requests;
	uint32_t n_requests;
	const char *summary;	/* one sentence: what came of it, translated */
};

/* ---- the annotator ---- */

/* What the annotator is told of every frame, besides its events. */
struct packet {
	uint32_t frame, flow;	/* flow NO_FLOW outside one */
	int64_t time;
	uint8_t dir, flags;	/* enum frame_flag */
	uint8_t proto;		/* topmost protocol */
	uint16_t notes;
};

struct steps;
struct steps *steps_new(struct session *s);
void steps_free(struct steps *st);

/* The next frame and its events, in file order. Sets the step of this and maybe earlier frames. */
void steps_packet(struct steps *st, const struct packet *p, const struct event *ev, uint32_t n);

/*
 * Events that came out at the end of the capture, about frames before (streams that waited for
 * bytes that never came). p names the last frame.
 */
void steps_late(struct steps *st, const struct packet *p, const struct event *ev, uint32_t n);

/*
 * Settles what only the whole capture tells (which of several connections was the document's,
 * time-outs, absent steps). May be called again after more packets (a live capture).
 */
void steps_settle(struct steps *st);

/*
 * After steps_settle(). Visits are in order of time, numbered from 1. A visit is told when it is
 * asked for; it is borrowed until the next steps_settle(), or until 63 others were asked for.
 * NULL when there is none of this number.
 */
uint32_t steps_n_visits(const struct steps *st);
const struct visit *steps_visit(const struct steps *st, uint32_t id);

/*
 * What a list of many visits shows, and takes a fraction of the time: addresses, times, number of
 * frames and summary; the rest is empty. Lives until the next call.
 */
const struct visit *steps_headline(const struct steps *st, uint32_t id);
uint32_t steps_background(const struct steps *st);	/* frames of step 0 */

/* The first frame that told something there was no room to keep (own.h has the caps); 0 none. */
uint32_t steps_left_out(const struct steps *st);

/* session.record tells of pages that were visited at another time than the capture: they are not told. */
bool steps_other_log(const struct steps *st);

/*
 * The visit's steps in the order of the screen: the document's main steps with their parts,
 * sorted by when they began; what has no time follows all that has a lower number. Without
 * step 0. Returns how many.
 */
unsigned steps_order(const struct visit *v, enum step order[STEPS]);

/* The steps that a frame is listed under, bits of enum step: its own, others, those above them. */
struct frame_rec;
uint16_t frame_steps(const struct frame_rec *fr);

/* Why this frame is there: a sentence or two, translated, about this very packet. */
void steps_explain(const struct session *s, const struct dissect *d, struct strbuf *to);

#endif
