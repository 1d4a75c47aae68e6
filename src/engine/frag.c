/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frag: IP datagrams put together from their fragments (RFC 791 section 3.2, RFC 8200 section
 * 4.5). At most TABLE datagrams wait at a time; the oldest gives way. Where fragments overlap the
 * first bytes count.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "engine/engine.h"

enum { TABLE = 256, DATAGRAM_MAX = 65535, PIECES_MAX = 1024 };
enum { AGE_MAX = 60 };	/* seconds from the first fragment (RFC 8200 section 4.5) */

struct frag_piece { uint32_t frame, offset, in_frame, len; };

struct datagram {
	struct address src, dst;
	uint32_t id;
	uint8_t proto;
	uint32_t total;		/* 0 until the last fragment was seen */
	uint32_t size;		/* of bytes */
	uint8_t *bytes;
	struct frag_piece *piece;
	uint32_t n_pieces, room;	/* room: pieces that fit */
	int64_t first;		/* when its first fragment came */
	uint64_t used;		/* for choosing the oldest */
};

struct fragments {
	struct datagram at[TABLE];
	uint64_t clock;
};

struct fragments *fragments_new(void)
{
	return xcalloc(1, sizeof(struct fragments));
}

/* Its place can be used again, and so can its memory. */
static void datagram_clear(struct datagram *g)
{
	g->n_pieces = g->total = 0;
	g->used = 0;
}

void fragments_free(struct fragments *t)
{
	for (unsigned i = 0; t && i < TABLE; i++) {
		free(t->at[i].bytes);
		free(t->at[i].piece);
	}
	free(t);
}

static bool same_address(const struct address *a, const struct address *b)
{
	return a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}

/* One datagram's fragments; what is older than AGE_MAX belongs to an earlier one. */
static bool same_datagram(const struct datagram *g, const struct dissect *d, uint32_t id)
{
	return g->n_pieces && g->id == id && g->proto == d->ip_proto
		&& d->time - g->first < AGE_MAX * 1000000000LL
		&& same_address(&g->src, &d->src) && same_address(&g->dst, &d->dst);
}

static struct datagram *datagram_find(struct fragments *t, const struct dissect *d, uint32_t id)
{
	struct datagram *oldest = &t->at[0];
	for (unsigned i = 0; i < TABLE; i++) {
		struct datagram *g = &t->at[i];
		if (same_datagram(g, d, id)) {
			g->used = ++t->clock;
			return g;
		}
		if (g->used < oldest->used)
			oldest = g;
	}
	oldest->src = d->src;
	oldest->dst = d->dst;
	oldest->id = id;
	oldest->proto = d->ip_proto;
	oldest->first = d->time;
	oldest->used = ++t->clock;
	oldest->total = oldest->n_pieces = 0;
	return oldest;
}

/* Bytes of [offset, offset + n) that a piece holds already. */
static bool covered(const struct datagram *g, uint32_t at, uint32_t *until)
{
	for (uint32_t i = 0; i < g->n_pieces; i++) {
		uint32_t end = g->piece[i].offset + g->piece[i].len;
		if (at >= g->piece[i].offset && at < end) {
			*until = end;
			return true;
		}
		if (g->piece[i].offset > at && g->piece[i].offset < *until)
			*until = g->piece[i].offset;
	}
	return false;
}

static void piece_add(struct datagram *g, const struct dissect *d, const struct cursor *c,
		      uint32_t offset, uint32_t skip, uint32_t n)
{
	if (offset + skip + n > g->size) {
		g->size = offset + skip + n > 4096 ? DATAGRAM_MAX : 4096;
		g->bytes = xrealloc(g->bytes, g->size);
	}
	memcpy(g->bytes + offset + skip, c->pos + skip, n);
	if (g->n_pieces == g->room) {
		g->room = g->room ? g->room * 2 : 8;
		g->piece = xrealloc(g->piece, g->room * sizeof *g->piece);
	}
	g->piece[g->n_pieces++] = (struct frag_piece){
		.frame = d->frame, .offset = offset + skip, .in_frame = cur_off(c) + skip, .len = n,
	};
}

/* How much of a piece lies in front of the datagram's end. */
static uint32_t inside(const struct datagram *g, const struct frag_piece *p)
{
	if (p->offset >= g->total)
		return 0;
	return p->len < g->total - p->offset ? p->len : g->total - p->offset;
}

/* All bytes up to the end are there; pieces do not overlap, and some may lie behind the end. */
static bool complete(const struct datagram *g)
{
	uint32_t have = 0;
	for (uint32_t i = 0; i < g->n_pieces; i++)
		have += inside(g, &g->piece[i]);
	return g->total && have == g->total;
}

/* Takes what is new of a fragment; false when a cap is reached. */
static bool take(struct dissect *d, struct datagram *g, const struct cursor *c, uint32_t offset)
{
	uint32_t n = (uint32_t)cur_left(c), at = 0;
	while (at < n) {
		uint32_t until = offset + n;
		if (covered(g, offset + at, &until)) {
			note(d, NOTE_FRAGMENT_OVERLAP);
		} else {
			if (g->n_pieces >= PIECES_MAX)
				return false;
			piece_add(g, d, c, offset, at, until - offset - at);
		}
		at = until - offset;
	}
	return true;
}

static bool deliver(struct dissect *d, struct cursor *c, const uint8_t *bytes, uint32_t n)
{
	uint8_t *copy = dissect_alloc(d, n);
	if (!copy)
		return false;
	memcpy(copy, bytes, n);
	uint8_t b = buffer_add(d, BUF_DEFRAGMENTED, N_("Reassembled IP"), copy, n);
	*c = cur_init(copy, n, 0, b);
	return true;
}

static void write_down(struct engine *e, const struct datagram *g)
{
	for (uint32_t i = 0; i < g->n_pieces; i++) {
		if (!inside(g, &g->piece[i]))
			continue;
		struct fragment_rec *r = chunks_add(&e->fragment_recs);
		*r = (struct fragment_rec){
			.frame = e->d.frame, .from = g->piece[i].frame,
			.offset = g->piece[i].offset, .in_frame = g->piece[i].in_frame,
			.len = inside(g, &g->piece[i]),
		};
	}
}

static bool put_together(struct dissect *d, struct cursor *c, uint32_t id, uint32_t offset,
			 bool more)
{
	struct engine *e = d->engine;
	uint32_t n = (uint32_t)cur_left(c);
	if (d->quoted || c->lost || !cur_ok(c) || offset + n > DATAGRAM_MAX)
		return false;
	if (e->mode == MODE_DETAIL)
		return fragments_detail(d, c);
	struct datagram *g = datagram_find(e->fragments, d, id);
	if (!take(d, g, c, offset)) {
		note(d, NOTE_LIMIT);
		datagram_clear(g);
		return false;
	}
	if (!more && !g->total)
		g->total = offset + n;
	if (!complete(g))
		return false;
	bool whole = deliver(d, c, g->bytes, g->total);
	if (whole && e->mode == MODE_PASS)
		write_down(e, g);
	datagram_clear(g);
	return whole;
}

bool defragment(struct dissect *d, struct cursor *c, uint32_t id, uint32_t offset, bool more)
{
	bool whole = put_together(d, c, id, offset, more);
	d->fragment = !whole;
	if (!whole)
		note(d, NOTE_FRAGMENT);
	return whole;
}

/* ---- one frame again ---- */

static size_t first_rec(const struct chunks *recs, uint32_t frame)
{
	size_t low = 0, high = recs->count;
	while (low < high) {
		size_t mid = (low + high) / 2;
		if (((const struct fragment_rec *)chunks_at(recs, mid))->frame < frame)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool copy_piece(struct engine *e, const struct fragment_rec *r, const struct cursor *c,
		       uint8_t *to)
{
	const struct frame_rec *rec = session_frame(e->s, r->from);
	struct frame f;
	if (r->from == e->d.frame) {
		if (r->in_frame + r->len > e->d.buffers[0].len)
			return false;
		memcpy(to + r->offset, c->base + r->in_frame, r->len);
		return true;
	}
	if (!rec || !source_read_at(e->s->source, rec->where, &f) || r->in_frame + r->len > f.caplen)
		return false;
	memcpy(to + r->offset, f.bytes + r->in_frame, r->len);
	return true;
}

bool fragments_detail(struct dissect *d, struct cursor *c)
{
	struct engine *e = d->engine;
	const struct chunks *recs = &e->s->engine->fragment_recs;
	size_t at = first_rec(recs, d->frame);
	const struct fragment_rec *r;
	uint32_t total = 0;
	if (e->rec && e->rec->notes & 1u << NOTE_FRAGMENT_OVERLAP)
		note(d, NOTE_FRAGMENT_OVERLAP);
	for (size_t i = at; (r = chunks_at(recs, i)) && r->frame == d->frame; i++)
		if (r->offset + r->len > total)
			total = r->offset + r->len;
	uint8_t *bytes = total ? dissect_alloc(d, total) : NULL;
	if (!bytes)
		return false;
	memset(bytes, 0, total);
	for (size_t i = at; (r = chunks_at(recs, i)) && r->frame == d->frame; i++)
		if (!copy_piece(e, r, c, bytes))
			return false;
	*c = cur_init(bytes, total, 0,
		      buffer_add(d, BUF_DEFRAGMENTED, N_("Reassembled IP"), bytes, total));
	return true;
}
