/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * search: the next listed packet in which the text stands: in its summary, its addresses and
 * protocol, its explanation, its notes, or the names and values of its fields (which one is then selected).
 * Upper and lower case of ASCII are the same. It goes over the end to the other one, in slices.
 */
#include <string.h>

#include "fmt/i18n.h"
#include "fmt/text.h"
#include "fmt/value.h"
#include "ui/view.h"

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

long search_find(const struct search *q, const char *s, size_t n)
{
	size_t len = strlen(q->text);
	for (size_t i = 0; len && i + len <= n; i++) {
		size_t k = 0;
		while (k < len && lower(s[i + k]) == q->text[k])
			k++;
		if (k == len)
			return (long)i;
	}
	return -1;
}

static bool in(const struct search *q, const char *s)
{
	return search_find(q, s, strlen(s)) >= 0;
}

/* The first field whose label, name or value has it; NO_LINE: none. */
static uint32_t in_fields(const struct ui *ui, const struct dissect *d)
{
	struct strbuf text = {0};
	uint32_t found = NO_LINE;
	for (uint32_t i = 0; i < d->n_items && found == NO_LINE; i++) {
		const struct item *it = &d->items[i];
		strbuf_clear(&text);
		strbuf_printf(&text, "%s\n%s\n", it->field->name, _(it->field->label));
		value_print(&text, d, it, ui->options.redact ? VALUE_REDACT : 0);
		if (search_find(&ui->search, strbuf_str(&text), text.len) >= 0)
			found = i;
	}
	strbuf_free(&text);
	return found;
}

static bool explained(const struct ui *ui, const struct dissect *d)
{
	struct strbuf raw = {0}, safe = {0};
	steps_explain(ui->s, d, &raw);
	text_escape(&safe, strbuf_str(&raw), raw.len);
	bool found = in(&ui->search, strbuf_str(&safe));
	strbuf_free(&raw);
	strbuf_free(&safe);
	return found;
}

static bool noted(const struct ui *ui, const struct dissect *d)
{
	uint64_t notes = packet_notes(ui->s, d);
	for (unsigned i = 0; i < NOTES; i++)
		if (notes >> i & 1 &&
		    (in(&ui->search, note_kinds[i].name) || in(&ui->search, _(note_kinds[i].text))))
			return true;
	return false;
}

/* True if the packet has it; *item is the field, NO_LINE when it is elsewhere. */
static bool matches(struct ui *ui, uint32_t frame, uint32_t *item)
{
	struct row row = {0};
	const struct dissect *d = session_detail(ui->s, frame, WANT_FIELDS | WANT_INFO);
	packet_lost(&ui->packet);
	*item = NO_LINE;
	if (!d)
		return false;
	row_fill(&row, ui->s, d, 0, ui->options.redact ? ROW_REDACT : 0);
	bool found = in(&ui->search, strbuf_str(&row.info)) || in(&ui->search, row.source) ||
		in(&ui->search, row.destination) || in(&ui->search, row.protocol) ||
		explained(ui, d) || noted(ui, d);
	row_free(&row);
	if (!found) {
		*item = in_fields(ui, d);
		found = *item != NO_LINE;
	}
	return found;
}

static void begin(struct ui *ui, bool backwards)
{
	struct search *q = &ui->search;
	if (!rows_count(&ui->rows)) {
		ui_warn(ui, _("there is no packet to search in"));
		return;
	}
	q->backwards = backwards;
	q->at = q->start = rows_find(&ui->rows, ui->frame);
	q->looked = 0;
	q->running = true;
}

void search_start(struct ui *ui, const char *text, size_t n, bool backwards)
{
	struct search *q = &ui->search;
	size_t len = n < TEXT_MOST ? n : TEXT_MOST;
	if (!len) {		/* the same again */
		search_next(ui, backwards);
		return;
	}
	for (size_t i = 0; i < len; i++)
		q->text[i] = lower(text[i]);
	q->text[len] = '\0';
	begin(ui, backwards);
}

void search_next(struct ui *ui, bool backwards)
{
	if (ui->search.text[0])
		begin(ui, backwards);
	else
		ui_warn(ui, _("nothing has been searched for; / asks what"));
}

static void found(struct ui *ui, uint32_t frame, uint32_t item, bool around)
{
	ui->search.running = false;
	select_frame(ui, frame);
	if (item != NO_LINE) {
		packet_item_show(&ui->packet, item);
		packet_line_set(&ui->packet, ui->packet.line);
	}
	if (around)
		ui_say(ui, ui->search.backwards ? _("packet %u: found from the end on") :
		       _("packet %u: found from the beginning on"), (unsigned)frame);
	else if (item != NO_LINE)
		ui_say(ui, _("packet %u: found in a field; Enter shows it"), (unsigned)frame);
}

bool search_work(struct ui *ui)
{
	struct search *q = &ui->search;
	int64_t until = clock_now() + SLICE;
	while (q->running) {
		uint32_t n = rows_count(&ui->rows), item;
		if (!n || q->start >= n) {	/* other rows are listed now */
			q->running = false;
			break;
		}
		if (q->at >= n)
			q->at = q->start;
		q->at = q->backwards ? (q->at ? q->at : n) - 1 : (q->at + 1) % n;
		struct row_at r = rows_at(&ui->rows, q->at);
		bool around = q->backwards ? q->at >= q->start : q->at <= q->start;
		q->looked++;
		if (r.kind == ROW_PACKET && matches(ui, r.frame, &item)) {
			found(ui, r.frame, item, around && q->at != q->start);
			break;
		}
		if (q->at == q->start) {
			q->running = false;
			ui_warn(ui, _("\"%s\" is in no packet that is listed"), q->text);
			break;
		}
		if (clock_now() > until)
			return true;
	}
	return false;
}
