/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * talk: for tests of protocols above TCP and UDP: two sides say something, in packets of any
 * size; then what the story was told, and what was shown, as text that can be compared.
 */
#ifndef OSI_TESTS_TALK_H
#define OSI_TESTS_TALK_H

#include "unit.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "../fuzz/feed.h"
#include "base/strbuf.h"
#include "session.h"

struct talk {
	struct feed_side side[2];
	size_t step;		/* most bytes of a segment */
	size_t cut;		/* and each turn is cut here too; 0: nowhere */
	struct session *s;
};

static inline void talk_datagrams(struct talk *t, uint16_t port)
{
	*t = (struct talk){ .side = { { .port = 40000 }, { .port = port } } };
	feed_begin(1);
}

/* A TCP connection, opened; the sequence numbers of side 0 wrap soon. */
static inline void talk_begin(struct talk *t, uint16_t port)
{
	size_t step = t->step, cut = t->cut;
	*t = (struct talk){ .step = step ? step : FEED_PAYLOAD, .cut = cut };
	t->side[0] = (struct feed_side){ .seq = 0xfffffff0, .port = 40000 };
	t->side[1] = (struct feed_side){ .seq = 7000, .port = port };
	feed_begin(1);
	feed_tcp(t->side, 0, FEED_SYN, NULL, 0);
	t->side[0].seq++;
	feed_tcp(t->side, 1, FEED_SYN | FEED_ACK, NULL, 0);
	t->side[1].seq++;
	feed_tcp(t->side, 0, FEED_ACK, NULL, 0);
}

static inline void talk_bytes(struct talk *t, int from, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	size_t cut = t->cut < n ? t->cut : 0;
	for (size_t at = 0; at < n;) {
		size_t step = n - at < t->step ? n - at : t->step;
		if (at < cut && at + step > cut)
			step = cut - at;
		feed_tcp(t->side, from, FEED_ACK, p + at, step);
		t->side[from].seq += (uint32_t)step;
		at += step;
	}
}

static inline void talk_says(struct talk *t, int from, const char *text)
{
	talk_bytes(t, from, text, strlen(text));
}

static inline void talk_ends(struct talk *t, int from)
{
	feed_tcp(t->side, from, FEED_FIN | FEED_ACK, NULL, 0);
	t->side[from].seq++;
}

static inline void talk_open(struct talk *t)
{
	struct err err = { .text = "" };
	bool usage;
	t->s = session_open(&(struct session_options){ .path = feed_path() }, &err, &usage);
	if (!t->s)
		fail_msg("%s", err.text);
	while (session_load(t->s, UINT32_MAX, 0))
		;
}

static inline void talk_close(struct talk *t)
{
	session_close(t->s);
	feed_close();
}

/* ---- events as text ---- */

static inline const char *talk_string(const struct talk *t, uint32_t id)
{
	return session_string(t->s, id, NULL);
}

static inline void talk_record(struct strbuf *b, const struct talk *t, const struct event *e)
{
	char text[INET6_ADDRSTRLEN] = "?";
	size_t n;
	const char *value = session_string(t->s, e->b, &n);
	if (e->c == 1 || e->c == 28)
		inet_ntop(e->c == 1 ? AF_INET : AF_INET6, value, text, sizeof text);
	strbuf_printf(b, "record %s %u %s\n", talk_string(t, e->a), e->c,
		      e->c == 1 || e->c == 28 ? text : value);
}

static inline void talk_event(struct strbuf *b, const struct talk *t, const struct event *e)
{
	switch ((enum event_kind)e->kind) {
	case EV_DNS_QUERY: case EV_DNS_RESPONSE:
		strbuf_printf(b, "%s %s %u %04x %x\n", e->kind == EV_DNS_QUERY ? "query" : "response",
			      talk_string(t, e->a), e->b >> 16, e->b & 0xffff, e->c);
		break;
	case EV_DNS_RECORD: talk_record(b, t, e); break;
	case EV_HTTP_HEADER:
		strbuf_printf(b, "%u header %u %s\n", e->dir, e->a, talk_string(t, e->b));
		break;
	case EV_HTTP_REQUEST:
		strbuf_printf(b, "%u %s %s %u\n", e->dir, talk_string(t, e->a), talk_string(t, e->b),
			      e->c);
		break;
	case EV_HTTP_RESPONSE:
		strbuf_printf(b, "%u %u %s %u\n", e->dir, e->a, talk_string(t, e->b), e->c);
		break;
	case EV_HTTP_HEAD: strbuf_printf(b, "%u head %u\n", e->dir, e->a); break;
	case EV_HTTP_END: strbuf_printf(b, "%u end %u %d\n", e->dir, e->a, (int)e->b); break;
	default: break;
	}
}

/* All events of DNS and HTTP, in order, without their frames. */
static inline void talk_events(const struct talk *t, struct strbuf *b)
{
	strbuf_clear(b);
	for (size_t i = 0; i < t->s->events.count; i++)
		talk_event(b, t, chunks_at(&t->s->events, i));
}

/* ---- what is shown ---- */

struct talk_shown { struct strbuf *b; const char *prefix; bool frames; };

static inline void talk_value(struct strbuf *b, const struct dissect *d, const struct item *it)
{
	char text[INET6_ADDRSTRLEN];
	size_t n;
	const uint8_t *p = item_bytes(d, it, &n);
	if (it->field->type == F_IPV4 || it->field->type == F_IPV6)
		strbuf_puts(b, inet_ntop(it->field->type == F_IPV4 ? AF_INET : AF_INET6, p, text,
					 sizeof text));
	else if (it->field->type == F_BYTES)
		for (size_t i = 0; i < n && i < 32; i++)
			strbuf_printf(b, "%02x", p[i]);
	else if (it->field->type == F_TEXT || it->has_text)
		strbuf_add(b, p, n);
	else
		strbuf_printf(b, "%llu", (unsigned long long)it->value);
}

static inline bool talk_show_frame(void *arg, struct session *s, const struct dissect *d)
{
	const struct talk_shown *shown = arg;
	(void)s;
	feed_check(d);
	for (uint32_t i = 0; i < d->n_items; i++) {
		const char *name = d->items[i].field->name;
		if (strncmp(name, shown->prefix, strlen(shown->prefix)))
			continue;
		if (shown->frames)
			strbuf_printf(shown->b, "%u: ", d->frame);
		strbuf_printf(shown->b, "%s=", name);
		talk_value(shown->b, d, &d->items[i]);
		strbuf_putc(shown->b, '\n');
	}
	return true;
}

/* Every field whose name begins with prefix: "name=value" lines, with "frame: " in front. */
static inline void talk_fields(const struct talk *t, const char *prefix, bool frames, struct strbuf *b)
{
	struct talk_shown shown = { .b = b, .prefix = prefix, .frames = frames };
	strbuf_clear(b);
	session_each(t->s, WANT_FIELDS | WANT_INFO, talk_show_frame, &shown);
}

static inline bool talk_note_frame(void *arg, struct session *s, const struct dissect *d)
{
	struct strbuf *b = arg;
	(void)s;
	for (unsigned i = 0; i < d->n_notes; i++)
		strbuf_printf(b, "%u %s\n", d->frame, note_kinds[d->notes[i].note].name);
	return true;
}

/* "frame note" lines. */
static inline void talk_notes(const struct talk *t, struct strbuf *b)
{
	strbuf_clear(b);
	session_each(t->s, WANT_FIELDS, talk_note_frame, b);
}

static inline bool talk_info_frame(void *arg, struct session *s, const struct dissect *d)
{
	(void)s;
	strbuf_printf(arg, "%u %s\n", d->frame, strbuf_str(&d->info));
	return true;
}

/* "frame Info" lines. */
static inline void talk_infos(const struct talk *t, struct strbuf *b)
{
	strbuf_clear(b);
	session_each(t->s, WANT_INFO, talk_info_frame, b);
}

/* Every frame by itself shows these fields as it does in its turn. */
static inline void talk_by_itself(const struct talk *t, const char *prefix)
{
	struct strbuf turn = { 0 }, alone = { 0 };
	struct talk_shown shown = { .b = &alone, .prefix = prefix, .frames = true };
	talk_fields(t, prefix, true, &turn);
	for (uint32_t n = 1; n <= session_n_frames(t->s); n++)
		talk_show_frame(&shown, t->s, session_detail(t->s, n, WANT_FIELDS | WANT_INFO));
	assert_string_equal(strbuf_str(&alone), strbuf_str(&turn));
	strbuf_free(&turn);
	strbuf_free(&alone);
}

#endif
