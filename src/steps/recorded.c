/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recorded: ties what the browser's log says (session.record) to what the packets say. A connection
 * is tied by its ports, a request by its connection, a name by itself and the time. What is tied
 * needs no guessing: to which page it belongs, or that it is the browser's own talk.
 *
 * A request that no packet shows, since its connection is encrypted, becomes an ask like those that
 * packets told (own.h), so that all that is made of asks is made of it too. Its frames are those
 * that were sent and came at its times: good enough to put it in order, never named as evidence.
 *
 * All of it is done anew each time the steps are settled: the log may have grown.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "record/record.h"
#include "record/url.h"
#include "steps/own.h"

enum {
	SLACK = 2000000,	/* the log's clock has milliseconds */
	EARLY_MS = 10000,	/* no name is looked up longer before its page */
	AHEAD = 256			/* most requests of a connection that one of the log is compared with */
};

/* ---- names ---- */

uint32_t recorded_host(struct steps *st, const char *url)
{
	size_t n = strlen(url);
	return n ? url_host(st, intern_bytes(st->s->strings, url, n)) : 0;
}

/* The address in a URL that names one in the place of a host; 0: it names none. */
static uint32_t address_in(struct steps *st, const char *url)
{
	unsigned char bytes[16];
	struct url u;
	uint32_t id = 0;
	if (!url_parse(&u, url, NULL))
		return 0;
	bool six = strchr(u.host, ':') != NULL;
	if (u.literal && inet_pton(six ? AF_INET6 : AF_INET, u.host, bytes) == 1)
		id = intern_bytes(st->s->strings, (const char *)bytes, six ? 16 : 4);
	url_free(&u);
	return id;
}

/*
 * A page has a host when it asked for its address or asked it for something. A browser may look a
 * name up so many milliseconds before it opens the page: `early`. Kept is 1 more.
 */
static void note_host(struct steps *st, uint32_t host, uint32_t page, uint32_t early)
{
	uint64_t key = map_pair(host, page ? page : RECORDED_BACKGROUND);
	if (!host)
		return;
	if (map_get(&st->page_of_host, key) <= early)
		map_put(&st->page_of_host, key, early + 1);
	map_put(&st->page_of_host, map_pair(host, 0), 1);
}

static uint32_t early_by(const struct record *r, const struct rec_lookup *q)
{
	const struct rec_page *p = rec_page(r, q->page);
	if (!p || q->start <= 0 || q->start >= p->start)
		return 0;
	int64_t ms = (p->start - q->start) / 1000000;
	return ms > EARLY_MS ? EARLY_MS : (uint32_t)ms;
}

static void tie_hosts(struct steps *st)
{
	const struct record *r = st->s->record;
	for (uint32_t i = 1; i <= record_count(r, REC_PAGE); i++) {
		note_host(st, recorded_host(st, rec_page(r, i)->url), i, 0);
		note_host(st, address_in(st, rec_page(r, i)->url), i, 0);
	}
	for (uint32_t i = 1; i <= record_count(r, REC_REQUEST); i++)
		note_host(st, recorded_host(st, rec_request(r, i)->url), rec_request(r, i)->page, 0);
	for (uint32_t i = 1; i <= record_count(r, REC_LOOKUP); i++) {
		const char *host = rec_lookup(r, i)->host;
		uint32_t id = intern_bytes(st->s->strings, host, strlen(host));
		note_host(st, *host ? lower_name(st, id) : 0, rec_lookup(r, i)->page,
			early_by(r, rec_lookup(r, i)));
	}
}

/* ---- requests ---- */

struct sent { uint32_t frame; int64_t time; };

struct sides { struct sent *sent[2]; uint32_t n[2]; };	/* of a flow: frames with payload, in order */

static struct sides sides_of(const struct steps *st, uint32_t flow)
{
	const struct conn *c = session_conn(st->s, flow);
	struct sides s = { 0 };
	for (int pass = 0; pass < 2; pass++) {
		uint32_t left[2] = { s.n[0], s.n[1] };
		const struct frame_rec *fr;
		for (uint32_t i = c->last_frame; (fr = session_frame(st->s, i)) != NULL; i = fr->prev) {
			bool far = !!(fr->flags & FRAME_DIR) != (c->client & 1);
			if (fr->flags & FRAME_PAYLOAD && !pass)
				s.n[far]++;
			else if (fr->flags & FRAME_PAYLOAD)
				s.sent[far][--left[far]] = (struct sent){ i, fr->time };
			if (fr->prev >= i)
				break;
		}
		for (int side = 0; side < 2 && !pass; side++)
			s.sent[side] = xmalloc((s.n[side] + 1) * sizeof *s.sent[side]);
	}
	return s;
}

/* The first frame of a side at a time or later; the last one when all are earlier. */
static uint32_t frame_from(const struct sides *s, int side, int64_t time, uint32_t least)
{
	uint32_t low = 0, high = s->n[side];
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (s->sent[side][middle].time < time || s->sent[side][middle].frame < least)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < s->n[side])
		return s->sent[side][low].frame;
	return s->n[side] && s->sent[side][low - 1].frame >= least ? s->sent[side][low - 1].frame : 0;
}

/* The last frame of a side until a time, not before `least`. */
static uint32_t frame_until(const struct sides *s, int side, int64_t time, uint32_t least)
{
	uint32_t low = 0, high = s->n[side];
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (s->sent[side][middle].time <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low && s->sent[side][low - 1].frame >= least ? s->sent[side][low - 1].frame : 0;
}

static uint32_t text_id(struct steps *st, const char *s)
{
	return *s ? intern_bytes(st->s->strings, s, strlen(s)) : 0;
}

static uint16_t version_of(const char *protocol)
{
	return !strcmp(protocol, "h2") ? 20 : !strcmp(protocol, "h3") ? 30 :
		!strcmp(protocol, "http/1.0") ? 10 : 11;
}

static bool make_ask(struct steps *st, uint32_t number, const struct track *t, const struct sides *s)
{
	const struct rec_request *q = rec_request(st->s->record, number);
	int64_t sent = recorded_time(st, q->sent ? q->sent : q->start);
	uint32_t frame = frame_from(s, 0, sent - SLACK, t->request);
	if (!frame || !room_for(st, &st->known, MAX_ASKS, frame))
		return false;
	struct ask *a = chunks_add(&st->known);
	*a = (struct ask){
		.frame = frame, .first_frame = frame, .flow = t->flow, .request = number,
		.recorded = true, .method = text_id(st, q->method), .url = text_id(st, q->url),
		.host = recorded_host(st, q->url), .location = text_id(st, q->location),
		.hsts = text_id(st, q->hsts), .mime = text_id(st, q->mime), .status = q->status,
		.version = version_of(q->protocol), .decoded = UINT32_MAX,
		.body = q->body >= 0 && q->body < UINT32_MAX ? (uint32_t)q->body : UINT32_MAX,
		.idle = t->idle,
	};
	if (q->status && q->head)
		a->response = frame_until(s, 1, recorded_time(st, q->head) + SLACK, frame);
	if (a->response && q->end)
		a->last = frame_until(s, 1, recorded_time(st, q->end) + SLACK, a->response);
	return true;
}

static bool hidden(const struct track *t)
{
	return t->request && (t->flags & TRACK_TLS || t->kind == KIND_QUIC) && !(t->flags & TRACK_HTTP);
}

/*
 * The packets told a flow's requests themselves: each is the log's next one with its path. *from: the
 * first of them that is not tied yet.
 */
static void tie_asks(struct steps *st, uint32_t number, uint32_t *from)
{
	const struct rec_request *q = rec_request(st->s->record, number);
	const char *path = url_path(q->url);
	size_t n, m = strlen(path);
	while (*from && ask_at(st, *from)->request)
		*from = ask_at(st, *from)->next_of_flow;
	for (uint32_t i = *from, k = 0; i && k < AHEAD; i = ask_at(st, i)->next_of_flow, k++) {
		struct ask *a = ask_at(st, i);
		const char *url = session_string(st->s, a->url, &n);
		if (a->request || n < m || memcmp(url + n - m, path, m) != 0)
			continue;
		a->request = number;
		map_put(&st->ask_of_request, number, i);
		return;
	}
}

/*
 * The first of some asks (linked by `after`) that may be a request of the log by its time, which is
 * later for each of the log's requests; 0: none. A log of another visit has the same addresses.
 */
static uint32_t ask_in_time(const struct steps *st, uint32_t ask, const uint32_t *after,
			    const struct rec_request *q)
{
	int64_t start = recorded_time(st, q->start), end = recorded_time(st, q->end);
	while (ask && time_of(st, ask_at(st, ask)->frame) < start - RECORDED_APART)
		ask = after[ask];
	return ask && end && time_of(st, ask_at(st, ask)->frame) > end + RECORDED_APART ? 0 : ask;
}

/* Of some requests the log does not tell the right connection: those are tied by their URL. */
static void tie_loose(struct steps *st)
{
	struct map next = { 0 };	/* by URL: the first ask that may be it */
	uint32_t *after = xcalloc(st->asks.count + 1, sizeof *after);
	for (uint32_t i = (uint32_t)st->asks.count; i; i--) {
		if (ask_at(st, i)->request)
			continue;
		after[i] = map_get(&next, ask_at(st, i)->url);
		map_put(&next, ask_at(st, i)->url, i);
	}
	for (uint32_t i = 1; i <= record_count(st->s->record, REC_REQUEST); i++) {
		const struct rec_request *q = rec_request(st->s->record, i);
		bool tied = map_get(&st->ask_of_request, i) != 0;
		uint32_t url = tied || !q->status ? 0 : text_id(st, q->url);
		uint32_t ask = url ? ask_in_time(st, map_get(&next, url), after, q) : 0;
		if (!ask)
			continue;
		ask_at(st, ask)->request = i;
		map_put(&st->ask_of_request, i, ask);
		map_put(&next, url, after[ask]);
	}
	map_free(&next);
	free(after);
}

static int by_frame(const void *a, const void *b)
{
	const struct ask *x = a, *y = b;
	if (x->frame != y->frame)
		return x->frame < y->frame ? -1 : 1;
	return x->request < y->request ? -1 : x->request > y->request;
}

/* Known asks in the order of their frames, and the flows' lists of them. */
static void list_known(struct steps *st)
{
	size_t n = st->known.count;
	struct ask *all = xmalloc((n + 1) * sizeof *all);
	for (size_t i = 0; i < n; i++)
		all[i] = *(struct ask *)chunks_at(&st->known, i);
	qsort(all, n, sizeof *all, by_frame);
	for (size_t i = 0; i < n; i++) {
		*(struct ask *)chunks_at(&st->known, i) = all[i];
		uint32_t number = KNOWN_ASK + (uint32_t)i;
		struct track *t = track_at(st, all[i].flow);
		if (t->last_ask)
			ask_at(st, t->last_ask)->next_of_flow = number;
		else
			t->first_ask = number;
		t->last_ask = number;
		map_put(&st->ask_of_request, all[i].request, number);
	}
	free(all);
}

static void forget_known(struct steps *st)
{
	for (size_t i = 0; i < st->known.count; i++) {
		struct track *t = track_at(st, ((struct ask *)chunks_at(&st->known, i))->flow);
		t->first_ask = t->last_ask = 0;
	}
	st->known.count = 0;
	for (uint32_t i = 1; i <= st->asks.count; i++)
		ask_at(st, i)->request = 0;
}

/* The page of a request; of one that is not there, none. */
static uint32_t page_of(const struct steps *st, const struct rec_request *q)
{
	return rec_page(st->s->record, q->page) ? q->page : RECORDED_BACKGROUND;
}

/* The log's requests on one connection, from `first` on. */
static void tie_requests_of(struct steps *st, uint32_t flow, uint32_t first, const uint32_t *next)
{
	struct track *t = track_at(st, flow - 1);
	if (!t)
		return;
	bool secret = hidden(t);
	struct sides s = secret ? sides_of(st, flow - 1) : (struct sides){ 0 };
	uint32_t from = t->first_ask;
	for (uint32_t i = first; i; i = next[i]) {
		const struct rec_request *q = rec_request(st->s->record, i);
		/* what was over before the capture began is not told from it */
		if (q->end && recorded_time(st, q->end) < st->first_time)
			continue;
		uint32_t known = map_get(&st->page_of_flow, flow);
		if (!known || known == RECORDED_BACKGROUND)
			map_put(&st->page_of_flow, flow, page_of(st, q));
		if (secret)
			make_ask(st, i, t, &s);
		else
			tie_asks(st, i, &from);
	}
	free(s.sent[0]);
	free(s.sent[1]);
}

static void tie_requests(struct steps *st)
{
	const struct record *r = st->s->record;
	uint32_t sockets = record_count(r, REC_SOCKET), requests = record_count(r, REC_REQUEST);
	uint32_t *first = xcalloc(sockets + 1, sizeof *first), *next = xcalloc(requests + 1, sizeof *next);
	for (uint32_t i = requests; i; i--) {
		uint32_t socket = rec_request(r, i)->socket;
		if (!socket || socket > sockets)
			continue;
		next[i] = first[socket];
		first[socket] = i;
	}
	for (uint32_t socket = 1; socket <= sockets; socket++) {
		uint32_t flow = first[socket] ? map_get(&st->flow_of_socket, socket) : 0;
		if (flow)
			tie_requests_of(st, flow, first[socket], next);
	}
	free(first);
	free(next);
}

void recorded_tie(struct steps *st)
{
	struct map *maps[] = { &st->flow_of_socket, &st->socket_of_flow, &st->page_of_flow,
		&st->page_of_host, &st->ask_of_request, &st->story_of_page, &st->own };
	const struct record *r = st->s->record;
	for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
		map_free(maps[i]);
	forget_known(st);
	st->skew = 0;
	st->other_log = record_count(r, REC_PAGE) > 0 && !recorded_same_time(st);
	st->recorded = record_count(r, REC_PAGE) > 0 && !st->other_log;
	if (!st->recorded)
		return;
	recorded_tie_flows(st);
	tie_hosts(st);
	tie_requests(st);
	tie_loose(st);
	list_known(st);
}

bool steps_other_log(const struct steps *st)
{
	return st->other_log;
}
