/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "browser/logfile.h"

#include <stdlib.h>
#include <string.h>

#include "browser/browser.h"
#include "capture/input.h"
#include "fmt/i18n.h"

enum { PIECE = 1 << 18, HEAD = 4096 };
static const uint64_t log_most = (uint64_t)1 << 30;	/* bytes of a log that are read */

static size_t skip_space(const char *s, size_t n, size_t at)
{
	while (at < n && strchr(" \t\r\n", s[at]) && s[at])
		at++;
	return at;
}

static bool is_netlog(const char *s, size_t n)
{
	static const char constants[] = "\"constants\"";
	size_t at = skip_space(s, n, 0);
	if (at == n || s[at] != '{')
		return false;
	at = skip_space(s, n, at + 1);
	return n - at >= sizeof constants - 1 && !memcmp(s + at, constants, sizeof constants - 1);
}

static bool read_all(struct record *r, struct input *in, const char *path, struct err *err)
{
	char *piece = xmalloc(PIECE);
	size_t n = input_read(in, 0, piece, HEAD, HEAD);
	bool known = is_netlog(piece, n);
	struct log_reader *l = known ? log_netlog.open(r) : NULL;
	uint64_t at = 0;
	while (l && at < log_most && (n = input_read(in, at, piece, PIECE, PIECE)) > 0) {
		log_netlog.feed(l, piece, n);
		at += n;
	}
	free(piece);
	if (l) {
		log_netlog.end(l);
		log_netlog.free(l);
	}
	if (in->state == INPUT_DAMAGED || in->state == INPUT_FAILED)
		return err_set(err, "%s: %s", path, in->trouble), false;
	if (!known)
		return err_set(err, _("%s is no NetLog: it wants what Chromium or Chrome wrote with "
				      "--log-net-log=FILE"), path), false;
	return true;
}

bool netlog_file(struct record *r, const char *path, struct err *err)
{
	struct input in;
	if (input_open(&in, path, err))
		return false;
	bool good = read_all(r, &in, path, err);
	input_close(&in);
	return good;
}
