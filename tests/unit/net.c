/* SPDX-License-Identifier: GPL-3.0-or-later */
/* net: packets made one by one. */
#include "net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../fuzz/feed.h"
#include "base/err.h"
#include "engine/engine.h"

/* What a sanitizer costs is not what is measured. */
extern void __asan_init(void) __attribute__((weak));
enum { SLOWER = 8, LARGER = 500 };

enum { PORT = 40000 };

/* Pages in memory now, in kilobytes: what earlier tests needed at most says nothing. */
static long memory_used(void)
{
	long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%*s %ld", &pages), 1);
	fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void memory_look(struct net *n)
{
	long now = memory_used();
	if (now > n->highest)
		n->highest = now;
}

struct net *net_new(unsigned want)
{
	struct net *n = xcalloc(1, sizeof *n);
	n->s = frames_session();
	n->want = want;
	n->seq[0] = 0xfffffff0;		/* wraps at once */
	n->seq[1] = 77;
	n->memory = memory_used();
	n->began = clock();
	return n;
}

void net_end(struct net *n, double seconds, long mib)
{
	struct engine *e = n->s->engine;
	memory_look(n);
	for (struct flow *at = NULL; engine_finish(e, &at);)
		;
	double took = (double)(clock() - n->began) / CLOCKS_PER_SEC;
	long grew = (n->highest - n->memory) / 1024;
	assert_true(e->flows.count <= FLOWS_MAX);
	session_close(n->s);
	free(n);
	if (took > seconds * (__asan_init ? SLOWER : 1))
		fail_msg("took %.2f s", took);
	if (grew > mib + (__asan_init ? LARGER : 0))
		fail_msg("took %ld MiB", grew);
}

void net_seen(struct net *n)
{
	struct engine *e = n->s->engine;
	struct frame_rec *rec = chunks_add(&n->s->frames);
	uint8_t *copy = n->want ? memcpy(xmalloc(n->n + !n->n), n->b, n->n) : NULL;
	const struct frame f = { .bytes = copy ? copy : n->b, .caplen = n->n, .len = n->n, .link = 1,
		.time = n->frames * 100000LL };
	*rec = (struct frame_rec){ .flow = NO_FLOW };
	engine_frame(e, &f, ++n->frames, n->want, rec);
	feed_check(&e->d);
	for (unsigned i = 0; i < e->d.n_notes; i++)
		n->notes |= (uint64_t)1 << e->d.notes[i].note;
	for (uint32_t i = 0; i < e->n_ev; i++)
		n->n_events[e->ev[i].kind]++;
	free(copy);
	n->n = 0;
	if (n->frames % 4096 == 0)
		memory_look(n);
}

bool net_noted(const struct net *n, enum note note)
{
	return n->notes >> note & 1;
}

void net_add(struct net *n, const void *bytes, size_t len)
{
	assert_true(n->n + len <= sizeof n->b);
	memcpy(n->b + n->n, bytes, len);
	n->n += (uint32_t)len;
}

void net_add16(struct net *n, uint32_t v)
{
	const uint8_t b[] = { (uint8_t)(v >> 8), (uint8_t)v };
	net_add(n, b, 2);
}

void net_add32(struct net *n, uint32_t v)
{
	net_add16(n, v >> 16);
	net_add16(n, v & 0xffff);
}

void net_ether(struct net *n, uint32_t type)
{
	net_add(n, "\x02\0\0\0\0\2\x02\0\0\0\0\1", 12);
	net_add16(n, type);
}

void net_ip(struct net *n, uint32_t from, uint32_t to, uint8_t proto, uint32_t payload,
		   uint32_t id, uint32_t fragment)
{
	net_add16(n, 0x4500);
	net_add16(n, 20 + payload);
	net_add16(n, id);
	net_add16(n, fragment);
	net_add16(n, 64u << 8 | proto);
	net_add16(n, 0);
	net_add32(n, from);
	net_add32(n, to);
}

void net_tcp(struct net *n, uint16_t from, uint16_t to, uint32_t seq, uint32_t ack,
		    uint32_t flags)
{
	net_add16(n, from);
	net_add16(n, to);
	net_add32(n, seq);
	net_add32(n, ack);
	net_add16(n, 0x5000 | flags);
	net_add16(n, 0xffff);
	net_add32(n, 0);
}

void net_segment(struct net *n, uint32_t host, uint16_t port, uint16_t server, uint32_t seq,
		    uint32_t flags, const void *bytes, uint32_t len)
{
	net_ether(n, 0x0800);
	net_ip(n, host, 0xcb007150, 6, 20 + len, 0, 0);
	net_tcp(n, port, server, seq, 0, flags);
	net_add(n, bytes, len);
	net_seen(n);
}

void net_udp(struct net *n, uint16_t from, uint16_t to, const void *bytes, uint32_t len)
{
	net_ether(n, 0x0800);
	net_ip(n, 0x0a000001, 0x0a000002, 17, 8 + len, 0, 0);
	net_add16(n, from);
	net_add16(n, to);
	net_add32(n, (8 + len) << 16);
	net_add(n, bytes, len);
	net_seen(n);
}

void net_talk(struct net *n, int from, uint16_t server, uint32_t flags, const void *bytes,
		 uint32_t len)
{
	static const uint32_t host[] = { 0xc0a8000a, 0xcb007150 };
	uint32_t seq = n->seq[from];
	n->seq[from] += len + !!(flags & SYN) + (flags & FIN);
	if (flags & LOST)
		return;
	net_ether(n, 0x0800);
	net_ip(n, host[from], host[!from], 6, 20 + len, 0, 0);
	net_tcp(n, from ? server : PORT, from ? PORT : server, seq, n->seq[!from], flags);
	net_add(n, bytes, len);
	net_seen(n);
}

void net_say(struct net *n, int from, uint16_t server, const char *text)
{
	net_talk(n, from, server, PSH | ACK, text, (uint32_t)strlen(text));
}

void net_greet(struct net *n, uint16_t server)
{
	net_talk(n, 0, server, SYN, "", 0);
	net_talk(n, 1, server, SYN | ACK, "", 0);
	net_talk(n, 0, server, ACK, "", 0);
}
