/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mozlog_net: what Firefox's log tells of connections and of names. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "browser/mozlog.h"

/* The address behind "this=" and the like: its start in the text, and its length; NULL none. */
static const char *object(const char *text, const char *key, size_t *n)
{
	const char *p = strstr(text, key);
	if (!p)
		return NULL;
	p += strlen(key);
	*n = strspn(p, "0123456789abcdef");
	return *n ? p : NULL;
}

uint32_t moz_get_in(struct log_reader *l, enum moz_kind kind, const char *text, const char *key)
{
	size_t n;
	const char *p = object(text, key, &n);
	return p ? moz_get(l, kind, p, n) : 0;
}

void moz_set_in(struct log_reader *l, enum moz_kind kind, const char *text, const char *key,
		uint32_t value)
{
	size_t n;
	const char *p = object(text, key, &n);
	if (p)
		moz_set(l, kind, p, n, value);
}

const char *moz_error(struct log_reader *l, const char *code)
{
	static const struct { const char *code, *name; } names[] = {
		{ "804b0002", "NS_BINDING_ABORTED" }, { "804b0003", "NS_BINDING_REDIRECTED" },
		{ "804b000d", "NS_ERROR_CONNECTION_REFUSED" }, { "804b000e", "NS_ERROR_NET_TIMEOUT" },
		{ "804b0010", "NS_ERROR_OFFLINE" }, { "804b0014", "NS_ERROR_NET_RESET" },
		{ "804b001e", "NS_ERROR_UNKNOWN_HOST" }, { "804b0047", "NS_ERROR_NET_INTERRUPT" },
		{ "805a1ff3", "SEC_ERROR_UNKNOWN_ISSUER" }, { "805a1ff5", "SEC_ERROR_EXPIRED_CERTIFICATE" },
		{ "805a2ff4", "SSL_ERROR_BAD_CERT_DOMAIN" },
		{ "805a3ff2", "MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT" },
	};
	size_t n = strspn(code, "0123456789abcdefABCDEF");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (n == 8 && !strncasecmp(code, names[i].code, 8))
			return names[i].name;
	return moz_copy(l, code, n);
}

/* ---- sockets ---- */

static uint32_t socket_new(struct log_reader *l, const char *rest, uint16_t port)
{
	uint32_t number;
	struct rec_socket *s = record_add(l->r, REC_SOCKET, &number);
	if (!s)
		return 0;
	s->transport = "tcp";
	s->start = l->now;
	moz_set_in(l, MOZ_TRANSPORT, rest, "this=", number);
	l->ports = xrealloc(l->ports, (number + 1) * sizeof *l->ports);
	while (l->n_ports <= number)
		l->ports[l->n_ports++] = 0;
	l->ports[number] = port;
	return number;
}

/* "[this=S host=www.lab.test:80 origin=...": the port is told here, the address later. */
void moz_transport_new(struct log_reader *l, const char *rest)
{
	const char *host = strstr(rest, "host="), *end = host ? strchr(host, ' ') : NULL;
	int64_t port = 0;
	while (end && end > host && *end != ':')
		end--;
	if (end && *end++ == ':' && (!take_number(&end, &port) || port > 65535))
		port = 0;
	socket_new(l, rest, (uint16_t)port);
}

/* After a failure it goes on to the next address: that is another socket. */
void moz_transport_begins(struct log_reader *l, const char *rest)
{
	uint32_t number = moz_get_in(l, MOZ_TRANSPORT, rest, "this=");
	const struct rec_socket *s = rec_socket(l->r, number);
	if (s && *s->error && *s->remote && number < l->n_ports)
		number = socket_new(l, rest, l->ports[number]);
	l->t->socket = number;
}

void moz_transport_tries(struct log_reader *l, const char *rest)
{
	struct rec_socket *s = rec_socket(l->r, l->t->socket);
	if (!s || l->t->socket >= l->n_ports || *s->remote)
		return;
	struct strbuf b = { .cap = RECORD_TEXT };
	bool six = strchr(rest, ':');
	strbuf_printf(&b, "%s%s%s:%d", six ? "[" : "", rest, six ? "]" : "", l->ports[l->t->socket]);
	s->remote = record_text(l->r, strbuf_str(&b));
	s->start = l->now;
	strbuf_free(&b);
}

void moz_transport_status(struct log_reader *l, const char *rest)
{
	struct rec_socket *s = rec_socket(l->r, moz_get_in(l, MOZ_TRANSPORT, rest, "this="));
	if (s && !s->connected && strstr(rest, "status=4b0004]"))
		s->connected = l->now;
}

void moz_transport_failed(struct log_reader *l, const char *rest)
{
	struct rec_socket *s = rec_socket(l->r, moz_get_in(l, MOZ_TRANSPORT, rest, "this="));
	const char *cond = strstr(rest, "cond=");
	if (!s || !cond || s->connected || *s->error)
		return;
	s->error = moz_error(l, cond + 5);
}

/*
 * The transport is named here by another of its bases, some words behind its start: by how many
 * depends on the version, so the nearest start before it is taken.
 */
void moz_connection_new(struct log_reader *l, const char *rest)
{
	enum { REACH = 0x100 };
	size_t n;
	const char *p = object(rest, "sockettransport=", &n);
	uint64_t address = p ? strtoull(p, NULL, 16) : 0;
	uint32_t number = 0;
	for (uint64_t off = 0; off <= REACH && off < address && !number; off += sizeof(uint64_t)) {
		char name[32];
		snprintf(name, sizeof name, "%" PRIx64, address - off);
		number = moz_get(l, MOZ_TRANSPORT, name, strlen(name));
	}
	moz_set_in(l, MOZ_CONNECTION, rest, "this=", number);
}

/* HTTP/3: the connection is its own transport. */
void moz_connection_udp(struct log_reader *l, const char *rest)
{
	uint32_t number = socket_new(l, "", 0);
	struct rec_socket *s = rec_socket(l->r, number);
	l->t->socket = number;
	moz_set_in(l, MOZ_CONNECTION, rest, "this=", number);
	if (s)
		s->transport = "quic";
}

/* "origin=h3.lab.test, alpn=h3, selfAddr=0.0.0.0, peerAddr=203.0.113.84, ...": without ports. */
void moz_session_udp(struct log_reader *l, const char *rest)
{
	struct rec_socket *s = rec_socket(l->r, l->t->socket);
	if (!s || strcmp(s->transport, "quic") || *s->remote)
		return;
	s->alpn = moz_value(l, rest, "alpn=", ",");
	s->remote = moz_value(l, rest, "peerAddr=", ", ");
}

/* The first request on it tells the port. */
void moz_port_udp(struct log_reader *l, uint32_t socket, const char *url)
{
	struct rec_socket *s = rec_socket(l->r, socket);
	if (!s || socket >= l->n_ports || l->ports[socket] || !*s->remote)
		return;
	const char *host = strstr(url, "://");
	host = host ? host + 3 : url;
	const char *end = host + strcspn(host, "/?#"), *colon = end;
	while (colon > host && *colon != ':' && *colon != ']')
		colon--;
	int64_t port = 0;
	if (*colon++ != ':' || !take_number(&colon, &port) || port < 1 || port > 65535)
		port = 443;
	struct strbuf b = { .cap = RECORD_TEXT };
	bool six = strchr(s->remote, ':');
	l->ports[socket] = (uint16_t)port;
	strbuf_printf(&b, "%s%s%s:%d", six ? "[" : "", s->remote, six ? "]" : "", (int)port);
	s->remote = record_text(l->r, strbuf_str(&b));
	strbuf_free(&b);
}

/* ---- names ---- */

/* "host [www.lab.test]...": the name, as text of the record. */
static const char *bracketed(struct log_reader *l, const char *rest)
{
	return moz_value(l, rest, "[", "]");
}

/* The page whose requests go to this host. */
static uint32_t page_of(struct log_reader *l, const char *host)
{
	size_t n = strlen(host);
	for (uint32_t i = record_count(l->r, REC_REQUEST); i; i--) {
		const struct rec_request *q = rec_request(l->r, i);
		const char *p = strstr(q->url, "://");
		if (p && !strncmp(p + 3, host, n) && (!p[3 + n] || strchr("/:?#", p[3 + n])))
			return q->page;
	}
	return 0;
}

void moz_resolve(struct log_reader *l, const char *rest)
{
	l->t->addresses = strstr(rest, " type 0.");
}

void moz_name_cached(struct log_reader *l, const char *rest)
{
	const char *host = bracketed(l, rest);
	size_t n = strlen(host);
	if (!l->t->addresses || !n || moz_get(l, MOZ_CACHED, host, n))
		return;
	moz_set(l, MOZ_CACHED, host, n, 1);
	struct rec_lookup *k = record_add(l->r, REC_LOOKUP, NULL);
	if (!k)
		return;
	k->host = host;
	k->how = "cache";
	k->start = k->end = l->now;
	k->page = page_of(l, host);
}

void moz_ask(struct log_reader *l, const char *rest)
{
	(void)rest;
	l->t->asked = l->now;
	l->t->lookup = 0;
}

void moz_ask_by_type(struct log_reader *l, const char *rest)
{
	(void)rest;
	l->t->asked = 0;
}

/* "host [www.lab.test]: success." or "failure: unknown host." */
void moz_answered(struct log_reader *l, const char *rest)
{
	struct rec_lookup *k;
	if (!l->t->asked || !(k = record_add(l->r, REC_LOOKUP, &l->t->lookup)))
		return;
	k->host = bracketed(l, rest);
	k->how = "system";
	k->start = l->t->asked;
	k->end = l->now;
	k->page = page_of(l, k->host);
	k->error = moz_value(l, rest, "]: failure: ", ".");
	l->t->asked = 0;
}

/* "CompleteLookup: www.lab.test has 203.0.113.80" */
void moz_address(struct log_reader *l, const char *rest)
{
	struct rec_lookup *k = rec_lookup(l->r, l->t->lookup);
	const char *p = strstr(rest, " has ");
	size_t n = k ? strlen(k->host) : 0;
	if (!k || !p || (size_t)(p - rest) != n || memcmp(rest, k->host, n))
		return;
	if (!strcmp(p, " has NO address"))
		return;
	struct strbuf b = { .cap = RECORD_TEXT };
	strbuf_printf(&b, "%s%s%s", k->addresses, *k->addresses ? "," : "", p + 5);
	k->addresses = record_text(l->r, strbuf_str(&b));
	strbuf_free(&b);
}
