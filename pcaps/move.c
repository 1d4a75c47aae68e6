/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "move.h"

#include <stdbool.h>
#include <string.h>

enum {
	ETH_IPV4 = 0x0800,
	ETH_ARP = 0x0806,
	ETH_VLAN = 0x8100,
	ETH_IPV6 = 0x86dd,
	IP_ICMP = 1,
	IP_TCP = 6,
	IP_UDP = 17,
	IP_ICMPV6 = 58,
};

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/*
 * Checksums: a sum of 16-bit differences, carried on to the fields that cover the changed words
 */

/* change16(p, v, sum): *p becomes v; sum grows by what a checksum over it has to lose */
static void change16(uint8_t *p, uint16_t v, uint32_t *sum)
{
	*sum += (uint16_t)~get16(p);
	*sum += v;
	put16(p, v);
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* carry_on(p, sum): the checksum at p covers words that changed by sum (RFC 1624, eqn. 3) */
static void carry_on(uint8_t *p, uint32_t sum)
{
	put16(p, (uint16_t)~fold((uint32_t)(uint16_t)~get16(p) + fold(sum)));
}

/*
 * carry_on_partial(p, sum): the network card was to finish this one: it holds the plain sum of
 * the pseudo-header, not its complement
 */
static void carry_on_partial(uint8_t *p, uint32_t sum)
{
	put16(p, fold((uint32_t)get16(p) + fold(sum)));
}

/*
 * Addresses
 */

/*
 * move4(): the lab's client network, 192.168.0.0/24, becomes one of the 65,536 of 10.0.0.0/8; when
 * they are used up, the hosts in them move up
 */
static void move4(uint8_t *p, const struct copy *c, uint32_t *sum)
{
	if (p[0] != 192 || p[1] != 168)
		return;
	change16(p, (uint16_t)(10 << 8 | (c->number >> 8 & 0xff)), sum);
	change16(p + 2, (uint16_t)((c->number & 0xff) << 8 | (p[3] + (c->number >> 16) % 12 * 20)), sum);
}

/* move6(): the lab's client network, 2001:db8:1::/64, becomes 2001:db8:1:N:N:: */
static void move6(uint8_t *p, const struct copy *c, uint32_t *sum)
{
	static const uint8_t net[] = { 0x20, 0x01, 0x0d, 0xb8, 0, 1 };

	if (memcmp(p, net, sizeof net))
		return;
	change16(p + 6, (uint16_t)(get16(p + 6) + (c->number >> 16)), sum);
	change16(p + 8, (uint16_t)(get16(p + 8) + c->number), sum);
}

/* move_port(): only the client's side, which is an ephemeral port; services keep theirs */
static void move_port(uint8_t *p, const struct copy *c, uint32_t *sum)
{
	uint16_t port = get16(p);

	if (port >= 32768)
		change16(p, (uint16_t)(32768 + ((port - 32768 + c->port) & 0x7fff)), sum);
}

/*
 * Layers. Each gets its bytes as far as captured, and leaves alone what is not whole.
 */

static void move_packet4(uint8_t *p, size_t n, const struct copy *c, bool quoted, uint32_t *all);
static void move_packet6(uint8_t *p, size_t n, const struct copy *c, bool quoted, uint32_t *all);

/* pseudo_sum(): what a checksum field holds when it is left to the network card */
static uint16_t pseudo_sum(const uint8_t *addresses, size_t n, uint8_t protocol, size_t length)
{
	uint32_t sum = protocol + (uint32_t)(length >> 16) + (uint32_t)(length & 0xffff);
	size_t i;

	for (i = 0; i + 1 < n; i += 2)
		sum += get16(addresses + i);
	return fold(sum);
}

/*
 * move_ports(): TCP or UDP behind an address change of sum; partial tells whether the checksum is
 * the card's. all gathers every change, for the checksum around a quoted packet.
 */
static void move_ports(uint8_t *p, size_t n, uint8_t protocol, uint32_t sum, uint16_t pseudo,
		       const struct copy *c, uint32_t *all)
{
	size_t at = protocol == IP_TCP ? 16 : 6;
	uint32_t ports = 0;
	uint16_t before;

	if (n < 4)
		return;
	move_port(p, c, &ports);
	move_port(p + 2, c, &ports);
	*all += fold(ports);
	if (n < at + 2)
		return;
	before = get16(p + at);
	if (protocol == IP_UDP && before == 0)
		return;		/* no checksum (RFC 768) */
	if (before == pseudo)
		carry_on_partial(p + at, sum);
	else
		carry_on(p + at, (uint32_t)fold(sum) + fold(ports));
	if (protocol == IP_UDP && get16(p + at) == 0)
		put16(p + at, 0xffff);
	*all += (uint16_t)~before;
	*all += get16(p + at);
	*all = fold(*all);
}

/* move_icmp(): an error quotes the packet that it is about, whose changes its checksum covers */
static void move_icmp(uint8_t *p, size_t n, bool v6, uint32_t sum, const struct copy *c)
{
	bool error = v6 ? p[0] < 128 : p[0] == 3 || p[0] == 4 || p[0] == 5 || p[0] == 11 || p[0] == 12;

	if (error && n > 8 && v6)
		move_packet6(p + 8, n - 8, c, true, &sum);
	else if (error && n > 8)
		move_packet4(p + 8, n - 8, c, true, &sum);
	else if (v6 && (p[0] == 135 || p[0] == 136) && n >= 24)
		move6(p + 8, c, &sum);		/* the target of a neighbour solicitation */
	carry_on(p + 2, sum);
}

static void move_packet4(uint8_t *p, size_t n, const struct copy *c, bool quoted, uint32_t *all)
{
	size_t head, total;
	uint32_t sum = 0;
	uint16_t before, pseudo;

	if (n < 20 || p[0] >> 4 != 4 || (head = (size_t)(p[0] & 15) * 4) < 20 || head > n)
		return;
	total = get16(p + 2);
	pseudo = pseudo_sum(p + 12, 8, p[9], (total ? total : n) - head);
	move4(p + 12, c, &sum);
	move4(p + 16, c, &sum);
	sum = fold(sum);
	before = get16(p + 10);
	if (before)
		carry_on(p + 10, sum);
	*all = fold(*all + sum + (uint16_t)~before + get16(p + 10));
	if (get16(p + 6) & 0x1fff)
		return;		/* a later fragment has no ports */
	if (p[9] == IP_TCP || p[9] == IP_UDP)
		move_ports(p + head, n - head, p[9], sum, pseudo, c, all);
	else if (p[9] == IP_ICMP && n >= head + 8 && !quoted)
		move_icmp(p + head, n - head, false, 0, c);
}

static void move_packet6(uint8_t *p, size_t n, const struct copy *c, bool quoted, uint32_t *all)
{
	uint32_t sum = 0;
	uint16_t pseudo;
	uint8_t next;
	size_t at = 40;

	if (n < 40 || p[0] >> 4 != 6)
		return;
	next = p[6];
	while ((next == 0 || next == 60) && at + 8 <= n) {	/* hop-by-hop, destination options */
		next = p[at];
		at += 8 + (size_t)p[at + 1] * 8;
	}
	if (at > n)
		return;
	pseudo = pseudo_sum(p + 8, 32, next, (size_t)get16(p + 4) + 40 - at);
	move6(p + 8, c, &sum);
	move6(p + 24, c, &sum);
	sum = fold(sum);
	*all = fold(*all + sum);
	if (next == IP_TCP || next == IP_UDP)
		move_ports(p + at, n - at, next, sum, pseudo, c, all);
	else if (next == IP_ICMPV6 && n >= at + 8 && !quoted)
		move_icmp(p + at, n - at, true, sum, c);
}

/* move_arp(): Ethernet and IPv4 (RFC 826); it has no checksum */
static void move_arp(uint8_t *p, size_t n, const struct copy *c)
{
	uint32_t none = 0;

	if (n < 28 || get16(p + 2) != ETH_IPV4 || p[4] != 6 || p[5] != 4)
		return;
	move4(p + 14, c, &none);
	move4(p + 24, c, &none);
}

void move_frame(uint8_t *p, size_t n, const struct copy *c)
{
	size_t at = 14;
	uint32_t all = 0;
	uint16_t type;

	if (n < at)
		return;
	type = get16(p + 12);
	if (type == ETH_VLAN && n >= 18) {
		type = get16(p + 16);
		at = 18;
	}
	if (type == ETH_IPV4)
		move_packet4(p + at, n - at, c, false, &all);
	else if (type == ETH_IPV6)
		move_packet6(p + at, n - at, c, false, &all);
	else if (type == ETH_ARP)
		move_arp(p + at, n - at, c);
}
