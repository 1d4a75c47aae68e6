/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mozlog_rules: what the messages of Firefox's log mean. They are words for its developers and
 * change from version to version (seen: 153 ESR): each that is understood is one row of the table
 * at the bottom. It never tells a connection's local port, nor that the hosts file answered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "browser/mozlog.h"

/* The address behind "this=" and the like: its start in the text, and its length; NULL none. */
static const char *object(const char *text, const char *key, size_t *n)
{
	const char *p = strstr(text, key);
	if (!p)
		return NULL;
	p += strlen(key);
	*n = strspn(p, "0123456789abcdef");
	return *n ? p : NULL;
}

static uint32_t get(struct log_reader *l, enum moz_kind kind, const char *text, const char *key)
{
	size_t n;
	const char *p = object(text, key, &n);
	return p ? moz_get(l, kind, p, n) : 0;
}

static void set(struct log_reader *l, enum moz_kind kind, const char *text, const char *key, uint32_t v)
{
	size_t n;
	const char *p = object(text, key, &n);
	if (p)
		moz_set(l, kind, p, n, v);
}

static const char *error_name(struct log_reader *l, const char *code)
{
	static const struct { const char *code, *name; } names[] = {
		{ "804b0002", "NS_BINDING_ABORTED" }, { "804b0003", "NS_BINDING_REDIRECTED" },
		{ "804b000d", "NS_ERROR_CONNECTION_REFUSED" }, { "804b000e", "NS_ERROR_NET_TIMEOUT" },
		{ "804b0010", "NS_ERROR_OFFLINE" }, { "804b0014", "NS_ERROR_NET_RESET" },
		{ "804b001e", "NS_ERROR_UNKNOWN_HOST" }, { "804b0047", "NS_ERROR_NET_INTERRUPT" },
	};
	size_t n = strspn(code, "0123456789abcdefABCDEF");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (n == 8 && !strncasecmp(code, names[i].code, 8))
			return names[i].name;
	return moz_copy(l, code, n);
}

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
	set(l, MOZ_CHANNEL, rest, "this=", l->n_channels);
	set(l, MOZ_ICHANNEL, rest, "nsIChannel=", l->n_channels);
}

static void channel_url(struct log_reader *l, const char *rest)
{
	struct moz_channel *c = channel(l, l->t->channel);
	if (c && !*c->url)
		c->url = moz_copy(l, rest, strlen(rest));
}

static void channel_open(struct log_reader *l, const char *rest)
{
	struct moz_channel *c = channel(l, get(l, MOZ_CHANNEL, rest, "this="));
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
	struct moz_channel *old = channel(l, get(l, MOZ_CHANNEL, rest, "this="));
	struct moz_channel *next = channel(l, get(l, MOZ_ICHANNEL, rest, "newChannel="));
	struct rec_request *q = old ? rec_request(l->r, old->request) : NULL;
	if (!q || !next || next == old)
		return;
	next->from = old->request;
	next->upgraded = old->upgraded;
	if (!q->end)
		q->end = l->now;
}

/* The HSTS list was asked: "[this=... aShouldUpgrade=1 rv=0]". */
static void channel_secure(struct log_reader *l, const char *rest)
{
	struct moz_channel *c = channel(l, get(l, MOZ_CHANNEL, rest, "this="));
	struct rec_request *q = c ? rec_request(l->r, c->request) : NULL;
	bool upgrade = strstr(rest, "aShouldUpgrade=1");
	const char *host = q ? strstr(q->url, "://") : NULL;
	size_t n = strlen(l->hsts_host);
	if (!host || !n || !q->page || strncmp(host + 3, l->hsts_host, n) || strchr("/:?#", host[3 + n]) == NULL)
		return;
	struct rec_hsts *h = record_add(l->r, REC_HSTS, NULL);
	if (!h)
		return;
	c->upgraded = upgrade && l->listed;
	h->page = q->page;
	h->host = moz_copy(l, l->hsts_host, n);
	h->time = l->now;
	h->listed = l->listed;
	h->upgraded = c->upgraded;
	h->how = !l->listed ? "" : l->preloaded ? "preloaded" : "learned";
}

static void hsts_seek(struct log_reader *l, const char *rest)
{
	size_t n = strlen(l->hsts_host), all = strlen(rest);
	if (strcmp(l->t->name, "Main Thread"))
		return;
	/* "lab.test" behind "www.lab.test" is the same question. */
	if (!l->listed && n > all && l->hsts_host[n - all - 1] == '.' && !strcmp(l->hsts_host + n - all, rest))
		return;
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
	struct moz_channel *c = channel(l, get(l, MOZ_CHANNEL, rest, "this="));
	struct rec_request *q = c ? rec_request(l->r, c->request) : NULL;
	if (!q)
		return;
	q->cache = q->status == 304 ? "validated" : "hit";
	if (!q->end)
		q->end = l->now;
}

/* ---- transactions: a request on a connection ---- */

/* "nsHttpChannel C created nsHttpTransaction T" */
static void transaction_of(struct log_reader *l, const char *rest)
{
	if (strstr(rest, " created nsHttpTransaction "))
		l->t->channel = get(l, MOZ_CHANNEL, rest, "");
}

static void transaction_new(struct log_reader *l, const char *rest)
{
	struct moz_channel *c = channel(l, l->t->channel);
	l->t->request = c ? c->request : 0;
	l->t->channel = 0;
	set(l, MOZ_TRANSACTION, rest, "this=", l->t->request);
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
	l->t->request = get(l, MOZ_TRANSACTION, rest, "this=");
}

/* "HandleContent [this=... count=368 read=368 mContentRead=368 mContentLength=368]" */
static void content(struct log_reader *l, const char *rest)
{
	struct rec_request *q = rec_request(l->r, get(l, MOZ_TRANSACTION, rest, "this="));
	const char *p = strstr(rest, "mContentRead=");
	int64_t n;
	if (!q || !p || (p += strlen("mContentRead="), !take_number(&p, &n)))
		return;
	q->body = n;
	q->end = l->now;
}

static void transaction_close(struct log_reader *l, const char *rest)
{
	struct rec_request *q = rec_request(l->r, get(l, MOZ_TRANSACTION, rest, "this="));
	const char *p = strstr(rest, "reason=");
	if (!q || !p)
		return;
	p += strlen("reason=");
	if (!q->end)
		q->end = l->now;
	if (*p != '0' && strncmp(p, "80470002", 8) && strncmp(p, "804b0003", 8) && !*q->error)
		q->error = error_name(l, p);
}

static void activate(struct log_reader *l, const char *rest)
{
	struct rec_request *q = rec_request(l->r, get(l, MOZ_TRANSACTION, rest, "trans="));
	if (!q)
		return;
	q->socket = get(l, MOZ_CONNECTION, rest, "this=");
	q->sent = l->now;
}

static void stream_new(struct log_reader *l, const char *rest)
{
	set(l, MOZ_STREAM, rest, "", get(l, MOZ_TRANSACTION, rest, "trans="));
}

static void stream_number(struct log_reader *l, const char *rest)
{
	struct rec_request *q = rec_request(l->r, get(l, MOZ_STREAM, rest, "stream="));
	const char *p = strstr(rest, " id=0x");
	if (!q || !p)
		return;
	q->stream = strtoul(p + 6, NULL, 16);
	q->sent = l->now;
	struct rec_socket *s = rec_socket(l->r, q->socket);
	if (s)
		s->alpn = "h2";
}

/* ---- sockets ---- */

static uint32_t socket_new(struct log_reader *l, const char *rest, uint16_t port)
{
	uint32_t number;
	struct rec_socket *s = record_add(l->r, REC_SOCKET, &number);
	if (!s)
		return 0;
	s->transport = "tcp";
	s->start = l->now;
	set(l, MOZ_TRANSPORT, rest, "this=", number);
	l->ports = xrealloc(l->ports, (number + 1) * sizeof *l->ports);
	while (l->n_ports <= number)
		l->ports[l->n_ports++] = 0;
	l->ports[number] = port;
	return number;
}

/* "[this=S host=www.lab.test:80 origin=...": the port is told here, the address later. */
static void transport_new(struct log_reader *l, const char *rest)
{
	const char *host = strstr(rest, "host="), *end = host ? strchr(host, ' ') : NULL;
	int64_t port = 0;
	while (end && end > host && *end != ':')
		end--;
	if (end && *end++ == ':' && (!take_number(&end, &port) || port > 65535))
		port = 0;
	socket_new(l, rest, (uint16_t)port);
}

/* After a failure it goes on to the next address: that is another socket. */
static void transport_begins(struct log_reader *l, const char *rest)
{
	uint32_t number = get(l, MOZ_TRANSPORT, rest, "this=");
	const struct rec_socket *s = rec_socket(l->r, number);
	if (s && *s->error && *s->remote && number < l->n_ports)
		number = socket_new(l, rest, l->ports[number]);
	l->t->socket = number;
}

static void transport_tries(struct log_reader *l, const char *rest)
{
	struct rec_socket *s = rec_socket(l->r, l->t->socket);
	if (!s || l->t->socket >= l->n_ports || *s->remote)
		return;
	struct strbuf b = { .cap = RECORD_TEXT };
	bool six = strchr(rest, ':');
	strbuf_printf(&b, "%s%s%s:%d", six ? "[" : "", rest, six ? "]" : "", l->ports[l->t->socket]);
	s->remote = record_text(l->r, strbuf_str(&b));
	s->start = l->now;
	strbuf_free(&b);
}

static void transport_status(struct log_reader *l, const char *rest)
{
	struct rec_socket *s = rec_socket(l->r, get(l, MOZ_TRANSPORT, rest, "this="));
	if (s && !s->connected && strstr(rest, "status=4b0004]"))
		s->connected = l->now;
}

static void transport_failed(struct log_reader *l, const char *rest)
{
	struct rec_socket *s = rec_socket(l->r, get(l, MOZ_TRANSPORT, rest, "this="));
	const char *cond = strstr(rest, "cond=");
	if (!s || !cond || s->connected || *s->error)
		return;
	s->error = error_name(l, cond + 5);
}

static void connection_new(struct log_reader *l, const char *rest)
{
	uint32_t number = get(l, MOZ_TRANSPORT, rest, "sockettransport=");
	set(l, MOZ_CONNECTION, rest, "this=", number);
}

/* ---- names ---- */

/* "host [www.lab.test]...": the name, as text of the record. */
static const char *bracketed(struct log_reader *l, const char *rest)
{
	return moz_value(l, rest, "[", "]");
}

/* The page whose requests go to this host. */
static uint32_t page_of(struct log_reader *l, const char *host)
{
	size_t n = strlen(host);
	for (uint32_t i = record_count(l->r, REC_REQUEST); i; i--) {
		const struct rec_request *q = rec_request(l->r, i);
		const char *p = strstr(q->url, "://");
		if (p && !strncmp(p + 3, host, n) && (!p[3 + n] || strchr("/:?#", p[3 + n])))
			return q->page;
	}
	return 0;
}

static void resolve(struct log_reader *l, const char *rest)
{
	l->t->addresses = strstr(rest, " type 0.");
}

static void name_cached(struct log_reader *l, const char *rest)
{
	const char *host = bracketed(l, rest);
	size_t n = strlen(host);
	if (!l->t->addresses || !n || moz_get(l, MOZ_CACHED, host, n))
		return;
	moz_set(l, MOZ_CACHED, host, n, 1);
	struct rec_lookup *k = record_add(l->r, REC_LOOKUP, NULL);
	if (!k)
		return;
	k->host = host;
	k->how = "cache";
	k->start = k->end = l->now;
	k->page = page_of(l, host);
}

static void ask(struct log_reader *l, const char *rest)
{
	(void)rest;
	l->t->asked = l->now;
	l->t->lookup = 0;
}

static void ask_by_type(struct log_reader *l, const char *rest)
{
	(void)rest;
	l->t->asked = 0;
}

/* "host [www.lab.test]: success." or "failure: unknown host." */
static void answered(struct log_reader *l, const char *rest)
{
	struct rec_lookup *k;
	if (!l->t->asked || !(k = record_add(l->r, REC_LOOKUP, &l->t->lookup)))
		return;
	k->host = bracketed(l, rest);
	k->how = "system";
	k->start = l->t->asked;
	k->end = l->now;
	k->page = page_of(l, k->host);
	k->error = moz_value(l, rest, "]: failure: ", ".");
	l->t->asked = 0;
}

/* "CompleteLookup: www.lab.test has 203.0.113.80" */
static void address(struct log_reader *l, const char *rest)
{
	struct rec_lookup *k = rec_lookup(l->r, l->t->lookup);
	const char *p = strstr(rest, " has ");
	size_t n = k ? strlen(k->host) : 0;
	if (!k || !p || (size_t)(p - rest) != n || memcmp(rest, k->host, n) || !strcmp(p, " has NO address"))
		return;
	struct strbuf b = { .cap = RECORD_TEXT };
	strbuf_printf(&b, "%s%s%s", k->addresses, *k->addresses ? "," : "", p + 5);
	k->addresses = record_text(l->r, strbuf_str(&b));
	strbuf_free(&b);
}

/* ---- pages ---- */

static void page_new(struct log_reader *l, const char *url)
{
	struct rec_page *page = record_add(l->r, REC_PAGE, &l->page);
	if (!page)
		return;
	page->url = url;
	page->start = l->now;
	l->open = true;
	/* Its document's request came up a little earlier. */
	for (uint32_t i = record_count(l->r, REC_REQUEST); i; i--) {
		struct rec_request *q = rec_request(l->r, i);
		if (q->page || strcmp(q->url, url))
			continue;
		q->page = l->page;
		q->kind = "document";
		if (q->start < page->start)
			page->start = q->start;
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
	const char *state = strstr(rest, "}, STATE_"), *status = state ? strstr(state, ", ") : NULL;
	status = status ? strstr(status + 2, ", ") : NULL;
	if (!after(rest, "{isTopLevel:1,") || !status || !(after(url, "http://") || after(url, "https://")))
		return;
	struct rec_page *page = rec_page(l->r, l->page);
	bool network = strstr(state, "|STATE_IS_NETWORK");
	if (after(state + 3, "STATE_START") && (!l->open || !page || strcmp(page->url, url))) {
		page_new(l, url);
	} else if (after(state + 3, "STATE_STOP") && network && page && l->open && !strcmp(page->url, url)) {
		const char *error = moz_copy(l, status + 2, strcspn(status + 2, ")"));
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
	{ "nsHttp", "Http2Stream::Http2Stream ", stream_new },
	{ "nsHttp", "Http2Session::RegisterStreamID ", stream_number },
	{ "nsHttp", "nsHttpTransaction::HandleContentStart [", content_begins },
	{ "nsHttp", "http response [", response_block },
	{ "nsHttp", "nsHttpTransaction::HandleContent [", content },
	{ "nsHttp", "nsHttpTransaction::Close [", transaction_close },
	{ "nsHttp", "nsHttpConnection::Init ", connection_new },
	{ "nsSocketTransport", "nsSocketTransport::Init [", transport_new },
	{ "nsSocketTransport", "nsSocketTransport::InitiateSocket [", transport_begins },
	{ "nsSocketTransport", "  trying address: ", transport_tries },
	{ "nsSocketTransport", "nsSocketTransport::SendStatus [", transport_status },
	{ "nsSocketTransport", "nsSocketTransport::RecoverFromError [", transport_failed },
	{ "nsHostResolver", "Resolving host ", resolve },
	{ "nsHostResolver", "  Using cached record for host ", name_cached },
	{ "nsHostResolver", "DNS resolve task - Calling getaddrinfo for host ", ask },
	{ "nsHostResolver", "byType on DNS thread", ask_by_type },
	{ "nsHostResolver", "DNS resolve task - lookup completed for host ", answered },
	{ "nsHostResolver", "CompleteLookup: ", address },
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
