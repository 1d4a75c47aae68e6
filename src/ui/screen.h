/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen: a field of cells that views draw into, and the terminal that shows it. The only caller
 * of curses. Without a terminal it is only the field, which can be dumped (ui/dump.h): tests and
 * the pictures of the documentation are made so.
 *
 * Text that is drawn is safe text (fmt/text.h). Coordinates outside are clipped; a character of
 * two cells is drawn whole or not at all, and what it half covers becomes a space.
 */
#ifndef OSI_UI_SCREEN_H
#define OSI_UI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ui/theme.h"

enum { CELL_CHARS = 3, SCREEN_MOST = 1000 };

struct cell {
	uint32_t c[CELL_CHARS];	/* a character and marks on it, 0 ends; c[0] 0: right half */
	uint8_t style;
};

struct area { int y, x, h, w; };

struct screen {
	int h, w;
	struct cell *cells;	/* h * w, row by row */
	int cursor_y, cursor_x;	/* where the terminal's cursor is seen; -1 nowhere */
	bool dark;
	struct terminal *terminal;	/* NULL: none */
	bool went_on;			/* behind Ctrl-C: curses may tell of it once more */
};

struct screen *screen_new(int h, int w);
void screen_free(struct screen *s);	/* gives the terminal back */
void screen_resize(struct screen *s, int h, int w);
static inline struct cell *screen_cell(const struct screen *s, int y, int x)
{
	return &s->cells[y * s->w + x];
}

/* Everything becomes spaces. */
void screen_clear(struct screen *s);
void screen_fill(struct screen *s, struct area a, enum style style);
/* At most `width` cells of the text; returns how many it took. */
int screen_text(struct screen *s, int y, int x, int width, enum style style, const char *text,
		size_t n);
int screen_puts(struct screen *s, int y, int x, int width, enum style style, const char *text);
/* The same, in all of `width`: cut with "…", or filled up with spaces. */
void screen_column(struct screen *s, int y, int x, int width, enum style style, const char *text,
		   size_t n);
void screen_right(struct screen *s, int y, int x, int width, enum style style, const char *text);
/* `width` times the character. */
void screen_repeat(struct screen *s, int y, int x, int width, enum style style, uint32_t c);
/* The cells stay, their style changes. */
void screen_style(struct screen *s, int y, int x, int width, enum style style);

/* Takes the terminal: -1 and err when there is none that can show anything. */
int screen_open(struct screen *s, struct err *err);
void screen_show(struct screen *s);
/* The next key (ui/keys.h), waiting at most `ms` milliseconds (-1: as long as it takes); 0 none. */
uint32_t screen_key(struct screen *s, int ms);
int screen_interrupted(void);	/* the signal (Ctrl-C) that closed it; 0 none */
void screen_go_on(struct screen *s);		/* it is not closed after all */
void screen_redraw(struct screen *s);	/* the terminal shows something else than it should */

#endif
