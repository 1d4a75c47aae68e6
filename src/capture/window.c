/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/window.h"

#include <stdlib.h>
#include <string.h>

#include "capture/ahead.h"

void window_free(struct window *w)
{
	ahead_free(w->ahead);
	free(w->room[0].bytes);
	free(w->room[1].bytes);
	*w = (struct window){ .normal = w->normal, .lead = w->lead };
}

/* A room for n bytes, behind the lead. */
static uint8_t *room_for(const struct window *w, struct window_room *r, size_t n)
{
	if (r->size != w->lead + n) {
		free(r->bytes);
		r->size = w->lead + n;
		r->bytes = xmalloc(r->size);
	}
	return r->bytes + w->lead;
}

/* Begins to read what follows the window. */
static void ask(struct window *w, const struct input *in)
{
	uint64_t behind = w->at + w->filled;
	if (!w->lead || in->spooled || in->growing || in->end < WINDOW_AHEAD || behind >= in->end)
		return;
	if (!w->ahead)
		w->ahead = ahead_new(in->fd);
	if (!w->ahead) {
		w->lead = 0;
		return;
	}
	w->asked = behind;
	ahead_ask(w->ahead, behind, room_for(w, &w->room[!w->turn], w->normal), w->normal);
}

/* Goes on with what was read ahead, if that is what is wanted. */
static bool follow(struct window *w, struct input *in, uint64_t at)
{
	uint64_t asked = w->asked;
	if (!asked)
		return false;
	w->asked = 0;
	struct reading r = ahead_take(w->ahead);
	if (in->growing || at < w->at || at > asked || asked - at > w->lead)
		return false;
	size_t left = (size_t)(asked - at);
	uint8_t *to = w->room[!w->turn].bytes + w->lead - left;
	memcpy(to, w->bytes + (at - w->at), left);
	w->turn = !w->turn;
	w->bytes = to;
	w->at = at;
	w->filled = left + r.got;
	input_account(in, asked, w->normal, r);
	return true;
}

const uint8_t *window_fill(struct window *w, struct input *in, uint64_t at, size_t n)
{
	size_t size = w->normal;
	if (!follow(w, in, at) || n > w->filled) {
		if (n > size && at <= INT64_MAX - n && input_reaches(in, at + n))
			size = n;	/* never for bytes that are only promised */
		uint8_t *to = room_for(w, &w->room[w->turn], size);
		w->bytes = to;
		w->at = at;
		w->filled = input_read(in, at, to, size, n < size ? n : size);
	}
	if (w->filled >= w->normal)
		ask(w, in);
	return n <= w->filled ? w->bytes : NULL;
}
