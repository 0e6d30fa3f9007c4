/*
 * loop_talk - lines to and from a helper; its end told once, always reaped.
 *
 * Every way to end goes over its being reaped: rubbish and an end of file kill
 * it, and SIGCHLD does the rest.  Only one that could not be started has
 * nothing to be reaped: the limit's timer tells its end in the next turn.
 */
#include "base/loop_talk.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/loop_in.h"

#define LOOK_MS 10

struct loop_talk {
	LIST_ENTRY(loop_talk) link; /* loop->talks */
	struct loop *loop;
	struct loop_talk_cbs cbs;
	pid_t pid; /* 0: not started, or reaped */
	int fd;    /* -1: closed */
	struct event *heard;
	struct event *limit;
	char line[LOOP_TALK_LINE_MAX + 1];
	size_t len;
	size_t total;
	bool spoiled; /* killed by us */
	bool telling;
	bool freed; /* by its owner: no callback any more */
};

static void
close_socket(struct loop_talk *talk)
{
	if (talk->heard != NULL)
		event_free(talk->heard);
	talk->heard = NULL;
	if (talk->fd >= 0)
		close(talk->fd);
	talk->fd = -1;
}

static void
really_free(struct loop_talk *talk)
{
	LIST_REMOVE(talk, link);
	close_socket(talk);
	if (talk->limit != NULL)
		event_free(talk->limit);
	free(talk);
}

/* It leads its own group, so what it started goes with it. */
static void
kill_talk(struct loop_talk *talk)
{
	talk->spoiled = true;
	close_socket(talk);
	if (talk->pid <= 0)
		return;
	kill(-talk->pid, SIGKILL);
	kill(talk->pid, SIGKILL);
}

static void
tell_end(struct loop_talk *talk, int status)
{
	event_del(talk->limit);
	close_socket(talk);
	if (!talk->freed) {
		talk->telling = true;
		talk->cbs.end_cb(talk->spoiled ? -1 : status, talk->cbs.arg);
		talk->telling = false;
	}
	if (talk->freed)
		really_free(talk);
}

/* --- what it says --- */

static void
tell_line(struct loop_talk *talk)
{
	talk->line[talk->len] = '\0';
	talk->len = 0;
	event_del(talk->limit);
	talk->telling = true;
	talk->cbs.line_cb(talk->line, talk->cbs.arg);
	talk->telling = false;
}

/* False when this byte was one too many, or none of a line's. */
static bool
take_byte(struct loop_talk *talk, char byte)
{
	if (++talk->total > LOOP_TALK_TOTAL_MAX)
		return false;
	if (byte == '\n') {
		tell_line(talk);
		return true;
	}
	if (byte < ' ' || byte > '~' || talk->len == LOOP_TALK_LINE_MAX)
		return false;
	talk->line[talk->len++] = byte;
	return true;
}

/* What is there now.  False: the end of file, or it was killed. */
static bool
hear(struct loop_talk *talk)
{
	char bytes[512];
	ssize_t got, i;

	while (talk->fd >= 0 && !talk->freed) {
		got = recv(talk->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return true;
		if (got <= 0)
			return false;
		for (i = 0; i < got && talk->fd >= 0 && !talk->freed; i++)
			if (!take_byte(talk, bytes[i]))
				kill_talk(talk);
	}
	return false;
}

/* Freed from within a callback: what loop_talk_free does, but now. */
static void
let_go(struct loop_talk *talk)
{
	struct timeval grace = {LOOP_TALK_GRACE_MS / 1000, 0};

	close_socket(talk);
	if (talk->pid <= 0)
		really_free(talk);
	else if (event_add(talk->limit, &grace) != 0)
		kill_talk(talk);
}

static void
heard_cb(evutil_socket_t fd, short what, void *arg)
{
	struct loop_talk *talk = arg;

	(void)fd;
	(void)what;
	if (hear(talk))
		return;
	if (talk->freed)
		let_go(talk);
	else if (!talk->spoiled) {
		/* it closed its end: it has a moment to exit by itself */
		struct timeval grace = {LOOP_TALK_GRACE_MS / 1000, 0};

		close_socket(talk);
		if (event_add(talk->limit, &grace) != 0)
			kill_talk(talk);
	}
}

static void
limit_cb(evutil_socket_t fd, short what, void *arg)
{
	struct loop_talk *talk = arg;

	(void)fd;
	(void)what;
	kill_talk(talk);
	if (talk->pid <= 0)
		tell_end(talk, -1); /* it never started */
}

/* --- its end --- */

static void
reaped(struct loop_talk *talk, int wait_status)
{
	talk->pid = 0;
	if (!talk->spoiled)
		(void)hear(talk);
	tell_end(talk, WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1);
}

void
loop_talks_reap(struct loop *loop)
{
	struct loop_talk *talk = LIST_FIRST(&loop->talks);
	int wait_status;

	while (talk != NULL) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): LIST_REMOVE */
		if (talk->pid <= 0 ||
		    waitpid(talk->pid, &wait_status, WNOHANG) != talk->pid) {
			talk = LIST_NEXT(talk, link);
			continue;
		}
		reaped(talk, wait_status);
		/* Whom it told may have freed any of them. */
		talk = LIST_FIRST(&loop->talks);
	}
}

/* Where the kernel (or valgrind) has no pidfd: looks again and again. */
static void
look_a_moment(pid_t pid)
{
	siginfo_t info;
	int i;

	for (i = 0; i < LOOP_TALK_GRACE_MS / LOOK_MS; i++) {
		info.si_pid = 0;
		if (waitid(P_PID, (id_t)pid, &info,
			WEXITED | WNOHANG | WNOWAIT) != 0 ||
		    info.si_pid != 0)
			return;
		(void)poll(NULL, 0, LOOK_MS);
	}
}

static void
wait_a_moment(pid_t pid)
{
	struct pollfd end = {.events = POLLIN};

	end.fd = pidfd_open(pid, 0);
	if (end.fd < 0) {
		look_a_moment(pid);
		return;
	}
	(void)poll(&end, 1, LOOP_TALK_GRACE_MS);
	close(end.fd);
}

void
loop_talks_end(struct loop *loop)
{
	struct loop_talk *talk;

	while ((talk = LIST_FIRST(&loop->talks)) != NULL) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): LIST_REMOVE */
		close_socket(talk);
		if (talk->pid > 0 && !talk->spoiled)
			wait_a_moment(talk->pid);
		kill_talk(talk);
		while (talk->pid > 0 && waitpid(talk->pid, NULL, 0) < 0 &&
		       errno == EINTR)
			continue;
		really_free(talk);
	}
}

/* --- starting, saying --- */

static enum ek_err
start(struct loop_talk *talk, const char *const argv[])
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return EK_IO;
	talk->fd = pair[0];
	if (loop_spawn(&talk->pid, argv, pair[1], pair[1], true) != 0)
		talk->pid = 0; /* told as -1 */
	close(pair[1]);
	return EK_OK;
}

static enum ek_err
watch(struct loop_talk *talk)
{
	struct timeval at_once = {0, 0};

	talk->limit = evtimer_new(talk->loop->base, limit_cb, talk);
	talk->heard = event_new(
	    talk->loop->base, talk->fd, EV_READ | EV_PERSIST, heard_cb, talk);
	if (talk->limit == NULL || talk->heard == NULL)
		return EK_NOMEM;
	if (talk->pid <= 0)
		return event_add(talk->limit, &at_once) == 0 ? EK_OK : EK_NOMEM;
	return event_add(talk->heard, NULL) == 0 ? EK_OK : EK_NOMEM;
}

enum ek_err
loop_talk_start(struct loop *loop, const char *const argv[],
    const struct loop_talk_cbs *cbs, struct loop_talk **ret)
{
	struct loop_talk *talk = calloc(1, sizeof(*talk));
	enum ek_err err;

	if (talk == NULL)
		return EK_NOMEM;
	LIST_INSERT_HEAD(&loop->talks, talk, link);
	talk->loop = loop;
	talk->cbs = *cbs;
	talk->fd = -1;
	err = start(talk, argv);
	if (err == EK_OK)
		err = watch(talk);
	if (err == EK_OK) {
		*ret = talk;
		return EK_OK;
	}
	talk->freed = true;
	kill_talk(talk);
	if (talk->pid <= 0)
		really_free(talk);
	return err;
}

enum ek_err
loop_talk_say(struct loop_talk *talk, const char *line)
{
	size_t len = strlen(line) + 1;
	char *whole;
	ssize_t put;

	if (talk->fd < 0 || talk->pid <= 0)
		return EK_UNREACHABLE;
	whole = malloc(len);
	if (whole == NULL)
		return EK_NOMEM;
	memcpy(whole, line, len - 1);
	whole[len - 1] = '\n';
	put = send(talk->fd, whole, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	explicit_bzero(whole, len);
	free(whole);
	if (put == (ssize_t)len)
		return EK_OK;
	kill_talk(talk);
	return EK_UNREACHABLE;
}

void
loop_talk_limit(struct loop_talk *talk, int ms)
{
	struct timeval limit = {ms / 1000, ms % 1000 * 1000};

	if (talk->pid <= 0)
		return; /* its end is on the way */
	if (ms <= 0)
		event_del(talk->limit);
	else
		(void)!event_add(talk->limit, &limit);
}

void
loop_talk_free(struct loop_talk *talk)
{
	if (talk == NULL)
		return;
	talk->freed = true;
	if (!talk->telling)
		let_go(talk);
}
