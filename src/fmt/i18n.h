/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * i18n: _() translates now, N_() marks a text of a table that is translated where it is shown.
 * The catalogues are gettext's (po/), read by fmt/lang.c.
 */
#ifndef OSI_FMT_I18N_H
#define OSI_FMT_I18N_H

/* The text in the language of lang_set(); the text itself where there is no translation. */
const char *lang_text(const char *text) __attribute__((format_arg(1)));

#define _(s) lang_text(s)
#define N_(s) s

#endif
