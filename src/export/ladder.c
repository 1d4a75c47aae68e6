/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/ladder.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fmt/i18n.h"
#include "record/record.h"

struct address_text ladder_address(const struct ladder *l, uint32_t address)
{
	struct address_text t;
	size_t n;
	const char *bytes = session_string(l->session, address, &n);
	*digits_address(t.s, (const uint8_t *)bytes, n) = '\0';
	return t;
}

void ladder_host(char *to, size_t size, const char *url)
{
	const char *host = strstr(url, "//");
	host = host ? host + 2 : url;
	size_t n = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");
	snprintf(to, size, "%.*s", (int)(n < size ? n : size - 1), host);
}

bool ladder_is_client(const struct ladder *l, uint32_t address)
{
	const struct visit *v = l->visit;
	for (unsigned i = 0; i < l->n_aliases; i++)
		if (l->aliases[i] == address)
			return true;
	if (!strcmp(ladder_address(l, address).s, v->client))
		return true;
	for (uint32_t i = 0; i < v->n_connections && i < LADDER_CONNECTIONS; i++) {
		const struct conn *c = session_conn(l->session, v->connections[i].flow);
		if (c && c->addr[c->client] == address)
			return true;
	}
	return false;
}

void ladder_alias(struct ladder *l, uint32_t address)
{
	if (l->n_aliases < LADDER_ALIASES && !ladder_is_client(l, address))
		l->aliases[l->n_aliases++] = address;
}

unsigned ladder_party(struct ladder *l, uint32_t address, unsigned role)
{
	for (unsigned i = 1; i < l->n_parties; i++) {
		if (l->parties[i].address == address) {
			l->parties[i].roles |= (uint8_t)role;
			return i;
		}
	}
	if (ladder_is_client(l, address))
		return 0;
	if (l->n_parties == LADDER_PARTIES)
		return LADDER_PARTIES;
	l->parties[l->n_parties] = (struct party){
		.address = address, .roles = (uint8_t)role, .name = "",
	};
	return l->n_parties++;
}

struct rung *ladder_rung(struct ladder *l, const struct event *e, unsigned from, unsigned to,
			 const char *format, ...)
{
	const struct frame_rec *f = session_frame(l->session, e->frame);
	if (!f || from == to)
		return NULL;
	if (from >= LADDER_PARTIES || to >= LADDER_PARTIES || l->n_rungs == LADDER_ROWS) {
		l->left_out++;
		return NULL;
	}
	struct rung *r = &l->rungs[l->n_rungs++];
	*r = (struct rung){
		.time = f->time, .frame = e->frame, .step = f->step, .kind = RUNG_ARROW,
		.from = (uint8_t)from, .to = (uint8_t)to,
	};
	va_list ap;
	va_start(ap, format);
	vsnprintf(r->label, sizeof r->label, format, ap);
	va_end(ap);
	return r;
}

/* How much a connection tells: the document's most, then one with requests, then any other. */
static int worth(const struct visit *v, const struct connection *k)
{
	if (k->document)
		return 3;
	for (uint32_t i = 0; i < v->n_requests; i++)
		if (v->requests[i].connection == k->id)
			return 2;
	return 1;
}

/* Nobody picked up, or somebody refused: no later call is "as above". */
static bool failed_call(const struct connection *k)
{
	return k->outcome > OUT_ANSWERED || (k->outcome == OUT_NONE && !k->quic);
}

/* Of several to one port of a server the one that tells most is drawn in full; failures always. */
static void choose_full(struct ladder *l)
{
	const struct visit *v = l->visit;
	uint32_t n = v->n_connections < LADDER_CONNECTIONS ? v->n_connections : LADDER_CONNECTIONS;
	for (uint32_t i = 0; i < n; i++) {
		const struct conn *a = session_conn(l->session, v->connections[i].flow);
		bool failed = failed_call(&v->connections[i]);
		uint32_t k = 0;
		for (; !failed && a && k < n; k++) {
			const struct conn *b = session_conn(l->session, v->connections[k].flow);
			if (k == i || !b || failed_call(&v->connections[k]) ||
			    b->addr[!b->client] != a->addr[!a->client] ||
			    b->port[!b->client] != a->port[!a->client])
				continue;
			int mine = worth(v, &v->connections[i]);
			int other = worth(v, &v->connections[k]);
			if (other > mine || (other == mine && k < i))
				break;
		}
		if (failed || k == n)
			l->full |= (uint64_t)1 << i;
	}
}

static const struct connection *connection(const struct ladder *l, uint32_t flow, bool *full)
{
	const struct visit *v = l->visit;
	for (uint32_t i = 0; i < v->n_connections && i < LADDER_CONNECTIONS; i++) {
		if (v->connections[i].flow == flow) {
			*full = l->full >> i & 1;
			return &v->connections[i];
		}
	}
	return NULL;
}

static void flow_event(struct ladder *l, const struct event *e)
{
	const struct conn *c = session_conn(l->session, e->flow);
	const struct frame_rec *f = session_frame(l->session, e->frame);
	if (!c)
		return;
	if (e->kind == EV_DNS_QUERY || e->kind == EV_DNS_RESPONSE) {
		if (f->visit == l->visit->id)
			rung_dns(l, e, c);
		return;
	}
	bool full;
	const struct connection *k = connection(l, e->flow, &full);
	if (!k)
		return;
	unsigned server = ladder_party(l, c->addr[!c->client],
				       k->document ? ROLE_DOCUMENT : ROLE_SERVER);
	if (server < LADDER_PARTIES && server && !*l->parties[server].name && k->tls.sni)
		l->parties[server].name = k->tls.sni;
	if (full) {
		rung_connection(l, e, c, server);
	} else if (e->kind == EV_TCP_SYN || e->kind == EV_TCP_MIDDLE ||
		   (e->kind == EV_QUIC_LONG && e->frame == c->first_frame)) {
		struct rung *r = ladder_rung(l, e, 0, server, _("one more connection: no. %u"),
					     (unsigned)k->id);
		if (r)
			r->kind = RUNG_BOTH;
	}
}

/* The number of the first event of this frame or a later one. */
static size_t first_event(const struct session *s, uint32_t frame)
{
	size_t low = 0, high = s->events.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct event *e = chunks_at(&s->events, middle);
		if (e->frame < frame)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The gateway is known from the steps, the server's name from the URL. */
static void name_parties(struct ladder *l)
{
	const struct step_entry *routing = &l->visit->step[STEP_3];
	const char *gateway = "";
	bool document = false;
	for (unsigned i = 0; i < routing->n_facts; i++)
		if (!strcmp(routing->facts[i].key, "gateway") &&
		    routing->facts[i].kind == FACT_TEXT && routing->facts[i].text)
			gateway = routing->facts[i].text;
	for (unsigned i = 1; i < l->n_parties; i++) {
		if (!strcmp(ladder_address(l, l->parties[i].address).s, gateway) ||
		    (l->parties[i].other &&
		     !strcmp(ladder_address(l, l->parties[i].other).s, gateway)))
			l->parties[i].roles |= ROLE_GATEWAY;
		document = document || l->parties[i].roles & ROLE_DOCUMENT;
	}
	/* Where no connection carried a document, the first server was meant to. */
	for (unsigned i = 1; i < l->n_parties; i++) {
		struct party *p = &l->parties[i];
		if (!(p->roles & (document ? ROLE_DOCUMENT : ROLE_SERVER)))
			continue;
		if (!*p->name && strcmp(l->host, ladder_address(l, p->address).s) != 0)
			p->name = l->host;
		break;
	}
}

/* What is known late (an answer put together at the end) still stands where it belongs. */
static void sort_by_time(struct ladder *l)
{
	for (unsigned i = 1; i < l->n_rungs; i++) {
		struct rung r = l->rungs[i];
		unsigned k = i;
		for (; k && l->rungs[k - 1].time > r.time; k--)
			l->rungs[k] = l->rungs[k - 1];
		l->rungs[k] = r;
	}
}

void ladder_build(struct ladder *l, struct session *s, const struct visit *v)
{
	*l = (struct ladder){ .session = s, .visit = v, .n_parties = 1 };
	l->private = s->record && !strcmp(s->record->place, "private");
	l->parties[0] = (struct party){ .roles = ROLE_CLIENT, .name = "" };
	ladder_host(l->host, sizeof l->host, *v->final_url ? v->final_url : v->url);
	choose_full(l);
	for (size_t i = first_event(s, v->first_frame); i < s->events.count; i++) {
		const struct event *e = chunks_at(&s->events, i);
		const struct frame_rec *f = session_frame(s, e->frame);
		if (e->frame > v->last_frame || !f)
			break;
		l->at = i;
		if (e->kind == EV_ICMP_ERROR && f->visit == v->id)
			rung_icmp(l, e);
		else if (e->flow != NO_FLOW)
			flow_event(l, e);
		else if (e->kind >= EV_ARP_REQUEST && e->kind <= EV_NDP_ADVERT &&
			 f->visit == v->id)
			rung_neighbour(l, e);
	}
	sort_by_time(l);
	ladder_join(l, first_event(s, v->first_frame));
	name_parties(l);
}
