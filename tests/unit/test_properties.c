/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is so of every capture: packets that were cut are never called malformed; lies do no harm,
 * take no time, and are told the same in their turn and by themselves, with fields and without.
 *
 * Without arguments: the recorded visits. With arguments: these captures (@FILE: those named in
 * FILE, a line each), each in a process of its own: one that fails does not hide the others.
 */
#include "told.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mutate.h"
#include "segments.h"

enum { PATIENCE = 120 };	/* seconds for one capture: hundreds of passes over it */

static const enum want all = WANT_FIELDS | WANT_INFO;

/* What only the bytes of a packet can be blamed for, never that the capture lacks some. */
static const enum note blame[] = { NOTE_MALFORMED, NOTE_CHECKSUM_BAD, NOTE_DNS_POINTER,
	NOTE_HTTP_HEAD, NOTE_LIMIT };

static unsigned blamed(const struct told *t, const struct told *whole, const char *path,
		       uint32_t snaplen)
{
	unsigned wrong = 0;
	for (unsigned i = 0; i < sizeof blame / sizeof blame[0]; i++) {
		if (!told_note(t, blame[i]) || told_note(whole, blame[i]))
			continue;
		print_message("%s: frame %u cut at %u: %s\n", path, t->first[blame[i]], snaplen,
			      note_kinds[blame[i]].name);
		wrong++;
	}
	return wrong;
}

/* Leaves out the frames that are blamed as they are: of the others nothing excuses a note. */
static void good_only(struct frames *f, const struct told *whole)
{
	uint64_t bad = 0;
	size_t n = 0;
	for (unsigned i = 0; i < sizeof blame / sizeof blame[0]; i++)
		bad |= (uint64_t)1 << blame[i];
	for (size_t i = 0; i < f->n; i++)
		if (whole->by_frame[i] & bad)
			free((void *)f->at[i].bytes);
		else
			f->at[n++] = f->at[i];
	f->n = n;
}

/* Lengths from `first` on: each of the beginning's every step, of the rest's every 4 steps. */
static unsigned cut_lengths(const char *path, uint32_t first, uint32_t step)
{
	struct frames from, to;
	struct told whole, t;
	uint32_t longest = 0;
	unsigned wrong = 0, turn = 0;
	frames_read(&from, path);
	told_pass(&whole, &from, all, NULL);
	good_only(&from, &whole);
	told_free(&whole);
	told_pass(&whole, &from, all, NULL);
	for (size_t i = 0; i < from.n; i++)
		longest = from.at[i].caplen > longest ? from.at[i].caplen : longest;
	for (uint32_t n = first % step; n < longest && n < 1600 && wrong < 5; turn++) {
		mutate_cut(&to, &from, n);
		told_pass(&t, &to, step > 1 && turn % 3 == 0 ? 0 : all, NULL);
		wrong += blamed(&t, &whole, path, n);
		told_free(&t);
		frames_free(&to);
		n += n < 160 || step == 1 ? step : step * 4;
	}
	told_free(&whole);
	frames_free(&from);
	return wrong;
}

/* Each length of the beginning in four captures of 16, each other length in two of 32. */
static void cut_packets_are_not_malformed(void **state)
{
	(void)state;
	unsigned wrong = 0;
	uint32_t i = 0;
	for (const char *const *path = frames_samples(); *path; path++)
		wrong += cut_lengths(*path, i++, 4);
	assert_int_equal(wrong, 0);
}

/* Of a fragment that is cut the rest was on the wire; so was what the other fragments hold. */
static void cut_fragments_are_not_malformed(void **state)
{
	(void)state;
	unsigned wrong = 0;
	uint32_t turn = 0;
	for (const char *const *path = frames_samples(); *path; path++) {
		struct frames from, pieces, to;
		struct told whole, t;
		frames_read(&from, *path);
		told_pass(&whole, &from, all, NULL);
		fragments_cut(&pieces, &from, &(struct refragment){ .seed = ++turn, .piece = 800 });
		for (uint32_t n = 30 + turn; n < 800 && wrong < 5; n += 70) {
			mutate_cut(&to, &pieces, n);
			told_pass(&t, &to, n % 3 ? all : 0, NULL);
			wrong += blamed(&t, &whole, *path, n);
			told_free(&t);
			frames_free(&to);
		}
		told_free(&whole);
		frames_free(&pieces);
		frames_free(&from);
	}
	assert_int_equal(wrong, 0);
}

/* ---- lies ---- */

static void tell_seed(const char *path, const char *what, uint64_t seed)
{
	print_message("%s, %s, seed %llu\n", path, what, (unsigned long long)seed);
}

/*
 * The same events with fields and without; the same frames by themselves. Of the last one frame
 * in a hundred may be wrong: where a connection's numbers lie too, the frames that hold a message
 * cannot always be found again.
 */
static unsigned consistent(const char *path, const char *what, uint64_t seed,
			   const struct frames *f)
{
	struct told plain, full;
	unsigned wrong = 0;
	told_pass(&plain, f, 0, NULL);
	told_pass(&full, f, all, NULL);
	if (strcmp(strbuf_str(&plain.events), strbuf_str(&full.events))) {
		told_difference("without fields, and with", &plain.events, &full.events);
		wrong++;
	}
	told_free(&plain);
	told_free(&full);
	unsigned differ = told_by_itself(frames_file(f));
	frames_unfile();
	wrong += differ > 1 + f->n / 100;
	if (wrong || differ)
		tell_seed(path, what, seed);
	return wrong;
}

static unsigned lies(const char *path, uint64_t seed)
{
	struct frames from, to;
	unsigned wrong = 0;
	frames_read(&from, path);
	mutate_frames(&to, &from, 3, seed);
	wrong += consistent(path, "mutated", seed, &to);
	frames_free(&to);
	mutate_lose(&to, &from, 8, seed);
	wrong += consistent(path, "with losses", seed, &to);
	frames_free(&to);
	mutate_cut(&to, &from, 20 + (uint32_t)(seed * 37 % 1400));
	wrong += consistent(path, "cut", seed, &to);
	frames_free(&to);
	frames_free(&from);
	return wrong;
}

static void lies_do_no_harm(void **state)
{
	(void)state;
	unsigned wrong = 0;
	uint64_t seed = 1;
	for (const char *const *path = frames_samples(); *path; path++)
		wrong += lies(*path, seed++);
	assert_int_equal(wrong, 0);
}

/* The capture begins later, frame by frame for the first, then in leaps: connections are joined. */
static void joined_in_the_middle(void **state)
{
	(void)state;
	unsigned wrong = 0;
	uint32_t turn = 0;
	for (const char *const *path = frames_samples(); *path; path++, turn++) {
		struct frames from;
		frames_read(&from, *path);
		for (size_t i = 1 + turn % 5; i < from.n; i += 5 + from.n / 4) {
			const struct frames rest = { .at = from.at + i, .n = from.n - i };
			wrong += consistent(*path, "joined at", i, &rest);
		}
		frames_free(&from);
	}
	assert_int_equal(wrong, 0);
}

/* ---- captures that are given ---- */

static bool given_one(const char *path)
{
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		alarm(PATIENCE);
		unsigned wrong = cut_lengths(path, 0, 24);
		wrong += lies(path, 1);
		fflush(NULL);
		_exit(wrong != 0);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status)
		print_message("failed (%s %d): %s\n", WIFSIGNALED(status) ? "signal" : "status",
			      WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), path);
	return status == 0;
}

static char **given;

static void given_captures(void **state)
{
	(void)state;
	unsigned failed = 0;
	char line[4096];
	for (char **p = given; *p; p++) {
		FILE *list = **p == '@' ? fopen(*p + 1, "r") : NULL;
		if (!list) {
			failed += !given_one(*p);
			continue;
		}
		while (fgets(line, sizeof line, list)) {
			line[strcspn(line, "\n")] = '\0';
			failed += !given_one(line);
		}
		fclose(list);
	}
	assert_int_equal(failed, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest visits[] = {
		cmocka_unit_test(cut_packets_are_not_malformed),
		cmocka_unit_test(cut_fragments_are_not_malformed),
		cmocka_unit_test(lies_do_no_harm),
		cmocka_unit_test(joined_in_the_middle),
	};
	const struct CMUnitTest some[] = { cmocka_unit_test(given_captures) };
	given = argv + 1;
	return argc > 1 ? cmocka_run_group_tests_name("properties", some, NULL, NULL)
		: cmocka_run_group_tests_name("properties", visits, NULL, NULL);
}
