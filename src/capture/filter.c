/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/filter.h"

#include <ctype.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "fmt/i18n.h"

enum {
	MAX_LINKS = 64,		/* a capture with more link types is made to annoy */
	MAX_TEXT = 1 << 16,
	MAX_TRIES = 200,	/* words at which the place of a mistake is looked for */
	SNAPLEN = 262144
};

/* The program for one link type; there is none when the expression means nothing for it. */
struct link_program {
	uint32_t link;
	bool usable;
	struct bpf_program program;
};

struct filter {
	char *text;		/* owned */
	struct link_program links[MAX_LINKS];
	size_t n_links, last;
	char trouble[256];
};

/* libpcap wants its own DLT_ numbers where a system's differ from the file's LINKTYPE_. */
static int dlt_of(uint32_t link)
{
	switch (link) {
	case 100:
		return DLT_ATM_RFC1483;
	case 101:
		return DLT_RAW;
	case 102:
		return DLT_SLIP_BSDOS;
	case 103:
		return DLT_PPP_BSDOS;
	default:
		return (int)link;
	}
}

/* Compiles for a link type; why (may be NULL) gets libpcap's own words. */
static bool compile(const char *text, uint32_t link, struct bpf_program *program, char *why, size_t n)
{
	pcap_t *p = pcap_open_dead(dlt_of(link), SNAPLEN);
	if (!p) {
		snprintf(why, n, "%s", _("out of memory"));
		return false;
	}
	bool good = pcap_compile(p, program, text, 1, PCAP_NETMASK_UNKNOWN) == 0;
	if (!good && why)
		snprintf(why, n, "%s", pcap_geterr(p));
	pcap_close(p);
	return good;
}

static bool compiles(const char *text)
{
	struct bpf_program program;
	if (!compile(text, DLT_EN10MB, &program, NULL, 0))
		return false;
	pcap_freecode(&program);
	return true;
}

/* True when the first n bytes, what is added to them, and open brackets closed are an expression. */
static bool prefix_compiles(const char *text, size_t n, const char *added)
{
	struct strbuf b = { 0 };
	size_t open = 0;
	for (size_t i = 0; i < n; i++)
		open = text[i] == '(' ? open + 1 : text[i] == ')' && open ? open - 1 : open;
	strbuf_add(&b, text, n);
	strbuf_puts(&b, added);
	while (open--)
		strbuf_putc(&b, ')');
	bool good = compiles(b.s);
	strbuf_free(&b);
	return good;
}

static bool is_incomplete(const char *text)
{
	static const char *const added[] = { "", " ip", " 1" };
	for (size_t i = 0; i < sizeof added / sizeof *added; i++) {
		if (prefix_compiles(text, strlen(text), added[i]))
			return true;
	}
	return false;
}

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("._:-/\\", c));
}

/* Where the expression goes wrong: what is before it, up to a word's end, is right by itself. */
static size_t wrong_from(const char *text)
{
	size_t right = 0, tries = 0;
	for (size_t i = 0; text[i] && tries < MAX_TRIES; i++) {
		if (isspace((unsigned char)text[i]) || (word_char(text[i]) && word_char(text[i + 1])))
			continue;
		tries++;
		if (prefix_compiles(text, i + 1, ""))
			right = i + 1;
	}
	while (isspace((unsigned char)text[right]))
		right++;
	return right;
}

/* libpcap says where for none of its errors: a syntax error's place is searched, a name's found. */
static void explain(const char *text, const char *why, struct err *err)
{
	if (!strstr(why, "syntax error") && !strstr(why, "parse error")) {
		err_set(err, _("the capture filter “%s” is wrong: %s"), text, why);
		return;
	}
	if (is_incomplete(text)) {
		err_set(err, _("the capture filter “%s” is not complete: something is missing at its end"),
			text);
		return;
	}
	size_t from = wrong_from(text);
	err_set(err, _("the capture filter “%s” is wrong from its character %zu on: “%s”"), text,
		from + 1, text + from);
}

struct filter *filter_compile(const char *expression, struct err *err)
{
	/* What means nothing for Ethernet may be meant for one of these. */
	static const uint32_t links[] = { DLT_EN10MB, 101, 113, 0, 105, 127, 9 };
	char why[PCAP_ERRBUF_SIZE] = "", other[PCAP_ERRBUF_SIZE];
	struct filter *f = xcalloc(1, sizeof *f);
	if (strlen(expression) > MAX_TEXT) {
		err_set(err, _("the capture filter is too long: at most %d characters"), MAX_TEXT);
		free(f);
		return NULL;
	}
	f->text = xstrdup(expression);
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		struct link_program *l = &f->links[0];
		l->usable = compile(expression, links[i], &l->program, i ? other : why, sizeof why);
		if (!l->usable)
			continue;
		l->link = links[i];
		f->n_links = 1;
		return f;
	}
	explain(expression, why, err);
	filter_free(f);
	return NULL;
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n_links; i++) {
		if (f->links[i].usable)
			pcap_freecode(&f->links[i].program);
	}
	free(f->text);
	free(f);
}

/* The program of a link type that was not the last frame's. */
static struct link_program *find_link(struct filter *f, uint32_t link)
{
	for (size_t i = 0; i < f->n_links; i++) {
		if (f->links[i].link == link) {
			f->last = i;
			return &f->links[i];
		}
	}
	char why[PCAP_ERRBUF_SIZE] = "";
	struct link_program new = { .link = link };
	new.usable = link < LINK_NO_PACKET && f->n_links < MAX_LINKS
		&& compile(f->text, link, &new.program, why, sizeof why);
	if (!new.usable && !f->trouble[0] && link < LINK_NO_PACKET)
		snprintf(f->trouble, sizeof f->trouble,
			_("the capture filter cannot be applied to packets of link type %u: %s"), link, why);
	if (f->n_links == MAX_LINKS)
		return NULL;
	f->last = f->n_links;
	f->links[f->n_links] = new;
	return &f->links[f->n_links++];
}

bool filter_match(struct filter *f, const struct frame *frame)
{
	struct link_program *l = &f->links[f->last];
	if (l->link != frame->link)
		l = find_link(f, frame->link);
	if (!l || !l->usable)
		return false;
	struct pcap_pkthdr h = { .caplen = frame->caplen, .len = frame->len };
	return pcap_offline_filter(&l->program, &h, frame->bytes) != 0;
}

const char *filter_trouble(const struct filter *f)
{
	return f->trouble[0] ? f->trouble : NULL;
}
