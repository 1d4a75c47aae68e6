/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names that become addresses. Whoever needs an address (a connect job, a QUIC job, the page's
 * own wish to be early) asks the resolver: the hosts file or the cache answer at once, else a job
 * of the resolver does, and several may wait for the same one.
 */
#include "browser/netlog.h"

#include <arpa/inet.h>
#include <string.h>

enum { EARLY = 10, QUIET = 1 };	/* seconds before a page begins that a lookup may be its own */
static const int64_t second = 1000000000;

/* ---- results: several shapes, by version and by who answers ---- */

struct answer { struct strbuf addresses, aliases; };

static void add_name(struct strbuf *b, const char *name)
{
	size_t n = strlen(name);
	const char *at = b->s;
	if (!n || b->full || strchr(name, ','))
		return;
	for (; at && (at = strstr(at, name)) != NULL; at += n) {
		if ((at == b->s || at[-1] == ',') && (!at[n] || at[n] == ','))
			return;
	}
	if (b->len)
		strbuf_putc(b, ',');
	strbuf_add(b, name, n);
}

/* "203.0.113.80", "203.0.113.80:0", "[2001:db8::1]:0" */
static void add_address(struct strbuf *b, const char *s)
{
	char plain[64];
	size_t n = strlen(s);
	if (*s == '[') {
		s++;
		n = strcspn(s, "]");
	} else if (strchr(s, ':') && strchr(s, ':') == strrchr(s, ':')) {
		n = strcspn(s, ":");
	}
	if (n >= sizeof plain)
		return;
	memcpy(plain, s, n);
	plain[n] = '\0';
	add_name(b, plain);
}

static void add_alias(struct answer *a, const char *name, const char *host)
{
	if (strcmp(name, host))
		add_name(&a->aliases, name);
}

/* A list of results of the DNS client or of the hosts file: one for each record. */
static void read_list(struct answer *a, const json_t *list, const char *host)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		const json_t *ends = json_object_get(one, "endpoints");
		for (size_t k = 0; k < json_array_size(ends); k++)
			add_address(&a->addresses, netlog_str(json_array_get(ends, k), "address"));
		add_alias(a, netlog_str(one, "alias_target"), host);
		if (json_is_string(one))
			add_address(&a->addresses, json_string_value(one));
	}
}

static void read_results(struct answer *a, const json_t *params, const char *host)
{
	const json_t *results = json_object_get(params, "results");
	const json_t *ends = json_object_get(results, "ip_endpoints");
	const json_t *aliases = json_object_get(results, "aliases");
	for (size_t k = 0; k < json_array_size(ends); k++)
		add_address(&a->addresses, netlog_str(json_array_get(ends, k), "endpoint_address"));
	for (size_t k = 0; k < json_array_size(aliases); k++) {
		const char *name = json_string_value(json_array_get(aliases, k));
		add_alias(a, name ? name : "", host);
	}
	read_list(a, results, host);
	read_list(a, json_object_get(params, "address_list"), host);
	read_list(a, json_object_get(results, "address_list"), host);
	add_alias(a, netlog_str(params, "canonical_name"), host);
}

static void answer_to(struct log_reader *l, struct rec_lookup *k, const json_t *params)
{
	struct answer a = { { .cap = RECORD_TEXT }, { .cap = RECORD_TEXT } };
	read_results(&a, params, k->host);
	if (a.addresses.len)
		k->addresses = netlog_text(l, strbuf_str(&a.addresses));
	if (a.aliases.len)
		k->aliases = netlog_text(l, strbuf_str(&a.aliases));
	strbuf_free(&a.addresses);
	strbuf_free(&a.aliases);
}

/* ---- whose it is ---- */

static uint32_t page_of(struct log_reader *l, const struct netlog_source *s)
{
	int64_t page = netlog_page_asking(l, s->key, s->host);
	return page >= 0 ? (uint32_t)page : netlog_page_of_key(l, s->key);
}

/* No request of a page to this host was under way: what was looked up then was for the next one. */
static bool page_quiet(const struct log_reader *l, uint32_t page, uint32_t host, int64_t time)
{
	uint32_t n = record_count(l->r, REC_REQUEST);
	for (uint32_t i = n; i && n - i < NETLOG_LOOK_BACK; i--) {
		const struct rec_request *q = rec_request(l->r, i);
		if (q->page == page && netlog_side(&l->requests, i).host == host &&
		    (!q->end || q->end > time))
			return false;
	}
	return true;
}

void netlog_lookups_adopt(struct log_reader *l, uint32_t page, uint32_t key, uint32_t host)
{
	const struct rec_page *p = rec_page(l->r, page);
	uint32_t n = record_count(l->r, REC_LOOKUP);
	for (uint32_t i = n; p && key && i && n - i < NETLOG_LOOK_BACK; i--) {
		struct rec_lookup *k = rec_lookup(l->r, i);
		struct netlog_side side = netlog_side(&l->lookups, i);
		int64_t before = p->start - k->start;
		if (side.key != key || side.host != host || before > EARLY * second)
			continue;
		if (!k->page || (k->page < page && before <= QUIET * second &&
				 page_quiet(l, k->page, host, k->start)))
			k->page = page;
	}
}

/* The lookup of this page and host that is there already; 0 none. */
static uint32_t told_before(const struct log_reader *l, uint32_t page, uint32_t host)
{
	uint32_t n = record_count(l->r, REC_LOOKUP);
	for (uint32_t i = n; i && n - i < NETLOG_LOOK_BACK; i--) {
		if (rec_lookup(l->r, i)->page == page && netlog_side(&l->lookups, i).host == host)
			return i;
	}
	return 0;
}

static struct rec_lookup *lookup_add(struct log_reader *l, struct netlog_source *s, uint32_t page)
{
	struct rec_lookup *k = record_add(l->r, REC_LOOKUP, &s->lookup);
	if (!k)
		return NULL;
	netlog_side_set(&l->lookups, s->lookup, s->key, s->host);
	k->page = page;
	k->host = netlog_text(l, intern_get(l->texts, s->host, NULL));
	k->start = s->since;
	return k;
}

/* ---- those that ask ---- */

static bool is_address(const char *host)
{
	unsigned char bytes[16];
	return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

/* The same answer of the cache or the hosts file once more is nothing new. */
static void answered_at_once(struct log_reader *l, struct netlog_source *s,
			     const struct netlog_event *e, const char *how)
{
	uint32_t page = page_of(l, s);
	struct rec_lookup *k = rec_lookup(l->r, s->lookup);
	if (!s->host || (!k && told_before(l, page, s->host)))
		return;
	if (!k)
		k = lookup_add(l, s, page);
	if (!k)
		return;
	k->how = how;
	k->end = e->time;
	answer_to(l, k, e->params);
}

static void job_attach(struct log_reader *l, struct netlog_source *s, const struct netlog_event *e)
{
	struct netlog_source *job = netlog_source(l, e->dep);
	if (!job || job->type != SRC_RESOLVER)
		return;
	if (!s->host)
		s->host = job->host;
	if (!s->key)
		s->key = job->key;
	uint32_t page = page_of(l, s);
	for (uint32_t i = 0; i < job->n_waiting; i++) {
		const struct rec_lookup *k = rec_lookup(l->r, job->waiting[i]);
		if (k && k->page == page) {
			s->lookup = job->waiting[i];
			return;
		}
	}
	if (!s->host || job->n_waiting == NETLOG_SHARED || !lookup_add(l, s, page))
		return;
	job->waiting[job->n_waiting++] = s->lookup;
	rec_lookup(l->r, s->lookup)->how = job->how;
}

static void request_end(struct log_reader *l, struct netlog_source *s, const struct netlog_event *e)
{
	const char *error = netlog_net_error(l, e->params);
	const char *host = intern_get(l->texts, s->host, NULL);
	struct rec_lookup *k = rec_lookup(l->r, s->lookup);
	s->requesting = false;
	if (!k && s->host && (*error || is_address(host)) && !told_before(l, page_of(l, s), s->host)) {
		k = lookup_add(l, s, page_of(l, s));
		if (k && is_address(host)) {
			k->how = "literal";
			k->addresses = k->host;
		}
	}
	if (!k)
		return;
	if (!k->end)
		k->end = e->time;
	if (!*k->error && !*k->addresses)
		k->error = error;
}

static void asks(struct log_reader *l, struct netlog_source *s, const struct netlog_event *e)
{
	if (e->type == EV_SOCKET_POOL_CONNECT_JOB_CREATED) {
		/* "pm/https://www.lab.test <https://lab.test same_site>" */
		const char *group = netlog_str(e->params, "group_id"), *key = strchr(group, '<');
		s->host = netlog_url_host(l, group);
		s->key = key ? netlog_site(l, key + 1) : 0;
	} else if (e->type == EV_HOST_RESOLVER_MANAGER_REQUEST && e->phase == PHASE_BEGIN) {
		s->host = netlog_url_host(l, netlog_str(e->params, "host"));
		s->key = netlog_site(l, netlog_str(e->params, "network_anonymization_key"));
		s->since = e->time;
		s->lookup = 0;
		s->requesting = true;
	} else if (e->type == EV_HOST_RESOLVER_MANAGER_TASK_SEQUENCE_CREATED && !s->requesting) {
		s->since = e->time;
		s->lookup = 0;
	} else if (e->type == EV_HOST_RESOLVER_MANAGER_CACHE_HIT) {
		answered_at_once(l, s, e, "cache");
	} else if (e->type == EV_HOST_RESOLVER_MANAGER_HOSTS_HIT) {
		answered_at_once(l, s, e, "hosts");
	} else if (e->type == EV_HOST_RESOLVER_MANAGER_JOB_ATTACH) {
		job_attach(l, s, e);
	} else if (e->type == EV_HOST_RESOLVER_MANAGER_REQUEST && e->phase == PHASE_END) {
		request_end(l, s, e);
	}
}

/* ---- the resolver's jobs ---- */

static void job_begin(struct log_reader *l, struct netlog_source *job, const struct netlog_event *e)
{
	job->host = netlog_url_host(l, netlog_str(e->params, "host"));
	job->key = netlog_site(l, netlog_str(e->params, "network_anonymization_key"));
}

static void task_end(struct log_reader *l, struct netlog_source *job, const struct netlog_event *e)
{
	for (uint32_t i = 0; i < job->n_waiting; i++) {
		struct rec_lookup *k = rec_lookup(l->r, job->waiting[i]);
		if (!k)
			continue;
		answer_to(l, k, e->params);
		job->answered = job->answered || *k->addresses;
		/* Who was asked last and had an answer; without one, the DNS servers were asked. */
		if (e->type == EV_HOST_RESOLVER_SYSTEM_TASK && *k->addresses)
			k->how = "system";
	}
}

static void job_event(struct log_reader *l, struct netlog_source *job, const struct netlog_event *e)
{
	bool begins = e->phase == PHASE_BEGIN, dns = e->type == EV_HOST_RESOLVER_DNS_TASK;
	if (e->type == EV_HOST_RESOLVER_MANAGER_JOB && begins) {
		job_begin(l, job, e);
		return;
	}
	if ((dns || e->type == EV_HOST_RESOLVER_SYSTEM_TASK) && !begins) {
		task_end(l, job, e);
		return;
	}
	if ((dns || e->type == EV_HOST_RESOLVER_SYSTEM_TASK) && !*job->how)
		job->how = dns ? "dns" : "system";
	for (uint32_t i = 0; i < job->n_waiting; i++) {
		struct rec_lookup *k = rec_lookup(l->r, job->waiting[i]);
		if (!k)
			continue;
		if (!*k->how)
			k->how = job->how;
		if (dns && netlog_is(e->params, "secure")) {
			k->secure = true;
			l->r->doh = "on";
		}
		if (e->type == EV_HOST_RESOLVER_MANAGER_JOB && e->phase == PHASE_END) {
			k->end = e->time;
			k->error = netlog_net_error(l, e->params);
		}
	}
}

static void config_event(struct log_reader *l, const struct netlog_event *e)
{
	int64_t mode = netlog_num(e->params, "secure_dns_mode", -1);
	if (mode < 0)
		return;
	l->r->doh = mode != l->names.secure_off &&
		    (mode == l->names.secure_on ||
		     netlog_is(e->params, "can_use_secure_dns_transactions")) ? "on" : "off";
}

void netlog_lookups_event(struct log_reader *l, const struct netlog_event *e)
{
	if (e->type == EV_DNS_CONFIG_CHANGED)
		config_event(l, e);
	else if (e->source_type == SRC_RESOLVER)
		job_event(l, e->s, e);
	else if (e->source_type == SRC_CONNECT_JOB || e->source_type == SRC_QUIC_JOB ||
		 e->source_type == SRC_LOOKUP)
		asks(l, e->s, e);
}
