/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fmt/digits.h"

#include <string.h>

static const char hex[] = "0123456789abcdef";

char *digits_u64(char *p, uint64_t v)
{
	char all[DIGITS_U64], *s = all + sizeof all;
	do
		*--s = (char)('0' + v % 10);
	while (v /= 10);
	size_t n = (size_t)(all + sizeof all - s);
	memcpy(p, s, n);
	return p + n;
}

char *digits_fixed(char *p, uint64_t v, unsigned n)
{
	for (unsigned i = n; i--; v /= 10)
		p[i] = (char)('0' + v % 10);
	return p + n;
}

char *digits_hex(char *p, uint64_t v, unsigned n)
{
	for (unsigned i = n; i--; v >>= 4)
		p[i] = hex[v & 15];
	return p + n;
}

char *digits_bytes(char *p, const uint8_t *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		*p++ = hex[s[i] >> 4];
		*p++ = hex[s[i] & 15];
	}
	return p;
}

char *digits_seconds(char *p, int64_t ns, unsigned places)
{
	uint64_t v = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
	if (ns < 0)
		*p++ = '-';
	p = digits_u64(p, v / 1000000000u);
	if (!places)
		return p;
	uint64_t fraction = v % 1000000000u;
	for (unsigned i = places; i < 9; i++)
		fraction /= 10;
	*p++ = '.';
	return digits_fixed(p, fraction, places);
}

char *digits_mac(char *p, const uint8_t mac[6])
{
	for (int i = 0; i < 6; i++) {
		if (i)
			*p++ = ':';
		p = digits_bytes(p, mac + i, 1);
	}
	return p;
}

char *digits_ipv4(char *p, const uint8_t ip[4])
{
	for (int i = 0; i < 4; i++) {
		uint8_t v = ip[i];
		if (i)
			*p++ = '.';
		if (v >= 100)
			*p++ = (char)('0' + v / 100);
		if (v >= 10)
			*p++ = (char)('0' + v / 10 % 10);
		*p++ = (char)('0' + v % 10);
	}
	return p;
}

/* A group of 16 bits without zeros in front. */
static char *group(char *p, unsigned v)
{
	unsigned n = v >= 0x1000 ? 4 : v >= 0x100 ? 3 : v >= 0x10 ? 2 : 1;
	return digits_hex(p, v, n);
}

char *digits_ipv6(char *p, const uint8_t ip[16])
{
	unsigned g[8];
	for (int i = 0; i < 8; i++)
		g[i] = (unsigned)ip[2 * i] << 8 | ip[2 * i + 1];

	/* The longest run of zero groups, the first of equal ones, at least two (section 4.2). */
	int at = -1, most = 1;
	for (int i = 0; i < 8;) {
		int run = 0;
		while (i + run < 8 && !g[i + run])
			run++;
		if (run > most)
			at = i, most = run;
		i += run ? run : 1;
	}
	/* An IPv4 address inside (section 5): ::ffff:0:0/96, and the old compatible ones. */
	int groups = 8;
	if (at == 0 && ((most == 5 && g[5] == 0xffff) || most == 6))
		groups = 6;
	for (int i = 0; i < groups;) {
		if (i == at) {
			*p++ = ':';
			*p++ = ':';
			i += most;
			continue;
		}
		if (i && i != at + most)
			*p++ = ':';
		p = group(p, g[i++]);
	}
	if (groups == 6) {
		if (most == 5)
			*p++ = ':';
		p = digits_ipv4(p, ip + 12);
	}
	return p;
}

char *digits_address(char *p, const uint8_t *bytes, size_t len)
{
	return len == 4 ? digits_ipv4(p, bytes) : len == 6 ? digits_mac(p, bytes) :
		len == 16 ? digits_ipv6(p, bytes) : p;
}
