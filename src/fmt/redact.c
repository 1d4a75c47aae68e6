/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fmt/redact.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "fmt/text.h"

static const char *const secret_fields[] = {
	"http.authbasic", "http.authorization", "http.cookie", "http.cookie_pair",
	"http.proxy_authorization", "http.set_cookie",
};

static const char *const payload_fields[] = {
	"data.data", "http.file_data", "tcp.payload", "tcp.reassembled.data", "tcp.segment_data",
	"udp.payload",
};

/* Parts of the names of query parameters that carry secrets. */
static const char *const secret_names[] = {
	"auth", "code", "cred", "jwt", "key", "otp", "pass", "pwd", "saml", "secret", "session",
	"sid", "sig", "ticket", "token",
};

static bool listed(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i], name))
			return true;
	return false;
}

static bool is_secret(const struct field *f)
{
	return listed(secret_fields, sizeof secret_fields / sizeof *secret_fields, f->name);
}

bool redact_item(const struct dissect *d, const struct item *it)
{
	enum ftype type = it->field->type;
	if (type != F_TEXT && type != F_BYTES)
		return false;
	if (is_secret(it->field) ||
	    listed(payload_fields, sizeof payload_fields / sizeof *payload_fields, it->field->name))
		return true;
	for (uint32_t i = 0; i < d->n_items; i++) {
		const struct item *o = &d->items[i];
		if (o->buffer == it->buffer && o->off < it->off + it->len &&
		    it->off < o->off + o->len && is_secret(o->field))
			return true;
	}
	return false;
}

void redact_length(struct strbuf *to, size_t n)
{
	strbuf_printf(to, n == 1 ? "[%zu byte]" : "[%zu bytes]", n);
}

static bool secret_name(const char *s, size_t n)
{
	for (size_t k = 0; k < sizeof secret_names / sizeof *secret_names; k++) {
		size_t len = strlen(secret_names[k]);
		for (size_t i = 0; i + len <= n; i++)
			if (!strncasecmp(s + i, secret_names[k], len))
				return true;
	}
	return false;
}

/* Long, with letters and digits: what a random number looks like when it is written down. */
static bool token_like(const char *s, size_t n)
{
	size_t letters = 0, digits = 0;
	for (size_t i = 0; i < n; i++) {
		letters += isalpha((unsigned char)s[i]) != 0;
		digits += isdigit((unsigned char)s[i]) != 0;
	}
	return n >= 20 && letters && digits && letters + digits >= n * 3 / 4;
}

/* The length of the value at s: up to the next parameter, or the end of the URL. */
static size_t value_length(const char *s, size_t n)
{
	size_t i = 0;
	while (i < n && (unsigned char)s[i] > ' ' && !strchr("&;#\"'<>", s[i]))
		i++;
	return i;
}

/* "user:password@" behind "://": the length with the "@"; 0 when there is none. */
static size_t userinfo_length(const char *s, size_t n)
{
	for (size_t i = 0; i < n && (unsigned char)s[i] > ' ' && !strchr("/?#", s[i]); i++)
		if (s[i] == '@')
			return i + 1;
	return 0;
}

/* "name=value" at s: hides the value if it is secret; returns how far it looked. */
static size_t parameter(struct strbuf *to, const char *s, size_t n)
{
	size_t eq = 0;
	while (eq < n && (unsigned char)s[eq] > ' ' && !strchr("=&;#?/", s[eq]))
		eq++;
	if (eq == n || s[eq] != '=') {
		strbuf_add(to, s, eq);
		return eq;
	}
	size_t len = value_length(s + eq + 1, n - eq - 1);
	bool secret = len && (secret_name(s, eq) || token_like(s + eq + 1, len));
	strbuf_add(to, s, eq + 1);
	if (!secret)
		return eq + 1;
	redact_length(to, len);
	return eq + 1 + len;
}

/* "X-Api-Key: value" at the beginning: as for a parameter. 0 when it is no such line. */
static size_t header_line(struct strbuf *to, const char *s, size_t n)
{
	size_t colon = 0;
	while (colon < n && (isalnum((unsigned char)s[colon]) || s[colon] == '-'))
		colon++;
	if (!colon || n - colon < 3 || s[colon] != ':' || s[colon + 1] != ' ' ||
	    !secret_name(s, colon))
		return 0;
	size_t end = colon + 2;
	while (end < n && s[end] != '\r' && s[end] != '\n')
		end++;
	strbuf_add(to, s, colon + 2);
	redact_length(to, end - colon - 2);
	return end;
}

void redact_text(struct strbuf *to, const char *s, size_t n)
{
	size_t i = header_line(to, s, n);
	if (!i)
		i = parameter(to, s, n);	/* a query by itself */
	while (i < n) {
		strbuf_putc(to, s[i]);
		char c = s[i++];
		if (c == '?' || c == '&' || c == ';' || c == '#') {
			i += parameter(to, s + i, n - i);
		} else if (c == '/' && i >= 3 && s[i - 2] == '/' && s[i - 3] == ':') {
			size_t len = userinfo_length(s + i, n - i);
			if (len)
				redact_length(to, len - 1);
			i += len ? len - 1 : 0;
		}
	}
}

void redact_shown(struct strbuf *to, const char *s, bool redact)
{
	struct strbuf clean = {0};
	if (!redact) {
		text_escape_str(to, s);
		return;
	}
	redact_text(&clean, s, strlen(s));
	text_escape(to, strbuf_str(&clean), clean.len);
	strbuf_free(&clean);
}
