/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The browsers that a visit can be made with, the one that tells most first. */
#include "browser/browser.h"

const struct browser_kind *const browser_kinds[] = {
	&browser_chromium,
	&browser_chrome,
	&browser_firefox,
	&browser_curl,
	NULL,
};
