/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * comparetext: two visits side by side for people, in the order of the document:
 *
 *   A  http://plain.lab.test/
 *      http-plain.pcapng, visit 1 of 1, from 2026-11-22 17:01:03.197342683 UTC
 *   B  …
 *
 *                          A                           B
 *   ──────────────────────────
 *     5.1  TCP three-way   ● observed                  ● observed
 *          handshake       +250.4 ms, took 79.0 µs     +290.2 ms, took 70.5 µs
 *                          18 packets, 1.33 KB         3 packets, 214 bytes
 *   ≠      server          203.0.113.81:80             203.0.113.80:443
 *   …
 *   Altogether, with the differences in numbers; what only one of them has, in a sentence.
 *
 * Facts that are the same are not repeated. What differs is marked where both are known.
 */
#include "export/comparetable.h"

#include <string.h>

#include "fmt/i18n.h"
#include "fmt/text.h"
#include "fmt/value.h"
#include "record/record.h"

enum { LABEL_END = 24, NARROW = 80 };

/* ---- the head ---- */

static void how_recorded(struct table *b, const struct record *r)
{
	struct strbuf *to = &b->t.one;
	if (r && *r->browser) {
		strbuf_puts(to, _(", recorded with "));
		story_text(&b->t, to, r->browser);
	}
	if (r && !strcmp(r->place, "private"))
		strbuf_puts(to, _(" in a private network"));
	else if (r && !strcmp(r->place, "real") && *r->iface) {
		strbuf_puts(to, _(" on the interface "));
		story_text(&b->t, to, r->iface);
	}
}

static void head(struct table *b, unsigned side)
{
	struct side *x = &b->c->side[side];
	const struct visit *v = x->visit;
	const char *path = x->path, *slash = strrchr(path, '/');
	size_t indent = 3;
	struct strbuf *to = &b->t.one;
	story_style(&b->t, STYLE_TITLE);
	strbuf_puts(&b->t.to, side == SIDE_A ? "A  " : "B  ");
	story_text(&b->t, to, v->title);
	if (v->final_url && *v->final_url && strcmp(v->final_url, v->url) != 0) {
		strbuf_puts(to, b->t.p->utf8 ? " → " : " -> ");
		story_text(&b->t, to, v->final_url);
	}
	text_wrap(&b->t.to, strbuf_str(to), to->len, b->t.p->width, indent, indent);
	strbuf_clear(to);
	story_style(&b->t, STYLE_PLAIN);
	text_escape_str(to, !strcmp(path, "-") ? _("standard input") : slash ? slash + 1 : path);
	strbuf_printf(to, _(", visit %u of %u, from "), (unsigned)v->id,
		      (unsigned)steps_n_visits(x->session->steps));
	value_moment(to, v->start);
	how_recorded(b, x->session->record);
	story_paragraph(&b->t, indent, STYLE_DIM);
	if (v->summary && *v->summary) {
		story_text(&b->t, to, v->summary);
		story_paragraph(&b->t, indent, STYLE_PLAIN);
	}
}

static void legend(struct table *b)
{
	strbuf_puts(&b->t.one, b->t.p->utf8 ? "≠ " : "# ");
	strbuf_puts(&b->t.one, _("marks what differs; what is the same is not repeated. Times "
			"with + or - count from the visit's own first packet. Where only - "
			"stands, a value is not known or does not apply. Each is one visit: small "
			"differences of time may be chance."));
	strbuf_putc(&b->t.to, '\n');
	story_paragraph(&b->t, 0, STYLE_DIM);
	strbuf_putc(&b->t.to, '\n');
}

static void columns(struct table *b, unsigned n, const char *label)
{
	strbuf_puts(&b->label, label);
	strbuf_puts(&b->cell[0], "A");
	strbuf_puts(&b->cell[1], "B");
	strbuf_puts(&b->cell[2], _("B against A"));
	for (unsigned i = 0; i < n; i++)
		b->style[i] = STYLE_TITLE;
	table_row(b, n, 2, false, STYLE_BOLD);
	table_rule(b);
}

/* ---- steps ---- */

static void sign(struct table *b, struct strbuf *to, bool minus)
{
	strbuf_puts(to, !minus ? "+" : b->t.p->utf8 ? "−" : "-");
}

static void span(struct table *b, struct strbuf *to, int64_t ns)
{
	sign(b, to, ns < 0);
	if (ns)
		value_duration(to, ns < 0 ? -ns : ns);
	else
		strbuf_puts(to, "0 ms");
}

static void packets(struct strbuf *to, uint32_t n, uint64_t bytes)
{
	value_count(to, n);
	strbuf_puts(to, n == 1 ? _(" packet") : _(" packets"));
	strbuf_puts(to, ", ");
	value_amount(to, bytes);
}

static void step_cell(struct table *b, unsigned side, enum step id)
{
	const struct side *x = &b->c->side[side];
	const struct step_entry *e = &x->visit->step[id];
	struct strbuf *to = &b->cell[side];
	strbuf_printf(to, "%s %s", story_mark(&b->t, e->state), _(step_state_titles[e->state]));
	b->style[side] = story_state_style(e->state);
	if (!e->n_frames)
		return;
	strbuf_putc(to, '\n');
	span(b, to, e->start - x->visit->start);
	if (e->n_frames > 1 && e->end > e->start) {
		strbuf_puts(to, _(", took "));
		value_duration(to, e->end - e->start);
	}
	strbuf_putc(to, '\n');
	packets(to, e->n_frames, x->bytes[id]);
}

static void fact_cell(struct table *b, unsigned side, const struct fact *f)
{
	if (!f) {
		strbuf_puts(&b->cell[side], "-");
		return;
	}
	story_fact_value(&b->t, f);
	strbuf_add(&b->cell[side], strbuf_str(&b->t.one), b->t.one.len);
	strbuf_clear(&b->t.one);
}

/* A duration of both, what only one of them has, or what differs; else the fact is the same. */
static bool worth_a_row(const struct fact *a, const struct fact *b)
{
	size_t n = a ? strlen(a->key) : 0;
	return !a || !b || facts_differ(a, b) || facts_unlike(a, b) ||
		(n > 3 && !strcmp(a->key + n - 3, "_ms"));
}

static void fact_row(struct table *b, bool differs)
{
	for (unsigned side = 0; differs && side < SIDES; side++)
		b->style[side] = STYLE_BOLD;
	table_row(b, SIDES, STORY_INDENT, differs, STYLE_PLAIN);
}

static void facts(struct table *b, enum step id)
{
	const struct side *x = b->c->side;
	const char *key;
	for (unsigned i = 0; (key = fact_key(b->c, id, i)) != NULL; i++) {
		const struct fact *f[SIDES] = { side_fact(&x[SIDE_A], id, key),
						side_fact(&x[SIDE_B], id, key) };
		if ((!f[SIDE_A] && !f[SIDE_B]) || !worth_a_row(f[SIDE_A], f[SIDE_B]))
			continue;
		const struct side *has = &x[f[SIDE_A] ? SIDE_A : SIDE_B];
		strbuf_puts(&b->label, story_fact_label(has->visit, key));
		for (unsigned side = 0; side < SIDES; side++)
			fact_cell(b, side, f[side]);
		fact_row(b, facts_differ(f[SIDE_A], f[SIDE_B]));
	}
}

/* A word for each, out of the connections and requests; "" is not known. */
static void word_row(struct table *b, const char *label, const char *of_a, const char *of_b)
{
	if (!strcmp(of_a, of_b))
		return;
	strbuf_puts(&b->label, label);
	story_text(&b->t, &b->cell[SIDE_A], *of_a ? of_a : "-");
	story_text(&b->t, &b->cell[SIDE_B], *of_b ? of_b : "-");
	fact_row(b, *of_a && *of_b);
}

/* Why one of them is without it, or why that is not known, where the other has it. */
static void reason(struct table *b, unsigned side, enum step id)
{
	const struct step_entry *e = &b->c->side[side].visit->step[id];
	if (side_presence(&b->c->side[side], id) == PRESENCE_YES ||
	    side_presence(&b->c->side[!side], id) != PRESENCE_YES ||
	    !e->explain || !*e->explain || (b->said && !strcmp(b->said, e->explain)))
		return;
	b->said = e->explain;
	strbuf_puts(&b->t.one, side == SIDE_A ? "A: " : "B: ");
	story_text(&b->t, &b->t.one, e->explain);
	story_paragraph(&b->t, STORY_INDENT, STYLE_PLAIN);
}

static void step(struct table *b, enum step id)
{
	const struct side *x = b->c->side;
	enum presence of_a = side_presence(&x[SIDE_A], id), of_b = side_presence(&x[SIDE_B], id);
	if (id == STEP_2 || id == STEP_3 || id == STEP_4 || id == STEP_5)
		strbuf_putc(&b->t.to, '\n');
	b->id = step_kinds[id].id;
	strbuf_puts(&b->label, _(step_kinds[id].title));
	step_cell(b, SIDE_A, id);
	step_cell(b, SIDE_B, id);
	table_row(b, SIDES, STORY_INDENT, of_a && of_b && of_a != of_b, STYLE_BOLD);
	if (id == STEP_5)
		word_row(b, _("transport"), side_transport(&x[SIDE_A]), side_transport(&x[SIDE_B]));
	if (id == STEP_5_3)
		word_row(b, _("protocol"), x[SIDE_A].protocols, x[SIDE_B].protocols);
	facts(b, id);
	reason(b, SIDE_A, id);
	reason(b, SIDE_B, id);
}

/* ---- altogether ---- */

enum unit { UNIT_TIME, UNIT_COUNT, UNIT_BYTES };

static void number(struct strbuf *to, int64_t n, enum unit unit)
{
	if (unit == UNIT_TIME)
		value_duration(to, n);
	else if (unit == UNIT_BYTES)
		value_amount(to, (uint64_t)n);
	else
		value_count(to, (uint64_t)n);
}

/* -1 is not known. or_more: what cannot be read may add to it. */
static void total(struct table *b, const char *label, int64_t of_a, int64_t of_b, enum unit unit,
		  bool or_more)
{
	const int64_t n[SIDES] = { of_a, of_b };
	bool exact = true;
	if (of_a <= 0 && of_b <= 0)
		return;		/* neither has any */
	strbuf_puts(&b->label, label);
	for (unsigned i = 0; i < SIDES; i++) {
		if (n[i] < 0)
			strbuf_puts(&b->cell[i], "-");
		else
			number(&b->cell[i], n[i], unit);
		if (or_more && n[i] >= 0 && b->c->side[i].hidden) {
			strbuf_puts(&b->cell[i], _(" or more"));
			exact = false;
		}
	}
	if (of_a >= 0 && of_b >= 0 && exact && of_a != of_b) {
		sign(b, &b->cell[2], of_b < of_a);
		number(&b->cell[2], of_b < of_a ? of_a - of_b : of_b - of_a, unit);
	}
	table_row(b, CELLS, 2, false, STYLE_PLAIN);
}

static void totals(struct table *b)
{
	const struct side *x = &b->c->side[SIDE_A], *y = &b->c->side[SIDE_B];
	columns(b, CELLS, _("Altogether"));
	total(b, _("time to first byte"), x->first_byte, y->first_byte, UNIT_TIME, false);
	total(b, _("end of the document"), x->complete, y->complete, UNIT_TIME, false);
	total(b, _("whole visit"), x->visit->end - x->visit->start,
	      y->visit->end - y->visit->start, UNIT_TIME, false);
	total(b, _("packets"), x->visit->n_frames, y->visit->n_frames, UNIT_COUNT, false);
	total(b, _("sent again"), x->sent_again, y->sent_again, UNIT_COUNT, false);
	total(b, _("bytes on the wire"), (int64_t)x->all_bytes, (int64_t)y->all_bytes, UNIT_BYTES,
	      false);
	total(b, _("TCP connections"), x->tcp, y->tcp, UNIT_COUNT, false);
	total(b, _("QUIC connections"), x->quic, y->quic, UNIT_COUNT, false);
	total(b, _("requests"), x->requests, y->requests, UNIT_COUNT, true);
	total(b, _("answered by 304"), x->not_modified, y->not_modified, UNIT_COUNT, true);
	total(b, _("from the cache"), x->from_cache, y->from_cache, UNIT_COUNT, false);
	strbuf_putc(&b->t.to, '\n');
}

/* ---- in a sentence ---- */

static void list(struct table *b, const char *before, const struct strbuf *names)
{
	if (!names->len)
		return;
	strbuf_puts(&b->t.one, before);
	strbuf_add(&b->t.one, strbuf_str(names), names->len);
	strbuf_putc(&b->t.one, '.');
	story_paragraph(&b->t, 0, STYLE_BOLD);
}

static void name_step(struct strbuf *to, enum step id)
{
	strbuf_printf(to, to->len ? ", %s %s" : "%s %s", step_kinds[id].id, _(step_kinds[id].title));
}

static void sentences(struct table *b)
{
	static const char *const only[SIDES] = { N_("Took place in A, not in B: "),
						 N_("Took place in B, not in A: ") };
	static const char *const unknown[SIDES] = {
		N_("Took place in B, and is not known of A: "),
		N_("Took place in A, and is not known of B: "),
	};
	struct strbuf alone = {0}, open = {0};
	for (unsigned side = 0; side < SIDES; side++) {
		for (enum step id = STEP_1; id < STEPS; id++) {
			if (side_alone(b->c, side, id))
				name_step(&alone, id);
			if (side_presence(&b->c->side[side], id) == PRESENCE_UNKNOWN &&
			    side_presence(&b->c->side[!side], id) == PRESENCE_YES)
				name_step(&open, id);
		}
		list(b, _(only[side]), &alone);
		list(b, _(unknown[side]), &open);
		strbuf_clear(&alone);
		strbuf_clear(&open);
	}
	strbuf_free(&alone);
	strbuf_free(&open);
	if (b->differences)
		return;
	strbuf_puts(&b->t.one, _("As far as both are known, no step and no fact differs."));
	story_paragraph(&b->t, 0, STYLE_BOLD);
}

void compare_text(struct compare *c)
{
	struct printer *p = c->p;
	struct table b = { .c = c, .t = { .p = p, .colour = p->terminal && style_wanted() } };
	b.label_end = p->width <= NARROW ? LABEL_END : LABEL_END + (p->width - NARROW) / 3;
	head(&b, SIDE_A);
	head(&b, SIDE_B);
	legend(&b);
	columns(&b, SIDES, _("Step"));
	for (enum step id = STEP_1; id < STEPS; id++)
		step(&b, id);
	strbuf_putc(&b.t.to, '\n');
	totals(&b);
	sentences(&b);
	out_add(&p->out, strbuf_str(&b.t.to), b.t.to.len);
	table_free(&b);
}
