/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keep: what the user writes on packets, and the capture with all that in a file:
 *
 *    Comment on packet 42: here the server answers_               (Esc: never mind)
 *    Save as: pcaps/sample-annotated.pcapng_                      (Esc: never mind)
 *    pcaps/sample-annotated.pcapng exists. Replace it? (y/n)
 *
 * The file is written in slices, while keys are answered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "export/annotate.h"
#include "fmt/i18n.h"
#include "ui/view.h"

/* ---- comments ---- */

void keep_comment(struct ui *ui)
{
	const struct dissect *d = ui->frame ? packet_get(&ui->packet) : NULL;
	if (!d) {
		ui_warn(ui, _("there is no packet to write on"));
		return;
	}
	const char *now = session_comment(ui->s, d);
	if (now && (strlen(now) > PROMPT_MOST || strchr(now, '\n'))) {
		ui_warn(ui, _("the capture's comment on this packet has several lines, or is too long "
			      "to be changed here"));
		return;
	}
	prompt_open(ui, PROMPT_COMMENT);
	ui->prompt.frame = ui->frame;
	prompt_fill(ui, now ? now : "");
}

void keep_commented(struct ui *ui, uint32_t frame, const char *text)
{
	struct err err;
	const struct dissect *d = session_detail(ui->s, frame, 0);
	const char *now = d ? session_comment(ui->s, d) : NULL;
	bool same = !strcmp(now ? now : "", text);
	packet_lost(&ui->packet);
	while (*text == ' ')
		text++;
	if (same)
		return;
	if (session_set_comment(ui->s, frame, text, &err) < 0)
		ui_warn(ui, "%s", err.text);
	else if (!*text)
		ui_say(ui, _("packet %u has no comment any more"), (unsigned)frame);
	else
		ui_say(ui, _("written on packet %u; w saves it with the capture"), (unsigned)frame);
}

/* ---- saving ---- */

/* "x.pcap.gz" without what says of which kind it is. */
static size_t stem(const char *path, size_t n)
{
	static const char *const endings[] = { ".gz", ".zst", ".pcapng", ".pcap", ".cap", ".ntar" };
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t k = strlen(endings[i]);
		if (n > k && !memcmp(path + n - k, endings[i], k) && path[n - k - 1] != '/')
			n -= k;
	}
	return n;
}

/* Beside the capture, or here where that folder cannot be written: a name that is free, if can be. */
static void name_it(const struct ui *ui, struct strbuf *to)
{
	const char *path = source_path(ui->s->source), *slash = strrchr(path, '/');
	struct strbuf folder = {0};
	if (ui->options.live)
		path = "visit", slash = NULL;
	else if (access(path, F_OK) != 0)	/* it came from standard input, or is gone */
		path = "capture", slash = NULL;
	if (slash)
		strbuf_add(&folder, path, (size_t)(slash - path) + 1);
	if (slash && access(strbuf_str(&folder), W_OK) != 0)
		path = slash + 1;
	size_t n = stem(path, strlen(path));
	strbuf_add(to, path, n);
	strbuf_puts(to, ".pcapng");
	if (access(strbuf_str(to), F_OK) == 0) {
		strbuf_clear(to);
		strbuf_add(to, path, n);
		strbuf_puts(to, "-annotated.pcapng");
	}
	strbuf_free(&folder);
}

void keep_save(struct ui *ui)
{
	struct strbuf name = {0};
	if (ui->saving) {
		ui_say(ui, _("it is being written already"));
	} else if (ui->options.redact) {
		ui_warn(ui, _("the packets hold what --redact hides: open the capture without it to "
			      "save it"));
	} else if (ui->loading && !ui->s->growing) {
		ui_warn(ui, _("the capture is still being read: save it when that is done"));
	} else {
		name_it(ui, &name);
		prompt_open(ui, PROMPT_SAVE);
		prompt_fill(ui, strbuf_str(&name));
	}
	strbuf_free(&name);
}

static void started(struct ui *ui, const char *path, bool replace)
{
	struct err err;
	snprintf(ui->save_path, sizeof ui->save_path, "%s", path);
	ui->save = (struct export_options){ .path = ui->save_path, .keys = live_keys(ui),
		.no_secrets = ui->options.no_secrets, .force = replace };
	ui->saving = annotate_new(ui->s, &ui->save, &err);
	if (!ui->saving)
		ui_warn(ui, "%s", err.text);
	ui->whole = !ui->recording && !ui->loading;
	/* what the user writes from now on may be in the file or not */
	ui->unsaved = ui->s->comments.unsaved;
	if (ui->saving)
		ui->s->comments.unsaved = false;
}

/* It is pcapng: a name that does not say so gets the ending. */
static void with_ending(char *to, size_t size, const char *path)
{
	size_t n = strlen(path);
	bool there = n > 7 && !strcmp(path + n - 7, ".pcapng");
	snprintf(to, size, "%s%s", path, there ? "" : ".pcapng");
}

void keep_named(struct ui *ui, const char *typed, bool replace)
{
	char path[PROMPT_MOST + 16];
	if (!*typed)
		return;
	with_ending(path, sizeof path, typed);
	if (ui->options.dry) {
		ui_say(ui, _("%s is written"), path);
	} else if (!replace && access(path, F_OK) == 0) {
		prompt_open(ui, PROMPT_REPLACE);
		prompt_fill(ui, path);
	} else {
		started(ui, path, replace);
	}
}

static void ended(struct ui *ui)
{
	struct annotated what;
	struct err err;
	int result = annotate_finish(ui->saving, &what, &err);
	ui->saving = NULL;
	if (result < 0) {
		ui->s->comments.unsaved = ui->s->comments.unsaved || ui->unsaved;
		ui_warn(ui, "%s", err.text);
		return;
	}
	ui->kept = ui->kept || ui->whole;
	if (what.secrets)
		ui_say(ui, _("%s is written, with the keys that open its encrypted traffic: give it only "
			     "to those who may read it all"), ui->save_path);
	else
		ui_say(ui, _("%s is written"), ui->save_path);
}

bool keep_work(struct ui *ui)
{
	if (!ui->saving)
		return false;
	bool more = annotate_work(ui->saving, SLICE);
	packet_lost(&ui->packet);
	if (more)
		ui_say(ui, _("writing %s: %d %%"), ui->save_path, annotate_percent(ui->saving));
	else
		ended(ui);
	return true;
}

void keep_close(struct ui *ui)
{
	annotate_abort(ui->saving);
	ui->saving = NULL;
}

/* ---- leaving ---- */

bool keep_may_leave(struct ui *ui)
{
	if (ui->asked || (!ui->saving && !ui->s->comments.unsaved))
		return true;
	ui->asked = true;
	if (ui->saving)
		ui_warn(ui, _("the capture is still being written: q again leaves without it"));
	else
		ui_warn(ui, _("your comments are not saved: w saves them, q again leaves without them"));
	return false;
}
