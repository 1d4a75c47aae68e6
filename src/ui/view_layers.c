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

enum { NAME = 15, PROTOCOL = 13, INDENT = 5 };

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

static void layer(struct ui *ui, struct area a, const struct dissect *d,
		  const struct stack_layer all[8], unsigned n)
{
	struct screen *s = ui->screen;
	const struct stack_layer *l = &all[n];
	bool there = l->protocol || n == 1;
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
	stack_who(ui, d, n, &text);
	if (l->protocol && l->shared && !text.len)
		strbuf_puts(&text, _("together with the layer below"));
	if (!there)
		strbuf_puts(&text, _("not used by this packet"));
	if (a.h > 1 && text.len)
		screen_column(s, a.y + 1, a.x + INDENT, a.w - INDENT - 1, there ? ST_TEXT : ST_DIM,
			      strbuf_str(&text), text.len);
	int y = text.len ? a.y + 2 : a.y + 1;
	const char *purpose = stack_purpose(n);
	if (y < a.y + a.h)
		screen_column(s, y, a.x + INDENT, a.w - INDENT - 1, ST_DIM, purpose, strlen(purpose));
	strbuf_free(&text);
}

static void title(struct ui *ui, struct area a)
{
	const struct cached_row *r = packets_row(ui, ui->frame);
	struct strbuf text = {0};
	strbuf_printf(&text, _("Packet %u"), (unsigned)ui->frame);
	if (r && r->known)
		strbuf_puts(&text, r->to_server ? _(" ▶ from the client") : _(" ◀ to the client"));
	if (ui->frame <= ui->rows.settled)
		strbuf_printf(&text, " · %s %s", step_kinds[ui->step].id, _(step_kinds[ui->step].title));
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
	int each = (a.h - 1) / 7 > 4 ? 4 : (a.h - 1) / 7, rest = a.h - 1 - 7 * each;
	each = each < 1 ? 1 : each;
	for (unsigned n = 7; n >= 1; n--)
		layer(ui, (struct area){ a.y + 1 + (7 - (int)n) * each, a.x, each, a.w }, d, all, n);
	if (rest >= 3)
		pane_explain(ui, (struct area){ a.y + a.h - rest + 1, a.x + INDENT, rest - 1,
			a.w - 2 * INDENT }, false);
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
