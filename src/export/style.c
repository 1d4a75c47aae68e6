/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/style.h"

#include <stdlib.h>
#include <string.h>

/* ECMA-48, SGR; only the eight colours that every theme of a terminal defines readably. */
static const char *const codes[] = {
	[STYLE_PLAIN] = "\033[0m", [STYLE_BOLD] = "\033[1m", [STYLE_TITLE] = "\033[1;36m",
	[STYLE_DIM] = "\033[2m", [STYLE_NOTE] = "\033[33m", [STYLE_OBSERVED] = "\033[32m",
	[STYLE_RECORDED] = "\033[36m", [STYLE_INFERRED] = "\033[33m", [STYLE_ABSENT] = "\033[2m",
	[STYLE_UNKNOWN] = "\033[35m",
};

bool style_wanted(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	return (!no || !*no) && term && *term && strcmp(term, "dumb") != 0;
}

void style_set(struct strbuf *to, bool on, enum style s)
{
	if (on)
		strbuf_puts(to, codes[s]);
}
