/*
 * web_hard - a hard day: one press more, then her own words.  It says on
 * itself what it sends: nothing.
 */
#include <stdbool.h>

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

static void
put_list(const json_t *list, const char *heading, struct buf *out)
{
	const json_t *entry;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	html_put(out, "<h2>%s</h2><ul>", heading);
	json_array_foreach(list, i, entry)
	{
		const char *use =
		    json_string_value(json_object_get(entry, "words"));

		html_put(out, "<li>%n%s%s</li>",
		    json_string_value(json_object_get(entry, "text")),
		    use == NULL ? "" : " — ", use);
	}
	html_put(out, "</ul>");
}

static bool
no_words(const json_t *words)
{
	return json_array_size(json_object_get(words, "steps")) == 0 &&
	       json_array_size(json_object_get(words, "people")) == 0 &&
	       json_array_size(json_object_get(words, "best")) == 0;
}

static enum ek_err
hard_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	json_t *json = NULL;
	const json_t *words;
	enum ek_err err;

	err = web_api(wr, "POST", "/v1/hard", json_object(), &json, why);
	if (err != EK_OK)
		return err;
	words = json_object_get(json, "words");
	html_put(out,
	    "<h1>A hard day</h1><p role=\"status\">Written down. "
	    "%s</p>",
	    json_string_value(json_object_get(json, "sends")));
	put_list(json_object_get(words, "steps"), "When it gets hard", out);
	put_list(
	    json_object_get(words, "people"), "People you can turn to", out);
	put_list(json_object_get(words, "best"), "What helps you", out);
	if (no_words(words))
		html_put(out, "<p>There are no words of yours to show: the "
			      "book is locked (<code>keel unlock</code>), or "
			      "the plan does not say yet what helps you "
			      "(<code>keel plan edit</code>).</p>");
	json_decref(json);
	return EK_OK;
}

const struct web_row web_hard_rows[] = {
    {"GET", "hard", hard_get},
    {"POST", "hard", hard_post},
    {NULL, NULL, NULL},
};
