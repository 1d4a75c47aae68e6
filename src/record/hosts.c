/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "record/hosts.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"

enum { MOST_BYTES = 32 << 20, MOST_SERVERS = 3 /* glibc's MAXNS */ };

#define BLANKS " \t\r\f\v"

const struct system_files system_files = {
	.nsswitch = "/etc/nsswitch.conf",
	.hosts = "/etc/hosts",
	.resolv = "/etc/resolv.conf",
	.upstream = { "/run/systemd/resolve/resolv.conf", "/run/NetworkManager/no-stub-resolv.conf" },
};

/* A file's text, to be freed by strbuf_free(); empty when it is none to be read. */
static struct strbuf read_file(const char *path)
{
	struct strbuf b = { .cap = MOST_BYTES };
	struct stat st;
	char part[1 << 14];
	ssize_t n;
	/* O_NONBLOCK: a pipe in its place must not hold anything up */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return b;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		while ((n = read(fd, part, sizeof part)) > 0 && !b.full)
			strbuf_add(&b, part, (size_t)n);
	close(fd);
	if (b.full)
		strbuf_clear(&b);
	return b;
}

/* The next line, ended by NUL in place, without line end; NULL behind the last. */
static char *next_line(char **at, char *end)
{
	char *line = *at;
	if (line == end)
		return NULL;
	char *stop = memchr(line, '\n', (size_t)(end - line));
	*at = stop ? stop + 1 : end;
	*(stop ? stop : end) = '\0';	/* at the end a strbuf has its NUL */
	return line;
}

/* The next word of a line, of *n bytes; *at goes behind it. NULL when there is none. */
static const char *next_word(const char **at, size_t *n)
{
	const char *word = *at + strspn(*at, BLANKS);
	*n = strcspn(word, BLANKS);
	*at = word + *n;
	return *n ? word : NULL;
}

static bool is_word(const char *word, size_t n, const char *name)
{
	return n == strlen(name) && strncasecmp(word, name, n) == 0;
}

/* An address of n bytes, IPv4 or IPv6, with a zone or without. */
static bool is_address(const char *word, size_t n, bool zone)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr a;
	const char *percent = zone ? memchr(word, '%', n) : NULL;
	size_t len = percent ? (size_t)(percent - word) : n;
	if (len >= sizeof text)
		return false;
	memcpy(text, word, len);
	text[len] = '\0';
	return (!percent && inet_pton(AF_INET, text, &a) == 1) || inet_pton(AF_INET6, text, &a) == 1;
}

static void list_add(struct strbuf *list, const char *word, size_t n)
{
	if (list->len)
		strbuf_putc(list, ',');
	strbuf_add(list, word, n);
}

/* ---- nsswitch.conf ---- */

/* The sources of one line without their "[NOTFOUND=return]" */
static void take_sources(struct strbuf *order, const char *s)
{
	while (*(s += strspn(s, BLANKS))) {
		size_t n = strcspn(s, BLANKS "[");
		if (*s == '[') {
			s += strcspn(s, "]");
			s += *s == ']';
			continue;
		}
		if (order->len)
			strbuf_putc(order, ' ');
		strbuf_add(order, s, n);
		s += n;
	}
}

static const char *order_of(struct record *r, const char *path)
{
	struct strbuf file = read_file(path), order = { .cap = RECORD_TEXT };
	char *at = file.s, *line;
	while (at && (line = next_line(&at, file.s + file.len))) {
		line[strcspn(line, "#")] = '\0';
		line += strspn(line, BLANKS);
		size_t n = strcspn(line, BLANKS ":");
		const char *colon = line + n + strspn(line + n, BLANKS);
		if (*colon != ':' || !is_word(line, n, "hosts"))
			continue;
		strbuf_clear(&order);	/* of two lines glibc takes the last */
		take_sources(&order, colon + 1);
	}
	const char *text = record_text(r, order.len ? strbuf_str(&order) : "files dns");
	strbuf_free(&order);
	strbuf_free(&file);
	return text;
}

/* ---- the hosts file ---- */

/* The address of a line of the hosts file that names the host; NULL: another line. */
static const char *address_for(const char *line, const char *host, size_t *n)
{
	const char *address = next_word(&line, n), *word;
	size_t len;
	if (!address || !is_address(address, *n, false))
		return NULL;
	while ((word = next_word(&line, &len)))
		if (is_word(word, len, host))
			return address;
	return NULL;
}

bool system_hosts(struct record *r, const struct system_files *files, const char *host)
{
	struct rec_hosts *h = record_add(r, REC_HOSTS, NULL);
	if (!h)
		return false;
	struct strbuf file = read_file(files->hosts), list = { .cap = RECORD_TEXT };
	char *at = file.s, *line;
	h->host = record_text(r, host);
	h->order = order_of(r, files->nsswitch);
	h->file = record_text(r, files->hosts);
	h->time = clock_wall();
	for (uint32_t n = 1; at && (line = next_line(&at, file.s + file.len)); n++) {
		size_t whole = strcspn(line, "#"), len;
		char behind = line[whole];
		line[whole] = '\0';
		const char *address = address_for(line, host, &len);
		if (!address)
			continue;
		list_add(&list, address, len);
		if (h->line)
			continue;
		line[whole] = behind;
		h->line = n;
		line[strcspn(line, "\r")] = '\0';
		h->text = record_text(r, line);
	}
	h->addresses = record_text(r, strbuf_str(&list));
	strbuf_free(&list);
	strbuf_free(&file);
	return true;
}

/* ---- name servers ---- */

static void servers_of(struct strbuf *list, const char *path)
{
	struct strbuf file = read_file(path);
	char *at = file.s, *line;
	unsigned servers = 0;
	while (at && servers < MOST_SERVERS && (line = next_line(&at, file.s + file.len))) {
		/* the keyword stands at the very beginning (resolv.conf(5)) */
		size_t n = strcspn(line, BLANKS);
		const char *rest = line + n, *word;
		if (!is_word(line, n, "nameserver") || !(word = next_word(&rest, &n)))
			continue;
		if (!is_address(word, n, true))
			continue;
		list_add(list, word, n);
		servers++;
	}
	strbuf_free(&file);
}

void system_resolver(struct record *r, const struct system_files *files)
{
	struct strbuf list = { .cap = RECORD_TEXT };
	servers_of(&list, files->resolv);
	r->resolver = record_text(r, list.len ? strbuf_str(&list) : "127.0.0.1");
	strbuf_free(&list);
}

static bool is_loopback(const char *word, size_t n)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr a;
	struct in_addr v4;
	if (n >= sizeof text)
		return false;
	memcpy(text, word, n);
	text[n] = '\0';
	if (inet_pton(AF_INET, text, &v4) == 1)	/* 0.0.0.0 is this host as well */
		return (ntohl(v4.s_addr) >> 24) == 127 || !v4.s_addr;
	return inet_pton(AF_INET6, text, &a) == 1 &&
	       (IN6_IS_ADDR_LOOPBACK(&a) || IN6_IS_ADDR_UNSPECIFIED(&a) ||
		(IN6_IS_ADDR_V4MAPPED(&a) && a.s6_addr[12] == 127));
}

bool resolver_is_local(const char *list)
{
	bool any = false;
	while (*(list += strspn(list, ", "))) {
		size_t n = strcspn(list, ", ");
		if (!is_loopback(list, n))
			return false;
		any = true;
		list += n;
	}
	return any;
}

char *system_upstream(const struct system_files *files)
{
	struct strbuf list = { .cap = RECORD_TEXT };
	servers_of(&list, files->resolv);
	bool local = !list.len || resolver_is_local(strbuf_str(&list));
	strbuf_clear(&list);
	for (unsigned i = 0; local && i < 3 && files->upstream[i]; i++) {
		strbuf_clear(&list);
		servers_of(&list, files->upstream[i]);
		if (list.len && !resolver_is_local(strbuf_str(&list)))
			break;
		strbuf_clear(&list);
	}
	char *text = xstrdup(strbuf_str(&list));
	strbuf_free(&list);
	return text;
}
