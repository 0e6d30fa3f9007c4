/*
 * http_side - what the API and a page do differently: who may connect, what a
 * failure looks like, which headers go with each answer.
 *
 * A NULL side is the API's.  On the API's side SO_PEERCRED is asked; it answers
 * on TCP too, with uid -1, so the socket's family is asked first.
 */
#include <event2/bufferevent.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/http_in.h"

#define FAIL_MAX ((size_t)64 * 1024)

static void
fail_json(enum ek_err err, const char *why, struct buf *ret)
{
	json_t *json = json_pack(
	    "{s:{s:s,s:s}}", "error", "code", ek_err_code(err), "message", why);

	if (json == NULL) /* a reason that is not UTF-8: our mistake */
		json = json_pack("{s:{s:s,s:s}}", "error", "code",
		    ek_err_code(err), "message", ek_err_text(err));
	if (json == NULL || json_write(json, ret) != EK_OK)
		buf_clear(ret);
	json_decref(json);
}

char *
http_side_fail(const struct http *http, int status, enum ek_err err,
    const char *why, const char **ret_type, size_t *ret_len)
{
	const struct http_side *side = http->side;
	struct buf text;
	char *data = NULL;

	buf_init(&text, FAIL_MAX);
	*ret_type = HTTP_TYPE_JSON;
	if (side == NULL)
		fail_json(err, why, &text);
	else
		side->fail_cb(status, err, why, &text, ret_type, side->arg);
	if (buf_err(&text) == EK_OK && text.len > 0) {
		*ret_len = text.len;
		data = buf_take(&text);
	}
	buf_done(&text);
	return data;
}

static bool
is_our_uid(int fd, uid_t uid)
{
	struct ucred peer;
	socklen_t len = sizeof(peer), domain_len = sizeof(int);
	int domain = -1;

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &domain_len) ==
		   0 &&
	       domain == AF_UNIX &&
	       getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	       peer.uid == uid;
}

enum ek_err
http_side_peer(const struct http_conn *conn, struct http_refusal *ret_no)
{
	const struct http *http = conn->http;
	int fd = bufferevent_getfd(conn->bev);

	if (http->side == NULL ? is_our_uid(fd, http->uid)
			       : http->side->peer_ok(fd, http->side->arg))
		return EK_OK;
	return http_refuse(ret_no, 403, EK_DENIED,
	    "this book belongs to another user; log in as yourself");
}

void
http_side_headers(const struct http *http,
    void (*each_cb)(const char *name, const char *value, void *arg), void *arg)
{
	const char *const *at = http->side == NULL ? NULL : http->side->headers;

	if (at == NULL)
		return;
	for (; at[0] != NULL; at += 2)
		each_cb(at[0], at[1], arg);
}
