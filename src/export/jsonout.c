/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/jsonout.h"

#include <math.h>
#include <stdio.h>

#include "fmt/digits.h"
#include "fmt/text.h"

static bool plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static char *unit(char *p, uint32_t u)
{
	*p++ = '\\';
	*p++ = 'u';
	return digits_hex(p, u, 4);
}

static void escape(struct out *o, uint32_t c)
{
	char *p = out_room(o, 16);
	if (c == '"' || c == '\\') {
		*p++ = '\\';
		*p++ = (char)c;
	} else if (c == '\n' || c == '\r' || c == '\t') {
		*p++ = '\\';
		*p++ = c == '\n' ? 'n' : c == '\r' ? 'r' : 't';
	} else if (c >= 0x10000) {
		p = unit(p, 0xd800 + ((c - 0x10000) >> 10));
		p = unit(p, 0xdc00 + (c & 0x3ff));
	} else {
		p = unit(p, c);
	}
	out_used(o, p);
}

void jsonout_string(struct out *o, const void *bytes, size_t n)
{
	const uint8_t *s = bytes;
	out_putc(o, '"');
	for (size_t i = 0; i < n;) {
		size_t start = i;
		while (i < n && plain(s[i]))
			i++;
		out_add(o, (const char *)s + start, i - start);
		if (i == n)
			break;
		uint32_t c;
		size_t len = utf8_next(s + i, n - i, &c);
		if (c == UTF8_BAD)
			out_add(o, "\xef\xbf\xbd", 3);
		else if (c < 0x80 || char_width(c) < 0)
			escape(o, c);
		else
			out_add(o, (const char *)s + i, len);
		i += len;
	}
	out_putc(o, '"');
}

/* The comma behind what stands before, the new line, the key. */
static void begin(struct jsondoc *j, const char *name)
{
	struct out *o = j->out;
	if (j->comma)
		out_putc(o, ',');
	if (j->flat) {
		if (j->comma)
			out_putc(o, ' ');
	} else if (j->depth) {
		out_putc(o, '\n');
		for (unsigned i = 0; i < j->depth; i++)
			out_putc(o, ' ');
	}
	j->comma = true;
	if (name) {
		jsonout_str(o, name);
		out_puts(o, ": ");
	}
}

void jsondoc_open(struct jsondoc *j, const char *name, char bracket)
{
	begin(j, name);
	out_putc(j->out, bracket);
	j->depth++;
	j->flat += j->flat != 0;
	j->comma = false;
}

void jsondoc_open_flat(struct jsondoc *j, const char *name, char bracket)
{
	jsondoc_open(j, name, bracket);
	j->flat += j->flat == 0;
}

void jsondoc_close(struct jsondoc *j, char bracket)
{
	bool lines = !j->flat && j->comma;
	j->depth--;
	j->flat -= j->flat != 0;
	if (lines) {
		out_putc(j->out, '\n');
		for (unsigned i = 0; i < j->depth; i++)
			out_putc(j->out, ' ');
	}
	out_putc(j->out, bracket);
	j->comma = true;
}

void jsondoc_text(struct jsondoc *j, const char *name, const void *s, size_t n)
{
	begin(j, name);
	jsonout_string(j->out, s, n);
}

void jsondoc_integer(struct jsondoc *j, const char *name, int64_t n)
{
	begin(j, name);
	if (n < 0)
		out_putc(j->out, '-');
	out_u64(j->out, n < 0 ? -(uint64_t)n : (uint64_t)n);
}

void jsondoc_real(struct jsondoc *j, const char *name, double v)
{
	char text[64];
	if (!isfinite(v) || fabs(v) > 1e15)
		v = 0;
	int n = snprintf(text, sizeof text, "%.6f", v);
	while (n > 1 && text[n - 1] == '0')
		n--;
	if (text[n - 1] == '.')
		n--;
	begin(j, name);
	out_add(j->out, text, (size_t)n);
}

void jsondoc_bool(struct jsondoc *j, const char *name, bool v)
{
	begin(j, name);
	out_puts(j->out, v ? "true" : "false");
}
