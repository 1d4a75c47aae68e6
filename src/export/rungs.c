/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rungs: what is written on the rungs of the ladder, by kind of event. */
#include <stdio.h>
#include <string.h>

#include "export/ladder.h"
#include "fmt/i18n.h"
#include "fmt/names.h"

enum { MOST_REQUESTS = 32, MOST_AGAIN = 6, TYPE_A = 1, TYPE_AAAA = 28, TYPE_HTTPS = 65 };

static const char *string(const struct ladder *l, uint32_t id)
{
	return session_string(l->session, id, NULL);
}

/* A number as the protocol's own table names it ("Protocol Version"), else as a number. */
struct word { char s[64]; };
static struct word word_of(const char *field, uint64_t value)
{
	struct word w;
	const struct field *f = name_field(field);
	const char *name = f && f->names ? value_name(f->names, value) : NULL;
	if (name)
		snprintf(w.s, sizeof w.s, "%s", name);
	else
		snprintf(w.s, sizeof w.s, "%llu", (unsigned long long)value);
	return w;
}

/* The asker of an NDP question often uses a link-local address of its own. */
void rung_neighbour(struct ladder *l, const struct event *e)
{
	bool ask = e->kind == EV_ARP_REQUEST || e->kind == EV_NDP_SOLICIT;
	bool ndp = e->kind == EV_NDP_SOLICIT || e->kind == EV_NDP_ADVERT;
	const char *name = ndp ? "NDP" : "ARP";
	unsigned about = ladder_party(l, e->a, 0);
	if (ask) {
		if (about)
			ladder_alias(l, e->b);
		ladder_rung(l, e, about ? 0 : ladder_party(l, e->b, 0), about, _("%s: who has %s?"),
			    name, ladder_address(l, e->a).s);
		return;
	}
	/* The one who asked is the client, or whoever asked for the client last. */
	unsigned asker = 0;
	for (unsigned i = l->n_rungs; !about && i-- && !asker;)
		if (l->rungs[i].to == 0 && l->rungs[i].step == STEP_4)
			asker = l->rungs[i].from;
	size_t n;
	session_string(l->session, e->b, &n);
	if (n == 6)
		ladder_rung(l, e, about, asker, _("%s: it is at %s"), name,
			    ladder_address(l, e->b).s);
	else
		ladder_rung(l, e, about, asker, _("%s: it is here"), name);
}

void rung_icmp(struct ladder *l, const struct event *e)
{
	const struct event *sender = l->at ? chunks_at(&l->session->events, l->at - 1) : NULL;
	size_t n;
	if (!sender || sender->kind != EV_ICMP_SENDER || sender->frame != e->frame)
		return;
	session_string(l->session, sender->a, &n);
	ladder_rung(l, e, ladder_party(l, sender->a, 0), 0, "ICMP: %s",
		    word_of(n == 16 ? "icmpv6.type" : "icmp.type", e->a >> 8).s);
}

static struct word dns_type(uint32_t type)
{
	switch (type) {
	case TYPE_A: return (struct word){ "A" };
	case TYPE_AAAA: return (struct word){ "AAAA" };
	case TYPE_HTTPS: return (struct word){ "HTTPS" };
	default: return word_of("dns.qry.type", type);
	}
}

static const char *dns_failure(unsigned rcode)
{
	switch (rcode) {
	case 0: return _("none");	/* the name exists, but has no record of this type */
	case 1: return "FORMERR";
	case 2: return "SERVFAIL";
	case 3: return "NXDOMAIN";
	case 5: return "REFUSED";
	default: return _("error");
	}
}

/* What the answer says: its first address, and how many more there are. */
static void dns_answer(struct ladder *l, const struct event *e, unsigned from, unsigned to)
{
	char what[96] = "";
	unsigned addresses = 0;
	for (size_t i = l->at + 1; i < l->session->events.count; i++) {
		const struct event *r = chunks_at(&l->session->events, i);
		if (r->frame != e->frame)
			break;
		if (r->kind != EV_DNS_RECORD || r->flow != e->flow)
			continue;
		bool address = r->c == TYPE_A || r->c == TYPE_AAAA;
		addresses += address;
		if (address && addresses == 1)
			snprintf(what, sizeof what, "%s", ladder_address(l, r->b).s);
		else if (r->c == TYPE_HTTPS && !what[0])
			snprintf(what, sizeof what, r->b ? _("offers %s") : _("a record"),
				 string(l, r->b));
	}
	size_t n = strlen(what);
	if (addresses > 1)
		snprintf(what + n, sizeof what - n, _(" and %u more"), addresses - 1);
	ladder_rung(l, e, from, to, "DNS: %s: %s", dns_type(e->b >> 16).s,
		    what[0] ? what : dns_failure(e->c & 0xff));
}

void rung_dns(struct ladder *l, const struct event *e, const struct conn *c)
{
	unsigned dir = e->dir & 1;
	bool ask = e->kind == EV_DNS_QUERY;
	size_t n;
	/* The DNS server may be asked over the other IP version than the page. */
	session_string(l->session, c->addr[0], &n);
	if ((n == 16) != (strchr(l->visit->client, ':') != NULL))
		ladder_alias(l, c->addr[ask ? dir : !dir]);
	/* The question is the visit's: whoever asks it is the client, by whatever address. */
	unsigned server = ladder_party(l, c->addr[ask ? !dir : dir], ROLE_DNS);
	unsigned from = ask ? 0 : server, to = ask ? server : 0;
	if (ask)
		ladder_rung(l, e, from, to, "DNS: %s %s?", dns_type(e->b >> 16).s, string(l, e->a));
	else
		dns_answer(l, e, from, to);
}

static void tcp(struct ladder *l, const struct event *e, unsigned from, unsigned to)
{
	switch (e->kind) {
	case EV_TCP_SYN: ladder_rung(l, e, from, to, e->c ? _("SYN again") : "SYN"); break;
	case EV_TCP_SYNACK:
		ladder_rung(l, e, from, to, e->c ? _("SYN, ACK again") : "SYN, ACK");
		break;
	case EV_TCP_ESTABLISHED: ladder_rung(l, e, from, to, "ACK"); break;
	case EV_TCP_FIN: ladder_rung(l, e, from, to, "FIN"); break;
	case EV_TCP_RST: ladder_rung(l, e, from, to, e->c && !l->private ? _("RST: refused") : "RST"); break;
	case EV_TCP_RETRANSMISSION:
		if (l->n_rungs && l->rungs[l->n_rungs - 1].frame == e->frame)
			break;	/* "SYN again" has said it */
		if (l->again++ < MOST_AGAIN)
			ladder_rung(l, e, from, to, _("sent again"));
		else
			l->left_out++;
		break;
	default: break;
	}
}

static void tls(struct ladder *l, const struct event *e, unsigned from, unsigned to)
{
	switch (e->kind) {
	case EV_TLS_CLIENT_HELLO:
		ladder_rung(l, e, from, to, "TLS ClientHello%s%s", e->a ? ": " : "",
			    string(l, e->a));
		break;
	case EV_TLS_SERVER_HELLO:
		ladder_rung(l, e, from, to, "TLS ServerHello: TLS %s%s%s", name_tls_version(e->c),
			    e->a ? ", " : "", string(l, e->a));
		break;
	case EV_TLS_CERTIFICATE:
		if (e->c == 0)
			ladder_rung(l, e, from, to, "TLS Certificate: %s", string(l, e->a));
		break;
	case EV_TLS_ALERT:
		if (e->a)
			ladder_rung(l, e, from, to, _("TLS alert: %s"),
				    word_of("tls.alert_message.desc", e->a & 0xff).s);
		else
			ladder_rung(l, e, from, to, _("TLS alert (encrypted)"));
		break;
	default:
		break;
	}
}

/*
 * One rung for all of the page that is encrypted in a connection: it stands where the first packet
 * of step 5.3 does, whichever event told of encryption first.
 */
static void encrypted(struct ladder *l, const struct event *e, const struct conn *c,
		      unsigned server)
{
	const struct frame_rec *r;
	struct event first = *e;
	unsigned n = 0;
	for (unsigned i = 0; i < l->n_rungs; i++)
		if (l->rungs[i].kind == RUNG_BOTH && l->rungs[i].to == server &&
		    session_frame(l->session, l->rungs[i].frame)->flow == e->flow)
			return;
	for (uint32_t f = c->last_frame; f && f >= e->frame; f = r->prev < f ? r->prev : 0) {
		r = session_frame(l->session, f);
		if (!r)
			break;
		if (r->visit != l->visit->id || r->step != STEP_5_3 || !(r->flags & FRAME_PAYLOAD))
			continue;
		first.frame = f;
		n++;
	}
	struct rung *rung = n ? ladder_rung(l, &first, 0, server,
					    _("encrypted: %u packets with data"), n) : NULL;
	if (rung)
		rung->kind = RUNG_BOTH;
}

/* The URL without what stands on the column's head already. */
static const char *short_url(const struct ladder *l, const char *url)
{
	char host[sizeof l->host];
	ladder_host(host, sizeof host, url);
	const char *path = strstr(url, "//");
	path = path && !strcmp(host, l->host) ? strchr(path + 2, '/') : NULL;
	return path ? path : url;
}

static void http(struct ladder *l, const struct event *e, unsigned from, unsigned to)
{
	if (l->requests++ >= MOST_REQUESTS)
		l->left_out++;
	else if (e->kind == EV_HTTP_REQUEST)
		ladder_rung(l, e, from, to, "HTTP: %s %s", string(l, e->a),
			    short_url(l, string(l, e->b)));
	else
		ladder_rung(l, e, from, to, "HTTP: %u%s%s", (unsigned)e->a, e->b ? " " : "",
			    string(l, e->b));
}

/* Packet types of version 1 (RFC 9000 section 17.2). */
static void quic(struct ladder *l, const struct event *e, unsigned from, unsigned to)
{
	static const char *const types[] = { "Initial", "0-RTT", "Handshake", "Retry" };
	ladder_rung(l, e, from, to, "QUIC %s", e->b < 4 ? types[e->b] : "");
}

void rung_connection(struct ladder *l, const struct event *e, const struct conn *c,
		     unsigned server)
{
	bool client = (e->dir & 1) == c->client;
	unsigned from = client ? 0 : server, to = client ? server : 0;
	if (e->kind >= EV_TCP_SYN && e->kind <= EV_TCP_GAP)
		tcp(l, e, from, to);
	else if ((e->kind == EV_TLS_ENCRYPTED && e->a == 23) || e->kind == EV_QUIC_SHORT)
		encrypted(l, e, c, server);
	else if (e->kind >= EV_TLS_CLIENT_HELLO && e->kind <= EV_TLS_ALERT)
		tls(l, e, from, to);
	else if (e->kind == EV_HTTP_REQUEST || e->kind == EV_HTTP_RESPONSE)
		http(l, e, from, to);
	else if (e->kind == EV_QUIC_LONG)
		quic(l, e, from, to);
}
