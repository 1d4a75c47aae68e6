/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * move: a packet of a visit becomes that of another client: its addresses and ports change, also
 * inside ARP, neighbour discovery and what an ICMP error quotes. Checksums are carried on by the
 * difference (RFC 1624): one that was right stays right, one that was left to the network card
 * stays so. Packets are trusted: they are the lab's own.
 */
#ifndef OSI_PCAPS_MOVE_H
#define OSI_PCAPS_MOVE_H

#include <stddef.h>
#include <stdint.h>

/* What differs in a copy */
struct copy {
	uint32_t number;
	uint16_t port;		/* is added to the client's ports */
};

/* Changes the n bytes of an Ethernet frame in place. */
void move_frame(uint8_t *frame, size_t n, const struct copy *c);

#endif
