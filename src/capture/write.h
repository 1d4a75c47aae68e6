/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * write: pcapng to a file or a pipe, block by block (draft-ietf-opsawg-pcapng).
 *
 * Blocks are collected in a buffer and written when it is full, at writer_flush() and at the end.
 * The first error (a full disk is a normal one) is kept: from then on nothing is written, so that
 * one look at writer_error() tells all. What stands before it is whole but for its last block.
 *
 * Texts are UTF-8; NULL and "" are left away. A text that is longer than an option may be (65,535
 * bytes) is cut in front of a character. Times are nanoseconds since 1970.
 */
#ifndef OSI_CAPTURE_WRITE_H
#define OSI_CAPTURE_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WRITER_OPTION = 65535,		/* bytes of an option's value */
	WRITER_BLOCK = 128 << 20,	/* bytes of a block: more than that is EFBIG */
	WRITER_SECRETS = 1 << 20	/* bytes of secrets in one block: more become several */
};

static const uint32_t secrets_tls = 0x544c534bu;	/* TLS Key Log (section 4.7): lines of text */

struct writer;

struct writer *writer_new(int fd);	/* borrows fd, which may be non-blocking */
int writer_free(struct writer *w);	/* flushes; 0 or the first error's errno. w may be NULL */
bool writer_flush(struct writer *w);	/* false when there was an error, now or before */
int writer_error(const struct writer *w);	/* the first error's errno, or 0 */
/* Bytes given so far, written or still in the buffer: where the next block will begin. */
uint64_t writer_at(const struct writer *w);

/*
 * The byte order of what follows: swapped is the one that this machine does not have. Only for
 * additions to a section that was copied from another file.
 */
void writer_set_swapped(struct writer *w, bool swapped);

struct write_section { const char *hardware, *os, *application, *comment; };
void writer_section(struct writer *w, const struct write_section *section);

struct write_iface {
	const char *name, *description;
	const char *filter;	/* the capture filter, as tcpdump takes it */
	uint32_t snaplen;	/* 0: no limit */
	uint16_t link;		/* LINKTYPE_ number */
};
/* Its number in this section. Times of its packets are nanoseconds. */
uint32_t writer_iface(struct writer *w, const struct write_iface *iface);

struct write_packet {
	int64_t time;
	const void *bytes;
	uint32_t caplen, len;
	uint32_t iface;		/* what writer_iface() gave */
	const char *const *comments;	/* an option each */
	size_t n_comments;
};
void writer_packet(struct writer *w, const struct write_packet *packet);

/*
 * A packet block of another file as it is (clock, flags and comments of its own), and comments
 * behind its own. Any other block, a Simple Packet Block too, has no room for them: it is only
 * copied. The block was read and found good: its two lengths agree; n is its length in the file.
 */
void writer_commented(struct writer *w, const void *block, size_t n, const char *const *comments,
	size_t n_comments);

struct write_name {
	const void *address;	/* in network byte order */
	size_t len;		/* 4 or 16 bytes; anything else is left away */
	const char *const *names;
	size_t n_names;
};
void writer_names(struct writer *w, const struct write_name *names, size_t n);

/* More than WRITER_SECRETS become several blocks, each of whole lines. */
void writer_secrets(struct writer *w, uint32_t type, const void *bytes, size_t n);

struct write_statistics {
	uint32_t iface;
	int64_t time;		/* when they were taken */
	int64_t start, end;	/* when recording began and ended; 0 not said */
	uint64_t received, dropped;	/* packets; UINT64_MAX not said */
	const char *comment;
};
void writer_statistics(struct writer *w, const struct write_statistics *statistics);

/* The visit record (pcapng.h): n bytes of JSON, filled up with spaces. */
void writer_record(struct writer *w, const char *json, size_t n);

/* A whole block of another file, as it is; n is a multiple of 4 there, or is filled up with zeros. */
void writer_raw(struct writer *w, const void *block, size_t n);

#endif
