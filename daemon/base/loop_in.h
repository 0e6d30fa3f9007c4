/*
 * loop_in - what the loop*.c files share; for them only.
 */
#ifndef EVENKEEL_BASE_LOOP_IN_H
#define EVENKEEL_BASE_LOOP_IN_H

#include <sys/queue.h>
#include <sys/types.h>

#include "base/loop.h"

struct event;

LIST_HEAD(loop_children, loop_child);
LIST_HEAD(loop_talks, loop_talk);
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
	struct loop_talks talks;       /* the same */
	struct loop_timers timers;
#ifdef EK_TEST_BUILD
	const char *clock_path; /* EVENKEEL_TEST_CLOCK; NULL: real time */
	int64_t *told;          /* the last read: Unix ms, and the other's */
	struct event *look;     /* SIGUSR1 */
#endif
};

/* --- loop_child.c --- */
void loop_children_reap(struct loop *loop); /* on SIGCHLD */
void loop_children_end(struct loop *loop);  /* kills and waits */
/* Starts argv with these as stdin and stdout; nothing else of ours is
 * inherited.  desktop: what a desktop's helper needs of the environment, too.
 * An errno, or 0. */
int loop_spawn(pid_t *ret_pid, const char *const argv[], int in_fd, int out_fd,
    bool desktop);

/* --- loop_talk.c --- */
void loop_talks_reap(struct loop *loop);
void loop_talks_end(struct loop *loop); /* a moment to end, then killed */

#endif
