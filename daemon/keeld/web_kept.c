/*
 * web_kept - where the book and its key lie and who could therefore read it,
 * in the words of `keel status`; and the end of the first run, which says the
 * same.
 */
#include <string.h>

#include "keeld/html.h"
#include "keeld/web_in.h"

static void
put_plain(const char *text, struct buf *out)
{
	struct buf plain;

	buf_init(&plain, EK_PAGE_MAX);
	web_plain(text, &plain);
	if (plain.len > 0)
		html_put(out, "<p>%n</p>", buf_text(&plain));
	buf_done(&plain);
}

static void
put_button(
    struct web_req *wr, const char *target, const char *text, struct buf *out)
{
	web_form_begin(wr, out, target);
	html_put(out, "<button>%s</button></form>", text);
}

/* --- the end of the first run --- */

static void
put_next(struct web_req *wr, struct buf *out)
{
	html_put(out, "<h2>What now?</h2><ul><li>");
	web_anchor(wr, out, "checkin", "Check in for the first time");
	html_put(out, "</li>");
	if (web_is_page("plan")) {
		html_put(out, "<li>");
		web_anchor(wr, out, "plan", "Go on with my plan");
		html_put(out, "</li>");
	}
	html_put(out, "<li>");
	web_anchor(wr, out, "today", "Go to today");
	html_put(out, "</li></ul>");
}

static enum ek_err
begun_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	json_t *status = NULL;
	enum ek_err err;

	err = web_api(wr, "GET", "/v1/status", NULL, &status, why);
	if (err != EK_OK)
		return err;
	html_put(out,
	    "<h1>Your book is made</h1><p>Your plan is begun.</p>"
	    "<h2>All that a notification will say</h2>"
	    "<blockquote>%s</blockquote>",
	    web_text(status, "bubble"));
	put_button(wr, "sample", "Show me one now", out);
	html_put(out, "<h2>What is kept where, and who can read it</h2>");
	html_put(out, "<p>%s</p>", web_text(status, "kept"));
	put_plain(web_text(json_object_get(status, "key"), "words"), out);
	put_next(wr, out);
	json_decref(status);
	return EK_OK;
}

static bool
from_kept(const struct web_req *wr)
{
	const char *from = web_query(wr, "from");

	return from != NULL && strcmp(from, "kept") == 0;
}

/* What became of it, in the API's words. */
static enum ek_err
sampled(struct web_req *wr, const struct web_said *said, struct buf *out,
    struct ek_why *why)
{
	if (said->err != EK_OK)
		return ek_why(why, said->err, "%s", said->why.text);
	html_put(out, "<h1>A sample</h1><div role=\"status\">");
	put_plain(web_text(said->json, "words"), out);
	html_put(out, "</div>");
	put_button(wr, from_kept(wr) ? "sample?from=kept" : "sample",
	    "Show me one more", out);
	html_put(out, "<p>");
	web_anchor(wr, out, from_kept(wr) ? "kept" : "begun",
	    from_kept(wr) ? "Back" : "Go on");
	html_put(out, "</p>");
	return EK_OK;
}

static enum ek_err
sample_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	return web_ask(
	    wr, "POST", "/v1/bubble/sample", json_object(), sampled, out, why);
}

/* --- where this is kept --- */

static void
put_copy(struct web_req *wr, const json_t *copy, struct buf *out)
{
	const char *state = web_text(copy, "state");

	html_put(out, "<h2>The sealed copy</h2>");
	put_plain(web_text(copy, "words"), out);
	if (strcmp(state, "none") == 0)
		html_put(out,
		    "<p>Choose a folder on another disk or in your network "
		    "home. The person who looks after your computer can set it "
		    "for you, and does not see what is in the book.</p>");
	else if (web_text(copy, "place")[0] != '\0')
		html_put(out, "<p>It lies in %s.</p>", web_text(copy, "place"));
	if (strcmp(state, "failed") == 0 || strcmp(state, "foreign") == 0)
		html_put(out, "<p>If this stays so, ask the person who looks "
			      "after your computer to run: keel doctor.</p>");
	if (strcmp(state, "late") == 0 || strcmp(state, "failed") == 0)
		put_button(wr, "copy", "Write it now", out);
}

static void
put_key(struct web_req *wr, const json_t *status, struct buf *out)
{
	const json_t *key = json_object_get(status, "key");

	html_put(out, "<h2>Who could read it</h2>");
	put_plain(web_text(key, "words"), out);
	if (strcmp(web_text(status, "state"), "open") != 0)
		return;
	if (strcmp(web_text(key, "mode"), "file") == 0)
		html_put(out,
		    "<p>With the key in a file, the book cannot be locked. The "
		    "person who looks after your computer can help you to set "
		    "a passphrase. You type it yourself.</p>");
	else
		put_button(wr, "lock", "Lock the book now", out);
	html_put(out, "<p>");
	web_anchor(wr, out, "rewords", "Make new recovery words");
	html_put(out, "</p>");
}

static void
put_aside(const json_t *list, struct buf *out)
{
	const json_t *path;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	html_put(out,
	    "<h2>Damaged files that lie aside</h2><p>They may hold what the "
	    "book lacks, or what you deleted later, sealed. The person who "
	    "looks after your computer can look at them with you (keel "
	    "doctor).</p><ul>");
	json_array_foreach(list, i, path)
	{
		html_put(out, "<li>%s</li>", json_string_value(path));
	}
	html_put(out, "</ul>");
}

static enum ek_err
kept_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	json_t *status = NULL;
	enum ek_err err;

	err = web_api(wr, "GET", "/v1/status", NULL, &status, why);
	if (err != EK_OK)
		return err;
	if (strcmp(web_text(status, "state"), "broken") == 0) {
		err = ek_why(why, ek_err_from_code(web_text(status, "code")),
		    "%s", web_text(status, "message"));
		json_decref(status);
		return err;
	}
	html_put(out, "<h1>Where this is kept</h1>");
	html_put(out, "<p>%s</p>", web_text(status, "kept"));
	if (json_is_true(json_object_get(status, "network_home")))
		html_put(out, "<p>Your home is on a network, so the book is "
			      "kept on this computer's own disk.</p>");
	put_key(wr, status, out);
	put_copy(wr, json_object_get(status, "copy"), out);
	put_aside(json_object_get(status, "aside"), out);
	html_put(out,
	    "<h2>When you are asked</h2><p>All that a notification says: "
	    "%s</p>",
	    web_text(status, "bubble"));
	put_button(wr, "sample?from=kept", "Show me a sample", out);
	html_put(out, "<p>Evenkeel %s</p>", web_text(status, "version"));
	json_decref(status);
	return EK_OK;
}

static enum ek_err
do_and_see(struct web_req *wr, const char *path, const char *target,
    struct ek_why *why)
{
	json_t *json = NULL;
	enum ek_err err;

	err = web_api(wr, "POST", path, json_object(), &json, why);
	json_decref(json);
	if (err == EK_OK)
		web_see(wr, target);
	return err;
}

static enum ek_err
lock_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	(void)out;
	wr->session->back[0] = '\0';
	return do_and_see(wr, "/v1/lock", "unlock", why);
}

static enum ek_err
copy_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	(void)out;
	return do_and_see(wr, "/v1/copy", "kept", why);
}

const struct web_row web_kept_rows[] = {
    {"GET", "begun", begun_get},
    {"GET", "kept", kept_get},
    {"POST", "sample", sample_post},
    {"POST", "lock", lock_post},
    {"POST", "copy", copy_post},
    {NULL, NULL, NULL},
};
