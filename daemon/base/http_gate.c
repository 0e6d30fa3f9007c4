/*
 * http_gate - stands between a connection and evhttp: counts connections,
 * keeps their deadlines, and reads every head before evhttp may.
 *
 * How: a callback on the bufferevent's input buffer sees bytes before evhttp's
 * reader runs, and a read watermark that is never reached keeps that reader
 * asleep until the head has passed.  What is refused is answered on the socket
 * itself and evhttp only sees the connection end.  While a request is being
 * answered the watermark is up again: evhttp's reader ends the process when it
 * is called then (2.1.12: "illegal connection state").
 */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/http_in.h"

#define RETRY_MS  500   /* after accept() found no fd */
#define AHEAD_MAX 16384 /* bytes of early next requests */

static int64_t
mono_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- the sweep's timer --- */

static void
sweep_by(struct http *http, int64_t at_ms)
{
	struct timeval wait;
	int64_t ms;

	if (http->sweep_at_ms != 0 && http->sweep_at_ms <= at_ms)
		return;
	ms = at_ms - mono_ms() + 1; /* never early: no second turn for it */
	if (ms < 1)
		ms = 1;
	wait.tv_sec = (time_t)(ms / 1000);
	wait.tv_usec = (suseconds_t)(ms % 1000 * 1000);
	if (event_add(http->sweep, &wait) == 0)
		http->sweep_at_ms = at_ms;
}

void
http_gate_deadline(struct http_conn *conn, int64_t in_ms)
{
	conn->since_ms = mono_ms();
	conn->deadline_ms = in_ms == 0 ? 0 : conn->since_ms + in_ms;
	if (conn->deadline_ms != 0)
		sweep_by(conn->http, conn->deadline_ms);
}

/* --- accepting --- */

static void
pause_accepting(struct http *http, int64_t look_in_ms)
{
	http->paused = true;
	evconnlistener_disable(http->listener);
	event_del(http->ready);
	http->resume_at_ms = mono_ms() + look_in_ms;
	sweep_by(http, http->resume_at_ms);
}

static void
resume_accepting(struct http *http)
{
	if (!http->paused || http->conn_count >= http->conns_max ||
	    mono_ms() < http->resume_at_ms)
		return;
	http->paused = false;
	http->accepted_seen = SIZE_MAX;
	evconnlistener_enable(http->listener);
	event_add(http->ready, NULL);
}

/* Runs beside the listener's own reader.  A knock that let nobody in since
 * the last one means that accept() fails (no fd left), for which evhttp's
 * listener has no ear of ours: without a pause it would spin. */
static void
ready_cb(evutil_socket_t fd, short what, void *arg)
{
	struct http *http = arg;

	(void)fd;
	(void)what;
	if (http->accepted == http->accepted_seen)
		pause_accepting(http, RETRY_MS);
	http->accepted_seen = http->accepted;
}

static void
accept_error_cb(struct evconnlistener *listener, void *arg)
{
	(void)listener; /* silence; ready_cb() acts */
	(void)arg;
}

/* --- connections --- */

void
http_conn_free(struct http_conn *conn)
{
	struct http *http = conn->http;

	LIST_REMOVE(conn, link);
	http->conn_count--;
	evbuffer_remove_cb_entry(bufferevent_get_input(conn->bev), conn->watch);
	if (conn->ahead != NULL)
		evbuffer_free(conn->ahead);
	bufferevent_decref(conn->bev);
	free(conn);
	if (http->paused)
		http->resume_at_ms = 0;
	resume_accepting(http);
	if (LIST_EMPTY(&http->conns) && !http->paused) {
		event_del(http->sweep);
		http->sweep_at_ms = 0;
	}
}

/* evhttp's reader sleeps; high 0 reads on, else up to so many bytes. */
void
http_gate_hold(struct http_conn *conn, size_t high)
{
	bufferevent_setwatermark(conn->bev, EV_READ, SIZE_MAX, high);
}

void
http_gate_open(struct http_conn *conn)
{
	bufferevent_setwatermark(conn->bev, EV_READ, 0, 0);
}

void
http_gate_drain(struct http_conn *conn)
{
	struct evbuffer *input = bufferevent_get_input(conn->bev);

	evbuffer_drain(input, evbuffer_get_length(input));
}

static void
input_cb(struct evbuffer *input, const struct evbuffer_cb_info *info, void *arg)
{
	struct http_conn *conn = arg;

	(void)input;
	if (info->n_added == 0 || conn->looking)
		return;
	conn->looking = true;
	http_look(conn, info->n_added);
	conn->looking = false;
}

/* --- for http.c --- */

struct bufferevent *
http_gate_bev(struct event_base *base, void *arg_http)
{
	struct http *http = arg_http;
	struct http_conn *conn = calloc(1, sizeof(*conn));

	if (conn == NULL)
		return NULL;
	conn->bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	if (conn->bev == NULL)
		goto fail;
	conn->watch =
	    evbuffer_add_cb(bufferevent_get_input(conn->bev), input_cb, conn);
	if (conn->watch == NULL)
		goto fail;
	if (http->conn_count + 1 >= http->conns_max)
		http_crowd_tidy(http);
	bufferevent_incref(conn->bev);
	conn->http = http;
	LIST_INSERT_HEAD(&http->conns, conn, link);
	http->conn_count++;
	http->accepted++;
	http_gate_hold(conn, 0);
	http_gate_deadline(conn, http->head_ms);
	if (http->side != NULL)
		event_active(http->fresh, 0, 0);
	if (http->conn_count >= http->conns_max)
		pause_accepting(http, HTTP_FULL_MS);
	return conn->bev;
fail: /* evhttp goes on without a gate; http.c refuses what comes so */
	if (conn->bev != NULL)
		bufferevent_free(conn->bev);
	free(conn);
	return NULL;
}

/* Its time is over. */
static void
expire(struct http_conn *conn)
{
	struct http_refusal no;

	if (http_crowd_is_let_go(conn)) {
		http_conn_free(conn);
		return;
	}
	if (conn->state == CONN_BODY ||
	    (conn->state == CONN_HEAD &&
		(evbuffer_get_length(bufferevent_get_input(conn->bev)) > 0 ||
		    (conn->ahead != NULL &&
			evbuffer_get_length(conn->ahead) > 0)))) {
		http_refuse(&no, 408, EK_INVALID,
		    "the request was not whole in time; send it again");
		http_look_refuse(conn, &no, true);
		return;
	}
	/* evhttp reads the end and lets go; if that is not told, look again. */
	shutdown(bufferevent_getfd(conn->bev), SHUT_RDWR);
	http_gate_deadline(conn, conn->http->linger_ms);
}

static void
sweep_cb(evutil_socket_t fd, short what, void *arg)
{
	struct http *http = arg;
	struct http_conn *conn, *next;
	int64_t now = mono_ms();

	(void)fd;
	(void)what;
	http->sweep_at_ms = 0;
	if (http->paused)
		http_crowd_tidy(http);
	if (http->paused && http->conn_count >= http->conns_max)
		http_crowd_make_room(http, now);
	for (conn = LIST_FIRST(&http->conns); conn != NULL; conn = next) {
		next = LIST_NEXT(conn, link);
		if (conn->deadline_ms != 0 && conn->deadline_ms <= now)
			expire(conn);
	}
	LIST_FOREACH (conn, &http->conns, link)
		/* LIST_REMOVE took the freed ones off, through a pointer that
		 * the analyzer cannot follow. */
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		if (conn->deadline_ms != 0)
			sweep_by(http, conn->deadline_ms);
	if (http->paused && http->conn_count >= http->conns_max)
		http->resume_at_ms = now + HTTP_FULL_MS;
	resume_accepting(http);
	if (http->paused)
		sweep_by(http, http->resume_at_ms);
}

enum ek_err
http_gate_start(struct http *http, int fd)
{
	http->accepted_seen = SIZE_MAX;
	if (http->sweep == NULL)
		http->sweep = evtimer_new(http->base, sweep_cb, http);
	http->ready =
	    event_new(http->base, fd, EV_READ | EV_PERSIST, ready_cb, http);
	if (http->fresh == NULL)
		http->fresh =
		    event_new(http->base, -1, 0, http_crowd_fresh_cb, http);
	if (http->sweep == NULL || http->ready == NULL || http->fresh == NULL ||
	    event_add(http->ready, NULL) != 0)
		return EK_NOMEM;
	evconnlistener_set_error_cb(http->listener, accept_error_cb);
	return EK_OK;
}

/* Nothing more is read from it; it closes when the client has. */
static void
part(struct http_conn *conn)
{
	conn->state = CONN_DEAD;
	http_gate_hold(conn, 0);
	shutdown(bufferevent_getfd(conn->bev), SHUT_WR);
	http_gate_drain(conn);
	http_gate_deadline(conn, conn->http->linger_ms);
}

void
http_gate_unserve(struct http *http)
{
	struct http_conn *conn;

	http->paused = false;
	http->listener = NULL;
	if (http->ready != NULL)
		event_free(http->ready);
	http->ready = NULL;
	LIST_FOREACH (conn, &http->conns, link)
		if (conn->state == CONN_HEAD || conn->state == CONN_BODY)
			part(conn);
}

/* After evhttp_free(), which has closed every connection. */
void
http_gate_stop(struct http *http)
{
	struct http_conn *conn;

	http->paused = false;
	while ((conn = LIST_FIRST(&http->conns)) != NULL)
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): as above */
		http_conn_free(conn);
	if (http->sweep != NULL)
		event_free(http->sweep);
	if (http->fresh != NULL)
		event_free(http->fresh);
}

struct http_conn *
http_gate_find(struct http *http, struct evhttp_connection *evcon)
{
	struct bufferevent *bev = evhttp_connection_get_bufferevent(evcon);
	struct http_conn *conn;

	LIST_FOREACH (conn, &http->conns, link)
		if (conn->bev == bev)
			return conn;
	return NULL;
}

void
http_gate_busy(struct http_conn *conn)
{
	http_gate_hold(conn, AHEAD_MAX);
	http_gate_deadline(conn, 0);
}

void
http_gate_later(struct http_conn *conn)
{
	/* Without a timeout: what takes long is the handler's to bound. */
	bufferevent_set_timeouts(conn->bev, NULL, NULL);
	bufferevent_enable(conn->bev, EV_READ);
}

void
http_gate_sending(struct http_conn *conn, size_t len)
{
	http_gate_deadline(conn,
	    conn->http->idle_ms + (int64_t)(len / (HTTP_BYTES_PER_SEC / 1000)));
}

/* evhttp is about to read on, and would read what is already here unasked:
 * what is not a whole head is kept aside until more comes. */
void
http_gate_next(struct http_conn *conn)
{
	struct evbuffer *input = bufferevent_get_input(conn->bev);
	size_t early = evbuffer_get_length(input);

	if (conn->http->listener == NULL) {
		part(conn);
		return;
	}
	conn->state = CONN_HEAD;
	http_gate_hold(conn, 0);
	http_gate_deadline(conn, conn->http->idle_ms);
	if (early == 0)
		return;
	conn->looking = true;
	http_look(conn, early);
	if (conn->state == CONN_HEAD) {
		if (conn->ahead == NULL)
			conn->ahead = evbuffer_new();
		if (conn->ahead == NULL)
			http_gate_drain(conn);
		else
			evbuffer_add_buffer(conn->ahead, input);
	}
	conn->looking = false;
}

#ifdef EK_TEST_BUILD
void
http_test_limits(struct http *http, int head_ms, int idle_ms, size_t conns_max)
{
	http->head_ms = head_ms;
	http->linger_ms = head_ms / 2;
	http->idle_ms = idle_ms;
	http->conns_max = conns_max;
}
#endif
