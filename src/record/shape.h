/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shape: what stands where in the record's structs, and under which key in JSON. Private to src/record/. */
#ifndef OSI_RECORD_SHAPE_H
#define OSI_RECORD_SHAPE_H

#include "record/record.h"

enum member_kind { M_TEXT, M_BOOL, M_U16, M_U32, M_U64, M_I64, M_SIZE /* -1: not known */ };

struct member { const char *key; enum member_kind kind; size_t at; };

struct shape {
	const char *key;	/* of the array in the record; NULL for the record itself */
	size_t size;
	const struct member *members;	/* ended by a key that is NULL */
};

extern const struct shape record_shape;
extern const struct shape item_shapes[REC_KINDS];

void shape_empty(const struct shape *s, void *item);	/* texts are "", what may be -1 is */

#endif
