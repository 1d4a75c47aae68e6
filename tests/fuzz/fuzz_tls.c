/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A TLS connection: pieces of records, messages and raw bytes, from either side. A piece's two
 * bytes say its direction, how it is wrapped and its length; a third the type of the record or
 * message. The lengths of the wrapping are right, so that what is inside is reached; what is
 * inside is any bytes. Segments are cut as the first byte of the input says.
 */
#include <stdlib.h>
#include <string.h>

#include "feed.h"

enum { FROM_SERVER = 0x8000, RECORD = 0x4000, MESSAGE = 0x2000, LENGTH = 0x1fff };
enum { STREAM = 1 << 16 };

struct stream { uint8_t *bytes; size_t n; };

static void stream_add(struct stream *s, const void *bytes, size_t n)
{
	if (n > STREAM - s->n)
		n = STREAM - s->n;
	if (n)
		memcpy(s->bytes + s->n, bytes, n);
	s->n += n;
}

static void piece_add(struct stream *s, unsigned head, uint8_t type, const uint8_t *p, size_t n)
{
	size_t inside = n + (head & MESSAGE ? 4 : 0);
	const uint8_t record[5] = { head & MESSAGE ? 22 : type, 3, 3, (uint8_t)(inside >> 8),
				    (uint8_t)inside };
	const uint8_t message[4] = { type, 0, (uint8_t)(n >> 8), (uint8_t)n };
	if (head & RECORD)
		stream_add(s, record, sizeof record);
	if (head & MESSAGE)
		stream_add(s, message, sizeof message);
	stream_add(s, p, n);
}

static void send(struct feed_side side[2], int from, struct stream *s, size_t cut)
{
	for (size_t at = 0; at < s->n;) {
		size_t n = s->n - at < cut ? s->n - at : cut;
		feed_tcp(side, from, FEED_ACK, s->bytes + at, n);
		side[from].seq += (uint32_t)n;
		at += n;
	}
	s->n = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct feed_input in = { bytes, bytes + n };
	struct feed_side side[2] = { { .seq = 1000, .port = 40000 }, { .seq = 5000, .port = 443 } };
	struct stream stream = { malloc(STREAM), 0 };
	if (!stream.bytes)
		return 0;
	size_t cut = (size_t)feed_u8(&in) * 6 + 16;
	int from = 0;
	feed_begin(1);
	feed_tcp(side, 0, FEED_SYN, NULL, 0);
	side[0].seq++;
	feed_tcp(side, 1, FEED_SYN | FEED_ACK, NULL, 0);
	side[1].seq++;
	for (int pieces = 0; in.at < in.end && pieces < 256; pieces++) {
		unsigned head = feed_u16(&in);
		uint8_t type = feed_u8(&in);
		size_t len = head & LENGTH;
		const uint8_t *p = feed_bytes(&in, &len);
		if (!(head & FROM_SERVER) != !from) {
			send(side, from, &stream, cut);
			from = !from;
		}
		piece_add(&stream, head, type, p, len);
	}
	send(side, from, &stream, cut);
	feed_end();
	free(stream.bytes);
	return 0;
}
