/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "launch/launch.h"
#include "visit/folder.h"

void orphan_clean(const char *folder)
{
	char path[PATH_MAX];
	DIR *d = opendir(folder);
	for (const struct dirent *e; d && (e = readdir(d));) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
		if (strncmp(e->d_name, FOLDER_CAPTURE, strlen(FOLDER_CAPTURE)) != 0)
			folder_remove(path);
	}
	if (d)
		closedir(d);
	/* Keys alone open nothing, and neither does a capture that had not begun. */
	snprintf(path, sizeof path, "%s/" FOLDER_CAPTURE, folder);
	struct stat st;
	if (stat(path, &st) < 0 || st.st_size == 0)
		folder_remove(folder);
}
