/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tell_unsent: a visit for which no packet was sent, told from the browser's log alone. */
#include <string.h>

#include "fmt/i18n.h"
#include "record/record.h"
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

/* Did the page itself come out of the cache? */
static bool from_cache(const struct teller *t)
{
	const struct record *r = t->st->s->record;
	for (uint32_t i = 1; i <= record_count(r, REC_REQUEST); i++) {
		const struct rec_request *q = rec_request(r, i);
		if (q->page == t->y->page && !strcmp(q->kind, "document") && !strcmp(q->cache, "hit"))
			return true;
	}
	return false;
}

const char *recorded_summary(struct teller *t)
{
	const struct rec_page *p = rec_page(t->st->s->record, t->y->page);
	return *p->error ? words(t, _("No page: {error}, and no packet was sent for it."), "error", p->error, NULL)
		: from_cache(t) ? _("No packet was sent for this page: the browser still had all of it.")
		: _("No packet of the capture is for this page, and nothing tells what became of it.");
}

void tell_no_packet(struct teller *t)
{
	static const enum step parts[] = { STEP_2, STEP_2_1, STEP_2_2, STEP_2_3, STEP_3, STEP_4, STEP_5, STEP_5_1,
		STEP_5_2, STEP_5_4 };
	const struct rec_page *p = rec_page(t->st->s->record, t->y->page);
	const char *because = *p->error
		? words(t, _("By {log}, the page did not come ({error}), and no packet of the capture is for "
				"it."), "log", by_log(t), "error", p->error, NULL)
		: !from_cache(t) ? _("No packet of the capture is for it, and the browser's log has no word of it.")
		: words(t, _("By {log}, the page came out of the browser's cache, and no packet of the capture "
				"is for it."), "log", by_log(t), NULL);
	for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		struct step_entry *e = recorded_anew(t, parts[i]);
		bool known = *p->error || from_cache(t);
		e->state = known ? STATE_ABSENT : STATE_UNKNOWN;
		e->explain = known ? _("This was not needed: nothing was sent.") :
			_("Whether it came to this is not known.");
		e->because = because;
	}
	struct step_entry *e = recorded_anew(t, STEP_5_3);
	fact_number(t, STEP_5_3, "requests", t->v->n_requests);
	if (!*p->error && !from_cache(t))
		e->state = STATE_UNKNOWN;
	e->explain = recorded_summary(t);
	e->because = because;
}

