/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * input: the bytes of a capture at any offset, wherever they come from: a file as it is, or a
 * spool that is filled as far as it is needed.
 */
#ifndef OSI_CAPTURE_INPUT_H
#define OSI_CAPTURE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "capture/ahead.h"

struct unpacker;	/* inflate.h */

enum input_state {
	INPUT_GOOD,
	INPUT_CUT,	/* the packed data ends too early */
	INPUT_DAMAGED,	/* the packed data is not what its format says */
	INPUT_FAILED	/* an error of the system; the file shrank; no room to spool */
};

struct input {
	int fd;			/* what is read with pread(): the file itself, or the spool */
	int from;		/* what the spool is filled from; -1 when there is no spool */
	struct unpacker *unpacker;	/* owned; NULL when bytes go to the spool as they are */
	uint8_t *chunk;		/* owned; what was read of `from` and is not in the spool yet */
	size_t chunk_len, chunk_at;
	uint64_t taken;		/* bytes read of `from` */
	uint64_t packed_size;	/* bytes of the packed file; 0 for a pipe */
	uint64_t end;		/* bytes known to be there */
	bool spooled;
	bool growing;		/* wait for nothing, and let a short end be */
	bool complete;		/* the spool holds all there will be */
	bool pending;		/* the unpacker has more without new input */
	enum input_state state;
	char trouble[256];	/* why the state is not good; translated */
};

/* Opens PATH, "-" for standard input. On failure -1, and err says what is wrong. */
int input_open(struct input *in, const char *path, struct err *err);
void input_close(struct input *in);

void input_set_growing(struct input *in, bool growing);

/* Reads up to n bytes at an offset, less only at the end; `least` of them are worth waiting for. */
size_t input_read(struct input *in, uint64_t at, void *bytes, size_t n, size_t least);

/* What reading n bytes at an offset of a file says about the file. */
void input_account(struct input *in, uint64_t at, size_t n, struct reading r);

/* True when the bytes before the offset exist. */
bool input_reaches(struct input *in, uint64_t offset);

/* Says why nothing more can be read; the first reason stays. */
void input_stop(struct input *in, enum input_state state, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
