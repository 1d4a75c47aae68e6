/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One frame dissected by itself says the same as the same frame in its turn: layers, fields,
 * values, notes, Info. So the timeline, which jumps about, and print, which goes in order, agree.
 *
 * Without arguments: the committed samples. With arguments: these captures.
 */
#include "unit.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "session.h"

static void tell_item(struct strbuf *b, const struct dissect *d, const struct item *it)
{
	size_t n;
	const uint8_t *p = item_bytes(d, it, &n);
	/* a heading over bytes that came in pieces covers the last one in its turn, all by itself */
	strbuf_printf(b, "%*s%s %u", it->depth * 2, "", it->field->name,
		      it->field->type == F_NONE ? 0 : it->len);
	if (it->has_text || it->field->type >= F_MAC)
		for (size_t i = 0; i < n; i++)
			strbuf_printf(b, "%02x", p[i]);
	else
		strbuf_printf(b, " %llu", (unsigned long long)it->value);
	strbuf_putc(b, '\n');
}

static void tell(struct strbuf *b, const struct dissect *d)
{
	strbuf_clear(b);
	strbuf_printf(b, "%u %s flow %u connection %u dir %u\n", d->frame, strbuf_str(&d->info),
		      d->flow_id, d->connection, d->dir);
	for (unsigned i = 0; i < d->n_layers; i++)
		strbuf_printf(b, "layer %s %u\n", d->layers[i].protocol->name, d->layers[i].quoted);
	for (unsigned n = 0; n < NOTES; n++)
		for (unsigned i = 0; i < d->n_notes; i++)
			if (d->notes[i].note == n)
				strbuf_printf(b, "note %s\n", note_kinds[n].name);
	for (uint32_t i = 0; i < d->n_items; i++)
		tell_item(b, d, &d->items[i]);
}

struct state { struct strbuf each, one; unsigned differ, frames; const char *path; };

/* The first line in which two texts differ. */
static void tell_difference(const struct state *st, uint32_t frame)
{
	const char *a = strbuf_str(&st->each), *b = strbuf_str(&st->one), *la = a, *lb = b;
	for (; *a && *a == *b; a++, b++) {
		if (*a == '\n') {
			la = a + 1;
			lb = b + 1;
		}
	}
	print_message("%s: frame %u\n  in its turn: %.*s\n  by itself:   %.*s\n", st->path, frame,
		      (int)strcspn(la, "\n"), la, (int)strcspn(lb, "\n"), lb);
}


static bool frame(void *arg, struct session *s, const struct dissect *d)
{
	struct state *st = arg;
	st->frames++;
	tell(&st->each, d);
	const struct dissect *one = session_detail(s, d->frame, WANT_FIELDS | WANT_INFO);
	if (!one) {
		print_message("%s: frame %u cannot be read again\n", st->path, d->frame);
		st->differ++;
		return true;
	}
	tell(&st->one, one);
	if (strcmp(strbuf_str(&st->each), strbuf_str(&st->one)) && st->differ++ < 3)
		tell_difference(st, d->frame);
	return true;
}

static void same_in_turn_and_by_itself(const char *path)
{
	struct err err;
	bool usage;
	struct session *s = session_open(&(struct session_options){ .path = path }, &err, &usage);
	if (!s)
		fail_msg("%s: %s", path, err.text);
	while (session_load(s, UINT32_MAX, 0))
		;
	struct state st = { .path = path };
	session_each(s, WANT_FIELDS | WANT_INFO, frame, &st);
	assert_int_equal(st.frames, session_n_frames(s));
	session_close(s);
	strbuf_free(&st.each);
	strbuf_free(&st.one);
	if (st.differ)
		fail_msg("%s: %u of %u frames differ", path, st.differ, st.frames);
}

static void samples(void **state)
{
	(void)state;
	glob_t g;
	assert_int_equal(glob(unit_path("pcaps/visits/*.pcap*"), 0, NULL, &g), 0);
	unsigned n = 0;
	for (size_t i = 0; i < g.gl_pathc; i++) {
		if (strstr(g.gl_pathv[i], ".keys"))
			continue;
		same_in_turn_and_by_itself(g.gl_pathv[i]);
		n++;
	}
	globfree(&g);
	assert_true(n > 0);
}

static char **given;

static void given_captures(void **state)
{
	(void)state;
	for (char **p = given; *p; p++)
		same_in_turn_and_by_itself(*p);
}

int main(int argc, char **argv)
{
	given = argv + 1;
	const struct CMUnitTest all[] = { cmocka_unit_test(samples) };
	const struct CMUnitTest some[] = { cmocka_unit_test(given_captures) };
	return argc > 1 ? cmocka_run_group_tests_name("detail", some, NULL, NULL)
		: cmocka_run_group_tests_name("detail", all, NULL, NULL);
}
