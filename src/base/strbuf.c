/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

/* Makes room for n more bytes and the NUL; returns how many of the n fit under the cap. */
static size_t room(struct strbuf *b, size_t n)
{
	size_t cap = b->cap ? b->cap : STRBUF_CAP;
	if (n > cap - b->len) {
		n = cap - b->len;
		b->full = true;
	}
	if (b->len + n + 1 > b->size) {
		size_t size = b->size ? b->size * 2 : 128;
		while (size < b->len + n + 1)
			size *= 2;
		b->s = xrealloc(b->s, size);
		b->size = size;
	}
	return n;
}

void strbuf_add(struct strbuf *b, const void *text, size_t n)
{
	n = room(b, n);
	if (n)
		memcpy(b->s + b->len, text, n);
	b->len += n;
	b->s[b->len] = '\0';
}

void strbuf_puts(struct strbuf *b, const char *text)
{
	strbuf_add(b, text, strlen(text));
}

void strbuf_put_uint(struct strbuf *b, uint64_t n)
{
	char digits[20], *s = digits + sizeof digits;
	do
		*--s = (char)('0' + n % 10);
	while (n /= 10);
	strbuf_add(b, s, (size_t)(digits + sizeof digits - s));
}

void strbuf_putc(struct strbuf *b, char c)
{
	strbuf_add(b, &c, 1);
}

void strbuf_vprintf(struct strbuf *b, const char *format, va_list ap)
{
	char small[512];
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(small, sizeof small, format, ap);
	if (n >= 0 && (size_t)n < sizeof small) {
		strbuf_add(b, small, (size_t)n);
	} else if (n >= 0) {
		char *big = xmalloc((size_t)n + 1);
		vsnprintf(big, (size_t)n + 1, format, again);
		strbuf_add(b, big, (size_t)n);
		free(big);
	}
	va_end(again);
}

void strbuf_printf(struct strbuf *b, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	strbuf_vprintf(b, format, ap);
	va_end(ap);
}

void strbuf_clear(struct strbuf *b)
{
	b->len = 0;
	b->full = false;
	if (b->s)
		b->s[0] = '\0';
}

void strbuf_free(struct strbuf *b)
{
	free(b->s);
	*b = (struct strbuf){ .cap = b->cap };
}

const char *strbuf_str(const struct strbuf *b)
{
	return b->s ? b->s : "";
}
