/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A capture file of any bytes: the readers of pcap, pcapng, .gz and .zst, and all behind them. */
#include "feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	feed_capture(bytes, n);
	return 0;
}
