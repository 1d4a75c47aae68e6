/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tell_url: what was visited (url, final_url), and steps 1 and 1.1, which no packet shows: they
 * are read back from what the browser did next.
 */
#include <string.h>

#include "fmt/i18n.h"
#include "record/record.h"
#include "record/url.h"
#include "steps/tell.h"

static bool secure(const struct steps *st, uint32_t flow)
{
	const struct track *k = track_at(st, flow);
	return k && (k->flags & TRACK_TLS || k->kind == KIND_QUIC);
}

/* "http://www.lab.test:8080": what tells the scheme; "//www.lab.test:8080" where nothing does. */
static const char *origin(struct teller *t, const char *scheme, const char *host, uint16_t port)
{
	bool standard = (!strcmp(scheme, "http") && port == 80) ||
			(!strcmp(scheme, "https") && port == 443) || !port;
	bool v6 = strchr(host, ':') != NULL;
	strbuf_clear(&t->text);
	if (*scheme)
		strbuf_printf(&t->text, "%s:", scheme);
	strbuf_printf(&t->text, v6 ? "//[%s]" : "//%s", host);
	if (!standard)
		strbuf_printf(&t->text, ":%u", port);
	const char *s = arena_text(&t->arena, strbuf_str(&t->text), t->text.len);
	strbuf_clear(&t->text);
	return s;
}

static const char *origin_of_ask(struct teller *t, const struct ask *a)
{
	const char *host = a->host ? string_text(t, a->host)
				   : address_text(t, server_address(t->st, a->flow));
	return origin(t, secure(t->st, a->flow) ? "https" : "http", host,
		      server_port(t->st, a->flow));
}

/* A reference as a whole URL: "/", "page.html", "//other/", "https://..." (RFC 3986, in short). */
static const char *resolve(struct teller *t, const struct ask *a, const char *ref)
{
	const char *base = origin_of_ask(t, a);
	if (!*ref)
		return words(t, "{base}/", "base", base, NULL);
	if (strstr(ref, "://") && ref[0] != '/')
		return ref;
	if (!strncmp(ref, "//", 2))
		return words(t, "{scheme}:{rest}", "scheme",
			     secure(t->st, a->flow) ? "https" : "http", "rest", ref, NULL);
	if (!strcmp(string_text(t, a->method), "CONNECT"))
		return words(t, "//{rest}", "rest", ref, NULL);
	return words(t, ref[0] == '/' ? "{base}{rest}" : "{base}/{rest}", "base", base, "rest",
		     ref[0] == '*' ? "" : ref, NULL);
}

const char *ask_url(struct teller *t, const struct ask *a)
{
	if (a->recorded)
		return rec_request(t->st->s->record, a->request)->url;
	return resolve(t, a, string_text(t, a->url));
}

static const char *scheme_of(const struct teller *t)
{
	if (!t->y->first_flow)
		return "";
	if (secure(t->st, t->y->first_flow - 1))
		return "https";
	return t->y->ask ? "http" : "";
}

/* The port that a name was asked for with (_8443._https.NAME), when no connection tells it. */
static uint16_t port_asked(const struct teller *t)
{
	for (uint32_t i = t->y->lookups; i; i = lookup_at(t->st, i)->next_of_story) {
		const struct lookup *q = lookup_at(t->st, i);
		if (q->host == t->y->host && q->port)
			return q->port;
	}
	return 0;
}

/* No scheme-relative URL for people: what is known, in words. */
static const char *title_of(struct teller *t, uint16_t port)
{
	if (strncmp(t->v->url, "//", 2) != 0)
		return t->v->url;
	if (!port)
		return host_text(t);
	return words(t, _("{host}, port {port}"), "host", host_text(t), "port", number_text(t, port), NULL);
}

/* What the browser was told to open, without default port and fragment; "" not known. */
static const char *page_url(struct teller *t)
{
	const struct rec_page *p = rec_page(t->st->s->record, t->y->page);
	struct url u;
	if (!p || !url_parse(&u, p->url, NULL))
		return "";
	const char *s = arena_text(&t->arena, u.normal, strlen(u.normal));
	url_free(&u);
	return s;
}

static void tell_urls(struct teller *t, uint16_t port)
{
	const struct story *y = t->y;
	const struct ask *a = ask_at(t->st, y->ask), *z = ask_at(t->st, y->final);
	struct visit *v = t->v;
	const char *page = page_url(t);
	if (!a) {
		v->url = *page ? page : words(t, "{origin}/", "origin",
			       origin(t, scheme_of(t), host_text(t), port), NULL);
		v->final_url = v->url;
		return;
	}
	v->url = *page ? page : ask_url(t, a);
	v->final_url = ask_url(t, z);
	if (y->target && y->document && y->document != z->flow + 1)
		v->final_url = resolve(t, z, string_text(t, y->target));
}

void tell_addresses(struct teller *t)
{
	uint16_t port = t->y->port ? t->y->port : port_asked(t);
	tell_urls(t, port);
	t->v->title = title_of(t, port);
}

/* ---- 1 ---- */

/* A request that a packet shows; what the log tells is said by tell_recorded(). */
static const struct ask *ask_of_packets(const struct teller *t, uint32_t number)
{
	const struct ask *a = ask_at(t->st, number);
	return a && !a->recorded ? a : NULL;
}

static const char *why_url(struct teller *t)
{
	const struct story *y = t->y;
	const struct track *k = y->first_flow ? track_at(t->st, y->first_flow - 1) : NULL;
	const struct ask *a = ask_of_packets(t, y->ask);
	const char *port = number_text(t, y->port), *host = host_text(t);
	if (a && !a->method)
		return words(t, _("No packet shows this step. The response in frame {frame} "
				"tells the protocol; the request, which would name the page, is "
				"not in the capture."),
			     "frame", number_text(t, a->response), NULL);
	if (a)
		return words(t, _("No packet shows this step. It is read back from the request "
				"in frame {frame}, which names the path, and the host in its "
				"Host header."),
			     "frame", number_text(t, a->frame), NULL);
	if (!k)
		return words(t, _("No packet shows this step. The question in frame {frame} "
				"names the domain; as no connection came of it, nothing tells "
				"the protocol."),
			     "frame", number_text(t, y->lookups ? lookup_at(t->st,
					y->lookups)->frame : 0), NULL);
	if (k->hello && k->name)
		return words(t, _("No packet shows this step. It is read back from frame "
				"{frame}: a TLS ClientHello for {host} on port {port} means "
				"https. The path is encrypted, and so not known."),
			     "frame", number_text(t, k->hello), "host", host, "port", port, NULL);
	if (joined_late(k) && (k->flags & TRACK_TLS || k->kind == KIND_QUIC))
		return words(t, _("No packet shows this step. It is read back from the encrypted "
				"connection to port {port} that is first seen in frame {frame}; "
				"the path is encrypted, and so not known."),
			     "frame", number_text(t, flow_frame(t->st, y->first_flow - 1)),
					"port", port, NULL);
	if (k->hello || k->flags & TRACK_TLS || k->kind == KIND_QUIC)
		return words(t, _("No packet shows this step. It is read back from the encrypted "
				"connection to port {port} that begins in frame {frame}; the "
				"path is encrypted, and so not known."),
			     "frame", number_text(t, flow_frame(t->st, y->first_flow - 1)),
					"port", port, NULL);
	return words(t, _("No packet shows this step. It is read back from the connection to "
			"port {port} in frame {frame}; nothing was sent on it that tells the "
			"protocol."),
		     "frame", number_text(t, flow_frame(t->st, y->first_flow - 1)), "port", port,
				NULL);
}

static void tell_1(struct teller *t)
{
	struct step_entry *e = entry(t, STEP_1);
	const char *scheme = scheme_of(t), *host = host_text(t);
	uint16_t number = t->y->port ? t->y->port : port_asked(t);
	const char *port = number ? number_text(t, number) : "";
	e->state = STATE_INFERRED;
	fact_text(t, STEP_1, "scheme", scheme);
	fact_text(t, STEP_1, "host", host);
	if (number)
		fact_number(t, STEP_1, "port", number);
	if (t->y->ask && ask_at(t->st, t->y->ask)->url)
		fact_text(t, STEP_1, "path", url_path(t->v->url));
	if (!t->y->host && *scheme)
		e->explain = words(t, _("Protocol {scheme}, port {port}. The host is known only by "
				"its address {host}: the capture holds no name for it."),
				   "scheme", scheme, "host", host, "port", port, NULL);
	else if (!t->y->host)
		e->explain = words(t, _("The host is known only by its address {host}: the capture "
				"holds no name for it."), "host", host, NULL);
	else if (*scheme)
		e->explain = words(t, _("The address is taken apart: protocol {scheme}, "
				"domain {host}, port {port}."),
				   "scheme", scheme, "host", host, "port", port, NULL);
	else if (number)
		e->explain = words(t, _("The address is taken apart: domain {host}, "
				"port {port}."),
				   "host", host, "port", port, NULL);
	else
		e->explain = words(t, _("The address is taken apart; it names the domain {host}."),
				   "host", host, NULL);
	e->because = why_url(t);
}

/* ---- 1.1 ---- */

/* The first response of the visit with Strict-Transport-Security; NULL if none. */
static const struct ask *sts(const struct teller *t)
{
	for (uint32_t i = t->y->asks; i; i = ask_at(t->st, i)->next_of_story)
		if (ask_at(t->st, i)->hsts && !ask_at(t->st, i)->recorded)
			return ask_at(t->st, i);
	return NULL;
}

/* "max-age=0": the host is to be forgotten (RFC 6797, section 6.1.1). */
bool hsts_ends(const char *value)
{
	const char *age = strcasestr(value, "max-age");
	age = age ? age + strlen("max-age") : "";
	age += strspn(age, " \t");
	if (*age != '=')
		return false;
	age += 1 + strspn(age + 1, " \t\"");
	size_t zeros = strspn(age, "0");
	return zeros && !(age[zeros] >= '0' && age[zeros] <= '9');
}

/* Does the program call itself something else than the common browsers do ("Mozilla/5.0 ...")? */
static bool by_no_browser(struct teller *t, const struct ask *a)
{
	const char *agent = string_text(t, a->agent);
	return a->agent && *agent && strncmp(agent, "Mozilla/", 8) != 0;
}

static void tell_1_1(struct teller *t)
{
	struct step_entry *e = entry(t, STEP_1_1);
	const struct ask *a = ask_of_packets(t, t->y->ask), *h = sts(t);
	const char *host = host_text(t);
	if (!strcmp(scheme_of(t), "http") && !t->y->host && a) {
		e->state = STATE_ABSENT;
		e->explain = _("The HSTS list holds names. An address that is typed as numbers "
				"is never on it.");
		e->because = words(t, _("The request in frame {frame} names no domain but an "
				"address (RFC 6797, section 8.3)."),
				   "frame", number_text(t, a->frame), NULL);
	} else if (!strcmp(scheme_of(t), "http") && by_no_browser(t, a)) {
		e->explain = words(t, _("The request comes from a program that calls itself {agent}. "
				"Browsers keep a list of hosts that want https; whether this program has "
				"one the packets do not tell."), "agent", string_text(t, a->agent), NULL);
		e->because = words(t, _("The User-Agent header in frame {frame} names it; the common browsers "
				"begin theirs with Mozilla/."),
				   "frame", number_text(t, a->frame), NULL);
	} else if (!strcmp(scheme_of(t), "http")) {
		e->state = STATE_INFERRED;
		fact_bool(t, STEP_1_1, "listed", false);
		fact_bool(t, STEP_1_1, "upgraded", false);
		e->explain = words(t, _("{host} was not on the browser's HSTS list, so the "
				"request went out over http."), "host", host, NULL);
		e->because = words(t, _("No packet shows the list. But the request in frame "
				"{frame} is not encrypted: for a host on the list the browser "
				"would have turned http into https first."),
				   "frame", number_text(t, a->frame), NULL);
	} else if (t->y->kind == STORY_FAILED_NAME || !*scheme_of(t)) {
		e->explain = _("Whether the browser would have changed http into https cannot be "
				"seen here.");
		e->because = _("No packet shows the list, and no request was sent from which it "
				"could be read back.");
	} else {
		e->explain = words(t, _("{host} was visited over https. Whether https was typed, "
				"or the HSTS list turned http into https, the packets do not "
				"tell."), "host", host, NULL);
		e->because = _("No packet shows the list, and a request that is https from the "
				"beginning looks the same in both cases. The browser's own log "
				"would tell.");
	}
	if (h) {
		fact_text(t, STEP_1_1, "hsts_header", string_text(t, h->hsts));
		remark(t, STEP_1_1, secure(t->st, h->flow) && hsts_ends(string_text(t, h->hsts))
			? words(t, _("The response in frame {frame} holds Strict-Transport-Security with "
					"max-age=0: that takes its host off this browser's list."),
				"frame", number_text(t, h->response), NULL)
			: secure(t->st, h->flow)
			? words(t, _("The response in frame {frame} holds "
					"Strict-Transport-Security: from now on {host} is on "
					"this browser's list."),
				"frame", number_text(t, h->response), "host", h->host
						? string_text(t, h->host) : host, NULL)
			: words(t, _("The response in frame {frame} holds "
					"Strict-Transport-Security, but over http a browser must "
					"ignore it (RFC 6797, section 8.1)."),
				"frame", number_text(t, h->response), NULL));
	}
	if (a && strcmp(t->v->url, t->v->final_url) && !strncmp(t->v->final_url, "https:", 6) &&
	    !strncmp(t->v->url, "http:", 5))
		remark(t, STEP_1_1, words(t, _("The change to https came from the server, as a "
				"redirect (frame {frame}), not from the list."),
					  "frame", number_text(t, a->response), NULL));
}

void tell_url(struct teller *t)
{
	tell_1(t);
	tell_1_1(t);
}
