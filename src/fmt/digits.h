/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * digits: numbers and addresses as characters, without printf: what a row of millions is made of.
 * Each writes at `p` and returns one past the last character; nothing is terminated by a NUL.
 */
#ifndef OSI_FMT_DIGITS_H
#define OSI_FMT_DIGITS_H

#include <stddef.h>
#include <stdint.h>

enum {
	DIGITS_U64 = 20, DIGITS_TIME = 32, DIGITS_MAC = 17, DIGITS_IPV4 = 15, DIGITS_IPV6 = 45
};

char *digits_u64(char *p, uint64_t v);			/* at most DIGITS_U64 */
char *digits_fixed(char *p, uint64_t v, unsigned n);	/* n digits, zeros in front */
char *digits_hex(char *p, uint64_t v, unsigned n);	/* n hexadecimal digits, lower case */
char *digits_bytes(char *p, const uint8_t *s, size_t n);	/* 2 n hexadecimal digits */
/* Nanoseconds as seconds with `places` (0..9) decimals, cut, not rounded; may be negative. */
char *digits_seconds(char *p, int64_t ns, unsigned places);	/* at most DIGITS_TIME */
char *digits_mac(char *p, const uint8_t mac[6]);
char *digits_ipv4(char *p, const uint8_t ip[4]);
char *digits_ipv6(char *p, const uint8_t ip[16]);	/* RFC 5952 */
/* An address of 4, 6 or 16 bytes; nothing for another length. At most DIGITS_IPV6. */
char *digits_address(char *p, const uint8_t *bytes, size_t len);

#endif
