/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * visits: all visits as one JSON document: steps with state and facts, connections, requests
 * with their timings. A key that would be empty is left away. See osiscope(1), "JSON".
 */
#include "export/visits.h"

#include <string.h>

#include "fmt/digits.h"
#include "fmt/names.h"
#include "fmt/redact.h"
#include "steps/steps.h"

static void text_n(struct visits *v, const char *name, const char *s, size_t n)
{
	if (v->p->options->redact) {
		strbuf_clear(&v->clean);
		redact_text(&v->clean, s, n);
		s = strbuf_str(&v->clean);
		n = v->clean.len;
	}
	jsondoc_text(&v->doc, name, s, n);
}

void visits_text(struct visits *v, const char *name, const char *s)
{
	if (s && *s)
		text_n(v, name, s, strlen(s));
}

static void number(struct visits *v, const char *name, int64_t n)
{
	if (n > 0)
		jsondoc_integer(&v->doc, name, n);
}

/* Seconds since 1970 with nine decimals, as text: a double would lose the last of them. */
void visits_moment(struct visits *v, const char *name, int64_t ns)
{
	char digits[DIGITS_TIME];
	size_t n = (size_t)(digits_seconds(digits, ns, 9) - digits);
	if (ns)
		jsondoc_text(&v->doc, name, digits, n);
}

static void duration(struct visits *v, const char *name, int64_t start, int64_t end)
{
	if (start && end)
		jsondoc_real(&v->doc, name, (double)(end - start) / 1e6);
}

static void fact(struct visits *v, const struct fact *f)
{
	switch (f->kind) {
	case FACT_TEXT:
		visits_text(v, f->key, f->text);
		break;
	case FACT_NUMBER:
		jsondoc_real(&v->doc, f->key, f->number);
		break;
	case FACT_BOOL:
		jsondoc_bool(&v->doc, f->key, f->number != 0);
		break;
	case FACT_LIST:
		if (!f->n_list)
			break;
		jsondoc_open_flat(&v->doc, f->key, '[');
		for (unsigned i = 0; i < f->n_list; i++)
			text_n(v, NULL, f->list[i], strlen(f->list[i]));
		jsondoc_close(&v->doc, ']');
		break;
	}
}

void visits_facts(struct visits *v, const struct step_entry *e)
{
	jsondoc_open_flat(&v->doc, "facts", '{');
	for (unsigned i = 0; i < e->n_facts; i++)
		fact(v, &e->facts[i]);
	jsondoc_close(&v->doc, '}');
}

static void step(struct visits *v, enum step id, const struct step_entry *e)
{
	struct jsondoc *j = &v->doc;
	jsondoc_open(j, NULL, '{');
	visits_text(v, "id", step_kinds[id].id);
	visits_text(v, "state", step_state_ids[e->state]);
	visits_facts(v, e);
	jsondoc_open_flat(j, "frames", '[');
	for (uint32_t i = 0; i < e->n_frames && i < STEP_FRAMES; i++)
		jsondoc_integer(j, NULL, e->frames[i]);
	jsondoc_close(j, ']');
	jsondoc_integer(j, "frame_count", e->n_frames);
	visits_moment(v, "start", e->start);
	duration(v, "duration_ms", e->start, e->end);
	visits_text(v, "explain", e->explain);
	visits_text(v, "because", e->because);
	visits_text(v, "remark", e->remark);
	jsondoc_close(j, '}');
}

static void endpoint(struct visits *v, const char *name, const struct conn *c, unsigned side)
{
	struct strbuf to = {0};
	name_endpoint(&to, v->p->session, c, side);
	visits_text(v, name, strbuf_str(&to));
	strbuf_free(&to);
}

static void tls(struct visits *v, const struct tls_info *t)
{
	jsondoc_open(&v->doc, "tls", '{');
	visits_text(v, "version", name_tls_version(t->version));
	visits_text(v, "cipher", name_tls_cipher(t->cipher));
	visits_text(v, "sni", t->sni);
	visits_text(v, "alpn", t->alpn);
	if (t->hello_read)
		jsondoc_bool(&v->doc, "resumed", t->resumed);
	jsondoc_bool(&v->doc, "decrypted", t->decrypted);
	duration(v, "handshake_ms", t->start, t->done);
	jsondoc_close(&v->doc, '}');
}

static void connection(struct visits *v, const struct connection *c)
{
	const struct conn *conn = session_conn(v->p->session, c->flow);
	jsondoc_open(&v->doc, NULL, '{');
	number(v, "id", c->id);
	visits_text(v, "transport", c->quic ? "quic" : "tcp");
	if (conn) {
		endpoint(v, "client", conn, conn->client);
		endpoint(v, "server", conn, !conn->client);
	}
	number(v, "first_frame", c->first_frame);
	number(v, "last_frame", c->last_frame);
	duration(v, "handshake_ms", c->syn, c->established);
	visits_text(v, "outcome", outcome_ids[c->outcome]);
	jsondoc_bool(&v->doc, "document", c->document);
	number(v, "retransmissions", c->retransmissions);
	visits_text(v, "role", c->role);
	if (c->tls.seen)
		tls(v, &c->tls);
	jsondoc_close(&v->doc, '}');
}

static void request(struct visits *v, const struct request *r)
{
	const struct { const char *name; double ms; } timings[] = {
		{ "blocked", r->blocked }, { "dns", r->dns }, { "connect", r->connect },
		{ "ssl", r->ssl }, { "send", r->send }, { "wait", r->wait },
		{ "receive", r->receive },
	};
	jsondoc_open(&v->doc, NULL, '{');
	number(v, "id", r->id);
	number(v, "connection", r->connection);
	number(v, "stream", (int64_t)r->stream);
	visits_text(v, "method", r->method);
	visits_text(v, "url", r->url);
	visits_text(v, "protocol", r->protocol);
	number(v, "status", r->status);
	visits_text(v, "mime", r->mime);
	visits_text(v, "state", step_state_ids[r->recorded ? STATE_RECORDED : STATE_OBSERVED]);
	visits_text(v, "cache", r->cache ? r->cache : "");
	visits_text(v, "error", r->error ? r->error : "");
	number(v, "request_frame", r->request_frame);
	number(v, "response_frame", r->response_frame);
	number(v, "last_frame", r->last_frame);
	number(v, "header_bytes", r->header_bytes);
	if (r->body_bytes >= 0)
		jsondoc_integer(&v->doc, "body_bytes", r->body_bytes);
	if (r->body_decoded_bytes >= 0)
		jsondoc_integer(&v->doc, "body_decoded_bytes", r->body_decoded_bytes);
	jsondoc_open_flat(&v->doc, "timings", '{');
	for (size_t i = 0; i < sizeof timings / sizeof *timings; i++)
		jsondoc_real(&v->doc, timings[i].name, timings[i].ms);
	jsondoc_close(&v->doc, '}');
	jsondoc_close(&v->doc, '}');
}

static void visit(struct visits *v, const struct visit *it)
{
	struct jsondoc *j = &v->doc;
	jsondoc_open(j, NULL, '{');
	number(v, "id", it->id);
	visits_text(v, "url", it->url);
	visits_text(v, "client", it->client);
	visits_moment(v, "start", it->start);
	duration(v, "duration_ms", it->start, it->end);
	visits_text(v, "final_url", it->final_url);
	visits_text(v, "summary", it->summary);
	jsondoc_open(j, "steps", '[');
	for (enum step id = STEP_1; id < STEPS; id++)
		step(v, id, &it->step[id]);
	jsondoc_close(j, ']');
	jsondoc_open(j, "connections", '[');
	for (uint32_t i = 0; i < it->n_connections; i++)
		connection(v, &it->connections[i]);
	jsondoc_close(j, ']');
	jsondoc_open(j, "requests", '[');
	for (uint32_t i = 0; i < it->n_requests; i++)
		request(v, &it->requests[i]);
	jsondoc_close(j, ']');
	jsondoc_close(j, '}');
}

static void capture(struct visits *v, const struct session *s)
{
	uint32_t n = session_n_frames(s);
	jsondoc_open(&v->doc, "capture", '{');
	visits_text(v, "file", source_path(s->source));
	jsondoc_integer(&v->doc, "frames", n);
	if (n) {
		visits_moment(v, "first", session_frame(s, 1)->time);
		visits_moment(v, "last", session_frame(s, n)->time);
	}
	jsondoc_bool(&v->doc, "cut", v->p->end == SOURCE_CUT || v->p->end == SOURCE_DAMAGED);
	jsondoc_close(&v->doc, '}');
}

bool print_visits(struct printer *p)
{
	const struct session *s = p->session;
	struct visits v = { .p = p, .doc = { .out = &p->out } };
	jsondoc_open(&v.doc, NULL, '{');
	capture(&v, s);
	jsondoc_open(&v.doc, "visits", '[');
	for (uint32_t i = 1; i <= steps_n_visits(s->steps) && out_good(&p->out); i++)
		visit(&v, steps_visit(s->steps, i));
	jsondoc_close(&v.doc, ']');
	jsondoc_close(&v.doc, '}');
	out_putc(&p->out, '\n');
	strbuf_free(&v.clean);
	return true;
}
