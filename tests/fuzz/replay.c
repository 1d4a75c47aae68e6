/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay: a fuzz target as a test, without libFuzzer. Gives it every file of its corpus
 * (tests/fuzz/NAME/ for fuzz_NAME), then mutations of them with a fixed seed, so that each run is
 * the same. Paths given as arguments are replayed instead: fuzz_NAME crash-1234. With @FILE the
 * paths are read from FILE, a line each, and each is also given mutated a few times, in a process
 * of its own: one that fails or does not come to its end does not hide the others.
 */
#include <dirent.h>
#include <libgen.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

enum { MAX_SIZE = 1 << 26, MAX_INPUTS = 4096, MUTATIONS = 4000, LIST_MUTATIONS = 4 };
enum { PATIENCE = 120 };	/* seconds for one file of a list */

static struct { uint8_t *bytes; size_t n; } input[MAX_INPUTS];
static unsigned n_inputs;

static uint8_t *read_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return NULL;
	uint8_t *bytes = xmalloc(MAX_SIZE);
	*n = fread(bytes, 1, MAX_SIZE, f);
	fclose(f);
	return xrealloc(bytes, *n + 1);
}

static bool add_file(const char *path)
{
	size_t n = 0;
	uint8_t *bytes = n_inputs < MAX_INPUTS ? read_file(path, &n) : NULL;
	if (!bytes)
		return false;
	input[n_inputs].bytes = bytes;
	input[n_inputs++].n = n;
	return true;
}

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static bool add_folder(const char *path)
{
	struct dirent **entry;
	int n = scandir(path, &entry, visible, alphasort);
	for (int i = 0; i < n; i++) {
		char file[4096];
		snprintf(file, sizeof file, "%s/%s", path, entry[i]->d_name);
		add_file(file);
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	return n > 0;
}

/* Each input in memory of its own size, so that a sanitizer sees one byte too far. */
static void give(const uint8_t *bytes, size_t n)
{
	uint8_t *copy = xmalloc(n ? n : 1);
	if (n)
		memcpy(copy, bytes, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static uint64_t state = 0x6f736973636f7065u;

static uint32_t below(size_t n)	/* xorshift64*, Vigna 2016 */
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return n ? (uint32_t)((state * 0x2545f4914f6cdd1dULL >> 32) % n) : 0;
}

/* Bytes that lengths and counts break on. */
static uint8_t nasty(void)
{
	static const uint8_t edge[] = { 0, 1, 0x7f, 0x80, 0xc0, 0xfe, 0xff };
	return below(2) ? edge[below(sizeof edge)] : (uint8_t)below(256);
}

static void mutate(uint8_t *b, size_t *n)
{
	for (uint32_t turns = 1 + below(8); turns && *n; turns--) {
		size_t at = below(*n), len = 1 + below(*n - at < 16 ? *n - at : 16);
		switch (below(5)) {
		case 0:
			b[at] ^= (uint8_t)(1u << below(8));
			break;
		case 1:
			*n = at;
			break;
		case 2:
			memmove(b + at, b + at + len, *n - at - len);
			*n -= len;
			break;
		case 3:
			memmove(b + below(*n - len + 1), b + at, len);
			break;
		default:
			b[at] = nasty();
		}
	}
}

static void give_mutated(const uint8_t *bytes, size_t n)
{
	uint8_t *b = xmalloc(n ? n : 1);
	if (n)
		memcpy(b, bytes, n);
	mutate(b, &n);
	give(b, n);
	free(b);
}

static void mutations(void)
{
	for (unsigned i = 0; n_inputs && i < MUTATIONS; i++) {
		unsigned k = below(n_inputs);
		give_mutated(input[k].bytes, input[k].n);
	}
}

/* The same mutations whatever else is in the list. */
static void give_alone(const char *path)
{
	size_t n = 0;
	uint8_t *bytes = read_file(path, &n);
	if (!bytes)
		exit(1);
	alarm(PATIENCE);
	state = 0x6f736973636f7065u ^ n;
	give(bytes, n);
	for (int i = 0; i < LIST_MUTATIONS; i++)
		give_mutated(bytes, n);
	free(bytes);
	exit(0);
}

static bool passes_alone(const char *path)
{
	fflush(NULL);
	int status = 0;
	pid_t child = fork();
	if (child == 0)
		give_alone(path);
	if (child < 0 || waitpid(child, &status, 0) != child)
		return false;
	if (status)
		fprintf(stderr, "%s: %s %d\n", path, WIFSIGNALED(status) ? "signal" : "status",
			WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return status == 0;
}

static int give_list(const char *path)
{
	size_t n = 0;
	char *list = (char *)read_file(path, &n);
	if (!list)
		return 1;
	unsigned files = 0, failed = 0;
	list[n] = '\0';
	for (char *line = strtok(list, "\n"); line; line = strtok(NULL, "\n")) {
		files++;
		failed += !passes_alone(line);
	}
	free(list);
	printf("%u files, %u failed\n", files, failed);
	return files && !failed ? 0 : 1;
}

int main(int argc, char **argv)
{
	/* Big tables anew for each input: fresh pages are zero, a reused heap must be cleared. */
	mallopt(M_MMAP_THRESHOLD, 1 << 17);
	hash_start();
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	if (argc == 2 && argv[1][0] == '@')
		return give_list(argv[1] + 1);
	for (int i = 1; i < argc; i++) {
		if (!add_folder(argv[i]) && !add_file(argv[i])) {
			fprintf(stderr, "%s: cannot be read\n", argv[i]);
			return 1;
		}
	}
	const char *name = basename(argv[0]), *source = getenv("SRC");
	if (argc == 1) {
		char corpus[4096];
		snprintf(corpus, sizeof corpus, "%s/tests/fuzz/%s", source ? source : ".",
			 name + strlen("fuzz_"));
		add_folder(corpus);
	}
	for (unsigned i = 0; i < n_inputs; i++)
		give(input[i].bytes, input[i].n);
	printf("%s 1 - %s: %u inputs replayed\n", n_inputs ? "ok" : "not ok", name, n_inputs);
	if (argc == 1)
		mutations();
	printf("ok 2 - %s: %d mutations\n1..2\n", name, argc == 1 ? MUTATIONS : 0);
	for (unsigned i = 0; i < n_inputs; i++)
		free(input[i].bytes);
	return 0;
}
