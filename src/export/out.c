/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/out.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "fmt/digits.h"

void out_open(struct out *o, int fd)
{
	*o = (struct out){ .fd = fd, .buffer = xmalloc(OUT_SIZE) };
}

static void write_all(struct out *o, const char *s, size_t n)
{
	while (n && !o->error) {
		ssize_t done = write(o->fd, s, n);
		if (done >= 0) {
			s += done;
			n -= (size_t)done;
		} else if (errno != EINTR) {
			o->error = errno;
		}
	}
}

void out_flush(struct out *o)
{
	write_all(o, o->buffer, o->n);
	o->n = 0;
}

void out_long(struct out *o, const char *s, size_t n)
{
	out_flush(o);
	if (n >= OUT_SIZE) {
		write_all(o, s, n);
		return;
	}
	memcpy(o->buffer, s, n);
	o->n = n;
}

void out_close(struct out *o)
{
	out_flush(o);
	free(o->buffer);
	o->buffer = NULL;
}

void out_u64(struct out *o, uint64_t v)
{
	out_used(o, digits_u64(out_room(o, DIGITS_U64), v));
}
