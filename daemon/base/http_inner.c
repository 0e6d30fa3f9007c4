/*
 * http_inner - a request of our own to a route, without a socket.
 *
 * The page is a client like any other: its requests go through the same
 * matching and the same handlers, so that a check stands in one place.  An
 * inner request has a conn that nobody connected to; its answer is not parked,
 * since the outer one is.
 */
#include <stdlib.h>
#include <string.h>

#include "base/http_in.h"

struct http_inner {
	struct http_conn conn; /* of no connection */
	struct http_req req;
	char *key; /* owned; NULL: none */
	struct http_answer answer;
	bool in_handler;
	http_inner_cb done_cb;
	void *arg;
};

static void
inner_free(struct http_inner *inner)
{
	json_decref(inner->req.body);
	json_decref(inner->answer.json);
	free(inner->key);
	free(inner);
}

static void
finish(struct http_inner *inner)
{
	inner->done_cb(&inner->answer, inner->arg);
	inner_free(inner);
}

const char *
http_inner_header(const struct http_inner *inner, const char *name)
{
	return strcmp(name, "Idempotency-Key") == 0 ? inner->key : NULL;
}

static void
take_answer(struct http_inner *inner, int status, json_t *json_take,
    enum ek_err err, const char *why)
{
	inner->req.state = REQ_PARKED;
	inner->answer.status = status;
	inner->answer.json = json_take;
	inner->answer.err = err;
	if (why != NULL)
		ek_why(&inner->answer.why, err, "%s", why);
}

void
http_inner_answer(struct http_inner *inner, int status, json_t *json_take,
    enum ek_err err, const char *why)
{
	take_answer(inner, status, json_take, err, why);
	if (!inner->in_handler)
		finish(inner);
}

static enum ek_err
find(struct http_inner *inner, const char *method, const char *target)
{
	struct http *http = inner->conn.http;
	struct http_conn *conn = &inner->conn;
	struct http_refusal no = {.status = 500};
	enum ek_err err;

	err = http_target_parse(target, strlen(target), &conn->target, &no);
	if (err == EK_OK)
		err = http_route_find(http->tables, http->table_count, method,
		    &conn->target, &conn->table, &conn->route, &no);
	if (err == EK_OK && inner->req.body != NULL &&
	    http_route_body_max(conn->route) == 0)
		err = http_refuse(&no, 400, EK_INVALID,
		    "%s takes no body; send none", method);
	if (err != EK_OK)
		take_answer(inner, no.status, NULL, err, no.why.text);
	return err;
}

enum ek_err
http_inner(struct http *api, const struct http_ask *ask, http_inner_cb done_cb,
    void *arg, struct http_inner **ret_pending)
{
	struct http_inner *inner = calloc(1, sizeof(*inner));

	if (inner == NULL ||
	    (ask->key != NULL && (inner->key = strdup(ask->key)) == NULL)) {
		json_decref(ask->body_take);
		free(inner);
		return EK_NOMEM;
	}
	inner->conn.http = api;
	inner->req.conn = &inner->conn;
	inner->req.inner = inner;
	inner->req.body = ask->body_take;
	inner->done_cb = done_cb;
	inner->arg = arg;
	inner->in_handler = true;
	if (find(inner, ask->method, ask->target) == EK_OK)
		inner->conn.route->handler(&inner->req, inner->conn.table->arg);
	inner->in_handler = false;
	*ret_pending = inner->req.state == REQ_LATER ? inner : NULL;
	if (*ret_pending == NULL)
		finish(inner);
	return EK_OK;
}

void
http_inner_cancel(struct http_inner *inner)
{
	if (inner == NULL)
		return;
	if (inner->req.gone_cb != NULL)
		inner->req.gone_cb(inner->req.gone_arg);
	inner_free(inner);
}
