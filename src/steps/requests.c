/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * requests: the visit's requests with their times, under the names of the HTTP Archive format
 * (HAR 1.2, "timings"): milliseconds, -1 where a phase does not apply. dns, connect and ssl stand
 * with the first request of a connection; connect holds ssl. What a request waited for inside
 * the browser (blocked) no packet tells.
 */
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

static void request_of(struct teller *t, const struct ask *a, uint32_t id, struct request *r)
{
	const struct conn *c = session_conn(t->st->s, a->flow);
	const struct track *k = track_at(t->st, a->flow);
	r->id = id;
	r->connection = c->number;
	r->method = string_text(t, a->method);
	r->url = ask_url(t, a);
	r->protocol = protocol_of(a->version);
	r->mime = string_text(t, a->mime);
	r->status = a->status;
	r->request_frame = a->method ? a->frame : 0;
	r->response_frame = a->response;
	r->last_frame = a->last;
	r->header_bytes = a->header_bytes;
	r->body_bytes = a->body == UINT32_MAX ? -1 : (int64_t)a->body;
	r->body_decoded_bytes = a->decoded == UINT32_MAX ? -1 : (int64_t)a->decoded;
	r->blocked = r->dns = r->connect = r->ssl = r->wait = r->receive = -1;
	if (k->first_ask && ask_at(t->st, k->first_ask) == a && story_at(t->st, k->story) == t->y)
		open_times(t, a, r);
	r->send = ms_between(time_of(t->st, a->first_frame), time_of(t->st, a->frame));
	if (a->response && a->method)
		r->wait = ms_between(time_of(t->st, a->frame), time_of(t->st, a->response));
	if (a->response && a->last)
		r->receive = ms_between(time_of(t->st, a->response), time_of(t->st, a->last));
}

void tell_requests(struct teller *t)
{
	uint32_t n = 0;
	for (uint32_t i = t->y->asks; i && n < MAX_REQUESTS; i = ask_at(t->st, i)->next_of_story)
		n++;
	t->v->requests = arena_alloc(&t->arena, n * sizeof *t->v->requests + 1);
	t->v->n_requests = n;
	for (uint32_t i = t->y->asks, k = 0; i && k < n; i = ask_at(t->st, i)->next_of_story, k++)
		request_of(t, ask_at(t->st, i), k + 1, &t->v->requests[k]);
}
