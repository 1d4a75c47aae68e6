/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dns: the Domain Name System (RFC 1035) over UDP and TCP; multicast DNS (RFC 6762) and LLMNR
 * (RFC 4795) are the same message on other ports.
 *
 *   +---------------------+
 *   | id, flags, 4 counts |  12 bytes
 *   +---------------------+
 *   | questions           |  name, type, class
 *   | answers             |  resource records: dns_rr.c
 *   | authorities         |
 *   | additional records  |
 *   +---------------------+
 */
#include "dns.h"

enum {
	HEADER = 12,
	EVENT_MAX = 16,		/* questions of a message that are told to the story */
	TRUNCATED = 0x100, MULTICAST = 0x200	/* in events (event.h) */
};

void dns_info(struct dissect *d, const char *format, ...)
{
	if (!want_info(d) || d->quoted)
		return;
	va_list ap;
	va_start(ap, format);
	strbuf_vprintf(&d->info, format, ap);
	va_end(ap);
}

static void take_flags(struct dissect *d, struct cursor *c, struct dns_message *m)
{
	static const uint8_t plain[] = {
		DNS_TRUNCATED, DNS_RECDESIRED, DNS_Z, DNS_CHECKDISABLE, 0
	}, answered[] = {
		DNS_AUTHORITATIVE, DNS_TRUNCATED, DNS_RECDESIRED, DNS_RECAVAIL, DNS_Z,
		DNS_AUTHENTICATED, DNS_CHECKDISABLE, DNS_RCODE, 0
	}, llmnr[] = {
		DNS_CONFLICT, DNS_TRUNCATED, DNS_TENTATIVE, 0
	}, llmnr_answered[] = {
		DNS_CONFLICT, DNS_TRUNCATED, DNS_TENTATIVE, DNS_RCODE, 0
	};
	m->flags = take_u16(d, c, &dns_fields[DNS_FLAGS]);
	m->response = m->flags & 0x8000;
	m->opcode = m->flags >> 11 & 15;
	if (!want_fields(d) || !cur_ok(c))
		return;
	const uint8_t *list = m->response ? answered : plain;
	if (m->flavour == DNS_LLMNR)
		list = m->response ? llmnr_answered : llmnr;
	tree_in(d);
	put_bits(d, &dns_fields[DNS_RESPONSE], m->flags);
	put_bits(d, &dns_fields[DNS_OPCODE], m->flags);
	while (*list)
		put_bits(d, &dns_fields[*list++], m->flags);
	tree_out(d);
}

static void say_head(struct dissect *d, const struct dns_message *m)
{
	if (!want_info(d))
		return;
	const char *what = value_name(dns_opcodes, m->opcode);
	unsigned rcode = m->flags & 15;
	info_add(d, "%s%s 0x%04x", what ? what : "Unknown operation",
		 m->response ? " response" : "", m->id);
	if (m->response && rcode) {
		const char *how = value_name(dns_rcodes, rcode);
		dns_info(d, " %s", how ? how : value_text(d, dns_rcodes, rcode));
	}
}

static void tell_question(struct dissect *d, const struct dns_message *m,
			  const struct dns_name *name, uint16_t type, unsigned nth)
{
	uint16_t c = m->flavour == DNS_UNICAST ? 0 : MULTICAST;
	if (m->opcode != DNS_OPCODE_QUERY || nth >= EVENT_MAX || (m->response && nth))
		return;
	if (m->response)
		c = (uint16_t)(c | (m->flags & 15) | (m->flags & 0x0200 ? TRUNCATED : 0));
	emit_c(d, m->response ? EV_DNS_RESPONSE : EV_DNS_QUERY, name ? dns_name_intern(d, name) : 0,
	       (uint32_t)type << 16 | m->id, c);
}

static uint16_t take_class(struct dissect *d, struct cursor *c, const struct dns_message *m)
{
	if (m->flavour != DNS_MULTICAST)
		return take_u16(d, c, &dns_fields[DNS_QRY_CLASS]);
	uint16_t raw = take_u16(d, c, NULL);
	if (!cur_ok(c))
		return 0;
	put_bits(d, &dns_fields[DNS_MDNS_QRY_CLASS], raw);
	put_bits(d, &dns_fields[DNS_MDNS_QU], raw);
	if (want_info(d))
		dns_info(d, ", \"%s\" question", raw & 0x8000 ? "QU" : "QM");
	return raw & 0x7fff;
}

static bool question(struct dissect *d, struct cursor *c, const struct dns_message *m, unsigned nth)
{
	struct dns_name name;
	uint32_t h = tree_open(d, c, &dns_fields[DNS_QUERY]);
	bool ok = dns_name_take(d, c, m, &name);
	if (ok) {
		dns_name_put(d, &dns_fields[DNS_QRY_NAME], &name);
		put_uint(d, &dns_fields[DNS_QRY_NAME_LEN], (struct range){ 0 }, name.len);
		put_uint(d, &dns_fields[DNS_LABELS], (struct range){ 0 }, name.labels);
		uint16_t type = take_u16(d, c, &dns_fields[DNS_QRY_TYPE]);
		if (cur_ok(c) && want_info(d))
			dns_info(d, " %s %s", dns_type_text(d, type), dns_name_text(d, &name));
		uint16_t class = take_class(d, c, m);
		ok = cur_ok(c);
		if (ok)
			tell_question(d, m, &name, type, nth);
		if (ok && want_fields(d))
			tree_text(d, h, "%s: type %s, class %s", dns_name_text(d, &name),
				  dns_type_text(d, type), dns_class_text(d, class));
	}
	tree_close(d, c, h);
	return ok;
}

/* A section: its questions or records. False when it could not be read to its end. */
static bool section(struct dissect *d, struct cursor *c, struct dns_message *m, const char *title,
		    unsigned count, bool questions)
{
	if (!count)
		return true;
	bool ok = true;
	uint32_t h = tree_open(d, c, &dns_fields[DNS_SECTION]);
	tree_text(d, h, "%s", title);
	for (unsigned i = 0; i < count && ok; i++)
		ok = questions ? question(d, c, m, i) : dns_record(d, c, m);
	tree_close(d, c, h);
	return ok;
}

static bool sections(struct dissect *d, struct cursor *c, struct dns_message *m,
		     const uint16_t n[4])
{
	bool update = m->opcode == DNS_OPCODE_UPDATE;
	bool answer = m->response && m->opcode == DNS_OPCODE_QUERY;
	if (!section(d, c, m, update ? "Zone" : "Queries", n[0], true))
		return false;
	if (!n[0] && m->response)
		tell_question(d, m, NULL, 0, 0);
	m->answers = answer;
	if (!section(d, c, m, update ? "Prerequisites" : "Answers", n[1], false))
		return false;
	m->answers = false;
	if (!section(d, c, m, update ? "Updates" : "Authoritative nameservers", n[2], false))
		return false;
	/* multicast answers bring the addresses along (RFC 6763 section 12) */
	m->answers = answer && m->flavour == DNS_MULTICAST;
	return section(d, c, m, "Additional records", n[3], false);
}

/* A question that was asked before, from the same port and with the same id, without an answer. */
static void tell_again(struct dissect *d, const struct dns_message *m)
{
	struct { uint16_t id; uint8_t asked, spare[5]; } *flow = flow_state(d);
	_Static_assert(sizeof *flow == 8, "flow_state() is eight bytes");
	if (m->flavour != DNS_UNICAST || m->opcode != DNS_OPCODE_QUERY || d->ip_proto != 17)
		return;
	if (!m->response && flow->asked && flow->id == m->id)
		note(d, NOTE_DNS_RETRANSMISSION);
	if (!m->response)
		flow->id = m->id;
	flow->asked = !m->response;
}

static enum verdict message(struct dissect *d, struct cursor *c, enum dns_flavour flavour)
{
	static const uint8_t counts[2][4] = {
		{ DNS_QUERIES, DNS_ANSWERS, DNS_AUTHORITIES, DNS_ADDITIONALS },
		{ DNS_ZONES, DNS_PREREQUISITES, DNS_UPDATES, DNS_ADDITIONALS }
	};
	struct dns_message m = { .whole = *c, .flavour = flavour };
	uint16_t n[4];
	m.id = take_u16(d, c, &dns_fields[DNS_ID]);
	take_flags(d, c, &m);
	const uint8_t *count = counts[m.opcode == DNS_OPCODE_UPDATE];
	for (unsigned i = 0; i < 4; i++)
		n[i] = take_u16(d, c, &dns_fields[count[i]]);
	if (cur_ok(c)) {
		say_head(d, &m);
		tell_again(d, &m);
		if (sections(d, c, &m, n) && cur_left(c))
			take_bytes(d, c, cur_left(c), &dns_fields[DNS_EXTRANEOUS]);
	}
	if (cur_ok(c))
		return DONE;
	return c->bad == CUR_CUT ? SHORT : MALFORMED;
}

static enum verdict dns_packet(struct dissect *d, struct cursor *c)
{
	return message(d, c, DNS_UNICAST);
}

static enum verdict mdns_packet(struct dissect *d, struct cursor *c)
{
	return message(d, c, DNS_MULTICAST);
}

static enum verdict llmnr_packet(struct dissect *d, struct cursor *c)
{
	return message(d, c, DNS_LLMNR);
}

/* Could these bytes, which begin with a header, be a message at all? */
static bool plausible(struct cursor c)
{
	cur_skip(&c, 2);
	uint16_t flags = cur_u16(&c), questions = cur_u16(&c), answers = cur_u16(&c);
	unsigned opcode = flags >> 11 & 15;
	if (!cur_ok(&c) || opcode == 3 || opcode > 6 || (flags & 15) > 11)
		return false;
	return questions <= 64 && (flags & 0x8000 || opcode || answers <= 64);
}

/* RFC 1035 section 4.2.2, RFC 7766: each message behind its length. */
static enum verdict dns_stream(struct dissect *d, struct half *h, struct cursor *c)
{
	for (;;) {
		struct cursor look = *c;
		uint16_t n = cur_u16(&look);
		if (!cur_ok(&look)) {
			half_need(h, 2);
			return DONE;
		}
		if (n < HEADER || (cur_left(&look) >= HEADER && !plausible(look)))
			return MALFORMED;
		if (cur_left(&look) < n) {
			half_need(h, (size_t)n + 2);
			return DONE;
		}
		take_u16(d, c, &dns_fields[DNS_LENGTH]);
		struct cursor one = cur_sub(c, n);
		if (message(d, &one, DNS_UNICAST) != DONE)
			note(d, NOTE_MALFORMED);	/* the length tells where the next begins */
	}
}

/* A name of printable characters, a type and a class that exist. */
static bool plain_question(struct cursor *c)
{
	unsigned name = 0;
	for (uint8_t n = cur_u8(c); n; n = cur_u8(c)) {
		const uint8_t *label = cur_bytes(c, n);
		name += n + 1u;
		if (n > 63 || name > DNS_NAME_MAX - 1 || !label)
			return false;
		for (unsigned i = 0; i < n; i++)
			if (label[i] <= 0x20 || label[i] >= 0x7f)
				return false;
	}
	uint16_t type = cur_u16(c), class = cur_u16(c) & 0x7fff;
	if (!cur_ok(c) || !name || !value_name(dns_types, type))
		return false;
	return class == 1 || class == 3 || class == 255;
}

/*
 * On other ports: one plain question, and counts that a message of this size can hold. The whole
 * message must be here.
 */
static bool looks_like_dns(struct cursor c)
{
	size_t size = cur_left(&c);
	if (!plausible(c))
		return false;
	cur_skip(&c, 2);
	uint16_t flags = cur_u16(&c), questions = cur_u16(&c);
	unsigned records = cur_u16(&c);
	records += cur_u16(&c);
	records += cur_u16(&c);
	if (!cur_ok(&c) || questions != 1 || flags & 0x0040 || records * 11 > size)
		return false;
	if (!(flags & 0x8000) && flags & 0x048f)	/* what only an answer says */
		return false;
	return plain_question(&c);
}

static enum probe dns_probe(const uint8_t *bytes, size_t n)
{
	struct cursor c = cur_init(bytes, n, 0, 0), over_tcp = c;
	if (looks_like_dns(c))
		return PROBE_YES;
	uint16_t length = cur_u16(&over_tcp);
	return length == cur_left(&over_tcp) && looks_like_dns(over_tcp) ? PROBE_YES : PROBE_NO;
}

static const struct binding dns_ports[] = { { BY_UDP, 53 }, { BY_TCP, 53 }, { BY_TCP, 5353 } };
static const struct binding mdns_ports[] = { { BY_UDP, 5353 } };
static const struct binding llmnr_ports[] = { { BY_UDP, 5355 }, { BY_TCP, 5355 } };

const struct protocol proto_dns = {
	.name = "dns",
	.title = "Domain Name System",
	.help = N_("The telephone book of the Internet: it tells which IP address belongs to a name. "
		   "The browser asks a DNS server, usually that of the network it is in; this server "
		   "asks others in turn and remembers what it heard. Questions and answers normally "
		   "travel as single UDP datagrams to and from port 53, without encryption."),
	.osi = OSI(7),
	FIELDS(dns_fields),
	BINDS(dns_ports),
	.packet = dns_packet,
	.probe = dns_probe,
	.port_decides = true,
	.stream = dns_stream,
	.tail_max = 65535 + 2,
};

const struct protocol proto_mdns = {
	.name = "mdns",
	.title = "Multicast Domain Name System",
	.help = N_("DNS without a server: the question goes to all stations of the local network at "
		   "once, and the one whose name it is answers. Printers, televisions and other devices "
		   "are found by it; names end in .local."),
	.osi = OSI(7),
	FIELDS(dns_fields),
	BINDS(mdns_ports),
	.packet = mdns_packet,
};

const struct protocol proto_llmnr = {
	.name = "llmnr",
	.title = "Link-local Multicast Name Resolution",
	.help = N_("How Windows asks the stations of the local network for a name that DNS does not "
		   "know."),
	.osi = OSI(7),
	FIELDS(dns_fields),
	BINDS(llmnr_ports),
	.packet = llmnr_packet,
	.stream = dns_stream,
	.tail_max = 65535 + 2,
};
