/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One packet, every field and every byte of it:
 *
 *    ── Packet 35 · 2.3 DNS query · 72 bytes · 141.4 ms ────────────────
 *     2  ▸ Ethernet                                                        14 bytes
 *     3  ▸ Internet Protocol Version 4                                     20 bytes
 *     4  ▸ User Datagram Protocol                                           8 bytes
 *     7  ▾ Domain Name System                                              30 bytes
 *            Transaction ID: 0x9f74                                          dns.id
 *          ▸ Flags: 0x0100                                                dns.flags
 *    ───────────────────────────────────
 *     What the selected field is for, in a sentence or two.
 *    ── Bytes of the packet: 72 bytes ───────────────────────
 *     0020  35 35 00 35 00 26 12 34  9f 74 01 00 00 01 00 00   55.5.&.4.t......
 */
#include <string.h>

#include "fmt/i18n.h"
#include "fmt/value.h"
#include "ui/view.h"

enum part { TREE, BYTES };
enum { HELP = 4, BYTES_WIDE = 73, WIDE = 110 };

struct packet_state { enum part focus; int tree_page, bytes_page; };

static void title(struct ui *ui, struct area a, bool focus)
{
	const struct frame_rec *f = session_frame(ui->s, ui->frame);
	struct strbuf text = {0};
	if (!f)
		return;
	strbuf_printf(&text, _("Packet %u"), (unsigned)ui->frame);
	if (ui->frame <= ui->rows.settled)
		strbuf_printf(&text, " · %s %s", step_kinds[f->step].id, _(step_kinds[f->step].title));
	strbuf_puts(&text, " · ");
	value_amount(&text, f->len);
	strbuf_puts(&text, " · ");
	value_duration(&text, f->time - session_frame(ui->s, 1)->time);
	frame_rule(ui, a, strbuf_str(&text), text.len, focus);
	strbuf_free(&text);
}

static void draw(struct ui *ui, void *state, struct area a)
{
	struct packet_state *t = state;
	bool wide = a.w >= WIDE;
	int bytes = a.h / 3 < 5 ? 5 : a.h / 3 > 13 ? 13 : a.h / 3, help = wide ? 0 : HELP;
	int tree = a.h - 1 - bytes - help;
	t->tree_page = tree > 2 ? tree - 1 : 1;
	t->bytes_page = bytes > 3 ? bytes - 2 : 1;
	title(ui, (struct area){ a.y, a.x, 1, a.w }, t->focus == TREE);
	if (!packet_get(&ui->packet)) {
		pane_explain(ui, (struct area){ a.y + 2, a.x + 1, a.h - 2, a.w - 2 }, false);
		return;
	}
	pane_tree(ui, (struct area){ a.y + 1, a.x, tree, a.w }, t->focus == TREE);
	int y = a.y + 1 + tree;
	if (!wide) {
		frame_rule(ui, (struct area){ y, a.x, 1, a.w }, "", 0, false);
		pane_field_help(ui, (struct area){ y + 1, a.x + 1, help - 1, a.w - 2 });
		pane_bytes(ui, (struct area){ y + help, a.x, bytes, a.w }, t->focus == BYTES);
		return;
	}
	frame_rule(ui, (struct area){ y, a.x, 1, a.w }, "", 0, false);
	pane_bytes(ui, (struct area){ y, a.x, bytes, BYTES_WIDE }, t->focus == BYTES);
	pane_field_help(ui, (struct area){ y + 1, a.x + BYTES_WIDE + 2, bytes - 1, a.w - BYTES_WIDE - 3 });
}

static bool act(struct ui *ui, void *state, enum action a)
{
	struct packet_state *t = state;
	switch (a) {
	case ACT_NEXT_PANE: case ACT_PREVIOUS_PANE:
		t->focus = t->focus == TREE ? BYTES : TREE;
		return true;
	default: break;
	}
	return t->focus == TREE ? tree_act(ui, a, t->tree_page) : bytes_act(ui, a, t->bytes_page);
}

static const enum action hints[] = {
	ACT_OPEN, ACT_NEXT_PANE, ACT_NEXT_PACKET, ACT_LAYERS, ACT_NEXT_STEP, ACT_SEARCH, ACT_NONE
};

const struct view view_packet = {
	.name = N_("Packet"),
	.help = N_("All fields of the packet and all its bytes. Tab changes between the two; the "
		   "selected field's bytes stand out, and the byte under the cursor finds its "
		   "field. Enter opens a branch, or shows the next buffer of bytes."),
	.hints = hints,
	.state_size = sizeof(struct packet_state),
	.draw = draw,
	.act = act,
};
