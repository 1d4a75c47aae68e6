/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * requests: the visit's requests with their times, under the names of the HTTP Archive format
 * (HAR 1.2, "timings"): milliseconds, -1 where a phase does not apply. dns, connect and ssl stand
 * with the first request of a connection; connect holds ssl. What a request waited for inside
 * the browser (blocked) no packet tells.
 */
#include <string.h>

#include "record/record.h"
#include "steps/tell.h"

enum { MAX_REQUESTS = 4096 };

static const char *protocol_of(uint16_t version)
{
	switch (version) {
	case 10: return "http/1.0";
	case 20: return "h2";
	case 30: return "h3";
	default: return "http/1.1";
	}
}

/* The time of the DNS question that this connection had to wait for. */
static double dns_time(const struct teller *t, const struct track *k, uint32_t flow)
{
	const struct lookup *answer = lookup_at(t->st, k->lookup);
	if (!answer || answer->story == 0 || story_at(t->st, answer->story) != t->y)
		return -1;
	for (uint32_t i = t->y->flows; i && i - 1 != flow; i = track_at(t->st,
			i - 1)->next_of_story)
		if (server_address(t->st, i - 1) == server_address(t->st, flow))
			return -1;	/* an earlier connection waited for it */
	return ms_between(time_of(t->st, answer->frame), time_of(t->st, answer->answer));
}

static void open_times(const struct teller *t, const struct ask *a, struct request *r)
{
	const struct track *k = track_at(t->st, a->flow);
	int64_t begin = time_of(t->st, k->syn), done = time_of(t->st, k->established);
	int64_t hello = time_of(t->st, k->hello), finished = time_of(t->st, k->finished);
	r->dns = dns_time(t, k, a->flow);
	if (hello)
		r->ssl = ms_between(hello, finished ? finished : time_of(t->st, a->first_frame));
	if (k->kind == KIND_QUIC)
		r->connect = r->ssl;
	else if (r->ssl >= 0)
		r->connect = ms_between(begin, finished ? finished : time_of(t->st,
				a->first_frame));
	else
		r->connect = ms_between(begin, done);
}

static void request_of(struct teller *t, const struct ask *a, struct request *r)
{
	const struct conn *c = session_conn(t->st->s, a->flow);
	const struct track *k = track_at(t->st, a->flow);
	r->connection = c->number;
	r->method = string_text(t, a->method);
	r->url = ask_url(t, a);
	r->protocol = protocol_of(a->version);
	r->mime = string_text(t, a->mime);
	r->status = a->status;
	r->header_bytes = a->header_bytes;
	r->body_bytes = a->body == UINT32_MAX ? -1 : (int64_t)a->body;
	r->body_decoded_bytes = a->decoded == UINT32_MAX ? -1 : (int64_t)a->decoded;
	if (k->first_ask && ask_at(t->st, k->first_ask) == a && story_at(t->st, k->story) == t->y)
		open_times(t, a, r);
	if (a->recorded)
		return;
	r->head = time_of(t->st, a->response);
	r->end = time_of(t->st, a->last);
	r->request_frame = a->method ? a->frame : 0;
	r->response_frame = a->response;
	r->last_frame = a->last;
	r->send = ms_between(time_of(t->st, a->first_frame), time_of(t->st, a->frame));
	if (a->response && a->method)
		r->wait = ms_between(time_of(t->st, a->frame), time_of(t->st, a->response));
	if (a->response && a->last)
		r->receive = ms_between(time_of(t->st, a->response), time_of(t->st, a->last));
}

/* What the browser's log knows of a request, where packets did not tell it. */
static void fill_in(const struct teller *t, const struct rec_request *q, struct request *r)
{
	const struct steps *st = t->st;
	uint32_t flow = map_get(&st->flow_of_socket, q->socket);
	if (!r->connection && flow)
		r->connection = session_conn(st->s, flow - 1)->number;
	r->stream = q->stream;
	r->cache = q->cache;
	r->error = q->error;
	if (!r->request_frame) {
		r->recorded = true;
		r->method = q->method;
		r->url = q->url;
		r->protocol = q->protocol;
		r->mime = q->mime;
		r->status = q->status;
		r->body_bytes = q->body;
		r->head = recorded_time(st, q->head);
		r->end = recorded_time(st, q->end);
		r->wait = ms_between(q->sent, q->head);
		r->receive = ms_between(q->head, q->end);
	}
	if (q->sent)
		r->blocked = ms_between(q->start, q->sent) - (r->dns > 0 ? r->dns : 0) -
			(r->connect > 0 ? r->connect : 0);
	if (r->blocked < 0)
		r->blocked = q->sent ? 0 : -1;
}

static bool of_page(const struct teller *t, const struct rec_request *q)
{
	/* what the browser changed itself (HSTS) was never sent: its successor is the request */
	return q->page == t->y->page && (q->status || q->socket || *q->error || *q->cache);
}

static uint32_t count_requests(const struct teller *t)
{
	uint32_t n = 0;
	for (uint32_t i = t->y->asks; i; i = ask_at(t->st, i)->next_of_story)
		n += !t->y->page || !ask_at(t->st, i)->request;
	for (uint32_t i = 1; t->y->page && i <= record_count(t->st->s->record, REC_REQUEST); i++)
		n += of_page(t, rec_request(t->st->s->record, i));
	return n < MAX_REQUESTS ? n : MAX_REQUESTS;
}

static struct request *another(struct visit *v)
{
	struct request *r = &v->requests[v->n_requests++];
	r->id = v->n_requests;
	r->method = r->url = r->protocol = r->mime = r->cache = r->error = "";
	r->body_bytes = r->body_decoded_bytes = -1;
	r->blocked = r->dns = r->connect = r->ssl = r->send = r->wait = r->receive = -1;
	return r;
}

void tell_requests(struct teller *t)
{
	const struct record *record = t->st->s->record;
	uint32_t n = count_requests(t);
	struct visit *v = t->v;
	v->requests = arena_alloc(&t->arena, n * sizeof *v->requests + 1);
	for (uint32_t i = 1; t->y->page && i <= record_count(record, REC_REQUEST); i++) {
		const struct rec_request *q = rec_request(record, i);
		const struct ask *a = ask_at(t->st, map_get(&t->st->ask_of_request, i));
		if (!of_page(t, q) || v->n_requests == n)
			continue;
		struct request *r = another(v);
		if (a)
			request_of(t, a, r);
		fill_in(t, q, r);
	}
	for (uint32_t i = t->y->asks; i && v->n_requests < n; i = ask_at(t->st, i)->next_of_story)
		if (!t->y->page || !ask_at(t->st, i)->request)
			request_of(t, ask_at(t->st, i), another(v));
}
