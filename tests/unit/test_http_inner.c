/*
 * Requests of our own: the same rows and checks as for a program, answers at
 * once or in a later turn, nothing left behind when nobody waits any more.
 */
#include "check.h"

#include <string.h>

#include "base/http.h"
#include "base/loop.h"

struct desk {
	struct loop *loop;
	struct http *http;
	struct http_req *waiting;
	int gone, done;
	struct http_answer answer; /* without its json */
	char json[200];
};

static const struct http_token *
echo(struct http_req *req, void *arg)
{
	const json_t *body = NULL;
	struct ek_why why;
	enum ek_err err = http_body_json(req, &body, &why);

	(void)arg;
	if (err != EK_OK)
		return http_fail(req, err, &why);
	return http_reply(req, 201,
	    json_pack("{s:s?,s:s?,s:s?,s:s?}", "text",
		json_string_value(json_object_get(body, "text")), "id",
		http_segment(req, "id"), "day", http_query(req, "day"), "key",
		http_header(req, "Idempotency-Key")));
}

static const struct http_token *
text(struct http_req *req, void *arg)
{
	struct buf body;
	const struct http_token *token;

	(void)arg;
	assert_null(http_header(req, "Host"));
	buf_init(&body, 10);
	token = http_reply_buf(req, 200, "text/plain", &body);
	buf_done(&body);
	return token;
}

static void
gone_cb(void *arg)
{
	((struct desk *)arg)->gone++;
}

static const struct http_token *
later(struct http_req *req, void *arg)
{
	((struct desk *)arg)->waiting = req;
	return http_later(req, gone_cb, arg);
}

static const struct http_route routes[] = {
    {.method = "POST", .path = "/v1/echo/:id", .handler = echo},
    {.method = "GET", .path = "/v1/text", .handler = text},
    {.method = "POST", .path = "/v1/later", .handler = later},
    {.method = NULL},
};

static void
tail_cb(void *arg)
{
	(void)arg;
}

static void
done_cb(const struct http_answer *answer, void *arg)
{
	struct desk *desk = arg;
	struct buf json;

	desk->done++;
	desk->answer = *answer;
	desk->answer.json = NULL;
	buf_init(&json, sizeof(desk->json) - 1);
	if (answer->json != NULL)
		assert_ok(json_write(answer->json, &json));
	memcpy(desk->json, buf_text(&json), json.len + 1);
	buf_done(&json);
}

static struct http_inner *
ask(struct desk *desk, const char *method, const char *target,
    json_t *body_take, const char *key)
{
	const struct http_ask ask = {method, target, body_take, key};
	struct http_inner *pending = NULL;

	desk->done = 0;
	assert_ok(http_inner(desk->http, &ask, done_cb, desk, &pending));
	assert_int_equal(desk->done, pending == NULL);
	return pending;
}

static int
setup(void **state)
{
	struct desk *desk = test_calloc(1, sizeof(*desk));

	assert_ok(loop_new(tail_cb, desk, &desk->loop));
	assert_ok(http_new(loop_base(desk->loop), NULL, &desk->http));
	assert_ok(http_routes(desk->http, routes, desk));
	*state = desk;
	return 0;
}

static int
teardown(void **state)
{
	struct desk *desk = *state;

	assert_int_equal(http_parked(desk->http), 0);
	http_free(desk->http);
	loop_free(desk->loop);
	test_free(desk);
	return 0;
}

static void
test_at_once(void **state)
{
	struct desk *desk = *state;

	ask(desk, "POST", "/v1/echo/a%20b?day=1",
	    json_pack("{s:s}", "text", "x"), "k");
	assert_int_equal(desk->answer.status, 201);
	assert_string_equal(desk->json,
	    "{\"text\":\"x\",\"id\":\"a b\",\"day\":\"1\",\"key\":\"k\"}");
	assert_int_equal(desk->answer.err, EK_OK);
	ask(desk, "GET", "/v1/text", NULL, NULL);
	assert_int_equal(desk->answer.status, 200);
	assert_string_equal(desk->json, "");
}

static void
test_refused(void **state)
{
	struct desk *desk = *state;

	ask(desk, "POST", "/v1/echo/a", NULL, NULL);
	assert_int_equal(desk->answer.status, 400);
	assert_int_equal(desk->answer.err, EK_INVALID);
	assert_non_null(strstr(desk->answer.why.text, "no body; "));
	ask(desk, "POST", "/v1/echo/a", json_array(), NULL);
	assert_int_equal(desk->answer.err, EK_INVALID);
	ask(desk, "GET", "/v1/nothing", NULL, NULL);
	assert_int_equal(desk->answer.status, 404);
	assert_int_equal(desk->answer.err, EK_NOT_FOUND);
	ask(desk, "GET", "/v1/echo/a", NULL, NULL);
	assert_int_equal(desk->answer.status, 405);
	ask(desk, "GET", "/v1/text/../echo", NULL, NULL);
	assert_int_equal(desk->answer.status, 400);
	ask(desk, "GET", "/v1/text", json_object(), NULL);
	assert_int_equal(desk->answer.status, 400);
}

static void
test_later(void **state)
{
	struct desk *desk = *state;

	assert_non_null(ask(desk, "POST", "/v1/later", json_object(), NULL));
	http_reply(desk->waiting, 200, json_pack("{s:b}", "ok", 1));
	assert_int_equal(desk->done, 1);
	assert_string_equal(desk->json, "{\"ok\":true}");
	assert_non_null(ask(desk, "POST", "/v1/later", json_object(), NULL));
	http_fail(desk->waiting, EK_LOCKED, NULL);
	assert_int_equal(desk->done, 1);
	assert_int_equal(desk->answer.status, 423);
	assert_int_equal(desk->gone, 0);
	http_inner_cancel(ask(desk, "POST", "/v1/later", json_object(), NULL));
	assert_int_equal(desk->gone, 1);
	assert_int_equal(desk->done, 0);
	http_inner_cancel(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_at_once),
	    TEST(test_refused),
	    TEST(test_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
