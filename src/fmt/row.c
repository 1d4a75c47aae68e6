/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fmt/row.h"

#include <string.h>

#include "fmt/redact.h"
#include "fmt/text.h"
#include "steps/steps.h"

/* Names that are not their short name in capitals. */
static const struct { const char *name, *shown; } columns[] = {
	{ "eth", "Ethernet" }, { "ip", "IPv4" }, { "ipv6", "IPv6" }, { "icmpv6", "ICMPv6" },
	{ "null", "Loopback" }, { "raw", "Raw IP" }, { "mdns", "mDNS" }, { "http2", "HTTP/2" },
	{ "http3", "HTTP/3" }, { "dhcpv6", "DHCPv6" }, { "websocket", "WebSocket" },
};

size_t row_protocol(const struct protocol *p, char name[ROW_PROTOCOL])
{
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
		if (!strcmp(columns[i].name, p->name)) {
			size_t n = strlen(columns[i].shown);
			memcpy(name, columns[i].shown, n + 1);
			return n;
		}
	}
	size_t n = 0;
	for (; n < ROW_PROTOCOL - 1 && p->name[n]; n++) {
		char c = p->name[n];
		name[n] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	name[n] = '\0';
	return n;
}

uint8_t row_osi(const struct dissect *d)
{
	uint32_t osi = OSI(1);
	for (unsigned i = 0; i < d->n_layers; i++)
		if (!d->layers[i].quoted)
			osi |= d->layers[i].protocol->osi;
	return (uint8_t)osi;
}

static const struct protocol *topmost(const struct dissect *d)
{
	for (unsigned i = d->n_layers; i--;)
		if (!d->layers[i].quoted)
			return d->layers[i].protocol;
	return NULL;
}

static uint8_t address(char *text, const struct address *network, const struct address *mac)
{
	const struct address *a = network->len ? network : mac;
	char *end = digits_address(text, a->bytes, a->len);
	*end = '\0';
	return (uint8_t)(end - text);
}

void row_fill(struct row *r, const struct session *s, const struct dissect *d, int64_t base,
	      unsigned flags)
{
	const struct protocol *top = topmost(d);
	const struct frame_rec *rec = session_frame(s, d->frame);
	r->frame = d->frame;
	r->len = d->len;
	r->time = d->time - base;
	r->n_source = address(r->source, &d->src, &d->mac_src);
	r->n_destination = address(r->destination, &d->dst, &d->mac_dst);
	if (!top) {
		strcpy(r->protocol, "?");
		r->n_protocol = 1;
	} else if (top != r->protocol_of) {
		r->n_protocol = (uint8_t)row_protocol(top, r->protocol);
	}
	r->protocol_of = top;
	r->step = rec ? step_kinds[rec->step].id : "";
	r->osi = row_osi(d);
	r->top = (uint8_t)(31 - __builtin_clz(r->osi));
	strbuf_clear(&r->info);
	if (flags & ROW_REDACT) {
		struct strbuf clean = {0};
		redact_text(&clean, strbuf_str(&d->info), d->info.len);
		text_escape(&r->info, strbuf_str(&clean), clean.len);
		strbuf_free(&clean);
	} else {
		text_escape(&r->info, strbuf_str(&d->info), d->info.len);
	}
}

void row_free(struct row *r)
{
	strbuf_free(&r->info);
}
