/*
 * A server and its clients in one process and one thread: the test turns the
 * loop itself, so that each order of events is the test's choice.  Requests
 * are raw bytes; what a well-behaved client would never send is the point.
 */
#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/http.h"
#include "base/http_in.h"
#include "base/loop.h"
#include "evenkeel/limits.h"

#define HOST     "Host: localhost\r\n"
#define JSON     "Content-Type: application/json\r\n"
#define GET_PING "GET /v1/ping HTTP/1.1\r\n" HOST "\r\n"
#define BIG_LEN  (4 * 1024 * 1024)
#define WAIT_MS  10000 /* longer than anything takes */

struct server {
	struct loop *loop;
	struct event_base *base;
	struct http *http;
	int lock_fd;
	char dir[64];
	char path[80];
	struct http_req *waiting; /* of GET /v1/later */
	int gone;                 /* times its client left */
	int handled;              /* requests that reached a handler */
	size_t body_len;          /* of the last POST's "text" */
	enum ek_err commit;       /* what http_release is told */
};

struct answer {
	int status; /* 0: none came whole */
	char *text; /* what was received, NUL-ended */
	size_t len;
	const char *body;
	bool closed; /* by the server */
};

/* --- handlers --- */

static const struct http_token *
ping(struct http_req *req, void *arg)
{
	struct server *server = arg;

	server->handled++;
	return http_reply(req, 200, json_pack("{s:b}", "ok", 1));
}

static const struct http_token *
item(struct http_req *req, void *arg)
{
	struct server *server = arg;
	const char *since = http_query(req, "since");
	struct ek_why why;
	enum ek_err err;

	server->handled++;
	err = http_query_only(req, &why, "since", "until", NULL);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	return http_reply(req, 200,
	    json_pack(
		"{s:s,s:s?}", "id", http_segment(req, "id"), "since", since));
}

static const struct http_token *
exact(struct http_req *req, void *arg)
{
	struct server *server = arg;

	server->handled++;
	return http_reply(req, 200, json_pack("{s:b}", "literal", 1));
}

static const struct http_token *
echo(struct http_req *req, void *arg)
{
	struct server *server = arg;
	const json_t *body = NULL;
	struct ek_why why;
	enum ek_err err;

	server->handled++;
	err = http_body_json(req, &body, &why);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	server->body_len = json_string_length(json_object_get(body, "text"));
	return http_reply(req, 201,
	    json_pack("{s:i,s:s?}", "bytes", (int)server->body_len, "key",
		http_header(req, "Idempotency-Key")));
}

static const struct http_token *
no(struct http_req *req, void *arg)
{
	struct server *server = arg;

	server->handled++;
	return http_fail(req, EK_LOCKED, NULL);
}

static const struct http_token *
big(struct http_req *req, void *arg)
{
	const struct http_token *token;
	struct buf body;
	size_t i;

	(void)arg;
	buf_init(&body, BIG_LEN);
	for (i = 0; i < BIG_LEN / 16; i++)
		buf_str(&body, "0123456789abcde\n");
	token = http_reply_buf(req, 200, "text/markdown", &body);
	buf_done(&body);
	return token;
}

static void
gone_cb(void *arg)
{
	struct server *server = arg;

	server->gone++;
	server->waiting = NULL;
}

static const struct http_token *
later(struct http_req *req, void *arg)
{
	struct server *server = arg;

	server->handled++;
	server->waiting = req;
	return http_later(req, gone_cb, server);
}

static const struct http_token *
stop(struct http_req *req, void *arg)
{
	struct server *server = arg;

	loop_stop(server->loop);
	return http_reply(req, 200, json_pack("{s:b}", "stopping", 1));
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/v1/ping", .handler = ping},
    {.method = "GET", .path = "/v1/item/:id", .handler = item},
    {.method = "DELETE", .path = "/v1/item/:id", .handler = item},
    {.method = "GET", .path = "/v1/item/exact", .handler = exact},
    {.method = "GET", .path = "/v1/no", .handler = no},
    {.method = "GET", .path = "/v1/big", .handler = big},
    {.method = "GET", .path = "/v1/later", .handler = later},
    {.method = "GET", .path = "/v1/stop", .handler = stop},
    {.method = NULL},
};
static const struct http_route more_routes[] = {
    {.method = "POST", .path = "/v1/echo", .handler = echo},
    {.method = "PUT", .path = "/v1/echo", .handler = echo},
    {.method = "POST", .path = "/v1/small", .handler = echo, .body_max = 64},
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
server_start(struct server *server, uid_t uid)
{
	struct ek_why why;
	int fd = -1;

	memset(server, 0, sizeof(*server));
	strcpy(server->dir, "/tmp/test_http.XXXXXX");
	assert_non_null(mkdtemp(server->dir));
	snprintf(
	    server->path, sizeof(server->path), "%s/api.sock", server->dir);
	assert_int_equal(loop_new(tail_cb, server, &server->loop), EK_OK);
	server->base = loop_base(server->loop);
	assert_int_equal(http_new(server->base, NULL, &server->http), EK_OK);
	assert_int_equal(http_routes(server->http, routes, server), EK_OK);
	assert_int_equal(http_routes(server->http, more_routes, server), EK_OK);
	assert_int_equal(
	    http_listen_unix(server->path, &fd, &server->lock_fd, &why), EK_OK);
	assert_int_equal(http_serve_unix(server->http, fd, uid), EK_OK);
}

static void
server_stop(struct server *server)
{
	char lock[96];

	http_free(server->http);
	loop_free(server->loop);
	close(server->lock_fd);
	snprintf(lock, sizeof(lock), "%s.lock", server->path);
	assert_int_equal(unlink(lock), 0);
	assert_int_equal(unlink(server->path), 0);
	assert_int_equal(rmdir(server->dir), 0);
}

static int
setup(void **state)
{
	struct server *server = test_malloc(sizeof(*server));

	server_start(server, getuid());
	*state = server;
	return 0;
}

static int
teardown(void **state)
{
	server_stop(*state);
	test_free(*state);
	return 0;
}

/* --- clients --- */

static int64_t
mono_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int
dial(struct server *server)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", server->path);
	assert_int_equal(
	    connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

/* False when the server no longer takes bytes. */
static bool
say(struct server *server, int fd, const void *data, size_t len)
{
	int64_t end = mono_ms() + WAIT_MS;
	const char *at = data;
	ssize_t put;

	while (len > 0 && mono_ms() < end) {
		put = send(fd, at, len, MSG_NOSIGNAL);
		if (put < 0 && errno != EAGAIN)
			return false;
		if (put > 0) {
			at += put;
			len -= (size_t)put;
		}
		turn(server);
	}
	return len == 0;
}

/* Is there a whole answer (after skipping 100s)?  Fills status and body. */
static bool
is_whole(struct answer *answer)
{
	const char *head = answer->text, *end, *length;

	for (;;) {
		if (sscanf(head, "HTTP/1.1 %d ", &answer->status) != 1)
			return false;
		end = strstr(head, "\r\n\r\n");
		if (end == NULL)
			break;
		if (answer->status != 100) {
			length = strstr(head, "Content-Length: ");
			answer->body = end + 4;
			if (length != NULL && length < end &&
			    strlen(answer->body) >= (size_t)atol(length + 16))
				return true;
			break;
		}
		head = end + 4;
	}
	answer->status = 0;
	return false;
}

static void
take(struct answer *answer, int fd)
{
	char piece[65536];
	ssize_t got;

	while ((got = recv(fd, piece, sizeof(piece), 0)) > 0) {
		answer->text =
		    realloc(answer->text, answer->len + (size_t)got + 1);
		assert_non_null(answer->text);
		memcpy(answer->text + answer->len, piece, (size_t)got);
		answer->len += (size_t)got;
		answer->text[answer->len] = '\0';
	}
	if (got == 0 || (errno != EAGAIN && errno != EINTR))
		answer->closed = true;
}

static struct answer
hear(struct server *server, int fd, int ms, bool to_end)
{
	struct answer answer = {.text = calloc(1, 1)};
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	int64_t end = mono_ms() + ms;

	assert_non_null(answer.text);
	do {
		turn(server);
		take(&answer, fd);
		if (is_whole(&answer) && !to_end)
			return answer;
		if (!answer.closed)
			poll(&wait, 1, 1);
	} while (!answer.closed && mono_ms() < end);
	is_whole(&answer);
	return answer;
}

static struct answer
ask_bytes(struct server *server, const void *request, size_t len)
{
	int fd = dial(server);
	struct answer answer;

	say(server, fd, request, len);
	answer = hear(server, fd, WAIT_MS, false);
	close(fd);
	turn(server);
	return answer;
}

static struct answer
ask(struct server *server, const char *request)
{
	return ask_bytes(server, request, strlen(request));
}

static void
expect_status(struct server *server, const char *request, int status)
{
	struct answer answer = ask(server, request);

	if (answer.status != status)
		print_error("%d, not %d:\n%s\n%s\n", answer.status, status,
		    request, answer.text);
	assert_int_equal(answer.status, status);
	free(answer.text);
}

static void
assert_error(const struct answer *answer, int status, const char *code)
{
	json_t *json;
	const char *given = NULL, *message = NULL;

	if (answer->status != status)
		print_error(
		    "%d, not %d:\n%s\n", answer->status, status, answer->text);
	assert_int_equal(answer->status, status);
	assert_non_null(
	    strstr(answer->text, "Content-Type: application/json\r\n"));
	json = json_loads(answer->body, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	assert_int_equal(json_unpack(json, "{s:{s:s,s:s!}!}", "error", "code",
			     &given, "message", &message),
	    0);
	assert_string_equal(given, code);
	assert_non_null(strstr(message, "; ")); /* a remedy */
	json_decref(json);
}

static void
refused(struct server *server, const char *request, size_t len, int status,
    const char *code)
{
	int handled = server->handled;
	struct answer answer = ask_bytes(server, request, len);

	if (answer.status != status)
		print_error("request: %.300s\n", request);
	assert_error(&answer, status, code);
	assert_int_equal(server->handled, handled);
	assert_non_null(strstr(answer.text, "nosniff"));
	assert_non_null(strstr(answer.text, "Cache-Control: no-store\r\n"));
	free(answer.text);
}

static void
wait_until_no_conns(struct server *server)
{
	int64_t end = mono_ms() + WAIT_MS;

	while (server->http->conn_count > 0 && mono_ms() < end)
		turn(server);
	assert_int_equal(server->http->conn_count, 0);
}

/* --- plain use --- */

static void
test_answers(void **state)
{
	struct server *server = *state;
	struct answer answer = ask(server, GET_PING);

	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.body, "{\"ok\":true}");
	assert_non_null(
	    strstr(answer.text, "Content-Type: application/json\r\n"));
	assert_non_null(
	    strstr(answer.text, "X-Content-Type-Options: nosniff\r\n"));
	assert_non_null(strstr(answer.text, "Cache-Control: no-store\r\n"));
	free(answer.text);

	answer = ask(server,
	    "GET /v1/item/caf%C3%A9%20x?since=2026-01-01%2B HTTP/1.1\r\n" HOST
	    "\r\n");
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.body,
	    "{\"id\":\"caf\xc3\xa9 x\",\"since\":\"2026-01-01+\"}");
	free(answer.text);

	answer = ask(
	    server, "GET /v1/item/exact HTTP/1.1\r\nHost:localhost\r\n\r\n");
	assert_string_equal(answer.body, "{\"literal\":true}");
	free(answer.text);

	answer = ask(server, "GET /v1/no HTTP/1.1\r\n" HOST "\r\n");
	assert_error(&answer, 423, "locked");
	free(answer.text);

	answer = ask(server, "GET /v1/item/x?what=1 HTTP/1.1\r\n" HOST "\r\n");
	assert_error(&answer, 400, "invalid");
	assert_non_null(strstr(answer.body, "what"));
	free(answer.text);
}

static void
test_bodies(void **state)
{
	struct server *server = *state;
	struct answer answer;

	answer =
	    ask(server, "POST /v1/echo HTTP/1.1\r\n" HOST JSON
			"Idempotency-Key: abc\r\nContent-Length: 14\r\n\r\n"
			"{\"text\":\"four\"}");
	assert_int_equal(answer.status, 400); /* the body is 15 bytes */
	free(answer.text);
	answer =
	    ask(server, "POST /v1/echo HTTP/1.1\r\n" HOST JSON
			"idempotency-key:  abc \r\nContent-Length: 15\r\n\r\n"
			"{\"text\":\"four\"}");
	assert_int_equal(answer.status, 201);
	assert_string_equal(answer.body, "{\"bytes\":4,\"key\":\"abc\"}");
	free(answer.text);
	answer = ask(server,
	    "PUT /v1/echo HTTP/1.1\r\n" HOST
	    "Content-Type: Application/JSON; charset=UTF-8\r\n"
	    "Transfer-Encoding: Chunked\r\n\r\n"
	    "6\r\n{\"text\r\n1\r\n\"\r\n00B\r\n:\"eleven\"}\n\r\n0\r\n\r\n");
	assert_int_equal(answer.status, 201);
	assert_int_equal(server->body_len, 6);
	free(answer.text);
	answer =
	    ask(server, "POST /v1/echo HTTP/1.1\r\n" HOST JSON
			"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}");
	assert_int_equal(answer.status, 201);
	free(answer.text);
	/* No body at all reaches the handler, which says so. */
	answer = ask(server, "POST /v1/echo HTTP/1.1\r\n" HOST "\r\n");
	assert_error(&answer, 400, "invalid");
	free(answer.text);
	answer = ask(server, "POST /v1/echo HTTP/1.1\r\n" HOST JSON
			     "Content-Length: 2\r\n\r\n[]");
	assert_error(&answer, 400, "invalid");
	free(answer.text);
	answer = ask(server, "POST /v1/echo HTTP/1.1\r\n" HOST JSON
			     "Content-Length: 13\r\n\r\n{\"a\":1,\"a\":1}");
	assert_error(&answer, 400, "invalid");
	free(answer.text);
}

static void
test_waits_for_continue(void **state)
{
	struct server *server = *state;
	static const char head[] =
	    "POST /v1/echo HTTP/1.1\r\n" HOST JSON "Expect: 100-continue\r\n"
	    "Content-Length: 2\r\n\r\n";
	int fd = dial(server);
	struct answer answer;

	say(server, fd, head, sizeof(head) - 1);
	answer = hear(server, fd, 100, false);
	assert_string_equal(answer.text, "HTTP/1.1 100 Continue\r\n\r\n");
	free(answer.text);
	say(server, fd, "{}", 2);
	answer = hear(server, fd, WAIT_MS, false);
	assert_int_equal(answer.status, 201);
	free(answer.text);
	close(fd);
}

static void
test_keeps_alive(void **state)
{
	struct server *server = *state;
	int fd = dial(server), i;
	struct answer answer;

	for (i = 0; i < 50; i++) {
		say(server, fd, GET_PING, strlen(GET_PING));
		answer = hear(server, fd, WAIT_MS, false);
		assert_int_equal(answer.status, 200);
		assert_false(answer.closed);
		free(answer.text);
		say(server, fd,
		    "POST /v1/echo HTTP/1.1\r\n" HOST JSON
		    "Content-Length: 2\r\n\r\n{}",
		    strlen("POST /v1/echo HTTP/1.1\r\n" HOST JSON
			   "Content-Length: 2\r\n\r\n{}"));
		answer = hear(server, fd, WAIT_MS, false);
		assert_int_equal(answer.status, 201);
		free(answer.text);
	}
	assert_int_equal(server->http->conn_count, 1);
	close(fd);
	wait_until_no_conns(server);

	fd = dial(server);
	say(server, fd,
	    "GET /v1/ping HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n",
	    strlen(
		"GET /v1/ping HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"));
	answer = hear(server, fd, WAIT_MS, true);
	assert_int_equal(answer.status, 200);
	assert_true(answer.closed);
	free(answer.text);
	close(fd);
}

/* A byte at a time, every cut of a request is the same request. */
static void
test_any_cut(void **state)
{
	struct server *server = *state;
	static const char request[] =
	    "POST /v1/echo HTTP/1.1\r\n" HOST JSON
	    "Transfer-Encoding: chunked\r\n\r\n"
	    "3\r\n{\"t\r\nc\r\next\":\"four\"}\r\n0\r\n\r\n";
	const size_t len = sizeof(request) - 1;
	struct answer answer;
	size_t i;
	int fd;

	for (i = 1; i < len; i++) {
		fd = dial(server);
		say(server, fd, request, i);
		turn(server);
		say(server, fd, request + i, len - i);
		answer = hear(server, fd, WAIT_MS, false);
		assert_int_equal(answer.status, 201);
		free(answer.text);
		close(fd);
	}
	wait_until_no_conns(server);
}

static void
test_byte_by_byte(void **state)
{
	struct server *server = *state;
	static const char two[] =
	    "POST /v1/echo HTTP/1.1\r\n" HOST JSON
	    "Content-Length: 15\r\n\r\n{\"text\":\"four\"}"
	    "GET /v1/ping HTTP/1.1\r\n" HOST "\r\n";
	int fd = dial(server), handled = server->handled;
	struct answer answer;
	size_t i;

	for (i = 0; i < sizeof(two) - 1; i++)
		say(server, fd, two + i, 1);
	answer = hear(server, fd, 100, true);
	assert_int_equal(answer.status, 201);
	assert_non_null(strstr(answer.text, "{\"ok\":true}"));
	assert_int_equal(server->handled, handled + 2);
	free(answer.text);
	close(fd);
}

static void
test_half_close(void **state)
{
	struct server *server = *state;
	int fd = dial(server);
	struct answer answer;

	say(server, fd, GET_PING, strlen(GET_PING));
	shutdown(fd, SHUT_WR);
	answer = hear(server, fd, WAIT_MS, true);
	assert_int_equal(answer.status, 200);
	assert_true(answer.closed);
	free(answer.text);
	close(fd);

	/* An answer larger than the socket's buffer, too. */
	fd = dial(server);
	say(server, fd, "GET /v1/big HTTP/1.1\r\n" HOST "\r\n",
	    strlen("GET /v1/big HTTP/1.1\r\n" HOST "\r\n"));
	shutdown(fd, SHUT_WR);
	answer = hear(server, fd, WAIT_MS, true);
	assert_int_equal(answer.status, 200);
	assert_int_equal(strlen(answer.body), BIG_LEN);
	assert_non_null(strstr(answer.text, "Content-Type: text/markdown\r\n"));
	free(answer.text);
	close(fd);
	wait_until_no_conns(server);
}

static void
test_pipelining(void **state)
{
	struct server *server = *state;
	struct answer answer;
	const char *at;
	char many[8192] = "";
	int fd = dial(server), i, count = 0;

	for (i = 0; i < 40; i++)
		strcat(many, i % 2 == 0 ? GET_PING
					: "POST /v1/echo HTTP/1.1\r\n" HOST JSON
					  "Content-Length: 2\r\n\r\n{}");
	strcat(many, "GET /v1/ping HTTP/1.1\r\n"); /* and a beginning */
	say(server, fd, many, strlen(many));
	answer = hear(server, fd, 200, true);
	for (at = answer.text; (at = strstr(at, "HTTP/1.1 20")) != NULL; at++)
		count++;
	assert_int_equal(count, 40);
	assert_false(answer.closed);
	free(answer.text);
	say(server, fd, HOST "\r\n", strlen(HOST "\r\n"));
	answer = hear(server, fd, WAIT_MS, false);
	assert_int_equal(answer.status, 200);
	free(answer.text);

	/* A bad one behind a good one: both are answered, in order. */
	say(server, fd, GET_PING "GET //x HTTP/1.1\r\n" HOST "\r\n" GET_PING,
	    strlen(GET_PING "GET //x HTTP/1.1\r\n" HOST "\r\n" GET_PING));
	answer = hear(server, fd, WAIT_MS, true);
	assert_true(answer.closed);
	assert_true(strstr(answer.text, "HTTP/1.1 200") <
		    strstr(answer.text, "HTTP/1.1 400"));
	count = 0;
	for (at = answer.text; (at = strstr(at, "HTTP/1.1 ")) != NULL; at++)
		count++;
	assert_int_equal(count, 2);
	free(answer.text);
	close(fd);
}

/* --- refusals --- */

static void
test_hostile(void **state)
{
	static const struct {
		const char *request;
		int status;
		const char *code;
	} cases[] = {
#define REFUSE(text) {text, 400, "invalid"}
	    /* Host */
	    REFUSE("GET /v1/ping HTTP/1.1\r\n\r\n"),
	    REFUSE("GET /v1/ping HTTP/1.1\r\n" HOST HOST "\r\n"),
	    REFUSE("GET /v1/ping HTTP/1.1\r\nHost:\r\n\r\n"),
	    REFUSE("GET /v1/ping HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
	    REFUSE("GET /v1/ping HTTP/1.1\r\nHost: localhost:80\r\n\r\n"),
	    REFUSE("GET /v1/ping HTTP/1.1\r\nHost: localhost.\r\n\r\n"),
	    REFUSE(
		"GET /v1/ping HTTP/1.1\r\n" HOST "Host: evil.example\r\n\r\n"),
	    /* target */
	    REFUSE("GET http://localhost/v1/ping HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET http://evil.example/ HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET localhost:80 HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("CONNECT localhost:80 HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("CONNECT /v1/ping HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/ping%00x HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1%2fping HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item/a%2Fb HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item/a%5cb HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item/x?since=%2f HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item/x?since=%00 HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1//ping HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET //v1/ping HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/ping/ HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/../v1/ping HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/%2e%2e/ping HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/./ping HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item/.%2E HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item/%ff HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item/%ed%a0%80 HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item/%0a HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item/%zz HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item/x% HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item/\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item\\x HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/ping#x HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item/x?since=a/b HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item/x?since=1&since=2 HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item/x?since HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item/x?=1 HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item/x?a=1& HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item/x?a=1&&b=1 HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/item/x?A=1 HTTP/1.1\r\n" HOST "\r\n"),
	    /* request line */
	    REFUSE("GET /v1/ping\r\n" HOST "\r\n"),
	    REFUSE("GET  /v1/ping HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/ping  HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET\t/v1/ping HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE(" GET /v1/ping HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("\r\nGET /v1/ping HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("GET /v1/ping HTTP/1.1 \r\n" HOST "\r\n"),
	    REFUSE("GET /v1/ping http/1.1\r\n" HOST "\r\n"),
	    REFUSE("G(T /v1/ping HTTP/1.1\r\n" HOST "\r\n"),
	    REFUSE("\x16\x03\x01\x02 TLS here \r\n\r\n"),
	    {"GET /v1/ping HTTP/1.0\r\n" HOST "\r\n", 505, "invalid"},
	    {"GET /v1/ping HTTP/2.0\r\n" HOST "\r\n", 505, "invalid"},
	    /* header lines */
	    REFUSE("GET /v1/ping HTTP/1.1\n" HOST "\n"),
	    REFUSE("GET /v1/ping HTTP/1.1\r\nHost: localhost\n\r\n"),
	    REFUSE("GET /v1/ping HTTP/1.1\r\n" HOST "A: b\rc\r\n\r\n"),
	    REFUSE("GET /v1/ping HTTP/1.1\r\n" HOST "A: b\x01\r\n\r\n"),
	    REFUSE("GET /v1/ping HTTP/1.1\r\n" HOST "A: b\r\n c\r\n\r\n"),
	    REFUSE("GET /v1/ping HTTP/1.1\r\n" HOST "A: b\r\n\tc\r\n\r\n"),
	    REFUSE("GET /v1/ping HTTP/1.1\r\n " HOST "\r\n"),
	    REFUSE("GET /v1/ping HTTP/1.1\r\n" HOST "A : b\r\n\r\n"),
	    REFUSE("GET /v1/ping HTTP/1.1\r\n" HOST "A\r\n\r\n"),
	    REFUSE("GET /v1/ping HTTP/1.1\r\n" HOST ": b\r\n\r\n"),
	    REFUSE("GET /v1/ping HTTP/1.1\r\n" HOST
		   "Idempotency-Key: a\r\nidempotency-key: a\r\n\r\n"),
	    /* lengths and encodings */
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST JSON
		   "Content-Length: +2\r\n\r\n{}"),
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST JSON
		   "Content-Length: -2\r\n\r\n{}"),
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST JSON
		   "Content-Length: 0x2\r\n\r\n{}"),
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST JSON
		   "Content-Length: 2, 2\r\n\r\n{}"),
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST JSON
		   "Content-Length: 2 2\r\n\r\n{}"),
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST JSON
		   "Content-Length:\r\n\r\n{}"),
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST JSON
		   "Content-Length: 99999999999999999999\r\n\r\n{}"),
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST JSON
		   "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST JSON
		   "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST JSON
		   "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n"
		   "\r\n{}"),
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST JSON
		   "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST JSON
		   "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST JSON
		   "Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n"),
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST JSON
		   "Transfer-Encoding: identity\r\n\r\n{}"),
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST JSON
		   "Transfer-Encoding: chunked\r\n"
		   "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
#define CHUNKS(text)                                                           \
	REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST JSON                          \
	       "Transfer-Encoding: chunked\r\n\r\n" text)
	    CHUNKS("0x2\r\n{}\r\n0\r\n\r\n"),
	    CHUNKS("+2\r\n{}\r\n0\r\n\r\n"),
	    CHUNKS(" 2\r\n{}\r\n0\r\n\r\n"),
	    CHUNKS("2 \r\n{}\r\n0\r\n\r\n"),
	    CHUNKS("2;a=b\r\n{}\r\n0\r\n\r\n"),
	    CHUNKS("2\n{}\r\n0\r\n\r\n"),
	    CHUNKS("\r\n{}\r\n0\r\n\r\n"),
	    CHUNKS("2\r\n{}0\r\n\r\n"),
	    CHUNKS("2\r\n{} \r\n0\r\n\r\n"),
	    CHUNKS("000000002\r\n{}\r\n0\r\n\r\n"),
	    CHUNKS("2\r\n{}\r\n0\r\nA: b\r\n\r\n"),
	    CHUNKS("-1\r\n{}\r\n0\r\n\r\n"),
	    {"POST /v1/echo HTTP/1.1\r\n" HOST JSON
	     "Transfer-Encoding: chunked\r\n\r\nffffffff\r\n",
		413, "too-large"},
	    /* bodies */
	    REFUSE("GET /v1/ping HTTP/1.1\r\n" HOST JSON
		   "Content-Length: 2\r\n\r\n{}"),
	    REFUSE("DELETE /v1/item/x HTTP/1.1\r\n" HOST JSON
		   "Content-Length: 2\r\n\r\n{}"),
	    REFUSE("GET /v1/ping HTTP/1.1\r\n" HOST JSON
		   "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST
		   "Content-Length: 2\r\n\r\n{}"),
	    REFUSE(
		"POST /v1/echo HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\n"
		"Content-Length: 2\r\n\r\n{}"),
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST
		   "Content-Type: application/jsonx\r\n"
		   "Content-Length: 2\r\n\r\n{}"),
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST
		   "Content-Type: application/json; charset=latin1\r\n"
		   "Content-Length: 2\r\n\r\n{}"),
	    REFUSE("POST /v1/echo HTTP/1.1\r\n" HOST JSON
		   "Content-Encoding: gzip\r\n"
		   "Content-Length: 2\r\n\r\n{}"),
	    {"POST /v1/echo HTTP/1.1\r\n" HOST JSON
	     "Expect: the unexpected\r\nContent-Length: 2\r\n\r\n{}",
		417, "invalid"},
	    /* routes */
	    {"GET / HTTP/1.1\r\n" HOST "\r\n", 404, "not-found"},
	    {"GET /v1 HTTP/1.1\r\n" HOST "\r\n", 404, "not-found"},
	    {"GET /v1/pin HTTP/1.1\r\n" HOST "\r\n", 404, "not-found"},
	    {"GET /v1/p%69ng HTTP/1.1\r\n" HOST "\r\n", 404, "not-found"},
	    {"GET /V1/ping HTTP/1.1\r\n" HOST "\r\n", 404, "not-found"},
	    {"BREW /v1/pot HTTP/1.1\r\n" HOST "\r\n", 404, "not-found"},
	    {"GET /a/b/c/d/e/f/g/h/i/j HTTP/1.1\r\n" HOST "\r\n", 404,
		"not-found"},
	};
	struct server *server = *state;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refused(server, cases[i].request, strlen(cases[i].request),
		    cases[i].status, cases[i].code);
	/* NUL in a header: cannot be in a C string. */
	refused(server, "GET /v1/ping HTTP/1.1\r\n" HOST "A: b\0c\r\n\r\n",
	    sizeof("GET /v1/ping HTTP/1.1\r\n" HOST "A: b\0c\r\n\r\n") - 1, 400,
	    "invalid");
	/* And after all that it still answers. */
	expect_status(server, GET_PING, 200);
}

static void
test_methods(void **state)
{
	static const char *const methods[] = {
	    "PATCH", "OPTIONS", "TRACE", "POST", "PUT", "BREW", "get"};
	struct server *server = *state;
	struct answer answer;
	char request[128];
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		snprintf(request, sizeof(request),
		    "%s /v1/item/x HTTP/1.1\r\n" HOST "\r\n", methods[i]);
		answer = ask(server, request);
		assert_error(&answer, 405, "invalid");
		assert_non_null(strstr(answer.text, "Allow: GET, DELETE\r\n"));
		free(answer.text);
	}
	/* HEAD's answer has no body, or the next answer would be misread. */
	answer = ask(server, "HEAD /v1/ping HTTP/1.1\r\n" HOST "\r\n");
	assert_int_equal(answer.status, 405);
	assert_non_null(strstr(answer.text, "Allow: GET\r\n"));
	assert_string_equal(answer.body, "");
	free(answer.text);
}

static void
test_another_user(void **state)
{
	struct server server;
	struct answer answer;

	(void)state;
	server_start(&server, getuid() + 1); /* even root is another */
	answer = ask(&server, GET_PING);
	assert_error(&answer, 403, "denied");
	assert_int_equal(server.handled, 0);
	free(answer.text);
	server_stop(&server);
}

/* --- limits, at and one past --- */

static char *
head_of(size_t path_len, size_t len)
{
	static const char rest[] = " HTTP/1.1\r\n" HOST "X: ";
	char *text = malloc(len + 1);
	size_t at;

	assert_non_null(text);
	at = (size_t)sprintf(text, "GET /v1/item/");
	memset(text + at, 'a', path_len - strlen("/v1/item/"));
	at += path_len - strlen("/v1/item/");
	if (len < at + sizeof(rest) + 4) {
		at += (size_t)sprintf(text + at, " HTTP/1.1\r\n" HOST "\r\n");
		return text;
	}
	at += (size_t)sprintf(text + at, "%s", rest);
	memset(text + at, 'b', len - 4 - at);
	memcpy(text + len - 4, "\r\n\r\n", 5);
	return text;
}

static void
test_head_limits(void **state)
{
	struct server *server = *state;
	char *text;

	text = head_of(EK_HTTP_PATH_MAX, 1000);
	expect_status(server, text, 200);
	free(text);
	text = head_of(EK_HTTP_PATH_MAX + 1, 1000);
	refused(server, text, strlen(text), 414, "too-large");
	free(text);
	text = head_of(100, EK_HTTP_HEADERS_MAX);
	assert_int_equal(strlen(text), EK_HTTP_HEADERS_MAX);
	expect_status(server, text, 200);
	free(text);
	text = head_of(100, EK_HTTP_HEADERS_MAX + 1);
	refused(server, text, strlen(text), 431, "too-large");
	free(text);
	text = head_of(100, 1024 * 1024);
	refused(server, text, strlen(text), 431, "too-large");
	free(text);
	text = head_of(20000, 30000);
	refused(server, text, strlen(text), 414, "too-large");
	free(text);
}

/* A body of exactly len bytes of JSON, with a head. */
static char *
post_of(const char *path, size_t len, bool chunked, size_t *ret_len)
{
	char *text = malloc(len + 400);
	int at;

	assert_non_null(text);
	if (chunked)
		at = sprintf(text,
		    "POST %s HTTP/1.1\r\n" HOST JSON
		    "Transfer-Encoding: chunked\r\n\r\n%zx\r\n",
		    path, len);
	else
		at = sprintf(text,
		    "POST %s HTTP/1.1\r\n" HOST JSON
		    "Content-Length: %zu\r\n\r\n",
		    path, len);
	at += sprintf(text + at, "{\"text\":\"");
	memset(text + at, 'w', len - 11);
	at += (int)(len - 11);
	at += sprintf(text + at, "\"}%s", chunked ? "\r\n0\r\n\r\n" : "");
	*ret_len = (size_t)at;
	return text;
}

static void
try_body(struct server *server, const char *path, size_t len, bool chunked,
    int status)
{
	int handled = server->handled;
	size_t total = 0;
	char *text = post_of(path, len, chunked, &total);
	struct answer answer = ask_bytes(server, text, total);

	if (status == 201) {
		assert_int_equal(answer.status, 201);
		assert_int_equal(server->body_len, len - 11);
		assert_int_equal(server->handled, handled + 1);
	} else {
		assert_error(&answer, status, "too-large");
		assert_int_equal(server->handled, handled);
	}
	free(answer.text);
	free(text);
}

static void
test_body_limits(void **state)
{
	struct server *server = *state;
	int chunked;

	for (chunked = 0; chunked < 2; chunked++) {
		try_body(server, "/v1/small", 64, chunked, 201);
		try_body(server, "/v1/small", 65, chunked, 413);
		try_body(server, "/v1/small", 100000, chunked, 413);
		try_body(server, "/v1/echo", EK_HTTP_BODY_MAX, chunked, 201);
		try_body(
		    server, "/v1/echo", EK_HTTP_BODY_MAX + 1, chunked, 413);
		try_body(server, "/v1/echo", 3 * 1024 * 1024, chunked, 413);
	}
	/* Many small chunks past the limit together. */
	refused(server,
	    "POST /v1/small HTTP/1.1\r\n" HOST JSON
	    "Transfer-Encoding: chunked\r\n\r\n40\r\n"
	    "{                                                              }"
	    "\r\n1\r\n \r\n0\r\n\r\n",
	    strlen("POST /v1/small HTTP/1.1\r\n" HOST JSON
		   "Transfer-Encoding: chunked\r\n\r\n40\r\n"
		   "{                                                         "
		   "     }"
		   "\r\n1\r\n \r\n0\r\n\r\n"),
	    413, "too-large");
}

static void
test_query_limits(void **state)
{
	struct server *server = *state;
	char text[1024];
	size_t at = 0;
	int i;

	at = (size_t)sprintf(text, "GET /v1/item/x?since=1");
	for (i = 1; i < HTTP_PARAMS_MAX; i++)
		at += (size_t)sprintf(text + at, "&q%d=", i);
	strcpy(text + at, " HTTP/1.1\r\n" HOST "\r\n");
	expect_status(server, text, 400); /* q1 is not known: handled */
	assert_int_equal(server->handled, 1);
	strcpy(text + at, "&one=more HTTP/1.1\r\n" HOST "\r\n");
	expect_status(server, text, 400);
	assert_int_equal(server->handled, 1);
}

/* --- time --- */

static void
test_slow_head(void **state)
{
	struct server *server = *state;
	struct answer answer;
	int64_t began;
	int fd;

	http_test_limits(server->http, 100, 60000, EK_HTTP_CONNS_MAX);
	/* Nothing at all. */
	fd = dial(server);
	answer = hear(server, fd, WAIT_MS, true);
	assert_true(answer.closed);
	assert_int_equal(answer.len, 0);
	free(answer.text);
	close(fd);
	wait_until_no_conns(server);
	/* A header line now and then. */
	fd = dial(server);
	say(server, fd, "GET /v1/ping HTTP/1.1\r\n" HOST,
	    strlen("GET /v1/ping HTTP/1.1\r\n" HOST));
	began = mono_ms();
	do {
		say(server, fd, "A: b\r\n", 6);
		answer = hear(server, fd, 10, false);
		if (answer.status != 0)
			break;
		free(answer.text);
	} while (mono_ms() - began < WAIT_MS);
	assert_error(&answer, 408, "invalid");
	assert_true(mono_ms() - began < WAIT_MS);
	free(answer.text);
	close(fd);
	wait_until_no_conns(server);
}

static void
test_slow_body(void **state)
{
	static const char head[] = "POST /v1/echo HTTP/1.1\r\n" HOST JSON
				   "Content-Length: 5000\r\n\r\n{";
	struct server *server = *state;
	struct answer answer;
	int64_t began = mono_ms();
	int fd;

	http_test_limits(server->http, 100, 60000, EK_HTTP_CONNS_MAX);
	fd = dial(server);
	say(server, fd, head, sizeof(head) - 1);
	do {
		say(server, fd, " ", 1);
		answer = hear(server, fd, 10, false);
		if (answer.status != 0)
			break;
		free(answer.text);
	} while (mono_ms() - began < WAIT_MS);
	assert_error(&answer, 408, "invalid");
	assert_int_equal(server->handled, 0);
	free(answer.text);
	close(fd);
	wait_until_no_conns(server);
}

static void
test_idle(void **state)
{
	struct server *server = *state;
	struct answer answer;
	int fd = dial(server);

	http_test_limits(server->http, 5000, 100, EK_HTTP_CONNS_MAX);
	say(server, fd, GET_PING, strlen(GET_PING));
	answer = hear(server, fd, WAIT_MS, true);
	assert_int_equal(answer.status, 200);
	assert_true(answer.closed);
	free(answer.text);
	close(fd);
	wait_until_no_conns(server);
}

/* With nobody connected there is no timer left. */
static void
test_no_timer_at_rest(void **state)
{
	struct server *server = *state;

	assert_int_equal(server->http->sweep_at_ms, 0);
	expect_status(server, GET_PING, 200);
	wait_until_no_conns(server);
	assert_int_equal(server->http->sweep_at_ms, 0);
	assert_false(event_pending(server->http->sweep, EV_TIMEOUT, NULL));
}

/* --- crowds --- */

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
test_crowd(void **state)
{
	struct server *server = *state;
	int before = open_fds(), fds[300], i, waiting = 0;
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	struct answer answer;

	http_test_limits(server->http, 100, 60000, EK_HTTP_CONNS_MAX);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", server->path);
	for (i = 0; i < 300; i++) {
		fds[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		assert_true(fds[i] >= 0);
		if (connect(fds[i], (struct sockaddr *)&addr, sizeof(addr)) !=
		    0) { /* the backlog is full */
			assert_int_equal(errno, EAGAIN);
			close(fds[i]);
			fds[i] = -1;
			waiting++;
		}
		turn(server);
		assert_true(server->http->conn_count <= EK_HTTP_CONNS_MAX);
	}
	assert_int_equal(server->http->conn_count, EK_HTTP_CONNS_MAX);
	assert_true(server->http->paused);
	assert_true(waiting > 0);
	/* The ones that came first go for their slowness, others come in. */
	for (i = 299; fds[i] < 0; i--)
		;
	say(server, fds[i], GET_PING, strlen(GET_PING));
	answer = hear(server, fds[i], WAIT_MS, false);
	assert_int_equal(answer.status, 200);
	free(answer.text);
	for (i = 0; i < 300; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	wait_until_no_conns(server);
	expect_status(server, GET_PING, 200);
	wait_until_no_conns(server);
	assert_false(server->http->paused);
	assert_int_equal(open_fds(), before);
}

/* At the cap and out of fds the loop rests instead of spinning. */
static int
count_turns(struct server *server, int ms)
{
	struct timeval stop = {0, ms * 1000};
	int64_t end = mono_ms() + ms;
	int turns = 0;

	while (mono_ms() < end) {
		event_base_loopexit(server->base, &stop);
		event_base_loop(server->base, EVLOOP_ONCE);
		turns++;
	}
	return turns;
}

static void
test_cap_does_not_spin(void **state)
{
	static const char request[] = "GET /v1/later HTTP/1.1\r\n" HOST "\r\n";
	struct server *server = *state;
	int fds[6], i;

	http_test_limits(server->http, 60000, 60000, 3);
	for (i = 0; i < 6; i++)
		fds[i] = dial(server);
	for (i = 0; i < 3; i++)
		say(server, fds[i], request, sizeof(request) - 1);
	assert_true(count_turns(server, 300) < 30);
	/* Who is being answered keeps the place, however many wait. */
	assert_int_equal(server->handled, 3);
	assert_int_equal(server->http->conn_count, 3);
	assert_true(server->http->paused);
	for (i = 0; i < 6; i++)
		close(fds[i]);
	wait_until_no_conns(server);
}

/* Their deadlines are a minute off: they go because others want in. */
static void
test_silent_crowd_makes_room(void **state)
{
	struct server *server = *state;
	struct answer answer;
	int fds[40], i;

	http_test_limits(server->http, 60000, 60000, 3);
	for (i = 0; i < 40; i++)
		fds[i] = dial(server);
	for (i = 0; i < 20; i++)
		say(server, fds[i], GET_PING, 10);
	say(server, fds[39], GET_PING, strlen(GET_PING));
	answer = hear(server, fds[39], WAIT_MS, false);
	assert_int_equal(answer.status, 200);
	free(answer.text);
	answer = hear(server, fds[0], WAIT_MS, true);
	assert_true(answer.closed);
	free(answer.text);
	for (i = 0; i < 40; i++)
		close(fds[i]);
	wait_until_no_conns(server);
}

/* valgrind plays its own part in fds, limits and vfork. */
static bool
under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload != NULL && strstr(preload, "vgpreload") != NULL;
}

static void
test_no_fds_does_not_spin(void **state)
{
	struct server *server = *state;
	struct rlimit old, low;
	struct answer answer;
	int fd, probe;

	if (under_valgrind())
		skip();
	expect_status(server, GET_PING, 200);
	wait_until_no_conns(server);
	fd = dial(server);
	probe = dup(fd);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	low = old;
	low.rlim_cur =
	    (rlim_t)probe; /* probe is past it; nothing below is free */
	close(probe);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);

	assert_true(count_turns(server, 300) < 30);
	assert_int_equal(server->http->conn_count, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	say(server, fd, GET_PING, strlen(GET_PING));
	answer = hear(server, fd, WAIT_MS, false);
	assert_int_equal(answer.status, 200);
	free(answer.text);
	close(fd);
}

/* --- leaving early --- */

static void
test_later(void **state)
{
	static const char request[] = "GET /v1/later HTTP/1.1\r\n" HOST "\r\n";
	struct server *server = *state;
	int fd = dial(server);
	struct answer answer;

	say(server, fd, request, sizeof(request) - 1);
	turn(server);
	assert_non_null(server->waiting);
	/* Early bytes wait and the next request is answered after. */
	say(server, fd, GET_PING, strlen(GET_PING));
	turn(server);
	assert_int_equal(server->handled, 1);
	http_reply(server->waiting, 200, json_pack("{s:i}", "late", 1));
	server->waiting = NULL;
	answer = hear(server, fd, 100, true);
	assert_non_null(strstr(answer.text, "{\"late\":1}"));
	assert_non_null(strstr(answer.text, "{\"ok\":true}"));
	assert_int_equal(server->handled, 2);
	free(answer.text);
	close(fd);
	wait_until_no_conns(server);
	assert_int_equal(server->gone, 0);
}

static void
test_leaves_while_later(void **state)
{
	static const char request[] = "GET /v1/later HTTP/1.1\r\n" HOST "\r\n";
	struct server *server = *state;
	int fd, i;

	for (i = 0; i < 20; i++) {
		fd = dial(server);
		say(server, fd, request, sizeof(request) - 1);
		turn(server);
		assert_non_null(server->waiting);
		if (i % 2 == 0) /* with bytes we have not looked at */
			say(server, fd, GET_PING, strlen(GET_PING));
		close(fd);
		wait_until_no_conns(server);
		assert_int_equal(server->gone, i + 1);
		assert_null(server->waiting);
	}
}

/* The client leaves between the late answer and its sending. */
static void
test_leaves_before_release(void **state)
{
	static const char request[] = "GET /v1/later HTTP/1.1\r\n" HOST "\r\n";
	struct server *server = *state;
	int fd = dial(server);

	say(server, fd, request, sizeof(request) - 1);
	turn(server);
	close(fd);
	http_fail(server->waiting, EK_BUSY, NULL);
	server->waiting = NULL;
	event_base_loop(server->base, EVLOOP_NONBLOCK);
	assert_int_equal(server->gone, 0);
	assert_int_equal(http_parked(server->http), 0);
	wait_until_no_conns(server);
}

static void
test_leaves_anywhere(void **state)
{
	static const char request[] =
	    "POST /v1/echo HTTP/1.1\r\n" HOST JSON "Content-Length: 15\r\n\r\n"
	    "{\"text\":\"four\"}" GET_PING;
	struct server *server = *state;
	struct linger hard = {1, 0};
	size_t i;
	int fd;

	http_test_limits(server->http, 100, 60000, EK_HTTP_CONNS_MAX);
	for (i = 0; i < sizeof(request); i++) {
		fd = dial(server);
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
		if (i > 0)
			send(fd, request, i, MSG_NOSIGNAL);
		if (i % 3 == 0)
			turn(server);
		close(fd);
		turn(server);
	}
	wait_until_no_conns(server);
	/* In the midst of a long answer. */
	fd = dial(server);
	say(server, fd, "GET /v1/big HTTP/1.1\r\n" HOST "\r\n",
	    strlen("GET /v1/big HTTP/1.1\r\n" HOST "\r\n"));
	turn(server);
	turn(server);
	close(fd);
	wait_until_no_conns(server);
	expect_status(server, GET_PING, 200);
}

/* Freed in the midst of everything: ASan looks for what is left. */
static void
test_stop_any_time(void **state)
{
	static const char *const requests[] = {"", "GET /v1/p",
	    "POST /v1/echo HTTP/1.1\r\n" HOST JSON
	    "Content-Length: 15\r\n\r\n{\"te",
	    "GET /v1/later HTTP/1.1\r\n" HOST "\r\n",
	    "GET /v1/big HTTP/1.1\r\n" HOST "\r\n", "GET //\r\n\r\n",
	    GET_PING GET_PING "GET /v1/pi"};
	struct server server;
	size_t i;
	int fd[7];

	(void)state;
	server_start(&server, getuid());
	for (i = 0; i < 7; i++) {
		fd[i] = dial(&server);
		say(&server, fd[i], requests[i], strlen(requests[i]));
		turn(&server);
	}
	assert_non_null(server.waiting);
	server_stop(&server);
	assert_int_equal(server.gone, 1);
	for (i = 0; i < 7; i++)
		close(fd[i]);
}

/* --- the turn's tail --- */

static void
test_failed_commit(void **state)
{
	struct server *server = *state;
	struct answer answer;

	server->commit = EK_NO_SPACE;
	answer = ask(server, GET_PING);
	assert_error(&answer, 507, "no-space");
	assert_null(strstr(answer.text, "ok"));
	free(answer.text);
	server->commit = EK_OK;
	expect_status(server, GET_PING, 200);
}

static void
test_nothing_before_release(void **state)
{
	struct server *server = *state;
	int fd = dial(server), i;
	struct answer answer;
	char byte;

	assert_int_equal(
	    send(fd, GET_PING, strlen(GET_PING), 0), strlen(GET_PING));
	for (i = 0; i < 20; i++)
		event_base_loop(server->base, EVLOOP_NONBLOCK);
	assert_int_equal(server->handled, 1);
	assert_int_equal(http_parked(server->http), 1);
	assert_int_equal(recv(fd, &byte, 1, 0), -1);
	assert_int_equal(errno, EAGAIN);
	answer = hear(server, fd, WAIT_MS, false);
	assert_int_equal(answer.status, 200);
	free(answer.text);
	close(fd);
}

/* What the last turn acknowledged is heard. */
static void
test_stops_after_answering(void **state)
{
	static const char request[] = "GET /v1/stop HTTP/1.1\r\n" HOST "\r\n";
	struct server *server = *state;
	struct answer answer = {.text = calloc(1, 1)};
	int fd = dial(server);

	assert_int_equal(
	    send(fd, request, sizeof(request) - 1, 0), sizeof(request) - 1);
	assert_int_equal(loop_run(server->loop), EK_OK);
	take(&answer, fd);
	assert_true(is_whole(&answer));
	assert_string_equal(answer.body, "{\"stopping\":true}");
	free(answer.text);
	close(fd);
}

static void
test_bad_tables(void **state)
{
	static const struct http_route bad[][2] = {
	    {{.method = "HEAD", .path = "/v1/x", .handler = ping}},
	    {{.method = "GET", .path = "v1", .handler = ping}},
	    {{.method = "GET", .path = "/v1/", .handler = ping}},
	    {{.method = "GET", .path = "/v1/:", .handler = ping}},
	    {{.method = "GET", .path = "/v1"}},
	};
	struct server *server = *state;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    http_routes(server->http, bad[i], NULL), EK_BUG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_answers),
	    TEST(test_bodies),
	    TEST(test_waits_for_continue),
	    TEST(test_keeps_alive),
	    TEST(test_any_cut),
	    TEST(test_byte_by_byte),
	    TEST(test_half_close),
	    TEST(test_pipelining),
	    TEST(test_hostile),
	    TEST(test_methods),
	    cmocka_unit_test(test_another_user),
	    TEST(test_head_limits),
	    TEST(test_body_limits),
	    TEST(test_query_limits),
	    TEST(test_slow_head),
	    TEST(test_slow_body),
	    TEST(test_idle),
	    TEST(test_no_timer_at_rest),
	    TEST(test_crowd),
	    TEST(test_cap_does_not_spin),
	    TEST(test_silent_crowd_makes_room),
	    TEST(test_no_fds_does_not_spin),
	    TEST(test_later),
	    TEST(test_leaves_while_later),
	    TEST(test_leaves_before_release),
	    TEST(test_leaves_anywhere),
	    cmocka_unit_test(test_stop_any_time),
	    TEST(test_failed_commit),
	    TEST(test_nothing_before_release),
	    TEST(test_stops_after_answering),
	    TEST(test_bad_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
