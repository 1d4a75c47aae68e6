/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/ui.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "export/export.h"
#include "fmt/i18n.h"
#include "fmt/lang.h"
#include "fmt/say.h"
#include "fmt/text.h"
#include "ui/view.h"

enum { WAIT_GROWING = 200, DRAW_EVERY = 40000000 };

/* ---- views on top of each other ---- */

void ui_open(struct ui *ui, const struct view *v)
{
	for (unsigned i = 0; i < ui->depth; i++)
		if (ui->stack[i].view == v)	/* it is there already: back to it */
			while (ui->depth > i + 1)
				ui_back(ui);
	if (ui->depth && ui->stack[ui->depth - 1].view == v)
		return;
	if (ui->depth == VIEWS_DEEP)
		ui_back(ui);
	void *state = xcalloc(1, v->state_size ? v->state_size : 1);
	ui->stack[ui->depth].view = v;
	ui->stack[ui->depth++].state = state;
	if (v->open)
		v->open(ui, state);
}

void ui_back(struct ui *ui)
{
	if (ui->depth <= 1)
		return;
	const struct view *v = ui->stack[--ui->depth].view;
	if (v->close)
		v->close(ui, ui->stack[ui->depth].state);
	free(ui->stack[ui->depth].state);
}

static void say_to(struct ui *ui, bool warns, const char *format, va_list ap)
{
	struct strbuf raw = {0};
	strbuf_vprintf(&raw, format, ap);
	strbuf_clear(&ui->message);
	text_escape(&ui->message, strbuf_str(&raw), raw.len);
	strbuf_free(&raw);
	ui->message_warns = warns;
}

void ui_say(struct ui *ui, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	say_to(ui, false, format, ap);
	va_end(ap);
}

void ui_warn(struct ui *ui, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	say_to(ui, true, format, ap);
	va_end(ap);
}

/* ---- one of everything ---- */

struct ui *ui_new(struct session *s, struct screen *screen, const struct ui_options *o)
{
	struct ui *ui = xcalloc(1, sizeof *ui);
	ui->s = s;
	ui->screen = screen;
	ui->options = *o;
	screen->dark = !o->light;
	packet_init(&ui->packet, s);
	rows_init(&ui->rows, s);
	ui->loading = true;
	ui->recording = o->live != NULL;
	ui_open(ui, &view_timeline);
	const char *comment = source_section_comment(s->source);
	if (comment && *comment)
		ui_say(ui, "%s", comment);
	return ui;
}

void ui_free(struct ui *ui)
{
	keep_close(ui);
	while (ui->depth > 1)
		ui_back(ui);
	free(ui->stack[0].state);
	for (unsigned i = 0; i < ROW_CACHE; i++)
		row_free(&ui->cache[i].row);
	packet_free(&ui->packet);
	rows_free(&ui->rows);
	strbuf_free(&ui->message);
	free(ui);
}

bool ui_over(const struct ui *ui)
{
	return ui->over;
}

/* ---- what keys do everywhere ---- */

static void switch_language(struct ui *ui)
{
	const char *other = !strcmp(lang_now(), "ko") ? "en" : "ko";
	if (!lang_set(other)) {
		ui_warn(ui, _("the translation %s is not installed"), other);
		return;
	}
	load_language(ui);
}

static void finding(struct ui *ui, enum action a)
{
	switch (a) {
	case ACT_GO_TO: prompt_open(ui, PROMPT_GO_TO); break;
	case ACT_SEARCH: prompt_open(ui, PROMPT_SEARCH); break;
	case ACT_SEARCH_NEXT: search_next(ui, false); break;
	case ACT_SEARCH_PREVIOUS: search_next(ui, true); break;
	case ACT_FOLD: select_fold(ui); break;
	case ACT_FILTER: select_filter(ui); break;
	default: break;
	}
}

/* The list of views: what opens each, and what must be there for it. */
static const struct { enum action action; const struct view *view; enum { ANY, PACKET, VISIT } needs; } views[] = {
	{ ACT_PRESENT, &view_slides, VISIT },
	{ ACT_PRESENT_HERE, &view_slides, VISIT },
	{ ACT_LAYERS, &view_layers, PACKET },
	{ ACT_LADDER, &view_ladder, VISIT },
	{ ACT_STORY, &view_story, ANY },
	{ ACT_VISITS, &view_visits, VISIT },
	{ ACT_CONNECTIONS, &view_connections, VISIT },
	{ ACT_REQUESTS, &view_requests, VISIT },
	{ ACT_HELP, &view_help, ANY },
};

/* False: the action opens no view. */
static bool opening(struct ui *ui, enum action a)
{
	for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
		const struct view *v = views[i].view;
		if (views[i].action != a)
			continue;
		if (views[i].needs == PACKET && !ui->frame)
			ui_warn(ui, _("there is no packet to look into"));
		else if (views[i].needs == VISIT && !visit_now(ui))
			ui_warn(ui, ui->loading ? _("no visit has been found so far") :
				_("there is no page visit in this capture"));
		else
			ui_open(ui, v);
		if (ui->stack[ui->depth - 1].view == v && v->act)	/* which key it was matters to it */
			v->act(ui, ui->stack[ui->depth - 1].state, a);
		return true;
	}
	return false;
}

static void everywhere(struct ui *ui, enum action a)
{
	switch (a) {
	case ACT_QUIT:
		ui->over = ui->depth == 1 && live_quit(ui) && keep_may_leave(ui);
		ui_back(ui);
		break;
	case ACT_BACK: ui_back(ui); break;
	case ACT_NEXT_PACKET: select_row(ui, 1); break;
	case ACT_PREVIOUS_PACKET: select_row(ui, -1); break;
	case ACT_NEXT_STEP: select_next_step(ui, 1); break;
	case ACT_PREVIOUS_STEP: select_next_step(ui, -1); break;
	case ACT_NEXT_VISIT: select_visit(ui, ui->visit + 1); break;
	case ACT_PREVIOUS_VISIT: select_visit(ui, ui->visit ? ui->visit - 1 : 0); break;
	case ACT_GO_TO: case ACT_SEARCH: case ACT_SEARCH_NEXT: case ACT_SEARCH_PREVIOUS:
	case ACT_FOLD: case ACT_FILTER:
		finding(ui, a);
		break;
	case ACT_COMMENT: keep_comment(ui); break;
	case ACT_SAVE: keep_save(ui); break;
	case ACT_LANGUAGE: switch_language(ui); break;
	case ACT_THEME: ui->screen->dark = !ui->screen->dark; break;
	case ACT_BLANK: ui->blank = true; break;
	case ACT_REDRAW: screen_redraw(ui->screen); break;
	default: break;
	}
}

bool ui_refuse(struct ui *ui, enum action a)
{
	switch (a) {
	case ACT_NEXT_PACKET: case ACT_PREVIOUS_PACKET: case ACT_NEXT_STEP: case ACT_PREVIOUS_STEP:
	case ACT_NEXT_VISIT: case ACT_PREVIOUS_VISIT: case ACT_GO_TO: case ACT_SEARCH:
	case ACT_SEARCH_NEXT: case ACT_SEARCH_PREVIOUS: case ACT_FOLD: case ACT_FILTER:
		ui_say(ui, _("this key is for the list of packets; q goes back to it"));
		return true;
	default:
		return false;
	}
}

/* What was typed is looked for by a view that shows no packets: in its own text. */
static bool view_finds(struct ui *ui, uint32_t key)
{
	const struct view *v = ui->stack[ui->depth - 1].view;
	struct prompt p = ui->prompt;
	if (!v->find || p.kind != PROMPT_SEARCH || key != KEY_OF_ENTER)
		return false;
	ui->prompt.kind = PROMPT_NONE;
	v->find(ui, ui->stack[ui->depth - 1].state, p.text, p.n);
	return true;
}

void ui_key(struct ui *ui, uint32_t key)
{
	if (key == KEY_OF_CLOSED) {
		/* Ctrl-C is q: what was recorded is asked about. */
		ui->over = screen_interrupted() != SIGINT || live_quit(ui);
		if (!ui->over)
			screen_go_on(ui->screen);
		return;
	}
	if (key == KEY_OF_RESIZE || !key)
		return;
	strbuf_clear(&ui->message);
	if (ui->blank) {
		ui->blank = false;
		return;
	}
	if (ui->prompt.kind) {
		if (!view_finds(ui, key))
			prompt_key(ui, key);
		return;
	}
	if (ui->search.running) {
		ui->search.running = false;
		ui_say(ui, _("search stopped"));
		return;
	}
	enum action a = key_action(key);
	ui->asked &= a == ACT_QUIT;
	if (a == ACT_NONE) {
		struct strbuf name = {0};
		key_spell(&name, key);
		if (name.len)
			ui_warn(ui, _("%s means nothing here; ? shows what keys do"), strbuf_str(&name));
		strbuf_free(&name);
		return;
	}
	const struct view *v = ui->stack[ui->depth - 1].view;
	uint32_t frame = ui->frame;
	enum step step = ui->step;
	if ((!v->act || !v->act(ui, ui->stack[ui->depth - 1].state, a)) && !opening(ui, a))
		everywhere(ui, a);
	ui->touched = ui->touched || !ui->recording || ui->frame != frame || ui->step != step;
}

bool ui_work(struct ui *ui)
{
	bool more = live_work(ui);
	more |= load_work(ui);
	more |= keep_work(ui);
	if (rows_work(&ui->rows, SLICE) && !ui->rows.making)
		for (unsigned i = 0; i < ui->depth; i++)
			if (ui->stack[i].view->stale)
				ui->stack[i].view->stale(ui, ui->stack[i].state);
	return search_work(ui) || more || rows_busy(&ui->rows);
}

/* ---- drawing ---- */

static void too_small(struct ui *ui)
{
	struct screen *s = ui->screen;
	const char *text = _("Please make this window larger.");
	pane_text(ui, (struct area){ 0, 0, s->h, s->w }, ST_BOLD, text, strlen(text), 0);
}

void ui_draw(struct ui *ui)
{
	struct screen *s = ui->screen;
	screen_clear(s);
	if (ui->blank)
		return;
	if (s->h < SMALLEST_H || s->w < SMALLEST_W) {
		too_small(ui);
		return;
	}
	const struct view *v = ui->stack[ui->depth - 1].view;
	v->draw(ui, ui->stack[ui->depth - 1].state, (struct area){ 1, 0, s->h - 2, s->w });
	frame_title(ui);
	if (ui->prompt.kind)
		prompt_draw(ui, s->h - 1);
	else
		frame_hints(ui);
}

/* ---- the program ---- */

static void loop(struct ui *ui)
{
	int64_t drawn = 0;
	bool busy = true, dirty = true;
	while (!ui_over(ui)) {
		int64_t now = clock_now();
		if (dirty && (!busy || now - drawn > DRAW_EVERY)) {
			ui_draw(ui);
			screen_show(ui->screen);
			drawn = now;
			dirty = false;
		}
		uint32_t key = screen_key(ui->screen, busy ? 0 : ui->s->growing ? WAIT_GROWING : -1);
		if (key) {
			ui_key(ui, key);
			dirty = true;
			drawn = 0;	/* who pressed a key wants to see what it does, now */
		}
		bool was = busy;
		busy = ui_work(ui);
		dirty = dirty || busy || was;
	}
}

int ui_run(struct session *s, const struct ui_options *o)
{
	struct err err;
	struct screen *screen = screen_new(1, 1);
	if (screen_open(screen, &err) < 0) {
		screen_free(screen);
		say("%s", err.text);
		return STATUS_FAILED;
	}
	struct ui *ui = ui_new(s, screen, o);
	loop(ui);
	ui_free(ui);
	screen_free(screen);
	int by = screen_interrupted();
	return by ? STATUS_SIGNAL + by : (int)say_end(s, s->end);
}
