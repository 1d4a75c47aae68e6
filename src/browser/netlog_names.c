/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log's own tables: its numbers change with each version, its names seldom. */
#include "browser/netlog.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct { const char *name; bool optional; } events[] = {
	{ "", true },
#define EVENT(name) { #name, false },
#define OTHER(name) { #name, true },
#include "browser/netlog_events.def"
#undef EVENT
#undef OTHER
};

static const struct { const char *name; uint8_t type; bool optional; } sources[] = {
	{ "URL_REQUEST", SRC_URL_REQUEST, false },
	{ "HTTP_STREAM_JOB_CONTROLLER", SRC_CONTROLLER, true },
	{ "HTTP_STREAM_JOB", SRC_STREAM_JOB, false },
	{ "HTTP_STREAM_POOL_GROUP", SRC_CONNECT_JOB, true },
	{ "HTTP_STREAM_POOL_JOB", SRC_STREAM_JOB, true },
	{ "HTTP_STREAM_POOL_ATTEMPT_MANAGER", SRC_CONNECT_JOB, true },
	{ "TCP_CONNECT_JOB", SRC_CONNECT_JOB, true },
	{ "TRANSPORT_CONNECT_JOB", SRC_CONNECT_JOB, true },
	{ "SSL_CONNECT_JOB", SRC_CONNECT_JOB, false },
	{ "SOCKS_CONNECT_JOB", SRC_CONNECT_JOB, true },
	{ "HTTP_PROXY_CONNECT_JOB", SRC_CONNECT_JOB, true },
	{ "TCP_STREAM_ATTEMPT", SRC_CONNECT_JOB, true },
	{ "TLS_STREAM_ATTEMPT", SRC_CONNECT_JOB, true },
	{ "QUIC_SESSION_POOL_DIRECT_JOB", SRC_QUIC_JOB, true },
	{ "QUIC_SESSION_POOL_PROXY_JOB", SRC_QUIC_JOB, true },
	{ "QUIC_STREAM_FACTORY_JOB", SRC_QUIC_JOB, true },
	{ "HTTP_STREAM_POOL_QUIC_ATTEMPT", SRC_QUIC_JOB, true },
	{ "HTTP2_SESSION", SRC_SESSION, false },
	{ "QUIC_SESSION", SRC_QUIC_SESSION, true },
	{ "SOCKET", SRC_SOCKET, false },
	{ "UDP_CLIENT_SOCKET", SRC_UDP_CLIENT, true },
	{ "UDP_SOCKET", SRC_UDP, true },
	{ "HOST_RESOLVER_IMPL_JOB", SRC_RESOLVER, false },
	{ "NETWORK_SERVICE_HOST_RESOLVER", SRC_LOOKUP, true },
	{ "DNS_TRANSACTION", SRC_DNS, true },
	{ "NONE", SRC_GLOBAL, true },
};

enum { SOURCE_NAMES = sizeof sources / sizeof *sources };

const char *netlog_str(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));
	return s ? s : "";
}

static bool number_of(const json_t *v, int64_t *n)
{
	if (json_is_integer(v)) {
		*n = json_integer_value(v);
		return true;
	}
	const char *s = json_string_value(v);
	if (!s || !*s)
		return false;
	char *end;
	*n = strtoll(s, &end, 10);
	return !*end;
}

int64_t netlog_num(const json_t *object, const char *key, int64_t otherwise)
{
	int64_t n;
	return number_of(json_object_get(object, key), &n) ? n : otherwise;
}

bool netlog_is(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

void netlog_missing(struct record *r, const char *name)
{
	struct strbuf b = { .cap = RECORD_TEXT };
	strbuf_printf(&b, "%s%s%s", r->missing, *r->missing ? "," : "", name);
	r->missing = record_text(r, strbuf_str(&b));
	strbuf_free(&b);
}

static const json_t *table(struct log_reader *l, json_t *constants, const char *name)
{
	const json_t *t = json_object_get(constants, name);
	if (!json_is_object(t)) {
		netlog_missing(l->r, name);
		return NULL;
	}
	return t;
}

static void read_types(struct log_reader *l, json_t *constants)
{
	struct netlog_names *n = &l->names;
	const json_t *t = table(l, constants, "logEventTypes");
	for (uint8_t i = 1; t && i < EV_COUNT; i++) {
		int64_t number = netlog_num(t, events[i].name, -1);
		if (number >= 0 && number < NETLOG_TYPES)
			n->event[number] = i;
		else if (!events[i].optional)
			netlog_missing(l->r, events[i].name);
	}
	t = table(l, constants, "logSourceType");
	for (size_t i = 0; t && i < SOURCE_NAMES; i++) {
		int64_t number = netlog_num(t, sources[i].name, -1);
		if (number >= 0 && number < NETLOG_SOURCE_TYPES)
			n->source[number] = sources[i].type;
		else if (!sources[i].optional)
			netlog_missing(l->r, sources[i].name);
	}
}

static void read_client(struct log_reader *l, json_t *constants)
{
	const json_t *client = json_object_get(constants, "clientInfo");
	const char *name = netlog_str(client, "name"), *version = netlog_str(client, "version");
	struct strbuf b = { .cap = RECORD_TEXT };
	strbuf_printf(&b, "%s%s%s", name, *name && *version ? " " : "", version);
	if (b.len)
		l->r->browser = netlog_text(l, strbuf_str(&b));
	strbuf_free(&b);
}

void netlog_names_read(struct log_reader *l, json_t *constants)
{
	struct netlog_names *n = &l->names;
	read_client(l, constants);
	if (netlog_num(constants, "logFormatVersion", 0) != 1)
		netlog_missing(l->r, "logFormatVersion");
	read_types(l, constants);
	const json_t *t = table(l, constants, "logEventPhase");
	n->begin = netlog_num(t, "PHASE_BEGIN", 1);
	n->end = netlog_num(t, "PHASE_END", 2);
	n->offset = netlog_num(constants, "timeTickOffset", -1);
	if (n->offset < 0) {
		netlog_missing(l->r, "timeTickOffset");
		n->offset = 0;
	}
	n->errors = json_incref(json_object_get(constants, "netError"));
	if (!n->errors)
		netlog_missing(l->r, "netError");
	n->quic_errors = json_incref(json_object_get(constants, "quicError"));
	t = json_object_get(constants, "loadFlag");
	n->main_frame = netlog_num(t, "MAIN_FRAME_DEPRECATED", netlog_num(t, "MAIN_FRAME", 0));
	n->prefetch = netlog_num(t, "PREFETCH", 0);
	t = json_object_get(constants, "secureDnsMode");
	n->secure_off = netlog_num(t, "Off", 0);
	n->secure_on = netlog_num(t, "Secure", 2);
	n->known = true;
}

void netlog_names_free(struct netlog_names *n)
{
	json_decref(n->errors);
	json_decref(n->quic_errors);
}

const char *netlog_error(struct log_reader *l, json_t *names, int64_t code)
{
	const char *name;
	json_t *value;
	if (!code)
		return "";
	json_object_foreach(names, name, value) {
		if (json_is_integer(value) && json_integer_value(value) == code)
			return netlog_text(l, name);
	}
	char number[24];
	snprintf(number, sizeof number, "%" PRId64, code);
	return netlog_text(l, number);
}

const char *netlog_net_error(struct log_reader *l, const json_t *params)
{
	return netlog_error(l, l->names.errors, netlog_num(params, "net_error", 0));
}

static int64_t time_of(const struct log_reader *l, const json_t *object)
{
	int64_t ms = netlog_num(object, "time", -1), most = INT64_MAX / 1000000 / 2;
	if (ms < 0 || ms > most || l->names.offset > most)
		return 0;
	return (ms + l->names.offset) * 1000000;
}

static enum netlog_source_type source_of(const struct log_reader *l, const json_t *o, uint32_t *id)
{
	int64_t n = netlog_num(o, "id", 0), type = netlog_num(o, "type", -1);
	*id = n > 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
	if (!*id || type < 0 || type >= NETLOG_SOURCE_TYPES)
		return SRC_IGNORED;
	return l->names.source[type];
}

bool netlog_event_read(const struct log_reader *l, json_t *object, struct netlog_event *e)
{
	int64_t type = netlog_num(object, "type", -1), phase = netlog_num(object, "phase", 0);
	*e = (struct netlog_event){ .time = time_of(l, object) };
	if (type >= 0 && type < NETLOG_TYPES)
		e->type = l->names.event[type];
	e->phase = phase == l->names.begin ? PHASE_BEGIN :
		   phase == l->names.end ? PHASE_END : PHASE_POINT;
	e->source_type = source_of(l, json_object_get(object, "source"), &e->id);
	e->params = json_object_get(object, "params");
	const json_t *dep = json_object_get(e->params, "source_dependency");
	e->dep_type = source_of(l, dep, &e->dep);
	return e->source_type != SRC_IGNORED;
}
