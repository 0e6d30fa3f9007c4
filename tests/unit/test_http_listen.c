/*
 * The socket recipe: what may be in its place, and what must never be removed.
 */
#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/http.h"
#include "evenkeel/paths.h"

struct place {
	char dir[64];
	char path[128];
	char lock[140];
};

static int
setup(void **state)
{
	struct place *place = test_calloc(1, sizeof(*place));

	snprintf(place->dir, sizeof(place->dir), "/tmp/test_listen.XXXXXX");
	assert_non_null(mkdtemp(place->dir));
	snprintf(place->path, sizeof(place->path), "%s/api.sock", place->dir);
	snprintf(place->lock, sizeof(place->lock), "%s.lock", place->path);
	*state = place;
	return 0;
}

static int
teardown(void **state)
{
	struct place *place = *state;

	chmod(place->dir, 0700);
	unlink(place->path);
	unlink(place->lock);
	assert_int_equal(rmdir(place->dir), 0);
	test_free(place);
	return 0;
}

static void
refused(const struct place *place, enum ek_err want, const char *word)
{
	int fd = -7, lock_fd = -7;
	struct ek_why why = {""};

	assert_int_equal(
	    http_listen_unix(place->path, &fd, &lock_fd, &why), want);
	assert_int_equal(fd, -7);
	assert_int_equal(lock_fd, -7);
	assert_non_null(strstr(why.text, word));
	assert_non_null(strstr(why.text, "; "));
}

static void
served(const struct place *place, int *ret_fd, int *ret_lock_fd)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	struct stat st;
	mode_t before = umask(022);
	int client;

	umask(before);
	assert_ok(http_listen_unix(place->path, ret_fd, ret_lock_fd, NULL));
	assert_int_equal(umask(before), before); /* put back */
	assert_int_equal(lstat(place->path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(fcntl(*ret_fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(fcntl(*ret_lock_fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	client = socket(AF_UNIX, SOCK_STREAM, 0);
	memcpy(addr.sun_path, place->path, strlen(place->path));
	assert_int_equal(
	    connect(client, (struct sockaddr *)&addr, sizeof(addr)), 0);
	close(client);
}

static void
test_serves(void **state)
{
	int fd = -1, lock_fd = -1;

	served(*state, &fd, &lock_fd);
	close(fd);
	close(lock_fd);
}

static void
test_second_daemon(void **state)
{
	const struct place *place = *state;
	int fd = -1, lock_fd = -1;

	served(place, &fd, &lock_fd);
	refused(place, EK_BUSY, "already");
	assert_int_equal(access(place->path, F_OK), 0);
	/* The first dies: its socket is stale, its lock gone with it. */
	close(fd);
	close(lock_fd);
	served(place, &fd, &lock_fd);
	close(fd);
	close(lock_fd);
}

/* A server that knows nothing of our lock is left alone, too. */
static void
test_live_without_lock(void **state)
{
	const struct place *place = *state;
	int fd = -1, lock_fd = -1;

	served(place, &fd, &lock_fd);
	close(lock_fd);
	refused(place, EK_BUSY, "already");
	assert_int_equal(access(place->path, F_OK), 0);
	close(fd);
}

static void
test_long_path(void **state)
{
	struct place *place = *state, longer = *place;
	size_t len = strlen(place->dir);
	int fd = -1, lock_fd = -1;

	memset(longer.path, 'a', sizeof(longer.path));
	memcpy(longer.path, place->dir, len);
	longer.path[len] = '/';
	longer.path[EK_SOCK_MAX + 1] = '\0';
	refused(&longer, EK_INVALID, "too long");
	longer.path[EK_SOCK_MAX] = '\0';
	served(&longer, &fd, &lock_fd);
	close(fd);
	close(lock_fd);
	snprintf(longer.lock, sizeof(longer.lock), "%s.lock", longer.path);
	assert_int_equal(unlink(longer.lock), 0);
	assert_int_equal(unlink(longer.path), 0);
	longer.path[0] = '\0';
	refused(&longer, EK_INVALID, "path");
}

static void
test_not_a_socket(void **state)
{
	const struct place *place = *state;
	char text[8] = "";
	int fd = open(place->path, O_CREAT | O_WRONLY, 0600);

	assert_int_equal(write(fd, "mine", 4), 4);
	close(fd);
	refused(place, EK_CONFLICT, "no socket");
	fd = open(place->path, O_RDONLY);
	assert_int_equal(read(fd, text, sizeof(text)), 4);
	close(fd);
	assert_int_equal(unlink(place->path), 0);
	assert_int_equal(mkdir(place->path, 0700), 0);
	refused(place, EK_CONFLICT, "no socket");
	assert_int_equal(rmdir(place->path), 0);
}

static void
test_symlinks(void **state)
{
	const struct place *place = *state;
	char target[140];
	struct stat st;
	int fd;

	snprintf(target, sizeof(target), "%s/target", place->dir);
	assert_int_equal(symlink(target, place->path), 0);
	refused(place, EK_CONFLICT, "no socket");
	assert_int_equal(lstat(place->path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(unlink(place->path), 0);
	/* A lock that points elsewhere is not followed. */
	unlink(place->lock);
	fd = open(target, O_CREAT | O_WRONLY, 0600);
	close(fd);
	assert_int_equal(symlink(target, place->lock), 0);
	refused(place, EK_CONFLICT, "link");
	assert_int_equal(unlink(target), 0);
}

static void
test_no_folder(void **state)
{
	struct place *place = *state, gone = *place;

	snprintf(gone.path, sizeof(gone.path), "%s/no/api.sock", place->dir);
	refused(&gone, EK_NOT_FOUND, "folder");
}

/* As another user when we are root, to whom no folder is read-only. */
static void
test_read_only_folder(void **state)
{
	const struct place *place = *state;
	int status = 0;
	pid_t pid;

	assert_int_equal(chmod(place->dir, 0555), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct ek_why why = {""};
		int fd = -1, lock_fd = -1;
		enum ek_err err;

		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(2);
		err = http_listen_unix(place->path, &fd, &lock_fd, &why);
		_exit(err == EK_READ_ONLY && fd == -1 &&
			      strstr(why.text, "; ") != NULL
			  ? 0
			  : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_serves),
	    TEST(test_second_daemon),
	    TEST(test_live_without_lock),
	    TEST(test_long_path),
	    TEST(test_not_a_socket),
	    TEST(test_symlinks),
	    TEST(test_no_folder),
	    TEST(test_read_only_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
