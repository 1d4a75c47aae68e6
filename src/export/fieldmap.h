/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fieldmap: a small number for every field name. Several struct field may share a name (the two
 * ports are both tcp.port): they share the number.
 */
#ifndef OSI_EXPORT_FIELDMAP_H
#define OSI_EXPORT_FIELDMAP_H

#include <stddef.h>
#include <stdint.h>

#include "dissect.h"

struct fieldmap {
	struct field_slot { const struct field *field; uint32_t id; } *slots;	/* by address */
	uint32_t *by_name;	/* id + 1; 0 free */
	const char **names;	/* of an id */
	uint32_t n_slots, n_fields, n_names;	/* slots of each table; fields; names */
};

void fieldmap_init(struct fieldmap *m);
void fieldmap_free(struct fieldmap *m);
/* The number of a field not seen before. */
uint32_t fieldmap_add(struct fieldmap *m, const struct field *f);

static inline uint32_t fieldmap_slot(const struct fieldmap *m, const struct field *f)
{
	uint64_t h = (uint64_t)(uintptr_t)f * 0x9e3779b97f4a7c15u;
	uint32_t i = (uint32_t)(h >> 32) & (m->n_slots - 1);
	while (m->slots[i].field && m->slots[i].field != f)
		i = (i + 1) & (m->n_slots - 1);
	return i;
}

/* The field's number, from 0. */
static inline uint32_t fieldmap_id(struct fieldmap *m, const struct field *f)
{
	const struct field_slot *s = &m->slots[fieldmap_slot(m, f)];
	return s->field ? s->id : fieldmap_add(m, f);
}

#endif
