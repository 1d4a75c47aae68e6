/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The browser of one visit: started, led to the page, watched, ended. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "fmt/i18n.h"
#include "launch/run.h"
#include "launch/words.h"
#include "visit/folder.h"

#define MS ((int64_t)1000000)

/* How long what may take. */
#define READY_WITHIN (20000 * MS)	/* a browser that says nothing is started without DevTools */
#define QUIET_AFTER_IDLE (1000 * MS)
#define IDLE_WITHIN (15000 * MS)	/* of the load event: some pages are never quiet */
#define LOADED_WITHIN (60000 * MS)
#define BLIND_QUIET (2500 * MS)		/* no packet for so long, when the browser says nothing */
#define BLIND_START (12000 * MS)	/* of going: by then it has said something, if it will */
#define BLIND_LONGEST (45000 * MS)
#define AT_ONCE (1500 * MS)

static void fail(struct run *r, const char *text)
{
	if (!r->failed)
		report_error(text);
	r->failed = true;
	run_stop(r);
}

static void fail_start(struct run *r, const char *program)
{
	struct err err;
	err_set(&err, _("cannot start %s: %s"), program, strerror(errno));
	fail(r, err.text);
}

static const char *in_folder(const struct run *r, const char *name, unsigned number, char *path)
{
	int n = snprintf(path, PATH_MAX, "%s/%s", r->plan->folder, name);
	if (number > 1 && n > 0 && n < PATH_MAX)
		snprintf(path + n, (size_t)(PATH_MAX - n), ".%u", number);
	return path;
}

static void told(void *of, enum devtools_event what, const char *text)
{
	struct run *r = of;
	switch (what) {
	case DEVTOOLS_VERSION:
		report("version", r->visit, text);
		break;
	case DEVTOOLS_READY:
		r->ready = true;
		report("ready", r->visit, "");
		break;
	case DEVTOOLS_STARTED:
		r->idle_at = 0;
		break;
	case DEVTOOLS_LOADED:
		if (!r->loaded_at)
			report("loaded", r->visit, "");
		r->loaded_at = clock_now();
		r->idle_at = 0;
		break;
	case DEVTOOLS_IDLE:
		r->idle_at = clock_now();
		if (!r->told)
			report("idle", r->visit, "");
		r->told = true;
		break;
	case DEVTOOLS_ERROR:
		if (r->phase >= ENDING_BROWSER)
			break;
		report("failed", r->visit, text);
		r->loaded_at = r->idle_at = clock_now();
		break;
	case DEVTOOLS_GONE:
		if (r->phase < ENDING_BROWSER)
			report("closed", r->visit, "");
		run_end_visit(r);
		break;
	}
}

/* The words of the command; without DevTools the URL stands where the blank page stood. */
static void command_of(const struct run *r, const struct browser_plan *p, struct words *argv,
	struct words *env)
{
	r->plan->kind->command(p, argv, env);
	if (!r->blind || !r->plan->kind->devtools)
		return;
	for (size_t i = 0; i < argv->n; i++)
		if (strcmp(argv->word[i], "--remote-debugging-pipe") == 0 ||
		    strcmp(argv->word[i], "about:blank") == 0) {
			const char *new = *argv->word[i] == '-' ? "--no-pings" : r->plan->url;
			free(argv->word[i]);
			argv->word[i] = xstrdup(new);
		}
}

static void run_command(struct run *r, struct words *argv, struct words *env, bool devtools)
{
	char words[PATH_MAX];
	int to[2] = { -1, -1 }, from[2] = { -1, -1 };
	int err = open(in_folder(r, "words", r->visit, words),
		O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	if (devtools && (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0)) {
		fail_start(r, r->plan->program);
		return;
	}
	struct child_plan c = { .program = r->plan->program, .argv = argv->word, .env = env->word, .in = -1, .out = -1,
		.err = err, .in3 = to[0], .out4 = from[1], .as_user = true, .end = SIGKILL };
	r->browser = child_start(&c, r->plan);
	if (err >= 0)
		close(err);
	if (devtools) {
		close(to[0]);
		close(from[1]);
		r->devtools = devtools_new(to[1], from[0], told, r);
	}
	if (r->browser < 0) {
		r->browser = 0;
		fail_start(r, r->plan->program);
	}
}

void browser_start(struct run *r)
{
	char profile[PATH_MAX], log[PATH_MAX], keys[PATH_MAX];
	const struct plan *plan = r->plan;
	struct browser_plan p = { .program = plan->program, .url = plan->url,
		.profile = in_folder(r, "profile", 0, profile),
		.log = in_folder(r, "log", r->visit, log),
		.keys = plan->keys ? in_folder(r, FOLDER_KEYS, 0, keys) : NULL,
		.headless = plan->headless, .http3 = plan->http3, .again = r->visit > 1,
		.more = plan->more };
	bool devtools = plan->kind->devtools && !r->blind;
	r->started = clock_now();
	r->ready = r->navigated = r->told = false;
	r->went = r->loaded_at = r->idle_at = r->grew_at = r->began_at = 0;
	r->phase_kills = 0;
	/* What cannot be told when to go waits for the recorder. */
	if (!devtools && !r->listening)
		return;
	struct err err;
	struct words argv = { 0 }, env = { 0 };
	if (plan->kind->prepare && plan->kind->prepare(&p, &err) < 0) {
		fail(r, err.text);
		return;
	}
	command_of(r, &p, &argv, &env);
	/* A browser that is killed leaves its socket's folder behind: it shall go with ours. */
	words_add(&env, "TMPDIR=%s", plan->folder);
	report("browser", r->visit, log);
	run_command(r, &argv, &env, devtools);
	if (!devtools) {
		r->phase = VISITING;
		r->went = clock_now();
	}
	words_free(&argv);
	words_free(&env);
}

int browser_fd(const struct run *r)
{
	return r->devtools ? devtools_fd(r->devtools) : -1;
}

static void hang_up(struct run *r)
{
	devtools_free(r->devtools);
	r->devtools = NULL;
}

void browser_read(struct run *r)
{
	/* A browser that hung up ends, which is noticed by itself. */
	if (r->devtools && !devtools_read(r->devtools))
		hang_up(r);
}

/* ---- watching ---- */

/*
 * Without a word of the browser's: the capture no longer grows. The first few packets are the system's
 * own (its addresses, its neighbours) while a browser starts, which may take long.
 */
static bool blind_quiet(struct run *r, int64_t t)
{
	enum { OF_THE_SYSTEM = 4096 };
	struct stat st;
	if (!r->began_at && fstat(r->capture, &st) == 0)
		r->began_at = st.st_size;
	if (fstat(r->capture, &st) == 0 && st.st_size != r->size &&
	    (st.st_size > r->began_at + OF_THE_SYSTEM || t - r->went > BLIND_START)) {
		r->size = st.st_size;
		r->grew_at = t;
	}
	return t - r->went > BLIND_LONGEST ||
		(t - r->went > BLIND_QUIET + AT_ONCE && r->grew_at && t - r->grew_at > BLIND_QUIET);
}

static bool is_over(struct run *r, int64_t t)
{
	if (r->plan->duration > 0)
		return t - r->went > (int64_t)(r->plan->duration * 1e9);
	if (!r->devtools)
		return r->plan->kind->windows && blind_quiet(r, t);
	if (r->loaded_at)
		return r->idle_at ? t - r->idle_at > QUIET_AFTER_IDLE : t - r->loaded_at > IDLE_WITHIN;
	return t - r->went > LOADED_WITHIN;
}

void browser_tick(struct run *r, int64_t t)
{
	if (r->phase == VISITING) {
		if (is_over(r, t))
			run_end_visit(r);
		return;
	}
	if (!r->browser && r->listening && !r->stop) {
		browser_start(r);
	} else if (r->devtools && r->ready && r->listening) {
		report("go", r->visit, "");
		devtools_go(r->devtools, r->plan->url);
		r->phase = VISITING;
		r->went = t;
	} else if (r->devtools && t - r->started > READY_WITHIN) {
		/* It does not talk: it goes by itself, and its end is told by the packets. */
		r->blind = true;
		hang_up(r);
		browser_kill(r);
	}
}

/* ---- the end ---- */

/* The last line of a file of the visit's folder. */
static void last_words(const struct run *r, const char *name, char *to, size_t n)
{
	char path[PATH_MAX], text[4096];
	int fd = open(in_folder(r, name, r->visit, path), O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	off_t from = size > (off_t)sizeof text - 1 ? size - (off_t)sizeof text + 1 : 0;
	ssize_t got = fd < 0 ? 0 : pread(fd, text, sizeof text - 1, from);
	if (fd >= 0)
		close(fd);
	text[got > 0 ? got : 0] = '\0';
	last_line(text, to, n);
}

/* It did not even begin: its words are what the user must know. */
static bool at_once(const struct run *r, int status)
{
	if (r->phase == STARTING)
		return true;
	if (!WIFEXITED(status) || WEXITSTATUS(status) == 0)
		return false;
	/* 127: it could not be run; 2: curl did not understand its arguments. */
	if (WEXITSTATUS(status) == 127 || (!r->plan->kind->windows && WEXITSTATUS(status) == 2))
		return true;
	return r->plan->kind->windows && clock_now() - r->started < AT_ONCE;
}

void browser_ended(struct run *r, int status)
{
	char words[512] = "";
	struct err err;
	r->browser = 0;
	hang_up(r);
	if (r->phase >= ENDING_BROWSER)
		return;
	if (r->blind && r->phase == STARTING)
		return;			/* it did not talk and was ended: the next one is blind */
	bool bad = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	if (bad)
		last_words(r, "words", words, sizeof words);
	if (at_once(r, status)) {
		if (!*words)
			last_words(r, "log", words, sizeof words);
		if (*words)
			err_set(&err, _("the browser ended at once: %s"), words);
		else
			err_set(&err, _("the browser ended at once, without a word: try --headless, or "
					"--browser curl"));
		fail(r, err.text);
		return;
	}
	/* Who was killed had no time for words: those that are there are of something else. */
	if (WIFSIGNALED(status))
		report("words", r->visit, strsignal(WTERMSIG(status)));
	else if (bad && *words)
		report("words", r->visit, words);
	report("closed", r->visit, "");
	run_end_visit(r);
}

void browser_end(struct run *r)
{
	if (r->devtools)
		devtools_close(r->devtools);
	else if (r->browser > 0)
		kill(r->browser, SIGTERM);
}

void browser_kill(struct run *r)
{
	if (r->browser > 0) {
		kill(-r->browser, SIGKILL);
		kill(r->browser, SIGKILL);
	}
	children_kill(r->recorder);
}

void browser_forget(struct run *r)
{
	hang_up(r);
	r->browser = 0;
}
