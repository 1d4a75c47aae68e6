/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The seven layers of one packet, large: what each is for, who talks to whom there, and how each
 * wraps what comes from above. For the wall of a lecture hall.
 *
 *     7  Application    DNS    +30 bytes                          [DNS]
 *        Standard query 0x9f74 A www.lab.test
 *        what the programs say: the data, with a header that names its kind
 *     ...
 *     4  Transport      UDP     +8 bytes                     [UDP][DNS]
 *        port 56120 → port 53
 *        says which program on the computer is meant, by port
 */
#include <string.h>

#include "fmt/i18n.h"
#include "fmt/text.h"
#include "fmt/value.h"
#include "ui/view.h"

enum { NAME = 15, PROTOCOL = 13, INDENT = 5, EXPLAINED = 5 };
enum given { TO_ALL, TO_TELLING, TO_OWN, TO_SHARED, TO_UNUSED };

/* "UDP" in its colour, for each layer from the top down to n: what the packet is made of there. */
static int box_cells(const struct stack_layer *l)
{
	char name[ROW_PROTOCOL];
	return l->protocol && !l->shared ? (int)row_protocol(l->protocol, name) + 2 : 0;
}

static void boxes(struct ui *ui, int y, int end, const struct stack_layer all[8], unsigned n)
{
	int x = end;
	char name[ROW_PROTOCOL];
	for (unsigned i = n < 2 ? 2 : n; i <= 7; i++)
		x -= box_cells(&all[i]);
	for (unsigned i = n < 2 ? 2 : n; i <= 7; i++) {
		int cells = box_cells(&all[i]);
		if (!cells)
			continue;
		size_t len = row_protocol(all[i].protocol, name);
		screen_repeat(ui->screen, y, x, cells, (enum style)(ST_CHIP + i), ' ');
		screen_text(ui->screen, y, x + 1, cells - 1, (enum style)(ST_CHIP + i), name, len);
		x += cells;
	}
}

static bool is_used(const struct stack_layer all[8], unsigned n)
{
	return all[n].protocol || n == 1;
}

/* Who talks to whom there, or why nobody does. */
static void said(const struct ui *ui, const struct dissect *d, const struct stack_layer all[8],
		 unsigned n, struct strbuf *to)
{
	stack_who(ui, d, n, to);
	if (all[n].protocol && all[n].shared && !to->len)
		strbuf_puts(to, _("together with the layer below"));
	if (!is_used(all, n))
		strbuf_puts(to, _("not used by this packet"));
}

static void layer(struct ui *ui, struct area a, const struct dissect *d,
		  const struct stack_layer all[8], unsigned n)
{
	struct screen *s = ui->screen;
	const struct stack_layer *l = &all[n];
	bool there = is_used(all, n);
	char digit[] = { ' ', (char)('0' + n), ' ' };
	struct strbuf text = {0};
	int x = a.x + 1, end = a.x + a.w - 1;
	screen_text(s, a.y, x, 3, (enum style)(there ? ST_CHIP + n : ST_DIM), digit, 3);
	x += 4;
	screen_column(s, a.y, x, NAME, there ? ST_BOLD : ST_DIM, stack_name(n), strlen(stack_name(n)));
	x += NAME;
	if (l->protocol) {
		stack_protocols(l, &text);
		screen_column(s, a.y, x, PROTOCOL, ST_BOLD, strbuf_str(&text), text.len);
		strbuf_clear(&text);
		x += PROTOCOL + 1;
		if (!l->shared) {
			strbuf_putc(&text, '+');
			value_amount(&text, l->bytes);
			screen_text(s, a.y, x, 12, ST_TEXT, strbuf_str(&text), text.len);
		}
	}
	int wide = 0;
	for (unsigned i = 2; i <= 7; i++)
		wide += box_cells(&all[i]);
	if (a.w >= NAME + PROTOCOL + 20 + wide && there && (!l->shared || n == 1))
		boxes(ui, a.y, end, all, n);
	strbuf_clear(&text);
	said(ui, d, all, n, &text);
	int y = a.y + (!there && a.h < 3 ? 0 : 1);	/* beside its name, when it has no more lines */
	int at = y > a.y ? a.x + INDENT : x;
	if (y < a.y + a.h && text.len)
		screen_column(s, y++, at, end - at, there ? ST_TEXT : ST_DIM, strbuf_str(&text), text.len);
	const char *purpose = stack_purpose(n);
	if (y < a.y + a.h && (there || a.h > 1))
		screen_column(s, y, a.x + INDENT, end - a.x - INDENT, ST_DIM, purpose, strlen(purpose));
	strbuf_free(&text);
}

/* One line more for those of a kind, from the top down; true if there was one for each. */
static bool give(const struct stack_layer all[8], int lines[8], int *h, enum given what, int more,
		 unsigned telling)
{
	for (unsigned n = 7; n >= 1; n--) {
		bool used = is_used(all, n), shared = used && all[n].shared && n > 1;
		if ((what == TO_TELLING && !(telling >> n & 1)) || (what == TO_OWN && (!used || shared)) ||
		    (what == TO_SHARED && !shared) || (what == TO_UNUSED && used))
			continue;
		if (*h < more)
			return false;
		lines[n] += more, *h -= more;
	}
	return true;
}

/*
 * How many lines each layer gets of h: its name, what is said on it, what it is for, an empty one.
 * The explanation below has lines of its own, and all that are left over.
 */
static void share(struct ui *ui, const struct dissect *d, const struct stack_layer all[8], int h,
		  int lines[8])
{
	unsigned telling = 0;	/* bits of layers on which something is said */
	struct strbuf text = {0};
	for (unsigned n = 7; n >= 1; n--, strbuf_clear(&text)) {
		said(ui, d, all, n, &text);
		telling |= (unsigned)(text.len && is_used(all, n)) << n;
	}
	strbuf_free(&text);
	for (unsigned n = 7; n >= 1; n--)
		lines[n] = 1, h--;
	h -= EXPLAINED;
	if (!give(all, lines, &h, TO_TELLING, 1, telling) || !give(all, lines, &h, TO_OWN, 1, 0) ||
	    !give(all, lines, &h, TO_SHARED, 1, 0))
		return;
	int unused = 0;
	for (unsigned n = 7; n >= 1; n--)
		unused += !is_used(all, n);
	if (h >= 2 * unused + 7) {	/* all alike, with air between */
		give(all, lines, &h, TO_UNUSED, 2, 0);
		give(all, lines, &h, TO_ALL, 1, 0);
	}
}

static void title(struct ui *ui, struct area a)
{
	const struct cached_row *r = packets_row(ui, ui->frame);
	struct strbuf text = {0};
	strbuf_printf(&text, _("Packet %u"), (unsigned)ui->frame);
	if (r && r->known)
		strbuf_puts(&text, r->to_server ? _(" ▶ from the client") : _(" ◀ to the client"));
	const struct frame_rec *rec = session_frame(ui->s, ui->frame);
	if (rec && ui->frame <= ui->rows.settled)	/* its own: the selected step may have no packet */
		strbuf_printf(&text, " · %s %s", step_kinds[rec->step].id,
			      _(step_kinds[rec->step].title));
	frame_rule(ui, a, strbuf_str(&text), text.len, true);
	strbuf_free(&text);
}

static void draw(struct ui *ui, void *state, struct area a)
{
	struct stack_layer all[8];
	(void)state;
	title(ui, (struct area){ a.y, a.x, 1, a.w });
	const struct dissect *d = packet_get(&ui->packet);
	if (!d) {
		pane_explain(ui, (struct area){ a.y + 2, a.x + 1, a.h - 2, a.w - 2 }, false);
		return;
	}
	stack_layers(ui, d, all);
	int lines[8], y = a.y + 1, end = a.y + a.h;
	share(ui, d, all, a.h - 1, lines);
	for (unsigned n = 7; n >= 1; n--) {
		layer(ui, (struct area){ y, a.x, lines[n], a.w }, d, all, n);
		y += lines[n];
	}
	y += end - y > 2;
	pane_explain(ui, (struct area){ y, a.x + INDENT, end - y, a.w - 2 * INDENT }, false);
}

static bool act(struct ui *ui, void *state, enum action a)
{
	(void)state;
	switch (a) {
	case ACT_UP: case ACT_LEFT: case ACT_PAGE_UP: select_row(ui, -1); break;
	case ACT_DOWN: case ACT_RIGHT: case ACT_PAGE_DOWN: select_row(ui, 1); break;
	case ACT_OPEN: ui_open(ui, &view_packet); break;
	default: return false;
	}
	return true;
}

static const enum action hints[] = {
	ACT_PAGE_DOWN, ACT_OPEN, ACT_NEXT_STEP, ACT_SEARCH, ACT_NONE
};

const struct view view_layers = {
	.name = N_("Layers"),
	.help = N_("One packet on the seven OSI layers: what each layer is for, what it adds, and "
		   "how it wraps what comes from above. PageDown shows the next packet."),
	.hints = hints,
	.draw = draw,
	.act = act,
};
