/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inflate: .gz and .zst as a stream of plain bytes. */
#ifndef OSI_CAPTURE_INFLATE_H
#define OSI_CAPTURE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct unpacker;

enum unpack { UNPACK_MORE, UNPACK_DONE, UNPACK_DAMAGED };

/* Knows the format by the first bytes; NULL when they are of no format that it can unpack. */
struct unpacker *unpacker_new(const uint8_t *head, size_t n);
void unpacker_free(struct unpacker *u);

/*
 * Unpacks from in[*used .. n) to out[*made .. room), and moves *used and *made on. UNPACK_MORE: it
 * wants more input or more room. UNPACK_DONE: all is unpacked, the rest of the input is no concern.
 * Progress is certain while there are both input and room.
 */
enum unpack unpacker_run(struct unpacker *u, const uint8_t *in, size_t n, size_t *used,
	uint8_t *out, size_t room, size_t *made);

/* True when the packed data may end here: behind a member or frame, not inside. */
bool unpacker_may_end(const struct unpacker *u);

#endif
