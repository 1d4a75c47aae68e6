/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * DNS messages of any bytes. The first byte says where they go: UDP or TCP, which port, and how
 * the stream is cut; then messages, each behind two bytes of direction (the highest bit) and
 * length. Over TCP the length in front of each is right, so that what is inside is reached.
 */
#include <stdlib.h>
#include <string.h>

#include "feed.h"

enum { OVER_TCP = 0x80, CUT = 0x3c, PORT = 3, STREAM = 1 << 16 };

static void over_udp(struct feed_input *in, struct feed_side side[2])
{
	for (int messages = 0; in->at < in->end && messages < 64; messages++) {
		unsigned head = feed_u16(in);
		size_t len = (head & 0x7fff) % (FEED_PAYLOAD + 1);
		const uint8_t *p = feed_bytes(in, &len);
		feed_udp(side, head & 0x8000 ? 1 : 0, p, len);
	}
}

static void over_tcp(struct feed_input *in, struct feed_side side[2], size_t step)
{
	uint8_t *stream = malloc(STREAM);
	feed_tcp(side, 0, FEED_SYN, NULL, 0);
	side[0].seq++;
	for (int messages = 0; stream && in->at < in->end && messages < 64; messages++) {
		unsigned head = feed_u16(in);
		size_t len = head & 0x7fff, n = 0;
		const uint8_t *p = feed_bytes(in, &len);
		int from = head & 0x8000 ? 1 : 0;
		stream[n++] = (uint8_t)(len >> 8);
		stream[n++] = (uint8_t)len;
		if (len)
			memcpy(stream + n, p, len);
		n += len;
		for (size_t at = 0; at < n; at += step) {
			size_t part = n - at < step ? n - at : step;
			feed_tcp(side, from, FEED_ACK, stream + at, part);
			side[from].seq += (uint32_t)part;
		}
	}
	free(stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const uint16_t ports[] = { 53, 5353, 5355, 5300 };
	struct feed_input in = { bytes, bytes + n };
	uint8_t how = feed_u8(&in);
	struct feed_side side[2] = { { .seq = 1000, .port = 40000 },
				     { .seq = 5000, .port = ports[how & PORT] } };
	feed_begin(1);
	if (how & OVER_TCP)
		over_tcp(&in, side, (size_t)(how & CUT) * 23 + 7);
	else
		over_udp(&in, side);
	feed_end();
	return 0;
}
