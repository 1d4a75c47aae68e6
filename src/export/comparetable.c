/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/comparetable.h"

#include <string.h>

#include "fmt/text.h"

enum { ROW_LINES = 6, GAP = 1 };

/* The first line of the text at *from; moves on behind it. */
static size_t next_line(const char **from, const char **line)
{
	size_t n = strcspn(*from, "\n");
	*line = *from;
	*from += (*from)[n] == '\n' ? n + 1 : n;
	return n;
}

/* Wraps a cell's text in place; of more lines than read well, the first ones. */
static void wrapped(struct table *b, struct strbuf *cell, size_t width)
{
	strbuf_clear(&b->lines);
	if (cell->len)
		text_wrap(&b->lines, strbuf_str(cell), cell->len, width, 0, 0);
	strbuf_clear(cell);
	const char *from = strbuf_str(&b->lines), *line = from;
	size_t n = 0;
	for (unsigned i = 0; i < ROW_LINES && *from; i++) {
		if (i)
			strbuf_putc(cell, '\n');
		n = next_line(&from, &line);
		if (i + 1 < ROW_LINES || !*from)
			strbuf_add(cell, line, n);
	}
	if (*from) {
		strbuf_add(cell, line, text_fit(line, n, width - 1, NULL));
		strbuf_puts(cell, "…");
	}
}

static void cell_line(struct table *b, const char **from, size_t width, enum style style, bool last)
{
	const char *line;
	size_t n = next_line(from, &line);
	if (n && style != STYLE_PLAIN)
		story_style(&b->t, style);
	if (!last || !n)
		text_column(&b->t.to, line, n, last ? 0 : width, TEXT_LEFT);
	else
		strbuf_add(&b->t.to, line, n);
	if (n && style != STYLE_PLAIN)
		story_style(&b->t, STYLE_PLAIN);
}

static void mark_and_id(struct table *b, size_t indent, bool differs, const char *id)
{
	const char *mark = !differs ? "" : b->t.p->utf8 ? "≠" : "#";
	if (differs)
		story_style(&b->t, STYLE_NOTE);
	text_column(&b->t.to, mark, strlen(mark), 2, TEXT_LEFT);
	if (differs)
		story_style(&b->t, STYLE_PLAIN);
	text_column(&b->t.to, id, strlen(id), indent - 2, TEXT_LEFT);
}

void table_row(struct table *b, unsigned n, size_t indent, bool differs, enum style label)
{
	struct strbuf *to = &b->t.to;
	size_t width = (b->t.p->width - b->label_end) / n - GAP;
	bool more = true;
	const char *left, *from[CELLS], *id = b->id ? b->id : "";
	wrapped(b, &b->label, b->label_end - indent - GAP);
	left = strbuf_str(&b->label);
	for (unsigned i = 0; i < n; i++) {
		wrapped(b, &b->cell[i], width);
		from[i] = strbuf_str(&b->cell[i]);
	}
	b->differences += differs;
	for (unsigned at = 0; more; at++) {
		mark_and_id(b, indent, differs && !at, at ? "" : id);
		cell_line(b, &left, b->label_end - indent, label, false);
		more = *left != '\0';
		for (unsigned i = 0; i < n; i++) {
			cell_line(b, &from[i], width + GAP, at ? STYLE_PLAIN : b->style[i], i + 1 == n);
			more = more || *from[i];
		}
		while (to->len && to->s[to->len - 1] == ' ')
			to->s[--to->len] = '\0';
		strbuf_putc(to, '\n');
	}
	b->id = NULL;
	strbuf_clear(&b->label);
	for (unsigned i = 0; i < CELLS; i++) {
		strbuf_clear(&b->cell[i]);
		b->style[i] = STYLE_PLAIN;
	}
}

void table_rule(struct table *b)
{
	text_repeat(&b->t.to, b->t.p->utf8 ? "─" : "-", b->t.p->width);
	strbuf_putc(&b->t.to, '\n');
}

void table_free(struct table *b)
{
	strbuf_free(&b->t.to);
	strbuf_free(&b->t.one);
	strbuf_free(&b->label);
	strbuf_free(&b->lines);
	for (unsigned i = 0; i < CELLS; i++)
		strbuf_free(&b->cell[i]);
}
