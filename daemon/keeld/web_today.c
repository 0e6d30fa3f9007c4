/*
 * web_today - what matters now, as `keel` alone says it, and what was begun
 * on the page.
 */
#include <stdio.h>
#include <string.h>

#include "keeld/api.h"
#include "keeld/html.h"
#include "keeld/web_left.h"

struct today {
	struct web_req *wr;
	json_t *json, *instruments;
	const char *day;
	struct buf *out;
};

/* --- what was begun --- */

static const char *
title_of(const struct today *today, const char *name)
{
	const json_t *list = json_object_get(today->instruments, "instruments");
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (strcmp(web_text(one, "name"), name) == 0)
			return web_text(one, "title");
	}
	return name;
}

static void
put_draft(const struct today *today, const struct draft *draft)
{
	struct buf *out = today->out;
	struct moment begun;
	char target[100];

	moment_at(web_keeld(today->wr), draft->begun_ms, &begun);
	html_put(
	    out, "<li>%s. You began this ", title_of(today, draft->instrument));
	if (strcmp(begun.date, today->day) == 0)
		html_put(out, "at ");
	web_put_when(out, begun.local, today->day);
	html_put(out, ". ");
	snprintf(target, sizeof(target), "checkin?d=%s", draft->key);
	web_anchor(today->wr, out, target, "Go on");
	html_put(out, "</li>");
}

static enum ek_err
put_drafts(const struct today *today, struct ek_why *why)
{
	struct draft_list list = {.count = 0};
	enum ek_err err = draft_waiting(web_keeld(today->wr), &list, why);
	size_t i;

	if (err != EK_OK || list.count == 0)
		return err;
	html_put(today->out, "<h2>Begun, not saved yet</h2><ul>");
	for (i = 0; i < list.count; i++)
		if (web_left_is(list.drafts[i]))
			web_left_put(today->wr, list.drafts[i], today->out);
		else
			put_draft(today, list.drafts[i]);
	html_put(today->out, "</ul>");
	draft_list_done(&list);
	return EK_OK;
}

/* --- what waits --- */

static void
put_button(const struct today *today, const char *target, const char *slot,
    const char *text)
{
	web_form_begin(today->wr, today->out, target);
	html_put(today->out,
	    "<input type=\"hidden\" name=\"slot\" value=\"%s\">"
	    "<button>%s</button></form>",
	    slot, text);
}

static void
put_slot(const struct today *today, const json_t *slot)
{
	const char *sleeps = web_text(slot, "snoozed_until");
	const char *id = web_text(slot, "slot");
	struct buf *out = today->out;
	char target[100];

	html_put(out, "<li>%s, %s ", web_text(slot, "title"),
	    sleeps[0] != '\0' ? "asked again" : "till");
	web_put_when(out, sleeps[0] != '\0' ? sleeps : web_text(slot, "ends"),
	    today->day);
	html_put(out, "<div class=\"ways\">");
	snprintf(target, sizeof(target), "checkin?slot=%s", id);
	html_put(out, "<a class=\"button\" href=\"");
	web_put_to(today->wr, out, target);
	html_put(out, "\">Check in</a> ");
	put_button(today, "snooze", id, "In 30 minutes");
	put_button(today, "skip", id, "Not today");
	html_put(out, "</div></li>");
}

static void
put_open(const struct today *today)
{
	const json_t *list = json_object_get(today->json, "open"), *slot;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	html_put(today->out, "<h2>Waiting, whenever you like</h2><ul>");
	json_array_foreach(list, i, slot)
	{
		put_slot(today, slot);
	}
	html_put(today->out, "</ul>");
}

/* --- the rest --- */

static void
put_link(const struct today *today, const char *target, const char *text)
{
	if (!web_is_page(target))
		return;
	html_put(today->out, " ");
	web_anchor(today->wr, today->out, target, text);
}

static void
put_ask(const struct today *today, const json_t *ask)
{
	const char *owner = web_text(ask, "owner");
	json_int_t days = json_integer_value(json_object_get(ask, "days_open"));
	struct buf *out = today->out;

	html_put(out, "<li>%n — ", web_text(ask, "text"));
	if (owner[0] != '\0')
		html_put(out, "%s, ", owner);
	if (days > 0)
		html_put(out, "%d day%s open", (int)days, days == 1 ? "" : "s");
	else
		html_put(out, "asked today");
	html_put(out, "</li>");
}

static void
put_asks(const struct today *today)
{
	const json_t *list = json_object_get(today->json, "asks"), *ask;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	html_put(today->out, "<h2>Asks</h2><ul>");
	json_array_foreach(list, i, ask)
	{
		put_ask(today, ask);
	}
	html_put(today->out, "</ul>");
}

static void
put_plan(const struct today *today)
{
	const json_t *plan = json_object_get(today->json, "plan");
	const char *review = web_text(plan, "review");
	bool past =
	    json_integer_value(json_object_get(plan, "review_days")) < 0;
	struct buf *out = today->out;

	html_put(out, "<p>");
	if (!json_is_true(json_object_get(plan, "exists"))) {
		html_put(out, "There is no plan yet.");
	} else if (review[0] == '\0') {
		html_put(out, "Your plan has no review date yet.");
	} else {
		html_put(out, past ? "Your plan was to be looked at again on "
				   : "Plan review: ");
		web_put_when(out, review, today->day);
		html_put(out, past ? "; there is no hurry." : ".");
	}
	put_link(today, "plan", "My plan");
	html_put(out, "</p>");
}

static void
put_next(const struct today *today)
{
	const json_t *next = json_object_get(today->json, "next");

	if (!json_is_object(next)) {
		html_put(today->out, "<p>No check-in is planned.");
	} else {
		html_put(today->out, "<p>Next check-in: ");
		web_put_when(today->out, web_text(next, "local"), today->day);
		html_put(today->out, ".");
	}
	if (json_array_size(json_object_get(today->json, "open")) == 0)
		put_link(today, "checkin", "Check in now");
	html_put(today->out, "</p>");
}

/* A check-in and its note are two there: how many is not said. */
static void
put_pending(const struct today *today)
{
	if (json_integer_value(json_object_get(today->json, "pending")) == 0)
		return;
	html_put(today->out, "<p>A check-in was made while the book was "
			     "locked. You are asked once whether to keep it.");
	put_link(today, "pending", "Answer that");
	html_put(today->out, "</p>");
}

static void
put_locked(const struct today *today)
{
	int due =
	    (int)json_integer_value(json_object_get(today->json, "locked_due"));
	struct buf *out = today->out;

	html_put(out, "<p>Your book is locked, so nothing in it is shown.");
	put_link(today, "unlock", "Unlock the book");
	html_put(out, "</p><p>");
	if (due > 0)
		html_put(out, "%d check-in%s waiting. ", due,
		    due == 1 ? " is" : "s are");
	html_put(out, "You can check in all the same: what you say is added to "
		      "the locked book. ");
	web_anchor(today->wr, out, "checkin", "Check in");
	html_put(out, "</p>");
}

/* Those that are on, other than the one of every day. */
static void
put_others(const struct today *today)
{
	const json_t *list = json_object_get(today->instruments, "instruments");
	const json_t *one;
	char target[100];
	size_t i;

	html_put(today->out, "<h2>Other check-ins</h2><ul>");
	json_array_foreach(list, i, one)
	{
		if (!json_is_true(json_object_get(one, "on")) ||
		    strcmp(web_text(one, "name"), "pulse") == 0)
			continue;
		snprintf(target, sizeof(target), "checkin?instrument=%s",
		    web_text(one, "name"));
		html_put(today->out, "<li>");
		web_anchor(
		    today->wr, today->out, target, web_text(one, "title"));
		html_put(today->out, "</li>");
	}
	html_put(today->out, "</ul>");
}

static void
put_hard(const struct today *today)
{
	html_put(today->out, "<p>On a hard day: ");
	web_anchor(today->wr, today->out, "hard", "your own words");
	html_put(today->out, ". It sends nothing.</p>");
}

/* What was done a moment ago and led here. */
static void
put_was(const struct today *today)
{
	static const struct {
		const char *was, *text;
	} said[] = {{"over", "It was answered meanwhile, or its time is nearly "
			     "over. What still waits stands here."},
	    {"later", "Kept for later. Nothing is saved in your book "
		      "yet."},
	    {"left", "Thrown away. Nothing of it is kept."},
	    {"skip", "Left out. It will not be asked again."},
	    {"snooze", "It will be asked again in a while."}};
	const char *was = web_query(today->wr, "was");
	size_t i;

	for (i = 0; was != NULL && i < sizeof(said) / sizeof(said[0]); i++)
		if (strcmp(said[i].was, was) == 0)
			html_put(today->out, "<p role=\"status\">%s</p>",
			    said[i].text);
}

static enum ek_err
put_all(const struct today *today, struct ek_why *why)
{
	const char *state = web_text(today->json, "state");
	enum ek_err err;

	html_put(today->out, "<h1>Today</h1><p>");
	web_put_day(today->out, today->day);
	html_put(today->out, "</p>");
	put_was(today);
	err = put_drafts(today, why);
	if (strcmp(state, "locked") == 0) {
		put_locked(today);
	} else {
		put_pending(today);
		put_open(today);
		html_put(
		    today->out, "<p>%s</p>", web_text(today->json, "sentence"));
		put_asks(today);
		put_plan(today);
		put_next(today);
		put_others(today);
	}
	put_hard(today);
	return err;
}

static enum ek_err
today_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	struct today today = {.wr = wr, .out = out};
	enum ek_err err;

	err = web_api(wr, "GET", "/v1/today", NULL, &today.json, why);
	if (err == EK_OK)
		err = web_api(wr, "GET", "/v1/instruments", NULL,
		    &today.instruments, why);
	today.day = web_text(today.json, "day");
	if (err == EK_OK)
		err = put_all(&today, why);
	json_decref(today.instruments);
	json_decref(today.json);
	return err;
}

/* --- not now --- */

static enum ek_err
put_off(
    struct web_req *wr, const char *target, const char *see, struct ek_why *why)
{
	const char *slot = web_field(wr, "slot");
	json_t *json = NULL;
	enum ek_err err;

	err = web_api(
	    wr, "POST", target, json_pack("{s:s?}", "slot", slot), &json, why);
	json_decref(json);
	/* settled elsewhere, or it would sleep past its end: here is what is */
	if (err == EK_CONFLICT || err == EK_NOT_FOUND) {
		see = "today?was=over";
		err = EK_OK;
	}
	if (err == EK_OK)
		web_see(wr, see);
	return err;
}

static enum ek_err
skip_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	(void)out;
	return put_off(wr, "/v1/slots/skip", "today?was=skip", why);
}

static enum ek_err
snooze_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	(void)out;
	return put_off(wr, "/v1/slots/snooze", "today?was=snooze", why);
}

const struct web_row web_today_rows[] = {
    {"GET", "today", today_get},
    {"POST", "skip", skip_post},
    {"POST", "snooze", snooze_post},
    {NULL, NULL, NULL},
};
