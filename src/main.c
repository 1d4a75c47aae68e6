/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main: the command line, and which room of the house it leads to. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "browser/logfile.h"
#include "cli/options.h"
#include "export/compare.h"
#include "export/export.h"
#include "fmt/i18n.h"
#include "fmt/lang.h"
#include "fmt/place.h"
#include "fmt/say.h"
#include "recordmain.h"
#include "session.h"
#include "ui/ui.h"

static const char sample[] = "sample.pcapng", sample_log[] = "sample.netlog.json.gz";

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
	if (o->keylog && !o->print.quiet && o->command != COMMAND_EXPORT)
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

/* The browser's log that was named, as a record; NULL and *bad when it cannot be used. */
static struct record *given_log(const struct options *o, bool *bad)
{
	struct err err;
	char path[PLACE_MAX];
	const char *log = o->netlog;
	if (!log && !o->capture && place_find(PLACE_SAMPLES, sample_log, path))
		log = path;	/* the bundled sample's own */
	if (!log)
		return NULL;
	struct record *r = record_new();
	if (netlog_file(r, log, &err))
		return r;
	say("%s", err.text);
	record_free(r);
	*bad = true;
	return NULL;
}

static struct session *open_capture(const struct options *o, const char *path, bool growing, int *status)
{
	struct session_options open = { .path = path, .filter = o->filter, .growing = growing };
	struct err err;
	bool usage = false, bad = false;
	*status = STATUS_FAILED;
	open.record = given_log(o, &bad);
	if (bad)
		return NULL;
	struct session *s = session_open(&open, &err, &usage);
	if (s)
		return s;
	say("%s", err.text);
	*status = usage ? STATUS_USAGE : STATUS_FAILED;
	return NULL;
}

static int with_capture(const struct options *o)
{
	char path[PLACE_MAX];
	const char *capture = o->capture;
	if (!capture) {
		if (!place_find(PLACE_SAMPLES, sample, path)) {
			say(_("the bundled sample visit (%s) is not installed; name a capture: "
			      "osiscope CAPTURE"), sample);
			return STATUS_FAILED;
		}
		capture = path;
	}
	/* A pipe may go on for long: the timeline does not wait for its end. */
	bool growing = interactive(o) && (o->follow || !strcmp(capture, "-"));
	int status;
	struct session *s = open_capture(o, capture, growing, &status);
	if (!s)
		return status;
	status = interactive(o) ? ui_run(s, &(struct ui_options){ .redact = o->print.redact,
			.keys = o->no_keys ? NULL : o->keylog, .no_secrets = o->no_keys }) :
		print_session(s, &o->print);
	session_close(s);
	return status;
}

/* What OUT shall be: --to, or its ending. */
static bool to_pcapng(const struct options *o)
{
	const char *dot = strrchr(o->other, '.'), *kind = o->to ? o->to : dot ? dot + 1 : "";
	if (!strcmp(kind, "pcapng"))
		return true;
	if (o->to)
		say(_("--to wants pcapng, not '%s'"), o->to);
	else
		say(_("%s: its ending does not tell what to write; name it .pcapng, or say --to pcapng"),
		    o->other);
	return false;
}

static int export(const struct options *o)
{
	const struct export_options how = { .path = o->other, .keys = o->no_keys ? NULL : o->keylog,
		.force = o->force, .no_secrets = o->no_secrets || o->no_keys, .quiet = o->print.quiet };
	int status;
	if (!to_pcapng(o))
		return STATUS_USAGE;
	struct session *s = open_capture(o, o->capture, false, &status);
	if (s)
		status = export_pcapng(s, &how);
	session_close(s);
	return status;
}

static int compare(const struct options *o)
{
	int status;
	struct session *a = open_capture(o, o->capture, false, &status), *b = a;
	if (a && o->other)
		b = open_capture(o, o->other, false, &status);
	if (a && b) {
		while (session_load(a, UINT32_MAX, 0) || session_load(b, UINT32_MAX, 0))
			;
		status = compare_sessions(a, 0, b, o->other ? 0 : 2, &o->print);
	}
	session_close(a);
	if (b != a)
		session_close(b);
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
	switch (o.command) {
	case COMMAND_COMPARE: return compare(&o);
	case COMMAND_EXPORT: return export(&o);
	case COMMAND_VISIT: return record_visit(&o);
	case COMMAND_CAPTURE: return record_interface(&o);
	default: return with_capture(&o);
	}
}
