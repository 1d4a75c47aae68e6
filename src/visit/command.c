/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command of a visit: [pasta] osiscope-launch, with all that they need to know. */
#include "visit/own.h"
#include "visit/place.h"

static void option(struct words *argv, const char *name, const char *value)
{
	words_add(argv, "--%s", name);
	words_add(argv, "%s", value);
}

static void number(struct words *argv, const char *name, unsigned long value)
{
	words_add(argv, "--%s", name);
	words_add(argv, "%lu", value);
}

/*
 * pasta gives a network namespace and carries what comes out of it. Ports are not shared with the
 * host in any direction, and the gateway's address stays the gateway's.
 */
static void pasta(const struct launch *l, struct words *argv)
{
	static const char *const always[] = {
		"--foreground", "--config-net", "--no-map-gw", "--no-ra", "-t", "none", "-u", "none", "-T", "none",
		"-U", "none",
	};
	unsigned mtu = place_iface_mtu(l->iface);
	words_add(argv, "%s", l->pasta);
	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		words_add(argv, "%s", always[i]);
	option(argv, "interface", l->iface);
	/* Its own choice is 65520: no wire carries such packets. */
	number(argv, "mtu", mtu >= 1280 && mtu <= 9216 ? mtu : 1500);
	if (*l->resolver.relay)
		option(argv, "dns-forward", l->resolver.relay);
	/* Under AppArmor pasta may start programs of /bin and /usr/bin only; these may start any. */
	words_add(argv, "--");
	words_add(argv, "/bin/sh");
	words_add(argv, "-c");
	words_add(argv, "exec \"$0\" \"$@\"");
}

void launch_command(const struct launch *l, const struct visit_plan *plan, const char *host,
	struct words *argv)
{
	if (l->place == VISIT_PRIVATE)
		pasta(l, argv);
	words_add(argv, "%s", l->launcher);
	option(argv, "url", plan->url);
	option(argv, "host", host);
	option(argv, "kind", l->kind->name);
	option(argv, "program", l->program);
	option(argv, "folder", l->folder);
	option(argv, "iface", l->iface);
	option(argv, "recorder", l->recorder);
	number(argv, "user", l->user);
	number(argv, "group", l->group);
	if (!l->resolver.loopback)
		option(argv, "resolver", l->resolver.servers);
	number(argv, "times", 1ul + plan->again);
	if (plan->lang)
		option(argv, "lang", plan->lang);
	if (plan->duration > 0) {
		words_add(argv, "--duration");
		words_add(argv, "%.3f", plan->duration);
	}
	const struct { bool wanted; const char *name; } switches[] = {
		{ l->place == VISIT_PRIVATE, "own-network" }, { plan->secrets, "keys" },
		{ plan->headless || !l->kind->windows, "headless" }, { plan->http3, "http3" },
		{ plan->all, "all" },
		{ l->place == VISIT_REAL && l->resolver.loopback, "loopback" },
	};
	for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
		if (switches[i].wanted)
			words_add(argv, "--%s", switches[i].name);
	words_add(argv, "--");
	for (size_t i = 0; plan->more && plan->more[i]; i++)
		words_add(argv, "%s", plan->more[i]);
}
