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

static enum verdict other_stream(struct dissect *d, struct half *h, struct cursor *c)
{
	(void)h;
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
	};
#include "other.def"
