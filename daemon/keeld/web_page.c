/*
 * web_page - the frame of every page, and the closed one that is nobody's.
 *
 * The title is the same on all of them: it stands in the browser's history
 * and on a shared screen.
 */
#include <string.h>

#include "evenkeel/limits.h"
#include "keeld/api.h"
#include "keeld/html.h"
#include "keeld/web_in.h"

#define HEAD                                                                   \
	"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"    \
	"<title>Evenkeel</title>"                                              \
	"<meta name=\"viewport\" content=\"width=device-width\">"              \
	"<meta name=\"color-scheme\" content=\"light dark\">"                  \
	"<link rel=\"stylesheet\" href=\"/style.css\">"

void
web_closed_page(struct buf *out)
{
	html_put(out, HEAD "</head><body><main><h1>Closed</h1>"
			   "<p>There is nothing open here. To open the page, "
			   "choose Evenkeel among your programs.</p>"
			   "</main></body></html>\n");
}

void
web_kept_page(struct buf *out)
{
	html_put(out, HEAD "</head><body><main><h1>Closed</h1>"
			   "<p>What you wrote is kept. To go on, choose "
			   "Evenkeel among your programs.</p>"
			   "</main></body></html>\n");
}

static const struct {
	const char *target, *text;
} pages[] = {{"today", "Today"}, {"checkin", "Check in"}, {"hard", "Hard day"},
    {"plan", "My plan"}, {"diary", "Diary"}};

static void
put_nav(struct web_req *wr, struct buf *out)
{
	size_t i;

	html_put(out, "<nav aria-label=\"Pages\"><ul>");
	for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		html_put(out, "<li><a href=\"");
		web_put_to(wr, out, pages[i].target);
		html_put(out, "\"");
		if (strcmp(wr->target, pages[i].target) == 0)
			html_put(out, " aria-current=\"page\"");
		html_put(out, ">%s</a></li>", pages[i].text);
	}
	html_put(out, "</ul></nav>");
}

/* On every page till it is settled: the book is locked, or something was added
 * while it was. */
static void
put_notice(struct web_req *wr, struct buf *out)
{
	struct store *store = wr->web->keeld->store;
	const char *text = NULL, *target = "unlock", *link = "Open it";

	if (store_state(store) == STORE_LOCKED) {
		text = "Your book is locked.";
	} else if (store_state(store) == STORE_OPEN &&
		   store_pending(store) > 0) {
		text = "Something was added while your book was locked.";
		target = "pending";
		link = "Look at it";
	}
	if (text == NULL || strcmp(wr->target, target) == 0)
		return;
	/* once it is open, on with this page */
	if (store_state(store) == STORE_LOCKED)
		memcpy(wr->session->back, wr->whole, sizeof(wr->whole));
	html_put(out, "<aside><p class=\"notice\">%s ", text);
	web_anchor(wr, out, target, link);
	html_put(out, "</p></aside>");
}

void
web_page_begin(struct web_req *wr, struct buf *out)
{
	html_put(out, HEAD);
	/* before the session is over, so that nothing stays on the screen */
	html_put(out,
	    "<meta http-equiv=\"refresh\" content=\"%d;url=/closed\"></head>"
	    "<body><a class=\"skip\" href=\"#main\">Skip to the content</a>"
	    "<header><form method=\"post\" action=\"/%s/hide\">"
	    "<input type=\"hidden\" name=\"csrf\" value=\"%s\">"
	    "<button class=\"hide\" accesskey=\"h\">Hide</button></form>",
	    EK_PAGE_IDLE_SECS - EK_PAGE_EARLY_SECS, wr->session->path,
	    wr->session->csrf);
	if (store_state(wr->web->keeld->store) != STORE_NONE)
		put_nav(wr, out);
	html_put(out, "</header>");
	put_notice(wr, out);
	html_put(out, "<main id=\"main\">");
}

void
web_page_end(struct web_req *wr, struct buf *out)
{
	json_t *nobody = api_nobody(wr->web->keeld);

	html_put(out, "</main><footer><p>%n</p>", json_string_value(nobody));
	if (store_state(wr->web->keeld->store) != STORE_NONE) {
		html_put(out, "<p>");
		web_anchor(wr, out, "kept", "Where this is kept");
		html_put(out, "</p>");
	}
	html_put(out, "</footer></body></html>\n");
	json_decref(nobody);
}

void
web_form_begin(struct web_req *wr, struct buf *out, const char *target)
{
	char key[WEB_HEX_LEN + 1];

	web_draw_hex(key);
	/* Else the browser writes what is being typed into its session file,
	 * no-store or not, and has it still after a crash. */
	html_put(out, "<form autocomplete=\"off\" method=\"post\" action=\"");
	web_put_to(wr, out, target);
	html_put(out,
	    "\">"
	    "<input type=\"hidden\" name=\"csrf\" value=\"%s\">"
	    "<input type=\"hidden\" name=\"key\" value=\"%s\">",
	    wr->session->csrf, key);
}

void
web_put_closes(struct web_req *wr, struct buf *out)
{
	struct moment at;

	moment_at(wr->web->keeld,
	    loop_now_ms(wr->web->keeld->loop) +
		(EK_PAGE_IDLE_SECS - EK_PAGE_EARLY_SECS) * INT64_C(1000),
	    &at);
	at.local[CIVIL_TIME_LEN - 3] = '\0';
	html_put(out,
	    "<p class=\"small\">This page closes at %s if you leave it. Press "
	    "a button before then: what is only typed is lost.</p>",
	    at.local + CIVIL_DATE_LEN + 1);
}

struct keeld *
web_keeld(const struct web_req *wr)
{
	return wr->web->keeld;
}

void
web_keep_reply(struct web_req *wr, const char *key, const json_t *reply)
{
	json_t *mutable = (json_t *)(uintptr_t)reply;

	if (strlen(key) >= sizeof(wr->session->reply_key))
		return;
	json_decref(wr->session->reply);
	wr->session->reply = json_incref(mutable);
	wr->session->reply_inside = api_is_open(wr->web->keeld);
	memcpy(wr->session->reply_key, key, strlen(key) + 1);
}

const json_t *
web_kept_reply(const struct web_req *wr, const char *key)
{
	const struct web_session *session = wr->session;

	if (session->reply_inside && !api_is_open(wr->web->keeld))
		return NULL;
	return strcmp(session->reply_key, key) == 0 ? session->reply : NULL;
}

/* --- what came --- */

const char *
web_field(const struct web_req *wr, const char *name)
{
	return wr->form == NULL ? NULL : http_form_get(wr->form, name);
}

bool
web_field_next(const struct web_req *wr, size_t *at, const char **ret_name,
    const char **ret_value)
{
	return wr->form != NULL &&
	       http_form_next(wr->form, at, ret_name, ret_value);
}

void
web_put_later(struct buf *out)
{
	html_put(out,
	    " <button name=\"go\" value=\"later\" formnovalidate>Keep "
	    "it for later</button>");
}

void
web_form_end(struct web_req *wr, struct buf *out, const char *save)
{
	web_put_closes(wr, out);
	html_put(out, "<p class=\"ways\"><button>%s</button>", save);
	web_put_later(out);
	html_put(out, "</p></form>");
}

bool
web_is_later(const struct web_req *wr)
{
	const char *go = web_field(wr, "go");

	return go != NULL && strcmp(go, "later") == 0;
}

void
web_refused(struct web_req *wr, enum ek_err err, const struct ek_why *why)
{
	struct buf plain;

	buf_init(&plain, sizeof(wr->why.text) + 2);
	web_plain(why->text[0] != '\0' ? why->text : ek_err_text(err), &plain);
	wr->err = err;
	ek_why(&wr->why, err, "%s",
	    plain.len > 0 ? buf_text(&plain) : "This could not be done.");
	buf_done(&plain);
}

const char *
web_reason(const struct web_req *wr)
{
	return wr->err == EK_OK ? NULL : wr->why.text;
}

/* --- the API --- */

struct call {
	bool done;
	enum ek_err err;
	struct ek_why *why;
	json_t *json;
};

static void
done_cb(const struct http_answer *answer, void *arg)
{
	struct call *call = arg;

	call->done = true;
	call->err = answer->err;
	if (answer->err != EK_OK)
		ek_why(call->why, answer->err, "%s", answer->why.text);
	call->json = json_incref(answer->json);
}

enum ek_err
web_api(struct web_req *wr, const char *method, const char *target,
    json_t *body_take, json_t **ret, struct ek_why *why)
{
	return web_api_key(
	    wr, method, target, body_take, web_field(wr, "key"), ret, why);
}

enum ek_err
web_api_key(struct web_req *wr, const char *method, const char *target,
    json_t *body_take, const char *key, json_t **ret, struct ek_why *why)
{
	const struct http_ask ask = {method, target, body_take, key};
	struct call call = {.why = why};
	struct http_inner *pending = NULL;
	enum ek_err err;

	err = http_inner(wr->web->keeld->http, &ask, done_cb, &call, &pending);
	if (err != EK_OK)
		return err;
	if (!call.done) { /* only the rows of keys take another turn */
		http_inner_cancel(pending);
		return EK_BUG;
	}
	if (call.err == EK_OK)
		*ret = call.json;
	return call.err;
}
