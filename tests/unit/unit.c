/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unit: helpers of the unit tests. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

size_t unit_hex(const char *digits, uint8_t *to, size_t size)
{
	size_t n = 0;
	for (const char *p = digits; *p; p++) {
		if (strchr(" \t\n", *p))
			continue;
		int high = digit(p[0]), low = high < 0 ? -1 : digit(p[1]);
		if (low < 0 || n == size)
			fail_msg("%s at \"%.10s\"", low < 0 ? "no hexadecimal byte" : "no room", p);
		to[n++] = (uint8_t)(high << 4 | low);
		p++;
	}
	return n;
}

const char *unit_path(const char *path)
{
	static char full[4096];
	const char *source = getenv("SRC");
	snprintf(full, sizeof full, "%s/%s", source ? source : ".", path);
	return full;
}

uint8_t *unit_read(const char *path, size_t *n)
{
	FILE *f = fopen(unit_path(path), "rb");
	if (!f)
		fail_msg("no %s", unit_path(path));
	size_t size = 1 << 16;
	uint8_t *bytes = xmalloc(size);
	*n = 0;
	for (size_t got; (got = fread(bytes + *n, 1, size - *n, f)) > 0;) {
		*n += got;
		if (*n == size)
			bytes = xrealloc(bytes, size *= 2);
	}
	fclose(f);
	return bytes;
}

enum { MAX_FILES = 256 };
static char files[MAX_FILES][64];
static unsigned n_files;

static void remove_files(void)
{
	while (n_files)
		unlink(files[--n_files]);
}

const char *unit_file(const void *bytes, size_t n)
{
	if (n_files == MAX_FILES)
		fail_msg("more than %d files", MAX_FILES);
	if (n_files == 0)
		atexit(remove_files);
	char *path = files[n_files];
	snprintf(path, sizeof files[0], "/tmp/osiscope-unit.XXXXXX");
	int fd = mkstemp(path);
	if (fd < 0)
		fail_msg("no file in /tmp");
	n_files++;
	FILE *f = fdopen(fd, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
	return path;
}

/* xorshift64*, Vigna 2016. */
uint32_t unit_random(uint64_t *state)
{
	uint64_t x = *state;
	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*state = x;
	return (uint32_t)(x * 0x2545f4914f6cdd1dULL >> 32);
}
