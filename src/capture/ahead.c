/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/ahead.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"

enum ahead_state { AHEAD_IDLE, AHEAD_ASKED, AHEAD_BUSY, AHEAD_DONE, AHEAD_QUIT };

struct ahead {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum ahead_state state;	/* under the lock; it says whose the rest is */
	int fd;
	uint64_t at;
	void *bytes;
	size_t n;
	struct reading result;
};

struct reading read_at(int fd, uint64_t at, void *bytes, size_t n)
{
	struct reading r = { 0 };
	while (r.got < n) {
		ssize_t got = pread(fd, (uint8_t *)bytes + r.got, n - r.got, (off_t)(at + r.got));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			r.error = errno;
		if (got <= 0)
			break;
		r.got += (size_t)got;
	}
	return r;
}

static void *work(void *arg)
{
	struct ahead *a = arg;
	pthread_mutex_lock(&a->lock);
	for (;;) {
		while (a->state != AHEAD_ASKED && a->state != AHEAD_QUIT)
			pthread_cond_wait(&a->changed, &a->lock);
		if (a->state == AHEAD_QUIT)
			break;
		a->state = AHEAD_BUSY;
		pthread_mutex_unlock(&a->lock);
		struct reading r = read_at(a->fd, a->at, a->bytes, a->n);
		pthread_mutex_lock(&a->lock);
		a->result = r;
		a->state = AHEAD_DONE;
		pthread_cond_signal(&a->changed);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

/* Waits until the thread has nothing to do, then gives it the next state. The state before it. */
static enum ahead_state change(struct ahead *a, enum ahead_state state)
{
	pthread_mutex_lock(&a->lock);
	while (a->state == AHEAD_BUSY)
		pthread_cond_wait(&a->changed, &a->lock);
	enum ahead_state before = a->state;
	a->state = state;
	pthread_cond_signal(&a->changed);
	pthread_mutex_unlock(&a->lock);
	return before;
}

struct ahead *ahead_new(int fd)
{
	struct ahead *a = xcalloc(1, sizeof *a);
	sigset_t all, before;
	a->fd = fd;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
	sigfillset(&all);	/* signals are for the program's own thread */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&a->thread, NULL, work, a);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!failed)
		return a;
	free(a);
	return NULL;
}

void ahead_free(struct ahead *a)
{
	if (!a)
		return;
	(void)change(a, AHEAD_QUIT);
	pthread_join(a->thread, NULL);
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

void ahead_ask(struct ahead *a, uint64_t at, void *bytes, size_t n)
{
	a->at = at;
	a->bytes = bytes;
	a->n = n;
	(void)change(a, AHEAD_ASKED);
}

struct reading ahead_take(struct ahead *a)
{
	if (change(a, AHEAD_IDLE) == AHEAD_ASKED)
		return read_at(a->fd, a->at, a->bytes, a->n);
	return a->result;
}
