/* SPDX-License-Identifier: GPL-3.0-or-later */
/* i18n: _() translates now, N_() marks a text of a table that is translated where it is shown. */
#ifndef OSI_FMT_I18N_H
#define OSI_FMT_I18N_H

#include <libintl.h>

#define _(s) gettext(s)
#define N_(s) s

#endif
