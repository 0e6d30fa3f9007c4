/*
 * Who is at the other end of a connection on 127.0.0.1: asked of the running
 * kernel, for this user, and, as root, for another.
 */
#include "check.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/http_in.h"

#define NOBODY 65534

struct pair {
	int listener, client, server;
	struct sockaddr_in ours, theirs; /* seen from the server */
};

static int
listen_on(struct sockaddr_in *addr)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(*addr);

	memset(addr, 0, sizeof(*addr));
	addr->sin_family = AF_INET;
	addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)addr, len), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)addr, &len), 0);
	return fd;
}

static void
pair_up(struct pair *pair)
{
	socklen_t len = sizeof(pair->theirs);

	pair->listener = listen_on(&pair->ours);
	pair->client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(pair->client, (struct sockaddr *)&pair->ours,
			     sizeof(pair->ours)),
	    0);
	pair->server =
	    accept(pair->listener, (struct sockaddr *)&pair->theirs, &len);
	assert_true(pair->server >= 0);
}

static void
pair_down(struct pair *pair)
{
	close(pair->client);
	close(pair->server);
	close(pair->listener);
}

static void
test_ours(void **state)
{
	struct pair pair;
	uid_t uid = 0xbad;

	(void)state;
	pair_up(&pair);
	assert_true(http_peer_uid(pair.server, &uid));
	assert_int_equal(uid, geteuid());
	uid = 0xbad;
	assert_true(http_peer_by_table(
	    "/proc/net/tcp", &pair.ours, &pair.theirs, &uid));
	assert_int_equal(uid, geteuid());
	/* A client that has said all it will say may still read. */
	shutdown(pair.client, SHUT_WR);
	uid = 0xbad;
	assert_true(http_peer_uid(pair.server, &uid));
	assert_int_equal(uid, geteuid());
	pair_down(&pair);
}

static void
test_gone(void **state)
{
	struct pair pair;
	uid_t uid = 0xbad;

	(void)state;
	pair_up(&pair);
	/* Whoever ended it abruptly is not there to be asked about. */
	const struct linger now = {.l_onoff = 1, .l_linger = 0};
	setsockopt(pair.client, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(pair.client);
	assert_false(http_peer_uid(pair.server, &uid));
	assert_false(http_peer_by_table(
	    "/proc/net/tcp", &pair.ours, &pair.theirs, &uid));
	assert_false(
	    http_peer_by_table("/nowhere", &pair.ours, &pair.theirs, &uid));
	assert_int_equal(uid, 0xbad);
	close(pair.server);
	close(pair.listener);
}

static void
test_not_loopback_tcp(void **state)
{
	int fds[2];
	uid_t uid = 0xbad;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_false(http_peer_uid(fds[0], &uid));
	assert_false(http_peer_uid(-1, &uid));
	assert_int_equal(uid, 0xbad);
	close(fds[0]);
	close(fds[1]);
}

/* The child connects as nobody and stays until it is let go. */
static void
test_another(void **state)
{
	struct sockaddr_in addr;
	int listener, server, go[2];
	uid_t uid = 0xbad;
	char byte;
	pid_t child;

	(void)state;
	if (geteuid() != 0)
		skip();
	listener = listen_on(&addr);
	assert_int_equal(pipe(go), 0);
	child = fork();
	if (child == 0) {
		int fd;

		close(go[1]);
		if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
			_exit(1);
		fd = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0)
			_exit(1);
		_exit(read(go[0], &byte, 1) == 0 ? 0 : 1);
	}
	server = accept(listener, NULL, NULL);
	assert_true(http_peer_uid(server, &uid));
	assert_int_equal(uid, NOBODY);
	close(go[1]);
	assert_int_equal(waitpid(child, NULL, 0), child);
	close(go[0]);
	close(server);
	close(listener);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ours),
	    cmocka_unit_test(test_gone),
	    cmocka_unit_test(test_not_loopback_tcp),
	    cmocka_unit_test(test_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
