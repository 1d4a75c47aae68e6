/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tell_tls: step 5.2, the handshake that https adds, over TCP or inside QUIC. */
#include "fmt/i18n.h"
#include "fmt/names.h"
#include "steps/tell.h"

/* The connection whose handshake is told: the document's, else the first one. */
static uint32_t tls_flow(const struct teller *t)
{
	const struct track *k = document_track(t);
	if (k && (k->flags & TRACK_TLS || k->kind == KIND_QUIC))
		return t->y->document - 1;
	return t->y->first_flow ? t->y->first_flow - 1 : NO_FLOW;
}

static void tell_nothing(struct teller *t, const struct track *k)
{
	struct step_entry *e = entry(t, STEP_5_2);
	e->state = STATE_ABSENT;
	if (!k || !k->first_ask)
		from_missing(t, STEP_5_2);
	if (k && k->first_ask && e->n_frames) {
		e->state = STATE_OBSERVED;
		e->explain = _("The document itself came over http, in the clear. Other "
				"connections of this visit are encrypted.");
		e->because = words(t, _("The request in frame {frame} can be read as it is; "
				"frame {tls} belongs to a TLS handshake of another connection."),
				"frame", number_text(t, ask_at(t->st, k->first_ask)->frame),
				"tls", number_text(t, e->frames[0]), NULL);
	} else if (k && k->first_ask && !(k->flags & TRACK_TLS)) {
		e->explain = _("There is no TLS handshake: http is spoken in the clear. "
				"Everybody on the way can read, and change, what is sent.");
		e->because = words(t, _("The request in frame {frame} can be read as it is."),
				"frame", number_text(t, ask_at(t->st, k->first_ask)->frame),
				NULL);
	} else if (k && k->flags & TRACK_MIDDLE) {
		e->state = STATE_UNKNOWN;
		e->explain = _("Whether and how the connection was encrypted was settled before "
				"the capture began.");
		e->because = _("The capture begins when the connection was up already.");
	} else if (k && k->phase == PH_OPEN && (k->last_data[0] || k->last_data[1])) {
		e->explain = _("What is sent on the connection does not begin with a TLS "
				"handshake.");
		e->because = words(t, _("The first data, behind frame {frame}, holds no "
				"ClientHello."), "frame", number_text(t, k->established), NULL);
	} else if (k && (k->synack || k->established)) {
		e->explain = _("No TLS handshake was begun on the connection.");
		e->because = words(t, _("The connection stands (frame {frame}), but no "
				"ClientHello follows."), "frame", number_text(t, k->established
				? k->established : k->synack), NULL);
	} else {
		e->explain = _("It never came to this: there was no connection.");
		e->because = _("Without a connection nothing can be negotiated, and no frame "
				"holds a ClientHello.");
	}
}

static const char *flight(struct teller *t, const struct track *k)
{
	if (k->server_hello && k->finished)
		return words(t, _("Frame {hello} holds the ClientHello, frame {server} the "
				"server's answer, frame {finished} the end of the client's "
				"part."),
			"hello", number_text(t, k->hello), "server", number_text(t,
					k->server_hello), "finished", number_text(t, k->finished),
					NULL);
	if (k->server_hello)
		return words(t, _("Frame {hello} holds the ClientHello, frame {server} the "
				"server's answer."), "hello", number_text(t, k->hello),
				"server", number_text(t, k->server_hello), NULL);
	return words(t, k->kind == KIND_QUIC
		? _("Frame {hello} holds the client's first Initial packet; none of the server's "
				"follows.")
		: _("Frame {hello} holds the ClientHello; no ServerHello follows."),
			"hello", number_text(t, k->hello), NULL);
}

/* Who ended it, and why, by the name that the alert's number has (RFC 8446 section 6). */
static const char *alert_sentence(struct teller *t, const struct track *k)
{
	const struct field *f = name_field("tls.alert_message.desc");
	const char *name = f && f->names ? value_name(f->names, k->alert & 0xff) : NULL;
	const char *number = number_text(t, k->alert & 0xff);
	const struct frame_rec *fr = session_frame(t->st->s, k->alert_frame);
	const struct conn *c = session_conn(t->st->s, k->flow);
	bool client = (fr->flags & FRAME_DIR ? 1 : 0) == (c->client & 1);
	return words(t, client
		? _("The handshake failed: the client ended it with the TLS alert \"{name}\" "
				"(number {alert}). No page can be asked for.")
		: _("The handshake failed: the server ended it with the TLS alert \"{name}\" "
				"(number {alert}). No page can be asked for."),
		"name", name ? name : number, "alert", number, NULL);
}

static void explain_handshake(struct teller *t, const struct track *k, enum outcome out)
{
	struct step_entry *e = entry(t, STEP_5_2);
	const char *version = name_tls_version(k->version), *cipher = name_tls_cipher(k->cipher);
	if (out == OUT_ALERT) {
		e->explain = alert_sentence(t, k);
		e->because = words(t, _("Frame {hello} holds the ClientHello, frame {alert} the "
				"alert."), "hello", number_text(t, k->hello), "alert",
				number_text(t, k->alert_frame), NULL);
	} else if (out == OUT_RESET) {
		e->explain = _("The connection was broken off in the middle of the handshake "
				"(RST). No page can be asked for.");
		e->because = words(t, _("Frame {hello} holds the ClientHello, frame {rst} the "
				"RST."), "hello", number_text(t, k->hello), "rst", number_text(t,
				k->rst), NULL);
	} else if (!k->server_hello && (filtered(t) || one_sided(t->st, k))) {
		e->explain = _("The client offers what it knows (ClientHello); the server's answer "
				"is not in the capture.");
		e->because = flight(t, k);
	} else if (!k->server_hello) {
		e->explain = _("The client offers what it knows (ClientHello), and gets no "
				"answer to it.");
		e->because = flight(t, k);
	} else if (k->kind == KIND_QUIC) {
		e->explain = _("QUIC negotiates the encryption (TLS 1.3) and opens the "
				"connection in the same packets. Then both sides have a secret "
				"that nobody on the way knows.");
		e->because = words(t, _("Frame {hello} holds the client's first Initial packet, "
				"frame {server} the server's first answer."), "hello",
				number_text(t, k->hello), "server", number_text(t,
				k->server_hello), NULL);
	} else {
		e->explain = !*cipher ? words(t, _("Both sides agree on TLS {version}, and the "
				"server proves who it is. From here on all is encrypted."),
				"version", version, NULL)
			: k->flags & TRACK_RESUMED
			? words(t, _("The two know each other from earlier and take up an old "
					"session, which is quicker (TLS {version}, {cipher}). "
					"From here on all is encrypted."), "version", version,
					"cipher", cipher, NULL)
			: k->version == 0x0304 && !k->first_ask && !k->request
			? words(t, _("Both sides agree on TLS {version} with {cipher}. Whether the "
					"client accepts the server's certificate is encrypted "
					"already; it asks for nothing afterwards."), "version",
					version, "cipher", cipher, NULL)
			: k->version == 0x0304 && !can_be_read(t, k)
			? words(t, _("Both sides agree on TLS {version} with {cipher}. That the "
					"server proves with its certificate who it is, is "
					"inferred: in this version it does so encrypted already, "
					"as all is from here on."), "version", version,
					"cipher", cipher, NULL)
			: words(t, _("Both sides agree on TLS {version} with {cipher}, and the "
					"server proves with its certificate who it is. From here "
					"on all is encrypted."), "version", version, "cipher",
					cipher, NULL);
		e->because = flight(t, k);
	}
	if (!k->hello)
		e->because = words(t, _("Frame {server} holds the server's answer to a ClientHello "
				"that the capture does not hold."), "server", number_text(t,
				k->server_hello), NULL);
}

static void tell_late(struct teller *t, const struct track *k)
{
	struct step_entry *e = entry(t, STEP_5_2);
	e->state = STATE_UNKNOWN;
	e->explain = _("The connection was encrypted already when the capture began.");
	e->because = words(t, k->kind == KIND_QUIC
		? _("The connection carries QUIC packets (first seen in frame {frame}), but the "
				"Initial packets that open it are not in the capture.")
		: _("The connection carries TLS records (first seen in frame "
			"{frame}), but its handshake is not in the capture."),
			   "frame", number_text(t, flow_frame(t->st, tls_flow(t))), NULL);
	if (k->version)
		fact_text(t, STEP_5_2, "version", name_tls_version(k->version));
}

static void facts(struct teller *t, const struct track *k, enum outcome out)
{
	uint16_t version = k->version ? k->version : k->kind == KIND_QUIC && k->server_hello
			? 0x0304 : 0;
	fact_text(t, STEP_5_2, "version", name_tls_version(version));
	fact_text(t, STEP_5_2, "cipher", name_tls_cipher(k->cipher));
	fact_text(t, STEP_5_2, "alpn", k->alpn ? string_text(t, k->alpn) : recorded_alpn(t, k->flow));
	fact_text(t, STEP_5_2, "sni", string_text(t, k->name));
	if (hello_read(k))
		fact_bool(t, STEP_5_2, "resumed", k->flags & TRACK_RESUMED);
	fact_text(t, STEP_5_2, "outcome", outcome_ids[out]);
}

void tell_tls(struct teller *t)
{
	struct step_entry *e = entry(t, STEP_5_2);
	uint32_t flow = tls_flow(t);
	const struct track *k = track_at(t->st, flow);
	if (!k || !(k->flags & TRACK_TLS || k->kind == KIND_QUIC)) {
		tell_nothing(t, k);
		return;
	}
	if (!k->hello && !k->server_hello) {
		tell_late(t, k);
		return;
	}
	enum outcome out = tls_outcome(t->st, k);
	e->state = STATE_OBSERVED;
	facts(t, k, out);
	e->start = time_of(t->st, k->hello ? k->hello : k->server_hello);
	uint32_t end = k->finished ? k->finished : k->alert_frame ? k->alert_frame : k->request
			? k->request : k->server_hello;
	if (end)
		e->end = time_of(t->st, end);
	explain_handshake(t, k, out);
	if (k->flags & TRACK_EARLY)
		remark(t, STEP_5_2, _("The client sent data even before the handshake was over "
				"(0-RTT)."));
	if (k->kind == KIND_QUIC && !hello_read(k) && !k->name)
		remark(t, STEP_5_2, _("The server's name and the protocol for step 5.3 (ALPN) "
				"stand in the Initial packets. This version does not open those, "
				"so neither is known from them."));
	const char *chosen = recorded_alpn(t, flow);
	if (k->alpn_offer && !k->alpn && *chosen)
		remark(t, STEP_5_2, words(t, _("Offered for step 5.3: {offer}. By {log}, the server chose {alpn}; on "
				"the wire its choice is encrypted."), "offer", string_text(t, k->alpn_offer),
				"log", by_log(t), "alpn", chosen, NULL));
	else if (k->alpn_offer && !k->alpn && k->server_hello && k->version == 0x0304)
		remark(t, STEP_5_2, words(t, _("Offered for step 5.3: {offer}. What the server "
				"chose is encrypted."), "offer", string_text(t, k->alpn_offer),
				NULL));
}
