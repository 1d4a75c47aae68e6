/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curl_log: reads what `curl --trace-ascii % --trace-time` writes. A frame begins with a line
 *
 *	14:27:58.580122 <= Recv header, 32 bytes (0x20)
 *	14:27:58.580122 == Info: Connected to www.lab.test (203.0.113.80) port 80 (#0)
 *
 * and what a peer sent follows in lines that begin with an offset ("0000: "), so that nothing
 * sent can pass for a word of curl's. Only the day is not told: it is the one that brings the first
 * time closest to now.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "browser/browser.h"
#include "browser/curl_log.h"
#include "base/strbuf.h"

static const int64_t SECOND = 1000000000, DAY = 86400 * 1000000000ll;

/* Nanoseconds of the day out of "14:27:58.580122 "; what follows. NULL: no such line. */
static const char *time_of_day(const char *line, int64_t *ns)
{
	static const char shape[] = "00:00:00.000000 ";
	int digit[16] = { 0 };
	for (size_t i = 0; shape[i]; i++) {
		if (shape[i] == '0' ? !isdigit((unsigned char)line[i]) : line[i] != shape[i])
			return NULL;
		digit[i] = line[i] - '0';
	}
	int64_t seconds = (10 * digit[0] + digit[1]) * 3600 + (10 * digit[3] + digit[4]) * 60 +
		10 * digit[6] + digit[7], micro = 0;
	for (int i = 9; i < 15; i++)
		micro = 10 * micro + digit[i];
	*ns = seconds * SECOND + micro * 1000;
	return line + 16;
}

static const char *line_time(struct log_reader *l, const char *line)
{
	int64_t tod, now = (int64_t)time(NULL) * SECOND;
	const char *rest = time_of_day(line, &tod);
	if (!rest)
		return NULL;
	if (!l->now) {
		l->day = now - now % DAY;
		if (l->day + tod > now + DAY / 2)
			l->day -= DAY;
		else if (l->day + tod < now - DAY / 2)
			l->day += DAY;
	} else if (l->day + tod < l->now - DAY / 2) {
		l->day += DAY;		/* midnight */
	}
	l->now = l->day + tod;
	return rest;
}

/* ---- heads ---- */

static void request_line(struct log_reader *l, struct rec_request *q, char *line, char **path)
{
	char *space = strchr(line, ' '), *version = space ? strrchr(line, ' ') : NULL;
	if (!space || version == space || !after(version + 1, "HTTP/"))
		return;
	*space = *version = 0;
	q->method = record_text(l->r, line);
	*path = space + 1;
}

/* The URL as it was asked for: curl tells that of redirects only. */
static void request_url(struct log_reader *l, struct rec_request *q, const char *path,
			const char *host)
{
	struct strbuf url = { 0 };
	if (strstr(path, "://"))	/* to a proxy */
		strbuf_puts(&url, path);
	else
		strbuf_printf(&url, "%s://%s%s", l->tls ? "https" : "http", host, path);
	q->url = record_text(l->r, strbuf_str(&url));
	strbuf_free(&url);
	struct rec_page *page = rec_page(l->r, l->page);
	if (page && !*page->url)
		page->url = q->url;
}

static void sent_head(struct log_reader *l, char *text)
{
	struct rec_request *q = rec_request(l->r, l->request);
	char *path = NULL, *rest = text;
	const char *host = NULL, *version = NULL;
	for (char *line; (line = strsep(&rest, "\n"));) {
		const char *value;
		if (!path && q)
			request_line(l, q, line, &path);
		else if ((value = header_value(line, "Host")))
			host = value;
		else if ((value = header_value(line, "User-Agent")))
			version = after(value, "curl/");
	}
	struct strbuf url = { 0 };
	if (version && !*l->r->browser) {
		strbuf_printf(&url, "curl %s", version);
		l->r->browser = record_text(l->r, strbuf_str(&url));
		strbuf_clear(&url);
	}
	if (path && host && q)
		request_url(l, q, path, host);
	strbuf_free(&url);
}
static void status_line(struct log_reader *l, struct rec_request *q, const char *version)
{
	static const struct { const char *version, *name; } names[] = {
		{ "1.0 ", "http/1.0" }, { "1.1 ", "http/1.1" }, { "2 ", "h2" }, { "3 ", "h3" },
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *p = after(version, names[i].version);
		int64_t status;
		if (!p || !take_number(&p, &status) || status > 999)
			continue;
		l->head_over = false;
		l->length = -1;
		l->chunked = false;
		q->protocol = names[i].name;
		q->status = (uint16_t)status;
		q->mime = q->location = q->hsts = "";
	}
}

static void received_head(struct log_reader *l, char *text)
{
	struct rec_request *q = rec_request(l->r, l->request);
	char *rest = text;
	if (!q)
		return;
	q->head = l->head_time;
	for (char *line; (line = strsep(&rest, "\n"));) {
		const char *value;
		if ((value = after(line, "HTTP/"))) {
			status_line(l, q, value);
		} else if (l->head_over) {
			continue;	/* trailers */
		} else if ((value = header_value(line, "Content-Type"))) {
			line[(size_t)(value - line) + strcspn(value, "; \t")] = 0;
			q->mime = record_text(l->r, value);
		} else if ((value = header_value(line, "Location"))) {
			q->location = record_text(l->r, value);
		} else if ((value = header_value(line, "Strict-Transport-Security"))) {
			q->hsts = record_text(l->r, value);
		} else if ((value = header_value(line, "Content-Length"))) {
			if (!take_number(&value, &l->length))
				l->length = -1;
		} else if ((value = header_value(line, "Transfer-Encoding"))) {
			l->chunked = true;
		}
	}
	if (strcmp(text, "") == 0)	/* the empty line */
		l->head_over = true;
	if (l->head_over && q->body < 0 && !l->chunked && q->status >= 200)
		q->body = 0;
}

static void frame_over(struct log_reader *l)
{
	char *text = l->text.s;
	if (text && l->text.len && l->frame == FRAME_SENT)
		sent_head(l, text);
	if (text && l->frame == FRAME_RECEIVED)
		received_head(l, text);
	strbuf_clear(&l->text);
	l->frame = FRAME_NONE;
}

/* "0040: text": a row of 64 characters, or up to the end of a line, which it leaves away. */
static void row(struct log_reader *l, const char *line)
{
	char *end;
	if (l->frame != FRAME_SENT && l->frame != FRAME_RECEIVED)
		return;
	if (!isxdigit((unsigned char)*line))
		return;
	unsigned long offset = strtoul(line, &end, 16);
	if (end[0] != ':' || end[1] != ' ')
		return;
	if (offset == l->row_end + 2)
		strbuf_putc(&l->text, '\n');
	strbuf_puts(&l->text, end + 2);
	l->row_end = offset + strlen(end + 2);
}

static void received_data(struct log_reader *l, const char *rest)
{
	struct rec_request *q = rec_request(l->r, l->request);
	int64_t n;
	if (!q || !take_number(&rest, &n))
		return;
	q->end = l->now;
	if (l->chunked || q->status < 200 || n > INT64_MAX / 4 - (q->body > 0 ? q->body : 0))
		return;			/* older ones count the chunks' heads too */
	q->body = (q->body > 0 ? q->body : 0) + n;
	if (l->length >= 0 && q->body > l->length)
		q->body = l->length;	/* newer ones show it unpacked */
}

/* "=> Send header, 118 bytes (0x76)" and so on. */
static void framed(struct log_reader *l, const char *rest)
{
	struct rec_request *q = rec_request(l->r, l->request);
	const char *p;
	if ((p = after(rest, "== Info: "))) {
		curl_info(l, p);
	} else if (after(rest, "=> Send header, ")) {
		l->frame = FRAME_SENT;
		l->row_end = 0;
		if (q && !q->sent) {
			q->sent = l->now;
			q->socket = l->socket;
		}
	} else if (after(rest, "<= Recv header, ")) {
		l->frame = FRAME_RECEIVED;
		l->row_end = 0;
		l->head_time = l->now;
	} else if ((p = after(rest, "<= Recv data, "))) {
		received_data(l, p);
	}
}

/* "curl: (6) Could not resolve host: x": its last words. */
static void last_words(struct log_reader *l, const char *text)
{
	struct rec_page *page = rec_page(l->r, l->page);
	struct rec_request *q = rec_request(l->r, l->request);
	const char *end = strchr(text, ')');
	if (l->over || *text != '(' || !end || end[1] != ' ' || !end[2])
		return;
	l->over = true;
	l->r->words = record_text(l->r, end + 2);
	if (page)
		page->error = l->r->words;
	if (q) {
		q->error = l->r->words;
		q->end = l->now;
	}
}

static void take_line(void *arg, const char *line)
{
	struct log_reader *l = arg;
	const char *rest = line_time(l, line);
	if (rest) {
		frame_over(l);
		if (!l->page)
			curl_first(l);
		framed(l, rest);
	} else if ((rest = after(line, "curl: "))) {
		frame_over(l);
		last_words(l, rest);
	} else {
		row(l, line);
	}
}

static struct log_reader *log_open(struct record *r)
{
	struct log_reader *l = xcalloc(1, sizeof *l);
	l->r = r;
	l->length = -1;
	l->alpn = "";
	l->text.cap = RECORD_TEXT;
	r->log = "curl";
	return l;
}

static void log_feed(struct log_reader *l, const char *bytes, size_t n)
{
	lines_feed(&l->lines, bytes, n, take_line, l);
}

static void log_end(struct log_reader *l)
{
	lines_end(&l->lines, take_line, l);
	frame_over(l);
	struct rec_request *q = rec_request(l->r, l->request);
	struct rec_page *page = rec_page(l->r, l->page);
	l->r->cut = l->r->cut || (!l->over && !l->done);	/* of several visits, one's */
	if (page && q && l->done && !*page->error)
		page->loaded = q->end;
}

static void log_free(struct log_reader *l)
{
	if (!l)
		return;
	lines_free(&l->lines);
	strbuf_free(&l->text);
	free(l);
}

const struct log_kind log_curl = {
	.name = "curl", .open = log_open, .feed = log_feed, .end = log_end, .free = log_free,
};
