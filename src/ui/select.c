/* SPDX-License-Identifier: GPL-3.0-or-later */
/* select: what is looked at: a packet, its step, its visit; and which packets are listed. */
#include "fmt/i18n.h"
#include "ui/view.h"

const struct visit *visit_now(const struct ui *ui)
{
	uint32_t n = steps_n_visits(ui->s->steps);
	return n ? steps_visit(ui->s->steps, ui->visit >= 1 && ui->visit <= n ? ui->visit : 1) : NULL;
}

void select_frame(struct ui *ui, uint32_t frame)
{
	uint32_t n = session_n_frames(ui->s);
	if (!n)
		return;
	frame = frame < 1 ? 1 : frame > n ? n : frame;
	const struct frame_rec *rec = session_frame(ui->s, frame);
	ui->frame = frame;
	ui->step = rec->step;
	ui->step_only = false;
	if (rec->visit)
		ui->visit = rec->visit;
	else if (!ui->visit)
		ui->visit = 1;
	packet_select(&ui->packet, frame);
}

static void list_everything(struct ui *ui)
{
	bool all = ui->unfolded || !steps_n_visits(ui->s->steps);
	rows_set(&ui->rows, (struct rows_mode){ .kind = all ? ROWS_ALL : ROWS_FOLDED });
}

enum listed select_listed(struct ui *ui, uint32_t frame)
{
	bool filtered = rows_mode_now(&ui->rows).kind > ROWS_FOLDED;
	bool known = frame <= ui->rows.settled;
	const struct frame_rec *f = session_frame(ui->s, frame);
	enum listed was = LISTED;
	/* what is being loaded has a row, but no step so far */
	if (f && !rows_lists(&ui->rows, frame) && (filtered || known)) {
		was = filtered ? WAS_FILTERED : WAS_FOLDED;
		ui->unfolded = ui->unfolded || (known && f->step == STEP_0);
		list_everything(ui);
	}
	select_frame(ui, frame);
	return was;
}

/* The step's first packet that is listed; 0 none. The visit knows only the first of many. */
static uint32_t first_listed(const struct ui *ui, const struct visit *v, enum step step)
{
	const struct step_entry *e = &v->step[step];
	uint32_t kept = e->n_frames < STEP_FRAMES ? e->n_frames : STEP_FRAMES;
	for (uint32_t i = 0; i < kept; i++)
		if (rows_lists(&ui->rows, e->frames[i]))
			return e->frames[i];
	uint32_t n = kept < e->n_frames ? e->frames[kept - 1] + 1 : 0;
	for (; n && n <= v->last_frame; n++) {
		const struct frame_rec *f = session_frame(ui->s, n);
		if (f && f->step == step && f->visit == v->id && rows_lists(&ui->rows, n))
			return n;
	}
	return 0;
}

void select_step(struct ui *ui, enum step step)
{
	const struct visit *v = visit_now(ui);
	if (!v || step >= STEPS)
		return;
	uint32_t n = step == STEP_0 ? 0 : v->step[step].n_frames;
	uint32_t frame = n ? first_listed(ui, v, step) : 0;
	if (frame)
		select_frame(ui, frame);
	else if (n && rows_mode_now(&ui->rows).kind > ROWS_FOLDED)
		ui_say(ui, _("no packet of step %s is listed; Esc lists everything"),
		       step_kinds[step].id);
	ui->visit = v->id;
	ui->step = step;
	ui->step_only = !frame;
}

void select_visit(struct ui *ui, uint32_t visit)
{
	uint32_t n = steps_n_visits(ui->s->steps);
	if (!n) {
		ui_warn(ui, _("there is no page visit in this capture"));
	} else if (visit < 1) {
		ui_say(ui, _("this is the first visit"));
	} else if (visit > n) {
		ui_say(ui, n == 1 ? _("there is only this visit") : _("this is the last visit"));
	} else {
		uint32_t first = steps_visit(ui->s->steps, visit)->first_frame;
		select_frame(ui, first);
		ui->visit = visit;
		if (!first)
			select_step(ui, STEP_1);
	}
}

/* Steps in the order of the screen, those without packets too. */
void select_next_step(struct ui *ui, int direction)
{
	const struct visit *v = visit_now(ui);
	enum step order[STEPS];
	int at = -1;
	if (!v) {
		ui_warn(ui, _("there is no page visit in this capture"));
		return;
	}
	int n = (int)steps_order(v, order);
	for (int i = 0; i < n; i++)
		if (order[i] == ui->step)
			at = i;
	int next = at < 0 ? (direction > 0 ? 0 : -1) : at + direction;
	if (next < 0)
		ui_say(ui, _("this is the first step"));
	else if (next >= n)
		ui_say(ui, _("this is the last step"));
	else
		select_step(ui, order[next]);
}

/* Views of one packet do not see that a row is folded: there it is stepped over, and said. */
static bool skip_run(struct ui *ui, int64_t to, int direction)
{
	uint32_t n = rows_count(&ui->rows), was = ui->frame;
	if (rows_at(&ui->rows, (uint32_t)to).kind == ROW_RUN)
		to += direction;
	if (to < 0 || to >= n) {
		ui_say(ui, _("there are only packets of step 0 left; 0 unfolds them"));
		return false;
	}
	select_frame(ui, rows_at(&ui->rows, (uint32_t)to).frame);
	uint32_t between = ui->frame > was ? ui->frame - was - 1 : was - ui->frame - 1;
	if (between == 1)
		ui_say(ui, _("1 packet of step 0 skipped; 0 unfolds it"));
	else if (between)
		ui_say(ui, _("%u packets of step 0 skipped; 0 unfolds them"), (unsigned)between);
	return true;
}

bool select_row(struct ui *ui, int64_t by)
{
	uint32_t n = rows_count(&ui->rows);
	if (!n)
		return false;
	int64_t at = rows_find(&ui->rows, ui->frame), to = at + by;
	to = to < 0 ? 0 : to >= n ? n - 1 : to;
	bool folded = ui->rows.mode.kind == ROWS_FOLDED && ui->frame <= ui->rows.done;
	if (to != at && folded && ui->stack[ui->depth - 1].view != &view_timeline)
		return skip_run(ui, to, by < 0 ? -1 : 1);
	select_frame(ui, rows_at(&ui->rows, (uint32_t)to).frame);
	return to != at;
}

void select_fold(struct ui *ui)
{
	if (!steps_n_visits(ui->s->steps)) {
		ui_warn(ui, _("without a visit there is nothing to fold"));
		return;
	}
	ui->unfolded = !ui->unfolded;
	list_everything(ui);
	ui_say(ui, "%s", ui->unfolded ? _("step 0 is unfolded: all packets are listed") :
	       _("step 0 is folded: what belongs to no visit is only counted"));
}

void select_everything(struct ui *ui)
{
	if (rows_mode_now(&ui->rows).kind <= ROWS_FOLDED)
		return;
	list_everything(ui);
	ui_say(ui, _("everything is listed again"));
}

void select_filter(struct ui *ui)
{
	const struct frame_rec *rec = session_frame(ui->s, ui->frame);
	if (!rec)
		return;
	if (rows_mode_now(&ui->rows).kind <= ROWS_FOLDED && rec->visit) {
		rows_set(&ui->rows, (struct rows_mode){ .kind = ROWS_STEP, .value = rec->step,
			.visit = rec->visit });
		ui_say(ui, _("only step %s of visit %u is listed; f: only this connection"),
		       step_kinds[rec->step].id, (unsigned)rec->visit);
	} else if (rows_mode_now(&ui->rows).kind != ROWS_FLOW && session_conn(ui->s, rec->flow)) {
		rows_set(&ui->rows, (struct rows_mode){ .kind = ROWS_FLOW, .value = rec->flow });
		ui_say(ui, _("only this connection is listed; f: everything again"));
	} else {
		select_everything(ui);
	}
}
