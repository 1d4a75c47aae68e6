/* SPDX-License-Identifier: GPL-3.0-or-later */
/* other: protocols of which only the name is known (other.def). Their bytes are listed as data. */
#include "net.h"

static const struct field f_data = {
	"data.data", N_("Data"), F_BYTES, 0, NULL,
	N_("Bytes of a protocol that is only known by name here.")
};

static void say(struct dissect *d, const struct cursor *c)
{
	if (want_info(d) && d->n_layers)
		info_set(d, "%s, %zu bytes", d->layers[d->n_layers - 1].protocol->title,
			 cur_wire(c));
}

static enum verdict other_packet(struct dissect *d, struct cursor *c)
{
	say(d, c);
	take_rest(d, c, &f_data);
	return DONE;
}

/* A record of TLS: many old protocols turn to it in the middle (STARTTLS), and must not hide it. */
static bool is_tls(const uint8_t *p, size_t n)
{
	return n >= 3 && p[0] >= 0x14 && p[0] <= 0x17 && p[1] == 0x03 && p[2] <= 0x04;
}

static enum probe other_probe(const uint8_t *bytes, size_t n)
{
	return is_tls(bytes, n) ? PROBE_NO : PROBE_YES;
}

static enum verdict other_stream(struct dissect *d, struct half *h, struct cursor *c)
{
	(void)h;
	if (is_tls(c->pos, cur_left(c)))
		return NEXT;
	return other_packet(d, c);
}

/* a place that no table has */
#define NOWHERE { BY_LINK, UINT32_MAX }

#define OTHER(id, short_name, long_name, layers, text, ...) \
	static const struct binding binds_##id[] = { __VA_ARGS__ }; \
	extern const struct protocol proto_##id; \
	const struct protocol proto_##id = { \
		.name = short_name, .title = long_name, .help = text, .osi = layers, \
		BINDS(binds_##id), .packet = other_packet, .stream = other_stream, .tail_max = 1, \
		.probe = other_probe, .only_by_port = true, \
	};
#include "other.def"
