/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tell_calls: TCP calls that came to nothing in a visit that worked, and those made in their
 * place. A browser whose call is not answered tries another address soon (RFC 8305 section 5);
 * a race is only what was called while the winner was being called.
 */
#include "fmt/i18n.h"
#include "steps/tell.h"

bool unanswered(const struct teller *t, const struct connection *c)
{
	return track_at(t->st, c->flow)->kind == KIND_TCP && c->outcome != OUT_ANSWERED &&
	       c->outcome != OUT_REFUSED;
}

/* To another address of the same place, and the same port. */
static bool other_address(const struct steps *st, uint32_t a, uint32_t b)
{
	return server_address(st, a) != server_address(st, b) &&
	       server_port(st, a) == server_port(st, b) && flow_place(st, a) == flow_place(st, b);
}

static bool given_up(const struct steps *st, uint32_t flow)
{
	const struct track *k = track_at(st, flow);
	uint8_t client = session_conn(st->s, flow)->client & 1;
	return !flow_carried(st, flow) && (k->rst || before(k->fin[client], k->fin[!client]));
}

bool lost_race(const struct teller *t, uint32_t flow)
{
	const struct track *k = track_at(t->st, flow);
	const struct track *won = t->y->first_flow ? track_at(t->st, t->y->first_flow - 1) : NULL;
	if (!won || !won->syn || !won->synack || k->kind != KIND_TCP || !k->syn ||
	    k->syn > won->synack || k->flags & TRACK_REFUSED ||
	    !other_address(t->st, flow, t->y->first_flow - 1))
		return false;
	/* one that rang in vain before the other was called at all was not overtaken */
	return k->synack ? k->synack > won->synack && given_up(t->st, flow)
			 : k->syn > won->syn && flow_outcome(t->st, flow) != OUT_ANSWERED;
}

/* Each unanswered call with the first one after it to another address, within the time-out. */
void pair_calls(struct teller *t)
{
	const struct steps *st = t->st;
	uint32_t n = t->v->n_connections;
	t->instead = arena_alloc(&t->arena, n * sizeof *t->instead + 1);
	for (uint32_t i = 0; i < n; i++) {
		const struct connection *c = &t->v->connections[i];
		if (!unanswered(t, c) || !c->syn || lost_race(t, c->flow))
			continue;
		for (uint32_t k = i + 1; k < n; k++) {
			const struct connection *d = &t->v->connections[k];
			if (t->instead[k] || d->outcome != OUT_ANSWERED || d->syn <= c->syn ||
			    d->syn - c->syn > (int64_t)SILENT_MS * 1000000 ||
			    !other_address(st, c->flow, d->flow))
				continue;
			t->instead[k] = track_at(st, c->flow)->syn;
			break;
		}
	}
}

/* What was called in the place of the call in this frame; NULL when nothing was. */
static const struct connection *instead_of(const struct teller *t, uint32_t frame)
{
	for (uint32_t i = 0; i < t->v->n_connections; i++)
		if (t->instead[i] == frame)
			return &t->v->connections[i];
	return NULL;
}

void remark_unanswered(struct teller *t)
{
	const struct connection *first = NULL, *then;
	bool one_address = true;
	unsigned n = 0;
	for (uint32_t i = 0; i < t->v->n_connections; i++) {
		const struct connection *c = &t->v->connections[i];
		if (!unanswered(t, c) || lost_race(t, c->flow) || c->flow + 1 == t->y->document)
			continue;
		first = first ? first : c;
		one_address &= server_address(t->st, c->flow) == server_address(t->st, first->flow);
		n++;
	}
	if (!first)
		return;
	const char *count = number_text(t, n), *frame = number_text(t, first->first_frame);
	if (filtered(t)) {
		remark(t, STEP_5_1, words(t, _("Calls whose answer is not among the packets that "
				"were read: {n}."), "n", count, NULL));
		return;
	}
	remark(t, STEP_5_1, !one_address
		? words(t, _("Calls that were never answered: {n}."), "n", count, NULL)
		: words(t, _("Calls to {server} that were never answered: {n}."), "server",
				address_text(t, server_address(t->st, first->flow)), "n", count,
				NULL));
	then = instead_of(t, track_at(t->st, first->flow)->syn);
	if (then)
		remark(t, STEP_5_1, words(t, _("{time} after the first of them (frame {frame}) "
				"{server} was called instead (frame {then})."), "time",
				span_text(t, then->syn - first->syn), "frame", frame, "server",
				address_text(t, server_address(t->st, then->flow)), "then",
				number_text(t, then->first_frame), NULL));
}
