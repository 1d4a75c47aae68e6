/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words: sentences with placeholders, values as text, facts. */
#include "steps/tell.h"

#include <stdarg.h>
#include <string.h>

#include "fmt/i18n.h"
#include "fmt/names.h"
#include "fmt/value.h"

enum { MAX_VALUES = 12 };

struct values { const char *name[MAX_VALUES], *text[MAX_VALUES]; unsigned n; };

static const char *value_of(void *arg, const char *name, size_t n)
{
	const struct values *v = arg;
	for (unsigned i = 0; i < v->n; i++)
		if (strlen(v->name[i]) == n && !memcmp(v->name[i], name, n))
			return v->text[i];
	return NULL;
}

void words_fill(struct strbuf *to, const char *sentence,
		const char *(*value)(void *, const char *, size_t), void *arg)
{
	for (const char *p = sentence; *p;) {
		const char *open = strchr(p, '{'), *end = open ? strchr(open, '}') : NULL;
		if (!end) {
			strbuf_puts(to, p);
			return;
		}
		const char *text = value(arg, open + 1, (size_t)(end - open - 1));
		strbuf_add(to, p, (size_t)(open - p));
		if (text)
			strbuf_puts(to, text);
		else
			strbuf_add(to, open, (size_t)(end - open + 1));
		p = end + 1;
	}
}

static const char *kept(struct teller *t)
{
	const char *s = arena_text(&t->arena, strbuf_str(&t->text), t->text.len);
	strbuf_clear(&t->text);
	return s;
}

const char *words(struct teller *t, const char *sentence, ...)
{
	struct values v = { .n = 0 };
	va_list ap;
	va_start(ap, sentence);
	for (const char *name; v.n < MAX_VALUES && (name = va_arg(ap, const char *)) !=
			NULL; v.n++) {
		v.name[v.n] = name;
		v.text[v.n] = va_arg(ap, const char *);
	}
	va_end(ap);
	strbuf_clear(&t->text);
	words_fill(&t->text, sentence, value_of, &v);
	return kept(t);
}

const char *two_sentences(struct teller *t, const char *a, const char *b)
{
	if (!a || !*a || !b || !*b)
		return a && *a ? a : b;
	return words(t, "{a} {b}", "a", a, "b", b, NULL);
}

const char *number_text(struct teller *t, uint64_t n)
{
	strbuf_clear(&t->text);
	strbuf_printf(&t->text, "%llu", (unsigned long long)n);
	return kept(t);
}

const char *frames_text(struct teller *t, const uint32_t *frames, unsigned n)
{
	enum { MOST = 8 };
	strbuf_clear(&t->text);
	for (unsigned i = 0; i < n && i < MOST; i++)
		strbuf_printf(&t->text, i ? ", %u" : "%u", (unsigned)frames[i]);
	if (n > MOST)
		strbuf_puts(&t->text, ", …");
	return kept(t);
}

const char *string_text(struct teller *t, uint32_t id)
{
	size_t n;
	const char *s = session_string(t->st->s, id, &n);
	return arena_text(&t->arena, s, n);
}

const char *address_text(struct teller *t, uint32_t id)
{
	strbuf_clear(&t->text);
	if (id)
		name_address(&t->text, t->st->s, id);
	return kept(t);
}

const char *endpoint_text(struct teller *t, uint32_t flow, bool server)
{
	const struct conn *c = session_conn(t->st->s, flow);
	strbuf_clear(&t->text);
	if (c)
		name_endpoint(&t->text, t->st->s, c, server ? !(c->client & 1) : c->client & 1);
	return kept(t);
}

const char *span_text(struct teller *t, int64_t ns)
{
	strbuf_clear(&t->text);
	value_duration(&t->text, ns);
	return kept(t);
}

const char *bytes_text(struct teller *t, uint64_t bytes)
{
	strbuf_clear(&t->text);
	value_amount(&t->text, bytes);
	return kept(t);
}

const char *filter_sentence(struct teller *t)
{
	return words(t, _("The filter ({filter}) left packets out: what they would tell is not "
			"known."), "filter", arena_text(&t->arena, t->st->s->filter_text,
			strlen(t->st->s->filter_text)), NULL);
}

const char *host_text(struct teller *t)
{
	if (t->y->host)
		return string_text(t, t->y->host);
	return t->y->first_flow ? address_text(t, server_address(t->st, t->y->first_flow - 1)) : "";
}

/* ---- facts ---- */

static struct fact *new_fact(struct teller *t, enum step step, const char *key)
{
	struct step_entry *e = entry(t, step);
	if (!t->facts[step]) {
		t->facts[step] = arena_alloc(&t->arena, MAX_FACTS * sizeof(struct fact));
		e->facts = t->facts[step];
	}
	/* more than there is room for: the last one gives way (no step has so many) */
	struct fact *f = &t->facts[step][e->n_facts < MAX_FACTS ? e->n_facts++ : MAX_FACTS - 1];
	f->key = key;
	return f;
}

void fact_text(struct teller *t, enum step step, const char *key, const char *value)
{
	if (!value || !*value)
		return;
	struct fact *f = new_fact(t, step, key);
	f->kind = FACT_TEXT;
	f->text = value;
}

void fact_number(struct teller *t, enum step step, const char *key, double value)
{
	struct fact *f = new_fact(t, step, key);
	f->kind = FACT_NUMBER;
	f->number = value;
}

void fact_bool(struct teller *t, enum step step, const char *key, bool value)
{
	struct fact *f = new_fact(t, step, key);
	f->kind = FACT_BOOL;
	f->number = value;
}

void fact_list(struct teller *t, enum step step, const char *key, const char *const *list,
	       unsigned n)
{
	if (!n)
		return;
	struct fact *f = new_fact(t, step, key);
	const char **copy = arena_alloc(&t->arena, n * sizeof *copy);
	memcpy(copy, list, n * sizeof *copy);
	f->kind = FACT_LIST;
	f->list = copy;
	f->n_list = (uint16_t)n;
}

void remark(struct teller *t, enum step step, const char *sentence)
{
	struct step_entry *e = entry(t, step);
	e->remark = two_sentences(t, e->remark, sentence);
}
