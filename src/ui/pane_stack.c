/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The seven layers of a packet, top down as the sender builds it, with what each adds:
 *
 *    7  Application   DNS        +37
 *    6  Presentation
 *    5  Session
 *    4  Transport     UDP         +8
 *    3  Network       IPv4       +20
 *    2  Data link     Ethernet   +14
 *    1  Physical      79 bytes as signals
 */
#include <string.h>

#include "fmt/digits.h"
#include "fmt/i18n.h"
#include "fmt/names.h"
#include "fmt/text.h"
#include "fmt/value.h"
#include "ui/view.h"

enum { NAME = 12, PROTOCOLS = 13, BYTES = 7, WITH_NAMES = 32, WITH_WHO = 54 };

static const struct { const char *name, *purpose; } layers[8] = {
	[1] = { N_("Physical"), N_("turns the bits into signals on a wire, in glass or in the air") },
	[2] = { N_("Data link"), N_("takes the frame to the next station, by MAC address") },
	[3] = { N_("Network"), N_("finds the way to the far computer, by IP address") },
	[4] = { N_("Transport"), N_("says which program on the computer is meant, by port") },
	[5] = { N_("Session"), N_("settles how the two sides talk, and which dialogue this belongs to") },
	[6] = { N_("Presentation"), N_("encrypts and encodes what is said") },
	[7] = { N_("Application"), N_("what the programs say: the data, with a header that names its kind") },
};

const char *stack_name(unsigned layer)
{
	return _(layers[layer].name);
}

const char *stack_purpose(unsigned layer)
{
	return _(layers[layer].purpose);
}

/* Where a protocol's bytes are counted: its lowest layer, but signals have none. */
static unsigned lowest(uint32_t osi)
{
	unsigned n = 2;
	while (n < 7 && !(osi & OSI(n)))
		n++;
	return n;
}

/* Bytes of the frame behind its last layer: a part of a message that another packet completes. */
static uint32_t left_over(const struct dissect *d)
{
	uint32_t end = 0;
	for (unsigned i = 0; i < d->n_layers; i++)
		if (!d->layers[i].buffer && d->layers[i].off + d->layers[i].len > end)
			end = d->layers[i].off + d->layers[i].len;
	return d->len > end ? d->len - end : 0;
}

void stack_layers(const struct ui *ui, const struct dissect *d, struct stack_layer out[8])
{
	uint32_t seen = 0;
	memset(out, 0, 8 * sizeof *out);
	for (unsigned i = 0; i < d->n_layers; i++) {
		const struct layer *l = &d->layers[i];
		if (l->quoted)
			continue;
		unsigned low = lowest(l->protocol->osi);
		for (unsigned n = 1; n <= 7; n++) {
			if (!(l->protocol->osi & OSI(n)))
				continue;
			/* Of several on one layer (a tag, a tunnel) the two innermost are named. */
			if (out[n].protocol && out[n].protocol != l->protocol)
				out[n].below = out[n].protocol;
			out[n].protocol = n > 1 ? l->protocol : NULL;	/* signals have no protocol here */
			out[n].shared = n != low;
		}
		out[low].bytes += l->len;
		seen |= l->protocol->osi;
	}
	const struct frame_rec *f = session_frame(ui->s, d->frame);
	const struct conn *c = f ? session_conn(ui->s, f->flow) : NULL;
	const struct protocol *app = c ? protocol_at(c->app) : NULL;
	uint32_t rest = left_over(d);
	if (!app || !rest || !(f->flags & FRAME_PAYLOAD) || seen & (OSI(5) | OSI(6) | OSI(7)))
		return;
	unsigned low = lowest(app->osi);
	for (unsigned n = 5; n <= 7; n++)
		if (app->osi & OSI(n))
			out[n] = (struct stack_layer){ .protocol = app, .part = true, .shared = n != low };
	out[low].bytes = rest;
}

void stack_protocols(const struct stack_layer *l, struct strbuf *to)
{
	char name[ROW_PROTOCOL];
	if (l->below) {
		strbuf_add(to, name, row_protocol(l->below, name));
		strbuf_puts(to, ", ");
	}
	if (l->protocol)
		strbuf_add(to, name, row_protocol(l->protocol, name));
	if (l->part)
		strbuf_puts(to, " …");
}

static void add_pair(struct strbuf *to, const struct address *a, const struct address *b)
{
	char text[DIGITS_IPV6];
	if (!a->len || !b->len)
		return;
	strbuf_add(to, text, (size_t)(digits_address(text, a->bytes, a->len) - text));
	strbuf_puts(to, " → ");
	strbuf_add(to, text, (size_t)(digits_address(text, b->bytes, b->len) - text));
}

void stack_who(const struct ui *ui, const struct dissect *d, unsigned layer, struct strbuf *to)
{
	struct stack_layer all[8];
	stack_layers(ui, d, all);
	unsigned top = 7;
	while (top > 1 && !all[top].protocol)
		top--;
	if (layer == 1) {
		strbuf_printf(to, d->len == 1 ? _("signals: %u byte") : _("signals: %u bytes"),
			      (unsigned)d->len);
	} else if (!all[layer].protocol) {
		return;
	} else if (layer == 2 && d->mac_src.len) {
		add_pair(to, &d->mac_src, &d->mac_dst);
	} else if (layer == 3 && d->src.len) {
		add_pair(to, &d->src, &d->dst);
	} else if (layer == 4 && (d->sport || d->dport)) {
		strbuf_printf(to, _("port %u → port %u"), (unsigned)d->sport, (unsigned)d->dport);
	} else if (all[layer].part) {
		strbuf_puts(to, _("a part of a message; the rest is in other packets"));
	} else if (layer == top) {
		text_escape(to, strbuf_str(&d->info), d->info.len);
	}
}

static void draw_layer(struct ui *ui, int y, struct area a, const struct dissect *d, unsigned n,
		       const struct stack_layer *l)
{
	struct screen *s = ui->screen;
	char digit[] = { ' ', (char)('0' + n), ' ' };
	int x = a.x + 1, end = a.x + a.w;
	bool there = l->protocol || n == 1;
	screen_text(s, y, x, 3, there ? (enum style)(ST_CHIP + n) : ST_DIM, digit, 3);
	x += 4;
	if (a.w >= WITH_NAMES) {
		const char *title = stack_name(n);
		screen_column(s, y, x, NAME, there ? ST_TEXT : ST_DIM, title, strlen(title));
		x += NAME + 1;
	}
	struct strbuf text = {0};
	if (n == 1) {
		stack_who(ui, d, n, &text);
		screen_column(s, y, x, end - x, ST_DIM, strbuf_str(&text), text.len);
	} else if (l->protocol) {
		stack_protocols(l, &text);
		int room = end - x - BYTES < PROTOCOLS ? end - x - BYTES : PROTOCOLS;
		if (l->below && (int)text.len > room) {		/* what is on top tells more */
			struct stack_layer top = *l;
			top.below = NULL;
			strbuf_clear(&text);
			stack_protocols(&top, &text);
		}
		screen_column(s, y, x, room, ST_BOLD, strbuf_str(&text), text.len);
		strbuf_clear(&text);
		if (l->shared)
			strbuf_puts(&text, "↓");
		else
			strbuf_printf(&text, "+%u", (unsigned)l->bytes);
		screen_right(s, y, x + room, BYTES, ST_TEXT, strbuf_str(&text));
		x += room + BYTES + 1;
		strbuf_clear(&text);
		if (a.w >= WITH_WHO && n <= 4) {
			stack_who(ui, d, n, &text);
			screen_column(s, y, x, end - x, ST_DIM, strbuf_str(&text), text.len);
		}
	}
	strbuf_free(&text);
}

void pane_stack(struct ui *ui, struct area a)
{
	struct stack_layer all[8];
	const struct dissect *d = packet_get(&ui->packet);
	if (!d)
		return;
	stack_layers(ui, d, all);
	for (unsigned n = 7; n >= 1 && (int)(7 - n) < a.h; n--)
		draw_layer(ui, a.y + 7 - (int)n, a, d, n, &all[n]);
}
