/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of any bytes: a byte for the link type, then frames with two bytes of length each. */
#include "feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const uint32_t links[] = { 1, 0, 101, 108, 113, 228, 229, 276, 147 };
	struct feed_input in = { bytes, bytes + n };
	feed_begin(links[feed_u8(&in) % (sizeof links / sizeof links[0])]);
	for (int frames = 0; in.at < in.end && frames < 64; frames++) {
		size_t len = feed_u16(&in) & 0x3fff;
		const uint8_t *frame = feed_bytes(&in, &len);
		feed_frame(frame, len);
	}
	feed_end();
	return 0;
}
