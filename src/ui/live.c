/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live: a recording that is shown while it goes on: what is new, what happens now, how it ends. */
#include <stdio.h>
#include <string.h>

#include "fmt/i18n.h"
#include "ui/view.h"

#define SAID_FOR INT64_C(4000000000)	/* ns */

bool live_work(struct ui *ui)
{
	const struct ui_live *l = ui->options.live;
	if (!l)
		return false;
	/* what goes on is said for a while; then the keys are of more use */
	bool fades = ui->live_said_at && clock_now() - ui->live_said_at > SAID_FOR;
	if (fades && !strcmp(strbuf_str(&ui->message), ui->live_said))
		strbuf_clear(&ui->message);
	if (fades)
		ui->live_said_at = 0;
	if (!ui->recording)
		return fades;
	unsigned news = l->work(l->arg);
	if (news & LIVE_FOUND)
		ui->settle_at = 0;
	const char *status = l->status(l->arg);
	if (*status && strcmp(status, ui->live_said) != 0) {
		snprintf(ui->live_said, sizeof ui->live_said, "%s", status);
		ui_say(ui, "%s", status);
		ui->live_said_at = clock_now();
		news |= LIVE_FOUND;
	}
	uint64_t dropped = session_dropped(ui->s);
	if (dropped > ui->dropped)
		ui_warn(ui, _("packets lost so far, since the kernel had no room for them: %llu"),
			(unsigned long long)dropped);
	ui->dropped = dropped;
	if (news & LIVE_ENDED) {
		ui->recording = false;
		session_complete(ui->s);
		if (!l->saved(l->arg)) {
			ui_say(ui, _("%s; w saves it, q leaves, ? tells the keys"), status);
			ui->live_said_at = 0;
		}
	}
	return news != 0;
}

bool live_quit(struct ui *ui)
{
	const struct ui_live *l = ui->options.live;
	if (!l)
		return true;
	if (ui->recording) {
		l->stop(l->arg);
		ui_say(ui, _("the recording ends; q again leaves"));
		return false;
	}
	if (l->saved(l->arg) || ui->kept || ui->saving || ui->asked)
		return true;
	ui->asked = true;
	ui_warn(ui, _("what was recorded is not saved: w saves it, q again throws it away"));
	return false;
}

const char *live_keys(const struct ui *ui)
{
	const struct ui_live *l = ui->options.live;
	return l ? l->keys(l->arg) : ui->options.keys;
}

enum step live_step(const struct ui *ui)
{
	const struct visit *v = ui->recording ? visit_now(ui) : NULL;
	const struct frame_rec *f = v ? session_frame(ui->s, v->last_frame) : NULL;
	return f ? (enum step)f->step : STEP_0;
}

void live_follow(struct ui *ui)
{
	uint32_t n = steps_n_visits(ui->s->steps);
	if (ui->recording && !ui->touched && n)
		select_frame(ui, steps_visit(ui->s->steps, n)->last_frame);
}
