/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * feed: what the fuzz targets do with bytes: make a capture of them in memory, and take it
 * through everything that a user could see of it. Aborts where something that must hold does
 * not (a field outside its bytes); the sanitizers find the rest.
 */
#ifndef OSI_TESTS_FEED_H
#define OSI_TESTS_FEED_H

#include <stddef.h>
#include <stdint.h>

struct dissect;

/* libFuzzer's entry; each target defines it. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* The bytes are a capture file. */
void feed_capture(const uint8_t *bytes, size_t n);

/* Or frames of one link type, one by one. */
void feed_begin(uint32_t link);
void feed_frame(const void *bytes, size_t n);
void feed_end(void);
/* Instead of feed_end(): the frames so far as a capture to be opened; feed_close() drops it. */
const char *feed_path(void);
void feed_close(void);

/*
 * What is so of every dissected frame: layers, fields and texts lie inside their buffers, fields
 * stand in a tree, nothing is above its cap. Reads every byte that a field names.
 */
void feed_check(const struct dissect *d);

/* The next byte and number of an input; 0 at its end. */
struct feed_input { const uint8_t *at, *end; };
uint8_t feed_u8(struct feed_input *in);
uint16_t feed_u16(struct feed_input *in);
/* The next n bytes, or as many as there are; *n how many. */
const uint8_t *feed_bytes(struct feed_input *in, size_t *n);

/* Ethernet, IPv4 and TCP or UDP headers (42 or 54 bytes) in front of n bytes of payload. */
enum { FEED_FRAME = 2048, FEED_PAYLOAD = 1400 };
enum { FEED_FIN = 1, FEED_SYN = 2, FEED_RST = 4, FEED_ACK = 16 };
struct feed_side { uint32_t seq; uint16_t port; };
void feed_udp(const struct feed_side *side, int from, const uint8_t *payload, size_t n);
void feed_tcp(const struct feed_side *side, int from, unsigned flags, const uint8_t *payload,
	      size_t n);

#endif
