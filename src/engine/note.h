/* SPDX-License-Identifier: GPL-3.0-or-later */
/* note: named facts about a packet that are not fields: retransmission, cut, malformed, ... */
#ifndef OSI_ENGINE_NOTE_H
#define OSI_ENGINE_NOTE_H

enum note {
#define NOTE(id, name, severity, text) id,
#include "engine/note.def"
#undef NOTE
	NOTES
};

/* Notes below this one have a bit in frame_rec.notes. */
enum { STORED_NOTES = NOTE_FRAGMENT_OVERLAP + 1 };

enum severity { CHAT, WARN };

struct note_kind { const char *name, *text; enum severity severity; };

extern const struct note_kind note_kinds[NOTES];	/* text is translated where it is shown */

#endif
