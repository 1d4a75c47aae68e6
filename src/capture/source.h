/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * source: a capture as a row of frames that can be read in order, and again at any place.
 *
 * The file is the only copy of the packet bytes: frames are borrowed from a window. What cannot
 * be read twice (a pipe, .gz, .zst) is spooled to an unlinked file (mode 0600) as it is
 * read, so that everything above sees one kind of source.
 */
#ifndef OSI_CAPTURE_SOURCE_H
#define OSI_CAPTURE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct source;

/*
 * The link of a record that is no packet: a pcapng Custom Block or a journal entry. Wireshark gives
 * them numbers among the packets, so they are frames here too: all numbers stay the same.
 */
enum { LINK_NO_PACKET = 0x10000 };

/* One captured frame. bytes are borrowed until the next source_next() or source_read_at(). */
struct frame {
	uint64_t where;		/* for source_read_at(): the place of its block in the file or spool */
	int64_t time;		/* nanoseconds since 1970-01-01 UTC; 0 when the format has none */
	const uint8_t *bytes;
	uint32_t caplen;	/* bytes captured */
	uint32_t len;		/* bytes on the wire; at least caplen (a lie in the file is mended) */
	uint32_t link;		/* LINKTYPE_ number (www.tcpdump.org/linktypes.html) */
	uint32_t iface;		/* interface number, see source_iface(); counted over all sections */
	uint32_t comment;	/* number of the frame's comment + 1, see source_comment(); 0 none */
	bool has_time;
};

struct source_iface {
	uint32_t link;
	uint32_t snaplen;	/* 0: no limit */
	const char *name, *description;	/* raw bytes of the file, may be NULL; escape before showing */
	uint64_t received, dropped;	/* from the last ISB; UINT64_MAX when not said */
	uint64_t speed;		/* bits a second, 0 not said */
};

enum source_state {
	SOURCE_FRAME,	/* *frame is filled */
	SOURCE_END,	/* no more frames; for a growing file: not yet (call again later) */
	SOURCE_CUT,	/* ends in the middle of a packet or block: source_trouble() says where */
	SOURCE_DAMAGED,	/* a block or header that cannot be: source_trouble() says which and where */
	SOURCE_FAILED	/* reading failed (I/O error, the file shrank): source_trouble() */
};

enum source_kind { SOURCE_PCAP, SOURCE_PCAPNG };

/* Secrets (Decryption Secrets Blocks) and comments are collected and kept, in order of the file. */
struct source_secret {
	uint32_t type;
	const uint8_t *bytes;
	size_t len;
	uint64_t where;		/* place of its block */
	bool bare;		/* its block says nothing else */
};

/*
 * Opens PATH ("-" standard input). Fails (NULL, err says what is wrong and what to do) when it is
 * no file that can be read, empty, or not a capture. Reads no more than the first headers.
 */
struct source *source_open(const char *path, struct err *err);
void source_close(struct source *s);

/* After SOURCE_CUT, SOURCE_DAMAGED and SOURCE_FAILED the same answer comes until source_rewind(). */
enum source_state source_next(struct source *s, struct frame *frame);

/*
 * A growing file or a pipe that is still written: a packet of which only a part is there yet is
 * SOURCE_END for now, not SOURCE_CUT, and standard input is not waited for. Off by default.
 */
void source_set_growing(struct source *s, bool growing);
bool source_complete(const struct source *s);	/* after SOURCE_END: nothing can follow any more */

/*
 * Reads to the end without frames, so that all interfaces, comments and secrets are known before
 * the first frame is looked at, and rewinds. At most `frames` of them, for a first look.
 */
void source_collect(struct source *s, uint64_t frames);

/* The frame at a place that an earlier source_next() gave; false when it cannot be read (again). */
bool source_read_at(struct source *s, uint64_t where, struct frame *frame);

void source_rewind(struct source *s);		/* the next source_next() gives the first frame again */

/* One translated line about the end of the file; NULL while there is nothing to say. */
const char *source_trouble(const struct source *s);
/* One translated line about what was left out at a cap (comments, secrets); NULL if nothing was. */
const char *source_left_out(const struct source *s);

enum source_kind source_kind(const struct source *s);
const char *source_path(const struct source *s);
uint64_t source_size(const struct source *s);	/* bytes on disk, packed or not; 0 not known: a pipe */
uint64_t source_position(const struct source *s);	/* bytes read so far, of the same count */
size_t source_n_ifaces(const struct source *s);
const struct source_iface *source_iface(const struct source *s, uint32_t iface);
size_t source_n_secrets(const struct source *s);	/* grows as blocks are read */
const struct source_secret *source_secret(const struct source *s, size_t i);
/* The visit record as it stands in the file: JSON that nobody has looked at yet; NULL if none. */
const char *source_record(const struct source *s, size_t *n);
/* Comments: raw UTF-8 of the file; section comments (SHB) first with number 0 when there is one. */
const char *source_section_comment(const struct source *s);	/* NULL if none */
const char *source_comment(const struct source *s, uint32_t number);	/* number as in frame.comment - 1 */

#endif
