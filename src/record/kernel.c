/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "record/kernel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"
#include "fmt/i18n.h"

enum { QUESTION = 256, REPLY = 1 << 15, MOST_TRIES = 3, MOST_MAC = 32, PATIENCE_MS = 1000 };

/*
 * Where "the Internet" is when no address is given: root name servers (a.root-servers.net). The
 * kernel is asked for its route only.
 */
static const char *const outside[] = { "198.41.0.4", "2001:503:ba3e::2:30" };

static const char *address_text(char to[INET6_ADDRSTRLEN], int family, const struct nlattr *a)
{
	size_t size = family == AF_INET6 ? 16 : 4;
	to[0] = '\0';
	if (a && mnl_attr_get_payload_len(a) >= size)
		inet_ntop(family, mnl_attr_get_payload(a), to, INET6_ADDRSTRLEN);
	return to;
}

/* Attributes by their type; NULL is not there. All types that are read here are below 32. */
struct attributes { const struct nlattr *of[32]; };

static int sort_attribute(const struct nlattr *a, void *context)
{
	struct attributes *all = context;
	unsigned type = mnl_attr_get_type(a);
	if (type < sizeof all->of / sizeof all->of[0])
		all->of[type] = a;
	return MNL_CB_OK;
}

static const char *iface_name(char to[IF_NAMESIZE], unsigned index)
{
	if (!index || !if_indextoname(index, to))
		to[0] = '\0';
	return to;
}

/* ---- one question, and its answers ---- */

/*
 * Asks; `take` sees each message of the answer. 0, or the errno of the kernel or of the way to it:
 * EINTR when the table changed while it was read, ETIMEDOUT when the kernel says nothing.
 */
static int ask(struct nlmsghdr *question, mnl_cb_t take, void *context)
{
	struct mnl_socket *s = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	char *reply = xmalloc(REPLY);
	struct timeval patience = { PATIENCE_MS / 1000, PATIENCE_MS % 1000 * 1000 };
	int64_t until = clock_now() + PATIENCE_MS * INT64_C(1000000);
	int why = 0, more = 1;
	question->nlmsg_seq = 1;
	if (!s || mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    setsockopt(mnl_socket_get_fd(s), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0 ||
	    mnl_socket_sendto(s, question, question->nlmsg_len) < 0)
		why = errno;
	while (!why && more > 0) {
		ssize_t n = mnl_socket_recvfrom(s, reply, REPLY);
		if (n < 0 && errno == EINTR && clock_now() < until)
			continue;
		more = n < 0 ? -1 : mnl_cb_run(reply, (size_t)n, 1, mnl_socket_get_portid(s), take, context);
		if (more < 0)
			why = errno == EAGAIN || errno == EWOULDBLOCK ? ETIMEDOUT : errno;
		else if (more > 0 && !(question->nlmsg_flags & NLM_F_DUMP))
			more = 0;	/* the one answer to one question */
		else if (more > 0 && clock_now() > until)
			why = ETIMEDOUT;
	}
	free(reply);
	if (s)
		mnl_socket_close(s);
	return why;
}

/* ---- routes ---- */

struct way {
	char gateway[INET6_ADDRSTRLEN], source[INET6_ADDRSTRLEN], iface[IF_NAMESIZE];
	int why;		/* errno of a route that leads nowhere */
};

/* IPv4 by a gateway that has IPv6 only (RFC 8950) */
static void take_via(struct way *w, const struct nlattr *a)
{
	const struct rtvia *via = mnl_attr_get_payload(a);
	size_t n = mnl_attr_get_payload_len(a);
	if (n >= sizeof *via + 16 && via->rtvia_family == AF_INET6)
		inet_ntop(AF_INET6, via->rtvia_addr, w->gateway, sizeof w->gateway);
	else if (n >= sizeof *via + 4 && via->rtvia_family == AF_INET)
		inet_ntop(AF_INET, via->rtvia_addr, w->gateway, sizeof w->gateway);
}

static int take_route(const struct nlmsghdr *m, void *context)
{
	struct way *w = context;
	const struct rtmsg *rt = mnl_nlmsg_get_payload(m);
	struct attributes a = { 0 };
	if (m->nlmsg_type != RTM_NEWROUTE || mnl_nlmsg_get_payload_len(m) < sizeof *rt)
		return MNL_CB_OK;
	bool leads = rt->rtm_type == RTN_UNICAST || rt->rtm_type == RTN_LOCAL ||
		rt->rtm_type == RTN_ANYCAST || rt->rtm_type == RTN_MULTICAST ||
		rt->rtm_type == RTN_BROADCAST;
	w->why = leads ? 0 : ENETUNREACH;
	mnl_attr_parse(m, sizeof *rt, sort_attribute, &a);
	address_text(w->gateway, rt->rtm_family, a.of[RTA_GATEWAY]);
	if (a.of[RTA_VIA])
		take_via(w, a.of[RTA_VIA]);
	address_text(w->source, rt->rtm_family, a.of[RTA_PREFSRC]);
	if (a.of[RTA_OIF] && mnl_attr_validate(a.of[RTA_OIF], MNL_TYPE_U32) == 0)
		iface_name(w->iface, mnl_attr_get_u32(a.of[RTA_OIF]));
	return MNL_CB_OK;
}

static bool find_way(struct way *w, const char *address, struct err *err)
{
	_Alignas(struct nlmsghdr) char question[QUESTION] = { 0 };
	struct in6_addr to;
	unsigned char family = strchr(address, ':') ? AF_INET6 : AF_INET;
	memset(w, 0, sizeof *w);
	w->why = ENETUNREACH;
	if (inet_pton(family, address, &to) != 1) {
		err_set(err, _("“%s” is no IPv4 or IPv6 address"), address);
		return false;
	}
	struct nlmsghdr *m = mnl_nlmsg_put_header(question);
	m->nlmsg_type = RTM_GETROUTE;
	m->nlmsg_flags = NLM_F_REQUEST;
	struct rtmsg *rt = mnl_nlmsg_put_extra_header(m, sizeof *rt);
	rt->rtm_family = family;
	rt->rtm_dst_len = family == AF_INET6 ? 128 : 32;
	mnl_attr_put(m, RTA_DST, family == AF_INET6 ? 16 : 4, &to);
	int why = ask(m, take_route, w);
	why = why ? why : w->why;
	if (!why)
		return true;
	if (why == ENETUNREACH || why == EHOSTUNREACH || why == EACCES || why == EINVAL)
		err_set(err, _("no route leads to %s: is this host connected to a network?"), address);
	else
		err_set(err, _("the kernel does not tell the route to %s: %s"), address, strerror(why));
	return false;
}

bool kernel_route(struct record *r, const char *address, struct err *err)
{
	struct way w;
	if (!find_way(&w, address, err))
		return false;
	struct rec_route *route = record_add(r, REC_ROUTE, NULL);
	if (!route)
		return true;	/* counted in left_out */
	route->to = record_text(r, address);
	route->gateway = record_text(r, w.gateway);
	route->iface = record_text(r, w.iface);
	route->source = record_text(r, w.source);
	route->time = clock_wall();
	return true;
}

bool kernel_default_iface(char name[IF_NAMESIZE], const char *to, struct err *err)
{
	struct way w;
	bool found = to ? find_way(&w, to, err)
		: find_way(&w, outside[0], NULL) || find_way(&w, outside[1], NULL);
	if (found && w.iface[0]) {
		memcpy(name, w.iface, IF_NAMESIZE);
		return true;
	}
	if (!to || found)
		err_set(err, _("no route leads out of this host: connect it to a network"));
	return false;
}

/* ---- neighbours ---- */

struct neighbour {
	char address[INET6_ADDRSTRLEN], mac[3 * MOST_MAC];
	unsigned iface;
	uint16_t state;
};

struct neighbours { struct neighbour *list; size_t n, room; };

static const char *state_word(uint16_t state)
{
	static const struct { uint16_t state; const char *word; } words[] = {
		{ NUD_INCOMPLETE, "incomplete" }, { NUD_REACHABLE, "reachable" },
		{ NUD_STALE, "stale" }, { NUD_DELAY, "delay" }, { NUD_PROBE, "probe" },
		{ NUD_FAILED, "failed" }, { NUD_PERMANENT, "permanent" },
	};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (state & words[i].state)
			return words[i].word;
	return "none";
}

static void mac_text(char *to, const struct nlattr *a)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *byte = a ? mnl_attr_get_payload(a) : NULL;
	size_t n = a ? mnl_attr_get_payload_len(a) : 0;
	for (size_t i = 0; i < n && i < MOST_MAC; i++) {
		if (i)
			*to++ = ':';
		*to++ = digits[byte[i] >> 4];
		*to++ = digits[byte[i] & 15];
	}
	*to = '\0';
}

static int take_neighbour(const struct nlmsghdr *m, void *context)
{
	struct neighbours *all = context;
	struct neighbour found = { 0 };
	const struct ndmsg *nd = mnl_nlmsg_get_payload(m);
	struct attributes a = { 0 };
	if (m->nlmsg_type != RTM_NEWNEIGH || mnl_nlmsg_get_payload_len(m) < sizeof *nd ||
	    (nd->ndm_family != AF_INET && nd->ndm_family != AF_INET6) ||
	    nd->ndm_state & NUD_NOARP || all->n > RECORD_ITEMS)
		return MNL_CB_OK;
	found.iface = (unsigned)nd->ndm_ifindex;
	found.state = nd->ndm_state;
	mnl_attr_parse(m, sizeof *nd, sort_attribute, &a);
	address_text(found.address, nd->ndm_family, a.of[NDA_DST]);
	mac_text(found.mac, a.of[NDA_LLADDR]);
	if (all->n == all->room) {
		all->room = all->room ? 2 * all->room : 16;
		all->list = xrealloc(all->list, all->room * sizeof found);
	}
	all->list[all->n++] = found;
	return MNL_CB_OK;
}

/* One family's table; of one that changes all the time what was read at last is taken. */
static int dump(struct neighbours *all, unsigned char family)
{
	size_t before = all->n;
	int why = EINTR;
	for (int i = 0; i < MOST_TRIES && why == EINTR; i++) {
		_Alignas(struct nlmsghdr) char question[QUESTION] = { 0 };
		struct nlmsghdr *m = mnl_nlmsg_put_header(question);
		m->nlmsg_type = RTM_GETNEIGH;
		m->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
		struct ndmsg *nd = mnl_nlmsg_put_extra_header(m, sizeof *nd);
		nd->ndm_family = family;
		all->n = before;
		why = ask(m, take_neighbour, all);
	}
	return why == EINTR ? 0 : why;
}

bool kernel_neighbours(struct record *r, bool after, struct err *err)
{
	struct neighbours all = { 0 };
	int why4 = dump(&all, AF_INET), why6 = dump(&all, AF_INET6);
	int64_t time = clock_wall();
	char iface[IF_NAMESIZE];
	for (size_t i = 0; i < all.n; i++) {
		const struct neighbour *found = &all.list[i];
		struct rec_neighbour *n = record_add(r, REC_NEIGHBOUR, NULL);
		if (!n)
			continue;	/* counted in left_out */
		n->address = record_text(r, found->address);
		n->mac = record_text(r, found->mac);
		n->iface = record_text(r, iface_name(iface, found->iface));
		n->state = state_word(found->state);
		n->after = after;
		n->time = time;
	}
	free(all.list);
	/* without IPv6 in the kernel there is no table of it */
	if (why4 && why6)
		err_set(err, _("the kernel does not tell its neighbour table: %s"), strerror(why4));
	return !why4 || !why6;
}
