/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * intern: byte strings (names, URLs, addresses) as small numbers. Equal strings have equal
 * numbers; 0 is the empty string, and what a full table answers.
 */
#ifndef OSI_BASE_INTERN_H
#define OSI_BASE_INTERN_H

#include <stddef.h>
#include <stdint.h>

struct intern;

enum { INTERN_MAX_BYTES = 1 << 28, INTERN_MAX_STRING = 1 << 16 };	/* longer strings are cut */

struct intern *intern_new(void);
void intern_free(struct intern *t);

/* The number of the n bytes at s; they are copied. */
uint32_t intern_bytes(struct intern *t, const void *s, size_t n);

/* The string of a number, NUL-terminated and owned by the table; *n (may be NULL) its length. */
const char *intern_get(const struct intern *t, uint32_t id, size_t *n);

#endif
