/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main: the command line, and which room of the house it leads to. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "cli/options.h"
#include "export/export.h"
#include "fmt/i18n.h"
#include "fmt/lang.h"
#include "fmt/place.h"
#include "fmt/say.h"
#include "session.h"
#include "ui/ui.h"

static const char sample[] = "sample.pcapng";

static int wrong_usage(const struct err *err)
{
	say(_("%s; see osiscope --help"), err->text);
	return STATUS_USAGE;
}

/* What stdio still holds: --help on a full disk must not look like a success. */
static int flushed(void)
{
	if (fflush(stdout) == 0 || errno == EPIPE)
		return STATUS_DONE;
	say(_("cannot write to standard output: %s"), strerror(errno));
	return STATUS_FAILED;
}

/* Says what does not do what its name promises. */
static void remark(const struct options *o)
{
	if (o->lang && strcmp(o->lang, lang_now()) != 0)
		say(_("the translation for --lang %s is not installed: going on in English"),
		    o->lang);
	if (o->keylog && !o->print.quiet)
		say(_("this version does not decrypt yet: the keys in %s are not used"), o->keylog);
}

/* A file that was named beside the capture and is not there is a slip of the pen. */
static bool readable(const char *path)
{
	if (!path || access(path, R_OK) == 0)
		return true;
	say(_("cannot read %s: %s"), path, strerror(errno));
	return false;
}

/* On a terminal a capture is opened in the timeline; elsewhere its story is printed. */
static bool interactive(const struct options *o)
{
	return o->command == COMMAND_OPEN && isatty(STDOUT_FILENO);
}

static int with_capture(const struct options *o)
{
	char path[PLACE_MAX];
	struct session_options open = { .path = o->capture, .filter = o->filter };
	if (!open.path) {
		if (!place_find(PLACE_SAMPLES, sample, path)) {
			say(_("the bundled sample visit (%s) is not installed; name a capture: "
			      "osiscope CAPTURE"), sample);
			return STATUS_FAILED;
		}
		open.path = path;
	}
	/* A pipe may go on for long: the timeline does not wait for its end. */
	open.growing = interactive(o) && (o->follow || !strcmp(open.path, "-"));
	struct err err;
	bool usage = false;
	struct session *s = session_open(&open, &err, &usage);
	if (!s) {
		say("%s", err.text);
		return usage ? STATUS_USAGE : STATUS_FAILED;
	}
	int status = interactive(o) ? ui_run(s, &(struct ui_options){ .redact = o->print.redact }) :
		print_session(s, &o->print);
	session_close(s);
	return status;
}

int main(int argc, char *argv[])
{
	struct options o;
	struct err err;
	signal(SIGPIPE, SIG_IGN);	/* a reader that went away is seen as EPIPE */
	hash_start();
	lang_start();
	const char *lang = options_lang(argc, argv);
	if (lang)
		lang_set(lang);
	if (options_read(&o, argc, argv, &err) < 0)
		return wrong_usage(&err);
	if (o.help) {
		options_help();
		return flushed();
	}
	if (o.version) {
		puts("osiscope " PACKAGE_VERSION);
		return flushed();
	}
	if (!readable(o.keylog))
		return STATUS_FAILED;
	remark(&o);
	if (o.print.what == PRINT_LIST_FIELDS)
		return print_field_list();
	return with_capture(&o);
}
