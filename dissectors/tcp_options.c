/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tcp_options: the options of a TCP header (RFC 9293 section 3.2 and the RFCs named below). */
#include "tcp.h"

enum { END = 0, NOP = 1, MSS = 2, WSCALE = 3, SACK_PERMITTED = 4, SACK = 5, ECHO = 6, ECHO_REPLY = 7,
	TIMESTAMPS = 8, MD5 = 19, UTO = 28, AO = 29, FAST_OPEN = 34, EXP1 = 253, EXP2 = 254 };

/* RFC 7323 section 2: shifts beyond 14 count as 14. */
static void wscale(struct dissect *d, struct cursor *c)
{
	uint8_t shift = take_u8(d, c, &tcp_fields[TCPF_OPT_SHIFT]);
	if (!cur_ok(c))
		return;
	shift = shift > 14 ? 14 : shift;
	put_uint(d, &tcp_fields[TCPF_OPT_MULTIPLIER], d->last, 1u << shift);
	if (d->tcp.flags & TCP_SYN)
		d->tcp.window_shift = (uint8_t)(shift + 1);
}

static void sack(struct dissect *d, struct cursor *c)
{
	unsigned n = 0;
	for (; cur_left(c) >= 8; n++) {
		take_u32(d, c, &tcp_fields[TCPF_OPT_SACK_LE]);
		take_u32(d, c, &tcp_fields[TCPF_OPT_SACK_RE]);
	}
	put_uint(d, &tcp_fields[TCPF_OPT_SACK_COUNT], (struct range){ 0 }, n);
}

static void fast_open(struct dissect *d, struct cursor *c)
{
	if (cur_left(c))
		take_bytes(d, c, cur_left(c), &tcp_fields[TCPF_OPT_TFO_COOKIE]);
	else
		put_uint(d, &tcp_fields[TCPF_OPT_TFO_REQUEST], d->last, 0);
}

static void value(struct dissect *d, struct cursor *c, uint8_t kind)
{
	switch (kind) {
	case MSS: d->tcp.mss = take_u16(d, c, &tcp_fields[TCPF_OPT_MSS]); break;
	case WSCALE: wscale(d, c); break;
	case SACK: sack(d, c); break;
	case SACK_PERMITTED: break;
	case ECHO:
	case ECHO_REPLY: take_u32(d, c, &tcp_fields[TCPF_OPT_ECHO]); break;
	case TIMESTAMPS:
		take_u32(d, c, &tcp_fields[TCPF_OPT_TSVAL]);
		take_u32(d, c, &tcp_fields[TCPF_OPT_TSECR]);
		break;
	case MD5: take_bytes(d, c, 16, &tcp_fields[TCPF_OPT_MD5]); break;
	case UTO: {
		uint16_t raw = cur_u16(c);
		put_uint(d, &tcp_fields[TCPF_OPT_UTO_GRAN], range_of(c, cur_off(c) - 2, 2), raw >> 15);
		put_uint(d, &tcp_fields[TCPF_OPT_UTO], range_of(c, cur_off(c) - 2, 2), raw & 0x7fff);
		break;
	}
	case AO:
		take_u8(d, c, &tcp_fields[TCPF_OPT_AO_KEY]);
		take_u8(d, c, &tcp_fields[TCPF_OPT_AO_NEXT]);
		take_bytes(d, c, cur_left(c), &tcp_fields[TCPF_OPT_AO_MAC]);
		break;
	case FAST_OPEN: fast_open(d, c); break;
	case EXP1:
	case EXP2:
		take_u16(d, c, &tcp_fields[TCPF_OPT_EXID]);
		take_bytes(d, c, cur_left(c), &tcp_fields[TCPF_OPT_EXDATA]);
		break;
	default:
		if (cur_left(c))
			take_bytes(d, c, cur_left(c), &tcp_fields[TCPF_OPT_UNKNOWN]);
	}
}

/* One option; false when the list ends with it. */
static bool option(struct dissect *d, struct cursor *c)
{
	uint8_t kind = take_u8(d, c, &tcp_fields[TCPF_OPT_KIND]);
	if (!cur_ok(c) || kind == END)
		return false;
	if (kind == NOP)
		return true;
	tree_in(d);
	uint8_t len = take_u8(d, c, &tcp_fields[TCPF_OPT_LEN]);
	struct cursor v = cur_sub(c, len < 2 ? 0 : len - 2u);
	bool good = cur_ok(c) && len >= 2;
	if (good) {
		value(d, &v, kind);
		good = cur_ok(&v);
	}
	tree_out(d);
	/* a list of options that lies harms nothing else: the header's length is known */
	if (!good && cur_ok(c) && c->lost == 0 && !v.lost)
		note(d, NOTE_MALFORMED);
	return good;
}

/*
 * Most segments carry the timestamps alone, laid out as RFC 7323 appendix A has it. Where no
 * fields are wanted nothing is to be learnt from them.
 */
static bool only_timestamps(const struct cursor *c)
{
	static const uint8_t layout[4] = { NOP, NOP, TIMESTAMPS, 10 };
	const uint8_t *p = cur_peek(c, 12);
	return p && cur_wire(c) == 12 && !memcmp(p, layout, sizeof layout);
}

void tcp_options(struct dissect *d, struct cursor *c)
{
	if (!cur_left(c))
		return;
	if (!want_fields(d) && only_timestamps(c)) {
		cur_skip(c, 12);
		return;
	}
	struct cursor all = *c;
	uint32_t n = (uint32_t)cur_left(c);
	uint32_t tree = tree_open(d, c, &tcp_fields[TCPF_OPTIONS]);
	while (cur_left(c) && option(d, c))
		;
	cur_skip(&all, n);
	tree_close(d, &all, tree);
	if (c->bad == CUR_PAST)
		*c = all;	/* the list is what lied, not the header */
}
