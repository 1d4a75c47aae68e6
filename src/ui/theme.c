/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/theme.h"

enum {
	BLACK = 0x000000, WHITE = 0xffffff, BLUE = 0x0072b2,
	PAPER = 0xffffff, NIGHT = 0x000000,
	BAR_DARK = 0x303030, BAR_LIGHT = 0xd0d0d0, AWAY_DARK = 0x444444, AWAY_LIGHT = 0xc6c6c6
};

/* Okabe and Ito's orange, sky blue, bluish green, vermillion, reddish purple and yellow. */
static const uint32_t chips[8] = {
	0x949494, 0x9e9e9e, 0xd78700, 0x56b4e9, 0x00af87, 0xe06c1a, 0xd787af, 0xf5f050
};
/* The same as text: on black as they are, on white as dark as white needs. */
static const uint32_t dark_text[8] = {
	0xb2b2b2, 0xb2b2b2, 0xff9f00, 0x56b4e9, 0x00af87, 0xff875f, 0xd787af, 0xf5f050
};
static const uint32_t light_text[8] = {
	0x585858, 0x585858, 0x875f00, 0x005faf, 0x005f5f, 0xaf0000, 0x87005f, 0x5f5f00
};

static const struct look dark[STYLES] = {
	[ST_TEXT] = { 0xeeeeee, NIGHT, 0, 0 },
	[ST_DIM] = { 0xa8a8a8, NIGHT, 0, 0 },
	[ST_BOLD] = { WHITE, NIGHT, LOOK_BOLD, LOOK_BOLD },
	[ST_BAR] = { WHITE, BAR_DARK, LOOK_BOLD, LOOK_REVERSE | LOOK_BOLD },
	[ST_BAR_DIM] = { 0xd0d0d0, BAR_DARK, 0, LOOK_REVERSE },
	[ST_HINT] = { 0xd0d0d0, BAR_DARK, 0, LOOK_REVERSE },
	[ST_HINT_KEY] = { 0xf0e442, BAR_DARK, LOOK_BOLD, LOOK_REVERSE | LOOK_BOLD },
	[ST_WARN] = { BLACK, 0xe69f00, LOOK_BOLD, LOOK_REVERSE | LOOK_BOLD },
	[ST_HEAD] = { 0xbcbcbc, NIGHT, 0, 0 },
	[ST_HEAD_FOCUS] = { 0x56b4e9, NIGHT, LOOK_BOLD, LOOK_BOLD },
	[ST_LINE] = { 0x808080, NIGHT, 0, 0 },
	[ST_SELECT] = { WHITE, BLUE, LOOK_BOLD, LOOK_REVERSE },
	[ST_SELECT_AWAY] = { WHITE, AWAY_DARK, 0, LOOK_UNDERLINE },
	[ST_FOUND] = { BLACK, 0xf0e442, LOOK_BOLD, LOOK_BOLD | LOOK_UNDERLINE },
	[ST_ACCENT] = { 0x56b4e9, NIGHT, 0, LOOK_BOLD },
	[ST_OBSERVED] = { 0x00d787, NIGHT, 0, LOOK_BOLD },
	[ST_RECORDED] = { 0x56b4e9, NIGHT, 0, LOOK_BOLD },
	[ST_INFERRED] = { 0xe69f00, NIGHT, 0, 0 },
	[ST_ABSENT] = { 0xa8a8a8, NIGHT, 0, 0 },
	[ST_UNKNOWN] = { 0xd787af, NIGHT, 0, 0 },
};

static const struct look light[STYLES] = {
	[ST_TEXT] = { 0x121212, PAPER, 0, 0 },
	[ST_DIM] = { 0x585858, PAPER, 0, 0 },
	[ST_BOLD] = { BLACK, PAPER, LOOK_BOLD, LOOK_BOLD },
	[ST_BAR] = { BLACK, BAR_LIGHT, LOOK_BOLD, LOOK_REVERSE | LOOK_BOLD },
	[ST_BAR_DIM] = { 0x303030, BAR_LIGHT, 0, LOOK_REVERSE },
	[ST_HINT] = { 0x303030, BAR_LIGHT, 0, LOOK_REVERSE },
	[ST_HINT_KEY] = { 0x87005f, BAR_LIGHT, LOOK_BOLD, LOOK_REVERSE | LOOK_BOLD },
	[ST_WARN] = { BLACK, 0xe69f00, LOOK_BOLD, LOOK_REVERSE | LOOK_BOLD },
	[ST_HEAD] = { 0x4e4e4e, PAPER, 0, 0 },
	[ST_HEAD_FOCUS] = { 0x005faf, PAPER, LOOK_BOLD, LOOK_BOLD },
	[ST_LINE] = { 0x767676, PAPER, 0, 0 },
	[ST_SELECT] = { WHITE, BLUE, LOOK_BOLD, LOOK_REVERSE },
	[ST_SELECT_AWAY] = { BLACK, AWAY_LIGHT, 0, LOOK_UNDERLINE },
	[ST_FOUND] = { BLACK, 0xf0e442, LOOK_BOLD, LOOK_BOLD | LOOK_UNDERLINE },
	[ST_ACCENT] = { 0x005faf, PAPER, 0, LOOK_BOLD },
	[ST_OBSERVED] = { 0x005f00, PAPER, 0, LOOK_BOLD },
	[ST_RECORDED] = { 0x005faf, PAPER, 0, LOOK_BOLD },
	[ST_INFERRED] = { 0x875f00, PAPER, 0, 0 },
	[ST_ABSENT] = { 0x585858, PAPER, 0, 0 },
	[ST_UNKNOWN] = { 0x87005f, PAPER, 0, 0 },
};

struct look theme_look(bool is_dark, enum style style)
{
	if (style >= ST_LAYER)
		return is_dark ? (struct look){ dark_text[style - ST_LAYER], NIGHT, 0, 0 } :
			(struct look){ light_text[style - ST_LAYER], PAPER, 0, 0 };
	if (style >= ST_CHIP)
		return (struct look){ BLACK, chips[style - ST_CHIP], LOOK_BOLD, LOOK_REVERSE };
	return is_dark ? dark[style] : light[style];
}

static unsigned channel(uint32_t rgb, unsigned i)
{
	return rgb >> (16 - 8 * i) & 0xff;
}

static unsigned distance(uint32_t a, uint32_t b)
{
	unsigned sum = 0;
	for (unsigned i = 0; i < 3; i++) {
		int d = (int)channel(a, i) - (int)channel(b, i);
		sum += (unsigned)(d * d);
	}
	return sum;
}

uint32_t theme_256_rgb(uint8_t c)
{
	static const uint8_t level[6] = { 0, 95, 135, 175, 215, 255 };
	if (c >= 232) {
		uint32_t grey = 8u + 10u * (c - 232u);
		return grey << 16 | grey << 8 | grey;
	}
	unsigned n = c < 16 ? 0 : c - 16u;
	return (uint32_t)level[n / 36] << 16 | (uint32_t)level[n / 6 % 6] << 8 | level[n % 6];
}

/* Only the cube and the greys: what the first sixteen are differs between terminals. */
uint8_t theme_256(uint32_t rgb)
{
	uint8_t best = 16;
	for (unsigned c = 17; c < 256; c++)
		if (distance(theme_256_rgb((uint8_t)c), rgb) <
		    distance(theme_256_rgb(best), rgb))
			best = (uint8_t)c;
	return best;
}

uint8_t theme_8(uint32_t rgb)
{
	uint8_t best = 0;
	unsigned least = UINT32_MAX;
	for (unsigned c = 0; c < 8; c++) {
		uint32_t is = (c & 1 ? 0xcd0000u : 0) | (c & 2 ? 0xcd00u : 0) | (c & 4 ? 0xcdu : 0);
		if (c == 7)
			is = 0xe5e5e5;
		if (distance(is, rgb) < least)
			least = distance(is, rgb), best = (uint8_t)c;
	}
	return best;
}
