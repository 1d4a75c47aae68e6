/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The visit, one step a slide:
 *
 *    ── Step 5.1 · 10 of 13 ──────────────────────────
 *
 *     5.1  TCP three-way handshake                          ● observed · 74.6 µs
 *
 *     As on the telephone: one side calls (SYN), the other picks up (SYN, ACK), ...
 *
 *     In this visit
 *     Like a phone call: the client calls 203.0.113.80 on port 443 (SYN), ...
 *     How it is known: Frames 75, 76 and 77.
 *
 *      39  146.9  5.1 4 TCP   ▶ 55454 → 80 [SYN] Seq=0 ...
 *      40  147.0  5.1 4 TCP   ◀ 80 → 55454 [SYN, ACK] Seq=0 Ack=1 ...
 */
#include <string.h>

#include "fmt/i18n.h"
#include "fmt/text.h"
#include "fmt/value.h"
#include "ui/view.h"

enum { MARGIN = 2, ROWS_KEPT = 4, READABLE = 100 };

/* A paragraph and `gap` empty lines; the area becomes smaller by them. */
static void paragraph(struct ui *ui, struct area *a, enum style style, const char *before,
		      const char *s, int gap)
{
	struct strbuf text = {0};
	if (!s || !*s || a->h < 1)
		return;
	strbuf_puts(&text, before);
	safe_text(ui, &text, s);
	int used = pane_text(ui, *a, style, strbuf_str(&text), text.len, 0);
	strbuf_free(&text);
	if (used >= a->h)
		used = a->h;
	else
		used += gap;
	a->y += used;
	a->h -= used;
}

static void headline(struct ui *ui, struct area a, const struct step_entry *e)
{
	struct strbuf right = {0}, left = {0};
	strbuf_printf(&right, "%s %s", step_mark(e->state), _(step_state_titles[e->state]));
	if (e->n_frames > 1 && e->end > e->start) {
		strbuf_puts(&right, " · ");
		value_duration(&right, e->end - e->start);
	}
	strbuf_printf(&left, "%s  %s", step_kinds[ui->step].id, _(step_kinds[ui->step].title));
	int cells = (int)text_width(strbuf_str(&right), right.len);
	screen_text(ui->screen, a.y, a.x, a.w - cells - 1, ST_HEAD_FOCUS, strbuf_str(&left), left.len);
	screen_text(ui->screen, a.y, a.x + a.w - cells, cells, step_style(e->state),
		    strbuf_str(&right), right.len);
	strbuf_free(&right);
	strbuf_free(&left);
}

static void packets(struct ui *ui, struct area a, const struct step_entry *e)
{
	uint32_t kept = e->n_frames < STEP_FRAMES ? e->n_frames : STEP_FRAMES;
	int n = (uint32_t)a.h < kept ? a.h : (int)kept;
	if (n > 0 && (uint32_t)n < e->n_frames)
		n--;	/* a line for how many more there are */
	for (int i = 0; i < n; i++)
		packets_line(ui, a.y + i, a.x, a.w, e->frames[i]);
	if (n < a.h && n >= 0 && (uint32_t)n < e->n_frames) {
		struct strbuf text = {0};
		strbuf_puts(&text, _("… and "));
		value_count(&text, e->n_frames - (uint32_t)n);
		strbuf_puts(&text, _(" packets more"));
		screen_text(ui->screen, a.y + n, a.x + 4, a.w - 4, ST_DIM, strbuf_str(&text), text.len);
		strbuf_free(&text);
	}
}

static void title(struct ui *ui, struct area a, const struct visit *v)
{
	enum step order[STEPS];
	unsigned n = steps_order(v, order), at = 0;
	struct strbuf text = {0};
	for (unsigned i = 0; i < n; i++)
		if (order[i] == ui->step)
			at = i + 1;
	strbuf_printf(&text, _("Step %s · %u of %u"), step_kinds[ui->step].id, at, n);
	frame_rule(ui, a, strbuf_str(&text), text.len, false);
	strbuf_free(&text);
}

static void draw(struct ui *ui, void *state, struct area a)
{
	const struct visit *v = visit_now(ui);
	(void)state;
	if (!v)
		return;
	if (ui->step == STEP_0) {
		enum step order[STEPS];
		steps_order(v, order);
		ui->step = order[0];
	}
	const struct step_entry *e = &v->step[ui->step];
	int gap = a.h >= 20;
	title(ui, (struct area){ a.y, a.x, 1, a.w }, v);
	struct area text = { a.y + 1 + gap, a.x + MARGIN, a.h - 1 - gap, a.w - 2 * MARGIN };
	if (text.w > READABLE)
		text.w = READABLE;
	headline(ui, text, e);
	text.y += 1 + gap, text.h -= 1 + gap;
	int rows = e->n_frames ? ROWS_KEPT : 0;
	text.h -= rows;
	paragraph(ui, &text, ST_DIM, "", _(step_kinds[ui->step].what), gap);
	paragraph(ui, &text, ST_BOLD, "", e->explain, 0);
	paragraph(ui, &text, ST_INFERRED, _("Note: "), e->remark, 0);
	paragraph(ui, &text, ST_TEXT, _("How it is known: "), e->because, gap);
	text.h += rows;
	if (e->n_frames)
		packets(ui, (struct area){ text.y, a.x, text.h, a.w }, e);
}

static void open(struct ui *ui, void *state)
{
	(void)state;
	if (ui->step == STEP_0 && visit_now(ui))
		select_next_step(ui, 1);
}

static bool act(struct ui *ui, void *state, enum action a)
{
	const struct visit *v = visit_now(ui);
	enum step order[STEPS];
	(void)state;
	if (!v)
		return false;
	unsigned n = steps_order(v, order);
	switch (a) {
	case ACT_DOWN: case ACT_RIGHT: case ACT_PAGE_DOWN: select_next_step(ui, 1); break;
	case ACT_UP: case ACT_LEFT: case ACT_PAGE_UP: select_next_step(ui, -1); break;
	case ACT_FIRST: select_step(ui, order[0]); break;
	case ACT_LAST: select_step(ui, order[n - 1]); break;
	case ACT_PRESENT: select_step(ui, order[0]); break;
	case ACT_PRESENT_HERE: break;
	case ACT_OPEN:		/* its packets */
		if (v->step[ui->step].n_frames) {
			select_step(ui, ui->step);
			ui_back(ui);
		} else {
			ui_say(ui, _("this step has no packets"));
		}
		break;
	default: return false;
	}
	return true;
}

static const enum action hints[] = {
	ACT_PAGE_DOWN, ACT_OPEN, ACT_LADDER, ACT_LAYERS, ACT_NONE
};

const struct view view_slides = {
	.name = N_("Step by step"),
	.help = N_("The visit, one step a slide: what the step is, what happened in this visit, "
		   "how that is known, and the packets that show it. PageDown shows the next step."),
	.hints = hints,
	.open = open,
	.draw = draw,
	.act = act,
};
