/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream: contiguous bytes of one direction to its protocol, whole messages at a time. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "engine/engine.h"

static struct half_stream *stream_of(struct half *h)
{
	return (struct half_stream *)h;
}

/* ---- what protocols call ---- */

void *flow_state(struct dissect *d)
{
	static uint64_t none;	/* outside a flow nothing can be remembered */
	none = 0;
	return d->flow ? &d->flow->state : &none;
}

void half_need(struct half *h, size_t n)
{
	stream_of(h)->want_need = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

void half_skip(struct half *h, uint64_t n)
{
	stream_of(h)->want_skip = n;
}

uint64_t half_skipped(const struct half *h)
{
	return ((const struct half_stream *)h)->skipped;
}

void half_quiet(struct half *h)
{
	stream_of(h)->quiet = true;
}

static void bytes_set(uint8_t **to, uint32_t *size, const uint8_t *from, uint32_t n)
{
	if (n > *size) {
		*size = n < 256 ? 256 : n;
		*to = xrealloc(*to, *size);
	}
	if (n)
		memcpy(*to, from, n);
}

void half_keep(struct dissect *d, struct half *h, struct cursor *c, size_t n)
{
	struct half_stream *hs = stream_of(h);
	if (!cur_peek(c, n))
		return;
	hs->kept_seq = hs->call_seq + (uint32_t)(c->pos - hs->call_pos);
	hs->kept_frame = hs->call_frame;
	hs->kept_at = cur_sub(c, n);
	hs->kept_now = d->frame;
	hs->kept_len = (uint32_t)n;
	hs->kept_bytes = (uint32_t)n;
	bytes_set(&hs->kept, &hs->kept_size, hs->kept_at.pos, (uint32_t)n);
	d->engine->held += (uint32_t)n;
}

struct cursor half_kept(struct dissect *d, struct half *h)
{
	struct half_stream *hs = stream_of(h);
	uint32_t n = hs->kept_len;
	hs->used_kept = n > 0;
	hs->kept_len = 0;
	/* by itself a frame has nowhere else what earlier ones kept, fields wanted or not */
	bool there = want_fields(d) || d->engine->mode == MODE_DETAIL;
	if (n && hs->kept_now == d->frame && hs->kept_at.buffer < d->n_buffers && there)
		return hs->kept_at;
	if (!n || !want_fields(d))
		return cur_init(n ? hs->kept : (const uint8_t *)"", n, 0, 0);
	uint8_t *copy = dissect_alloc(d, n);
	if (!copy)
		return cur_init("", 0, 0, 0);
	memcpy(copy, hs->kept, n);
	return cur_init(copy, n, 0, buffer_add(d, BUF_REASSEMBLED, N_("Reassembled TCP"), copy, n));
}

/* ---- which protocol ---- */

static enum probe probe_one(const struct engine *e, uint8_t number, const struct cursor *c)
{
	(void)e;
	const struct protocol *p = number ? all_protocols[number - 1] : NULL;
	if (!p || !p->stream)
		return PROBE_NO;
	return p->probe ? p->probe(c->pos, cur_left(c)) : PROBE_YES;
}

/* By the lower port, by the higher, then whoever knows these bytes. MORE: cannot tell yet. */
static enum probe stream_probe(struct engine *e, const struct flow *f, const struct cursor *c,
			       uint8_t *found)
{
	uint16_t a = f->key.port[0], b = f->key.port[1];
	uint8_t by_port[2] = { e->reg.tcp[a < b ? a : b], e->reg.tcp[a < b ? b : a] };
	enum probe best = PROBE_NO;
	for (unsigned i = 0; i < 2u + e->reg.n_tcp; i++) {
		uint8_t n = i < 2 ? by_port[i] : e->reg.probes_tcp[i - 2];
		enum probe p = probe_one(e, n, c);
		if (i < 2 && n && all_protocols[n - 1]->port_decides && all_protocols[n - 1]->stream)
			p = PROBE_YES;
		if (p == PROBE_YES) {
			*found = n;
			return PROBE_YES;
		}
		if (p == PROBE_MORE)
			best = PROBE_MORE;
	}
	return best;
}

static void app_set(struct engine *e, struct flow *f, uint8_t number)
{
	if (f->app == number)
		return;
	f->app = number;
	f->state = 0;
	memset(f->half[0].h.state, 0, sizeof f->half[0].h.state);
	memset(f->half[1].h.state, 0, sizeof f->half[1].h.state);
	struct conn *conn = e->mode == MODE_PASS ? session_conn(e->s, f->id) : NULL;
	if (conn && number)
		conn->app = number;
}

/* True when the flow has a protocol for these bytes; *wait: they are too few to tell. */
static bool app_decide(struct engine *e, struct flow *f, struct half_stream *hs,
		       const struct cursor *c, bool *wait)
{
	*wait = false;
	if (f->app && !hs->lost && !hs->h.gap)
		return true;
	uint8_t found = 0;
	enum probe p = e->mode == MODE_DETAIL ? PROBE_NO : stream_probe(e, f, c, &found);
	if (p == PROBE_YES && found != f->app
	    && (!f->app || probe_one(e, f->app, c) == PROBE_NO))
		app_set(e, f, found);
	if (f->app)
		return true;
	*wait = p == PROBE_MORE && cur_left(c) < 64 && !hs->h.ended;
	return false;
}

/* ---- one call ---- */

struct before { uint8_t half_state[16]; uint64_t flow_state; uint32_t n_items; uint8_t n_layers; bool gap; };

/*
 * Streams that waited for a gap are told late: moves the last record to its place by frame, which
 * is the first member of all these records.
 */
static void order_by_frame(struct chunks *c)
{
	uint8_t t[64];
	for (size_t i = c->count - 1; i > 0; i--) {
		void *a = chunks_at(c, i - 1), *b = chunks_at(c, i);
		if (*(uint32_t *)a <= *(uint32_t *)b)
			return;
		memcpy(t, a, c->record);
		memcpy(a, b, c->record);
		memcpy(b, t, c->record);
	}
}

/* True when messages of this frame and direction were written down already: they may go on. */
static bool pdu_is_open(const struct engine *e, const struct half_stream *hs, const struct flow *f)
{
	size_t n = e->s->pdus.count;
	const struct pdu *last = n ? chunks_at(&e->s->pdus, n - 1) : NULL;
	return last && last->frame == e->ev_frame && last->flow == (f->id << 1 | hs->h.dir);
}

/* Writes down where the messages of this frame are, for showing them again. */
static void pdu_record(struct dissect *d, const struct flow *f, const struct half_stream *hs,
		       const struct before *was, uint32_t len, struct kept_rec kept)
{
	struct engine *e = d->engine;
	uint32_t flow = f->id << 1 | hs->h.dir;
	size_t n = e->s->pdus.count;
	struct pdu *last = n ? chunks_at(&e->s->pdus, n - 1) : NULL;
	if (pdu_is_open(e, hs, f)) {
		last->len = (hs->call_seq + len - last->seq) & INT32_MAX;
		if (hs->call_frame < last->first_frame)
			last->first_frame = hs->call_frame;
		last->late |= e->late;
		return;
	}
	struct pdu *p = chunks_add(&e->s->pdus);
	*p = (struct pdu){
		.frame = e->ev_frame, .first_frame = hs->call_frame, .flow = flow,
		.seq = hs->call_seq, .len = len & INT32_MAX, .gap = was->gap,
		.app = f->app, .late = e->late,
	};
	memcpy(p->half_state, was->half_state, sizeof p->half_state);
	memcpy(p->flow_state, &was->flow_state, sizeof p->flow_state);
	order_by_frame(&e->s->pdus);
	if (kept.len) {
		kept.frame = e->ev_frame;
		kept.flow = flow;
		*(struct kept_rec *)chunks_add(&e->kept_recs) = kept;
		order_by_frame(&e->kept_recs);
	}
}

static void call_begin(struct half_stream *hs, const struct cursor *c, uint32_t seq, uint32_t frame)
{
	hs->call_pos = c->pos;
	hs->call_seq = seq;
	hs->call_frame = frame;
	hs->want_skip = 0;
	hs->want_need = 0;
	hs->kept_bytes = 0;
	hs->used_kept = hs->quiet = hs->due = false;
}

/* One call of the protocol; true when it got on. */
static bool call(struct dissect *d, struct flow *f, struct half_stream *hs, struct cursor *c,
		 uint32_t seq, uint32_t frame)
{
	struct engine *e = d->engine;
	const struct protocol *p = all_protocols[f->app - 1];
	struct before was = { .flow_state = f->state, .n_items = d->n_items, .n_layers = d->n_layers,
		.gap = hs->h.gap };
	memcpy(was.half_state, hs->h.state, sizeof was.half_state);
	const struct kept_rec kept = {
		.first_frame = hs->kept_frame, .seq = hs->kept_seq, .len = hs->kept_len,
		.skipped = hs->skipped,
	};
	struct cursor in = *c;
	call_begin(hs, c, seq, frame);
	e->ev_first = kept.len && kept.first_frame < frame ? kept.first_frame : frame;
	struct layer *layer = chain_stream_layer(e, c, f->app);
	enum verdict v = layer ? p->stream(d, &hs->h, &in) : MALFORMED;
	size_t consumed = (size_t)(in.pos - c->pos);
	bool shown = hs->used_kept || (consumed > hs->kept_bytes && !hs->quiet);
	hs->lost = v == MALFORMED;
	if (!shown && !hs->lost && layer) {
		d->n_items = was.n_items;
		d->n_layers = was.n_layers;
	} else if (layer && in.buffer == layer->buffer && layer->off <= cur_off(&in)) {
		layer->len = cur_off(&in) - layer->off;
	}
	if (e->mode == MODE_PASS && layer && !e->cut_short && (shown || hs->lost || pdu_is_open(e, hs, f)))
		pdu_record(d, f, hs, &was, (uint32_t)cur_left(c), kept);
	if (hs->lost)
		note(d, NOTE_STREAM_LOST);
	hs->skip = hs->want_skip;
	hs->skipped = 0;
	hs->need = hs->want_need;
	hs->h.gap = false;
	c->pos = hs->lost ? c->end : in.pos;
	if (v == NEXT)
		app_set(e, f, 0);	/* who is it now? */
	return consumed || hs->skip || hs->used_kept || v == NEXT;
}

/* A message may end with the direction; otherwise there must be enough to read. */
static bool worth_calling(const struct half_stream *hs, size_t left)
{
	if (!left)
		return hs->due || (hs->h.ended && hs->kept_len);
	return left >= hs->need || hs->h.ended;
}

static void run(struct dissect *d, struct flow *f, struct half_stream *hs, struct cursor *c,
		uint32_t seq, uint32_t frame)
{
	const uint8_t *start = c->pos;
	for (;;) {
		if (hs->skip) {
			uint64_t n = hs->skip < cur_left(c) ? hs->skip : cur_left(c);
			c->pos += n;
			hs->skipped += n;
			if (hs->skip != UINT64_MAX)
				hs->skip -= n;
			if (hs->h.ended)
				hs->skip = 0;
			if (hs->skip)
				return;
			hs->due = true;
		}
		if (!worth_calling(hs, cur_left(c))) {
			return;
		}
		bool wait;
		if (!app_decide(d->engine, f, hs, c, &wait)) {
			if (!wait)
				c->pos = c->end;
			return;
		}
		if (!call(d, f, hs, c, seq + (uint32_t)(c->pos - start), frame) || hs->lost)
			return;
	}
}

/* ---- the tail ---- */

static void tail_append(struct half_stream *hs, const struct cursor *c, uint32_t frame)
{
	uint32_t n = (uint32_t)cur_left(c);
	if (hs->tail_len + n > hs->tail_size) {
		uint32_t size = hs->tail_size ? hs->tail_size : 512;
		while (size < hs->tail_len + n)
			size *= 2;
		hs->tail = xrealloc(hs->tail, size);
		hs->tail_size = size;
	}
	memcpy(hs->tail + hs->tail_len, c->pos, n);
	hs->tail_len += n;
	if (frame < hs->tail_frame)
		hs->tail_frame = frame;
}

static void tail_drop(struct half_stream *hs)
{
	hs->tail_len = 0;
	if (hs->tail_size > 4096) {
		free(hs->tail);
		hs->tail = NULL;
		hs->tail_size = 0;
	}
}

/* The tail as a cursor; a copy when byte ranges will point into it. */
static struct cursor tail_cursor(struct dissect *d, const struct half_stream *hs)
{
	uint8_t *copy = want_fields(d) ? dissect_alloc(d, hs->tail_len) : NULL;
	if (!copy)
		return cur_init(hs->tail, hs->tail_len, 0, 0);
	memcpy(copy, hs->tail, hs->tail_len);
	return cur_init(copy, hs->tail_len, 0,
			buffer_add(d, BUF_REASSEMBLED, N_("Reassembled TCP"), copy, hs->tail_len));
}

/* Keeps what the protocol left; more than it may leave is given up. */
static void tail_keep(struct dissect *d, struct flow *f, struct half_stream *hs,
		      const struct cursor *c, uint32_t seq, uint32_t frame, bool from_tail)
{
	uint32_t n = (uint32_t)cur_left(c);
	uint32_t max = f->app ? all_protocols[f->app - 1]->tail_max : 64;
	if (n > max || hs->lost) {
		if (!hs->lost)
			note(d, NOTE_LIMIT);
		hs->lost = true;
		n = 0;
	}
	if (!n) {
		tail_drop(hs);
		return;
	}
	if (from_tail) {
		memmove(hs->tail, hs->tail + (hs->tail_len - n), n);
		hs->tail_len = n;
		hs->tail_seq = seq;
		return;
	}
	hs->tail_len = 0;
	hs->tail_seq = seq;
	hs->tail_frame = frame;
	tail_append(hs, c, frame);
	d->engine->held += n;
}

void stream_deliver(struct dissect *d, struct flow *f, struct half_stream *hs, struct cursor c,
		    uint32_t seq, uint32_t frame)
{
	bool from_tail = hs->tail_len > 0;
	size_t fresh = cur_left(&c);
	if (from_tail) {
		tail_append(hs, &c, frame);
		d->engine->held += (uint32_t)fresh;
		if (hs->tail_len < hs->need && !hs->h.ended)
			return;
		c = tail_cursor(d, hs);
		seq = hs->tail_seq;
	}
	uint32_t first = from_tail ? hs->tail_frame : frame;
	const uint8_t *start = c.pos;
	run(d, f, hs, &c, seq, first);
	bool last_only = cur_left(&c) <= fresh;
	tail_keep(d, f, hs, &c, seq + (uint32_t)(c.pos - start), frame, from_tail);
	if (from_tail && last_only)
		hs->tail_frame = frame;	/* what is left came with the last bytes */
}

void stream_free(struct half_stream *hs)
{
	for (struct piece *p = hs->ooo; p;) {
		struct piece *next = p->next;
		free(p);
		p = next;
	}
	free(hs->tail);
	free(hs->kept);
	*hs = (struct half_stream){ .h.dir = hs->h.dir };
}
