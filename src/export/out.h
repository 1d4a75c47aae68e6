/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * out: a big buffer in front of standard output. The first failure is kept and everything after
 * it dropped; whoever prints looks at out_good() now and then and stops.
 */
#ifndef OSI_EXPORT_OUT_H
#define OSI_EXPORT_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { OUT_SIZE = 1 << 18, OUT_ROOM = 1 << 12 };

struct out {
	int fd;
	int error;		/* errno of the first failed write; 0 none */
	size_t n;
	char *buffer;		/* owned; OUT_SIZE */
};

void out_open(struct out *o, int fd);
void out_close(struct out *o);			/* writes the rest */
void out_flush(struct out *o);
void out_long(struct out *o, const char *s, size_t n);

static inline bool out_good(const struct out *o)
{
	return o->error == 0;
}

static inline void out_add(struct out *o, const char *s, size_t n)
{
	if (n > OUT_SIZE - o->n) {
		out_long(o, s, n);
		return;
	}
	memcpy(o->buffer + o->n, s, n);
	o->n += n;
}

static inline void out_puts(struct out *o, const char *s)
{
	out_add(o, s, strlen(s));
}

static inline void out_putc(struct out *o, char c)
{
	if (o->n == OUT_SIZE)
		out_flush(o);
	o->buffer[o->n++] = c;
}

/* Room for n (at most OUT_ROOM) characters, to be written in place; then out_used(). */
static inline char *out_room(struct out *o, size_t n)
{
	if (n > OUT_SIZE - o->n)
		out_flush(o);
	return o->buffer + o->n;
}

static inline void out_used(struct out *o, const char *end)
{
	o->n = (size_t)(end - o->buffer);
}

void out_u64(struct out *o, uint64_t v);

#endif
