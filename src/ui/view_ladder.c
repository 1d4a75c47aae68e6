/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The diagram of the visit:
 *
 *                     client          gateway       DNS server     www.lab.test
 *         ms step  192.168.0.10    192.168.0.1    198.51.100.53   203.0.113.80
 *      0.000 4           │ ARP: who has 192.168.0.1?     │               │
 *                        │─────────────▶│               │               │
 */
#include <stdlib.h>
#include <string.h>

#include "export/ladder.h"
#include "fmt/i18n.h"
#include "ui/view_text.h"

enum { HEAD = 2 };	/* who the lines belong to stays in sight */

static void make(struct ui *ui, struct strbuf *to, int width)
{
	const struct visit *v = visit_now(ui);
	struct ladder *l = xcalloc(1, sizeof *l);
	if (v)
		ladder_build(l, ui->s, v);
	if (v && l->n_rungs)
		ladder_draw(to, l, (unsigned)width, true, ui->options.redact);
	else
		strbuf_printf(to, "%s\n", _("Nothing of this visit can be drawn."));
	free(l);
}

static void draw(struct ui *ui, void *state, struct area a)
{
	struct text_state *t = state;
	if (t->width != a.w - 2 || t->visit != ui->visit) {
		strbuf_clear(&t->text);
		make(ui, &t->text, a.w - 2);
		text_made(t, ui, a.w - 2);
		t->head = HEAD;
	}
	text_draw(ui, t, a);
}

static const enum action hints[] = { ACT_PAGE_DOWN, ACT_SEARCH, ACT_NONE };

const struct view view_ladder = {
	.name = N_("Diagram"),
	.help = N_("The whole visit in one picture: a line for each of those who talked, an arrow "
		   "for each thing that was said, from top to bottom in time."),
	.hints = hints,
	.state_size = sizeof(struct text_state),
	.draw = draw, .act = text_act, .find = text_find,
	.stale = text_stale, .close = text_close,
};
