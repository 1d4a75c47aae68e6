/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "record/idna.h"

#include <idn2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "fmt/text.h"

/*
 * As browsers: non-transitional. And punycode is not compared with what IDNA2008 would make of it,
 * because UTS #46 has more characters (U+2603 in "xn--n3h"); whether these are valid is looked at.
 */
enum { FLAGS = IDN2_NONTRANSITIONAL | IDN2_NO_ALABEL_ROUNDTRIP };

enum { MOST_CHARACTERS = 63 };	/* of a label: in punycode none is shorter than a byte */

static bool is_ascii(const char *s)
{
	while (*s && !(*s & 0x80))
		s++;
	return !*s;
}

static void lower(char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s | 0x20);
}

static bool has_punycode(const char *s)
{
	for (const char *dot = s; dot; dot = strchr(dot, '.')) {
		dot += *dot == '.';
		if (strncasecmp(dot, "xn--", 4) == 0)
			return true;
	}
	return false;
}

/* ---- labels that libidn2 does not encode ---- */

/* RFC 3492, 6.1 */
static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;
	delta /= first ? 700 : 2;
	for (delta += delta / points; delta > 455; k += 36)
		delta /= 35;
	return k + 36 * delta / (delta + 38);
}

/* A number as digits of a base that varies (RFC 3492, 3.3). */
static void put_number(struct strbuf *to, uint32_t q, uint32_t bias)
{
	for (uint32_t k = 36;; k += 36) {
		uint32_t t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
		uint32_t digit = q < t ? q : t + (q - t) % (36 - t);
		strbuf_putc(to, "abcdefghijklmnopqrstuvwxyz0123456789"[digit]);
		if (q < t)
			return;
		q = (q - t) / (36 - t);
	}
}

/* RFC 3492, 6.3. With at most 63 characters below 0x110000 nothing overflows. */
static void put_punycode(struct strbuf *to, const uint32_t *c, uint32_t n)
{
	uint32_t next = 128, delta = 0, bias = 72, done = 0, basic;
	strbuf_puts(to, "xn--");
	for (uint32_t i = 0; i < n; i++)
		if (c[i] < 128) {
			strbuf_putc(to, (char)c[i]);
			done++;
		}
	basic = done;
	if (basic)
		strbuf_putc(to, '-');
	for (; done < n; delta++, next++) {
		uint32_t least = UINT32_MAX;
		for (uint32_t i = 0; i < n; i++)
			if (c[i] >= next && c[i] < least)
				least = c[i];
		delta += (least - next) * (done + 1);
		next = least;
		for (uint32_t i = 0; i < n; i++) {
			delta += c[i] < next;
			if (c[i] != next)
				continue;
			put_number(to, delta, bias);
			bias = adapt(delta, done + 1, done == basic);
			delta = 0;
			done++;
		}
	}
}

/*
 * A label with symbols that UTS #46 has and IDNA2008 has not. It stays as it is but for what an
 * emoji may have behind it (U+FE0F, which means nothing in names); libidn2 judges the result, so
 * that what UTS #46 would change or refuse is refused.
 */
static int put_symbols(struct strbuf *to, const char *s)
{
	struct strbuf label = { 0 };
	uint32_t c[MOST_CHARACTERS], one;
	uint32_t n = 0;
	char *judged = NULL;
	for (size_t left = strlen(s), len; left; s += len, left -= len) {
		len = utf8_next(s, left, &one);
		if (n == MOST_CHARACTERS)
			return IDN2_TOO_BIG_LABEL;
		if (one == 0x200c || one == 0x200d)	/* joiners: between letters only (RFC 5892, A) */
			return IDN2_CONTEXTJ;
		if (one != 0xfe0f)
			c[n++] = one;
	}
	put_punycode(&label, c, n);
	int rc = idn2_to_ascii_8z(strbuf_str(&label), &judged, FLAGS);
	if (rc == IDN2_OK)
		strbuf_puts(to, judged);
	idn2_free(judged);
	strbuf_free(&label);
	return rc;
}

static int put_label(struct strbuf *to, const char *label)
{
	char *out = NULL;
	if (is_ascii(label) && !has_punycode(label)) {
		strbuf_puts(to, label);
		return IDN2_OK;
	}
	int rc = idn2_to_ascii_8z(label, &out, FLAGS);
	if (rc == IDN2_DISALLOWED && !is_ascii(label))
		return put_symbols(to, label);
	if (rc == IDN2_OK)
		strbuf_puts(to, out);
	idn2_free(out);
	return rc;
}

static int by_labels(struct strbuf *to, const char *name)
{
	char *copy = xstrdup(name), *label = copy;
	int rc = IDN2_OK;
	while (label && rc == IDN2_OK) {
		char *dot = strchr(label, '.');
		if (dot)
			*dot++ = '\0';
		rc = put_label(to, label);
		if (dot)
			strbuf_putc(to, '.');
		label = dot;
	}
	free(copy);
	return rc;
}

/* ---- whole names ---- */

/* What was encoded must be taken again when it is typed: libidn2 decodes less than it encodes. */
static int readable(const char *name)
{
	struct strbuf again = { 0 };
	int rc = by_labels(&again, name);
	strbuf_free(&again);
	return rc;
}

char *idna_ascii(const char *name, const char **why)
{
	struct strbuf b = { 0 };
	char *out = NULL;
	int rc = IDN2_OK;
	/* of ASCII names browsers take many that IDNA would not, with hyphens or "_" */
	if (!is_ascii(name) || has_punycode(name))
		rc = idn2_to_ascii_8z(name, &out, FLAGS);
	if (rc == IDN2_DISALLOWED || rc == IDN2_2HYPHEN || rc == IDN2_HYPHEN_STARTEND)
		rc = by_labels(&b, name);
	else if (rc == IDN2_OK)
		strbuf_puts(&b, out ? out : name);
	idn2_free(out);
	if (rc == IDN2_OK && has_punycode(strbuf_str(&b)))
		rc = readable(strbuf_str(&b));
	out = rc == IDN2_OK ? xstrdup(strbuf_str(&b)) : NULL;
	strbuf_free(&b);
	if (out)
		lower(out);
	else
		*why = idn2_strerror(rc);
	return out;
}

char *idna_unicode(const char *host)
{
	char *out = NULL;
	if (!has_punycode(host) || idn2_to_unicode_8z8z(host, &out, IDN2_NONTRANSITIONAL) != IDN2_OK)
		return xstrdup(host);
	char *copy = xstrdup(out);	/* of libidn2's memory; ours is freed with free() */
	idn2_free(out);
	return copy;
}
