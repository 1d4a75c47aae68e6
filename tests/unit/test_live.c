/* SPDX-License-Identifier: GPL-3.0-or-later */
/* src/capture/live.c with programs in place of osiscope-capture that behave well, and badly. */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "capture/live.h"

static const char *const lo[] = { "lo" };

/* Starts a shell script as the recorder, its standard output a new file: *path. */
static struct live *begin(const char *script, const char **path, struct err *err)
{
	const char *program = unit_file(script, strlen(script));
	assert_int_equal(chmod(program, 0700), 0);
	*path = unit_file("", 0);
	int out = open(*path, O_WRONLY | O_CLOEXEC);
	assert_true(out >= 0);
	struct live *l = live_start(&(struct live_options){ .ifaces = lo, .n_ifaces = 1,
		.program = program, .filter = "port 53", .snaplen = 96 }, out, err);
	close(out);
	return l;
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void stops_when_told(void **state)
{
	(void)state;
	struct err err = { .text = "" };
	const char *path;
	char line[64] = "";
	struct live *l = begin("#!/bin/sh\ntrap 'echo end; exit 0' TERM\n"
		"echo \"$*\"\necho 'osiscope-capture: listening on lo' >&2\ncat\n"
		"while :; do sleep 0.01; done\n", &path, &err);
	if (!l)
		fail_msg("%s", err.text);
	assert_int_equal(live_state(l), LIVE_RUNNING);
	assert_int_equal(live_stop(l, 2000), LIVE_ENDED);
	assert_string_equal(live_words(l), "");
	assert_int_equal(live_stop(l, 2000), LIVE_ENDED);
	live_free(l);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f));
	assert_string_equal(line, "-i lo -f port 53 --snaplen 96\n");
	assert_non_null(fgets(line, sizeof line, f));
	assert_string_equal(line, "end\n");
	fclose(f);
}

static void its_words_are_the_reason(void **state)
{
	(void)state;
	struct err err = { .text = "" };
	const char *path;
	assert_null(begin("#!/bin/sh\necho 'osiscope-capture: no interface lo' >&2\nexit 1\n",
		&path, &err));
	assert_string_equal(err.text, "no interface lo");
	assert_null(begin("#!/bin/sh\nexit 3\n", &path, &err));
	assert_string_equal(err.text, "osiscope-capture ended with status 3");
	assert_null(live_start(&(struct live_options){ .ifaces = lo, .n_ifaces = 1,
		.program = "/nowhere/osiscope-capture" }, 1, &err));
	assert_non_null(strstr(err.text, "No such file"));
}

/* It ends by itself later: the last line is kept. One that floods standard error harms nobody. */
static void says_how_it_ended(void **state)
{
	(void)state;
	struct err err = { .text = "" };
	const char *path;
	struct live *l = begin("#!/bin/sh\necho 'osiscope-capture: listening on lo' >&2\n"
		"seq 100000 | tr '\\n' ' ' >&2\necho >&2\n"
		"echo 'osiscope-capture: disk full' >&2\nexit 1\n", &path, &err);
	int64_t until = now_ms() + 5000;
	/* Ending before the first look is ending at once: the words are the same. */
	while (l && live_state(l) == LIVE_RUNNING && now_ms() < until)
		usleep(1000);
	assert_string_equal(l ? live_words(l) : err.text, "disk full");
	if (l)
		assert_int_equal(live_state(l), LIVE_FAILED);
	live_free(l);
}

static void kills_what_does_not_stop(void **state)
{
	(void)state;
	struct err err = { .text = "" };
	const char *path;
	struct live *l = begin("#!/bin/sh\ntrap '' TERM\necho 'osiscope-capture: listening on lo' >&2\n"
		"while :; do sleep 0.01; done\n", &path, &err);
	assert_non_null(l);
	pid_t pid = live_pid(l);
	int64_t start = now_ms();
	assert_int_equal(live_stop(l, 100), LIVE_FAILED);
	assert_true(now_ms() - start < 1500);
	assert_int_equal(kill(pid, 0), -1);
	live_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stops_when_told),
		cmocka_unit_test(its_words_are_the_reason),
		cmocka_unit_test(says_how_it_ended),
		cmocka_unit_test(kills_what_does_not_stop),
	};
	return cmocka_run_group_tests_name("live", tests, NULL, NULL);
}
