/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tell_way: step 3, the way across routers, and step 4, the MAC address of the next station. In
 * the document's story the MAC address comes after the routers; on the wire it comes first, since
 * even the DNS question needs it.
 */
#include "fmt/i18n.h"
#include "steps/tell.h"

/* The flow whose way is told: the document's, else the question's to the DNS server. */
static uint32_t way_flow(const struct teller *t)
{
	if (t->y->first_flow)
		return t->y->first_flow - 1;
	return t->y->lookups ? lookup_at(t->st, t->y->lookups)->flow : NO_FLOW;
}

/* The first frame on that way. */
static uint32_t way_frame(const struct teller *t, uint32_t flow)
{
	uint32_t frame = flow_frame(t->st, flow);
	return frame ? frame : t->y->lookups ? lookup_at(t->st, t->y->lookups)->frame : 0;
}

static const char *station(struct teller *t, const struct reach *r)
{
	return r->address ? address_text(t, r->address) : address_text(t, r->mac);
}

/* ---- 3 ---- */

static bool six(const struct teller *t, uint32_t address)
{
	size_t n;
	(void)session_string(t->st->s, address, &n);
	return n == 16;
}

/* What IPv4 calls the time to live is IPv6's hop limit (RFC 8200 section 3). */
static const char *hops_sentence(struct teller *t, const struct reach *r)
{
	bool limit = six(t, server_address(t->st, way_flow(t)));
	const char *ttl = number_text(t, r->ttl), *begin = number_text(t,
			(uint64_t)r->ttl + r->hops);
	if (!r->ttl)
		return NULL;
	if (!r->hops)
		return words(t, limit ? _("Its answers arrive with a hop limit of {ttl}, a number "
				"that systems begin with: no router has counted it down.")
				: _("Its answers arrive with a TTL of {ttl}, a number that systems "
				"begin with: no router has counted it down."), "ttl", ttl, NULL);
	return words(t, limit ? _("Its answers arrive with a hop limit of {ttl}. Every router "
			"takes one off, and systems begin with 64, 128 or 255: most likely with "
			"{begin} here, so the number of routers on the way is about {hops}.")
			: _("Its answers arrive with a TTL of {ttl}. Every router takes one off, "
			"and systems begin with 64, 128 or 255: most likely with {begin} here, "
			"so the number of routers on the way is about {hops}."),
		     "ttl", ttl, "begin", begin, "hops", number_text(t, r->hops), NULL);
}

static const char *why_far(struct teller *t, const struct reach *r, uint32_t flow)
{
	const struct neighbour *q = r->question ? chunks_at(&t->st->neighbours, r->question - 1)
			: NULL;
	const char *frame = number_text(t, way_frame(t, flow)), *mac = address_text(t, r->mac);
	if (q)
		return words(t, _("Frame {frame} is addressed to {server}, but its MAC address "
				"{mac} is that of {gateway} (frame {reply}): the gateway takes "
				"it on."),
			     "frame", frame, "server", address_text(t, server_address(t->st, flow)),
			     "mac", mac, "gateway", address_text(t, r->address), "reply",
					number_text(t, q->reply), NULL);
	if (r->why == WHY_SHARED)
		return words(t, _("Several far addresses share the one MAC address {mac}, among "
				"them {server} in frame {frame}: it is the gateway's."),
			     "mac", mac, "server", address_text(t, server_address(t->st, flow)),
					"frame", frame, NULL);
	return words(t, six(t, server_address(t->st, flow))
			? _("Frame {frame} goes to the MAC address {mac}. Whose it is no NDP "
			"answer tells; but the hop limit of what comes back was counted down on "
			"the way.")
			: _("Frame {frame} goes to the MAC address {mac}. Whose it is no ARP "
			"answer tells; but the TTL of what comes back was counted down on the "
			"way."),
		     "frame", frame, "mac", mac, NULL);
}

static const char *why_near(struct teller *t, const struct reach *r, const char *server)
{
	const struct neighbour *q = r->why == WHY_ASKED
		? chunks_at(&t->st->neighbours, r->question - 1) : NULL;
	if (!q)
		return hops_sentence(t, r);
	return words(t, q->told
		? _("The MAC address of the frames is that of {server} itself: it named it as its own "
				"when it asked in frame {frame}.")
		: _("The MAC address of the frames is that of {server} itself: it answered for it in "
				"frame {frame}."), "server", server, "frame",
		number_text(t, q->reply), NULL);
}

static void tell_3(struct teller *t, const struct reach *r, uint32_t flow)
{
	struct step_entry *e = entry(t, STEP_3);
	const char *server = address_text(t, server_address(t->st, flow));
	e->end = e->start = e->n_frames ? e->start : 0;
	if (r->ttl)
		fact_number(t, STEP_3, "ttl", r->ttl);
	switch (r->kind) {
	case REACH_SELF:
		e->state = STATE_ABSENT;
		e->explain = _("Nothing has to be routed: client and server are programs on the "
				"same computer.");
		e->because = words(t, _("Sender and receiver have the same address, {server}."),
				"server", server, NULL);
		return;
	case REACH_NEAR:
		e->state = STATE_ABSENT;
		e->explain = words(t, _("No router is needed: {server} is on the same local "
				"network."), "server", server, NULL);
		e->because = why_near(t, r, server);
		return;
	case REACH_FAR:
		e->state = r->why == WHY_TTL || !e->n_frames ? STATE_INFERRED : STATE_OBSERVED;
		fact_text(t, STEP_3, "gateway", station(t, r));
		if (r->hops)
			fact_number(t, STEP_3, "hops", r->hops);
		else if (r->ttl)
			remark(t, STEP_3, words(t, six(t, server_address(t->st, flow))
				? _("What comes back has a hop limit of {ttl}, which no router "
					"has counted down: something nearer answers in the "
					"server's place, as a proxy or a private network does.")
				: _("What comes back has a TTL of {ttl}, which "
					"no router has counted down: something nearer answers in "
					"the server's place, as a proxy or a private network "
					"does."), "ttl", number_text(t, r->ttl), NULL));
		e->explain = two_sentences(t,
			words(t, r->hops > 1
				? _("{server} is not on the local network. Every packet for it is "
					"handed to the gateway {gateway}, which passes it on to "
					"the next router, each packet by itself and without a "
					"connection.")
				: _("{server} is not on the local network. Every packet for it is "
					"handed to the gateway {gateway}, which takes it on towards "
					"the server's network, each packet by itself and without a "
					"connection."),
			      "server", server, "gateway", station(t, r), NULL),
			r->hops ? hops_sentence(t, r) : NULL);
		e->because = why_far(t, r, flow);
		return;
	case REACH_UNKNOWN:
		break;
	}
	if (r->ttl) {
		e->state = STATE_INFERRED;
		fact_number(t, STEP_3, "hops", r->hops);
		e->explain = r->hops ? words(t, _("The packets for {server} went across "
				"routers."), "server", server, NULL)
				     : words(t, _("The packets for {server} seem to have crossed "
						"no router."), "server", server, NULL);
		e->because = two_sentences(t, hops_sentence(t, r), _("The capture holds no MAC "
				"addresses, so the gateway itself is not seen."));
		return;
	}
	e->state = e->n_frames ? STATE_OBSERVED : STATE_UNKNOWN;
	e->explain = words(t, _("Packets were sent to {server}; which way they took cannot be "
			"seen."), "server", server, NULL);
	e->because = r->mac
		? words(t, _("Frame {frame} goes to the MAC address {mac}, but nothing came "
				"back, and no ARP answer tells whose it is."), "frame",
				number_text(t, way_frame(t, flow)), "mac", address_text(t,
				r->mac), NULL)
		: words(t, _("Frame {frame} is addressed to {server}; the capture holds no MAC "
				"addresses."), "frame", number_text(t, way_frame(t, flow)),
				"server", server, NULL);
}

/* ---- 4 ---- */

/* The visit's own question about the next station: the answered one first. */
static const struct neighbour *own_question(const struct teller *t, const struct reach *r)
{
	const struct neighbour *best = NULL;
	for (uint32_t i = t->y->neighbours; i;) {
		const struct neighbour *q = chunks_at(&t->st->neighbours, i - 1);
		const struct client *asker = client_at(t->st, map_get(&t->st->by_client, q->asker));
		bool mine = asker && asker == client_at(t->st, t->y->client);
		bool right = q->reply && (!r->address || q->address == r->address);
		if (mine && (!best || (!best->reply && q->reply) ||
			     (right && best->address != r->address)))
			best = q;
		i = q->next_of_story;
	}
	return best;
}

static uint32_t first_ip_frame(const struct teller *t)
{
	uint32_t first = t->y->flows ? flow_frame(t->st, t->y->flows - 1) : 0;
	if (t->y->lookups && before(lookup_at(t->st, t->y->lookups)->frame, first))
		first = lookup_at(t->st, t->y->lookups)->frame;
	return first;
}

/* Questions of this visit's client, one after the other, that were answered; NULL: no more. */
static const struct neighbour *next_answered(const struct teller *t, uint32_t *at)
{
	while (*at) {
		const struct neighbour *q = chunks_at(&t->st->neighbours, *at - 1);
		const struct client *asker = client_at(t->st, map_get(&t->st->by_client, q->asker));
		*at = q->next_of_story;
		if (q->reply && asker == client_at(t->st, t->y->client))
			return q;
	}
	return NULL;
}

/* The gateway of IPv4 may be needed before that of IPv6 which is told, or the other way round. */
static void remark_order(struct teller *t, const struct neighbour *told)
{
	const struct lookup *l = lookup_at(t->st, t->y->lookups);
	const struct neighbour *q = told;
	uint32_t first = first_ip_frame(t), at = t->y->neighbours;
	const char *frame = number_text(t, first);
	while (q && !before(q->reply, first))
		q = next_answered(t, &at);
	if (!q || !told->reply)
		return;
	bool name = l && l->frame == first;
	if (q != told)
		remark(t, STEP_4, words(t, name
			? _("On the wire the question for {address} (frame {question}) comes "
					"first: even the DNS question (frame {frame}) needs the "
					"MAC address of the next station, before any address of "
					"the server is known.")
			: _("On the wire the question for {address} (frame {question}) comes "
					"first: no IP packet can leave (frame {frame} is the "
					"first) before the MAC address of the next station is "
					"known."), "address", address_text(t, q->address),
					"question", number_text(t, q->frame), "frame", frame,
					NULL));
	else if (name)
		remark(t, STEP_4, words(t, _("On the wire this comes first: even the DNS "
				"question (frame {frame}) needs the MAC address of the next "
				"station, before any address of the server is known."),
					"frame", frame, NULL));
	else
		remark(t, STEP_4, words(t, _("On the wire this comes first: no IP packet can "
				"leave (frame {frame} is the first) before the MAC address of "
				"the next station is known."), "frame", frame, NULL));
}

/* Does a question or a connection of the visit go to far addresses by way of this station? */
static bool is_gateway(const struct teller *t, uint32_t address)
{
	struct reach r;
	for (uint32_t i = t->y->flows; i; i = track_at(t->st, i - 1)->next_of_story) {
		r = reach_of(t->st, i - 1);
		if (r.kind == REACH_FAR && r.address == address)
			return true;
	}
	for (uint32_t i = t->y->lookups; i; i = lookup_at(t->st, i)->next_of_story) {
		r = reach_of(t->st, lookup_at(t->st, i)->flow);
		if (r.kind == REACH_FAR && r.address == address)
			return true;
	}
	return false;
}

/* Other stations that were asked for: a second gateway, the one of the other IP version. */
static void remark_further(struct teller *t, const struct neighbour *told)
{
	enum { MOST = 3 };
	uint32_t at = t->y->neighbours;
	const struct neighbour *q;
	for (int n = 0; n < MOST && (q = next_answered(t, &at)) != NULL;) {
		if (q == told || q->address == told->address)
			continue;
		bool gateway = is_gateway(t, q->address);
		remark(t, STEP_4, words(t, gateway && six(t, q->address)
			? _("For IPv6 the gateway's address is {address}: frame {question} asks, "
					"frame {answer} answers.")
			: gateway
			? _("For IPv4 the gateway's address is {address}: frame {question} asks, "
					"frame {answer} answers.")
			: _("Another address that was asked for is {address}: frame {question} "
					"asks, frame {answer} answers."), "address",
				address_text(t, q->address), "question", number_text(t, q->frame),
				"answer", number_text(t, q->reply), NULL));
		n++;
	}
}

static void tell_asked(struct teller *t, const struct neighbour *q, const struct reach *r)
{
	struct step_entry *e = entry(t, STEP_4);
	const char *address = address_text(t, q->address), *mac = address_text(t, q->mac);
	bool gateway = r->kind == REACH_FAR && q->address != server_address(t->st, way_flow(t));
	e->state = STATE_OBSERVED;
	e->start = time_of(t->st, q->frame);
	e->end = time_of(t->st, q->reply ? q->reply : q->frame);
	fact_text(t, STEP_4, "address", address);
	fact_text(t, STEP_4, "mac", mac);
	fact_text(t, STEP_4, "protocol", q->ndp ? "ndp" : "arp");
	if (!q->reply && filtered(t)) {
		e->explain = words(t, _("The computer asks for the MAC address of {address}; no "
				"answer is among the packets that were read."), "address", address,
				NULL);
		e->because = filter_sentence(t);
		return;
	}
	if (!q->reply) {
		e->explain = words(t, _("The computer asks for the MAC address of {address}, and "
				"nobody answers: no packet can be put into a frame for it."),
				"address", address, NULL);
		e->because = words(t, _("Frame {frame} asks; no frame answers."), "frame",
				number_text(t, q->frame), NULL);
		return;
	}
	if (gateway)
		e->explain = words(t, q->ndp
			? _("The computer asks with NDP (the ARP of IPv6) who has the address "
					"{address} of its gateway, and learns the MAC address "
					"{mac}. The server's own MAC address it never needs.")
			: _("The computer asks with ARP who has the address {address} of its "
					"gateway, and learns the MAC address {mac}. The server's "
					"own MAC address it never needs: that is asked for in "
					"the server's network."),
			"address", address, "mac", mac, NULL);
	else
		e->explain = words(t, _("The computer asks who has the address {address}, and "
				"learns the MAC address {mac}."), "address", address,
				"mac", mac, NULL);
	e->because = words(t, _("Frame {question} asks, frame {answer} answers."), "question",
			number_text(t, q->frame), "answer", number_text(t, q->reply), NULL);
	remark_order(t, q);
	remark_further(t, q);
}

static void tell_known(struct teller *t, const struct reach *r, uint32_t flow)
{
	struct step_entry *e = entry(t, STEP_4);
	const struct neighbour *q = r->question ? chunks_at(&t->st->neighbours, r->question - 1)
			: NULL;
	const char *mac = address_text(t, r->mac), *frame = number_text(t, first_ip_frame(t));
	const struct track *k = track_at(t->st, flow);
	from_missing(t, STEP_4);
	e->state = STATE_INFERRED;
	fact_text(t, STEP_4, "address", address_text(t, r->address));
	fact_text(t, STEP_4, "mac", mac);
	fact_text(t, STEP_4, "protocol", six(t, server_address(t->st, flow)) ? "ndp"
			: "arp");
	if (k && k->flags & TRACK_MIDDLE && !t->y->lookups && !(q && q->reply && !q->told)) {
		e->state = STATE_UNKNOWN;
		e->explain = words(t, _("The packets go to the next station at the MAC address "
				"{mac}."), "mac", mac, NULL);
		e->because = _("The capture begins when the connection was up already: the "
				"computer had found the MAC address before that.");
		return;
	}
	e->explain = words(t, _("Nobody had to be asked: the computer still had the MAC address "
			"{mac} of the next station in its neighbour table."), "mac", mac, NULL);
	if (q && q->reply && !q->told && before(q->reply, first_ip_frame(t)))
		e->because = words(t, _("The answer in frame {answer}, before this visit, told "
				"it; from frame {frame} on it is used without a new question."),
				"answer", number_text(t, q->reply), "frame", frame, NULL);
	else if (q && q->told)
		e->because = words(t, _("No frame asks for it before frame {frame}, which is already "
				"addressed to {mac}. That this is the MAC address of {address}, its own "
				"question in frame {told} tells."), "frame", frame, "mac", mac,
				"address", address_text(t, q->address), "told",
				number_text(t, q->reply), NULL);
	else
		e->because = words(t, _("No frame asks for it before frame {frame}, which is already "
				"addressed to {mac}: the answer to an earlier question was still "
				"in the table."), "frame", frame, "mac", mac, NULL);
}

static void tell_4(struct teller *t, const struct reach *r, uint32_t flow)
{
	struct step_entry *e = entry(t, STEP_4);
	const struct neighbour *q = own_question(t, r);
	if (q) {
		tell_asked(t, q, r);
		return;
	}
	if (r->kind == REACH_SELF) {
		e->state = STATE_ABSENT;
		e->explain = _("No MAC address is needed inside one computer.");
		e->because = _("Sender and receiver have the same address: the packets never "
				"leave the computer.");
		return;
	}
	if (r->mac) {
		tell_known(t, r, flow);
		return;
	}
	e->state = STATE_UNKNOWN;
	e->explain = _("How the next station was addressed cannot be seen.");
	e->because = _("This kind of capture holds no MAC addresses of the receivers.");
}

void tell_way(struct teller *t)
{
	uint32_t flow = way_flow(t);
	if (flow == NO_FLOW)
		return;
	struct reach r = reach_of(t->st, flow);
	tell_3(t, &r, flow);
	tell_4(t, &r, flow);
}
