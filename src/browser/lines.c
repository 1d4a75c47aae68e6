/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "browser/lines.h"

#include <string.h>
#include <strings.h>

static void add(struct lines *l, const char *bytes, size_t n)
{
	l->part.cap = LINE_MAX_BYTES;
	strbuf_add(&l->part, bytes, n);
}

static void give(struct lines *l, void (*take)(void *arg, const char *line), void *arg)
{
	for (char *p = l->part.s; p && (p = memchr(p, 0, l->part.len - (size_t)(p - l->part.s)));)
		*p = '?';
	if (l->part.len && l->part.s[l->part.len - 1] == '\r')
		l->part.s[l->part.len - 1] = 0;
	take(arg, strbuf_str(&l->part));
	strbuf_clear(&l->part);
}

void lines_feed(struct lines *l, const char *bytes, size_t n,
		void (*take)(void *arg, const char *line), void *arg)
{
	while (n) {
		const char *end = memchr(bytes, '\n', n);
		size_t len = end ? (size_t)(end - bytes) : n;
		add(l, bytes, len);
		if (!end)
			return;
		give(l, take, arg);
		bytes += len + 1;
		n -= len + 1;
	}
}

void lines_end(struct lines *l, void (*take)(void *arg, const char *line), void *arg)
{
	if (l->part.len)
		give(l, take, arg);
}

void lines_free(struct lines *l)
{
	strbuf_free(&l->part);
}

const char *after(const char *text, const char *word)
{
	size_t n = strlen(word);
	return strncmp(text, word, n) ? NULL : text + n;
}

bool take_number(const char **at, int64_t *number)
{
	const char *p = *at;
	int64_t n = 0;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (n > INT64_MAX / 20 - 10)
			return false;
		n = 10 * n + (*p - '0');
	}
	if (p == *at)
		return false;
	*at = p;
	*number = n;
	return true;
}

const char *header_value(const char *line, const char *name)
{
	size_t n = strlen(name);
	if (strncasecmp(line, name, n) || line[n] != ':')
		return NULL;
	line += n + 1;
	return line + strspn(line, " \t");
}
