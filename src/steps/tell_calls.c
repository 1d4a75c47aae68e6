/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tell_calls: TCP calls that came to nothing in a visit that worked, and those made in their
 * place. A browser whose call is not answered tries another address soon (RFC 8305 section 5);
 * a race is only what was called while the winner was being called.
 */
#include "fmt/i18n.h"
#include "steps/tell.h"

enum { TYPE_A = 1, TYPE_AAAA = 28 };

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

/* ---- what is hung up before ---- */

/* A connection of which the capture holds nothing but that the client broke it off. */
static bool remains(const struct teller *t, const struct track *k, uint32_t call)
{
	const struct track *now = track_at(t->st, call);
	const struct conn *c = session_conn(t->st->s, k->flow);
	return k->kind == KIND_TCP && !k->story && k->client == now->client && k->rst &&
	       k->rst == flow_frame(t->st, k->flow) && k->first[c->client & 1] == k->rst &&
	       server_address(t->st, k->flow) == server_address(t->st, call) &&
	       server_port(t->st, k->flow) == server_port(t->st, call);
}

/* Connections to the same server that began before the capture are reset before a new call. */
void remark_remains(struct teller *t, uint32_t call)
{
	enum { FAR_BACK = 256 };
	const struct track *now = track_at(t->st, call);
	const uint32_t *slot = call < MAX_FLOWS ? chunks_at(&t->st->slots, call) : NULL;
	uint32_t n = 0, first = 0;
	if (!slot || !now->syn)
		return;
	for (uint32_t i = *slot - 1, back = 0; i && back < FAR_BACK; i--, back++) {
		const struct track *k = track_number(t->st, i);
		if (time_of(t->st, now->syn) - time_of(t->st, flow_frame(t->st, k->flow)) >
		    (int64_t)QUIET_MS * 1000000)
			break;
		if (remains(t, k, call)) {
			first = k->rst;
			n++;
		}
	}
	if (n)
		remark(t, STEP_5_1, words(t, _("Just before, from frame {frame} on, the client "
				"broke off connections to the same server that began before the "
				"capture (RST): {n}."), "frame",
				number_text(t, first), "n", number_text(t, n), NULL));
}

/* ---- both versions of IP ---- */

/* The first call to the visit's host, on whatever address; NO_FLOW: none. */
static uint32_t first_call(const struct teller *t)
{
	for (uint32_t i = t->y->flows; i; i = track_at(t->st, i - 1)->next_of_story)
		if (flow_place(t->st, i - 1) == t->y->host)
			return i - 1;
	return NO_FLOW;
}

void remark_families(struct teller *t)
{
	uint32_t four = 0, six = 0, flow = first_call(t);
	for (uint32_t i = t->y->lookups; i; i = lookup_at(t->st, i)->next_of_story) {
		const struct lookup *q = lookup_at(t->st, i);
		for (uint32_t k = 0; q->host == t->y->host && k < q->n_records; k++) {
			const struct answer *r = chunks_at(&t->st->answers, q->first_record + k);
			four = four ? four : r->type == TYPE_A ? r->value : 0;
			six = six ? six : r->type == TYPE_AAAA ? r->value : 0;
		}
	}
	if (!four || !six)
		return;
	remark(t, STEP_2_3, words(t, _("The name has addresses of both kinds: {six} for IPv6 "
			"(AAAA) and {four} for IPv4 (A)."), "six", address_text(t, six), "four",
			address_text(t, four), NULL));
	if (flow == NO_FLOW)
		return;
	uint32_t called = server_address(t->st, flow);
	size_t n;
	(void)session_string(t->st->s, called, &n);
	remark(t, STEP_2_3, words(t, n == 16
		? _("Tried first is IPv6: frame {frame} calls {address}. Computers that have both "
				"prefer it as a rule.")
		: _("Tried first is IPv4: frame {frame} calls {address}."), "frame",
				number_text(t, flow_frame(t->st, flow)), "address",
				address_text(t, called), NULL));
}

/* ---- calls that could not be delivered ---- */

/* What an ICMP error says, in the words of RFC 792, RFC 1812 and RFC 4443. */
static const char *icmp_words(uint16_t type_code)
{
	static const struct { uint16_t code; const char *text; } known[] = {
		{ 0x300, "network unreachable" }, { 0x301, "host unreachable" },
		{ 0x302, "protocol unreachable" }, { 0x303, "port unreachable" },
		{ 0x309, "network administratively prohibited" },
		{ 0x30a, "host administratively prohibited" },
		{ 0x30d, "communication administratively prohibited" },
		{ 0xb00, "time to live exceeded in transit" },
		{ 0x100, "no route to destination" },
		{ 0x101, "communication administratively prohibited" },
		{ 0x103, "address unreachable" }, { 0x104, "port unreachable" },
	};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i].code == type_code)
			return known[i].text;
	return type_code >> 8 == 3 ? "destination unreachable" : "error";
}

/* Who sent the first ICMP error about a call; 0 not known. */
static uint32_t reporter(const struct teller *t, const struct track *k)
{
	for (size_t i = 0; i < t->st->notices.count; i++) {
		const struct notice *n = chunks_at(&t->st->notices, i);
		if (n->frame == k->icmp && n->flow == k->flow)
			return n->sender;
	}
	return 0;
}

void explain_undelivered(struct teller *t, const struct track *k)
{
	uint32_t sender = reporter(t, k), called = server_address(t->st, k->flow);
	struct reach r = reach_of(t->st, k->flow);
	const char *said = sender && sender == called
		? _("Nobody picks up: {station} itself reports that it cannot be reached (ICMP). "
				"The visit ends here.")
		: sender && r.kind == REACH_FAR && r.address == sender
		? _("Nobody picks up: the gateway {station} reports that {server} cannot be "
				"reached (ICMP). The visit ends here.")
		: sender
		? _("Nobody picks up: {station}, a station on the way, reports that {server} "
				"cannot be reached (ICMP). The visit ends here.")
		: _("Nobody picks up: a station on the way reports that {server} cannot be "
				"reached (ICMP). The visit ends here.");
	struct step_entry *e = entry(t, STEP_5_1);
	e->explain = words(t, said, "server", address_text(t, called), "station",
			sender ? address_text(t, sender) : "", NULL);
	e->because = why_undelivered(t, k);
}

const char *why_undelivered(struct teller *t, const struct track *k)
{
	uint32_t sender = reporter(t, k);
	const char *syn = number_text(t, k->syn), *icmp = number_text(t, k->icmp);
	const char *call = k->syn_again > 1
		? words(t, _("Frame {syn} calls (SYN) and is sent again {n} times."), "syn", syn,
				"n", number_text(t, k->syn_again), NULL)
		: k->syn_again
		? words(t, _("Frame {syn} calls (SYN) and is sent again once."), "syn", syn, NULL)
		: words(t, _("Frame {syn} calls (SYN)."), "syn", syn, NULL);
	const char *what = icmp_words(k->icmp_code);
	return two_sentences(t, call, sender
		? words(t, _("Frame {icmp}, from {station}, reports that it cannot be delivered "
				"(ICMP: {what})."), "icmp", icmp, "station",
				address_text(t, sender), "what", what, NULL)
		: words(t, _("Frame {icmp} reports that it cannot be delivered (ICMP: {what})."),
				"icmp", icmp, "what", what, NULL));
}
