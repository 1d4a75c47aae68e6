/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lang: reads .mo files (GNU gettext manual, "The Format of GNU MO Files"). */
#include "fmt/lang.h"

#include <langinfo.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "fmt/i18n.h"
#include "fmt/place.h"

enum { MO_MAGIC = 0x950412de, MO_MAX = 1 << 24, LANG_NAME = 8, LANG_MAX = 8 };

/* A catalogue in memory. The tables hold length and offset of each string, sorted by the text. */
struct catalogue {
	char lang[LANG_NAME];
	const uint8_t *bytes;	/* owned, for ever; a NUL behind them */
	uint32_t size, count, texts, translations;
};

static struct catalogue loaded[LANG_MAX];
static unsigned n_loaded;
static const struct catalogue *current;	/* NULL: English, the language of the sources */

static uint32_t number(const struct catalogue *c, uint32_t at)
{
	const uint8_t *p = c->bytes + at;
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static const char *string(const struct catalogue *c, uint32_t table, uint32_t i)
{
	return (const char *)c->bytes + number(c, table + 8 * i + 4);
}

/* True if every string lies inside the file and ends with its NUL. */
static bool table_good(const struct catalogue *c, uint32_t table)
{
	if (table > c->size || c->count > (c->size - table) / 8)
		return false;
	for (uint32_t i = 0; i < c->count; i++) {
		uint32_t len = number(c, table + 8 * i), off = number(c, table + 8 * i + 4);
		if (off >= c->size || len >= c->size - off || c->bytes[off + len])
			return false;
	}
	return true;
}

static bool catalogue_good(struct catalogue *c)
{
	if (c->size < 28 || number(c, 0) != MO_MAGIC || number(c, 4) >> 16 != 0)
		return false;
	c->count = number(c, 8);
	c->texts = number(c, 12);
	c->translations = number(c, 16);
	return table_good(c, c->texts) && table_good(c, c->translations);
}

static bool catalogue_read(struct catalogue *c, const char *lang)
{
	char name[64], path[PLACE_MAX];
	snprintf(name, sizeof name, "%s/LC_MESSAGES/osiscope.mo", lang);
	if (!place_find(PLACE_LOCALE, name, path))
		return false;
	FILE *f = fopen(path, "rbe");
	if (!f)
		return false;
	uint8_t *bytes = xmalloc(MO_MAX + 1);
	size_t n = fread(bytes, 1, MO_MAX, f);
	fclose(f);
	bytes[n] = 0;
	bytes = xrealloc(bytes, n + 1);
	*c = (struct catalogue){ .bytes = bytes, .size = (uint32_t)n };
	snprintf(c->lang, sizeof c->lang, "%s", lang);
	if (catalogue_good(c))
		return true;
	free(bytes);
	return false;
}

const char *lang_text(const char *text)
{
	const struct catalogue *c = current;
	if (!c || !*text)	/* the empty text's translation is the catalogue's head */
		return text;
	uint32_t low = 0, high = c->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(text, string(c, c->texts, middle));
		if (order == 0)
			return string(c, c->translations, middle);
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return text;
}

bool lang_set(const char *lang)
{
	size_t n = strlen(lang);
	if (n < 2 || n > 3 || strspn(lang, "abcdefghijklmnopqrstuvwxyz") != n)
		return false;
	if (!strcmp(lang, "en")) {
		current = NULL;
		return true;
	}
	for (unsigned i = 0; i < n_loaded; i++) {
		if (!strcmp(loaded[i].lang, lang)) {
			current = &loaded[i];
			return true;
		}
	}
	if (n_loaded == LANG_MAX || !catalogue_read(&loaded[n_loaded], lang))
		return false;
	current = &loaded[n_loaded++];
	return true;
}

const char *lang_now(void)
{
	return current ? current->lang : "en";
}

/* Tries the languages of a list like "ko_KR.UTF-8:en"; the first that there is. */
static bool set_first(const char *list)
{
	while (*list) {
		size_t n = strcspn(list, ":"), letters = strcspn(list, "_.@:");
		char lang[LANG_NAME];
		snprintf(lang, sizeof lang, "%.*s", (int)(letters < 4 ? letters : 4), list);
		if (lang_set(lang))
			return true;
		list += n + (list[n] == ':');
	}
	return false;
}

static const char *environment(const char *name)
{
	const char *v = getenv(name);
	return v && *v ? v : NULL;
}

bool lang_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

void lang_start(void)
{
	/* Only LC_CTYPE: a decimal comma would break JSON. */
	bool told = environment("LC_ALL") || environment("LC_CTYPE") || environment("LANG");
	if (!told || !setlocale(LC_CTYPE, ""))
		setlocale(LC_CTYPE, "C.UTF-8");

	const char *locale = environment("LC_ALL");
	if (!locale)
		locale = environment("LC_MESSAGES");
	if (!locale)
		locale = environment("LANG");
	if (!locale || !strcmp(locale, "C") || !strncmp(locale, "C.", 2) ||
	    !strcmp(locale, "POSIX"))
		return;
	const char *list = environment("LANGUAGE");
	if (!list || !set_first(list))
		set_first(locale);
}
