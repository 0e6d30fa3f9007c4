/*
 * web_hard - a hard day: one press more, then her own words.  It says on
 * itself what it sends: nothing.
 *
 * The first page only tells; a browser may fetch what it was not asked to, so
 * the book is written by the press alone.  What she sees then is a page of its
 * own, so that reload writes nothing.
 */
#include <stdio.h>

#include "keeld/html.h"
#include "keeld/keeld.h"
#include "keeld/web_left.h"

static enum ek_err
hard_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	(void)why;
	html_put(out, "<h1>A hard day</h1><p>Your own words are one press "
		      "away. That it is a hard day is written into your book; "
		      "nothing is sent to anybody.</p>");
	web_form_begin(wr, out, "hard");
	html_put(out, "<p><button autofocus>Show me my words</button></p>"
		      "</form><p>");
	web_anchor(
	    wr, out, "hard-words", "Only show them, and write nothing down");
	html_put(out, "</p>");
	return EK_OK;
}

static enum ek_err
hard_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	char target[100];
	json_t *json = NULL;
	enum ek_err err;

	(void)out;
	err = web_api(wr, "POST", "/v1/hard", json_object(), &json, why);
	if (err != EK_OK)
		return err;
	snprintf(
	    target, sizeof(target), "hard-words?id=%s", web_text(json, "id"));
	web_see(wr, target);
	json_decref(json);
	return EK_OK;
}

/* A locked book has none to show, and says so. */
static enum ek_err
put_words(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	json_t *json = NULL;
	enum ek_err err = EK_OK;

	if (store_state(web_keeld(wr)->store) != STORE_LOCKED)
		err = web_api(wr, "GET", "/v1/words", NULL, &json, why);
	if (err == EK_OK)
		web_words(wr, json_object_get(json, "words"), true, out);
	json_decref(json);
	return err;
}

static void
put_note(struct web_req *wr, const char *id, struct buf *out)
{
	const char *text = web_field(wr, "text");
	char target[100];

	snprintf(target, sizeof(target), "hard-words?id=%s", id);
	web_form_begin(wr, out, target);
	html_put(out, "<p><label for=\"text\">Words of your own, if you like. "
		      "For you alone.</label><textarea id=\"text\" "
		      "name=\"text\" rows=\"4\"");
	if (web_reason(wr) != NULL)
		html_put(
		    out, " aria-invalid=\"true\" aria-describedby=\"why\"");
	html_put(out, ">\n%s</textarea></p>", text);
	web_form_end(wr, out, "Keep this note");
}

static const char *
status(const struct web_req *wr)
{
	if (web_query(wr, "noted") != NULL)
		return "Your note is kept.";
	return web_query(wr, "id") != NULL
		   ? "Written down in your book. This sends nothing to anyone."
		   : "Nothing was written down, and nothing is sent.";
}

static enum ek_err
words_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const char *id = web_query(wr, "id");
	enum ek_err err;

	html_put(out, "<h1>A hard day</h1>");
	if (web_reason(wr) != NULL)
		html_put(out,
		    "<p role=\"alert\" id=\"why\" class=\"why\">%s</p>",
		    web_reason(wr));
	else
		html_put(out, "<p role=\"status\">%s</p>", status(wr));
	err = put_words(wr, out, why);
	if (err == EK_OK && id != NULL && web_query(wr, "noted") == NULL)
		put_note(wr, id, out);
	return err;
}

static enum ek_err
words_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const char *id = web_query(wr, "id"), *text = web_field(wr, "text");
	char target[100], left[WEB_LEFT_ROOM];
	json_t *json = NULL;
	enum ek_err err;

	if (id == NULL || text == NULL)
		return ek_why(why, EK_INVALID,
		    "the form is not one of ours; open the page anew");
	/* as any note: it goes on at the hard day's entry */
	snprintf(left, sizeof(left), "note:%.40s", id);
	if (web_is_later(wr))
		err = web_left_later(wr, left, why);
	else
		err = web_api(wr, "POST", "/v1/notes",
		    json_pack("{s:s,s:s}", "of", id, "text", text), &json, why);
	json_decref(json);
	if (err == EK_OK && web_is_later(wr))
		return EK_OK;
	if (err != EK_OK) {
		web_refused(wr, err, why);
		return words_get(wr, out, why);
	}
	snprintf(target, sizeof(target), "hard-words?id=%s&noted=1", id);
	web_see(wr, target);
	return EK_OK;
}

const struct web_row web_hard_rows[] = {
    {"GET", "hard", hard_get},
    {"POST", "hard", hard_post},
    {"GET", "hard-words", words_get},
    {"POST", "hard-words", words_post},
    {NULL, NULL, NULL},
};
