/* SPDX-License-Identifier: GPL-3.0-or-later */
/* style: colours on a terminal, by what they mean; never the only sign of anything. */
#ifndef OSI_EXPORT_STYLE_H
#define OSI_EXPORT_STYLE_H

#include <stdbool.h>

#include "base/strbuf.h"

enum style {
	STYLE_PLAIN, STYLE_BOLD, STYLE_TITLE, STYLE_DIM, STYLE_NOTE,
	STYLE_OBSERVED, STYLE_RECORDED, STYLE_INFERRED, STYLE_ABSENT, STYLE_UNKNOWN
};

/* The user has nothing against colours: NO_COLOR is not set, the terminal is not "dumb". */
bool style_wanted(void);

/* Adds the escape sequence of a style (PLAIN ends the one before), when colours are on. */
void style_set(struct strbuf *to, bool on, enum style s);

#endif
