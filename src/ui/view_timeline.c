/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The timeline, where everything begins:
 *
 *    osiscope │ http://www.lab.test/                            191 packets, 1.382 s
 *    Steps of the visit    │ No.     ms Step Layer      What the packet says
 *    ● 4   ARP: from IP ad…│   1    0.0  4   2 ARP    ▶ Who has 192.168.0.1? Tell …
 *    ◐ 1   URL parsing     │   2    0.1  4   2 ARP    ◀ 192.168.0.1 is at 00:00:5e…
 *    ? 1.1 HSTS list lookup│  ▸ 30 packets of no visit (step 0)
 *    ● 2   Name resolution │  33  140.1  2.3 7 DNS    ▶ Standard query 0xe30c HTTPS…
 *    ...                   │
 *    ── Packet 33 · 2.3 DNS query ────────────────────────
 *     7  Application   DNS      +30 │ The computer asks the DNS server about the name
 *     6  Presentation               │ www.lab.test (type HTTPS): computers reach each
 *    ...                            │ other by address, not by name.
 *     1  Physical      72 bytes as …│
 *    Enter open  Tab part  ] step  / search                           ? help  q quit
 *
 * The part that gets the keys has the larger share where there is not room for both. A tall
 * screen has the fields and the bytes below.
 */
#include <string.h>

#include "fmt/i18n.h"
#include "ui/view.h"

enum part { PACKETS, STEPS_PART, TREE, BYTES, PARTS };
enum { STACK = 7, STACK_WIDE = 77, TALL = 34, WIDE = 100, NARROW = 72 };

struct timeline { enum part focus; int page, tree_page; };

/* Where the parts are on a screen of this size. */
struct layout { struct area steps, packets, rule, stack, explain, tree, bytes; bool tall; };

static struct layout layout_of(const struct timeline *t, struct area a)
{
	struct layout l = { .tall = a.h >= TALL };
	int fields = l.tall ? (a.h - STACK - 1) * 2 / 5 : 0;
	int stack_h = a.h - STACK - 1 - fields < 6 ? a.h - 7 : STACK;
	int list = a.h - stack_h - 1 - fields;
	int steps = a.w >= WIDE ? (a.w >= 140 ? 56 : 38) : a.w >= NARROW ? 23 : 7;
	if (t->focus == STEPS_PART && a.w < WIDE)
		steps = a.w >= NARROW ? 52 : a.w - 24;
	if (stack_h < 1)
		stack_h = 0, list = a.h - 1;
	l.steps = (struct area){ a.y, a.x, list, steps };
	l.packets = (struct area){ a.y, a.x + steps + 1, list, a.w - steps - 1 };
	l.rule = (struct area){ a.y + list, a.x, 1, a.w };
	int stack = a.w >= STACK_WIDE + 38 ? STACK_WIDE : a.w >= NARROW ? 36 : 24;
	l.stack = (struct area){ a.y + list + 1, a.x, stack_h, stack };
	l.explain = (struct area){ a.y + list + 1, a.x + stack + 2, stack_h, a.w - stack - 3 };
	if (l.tall) {
		int y = a.y + list + 1 + stack_h, bytes = a.w >= 144 ? 76 : a.w >= WIDE ? 47 : a.w / 2;
		l.tree = (struct area){ y, a.x, fields, a.w - bytes - 1 };
		l.bytes = (struct area){ y, a.x + a.w - bytes, fields, bytes };
	}
	return l;
}

static void divide(struct ui *ui, struct area left)
{
	for (int y = left.y; y < left.y + left.h; y++)
		screen_repeat(ui->screen, y, left.x + left.w, 1, ST_LINE, 0x2502);
}

/* What is below is about the step: it was asked for, or it has no packet to look into. */
static bool about_step(const struct ui *ui, const struct timeline *t)
{
	return visit_now(ui) && (t->focus == STEPS_PART || ui->step_only);
}

static void rule(struct ui *ui, const struct timeline *t, struct area a)
{
	struct strbuf text = {0};
	const struct visit *v = visit_now(ui);
	const struct frame_rec *f = session_frame(ui->s, ui->frame);
	struct row_at r = { .kind = ROW_PACKET };
	if (rows_count(&ui->rows))
		r = rows_at(&ui->rows, rows_find(&ui->rows, ui->frame));
	if (about_step(ui, t)) {
		strbuf_printf(&text, "%s %s · %s %s", step_kinds[ui->step].id,
			      _(step_kinds[ui->step].title), step_mark(v->step[ui->step].state),
			      _(step_state_titles[v->step[ui->step].state]));
	} else if (r.kind == ROW_PACKET && f) {
		strbuf_printf(&text, _("Packet %u"), (unsigned)ui->frame);
		if (ui->frame <= ui->rows.settled)
			strbuf_printf(&text, " · %s %s", step_kinds[f->step].id,
				      _(step_kinds[f->step].title));
	}
	if (r.kind == ROW_RUN && !text.len)
		strbuf_printf(&text, "%s %s", step_kinds[STEP_0].id, _(step_kinds[STEP_0].title));
	frame_rule(ui, a, strbuf_str(&text), text.len, false);
	strbuf_free(&text);
}

static void draw(struct ui *ui, void *state, struct area a)
{
	struct timeline *t = state;
	struct layout l = layout_of(t, a);
	if (!l.tall && t->focus >= TREE)
		t->focus = PACKETS, l = layout_of(t, a);
	t->page = l.packets.h - 2;
	t->tree_page = l.tree.h - 2;
	pane_packets(ui, l.packets, t->focus == PACKETS);
	pane_steps(ui, l.steps, t->focus == STEPS_PART);
	divide(ui, l.steps);
	rule(ui, t, l.rule);
	bool step = about_step(ui, t), run = rows_count(&ui->rows) &&
		rows_at(&ui->rows, rows_find(&ui->rows, ui->frame)).kind != ROW_PACKET;
	if (step || run || l.stack.h < STACK) {
		l.explain.w += l.explain.x - a.x - 1;
		l.explain.x = a.x + 1;
	} else {
		pane_stack(ui, l.stack);
		divide(ui, l.stack);
	}
	pane_explain(ui, l.explain, step);
	if (!l.tall)
		return;
	const char *title = _("Fields");
	frame_rule(ui, (struct area){ l.tree.y, a.x, 1, a.w }, title, strlen(title), t->focus == TREE);
	l.tree.y++, l.tree.h--;
	if (!run && !ui->step_only) {
		pane_tree(ui, l.tree, t->focus == TREE);
		divide(ui, l.tree);
		pane_bytes(ui, l.bytes, t->focus == BYTES);
	}
}

/* Where the cursor is: a packet is opened, a run is unfolded, a step is shown large. */
static void look_closer(struct ui *ui, const struct timeline *t)
{
	if (t->focus == STEPS_PART && visit_now(ui)) {
		ui_open(ui, &view_slides);
		return;
	}
	if (!rows_count(&ui->rows))
		return;
	struct row_at r = rows_at(&ui->rows, rows_find(&ui->rows, ui->frame));
	if (r.kind == ROW_RUN)
		select_fold(ui);
	else if (r.kind == ROW_PACKET)
		ui_open(ui, &view_packet);
}

static bool move_packets(struct ui *ui, const struct timeline *t, enum action a)
{
	int page = t->page > 1 ? t->page : 1;
	switch (a) {
	case ACT_UP: case ACT_LEFT: select_row(ui, -1); break;
	case ACT_DOWN: case ACT_RIGHT: select_row(ui, 1); break;
	case ACT_PAGE_UP: select_row(ui, -page); break;
	case ACT_PAGE_DOWN: select_row(ui, page); break;
	case ACT_FIRST: select_row(ui, -(int64_t)UINT32_MAX); break;
	case ACT_LAST: select_row(ui, UINT32_MAX); break;
	default: return false;
	}
	return true;
}

static bool move_steps(struct ui *ui, enum action a)
{
	const struct visit *v = visit_now(ui);
	enum step order[STEPS];
	if (!v)
		return false;
	unsigned n = steps_order(v, order);
	switch (a) {
	case ACT_UP: case ACT_PAGE_UP: select_next_step(ui, -1); break;
	case ACT_DOWN: case ACT_PAGE_DOWN: select_next_step(ui, 1); break;
	case ACT_FIRST: select_step(ui, order[0]); break;
	case ACT_LAST: select_step(ui, order[n - 1]); break;
	default: return false;
	}
	return true;
}

static bool act(struct ui *ui, void *state, enum action a)
{
	struct timeline *t = state;
	int parts = ui->screen->h - 2 >= TALL ? PARTS : TREE;
	switch (a) {
	case ACT_NEXT_PANE: t->focus = (enum part)(((int)t->focus + 1) % parts); return true;
	case ACT_PREVIOUS_PANE: t->focus = (enum part)(((int)t->focus + parts - 1) % parts); return true;
	case ACT_BACK:
		if (t->focus == PACKETS)
			select_everything(ui);
		t->focus = PACKETS;
		return true;
	case ACT_OPEN:
		if (t->focus <= STEPS_PART) {
			look_closer(ui, t);
			return true;
		}
		break;
	default: break;
	}
	switch (t->focus) {
	case PACKETS: return move_packets(ui, t, a);
	case STEPS_PART: return move_steps(ui, a);
	case TREE: return tree_act(ui, a, t->tree_page > 1 ? t->tree_page : 1);
	case BYTES: return bytes_act(ui, a, t->tree_page > 1 ? t->tree_page : 1);
	case PARTS: break;
	}
	return false;
}

static const enum action hints[] = {
	ACT_OPEN, ACT_NEXT_PANE, ACT_NEXT_STEP, ACT_PRESENT, ACT_LAYERS, ACT_LADDER, ACT_STORY,
	ACT_SEARCH, ACT_VISITS, ACT_CONNECTIONS, ACT_NONE
};

const struct view view_timeline = {
	.name = N_("Timeline"),
	.help = N_("Left the steps of the visit, right the packets in the order of time; below, "
		   "the selected packet on the seven OSI layers, and why it is there."),
	.hints = hints,
	.state_size = sizeof(struct timeline),
	.draw = draw,
	.act = act,
};
