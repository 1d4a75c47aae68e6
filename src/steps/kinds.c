/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kinds: the steps by name, with what there is to learn about each; states and outcomes. */
#include "dissect.h"
#include "steps/own.h"

const struct step_kind step_kinds[STEPS] = {
	[STEP_0] = { .id = "0", .title = N_("Not part of the visit"),
		.what = N_("A computer on a network is never alone: it renews its address, looks "
				"for printers, asks for the time, and browsers talk to their "
				"makers. Such packets are left out of the story and counted.") },
	[STEP_1] = { .id = "1", .title = N_("URL parsing"),
		.what = N_("The browser takes the URL apart: which protocol to speak (http or "
				"https), to which domain, on which port. All this happens inside "
				"the browser: no packet is sent for it.") },
	[STEP_1_1] = { .id = "1.1", .title = N_("HSTS list lookup"),
		.what = N_("Before it asks for any address the browser looks into its HSTS list "
				"(HTTP Strict Transport Security): hosts that must be visited "
				"over https only. If the host is on it, http:// becomes https:// "
				"although http:// was typed. A host comes onto the list from the "
				"browser's maker, or by the response header "
				"Strict-Transport-Security of an earlier visit.") },
	[STEP_2] = { .id = "2", .title = N_("Name resolution"),
		.what = N_("Computers cannot talk to each other by names like www.google.com; "
				"they need an IP address. The computer looks into its hosts file "
				"and into the caches first; if the name is not there it asks a "
				"DNS server.") },
	[STEP_2_1] = { .id = "2.1", .title = N_("Hosts file"),
		.what = N_("The hosts file is a list of names and addresses on the computer "
				"itself. It is looked at first, without any packet.") },
	[STEP_2_2] = { .id = "2.2", .title = N_("Browser and system cache"),
		.what = N_("Answers are kept for as long as the DNS server allowed. Who visits "
				"the same site again soon needs no new question, and no "
				"packet.") },
	[STEP_2_3] = { .id = "2.3", .title = N_("DNS query"),
		.what = N_("The computer asks a DNS server (Domain Name System) for the address "
				"of the name, and the server answers, often by way of other "
				"names (CNAME). Usually one UDP datagram goes there and one "
				"comes back.") , .layers = OSI(3) | OSI(4) | OSI(7) },
	[STEP_3] = { .id = "3", .title = N_("Routing to the server's network"),
		.what = N_("From router to router the packets travel to the gateway of the "
				"server's network. IP does this packet by packet, without a "
				"connection, looking at the destination address alone. Like a "
				"letter that has reached the apartment building, but not yet the "
				"door.") , .layers = OSI(3) },
	[STEP_4] = { .id = "4", .title = N_("ARP: from IP address to MAC address"),
		.what = N_("Inside one network a frame is delivered to a network card, by its "
				"physical MAC address; the IP address is only logical. ARP (for "
				"IPv6: NDP) asks who has an IP address. In the story of the "
				"letter we now stand at the door. On the wire this comes first "
				"of all: even the DNS query needs the MAC address of the "
				"gateway.") , .layers = OSI(2) | OSI(3) },
	[STEP_5] = { .id = "5", .title = N_("Connection to the program"),
		.what = N_("The computer is found; now the right program on it must be reached: "
				"the web server (Apache, nginx, ...), behind port 80 or 443. TCP "
				"connects the two programs, and the page comes back as the "
				"response.") , .layers = OSI(4) | OSI(5) | OSI(6) | OSI(7) },
	[STEP_5_1] = { .id = "5.1", .title = N_("TCP three-way handshake"),
		.what = N_("As on the telephone: one side calls (SYN), the other picks up (SYN, "
				"ACK), the caller says hello (ACK). Then both know that the "
				"other one hears them. QUIC, which carries HTTP/3, does "
				"without.") , .layers = OSI(4) },
	[STEP_5_2] = { .id = "5.2", .title = N_("TLS handshake"),
		.what = N_("Added for https: both sides agree on a cipher and compute a common "
				"secret, and the server proves with its certificate that it is "
				"the one that was meant. From then on nobody on the way can read "
				"or change what they say.") , .layers = OSI(5) | OSI(6) },
	[STEP_5_3] = { .id = "5.3", .title = N_("HTTP request and response"),
		.what = N_("The browser asks for the page, and if nothing goes wrong the server "
				"sends a copy of it, then copies of the pictures and scripts "
				"that the page names.") , .layers = OSI(7) },
	[STEP_5_4] = { .id = "5.4", .title = N_("Closing the connection"),
		.what = N_("Both sides say that they have nothing more to send (FIN) and hang "
				"up. Browsers keep connections open for a while, in case that "
				"more is wanted.") , .layers = OSI(4) },
};

const char *const step_state_ids[] = {
	[STATE_UNKNOWN] = "unknown", [STATE_ABSENT] = "absent", [STATE_INFERRED] = "inferred",
	[STATE_RECORDED] = "recorded", [STATE_OBSERVED] = "observed",
};

const char *const step_state_titles[] = {
	[STATE_UNKNOWN] = N_("not known"), [STATE_ABSENT] = N_("did not happen"),
	[STATE_INFERRED] = N_("inferred"), [STATE_RECORDED] = N_("recorded"),
	[STATE_OBSERVED] = N_("observed"),
};

const char *const outcome_ids[] = {
	[OUT_NONE] = "", [OUT_ANSWERED] = "answered", [OUT_REFUSED] = "refused",
	[OUT_TIMEOUT] = "timeout", [OUT_RESET] = "reset", [OUT_NXDOMAIN] = "nxdomain",
	[OUT_SERVFAIL] = "servfail", [OUT_ALERT] = "alert",
};

const struct explain_kind explain_kinds[EXPLAINS] = {
#define EXPLAIN(i, s, t, p) [i] = { .step = s, .text = t, .plain = p },
#include "steps/explain.def"
#undef EXPLAIN
};

_Static_assert(EXPLAINS <= 256, "frame_rec.explain has 8 bits");
_Static_assert(STEPS <= 16, "frame_rec.also has 16 bits");
