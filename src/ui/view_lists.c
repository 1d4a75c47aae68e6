/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lists to choose from: the visits of the capture, the connections of a visit.
 *
 *      1  http://www.lab.test/                                 191 packets   1.242 s
 *      2  https://api.lab.test/                                 84 packets   312 ms
 *
 *      1  203.0.113.80:80   TCP            a spare one: opened in advance and not used
 *      3  203.0.113.80:443  TCP, TLS 1.3   carries the document
 */
#include <string.h>

#include "fmt/i18n.h"
#include "fmt/names.h"
#include "fmt/text.h"
#include "fmt/value.h"
#include "ui/view.h"

enum { ABOUT = 3 };

bool list_move(struct list_state *t, uint32_t n, enum action a)
{
	int64_t at = t->at, page = t->page > 1 ? t->page : 1;
	switch (a) {
	case ACT_UP: at--; break;
	case ACT_DOWN: at++; break;
	case ACT_PAGE_UP: at -= page; break;
	case ACT_PAGE_DOWN: at += page; break;
	case ACT_FIRST: at = 0; break;
	case ACT_LAST: at = n; break;
	default: return false;
	}
	t->at = at < 0 || !n ? 0 : at >= n ? n - 1 : (uint32_t)at;
	return true;
}

void list_draw(struct ui *ui, struct list_state *t, struct area a, uint32_t n, list_row_fn *row)
{
	t->page = a.h - 1;
	if (t->at >= n)
		t->at = n ? n - 1 : 0;
	t->first = first_shown(t->first, t->at, n, a.h);
	for (int i = 0; i < a.h && t->first + (uint32_t)i < n; i++) {
		bool here = t->first + (uint32_t)i == t->at;
		if (here)
			screen_repeat(ui->screen, a.y + i, a.x, a.w, ST_SELECT, ' ');
		row(ui, a.y + i, a, t->first + (uint32_t)i, here ? ST_SELECT : ST_TEXT);
	}
}

/* ---- visits ---- */

static void visit_row(struct ui *ui, int y, struct area a, uint32_t row, enum style style)
{
	const struct visit *v = steps_visit(ui->s->steps, row + 1);
	struct screen *s = ui->screen;
	struct strbuf text = {0};
	enum { NUMBER = 6, PACKETS = 16, DURATION = 10 };
	int end = a.x + a.w - 1;
	value_duration(&text, v->end - v->start);
	screen_right(s, y, end - DURATION, DURATION, style, strbuf_str(&text));
	end -= DURATION + 1;
	strbuf_clear(&text);
	value_count(&text, v->n_frames);
	strbuf_puts(&text, v->n_frames == 1 ? _(" packet") : _(" packets"));
	screen_right(s, y, end - PACKETS, PACKETS, style, strbuf_str(&text));
	end -= PACKETS + 1;
	strbuf_clear(&text);
	strbuf_printf(&text, "%u", (unsigned)v->id);
	screen_right(s, y, a.x, NUMBER, style, strbuf_str(&text));
	strbuf_clear(&text);
	safe_text(ui, &text, v->title);
	screen_column(s, y, a.x + NUMBER + 2, end - a.x - NUMBER - 2, style, strbuf_str(&text), text.len);
	strbuf_free(&text);
}

static void open_visits(struct ui *ui, void *state)
{
	((struct list_state *)state)->at = ui->visit ? ui->visit - 1 : 0;
}

static void draw_visits(struct ui *ui, void *state, struct area a)
{
	struct list_state *t = state;
	const char *title = _("The visits in this capture");
	frame_rule(ui, (struct area){ a.y, a.x, 1, a.w }, title, strlen(title), true);
	list_draw(ui, t, (struct area){ a.y + 1, a.x, a.h - 2 - ABOUT, a.w },
		  steps_n_visits(ui->s->steps), visit_row);
	struct area about = { a.y + a.h - ABOUT, a.x + 1, ABOUT, a.w - 2 };
	frame_rule(ui, (struct area){ about.y - 1, a.x, 1, a.w }, "", 0, false);
	const struct visit *v = steps_n_visits(ui->s->steps) ? steps_visit(ui->s->steps, t->at + 1) : NULL;
	if (!v || !v->summary)
		return;
	struct strbuf text = {0};
	safe_text(ui, &text, v->summary);
	pane_text(ui, about, ST_TEXT, strbuf_str(&text), text.len, 0);
	strbuf_free(&text);
}

static bool act_visits(struct ui *ui, void *state, enum action a)
{
	struct list_state *t = state;
	uint32_t visit = t->at + 1;
	switch (a) {
	case ACT_OPEN:
		break;
	case ACT_CONNECTIONS: case ACT_REQUESTS: case ACT_LADDER: case ACT_STORY: case ACT_LAYERS: case ACT_PRESENT:
	case ACT_PRESENT_HERE:		/* of the visit that the cursor is on */
		if (visit != ui->visit)
			select_visit(ui, visit);
		return false;
	default:
		return list_move(t, steps_n_visits(ui->s->steps), a) || ui_refuse(ui, a);
	}
	ui_back(ui);
	select_visit(ui, visit);
	return true;
}

/* ---- connections ---- */

static void connection_row(struct ui *ui, int y, struct area a, uint32_t row, enum style style)
{
	const struct connection *k = &visit_now(ui)->connections[row];
	const struct conn *c = session_conn(ui->s, k->flow);
	struct screen *s = ui->screen;
	struct strbuf text = {0};
	int kind = a.w >= 76 ? 14 : 0, server = a.w >= 100 ? 32 : 24, x = a.x + 7, end = a.x + a.w - 1;
	strbuf_printf(&text, "%u", (unsigned)k->id);
	screen_right(s, y, a.x, 5, style, strbuf_str(&text));
	strbuf_clear(&text);
	if (c)
		name_endpoint(&text, ui->s, c, !(c->client & 1));
	screen_column(s, y, x, server, style, strbuf_str(&text), text.len);
	x += server + 1;
	if (kind) {
		strbuf_clear(&text);
		strbuf_puts(&text, k->quic ? "QUIC" : "TCP");
		if (k->tls.seen)
			strbuf_printf(&text, ", TLS %s", name_tls_version(k->tls.version));
		screen_column(s, y, x, kind, style, strbuf_str(&text), text.len);
		x += kind + 1;
	}
	strbuf_clear(&text);
	if (k->tls.sni && *k->tls.sni) {
		safe_text(ui, &text, k->tls.sni);
		strbuf_puts(&text, ": ");
	}
	safe_text(ui, &text, k->role ? k->role : "");
	screen_column(s, y, x, end - x, style == ST_TEXT && k->document ? ST_BOLD : style,
		      strbuf_str(&text), text.len);
	strbuf_free(&text);
}

/* All of one connection, below the list. */
static void about_connection(struct ui *ui, struct area a, const struct connection *k)
{
	const struct conn *c = session_conn(ui->s, k->flow);
	struct strbuf text = {0};
	if (!c)
		return;
	name_endpoint(&text, ui->s, c, c->client & 1);
	strbuf_puts(&text, " → ");
	name_endpoint(&text, ui->s, c, !(c->client & 1));
	strbuf_puts(&text, ": ");
	safe_text(ui, &text, k->role ? k->role : "");
	strbuf_puts(&text, ". ");
	strbuf_printf(&text, _("Packets %u to %u."), (unsigned)k->first_frame, (unsigned)k->last_frame);
	if (k->synack && k->syn) {
		strbuf_puts(&text, _(" Round trip "));
		value_duration(&text, k->synack - k->syn);
		strbuf_putc(&text, '.');
	}
	if (k->retransmissions)
		strbuf_printf(&text, _(" Sent again: %u."), (unsigned)k->retransmissions);
	pane_text(ui, a, ST_TEXT, strbuf_str(&text), text.len, 0);
	strbuf_free(&text);
}

static void draw_connections(struct ui *ui, void *state, struct area a)
{
	struct list_state *t = state;
	const struct visit *v = visit_now(ui);
	const char *title = _("The connections of this visit");
	frame_rule(ui, (struct area){ a.y, a.x, 1, a.w }, title, strlen(title), true);
	list_draw(ui, t, (struct area){ a.y + 1, a.x, a.h - 2 - ABOUT, a.w }, v ? v->n_connections : 0,
		  connection_row);
	if (v && !v->n_connections)
		screen_puts(ui->screen, a.y + 1, a.x + 2, a.w - 2, ST_DIM, _("there is none"));
	struct area about = { a.y + a.h - ABOUT, a.x + 1, ABOUT, a.w - 2 };
	frame_rule(ui, (struct area){ about.y - 1, a.x, 1, a.w }, "", 0, false);
	if (v && t->at < v->n_connections)
		about_connection(ui, about, &v->connections[t->at]);
}

static bool act_connections(struct ui *ui, void *state, enum action a)
{
	struct list_state *t = state;
	const struct visit *v = visit_now(ui);
	if (!v || a != ACT_OPEN)
		return (v && list_move(t, v->n_connections, a)) || ui_refuse(ui, a);
	if (t->at >= v->n_connections)
		return true;
	/* its packets, and only those */
	const struct connection *k = &v->connections[t->at];
	rows_set(&ui->rows, (struct rows_mode){ .kind = ROWS_FLOW, .value = k->flow });
	select_frame(ui, k->first_frame);
	ui_say(ui, _("only this connection is listed; f: everything again"));
	ui_back(ui);
	return true;
}

static const enum action hints[] = { ACT_OPEN, ACT_PAGE_DOWN, ACT_NONE };

const struct view view_visits = {
	.name = N_("Visits"),
	.help = N_("The visits that are in the capture. Enter goes to the first packet of one."),
	.hints = hints,
	.state_size = sizeof(struct list_state),
	.open = open_visits, .draw = draw_visits, .act = act_visits,
};

const struct view view_connections = {
	.name = N_("Connections"),
	.help = N_("The connections that the visit opened, and what each was for. Enter lists the "
		   "packets of one."),
	.hints = hints,
	.state_size = sizeof(struct list_state),
	.draw = draw_connections, .act = act_connections,
};
