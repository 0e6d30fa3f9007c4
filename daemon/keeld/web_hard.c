/*
 * web_hard - a hard day: one press more, then her own words.  It says on
 * itself what it sends: nothing.
 */
#include "keeld/html.h"
#include "keeld/web.h"

static enum ek_err
hard_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	(void)why;
	html_put(out, "<h1>A hard day</h1><p>Your own words are one press "
		      "away. That it is a hard day is written into your book; "
		      "nothing is sent to anybody.</p>");
	web_form_begin(wr, out, "hard");
	html_put(out, "<button autofocus>Show me my words</button></form>");
	return EK_OK;
}

static enum ek_err
hard_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	json_t *json = NULL;
	enum ek_err err;

	err = web_api(wr, "POST", "/v1/hard", json_object(), &json, why);
	if (err != EK_OK)
		return err;
	html_put(out,
	    "<h1>A hard day</h1><p role=\"status\">Written down. %s</p>",
	    web_text(json, "sends"));
	web_words(json_object_get(json, "words"), true, out);
	json_decref(json);
	return EK_OK;
}

const struct web_row web_hard_rows[] = {
    {"GET", "hard", hard_get},
    {"POST", "hard", hard_post},
    {NULL, NULL, NULL},
};
