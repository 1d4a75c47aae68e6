/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tell_names: step 2 and its parts. The hosts file and the caches send no packet; but a question
 * on the wire tells that neither had the answer, and an address that is used without a question
 * tells that one of them had.
 */
#include <string.h>

#include "fmt/i18n.h"
#include "steps/tell.h"

enum { TYPE_A = 1, TYPE_CNAME = 5, TYPE_AAAA = 28, TYPE_HTTPS = 65, MOST = 32, COUNTED = 512 };

struct asked {
	const struct lookup *first, *answer;	/* first question; the first useful answer */
	const struct lookup *failed;		/* an answer that is an error */
	const struct lookup *lost, *repeat;	/* the first that was asked again unanswered */
	uint32_t questions, unanswered;
	uint32_t again, needless;		/* asked again without, and with, an answer */
	uint32_t last;				/* the last frame of them */
};

static bool tells(const struct teller *t, const struct lookup *q, uint32_t address)
{
	for (uint32_t k = 0; k < q->n_records; k++) {
		const struct answer *r = chunks_at(&t->st->answers, q->first_record + k);
		if (r->value == address && r->type != TYPE_CNAME && r->type != TYPE_HTTPS)
			return true;
	}
	return false;
}

/* An answer that was cut is asked for again over TCP, and that one is used (RFC 7766). */
static bool better(const struct teller *t, const struct lookup *q, const struct lookup *than,
		   uint32_t used)
{
	return than->flags & LOOKUP_TRUNCATED && !(q->flags & LOOKUP_TRUNCATED) &&
	       q->type == than->type && q->frame > than->answer && (!used || tells(t, q, used));
}

/*
 * Whether a question repeats one of this visit, which may have had its answer. One that goes on
 * over TCP is told apart, behind an answer that was cut.
 */
static void count_again(struct asked *a, const struct lookup *last[3], const struct lookup *q)
{
	const struct lookup **of = &last[q->type == TYPE_A ? 0 : q->type == TYPE_AAAA ? 1 : 2];
	const struct lookup *p = *of;
	*of = q;
	if (!p || p->type != q->type || (p->flags & LOOKUP_TRUNCATED && q->flags & LOOKUP_TCP))
		return;
	if (before(p->answer, q->frame)) {
		a->needless++;
	} else if (!a->again++) {
		a->lost = p;
		a->repeat = q;
	}
}

static struct asked questions_about(const struct teller *t, uint32_t host)
{
	uint32_t used = t->y->first_flow ? server_address(t->st, t->y->first_flow - 1) : 0;
	const struct lookup *last[3] = { NULL };
	struct asked a = { 0 };
	for (uint32_t i = t->y->lookups; i; i = lookup_at(t->st, i)->next_of_story) {
		const struct lookup *q = lookup_at(t->st, i);
		if (q->host != host)
			continue;
		a.first = a.first ? a.first : q;
		a.questions++;
		count_again(&a, last, q);
		a.unanswered += !q->answer && q->type != TYPE_HTTPS;
		/* of several answers, the first that told the address that was used */
		if (q->flags & LOOKUP_ADDRESS &&
		    (!a.answer || (tells(t, q, used) && !tells(t, a.answer, used)) ||
		     better(t, q, a.answer, used)))
			a.answer = q;
		if (q->answer && q->rcode && q->type != TYPE_HTTPS && !a.failed)
			a.failed = q;
		if (q->answer && !q->rcode && !a.answer)
			a.last = a.last > q->answer ? a.last : q->answer;
		a.last = a.last > q->frame ? a.last : q->frame;
	}
	if (a.answer)
		a.last = a.answer->answer;
	else if (a.failed && a.failed->answer > a.last)
		a.last = a.failed->answer;
	return a;
}

static enum outcome outcome_of(const struct teller *t, const struct asked *a)
{
	if (a->answer)
		return OUT_ANSWERED;
	if (a->failed)
		return a->failed->rcode == 3 ? OUT_NXDOMAIN : a->failed->rcode == 5 ? OUT_REFUSED
									     : OUT_SERVFAIL;
	if (a->unanswered)
		return a->unanswered > 1 || silent(t->st, a->first->frame) ? OUT_TIMEOUT : OUT_NONE;
	return OUT_ANSWERED;
}

/* Addresses and aliases that the answers about the host hold, each once. */
static void fact_records(struct teller *t, uint32_t host)
{
	const char *addresses[MOST] = { NULL }, *aliases[MOST] = { NULL };
	uint32_t seen[COUNTED];
	unsigned n_addresses = 0, n_aliases = 0, n_seen = 0, more = 0;
	for (uint32_t i = t->y->lookups; i; i = lookup_at(t->st, i)->next_of_story) {
		const struct lookup *q = lookup_at(t->st, i);
		for (uint32_t k = 0; q->host == host && k < q->n_records; k++) {
			const struct answer *r = chunks_at(&t->st->answers, q->first_record + k);
			bool known = r->type == TYPE_HTTPS || n_seen >= COUNTED;
			for (unsigned j = 0; j < n_seen; j++)
				known |= seen[j] == r->value;
			if (known)
				continue;
			seen[n_seen++] = r->value;
			if (r->type == TYPE_CNAME ? n_aliases >= MOST : n_addresses >= MOST)
				more += r->type != TYPE_CNAME;
			else if (r->type == TYPE_CNAME)
				aliases[n_aliases++] = string_text(t, r->value);
			else
				addresses[n_addresses++] = address_text(t, r->value);
		}
	}
	fact_list(t, STEP_2_3, "addresses", addresses, n_addresses);
	fact_list(t, STEP_2_3, "aliases", aliases, n_aliases);
	if (more)
		remark(t, STEP_2_3, words(t, _("… and {n} more addresses."), "n", number_text(t,
				more), NULL));
}

/* The address out of an answer that was used, else its first. */
static const char *address_in(struct teller *t, const struct lookup *q)
{
	uint32_t used = t->y->first_flow ? server_address(t->st, t->y->first_flow - 1) : 0;
	if (used && tells(t, q, used))
		return address_text(t, used);
	for (uint32_t k = 0; k < q->n_records; k++) {
		const struct answer *r = chunks_at(&t->st->answers, q->first_record + k);
		if (r->type == TYPE_A || r->type == TYPE_AAAA)
			return address_text(t, r->value);
	}
	return "";
}

/* How many aliases an answer names; *last: the one that the others lead to. */
static uint32_t n_aliases(struct teller *t, const struct lookup *q, const char **last)
{
	uint32_t n = 0;
	for (uint32_t k = 0; k < q->n_records; k++) {
		const struct answer *r = chunks_at(&t->st->answers, q->first_record + k);
		if (r->type != TYPE_CNAME)
			continue;
		*last = string_text(t, r->value);
		n++;
	}
	return n;
}

static const char *alias_sentence(struct teller *t, uint32_t n, const char *last, const char *address)
{
	if (n == 1)
		return words(t, _("The name is an alias (CNAME) of {name}, and that one has the address "
				"{address}."), "name", last, "address", address, NULL);
	return words(t, _("The name is an alias (CNAME) that leads on to others, {n} in all; the last, "
			"{name}, has the address {address}."), "n", number_text(t, n),
			"name", last, "address", address, NULL);
}

static const char *server_of(struct teller *t, const struct lookup *q)
{
	const struct conn *c = session_conn(t->st->s, q->flow);
	return c ? address_text(t, c->addr[!q->dir]) : "";
}

/* ---- 2.3 with questions ---- */

static void explain_answer(struct teller *t, struct step_entry *e, const struct asked *a,
			   enum outcome out)
{
	const char *host = host_text(t), *server = server_of(t, a->first), *last = "";
	uint32_t aliases;
	if (filtered(t) && (out == OUT_TIMEOUT || out == OUT_NONE)) {
		e->explain = words(t, _("The computer asks the DNS server {server} about {host}; "
				"no answer is among the packets that were read."), "server",
				server, "host", host, NULL);
		return;
	}
	switch (out) {
	case OUT_ANSWERED:
		if (!a->answer)
			e->explain = words(t, _("The computer asks the DNS server {server} about "
					"{host}; the answer holds no address."), "server", server,
					"host", host, NULL);
		else if ((aliases = n_aliases(t, a->answer, &last)) != 0)
			e->explain = two_sentences(t, words(t, _("The computer asks the DNS "
					"server {server} for the address of {host}."),
					"server", server, "host", host, NULL),
				alias_sentence(t, aliases, last, address_in(t, a->answer)));
		else
			e->explain = words(t, _("The computer asks the DNS server {server} for "
					"the address of {host}, and gets {address}."),
					"server", server, "host", host, "address",
					address_in(t, a->answer), NULL);
		break;
	case OUT_NXDOMAIN:
		e->explain = words(t, _("The DNS server {server} answers that {host} does not "
				"exist (NXDOMAIN). The visit ends here: without an address there "
				"is nothing to connect to."), "server", server, "host", host,
				NULL);
		break;
	case OUT_REFUSED:
		e->explain = words(t, _("The DNS server {server} declines to answer about {host} "
				"(REFUSED). The visit ends here: without an address there is "
				"nothing to connect to."), "server", server, "host", host, NULL);
		break;
	case OUT_SERVFAIL:
		e->explain = words(t, _("The DNS server {server} could not find out about {host} "
				"(SERVFAIL). The visit ends here: without an address there is "
				"nothing to connect to."), "server", server, "host", host, NULL);
		break;
	case OUT_TIMEOUT:
		e->explain = words(t, _("The computer asks the DNS server {server} about {host}, "
				"and no answer ever comes. The visit ends here: without an "
				"address there is nothing to connect to."), "server", server,
				"host", host, NULL);
		break;
	default:
		e->explain = words(t, _("The computer asks the DNS server {server} about {host}; "
				"the capture ends before an answer."), "server", server,
				"host", host, NULL);
		break;
	}
}

static const char *why_answer(struct teller *t, const struct asked *a)
{
	const struct lookup *q = a->answer ? a->answer : a->failed ? a->failed : a->first;
	if (q->answer)
		return words(t, _("Frame {question} asks, frame {answer} answers."), "question",
			     number_text(t, q->frame), "answer", number_text(t, q->answer), NULL);
	return two_sentences(t, words(t, _("Frame {question} asks; no frame answers."), "question",
			number_text(t, q->frame), NULL), filtered(t) ? filter_sentence(t) : NULL);
}

static bool offers_h3(const struct teller *t, uint32_t list)
{
	size_t n;
	const char *s = session_string(t->st->s, list, &n);
	for (size_t i = 0; i + 1 < n; i++)
		if (s[i] == 'h' && s[i + 1] == '3' && (!i || s[i - 1] == ',') &&
		    (i + 2 == n || s[i + 2] == ','))
			return true;
	return false;
}

/* The HTTPS record (RFC 9460) tells which protocols the server speaks, before it was called. */
static void remark_https(struct teller *t)
{
	for (uint32_t i = t->y->lookups; i; i = lookup_at(t->st, i)->next_of_story) {
		const struct lookup *q = lookup_at(t->st, i);
		for (uint32_t k = 0; q->host == t->y->host && k < q->n_records; k++) {
			const struct answer *r = chunks_at(&t->st->answers, q->first_record + k);
			if (r->type != TYPE_HTTPS || !r->value)
				continue;
			remark(t, STEP_2_3, words(t, _("The HTTPS record in frame {frame} tells "
					"in advance which protocols the server speaks: {alpn}."),
					"frame", number_text(t, q->answer), "alpn", string_text(t,
					r->value), NULL));
			if (offers_h3(t, r->value) && document_track(t) &&
			    document_track(t)->kind == KIND_QUIC)
				remark(t, STEP_2_3, _("h3 (HTTP/3) is among them, which fits that "
						"the browser calls with QUIC at once."));
			return;
		}
	}
}

static void remark_names(struct teller *t, const struct asked *a)
{
	uint32_t host = t->y->host, before_it = 0, others = 0, tcp = 0, cut = 0;
	const struct lookup *probe = NULL;
	for (uint32_t i = t->y->lookups; i; i = lookup_at(t->st, i)->next_of_story) {
		const struct lookup *q = lookup_at(t->st, i);
		if (q->host != host && !a->answer && probe_host(t->st, q->host)) {
			probe = probe ? probe : q;
			continue;
		}
		others += q->host != host && (!before_it || q->host != before_it);
		if (q->host != host)
			before_it = q->host;
		if (q->flags & LOOKUP_TCP && !tcp)
			tcp = q->frame;
		if (q->flags & LOOKUP_TRUNCATED && !cut)
			cut = q->answer;
	}
	if (a->needless)
		remark(t, STEP_2_3, words(t, _("Questions that were asked again although they had "
				"been answered: {n}."), "n", number_text(t, a->needless), NULL));
	if (a->again)
		remark(t, STEP_2_3, words(t, _("Questions that had to be asked again: {n}."),
				"n", number_text(t, a->again), NULL));
	if (a->again && !filtered(t))
		remark(t, STEP_2_3, words(t, _("The question in frame {frame} had no answer after "
				"{time}, when frame {again} asked again."), "frame",
				number_text(t, a->lost->frame), "time", span_text(t,
				time_of(t->st, a->repeat->frame) - time_of(t->st, a->lost->frame)),
				"again", number_text(t, a->repeat->frame), NULL));
	if (cut)
		remark(t, STEP_2_3, words(t, _("The answer in frame {frame} was cut, because it "
				"did not fit a datagram."), "frame", number_text(t, cut), NULL));
	if (tcp)
		remark(t, STEP_2_3, words(t, _("From frame {frame} on the question is asked over "
				"TCP."), "frame", number_text(t, tcp), NULL));
	if (probe)
		remark(t, STEP_2_3, words(t, _("After the failure the browser asked for {name} "
				"(frame {frame}), to find out whether any name can be found."),
				"name", string_text(t, probe->host), "frame", number_text(t,
				probe->frame), NULL));
	remark_families(t);
	remark_https(t);
	if (others)
		remark(t, STEP_2_3, words(t, _("Other names that the page needs were asked for "
				"too: {n}."), "n", number_text(t, others), NULL));
}

static void tell_asked(struct teller *t, const struct asked *a)
{
	struct step_entry *e = entry(t, STEP_2_3), *whole = entry(t, STEP_2);
	enum outcome out = outcome_of(t, a);
	const struct lookup *q = a->answer ? a->answer : a->failed ? a->failed : a->first;
	const char *question = number_text(t, a->first->frame), *host = host_text(t);
	e->state = whole->state = STATE_OBSERVED;
	e->start = whole->start = time_of(t->st, a->first->frame);
	e->end = whole->end = time_of(t->st, a->last);
	fact_text(t, STEP_2_3, "question", string_text(t, q->host));
	if (q->answer)
		fact_number(t, STEP_2_3, "rcode", q->rcode);
	fact_records(t, t->y->host);
	fact_text(t, STEP_2_3, "server", server_of(t, q));
	fact_text(t, STEP_2_3, "outcome", outcome_ids[out]);
	explain_answer(t, e, a, out);
	e->because = why_answer(t, a);
	remark_names(t, a);

	whole->explain = a->answer
		? words(t, _("{host} has the address {address}; a DNS server had to be asked for "
				"it."), "host", host, "address", address_in(t, a->answer),
				NULL)
		: filtered(t) && !a->failed ? e->explain
		: words(t, _("No address was found for {host}."), "host", host, NULL);
	whole->because = e->because;
	struct step_entry *file = entry(t, STEP_2_1), *cache = entry(t, STEP_2_2);
	file->state = cache->state = STATE_INFERRED;
	file->explain = words(t, _("The computer looked for {host} in its hosts file first, and "
			"did not find it there."), "host", host, NULL);
	file->because = words(t, _("No packet shows the file. But frame {frame} asks a DNS "
			"server: with an answer in the hosts file nobody would have been asked."),
			"frame", question, NULL);
	cache->explain = words(t, _("Neither the browser nor the system remembered an address of "
			"{host}."), "host", host, NULL);
	cache->because = words(t, _("No packet shows the cache. But frame {frame} asks a DNS "
			"server: a remembered answer would have made the question unnecessary."),
			"frame", question, NULL);
}

void tell_names(struct teller *t)
{
	struct asked a = questions_about(t, t->y->host);
	if (t->y->host && a.questions)
		tell_asked(t, &a);
	else
		tell_unasked(t);
}
