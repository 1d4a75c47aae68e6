/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tell_unasked: step 2 and its parts where no question was seen: the answer was known from earlier,
 * or from the hosts file or a cache, or there was no name, or nothing tells.
 */
#include "fmt/i18n.h"
#include "steps/tell.h"

/* An answer from before this visit that told the address it uses; 0 when the capture has none. */
static const struct lookup *remembered(const struct teller *t)
{
	const struct track *k = t->y->first_flow ? track_at(t->st, t->y->first_flow - 1) : NULL;
	const struct lookup *q = k ? lookup_at(t->st, k->lookup) : NULL;
	return q && q->answer && (!t->y->host || q->host == t->y->host) ? q : NULL;
}

static void set_all(struct teller *t, enum step_state state, const char *because)
{
	const enum step parts[] = { STEP_2, STEP_2_1, STEP_2_2, STEP_2_3 };
	for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		entry(t, parts[i])->state = state;
		entry(t, parts[i])->because = because;
	}
}

/* Nothing tells how the address was found: each part says what of it stays open. */
static void explain_unknown(struct teller *t)
{
	const char *address = address_text(t, server_address(t->st, t->y->first_flow - 1));
	entry(t, STEP_2)->explain = words(t, _("How the computer came to know the address "
			"{address} cannot be told."), "address", address, NULL);
	entry(t, STEP_2_1)->explain = _("Whether the hosts file had the address cannot be told.");
	entry(t, STEP_2_2)->explain = _("Whether a cache had the address cannot be told.");
	entry(t, STEP_2_3)->explain = _("Whether a DNS server was asked for the address cannot be "
			"told.");
}

static void tell_remembered(struct teller *t, const struct lookup *q)
{
	from_missing(t, STEP_2);
	from_missing(t, STEP_2_2);
	from_missing(t, STEP_2_3);
	const char *host = host_text(t), *frame = number_text(t, q->answer);
	const char *address = address_text(t, server_address(t->st, t->y->first_flow - 1));
	struct step_entry *e = entry(t, STEP_2);
	e->state = STATE_INFERRED;
	e->explain = words(t, _("The address of {host} was known from earlier: {address}."),
			"host", host, "address", address, NULL);
	e->because = words(t, _("Frame {frame} answered with this address before this visit "
			"began, and it was used again without a new question."), "frame", frame,
			NULL);
	e = entry(t, STEP_2_1);
	e->state = STATE_INFERRED;
	e->explain = words(t, _("The hosts file does not hold {host}."), "host", host, NULL);
	e->because = words(t, _("The DNS server was asked for it earlier (frame {frame}): with "
			"an entry in the hosts file it would not have been."), "frame",
			number_text(t, q->frame), NULL);
	e = entry(t, STEP_2_2);
	e->state = STATE_INFERRED;
	e->explain = words(t, _("The answer of the earlier visit was still in a cache: {host} is "
			"{address}."), "host", host, "address", address, NULL);
	e->because = words(t, _("No packet shows the cache. But frame {frame} told this address "
			"earlier, and now it is used without a question."), "frame", frame, NULL);
	e = entry(t, STEP_2_3);
	e->state = STATE_ABSENT;
	e->explain = _("No DNS server had to be asked.");
	e->because = words(t, _("In this visit no frame asks for {host}; the answer in frame "
			"{frame} was still good."), "host", host, "frame", frame, NULL);
}

static void tell_not_asked(struct teller *t)
{
	from_missing(t, STEP_2);
	from_missing(t, STEP_2_1);
	from_missing(t, STEP_2_2);
	from_missing(t, STEP_2_3);
	const char *host = host_text(t);
	uint32_t flow = t->y->first_flow - 1, first = flow_frame(t->st, flow);
	const char *address = address_text(t, server_address(t->st, flow));
	const char *frame = number_text(t, first);
	struct step_entry *e = entry(t, STEP_2_3);
	e->state = STATE_ABSENT;
	e->explain = words(t, _("No DNS server was asked, although the address {address} was "
			"used: it was known already."), "address", address, NULL);
	e->because = first <= 1
		? words(t, _("No frame of the capture asks for {host}; it begins with the "
				"connection to {address}. A question before the capture began "
				"would not be in it."), "host", host, "address", address, NULL)
		: words(t, _("Up to the connection in frame {frame}, which goes to {address}, no "
				"frame of the capture asks for {host}."), "frame", frame,
				"address", address, "host", host, NULL);
	e = entry(t, STEP_2);
	e->state = STATE_INFERRED;
	e->explain = words(t, _("The computer knew the address of {host} without asking: "
			"{address}."), "host", host, "address", address, NULL);
	e->because = words(t, _("Frame {frame} goes to {address} without a DNS question before "
			"it: the hosts file or a cache had the answer."), "frame", frame,
			"address", address, NULL);
	entry(t, STEP_2_1)->explain = words(t, _("The hosts file may have had the address of "
			"{host}."), "host", host, NULL);
	entry(t, STEP_2_1)->because = _("The hosts file sends no packet. It or a cache knew the "
			"address; which of the two, the capture cannot tell.");
	entry(t, STEP_2_2)->explain = words(t, _("The cache of the browser or of the system may "
			"have had the address of {host}."), "host", host, NULL);
	entry(t, STEP_2_2)->because = _("A cache sends no packet. It or the hosts file knew the "
			"address; which of the two, the capture cannot tell.");
}

void tell_unasked(struct teller *t)
{
	const struct track *k = t->y->first_flow ? track_at(t->st, t->y->first_flow - 1) : NULL;
	const struct lookup *q;
	if (!k)
		return;
	if (k->flags & TRACK_MIDDLE) {
		set_all(t, STATE_UNKNOWN, _("The capture begins when the connection was up "
				"already: the computer had found the address before that."));
		explain_unknown(t);
		return;
	}
	if (!t->y->host && (t->y->ask || k->hello)) {
		set_all(t, STATE_ABSENT, words(t, _("The request goes to the address {address} "
				"and names no domain: the address itself was visited, so there "
				"was no name to look up."),
			"address", address_text(t, server_address(t->st, t->y->first_flow - 1)),
					NULL));
		entry(t, STEP_2)->explain = _("There was no name to look up: an address was "
				"visited.");
		return;
	}
	if (!t->y->host) {
		set_all(t, STATE_UNKNOWN, words(t, _("The capture holds no name for the address "
				"{address}: perhaps the address was typed, perhaps a name was "
				"known already."),
			"address", address_text(t, server_address(t->st, t->y->first_flow - 1)),
					NULL));
		explain_unknown(t);
		return;
	}
	if ((q = remembered(t)) != NULL)
		tell_remembered(t, q);
	else
		tell_not_asked(t);
}
