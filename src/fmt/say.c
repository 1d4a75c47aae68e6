/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fmt/say.h"

#include <stdarg.h>
#include <stdio.h>

#include "fmt/text.h"

void say(const char *format, ...)
{
	struct strbuf raw = {0}, line = {0};
	va_list ap;
	va_start(ap, format);
	strbuf_vprintf(&raw, format, ap);
	va_end(ap);
	strbuf_puts(&line, "osiscope: ");
	text_escape(&line, strbuf_str(&raw), raw.len);
	strbuf_putc(&line, '\n');
	fputs(strbuf_str(&line), stderr);
	strbuf_free(&raw);
	strbuf_free(&line);
}

enum status say_end(const struct session *s, enum source_state end)
{
	const char *trouble = source_trouble(s->source);
	struct strbuf left_out = {0};
	if (trouble)
		say("%s", trouble);
	session_left_out(s, &left_out);
	if (left_out.len)
		say("%s", strbuf_str(&left_out));
	strbuf_free(&left_out);
	switch (end) {
	case SOURCE_CUT: case SOURCE_DAMAGED: return STATUS_CUT;
	case SOURCE_FAILED: return STATUS_FAILED;
	case SOURCE_FRAME: case SOURCE_END: break;
	}
	return STATUS_DONE;
}
