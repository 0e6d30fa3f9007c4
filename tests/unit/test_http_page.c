/*
 * The other side of http: 127.0.0.1 and forms.  Server and client in one
 * thread, as in test_http.c; the requests are what a browser sends, and what a
 * foreign page, a foreign user and a careless program would send.
 */
#include "check.h"

#include <errno.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/http.h"
#include "base/http_in.h"
#include "base/loop.h"
#include "evenkeel/limits.h"

#define FORM    "Content-Type: application/x-www-form-urlencoded\r\n"
#define WAIT_MS 10000

struct server {
	struct loop *loop;
	struct event_base *base;
	struct http_side side;
	struct http *http;
	uint16_t port;
	char host[32];
	bool stranger; /* who connects is somebody else */
	int handled;
	bool cookie;        /* the right one came */
	char field[64];     /* "a" of the last form */
	enum ek_err commit; /* what http_release is told */
	struct http_req *waiting;
};

struct answer {
	int status; /* 0: none */
	char text[16384];
	size_t len;
	bool closed;
};

/* --- the side --- */

static bool
peer_ok(int fd, void *arg)
{
	const struct server *server = arg;

	assert_true(fd >= 0);
	return !server->stranger;
}

static bool
host_ok(const char *host, size_t len, void *arg)
{
	const struct server *server = arg;

	return len == strlen(server->host) &&
	       memcmp(host, server->host, len) == 0;
}

static void
fail_cb(int status, enum ek_err err, const char *why, struct buf *ret,
    const char **ret_type, void *arg)
{
	(void)err;
	(void)why;
	(void)arg;
	buf_fmt(ret, "<p>no: %d", status);
	*ret_type = "text/html; charset=utf-8";
}

static const char *const headers[] = {
    "Referrer-Policy", "no-referrer", "X-Frame-Options", "DENY", NULL};

/* --- handlers --- */

static const struct http_token *
page(struct http_req *req, void *arg)
{
	struct server *server = arg;
	const struct http_token *token;
	struct buf body;

	server->handled++;
	buf_init(&body, 1024);
	buf_str(&body, "<p>page");
	token = http_reply_buf(req, 200, "text/html; charset=utf-8", &body);
	buf_done(&body);
	return token;
}

static const struct http_token *
no(struct http_req *req, void *arg)
{
	(void)arg;
	return http_fail(req, EK_LOCKED, NULL);
}

static void
gone_cb(void *arg)
{
	((struct server *)arg)->waiting = NULL;
}

static const struct http_token *
later(struct http_req *req, void *arg)
{
	struct server *server = arg;

	server->waiting = req;
	return http_later(req, gone_cb, server);
}

static const struct http_token *
save(struct http_req *req, void *arg)
{
	struct server *server = arg;
	const struct http_form *form = NULL;
	struct ek_why why;
	char cookie[8];
	enum ek_err err = http_body_form(req, &form, &why);

	server->handled++;
	if (err != EK_OK)
		return http_fail(req, err, &why);
	server->cookie =
	    http_cookie(req, "ek", cookie, sizeof(cookie)) != NULL &&
	    strcmp(cookie, "1234") == 0;
	snprintf(server->field, sizeof(server->field), "%s",
	    http_form_get(form, "a") == NULL ? "none"
					     : http_form_get(form, "a"));
	return http_see_other(req, "/page?x=1", "ek=5678; HttpOnly");
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/page", .handler = page},
    {.method = "GET", .path = "/fail", .handler = no},
    {.method = "GET", .path = "/later", .handler = later},
    {.method = "POST", .path = "/save", .handler = save, .body_max = 4096},
    {.method = NULL},
};

/* --- server --- */

static void
tail_cb(void *arg)
{
	struct server *server = arg;

	http_release(server->http, server->commit, NULL);
}

static void
turn(struct server *server)
{
	event_base_loop(server->base, EVLOOP_NONBLOCK);
	tail_cb(server);
}

static void
serve(struct server *server)
{
	struct ek_why why;

	assert_ok(http_serve_loopback(server->http, &server->port, &why));
	assert_true(server->port >= 1024);
	snprintf(server->host, sizeof(server->host), "127.0.0.1:%u",
	    (unsigned)server->port);
}

static int
setup(void **state)
{
	struct server *server = test_calloc(1, sizeof(*server));

	server->side = (struct http_side){.peer_ok = peer_ok,
	    .host_ok = host_ok,
	    .fail_cb = fail_cb,
	    .headers = headers,
	    .forms = true,
	    .arg = server};
	assert_ok(loop_new(tail_cb, server, &server->loop));
	server->base = loop_base(server->loop);
	assert_ok(http_new(server->base, &server->side, &server->http));
	assert_ok(http_routes(server->http, routes, server));
	serve(server);
	*state = server;
	return 0;
}

static int
teardown(void **state)
{
	struct server *server = *state;

	http_free(server->http);
	loop_free(server->loop);
	test_free(server);
	return 0;
}

/* --- client --- */

static int64_t
mono_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* -1: nobody listens. */
static int
dial(const struct server *server)
{
	struct sockaddr_in addr = {
	    .sin_family = AF_INET, .sin_port = htons(server->port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0)
		return fd;
	close(fd);
	return -1;
}

static void
say(int fd, const char *text)
{
	assert_int_equal(
	    send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static bool
is_whole(struct answer *answer)
{
	const char *end = strstr(answer->text, "\r\n\r\n");
	const char *length = strstr(answer->text, "Content-Length: ");

	if (end == NULL || length == NULL ||
	    strlen(end + 4) < strtoul(length + 16, NULL, 10))
		return false;
	answer->status = (int)strtol(answer->text + 9, NULL, 10);
	return true;
}

static struct answer
hear(struct server *server, int fd, bool to_end)
{
	struct answer answer = {.status = 0};
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	int64_t end = mono_ms() + WAIT_MS;
	ssize_t got;

	while (mono_ms() < end && !answer.closed &&
	       (to_end || !is_whole(&answer))) {
		turn(server);
		if (poll(&wait, 1, 1) <= 0)
			continue;
		got = recv(fd, answer.text + answer.len,
		    sizeof(answer.text) - 1 - answer.len, 0);
		if (got > 0)
			answer.len += (size_t)got;
		else
			answer.closed = true;
	}
	is_whole(&answer);
	return answer;
}

static struct answer
ask(struct server *server, const char *request)
{
	int fd = dial(server);
	struct answer answer;

	assert_true(fd >= 0);
	say(fd, request);
	answer = hear(server, fd, false);
	close(fd);
	turn(server);
	return answer;
}

/* "METHOD TARGET", then headers and body as they stand. */
static struct answer
ask_as(
    struct server *server, const char *line, const char *host, const char *rest)
{
	char request[8192];

	snprintf(request, sizeof(request), "%s HTTP/1.1\r\nHost: %s\r\n%s",
	    line, host, rest);
	return ask(server, request);
}

static void
refused(struct server *server, struct answer answer, int status)
{
	char body[32];

	snprintf(body, sizeof(body), "<p>no: %d", status);
	if (answer.status != status)
		print_error(
		    "%d, not %d: %s\n", answer.status, status, answer.text);
	assert_int_equal(answer.status, status);
	assert_string_equal(strstr(answer.text, "\r\n\r\n") + 4, body);
	assert_non_null(strstr(answer.text, "Content-Type: text/html"));
	assert_non_null(
	    strstr(answer.text, "Referrer-Policy: no-referrer\r\n"));
	assert_non_null(strstr(answer.text, "X-Frame-Options: DENY\r\n"));
	assert_non_null(strstr(answer.text, "nosniff\r\n"));
	assert_non_null(strstr(answer.text, "no-store\r\n"));
	assert_int_equal(server->handled, 0);
}

/* --- tests --- */

static void
test_page(void **state)
{
	struct server *server = *state;
	struct answer answer =
	    ask_as(server, "GET /page", server->host, "\r\n");
	int value = 0, fd = dial(server);
	struct http_conn *conn;
	socklen_t len = sizeof(value);

	assert_int_equal(answer.status, 200);
	assert_non_null(strstr(answer.text, "\r\n\r\n<p>page"));
	assert_non_null(
	    strstr(answer.text, "Referrer-Policy: no-referrer\r\n"));
	assert_non_null(strstr(answer.text, "Cache-Control: no-store\r\n"));
	answer = ask_as(server, "POST /save", server->host,
	    FORM "Content-Length: 3\r\n\r\na=b");
	assert_int_equal(answer.status, 303);
	assert_int_equal(server->handled, 2);
	server->handled = 0;
	refused(server, ask_as(server, "GET /fail", server->host, "\r\n"), 423);
	/* Small answers leave at once. */
	say(fd, "GET");
	do
		turn(server);
	while ((conn = LIST_FIRST(&server->http->conns)) == NULL ||
	       !conn->peer_known);
	assert_int_equal(getsockopt(bufferevent_getfd(conn->bev), IPPROTO_TCP,
			     TCP_NODELAY, &value, &len),
	    0);
	assert_int_not_equal(value, 0);
	close(fd);
}

static void
test_foreign_host(void **state)
{
	struct server *server = *state;
	char other[96], absolute[128];

	refused(server, ask_as(server, "GET /page", "localhost", "\r\n"), 400);
	refused(server, ask_as(server, "GET /page", "127.0.0.1", "\r\n"), 400);
	snprintf(other, sizeof(other), "%s.rebind.example", server->host);
	refused(server, ask_as(server, "GET /page", other, "\r\n"), 400);
	snprintf(other, sizeof(other), "localhost:%u", (unsigned)server->port);
	refused(server, ask_as(server, "GET /page", other, "\r\n"), 400);
	refused(server, ask(server, "GET /page HTTP/1.1\r\n\r\n"), 400);
	snprintf(
	    other, sizeof(other), "%s\r\nHost: %s", server->host, server->host);
	refused(server, ask_as(server, "GET /page", other, "\r\n"), 400);
	/* evhttp would take the target's host, whatever Host says. */
	snprintf(absolute, sizeof(absolute), "GET http://evil.example/page");
	refused(server, ask_as(server, absolute, server->host, "\r\n"), 400);
	snprintf(
	    absolute, sizeof(absolute), "GET http://%s/page", server->host);
	refused(server, ask_as(server, absolute, server->host, "\r\n"), 400);
	refused(server,
	    ask_as(server, "GET //evil.example/page", server->host, "\r\n"),
	    400);
}

static void
test_bodies(void **state)
{
	struct server *server = *state;

	refused(server,
	    ask_as(server, "POST /save", server->host,
		"Content-Type: application/json\r\n"
		"Content-Length: 2\r\n\r\n{}"),
	    400);
	refused(server,
	    ask_as(server, "POST /save", server->host,
		"Content-Type: text/plain\r\nContent-Length: 3\r\n\r\na=b"),
	    400);
	refused(server,
	    ask_as(server, "POST /save", server->host,
		"Content-Type: multipart/form-data; boundary=x\r\n"
		"Content-Length: 3\r\n\r\na=b"),
	    400);
	refused(server,
	    ask_as(server, "POST /save", server->host,
		FORM "Content-Length: 4097\r\n\r\n"),
	    413);
	refused(server, ask_as(server, "PUT /save", server->host, "\r\n"), 405);
}

static void
test_form(void **state)
{
	struct server *server = *state;
	struct answer answer;

	answer = ask_as(server, "POST /save", server->host,
	    FORM "Cookie: x=y; ek=1234\r\nContent-Length: 13\r\n\r\n"
		 "a=1%26+%0D%0A");
	assert_int_equal(answer.status, 303);
	assert_non_null(strstr(answer.text, "Location: /page?x=1\r\n"));
	assert_non_null(
	    strstr(answer.text, "Set-Cookie: ek=5678; HttpOnly\r\n"));
	assert_non_null(strstr(answer.text, "X-Frame-Options: DENY\r\n"));
	assert_true(server->cookie);
	assert_string_equal(server->field, "1& \n");
	/* no body is an empty form */
	answer = ask_as(server, "POST /save", server->host, "\r\n");
	assert_int_equal(answer.status, 303);
	assert_string_equal(server->field, "none");
	/* what was not saved leads nowhere */
	server->commit = EK_NO_SPACE;
	answer = ask_as(server, "POST /save", server->host, "\r\n");
	server->handled = 0;
	refused(server, answer, 507);
	assert_null(strstr(answer.text, "Location"));
	assert_null(strstr(answer.text, "Set-Cookie"));
	server->commit = EK_OK;
	/* two of what we act on */
	answer = ask_as(server, "POST /save", server->host,
	    "Cookie: a=b\r\nCookie: c=d\r\n\r\n");
	refused(server, answer, 400);
	answer = ask_as(server, "POST /save", server->host,
	    "Origin: http://a\r\nOrigin: http://b\r\n\r\n");
	refused(server, answer, 400);
	answer = ask_as(server, "POST /save", server->host,
	    FORM "Content-Length: 5\r\n\r\na=%ff");
	assert_int_equal(answer.status, 400);
}

static void
test_stranger(void **state)
{
	struct server *server = *state;
	int fd = dial(server);
	struct answer answer;

	server->stranger = true;
	/* Before a byte of it is read, and without one of ours. */
	answer = hear(server, fd, true);
	assert_true(answer.closed);
	assert_int_equal(answer.len, 0);
	assert_int_equal(server->http->conn_count, 0);
	close(fd);
	answer = ask_as(server, "GET /page", server->host, "\r\n");
	assert_true(answer.closed);
	assert_int_equal(answer.len, 0);
	assert_int_equal(server->handled, 0);
}

/* However many there are, none takes a place from her. */
static void
test_strangers(void **state)
{
	struct server *server = *state;
	int fds[50], mine, i;
	struct answer answer;
	char request[128];

	http_test_limits(server->http, 60000, 60000, 4);
	mine = dial(server);
	turn(server);
	turn(server);
	assert_int_equal(server->http->conn_count, 1);
	server->stranger = true;
	for (i = 0; i < 50; i++)
		fds[i] = dial(server);
	for (i = 0; i < 50; i++)
		assert_true(hear(server, fds[i], true).closed);
	snprintf(request, sizeof(request),
	    "GET /page HTTP/1.1\r\nHost: %s\r\n\r\n", server->host);
	say(mine, request);
	answer = hear(server, mine, false);
	assert_int_equal(answer.status, 200);
	for (i = 0; i < 50; i++)
		close(fds[i]);
	close(mine);
}

static void
test_caps(void **state)
{
	struct server *server = *state;
	struct answer answer;
	int fds[8], i;

	/* A slow head is told so, */
	http_test_limits(server->http, 100, 60000, 4);
	fds[0] = dial(server);
	say(fds[0], "GET /page HTTP/1.1\r\n");
	answer = hear(server, fds[0], true);
	assert_true(answer.closed);
	refused(server, answer, 408);
	close(fds[0]);
	/* but where there is no room, silence has to go. */
	for (i = 0; i < 8; i++) {
		fds[i] = dial(server);
		assert_true(fds[i] >= 0);
		turn(server);
		assert_true(server->http->conn_count <= 4);
	}
	assert_true(server->http->paused);
	answer = ask_as(server, "GET /page", server->host, "\r\n");
	assert_int_equal(answer.status, 200);
	for (i = 0; i < 8; i++)
		close(fds[i]);
}

static void
test_unserve(void **state)
{
	struct server *server = *state;
	int rest = dial(server), busy = dial(server), half = dial(server);
	struct answer answer;
	char request[128];

	snprintf(request, sizeof(request),
	    "GET /page HTTP/1.1\r\nHost: %s\r\n\r\n", server->host);
	say(rest, request);
	assert_int_equal(hear(server, rest, false).status, 200);
	say(half, "GET /pa");
	snprintf(request, sizeof(request),
	    "GET /later HTTP/1.1\r\nHost: %s\r\n\r\n", server->host);
	say(busy, request);
	while (server->waiting == NULL)
		turn(server);
	http_unserve(server->http);
	http_unserve(server->http); /* twice is once */
	assert_int_equal(dial(server), -1);
	assert_true(hear(server, rest, true).closed);
	assert_true(hear(server, half, true).closed);
	close(rest);
	close(half);
	/* What was under way is answered first. */
	assert_non_null(server->waiting);
	http_fail(server->waiting, EK_LOCKED, NULL);
	answer = hear(server, busy, true);
	assert_int_equal(answer.status, 423);
	assert_true(answer.closed);
	close(busy);
	while (server->http->conn_count > 0)
		turn(server);
	/* And again, on another port or the same. */
	serve(server);
	answer = ask_as(server, "GET /page", server->host, "\r\n");
	assert_int_equal(answer.status, 200);
}

/* The API never listens on TCP. */
static void
test_api_no_tcp(void **state)
{
	struct server *server = *state;
	struct http *api = NULL;
	uint16_t port = 0;
	struct ek_why why;

	assert_ok(http_new(server->base, NULL, &api));
	assert_int_equal(http_serve_loopback(api, &port, &why), EK_BUG);
	assert_int_equal(port, 0);
	http_free(api);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_page),
	    TEST(test_foreign_host),
	    TEST(test_bodies),
	    TEST(test_form),
	    TEST(test_stranger),
	    TEST(test_strangers),
	    TEST(test_caps),
	    TEST(test_unserve),
	    TEST(test_api_no_tcp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
