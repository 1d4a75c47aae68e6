/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "record/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/strbuf.h"
#include "fmt/i18n.h"
#include "fmt/text.h"
#include "record/host.h"
#include "record/record.h"

/* A URL in its pieces; all point into one text. */
struct pieces {
	const char *authority, *path, *query;	/* query from its "?" on; "" none */
	size_t authority_n, path_n;
};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Without what browsers leave away: blanks and control characters around it, line ends in it. */
static void tidy(struct strbuf *to, const char *text)
{
	size_t n = strlen(text);
	for (; n && (unsigned char)text[n - 1] <= ' '; n--)
		;
	for (; n && (unsigned char)*text <= ' '; text++, n--)
		;
	for (size_t i = 0; i < n; i++)
		if (!strchr("\t\r\n", text[i]))
			strbuf_putc(to, text[i]);
}

static bool is_utf8(const char *s, size_t n)
{
	uint32_t c = 0;
	while (n && c != UTF8_BAD) {
		size_t len = utf8_next(s, n, &c);
		s += len;
		n -= len;
	}
	return c != UTF8_BAD;
}

static bool is_web(const char *scheme, size_t n)
{
	return (n == 4 || n == 5) && strncasecmp(scheme, "https", n) == 0;
}

/*
 * How long the scheme is that the text begins with, without its colon; 0: none was typed. Behind
 * all but http and https a number is a port ("localhost:8080"), and so is anything behind a name
 * with a dot, which no scheme that is in use has.
 */
static size_t scheme_length(const char *s)
{
	size_t n = 0, digits = 0;
	bool dot = false;
	for (; is_letter(s[n]) || (n && (is_digit(s[n]) || s[n] == '+' || s[n] == '-' ||
					 s[n] == '.')); n++)
		dot |= s[n] == '.';
	if (!n || s[n] != ':')
		return 0;
	const char *behind = s + n + 1;
	if ((behind[0] == '/' && behind[1] == '/') || is_web(s, n))
		return n;
	while (is_digit(behind[digits]))
		digits++;
	return dot || (digits && strchr("/?#\\", behind[digits])) ? 0 : n;
}

/* Sets the scheme; *s goes behind it and the slashes, of which browsers take any number. */
static bool take_scheme(struct url *u, const char **s, struct err *err)
{
	char shown[BRIEF];
	size_t n = scheme_length(*s);
	u->guessed = !n;
	if (n && !is_web(*s, n)) {
		err_set(err, _("“%s:” is no page on the web: give an address that begins with "
			       "https:// or http://"), brief(shown, *s, n));
		return false;
	}
	u->scheme = xstrdup(n == 4 ? "http" : "https");
	if (n)
		*s += n + 1 + strspn(*s + n + 1, "/\\");
	else if (strncmp(*s, "//", 2) == 0)
		*s += 2;
	return true;
}

/* The rest of a URL in pieces; backslashes before the query become slashes, the fragment goes. */
static struct pieces split(char *s)
{
	struct pieces p = { .authority = s };
	s[strcspn(s, "#")] = '\0';
	char *query = s + strcspn(s, "?");
	for (char *c = s; c < query; c++)
		if (*c == '\\')
			*c = '/';
	p.authority_n = strcspn(s, "/?");
	p.path = s + p.authority_n;
	p.path_n = (size_t)(query - p.path);
	p.query = query;
	return p;
}

/* WHATWG URL, percent-encode sets of path and query (of http and https) */
static void put_encoded(struct strbuf *to, const char *s, size_t n, const char *also)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c <= ' ' || c >= 0x7f || strchr("\"<>#", c) || strchr(also, c))
			strbuf_printf(to, "%%%02X", c);
		else
			strbuf_putc(to, (char)c);
	}
}

/* The path for libcurl, which takes "." and ".." away, but knows no other way to write them. */
static void put_path(struct strbuf *to, const char *s, size_t n)
{
	for (const char *end = s + n; s < end;) {
		const char *slash = memchr(s + 1, '/', (size_t)(end - s - 1));
		const char *next = slash ? slash : end, *c = s + 1;
		unsigned dots = 0;
		for (; c < next && (*c == '.' || strncasecmp(c, "%2e", 3) == 0); dots++)
			c += *c == '.' ? 1 : 3;
		if (c == next && (dots == 1 || dots == 2))
			strbuf_puts(to, dots == 1 ? "/." : "/..");
		else
			put_encoded(to, s, (size_t)(next - s), "?`{}");
		s = next;
	}
}

static bool too_long(struct err *err)
{
	err_set(err, _("the address is too long: at most %d bytes are taken"), RECORD_TEXT);
	return false;
}

static bool refused(CURLUcode why, const char *typed, struct err *err)
{
	char shown[BRIEF];
	brief(shown, typed, strlen(typed));
	if (why == CURLUE_OUT_OF_MEMORY)
		err_no_memory();
	if (why == CURLUE_BAD_PORT_NUMBER)
		err_set(err, _("the port in “%s” is wrong: it is a number from 1 to 65535"), shown);
	else
		err_set(err, _("“%s” is not an address: give one such as https://www.example.org/"),
			shown);
	return false;
}

/* Sets port, and path (yet without query), by libcurl's judgement of what was put together. */
static bool judge(struct url *u, const char *together, struct err *err)
{
	char *port = NULL, *path = NULL;
	CURLU *h = curl_url();
	if (!h)
		err_no_memory();
	CURLUcode rc = curl_url_set(h, CURLUPART_URL, together, 0);
	if (rc == CURLUE_OK)
		rc = curl_url_get(h, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
	if (rc == CURLUE_OK)
		rc = curl_url_get(h, CURLUPART_PATH, &path, 0);
	unsigned long number = port ? strtoul(port, NULL, 10) : 0;
	if (rc == CURLUE_OK && (!number || number > UINT16_MAX))
		rc = CURLUE_BAD_PORT_NUMBER;
	if (rc == CURLUE_OK) {
		u->port = (uint16_t)number;
		u->path = xstrdup(path);
	}
	curl_free(port);
	curl_free(path);
	curl_url_cleanup(h);
	return rc == CURLUE_OK || refused(rc, u->typed, err);
}

/*
 * Name and password are left out of the authority, and of what was typed: of that s is a copy, byte
 * for byte in the same place.
 */
static void drop_userinfo(struct url *u, const char *s, struct pieces *p)
{
	const char *at = memrchr(p->authority, '@', p->authority_n);
	if (!at)
		return;
	size_t n = (size_t)(at + 1 - p->authority);
	char *typed = u->typed + (p->authority - s);
	memmove(typed, typed + n, strlen(typed + n) + 1);
	u->userinfo = true;
	p->authority += n;
	p->authority_n -= n;
}

/* Sets the host; *port is what stands behind it and its colon, "" nothing. */
static bool take_host(struct url *u, const struct pieces *p, const char **port, struct err *err)
{
	char shown[BRIEF];
	const char *s = p->authority, *end = s + p->authority_n, *colon = memrchr(s, ':', p->authority_n);
	bool inside = colon && *s == '[' && (memchr(colon, ']', (size_t)(end - colon)) ||
					     !memchr(s, ']', p->authority_n));
	if (inside)
		colon = NULL;
	*port = colon ? colon + 1 : end;
	if (s == (colon ? colon : end)) {
		err_set(err, _("“%s” names no host: give an address such as https://www.example.org/"),
			brief(shown, u->typed, strlen(u->typed)));
		return false;
	}
	return host_parse(u, s, (size_t)((colon ? colon : end) - s), err);
}

/* Sets path and normal, now that the rest is known; what libcurl was given begins with `host_n` bytes. */
static bool finish(struct url *u, struct strbuf *b, size_t host_n, const char *query, struct err *err)
{
	struct strbuf path = { 0 };
	strbuf_puts(&path, u->path);
	put_encoded(&path, query, strlen(query), "'");
	free(u->path);
	u->path = xstrdup(strbuf_str(&path));
	strbuf_free(&path);
	b->s[b->len = host_n] = '\0';
	if (u->port != (strcmp(u->scheme, "http") == 0 ? 80 : 443))
		strbuf_printf(b, ":%u", u->port);
	strbuf_puts(b, u->path);
	u->normal = xstrdup(strbuf_str(b));
	return b->len <= RECORD_TEXT || too_long(err);
}

/* typed is set; s is a copy of it that is written to. */
static bool parse(struct url *u, char *s, struct err *err)
{
	struct strbuf b = { 0 };
	const char *rest = s, *port;
	if (!take_scheme(u, &rest, err))
		return false;
	struct pieces p = split(s + (rest - s));
	drop_userinfo(u, s, &p);
	if (!take_host(u, &p, &port, err))
		return false;
	strbuf_printf(&b, strchr(u->host, ':') ? "%s://[%s]" : "%s://%s", u->scheme, u->host);
	size_t host_n = b.len;
	if (port < p.path)
		strbuf_printf(&b, ":%.*s", (int)(p.path - port), port);
	if (!p.path_n)
		strbuf_putc(&b, '/');
	put_path(&b, p.path, p.path_n);
	bool good = judge(u, strbuf_str(&b), err) && finish(u, &b, host_n, p.query, err);
	strbuf_free(&b);
	return good;
}

/* What no parsing is needed for to say that it is wrong. */
static bool may_be_url(const struct strbuf *b, struct err *err)
{
	struct in6_addr a;
	const char *s = strbuf_str(b);
	if (!b->len)
		err_set(err, _("no address was given; one looks like https://www.example.org/"));
	else if (b->len > RECORD_TEXT)
		return too_long(err);
	else if (!is_utf8(s, b->len))
		err_set(err, _("the address is not UTF-8 text: type it again"));
	else if (inet_pton(AF_INET6, s, &a) == 1)
		err_set(err, _("an IPv6 address stands in brackets: [%s]"), s);
	else
		return true;
	return false;
}

bool url_parse(struct url *u, const char *text, struct err *err)
{
	struct strbuf b = { 0 };
	memset(u, 0, sizeof *u);
	tidy(&b, text);
	bool good = may_be_url(&b, err);
	if (good) {
		u->typed = xstrdup(b.s);
		good = parse(u, b.s, err);
	}
	strbuf_free(&b);
	if (!good)
		url_free(u);
	return good;
}

void url_free(struct url *u)
{
	free(u->typed);
	free(u->scheme);
	free(u->host);
	free(u->host_unicode);
	free(u->path);
	free(u->normal);
	memset(u, 0, sizeof *u);
}
