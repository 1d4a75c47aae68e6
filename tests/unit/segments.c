/* SPDX-License-Identifier: GPL-3.0-or-later */
/* segments: the same bytes in other packets (RFC 9293, RFC 791, RFC 8200 section 4.5). */
#include "segments.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum { ETHER = 14, IP4_ID = 4, IP4_FRAGMENT = 6, IP4_SUM = 10, TCP_SUM = 16 };

static uint32_t get16(const uint8_t *p)
{
	return (uint32_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
	return get16(p) << 16 | get16(p + 2);
}

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static uint32_t below(uint64_t *seed, uint32_t n)
{
	return n ? unit_random(seed) % n : 0;
}

/* ---- what a frame holds ---- */

struct datagram { uint32_t ip, header, end; uint8_t proto; bool v6; };

static bool datagram_of(struct datagram *g, const struct frame *f)
{
	const uint8_t *p = f->bytes;
	if (f->link != 1 || f->caplen != f->len || f->len < ETHER + 40)
		return false;
	p += ETHER;
	*g = (struct datagram){ .ip = ETHER, .v6 = get16(p - 2) == 0x86dd };
	if (!g->v6 && (get16(p - 2) != 0x0800 || get16(p + IP4_FRAGMENT) & 0x3fff))
		return false;
	g->header = g->v6 ? 40 : (p[0] & 15u) * 4;
	g->end = ETHER + (g->v6 ? 40 + get16(p + 4) : get16(p + 2));
	g->proto = g->v6 ? p[6] : p[9];
	return g->header >= 20 && g->end <= f->len && ETHER + g->header <= g->end;
}

bool segment_of(struct segment *s, const struct frame *f)
{
	struct datagram g;
	if (!datagram_of(&g, f) || g.proto != 6 || g.ip + g.header + 20 > g.end)
		return false;
	const uint8_t *ip = f->bytes + g.ip, *tcp = ip + g.header;
	uint32_t header = (tcp[12] >> 4) * 4u;
	if (header < 20 || g.ip + g.header + header > g.end)
		return false;
	*s = (struct segment){
		.ip = g.ip, .tcp = g.ip + g.header, .payload = g.ip + g.header + header,
		.end = g.end, .seq = get32(tcp + 4), .flags = tcp[13], .v6 = g.v6,
	};
	s->n = s->end - s->payload;
	uint32_t len = g.v6 ? 16 : 4;
	memcpy(s->key, ip + (g.v6 ? 8 : 12), len);
	memcpy(s->key + 16, ip + (g.v6 ? 24 : 16), len);
	memcpy(s->key + 32, tcp, 4);
	return true;
}

bool segment_same_way(const struct segment *a, const struct segment *b)
{
	return !memcmp(a->key, b->key, sizeof a->key);
}

/* ---- checksums (RFC 1071) ---- */

static uint32_t sum(const uint8_t *p, uint32_t n, uint32_t s)
{
	for (; n > 1; n -= 2, p += 2)
		s += get16(p);
	return n ? s + (uint32_t)(p[0] << 8) : s;
}

static uint32_t fold(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return ~s & 0xffff;
}

static void header_sum(uint8_t *ip)
{
	put16(ip + IP4_SUM, 0);
	put16(ip + IP4_SUM, fold(sum(ip, (ip[0] & 15u) * 4, 0)));
}

static void segment_sum(uint8_t *ip, bool v6, uint8_t *tcp, uint32_t n)
{
	uint32_t s = v6 ? sum(ip + 8, 32, 6 + n) : sum(ip + 12, 8, 6 + n);
	put16(tcp + TCP_SUM, 0);
	put16(tcp + TCP_SUM, fold(sum(tcp, n, s)));
}

/* ---- TCP ---- */

void segments_piece(struct frames *to, const struct frame *f, const struct segment *s,
		    uint32_t off, uint32_t n)
{
	uint32_t len = s->payload + n;
	uint8_t *b = frames_add(to, f, f->bytes, s->payload, s->payload);
	b = xrealloc(b, len);
	to->at[to->n - 1].bytes = b;
	to->at[to->n - 1].caplen = to->at[to->n - 1].len = len;
	memcpy(b + s->payload, f->bytes + s->payload + off, n);
	uint8_t *ip = b + s->ip, *tcp = b + s->tcp;
	put32(tcp + 4, s->seq + off + (off && s->flags & SEG_SYN));
	if (off)
		tcp[13] &= (uint8_t)~SEG_SYN;
	if (off + n < s->n)
		tcp[13] &= (uint8_t)~SEG_FIN;
	if (s->v6) {
		put16(ip + 4, len - s->tcp);
	} else {
		put16(ip + 2, len - s->ip);
		header_sum(ip);
	}
	segment_sum(ip, s->v6, tcp, len - s->tcp);
}

/* The connections whose SYN is there: both directions' keys, and what their numbers move by. */
struct way { uint8_t key[36]; uint32_t move; };
struct ways { struct way at[1024]; unsigned n; };

static void key_turned(uint8_t to[36], const uint8_t from[36])
{
	memcpy(to, from + 16, 16);
	memcpy(to + 16, from, 16);
	memcpy(to + 32, from + 34, 2);
	memcpy(to + 34, from + 32, 2);
}

static const struct way *way_find(const struct ways *w, const uint8_t key[36])
{
	for (unsigned i = 0; i < w->n; i++)
		if (!memcmp(w->at[i].key, key, 36))
			return &w->at[i];
	return NULL;
}

static void ways_find(struct ways *w, const struct frames *from, bool wrap, uint64_t *seed)
{
	struct segment s;
	w->n = 0;
	for (size_t i = 0; i < from->n && w->n < 1024; i++) {
		if (!segment_of(&s, &from->at[i]) || !(s.flags & SEG_SYN) || way_find(w, s.key))
			continue;
		struct way *new = &w->at[w->n++];
		memcpy(new->key, s.key, 36);
		new->move = wrap ? 0u - s.seq - 1 - below(seed, 3000) : 0;
	}
}

/* Moves the sequence numbers of a packet. */
static void moved(struct frame *f, const struct segment *s, const struct ways *w)
{
	uint8_t turned[36], *b = (uint8_t *)f->bytes, *tcp = b + s->tcp;
	const struct way *here = way_find(w, s->key);
	key_turned(turned, s->key);
	const struct way *there = way_find(w, turned);
	if (here)
		put32(tcp + 4, get32(tcp + 4) + here->move);
	if (there && s->flags & SEG_ACK)
		put32(tcp + 8, get32(tcp + 8) + there->move);
	segment_sum(b + s->ip, s->v6, tcp, f->len - s->tcp);
}

struct part { uint32_t off, n; };

static uint32_t parts_of(struct part *part, uint32_t n, const struct recut *how, uint64_t *seed)
{
	uint32_t parts = 0;
	for (uint32_t off = 0; off < n; parts++) {
		uint32_t len = how->exact ? how->piece : 1 + below(seed, how->piece);
		if (len > n - off)
			len = n - off;
		part[parts] = (struct part){ off, len };
		off += len;
	}
	return parts;
}

static void part_widen(struct part *p, uint32_t n, uint64_t *seed)
{
	uint32_t before = below(seed, p->off < 40 ? p->off + 1 : 40);
	uint32_t rest = n - p->off - p->n, behind = below(seed, rest < 40 ? rest + 1 : 40);
	p->off -= before;
	p->n += before + behind;
}

static void segment_cut(struct frames *to, const struct frame *f, const struct segment *s,
			const struct recut *how, bool whole, uint64_t *seed)
{
	struct part *part = xcalloc(s->n, sizeof *part);
	uint32_t n = parts_of(part, s->n, how, seed);
	for (uint32_t i = n; whole && how->shuffle && i > 1; i--) {
		uint32_t k = below(seed, i);
		struct part swap = part[k];
		part[k] = part[i - 1];
		part[i - 1] = swap;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (how->overlap && below(seed, 3) == 0)
			part_widen(&part[i], s->n, seed);
		segments_piece(to, f, s, part[i].off, part[i].n);
		if (how->twice && below(seed, 4) == 0) {
			uint32_t k = below(seed, i + 1);
			segments_piece(to, f, s, part[k].off, part[k].n);
		}
	}
	free(part);
}

/* Neighbours of one direction change places, a few frames far. */
static void neighbours_swap(struct frames *f, const struct ways *w, uint64_t *seed)
{
	struct segment a, b;
	for (size_t i = 0; i + 1 < f->n; i++) {
		if (below(seed, 3) || !segment_of(&a, &f->at[i]) || !segment_of(&b, &f->at[i + 1]))
			continue;
		if (!segment_same_way(&a, &b) || !a.n || !b.n || !way_find(w, a.key))
			continue;
		if ((a.flags | b.flags) & (SEG_SYN | SEG_RST))
			continue;
		struct frame swap = f->at[i];
		f->at[i] = f->at[i + 1];
		f->at[i + 1] = swap;
	}
}

void segments_recut(struct frames *to, const struct frames *from, const struct recut *how)
{
	uint64_t seed = how->seed;
	struct ways *w = xmalloc(sizeof *w);
	struct segment s;
	*to = (struct frames){ 0 };
	ways_find(w, from, how->wrap, &seed);
	for (size_t i = 0; i < from->n; i++) {
		const struct frame *f = &from->at[i];
		size_t first = to->n;
		bool tcp = segment_of(&s, f);
		if (tcp && s.n > 1)
			segment_cut(to, f, &s, how, way_find(w, s.key), &seed);
		else
			frames_add(to, f, f->bytes, tcp ? s.end : f->caplen, tcp ? s.end : f->len);
		for (; tcp && how->wrap && first < to->n; first++)
			moved(&to->at[first], &s, w);
	}
	if (how->shuffle)
		neighbours_swap(to, w, &seed);
	free(w);
}

/* ---- fragments ---- */

static void fragment_add(struct frames *to, const struct frame *f, const struct datagram *g,
			 struct part p, uint32_t id)
{
	uint32_t head = g->ip + g->header, whole = g->end - head, extra = g->v6 ? 8 : 0;
	uint32_t len = head + extra + p.n;
	bool more = p.off + p.n < whole;
	uint8_t *b = frames_add(to, f, f->bytes, head, head);
	b = xrealloc(b, len);
	to->at[to->n - 1].bytes = b;
	to->at[to->n - 1].caplen = to->at[to->n - 1].len = len;
	memcpy(b + head + extra, f->bytes + head + p.off, p.n);
	uint8_t *ip = b + g->ip;
	if (g->v6) {
		put16(ip + 4, 8 + p.n);
		ip[6] = 44;
		put16(b + head, (uint32_t)g->proto << 8);
		put16(b + head + 2, p.off | more);
		put32(b + head + 4, id);
	} else {
		put16(ip + 2, g->header + p.n);
		put16(ip + IP4_ID, id);
		put16(ip + IP4_FRAGMENT, p.off / 8 | (more ? 0x2000u : 0));
		header_sum(ip);
	}
}

static void fragment_widen(struct part *p, uint32_t whole, uint64_t *seed)
{
	uint32_t before = below(seed, p->off / 8 + 1) % 4 * 8, end = p->off + p->n;
	p->off -= before;
	p->n += before;
	if (end + 16 < whole && below(seed, 2))
		p->n += 16;
}

/* How many units of 8 bytes are seen for the first time. */
static uint32_t fragment_seen(uint8_t *seen, struct part p)
{
	uint32_t new = 0;
	for (uint32_t i = p.off / 8; i < (p.off + p.n + 7) / 8; i++) {
		new += !seen[i];
		seen[i] = 1;
	}
	return new;
}

static void datagram_cut(struct frames *to, const struct frame *f, const struct datagram *g,
			 const struct refragment *how, uint32_t id, uint64_t *seed)
{
	uint32_t whole = g->end - g->ip - g->header, n = 0;
	struct part *part = xcalloc(whole / 8 + 1, sizeof *part);
	for (uint32_t off = 0; off < whole; n++) {
		uint32_t len = 8 * (1 + below(seed, how->piece / 8));
		part[n] = (struct part){ off, len < whole - off ? len : whole - off };
		off += part[n].n;
	}
	for (uint32_t i = n; how->shuffle && i > 1; i--) {
		uint32_t k = below(seed, i);
		struct part swap = part[k];
		part[k] = part[i - 1];
		part[i - 1] = swap;
	}
	/* Nothing behind the one that completes the datagram: it would begin another. */
	uint8_t *seen = xcalloc(whole / 8 + 1, 1);
	uint32_t missing = (whole + 7) / 8;
	for (uint32_t i = 0; i < n && missing; i++) {
		struct part p = part[i];
		if (how->overlap && below(seed, 3) == 0)
			fragment_widen(&p, whole, seed);
		fragment_add(to, f, g, p, id);
		missing -= fragment_seen(seen, p);
		if (how->twice && missing && below(seed, 4) == 0)
			fragment_add(to, f, g, part[below(seed, i + 1)], id);
	}
	free(seen);
	free(part);
}

void fragments_cut(struct frames *to, const struct frames *from, const struct refragment *how)
{
	uint64_t seed = how->seed;
	struct datagram g;
	*to = (struct frames){ 0 };
	for (size_t i = 0; i < from->n; i++) {
		const struct frame *f = &from->at[i];
		bool hop_by_hop = false;
		bool is = datagram_of(&g, f);
		if (is)
			hop_by_hop = g.v6 && (g.proto == 0 || g.proto == 44);
		if (is && !hop_by_hop && g.end - g.ip - g.header > 8)
			datagram_cut(to, f, &g, how, (uint32_t)i + 1, &seed);
		else
			frames_add(to, f, f->bytes, f->caplen, f->len);
	}
}
