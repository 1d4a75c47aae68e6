/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log is written a line an event, so that a growing or cut file is no special case: the
 * constants are the first line, then `"events": [`, then events that end with a comma. The last
 * one ends with `],` and the polled data follow: only then the log has its end.
 */
#include "browser/netlog.h"

#include <stdlib.h>
#include <string.h>

static struct log_reader *netlog_open(struct record *r)
{
	struct log_reader *l = xcalloc(1, sizeof *l);
	l->r = r;
	l->line.cap = NETLOG_LINE;
	l->texts = intern_new();
	l->sources = xcalloc(NETLOG_SOURCES, sizeof *l->sources);
	r->log = record_text(r, "netlog");
	netlog_recall(l);
	return l;
}

static void take_event(struct log_reader *l, json_t *object)
{
	struct netlog_event e;
	if (!l->names.known || !netlog_event_read(l, object, &e))
		return;
	netlog_sources_event(l, &e);
	if (!e.type)
		return;
	netlog_sockets_event(l, &e);
	netlog_lookups_event(l, &e);
	netlog_requests_event(l, &e);
	netlog_answers_event(l, &e);
}

/* A whole log on one line, as other programs write it. */
static void take_whole(struct log_reader *l, json_t *object)
{
	json_t *constants = json_object_get(object, "constants"), *event;
	size_t i;
	if (json_is_object(constants))
		netlog_names_read(l, constants);
	json_array_foreach(json_object_get(object, "events"), i, event)
		take_event(l, event);
	l->ended = json_is_array(json_object_get(object, "events"));
}

/* The first line: an object that is not closed yet. */
static void take_first(struct log_reader *l, const char *s, size_t n)
{
	while (n && (s[n - 1] == ',' || s[n - 1] == ' '))
		n--;
	json_t *object = json_loadb(s, n, 0, NULL);
	if (!object) {
		struct strbuf closed = { .cap = NETLOG_LINE + 1 };
		strbuf_add(&closed, s, n);
		strbuf_putc(&closed, '}');
		object = json_loadb(strbuf_str(&closed), closed.len, 0, NULL);
		strbuf_free(&closed);
	}
	if (object)
		take_whole(l, object);
	json_decref(object);
}

static void take_line(struct log_reader *l, const char *s, size_t n)
{
	while (n && strchr(" \t\r", s[n - 1]) && s[n - 1])
		n--;
	while (n && (*s == ' ' || *s == '\t')) {
		s++;
		n--;
	}
	if (!n || l->ended)
		return;
	if (!l->begun) {
		l->begun = true;
		take_first(l, s, n);
		return;
	}
	if (*s == ']' || (n > 12 && !memcmp(s, "\"polledData\"", 12))) {
		l->ended = true;
		return;
	}
	if (*s != '{')
		return;
	/* What follows the event (a comma, the end of the list) is let be. */
	json_error_t where;
	json_t *object = json_loadb(s, n, JSON_DISABLE_EOF_CHECK, &where);
	if (!object) {
		l->r->left_out++;
		return;
	}
	take_event(l, object);
	json_decref(object);
	if (n > 1 && (s[n - 1] == ']' || (s[n - 1] == ',' && s[n - 2] == ']')))
		l->ended = true;
}

static void netlog_feed(struct log_reader *l, const char *bytes, size_t n)
{
	while (n) {
		const char *newline = memchr(bytes, '\n', n);
		size_t part = newline ? (size_t)(newline - bytes) : n;
		if (!l->skip && part)
			strbuf_add(&l->line, bytes, part);
		if (l->line.full && !l->skip) {
			l->skip = true;
			l->r->left_out += l->line.len;
			strbuf_clear(&l->line);
			l->line.full = false;
			l->begun = true;
		}
		if (!newline)
			return;
		if (!l->skip && l->line.len)
			take_line(l, strbuf_str(&l->line), l->line.len);
		l->skip = false;
		strbuf_clear(&l->line);
		bytes += part + 1;
		n -= part + 1;
	}
}

static void netlog_end(struct log_reader *l)
{
	/* The last line may be cut: that is no damage. */
	uint64_t left_out = l->r->left_out;
	if (!l->skip && l->line.len)
		take_line(l, strbuf_str(&l->line), l->line.len);
	l->r->left_out = left_out;
	strbuf_clear(&l->line);
	if (!l->names.known && l->begun)
		netlog_missing(l->r, "constants");
	l->r->cut = l->r->cut || !l->ended;	/* of several visits, one's */
}

static void netlog_free(struct log_reader *l)
{
	if (!l)
		return;
	netlog_names_free(&l->names);
	intern_free(l->texts);
	strbuf_free(&l->line);
	for (size_t i = 0; i < NETLOG_SOURCES; i++)
		free(l->sources[i]);
	free(l->sources);
	free(l->pages.at);
	free(l->requests.at);
	free(l->lookups.at);
	free(l->page_keys);
	free(l->sts);
	free(l->kept);
	free(l);
}

const struct log_kind log_netlog = {
	.name = "netlog",
	.open = netlog_open,
	.feed = netlog_feed,
	.end = netlog_end,
	.free = netlog_free,
};
