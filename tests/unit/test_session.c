/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session: the same model in one go, frame by frame, and while the file still grows; the same
 * fields with a model and without; frames that a filter leaves out are not there.
 */
#include "told.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "steps/steps.h"

static const unsigned all = WANT_FIELDS | WANT_INFO;

/* ---- a model as text ---- */

static void tell_visits(struct strbuf *b, const struct steps *st)
{
	for (uint32_t i = 1; i <= steps_n_visits(st); i++) {
		const struct visit *v = steps_visit(st, i);
		for (int k = 1; v && k < STEPS; k++)
			strbuf_printf(b, "visit %u step %s: %s, %s\n", i, step_kinds[k].id,
				      step_state_ids[v->step[k].state],
				      v->step[k].because ? v->step[k].because : "");
	}
}

static void tell_model(struct strbuf *b, struct session *s)
{
	strbuf_printf(b, "%u frames, %llu bytes, %u connections, end %d\n", session_n_frames(s),
		      (unsigned long long)s->bytes, s->n_connections, s->end);
	for (uint32_t n = 1; n <= session_n_frames(s); n++) {
		const struct frame_rec *r = session_frame(s, n);
		strbuf_printf(b, "frame %u at %lld: %u bytes, flow %d, prev %u, notes %x, visit %u, "
			      "steps %u %x, explain %u, proto %u, flags %x\n", n, (long long)r->time, r->len,
			      (int)r->flow, r->prev, r->notes, r->visit, r->step, r->also, r->explain,
			      r->proto, r->flags);
	}
	for (size_t i = 0; i < s->conns.count; i++) {
		const struct conn *c = chunks_at(&s->conns, i);
		strbuf_printf(b, "conn %u: %u to %u, %u..%u, isn %u %u, number %u, app %u, shift %u %u, "
			      "client %u\n", (unsigned)i, c->port[0], c->port[1], c->first_frame,
			      c->last_frame, c->isn[0], c->isn[1], c->number, c->app, c->shift[0],
			      c->shift[1], c->client);
	}
	for (size_t i = 0; i < s->pdus.count; i++) {
		const struct pdu *p = chunks_at(&s->pdus, i);
		strbuf_printf(b, "pdu: %u..%u, flow %u, seq %u, %u bytes, app %u\n", p->first_frame,
			      p->frame, p->flow, p->seq, p->len, p->app);
	}
	tell_visits(b, s->steps);
}

static void same_text(const char *what, const char *path, struct strbuf *a, struct strbuf *b)
{
	assert_true(a->len > 0);
	if (strcmp(strbuf_str(a), strbuf_str(b))) {
		told_difference(what, a, b);
		fail_msg("%s: %s", path, what);
	}
}

static void load_whole(struct strbuf *b, const char *path)
{
	struct session *s = frames_open(path);
	while (session_load(s, UINT32_MAX, 0))
		continue;
	tell_model(b, s);
	session_close(s);
}

static void frame_by_frame(void **state)
{
	(void)state;
	for (const char *const *path = frames_samples(); *path; path++) {
		struct strbuf whole = { .s = NULL }, slices = { .s = NULL };
		load_whole(&whole, *path);
		struct session *s = frames_open(*path);
		uint32_t n = 0;
		while (session_load(s, 1, 0))
			assert_int_equal(session_n_frames(s), ++n);
		tell_model(&slices, s);
		session_close(s);
		same_text("loaded frame by frame", *path, &whole, &slices);
		strbuf_free(&whole);
		strbuf_free(&slices);
	}
}

/* ---- a file that grows ---- */

/* Pieces of any size, with looks in between; then the file is complete. */
static void load_growing(struct strbuf *b, const uint8_t *bytes, size_t n, uint64_t seed)
{
	struct err err = { .text = "" };
	bool usage;
	size_t done = 40;
	const char *path = unit_file(bytes, done);
	FILE *f = fopen(path, "ab");
	assert_non_null(f);
	struct session *s = session_open(&(struct session_options){ .path = path, .growing = true },
					 &err, &usage);
	while (!s) {		/* not even the header is there yet */
		assert_true(done < n);
		assert_int_equal(fwrite(bytes + done++, 1, 1, f), 1);
		assert_int_equal(fflush(f), 0);
		s = session_open(&(struct session_options){ .path = path, .growing = true }, &err, &usage);
	}
	while (done < n) {
		size_t piece = 1 + unit_random(&seed) % (unit_random(&seed) % 8 ? 2000 : 9);
		piece = piece < n - done ? piece : n - done;
		assert_int_equal(fwrite(bytes + done, 1, piece, f), piece);
		assert_int_equal(fflush(f), 0);
		done += piece;
		while (session_load(s, 3, 0))
			continue;
		assert_int_equal(s->end, SOURCE_FRAME);
		if (session_n_frames(s))
			assert_non_null(session_detail(s, 1 + unit_random(&seed) % session_n_frames(s), all));
	}
	fclose(f);
	s->growing = false;
	source_set_growing(s->source, false);
	while (session_load(s, UINT32_MAX, 0))
		continue;
	tell_model(b, s);
	session_close(s);
	unlink(path);
}

static void while_the_file_grows(void **state)
{
	(void)state;
	uint64_t seed = 5;
	for (const char *const *path = frames_samples(); *path; path++, seed++) {
		struct strbuf whole = { .s = NULL }, grown = { .s = NULL };
		size_t n;
		uint8_t *bytes = unit_read(*path + strlen(unit_path("")), &n);
		load_whole(&whole, *path);
		load_growing(&grown, bytes, n, seed);
		same_text("loaded while it grew", *path, &whole, &grown);
		strbuf_free(&whole);
		strbuf_free(&grown);
		free(bytes);
	}
}

/* ---- one pass ---- */

static bool tell_each(void *arg, struct session *s, const struct dissect *d)
{
	(void)s;
	told_frame(arg, d);
	return true;
}

/* With what the model knows of gaps, and in one pass that cannot know them. */
static void with_a_model_and_without(void **state)
{
	(void)state;
	for (const char *const *path = frames_samples(); *path; path++) {
		struct strbuf with = { .s = NULL }, without = { .s = NULL };
		struct session *s = frames_open(*path);
		assert_int_equal(session_each(s, all, tell_each, &without), SOURCE_END);
		assert_int_equal(session_n_frames(s), 0);
		session_close(s);
		s = frames_open(*path);
		while (session_load(s, UINT32_MAX, 0))
			continue;
		assert_int_equal(session_each(s, all, tell_each, &with), SOURCE_END);
		size_t once = with.len;
		assert_int_equal(session_each(s, all, tell_each, &with), SOURCE_END);
		assert_int_equal(with.len, 2 * once);	/* and again */
		assert_memory_equal(with.s, with.s + once, once);
		with.s[with.len = once] = '\0';
		session_close(s);
		same_text("with a model and without", *path, &with, &without);
		strbuf_free(&with);
		strbuf_free(&without);
	}
}

static bool stop_at_third(void *arg, struct session *s, const struct dissect *d)
{
	(void)s;
	*(uint32_t *)arg = d->frame;
	return d->frame < 3;
}

static void stops_when_told(void **state)
{
	(void)state;
	uint32_t last = 0;
	struct session *s = frames_open(frames_samples()[0]);
	session_each(s, 0, stop_at_third, &last);
	assert_int_equal(last, 3);
	session_each(s, 0, stop_at_third, &last);
	assert_int_equal(last, 3);
	session_close(s);
}

/* ---- filters ---- */

static bool only_udp(void *arg, struct session *s, const struct dissect *d)
{
	(void)s;
	++*(uint32_t *)arg;
	assert_int_equal(d->frame, *(uint32_t *)arg);
	assert_int_equal(d->ip_proto, 17);
	return true;
}

static void filtered_frames_are_not_there(void **state)
{
	(void)state;
	for (const char *const *path = frames_samples(); *path; path++) {
		struct err err = { .text = "" };
		bool usage;
		const struct session_options o = { .path = *path, .filter = "udp" };
		struct session *s = session_open(&o, &err, &usage);
		uint32_t n = 0;
		assert_non_null(s);
		while (session_load(s, UINT32_MAX, 0))
			continue;
		session_each(s, all, only_udp, &n);
		assert_int_equal(n, session_n_frames(s));
		assert_true(s->n_connections <= s->conns.count);	/* none but QUIC's */
		for (uint32_t i = 1; i <= n; i++)
			assert_int_equal(session_detail(s, i, all)->ip_proto, 17);
		assert_null(session_detail(s, n + 1, all));
		assert_null(session_detail(s, 0, all));
		session_close(s);
	}
}

static void a_wrong_filter_is_wrong_usage(void **state)
{
	(void)state;
	struct err err = { .text = "" };
	bool usage = false;
	const struct session_options o = { .path = frames_samples()[0], .filter = "tcp prot 80" };
	assert_null(session_open(&o, &err, &usage));
	assert_true(usage);
	assert_true(strlen(err.text) > 0);
	assert_null(session_open(&(struct session_options){ .path = "/nowhere/at.all" }, &err, &usage));
	assert_false(usage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frame_by_frame),
		cmocka_unit_test(while_the_file_grows),
		cmocka_unit_test(with_a_model_and_without),
		cmocka_unit_test(stops_when_told),
		cmocka_unit_test(filtered_frames_are_not_there),
		cmocka_unit_test(a_wrong_filter_is_wrong_usage),
	};
	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
