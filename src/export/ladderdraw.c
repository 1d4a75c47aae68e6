/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ladderdraw: the ladder with characters:
 *
 *                      client         gateway       DNS server     www.lab.test
 *            ms step 192.168.0.10    192.168.0.1    198.51.100.53   203.0.113.80
 *         0.000 4         │── who has? ──▶│               │               │
 *       255.923 2.3       │── DNS: A www.lab.test? ──────▶│               │
 *
 * A label that does not fit into its arrow stands on a line of its own above it.
 */
#include <stdio.h>
#include <string.h>

#include "export/ladder.h"
#include "fmt/digits.h"
#include "fmt/i18n.h"
#include "fmt/redact.h"
#include "fmt/text.h"

enum {
	COLUMN_MIN = 14,	/* room for most IPv4 addresses */
	TIME_CELLS = 10, STEP_CELLS = 4, MARGIN = TIME_CELLS + 1 + STEP_CELLS, WIDEST = 256,
	SPAN_MAX = 44, EDGE = 8
};

/* A line of cells; the second cell of a wide character is 0. */
struct canvas { uint32_t cell[WIDEST]; };

struct drawing {
	const struct ladder *ladder;
	struct strbuf *to;
	unsigned width;
	int64_t start;				/* times count from here */
	unsigned n_columns;
	uint8_t party[LADDER_COLUMNS];		/* of a column */
	unsigned at[LADDER_COLUMNS];		/* its lifeline */
	uint32_t line, dash, right, left;	/* characters */
};

static void canvas_text(struct canvas *c, unsigned at, unsigned end, const char *s, size_t n)
{
	for (size_t i = 0; i < n && at < end;) {
		uint32_t ch;
		i += utf8_next(s + i, n - i, &ch);
		int w = char_width(ch);
		if (w < 1)
			continue;
		if (at + (unsigned)w > end)
			break;
		c->cell[at++] = ch;
		if (w == 2)
			c->cell[at++] = 0;
	}
}

/* The lifelines, from the first cell behind the margin on. */
static void canvas_clear(const struct drawing *g, struct canvas *c)
{
	for (unsigned i = 0; i < WIDEST; i++)
		c->cell[i] = ' ';
	for (unsigned i = 0; i < g->n_columns; i++)
		c->cell[g->at[i]] = g->line;
}

static void canvas_out(const struct drawing *g, const struct canvas *c)
{
	unsigned end = g->width;
	while (end && c->cell[end - 1] == ' ')
		end--;
	char line[4 * WIDEST];
	size_t n = 0;
	for (unsigned i = 0; i < end; i++)
		if (c->cell[i])
			n += utf8_put(line + n, c->cell[i]);
	strbuf_add(g->to, line, n);
	strbuf_putc(g->to, '\n');
}

static int importance(const struct party *p)
{
	return p->roles & ROLE_CLIENT ? 4 : p->roles & ROLE_DOCUMENT ? 3 :
		p->roles & (ROLE_GATEWAY | ROLE_DNS) ? 2 : 1;
}

/* Left to right: client, neighbours and gateway, DNS servers, servers. */
static int place(const struct party *p)
{
	return p->roles & ROLE_CLIENT ? 0 : p->roles & ROLE_GATEWAY ? 1 :
		!(p->roles & (ROLE_DNS | ROLE_DOCUMENT | ROLE_SERVER)) ? 1 :
		p->roles & ROLE_DNS ? 2 : 3;
}

/* One of each kind first, those without which the story makes no sense. */
static void choose_needed(struct drawing *g, unsigned most, bool in[LADDER_PARTIES])
{
	const struct ladder *l = g->ladder;
	bool document = false;
	for (unsigned i = 0; i < l->n_parties; i++)
		document = document || l->parties[i].roles & ROLE_DOCUMENT;
	const unsigned roles[] = { ROLE_CLIENT, document ? ROLE_DOCUMENT : ROLE_SERVER, ROLE_DNS,
			ROLE_GATEWAY };
	for (unsigned k = 0; k < sizeof roles / sizeof *roles; k++)
		for (unsigned i = 0; i < l->n_parties; i++) {
			if (!(l->parties[i].roles & roles[k]))
				continue;
			if (!in[i] && g->n_columns < most) {
				in[i] = true;
				g->n_columns++;
			}
			break;
		}
}

/* Chooses the parties that get a column: the most important ones, as many as have room. */
static void choose(struct drawing *g)
{
	const struct ladder *l = g->ladder;
	unsigned most = (g->width - MARGIN) / COLUMN_MIN;
	most = most < 2 ? 2 : most > LADDER_COLUMNS ? LADDER_COLUMNS : most;
	bool in[LADDER_PARTIES] = { false };
	choose_needed(g, most, in);
	for (int level = 4; level > 0; level--)
		for (unsigned i = 0; i < l->n_parties && g->n_columns < most; i++)
			if (!in[i] && importance(&l->parties[i]) == level) {
				in[i] = true;
				g->n_columns++;
			}
	unsigned n = 0;
	for (int where = 0; where < 4; where++)
		for (unsigned i = 0; i < l->n_parties; i++)
			if (in[i] && place(&l->parties[i]) == where)
				g->party[n++] = (uint8_t)i;
	/* The outer lifelines leave room for half a title beside them. */
	unsigned span = (g->width - MARGIN - 2 * EDGE) / (g->n_columns > 1 ? g->n_columns - 1 : 1);
	if (span > SPAN_MAX)
		span = SPAN_MAX;
	for (unsigned i = 0; i < g->n_columns; i++)
		g->at[i] = MARGIN + EDGE + i * span;
}

static int column(const struct drawing *g, unsigned party)
{
	for (unsigned i = 0; i < g->n_columns; i++)
		if (g->party[i] == party)
			return (int)i;
	return -1;
}

static void party_title(struct strbuf *to, const struct party *p)
{
	const char *sep = "";
	const struct { unsigned role; const char *title; } titles[] = {
		{ ROLE_CLIENT, _("client") }, { ROLE_GATEWAY, _("gateway") },
		{ ROLE_DNS, _("DNS server") },
	};
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
		if (!(p->roles & titles[i].role))
			continue;
		strbuf_puts(to, sep);
		strbuf_puts(to, titles[i].title);
		sep = ", ";
	}
	if (p->roles & (ROLE_DOCUMENT | ROLE_SERVER)) {
		strbuf_puts(to, sep);
		text_escape_str(to, *p->name ? p->name : _("server"));
	} else if (!*sep) {
		strbuf_puts(to, _("neighbour"));
	}
}

static void head_cell(const struct drawing *g, struct canvas *c, unsigned i, const char *s,
		      size_t n)
{
	unsigned room = g->n_columns > 1 ? g->at[1] - g->at[0] - 1 : 2 * EDGE;
	struct strbuf fits = {0};
	size_t cells = text_width(s, n);
	if (cells > room) {
		text_column(&fits, s, n, room, TEXT_LEFT);
		s = strbuf_str(&fits);
		n = fits.len;
		cells = room;
	}
	unsigned start = g->at[i] - (unsigned)cells / 2;
	if (start + cells > g->width)
		start = g->width - (unsigned)cells;
	canvas_text(c, start, g->width, s, n);
	strbuf_free(&fits);
}

static void head(const struct drawing *g)
{
	const struct ladder *l = g->ladder;
	struct canvas titles, addresses, others;
	bool two = false;
	for (unsigned i = 0; i < WIDEST; i++)
		titles.cell[i] = addresses.cell[i] = others.cell[i] = ' ';
	for (unsigned i = 0; i < g->n_columns; i++) {
		const struct party *p = &l->parties[g->party[i]];
		struct strbuf title = {0};
		party_title(&title, p);
		head_cell(g, &titles, i, strbuf_str(&title), title.len);
		strbuf_free(&title);
		struct address_text one = ladder_address(l, p->address);
		struct address_text other = ladder_address(l, p->other);
		const char *first = p->roles & ROLE_CLIENT ? l->visit->client : one.s;
		head_cell(g, &addresses, i, first, strlen(first));
		if (p->other)
			head_cell(g, &others, i, other.s, strlen(other.s));
		two = two || p->other;
	}
	const char *unit = _("ms"), *step = _("step");
	size_t n = text_width(unit, strlen(unit));
	canvas_text(&addresses, n < TIME_CELLS ? TIME_CELLS - (unsigned)n : 0, TIME_CELLS, unit,
		    strlen(unit));
	canvas_text(&addresses, TIME_CELLS + 1, MARGIN + 1, step, strlen(step));
	canvas_out(g, &titles);
	canvas_out(g, &addresses);
	if (two)
		canvas_out(g, &others);
}

static void margin(const struct drawing *g, struct canvas *c, const struct rung *r)
{
	double ms = (double)(r->time - g->start) / 1e6;
	char time[32];
	int n = snprintf(time, sizeof time, ms < 1e6 ? "%.3f" : "%.0f", ms);
	unsigned at = n < TIME_CELLS ? TIME_CELLS - (unsigned)n : 0;
	canvas_text(c, at, TIME_CELLS, time, (size_t)n);
	const char *id = step_kinds[r->step].id;
	canvas_text(c, TIME_CELLS + 1, MARGIN, id, strlen(id));
}

static void draw_rung(const struct drawing *g, const struct rung *r, bool redact)
{
	int from = column(g, r->from), to = column(g, r->to);
	if (from < 0 || to < 0 || from == to)
		return;
	unsigned a = g->at[from < to ? from : to], b = g->at[from < to ? to : from];
	struct strbuf clean = {0}, label = {0};
	if (redact)
		redact_text(&clean, r->label, strlen(r->label));
	else
		strbuf_puts(&clean, r->label);
	text_escape(&label, strbuf_str(&clean), clean.len);
	strbuf_free(&clean);
	unsigned cells = (unsigned)text_width(strbuf_str(&label), label.len);
	bool inside = cells + 6 <= b - a - 1;
	struct canvas c;
	canvas_clear(g, &c);
	margin(g, &c, r);
	if (!inside) {
		/* From the arrow's left end to the right edge, over the lifelines. */
		struct strbuf fits = {0};
		unsigned room = g->width - (a + 2);
		if (cells > room)
			text_column(&fits, strbuf_str(&label), label.len, room, TEXT_LEFT);
		else
			strbuf_add(&fits, strbuf_str(&label), label.len);
		canvas_text(&c, a + 1, a + 2, " ", 1);
		canvas_text(&c, a + 2, g->width, strbuf_str(&fits), fits.len);
		if (a + 2 + cells < g->width && c.cell[a + 2 + cells] != g->line)
			c.cell[a + 2 + cells] = ' ';
		canvas_out(g, &c);
		strbuf_free(&fits);
		canvas_clear(g, &c);
	}
	for (unsigned i = a + 1; i < b; i++)
		c.cell[i] = g->dash;
	if (from < to || r->kind == RUNG_BOTH)
		c.cell[b - 1] = g->right;
	if (from > to || r->kind == RUNG_BOTH)
		c.cell[a + 1] = g->left;
	if (inside && cells) {
		c.cell[a + 3] = ' ';
		canvas_text(&c, a + 4, b - 1, strbuf_str(&label), label.len);
		c.cell[a + 4 + cells] = ' ';
	}
	canvas_out(g, &c);
	strbuf_free(&label);
}

/* How many lines have been added since the text was `from` bytes long. */
static uint32_t lines_since(const struct strbuf *to, size_t from)
{
	uint32_t n = 0;
	for (const char *p = strbuf_str(to) + from; (p = strchr(p, '\n')) != NULL; p++)
		n++;
	return n;
}

/* Draws the rungs between columns; returns how many have none. */
static uint32_t draw_rungs(const struct drawing *g, bool redact, struct ladder_drawn *drawn)
{
	const struct ladder *l = g->ladder;
	uint32_t hidden = 0, line = drawn->head;
	for (unsigned i = 0; i < l->n_rungs; i++) {
		const struct rung *r = &l->rungs[i];
		size_t from = g->to->len;
		if (column(g, r->from) < 0 || column(g, r->to) < 0) {
			hidden++;
			continue;
		}
		draw_rung(g, r, redact);
		uint32_t n = lines_since(g->to, from);
		drawn->rungs[drawn->n_rungs].line = line;
		drawn->rungs[drawn->n_rungs].n_lines = n;
		drawn->rungs[drawn->n_rungs++].frame = r->frame;
		line += n;
	}
	return hidden;
}

void ladder_draw(struct strbuf *to, const struct ladder *l, unsigned width, bool utf8, bool redact,
		 struct ladder_drawn *drawn)
{
	struct ladder_drawn unasked;
	struct drawing g = {
		.ladder = l, .to = to, .width = width < WIDEST ? width : WIDEST,
		.line = utf8 ? 0x2502 : '|', .dash = utf8 ? 0x2500 : '-',
		.right = utf8 ? 0x25b6 : '>', .left = utf8 ? 0x25c0 : '<',
	};
	size_t from = to->len;
	drawn = drawn ? drawn : &unasked;
	/* ARP may have come before what the visit is said to begin with. */
	if (l->n_rungs)
		g.start = l->rungs[0].time < l->visit->start ? l->rungs[0].time : l->visit->start;
	choose(&g);
	head(&g);
	drawn->head = lines_since(to, from);
	drawn->n_rungs = 0;
	uint32_t hidden = l->left_out + draw_rungs(&g, redact, drawn);
	if (hidden)
		strbuf_printf(to, _("%*s… and %u more that have no room here\n"), MARGIN, "",
			      (unsigned)hidden);
}
