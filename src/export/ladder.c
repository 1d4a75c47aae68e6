/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/ladder.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fmt/digits.h"
#include "fmt/i18n.h"
#include "fmt/names.h"

enum { MOST_CONNECTIONS = 64, MOST_REQUESTS = 32, DNS_PORT = 53 };

/* An address as text, in a buffer that lives as long as the caller's. */
struct shown { char s[DIGITS_IPV6 + 1]; };

static struct shown address_text(const struct session *s, uint32_t address)
{
	struct shown t;
	size_t n;
	const char *bytes = session_string(s, address, &n);
	*digits_address(t.s, (const uint8_t *)bytes, n) = '\0';
	return t;
}

static bool is_client(const struct ladder *l, uint32_t address)
{
	const struct visit *v = l->visit;
	struct shown t = address_text(l->session, address);
	if (!strcmp(t.s, v->client))
		return true;
	for (uint32_t i = 0; i < v->n_connections && i < MOST_CONNECTIONS; i++) {
		const struct conn *c = session_conn(l->session, v->connections[i].flow);
		if (c && c->addr[c->client] == address)
			return true;
	}
	return false;
}

/* The party of an address; a new one gets its role. LADDER_PARTIES: no room for it. */
static unsigned party(struct ladder *l, uint32_t address, unsigned role)
{
	for (unsigned i = 0; i < l->n_parties; i++) {
		if (l->parties[i].address == address && address) {
			if (i)
				l->parties[i].roles |= (uint8_t)role;
			return i;
		}
	}
	if (is_client(l, address))
		return 0;
	if (l->n_parties == LADDER_PARTIES)
		return LADDER_PARTIES;
	l->parties[l->n_parties] = (struct party){
		.address = address, .roles = (uint8_t)role, .name = "",
	};
	return l->n_parties++;
}

static struct rung *rung(struct ladder *l, const struct event *e, unsigned from, unsigned to,
			 const char *format, ...) __attribute__((format(printf, 5, 6)));

static struct rung *rung(struct ladder *l, const struct event *e, unsigned from, unsigned to,
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

static const char *string(const struct ladder *l, uint32_t id)
{
	return session_string(l->session, id, NULL);
}

/* ARP and NDP. The asker of an NDP question often uses a link-local address of its own. */
static void neighbour(struct ladder *l, const struct event *e)
{
	const struct session *s = l->session;
	bool ask = e->kind == EV_ARP_REQUEST || e->kind == EV_NDP_SOLICIT;
	bool ndp = e->kind == EV_NDP_SOLICIT || e->kind == EV_NDP_ADVERT;
	const char *name = ndp ? "NDP" : "ARP";
	unsigned about = is_client(l, e->a) ? 0 : party(l, e->a, 0);
	if (ask) {
		unsigned asker = about ? 0 : party(l, e->b, 0);
		rung(l, e, asker, about, _("%s: who has %s?"), name, address_text(s, e->a).s);
		return;
	}
	/* The one who asked is the client, or whoever asked for the client last. */
	unsigned asker = 0;
	for (unsigned i = l->n_rungs; !about && i-- && !asker;)
		if (l->rungs[i].to == 0 && l->rungs[i].step == STEP_4)
			asker = l->rungs[i].from;
	size_t n;
	session_string(s, e->b, &n);
	if (n == 6)
		rung(l, e, about, asker, _("%s: it is at %s"), name, address_text(s, e->b).s);
	else
		rung(l, e, about, asker, _("%s: it is here"), name);
}

static const char *type_name(uint32_t type, char *spare, size_t n)
{
	switch (type) {
	case 1: return "A";
	case 5: return "CNAME";
	case 28: return "AAAA";
	case 65: return "HTTPS";
	default: snprintf(spare, n, "TYPE%u", (unsigned)type); return spare;
	}
}

static const char *rcode_text(unsigned rcode)
{
	switch (rcode) {
	case 0: return _("no such record");
	case 1: return "FORMERR";
	case 2: return "SERVFAIL";
	case 3: return "NXDOMAIN";
	case 5: return "REFUSED";
	default: return _("error");
	}
}

/* What the answer says: its first address, and how many more there are. */
static void dns_answer(struct ladder *l, const struct event *e, unsigned from, unsigned to)
{
	char what[96] = "", spare[16];
	unsigned addresses = 0, type = e->a && e->b ? e->b >> 16 : 0;
	for (size_t i = l->at + 1; i < l->session->events.count; i++) {
		const struct event *r = chunks_at(&l->session->events, i);
		if (r->frame != e->frame)
			break;
		if (r->kind != EV_DNS_RECORD || r->flow != e->flow)
			continue;
		bool address = r->c == 1 || r->c == 28;
		addresses += address;
		if (address && addresses == 1)
			snprintf(what, sizeof what, "%s", address_text(l->session, r->b).s);
		else if (r->c == 65 && !what[0])
			snprintf(what, sizeof what, "%s", string(l, r->b));
	}
	size_t n = strlen(what);
	if (addresses > 1)
		snprintf(what + n, sizeof what - n, _(" and %u more"), addresses - 1);
	rung(l, e, from, to, "DNS: %s: %s", type_name(type, spare, sizeof spare),
	     what[0] ? what : rcode_text(e->c & 0xff));
}

static void tls(struct ladder *l, const struct event *e, unsigned from, unsigned to)
{
	switch (e->kind) {
	case EV_TLS_CLIENT_HELLO:
		rung(l, e, from, to, e->a ? "TLS ClientHello: %s" : "TLS ClientHello%s",
		     string(l, e->a));
		break;
	case EV_TLS_SERVER_HELLO:
		rung(l, e, from, to, "TLS ServerHello: TLS %s%s%s", name_tls_version(e->c),
		     e->a ? ", " : "", string(l, e->a));
		break;
	case EV_TLS_CERTIFICATE:
		if (e->c == 0)
			rung(l, e, from, to, "TLS Certificate: %s", string(l, e->a));
		break;
	case EV_TLS_ALERT:
		if (e->a)
			rung(l, e, from, to, _("TLS alert %u"), (unsigned)e->a & 0xff);
		else
			rung(l, e, from, to, _("TLS alert (encrypted)"));
		break;
	default:
		break;
	}
}

/* Payload packets of a flow from `frame` on, counted backwards along the flow. */
static uint32_t payload_packets(const struct session *s, const struct conn *c, uint32_t frame)
{
	uint32_t n = 0;
	for (uint32_t f = c->last_frame; f >= frame && f;) {
		const struct frame_rec *r = session_frame(s, f);
		if (!r)
			break;
		n += (r->flags & FRAME_PAYLOAD) != 0;
		f = r->prev < f ? r->prev : 0;
	}
	return n;
}

static void encrypted(struct ladder *l, const struct event *e, const struct conn *c, unsigned server)
{
	for (unsigned i = 0; i < l->n_rungs; i++)	/* once a connection */
		if (l->rungs[i].kind == RUNG_BOTH && l->rungs[i].to == server &&
		    session_frame(l->session, l->rungs[i].frame)->flow == e->flow)
			return;
	struct rung *r = rung(l, e, 0, server, _("encrypted: %u packets with data"),
			      (unsigned)payload_packets(l->session, c, e->frame));
	if (r)
		r->kind = RUNG_BOTH;
}

static void tcp(struct ladder *l, const struct event *e, unsigned from, unsigned to)
{
	switch (e->kind) {
	case EV_TCP_SYN: rung(l, e, from, to, e->c ? _("SYN again") : "SYN"); break;
	case EV_TCP_SYNACK: rung(l, e, from, to, e->c ? _("SYN, ACK again") : "SYN, ACK"); break;
	case EV_TCP_ESTABLISHED: rung(l, e, from, to, "ACK"); break;
	case EV_TCP_FIN: rung(l, e, from, to, "FIN"); break;
	case EV_TCP_RST: rung(l, e, from, to, e->c ? _("RST: refused") : "RST"); break;
	default: break;
	}
}

static void http(struct ladder *l, const struct event *e, unsigned from, unsigned to)
{
	if (l->requests++ >= MOST_REQUESTS) {
		l->left_out++;
		return;
	}
	if (e->kind == EV_HTTP_REQUEST)
		rung(l, e, from, to, "HTTP: %s %s", string(l, e->a), string(l, e->b));
	else
		rung(l, e, from, to, "HTTP: %u%s%s", (unsigned)e->a, e->b ? " " : "",
		     string(l, e->b));
}

static void quic(struct ladder *l, const struct event *e, const struct conn *c, unsigned from,
		 unsigned to, unsigned server)
{
	static const char *const types[] = { "Initial", "0-RTT", "Handshake", "Retry" };
	if (e->kind == EV_QUIC_SHORT)
		encrypted(l, e, c, server);
	else
		rung(l, e, from, to, "QUIC %s", e->b < 4 ? types[e->b] : "");
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

/* Of several to one port of a server the one that tells most is drawn in full; failures always. */
static void choose_full(struct ladder *l)
{
	const struct visit *v = l->visit;
	uint32_t n = v->n_connections < MOST_CONNECTIONS ? v->n_connections : MOST_CONNECTIONS;
	l->full = 0;
	for (uint32_t i = 0; i < n; i++) {
		const struct conn *a = session_conn(l->session, v->connections[i].flow);
		bool best = v->connections[i].outcome > OUT_ANSWERED;
		uint32_t k = 0;
		for (; !best && a && k < n; k++) {
			const struct conn *b = session_conn(l->session, v->connections[k].flow);
			if (k == i || !b || b->addr[!b->client] != a->addr[!a->client] ||
			    b->port[!b->client] != a->port[!a->client])
				continue;
			int mine = worth(v, &v->connections[i]);
			int other = worth(v, &v->connections[k]);
			if (other > mine || (other == mine && k < i))
				break;
		}
		if (best || k == n)
			l->full |= (uint64_t)1 << i;
	}
}

static const struct connection *connection(const struct ladder *l, uint32_t flow, bool *full)
{
	const struct visit *v = l->visit;
	for (uint32_t i = 0; i < v->n_connections && i < MOST_CONNECTIONS; i++) {
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
	if (!c || !f)
		return;
	unsigned dir = e->dir & 1;
	if (e->kind == EV_DNS_QUERY || e->kind == EV_DNS_RESPONSE) {
		bool ask = e->kind == EV_DNS_QUERY;
		char spare[16];
		if (f->visit != l->visit->id)
			return;
		unsigned from = party(l, c->addr[dir], ask ? 0 : ROLE_DNS);
		unsigned to = party(l, c->addr[!dir], ask ? ROLE_DNS : 0);
		if (ask)
			rung(l, e, from, to, "DNS: %s %s?", type_name(e->b >> 16, spare, sizeof spare),
			     string(l, e->a));
		else
			dns_answer(l, e, from, to);
		return;
	}
	bool full;
	const struct connection *k = connection(l, e->flow, &full);
	if (!k)
		return;
	unsigned server = party(l, c->addr[!c->client], k->document ? ROLE_DOCUMENT : ROLE_SERVER);
	if (server < LADDER_PARTIES && server && !*l->parties[server].name && k->tls.sni)
		l->parties[server].name = k->tls.sni;
	if (!full) {
		if (e->kind == EV_TCP_SYN || e->kind == EV_TCP_MIDDLE ||
		    (e->kind == EV_QUIC_LONG && e->frame == c->first_frame)) {
			struct rung *r = rung(l, e, 0, server, _("connection %u, see above"),
					      (unsigned)k->id);
			if (r)
				r->kind = RUNG_BOTH;
		}
		return;
	}
	unsigned from = dir == c->client ? 0 : server, to = dir == c->client ? server : 0;
	if (e->kind >= EV_TCP_SYN && e->kind <= EV_TCP_GAP)
		tcp(l, e, from, to);
	else if (e->kind == EV_TLS_ENCRYPTED && e->a == 23)
		encrypted(l, e, c, server);
	else if (e->kind >= EV_TLS_CLIENT_HELLO && e->kind <= EV_TLS_ALERT)
		tls(l, e, from, to);
	else if (e->kind == EV_HTTP_REQUEST || e->kind == EV_HTTP_RESPONSE)
		http(l, e, from, to);
	else if (e->kind == EV_QUIC_LONG || e->kind == EV_QUIC_SHORT)
		quic(l, e, c, from, to, server);
}

/* The first event of a frame or a later one. */
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

/* The gateway and the names are known from the steps. */
static void name_parties(struct ladder *l)
{
	const struct step_entry *routing = &l->visit->step[STEP_3];
	const char *gateway = "";
	for (unsigned i = 0; i < routing->n_facts; i++)
		if (!strcmp(routing->facts[i].key, "gateway") &&
		    routing->facts[i].kind == FACT_TEXT && routing->facts[i].text)
			gateway = routing->facts[i].text;
	for (unsigned i = 1; i < l->n_parties; i++)
		if (!strcmp(address_text(l->session, l->parties[i].address).s, gateway))
			l->parties[i].roles |= ROLE_GATEWAY;
}

void ladder_build(struct ladder *l, const struct session *s, const struct visit *v)
{
	l->session = s;
	l->visit = v;
	l->parties[0] = (struct party){ .roles = ROLE_CLIENT, .name = "" };
	l->n_parties = 1;
	l->n_rungs = 0;
	l->left_out = l->requests = 0;
	choose_full(l);
	for (size_t i = first_event(s, v->first_frame); i < s->events.count; i++) {
		const struct event *e = chunks_at(&s->events, i);
		const struct frame_rec *f = session_frame(s, e->frame);
		if (e->frame > v->last_frame || !f)
			break;
		l->at = i;
		if (e->flow != NO_FLOW)
			flow_event(l, e);
		else if (e->kind >= EV_ARP_REQUEST && e->kind <= EV_NDP_ADVERT &&
			 f->visit == v->id)
			neighbour(l, e);
	}
	name_parties(l);
}
