/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "visit/recording.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "capture/privileges.h"
#include "fmt/i18n.h"
#include "fmt/names.h"
#include "record/record.h"
#include "steps/steps.h"
#include "visit/keeping.h"

enum {
	LOG_PIECE = 64 << 10, LOG_PIECES = 32,	/* at a time: keys wait meanwhile */
	OPEN_MS = 15000, FOUND_EVERY = 250, REFUSED_MS = 3000
};

void recording_say(struct recording *r, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	vsnprintf(r->status, sizeof r->status, format, ap);
	va_end(ap);
}

/* ---- the browser's log ---- */

static void log_close(struct recording *r)
{
	if (!r->reader)
		return;
	r->log->end(r->reader);
	r->log->free(r->reader);
	r->reader = NULL;
	if (r->log_fd >= 0)
		close(r->log_fd);
	r->log_fd = -1;
}

/* Reads what the log has grown by, at most so many pieces; true when there was something. */
static bool log_read(struct recording *r, unsigned pieces)
{
	bool any = false;
	ssize_t n;
	if (!r->reader)
		return false;
	if (r->log_fd < 0)
		r->log_fd = open(launch_log(r->launch, r->log_visit), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	while (r->log_fd >= 0 && pieces-- && (n = read(r->log_fd, r->piece, LOG_PIECE)) > 0) {
		r->log->feed(r->reader, r->piece, (size_t)n);
		any = true;
	}
	return any;
}

/*
 * What is on the list of a browser whose profile was new, and was put there by no answer, came with it.
 * Arguments of the user's may have brought another profile.
 */
static void name_preloaded(struct recording *r)
{
	struct record *record = r->s->record;
	for (uint32_t i = r->hsts + 1; !r->arguments && i <= record_count(record, REC_HSTS); i++) {
		struct rec_hsts *h = rec_hsts(record, i);
		if (h->listed && !*h->how && !strcmp(record->log, "netlog"))
			h->how = "preloaded";
	}
}

/* What the browser was told to open is known, also when its log has no word of it. */
static void log_over(struct recording *r)
{
	struct record *record = r->s->record;
	log_close(r);
	name_preloaded(r);
	if (!r->went || record_count(record, REC_PAGE) > r->pages)
		return;
	struct rec_page *p = record_add(record, REC_PAGE, NULL);
	if (!p)
		return;
	p->url = record_text(record, r->url);
	p->start = r->went;
}

static void log_open(struct recording *r, unsigned visit)
{
	log_over(r);
	r->pages = record_count(r->s->record, REC_PAGE);
	r->hsts = record_count(r->s->record, REC_HSTS);
	r->went = 0;
	r->log = launch_kind(r->launch)->log;
	r->log_visit = visit;
	if (r->log)
		r->reader = r->log->open(r->s->record);
}

/* ---- reports ---- */

static void note_error(struct recording *r, const char *text)
{
	if (!r->trouble[0])
		snprintf(r->trouble, sizeof r->trouble, "%s", text);
}

static void take_report(struct recording *r, const struct launch_report *p)
{
	struct err err;
	switch (p->what) {
	case LAUNCH_LISTENING: r->listening = true; break;
	case LAUNCH_BROWSER:
		log_open(r, p->visit);
		if (!launch_kind(r->launch)->devtools)
			r->went = p->time;	/* it goes as it starts */
		recording_say(r, _("the browser starts"));
		break;
	case LAUNCH_READY: break;
	case LAUNCH_GO:
		r->went = p->time;
		recording_say(r, _("the browser goes to %s"), r->s->record->url);
		break;
	case LAUNCH_LOADED:
		recording_say(r, _("the page has loaded; waiting until the network is quiet"));
		break;
	case LAUNCH_IDLE: break;
	case LAUNCH_PAGE_ERROR:
		recording_say(r, _("the page did not come: by the browser, %s"),
			      strncmp(p->text, "net::", 5) ? p->text : p->text + 5);
		break;
	case LAUNCH_CLOSED: recording_say(r, _("the browser has ended")); break;
	case LAUNCH_VISITED:
		log_read(r, UINT_MAX);
		log_over(r);
		r->went = 0;
		break;
	case LAUNCH_RECORD:
		if (!record_from_json(r->s->record, p->text, strlen(p->text), &err))
			note_error(r, err.text);
		break;
	case LAUNCH_ERROR: note_error(r, p->text); break;
	case LAUNCH_ENDED: r->ended = true; break;
	}
}

static bool take_reports(struct recording *r)
{
	struct launch_report p;
	bool any = false;
	while (launch_next(r->launch, &p)) {
		take_report(r, &p);
		any = true;
	}
	return any;
}

/* The kernel is asked for the way to each visit's server, while it still has it. */
static void ask_route(struct recording *r)
{
	const struct steps *st = r->s->steps;
	uint32_t n = steps_n_visits(st);
	const struct visit *v = n > r->routed ? steps_visit(st, n) : NULL;
	for (uint32_t i = 0; v && i < v->n_connections; i++) {
		const struct connection *c = &v->connections[i];
		const struct conn *conn = session_conn(r->s, c->flow);
		struct strbuf address = {0};
		if (!c->document || !conn)
			continue;
		name_address(&address, r->s, conn->addr[!(conn->client & 1)]);
		launch_route(r->launch, strbuf_str(&address));
		strbuf_free(&address);
		r->routed = n;
	}
}

/*
 * pasta's RST acknowledges nothing, and so the browser's kernel does not take it for an answer: it would
 * ring on for minutes, for nothing.
 */
static void end_refused(struct recording *r)
{
	const struct steps *st = r->s->steps;
	uint32_t n = steps_n_visits(st);
	const struct visit *v = n && launch_place(r->launch) == VISIT_PRIVATE ? steps_visit(st, n) : NULL;
	bool refused = v && v->n_connections;
	for (uint32_t i = 0; refused && i < v->n_connections; i++)
		refused = v->connections[i].outcome == OUT_REFUSED;
	if (!refused)
		r->refused_at = 0;
	else if (!r->refused_at)
		r->refused_at = recording_ms();
	else if (recording_ms() - r->refused_at > REFUSED_MS && !r->stopped) {
		r->stopped = true;
		launch_stop(r->launch);
	}
}

static unsigned work_visit(struct recording *r)
{
	bool found = take_reports(r);
	found |= log_read(r, LOG_PIECES);
	ask_route(r);
	end_refused(r);
	if (r->ended) {
		log_read(r, UINT_MAX);
		log_over(r);
		recording_say(r, "%s", r->trouble[0] ? r->trouble : r->asked ?
			      _("ended on request; what was recorded until then is told") :
			      _("the visit is recorded"));
		return RECORDING_FOUND | RECORDING_ENDED;
	}
	r->found |= found;
	if (!r->found || recording_ms() - r->found_at < FOUND_EVERY)
		return 0;
	r->found = false;
	r->found_at = recording_ms();
	return RECORDING_FOUND;
}

unsigned recording_work(struct recording *r)
{
	if (r->over)
		return 0;
	unsigned news = r->launch ? work_visit(r) : interface_work(r);
	r->over = news & RECORDING_ENDED;
	return news;
}

void recording_stop(struct recording *r)
{
	if (r->over)
		return;
	r->asked = true;
	recording_say(r, _("the recording ends"));
	if (r->launch)
		launch_stop(r->launch);
	else
		interface_stop(r);
}

/* ---- beginning and end ---- */

/* The session over the file that grows; this process loses its privileges before it looks into it. */
bool recording_open(struct recording *r, const char *file, bool own, const char *filter,
		    struct record *record, struct err *err)
{
	struct session_options o = { .path = file, .filter = filter, .growing = true, .record = record };
	bool usage;
	if (privileges_drop(err) < 0)
		return false;
	r->s = session_open(&o, err, &usage);
	if (r->s && own)
		r->s->name = _("what was recorded");
	return r->s != NULL;
}

/* Waits for the first reports, as far as the recorder's word that it has begun. */
static bool wait_listening(struct recording *r, struct err *err)
{
	int64_t until = recording_ms() + OPEN_MS;
	while (!r->listening && !r->ended && recording_ms() < until) {
		struct pollfd p = { .fd = launch_fd(r->launch), .events = POLLIN };
		poll(&p, 1, 100);
		struct launch_report report;
		while (!r->listening && launch_next(r->launch, &report)) {
			if (report.what == LAUNCH_LISTENING)
				r->listening = true;
			else if (report.what == LAUNCH_ERROR)
				note_error(r, report.text);
			else if (report.what == LAUNCH_ENDED)
				r->ended = true;
			else if (report.what == LAUNCH_BROWSER)
				r->log_visit = report.visit;	/* it may start while the recorder does */
			else if (report.what == LAUNCH_RECORD)
				record_from_json(r->early, report.text, strlen(report.text), NULL);
		}
	}
	if (r->listening)
		return true;
	err_set(err, "%s", r->trouble[0] ? r->trouble :
		_("recording did not begin; osiscope capture -i INTERFACE shows whether it can"));
	return false;
}

static void describe(struct recording *r)
{
	bool private = launch_place(r->launch) == VISIT_PRIVATE;
	const char *why = launch_why_real(r->launch);
	snprintf(r->where, sizeof r->where, private
		? _("recording with %s, in a private network of its own (%s, by pasta)")
		: _("recording with %s, on the real interface %s"), launch_kind(r->launch)->name,
		launch_iface(r->launch));
	if (*why) {
		size_t n = strlen(r->where);
		snprintf(r->where + n, sizeof r->where - n, " (%s)", why);
	}
	recording_say(r, "%s", r->where);
}

struct recording *recording_visit(const struct visit_plan *plan, const char *typed, const char *filter,
				  struct err *err)
{
	struct recording *r = recording_new();
	r->url = plan->url;
	for (char *const *more = plan->more; more && *more; more++)
		r->arguments |= !strncmp(*more, "--user-data-dir", 15);
	r->launch = launch_start(plan, err);
	r->early = record_new();
	r->early->url = record_text(r->early, typed);
	r->early->quic = plan->http3;
	if (!r->launch || !wait_listening(r, err))
		goto failed;
	r->early->place = launch_place(r->launch) == VISIT_PRIVATE ? "private" : "real";
	r->early->iface = record_text(r->early, launch_iface(r->launch));
	struct record *record = r->early;
	r->early = NULL;
	if (!recording_open(r, launch_capture(r->launch), !plan->capture, filter, record, err))
		goto failed;
	describe(r);
	if (r->log_visit)
		log_open(r, r->log_visit);
	return r;
failed:
	recording_free(r);
	return NULL;
}

struct recording *recording_new(void)
{
	struct recording *r = xcalloc(1, sizeof *r);
	r->piece = xmalloc(LOG_PIECE);
	r->log_fd = r->spool = -1;
	return r;
}

void recording_free(struct recording *r)
{
	if (!r)
		return;
	if (r->reader)
		r->log->free(r->reader);
	if (r->log_fd >= 0)
		close(r->log_fd);
	session_close(r->s);
	record_free(r->early);
	launch_free(r->launch);
	interface_free(r);
	free(r->piece);
	free(r);
}

struct session *recording_session(const struct recording *r)
{
	return r->s;
}

int recording_fd(const struct recording *r)
{
	return r->launch && !r->over ? launch_fd(r->launch) : -1;
}

bool recording_over(const struct recording *r)
{
	return r->over;
}

const char *recording_status(const struct recording *r)
{
	return r->status;
}

const char *recording_trouble(const struct recording *r)
{
	return r->trouble;
}

const char *recording_where(const struct recording *r)
{
	return r->where;
}

const char *recording_keys(const struct recording *r)
{
	const char *keys = r->launch ? launch_keys(r->launch) : NULL;
	struct stat st;
	return keys && stat(keys, &st) == 0 && st.st_size ? keys : NULL;
}
