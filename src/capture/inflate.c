/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/inflate.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/err.h"

struct unpacker {
	bool gz;
	bool inside;		/* a member or frame has begun and is not finished */
	z_stream z;
	ZSTD_DStream *zstd;	/* owned */
};

/* RFC 1952 section 2.3.1: ID1 ID2 CM. */
static bool is_gz(const uint8_t *head, size_t n)
{
	return n >= 3 && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8;
}

/* RFC 8878 section 3.1: the magic number of a frame, or of a skippable frame. */
static bool is_zst(const uint8_t *head, size_t n)
{
	if (n < 4)
		return false;
	if (head[1] == 0x2a && head[2] == 0x4d && head[3] == 0x18)
		return (head[0] & 0xf0) == 0x50;
	return head[0] == 0x28 && head[1] == 0xb5 && head[2] == 0x2f && head[3] == 0xfd;
}

struct unpacker *unpacker_new(const uint8_t *head, size_t n)
{
	if (!is_gz(head, n) && !is_zst(head, n))
		return NULL;
	struct unpacker *u = xcalloc(1, sizeof *u);
	u->gz = is_gz(head, n);
	u->inside = true;
	if (u->gz ? inflateInit2(&u->z, 15 + 16) != Z_OK : !(u->zstd = ZSTD_createDStream())) {
		free(u);
		return NULL;
	}
	return u;
}

void unpacker_free(struct unpacker *u)
{
	if (!u)
		return;
	if (u->gz)
		inflateEnd(&u->z);
	ZSTD_freeDStream(u->zstd);
	free(u);
}

bool unpacker_may_end(const struct unpacker *u)
{
	return !u->inside;
}

/* One or more members (RFC 1952 section 2.2); what follows them and is none is ignored, as gzip. */
static enum unpack run_gz(struct unpacker *u, const uint8_t *in, size_t n, size_t *used,
	uint8_t *out, size_t room, size_t *made)
{
	if (!u->inside) {
		if (*used == n)
			return UNPACK_MORE;
		if (in[*used] != 0x1f)
			return UNPACK_DONE;
		inflateReset(&u->z);
		u->inside = true;
	}
	u->z.next_in = (Bytef *)(uintptr_t)(in + *used);
	u->z.avail_in = (uInt)(n - *used);
	u->z.next_out = out + *made;
	u->z.avail_out = (uInt)(room - *made);
	int got = inflate(&u->z, Z_NO_FLUSH);
	*used = n - u->z.avail_in;
	*made = room - u->z.avail_out;
	if (got == Z_STREAM_END) {
		u->inside = false;
		return UNPACK_MORE;
	}
	if (got == Z_OK || (got == Z_BUF_ERROR && *made == room))
		return UNPACK_MORE;
	if (got == Z_BUF_ERROR && *used == n)
		return UNPACK_MORE;
	return UNPACK_DAMAGED;
}

static enum unpack run_zst(struct unpacker *u, const uint8_t *in, size_t n, size_t *used,
	uint8_t *out, size_t room, size_t *made)
{
	ZSTD_inBuffer from = { .src = in, .size = n, .pos = *used };
	ZSTD_outBuffer to = { .dst = out, .size = room, .pos = *made };
	size_t left = ZSTD_decompressStream(u->zstd, &to, &from);
	bool moved = from.pos != *used || to.pos != *made;
	bool stuck = !moved && *used < n && *made < room;
	*used = from.pos;
	*made = to.pos;
	if (ZSTD_isError(left) || stuck)
		return UNPACK_DAMAGED;
	if (moved)
		u->inside = left != 0;
	return UNPACK_MORE;
}

enum unpack unpacker_run(struct unpacker *u, const uint8_t *in, size_t n, size_t *used,
	uint8_t *out, size_t room, size_t *made)
{
	enum unpack got;
	do	/* once at least: there may be more to come from what was taken before */
		got = (u->gz ? run_gz : run_zst)(u, in, n, used, out, room, made);
	while (got == UNPACK_MORE && *used < n && *made < room);
	return got;
}
