/*
 * http - strict HTTP/1.1 with JSON bodies; http.c is the only file that
 * knows evhttp (FACTS A: what evhttp lets through is refused here).
 *
 * Every answer is parked and sent by http_release at the tail of the loop's
 * turn, after the turn's records are committed: nothing is acknowledged that
 * is not kept.  A handler returns a token that only http_reply, http_fail and
 * http_later can make, so no path can forget the answer or send two.
 *
 * HEAD is not served (405 with Allow): an answer that could differ from GET's
 * helps nobody.  Requests sent ahead on one connection are answered in their
 * order; chunked bodies are taken without extensions and trailers.
 */
#ifndef EVENKEEL_BASE_HTTP_H
#define EVENKEEL_BASE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/http_form.h"
#include "evenkeel/err.h"
#include "evenkeel/json.h"

struct buf;
struct event_base;
struct http;
struct http_req;
struct http_token; /* cannot be made outside http.c */

typedef const struct http_token *(*http_handler)(
    struct http_req *req, void *arg);

/* One route.  path segments starting with ':' match one segment
 * ("/v1/diary/:id").  Tables end with a NULL method.  docs/api.md is made
 * from these rows. */
struct http_route {
	const char *method; /* "GET", "POST", "PUT", "DELETE" */
	const char *path;
	http_handler handler;
	size_t
	    body_max; /* 0: EK_HTTP_BODY_MAX for POST and PUT, none for GET */
	const char *takes; /* body or query in one line of words; may be NULL */
	const char *gives; /* the reply's members in one line */
	const char *summary;
};

/* One side that is served, where it differs from the API's: a browser's. */
struct http_side {
	/* Who is at the other end?  Asked at the first byte it sends. */
	bool (*peer_ok)(int fd, void *arg);
	/* The value of Host, as sent; evhttp's reading must agree. */
	bool (*host_ok)(const char *host, size_t len, void *arg);
	/* The body of a refusal or failure; *ret_type is a literal. */
	void (*fail_cb)(int status, enum ek_err err, const char *why,
	    struct buf *ret, const char **ret_type, void *arg);
	const char *const *headers; /* name, value, ... NULL: of each answer */
	bool forms;                 /* bodies are forms; JSON is refused */
	void *arg;
};

/* side is borrowed as long as http lives; NULL: the API's (peers of one uid
 * on a Unix socket, Host: localhost, JSON). */
enum ek_err http_new(struct event_base *base, const struct http_side *side,
    struct http **ret) EK_MUST_USE;
void http_free(struct http *http);
/* routes is borrowed and lives as long as http; may be called several times. */
enum ek_err http_routes(
    struct http *http, const struct http_route *routes, void *arg) EK_MUST_USE;
/* Serves a listening Unix socket; only peers whose uid is `uid` are answered
 * (403 otherwise).  Takes fd over. */
enum ek_err http_serve_unix(struct http *http, int fd, uid_t uid) EK_MUST_USE;

/* Serves 127.0.0.1 on a port that the kernel chooses; with a side only.
 * May be called again after http_unserve(). */
enum ek_err http_serve_loopback(struct http *http, uint16_t *ret_port,
    struct ek_why *reterr_why) EK_MUST_USE;
/* Whose program is at the other end of a connection on 127.0.0.1; for
 * peer_ok.  False: not such a connection, or nobody is there to be asked. */
bool http_peer_uid(int fd, uid_t *ret_uid);
/* Takes the listener down at once.  Connections at rest end, the others after
 * their answer. */
void http_unserve(struct http *http);

/* The socket recipe: refuse a path too long, hold path.lock (flock), probe
 * for a live server (EK_BUSY names it), remove a stale socket, umask + bind +
 * restore, listen; mode 0600.  *ret_lock_fd stays open as long as we serve. */
enum ek_err http_listen_unix(const char *path, int *ret_fd, int *ret_lock_fd,
    struct ek_why *reterr_why) EK_MUST_USE;
enum ek_err http_listen_loopback(
    int *ret_fd, uint16_t *ret_port, struct ek_why *reterr_why) EK_MUST_USE;

/* Tail of the turn.  err is the commit's: on failure every parked answer of
 * this turn becomes that error, so that nothing unsaved is called saved. */
void http_release(struct http *http, enum ek_err err, const char *why);
size_t http_parked(const struct http *http);

/* --- for handlers --- */

/* Borrowed; NULL when absent.  Values are percent-decoded (no %00, %2f). */
const char *http_segment(const struct http_req *req, const char *name);
const char *http_query(const struct http_req *req, const char *name);
/* EK_INVALID naming the first query parameter that is not in the NULL-ended
 * list. */
enum ek_err http_query_only(const struct http_req *req,
    struct ek_why *reterr_why, ...) EK_MUST_USE __attribute__((sentinel));
const char *http_header(const struct http_req *req, const char *name);
/* The strict JSON body as an object, borrowed; EK_INVALID with the reason. */
enum ek_err http_body_json(struct http_req *req, const json_t **ret,
    struct ek_why *reterr_why) EK_MUST_USE;

/* The form, borrowed; only on a side with forms.  EK_INVALID, EK_TOO_LARGE. */
enum ek_err http_body_form(struct http_req *req, const struct http_form **ret,
    struct ek_why *reterr_why) EK_MUST_USE;
/* As http_cookie_find(). */
const char *http_cookie(
    const struct http_req *req, const char *name, char *out, size_t room);

/* Takes json (gives the reference back itself); status 200, 201. */
const struct http_token *http_reply(
    struct http_req *req, int status, json_t *json_take);
/* Text of another type (application/json archives, text/markdown). */
const struct http_token *http_reply_buf(
    struct http_req *req, int status, const char *type, const struct buf *body);
/* 303: the browser asks for location by GET.  Both are copied; set_cookie may
 * be NULL.  Neither is sent when the turn's commit fails. */
const struct http_token *http_see_other(
    struct http_req *req, const char *location, const char *set_cookie);
/* why may be NULL. */
const struct http_token *http_fail(
    struct http_req *req, enum ek_err err, const struct ek_why *why);
/* Answer comes in a later turn by http_reply or http_fail on the same req
 * (their token is then ignored).  If the client leaves first, gone_cb runs
 * and req must not be used again. */
const struct http_token *http_later(
    struct http_req *req, void (*gone_cb)(void *arg), void *arg);

/* --- a request of our own --- */

struct http_ask {
	const char *method, *target;
	json_t *body_take; /* consumed in any case; NULL: none */
	const char *key;   /* Idempotency-Key, or NULL */
};
struct http_answer {
	int status;
	json_t *json;      /* borrowed; NULL of a failure or a text */
	enum ek_err err;   /* of a failure */
	struct ek_why why; /* the same */
};
typedef void (*http_inner_cb)(const struct http_answer *answer, void *arg);
struct http_inner; /* one under way; gone when done_cb returns */

/* The same rows and handlers as for a program, without a socket.  done_cb gets
 * the answer before http_inner returns (*ret_pending is NULL then), or in a
 * later turn.  What it says is saved is so when this turn's commit is: the
 * outer answer waits for that.  EK_NOMEM: done_cb is not called. */
enum ek_err http_inner(struct http *api, const struct http_ask *ask,
    http_inner_cb done_cb, void *arg,
    struct http_inner **ret_pending) EK_MUST_USE;
/* As when a client leaves; done_cb is not called. */
void http_inner_cancel(struct http_inner *inner);

#endif
