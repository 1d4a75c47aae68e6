/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "session.h"
#include "export/ladder.h"
#include "steps/steps.h"

enum { MAX_DETAILS = 200 };

static void must(bool holds, const char *what, const struct dissect *d)
{
	if (holds)
		return;
	fprintf(stderr, "frame %u: %s\n", d->frame, what);
	abort();
}

static void check_layers(const struct dissect *d)
{
	must(d->n_layers <= MAX_LAYERS, "too many layers", d);
	must(d->n_notes <= MAX_PACKET_NOTES, "too many notes", d);
	for (unsigned i = 0; i < d->n_layers; i++) {
		const struct layer *l = &d->layers[i];
		must(l->protocol && l->protocol == protocol_at(l->number), "a layer's protocol", d);
		must(l->buffer < d->n_buffers, "a layer in no buffer", d);
		const struct buffer *b = &d->buffers[l->buffer];
		must(l->off <= b->len && l->len <= b->len - l->off, "a layer beyond its bytes", d);
		must(l->first_item <= d->n_items, "a layer's items", d);
		must(!i || l[-1].first_item <= l->first_item, "layers out of order", d);
	}
}

void feed_check(const struct dissect *d)
{
	unsigned depth = 0;
	must(d->n_items <= MAX_ITEMS, "too many items", d);
	check_layers(d);
	must(d->depth == 0 || d->n_notes, "a subtree left open", d);	/* a note: it ended early */
	for (uint32_t i = 0; i < d->n_items; i++) {
		const struct item *it = &d->items[i];
		must(it->depth <= depth + 1, "an item too deep", d);
		must(it->layer < d->n_layers, "an item of no layer", d);
		depth = it->depth;
		must(it->buffer < d->n_buffers, "an item in no buffer", d);
		const struct buffer *b = &d->buffers[it->buffer];
		must(it->off <= b->len && it->len <= b->len - it->off, "an item beyond its bytes", d);
		must(!it->has_text || it->value + it->text_len <= d->n_text, "a text beyond the texts", d);
		size_t n = 0;
		const uint8_t *bytes = item_bytes(d, it, &n);
		unsigned sum = 0;
		for (size_t k = 0; bytes && k < n; k++)	/* read them all: a sanitizer looks on */
			sum += bytes[k];
		must(sum <= n * 255, "arithmetic", d);
	}
}

static bool check_frame(void *arg, struct session *s, const struct dissect *d)
{
	struct strbuf *why = arg;
	feed_check(d);
	strbuf_clear(why);
	steps_explain(s, d, why);
	return true;
}

/* The diagram of a visit, as narrow and as wide as it comes. */
static void check_ladder(struct session *s, const struct visit *v)
{
	static const unsigned widths[] = { 20, 58, 80, 256 };
	struct ladder *l = xmalloc(sizeof *l);
	struct strbuf to = { 0 };
	ladder_build(l, s, v);
	for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++)
		ladder_draw(&to, l, widths[i], i & 1, i & 2, NULL);
	strbuf_free(&to);
	free(l);
}

static void check_visits(struct session *s)
{
	const struct steps *st = s->steps;
	for (uint32_t i = 1; i <= steps_n_visits(st); i++) {
		const struct visit *v = steps_visit(st, i);
		if (!v)
			abort();
		for (int k = 1; k < STEPS; k++) {
			if (!v->step[k].because || !*v->step[k].because) {
				fprintf(stderr, "visit %u: step %s without a reason\n", i, step_kinds[k].id);
				abort();
			}
		}
		check_ladder(s, v);
	}
}

static void check_session(const char *path)
{
	struct err err = { .text = "" };
	bool usage;
	struct session_options o = { .path = path };
	struct session *s = session_open(&o, &err, &usage);
	if (!s) {
		if (!*err.text)
			abort();
		return;
	}
	struct strbuf why = { .cap = 1 << 16 };
	while (session_load(s, 1000, 0))
		continue;
	session_each(s, WANT_FIELDS | WANT_INFO, check_frame, &why);
	check_visits(s);
	for (uint32_t n = 1; n <= session_n_frames(s) && n <= MAX_DETAILS; n++) {
		const struct dissect *d = session_detail(s, n, WANT_FIELDS | WANT_INFO);
		if (d)
			feed_check(d);
	}
	strbuf_free(&why);
	session_close(s);
}

static int memory = -1;

static void memory_add(const void *bytes, size_t n)
{
	const char *p = bytes;
	while (n) {
		ssize_t done = write(memory, p, n);
		if (done <= 0)
			abort();
		p += done;
		n -= (size_t)done;
	}
}

static void memory_open(void)
{
	memory = memfd_create("capture", MFD_CLOEXEC);
	if (memory < 0)
		abort();
}

const char *feed_path(void)
{
	static char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
	return path;
}

void feed_close(void)
{
	close(memory);
	memory = -1;
}

void feed_end(void)
{
	check_session(feed_path());
	feed_close();
}

void feed_capture(const uint8_t *bytes, size_t n)
{
	memory_open();
	memory_add(bytes, n);
	feed_end();
}

/* ---- frames ---- */

static uint32_t frame_time;

void feed_begin(uint32_t link)
{
	const uint32_t head[6] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, 1 << 18, link };
	frame_time = 0;
	memory_open();
	memory_add(head, sizeof head);
}

void feed_frame(const void *bytes, size_t n)
{
	frame_time += 1000;
	const uint32_t head[4] = { 1000000000 + frame_time / 1000000, frame_time % 1000000,
				   (uint32_t)n, (uint32_t)n };
	memory_add(head, sizeof head);
	memory_add(bytes, n);
}

uint8_t feed_u8(struct feed_input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

uint16_t feed_u16(struct feed_input *in)
{
	unsigned high = feed_u8(in);
	return (uint16_t)(high << 8 | feed_u8(in));
}

const uint8_t *feed_bytes(struct feed_input *in, size_t *n)
{
	const uint8_t *p = in->at;
	if (*n > (size_t)(in->end - in->at))
		*n = (size_t)(in->end - in->at);
	in->at += *n;
	return p;
}

static uint8_t *put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
	return p + 2;
}

static uint8_t *put32(uint8_t *p, uint32_t v)
{
	return put16(put16(p, v >> 16), v & 0xffff);
}

/* Ethernet and IPv4; checksums are left 0, as a network card that computes them leaves them. */
static uint8_t *put_ip(uint8_t *p, int from, uint8_t proto, size_t n)
{
	static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };
	memcpy(p, mac[!from], 6);
	memcpy(p + 6, mac[from], 6);
	p = put16(p + 12, 0x0800);
	p = put16(p, 0x4500);
	p = put16(p, (unsigned)(20 + n));
	p = put32(p, 0x00004000);
	*p++ = 64;
	*p++ = proto;
	p = put16(p, 0);
	p = put32(p, from ? 0xcb007150 : 0xc0a8000a);
	return put32(p, from ? 0xc0a8000a : 0xcb007150);
}

void feed_udp(const struct feed_side *side, int from, const uint8_t *payload, size_t n)
{
	uint8_t frame[FEED_FRAME], *p = put_ip(frame, from, 17, n + 8);
	p = put16(p, side[from].port);
	p = put16(p, side[!from].port);
	p = put16(p, (unsigned)(n + 8));
	p = put16(p, 0);
	memcpy(p, payload, n);
	feed_frame(frame, (size_t)(p - frame) + n);
}

void feed_tcp(const struct feed_side *side, int from, unsigned flags, const uint8_t *payload,
	      size_t n)
{
	uint8_t frame[FEED_FRAME], *p = put_ip(frame, from, 6, n + 20);
	p = put16(p, side[from].port);
	p = put16(p, side[!from].port);
	p = put32(p, side[from].seq);
	p = put32(p, flags & FEED_ACK ? side[!from].seq : 0);
	p = put16(p, 0x5000 | flags);
	p = put16(p, 0xffff);
	p = put32(p, 0);
	if (n)
		memcpy(p, payload, n);
	feed_frame(frame, (size_t)(p - frame) + n);
}
