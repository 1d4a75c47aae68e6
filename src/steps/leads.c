/* SPDX-License-Identifier: GPL-3.0-or-later */
/* leads: what is told by a flow's ports, names and fate about whether it can lead to a page. */
#include <arpa/inet.h>
#include <string.h>

#include "record/record.h"
#include "steps/own.h"

/* Ports of web servers, registered (IANA) or in wide use. */
static bool web_port(uint16_t port)
{
	static const uint16_t ports[] = { 80, 443, 8000, 8008, 8080, 8081, 8443, 8888 };
	for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
		if (ports[i] == port)
			return true;
	return false;
}

/* Ports of other services, with TLS or without: no page comes from there. */
static bool other_port(uint16_t port)
{
	static const uint16_t ports[] = { 20, 21, 22, 23, 25, 53, 88, 110, 111, 113, 119, 135, 139,
		143, 179, 389, 445, 465, 514, 543, 544, 563, 587, 631, 636, 853, 873, 989, 990,
		992, 993, 994, 995, 1080, 1433, 1521, 1723, 1883, 2049, 3306, 3389, 5060, 5061,
		5222, 5223, 5228, 5269, 5432, 5900, 6379, 6667, 6697, 8883, 9418 };
	for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
		if (ports[i] == port)
			return true;
	return false;
}

uint32_t server_address(const struct steps *st, uint32_t flow)
{
	const struct conn *c = session_conn(st->s, flow);
	return c ? c->addr[!(c->client & 1)] : 0;
}

uint16_t server_port(const struct steps *st, uint32_t flow)
{
	const struct conn *c = session_conn(st->s, flow);
	return c ? c->port[!(c->client & 1)] : 0;
}

uint32_t flow_frame(const struct steps *st, uint32_t flow)
{
	const struct track *t = track_at(st, flow);
	return !t ? 0 : before(t->first[0], t->first[1]) ? t->first[0] : t->first[1];
}

static bool speaks_http(const struct steps *st, const struct track *t)
{
	size_t n;
	const char *s = session_string(st->s, t->alpn ? t->alpn : t->alpn_offer, &n);
	return n >= 2 && (!memcmp(s, "h2", 2) || !memcmp(s, "h3", 2) ||
			  (n >= 4 && !memcmp(s, "http", 4)));
}

/* Can a page come over this flow? */
bool web_flow(const struct steps *st, uint32_t flow)
{
	const struct track *t = track_at(st, flow);
	uint16_t port = server_port(st, flow);
	if (!t || t->kind == KIND_DNS || t->kind == KIND_OTHER)
		return false;
	if (t->kind == KIND_QUIC || t->flags & TRACK_HTTP)
		return true;
	if (t->flags & TRACK_TLS)
		return speaks_http(st, t) || !other_port(port);
	if (web_port(port))
		return true;
	/* nobody answered on a port that its name was just looked up for: a page that failed */
	return !t->synack && !(t->flags & TRACK_MIDDLE) && t->lookup && !other_port(port);
}

bool background_flow(struct steps *st, uint32_t flow)
{
	const struct track *t = track_at(st, flow);
	if (t->flags & TRACK_BACKGROUND || background_host(st, flow_host(st, flow)))
		return true;
	/* what was already going on when the capture began, and never says what it is */
	return t->flags & TRACK_MIDDLE && !t->first_ask && !t->hello;
}

uint32_t flow_host(const struct steps *st, uint32_t flow)
{
	const struct track *t = track_at(st, flow);
	const struct ask *a = t ? ask_at(st, t->first_ask) : NULL;
	if (!t)
		return 0;
	if (t->name)
		return t->name;
	if (a && a->host)
		return a->host;
	return t->lookup ? lookup_at(st, t->lookup)->host : 0;
}

uint32_t flow_place(const struct steps *st, uint32_t flow)
{
	uint32_t host = flow_host(st, flow);
	return host ? host : server_address(st, flow);
}

bool flow_open(const struct steps *st, uint32_t flow, uint32_t frame)
{
	const struct track *t = track_at(st, flow);
	return t && (before(t->synack, frame) || before(t->established, frame) ||
		     before(t->server_hello, frame) || before(t->request, frame) ||
		     t->flags & TRACK_MIDDLE || t->first_ask);
}

bool flow_failed(const struct steps *st, uint32_t flow, uint32_t frame)
{
	const struct track *t = track_at(st, flow);
	if (!t || flow_open(st, flow, frame))
		return false;
	if (before(t->rst, frame) || before(t->icmp, frame))
		return true;
	uint32_t first = flow_frame(st, flow);
	return time_of(st, frame) - time_of(st, first) > (int64_t)SILENT_MS * 1000000;
}

/* ---- URLs ---- */

uint32_t authority_host(struct steps *st, const char *s, size_t n)
{
	char text[256];
	unsigned char bin[16];
	size_t end = 0;
	if (n && s[0] == '[')
		return 0;
	while (end < n && s[end] != ':' && s[end] != '/' && s[end] != '?' && s[end] != '#')
		end++;
	if (!end || end >= sizeof text)
		return 0;
	memcpy(text, s, end);
	text[end] = '\0';
	if (inet_pton(AF_INET, text, bin) == 1)
		return 0;
	return lower_name(st, intern_bytes(st->s->strings, s, end));
}

uint32_t url_host(struct steps *st, uint32_t url)
{
	size_t n;
	const char *s = session_string(st->s, url, &n);
	const char *at = n ? memmem(s, n, "//", 2) : NULL;
	if (!at || at - s > 6)
		return 0;
	at += 2;
	return authority_host(st, at, n - (size_t)(at - s));
}

const char *url_path(const char *url)
{
	const char *s = strstr(url, "//");
	s = s ? strchr(s + 2, '/') : NULL;
	return s ? s : "/";
}

/* Does the path end as pictures, scripts and the like do? */
static bool resource_path(const char *s, size_t n)
{
	static const char *const endings[] = { ".css", ".js", ".mjs", ".map", ".png", ".jpg",
		".jpeg", ".gif", ".webp", ".avif", ".svg", ".ico", ".woff", ".woff2", ".ttf",
		".otf", ".json", ".mp4", ".webm", ".mp3", ".bin", ".crl" };
	size_t end = 0;
	while (end < n && s[end] != '?' && s[end] != '#')
		end++;
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		size_t len = strlen(endings[i]);
		if (end > len && !strncasecmp(s + end - len, endings[i], len))
			return true;
	}
	return false;
}

/*
 * Is this a request for a page, and not for a part of one? Told by the answer's media type;
 * where there is none (a redirect, an error, no answer) by the path.
 */
bool ask_document(const struct steps *st, const struct ask *a)
{
	const struct rec_request *q = rec_request(st->s->record, a->request);
	if (q)
		return !strcmp(q->kind, "document");
	size_t n;
	const char *mime = session_string(st->s, a->mime, &n);
	bool html = (n >= 9 && !strncasecmp(mime, "text/html", 9)) ||
		    (n >= 21 && !strncasecmp(mime, "application/xhtml+xml", 21));
	if (html && a->status < 400)
		return true;
	if (a->status >= 200 && a->status < 300)
		return false;
	if (a->status == 304)
		return false;
	const char *url = session_string(st->s, a->url, &n);
	return !resource_path(url, n);
}
