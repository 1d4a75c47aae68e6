/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An HTTP/1 connection, or SSDP datagrams: pieces of text from either side. A piece begins with
 * a byte: its direction, and one of the phrases below, or 0 for raw bytes behind their length.
 * So that what is random still reaches heads, bodies and chunks. The input's first byte says how
 * the stream is cut, and whether it ends.
 */
#include <stdlib.h>
#include <string.h>

#include "feed.h"

enum { FROM_SERVER = 0x80, PHRASE = 0x3f, GAP = 0x40, SSDP = 0x80, ENDS = 0x40, CUT = 0x3f };
enum { STREAM = 1 << 16 };

static const char *const phrases[] = {
	NULL, "GET / HTTP/1.1\r\n", "HEAD /h HTTP/1.1\r\n", "POST /p?a=b&c HTTP/1.0\r\n",
	"CONNECT a:443 HTTP/1.1\r\n", "GET /0.9\r\n", "M-SEARCH * HTTP/1.1\r\n",
	"HTTP/1.1 200 OK\r\n", "HTTP/1.0 200 OK\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
	"HTTP/1.1 101 Switching Protocols\r\n", "HTTP/1.1 304 Not Modified\r\n",
	"HTTP/1.1 404 Not Found\r\n", "Content-Length: ", "0", "5", "12", "4294967296", "-1", ", ",
	"Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n", "Host: www.lab.test\r\n",
	"Host: [2001:db8::1]:8080\r\n", "Content-Type: text/html; charset=utf-8\r\n",
	"Content-Encoding: gzip\r\n", "Connection: close\r\n", "Upgrade: websocket\r\n",
	"Location: https://www.lab.test/\r\n", "Strict-Transport-Security: max-age=1\r\n",
	"Cookie: a=b; c\r\n", "X: \xff\x00\x1b[31m", "\r\n", "\n", " folded", ":", "abcde",
	"5\r\nabcde\r\n", "0\r\n\r\n", "0\r\nTrailer: t\r\n\r\n", "ffffffffffffffff\r\n", ";ext=1",
};
enum { PHRASES = sizeof phrases / sizeof phrases[0] };

struct stream { uint8_t *bytes; size_t n; };

static void stream_add(struct stream *s, const void *bytes, size_t n)
{
	if (n > STREAM - s->n)
		n = STREAM - s->n;
	if (n)
		memcpy(s->bytes + s->n, bytes, n);
	s->n += n;
}

static void piece_add(struct stream *s, struct feed_input *in, uint8_t head)
{
	const char *phrase = (head & PHRASE) < PHRASES ? phrases[head & PHRASE] : "\r\n\r\n";
	if (phrase) {
		stream_add(s, phrase, strlen(phrase));
		return;
	}
	size_t len = feed_u8(in);
	const uint8_t *p = feed_bytes(in, &len);
	stream_add(s, p, len);
}

static void send(struct feed_side side[2], int from, struct stream *s, uint8_t how)
{
	size_t step = (size_t)(how & CUT) * 21 + 1;
	for (size_t at = 0; at < s->n; at += step) {
		size_t part = s->n - at < step ? s->n - at : step;
		if (how & SSDP)
			feed_udp(side, from, s->bytes + at, part);
		else
			feed_tcp(side, from, FEED_ACK, s->bytes + at, part);
		side[from].seq += (uint32_t)part;
	}
	s->n = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct feed_input in = { bytes, bytes + n };
	uint8_t how = feed_u8(&in);
	struct feed_side side[2] = { { .seq = 1000, .port = 40000 },
				     { .seq = 5000, .port = how & SSDP ? 1900 : 80 } };
	struct stream stream = { malloc(STREAM), 0 };
	int from = 0;
	if (!stream.bytes)
		return 0;
	feed_begin(1);
	feed_tcp(side, 0, FEED_SYN, NULL, 0);
	side[0].seq++;
	for (int pieces = 0; in.at < in.end && pieces < 512; pieces++) {
		uint8_t head = feed_u8(&in);
		if (!(head & FROM_SERVER) != !from) {
			send(side, from, &stream, how);
			from = !from;
		}
		piece_add(&stream, &in, head);
		if (head & GAP) {	/* the capture lost a few bytes here */
			send(side, from, &stream, how);
			side[from].seq += 3;
		}
	}
	send(side, from, &stream, how);
	for (int i = 0; how & ENDS && i < 2; i++)
		feed_tcp(side, i, FEED_FIN | FEED_ACK, NULL, 0);
	feed_end();
	free(stream.bytes);
	return 0;
}
