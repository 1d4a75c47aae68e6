/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine: takes a frame through its layers. Private to src/engine/ and src/session.c.
 *
 * One code, three modes. PASS builds the model (frame records, flows, messages, events). EACH
 * goes over the frames again in the same order for output: it makes the same flows again, and
 * writes nothing down. DETAIL dissects one frame by what PASS has written down.
 */
#ifndef OSI_ENGINE_ENGINE_H
#define OSI_ENGINE_ENGINE_H

#include "dissect.h"
#include "engine/flow.h"
#include "session.h"

enum mode { MODE_PASS, MODE_EACH, MODE_DETAIL };

enum {
	MAX_EVENTS = 512,		/* a frame */
	SCRATCH_BLOCK = 1 << 18,	/* scratch memory is taken in blocks of this size */
	SCRATCH_MAX = 16 << 20,
	HELD_MAX = 32 << 20	/* bytes that wait in streams, over all of them; may be half as much more */
};

/* What the protocols are found by: their numbers in plain tables. */
struct registry {
	uint8_t link[512];
	uint8_t ethertype[65536];
	uint8_t llc[256];
	uint8_t ipproto[256];
	uint8_t udp[65536], tcp[65536];
	uint8_t probes_udp[64], probes_tcp[64];	/* those that recognise their first bytes */
	uint8_t n_udp, n_tcp;
};

/* A piece of a datagram that was put together: for showing it again. By completing frame. */
struct fragment_rec {
	uint32_t frame;		/* the one that completed the datagram */
	uint32_t from;		/* the frame that held the piece */
	uint32_t offset;	/* in the datagram */
	uint32_t in_frame;	/* offset of the piece in its frame */
	uint32_t len;
};

/* What was put aside for a message that was completed later: for showing it again. */
struct kept_rec {
	uint32_t frame;		/* the frame that completed the message */
	uint32_t first_frame;	/* the first that held a part of what was kept */
	uint32_t flow;		/* << 1 | direction */
	uint32_t seq, len;
	uint64_t skipped;	/* what was passed over between it and the end of the message */
};

/* A gap that never filled: the second time it is not waited for. */
struct gap_rec {
	uint32_t flow;		/* << 1 | direction */
	uint32_t seq;		/* first byte missing */
};

struct scratch {
	uint8_t **block;
	size_t n_blocks, in_use;	/* blocks in use */
	size_t used;			/* bytes of the last one in use */
	size_t total;
};

/* An address that was met, and its number. */
struct memo { struct address of; uint32_t id; };
enum { MEMOS = 256 };

struct engine {
	struct session *s;
	struct dissect d;
	enum mode mode;
	bool model;		/* EACH: there is a model (a pass went before) */
	struct registry reg;
	struct flow_table flows;
	struct memo memo[MEMOS];
	uint32_t n_flows, n_connections;	/* numbers given in this way over the frames */
	struct fragments *fragments;
	struct scratch scratch;
	uint32_t held;		/* bytes put into streams to wait since they were last counted */

	/* The frame at work. */
	struct frame_rec *rec;	/* PASS: its record; DETAIL: read only */
	uint8_t flags;		/* enum frame_flag */
	uint32_t prev;
	struct event ev[MAX_EVENTS];
	uint32_t n_ev;
	bool cut_short;		/* a direction ends without FIN: events, but no message to show */
	uint32_t ev_frame, ev_first;	/* what emit() writes into events */
	bool late;		/* what is told now belongs to an earlier frame */

	/* By frame, for DETAIL. */
	struct chunks fragment_recs, kept_recs, gap_recs;
	const struct gap_rec *gaps;	/* EACH: sorted copy */
	size_t n_gaps;
	struct flow one;	/* DETAIL: the flow of the frame */
	struct engine *second;	/* DETAIL: finds other frames' payloads */
	struct { bool on, found; uint32_t seq, off; } locate;	/* of the second: only that */
};

struct engine *engine_new(struct session *s);
void engine_free(struct engine *e);
void engine_start(struct engine *e, enum mode mode, bool model);	/* forgets flows and fragments */

/* One frame through its layers; the result stands in e->d and e->ev until the next call. */
void engine_frame(struct engine *e, const struct frame *f, uint32_t number, unsigned want,
		  struct frame_rec *rec);
/*
 * The capture ended: the streams of one flow after another give up their gaps and end. *at begins
 * as NULL; what a flow told stands in e->ev until the next call. False behind the last flow.
 */
bool engine_finish(struct engine *e, struct flow **at);

/* chain.c */
struct layer *chain_stream_layer(struct engine *e, const struct cursor *c, uint8_t number);
enum verdict next_numbered(struct dissect *d, uint8_t number);
bool gap_known(const struct engine *e, uint32_t flow, uint32_t seq);

/* registry.c */
void registry_fill(struct registry *r);

static inline uint8_t registry_find(const struct registry *r, enum binding_kind by, uint32_t value)
{
	switch (by) {
	case BY_LINK: return value < sizeof r->link ? r->link[value] : 0;
	case BY_ETHERTYPE: return value < sizeof r->ethertype ? r->ethertype[value] : 0;
	case BY_LLC: return value < sizeof r->llc ? r->llc[value] : 0;
	case BY_IPPROTO: return value < sizeof r->ipproto ? r->ipproto[value] : 0;
	case BY_UDP: return value < sizeof r->udp ? r->udp[value] : 0;
	case BY_TCP: return value < sizeof r->tcp ? r->tcp[value] : 0;
	}
	return 0;
}

/* fields.c */
void dissect_reset(struct dissect *d, unsigned want);

/* scratch.c */
void scratch_reset(struct scratch *s);
void scratch_free(struct scratch *s);
void *scratch_alloc(struct scratch *s, size_t n);

/* reassemble.c */
void stream_segment(struct dissect *d, struct flow *f, struct cursor *c, uint32_t seq);
void stream_acked(struct dissect *d, struct flow *f, unsigned dir, uint32_t ack);
void stream_end(struct dissect *d, struct flow *f, unsigned dir);
void stream_fin(struct dissect *d, struct flow *f, uint32_t seq);

/* stream.c */
void stream_free(struct half_stream *hs);
/* Gives bytes to the flow's protocol; for DETAIL too. */
void stream_deliver(struct dissect *d, struct flow *f, struct half_stream *hs, struct cursor c,
		    uint32_t seq, uint32_t frame);
/* detail.c: the messages that were completed on this frame. */
void stream_detail(struct dissect *d, struct cursor *payload);
bool fragments_detail(struct dissect *d, struct cursor *c);

/* track.c: analysis notes (retransmission, ...) */
void tcp_track(struct dissect *d, struct flow *f);

/* frag.c */
struct fragments *fragments_new(void);
void fragments_free(struct fragments *t);

static inline struct engine *engine_of(struct dissect *d)
{
	return d->engine;
}

#endif
