/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "visit/resolver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "visit/folder.h"

/* pasta answers on it. Of TEST-NET-1 (RFC 5737): it is nobody's. */
#define RELAY "192.0.2.53"

enum { LINE = 1024, LINES = 1000 };

/* The lines of the system's resolv.conf that name no server: search lists and options stay. */
static void other_lines(const char *path, struct strbuf *to)
{
	char line[LINE];
	FILE *f = fopen(path, "re");
	for (int i = 0; f && i < LINES && fgets(line, sizeof line, f); i++)
		if (strncmp(line, "search", 6) == 0 || strncmp(line, "options", 7) == 0 ||
		    strncmp(line, "domain", 6) == 0)
			strbuf_puts(to, line);
	if (f)
		fclose(f);
}

static bool write_servers(const char *folder, const char *list, const struct strbuf *other,
	struct err *err)
{
	struct strbuf b = { 0 };
	for (const char *p = list; *p;) {
		size_t n = strcspn(p, ",");
		strbuf_printf(&b, "nameserver %.*s\n", (int)n, p);
		p += n + (p[n] == ',');
	}
	strbuf_puts(&b, strbuf_str(other));
	bool good = folder_write(folder, "resolv.conf", strbuf_str(&b), err) == 0;
	strbuf_free(&b);
	return good;
}

/* "hosts: files resolve [!UNAVAIL=return] dns" without "resolve" and what stands behind it. */
static bool without_resolve(const char *line, struct strbuf *to)
{
	bool found = false, skip = false;
	for (const char *p = line; *p;) {
		size_t blank = strspn(p, " \t"), n = strcspn(p + blank, " \t\n");
		if (*(p + blank) == '[')
			n = strcspn(p + blank, "]\n") + (p[blank + strcspn(p + blank, "]\n")] == ']');
		bool is = n == 7 && strncmp(p + blank, "resolve", 7) == 0;
		skip = is || (skip && p[blank] == '[');
		found |= is;
		if (!skip)
			strbuf_add(to, p, blank + n);
		p += blank + n;
		if (*p == '\n') {
			strbuf_putc(to, '\n');
			p++;
		}
	}
	return found;
}

/* Through its socket systemd-resolved would be asked past the wire. */
static bool write_order(const char *path, const char *folder, struct err *err)
{
	char line[LINE];
	struct strbuf b = { 0 };
	bool found = false, dns = false;
	FILE *f = fopen(path, "re");
	for (int i = 0; f && i < LINES && fgets(line, sizeof line, f); i++) {
		if (strncmp(line, "hosts:", 6) == 0) {
			found |= without_resolve(line, &b);
			dns |= strstr(line, " dns") || strstr(line, "\tdns");
			if (!dns && b.len && b.s[b.len - 1] == '\n') {
				b.len--;
				strbuf_puts(&b, " dns\n");
			}
		} else {
			strbuf_puts(&b, line);
		}
	}
	if (f)
		fclose(f);
	bool good = !found || folder_write(folder, "nsswitch.conf", strbuf_str(&b), err) == 0;
	strbuf_free(&b);
	return good;
}

bool resolver_read(struct resolver *r, const struct system_files *files, const char *folder,
	struct err *err)
{
	struct record *record = record_new();
	*r = (struct resolver){ 0 };
	system_resolver(record, files);
	snprintf(r->servers, sizeof r->servers, "%s", record->resolver);
	record_free(record);
	r->loopback = resolver_is_local(r->servers);
	if (!folder)
		return true;
	bool good = true;
	if (r->loopback) {
		struct strbuf other = { 0 };
		char *upstream = system_upstream(files);
		if (*upstream)
			snprintf(r->servers, sizeof r->servers, "%s", upstream);
		else
			snprintf(r->relay, sizeof r->relay, RELAY);
		other_lines(files->resolv, &other);
		good = write_servers(folder, *upstream ? upstream : RELAY, &other, err);
		free(upstream);
		strbuf_free(&other);
	}
	return good && write_order(files->nsswitch, folder, err);
}
