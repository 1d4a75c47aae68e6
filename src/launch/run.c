/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The visits: recorder and browser start together; when the one listens and the other has a page,
 * the page goes to the URL. Then they are watched until the end, which comes in this order:
 * browser, a moment for the last packets, recorder.
 */
#include "launch/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "fmt/i18n.h"
#include "launch/words.h"

static int64_t after(int64_t ms)
{
	return clock_now() + ms * 1000000;
}

static void fail(struct run *r, const char *text)
{
	if (!r->failed)
		report_error(text);
	r->failed = true;
	run_stop(r);
}

static void fail_start(struct run *r)
{
	struct err err;
	err_set(&err, _("cannot start %s: %s"), r->plan->recorder, strerror(errno));
	fail(r, err.text);
}

/* ---- the recorder ---- */

static void recorder_start(struct run *r, int capture)
{
	struct words argv = { 0 };
	int words[2], leash[2];
	if (pipe2(words, O_CLOEXEC | O_NONBLOCK) < 0 || pipe2(leash, O_CLOEXEC) < 0) {
		fail_start(r);
		return;
	}
	recorder_command(r->plan, &argv);
	struct child_plan c = { .program = r->plan->recorder, .argv = argv.word, .in = leash[0],
		.out = capture, .err = words[1], .in3 = -1, .out4 = -1, .end = SIGTERM };
	r->recorder = child_start(&c, r->plan);
	close(words[1]);
	close(leash[0]);
	r->words = words[0];
	r->leash = leash[1];
	r->listen_by = after(10000);
	words_free(&argv);
	if (r->recorder < 0 || !become_user(r->plan))
		fail_start(r);
}

/* What the recorder says: that it listens, or why it does not. */
static void recorder_read(struct run *r)
{
	char piece[1024];
	ssize_t n = read(r->words, piece, sizeof piece);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close(r->words);
		r->words = -1;
		return;
	}
	strbuf_add(&r->said, piece, (size_t)n);
	if (!r->listening && strstr(strbuf_str(&r->said), "listening on")) {
		r->listening = true;
		report("listening", 0, r->plan->iface);
	}
}

static void recorder_ended(struct run *r, int status)
{
	r->recorder = 0;
	/* All that it said; the end of it closes the pipe. */
	for (size_t before = SIZE_MAX; r->words >= 0 && r->said.len != before;) {
		before = r->said.len;
		recorder_read(r);
	}
	/* told to end, it does; but the last packets may have found no room on the disk */
	if (r->phase >= LAST_PACKETS && (!WIFEXITED(status) || WEXITSTATUS(status) == 0))
		return;
	struct err err;
	char last[256];
	last_line(strbuf_str(&r->said), last, sizeof last);
	if (*last && !strstr(last, "listening on"))
		err_set(&err, _("recording ended: %s"), last);
	else if (WIFSIGNALED(status))
		err_set(&err, _("recording ended: its program was killed (signal %d)"),
			WTERMSIG(status));
	else
		err_set(&err, _("recording ended: its program gave up (status %d)"),
			WEXITSTATUS(status));
	fail(r, err.text);
}

/* ---- the end ---- */

static void recorder_end(struct run *r)
{
	if (r->leash >= 0)
		close(r->leash);
	r->leash = -1;
	if (r->recorder > 0)
		kill(r->recorder, SIGTERM);
	r->phase = ENDING_RECORDER;
	r->deadline = after(400);
}

/* The visit is over, or all of it: the browser ends first. */
void run_end_visit(struct run *r)
{
	if (r->phase >= ENDING_BROWSER)
		return;
	r->phase = ENDING_BROWSER;
	r->deadline = after(1000);
	browser_end(r);
}

void run_stop(struct run *r)
{
	r->stop = true;
	run_end_visit(r);
}

/* The browser is gone: the next visit, or the end. */
static void browser_is_gone(struct run *r)
{
	browser_forget(r);
	children_kill(r->recorder);
	report("visited", r->visit, "");
	if (!r->stop && r->visit < r->plan->times && r->recorder > 0) {
		r->visit++;
		r->phase = STARTING;
		facts_neighbours(false);
		browser_start(r);
		return;
	}
	r->phase = LAST_PACKETS;
	r->deadline = after(300);
}

/* ---- what happens ---- */

static void reap(struct run *r)
{
	int status;
	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
		if (pid == r->recorder)
			recorder_ended(r, status);
		else if (pid == r->browser)
			browser_ended(r, status);
	}
}

static void signals_read(struct run *r)
{
	struct signalfd_siginfo s;
	while (read(r->signals, &s, sizeof s) == sizeof s)
		if (s.ssi_signo == SIGCHLD)
			reap(r);
		else
			run_stop(r);
}

static void control_line(struct run *r, const char *line)
{
	if (strcmp(line, "stop") == 0) {
		r->told_to_stop = true;
		run_stop(r);
	} else if (strncmp(line, "route ", 6) == 0) {
		facts_route(line + 6);
	}
}

static void control_read(struct run *r)
{
	char piece[512];
	ssize_t n = read(STDIN_FILENO, piece, sizeof piece);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		r->control = -1;
		r->orphaned = !r->told_to_stop;
		run_stop(r);
		return;
	}
	for (ssize_t i = 0; i < n; i++) {
		if (piece[i] == '\n') {
			r->line[r->line_length] = '\0';
			control_line(r, r->line);
			r->line_length = 0;
		} else if (r->line_length < sizeof r->line - 1) {
			r->line[r->line_length++] = piece[i];
		}
	}
}

/* What time alone brings. */
static void tick(struct run *r)
{
	int64_t t = clock_now();
	if (!r->listening && r->phase < ENDING_BROWSER && t >= r->listen_by)
		fail(r, _("recording did not begin within ten seconds; osiscope capture -i INTERFACE shows "
			  "whether it can"));
	if (r->phase < ENDING_BROWSER)
		browser_tick(r, t);
	if (r->phase == ENDING_BROWSER && !r->browser)
		browser_is_gone(r);
	if (t < r->deadline)
		return;
	if (r->phase == ENDING_BROWSER) {
		browser_kill(r);
		r->deadline = after(200);
		r->phase_kills++;
		if (r->phase_kills > 3)
			browser_is_gone(r);
	} else if (r->phase == LAST_PACKETS) {
		facts_neighbours(true);
		recorder_end(r);
	} else if (r->phase == ENDING_RECORDER && r->recorder > 0) {
		kill(r->recorder, SIGKILL);
		r->deadline = after(200);
	}
}

static void wait_and_serve(struct run *r)
{
	struct pollfd fds[] = {
		{ .fd = r->control, .events = POLLIN }, { .fd = r->signals, .events = POLLIN },
		{ .fd = r->words, .events = POLLIN }, { .fd = browser_fd(r), .events = POLLIN },
	};
	if (poll(fds, 4, 50) <= 0)
		return;
	if (fds[0].revents)
		control_read(r);
	if (fds[2].revents)
		recorder_read(r);
	if (fds[3].revents)
		browser_read(r);
	if (fds[1].revents)
		signals_read(r);
}

int visits_run(const struct plan *plan, int capture)
{
	struct run r = { .plan = plan, .capture = capture, .visit = 1, .words = -1, .leash = -1,
		.said = { .cap = 8192 } };
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	r.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	r.control = STDIN_FILENO;
	fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
	recorder_start(&r, capture);
	facts_before(plan);	/* while the browser has not said a word */
	if (!r.failed)
		browser_start(&r);
	while (r.phase < ENDING_RECORDER || r.recorder > 0) {
		wait_and_serve(&r);
		tick(&r);
	}
	children_kill(0);
	report("end", r.visit, "");
	if (r.orphaned)
		orphan_clean(plan->folder);
	strbuf_free(&r.said);
	return r.failed;
}
