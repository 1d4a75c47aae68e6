/* SPDX-License-Identifier: GPL-3.0-or-later */
/* row: one packet as the cells of a list; for `print --packets` and the timeline. */
#ifndef OSI_FMT_ROW_H
#define OSI_FMT_ROW_H

#include <stdint.h>

#include "base/strbuf.h"
#include "fmt/digits.h"
#include "session.h"

enum { ROW_PROTOCOL = 16 };

/* Texts are safe to show. They are the row's own, good until it is filled again. */
struct row {
	uint32_t frame;
	uint32_t len;			/* bytes on the wire */
	int64_t time;			/* nanoseconds since the first packet */
	char source[DIGITS_IPV6 + 1], destination[DIGITS_IPV6 + 1];
	uint8_t n_source, n_destination, n_protocol;
	char protocol[ROW_PROTOCOL];	/* "TLS" */
	const struct protocol *protocol_of;	/* whose name that is: often the same again */
	const char *step;		/* "5.2"; "" when not known (no steps) */
	uint8_t osi;			/* bits OSI(1)..OSI(7): the layers it has */
	uint8_t top;			/* the highest of them, 1..7 */
	struct strbuf info;
};

enum row_flag { ROW_REDACT = 1 };

/* Needs a dissect with WANT_INFO. `base`: the time of the first packet. */
void row_fill(struct row *r, const struct session *s, const struct dissect *d, int64_t base,
	      unsigned flags);
void row_free(struct row *r);

/* The OSI layers of a packet: bits OSI(1)..OSI(7). What an ICMP error quotes does not count. */
uint8_t row_osi(const struct dissect *d);
/* A protocol's name as a column shows it: "TCP", "IPv6". Returns its length. */
size_t row_protocol(const struct protocol *p, char name[ROW_PROTOCOL]);

#endif
