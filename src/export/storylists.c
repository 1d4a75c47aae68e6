/* SPDX-License-Identifier: GPL-3.0-or-later */
/* storylists: the lists in a story: a step's facts, the connections, the requests. */
#include <string.h>

#include "export/story.h"
#include "fmt/i18n.h"
#include "fmt/names.h"
#include "fmt/text.h"
#include "fmt/value.h"

enum { MOST_REQUESTS = 20, MOST_CONNECTIONS = 12, FEW_FRAMES = 6 };

static const struct { const char *key, *label; } fact_labels[] = {
	{ "scheme", N_("scheme") }, { "host", N_("host") }, { "port", N_("port") },
	{ "path", N_("path") }, { "listed", N_("on the list") }, { "upgraded", N_("upgraded") },
	{ "hsts_header", N_("HSTS header") }, { "question", N_("question") },
	{ "rcode", N_("answer code") }, { "addresses", N_("addresses") },
	{ "aliases", N_("aliases") }, { "server", N_("server") }, { "outcome", N_("outcome") },
	{ "gateway", N_("gateway") }, { "ttl", N_("TTL") }, { "hops", N_("routers") },
	{ "address", N_("IP address") }, { "mac", N_("MAC address") },
	{ "protocol", N_("protocol") }, { "client", N_("client") },
	{ "rtt_ms", N_("round trip") }, { "version", N_("version") },
	{ "cipher", N_("cipher suite") }, { "alpn", N_("application protocol") },
	{ "sni", N_("server name") }, { "resumed", N_("resumed") },
	{ "requests", N_("requests") }, { "status", N_("status") },
};

/* What is counted down is the TTL in IPv4 and the hop limit in IPv6: the client's side tells. */
const char *story_fact_label(const struct visit *v, const char *key)
{
	if (!strcmp(key, "ttl") && strchr(v->client, ':'))
		return _("hop limit");
	for (size_t i = 0; i < sizeof fact_labels / sizeof *fact_labels; i++)
		if (!strcmp(fact_labels[i].key, key))
			return _(fact_labels[i].label);
	return key;
}

/* The contract's words for what came of something, as people read them. */
static const char *const outcomes[][2] = {
	{ "answered", N_("answered") }, { "refused", N_("refused") },
	{ "timeout", N_("no answer") }, { "reset", N_("broken off") },
	{ "nxdomain", N_("no such name") }, { "servfail", N_("the DNS server failed") },
	{ "alert", N_("refused by an alert") },
};

static bool fact_word(struct story *t, const struct fact *f)
{
	if (!strcmp(f->key, "rcode") && f->kind == FACT_NUMBER) {
		const struct field *rcode = name_field("dns.flags.rcode");
		const char *name = rcode && rcode->names ?
			value_name(rcode->names, (uint64_t)f->number) : NULL;
		if (name)
			strbuf_printf(&t->one, "%s (%g)", name, f->number);
		return name;
	}
	if (f->kind != FACT_TEXT || strcmp(f->key, "outcome") != 0)
		return false;
	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
		if (!strcmp(outcomes[i][0], f->text)) {
			strbuf_puts(&t->one, _(outcomes[i][1]));
			return true;
		}
	}
	return false;
}

static void fact_value(struct story *t, const struct fact *f)
{
	size_t n = strlen(f->key);
	switch (f->kind) {
	case FACT_TEXT:
		story_text(t, &t->one, f->text ? f->text : "");
		break;
	case FACT_NUMBER:
		if (n > 3 && !strcmp(f->key + n - 3, "_ms"))
			value_duration(&t->one, (int64_t)(f->number * 1e6));
		else
			strbuf_printf(&t->one, "%.12g", f->number);
		break;
	case FACT_BOOL:
		strbuf_puts(&t->one, f->number != 0 ? _("yes") : _("no"));
		break;
	case FACT_LIST:
		for (unsigned i = 0; i < f->n_list; i++) {
			if (i)
				strbuf_puts(&t->one, ", ");
			story_text(t, &t->one, f->list[i]);
		}
		break;
	}
}

void story_fact_value(struct story *t, const struct fact *f)
{
	if (!fact_word(t, f))
		fact_value(t, f);
}

bool story_fact_empty(const struct fact *f)
{
	return (f->kind == FACT_TEXT && (!f->text || !*f->text)) ||
		(f->kind == FACT_LIST && !f->n_list);
}

/* "frame 12", "frames 12-18", "frames 12, 14, 19", "518 frames from 57 on" */
static void frames_of(struct strbuf *to, const struct step_entry *e)
{
	uint32_t n = e->n_frames;
	if (n == 1) {
		strbuf_printf(to, _("frame %u"), (unsigned)e->frames[0]);
	} else if (n > 2 && n <= STEP_FRAMES && e->frames[n - 1] - e->frames[0] == n - 1) {
		strbuf_printf(to, _("frames %u-%u"), (unsigned)e->frames[0],
			      (unsigned)e->frames[n - 1]);
	} else if (n && n <= FEW_FRAMES) {
		strbuf_puts(to, _("frames "));
		for (uint32_t i = 0; i < n; i++)
			strbuf_printf(to, i ? ", %u" : "%u", (unsigned)e->frames[i]);
	} else if (n) {
		strbuf_printf(to, _("%u frames from %u on"), (unsigned)n, (unsigned)e->frames[0]);
	}
}

void story_facts(struct story *t, const struct visit *v, const struct step_entry *e)
{
	frames_of(&t->one, e);
	for (unsigned i = 0; i < e->n_facts; i++) {
		if (story_fact_empty(&e->facts[i]))
			continue;
		if (t->one.len)
			strbuf_puts(&t->one, t->p->utf8 ? " · " : "; ");
		strbuf_puts(&t->one, story_fact_label(v, e->facts[i].key));
		strbuf_putc(&t->one, ' ');
		story_fact_value(t, &e->facts[i]);
	}
	if (t->one.len)
		story_paragraph(t, STORY_INDENT, STYLE_PLAIN);
}

/* Ends a list's item behind its number. */
static void item(struct story *t)
{
	text_wrap(&t->to, strbuf_str(&t->one), t->one.len, t->p->width, STORY_INDENT,
		  STORY_INDENT);
	strbuf_clear(&t->one);
}

void story_connections(struct story *t, const struct visit *v)
{
	if (v->n_connections < 2)
		return;
	story_heading(t, _("Connections"));
	for (uint32_t i = 0; i < v->n_connections && i < MOST_CONNECTIONS; i++) {
		const struct connection *c = &v->connections[i];
		const struct conn *conn = session_conn(t->p->session, c->flow);
		strbuf_printf(&t->to, "  %-5u", (unsigned)c->id);
		if (conn) {
			name_endpoint(&t->one, t->p->session, conn, conn->client);
			strbuf_puts(&t->one, t->p->utf8 ? " → " : " -> ");
			name_endpoint(&t->one, t->p->session, conn, !conn->client);
		}
		strbuf_puts(&t->one, c->quic ? ": QUIC" : ": TCP");
		if (c->tls.seen && *name_tls_version(c->tls.version))
			strbuf_printf(&t->one, ", TLS %s", name_tls_version(c->tls.version));
		if (c->tls.sni && *c->tls.sni) {
			strbuf_puts(&t->one, ", ");
			story_text(t, &t->one, c->tls.sni);
		}
		if (c->role && *c->role) {
			strbuf_puts(&t->one, ": ");
			story_text(t, &t->one, c->role);
		}
		item(t);
	}
	if (v->n_connections > MOST_CONNECTIONS)
		strbuf_printf(&t->to, _("       … and %u more\n"),
			      (unsigned)v->n_connections - MOST_CONNECTIONS);
	strbuf_putc(&t->to, '\n');
}

static void request(struct story *t, const struct visit *v, const struct request *r)
{
	strbuf_printf(&t->to, "  %-5u", (unsigned)r->id);
	story_text(t, &t->one, r->method);
	strbuf_putc(&t->one, ' ');
	story_text(t, &t->one, r->url);
	if (r->status) {
		strbuf_printf(&t->one, ": %u", (unsigned)r->status);
	} else if (r->error && *r->error) {
		strbuf_puts(&t->one, ": ");
		story_text(t, &t->one, r->error);
	} else {
		strbuf_puts(&t->one, r->recorded ? _(": no response") : _(": no response captured"));
	}
	if (*r->mime) {
		strbuf_puts(&t->one, ", ");
		story_text(t, &t->one, r->mime);
	}
	if (r->body_bytes >= 0) {
		strbuf_puts(&t->one, ", ");
		value_amount(&t->one, (uint64_t)r->body_bytes);
	}
	if (r->wait >= 0) {
		strbuf_puts(&t->one, ", ");
		value_duration(&t->one, (int64_t)(r->wait * 1e6));
	}
	if (r->cache && !strcmp(r->cache, "hit"))
		strbuf_puts(&t->one, _(", from the browser's cache"));
	else if (r->connection && v->n_connections > 1)
		strbuf_printf(&t->one, _(", connection %u"), (unsigned)r->connection);
	item(t);
}

void story_requests(struct story *t, const struct visit *v)
{
	if (!v->n_requests)
		return;
	story_heading(t, _("Requests, and the time from request to answer"));
	for (uint32_t i = 0; i < v->n_requests && i < MOST_REQUESTS; i++)
		request(t, v, &v->requests[i]);
	if (v->n_requests > MOST_REQUESTS)
		strbuf_printf(&t->to, _("       … and %u more\n"),
			      (unsigned)v->n_requests - MOST_REQUESTS);
	strbuf_putc(&t->to, '\n');
}
