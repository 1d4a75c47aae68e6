/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The key log (NSS's format: a line a secret, LABEL, the client's random, the secret) for the
 * capture's Decryption Secrets Block. Only lines that are what they should be: whatever else
 * stands in the file that was named is none of the reader's business.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/intern.h"
#include "export/annotate_own.h"
#include "fmt/i18n.h"

enum { KEYS_MOST = 32 << 20, LINE_MOST = 1024 };

static size_t hex_run(const char *s, size_t n)
{
	size_t i = 0;
	while (i < n && ((s[i] >= '0' && s[i] <= '9') || ((s[i] | 0x20) >= 'a' && (s[i] | 0x20) <= 'f')))
		i++;
	return i;
}

/* "CLIENT_TRAFFIC_SECRET_0 52f3... 9a01..." */
static bool is_secret(const char *s, size_t n)
{
	size_t label = 0;
	while (label < n && ((s[label] >= 'A' && s[label] <= 'Z') || s[label] == '_'
			     || (s[label] >= '0' && s[label] <= '9')))
		label++;
	if (n > LINE_MOST || !label || label == n || s[label] != ' ')
		return false;
	s += label + 1, n -= label + 1;
	size_t random = hex_run(s, n);
	if (!random || random == n || s[random] != ' ')
		return false;
	s += random + 1, n -= random + 1;
	return n && hex_run(s, n) == n;
}

/* Lines that were met; numbers of new ones are higher than those of all before. */
struct known { struct intern *lines; uint32_t highest; };

/* Goes over a log's secrets; those that are new are added to `to`, if there is one. */
static size_t take_lines(struct known *k, const char *s, size_t n, struct strbuf *to)
{
	size_t found = 0;
	while (n) {
		const char *end = memchr(s, '\n', n);
		size_t line = end ? (size_t)(end - s) : n, next = end ? line + 1 : line;
		while (line && (s[line - 1] == '\r' || s[line - 1] == ' '))
			line--;
		if (is_secret(s, line)) {
			uint32_t id = intern_bytes(k->lines, s, line);
			found++;
			if (to && id > k->highest) {
				strbuf_add(to, s, line);
				strbuf_putc(to, '\n');
			}
			if (id > k->highest)
				k->highest = id;
		}
		s += next;
		n -= next;
	}
	return found;
}

/* The file, whole. -1 and err. */
static int read_whole(const char *path, struct strbuf *to, struct err *err)
{
	char piece[1 << 14];
	struct stat what;
	ssize_t n = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0 && fstat(fd, &what) == 0 && !S_ISREG(what.st_mode)) {
		close(fd);
		return err_set(err, _("%s is no file: give a key log as browsers write it "
				      "(SSLKEYLOGFILE)"), path);
	}
	while (fd >= 0 && to->len <= KEYS_MOST && (n = read(fd, piece, sizeof piece)) != 0) {
		if (n < 0 && errno != EINTR)
			break;
		if (n > 0)
			strbuf_add(to, piece, (size_t)n);
	}
	if (n < 0)
		err_set(err, _("cannot read %s: %s"), path, strerror(errno));
	else if (to->len > KEYS_MOST)
		n = err_set(err, _("%s holds more than %d MiB of keys: take the lines of this visit"),
			    path, KEYS_MOST >> 20);
	if (fd >= 0)
		close(fd);
	return n < 0 ? -1 : 0;
}

int keys_read(const struct session *s, const char *path, struct strbuf *to, struct err *err)
{
	struct strbuf text = { 0 };
	if (read_whole(path, &text, err) < 0) {
		strbuf_free(&text);
		return -1;
	}
	struct known k = { .lines = intern_new() };
	for (size_t i = 0; i < source_n_secrets(s->source); i++) {
		const struct source_secret *old = source_secret(s->source, i);
		if (old->type == secrets_tls)
			take_lines(&k, (const char *)old->bytes, old->len, NULL);
	}
	size_t found = take_lines(&k, strbuf_str(&text), text.len, to);
	bool empty = text.len == 0;
	intern_free(k.lines);
	strbuf_free(&text);
	if (found || empty)	/* nothing was encrypted: no key was written */
		return 0;
	return err_set(err, _("%s holds no keys: give a key log as browsers write it "
			      "(SSLKEYLOGFILE)"), path);
}
