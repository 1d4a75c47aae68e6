/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trace of curl; the first byte says into what pieces it is cut. */
#include "feed.h"

#include <stdlib.h>

#include "browser/browser.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct feed_input in = { bytes, bytes + n };
	size_t piece = (size_t)feed_u8(&in) * 4 + 1;
	struct record *r = record_new();
	struct log_reader *l = log_curl.open(r);
	while (in.at < in.end) {
		size_t len = piece;
		const uint8_t *p = feed_bytes(&in, &len);
		log_curl.feed(l, (const char *)p, len);
	}
	log_curl.end(l);
	log_curl.free(l);
	char *json = record_to_json(r);
	if (!json)
		abort();
	free(json);
	record_free(r);
	return 0;
}
