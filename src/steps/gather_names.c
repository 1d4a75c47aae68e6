/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gather_names: questions and answers: who has this IP address (ARP, NDP), this name (DNS). */
#include <string.h>

#include "steps/own.h"

enum { TYPE_A = 1, TYPE_CNAME = 5, TYPE_AAAA = 28, TYPE_HTTPS = 65 };
enum { RESPONSE_TRUNCATED = 0x100, RESPONSE_MULTICAST = 0x200 };

/* ---- ARP, NDP ---- */

static bool unspecified(const struct steps *st, uint32_t address)
{
	size_t n;
	const char *a = session_string(st->s, address, &n);
	for (size_t i = 0; i < n; i++)
		if (a[i])
			return false;
	return true;
}

/* The latest open question about an address; its number + 1, 0 when nobody asked lately. */
static uint32_t asked_for(const struct steps *st, uint32_t address)
{
	size_t n = st->neighbours.count;
	for (size_t i = n; i > 0 && n - i < LOOK_BACK; i--) {
		const struct neighbour *q = chunks_at(&st->neighbours, i - 1);
		if (q->address == address && !q->told)
			return q->reply ? 0 : (uint32_t)i;
	}
	return 0;
}

/*
 * RFC 826: a question holds the asker's own addresses too. That tells whose a MAC address is, where
 * no answer does.
 */
static uint8_t take_sender(struct steps *st, const struct event *e)
{
	uint64_t by_mac = map_pair(e->b, 4), by_address = map_pair(e->a, 1);
	if ((map_get(&st->near, by_mac) && map_get(&st->near, by_address)) ||
	    !room_for(st, &st->neighbours, MAX_NEIGHBOURS, e->frame))
		return EX_NONE;
	struct neighbour *q = chunks_add(&st->neighbours);
	*q = (struct neighbour){ .frame = e->frame, .reply = e->frame, .address = e->a, .mac = e->b,
		.told = true };
	if (!map_get(&st->near, by_mac))
		map_put(&st->near, by_mac, (uint32_t)st->neighbours.count);
	if (!map_get(&st->near, by_address))
		map_put(&st->near, by_address, (uint32_t)st->neighbours.count);
	return EX_NONE;
}

uint8_t gather_neighbour(struct steps *st, const struct event *e)
{
	if (e->kind == EV_ARP_SENDER)
		return take_sender(st, e);
	bool question = e->kind == EV_ARP_REQUEST || e->kind == EV_NDP_SOLICIT;
	if (!question) {
		uint32_t number = asked_for(st, e->a);
		if (!number)
			return EX_ARP_ANNOUNCE;
		struct neighbour *q = chunks_at(&st->neighbours, number - 1);
		q->reply = e->frame;
		q->mac = e->b;
		if (q->mac)
			map_put(&st->near, map_pair(q->mac, q->ndp ? 16 : 4), number);
		map_put(&st->near, map_pair(q->address, 1), number);
		return rule_for(e, false);
	}
	if (e->a == e->b || unspecified(st, e->b))
		return EX_ARP_ANNOUNCE;	/* RFC 5227, RFC 4862 section 5.4.2 */
	if (room_for(st, &st->neighbours, MAX_NEIGHBOURS, e->frame)) {
		bool again = asked_for(st, e->a) != 0;
		struct neighbour *q = chunks_add(&st->neighbours);
		*q = (struct neighbour){ .frame = e->frame, .address = e->a, .asker = e->b,
			.ndp = e->kind == EV_NDP_SOLICIT, .again = again };
	}
	return rule_for(e, true);
}

/* ---- DNS ---- */

/*
 * The host that a question is about. For a port that is not the scheme's own, browsers ask for
 * _PORT._https.NAME (RFC 9460 section 2.3), for http:// too: it tells the port, not the scheme.
 */
static uint32_t host_asked(struct steps *st, uint32_t name, uint16_t type, uint16_t *port)
{
	static const char middle[] = "._https.";
	size_t n, i = 1;
	const char *s = session_string(st->s, lower_name(st, name), &n);
	unsigned value = 0;
	*port = 0;
	if (type != TYPE_HTTPS || n < 2 || s[0] != '_')
		return lower_name(st, name);
	for (; i < n && s[i] >= '0' && s[i] <= '9' && value <= UINT16_MAX; i++)
		value = value * 10 + (unsigned)(s[i] - '0');
	size_t skip = i + sizeof middle - 1;
	if (i == 1 || value > UINT16_MAX || skip >= n || memcmp(s + i, middle, sizeof middle - 1))
		return lower_name(st, name);
	*port = (uint16_t)value;
	return intern_bytes(st->s->strings, s + skip, n - skip);
}

static bool for_address(uint16_t type)
{
	return type == TYPE_A || type == TYPE_AAAA || type == TYPE_HTTPS;
}

/* Was the same asked by the same client a moment ago, and not answered well? */
static bool asked_before(const struct steps *st, const struct lookup *q)
{
	size_t n = st->lookups.count - 1;
	for (size_t i = n; i > 0 && n - i < LOOK_BACK; i--) {
		const struct lookup *o = chunks_at(&st->lookups, i - 1);
		if (o->client == q->client && o->name == q->name && o->type == q->type)
			return !o->answer || o->rcode;
	}
	return false;
}

/* mDNS, LLMNR, NetBIOS: names of the local network, without a server. */
static bool local_names(const struct conn *c)
{
	static const uint16_t ports[] = { 5353, 5355, 137 };
	for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
		if (c->port[0] == ports[i] || c->port[1] == ports[i])
			return true;
	return false;
}

/* The last question that a flow carries; a TCP connection's stands in its track. */
static uint32_t last_lookup(const struct steps *st, const struct track *t, uint32_t flow)
{
	const uint32_t *slot = flow < MAX_FLOWS ? chunks_at(&st->slots, flow) : NULL;
	if (t)
		return t->last_lookup;
	return slot && *slot & SLOT_LOOKUP ? *slot & ~SLOT_LOOKUP : 0;
}

static void set_last_lookup(struct steps *st, struct track *t, uint32_t flow, uint32_t number)
{
	uint32_t *slot = slot_of(st, flow);
	if (t)
		t->last_lookup = number;
	else if (slot)
		*slot = number | SLOT_LOOKUP;
}

static uint8_t take_query(struct steps *st, const struct packet *p, struct track *t,
			  const struct event *e)
{
	const struct conn *c = session_conn(st->s, p->flow);
	uint16_t type = (uint16_t)(e->b >> 16);
	if (!c || local_names(c))
		return EX_DNS_LOCAL;
	if (t)
		t->kind = KIND_DNS;
	if (!for_address(type) || !room_for(st, &st->lookups, MAX_LOOKUPS, e->frame))
		return EX_DNS_OTHER;
	/* of what browsers ask for of their own accord a sample is enough: see group() */
	uint16_t port;
	if (background_host(st, host_asked(st, e->a, type, &port)) &&
	    ++st->n_background > KEPT_BACKGROUND)
		return rule_for(e, true);
	uint32_t client = client_of(st, c->addr[e->dir & 1], p->frame);
	struct client *who = client_at(st, client);
	struct client *server = client_at(st, client_of(st, c->addr[!(e->dir & 1)], p->frame));
	if (server)
		server->resolver = true;
	struct lookup *q = chunks_add(&st->lookups);
	*q = (struct lookup){ .frame = e->frame, .flow = p->flow, .client = client,
		.name = e->a, .type = type, .id = (uint16_t)e->b, .dir = e->dir & 1,
		.before = last_lookup(st, t, p->flow), .idle = idle_since(who, p->time) };
	q->host = host_asked(st, e->a, type, &q->port);
	set_last_lookup(st, t, p->flow, (uint32_t)st->lookups.count);
	if (c->proto == 6)
		q->flags |= LOOKUP_TCP;
	if (asked_before(st, q))
		q->flags |= LOOKUP_AGAIN;
	if (background_host(st, q->host))
		q->flags |= LOOKUP_BACKGROUND;
	else if (who)
		who->active = p->time;
	return q->flags & LOOKUP_AGAIN ? EX_DNS_QUERY_AGAIN : rule_for(e, true);
}

static struct lookup *question_of(struct steps *st, const struct track *t, const struct event *e)
{
	struct lookup *same = NULL, *q;
	uint32_t n = last_lookup(st, t, e->flow);
	for (int i = 0; n && i < LOOK_BACK; i++, n = q->before) {
		q = lookup_at(st, n);
		if (q->dir == (e->dir & 1) || q->id != (uint16_t)e->b ||
		    q->type != (uint16_t)(e->b >> 16))
			continue;
		if (!q->answer)
			return q;
		same = same ? same : q;
	}
	return same;
}

static uint8_t take_response(struct steps *st, struct track *t, const struct event *e)
{
	const struct conn *c = session_conn(st->s, e->flow);
	if (!c || e->c & RESPONSE_MULTICAST || local_names(c))
		return EX_DNS_LOCAL;
	struct lookup *q = question_of(st, t, e);
	if (!q)
		return for_address((uint16_t)(e->b >> 16)) ? rule_for(e, false) : EX_DNS_OTHER;
	if (q->answer)
		return rule_for(e, false);	/* a second answer to the same question */
	q->answer = e->frame;
	q->rcode = e->c & 0xff;
	q->first_record = (uint32_t)st->answers.count;
	if (e->c & RESPONSE_TRUNCATED)
		q->flags |= LOOKUP_TRUNCATED;
	struct client *who = client_at(st, q->client);
	if (who && !(q->flags & LOOKUP_BACKGROUND))
		who->active = time_of(st, e->frame);
	return rule_for(e, false);
}

/* Follows the aliases from the question's name: glue and extras are no answers. */
static bool answers(const struct steps *st, const struct lookup *q, uint32_t owner)
{
	uint32_t name = q->name;
	for (uint32_t i = 0; i < q->n_records; i++) {
		const struct answer *a = chunks_at(&st->answers, q->first_record + i);
		if (a->type == TYPE_CNAME && a->owner == name)
			name = a->value;
	}
	return owner == name;
}

/* The address of a background host whose question was not kept: who calls it is no visitor. */
static void note_background(struct steps *st, const struct track *t, const struct event *e)
{
	const struct conn *c = session_conn(st->s, e->flow);
	if (!c || t || (e->c != TYPE_A && e->c != TYPE_AAAA) ||
	    !background_host(st, lower_name(st, e->a)) ||
	    !room_for(st, &st->lookups, MAX_LOOKUPS, e->frame))
		return;
	uint32_t client = client_of(st, c->addr[!(e->dir & 1)], e->frame);
	uint64_t key = map_pair(client, e->b);
	if (map_get(&st->by_address, key))
		return;
	struct lookup *q = chunks_add(&st->lookups);
	*q = (struct lookup){ .frame = e->frame, .answer = e->frame, .flow = e->flow,
		.client = client, .name = e->a, .host = lower_name(st, e->a), .type = e->c,
		.dir = !(e->dir & 1), .flags = LOOKUP_BACKGROUND | LOOKUP_ADDRESS };
	map_put(&st->by_address, key, (uint32_t)st->lookups.count);
}

static uint8_t take_record(struct steps *st, struct track *t, const struct event *e)
{
	struct lookup *q = NULL;
	uint32_t n = last_lookup(st, t, e->flow);
	for (int i = 0; n && i < LOOK_BACK; i++, n = q->before) {
		q = lookup_at(st, n);
		if (q->answer == e->frame)
			break;
	}
	if (!n)
		note_background(st, t, e);
	if (!n || q->answer != e->frame || q->first_record + q->n_records != st->answers.count ||
	    !room_for(st, &st->answers, MAX_ANSWERS, e->frame))
		return EX_NONE;
	if (!for_address(e->c) && e->c != TYPE_CNAME)
		return EX_NONE;
	if (!answers(st, q, e->a))
		return EX_NONE;
	struct answer *a = chunks_add(&st->answers);
	*a = (struct answer){ .owner = e->a, .value = e->b, .type = e->c };
	q->n_records++;
	if (e->c != TYPE_A && e->c != TYPE_AAAA)
		return e->c == TYPE_HTTPS ? EX_DNS_SERVICE : EX_NONE;
	q->flags |= LOOKUP_ADDRESS;
	map_put(&st->by_address, map_pair(q->client, e->b), n);
	return EX_DNS_ANSWER;
}

uint8_t gather_dns(struct steps *st, const struct packet *p, struct track *t,
		   const struct event *e)
{
	switch ((enum event_kind)e->kind) {
	case EV_DNS_QUERY: return take_query(st, p, t, e);
	case EV_DNS_RESPONSE: return take_response(st, t, e);
	case EV_DNS_RECORD: return take_record(st, t, e);
	default: return EX_NONE;
	}
}
