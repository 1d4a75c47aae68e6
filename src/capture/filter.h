/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filter: capture filters (BPF, as tcpdump's) on frames of any source. */
#ifndef OSI_CAPTURE_FILTER_H
#define OSI_CAPTURE_FILTER_H

#include <stdbool.h>

#include "base/err.h"
#include "capture/source.h"

struct filter;

/* Compiles the expression; NULL when it is none: err says what is wrong and where. */
struct filter *filter_compile(const char *expression, struct err *err);
void filter_free(struct filter *f);

/*
 * True when the frame passes. A frame of a link type that the expression means nothing for does not
 * pass: filter_trouble() says so.
 */
bool filter_match(struct filter *f, const struct frame *frame);

/* One translated line: the link type that the expression cannot be applied to. NULL if none. */
const char *filter_trouble(const struct filter *f);

#endif
