/*
 * The loop: turns and tails, the told clock, timers, helpers that misbehave.
 */
#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/loop.h"

struct watch {
	struct loop *loop;
	int tails;
	int fired;
	int64_t fired_at;
	int told;
	int status;
	char out[300];
	size_t len;
	struct loop_child *child;
	struct loop_timer *timer;
};

static int64_t
real_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
tail_cb(void *arg)
{
	struct watch *watch = arg;

	watch->tails++;
}

static void
stop_timer_cb(void *arg)
{
	struct watch *watch = arg;

	watch->fired++;
	watch->fired_at = real_ms();
	loop_stop(watch->loop);
}

static int
setup(void **state)
{
	struct watch *watch = test_calloc(1, sizeof(*watch));

	unsetenv("EVENKEEL_TEST_CLOCK");
	assert_ok(loop_new(tail_cb, watch, &watch->loop));
	*state = watch;
	return 0;
}

static int
teardown(void **state)
{
	struct watch *watch = *state;

	loop_free(watch->loop);
	test_free(watch);
	return 0;
}

/* --- turns --- */

static void
test_signals_stop(void **state)
{
	struct watch *watch = *state;

	raise(SIGTERM);
	assert_ok(loop_run(watch->loop));
	assert_true(watch->tails >= 1);
	raise(SIGINT);
	assert_ok(loop_run(watch->loop));
	/* And a broken pipe is no reason to die. */
	raise(SIGPIPE);
}

static void
test_timer(void **state)
{
	struct watch *watch = *state;
	struct loop_timer *timer = NULL;
	int64_t due = real_ms() + 60;

	assert_true(llabs(loop_now_ms(watch->loop) - real_ms()) < 1000);
	assert_ok(loop_timer_new(watch->loop, stop_timer_cb, watch, &timer));
	assert_ok(loop_timer_set(timer, due));
	assert_ok(loop_run(watch->loop));
	assert_int_equal(watch->fired, 1);
	assert_true(watch->fired_at >= due);
	assert_true(watch->tails <= 4); /* no wake-ups before */
	/* In the past: at once. */
	assert_ok(loop_timer_set(timer, 1));
	assert_ok(loop_run(watch->loop));
	assert_int_equal(watch->fired, 2);
	/* Disarmed: never. */
	assert_ok(loop_timer_set(timer, real_ms() + 10));
	assert_ok(loop_timer_set(timer, 0));
	loop_timer_free(timer);
	timer = NULL;
	assert_ok(loop_timer_new(watch->loop, stop_timer_cb, watch, &timer));
	assert_ok(loop_timer_set(timer, real_ms() + 40));
	assert_ok(loop_run(watch->loop));
	assert_int_equal(watch->fired, 3);
	loop_timer_free(timer);
	loop_timer_free(NULL);
}

/* The clock that nobody can set: real timers on it, no wake-up before. */
static void
test_boot_timer(void **state)
{
	struct watch *watch = *state;
	struct loop_timer *timer = NULL;
	struct timespec now;
	int64_t due;

	clock_gettime(CLOCK_BOOTTIME, &now);
	due = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	assert_true(llabs(loop_boot_ms(watch->loop) - due) < 1000);
	due = loop_boot_ms(watch->loop) + 60;
	assert_ok(
	    loop_timer_new_boot(watch->loop, stop_timer_cb, watch, &timer));
	assert_ok(loop_timer_set(timer, due));
	assert_ok(loop_run(watch->loop));
	assert_int_equal(watch->fired, 1);
	assert_true(loop_boot_ms(watch->loop) >= due);
	assert_true(watch->tails <= 4);
	loop_timer_free(timer);
}

static void
free_own_timer_cb(void *arg)
{
	struct watch *watch = arg;

	loop_timer_free(watch->timer);
	watch->timer = NULL;
	loop_stop(watch->loop);
}

static void
test_timer_freed_inside(void **state)
{
	struct watch *watch = *state;

	assert_ok(loop_timer_new(
	    watch->loop, free_own_timer_cb, watch, &watch->timer));
	assert_ok(loop_timer_set(watch->timer, 1));
	assert_ok(loop_run(watch->loop));
	assert_null(watch->timer);
}

/* --- the told clock --- */

static void
tell_clocks(const char *path, int64_t ms, int64_t boot_ms)
{
	char other[128];
	FILE *file;

	snprintf(other, sizeof(other), "%s.new", path);
	file = fopen(other, "w");
	assert_non_null(file);
	fprintf(file, "%lld", (long long)ms);
	if (boot_ms != ms)
		fprintf(file, " %lld", (long long)boot_ms);
	fprintf(file, "\n");
	fclose(file);
	assert_int_equal(rename(other, path), 0);
}

static void
tell_clock(const char *path, int64_t ms)
{
	tell_clocks(path, ms, ms);
}

static void
test_told_clock(void **state)
{
	char dir[] = "/tmp/test_loop.XXXXXX", path[64];
	struct watch watch = {.tails = 0};
	struct loop_timer *timer = NULL, *other = NULL;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/clock", dir);
	tell_clock(path, 5000);
	setenv("EVENKEEL_TEST_CLOCK", path, 1);
	assert_ok(loop_new(tail_cb, &watch, &watch.loop));
	assert_int_equal(loop_now_ms(watch.loop), 5000);
	assert_ok(loop_timer_new(watch.loop, stop_timer_cb, &watch, &timer));
	assert_ok(loop_timer_new(watch.loop, stop_timer_cb, &watch, &other));
	/* Due by the real clock, not by the told one: only SIGUSR1 looks. */
	assert_ok(loop_timer_set(timer, 9000));
	tell_clock(path, 10000);
	assert_int_equal(loop_now_ms(watch.loop), 10000);
	assert_int_equal(watch.fired, 0);
	raise(SIGUSR1);
	assert_ok(loop_run(watch.loop));
	assert_int_equal(watch.fired, 1);
	/* Due when it is set. */
	assert_ok(loop_timer_set(timer, 9500));
	assert_ok(loop_run(watch.loop));
	assert_int_equal(watch.fired, 2);
	loop_timer_free(other);
	/* Set, it moves one clock and not the other. */
	assert_int_equal(loop_boot_ms(watch.loop), 10000);
	assert_ok(
	    loop_timer_new_boot(watch.loop, stop_timer_cb, &watch, &other));
	assert_ok(loop_timer_set(other, 12000));
	tell_clocks(path, 90000, 11000);
	assert_int_equal(loop_now_ms(watch.loop), 90000);
	assert_int_equal(loop_boot_ms(watch.loop), 11000);
	tell_clocks(path, 3000, 12000);
	assert_int_equal(loop_now_ms(watch.loop), 3000);
	assert_ok(loop_timer_set(other, 12000));
	assert_ok(loop_run(watch.loop));
	assert_int_equal(watch.fired, 3);
	/* Not to be read, it stands. */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(loop_now_ms(watch.loop), 3000);
	assert_int_equal(loop_boot_ms(watch.loop), 12000);
	loop_timer_free(timer);
	loop_timer_free(other);
	loop_free(watch.loop);
	unsetenv("EVENKEEL_TEST_CLOCK");
	assert_int_equal(rmdir(dir), 0);
}

/* --- children --- */

/* valgrind plays its own part in fds, limits and vfork. */
static bool
under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload != NULL && strstr(preload, "vgpreload") != NULL;
}

static void
done_cb(int status, const char *out, size_t len, void *arg)
{
	struct watch *watch = arg;

	watch->told++;
	watch->status = status;
	watch->len = len;
	assert_int_equal(out[len], '\0');
	if (len >= sizeof(watch->out))
		len = sizeof(watch->out) - 1;
	memcpy(watch->out, out, len);
	watch->out[len] = '\0';
	loop_stop(watch->loop);
}

static int
open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count;
}

static void
assert_no_children(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void
run_child(struct watch *watch, const char *const argv[], const void *input,
    size_t len, size_t out_max, int limit_ms)
{
	struct loop_child *child = NULL;
	int told = watch->told, fds = open_fds();

	assert_ok(loop_child_run(watch->loop, argv, input, len, out_max,
	    limit_ms, done_cb, watch, &child));
	assert_int_equal(watch->told, told); /* never from within */
	assert_ok(loop_run(watch->loop));
	assert_int_equal(watch->told, told + 1);
	loop_child_free(child);
	assert_int_equal(open_fds(), fds);
	assert_no_children();
}

#define SH(script)                                                             \
	(const char *const[])                                                  \
	{                                                                      \
		"/bin/sh", "-c", script, NULL                                  \
	}

static void
test_child_talks(void **state)
{
	struct watch *watch = *state;
	char *much = malloc(300000);

	assert_non_null(much);
	run_child(watch, SH("cat; exit 3"), "words", 5, 100, 5000);
	assert_int_equal(watch->status, 3);
	assert_string_equal(watch->out, "words");
	run_child(watch, SH("echo quiet >&2; echo heard"), NULL, 0, 100, 5000);
	assert_int_equal(watch->status, 0);
	assert_string_equal(watch->out, "heard\n");
	/* More than a pipe holds, both ways at once. */
	memset(much, 'm', 300000);
	run_child(watch, SH("cat"), much, 300000, 300000, 20000);
	assert_int_equal(watch->status, 0);
	assert_int_equal(watch->len, 300000);
	/* It does not read: no matter. */
	run_child(watch, SH("exec <&-; echo ok"), much, 300000, 10, 5000);
	assert_int_equal(watch->status, 0);
	assert_string_equal(watch->out, "ok\n");
	/* By PATH. */
	run_child(watch, (const char *const[]){"true", NULL}, NULL, 0, 0, 5000);
	assert_int_equal(watch->status, 0);
	free(much);
}

static void
test_child_limits(void **state)
{
	struct watch *watch = *state;

	/* Output at the limit and one past. */
	run_child(watch, SH("printf 12345"), NULL, 0, 5, 5000);
	assert_int_equal(watch->status, 0);
	assert_string_equal(watch->out, "12345");
	run_child(watch, SH("printf 123456; sleep 60"), NULL, 0, 5, 60000);
	assert_int_equal(watch->status, -1);
	run_child(watch, SH("printf 123456"), NULL, 0, 5, 60000);
	assert_int_equal(watch->status, -1);
	/* Time; what it started goes with it, and is not waited for. */
	run_child(watch, SH("sleep 1 & sleep 60"), NULL, 0, 5, 50);
	assert_int_equal(watch->status, -1);
	run_child(watch, SH("sleep 1 & echo ok"), NULL, 0, 5, 60000);
	assert_int_equal(watch->status, 0);
	assert_string_equal(watch->out, "ok\n");
	run_child(watch, SH("kill -9 $$"), NULL, 0, 5, 5000);
	assert_int_equal(watch->status, -1);
}

static void
test_child_cannot_start(void **state)
{
	struct watch *watch = *state;

	if (under_valgrind()) /* its vfork cannot say why exec failed */
		skip();
	run_child(watch, (const char *const[]){"/no/such/program", NULL}, "x",
	    1, 5, 5000);
	assert_int_equal(watch->status, -1);
	run_child(watch, (const char *const[]){"no-such-program-xyz", NULL},
	    NULL, 0, 5, 5000);
	assert_int_equal(watch->status, -1);
}

/* What a helper sees of us: three fds and a short environment. */
static void
test_child_inherits_little(void **state)
{
	struct watch *watch = *state;
	int stray = open("/dev/null", O_RDONLY); /* not close-on-exec */

	assert_true(stray >= 0);
	setenv("EVENKEEL_HOME", "/somewhere", 1);
	setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/x", 1);
	/* Another process lists, so that its own fds do not count. */
	run_child(watch, SH("ls /proc/$$/fd; true"), NULL, 0, 200, 5000);
	if (!under_valgrind())
		assert_string_equal(watch->out, "0\n1\n2\n");
	run_child(
	    watch, (const char *const[]){"env", NULL}, NULL, 0, 4000, 5000);
	assert_int_equal(watch->status, 0);
	assert_non_null(
	    strstr(watch->out, "DBUS_SESSION_BUS_ADDRESS=unix:path=/x\n"));
	assert_null(strstr(watch->out, "EVENKEEL"));
	/* Signals are as new, SIGPIPE too. */
	run_child(watch, SH("kill -PIPE $$; echo lives"), NULL, 0, 100, 5000);
	assert_int_equal(watch->status, -1);
	close(stray);
	unsetenv("EVENKEEL_HOME");
}

static void
test_child_freed_early(void **state)
{
	struct watch *watch = *state;
	struct loop_child *child = NULL;
	struct loop_timer *timer = NULL;
	int i, fds = open_fds();

	for (i = 0; i < 5; i++) {
		assert_ok(loop_child_run(watch->loop, SH("sleep 60"), "x", 1,
		    10, 60000, done_cb, watch, &child));
		loop_child_free(child);
	}
	/* Reaped by the loop when it comes round. */
	assert_ok(loop_timer_new(watch->loop, stop_timer_cb, watch, &timer));
	for (i = 0; i < 200 && open_fds() > fds + 1; i++) {
		assert_ok(loop_timer_set(timer, real_ms() + 5));
		assert_ok(loop_run(watch->loop));
	}
	loop_timer_free(timer);
	assert_int_equal(open_fds(), fds);
	assert_no_children();
	assert_int_equal(watch->told, 0);
	/* Or by loop_free. */
	assert_ok(loop_child_run(watch->loop, SH("sleep 60"), NULL, 0, 10,
	    60000, done_cb, watch, &child));
	loop_child_free(child);
	loop_free(watch->loop);
	assert_no_children();
	assert_ok(loop_new(tail_cb, watch, &watch->loop));
	loop_child_free(NULL);
}

static void
free_inside_cb(int status, const char *out, size_t len, void *arg)
{
	struct watch *watch = arg;

	loop_child_free(watch->child);
	watch->child = NULL;
	assert_string_equal(out, "still here\n"); /* until we return */
	done_cb(status, out, len, arg);
}

static void
test_child_freed_inside(void **state)
{
	struct watch *watch = *state;
	int fds = open_fds();

	assert_ok(loop_child_run(watch->loop, SH("echo still here"), NULL, 0,
	    100, 5000, free_inside_cb, watch, &watch->child));
	assert_ok(loop_run(watch->loop));
	assert_int_equal(watch->told, 1);
	assert_int_equal(open_fds(), fds);
	assert_no_children();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_signals_stop),
	    TEST(test_timer),
	    TEST(test_timer_freed_inside),
	    TEST(test_boot_timer),
	    cmocka_unit_test(test_told_clock),
	    TEST(test_child_talks),
	    TEST(test_child_limits),
	    TEST(test_child_cannot_start),
	    TEST(test_child_inherits_little),
	    TEST(test_child_freed_early),
	    TEST(test_child_freed_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
