/* SPDX-License-Identifier: GPL-3.0-or-later */
/* background: hosts that are talked to without anybody having asked for a page. */
#include <string.h>

#include "steps/own.h"

static const char *const patterns[] = {
#define BACKGROUND(name) name,
#define PROBE(name)
#include "steps/background.def"
#undef BACKGROUND
#undef PROBE
};

static const char *const probes[] = {
#define BACKGROUND(name)
#define PROBE(name) name,
#include "steps/background.def"
#undef BACKGROUND
#undef PROBE
};

static bool matches(const char *pattern, const char *host, size_t n)
{
	size_t len = strlen(pattern);
	if (pattern[0] == '.')
		return (n == len - 1 && !memcmp(pattern + 1, host, n)) ||
		       (n > len && !memcmp(pattern, host + n - len, len));
	if (pattern[len - 1] == '.')
		return n > len && !memcmp(pattern, host, len);
	return n == len && !memcmp(pattern, host, n);
}

bool probe_host(const struct steps *st, uint32_t host)
{
	size_t n;
	const char *s = session_string(st->s, host, &n);
	for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++)
		if (matches(probes[i], s, n))
			return true;
	return false;
}

bool background_name(const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
		if (matches(patterns[i], s, n))
			return true;
	return false;
}

/* host: a lower-case name of the string table. Answers are remembered. */
bool background_host(struct steps *st, uint32_t host)
{
	if (!host)
		return false;
	uint32_t known = map_get(&st->backgrounds, host);
	if (known)
		return known == 2;
	size_t n;
	const char *s = session_string(st->s, host, &n);
	bool yes = background_name(s, n);
	map_put(&st->backgrounds, host, yes ? 2 : 1);
	return yes;
}
