/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reassemble: the segments of one direction in order (RFC 9293 section 3.4): overlaps (the first
 * bytes count), out of order, gaps, sequence numbers that wrap, connections joined in the middle.
 *
 * A gap is waited for until the receiver has acknowledged what lies behind it (then the capture
 * lost it), or more than OOO_MAX bytes wait, or the direction ends. Such a gap is written down,
 * so that the next way over the frames does not wait for it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "engine/engine.h"

static int32_t seq_diff(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

/* Bytes that never come: opaque ones may be missing, otherwise the protocol begins anew. */
static void jump(struct half_stream *hs, uint32_t to)
{
	uint64_t n = to - hs->next;
	hs->next = to;
	if (hs->skip == UINT64_MAX) {
		hs->skipped += n;
		return;
	}
	if (hs->skip >= n && n) {
		hs->skip -= n;
		hs->skipped += n;
		hs->due = !hs->skip;
		return;
	}
	hs->skip = 0;
	hs->need = 0;
	hs->tail_len = 0;
	hs->kept_len = 0;
	hs->h.gap = true;
}

/* The bytes at the cursor are next in order. */
static void in_order(struct dissect *d, struct flow *f, struct half_stream *hs, struct cursor *c,
		     uint32_t frame)
{
	uint32_t seq = hs->next, lost = c->lost;
	hs->next += (uint32_t)cur_left(c);
	if (cur_left(c))
		stream_deliver(d, f, hs, *c, seq, frame);
	if (!lost)
		return;
	jump(hs, hs->next + lost);	/* cut by the snaplen: the capture never had them */
	if (hs->due)
		stream_deliver(d, f, hs, cur_init("", 0, 0, 0), hs->next, frame);
}

static struct piece *piece_pop(struct half_stream *hs)
{
	struct piece *p = hs->ooo;
	hs->ooo = p->next;
	hs->ooo_bytes -= p->len;
	hs->ooo_pieces--;
	return p;
}

/* Pieces that have become next in order; late: each is told on the frame that carried it. */
static void drain(struct dissect *d, struct flow *f, struct half_stream *hs, bool late)
{
	while (hs->ooo && seq_diff(hs->ooo->seq, hs->next) <= 0) {
		struct piece *p = piece_pop(hs);
		if (late && d->engine->ev_frame < p->frame)
			d->engine->ev_frame = p->frame;
		uint32_t old = hs->next - p->seq;
		if (old < p->len) {
			uint32_t n = p->len - old;
			uint8_t *bytes = want_fields(d) ? dissect_alloc(d, n) : NULL;
			struct cursor c = cur_init(p->bytes + old, n, 0, 0);
			if (bytes) {
				memcpy(bytes, p->bytes + old, n);
				c = cur_init(bytes, n, 0, buffer_add(d, BUF_REASSEMBLED,
					     N_("Reassembled TCP"), bytes, n));
			}
			in_order(d, f, hs, &c, p->frame);
		}
		free(p);
	}
}

/*
 * Gives up the gap in front of the first piece that waits. What it held back is told on the
 * frames that carried it.
 */
static void give_up(struct dissect *d, struct flow *f, struct half_stream *hs)
{
	struct engine *e = d->engine;
	uint32_t ev_frame = e->ev_frame;
	unsigned want = d->want;
	bool was_late = e->late;
	e->late = true;
	if (e->mode == MODE_PASS) {
		struct gap_rec *g = chunks_add(&e->gap_recs);
		*g = (struct gap_rec){ .flow = f->id << 1 | hs->h.dir, .seq = hs->next };
	}
	jump(hs, hs->ooo->seq);
	e->ev_frame = hs->ooo->frame;
	d->want = 0;
	drain(d, f, hs, true);
	d->want = want;
	e->ev_frame = ev_frame;
	e->late = was_late;
}

static void hold(struct dissect *d, struct flow *f, struct half_stream *hs, const struct cursor *c,
		 uint32_t seq)
{
	uint32_t n = (uint32_t)cur_left(c);
	while (hs->ooo && (hs->ooo_bytes + n > OOO_MAX || hs->ooo_pieces >= OOO_PIECES))
		give_up(d, f, hs);
	struct piece **at = &hs->ooo;
	if (hs->ooo && seq_diff(hs->ooo_last->seq, seq) <= 0)
		at = &hs->ooo_last->next;	/* most come in order behind their gap */
	while (*at && seq_diff((*at)->seq, seq) <= 0)
		at = &(*at)->next;
	struct piece *p = xmalloc(sizeof *p + n);
	*p = (struct piece){ .next = *at, .seq = seq, .len = n, .frame = d->frame };
	memcpy(p->bytes, c->pos, n);
	*at = p;
	if (!p->next)
		hs->ooo_last = p;
	hs->ooo_bytes += n;
	hs->ooo_pieces++;
	d->engine->held += n;
}

static void maybe_ended(struct dissect *d, struct flow *f, struct half_stream *hs)
{
	if (!hs->fin_seen || hs->h.ended || seq_diff(hs->fin, hs->next) > 0)
		return;
	hs->h.ended = true;
	stream_deliver(d, f, hs, cur_init("", 0, 0, 0), hs->next, d->frame);
}

static void segment(struct dissect *d, struct flow *f, struct cursor *c, uint32_t seq)
{
	struct engine *e = d->engine;
	struct half_stream *hs = &f->half[d->dir];
	if (hs->h.ended)
		return;
	if (!hs->started) {
		hs->started = true;
		hs->next = seq;
		hs->h.gap = !f->syn;
	}
	int32_t ahead = seq_diff(seq, hs->next);
	if (ahead < 0) {
		uint32_t old = 0u - (uint32_t)ahead;
		if (old >= cur_wire(c))
			c->pos = c->end;
		else
			cur_skip(c, old);
		ahead = 0;
	}
	if (ahead > 0 && cur_left(c)) {
		if (!gap_known(e, f->id << 1 | d->dir, hs->next)) {
			hold(d, f, hs, c, seq);
			return;
		}
		jump(hs, seq);
	}
	if (cur_left(c) && cur_ok(c)) {
		in_order(d, f, hs, c, d->frame);
		drain(d, f, hs, false);
	}
	maybe_ended(d, f, hs);
}

void stream_fin(struct dissect *d, struct flow *f, uint32_t seq)
{
	struct half_stream *hs = &f->half[d->dir];
	if (!hs->started) {
		hs->started = true;
		hs->next = seq;
	}
	hs->fin_seen = true;
	hs->fin = seq;
	maybe_ended(d, f, hs);
}

/* Runs what concerns the other direction, or a flow that is not the packet's. */
static void aside(struct dissect *d, struct flow *f, unsigned dir,
		  void (*what)(struct dissect *, struct flow *, struct half_stream *))
{
	struct engine *e = d->engine;
	struct flow *flow = d->flow;
	uint32_t flow_id = d->flow_id, ev_frame = e->ev_frame, ev_first = e->ev_first;
	unsigned want = d->want;
	uint8_t old = d->dir, n_layers = d->n_layers, n_notes = d->n_notes;
	bool was_late = e->late;
	e->late = true;
	d->flow = f;
	d->flow_id = f->id;
	d->dir = (uint8_t)dir;
	d->want = 0;
	what(d, f, &f->half[dir]);
	d->flow = flow;
	d->flow_id = flow_id;
	d->dir = old;
	d->want = want;
	d->n_layers = n_layers;
	d->n_notes = n_notes;
	e->ev_frame = ev_frame;
	e->ev_first = ev_first;
	e->late = was_late;
}

void stream_acked(struct dissect *d, struct flow *f, unsigned dir, uint32_t ack)
{
	struct half_stream *hs = &f->half[dir];
	while (hs->ooo && seq_diff(ack, hs->ooo->seq) > 0)
		aside(d, f, dir, give_up);
}

static void end_half(struct dissect *d, struct flow *f, struct half_stream *hs)
{
	while (hs->ooo)
		give_up(d, f, hs);
	if (hs->h.ended || !hs->started)
		return;
	hs->h.ended = true;
	d->engine->ev_frame = f->last_frame;
	d->engine->cut_short = true;	/* no FIN: what ends now is on no frame complete */
	stream_deliver(d, f, hs, cur_init("", 0, 0, 0), hs->next, f->last_frame);
	d->engine->cut_short = false;
}

void stream_end(struct dissect *d, struct flow *f, unsigned dir)
{
	if (f->proto == 6 && d->engine->mode == MODE_PASS)
		aside(d, f, dir, end_half);
}

/* ---- what all streams hold ---- */

static uint32_t held_by(const struct half_stream *hs)
{
	return hs->ooo_bytes + hs->ooo_pieces * (uint32_t)sizeof(struct piece) + hs->tail_size
		+ hs->kept_size;
}

/* Gives up gaps and unfinished messages: the protocol begins anew with the next segment. */
static void let_go(struct dissect *d, struct flow *f, struct half_stream *hs)
{
	while (hs->ooo)
		give_up(d, f, hs);
	if (!hs->tail_size && !hs->kept_size)
		return;
	free(hs->tail);
	free(hs->kept);
	hs->tail = hs->kept = NULL;
	hs->tail_len = hs->tail_size = hs->kept_len = hs->kept_size = hs->need = 0;
	hs->skip = 0;
	hs->h.gap = true;
}

/* The connections that were silent for longest let go until half of what may be held is free. */
static void held_bound(struct dissect *d)
{
	struct engine *e = d->engine;
	uint64_t held = 0;
	e->held = 0;
	for (const struct flow *f = e->flows.first; f; f = f->next)
		held += held_by(&f->half[0]) + held_by(&f->half[1]);
	if (held <= HELD_MAX)
		return;
	note(d, NOTE_LIMIT);
	for (struct flow *f = e->flows.last; f && f != d->flow && held > HELD_MAX / 2; f = f->prev) {
		for (unsigned dir = 0; dir < 2; dir++) {
			held -= held_by(&f->half[dir]);
			aside(d, f, dir, let_go);
		}
	}
}

void stream_segment(struct dissect *d, struct flow *f, struct cursor *c, uint32_t seq)
{
	segment(d, f, c, seq);
	if (d->engine->held > HELD_MAX / 2)
		held_bound(d);
}
