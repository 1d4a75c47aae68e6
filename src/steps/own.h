/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * own: what the annotator keeps, shared by the files of src/steps/ and by nobody else.
 *
 * While frames come in (annotate.c, gather.c) facts are put into flat arrays: a track a flow, a
 * lookup a DNS question, an ask an HTTP request, a neighbour an ARP or NDP question. Nothing is
 * decided then but what each frame is (frame_rec.explain). steps_settle() sorts the facts into
 * stories, one a visit (visit.c), and writes visit and step to the frames (frames.c). The struct
 * visit that views get is written from a story when it is asked for (tell.c and the files behind
 * it), and only the last few are kept. So the arrays are all the memory there is, and each is
 * bounded.
 */
#ifndef OSI_STEPS_OWN_H
#define OSI_STEPS_OWN_H

#include "base/chunks.h"
#include "session.h"
#include "steps/map.h"
#include "steps/steps.h"

enum {
	MAX_FLOWS = 1 << 23, MAX_TRACKS = 1 << 19, MAX_PATHS = 1 << 18, MAX_LOOKUPS = 1 << 18,
			MAX_ANSWERS = 1 << 19, MAX_ASKS = 1 << 19,
	MAX_NEIGHBOURS = 1 << 16, MAX_CLIENTS = 1 << 18, MAX_EXTRAS = 1 << 22,

	QUIET_MS = 1500,	/* so long nothing went on: what comes now is a new navigation */
	SILENT_MS = 2000,	/* so long nobody answered: called a time-out */
	LOOK_BACK = 64		/* most open questions that an answer is compared with */
};

/* Explanations (explain.def): what a frame is, whether a visit has it or not. */
enum explain {
#define EXPLAIN(id, step, text, plain) id,
#include "steps/explain.def"
#undef EXPLAIN
	EXPLAINS
};
struct explain_kind { uint8_t step; const char *text, *plain; };
extern const struct explain_kind explain_kinds[EXPLAINS];

enum phase { PH_NONE, PH_CONNECT, PH_OPEN, PH_TLS, PH_APP };
enum track_kind { KIND_OTHER, KIND_TCP, KIND_QUIC, KIND_DNS };
enum track_flag {
	TRACK_MIDDLE = 1, TRACK_REFUSED = 2, TRACK_HTTP = 4, TRACK_TLS = 8, TRACK_RESUMED = 16,
	TRACK_GAP = 32, TRACK_EARLY = 64, TRACK_BACKGROUND = 128
};

/*
 * What is known of a TCP connection, a QUIC connection. Other flows have none: most are a DNS
 * question with its answer. Frames are 0 while not seen.
 */
struct track {
	uint32_t flow;			/* in session.conns */
	uint32_t first[2];		/* each side's first frame */
	uint32_t syn, synack, established, fin[2], rst;
	uint32_t hello, server_hello, finished, alert_frame;
	uint32_t request, response;	/* first protected application data: client's, server's */
	uint32_t last_data[2];		/* last frame with payload, by side */
	uint32_t icmp;			/* an ICMP error about it */
	uint32_t name, alpn, alpn_offer;	/* of TLS, or the Host header; lower case */
	uint32_t lookup;		/* + 1: the answer that told the server's address */
	uint32_t last_lookup;		/* + 1: of the questions that it carries (DNS) */
	uint32_t first_ask, last_ask;	/* + 1 */
	uint32_t open_ask, done_ask;	/* + 1: first without response, last with one */
	uint32_t cursor, switch_frame;	/* write_frames(): the next request and where it begins */
	uint32_t patched[2];		/* frames up to here are named backwards */
	uint32_t client;		/* number in clients */
	uint32_t next_of_story;		/* flow + 1 */
	uint16_t version, cipher, alert, icmp_code;
	uint16_t retransmissions, syn_again;
	uint16_t idle;			/* ms that the client was quiet before it, saturated */
	uint16_t story;			/* that it opened in, from 1; 0 none */
	uint8_t sent[2];		/* enum explain of the last that asks for an ACK */
	uint16_t now;			/* write_frames(): the story at this frame */
	uint8_t phase, kind, flags, mark;	/* mark: the client's next frame is evidence for 3 */
};

/* Between two addresses, the lower number first: MACs on each side's frames, and their TTL. */
struct path {
	uint32_t mac[2], next[2];	/* its own, the receiver's */
	uint8_t ttl[2];
};

/* A DNS question for addresses. One packet, one record: a repeated question is another. */
struct lookup {
	uint32_t frame, answer;		/* answer 0: none */
	uint32_t flow, client;
	uint32_t name, host;		/* as asked; lower case without _port._https */
	uint32_t first_record, n_records;
	uint32_t before;		/* + 1: the flow's question before this one */
	uint32_t next_of_story;		/* + 1 */
	uint16_t type, id, rcode, idle, port, story;
	uint8_t dir, flags;
};
enum lookup_flag { LOOKUP_AGAIN = 1, LOOKUP_ADDRESS = 2, LOOKUP_TRUNCATED = 4, LOOKUP_WEB = 8,
		LOOKUP_OTHER = 16, LOOKUP_BACKGROUND = 32, LOOKUP_TCP = 64, LOOKUP_MARK = 128 };

struct answer { uint32_t owner, value; uint16_t type; };

/* An HTTP request with its response. */
struct ask {
	uint32_t frame, first_frame, response, last;
	uint32_t flow, method, url, host, location, hsts, mime, encoding, server, agent;
	uint32_t header_bytes, body, decoded;	/* UINT32_MAX: not known */
	uint32_t next_of_flow, next_of_story;	/* + 1 */
	uint32_t request;		/* its number in session.record; 0 none */
	uint16_t status, version, idle, story;
	bool recorded;			/* no packet shows it: recorded.c */
};

/* An ARP or NDP question. */
struct neighbour {
	uint32_t frame, reply, address, asker, mac;
	uint32_t next_of_story;		/* + 1 */
	uint16_t story;
	uint8_t ndp, again;
	uint8_t told;		/* nobody asked: it named its MAC address in a question of its own */
};

/* A side that opens connections or asks for names. */
struct client {
	uint32_t address, story;	/* story: group_leads(): the one that goes on, + 1 */
	uint32_t first_story;
	uint32_t ipv4;		/* its IPv4 address; 0 as long as it showed none */
	int64_t active;		/* when it last did something of its own accord, or got something */
	uint32_t first_frame;
	bool resolver;		/* it answers DNS questions: its own are not a visitor's */
};

struct extra { uint32_t frame; uint16_t also; };	/* further steps of a frame */
struct notice { uint32_t frame, flow, sender; };	/* an ICMP error about a flow */

/* A visit before it is told. */
struct story {
	uint32_t client, host, open;	/* open: the frame of the first lead */
	uint32_t next_of_client;	/* + 1 */
	uint32_t seen;			/* the frame of the first request, seen or inferred */
	uint32_t page;			/* its number in session.record; 0 none */
	uint16_t port, id;		/* id from 1; 0: no visit after all */
	uint8_t kind;			/* enum story_kind */
	bool encrypted;			/* what was seen is inferred from encrypted data */
	uint32_t first_flow;		/* + 1: of the first request */
	uint32_t document;		/* flow + 1 that carries the document, behind redirects */
	uint32_t ask, final;		/* + 1: first request, and the last behind redirects */
	uint32_t target, target_host;	/* where the last redirect leads, as URL and host */
	uint32_t flows, last_flow, lookups, last_lookup, asks, last_ask, neighbours, last_neighbour;
	uint32_t first_frame, last_frame, last_useful, n_frames;
	uint32_t count[STEPS], last[STEPS];	/* frames, by step */
};
enum story_kind { STORY_NONE, STORY_DOCUMENT, STORY_CONNECTION, STORY_FAILED_CONNECTION,
		STORY_FAILED_NAME, STORY_NO_PACKET };	/* the last: a page that needed none */

struct cache;

struct steps {
	struct session *s;
	struct chunks slots;	/* by flow: track + 1, or last lookup | SLOT_LOOKUP, or 0 */
	struct chunks paths;
	struct chunks tracks, lookups, answers, asks, neighbours, clients, extras, notices;
	struct chunks stories;
	struct chunks known;	/* struct ask out of the record, number KNOWN_ASK and on */
	struct map flow_of_socket, socket_of_flow, page_of_flow;	/* recorded.c; flows + 1 */
	struct map page_of_host, ask_of_request, story_of_page;
	struct map own;			/* addresses that the browser connected from, by its log */
	struct map by_client;	/* address -> client + 1 */
	struct map by_address;	/* client, address -> lookup + 1 that told it last */
	struct map by_path;	/* two addresses -> path + 1 */
	struct map routers;	/* MAC, family -> first address that used it; ROUTER_MANY when more did */
	struct map backgrounds;	/* host -> 1 no, 2 yes: is it on the list */
	struct map near;	/* MAC, bytes of address; address, 1 -> the neighbour + 1 that told it */
	struct chunks order;	/* uint32_t: story + 1 of visit id - 1 */
	uint32_t header[8];	/* HTTP headers that wait for their head; enum http_header */
	uint32_t icmp_sender;	/* waits for its error */
	uint32_t frames, n_visits, background;
	uint32_t n_background;	/* questions about background hosts so far */
	uint32_t packet_stories;	/* stories that packets opened; the rest needed none */
	uint32_t settled;	/* frames that have been settled before */
	uint32_t left_out;	/* frame of the first thing that no array had room for; 0 none */
	int64_t first_time, last_time;
	int64_t skew;		/* what the log's clock is behind the capture's; ns */
	bool recorded;		/* session.record tells what pages were visited */
	bool other_log;		/* it does, of another time than the capture's */
	bool everything;	/* there is no other visit: background hosts may open one */
	struct cache *cache;
};

enum { KNOWN_ASK = 1 << 20, RECORDED_BACKGROUND = 0x7fffffff };	/* ask number; page: of none */
/* ns; farther from each other, log and capture are of two visits */
#define RECORDED_APART INT64_C(5000000000)
enum { ROUTER_MANY = 0x80000000u, SLOT_LOOKUP = 0x80000000u, KEPT_BACKGROUND = 1024 };

/* gather.c: what an event tells; the explanation of its frame, or 0 */
uint8_t gather(struct steps *st, const struct packet *p, struct track *t, const struct event *e);
uint8_t gather_dns(struct steps *st, const struct packet *p, struct track *t,
		   const struct event *e);
uint8_t gather_neighbour(struct steps *st, const struct event *e);
uint8_t gather_http(struct steps *st, const struct packet *p, struct track *t,
		    const struct event *e);

/* rules.c */
uint8_t rule_for(const struct event *e, bool from_client);

/* background.c */
bool background_host(struct steps *st, uint32_t host);
bool background_name(const char *s, size_t n);
bool probe_host(const struct steps *st, uint32_t host);	/* asked for when another name failed */

/* gather.c */
uint32_t lower_name(struct steps *st, uint32_t name);

/* annotate.c */
uint32_t *slot_of(struct steps *st, uint32_t flow);	/* NULL at the cap */
uint32_t client_of(struct steps *st, uint32_t address, uint32_t frame);	/* number + 1, 0 none */
uint16_t idle_since(const struct client *c, int64_t now);

/* leads.c: what an address, a request, a flow is, for those who sort them into visits */
bool web_flow(const struct steps *st, uint32_t flow);
bool background_flow(struct steps *st, uint32_t flow);
uint32_t flow_host(const struct steps *st, uint32_t flow);	/* a name, or 0 */
uint32_t flow_place(const struct steps *st, uint32_t flow);	/* a name, or the address */
uint32_t server_address(const struct steps *st, uint32_t flow);
uint16_t server_port(const struct steps *st, uint32_t flow);
uint32_t flow_frame(const struct steps *st, uint32_t flow);	/* its first */
bool flow_open(const struct steps *st, uint32_t flow, uint32_t frame);	/* answered before it */
bool flow_failed(const struct steps *st, uint32_t flow, uint32_t frame);
bool ask_document(const struct steps *st, const struct ask *a);
uint32_t authority_host(struct steps *st, const char *s, size_t n);	/* "Host:8080" -> host */
uint32_t url_host(struct steps *st, uint32_t url);
const char *url_path(const char *url);	/* from its slash on; "/" where there is none */

/* The parts of steps_settle(). */
void recorded_tie(struct steps *st);		/* recorded.c */
void recorded_tie_flows(struct steps *st);	/* recorded_flows.c, with skew */
bool recorded_same_time(const struct steps *st);
bool recorded_own(const struct steps *st, uint32_t client);	/* may be the browser's host, as far as is known */
void group_leads(struct steps *st);		/* visit.c */
void choose_document(struct steps *st, struct story *y, uint32_t number);	/* document.c */
void attach_neighbours(struct steps *st);	/* neighbours.c */
void write_frames(struct steps *st);		/* frames.c */

/* recorded.c: the page that a thing belongs to; RECORDED_BACKGROUND: to none; 0: the log does not tell */
uint32_t recorded_page_of_flow(const struct steps *st, uint32_t flow);
uint32_t recorded_page_of_ask(const struct steps *st, const struct ask *a);
uint32_t recorded_page_of_host(const struct steps *st, uint32_t host, int64_t time);
bool recorded_only(const struct steps *st);	/* `visit` recorded this: no other visit is looked for */
bool recorded_whole(const struct steps *st);	/* the log knows all names and connections of its browser */
bool recorded_flow(const struct steps *st, uint32_t flow);	/* it is the browser's, as far as is known */
/* Pages of the log for which no packet was sent become stories too, behind all others. */
uint32_t recorded_host(struct steps *st, const char *url);	/* the name in a URL; 0: none */
void recorded_without_packets(struct steps *st);
uint32_t recorded_page_at(const struct steps *st, int64_t time);	/* that was the last to be opened; 0 none */
/* A time of the log on the capture's clock; 0 stays 0. */
static inline int64_t recorded_time(const struct steps *st, int64_t time)
{
	return time ? time + st->skew : 0;
}

/* neighbours.c: how a server is reached from the client */
enum reach_kind { REACH_UNKNOWN, REACH_SELF, REACH_NEAR, REACH_FAR };
enum reach_why { WHY_NOTHING, WHY_ASKED, WHY_SHARED, WHY_TTL, WHY_NO_MAC };
struct reach {
	enum reach_kind kind;
	enum reach_why why;
	uint32_t mac, address;	/* of the next station; 0 not known */
	uint32_t question;	/* neighbour + 1 that told the MAC */
	uint8_t ttl, hops;	/* of the server's packets; 0 not known */
};
uint8_t path_side(const struct steps *st, uint32_t flow, uint8_t dir);	/* in a path: of a flow's side */
struct path *path_of(struct steps *st, uint32_t flow);	/* made if it is not there; NULL at the cap */
struct reach reach_of(const struct steps *st, uint32_t flow);

static inline struct track *track_at(const struct steps *st, uint32_t flow)
{
	const uint32_t *slot = flow < MAX_FLOWS ? chunks_at(&st->slots, flow) : NULL;
	return slot && *slot && !(*slot & SLOT_LOOKUP) ? chunks_at(&st->tracks, *slot - 1) : NULL;
}
/* Tracks in the order of their first frames, counted from 1; NULL beyond the last. */
static inline struct track *track_number(const struct steps *st, uint32_t number)
{
	return number ? chunks_at(&st->tracks, number - 1) : NULL;
}
static inline struct lookup *lookup_at(const struct steps *st, uint32_t number)
{
	return number ? chunks_at(&st->lookups, number - 1) : NULL;
}
static inline struct ask *ask_at(const struct steps *st, uint32_t number)
{
	if (number >= KNOWN_ASK)
		return chunks_at(&st->known, number - KNOWN_ASK);
	return number ? chunks_at(&st->asks, number - 1) : NULL;
}
/* The next ask in the order of frames, of packets and of the record; 0 when there is none. */
static inline uint32_t next_ask(const struct steps *st, uint32_t *at, uint32_t *known)
{
	const struct ask *a = ask_at(st, *at), *k = ask_at(st, *known);
	if (!a && !k)
		return 0;
	return !k || (a && a->frame <= k->frame) ? (*at)++ : (*known)++;
}
static inline struct client *client_at(const struct steps *st, uint32_t number)
{
	return number ? chunks_at(&st->clients, number - 1) : NULL;
}
static inline struct story *story_at(const struct steps *st, uint32_t number)
{
	return number ? chunks_at(&st->stories, number - 1) : NULL;
}
static inline int64_t time_of(const struct steps *st, uint32_t frame)
{
	const struct frame_rec *fr = session_frame(st->s, frame);
	return fr ? fr->time : 0;
}
/* The capture begins when the connection was up already. */
static inline bool joined_late(const struct track *t)
{
	return t->flags & TRACK_MIDDLE || (t->kind == KIND_QUIC && !t->hello);
}
/* Was the ServerHello read? QUIC's is in an Initial packet, which may be seen but not opened. */
static inline bool hello_read(const struct track *t)
{
	return t->server_hello && (t->kind != KIND_QUIC || t->cipher);
}
/* A TCP connection of which the capture holds packets of one side only. */
static inline bool one_sided(const struct steps *st, const struct track *t)
{
	const struct conn *c = session_conn(st->s, t->flow);
	uint8_t client = c->client & 1;
	if (t->kind != KIND_TCP || t->flags & TRACK_REFUSED)
		return false;
	return !t->first[client] || (!t->first[!client] && t->last_data[client] > t->syn);
}
/* Is there room for one more? What there is no room for is said: steps_left_out(). */
static inline bool room_for(struct steps *st, const struct chunks *c, size_t most, uint32_t frame)
{
	if (c->count < most)
		return true;
	if (!st->left_out || frame < st->left_out)
		st->left_out = frame;
	return false;
}
bool is_private(const struct steps *st);	/* recorded in a private network (recorded.c) */
static inline bool before(uint32_t a, uint32_t b)	/* frames, 0 is never */
{
	return a && (!b || a < b);
}

#endif
