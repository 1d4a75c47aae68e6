/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_text: what views share that are a text to read up and down, and to search in. */
#ifndef OSI_UI_VIEW_TEXT_H
#define OSI_UI_VIEW_TEXT_H

#include "ui/view.h"

struct text_state {
	struct strbuf text;	/* safe text, lines */
	int width;		/* that it was made for; 0: it is to be made (again) */
	uint32_t visit;		/* that was looked at then */
	uint32_t head;		/* lines that stay in sight, on top */
	uint32_t top, n_lines;	/* top: the first line that is seen below the head, from 0 there */
	int page;
	bool story;		/* headings stand out */
	struct search find;	/* its text only */
	uint32_t found;		/* the number of the line that has it, from 1; 0 none */
};

/* The text was made anew for this width. */
void text_made(struct text_state *t, struct ui *ui, int width);
void text_draw(struct ui *ui, struct text_state *t, struct area a);

/* Members of struct view; the state begins with a struct text_state. */
void text_stale(struct ui *ui, void *state);
void text_close(struct ui *ui, void *state);
bool text_act(struct ui *ui, void *state, enum action a);
void text_find(struct ui *ui, void *state, const char *text, size_t n);

#endif
