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
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "capture/helper.h"
#include "capture/write.h"
#include "fmt/i18n.h"

enum { NICE = -10 };

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
	write_statistics(r, tap, clock_wall(), true);
	tap_close(tap);
}

/* ---- packets ------------------------------------------------------------------------------- */

static bool active(const struct tap *tap)
{
	return tap->pcap && !tap->done;
}

static int64_t time_of(const struct tap *tap, const struct pcap_pkthdr *head)
{
	return head->ts.tv_sec * second + head->ts.tv_usec * (tap->nano ? 1 : 1000);
}

/* Writes a packet, unless it came after the end. */
static void take(struct recording *r, struct tap *tap, int64_t time, const struct pcap_pkthdr *head,
	const uint8_t *bytes)
{
	if (r->end && time >= r->end)
		tap->done = true;
	else
		writer_packet(r->writer, &(struct write_packet){ .time = time, .bytes = bytes,
			.caplen = head->caplen, .len = head->len, .iface = tap->number });
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
	tap->time = time_of(tap, head);
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
		int64_t age = clock_wall() - first->time;	/* far below 0: the clock was set back */
		*hold = age < HELPER_HOLD * millisecond && age > -second;
	}
	return first;
}

static void take_only(u_char *recording, const struct pcap_pkthdr *head, const u_char *bytes)
{
	struct recording *r = (struct recording *)(void *)recording;
	take(r, &r->taps[0], time_of(&r->taps[0], head), head, bytes);
}

/*
 * Writes what waits; at most so many, that signals and losses are looked at. A single interface's
 * packets go from the kernel's buffer to the file; else libpcap copies each, for it is kept.
 */
static size_t copy(struct recording *r, bool *hold)
{
	enum { MOST = 4096 };
	*hold = false;
	if (r->n == 1) {
		int got = pcap_dispatch(r->taps[0].pcap, MOST, take_only, (u_char *)r);
		if (got < 0)
			lose(r, &r->taps[0]);
		return got > 0 ? (size_t)got : 0;
	}
	for (size_t n = 0; n < MOST; n++) {
		struct tap *tap = oldest(r, hold);
		if (!tap || *hold)
			return n;
		take(r, tap, tap->time, tap->head, tap->bytes);
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
	r->begun = clock_wall();
	r->next_count = r->begun + second;
	while (any_active(r) && !writer_error(r->writer)) {
		bool hold;
		size_t n = copy(r, &hold);
		int64_t time = clock_wall();
		tend(r, time, n == 0);
		if (r->end && n == 0 && !hold
			&& (time >= r->end + HELPER_HOLD * millisecond || time < r->end))
			break;
		int64_t most = hold || r->end ? 5 * millisecond : second - 1;
		wait_for_more(r, n ? 0 : most);
		if (told_to_stop && !r->end)
			r->end = clock_wall();
	}
	for (size_t i = 0; i < r->n; i++) {
		if (!r->taps[i].pcap)
			continue;
		tap_count(&r->taps[i]);
		write_statistics(r, &r->taps[i], clock_wall(), true);
	}
	writer_flush(r->writer);
}

/* ---- from privileged to recording ---------------------------------------------------------- */

/* Afterwards no privilege is left, whether it could open all interfaces or not. */
static int open_all(struct recording *r, const struct helper_options *o, struct err *err)
{
	int status = 0;
	/* On a busy machine packets wait for nobody. Only root may say so; others go on as they are. */
	if (getpriority(PRIO_PROCESS, 0) > NICE)
		setpriority(PRIO_PROCESS, 0, NICE);
	for (; r->n < o->n && status >= 0; r->n++)
		status = tap_open(&r->taps[r->n], o->names[r->n], o);
	if (helper_drop(o->lang, err) < 0)
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
		return helper_complain(ENDED_FAILED, &err);
	}
	return r->err.text[0] ? helper_complain(ENDED_FAILED, &r->err) : ENDED_WELL;
}

int main(int argc, char *argv[])
{
	struct helper_options options;
	struct recording r = { .n = 0 };
	struct err err;
	struct stat input;
	int status = helper_options_read(&options, argc, argv, &err);
	if (status >= 0)
		return status;
	r.watch_input = fstat(STDIN_FILENO, &input) == 0 && S_ISFIFO(input.st_mode);
	catch_signals();
	if (open_all(&r, &options, &err) < 0 || filter_all(&r, &options, &err) < 0) {
		status = helper_complain(ENDED_FAILED, &err);
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
