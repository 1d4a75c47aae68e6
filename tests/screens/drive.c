/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * drive: the screen without a terminal.
 *
 *   drive [--svg TITLE | --styles] WIDTHxHEIGHT LANGUAGE CAPTURE [KEY]...
 *       opens the capture, presses the keys, prints the screen. A KEY is a name out of the key
 *       table (Down, PageDown, Enter), else every character of it is pressed.
 *   drive --keys
 *       the table of keys, as the help screen has it: names, a tab, what they do
 *   drive --monkey SEED KEYS CAPTURE
 *       presses keys at random on screens of random size
 *   drive --latency CAPTURE
 *       loads it while keys are pressed; prints how long the first screen took, the longest time
 *       that a key waited, and the whole
 *   drive --comment CAPTURE OUT [FRAME COMMENT]...
 *       writes the annotated capture with comments of the user's own
 *   drive
 *       a short --monkey over the sample and made-up captures, as a test that speaks TAP
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "export/export.h"
#include "fmt/lang.h"
#include "fmt/text.h"
#include "session.h"
#include "ui/dump.h"
#include "ui/keys.h"
#include "ui/ui.h"

enum { MOST_WORK = 1000000 };

struct driven {
	struct session *s;
	struct screen *screen;
	struct ui *ui;
};

static int open_capture(struct driven *d, const char *path, int w, int h, bool dry)
{
	const struct session_options o = { .path = path };
	const struct ui_options ui = { .dry = dry };
	struct err err;
	bool usage;
	d->s = session_open(&o, &err, &usage);
	if (!d->s) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	d->screen = screen_new(h, w);
	d->ui = ui_new(d->s, d->screen, &ui);
	return 0;
}

static void close_capture(struct driven *d)
{
	ui_free(d->ui);
	screen_free(d->screen);
	session_close(d->s);
}

static void work(struct driven *d)
{
	for (int i = 0; i < MOST_WORK && ui_work(d->ui); i++)
		;
}

static void press(struct driven *d, uint32_t key)
{
	ui_key(d->ui, key);
	work(d);
	ui_draw(d->ui);
}

static void press_word(struct driven *d, const char *word)
{
	size_t n = strlen(word);
	uint32_t key = key_named(word, n);
	if (key) {
		press(d, key);
		return;
	}
	for (size_t i = 0; i < n;) {
		uint32_t c;
		i += utf8_next(word + i, n - i, &c);
		press(d, key_of_character(c));
	}
}

static void out(struct strbuf *to)
{
	fwrite(strbuf_str(to), 1, to->len, stdout);
	strbuf_free(to);
}

static int show(int argc, char *argv[])
{
	const char *svg = NULL;
	bool styles = false;
	int w, h;
	struct driven d;
	struct strbuf to = {0};
	if (argc > 2 && !strcmp(argv[1], "--svg")) {
		svg = argv[2];
		argv += 2, argc -= 2;
	} else if (argc > 1 && !strcmp(argv[1], "--styles")) {
		styles = true;
		argv++, argc--;
	}
	if (argc < 4 || sscanf(argv[1], "%dx%d", &w, &h) != 2 || !lang_set(argv[2]) ||
	    open_capture(&d, argv[3], w, h, false) < 0) {
		fprintf(stderr, "drive [--svg TITLE | --styles] WIDTHxHEIGHT LANGUAGE CAPTURE [KEY]...\n");
		return 2;
	}
	work(&d);
	ui_draw(d.ui);
	for (int i = 4; i < argc; i++)
		press_word(&d, argv[i]);
	if (svg)
		dump_svg(&to, d.screen, svg);
	else
		dump_text(&to, d.screen);
	if (styles)
		dump_styles(&to, d.screen);
	out(&to);
	close_capture(&d);
	return 0;
}

/* ---- keys at random ---- */

static uint32_t seed;

static uint32_t any(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)seed * n) >> 32);
}

static uint32_t any_key(void)
{
	static const char typed[] = "0123456789/ngGjkq[]{}fztLdsvcop?.bz가나www.dns tcp";
	unsigned n = 0, row;
	while (key_rows[n].action)
		n++;
	switch (any(8)) {
	case 0: return key_of_character((unsigned char)typed[any(sizeof typed - 1)]);
	case 1: return KEY_OF_ENTER;
	case 2: return KEY_OF_UP + any(KEY_OF_REDRAW - KEY_OF_UP);
	case 3: return any(2) ? 0xac00 + any(11172) : any(0x10ffff) + 1;
	default: break;
	}
	row = any(n);
	return key_rows[row].keys[any(2) && key_rows[row].keys[1] ? 1 : 0];
}

/* What must be true of every screen. NULL when it is; else what is wrong. */
static const char *wrong(const struct screen *s)
{
	for (int y = 0; y < s->h; y++) {
		for (int x = 0; x < s->w; x++) {
			const struct cell *c = screen_cell(s, y, x);
			int cells = c->c[0] ? char_width(c->c[0]) : 0;
			bool right_half = x + 1 < s->w && !c[1].c[0];
			if (c->style >= STYLES)
				return "a style that there is not";
			if (c->c[0] && (cells < 1 || cells > 2))
				return "a character that must not be shown";
			if (c->c[0] && (cells == 2) != right_half)
				return "half of a wide character";
			if (!c->c[0] && (!x || !c[-1].c[0]))
				return "a right half without its left";
		}
	}
	return NULL;
}

static const char *monkey(const char *path, uint32_t from, unsigned keys)
{
	struct driven d;
	const char *what = NULL;
	seed = from;
	if (open_capture(&d, path, 80, 24, true) < 0)
		return "cannot be opened";
	for (unsigned i = 0; i < keys && !what; i++) {
		if (!any(60))
			screen_resize(d.screen, 1 + (int)any(60), 1 + (int)any(160));
		ui_key(d.ui, any_key());
		/* sometimes keys come faster than the work is done */
		for (int k = any(4) ? MOST_WORK : 0; k && ui_work(d.ui); k--)
			;
		ui_draw(d.ui);
		what = wrong(d.screen);
		if (ui_over(d.ui)) {
			close_capture(&d);
			if (open_capture(&d, path, 80, 24, true) < 0)
				return "cannot be opened again";
		}
	}
	close_capture(&d);
	lang_set("en");
	return what;
}

/* ---- how long keys wait ---- */

static double seconds_since(int64_t start)
{
	return (double)(clock_now() - start) / 1e9;
}

static int latency(const char *path)
{
	static const enum action pressed[] = {
		ACT_DOWN, ACT_PAGE_DOWN, ACT_LAST, ACT_FIRST, ACT_FOLD, ACT_NEXT_STEP, ACT_FOLD, ACT_UP,
	};
	struct driven d;
	int64_t start = clock_now();
	double first = 0, longest = 0;
	bool busy = true;
	if (open_capture(&d, path, 120, 40, true) < 0)
		return 1;
	for (unsigned i = 0; busy || i < 100; i++) {
		int64_t now = clock_now();
		busy = ui_work(d.ui);
		if (i % 4 == 3)
			ui_key(d.ui, action_keys(pressed[i / 4 % 8])->keys[0]);
		ui_draw(d.ui);
		if (!i)
			first = seconds_since(start);
		else if (seconds_since(now) > longest)
			longest = seconds_since(now);
	}
	printf("first screen %.3f s, longest wait %.3f s, all %.3f s, %u packets\n", first, longest,
	       seconds_since(start), (unsigned)session_n_frames(d.s));
	close_capture(&d);
	return 0;
}

/* ---- comments of the user ---- */

static int annotated(int argc, char *argv[])
{
	const struct session_options open = { .path = argv[0] };
	const struct export_options o = { .path = argv[1] };
	struct err err;
	bool usage;
	struct session *s = session_open(&open, &err, &usage);
	while (s && session_load(s, UINT32_MAX, 0))
		;
	int status = s ? 0 : 1;
	for (int i = 2; i + 1 < argc && !status; i += 2)
		status = session_set_comment(s, (uint32_t)strtoul(argv[i], NULL, 10), argv[i + 1], &err) < 0;
	if (status)
		fprintf(stderr, "%s\n", err.text);
	else
		status = export_pcapng(s, &o);
	session_close(s);
	return status;
}

static int test(void)
{
	static const char *const captures[] = {
		"sample.pcapng", "visits/http-plain.pcapng", "visits/nxdomain.pcapng",
		"visits/lossy.pcapng", "visits/ipv6.pcapng", "visits/https-h3.pcapng",
	};
	const char *src = getenv("SRC");
	unsigned n = 0, failed = 0;
	for (size_t i = 0; i < sizeof captures / sizeof *captures; i++) {
		char path[4096];
		snprintf(path, sizeof path, "%s/pcaps/%s", src ? src : ".", captures[i]);
		const char *what = monkey(path, 20261122u + (uint32_t)i, 1500);
		printf("%s %u - 1500 keys at random: %s%s%s\n", what ? "not ok" : "ok", ++n,
		       captures[i], what ? ": " : "", what ? what : "");
		failed += what != NULL;
	}
	printf("1..%u\n", n);
	return failed != 0;
}

int main(int argc, char *argv[])
{
	hash_start();
	lang_start();
	if (argc == 1)
		return test();
	if (!strcmp(argv[1], "--keys")) {
		struct strbuf to = {0};
		ui_key_table(&to);
		out(&to);
		return 0;
	}
	if (!strcmp(argv[1], "--latency") && argc == 3)
		return latency(argv[2]);
	if (!strcmp(argv[1], "--comment") && argc >= 4)
		return annotated(argc - 2, argv + 2);
	if (!strcmp(argv[1], "--monkey") && argc == 5) {
		const char *what = monkey(argv[4], (uint32_t)strtoul(argv[2], NULL, 10),
					  (unsigned)strtoul(argv[3], NULL, 10));
		if (what)
			fprintf(stderr, "%s: %s\n", argv[4], what);
		return what != NULL;
	}
	return show(argc, argv);
}
