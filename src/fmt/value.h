/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * value: a field's value, a moment, a duration, an amount as text for people. All of it is safe
 * to show: text of packets is escaped.
 */
#ifndef OSI_FMT_VALUE_H
#define OSI_FMT_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "dissect.h"

enum value_flag {
	VALUE_REDACT = 1,	/* secrets as their length: fmt/redact.h */
	VALUE_WHOLE = 2		/* long values are not cut */
};

/*
 * Adds the value of a field: "Reply (2)", "0x0800", "192.168.0.1", "Set". Long bytes and text are
 * cut, and say how long they are. Adds nothing for a heading without text.
 */
void value_print(struct strbuf *to, const struct dissect *d, const struct item *it,
		 unsigned flags);

/* "2026-11-22 16:19:02.253142 UTC", from nanoseconds since 1970. */
void value_moment(struct strbuf *to, int64_t ns);
/* "85 ns", "41.3 µs", "4.10 ms", "1.204 s", "3 min 20 s": nanoseconds. */
void value_duration(struct strbuf *to, int64_t ns);
/* "225 bytes", "12.3 KB", "1.04 GB": decimal units. */
void value_amount(struct strbuf *to, uint64_t bytes);
/* "1,204,311" */
void value_count(struct strbuf *to, uint64_t n);

#endif
