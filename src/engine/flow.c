/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/flow.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "engine/engine.h"

enum { SLOTS = 256, BLOCK_FLOWS = 256, UDP = 17 };

/* Any order will do, as long as it is always the same: for IPv4 that of two numbers. */
static int address_order(const struct dissect *d)
{
	uint32_t src, dst;
	if (d->src.len != 4)
		return memcmp(d->src.bytes, d->dst.bytes, 16);
	memcpy(&src, d->src.bytes, 4);
	memcpy(&dst, d->dst.bytes, 4);
	return src < dst ? -1 : src > dst;
}

/* The key is the same in both directions; returns which end (0 or 1) the sender is. */
static uint8_t key_of(const struct dissect *d, struct flow_key *k)
{
	/* of two fixed sizes: copying 4 or 16 bytes is an instruction or two, any number a call */
	bool v4 = d->src.len == 4;
	*k = (struct flow_key){ .len = d->src.len, .proto = d->ip_proto };
	int order = address_order(d);
	if (!order)
		order = d->sport < d->dport ? -1 : d->sport > d->dport;
	uint8_t sender = order <= 0 ? 0 : 1;
	memcpy(k->addr[sender], d->src.bytes, 4);
	memcpy(k->addr[!sender], d->dst.bytes, 4);
	if (!v4) {
		memcpy(k->addr[sender], d->src.bytes, 16);
		memcpy(k->addr[!sender], d->dst.bytes, 16);
	}
	k->port[sender] = d->sport;
	k->port[!sender] = d->dport;
	return sender;
}

struct words { uint64_t v[5]; };

static struct words words_of(const struct flow_key *k)
{
	struct words w;
	_Static_assert(sizeof *k == sizeof w, "five words");
	memcpy(&w, k, sizeof w);
	return w;
}

static bool key_same(const struct flow_key *a, const struct flow_key *b)
{
	struct words x = words_of(a), y = words_of(b);
	return !((x.v[0] ^ y.v[0]) | (x.v[1] ^ y.v[1]) | (x.v[2] ^ y.v[2]) | (x.v[3] ^ y.v[3]) |
		 (x.v[4] ^ y.v[4]));
}

static uint32_t key_hash(const struct flow_key *k)
{
	struct words w = words_of(k);
	uint64_t h = hash_mix(hash_mix(0, w.v[0]), w.v[1]);
	h = hash_mix(hash_mix(h, w.v[2]), w.v[3]);
	return (uint32_t)hash_mix(h, w.v[4]);
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

static struct flow *pool_take(struct flow_table *t, uint8_t proto)
{
	struct flow *f = t->free_list;
	if (f) {
		t->free_list = f->next;
		memset(f, 0, proto == UDP ? offsetof(struct flow, syn) : sizeof *f);
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
		if (t->slot[i].hash == hash && key_same(&t->slot[i].flow->key, k))
			break;
	return i;
}

static void slots_grow(struct flow_table *t)
{
	free(t->slot);
	t->n_slots = t->n_slots ? t->n_slots * 2 : SLOTS;
	t->slot = xcalloc(t->n_slots, sizeof *t->slot);
	for (struct flow *f = t->first; f; f = f->next)
		t->slot[slot_of(t, &f->key, f->hash)] = (struct flow_slot){ .flow = f, .hash = f->hash };
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

static void streams_free(struct flow *f)
{
	if (f->proto == UDP)
		return;
	stream_free(&f->half[0]);
	stream_free(&f->half[1]);
}

void flow_drop(struct engine *e, struct flow *f)
{
	struct flow_table *t = &e->flows;
	stream_end(&e->d, f, 0);
	stream_end(&e->d, f, 1);
	streams_free(f);
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
	if (t->count >= t->n_slots / 4 * 3)
		slots_grow(t);
	struct flow *f = pool_take(t, k->proto);
	f->key = *k;
	f->hash = hash;
	f->low_is = sender;	/* the sender of the first packet is direction 0 */
	f->proto = k->proto;
	f->id = e->n_flows++;
	if (f->proto != UDP)
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
	if (t->first && key_same(&t->first->key, k))
		return t->first;
	uint32_t hash = key_hash(k);
	struct flow *f = t->n_slots ? t->slot[slot_of(t, k, hash)].flow : NULL;
	*is_new = !f;
	if (!f)
		f = flow_new(e, k, hash, sender);
	use_first(t, f);
	return f;
}

struct flow *flow_find(struct engine *e, bool *is_new)
{
	struct dissect *d = &e->d;
	struct flow_key k;
	uint8_t sender = key_of(d, &k);
	struct flow *f = flow_get(e, &k, sender, is_new);
	f->last_time = d->time;
	d->dir = sender != f->low_is;
	return f;
}

void flow_table_reset(struct engine *e)
{
	struct flow_table *t = &e->flows;
	for (struct flow *f = t->first; f; f = f->next)
		streams_free(f);
	for (uint32_t i = 0; i < t->n_blocks; i++)
		free(t->block[i]);
	free(t->block);
	free(t->slot);
	*t = (struct flow_table){ 0 };
}
