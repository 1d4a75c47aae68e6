/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "record/host.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fmt/i18n.h"
#include "record/idna.h"

/* DNS' own limits (RFC 1035, 2.3.4), as text and without the dot at the end. */
enum { MOST_LABEL = 63, MOST_NAME = 253 };

const char *brief(char to[BRIEF], const char *s, size_t n)
{
	if (n > 60) {
		for (n = 57; n && (s[n] & 0xc0) == 0x80; n--)
			;
		snprintf(to, BRIEF, "%.*s...", (int)n, s);
	} else {
		snprintf(to, BRIEF, "%.*s", (int)n, s);
	}
	return to;
}

/* ---- addresses ---- */

/* A part of an IPv4 address: decimal, 0octal or 0xhexadecimal; what is too big stays too big. */
static bool part_of(const char *s, size_t n, uint64_t *out)
{
	unsigned base = 10;
	if (!n)
		return false;
	if (n > 1 && s[0] == '0') {
		bool hex = s[1] == 'x' || s[1] == 'X';
		base = hex ? 16 : 8;
		s += hex ? 2 : 1;
		n -= hex ? 2 : 1;
	}
	*out = 0;
	for (; n; s++, n--) {
		unsigned digit = *s >= '0' && *s <= '9' ? (unsigned)(*s - '0')
			: *s >= 'a' && *s <= 'f' ? (unsigned)(*s - 'a' + 10) : 99;
		if (digit >= base)
			return false;
		if (*out <= UINT32_MAX)
			*out = *out * base + digit;
	}
	return true;
}

static size_t without_last_dot(const char *s)
{
	size_t n = strlen(s);
	return n > 1 && s[n - 1] == '.' ? n - 1 : n;
}

/* WHATWG URL, "ends in a number": such a host is an IPv4 address, or nothing. */
static bool ends_in_number(const char *s)
{
	size_t n = without_last_dot(s), from = n;
	uint64_t value;
	while (from && s[from - 1] != '.')
		from--;
	if (from < n && strspn(s + from, "0123456789") >= n - from)
		return true;
	return n - from >= 2 && s[from] == '0' && s[from + 1] == 'x' &&
	       part_of(s + from, n - from, &value);
}

static bool ipv4_of(const char *s, uint32_t *address)
{
	const char *end = s + without_last_dot(s);
	uint64_t part[4];
	unsigned n = 0;
	for (;; s++) {
		size_t len = 0;
		while (s + len < end && s[len] != '.')
			len++;
		if (n == 4 || !part_of(s, len, &part[n]))
			return false;
		n++;
		s += len;
		if (s == end)
			break;
	}
	/* the last part fills all bytes that are left: 127.1 is 127.0.0.1 */
	if (part[n - 1] >= UINT64_C(1) << (8 * (5 - n)))
		return false;
	*address = (uint32_t)part[n - 1];
	for (unsigned i = 0; i + 1 < n; i++) {
		if (part[i] > 255)
			return false;
		*address |= (uint32_t)part[i] << (24 - 8 * i);
	}
	return true;
}

static bool ipv6_literal(struct url *u, const char *s, size_t n, struct err *err)
{
	char text[INET6_ADDRSTRLEN + 1], shown[BRIEF];
	struct in6_addr a;
	if (memchr(s, '%', n)) {
		err_set(err, _("“%s” names a zone (%%), which browsers refuse: leave it out"),
			brief(shown, s, n));
		return false;
	}
	bool bracketed = n > 2 && s[n - 1] == ']' && n - 2 < sizeof text;
	if (bracketed)
		snprintf(text, sizeof text, "%.*s", (int)(n - 2), s + 1);
	if (!bracketed || inet_pton(AF_INET6, text, &a) != 1) {
		err_set(err, _("“%s” is not an IPv6 address; one looks like [2001:db8::1]"),
			brief(shown, s, n));
		return false;
	}
	inet_ntop(AF_INET6, &a, text, sizeof text);
	/* browsers write no IPv4 address inside */
	char *dotted = strchr(text, '.') ? strrchr(text, ':') + 1 : NULL;
	if (dotted)
		snprintf(dotted, (size_t)(text + sizeof text - dotted), "%x:%x",
			 a.s6_addr[12] << 8 | a.s6_addr[13], a.s6_addr[14] << 8 | a.s6_addr[15]);
	u->host = xstrdup(text);
	return u->literal = true;
}

/* ---- names ---- */

/* Each label has 1 to 63 bytes; the last may be empty (a name that ends with a dot). */
static bool fits_dns(const char *s)
{
	size_t n = without_last_dot(s), label = 0;
	if (n > MOST_NAME)
		return false;
	for (size_t i = 0; i <= n; i++) {
		if (i < n && s[i] != '.') {
			label++;
			continue;
		}
		if (!label || label > MOST_LABEL)
			return false;
		label = 0;
	}
	return true;
}

/* WHATWG URL, "forbidden domain code point" */
static bool forbidden(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f || strchr("#/:<>?@[\\]^|%", *s))
			return true;
	return false;
}

/* The host with its percent-encoding undone, to be freed; NULL when it holds what no host may. */
static char *unescaped(const char *s, size_t n)
{
	char *copy = xmalloc(n + 1);
	memcpy(copy, s, n);
	copy[n] = '\0';
	int len = 0;
	char *plain = curl_easy_unescape(NULL, copy, (int)n, &len);
	free(copy);
	if (!plain)
		err_no_memory();
	char *out = strlen(plain) == (size_t)len && !forbidden(plain) ? xstrdup(plain) : NULL;
	curl_free(plain);
	return out;
}

static bool host_name(struct url *u, const char *s, size_t n, struct err *err)
{
	char shown[BRIEF];
	const char *why = NULL;
	uint32_t address;
	char *plain = unescaped(s, n);
	char *host = plain ? idna_ascii(plain, &why) : NULL;
	free(plain);
	if (!plain || (host && forbidden(host))) {
		err_set(err, _("“%s” cannot be a host: give an address such as https://www.example.org/"),
			brief(shown, s, n));
	} else if (!host) {
		err_set(err, _("the host “%s” cannot be a name (%s): check its spelling"),
			brief(shown, s, n), why);
	} else if (ends_in_number(host)) {
		u->literal = ipv4_of(host, &address);
		if (u->literal) {
			char text[INET_ADDRSTRLEN];
			address = htonl(address);
			inet_ntop(AF_INET, &address, text, sizeof text);
			u->host = xstrdup(text);
		} else {
			err_set(err, _("“%s” is not an IPv4 address: four numbers from 0 to 255, "
				       "with dots between them"), brief(shown, s, n));
		}
	} else if (!fits_dns(host)) {
		err_set(err, _("the host “%s” cannot be a name: each part between dots has 1 to %d "
			       "characters, the whole at most %d"), brief(shown, s, n), MOST_LABEL,
			MOST_NAME);
	} else {
		u->host = xstrdup(host);
	}
	free(host);
	return u->host;
}

bool host_parse(struct url *u, const char *s, size_t n, struct err *err)
{
	if (s[0] == '[' ? !ipv6_literal(u, s, n, err) : !host_name(u, s, n, err))
		return false;
	u->host_unicode = idna_unicode(u->host);
	return true;
}

bool url_is_localhost(const char *host)
{
	static const char name[] = "localhost";
	size_t n = without_last_dot(host), len = sizeof name - 1;
	return n >= len && strncasecmp(host + n - len, name, len) == 0 &&
	       (n == len || host[n - len - 1] == '.');
}
