/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TEMPLATE: a protocol of one page, to be copied. The tests compile it, so it never rots.
 *
 *   1. cp TEMPLATE.c yours.c, and say here what it is and where it is written down (RFC 9999).
 *   2. all.c: one line.  3. Makefile.am: one line.  4. A capture that shows it, with its output.
 *   (If other.def names it already, its row there goes.)
 *
 * This one is invented: over UDP port 9999 a greeting with a few addresses.
 *
 *    0                   1                   2                   3
 *   +-------+-------+---------------+-------------------------------+
 *   |Version| Flags |     Kind      |        Length of the name     |
 *   +-------+-------+---------------+-------------------------------+
 *   |  Name ...                     |  IPv4 addresses, to the end   |
 *   +-------------------------------+-------------------------------+
 */
#include "dissect.h"

/* A name for each field; the table below is indexed with it. */
enum {
	T_VERSION, T_FLAGS, T_FLAG_URGENT, T_FLAG_REPLY, T_KIND, T_NAME_LEN, T_NAME, T_LIST, T_ADDR
};

static const struct value_name kinds[] = {
	{ 1, "Hello" },
	{ 2, "Goodbye" },
	{ 0, NULL }		/* the end */
};

/*
 * Wireshark's display-filter name where it knows the field ("tshark -G fields"), else a name of
 * our own that begins with "osi.". A mask takes its bits out of what was read, shifted down.
 */
static const struct field f[] = {
	[T_VERSION] = { "osi.template.version", N_("Version"), F_UINT, 0xf0, NULL, NULL },
	[T_FLAGS] = { "osi.template.flags", N_("Flags"), F_HEX, 0x0f, NULL, NULL },
	[T_FLAG_URGENT] = { "osi.template.flags.urgent", N_("Urgent"), F_BOOL, 0x02, NULL,
		N_("The sender is in a hurry.") },
	[T_FLAG_REPLY] = { "osi.template.flags.reply", N_("Reply"), F_BOOL, 0x01, NULL, NULL },
	[T_KIND] = { "osi.template.kind", N_("Kind"), F_UINT, 0, kinds,
		N_("What the message is for.") },
	[T_NAME_LEN] = { "osi.template.name_len", N_("Name length"), F_UINT, 0, NULL, NULL },
	[T_NAME] = { "osi.template.name", N_("Name"), F_TEXT, 0, NULL,
		N_("Who is greeting. Text of a packet may hold anything: it is escaped where it is "
		   "shown, not here.") },
	[T_LIST] = { "osi.template.list", N_("Addresses"), F_NONE, 0, NULL, NULL },
	[T_ADDR] = { "osi.template.addr", N_("Address"), F_IPV4, 0, NULL, NULL },
};

static enum verdict template_packet(struct dissect *d, struct cursor *c)
{
	/* take_*() reads, checks, advances, and records the field when fields are wanted. */
	uint8_t raw = take_u8(d, c, NULL);
	put_bits(d, &f[T_VERSION], raw);	/* several fields out of the same byte */
	put_bits(d, &f[T_FLAGS], raw);
	tree_in(d);				/* these two stand below "Flags" */
	put_bits(d, &f[T_FLAG_URGENT], raw);
	put_bits(d, &f[T_FLAG_REPLY], raw);
	tree_out(d);
	uint8_t kind = take_u8(d, c, &f[T_KIND]);
	/* As soon as there is something to say: a packet that ends early has its line too. */
	if (want_info(d) && cur_ok(c))
		info_set(d, "%s", value_text(d, kinds, kind));
	uint16_t len = take_u16(d, c, &f[T_NAME_LEN]);
	const uint8_t *name = take_text(d, c, len, &f[T_NAME]);

	/* One check for the whole run, before acting on what was read: cut, or the packet lied? */
	if (!cur_ok(c))
		return verdict_of(c);
	if (want_info(d))
		info_set(d, "%s from %s", value_text(d, kinds, kind), text_of(d, name, len));

	/*
	 * A list: a heading with its entries below. Each turn consumes, so it ends. cur_wire() counts
	 * what was on the wire, cur_left() what was captured of it: asking for the first, a list that
	 * the capture cut is known to be cut, and one that ends in half an address to be malformed.
	 */
	uint32_t list = tree_open(d, c, &f[T_LIST]);
	while (cur_ok(c) && cur_wire(c))
		(void)take_ipv4(d, c, &f[T_ADDR]);
	tree_close(d, c, list);
	if (!cur_ok(c))
		return verdict_of(c);

	/* What comes next? return next_by(d, BY_ETHERTYPE, type); or, here, nothing: */
	return DONE;
}

static const struct binding binds[] = { { BY_UDP, 9999 } };

/* The protocol itself: all that other files see of this one (and declared, as -Wmissing-* wants). */
extern const struct protocol proto_template;
const struct protocol proto_template = {
	.name = "osi.template",
	.title = "Template Protocol",
	.help = N_("A paragraph for the learner: what the protocol is for, who speaks it to whom, "
		   "and what to look at."),
	.osi = OSI(7),
	FIELDS(f),
	BINDS(binds),
	.packet = template_packet,
};
