/* SPDX-License-Identifier: GPL-3.0-or-later */
/* src/steps: where a page ends and hanging up begins, and what is said of beginnings not seen. */
#include "events.h"

#include <string.h>

#include "export/ladder.h"

static void ends_with(struct world *w, const struct visit *v, uint32_t frame)
{
	int64_t end = session_frame(&w->s, frame)->time;
	assert_true(v->end == end && v->step[STEP_5_3].end == end);
}

/* An idle connection is closed: the server's goodbye behind the client's FIN is no page. */
static void goodbye_behind_the_fin(void **state)
{
	(void)state;
	struct world *w = world_new();
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 443);
	tls_shake(w, f, "www.lab.test");
	tls_talk(w, f);
	uint32_t last = session_n_frames(&w->s) - 1;
	pass(w, 1000);
	fin(w, f, 0);
	w->len = 100 + 24;
	uint32_t bye = frame(w, f, 1, FRAME_PAYLOAD);
	ev(w, EV_TCP_RST, 0, 0, 0);
	frame(w, f, 0, FRAME_RST);
	const struct visit *v = one(w);
	assert_string_equal(step_of(w, last), "5.3");
	assert_string_equal(step_of(w, bye), "5.4");
	assert_true(v->step[STEP_5_3].end == session_frame(&w->s, last)->time);
	assert_true(v->end == session_frame(&w->s, last + 1)->time);	/* its acknowledgement */

	static struct ladder l;
	ladder_build(&l, &w->s, v);
	unsigned found = 0;
	for (unsigned i = 0; i < l.n_rungs; i++) {
		if (l.rungs[i].kind != RUNG_BOTH)
			continue;
		found++;
		assert_int_equal(l.rungs[i].step, STEP_5_3);
		assert_non_null(strstr(l.rungs[i].label, " 3 packets"));
	}
	assert_int_equal(found, 1);
	world_free(w);
}

/* A connection that was opened in advance: its end is no handshake either. */
static void goodbye_of_a_spare_one(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t f = tcp_open(w, "203.0.113.80", 443), spare = tcp_open(w, "203.0.113.80", 443);
	tls_shake(w, f, "www.lab.test");
	tls_shake(w, spare, "www.lab.test");
	tls_talk(w, f);
	fin(w, spare, 0);
	ev(w, EV_TLS_ENCRYPTED, 23, 19, 0);
	w->len = 100 + 24;
	uint32_t bye = frame(w, spare, 1, FRAME_PAYLOAD);
	one(w);
	assert_string_equal(step_of(w, bye), "5.4");
	world_free(w);
}

/* Who asks and hangs up still wants the answer. */
static void answer_behind_the_fin(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t f = tcp_open(w, "203.0.113.80", 443);
	tls_shake(w, f, "www.lab.test");
	tls_talk(w, f);		/* what was answered before says nothing of this one */
	ev(w, EV_TLS_ENCRYPTED, 23, 400, 0);
	frame(w, f, 0, FRAME_PAYLOAD);
	fin(w, f, 0);
	ev(w, EV_TLS_ENCRYPTED, 23, 1200, 0);
	frame(w, f, 1, FRAME_PAYLOAD);
	uint32_t last = frame(w, f, 1, FRAME_PAYLOAD);
	fin(w, f, 1);
	const struct visit *v = one(w);
	assert_string_equal(step_of(w, last), "5.3");
	ends_with(w, v, last);
	world_free(w);
}

/* A record as long as an alert, and then the FIN: that is hanging up, and no request. */
static void own_goodbye(void **state)
{
	(void)state;
	for (int used = 0; used < 2; used++) {
		struct world *w = world_new();
		uint32_t f = tcp_open(w, "203.0.113.80", 443);
		tls_shake(w, f, "www.lab.test");
		if (used)
			tls_talk(w, f);
		ev(w, EV_TLS_ENCRYPTED, 23, 19, 0);
		uint32_t bye = frame(w, f, 0, FRAME_PAYLOAD);
		session_frame(&w->s, bye)->len = 100 + 24;
		close_both(w, f);
		const struct visit *v = one(w);
		assert_string_equal(step_of(w, bye), "5.4");
		state_is(v, STEP_5_3, used ? "inferred" : "absent");
		assert_true(v->step[STEP_5_4].start == session_frame(&w->s, bye)->time);
		world_free(w);
	}
}

static uint32_t quic_packet(struct world *w, uint32_t f, uint8_t dir, int type)
{
	if (type >= 0)
		ev(w, EV_QUIC_LONG, 1, (uint32_t)type, 0);
	else if (type == -1)
		ev(w, EV_QUIC_SHORT, 0, 0, 0);
	return frame(w, f, dir, FRAME_PAYLOAD);
}

/* A QUIC connection up to its handshake's end; the next frames are those of the page. */
static uint32_t quic_shake(struct world *w)
{
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = flow_new(w, w->client, address(w, "203.0.113.80"), 443, 17);
	session_conn(&w->s, f)->number = 1;
	hosts(w, f, 0);
	quic_packet(w, f, 0, 0);
	hosts(w, f, 1);
	quic_packet(w, f, 1, 0);
	quic_packet(w, f, 1, 2);
	quic_packet(w, f, 1, -1);	/* the server may send before the client has finished */
	quic_packet(w, f, 0, 2);
	return f;
}

/* QUIC hides its goodbye; what the client sends and nobody answers takes no time of the page. */
static void quic_end(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t f = quic_shake(w);
	quic_packet(w, f, 0, -1);
	uint32_t answer = quic_packet(w, f, 1, -1);
	pass(w, 1000);
	quic_packet(w, f, 0, -2);
	ends_with(w, one(w), answer);
	world_free(w);
}

/* Only packets with a short header are the page's: not a Handshake packet between them. */
static void quic_short_headers(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t f = quic_shake(w);
	uint32_t ask = quic_packet(w, f, 0, -1);
	uint32_t late = quic_packet(w, f, 1, -2);	/* a further Handshake packet: no event */
	uint32_t answer = quic_packet(w, f, 1, -1);
	const struct visit *v = one(w);
	assert_string_equal(step_of(w, ask), "5.3");
	assert_string_equal(step_of(w, late), "5.2");
	assert_string_equal(step_of(w, answer), "5.3");
	assert_int_equal(ask, 8);
	assert_non_null(strstr(v->step[STEP_5_3].because, "short header: the client's from "
			       "frame 8 on"));
	assert_non_null(strstr(v->step[STEP_5_3].because, "from frame 10 on"));
	assert_null(strstr(v->step[STEP_5_3].because, "first to send"));
	world_free(w);
}

/* Whether a session was resumed only a ServerHello tells: QUIC's is not opened. */
static void resumed_if_seen(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t f = quic_shake(w);
	quic_packet(w, f, 0, -1);
	quic_packet(w, f, 1, -1);
	const struct visit *v = one(w);
	assert_null(fact(v, STEP_5_2, "resumed"));
	assert_string_equal(fact_is(v, STEP_5_2, "version"), "1.3");
	assert_true(v->connections[0].tls.seen);
	assert_false(v->connections[0].tls.hello_read);
	assert_non_null(strstr(v->step[STEP_5_2].remark, "server's name"));
	assert_non_null(strstr(v->step[STEP_5_2].remark, "does not open"));
	world_free(w);

	w = world_new();
	f = tcp_open(w, "203.0.113.80", 443);
	tls_shake(w, f, "www.lab.test");
	tls_talk(w, f);
	v = one(w);
	assert_non_null(fact(v, STEP_5_2, "resumed"));
	assert_true(v->connections[0].tls.hello_read);
	world_free(w);
}

/* A connection that was up before is first seen, it does not begin; and nothing is reasoned. */
static void joined_in_the_middle(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t f = flow_new(w, w->client, address(w, "203.0.113.80"), 443, 6);
	hosts(w, f, 0);
	ev(w, EV_TCP_MIDDLE, 0, 0, 0);
	ev(w, EV_TLS_ENCRYPTED, 23, 400, 0);
	frame(w, f, 0, FRAME_PAYLOAD);
	hosts(w, f, 1);
	ev(w, EV_TLS_ENCRYPTED, 23, 1200, 0);
	frame(w, f, 1, FRAME_PAYLOAD);
	const struct visit *v = one(w);
	assert_non_null(strstr(v->step[STEP_1].because, "is first seen in frame 1;"));
	assert_non_null(strstr(v->step[STEP_5].because, "is first seen in frame 1 "));
	assert_non_null(strstr(v->step[STEP_5_3].because, "joins the connection in the middle"));
	assert_null(strstr(v->step[STEP_5_3].because, "handshake"));
	assert_null(fact(v, STEP_5_2, "outcome"));
	for (int i = STEP_2; i <= STEP_2_3; i++) {
		state_is(v, i, "unknown");
		assert_non_null(strstr(v->step[i].explain, "cannot be told."));
		assert_non_null(strstr(v->step[i].because, "had found the address before that"));
	}
	assert_false(v->connections[0].tls.hello_read);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goodbye_behind_the_fin),
		cmocka_unit_test(goodbye_of_a_spare_one),
		cmocka_unit_test(answer_behind_the_fin),
		cmocka_unit_test(own_goodbye),
		cmocka_unit_test(quic_end),
		cmocka_unit_test(quic_short_headers),
		cmocka_unit_test(resumed_if_seen),
		cmocka_unit_test(joined_in_the_middle),
	};
	return cmocka_run_group_tests_name("steps_ends", tests, NULL, NULL);
}
