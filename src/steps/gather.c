/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gather: what events tell about a flow, written into its track: link, TCP, TLS, QUIC. */
#include "steps/own.h"

enum { RECORD_ALERT = 21, RECORD_HANDSHAKE = 22, RECORD_DATA = 23, TLS13 = 0x0304 };
enum { QUIC_INITIAL = 0, QUIC_ZERO_RTT = 1, QUIC_HANDSHAKE = 2 };

static bool from_client(const struct steps *st, const struct event *e)
{
	const struct conn *c = session_conn(st->s, e->flow);
	return !c || (e->dir & 1) == (c->client & 1);
}

static void first_time(uint32_t *frame, const struct event *e)
{
	if (!*frame)
		*frame = e->frame;
}

/*
 * A MAC that several far addresses send from is a router's. One station may well have an IPv4
 * and an IPv6 address, so families are counted apart; link-local addresses never leave the link.
 */
static void gather_host(struct steps *st, const struct event *e)
{
	size_t n;
	const char *a = session_string(st->s, e->a, &n);
	struct path *path = path_of(st, e->flow);
	if (path) {
		uint8_t side = path_side(st, e->flow, e->dir & 1);
		path->mac[side] = e->b;
		path->ttl[side] = (uint8_t)e->c;
	}
	if (!e->b || (n == 16 && (uint8_t)a[0] == 0xfe && ((uint8_t)a[1] & 0xc0) == 0x80))
		return;
	uint64_t key = map_pair(e->b, (uint32_t)n);
	uint32_t known = map_get(&st->routers, key);
	if (!known)
		map_put(&st->routers, key, e->a);
	else if (known != e->a && !(known & ROUTER_MANY))
		map_put(&st->routers, key, known | ROUTER_MANY);
}

static void gather_next(struct steps *st, const struct event *e)
{
	struct path *path = path_of(st, e->flow);
	if (path)
		path->next[path_side(st, e->flow, e->dir & 1)] = e->b;
}

/* The client may turn out to be the other side than it seemed: the SYN was not captured. */
static void turn_client(struct steps *st, struct track *t, const struct event *e)
{
	const struct conn *c = session_conn(st->s, e->flow);
	uint32_t client = c ? client_of(st, c->addr[c->client & 1], e->frame) : 0;
	if (!client || client == t->client)
		return;
	t->client = client;
	t->lookup = map_get(&st->by_address, map_pair(client, c->addr[!(c->client & 1)]));
	t->idle = idle_since(client_at(st, client), time_of(st, e->frame));
}

static uint8_t gather_tcp(struct steps *st, struct track *t, const struct event *e)
{
	uint8_t x = rule_for(e, from_client(st, e));
	switch ((enum event_kind)e->kind) {
	case EV_TCP_SYN:
		turn_client(st, t, e);
		if (e->c && t->syn_again < UINT16_MAX)
			t->syn_again++;
		first_time(&t->syn, e);
		if (t->phase == PH_NONE)
			t->phase = PH_CONNECT;
		break;
	case EV_TCP_SYNACK:
		turn_client(st, t, e);
		first_time(&t->synack, e);
		if (t->phase == PH_NONE)
			t->phase = PH_CONNECT;
		break;
	case EV_TCP_ESTABLISHED:
		first_time(&t->established, e);
		if (t->phase < PH_OPEN)
			t->phase = PH_OPEN;
		break;
	case EV_TCP_MIDDLE:
		t->flags |= TRACK_MIDDLE;
		break;
	case EV_TCP_FIN:
		first_time(&t->fin[e->dir & 1], e);
		break;
	case EV_TCP_RST:
		first_time(&t->rst, e);
		if (e->c && !t->syn_again)
			t->flags |= TRACK_REFUSED;
		break;
	case EV_TCP_RETRANSMISSION:
		if (t->retransmissions < UINT16_MAX)
			t->retransmissions++;
		break;
	case EV_TCP_GAP:
		t->flags |= TRACK_GAP;
		break;
	default:
		break;
	}
	return t->kind == KIND_DNS && x ? EX_DNS_CARRIER : x;
}

/* Lower case, for names that are compared: DNS and URLs do not tell cases apart (RFC 4343). */
uint32_t lower_name(struct steps *st, uint32_t name)
{
	char low[256];
	size_t all, n, i;
	const char *s = session_string(st->s, name, &all);
	bool same = true;
	for (n = all; n && s[n - 1] == '.';)
		n--;
	if (n > sizeof low)
		return name;
	for (i = 0; i < n; i++) {
		bool upper = s[i] >= 'A' && s[i] <= 'Z';
		low[i] = (char)(upper ? s[i] + 32 : s[i]);
		same = same && !upper;
	}
	return same && n == all ? name : intern_bytes(st->s->strings, low, n);
}

static void name_track(struct steps *st, struct track *t, uint32_t name)
{
	if (!name)
		return;
	t->name = lower_name(st, name);
	if (background_host(st, t->name))
		t->flags |= TRACK_BACKGROUND;
}

/*
 * Records that are not opened. In TLS 1.3 the client's first one ends its handshake (Finished,
 * RFC 8446 section 4.4), unless it sends early data; before that one the server's are its part
 * of the handshake. In TLS 1.2 the record types tell.
 */
static uint8_t gather_record(struct track *t, const struct event *e, bool client)
{
	if (e->a == RECORD_ALERT)
		return t->phase == PH_APP ? EX_CLOSE_NOTIFY : EX_TLS_ALERT;
	if (e->a == RECORD_HANDSHAKE) {
		if (client)
			first_time(&t->finished, e);
		return client ? EX_TLS_FINISHED : EX_TLS_SERVER;
	}
	if (e->a != RECORD_DATA)
		return client ? EX_TLS_CLIENT : EX_TLS_SERVER;
	if (t->hello && !t->server_hello && client) {
		t->flags |= TRACK_EARLY;
		return EX_EARLY;
	}
	if (t->hello && t->version == TLS13 && !t->finished) {
		if (!client)
			return EX_TLS_SERVER;
		t->finished = e->frame;
		return EX_TLS_FINISHED;
	}
	if (!client && !t->request && t->hello)
		return EX_TLS_TICKET;
	t->phase = PH_APP;
	first_time(client ? &t->request : &t->response, e);
	return client ? EX_APP_CLIENT : EX_APP_SERVER;
}

static uint8_t gather_tls(struct steps *st, struct track *t, const struct event *e)
{
	bool client = from_client(st, e);
	uint8_t x = rule_for(e, client);
	t->flags |= TRACK_TLS;
	if (t->phase < PH_TLS)
		t->phase = PH_TLS;
	switch ((enum event_kind)e->kind) {
	case EV_TLS_CLIENT_HELLO:
		first_time(&t->hello, e);
		name_track(st, t, e->a);
		t->alpn_offer = e->b;
		break;
	case EV_TLS_SERVER_HELLO:
		first_time(&t->server_hello, e);
		t->alpn = e->a ? e->a : t->alpn;
		t->cipher = (uint16_t)e->b;
		t->version = e->c;
		break;
	case EV_TLS_RESUMED:
		t->flags |= TRACK_RESUMED;
		break;
	case EV_TLS_ENCRYPTED:
		return gather_record(t, e, client);
	case EV_TLS_ALERT:
		if (!e->a || (e->a & 0xff) == 0)	/* encrypted, or close_notify */
			return t->phase == PH_APP || !(e->a >> 8) ? EX_CLOSE_NOTIFY : x;
		first_time(&t->alert_frame, e);
		t->alert = (uint16_t)e->a;
		break;
	default:
		break;
	}
	return x;
}

static uint8_t gather_quic(struct steps *st, struct track *t, const struct event *e)
{
	bool client = from_client(st, e);
	if (t->phase < PH_TLS)
		t->phase = PH_TLS;
	if (e->kind == EV_QUIC_SHORT) {
		t->phase = PH_APP;
		if (client || t->request)
			first_time(client ? &t->request : &t->response, e);
		return client || t->request ? rule_for(e, client) : EX_QUIC_SERVER;
	}
	if (!e->a)
		return EX_QUIC_VERSION;
	if (e->b == QUIC_INITIAL)
		first_time(client ? &t->hello : &t->server_hello, e);
	if (e->b == QUIC_HANDSHAKE && client)
		first_time(&t->finished, e);
	if (e->b == QUIC_ZERO_RTT)
		t->flags |= TRACK_EARLY;
	return rule_for(e, client);
}

/* An ICMP error about a connection that is being opened: find it among the latest. */
static uint8_t gather_icmp(struct steps *st, const struct event *e)
{
	size_t n = st->tracks.count;
	uint32_t sender = st->icmp_sender;
	st->icmp_sender = 0;
	for (size_t i = n; i > 0 && n - i < 4 * LOOK_BACK; i--) {
		struct track *t = track_number(st, (uint32_t)i);
		const struct conn *c = session_conn(st->s, t->flow);
		uint8_t server = !(c->client & 1);
		if (c->addr[server] != e->b || (e->c && c->port[server] != e->c))
			continue;
		if (!t->icmp)
			t->icmp_code = (uint16_t)e->a;
		first_time(&t->icmp, e);
		if (room_for(st, &st->notices, MAX_NEIGHBOURS, e->frame)) {
			struct notice *notice = chunks_add(&st->notices);
			*notice = (struct notice){ .frame = e->frame, .flow = t->flow,
				.sender = sender };
		}
		return EX_ICMP_ERROR;
	}
	return EX_NONE;
}

uint8_t gather(struct steps *st, const struct packet *p, struct track *t, const struct event *e)
{
	switch ((enum event_kind)e->kind) {
	case EV_ARP_REQUEST: case EV_ARP_REPLY: case EV_NDP_SOLICIT: case EV_NDP_ADVERT:
	case EV_ARP_SENDER:
		return gather_neighbour(st, e);
	case EV_HOST:
		gather_host(st, e);
		return EX_NONE;
	case EV_NEXT_HOP:
		gather_next(st, e);
		return EX_NONE;
	case EV_ICMP_SENDER:
		st->icmp_sender = e->a;
		return EX_NONE;
	case EV_ICMP_ERROR:
		return gather_icmp(st, e);
	case EV_DNS_QUERY: case EV_DNS_RESPONSE: case EV_DNS_RECORD:
		return gather_dns(st, p, t, e);
	default:
		break;
	}
	if (!t)
		return EX_NONE;
	switch ((enum event_kind)e->kind) {
	case EV_TCP_SYN: case EV_TCP_SYNACK: case EV_TCP_ESTABLISHED: case EV_TCP_MIDDLE:
	case EV_TCP_FIN: case EV_TCP_RST: case EV_TCP_RETRANSMISSION: case EV_TCP_GAP:
		return gather_tcp(st, t, e);
	case EV_TLS_CLIENT_HELLO: case EV_TLS_SERVER_HELLO: case EV_TLS_RESUMED:
	case EV_TLS_CERTIFICATE: case EV_TLS_CCS: case EV_TLS_ENCRYPTED: case EV_TLS_ALERT:
		return gather_tls(st, t, e);
	case EV_HTTP_HEADER: case EV_HTTP_REQUEST: case EV_HTTP_RESPONSE: case EV_HTTP_HEAD:
	case EV_HTTP_END:
		return gather_http(st, p, t, e);
	case EV_QUIC_LONG: case EV_QUIC_SHORT:
		return gather_quic(st, t, e);
	default:
		return EX_NONE;
	}
}
