/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of osiscope-launch; only osiscope writes it (src/visit/launch.c). */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "browser/find.h"
#include "fmt/i18n.h"
#include "fmt/lang.h"
#include "launch/launch.h"

enum { O_URL = 256, O_HOST, O_PROGRAM, O_KIND, O_FOLDER, O_IFACE, O_RECORDER, O_OWN, O_KEYS,
	O_HEADLESS, O_HTTP3, O_ALL, O_LOOPBACK, O_DURATION, O_TIMES, O_USER, O_GROUP, O_LANG,
	O_RESOLVER };

static const struct option options[] = {
	{ "url", required_argument, NULL, O_URL },
	{ "host", required_argument, NULL, O_HOST },
	{ "program", required_argument, NULL, O_PROGRAM },
	{ "kind", required_argument, NULL, O_KIND },
	{ "folder", required_argument, NULL, O_FOLDER },
	{ "iface", required_argument, NULL, O_IFACE },
	{ "recorder", required_argument, NULL, O_RECORDER },
	{ "own-network", no_argument, NULL, O_OWN },
	{ "keys", no_argument, NULL, O_KEYS },
	{ "headless", no_argument, NULL, O_HEADLESS },
	{ "http3", no_argument, NULL, O_HTTP3 },
	{ "all", no_argument, NULL, O_ALL },
	{ "loopback", no_argument, NULL, O_LOOPBACK },
	{ "duration", required_argument, NULL, O_DURATION },
	{ "times", required_argument, NULL, O_TIMES },
	{ "user", required_argument, NULL, O_USER },
	{ "group", required_argument, NULL, O_GROUP },
	{ "lang", required_argument, NULL, O_LANG },
	{ "resolver", required_argument, NULL, O_RESOLVER },
	{ 0 },
};

static bool take(struct plan *p, int option)
{
	switch (option) {
	case O_URL: p->url = optarg; break;
	case O_HOST: p->host = optarg; break;
	case O_PROGRAM: p->program = optarg; break;
	case O_KIND: p->kind = browser_kind_named(optarg); break;
	case O_FOLDER: p->folder = optarg; break;
	case O_IFACE: p->iface = optarg; break;
	case O_RECORDER: p->recorder = optarg; break;
	case O_OWN: p->own_network = true; break;
	case O_KEYS: p->keys = true; break;
	case O_HEADLESS: p->headless = true; break;
	case O_HTTP3: p->http3 = true; break;
	case O_ALL: p->all = true; break;
	case O_LOOPBACK: p->loopback = true; break;
	case O_DURATION: p->duration = strtod(optarg, NULL); break;
	case O_TIMES: p->times = (unsigned)strtoul(optarg, NULL, 10); break;
	case O_USER: p->user = (uid_t)strtoul(optarg, NULL, 10); break;
	case O_GROUP: p->group = (gid_t)strtoul(optarg, NULL, 10); break;
	case O_RESOLVER: p->resolver = optarg; break;
	case O_LANG: p->lang = optarg; break;
	default: return false;
	}
	return true;
}

bool plan_read(struct plan *p, int argc, char **argv, struct err *err)
{
	*p = (struct plan){ .times = 1, .user = getuid(), .group = getgid(), .host = "", .resolver = "", .lang = "en" };
	bool good = true;
	for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
		good &= take(p, o);
	p->more = argv + optind;
	lang_set(p->lang);
	if (good && p->url && p->kind && p->program && p->folder && p->iface && p->recorder)
		return true;
	err_set(err, "%s", _("this program is started by: osiscope visit"));
	return false;
}
