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
#include <string.h>

#include "export/ladder.h"
#include "fmt/i18n.h"
#include "ui/view_text.h"

enum { HEAD = 2 };	/* who the lines belong to stays in sight */

struct ladder_state {
	struct text_state t;		/* first: text_act() and its like get it */
	struct { uint32_t line, frame; } rungs[LADDER_ROWS];	/* those that are drawn, from the top */
	unsigned n, at;			/* at: the one that stands out */
	uint32_t frame;			/* the packet that was looked at when it was chosen; 0 none */
};

/* ---- which line is which packet's ---- */

/*
 * The drawing leaves out rungs that have no room; a line that begins one tells when and in which
 * step, and so which it is. False: not this one.
 */
static bool is_rung(const char *line, const struct rung *r, int64_t start)
{
	char *end;
	size_t blank = strspn(line, " ");
	double ms = strtod(line, &end), own = (double)(r->time - start) / 1e6;
	const char *id = step_kinds[r->step].id;
	if (line[blank] < '0' || line[blank] > '9' || *end != ' ' || blank > 9)
		return false;
	double off = ms - own, close = ms < 1e6 ? 0.001 : 1;	/* it is rounded there */
	return off < close && off > -close && !strncmp(end + 1, id, strlen(id)) &&
		end[1 + strlen(id)] == ' ';
}

static void find_rungs(struct ladder_state *s, const struct ladder *l)
{
	const char *p = strbuf_str(&s->t.text);
	int64_t start = l->rungs[0].time < l->visit->start ? l->rungs[0].time : l->visit->start;
	unsigned next = 0;
	s->n = s->at = 0;
	for (uint32_t line = 0; *p; line++, p += strcspn(p, "\n"), p += *p == '\n') {
		unsigned i = next;
		while (i < l->n_rungs && !is_rung(p, &l->rungs[i], start))
			i++;
		if (line < HEAD || i == l->n_rungs)
			continue;
		s->rungs[s->n].line = line;
		s->rungs[s->n++].frame = l->rungs[i].frame;
		next = i + 1;
	}
}

/* The packet's own rung; else the last one before it. */
static unsigned rung_of(const struct ladder_state *s, uint32_t frame)
{
	unsigned at = 0;
	for (unsigned i = 0; i < s->n; i++) {
		if (s->rungs[i].frame == frame)
			return i;
		if (s->rungs[i].frame < frame)
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
	s->n = 0;
	if (v && l->n_rungs) {
		ladder_draw(to, l, (unsigned)width, true, ui->options.redact);
		find_rungs(s, l);
	} else {
		strbuf_printf(to, "%s\n", _("Nothing of this visit can be drawn."));
	}
	free(l);
	text_made(&s->t, ui, width);
	s->t.head = s->n ? HEAD : 0;
	s->frame = 0;
}

/* ---- the view ---- */

/* How many lines it has: a label that does not fit stands above its arrow. */
static uint32_t lines_of(const struct ladder_state *s, unsigned i)
{
	uint32_t next = i + 1 < s->n ? s->rungs[i + 1].line : s->rungs[i].line + 1;
	return next - s->rungs[i].line > 2 ? 2 : next - s->rungs[i].line;
}

/* Scrolls as little as needed to have the rung in sight. */
static void show_rung(struct ladder_state *s, int h)
{
	uint32_t line = s->rungs[s->at].line - HEAD, n = s->t.n_lines - HEAD;
	s->t.top = first_shown(s->t.top, line + lines_of(s, s->at) - 1, n, h);
	s->t.top = first_shown(s->t.top, line, n, h);
}

static void draw(struct ui *ui, void *state, struct area a)
{
	struct ladder_state *s = state;
	if (s->t.width != a.w - 2 || s->t.visit != ui->visit)
		make(ui, s, a.w - 2);
	if (s->n && s->frame != ui->frame) {
		s->at = rung_of(s, ui->frame);
		s->frame = ui->frame;
		show_rung(s, a.h - HEAD);
	}
	text_draw(ui, &s->t, a);
	for (uint32_t i = 0; s->n && i < lines_of(s, s->at); i++) {
		uint32_t line = s->rungs[s->at].line + i;
		if (line >= HEAD + s->t.top && line - s->t.top < (uint32_t)a.h)
			screen_style(ui->screen, a.y + (int)(line - s->t.top), a.x, a.w, ST_SELECT);
	}
}

static void select_rung(struct ui *ui, struct ladder_state *s, unsigned at)
{
	uint32_t visit = ui->visit;
	s->at = at;
	select_frame(ui, s->rungs[at].frame);
	ui->visit = visit;	/* a connection may have been opened for the visit before */
	s->frame = ui->frame;
	show_rung(s, s->t.page + 1);
}

/* The first rung that is seen when it has been scrolled. */
static unsigned first_seen(const struct ladder_state *s)
{
	unsigned i = 0;
	while (i + 1 < s->n && s->rungs[i].line < HEAD + s->t.top)
		i++;
	return i;
}

static void page(struct ui *ui, struct ladder_state *s, enum action a)
{
	uint32_t h = (uint32_t)s->t.page + 1, was = s->t.top;
	uint32_t most = s->t.n_lines > HEAD + h ? s->t.n_lines - HEAD - h : 0;
	text_act(ui, s, a);
	s->t.top = s->t.top > most ? most : s->t.top;
	if (s->t.top != was)
		select_rung(ui, s, first_seen(s));
	else
		select_rung(ui, s, a == ACT_PAGE_DOWN ? s->n - 1 : 0);
}

static bool act(struct ui *ui, void *state, enum action a)
{
	struct ladder_state *s = state;
	if (a == ACT_NEXT_VISIT || a == ACT_PREVIOUS_VISIT || a == ACT_NEXT_PACKET ||
	    a == ACT_PREVIOUS_PACKET || a == ACT_NEXT_STEP || a == ACT_PREVIOUS_STEP ||
	    a == ACT_GO_TO)
		return false;	/* what is selected is seen here, too */
	if (!s->n)
		return text_act(ui, s, a);
	switch (a) {
	case ACT_UP: select_rung(ui, s, s->at ? s->at - 1 : 0); break;
	case ACT_DOWN: select_rung(ui, s, s->at + 1 < s->n ? s->at + 1 : s->at); break;
	case ACT_PAGE_UP: case ACT_PAGE_DOWN: page(ui, s, a); break;
	case ACT_FIRST: select_rung(ui, s, 0); break;
	case ACT_LAST:
		select_rung(ui, s, s->n - 1);
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
