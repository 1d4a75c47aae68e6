/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/live.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "fmt/i18n.h"
#include "fmt/place.h"

enum { START_MS = 5000, STOP_MS = 1500, MAX_ARGUMENTS = 64, STEP_MS = 5 };

extern char **environ;

struct live {
	pid_t pid;
	enum live_state state;
	bool asked;		/* it was told to stop */
	bool listening;
	int input;		/* write end of its standard input: its end is how it sees ours */
	int said;		/* read end of its standard error; -1 when that has ended */
	size_t n_line;
	char line[512];		/* what is read of the present line */
	char words[512];	/* the last whole line */
};

bool live_program(char *path)
{
	return place_program("osiscope-capture", path);
}

/* ---- what it says -------------------------------------------------------------------------- */

static void take_line(struct live *l)
{
	static const char name[] = "osiscope-capture: ", ready[] = "listening on ";
	l->line[l->n_line] = '\0';
	const char *text = l->line;
	if (strncmp(text, name, sizeof name - 1) == 0)
		text += sizeof name - 1;
	if (strncmp(text, ready, sizeof ready - 1) == 0)
		l->listening = true;
	else if (*text)
		memmove(l->words, text, strlen(text) + 1);
	l->n_line = 0;
}

/* Reads what it said, without waiting. */
static void hear(struct live *l)
{
	char bytes[512];
	ssize_t got;
	while (l->said >= 0 && (got = read(l->said, bytes, sizeof bytes)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		if (got < 0)
			break;
		for (ssize_t i = 0; i < got; i++) {
			if (bytes[i] == '\n')
				take_line(l);
			else if (l->n_line < sizeof l->line - 1)
				l->line[l->n_line++] = bytes[i];
		}
	}
	if (l->said < 0)
		return;
	take_line(l);
	close(l->said);
	l->said = -1;
}

/* ---- how it is ----------------------------------------------------------------------------- */

static void ended(struct live *l, int status)
{
	hear(l);
	bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	l->state = well ? LIVE_ENDED : LIVE_FAILED;
	if (!well && !l->words[0] && WIFSIGNALED(status))
		snprintf(l->words, sizeof l->words, _("osiscope-capture was ended by a signal (%s)"),
			strsignal(WTERMSIG(status)));
	else if (!well && !l->words[0])
		snprintf(l->words, sizeof l->words, _("osiscope-capture ended with status %d"),
			WEXITSTATUS(status));
}

enum live_state live_state(struct live *l)
{
	int status;
	hear(l);
	if (l->state != LIVE_RUNNING)
		return l->state;
	pid_t got = waitpid(l->pid, &status, WNOHANG);
	if (got == l->pid)
		ended(l, status);
	else if (got < 0 && errno == ECHILD)	/* somebody else took it: it is gone all the same */
		ended(l, l->asked ? 0 : 1 << 8);
	return l->state;
}

pid_t live_pid(const struct live *l)
{
	return l->pid;
}

const char *live_words(const struct live *l)
{
	return l->words;
}

static void close_input(struct live *l)
{
	if (l->input >= 0)
		close(l->input);
	l->input = -1;
}

/* Waits for its end until a moment; false: it is still there. */
static bool wait_end(struct live *l, int64_t until)
{
	while (live_state(l) == LIVE_RUNNING) {
		if (clock_now() / 1000000 >= until)
			return false;
		poll(NULL, 0, STEP_MS);
	}
	return true;
}

enum live_state live_stop(struct live *l, int milliseconds)
{
	if (live_state(l) != LIVE_RUNNING)
		return l->state;
	l->asked = true;
	close_input(l);
	kill(l->pid, SIGTERM);
	if (!wait_end(l, clock_now() / 1000000 + milliseconds)) {
		kill(l->pid, SIGKILL);
		if (!wait_end(l, clock_now() / 1000000 + STOP_MS))	/* stuck in the kernel */
			l->state = LIVE_FAILED;
	}
	return l->state;
}

void live_free(struct live *l)
{
	if (!l)
		return;
	live_stop(l, STOP_MS);
	close_input(l);
	if (l->said >= 0)
		close(l->said);
	free(l);
}

/* ---- starting ------------------------------------------------------------------------------ */

/* The command line; the numbers' texts go to `numbers`. */
static int arguments(const struct live_options *o, const char *program, const char **to,
	char numbers[2][16], struct err *err)
{
	size_t n = 0;
	if (o->n_ifaces > (MAX_ARGUMENTS - 16) / 2)
		return err_set(err, _("more than %d interfaces"), (MAX_ARGUMENTS - 16) / 2);
	to[n++] = program;
	for (size_t i = 0; i < o->n_ifaces; i++) {
		to[n++] = "-i";
		to[n++] = o->ifaces[i];
	}
	if (o->all)
		to[n++] = "--all";
	const struct { const char *name, *value; } pairs[] = {
		{ "-f", o->filter }, { "--lang", o->lang },
		{ "--snaplen", o->snaplen ? numbers[0] : NULL },
		{ "--buffer", o->buffer ? numbers[1] : NULL }
	};
	snprintf(numbers[0], sizeof numbers[0], "%u", o->snaplen);
	snprintf(numbers[1], sizeof numbers[1], "%u", o->buffer);
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		if (!pairs[i].value)
			continue;
		to[n++] = pairs[i].name;
		to[n++] = pairs[i].value;
	}
	to[n] = NULL;
	return 0;
}

/*
 * A process group of its own: Ctrl-C in the terminal is for this program, which then stops it.
 * Returns 0 or an errno.
 */
static int spawn(struct live *l, const char *program, const char **to, int input, int out_fd,
	int said)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, usual;
	sigemptyset(&none);
	sigfillset(&usual);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, out_fd, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, said, STDERR_FILENO);
	posix_spawnattr_init(&how);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK
		| POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&how, 0);
	posix_spawnattr_setsigmask(&how, &none);
	posix_spawnattr_setsigdefault(&how, &usual);
	int error = posix_spawn(&l->pid, program, &files, &how, (char *const *)(uintptr_t)to, environ);
	posix_spawnattr_destroy(&how);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

/* A pipe whose ends are above the standard ones, so that the child's can be put in place. */
static int pipe_above(int ends[2])
{
	int low[2];
	if (pipe2(low, O_CLOEXEC) < 0)
		return -1;
	for (int i = 0; i < 2; i++) {
		ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, 3);
		close(low[i]);
	}
	if (ends[0] >= 0 && ends[1] >= 0)
		return 0;
	close(ends[0]);
	close(ends[1]);
	return -1;
}

static struct live *launch(const char *program, const char **to, int out_fd, struct err *err)
{
	int input[2], said[2];
	if (pipe_above(input) < 0) {
		err_set(err, _("cannot start %s: %s"), program, strerror(errno));
		return NULL;
	}
	if (pipe_above(said) < 0) {
		err_set(err, _("cannot start %s: %s"), program, strerror(errno));
		close(input[0]);
		close(input[1]);
		return NULL;
	}
	struct live *l = xcalloc(1, sizeof *l);
	int error = spawn(l, program, to, input[0], out_fd, said[1]);
	close(input[0]);
	close(said[1]);
	l->input = input[1];
	l->said = said[0];
	fcntl(l->said, F_SETFL, O_NONBLOCK);
	if (!error)
		return l;
	err_set(err, _("cannot start %s: %s"), program, strerror(error));
	l->state = LIVE_FAILED;
	live_free(l);
	return NULL;
}

struct live *live_start(const struct live_options *o, int out_fd, struct err *err)
{
	const char *to[MAX_ARGUMENTS];
	char numbers[2][16], found[PLACE_MAX];
	const char *program = o->program;
	if (!program && !live_program(found)) {
		err_set(err, _("osiscope-capture, which records, is not installed: make install puts it "
			"beside osiscope"));
		return NULL;
	}
	program = program ? program : found;
	if (arguments(o, program, to, numbers, err) < 0)
		return NULL;
	struct live *l = launch(program, to, out_fd, err);
	if (!l)
		return NULL;
	int64_t until = clock_now() / 1000000 + START_MS;
	while (live_state(l) == LIVE_RUNNING && !l->listening && clock_now() / 1000000 < until)
		poll(&(struct pollfd){ .fd = l->said, .events = POLLIN }, l->said >= 0, STEP_MS);
	if (l->listening && l->state == LIVE_RUNNING)
		return l;
	if (l->state == LIVE_RUNNING)
		err_set(err, _("%s does not begin to record"), program);
	else
		err_set(err, "%s", l->words[0] ? l->words : _("osiscope-capture ended at once"));
	live_free(l);
	return NULL;
}
