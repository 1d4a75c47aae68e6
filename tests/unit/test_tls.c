/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TLS through the engine: a recorded handshake tells the same however the stream is cut into
 * segments and its messages into records; lengths that lie stay within bounds; what is shown on
 * which packet.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "../fuzz/feed.h"
#include "session.h"

enum { MAX_STREAM = 1 << 16 };

/* The two directions of a handshake, as the lab recorded it, turn by turn. */
struct turn { int from; size_t off, len; };
struct talk {
	uint8_t bytes[MAX_STREAM];
	size_t n;
	struct turn turn[32];
	unsigned turns;
};

/* The corpus of fuzz_tls holds real handshakes: direction, wrapping and length, type, bytes. */
static void talk_read(struct talk *t, const char *path)
{
	size_t n;
	uint8_t *file = unit_read(path, &n);
	memset(t, 0, sizeof *t);
	for (size_t at = 1; at + 3 <= n;) {
		unsigned head = (unsigned)file[at] << 8 | file[at + 1], len = head & 0x1fff;
		int from = head & 0x8000 ? 1 : 0;
		uint8_t type = file[at + 2], *p = t->bytes + t->n;
		size_t inside = len + (head & 0x2000 ? 4 : 0);
		if (!t->turns || t->turn[t->turns - 1].from != from)
			t->turn[t->turns++] = (struct turn){ .from = from, .off = t->n };
		const uint8_t record[5] = { head & 0x2000 ? 22 : type, 3, 3, (uint8_t)(inside >> 8),
					    (uint8_t)inside };
		const uint8_t message[4] = { type, 0, (uint8_t)(len >> 8), (uint8_t)len };
		memcpy(p, record, 5);
		memcpy(p + 5, message, 4);
		memcpy(p + 5 + inside - len, file + at + 3, len);
		t->n += 5 + inside;
		t->turn[t->turns - 1].len += 5 + inside;
		at += 3 + len;
	}
	free(file);
}

/* ---- what a capture tells ---- */

static void tell_string(struct strbuf *b, const struct session *s, uint32_t id)
{
	size_t n;
	const char *text = session_string(s, id, &n);
	strbuf_printf(b, " '%.*s'", (int)n, text ? text : "?");
}

/* The events of TLS without their frames: cutting moves those. */
static void tell_events(struct strbuf *b, const struct session *s)
{
	for (size_t i = 0; i < s->events.count; i++) {
		const struct event *e = chunks_at(&s->events, i);
		if (e->kind < EV_TLS_CLIENT_HELLO || e->kind > EV_TLS_ALERT)
			continue;
		strbuf_printf(b, "%u.%u", e->kind, e->dir);
		if (e->kind == EV_TLS_CLIENT_HELLO || e->kind == EV_TLS_CERTIFICATE
		    || e->kind == EV_TLS_SERVER_HELLO)
			tell_string(b, s, e->a);
		else
			strbuf_printf(b, " %u", e->a);
		if (e->kind == EV_TLS_CLIENT_HELLO || e->kind == EV_TLS_CERTIFICATE)
			tell_string(b, s, e->b);
		else
			strbuf_printf(b, " %u", e->b);
		strbuf_printf(b, " %u\n", e->c);
	}
}

static int wanted(const struct field *f)
{
	return !strncmp(f->name, "tls.handshake.", 14) && f->type != F_NONE;
}

/* The values of the handshake's fields, in order. */
static bool tell_fields(void *arg, struct session *s, const struct dissect *d)
{
	struct strbuf *b = arg;
	(void)s;
	for (uint32_t i = 0; i < d->n_items; i++) {
		const struct item *it = &d->items[i];
		size_t n;
		const uint8_t *p = item_bytes(d, it, &n);
		if (!wanted(it->field))
			continue;
		strbuf_printf(b, "%s", it->field->name);
		if (it->has_text || it->field->type >= F_MAC)
			for (size_t k = 0; k < n && k < 16; k++)
				strbuf_printf(b, " %02x", p[k]);
		else
			strbuf_printf(b, " %llu", (unsigned long long)it->value);
		strbuf_putc(b, '\n');
	}
	return true;
}

/* Notes of all frames, one behind the other. */
static bool tell_notes(void *arg, struct session *s, const struct dissect *d)
{
	struct strbuf *b = arg;
	(void)s;
	for (unsigned i = 0; i < d->n_notes; i++)
		strbuf_printf(b, "%s ", note_kinds[d->notes[i].note].name);
	return true;
}

static struct session *open_fed(void)
{
	struct err err = { .text = "" };
	bool usage;
	struct session *s = session_open(&(struct session_options){ .path = feed_path() }, &err, &usage);
	if (!s)
		fail_msg("%s", err.text);
	while (session_load(s, UINT32_MAX, 0))
		;
	return s;
}

/* ---- the handshake on the wire ---- */

static struct feed_side side[2];

static void begin(void)
{
	side[0] = (struct feed_side){ .seq = 0xfffffff0, .port = 40000 };
	side[1] = (struct feed_side){ .seq = 7000, .port = 443 };
	feed_begin(1);
	feed_tcp(side, 0, FEED_SYN, NULL, 0);
	side[0].seq++;
	feed_tcp(side, 1, FEED_SYN | FEED_ACK, NULL, 0);
	side[1].seq++;
}

static void send(int from, const uint8_t *p, size_t n)
{
	while (n) {
		size_t step = n < FEED_PAYLOAD ? n : FEED_PAYLOAD;
		feed_tcp(side, from, FEED_ACK, p, step);
		side[from].seq += (uint32_t)step;
		p += step;
		n -= step;
	}
}

/* Each turn in two pieces, cut at `cut`; or in pieces of `size`. */
static void send_cut(const struct talk *t, size_t cut, size_t size)
{
	begin();
	for (unsigned i = 0; i < t->turns; i++) {
		const struct turn *turn = &t->turn[i];
		const uint8_t *p = t->bytes + turn->off;
		if (!size) {
			size_t first = cut < turn->len ? cut : turn->len;
			send(turn->from, p, first);
			send(turn->from, p + first, turn->len - first);
			continue;
		}
		for (size_t at = 0; at < turn->len; at += size)
			send(turn->from, p + at, turn->len - at < size ? turn->len - at : size);
	}
}

static void learn(struct strbuf *events, struct strbuf *fields)
{
	struct session *s = open_fed();
	strbuf_clear(events);
	strbuf_clear(fields);
	tell_events(events, s);
	session_each(s, WANT_FIELDS | WANT_INFO, tell_fields, fields);
	session_close(s);
	feed_close();
}

static void same_however_cut(const char *path, size_t step)
{
	static struct talk t;
	struct strbuf want = { 0 }, want_fields = { 0 }, got = { 0 }, got_fields = { 0 };
	talk_read(&t, path);
	send_cut(&t, SIZE_MAX, 0);
	learn(&want, &want_fields);
	assert_true(want.len > 0 && want_fields.len > 0);
	size_t longest = 0;
	for (unsigned i = 0; i < t.turns; i++)
		longest = t.turn[i].len > longest ? t.turn[i].len : longest;
	for (size_t cut = 1; cut < longest; cut += step) {
		send_cut(&t, cut, 0);
		learn(&got, &got_fields);
		if (strcmp(strbuf_str(&got), strbuf_str(&want)))
			fail_msg("%s cut at %zu: events\n%s\nnot\n%s", path, cut, strbuf_str(&got),
				 strbuf_str(&want));
		if (strcmp(strbuf_str(&got_fields), strbuf_str(&want_fields)))
			fail_msg("%s cut at %zu: other fields", path, cut);
	}
	static const size_t sizes[] = { 1, 2, 3, 5, 7, 64, 100, 536, 1000 };
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		send_cut(&t, 0, sizes[i]);
		learn(&got, &got_fields);
		assert_string_equal(strbuf_str(&got), strbuf_str(&want));
		assert_string_equal(strbuf_str(&got_fields), strbuf_str(&want_fields));
	}
	strbuf_free(&want);
	strbuf_free(&want_fields);
	strbuf_free(&got);
	strbuf_free(&got_fields);
}

static void a_handshake_cut_at_each_byte(void **state)
{
	(void)state;
	same_however_cut("tests/fuzz/tls/tls12", 1);
}

static void other_handshakes_cut(void **state)
{
	(void)state;
	same_however_cut("tests/fuzz/tls/tls13", 7);
	same_however_cut("tests/fuzz/tls/tls12-resumed", 7);
}

/* The same messages in records of 100 bytes: what they say does not change. */
static void messages_spread_over_records(void **state)
{
	(void)state;
	static struct talk t;
	struct strbuf want = { 0 }, fields = { 0 }, got = { 0 }, got_fields = { 0 };
	talk_read(&t, "tests/fuzz/tls/tls12");
	send_cut(&t, SIZE_MAX, 0);
	learn(&want, &fields);
	talk_read(&t, "tests/fuzz/tls/spread");
	send_cut(&t, SIZE_MAX, 0);
	learn(&got, &got_fields);
	assert_string_equal(strbuf_str(&got), strbuf_str(&want));
	assert_string_equal(strbuf_str(&got_fields), strbuf_str(&fields));
	send_cut(&t, 0, 33);
	learn(&got, &got_fields);
	assert_string_equal(strbuf_str(&got), strbuf_str(&want));
	strbuf_free(&want);
	strbuf_free(&fields);
	strbuf_free(&got);
	strbuf_free(&got_fields);
}

/* What the lab's server is known to have said. */
static void what_a_handshake_tells(void **state)
{
	(void)state;
	static struct talk t;
	struct strbuf events = { 0 }, fields = { 0 };
	talk_read(&t, "tests/fuzz/tls/tls12");
	send_cut(&t, SIZE_MAX, 0);
	learn(&events, &fields);
	const char *s = strbuf_str(&events);
	char hello[64], chosen[64];
	snprintf(hello, sizeof hello, "%u.0 'tls12.lab.test'", EV_TLS_CLIENT_HELLO);
	snprintf(chosen, sizeof chosen, " %u %u\n", 0xc02b, 0x0303);
	assert_non_null(strstr(s, hello));
	assert_non_null(strstr(s, chosen));
	assert_non_null(strstr(s, "CN="));
	assert_non_null(strstr(strbuf_str(&fields), "tls.handshake.ciphersuite 49195\n"));
	strbuf_free(&events);
	strbuf_free(&fields);
}

/* ---- where an encrypted record is shown ---- */

static bool frames_with_record(void *arg, struct session *s, const struct dissect *d)
{
	(void)s;
	for (uint32_t i = 0; i < d->n_items; i++)
		if (!strcmp(d->items[i].field->name, "tls.record.length"))
			strbuf_printf(arg, "%u:%llu ", d->frame,
				      (unsigned long long)d->items[i].value);
	return true;
}

static void a_record_is_shown_where_it_ends(void **state)
{
	(void)state;
	static uint8_t record[5 + 3000] = { 23, 3, 3, 3000 >> 8, 3000 & 0xff };
	struct strbuf shown = { 0 };
	begin();			/* frames 1 and 2 */
	send(1, record, 3);		/* 3: not even a header */
	send(1, record + 3, 1000);	/* 4 */
	send(1, record + 1003, 1000);	/* 5 */
	send(1, record + 2003, 1002);	/* 6: its end */
	send(1, record, sizeof record);	/* 7, 8, 9: another one */
	send(1, record, 5 + 10);	/* 10: one that never ends */
	struct session *s = open_fed();
	session_each(s, WANT_FIELDS, frames_with_record, &shown);
	assert_string_equal(strbuf_str(&shown), "6:3000 9:3000 ");
	uint32_t encrypted = 0, frames[4] = { 0 };
	for (size_t i = 0; i < s->events.count; i++) {
		const struct event *e = chunks_at(&s->events, i);
		if (e->kind == EV_TLS_ENCRYPTED && encrypted < 4)
			frames[encrypted++] = e->frame;
	}
	assert_int_equal(encrypted, 2);
	assert_int_equal(frames[0], 6);
	assert_int_equal(frames[1], 9);
	session_close(s);
	feed_close();
	strbuf_free(&shown);
}

/* Behind a gap the next record is found, and the segment sent twice tells nothing twice. */
static void gaps_and_repetitions(void **state)
{
	(void)state;
	static uint8_t record[5 + 500] = { 23, 3, 3, 500 >> 8, 500 & 0xff };
	static const uint8_t alert[7] = { 21, 3, 3, 0, 2, 1, 0 };
	struct strbuf shown = { 0 };
	begin();
	send(1, record, sizeof record);		/* 3 */
	side[1].seq += 200;			/* never captured */
	send(1, record + 300, 205);		/* 4: the end of some record */
	send(1, alert, sizeof alert);		/* 5 */
	side[1].seq -= (uint32_t)sizeof alert;
	send(1, alert, sizeof alert);		/* 6: again */
	send(0, alert, sizeof alert);		/* 7: acknowledges all of that */
	struct session *s = open_fed();
	session_each(s, WANT_FIELDS, frames_with_record, &shown);
	assert_string_equal(strbuf_str(&shown), "3:500 5:2 7:2 ");
	session_close(s);
	feed_close();
	strbuf_free(&shown);
}

/* ---- hostile lengths ---- */

static void lies(const uint8_t *bytes, size_t n, const char *expected)
{
	struct strbuf notes = { 0 };
	begin();
	send(0, bytes, n);
	struct session *s = open_fed();
	session_each(s, WANT_FIELDS | WANT_INFO, tell_notes, &notes);
	if (!strstr(strbuf_str(&notes), expected))
		fail_msg("the notes are %s, not %s", strbuf_str(&notes), expected);
	session_close(s);
	feed_close();
	strbuf_free(&notes);
}

static void lengths_that_lie(void **state)
{
	(void)state;
	uint8_t hello[64] = { 22, 3, 1, 0, 43, 1, 0, 0, 39, 3, 3 };
	hello[43] = 200;		/* a session id of 200 bytes in a message of 43 */
	lies(hello, 48, "osi.malformed");
	hello[43] = 0;
	hello[44] = 0xff;		/* cipher suites beyond the message */
	lies(hello, 48, "osi.malformed");
	/* A certificate that names a length of its own. */
	uint8_t chain[] = { 22, 3, 3, 0, 16, 11, 0, 0, 12, 0, 0, 9, 0, 0, 6,
			    0x30, 0x84, 0xff, 0xff, 0xff, 0xff };
	lies(chain, sizeof chain, "osi.malformed");
	/* Records longer than any record. */
	static uint8_t huge[9] = { 22, 3, 3, 0xff, 0xff, 1, 0, 0, 1 };
	uint8_t start[5 + 4 + 9] = { 22, 3, 3, 0, 4, 0, 0, 0, 0 };
	memcpy(start + 9, huge, sizeof huge);
	lies(start, sizeof start, "osi.stream_lost");
}

/* A message of 16 MiB in records of one byte: given up at the limit, in linear time. */
static void a_message_without_end(void **state)
{
	(void)state;
	static uint8_t records[6 * 60000];
	static const uint8_t head[4] = { 11, 0, 0xff, 0xff };
	for (size_t i = 0; i < 60000; i++) {
		uint8_t r[6] = { 22, 3, 3, 0, 1, i < 4 ? head[i] : 0 };
		memcpy(records + 6 * i, r, 6);
	}
	lies(records, sizeof records, "osi.limit");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_handshake_tells),
		cmocka_unit_test(a_handshake_cut_at_each_byte),
		cmocka_unit_test(other_handshakes_cut),
		cmocka_unit_test(messages_spread_over_records),
		cmocka_unit_test(a_record_is_shown_where_it_ends),
		cmocka_unit_test(gaps_and_repetitions),
		cmocka_unit_test(lengths_that_lie),
		cmocka_unit_test(a_message_without_end),
	};
	return cmocka_run_group_tests_name("tls", tests, NULL, NULL);
}
