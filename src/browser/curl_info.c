/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curl_info: curl's own words in its trace. They change from version to version (seen: 7.88; the
 * others as its sources have them), so each is one row of the table below.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "browser/browser.h"
#include "browser/curl_log.h"

/* A copy of the n bytes in the record. */
static const char *copy(struct log_reader *l, const char *s, size_t n)
{
	struct strbuf b = { .cap = RECORD_TEXT };
	strbuf_add(&b, s, n);
	const char *text = record_text(l->r, strbuf_str(&b));
	strbuf_free(&b);
	return text;
}

/* The host of a URL, without brackets, user and port. */
static const char *host_of(struct log_reader *l, const char *url)
{
	const char *start = strstr(url, "://");
	start = start ? start + 3 : url;
	size_t n = strcspn(start, "/?#");
	for (const char *at; (at = memchr(start, '@', n)); start = at + 1)
		n -= (size_t)(at + 1 - start);
	if (*start == '[') {
		const char *end = memchr(start, ']', n);
		return copy(l, start + 1, end ? (size_t)(end - start - 1) : n - 1);
	}
	const char *colon = memchr(start, ':', n);
	return copy(l, start, colon ? (size_t)(colon - start) : n);
}

static struct rec_request *hop(struct log_reader *l, const char *url, uint32_t from)
{
	struct rec_request *q = record_add(l->r, REC_REQUEST, &l->request);
	if (!q)
		return NULL;
	q->page = l->page;
	q->kind = "document";
	q->method = "GET";
	q->url = url;
	q->from = from;
	q->start = l->now;
	l->lookup = l->socket = l->tried = 0;
	l->tls = l->done = l->chunked = l->head_over = false;
	l->length = -1;
	l->alpn = "";
	return q;
}

/* What the user gave may lack the scheme: then curl takes it for http. */
void curl_first(struct log_reader *l)
{
	struct rec_page *page = record_add(l->r, REC_PAGE, &l->page);
	if (!page)
		return;
	page->url = l->r->url;
	page->start = l->now;
	hop(l, l->r->url, 0);
}

/* ---- names ---- */

static struct rec_lookup *lookup(struct log_reader *l)
{
	struct rec_request *q = rec_request(l->r, l->request);
	struct rec_lookup *k = rec_lookup(l->r, l->lookup);
	if (k || !q)
		return k;
	k = record_add(l->r, REC_LOOKUP, &l->lookup);
	if (!k)
		return NULL;
	struct in6_addr a;
	k->page = l->page;
	k->host = host_of(l, q->url);
	k->how = "system";
	if (inet_pton(AF_INET, k->host, &a) == 1 || inet_pton(AF_INET6, k->host, &a) == 1)
		k->how = "literal";
	if (q->from)			/* the first begins before curl says a word */
		k->start = q->start;
	k->end = l->now;
	return k;
}

static void add_address(struct log_reader *l, const char *address)
{
	struct rec_lookup *k = lookup(l);
	size_t n = strlen(address);
	if (!k || !n)
		return;
	for (const char *p = k->addresses; (p = strstr(p, address)); p += n)
		if ((p == k->addresses || p[-1] == ',') && (!p[n] || p[n] == ','))
			return;
	struct strbuf b = { .cap = RECORD_TEXT };
	strbuf_printf(&b, "%s%s%s", k->addresses, *k->addresses ? "," : "", address);
	k->addresses = record_text(l->r, strbuf_str(&b));
	strbuf_free(&b);
}

static void unresolved(struct log_reader *l, const char *rest)
{
	struct rec_lookup *k = lookup(l);
	if (!k)
		return;
	k->host = record_text(l->r, rest);
	k->error = "Could not resolve host";
}

static void name_cached(struct log_reader *l, const char *rest)
{
	struct rec_lookup *k = lookup(l);
	if (k && strstr(rest, " was found in DNS cache"))
		k->how = "cache";
}

/* "IPv4: 203.0.113.80, 203.0.113.81", or "(none)". */
static void all_addresses(struct log_reader *l, const char *rest)
{
	while (*rest && *rest != '(') {
		size_t n = strcspn(rest, ", ");
		add_address(l, copy(l, rest, n));
		rest += n + strspn(rest + n, ", ");
	}
}

static void hsts(struct log_reader *l, const char *url, bool upgraded)
{
	struct rec_hsts *h = record_add(l->r, REC_HSTS, NULL);
	if (!h)
		return;
	h->page = l->page;
	h->host = host_of(l, url);
	h->time = l->now;
	h->listed = h->upgraded = upgraded;
	h->how = upgraded ? "learned" : "";
}

static void switched(struct log_reader *l, const char *rest)
{
	struct rec_request *q = rec_request(l->r, l->request);
	uint32_t from = l->request;
	if (!q || *q->upgraded)
		return;
	const char *url = record_text(l->r, rest);
	hsts(l, url, true);
	q->end = l->now;
	q = hop(l, url, from);
	if (q)
		q->upgraded = "hsts";
}

static void redirected(struct log_reader *l, const char *rest)
{
	struct rec_request *q = rec_request(l->r, l->request);
	const char *end = strrchr(rest, '\'');
	if (!q || !end)
		return;
	if (!q->end)
		q->end = l->now;
	hop(l, copy(l, rest, (size_t)(end - rest)), l->request);
}

/* ---- connections ---- */

/* "  Trying [2001:db8::1]:443...": older ones left the brackets away. */
static void trying(struct log_reader *l, const char *rest)
{
	const char *end = strstr(rest, "..."), *colon = end;
	while (colon && colon > rest && *colon != ':')
		colon--;
	if (!end || *colon != ':')
		return;
	struct rec_request *q = rec_request(l->r, l->request);
	if (q && !l->tried && after(q->url, "http://") && !*q->upgraded)
		hsts(l, q->url, false);
	bool bare = *rest != '[' && memchr(rest, ':', (size_t)(colon - rest));
	size_t inner = *rest == '[' && colon[-1] == ']' ? 1 : 0;
	if ((size_t)(colon - rest) <= 2 * inner)
		return;
	add_address(l, copy(l, rest + inner, (size_t)(colon - rest) - 2 * inner));
	struct rec_socket *s = record_add(l->r, REC_SOCKET, &l->tried);
	if (!s)
		return;
	struct strbuf b = { .cap = RECORD_TEXT };
	strbuf_printf(&b, "%s%.*s%s%.*s", bare ? "[" : "", (int)(colon - rest), rest, bare ? "]" : "",
		      (int)(end - colon), colon);
	s->transport = "tcp";
	s->remote = record_text(l->r, strbuf_str(&b));
	s->start = l->now;
	strbuf_free(&b);
}

/* It tells the port alone: ":49152". */
static void local_port(struct log_reader *l, const char *rest)
{
	struct rec_socket *s = rec_socket(l->r, l->tried);
	int64_t port;
	if (!s || *s->local || !take_number(&rest, &port) || port < 1 || port > 65535)
		return;
	char text[16];
	snprintf(text, sizeof text, ":%d", (int)port);
	s->local = record_text(l->r, text);
}

/* The last connection that was tried to an address, and is not yet made. */
static struct rec_socket *to_address(struct log_reader *l, const char *address, size_t n,
				     uint32_t *number)
{
	for (uint32_t i = record_count(l->r, REC_SOCKET); i; i--) {
		struct rec_socket *s = rec_socket(l->r, i);
		const char *remote = s->remote + (*s->remote == '[');
		if (s->connected || strncmp(remote, address, n) || (remote[n] != ':' && remote[n] != ']'))
			continue;
		*number = i;
		return s;
	}
	return NULL;
}

static void number_connection(struct log_reader *l, const char *rest)
{
	const char *hash = strchr(rest, '#');
	int64_t n;
	if (!hash || (hash++, !take_number(&hash, &n)) || n >= CURL_CONNECTIONS)
		return;
	l->number = (uint32_t)n;
	l->numbered[n] = l->socket;
	l->tls_of &= ~(UINT64_C(1) << n);
}

/* "HOST (ADDRESS) port N (#1)", newer: "HOST (ADDRESS port N) from LOCAL port M". */
static void connected(struct log_reader *l, const char *rest)
{
	const char *open = strstr(rest, " (");
	if (!open)
		return;
	open += 2;
	struct rec_socket *s = to_address(l, open, strcspn(open, ") "), &l->socket);
	if (!s)
		return;
	s->connected = l->now;
	s->alpn = l->alpn;
	const char *from = strstr(open, ") from "), *port = from ? strstr(from + 7, " port ") : NULL;
	int64_t n;
	if (port) {
		const char *digits = port + 6, *address = from + 7;
		bool six = memchr(address, ':', (size_t)(port - address));
		struct strbuf b = { .cap = RECORD_TEXT };
		if (take_number(&digits, &n) && n > 0 && n < 65536) {
			strbuf_printf(&b, "%s%.*s%s:%d", six ? "[" : "", (int)(port - address), address,
				      six ? "]" : "", (int)n);
			s->local = record_text(l->r, strbuf_str(&b));
		}
		strbuf_free(&b);
	} else {
		number_connection(l, open);
	}
}

/* "ADDRESS port N failed: Connection refused" */
static void not_connected(struct log_reader *l, const char *rest)
{
	const char *why = strstr(rest, " failed: ");
	uint32_t number;
	struct rec_socket *s = why ? to_address(l, rest, strcspn(rest, " "), &number) : NULL;
	if (s)
		s->error = record_text(l->r, why + 9);
}

/* "ipv4 connect timeout after 1991ms, move on!" */
static void timed_out(struct log_reader *l, const char *rest)
{
	struct rec_socket *s = rec_socket(l->r, l->tried);
	(void)rest;
	if (s && !s->connected && !*s->error)
		s->error = "Connection timed out";
}

static void reused(struct log_reader *l, const char *rest)
{
	const char *hash = strchr(rest, '#');
	int64_t n;
	if (hash && (hash++, take_number(&hash, &n)) && n < CURL_CONNECTIONS) {
		l->number = (uint32_t)n;
		l->socket = l->numbered[n];
		l->tls = l->tls_of >> n & 1;
		return;
	}
	/* Newer ones name the host alone: the last that was made. */
	for (uint32_t i = record_count(l->r, REC_SOCKET); i && !l->socket; i--)
		if (rec_socket(l->r, i)->connected)
			l->socket = i;
	l->tls = after(rest, "https:");
}

static void with_tls(struct log_reader *l, const char *rest)
{
	(void)rest;
	l->tls = true;
	l->tls_of |= UINT64_C(1) << l->number;
}

static void alpn(struct log_reader *l, const char *rest)
{
	struct rec_socket *s = rec_socket(l->r, l->socket);
	with_tls(l, rest);
	l->alpn = copy(l, rest, strcspn(rest, " \t"));
	if (s && !*s->alpn)		/* newer ones say this before they name the connection */
		s->alpn = l->alpn;
}

static void over_quic(struct log_reader *l, const char *rest)
{
	struct rec_socket *s = rec_socket(l->r, l->socket);
	with_tls(l, rest);
	if (s) {
		s->transport = "quic";
		s->alpn = "h3";
	}
}

static void stream(struct log_reader *l, const char *rest)
{
	struct rec_request *q = rec_request(l->r, l->request);
	int64_t n;
	if (q && take_number(&rest, &n) && (*rest == ' ' || after(rest, "] OPENED")))
		q->stream = (uint64_t)n;
}

/* A redirect that is not followed yet is not the end. */
static bool is_last(const struct rec_request *q)
{
	return q->status && !(q->status / 100 == 3 && *q->location);
}

static void complete(struct log_reader *l, const char *rest)
{
	struct rec_request *q = rec_request(l->r, l->request);
	if (!q || !strstr(rest, " left intact") || !q->status)
		return;
	if (!q->end)
		q->end = l->now;
	l->done = is_last(q);
}

/* "Closing connection 0": done as well, when the response was. */
static void closing(struct log_reader *l, const char *rest)
{
	struct rec_request *q = rec_request(l->r, l->request);
	(void)rest;
	l->done = q && l->head_over && is_last(q);
	if (l->done && !q->end)
		q->end = l->now;
}

static const struct {
	const char *begins;
	void (*take)(struct log_reader *l, const char *rest);
} words[] = {
	{ "  Trying ", trying },
	{ "Trying ", trying },
	{ "Local port: ", local_port },
	{ "Connected to ", connected },
	{ "Established connection to ", connected },
	{ "connect to ", not_connected },
	{ "ipv4 connect timeout", timed_out },
	{ "ipv6 connect timeout", timed_out },
	{ "Connection timed out after ", timed_out },
	{ "Re-using existing connection ", reused },
	{ "Re-using existing ", reused },
	{ "Reusing existing ", reused },
	{ "SSL connection using ", with_tls },
	{ "ALPN: server accepted ", alpn },
	{ "ALPN, server accepted to use ", alpn },
	{ "using HTTP/3", over_quic },
	{ "Using HTTP/3", over_quic },
	{ "Using Stream ID: ", stream },
	{ "[HTTP/2] [", stream },
	{ "[HTTP/3] [", stream },
	{ "Could not resolve host: ", unresolved },
	{ "Hostname ", name_cached },
	{ "IPv4: ", all_addresses },
	{ "IPv6: ", all_addresses },
	{ "Switched from HTTP to HTTPS due to HSTS => ", switched },
	{ "Issue another request to this URL: '", redirected },
	{ "Connection #", complete },
	{ "Closing connection", closing },
	{ "shutting down connection", closing },
};

void curl_info(struct log_reader *l, const char *text)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const char *rest = after(text, words[i].begins);
		if (!rest)
			continue;
		words[i].take(l, rest);
		return;
	}
}
