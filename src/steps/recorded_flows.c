/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recorded_flows: the connections of the browser's log are tied to those of the packets by their ports;
 * and the log's clock to the capture's.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "record/record.h"
#include "steps/own.h"

struct place { uint32_t address; uint16_t port; };

/* "192.0.2.1:80", "[2001:db8::1]:443"; ":80" where only the port is known */
static struct place place_of(struct steps *st, const char *s)
{
	struct place p = { 0 };
	unsigned char bytes[16];
	char host[INET6_ADDRSTRLEN];
	const char *colon = strrchr(s, ':');
	bool six = *s == '[';
	if (!colon || (six && (colon == s + 1 || colon[-1] != ']')))
		return p;
	size_t n = (size_t)(colon - s) - (six ? 2 : 0);
	if (n >= sizeof host)
		return p;
	memcpy(host, six ? s + 1 : s, n);
	host[n] = '\0';
	p.port = (uint16_t)strtoul(colon + 1, NULL, 10);
	if (inet_pton(six ? AF_INET6 : AF_INET, host, bytes) != 1)
		return p;
	p.address = intern_bytes(st->s->strings, (const char *)bytes, six ? 16 : 4);
	return p;
}

struct sockets {	/* those of the log, to be found by their ports */
	struct map pairs, ports, remotes;
};

static uint64_t port_key(struct sockets *k, uint32_t a, uint32_t b, uint16_t pa, uint16_t pb, bool add)
{
	uint64_t pair = map_pair(a, b);
	uint32_t n = map_get(&k->pairs, pair);
	if (!n && add) {
		n = (uint32_t)k->pairs.count + 1;
		map_put(&k->pairs, pair, n);
	}
	return n ? map_pair(n, (uint32_t)pa << 16 | pb) : 0;
}

static void list_sockets(struct steps *st, struct sockets *k)
{
	const struct record *r = st->s->record;
	for (uint32_t i = record_count(r, REC_SOCKET); i; i--) {
		const struct rec_socket *s = rec_socket(r, i);
		struct place local = place_of(st, s->local), remote = place_of(st, s->remote);
		if (!remote.address)
			continue;
		if (local.address)
			map_put(&st->own, local.address, 1);
		if (local.port)
			map_put(&k->ports, port_key(k, local.address, remote.address, local.port,
				remote.port, true), i);
		else	/* a log that tells the far end only: the first connection to it */
			map_put(&k->remotes, map_pair(remote.address, remote.port), i);
	}
}

static void tie_flows(struct steps *st)
{
	struct sockets k = { 0 };
	list_sockets(st, &k);
	for (uint32_t i = 1; i <= st->tracks.count; i++) {
		const struct track *t = track_number(st, i);
		const struct conn *c = session_conn(st->s, t->flow);
		uint8_t me = c->client & 1;
		uint64_t key = port_key(&k, c->addr[me], c->addr[!me], c->port[me], c->port[!me], false);
		uint32_t n = key ? map_get(&k.ports, key) : 0;
		if (!n && (key = port_key(&k, 0, c->addr[!me], c->port[me], c->port[!me], false)) != 0)
			n = map_get(&k.ports, key);
		uint64_t far = map_pair(c->addr[!me], c->port[!me]);
		if (!n && (n = map_get(&k.remotes, far)) != 0)
			map_put(&k.remotes, far, 0);
		if (!n || map_get(&st->flow_of_socket, n))
			continue;
		map_put(&st->flow_of_socket, n, t->flow + 1);
		map_put(&st->socket_of_flow, t->flow + 1, n);
	}
	map_free(&k.pairs);
	map_free(&k.ports);
	map_free(&k.remotes);
}

/*
 * curl takes the seconds of its trace from one clock and their fractions from another: all its times are
 * off by the same part of a second. Its first connection tells by how much.
 */
static void measure_skew(struct steps *st)
{
	const struct record *r = st->s->record;
	st->skew = 0;
	for (uint32_t i = 1; i <= record_count(r, REC_SOCKET) && !strcmp(r->log, "curl"); i++) {
		uint32_t flow = map_get(&st->flow_of_socket, i);
		const struct track *t = flow ? track_at(st, flow - 1) : NULL;
		int64_t connected = rec_socket(r, i)->connected;
		if (t && t->established && connected) {
			int64_t behind;
			bool far = __builtin_sub_overflow(time_of(st, t->established), connected, &behind);
			st->skew = far || behind > RECORDED_APART || behind < -RECORDED_APART ? 0 : behind;
			return;
		}
	}
}

void recorded_tie_flows(struct steps *st)
{
	tie_flows(st);
	measure_skew(st);
}

/* Did the pages of the log go on while the capture did? Another visit's log does not count. */
bool recorded_same_time(const struct steps *st)
{
	const struct record *r = st->s->record;
	int64_t first = INT64_MAX, last = 0;
	for (uint32_t i = 1; i <= record_count(r, REC_PAGE); i++) {
		const struct rec_page *p = rec_page(r, i);
		first = p->start && p->start < first ? p->start : first;
		last = p->start > last ? p->start : last;
		last = p->loaded > last ? p->loaded : last;
	}
	for (uint32_t i = 1; i <= record_count(r, REC_REQUEST); i++) {
		const struct rec_request *q = rec_request(r, i);
		last = q->start > last ? q->start : last;
		last = q->end > last ? q->end : last;
	}
	return !last || !st->frames ||
		(first - RECORDED_APART <= st->last_time && last + RECORDED_APART >= st->first_time);
}

static bool is_loopback(const struct steps *st, uint32_t address)
{
	static const uint8_t six[16] = { [15] = 1 };
	size_t n;
	const char *bytes = session_string(st->s, address, &n);
	return (n == 4 && bytes[0] == 127) || (n == 16 && !memcmp(bytes, six, 16));
}

/* A name server on loopback is asked from there. */
bool recorded_own(const struct steps *st, uint32_t client)
{
	const struct client *c = client_at(st, client);
	return !c || !st->own.count || map_get(&st->own, c->address) ||
		(c->ipv4 && map_get(&st->own, c->ipv4)) || is_loopback(st, c->address);
}
