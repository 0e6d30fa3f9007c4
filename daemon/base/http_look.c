/*
 * http_look - what the gate does with bytes: finds heads, judges them, counts
 * bodies, answers what is refused.
 *
 * Who asks comes before what is asked; a refusal's answer is small, so that
 * it fits the socket's buffer, and names no path.
 */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/http_in.h"

#define HEAD_MAX 4096

/* --- refusing --- */

static void
head_line_cb(const char *name, const char *value, void *arg_buf)
{
	buf_fmt(arg_buf, "%s: %s\r\n", name, value);
}

static void
send_refusal(
    const struct http_conn *conn, const struct http_refusal *no, bool with_body)
{
	struct buf head;
	char *body;
	const char *type;
	size_t body_len = 0;
	int fd = bufferevent_getfd(conn->bev);

	body = http_side_fail(
	    conn->http, no->status, no->err, no->why.text, &type, &body_len);
	if (body == NULL || !with_body)
		body_len = 0;
	buf_init(&head, HEAD_MAX);
	buf_fmt(&head,
	    "HTTP/1.1 %d %s\r\nContent-Type: %s\r\n"
	    "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n",
	    no->status, http_reason(no->status), type);
	http_side_headers(conn->http, head_line_cb, &head);
	if (no->allow[0] != '\0')
		head_line_cb("Allow", no->allow, &head);
	buf_fmt(&head, "Connection: close\r\nContent-Length: %zu\r\n\r\n",
	    body_len);
	/* Nothing waits before it: the last answer was written whole.  An
	 * empty socket buffer takes a kilobyte at once; if not, the client
	 * sees the connection end. */
	if (buf_err(&head) != EK_OK ||
	    (send(fd, head.data, head.len, MSG_NOSIGNAL | MSG_DONTWAIT) ==
		    (ssize_t)head.len &&
		body_len > 0 &&
		send(fd, body, body_len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0))
		shutdown(fd, SHUT_RDWR);
	buf_done(&head);
	free(body);
}

void
http_look_refuse(
    struct http_conn *conn, const struct http_refusal *no, bool with_body)
{
	conn->state = CONN_DEAD;
	http_gate_hold(conn, 0);
	if (evbuffer_get_length(bufferevent_get_output(conn->bev)) == 0)
		send_refusal(conn, no, with_body);
	/* Half closed: a client still sending its body can read the answer
	 * first (its end of the connection tells evhttp ours). */
	shutdown(bufferevent_getfd(conn->bev), SHUT_WR);
	http_gate_drain(conn);
	http_gate_deadline(conn, conn->http->linger_ms);
}

/* --- judging --- */

/* Once a connection: who is at its other end does not change. */
static enum ek_err
check_peer(struct http_conn *conn, struct http_refusal *no)
{
	enum ek_err err;

	if (conn->peer_known)
		return EK_OK;
	err = http_side_peer(conn, no);
	conn->peer_known = err == EK_OK;
	return err;
}

static enum ek_err
check_body(const struct http_head *head, size_t max, struct http_refusal *no)
{
	if (head->length == 0 && !head->chunked)
		return EK_OK;
	if (max == 0)
		return http_refuse(no, 400, EK_INVALID,
		    "%s takes no body; send none", head->method);
	if (head->length > max)
		return http_refuse(no, 413, EK_TOO_LARGE,
		    "the body is too large; send at most %zu bytes", max);
	return EK_OK;
}

/* A whole head: is it well formed, is there such a route, may it be that
 * large? */
static enum ek_err
judge(struct http_conn *conn, const char *text, size_t len,
    struct http_head *head, struct http_refusal *no)
{
	struct http *http = conn->http;
	size_t max;
	enum ek_err err;

	err = http_head_check(text, len, http->side, head, no);
	if (err == EK_OK)
		err = http_target_parse(
		    head->target, head->target_len, &conn->target, no);
	if (err == EK_OK)
		err = http_route_find(http->tables, http->table_count,
		    head->method, &conn->target, &conn->table, &conn->route,
		    no);
	if (err != EK_OK)
		return err;
	max = http_route_body_max(conn->route);
	http_chunks_init(&conn->chunks, max);
	return check_body(head, max, no);
}

/* The last `fresh` bytes of the input belong to a chunked body. */
static enum ek_err
look_chunks(struct http_conn *conn, size_t fresh, struct http_refusal *no)
{
	struct evbuffer *input = bufferevent_get_input(conn->bev);
	struct evbuffer_ptr at;
	char piece[512];
	size_t used, n;
	enum ek_err err;

	while (fresh > 0 && conn->chunks.at != HTTP_CHUNK_DONE) {
		n = fresh < sizeof(piece) ? fresh : sizeof(piece);
		if (evbuffer_ptr_set(input, &at,
			evbuffer_get_length(input) - fresh,
			EVBUFFER_PTR_SET) != 0 ||
		    evbuffer_copyout_from(input, &at, piece, n) != (ssize_t)n)
			return http_refuse(
			    no, 500, EK_BUG, "%s", ek_err_text(EK_BUG));
		err = http_chunks_feed(&conn->chunks, piece, n, &used, no);
		explicit_bzero(piece, n);
		if (err != EK_OK)
			return err;
		fresh -= used;
	}
	return EK_OK;
}

static void
look_body(struct http_conn *conn, size_t fresh)
{
	struct http_refusal no;

	if (!conn->chunked) {
		if (fresh > conn->body_left)
			fresh = (size_t)conn->body_left;
		conn->body_left -= fresh;
		if (conn->body_left == 0)
			conn->state = CONN_BUSY;
		return;
	}
	if (look_chunks(conn, fresh, &no) != EK_OK)
		http_look_refuse(conn, &no, true);
	else if (conn->chunks.at == HTTP_CHUNK_DONE)
		conn->state = CONN_BUSY;
}

static void
look_head(struct http_conn *conn)
{
	struct evbuffer *input = bufferevent_get_input(conn->bev);
	struct http_head head = {.length = 0};
	struct http_refusal no;
	char text[EK_HTTP_HEADERS_MAX];
	ssize_t got = evbuffer_copyout(input, text, sizeof(text));
	size_t len = 0;

	if (got <= 0)
		return;
	if (check_peer(conn, &no) != EK_OK ||
	    http_head_find(text, (size_t)got, &len, &no) != EK_OK) {
		http_look_refuse(conn, &no, true);
		return;
	}
	if (len == 0)
		return;
	if (judge(conn, text, len, &head, &no) != EK_OK) {
		http_look_refuse(conn, &no, strcmp(head.method, "HEAD") != 0);
		return;
	}
	conn->chunked = head.chunked;
	conn->body_left = head.length;
	conn->state = head.chunked || head.length > 0 ? CONN_BODY : CONN_BUSY;
	http_gate_deadline(conn,
	    conn->http->head_ms +
		(int64_t)((head.chunked ? conn->chunks.max : head.length) *
			  1000 / HTTP_BYTES_PER_SEC));
	http_gate_open(conn);
	if (conn->state == CONN_BODY)
		look_body(conn, evbuffer_get_length(input) - len);
}

void
http_look(struct http_conn *conn, size_t fresh)
{
	struct evbuffer *input = bufferevent_get_input(conn->bev);
	bool first;

	switch (conn->state) {
	case CONN_HEAD:
		first = evbuffer_get_length(input) == fresh;
		if (conn->ahead != NULL) {
			first = first && evbuffer_get_length(conn->ahead) == 0;
			evbuffer_prepend_buffer(input, conn->ahead);
		}
		if (first)
			http_gate_deadline(conn, conn->http->head_ms);
		look_head(conn);
		break;
	case CONN_BODY:
		look_body(conn, fresh);
		break;
	case CONN_BUSY: /* a next request; http_gate_next() looks at it */
		break;
	case CONN_DEAD:
		http_gate_drain(conn);
		break;
	}
}
