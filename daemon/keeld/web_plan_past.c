/*
 * web_plan_past - the plan's earlier versions, what changed from one to the
 * next, and whether a line that was written over is the same one still.
 */
#include <stdio.h>
#include <string.h>

#include "keeld/web_plan.h"

#define VERSIONS_SHOWN 30

/* --- versions --- */

static void
put_agreed(const json_t *version, struct buf *out)
{
	const json_t *list = json_object_get(version, "agreed"), *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		html_put(out, ", agreed with %s", web_text(one, "with"));
	}
}

static void
put_version(
    struct web_req *wr, const json_t *version, bool first, struct buf *out)
{
	const char *id = web_text(version, "version");
	const char *saved = web_text(version, "saved");
	char target[80];

	html_put(out, "<li>");
	web_put_day(out, saved);
	html_put(out, ", ");
	web_put_when(out, saved, saved);
	put_agreed(version, out);
	html_put(out, "<br>");
	snprintf(target, sizeof(target), "plan?version=%.32s", id);
	web_anchor(wr, out, target, "Read it");
	snprintf(target, sizeof(target), "plan-changes?to=%.32s", id);
	if (!first) {
		html_put(out, " ");
		web_anchor(wr, out, target, "What changed then");
	}
	html_put(out, "</li>");
}

/* Newest first; the very first has nothing before it. */
static void
put_versions(struct web_req *wr, const json_t *reply, struct buf *out)
{
	const json_t *list = json_object_get(reply, "versions");
	bool older = json_is_true(json_object_get(reply, "older"));
	size_t i = json_array_size(list);
	char target[80];

	html_put(out, "<h1>Versions of your plan</h1>");
	if (i == 0)
		html_put(out, "<p>There is no plan yet.</p>");
	else
		html_put(out, "<ul class=\"versions\">");
	for (; i > 0; i--)
		put_version(
		    wr, json_array_get(list, i - 1), i == 1 && !older, out);
	if (json_array_size(list) > 0)
		html_put(out, "</ul>");
	html_put(out, "<p>");
	if (older) {
		snprintf(target, sizeof(target), "plan-past?before=%.32s",
		    web_text(json_array_get(list, 0), "version"));
		web_anchor(wr, out, target, "Older versions");
		html_put(out, " ");
	}
	web_anchor(wr, out, "plan", "To the plan");
	html_put(out, "</p>");
}

static enum ek_err
past_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const char *before = web_query(wr, "before");
	json_t *reply = NULL;
	char target[96];
	enum ek_err err;

	snprintf(target, sizeof(target), "/v1/plan/history?limit=%d%s%.32s",
	    VERSIONS_SHOWN,
	    before == NULL ? "" : "&before=", before == NULL ? "" : before);
	err = web_api(wr, "GET", target, NULL, &reply, why);
	if (err == EK_OK)
		put_versions(wr, reply, out);
	json_decref(reply);
	return err;
}

/* --- what changed --- */

static void
put_change(const json_t *change, struct buf *out)
{
	const char *was = web_text(change, "was"), *is = web_text(change, "is");

	if (was[0] == '\0')
		html_put(out, "<li>New: %s</li>", is);
	else if (is[0] == '\0')
		html_put(out, "<li>Taken away: %s</li>", was);
	else
		html_put(out, "<li>Before: %s<br>After: %s</li>", was, is);
}

static void
put_changes(struct web_req *wr, const json_t *reply, struct buf *out)
{
	const json_t *list = json_object_get(reply, "changes"), *one;
	const char *key = "", *next;
	size_t i;

	html_put(out, "<h1>What changed</h1>");
	if (json_array_size(list) == 0)
		html_put(out, "<p>No line of your parts changed.</p>");
	json_array_foreach(list, i, one)
	{
		next = web_text(one, "key");
		if (strcmp(key, next) != 0 && key[0] != '\0')
			html_put(out, "</ul>");
		if (strcmp(key, next) != 0)
			html_put(
			    out, "<h2>%s</h2><ul>", web_text(one, "heading"));
		put_change(one, out);
		key = next;
	}
	html_put(out, key[0] == '\0' ? "<p>" : "</ul><p>");
	web_anchor(wr, out, "plan-past", "Earlier versions");
	html_put(out, " ");
	web_anchor(wr, out, "plan", "To the plan");
	html_put(out, "</p>");
}

static enum ek_err
changes_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const char *to = web_query(wr, "to");
	json_t *reply = NULL;
	char target[96];
	enum ek_err err;

	snprintf(target, sizeof(target), "/v1/plan/diff%s%.32s",
	    to == NULL ? "" : "?to=", to == NULL ? "" : to);
	err = web_api(wr, "GET", target, NULL, &reply, why);
	if (err == EK_OK)
		put_changes(wr, reply, out);
	json_decref(reply);
	return err;
}

/* --- the same line? --- */

struct pair { /* the first of the list, and what is left */
	char was[8], now[8];
	const char *more_was, *more_now;
};

static const char *
take_id(const char *list, char *out)
{
	size_t len = list == NULL ? 0 : strcspn(list, ".");

	snprintf(
	    out, 8, "%.*s", len > 7 ? 7 : (int)len, list == NULL ? "" : list);
	return list == NULL || list[len] == '\0' ? "" : list + len + 1;
}

static bool
read_pair(const struct web_req *wr, struct pair *ret)
{
	ret->more_was = take_id(web_query(wr, "was"), ret->was);
	ret->more_now = take_id(web_query(wr, "now"), ret->now);
	return ret->was[0] != '\0' && ret->now[0] != '\0';
}

static void
put_target(struct web_req *wr, const struct pair *pair, bool this, char *out,
    size_t room)
{
	const char *of = web_query(wr, "of");

	snprintf(out, room, "plan-same?of=%.32s&was=%s%s%s&now=%s%s%s",
	    of == NULL ? "" : of, this ? pair->was : "",
	    this && pair->more_was[0] != '\0' ? "." : "", pair->more_was,
	    this ? pair->now : "", this && pair->more_now[0] != '\0' ? "." : "",
	    pair->more_now);
}

static void
put_question(struct web_req *wr, const char *was, const char *now,
    const char *target, struct buf *out)
{
	html_put(out,
	    "<h1>Is this the same line?</h1>"
	    "<p role=\"status\">Saved.</p>"
	    "<dl><dt>Before</dt><dd>%s</dd><dt>Now</dt><dd>%s</dd></dl>"
	    "<p>If it is the same, in other words, your earlier check-ins "
	    "count for it still. If it is another, it begins anew.</p>",
	    was, now);
	web_form_begin(wr, out, target);
	html_put(out,
	    "<p><button name=\"same\" value=\"1\">Yes, the same</button> "
	    "<button name=\"same\" value=\"0\">No, another</button></p>"
	    "</form>");
}

/* Once the answer is given, or the lines are gone, the plan is shown. */
static enum ek_err
same_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const json_t *was = NULL, *now = NULL;
	json_t *old = NULL, *plan = NULL;
	struct pair pair;
	char target[128];
	enum ek_err err = EK_OK;

	if (read_pair(wr, &pair)) {
		err = web_plan_of(wr, web_query(wr, "of"), &old, why);
		if (err == EK_OK)
			err = web_plan_of(wr, NULL, &plan, why);
		if (err == EK_OK) {
			was = web_plan_bullet(old, pair.was);
			now = web_plan_bullet(plan, pair.now);
		}
	}
	put_target(wr, &pair, true, target, sizeof(target));
	if (was != NULL && now != NULL)
		put_question(wr, web_text(was, "text"), web_text(now, "text"),
		    target, out);
	else
		web_see(wr, "plan");
	json_decref(old);
	json_decref(plan);
	return err;
}

static enum ek_err
same_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const char *answer = web_field(wr, "same");
	bool same = answer != NULL && strcmp(answer, "1") == 0;
	json_t *reply = NULL;
	struct pair pair;
	char target[128];
	enum ek_err err = EK_OK;

	(void)out;
	if (!read_pair(wr, &pair)) {
		web_see(wr, "plan");
		return EK_OK;
	}
	if (same)
		err = web_api(wr, "POST", "/v1/plan/same",
		    json_pack("{s:s,s:s}", "was", pair.was, "now", pair.now),
		    &reply, why);
	json_decref(reply);
	if (err == EK_NOT_FOUND) /* changed elsewhere: nothing to be asked */
		err = EK_OK;
	if (err != EK_OK)
		return err;
	put_target(wr, &pair, false, target, sizeof(target));
	if (pair.more_was[0] == '\0' || pair.more_now[0] == '\0')
		snprintf(target, sizeof(target), "plan?done=%s",
		    same ? "one" : "two");
	web_see(wr, target);
	return EK_OK;
}

const struct web_row web_plan_past_rows[] = {
    {"GET", "plan-past", past_get},
    {"GET", "plan-changes", changes_get},
    {"GET", "plan-same", same_get},
    {"POST", "plan-same", same_post},
    {NULL, NULL, NULL},
};
