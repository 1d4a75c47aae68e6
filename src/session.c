/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "capture/filter.h"
#include "capture/pcapng.h"
#include "engine/engine.h"
#include "fmt/i18n.h"
#include "record/record.h"
#include "steps/steps.h"

/* What a packet costs for ever stands in the header. */
_Static_assert(sizeof(struct frame_rec) == 40 && sizeof(struct conn) == 40 && sizeof(struct pdu) == 48,
	       "sizes as session.h says");

enum { CLOCK_EVERY = 256 };	/* frames between looks at the clock */

struct session *session_open(const struct session_options *o, struct err *err, bool *usage)
{
	struct session *s = xcalloc(1, sizeof *s);
	*usage = false;
	s->strings = intern_new();
	s->frames = chunks_init(sizeof(struct frame_rec));
	s->conns = chunks_init(sizeof(struct conn));
	s->pdus = chunks_init(sizeof(struct pdu));
	s->events = chunks_init(sizeof(struct event));
	s->record = o->record;
	if (o->filter) {
		s->filter_text = o->filter;
		s->filter = filter_compile(o->filter, err);
		*usage = !s->filter;
	}
	if (!*usage)
		s->source = source_open(o->path, err);
	if (!s->source) {
		session_close(s);
		return NULL;
	}
	s->growing = o->growing;
	source_set_growing(s->source, o->growing);
	s->engine = engine_new(s);
	s->steps = steps_new(s);
	s->detail = engine_new(s);
	s->detail->mode = MODE_DETAIL;
	engine_start(s->engine, MODE_PASS, true);
	return s;
}

void session_close(struct session *s)
{
	if (!s)
		return;
	steps_free(s->steps);
	engine_free(s->engine);
	engine_free(s->detail);
	free(s->aside);
	filter_free(s->filter);
	source_close(s->source);
	record_free(s->record);
	comments_free(&s->comments);
	chunks_free(&s->frames);
	chunks_free(&s->conns);
	chunks_free(&s->pdus);
	chunks_free(&s->events);
	intern_free(s->strings);
	free(s);
}

static bool wanted(struct session *s, const struct frame *f)
{
	return !s->filter || filter_match(s->filter, f);
}

/* The frame's events into the model. Who is where, once a flow, only the annotator wants. */
static void events_keep(struct session *s)
{
	const struct engine *e = s->engine;
	for (uint32_t i = 0; i < e->n_ev; i++) {
		if (e->ev[i].kind == EV_HOST || e->ev[i].kind == EV_NEXT_HOP)
			continue;
		struct event *ev = chunks_add(&s->events);
		*ev = e->ev[i];
	}
}

static void load_frame(struct session *s, const struct frame *f)
{
	struct engine *e = s->engine;
	struct frame_rec *rec = chunks_add(&s->frames);
	uint32_t n = session_n_frames(s);
	*rec = (struct frame_rec){
		.where = f->where, .time = f->time, .len = f->len, .flow = NO_FLOW,
	};
	s->bytes += f->len;
	engine_frame(e, f, n, 0, rec);
	events_keep(s);
	const struct packet p = {
		.frame = n, .flow = rec->flow, .time = rec->time, .dir = !!(rec->flags & FRAME_DIR),
		.flags = rec->flags, .proto = rec->proto, .notes = rec->notes,
	};
	steps_packet(s->steps, &p, e->ev, e->n_ev);
}

/* The visit record that the file holds, once it was read that far. */
static void take_record(struct session *s)
{
	size_t n;
	const char *text = source_record(s->source, &n);
	if (s->record || !text || s->record_trouble[0])
		return;
	struct err err;
	s->record = record_new();
	if (record_from_json(s->record, text, n, &err))
		return;
	record_free(s->record);
	s->record = NULL;
	snprintf(s->record_trouble, sizeof s->record_trouble,
		 _("the visit record in %s is not used: %s"), source_path(s->source), err.text);
}

/* The end of the capture: what waited in the streams comes out, the visits are settled. */
static void load_end(struct session *s)
{
	struct engine *e = s->engine;
	uint32_t n = session_n_frames(s);
	struct packet p = { .frame = n, .flow = NO_FLOW, .time = n ? session_frame(s, n)->time : 0 };
	for (struct flow *at = NULL; engine_finish(e, &at);) {
		events_keep(s);
		if (e->n_ev)
			steps_late(s->steps, &p, e->ev, e->n_ev);
	}
	take_record(s);
	steps_settle(s->steps);
}

bool session_load(struct session *s, uint32_t max_frames, uint64_t nanoseconds)
{
	int64_t until = nanoseconds ? clock_now() + (int64_t)nanoseconds : 0;
	if (s->end != SOURCE_FRAME)
		return false;
	for (uint32_t i = 0; i < max_frames; i++) {
		struct frame f;
		enum source_state state = source_next(s->source, &f);
		if (state == SOURCE_END && s->growing)
			return false;
		if (state != SOURCE_FRAME) {
			s->end = state;
			load_end(s);
			return false;
		}
		if (wanted(s, &f))
			load_frame(s, &f);
		if (until && i % CLOCK_EVERY == CLOCK_EVERY - 1 && clock_now() > until)
			return true;
	}
	return true;
}

void session_complete(struct session *s)
{
	s->growing = false;
	source_set_growing(s->source, false);
}

/* Was something on frame n known only later? *i: the first of pdus that may be the frame's. */
static bool told_late(const struct session *s, uint32_t n, size_t *i)
{
	const struct pdu *p;
	bool late = false;
	for (; (p = chunks_at(&s->pdus, *i)) && p->frame <= n; ++*i)
		late |= p->frame == n && p->late;
	return late;
}

/* A frame in its turn; by itself where only the model knows what it says. */
static const struct dissect *each_frame(struct session *s, const struct frame *f, uint32_t n,
					unsigned want, size_t *i)
{
	engine_frame(s->engine, f, n, want, session_frame(s, n));
	const struct dissect *d = want && told_late(s, n, i) ? session_detail(s, n, want) : NULL;
	return d ? d : &s->engine->d;
}

enum source_state session_each(struct session *s, unsigned want, session_frame_fn *fn, void *arg)
{
	struct engine *e = s->engine;
	bool model = session_n_frames(s) > 0;
	enum source_state state;
	struct frame f;
	uint32_t n = 0;
	size_t i = 0;
	engine_start(e, MODE_EACH, model);
	source_rewind(s->source);
	while ((state = source_next(s->source, &f)) == SOURCE_FRAME) {
		if (!wanted(s, &f))
			continue;
		n++;
		if (!fn(arg, s, each_frame(s, &f, n, want, &i)))
			break;
	}
	return state;
}

const struct dissect *session_detail(struct session *s, uint32_t n, unsigned want)
{
	struct frame_rec *rec = session_frame(s, n);
	struct frame f;
	if (!rec || !source_read_at(s->source, rec->where, &f))
		return NULL;
	/* other frames will be read while this one is shown: it is kept aside */
	if (f.caplen > s->aside_size) {
		s->aside_size = f.caplen;
		s->aside = xrealloc(s->aside, s->aside_size);
	}
	if (f.caplen)
		memcpy(s->aside, f.bytes, f.caplen);
	f.bytes = s->aside;
	engine_frame(s->detail, &f, n, want, rec);
	return &s->detail->d;
}

const char *session_comment(const struct session *s, const struct dissect *d)
{
	const char *own = comments_get(&s->comments, d->frame);
	if (own)
		return *own ? own : NULL;
	return d->comment ? source_comment(s->source, d->comment - 1) : NULL;
}

int session_set_comment(struct session *s, uint32_t frame, const char *text, struct err *err)
{
	const struct frame_rec *rec = session_frame(s, frame);
	struct frame f;
	if (!rec || !source_read_at(s->source, rec->where, &f))
		return err_set(err, _("there is no packet %u to write on"), (unsigned)frame);
	if (f.link == LINK_NO_PACKET)
		return err_set(err, _("%u is no packet but a note of another program: it has no "
				      "room for a comment"), (unsigned)frame);
	if (pcapng_is_annotation(text, strlen(text)))
		return err_set(err, _("a comment may not begin as osiscope's own do, with the "
				      "number of a step in brackets"));
	if (strlen(text) > COMMENT_MOST)
		return err_set(err, _("a comment holds at most %d bytes"), COMMENT_MOST);
	comments_set(&s->comments, frame, text);
	return 0;
}

uint64_t session_dropped(const struct session *s)
{
	uint64_t n = 0;
	for (size_t i = 0; i < source_n_ifaces(s->source); i++) {
		uint64_t dropped = source_iface(s->source, (uint32_t)i)->dropped;
		n += dropped == UINT64_MAX ? 0 : dropped;
	}
	return n;
}

static void left_by_kernel(const struct session *s, struct strbuf *to)
{
	uint64_t n = session_dropped(s);
	if (n)
		strbuf_printf(to, _("%s%llu packets were lost while recording: the kernel had no room for them"),
			      to->len ? "; " : "", (unsigned long long)n);
}

/* What the browser's log could not tell. */
static void left_by_log(const struct session *s, struct strbuf *to)
{
	const struct record *r = s->record;
	if (!r)
		return;
	if (r->cut)
		strbuf_printf(to, _("%sthe browser's log breaks off: what it says until there is used"),
			      to->len ? "; " : "");
	if (*r->missing)
		strbuf_printf(to, _("%sthe browser's log is of a version that this program does not know in full: "
				    "%s is missing"), to->len ? "; " : "", r->missing);
	if (r->left_out)
		strbuf_printf(to, _("%sof the browser's log %llu lines or bytes were broken or too much, and are "
				    "left out"), to->len ? "; " : "", (unsigned long long)r->left_out);
}

void session_left_out(const struct session *s, struct strbuf *to)
{
	const char *source = source_left_out(s->source);
	uint32_t frame = steps_left_out(s->steps);
	if (s->record_trouble[0])
		strbuf_puts(to, s->record_trouble);
	else if (steps_other_log(s->steps))
		strbuf_puts(to, _("the browser's log is of another time than the capture: it is not used"));
	if (source)
		strbuf_printf(to, "%s%s", to->len ? "; " : "", source);
	left_by_kernel(s, to);
	left_by_log(s, to);
	if (to->len && frame)
		strbuf_puts(to, "; ");
	if (frame)
		strbuf_printf(to, _("there are more visits, connections or names than are kept: from packet "
				    "%u on not all is told; -f chooses a part"), (unsigned)frame);
}
