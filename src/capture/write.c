/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A block's length stands in its head, so it is known before the block is begun: block_begin() is
 * told the length of the body, block_end() checks that it was that. Nothing is allocated a packet.
 */
#include "capture/write.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/err.h"
#include "capture/pcapng.h"

enum {
	ROOM = 256 << 10,
	DIRECT = 8 << 10	/* bytes that are worth a system call more than being copied */
};

enum {	/* options' numbers, each in its own kind of block */
	OPT_END = 0,
	OPT_COMMENT = 1,
	SHB_HARDWARE = 2,
	SHB_OS = 3,
	SHB_USERAPPL = 4,
	IF_NAME = 2,
	IF_DESCRIPTION = 3,
	IF_TSRESOL = 9,
	IF_FILTER = 11,
	ISB_STARTTIME = 2,
	ISB_ENDTIME = 3,
	ISB_IFRECV = 4,
	ISB_IFDROP = 5
};

enum { NAME_END = 0, NAME_IPV4 = 1, NAME_IPV6 = 2 };

enum { WRITER_NAME = 1024 };	/* bytes of a host's name: DNS has at most 1,004, all escaped */

struct writer {
	int fd;
	int error;
	bool swapped;
	uint32_t n_ifaces;	/* of this section */
	uint64_t written;	/* bytes before the buffer's first */
	uint64_t block_end;	/* of the open block; what must be reached */
	uint32_t block_total;
	size_t filled;
	uint8_t bytes[ROOM];
};

struct writer *writer_new(int fd)
{
	struct writer *w = xmalloc(sizeof *w);
	memset(w, 0, offsetof(struct writer, bytes));
	w->fd = fd;
	return w;
}

int writer_error(const struct writer *w)
{
	return w->error;
}

uint64_t writer_at(const struct writer *w)
{
	return w->written + w->filled;
}

void writer_set_swapped(struct writer *w, bool swapped)
{
	w->swapped = swapped;
}

static void write_all(struct writer *w, const uint8_t *bytes, size_t n)
{
	while (n && !w->error) {
		ssize_t done = write(w->fd, bytes, n);
		if (done >= 0) {
			bytes += done;
			n -= (size_t)done;
			w->written += (uint64_t)done;
		} else if (errno == EAGAIN) {
			poll(&(struct pollfd){ .fd = w->fd, .events = POLLOUT }, 1, -1);
		} else if (errno != EINTR) {
			w->error = errno;
		}
	}
}

bool writer_flush(struct writer *w)
{
	size_t n = w->filled;
	w->filled = 0;
	write_all(w, w->bytes, n);
	return w->error == 0;
}

int writer_free(struct writer *w)
{
	if (!w)
		return 0;
	writer_flush(w);
	int error = w->error;
	free(w);
	return error;
}

/* Writes the buffer and what comes behind it, which is not copied. */
static void write_behind(struct writer *w, const void *bytes, size_t n)
{
	struct iovec parts[2] = { { w->bytes, w->filled }, { (void *)(uintptr_t)bytes, n } };
	ssize_t done = w->error ? 0 : writev(w->fd, parts, 2);
	size_t got = done > 0 ? (size_t)done : 0;	/* an error comes again below */
	size_t first = got < w->filled ? got : w->filled;
	size_t left = w->filled - first;
	w->written += got;
	w->filled = 0;
	write_all(w, w->bytes + first, left);
	write_all(w, (const uint8_t *)bytes + (got - first), n - (got - first));
}

static void put(struct writer *w, const void *bytes, size_t n)
{
	if (n >= DIRECT) {
		write_behind(w, bytes, n);
		return;
	}
	if (n > ROOM - w->filled)
		writer_flush(w);
	if (n && !w->error) {
		memcpy(w->bytes + w->filled, bytes, n);
		w->filled += n;
	}
}

static void put_u16(struct writer *w, uint16_t n)
{
	n = w->swapped ? __builtin_bswap16(n) : n;
	put(w, &n, sizeof n);
}

static void put_u32(struct writer *w, uint32_t n)
{
	n = w->swapped ? __builtin_bswap32(n) : n;
	put(w, &n, sizeof n);
}

static void put_u64(struct writer *w, uint64_t n)
{
	n = w->swapped ? __builtin_bswap64(n) : n;
	put(w, &n, sizeof n);
}

/* Times are two halves, the high one first in either byte order (section 4.3). */
static void put_time(struct writer *w, int64_t time)
{
	put_u32(w, (uint32_t)((uint64_t)time >> 32));
	put_u32(w, (uint32_t)time);
}

static uint64_t padded(uint64_t n)
{
	return (n + 3) & ~(uint64_t)3;
}

static void put_padded(struct writer *w, const void *bytes, size_t n)
{
	put(w, bytes, n);
	put(w, "\0\0\0", (size_t)padded(n) - n);
}

/* False when the block would be too long, or an error came before: then it is not begun. */
static bool block_begin(struct writer *w, uint32_t type, uint64_t body)
{
	uint64_t total = 12 + padded(body);
	if (!w->error && total > WRITER_BLOCK)
		w->error = EFBIG;
	if (w->error)
		return false;
	w->block_total = (uint32_t)total;
	w->block_end = writer_at(w) + total;
	put_u32(w, type);
	put_u32(w, w->block_total);
	return true;
}

static void block_end(struct writer *w)
{
	put_u32(w, w->block_total);
	assert(w->error || writer_at(w) == w->block_end);
}

/* ---- options (section 3.5) ----------------------------------------------------------------- */

/* Bytes of a text's first `most` that are whole characters. */
static size_t text_cut(const char *text, size_t most)
{
	size_t n = strnlen(text, most + 1);
	if (n <= most)
		return n;
	n = most;
	while (n && ((uint8_t)text[n] & 0xc0) == 0x80)
		n--;
	return n ? n : most;	/* no UTF-8 at all: anywhere */
}

static uint64_t text_size(const char *text)
{
	return text && *text ? 4 + padded(text_cut(text, WRITER_OPTION)) : 0;
}

static void put_option(struct writer *w, uint16_t code, const void *value, size_t n)
{
	put_u16(w, code);
	put_u16(w, (uint16_t)n);
	put_padded(w, value, n);
}

static void put_text(struct writer *w, uint16_t code, const char *text)
{
	if (text && *text)
		put_option(w, code, text, text_cut(text, WRITER_OPTION));
}

static uint64_t comments_size(const char *const *comments, size_t n)
{
	uint64_t size = 0;
	for (size_t i = 0; i < n; i++)
		size += text_size(comments[i]);
	return size;
}

static void put_comments(struct writer *w, const char *const *comments, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put_text(w, OPT_COMMENT, comments[i]);
}

static void put_end(struct writer *w, uint64_t options)
{
	if (options)
		put_u32(w, OPT_END);	/* code and length: all zero */
}

/* Options and their end; none at all need no end. */
static uint64_t with_end(uint64_t options)
{
	return options ? options + 4 : 0;
}

/* ---- sections and interfaces --------------------------------------------------------------- */

void writer_section(struct writer *w, const struct write_section *s)
{
	uint64_t options = text_size(s->comment) + text_size(s->hardware) + text_size(s->os)
		+ text_size(s->application);
	if (!block_begin(w, PCAPNG_SHB, 16 + with_end(options)))
		return;
	put_u32(w, 0x1a2b3c4d);		/* byte-order magic */
	put_u16(w, 1);			/* version 1.0 */
	put_u16(w, 0);
	put_u64(w, UINT64_MAX);		/* the section's length is not said */
	put_text(w, OPT_COMMENT, s->comment);
	put_text(w, SHB_HARDWARE, s->hardware);
	put_text(w, SHB_OS, s->os);
	put_text(w, SHB_USERAPPL, s->application);
	put_end(w, options);
	block_end(w);
	w->n_ifaces = 0;
}

uint32_t writer_iface(struct writer *w, const struct write_iface *iface)
{
	static const uint8_t nanoseconds = 9, bpf_text = 0;
	size_t filter = 0;
	if (iface->filter && *iface->filter)
		filter = text_cut(iface->filter, WRITER_OPTION - 1);
	uint64_t options = text_size(iface->name) + text_size(iface->description) + 8
		+ (filter ? 4 + padded(1 + filter) : 0);
	if (!block_begin(w, PCAPNG_IDB, 8 + with_end(options)))
		return w->n_ifaces;
	put_u16(w, iface->link);
	put_u16(w, 0);
	put_u32(w, iface->snaplen);
	put_text(w, IF_NAME, iface->name);
	put_text(w, IF_DESCRIPTION, iface->description);
	put_option(w, IF_TSRESOL, &nanoseconds, 1);
	if (filter) {	/* its first byte says that text follows (section 4.2) */
		put_u16(w, IF_FILTER);
		put_u16(w, (uint16_t)(1 + filter));
		put(w, &bpf_text, 1);
		put(w, iface->filter, filter);
		put(w, "\0\0\0", (size_t)padded(1 + filter) - 1 - filter);
	}
	put_end(w, options);
	block_end(w);
	return w->n_ifaces++;
}

void writer_statistics(struct writer *w, const struct write_statistics *s)
{
	uint64_t options = text_size(s->comment) + (s->start ? 12 : 0) + (s->end ? 12 : 0)
		+ (s->received != UINT64_MAX ? 12 : 0) + (s->dropped != UINT64_MAX ? 12 : 0);
	if (!block_begin(w, PCAPNG_ISB, 12 + with_end(options)))
		return;
	put_u32(w, s->iface);
	put_time(w, s->time);
	put_text(w, OPT_COMMENT, s->comment);
	const struct { uint16_t code; int64_t time; } times[] = {
		{ ISB_STARTTIME, s->start }, { ISB_ENDTIME, s->end }
	};
	for (size_t i = 0; i < 2; i++) {
		if (!times[i].time)
			continue;
		put_u16(w, times[i].code);
		put_u16(w, 8);
		put_time(w, times[i].time);
	}
	const struct { uint16_t code; uint64_t count; } counts[] = {
		{ ISB_IFRECV, s->received }, { ISB_IFDROP, s->dropped }
	};
	for (size_t i = 0; i < 2; i++) {
		if (counts[i].count == UINT64_MAX)
			continue;
		put_u16(w, counts[i].code);
		put_u16(w, 8);
		put_u64(w, counts[i].count);
	}
	put_end(w, options);
	block_end(w);
}

/* ---- packets ------------------------------------------------------------------------------- */

void writer_packet(struct writer *w, const struct write_packet *p)
{
	uint64_t options = comments_size(p->comments, p->n_comments);
	if (!block_begin(w, PCAPNG_EPB, 20 + padded(p->caplen) + with_end(options)))
		return;
	put_u32(w, p->iface);
	put_time(w, p->time);
	put_u32(w, p->caplen);
	put_u32(w, p->len);
	put_padded(w, p->bytes, p->caplen);
	put_comments(w, p->comments, p->n_comments);
	put_end(w, options);
	block_end(w);
}

void writer_raw(struct writer *w, const void *block, size_t n)
{
	if (!w->error && n > (1u << 31))
		w->error = EFBIG;
	put_padded(w, block, n);
	uint32_t type = 0;
	if (n >= sizeof type)
		memcpy(&type, block, sizeof type);
	if (type == PCAPNG_SHB)
		w->n_ifaces = 0;
	else if (type == (w->swapped ? __builtin_bswap32(PCAPNG_IDB) : PCAPNG_IDB))
		w->n_ifaces++;
}

static uint32_t get_u32(const struct writer *w, const uint8_t *p)
{
	uint32_t n;
	memcpy(&n, p, sizeof n);
	return w->swapped ? __builtin_bswap32(n) : n;
}

/* Bytes of a block's options, from `at` to `end`, up to the one that says that they end here. */
static size_t own_options(const struct writer *w, const uint8_t *block, size_t at, size_t end)
{
	size_t from = at;
	while (end - at >= 4) {
		uint16_t head[2];
		memcpy(head, block + at, sizeof head);
		size_t code = w->swapped ? __builtin_bswap16(head[0]) : head[0];
		size_t len = w->swapped ? __builtin_bswap16(head[1]) : head[1];
		if (code == OPT_END || 4 + padded(len) > end - at)
			break;
		at += 4 + (size_t)padded(len);
	}
	return at - from;
}

void writer_commented(struct writer *w, const void *block, size_t n, const char *const *comments,
	size_t n_comments)
{
	const uint8_t *b = block;
	uint64_t more = comments_size(comments, n_comments);
	uint32_t type = n >= 32 ? get_u32(w, b) : 0;
	uint64_t packet = n >= 32 ? padded(get_u32(w, b + 20)) : 0;	/* EPB and PB agree here */
	if (!more || (type != PCAPNG_EPB && type != PCAPNG_PB) || packet > n - 32) {
		writer_raw(w, block, n);
		return;
	}
	size_t head = 28 + (size_t)packet;
	uint64_t own = own_options(w, b, head, n - 4);
	if (!block_begin(w, type, head - 8 + with_end(own + more)))
		return;
	put(w, b + 8, head - 8 + (size_t)own);
	put_comments(w, comments, n_comments);
	put_end(w, own + more);
	block_end(w);
}

/* ---- names, secrets, the visit record ------------------------------------------------------ */

/* Bytes of a name and its NUL; 0 when it is none, or longer than anything in the DNS. */
static size_t name_size(const char *name)
{
	size_t n = name ? strnlen(name, WRITER_NAME + 1) : 0;
	return n && n <= WRITER_NAME ? n + 1 : 0;
}

/*
 * A block of one record (section 4.5): type, length, address, names that end in NUL. Returns the
 * number of the first name that does not fit.
 */
static size_t put_name(struct writer *w, const struct write_name *name, size_t from)
{
	size_t size = name->len, to = from;
	for (; to < name->n_names && size + name_size(name->names[to]) <= WRITER_OPTION; to++)
		size += name_size(name->names[to]);
	if (size == name->len || !block_begin(w, PCAPNG_NRB, 4 + padded(size) + 4))
		return to;
	put_u16(w, name->len == 4 ? NAME_IPV4 : NAME_IPV6);
	put_u16(w, (uint16_t)size);
	put(w, name->address, name->len);
	for (size_t i = from; i < to; i++)
		put(w, name->names[i], name_size(name->names[i]));
	put(w, "\0\0\0", (size_t)padded(size) - size);
	put_u32(w, NAME_END);
	block_end(w);
	return to;
}

void writer_names(struct writer *w, const struct write_name *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (names[i].len != 4 && names[i].len != 16)
			continue;
		for (size_t at = 0; at < names[i].n_names;)
			at = put_name(w, &names[i], at);
	}
}

/* How many of the n bytes go into one block: whole lines, unless there is a longer one. */
static size_t secrets_piece(const uint8_t *bytes, size_t n)
{
	if (n <= WRITER_SECRETS)
		return n;
	const uint8_t *end = memrchr(bytes, '\n', WRITER_SECRETS);
	return end ? (size_t)(end - bytes) + 1 : WRITER_SECRETS;
}

void writer_secrets(struct writer *w, uint32_t type, const void *bytes, size_t n)
{
	const uint8_t *at = bytes;
	while (n) {
		size_t piece = secrets_piece(at, n);
		if (!block_begin(w, PCAPNG_DSB, 8 + padded(piece)))
			return;
		put_u32(w, type);
		put_u32(w, (uint32_t)piece);
		put_padded(w, at, piece);
		block_end(w);
		at += piece;
		n -= piece;
	}
}

void writer_record(struct writer *w, const char *json, size_t n)
{
	if (!block_begin(w, PCAPNG_RECORD, n))
		return;
	put(w, json, n);
	put(w, "   ", (size_t)padded(n) - n);
	block_end(w);
}
