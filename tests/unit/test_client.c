/*
 * test_client - libcurl's edge against a server played here, connection by
 * connection: refusals, a daemon lost in the middle, strangers at the socket,
 * and an environment that would lead elsewhere.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../cli/client.h"
#include "check.h"

#define REQUEST_MAX 8192

/* One reply a connection; "" closes without a word. */
static const char *const *script;
static char folder[] = "/tmp/test_client.XXXXXX";
static char sock[64];
static int heard[2]; /* what was asked, connection by connection */
static pid_t server;

static int
listen_at(const char *path)
{
	struct sockaddr_un where = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	snprintf(where.sun_path, sizeof(where.sun_path), "%s", path);
	assert_int_equal(
	    bind(fd, (const struct sockaddr *)&where, sizeof(where)), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

/* Reads until the end of a request whose body ends with "}" or is none. */
static void
hear(int fd)
{
	char text[REQUEST_MAX];
	size_t len = 0;

	for (;;) {
		ssize_t n = read(fd, text + len, sizeof(text) - 1 - len);
		const char *end;

		if (n <= 0)
			break;
		len += (size_t)n;
		text[len] = '\0';
		end = strstr(text, "\r\n\r\n");
		if (end != NULL && (strstr(text, "Content-Length") == NULL ||
				       strchr(end, '}') != NULL))
			break;
	}
	(void)!write(heard[1], text, len);
	(void)!write(heard[1], "\n---\n", 5);
}

static void
serve(int fd)
{
	for (size_t i = 0; script[i] != NULL; i++) {
		int conn = accept(fd, NULL, NULL);

		if (conn < 0)
			_exit(1);
		hear(conn);
		(void)!write(conn, script[i], strlen(script[i]));
		close(conn);
	}
	_exit(0);
}

static void
play(const char *const *replies)
{
	int fd;

	script = replies;
	assert_int_equal(pipe(heard), 0);
	fd = listen_at(sock);
	server = fork();
	assert_true(server >= 0);
	if (server == 0)
		serve(fd);
	close(fd);
	close(heard[1]);
}

/* What the server heard in all. */
static void
end_play(char *out, size_t size)
{
	size_t len = 0;
	ssize_t n;

	kill(server, SIGTERM);
	assert_int_equal(waitpid(server, NULL, 0), server);
	while (len + 1 < size &&
	       (n = read(heard[0], out + len, size - 1 - len)) > 0)
		len += (size_t)n;
	out[len] = '\0';
	close(heard[0]);
	unlink(sock);
}

static size_t
count(const char *text, const char *part)
{
	size_t found = 0;

	while ((text = strstr(text, part)) != NULL) {
		found++;
		text += strlen(part);
	}
	return found;
}

#define HEAD(status, len)                                                      \
	"HTTP/1.1 " status "\r\nContent-Type: application/json\r\n"            \
	"Connection: close\r\nContent-Length: " len "\r\n\r\n"
#define OK_REPLY HEAD("200 OK", "8") "{\"a\":1}\n"

static void
test_good(void **state)
{
	static const char *const replies[] = {OK_REPLY, OK_REPLY, NULL};
	char text[REQUEST_MAX];
	struct client *client = NULL;
	struct ek_why why = {""};
	json_t *body = json_pack("{s:s}", "x", "y");
	json_t *reply = NULL;

	(void)state;
	play(replies);
	assert_ok(client_new(sock, &client));
	assert_ok(
	    client_call(client, "GET", "/v1/a?b=1", NULL, NULL, &reply, &why));
	assert_int_equal(json_integer_value(json_object_get(reply, "a")), 1);
	assert_ok(client_call(client, "PUT", "/v1/b", body,
	    "0123456789abcdef0123456789abcdef", NULL, &why));
	end_play(text, sizeof(text));
	assert_non_null(strstr(text, "GET /v1/a?b=1 HTTP/1.1\r\n"));
	assert_non_null(strstr(text, "Host: localhost\r\n"));
	assert_non_null(strstr(text, "PUT /v1/b HTTP/1.1\r\n"));
	assert_non_null(strstr(text, "Content-Type: application/json\r\n"));
	assert_non_null(strstr(
	    text, "Idempotency-Key: 0123456789abcdef0123456789abcdef\r\n"));
	assert_non_null(strstr(text, "{\"x\":\"y\"}"));
	assert_null(strstr(text, "Expect:"));
	assert_null(strstr(text, "User-Agent: curl"));
	json_decref(reply);
	json_decref(body);
	client_free(client);
}

static void
test_refused(void **state)
{
	static const char *const replies[] = {
	    HEAD("423 Locked", "58") "{\"error\":{\"code\":\"locked\","
				     "\"message\":\"closed; open it\"}}"
				     "      ",
	    HEAD("500 Oops", "4") "oops",
	    HEAD("302 Found", "2") "{}",
	    HEAD("200 OK", "4") "[1}\n",
	    NULL,
	};
	char text[REQUEST_MAX];
	struct client *client = NULL;
	struct ek_why why = {""};
	json_t *reply = NULL;

	(void)state;
	play(replies);
	assert_ok(client_new(sock, &client));
	assert_int_equal(
	    client_call(client, "GET", "/v1/a", NULL, NULL, &reply, &why),
	    EK_LOCKED);
	assert_string_equal(why.text, "closed; open it");
	assert_int_equal(
	    client_call(client, "GET", "/v1/a", NULL, NULL, &reply, &why),
	    EK_UNREACHABLE);
	assert_non_null(strstr(why.text, "not keeld"));
	assert_int_equal(
	    client_call(client, "GET", "/v1/a", NULL, NULL, &reply, &why),
	    EK_UNREACHABLE);
	assert_int_not_equal(
	    client_call(client, "GET", "/v1/a", NULL, NULL, &reply, &why),
	    EK_OK);
	assert_null(reply);
	end_play(text, sizeof(text));
	assert_int_equal(count(text, "GET "), 4);
	client_free(client);
}

/* Lost in the middle: again with the same key, or not at all. */
static void
test_lost(void **state)
{
	static const char *const once[] = {"", OK_REPLY, NULL};
	static const char *const always[] = {"", "", "", "", "", NULL};
	static const char *const half[] = {
	    HEAD("200 OK", "800") "{\"a\":", OK_REPLY, NULL};
	char key[33];
	char text[REQUEST_MAX];
	struct client *client = NULL;
	struct ek_why why = {""};
	json_t *reply = NULL;

	(void)state;
	client_new_key(key);
	assert_int_equal(strspn(key, "0123456789abcdef"), 32);
	assert_ok(client_new(sock, &client));
	play(once);
	assert_ok(client_call(client, "POST", "/v1/a", NULL, key, NULL, &why));
	end_play(text, sizeof(text));
	assert_int_equal(count(text, key), 2);
	play(half);
	assert_ok(
	    client_call(client, "GET", "/v1/a", NULL, NULL, &reply, &why));
	json_decref(reply);
	end_play(text, sizeof(text));
	play(always);
	assert_int_equal(
	    client_call(client, "POST", "/v1/a", NULL, NULL, NULL, &why),
	    EK_UNREACHABLE);
	assert_non_null(strstr(why.text, "not known whether"));
	end_play(text, sizeof(text));
	assert_int_equal(count(text, "POST "), 1);
	play(always);
	assert_int_equal(
	    client_call(client, "POST", "/v1/a", NULL, key, NULL, &why),
	    EK_UNREACHABLE);
	end_play(text, sizeof(text));
	assert_int_equal(count(text, "POST "), 3);
	client_free(client);
}

static void
unreachable(struct client *client, enum ek_err want, const char *part)
{
	struct ek_why why = {""};

	assert_int_equal(
	    client_call(client, "GET", "/v1/a", NULL, NULL, NULL, &why), want);
	assert_non_null(strstr(why.text, part));
	assert_non_null(strchr(why.text, ';'));
}

static void
test_no_socket(void **state)
{
	struct client *client = NULL;
	FILE *file;
	int fd;

	(void)state;
	assert_ok(client_new(sock, &client));
	unreachable(client, EK_UNREACHABLE, "systemctl --user start");
	fd = listen_at(sock);
	close(fd); /* stale: nobody listens */
	unreachable(client, EK_UNREACHABLE, "systemctl --user start");
	unlink(sock);
	file = fopen(sock, "w");
	assert_non_null(file);
	fclose(file);
	unreachable(client, EK_UNREACHABLE, "not a socket");
	unlink(sock);
	if (geteuid() == 0) {
		fd = listen_at(sock);
		assert_int_equal(chown(sock, 65534, 65534), 0);
		unreachable(client, EK_DENIED, "another user");
		close(fd);
		unlink(sock);
	}
	client_free(client);
}

static void
test_stranger(void **state)
{
	static const char *const replies[] = {"SSH-2.0-OpenSSH_9.2\r\n", NULL};
	char text[REQUEST_MAX];
	struct client *client = NULL;

	(void)state;
	assert_ok(client_new(sock, &client));
	play(replies);
	unreachable(client, EK_UNREACHABLE, "keeld");
	end_play(text, sizeof(text));
	client_free(client);
}

/* Proxies, .netrc and redirects of the environment lead nowhere. */
static void
test_environment(void **state)
{
	static const char *const replies[] = {OK_REPLY, NULL};
	char text[REQUEST_MAX];
	char netrc[64];
	struct client *client = NULL;
	struct ek_why why = {""};
	FILE *file;

	(void)state;
	snprintf(netrc, sizeof(netrc), "%s/.netrc", folder);
	file = fopen(netrc, "w");
	assert_non_null(file);
	fputs("machine localhost login mei password secret\n", file);
	fclose(file);
	setenv("HOME", folder, 1);
	setenv("http_proxy", "http://127.0.0.1:1/", 1);
	setenv("ALL_PROXY", "socks5://127.0.0.1:1/", 1);
	play(replies);
	assert_ok(client_new(sock, &client));
	assert_ok(client_call(client, "GET", "/v1/a", NULL, NULL, NULL, &why));
	end_play(text, sizeof(text));
	assert_null(strstr(text, "Authorization"));
	client_free(client);
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
	unlink(netrc);
}

static void
test_raw(void **state)
{
	static const char *const replies[] = {HEAD("200 OK", "6") "{}\n{}\n",
	    HEAD("200 OK", "6") "{}\n{}\n", NULL};
	char text[REQUEST_MAX];
	struct client *client = NULL;
	struct ek_why why = {""};
	struct buf bytes;

	(void)state;
	buf_init(&bytes, 6);
	play(replies);
	assert_ok(client_new(sock, &client));
	assert_ok(client_get_raw(client, "/v1/export", &bytes, &why));
	assert_string_equal(buf_text(&bytes), "{}\n{}\n");
	assert_int_equal(
	    client_get_raw(client, "/v1/export", &bytes, &why), EK_TOO_LARGE);
	end_play(text, sizeof(text));
	buf_done(&bytes);
	client_free(client);
}

static int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(sock, sizeof(sock), "%s/s", folder);
	(void)signal(SIGPIPE, SIG_IGN);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_lost),
	    cmocka_unit_test(test_no_socket),
	    cmocka_unit_test(test_stranger),
	    cmocka_unit_test(test_environment),
	    cmocka_unit_test(test_raw),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
