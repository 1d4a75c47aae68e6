/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The packets in the order of time:
 *
 *     No.    ms Step Layer     What the packet says
 *      1    0.0  4   2 ARP   ▶ Who has 192.168.0.1? Tell 192.168.0.10
 *      2    0.1  4   2 ARP   ◀ 192.168.0.1 is at 02:42:c0:a8:00:01
 *   ▸ 30 packets that belong to no visit (step 0)
 *     33  140.1  2.3 7 DNS   ▶ Standard query 0xe30c HTTPS www.lab.test
 *     34  341.2  2.3 7 DNS   ▶↻Standard query 0xe30c HTTPS www.lab.test
 *
 * Only the rows that are seen are dissected; what was dissected is kept while it is near.
 */
#include <string.h>

#include "fmt/digits.h"
#include "fmt/i18n.h"
#include "fmt/text.h"
#include "fmt/value.h"
#include "ui/view.h"

enum { CHIP = 9, PEER = 15, LEAST_INFO = 14, WIDE = 84 };

void packets_forget(struct ui *ui)
{
	for (unsigned i = 0; i < ROW_CACHE; i++)
		ui->cache[i].frame = 0;
}

static bool same(const struct address *a, const struct address *b)
{
	return a->len && a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}

/* The hardware address of the visit's client: of the first packet that it sent in a connection. */
static void find_client(struct ui *ui, const struct visit *v)
{
	ui->mac_visit = v->id;
	ui->client_mac.len = 0;
	for (uint32_t i = 0; i < v->n_connections; i++) {
		const struct conn *c = session_conn(ui->s, v->connections[i].flow);
		const struct dissect *d = c ? session_detail(ui->s, c->first_frame, 0) : NULL;
		if (!d)
			continue;
		const struct frame_rec *f = session_frame(ui->s, c->first_frame);
		bool from_client = !!(f->flags & FRAME_DIR) == (c->client & 1);
		ui->client_mac = from_client ? d->mac_src : d->mac_dst;
		return;
	}
}

/* Towards the server, or whoever was asked; and whether that can be told. */
static void direction(const struct ui *ui, const struct dissect *d, struct cached_row *r)
{
	const struct frame_rec *f = session_frame(ui->s, d->frame);
	const struct conn *c = session_conn(ui->s, f->flow);
	r->known = true;
	if (c)
		r->to_server = !!(f->flags & FRAME_DIR) == (c->client & 1);
	else if (same(&d->mac_src, &ui->client_mac))
		r->to_server = true;
	else if (same(&d->mac_dst, &ui->client_mac))
		r->to_server = false;
	else
		r->known = false;
}

static const char *mark_of(uint64_t notes)
{
	const uint64_t again = UINT64_C(1) << NOTE_TCP_RETRANSMISSION |
		UINT64_C(1) << NOTE_TCP_FAST_RETRANSMISSION | UINT64_C(1) << NOTE_TCP_SPURIOUS |
		UINT64_C(1) << NOTE_DNS_RETRANSMISSION;
	if (notes & again)
		return "↻";
	for (unsigned i = 0; i < NOTES; i++)
		if (notes >> i & 1 && note_kinds[i].severity == WARN)
			return "!";
	return " ";
}

const struct cached_row *packets_row(struct ui *ui, uint32_t frame)
{
	struct cached_row *r = &ui->cache[frame % ROW_CACHE];
	if (r->frame == frame)
		return r;
	const struct frame_rec *f = session_frame(ui->s, frame);
	const struct visit *v = visit_now(ui);
	if (v && f && f->visit == v->id && f->flow == NO_FLOW && ui->mac_visit != v->id)
		find_client(ui, v);
	const struct dissect *d = session_detail(ui->s, frame, WANT_INFO);
	packet_lost(&ui->packet);
	r->frame = 0;
	if (!d)
		return NULL;
	row_fill(&r->row, ui->s, d, session_frame(ui->s, 1)->time,
		 ui->options.redact ? ROW_REDACT : 0);
	direction(ui, d, r);
	r->mark = mark_of(packet_notes(ui->s, d));
	r->frame = frame;
	return r;
}

/* ---- columns ---- */

struct columns { int number, time, step, chip, peer; const struct unit *unit; };

/*
 * What times are told in: the finest that no more than seven characters hold up to the end of the
 * capture.
 */
static const struct unit { const char *name; int64_t ns; int places; int64_t below; } units[] = {
	{ N_("ms"), 1000000, 1, 100000000000 },
	{ N_("s"), 1000000000, 3, 1000000000000 },
	{ N_("s"), 1000000000, 2, 10000000000000 },
	{ N_("s"), 1000000000, 1, 100000000000000 },
	{ N_("min"), 60000000000, 1, 6000000000000000 },
	{ N_("h"), 3600000000000, 1, INT64_MAX },
};

/* What a width has room for. The summary gets what is left. */
static struct columns columns_of(const struct ui *ui, int w)
{
	struct columns c = { .number = 3, .time = 7, .step = 4, .chip = CHIP };
	uint32_t n = session_n_frames(ui->s);
	int64_t last = n ? session_frame(ui->s, n)->time - session_frame(ui->s, 1)->time : 0;
	for (uint32_t rest = n / 1000; rest; rest /= 10)
		c.number++;
	c.unit = units;
	while (last >= c.unit->below && c.unit->below < INT64_MAX)
		c.unit++;
	if (last >= 10000000000)		/* seven, and one between */
		c.time++;
	if (w >= WIDE)
		c.peer = PEER + 1;
	int left = w - 2 - c.number - c.time - c.step - c.chip;
	if (left < LEAST_INFO) {
		left += c.time;
		c.time = 0;
	}
	if (left < LEAST_INFO - 4) {
		c.chip = 3;
	}
	return c;
}

/* The layer's chip: "7 DNS". */
static void chip(struct screen *s, int y, int x, int w, const struct row *r)
{
	char text[ROW_PROTOCOL + 4];
	size_t n = 0;
	text[n++] = (char)('0' + r->top);
	text[n++] = ' ';
	memcpy(text + n, r->protocol, r->n_protocol);
	n += r->n_protocol;
	screen_column(s, y, x, w - 1, (enum style)(ST_CHIP + r->top), text, w > 3 ? n : 1);
}

/* What was looked for stands out in the text that begins at x. */
static void mark_found(struct ui *ui, int y, int x, int end, const struct strbuf *text)
{
	long at = ui->search.text[0] ? search_find(&ui->search, strbuf_str(text), text->len) : -1;
	if (at < 0)
		return;
	int from = x + (int)text_width(strbuf_str(text), (size_t)at);
	int to = from + (int)text_width(ui->search.text, strlen(ui->search.text));
	screen_style(ui->screen, y, from, (to < end ? to : end) - from, ST_FOUND);
}

static void line(struct ui *ui, int y, int x, int w, uint32_t frame, enum style style)
{
	struct screen *s = ui->screen;
	struct columns c = columns_of(ui, w);
	const struct cached_row *r = packets_row(ui, frame);
	struct strbuf text = {0};
	int end = x + w;
	strbuf_printf(&text, "%u", (unsigned)frame);
	screen_right(s, y, x, c.number, style, strbuf_str(&text));
	x += c.number;
	if (!r) {
		screen_puts(s, y, x + 1, end - x - 1, style, _("cannot be read any more"));
		strbuf_free(&text);
		return;
	}
	if (c.time) {
		strbuf_clear(&text);
		strbuf_printf(&text, "%.*f", c.unit->places, (double)r->row.time / (double)c.unit->ns);
		screen_right(s, y, x, c.time, style, strbuf_str(&text));
		x += c.time;
	}
	screen_puts(s, y, x + 1, c.step - 1, style, frame <= ui->rows.settled ? r->row.step : "");
	x += c.step + 1;
	chip(s, y, x, c.chip, &r->row);
	x += c.chip;
	screen_puts(s, y, x, 1, style, !r->known ? "·" : r->to_server ? "▶" : "◀");
	screen_puts(s, y, x + 1, 1, style == ST_TEXT ? ST_INFERRED : style, r->mark);
	x += 2;
	if (c.peer) {
		const char *peer = r->to_server || !r->known ? r->row.destination : r->row.source;
		screen_column(s, y, x, PEER, style, peer, strlen(peer));
		x += c.peer;
	}
	strbuf_free(&text);
	screen_column(s, y, x, end - x, style, strbuf_str(&r->row.info), r->row.info.len);
	mark_found(ui, y, x, end, &r->row.info);
}

void packets_line(struct ui *ui, int y, int x, int w, uint32_t frame)
{
	line(ui, y, x, w, frame, ST_TEXT);
}

static void run_line(struct ui *ui, int y, int x, int w, const struct row_at *r, enum style style)
{
	struct strbuf text = {0};
	strbuf_puts(&text, r->kind == ROW_PENDING ? "  … " : "  ▸ ");
	value_count(&text, r->count);
	if (r->kind == ROW_PENDING)
		strbuf_puts(&text, _(" packets more, being loaded"));
	else
		strbuf_puts(&text, r->count == 1 ? _(" packet of no visit (step 0)") :
			    _(" packets of no visit (step 0)"));
	screen_column(ui->screen, y, x, w, style, strbuf_str(&text), text.len);
	strbuf_free(&text);
}

/* The number that the visit's connections are listed with; 0 none. */
static unsigned listed_as(const struct ui *ui, uint32_t flow)
{
	const struct visit *v = visit_now(ui);
	for (uint32_t i = 0; v && i < v->n_connections; i++)
		if (v->connections[i].flow == flow)
			return v->connections[i].id;
	return 0;
}

/* What is listed. Adds it. */
static void add_listed(const struct ui *ui, struct strbuf *to)
{
	struct rows_mode m = ui->rows.mode;
	const struct conn *c = m.kind == ROWS_FLOW ? session_conn(ui->s, m.value) : NULL;
	unsigned number = c ? listed_as(ui, m.value) : 0;
	if (m.kind == ROWS_STEP)
		strbuf_printf(to, _("Only step %s"), step_kinds[m.value].id);
	else if (number)
		strbuf_printf(to, _("Only connection %u"), number);
	else if (c)
		strbuf_printf(to, _("Only port %u → %u"), c->port[c->client & 1],
			      c->port[!(c->client & 1)]);
	else
		strbuf_puts(to, _("What the packet says"));
}

/* Out of a filtered list, as much of it as there is room for. Adds it. */
static void add_way_out(const struct ui *ui, struct strbuf *to, int cells)
{
	bool step = ui->rows.mode.kind == ROWS_STEP;
	const char *ways[] = {
		step ? _(" · f more, Esc all") : _(" · f or Esc all"), _(" · Esc all"),
	};
	size_t room = cells > 0 ? (size_t)cells : 0, taken = text_width(strbuf_str(to), to->len);
	for (size_t i = 0; i < sizeof ways / sizeof *ways && ui->rows.mode.kind > ROWS_FOLDED; i++) {
		if (taken + text_width(ways[i], strlen(ways[i])) <= room) {
			strbuf_puts(to, ways[i]);
			return;
		}
	}
}

static void heading(struct ui *ui, struct area a, bool focus)
{
	struct columns c = columns_of(ui, a.w);
	struct screen *s = ui->screen;
	enum style style = focus ? ST_HEAD_FOCUS : ST_HEAD;
	int x = a.x;
	screen_right(s, a.y, x, c.number, style, _("No."));
	x += c.number;
	if (c.time)
		screen_right(s, a.y, x, c.time, style, _(c.unit->name));
	x += c.time;
	screen_column(s, a.y, x + 1, c.step, style, _("Step"), strlen(_("Step")));
	x += c.step + 1;
	if (c.chip == CHIP)
		screen_column(s, a.y, x + 1, c.chip, style, _("Layer"), strlen(_("Layer")));
	x += c.chip + 2;
	if (c.peer)
		screen_column(s, a.y, x, PEER, style, _("Other side"), strlen(_("Other side")));
	x += c.peer;
	struct strbuf what = {0};
	add_listed(ui, &what);
	add_way_out(ui, &what, a.x + a.w - x);
	screen_column(s, a.y, x, a.x + a.w - x, style, strbuf_str(&what), what.len);
	strbuf_free(&what);
}

uint32_t first_shown(uint32_t first, uint32_t at, uint32_t n, int h)
{
	enum { AROUND = 2 };
	uint32_t rows = h > 0 ? (uint32_t)h : 1, around = rows > 3 * AROUND ? AROUND : 0;
	if (n <= rows)
		return 0;
	if (at + rows < first || at > first + 2 * rows)		/* far away: into the middle */
		first = at > rows / 2 ? at - rows / 2 : 0;
	else if (at < first + around)
		first = at > around ? at - around : 0;
	else if (at + around >= first + rows)
		first = at + around + 1 - rows;
	return first > n - rows ? n - rows : first;
}

void pane_packets(struct ui *ui, struct area a, bool focus)
{
	uint32_t n = rows_count(&ui->rows), at = rows_find(&ui->rows, ui->frame);
	heading(ui, a, focus);
	a.y++, a.h--;
	uint32_t first = ui->first_row = first_shown(ui->first_row, at, n, a.h);
	for (int i = 0; i < a.h && first + (uint32_t)i < n; i++) {
		uint32_t row = first + (uint32_t)i;
		struct row_at r = rows_at(&ui->rows, row);
		enum style style = row != at ? r.kind == ROW_PACKET ? ST_TEXT : ST_DIM :
			focus ? ST_SELECT : ST_SELECT_AWAY;
		if (row == at)
			screen_repeat(ui->screen, a.y + i, a.x, a.w, style, ' ');
		if (r.kind == ROW_PACKET)
			line(ui, a.y + i, a.x, a.w, r.frame, style);
		else
			run_line(ui, a.y + i, a.x, a.w, &r, style);
	}
	if (!n && !ui->loading)
		screen_puts(ui->screen, a.y, a.x + 2, a.w - 2, ST_DIM, _("no packets"));
}
