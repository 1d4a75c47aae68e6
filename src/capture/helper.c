/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * osiscope-capture: packets of network interfaces as pcapng on standard output.
 *
 *	open interfaces (CAP_NET_RAW) | give privileges away | filter | copy, until told to stop
 *
 * Whatever the kernel has is written before it waits again: who reads the growing file sees it at
 * once, and a kill at any time leaves a file that opens.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "capture/helper.h"
#include "capture/write.h"
#include "fmt/i18n.h"
#include "fmt/lang.h"

enum { ENDED_WELL, ENDED_FAILED, ENDED_USAGE };

static const int64_t second = 1000000000, millisecond = 1000000;

struct recording {
	struct tap taps[HELPER_IFACES];
	size_t n;
	struct writer *writer;
	bool watch_input;	/* standard input is a pipe: its end is the caller's */
	int64_t begun;
	int64_t end;		/* packets from then on are not wanted; 0 while nobody said stop */
	int64_t next_count, last_flush;
	struct err err;		/* why the last interface was lost; "" while none was */
};

static volatile sig_atomic_t told_to_stop;

static void stop(int signal)
{
	(void)signal;
	told_to_stop = 1;
}

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * second + t.tv_nsec;
}

static int complain(int status, const struct err *err)
{
	fprintf(stderr, "osiscope-capture: %s\n", err->text);
	return status;
}

/* ---- blocks -------------------------------------------------------------------------------- */

static void write_head(struct recording *r, int snaplen)
{
	struct utsname system;
	char os[sizeof system.sysname + sizeof system.release + 1] = "";
	bool known = uname(&system) == 0;
	if (known)
		snprintf(os, sizeof os, "%s %s", system.sysname, system.release);
	writer_section(r->writer, &(struct write_section){
		.hardware = known ? system.machine : NULL, .os = os,
		.application = "osiscope-capture " PACKAGE_VERSION });
	for (size_t i = 0; i < r->n; i++) {
		struct tap *tap = &r->taps[i];
		tap->number = writer_iface(r->writer, &(struct write_iface){ .name = tap->name,
			.filter = strbuf_str(&tap->filter), .snaplen = (uint32_t)snaplen,
			.link = tap_link(tap) });
	}
}

static void write_statistics(struct recording *r, const struct tap *tap, int64_t time, bool last)
{
	writer_statistics(r->writer, &(struct write_statistics){ .iface = tap->number, .time = time,
		.start = r->begun, .end = last ? time : 0, .received = tap->received,
		.dropped = tap->dropped });
}

/* Whoever watches the growing file learns of losses within a second. */
static void count(struct recording *r, int64_t time)
{
	for (size_t i = 0; i < r->n; i++) {
		struct tap *tap = &r->taps[i];
		uint64_t before = tap->dropped;
		tap_count(tap);
		if (tap->dropped != before)
			write_statistics(r, tap, time, false);
	}
	r->next_count = time + second;
}

static void lose(struct recording *r, struct tap *tap)
{
	err_set(&r->err, _("recording on %s ended: %s"), tap->name, pcap_geterr(tap->pcap));
	tap_count(tap);
	write_statistics(r, tap, now(), true);
	tap_close(tap);
}

/* ---- packets ------------------------------------------------------------------------------- */

static bool active(const struct tap *tap)
{
	return tap->pcap && !tap->done;
}

/* The tap's next packet; false while there is none. */
static bool look(struct recording *r, struct tap *tap)
{
	if (tap->head || !active(tap))
		return tap->head;
	struct pcap_pkthdr *head;
	int got = pcap_next_ex(tap->pcap, &head, &tap->bytes);
	if (got < 0)
		lose(r, tap);
	if (got <= 0)
		return false;
	tap->head = head;
	tap->time = head->ts.tv_sec * second + head->ts.tv_usec * (tap->nano ? 1 : 1000);
	return true;
}

/*
 * The oldest packet that waits, so that packets of several interfaces stand in order. An interface
 * that has none may still have an older one in a block that is not handed over: then *hold is set,
 * unless the packet is older than any such can be.
 */
static struct tap *oldest(struct recording *r, bool *hold)
{
	struct tap *first = NULL;
	bool silent = false;
	for (size_t i = 0; i < r->n; i++) {
		struct tap *tap = &r->taps[i];
		if (!look(r, tap))
			silent |= active(tap);
		else if (!first || tap->time < first->time)
			first = tap;
	}
	*hold = false;
	if (first && silent) {
		int64_t age = now() - first->time;	/* far below 0: the clock was set back */
		*hold = age < HELPER_HOLD * millisecond && age > -second;
	}
	return first;
}

/* Writes what waits; at most so many, that signals and losses are looked at. */
static size_t copy(struct recording *r, bool *hold)
{
	enum { MOST = 4096 };
	for (size_t n = 0; n < MOST; n++) {
		struct tap *tap = oldest(r, hold);
		if (!tap || *hold)
			return n;
		if (r->end && tap->time >= r->end)
			tap->done = true;
		else
			writer_packet(r->writer, &(struct write_packet){ .time = tap->time,
				.bytes = tap->bytes, .caplen = tap->head->caplen,
				.len = tap->head->len, .iface = tap->number });
		tap->head = NULL;
	}
	return MOST;
}

/* Reads what nobody wants of standard input, until its end. */
static void read_input(struct recording *r)
{
	char bytes[256];
	ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);
	if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)))
		return;
	told_to_stop = 1;
	r->watch_input = false;
}

/*
 * Waits for packets, a signal and the caller's end, at most so long. Signals are kept away between
 * the look at told_to_stop and the wait; everywhere else they come at once, for the second one
 * must be able to end a program that waits for the reader of its pipe.
 */
static void wait_for_more(struct recording *r, int64_t most)
{
	struct pollfd fds[HELPER_IFACES + 1];
	nfds_t n = 0;
	sigset_t signals, before;
	for (size_t i = 0; i < r->n; i++)	/* one whose packet is held would wake it at once */
		if (active(&r->taps[i]) && !r->taps[i].head)
			fds[n++] = (struct pollfd){ .fd = r->taps[i].fd, .events = POLLIN };
	nfds_t input = n;
	if (r->watch_input)
		fds[n++] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	sigfillset(&signals);
	sigprocmask(SIG_BLOCK, &signals, &before);
	if (told_to_stop && !r->end)
		most = 0;
	int ready = ppoll(fds, n, &(struct timespec){ .tv_nsec = most }, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (ready > 0 && n > input && fds[input].revents)
		read_input(r);
}

static bool any_active(const struct recording *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (active(&r->taps[i]))
			return true;
	return false;
}

/* Statistics once a second; and what was written is there for all to see, before it waits. */
static void tend(struct recording *r, int64_t time, bool idle)
{
	if (time >= r->next_count || time < r->next_count - 2 * second)
		count(r, time);
	if (idle || time - r->last_flush > HELPER_BLOCK * millisecond || time < r->last_flush) {
		writer_flush(r->writer);
		r->last_flush = time;
	}
}

/* Copies until it is told to stop, then what came before that: the kernel may still hold it. */
static void record(struct recording *r)
{
	r->begun = now();
	r->next_count = r->begun + second;
	while (any_active(r) && !writer_error(r->writer)) {
		bool hold;
		size_t n = copy(r, &hold);
		int64_t time = now();
		tend(r, time, n == 0);
		if (r->end && n == 0 && !hold
			&& (time >= r->end + HELPER_HOLD * millisecond || time < r->end))
			break;
		int64_t most = hold || r->end ? 5 * millisecond : second - 1;
		wait_for_more(r, n ? 0 : most);
		if (told_to_stop && !r->end)
			r->end = now();
	}
	for (size_t i = 0; i < r->n; i++) {
		if (!r->taps[i].pcap)
			continue;
		tap_count(&r->taps[i]);
		write_statistics(r, &r->taps[i], now(), true);
	}
	writer_flush(r->writer);
}

/* ---- the command line ---------------------------------------------------------------------- */

/* Catalogues are files that the caller chooses: they are read when no privilege is left. */
static int drop_and_talk(const char *lang, struct err *err)
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
	if (drop_and_talk(o->lang, &err) < 0)
		return complain(ENDED_FAILED, &err);
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
	if (errno || *end || end == text || n < 1 || n > most)
		return drop_and_talk(o->lang, err) < 0 ? -1 :
			err_set(err, _("%s wants a number from 1 to %d, not \"%s\""), option, most, text);
	return (int)n;
}

static int add_iface(struct helper_options *o, const char *name, struct err *err)
{
	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->names[i], name) == 0)
			return 0;
	if (o->n == HELPER_IFACES)
		return drop_and_talk(o->lang, err) < 0 ? -1 :
			err_set(err, _("more than %d interfaces"), HELPER_IFACES);
	o->names[o->n++] = name;
	return 0;
}

/* Returns the status to end with, or -1: go on. */
static int read_options(struct helper_options *o, int argc, char *argv[], struct err *err)
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
		good = drop_and_talk(o->lang, err) == 0 &&
			err_set(err, _("standard output is a terminal: add > FILE.pcapng")) == 0;
	return good ? -1 : complain(ENDED_USAGE, err);
}

/* ---- from privileged to recording ---------------------------------------------------------- */

/* Afterwards no privilege is left, whether it could open all interfaces or not. */
static int open_all(struct recording *r, const struct helper_options *o, struct err *err)
{
	int status = 0;
	for (; r->n < o->n && status >= 0; r->n++)
		status = tap_open(&r->taps[r->n], o->names[r->n], o);
	if (drop_and_talk(o->lang, err) < 0)
		return -1;
	return status < 0 ? tap_trouble(&r->taps[r->n - 1], status, o, err) : 0;
}

static int filter_all(struct recording *r, const struct helper_options *o, struct err *err)
{
	struct ifaces all;
	int status = ifaces_read(&all, err);
	for (size_t i = 0; i < r->n && status == 0; i++)
		status = tap_filter(&r->taps[i], &all, o, err);
	ifaces_free(&all);
	return status;
}

static void catch_signals(void)
{
	struct sigaction act = { .sa_handler = stop, .sa_flags = (int)SA_RESETHAND };
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
	signal(SIGPIPE, SIG_IGN);	/* a reader that went away is seen as EPIPE */
}

/* The line that whoever started this program waits for: it is the same in every language. */
static void say_listening(const struct recording *r)
{
	char line[HELPER_IFACES * 64] = "";
	for (size_t i = 0, n = 0; i < r->n; i++)
		n += (size_t)snprintf(line + n, sizeof line - n, "%s%.60s", i ? ", " : "",
			r->taps[i].name);
	fprintf(stderr, "osiscope-capture: listening on %s\n", line);
}

/* How it ended: told to, or its reader went away; else the line that says why. */
static int ending(const struct recording *r, int error)
{
	struct err err;
	if (error && error != EPIPE) {
		err_set(&err, error == ENOSPC || error == EDQUOT
			? _("cannot write any more: %s; what was recorded so far is kept")
			: _("cannot write: %s"), strerror(error));
		return complain(ENDED_FAILED, &err);
	}
	return r->err.text[0] ? complain(ENDED_FAILED, &r->err) : ENDED_WELL;
}

int main(int argc, char *argv[])
{
	struct helper_options options;
	struct recording r = { .n = 0 };
	struct err err;
	struct stat input;
	int status = read_options(&options, argc, argv, &err);
	if (status >= 0)
		return status;
	r.watch_input = fstat(STDIN_FILENO, &input) == 0 && S_ISFIFO(input.st_mode);
	catch_signals();
	if (open_all(&r, &options, &err) < 0 || filter_all(&r, &options, &err) < 0) {
		status = complain(ENDED_FAILED, &err);
	} else {
		r.writer = writer_new(STDOUT_FILENO);
		write_head(&r, options.snaplen);
		writer_flush(r.writer);
		say_listening(&r);
		record(&r);
		status = ending(&r, writer_free(r.writer));
	}
	for (size_t i = 0; i < r.n; i++)
		tap_close(&r.taps[i]);
	return status;
}
