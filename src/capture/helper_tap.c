/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening an interface, and what is taken of it. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "capture/helper.h"
#include "fmt/i18n.h"

/* ---- what to do when it cannot be opened --------------------------------------------------- */

static int no_such_interface(const char *name, struct err *err)
{
	struct ifaces all;
	struct strbuf names = { 0 };
	if (ifaces_read(&all, NULL) == 0)
		ifaces_names(&all, &names);
	err_set(err, _("no interface %s: there are %s"), name, names.len ? names.s : _("none"));
	strbuf_free(&names);
	ifaces_free(&all);
	return -1;
}

/*
 * Which command grants it here. A capability of the program's file counts for nothing where the
 * folder is mounted nosuid, or when whoever started it set no_new_privs.
 */
static int no_permission(const char *name, bool barred, struct err *err)
{
	char path[256];
	struct statvfs where;
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	if (statvfs("/proc/self/exe", &where) == 0 && (where.f_flag & ST_NOSUID))
		barred = true;
	if (n <= 0 || barred)
		return err_set(err, _("no permission to record on %s: run it with sudo"), name);
	path[n] = '\0';
	bool tool = access("/usr/sbin/setcap", X_OK) == 0 || access("/sbin/setcap", X_OK) == 0
		|| access("/usr/bin/setcap", X_OK) == 0;
	if (!tool)
		return err_set(err, _("no permission to record on %s: install setcap (package "
			"libcap2-bin), then sudo setcap cap_net_raw+ep %s; or run it with sudo"), name, path);
	return err_set(err, _("no permission to record on %s: sudo setcap cap_net_raw+ep %s, or run "
		"it with sudo"), name, path);
}

int tap_trouble(const struct tap *tap, int status, const struct helper_options *o, struct err *err)
{
	if (!tap->pcap && status != PCAP_ERROR_NO_SUCH_DEVICE)
		return err_set(err, _("cannot record on %s: %s"), tap->name, _("out of memory"));
	switch (status) {
	case PCAP_ERROR_NO_SUCH_DEVICE:
		return no_such_interface(tap->name, err);
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		return no_permission(tap->name, o->barred, err);
	case PCAP_ERROR_IFACE_NOT_UP:
		return err_set(err, _("the interface %s is down: sudo ip link set %s up"), tap->name,
			tap->name);
	default:
		return err_set(err, _("cannot record on %s: %s"), tap->name,
			status == PCAP_ERROR ? pcap_geterr(tap->pcap) : pcap_statustostr(status));
	}
}

/* ---- opening ------------------------------------------------------------------------------- */

/*
 * libpcap opens more than interfaces: to "dbus://unixexec:path=PROGRAM" it would start that program with
 * all the privileges that are here, and "usbmon1" is somebody's keyboard.
 */
static bool is_interface(const char *name)
{
	return strcmp(name, "any") == 0 || if_nametoindex(name) != 0;
}

int tap_open(struct tap *tap, const char *name, const struct helper_options *o)
{
	char why[PCAP_ERRBUF_SIZE];
	*tap = (struct tap){ .name = name };
	if (!is_interface(name))
		return PCAP_ERROR_NO_SUCH_DEVICE;
	tap->pcap = pcap_create(name, why);
	if (!tap->pcap)
		return PCAP_ERROR;
	pcap_set_snaplen(tap->pcap, o->snaplen);
	pcap_set_promisc(tap->pcap, o->all);
	pcap_set_timeout(tap->pcap, HELPER_BLOCK);
	pcap_set_buffer_size(tap->pcap, (int)((unsigned)o->buffer << 20));
	pcap_set_tstamp_precision(tap->pcap, PCAP_TSTAMP_PRECISION_NANO);
	int status = pcap_activate(tap->pcap);
	if (status < 0)
		return status;
	tap->nano = pcap_get_tstamp_precision(tap->pcap) == PCAP_TSTAMP_PRECISION_NANO;
	tap->fd = pcap_get_selectable_fd(tap->pcap);
	return pcap_setnonblock(tap->pcap, 1, why) < 0 ? PCAP_ERROR : 0;
}

void tap_close(struct tap *tap)
{
	if (tap->pcap)
		pcap_close(tap->pcap);
	strbuf_free(&tap->filter);
	tap->pcap = NULL;
	tap->head = NULL;
}

/* libpcap's DLT_ numbers are a system's own; files have LINKTYPE_ (pcap-linktype(7)). */
uint16_t tap_link(const struct tap *tap)
{
	int link = pcap_datalink(tap->pcap);
	switch (link) {
	case DLT_ATM_RFC1483:
		return 100;
	case DLT_RAW:
		return 101;
	case DLT_SLIP_BSDOS:
		return 102;
	case DLT_PPP_BSDOS:
		return 103;
	default:
		return (uint16_t)link;
	}
}

/* ---- what is taken ------------------------------------------------------------------------- */

/*
 * The own host's packets: those from and to its MAC address; and of what everybody on the link
 * hears, the questions for its own addresses (ARP; Neighbour Solicitation to the address's own
 * multicast group, RFC 4291 section 2.7.1).
 */
static void own_packets(const struct iface *iface, struct strbuf *to)
{
	const uint8_t *mac = iface->mac;
	strbuf_printf(to, "ether host %02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
		mac[4], mac[5]);
	for (size_t i = 0; i < iface->n_addresses; i++) {
		const struct iface_address *a = &iface->addresses[i];
		const uint8_t *end = a->bytes + a->len;
		char text[64];
		iface_address_text(a, text);
		if (a->len == 4)
			strbuf_printf(to, " or (arp and host %s)", text);
		else
			strbuf_printf(to, " or (icmp6 and dst host ff02::1:ff%02x:%02x%02x)", end[-3],
				end[-2], end[-1]);
	}
}

int tap_filter(struct tap *tap, const struct ifaces *all, const struct helper_options *o,
	struct err *err)
{
	const struct iface *iface = ifaces_find(all, tap->name);
	struct strbuf own = { 0 };
	struct bpf_program program;
	if (iface && !o->all && iface->loopback && o->n > 1)
		strbuf_puts(&own, "port 53");	/* beside the wire it is there for the resolver */
	else if (iface && !o->all && iface->has_mac && pcap_datalink(tap->pcap) == DLT_EN10MB)
		own_packets(iface, &own);
	if (own.len && o->filter)
		strbuf_printf(&tap->filter, "(%s) and (%s)", own.s, o->filter);
	else
		strbuf_puts(&tap->filter, own.len ? own.s : o->filter ? o->filter : "");
	strbuf_free(&own);
	if (!tap->filter.len)
		return 0;
	if (pcap_compile(tap->pcap, &program, tap->filter.s, 1, PCAP_NETMASK_UNKNOWN) < 0)
		return err_set(err, _("the capture filter \"%s\" does not fit %s: %s"),
			o->filter ? o->filter : tap->filter.s, tap->name, pcap_geterr(tap->pcap));
	int status = pcap_setfilter(tap->pcap, &program);
	pcap_freecode(&program);
	if (status < 0)
		return err_set(err, _("cannot filter on %s: %s"), tap->name, pcap_geterr(tap->pcap));
	return 0;
}

void tap_count(struct tap *tap)
{
	struct pcap_stat now;
	if (!tap->pcap || pcap_stats(tap->pcap, &now) < 0)
		return;
	tap->received += now.ps_recv - tap->last_received;
	tap->dropped += now.ps_drop - tap->last_dropped;
	tap->last_received = now.ps_recv;
	tap->last_dropped = now.ps_drop;
}
