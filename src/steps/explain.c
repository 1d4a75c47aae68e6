/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain: why this very packet is there: the sentence of explain.def, with what the packet's
 * fields, its flow and its request say filled in.
 */
#include <string.h>

#include "fmt/i18n.h"
#include "fmt/names.h"
#include "fmt/value.h"
#include "steps/tell.h"

struct explaining {
	const struct session *s;
	const struct dissect *d;
	const struct frame_rec *fr;
	struct strbuf value;
	bool missing;		/* a placeholder had no value */
};

/* Where a placeholder's value is found: the first of these fields that the packet has. */
static const struct source_of { const char *name, *field; } sources[] = {
	{ "name", "dns.qry.name" },
	{ "type", "dns.qry.type" },
	{ "mac", "arp.src.hw_mac" },
	{ "mac", "icmpv6.opt.linkaddr" },
	{ "sni", "tls.handshake.extensions_server_name" },
	{ "cipher", "tls.handshake.ciphersuite" },
	{ "alert", "tls.alert_message.desc" },
	{ "method", "http.request.method" },
	{ "uri", "http.request.uri" },
	{ "status", "http.response.code" },
	{ "location", "http.location" },
};

static const struct item *item_named(const struct dissect *d, const char *name)
{
	for (uint32_t i = 0; i < d->n_items; i++)
		if (d->items[i].field->name && !strcmp(d->items[i].field->name, name))
			return &d->items[i];
	return NULL;
}

static bool add_item(struct explaining *x, const char *name)
{
	const struct item *it = x->d->n_items ? item_named(x->d, name) : NULL;
	size_t n;
	if (!it)
		return false;
	const char *known = it->field->names ? value_name(it->field->names, it->value) : NULL;
	if (known) {
		strbuf_puts(&x->value, known);
	} else if (it->field->type == F_TEXT) {
		const uint8_t *s = item_bytes(x->d, it, &n);
		if (s)
			strbuf_add(&x->value, s, n);
	} else {
		value_print(&x->value, x->d, it, 0);
	}
	return x->value.len != 0;
}

static bool add_conn(struct explaining *x, const char *name, size_t n)
{
	const struct conn *c = session_conn(x->s, x->fr->flow);
	if (!c)
		return false;
	unsigned client = c->client & 1;
	if (n == 6 && !memcmp(name, "client", n))
		name_address(&x->value, x->s, c->addr[client]);
	else if (n == 6 && !memcmp(name, "server", n))
		name_address(&x->value, x->s, c->addr[!client]);
	else if (n == 4 && !memcmp(name, "port", n))
		strbuf_printf(&x->value, "%u", c->port[!client]);
	else
		return false;
	return true;
}

/* The request that this frame asks, or answers: its response's fields stand on its last frame. */
static const struct ask *ask_of(const struct explaining *x)
{
	const struct steps *st = x->s->steps;
	const struct track *t = st ? track_at(st, x->fr->flow) : NULL;
	const struct ask *a = NULL;
	for (uint32_t i = t ? t->first_ask : 0; i; i = a->next_of_flow) {
		a = ask_at(st, i);
		if (a->frame == x->d->frame || a->response == x->d->frame)
			return a;
	}
	return NULL;
}

static bool add_string(struct explaining *x, uint32_t id)
{
	size_t n;
	const char *s = session_string(x->s, id, &n);
	strbuf_add(&x->value, s, n);
	return n != 0;
}

static bool add_ask(struct explaining *x, const char *name, size_t n)
{
	const struct ask *a = ask_of(x);
	if (!a)
		return false;
	if (n == 6 && !memcmp(name, "status", n) && a->status)
		strbuf_printf(&x->value, "%u", a->status);
	else if (n == 6 && !memcmp(name, "method", n))
		return add_string(x, a->method);
	else if (n == 3 && !memcmp(name, "uri", n))
		return add_string(x, a->url);
	else if (n == 8 && !memcmp(name, "location", n))
		return add_string(x, a->location);
	return x->value.len != 0;
}

/* Addresses mean another field in each kind of packet. */
static bool add_address(struct explaining *x, bool asker)
{
	switch (x->fr->explain) {
	case EX_ARP_REQUEST:
		return add_item(x, asker ? "arp.src.proto_ipv4" : "arp.dst.proto_ipv4");
	case EX_ARP_REPLY:
		return add_item(x, "arp.src.proto_ipv4");
	case EX_NDP_SOLICIT:
		return add_item(x, asker ? "ipv6.src" : "icmpv6.nd.ns.target_address");
	case EX_NDP_ADVERT:
		return add_item(x, "icmpv6.nd.na.target_address");
	default:
		return add_item(x, "dns.a") || add_item(x, "dns.aaaa");
	}
}

static const char *value_of(void *arg, const char *name, size_t n)
{
	struct explaining *x = arg;
	bool found = false;
	strbuf_clear(&x->value);
	if (n == 7 && !memcmp(name, "address", n))
		found = add_address(x, false);
	else if (n == 5 && !memcmp(name, "asker", n))
		found = add_address(x, true);
	if (!found)
		found = add_ask(x, name, n) || add_conn(x, name, n);
	for (size_t i = 0; i < sizeof sources / sizeof sources[0] && !found; i++)
		if (strlen(sources[i].name) == n && !memcmp(sources[i].name, name, n))
			found = add_item(x, sources[i].field);
	if (!found)
		x->missing = true;
	return found ? strbuf_str(&x->value) : "";
}

/* What else is to be said of the packet: the first of its notes. */
static void add_note(struct strbuf *to, uint16_t notes)
{
	for (int i = 0; i < STORED_NOTES; i++) {
		if (!(notes >> i & 1) || i == NOTE_TCP_WINDOW_UPDATE)
			continue;
		strbuf_printf(to, " %s.", _(note_kinds[i].text));
		return;
	}
}

static bool about_background(struct explaining *x)
{
	strbuf_clear(&x->value);
	if (explain_kinds[x->fr->explain].step != STEP_2_3 || !add_item(x, "dns.qry.name"))
		return false;
	return background_name(strbuf_str(&x->value), x->value.len);
}

void steps_explain(const struct session *s, const struct dissect *d, struct strbuf *to)
{
	struct explaining x = { .s = s, .d = d, .fr = session_frame(s, d->frame) };
	struct strbuf text = { 0 };
	if (!x.fr || x.fr->explain >= EXPLAINS)
		return;
	const struct explain_kind *kind = &explain_kinds[x.fr->explain];
	const char *sentence = _(kind->text);
	if (x.fr->explain == EX_REFUSED && is_private(s->steps))
		sentence = _("pasta, the far end of the private network, breaks off (RST): its own call to "
			     "{server} failed, or is not through yet.");
	words_fill(&text, sentence, value_of, &x);
	if (!x.fr->visit && kind->step) {
		strbuf_puts(to, about_background(&x)
			? _("Not part of a visit: browsers and systems ask for this name of "
					"their own accord.")
			: _("Not part of a visit."));
		strbuf_putc(to, ' ');
	}
	if (x.missing && kind->plain)
		strbuf_puts(to, _(kind->plain));
	else
		strbuf_add(to, strbuf_str(&text), text.len);
	add_note(to, x.fr->notes);
	strbuf_free(&text);
	strbuf_free(&x.value);
}
