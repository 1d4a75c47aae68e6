/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pcapng: its block types, and what the blocks that are no packets say. */
#ifndef OSI_CAPTURE_PCAPNG_H
#define OSI_CAPTURE_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source;

/*
 * Of the range for local use (section 11.1): the visit record (record/record.h), JSON in UTF-8, filled
 * up to four bytes with spaces.
 */
#define PCAPNG_RECORD 0x8f05c09eu

enum pcapng_block {	/* draft-ietf-opsawg-pcapng section 11.1 */
	PCAPNG_IDB = 1,		/* Interface Description */
	PCAPNG_PB = 2,		/* Packet, obsolete */
	PCAPNG_SPB = 3,		/* Simple Packet */
	PCAPNG_NRB = 4,		/* Name Resolution */
	PCAPNG_ISB = 5,		/* Interface Statistics */
	PCAPNG_EPB = 6,		/* Enhanced Packet */
	PCAPNG_JOURNAL = 9,	/* systemd Journal Export */
	PCAPNG_DSB = 10,	/* Decryption Secrets */
	PCAPNG_CUSTOM = 0xbad,	/* to be copied */
	PCAPNG_CUSTOM_STAY = 0x40000bad,	/* not to be copied */
	PCAPNG_SHB = 0x0a0d0d0a	/* Section Header; reads the same in both byte orders */
};

struct block {
	uint64_t where;
	const uint8_t *bytes;	/* borrowed: the whole block; NULL when only its lengths were read */
	uint32_t type;
	uint32_t said;		/* its length as it is written at both ends */
	uint32_t total;		/* rounded up to four bytes, as the block lies in the file */
	bool swapped;
};

/* Each returns NULL, or what is wrong with the block (not yet translated). */
const char *pcapng_section(struct source *s, const struct block *b);
const char *pcapng_interface(struct source *s, const struct block *b);
const char *pcapng_statistics(struct source *s, const struct block *b);
const char *pcapng_secrets(struct source *s, const struct block *b);
const char *pcapng_take_record(struct source *s, const struct block *b);

/* Walks a packet's options; *number is its comment's number + 1, or 0. */
const char *pcapng_comment(struct source *s, const struct block *b, uint32_t options,
	uint32_t *number);

/*
 * Is this comment one that export wrote: "[5.1] ...", the number of a step? It is told anew from the
 * packets each time, so it is not kept, and replaced when it is written again.
 */
bool pcapng_is_annotation(const void *text, size_t n);

/* The number + 1 of the comment that a packet block at `where` was found to have, or 0. */
uint32_t pcapng_comment_at(const struct source *s, uint64_t where);

#endif
