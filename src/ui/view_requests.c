/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The requests of a visit, those that packets show and those that only the browser's log tells:
 *
 *      1  301  http://www.lab.test/                                    0 bytes     439 µs
 *   ◆  2  200  https://www.lab.test/                      html       620 bytes    11.0 ms
 *   ◆  3  200  https://www.lab.test/style.css             css        368 bytes    3.00 ms
 */
#include <string.h>

#include "fmt/i18n.h"
#include "fmt/value.h"
#include "ui/view.h"

enum { ABOUT = 4, MARK = 2, NUMBER = 4, STATUS = 5, TYPE = 12, SIZE = 11, TIME = 10, WIDE = 70 };

/* What stands behind the slash of a media type is what people know: html, png. */
static const char *kind_of(const struct request *r)
{
	const char *slash = strchr(r->mime, '/');
	return slash ? slash + 1 : r->mime;
}

static void put(struct ui *ui, int y, int x, int w, enum style style, struct strbuf *text)
{
	screen_column(ui->screen, y, x, w, style, strbuf_str(text), text->len);
	strbuf_clear(text);
}

static void numbers(struct ui *ui, int y, int end, const struct request *r, enum style style)
{
	struct strbuf text = {0};
	if (r->wait >= 0)
		value_duration(&text, (int64_t)(r->wait * 1e6));
	screen_right(ui->screen, y, end - TIME, TIME, style, strbuf_str(&text));
	strbuf_clear(&text);
	if (r->body_bytes >= 0)
		value_amount(&text, (uint64_t)r->body_bytes);
	screen_right(ui->screen, y, end - TIME - SIZE - 1, SIZE, style, strbuf_str(&text));
	strbuf_free(&text);
}

static void request_row(struct ui *ui, int y, struct area a, uint32_t row, enum style style)
{
	const struct request *r = &visit_now(ui)->requests[row];
	struct screen *s = ui->screen;
	struct strbuf text = {0};
	int x = a.x + MARK + NUMBER + 2, end = a.x + a.w - 1;
	if (r->recorded)
		screen_puts(s, y, a.x, 1, style == ST_TEXT ? ST_RECORDED : style, step_mark(STATE_RECORDED));
	strbuf_printf(&text, "%u", (unsigned)r->id);
	screen_right(s, y, a.x + MARK, NUMBER, style, strbuf_str(&text));
	strbuf_clear(&text);
	if (r->status)
		strbuf_printf(&text, "%u", (unsigned)r->status);
	else
		strbuf_puts(&text, *r->cache ? "=" : "-");
	put(ui, y, x, STATUS, style == ST_TEXT && (r->status >= 400 || *r->error) ? ST_WARN : style, &text);
	x += STATUS;
	if (a.w >= WIDE) {
		numbers(ui, y, end, r, style);
		end -= TIME + SIZE + 2;
		safe_text(ui, &text, kind_of(r));
		put(ui, y, end - TYPE, TYPE - 1, style, &text);
		end -= TYPE + 1;
	}
	safe_text(ui, &text, r->url);
	put(ui, y, x, end - x, style, &text);
	strbuf_free(&text);
}

/* Where it went, and how that is known. */
static void told_by(struct strbuf *text, const struct request *r)
{
	if (!strcmp(r->cache, "hit"))
		strbuf_puts(text, _(" Taken from the browser's cache: nothing was sent."));
	else if (r->connection)
		strbuf_printf(text, _(" On connection %u."), (unsigned)r->connection);
	if (!strcmp(r->cache, "validated"))
		strbuf_puts(text, _(" The copy in the browser's cache was still good."));
	if (r->request_frame && r->response_frame)
		strbuf_printf(text, _(" Packets %u and %u show it."), (unsigned)r->request_frame,
			      (unsigned)r->response_frame);
	else if (r->recorded && r->connection)
		strbuf_puts(text, _(" Its packets are encrypted: the browser's log tells what it is."));
	else if (r->recorded)
		strbuf_puts(text, _(" No packet shows it: the browser's log tells."));
}

static void about_request(struct ui *ui, struct area a, const struct request *r)
{
	struct strbuf text = {0};
	safe_text(ui, &text, r->method);
	strbuf_putc(&text, ' ');
	safe_text(ui, &text, r->url);
	if (*r->protocol) {
		strbuf_puts(&text, ", ");
		safe_text(ui, &text, r->protocol);
	}
	if (*r->error) {
		strbuf_puts(&text, ", ");
		safe_text(ui, &text, r->error);
	}
	strbuf_putc(&text, '.');
	told_by(&text, r);
	pane_text(ui, a, ST_TEXT, strbuf_str(&text), text.len, 0);
	strbuf_free(&text);
}

static void draw(struct ui *ui, void *state, struct area a)
{
	struct list_state *t = state;
	const struct visit *v = visit_now(ui);
	const char *title = _("The requests of this visit, and the time from request to answer");
	frame_rule(ui, (struct area){ a.y, a.x, 1, a.w }, title, strlen(title), true);
	list_draw(ui, t, (struct area){ a.y + 1, a.x, a.h - 2 - ABOUT, a.w }, v ? v->n_requests : 0,
		  request_row);
	if (v && !v->n_requests)
		screen_puts(ui->screen, a.y + 1, a.x + 2, a.w - 2, ST_DIM, _("there is none"));
	struct area about = { a.y + a.h - ABOUT, a.x + 1, ABOUT, a.w - 2 };
	frame_rule(ui, (struct area){ about.y - 1, a.x, 1, a.w }, "", 0, false);
	if (v && t->at < v->n_requests)
		about_request(ui, about, &v->requests[t->at]);
}

/* The connection that carried it; NULL: none of the visit's. */
static const struct connection *carrier(const struct visit *v, const struct request *r)
{
	for (uint32_t i = 0; i < v->n_connections; i++)
		if (v->connections[i].id == r->connection)
			return &v->connections[i];
	return NULL;
}

static bool act(struct ui *ui, void *state, enum action a)
{
	struct list_state *t = state;
	const struct visit *v = visit_now(ui);
	if (!v || a != ACT_OPEN)
		return (v && list_move(t, v->n_requests, a)) || ui_refuse(ui, a);
	if (t->at >= v->n_requests)
		return true;
	const struct request *r = &v->requests[t->at];
	const struct connection *c = carrier(v, r);
	if (!r->request_frame && !c) {
		ui_say(ui, _("there is no packet of this request"));
		return true;
	}
	uint32_t frame = r->request_frame;
	if (!frame) {	/* it is among these, but which they are is encrypted */
		rows_set(&ui->rows, (struct rows_mode){ .kind = ROWS_FLOW, .value = c->flow });
		frame = c->first_frame;
		ui_say(ui, _("only this connection is listed; f: everything again"));
	}
	ui_back(ui);
	if (r->request_frame)
		select_listed(ui, frame);
	else
		select_frame(ui, frame);
	return true;
}

static const enum action hints[] = { ACT_OPEN, ACT_PAGE_DOWN, ACT_NONE };

const struct view view_requests = {
	.name = N_("Requests"),
	.help = N_("What the visit asked for. Enter goes to the packet that asks; where only the browser's log "
		   "tells, to the connection that carried it."),
	.hints = hints,
	.state_size = sizeof(struct list_state),
	.draw = draw, .act = act,
};
