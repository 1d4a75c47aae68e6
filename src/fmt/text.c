/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fmt/text.h"

#include <string.h>

/* The well-formed sequences of UTF-8 (Unicode, table 3-7): lead bytes and their second byte. */
static const struct lead {
	uint8_t first, last, more, low, high;	/* more: bytes that follow; low..high: the second */
} leads[] = {
	{0xc2, 0xdf, 1, 0x80, 0xbf}, {0xe0, 0xe0, 2, 0xa0, 0xbf}, {0xe1, 0xec, 2, 0x80, 0xbf},
	{0xed, 0xed, 2, 0x80, 0x9f}, {0xee, 0xef, 2, 0x80, 0xbf}, {0xf0, 0xf0, 3, 0x90, 0xbf},
	{0xf1, 0xf3, 3, 0x80, 0xbf}, {0xf4, 0xf4, 3, 0x80, 0x8f},
};

size_t utf8_next(const void *bytes, size_t n, uint32_t *c)
{
	const uint8_t *s = bytes;
	if (s[0] < 0x80) {
		*c = s[0];
		return 1;
	}
	*c = UTF8_BAD;
	const struct lead *l = leads, *end = leads + sizeof leads / sizeof *leads;
	while (l < end && (s[0] < l->first || s[0] > l->last))
		l++;
	if (l == end)
		return 1;
	uint32_t code = s[0] & (0x3fu >> l->more);
	size_t i = 1;
	for (; i <= l->more; i++) {
		uint8_t low = i == 1 ? l->low : 0x80, high = i == 1 ? l->high : 0xbf;
		if (i >= n || s[i] < low || s[i] > high)
			return i;
		code = code << 6 | (s[i] & 0x3fu);
	}
	*c = code;
	return i;
}

size_t utf8_put(char *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
	to[0] = (char)(lead[more] | c >> 6 * more);
	for (size_t i = 1; i <= more; i++)
		to[i] = (char)(0x80 | (c >> 6 * (more - i) & 0x3f));
	return more + 1;
}

static bool plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7f && c != '\\';
}

static void escape_one(struct strbuf *to, uint32_t c)
{
	switch (c) {
	case '\\': strbuf_puts(to, "\\\\"); break;
	case '\n': strbuf_puts(to, "\\n"); break;
	case '\r': strbuf_puts(to, "\\r"); break;
	case '\t': strbuf_puts(to, "\\t"); break;
	case UTF8_BAD: strbuf_puts(to, "\xef\xbf\xbd"); break;
	default:
		strbuf_printf(to, c < 0x80 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
	}
}

void text_escape(struct strbuf *to, const void *bytes, size_t n)
{
	/* Marks beyond these would run out of their line on the screen. */
	enum { MOST_MARKS = 4 };
	const uint8_t *s = bytes;
	unsigned marks = MOST_MARKS;
	for (size_t i = 0; i < n;) {
		size_t start = i;
		while (i < n && plain(s[i]))
			i++;
		if (i > start) {
			strbuf_add(to, s + start, i - start);
			marks = 0;
			continue;
		}
		uint32_t c;
		size_t len = utf8_next(s + i, n - i, &c);
		int width = c == '\\' ? -1 : char_width(c);
		marks = width == 0 ? marks + 1 : width < 0 ? MOST_MARKS : 0;
		if (width < 0 || marks > MOST_MARKS)
			escape_one(to, c);
		else
			strbuf_add(to, s + i, len);
		i += len;
	}
}

size_t text_fit(const char *s, size_t n, size_t cells, size_t *used)
{
	size_t i = 0, sum = 0;
	while (i < n) {
		uint32_t c;
		size_t len = 1, width = 1;
		if ((uint8_t)s[i] >= 0x80) {
			len = utf8_next(s + i, n - i, &c);
			int w = char_width(c);
			width = w < 0 ? 1 : (size_t)w;
		}
		if (sum + width > cells)
			break;
		sum += width;
		i += len;
	}
	if (used)
		*used = sum;
	return i;
}

size_t text_width(const char *s, size_t n)
{
	size_t used;
	text_fit(s, n, SIZE_MAX, &used);
	return used;
}

void text_repeat(struct strbuf *to, const char *what, size_t n)
{
	static const char spaces[] = "                                                ";
	size_t len = strlen(what);
	if (len == 1 && *what == ' ') {
		for (; n >= sizeof spaces; n -= sizeof spaces - 1)
			strbuf_add(to, spaces, sizeof spaces - 1);
		strbuf_add(to, spaces, n);
		return;
	}
	while (n--)
		strbuf_add(to, what, len);
}

void text_column(struct strbuf *to, const char *s, size_t n, size_t cells, enum text_side side)
{
	size_t used, fits = text_fit(s, n, cells, &used);
	bool cut = fits < n && cells > 0;
	if (cut)
		fits = text_fit(s, n, cells - 1, &used);
	size_t pad = cells - used - cut;
	if (side == TEXT_RIGHT)
		text_repeat(to, " ", pad);
	strbuf_add(to, s, fits);
	if (cut)
		strbuf_puts(to, "…");
	if (side == TEXT_LEFT)
		text_repeat(to, " ", pad);
}

/*
 * How much of the text stands on a line with room for `room` cells: up to the last space that
 * fits, 0 when there is none and `whole` words are wanted; *fits when all of it does.
 */
static size_t line_end(const char *s, size_t n, size_t room, bool whole, bool *fits)
{
	size_t i = 0, cells = 0, space = 0;
	*fits = false;
	while (i < n) {
		size_t len = 1, width = 1;
		if (s[i] == ' ') {
			space = i;
		} else if ((uint8_t)s[i] >= 0x80) {
			uint32_t c;
			len = utf8_next(s + i, n - i, &c);
			int w = char_width(c);
			width = w < 0 ? 1 : (size_t)w;
		}
		if (cells + width > room)
			return s[i] == ' ' || space ? space : whole ? 0 : i;
		cells += width;
		i += len;
	}
	*fits = true;
	return n;
}

/* One paragraph, without newlines, and the newline behind it. */
static void wrap_line(struct strbuf *to, const char *s, size_t n, size_t width, size_t at,
		      size_t indent)
{
	while (n && s[n - 1] == ' ')
		n--;
	while (n) {
		bool fits;
		if (*s == ' ') {
			s++, n--;
			continue;
		}
		size_t room = at < width ? width - at : 0;
		size_t len = line_end(s, n, room, at > indent, &fits);
		strbuf_add(to, s, len);
		s += len, n -= len;
		if (fits)
			break;
		strbuf_putc(to, '\n');
		text_repeat(to, " ", indent);
		at = indent;
	}
	strbuf_putc(to, '\n');
}

void text_wrap(struct strbuf *to, const char *s, size_t n, size_t width, size_t at, size_t indent)
{
	if (width < indent + 8)
		width = indent + 8;
	for (;;) {
		const char *end = memchr(s, '\n', n);
		size_t line = end ? (size_t)(end - s) : n;
		wrap_line(to, s, line, width, at, indent);
		if (!end || line + 1 == n)
			return;
		s += line + 1, n -= line + 1;
		text_repeat(to, " ", indent);
		at = indent;
	}
}
