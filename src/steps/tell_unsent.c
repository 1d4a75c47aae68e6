/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tell_unsent: visits, or their ends, without a packet, told from the browser's log alone. */
#include <string.h>

#include "fmt/i18n.h"
#include "record/record.h"
#include "record/url.h"
#include "steps/tell.h"

void tell_recorded_times(struct teller *t)
{
	const struct record *r = t->st->s->record;
	t->v->start = t->v->end = recorded_time(t->st, rec_page(r, t->y->page)->start);
	for (uint32_t i = 1; i <= record_count(r, REC_REQUEST); i++) {
		int64_t end = recorded_time(t->st, rec_request(r, i)->end);
		if (rec_request(r, i)->page == t->y->page && end > t->v->end)
			t->v->end = end;
	}
}

/* What the log says of the page's own request, the last one behind redirects; NULL: nothing. */
static const struct rec_request *document_of(const struct teller *t)
{
	const struct record *r = t->st->s->record;
	for (uint32_t i = record_count(r, REC_REQUEST); i; i--) {
		const struct rec_request *q = rec_request(r, i);
		if (q->page == t->y->page && !strcmp(q->kind, "document"))
			return q;
	}
	return NULL;
}

/* Whether the log itself says that nothing had to be sent; a capture may lack what was. */
static bool unsent(const struct teller *t)
{
	const struct rec_page *p = rec_page(t->st->s->record, t->y->page);
	const struct rec_request *q = document_of(t);
	return !filtered(t) && (*p->error || (q && (*q->error || !strcmp(q->cache, "hit"))));
}

static const char *lacking(struct teller *t)
{
	const struct rec_request *q = document_of(t);
	if (filtered(t))
		return filter_sentence(t);
	if (!q || !q->status)
		return _("No packet of the capture is for this page, and nothing tells what became of it.");
	return words(t, _("By {log}, the page came from the server, but its packets are not in the capture."),
		     "log", by_log(t), NULL);
}

static const char *filtered_summary(struct teller *t, const char *url)
{
	struct url u;
	if (!url_parse(&u, url, NULL))
		return lacking(t);
	const char *told = words(t, _("What came of the visit of {host} cannot be told: the "
			"filter left packets out."), "host", u.host, NULL);
	url_free(&u);
	return told;
}

const char *recorded_summary(struct teller *t)
{
	const struct rec_page *p = rec_page(t->st->s->record, t->y->page);
	if (filtered(t))
		return filtered_summary(t, p->url);
	if (!unsent(t))
		return lacking(t);
	const struct rec_request *q = document_of(t);
	const char *error = *p->error || !q ? p->error : q->error;
	return *error ? words(t, _("No page: {error}, and no packet was sent for it."), "error", error, NULL)
		: _("No packet was sent for this page: the browser still had all of it.");
}

const char *nothing_asked(struct teller *t, const char *host)
{
	const struct rec_page *p = rec_page(t->st->s->record, t->y->page);
	return p && *p->error
		? words(t, _("No page: connected to {host}, but the browser asked for nothing ({error})."), "host",
			host, "error", p->error, NULL)
		: words(t, _("Connected to {host}, but nothing was asked for."), "host", host, NULL);
}

/* That a step did not happen is only told from packets that are not there: it is not known. */
static void tell_lacking(struct teller *t)
{
	for (int i = STEP_2; i < STEPS; i++) {
		struct step_entry *e = entry(t, (enum step)i);
		if (e->n_frames || e->state != STATE_ABSENT)
			continue;
		e = recorded_anew(t, (enum step)i);
		e->state = STATE_UNKNOWN;
		e->explain = _("Whether this happened cannot be told from the packets that were read.");
		e->because = lacking(t);
	}
}

void tell_no_packet(struct teller *t)
{
	static const enum step parts[] = { STEP_2, STEP_2_1, STEP_2_2, STEP_2_3, STEP_3, STEP_4, STEP_5, STEP_5_1,
		STEP_5_2, STEP_5_4 };
	if (!unsent(t)) {
		tell_lacking(t);
		return;
	}
	const struct rec_page *p = rec_page(t->st->s->record, t->y->page);
	const struct rec_request *q = document_of(t);
	const char *error = *p->error || !q ? p->error : q->error;
	const char *because = *error
		? words(t, _("By {log}, the page did not come ({error}), and no packet of the capture is for "
				"it."), "log", by_log(t), "error", error, NULL)
		: words(t, _("By {log}, the page came out of the browser's cache, and no packet of the capture "
				"is for it."), "log", by_log(t), NULL);
	for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		struct step_entry *e = recorded_anew(t, parts[i]);
		e->state = STATE_ABSENT;
		e->explain = _("This was not needed: nothing was sent.");
		e->because = because;
	}
	struct step_entry *e = recorded_anew(t, STEP_5_3);
	fact_number(t, STEP_5_3, "requests", t->v->n_requests);
	e->explain = recorded_summary(t);
	e->because = because;
}

