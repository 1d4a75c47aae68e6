/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * QUIC packets: two bytes each of direction (the highest bit), whether another one follows in the
 * same datagram (the next), and length; then one byte that is the first of the packet, one that
 * chooses the version, and any bytes. With a version of 4 the bytes stand as they are.
 */
#include <string.h>

#include "feed.h"

enum { FROM_SERVER = 0x8000, MORE = 0x4000, LENGTH = 0x3fff };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const uint8_t versions[4][4] = {
		{ 0, 0, 0, 1 }, { 0x6b, 0x33, 0x43, 0xcf }, { 0, 0, 0, 0 }, { 0xff, 0, 0, 0x1d }
	};
	struct feed_input in = { bytes, bytes + n };
	struct feed_side side[2] = { { .port = 40000 }, { .port = 443 } };
	uint8_t datagram[FEED_PAYLOAD];
	size_t used = 0;
	feed_begin(1);
	for (int packets = 0; in.at < in.end && packets < 128; packets++) {
		unsigned head = feed_u16(&in);
		uint8_t first = feed_u8(&in), version = feed_u8(&in) % 5;
		size_t len = head & LENGTH;
		const uint8_t *p = feed_bytes(&in, &len);
		if (len + 5 > sizeof datagram - used)
			len = sizeof datagram - used > 5 ? sizeof datagram - used - 5 : 0;
		if (sizeof datagram - used >= 5 && version < 4) {
			datagram[used++] = first;
			memcpy(datagram + used, versions[version], 4);
			used += 4;
		}
		memcpy(datagram + used, p, len);
		used += len;
		if (head & MORE && used + 5 < sizeof datagram)
			continue;
		feed_udp(side, head & FROM_SERVER ? 1 : 0, datagram, used);
		used = 0;
	}
	feed_end();
	return 0;
}
