/*
 * http_crowd - whose connections may take a place, and which give theirs up
 * when there are too many.
 *
 * Without this, 64 silent connections kept the page from her for 5 seconds, and
 * anybody on this computer could make them: another user's were refused only at
 * their first byte.  Now these go in the very turn that accepted them, unread
 * and unanswered, and at the cap her own go that have sent no whole request in
 * HTTP_FULL_MS: a browser sends its request with the connection.
 */
#include <event2/bufferevent.h>

#include "base/http_in.h"

bool
http_crowd_is_let_go(const struct http_conn *conn)
{
	bufferevent_data_cb read_cb, write_cb;
	bufferevent_event_cb event_cb;
	void *arg;

	if (conn->close_told)
		return false;
	bufferevent_getcb(conn->bev, &read_cb, &write_cb, &event_cb, &arg);
	return event_cb == NULL;
}

void
http_crowd_tidy(struct http *http)
{
	struct http_conn *conn, *next;

	for (conn = LIST_FIRST(&http->conns); conn != NULL; conn = next) {
		next = LIST_NEXT(conn, link);
		if (http_crowd_is_let_go(conn))
			http_conn_free(conn);
	}
}

/* evhttp is told that the client has gone, and frees its part at once; ours
 * goes by the close callback, if there is one yet. */
static void
drop(struct http_conn *conn)
{
	bool told = conn->close_told;

	bufferevent_trigger_event(
	    conn->bev, BEV_EVENT_READING | BEV_EVENT_EOF, 0);
	if (!told && http_crowd_is_let_go(conn))
		http_conn_free(conn);
}

void
http_crowd_fresh_cb(evutil_socket_t fd, short what, void *arg_http)
{
	struct http *http = arg_http;
	struct http_conn *conn, *next;
	struct http_refusal no;

	(void)fd;
	(void)what;
	/* The newest stand first. */
	for (conn = LIST_FIRST(&http->conns); conn != NULL && !conn->peer_known;
	     conn = next) {
		next = LIST_NEXT(conn, link);
		conn->peer_known = http_side_peer(conn, &no) == EK_OK;
		if (!conn->peer_known)
			drop(conn);
	}
}

void
http_crowd_make_room(struct http *http, int64_t now_ms)
{
	struct http_conn *conn, *next;

	for (conn = LIST_FIRST(&http->conns); conn != NULL; conn = next) {
		next = LIST_NEXT(conn, link);
		if (conn->state != CONN_BUSY &&
		    conn->since_ms + HTTP_FULL_MS <= now_ms)
			drop(conn);
	}
}
