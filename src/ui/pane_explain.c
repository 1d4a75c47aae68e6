/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why the selected packet is there, or what is known of the selected step:
 *
 *   The computer asks the DNS server about the name www.lab.test (type A):
 *   computers reach each other by address, not by name.
 *   Standard query 0x9f74 A www.lab.test
 */
#include <string.h>

#include "fmt/i18n.h"
#include "fmt/names.h"
#include "fmt/text.h"
#include "fmt/value.h"
#include "ui/view.h"

int pane_text(struct ui *ui, struct area a, enum style style, const char *s, size_t n, int skip)
{
	struct strbuf lines = {0};
	if (a.w < 8 || !n)
		return 0;
	text_wrap(&lines, s, n, (size_t)a.w, 0, 0);
	const char *p = strbuf_str(&lines);
	int count = 0;
	for (const char *end; (end = strchr(p, '\n')) != NULL; p = end + 1, count++)
		if (count >= skip && count - skip < a.h)
			screen_text(ui->screen, a.y + count - skip, a.x, a.w, style, p, (size_t)(end - p));
	strbuf_free(&lines);
	return count;
}

/* A paragraph at the top of the area, which becomes smaller by it. */
static void paragraph(struct ui *ui, struct area *a, enum style style, const char *s, size_t n)
{
	int used = pane_text(ui, *a, style, s, n, 0);
	if (used > a->h) {	/* it goes on where there is no room */
		screen_puts(ui->screen, a->y + a->h - 1, a->x + a->w - 1, 1, ST_ACCENT, "…");
		used = a->h;
	}
	a->y += used;
	a->h -= used;
}

static void of_step(struct ui *ui, struct area a)
{
	const struct visit *v = visit_now(ui);
	const struct { const char *before, *text; enum style style; } parts[] = {
		{ "", v->step[ui->step].explain, ST_TEXT },
		{ _("Note: "), v->step[ui->step].remark, ST_INFERRED },
		{ _("How it is known: "), v->step[ui->step].because, ST_DIM },
	};
	struct strbuf text = {0};
	for (size_t i = 0; i < sizeof parts / sizeof *parts && a.h > 0; i++) {
		if (!parts[i].text || !*parts[i].text)
			continue;
		strbuf_clear(&text);
		strbuf_puts(&text, parts[i].before);
		safe_text(ui, &text, parts[i].text);
		paragraph(ui, &a, parts[i].style, strbuf_str(&text), text.len);
	}
	strbuf_free(&text);
}

static void of_run(struct ui *ui, struct area a, uint32_t count)
{
	struct strbuf text = {0};
	value_count(&text, count);
	strbuf_puts(&text, count == 1 ? _(" packet of no visit (step 0)") :
		    _(" packets of no visit (step 0)"));
	strbuf_puts(&text, ". ");
	strbuf_puts(&text, _(step_kinds[STEP_0].what));
	strbuf_puts(&text, " ");
	strbuf_puts(&text, _("Enter unfolds them, 0 folds them again."));
	paragraph(ui, &a, ST_TEXT, strbuf_str(&text), text.len);
	strbuf_free(&text);
}

static void of_packet(struct ui *ui, struct area a)
{
	const char *why = packet_explain(&ui->packet);
	const struct dissect *d = packet_get(&ui->packet);
	struct strbuf text = {0};
	if (!d) {
		const char *gone = _("This packet cannot be read again: the capture changed meanwhile.");
		paragraph(ui, &a, ST_WARN, gone, strlen(gone));
		return;
	}
	safe_text(ui, &text, why);
	paragraph(ui, &a, ST_TEXT, strbuf_str(&text), text.len);
	strbuf_clear(&text);
	safe_text(ui, &text, strbuf_str(&d->info));
	if (a.h > 0)
		paragraph(ui, &a, ST_DIM, strbuf_str(&text), text.len);
	const char *comment = session_comment(ui->s, d);
	if (comment && a.h > 0) {
		strbuf_clear(&text);
		strbuf_puts(&text, _("Comment in the capture: "));
		safe_text(ui, &text, comment);
		paragraph(ui, &a, ST_ACCENT, strbuf_str(&text), text.len);
	}
	uint64_t notes = packet_notes(ui->s, d);
	for (unsigned i = 0; i < NOTES && a.h > 0; i++) {
		const struct note_kind *k = &note_kinds[i];
		if (!(notes >> i & 1) || strstr(why, _(k->text)))	/* the explanation says it */
			continue;
		strbuf_clear(&text);
		strbuf_printf(&text, "%s %s", k->severity == WARN ? "!" : "·", _(k->text));
		paragraph(ui, &a, k->severity == WARN ? ST_INFERRED : ST_DIM, strbuf_str(&text), text.len);
	}
	strbuf_free(&text);
}

void pane_explain(struct ui *ui, struct area a, bool steps)
{
	struct row_at r = { .kind = ROW_PACKET };
	if (rows_count(&ui->rows))
		r = rows_at(&ui->rows, rows_find(&ui->rows, ui->frame));
	if (steps && visit_now(ui))
		of_step(ui, a);
	else if (r.kind == ROW_RUN)
		of_run(ui, a, r.count);
	else if (ui->frame)
		of_packet(ui, a);
}
