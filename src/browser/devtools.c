/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "browser/devtools.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/strbuf.h"

/* Longest message that is read; longer ones (there are none of what is asked for) end the talk. */
enum { MESSAGE = 4 << 20, NAME = 128 };

/* Which answer is which: the ids of the questions. */
enum question { ASK_VERSION = 1, ASK_TARGETS, ASK_ATTACH, ASK_PAGE, ASK_EVENTS, ASK_GO, ASK_CLOSE };

struct devtools {
	int to, from;
	devtools_told *told;
	void *of;
	struct strbuf in;
	char target[NAME], session[NAME];
	char old[NAME];		/* the document before: the blank page */
	bool gone_to;		/* the visit's page was asked for */
};

void devtools_free(struct devtools *d)
{
	if (!d)
		return;
	close(d->to);
	close(d->from);
	strbuf_free(&d->in);
	free(d);
}

/* Takes `params` over. A browser that reads nothing any more is noticed by its end. */
static void ask(struct devtools *d, enum question id, const char *method, json_t *params)
{
	json_t *message = json_pack("{s:i, s:s, s:o}", "id", (int)id, "method", method,
		"params", params ? params : json_object());
	if (*d->session && id != ASK_CLOSE)
		json_object_set_new(message, "sessionId", json_string(d->session));
	char *text = json_dumps(message, JSON_COMPACT);
	json_decref(message);
	size_t n = text ? strlen(text) + 1 : 0;
	for (size_t at = 0; at < n;) {
		ssize_t wrote = write(d->to, text + at, n - at);
		if (wrote <= 0)
			break;
		at += (size_t)wrote;
	}
	free(text);
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));
	return s ? s : "";
}

static void keep(char *to, const char *text)
{
	size_t n = strnlen(text, NAME - 1);
	memcpy(to, text, n);
	to[n] = '\0';
}

struct devtools *devtools_new(int to, int from, devtools_told *told, void *of)
{
	struct devtools *d = xcalloc(1, sizeof *d);
	*d = (struct devtools){ .to = to, .from = from, .told = told, .of = of,
		.in = { .cap = MESSAGE } };
	fcntl(from, F_SETFL, O_NONBLOCK);
	fcntl(to, F_SETFL, O_NONBLOCK);
	ask(d, ASK_VERSION, "Browser.getVersion", NULL);
	ask(d, ASK_TARGETS, "Target.setDiscoverTargets", json_pack("{s:b}", "discover", 1));
	return d;
}

/* "HeadlessChrome/156.0.8078.108", in a window "Chrome/156.0.8078.108". */
static void version(struct devtools *d, const json_t *result)
{
	const char *product = text_of(result, "product");
	const char *slash = strchr(product, '/');
	if (slash)
		d->told(d->of, DEVTOOLS_VERSION, slash + 1);
}

static void answer(struct devtools *d, long long id, const json_t *result)
{
	switch (id) {
	case ASK_VERSION:
		version(d, result);
		break;
	case ASK_ATTACH:
		keep(d->session, text_of(result, "sessionId"));
		ask(d, ASK_PAGE, "Page.enable", NULL);
		ask(d, ASK_EVENTS, "Page.setLifecycleEventsEnabled", json_pack("{s:b}", "enabled", 1));
		break;
	case ASK_EVENTS:
		d->told(d->of, DEVTOOLS_READY, "");
		break;
	case ASK_GO:
		if (*text_of(result, "errorText"))
			d->told(d->of, DEVTOOLS_ERROR, text_of(result, "errorText"));
		break;
	default:
		break;
	}
}

/* Stations in the life of the page's own document. */
static void lifecycle(struct devtools *d, const json_t *params)
{
	static const struct { const char *name; enum devtools_event what; } table[] = {
		{ "init", DEVTOOLS_STARTED }, { "load", DEVTOOLS_LOADED }, { "networkIdle", DEVTOOLS_IDLE },
	};
	const char *loader = text_of(params, "loaderId");
	if (!d->gone_to)
		keep(d->old, loader);
	/* The main frame's id is the target's own. */
	if (!d->gone_to || strcmp(loader, d->old) == 0 ||
	    strcmp(text_of(params, "frameId"), d->target) != 0)
		return;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(text_of(params, "name"), table[i].name) == 0)
			d->told(d->of, table[i].what, "");
}

static void event(struct devtools *d, const char *method, const json_t *params)
{
	const json_t *info = json_object_get(params, "targetInfo");
	if (strcmp(method, "Target.targetCreated") == 0 && !*d->target &&
	    strcmp(text_of(info, "type"), "page") == 0) {
		keep(d->target, text_of(info, "targetId"));
		ask(d, ASK_ATTACH, "Target.attachToTarget",
			json_pack("{s:s, s:b}", "targetId", d->target, "flatten", 1));
	} else if (strcmp(method, "Page.lifecycleEvent") == 0) {
		lifecycle(d, params);
	} else if ((strcmp(method, "Target.targetDestroyed") == 0 ||
		    strcmp(method, "Target.targetCrashed") == 0) && *d->target &&
		   strcmp(text_of(params, "targetId"), d->target) == 0) {
		d->told(d->of, DEVTOOLS_GONE, "");
	}
}

static void message(struct devtools *d, const char *text, size_t n)
{
	json_t *m = json_loadb(text, n, 0, NULL);
	const json_t *id = json_object_get(m, "id");
	if (json_is_integer(id))
		answer(d, json_integer_value(id), json_object_get(m, "result"));
	else
		event(d, text_of(m, "method"), json_object_get(m, "params"));
	json_decref(m);
}

int devtools_fd(const struct devtools *d)
{
	return d->from;
}

bool devtools_read(struct devtools *d)
{
	char piece[65536];
	ssize_t n = read(d->from, piece, sizeof piece);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0 || d->in.full)
		return false;
	const char *p = piece, *end = piece + n;
	for (const char *nul; (nul = memchr(p, '\0', (size_t)(end - p))); p = nul + 1) {
		strbuf_add(&d->in, p, (size_t)(nul - p));
		message(d, strbuf_str(&d->in), d->in.len);
		strbuf_clear(&d->in);
	}
	strbuf_add(&d->in, p, (size_t)(end - p));
	return true;
}

void devtools_go(struct devtools *d, const char *url)
{
	d->gone_to = true;
	ask(d, ASK_GO, "Page.navigate", json_pack("{s:s}", "url", url));
}

void devtools_close(struct devtools *d)
{
	ask(d, ASK_CLOSE, "Browser.close", NULL);
}
