/* SPDX-License-Identifier: GPL-3.0-or-later */
/* listfields: every field that osiscope knows, protocol by protocol: name, type, label. */
#include <unistd.h>

#include "dissect.h"
#include "export/export.h"
#include "export/fieldmap.h"
#include "export/print.h"
#include "fmt/i18n.h"

static const char *const type_names[] = {
	[F_NONE] = "none", [F_UINT] = "uint", [F_HEX] = "hex", [F_INT] = "int", [F_BOOL] = "bool",
	[F_MAC] = "mac", [F_IPV4] = "ipv4", [F_IPV6] = "ipv6", [F_TEXT] = "text",
	[F_BYTES] = "bytes", [F_TIME] = "time", [F_RELTIME] = "duration",
};

static bool is_new(struct fieldmap *seen, const struct field *f)
{
	uint32_t names = seen->n_names;
	fieldmap_id(seen, f);
	return seen->n_names != names;
}

int print_field_list(void)
{
	struct out out;
	struct fieldmap seen;	/* mDNS has the fields of DNS, for one */
	fieldmap_init(&seen);
	out_open(&out, STDOUT_FILENO);
	for (size_t i = 0; all_protocols[i]; i++) {
		const struct protocol *p = all_protocols[i];
		for (unsigned j = 0; j < p->n_fields; j++) {
			const struct field *f = &p->fields[j];
			if (!f->name || !is_new(&seen, f))
				continue;
			out_puts(&out, f->name);
			out_putc(&out, '\t');
			out_puts(&out, type_names[f->type]);
			out_putc(&out, '\t');
			out_puts(&out, _(f->label));
			out_putc(&out, '\n');
		}
	}
	fieldmap_free(&seen);
	out_close(&out);
	return print_written(&out);
}
