/*
 * web_gate - who may ask for what: the one door before every page.
 *
 * A page's row is reached only from here, after the session's path and cookie,
 * and for a form its origin and token.  What does not pass learns nothing: the
 * closed page is the same for a link used twice, a session over, and a path
 * that never was.  A session that is over has a table of its own: a form's
 * step is kept as a draft, and nothing is shown.
 */
#include <stdio.h>
#include <string.h>

#include "evenkeel/limits.h"
#include "keeld/web_in.h"

static const struct web_row *const tables[] = {web_checkin_rows, web_hard_rows,
    web_diary_rows, web_diary_entry_rows, web_diary_fix_rows, web_kept_rows,
    web_left_rows, web_phrase_rows, web_plan_rows, web_plan_past_rows,
    web_plan_save_rows, web_start_rows, web_today_rows, web_unlock_rows};
#define TABLES (sizeof(tables) / sizeof(tables[0]))

static const struct web_row *
find_in(const struct web_row *row, const char *method, const char *target)
{
	size_t len = strcspn(target, "?");

	for (; row->method != NULL; row++)
		if (strcmp(row->method, method) == 0 &&
		    strlen(row->name) == len &&
		    memcmp(row->name, target, len) == 0)
			return row;
	return NULL;
}

static const struct web_row *
find_row(const char *method, const char *target)
{
	const struct web_row *row = NULL;
	size_t i;

	for (i = 0; row == NULL && i < TABLES; i++)
		row = find_in(tables[i], method, target);
	return row;
}

bool
web_is_page(const char *target)
{
	return find_row("GET", target) != NULL;
}

static const struct http_token *
reply(struct http_req *req, int status, const char *type, struct buf *out)
{
	const struct http_token *token;

	if (buf_err(out) == EK_OK)
		token = http_reply_buf(req, status, type, out);
	else
		token = http_fail(req, buf_err(out), NULL);
	buf_done(out);
	return token;
}

static const struct http_token *
reply_page(struct http_req *req, int status, struct buf *out)
{
	return reply(req, status, WEB_HTML, out);
}

const struct http_token *
web_closed(struct http_req *req, int status)
{
	struct buf out;

	buf_init(&out, EK_PAGE_MAX);
	web_closed_page(&out);
	return reply_page(req, status, &out);
}

static const struct http_token *
closed_get(struct http_req *req, void *arg)
{
	(void)arg;
	return web_closed(req, 200);
}

static const struct http_token *
css_get(struct http_req *req, void *arg)
{
	const struct web *web = arg;

	return http_reply_buf(req, 200, "text/css; charset=utf-8", &web->css);
}

/* What a browser asks for unasked: a shape that says nothing. */
static const struct http_token *
icon_get(struct http_req *req, void *arg)
{
	static const char svg[] =
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\">"
	    "<circle cx=\"8\" cy=\"8\" r=\"6\" fill=\"#59635e\"/></svg>\n";
	struct buf out;

	(void)arg;
	buf_init(&out, sizeof(svg));
	buf_str(&out, svg);
	return reply(req, 200, "image/svg+xml", &out);
}

/* --- the link --- */

static struct web_session *
session_new(struct web *web)
{
	struct web_session *session = &web->sessions[0];
	size_t i;

	for (i = 1; i < WEB_SESSIONS_MAX; i++)
		if (web->sessions[i].until_ms < session->until_ms)
			session = &web->sessions[i];
	web_session_end(session);
	web_draw_hex(session->path);
	web_draw_hex(session->cookie);
	web_draw_hex(session->csrf);
	session->until_ms = web_now(web) + EK_PAGE_IDLE_SECS * 1000;
	return session;
}

static const struct http_token *
see(struct http_req *req, struct web_session *session, const char *target,
    const char *cookie)
{
	const char *name = web_name_of(session, target);
	char location[96];

	if (name == NULL)
		return http_fail(req, EK_NOMEM, NULL);
	snprintf(location, sizeof(location), "/%s/%s", session->path, name);
	return http_see_other(req, location, cookie);
}

static const struct http_token *
link_get(struct http_req *req, void *arg)
{
	struct web *web = arg;
	const char *given = http_segment(req, "link");
	struct web_session *session;
	char to[WEB_TARGET_MAX] = "", cookie[160];
	size_t i;

	web_look(web);
	for (i = 0; i < WEB_LINKS_MAX; i++)
		if (web->links[i].until_ms != 0 &&
		    web_same_hex(web->links[i].hex, given)) {
			memcpy(to, web->links[i].to, sizeof(to));
			memset(&web->links[i], 0, sizeof(web->links[i]));
		}
	if (to[0] == '\0')
		return web_closed(req, 410);
	session = session_new(web);
	web_look(web);
	snprintf(cookie, sizeof(cookie),
	    "ek=%s; HttpOnly; SameSite=Strict; Path=/%s", session->cookie,
	    session->path);
	return see(req, session, to, cookie);
}

/* --- the gate --- */

static struct web_session *
find_session(struct web *web, const struct http_req *req)
{
	const char *path = http_segment(req, "path");
	char cookie[WEB_HEX_LEN + 1];
	size_t i;

	web_look(web);
	if (http_cookie(req, "ek", cookie, sizeof(cookie)) == NULL)
		return NULL;
	for (i = 0; i < WEB_SESSIONS_MAX; i++)
		if (web->sessions[i].until_ms != 0 &&
		    web_same_hex(web->sessions[i].path, path) &&
		    web_same_hex(web->sessions[i].cookie, cookie))
			return &web->sessions[i];
	return NULL;
}

/* Browsers that say where a request comes from must say: from here. */
static bool
is_from_here(const struct web *web, const struct http_req *req)
{
	const char *origin = http_header(req, "Origin");
	const char *site = http_header(req, "Sec-Fetch-Site");

	if (origin != NULL && (strncmp(origin, "http://", 7) != 0 ||
				  strcmp(origin + 7, web->host) != 0))
		return false;
	return site == NULL || strcmp(site, "same-origin") == 0;
}

/* NULL: it may pass; else the answer. */
static const struct http_token *
gate(struct web *web, struct http_req *req, bool post, struct web_req *ret)
{
	struct ek_why why = {""};

	memset(ret, 0, sizeof(*ret));
	ret->web = web;
	ret->req = req;
	ret->session = find_session(web, req);
	if (ret->session == NULL || (ret->session->over && !post))
		return web_closed(req, 410);
	if (post && !is_from_here(web, req))
		return web_closed(req, 403);
	if (post && http_body_form(req, &ret->form, &why) != EK_OK)
		return web_closed(req, 400);
	if (post &&
	    !web_same_hex(ret->session->csrf, http_form_get(ret->form, "csrf")))
		return web_closed(req, 403);
	if (ret->session->over)
		return NULL;
	ret->session->until_ms = web_now(web) + EK_PAGE_IDLE_SECS * 1000;
	web_look(web);
	return NULL;
}

const struct http_token *
web_answer(struct web_req *wr, struct http_req *req, enum ek_err err,
    const struct buf *body, const struct ek_why *why)
{
	struct buf out;

	if (err == EK_OK && wr->see[0] != '\0')
		return see(req, wr->session, wr->see, NULL);
	buf_init(&out, EK_PAGE_MAX);
	web_page_begin(wr, &out);
	if (err == EK_OK)
		buf_add(&out, buf_text(body), body->len);
	else
		web_trouble(wr, err, why, &out);
	web_page_end(wr, &out);
	if (err == EK_OK && buf_err(body) != EK_OK)
		out.err = body->err;
	if (err == EK_OK)
		err = wr->err;
	return reply_page(req, err == EK_OK ? 200 : ek_err_http(err), &out);
}

/* Of a session that is over; why not, if so, is not said either. */
static const struct http_token *
keep(struct web_req *wr, struct http_req *req, const char *target)
{
	const struct web_row *row = NULL;
	struct ek_why why = {""};
	struct buf out, page;
	enum ek_err err;

	if (target != NULL)
		row = find_in(web_ended_rows, "POST", target);
	if (target != NULL && row == NULL)
		row = find_in(web_left_ended_rows, "POST", target);
	if (row == NULL)
		return web_closed(req, 410);
	web_take_target(wr, target);
	buf_init(&out, EK_PAGE_MAX);
	err = row->fn(wr, &out, &why);
	buf_done(&out);
	if (err != EK_OK)
		return web_closed(req, 410);
	buf_init(&page, EK_PAGE_MAX);
	web_kept_page(&page);
	return reply_page(req, 200, &page);
}

static const struct http_token *
show(struct web_req *wr, struct http_req *req, const struct web_row *row)
{
	const struct http_token *token;
	struct ek_why why = {""};
	struct buf body;
	enum ek_err err;

	buf_init(&body, WEB_BODY_MAX);
	err = row->fn(wr, &body, &why);
	token = err == EK_OK && wr->later
		    ? web_job_wait(wr, req)
		    : web_answer(wr, req, err, &body, &why);
	buf_done(&body);
	return token;
}

/* Where there is no book, every other page leads to its making. */
static bool
is_early(const struct web *web, const struct web_row *row)
{
	const struct web_row *start;

	if (store_state(web->keeld->store) != STORE_NONE)
		return false;
	for (start = web_start_rows; start->method != NULL; start++)
		if (start == row)
			return false;
	return true;
}

static const struct http_token *
pass(struct web *web, struct http_req *req, const char *method)
{
	const struct web_row *row = NULL;
	const struct http_token *refused;
	const char *target;
	struct web_req wr;

	refused = gate(web, req, strcmp(method, "POST") == 0, &wr);
	if (refused != NULL)
		return refused;
	target = web_target_of(wr.session, http_segment(req, "page"));
	if (wr.session->over)
		return keep(&wr, req, target);
	if (target != NULL)
		row = find_row(method, target);
	if (row == NULL)
		return web_closed(req, 404);
	if (is_early(web, row))
		return see(req, wr.session, "start", NULL);
	web_take_target(&wr, target);
	return show(&wr, req, row);
}

static const struct http_token *
page_get(struct http_req *req, void *arg)
{
	return pass(arg, req, "GET");
}

static const struct http_token *
page_post(struct http_req *req, void *arg)
{
	return pass(arg, req, "POST");
}

/* One press, and nothing of hers is on the screen or can be had again. */
static const struct http_token *
hide_post(struct http_req *req, void *arg)
{
	struct web *web = arg;
	struct web_req wr;
	const struct http_token *refused = gate(web, req, true, &wr);

	if (refused != NULL)
		return refused;
	web_session_end(wr.session);
	web_look(web);
	return http_see_other(req, "/closed", NULL);
}

const struct http_route web_routes[] = {
    {.method = "GET", .path = "/o/:link", .handler = link_get},
    {.method = "GET", .path = "/closed", .handler = closed_get},
    {.method = "GET", .path = "/style.css", .handler = css_get},
    {.method = "GET", .path = "/favicon.ico", .handler = icon_get},
    {.method = "POST", .path = "/:path/hide", .handler = hide_post},
    {.method = "GET", .path = "/:path/:page", .handler = page_get},
    {.method = "POST", .path = "/:path/:page", .handler = page_post},
    {.method = NULL},
};
