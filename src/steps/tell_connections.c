/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tell_connections: the visit's connections and what each was for; step 5.1 of the document's. */
#include "fmt/i18n.h"
#include "steps/tell.h"

bool silent(const struct steps *st, uint32_t frame)
{
	return st->last_time - time_of(st, frame) >= (int64_t)SILENT_MS * 1000000;
}

enum outcome tls_outcome(const struct steps *st, const struct track *t)
{
	if (t->request || t->first_ask || t->finished)
		return OUT_ANSWERED;
	if (t->alert_frame)
		return OUT_ALERT;
	if (t->rst)
		return OUT_RESET;
	if (t->server_hello)
		return OUT_ANSWERED;
	return t->hello && silent(st, t->hello) ? OUT_TIMEOUT : OUT_NONE;
}

/*
 * ICMP errors that say "not this port" or "not allowed" (RFC 792 and RFC 1812 type 3, codes 2, 3,
 * 9, 10, 13; RFC 4443 type 1, codes 1, 4, 5, 6). The others say that nobody is there.
 */
static bool forbidden(uint16_t type_code)
{
	static const uint16_t codes[] = { 0x302, 0x303, 0x309, 0x30a, 0x30d, 0x101, 0x104, 0x105,
			0x106 };
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (codes[i] == type_code)
			return true;
	return false;
}

enum outcome flow_outcome(const struct steps *st, uint32_t flow)
{
	const struct track *t = track_at(st, flow);
	if (t->kind == KIND_QUIC)
		return tls_outcome(st, t);
	if (t->flags & TRACK_REFUSED)
		return OUT_REFUSED;
	if (t->synack || t->established || t->flags & TRACK_MIDDLE || one_sided(st, t))
		return OUT_ANSWERED;
	const struct conn *c = session_conn(st->s, flow);
	if (t->response || (c && t->last_data[!(c->client & 1)]))
		return OUT_ANSWERED;	/* whether or not its SYN, ACK was captured */
	if (t->icmp)
		return forbidden(t->icmp_code) ? OUT_REFUSED : OUT_TIMEOUT;
	/* While pasta waits for a server that says nothing, it resets the call that is repeated. */
	if (t->rst && !(t->syn_again && is_private(st)))
		return OUT_REFUSED;
	return t->syn && (t->syn_again || silent(st, t->syn)) ? OUT_TIMEOUT : OUT_NONE;
}

static uint32_t end_of(const struct track *t)
{
	uint32_t end = t->rst;
	for (int i = 0; i < 2; i++)
		if (before(t->fin[i], end))
			end = t->fin[i];
	return end;
}

/* Was it used? On a connection that is neither TLS nor readable any data of the client's counts. */
bool flow_carried(const struct steps *st, uint32_t flow)
{
	const struct track *t = track_at(st, flow);
	const struct conn *c = session_conn(st->s, flow);
	return t->request || t->first_ask || t->flags & TRACK_MIDDLE ||
	       (t->phase == PH_OPEN && t->last_data[c->client & 1]);
}

static const char *role_of(struct teller *t, uint32_t number)
{
	uint32_t flow = t->v->connections[number].flow;
	const struct track *k = track_at(t->st, flow);
	const struct track *first = t->y->first_flow ? track_at(t->st, t->y->first_flow - 1) : NULL;
	enum outcome out = flow_outcome(t->st, flow);
	bool same = first && flow_place(t->st, flow) == flow_place(t->st, t->y->first_flow - 1);
	bool works = t->y->kind == STORY_DOCUMENT || t->y->kind == STORY_CONNECTION;
	if (out == OUT_REFUSED)
		return _("refused");
	if (out == OUT_TIMEOUT && !works)
		return _("nobody answered");
	if (works && lost_race(t, flow))
		return _("lost the race: another connection was there first");
	if (out != OUT_ANSWERED && k->kind == KIND_TCP)
		return filtered(t) ? _("no answer is among the packets that were read")
				   : _("not answered");
	if (k->alert_frame && !flow_carried(t->st, flow))
		return _("ended by a TLS alert");
	if (works && flow + 1 == t->y->document)
		return flow_carried(t->st, flow) ? _("carries the document") : _("opened, but nothing "
				"was asked for on it");
	if (works && flow + 1 == t->y->first_flow)
		return _("carries the first request, which was sent on to another address");
	if (!flow_carried(t->st, flow) && t->instead[number])
		return words(t, _("called when the call in frame {frame} was not answered; not "
				"used"), "frame", number_text(t, t->instead[number]), NULL);
	if (!flow_carried(t->st, flow) && k->kind == KIND_QUIC)
		return _("tried with QUIC, and not used");
	if (!flow_carried(t->st, flow))
		return _("a spare one: opened in advance and not used");
	return same ? _("carries other parts of the page") : _("carries parts of the page from "
			"another host");
}

static void tls_of(struct teller *t, const struct track *k, struct tls_info *to)
{
	to->sni = to->alpn = "";
	to->seen = k->hello || k->server_hello || k->flags & TRACK_TLS || k->kind == KIND_QUIC;
	if (!to->seen)
		return;
	to->version = k->version ? k->version : k->kind == KIND_QUIC && k->server_hello ? 0x0304
			: 0;
	to->cipher = k->cipher;
	to->hello_read = hello_read(k);
	to->resumed = k->flags & TRACK_RESUMED;
	to->decrypted = can_be_read(t, k);
	to->sni = string_text(t, k->name);
	to->alpn = k->alpn ? string_text(t, k->alpn) : recorded_alpn(t, k->flow);
	to->start = time_of(t->st, k->hello);
	to->done = k->hello ? time_of(t->st, k->finished ? k->finished : k->request) : 0;
	to->alert = k->alert;
}

static void connection_of(struct teller *t, uint32_t flow, struct connection *to)
{
	const struct track *k = track_at(t->st, flow);
	const struct conn *c = session_conn(t->st->s, flow);
	to->flow = flow;
	to->id = c->number;
	to->quic = k->kind == KIND_QUIC;
	to->document = flow + 1 == t->y->document && flow_carried(t->st, flow);
	to->first_frame = c->first_frame ? c->first_frame : flow_frame(t->st, flow);
	to->last_frame = c->last_frame;
	to->syn = time_of(t->st, k->syn);
	to->synack = time_of(t->st, k->synack);
	to->established = time_of(t->st, k->established);
	to->closed = time_of(t->st, end_of(k));
	to->outcome = flow_outcome(t->st, flow);
	to->retransmissions = k->retransmissions;
	tls_of(t, k, &to->tls);
}

unsigned visit_flows(const struct teller *t, uint32_t flow[MAX_CONNECTIONS])
{
	unsigned n = 0;
	for (uint32_t i = t->y->flows; i && n < MAX_CONNECTIONS; i = track_at(t->st,
			i - 1)->next_of_story)
		flow[n++] = i - 1;
	for (uint32_t i = t->y->asks; i; i = ask_at(t->st, i)->next_of_story) {
		uint32_t f = ask_at(t->st, i)->flow;
		bool known = track_at(t->st, f)->story == t->number;
		for (unsigned k = 0; k < n && !known; k++)
			known = flow[k] == f;
		if (!known && n < MAX_CONNECTIONS)
			flow[n++] = f;
	}
	return n;
}

static void list_connections(struct teller *t)
{
	uint32_t flow[MAX_CONNECTIONS];
	unsigned n = visit_flows(t, flow);
	t->v->connections = arena_alloc(&t->arena, n * sizeof *t->v->connections + 1);
	t->v->n_connections = n;
	for (unsigned i = 0; i < n; i++)
		connection_of(t, flow[i], &t->v->connections[i]);
	pair_calls(t);
	for (unsigned i = 0; i < n; i++)
		t->v->connections[i].role = role_of(t, i);
}

/* ---- 5.1 ---- */

static void explain_call(struct teller *t, uint32_t flow, enum outcome out)
{
	struct step_entry *e = entry(t, STEP_5_1);
	const struct track *k = track_at(t->st, flow);
	const char *server = address_text(t, server_address(t->st, flow));
	const char *port = number_text(t, server_port(t->st, flow));
	const char *syn = number_text(t, k->syn), *synack = number_text(t, k->synack);
	if (filtered(t) && !k->icmp && (out == OUT_TIMEOUT || out == OUT_NONE)) {
		e->explain = words(t, _("The client calls {server} on port {port}; no answer is "
				"among the packets that were read."), "server", server, "port",
				port, NULL);
		e->because = two_sentences(t, words(t, _("Frame {syn} calls (SYN)."), "syn", syn,
				NULL), filter_sentence(t));
		return;
	}
	switch (out) {
	case OUT_ANSWERED:
		e->explain = words(t, _("Like a phone call: the client calls {server} on port "
				"{port} (SYN), the server picks up (SYN, ACK), and the client "
				"says hello (ACK). Now two programs are connected."),
				"server", server, "port", port, NULL);
		e->because = k->established
			? words(t, _("Frames {syn}, {synack} and {ack}."), "syn", syn,
					"synack", synack, "ack", number_text(t, k->established),
					NULL)
			: words(t, _("Frames {syn} and {synack}; the third packet is not in the "
					"capture."), "syn", syn, "synack", synack, NULL);
		break;
	case OUT_REFUSED:
		e->explain = words(t, _("{server} refuses the call: no program is listening on "
				"port {port}, or a firewall turns it away. The visit ends here."),
				"server", server, "port", port, NULL);
		e->because = k->rst
			? words(t, _("Frame {syn} calls (SYN), frame {rst} refuses (RST)."),
					"syn", syn, "rst", number_text(t, k->rst), NULL)
			: why_undelivered(t, k);
		if (is_private(t->st))
			remark(t, STEP_5_1, _("This RST is pasta's: its own call failed. That a server "
					"refuses and that there is no way to it look alike in a private "
					"network; --real shows the difference."));
		break;
	case OUT_TIMEOUT:
		if (k->icmp) {
			explain_undelivered(t, k);
			break;
		}
		e->explain = words(t, _("Nobody picks up: {server} does not answer on port "
				"{port}. A computer that is off, or a firewall that says "
				"nothing, looks like this."), "server", server, "port", port,
				NULL);
		e->because = k->rst
			? words(t, _("Frame {syn} calls (SYN) and is sent again {n} times. The reset in frame "
				"{rst} is no answer of the server's: with it the private network's far end "
				"(pasta) turns away what is sent again while it waits itself."), "syn", syn,
				"n", number_text(t, k->syn_again), "rst", number_text(t, k->rst), NULL)
			: words(t, _("Frame {syn} calls (SYN) and is sent again {n} times; no "
				"frame answers."), "syn", syn, "n", number_text(t, k->syn_again),
				NULL);
		break;
	default:
		e->explain = words(t, _("The client calls {server} on port {port}; the capture "
				"ends before an answer."), "server", server, "port", port, NULL);
		e->because = words(t, _("Frame {syn} calls (SYN), and the capture ends."),
				"syn", syn, NULL);
		break;
	}
}

/* The SYN or its answer is not in the capture, but what is there would not be without. */
static void explain_half(struct teller *t, uint32_t flow)
{
	struct step_entry *e = entry(t, STEP_5_1);
	const struct track *k = track_at(t->st, flow);
	const char *server = address_text(t, server_address(t->st, flow));
	e->state = STATE_INFERRED;
	e->explain = words(t, _("The client called {server} on port {port}, and the server picked "
			"up. Only a part of the handshake is in the capture."), "server", server,
			"port", number_text(t, server_port(t->st, flow)), NULL);
	if (k->synack)
		e->because = words(t, _("The SYN, ACK in frame {synack} answers a SYN that the "
				"capture does not hold."), "synack", number_text(t, k->synack),
				NULL);
	else
		e->because = words(t, _("Frame {syn} calls (SYN), and the client goes on as it "
				"does when the server has picked up; the server's SYN, ACK is "
				"not in the capture."), "syn", number_text(t, k->syn), NULL);
}

static void remark_others(struct teller *t)
{
	unsigned lost = 0, spare = 0, more = 0, again = 0, refused = 0, instead = 0;
	bool works = t->y->kind == STORY_DOCUMENT || t->y->kind == STORY_CONNECTION;
	for (uint32_t i = 0; i < t->v->n_connections; i++) {
		const struct connection *c = &t->v->connections[i];
		const struct track *k = track_at(t->st, c->flow);
		again += k->syn_again;
		if (c->flow + 1 == t->y->document || c->flow + 1 == t->y->first_flow)
			continue;
		bool race = works && lost_race(t, c->flow);
		bool idle = c->outcome == OUT_ANSWERED && !race && !flow_carried(t->st, c->flow);
		more += !works || race || !unanswered(t, c);
		refused += c->outcome == OUT_REFUSED;
		lost += race;
		instead += idle && t->instead[i];
		spare += idle && !t->instead[i];
	}
	if (more && !works)
		remark(t, STEP_5_1, words(t, _("Further calls: {n}. Browsers try again, or try "
				"another address of the server."), "n", number_text(t, more),
				NULL));
	else if (more)
		remark(t, STEP_5_1, words(t, _("Besides this connection the visit has others: "
				"{n}. Browsers open several at once, to be faster."),
				"n", number_text(t, more), NULL));
	if (spare)
		remark(t, STEP_5_1, words(t, _("Opened in advance and not used: {n}."),
				"n", number_text(t, spare), NULL));
	if (works)
		remark_unanswered(t);
	if (instead && works)
		remark(t, STEP_5_1, words(t, _("Called when another call was not answered, and then "
				"not used: {n}."), "n", number_text(t, instead), NULL));
	if (lost)
		remark(t, STEP_5_1, words(t, _("Lost races, calls to other addresses that were "
				"given up once one had answered: {n}. This is no error."),
				"n", number_text(t, lost), NULL));
	if (refused)
		remark(t, STEP_5_1, words(t, _("Refused: {n}."), "n", number_text(t, refused),
				NULL));
	if (again && works)
		remark(t, STEP_5_1, words(t, _("Calls (SYN) that had to be sent again: {n}."),
				"n", number_text(t, again), NULL));
}

static void tell_call(struct teller *t, uint32_t flow)
{
	struct step_entry *e = entry(t, STEP_5_1);
	const struct track *k = track_at(t->st, flow);
	enum outcome out = flow_outcome(t->st, flow);
	fact_text(t, STEP_5_1, "client", endpoint_text(t, flow, false));
	fact_text(t, STEP_5_1, "server", endpoint_text(t, flow, true));
	if (k->kind == KIND_QUIC) {
		e->state = STATE_ABSENT;
		if (e->n_frames) {
			e->state = STATE_OBSERVED;
			e->explain = _("The document came by QUIC (HTTP/3), which runs over UDP "
					"and needs no three-way handshake. Other connections of "
					"this visit use TCP and have one.");
			e->because = words(t, _("The document's connection begins with a QUIC "
					"packet in frame {frame}; the first TCP packet is frame "
					"{tcp}."), "frame", number_text(t, flow_frame(t->st,
					flow)), "tcp", number_text(t, e->frames[0]), NULL);
			return;
		}
		e->explain = _("There is no three-way handshake: this visit uses QUIC (HTTP/3), "
				"which runs over UDP. QUIC opens the connection and its "
				"encryption together, in step 5.2.");
		e->because = words(t, _("The connection begins with a QUIC packet in frame "
				"{frame}; no TCP packet goes to the server for it."),
				"frame", number_text(t, flow_frame(t->st, flow)), NULL);
		return;
	}
	if (k->flags & TRACK_MIDDLE || (!k->syn && !k->synack)) {
		e->state = STATE_UNKNOWN;
		e->explain = _("The connection was up already when the capture began.");
		e->because = words(t, _("The first packet of the connection in the capture "
				"(frame {frame}) is no SYN: the handshake happened before."),
				"frame", number_text(t, flow_frame(t->st, flow)), NULL);
		return;
	}
	e->state = STATE_OBSERVED;
	double rtt = ms_between(time_of(t->st, k->syn), time_of(t->st, k->synack));
	if (k->syn && k->synack && rtt >= 0)
		fact_number(t, STEP_5_1, "rtt_ms", rtt);
	fact_text(t, STEP_5_1, "outcome", outcome_ids[out]);
	if (out == OUT_ANSWERED && (!k->syn || !k->synack)) {
		explain_half(t, flow);
		return;
	}
	e->start = time_of(t->st, k->syn ? k->syn : k->synack);
	uint32_t end = k->established ? k->established : k->synack ? k->synack : k->rst;
	e->end = end ? time_of(t->st, end) : e->end;
	explain_call(t, flow, out);
}

/* A connection of an earlier visit that this one goes on using: no handshake of its own. */
static bool reused(const struct teller *t, uint32_t flow)
{
	const struct track *k = track_at(t->st, flow);
	const struct ask *a = ask_at(t->st, t->y->ask);
	return a && k->first_ask != t->y->ask && k->story != t->number;
}

void tell_connections(struct teller *t)
{
	struct step_entry *e = entry(t, STEP_5_1);
	list_connections(t);
	if (!t->y->document) {
		from_missing(t, STEP_5_1);
		e->state = STATE_ABSENT;
		e->explain = _("Nobody was called: there was no address to call.");
		e->because = _("No address became known in step 2, and no frame goes to a web "
				"server.");
		return;
	}
	uint32_t flow = t->y->first_flow - 1;
	if (reused(t, flow)) {
		e->state = e->n_frames ? STATE_OBSERVED : STATE_ABSENT;
		e->explain = e->n_frames ? _("The document needed no new call: the connection of "
				"an earlier visit was still open and is used again. Other "
				"connections of this visit were opened anew.") : _("No new call: "
				"the connection of an earlier visit was still open and is used "
				"again.");
		e->because = words(t, _("The request in frame {request} goes over a connection "
				"that began in frame {frame}, before this visit."),
				   "request", number_text(t, ask_at(t->st, t->y->ask)->frame),
						"frame", number_text(t, flow_frame(t->st, flow)),
						NULL);
		return;
	}
	tell_call(t, flow);
	remark_remains(t, flow);
	remark_others(t);
	if (t->y->document != t->y->first_flow)
		remark(t, STEP_5_1, words(t, _("The redirect led to another connection, to "
				"{server} (frame {frame})."), "server",
			endpoint_text(t, t->y->document - 1, true), "frame", number_text(t,
					flow_frame(t->st, t->y->document - 1)), NULL));
}
