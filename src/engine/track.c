/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * track: what is news in a TCP segment and what is not: retransmission, out of order, duplicate
 * acknowledgement, keep-alive, windows. The rules and their order are those that Wireshark's
 * users know (its user's guide, section 7.5 "TCP Analysis").
 */
#include "engine/engine.h"

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };
enum { QUICK = 20000000, NEAR = 3000000 };	/* ns: fast retransmission; out of order */

static int32_t seq_diff(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

static bool is_keep_alive(const struct tcp_segment *t, const struct half_track *me)
{
	return t->len <= 1 && !(t->flags & (SYN | FIN | RST)) && me->seen
		&& t->seq == me->next_seq - 1;
}

/* What a segment without data says. */
static void track_ack(struct dissect *d, struct half_track *me, const struct half_track *peer)
{
	const struct tcp_segment *t = &d->tcp;
	bool same_place = me->seen && t->seq == me->next_seq && me->acked && t->ack == me->last_ack;
	if (!same_place || t->len || (t->flags & (SYN | FIN | RST)))
		return;
	if (t->window != me->window) {
		note(d, NOTE_TCP_WINDOW_UPDATE);
	} else if (peer->keep_alive) {
		note(d, NOTE_TCP_KEEP_ALIVE_ACK);
	} else if (t->window && peer->seen && seq_diff(peer->next_seq, t->ack) > 0) {
		note(d, NOTE_TCP_DUP_ACK);
		if (me->dup_acks < 255)
			me->dup_acks++;
	}
}

/* Bytes that were sent before: again, too late, or needlessly. */
static void track_again(struct dissect *d, const struct half_track *me,
			const struct half_track *peer, uint32_t end)
{
	const struct tcp_segment *t = &d->tcp;
	if (peer->acked && seq_diff(end, peer->last_ack) <= 0 && t->len)
		note(d, NOTE_TCP_SPURIOUS);
	else if (peer->dup_acks >= 2 && peer->last_ack == t->seq
		 && d->time - peer->last_ack_time < QUICK)
		note(d, NOTE_TCP_FAST_RETRANSMISSION);
	else if (d->time - me->next_seq_time < NEAR && me->next_seq != end)
		note(d, NOTE_TCP_OUT_OF_ORDER);
	else
		note(d, NOTE_TCP_RETRANSMISSION);
}

static void track_data(struct dissect *d, struct half_track *me, const struct half_track *peer,
		       uint32_t end)
{
	const struct tcp_segment *t = &d->tcp;
	if (!me->seen || (t->flags & RST))
		return;
	if (seq_diff(t->seq, me->next_seq) > 0)
		note(d, NOTE_TCP_LOST_SEGMENT);
	else if (is_keep_alive(t, me))
		note(d, t->len && peer->seen && !peer->window ? NOTE_TCP_ZERO_WINDOW_PROBE
		     : NOTE_TCP_KEEP_ALIVE);
	else if (end != t->seq && seq_diff(t->seq, me->next_seq) < 0)
		track_again(d, me, peer, end);
	if (t->len && peer->acked && peer->shift && !(t->flags & (SYN | FIN))
	    && end == peer->last_ack + (peer->window << (peer->shift - 1)))
		note(d, NOTE_TCP_WINDOW_FULL);
}

void tcp_track(struct dissect *d, struct flow *f)
{
	const struct tcp_segment *t = &d->tcp;
	struct half_track *me = &f->track[d->dir], *peer = &f->track[!d->dir];
	uint32_t end = t->seq + t->len + !!(t->flags & SYN) + !!(t->flags & FIN);
	track_data(d, me, peer, end);
	if (t->flags & ACK) {
		if (peer->seen && seq_diff(t->ack, peer->next_seq) > 0) {
			note(d, NOTE_TCP_ACK_LOST);
			peer->next_seq = t->ack;
		}
		track_ack(d, me, peer);
	}
	if (!t->window && !(t->flags & (SYN | FIN | RST)))
		note(d, NOTE_TCP_ZERO_WINDOW);
	me->keep_alive = is_keep_alive(t, me);
	if (!me->seen || seq_diff(end, me->next_seq) > 0) {
		me->next_seq = end;
		me->next_seq_time = d->time;
	}
	if (t->flags & ACK) {
		if (!me->acked || t->ack != me->last_ack) {
			me->last_ack_time = d->time;
			me->dup_acks = 0;
		}
		me->last_ack = t->ack;
		me->acked = true;
	}
	me->window = t->window;
	if (!me->seen && (t->flags & SYN))
		me->shift = t->window_shift;
	me->seen = true;
}
