/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dump: a screen as text, for tests, and as a picture, for documentation. */
#ifndef OSI_UI_DUMP_H
#define OSI_UI_DUMP_H

#include "base/strbuf.h"
#include "ui/screen.h"

/* Lines of text; spaces at their ends are left away. */
void dump_text(struct strbuf *to, const struct screen *s);
/* Below the text, how it looks: a line a line, a letter a cell: what a golden file compares. */
void dump_styles(struct strbuf *to, const struct screen *s);
/* A picture in SVG 1.1, a terminal's window with `title`. */
void dump_svg(struct strbuf *to, const struct screen *s, const char *title);

#endif
