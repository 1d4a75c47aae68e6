/* SPDX-License-Identifier: GPL-3.0-or-later */
/* osiscope-capture's command line. */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "capture/helper.h"
#include "fmt/i18n.h"
#include "fmt/lang.h"

int helper_complain(int status, const struct err *err)
{
	fprintf(stderr, "osiscope-capture: %s\n", err->text);
	return status;
}

/* Catalogues are files that the caller chooses: they are read when no privilege is left. */
int helper_drop(const char *lang, struct err *err)
{
	int status = privileges_drop(err);
	lang_start();
	if (lang)
		lang_set(lang);
	return status;
}

static int usage(const struct helper_options *o, FILE *to, int status)
{
	struct err err;
	if (helper_drop(o->lang, &err) < 0)
		return helper_complain(ENDED_FAILED, &err);
	fputs(_("usage: osiscope-capture -i IFACE [-i IFACE]... [OPTIONS] > FILE\n"
		"Writes the packets of network interfaces as pcapng to standard output.\n"
		"\n"
		"  -i IFACE      the interface; several may be given\n"
		"  -f BPF        only what the capture filter lets through (as tcpdump's)\n"
		"  --all         not only the own host's packets\n"
		"  --snaplen N   at most N bytes of a packet (262144)\n"
		"  --buffer MIB  room in the kernel for each interface (64)\n"
		"  --help, --version\n"), to);
	return status;
}

/* A number from 1 to `most`; -1: it is none. */
static int number(const struct helper_options *o, const char *option, const char *text, int most,
	struct err *err)
{
	char *end;
	errno = 0;
	long n = strtol(text, &end, 10);
	if (!errno && !*end && end != text && n >= 1 && n <= most)
		return (int)n;
	if (helper_drop(o->lang, err) == 0)
		err_set(err, _("%s wants a number from 1 to %d, not \"%s\""), option, most, text);
	return -1;
}

static int add_iface(struct helper_options *o, const char *name, struct err *err)
{
	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->names[i], name) == 0)
			return 0;
	if (o->n == HELPER_IFACES)
		return helper_drop(o->lang, err) < 0 ? -1 :
			err_set(err, _("more than %d interfaces"), HELPER_IFACES);
	o->names[o->n++] = name;
	return 0;
}

int helper_options_read(struct helper_options *o, int argc, char *argv[], struct err *err)
{
	enum { ALL = 256, SNAPLEN, BUFFER, IN_LANG, HELP, TELL_VERSION };
	static const struct option names[] = {
		{ "all", no_argument, NULL, ALL }, { "snaplen", required_argument, NULL, SNAPLEN },
		{ "buffer", required_argument, NULL, BUFFER }, { "help", no_argument, NULL, HELP },
		{ "lang", required_argument, NULL, IN_LANG },
		{ "version", no_argument, NULL, TELL_VERSION }, { NULL, 0, NULL, 0 }
	};
	*o = (struct helper_options){ .snaplen = HELPER_SNAPLEN, .buffer = HELPER_BUFFER,
		.barred = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 };
	bool good = true;
	for (int c; good && (c = getopt_long(argc, argv, "i:f:h", names, NULL)) != -1;) {
		switch (c) {
		case 'i':
			good = add_iface(o, optarg, err) == 0;
			break;
		case 'f':
			o->filter = optarg;
			break;
		case ALL:
			o->all = true;
			break;
		case SNAPLEN:
			good = (o->snaplen = number(o, "--snaplen", optarg, HELPER_SNAPLEN, err)) > 0;
			break;
		case BUFFER:
			good = (o->buffer = number(o, "--buffer", optarg, HELPER_BUFFER_MAX, err)) > 0;
			break;
		case IN_LANG:
			o->lang = optarg;
			break;
		case TELL_VERSION:
			puts("osiscope-capture " PACKAGE_VERSION);
			return ENDED_WELL;
		case 'h':
		case HELP:
			return usage(o, stdout, ENDED_WELL);
		default:
			return usage(o, stderr, ENDED_USAGE);
		}
	}
	if (good && (optind < argc || o->n == 0))
		return usage(o, stderr, ENDED_USAGE);
	if (good && isatty(STDOUT_FILENO))
		good = helper_drop(o->lang, err) == 0 &&
			err_set(err, _("standard output is a terminal: add > FILE.pcapng")) == 0;
	return good ? -1 : helper_complain(ENDED_USAGE, err);
}
