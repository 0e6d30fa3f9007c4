/*
 * http_in - what http.c (server, sending), http_req.c (for handlers),
 * http_gate.c (connections), http_crowd.c (whose, and too many of them),
 * http_look.c (heads, bodies, refusals) and http_side.c (what the API and a
 * page answer differently) share; for these files only.
 *
 * Lifetimes: a conn lives from the accept to the connection's close callback,
 * or, before its first whole request (no callback can be set until then), to
 * the sweep that finds its bufferevent let go.  It holds a reference to the
 * bufferevent, so its fd cannot be reused under us.  A req lives from its
 * handler to the end of its answer or of its conn.
 */
#ifndef EVENKEEL_BASE_HTTP_IN_H
#define EVENKEEL_BASE_HTTP_IN_H

#include <event2/util.h>
#include <sys/queue.h>

#include "base/http.h"
#include "base/http_route.h"

struct bufferevent;
struct evbuffer;
struct evbuffer_cb_entry;
struct evconnlistener;
struct event;
struct evhttp;
struct evhttp_bound_socket;
struct evhttp_connection;
struct evhttp_request;

/* The slowest body and reader we wait for. */
#define HTTP_BYTES_PER_SEC (256 * 1024)
/* At the cap: how often room is looked for, and how long a connection that
 * sends no whole request keeps its place then. */
#define HTTP_FULL_MS 100

enum conn_state {
	CONN_HEAD, /* waiting for a head, or for the rest of one */
	CONN_BODY,
	CONN_BUSY, /* a whole request is with evhttp, a handler or its answer */
	CONN_DEAD, /* refused; what still comes is thrown away */
};

struct http_conn {
	LIST_ENTRY(http_conn) link; /* http->conns */
	struct http *http;
	struct bufferevent *bev; /* a reference of our own */
	struct evbuffer_cb_entry *watch;
	struct evbuffer *ahead; /* a next request's start that came early */
	enum conn_state state;
	bool looking;        /* our own changes to the input are not news */
	bool close_told;     /* the close callback is set */
	bool peer_known;     /* asked, and it may be here */
	int64_t since_ms;    /* it waits for what it waits for, since */
	int64_t deadline_ms; /* loop's monotonic clock; 0: none */
	bool chunked;
	uint64_t body_left;
	struct http_chunks chunks;
	struct http_target target; /* of the request under way */
	const struct http_table *table;
	const struct http_route *route;
	struct http_req *req; /* owned; NULL between requests */
};
LIST_HEAD(http_conns, http_conn);

enum req_state { REQ_NEW, REQ_LATER, REQ_PARKED, REQ_SENT };

struct http_req {
	TAILQ_ENTRY(http_req) link; /* http->parked, while REQ_PARKED */
	struct http_conn *conn;
	struct evhttp_request *ev; /* evhttp's; NULL of an inner one */
	struct http_inner *inner;  /* NULL: someone sent it */
	enum req_state state;
	bool large;             /* its body or answer was */
	json_t *body;           /* owned; NULL until asked for */
	struct http_form *form; /* the same */
	int status;
	const char *type; /* a literal */
	char *data;       /* owned, wiped */
	size_t len;
	void (*gone_cb)(void *arg);
	void *gone_arg;
};
TAILQ_HEAD(http_parked, http_req);

struct http {
	struct event_base *base;      /* borrowed */
	const struct http_side *side; /* borrowed; NULL: the API's */
	struct evhttp *ev;
	struct evconnlistener *listener;   /* evhttp's; NULL: not serving */
	struct evhttp_bound_socket *bound; /* evhttp's, of the listener */
	struct event *ready;               /* someone knocks */
	struct event *sweep;               /* armed only while needed */
	struct event *fresh;               /* someone was let in */
	int64_t sweep_at_ms;               /* 0: not armed */
	struct http_conns conns;
	size_t conn_count;
	size_t conns_max;
	size_t accepted;      /* since the start */
	size_t accepted_seen; /* at the last knock */
	bool paused;          /* not accepting */
	int64_t resume_at_ms; /* paused for want of fds: when to try */
	uid_t uid;
	int64_t head_ms;   /* EK_HTTP_HEADER_SECS */
	int64_t idle_ms;   /* EK_HTTP_IDLE_SECS */
	int64_t linger_ms; /* for a refused client to read why */
	struct http_table tables[HTTP_TABLES_MAX];
	size_t table_count;
	size_t body_max; /* of all routes */
	struct http_parked parked;
};

/* --- http_gate.c --- */

/* evhttp's bufferevent callback: every connection begins here. */
struct bufferevent *http_gate_bev(struct event_base *base, void *arg_http);
/* Starts and ends watching the listener and the sweep. */
enum ek_err http_gate_start(struct http *http, int fd) EK_MUST_USE;
void http_gate_stop(struct http *http);
/* Stops listening only; the rest goes as it ends. */
void http_gate_unserve(struct http *http);
struct http_conn *http_gate_find(
    struct http *http, struct evhttp_connection *evcon);
void http_gate_busy(struct http_conn *conn);  /* evhttp has the request */
void http_gate_later(struct http_conn *conn); /* watch for the client leaving */
void http_gate_sending(struct http_conn *conn, size_t len);
void http_gate_next(struct http_conn *conn); /* the answer is out */
void http_conn_free(struct http_conn *conn); /* not its bufferevent's reader */

/* --- http_crowd.c --- */

/* evhttp let go of it before we could ask to be told. */
bool http_crowd_is_let_go(const struct http_conn *conn);
void http_crowd_tidy(struct http *http); /* frees what it has let go of */
/* The page's side: another user's connection has no place, even for a turn. */
void http_crowd_fresh_cb(evutil_socket_t fd, short what, void *arg_http);
/* At the cap: those that have sent no whole request for too long go. */
void http_crowd_make_room(struct http *http, int64_t now_ms);

/* --- http_look.c --- */

/* Looks at the last `fresh` bytes of the conn's input. */
void http_look(struct http_conn *conn, size_t fresh);
/* Answers on the socket itself; the conn is dead then. */
void http_look_refuse(
    struct http_conn *conn, const struct http_refusal *no, bool with_body);

/* --- http_gate.c, for http_look.c --- */

void http_gate_deadline(struct http_conn *conn, int64_t in_ms); /* 0: none */
void http_gate_hold(struct http_conn *conn, size_t high);
void http_gate_open(struct http_conn *conn);
void http_gate_drain(struct http_conn *conn);

/* --- http_req.c --- */

const char *http_reason(int status);
void http_free_wiped(char *data, size_t len);

/* --- http_side.c --- */

#define HTTP_TYPE_JSON "application/json"

/* The body of a failure in the side's form; *ret_len without the NUL.  malloc,
 * NULL without memory; *ret_type is set in any case. */
char *http_side_fail(const struct http *http, int status, enum ek_err err,
    const char *why, const char **ret_type, size_t *ret_len);
/* Who is at the other end? */
enum ek_err http_side_peer(
    const struct http_conn *conn, struct http_refusal *ret_no) EK_MUST_USE;
/* The side's own headers, one call each. */
void http_side_headers(const struct http *http,
    void (*each_cb)(const char *name, const char *value, void *arg), void *arg);

/* --- http_inner.c --- */

const char *http_inner_header(const struct http_inner *inner, const char *name);
/* Hands the answer on; the req is gone then, unless its handler still runs. */
void http_inner_answer(struct http_inner *inner, int status, json_t *json_take,
    enum ek_err err, const char *why);

/* --- http_peer.c --- */

struct sockaddr_in;

/* The same of a file like /proc/net/tcp. */
bool http_peer_by_table(const char *path, const struct sockaddr_in *ours,
    const struct sockaddr_in *theirs, uid_t *ret_uid);

#ifdef EK_TEST_BUILD
/* Tests do not wait for real limits. */
void http_test_limits(
    struct http *http, int head_ms, int idle_ms, size_t conns_max);
#endif

#endif
