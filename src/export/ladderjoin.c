/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ladderjoin: a station with an IPv4 and an IPv6 address is one party. Its addresses are known to
 * belong together by the MAC address that ARP and NDP told for both, by the name that DNS told
 * both for, or by the name that the client called both by.
 */
#include "export/ladder.h"

#include <stdio.h>
#include <string.h>

enum { TYPE_A = 1, TYPE_AAAA = 28, FAR = ROLE_DOCUMENT | ROLE_SERVER };

static bool other_version(const struct ladder *l, uint32_t a, uint32_t b)
{
	size_t n, m;
	session_string(l->session, a, &n);
	session_string(l->session, b, &m);
	return n != m;
}

/* What the visit's events tell of the parties' addresses; the first word counts. */
static void learn(struct ladder *l, const struct event *e)
{
	bool mac = e->kind == EV_ARP_REPLY || e->kind == EV_NDP_ADVERT;
	bool name = e->kind == EV_DNS_RECORD && (e->c == TYPE_A || e->c == TYPE_AAAA);
	if (!mac && !name)
		return;
	for (unsigned i = 1; i < l->n_parties; i++) {
		struct party *p = &l->parties[i];
		if (mac && p->address == e->a && !p->mac)
			p->mac = e->b;
		if (name && p->address == e->b && !p->owner)
			p->owner = e->a;
	}
}

static bool link_local(const struct ladder *l, uint32_t address)
{
	size_t n;
	const char *bytes = session_string(l->session, address, &n);
	return n == 16 && (uint8_t)bytes[0] == 0xfe && ((uint8_t)bytes[1] & 0xc0) == 0x80;
}

/*
 * A router that answers ARP for far servers is none of them: of those no MAC address tells. Nor does
 * it of two IPv4 addresses: one may be another station's, for which the router answers (proxy ARP).
 */
static bool same_station(const struct ladder *l, const struct party *a, const struct party *b)
{
	bool two = other_version(l, a->address, b->address) ||
		   link_local(l, a->address) != link_local(l, b->address);
	if (two && a->mac && a->mac == b->mac && !((a->roles | b->roles) & FAR))
		return true;
	if (a->other || b->other || !other_version(l, a->address, b->address))
		return false;
	return (a->owner && a->owner == b->owner) || (*a->name && !strcmp(a->name, b->name));
}

static unsigned uses(const struct ladder *l, unsigned party)
{
	unsigned n = l->parties[party].roles & ROLE_DOCUMENT ? LADDER_ROWS : 0;
	size_t len;
	session_string(l->session, l->parties[party].address, &len);
	/* where both are used the same, the one that goes with the client's */
	n = 2 * n + ((len == 16) == (strchr(l->visit->client, ':') != NULL));
	for (unsigned i = 0; i < l->n_rungs; i++)
		n += l->rungs[i].from == party || l->rungs[i].to == party ? 2 : 0;
	return n;
}

/* Which address was called stands on the rung now, where the column's head shows another. */
static void call_names_address(struct ladder *l, unsigned party)
{
	struct address_text t = ladder_address(l, l->parties[party].address);
	for (unsigned i = 0; i < l->n_rungs; i++) {
		struct rung *r = &l->rungs[i];
		size_t n = strlen(r->label);
		if (r->to == party && !r->from && !strncmp(r->label, "SYN", 3))
			snprintf(r->label + n, sizeof r->label - n, " (%s)", t.s);
	}
}

/* What a station said to itself, from one of its addresses to the other, is no arrow. */
static void drop_inner(struct ladder *l)
{
	unsigned n = 0;
	for (unsigned i = 0; i < l->n_rungs; i++)
		if (l->rungs[i].from != l->rungs[i].to)
			l->rungs[n++] = l->rungs[i];
	l->n_rungs = n;
}

/* The address that is used most, or that the document came from, is the one to show first. */
static void join(struct ladder *l, unsigned to, unsigned from)
{
	struct party *p = &l->parties[to], *q = &l->parties[from];
	bool swap = uses(l, from) > uses(l, to);
	uint32_t first = swap ? q->address : p->address, second = swap ? p->address : q->address;
	call_names_address(l, swap ? to : from);
	if (!p->other && other_version(l, first, second))
		p->other = second;
	p->address = first;
	p->roles |= q->roles;
	p->name = *p->name ? p->name : q->name;
	p->owner = p->owner ? p->owner : q->owner;
	for (unsigned i = 0; i < l->n_rungs; i++) {
		uint8_t *end[] = { &l->rungs[i].from, &l->rungs[i].to };
		for (int k = 0; k < 2; k++)
			if (*end[k] == from)
				*end[k] = (uint8_t)to;
			else if (*end[k] > from)
				--*end[k];
	}
	memmove(q, q + 1, (l->n_parties - from - 1) * sizeof *q);
	l->n_parties--;
	drop_inner(l);
}

/* The client's address of the other IP version. */
static void second_client(struct ladder *l)
{
	bool six = strchr(l->visit->client, ':') != NULL;
	size_t n;
	for (unsigned i = 0; i < l->n_aliases; i++) {
		session_string(l->session, l->aliases[i], &n);
		bool local = link_local(l, l->aliases[i]);
		if ((n == 16) != six && !local && !l->parties[0].other)
			l->parties[0].other = l->aliases[i];
	}
	for (uint32_t i = 0; i < l->visit->n_connections && !l->parties[0].other; i++) {
		const struct conn *c = session_conn(l->session, l->visit->connections[i].flow);
		if (!c)
			continue;
		session_string(l->session, c->addr[c->client], &n);
		if ((n == 16) != six)
			l->parties[0].other = c->addr[c->client];
	}
}

void ladder_join(struct ladder *l, size_t first)
{
	for (size_t i = first; i < l->session->events.count; i++) {
		const struct event *e = chunks_at(&l->session->events, i);
		if (e->frame > l->visit->last_frame)
			break;
		learn(l, e);
	}
	for (unsigned i = 1; i < l->n_parties; i++)
		for (unsigned k = i + 1; k < l->n_parties;)
			if (same_station(l, &l->parties[i], &l->parties[k]))
				join(l, i, k);
			else
				k++;
	second_client(l);
}
