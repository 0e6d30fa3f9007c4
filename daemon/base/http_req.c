/*
 * http_req - what a handler sees of its request, and its answer parked.
 *
 * The only maker of tokens: a handler that returns has answered once, or has
 * said that it will.
 */
#include <assert.h>
#include <event2/buffer.h>
#include <event2/http.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/http_in.h"

#define REPLY_MAX ((size_t)256 * 1024 * 1024)

struct http_token {
	char unused;
};
static const struct http_token the_token;

void
http_free_wiped(char *data, size_t len)
{
	if (data == NULL)
		return;
	explicit_bzero(data, len);
	free(data);
}

const char *
http_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
	    {200, "OK"},
	    {201, "Created"},
	    {303, "See Other"},
	    {400, "Bad Request"},
	    {403, "Forbidden"},
	    {404, "Not Found"},
	    {405, "Method Not Allowed"},
	    {408, "Request Timeout"},
	    {409, "Conflict"},
	    {410, "Gone"},
	    {413, "Content Too Large"},
	    {414, "URI Too Long"},
	    {417, "Expectation Failed"},
	    {423, "Locked"},
	    {431, "Request Header Fields Too Large"},
	    {500, "Internal Server Error"},
	    {503, "Service Unavailable"},
	    {505, "HTTP Version Not Supported"},
	    {507, "Insufficient Storage"},
	};
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Answer";
}

/* --- what came --- */

const char *
http_segment(const struct http_req *req, const char *name)
{
	return http_target_segment(&req->conn->target, req->conn->route, name);
}

const char *
http_query(const struct http_req *req, const char *name)
{
	return http_target_query(&req->conn->target, name);
}

enum ek_err
http_query_only(const struct http_req *req, struct ek_why *reterr_why, ...)
{
	const struct http_target *target = &req->conn->target;
	const char *given, *known;
	va_list args;
	size_t i;

	for (i = 0; i < target->params; i++) {
		given = target->text + target->param[i].name;
		va_start(args, reterr_why);
		do
			known = va_arg(args, const char *);
		while (known != NULL && strcmp(known, given) != 0);
		va_end(args);
		if (known == NULL)
			return ek_why(reterr_why, EK_INVALID,
			    "the query parameter %s is not known here; leave "
			    "it out",
			    given);
	}
	return EK_OK;
}

const char *
http_header(const struct http_req *req, const char *name)
{
	if (req->inner != NULL)
		return http_inner_header(req->inner, name);
	return evhttp_find_header(
	    evhttp_request_get_input_headers(req->ev), name);
}

const char *
http_cookie(
    const struct http_req *req, const char *name, char *out, size_t room)
{
	return http_cookie_find(http_header(req, "Cookie"), name, out, room);
}

enum ek_err
http_body_form(struct http_req *req, const struct http_form **ret,
    struct ek_why *reterr_why)
{
	struct evbuffer *input = evhttp_request_get_input_buffer(req->ev);
	size_t len = evbuffer_get_length(input);
	unsigned char *text;
	enum ek_err err;

	if (req->form == NULL) {
		text = evbuffer_pullup(input, -1);
		if (text == NULL && len > 0)
			return ek_why(
			    reterr_why, EK_NOMEM, "%s", ek_err_text(EK_NOMEM));
		err = http_form_parse(len == 0 ? "" : (const char *)text, len,
		    &req->form, reterr_why);
		if (len > 0)
			explicit_bzero(text, len);
		evbuffer_drain(input, len);
		if (err != EK_OK)
			return err;
	}
	*ret = req->form;
	return EK_OK;
}

enum ek_err
http_body_json(
    struct http_req *req, const json_t **ret, struct ek_why *reterr_why)
{
	struct evbuffer *input;
	size_t len = 0;
	unsigned char *text;
	json_t *json = NULL;
	enum ek_err err;

	if (req->body == NULL) {
		input = req->inner != NULL
			    ? NULL
			    : evhttp_request_get_input_buffer(req->ev);
		if (input != NULL)
			len = evbuffer_get_length(input);
		if (len == 0)
			return ek_why(reterr_why, EK_INVALID,
			    "the request has no body; send a JSON object");
		text = evbuffer_pullup(input, -1);
		if (text == NULL)
			return ek_why(
			    reterr_why, EK_NOMEM, "%s", ek_err_text(EK_NOMEM));
		err = json_read(
		    (const char *)text, len, "request body", &json, reterr_why);
		explicit_bzero(text, len);
		evbuffer_drain(input, len);
		if (err != EK_OK)
			return err;
		req->body = json;
	}
	if (!json_is_object(req->body))
		return ek_why(reterr_why, EK_INVALID,
		    "the request body is not a JSON object; send one");
	*ret = req->body;
	return EK_OK;
}

/* --- the answer --- */

static const struct http_token *
park(struct http_req *req, int status, const char *type, char *data_take,
    size_t len)
{
	assert(req->state == REQ_NEW || req->state == REQ_LATER);
	req->state = REQ_PARKED;
	req->status = status;
	req->type = type;
	req->data = data_take;
	req->len = data_take == NULL ? 0 : len;
	TAILQ_INSERT_TAIL(&req->conn->http->parked, req, link);
	return &the_token;
}

const struct http_token *
http_reply(struct http_req *req, int status, json_t *json_take)
{
	struct buf text;
	enum ek_err err;

	if (json_take == NULL)
		return http_fail(req, EK_NOMEM, NULL);
	if (req->inner != NULL) {
		http_inner_answer(req->inner, status, json_take, EK_OK, NULL);
		return &the_token;
	}
	buf_init(&text, REPLY_MAX);
	err = json_write(json_take, &text);
	json_decref(json_take);
	if (err == EK_OK) {
		size_t len = text.len;

		return park(req, status, HTTP_TYPE_JSON, buf_take(&text), len);
	}
	buf_done(&text);
	return http_fail(req, err, NULL);
}

const struct http_token *
http_reply_buf(
    struct http_req *req, int status, const char *type, const struct buf *body)
{
	char *data;

	if (req->inner != NULL) {
		http_inner_answer(req->inner, status, NULL, EK_OK, NULL);
		return &the_token;
	}
	data = malloc(body->len + 1);
	if (data == NULL)
		return http_fail(req, EK_NOMEM, NULL);
	memcpy(data, buf_text(body), body->len + 1);
	return park(req, status, type, data, body->len);
}

const struct http_token *
http_see_other(
    struct http_req *req, const char *location, const char *set_cookie)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(req->ev);
	char *body = strdup("\n");

	if (body == NULL ||
	    evhttp_add_header(headers, "Location", location) != 0 ||
	    (set_cookie != NULL &&
		evhttp_add_header(headers, "Set-Cookie", set_cookie) != 0)) {
		free(body);
		evhttp_clear_headers(headers);
		return http_fail(req, EK_NOMEM, NULL);
	}
	return park(req, 303, "text/plain", body, 1);
}

const struct http_token *
http_fail(struct http_req *req, enum ek_err err, const struct ek_why *why)
{
	const char *text = ek_err_text(err), *type;
	size_t len = 0;
	char *data;

	if (why != NULL && why->text[0] != '\0')
		text = why->text;
	if (req->inner != NULL) {
		http_inner_answer(
		    req->inner, ek_err_http(err), NULL, err, text);
		return &the_token;
	}
	data = http_side_fail(
	    req->conn->http, ek_err_http(err), err, text, &type, &len);
	return park(req, ek_err_http(err), type, data, len);
}

const struct http_token *
http_later(struct http_req *req, void (*gone_cb)(void *arg), void *arg)
{
	assert(req->state == REQ_NEW);
	req->state = REQ_LATER;
	req->gone_cb = gone_cb;
	req->gone_arg = arg;
	if (req->inner == NULL)
		http_gate_later(req->conn);
	return &the_token;
}
