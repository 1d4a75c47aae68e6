/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * blocks: all blocks of a pcapng source as they lie in the file, packets and others, for writing
 * them to another one. Only what source_next() has been over already is walked, so every block
 * here was found good. It has a window of its own: the source may be read meanwhile.
 */
#ifndef OSI_CAPTURE_BLOCKS_H
#define OSI_CAPTURE_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/pcapng.h"

struct source;
struct blocks;

struct source_block {
	uint64_t where;		/* as in frame.where */
	uint32_t type;		/* enum pcapng_block, or any other */
	uint32_t total;		/* bytes in the file, a multiple of 4 */
	bool swapped;		/* its section has the byte order that this machine does not have */
	bool packet;		/* EPB, PB, SPB */
	bool numbered;		/* it is a frame of the source: a packet, or what counts as one */
};

/* The source is borrowed, must be pcapng, and must outlive it. Ends where the source has been. */
struct blocks *blocks_new(struct source *s);
void blocks_free(struct blocks *b);	/* NULL is nothing */

/* The next one. False at the end, or when the file cannot be read any more: blocks_failed(). */
bool blocks_next(struct blocks *b, struct source_block *block);
bool blocks_failed(const struct blocks *b);

/*
 * n bytes of the block from an offset in it; borrowed until the next call of any of these. NULL
 * when they cannot be read (any more), or are not all inside of it.
 */
const uint8_t *blocks_bytes(struct blocks *b, const struct source_block *block, uint32_t from,
	size_t n);

/* How much of the way is done, 0 to 100. */
int blocks_percent(const struct blocks *b);

/*
 * A value as it stands in the file of the options (section 3.5) at p, n bytes up to their block's
 * end: the next one, and p and n go behind it. False at their end.
 */
struct block_option { uint16_t code, len; const uint8_t *value; };
bool blocks_option(const uint8_t **p, size_t *n, bool swapped, struct block_option *option);

#endif
