/*
 * web - links, sessions and the listener's life.
 *
 * One timer stands at the next thing that ends.  While nothing is open there
 * is no socket and no timer.  What ends is counted by the clock that nobody
 * can set: setting the other one neither ends a session nor lengthens it.
 */
#include "keeld/web.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/seal.h"
#include "evenkeel/limits.h"
#include "evenkeel/text.h"
#include "keeld/share.h"
#include "keeld/web_in.h"

#define CSS_MAX ((size_t)64 * 1024)

int64_t
web_now(const struct web *web)
{
	return loop_boot_ms(web->keeld->loop);
}

void
web_draw_hex(char *out)
{
	unsigned char bytes[WEB_HEX_LEN / 2];

	seal_random(bytes, sizeof(bytes));
	text_hex(bytes, sizeof(bytes), out);
}

bool
web_same_hex(const char *hex, const char *text)
{
	unsigned char differs = 0;
	size_t i;

	if (text == NULL || strlen(text) != WEB_HEX_LEN)
		return false;
	for (i = 0; i < WEB_HEX_LEN; i++)
		differs |= (unsigned char)(hex[i] ^ text[i]);
	return differs == 0;
}

/* --- the side --- */

static bool
peer_ok(int fd, void *arg)
{
	uid_t uid = (uid_t)-1;

	(void)arg;
	return http_peer_uid(fd, &uid) && uid == geteuid();
}

static bool
host_ok(const char *host, size_t len, void *arg)
{
	const struct web *web = arg;

	return len > 0 && len == strlen(web->host) &&
	       memcmp(host, web->host, len) == 0;
}

/* Whatever went wrong, nothing of the request and nobody's reason. */
static void
fail_cb(int status, enum ek_err err, const char *why, struct buf *ret,
    const char **ret_type, void *arg)
{
	(void)status;
	(void)err;
	(void)why;
	(void)arg;
	web_closed_page(ret);
	*ret_type = WEB_HTML;
}

/* Referrer-Policy: with no-referrer, browsers send "Origin: null" with forms
 * of the very same origin, which the gate could not tell from a forged one. */
static const char csp[] =
    "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
static const char *const headers[] = {"Content-Security-Policy", csp,
    "Referrer-Policy", "same-origin", "Cross-Origin-Opener-Policy",
    "same-origin", "Cross-Origin-Resource-Policy", "same-origin",
    "Permissions-Policy", "camera=(), microphone=(), geolocation=()",
    "X-Frame-Options", "DENY", NULL};

/* --- what ends --- */

void
web_session_end(struct web_session *session)
{
	web_job_end(session->job);
	if (session->names != NULL)
		explicit_bzero(session->names,
		    session->names_room * sizeof(*session->names));
	free(session->names);
	json_decref(session->reply);
	explicit_bzero(session, sizeof(*session));
}

/* Nothing is shown any more; what she sends may be kept. */
static void
session_over(struct web_session *session)
{
	web_job_end(session->job);
	session->job = NULL;
	json_decref(session->reply);
	session->reply = NULL;
	explicit_bzero(session->phrase, sizeof(session->phrase));
	explicit_bzero(session->word, sizeof(session->word));
	session->over = true;
}

/* The next instant at which something ends, after what is over was ended. */
static int64_t
end_what_is_over(struct web *web, int64_t now)
{
	int64_t next = 0;
	size_t i;

	for (i = 0; i < WEB_LINKS_MAX; i++) {
		if (web->links[i].until_ms <= now)
			memset(&web->links[i], 0, sizeof(web->links[i]));
		else if (next == 0 || web->links[i].until_ms < next)
			next = web->links[i].until_ms;
	}
	for (i = 0; i < WEB_SESSIONS_MAX; i++) {
		if (web->sessions[i].until_ms <= now)
			session_over(&web->sessions[i]);
		else if (next == 0 || web->sessions[i].until_ms < next)
			next = web->sessions[i].until_ms;
	}
	return next;
}

static void
stop_serving(struct web *web)
{
	size_t i;

	http_unserve(web->http);
	web->host[0] = '\0';
	web->close_ms = 0;
	for (i = 0; i < WEB_SESSIONS_MAX; i++)
		web_session_end(&web->sessions[i]);
}

void
web_look(struct web *web)
{
	int64_t now = web_now(web), next = end_what_is_over(web, now);

	if (next != 0 || web->host[0] == '\0')
		web->close_ms = 0;
	else if (web->close_ms == 0)
		web->close_ms = now + EK_PAGE_AFTER_SECS * 1000;
	if (web->close_ms != 0 && web->close_ms <= now)
		stop_serving(web);
	/* without a timer the next request looks again */
	(void)!loop_timer_set(web->timer, next != 0 ? next : web->close_ms);
}

static void
timer_cb(void *arg)
{
	web_look(arg);
}

/* --- links --- */

static enum ek_err
serve(struct web *web, struct ek_why *why)
{
	uint16_t port = 0;
	enum ek_err err;

	if (web->host[0] != '\0')
		return EK_OK;
	err = http_serve_loopback(web->http, &port, why);
	if (err == EK_OK)
		snprintf(web->host, sizeof(web->host), "127.0.0.1:%u",
		    (unsigned)port);
	return err;
}

enum ek_err
web_link(struct web *web, const char *target, struct buf *ret_url,
    struct ek_why *reterr_why)
{
	struct web_link *link = &web->links[0];
	enum ek_err err;
	size_t i;

	if (!web_target_ok(target) || !web_is_page(target))
		return ek_why(reterr_why, EK_INVALID,
		    "to is no page; give today, checkin, hard, "
		    "plan or diary");
	err = serve(web, reterr_why);
	if (err != EK_OK)
		return err;
	for (i = 1; i < WEB_LINKS_MAX; i++) /* the one that ends first goes */
		if (web->links[i].until_ms < link->until_ms)
			link = &web->links[i];
	web_draw_hex(link->hex);
	snprintf(link->to, sizeof(link->to), "%s", target);
	link->until_ms = web_now(web) + EK_PAGE_LINK_SECS * 1000;
	web_look(web);
	buf_fmt(ret_url, "http://%s/o/%s", web->host, link->hex);
	return buf_err(ret_url);
}

/* --- life --- */

static void
read_css(struct web *web)
{
	char dir[EK_PATH_MAX + 64], path[EK_PATH_MAX + 80], piece[4096];
	ssize_t got;
	int fd;

	share_find("web", dir, sizeof(dir));
	snprintf(path, sizeof(path), "%s/style.css", dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && (got = read(fd, piece, sizeof(piece))) > 0)
		buf_add(&web->css, piece, (size_t)got);
	if (fd >= 0)
		close(fd);
}

enum ek_err
web_new(struct keeld *keeld, struct web **ret)
{
	struct web *web = calloc(1, sizeof(*web));
	enum ek_err err;

	if (web == NULL)
		return EK_NOMEM;
	web->keeld = keeld;
	buf_init(&web->css, CSS_MAX);
	web->side = (struct http_side){.peer_ok = peer_ok,
	    .host_ok = host_ok,
	    .fail_cb = fail_cb,
	    .headers = headers,
	    .forms = true,
	    .arg = web};
	read_css(web); /* without it the page is plain */
	err = loop_timer_new_boot(keeld->loop, timer_cb, web, &web->timer);
	if (err == EK_OK)
		err = http_new(loop_base(keeld->loop), &web->side, &web->http);
	if (err == EK_OK)
		err = http_routes(web->http, web_routes, web);
	if (err != EK_OK) {
		web_free(web);
		return err;
	}
	*ret = web;
	return EK_OK;
}

void
web_free(struct web *web)
{
	size_t i;

	if (web == NULL)
		return;
	for (i = 0; i < WEB_SESSIONS_MAX; i++)
		web_session_end(&web->sessions[i]);
	http_free(web->http);
	loop_timer_free(web->timer);
	buf_done(&web->css);
	free(web);
}

void
web_release(struct web *web, enum ek_err err, const char *why)
{
	size_t i;

	/* what was not kept was not saved: no page says so */
	for (i = 0; err != EK_OK && i < WEB_SESSIONS_MAX; i++) {
		json_decref(web->sessions[i].reply);
		web->sessions[i].reply = NULL;
	}
	http_release(web->http, err, why);
}
