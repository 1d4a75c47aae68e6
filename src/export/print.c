/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/print.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fmt/i18n.h"
#include "fmt/lang.h"
#include "fmt/say.h"

enum { LINE = 80, LINE_MIN = 60, LINE_MAX = 110 };

static bool (*const printers[])(struct printer *p) = {
	[PRINT_STORY] = print_story,
	[PRINT_PACKETS] = print_packets,
	[PRINT_FIELDS] = print_fields,
	[PRINT_JSON] = print_json,
	[PRINT_VISITS_JSON] = print_visits,
};

bool print_each(struct printer *p, unsigned want, session_frame_fn *fn, void *arg)
{
	struct session *s = p->session;
	uint32_t frame = p->options->frame;
	if (!frame) {
		p->end = session_each(s, want, fn, arg);
		return true;
	}
	if (frame > session_n_frames(s)) {
		say(_("there is no frame %u: the capture holds %u"), (unsigned)frame,
		    (unsigned)session_n_frames(s));
		return false;
	}
	const struct dissect *d = session_detail(s, frame, want);
	if (!d) {
		say(_("frame %u cannot be read again: the capture changed meanwhile"),
		    (unsigned)frame);
		return false;
	}
	fn(arg, s, d);
	return true;
}

/* Lines are as long as the terminal is wide, within what reads well. */
static unsigned line_width(bool terminal)
{
	struct winsize size;
	unsigned width = LINE;
	const char *columns = getenv("COLUMNS");
	if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		width = size.ws_col;
	else if (columns && atoi(columns) > 0)
		width = (unsigned)atoi(columns);
	return width < LINE_MIN ? LINE_MIN : width > LINE_MAX ? LINE_MAX : width;
}

/* A reader that went away (a pager, head) wanted no more: that is no failure. */
int print_written(const struct out *o)
{
	if (!o->error || o->error == EPIPE)
		return STATUS_DONE;
	say(_("cannot write to standard output: %s"), strerror(o->error));
	return STATUS_FAILED;
}

void print_open(struct printer *p, struct session *s, const struct print_options *o)
{
	bool terminal = isatty(STDOUT_FILENO);
	*p = (struct printer){
		.session = s,
		.options = o,
		.terminal = terminal,
		.width = line_width(terminal),
		.utf8 = lang_utf8(),
	};
	out_open(&p->out, STDOUT_FILENO);
}

int print_session(struct session *s, const struct print_options *o)
{
	struct printer p;
	print_open(&p, s, o);
	if (!o->no_steps)
		while (session_load(s, UINT32_MAX, 0))
			;
	p.end = s->end;
	bool good = printers[o->what](&p);
	out_close(&p.out);
	int status = print_written(&p.out);
	if (status == STATUS_DONE && p.out.error != EPIPE)
		status = good ? (int)say_end(s, p.end) : STATUS_FAILED;
	return status;
}
