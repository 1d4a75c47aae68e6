/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/note.h"

#include "fmt/i18n.h"

const struct note_kind note_kinds[NOTES] = {
#define NOTE(id, n, s, t) [id] = { .name = n, .text = t, .severity = s },
#include "engine/note.def"
#undef NOTE
};

_Static_assert(STORED_NOTES <= 16, "frame_rec.notes has 16 bits");
