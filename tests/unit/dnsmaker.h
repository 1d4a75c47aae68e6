/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dnsmaker: DNS messages byte by byte, right or wrong (RFC 1035 section 4). */
#ifndef OSI_TESTS_DNSMAKER_H
#define OSI_TESTS_DNSMAKER_H

#include <stdint.h>
#include <string.h>

/* A message while it is written. */
struct message { uint8_t b[65600]; size_t n; };

static inline void put16(struct message *m, unsigned v)
{
	m->b[m->n++] = (uint8_t)(v >> 8);
	m->b[m->n++] = (uint8_t)v;
}

static inline void put(struct message *m, const void *bytes, size_t n)
{
	memcpy(m->b + m->n, bytes, n);
	m->n += n;
}

static inline void header(struct message *m, unsigned flags, unsigned qd, unsigned an, unsigned ns,
		   unsigned ar)
{
	m->n = 0;
	put16(m, 0x1a2b);
	put16(m, flags);
	put16(m, qd);
	put16(m, an);
	put16(m, ns);
	put16(m, ar);
}

/* "www.lab.test" as labels, without the root's byte when it ends with a dot. */
static inline void name(struct message *m, const char *s)
{
	while (*s) {
		size_t n = strcspn(s, ".");
		m->b[m->n++] = (uint8_t)n;
		put(m, s, n);
		s += n;
		if (*s == '.' && !*++s)
			return;
	}
	m->b[m->n++] = 0;
}

static inline void question(struct message *m, const char *owner, unsigned type)
{
	name(m, owner);
	put16(m, type);
	put16(m, 1);
}

/* Type to length of a record whose owner stands already; its data are put behind it. */
static inline void record(struct message *m, unsigned type, unsigned class, unsigned ttl, unsigned len)
{
	put16(m, type);
	put16(m, class);
	put16(m, ttl >> 16);
	put16(m, ttl & 0xffff);
	put16(m, len);
}

static inline void pointer(struct message *m, unsigned to)
{
	put16(m, 0xc000 | to);
}

#endif
