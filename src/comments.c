/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comments.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

void comments_free(struct comments *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->list[i].text);
	free(c->list);
	*c = (struct comments){ 0 };
}

/* The place of the frame's comment in the list, or where it would be. */
static size_t place_of(const struct comments *c, uint32_t frame)
{
	size_t low = 0, high = c->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (c->list[middle].frame < frame)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void comments_set(struct comments *c, uint32_t frame, const char *text)
{
	size_t i = place_of(c, frame);
	c->unsaved = true;
	if (i < c->n && c->list[i].frame == frame) {
		free(c->list[i].text);
		c->list[i].text = xstrdup(text);
		return;
	}
	if (c->n == c->room) {
		c->room = c->room ? 2 * c->room : 16;
		c->list = xrealloc(c->list, c->room * sizeof *c->list);
	}
	memmove(c->list + i + 1, c->list + i, (c->n - i) * sizeof *c->list);
	c->list[i] = (struct comment){ .frame = frame, .text = xstrdup(text) };
	c->n++;
}

const char *comments_get(const struct comments *c, uint32_t frame)
{
	size_t i = place_of(c, frame);
	return i < c->n && c->list[i].frame == frame ? c->list[i].text : NULL;
}
