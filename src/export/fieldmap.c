/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/fieldmap.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"

enum { FIRST_SLOTS = 4096 };

void fieldmap_init(struct fieldmap *m)
{
	*m = (struct fieldmap){ .n_slots = FIRST_SLOTS };
	m->slots = xcalloc(m->n_slots, sizeof *m->slots);
	m->by_name = xcalloc(m->n_slots, sizeof *m->by_name);
	m->names = xcalloc(m->n_slots, sizeof *m->names);
}

void fieldmap_free(struct fieldmap *m)
{
	free(m->slots);
	free(m->by_name);
	free(m->names);
}

/* Where a name stands, or would stand, in by_name. */
static uint32_t name_slot(const struct fieldmap *m, const char *name)
{
	uint32_t i = (uint32_t)hash_bytes(name, strlen(name)) & (m->n_slots - 1);
	while (m->by_name[i] && strcmp(m->names[m->by_name[i] - 1], name) != 0)
		i = (i + 1) & (m->n_slots - 1);
	return i;
}

static void grow(struct fieldmap *m)
{
	struct fieldmap old = *m;
	m->n_slots *= 2;
	m->slots = xcalloc(m->n_slots, sizeof *m->slots);
	m->by_name = xcalloc(m->n_slots, sizeof *m->by_name);
	m->names = xrealloc(m->names, m->n_slots * sizeof *m->names);
	for (uint32_t i = 0; i < m->n_names; i++)
		m->by_name[name_slot(m, m->names[i])] = i + 1;
	for (uint32_t i = 0; i < old.n_slots; i++)
		if (old.slots[i].field)
			m->slots[fieldmap_slot(m, old.slots[i].field)] = old.slots[i];
	free(old.slots);
	free(old.by_name);
}

uint32_t fieldmap_add(struct fieldmap *m, const struct field *f)
{
	if (m->n_fields * 2 >= m->n_slots)
		grow(m);
	uint32_t at = name_slot(m, f->name);
	if (!m->by_name[at]) {
		m->names[m->n_names++] = f->name;
		m->by_name[at] = m->n_names;
	}
	uint32_t id = m->by_name[at] - 1;
	m->slots[fieldmap_slot(m, f)] = (struct field_slot){ .field = f, .id = id };
	m->n_fields++;
	return id;
}
