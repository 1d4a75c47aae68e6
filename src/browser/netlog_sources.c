/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sources and how they lead to a connection: URL_REQUEST to HTTP_STREAM_JOB to HTTP2_SESSION to
 * SOCKET, with a connect job between while the connection is made. Each event that depends on a
 * source nearer to the wire says what is used *now*: the last one counts.
 */
#include "browser/netlog.h"

#include <string.h>

enum { WAY = 8 };	/* the most steps from a request to its socket */

struct netlog_source *netlog_source(const struct log_reader *l, uint32_t id)
{
	struct netlog_source *s = l->sources[id % NETLOG_SOURCES];
	return id && s && s->id == id ? s : NULL;
}

static struct netlog_source *source_known(const struct log_reader *l, uint32_t id, uint8_t type)
{
	struct netlog_source **at = &l->sources[id % NETLOG_SOURCES], *s = *at;
	if (!s)
		s = *at = xcalloc(1, sizeof *s);
	if (s->id != id || s->type != type)
		*s = (struct netlog_source){ .id = id, .type = type, .local = "", .remote = "",
					     .upgraded = "", .how = "", .hsts_host = "" };
	return s;
}

void netlog_sources_event(struct log_reader *l, struct netlog_event *e)
{
	struct netlog_source *s = e->s = source_known(l, e->id, (uint8_t)e->source_type);
	if (!e->dep || e->dep_type == SRC_IGNORED)
		return;
	if (e->dep_type == SRC_DNS && !s->owner)
		s->dns = true;
	if (e->dep_type >= SRC_RESOLVER || e->source_type >= SRC_RESOLVER)
		return;
	if (e->dep_type > e->source_type)
		s->next = e->dep;
	else if (e->dep_type < e->source_type && (!s->owner || s->type == SRC_STREAM_JOB))
		s->owner = e->dep;
}

uint32_t netlog_socket(const struct log_reader *l, uint32_t id)
{
	for (int i = 0; i < WAY; i++) {
		const struct netlog_source *s = netlog_source(l, id);
		if (!s)
			return 0;
		if (s->socket && s->type != SRC_QUIC_JOB)
			return s->socket;
		id = s->next;
	}
	return 0;
}

/* ---- TCP ---- */

static const char *first_address(const json_t *params)
{
	const char *s = json_string_value(json_array_get(json_object_get(params, "address_list"), 0));
	return s ? s : "";
}

static struct rec_socket *socket_add(struct log_reader *l, struct netlog_source *s,
				     const char *transport, int64_t time)
{
	struct rec_socket *k = record_add(l->r, REC_SOCKET, &s->socket);
	if (!k)
		return NULL;
	k->transport = transport;
	k->start = time;
	return k;
}

static void addresses(struct log_reader *l, struct rec_socket *k, const json_t *params)
{
	const char *local = netlog_str(params, "local_address");
	const char *remote = netlog_str(params, "remote_address");
	if (*local)
		k->local = netlog_text(l, local);
	if (*remote)
		k->remote = netlog_text(l, remote);
}

/* One attempt after the other may be made by one SOCKET: each is a connection of its own. */
static void attempt(struct log_reader *l, struct netlog_source *s, const struct netlog_event *e)
{
	struct rec_socket *k = rec_socket(l->r, s->socket);
	const char *remote = netlog_str(e->params, "address");
	if (k && strcmp(k->remote, remote) && *k->remote)
		k = socket_add(l, s, "tcp", e->time);
	if (k)
		k->remote = netlog_text(l, remote);
}

static void tcp_event(struct log_reader *l, struct netlog_source *s, const struct netlog_event *e)
{
	struct rec_socket *k = rec_socket(l->r, s->socket);
	if (e->type == EV_TCP_CONNECT && e->phase == PHASE_BEGIN) {
		k = socket_add(l, s, "tcp", e->time);
		if (k)
			k->remote = netlog_text(l, first_address(e->params));
	} else if (e->type == EV_TCP_CONNECT_ATTEMPT && e->phase == PHASE_BEGIN) {
		attempt(l, s, e);
	} else if (k && e->phase == PHASE_END && e->type == EV_TCP_CONNECT) {
		const char *error = netlog_net_error(l, e->params);
		addresses(l, k, e->params);
		k->error = error;
		if (!*error)
			k->connected = e->time;
	} else if (k && e->phase == PHASE_END && e->type == EV_TCP_CONNECT_ATTEMPT) {
		addresses(l, k, e->params);
	} else if (k && e->phase == PHASE_END && e->type == EV_SSL_CONNECT) {
		k->alpn = netlog_text(l, netlog_str(e->params, "next_proto"));
		if (!strcmp(k->alpn, "unknown"))
			k->alpn = "";
		if (!*k->error)
			k->error = netlog_net_error(l, e->params);
	}
}

/* ---- QUIC ---- */

/* The job that a UDP socket was opened for; a session's socket is told by no event. */
static struct netlog_source *quic_job(const struct log_reader *l, const struct netlog_source *s)
{
	for (int i = 0; s && i < WAY; i++) {
		if (s->type == SRC_QUIC_JOB)
			return netlog_source(l, s->id);
		s = netlog_source(l, s->owner);
	}
	return NULL;
}

static void udp_event(struct log_reader *l, const struct netlog_event *e)
{
	struct netlog_source *job = quic_job(l, e->s);
	const char *address = netlog_str(e->params, "address");
	if (!job || !*address)
		return;
	if (e->type == EV_UDP_CONNECT)
		job->remote = netlog_text(l, address);
	else if (e->type == EV_UDP_LOCAL_ADDRESS)
		job->local = netlog_text(l, address);
}

static void quic_created(struct log_reader *l, const struct netlog_event *e)
{
	const struct netlog_source *session = netlog_source(l, e->dep);
	struct rec_socket *k = session ? rec_socket(l->r, session->socket) : NULL;
	if (!k)
		return;
	k->local = e->s->local;
	k->remote = e->s->remote;
}

static void quic_event(struct log_reader *l, struct netlog_source *s, const struct netlog_event *e)
{
	struct rec_socket *k = rec_socket(l->r, s->socket);
	if (e->type == EV_QUIC_SESSION && e->phase == PHASE_BEGIN) {
		k = socket_add(l, s, "quic", e->time);
		l->r->quic = true;
	} else if (k && e->type == EV_QUIC_SESSION_CRYPTO_HANDSHAKE_COMPLETE) {
		k->connected = e->time;
		k->alpn = "h3";
	} else if (k && e->type == EV_QUIC_SESSION_CLOSED && !k->connected && !*k->error) {
		k->error = netlog_error(l, l->names.quic_errors,
					netlog_num(e->params, "quic_error", 0));
	}
}

void netlog_sockets_event(struct log_reader *l, const struct netlog_event *e)
{
	struct netlog_source *s = e->s;
	if (s->type == SRC_SOCKET && !s->dns)
		tcp_event(l, s, e);
	else if (s->type == SRC_UDP && !s->dns)
		udp_event(l, e);
	else if (s->type == SRC_QUIC_SESSION)
		quic_event(l, s, e);
	else if (e->type == EV_QUIC_SESSION_CREATED && s->type == SRC_QUIC_JOB)
		quic_created(l, e);
	else if (e->type == EV_HTTP_STREAM_JOB && netlog_is(e->params, "using_quic"))
		l->r->quic = true;
}
