/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host: the host of a URL, as browsers read it. Private to src/record/. */
#ifndef OSI_RECORD_HOST_H
#define OSI_RECORD_HOST_H

#include <stdbool.h>
#include <stddef.h>

#include "record/url.h"

/*
 * Sets host, host_unicode and literal of *u out of the n bytes of a URL's host (brackets and
 * percent-encoding included). False and err when it is none.
 */
bool host_parse(struct url *u, const char *s, size_t n, struct err *err);

/* The first bytes of a text, for a message: at most 60, whole characters. `to` is returned. */
enum { BRIEF = 64 };
const char *brief(char to[BRIEF], const char *s, size_t n);

#endif
