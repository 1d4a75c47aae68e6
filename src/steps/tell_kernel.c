/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tell_kernel: what the kernel's routing and neighbour tables tell of steps 3 and 4. */
#include <string.h>

#include "fmt/i18n.h"
#include "record/record.h"
#include "steps/tell.h"

static const struct rec_route *route_to(const struct teller *t, const char *address)
{
	const struct record *r = t->st->s->record;
	const struct rec_route *any = NULL;
	bool six = strchr(address, ':') != NULL;
	for (uint32_t i = 1; i <= record_count(r, REC_ROUTE); i++) {
		const struct rec_route *q = rec_route(r, i);
		if (!strcmp(q->to, address))
			return q;
		if ((strchr(q->source, ':') != NULL) == six && *q->gateway)
			any = q;
	}
	return any;
}

static void tell_route(struct teller *t, const char *server)
{
	const struct rec_route *q = route_to(t, server);
	struct step_entry *e = entry(t, STEP_3);
	if (!q)
		return;
	const char *says = *q->gateway
		? words(t, _("The kernel's routing table sends what goes to {to} by the gateway {gateway}, over "
				"the interface {iface}, from the address {source}."), "to", q->to,
			"gateway", q->gateway, "iface", q->iface, "source", q->source, NULL)
		: words(t, _("By the kernel's routing table {to} is reached without a gateway, over the "
				"interface {iface}, from the address {source}."), "to", q->to, "iface",
			q->iface, "source", q->source, NULL);
	bool same = !strcmp(q->to, server);
	/* that no router is needed is guessed from a TTL, which a proxy or a private network makes up */
	bool kept = e->state == STATE_OBSERVED || (e->state == STATE_ABSENT && !*q->gateway);
	if (kept || !same) {
		/* packets may tell the gateway by its MAC address only */
		for (unsigned i = 0; i < e->n_facts && *q->gateway && same; i++)
			if (!strcmp(e->facts[i].key, "gateway"))
				t->facts[STEP_3][i].text = q->gateway;
		remark(t, STEP_3, says);
		return;
	}
	const char *was = e->remark;
	e = recorded_anew(t, STEP_3);
	e->remark = was;
	fact_text(t, STEP_3, "gateway", q->gateway);
	e->explain = *q->gateway ? words(t, _("{server} is not on the local network. Every packet for it is "
				"handed to the gateway {gateway}, which takes it on towards the server's "
				"network, each packet by itself and without a connection."), "server",
				server, "gateway", q->gateway, NULL)
		: words(t, _("No router is needed: {server} is on the same local network."), "server",
			server, NULL);
	e->because = says;
}

/*
 * The neighbour table's entry for the next station, as it was after all, or when the visit began: before
 * each visit the table was read again.
 */
static const struct rec_neighbour *neighbour_of(const struct teller *t, const char *address, bool after)
{
	const struct record *r = t->st->s->record;
	const struct rec_page *p = rec_page(r, t->y->page);
	const struct rec_neighbour *best = NULL;
	for (uint32_t i = 1; i <= record_count(r, REC_NEIGHBOUR); i++) {
		const struct rec_neighbour *q = rec_neighbour(r, i);
		if (q->after != after || strcmp(q->address, address) != 0)
			continue;
		if (after || !p || q->time <= recorded_time(t->st, p->start))
			best = q;
	}
	return best;
}

static bool table_known(const struct teller *t)
{
	const struct record *r = t->st->s->record;
	return record_count(r, REC_NEIGHBOUR) || record_count(r, REC_ROUTE);
}

static void tell_table(struct teller *t, const char *server)
{
	const struct rec_route *way = route_to(t, server);
	struct step_entry *e = entry(t, STEP_4);
	const char *next = way && *way->gateway ? way->gateway : server;
	const struct rec_neighbour *was = neighbour_of(t, next, false), *is = neighbour_of(t, next, true);
	if (e->state == STATE_OBSERVED) {
		if (table_known(t) && (!was || !*was->mac))
			remark(t, STEP_4, words(t, _("Before the visit the kernel's neighbour table had no MAC "
					"address for {address}."), "address", next, NULL));
		return;
	}
	if (!was || !*was->mac || e->state == STATE_ABSENT)
		return;
	e = recorded_anew(t, STEP_4);
	fact_text(t, STEP_4, "address", next);
	fact_text(t, STEP_4, "mac", was->mac);
	fact_text(t, STEP_4, "protocol", strchr(next, ':') ? "ndp" : "arp");
	e->explain = words(t, _("Nobody had to be asked: the computer still had the MAC address "
			"{mac} of the next station in its neighbour table."), "mac", was->mac, NULL);
	e->because = words(t, _("The kernel's neighbour table had the entry before the visit: {address}, {mac}, "
			"{state}."), "address", next, "mac", was->mac, "state", was->state, NULL);
	if (is && strcmp(is->state, was->state) != 0)
		remark(t, STEP_4, words(t, _("After the visit the entry was {state}."), "state", is->state,
				NULL));
}

void tell_kernel(struct teller *t)
{
	uint32_t flow = t->y->first_flow ? t->y->first_flow - 1 :
		t->y->lookups ? lookup_at(t->st, t->y->lookups)->flow : NO_FLOW;
	if (flow == NO_FLOW)
		return;
	const char *server = address_text(t, server_address(t->st, flow));
	tell_route(t, server);
	tell_table(t, server);
}

