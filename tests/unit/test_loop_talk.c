/*
 * loop_talk: lines both ways, and helpers that misbehave.
 */
#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/loop.h"
#include "base/loop_talk.h"

struct watch {
	struct loop *loop;
	struct loop_talk *talk;
	char heard[4096]; /* lines, each with a newline */
	int lines;
	int ends;
	int status;
	const char *answer; /* said at the first line */
	bool free_at_line;
};

static void
line_cb(const char *line, void *arg)
{
	struct watch *watch = arg;
	size_t len = strlen(watch->heard);

	snprintf(watch->heard + len, sizeof(watch->heard) - len, "%s\n", line);
	if (watch->lines++ == 0 && watch->answer != NULL)
		assert_ok(loop_talk_say(watch->talk, watch->answer));
	if (watch->free_at_line) {
		loop_talk_free(watch->talk);
		watch->talk = NULL;
		loop_stop(watch->loop);
	}
}

static void
end_cb(int status, void *arg)
{
	struct watch *watch = arg;

	watch->ends++;
	watch->status = status;
	loop_talk_free(watch->talk);
	watch->talk = NULL;
	loop_stop(watch->loop);
}

static int
setup(void **state)
{
	struct watch *watch = test_calloc(1, sizeof(*watch));

	unsetenv("EVENKEEL_TEST_CLOCK");
	assert_ok(loop_new(NULL, watch, &watch->loop));
	*state = watch;
	return 0;
}

static int
teardown(void **state)
{
	struct watch *watch = *state;

	loop_free(watch->loop);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	test_free(watch);
	return 0;
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

static bool
under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload != NULL && strstr(preload, "vgpreload") != NULL;
}

static void
start(struct watch *watch, const char *script)
{
	const char *const argv[] = {"/bin/sh", "-c", script, NULL};
	const struct loop_talk_cbs cbs = {line_cb, end_cb, watch};

	watch->heard[0] = '\0';
	watch->lines = watch->ends = 0;
	assert_ok(loop_talk_start(watch->loop, argv, &cbs, &watch->talk));
	assert_int_equal(watch->ends, 0);
}

/* Starts it, and runs until its end, which is told once. */
static void
talk(struct watch *watch, const char *script, int status)
{
	int fds = open_fds();

	start(watch, script);
	assert_ok(loop_run(watch->loop));
	assert_int_equal(watch->ends, 1);
	assert_int_equal(watch->status, status);
	assert_null(watch->talk);
	assert_int_equal(open_fds(), fds);
}

static void
test_lines(void **state)
{
	struct watch *watch = *state;

	talk(watch, "echo one; printf 'two\\nthr'; printf 'ee\\n'; exit 3", 3);
	assert_string_equal(watch->heard, "one\ntwo\nthree\n");
	watch->answer = "show 1 2";
	talk(watch, "echo free; read -r l; echo \"got $l\"", 0);
	assert_string_equal(watch->heard, "free\ngot show 1 2\n");
	watch->answer = NULL;
	/* what it had begun to say is no line */
	talk(watch, "printf half", 0);
	assert_string_equal(watch->heard, "");
	/* stderr is nobody's */
	talk(watch, "echo x >&2", 0);
	assert_string_equal(watch->heard, "");
}

static void
test_rubbish(void **state)
{
	struct watch *watch = *state;
	char script[LOOP_TALK_LINE_MAX + 100];

	/* a line at the limit, and one past it */
	snprintf(
	    script, sizeof(script), "printf '%%0%dd\\n' 7", LOOP_TALK_LINE_MAX);
	talk(watch, script, 0);
	assert_int_equal(watch->lines, 1);
	snprintf(script, sizeof(script), "printf '%%0%dd\\n' 7; sleep 60",
	    LOOP_TALK_LINE_MAX + 1);
	talk(watch, script, -1);
	assert_int_equal(watch->lines, 0);
	talk(watch, "printf 'a\\001\\n'; sleep 60", -1);
	talk(watch, "printf 'a\\303\\251\\n'; sleep 60", -1);
	talk(watch, "exec cat /dev/zero", -1);
	assert_int_equal(watch->lines, 0);
	/* many good lines are too many as well */
	talk(watch, "exec yes y", -1);
	assert_int_equal(watch->lines, LOOP_TALK_TOTAL_MAX / 2);
	/* it does not read: nothing is queued for it for ever */
	start(watch, "exec sleep 60");
	while (loop_talk_say(watch->talk, "show 1 2 3 4 5 6 7 8 9") == EK_OK)
		;
	assert_int_equal(loop_talk_say(watch->talk, "x"), EK_UNREACHABLE);
	assert_ok(loop_run(watch->loop));
	assert_int_equal(watch->ends, 1);
	assert_int_equal(watch->status, -1);
}

static void
test_limit(void **state)
{
	struct watch *watch = *state;

	start(watch, "sleep 60");
	loop_talk_limit(watch->talk, 50);
	assert_ok(loop_run(watch->loop));
	assert_int_equal(watch->status, -1);
	/* a line in time lifts it; so does 0 */
	start(watch, "echo here; sleep 0.2; exit 4");
	loop_talk_limit(watch->talk, 50000);
	assert_ok(loop_run(watch->loop));
	assert_int_equal(watch->status, 4);
	start(watch, "sleep 0.2; exit 5");
	loop_talk_limit(watch->talk, 50);
	loop_talk_limit(watch->talk, 0);
	assert_ok(loop_run(watch->loop));
	assert_int_equal(watch->status, 5);
	/* it closes its end and stays: a moment, then killed */
	talk(watch, "exec <&- >&-; exec sleep 60", -1);
}

static void
test_cannot_start(void **state)
{
	struct watch *watch = *state;
	const char *const argv[] = {"/no/such/program", NULL};
	const struct loop_talk_cbs cbs = {line_cb, end_cb, watch};

	if (under_valgrind()) /* its vfork cannot say why exec failed */
		skip();
	assert_ok(loop_talk_start(watch->loop, argv, &cbs, &watch->talk));
	assert_int_equal(loop_talk_say(watch->talk, "x"), EK_UNREACHABLE);
	loop_talk_limit(watch->talk, 1000);
	assert_ok(loop_run(watch->loop));
	assert_int_equal(watch->ends, 1);
	assert_int_equal(watch->status, -1);
	/* or let go at once */
	assert_ok(loop_talk_start(watch->loop, argv, &cbs, &watch->talk));
	loop_talk_free(watch->talk);
	loop_talk_free(NULL);
}

/* Let go, it reads the end of file and has a moment: what it does then is
 * done, and nobody is told. */
static void
test_let_go(void **state)
{
	struct watch *watch = *state;
	char path[] = "/tmp/ek.XXXXXX", script[200];
	int fd = mkstemp(path), i;
	char got[5] = "";

	assert_true(fd >= 0);
	snprintf(script, sizeof(script),
	    "trap '' PIPE; echo up; read -r l; printf done >%s", path);
	for (i = 0; i < 2; i++) {
		assert_int_equal(ftruncate(fd, 0), 0);
		start(watch, script);
		watch->free_at_line = i == 0;
		if (i == 0)
			assert_ok(loop_run(watch->loop)); /* freed inside */
		else
			loop_talk_free(watch->talk);
		loop_free(watch->loop);
		assert_int_equal(pread(fd, got, 4, 0), 4);
		assert_string_equal(got, "done");
		assert_int_equal(watch->ends, 0);
		assert_ok(loop_new(NULL, watch, &watch->loop));
	}
	close(fd);
	unlink(path);
	/* who does not end is killed */
	start(watch, "exec sleep 60");
	loop_talk_free(watch->talk);
}

static void
test_environment(void **state)
{
	struct watch *watch = *state;

	setenv("EVENKEEL_HOME", "/somewhere", 1);
	setenv("XDG_SESSION_ID", "c7", 1);
	/* no pipe there: the shell has its ends for a moment, too */
	talk(watch, "env | cut -c1-60; ls /proc/$$/fd; echo", 0);
	assert_non_null(strstr(watch->heard, "XDG_SESSION_ID=c7\n"));
	assert_null(strstr(watch->heard, "EVENKEEL"));
	if (!under_valgrind())
		assert_non_null(strstr(watch->heard, "\n0\n1\n2\n\n"));
	unsetenv("EVENKEEL_HOME");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_lines, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_rubbish, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_limit, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_cannot_start, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_let_go, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_environment, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
