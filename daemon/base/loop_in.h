/*
 * loop_in - what loop.c and loop_child.c share; for these two files only.
 */
#ifndef EVENKEEL_BASE_LOOP_IN_H
#define EVENKEEL_BASE_LOOP_IN_H

#include <sys/queue.h>

#include "base/loop.h"

struct event;

LIST_HEAD(loop_children, loop_child);
LIST_HEAD(loop_timers, loop_timer);

struct loop {
	struct event_base *base;
	loop_cb tail_cb;
	void *arg;
	bool stop;
	struct event *term;
	struct event *intr;
	struct event *chld;
	struct loop_children children; /* running, or to be reaped */
	struct loop_timers timers;
#ifdef EK_TEST_BUILD
	const char *clock_path; /* EVENKEEL_TEST_CLOCK; NULL: real time */
	struct event *look;     /* SIGUSR1 */
#endif
};

/* --- loop_child.c --- */
void loop_children_reap(struct loop *loop); /* on SIGCHLD */
void loop_children_end(struct loop *loop);  /* kills and waits */

#endif
