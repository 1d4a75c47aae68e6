/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the launcher reports, read; and what is known of the visit before it begins. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fmt/i18n.h"
#include "visit/own.h"

enum { REPORTS = 16 << 20 };	/* bytes of one line; the launcher's own are short */

static const struct { const char *name; enum launch_event what; } events[] = {
	{ "listening", LAUNCH_LISTENING }, { "browser", LAUNCH_BROWSER }, { "ready", LAUNCH_READY },
	{ "go", LAUNCH_GO }, { "loaded", LAUNCH_LOADED }, { "idle", LAUNCH_IDLE },
	{ "failed", LAUNCH_PAGE_ERROR }, { "closed", LAUNCH_CLOSED }, { "visited", LAUNCH_VISITED },
};

static void record_part(struct launch *l, const char *key, const char *value)
{
	json_t *o = json_pack("{s:i, s:s}", "version", RECORD_VERSION, key, value);
	char *text = json_dumps(o, JSON_COMPACT);
	strbuf_puts(&l->text, text ? text : "{}");
	free(text);
	json_decref(o);
}

/* "156.0.8078.108" is Chromium's; "words" are its last. Both are for the record. */
static bool for_record(struct launch *l, const char *event, const char *text)
{
	if (strcmp(event, "words") == 0) {
		record_part(l, "words", text);
		return true;
	}
	if (strcmp(event, "version") != 0)
		return false;
	struct strbuf b = { 0 };
	strbuf_printf(&b, "%s %s", strcmp(l->kind->name, "chrome") == 0 ? "Chrome" : "Chromium", text);
	record_part(l, "browser", strbuf_str(&b));
	strbuf_free(&b);
	return true;
}

/* One line; false when it says nothing that is passed on. */
static bool read_line(struct launch *l, const char *line, size_t n, struct launch_report *to)
{
	json_t *o = json_loadb(line, n, 0, NULL);
	const char *event = json_string_value(json_object_get(o, "event"));
	const char *error = json_string_value(json_object_get(o, "error"));
	const char *text = json_string_value(json_object_get(o, "text"));
	const json_t *record = json_object_get(o, "record");
	bool good = true;
	*to = (struct launch_report){ .time = json_integer_value(json_object_get(o, "time")),
		.visit = (unsigned)json_integer_value(json_object_get(o, "visit")) };
	if (error) {
		to->what = LAUNCH_ERROR;
		strbuf_puts(&l->text, error);
	} else if (json_is_object(record)) {
		char *json = json_dumps(record, JSON_COMPACT);
		to->what = LAUNCH_RECORD;
		strbuf_puts(&l->text, json ? json : "{}");
		free(json);
	} else if (event && for_record(l, event, text ? text : "")) {
		to->what = LAUNCH_RECORD;
	} else if (event && strcmp(event, "end") == 0) {
		l->came_to_end = true;
		good = false;
	} else {
		good = false;
		for (size_t i = 0; event && !good && i < sizeof events / sizeof *events; i++)
			if (strcmp(event, events[i].name) == 0) {
				to->what = events[i].what;
				strbuf_puts(&l->text, text ? text : "");
				good = true;
			}
	}
	json_decref(o);
	to->text = strbuf_str(&l->text);
	return good;
}

/* Reads what there is; false: nothing more now. */
static bool more(struct launch *l)
{
	char piece[16384];
	struct pollfd fd = { .fd = l->reports, .events = POLLIN };
	if (l->reports < 0 || poll(&fd, 1, 0) <= 0)
		return false;
	ssize_t n = read(l->reports, piece, sizeof piece);
	if (n < 0)
		return errno == EINTR;
	if (n == 0 || l->in.len > REPORTS) {
		close(l->reports);
		l->reports = -1;
		return true;
	}
	if (l->at) {
		memmove(l->in.s, l->in.s + l->at, l->in.len - l->at);
		l->in.len -= l->at;
		l->at = 0;
	}
	strbuf_add(&l->in, piece, (size_t)n);
	return true;
}

static bool take_first(struct launch *l, struct launch_report *to)
{
	if (!l->first.len)
		return false;
	strbuf_puts(&l->text, l->first.s);
	strbuf_clear(&l->first);
	*to = (struct launch_report){ .what = LAUNCH_RECORD, .text = strbuf_str(&l->text) };
	return true;
}

bool launch_next(struct launch *l, struct launch_report *to)
{
	strbuf_clear(&l->text);
	if (take_first(l, to))
		return true;
	for (;;) {
		const char *begin = strbuf_str(&l->in) + l->at;
		const char *end = memchr(begin, '\n', l->in.len - l->at);
		if (end) {
			l->at += (size_t)(end - begin) + 1;
			if (read_line(l, begin, (size_t)(end - begin), to))
				return true;
			strbuf_clear(&l->text);
		} else if (!more(l)) {
			break;
		}
	}
	if (l->reports >= 0 || l->ended)
		return false;
	if (!l->came_to_end) {
		l->came_to_end = true;
		strbuf_puts(&l->text, _("the visit was cut off: osiscope-launch was ended from outside"));
		*to = (struct launch_report){ .what = LAUNCH_ERROR, .text = strbuf_str(&l->text) };
		return true;
	}
	l->ended = true;
	*to = (struct launch_report){ .what = LAUNCH_ENDED, .text = "" };
	return true;
}

void launch_first_record(struct launch *l, const struct visit_plan *plan)
{
	char version[BROWSER_VERSION];
	struct record *r = record_new();
	browser_version(l->kind, l->program, version);
	r->url = record_text(r, plan->url);
	r->place = l->place == VISIT_PRIVATE ? "private" : "real";
	r->iface = record_text(r, l->iface);
	r->browser = record_text(r, version);
	r->log = l->kind->log ? l->kind->log->name : "";
	r->resolver = record_text(r, l->resolver.servers);
	r->relay = record_text(r, l->place == VISIT_PRIVATE ? l->resolver.relay : "");
	r->doh = "off";
	r->quic = plan->http3;
	char *json = record_to_json(r);
	strbuf_puts(&l->first, json);
	free(json);
	record_free(r);
}
