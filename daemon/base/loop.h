/*
 * loop - the event base, signals, timers and the clock everyone asks.
 *
 * One turn of the loop is: wait, run what came, then the turn's tail (commit,
 * then send the answers).  Only builds with EK_TEST_BUILD (never release) can
 * be told the time: EVENKEEL_TEST_CLOCK names a file that holds Unix ms and,
 * where the clock was set meanwhile, behind a space the other clock's ms; it
 * is read at each look, and SIGUSR1 makes armed timers look again.
 */
#ifndef EVENKEEL_BASE_LOOP_H
#define EVENKEEL_BASE_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evenkeel/err.h"

struct event_base;
struct loop;
struct loop_timer;

typedef void (*loop_cb)(void *arg);

/* tail runs after every turn that ran something; stop once on SIGTERM or
 * SIGINT.  SIGPIPE and SIGXFSZ are ignored from here on, and libevent wipes
 * what it frees. */
enum ek_err loop_new(loop_cb tail_cb, void *arg, struct loop **ret) EK_MUST_USE;
/* After the timers, children and servers on it are freed; running children
 * that were freed are killed and reaped here. */
void loop_free(struct loop *loop);
struct event_base *loop_base(struct loop *loop); /* borrowed; for base/ only */
/* Until loop_stop or a signal; then the turn's tail runs, and two short turns
 * that do not wait, so that its answers leave. */
enum ek_err loop_run(struct loop *loop) EK_MUST_USE;
void loop_stop(struct loop *loop); /* after this turn's tail */

int64_t loop_now_ms(const struct loop *loop); /* Unix ms */
/* For how long something lasted or may last: a clock that goes on while the
 * machine sleeps and that nobody can set.  Its zero means nothing. */
int64_t loop_boot_ms(const struct loop *loop);

/* A timer at a wall-clock instant (timerfd CLOCK_REALTIME, cancelled when the
 * clock is set: cb then runs early and its owner looks again).  Zero wake-ups
 * before.  cb runs once a setting and may set the timer anew or free it;
 * due_ms <= 0 disarms; a due_ms in the past runs cb in the next turn. */
enum ek_err loop_timer_new(struct loop *loop, loop_cb cb, void *arg,
    struct loop_timer **ret) EK_MUST_USE;
/* The same at an instant of loop_boot_ms (timerfd CLOCK_BOOTTIME). */
enum ek_err loop_timer_new_boot(struct loop *loop, loop_cb cb, void *arg,
    struct loop_timer **ret) EK_MUST_USE;
void loop_timer_free(struct loop_timer *timer);
enum ek_err loop_timer_set(
    struct loop_timer *timer, int64_t due_ms) EK_MUST_USE;

/* Runs argv[0] (absolute, or found in PATH) with input on its stdin (the pipe,
 * never an argument), collects at most out_max bytes of its stdout, kills it
 * and what it started after limit_ms.  It gets no fds of ours, /dev/null as
 * stderr and a short list of the environment.  done_cb, never called from
 * within loop_child_run, gets the exit status (-1: killed, said too much, or
 * could not be started) and may free the child.  Output is wiped after
 * done_cb. */
typedef void (*loop_child_cb)(
    int status, const char *out, size_t len, void *arg);
struct loop_child;
enum ek_err loop_child_run(struct loop *loop, const char *const argv[],
    const void *input, size_t input_len, size_t out_max, int limit_ms,
    loop_child_cb done_cb, void *arg, struct loop_child **ret) EK_MUST_USE;
/* Kills it if it runs; done_cb is not called. */
void loop_child_free(struct loop_child *child);

#endif
