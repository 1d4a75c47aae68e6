/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "launch/launch.h"

/* Nobody reading is noticed by the control's end. */
static void say(const char *line, size_t n)
{
	while (n) {
		ssize_t wrote = write(STDOUT_FILENO, line, n);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return;
		line += wrote;
		n -= (size_t)wrote;
	}
}

static void say_json(json_t *object)
{
	char *text = json_dumps(object, JSON_COMPACT);
	struct strbuf b = { 0 };
	if (text) {
		strbuf_puts(&b, text);
		strbuf_putc(&b, '\n');
		say(b.s, b.len);
	}
	strbuf_free(&b);
	free(text);
	json_decref(object);
}

void report(const char *event, unsigned visit, const char *text)
{
	json_t *o = json_pack("{s:s, s:I, s:i}", "event", event, "time", (json_int_t)clock_wall(),
		"visit", (int)visit);
	json_t *s = text && *text ? json_string(text) : NULL;
	if (s)
		json_object_set_new(o, "text", s);
	say_json(o);
}

void report_error(const char *text)
{
	json_t *s = json_string(text);
	say_json(json_pack("{s:o}", "error", s ? s : json_string("?")));
}

void report_record(const struct record *r)
{
	char *json = record_to_json(r);
	struct strbuf b = { 0 };
	strbuf_printf(&b, "{\"record\":%s}\n", json);
	say(b.s, b.len);
	strbuf_free(&b);
	free(json);
}
