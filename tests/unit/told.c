/* SPDX-License-Identifier: GPL-3.0-or-later */
/* told: frames and events as text. */
#include "told.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "../fuzz/feed.h"

static void put_bytes_of(struct strbuf *b, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	for (size_t i = 0; i < n; i++) {
		if (isgraph(p[i]) && p[i] != '\\')
			strbuf_putc(b, (char)p[i]);
		else
			strbuf_printf(b, "\\%02x", p[i]);
	}
}

/* ---- a frame ---- */

static void told_item(struct strbuf *b, const struct dissect *d, const struct item *it)
{
	size_t n;
	const uint8_t *p = item_bytes(d, it, &n);
	/* a heading over bytes that came in pieces covers the last one in its turn, all by itself */
	strbuf_printf(b, "%*s%s %u ", it->depth * 2, "", it->field->name,
		      it->field->type == F_NONE ? 0 : it->len);
	if (it->has_text || it->field->type >= F_MAC)
		put_bytes_of(b, p, p ? n : 0);
	else
		strbuf_printf(b, "%llu", (unsigned long long)it->value);
	strbuf_putc(b, '\n');
}

void told_frame(struct strbuf *b, const struct dissect *d)
{
	strbuf_printf(b, "%u %s flow %u connection %u dir %u\n", d->frame, strbuf_str(&d->info),
		      d->flow_id, d->connection, d->dir);
	for (unsigned i = 0; i < d->n_layers; i++)
		strbuf_printf(b, "layer %s %u\n", d->layers[i].protocol->name, d->layers[i].quoted);
	for (unsigned n = 0; n < NOTES; n++)
		for (unsigned i = 0; i < d->n_notes; i++)
			if (d->notes[i].note == n)
				strbuf_printf(b, "note %s\n", note_kinds[n].name);
	for (uint32_t i = 0; i < d->n_items; i++)
		told_item(b, d, &d->items[i]);
}

void told_difference(const char *what, const struct strbuf *one, const struct strbuf *two)
{
	const char *a = strbuf_str(one), *b = strbuf_str(two), *la = a, *lb = b;
	unsigned line = 1;
	for (; *a && *a == *b; a++, b++) {
		if (*a == '\n') {
			la = a + 1;
			lb = b + 1;
			line++;
		}
	}
	print_message("%s: line %u\n  %.*s\n  %.*s\n", what, line, (int)strcspn(la, "\n"), la,
		      (int)strcspn(lb, "\n"), lb);
}

/* ---- by itself ---- */

struct both { struct strbuf turn, itself; unsigned differ; const char *path; };

/* The list of packets asks for no fields: its Info and layers must be the same. */
static void compare_info(struct both *b, struct session *s, const struct dissect *with)
{
	uint32_t frame = with->frame;
	unsigned layers = with->n_layers;
	strbuf_clear(&b->turn);
	strbuf_clear(&b->itself);
	strbuf_puts(&b->turn, strbuf_str(&with->info));
	const struct dissect *d = session_detail(s, frame, WANT_INFO);
	strbuf_puts(&b->itself, strbuf_str(&d->info));
	if ((d->n_layers != layers || strcmp(strbuf_str(&b->turn), strbuf_str(&b->itself))) &&
	    b->differ++ < 3) {
		print_message("frame %u, %u layers with fields, %u without:\n", frame, layers,
			      d->n_layers);
		told_difference(b->path, &b->turn, &b->itself);
	}
}

static bool compare(void *arg, struct session *s, const struct dissect *d)
{
	struct both *b = arg;
	strbuf_clear(&b->turn);
	strbuf_clear(&b->itself);
	feed_check(d);
	told_frame(&b->turn, d);
	const struct dissect *one = session_detail(s, d->frame, WANT_FIELDS | WANT_INFO);
	if (one) {
		feed_check(one);
		told_frame(&b->itself, one);
	}
	if (strcmp(strbuf_str(&b->turn), strbuf_str(&b->itself)) && b->differ++ < 3) {
		print_message("frame %u, in its turn and by itself:\n", d->frame);
		told_difference(b->path, &b->turn, &b->itself);
	}
	if (one)
		compare_info(b, s, one);
	return true;
}

unsigned told_by_itself(const char *path)
{
	struct both b = { .path = path };
	struct session *s = frames_open(path);
	while (session_load(s, UINT32_MAX, 0))
		continue;
	session_each(s, WANT_FIELDS | WANT_INFO, compare, &b);
	session_close(s);
	strbuf_free(&b.turn);
	strbuf_free(&b.itself);
	return b.differ;
}

/* ---- events ---- */

/* Which of a and b are numbers of the string table: bits 1 and 2 (engine/event.h). */
static unsigned strings_of(uint8_t kind)
{
	switch (kind) {
	case EV_ARP_REQUEST: case EV_ARP_REPLY: case EV_NDP_SOLICIT: case EV_NDP_ADVERT:
	case EV_ARP_SENDER: case EV_HOST: case EV_NEXT_HOP: case EV_DNS_RECORD: case EV_TLS_CLIENT_HELLO:
	case EV_TLS_CERTIFICATE: case EV_HTTP_REQUEST:
		return 1 | 2;
	case EV_ICMP_SENDER: case EV_DNS_QUERY: case EV_DNS_RESPONSE: case EV_TLS_SERVER_HELLO:
		return 1;
	case EV_ICMP_ERROR: case EV_HTTP_HEADER: case EV_HTTP_RESPONSE:
		return 2;
	default:
		return 0;
	}
}

bool told_messages(uint8_t kind)
{
	return kind >= EV_TLS_CLIENT_HELLO || kind <= EV_NEXT_HOP
		|| (kind >= EV_ICMP_SENDER && kind <= EV_DNS_RECORD);
}

struct line { uint32_t flow, order; uint8_t dir; struct event ev; };

struct lines { struct line *at; size_t n, size; };

static int line_order(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	if (x->flow != y->flow)
		return x->flow < y->flow ? -1 : 1;
	if (x->dir != y->dir)
		return x->dir < y->dir ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static void lines_add(struct lines *l, struct told *t, const struct engine *e,
		      bool (*kinds)(uint8_t))
{
	for (uint32_t i = 0; i < e->n_ev; i++) {
		const struct event *ev = &e->ev[i];
		assert_in_range(ev->kind, EV_NONE + 1, EV_KINDS - 1);
		assert_true(ev->first_frame <= ev->frame);
		t->n_events[ev->kind]++;
		if (kinds && !kinds(ev->kind))
			continue;
		if (l->n == l->size) {
			l->size = l->size ? l->size * 2 : 1024;
			l->at = xrealloc(l->at, l->size * sizeof *l->at);
		}
		l->at[l->n] = (struct line){ ev->flow, (uint32_t)l->n, ev->dir, *ev };
		l->n++;
	}
}

static void told_value(struct strbuf *b, const struct session *s, uint32_t v, bool string)
{
	size_t n = 0;
	strbuf_putc(b, ' ');
	if (!string) {
		strbuf_printf(b, "%u", v);
		return;
	}
	const char *text = session_string(s, v, &n);
	assert_non_null(text);
	put_bytes_of(b, text, n);
}

static void lines_tell(struct lines *l, struct told *t, const struct session *s)
{
	struct strbuf *b = &t->events;
	if (l->n)
		qsort(l->at, l->n, sizeof *l->at, line_order);
	for (size_t i = 0; i < l->n; i++) {
		const struct event *ev = &l->at[i].ev;
		unsigned strings = strings_of(ev->kind);
		strbuf_printf(b, "flow %d %u event %u:", (int)ev->flow, ev->dir, ev->kind);
		told_value(b, s, ev->a, strings & 1);
		told_value(b, s, ev->b, strings & 2);
		strbuf_printf(b, " %u\n", ev->c);
	}
	free(l->at);
}

static void note_notes(struct told *t, const struct dissect *d)
{
	for (unsigned i = 0; i < d->n_notes; i++) {
		unsigned n = d->notes[i].note;
		assert_true(n < NOTES);
		if (!(t->notes >> n & 1))
			t->first[n] = d->frame;
		t->notes |= (uint64_t)1 << n;
		t->by_frame[d->frame - 1] |= (uint64_t)1 << n;
	}
}

void told_pass(struct told *t, const struct frames *f, unsigned want, bool (*kinds)(uint8_t))
{
	struct session *s = frames_session();
	struct engine *e = s->engine;
	struct lines l = { 0 };
	*t = (struct told){ .events = { .cap = (size_t)1 << 30 },
		.by_frame = xcalloc(f->n, sizeof *t->by_frame) };
	for (size_t i = 0; i < f->n; i++) {
		struct frame_rec *rec = chunks_add(&s->frames);
		*rec = (struct frame_rec){ .time = f->at[i].time, .len = f->at[i].len, .flow = NO_FLOW };
		engine_frame(e, &f->at[i], session_n_frames(s), want, rec);
		if (want & WANT_FIELDS)
			feed_check(&e->d);
		note_notes(t, &e->d);
		lines_add(&l, t, e, kinds);
	}
	for (struct flow *at = NULL; engine_finish(e, &at);)
		lines_add(&l, t, e, kinds);
	lines_tell(&l, t, s);
	session_close(s);
}

void told_free(struct told *t)
{
	strbuf_free(&t->events);
	free(t->by_frame);
}
