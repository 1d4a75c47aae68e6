/* SPDX-License-Identifier: GPL-3.0-or-later */
/* comparetable: rows with a label on the left and a text for each side, wrapped in columns. */
#ifndef OSI_EXPORT_COMPARETABLE_H
#define OSI_EXPORT_COMPARETABLE_H

#include "export/compare.h"
#include "export/story.h"

enum { CELLS = 3 };

/* A row: the label, and a text for each of the visits; the third is their difference. */
struct table {
	struct story t;
	struct compare *c;
	size_t label_end;		/* where the first text begins */
	const char *id;			/* of the row's step; NULL none */
	struct strbuf label, cell[CELLS];
	enum style style[CELLS];	/* of the first line */
	struct strbuf lines;		/* scratch */
	unsigned differences;
	const char *said;		/* the explanation that was shown last */
};

/*
 * Writes the row of n texts, its label at `indent` (2 or more: the mark of a difference stands
 * before it); label, texts, styles and id are empty afterwards. What is longer than six lines is
 * cut.
 */
void table_row(struct table *b, unsigned n, size_t indent, bool differs, enum style label);
void table_rule(struct table *b);
void table_free(struct table *b);

#endif
