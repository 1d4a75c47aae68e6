/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http1_show: what is shown of a head, and what the story is told of it. */
#include "http1.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static struct range at(const struct cursor *c, struct slice s)
{
	return range_of(c, (uint32_t)(s.p - c->base), (uint32_t)s.n);
}

static void put_slice(struct dissect *d, const struct cursor *c, enum http_field f, struct slice s)
{
	put_text(d, &http_fields[f], at(c, s), s.p, s.n);
}

static bool over_tls(const struct dissect *d)
{
	for (unsigned i = 0; i < d->n_layers; i++)
		if (!strcmp(d->layers[i].protocol->name, "tls"))
			return true;
	return false;
}

/* ---- the URL ---- */

enum { URL_MAX = 8192 };
struct url { char s[URL_MAX]; size_t n; };

static void url_byte(struct url *u, uint8_t b)
{
	static const char hex[] = "0123456789ABCDEF";
	if (u->n + 3 > URL_MAX)
		return;
	if (b > 0x20 && b < 0x7f) {
		u->s[u->n++] = (char)b;
		return;
	}
	u->s[u->n++] = '%';
	u->s[u->n++] = hex[b >> 4];
	u->s[u->n++] = hex[b & 15];
}

static void url_add(struct url *u, const void *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		url_byte(u, ((const uint8_t *)s)[i]);
}

/* Host names know no case (RFC 3986 section 3.2.2); the scheme's own port is left away. */
static void url_host(struct url *u, struct slice host, const char *own_port)
{
	size_t n = strlen(own_port);
	if (host.n > n && !memcmp(host.p + host.n - n, own_port, n))
		host.n -= n;
	for (size_t i = 0; i < host.n; i++)
		url_byte(u, (uint8_t)tolower(host.p[i]));
}

static void url_address(struct dissect *d, struct url *u, bool tls)
{
	const char *text = ip_text(d, d->dst.bytes, d->dst.len);
	bool v6 = d->dst.len == 16;
	char port[8];
	url_add(u, "[", v6);
	url_add(u, text, strlen(text));
	url_add(u, "]", v6);
	snprintf(port, sizeof port, ":%u", d->dport);
	if (d->dport != (tls ? 443 : 80))
		url_add(u, port, strlen(port));
}

static bool absolute(struct slice target)
{
	return (target.n > 7 && !memcmp(target.p, "http://", 7))
		|| (target.n > 8 && !memcmp(target.p, "https://", 8));
}

static void url_make(struct dissect *d, const struct http_head *h, struct url *u)
{
	bool tls = over_tls(d);
	u->n = 0;
	if (absolute(h->target) || http_is(h->method, "connect")) {
		url_add(u, h->target.p, h->target.n);
		return;
	}
	url_add(u, tls ? "https://" : "http://", tls ? 8 : 7);
	if (h->host.n)
		url_host(u, h->host, tls ? ":443" : ":80");
	else
		url_address(d, u, tls);
	if (!h->target.n || h->target.p[0] != '*')
		url_add(u, h->target.p, h->target.n);
}

/* ---- fields ---- */

static void show_parameters(struct dissect *d, const struct cursor *c, struct slice query)
{
	for (unsigned i = 0; query.n && i < 1000; i++) {
		const uint8_t *amp = memchr(query.p, '&', query.n);
		size_t n = amp ? (size_t)(amp - query.p) : query.n;
		put_slice(d, c, HTTP_URI_PARAMETER, (struct slice){ query.p, n });
		n += amp != NULL;
		query = (struct slice){ query.p + n, query.n - n };
	}
}

static void show_target(struct dissect *d, const struct cursor *c, struct slice target)
{
	put_slice(d, c, HTTP_URI, target);
	const uint8_t *mark = target.n ? memchr(target.p, '?', target.n) : NULL;
	if (!mark)
		return;
	struct slice path = { target.p, (size_t)(mark - target.p) };
	struct slice query = { mark + 1, target.n - path.n - 1 };
	tree_in(d);
	put_slice(d, c, HTTP_URI_PATH, path);
	put_slice(d, c, HTTP_URI_QUERY, query);
	tree_in(d);
	show_parameters(d, c, query);
	tree_out(d);
	tree_out(d);
}

static void show_start(struct dissect *d, struct cursor *c, const struct http_head *h)
{
	struct cursor line;
	for (const uint8_t *p = cur_peek(c, 1); p && p < h->start.p; p = cur_peek(c, 1))
		cur_skip(c, 1);
	uint32_t t = tree_open(d, c, &http_fields[HTTP_START]);
	(void)http_line(c, &line);
	tree_text(d, t, "%s", text_of(d, h->start.p, h->start.n));
	if (h->request) {
		put_slice(d, c, HTTP_METHOD, h->method);
		show_target(d, c, h->target);
		if (h->version_text.n)
			put_slice(d, c, HTTP_REQUEST_VERSION, h->version_text);
	} else {
		put_slice(d, c, HTTP_RESPONSE_VERSION, h->version_text);
		put_uint(d, &http_fields[HTTP_CODE], at(c, h->code), h->status);
		if (h->reason.n)
			put_slice(d, c, HTTP_PHRASE, h->reason);
	}
	tree_close(d, c, t);
}

static void show_cookies(struct dissect *d, const struct cursor *c, struct slice value)
{
	for (unsigned i = 0; value.n && i < 1000; i++) {
		const uint8_t *end = memchr(value.p, ';', value.n);
		size_t n = end ? (size_t)(end - value.p) : value.n;
		put_slice(d, c, HTTP_COOKIE_PAIR, http_trim((struct slice){ value.p, n }));
		n += end != NULL;
		value = (struct slice){ value.p + n, value.n - n };
	}
}

static void show_header(struct dissect *d, const struct cursor *whole, const struct http_head *h,
			struct slice name, struct slice value)
{
	const struct header_kind *kind = http_header_kind(name);
	struct slice line = { whole->pos, cur_left(whole) };
	put_slice(d, whole, h->request ? HTTP_REQUEST_LINE : HTTP_RESPONSE_LINE, line);
	tree_in(d);
	if (kind)
		put_slice(d, whole, (enum http_field)kind->field, value);
	else
		put_slice(d, whole, HTTP_UNKNOWN, http_text(*whole));
	tree_in(d);
	if (kind && kind->use == USE_LENGTH && h->has_length)
		put_uint(d, &http_fields[HTTP_CONTENT_LENGTH], at(whole, value), h->length);
	if (kind && kind->use == USE_COOKIE)
		show_cookies(d, whole, value);
	tree_out(d);
	tree_out(d);
}

void http_show(struct dissect *d, struct cursor *c, const struct http_head *h)
{
	struct cursor whole, line;
	struct slice name, value;
	if (!want_fields(d)) {
		cur_skip(c, cur_left(c));
		return;
	}
	show_start(d, c, h);
	for (unsigned n = 0; http_header(c, &whole, &name, &value); n++) {
		if (n == HTTP_HEADERS_MAX)
			note(d, NOTE_LIMIT);
		if (n < HTTP_HEADERS_MAX)
			show_header(d, &whole, h, name, value);
	}
	uint32_t end = tree_open(d, c, &http_fields[HTTP_HEAD_END]);
	(void)http_line(c, &line);
	tree_close(d, c, end);
	const struct field *which = &http_fields[h->request ? HTTP_REQUEST : HTTP_RESPONSE];
	put_uint(d, which, (struct range){ 0 }, 1);
	if (h->request) {
		struct url u;
		url_make(d, h, &u);
		put_text(d, &http_fields[HTTP_FULL_URI], (struct range){ 0 }, u.s, u.n);
	}
}

/* "text/html" of "text/html; charset=utf-8" */
static struct slice media_type(const struct http_head *h)
{
	struct slice s = h->type;
	const uint8_t *end = s.n ? memchr(s.p, ';', s.n) : NULL;
	if (end)
		s.n = (size_t)(end - s.p);
	return http_trim(s);
}

void http_show_info(struct dissect *d, const struct http_head *h, bool body)
{
	if (!want_info(d))
		return;
	struct slice type = media_type(h);
	const char *start = text_of(d, h->start.p, h->start.n);
	if (body && type.n)
		info_add(d, "%s  (%s)", start, text_of(d, type.p, type.n));
	else
		info_add(d, "%s", start);
}

/* ---- the story ---- */

enum { TELL_HEADERS = 32, TELL_VALUE = 4096 };

static bool printable(uint8_t b)
{
	return b >= 0x20 && b < 0x7f;
}

static void tell_header(struct dissect *d, const struct header_kind *kind, struct slice value)
{
	struct url clean;
	clean.n = 0;
	size_t n = value.n < TELL_VALUE ? value.n : TELL_VALUE;
	if (kind->tell == HDR_LOCATION) {	/* a URL: the story shows it as one */
		url_add(&clean, value.p, n);
	} else {
		for (size_t i = 0; i < n; i++)
			clean.s[clean.n++] = printable(value.p[i]) ? (char)value.p[i] : '?';
	}
	emit(d, EV_HTTP_HEADER, kind->tell, intern(d, clean.s, clean.n));
}

void http_tell(struct dissect *d, struct cursor c, const struct http_head *h)
{
	struct cursor whole;
	struct slice name, value, type = media_type(h);
	uint32_t bytes = (uint32_t)cur_left(&c);
	unsigned told = 0;
	for (const uint8_t *p = cur_peek(&c, 1); p && p <= h->start.p; p = cur_peek(&c, 1))
		if (!http_line(&c, &whole))
			break;
	while (told < TELL_HEADERS && http_header(&c, &whole, &name, &value)) {
		const struct header_kind *kind = http_header_kind(name);
		if (!kind || !kind->tell)
			continue;
		tell_header(d, kind, value);
		told++;
	}
	if (h->request) {
		struct url u;
		url_make(d, h, &u);
		emit_c(d, EV_HTTP_REQUEST, intern(d, h->method.p, h->method.n), intern(d, u.s, u.n),
		       h->version);
	} else {
		char lower[128];
		size_t n = 0;
		for (; n < type.n && n < sizeof lower; n++)
			lower[n] = printable(type.p[n]) ? (char)tolower(type.p[n]) : '?';
		emit_c(d, EV_HTTP_RESPONSE, h->status, intern(d, lower, n), h->version);
	}
	emit(d, EV_HTTP_HEAD, bytes, 0);
}
