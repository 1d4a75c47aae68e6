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

enum { MOST_OPTIONS = 40, HELP_COLUMN = 28, HELP_WIDTH = 80 };

enum option_id {
	OPT_STORY = 256, OPT_PACKETS, OPT_FIELDS, OPT_JSON, OPT_VISITS_JSON, OPT_LIST_FIELDS,
	OPT_FRAME, OPT_NO_STEPS, OPT_NO_KEYS, OPT_LANG, OPT_REDACT, OPT_VERSION
};

const struct option_row option_rows[] = {
	{ OPT_STORY, "story", NULL,
	  N_("the visits, step by step, for people (what print does by itself)") },
	{ OPT_PACKETS, "packets", NULL, N_("a line a packet") },
	{ OPT_NO_STEPS, "no-steps", NULL,
	  N_("with --packets: one pass in constant memory, without steps") },
	{ OPT_FIELDS, "fields", NULL,
	  N_("every packet's layers and fields, with the bytes they stand in") },
	{ OPT_JSON, "json", NULL, N_("JSON Lines: an object a packet") },
	{ OPT_VISITS_JSON, "visits-json", NULL, N_("the visits as one JSON document") },
	{ OPT_LIST_FIELDS, "list-fields", NULL,
	  N_("name, type and label of every field; needs no capture") },
	{ OPT_FRAME, "frame", N_("N"),
	  N_("only packet number N (with --packets, --fields, --json)") },
	{ 'f', "capture-filter", N_("BPF"),
	  N_("only packets that match, as tcpdump's: 'host 192.0.2.1 and port 443'") },
	{ 'F', "follow", NULL,
	  N_("in the timeline: CAPTURE is still being written, show it as it grows") },
	{ 'K', "keylog", N_("FILE"),
	  N_("the browser's key log (SSLKEYLOGFILE); this version does not decrypt yet") },
	{ OPT_NO_KEYS, "no-keys", NULL, N_("use no key from anywhere") },
	{ OPT_REDACT, "redact", NULL,
	  N_("show cookies, authorization and tokens as their length") },
	{ OPT_LANG, "lang", N_("LANGUAGE"), N_("en or ko; by itself the language of the locale") },
	{ 'q', "quiet", NULL, N_("no remarks on standard error, only what went wrong") },
	{ OPT_VERSION, "version", NULL, N_("print the version") },
	{ 'h', "help", NULL, N_("print this") },
	{ 0, NULL, NULL, NULL }
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
	case 'f': o->filter = optarg; return 0;
	case 'F': o->follow = true; return 0;
	case 'K': o->keylog = optarg; return 0;
	case 'q': o->print.quiet = true; return 0;
	case 'h': o->help = true; return 0;
	default: return err_set(err, "%d", id);
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

/* The command and its operand: [print] [CAPTURE]. */
static int operands(struct options *o, int n, char *operand[], struct err *err)
{
	bool print = n && !strcmp(operand[0], "print");
	o->command = print || o->print_chosen ? COMMAND_PRINT : COMMAND_OPEN;
	if (!print && n && is_word(operand[0]) && access(operand[0], F_OK) != 0)
		return err_set(err, _("'%s' is neither a command nor a file; the one command is "
				      "print"), operand[0]);
	if (n > print + 1)
		return err_set(err, _("one capture at a time: '%s' is too much"),
			       operand[print + 1]);
	o->capture = n > print ? operand[print] : NULL;
	if (print && !o->capture && o->print.what != PRINT_LIST_FIELDS)
		return err_set(err, _("print needs a capture: osiscope print CAPTURE"));
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
	if (o->keylog && o->no_keys)
		return err_set(err, _("--keylog and --no-keys contradict each other"));
	return 0;
}

int options_read(struct options *o, int argc, char *argv[], struct err *err)
{
	struct option longs[MOST_OPTIONS];
	char letters[2 * MOST_OPTIONS + 2];
	for_getopt(longs, letters);
	*o = (struct options){ 0 };
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
		if (one_option(o, id, err) < 0)
			return -1;
	}
	if (o->help || o->version)
		return 0;
	if (operands(o, argc - optind, argv + optind, err) < 0)
		return -1;
	return agree(o, err);
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
			"  osiscope print [OPTIONS] CAPTURE    write to standard output and end\n\n"));
	help_text(&to, _("CAPTURE is a pcap or pcapng file, also .gz or .zst, or - for standard "
			 "input; without it a bundled sample visit is opened. When standard output "
			 "is no terminal, the first form does what print does."));
	strbuf_puts(&to, _("Options, before or behind CAPTURE:\n"));
	for (const struct option_row *r = option_rows; r->name; r++)
		help_row(&to, r);
	strbuf_putc(&to, '\n');
	help_text(&to, _("Exit status: 0 done, 1 failed, 2 wrong usage, 3 done, but the capture is "
			 "cut short or damaged."));
	to.len--;	/* the empty line behind the last paragraph */
	fwrite(to.s, 1, to.len, stdout);
	strbuf_free(&to);
}
