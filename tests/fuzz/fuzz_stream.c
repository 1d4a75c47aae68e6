/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A TCP connection of any bytes: two bytes for the server's port, then segments. A segment's two
 * bytes say its direction, what happens to it, and its length.
 */
#include "feed.h"

enum { FROM_SERVER = 0x8000, LATE = 0x4000, AGAIN = 0x2000, LOST = 0x1000, LAST = 0x0800, LENGTH = 0x07ff };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct feed_input in = { bytes, bytes + n };
	struct feed_side side[2] = { { .seq = 0xffffff00, .port = 40000 },
				     { .seq = 5000, .port = feed_u16(&in) } };
	feed_begin(1);
	feed_tcp(side, 0, FEED_SYN, NULL, 0);
	side[0].seq++;
	feed_tcp(side, 1, FEED_SYN | FEED_ACK, NULL, 0);
	side[1].seq++;
	feed_tcp(side, 0, FEED_ACK, NULL, 0);
	for (int frames = 0; in.at < in.end && frames < 64; frames++) {
		unsigned head = feed_u16(&in), flags = FEED_ACK | (head & LAST ? FEED_FIN : 0);
		int from = head & FROM_SERVER ? 1 : 0;
		size_t len = (head & LENGTH) % (FEED_PAYLOAD + 1), first = len / 2;
		const uint8_t *payload = feed_bytes(&in, &len);
		first = first < len ? first : len / 2;
		struct feed_side back[2] = { side[0], side[1] };
		if (head & LATE) {	/* the second half arrives before the first */
			back[from].seq += (uint32_t)first;
			feed_tcp(back, from, flags, payload + first, len - first);
			len = first;
			flags = FEED_ACK;
			back[from].seq = side[from].seq;
		}
		if (!(head & LOST))
			feed_tcp(back, from, flags, payload, len);
		if (head & AGAIN)
			feed_tcp(back, from, flags, payload, len);
		side[from].seq += (uint32_t)(head & LATE ? (size_t)(in.at - payload) : len);
	}
	feed_end();
	return 0;
}
