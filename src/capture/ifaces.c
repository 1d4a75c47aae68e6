/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/ifaces.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "fmt/i18n.h"

static void take_mac(struct iface *to, const struct sockaddr_ll *link)
{
	static const uint8_t none[6];
	if (link->sll_hatype != ARPHRD_ETHER || link->sll_halen != 6)
		return;
	memcpy(to->mac, link->sll_addr, 6);
	to->has_mac = memcmp(to->mac, none, 6) != 0;
}

/* True when the address is one that is listed. */
static bool take_address(struct iface_address *to, const struct sockaddr *from)
{
	if (from->sa_family == AF_INET) {
		to->len = 4;
		memcpy(to->bytes, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
	} else if (from->sa_family == AF_INET6) {
		to->len = 16;
		memcpy(to->bytes, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
	} else {
		return false;
	}
	return true;
}

static void take(struct iface *to, const pcap_if_t *from)
{
	*to = (struct iface){
		.name = xstrdup(from->name),
		.description = from->description ? xstrdup(from->description) : NULL,
		.addresses = xcalloc(IFACE_ADDRESSES, sizeof *to->addresses),
		.up = from->flags & PCAP_IF_UP,
		.running = from->flags & PCAP_IF_RUNNING,
		.loopback = from->flags & PCAP_IF_LOOPBACK
	};
	for (const pcap_addr_t *a = from->addresses; a; a = a->next) {
		if (a->addr && a->addr->sa_family == AF_PACKET)
			take_mac(to, (const struct sockaddr_ll *)(const void *)a->addr);
		else if (a->addr && to->n_addresses < IFACE_ADDRESSES)
			to->n_addresses += take_address(&to->addresses[to->n_addresses], a->addr);
	}
}

/* libpcap's own order, but loopback behind all others. */
static void take_all(struct ifaces *all, const pcap_if_t *found, bool loopback)
{
	for (const pcap_if_t *p = found; p; p = p->next) {
		/* usbmon, nflog, bluetooth and the like are no network interfaces. */
		if (!!(p->flags & PCAP_IF_LOOPBACK) == loopback && if_nametoindex(p->name))
			take(&all->list[all->n++], p);
	}
}

int ifaces_read(struct ifaces *all, struct err *err)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_if_t *found;
	size_t n = 0;
	*all = (struct ifaces){ .n = 0 };
	if (pcap_findalldevs(&found, why) < 0)
		return err_set(err, _("cannot list the network interfaces: %s"), why);
	for (const pcap_if_t *p = found; p; p = p->next)
		n++;
	all->list = xcalloc(n, sizeof *all->list);
	take_all(all, found, false);
	take_all(all, found, true);
	pcap_freealldevs(found);
	return 0;
}

void ifaces_free(struct ifaces *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->list[i].name);
		free(all->list[i].description);
		free(all->list[i].addresses);
	}
	free(all->list);
	*all = (struct ifaces){ .n = 0 };
}

const struct iface *ifaces_find(const struct ifaces *all, const char *name)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->list[i].name, name) == 0)
			return &all->list[i];
	return NULL;
}

void ifaces_names(const struct ifaces *all, struct strbuf *to)
{
	for (size_t i = 0; i < all->n; i++)
		strbuf_printf(to, i ? ", %s" : "%s", all->list[i].name);
}

void iface_address_text(const struct iface_address *address, char text[64])
{
	if (!inet_ntop(address->len == 4 ? AF_INET : AF_INET6, address->bytes, text, 64))
		text[0] = '\0';
}
