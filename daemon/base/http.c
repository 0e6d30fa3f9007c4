/*
 * http - requests to handlers, answers parked and sent at the turn's tail.
 *
 * evhttp gives framing and writing; what may pass to it is http_gate.c's to
 * say, and the two readings of a request are compared once more here.  Nothing
 * here is logged: paths and bodies are the person's own.
 */
#include "base/http.h"

#include <assert.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/http_in.h"

#define LINGER_MS 2000
#define LARGE     ((size_t)1024 * 1024)

/* --- a request's life --- */

static void
wipe_sent_cb(const void *data, size_t len, void *arg_data)
{
	(void)data;
	http_free_wiped(arg_data, len);
}

static void
req_free(struct http_req *req)
{
	if (req == NULL)
		return;
	if (req->state == REQ_PARKED)
		TAILQ_REMOVE(&req->conn->http->parked, req, link);
	req->conn->req = NULL;
	json_decref(req->body);
	http_form_free(req->form);
	http_free_wiped(req->data, req->len);
	free(req);
}

/* The connection goes down, whatever the reason. */
static void
closed_cb(struct evhttp_connection *evcon, void *arg)
{
	struct http_conn *conn = arg;
	struct http_req *req = conn->req;

	evhttp_connection_set_closecb(evcon, NULL, NULL);
	if (req != NULL) {
		/* Taken off its connection, evhttp forgets to free it. */
		if (evhttp_request_get_connection(req->ev) == NULL)
			evhttp_request_free(req->ev);
		if (req->state == REQ_LATER && req->gone_cb != NULL)
			req->gone_cb(req->gone_arg);
		req_free(req);
	}
	http_conn_free(conn);
}

/* The answer is written whole; evhttp frees its request after this. */
static void
sent_cb(struct evhttp_request *ev, void *arg)
{
	struct http_conn *conn = arg;
	bool large = conn->req->large;

	(void)ev;
	req_free(conn->req);
	if (large) /* at rest we are small again */
		malloc_trim(0);
	http_gate_next(conn);
}

static void
add_header_cb(const char *name, const char *value, void *arg_headers)
{
	evhttp_add_header(arg_headers, name, value);
}

static void
add_headers(
    const struct http *http, struct evhttp_request *ev, const char *type)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(ev);

	evhttp_add_header(headers, "Content-Type", type);
	evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
	evhttp_add_header(headers, "Cache-Control", "no-store");
	http_side_headers(http, add_header_cb, headers);
}

static void
send_parked(struct http_req *req)
{
	struct evbuffer *out = evbuffer_new();
	struct http_conn *conn = req->conn;

	req->state = REQ_SENT;
	req->large = req->large || req->len > LARGE;
	if (out == NULL || req->data == NULL ||
	    evbuffer_add_reference(
		out, req->data, req->len, wipe_sent_cb, req->data) != 0)
		req->status = 500; /* no memory even for the reason */
	else
		req->data = NULL; /* wipe_sent_cb has it */
	add_headers(conn->http, req->ev, req->type);
	http_gate_sending(conn, req->len);
	evhttp_connection_set_timeout(
	    evhttp_request_get_connection(req->ev), EK_HTTP_IDLE_SECS);
	evhttp_send_reply(req->ev, req->status, http_reason(req->status), out);
	/* evhttp would read on now, take a half-closed client for gone, and
	 * feed early bytes past the gate. */
	bufferevent_disable(conn->bev, EV_READ);
	if (out != NULL)
		evbuffer_free(out);
}

/* --- dispatch --- */

/* evhttp takes the host from an absolute target before it takes Host, and
 * leaves the port out. */
static bool
same_host(const struct http *http, struct evhttp_request *ev)
{
	const char *host = evhttp_request_get_host(ev);
	const char *sent =
	    evhttp_find_header(evhttp_request_get_input_headers(ev), "Host");
	size_t len;

	if (host == NULL || sent == NULL)
		return false;
	if (http->side == NULL)
		return strcasecmp(host, "localhost") == 0;
	len = strlen(host);
	return http->side->host_ok(sent, strlen(sent), http->side->arg) &&
	       strncmp(sent, host, len) == 0 &&
	       (sent[len] == ':' || sent[len] == '\0');
}

/* evhttp must have understood what the gate let through. */
static bool
same_reading(const struct http_conn *conn, struct evhttp_request *ev)
{
	enum evhttp_cmd_type method = evhttp_request_get_command(ev);
	const char *row = conn->route->method;

	if (conn->state != CONN_BUSY || !same_host(conn->http, ev))
		return false;
	return (method == EVHTTP_REQ_GET && strcmp(row, "GET") == 0) ||
	       (method == EVHTTP_REQ_POST && strcmp(row, "POST") == 0) ||
	       (method == EVHTTP_REQ_PUT && strcmp(row, "PUT") == 0) ||
	       (method == EVHTTP_REQ_DELETE && strcmp(row, "DELETE") == 0);
}

/* Without memory for a gate or a request: an answer with no body. */
static void
send_bare(const struct http *http, struct evhttp_request *ev, int status)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(ev);

	add_headers(
	    http, ev, http->side == NULL ? HTTP_TYPE_JSON : "text/plain");
	evhttp_add_header(headers, "Connection", "close");
	evhttp_send_reply(ev, status, http_reason(status), NULL);
}

static void
request_cb(struct evhttp_request *ev, void *arg)
{
	struct http *http = arg;
	struct evhttp_connection *evcon = evhttp_request_get_connection(ev);
	struct http_conn *conn = http_gate_find(http, evcon);
	struct http_req *req;
	const struct http_token *token;

	if (conn == NULL || !same_reading(conn, ev)) {
		send_bare(http, ev, conn == NULL ? 503 : 400);
		return;
	}
	http_gate_busy(conn);
	req = calloc(1, sizeof(*req));
	if (req == NULL) {
		http_gate_sending(conn, 0);
		send_bare(http, ev, 503);
		return;
	}
	req->conn = conn;
	req->ev = ev;
	req->large =
	    evbuffer_get_length(evhttp_request_get_input_buffer(ev)) > LARGE;
	conn->req = req;
	conn->close_told = true;
	evhttp_connection_set_closecb(evcon, closed_cb, conn);
	evhttp_request_set_on_complete_cb(ev, sent_cb, conn);
	token = conn->route->handler(req, conn->table->arg);
	assert(token != NULL && req->state != REQ_NEW);
}

/* --- the server --- */

size_t
http_parked(const struct http *http)
{
	const struct http_req *req;
	size_t count = 0;

	TAILQ_FOREACH (req, &http->parked, link)
		count++;
	return count;
}

void
http_release(struct http *http, enum ek_err err, const char *why)
{
	struct http_req *req;

	while ((req = TAILQ_FIRST(&http->parked)) != NULL) {
		TAILQ_REMOVE(&http->parked, req, link);
		if (err != EK_OK) {
			http_free_wiped(req->data, req->len);
			req->len = 0;
			evhttp_clear_headers(
			    evhttp_request_get_output_headers(req->ev));
			req->status = ek_err_http(err);
			req->data = http_side_fail(http, req->status, err,
			    why == NULL ? ek_err_text(err) : why, &req->type,
			    &req->len);
		}
		send_parked(req);
	}
}

enum ek_err
http_new(
    struct event_base *base, const struct http_side *side, struct http **ret)
{
	struct http *http = calloc(1, sizeof(*http));

	if (http == NULL)
		return EK_NOMEM;
	LIST_INIT(&http->conns);
	TAILQ_INIT(&http->parked);
	http->base = base;
	http->side = side;
	http->head_ms = EK_HTTP_HEADER_SECS * 1000;
	http->idle_ms = EK_HTTP_IDLE_SECS * 1000;
	http->linger_ms = LINGER_MS;
	http->conns_max = EK_HTTP_CONNS_MAX;
	http->ev = evhttp_new(base);
	if (http->ev == NULL) {
		free(http);
		return EK_NOMEM;
	}
	evhttp_set_max_headers_size(http->ev, EK_HTTP_HEADERS_MAX);
	evhttp_set_max_body_size(http->ev, 0);
	evhttp_set_allowed_methods(http->ev, EVHTTP_REQ_GET | EVHTTP_REQ_POST |
						 EVHTTP_REQ_PUT |
						 EVHTTP_REQ_DELETE);
	evhttp_set_timeout(http->ev, EK_HTTP_IDLE_SECS);
	evhttp_set_bevcb(http->ev, http_gate_bev, http);
	evhttp_set_gencb(http->ev, request_cb, http);
	*ret = http;
	return EK_OK;
}

void
http_free(struct http *http)
{
	if (http == NULL)
		return;
	http->paused = false; /* the listener goes first */
	if (http->ready != NULL)
		event_free(http->ready);
	http->ready = NULL;
	evhttp_free(http->ev);
	http->listener = NULL; /* evhttp's, gone with it */
	http_gate_stop(http);
	free(http);
}

enum ek_err
http_routes(struct http *http, const struct http_route *routes, void *arg)
{
	const struct http_route *route;
	size_t max;

	if (http->table_count == HTTP_TABLES_MAX)
		return EK_BUG;
	for (route = routes; route->method != NULL; route++)
		if (!http_route_ok(route))
			return EK_BUG;
	for (route = routes; route->method != NULL; route++) {
		max = http_route_body_max(route);
		if (max > http->body_max)
			http->body_max = max;
	}
	http->tables[http->table_count].routes = routes;
	http->tables[http->table_count].arg = arg;
	http->table_count++;
	evhttp_set_max_body_size(http->ev, (ev_ssize_t)http->body_max);
	return EK_OK;
}

/* Takes fd over. */
static enum ek_err
serve(struct http *http, int fd)
{
	struct evconnlistener *listener;

	if (http->listener != NULL) {
		close(fd);
		return EK_BUG;
	}
	if (evutil_make_socket_nonblocking(fd) != 0) {
		close(fd);
		return EK_IO;
	}
	listener = evconnlistener_new(http->base, NULL, NULL,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (listener == NULL) {
		close(fd);
		return EK_NOMEM;
	}
	http->listener = listener;
	http->bound = evhttp_bind_listener(http->ev, listener);
	if (http->bound == NULL) {
		evconnlistener_free(listener);
		http->listener = NULL;
		return EK_NOMEM;
	}
	return http_gate_start(http, fd);
}

enum ek_err
http_serve_unix(struct http *http, int fd, uid_t uid)
{
	http->uid = uid;
	return serve(http, fd);
}

enum ek_err
http_serve_loopback(
    struct http *http, uint16_t *ret_port, struct ek_why *reterr_why)
{
	uint16_t port = 0;
	int fd = -1;
	enum ek_err err;

	if (http->side == NULL) /* the API is not for TCP */
		return ek_why(reterr_why, EK_BUG, "%s", ek_err_text(EK_BUG));
	err = http_listen_loopback(&fd, &port, reterr_why);
	if (err != EK_OK)
		return err;
	err = serve(http, fd);
	if (err != EK_OK) {
		http_unserve(http);
		return ek_why(reterr_why, err, "%s", ek_err_text(err));
	}
	*ret_port = port;
	return EK_OK;
}

void
http_unserve(struct http *http)
{
	if (http->listener == NULL)
		return;
	http_gate_unserve(http);
	evhttp_del_accept_socket(http->ev, http->bound);
}
