/*
 * web_today - what matters now, as `keel` alone says it.
 */
#include <stdio.h>
#include <string.h>

#include "keeld/html.h"
#include "keeld/web.h"

static void
put_open(struct web_req *wr, const json_t *list, struct buf *out)
{
	const json_t *slot;
	char target[100];
	size_t i;

	if (json_array_size(list) == 0)
		return;
	html_put(out, "<h2>Waiting, whenever you like</h2><ul>");
	json_array_foreach(list, i, slot)
	{
		const char *ends = web_text(slot, "ends");

		html_put(out, "<li>%s, till %s", web_text(slot, "title"),
		    strlen(ends) > 16 ? ends + 11 : ends);
		snprintf(target, sizeof(target), "checkin?instrument=%s",
		    web_text(slot, "instrument"));
		html_put(out, " ");
		web_anchor(wr, out, target, "Check in");
		html_put(out, "</li>");
	}
	html_put(out, "</ul>");
}

static void
put_asks(const json_t *list, struct buf *out)
{
	const json_t *ask;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	html_put(out, "<h2>Asks</h2><ul>");
	json_array_foreach(list, i, ask)
	{
		html_put(out, "<li>%n</li>", web_text(ask, "text"));
	}
	html_put(out, "</ul>");
}

static enum ek_err
today_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	json_t *json = NULL;
	const char *review;
	enum ek_err err = web_api(wr, "GET", "/v1/today", NULL, &json, why);

	if (err != EK_OK)
		return err;
	html_put(out, "<h1>Today</h1><p>%s</p>", web_text(json, "sentence"));
	put_open(wr, json_object_get(json, "open"), out);
	put_asks(json_object_get(json, "asks"), out);
	review = web_text(json_object_get(json, "plan"), "review");
	if (review[0] != '\0')
		html_put(out, "<p>Plan review: %s.</p>", review);
	json_decref(json);
	return EK_OK;
}

const struct web_row web_today_rows[] = {
    {"GET", "today", today_get},
    {NULL, NULL, NULL},
};
