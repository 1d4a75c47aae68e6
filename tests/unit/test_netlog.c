/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"
#include <stdio.h>
#include <stdlib.h>
#include "browser/logfile.h"
int main(int argc, char **argv)
{
	struct record *r = record_new();
	struct err err = { "" };
	if (!netlog_file(r, argv[argc - 1], &err))
		printf("%s\n", err.text);
	char *t = record_to_json(r);
	puts(t);
	free(t);
	record_free(r);
	return 0;
}
