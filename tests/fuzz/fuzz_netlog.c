/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A browser's log of any bytes, fed in pieces. The first byte says how long they are; a first line
 * of `@` stands for constants that name everything, so that events are reached.
 */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "browser/browser.h"
#include "feed.h"

static const char *const event_names[] = {
#define EVENT(name) #name,
#define OTHER(name) #name,
#include "browser/netlog_events.def"
#undef EVENT
#undef OTHER
};

static const char *const source_names[] = {
	"NONE", "URL_REQUEST", "HTTP_STREAM_JOB_CONTROLLER", "HTTP_STREAM_JOB", "TCP_CONNECT_JOB",
	"SSL_CONNECT_JOB", "QUIC_SESSION_POOL_DIRECT_JOB", "HTTP2_SESSION", "QUIC_SESSION", "SOCKET",
	"UDP_CLIENT_SOCKET", "UDP_SOCKET", "HOST_RESOLVER_IMPL_JOB", "DNS_TRANSACTION",
	"NETWORK_SERVICE_HOST_RESOLVER"
};

static void table(struct strbuf *b, const char *name, const char *const *names, size_t n)
{
	strbuf_printf(b, "\"%s\":{", name);
	for (size_t i = 0; i < n; i++)
		strbuf_printf(b, "%s\"%s\":%zu", i ? "," : "", names[i], i);
	strbuf_puts(b, "},");
}

static void constants(struct strbuf *b)
{
	strbuf_puts(b, "{\"constants\":{\"logFormatVersion\":1,\"timeTickOffset\":1795362982870,"
		    "\"logEventPhase\":{\"PHASE_BEGIN\":1,\"PHASE_END\":2,\"PHASE_NONE\":0},"
		    "\"netError\":{\"ERR_FAILED\":-2},");
	table(b, "logEventTypes", event_names, sizeof event_names / sizeof *event_names);
	table(b, "logSourceType", source_names, sizeof source_names / sizeof *source_names);
	strbuf_puts(b, "\"loadFlag\":{\"MAIN_FRAME_DEPRECATED\":256}},\n\"events\": [\n");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct feed_input in = { bytes, bytes + n };
	size_t piece = (size_t)feed_u8(&in) + 1, left = (size_t)(in.end - in.at);
	struct strbuf first = { 0 };
	struct record *r = record_new();
	struct log_reader *l = log_netlog.open(r);
	if (left && *in.at == '@') {
		constants(&first);
		log_netlog.feed(l, strbuf_str(&first), first.len);
	}
	while (in.at < in.end) {
		size_t part = piece;
		const uint8_t *p = feed_bytes(&in, &part);
		log_netlog.feed(l, (const char *)p, part);
	}
	log_netlog.end(l);
	log_netlog.free(l);
	char *text = record_to_json(r);
	free(text);
	record_free(r);
	strbuf_free(&first);
	return 0;
}
