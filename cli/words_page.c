/*
 * words_page - see words_page.h.
 */
#include "words_page.h"

static const char *
text_of(const json_t *json)
{
	const char *text =
	    json_is_string(json)
		? json_string_value(json)
		: json_string_value(json_object_get(json, "text"));

	return text == NULL ? "" : text;
}

static void
put_bullets(const json_t *list, struct page *page)
{
	const json_t *json;
	size_t i;

	json_array_foreach(list, i, json)
	{
		const char *words =
		    json_string_value(json_object_get(json, "words"));

		page_add(page, PAGE_BODY, OUT_PLAIN, 2, 2, "• %s%s%s",
		    text_of(json), words == NULL ? "" : " — ",
		    words == NULL ? "" : words);
	}
}

static void
put_part(const char *title, const json_t *list, struct page *page)
{
	if (json_array_size(list) == 0)
		return;
	if (page->parts[PAGE_BODY].count > 0)
		page_gap(page, PAGE_BODY);
	page_add(page, PAGE_BODY, OUT_STRONG, 0, 2, "%s", title);
	put_bullets(list, page);
}

static void
put_linked(const json_t *list, struct page *page)
{
	const json_t *json;
	size_t i;

	json_array_foreach(list, i, json)
	{
		if (page->parts[PAGE_BODY].count > 0)
			page_gap(page, PAGE_BODY);
		page_add(page, PAGE_BODY, OUT_STRONG, 0, 2, "You marked: %s",
		    text_of(json_object_get(json, "sign")));
		put_bullets(json_object_get(json, "strategies"), page);
	}
}

static void
put_strategies(const json_t *words, struct page *page)
{
	const json_t *linked = json_object_get(words, "linked");

	put_linked(linked, page);
	put_part(json_array_size(linked) > 0 ? "What else helps you"
					     : "What helps you",
	    json_object_get(words, "best"), page);
}

void
words_page(
    const json_t *words, enum words_order order, bool locked, struct page *page)
{
	const json_t *people = json_object_get(words, "people");
	const json_t *steps = json_object_get(words, "steps");
	size_t before = page->parts[PAGE_BODY].count;

	if (order == WORDS_HARD) {
		put_part("When it gets hard", steps, page);
		put_part("People you can turn to", people, page);
		put_strategies(words, page);
	} else {
		put_strategies(words, page);
		put_part("People you can turn to", people, page);
		put_part("When it gets hard", steps, page);
	}
	if (page->parts[PAGE_BODY].count == before)
		page_add(page, PAGE_BODY, OUT_PLAIN, 0, 0, "%s",
		    locked ? "Your own words cannot be shown while the book "
			     "is locked; `keel unlock` opens it."
			   : "Your plan does not say yet what helps you and "
			     "whom you can turn to. `keel plan edit` is the "
			     "place for it, when you like; what you write "
			     "there comes back to you here.");
}

void
words_print(
    const json_t *words, enum words_order order, bool locked, struct out *out)
{
	struct page page;

	page_init(&page, out_width(out), !out_is_utf8(out));
	words_page(words, order, locked, &page);
	page_out(&page, out);
	page_done(&page);
}
