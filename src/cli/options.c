/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "fmt/i18n.h"
#include "fmt/text.h"

enum { MOST_OPTIONS = 60, HELP_COLUMN = 28, HELP_WIDTH = 80 };

enum option_id {
	OPT_STORY = 256, OPT_PACKETS, OPT_FIELDS, OPT_JSON, OPT_VISITS_JSON, OPT_LIST_FIELDS,
	OPT_FRAME, OPT_NO_STEPS, OPT_NO_KEYS, OPT_LANG, OPT_REDACT, OPT_VERSION, OPT_NETLOG, OPT_TO,
	OPT_FORCE, OPT_PRIVATE, OPT_REAL, OPT_BROWSER, OPT_HEADLESS, OPT_HTTP3, OPT_WARM,
	OPT_DURATION, OPT_ALL, OPT_NO_SECRETS, OPT_NO_UI
};

enum {	/* which commands an option goes with */
	OPEN = 1 << COMMAND_OPEN, PRINT = 1 << COMMAND_PRINT, VISIT = 1 << COMMAND_VISIT,
	CAPTURE = 1 << COMMAND_CAPTURE, EXPORT = 1 << COMMAND_EXPORT,
	COMPARE = 1 << COMMAND_COMPARE,
	RECORD = VISIT | CAPTURE, READ = OPEN | PRINT | EXPORT | COMPARE, ALL = RECORD | READ,
	TOLD = PRINT | RECORD	/* what is written to standard output in the end */
};

const struct option_row option_rows[] = {
	{ OPT_STORY, "story", NULL,
	  N_("the visits, step by step, for people (what print does by itself)"), TOLD | COMPARE },
	{ OPT_PACKETS, "packets", NULL, N_("a line a packet"), TOLD },
	{ OPT_NO_STEPS, "no-steps", NULL,
	  N_("with --packets: one pass in constant memory, without steps"), PRINT },
	{ OPT_FIELDS, "fields", NULL,
	  N_("every packet's layers and fields, with the bytes they stand in"), TOLD },
	{ OPT_JSON, "json", NULL, N_("JSON Lines: an object a packet"), TOLD },
	{ OPT_VISITS_JSON, "visits-json", NULL, N_("the visits as one JSON document"),
	  TOLD | COMPARE },
	{ OPT_LIST_FIELDS, "list-fields", NULL,
	  N_("name, type and label of every field; needs no capture"), PRINT },
	{ OPT_FRAME, "frame", N_("N"),
	  N_("only packet number N (with --packets, --fields, --json)"), PRINT },
	{ OPT_PRIVATE, "private", NULL,
	  N_("record in a private network of its own, without root (by pasta, package passt)"), VISIT },
	{ OPT_REAL, "real", NULL,
	  N_("record on the real interface, which needs the right to capture"), VISIT },
	{ OPT_BROWSER, "browser", N_("BROWSER"),
	  N_("chromium, chrome, firefox, curl, or a program; by itself the first that is there"),
	  VISIT },
	{ OPT_HEADLESS, "headless", NULL, N_("no window, also where there is a display"), VISIT },
	{ OPT_HTTP3, "http3", NULL, N_("let the browser use QUIC and HTTP/3"), VISIT },
	{ OPT_WARM, "warm", N_("N"),
	  N_("N visits in all, with the same profile: what is no longer needed?"), VISIT },
	{ 'i', "interface", N_("INTERFACE"),
	  N_("record this one; visit finds it by itself, capture lists what there is"), RECORD },
	{ OPT_ALL, "all", NULL, N_("record all packets, not only this host's own"), RECORD },
	{ OPT_DURATION, "duration", N_("SECONDS"), N_("record for so many seconds; with visit, each visit"), RECORD },
	{ 'w', "write", N_("FILE"), N_("keep what was recorded in one pcapng file: packets, keys, findings"),
	  RECORD },
	{ OPT_NO_SECRETS, "no-secrets", NULL,
	  N_("leave the connections' keys out of the file"), RECORD | EXPORT },
	{ OPT_NO_UI, "no-ui", NULL,
	  N_("no timeline: the story on standard output when all is recorded"), RECORD },
	{ OPT_TO, "to", N_("KIND"), N_("pcapng, where OUT's ending does not say it"),
	  EXPORT },
	{ OPT_FORCE, "force", NULL, N_("replace a file that exists"), RECORD | EXPORT },
	{ 'f', "capture-filter", N_("BPF"),
	  N_("only packets that match, as tcpdump's: 'host 192.0.2.1 and port 443'"), ALL },
	{ 'F', "follow", NULL,
	  N_("in the timeline: CAPTURE is still being written, show it as it grows"), OPEN | PRINT },
	{ 'K', "keylog", N_("FILE"),
	  N_("the browser's key log (SSLKEYLOGFILE); this version does not decrypt yet"), READ },
	{ OPT_NO_KEYS, "no-keys", NULL, N_("use no key from anywhere"), ALL },
	{ OPT_NETLOG, "netlog", N_("FILE"),
	  N_("the browser's own log that was written meanwhile (Chromium's NetLog), also .gz"), READ },
	{ OPT_REDACT, "redact", NULL,
	  N_("show cookies, authorization and tokens as their length"), ALL },
	{ OPT_LANG, "lang", N_("LANGUAGE"), N_("en or ko; by itself the language of the locale"),
	  ALL },
	{ 'q', "quiet", NULL, N_("no remarks on standard error, only what went wrong"), ALL },
	{ OPT_VERSION, "version", NULL, N_("print the version"), ALL },
	{ 'h', "help", NULL, N_("print this"), ALL },
	{ 0, NULL, NULL, NULL, 0 }
};

const char *options_lang(int argc, char *argv[])
{
	const char *lang = NULL;
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (!strncmp(argv[i], "--lang=", 7))
			lang = argv[i] + 7;
		else if (!strcmp(argv[i], "--lang") && i + 1 < argc)
			lang = argv[++i];
	}
	return lang;
}

/* The table as getopt wants it. `letters` gets the short ones. */
static void for_getopt(struct option *longs, char *letters)
{
	*letters++ = ':';	/* a missing argument is told apart from an unknown option */
	size_t i = 0;
	for (; option_rows[i].name && i < MOST_OPTIONS - 1; i++) {
		const struct option_row *r = &option_rows[i];
		longs[i] = (struct option){
			.name = r->name, .val = r->id,
			.has_arg = r->argument ? required_argument : no_argument,
		};
		if (r->id < 256) {
			*letters++ = (char)r->id;
			if (r->argument)
				*letters++ = ':';
		}
	}
	longs[i] = (struct option){ 0 };
	*letters = '\0';
}

static int choose(struct options *o, enum print_what what, struct err *err)
{
	if (o->print_chosen && o->print.what != what)
		return err_set(err, _("only one of --story, --packets, --fields, --json, "
				      "--visits-json and --list-fields can be printed at a time"));
	o->print.what = what;
	o->print_chosen = true;
	return 0;
}

static int read_frame(struct options *o, struct err *err)
{
	char *end;
	errno = 0;
	unsigned long n = strtoul(optarg, &end, 10);
	if (*optarg < '0' || *optarg > '9' || *end || errno || n == 0 || n > UINT32_MAX)
		return err_set(err, _("--frame wants the number of a packet, from 1, not '%s'"),
			       optarg);
	o->print.frame = (uint32_t)n;
	return 0;
}

static int read_lang(struct options *o, struct err *err)
{
	if (strcmp(optarg, "en") != 0 && strcmp(optarg, "ko") != 0)
		return err_set(err, _("--lang wants en or ko, not '%s'"), optarg);
	o->lang = optarg;
	return 0;
}

static int read_number(const char *option, double least, double most, double *to, struct err *err)
{
	char *end;
	errno = 0;
	double n = strtod(optarg, &end);
	if (end == optarg || *end || errno || !(n >= least && n <= most))
		return err_set(err, _("%s wants a number from %g to %.0f, not '%s'"), option, least,
			       most, optarg);
	*to = n;
	return 0;
}

static int read_where(struct options *o, int where, struct err *err)
{
	if (o->where && (int)o->where != where)
		return err_set(err, _("--private and --real contradict each other"));
	if (where == WHERE_REAL)
		o->where = WHERE_REAL;
	else
		o->where = WHERE_PRIVATE;
	return 0;
}

static int read_warm(struct options *o, struct err *err)
{
	double n;
	if (read_number("--warm", 1, 20, &n, err) < 0)
		return -1;
	o->warm = (unsigned)n;
	return 0;
}

/* The options of what records: visit and capture. */
static int recording_option(struct options *o, int id, struct err *err)
{
	switch (id) {
	case OPT_PRIVATE: return read_where(o, WHERE_PRIVATE, err);
	case OPT_REAL: return read_where(o, WHERE_REAL, err);
	case OPT_BROWSER: o->browser = optarg; return 0;
	case OPT_HEADLESS: o->headless = true; return 0;
	case OPT_HTTP3: o->http3 = true; return 0;
	case OPT_WARM: return read_warm(o, err);
	case OPT_ALL: o->all = true; return 0;
	case OPT_DURATION: return read_number("--duration", 0.1, 1e6, &o->duration, err);
	case OPT_NO_SECRETS: o->no_secrets = true; return 0;
	case OPT_NO_UI: o->no_ui = true; return 0;
	case 'i': o->iface = optarg; return 0;
	case 'w': o->write = optarg; return 0;
	default: return err_set(err, "%d", id);
	}
}

static int one_option(struct options *o, int id, struct err *err)
{
	switch (id) {
	case OPT_STORY: return choose(o, PRINT_STORY, err);
	case OPT_PACKETS: return choose(o, PRINT_PACKETS, err);
	case OPT_FIELDS: return choose(o, PRINT_FIELDS, err);
	case OPT_JSON: return choose(o, PRINT_JSON, err);
	case OPT_VISITS_JSON: return choose(o, PRINT_VISITS_JSON, err);
	case OPT_LIST_FIELDS: return choose(o, PRINT_LIST_FIELDS, err);
	case OPT_FRAME: return read_frame(o, err);
	case OPT_NO_STEPS: o->print.no_steps = true; return 0;
	case OPT_NO_KEYS: o->no_keys = true; return 0;
	case OPT_REDACT: o->print.redact = true; return 0;
	case OPT_LANG: return read_lang(o, err);
	case OPT_VERSION: o->version = true; return 0;
	case OPT_NETLOG: o->netlog = optarg; return 0;
	case OPT_TO: o->to = optarg; return 0;
	case OPT_FORCE: o->force = true; return 0;
	case 'f': o->filter = optarg; return 0;
	case 'F': o->follow = true; return 0;
	case 'K': o->keylog = optarg; return 0;
	case 'q': o->print.quiet = true; return 0;
	case 'h': o->help = true; return 0;
	default: return recording_option(o, id, err);
	}
}

/* What getopt stumbled over, in its own words. `before` is the argument it was looking at. */
static int refused(int answer, const char *before, struct err *err)
{
	char letter[] = { '-', (char)optopt, '\0' };
	bool is_long = !strncmp(before, "--", 2);
	const char *name = is_long ? before : letter;
	int n = is_long ? (int)strcspn(before, "=") : 2;
	if (answer == ':')
		return err_set(err, _("option '%.*s' wants an argument"), n, name);
	if (optopt > 255)
		return err_set(err, _("option '%.*s' takes no argument"), n, name);
	return err_set(err, _("unknown option '%.*s'"), n, name);
}

static bool is_word(const char *s)
{
	return *s && s[strspn(s, "abcdefghijklmnopqrstuvwxyz-")] == '\0' && *s != '-';
}

static const struct command_row {
	const char *name;
	enum command command;
	int least, most;		/* operands */
	const char *needs;		/* N_(): what is said when there are too few */
} commands[] = {
	{ "print", COMMAND_PRINT, 1, 1, N_("print needs a capture: osiscope print CAPTURE") },
	{ "visit", COMMAND_VISIT, 1, 1, N_("visit needs an address: osiscope visit URL") },
	{ "capture", COMMAND_CAPTURE, 0, 0, NULL },
	{ "export", COMMAND_EXPORT, 2, 2,
	  N_("export needs a capture and a file: osiscope export CAPTURE OUT.pcapng") },
	{ "compare", COMMAND_COMPARE, 1, 2,
	  N_("compare needs two captures, or one with two visits: osiscope compare A B") },
};

static const struct command_row *command_called(const char *name)
{
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

/* The command and its operands: [COMMAND] [CAPTURE | URL] [OUT | B]. */
static int operands(struct options *o, int n, char *operand[], struct err *err)
{
	static const struct command_row open = { "", COMMAND_OPEN, 0, 1, NULL };
	const struct command_row *c = n ? command_called(operand[0]) : NULL;
	if (n && !strcmp(operand[0], "help") && access(operand[0], F_OK) != 0) {
		o->help = true;
		return 0;
	}
	if (!c && n && strstr(operand[0], "://") && access(operand[0], F_OK) != 0)
		return err_set(err, _("'%s' is an address, not a capture: osiscope visit URL records a visit "
				      "of it"), operand[0]);
	if (!c && n && is_word(operand[0]) && access(operand[0], F_OK) != 0)
		return err_set(err, _("'%s' is neither a command nor a file; the commands are "
				      "print, visit, capture, export and compare"), operand[0]);
	if (c) {
		operand++;
		n--;
	} else {
		c = &open;
	}
	o->command = c == &open && o->print_chosen ? COMMAND_PRINT : c->command;
	if (o->more && c->command != COMMAND_VISIT)
		return err_set(err, _("arguments behind -- are for visit's browser"));
	if (n > c->most)
		return err_set(err, c == &open || c->command == COMMAND_PRINT ?
			       _("one capture at a time: '%s' is too much") :
			       c->command == COMMAND_CAPTURE ?
			       _("capture takes no name of a file or address ('%s'): -i names the interface") :
			       c->command == COMMAND_VISIT ? _("one address at a time: '%s' is too much") :
			       _("'%s' is too much"), operand[c->most]);
	if (n < c->least && o->print.what != PRINT_LIST_FIELDS)
		return err_set(err, "%s", _(c->needs));
	if (c->command == COMMAND_VISIT)
		o->url = operand[0];
	else
		o->capture = n > 0 ? operand[0] : NULL;
	o->other = n > 1 ? operand[1] : NULL;
	return 0;
}

static const char *command_name(enum command command)
{
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (commands[i].command == command)
			return commands[i].name;
	return _("the timeline");
}

/* Each option that was given (by row) goes with some commands only. */
static int suits(const struct options *o, const bool given[MOST_OPTIONS], struct err *err)
{
	for (size_t i = 0; option_rows[i].name; i++) {
		const struct option_row *r = &option_rows[i];
		if (!given[i] || r->commands & 1u << o->command)
			continue;
		return err_set(err, _("--%s does not go with %s"), r->name, command_name(o->command));
	}
	return 0;
}

static int agree(const struct options *o, struct err *err)
{
	enum print_what what = o->print.what;
	bool packets = what == PRINT_PACKETS || what == PRINT_FIELDS || what == PRINT_JSON;
	if (o->print.no_steps && what != PRINT_PACKETS)
		return err_set(err, _("--no-steps goes with --packets"));
	if (o->print.no_steps && o->print.frame)
		return err_set(err, _("--no-steps and --frame do not go together"));
	if (o->print.frame && !packets)
		return err_set(err, _("--frame goes with --packets, --fields or --json"));
	if (o->follow && (o->command == COMMAND_PRINT || !isatty(STDOUT_FILENO)))
		return err_set(err, _("--follow is for the timeline: print ends where the capture "
				      "ends now"));
	if ((o->command == COMMAND_EXPORT || o->write) && o->print.redact)
		return err_set(err, _("--redact cannot be promised for a file whose packets hold it all"));
	if (o->write && !strcmp(o->write, "-"))
		return err_set(err, _("--write wants a file: keys and findings go into it at the end, which "
				      "standard output does not allow"));
	if (o->command == COMMAND_COMPARE && o->print_chosen && what != PRINT_STORY &&
	    what != PRINT_VISITS_JSON)
		return err_set(err, _("compare writes --story or --visits-json"));
	if (o->keylog && o->no_keys)
		return err_set(err, _("--keylog and --no-keys contradict each other"));
	return 0;
}

int options_read(struct options *o, int argc, char *argv[], struct err *err)
{
	struct option longs[MOST_OPTIONS];
	char letters[2 * MOST_OPTIONS + 2];
	bool given[MOST_OPTIONS] = { false };
	for_getopt(longs, letters);
	*o = (struct options){ .warm = 1 };
	for (int i = 1; i < argc && !o->more; i++)
		if (!strcmp(argv[i], "--"))
			o->more = argv + i + 1;
	if (o->more)
		argc = (int)(o->more - argv) - 1;
	opterr = 0;
	for (;;) {
		int looked_at = optind;
		optopt = 0;
		int id = getopt_long(argc, argv, letters, longs, NULL);
		if (id == -1)
			break;
		if (id == '?' || id == ':') {
			/* Words before the option were passed over: the option is the last. */
			const char *at = optind > looked_at ? argv[optind - 1] : argv[optind];
			return refused(id, at ? at : "", err);
		}
		for (size_t i = 0; option_rows[i].name; i++)
			given[i] |= option_rows[i].id == id;
		if (one_option(o, id, err) < 0)
			return -1;
	}
	if (o->help || o->version)
		return 0;
	if (operands(o, argc - optind, argv + optind, err) < 0)
		return -1;
	return suits(o, given, err) < 0 ? -1 : agree(o, err);
}

static void help_row(struct strbuf *to, const struct option_row *r)
{
	struct strbuf left = {0};
	if (r->id < 256)
		strbuf_printf(&left, "  -%c, --%s", r->id, r->name);
	else
		strbuf_printf(&left, "      --%s", r->name);
	if (r->argument)
		strbuf_printf(&left, " %s", _(r->argument));
	size_t cells = text_width(strbuf_str(&left), left.len);
	strbuf_add(to, strbuf_str(&left), left.len);
	strbuf_free(&left);
	if (cells + 2 > HELP_COLUMN) {
		strbuf_putc(to, '\n');
		cells = 0;
	}
	text_repeat(to, " ", HELP_COLUMN - cells);
	const char *help = _(r->help);
	text_wrap(to, help, strlen(help), HELP_WIDTH, HELP_COLUMN, HELP_COLUMN);
}

static void help_text(struct strbuf *to, const char *text)
{
	text_wrap(to, text, strlen(text), HELP_WIDTH, 0, 0);
	strbuf_putc(to, '\n');
}

void options_help(void)
{
	struct strbuf to = {0};
	help_text(&to, _("osiscope shows every packet of a page visit on the OSI layers and on the "
			 "steps of what happens when a web page is visited."));
	strbuf_puts(&to, _("Usage:\n"
			"  osiscope [OPTIONS] [CAPTURE]        open CAPTURE in the timeline\n"
			"  osiscope visit [OPTIONS] URL [-- ARGUMENTS]\n"
			"                                      record a visit and show it meanwhile\n"
			"  osiscope capture [OPTIONS]          record an interface\n"
			"  osiscope print [OPTIONS] CAPTURE    write to standard output and end\n"
			"  osiscope export [OPTIONS] CAPTURE OUT.pcapng\n"
			"                                      write an annotated capture\n"
			"  osiscope compare [OPTIONS] A [B]    two visits side by side\n\n"));
	help_text(&to, _("CAPTURE is a pcap or pcapng file, also .gz or .zst, or - for standard "
			 "input; without it a bundled sample visit is opened. When standard output "
			 "is no terminal, the first form does what print does."));
	strbuf_puts(&to, _("Options, before or behind CAPTURE and URL:\n"));
	for (const struct option_row *r = option_rows; r->name; r++)
		help_row(&to, r);
	strbuf_putc(&to, '\n');
	help_text(&to, _("Exit status: 0 done, 1 failed, 2 wrong usage, 3 done, but the capture is "
			 "cut short or damaged."));
	to.len--;	/* the empty line behind the last paragraph */
	fwrite(to.s, 1, to.len, stdout);
	strbuf_free(&to);
}
