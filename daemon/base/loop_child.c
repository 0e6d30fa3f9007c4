/*
 * loop_child - helpers run by the loop: input by the pipe, output bounded and
 * wiped, nothing of ours inherited, always reaped.
 *
 * A child is done when it was reaped and its output was read to what is there
 * then: a grandchild that keeps the pipe open is not waited for.  Freed while
 * it runs, it is killed and stays on the loop's list until it was reaped.
 */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/loop_in.h"

struct loop_child {
	LIST_ENTRY(loop_child) link; /* loop->children */
	struct loop *loop;
	loop_child_cb done_cb; /* NULL: freed by its owner */
	void *arg;
	pid_t pid;  /* 0: not started, or reaped */
	int status; /* what done_cb gets */
	bool telling;
	bool freed; /* while telling */
	char *in;   /* wiped */
	size_t in_len;
	size_t in_at;
	char *out; /* wiped; out_max + 1 bytes */
	size_t out_len;
	size_t out_max;
	int in_fd;
	int out_fd;
	struct event *in_event;
	struct event *out_event;
	struct event *limit;
};

/* What secret-tool needs to reach the session; nothing else of
 * ours is their business. */
static const char *const passed_on[] = {
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_MESSAGES",
    "LOGNAME",
    "PATH",
    "TZ",
    "USER",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
    /* a desktop's helper alone: which session this is, what opens a page */
    "BROWSER",
    "DBUS_SYSTEM_BUS_ADDRESS",
    "DESKTOP_SESSION",
    "LANGUAGE",
    "XDG_CONFIG_DIRS",
    "XDG_CONFIG_HOME",
    "XDG_CURRENT_DESKTOP",
    "XDG_DATA_DIRS",
    "XDG_SESSION_ID",
    "XDG_SESSION_TYPE",
};
#define PASSED_ON    (sizeof(passed_on) / sizeof(passed_on[0]))
#define DESKTOP_ONLY 10 /* the last of them */

extern char **environ;

static void
pick_environment(char *ret[PASSED_ON + 1], bool desktop)
{
	size_t n = 0, count = PASSED_ON - (desktop ? 0 : DESKTOP_ONLY), i, len;
	char **var;

	for (i = 0; i < count; i++) {
		len = strlen(passed_on[i]);
		for (var = environ; var != NULL && *var != NULL; var++)
			if (strncmp(*var, passed_on[i], len) == 0 &&
			    (*var)[len] == '=') {
				ret[n++] = *var;
				break;
			}
	}
	ret[n] = NULL;
}

static void
drop_event(struct event **event)
{
	if (*event != NULL)
		event_free(*event);
	*event = NULL;
}

static void
drop_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
wipe_free(char *data, size_t len)
{
	if (data == NULL)
		return;
	explicit_bzero(data, len);
	free(data);
}

static void
end_input(struct loop_child *child)
{
	drop_event(&child->in_event);
	drop_fd(&child->in_fd);
}

static void
really_free(struct loop_child *child)
{
	LIST_REMOVE(child, link);
	end_input(child);
	drop_event(&child->out_event);
	drop_fd(&child->out_fd);
	drop_event(&child->limit);
	wipe_free(child->in, child->in_len);
	wipe_free(child->out, child->out_max + 1);
	free(child);
}

/* It leads its own group, so what it started goes with it. */
static void
kill_child(struct loop_child *child)
{
	if (child->pid <= 0)
		return;
	kill(-child->pid, SIGKILL);
	kill(child->pid, SIGKILL);
}

static void
tell(struct loop_child *child)
{
	drop_event(&child->limit);
	drop_event(&child->out_event);
	end_input(child);
	child->out[child->out_len] = '\0';
	child->telling = true;
	child->done_cb(child->status, child->out, child->out_len, child->arg);
	child->telling = false;
	explicit_bzero(child->out, child->out_max + 1);
	child->out_len = 0;
	if (child->freed)
		really_free(child);
}

/* Everything that is there now; too much kills it. */
static void
read_output(struct loop_child *child)
{
	ssize_t got;
	char over;

	for (;;) {
		if (child->out_len == child->out_max)
			got = read(child->out_fd, &over, 1);
		else
			got = read(child->out_fd, child->out + child->out_len,
			    child->out_max - child->out_len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		if (child->out_len == child->out_max) {
			explicit_bzero(&over, 1);
			child->status = -1;
			kill_child(child);
			drop_event(&child->out_event);
			return;
		}
		child->out_len += (size_t)got;
	}
	if (got == 0) /* its end: nothing to wait for but the exit */
		drop_event(&child->out_event);
}

static void
output_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	read_output(arg);
}

static void
input_cb(evutil_socket_t fd, short what, void *arg)
{
	struct loop_child *child = arg;
	ssize_t put;

	(void)what;
	put = write(fd, child->in + child->in_at, child->in_len - child->in_at);
	if (put < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (put > 0)
		child->in_at += (size_t)put;
	if (put < 0 || child->in_at == child->in_len)
		end_input(child); /* its end of file */
}

static void
limit_cb(evutil_socket_t fd, short what, void *arg)
{
	struct loop_child *child = arg;

	(void)fd;
	(void)what;
	child->status = -1;
	if (child->pid > 0)
		kill_child(child); /* told when it was reaped */
	else
		tell(child); /* it never started */
}

static void
reaped(struct loop_child *child, int wait_status)
{
	bool spoiled = child->status < 0;

	child->pid = 0;
	if (child->done_cb == NULL) {
		really_free(child);
		return;
	}
	if (!spoiled) {
		child->status =
		    WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1;
		if (child->out_event != NULL)
			read_output(child);
	}
	tell(child);
}

void
loop_children_reap(struct loop *loop)
{
	struct loop_child *child = LIST_FIRST(&loop->children);
	int wait_status;

	while (child != NULL) {
		/* LIST_REMOVE took the freed ones off, through a pointer that
		 * the analyzer cannot follow. */
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		if (child->pid <= 0 ||
		    waitpid(child->pid, &wait_status, WNOHANG) != child->pid) {
			child = LIST_NEXT(child, link);
			continue;
		}
		reaped(child, wait_status);
		/* Whom it told may have freed any of them. */
		child = LIST_FIRST(&loop->children);
	}
}

void
loop_children_end(struct loop *loop)
{
	struct loop_child *child;

	while ((child = LIST_FIRST(&loop->children)) != NULL) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): as above */
		kill_child(child);
		while (child->pid > 0 && waitpid(child->pid, NULL, 0) < 0 &&
		       errno == EINTR)
			continue;
		really_free(child);
	}
}

/* --- starting --- */

int
loop_spawn(pid_t *ret_pid, const char *const argv[], int in_fd, int out_fd,
    bool desktop)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	char *env[PASSED_ON + 1];
	sigset_t none, all;
	int rc;

	pick_environment(env, desktop);
	rc = posix_spawn_file_actions_init(&actions);
	if (rc != 0)
		return rc;
	rc = posix_spawnattr_init(&attr);
	if (rc != 0) {
		posix_spawn_file_actions_destroy(&actions);
		return rc;
	}
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP |
					    POSIX_SPAWN_SETSIGMASK |
					    POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	rc = posix_spawn_file_actions_adddup2(&actions, in_fd, STDIN_FILENO);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(
		    &actions, out_fd, STDOUT_FILENO);
	if (rc == 0)
		rc = posix_spawn_file_actions_addopen(
		    &actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (rc == 0)
		rc = posix_spawn_file_actions_addclosefrom_np(
		    &actions, STDERR_FILENO + 1);
	if (rc == 0) /* argv is not written to; POSIX's type is older */
		rc = posix_spawnp(ret_pid, argv[0], &actions, &attr,
		    (char *const *)(uintptr_t)argv, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

static enum ek_err
start(struct loop_child *child, const char *const argv[])
{
	int in[2] = {-1, -1}, out[2] = {-1, -1};
	enum ek_err err = EK_IO;

	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
		goto out;
	child->in_fd = in[1];
	child->out_fd = out[0];
	in[1] = out[0] = -1; /* handed over */
	if (fcntl(child->in_fd, F_SETFL, O_NONBLOCK) != 0 ||
	    fcntl(child->out_fd, F_SETFL, O_NONBLOCK) != 0)
		goto out;
	if (loop_spawn(&child->pid, argv, in[0], out[1], false) != 0)
		child->pid = 0; /* told as -1 */
	err = EK_OK;
out:
	drop_fd(&in[0]);
	drop_fd(&in[1]);
	drop_fd(&out[0]);
	drop_fd(&out[1]);
	return err;
}

static enum ek_err
watch(struct loop_child *child, int limit_ms)
{
	struct event_base *base = child->loop->base;
	struct timeval limit = {0, 0};

	if (child->pid > 0) {
		limit.tv_sec = limit_ms / 1000;
		limit.tv_usec = limit_ms % 1000 * 1000;
	}
	child->limit = evtimer_new(base, limit_cb, child);
	child->out_event = event_new(
	    base, child->out_fd, EV_READ | EV_PERSIST, output_cb, child);
	child->in_event = event_new(
	    base, child->in_fd, EV_WRITE | EV_PERSIST, input_cb, child);
	if (child->limit == NULL || child->out_event == NULL ||
	    child->in_event == NULL || event_add(child->limit, &limit) != 0)
		return EK_NOMEM;
	if (child->pid <= 0)
		return EK_OK;
	if (event_add(child->out_event, NULL) != 0)
		return EK_NOMEM;
	if (child->in_len == 0)
		end_input(child);
	else if (event_add(child->in_event, NULL) != 0)
		return EK_NOMEM;
	return EK_OK;
}

/* NOLINTBEGIN(readability-function-size): nine words of one sentence */
enum ek_err
loop_child_run(struct loop *loop, const char *const argv[], const void *input,
    size_t input_len, size_t out_max, int limit_ms, loop_child_cb done_cb,
    void *arg, struct loop_child **ret)
{
	struct loop_child *child = calloc(1, sizeof(*child));
	enum ek_err err = EK_NOMEM;

	if (child == NULL)
		return EK_NOMEM;
	LIST_INSERT_HEAD(&loop->children, child, link);
	child->loop = loop;
	child->done_cb = done_cb;
	child->arg = arg;
	child->in_fd = child->out_fd = -1;
	child->in_len = input_len;
	child->out_max = out_max;
	child->in = malloc(input_len + 1);
	child->out = calloc(1, out_max + 1);
	if (child->in == NULL || child->out == NULL)
		goto out;
	if (input_len > 0)
		memcpy(child->in, input, input_len);
	err = start(child, argv);
	if (err == EK_OK)
		err = watch(child, limit_ms);
	if (err != EK_OK)
		goto out;
	*ret = child;
	child = NULL; /* handed over */
out:
	loop_child_free(child);
	return err;
}

/* NOLINTEND(readability-function-size) */

void
loop_child_free(struct loop_child *child)
{
	if (child == NULL)
		return;
	if (child->telling) {
		child->freed = true;
		return;
	}
	if (child->pid <= 0) {
		really_free(child);
		return;
	}
	kill_child(child);
	child->done_cb = NULL; /* only to be reaped */
	end_input(child);
	drop_event(&child->out_event);
	drop_event(&child->limit);
}
