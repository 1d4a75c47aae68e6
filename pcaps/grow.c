/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * grow.c - make a capture of any size out of real visits
 *
 *	grow SIZE OUT.pcapng IN.pcapng...		SIZE in bytes, or with k, M or G; OUT may be -
 *
 * The visits are copied in turn until OUT has SIZE bytes. Each copy has a client of its own: the
 * addresses of the client's network and the client's TCP and UDP ports differ from copy to copy,
 * the same in the whole copy, also inside ARP, neighbour discovery and the packets that an ICMP
 * error quotes (move.h). The servers stay where they are, so that the DNS answers remain true.
 * Times go on from copy to copy. Names and encrypted bytes are as they were, so the visits' key
 * logs open every copy.
 *
 * Memory holds the inputs and one output buffer, never the output.
 * Build: cc -std=c11 -O2 -D_POSIX_C_SOURCE=200809L -o grow pcaps/grow.c pcaps/move.c
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "move.h"

enum {
	SECTION = 0x0a0d0d0a,
	INTERFACE = 1,
	PACKET = 6,
	OPT_END = 0,
	OPT_COMMENT = 1,
	OPT_IF_RESOLUTION = 9,
	NANO = 9,
	LINKTYPE_ETHERNET = 1,
};

/* A packet of an input: where its bytes are, and when it came after the input's first */
struct packet {
	uint8_t *bytes;
	uint32_t caplen, len;
	uint64_t after;
};

struct visit {
	struct packet *packets;
	size_t n, room;
	uint64_t lasts;
};

struct out {
	int fd;
	uint64_t written;
	size_t used;
	uint8_t buffer[1 << 20];
};

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "grow: %s: %s\n", what, why);
	exit(1);
}

/* Little-endian or big-endian as the file's own, which has to be this machine's */
static uint32_t own32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static uint16_t own16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

/*
 * Reading the visits: pcapng as the lab writes it (one section, Ethernet, nanoseconds)
 */

static uint8_t *read_whole(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data;
	long end = -1;

	if (!f || fseek(f, 0, SEEK_END) || (end = ftell(f)) < 0 || fseek(f, 0, SEEK_SET))
		fail(path, strerror(errno));
	*n = (size_t)end;
	data = malloc(*n + 1);
	if (!data || fread(data, 1, *n, f) != *n)
		fail(path, "cannot be read");
	fclose(f);
	return data;
}

/* check_interface(): this program need not know what osiscope itself reads */
static void check_interface(const char *path, const uint8_t *body, size_t n)
{
	size_t at = 8;
	unsigned resolution = 6;

	if (n < 8 || own16(body) != LINKTYPE_ETHERNET)
		fail(path, "is not of Ethernet");
	while (at + 4 <= n && own16(body + at) != OPT_END) {
		if (own16(body + at) == OPT_IF_RESOLUTION && at + 5 <= n)
			resolution = body[at + 4];
		at += 4 + ((size_t)own16(body + at + 2) + 3) / 4 * 4;
	}
	if (resolution != NANO)
		fail(path, "has no times of nanoseconds");
}

static void add_packet(struct visit *v, uint8_t *body, size_t n, uint64_t *first)
{
	struct packet *p;
	uint64_t when;

	if (n < 20 || own32(body + 12) > n - 20)
		return;
	if (v->n == v->room) {
		v->room = v->room ? 2 * v->room : 256;
		v->packets = realloc(v->packets, v->room * sizeof *v->packets);
		if (!v->packets)
			fail("memory", strerror(errno));
	}
	when = (uint64_t)own32(body + 4) << 32 | own32(body + 8);
	if (!v->n)
		*first = when;
	p = &v->packets[v->n++];
	*p = (struct packet){
		.bytes = body + 20, .caplen = own32(body + 12), .len = own32(body + 16),
		.after = when >= *first ? when - *first : 0,
	};
	if (p->after > v->lasts)
		v->lasts = p->after;
}

static void read_visit(const char *path, struct visit *v)
{
	size_t n, at = 0, length;
	uint64_t first = 0;
	uint8_t *data = read_whole(path, &n);

	if (n < 28 || own32(data) != SECTION || own32(data + 8) != 0x1a2b3c4d)
		fail(path, "is no pcapng file of this byte order");
	for (; at + 12 <= n; at += length) {
		length = own32(data + at + 4);
		if (length < 12 || length % 4 || length > n - at)
			fail(path, "is damaged");
		if (own32(data + at) == INTERFACE)
			check_interface(path, data + at + 8, length - 12);
		else if (own32(data + at) == PACKET)
			add_packet(v, data + at + 8, length - 12, &first);
	}
	if (!v->n)
		fail(path, "has no packets");
}

/*
 * Writing
 */

static void flush(struct out *o)
{
	size_t done = 0;

	while (done < o->used) {
		ssize_t n = write(o->fd, o->buffer + done, o->used - done);

		if (n < 0 && errno != EINTR)
			fail("output", strerror(errno));
		if (n > 0)
			done += (size_t)n;
	}
	o->used = 0;
}

/* room(): n bytes of the buffer, to be filled at once */
static uint8_t *room(struct out *o, size_t n)
{
	uint8_t *p;

	if (n > sizeof o->buffer)
		fail("input", "has a packet that is too long");
	if (n > sizeof o->buffer - o->used)
		flush(o);
	p = o->buffer + o->used;
	o->used += n;
	o->written += n;
	return p;
}

static uint8_t *own_put32(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, sizeof v);
	return p + sizeof v;
}

static uint8_t *own_put16(uint8_t *p, uint16_t v)
{
	memcpy(p, &v, sizeof v);
	return p + sizeof v;
}

static void write_head(struct out *o)
{
	static const char comment[] = "Made of copies of visits in the osiscope lab, for measuring.";
	uint32_t text = sizeof comment - 1, padded = (text + 3) / 4 * 4, length = 28 + 4 + padded + 4;
	uint8_t *p = room(o, length);

	memset(p, 0, length);
	p = own_put32(p, SECTION);
	p = own_put32(p, length);
	p = own_put32(p, 0x1a2b3c4d);
	p = own_put16(p, 1);
	p = own_put16(p, 0);
	p = own_put32(p, UINT32_MAX);
	p = own_put32(p, UINT32_MAX);
	p = own_put16(p, OPT_COMMENT);
	p = own_put16(p, (uint16_t)text);
	memcpy(p, comment, text);
	own_put32(p + padded + 4, length);

	p = room(o, 32);
	memset(p, 0, 32);
	p = own_put32(p, INTERFACE);
	p = own_put32(p, 32);
	p = own_put32(p, LINKTYPE_ETHERNET);
	p = own_put32(p, 262144);
	p = own_put16(p, OPT_IF_RESOLUTION);
	p = own_put16(p, 1);
	p = own_put32(p, 0);
	p[-4] = NANO;
	own_put32(p + 4, 32);
}

static void write_packet(struct out *o, const struct packet *in, uint64_t when, const struct copy *c)
{
	uint32_t padded = (in->caplen + 3) / 4 * 4, length = 32 + padded;
	uint8_t *p = room(o, length);

	p = own_put32(p, PACKET);
	p = own_put32(p, length);
	p = own_put32(p, 0);
	p = own_put32(p, (uint32_t)(when >> 32));
	p = own_put32(p, (uint32_t)when);
	p = own_put32(p, in->caplen);
	p = own_put32(p, in->len);
	memcpy(p, in->bytes, in->caplen);
	memset(p + in->caplen, 0, padded - in->caplen);
	if (c->number)
		move_frame(p, in->caplen, c);
	own_put32(p + padded, length);
}

static uint64_t parse_size(const char *text)
{
	char *end;
	double n = strtod(text, &end);

	switch (*end) {
	case 'k': n *= 1e3; end++; break;
	case 'M': n *= 1e6; end++; break;
	case 'G': n *= 1e9; end++; break;
	}
	if (*end || end == text || !(n > 0) || n > 1e15)
		fail(text, "is no size (100M, 1G)");
	return (uint64_t)n;
}

int main(int argc, char **argv)
{
	static struct out out;
	uint64_t size, clock = UINT64_C(1767225600) * 1000000000;	/* 2026-01-01 */
	struct copy copy = { 0 };
	struct visit *visits;
	size_t n_visits, i, turn;

	if (argc < 4) {
		fprintf(stderr, "usage: grow SIZE OUT.pcapng IN.pcapng...\n");
		return 2;
	}
	size = parse_size(argv[1]);
	n_visits = (size_t)argc - 3;
	visits = calloc(n_visits, sizeof *visits);
	if (!visits)
		fail("memory", strerror(errno));
	for (i = 0; i < n_visits; i++)
		read_visit(argv[i + 3], &visits[i]);
	out.fd = strcmp(argv[2], "-") ? open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0644) : STDOUT_FILENO;
	if (out.fd < 0)
		fail(argv[2], strerror(errno));

	write_head(&out);
	for (turn = 0; out.written < size; turn++) {
		const struct visit *v = &visits[turn % n_visits];

		for (i = 0; i < v->n; i++)
			write_packet(&out, &v->packets[i], clock + v->packets[i].after, &copy);
		clock += v->lasts + 1000000;
		copy.number++;
		copy.port = (uint16_t)((copy.port + 4099) & 0x7fff);
	}
	flush(&out);
	if (close(out.fd))
		fail(argv[2], strerror(errno));
	return 0;
}
