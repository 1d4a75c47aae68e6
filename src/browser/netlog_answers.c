/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of a request: the connection that took it, the response's head, the body, the cache. */
#include "browser/netlog.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- hosts that sent Strict-Transport-Security (RFC 6797) ---- */

static struct netlog_sts *sts_of(const struct log_reader *l, uint32_t host)
{
	for (uint32_t i = 0; i < l->n_sts; i++) {
		if (l->sts[i].host == host)
			return &l->sts[i];
	}
	return NULL;
}

static void sts_learn(struct log_reader *l, uint32_t host, const char *header)
{
	struct netlog_sts *t = sts_of(l, host);
	const char *age = strcasestr(header, "max-age");
	if (!host || !age || (!t && l->n_sts == NETLOG_LOOK_BACK))
		return;
	if (!t) {
		if (l->n_sts == l->sts_room) {
			l->sts_room = l->sts_room ? 2 * l->sts_room : 8;
			l->sts = xrealloc(l->sts, l->sts_room * sizeof *l->sts);
		}
		t = &l->sts[l->n_sts++];
	}
	age += strlen("max-age");
	age += strspn(age, " \t=\"");
	*t = (struct netlog_sts){ host, strspn(age, "0123456789") > strspn(age, "0"),
				  strcasestr(header, "includeSubDomains") != NULL };
}

bool netlog_learned(const struct log_reader *l, const char *host)
{
	for (const char *name = host; name; name = strchr(name, '.')) {
		name += name != host;
		const struct netlog_sts *t = sts_of(l, intern_bytes(l->texts, name, strlen(name)));
		if (t && t->valid && (name == host || t->subdomains))
			return true;
	}
	return false;
}

void netlog_recall(struct log_reader *l)
{
	for (uint32_t i = record_count(l->r, REC_REQUEST); i && l->n_sts < NETLOG_LOOK_BACK; i--) {
		const struct rec_request *q = rec_request(l->r, i);
		const char *host = q->url + strlen("https://");
		if (!*q->hsts || strncmp(q->url, "https://", strlen("https://")))
			continue;
		uint32_t key = intern_bytes(l->texts, host, strcspn(host, ":/?#"));
		if (!sts_of(l, key))
			sts_learn(l, key, q->hsts);
	}
}

/* ---- the head ---- */

/* The value of a header line "name: value" when it has this name, else NULL. */
static const char *header(const char *line, const char *name)
{
	size_t n = strlen(name);
	if (strncasecmp(line, name, n) || line[n] != ':')
		return NULL;
	line += n + 1;
	return line + strspn(line, " \t");
}

static void status_line(struct log_reader *l, struct rec_request *q, const char *line)
{
	const char *space = strchr(line, ' ');
	if (!space)
		return;
	long status = strtol(space, NULL, 10);
	if (status > 0 && status < 1000)
		q->status = (uint16_t)status;
	if (!strncmp(line, "HTTP/1.0", 8) && !strncmp(q->protocol, "http/", 5))
		q->protocol = netlog_text(l, "http/1.0");
}

static void header_line(struct log_reader *l, struct rec_request *q, const char *line)
{
	const char *v;
	if ((v = header(line, "location")))
		q->location = netlog_text(l, v);
	else if ((v = header(line, "strict-transport-security")) && !*q->hsts)
		q->hsts = netlog_text(l, v);
	else if ((v = header(line, "content-type"))) {
		struct strbuf b = { .cap = RECORD_TEXT };
		strbuf_add(&b, v, strcspn(v, "; \t"));
		q->mime = netlog_text(l, strbuf_str(&b));
		strbuf_free(&b);
	}
}

static void head_read(struct log_reader *l, struct netlog_source *s, const struct netlog_event *e,
		      struct rec_request *q)
{
	const json_t *lines = json_object_get(e->params, "headers");
	q->head = e->time;
	q->location = q->hsts = q->mime = "";
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const char *line = json_string_value(json_array_get(lines, i));
		if (line && !i)
			status_line(l, q, line);
		else if (line)
			header_line(l, q, line);
	}
	s->learnt = true;
	if (*q->hsts && !strncmp(q->url, "https:", 6))
		sts_learn(l, netlog_side(&l->requests, s->leg).host, q->hsts);
	if (q->status == 304)
		q->cache = "validated";
}

/* ---- the way there ---- */

static void sent(struct log_reader *l, struct netlog_source *s, const struct netlog_event *e,
		 struct rec_request *q)
{
	uint32_t socket = netlog_socket(l, s->next);
	s->asked = true;
	if (q->head)
		return;
	q->sent = e->time;
	if (socket)
		q->socket = socket;
}

static void bound(struct log_reader *l, struct netlog_source *s, struct rec_request *q)
{
	uint32_t socket = netlog_socket(l, s->next);
	s->asked = true;
	if (socket && !q->head)
		q->socket = socket;
}

static void stream(struct rec_request *q, const struct netlog_event *e, const char *key)
{
	int64_t n = netlog_num(e->params, key, -1);
	if (n >= 0 && !q->head)
		q->stream = (uint64_t)n;
}

/* A session tells the stream of a request by the job that bound it. */
static void session_stream(struct log_reader *l, const struct netlog_event *e)
{
	const struct netlog_source *job = netlog_source(l, e->dep);
	const struct netlog_source *s = job ? netlog_source(l, job->owner) : NULL;
	struct rec_request *q = s && s->type == SRC_URL_REQUEST ? rec_request(l->r, s->leg) : NULL;
	if (q && !q->end && !q->stream)
		stream(q, e, "stream_id");
}

/* ---- the body ---- */

static void body_bytes(struct netlog_source *s, const struct netlog_event *e, struct rec_request *q)
{
	int64_t n = netlog_num(e->params, "byte_count", 0);
	bool filtered = e->type == EV_URL_REQUEST_JOB_FILTERED_BYTES_READ;
	if (n < 0 || n > INT32_MAX || (filtered && s->filters) || *q->cache)
		return;
	q->body = (q->body < 0 ? 0 : q->body) + n;
}

static void body_read(struct netlog_source *s, const struct netlog_event *e, struct rec_request *q)
{
	if (e->phase != PHASE_END)
		return;
	q->end = e->time;
	if (q->body < 0 && (s->learnt || *q->cache))
		q->body = 0;
}

/* ---- events ---- */

static void way_event(struct log_reader *l, struct netlog_source *s, const struct netlog_event *e,
		      struct rec_request *q)
{
	if (e->type == EV_HTTP_STREAM_REQUEST && e->phase == PHASE_END)
		bound(l, s, q);
	else if (e->type == EV_HTTP_TRANSACTION_SEND_REQUEST && e->phase == PHASE_BEGIN)
		sent(l, s, e, q);
	else if (e->type == EV_HTTP_TRANSACTION_SEND_REQUEST_HEADERS)
		q->protocol = "http/1.1";
	else if (e->type == EV_HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS)
		q->protocol = "h2";
	else if (e->type == EV_HTTP2_STREAM_UPDATE_SEND_WINDOW)
		stream(q, e, "stream_id");
	else if (e->type == EV_HTTP_TRANSACTION_QUIC_SEND_REQUEST_HEADERS) {
		q->protocol = "h3";
		stream(q, e, "quic_stream_id");
	}
}

static void internal_redirect(struct netlog_source *s, const struct netlog_event *e)
{
	const json_t *lines = json_object_get(e->params, "headers");
	const char *why = netlog_str(e->params, "reason");
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const char *line = json_string_value(json_array_get(lines, i));
		const char *v = line ? header(line, "Non-Authoritative-Reason") : NULL;
		if (v)
			why = v;
	}
	if (!strcmp(why, "HSTS"))
		s->upgraded = "hsts";
	else if (!strcasecmp(why, "HttpsUpgrades"))
		s->upgraded = "https-first";
}

void netlog_answers_event(struct log_reader *l, const struct netlog_event *e)
{
	struct netlog_source *s = e->s;
	if (e->type == EV_HTTP2_SESSION_SEND_HEADERS)
		session_stream(l, e);
	struct rec_request *q = s->type == SRC_URL_REQUEST ? rec_request(l->r, s->leg) : NULL;
	if (!q)
		return;
	way_event(l, s, e, q);
	if (e->type == EV_HTTP_TRANSACTION_READ_RESPONSE_HEADERS)
		head_read(l, s, e, q);
	else if (e->type == EV_URL_REQUEST_REDIRECT_JOB ||
		 e->type == EV_URL_REQUEST_FAKE_RESPONSE_HEADERS_CREATED)
		internal_redirect(s, e);
	else if (e->type == EV_URL_REQUEST_FILTERS_SET)
		s->filters = true;
	else if (e->type == EV_HTTP_CACHE_READ_INFO && e->phase == PHASE_END)
		s->read_info = true;
	else if (e->type == EV_URL_REQUEST_JOB_BYTES_READ ||
		 e->type == EV_URL_REQUEST_JOB_FILTERED_BYTES_READ)
		body_bytes(s, e, q);
	else if (e->type == EV_HTTP_TRANSACTION_READ_BODY || e->type == EV_HTTP_CACHE_READ_DATA)
		body_read(s, e, q);
}
