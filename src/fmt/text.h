/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text: bytes of a packet as text that is safe to show, and text measured in cells.
 *
 * Everything that reaches a terminal or a page goes through text_escape(): no control character,
 * no bidirectional override and no invisible character of a packet is ever shown raw. The other
 * functions take text that is safe already (escaped, or the program's own) and count in cells:
 * Hangul takes two, a combining mark none. Output is UTF-8 in every locale.
 */
#ifndef OSI_FMT_TEXT_H
#define OSI_FMT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

enum { UTF8_BAD = 0x110000 };	/* not a character: an ill-formed part */

/*
 * The character at s (n > 0 bytes): its length in bytes, *c the character. An ill-formed part
 * gives UTF8_BAD and the length of the maximal part (Unicode 3.9, "U+FFFD substitution").
 */
size_t utf8_next(const void *s, size_t n, uint32_t *c);
/* Writes c (at most 0x10ffff) to `to` (4 bytes); returns the length. */
size_t utf8_put(char *to, uint32_t c);

/* Cells of a character: 0, 1, 2; -1 for one that must not be shown raw (fmt/width.c). */
int char_width(uint32_t c);

/*
 * Adds the n bytes at s, made safe: printable UTF-8 as it is; \\ \n \r \t; other control and
 * format characters as \x1b, \u202e, \U000e0041; U+FFFD for each ill-formed part; combining
 * marks that have nothing to stand on, or pile up, as escapes too.
 */
void text_escape(struct strbuf *to, const void *s, size_t n);
static inline void text_escape_str(struct strbuf *to, const char *s)
{
	text_escape(to, s, __builtin_strlen(s));
}

/* Cells that n bytes of safe text take. */
size_t text_width(const char *s, size_t n);
/* How many bytes of safe text fit into `cells`; *used (may be NULL) the cells they take. */
size_t text_fit(const char *s, size_t n, size_t cells, size_t *used);

enum text_side { TEXT_LEFT, TEXT_RIGHT };
/* Adds the safe text in exactly `cells` cells: padded on the other side, or cut, with "…". */
void text_column(struct strbuf *to, const char *s, size_t n, size_t cells, enum text_side side);
/* Adds `n` times a character. */
void text_repeat(struct strbuf *to, const char *what, size_t n);

/*
 * Adds the safe text in lines of at most `width` cells, broken at spaces (a longer word
 * anywhere), a newline at the end. The first line begins at cell `at`, the others are indented
 * by `indent` spaces. Newlines in the text begin a new line.
 */
void text_wrap(struct strbuf *to, const char *s, size_t n, size_t width, size_t at, size_t indent);

#endif
