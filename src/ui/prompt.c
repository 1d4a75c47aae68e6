/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * prompt: a question on the last line of the screen:
 *
 *    Go to packet number: 42_                                     (Esc: never mind)
 */
#include <stdlib.h>
#include <string.h>

#include "fmt/i18n.h"
#include "fmt/text.h"
#include "ui/view.h"

void prompt_open(struct ui *ui, enum prompt_kind kind)
{
	ui->prompt = (struct prompt){ .kind = kind };
}

void prompt_fill(struct ui *ui, const char *text)
{
	struct prompt *p = &ui->prompt;
	p->n = strnlen(text, PROMPT_MOST);
	memcpy(p->text, text, p->n);
	p->text[p->n] = '\0';
}

static void go_to(struct ui *ui, const char *text)
{
	uint32_t n = session_n_frames(ui->s);
	char *end;
	while (*text == ' ')
		text++;
	unsigned long number = strtoul(text, &end, 10);
	while (*end == ' ')
		end++;
	if (!*text)
		return;
	if (*text < '0' || *text > '9' || *end) {
		ui_warn(ui, _("'%s' is no number; packets have numbers from 1 to %u"), text, (unsigned)n);
	} else if (!number || number > n) {
		ui_warn(ui, ui->loading ? _("there is no packet %s so far: %u are loaded") :
			_("there is no packet %s: the capture holds %u"), text, (unsigned)n);
	} else {
		enum listed was = select_listed(ui, (uint32_t)number);
		if (was == WAS_FOLDED)
			ui_say(ui, _("packet %u is of no visit: step 0 is unfolded; 0 folds it again"),
			       (unsigned)number);
		else if (was == WAS_FILTERED)
			ui_say(ui, _("packet %u was not among those listed: everything is listed again"),
			       (unsigned)number);
	}
}

static void answered(struct ui *ui)
{
	struct prompt p = ui->prompt;
	ui->prompt.kind = PROMPT_NONE;
	ui->touched = true;
	switch (p.kind) {
	case PROMPT_GO_TO: go_to(ui, p.text); break;
	case PROMPT_SEARCH: search_start(ui, p.text, p.n, false); break;
	case PROMPT_COMMENT: keep_commented(ui, p.frame, p.text); break;
	case PROMPT_SAVE: keep_named(ui, p.text, false); break;
	case PROMPT_NONE: case PROMPT_REPLACE: break;
	}
}

/* A question that one key answers; what is lost by it wants a plain yes. */
static void yes_or_no(struct ui *ui, uint32_t key)
{
	enum { HANGUL_YO = 0x315b };	/* what y types when the keyboard writes Korean */
	struct prompt p = ui->prompt;
	ui->prompt.kind = PROMPT_NONE;
	if (key == 'y' || key == 'Y' || key == HANGUL_YO)
		keep_named(ui, p.text, true);
	else
		ui_say(ui, _("nothing is written"));
}

/* One character less: all its bytes. */
static void rub_out(struct prompt *p)
{
	while (p->n && (p->text[p->n - 1] & 0xc0) == 0x80)
		p->n--;
	p->n -= p->n > 0;
	p->text[p->n] = '\0';
}

static void type(struct prompt *p, uint32_t c)
{
	char bytes[4];
	if (c > 0x10ffff || char_width(c) < 0)
		return;
	size_t n = utf8_put(bytes, c);
	if (p->n + n > (p->kind == PROMPT_COMMENT || p->kind == PROMPT_SAVE ? PROMPT_MOST : TEXT_MOST))
		return;
	memcpy(p->text + p->n, bytes, n);
	p->n += n;
	p->text[p->n] = '\0';
}

void prompt_key(struct ui *ui, uint32_t key)
{
	struct prompt *p = &ui->prompt;
	if (p->kind == PROMPT_REPLACE) {
		yes_or_no(ui, key);
		return;
	}
	switch (key) {
	case KEY_OF_ENTER: answered(ui); break;
	case KEY_OF_ESCAPE: p->kind = PROMPT_NONE; break;
	case KEY_OF_BACKSPACE:
		if (!p->n)
			p->kind = PROMPT_NONE;
		rub_out(p);
		break;
	case KEY_OF_ERASE:
		p->n = 0;
		p->text[0] = '\0';
		break;
	case KEY_OF_SPACE: type(p, ' '); break;
	default: type(p, key); break;
	}
}

static void question(const struct prompt *p, struct strbuf *to)
{
	switch (p->kind) {
	case PROMPT_GO_TO: strbuf_puts(to, _("Go to packet number: ")); break;
	case PROMPT_SEARCH: strbuf_puts(to, _("Search for: ")); break;
	case PROMPT_COMMENT: strbuf_printf(to, _("Comment on packet %u: "), (unsigned)p->frame); break;
	case PROMPT_SAVE: strbuf_puts(to, _("Save as: ")); break;
	case PROMPT_REPLACE: strbuf_puts(to, _("Replace it (y/n)? It exists: ")); break;
	case PROMPT_NONE: break;
	}
}

void prompt_draw(struct ui *ui, int y)
{
	struct screen *s = ui->screen;
	struct strbuf ask = {0}, shown = {0};
	question(&ui->prompt, &ask);
	text_escape(&shown, ui->prompt.text, ui->prompt.n);
	const char *text = strbuf_str(&shown);
	screen_repeat(s, y, 0, s->w, ST_HINT, ' ');
	int x = 1 + screen_puts(s, y, 1, s->w - 2, ST_HINT_KEY, strbuf_str(&ask));
	/* of a long text its end is seen */
	while (text_width(text, strlen(text)) > (size_t)(s->w - x - 2)) {
		uint32_t c;
		text += utf8_next(text, strlen(text), &c);
	}
	x += screen_puts(s, y, x, s->w - x - 1, ST_BAR, text);
	const char *never = _("Esc: never mind");
	int cells = (int)text_width(never, strlen(never));
	if (x + cells + 4 < s->w)
		screen_puts(s, y, s->w - cells - 1, cells, ST_HINT, never);
	s->cursor_y = y;
	s->cursor_x = x;
	strbuf_free(&ask);
	strbuf_free(&shown);
}
