/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "visit/resolver.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "visit/folder.h"

/* pasta answers on it. Of TEST-NET-1 (RFC 5737): it is nobody's. */
#define RELAY "192.0.2.53"

enum { LINE = 1024, LINES = 1000 };

static FILE *open_below(const char *root, const char *path)
{
	char full[PATH_MAX];
	snprintf(full, sizeof full, "%s%s", root, path);
	return fopen(full, "re");
}

static bool on_loopback(const char *address)
{
	return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0 ||
		strcmp(address, "0.0.0.0") == 0;
}

static void add_server(char *list, size_t size, const char *address)
{
	size_t n = strlen(list);
	if (n + strlen(address) + 2 < size)
		snprintf(list + n, size - n, "%s%s", n ? "," : "", address);
}

/* The name servers of a resolv.conf; *other (may be NULL) gets its other lines. */
static bool servers_of(const char *root, const char *path, char *list, size_t size, bool *loopback,
	struct strbuf *other)
{
	char line[LINE], address[64];
	FILE *f = open_below(root, path);
	*list = '\0';
	*loopback = false;
	for (int i = 0; f && i < LINES && fgets(line, sizeof line, f); i++) {
		if (sscanf(line, " nameserver %63s", address) == 1) {
			add_server(list, size, address);
			*loopback |= on_loopback(address);
		} else if (other && (strncmp(line, "search", 6) == 0 || strncmp(line, "options", 7) == 0 ||
			   strncmp(line, "domain", 6) == 0)) {
			strbuf_puts(other, line);
		}
	}
	if (f)
		fclose(f);
	return *list != '\0';
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
static bool write_order(const char *root, const char *folder, struct err *err)
{
	char line[LINE];
	struct strbuf b = { 0 };
	bool found = false, dns = false;
	FILE *f = open_below(root, "/etc/nsswitch.conf");
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

bool resolver_read(struct resolver *r, const char *root, const char *folder, struct err *err)
{
	/* Where resolved and NetworkManager keep the servers that they ask themselves. */
	static const char *const behind[] = {
		"/run/systemd/resolve/resolv.conf", "/run/NetworkManager/no-stub-resolv.conf",
	};
	struct strbuf other = { 0 };
	bool good = true, loopback;
	*r = (struct resolver){ 0 };
	if (!servers_of(root, "/etc/resolv.conf", r->servers, sizeof r->servers, &r->loopback, &other)) {
		/* "If no nameserver entries are present, the default is to use the local machine." */
		snprintf(r->servers, sizeof r->servers, "127.0.0.1");
		r->loopback = true;
	}
	if (folder && r->loopback) {
		char list[sizeof r->servers];
		bool found = false;
		for (size_t i = 0; !found && i < sizeof behind / sizeof *behind; i++)
			found = servers_of(root, behind[i], list, sizeof list, &loopback, NULL) && !loopback;
		if (found) {
			memcpy(r->servers, list, sizeof list);
			r->loopback = false;
		} else {
			snprintf(r->relay, sizeof r->relay, RELAY);
		}
		good = write_servers(folder, found ? list : RELAY, &other, err);
	}
	strbuf_free(&other);
	return good && (!folder || write_order(root, folder, err));
}
