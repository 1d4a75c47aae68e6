/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay: a fuzz target as a test, without libFuzzer. Gives it every file of its corpus
 * (tests/fuzz/NAME/ for fuzz_NAME), then mutations of them with a fixed seed, so that each run is
 * the same. Paths given as arguments are replayed instead: fuzz_NAME crash-1234.
 */
#include <dirent.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/hash.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

enum { MAX_SIZE = 1 << 20, MAX_INPUTS = 4096, MUTATIONS = 4000 };

static struct { uint8_t *bytes; size_t n; } input[MAX_INPUTS];
static unsigned n_inputs;

static bool add_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f || n_inputs == MAX_INPUTS)
		return false;
	uint8_t *bytes = xmalloc(MAX_SIZE);
	size_t n = fread(bytes, 1, MAX_SIZE, f);
	fclose(f);
	input[n_inputs].bytes = xrealloc(bytes, n + 1);
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

static void mutations(void)
{
	uint8_t *b = xmalloc(MAX_SIZE);
	for (unsigned i = 0; n_inputs && i < MUTATIONS; i++) {
		unsigned k = below(n_inputs);
		size_t n = input[k].n;
		memcpy(b, input[k].bytes, n);
		mutate(b, &n);
		give(b, n);
	}
	free(b);
}

int main(int argc, char **argv)
{
	hash_start();
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
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
