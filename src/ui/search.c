/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * search: the next packet in which the text stands: in its summary, its addresses and protocol,
 * its explanation, its notes, or the values of its fields (which one is then selected). A text
 * with a dot, as names of fields have it ("hw.type"), is looked for in those too; words of their
 * labels are no find: "GET" stands in every "Target".
 * What is folded is looked into as well and unfolded when it is there; a filter holds. Upper and
 * lower case of ASCII are the same. It goes over the end to the other one, in slices.
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

/* Where a text with a dot stops being the name of a field; NULL: it is none from the beginning. */
static const char *name_end(const char *s)
{
	bool dot = false;
	for (; (*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9') || *s == '_' || *s == '.'; s++)
		dot = dot || *s == '.';
	return dot ? s : NULL;
}

/* "tcp.flags.syn==1": who writes this knows filters from elsewhere. */
static bool is_filter(const char *s)
{
	static const char *const operators[] = {
		"==", "!=", ">", "<", "~", "&&", "||", "eq ", "ne ", "contains ", "matches ",
	};
	const char *end = name_end(s);
	while (end && *end == ' ')
		end++;
	for (size_t i = 0; end && i < sizeof operators / sizeof *operators; i++)
		if (!strncmp(end, operators[i], strlen(operators[i])))
			return true;
	return false;
}

/* The first field whose value has it, or its name when it may be one; NO_LINE: none. */
static uint32_t in_fields(const struct ui *ui, const struct dissect *d)
{
	const char *end = name_end(ui->search.text);
	bool names = end && !*end;
	struct strbuf text = {0};
	uint32_t found = NO_LINE;
	for (uint32_t i = 0; i < d->n_items && found == NO_LINE; i++) {
		const struct item *it = &d->items[i];
		strbuf_clear(&text);
		if (names)
			strbuf_printf(&text, "%s\n", it->field->name);
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

/* ---- where it looks: at what a filter lists; else at all packets, folded ones too ---- */

static bool filtered(const struct ui *ui)
{
	return ui->rows.mode.kind > ROWS_FOLDED;
}

static uint32_t places(const struct ui *ui)
{
	return ui->rows.mode.kind == ROWS_FOLDED ? ui->rows.done : rows_count(&ui->rows);
}

static uint32_t place_of(const struct ui *ui, uint32_t frame)
{
	uint32_t n = places(ui), at = frame ? frame - 1 : 0;
	if (filtered(ui))
		at = rows_find(&ui->rows, frame);
	return at < n ? at : n - 1;
}

static uint32_t frame_at(const struct ui *ui, uint32_t place)
{
	return filtered(ui) ? rows_at(&ui->rows, place).frame : place + 1;
}

/* ---- looking ---- */

static void begin(struct ui *ui, bool backwards)
{
	struct search *q = &ui->search;
	if (!places(ui)) {
		ui_warn(ui, _("there is no packet to search in"));
		return;
	}
	q->backwards = backwards;
	q->at = q->start = place_of(ui, ui->frame);
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
	if (is_filter(q->text)) {
		q->text[0] = '\0';
		ui_warn(ui, _("there is no filter language here, / looks for text; f lists only this "
			      "step or connection, osiscope -f 'tcp port 443' reads only such packets"));
		return;
	}
	begin(ui, backwards);
}

void search_next(struct ui *ui, bool backwards)
{
	if (ui->search.text[0])
		begin(ui, backwards);
	else
		ui_warn(ui, _("nothing has been searched for; / asks what"));
}

static void say_found(struct ui *ui, enum listed was, uint32_t item, bool around, bool only)
{
	const struct view *v = ui->stack[ui->depth - 1].view;
	unsigned frame = ui->frame;
	if (was == WAS_FOLDED)
		ui_say(ui, _("packet %u: found in step 0, which is unfolded now; 0 folds it again"),
		       frame);
	else if (only && filtered(ui))
		ui_say(ui, _("packet %u: no other one that is listed has it"), frame);
	else if (only)
		ui_say(ui, _("packet %u: no other one has it"), frame);
	else if (around)
		ui_say(ui, ui->search.backwards ? _("packet %u: found from the end on") :
		       _("packet %u: found from the beginning on"), frame);
	else if (item != NO_LINE && (v == &view_timeline || v == &view_layers))
		ui_say(ui, _("packet %u: found in a field; Enter shows it"), frame);
	else if (item != NO_LINE)
		ui_say(ui, _("packet %u: found in a field"), frame);
}

static void found(struct ui *ui, uint32_t frame, uint32_t item)
{
	struct search *q = &ui->search;
	bool only = q->at == q->start, around = q->backwards ? q->at > q->start : q->at < q->start;
	q->running = false;
	enum listed was = select_listed(ui, frame);
	if (item != NO_LINE) {
		packet_item_show(&ui->packet, item);
		packet_line_set(&ui->packet, ui->packet.line);
	}
	say_found(ui, was, item, around, only);
}

/* Looks at the next place; false when the search is over. */
static bool look(struct ui *ui)
{
	struct search *q = &ui->search;
	uint32_t n = places(ui), item;
	if (!n || q->start >= n) {	/* other packets are listed now */
		q->running = false;
		return false;
	}
	if (q->at >= n)
		q->at = q->start;
	q->at = q->backwards ? (q->at ? q->at : n) - 1 : (q->at + 1) % n;
	q->looked++;
	uint32_t frame = frame_at(ui, q->at);
	if (matches(ui, frame, &item)) {
		found(ui, frame, item);
	} else if (q->at == q->start) {
		q->running = false;
		ui_warn(ui, filtered(ui) ? _("\"%s\" is in no packet that is listed") :
			_("\"%s\" is in no packet"), q->text);
	}
	return q->running;
}

bool search_work(struct ui *ui)
{
	int64_t until = clock_now() + SLICE;
	while (ui->search.running && look(ui))
		if (clock_now() > until)
			return true;
	return false;
}
