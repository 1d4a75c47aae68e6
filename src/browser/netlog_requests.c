/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests and pages. A URL_REQUEST has one leg for each address that it asks: a redirect, or the
 * browser's own change from http to https, ends one and begins the next.
 */
#include "browser/netlog.h"

#include <string.h>

static const char *key_of(const struct netlog_event *e)
{
	return netlog_str(e->params, "network_isolation_key");
}

static bool is_main(const struct log_reader *l, const struct netlog_event *e)
{
	int64_t flags = netlog_num(e->params, "load_flags", 0);
	const char *type = netlog_str(e->params, "request_type");
	if (flags & l->names.prefetch)
		return false;
	return *type ? !strcmp(type, "main frame") : (flags & l->names.main_frame) != 0;
}

/* A part has an origin that wants it; what the browser itself asks for has "not an origin". */
static uint32_t page_of_part(struct log_reader *l, const struct netlog_event *e, uint32_t host)
{
	const char *initiator = netlog_str(e->params, "initiator");
	bool origin = strstr(initiator, "://") != NULL;
	if (!json_object_get(e->params, "network_isolation_key"))
		return origin ? record_count(l->r, REC_PAGE) : 0;
	uint32_t key = netlog_site(l, key_of(e)), page = netlog_page_of_key(l, key);
	if (origin)
		return netlog_page_of_part(l, key, netlog_url_host(l, initiator), e->time);
	return page && netlog_side(&l->pages, page).host == host &&
	       !strcmp(netlog_str(e->params, "method"), "GET") ? page : 0;
}

static uint32_t page_begin(struct log_reader *l, const struct netlog_event *e, uint32_t host)
{
	uint32_t number = 0;
	struct rec_page *p = record_add(l->r, REC_PAGE, &number);
	if (!p)
		return 0;
	p->url = netlog_text(l, netlog_str(e->params, "url"));
	p->start = e->time;
	netlog_side_set(&l->pages, number, 0, host);
	return number;
}

/* ---- HSTS ---- */

static void hsts_asked(struct log_reader *l, struct netlog_source *s, const struct netlog_event *e)
{
	s->hsts_waits = true;
	s->hsts_time = e->time;
	s->hsts_host = netlog_text(l, netlog_str(e->params, "host"));
	s->hsts_listed = netlog_is(e->params, "get_sts_state_result");
	s->hsts_upgrade = netlog_is(e->params, "should_upgrade_to_ssl");
}

/* The first answer for a page and host, and those that differ from it. */
static void hsts_tell(struct log_reader *l, struct netlog_source *s, uint32_t page, bool secure)
{
	bool upgraded = s->hsts_upgrade && !secure;
	uint32_t n = record_count(l->r, REC_HSTS);
	if (!s->hsts_waits)
		return;
	s->hsts_waits = false;
	s->upgrade = upgraded;
	for (uint32_t i = n; i && n - i < NETLOG_LOOK_BACK; i--) {
		const struct rec_hsts *h = rec_hsts(l->r, i);
		if (h->page != page || strcmp(h->host, s->hsts_host))
			continue;
		if (h->listed == s->hsts_listed && (h->upgraded || !upgraded))
			return;
		break;
	}
	struct rec_hsts *h = record_add(l->r, REC_HSTS, NULL);
	if (!h)
		return;
	h->page = page;
	h->host = s->hsts_host;
	h->time = s->hsts_time;
	h->listed = s->hsts_listed;
	h->upgraded = upgraded;
	if (h->listed && netlog_learned(l, h->host))
		h->how = "learned";
}

/* ---- legs ---- */

static bool is_secure(const char *url)
{
	return !strncmp(url, "https:", 6) || !strncmp(url, "wss:", 4);
}

static void first_leg(struct log_reader *l, const struct netlog_event *e, uint32_t host,
		      struct rec_request *q)
{
	const char *type = netlog_str(e->params, "request_type");
	e->s->main = is_main(l, e);
	q->page = e->s->main ? page_begin(l, e, host) : page_of_part(l, e, host);
	q->kind = e->s->main ? "document" : !strncmp(type, "sub", 3) ? "frame" : "part";
	if (!q->page)
		q->kind = "background";
}

static void next_leg(struct log_reader *l, struct netlog_source *s, int64_t time,
		     struct rec_request *q)
{
	struct rec_request *before = rec_request(l->r, s->leg);
	if (!before->end)
		before->end = time;
	q->page = before->page;
	q->kind = before->kind;
	q->from = s->leg;
	if (s->redirected)
		q->upgraded = s->upgraded;
	if (s->redirected && !*q->upgraded && s->upgrade && !before->status && is_secure(q->url))
		q->upgraded = "hsts";
}

static void leg_begin(struct log_reader *l, struct netlog_source *s, const struct netlog_event *e)
{
	uint32_t number = 0;
	const char *url = netlog_str(e->params, "url");
	uint32_t host = netlog_url_host(l, url), key = netlog_site(l, key_of(e));
	struct rec_request *q = record_add(l->r, REC_REQUEST, &number);
	if (!q) {
		s->leg = 0;
		return;
	}
	q->url = netlog_text(l, url);
	q->method = netlog_text(l, netlog_str(e->params, "method"));
	q->start = e->time;
	q->body = -1;
	if (s->leg)
		next_leg(l, s, e->time, q);
	else
		first_leg(l, e, host, q);
	netlog_side_set(&l->requests, number, key, host);
	if (s->main) {
		netlog_page_key_add(l, q->page, key, number);
		netlog_lookups_adopt(l, q->page, key, host);
	}
	hsts_tell(l, s, q->page, is_secure(url));
	s->leg = number;
	s->next = 0;
	s->upgraded = "";
	s->running = true;
	s->redirected = s->filters = s->read_info = s->asked = s->fetched = false;
}

static void failed(struct log_reader *l, struct netlog_source *s, struct rec_request *q,
		   const char *error)
{
	struct rec_page *p = rec_page(l->r, q->page);
	if (!*error)
		return;
	if (!*q->error)
		q->error = error;
	if (s->main && p && !*p->error)
		p->error = error;
}

static void leg_end(struct log_reader *l, struct netlog_source *s, const struct netlog_event *e,
		    struct rec_request *q)
{
	const char *error = netlog_net_error(l, e->params);
	if (!q->socket)
		q->socket = netlog_socket(l, s->next);
	failed(l, s, q, error);
	if ((*error || s->redirected) && !q->end)
		q->end = e->time;
	if (!*error && !s->asked && s->read_info && !s->redirected)
		q->cache = "hit";
}

static void request_end(struct log_reader *l, struct netlog_source *s,
			const struct netlog_event *e, struct rec_request *q)
{
	failed(l, s, q, netlog_net_error(l, e->params));
	if (!q->end)
		q->end = e->time;
	s->running = false;
}

void netlog_requests_event(struct log_reader *l, const struct netlog_event *e)
{
	struct netlog_source *s = e->s;
	if (s->type != SRC_URL_REQUEST)
		return;
	if (e->type == EV_TRANSPORT_SECURITY_STATE_SHOULD_UPGRADE_TO_SSL)
		hsts_asked(l, s, e);
	else if (e->type == EV_URL_REQUEST_START_JOB && e->phase == PHASE_BEGIN)
		leg_begin(l, s, e);
	struct rec_request *q = rec_request(l->r, s->leg);
	if (!q)
		return;
	if (e->type == EV_URL_REQUEST_START_JOB && e->phase == PHASE_END)
		leg_end(l, s, e, q);
	else if (e->type == EV_REQUEST_ALIVE && e->phase == PHASE_END)
		request_end(l, s, e, q);
	else if (e->type == EV_URL_REQUEST_REDIRECTED)
		s->redirected = true;
}
