/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fmt/value.h"

#include <time.h>

#include "fmt/digits.h"
#include "fmt/i18n.h"
#include "fmt/redact.h"
#include "fmt/text.h"

enum { MOST_BYTES = 48, MOST_CHARACTERS = 400 };

static void add_bytes(struct strbuf *to, const uint8_t *s, size_t n, unsigned flags)
{
	char part[64];
	size_t shown = flags & VALUE_WHOLE || n <= MOST_BYTES ? n : MOST_BYTES;
	for (size_t i = 0; i < shown; i += sizeof part / 2) {
		size_t len = shown - i < sizeof part / 2 ? shown - i : sizeof part / 2;
		char *end = digits_bytes(part, s + i, len);
		strbuf_add(to, part, (size_t)(end - part));
	}
	if (shown < n)
		strbuf_printf(to, _("… (%zu bytes)"), n);
}

static void add_text(struct strbuf *to, const uint8_t *s, size_t n, unsigned flags)
{
	struct strbuf clean = {0};
	if (flags & VALUE_REDACT) {
		redact_text(&clean, (const char *)s, n);
		s = (const uint8_t *)strbuf_str(&clean);
		n = clean.len;
	}
	size_t shown = flags & VALUE_WHOLE || n <= MOST_CHARACTERS ? n : MOST_CHARACTERS;
	while (shown < n && shown && (s[shown] & 0xc0) == 0x80)	/* not inside a character */
		shown--;
	text_escape(to, s, shown);
	if (shown < n)
		strbuf_printf(to, _("… (%zu bytes)"), n);
	strbuf_free(&clean);
}

/* How many hexadecimal digits a field of this size takes. */
static unsigned hex_digits(const struct item *it)
{
	uint64_t mask = it->field->mask;
	unsigned bits = 0;
	if (mask) {
		mask >>= __builtin_ctzll(mask);
		bits = 64 - (unsigned)__builtin_clzll(mask);
	} else if (it->len && it->len <= 8) {
		bits = it->len * 8;
	}
	if (bits < 64 && it->value >> bits)	/* derived, or more than its range can hold */
		bits = 64 - (unsigned)__builtin_clzll(it->value);
	return bits ? (bits + 3) / 4 : 1;
}

static void add_number(struct strbuf *to, const struct item *it)
{
	char digits[DIGITS_U64 + 4], *p = digits;
	if (it->field->type == F_HEX) {
		*p++ = '0';
		*p++ = 'x';
		p = digits_hex(p, it->value, hex_digits(it));
	} else if (it->field->type == F_INT && (int64_t)it->value < 0) {
		*p++ = '-';
		p = digits_u64(p, -it->value);
	} else {
		p = digits_u64(p, it->value);
	}
	size_t n = (size_t)(p - digits);
	const char *name = it->field->names ? value_name(it->field->names, it->value) : NULL;
	if (name) {
		text_escape_str(to, name);
		strbuf_puts(to, " (");
		strbuf_add(to, digits, n);
		strbuf_putc(to, ')');
	} else {
		strbuf_add(to, digits, n);
	}
}

static void add_flag(struct strbuf *to, const struct item *it)
{
	const char *name = it->field->names ? value_name(it->field->names, it->value) : NULL;
	if (name)
		text_escape_str(to, name);
	else if (it->field->mask)
		strbuf_puts(to, it->value ? _("Set") : _("Not set"));
	else
		strbuf_puts(to, it->value ? _("True") : _("False"));
}

static void add_address(struct strbuf *to, const uint8_t *s, size_t n)
{
	char text[DIGITS_IPV6];
	char *end = digits_address(text, s, n);
	if (end == text)
		add_bytes(to, s, n, 0);
	else
		strbuf_add(to, text, (size_t)(end - text));
}

static void add_long(struct strbuf *to, const struct dissect *d, const struct item *it,
		     unsigned flags)
{
	size_t n;
	const uint8_t *s = item_bytes(d, it, &n);
	if (!s)
		return;
	if (flags & VALUE_REDACT && redact_item(d, it))
		redact_length(to, n);
	else if (it->field->type == F_BYTES)
		add_bytes(to, s, n, flags);
	else if (it->field->type >= F_MAC && it->field->type <= F_IPV6)
		add_address(to, s, n);
	else
		add_text(to, s, n, flags);
}

void value_print(struct strbuf *to, const struct dissect *d, const struct item *it, unsigned flags)
{
	char text[DIGITS_TIME], *end;
	if (it->has_text) {
		add_long(to, d, it, flags);	/* also a heading, a number or a time told in words */
		return;
	}
	switch (it->field->type) {
	case F_NONE:
		break;
	case F_UINT: case F_HEX: case F_INT:
		add_number(to, it);
		break;
	case F_BOOL:
		add_flag(to, it);
		break;
	case F_TIME:
		value_moment(to, (int64_t)it->value);
		break;
	case F_RELTIME:
		end = digits_seconds(text, (int64_t)it->value, 9);
		strbuf_add(to, text, (size_t)(end - text));
		strbuf_puts(to, " s");
		break;
	case F_MAC: case F_IPV4: case F_IPV6: case F_TEXT: case F_BYTES:
		add_long(to, d, it, flags);
		break;
	}
}

void value_moment(struct strbuf *to, int64_t ns)
{
	int64_t seconds = ns / 1000000000, rest = ns % 1000000000;
	if (rest < 0)
		seconds--, rest += 1000000000;
	time_t t = (time_t)seconds;
	struct tm tm;
	char day[40];
	if (!gmtime_r(&t, &tm) || !strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S", &tm))
		return;
	strbuf_printf(to, rest % 1000 ? "%s.%09lld UTC" : "%s.%06lld UTC", day,
		      (long long)(rest % 1000 ? rest : rest / 1000));
}

void value_duration(struct strbuf *to, int64_t ns)
{
	if (ns < 0) {
		strbuf_putc(to, '-');
		ns = -ns;
	}
	double v = (double)ns;
	if (ns < 1000)
		strbuf_printf(to, "%lld ns", (long long)ns);
	else if (ns < 1000000)
		strbuf_printf(to, "%.3g µs", v / 1e3 > 999 ? 999 : v / 1e3);
	else if (ns < 10000000)
		strbuf_printf(to, "%.2f ms", v / 1e6);
	else if (ns < 1000000000)
		strbuf_printf(to, "%.1f ms", v / 1e6);
	else if (ns < 60000000000)
		strbuf_printf(to, "%.3f s", v / 1e9);
	else if (ns < 3600000000000)
		strbuf_printf(to, _("%lld min %lld s"), (long long)(ns / 60000000000),
			      (long long)(ns / 1000000000 % 60));
	else
		strbuf_printf(to, _("%lld h %lld min"), (long long)(ns / 3600000000000),
			      (long long)(ns / 60000000000 % 60));
}

void value_amount(struct strbuf *to, uint64_t bytes)
{
	static const char *const units[] = { "KB", "MB", "GB", "TB", "PB", "EB" };
	if (bytes < 1000) {
		strbuf_printf(to, bytes == 1 ? _("%llu byte") : _("%llu bytes"),
			      (unsigned long long)bytes);
		return;
	}
	double v = (double)bytes / 1000;
	size_t unit = 0;
	while (v >= 999.5 && unit + 1 < sizeof units / sizeof *units) {
		v /= 1000;
		unit++;
	}
	int places = v < 9.995 ? 2 : v < 99.95 ? 1 : 0;
	strbuf_printf(to, "%.*f %s", places, v, units[unit]);
}

void value_count(struct strbuf *to, uint64_t n)
{
	char digits[DIGITS_U64];
	size_t len = (size_t)(digits_u64(digits, n) - digits);
	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			strbuf_putc(to, ',');
		strbuf_putc(to, digits[i]);
	}
}
