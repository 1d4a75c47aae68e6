/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * redact: what --redact hides: cookies, authorization and tokens are shown as their length,
 * "[84 bytes]". It errs on the side of hiding: raw payloads, in which a secret may stand, go too.
 */
#ifndef OSI_FMT_REDACT_H
#define OSI_FMT_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "dissect.h"

/*
 * The value of this item must not be shown: it is a secret itself, holds the bytes of one of the
 * packet's secrets (a header line with a cookie), or is a raw payload.
 */
bool redact_item(const struct dissect *d, const struct item *it);

/* Adds "[N bytes]". */
void redact_length(struct strbuf *to, size_t n);

/*
 * Adds the text with the secrets of the URLs in it replaced: passwords before "@", and the values
 * of query parameters that are named like a secret or look like a token. A header line that is
 * named like one ("X-Api-Key: ...") loses its value.
 */
void redact_text(struct strbuf *to, const char *s, size_t n);

/* Adds text that may hold bytes of packets: escaped, and without its secrets if that was asked for. */
void redact_shown(struct strbuf *to, const char *s, bool redact);

#endif
