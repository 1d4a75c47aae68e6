/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * checksum: the Internet checksum (RFC 1071) of IPv4 headers, ICMP, ICMPv6, UDP and TCP.
 *
 * It is verified only when fields are wanted: a pass over a gigabyte does not sum a gigabyte. A
 * packet recorded on its own sender often holds only the sum over the pseudo-header, because the
 * network card finishes it later: that is "partial", no error.
 */
#ifndef OSI_CHECKSUM_H
#define OSI_CHECKSUM_H

#include "dissect.h"

/* Wireshark's numbers for *.checksum.status (5 since its version 4.2). */
enum checksum_status {
	CHECKSUM_BAD,
	CHECKSUM_GOOD,
	CHECKSUM_UNVERIFIED,	/* bytes are missing, or nobody asked */
	CHECKSUM_NOT_PRESENT,
	CHECKSUM_ILLEGAL,
	CHECKSUM_PARTIAL	/* left to the network card */
};

extern const struct value_name checksum_status_names[];

/* The one's complement sum of n bytes, big-endian words, added to `start`; not complemented. */
uint16_t checksum_sum(const void *bytes, size_t n, uint16_t start);

/* The sum over the pseudo-header of d->src and d->dst (RFC 9293 3.1, RFC 8200 8.1). */
uint16_t checksum_pseudo(const struct dissect *d, uint8_t proto, size_t len);

/*
 * TCP, UDP and ICMPv6: `whole` stands at the transport header and ends with its payload, `stored`
 * is the value read from its checksum field, `status` the field to record. Does nothing and says
 * CHECKSUM_UNVERIFIED when fields are not wanted. Unverified, too: a cut packet, a fragment,
 * what an ICMP error quotes. Puts NOTE_CHECKSUM_BAD or NOTE_CHECKSUM_OFFLOADED on the packet.
 */
enum checksum_status checksum_transport(struct dissect *d, const struct cursor *whole,
					uint16_t stored, uint8_t proto,
					const struct field *status);

/* The same without a pseudo-header, over exactly what `whole` holds: IPv4 header, ICMP, IGMP. */
enum checksum_status checksum_plain(struct dissect *d, const struct cursor *whole,
				    const struct field *status);

#endif
