/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which page a request or a lookup belongs to: the log tells the site of the frame on top (its
 * network isolation key), and the latest page of that site is meant.
 */
#include "browser/netlog.h"

#include <string.h>

void netlog_page_key_add(struct log_reader *l, uint32_t page, uint32_t key, uint32_t leg)
{
	if (!page || !key || l->n_page_keys == RECORD_ITEMS)
		return;
	if (l->n_page_keys == l->page_keys_room) {
		l->page_keys_room = l->page_keys_room ? 2 * l->page_keys_room : 8;
		l->page_keys = xrealloc(l->page_keys, l->page_keys_room * sizeof *l->page_keys);
	}
	l->page_keys[l->n_page_keys++] = (struct netlog_page_key){ key, page, leg };
}

uint32_t netlog_page_of_key(const struct log_reader *l, uint32_t key)
{
	for (uint32_t i = l->n_page_keys; key && i-- && l->n_page_keys - i < NETLOG_LOOK_BACK;) {
		if (l->page_keys[i].key == key)
			return l->page_keys[i].page;
	}
	return 0;
}

/* The page has just come: what asks now may still be the page before it. */
static bool page_young(const struct log_reader *l, const struct netlog_page_key *k, int64_t time)
{
	const struct rec_request *q = rec_request(l->r, k->leg);
	return q && !*q->cache && (!q->head || time - q->head < NETLOG_YOUNG_MS * (int64_t)1000000);
}

static bool page_has_frame(const struct log_reader *l, uint32_t page, uint32_t host)
{
	uint32_t n = record_count(l->r, REC_REQUEST);
	for (uint32_t i = n; i && n - i < NETLOG_LOOK_BACK; i--) {
		const struct rec_request *q = rec_request(l->r, i);
		if (q->page == page && !strcmp(q->kind, "frame") &&
		    netlog_side(&l->requests, i).host == host)
			return true;
	}
	return false;
}

uint32_t netlog_page_of_part(const struct log_reader *l, uint32_t key, uint32_t from, int64_t time)
{
	uint32_t page = netlog_page_of_key(l, key);
	for (uint32_t i = l->n_page_keys; page && i && l->n_page_keys - i < NETLOG_LOOK_BACK; i--) {
		const struct netlog_page_key *k = &l->page_keys[i - 1];
		bool wants = netlog_side(&l->requests, k->leg).host == from;
		if (k->key != key)
			continue;
		if (wants)
			return k->page;
		if (k->page == page && (!page_young(l, k, time) || page_has_frame(l, page, from)))
			return page;
	}
	return page;
}

int64_t netlog_page_asking(const struct log_reader *l, uint32_t key, uint32_t host)
{
	uint32_t n = record_count(l->r, REC_REQUEST);
	for (uint32_t i = n; i && n - i < NETLOG_LOOK_BACK; i--) {
		const struct rec_request *q = rec_request(l->r, i);
		struct netlog_side side = netlog_side(&l->requests, i);
		if (!q->end && side.host == host && side.key == key)
			return q->page;
	}
	return -1;
}

void netlog_side_set(struct netlog_sides *sides, uint32_t number, uint32_t key, uint32_t host)
{
	if (!number)
		return;
	if (number > sides->room) {
		uint32_t room = number < 8 ? 8 : 2 * number;
		sides->at = xrealloc(sides->at, room * sizeof *sides->at);
		memset(sides->at + sides->room, 0, (room - sides->room) * sizeof *sides->at);
		sides->room = room;
	}
	if (number > sides->n)
		sides->n = number;
	sides->at[number - 1] = (struct netlog_side){ key, host };
}

struct netlog_side netlog_side(const struct netlog_sides *sides, uint32_t number)
{
	if (!number || number > sides->n)
		return (struct netlog_side){ 0, 0 };
	return sides->at[number - 1];
}

const char *netlog_text(struct log_reader *l, const char *s)
{
	uint32_t id = intern_bytes(l->texts, s, strlen(s));
	if (!id)
		return "";
	if (id >= l->kept_room) {
		uint32_t room = id < 512 ? 1024 : 2 * id;
		l->kept = xrealloc(l->kept, room * sizeof *l->kept);
		memset(l->kept + l->kept_room, 0, (room - l->kept_room) * sizeof *l->kept);
		l->kept_room = room;
	}
	if (!l->kept[id])
		l->kept[id] = record_text(l->r, s);
	return l->kept[id];
}

uint32_t netlog_site(struct log_reader *l, const char *key)
{
	size_t n = strcspn(key, " >");
	if (!n || !strncmp(key, "null", n))
		return 0;
	return intern_bytes(l->texts, key, n);
}

/* Also "www.lab.test:443" and "[2001:db8::1]:80", which older logs have. */
uint32_t netlog_url_host(struct log_reader *l, const char *url)
{
	const char *scheme = strstr(url, "://");
	if (scheme)
		url = scheme + 3;
	size_t n = strcspn(url, "/?# ");
	for (const char *at; (at = memchr(url, '@', n)) != NULL;) {
		n -= (size_t)(at + 1 - url);
		url = at + 1;
	}
	if (*url == '[') {
		const char *close = memchr(url, ']', n);
		return close ? intern_bytes(l->texts, url + 1, (size_t)(close - url - 1)) : 0;
	}
	const char *colon = memchr(url, ':', n);
	return intern_bytes(l->texts, url, colon ? (size_t)(colon - url) : n);
}
