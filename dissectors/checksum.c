/* SPDX-License-Identifier: GPL-3.0-or-later */
/* checksum: the Internet checksum, RFC 1071. */
#include "checksum.h"

#include <string.h>

const struct value_name checksum_status_names[] = {
	{ CHECKSUM_BAD, N_("Bad") },
	{ CHECKSUM_GOOD, N_("Good") },
	{ CHECKSUM_UNVERIFIED, N_("Unverified") },
	{ CHECKSUM_NOT_PRESENT, N_("Not present") },
	{ CHECKSUM_ILLEGAL, N_("Illegal") },
	{ CHECKSUM_PARTIAL, N_("Partial: left to the network card") },
	{ 0, NULL }
};

static uint16_t fold(uint64_t sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

/*
 * The sum does not depend on the byte order in which words are added (RFC 1071 section 2 (B)), so
 * it adds eight bytes at a time in the machine's order and turns the result once.
 */
uint16_t checksum_sum(const void *bytes, size_t n, uint16_t start)
{
	const uint8_t *p = bytes;
	uint64_t sum = 0, word;
	for (; n >= 8; n -= 8, p += 8) {
		memcpy(&word, p, 8);
		sum += word;
		sum += sum < word;
	}
	word = 0;
	memcpy(&word, p, n);
	sum += word;
	sum += sum < word;
	uint16_t folded = fold(sum);
	uint8_t both[2];
	memcpy(both, &folded, 2);
	return fold((uint64_t)start + (uint64_t)(both[0] << 8 | both[1]));
}

uint16_t checksum_pseudo(const struct dissect *d, uint8_t proto, size_t len)
{
	uint16_t sum = fold((uint64_t)len + proto);
	sum = checksum_sum(d->src.bytes, d->src.len, sum);
	return checksum_sum(d->dst.bytes, d->dst.len, sum);
}

static enum checksum_status tell(struct dissect *d, enum checksum_status s, const struct field *f)
{
	if (s == CHECKSUM_BAD)
		note(d, NOTE_CHECKSUM_BAD);
	if (s == CHECKSUM_PARTIAL)
		note(d, NOTE_CHECKSUM_OFFLOADED);
	put_uint(d, f, (struct range){ 0 }, s);
	return s;
}

enum checksum_status checksum_transport(struct dissect *d, const struct cursor *whole,
					uint16_t stored, uint8_t proto,
					const struct field *status)
{
	size_t n = cur_left(whole);
	if (!want_fields(d))
		return CHECKSUM_UNVERIFIED;
	if (whole->lost || !cur_ok(whole) || d->fragment || d->quoted)
		return tell(d, CHECKSUM_UNVERIFIED, status);
	uint16_t pseudo = checksum_pseudo(d, proto, n);
	if (checksum_sum(whole->pos, n, pseudo) == 0xffff)
		return tell(d, CHECKSUM_GOOD, status);
	/* Linux leaves the sum with the length, or, before segmentation, with a length of 0. */
	if (stored == pseudo || stored == checksum_pseudo(d, proto, 0))
		return tell(d, CHECKSUM_PARTIAL, status);
	return tell(d, CHECKSUM_BAD, status);
}

enum checksum_status checksum_plain(struct dissect *d, const struct cursor *whole,
				    const struct field *status)
{
	if (!want_fields(d))
		return CHECKSUM_UNVERIFIED;
	if (whole->lost || !cur_ok(whole) || d->fragment || d->quoted)
		return tell(d, CHECKSUM_UNVERIFIED, status);
	bool good = checksum_sum(whole->pos, cur_left(whole), 0) == 0xffff;
	return tell(d, good ? CHECKSUM_GOOD : CHECKSUM_BAD, status);
}
