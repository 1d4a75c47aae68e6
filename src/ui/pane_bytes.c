/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bytes of the packet, or of a message that was put together from several, in the colours of
 * their layers; those of the selected field stand out, and the byte under the cursor finds its
 * field:
 *
 *    0020  80 50 b2 0e 00 35 00 33  ab cd 8d 41 01 00 00 01   .P...5.3...A....
 *
 * A secret that is not to be shown (--redact) is not shown as bytes either.
 */
#include <stdio.h>

#include "fmt/i18n.h"
#include "fmt/redact.h"
#include "fmt/text.h"
#include "fmt/value.h"
#include "ui/view.h"

enum { OFFSET = 6, ROW_MOST = 16 };

/* Offset, two digits and a space a byte, a gap in the middle, a gap, and the characters. */
static int cells_for(int bytes)
{
	return 1 + OFFSET + 3 * bytes + (bytes > 8) + 1 + bytes;
}

int bytes_width(int cells)
{
	return cells_for(16) <= cells ? 16 : cells_for(8) <= cells ? 8 : 4;
}

static unsigned top_layer(uint32_t osi)
{
	unsigned n = osi ? 7 : 0;
	while (n > 1 && !(osi & OSI(n)))
		n--;
	return n;
}

static bool hidden(const struct ui *ui, const struct dissect *d, uint8_t buffer, uint32_t byte)
{
	if (!ui->options.redact)
		return false;
	for (uint32_t i = 0; i < d->n_items; i++) {
		const struct item *it = &d->items[i];
		if (it->buffer == buffer && byte >= it->off && byte - it->off < it->len &&
		    redact_item(d, it))
			return true;
	}
	return false;
}

static void byte_cells(struct ui *ui, int y, int hex_x, int char_x, const struct dissect *d,
		       uint32_t at, struct range chosen, bool focus)
{
	static const char hex[] = "0123456789abcdef";
	struct packet_view *p = &ui->packet;
	uint8_t v = d->buffers[p->buffer].bytes[at];
	bool secret = hidden(ui, d, p->buffer, at);
	char digits[] = { secret ? '*' : hex[v >> 4], secret ? '*' : hex[v & 15] };
	char c = secret ? '*' : v >= 0x20 && v < 0x7f ? (char)v : '.';
	unsigned layer = top_layer(packet_layer_of(d, p->buffer, at));
	enum style style = (enum style)(ST_LAYER + layer);
	bool in = chosen.buffer == p->buffer && at >= chosen.off && at - chosen.off < chosen.len;
	if (in && p->lines[p->line].item == NO_LINE)	/* a whole layer: in its colour */
		style = (enum style)(ST_CHIP + layer);
	else if (in)
		style = focus ? ST_SELECT_AWAY : ST_SELECT;
	if (focus && at == p->byte)
		style = ST_SELECT;
	screen_text(ui->screen, y, hex_x, 2, style, digits, 2);
	screen_text(ui->screen, y, char_x, 1, style, &c, 1);
	/* A field is one mark, not a row of marks: the space in it belongs to it. */
	if (!in)
		return;
	bool last = at + 1 >= chosen.off + chosen.len || at + 1 >= d->buffers[p->buffer].len;
	if (!last && !(focus && at == p->byte) && at % ui->per_row != ui->per_row - 1)
		screen_repeat(ui->screen, y, hex_x + 2, 1, style, ' ');
}

/* The buffers there are: of those that are not shown only the number, when there is no room. */
static void add_tabs(const struct ui *ui, const struct dissect *d, struct strbuf *text, bool brief)
{
	for (unsigned i = 0; i < d->n_buffers; i++) {
		const struct buffer *b = &d->buffers[i];
		bool here = i == ui->packet.buffer;
		if (i)
			strbuf_puts(text, " │ ");
		if (here && d->n_buffers > 1)
			strbuf_putc(text, '[');
		if (brief && !here) {
			strbuf_printf(text, "%u", i + 1);
		} else {
			strbuf_puts(text, b->label && i ? _(b->label) : _("Bytes of the packet"));
			strbuf_puts(text, ": ");
			value_amount(text, b->len);
		}
		if (here && d->n_buffers > 1)
			strbuf_putc(text, ']');
	}
}

static void tabs(struct ui *ui, struct area a, const struct dissect *d, bool focus)
{
	struct strbuf text = {0};
	add_tabs(ui, d, &text, false);
	if (text_width(strbuf_str(&text), text.len) + 6 > (size_t)a.w) {
		strbuf_clear(&text);
		add_tabs(ui, d, &text, true);
	}
	frame_rule(ui, a, strbuf_str(&text), text.len, focus);
	strbuf_free(&text);
}

void pane_bytes(struct ui *ui, struct area a, bool focus)
{
	struct packet_view *p = &ui->packet;
	const struct dissect *d = packet_get(p);
	if (!d || !d->n_buffers)
		return;
	tabs(ui, a, d, focus);
	a.y++, a.h--;
	const struct buffer *b = &d->buffers[p->buffer];
	uint32_t per = ui->per_row = (uint32_t)bytes_width(a.w), rows = b->len / per + (b->len % per != 0);
	uint32_t first = first_shown(ui->first_byte / per, p->byte / per, rows, a.h);
	struct range chosen = packet_range(p);
	ui->first_byte = first * per;
	for (int y = 0; y < a.h && first + (uint32_t)y < rows; y++) {
		uint32_t off = (first + (uint32_t)y) * per;
		char offset[16];
		snprintf(offset, sizeof offset, "%04x", (unsigned)off);
		screen_puts(ui->screen, a.y + y, a.x + 1, OFFSET, ST_DIM, offset);
		for (uint32_t i = 0; i < per && off + i < b->len; i++) {
			int x = a.x + 1 + OFFSET + 3 * (int)i + (i >= 8);
			int cx = a.x + cells_for((int)per) - (int)(per - i);
			byte_cells(ui, a.y + y, x, cx, d, off + i, chosen, focus);
		}
	}
	if (!b->len)
		screen_puts(ui->screen, a.y, a.x + 1, a.w - 1, ST_DIM, _("nothing was captured"));
}

bool bytes_act(struct ui *ui, enum action a, int page)
{
	struct packet_view *p = &ui->packet;
	const struct dissect *d = packet_get(p);
	if (!d || !d->n_buffers)
		return false;
	int64_t per = ui->per_row, at = p->byte, last = d->buffers[p->buffer].len;
	switch (a) {
	case ACT_UP: at -= per; break;
	case ACT_DOWN: at += per; break;
	case ACT_PAGE_UP: at -= per * page; break;
	case ACT_PAGE_DOWN: at += per * page; break;
	case ACT_LEFT: at--; break;
	case ACT_RIGHT: at++; break;
	case ACT_FIRST: at = 0; break;
	case ACT_LAST: at = last - 1; break;
	case ACT_OPEN:
		packet_buffer_set(p, (uint8_t)((p->buffer + 1u) % d->n_buffers));
		return true;
	default: return false;
	}
	/* A row up or down that there is not leaves the cursor where it is. */
	if (at >= 0 && at < last)
		packet_byte_set(p, (uint32_t)at);
	else if (a == ACT_PAGE_UP || a == ACT_PAGE_DOWN)
		packet_byte_set(p, (uint32_t)(at < 0 ? 0 : last ? last - 1 : 0));
	return true;
}
