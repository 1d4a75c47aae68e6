/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gather_http: requests with their responses (RFC 9112: answered in the order they were sent). */
#include "steps/own.h"

static void forget_headers(struct steps *st)
{
	for (size_t i = 0; i < sizeof st->header / sizeof st->header[0]; i++)
		st->header[i] = 0;
}

/* The host that a request names, as a lower-case name; 0 when it is an address, or not told. */
static uint32_t host_of(struct steps *st, uint32_t header, uint32_t url)
{
	size_t n;
	const char *s = session_string(st->s, header, &n);
	return n ? authority_host(st, s, n) : url_host(st, url);
}

/* Another request of a flow, also one of which only the response is there; NULL at the cap. */
static struct ask *new_ask(struct steps *st, const struct packet *p, struct track *t,
			   const struct event *e)
{
	if (!room_for(st, &st->asks, MAX_ASKS, e->frame))
		return NULL;
	struct ask *a = chunks_add(&st->asks);
	uint32_t number = (uint32_t)st->asks.count;
	*a = (struct ask){ .frame = e->frame,
		.first_frame = e->first_frame ? e->first_frame : e->frame, .flow = p->flow,
		.version = e->c, .body = UINT32_MAX, .decoded = UINT32_MAX,
		.idle = idle_since(client_at(st, t->client), p->time) };
	if (t->last_ask)
		ask_at(st, t->last_ask)->next_of_flow = number;
	else
		t->first_ask = number;
	t->last_ask = number;
	if (!t->open_ask)
		t->open_ask = number;
	return a;
}

static uint8_t take_request(struct steps *st, const struct packet *p, struct track *t,
			    const struct event *e)
{
	struct ask *a = new_ask(st, p, t, e);
	if (!a)
		return EX_REQUEST;
	a->method = e->a;
	a->url = e->b;
	a->host = host_of(st, st->header[HDR_HOST], e->b);
	a->agent = st->header[HDR_USER_AGENT];
	forget_headers(st);
	return rule_for(e, true);
}

static uint8_t take_status(struct steps *st, const struct packet *p, struct track *t,
			   const struct event *e)
{
	struct ask *a = ask_at(st, t->open_ask);
	uint8_t x = rule_for(e, false);
	if (e->a >= 100 && e->a < 200)	/* not the answer yet */
		return x;
	if (!a)		/* the request was not captured */
		a = new_ask(st, p, t, e);
	if (a) {
		t->done_ask = t->open_ask;
		t->open_ask = a->next_of_flow;
		a->response = e->frame;
		a->status = (uint16_t)e->a;
		a->mime = e->b;
		a->location = st->header[HDR_LOCATION];
		a->hsts = st->header[HDR_HSTS];
		a->encoding = st->header[HDR_CONTENT_ENCODING];
		a->server = st->header[HDR_SERVER];
	}
	if (e->a >= 300 && e->a < 400 && st->header[HDR_LOCATION])
		x = EX_REDIRECT;
	forget_headers(st);
	return x;
}

uint8_t gather_http(struct steps *st, const struct packet *p, struct track *t,
		    const struct event *e)
{
	const struct conn *c = session_conn(st->s, e->flow);
	bool client = !c || (e->dir & 1) == (c->client & 1);
	struct ask *a;
	t->flags |= TRACK_HTTP;
	t->phase = PH_APP;
	switch ((enum event_kind)e->kind) {
	case EV_HTTP_HEADER:
		if (e->a < sizeof st->header / sizeof st->header[0])
			st->header[e->a] = e->b;
		return EX_NONE;
	case EV_HTTP_REQUEST:
		return take_request(st, p, t, e);
	case EV_HTTP_RESPONSE:
		return take_status(st, p, t, e);
	case EV_HTTP_HEAD:
		a = client ? NULL : ask_at(st, t->done_ask);
		if (a && a->response == e->frame)
			a->header_bytes = e->a;
		return EX_NONE;
	case EV_HTTP_END:
		a = client ? NULL : ask_at(st, t->done_ask);
		if (a && !a->last) {
			a->last = e->frame;
			a->body = e->a;
			a->decoded = e->b;
		}
		return client ? EX_NONE : EX_RESPONSE_END;
	default:
		return EX_NONE;
	}
}
