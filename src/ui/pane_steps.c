/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The steps of the visit, in the order of time, as wide as there is room:
 *
 *   ● 4   ARP: from IP address to MAC address   observed   71.9 µs
 *   ◐ 1   URL parsing                           inferred
 *   ? 1.1 HSTS list lookup                      not known
 */
#include <string.h>

#include "fmt/i18n.h"
#include "fmt/text.h"
#include "fmt/value.h"
#include "ui/view.h"

enum { ID = 4, STATE = 16, DURATION = 9, WITH_TITLE = 14, WITH_DURATION = 34, WITH_STATE = 52 };

static const struct { const char *mark; enum style style; } states[] = {
	[STATE_UNKNOWN] = { "?", ST_UNKNOWN }, [STATE_ABSENT] = { "○", ST_ABSENT },
	[STATE_INFERRED] = { "◐", ST_INFERRED }, [STATE_RECORDED] = { "◆", ST_RECORDED },
	[STATE_OBSERVED] = { "●", ST_OBSERVED },
};

const char *step_mark(enum step_state st)
{
	return states[st].mark;
}

enum style step_style(enum step_state st)
{
	return states[st].style;
}

static void line(struct ui *ui, int y, struct area a, const struct visit *v, enum step step,
		 enum style style)
{
	struct screen *s = ui->screen;
	const struct step_entry *e = &v->step[step];
	bool chosen = style != ST_TEXT;
	int x = a.x + 1, end = a.x + a.w;
	screen_puts(s, y, x, 1, chosen ? style : step_style(e->state), step_mark(e->state));
	x += 2;
	screen_puts(s, y, x, ID - 1, chosen ? style : e->n_frames ? ST_BOLD : ST_DIM, step_kinds[step].id);
	x += ID;
	if (a.w >= WITH_DURATION) {
		struct strbuf text = {0};
		if (e->n_frames > 1 && e->end > e->start)
			value_duration(&text, e->end - e->start);
		screen_right(s, y, end - DURATION - 1, DURATION, style, strbuf_str(&text));
		strbuf_free(&text);
		end -= DURATION + 2;
	}
	if (a.w >= WITH_STATE) {
		const char *state = _(step_state_titles[e->state]);
		screen_column(s, y, end - STATE, STATE, chosen ? style : step_style(e->state), state,
			      strlen(state));
		end -= STATE + 1;
	}
	if (a.w >= WITH_TITLE) {
		const char *title = _(step_kinds[step].title);
		screen_column(s, y, x, end - x, chosen || e->n_frames ? style : ST_DIM, title,
			      strlen(title));
	}
}

void pane_steps(struct ui *ui, struct area a, bool focus)
{
	struct screen *s = ui->screen;
	const struct visit *v = visit_now(ui);
	enum step order[STEPS];
	const char *title = a.w >= WITH_TITLE ? _("Steps of the visit") : _("Step");
	screen_puts(s, a.y, a.x + 1, a.w - 1, focus ? ST_HEAD_FOCUS : ST_HEAD, title);
	a.y++, a.h--;
	if (!v) {
		const char *none = ui->recording ? _("nothing of the visit yet …") :
			ui->loading ? _("being loaded …") : _("no visit in this capture");
		pane_text(ui, (struct area){ a.y, a.x + 1, a.h, a.w - 1 }, ST_DIM, none, strlen(none), 0);
		return;
	}
	unsigned n = steps_order(v, order), at = 0;
	enum step now = live_step(ui);
	for (unsigned i = 0; i < n; i++)
		if (order[i] == ui->step)
			at = i;
	unsigned first = first_shown(at > (unsigned)a.h / 2 ? at - (unsigned)a.h / 2 : 0, at, n, a.h);
	for (unsigned i = 0; i < (unsigned)a.h && first + i < n; i++) {
		enum step step = order[first + i];
		enum style style = step != ui->step ? ST_TEXT : focus ? ST_SELECT : ST_SELECT_AWAY;
		if (style != ST_TEXT)
			screen_repeat(s, a.y + (int)i, a.x, a.w, style, ' ');
		line(ui, a.y + (int)i, a, v, step, style);
		if (step == now)	/* this is what happens */
			screen_puts(s, a.y + (int)i, a.x, 1, style == ST_TEXT ? ST_RECORDED : style, "▶");
	}
}
