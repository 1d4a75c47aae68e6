/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tell_recorded: what was recorded besides the packets, where it tells more than they do: steps 1, 1.1,
 * 2.1, 2.2 send no packet at all, and of 3 and 4 the kernel knows what packets only hint at. It goes
 * over the entries that are told from packets already: what those observed stays observed.
 */
#include <string.h>
#include <strings.h>

#include "fmt/i18n.h"
#include "record/record.h"
#include "record/url.h"
#include "steps/tell.h"

/* "By ...": whose findings they are. */
const char *by_log(const struct teller *t)
{
	const char *log = t->st->s->record->log;
	return !strcmp(log, "netlog") ? _("the browser's own log (NetLog)") :
		!strcmp(log, "mozlog") ? _("Firefox's own log") :
		!strcmp(log, "curl") ? _("curl's own trace") : _("what was recorded with the packets");
}

static const char *kept(struct teller *t, const char *s)
{
	return arena_text(&t->arena, s, strlen(s));
}

struct step_entry *recorded_anew(struct teller *t, enum step step)
{
	struct step_entry *e = entry(t, step);
	e->state = STATE_RECORDED;
	e->n_facts = 0;
	e->remark = NULL;
	return e;
}

/* ---- 1 ---- */

static void explain_url(struct teller *t, struct step_entry *e, const struct url *u)
{
	const char *port = number_text(t, u->port);
	e->explain = words(t, _("The address is taken apart: protocol {scheme}, domain {host}, port {port}, "
				"path {path}."), "scheme", u->scheme, "host", u->host_unicode,
			   "port", port, "path", u->path, NULL);
	if (u->literal)
		e->explain = words(t, _("The address is taken apart: protocol {scheme}, port {port}, path "
				"{path}; instead of a domain it has the address {host}."), "scheme",
				   u->scheme, "host", u->host, "port", port, "path", u->path, NULL);
	if (strcmp(u->host, u->host_unicode) != 0)
		remark(t, STEP_1, words(t, _("DNS and certificates know letters, digits and hyphens only: "
				"{unicode} is written {host} there (punycode)."), "unicode",
				u->host_unicode, "host", u->host, NULL));
	if (u->guessed)
		remark(t, STEP_1, _("No protocol was typed: https is taken, as browsers do today."));
}

static void tell_url_parts(struct teller *t, const struct rec_page *p)
{
	const struct record *r = t->st->s->record;
	const char *typed = *r->url && t->y->page == 1 ? r->url : p->url;
	struct url u;
	if (!url_parse(&u, typed, NULL))
		return;
	struct step_entry *e = recorded_anew(t, STEP_1);
	fact_text(t, STEP_1, "scheme", kept(t, u.scheme));
	fact_text(t, STEP_1, "host", kept(t, u.host));
	fact_number(t, STEP_1, "port", u.port);
	fact_text(t, STEP_1, "path", kept(t, u.path));
	explain_url(t, e, &u);
	url_free(&u);
	e->start = e->end = recorded_time(t->st, p->start);
	e->because = *r->log
		? words(t, _("By {log}, this is the address that it was told to open: {url}"), "log",
			by_log(t), "url", p->url, NULL)
		: words(t, _("osiscope itself opened this address: {url}"), "url", typed, NULL);
}

/* ---- 1.1 ---- */

static const struct rec_hsts *first_hsts(const struct teller *t, const char *host)
{
	const struct record *r = t->st->s->record;
	for (uint32_t i = 1; i <= record_count(r, REC_HSTS); i++)
		if (rec_hsts(r, i)->page == t->y->page && !strcasecmp(rec_hsts(r, i)->host, host))
			return rec_hsts(r, i);
	return NULL;
}

/* A request of the page that began as http and became https before it was sent; NULL: none. */
static const struct rec_request *upgraded(const struct teller *t)
{
	const struct record *r = t->st->s->record;
	for (uint32_t i = 1; i <= record_count(r, REC_REQUEST); i++) {
		const struct rec_request *q = rec_request(r, i);
		if (q->page == t->y->page && *q->upgraded && !strcmp(q->kind, "document"))
			return q;
	}
	return NULL;
}

/* Was anything of the page sent over http, or tried to be? */
static bool went_out(const struct teller *t)
{
	const struct record *r = t->st->s->record;
	for (uint32_t i = 1; i <= record_count(r, REC_REQUEST); i++) {
		const struct rec_request *q = rec_request(r, i);
		if (q->page == t->y->page && !strncmp(q->url, "http:", 5) && (q->socket || q->status))
			return true;
	}
	return false;
}

static void remark_header(struct teller *t)
{
	const struct record *r = t->st->s->record;
	for (uint32_t i = 1; i <= record_count(r, REC_REQUEST); i++) {
		const struct rec_request *q = rec_request(r, i);
		if (q->page != t->y->page || !*q->hsts)
			continue;
		bool safe = !strncmp(q->url, "https:", 6);
		fact_text(t, STEP_1_1, "hsts_header", q->hsts);
		remark(t, STEP_1_1, words(t, safe && hsts_ends(q->hsts)
			? _("The answer to {url} holds Strict-Transport-Security ({value}): that takes its "
					"host off this browser's list.") : safe
			? _("The answer to {url} holds Strict-Transport-Security ({value}): from now on "
					"its host is on this browser's list, if its certificate was good.")
			: _("The answer to {url} holds Strict-Transport-Security ({value}), but over http a "
					"browser must ignore it (RFC 6797, section 8.1)."),
			"url", q->url, "value", q->hsts, NULL));
		return;
	}
}

static const char *how_listed(struct teller *t, const struct rec_hsts *h)
{
	if (!strcmp(h->how, "learned"))
		return words(t, _("It was put there by an earlier answer of this host "
				"(Strict-Transport-Security)."), NULL);
	if (!strcmp(h->how, "preloaded"))
		return words(t, _("It came with the browser (preloaded)."), NULL);
	return NULL;
}

/* Other than browsers, curl does not even look when https is asked for. */
static void hsts_not_asked(struct teller *t, const struct rec_page *p)
{
	struct step_entry *e = entry(t, STEP_1_1);
	if (strcmp(t->st->s->record->log, "curl") != 0 || strncmp(p->url, "https:", 6) != 0)
		return;
	e->state = STATE_ABSENT;
	e->because = _("curl looks in its HSTS list only when it is asked for http; this address is https from "
		"the beginning.");
}

static void tell_hsts(struct teller *t, const struct rec_page *p)
{
	struct url u;
	const char *host = url_parse(&u, p->url, NULL) ? kept(t, u.host) : "";
	url_free(&u);
	const struct rec_hsts *h = first_hsts(t, host);
	const struct rec_request *q = upgraded(t);
	struct step_entry *e = entry(t, STEP_1_1);
	if (!h) {
		hsts_not_asked(t, p);
		return;
	}
	const char *was = e->remark;	/* what packets showed: a redirect, a header */
	bool shown = e->n_facts && !strcmp(e->facts[e->n_facts - 1].key, "hsts_header");
	const char *header = shown ? e->facts[e->n_facts - 1].text : "";
	recorded_anew(t, STEP_1_1);
	e->remark = was;
	bool http = !strncmp(p->url, "http:", 5), up = h->listed && http && h->upgraded;
	fact_bool(t, STEP_1_1, "listed", h->listed);
	fact_bool(t, STEP_1_1, "upgraded", up);
	e->start = e->end = recorded_time(t->st, h->time);
	if (up)
		e->explain = two_sentences(t, words(t, _("{host} is on the browser's HSTS list, so http became "
				"https before anything was sent."), "host", h->host, NULL),
				how_listed(t, h));
	else if (h->listed)
		e->explain = two_sentences(t, words(t, _("{host} is on the browser's HSTS list; https was "
				"asked for anyway, so nothing had to be changed."), "host", h->host, NULL),
				how_listed(t, h));
	else if (http && q && !strcmp(q->upgraded, "https-first"))
		e->explain = words(t, _("{host} was not on the browser's HSTS list; the browser tries https "
				"first of its own accord, which is not HSTS."), "host", h->host, NULL);
	else if (http)
		e->explain = words(t, went_out(t)
			? _("{host} was not on the browser's HSTS list, so the request went out over http.")
			: _("{host} was not on the browser's HSTS list, which left http as it was."),
			"host", h->host, NULL);
	else
		e->explain = words(t, _("{host} was not on the browser's HSTS list; https was asked for "
				"already, so there was nothing to change."), "host", h->host, NULL);
	e->because = words(t, h->listed
		? _("By {log}, the list was asked about {host}, and had it.")
		: !strcmp(t->st->s->record->log, "curl")
		? _("curl has a list of its own, new for this visit or kept from the one before; its trace says "
			"of no change to https for {host}.")
		: _("By {log}, the list was asked about {host}, and did not have it."),
		"log", by_log(t), "host", h->host, NULL);
	if (shown)
		fact_text(t, STEP_1_1, "hsts_header", header);
	else
		remark_header(t);
}

/* ---- 2 ---- */

/* The page's first question about its own host. */
static const struct rec_lookup *own_lookup(const struct teller *t, const char *host)
{
	const struct record *r = t->st->s->record;
	for (uint32_t i = 1; i <= record_count(r, REC_LOOKUP); i++) {
		const struct rec_lookup *q = rec_lookup(r, i);
		if (q->page == t->y->page && !strcasecmp(q->host, host))
			return q;
	}
	return NULL;
}

static const struct rec_hosts *file_entry(const struct teller *t, const char *host)
{
	const struct record *r = t->st->s->record;
	for (uint32_t i = 1; i <= record_count(r, REC_HOSTS); i++)
		if (!strcasecmp(rec_hosts(r, i)->host, host))
			return rec_hosts(r, i);
	return NULL;
}

/* What the hosts file itself says, as it was read when the visit began. */
static const char *file_says(struct teller *t, const struct rec_hosts *f)
{
	if (f->line)
		return words(t, _("Line {line} of {file} was: {text}"), "line", number_text(t, f->line),
			     "file", f->file, "text", f->text, NULL);
	return words(t, _("{file} was read when the visit began: no line names {host}."), "file", f->file,
		     "host", f->host, NULL);
}

static void tell_file(struct teller *t, const struct rec_lookup *q, const struct rec_hosts *f,
		      const char *host)
{
	bool hit = q && !strcmp(q->how, "hosts");
	bool missed = q && !strcmp(q->how, "dns");
	if (q && !strcmp(q->how, "cache") && !strcmp(t->st->s->record->log, "netlog")) {
		struct step_entry *none = recorded_anew(t, STEP_2_1);
		none->state = STATE_ABSENT;
		none->explain = _("The hosts file was not looked at: the browser still remembered the answer.");
		none->because = two_sentences(t, words(t, _("By {log}, the browser's cache answered."), "log",
				by_log(t), NULL), f ? file_says(t, f) : NULL);
		return;
	}
	if (!f && !hit && !missed)
		return;
	struct step_entry *e = recorded_anew(t, STEP_2_1);
	const char *log = hit ? words(t, _("By {log}, the hosts file answered."), "log", by_log(t), NULL) :
		missed ? words(t, _("By {log}, a DNS server was asked, which comes after the hosts file."),
			       "log", by_log(t), NULL) : NULL;
	if (hit)
		e->explain = words(t, _("The hosts file has an address for {host}: {addresses}. Nobody else "
				"is asked."), "host", host, "addresses",
				   *q->addresses || !f ? q->addresses : f->addresses, NULL);
	else if (f && f->line)
		e->explain = words(t, _("The hosts file has an address for {host}: {addresses}."), "host",
				   host, "addresses", f->addresses, NULL);
	else
		e->explain = words(t, _("The computer looked for {host} in its hosts file first, and did not "
				"find it there."), "host", host, NULL);
	e->because = two_sentences(t, f ? file_says(t, f) : NULL, log);
	if (f && *f->order)
		remark(t, STEP_2_1, words(t, _("The system looks for names in this order (nsswitch.conf): "
				"{order}."), "order", f->order, NULL));
}

static void tell_cache(struct teller *t, const struct rec_lookup *q, const char *host)
{
	bool cached = !strcmp(q->how, "cache");
	if (!cached && strcmp(q->how, "dns") && strcmp(q->how, "hosts") && strcmp(q->how, "system"))
		return;
	struct step_entry *e = recorded_anew(t, STEP_2_2);
	e->explain = words(t, cached
		? _("The browser still remembered the address of {host}: {addresses}.")
		: !strcmp(q->how, "system")
		? _("The browser did not remember an address of {host} and asked the system.")
		: _("The browser did not remember an address of {host}."), "host", host,
		"addresses", q->addresses, NULL);
	e->because = words(t, cached
		? _("By {log}, the browser's cache answered.")
		: _("By {log}, the browser's cache did not answer."), "log", by_log(t), NULL);
	e->start = recorded_time(t->st, q->start);
	e->end = recorded_time(t->st, cached ? q->end : q->start);
}

/* Answered without a DNS server: 2 as a whole, and why 2.3 is not there. */
static void tell_unasked_names(struct teller *t, const struct rec_lookup *q, const char *host)
{
	struct step_entry *whole = recorded_anew(t, STEP_2), *dns = entry(t, STEP_2_3);
	bool file = !strcmp(q->how, "hosts");
	whole->start = recorded_time(t->st, q->start);
	whole->end = recorded_time(t->st, q->end);
	whole->explain = words(t, _("{host} has the address {addresses}."), "host", host, "addresses",
			       q->addresses, NULL);
	whole->because = words(t, file ? _("By {log}, the hosts file answered.")
				: _("By {log}, the browser's cache answered."), "log", by_log(t), NULL);
	if (dns->n_frames)
		return;
	dns->state = STATE_ABSENT;
	dns->explain = _("No DNS server had to be asked.");
	dns->because = whole->because;
}

static void tell_recorded_names(struct teller *t)
{
	const char *host = host_text(t);
	const struct rec_lookup *q = own_lookup(t, host);
	const struct rec_hosts *f = file_entry(t, host);
	if (!t->y->host)
		return;
	tell_file(t, q, f, host);
	if (!q)
		return;
	tell_cache(t, q, host);
	if (!entry(t, STEP_2_3)->n_frames && (!strcmp(q->how, "hosts") || !strcmp(q->how, "cache")))
		tell_unasked_names(t, q, host);
	if (q->secure)
		remark(t, STEP_2_3, words(t, _("By {log}, the question went over HTTPS (DNS over HTTPS): no "
				"DNS packet shows it."), "log", by_log(t), NULL));
}

/* What is not the real wire in a private network must be said where it matters. */
static void remark_private(struct teller *t)
{
	if (!is_private(t->st))
		return;
	if (entry(t, STEP_3)->n_frames)
		remark(t, STEP_3, _("This was recorded in a private network on this computer: the TTL of what "
				"comes back is that of its far end (pasta), not the server's."));
	if (entry(t, STEP_4)->state >= STATE_RECORDED)
		remark(t, STEP_4, _("In the private network the gateway's MAC address is that of its far end "
				"(pasta), not of the real gateway."));
	if (entry(t, STEP_5_1)->n_frames)
		remark(t, STEP_5_1, _("In the private network the far end of a TCP connection is pasta: window, "
				"segment size and the time of acknowledgements are its own. The handshake "
				"still waits for the real server."));
}

const char *recorded_alpn(const struct teller *t, uint32_t flow)
{
	const struct record *r = t->st->s->record;
	const struct rec_socket *q = r ? rec_socket(r, map_get(&t->st->socket_of_flow, flow + 1)) : NULL;
	return q ? q->alpn : "";
}

/* How the visit was made, where that decides what is seen. */
static void remark_settings(struct teller *t)
{
	const struct record *r = t->st->s->record;
	bool browser = *r->url && (!strcmp(r->log, "netlog") || !strcmp(r->log, "mozlog"));
	if (!strcmp(r->log, "mozlog"))
		remark(t, STEP_1, _("Firefox's log tells less than Chromium's: neither what the hosts file "
				"answered nor from which ports it connected."));
	if (browser && !strcmp(r->doh, "off") && entry(t, STEP_2_3)->n_frames)
		remark(t, STEP_2_3, _("DNS over HTTPS was switched off for this visit: inside HTTPS the "
				"question could not be seen."));
	if (*r->relay && entry(t, STEP_2_3)->n_frames)
		remark(t, STEP_2_3, words(t, _("The system's name server {resolver} is on this computer. From "
				"the private network it is asked by way of {relay}, where pasta passes "
				"questions on to it."), "resolver", r->resolver, "relay", r->relay, NULL));
	else if (*r->resolver && entry(t, STEP_2_2)->state == STATE_RECORDED)
		remark(t, STEP_2_2, words(t, _("The system's name servers at that time: {resolver}."),
				"resolver", r->resolver, NULL));
	const struct track *k = document_track(t);
	if (browser && r->quic && k && k->kind == KIND_TCP && !strncmp(t->v->final_url, "https:", 6))
		remark(t, STEP_5_1, _("QUIC was allowed for this visit, but the page came over TCP."));
	if (browser && !r->quic && entry(t, STEP_5_1)->n_frames && !strncmp(t->v->final_url, "https:", 6))
		remark(t, STEP_5_1, _("QUIC was switched off for this visit, so that there is a handshake to "
				"see; --http3 lets the browser use it."));
}

void tell_recorded(struct teller *t)
{
	const struct rec_page *p = rec_page(t->st->s->record, t->y->page);
	if (!t->st->s->record)
		return;
	if (p) {
		tell_url_parts(t, p);
		tell_hsts(t, p);
		if (t->y->kind == STORY_NO_PACKET)
			tell_no_packet(t);
		else
			tell_recorded_names(t);
		remark_settings(t);
	}
	tell_kernel(t);
	remark_private(t);
}
