/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dump.h"

#include "fmt/text.h"

/* Pixels of a cell, and around the screen. */
enum { CELL_W = 9, CELL_H = 20, BASE_LINE = 15, MARGIN = 14, TITLE_BAR = 30 };

static void add_cell(struct strbuf *to, const struct cell *c)
{
	char bytes[4];
	for (int i = 0; i < CELL_CHARS && c->c[i]; i++)
		strbuf_add(to, bytes, utf8_put(bytes, c->c[i]));
}

void dump_text(struct strbuf *to, const struct screen *s)
{
	for (int y = 0; y < s->h; y++) {
		int end = s->w;
		while (end && screen_cell(s, y, end - 1)->c[0] == ' ')
			end--;
		for (int x = 0; x < end; x++)
			add_cell(to, screen_cell(s, y, x));
		strbuf_putc(to, '\n');
	}
}

void dump_styles(struct strbuf *to, const struct screen *s)
{
	/* A letter a style, in the order of enum style; digits for layers. */
	static const char letters[] = " -bBBhhWfFlSs/aORIAU";
	for (int y = 0; y < s->h; y++) {
		struct strbuf line = {0};
		size_t end = 0;
		for (int x = 0; x < s->w; x++) {
			unsigned style = screen_cell(s, y, x)->style;
			strbuf_putc(&line, style >= ST_LAYER ? (char)('0' + style - ST_LAYER) :
				    style >= ST_CHIP ? (char)('0' + style - ST_CHIP) : letters[style]);
			if (style != ST_TEXT)
				end = line.len;
		}
		strbuf_add(to, strbuf_str(&line), end);
		strbuf_putc(to, '\n');
		strbuf_free(&line);
	}
}

static void svg_text(struct strbuf *to, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		switch (s[i]) {
		case '<': strbuf_puts(to, "&lt;"); break;
		case '>': strbuf_puts(to, "&gt;"); break;
		case '&': strbuf_puts(to, "&amp;"); break;
		case '"': strbuf_puts(to, "&quot;"); break;
		default: strbuf_putc(to, s[i]);
		}
	}
}

/* Cells of the same look from x on: as far as one <text> can go. */
static int run_of(const struct screen *s, int y, int x)
{
	int end = x + 1;
	while (end < s->w && screen_cell(s, y, end)->style == screen_cell(s, y, x)->style)
		end++;
	return end;
}

static bool blank(const struct screen *s, int y, int x)
{
	return screen_cell(s, y, x)->c[0] == ' ';
}

/* Words of one look; textLength keeps the columns straight whatever font there is. */
static void svg_words(struct strbuf *to, const struct screen *s, int y, int x, int end,
		      const struct look *look)
{
	int top = TITLE_BAR + MARGIN / 2 + y * CELL_H;
	struct strbuf text = {0};
	strbuf_printf(to, "<text x=\"%d\" y=\"%d\" textLength=\"%d\" fill=\"#%06x\"%s>",
		      MARGIN + x * CELL_W, top + BASE_LINE, (end - x) * CELL_W, (unsigned)look->front,
		      look->flags & LOOK_BOLD ? " font-weight=\"bold\"" : "");
	for (int i = x; i < end; i++)
		add_cell(&text, screen_cell(s, y, i));
	svg_text(to, strbuf_str(&text), text.len);
	strbuf_puts(to, "</text>\n");
	strbuf_free(&text);
}

static void svg_run(struct strbuf *to, const struct screen *s, int y, int x, int end)
{
	struct look look = theme_look(s->dark, screen_cell(s, y, x)->style);
	struct look plain = theme_look(s->dark, ST_TEXT);
	if (look.back != plain.back)
		strbuf_printf(to, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n",
			      MARGIN + x * CELL_W, TITLE_BAR + MARGIN / 2 + y * CELL_H,
			      (end - x) * CELL_W, CELL_H, (unsigned)look.back);
	while (x < end) {
		/* Viewers make one space of several: a text ends where there are two. */
		int from = x, last;
		while (from < end && blank(s, y, from))
			from++;
		for (last = from; last < end; last++)
			if (blank(s, y, last) && (last + 1 >= end || blank(s, y, last + 1)))
				break;
		if (last > from)
			svg_words(to, s, y, from, last, &look);
		x = last > x ? last : x + 1;
	}
}

void dump_svg(struct strbuf *to, const struct screen *s, const char *title)
{
	int w = s->w * CELL_W + 2 * MARGIN, h = s->h * CELL_H + TITLE_BAR + MARGIN;
	struct look plain = theme_look(s->dark, ST_TEXT), bar = theme_look(s->dark, ST_BAR);
	strbuf_printf(to, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
		      "width=\"%d\" height=\"%d\" font-family=\"'DejaVu Sans Mono',Menlo,Consolas,"
		      "'Noto Sans Mono CJK KR',monospace\" font-size=\"15\" "
		      "role=\"img\">\n<title>", w, h, w, h);
	svg_text(to, title, __builtin_strlen(title));
	strbuf_printf(to, "</title>\n<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#%06x\"/>\n"
		      "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n", w, h,
		      (unsigned)bar.back, MARGIN / 2, TITLE_BAR, w - MARGIN,
		      h - TITLE_BAR - MARGIN / 2, (unsigned)plain.back);
	strbuf_printf(to, "<text x=\"%d\" y=\"20\" text-anchor=\"middle\" fill=\"#%06x\">", w / 2,
		      (unsigned)bar.front);
	svg_text(to, title, __builtin_strlen(title));
	strbuf_puts(to, "</text>\n");
	for (int y = 0; y < s->h; y++)
		for (int x = 0, end; x < s->w; x = end) {
			end = run_of(s, y, x);
			svg_run(to, s, y, x, end);
		}
	strbuf_puts(to, "</svg>\n");
}
