/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "browser/browser.h"

void words_add(struct words *w, const char *format, ...)
{
	char *text;
	va_list ap;
	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		abort();
	va_end(ap);
	if (w->n + 2 > w->room) {
		w->room = w->room ? 2 * w->room : 32;
		w->word = xrealloc(w->word, w->room * sizeof *w->word);
	}
	w->word[w->n++] = text;
	w->word[w->n] = NULL;
}

void words_free(struct words *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->word[i]);
	free(w->word);
	*w = (struct words){ 0 };
}
