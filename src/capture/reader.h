/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reader: the inside of a source, shared by the readers of the two formats. */
#ifndef OSI_CAPTURE_READER_H
#define OSI_CAPTURE_READER_H

#include "capture/source.h"
#include "capture/window.h"

enum {
	READER_MAX_IFACES = 1 << 16,
	READER_MAX_SECTIONS = 1 << 20,
	READER_MAX_KEPT = 64 << 20	/* bytes of comments and names; and again of secrets */
};

struct reader_iface {
	struct source_iface shown;
	char *name, *description;	/* owned */
	uint64_t where;		/* place of its block: packets before it cannot name it */
	int64_t offset;		/* if_tsoffset: seconds */
	uint8_t resolution;	/* if_tsresol as in the file */
};

struct reader_section { uint64_t where; uint32_t first_iface; bool swapped; };
struct reader_comment { uint64_t where; char *text; };	/* owned; where names its packet block */

struct reader_pcap {
	uint32_t link;
	uint32_t max;		/* most bytes that a packet of this link type may have */
	uint8_t head;		/* bytes before the packet */
	uint8_t start;		/* bytes of the file's head */
	uint8_t lengths;	/* enum pcap_lengths */
	bool nano, swapped, ready;
};

struct source {
	char *path;		/* owned */
	enum source_kind kind;
	struct input input;
	struct window window;	/* in order */
	struct window side;	/* source_read_at() */
	uint64_t pos;		/* where the next block or record begins */
	uint64_t known;		/* names, comments and secrets before this offset are collected */
	uint64_t frames;	/* given since the start */
	enum source_state stopped;	/* SOURCE_FRAME while there is no reason to stop */
	char trouble[512];

	struct reader_pcap pcap;
	struct reader_section *sections;	/* owned, as all below */
	size_t n_sections, room_sections, section;	/* section: the one that pos lies in */
	struct reader_iface *ifaces;
	size_t n_ifaces, room_ifaces;
	struct reader_comment *comments;
	size_t n_comments, room_comments;
	struct source_secret *secrets;
	size_t n_secrets, room_secrets;
	char *section_comment;
	char *record;		/* NULL: none */
	size_t record_len;
	size_t kept_text, kept_secrets;	/* bytes, with the records' own */
	uint64_t left_out;	/* comments and secrets that were not kept */
	char left_out_text[256];
};

/* The next frame of each format, and the frame whose block is at s->side's place. */
void pcap_start(struct source *s);	/* reads the head if it is there already */
enum source_state pcap_next(struct source *s, struct frame *frame);
bool pcap_read_at(struct source *s, uint64_t where, struct frame *frame);
enum source_state pcapng_next(struct source *s, struct frame *frame);
bool pcapng_read_at(struct source *s, uint64_t where, struct frame *frame);

/* The most bytes that a packet may have: what Wireshark allows for its link type. */
uint32_t reader_max_packet(uint32_t link);

/* Ends the source with a reason (translated); the state comes back, to be returned. */
enum source_state reader_stop(struct source *s, enum source_state state, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* What begins at s->pos cannot be: `what` says why (translated). */
enum source_state reader_damaged(struct source *s, const char *what);

/* What it means that the window could not give the bytes at s->pos. */
enum source_state reader_short(struct source *s);

/* Room for one more of an owned array's records. */
void *reader_grow(void *array, size_t count, size_t *room, size_t record);

static inline uint16_t reader_u16(const uint8_t *p, bool swapped)
{
	uint16_t v;
	__builtin_memcpy(&v, p, sizeof v);
	return swapped ? __builtin_bswap16(v) : v;
}

static inline uint64_t reader_u64(const uint8_t *p, bool swapped)
{
	uint64_t v;
	__builtin_memcpy(&v, p, sizeof v);
	return swapped ? __builtin_bswap64(v) : v;
}

static inline uint32_t reader_u32(const uint8_t *p, bool swapped)
{
	uint32_t v;
	__builtin_memcpy(&v, p, sizeof v);
	return swapped ? __builtin_bswap32(v) : v;
}

#endif
