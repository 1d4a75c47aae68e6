/* SPDX-License-Identifier: GPL-3.0-or-later */
/* comparejson: two visits side by side as one JSON document. See osiscope(1), "JSON". */
#include "export/compare.h"

#include "export/visits.h"

static const char *const names[SIDES] = { "a", "b" };

static void milliseconds(struct visits *v, const char *name, int64_t ns)
{
	jsondoc_real(&v->doc, name, (double)ns / 1e6);
}

/* -1, not known, is left away. */
static void known(struct visits *v, const char *name, int64_t n)
{
	if (n >= 0)
		jsondoc_integer(&v->doc, name, n);
}

static void head(struct visits *v, const char *name, const struct side *x)
{
	jsondoc_open(&v->doc, name, '{');
	visits_text(v, "file", x->path);
	jsondoc_integer(&v->doc, "visit", x->visit->id);
	jsondoc_integer(&v->doc, "visits", steps_n_visits(x->session->steps));
	visits_text(v, "url", x->visit->url);
	visits_text(v, "final_url", x->visit->final_url);
	visits_text(v, "client", x->visit->client);
	visits_moment(v, "start", x->visit->start);
	visits_text(v, "summary", x->visit->summary);
	jsondoc_close(&v->doc, '}');
}

static void step_side(struct visits *v, const char *name, const struct side *x, enum step id)
{
	const struct step_entry *e = &x->visit->step[id];
	jsondoc_open(&v->doc, name, '{');
	visits_text(v, "state", step_state_ids[e->state]);
	if (e->start)
		milliseconds(v, "start_ms", e->start - x->visit->start);
	if (e->start && e->end)
		milliseconds(v, "duration_ms", e->end - e->start);
	jsondoc_integer(&v->doc, "frames", e->n_frames);
	jsondoc_integer(&v->doc, "bytes", (int64_t)x->bytes[id]);
	visits_facts(v, e);
	jsondoc_close(&v->doc, '}');
}

static void differs(struct visits *v, const struct compare *c, enum step id)
{
	const struct side *a = &c->side[SIDE_A], *b = &c->side[SIDE_B];
	struct strbuf name = {0};
	const char *key;
	jsondoc_open_flat(&v->doc, "differs", '[');
	if (a->visit->step[id].state != b->visit->step[id].state)
		visits_text(v, NULL, "state");
	for (unsigned i = 0; (key = fact_key(c, id, i)) != NULL; i++) {
		if (!facts_differ(side_fact(a, id, key), side_fact(b, id, key)))
			continue;
		strbuf_clear(&name);
		strbuf_printf(&name, "facts.%s", key);
		visits_text(v, NULL, strbuf_str(&name));
	}
	jsondoc_close(&v->doc, ']');
	strbuf_free(&name);
}

static void only(struct visits *v, const struct compare *c, unsigned side, const char *name)
{
	jsondoc_open_flat(&v->doc, name, '[');
	for (enum step id = STEP_1; id < STEPS; id++)
		if (side_alone(c, side, id))
			visits_text(v, NULL, step_kinds[id].id);
	jsondoc_close(&v->doc, ']');
}

static void totals(struct visits *v, const char *name, const struct side *x)
{
	struct jsondoc *j = &v->doc;
	jsondoc_open(j, name, '{');
	milliseconds(v, "duration_ms", x->visit->end - x->visit->start);
	if (x->first_byte >= 0)
		milliseconds(v, "first_byte_ms", x->first_byte);
	if (x->complete >= 0)
		milliseconds(v, "document_ms", x->complete);
	jsondoc_integer(j, "frames", x->visit->n_frames);
	jsondoc_integer(j, "bytes", (int64_t)x->all_bytes);
	jsondoc_integer(j, "tcp_connections", x->tcp);
	jsondoc_integer(j, "quic_connections", x->quic);
	jsondoc_integer(j, "retransmissions", x->sent_again);
	visits_text(v, "transport", side_transport(x));
	visits_text(v, "protocols", x->protocols);
	known(v, "requests", x->requests);
	known(v, "not_modified", x->not_modified);
	known(v, "from_cache", x->from_cache);
	jsondoc_bool(j, "undecrypted", x->hidden);
	jsondoc_close(j, '}');
}

void compare_json(struct compare *c)
{
	struct visits v = { .p = c->p, .doc = { .out = &c->p->out } };
	struct jsondoc *j = &v.doc;
	jsondoc_open(j, NULL, '{');
	for (unsigned i = 0; i < SIDES; i++)
		head(&v, names[i], &c->side[i]);
	jsondoc_open(j, "steps", '[');
	for (enum step id = STEP_1; id < STEPS; id++) {
		jsondoc_open(j, NULL, '{');
		visits_text(&v, "id", step_kinds[id].id);
		for (unsigned i = 0; i < SIDES; i++)
			step_side(&v, names[i], &c->side[i], id);
		differs(&v, c, id);
		jsondoc_close(j, '}');
	}
	jsondoc_close(j, ']');
	only(&v, c, SIDE_A, "only_a");
	only(&v, c, SIDE_B, "only_b");
	jsondoc_open(j, "totals", '{');
	for (unsigned i = 0; i < SIDES; i++)
		totals(&v, names[i], &c->side[i]);
	jsondoc_close(j, '}');
	jsondoc_close(j, '}');
	out_putc(j->out, '\n');
	strbuf_free(&v.clean);
}
