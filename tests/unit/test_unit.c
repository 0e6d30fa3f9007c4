/*
 * systemd's side is played by the test: its environment, its sockets, its
 * notification socket.  Also log and hard, which are as small.
 */
#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hard.h"
#include "base/log.h"
#include "base/unit.h"

/* Everything that changes fds or the environment runs in a child. */
static void
in_child(int (*run)(void))
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(run());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define MUST(condition)                                                        \
	do {                                                                   \
		if (!(condition)) {                                            \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__,     \
			    #condition);                                       \
			return 1;                                              \
		}                                                              \
	} while (0)

static void
set_pid(const char *name, long pid)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", pid);
	setenv(name, text, 1);
}

static int
listening_at(int want)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	/* An address of the kernel's choosing, in the abstract namespace. */
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(sa_family_t)) ||
	    listen(fd, 1) != 0 || (fd != want && dup2(fd, want) != want))
		return -1;
	if (fd != want)
		close(fd);
	return want;
}

static int
finds_sockets(void)
{
	int none[2];

	closefrom(3);
	MUST(unit_socket("api") == -1);
	MUST(unit_socket_count() == 0);
	MUST(listening_at(3) == 3);
	MUST(listening_at(4) == 4);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, none) == 0); /* 5, 6 */
	setenv("LISTEN_FDS", "3", 1);
	setenv("LISTEN_FDNAMES", "web:api:pair", 1);
	MUST(unit_socket("api") == -1); /* no LISTEN_PID */
	set_pid("LISTEN_PID", getpid() + 1);
	MUST(unit_socket("api") == -1); /* meant for another */
	MUST(unit_socket_count() == 0);
	set_pid("LISTEN_PID", getpid());
	MUST(unit_socket_count() == 3);
	MUST(unit_socket("api") == 4);
	MUST((fcntl(4, F_GETFD) & FD_CLOEXEC) != 0);
	MUST((fcntl(3, F_GETFD) & FD_CLOEXEC) == 0);
	MUST(unit_socket("web") == 3);
	MUST(unit_socket("pair") == -1); /* does not listen */
	MUST(unit_socket("ap") == -1);
	MUST(unit_socket("apis") == -1);
	MUST(unit_socket("") == -1);
	setenv("LISTEN_FDNAMES", "web", 1);
	MUST(unit_socket("api") == -1);
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_FDNAMES", "web:api", 1);
	MUST(unit_socket("api") == -1); /* more names than fds */
	unsetenv("LISTEN_FDNAMES");
	MUST(unit_socket("web") == -1);
	return 0;
}

static int
survives_nonsense(void)
{
	static const char *const counts[] = {
	    "", "x", "-1", "99999999999999", "3x", " 3", "1000000"};
	size_t i;

	set_pid("LISTEN_PID", getpid());
	setenv("LISTEN_FDNAMES", "api", 1);
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		setenv("LISTEN_FDS", counts[i], 1);
		MUST(unit_socket_count() == 0);
		MUST(unit_socket("api") == -1);
	}
	return 0;
}

static int
knows_who_started_it(void)
{
	unsetenv("SYSTEMD_EXEC_PID");
	MUST(!unit_started());
	set_pid("SYSTEMD_EXEC_PID", getppid()); /* inherited from a service */
	MUST(!unit_started());
	set_pid("SYSTEMD_EXEC_PID", getpid());
	MUST(unit_started());
	setenv("SYSTEMD_EXEC_PID", "", 1);
	MUST(!unit_started());
	MUST(!unit_replaced());
	return 0;
}

static void
test_started(void **state)
{
	(void)state;
	in_child(knows_who_started_it);
}

static void
test_sockets(void **state)
{
	(void)state;
	in_child(finds_sockets);
	in_child(survives_nonsense);
}

static int
heard(int fd, const char *want)
{
	char text[64] = "";
	ssize_t got = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	return got == (ssize_t)strlen(want) && strcmp(text, want) == 0;
}

static int
notifies(void)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	socklen_t len = sizeof(addr);
	char name[128], dir[] = "/tmp/test_unit.XXXXXX";
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	unsetenv("NOTIFY_SOCKET");
	unit_notify("READY=1");
	/* The abstract namespace. */
	MUST(bind(fd, (struct sockaddr *)&addr, sizeof(sa_family_t)) == 0);
	MUST(getsockname(fd, (struct sockaddr *)&addr, &len) == 0);
	snprintf(name, sizeof(name), "@%.*s",
	    (int)(len - sizeof(sa_family_t) - 1), addr.sun_path + 1);
	setenv("NOTIFY_SOCKET", name, 1);
	unit_notify("READY=1");
	MUST(heard(fd, "READY=1"));
	close(fd);
	unit_notify("STOPPING=1"); /* nobody there: no matter */
	/* A path. */
	MUST(mkdtemp(dir) != NULL);
	snprintf(name, sizeof(name), "%s/notify", dir);
	addr = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(addr.sun_path, name, strlen(name));
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	MUST(bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0);
	setenv("NOTIFY_SOCKET", name, 1);
	unit_notify("STATUS=at rest");
	MUST(heard(fd, "STATUS=at rest"));
	setenv("NOTIFY_SOCKET", "relative", 1);
	unit_notify("READY=1");
	MUST(unlink(name) == 0 && rmdir(dir) == 0);
	memset(name, 'a', sizeof(name) - 1);
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	setenv("NOTIFY_SOCKET", name, 1); /* longer than an address */
	unit_notify("READY=1");
	return 0;
}

static void
test_notify(void **state)
{
	(void)state;
	in_child(notifies);
}

static int
is_hardened(void)
{
	struct rlimit core;
	struct stat st;
	int i, fd;

	closefrom(3);
	MUST(listening_at(3) == 3);
	MUST(open("/dev/null", O_RDONLY) == 4);
	setenv("LISTEN_FDS", "1", 1);
	set_pid("LISTEN_PID", getpid());
	close(0);
	MUST(hard_start(NULL) == EK_OK);
	MUST(fcntl(3, F_GETFD) >= 0); /* systemd's stays */
	MUST(fcntl(4, F_GETFD) < 0);  /* a stray one goes */
	for (i = 0; i < 3; i++)
		MUST(fstat(i, &st) == 0);
	MUST(getrlimit(RLIMIT_CORE, &core) == 0);
	MUST(core.rlim_cur == 0 && core.rlim_max == 0);
	fd = open("/tmp", O_TMPFILE | O_RDWR, 0666);
	if (fd >= 0) {
		MUST(fstat(fd, &st) == 0);
		MUST((st.st_mode & 0777) == 0600);
	}
	return 0;
}

static void
test_hard(void **state)
{
	char *text;

	(void)state;
	in_child(is_hardened);
	text = hard_realloc(NULL, 4);
	assert_non_null(text);
	memcpy(text, "abc", 4);
	text = hard_realloc(text, 1000);
	assert_string_equal(text, "abc");
	text = hard_realloc(text, 2);
	assert_int_equal(text[1], 'b');
	hard_free(text);
	hard_free(NULL);
}

static int
logs(void)
{
	char text[2048] = "", want[64], longest[1500];
	struct stat st;
	int pair[2], to_file[2];
	size_t len;

	MUST(pipe(pair) == 0 && pipe(to_file) == 0);
	MUST(dup2(pair[1], STDERR_FILENO) == STDERR_FILENO);
	setenv("JOURNAL_STREAM", "1:1", 1); /* inherited, not ours */
	log_start(LOG_LEVEL_NOTE);
	log_note("started %d", 7);
	log_debug("not shown");
	log_fault("two\nlines \x1b[31m");
	len = (size_t)read(pair[0], text, sizeof(text) - 1);
	MUST(len < sizeof(text));
	MUST(strcmp(text, "keeld: started 7\nkeeld: two lines  [31m\n") == 0);
	MUST(fstat(STDERR_FILENO, &st) == 0);
	snprintf(want, sizeof(want), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	setenv("JOURNAL_STREAM", want, 1);
	log_start(LOG_LEVEL_DEBUG);
	log_fault("f");
	log_note("n");
	log_debug("d");
	memset(text, 0, sizeof(text));
	len = (size_t)read(pair[0], text, sizeof(text) - 1);
	MUST(strcmp(text, "<3>f\n<6>n\n<7>d\n") == 0);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	log_note("%s", longest);
	memset(text, 0, sizeof(text));
	len = (size_t)read(pair[0], text, sizeof(text) - 1);
	MUST(len < 700 && text[len - 1] == '\n');
	return 0;
}

static void
test_log(void **state)
{
	(void)state;
	in_child(logs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sockets),
	    cmocka_unit_test(test_started),
	    cmocka_unit_test(test_notify),
	    cmocka_unit_test(test_hard),
	    cmocka_unit_test(test_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
