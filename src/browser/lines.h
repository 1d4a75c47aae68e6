/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lines: a log that comes in pieces of any size, line by line; and the words of a line. */
#ifndef OSI_BROWSER_LINES_H
#define OSI_BROWSER_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

enum { LINE_MAX_BYTES = 1 << 16 };	/* what a line has beyond is left away */

struct lines { struct strbuf part; };	/* zeroed at first */

/* Calls `take` with each line that is complete: ended by NUL instead of its newline, NULs '?'. */
void lines_feed(struct lines *l, const char *bytes, size_t n,
		void (*take)(void *arg, const char *line), void *arg);
/* The last line, when it has no newline. */
void lines_end(struct lines *l, void (*take)(void *arg, const char *line), void *arg);
void lines_free(struct lines *l);

/* What stands behind the word at the start of the text; NULL when it begins otherwise. */
const char *after(const char *text, const char *word);

/* A decimal number at *at, which goes past it. False when there is none, or it is beyond 2^62. */
bool take_number(const char **at, int64_t *number);

/* A header's value when the line is that header ("Name: value", any case); else NULL. */
const char *header_value(const char *line, const char *name);

#endif
