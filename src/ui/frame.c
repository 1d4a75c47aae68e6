/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frame: what stands around every view: the title and the last line.
 *
 *    osiscope │ Visit 1 of 2: https://www.lab.test/              191 packets, 1.24 s
 *   ...
 *    Enter open  Tab part  ] step  / search                           ? help  q quit
 */
#include <string.h>

#include "fmt/i18n.h"
#include "fmt/redact.h"
#include "fmt/text.h"
#include "fmt/value.h"
#include "record/record.h"
#include "ui/view.h"

enum { BAR_CELLS = 16, NAME_CELLS = 12 };	/* NAME_CELLS: of the visit, at the least */

void safe_text(const struct ui *ui, struct strbuf *to, const char *s)
{
	redact_shown(to, s, ui->options.redact);
}

/* How far loading is: a bar, or how much has come when the end is not known. 0: no room for it. */
static int progress(struct ui *ui, int room)
{
	struct strbuf text = {0};
	int percent = load_percent(ui), cells = BAR_CELLS;
	value_count(&text, session_n_frames(ui->s));
	strbuf_puts(&text, _(" packets"));
	if (percent >= 0 && !ui->s->growing)
		strbuf_printf(&text, " %3d %% ", percent);
	else
		cells = 0;
	int width = (int)text_width(strbuf_str(&text), text.len) + cells + 1;
	int x = ui->screen->w - width;
	if (width > room) {
		strbuf_free(&text);
		return 0;
	}
	x += screen_text(ui->screen, 0, x, width, ST_BAR, strbuf_str(&text), text.len);
	int full = cells * (percent < 0 ? 0 : percent) / 100;
	screen_repeat(ui->screen, 0, x, full, ST_BAR, 0x2588);
	screen_repeat(ui->screen, 0, x + full, cells - full, ST_BAR_DIM, 0x2591);
	strbuf_free(&text);
	return width;
}

/* All of it or nothing: the end of a number is another number. */
static int summary(struct ui *ui, int room)
{
	struct strbuf text = {0};
	uint32_t n = session_n_frames(ui->s);
	if (ui->recording)
		strbuf_printf(&text, "● %s ", _("recording"));
	value_count(&text, n);
	strbuf_puts(&text, n == 1 ? _(" packet") : _(" packets"));
	if (n) {
		strbuf_puts(&text, ", ");
		value_duration(&text, session_frame(ui->s, n)->time - session_frame(ui->s, 1)->time);
	}
	int width = (int)text_width(strbuf_str(&text), text.len) + 1;
	width = width > room ? 0 : width;
	screen_text(ui->screen, 0, ui->screen->w - width, width, ST_BAR_DIM, strbuf_str(&text), text.len);
	strbuf_free(&text);
	return width;
}

void frame_title(struct ui *ui)
{
	struct screen *s = ui->screen;
	const struct visit *v = visit_now(ui);
	struct strbuf text = {0};
	screen_repeat(s, 0, 0, s->w, ST_BAR, ' ');
	int x = 1 + screen_puts(s, 0, 1, s->w, ST_BAR, "osiscope");
	x += screen_puts(s, 0, x, s->w - x, ST_BAR_DIM, " │ ");
	const struct view *top = ui->stack[ui->depth - 1].view;
	if (ui->depth > 1) {
		x += screen_puts(s, 0, x, s->w - x, ST_BAR, _(top->name));
		x += screen_puts(s, 0, x, s->w - x, ST_BAR_DIM, " │ ");
	}
	int room = s->w - x - NAME_CELLS;
	int right = ui->loading && !ui->idle ? progress(ui, room) : summary(ui, room);
	if (v) {
		uint32_t n = steps_n_visits(ui->s->steps);
		if (n > 1)
			strbuf_printf(&text, _("Visit %u of %u: "), (unsigned)v->id, (unsigned)n);
		safe_text(ui, &text, v->title);
	} else if (ui->s->record && *ui->s->record->url) {
		safe_text(ui, &text, ui->s->record->url);
	} else {
		const char *path = source_path(ui->s->source), *slash = strrchr(path, '/');
		safe_text(ui, &text, ui->s->name ? ui->s->name :
			  !strcmp(path, "-") ? _("standard input") : slash ? slash + 1 : path);
	}
	if (ui->s->filter_text) {	/* what it leaves out is not there for any view */
		strbuf_puts(&text, "  -f ");
		safe_text(ui, &text, ui->s->filter_text);
	}
	if (s->w - right - x > 3)
		screen_column(s, 0, x, s->w - right - x - 1, ST_BAR, strbuf_str(&text), text.len);
	strbuf_free(&text);
}

/* "Enter open": returns the cells it took, nothing when it does not fit. */
static int hint(struct ui *ui, int x, int end, enum action a)
{
	const struct key_row *b = action_keys(a);
	struct strbuf key = {0};
	if (!b->hint)
		return 0;
	key_spell(&key, b->keys[0]);
	const char *what = a == ACT_QUIT && ui->depth > 1 ? _("back") : _(b->hint);
	int cells = (int)(key.len + 1 + text_width(what, strlen(what)) + 2), y = ui->screen->h - 1;
	if (x + cells <= end) {
		x += screen_text(ui->screen, y, x, end - x, ST_HINT_KEY, strbuf_str(&key), key.len);
		screen_puts(ui->screen, y, x + 1, end - x, ST_HINT, what);
	} else {
		cells = 0;
	}
	strbuf_free(&key);
	return cells;
}

static int cells_of(struct ui *ui, enum action a)
{
	const struct key_row *b = action_keys(a);
	struct strbuf key = {0};
	const char *what = a == ACT_QUIT && ui->depth > 1 ? _("back") : _(b->hint);
	key_spell(&key, b->keys[0]);
	int cells = (int)(key.len + 1 + text_width(what, strlen(what)) + 2);
	strbuf_free(&key);
	return cells;
}

/* What is to be said, in as many lines as it takes, over the last ones of the view. */
static void message(struct ui *ui, const char *text, size_t n)
{
	enum { MOST = 4 };
	struct screen *s = ui->screen;
	enum style style = ui->message_warns ? ST_WARN : ST_HINT;
	struct strbuf lines = {0};
	int h = 0;
	text_wrap(&lines, text, n, (size_t)s->w - 2, 0, 0);
	for (const char *p = strbuf_str(&lines); *p && h < MOST; p++)
		h += *p == '\n';
	h = h < 1 ? 1 : h;
	screen_fill(s, (struct area){ s->h - h, 0, h, s->w }, style);
	pane_text(ui, (struct area){ s->h - h, 1, h, s->w - 2 }, style, text, n, 0);
	strbuf_free(&lines);
}

static void searching(struct ui *ui)
{
	struct strbuf text = {0};
	strbuf_printf(&text, _("searching for \"%s\": "), ui->search.text);
	value_count(&text, ui->search.looked);
	strbuf_puts(&text, _(" packets looked at; any key stops"));
	ui->message_warns = false;
	message(ui, strbuf_str(&text), text.len);
	strbuf_free(&text);
}

void frame_hints(struct ui *ui)
{
	struct screen *s = ui->screen;
	int y = s->h - 1, x = 1;
	if (ui->search.running) {
		searching(ui);
		return;
	}
	if (ui->message.len) {
		message(ui, strbuf_str(&ui->message), ui->message.len);
		return;
	}
	screen_repeat(s, y, 0, s->w, ST_HINT, ' ');
	int right = s->w - cells_of(ui, ACT_QUIT) - cells_of(ui, ACT_HELP) + 1;
	const enum action *a = ui->stack[ui->depth - 1].view->hints;
	for (; a && *a; a++)
		x += hint(ui, x, right, *a);
	right += hint(ui, right, s->w + 1, ACT_HELP);
	hint(ui, right, s->w + 1, ACT_QUIT);
}

void frame_rule(struct ui *ui, struct area a, const char *heading, size_t n, bool focus)
{
	struct screen *s = ui->screen;
	screen_repeat(s, a.y, a.x, a.w, ST_LINE, 0x2500);
	if (!n || a.w < 8)
		return;
	struct strbuf fits = {0};
	size_t cells = text_width(heading, n), room = (size_t)a.w - 4;
	strbuf_putc(&fits, ' ');
	if (cells > room - 2)
		text_column(&fits, heading, n, room - 2, TEXT_LEFT);
	else
		strbuf_add(&fits, heading, n);
	strbuf_putc(&fits, ' ');
	screen_text(s, a.y, a.x + 2, a.w - 4, focus ? ST_HEAD_FOCUS : ST_HEAD, strbuf_str(&fits),
		    fits.len);
	strbuf_free(&fits);
}
