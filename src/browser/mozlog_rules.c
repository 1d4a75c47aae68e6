/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mozlog_rules: what the messages of Firefox's log mean. They are words for its developers and
 * change from version to version (seen: 153 ESR): each that is understood is one row of the table
 * at the bottom. It never tells a connection's local port, nor that the hosts file answered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "browser/mozlog.h"

/* ---- channels: what became of a URL ---- */

static struct moz_channel *channel(struct log_reader *l, uint32_t n)
{
	return n && n <= l->n_channels ? &l->channels[n - 1] : NULL;
}

static void channel_new(struct log_reader *l, const char *rest)
{
	if (l->n_channels == RECORD_ITEMS)
		return;
	if (l->n_channels == l->channels_room) {
		l->channels_room = l->channels_room ? 2 * l->channels_room : 64;
		l->channels = xrealloc(l->channels, l->channels_room * sizeof *l->channels);
	}
	l->channels[l->n_channels++] = (struct moz_channel){ .url = "" };
	l->t->channel = l->n_channels;
	moz_set_in(l, MOZ_CHANNEL, rest, "this=", l->n_channels);
	moz_set_in(l, MOZ_ICHANNEL, rest, "nsIChannel=", l->n_channels);
}

static void channel_url(struct log_reader *l, const char *rest)
{
	struct moz_channel *c = channel(l, l->t->channel);
	if (c && !*c->url)
		c->url = moz_copy(l, rest, strlen(rest));
}

static void channel_open(struct log_reader *l, const char *rest)
{
	struct moz_channel *c = channel(l, moz_get_in(l, MOZ_CHANNEL, rest, "this="));
	struct rec_request *q;
	if (!c || c->request || !(q = record_add(l->r, REC_REQUEST, &c->request)))
		return;
	const struct rec_request *from = rec_request(l->r, c->from);
	q->url = c->url;
	q->kind = "background";
	q->method = "GET";
	q->start = l->now;
	q->from = c->from;
	if (c->upgraded)
		q->upgraded = "hsts";
	if (from) {
		q->page = from->page;
		q->kind = from->kind;
	}
}

/* Another channel takes over: a redirect, or an upgrade. */
static void channel_replaced(struct log_reader *l, const char *rest)
{
	struct moz_channel *old = channel(l, moz_get_in(l, MOZ_CHANNEL, rest, "this="));
	struct moz_channel *next = channel(l, moz_get_in(l, MOZ_ICHANNEL, rest, "newChannel="));
	struct rec_request *q = old ? rec_request(l->r, old->request) : NULL;
	if (!q || !next || next == old)
		return;
	next->from = old->request;
	next->upgraded = old->upgraded;
	if (!q->end)
		q->end = l->now;
}

static void hsts_add(struct log_reader *l, const struct moz_channel *c)
{
	const struct rec_request *q = rec_request(l->r, c->request);
	const char *host = q ? strstr(q->url, "://") : NULL;
	struct rec_hsts *h = host ? record_add(l->r, REC_HSTS, NULL) : NULL;
	if (!h)
		return;
	h->page = q->page;
	h->host = moz_copy(l, host + 3, strcspn(host + 3, "/:?#"));
	h->time = c->asked;
	h->listed = c->listed;
	h->upgraded = c->upgraded;
	h->how = !c->listed ? "" : c->preloaded ? "preloaded" : "learned";
}

/* The HSTS list was asked: "[this=... aShouldUpgrade=1 rv=0]". */
static void channel_secure(struct log_reader *l, const char *rest)
{
	struct moz_channel *c = channel(l, moz_get_in(l, MOZ_CHANNEL, rest, "this="));
	const struct rec_request *q = c ? rec_request(l->r, c->request) : NULL;
	const char *host = q ? strstr(q->url, "://") : NULL;
	size_t n = strlen(l->hsts_host);
	if (!host || !n || strncmp(host + 3, l->hsts_host, n) || !strchr("/:?#", host[3 + n]))
		return;
	c->asked = l->now;
	c->listed = l->listed;
	c->preloaded = l->preloaded;
	c->upgraded = strstr(rest, "aShouldUpgrade=1") && l->listed;
	if (q->page)			/* else it waits until its page is known */
		hsts_add(l, c);
}

static void hsts_seek(struct log_reader *l, const char *rest)
{
	size_t n = strlen(l->hsts_host), all = strlen(rest);
	if (strcmp(l->t->name, "Main Thread"))
		return;
	const char *tail = n > all ? l->hsts_host + n - all : NULL;
	if (!l->listed && tail && tail[-1] == '.' && !strcmp(tail, rest))
		return;		/* "lab.test" behind "www.lab.test" is the same question */
	snprintf(l->hsts_host, sizeof l->hsts_host, "%s", rest);
	l->listed = l->preloaded = false;
}

static void hsts_found(struct log_reader *l, const char *rest)
{
	(void)rest;
	if (!strcmp(l->t->name, "Main Thread"))
		l->listed = true;
}

static void hsts_word(struct log_reader *l, const char *rest)
{
	const char *space = strchr(rest, ' ');
	if (space && !strcmp(space, " is a preloaded HSTS host") && !strcmp(l->t->name, "Main Thread"))
		l->listed = l->preloaded = true;
}

static void cache_hit(struct log_reader *l, const char *rest)
{
	struct moz_channel *c = channel(l, moz_get_in(l, MOZ_CHANNEL, rest, "this="));
	struct rec_request *q = c ? rec_request(l->r, c->request) : NULL;
	if (!q)
		return;
	q->cache = q->status == 304 ? "validated" : "hit";
	if (!q->end)
		q->end = l->now;
	/* No head was made that would say whose it is: while a page loads, it is the page's. */
	const struct rec_page *page = rec_page(l->r, l->page);
	if (q->page || !page || q->start < page->start || (page->loaded && q->start > page->loaded))
		return;
	q->page = l->page;
	q->kind = "part";
}

/* ---- transactions: a request on a connection ---- */

/* "nsHttpChannel C created nsHttpTransaction T" */
static void transaction_of(struct log_reader *l, const char *rest)
{
	if (strstr(rest, " created nsHttpTransaction "))
		l->t->channel = moz_get_in(l, MOZ_CHANNEL, rest, "");
}

static void transaction_new(struct log_reader *l, const char *rest)
{
	struct moz_channel *c = channel(l, l->t->channel);
	l->t->request = c ? c->request : 0;
	l->t->channel = 0;
	moz_set_in(l, MOZ_TRANSACTION, rest, "this=", l->t->request);
}

static void request_block(struct log_reader *l, const char *rest)
{
	(void)rest;
	l->t->block = BLOCK_REQUEST;
	l->t->first = true;
}

static void response_block(struct log_reader *l, const char *rest)
{
	struct rec_request *q = rec_request(l->r, l->t->request);
	(void)rest;
	l->t->block = BLOCK_RESPONSE;
	l->t->first = true;
	if (q)
		q->head = l->now;
}

static void content_begins(struct log_reader *l, const char *rest)
{
	l->t->request = moz_get_in(l, MOZ_TRANSACTION, rest, "this=");
}

/* "HandleContent [this=... count=368 read=368 mContentRead=368 mContentLength=368]" */
static void content(struct log_reader *l, const char *rest)
{
	struct rec_request *q = rec_request(l->r, moz_get_in(l, MOZ_TRANSACTION, rest, "this="));
	const char *p = strstr(rest, "mContentRead=");
	int64_t n;
	if (!q || !p || (p += strlen("mContentRead="), !take_number(&p, &n)))
		return;
	q->body = n;
	q->end = l->now;
}

static void transaction_close(struct log_reader *l, const char *rest)
{
	struct rec_request *q = rec_request(l->r, moz_get_in(l, MOZ_TRANSACTION, rest, "this="));
	const char *p = strstr(rest, "reason=");
	if (!q || !p)
		return;
	p += strlen("reason=");
	if (!q->end)
		q->end = l->now;
	if (*p != '0' && strncmp(p, "80470002", 8) && strncmp(p, "804b0003", 8) && !*q->error)
		q->error = moz_error(l, p);
}

static void activate(struct log_reader *l, const char *rest)
{
	struct rec_request *q = rec_request(l->r, moz_get_in(l, MOZ_TRANSACTION, rest, "trans="));
	if (!q)
		return;
	q->socket = moz_get_in(l, MOZ_CONNECTION, rest, "this=");
	const struct rec_socket *s = rec_socket(l->r, q->socket);
	bool quic = s && !strcmp(s->transport, "quic");
	if (quic)
		moz_port_udp(l, q->socket, q->url);
	if (s && (s->connected || quic))	/* a transaction that failed is given to a dead connection */
		q->sent = l->now;
	q->error = "";			/* it may be tried again on another one */
	q->end = 0;
}

static void stream_new(struct log_reader *l, const char *rest)
{
	moz_set_in(l, MOZ_STREAM, rest, "", moz_get_in(l, MOZ_TRANSACTION, rest, "trans="));
}

static void stream_number(struct log_reader *l, const char *rest)
{
	struct rec_request *q = rec_request(l->r, moz_get_in(l, MOZ_STREAM, rest, "stream="));
	const char *p = strstr(rest, " id=0x");
	if (!q || !p)
		return;
	q->stream = strtoul(p + 6, NULL, 16);
	q->sent = l->now;
	struct rec_socket *s = rec_socket(l->r, q->socket);
	if (s)
		s->alpn = "h2";
}

/* ---- pages ---- */

enum { LOOKED_UP_BEFORE = 1000000000 };	/* by speculation, before the request came up */

/* What was asked for the page's document before the page was known. */
static void page_before(struct log_reader *l, uint32_t request)
{
	const struct rec_request *q = rec_request(l->r, request);
	const char *host = strstr(q->url, "://");
	for (uint32_t i = l->n_channels; i; i--) {
		const struct moz_channel *c = channel(l, i);
		if (c->request == request && c->asked)
			hsts_add(l, c);
	}
	for (uint32_t i = record_count(l->r, REC_LOOKUP); i && host; i--) {
		struct rec_lookup *k = rec_lookup(l->r, i);
		size_t n = strlen(k->host);
		if (k->page || !n || k->start + LOOKED_UP_BEFORE < q->start)
			continue;
		if (!strncmp(host + 3, k->host, n) && strchr("/:?#", host[3 + n]))
			k->page = q->page;
	}
}

static void page_new(struct log_reader *l, const char *url)
{
	struct rec_page *page = record_add(l->r, REC_PAGE, &l->page);
	if (!page)
		return;
	page->url = url;
	page->start = l->now;
	l->open = true;
	/* Its document's request came up a little earlier, and may have begun already. */
	for (uint32_t i = record_count(l->r, REC_REQUEST); i; i--) {
		struct rec_request *q = rec_request(l->r, i);
		if (q->page || strcmp(q->url, url))
			continue;
		q->page = l->page;
		q->kind = "document";
		if (q->start < page->start)
			page->start = q->start;
		page_before(l, i);
		return;
	}
}

/*
 * "({isTopLevel:1, isLoadingDocument:0}, {URI:U, originalURI:O}, STATE_START|..., NS_OK) on ..."
 * The states are sought behind the URLs, which hold no blank.
 */
static void page_state(struct log_reader *l, const char *rest)
{
	const char *url = moz_value(l, rest, ", originalURI:", " })");
	const char *state = strstr(rest, "}, STATE_"), *status = state ? strstr(state + 3, ", ") : NULL;
	if (!after(rest, "{isTopLevel:1,") || !status)
		return;
	if (!after(url, "http://") && !after(url, "https://"))
		return;
	struct rec_page *page = rec_page(l->r, l->page);
	bool same = page && l->open && !strcmp(page->url, url);
	state += strlen("}, ");
	if (after(state, "STATE_START") && !same) {
		page_new(l, url);
	} else if (after(state, "STATE_STOP|STATE_IS_NETWORK") && same) {
		const char *why = after(status + 2, "NS_ERROR_GENERATE_FAILURE(");
		const char *name = why ? strstr(why, ", ") : NULL;
		name = name ? name + 2 : status + 2;
		const char *error = moz_copy(l, name, strcspn(name, ")"));
		l->open = false;
		if (strcmp(error, "NS_OK"))
			page->error = error;
		else
			page->loaded = l->now;
	}
}

/* ---- the table ---- */

static const struct {
	const char *module, *begins;
	void (*take)(struct log_reader *l, const char *rest);
} rules[] = {
	{ "nsHttp", "Creating nsHttpChannel [", channel_new },
	{ "nsHttp", "uri=", channel_url },
	{ "nsHttp", "nsHttpChannel::AsyncOpen [", channel_open },
	{ "nsHttp", "nsHttpChannel::SetupReplacementChannel [", channel_replaced },
	{ "nsHttp", "nsHttpChannel::ContinueOnBeforeConnect [", channel_secure },
	{ "nsHttp", "nsHttpChannel::ReadFromCache [", cache_hit },
	{ "nsHttp", "nsHttpChannel ", transaction_of },
	{ "nsHttp", "nsHttpTransaction::Init [", transaction_new },
	{ "nsHttp", "http request [", request_block },
	{ "nsHttp", "nsHttpConnection::Activate [", activate },
	{ "nsHttp", "HttpConnectionUDP::Activate [", activate },
	{ "nsHttp", "HttpConnectionUDP::Init ", moz_connection_udp },
	{ "nsHttp", "Http3Session::Init origin=", moz_session_udp },
	{ "nsHttp", "Http2Stream::Http2Stream ", stream_new },
	{ "nsHttp", "Http2Session::RegisterStreamID ", stream_number },
	{ "nsHttp", "nsHttpTransaction::HandleContentStart [", content_begins },
	{ "nsHttp", "http response [", response_block },
	{ "nsHttp", "nsHttpTransaction::HandleContent [", content },
	{ "nsHttp", "nsHttpTransaction::Close [", transaction_close },
	{ "nsHttp", "nsHttpConnection::Init ", moz_connection_new },
	{ "nsSocketTransport", "nsSocketTransport::Init [", moz_transport_new },
	{ "nsSocketTransport", "nsSocketTransport::InitiateSocket [", moz_transport_begins },
	{ "nsSocketTransport", "  trying address: ", moz_transport_tries },
	{ "nsSocketTransport", "nsSocketTransport::SendStatus [", moz_transport_status },
	{ "nsSocketTransport", "nsSocketTransport::RecoverFromError [", moz_transport_failed },
	{ "nsHostResolver", "Resolving host ", moz_resolve },
	{ "nsHostResolver", "  Using cached record for host ", moz_name_cached },
	{ "nsHostResolver", "DNS resolve task - Calling getaddrinfo for host ", moz_ask },
	{ "nsHostResolver", "byType on DNS thread", moz_ask_by_type },
	{ "nsHostResolver", "DNS resolve task - lookup completed for host ", moz_answered },
	{ "nsHostResolver", "CompleteLookup: ", moz_address },
	{ "nsSSService", "Seeking HSTS entry for ", hsts_seek },
	{ "nsSSService", "Found HSTS entry for ", hsts_found },
	{ "nsSSService", "", hsts_word },
	{ "BCWebProgress", "OnStateChange(", page_state },
};

void moz_message(struct log_reader *l, const char *module, size_t n, const char *text)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		const char *rest;
		if (strncmp(rules[i].module, module, n) || rules[i].module[n] ||
		    !(rest = after(text, rules[i].begins)))
			continue;
		rules[i].take(l, rest);
		return;
	}
}

/* ---- heads, line by line, each behind two blanks ---- */

static void request_head(struct log_reader *l, struct rec_request *q, const char *line, bool first)
{
	const char *value;
	if (first) {
		q->method = moz_copy(l, line, strcspn(line, " "));
		return;
	}
	if ((value = header_value(line, "User-Agent")) && !*l->r->browser) {
		struct strbuf b = { .cap = 64 };
		if ((value = strstr(value, "Firefox/")))
			strbuf_printf(&b, "Firefox %s", value + strlen("Firefox/"));
		l->r->browser = record_text(l->r, strbuf_str(&b));
		strbuf_free(&b);
		return;
	}
	/* The browser's own talk comes from nowhere, and refers to nothing. */
	if ((value = header_value(line, "Sec-Fetch-Dest")) && !strcmp(value, "iframe"))
		q->kind = "frame";
	bool of_page = ((value = header_value(line, "Sec-Fetch-Site")) && strcmp(value, "none")) ||
		header_value(line, "Referer");
	if (!of_page || q->page || !l->page)
		return;
	q->page = l->page;
	if (strcmp(q->kind, "frame"))
		q->kind = "part";
}

static void response_head(struct log_reader *l, struct rec_request *q, const char *line, bool first)
{
	static const struct { const char *version, *name; } names[] = {
		{ "HTTP/1.0 ", "http/1.0" }, { "HTTP/1.1 ", "http/1.1" }, { "HTTP/2 ", "h2" },
		{ "HTTP/3 ", "h3" },
	};
	const char *value;
	int64_t status;
	for (size_t i = 0; first && i < sizeof names / sizeof *names; i++) {
		value = after(line, names[i].version);
		if (!value || !take_number(&value, &status) || status > 999)
			continue;
		q->protocol = names[i].name;
		q->status = (uint16_t)status;
	}
	if ((value = header_value(line, "Content-Type")))
		q->mime = moz_copy(l, value, strcspn(value, "; \t"));
	else if ((value = header_value(line, "Location")))
		q->location = moz_copy(l, value, strlen(value));
	else if ((value = header_value(line, "Strict-Transport-Security")))
		q->hsts = moz_copy(l, value, strlen(value));
}

void moz_head_line(struct log_reader *l, const char *text)
{
	struct moz_thread *t = l->t;
	struct rec_request *q = rec_request(l->r, t->request);
	const char *line = after(text, "  ");
	bool first = t->first;
	t->first = false;
	if (*text == ']' || after(text, "    OriginalHeaders")) {
		t->block = BLOCK_NONE;
		t->request = 0;
	} else if (q && line && t->block == BLOCK_REQUEST) {
		request_head(l, q, line, first);
	} else if (q && line) {
		response_head(l, q, line, first);
	}
}
