/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UDP: RFC 768; UDP-Lite: RFC 3828, which says how much the checksum covers instead of a length. */
#include "net.h"

#include "checksum.h"

enum { UDP_SRCPORT, UDP_DSTPORT, UDP_LENGTH, UDP_CHECKSUM, UDP_STATUS, UDP_COVERAGE };

static const struct field f[] = {
	[UDP_SRCPORT] = { "udp.srcport", N_("Source port"), F_UINT, 0, NULL,
		N_("Which program of the sender. A client takes any free number from 1024 on.") },
	[UDP_DSTPORT] = { "udp.dstport", N_("Destination port"), F_UINT, 0, NULL,
		N_("Which program of the receiver: 53 is DNS, 443 QUIC (HTTP/3).") },
	[UDP_LENGTH] = { "udp.length", N_("Length"), F_UINT, 0, NULL,
		N_("Bytes of the datagram with this header of 8.") },
	[UDP_CHECKSUM] = { "udp.checksum", N_("Checksum"), F_HEX, 0, NULL,
		N_("Finds damage in the datagram and in its addresses. With IPv4 it may be left out "
		   "(0).") },
	[UDP_STATUS] = { "udp.checksum.status", N_("Checksum status"), F_UINT, 0,
		checksum_status_names, NULL },
	[UDP_COVERAGE] = { "udp.checksum_coverage", N_("Checksum coverage"), F_UINT, 0, NULL,
		N_("Bytes that the checksum covers; damage behind them is accepted.") },
};

static void verify(struct dissect *d, struct cursor *whole, uint16_t stored, uint8_t proto)
{
	if (!want_fields(d) || !cur_ok(whole))
		return;
	const struct range derived = { 0 };
	if (stored)
		(void)checksum_transport(d, whole, stored, proto, &f[UDP_STATUS]);
	else
		put_uint(d, &f[UDP_STATUS], derived, d->src.len == 16 ? CHECKSUM_ILLEGAL :
			 CHECKSUM_NOT_PRESENT);
}

/* False when the length lies so much that nothing behind it can be believed. */
static bool trim(struct dissect *d, struct cursor *c, uint16_t length)
{
	if (!length && (d->src.len == 16 || d->bad_offload)) {
		d->bad_offload = true;	/* a jumbogram, or left to the network card */
		return true;
	}
	if (length < 8) {
		info_set(d, "%u → %u [BAD UDP LENGTH %u < 8]", d->sport, d->dport, length);
		return false;
	}
	if (cur_trim(c, length - 8u))
		return true;
	if (d->quoted) {
		c->lost = (uint32_t)(length - 8u - cur_left(c));
	} else if (!d->fragment) {
		note_malformed(d);
		info_set(d, "%u → %u [BAD UDP LENGTH %u > IP PAYLOAD LENGTH] Len=%u", d->sport,
			 d->dport, length, length - 8u);
	}
	return true;
}

static enum verdict udp(struct dissect *d, struct cursor *c)
{
	struct cursor whole = *c;
	d->sport = take_u16(d, c, &f[UDP_SRCPORT]);
	d->dport = take_u16(d, c, &f[UDP_DSTPORT]);
	uint16_t length = take_u16(d, c, &f[UDP_LENGTH]);
	uint16_t checksum = take_u16(d, c, &f[UDP_CHECKSUM]);
	if (!cur_ok(c))
		return verdict_of(c);
	if (want_info(d))
		info_set(d, "%u → %u Len=%u", d->sport, d->dport, length - 8u);
	if (!trim(d, c, length))
		return MALFORMED;
	(void)cur_trim(&whole, cur_wire(c) + 8);
	verify(d, &whole, checksum, IPPROTO_UDP_);
	return transport_udp(d, c);
}

static enum verdict udplite(struct dissect *d, struct cursor *c)
{
	struct cursor whole = *c;
	d->sport = take_u16(d, c, &f[UDP_SRCPORT]);
	d->dport = take_u16(d, c, &f[UDP_DSTPORT]);
	uint16_t coverage = take_u16(d, c, &f[UDP_COVERAGE]);
	if (cur_ok(c))
		put_uint(d, &f[UDP_LENGTH], (struct range){ 0 }, cur_wire(&whole));
	uint16_t checksum = take_u16(d, c, &f[UDP_CHECKSUM]);
	if (!cur_ok(c))
		return verdict_of(c);
	if (want_info(d))
		info_set(d, "%u → %u Len=%zu", d->sport, d->dport, cur_wire(c));
	if (!coverage || coverage >= cur_wire(&whole))
		verify(d, &whole, checksum, IPPROTO_UDPLITE_);
	else
		put_uint(d, &f[UDP_STATUS], (struct range){ 0 }, CHECKSUM_UNVERIFIED);
	return DONE;
}

static const struct binding binds[] = { { BY_IPPROTO, IPPROTO_UDP_ } };
static const struct binding binds_lite[] = { { BY_IPPROTO, IPPROTO_UDPLITE_ } };

extern const struct protocol proto_udp, proto_udplite;

const struct protocol proto_udp = {
	.name = "udp",
	.title = "User Datagram Protocol",
	.help = N_("The transport layer at its simplest: a port says which program a packet is for, and "
		   "that is all. Nothing is acknowledged, ordered or sent again: what the program needs "
		   "of that it does itself. Good for one question and one answer (DNS), and as the "
		   "ground on which QUIC builds its own connections."),
	.osi = OSI(4),
	FIELDS(f),
	BINDS(binds),
	.packet = udp,
};

const struct protocol proto_udplite = {
	.name = "udplite",
	.title = "Lightweight User Datagram Protocol",
	.help = N_("UDP for sound and pictures: better a damaged datagram than none, so the checksum "
		   "covers only its beginning."),
	.osi = OSI(4),
	FIELDS(f),
	BINDS(binds_lite),
	.packet = udplite,
};
