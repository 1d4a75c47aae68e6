/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "launch/words.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "fmt/text.h"

/* pasta says the one for each line where there is no syslog; curl the other when it is at a loss. */
static bool says_nothing(const char *line, size_t n)
{
	return n == 0 || (n < 64 && memmem(line, n, " to syslog", 10)) ||
		memmem(line, n, "for more information", 20);
}

void last_line(const char *text, char *to, size_t n)
{
	const char *end = text + strlen(text), *begin = end;
	do {
		end = begin;
		while (end > text && strchr("\r\n \t", end[-1]))
			end--;
		for (begin = end; begin > text && begin[-1] != '\n';)
			begin--;
	} while (begin > text && says_nothing(begin, (size_t)(end - begin)));
	if (says_nothing(begin, (size_t)(end - begin)))
		begin = end;
	struct strbuf safe = { 0 };
	text_escape(&safe, begin, (size_t)(end - begin));
	snprintf(to, n, "%.*s", (int)text_fit(strbuf_str(&safe), safe.len, n - 4, NULL), strbuf_str(&safe));
	strbuf_free(&safe);
}
