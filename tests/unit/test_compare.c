/* SPDX-License-Identifier: GPL-3.0-or-later */
/* src/export/compare*: recorded visits and made ones side by side, as text and as JSON. */
#include "events.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "export/compare.h"
#include "fmt/lang.h"
#include "fmt/text.h"
#include "record/record.h"

static struct session *opened(const char *name)
{
	char path[128];
	struct err err = { .text = "" };
	bool usage;
	snprintf(path, sizeof path, "pcaps/visits/%s.pcapng", name);
	struct session *s = session_open(&(struct session_options){ .path = unit_path(path) },
					 &err, &usage);
	if (!s)
		fail_msg("%s", err.text);
	while (session_load(s, UINT32_MAX, 0))
		;
	return s;
}

static struct side side(struct session *s, uint32_t number)
{
	struct side x = { .session = s, .visit = steps_visit(s->steps, number), .path = "x/made.pcap" };
	assert_non_null(x.visit);
	side_count(&x);
	return x;
}

/* What is printed; the caller frees it. */
static char *printed(const struct compare *pair, unsigned width, bool utf8, bool json, bool redact)
{
	struct print_options o = { .redact = redact };
	struct printer p = { .options = &o, .width = width, .utf8 = utf8 };
	struct compare c = *pair;
	FILE *f = tmpfile();
	assert_non_null(f);
	c.p = &p;
	out_open(&p.out, fileno(f));
	(json ? compare_json : compare_text)(&c);
	out_close(&p.out);
	long n = lseek(fileno(f), 0, SEEK_END);
	char *s = malloc((size_t)n + 1);
	assert_non_null(s);
	assert_int_equal(pread(fileno(f), s, (size_t)n, 0), n);
	s[n] = '\0';
	fclose(f);
	return s;
}

/* No line is wider than the terminal, and none ends in blanks. */
static void assert_fits(const char *s, size_t width)
{
	for (const char *end; *s; s = end + 1) {
		end = strchr(s, '\n');
		assert_non_null(end);
		if (text_width(s, (size_t)(end - s)) > width || (end > s && end[-1] == ' '))
			fail_msg("too wide, or blanks at its end: %.*s", (int)(end - s), s);
	}
}

static void assert_holds(const char *s, const char *what)
{
	if (!strstr(s, what))
		fail_msg("\"%s\" is not in:\n%s", what, s);
}

static unsigned count(const char *s, const char *what)
{
	unsigned n = 0;
	for (; (s = strstr(s, what)) != NULL; s += strlen(what))
		n++;
	return n;
}

static json_t *document(const struct compare *c)
{
	json_error_t error;
	char *s = printed(c, 80, true, true, false);
	json_t *doc = json_loads(s, 0, &error);
	if (!doc)
		fail_msg("%s in: %s", error.text, s);
	free(s);
	return doc;
}

static json_t *step_of_json(json_t *doc, const char *id)
{
	size_t i;
	json_t *step;
	json_array_foreach(json_object_get(doc, "steps"), i, step)
		if (!strcmp(json_string_value(json_object_get(step, "id")), id))
			return step;
	fail_msg("there is no step %s", id);
	return NULL;
}

static bool lists(json_t *list, const char *what)
{
	size_t i;
	json_t *item;
	json_array_foreach(list, i, item)
		if (!strcmp(json_string_value(item), what))
			return true;
	return false;
}

/* Frames and bytes by step are those that the steps list, whatever the visit. */
static void assert_counted(const struct side *x)
{
	uint32_t n[STEPS] = { 0 }, all = 0;
	uint64_t bytes[STEPS] = { 0 };
	for (uint32_t i = 1; i <= session_n_frames(x->session); i++) {
		const struct frame_rec *fr = session_frame(x->session, i);
		all += fr->visit == x->visit->id;
		for (int id = STEP_1; id < STEPS && fr->visit == x->visit->id; id++) {
			n[id] += frame_steps(fr) >> id & 1;
			bytes[id] += frame_steps(fr) >> id & 1 ? fr->len : 0;
		}
	}
	assert_int_equal(all, x->visit->n_frames);
	for (int id = STEP_1; id < STEPS; id++) {
		assert_int_equal(n[id], x->visit->step[id].n_frames);
		assert_int_equal(bytes[id], x->bytes[id]);
	}
}

static void http_and_https(void **state)
{
	(void)state;
	struct session *a = opened("http-plain"), *b = opened("https-h2");
	struct compare c = { .side = { side(a, 1), side(b, 1) } };
	assert_counted(&c.side[SIDE_A]);
	assert_counted(&c.side[SIDE_B]);
	char *s = printed(&c, 80, false, false, false);
	assert_fits(s, 80);
	assert_holds(s, "#      scheme           http                        https\n");
	assert_holds(s, "# 5.2  TLS handshake    - did not happen            * observed\n");
	assert_holds(s, "       status           200                         -\n");
	assert_holds(s, "  requests              10                -\n");
	assert_holds(s, "  TCP connections       6                 1                 -5\n");
	assert_holds(s, "Took place in B, not in A: 5.2 TLS handshake.\n");
	assert_null(strstr(s, "Took place in A, not in B"));
	free(s);
	json_t *doc = document(&c), *totals = json_object_get(doc, "totals");
	json_t *tls = step_of_json(doc, "5.2"), *url = step_of_json(doc, "1");
	assert_true(lists(json_object_get(tls, "differs"), "state"));
	assert_true(lists(json_object_get(url, "differs"), "facts.scheme"));
	/* known of one only: it may be the same */
	assert_false(lists(json_object_get(url, "differs"), "facts.path"));
	assert_true(lists(json_object_get(doc, "only_b"), "5.2"));
	assert_int_equal(json_array_size(json_object_get(doc, "only_a")), 0);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(totals, "a"),
							     "requests")), 10);
	assert_null(json_object_get(json_object_get(totals, "b"), "requests"));
	json_decref(doc);
	session_close(a);
	session_close(b);
}

static void tcp_and_quic(void **state)
{
	(void)state;
	struct session *a = opened("https-h2"), *b = opened("https-h3");
	struct compare c = { .side = { side(a, 1), side(b, 1) } };
	char *s = printed(&c, 80, true, false, false);
	assert_fits(s, 80);
	assert_holds(s, "≠      transport        TCP                         QUIC\n");
	assert_holds(s, "B: There is no three-way handshake");
	assert_holds(s, "  QUIC connections      0                 1                 +1\n");
	assert_holds(s, "Took place in A, not in B: 5.1 TCP three-way handshake.\n");
	free(s);
	session_close(a);
	session_close(b);
}

static void cold_and_warm(void **state)
{
	(void)state;
	struct session *a = opened("tls12"), *b = opened("warm-closed");
	struct compare c = { .side = { side(a, 1), side(b, 1) } };
	char *s = printed(&c, 80, true, false, false);
	assert_fits(s, 80);
	assert_holds(s, "≠      resumed          no                          yes\n");
	assert_holds(s, "Took place in A, not in B: 2.3 DNS query.\n");
	/* the same gateway, known by its IP address here and by its MAC address there */
	assert_holds(s, "\n       gateway          192.168.0.1                 00:00:5e");
	free(s);
	session_close(a);
	session_close(b);
}

static void no_such_name(void **state)
{
	(void)state;
	struct session *a = opened("nxdomain"), *b = opened("http-plain");
	struct compare c = { .side = { side(a, 1), side(b, 1) } };
	char *s = printed(&c, 80, true, false, false);
	assert_fits(s, 80);
	assert_holds(s, "≠      outcome          no such name                answered\n");
	/* the whole of step 5, and not its parts one by one */
	assert_holds(s, "Took place in B, not in A: 5 Connection to the program.\n");
	assert_holds(s, "  requests              0                 10                +10\n");
	free(s);
	session_close(a);
	session_close(b);
}

static void with_itself(void **state)
{
	(void)state;
	static const char *const names[] = { "http-plain", "https-h3", "warm", "nxdomain" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct session *a = opened(names[i]);
		struct compare c = { .side = { side(a, 1), side(a, 1) } };
		char *s = printed(&c, 110, true, false, false);
		assert_fits(s, 110);
		assert_int_equal(count(s, "≠"), 1);		/* the legend */
		assert_holds(s, "no step and no fact differs");
		assert_null(strstr(s, "Took place in"));
		free(s);
		json_t *doc = document(&c), *step;
		size_t k;
		json_array_foreach(json_object_get(doc, "steps"), k, step)
			assert_int_equal(json_array_size(json_object_get(step, "differs")), 0);
		json_decref(doc);
		session_close(a);
	}
}

static void two_of_one_capture(void **state)
{
	(void)state;
	struct session *s = opened("two-visits"), *one = opened("http-plain");
	struct compare c = { .side = { side(s, 1), side(s, 2) } };
	const struct print_options quiet = { .quiet = true };
	assert_counted(&c.side[SIDE_A]);
	assert_counted(&c.side[SIDE_B]);
	char *text = printed(&c, 80, true, false, false);
	assert_holds(text, "made.pcap, visit 1 of 2, from ");
	assert_holds(text, "made.pcap, visit 2 of 2, from ");
	free(text);
	assert_int_equal(compare_sessions(s, 1, s, 3, &quiet), STATUS_FAILED);
	assert_int_equal(compare_sessions(one, 1, one, 2, &quiet), STATUS_FAILED);
	session_close(s);
	session_close(one);
}

/* A URL of many lines, a secret in it, and more requests than a story lists. */
static void long_and_many(void **state)
{
	(void)state;
	struct world *w = world_new();
	char path[4096];
	int n = snprintf(path, sizeof path, "/?token=s3cr3t-s3cr3t-s3cr3t-s3cr3t&x=");
	memset(path + n, 'y', sizeof path - 1 - (size_t)n);
	path[sizeof path - 1] = '\0';
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", path, "text/html");
	for (unsigned i = 0; i < 3000; i++)
		http(w, f, "www.lab.test", "/picture.png", "image/png");
	steps_settle(w->s.steps);
	struct session *b = opened("http-plain");
	struct compare c = { .side = { side(&w->s, 1), side(b, 1) } };
	assert_counted(&c.side[SIDE_A]);
	char *s = printed(&c, 80, true, false, false);
	assert_fits(s, 80);
	assert_holds(s, "s3cr3t");
	assert_holds(s, "  requests              3,001             10                −2,991\n");
	assert_holds(s, "yyyyyyyyyyyyyy…");	/* the path is cut in its cell */
	free(s);
	struct compare turned = { .side = { c.side[SIDE_B], c.side[SIDE_A] } };
	s = printed(&turned, 80, false, false, true);
	assert_fits(s, 80);
	assert_null(strstr(s, "s3cr3t"));
	free(s);
	s = printed(&c, 80, true, true, true);
	assert_null(strstr(s, "s3cr3t"));
	free(s);
	session_close(b);
	world_free(w);
}

/* What the browser took out of its cache is counted of the page that the packets are of. */
static void from_the_cache(void **state)
{
	(void)state;
	static const char *const urls[] = { "http://plain.lab.test/", "http://other.lab.test/" };
	for (unsigned other = 0; other < 2; other++) {
		struct session *s = opened("http-plain");
		struct record *r = s->record = record_new();
		uint32_t number;
		struct rec_page *page = record_add(r, REC_PAGE, &number);
		page->url = urls[other];
		page->start = steps_visit(s->steps, 1)->start - 5 * MS;
		for (unsigned i = 0; i < 4; i++) {
			struct rec_request *q = record_add(r, REC_REQUEST, NULL);
			q->page = number;
			q->url = urls[other];
			q->start = page->start;
			q->cache = i % 2 ? "hit" : "validated";
		}
		steps_settle(s->steps);
		/* a page of another host is a visit by itself, and before this one */
		struct side x = side(s, steps_n_visits(s->steps));
		assert_int_equal(x.from_cache, other ? -1 : 2);
		session_close(s);
	}
}

/* Hangul takes two cells; what the columns hold stays in them. */
static void korean(void **state)
{
	(void)state;
	if (!lang_set("ko"))
		skip();
	struct session *a = opened("http-plain"), *b = opened("https-h3");
	struct compare c = { .side = { side(a, 1), side(b, 1) } };
	static const unsigned widths[] = { 60, 80, 110 };
	for (unsigned i = 0; i < sizeof widths / sizeof *widths; i++) {
		char *s = printed(&c, widths[i], true, false, false);
		assert_fits(s, widths[i]);
		free(s);
	}
	session_close(a);
	session_close(b);
	lang_set("en");
}

static void facts_side_by_side(void **state)
{
	(void)state;
	static const char *const turned[] = { "192.0.2.1", "192.0.2.2" };
	static const char *const back[] = { "192.0.2.2", "192.0.2.1" };
	static const char *const twice[] = { "192.0.2.2", "192.0.2.2" };
	const struct fact list = { "addresses", FACT_LIST, 0, NULL, turned, 2 };
	const struct fact same = { "addresses", FACT_LIST, 0, NULL, back, 2 };
	const struct fact unlike = { "addresses", FACT_LIST, 0, NULL, twice, 2 };
	const struct fact rtt[] = { { .key = "rtt_ms", .kind = FACT_NUMBER, .number = 1 },
				    { .key = "rtt_ms", .kind = FACT_NUMBER, .number = 2 } };
	const struct fact client[] = {
		{ .key = "client", .kind = FACT_TEXT, .text = "[2001:db8::1]:1" },
		{ .key = "client", .kind = FACT_TEXT, .text = "[2001:db8::1]:2" },
		{ .key = "client", .kind = FACT_TEXT, .text = "[2001:db8::2]:2" },
	};
	assert_false(facts_differ(&list, &same));
	assert_true(facts_differ(&list, &unlike));
	assert_true(facts_differ(&unlike, &list));
	assert_false(facts_differ(&rtt[0], &rtt[1]));
	assert_false(facts_differ(&client[0], &client[1]));
	assert_true(facts_differ(&client[0], &client[2]));
	assert_false(facts_differ(&client[0], NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(http_and_https), cmocka_unit_test(tcp_and_quic),
		cmocka_unit_test(cold_and_warm), cmocka_unit_test(no_such_name),
		cmocka_unit_test(with_itself), cmocka_unit_test(two_of_one_capture),
		cmocka_unit_test(long_and_many), cmocka_unit_test(from_the_cache),
		cmocka_unit_test(korean), cmocka_unit_test(facts_side_by_side),
	};
	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
