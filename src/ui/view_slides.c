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
 *
 * and behind the last step one that closes: what came of the visit.
 */
#include <stdlib.h>
#include <string.h>

#include "fmt/i18n.h"
#include "fmt/text.h"
#include "fmt/value.h"
#include "ui/view.h"

enum { MARGIN = 2, ROWS_KEPT = 4, READABLE = 100 };

/* The closing slide is shown as long as nothing else is selected. */
struct slides {
	bool closing;
	uint32_t visit, frame;
	enum step step;
};

static void close_with(struct ui *ui, struct slides *t)
{
	*t = (struct slides){ true, ui->visit, ui->frame, ui->step };
}

static bool closing(const struct ui *ui, const struct slides *t)
{
	return t->closing && t->visit == ui->visit && t->frame == ui->frame && t->step == ui->step;
}

/* What the capture shows as a step's own. Of all questions about names the part 2.3 shows them. */
static uint32_t own_packets(const struct visit *v, enum step step)
{
	return step == STEP_2 && v->step[STEP_2_3].n_frames ? 0 : v->step[step].n_frames;
}

/* ---- the text ---- */

enum { GENERAL, EXPLAIN, REMARK, EVIDENCE, PARTS };
struct part { enum style style; struct strbuf text; int lines, gap; };

static void fill_part(struct ui *ui, struct part *p, int w, const char *before, const char *s)
{
	p->lines = 0;
	if (!s || !*s)
		return;
	strbuf_puts(&p->text, before);
	safe_text(ui, &p->text, s);
	p->lines = pane_text(ui, (struct area){ 0, 0, 0, w }, p->style, strbuf_str(&p->text),
			     p->text.len, 0);
}

/* Takes lines away until they fit: empty ones, what is true of every visit, then of the longest. */
static void fit(struct part p[PARTS], int h)
{
	static const uint8_t order[] = { EXPLAIN, REMARK, EVIDENCE };
	int over = -h;
	for (int i = 0; i < PARTS; i++)
		over += p[i].lines + (p[i].lines ? p[i].gap : 0);
	for (int i = 0; i < PARTS && over > 0; i++) {
		over -= p[i].lines ? p[i].gap : 0;
		p[i].gap = 0;
	}
	if (over > 0) {
		over -= p[GENERAL].lines;
		p[GENERAL].lines = 0;
	}
	for (size_t i = 0; i < sizeof order && over > 0; i++) {
		int most = p[order[i]].lines - 1, less = over < most ? over : most;
		if (less > 0) {
			p[order[i]].lines -= less;
			over -= less;
		}
	}
}

/* As much of it as it was given; what is cut ends with "…". Returns how many lines it took. */
static int draw_part(struct ui *ui, struct area a, const struct part *p)
{
	a.h = p->lines < a.h ? p->lines : a.h;
	if (a.h < 1)
		return 0;
	if (pane_text(ui, a, p->style, strbuf_str(&p->text), p->text.len, 0) > a.h)
		screen_puts(ui->screen, a.y + a.h - 1, a.x + a.w - 1, 1, ST_ACCENT, "…");
	return a.h + p->gap;
}

/* Returns how many lines it took. */
static int body(struct ui *ui, struct area a, const struct step_entry *e, int gap)
{
	struct part p[PARTS] = {
		[GENERAL] = { .style = ST_DIM, .gap = gap }, [EXPLAIN] = { .style = ST_BOLD },
		[REMARK] = { .style = ST_INFERRED }, [EVIDENCE] = { .style = ST_TEXT, .gap = gap },
	};
	int used = 0;
	fill_part(ui, &p[GENERAL], a.w, "", _(step_kinds[ui->step].what));
	fill_part(ui, &p[EXPLAIN], a.w, "", e->explain);
	fill_part(ui, &p[REMARK], a.w, _("Note: "), e->remark);
	fill_part(ui, &p[EVIDENCE], a.w, _("How it is known: "), e->because);
	fit(p, a.h);
	for (int i = 0; i < PARTS; i++) {
		used += draw_part(ui, (struct area){ a.y + used, a.x, a.h - used, a.w }, &p[i]);
		strbuf_free(&p[i].text);
	}
	return used < a.h ? used : a.h;
}

/* A step with its number, its state and how long it took. */
static void headline(struct ui *ui, struct area a, enum style style, const struct visit *v,
		     enum step step)
{
	const struct step_entry *e = &v->step[step];
	struct strbuf right = {0}, left = {0};
	strbuf_printf(&right, "%s %s", step_mark(e->state), _(step_state_titles[e->state]));
	if (e->n_frames > 1 && e->end > e->start) {
		strbuf_puts(&right, " · ");
		value_duration(&right, e->end - e->start);
	}
	strbuf_printf(&left, "%-3s  %s", step_kinds[step].id, _(step_kinds[step].title));
	int cells = (int)text_width(strbuf_str(&right), right.len);
	screen_column(ui->screen, a.y, a.x, a.w - cells - 1, style, strbuf_str(&left), left.len);
	screen_text(ui->screen, a.y, a.x + a.w - cells, cells, step_style(e->state),
		    strbuf_str(&right), right.len);
	strbuf_free(&right);
	strbuf_free(&left);
}

/* ---- the packets ---- */

struct chosen { uint32_t frame[STEP_FRAMES], n, most; };

/* Keeps them in order. */
static void choose(struct chosen *c, uint32_t frame)
{
	uint32_t at = 0;
	while (at < c->n && c->frame[at] < frame)
		at++;
	if (c->n == c->most || (at < c->n && c->frame[at] == frame))
		return;
	memmove(c->frame + at + 1, c->frame + at, (c->n - at) * sizeof *c->frame);
	c->frame[at] = frame;
	c->n++;
}

/* The packets that the evidence names, whatever language it is in: the numbers that are theirs. */
static void choose_named(struct ui *ui, struct chosen *c, const struct step_entry *e)
{
	const char *p = e->because ? e->because : "";
	while (*(p += strcspn(p, "0123456789"))) {
		char *end;
		unsigned long n = strtoul(p, &end, 10);
		const struct frame_rec *f = n <= session_n_frames(ui->s) ?
			session_frame(ui->s, (uint32_t)n) : NULL;
		bool own = n && f && f->step == ui->step && f->visit == ui->visit;
		for (uint32_t i = 0; i < e->n_frames && i < STEP_FRAMES && !own; i++)
			own = e->frames[i] == n;
		if (own)
			choose(c, (uint32_t)n);
		p = end;
	}
}

static void packets(struct ui *ui, struct area a, const struct step_entry *e)
{
	uint32_t kept = e->n_frames < STEP_FRAMES ? e->n_frames : STEP_FRAMES;
	struct chosen c = { .most = a.h < 0 ? 0 : (uint32_t)a.h < kept ? (uint32_t)a.h : kept };
	if (c.most > 1 && c.most < e->n_frames && c.most == (uint32_t)a.h)
		c.most--;	/* a line for how many more there are */
	choose_named(ui, &c, e);
	for (uint32_t i = 0; i < kept; i++)
		choose(&c, e->frames[i]);
	for (uint32_t i = 0; i < c.n; i++)
		packets_line(ui, a.y + (int)i, a.x, a.w, c.frame[i]);
	if ((int)c.n < a.h && c.n < e->n_frames) {
		struct strbuf text = {0};
		strbuf_puts(&text, _("… and "));
		value_count(&text, e->n_frames - c.n);
		strbuf_puts(&text, _(" packets more"));
		screen_text(ui->screen, a.y + (int)c.n, a.x + 4, a.w - 4, ST_DIM, strbuf_str(&text),
			    text.len);
		strbuf_free(&text);
	}
}

/* ---- a slide ---- */

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

/* What came of it, how long the main parts took, and where it goes from here. */
static void draw_closing(struct ui *ui, struct area a, const struct visit *v)
{
	static const uint8_t told[] = { STEP_2, STEP_5_1, STEP_5_2, STEP_5_3 };
	uint32_t n = steps_n_visits(ui->s->steps);
	int gap = a.h >= 20;
	struct strbuf text = {0};
	strbuf_printf(&text, _("The end of visit %u of %u"), (unsigned)v->id, (unsigned)n);
	frame_rule(ui, (struct area){ a.y, a.x, 1, a.w }, strbuf_str(&text), text.len, false);
	strbuf_clear(&text);
	a = (struct area){ a.y + 1 + gap, a.x + MARGIN, a.h - 1 - gap, a.w - 2 * MARGIN };
	a.w = a.w > READABLE ? READABLE : a.w;
	safe_text(ui, &text, v->url);
	screen_column(ui->screen, a.y, a.x, a.w, ST_HEAD_FOCUS, strbuf_str(&text), text.len);
	a.y += 2, a.h -= 2;
	strbuf_clear(&text);
	struct part p = { .style = ST_BOLD, .gap = 1 };
	fill_part(ui, &p, a.w, "", v->summary);
	int room = a.h - (int)sizeof told - 2, used;
	p.lines = p.lines < room ? p.lines : room;
	used = draw_part(ui, a, &p);
	a.y += used, a.h -= used;
	strbuf_free(&p.text);
	for (size_t i = 0; i < sizeof told && (int)i < a.h; i++)
		headline(ui, (struct area){ a.y + (int)i, a.x, 1, a.w }, ST_TEXT, v, told[i]);
	const char *on = v->id < n ? _("PageDown next visit, d diagram, q back") :
		_("d diagram, q back");
	if (a.h > (int)sizeof told + 1)
		screen_puts(ui->screen, a.y + (int)sizeof told + 1, a.x, a.w, ST_DIM, on);
	strbuf_free(&text);
}

static void draw(struct ui *ui, void *state, struct area a)
{
	const struct visit *v = visit_now(ui);
	if (!v)
		return;
	if (closing(ui, state)) {
		draw_closing(ui, a, v);
		return;
	}
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
	headline(ui, text, ST_HEAD_FOCUS, v, ui->step);
	text.y += 1 + gap, text.h -= 1 + gap;
	uint32_t n = own_packets(v, ui->step);
	int rows = n < ROWS_KEPT ? (int)n : ROWS_KEPT;
	text.h -= rows;
	int used = body(ui, text, e, gap);
	if (n)
		packets(ui, (struct area){ text.y + used, a.x, text.h + rows - used, a.w }, e);
}

static void open(struct ui *ui, void *state)
{
	(void)state;
	if (ui->step == STEP_0 && visit_now(ui))
		select_next_step(ui, 1);
}

/* The slide behind this one: a step, what closes the visit, the next visit. */
static void forward(struct ui *ui, struct slides *t, const struct visit *v)
{
	enum step order[STEPS];
	unsigned n = steps_order(v, order);
	if (!closing(ui, t) && ui->step == order[n - 1]) {
		close_with(ui, t);
	} else if (!closing(ui, t)) {
		select_next_step(ui, 1);
	} else if (v->id < steps_n_visits(ui->s->steps)) {
		select_visit(ui, v->id + 1);
		steps_order(visit_now(ui), order);
		select_step(ui, order[0]);
	} else {
		ui_say(ui, _("this is the last slide"));
	}
}

static void backward(struct ui *ui, struct slides *t, const struct visit *v)
{
	enum step order[STEPS];
	steps_order(v, order);
	if (closing(ui, t)) {
		t->closing = false;
	} else if (ui->step == order[0] && v->id > 1) {
		select_visit(ui, v->id - 1);
		select_step(ui, order[steps_order(visit_now(ui), order) - 1]);
		close_with(ui, t);
	} else {
		select_next_step(ui, -1);
	}
}

/* Its packets are looked at; behind the end, the visit's. */
static void look_closer(struct ui *ui, const struct slides *t, const struct visit *v)
{
	if (closing(ui, t)) {
		select_visit(ui, v->id);
	} else if (v->step[ui->step].n_frames) {
		select_step(ui, ui->step);
	} else {
		ui_say(ui, _("this step has no packets"));
		return;
	}
	ui_back(ui);
}

static bool act(struct ui *ui, void *state, enum action a)
{
	const struct visit *v = visit_now(ui);
	struct slides *t = state;
	enum step order[STEPS];
	if (!v)
		return false;
	unsigned n = steps_order(v, order);
	switch (a) {
	case ACT_DOWN: case ACT_RIGHT: case ACT_PAGE_DOWN: case ACT_NEXT_STEP: forward(ui, t, v); break;
	case ACT_UP: case ACT_LEFT: case ACT_PAGE_UP: case ACT_PREVIOUS_STEP: backward(ui, t, v); break;
	case ACT_FIRST: case ACT_PRESENT:
		t->closing = false;
		select_step(ui, order[0]);
		break;
	case ACT_LAST:
		t->closing = false;
		select_step(ui, order[n - 1]);
		break;
	case ACT_PRESENT_HERE: break;
	case ACT_OPEN: look_closer(ui, t, v); break;
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
	.state_size = sizeof(struct slides),
	.open = open,
	.draw = draw,
	.act = act,
};
