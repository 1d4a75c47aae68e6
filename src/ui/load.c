/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load: the capture is read in slices while keys are answered; now and then the steps are settled. */
#include "fmt/i18n.h"
#include "ui/view.h"

/*
 * Settling looks at all frames again. Doing it whenever there are four times as many costs a
 * third more than doing it once at the end.
 */
enum { LEAST_MORE = 4096, TIMES = 4 };

static void model_changed(struct ui *ui)
{
	packets_forget(ui);
	packet_lost(&ui->packet);
	ui->packet.explained = false;
	ui->mac_visit = 0;
	for (unsigned i = 0; i < ui->depth; i++)
		if (ui->stack[i].view->stale)
			ui->stack[i].view->stale(ui, ui->stack[i].state);
}

static void settled(struct ui *ui)
{
	uint32_t n = session_n_frames(ui->s);
	bool visits = steps_n_visits(ui->s->steps) != 0;
	struct rows_mode mode = ui->rows.making ? ui->rows.next_mode : ui->rows.mode;
	ui->settle_at = n < LEAST_MORE ? n + LEAST_MORE : n < UINT32_MAX / TIMES ? TIMES * n : UINT32_MAX;
	model_changed(ui);
	rows_settled(&ui->rows, n);
	/* Without a visit everything is step 0: folding it would leave nothing to see. */
	if (mode.kind <= ROWS_FOLDED) {
		mode.kind = visits && !ui->unfolded ? ROWS_FOLDED : ROWS_ALL;
		rows_set(&ui->rows, mode);
	}
	if (ui->recording && !ui->touched)
		live_follow(ui);
	else if (!ui->touched && visits && !ui->options.live)
		select_frame(ui, steps_visit(ui->s->steps, 1)->first_frame);
	else if (n && (!ui->frame || ui->step == STEP_0))
		select_frame(ui, ui->frame);	/* its step is known now */
}

void load_language(struct ui *ui)
{
	if (session_n_frames(ui->s))
		steps_settle(ui->s->steps);
	model_changed(ui);
}

static void ended(struct ui *ui)
{
	const char *trouble = source_trouble(ui->s->source);
	struct strbuf left_out = {0};
	ui->loading = false;
	settled(ui);
	session_left_out(ui->s, &left_out);
	if (trouble)
		ui_warn(ui, "%s", trouble);
	else if (left_out.len)
		ui_warn(ui, "%s", strbuf_str(&left_out));
	else if (!session_n_frames(ui->s))
		ui_say(ui, "%s", ui->s->filter_text ? _("no packet matches the filter") :
		       _("there is no packet in this capture"));
	strbuf_free(&left_out);
}

/* True while there is more to load at once. */
bool load_work(struct ui *ui)
{
	struct session *s = ui->s;
	if (!ui->loading)
		return false;
	uint32_t before = session_n_frames(s);
	bool more = session_load(s, UINT32_MAX, SLICE);
	packet_lost(&ui->packet);
	if (!more && s->end != SOURCE_FRAME) {
		ended(ui);
		return true;	/* once more, for what hangs on it */
	}
	if (!more && source_complete(s->source)) {
		session_complete(s);
		return true;
	}
	ui->idle = !more;
	uint32_t n = session_n_frames(s);
	if (n && (n >= ui->settle_at || (ui->idle && n != ui->rows.settled))) {
		steps_settle(s->steps);
		settled(ui);
	}
	return more || n != before;
}

int load_percent(const struct ui *ui)
{
	uint64_t size = source_size(ui->s->source), at = source_position(ui->s->source);
	return size ? (int)(at >= size ? 100 : at * 100 / size) : -1;
}
