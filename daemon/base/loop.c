/*
 * loop - one thread, one event base, no wake-up that nobody asked for.
 *
 * libevent's own timers run on the monotonic clock, which stops in suspend and
 * knows nothing of the clock being set: for instants of the day, and for what
 * is to last no longer because the clock was set, there is timerfd (DESIGN.md,
 * Time).
 */
#include "base/loop.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/hard.h"
#include "base/loop_in.h"

struct loop_timer {
	LIST_ENTRY(loop_timer) link; /* loop->timers */
	struct loop *loop;
	loop_cb cb;
	void *arg;
	bool boot; /* by loop_boot_ms */
	int fd;
	struct event *event;
	int64_t due_ms; /* 0: not armed */
};

/* --- the clock --- */

static int64_t
clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#ifdef EK_TEST_BUILD
/* A test writes the file beside and renames it: it is whole or not there.
 * What was read stands while it cannot be: for want of an fd, time does not
 * leap to the real day. */
static int64_t
told_ms(const struct loop *loop, bool boot)
{
	char text[64] = "", *end;
	int fd = open(loop->clock_path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	if (fd >= 0) {
		got = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	if (got > 0) {
		loop->told[0] = loop->told[1] = strtoll(text, &end, 10);
		if (*end == ' ')
			loop->told[1] = strtoll(end, NULL, 10);
	}
	if (loop->told[boot] == 0)
		return clock_ms(boot ? CLOCK_BOOTTIME : CLOCK_REALTIME);
	return loop->told[boot];
}

static void
look_cb(evutil_socket_t sig, short what, void *arg)
{
	struct loop *loop = arg;
	struct loop_timer *timer;

	(void)sig;
	(void)what;
	LIST_FOREACH (timer, &loop->timers, link)
		if (timer->due_ms != 0)
			event_active(timer->event, EV_TIMEOUT, 0);
}

static enum ek_err
start_told_clock(struct loop *loop)
{
	loop->clock_path = getenv("EVENKEEL_TEST_CLOCK");
	if (loop->clock_path == NULL)
		return EK_OK;
	loop->told = calloc(2, sizeof(*loop->told));
	if (loop->told == NULL)
		return EK_NOMEM;
	loop->look = evsignal_new(loop->base, SIGUSR1, look_cb, loop);
	if (loop->look == NULL || event_add(loop->look, NULL) != 0)
		return EK_NOMEM;
	return EK_OK;
}
#endif

int64_t
loop_now_ms(const struct loop *loop)
{
#ifdef EK_TEST_BUILD
	if (loop->clock_path != NULL)
		return told_ms(loop, false);
#endif
	(void)loop;
	return clock_ms(CLOCK_REALTIME);
}

int64_t
loop_boot_ms(const struct loop *loop)
{
#ifdef EK_TEST_BUILD
	if (loop->clock_path != NULL)
		return told_ms(loop, true);
#endif
	(void)loop;
	return clock_ms(CLOCK_BOOTTIME);
}

/* --- timers --- */

static void
timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct loop_timer *timer = arg;
	uint64_t times;

	/* ECANCELED: the clock was set.  Its owner looks either way; only a
	 * wake-up for nothing (set anew meanwhile) is not passed on. */
	if ((what & EV_TIMEOUT) == 0 && read(fd, &times, sizeof(times)) < 0 &&
	    errno != ECANCELED)
		return;
	if (timer->due_ms == 0)
		return;
	timer->due_ms = 0;
	timer->cb(timer->arg); /* may free the timer */
}

static enum ek_err
timer_new(struct loop *loop, bool boot, loop_cb cb, void *arg,
    struct loop_timer **ret)
{
	struct loop_timer *timer = calloc(1, sizeof(*timer));

	if (timer == NULL)
		return EK_NOMEM;
	timer->loop = loop;
	timer->cb = cb;
	timer->arg = arg;
	timer->boot = boot;
	LIST_INSERT_HEAD(&loop->timers, timer, link);
	timer->fd = timerfd_create(
	    boot ? CLOCK_BOOTTIME : CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (timer->fd < 0) {
		loop_timer_free(timer);
		return EK_IO;
	}
	timer->event = event_new(
	    loop->base, timer->fd, EV_READ | EV_PERSIST, timer_cb, timer);
	if (timer->event == NULL || event_add(timer->event, NULL) != 0) {
		loop_timer_free(timer);
		return EK_NOMEM;
	}
	*ret = timer;
	return EK_OK;
}

enum ek_err
loop_timer_new(
    struct loop *loop, loop_cb cb, void *arg, struct loop_timer **ret)
{
	return timer_new(loop, false, cb, arg, ret);
}

enum ek_err
loop_timer_new_boot(
    struct loop *loop, loop_cb cb, void *arg, struct loop_timer **ret)
{
	return timer_new(loop, true, cb, arg, ret);
}

void
loop_timer_free(struct loop_timer *timer)
{
	if (timer == NULL)
		return;
	LIST_REMOVE(timer, link);
	if (timer->event != NULL)
		event_free(timer->event);
	if (timer->fd >= 0)
		close(timer->fd);
	free(timer);
}

enum ek_err
loop_timer_set(struct loop_timer *timer, int64_t due_ms)
{
	int flags = TFD_TIMER_ABSTIME;
	struct itimerspec spec;

	memset(&spec, 0, sizeof(spec));
	if (due_ms < 0)
		due_ms = 0;
	timer->due_ms = due_ms;
#ifdef EK_TEST_BUILD
	if (timer->loop->clock_path != NULL) {
		if (due_ms > 0 && due_ms <= told_ms(timer->loop, timer->boot))
			event_active(timer->event, EV_TIMEOUT, 0);
		return EK_OK;
	}
#endif
	spec.it_value.tv_sec = (time_t)(due_ms / 1000);
	spec.it_value.tv_nsec = (long)(due_ms % 1000) * 1000000;
	if (!timer->boot) /* the other clock cannot be set */
		flags |= TFD_TIMER_CANCEL_ON_SET;
	if (timerfd_settime(timer->fd, flags, &spec, NULL) == 0)
		return EK_OK;
	/* After a clock change the kernel reports the cancel here, too, and
	 * has set the timer nevertheless (timerfd_create(2)). */
	return errno == ECANCELED ? EK_OK : EK_IO;
}

/* --- the loop --- */

static void
stop_cb(evutil_socket_t sig, short what, void *arg)
{
	(void)sig;
	(void)what;
	loop_stop(arg);
}

static void
child_cb(evutil_socket_t sig, short what, void *arg)
{
	(void)sig;
	(void)what;
	loop_children_reap(arg);
	loop_talks_reap(arg);
}

static struct event *
on_signal(struct loop *loop, int sig, event_callback_fn cb)
{
	struct event *event = evsignal_new(loop->base, sig, cb, loop);

	if (event != NULL && event_add(event, NULL) != 0) {
		event_free(event);
		return NULL;
	}
	return event;
}

/* EVENT_NOEPOLL and its like in the environment are not for us. */
static struct event_base *
new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config != NULL &&
	    event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV) == 0)
		base = event_base_new_with_config(config);
	if (config != NULL)
		event_config_free(config);
	return base;
}

enum ek_err
loop_new(loop_cb tail_cb, void *arg, struct loop **ret)
{
	struct loop *loop = calloc(1, sizeof(*loop));
	enum ek_err err = EK_NOMEM;

	if (loop == NULL)
		return EK_NOMEM;
	LIST_INIT(&loop->children);
	LIST_INIT(&loop->talks);
	LIST_INIT(&loop->timers);
	loop->tail_cb = tail_cb;
	loop->arg = arg;
	/* Bodies and headers pass through evhttp's own buffers. */
	event_set_mem_functions(malloc, hard_realloc, hard_free);
	loop->base = new_base();
	if (loop->base == NULL)
		goto out;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a limit on files is an error, no end */
	loop->term = on_signal(loop, SIGTERM, stop_cb);
	loop->intr = on_signal(loop, SIGINT, stop_cb);
	loop->chld = on_signal(loop, SIGCHLD, child_cb);
	if (loop->term == NULL || loop->intr == NULL || loop->chld == NULL)
		goto out;
#ifdef EK_TEST_BUILD
	if (start_told_clock(loop) != EK_OK)
		goto out;
#endif
	*ret = loop;
	loop = NULL; /* handed over */
	err = EK_OK;
out:
	loop_free(loop);
	return err;
}

void
loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	loop_children_end(loop);
	loop_talks_end(loop);
	if (loop->term != NULL)
		event_free(loop->term);
	if (loop->intr != NULL)
		event_free(loop->intr);
	if (loop->chld != NULL)
		event_free(loop->chld);
#ifdef EK_TEST_BUILD
	if (loop->look != NULL)
		event_free(loop->look);
	free(loop->told);
#endif
	if (loop->base != NULL)
		event_base_free(loop->base);
	free(loop);
}

struct event_base *
loop_base(struct loop *loop)
{
	return loop->base;
}

static enum ek_err
turn(struct loop *loop, int flags)
{
	if (event_base_loop(loop->base, flags) < 0)
		return EK_IO;
	if (loop->tail_cb != NULL)
		loop->tail_cb(loop->arg);
	return EK_OK;
}

enum ek_err
loop_run(struct loop *loop)
{
	enum ek_err err = EK_OK;
	int i;

	loop->stop = false;
	while (!loop->stop && err == EK_OK)
		err = turn(loop, EVLOOP_ONCE);
	/* What the last tail acknowledged is committed; let it be heard. */
	for (i = 0; i < 2 && err == EK_OK; i++)
		err = turn(loop, EVLOOP_NONBLOCK);
	return err;
}

void
loop_stop(struct loop *loop)
{
	loop->stop = true;
}
