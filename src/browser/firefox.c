/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * firefox: starts Firefox with a profile of its own. Left to itself it asks for updates, lists,
 * news and whether this is the Internet; these settings leave one host of its own on the wire
 * (seen with 153 ESR): firefox.settings.services.mozilla.com.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "browser/browser.h"
#include "browser/profile.h"
#include "fmt/i18n.h"

/* Names and values as they stand in user.js. What a version does not know it passes over. */
static const char *const settings[] = {
	"\"app.normandy.enabled\", false",
	"\"app.shield.optoutstudies.enabled\", false",
	"\"app.update.auto\", false",
	"\"app.update.disabledForTesting\", true",
	"\"app.update.enabled\", false",
	"\"app.update.url\", \"\"",
	"\"browser.aboutwelcome.enabled\", false",
	"\"browser.discovery.enabled\", false",
	"\"browser.fixup.fallback-to-https\", false",
	"\"browser.newtab.preload\", false",
	"\"browser.newtabpage.activity-stream.asrouter.providers.cfr\", \"null\"",
	"\"browser.newtabpage.activity-stream.asrouter.providers.message-groups\", \"null\"",
	"\"browser.newtabpage.activity-stream.asrouter.providers.messaging-experiments\", \"null\"",
	"\"browser.newtabpage.activity-stream.feeds.section.topstories\", false",
	"\"browser.newtabpage.activity-stream.feeds.system.topsites\", false",
	"\"browser.newtabpage.activity-stream.feeds.system.topstories\", false",
	"\"browser.newtabpage.activity-stream.feeds.topsites\", false",
	"\"browser.newtabpage.activity-stream.showSponsoredTopSites\", false",
	"\"browser.newtabpage.activity-stream.telemetry\", false",
	"\"browser.newtabpage.activity-stream.unifiedAds.endpoint\", \"\"",
	"\"browser.newtabpage.enabled\", false",
	"\"browser.ping-centre.telemetry\", false",
	"\"browser.places.speculativeConnect.enabled\", false",
	"\"browser.region.network.url\", \"\"",
	"\"browser.region.update.enabled\", false",
	"\"browser.safebrowsing.blockedURIs.enabled\", false",
	"\"browser.safebrowsing.downloads.enabled\", false",
	"\"browser.safebrowsing.downloads.remote.enabled\", false",
	"\"browser.safebrowsing.malware.enabled\", false",
	"\"browser.safebrowsing.phishing.enabled\", false",
	"\"browser.safebrowsing.provider.google.updateURL\", \"\"",
	"\"browser.safebrowsing.provider.google4.updateURL\", \"\"",
	"\"browser.safebrowsing.provider.google5.updateURL\", \"\"",
	"\"browser.safebrowsing.provider.mozilla.updateURL\", \"\"",
	"\"browser.safebrowsing.update.enabled\", false",
	"\"browser.search.suggest.enabled\", false",
	"\"browser.search.update\", false",
	"\"browser.sessionstore.enabled\", false",
	"\"browser.sessionstore.resume_from_crash\", false",
	"\"browser.shell.checkDefaultBrowser\", false",
	"\"browser.startup.homepage\", \"about:blank\"",
	"\"browser.startup.homepage_override.mstone\", \"ignore\"",
	"\"browser.startup.page\", 0",
	"\"browser.topsites.contile.enabled\", false",
	"\"browser.uitour.enabled\", false",
	"\"browser.urlbar.speculativeConnect.enabled\", false",
	"\"browser.urlbar.suggest.searches\", false",
	"\"datareporting.healthreport.uploadEnabled\", false",
	"\"datareporting.policy.dataSubmissionEnabled\", false",
	"\"datareporting.policy.dataSubmissionPolicyBypassNotification\", true",
	"\"datareporting.usage.uploadEnabled\", false",
	"\"datareporting.policy.firstRunURL\", \"\"",
	"\"dom.push.connection.enabled\", false",
	"\"dom.push.enabled\", false",
	"\"dom.security.https_first\", false",
	"\"dom.security.https_first_schemeless\", false",
	"\"extensions.blocklist.enabled\", false",
	"\"extensions.getAddons.cache.enabled\", false",
	"\"extensions.getAddons.showPane\", false",
	"\"extensions.pocket.enabled\", false",
	"\"extensions.systemAddon.update.enabled\", false",
	"\"extensions.systemAddon.update.url\", \"\"",
	"\"extensions.update.autoUpdateDefault\", false",
	"\"extensions.update.enabled\", false",
	"\"geo.enabled\", false",
	"\"identity.fxaccounts.enabled\", false",
	"\"media.gmp-manager.updateEnabled\", false",
	"\"media.gmp-manager.url\", \"\"",
	"\"media.gmp-provider.enabled\", false",
	"\"messaging-system.rsexperimentloader.enabled\", false",
	"\"network.captive-portal-service.enabled\", false",
	"\"network.connectivity-service.enabled\", false",
	"\"network.dns.disablePrefetch\", true",
	"\"network.dns.disablePrefetchFromHTTPS\", true",
	"\"network.http.speculative-parallel-limit\", 0",
	"\"network.predictor.enabled\", false",
	"\"network.prefetch-next\", false",
	"\"nimbus.rollouts.enabled\", false",
	"\"security.remote_settings.crlite_filters.enabled\", false",
	"\"security.remote_settings.intermediates.enabled\", false",
	"\"services.settings.server\", \"data:,\"",
	"\"signon.management.page.breach-alerts.enabled\", false",
	"\"startup.homepage_welcome_url\", \"\"",
	"\"startup.homepage_welcome_url.additional\", \"\"",
	"\"termsofuse.bypassNotification\", true",
	"\"toolkit.coverage.endpoint.base\", \"\"",
	"\"toolkit.telemetry.enabled\", false",
	"\"toolkit.telemetry.reportingpolicy.firstRun\", false",
	"\"toolkit.telemetry.server\", \"\"",
	"\"toolkit.telemetry.unified\", false",
	"\"trailhead.firstrun.didSeeAboutWelcome\", true",
	"\"security.certerrors.mitm.priming.enabled\", false",
	/* DNS over HTTPS is off: step 2.3 is to be seen. */
	"\"network.trr.mode\", 5",
};

/*
 * Firefox adds ".moz_log" to the name of its log, whatever the name is: a link brings it back. The
 * logs of its child processes, with nothing of the network in them, lie beside it.
 */
static int link_log(const struct browser_plan *p, struct err *err)
{
	const char *name = strrchr(p->log, '/');
	struct words w = { 0 };
	words_add(&w, "%s.moz_log", p->log);
	int failed = symlink(name ? name + 1 : p->log, w.word[0]) && errno != EEXIST;
	words_free(&w);
	if (failed)
		return err_set(err, _("cannot write beside %s: %s; is there room and permission?"), p->log,
			       strerror(errno));
	return 0;
}

static int prepare(const struct browser_plan *p, struct err *err)
{
	profile_remove(p, "user.js");
	int fd = profile_file(p, "user.js");
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	bool bad = !f;
	if (bad && fd >= 0)
		close(fd);
	for (size_t i = 0; f && i < sizeof settings / sizeof *settings; i++)
		fprintf(f, "user_pref(%s);\n", settings[i]);
	if (f) {
		fprintf(f, "user_pref(\"network.http.http3.enable\", %s);\n", p->http3 ? "true" : "false");
		/* Or it keeps to TCP where the system trusts an authority more. */
		fprintf(f, "user_pref(\"%s\", %s);\n",
			"network.http.http3.disable_when_third_party_roots_found",
			p->http3 ? "false" : "true");
		bad = ferror(f);
		bad |= fclose(f) != 0;
	}
	if (bad)
		return profile_failed(p, err);
	return link_log(p, err);
}

static void command(const struct browser_plan *p, struct words *argv, struct words *env)
{
	words_add(argv, "%s", p->program);
	if (p->headless)
		words_add(argv, "--headless");
	words_add(argv, "--no-remote");		/* never in a browser that runs already */
	words_add(argv, "--new-instance");
	words_add(argv, "-profile");
	words_add(argv, "%s", p->profile);
	for (char *const *more = p->more; more && *more; more++)
		words_add(argv, "%s", *more);
	words_add(argv, "%s", p->url);
	/* Level 4 has all that mozlog_rules.c reads, in a third of level 5's bytes. */
	words_add(env, "MOZ_LOG=timestamp,sync,nsHttp:4,nsSocketTransport:4,nsHostResolver:4,"
		  "nsSSService:4,BCWebProgress:4");
	words_add(env, "MOZ_LOG_FILE=%s", p->log);
	words_add(env, "MOZ_CRASHREPORTER_DISABLE=1");
	if (p->keys)
		words_add(env, "SSLKEYLOGFILE=%s", p->keys);
}

static const char *const programs[] = {
	"firefox", "firefox-esr", "/usr/bin/firefox", "/usr/bin/firefox-esr", "/usr/lib/firefox/firefox",
	"/opt/firefox/firefox", "/snap/bin/firefox", NULL
};

const struct browser_kind browser_firefox = {
	.name = "firefox",
	.programs = programs,
	.windows = true,
	.log = &log_mozlog,
	.prepare = prepare,
	.command = command,
};
