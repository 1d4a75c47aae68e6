/*
 * grow.c - make a capture of any size out of real visits
 *
 *	grow SIZE OUT.pcapng IN.pcapng...		SIZE in bytes, or with k, M or G; OUT may be -
 *
 * The visits are copied in turn until OUT has SIZE bytes. Each copy has a client of its own: the
 * addresses of the client's network and the client's TCP and UDP ports differ from copy to copy,
 * the same in the whole copy, also inside ARP, neighbour discovery and the packets that an ICMP
 * error quotes. The servers stay where they are, so that the DNS answers remain true. Checksums are carried on by the difference (RFC 1624):
 * one that was right stays right, and one that was left to the network card stays so. Times go
 * on from copy to copy. Names and encrypted bytes are as they were, so the visits' key logs open
 * every copy.
 *
 * Memory holds the inputs and one output buffer, never the output.
 * Build: cc -std=c11 -O2 -D_POSIX_C_SOURCE=200809L -o grow pcaps/grow.c
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SECTION = 0x0a0d0d0a,
	INTERFACE = 1,
	PACKET = 6,
	OPT_END = 0,
	OPT_COMMENT = 1,
	OPT_IF_RESOLUTION = 9,
	NANO = 9,
	LINKTYPE_ETHERNET = 1,
	ETH_IPV4 = 0x0800,
	ETH_ARP = 0x0806,
	ETH_VLAN = 0x8100,
	ETH_IPV6 = 0x86dd,
	IP_ICMP = 1,
	IP_TCP = 6,
	IP_UDP = 17,
	IP_ICMPV6 = 58,
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

/* What differs in a copy */
struct copy {
	uint32_t number;
	uint16_t port;		/* is added to the client's ports */
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

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
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
 * Checksums: a sum of 16-bit differences, carried on to the fields that cover the changed words
 */

/* change16(p, v, sum): *p becomes v; sum grows by what a checksum over it has to lose */
static void change16(uint8_t *p, uint16_t v, uint32_t *sum)
{
	*sum += (uint16_t)~get16(p);
	*sum += v;
	put16(p, v);
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* carry_on(p, sum): the checksum at p covers words that changed by sum (RFC 1624, eqn. 3) */
static void carry_on(uint8_t *p, uint32_t sum)
{
	put16(p, (uint16_t)~fold((uint32_t)(uint16_t)~get16(p) + fold(sum)));
}

/*
 * carry_on_partial(p, sum): the network card was to finish this one: it holds the plain sum of
 * the pseudo-header, not its complement
 */
static void carry_on_partial(uint8_t *p, uint32_t sum)
{
	put16(p, fold((uint32_t)get16(p) + fold(sum)));
}

/*
 * Addresses
 */

/*
 * move4(): the lab's client network, 192.168.0.0/24, becomes one of the 65,536 of 10.0.0.0/8; when
 * they are used up, the hosts in them move up
 */
static void move4(uint8_t *p, const struct copy *c, uint32_t *sum)
{
	if (p[0] != 192 || p[1] != 168)
		return;
	change16(p, (uint16_t)(10 << 8 | (c->number >> 8 & 0xff)), sum);
	change16(p + 2, (uint16_t)((c->number & 0xff) << 8 | (p[3] + (c->number >> 16) % 12 * 20)), sum);
}

/* move6(): the lab's client network, 2001:db8:1::/64, becomes 2001:db8:1:N:N:: */
static void move6(uint8_t *p, const struct copy *c, uint32_t *sum)
{
	static const uint8_t net[] = { 0x20, 0x01, 0x0d, 0xb8, 0, 1 };

	if (memcmp(p, net, sizeof net))
		return;
	change16(p + 6, (uint16_t)(get16(p + 6) + (c->number >> 16)), sum);
	change16(p + 8, (uint16_t)(get16(p + 8) + c->number), sum);
}

/* move_port(): only the client's side, which is an ephemeral port; services keep theirs */
static void move_port(uint8_t *p, const struct copy *c, uint32_t *sum)
{
	uint16_t port = get16(p);

	if (port >= 32768)
		change16(p, (uint16_t)(32768 + ((port - 32768 + c->port) & 0x7fff)), sum);
}

/*
 * Layers. Each gets its bytes as far as captured, and leaves alone what is not whole.
 */

static void move_packet4(uint8_t *p, size_t n, const struct copy *c, bool quoted, uint32_t *all);
static void move_packet6(uint8_t *p, size_t n, const struct copy *c, bool quoted, uint32_t *all);

/* pseudo_sum(): what a checksum field holds when it is left to the network card */
static uint16_t pseudo_sum(const uint8_t *addresses, size_t n, uint8_t protocol, size_t length)
{
	uint32_t sum = protocol + (uint32_t)(length >> 16) + (uint32_t)(length & 0xffff);
	size_t i;

	for (i = 0; i + 1 < n; i += 2)
		sum += get16(addresses + i);
	return fold(sum);
}

/*
 * move_ports(): TCP or UDP behind an address change of sum; partial tells whether the checksum is
 * the card's. all gathers every change, for the checksum around a quoted packet.
 */
static void move_ports(uint8_t *p, size_t n, uint8_t protocol, uint32_t sum, uint16_t pseudo,
		       const struct copy *c, uint32_t *all)
{
	size_t at = protocol == IP_TCP ? 16 : 6;
	uint32_t ports = 0;
	uint16_t before;

	if (n < 4)
		return;
	move_port(p, c, &ports);
	move_port(p + 2, c, &ports);
	*all += fold(ports);
	if (n < at + 2)
		return;
	before = get16(p + at);
	if (protocol == IP_UDP && before == 0)
		return;		/* no checksum (RFC 768) */
	if (before == pseudo)
		carry_on_partial(p + at, sum);
	else
		carry_on(p + at, (uint32_t)fold(sum) + fold(ports));
	if (protocol == IP_UDP && get16(p + at) == 0)
		put16(p + at, 0xffff);
	*all += (uint16_t)~before;
	*all += get16(p + at);
	*all = fold(*all);
}

/* move_icmp(): an error quotes the packet that it is about, whose changes its checksum covers */
static void move_icmp(uint8_t *p, size_t n, bool v6, uint32_t sum, const struct copy *c)
{
	bool error = v6 ? p[0] < 128 : p[0] == 3 || p[0] == 4 || p[0] == 5 || p[0] == 11 || p[0] == 12;

	if (error && n > 8 && v6)
		move_packet6(p + 8, n - 8, c, true, &sum);
	else if (error && n > 8)
		move_packet4(p + 8, n - 8, c, true, &sum);
	else if (v6 && (p[0] == 135 || p[0] == 136) && n >= 24)
		move6(p + 8, c, &sum);		/* the target of a neighbour solicitation */
	carry_on(p + 2, sum);
}

static void move_packet4(uint8_t *p, size_t n, const struct copy *c, bool quoted, uint32_t *all)
{
	size_t head, total;
	uint32_t sum = 0;
	uint16_t before, pseudo;

	if (n < 20 || p[0] >> 4 != 4 || (head = (size_t)(p[0] & 15) * 4) < 20 || head > n)
		return;
	total = get16(p + 2);
	pseudo = pseudo_sum(p + 12, 8, p[9], (total ? total : n) - head);
	move4(p + 12, c, &sum);
	move4(p + 16, c, &sum);
	sum = fold(sum);
	before = get16(p + 10);
	if (before)
		carry_on(p + 10, sum);
	*all = fold(*all + sum + (uint16_t)~before + get16(p + 10));
	if (get16(p + 6) & 0x1fff)
		return;		/* a later fragment has no ports */
	if (p[9] == IP_TCP || p[9] == IP_UDP)
		move_ports(p + head, n - head, p[9], sum, pseudo, c, all);
	else if (p[9] == IP_ICMP && n >= head + 8 && !quoted)
		move_icmp(p + head, n - head, false, 0, c);
}

static void move_packet6(uint8_t *p, size_t n, const struct copy *c, bool quoted, uint32_t *all)
{
	uint32_t sum = 0;
	uint16_t pseudo;
	uint8_t next;
	size_t at = 40;

	if (n < 40 || p[0] >> 4 != 6)
		return;
	next = p[6];
	while ((next == 0 || next == 60) && at + 8 <= n) {	/* hop-by-hop, destination options */
		next = p[at];
		at += 8 + (size_t)p[at + 1] * 8;
	}
	if (at > n)
		return;
	pseudo = pseudo_sum(p + 8, 32, next, (size_t)get16(p + 4) + 40 - at);
	move6(p + 8, c, &sum);
	move6(p + 24, c, &sum);
	sum = fold(sum);
	*all = fold(*all + sum);
	if (next == IP_TCP || next == IP_UDP)
		move_ports(p + at, n - at, next, sum, pseudo, c, all);
	else if (next == IP_ICMPV6 && n >= at + 8 && !quoted)
		move_icmp(p + at, n - at, true, sum, c);
}

/* move_arp(): Ethernet and IPv4 (RFC 826); it has no checksum */
static void move_arp(uint8_t *p, size_t n, const struct copy *c)
{
	uint32_t none = 0;

	if (n < 28 || get16(p + 2) != ETH_IPV4 || p[4] != 6 || p[5] != 4)
		return;
	move4(p + 14, c, &none);
	move4(p + 24, c, &none);
}

static void move_frame(uint8_t *p, size_t n, const struct copy *c)
{
	size_t at = 14;
	uint32_t all = 0;
	uint16_t type;

	if (n < at)
		return;
	type = get16(p + 12);
	if (type == ETH_VLAN && n >= 18) {
		type = get16(p + 16);
		at = 18;
	}
	if (type == ETH_IPV4)
		move_packet4(p + at, n - at, c, false, &all);
	else if (type == ETH_IPV6)
		move_packet6(p + at, n - at, c, false, &all);
	else if (type == ETH_ARP)
		move_arp(p + at, n - at, c);
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
