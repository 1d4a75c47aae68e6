/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A visit record of any bytes: what was understood of it is written, and read again as the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "record/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct record *r = record_new(), *back = record_new();
	struct err err = { "" };
	if (!record_from_json(r, (const char *)bytes, n, &err)) {
		if (!err.text[0])
			abort();
	} else {
		char *json = record_to_json(r), *again;
		if (!record_from_json(back, json, strlen(json), &err))
			abort();
		again = record_to_json(back);
		if (strcmp(json, again) != 0)
			abort();
		free(again);
		free(json);
	}
	record_free(back);
	record_free(r);
	return 0;
}
