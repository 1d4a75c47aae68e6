/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * story: the visits for people. Steps stand in the order of time, as the packets did; their
 * numbers are names. A visit:
 *
 *   Visit 1: https://www.lab.test/ ───────────────── 812 ms
 *   One sentence: what came of it.
 *
 *     4    ARP                          ● observed      41 µs  packets 1-2
 *          address 192.168.0.1 · mac 02:42:… · protocol arp
 *          What happened here, in a sentence or two.
 *          How it is known: these packets.
 *   …
 *   The overall diagram (ladder.h)
 */
#include <stdlib.h>
#include <string.h>

#include "export/story.h"
#include "fmt/i18n.h"
#include "record/record.h"
#include "fmt/redact.h"
#include "fmt/row.h"
#include "fmt/text.h"
#include "fmt/value.h"

enum {
	TITLE_END = 43, STATE_CELLS = 19, DURATION_CELLS = 11,
	TOLD_IN_FULL = 100	/* visits: more than anybody reads */
};

void story_style(struct story *t, enum style s)
{
	style_set(&t->to, t->colour, s);
}

/* Text that may hold bytes of packets: safe, and without secrets if that was asked for. */
void story_text(struct story *t, struct strbuf *to, const char *s)
{
	redact_shown(to, s, t->p->options->redact);
}

/* The paragraph in t->one, indented, wrapped. */
void story_paragraph(struct story *t, size_t indent, enum style s)
{
	text_repeat(&t->to, " ", indent);
	if (s != STYLE_PLAIN)
		story_style(t, s);
	text_wrap(&t->to, strbuf_str(&t->one), t->one.len, t->p->width, indent, indent);
	if (s != STYLE_PLAIN)
		story_style(t, STYLE_PLAIN);
	strbuf_clear(&t->one);
}

static void sentence(struct story *t, const char *before, const char *s, enum style how)
{
	if (!s || !*s)
		return;
	strbuf_puts(&t->one, before);
	story_text(t, &t->one, s);
	story_paragraph(t, STORY_INDENT, how);
}

static void flush(struct story *t)
{
	out_add(&t->p->out, strbuf_str(&t->to), t->to.len);
	strbuf_clear(&t->to);
}

/* The cells that are left on the line up to `end` as spaces; at least one. */
static void space_to(struct story *t, size_t *at, size_t end)
{
	size_t n = *at < end ? end - *at : 1;
	text_repeat(&t->to, " ", n);
	*at += n;
}

static void cells(struct story *t, size_t *at, const char *s, size_t n)
{
	strbuf_add(&t->to, s, n);
	*at += text_width(s, n);
}

/* ---- steps ---- */

static const struct { const char *mark, *ascii; enum style style; } states[] = {
	[STATE_UNKNOWN] = { "?", "?", STYLE_UNKNOWN },
	[STATE_ABSENT] = { "○", "-", STYLE_ABSENT },
	[STATE_INFERRED] = { "◐", "~", STYLE_INFERRED },
	[STATE_RECORDED] = { "◆", "+", STYLE_RECORDED },
	[STATE_OBSERVED] = { "●", "*", STYLE_OBSERVED },
};

const char *story_mark(const struct story *t, enum step_state state)
{
	return t->p->utf8 ? states[state].mark : states[state].ascii;
}

enum style story_state_style(enum step_state state)
{
	return states[state].style;
}

static void step_line(struct story *t, enum step id, const struct step_entry *e)
{
	const char *title = _(step_kinds[id].title), *state = _(step_state_titles[e->state]);
	size_t at = 0, narrow = t->p->width - STATE_CELLS - DURATION_CELLS;
	size_t title_end = narrow < TITLE_END ? narrow : TITLE_END;
	story_style(t, STYLE_BOLD);
	cells(t, &at, "  ", 2);
	cells(t, &at, step_kinds[id].id, strlen(step_kinds[id].id));
	space_to(t, &at, STORY_INDENT);
	text_column(&t->to, title, strlen(title), title_end - at, TEXT_LEFT);
	at = title_end;
	story_style(t, STYLE_PLAIN);
	space_to(t, &at, title_end + 1);
	story_style(t, story_state_style(e->state));
	const char *mark = story_mark(t, e->state);
	cells(t, &at, mark, strlen(mark));
	cells(t, &at, " ", 1);
	cells(t, &at, state, strlen(state));
	story_style(t, STYLE_PLAIN);
	if (e->n_frames > 1 && e->end > e->start) {
		value_duration(&t->one, e->end - e->start);
		size_t n = text_width(strbuf_str(&t->one), t->one.len);
		space_to(t, &at, t->p->width - n);
		strbuf_add(&t->to, strbuf_str(&t->one), t->one.len);
		strbuf_clear(&t->one);
	}
	strbuf_putc(&t->to, '\n');
}

static void step(struct story *t, const struct visit *v, enum step id)
{
	const struct step_entry *e = &v->step[id];
	step_line(t, id, e);
	story_facts(t, v, e);
	sentence(t, "", e->explain, STYLE_PLAIN);
	sentence(t, _("How it is known: "), e->because, STYLE_DIM);
	sentence(t, _("Note: "), e->remark, STYLE_NOTE);
	strbuf_putc(&t->to, '\n');
}

static void steps(struct story *t, const struct visit *v)
{
	enum step order[STEPS];
	unsigned n = steps_order(v, order);
	for (unsigned i = 0; i < n; i++)
		step(t, v, order[i]);
}

void story_heading(struct story *t, const char *s)
{
	story_style(t, STYLE_BOLD);
	strbuf_printf(&t->to, "  %s\n", s);
	story_style(t, STYLE_PLAIN);
}

/* ---- visits ---- */

static void headline(struct story *t, const struct visit *v)
{
	struct strbuf duration = {0};
	size_t at = 0, width = t->p->width;
	value_duration(&duration, v->end - v->start);
	strbuf_printf(&t->one, _("Visit %u: "), (unsigned)v->id);
	story_text(t, &t->one, v->title);
	strbuf_putc(&t->one, ' ');
	story_style(t, STYLE_TITLE);
	size_t used = text_width(strbuf_str(&t->one), t->one.len), tail = duration.len + 1;
	if (used + tail + 3 <= width) {
		cells(t, &at, strbuf_str(&t->one), t->one.len);
		tail = text_width(strbuf_str(&duration), duration.len) + 1;
		text_repeat(&t->to, t->p->utf8 ? "─" : "-", width - used - tail);
		strbuf_putc(&t->to, ' ');
		strbuf_add(&t->to, strbuf_str(&duration), duration.len);
		strbuf_putc(&t->to, '\n');
	} else {
		strbuf_puts(&t->one, "  ");
		strbuf_add(&t->one, strbuf_str(&duration), duration.len);
		text_wrap(&t->to, strbuf_str(&t->one), t->one.len, width, 0, 2);
	}
	story_style(t, STYLE_PLAIN);
	strbuf_clear(&t->one);
	strbuf_free(&duration);
	if (v->summary && *v->summary) {
		story_text(t, &t->one, v->summary);
		story_paragraph(t, 0, STYLE_PLAIN);
	}
	if (v->final_url && *v->final_url && strcmp(v->final_url, v->url) != 0) {
		strbuf_puts(&t->one, _("It ended at "));
		story_text(t, &t->one, v->final_url);
		story_paragraph(t, 0, STYLE_PLAIN);
	}
	strbuf_putc(&t->to, '\n');
}

static void visit(struct story *t, const struct visit *v)
{
	headline(t, v);
	steps(t, v);
	story_connections(t, v);
	story_requests(t, v);
	ladder_build(t->ladder, t->p->session, v);
	if (t->ladder->n_rungs) {
		story_heading(t, _("The whole visit, from top to bottom in time"));
		strbuf_putc(&t->to, '\n');
		ladder_draw(&t->to, t->ladder, t->p->width, t->p->utf8, t->p->options->redact,
			    NULL);
		strbuf_putc(&t->to, '\n');
	}
	flush(t);
}

/* A visit beyond those that are told in full: one paragraph. */
static void visit_short(struct story *t, const struct visit *v)
{
	strbuf_printf(&t->one, _("Visit %u: "), (unsigned)v->id);
	story_text(t, &t->one, v->title);
	strbuf_puts(&t->one, ", ");
	value_duration(&t->one, v->end - v->start);
	strbuf_puts(&t->one, ". ");
	story_text(t, &t->one, v->summary ? v->summary : "");
	text_wrap(&t->to, strbuf_str(&t->one), t->one.len, t->p->width, 0, 2);
	strbuf_clear(&t->one);
	flush(t);
}

static void capture(struct story *t)
{
	const struct session *s = t->p->session;
	const char *comment = source_section_comment(s->source), *path = source_path(s->source);
	uint32_t n = session_n_frames(s);
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	text_escape_str(&t->one, s->name ? s->name : !strcmp(path, "-") ? _("standard input") : name);
	strbuf_puts(&t->one, ": ");
	value_count(&t->one, n);
	strbuf_puts(&t->one, n == 1 ? _(" packet") : _(" packets"));
	if (n > 1) {
		strbuf_puts(&t->one, _(" in "));
		value_duration(&t->one, session_frame(s, n)->time - session_frame(s, 1)->time);
	}
	if (n) {
		strbuf_puts(&t->one, _(", from "));
		value_moment(&t->one, session_frame(s, 1)->time);
	}
	story_paragraph(t, 0, STYLE_BOLD);
	if (comment && *comment) {
		story_text(t, &t->one, comment);
		story_paragraph(t, 0, STYLE_PLAIN);
	}
	if (s->filter_text) {
		strbuf_puts(&t->one, _("Only packets that match: "));
		text_escape_str(&t->one, s->filter_text);
		story_paragraph(t, 0, STYLE_PLAIN);
	}
	if (t->p->end == SOURCE_CUT || t->p->end == SOURCE_DAMAGED) {
		strbuf_puts(&t->one, t->p->end == SOURCE_CUT ?
			    _("The capture is cut short: the story ends where it ends.") :
			    _("The capture is damaged: the story ends where the damage begins."));
		story_paragraph(t, 0, STYLE_NOTE);
	}
	struct strbuf left_out = {0};
	session_left_out(s, &left_out);
	redact_shown(&t->one, strbuf_str(&left_out), t->p->options->redact);	/* the record's words are in it */
	strbuf_free(&left_out);
	if (t->one.len)
		story_paragraph(t, 0, STYLE_NOTE);
	strbuf_putc(&t->to, '\n');
}

/* What there is instead, when there is no visit: how many packets of each protocol. */
static void no_visit(struct story *t)
{
	const struct session *s = t->p->session;
	uint32_t count[256] = { 0 };
	char name[ROW_PROTOCOL];
	if (s->record && *s->record->url) {
		strbuf_printf(&t->one, _("The browser had not gone to %s yet; these packets belong to no visit."),
			      s->record->url);
		story_paragraph(t, 0, STYLE_PLAIN);
		return;
	}
	strbuf_puts(&t->one, session_n_frames(s) ?
		    _("There is no page visit in this capture: no name was looked up for a page "
		      "and no connection to a web server was opened.") :
		    _("There is no packet in this capture."));
	story_paragraph(t, 0, STYLE_PLAIN);
	for (uint32_t i = 1; i <= session_n_frames(s); i++)
		count[session_frame(s, i)->proto]++;
	for (;;) {
		unsigned most = 0;
		for (unsigned i = 1; i < 256; i++)
			if (count[i] > count[most])
				most = i;
		if (!count[most])
			break;
		if (t->one.len)
			strbuf_puts(&t->one, ", ");
		const struct protocol *p = protocol_at((uint8_t)most);
		if (p)
			row_protocol(p, name);
		strbuf_printf(&t->one, "%s ", p ? name : _("unknown"));
		value_count(&t->one, count[most]);
		count[most] = 0;
	}
	if (!t->one.len)
		return;
	story_paragraph(t, 0, STYLE_PLAIN);
	strbuf_puts(&t->one, _("osiscope print --packets shows them one by one."));
	story_paragraph(t, 0, STYLE_PLAIN);
}

bool print_story(struct printer *p)
{
	const struct session *s = p->session;
	struct story t = { .p = p, .colour = p->terminal && style_wanted() };
	t.ladder = malloc(sizeof *t.ladder);
	if (!t.ladder)
		return false;
	capture(&t);
	uint32_t n = steps_n_visits(s->steps), background = steps_background(s->steps);
	for (uint32_t i = 1; i <= n && i <= TOLD_IN_FULL && out_good(&p->out); i++)
		visit(&t, steps_visit(s->steps, i));
	if (n > TOLD_IN_FULL) {
		strbuf_printf(&t.one, _("%u more visits, told in short; --visits-json tells all of "
					"each, and -f chooses a part of the capture."),
			      (unsigned)n - TOLD_IN_FULL);
		story_paragraph(&t, 0, STYLE_NOTE);
		strbuf_putc(&t.to, '\n');
	}
	for (uint32_t i = TOLD_IN_FULL + 1; i <= n && out_good(&p->out); i++)
		visit_short(&t, steps_headline(s->steps, i));
	if (n > TOLD_IN_FULL)
		strbuf_putc(&t.to, '\n');
	if (!n)
		no_visit(&t);
	else if (background) {
		strbuf_printf(&t.one, background == 1 ?
			      _("%u packet belongs to no visit (step 0).") :
			      _("%u packets belong to no visit (step 0)."), (unsigned)background);
		story_paragraph(&t, 0, STYLE_DIM);
	}
	flush(&t);
	free(t.ladder);
	strbuf_free(&t.to);
	strbuf_free(&t.one);
	return true;
}
