/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The layers of the packet with their fields, as a tree, and what the selected field is:
 *
 *    2  ▸ Ethernet                                                        14 bytes
 *    3  ▾ Internet Protocol Version 4                                     20 bytes
 *           Version: 4                                                  ip.version
 *         ▸ Flags: 0x2                                                    ip.flags
 */
#include <string.h>

#include "fmt/i18n.h"
#include "fmt/redact.h"
#include "fmt/text.h"
#include "fmt/value.h"
#include "ui/view.h"

enum { WITH_NAMES = 64, MOST_INDENT = 12 };

static unsigned top_layer(uint32_t osi)
{
	unsigned n = 7;
	while (n > 1 && !(osi & OSI(n)))
		n--;
	return n;
}

static void add_layer(struct strbuf *to, const struct layer *l)
{
	strbuf_puts(to, l->protocol->title);
	if (l->quoted)
		strbuf_puts(to, _(" (quoted)"));
}

static void add_item(const struct ui *ui, struct strbuf *to, const struct dissect *d,
		     const struct item *it)
{
	strbuf_puts(to, _(it->field->label));
	size_t before = to->len;
	strbuf_puts(to, ": ");
	size_t value = to->len;
	value_print(to, d, it, ui->options.redact ? VALUE_REDACT : 0);
	if (to->len == value) {
		to->s[before] = '\0';
		to->len = before;
	}
}

static void line(struct ui *ui, int y, struct area a, const struct dissect *d,
		 const struct tree_line *t, enum style style)
{
	struct screen *s = ui->screen;
	const struct layer *l = &d->layers[t->layer];
	unsigned n = top_layer(l->protocol->osi);
	int x = a.x + 1, end = a.x + a.w;
	struct strbuf text = {0}, right = {0};
	if (t->item == NO_LINE) {
		char digit[] = { ' ', (char)('0' + n), ' ' };
		screen_text(s, y, x, 3, (enum style)(ST_CHIP + n), digit, 3);
		add_layer(&text, l);
		value_amount(&right, l->len);
	} else {
		add_item(ui, &text, d, &d->items[t->item]);
		strbuf_puts(&right, d->items[t->item].field->name);
	}
	int indent = t->depth < MOST_INDENT ? 2 * t->depth : 2 * MOST_INDENT;
	x += 4 + (indent < a.w / 3 ? indent : a.w / 3);
	if (t->parent)
		screen_puts(s, y, x, 1, style, t->open ? "▾" : "▸");
	x += 2;
	if (a.w >= WITH_NAMES) {
		int cells = (int)text_width(strbuf_str(&right), right.len);
		int most = a.w / 3;
		cells = cells > most ? most : cells;
		screen_column(s, y, end - cells - 1, cells, style == ST_TEXT ? ST_DIM : style,
			      strbuf_str(&right), right.len);
		end -= cells + 2;
	}
	screen_column(s, y, x, end - x, style == ST_TEXT && t->item == NO_LINE ? ST_BOLD : style,
		      strbuf_str(&text), text.len);
	strbuf_free(&text);
	strbuf_free(&right);
}

void pane_tree(struct ui *ui, struct area a, bool focus)
{
	struct packet_view *p = &ui->packet;
	const struct dissect *d = packet_get(p);
	if (!d)
		return;
	uint32_t first = ui->first_line = first_shown(ui->first_line, p->line, p->n_lines, a.h);
	for (int i = 0; i < a.h && first + (uint32_t)i < p->n_lines; i++) {
		uint32_t n = first + (uint32_t)i;
		enum style style = n != p->line ? ST_TEXT : focus ? ST_SELECT : ST_SELECT_AWAY;
		if (n == p->line)
			screen_repeat(ui->screen, a.y + i, a.x, a.w, style, ' ');
		line(ui, a.y + i, a, d, &p->lines[n], style);
	}
	if (!p->n_lines)
		screen_puts(ui->screen, a.y, a.x + 1, a.w - 1, ST_DIM, _("no protocol is known for this packet"));
}

static void to_line(struct ui *ui, int64_t line)
{
	int64_t last = ui->packet.n_lines ? ui->packet.n_lines - 1 : 0;
	packet_line_set(&ui->packet, (uint32_t)(line < 0 ? 0 : line > last ? last : line));
}

bool tree_act(struct ui *ui, enum action a, int page)
{
	struct packet_view *p = &ui->packet;
	const struct dissect *d = packet_get(p);
	if (!d)
		return false;
	const struct tree_line *l = p->line < p->n_lines ? &p->lines[p->line] : NULL;
	switch (a) {
	case ACT_UP: to_line(ui, (int64_t)p->line - 1); break;
	case ACT_DOWN: to_line(ui, (int64_t)p->line + 1); break;
	case ACT_PAGE_UP: to_line(ui, (int64_t)p->line - page); break;
	case ACT_PAGE_DOWN: to_line(ui, (int64_t)p->line + page); break;
	case ACT_FIRST: to_line(ui, 0); break;
	case ACT_LAST: to_line(ui, p->n_lines); break;
	case ACT_OPEN: packet_toggle(p); break;
	case ACT_RIGHT:
		if (l && l->parent && !l->open)
			packet_toggle(p);
		else
			to_line(ui, (int64_t)p->line + 1);
		break;
	case ACT_LEFT:
		if (l && l->parent && l->open)
			packet_toggle(p);
		else
			to_line(ui, packet_parent(p, p->line));
		break;
	default: return false;
	}
	return true;
}

/* "dns.flags, Domain Name System: bytes 44 to 45" */
static void add_place(struct strbuf *to, const struct dissect *d, const struct tree_line *t,
		      struct range r)
{
	const struct layer *l = &d->layers[t->layer];
	strbuf_puts(to, t->item == NO_LINE ? l->protocol->name : d->items[t->item].field->name);
	strbuf_printf(to, " · %s · ", l->protocol->title);
	if (!r.len)
		strbuf_puts(to, _("not in the bytes: worked out"));
	else if (r.len == 1)
		strbuf_printf(to, _("byte %u"), (unsigned)r.off);
	else
		strbuf_printf(to, _("bytes %u to %u"), (unsigned)r.off, (unsigned)(r.off + r.len - 1));
}

void pane_field_help(struct ui *ui, struct area a)
{
	struct packet_view *p = &ui->packet;
	const struct dissect *d = packet_get(p);
	if (!d || p->line >= p->n_lines || a.h < 1)
		return;
	const struct tree_line *t = &p->lines[p->line];
	const char *help = t->item == NO_LINE ? d->layers[t->layer].protocol->help :
		d->items[t->item].field->help;
	struct strbuf place = {0};
	int used = 0;
	if (help)
		used = pane_text(ui, a, ST_TEXT, _(help), strlen(_(help)), 0);
	if (used > a.h)
		screen_puts(ui->screen, a.y + a.h - 1, a.x + a.w - 1, 1, ST_ACCENT, "…");
	add_place(&place, d, t, packet_range(p));
	if (used < a.h)
		pane_text(ui, (struct area){ a.y + used, a.x, a.h - used, a.w }, ST_DIM,
			  strbuf_str(&place), place.len, 0);
	strbuf_free(&place);
}
