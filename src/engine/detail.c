/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * detail: the messages that were completed on one frame, dissected again from what the pass
 * wrote down: where their bytes are and the protocol's state in front of them. The flow is not
 * replayed.
 */
#include <string.h>

#include "engine/engine.h"

enum { GATHER_MAX = 2 << 20, WALK_MAX = 1 << 20 };

static size_t first_by_frame(const struct chunks *recs, uint32_t frame)
{
	size_t low = 0, high = recs->count;
	while (low < high) {
		size_t mid = (low + high) / 2;
		if (*(const uint32_t *)chunks_at(recs, mid) < frame)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const struct pdu *pdu_find(const struct engine *e, uint32_t frame, uint32_t flow)
{
	const struct pdu *p;
	for (size_t i = first_by_frame(&e->s->pdus, frame); (p = chunks_at(&e->s->pdus, i)); i++) {
		if (p->frame != frame)
			break;
		if (p->flow == flow)
			return p;
	}
	return NULL;
}

static const struct kept_rec *kept_find(const struct engine *e, uint32_t frame, uint32_t flow)
{
	const struct kept_rec *k;
	const struct chunks *recs = &e->s->engine->kept_recs;
	for (size_t i = first_by_frame(recs, frame); (k = chunks_at(recs, i)); i++) {
		if (k->frame != frame)
			break;
		if (k->flow == flow)
			return k;
	}
	return NULL;
}

/* Bytes of a stream from seq on, as far as they are contiguous. */
struct gather {
	uint8_t *bytes;
	uint8_t *have;		/* a flag a byte */
	uint32_t seq, size;
};

/* One segment's payload into its place; the first bytes to come count. */
static void put(struct gather *g, uint32_t seq, const uint8_t *bytes, uint32_t n)
{
	int64_t at = (int32_t)(seq - g->seq);
	int64_t from = at < 0 ? 0 : at, to = at + n < g->size ? at + n : g->size;
	for (int64_t k = from; k < to; k++) {
		if (g->have[k])
			continue;
		g->bytes[k] = bytes[k - at];
		g->have[k] = 1;
	}
}

/* Where a frame's TCP payload is: dissected by a second engine, so that ours is left alone. */
static bool payload_of(struct engine *e, uint32_t n, uint32_t *seq, struct frame *f, uint32_t *off)
{
	const struct frame_rec *rec = session_frame(e->s, n);
	if (!rec || !source_read_at(e->s->source, rec->where, f))
		return false;
	if (!e->second) {
		e->second = engine_new(e->s);
		e->second->mode = MODE_DETAIL;
		e->second->locate.on = true;
	}
	e->second->locate.found = false;
	engine_frame(e->second, f, n, 0, NULL);
	*seq = e->second->locate.seq;
	*off = e->second->locate.off;
	return e->second->locate.found;
}

/* The frames of the flow's direction from `last` back to `first`, in the order of the file. */
static uint32_t walk(struct engine *e, uint32_t first, uint32_t last, uint8_t dir, uint32_t **list)
{
	uint32_t n = 0, at = 0;
	for (uint32_t f = last; f >= first && f && n < WALK_MAX; n++) {
		const struct frame_rec *r = session_frame(e->s, f);
		f = r ? r->prev : 0;
	}
	*list = dissect_alloc(&e->d, (n + 1) * sizeof **list);
	if (!*list)
		return 0;
	for (uint32_t f = last; f >= first && f && at < n;) {
		const struct frame_rec *r = session_frame(e->s, f);
		if (r && !!(r->flags & FRAME_DIR) == dir && (r->flags & FRAME_PAYLOAD))
			(*list)[at++] = f;
		f = r ? r->prev : 0;
	}
	for (uint32_t i = 0; i < at / 2; i++) {
		uint32_t t = (*list)[i];
		(*list)[i] = (*list)[at - 1 - i];
		(*list)[at - 1 - i] = t;
	}
	return at;
}

static bool gather_new(struct dissect *d, struct gather *g, uint32_t seq, uint32_t size)
{
	g->seq = seq;
	g->size = size;
	g->bytes = dissect_alloc(d, size);
	g->have = dissect_alloc(d, size);
	if (!g->bytes || !g->have)
		return false;
	memset(g->have, 0, size);
	return true;
}

/* Contiguous bytes from seq, at most max, out of frames first..last. */
static uint32_t gather(struct dissect *d, uint32_t first, uint32_t last, uint32_t seq, uint32_t max,
		       uint8_t **bytes)
{
	struct engine *e = d->engine;
	struct gather g;
	uint32_t *list, n = walk(e, first, last, d->dir, &list), len = 0;
	if (!gather_new(d, &g, seq, max))
		return 0;
	for (uint32_t i = 0; i < n; i++) {
		struct frame f;
		uint32_t s, off;
		if (payload_of(e, list[i], &s, &f, &off))
			put(&g, s, f.bytes + off, f.caplen - off);
	}
	while (len < max && g.have[len])
		len++;
	*bytes = g.bytes;
	return len;
}

static void kept_restore(struct dissect *d, struct half_stream *hs, const struct kept_rec *k)
{
	uint8_t *bytes;
	uint32_t len = k ? gather(d, k->first_frame, d->frame, k->seq, k->len, &bytes) : 0;
	if (!k || len < k->len)
		return;
	uint8_t b = buffer_add(d, BUF_REASSEMBLED, N_("Reassembled TCP"), bytes, len);
	hs->kept_at = cur_init(bytes, len, 0, b);
	hs->kept_now = d->frame;
	hs->kept_len = len;
	hs->kept_frame = k->first_frame;
}

/* The bytes to dissect: in the frame itself where that holds them all. */
static struct cursor bytes_of(struct dissect *d, const struct pdu *p, const struct cursor *payload,
			      uint32_t payload_seq)
{
	int32_t into = (int32_t)(p->seq - payload_seq);
	if (p->first_frame == d->frame && into >= 0 && (uint32_t)into <= cur_left(payload)) {
		struct cursor c = *payload;
		cur_skip(&c, (uint32_t)into);
		return c;
	}
	uint8_t *bytes;
	uint32_t max = p->len < GATHER_MAX ? p->len : GATHER_MAX;
	uint32_t len = max ? gather(d, p->first_frame, d->frame, p->seq, max, &bytes) : 0;
	if (!len)
		return cur_init("", 0, 0, 0);
	return cur_init(bytes, len, 0,
			buffer_add(d, BUF_REASSEMBLED, N_("Reassembled TCP"), bytes, len));
}

void stream_detail(struct dissect *d, struct cursor *payload)
{
	struct engine *e = d->engine;
	struct flow *f = d->flow;
	const struct tcp_segment *t = &d->tcp;
	const struct pdu *p = pdu_find(e, d->frame, f->id << 1 | d->dir);
	if (!p || !p->app)
		return;
	struct half_stream *hs = &f->half[d->dir];
	memcpy(hs->h.state, p->half_state, sizeof hs->h.state);
	memcpy(&f->state, p->flow_state, sizeof f->state);
	const struct kept_rec *k = kept_find(e, d->frame, f->id << 1 | d->dir);
	kept_restore(d, hs, k);
	struct cursor c = bytes_of(d, p, payload, t->seq + !!(t->flags & 2));
	hs->started = true;
	hs->h.gap = p->gap;
	hs->h.ended = t->flags & 1;	/* FIN: a message may end with the direction */
	hs->due = true;		/* a skip may have ended just in front of these bytes */
	hs->skipped = k ? k->skipped : UINT64_MAX;
	f->app = p->app;
	stream_deliver(d, f, hs, c, p->seq, d->frame);
}
