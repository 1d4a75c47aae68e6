/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recorded_pages: to which page of the browser's log a thing belongs; pages without any packet. */
#include <string.h>

#include "record/record.h"
#include "record/url.h"
#include "steps/own.h"

enum { SOON_MS = 50 };	/* names are asked for before the log says that the page is wanted */

uint32_t recorded_page_of_host(const struct steps *st, uint32_t host, int64_t time)
{
	const struct record *r = st->s->record;
	if (!st->recorded || !host || !map_get(&st->page_of_host, map_pair(host, 0)))
		return 0;
	for (uint32_t i = record_count(r, REC_PAGE); i; i--) {
		uint32_t early = map_get(&st->page_of_host, map_pair(host, i));
		if (early && recorded_time(st, rec_page(r, i)->start) - (SOON_MS + early) * INT64_C(1000000) <= time)
			return i;
	}
	return map_get(&st->page_of_host, map_pair(host, RECORDED_BACKGROUND)) ? RECORDED_BACKGROUND : 0;
}

uint32_t recorded_page_of_flow(const struct steps *st, uint32_t flow)
{
	return map_get(&st->page_of_flow, flow + 1);
}

/* Of a request in the packets or out of the log. */
uint32_t recorded_page_of_ask(const struct steps *st, const struct ask *a)
{
	const struct rec_request *q = rec_request(st->s->record, a->request);
	return !q ? 0 : rec_page(st->s->record, q->page) ? q->page : RECORDED_BACKGROUND;
}

uint32_t recorded_page_at(const struct steps *st, int64_t time)
{
	const struct record *r = st->s->record;
	for (uint32_t i = record_count(r, REC_PAGE); i && st->recorded; i--)
		if (recorded_time(st, rec_page(r, i)->start) - (int64_t)SOON_MS * 1000000 <= time)
			return i;
	return 0;
}

bool recorded_only(const struct steps *st)
{
	const struct record *r = st->s->record;
	return r && *r->url && !st->other_log;
}

bool recorded_whole(const struct steps *st)
{
	const struct record *r = st->s->record;
	/* who was killed did not write all of it; in a private network nobody else talks */
	if (r->cut && !strcmp(r->place, "private"))
		return false;
	return !strcmp(r->log, "netlog") || !strcmp(r->log, "curl");
}

bool recorded_flow(const struct steps *st, uint32_t flow)
{
	return !recorded_whole(st) || map_get(&st->socket_of_flow, flow + 1);
}

/* The first frame at a time or later; behind the last one when all are earlier. */
static uint32_t frame_at(const struct steps *st, int64_t time)
{
	uint32_t low = 1, high = session_n_frames(st->s) + 1;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (session_frame(st->s, middle)->time < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Was the page wanted while the capture went on? Of others it cannot hold packets. */
static bool within(const struct steps *st, const struct rec_page *p)
{
	int64_t start = recorded_time(st, p->start);
	struct url u;
	if (!url_parse(&u, p->url, NULL))	/* about:blank and the like are no pages of the web */
		return false;
	url_free(&u);
	return start && start >= st->first_time && start <= st->last_time;
}

void recorded_without_packets(struct steps *st)
{
	st->packet_stories = (uint32_t)st->stories.count;
	for (uint32_t i = 1; st->recorded && i <= record_count(st->s->record, REC_PAGE); i++) {
		const struct rec_page *p = rec_page(st->s->record, i);
		if (map_get(&st->story_of_page, i) || !within(st, p) ||
		    !room_for(st, &st->stories, VISIT_MAX, frame_at(st, recorded_time(st, p->start))))
			continue;
		struct story *y = chunks_add(&st->stories);
		*y = (struct story){ .page = i, .host = recorded_host(st, p->url), .client = 1,
			.open = frame_at(st, recorded_time(st, p->start)) };
	}
}

bool is_private(const struct steps *st)
{
	return st->s->record && !strcmp(st->s->record->place, "private");
}
