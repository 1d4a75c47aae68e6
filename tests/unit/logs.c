/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "logs.h"

#include <stdio.h>
#include <string.h>

#include "browser/logfile.h"
#include "capture/input.h"

static const char *log_path(const char *name)
{
	static char path[256];
	snprintf(path, sizeof path, "pcaps/visits/%s.netlog.json.gz", name);
	return unit_path(strchr(name, '/') ? name : path);
}

struct record *logs_read(const char *name)
{
	struct record *r = record_new();
	struct err err = { "" };
	if (!netlog_file(r, log_path(name), &err))
		fail_msg("%s", err.text);
	assert_string_equal(r->log, "netlog");
	assert_string_equal(r->missing, "");
	assert_int_equal(r->left_out, 0);
	assert_false(r->cut);
	return r;
}

char *logs_unpacked(const char *name, size_t *n)
{
	struct input in;
	struct err err;
	size_t most = 2 << 20;
	char *bytes = xmalloc(most);
	assert_int_equal(input_open(&in, log_path(name), &err), 0);
	*n = input_read(&in, 0, bytes, most, most);
	assert_true(*n > 1000 && *n < most);
	input_close(&in);
	return bytes;
}
