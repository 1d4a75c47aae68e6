/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mozlog: reads what Firefox writes with MOZ_LOG=timestamp,nsHttp:4,... (firefox.c). A line is
 *
 *	2026-11-25 14:28:49.133399 UTC - [Parent 460: Main Thread]: E/nsHttp uri=http://www.lab.test/
 *
 * Only lines of the parent process count: it does all that concerns the network. What they mean
 * is in mozlog_rules.c.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "browser/browser.h"
#include "browser/mozlog.h"

enum { OBJECTS = 1 << 17 };		/* most that are told apart */

static uint32_t number_of(struct log_reader *l, enum moz_kind kind, const char *name, size_t n)
{
	char key[256];
	if (l->full)
		return 0;
	if (n >= sizeof key)
		n = sizeof key - 1;
	key[0] = (char)kind;
	memcpy(key + 1, name, n);
	uint32_t number = intern_bytes(l->names, key, n + 1);
	l->full = number >= OBJECTS;
	return number;
}

uint32_t moz_get(struct log_reader *l, enum moz_kind kind, const char *name, size_t n)
{
	uint32_t i = number_of(l, kind, name, n);
	return i < l->n_values ? l->values[i] : 0;
}

void moz_set(struct log_reader *l, enum moz_kind kind, const char *name, size_t n, uint32_t value)
{
	uint32_t i = number_of(l, kind, name, n);
	if (!i || i >= OBJECTS)
		return;
	if (i >= l->n_values) {
		size_t room = l->n_values ? 2 * l->n_values : 256;
		while (room <= i)
			room *= 2;
		l->values = xrealloc(l->values, room * sizeof *l->values);
		memset(l->values + l->n_values, 0, (room - l->n_values) * sizeof *l->values);
		l->n_values = room;
	}
	l->values[i] = value;
}

const char *moz_copy(struct log_reader *l, const char *s, size_t n)
{
	struct strbuf b = { .cap = RECORD_TEXT };
	strbuf_add(&b, s, n);
	const char *text = record_text(l->r, strbuf_str(&b));
	strbuf_free(&b);
	return text;
}

const char *moz_value(struct log_reader *l, const char *text, const char *key, const char *ends)
{
	const char *p = strstr(text, key);
	if (!p)
		return "";
	p += strlen(key);
	return moz_copy(l, p, strcspn(p, ends));
}

/* Nanoseconds since 1970 out of "2026-11-25 14:28:49.133399 UTC - "; what follows, or NULL. */
static const char *line_time(const char *line, int64_t *ns)
{
	static const char shape[] = "0000-00-00 00:00:00.000000 UTC - ";
	int64_t part[7] = { 0 };
	int n = 0;
	for (size_t i = 0; shape[i]; i++) {
		if (shape[i] != '0' && line[i] != shape[i])
			return NULL;
		if (shape[i] != '0')
			n += n < 6;
		else if (isdigit((unsigned char)line[i]))
			part[n] = 10 * part[n] + line[i] - '0';
		else
			return NULL;
	}
	struct tm tm = {
		.tm_year = (int)part[0] - 1900, .tm_mon = (int)part[1] - 1, .tm_mday = (int)part[2],
		.tm_hour = (int)part[3], .tm_min = (int)part[4], .tm_sec = (int)part[5],
	};
	if (part[0] < 1970 || part[0] > 2200)
		return NULL;
	*ns = (int64_t)timegm(&tm) * 1000000000 + part[6] * 1000;
	return line + sizeof shape - 1;
}

static struct moz_thread *thread(struct log_reader *l, const char *name, size_t n)
{
	if (n >= sizeof l->threads[0].name)
		n = sizeof l->threads[0].name - 1;
	for (int i = 0; i < MOZ_THREADS - 1; i++) {
		struct moz_thread *t = &l->threads[i];
		if (!t->name[0])
			memcpy(t->name, name, n);
		if (strlen(t->name) == n && !memcmp(t->name, name, n))
			return t;
	}
	return &l->threads[MOZ_THREADS - 1];
}

static void take_line(void *arg, const char *line)
{
	struct log_reader *l = arg;
	int64_t now;
	const char *p = line_time(line, &now), *name, *end;
	if (!p || !(p = after(p, "[Parent ")) || !(name = strstr(p, ": ")) || !(end = strstr(p, "]: ")))
		return;
	name += 2;
	if (end <= name)
		return;
	const char *module = end + 3;	/* "E/nsHttp " */
	if (!module[0] || module[1] != '/')
		return;
	module += 2;
	size_t n = strcspn(module, " ");
	if (module[n] != ' ')
		return;
	l->now = now;
	l->t = thread(l, name, (size_t)(end - name));
	const char *text = module + n + 1;
	if (l->t->block && n == 6 && !memcmp(module, "nsHttp", 6) && (*text == ' ' || *text == ']'))
		moz_head_line(l, text);
	else
		moz_message(l, module, n, text);
}

static struct log_reader *log_open(struct record *r)
{
	struct log_reader *l = xcalloc(1, sizeof *l);
	l->r = r;
	l->names = intern_new();
	r->log = "mozlog";
	return l;
}

static void log_feed(struct log_reader *l, const char *bytes, size_t n)
{
	lines_feed(&l->lines, bytes, n, take_line, l);
}

/* The log has no end of its own: it is cut when the page was still loading. */
static void log_end(struct log_reader *l)
{
	lines_end(&l->lines, take_line, l);
	l->r->cut = l->r->cut || l->open || !l->page;
}

static void log_free(struct log_reader *l)
{
	if (!l)
		return;
	lines_free(&l->lines);
	intern_free(l->names);
	free(l->values);
	free(l->channels);
	free(l->ports);
	free(l);
}

const struct log_kind log_mozlog = {
	.name = "mozlog", .open = log_open, .feed = log_feed, .end = log_end, .free = log_free,
};
