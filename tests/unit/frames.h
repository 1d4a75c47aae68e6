/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frames: a capture's frames in memory, each in memory of its own size (so that a sanitizer sees
 * one byte too far), to be cut, mixed, mutated and dissected again.
 */
#ifndef OSI_TESTS_FRAMES_H
#define OSI_TESTS_FRAMES_H

#include "capture/source.h"
#include "session.h"
#include "unit.h"

struct frames {
	struct frame *at;	/* bytes are owned; `where` and the rest of the file are meaningless */
	size_t n, size;
};

/* The packets of a capture; records that are no packets are left out. */
void frames_read(struct frames *to, const char *path);
void frames_free(struct frames *f);

/* One more, like an earlier one but for its bytes, which are copied. On the wire: len bytes. */
uint8_t *frames_add(struct frames *to, const struct frame *like, const void *bytes,
		    uint32_t caplen, uint32_t len);

/* A pcapng of them in memory: a path, good until frames_unfile(). One at a time. */
const char *frames_file(const struct frames *f);
void frames_unfile(void);

/* Opens a capture; fails the test when it cannot. */
struct session *frames_open(const char *path);
/* A session without frames, whose engine can be given frames by hand. */
struct session *frames_session(void);

/* The recorded visits: pcaps/visits/ (pcaps/sample.pcapng is one of them). NULL ends them. */
const char *const *frames_samples(void);

#endif
