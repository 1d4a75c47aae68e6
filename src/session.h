/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session: a capture and all that is known of it. The root of the model, and the only thing that
 * views and exports get. One thread; nothing global.
 *
 * Three ways over the frames, one code: session_load() goes over all of them once and builds the
 * model; session_each() goes over them again with fields and text, for output; session_detail()
 * dissects one frame again, at any time, without its flow.
 */
#ifndef OSI_SESSION_H
#define OSI_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/chunks.h"
#include "base/err.h"
#include "base/intern.h"
#include "capture/source.h"
#include "comments.h"
#include "dissect.h"

/* What is remembered of a frame. 40 bytes. */
struct frame_rec {
	uint64_t where;		/* for source_read_at() */
	int64_t time;		/* nanoseconds since 1970 */
	uint32_t len;		/* bytes on the wire */
	uint32_t flow;		/* number in conns; NO_FLOW */
	uint32_t prev;		/* the flow's frame before this one; 0 none */
	uint16_t notes;		/* bits of enum note below STORED_NOTES */
	uint16_t visit;		/* number of the visit from 1; 0 none */
	uint16_t also;		/* steps it is evidence for besides its own: bits of enum step */
	uint8_t step;		/* enum step: its own */
	uint8_t explain;	/* enum explain (steps/explain.def) */
	uint8_t proto;		/* the topmost protocol's number */
	uint8_t flags;		/* enum frame_flag */
};

enum frame_flag {
	FRAME_DIR = 1,		/* the direction in its flow */
	FRAME_PAYLOAD = 2,	/* carries transport payload */
	FRAME_SYN = 4, FRAME_FIN = 8, FRAME_RST = 16,
	FRAME_FRAGMENT = 32,	/* an IP fragment */
	FRAME_CUT = 64,		/* caplen < len */
	FRAME_TROUBLE = 128	/* malformed, a limit, a gap: a note that warns */
};

/* A flow, TCP or UDP, for ever (the engine's working state is dropped when it ends). 40 bytes. */
struct conn {
	uint32_t addr[2];	/* in session.strings: 4 or 16 bytes; [0] spoke first */
	uint16_t port[2];
	uint32_t isn[2];	/* TCP: initial (or first seen) sequence numbers */
	uint32_t first_frame, last_frame;
	uint32_t number;	/* connection number (TCP, QUIC) from 1; 0 none: UDP */
	uint8_t proto;		/* 6 TCP, 17 UDP */
	uint8_t app;		/* number of the protocol it carries; 0 unknown */
	uint8_t shift[2];	/* TCP window scale + 1; 0 unknown */
	uint8_t client;		/* which side opened it: 0 or 1 */
};

/*
 * Messages that a stream protocol completed on a frame: enough to dissect them again without the
 * flow: the frames first_frame..frame of this flow and direction hold the bytes from seq on, and
 * the state is the protocol's as it was there. 48 bytes.
 */
struct pdu {
	uint32_t frame, first_frame;
	uint32_t flow;		/* number in conns << 1 | direction */
	uint32_t seq;		/* TCP sequence number of the first byte */
	uint32_t len : 31;	/* bytes that were there from seq on */
	uint32_t gap : 1;	/* half.gap was set */
	uint8_t app;		/* whose messages they are: place in all_protocols + 1 */
	uint8_t late;		/* known only when later frames had been seen: a gap, an end */
	uint8_t spare[2];
	uint8_t half_state[16];
	uint8_t flow_state[8];
};

struct engine;
struct steps;
struct filter;
struct record;

struct session {
	struct source *source;
	struct intern *strings;
	struct chunks frames;	/* struct frame_rec; frame n is record n - 1 */
	struct chunks conns;	/* struct conn */
	struct chunks pdus;	/* struct pdu, by frame */
	struct chunks events;	/* struct event, by frame; without EV_HOST and EV_NEXT_HOP */
	struct engine *engine;	/* goes over the frames in order */
	struct engine *detail;	/* dissects single ones, also while the other is at work */
	uint8_t *aside;		/* the bytes of the frame in detail */
	size_t aside_size;
	struct steps *steps;	/* the visits: steps/steps.h */
	enum source_state end;	/* SOURCE_FRAME while loading, then why it ended */
	bool growing;		/* the file is still being written: its end is not the end */
	uint64_t bytes;		/* sum of frames' lengths on the wire */
	uint32_t n_connections;
	struct filter *filter;	/* frames it does not match are not there; may be NULL */
	const char *filter_text;
	const char *name;	/* what people call the capture; NULL: its file's name. Borrowed */
	struct record *record;	/* what was recorded besides packets: the file's, or given; may be NULL */
	struct comments comments;	/* that the user wrote */
	char record_trouble[256];	/* why the file's record cannot be read; "" if it can */
};

struct session_options {
	const char *path;
	const char *filter;	/* BPF expression or NULL */
	bool growing;		/* the file is still being written */
	struct record *record;	/* the session owns it from now on; NULL: the file's own, if it has one */
};

/* NULL and err on failure; err_usage set when it is the filter that is wrong (exit status 2). */
struct session *session_open(const struct session_options *o, struct err *err, bool *usage);
void session_close(struct session *s);

/*
 * Reads and dissects up to max_frames more, or until the clock (nanoseconds of work, 0: no
 * limit) ran out. True while there may be more.
 */
bool session_load(struct session *s, uint32_t max_frames, uint64_t nanoseconds);

/* Called for each frame; the dissect is borrowed. Return false to stop. */
typedef bool session_frame_fn(void *arg, struct session *s, const struct dissect *d);

/*
 * All frames again, in order, with what is wanted. Steps and visits are those of the model.
 * May be called without session_load() before: then frame records are made up on the way and
 * not kept (constant memory, no steps).
 */
enum source_state session_each(struct session *s, unsigned want, session_frame_fn *fn, void *arg);

/*
 * Frame n (from 1) by itself with what is wanted; NULL when it cannot be read. Borrowed until the
 * next call of any session function.
 */
const struct dissect *session_detail(struct session *s, uint32_t n, unsigned want);

/*
 * What the user wrote on the packet, else what the capture's author did: raw, a line a comment; NULL
 * when nothing. Not what an export says of a packet's step: that is told anew.
 */
const char *session_comment(const struct session *s, const struct dissect *d);

/*
 * The user's comment on a frame, in place of all that the capture says there; "" for none. -1 and
 * err when the frame cannot have one, or the text would be taken for an export's own.
 */
int session_set_comment(struct session *s, uint32_t frame, const char *text, struct err *err);

/*
 * The end of a growing capture: nothing more will be written. Loading goes on to the end and settles.
 */
void session_complete(struct session *s);

/* Packets that the kernel dropped while the capture was recorded, as far as it says. */
uint64_t session_dropped(const struct session *s);

/* What of the capture is not told, because there is more of it than is kept; nothing is added if all is. */
void session_left_out(const struct session *s, struct strbuf *to);

static inline struct frame_rec *session_frame(const struct session *s, uint32_t n)
{
	return n ? chunks_at(&s->frames, n - 1) : NULL;
}

static inline uint32_t session_n_frames(const struct session *s)
{
	return (uint32_t)s->frames.count;
}

static inline struct conn *session_conn(const struct session *s, uint32_t flow)
{
	return flow == NO_FLOW ? NULL : chunks_at(&s->conns, flow);
}

static inline const char *session_string(const struct session *s, uint32_t id, size_t *n)
{
	return intern_get(s->strings, id, n);
}

#endif
