/*
 * web_words - her own words, in the order in which `keel` shows them: on a
 * hard day the steps first, after a check-in what helps with what was marked.
 */
#include <string.h>

#include "keeld/html.h"
#include "keeld/keeld.h"
#include "keeld/web.h"

const char *
web_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text == NULL ? "" : text;
}

/* tag: "ul", or "ol" for what is done one after the other. */
static void
put_list(const json_t *list, const char *tag, struct buf *out)
{
	const json_t *entry;
	size_t i;

	html_put(out, "<%s>", tag);
	json_array_foreach(list, i, entry)
	{
		const char *use = web_text(entry, "words");

		html_put(out, "<li>%n%s%s</li>", web_text(entry, "text"),
		    use[0] == '\0' ? "" : " — ", use);
	}
	html_put(out, "</%s>", tag);
}

static void
put_part(
    const char *heading, const json_t *list, const char *tag, struct buf *out)
{
	if (json_array_size(list) == 0)
		return;
	html_put(out, "<h2>%s</h2>", heading);
	put_list(list, tag, out);
}

static void
put_strategies(const json_t *words, struct buf *out)
{
	const json_t *linked = json_object_get(words, "linked"), *one;
	size_t i;

	json_array_foreach(linked, i, one)
	{
		html_put(out, "<h2>You marked: %s</h2>", web_text(one, "sign"));
		put_list(json_object_get(one, "strategies"), "ul", out);
	}
	put_part(json_array_size(linked) > 0 ? "What else helps you"
					     : "What helps you",
	    json_object_get(words, "best"), "ul", out);
}

static void
put_none(struct web_req *wr, struct buf *out)
{
	bool locked = store_state(web_keeld(wr)->store) == STORE_LOCKED;
	const char *target = locked ? "unlock" : "plan";

	html_put(out, locked
			  ? "<p>Your own words cannot be shown while the book "
			    "is locked."
			  : "<p>Your plan does not say yet what helps you and "
			    "whom you can turn to. What you write there comes "
			    "back to you here.");
	if (web_is_page(target)) {
		html_put(out, " ");
		web_anchor(
		    wr, out, target, locked ? "Unlock the book" : "My plan");
	}
	html_put(out, "</p>");
}

void
web_words(struct web_req *wr, const json_t *words, bool hard, struct buf *out)
{
	const json_t *people = json_object_get(words, "people");
	const json_t *steps = json_object_get(words, "steps");
	size_t before = out->len;

	if (hard) {
		put_part("When it gets hard", steps, "ol", out);
		put_part("People you can turn to", people, "ul", out);
		put_strategies(words, out);
	} else {
		put_strategies(words, out);
		put_part("People you can turn to", people, "ul", out);
		put_part("When it gets hard", steps, "ol", out);
	}
	if (out->len == before)
		put_none(wr, out);
}
