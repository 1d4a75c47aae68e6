/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * strbuf: text that grows up to a cap. Always NUL-terminated; may hold NULs of its own (len
 * counts). Beyond the cap text is dropped and `full` set, never an error.
 */
#ifndef OSI_BASE_STRBUF_H
#define OSI_BASE_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf {
	char *s;		/* owned; NULL until the first byte is added */
	size_t len, size;
	size_t cap;		/* most bytes it may hold; 0 means STRBUF_CAP */
	bool full;		/* something was dropped at the cap */
};

enum { STRBUF_CAP = 1 << 26 };

void strbuf_add(struct strbuf *b, const void *text, size_t n);
void strbuf_puts(struct strbuf *b, const char *text);
void strbuf_putc(struct strbuf *b, char c);
void strbuf_put_uint(struct strbuf *b, uint64_t n);	/* decimal; a tenth of printf's time */
void strbuf_printf(struct strbuf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vprintf(struct strbuf *b, const char *format, va_list ap);
void strbuf_clear(struct strbuf *b);		/* empty, memory kept */
void strbuf_free(struct strbuf *b);
const char *strbuf_str(const struct strbuf *b);	/* never NULL */

#endif
