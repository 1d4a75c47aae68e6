/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The diagram of the visit:
 *
 *                     client          gateway       DNS server     www.lab.test
 *         ms step  192.168.0.10    192.168.0.1    198.51.100.53   203.0.113.80
 *      0.000 4           │ ARP: who has 192.168.0.1?     │               │
 *                        │─────────────▶│               │               │
 */
#include <stdlib.h>

#include "export/ladder.h"
#include "fmt/i18n.h"
#include "ui/view_text.h"

struct ladder_state {
	struct text_state t;		/* first: text_act() and its like get it */
	struct ladder_drawn drawn;
	unsigned at;			/* the rung that stands out */
	uint32_t frame;			/* the packet that was looked at when it was chosen; 0 none */
};

/* The packet's own rung; else the last one before it. */
static unsigned rung_of(const struct ladder_drawn *d, uint32_t frame)
{
	unsigned at = 0;
	for (unsigned i = 0; i < d->n_rungs; i++) {
		if (d->rungs[i].frame == frame)
			return i;
		if (d->rungs[i].frame < frame)
			at = i;
	}
	return at;
}

static void make(struct ui *ui, struct ladder_state *s, int width)
{
	struct strbuf *to = &s->t.text;
	const struct visit *v = visit_now(ui);
	struct ladder *l = xcalloc(1, sizeof *l);
	if (v)
		ladder_build(l, ui->s, v);
	strbuf_clear(to);
	s->drawn.head = s->drawn.n_rungs = s->at = 0;
	if (v && l->n_rungs)
		ladder_draw(to, l, (unsigned)width, true, ui->options.redact, &s->drawn);
	else
		strbuf_printf(to, "%s\n", _("Nothing of this visit can be drawn."));
	free(l);
	text_made(&s->t, ui, width);
	s->t.head = s->drawn.head;	/* who the lines belong to stays in sight */
	s->frame = 0;
}

/* ---- the view ---- */

/* Scrolls as little as needed to have the rung in sight. */
static void show_rung(struct ladder_state *s, int h)
{
	uint32_t line = s->drawn.rungs[s->at].line - s->t.head, n = s->t.n_lines - s->t.head;
	s->t.top = first_shown(s->t.top, line + s->drawn.rungs[s->at].n_lines - 1, n, h);
	s->t.top = first_shown(s->t.top, line, n, h);
}

static void draw(struct ui *ui, void *state, struct area a)
{
	struct ladder_state *s = state;
	if (s->t.width != a.w - 2 || s->t.visit != ui->visit)
		make(ui, s, a.w - 2);
	if (s->drawn.n_rungs && s->frame != ui->frame) {
		s->at = rung_of(&s->drawn, ui->frame);
		s->frame = ui->frame;
		show_rung(s, a.h - (int)s->t.head);
	}
	text_draw(ui, &s->t, a);
	for (uint32_t i = 0; s->drawn.n_rungs && i < s->drawn.rungs[s->at].n_lines; i++) {
		uint32_t line = s->drawn.rungs[s->at].line + i;
		if (line >= s->t.head + s->t.top && line - s->t.top < (uint32_t)a.h)
			screen_style(ui->screen, a.y + (int)(line - s->t.top), a.x, a.w, ST_SELECT);
	}
}

static void select_rung(struct ui *ui, struct ladder_state *s, unsigned at)
{
	uint32_t visit = ui->visit;
	s->at = at;
	select_frame(ui, s->drawn.rungs[at].frame);
	ui->visit = visit;	/* a connection may have been opened for the visit before */
	s->frame = ui->frame;
	show_rung(s, s->t.page + 1);
}

/* The first rung that is seen when it has been scrolled. */
static unsigned first_seen(const struct ladder_state *s)
{
	unsigned i = 0;
	while (i + 1 < s->drawn.n_rungs && s->drawn.rungs[i].line < s->t.head + s->t.top)
		i++;
	return i;
}

static void page(struct ui *ui, struct ladder_state *s, enum action a)
{
	uint32_t h = (uint32_t)s->t.page + 1, was = s->t.top, n = s->drawn.n_rungs;
	uint32_t body = s->t.n_lines - s->t.head, most = body > h ? body - h : 0;
	text_act(ui, s, a);
	s->t.top = s->t.top > most ? most : s->t.top;
	if (s->t.top != was)
		select_rung(ui, s, first_seen(s));
	else
		select_rung(ui, s, a == ACT_PAGE_DOWN ? n - 1 : 0);
}

static bool act(struct ui *ui, void *state, enum action a)
{
	struct ladder_state *s = state;
	unsigned n = s->drawn.n_rungs;
	if (a == ACT_NEXT_VISIT || a == ACT_PREVIOUS_VISIT || a == ACT_NEXT_PACKET ||
	    a == ACT_PREVIOUS_PACKET || a == ACT_NEXT_STEP || a == ACT_PREVIOUS_STEP ||
	    a == ACT_GO_TO)
		return false;	/* what is selected is seen here, too */
	if (!n)
		return text_act(ui, s, a);
	switch (a) {
	case ACT_UP: select_rung(ui, s, s->at ? s->at - 1 : 0); break;
	case ACT_DOWN: select_rung(ui, s, s->at + 1 < n ? s->at + 1 : s->at); break;
	case ACT_PAGE_UP: case ACT_PAGE_DOWN: page(ui, s, a); break;
	case ACT_FIRST: select_rung(ui, s, 0); break;
	case ACT_LAST:
		select_rung(ui, s, n - 1);
		s->t.top = s->t.n_lines;	/* what is said below it */
		break;
	case ACT_OPEN:
		select_rung(ui, s, s->at);
		ui_open(ui, &view_packet);
		break;
	default: return text_act(ui, s, a);
	}
	return true;
}

static const enum action hints[] = {
	ACT_PAGE_DOWN, ACT_OPEN, ACT_NEXT_STEP, ACT_SEARCH, ACT_NONE
};

const struct view view_ladder = {
	.name = N_("Diagram"),
	.help = N_("The whole visit in one picture: a line for each of those who talked, an arrow "
		   "for each thing that was said, from top to bottom in time. Enter opens its packet."),
	.hints = hints,
	.state_size = sizeof(struct ladder_state),
	.draw = draw, .act = act, .find = text_find,
	.stale = text_stale, .close = text_close,
};
