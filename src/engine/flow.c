/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/flow.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "engine/engine.h"

enum { SLOTS = FLOWS_MAX * 2, BLOCK_FLOWS = 256 };

/* The key is the same in both directions; returns which end (0 or 1) the sender is. */
static uint8_t key_of(const struct dissect *d, struct flow_key *k)
{
	*k = (struct flow_key){ .len = d->src.len, .proto = d->ip_proto };
	int order = memcmp(d->src.bytes, d->dst.bytes, d->src.len);
	if (!order)
		order = d->sport < d->dport ? -1 : d->sport > d->dport;
	uint8_t sender = order <= 0 ? 0 : 1;
	memcpy(k->addr[sender], d->src.bytes, d->src.len);
	memcpy(k->addr[!sender], d->dst.bytes, d->src.len);
	k->port[sender] = d->sport;
	k->port[!sender] = d->dport;
	return sender;
}

static uint32_t key_hash(const struct flow_key *k)
{
	uint64_t v[5];
	memcpy(v, k, sizeof v);
	_Static_assert(sizeof *k == sizeof v, "five words");
	uint64_t h = hash_mix(hash_mix(0, v[0]), v[1]);
	h = hash_mix(hash_mix(h, v[2]), v[3]);
	return (uint32_t)hash_mix(h, v[4]);
}

static void use_first(struct flow_table *t, struct flow *f)
{
	if (t->first == f)
		return;
	if (f->prev)
		f->prev->next = f->next;
	if (f->next)
		f->next->prev = f->prev;
	if (t->last == f)
		t->last = f->prev;
	f->prev = NULL;
	f->next = t->first;
	if (t->first)
		t->first->prev = f;
	t->first = f;
	if (!t->last)
		t->last = f;
}

static struct flow *pool_take(struct flow_table *t)
{
	struct flow *f = t->free_list;
	if (f) {
		t->free_list = f->next;
		memset(f, 0, sizeof *f);
		return f;
	}
	if (t->used == t->n_blocks * BLOCK_FLOWS) {
		t->block = xrealloc(t->block, (t->n_blocks + 1) * sizeof *t->block);
		t->block[t->n_blocks++] = xcalloc(BLOCK_FLOWS, sizeof **t->block);
	}
	f = &t->block[t->used / BLOCK_FLOWS][t->used % BLOCK_FLOWS];
	t->used++;
	return f;
}

/* The slot that holds the key, or the empty one where it belongs. */
static uint32_t slot_of(const struct flow_table *t, const struct flow_key *k, uint32_t hash)
{
	uint32_t i = hash & (t->n_slots - 1);
	for (; t->slot[i].flow; i = (i + 1) & (t->n_slots - 1))
		if (t->slot[i].hash == hash && !memcmp(&t->slot[i].flow->key, k, sizeof *k))
			break;
	return i;
}

/* Takes slot i out; those behind it that would not be found any more move up. */
static void slot_clear(struct flow_table *t, uint32_t i)
{
	uint32_t mask = t->n_slots - 1, hole = i;
	for (uint32_t k = (i + 1) & mask; t->slot[k].flow; k = (k + 1) & mask) {
		uint32_t home = t->slot[k].hash & mask;
		if (((k - home) & mask) >= ((k - hole) & mask)) {
			t->slot[hole] = t->slot[k];
			hole = k;
		}
	}
	t->slot[hole].flow = NULL;
}

void flow_drop(struct engine *e, struct flow *f)
{
	struct flow_table *t = &e->flows;
	stream_end(&e->d, f, 0);
	stream_end(&e->d, f, 1);
	stream_free(&f->half[0]);
	stream_free(&f->half[1]);
	slot_clear(t, slot_of(t, &f->key, f->hash));
	if (f->prev)
		f->prev->next = f->next;
	else
		t->first = f->next;
	if (f->next)
		f->next->prev = f->prev;
	else
		t->last = f->prev;
	f->next = t->free_list;
	t->free_list = f;
	t->count--;
}

/* The flow that is silent for longest gives way when the table is full, or when it is calm. */
static void make_room(struct engine *e)
{
	struct flow_table *t = &e->flows;
	int64_t idle = (int64_t)FLOW_IDLE * 1000000000;
	if (t->count >= FLOWS_MAX)
		flow_drop(e, t->last);
	for (int i = 0; i < 2 && t->count > FLOWS_CALM; i++)
		if (e->d.time - t->last->last_time > idle)
			flow_drop(e, t->last);
}

static struct flow *flow_new(struct engine *e, const struct flow_key *k, uint32_t hash,
			     uint8_t sender)
{
	struct flow_table *t = &e->flows;
	make_room(e);
	struct flow *f = pool_take(t);
	f->key = *k;
	f->hash = hash;
	f->low_is = sender;	/* the sender of the first packet is direction 0 */
	f->proto = k->proto;
	f->id = e->n_flows++;
	f->half[1].h.dir = 1;
	t->slot[slot_of(t, k, hash)] = (struct flow_slot){ .flow = f, .hash = hash };
	t->count++;
	return f;
}

/* The flow of the key; packets of one flow mostly come in a row. */
static struct flow *flow_get(struct engine *e, const struct flow_key *k, uint8_t sender, bool *is_new)
{
	struct flow_table *t = &e->flows;
	*is_new = false;
	if (t->first && !memcmp(&t->first->key, k, sizeof *k))
		return t->first;
	uint32_t hash = key_hash(k);
	struct flow *f = t->slot[slot_of(t, k, hash)].flow;
	*is_new = !f;
	if (!f)
		f = flow_new(e, k, hash, sender);
	use_first(t, f);
	return f;
}

struct flow *flow_find(struct engine *e, bool *is_new)
{
	struct flow_table *t = &e->flows;
	struct dissect *d = &e->d;
	struct flow_key k;
	uint8_t sender = key_of(d, &k);
	if (!t->slot) {
		t->slot = xcalloc(SLOTS, sizeof *t->slot);
		t->n_slots = SLOTS;
	}
	struct flow *f = flow_get(e, &k, sender, is_new);
	f->last_time = d->time;
	d->dir = sender != f->low_is;
	return f;
}

void flow_table_reset(struct engine *e)
{
	struct flow_table *t = &e->flows;
	for (struct flow *f = t->first; f; f = f->next) {
		stream_free(&f->half[0]);
		stream_free(&f->half[1]);
	}
	for (uint32_t i = 0; i < t->n_blocks; i++)
		free(t->block[i]);
	free(t->block);
	free(t->slot);
	*t = (struct flow_table){ 0 };
}
