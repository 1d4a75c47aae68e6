/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * theme: what a cell looks like, by what it means. Two themes, dark and light, for rooms that are
 * dark and light. The colours are those of Okabe and Ito ("Color Universal Design", 2008), which
 * people with any kind of colour vision tell apart; nothing is told by colour alone. Text has a
 * contrast of at least 4.5 to 1 (WCAG 2.1, 1.4.3): tests/screens/test_theme.c counts.
 */
#ifndef OSI_UI_THEME_H
#define OSI_UI_THEME_H

#include <stdbool.h>
#include <stdint.h>

enum style {
	ST_TEXT, ST_DIM, ST_BOLD,
	ST_BAR, ST_BAR_DIM,		/* the title line and what is less important in it */
	ST_HINT, ST_HINT_KEY,		/* the last line: what keys do; the keys */
	ST_WARN,			/* something is wrong */
	ST_HEAD, ST_HEAD_FOCUS,		/* a pane's heading; of the pane that gets the keys */
	ST_LINE,			/* lines between panes */
	ST_SELECT, ST_SELECT_AWAY,	/* the selected row; of a pane that does not get the keys */
	ST_FOUND,			/* what a search found */
	ST_ACCENT,			/* numbers and names that lead somewhere */
	ST_OBSERVED, ST_RECORDED, ST_INFERRED, ST_ABSENT, ST_UNKNOWN,
	ST_CHIP,			/* + layer 1..7: a field in the layer's colour */
	ST_LAYER = ST_CHIP + 8,		/* + layer 1..7: text in it; + 0: of no layer */
	STYLES = ST_LAYER + 8
};

enum look_flag { LOOK_BOLD = 1, LOOK_UNDERLINE = 2, LOOK_REVERSE = 4 };

struct look {
	uint32_t front, back;		/* 0xRRGGBB */
	uint8_t flags;			/* enum look_flag */
	uint8_t mono;			/* the flags where there are no colours */
};

struct look theme_look(bool dark, enum style style);

/* The nearest colour of a terminal with 256 colours, or with 8; and what that one is. */
uint8_t theme_256(uint32_t rgb);
uint8_t theme_8(uint32_t rgb);
uint32_t theme_256_rgb(uint8_t colour);

#endif
