/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http1_head: reads the head of a message (RFC 9112 sections 2 to 6): start line, header fields,
 * and how the body is framed. Nothing is shown here.
 */
#include "http1.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

const struct field http_fields[HTTP_FIELDS] = {
#define FIELD(id, name, label, type, mask, names, help) \
	[id] = { name, label, type, mask, names, help },
#include "http1_fields.def"
#undef FIELD
};

/* In the order of the alphabet. */
static const struct header_kind header_kinds[] = {
	{ "accept", HTTP_ACCEPT, 0, USE_NONE },
	{ "accept-encoding", HTTP_ACCEPT_ENCODING, 0, USE_NONE },
	{ "accept-language", HTTP_ACCEPT_LANGUAGE, 0, USE_NONE },
	{ "alt-svc", HTTP_ALT_SVC, HDR_ALT_SVC, USE_NONE },
	{ "authorization", HTTP_AUTHORIZATION, 0, USE_NONE },
	{ "cache-control", HTTP_CACHE_CONTROL, 0, USE_NONE },
	{ "connection", HTTP_CONNECTION, 0, USE_NONE },
	{ "content-encoding", HTTP_CONTENT_ENCODING, HDR_CONTENT_ENCODING, USE_CONTENT_CODING },
	{ "content-length", HTTP_CONTENT_LENGTH_HEADER, 0, USE_LENGTH },
	{ "content-type", HTTP_CONTENT_TYPE, 0, USE_TYPE },
	{ "cookie", HTTP_COOKIE, 0, USE_COOKIE },
	{ "date", HTTP_DATE, 0, USE_NONE },
	{ "host", HTTP_HOST, HDR_HOST, USE_HOST },
	{ "http2-settings", HTTP_HTTP2_SETTINGS, 0, USE_NONE },
	{ "last-modified", HTTP_LAST_MODIFIED, 0, USE_NONE },
	{ "location", HTTP_LOCATION, HDR_LOCATION, USE_NONE },
	{ "proxy-authenticate", HTTP_PROXY_AUTHENTICATE, 0, USE_NONE },
	{ "proxy-authorization", HTTP_PROXY_AUTHORIZATION, 0, USE_NONE },
	{ "referer", HTTP_REFERER, 0, USE_NONE },
	{ "sec-websocket-accept", HTTP_WS_ACCEPT, 0, USE_NONE },
	{ "sec-websocket-extensions", HTTP_WS_EXTENSIONS, 0, USE_NONE },
	{ "sec-websocket-key", HTTP_WS_KEY, 0, USE_NONE },
	{ "sec-websocket-protocol", HTTP_WS_PROTOCOL, 0, USE_NONE },
	{ "sec-websocket-version", HTTP_WS_VERSION, 0, USE_NONE },
	{ "server", HTTP_SERVER, HDR_SERVER, USE_NONE },
	{ "set-cookie", HTTP_SET_COOKIE, 0, USE_NONE },
	{ "strict-transport-security", HTTP_HSTS, HDR_HSTS, USE_NONE },
	{ "transfer-encoding", HTTP_TRANSFER_ENCODING, 0, USE_CODING },
	{ "upgrade", HTTP_UPGRADE, 0, USE_NONE },
	{ "user-agent", HTTP_USER_AGENT, HDR_USER_AGENT, USE_NONE },
	{ "www-authenticate", HTTP_WWW_AUTHENTICATE, 0, USE_NONE },
	{ "x-forwarded-for", HTTP_X_FORWARDED_FOR, 0, USE_NONE },
};

/* Methods of RFC 9110, WebDAV, UPnP and a few others: enough to know the beginning of a line. */
static const char *const methods[] = {
	"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
	"LINK", "UNLINK", "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK",
	"POLL",
	"BCOPY", "BDELETE", "BMOVE", "BPROPFIND", "BPROPPATCH", "SEARCH", "REPORT", "ACL", "MERGE",
	"VERSION-CONTROL", "CHECKOUT", "CHECKIN", "UNCHECKOUT", "MKWORKSPACE", "UPDATE", "LABEL",
	"BASELINE-CONTROL", "MKACTIVITY", "ORDERPATCH", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE",
	"M-SEARCH", "RPC_CONNECT", "RPC_IN_DATA", "RPC_OUT_DATA", "CCM_POST", "BITS_POST",
	"SSTP_DUPLEX_POST",
};

const struct header_kind *http_header_kind(struct slice name)
{
	char first = (char)(name.n ? tolower(name.p[0]) : 0);
	for (size_t i = 0; i < sizeof header_kinds / sizeof header_kinds[0]; i++) {
		const struct header_kind *kind = &header_kinds[i];
		if (kind->name[0] == first && http_is(name, kind->name))
			return kind;
		if (kind->name[0] > first)
			break;
	}
	return NULL;
}

/* ---- lines ---- */

bool http_line(struct cursor *c, struct cursor *line)
{
	const uint8_t *p = cur_peek(c, cur_left(c));
	const uint8_t *lf = p ? memchr(p, '\n', cur_left(c)) : NULL;
	if (!lf)
		return false;
	*line = cur_sub(c, (size_t)(lf - p) + 1);
	return true;
}

static struct slice slice_of(const struct cursor *c)
{
	return (struct slice){ c->pos, cur_left(c) };
}

struct slice http_text(struct cursor line)
{
	struct slice s = slice_of(&line);
	if (s.n && s.p[s.n - 1] == '\n')
		s.n--;
	if (s.n && s.p[s.n - 1] == '\r')
		s.n--;
	return s;
}

static bool space(uint8_t b)
{
	return b == ' ' || b == '\t';
}

struct slice http_trim(struct slice s)
{
	while (s.n && space(s.p[0]))
		s = (struct slice){ s.p + 1, s.n - 1 };
	while (s.n && (space(s.p[s.n - 1]) || s.p[s.n - 1] == '\r' || s.p[s.n - 1] == '\n'))
		s.n--;
	return s;
}

bool http_is(struct slice s, const char *lower_case)
{
	size_t n = strlen(lower_case);
	return s.n == n && strncasecmp((const char *)s.p, lower_case, n) == 0;
}

/* Splits s at the first `by`: what is in front of it; s becomes what is behind it. */
static struct slice split(struct slice *s, uint8_t by)
{
	const uint8_t *at = s->n ? memchr(s->p, by, s->n) : NULL;
	struct slice front = *s;
	if (!at) {
		*s = (struct slice){ s->p + s->n, 0 };
		return front;
	}
	front.n = (size_t)(at - s->p);
	*s = (struct slice){ at + 1, s->n - front.n - 1 };
	return front;
}

/* ---- the start line ---- */

/* RFC 9110 section 5.6.2 */
static bool token(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isalnum(s.p[i]) && !memchr("!#$%&'*+-.^_`|~", s.p[i], 15))
			return false;
	return s.n > 0;
}

static bool starts(struct slice s, const char *with)
{
	size_t n = strlen(with);
	return s.n >= n && memcmp(s.p, with, n) == 0;
}

/* "HTTP/1.1" is 11, "HTTP/1.0" is 10, something else 0. HTTP/2 has no start lines. */
static uint8_t version_of(struct slice s)
{
	if (s.n != 8 || !starts(s, "HTTP/") || s.p[6] != '.' || !isdigit(s.p[7]))
		return 0;
	return s.p[5] == '1' ? (s.p[7] == '0' ? 10 : 11) : s.p[5] == '0' ? 9 : 0;
}

static bool method_known(struct slice s)
{
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
		if (s.n == strlen(methods[i]) && starts(s, methods[i]))
			return true;
	return false;
}

static enum http_start status_line(struct slice line, struct http_head *h)
{
	struct slice rest = line;
	h->version_text = split(&rest, ' ');
	h->version = version_of(h->version_text);
	rest = http_trim(rest);
	h->code = split(&rest, ' ');
	bool digits = h->code.n >= 3;
	for (size_t i = 0; i < 3 && digits; i++) {
		digits = isdigit(h->code.p[i]);
		h->status = (uint16_t)(h->status * 10 + h->code.p[i] - '0');
	}
	if (!digits)
		h->status = 0;
	/* SHOUTcast says ICY; a wrong version with a status behind it is a response all the same */
	if (!h->version && !(digits && (starts(line, "ICY ") || starts(line, "HTTP/1."))))
		return START_NO;
	h->reason = rest;
	h->request = false;
	return START_RESPONSE;
}

static enum http_start request_line(struct slice line, struct http_head *h)
{
	struct slice rest = line, tail = line;
	h->method = split(&rest, ' ');
	bool known = method_known(h->method);
	if (!token(h->method) || h->method.n < 3 || rest.p == line.p + line.n)
		return START_NO;
	while (tail.n && tail.p[tail.n - 1] != ' ')
		tail.n--;
	h->version_text = (struct slice){ line.p + tail.n, line.n - tail.n };
	h->version = version_of(http_trim(h->version_text));
	h->request = true;
	if (h->version) {
		size_t n = (size_t)(h->version_text.p - rest.p);
		h->target = http_trim((struct slice){ rest.p, n ? n - 1 : 0 });
		return START_REQUEST;
	}
	h->version = 9;		/* HTTP/0.9: a method and a path, no more */
	h->version_text = (struct slice){ line.p + line.n, 0 };
	h->target = http_trim(rest);
	bool path = starts(rest, "/") && !memchr(h->target.p, ' ', h->target.n);
	return known && path ? START_REQUEST : START_NO;
}

/* The beginning of a line: a version, or a method that is known and a blank, is enough. */
static enum http_start partial_line(struct slice line)
{
	static const char version[] = "HTTP/";
	struct slice rest = line, word = split(&rest, ' ');
	if (!memcmp(line.p, version, line.n < 5 ? line.n : 5)) {
		if (line.n < 7)
			return START_MORE;
		return line.p[5] <= '1' && line.p[6] == '.' ? START_RESPONSE : START_NO;
	}
	if (!token(word) || word.n > 20)
		return START_NO;
	if (line.n < word.n + 2 || *rest.p == ' ')
		return START_MORE;
	return method_known(word) ? START_REQUEST : START_MORE;
}

enum http_start http_start_line(struct slice line, bool complete, struct http_head *head)
{
	if (!complete)
		return line.n ? partial_line(line) : START_MORE;
	head->start = line;
	head->status = 0;
	if (starts(line, "HTTP/") || starts(line, "ICY "))
		return status_line(line, head);
	return request_line(line, head);
}

static void skip_empty_lines(struct cursor *c)
{
	for (unsigned i = 0; i < 4; i++) {
		const uint8_t *p = cur_peek(c, 1);
		if (!p || (*p != '\r' && *p != '\n'))
			return;
		cur_skip(c, 1);
	}
}

enum http_start http_begins(struct cursor c)
{
	struct http_head head = { 0 };
	struct cursor line;
	skip_empty_lines(&c);
	if (http_line(&c, &line))
		return http_start_line(http_text(line), true, &head);
	return http_start_line(slice_of(&c), false, &head);
}

/* ---- the head ---- */

size_t http_head_find(struct cursor c, uint32_t *scanned)
{
	struct cursor all = c, line;
	bool first = true;
	skip_empty_lines(&c);
	if (*scanned > cur_off(&c) - cur_off(&all) && *scanned < cur_left(&all)) {
		cur_skip(&c, *scanned - (cur_off(&c) - cur_off(&all)));
		first = false;
	}
	while (http_line(&c, &line)) {
		if (!http_text(line).n && !first)
			return cur_off(&c) - cur_off(&all);
		first = false;
		*scanned = cur_off(&c) - cur_off(&all);
	}
	return 0;
}

/* Behind a line with LF: does the next one continue it? */
static bool continues(const struct cursor *c)
{
	const uint8_t *p = cur_peek(c, 1);
	return p && space(*p);
}

bool http_header(struct cursor *c, struct cursor *whole, struct slice *name, struct slice *value)
{
	struct cursor begin = *c, line, more;
	if (!http_line(c, &line) || !http_text(line).n) {
		*c = begin;
		return false;
	}
	while (continues(c) && http_line(c, &more))
		;
	*whole = cur_sub(&begin, cur_off(c) - cur_off(&begin));
	struct slice rest = http_text(*whole);
	*name = split(&rest, ':');
	*value = http_trim(rest);
	return true;
}

/* RFC 9110 section 8.6: digits; the same number several times, with commas, counts as one. */
static void read_length(struct http_head *h, struct slice value)
{
	while (value.n) {
		struct slice one = http_trim(split(&value, ','));
		uint64_t n = 0;
		for (size_t i = 0; i < one.n; i++) {
			if (!isdigit(one.p[i]) || n > (UINT64_MAX >> 1) / 10) {
				h->odd = true;
				return;
			}
			n = n * 10 + one.p[i] - '0';
		}
		if (!one.n || (h->has_length && n != h->length))
			h->odd = true;
		if (one.n) {
			h->has_length = true;
			h->length = n;
		}
	}
}

/* RFC 9112 section 6.1: the last coding counts; only chunked tells where the body ends. */
static void read_coding(struct http_head *h, struct slice value)
{
	while (value.n) {
		struct slice one = http_trim(split(&value, ','));
		one = http_trim(split(&one, ';'));
		if (!one.n || http_is(one, "identity"))
			continue;
		h->chunked = http_is(one, "chunked");
		h->coded = !h->chunked;
	}
}

static void read_header(struct http_head *h, struct slice name, struct slice value)
{
	const struct header_kind *kind = http_header_kind(name);
	switch (kind ? (enum header_use)kind->use : USE_NONE) {
	case USE_LENGTH: read_length(h, value); break;
	case USE_CODING: read_coding(h, value); break;
	case USE_HOST:
		if (!h->host.n)
			h->host = value;
		break;
	case USE_TYPE: h->type = value; break;
	case USE_CONTENT_CODING: h->content_coded = value.n && !http_is(value, "identity"); break;
	case USE_NONE: case USE_COOKIE: break;
	}
}

bool http_head_read(struct cursor c, struct http_head *h)
{
	struct cursor line, whole;
	struct slice name, value;
	*h = (struct http_head){ 0 };
	skip_empty_lines(&c);
	if (!http_line(&c, &line) || http_start_line(http_text(line), true, h) <= START_MORE)
		return false;
	while (http_header(&c, &whole, &name, &value)) {
		if (token(name))
			read_header(h, name, value);
		else
			h->odd = true;
	}
	return true;
}
