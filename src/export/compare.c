/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare: what is counted of two visits, and what differs between them. */
#include "export/compare.h"

#include <errno.h>
#include <string.h>

#include "export/story.h"
#include "fmt/i18n.h"
#include "fmt/say.h"

/* ---- one visit ---- */

static void count_bytes(struct side *x)
{
	uint32_t n = session_n_frames(x->session);
	for (uint32_t i = x->visit->first_frame; i && i <= x->visit->last_frame && i <= n; i++) {
		const struct frame_rec *fr = session_frame(x->session, i);
		if (fr->visit != x->visit->id)
			continue;
		unsigned bits = frame_steps(fr);
		for (enum step id = STEP_1; id < STEPS; id++)
			x->bytes[id] += bits >> id & 1 ? fr->len : 0;
		x->all_bytes += fr->len;
	}
}

static void count_connections(struct side *x)
{
	for (uint32_t i = 0; i < x->visit->n_connections; i++) {
		const struct connection *c = &x->visit->connections[i];
		x->quic += c->quic;
		x->tcp += !c->quic;
		x->sent_again += c->retransmissions;
		/* what the browser's log tells is all there was */
		if (!x->visit->page && (c->quic || c->tls.seen) && !c->tls.decrypted && c->outcome == OUT_ANSWERED)
			x->hidden = true;
	}
}

static void add_protocol(struct side *x, const char *protocol)
{
	size_t at = strlen(x->protocols), n = strlen(protocol);
	if (!n || strstr(x->protocols, protocol) || at + n + 3 > sizeof x->protocols)
		return;
	if (at) {
		memcpy(x->protocols + at, ", ", 3);
		at += 2;
	}
	memcpy(x->protocols + at, protocol, n + 1);
}

static int64_t after_start(const struct side *x, int64_t time)
{
	return time >= x->visit->start ? time - x->visit->start : -1;
}

static bool redirects(uint16_t status)
{
	return status / 100 == 3 && status != 304;
}

static void count_requests(struct side *x)
{
	const struct visit *v = x->visit;
	const struct request *document = NULL;
	x->requests = v->n_requests || !x->hidden ? (int64_t)v->n_requests : -1;
	x->not_modified = x->requests < 0 ? -1 : 0;
	for (uint32_t i = 0; i < v->n_requests; i++) {
		const struct request *r = &v->requests[i];
		x->not_modified += r->status == 304;
		add_protocol(x, r->protocol);
		if (!document && r->status && !redirects(r->status) && *r->url &&
		    !strcmp(r->url, v->final_url ? v->final_url : v->url))
			document = r;
	}
	if (document) {
		x->first_byte = after_start(x, document->head);
		x->complete = after_start(x, document->end);
	}
}

static void count_cached(struct side *x)
{
	if (!x->visit->page)
		return;
	x->from_cache = 0;
	for (uint32_t i = 0; i < x->visit->n_requests; i++)
		x->from_cache += !strcmp(x->visit->requests[i].cache, "hit");
}

void side_count(struct side *x)
{
	x->first_byte = x->complete = x->from_cache = -1;
	count_bytes(x);
	count_connections(x);
	count_requests(x);
	count_cached(x);
}

const char *side_transport(const struct side *x)
{
	for (uint32_t i = 0; i < x->visit->n_connections; i++)
		if (x->visit->connections[i].document)
			return x->visit->connections[i].quic ? "QUIC" : "TCP";
	return "";
}

/* ---- both ---- */

enum presence side_presence(const struct side *x, enum step id)
{
	switch (x->visit->step[id].state) {
	case STATE_UNKNOWN: return PRESENCE_UNKNOWN;
	case STATE_ABSENT: return PRESENCE_NOT;
	case STATE_INFERRED: case STATE_RECORDED: case STATE_OBSERVED: break;
	}
	return PRESENCE_YES;
}

static bool alone(const struct compare *c, unsigned side, enum step id)
{
	return side_presence(&c->side[side], id) == PRESENCE_YES &&
		side_presence(&c->side[!side], id) == PRESENCE_NOT;
}

bool side_alone(const struct compare *c, unsigned side, enum step id)
{
	enum step above = id >= STEP_5 ? STEP_5 : id >= STEP_2 && id <= STEP_2_3 ? STEP_2 : id;
	return alone(c, side, id) && (above == id || !alone(c, side, above));
}

const struct fact *side_fact(const struct side *x, enum step id, const char *key)
{
	const struct step_entry *e = &x->visit->step[id];
	for (unsigned i = 0; i < e->n_facts; i++) {
		const struct fact *f = &e->facts[i];
		if (!strcmp(f->key, key))
			return story_fact_empty(f) ? NULL : f;
	}
	return NULL;
}

const char *fact_key(const struct compare *c, enum step id, unsigned n)
{
	const struct step_entry *a = &c->side[SIDE_A].visit->step[id];
	const struct step_entry *b = &c->side[SIDE_B].visit->step[id];
	if (n < a->n_facts)
		return a->facts[n].key;
	n -= a->n_facts;
	for (unsigned i = 0; i < b->n_facts; i++) {
		bool both = false;
		for (unsigned k = 0; k < a->n_facts; k++)
			both = both || !strcmp(a->facts[k].key, b->facts[i].key);
		if (!both && !n--)
			return b->facts[i].key;
	}
	return NULL;
}

static bool in_list(const struct fact *f, const char *s)
{
	for (unsigned i = 0; i < f->n_list; i++)
		if (!strcmp(f->list[i], s))
			return true;
	return false;
}

/* In another order it is the same list: DNS servers turn them with every answer. */
static bool lists_differ(const struct fact *a, const struct fact *b)
{
	enum { FEW = 512 };
	if (a->n_list != b->n_list)
		return true;
	for (unsigned i = 0; i < a->n_list; i++)
		if (strcmp(a->list[i], b->list[i]) != 0 &&
		    (a->n_list > FEW || !in_list(b, a->list[i]) || !in_list(a, b->list[i])))
			return true;
	return false;
}

/* How much of "192.168.0.10:41196" is the address. */
static size_t without_port(const char *s)
{
	const char *colon = strrchr(s, ':');
	return colon ? (size_t)(colon - s) : strlen(s);
}

static bool is_mac(const char *s)
{
	size_t n = strlen(s);
	for (size_t i = 0; i < n; i++)
		if ((s[i] == ':') != (i % 3 == 2))
			return false;
	return n == 17;
}

bool facts_unlike(const struct fact *a, const struct fact *b)
{
	return a->kind == FACT_TEXT && b->kind == FACT_TEXT && is_mac(a->text) != is_mac(b->text);
}

bool facts_differ(const struct fact *a, const struct fact *b)
{
	if (!a || !b || facts_unlike(a, b))
		return false;
	if (a->kind != b->kind)
		return true;
	size_t n = strlen(a->key);
	switch (a->kind) {
	case FACT_TEXT:
		n = without_port(a->text);
		return strcmp(a->key, "client") != 0 ? strcmp(a->text, b->text) != 0 :
			n != without_port(b->text) || memcmp(a->text, b->text, n) != 0;
	case FACT_NUMBER:
		return (n < 3 || strcmp(a->key + n - 3, "_ms") != 0) &&
			(a->number > b->number || a->number < b->number);
	case FACT_BOOL:
		return (a->number != 0) != (b->number != 0);
	case FACT_LIST:
		return lists_differ(a, b);
	}
	return false;
}

/* ---- the command ---- */

static bool choose(struct side *x, uint32_t number)
{
	uint32_t n = steps_n_visits(x->session->steps);
	x->path = source_path(x->session->source);
	x->visit = steps_visit(x->session->steps, number ? number : 1);
	if (x->visit)
		return true;
	if (!n)
		say(_("there is no page visit in %s: osiscope print --packets shows what it holds"),
		    x->path);
	else if (n == 1)
		say(_("%s holds one visit only: name a second capture to compare it with"), x->path);
	else
		say(_("there is no visit %u in %s: it holds %u"), (unsigned)number, x->path,
		    (unsigned)n);
	return false;
}

static int ended(const struct compare *c)
{
	struct session *a = c->side[SIDE_A].session, *b = c->side[SIDE_B].session;
	int first = (int)say_end(a, a->end);
	int second = a == b ? STATUS_DONE : (int)say_end(b, b->end);
	return first == STATUS_FAILED || second == STATUS_DONE ? first : second;
}

int compare_sessions(struct session *a, uint32_t visit_a, struct session *b, uint32_t visit_b,
		     const struct print_options *o)
{
	struct printer p;
	struct compare c = { .p = &p, .side = { { .session = a }, { .session = b } } };
	for (unsigned i = 0; i < SIDES; i++)
		while (session_load(c.side[i].session, UINT32_MAX, 0))
			;
	if (!choose(&c.side[SIDE_A], visit_a) || !choose(&c.side[SIDE_B], visit_b))
		return STATUS_FAILED;
	for (unsigned i = 0; i < SIDES; i++)
		side_count(&c.side[i]);
	print_open(&p, a, o);
	if (o->what == PRINT_VISITS_JSON)
		compare_json(&c);
	else
		compare_text(&c);
	out_close(&p.out);
	int status = print_written(&p.out);
	return status == STATUS_DONE && p.out.error != EPIPE ? ended(&c) : status;
}
