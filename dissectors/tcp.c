/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tcp: the Transmission Control Protocol's header (RFC 9293). Its options: tcp_options.c. */
#include "tcp.h"

#include "checksum.h"

/* "SYN, ACK" into the Info column. */
static const char *flag_names(struct dissect *d, uint16_t flags)
{
	static const char *const name[] = {
		"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE",
	};
	char *s = dissect_alloc(d, 64);
	size_t n = 0;
	if (!s)
		return "";
	s[0] = '\0';
	for (unsigned i = 0; i < sizeof name / sizeof name[0]; i++) {
		if (!(flags & 1u << i))
			continue;
		for (const char *p = n ? ", " : ""; *p; p++)
			s[n++] = *p;
		for (const char *p = name[i]; *p; p++)
			s[n++] = *p;
	}
	s[n] = '\0';
	return n ? s : "<None>";
}

static void show_flags(struct dissect *d, uint16_t raw)
{
	tree_in(d);
	for (unsigned i = TCPF_FLAG_RES; i <= TCPF_FLAG_FIN; i++)
		put_bits(d, &tcp_fields[i], raw);
	tree_out(d);
}

static void show_window(struct dissect *d, const struct flow_facts *flow)
{
	const struct tcp_segment *t = &d->tcp;
	bool scaled = flow->shift && !(t->flags & TCP_SYN);
	unsigned shift = scaled ? flow->shift - 1u : 0;
	put_uint(d, &tcp_fields[TCPF_WINDOW_SIZE], d->last, (uint64_t)t->window << (shift < 15 ? shift : 14));
	if (!(t->flags & TCP_SYN))
		put_uint(d, &tcp_fields[TCPF_WINDOW_SCALE], (struct range){ 0 },
			 scaled ? (uint64_t)1 << shift : (uint64_t)-1);
}

/* The fixed part; false when it is not all there. */
static bool read_fixed(struct dissect *d, struct cursor *c, struct flow_facts *flow)
{
	struct tcp_segment *t = &d->tcp;
	*t = (struct tcp_segment){ 0 };
	d->sport = take_u16(d, c, &tcp_fields[TCPF_SRCPORT]);
	d->dport = take_u16(d, c, &tcp_fields[TCPF_DSTPORT]);
	t->seq = take_u32(d, c, &tcp_fields[TCPF_SEQ_RAW]);
	struct range seq = d->last;
	t->ack = take_u32(d, c, &tcp_fields[TCPF_ACK_RAW]);
	struct range ack = d->last;
	uint16_t raw = cur_u16(c);
	if (!cur_ok(c))
		return false;
	struct range off = range_of(c, cur_off(c) - 2, 1), flags = range_of(c, cur_off(c) - 2, 2);
	t->header_len = (uint8_t)(raw >> 12 << 2);
	t->flags = raw & 0xfff;
	bool known = transport_flow(d, flow);
	if (known && want_fields(d)) {
		put_uint(d, &tcp_fields[TCPF_STREAM], (struct range){ 0 }, flow->stream);
		put_uint(d, &tcp_fields[TCPF_SEQ], seq, t->seq - flow->isn);
		put_uint(d, &tcp_fields[TCPF_ACK], ack, t->flags & TCP_ACK ? t->ack - flow->peer_isn : t->ack);
	}
	put_uint(d, &tcp_fields[TCPF_HDR_LEN], off, t->header_len);
	put_uint(d, &tcp_fields[TCPF_FLAGS], flags, t->flags);
	if (want_fields(d))
		show_flags(d, raw);
	t->window = take_u16(d, c, &tcp_fields[TCPF_WINDOW]);
	if (known && want_fields(d) && cur_ok(c))
		show_window(d, flow);
	return true;
}

static void say_number(struct dissect *d, const char *name, uint32_t n)
{
	strbuf_puts(&d->info, name);
	strbuf_put_uint(&d->info, n);
}

static void say(struct dissect *d, const struct flow_facts *flow, bool known)
{
	const struct tcp_segment *t = &d->tcp;
	if (!want_info(d) || d->quoted)	/* an ICMP error has its own line */
		return;
	info_set(d, "%s", "");	/* the line of most packets: put together without printf */
	strbuf_put_uint(&d->info, d->sport);
	strbuf_puts(&d->info, " → ");
	strbuf_put_uint(&d->info, d->dport);
	strbuf_puts(&d->info, " [");
	strbuf_puts(&d->info, flag_names(d, t->flags));
	strbuf_puts(&d->info, "]");
	say_number(d, " Seq=", known ? t->seq - flow->isn : t->seq);
	if (t->flags & TCP_ACK)
		say_number(d, " Ack=", known ? t->ack - flow->peer_isn : t->ack);
	bool scaled = flow->shift && !(t->flags & TCP_SYN);
	say_number(d, " Win=", (uint32_t)t->window << (scaled ? flow->shift - 1 : 0));
	say_number(d, " Len=", t->len);
	if (t->mss)
		say_number(d, " MSS=", t->mss);
	if (t->window_shift)
		say_number(d, " WS=", 1u << (t->window_shift - 1));
}

static enum verdict packet(struct dissect *d, struct cursor *c)
{
	struct tcp_segment *t = &d->tcp;
	struct flow_facts flow = { 0 };
	struct cursor whole = *c;
	if (!read_fixed(d, c, &flow))
		return DONE;
	uint16_t sum = take_u16(d, c, &tcp_fields[TCPF_CHECKSUM]);
	if (want_fields(d) && cur_ok(c) && !d->quoted)
		checksum_transport(d, &whole, sum, 6, &tcp_fields[TCPF_CHECKSUM_STATUS]);
	take_u16(d, c, &tcp_fields[TCPF_URGENT]);
	bool known = d->flow;
	if (t->header_len < 20 || (cur_ok(c) && t->header_len - 20u > cur_wire(c))) {
		say(d, &flow, known);
		return d->quoted ? DONE : MALFORMED;
	}
	struct cursor options = cur_sub(c, t->header_len - 20u);
	tcp_options(d, &options);
	cur_join(c, &options);
	if (d->quoted || !cur_ok(c))
		return DONE;
	t->len = (uint32_t)cur_wire(c);
	put_uint(d, &tcp_fields[TCPF_LEN], (struct range){ 0 }, t->len);
	if (known)
		put_uint(d, &tcp_fields[TCPF_NXTSEQ], (struct range){ 0 }, t->seq - flow.isn + t->len
			 + !!(t->flags & TCP_SYN) + !!(t->flags & TCP_FIN));
	say(d, &flow, known);
	struct range all = range_of(c, cur_off(c), (uint32_t)cur_left(c));
	if (want_fields(d) && all.len)
		put_uint(d, &tcp_fields[TCPF_PAYLOAD], all, 0);
	return transport_tcp(d, c);
}

static const struct binding binds[] = { { BY_IPPROTO, 6 } };

const struct protocol proto_tcp = {
	.name = "tcp", .title = "Transmission Control Protocol", .osi = OSI(4),
	.help = N_("TCP makes a reliable, ordered stream of bytes between two programs out of packets "
		"that may be lost, doubled or out of order. It is like a phone call: one side dials "
		"(SYN), the other answers (SYN, ACK), the first confirms (ACK), and both can talk "
		"until they hang up (FIN). The port number tells which program on the computer is "
		"meant."),
	.fields = tcp_fields, .n_fields = TCP_FIELDS, BINDS(binds), .packet = packet,
};
