/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "engine/engine.h"

static unsigned n_protocols(void)
{
	unsigned n = 0;
	while (all_protocols[n])
		n++;
	return n;
}

const struct protocol *protocol_at(uint8_t number)
{
	return number && number <= n_protocols() ? all_protocols[number - 1] : NULL;
}

uint8_t protocol_number(const struct protocol *p)
{
	for (unsigned i = 0; all_protocols[i] && i < 255; i++)
		if (all_protocols[i] == p)
			return (uint8_t)(i + 1);
	return 0;
}

static void bind(struct registry *r, const struct binding *b, uint8_t number)
{
	static const struct { uint32_t size; size_t at; } table[] = {
		[BY_LINK] = { sizeof r->link, offsetof(struct registry, link) },
		[BY_ETHERTYPE] = { sizeof r->ethertype, offsetof(struct registry, ethertype) },
		[BY_LLC] = { sizeof r->llc, offsetof(struct registry, llc) },
		[BY_IPPROTO] = { sizeof r->ipproto, offsetof(struct registry, ipproto) },
		[BY_UDP] = { sizeof r->udp, offsetof(struct registry, udp) },
		[BY_TCP] = { sizeof r->tcp, offsetof(struct registry, tcp) },
	};
	uint8_t *at = (uint8_t *)r + table[b->by].at + b->value;
	if (b->value < table[b->by].size && !*at)
		*at = number;
}

void registry_fill(struct registry *r)
{
	memset(r, 0, sizeof *r);
	for (unsigned i = 0; all_protocols[i] && i < 254; i++) {
		const struct protocol *p = all_protocols[i];
		for (unsigned k = 0; k < p->n_binds; k++)
			bind(r, &p->binds[k], (uint8_t)(i + 1));
		if (p->probe && p->stream && !p->only_by_port && r->n_tcp < sizeof r->probes_tcp)
			r->probes_tcp[r->n_tcp++] = (uint8_t)(i + 1);
		if (p->probe && p->packet && !p->only_by_port && r->n_udp < sizeof r->probes_udp)
			r->probes_udp[r->n_udp++] = (uint8_t)(i + 1);
	}
}
