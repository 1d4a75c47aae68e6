/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who has which address, as the answers of the DNS in the capture tell: for the Name Resolution
 * Blocks (draft-ietf-opsawg-pcapng section 4.5). An address gets the name that was asked for and,
 * behind aliases, the name that it stands under.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "export/annotate_own.h"

enum { NAMES_MOST = 1 << 16, NAME_MOST = 255, OF_ADDRESS = 64 };
enum { TYPE_A = 1, TYPE_AAAA = 28 };
enum { NRB_END = 0, NRB_IPV4 = 1, NRB_IPV6 = 2 };

/* Numbers of strings of the session. `order`: which was told first. */
struct pair { uint32_t address, name, order; };

struct names {
	const struct session *s;
	struct pair *list;	/* owned; by address, then by name's text; no two are the same */
	size_t n, room;
};

/* Only what a host's name may be made of: others would read it in places where anything goes. */
static bool is_host(const char *s, size_t n)
{
	bool good = n && n <= NAME_MOST;
	for (size_t i = 0; i < n; i++)
		good = good && ((s[i] >= '0' && s[i] <= '9') || s[i] == '-'
			|| s[i] == '.' || s[i] == '_' || ((s[i] | 0x20) >= 'a' && (s[i] | 0x20) <= 'z'));
	return good;
}

static void add(struct names *l, uint32_t address, uint32_t name)
{
	size_t n;
	const char *text = session_string(l->s, name, &n);
	if (!is_host(text, n) || l->n == NAMES_MOST)
		return;
	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 64;
		l->list = xrealloc(l->list, l->room * sizeof *l->list);
	}
	l->list[l->n] = (struct pair){ .address = address, .name = name, .order = (uint32_t)l->n };
	l->n++;
}

static int by_address(const struct session *s, const struct pair *a, const void *address, size_t n)
{
	size_t own;
	const char *bytes = session_string(s, a->address, &own);
	return own != n ? (own < n ? -1 : 1) : memcmp(bytes, address, n);
}

static int by_all(const void *a, const void *b, void *session)
{
	const struct session *s = session;
	const struct pair *x = a, *y = b;
	size_t n;
	const char *address = session_string(s, y->address, &n);
	int order = by_address(s, x, address, n);
	if (!order)
		order = strcmp(session_string(s, x->name, NULL), session_string(s, y->name, NULL));
	return order ? order : (x->order > y->order) - (x->order < y->order);
}

static void once(struct names *l)
{
	size_t to = 0;
	if (!l->n)
		return;
	qsort_r(l->list, l->n, sizeof *l->list, by_all, (void *)(uintptr_t)l->s);
	for (size_t i = 1; i < l->n; i++)
		if (l->list[i].address != l->list[to].address || l->list[i].name != l->list[to].name)
			l->list[++to] = l->list[i];
	l->n = to + 1;
}

struct names *names_of(const struct session *s)
{
	struct names *l = xcalloc(1, sizeof *l);
	const struct event *e, *answer = NULL;
	l->s = s;
	for (size_t i = 0; (e = chunks_at(&s->events, i)); i++) {
		if (e->kind == EV_DNS_RESPONSE)
			answer = e;
		if (e->kind != EV_DNS_RECORD || (e->c != TYPE_A && e->c != TYPE_AAAA))
			continue;
		if (answer && answer->frame == e->frame && answer->flow == e->flow)
			add(l, e->b, answer->a);
		add(l, e->b, e->a);
	}
	once(l);
	return l;
}

void names_free(struct names *l)
{
	if (!l)
		return;
	free(l->list);
	free(l);
}

static int by_order(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	return (x->order > y->order) - (x->order < y->order);
}

void names_write(const struct names *l, struct writer *to)
{
	for (size_t i = 0, end; i < l->n; i = end) {
		struct pair of[OF_ADDRESS];
		const char *texts[OF_ADDRESS];
		struct write_name name = { .names = texts };
		for (end = i; end < l->n && end - i < OF_ADDRESS
			&& l->list[end].address == l->list[i].address; end++)
			of[name.n_names++] = l->list[end];
		/* who reads it takes the first: what was asked for */
		qsort(of, name.n_names, sizeof *of, by_order);
		for (size_t k = 0; k < name.n_names; k++)
			texts[k] = session_string(l->s, of[k].name, NULL);
		name.address = session_string(l->s, l->list[i].address, &name.len);
		writer_names(to, &name, 1);
	}
}

static bool have(const struct names *l, const uint8_t *address, size_t n, const char *name)
{
	size_t low = 0, high = l->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct pair *p = &l->list[middle];
		int order = by_address(l->s, p, address, n);
		if (!order)
			order = strcmp(session_string(l->s, p->name, NULL), name);
		if (!order)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

bool names_have(const struct names *l, const uint8_t *block, size_t size, bool swapped)
{
	const uint8_t *p = block + 8;
	size_t n = size - 12;
	struct block_option r;		/* records are built as options are */
	while (blocks_option(&p, &n, swapped, &r)) {
		size_t address = r.code == NRB_IPV4 ? 4 : r.code == NRB_IPV6 ? 16 : 0;
		if (!address || r.len <= address || r.value[r.len - 1])
			return false;
		for (const uint8_t *name = r.value + address; name < r.value + r.len;) {
			if (!have(l, r.value, address, (const char *)name))
				return false;
			name += strlen((const char *)name) + 1;
		}
	}
	/* behind the last record: its end, and no options */
	return n <= 4;
}
