/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UDP datagrams of any bytes: two bytes for the server's port, then datagrams with two bytes
 * each of direction (the highest bit) and length.
 */
#include "feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct feed_input in = { bytes, bytes + n };
	struct feed_side side[2] = { { .port = 40000 }, { .port = feed_u16(&in) } };
	feed_begin(1);
	for (int frames = 0; in.at < in.end && frames < 64; frames++) {
		unsigned head = feed_u16(&in);
		size_t len = (head & 0x7fff) % (FEED_PAYLOAD + 1);
		const uint8_t *payload = feed_bytes(&in, &len);
		feed_udp(side, head & 0x8000 ? 1 : 0, payload, len);
	}
	feed_end();
	return 0;
}
