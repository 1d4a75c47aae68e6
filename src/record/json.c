/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json: the record as JSON. One table a struct says what stands where: writer and reader follow it. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "fmt/i18n.h"
#include "record/shape.h"

#define TEXT(type, name) { #name, M_TEXT, offsetof(struct type, name) }
#define BOOL(type, name) { #name, M_BOOL, offsetof(struct type, name) }
#define U16(type, name) { #name, M_U16, offsetof(struct type, name) }
#define U32(type, name) { #name, M_U32, offsetof(struct type, name) }
#define U64(type, name) { #name, M_U64, offsetof(struct type, name) }
#define I64(type, name) { #name, M_I64, offsetof(struct type, name) }
#define SIZE(type, name) { #name, M_SIZE, offsetof(struct type, name) }
#define END { NULL, M_TEXT, 0 }

static const struct member record_members[] = {
	TEXT(record, url), TEXT(record, place), TEXT(record, iface), TEXT(record, browser),
	TEXT(record, log), TEXT(record, resolver), TEXT(record, relay), TEXT(record, doh),
	BOOL(record, quic), TEXT(record, missing), BOOL(record, cut), TEXT(record, words),
	U64(record, left_out), END
};

static const struct member page_members[] = {
	TEXT(rec_page, url), I64(rec_page, start), I64(rec_page, loaded), TEXT(rec_page, error), END
};

static const struct member request_members[] = {
	U32(rec_request, page), TEXT(rec_request, kind), TEXT(rec_request, method),
	TEXT(rec_request, url), TEXT(rec_request, protocol), U32(rec_request, from),
	TEXT(rec_request, upgraded), U32(rec_request, socket), U64(rec_request, stream),
	I64(rec_request, start), I64(rec_request, sent), I64(rec_request, head),
	I64(rec_request, end), U16(rec_request, status), TEXT(rec_request, mime),
	TEXT(rec_request, location), TEXT(rec_request, hsts), TEXT(rec_request, cache),
	SIZE(rec_request, body), TEXT(rec_request, error), END
};

static const struct member socket_members[] = {
	TEXT(rec_socket, transport), TEXT(rec_socket, local), TEXT(rec_socket, remote),
	I64(rec_socket, start), I64(rec_socket, connected), TEXT(rec_socket, alpn),
	TEXT(rec_socket, error), END
};

static const struct member lookup_members[] = {
	U32(rec_lookup, page), TEXT(rec_lookup, host), I64(rec_lookup, start), I64(rec_lookup, end),
	TEXT(rec_lookup, how), TEXT(rec_lookup, addresses), TEXT(rec_lookup, aliases),
	BOOL(rec_lookup, secure), TEXT(rec_lookup, error), END
};

static const struct member hsts_members[] = {
	U32(rec_hsts, page), TEXT(rec_hsts, host), I64(rec_hsts, time), BOOL(rec_hsts, listed),
	BOOL(rec_hsts, upgraded), TEXT(rec_hsts, how), END
};

static const struct member route_members[] = {
	TEXT(rec_route, to), TEXT(rec_route, gateway), TEXT(rec_route, iface),
	TEXT(rec_route, source), I64(rec_route, time), END
};

static const struct member neighbour_members[] = {
	TEXT(rec_neighbour, address), TEXT(rec_neighbour, mac), TEXT(rec_neighbour, iface),
	TEXT(rec_neighbour, state), BOOL(rec_neighbour, after), I64(rec_neighbour, time), END
};

static const struct member hosts_members[] = {
	TEXT(rec_hosts, host), TEXT(rec_hosts, order), TEXT(rec_hosts, file), U32(rec_hosts, line),
	TEXT(rec_hosts, text), TEXT(rec_hosts, addresses), I64(rec_hosts, time), END
};

const struct shape record_shape = { .size = sizeof(struct record), .members = record_members };

const struct shape item_shapes[REC_KINDS] = {
	[REC_PAGE] = { "pages", sizeof(struct rec_page), page_members },
	[REC_REQUEST] = { "requests", sizeof(struct rec_request), request_members },
	[REC_SOCKET] = { "sockets", sizeof(struct rec_socket), socket_members },
	[REC_LOOKUP] = { "lookups", sizeof(struct rec_lookup), lookup_members },
	[REC_HSTS] = { "hsts", sizeof(struct rec_hsts), hsts_members },
	[REC_ROUTE] = { "routes", sizeof(struct rec_route), route_members },
	[REC_NEIGHBOUR] = { "neighbours", sizeof(struct rec_neighbour), neighbour_members },
	[REC_HOSTS] = { "hosts", sizeof(struct rec_hosts), hosts_members },
};

void shape_empty(const struct shape *s, void *item)
{
	for (const struct member *m = s->members; m->key; m++) {
		void *at = (char *)item + m->at;
		if (m->kind == M_TEXT)
			*(const char **)at = "";
		else if (m->kind == M_SIZE)
			*(int64_t *)at = -1;
	}
}

/* ---- writing ---- */

static json_t *value_of(const struct member *m, const void *item)
{
	const void *at = (const char *)item + m->at;
	switch (m->kind) {
	case M_TEXT: {
		const char *s = *(const char *const *)at;
		/* jansson refuses what is no UTF-8 */
		json_t *text = *s ? json_string(s) : NULL;
		return text || !*s ? text : json_string("?");
	}
	case M_BOOL: return *(const bool *)at ? json_true() : NULL;
	case M_U16: return *(const uint16_t *)at ? json_integer(*(const uint16_t *)at) : NULL;
	case M_U32: return *(const uint32_t *)at ? json_integer(*(const uint32_t *)at) : NULL;
	case M_U64: {
		uint64_t n = *(const uint64_t *)at;
		return n ? json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n) : NULL;
	}
	case M_I64: return *(const int64_t *)at ? json_integer(*(const int64_t *)at) : NULL;
	case M_SIZE: return *(const int64_t *)at >= 0 ? json_integer(*(const int64_t *)at) : NULL;
	}
	return NULL;
}

static json_t *object_of(const struct shape *s, const void *item)
{
	json_t *o = json_object();
	for (const struct member *m = s->members; m->key; m++) {
		json_t *v = value_of(m, item);
		if (v)
			json_object_set_new(o, m->key, v);
	}
	return o;
}

char *record_to_json(const struct record *r)
{
	json_t *o = object_of(&record_shape, r);
	json_object_set_new(o, "version", json_integer(RECORD_VERSION));
	for (int k = 0; k < REC_KINDS; k++) {
		json_t *list = r->list[k].n ? json_array() : NULL;
		for (uint32_t n = 1; n <= r->list[k].n; n++)
			json_array_append_new(list, object_of(&item_shapes[k],
				record_at(r, (enum rec_kind)k, n)));
		if (list)
			json_object_set_new(o, item_shapes[k].key, list);
	}
	char *text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(o);
	if (!text)
		err_no_memory();
	return text;
}

/* ---- reading ---- */

static void take_value(struct record *r, const struct member *m, void *item, const json_t *v)
{
	void *at = (char *)item + m->at;
	json_int_t n = json_integer_value(v);
	if (m->kind == M_TEXT) {
		if (json_is_string(v))
			*(const char **)at = record_text(r, json_string_value(v));
		return;
	}
	if (m->kind == M_BOOL) {
		if (json_is_boolean(v))
			*(bool *)at = json_is_true(v);
		return;
	}
	/* times: until 2116, so that sums of them hold */
	if (!json_is_integer(v) || n < 0 || (m->kind == M_I64 && n > INT64_MAX / 2))
		return;
	switch (m->kind) {
	case M_U16:
		if (n <= UINT16_MAX)
			*(uint16_t *)at = (uint16_t)n;
		break;
	case M_U32:
		if (n <= UINT32_MAX)
			*(uint32_t *)at = (uint32_t)n;
		break;
	case M_U64:
		*(uint64_t *)at = (uint64_t)n;
		break;
	default:
		*(int64_t *)at = n;
		break;
	}
}

static void take_object(struct record *r, const struct shape *s, void *item, const json_t *o)
{
	for (const struct member *m = s->members; m->key; m++) {
		const json_t *v = json_object_get(o, m->key);
		if (v)
			take_value(r, m, item, v);
	}
}

/*
 * A value takes fifty times its bytes and more in memory: they are counted before anything is made of
 * them. Brackets and commas inside of strings are text.
 */
static bool too_many(const char *s, size_t n)
{
	size_t values = 0;
	bool text = false;
	for (size_t i = 0; i < n; i++) {
		if (text && s[i] == '\\')
			i++;
		else if (s[i] == '"')
			text = !text;
		else if (!text)
			values += s[i] == ',' || s[i] == '{' || s[i] == '[';
	}
	return values > RECORD_VALUES;
}

bool record_from_json(struct record *r, const char *text, size_t n, struct err *err)
{
	json_error_t why;
	if (n > RECORD_JSON) {
		err_set(err, _("it has more than %u MiB"), (unsigned)(RECORD_JSON >> 20));
		return false;
	}
	if (too_many(text, n)) {
		err_set(err, _("it has more than %u values"), (unsigned)RECORD_VALUES);
		return false;
	}
	json_t *o = json_loadb(text, n, JSON_REJECT_DUPLICATES, &why);
	if (!json_is_object(o)) {
		err_set(err, _("it is not JSON as it should be (line %d)"), o ? 1 : why.line);
		json_decref(o);
		return false;
	}
	const json_t *version = json_object_get(o, "version");
	if (version && json_integer_value(version) != RECORD_VERSION) {
		err_set(err, _("its version %lld is not known to this program"),
			(long long)json_integer_value(version));
		json_decref(o);
		return false;
	}
	take_object(r, &record_shape, r, o);
	for (int k = 0; k < REC_KINDS; k++) {
		const json_t *list = json_object_get(o, item_shapes[k].key), *each;
		size_t i;
		json_array_foreach((json_t *)list, i, each) {
			void *item = json_is_object(each) ? record_add(r, (enum rec_kind)k, NULL) : NULL;
			if (item)
				take_object(r, &item_shapes[k], item, each);
		}
	}
	json_decref(o);
	return true;
}
