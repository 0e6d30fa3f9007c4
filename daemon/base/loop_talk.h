/*
 * loop_talk - a helper of the desktop that stays a while, and lines both ways.
 *
 * One socket is its stdin and stdout.  What it says is read line by line and
 * bounded; whoever says too much, too long a line or control characters is
 * killed.  Orders that it does not take in are its end as well: nothing is
 * queued for it here.
 */
#ifndef EVENKEEL_BASE_LOOP_TALK_H
#define EVENKEEL_BASE_LOOP_TALK_H

#include "base/loop.h"

#define LOOP_TALK_LINE_MAX  256   /* bytes of one line it says */
#define LOOP_TALK_TOTAL_MAX 65536 /* bytes it may say in its life */
#define LOOP_TALK_GRACE_MS  2000  /* to end by itself once it is let go */

/* A line without its newline: printable ASCII.  May free the talk. */
typedef void (*loop_talk_line_cb)(const char *line, void *arg);
/* Once, when it ended and was reaped, after its last line: its exit status,
 * or -1 (killed, said rubbish, could not be started).  May free the talk. */
typedef void (*loop_talk_end_cb)(int status, void *arg);

struct loop_talk_cbs {
	loop_talk_line_cb line_cb;
	loop_talk_end_cb end_cb;
	void *arg;
};

struct loop_talk;
/* Runs argv[0] (absolute, or found in PATH) in a group of its own, without
 * fds of ours, /dev/null as stderr.  Never calls back from within. */
enum ek_err loop_talk_start(struct loop *loop, const char *const argv[],
    const struct loop_talk_cbs *cbs, struct loop_talk **ret) EK_MUST_USE;
/* The line and a newline.  EK_UNREACHABLE: it is gone, or about to be killed;
 * end_cb comes either way. */
enum ek_err loop_talk_say(struct loop_talk *talk, const char *line) EK_MUST_USE;
/* Killed unless it says a line within ms; 0: it may be silent. */
void loop_talk_limit(struct loop_talk *talk, int ms);
/* Lets go of it: it reads the end of file, has the grace to end, is reaped.
 * No callback after this.  NULL is fine. */
void loop_talk_free(struct loop_talk *talk);

#endif
