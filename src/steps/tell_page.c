/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tell_page: steps 5.3 and 5.4, step 5 over all, and the visit in one sentence. */
#include <string.h>

#include "fmt/i18n.h"
#include "record/record.h"
#include "steps/tell.h"

/* ---- 5.3 ---- */

static const char *meaning(struct teller *t, const struct ask *a)
{
	const char *status = number_text(t, a->status), *path = string_text(t, a->url);
	const char *method = string_text(t, a->method);
	if (!a->method)
		return words(t, _("The server answers with status {status}; the request itself "
				"is not in the capture."), "status", status, NULL);
	if (!strcmp(method, "POST"))
		return words(t, a->status < 400
			? _("The browser sends data, such as a form that was filled in, to "
					"{path} (POST), and the server takes it and answers "
					"(status {status}).")
			: _("The browser sends data, such as a form that was filled in, to "
					"{path} (POST), and the server answers with an error "
					"(status {status})."), "path", path, "status", status, NULL);
	if (a->status >= 500)
		return words(t, _("The client asks for {path} ({method}), and the server "
				"reports a fault of its own (status {status})."), "path", path,
				"method", method, "status", status, NULL);
	if (a->status == 404)
		return words(t, _("The client asks for {path} ({method}), and the server has no "
				"such page (status {status}). It still sends a page that says "
				"so."), "path", path, "method", method, "status", status, NULL);
	if (a->status >= 400)
		return words(t, _("The client asks for {path} ({method}), and the server "
				"declines (status {status})."), "path", path, "method", method,
				"status", status, NULL);
	if (a->status == 304)
		return words(t, _("The client asks for {path} ({method}) whether it has "
				"changed, and the server says no (status {status}): the copy in "
				"the cache is still good."), "path", path, "method", method,
				"status", status, NULL);
	if (a->status >= 300)
		return words(t, _("The client asks for {path} ({method}), and the server sends "
				"it elsewhere (status {status})."), "path", path, "method",
				method, "status", status, NULL);
	if (!strcmp(method, "CONNECT"))
		return words(t, _("The browser asks a proxy for a tunnel to {path} (CONNECT), and the "
				"proxy opens it (status {status}): what follows goes through as "
				"it is, to that server."), "path", path, "status", status, NULL);
	return words(t, _("The client asks for {path} ({method}), and the server sends a copy "
			"of it (status {status})."), "path", path, "method", method, "status",
			status, NULL);
}

static const char *why_page(struct teller *t, const struct ask *a)
{
	const char *ask = number_text(t, a->frame), *head = number_text(t, a->response);
	if (!a->method)
		return words(t, _("Frame {head} answers; no frame asks."), "head", head, NULL);
	if (!a->response)
		return words(t, _("Frame {ask} asks; no response is in the capture."),
				"ask", ask, NULL);
	if (a->last && a->last != a->response)
		return words(t, _("Frame {ask} asks, frame {head} begins the response, frame "
				"{last} completes it."), "ask", ask, "head", head, "last",
				number_text(t, a->last), NULL);
	return words(t, _("Frame {ask} asks, frame {head} answers."), "ask", ask, "head", head,
			NULL);
}

/* The last frame in which this side sent something that is no goodbye. */
static uint32_t last_of_page(const struct teller *t, const struct track *k, uint8_t side)
{
	uint32_t n = k->last_data[side];
	while (n > k->request) {
		const struct frame_rec *fr = session_frame(t->st->s, n);
		bool mine = (fr->flags & FRAME_DIR ? 1 : 0) == side && fr->flags & FRAME_PAYLOAD;
		if (mine && explain_kinds[fr->explain].step != STEP_5_4)
			return n;
		n = fr->prev < n ? fr->prev : 0;
	}
	return 0;
}

/* The redirect led to another connection, and all on that one is encrypted. */
static void tell_led_on(struct teller *t)
{
	struct step_entry *e = entry(t, STEP_5_3);
	uint32_t flow = t->y->document - 1;
	const struct conn *c = session_conn(t->st->s, flow);
	int64_t end = time_of(t->st, last_of_page(t, track_at(t->st, flow), !(c->client & 1)));
	if (end > e->end)
		e->end = end;
	remark(t, STEP_5_3, words(t, _("The redirect leads to {url}; what is asked for there is "
			"encrypted (connection of frame {frame}), and not counted here."),
			"url", string_text(t, t->y->target),
			"frame", number_text(t, flow_frame(t->st, flow)), NULL));
}

/* What the log says of the document's request, which is encrypted on the wire. */
static const char *why_recorded(struct teller *t, const struct ask *a)
{
	const struct rec_request *q = rec_request(t->st->s->record, a->request);
	const char *on = number_text(t, session_conn(t->st->s, a->flow)->number);
	return words(t, q->stream || a->version == 30
		? _("By {log}, this was asked on connection {connection}, stream {stream}. On the wire it is "
			"encrypted: from frame {frame} on.")
		: _("By {log}, this was asked on connection {connection}. On the wire it is encrypted: from "
			"frame {frame} on."), "log", by_log(t), "connection", on, "stream",
		number_text(t, q->stream), "frame", number_text(t, track_at(t->st, a->flow)->request), NULL);
}

/* Parts that were not asked for, since the browser still had them. */
static void remark_cached(struct teller *t)
{
	uint32_t hits = 0, validated = 0;
	for (uint32_t i = 0; i < t->v->n_requests; i++) {
		hits += !strcmp(t->v->requests[i].cache, "hit");
		validated += !strcmp(t->v->requests[i].cache, "validated");
	}
	if (hits)
		remark(t, STEP_5_3, words(t, _("Taken from the browser's cache without asking: {n}."), "n",
				number_text(t, hits), NULL));
	if (validated)
		remark(t, STEP_5_3, words(t, _("Still good in the browser's cache, as the server said when "
				"asked (304): {n}."), "n", number_text(t, validated), NULL));
}

static void tell_asks(struct teller *t)
{
	struct step_entry *e = entry(t, STEP_5_3);
	const struct ask *first = ask_at(t->st, t->y->ask), *a = ask_at(t->st, t->y->final);
	uint32_t lost = 0, errors = 0, n = 0, end = 0;
	for (uint32_t i = t->y->asks; i; i = ask_at(t->st, i)->next_of_story, n++) {
		const struct ask *b = ask_at(t->st, i);
		uint32_t last = b->last ? b->last : b->response ? b->response : b->frame;
		end = last > end ? last : end;
		lost += !b->response;
		errors += b != a && b->status >= 400;
	}
	e->state = a->recorded ? STATE_RECORDED : STATE_OBSERVED;
	e->start = time_of(t->st, first->first_frame);
	e->end = time_of(t->st, end);
	fact_number(t, STEP_5_3, "requests", n);
	if (a->status)
		fact_number(t, STEP_5_3, "status", a->status);
	e->explain = a->response ? meaning(t, a)
		: words(t, _("The client asks for {path} ({method}), and no answer is in the "
				"capture."), "path", string_text(t, a->url), "method",
				string_text(t, a->method), NULL);
	e->because = a->recorded ? why_recorded(t, a) : why_page(t, a);
	if (a != first && first->recorded)
		remark(t, STEP_5_3, words(t, _("The first request was answered with a redirect (status {status}) "
				"to {url}."), "status", number_text(t, first->status), "url",
				string_text(t, first->location), NULL));
	else if (a != first)
		remark(t, STEP_5_3, words(t, _("The first request, in frame {frame}, was "
				"answered with a redirect (status {status}) to {url}."),
				"frame", number_text(t, first->frame),
			"status", number_text(t, first->status), "url", string_text(t,
					first->location), NULL));
	else if (t->y->target && t->y->document != a->flow + 1)
		tell_led_on(t);
	if (n > 1)
		remark(t, STEP_5_3, words(t, _("Requests in all, with pictures, scripts and the "
				"like: {n}."), "n", number_text(t, n), NULL));
	remark_cached(t);
	if (lost && n > 1)
		remark(t, STEP_5_3, words(t, _("Requests without a response in the capture: "
				"{n}."), "n", number_text(t, lost), NULL));
	if (errors)
		remark(t, STEP_5_3, words(t, _("Parts of the page that the server could not give "
				"(status 400 and above): {n}."), "n", number_text(t, errors),
				NULL));
}

/* How it is known that encrypted data is a request and its response. */
static const char *why_encrypted(struct teller *t, const struct track *k)
{
	const char *request = number_text(t, k->request), *response = number_text(t, k->response);
	bool shook = k->hello || k->server_hello;
	if (k->kind == KIND_QUIC && k->response)
		return words(t, _("The packets behind the handshake, in which requests and "
				"responses travel, have a short header: the client's from frame "
				"{request} on, and what the server sends after that from frame "
				"{response} on."), "request", request, "response", response, NULL);
	if (k->kind == KIND_QUIC)
		return words(t, _("The packets behind the handshake, in which requests and "
				"responses travel, have a short header: the client's from frame "
				"{request} on."), "request", request, NULL);
	if (!shook && k->response)
		return words(t, _("The capture joins the connection in the middle. The first "
				"protected data in it is that of frame {request} from the "
				"client, and of frame {response} from the server."),
				"request", request, "response", response, NULL);
	if (!shook)
		return words(t, _("The capture joins the connection in the middle. The first "
				"protected data of the client in it is that of frame {request}."),
				"request", request, NULL);
	if (k->response)
		return words(t, _("After the handshake the client is the first to send "
				"protected data (frame {request}), as a request would be; the "
				"server's follow from frame {response} on."),
				"request", request, "response", response, NULL);
	return words(t, _("After the handshake the client is the first to send protected data "
			"(frame {request}), as a request would be."), "request", request, NULL);
}

static void tell_encrypted(struct teller *t, const struct track *k)
{
	struct step_entry *e = entry(t, STEP_5_3);
	const struct conn *c = session_conn(t->st->s, t->y->document - 1);
	uint32_t last = last_of_page(t, k, !(c->client & 1));
	e->state = STATE_INFERRED;
	e->start = time_of(t->st, k->request);
	e->end = last > k->request ? time_of(t->st, last) : e->start;
	e->explain = k->response
		? _("The browser sends its request and the server its response, both encrypted: "
				"what they say can only be read with the browser's keys.")
		: _("The browser sends its request, encrypted; no answer to it is in the capture.");
	e->because = why_encrypted(t, k);
}

static void tell_no_page(struct teller *t, const struct track *k)
{
	struct step_entry *e = entry(t, STEP_5_3);
	from_missing(t, STEP_5_3);
	e->state = STATE_ABSENT;
	if (k && k->flags & TRACK_MIDDLE) {
		e->state = STATE_UNKNOWN;
		e->explain = _("What was asked for cannot be told.");
		e->because = _("The capture begins in the middle of the connection, and what it "
				"holds of it cannot be read.");
	} else if (k && e->n_frames) {
		e->state = STATE_UNKNOWN;
		e->explain = _("Data went over the connection, but it cannot be read as HTTP.");
		e->because = words(t, _("Its last packet with data is frame {frame}."),
				"frame", number_text(t, k->last_data[0] > k->last_data[1]
				? k->last_data[0] : k->last_data[1]), NULL);
	} else if (k && one_sided(t->st, k)) {
		e->state = STATE_UNKNOWN;
		e->explain = _("What was asked for cannot be told.");
		e->because = _("The capture holds the packets of one side of the connection only.");
	} else if (k && (k->synack || k->server_hello)) {
		e->explain = _("Nothing was asked for on the connection.");
		e->because = words(t, _("After frame {frame} no frame of the visit holds a "
				"request."), "frame", number_text(t, k->server_hello
				? k->server_hello : k->established ? k->established : k->synack),
				NULL);
	} else {
		e->explain = _("It never came to this: nobody could be asked.");
		e->because = _("There is no connection on which a request could have been sent.");
	}
}

/* ---- 5.4 ---- */

/* When hanging up begins on this flow: a goodbye of TLS may come before the FIN. */
static int64_t end_begins(const struct teller *t, uint32_t flow, uint32_t first)
{
	const struct step_entry *e = &t->v->step[STEP_5_4];
	for (uint32_t i = 0; i < e->n_frames && i < STEP_FRAMES && e->frames[i] < first; i++)
		if (session_frame(t->st->s, e->frames[i])->flow == flow)
			return time_of(t->st, e->frames[i]);
	return time_of(t->st, first);
}

static void tell_end(struct teller *t, const struct track *k)
{
	struct step_entry *e = entry(t, STEP_5_4);
	uint32_t flow = t->y->document - 1;
	const struct conn *c = session_conn(t->st->s, flow);
	uint8_t client = c->client & 1;
	uint32_t mine = k->fin[client], theirs = k->fin[!client];
	const char *last = number_text(t, c->last_frame);
	if (k->kind == KIND_QUIC) {
		e->state = STATE_UNKNOWN;
		e->explain = _("QUIC says goodbye inside its encryption, or just stops.");
		e->because = words(t, _("The last packet of the connection is frame {last}; "
				"whether it closes it is encrypted."), "last", last, NULL);
		return;
	}
	if (!flow_open(t->st, flow, 0)) {
		from_missing(t, STEP_5_4);
		e->state = STATE_ABSENT;
		e->explain = _("There was no connection that could be closed.");
		e->because = _("The connection was never opened (step 5.1).");
		return;
	}
	if ((mine || theirs || k->rst) && !e->n_frames) {
		e->state = STATE_ABSENT;
		e->explain = _("The connection is not closed in this visit: it is kept open, and "
				"a later visit uses it again.");
		e->because = words(t, _("The last packet of the connection, frame {last}, "
				"belongs to a later visit."), "last", last, NULL);
		return;
	}
	if (!mine && !theirs && !k->rst) {
		from_missing(t, STEP_5_4);
		e->state = STATE_UNKNOWN;
		e->explain = _("The connection is still open when the capture ends. Browsers "
				"keep connections for a while, in case that more is wanted.");
		e->because = words(t, _("No frame of the connection holds a FIN or RST; its last "
				"one is frame {last}."), "last", last, NULL);
		return;
	}
	e->state = STATE_OBSERVED;
	uint32_t first = before(mine, theirs) ? mine : theirs;
	first = before(k->rst, first) ? k->rst : first;
	e->start = end_begins(t, flow, first);
	e->end = time_of(t->st, c->last_frame >= first ? c->last_frame : first);
	if (first == k->rst) {
		e->explain = _("The connection is broken off at once (RST), without a goodbye.");
		e->because = words(t, _("Frame {frame} holds the RST."), "frame", number_text(t,
				first), NULL);
	} else if (mine && theirs) {
		e->explain = first == mine ? _("The client says that it has nothing more to send "
				"(FIN), then the server does: both have hung up.")
					   : _("The server says that it has nothing more to send "
							"(FIN), then the client does: both have "
							"hung up.");
		e->because = words(t, _("Frame {client} holds the client's FIN, frame {server} "
				"the server's."), "client", number_text(t, mine), "server",
				number_text(t, theirs), NULL);
	} else {
		e->explain = mine ? _("The client says that it has nothing more to send (FIN).")
				: _("The server says that it has nothing more to send (FIN).");
		e->because = k->rst
			? words(t, _("Frame {frame} holds the FIN, frame {rst} breaks off what "
					"was left (RST)."), "frame", number_text(t, first),
					"rst", number_text(t, k->rst), NULL)
			: words(t, _("Frame {frame} holds the FIN; the other side's is not in "
					"the capture."), "frame", number_text(t, first), NULL);
	}
	if (t->v->n_connections > 1)
		remark(t, STEP_5_4, words(t, _("This is told of the connection that carries the document "
				"(of frame {frame})."), "frame", number_text(t, flow_frame(t->st, flow)),
				NULL));
}

/* ---- 5 ---- */

static void remark_losses(struct teller *t)
{
	uint32_t n = 0, gaps = 0;
	for (uint32_t i = 0; i < t->v->n_connections; i++) {
		const struct track *k = track_at(t->st, t->v->connections[i].flow);
		if (k->retransmissions > k->syn_again)
			n += (uint32_t)(k->retransmissions - k->syn_again);
		gaps += (k->flags & TRACK_GAP) != 0;
	}
	if (n)
		remark(t, STEP_5, words(t, _("Packets that were sent again, because no "
				"acknowledgement came in time or the receiver reported a gap: "
				"{n}."), "n", number_text(t, n),
				NULL));
	if (gaps)
		remark(t, STEP_5, words(t, _("Connections in which packets were missing when "
				"later ones arrived, lost on the way or not captured: {n}."),
				"n", number_text(t, gaps), NULL));
}

static void tell_5(struct teller *t)
{
	struct step_entry *e = entry(t, STEP_5);
	const struct track *k = document_track(t);
	enum outcome out = k ? flow_outcome(t->st, t->y->document - 1) : OUT_NONE;
	if (!k) {
		from_missing(t, STEP_5);
		e->state = STATE_ABSENT;
		e->explain = _("No program was reached: there was no address to go to.");
		e->because = entry(t, STEP_5_1)->because;
		return;
	}
	e->state = STATE_OBSERVED;
	const char *server = endpoint_text(t, t->y->document - 1, true);
	if (k->kind == KIND_QUIC && out == OUT_ANSWERED)
		e->explain = words(t, _("The browser reaches the web server at {server} by QUIC, "
				"over UDP."), "server", server, NULL);
	else if (out == OUT_ANSWERED)
		e->explain = words(t, _("The browser reaches the program behind {server}, the "
				"web server, over a TCP connection."), "server", server, NULL);
	else if (filtered(t) && out != OUT_REFUSED && !k->icmp)
		e->explain = words(t, _("The browser calls {server}; no answer is among the packets "
				"that were read."), "server", server, NULL);
	else
		e->explain = words(t, _("The browser does not reach the program behind "
				"{server}."), "server", server, NULL);
	const char *known = joined_late(k)
		? _("The connection is first seen in frame {first} and its last packet is frame "
				"{last}; the steps below tell the rest.")
		: out == OUT_ANSWERED
		? _("The connection begins in frame {first} and its last packet is frame {last}; "
				"the steps below tell the rest.")
		: _("The attempt begins in frame {first} and its last packet is frame {last}; the "
				"steps below tell the rest.");
	e->because = words(t, known, "first", number_text(t, flow_frame(t->st, t->y->document - 1)),
			   "last", number_text(t, session_conn(t->st->s,
					t->y->document - 1)->last_frame), NULL);
	remark_losses(t);
}

void tell_page(struct teller *t)
{
	const struct track *k = document_track(t);
	if (t->y->ask)
		tell_asks(t);
	else if (k && k->request)
		tell_encrypted(t, k);
	else
		tell_no_page(t, k);
	if (k) {
		tell_end(t, k);
	} else {
		from_missing(t, STEP_5_4);
		entry(t, STEP_5_4)->state = STATE_ABSENT;
		entry(t, STEP_5_4)->explain = _("There was no connection that could be closed.");
		entry(t, STEP_5_4)->because = _("The visit ended before step 5.1.");
	}
	tell_5(t);
}

/* ---- in one sentence ---- */

/* A DNS server said that there is no address. */
static bool name_failed(const struct teller *t)
{
	for (uint32_t i = t->y->lookups; i; i = lookup_at(t->st, i)->next_of_story) {
		const struct lookup *q = lookup_at(t->st, i);
		if (q->host == t->y->host && q->answer && q->rcode && q->type != 65)
			return true;
	}
	return false;
}

/* The same as 5.3 being unknown; but steps_headline() tells no steps. */
static bool unreadable(const struct teller *t, const struct track *k)
{
	return k->flags & TRACK_MIDDLE || t->y->count[STEP_5_3] || one_sided(t->st, k);
}

void tell_summary(struct teller *t)
{
	struct visit *v = t->v;
	const struct ask *a = ask_at(t->st, t->y->final);
	const struct track *k = document_track(t);
	const char *host = host_text(t), *time = span_text(t, v->end - v->start);
	enum outcome out = k ? flow_outcome(t->st, t->y->document - 1) : OUT_NONE;
	bool open_end = k ? !k->icmp && (out == OUT_TIMEOUT || out == OUT_NONE)
			: !name_failed(t);
	if (t->y->kind == STORY_NO_PACKET)
		v->summary = recorded_summary(t);
	else if (filtered(t) && open_end)
		v->summary = words(t, _("What came of the visit of {host} cannot be told: the "
				"filter left packets out."), "host", host, NULL);
	else if (!k)
		v->summary = words(t, _("No page: no address was found for {host}."),
				"host", host, NULL);
	else if (out == OUT_REFUSED)
		v->summary = words(t, _("No page: {host} refused the connection."), "host", host,
				NULL);
	else if (k->icmp && out == OUT_TIMEOUT)
		v->summary = words(t, _("No page: {host} could not be reached."), "host", host,
				NULL);
	else if (out == OUT_TIMEOUT || out == OUT_NONE)
		v->summary = words(t, _("No page: {host} did not answer."), "host", host, NULL);
	else if (k->alert_frame && !k->request && !a)
		v->summary = words(t, _("No page: the TLS handshake with {host} failed."),
				"host", host, NULL);
	else if (a && a->response && t->y->document != a->flow + 1)
		v->summary = words(t, _("Sent on to {url}, where all that follows is encrypted; "
				"the visit took {time}."), "url", v->final_url, "time", time,
				NULL);
	else if (a && a->response && a->status < 300 &&
		 !strcmp(string_text(t, a->method), "CONNECT"))
		v->summary = words(t, _("A proxy opened a tunnel to {target}; the visit took "
				"{time}."), "target", string_text(t, a->url), "time", time, NULL);
	else if (a && a->response && a->status < 400)
		v->summary = words(t, _("The page came (status {status}); the visit took "
				"{time}."), "status", number_text(t, a->status), "time", time,
				NULL);
	else if (a && a->response)
		v->summary = words(t, _("The server answered, but with an error (status "
				"{status})."), "status", number_text(t, a->status), NULL);
	else if (a)
		v->summary = words(t, _("The request was sent, but its answer is not in the "
				"capture."), NULL);
	else if (k->request)
		v->summary = words(t, _("An encrypted visit of {host}; what was asked for cannot "
				"be read. It took {time}."), "host", host, "time", time, NULL);
	else if (unreadable(t, k))
		v->summary = words(t, _("A connection to {host}, on which nothing can be read as "
				"HTTP."), "host", host, NULL);
	else
		v->summary = nothing_asked(t, host);
}
