/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tell: a story as the struct visit that views read. Private to src/steps/.
 *
 * A visit is told when somebody asks for it, and the last few that were told are kept: a capture
 * with thousands of visits needs memory for some of them only. All its text lies in an arena of
 * its own, which is freed as a whole.
 */
#ifndef OSI_STEPS_TELL_H
#define OSI_STEPS_TELL_H

#include "base/arena.h"
#include "steps/own.h"

enum { TOLD = 64, MAX_FACTS = 12, MAX_CONNECTIONS = 256 };	/* visits kept; facts a step; of a visit */

struct teller {
	const struct steps *st;
	const struct story *y;
	uint32_t number;		/* the story's */
	struct visit *v;
	struct block *arena;
	struct strbuf text;		/* scratch */
	struct fact *facts[STEPS];	/* MAX_FACTS each */
	uint32_t *instead;		/* by connection: the frame of the call that it was made for */
	uint16_t missing;		/* bits of steps that are told from frames that are not there */
};

struct cache *cache_new(void);
void cache_free(struct cache *c);
void cache_clear(struct cache *c);

/*
 * words.c: a whole translated sentence with {placeholders} filled in. Names and values in turn,
 * ended by NULL: words(t, _("Frame {frame} asks."), "frame", frame_text(t, 3), NULL).
 */
const char *words(struct teller *t, const char *sentence, ...);
void words_fill(struct strbuf *to, const char *sentence, const char *(*value)(void *,
		const char *, size_t), void *arg);
const char *two_sentences(struct teller *t, const char *a, const char *b);	/* either may be NULL */
const char *number_text(struct teller *t, uint64_t n);
const char *frames_text(struct teller *t, const uint32_t *frames, unsigned n);	/* "3, 4" */
const char *string_text(struct teller *t, uint32_t id);		/* of the session's table */
const char *address_text(struct teller *t, uint32_t id);
const char *endpoint_text(struct teller *t, uint32_t flow, bool server);
const char *span_text(struct teller *t, int64_t ns);		/* "4.10 ms" */
const char *bytes_text(struct teller *t, uint64_t bytes);	/* "12.3 KB" */
const char *host_text(struct teller *t);	/* the visit's host: a name, or its address */

void fact_text(struct teller *t, enum step step, const char *key, const char *value);
void fact_number(struct teller *t, enum step step, const char *key, double value);
void fact_bool(struct teller *t, enum step step, const char *key, bool value);
void fact_list(struct teller *t, enum step step, const char *key, const char *const *list,
		unsigned n);
void remark(struct teller *t, enum step step, const char *sentence);	/* adds */

/*
 * The step is told from frames that are not there. With a capture filter that proves nothing, and
 * the step will not be known.
 */
static inline void from_missing(struct teller *t, enum step step)
{
	t->missing |= (uint16_t)(1u << step);
}
/* Whether a filter left packets out that may have told more. */
static inline bool filtered(const struct teller *t)
{
	return t->st->s->filter_text != NULL;
}
const char *filter_sentence(struct teller *t);	/* words.c: that the filter left packets out */

const char *ask_url(struct teller *t, const struct ask *a);	/* tell_url.c */

/* Flows that opened in this visit, and those of earlier ones that it goes on using; how many. */
unsigned visit_flows(const struct teller *t, uint32_t flow[MAX_CONNECTIONS]);	/* tell_connections.c */

/* Each writes some steps of t->v: state, facts, times, explain, because. */
void tell_addresses(struct teller *t);		/* tell_url.c: url and final_url */
void tell_url(struct teller *t);		/* tell_url.c: 1, 1.1 */
void tell_names(struct teller *t);		/* tell_names.c: 2, 2.1, 2.2, 2.3 */
void tell_unasked(struct teller *t);		/* tell_unasked.c: the same without questions */
void tell_way(struct teller *t);		/* tell_way.c: 3, 4 */
void tell_connections(struct teller *t);	/* tell_connections.c: the list, 5.1 */
void tell_tls(struct teller *t);		/* tell_tls.c: 5.2 */
void tell_page(struct teller *t);		/* tell_page.c: 5.3, 5.4, 5 */
void tell_requests(struct teller *t);		/* requests.c: the list */
void tell_summary(struct teller *t);		/* tell_page.c */
void tell_recorded(struct teller *t);		/* tell_recorded.c: what else is known of 1, 2, 3, 4 */
struct step_entry *recorded_anew(struct teller *t, enum step step);	/* recorded: told from the beginning */
void tell_kernel(struct teller *t);		/* tell_kernel.c: 3, 4 */
void tell_no_packet(struct teller *t);		/* tell_unsent.c: all of a visit without packets */
void tell_recorded_times(struct teller *t);	/* of a visit without packets */
const char *recorded_summary(struct teller *t);	/* the same */
/* tell_unsent.c: the summary of a connection without a request; why, when the browser's log says it */
const char *nothing_asked(struct teller *t, const char *host);
const char *by_log(const struct teller *t);	/* "the browser's own log (NetLog)" */
bool hsts_ends(const char *value);	/* tell_url.c: Strict-Transport-Security that takes the host off the list */

/* tell_calls.c */
bool unanswered(const struct teller *t, const struct connection *c);	/* a TCP call */
bool lost_race(const struct teller *t, uint32_t flow);
void pair_calls(struct teller *t);		/* writes t->instead */
void remark_unanswered(struct teller *t);
void remark_remains(struct teller *t, uint32_t call);	/* 5.1: broken off before it */
void remark_families(struct teller *t);		/* 2.3: a name with IPv4 and IPv6 */
/* Where an ICMP error says so: 5.1, and why it is known. */
void explain_undelivered(struct teller *t, const struct track *k);
const char *why_undelivered(struct teller *t, const struct track *k);

bool flow_carried(const struct steps *st, uint32_t flow);	/* it was used for something */
enum outcome flow_outcome(const struct steps *st, uint32_t flow);
enum outcome tls_outcome(const struct steps *st, const struct track *t);
bool silent(const struct steps *st, uint32_t frame);	/* it was waited long enough after it */

/* The document's flow and request; NULL where there is none. */
static inline struct track *document_track(const struct teller *t)
{
	return t->y->document ? track_at(t->st, t->y->document - 1) : NULL;
}
/* Packets can be read that carry a request; what only the log tells does not count. */
static inline bool can_be_read(const struct teller *t, const struct track *k)
{
	const struct ask *a = ask_at(t->st, k->first_ask);
	return a && !a->recorded;
}
const char *recorded_alpn(const struct teller *t, uint32_t flow);	/* what the log says was chosen; "" */
static inline struct step_entry *entry(struct teller *t, enum step step)
{
	return &t->v->step[step];
}
static inline double ms_between(int64_t a, int64_t b)
{
	return a && b && b >= a ? (double)(b - a) / 1e6 : -1;
}

#endif
