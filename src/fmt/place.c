/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fmt/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *variable, *build, *installed;
} places[] = {
	[PLACE_LOCALE] = { "OSISCOPE_LOCALEDIR", "locale", LOCALEDIR },
	[PLACE_SAMPLES] = { "OSISCOPE_SAMPLES", "pcaps", PKGDATADIR "/pcaps" },
	[PLACE_PROGRAMS] = { "OSISCOPE_PROGRAMS", ".", LIBEXECDIR },
};

static bool try_folder(const char *folder, const char *name, char *path)
{
	int n = snprintf(path, PLACE_MAX, "%s/%s", folder, name);
	return n > 0 && n < PLACE_MAX && access(path, R_OK) == 0;
}

/* The folder that this program is in. */
static bool own_folder(char *folder)
{
	ssize_t n = readlink("/proc/self/exe", folder, PLACE_MAX - 1);
	if (n <= 0)
		return false;
	folder[n] = '\0';
	char *slash = strrchr(folder, '/');
	if (!slash)
		return false;
	*slash = '\0';
	return true;
}

/* The same, when that is a build folder (config.status stands in it). */
static bool build_folder(char *folder)
{
	char mark[PLACE_MAX];
	return own_folder(folder) && try_folder(folder, "config.status", mark);
}

bool place_program(const char *name, char *path)
{
	char beside[PLACE_MAX];
	const char *folder = getenv("OSISCOPE_BINDIR");
	if (folder && *folder)
		return try_folder(folder, name, path);
	return (own_folder(beside) && try_folder(beside, name, path))
		|| try_folder(BINDIR, name, path);
}

bool place_find(enum place which, const char *name, char *path)
{
	const char *folder = getenv(places[which].variable);
	if (folder && *folder)
		return try_folder(folder, name, path);
	char build[PLACE_MAX], beside[PLACE_MAX];
	if (build_folder(build)) {
		int n = snprintf(beside, sizeof beside, "%s/%s", build, places[which].build);
		if (n > 0 && n < PLACE_MAX && try_folder(beside, name, path))
			return true;
	}
	return try_folder(places[which].installed, name, path);
}
