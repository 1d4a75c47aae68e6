/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int err_set(struct err *err, const char *format, ...)
{
	if (!err)
		return -1;
	va_list ap;
	va_start(ap, format);
	vsnprintf(err->text, sizeof err->text, format, ap);
	va_end(ap);
	return -1;
}

void err_no_memory(void)
{
	fputs("osiscope: out of memory\n", stderr);
	_Exit(1);
}

static void *checked(void *p)
{
	if (!p)
		err_no_memory();
	return p;
}

void *xmalloc(unsigned long n)
{
	return checked(malloc(n ? n : 1));
}

void *xcalloc(unsigned long n, unsigned long size)
{
	return checked(calloc(n ? n : 1, size ? size : 1));
}

void *xrealloc(void *old, unsigned long n)
{
	return checked(realloc(old, n ? n : 1));
}

char *xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;
	return memcpy(xmalloc(n), s, n);
}
