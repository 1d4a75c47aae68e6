/* SPDX-License-Identifier: GPL-3.0-or-later */
/* err: why something failed, as one line for the user: what is wrong and what to do. */
#ifndef OSI_BASE_ERR_H
#define OSI_BASE_ERR_H

struct err {
	char text[512];		/* one line, without a newline at its end; translated */
};

/* Writes the line; returns -1, so that a function can `return err_set(...)`. err may be NULL. */
int err_set(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Memory that cannot be had ends the program: there is nothing sensible to show without it. */
void *xmalloc(unsigned long n);
void *xcalloc(unsigned long n, unsigned long size);
void *xrealloc(void *old, unsigned long n);
char *xstrdup(const char *s);
_Noreturn void err_no_memory(void);

#endif
