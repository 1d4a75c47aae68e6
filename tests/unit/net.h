/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * net: a network that never was: packets are made one by one and given to an engine at once, so
 * that a flood needs no file. What it costs is measured.
 */
#ifndef OSI_TESTS_NET_H
#define OSI_TESTS_NET_H

#include <time.h>

#include "frames.h"

struct net {
	struct session *s;
	unsigned want;
	uint32_t frames;
	uint64_t notes;		/* bits of enum note */
	uint32_t n_events[EV_KINDS];
	clock_t began;
	long memory, highest;	/* kilobytes: at the beginning, and since */
	uint8_t b[70000];	/* the packet under way */
	uint32_t n;
	uint32_t seq[2];	/* of the one connection that net_talk() talks on */
};

struct net *net_new(unsigned want);
/* Ends it: everything took at most that long, and no more memory than that. */
void net_end(struct net *n, double seconds, long mib);

/* The packet that was made is seen. */
void net_seen(struct net *n);
/* Some packet had this note. */
bool net_noted(const struct net *n, enum note note);

void net_add(struct net *n, const void *bytes, size_t len);
void net_add16(struct net *n, uint32_t v);
void net_add32(struct net *n, uint32_t v);
void net_ether(struct net *n, uint32_t type);
/* `payload` bytes follow; fragment: the field with its flags. */
void net_ip(struct net *n, uint32_t from, uint32_t to, uint8_t proto, uint32_t payload,
	    uint32_t id, uint32_t fragment);
void net_tcp(struct net *n, uint16_t from, uint16_t to, uint32_t seq, uint32_t ack,
	     uint32_t flags);

/* Whole packets: a segment to a far server; a datagram. */
void net_segment(struct net *n, uint32_t host, uint16_t port, uint16_t server, uint32_t seq,
		 uint32_t flags, const void *bytes, uint32_t len);
void net_udp(struct net *n, uint16_t from, uint16_t to, const void *bytes, uint32_t len);

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16, LOST = 32 };

/* The next bytes of the one connection, 0 from its client; LOST: nobody sees them. */
void net_talk(struct net *n, int from, uint16_t server, uint32_t flags, const void *bytes,
	      uint32_t len);
void net_say(struct net *n, int from, uint16_t server, const char *text);
void net_greet(struct net *n, uint16_t server);

#endif
