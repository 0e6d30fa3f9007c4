/*
 * cmd_today - `keel` alone: today, in at most 24 lines of 80 columns.
 *
 * What waits, one sentence on the last weeks, asks and how long they are
 * open, the review date, what comes next.  Nothing here counts what was not
 * answered, and nothing is red.
 */
#include <string.h>

#include "cmds.h"
#include "evenkeel/civil.h"
#include "evenkeel/text.h"
#include "ops.h"
#include "out.h"
#include "page.h"
#include "reply.h"
#include "steps.h"

#define ROWS_MAX 24
#define OPEN_MAX 4
#define OPEN_MIN 3 /* never fewer: at 40 columns it may be a longer page */
#define ASKS_MAX 6

struct today {
	const json_t *json;
	const char *day;
	size_t open_max, asks_max;
	struct page *page;
};

static void
line(struct today *today, const char *text)
{
	page_add(today->page, PAGE_BODY, OUT_PLAIN, 0, 0, "%s", text);
}

static void
put_head(struct today *today)
{
	static const char *const weekdays[] = {"Monday", "Tuesday", "Wednesday",
	    "Thursday", "Friday", "Saturday", "Sunday"};
	static const char *const months[] = {"January", "February", "March",
	    "April", "May", "June", "July", "August", "September", "October",
	    "November", "December"};
	struct civil day;

	if (today->day == NULL || !civil_parse_date(today->day, &day))
		return;
	page_add(today->page, PAGE_BODY, OUT_HEAD, 0, 0, "%s %d %s %d",
	    weekdays[civil_weekday(civil_days(day.year, day.month, day.day))],
	    day.day, months[day.month - 1], day.year);
	page_gap(today->page, PAGE_BODY);
}

static void
put_slot(struct today *today, const json_t *slot)
{
	const char *name = ops_text(slot, "instrument");
	const char *sleeps = reply_text(slot, "snoozed_until");
	struct page_pair pair = {OUT_PLAIN, 2, 2, NULL, NULL};
	struct buf left, right;

	buf_init(&left, 400);
	buf_init(&right, 100);
	buf_fmt(&left, "%s, %s ", ops_text(slot, "title"),
	    sleeps != NULL ? "asked again" : "till");
	reply_when(sleeps != NULL ? sleeps : reply_text(slot, "ends"),
	    today->day, &left);
	buf_str(&right, "keel checkin");
	if (strcmp(name, "pulse") != 0)
		buf_fmt(&right, " %s", name);
	pair.left = buf_text(&left);
	pair.right = buf_text(&right);
	page_pair(today->page, PAGE_BODY, &pair);
	buf_done(&right);
	buf_done(&left);
}

static void
put_more(struct today *today, size_t count, size_t shown, const char *how)
{
	if (count > shown)
		page_add(today->page, PAGE_BODY, OUT_DIM, 2, 0, "%zu more: %s",
		    count - shown, how);
}

static void
put_open(struct today *today)
{
	const json_t *list = json_object_get(today->json, "open");
	const json_t *slot;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	page_add(today->page, PAGE_BODY, OUT_STRONG, 0, 0,
	    "Waiting, whenever you like");
	json_array_foreach(list, i, slot)
	{
		if (i < today->open_max)
			put_slot(today, slot);
	}
	put_more(today, json_array_size(list), today->open_max,
	    "keel schedule next");
	page_gap(today->page, PAGE_BODY);
}

/* An ask on one line: its beginning, whose it is, how long it is open. */
static void
put_ask(struct today *today, const json_t *ask)
{
	const char *text = ops_text(ask, "text");
	const char *owner = reply_text(ask, "owner");
	long long days = ops_int(ask, "days_open");
	struct buf right;
	size_t room, n = 0, step;
	uint32_t c;

	buf_init(&right, 200);
	if (owner != NULL)
		buf_fmt(&right, "%s, ", owner);
	if (days > 0)
		reply_days(days, &right);
	buf_str(&right, days > 0 ? " open" : "asked today");
	room = (size_t)today->page->width - 10;
	step = text_columns(buf_text(&right), right.len);
	room = room > step + 10 ? room - step : 10;
	while (text[n] != '\0' && text[n] != '\n' &&
	       text_columns(text, n) < room) {
		step = text_decode(text + n, strlen(text + n), &c);
		if (step == 0)
			break;
		n += step;
	}
	page_add(today->page, PAGE_BODY, OUT_PLAIN, 2, 2, "• %.*s%s — %s",
	    (int)n, text, text[n] == '\0' ? "" : "…", buf_text(&right));
	buf_done(&right);
}

static void
put_asks(struct today *today)
{
	const json_t *list = json_object_get(today->json, "asks");
	const json_t *ask;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	page_add(today->page, PAGE_BODY, OUT_STRONG, 0, 0, "Asks");
	json_array_foreach(list, i, ask)
	{
		if (i < today->asks_max)
			put_ask(today, ask);
	}
	put_more(today, json_array_size(list), today->asks_max, "keel asks");
	page_gap(today->page, PAGE_BODY);
}

static void
put_plan(struct today *today)
{
	const json_t *plan = json_object_get(today->json, "plan");
	const char *review = reply_text(plan, "review");
	long long days = ops_int(plan, "review_days");
	struct buf when;

	if (!ops_true(plan, "exists")) {
		line(today,
		    "There is no plan yet; `keel plan edit` begins one.");
		return;
	}
	if (review == NULL) {
		line(today,
		    "Your plan has no review date yet; a day under Review "
		    "sets one (`keel plan edit`).");
		return;
	}
	buf_init(&when, 100);
	reply_when(review, today->day, &when);
	page_add(today->page, PAGE_BODY, OUT_PLAIN, 0, 0,
	    days < 0 ? "Your plan was to be looked at again %s; there is no "
		       "hurry (`keel plan edit`)."
		     : "Plan review: %s.",
	    buf_text(&when));
	buf_done(&when);
}

static void
put_next(struct today *today)
{
	const json_t *next = json_object_get(today->json, "next");
	struct buf when;

	if (!json_is_object(next)) {
		line(today, "No check-in is planned; `keel schedule add pulse` "
			    "plans some.");
		return;
	}
	buf_init(&when, 200);
	reply_when(reply_text(next, "local"), today->day, &when);
	page_add(today->page, PAGE_BODY, OUT_PLAIN, 0, 0, "Next check-in: %s.",
	    buf_text(&when));
	buf_done(&when);
}

static void
put_locked(struct today *today)
{
	long long due = ops_int(today->json, "locked_due");

	line(today,
	    "Your book is locked, so nothing in it is shown. `keel unlock` "
	    "opens it.");
	page_gap(today->page, PAGE_BODY);
	if (due > 0)
		page_add(today->page, PAGE_BODY, OUT_PLAIN, 0, 0,
		    "%lld check-in%s waiting. You can check in all the same: "
		    "what you say is added to the locked book.",
		    due, due == 1 ? " is" : "s are");
	else
		line(today,
		    "You can check in all the same: what you say is added to "
		    "the locked book.");
}

static void
put_pending(struct today *today)
{
	long long pending = ops_int(today->json, "pending");

	if (pending == 0)
		return;
	page_add(today->page, PAGE_BODY, OUT_PLAIN, 0, 0,
	    "%lld check-in%s made while the book was locked; `keel unlock` "
	    "asks you about %s.",
	    pending, pending == 1 ? " was" : "s were",
	    pending == 1 ? "it" : "them");
	page_gap(today->page, PAGE_BODY);
}

static void
put_none(struct today *today)
{
	line(today,
	    "Nothing is kept here yet. `keel start` asks five questions, takes "
	    "five minutes at most, and says what is kept where and who could "
	    "read it.");
}

static void
put_all(struct today *today)
{
	const char *state = ops_text(today->json, "state");
	const char *sentence = reply_text(today->json, "sentence");

	today->day = reply_text(today->json, "day");
	put_head(today);
	if (strcmp(state, "none") == 0) {
		put_none(today);
		return;
	}
	if (strcmp(state, "locked") == 0) {
		put_locked(today);
		page_gap(today->page, PAGE_BODY);
	} else {
		put_pending(today);
		put_open(today);
		if (sentence != NULL) {
			line(today, sentence);
			page_gap(today->page, PAGE_BODY);
		}
		put_asks(today);
		put_plan(today);
		put_next(today);
	}
	line(today, "On a hard day: `keel hard`, your own words.");
}

/* Fewer asks, then fewer slots, until it fits. */
static void
print(const json_t *json, struct out *out)
{
	struct today today = {
	    .json = json, .open_max = OPEN_MAX, .asks_max = ASKS_MAX};
	struct page page;

	for (;;) {
		page_init(&page, out_width(out) < 80 ? out_width(out) : 80,
		    !out_is_utf8(out));
		today.page = &page;
		put_all(&today);
		if (page.parts[PAGE_BODY].count <= ROWS_MAX ||
		    today.open_max == OPEN_MIN)
			break;
		if (today.asks_max > 1)
			today.asks_max--;
		else
			today.open_max--;
		page_done(&page);
	}
	page_out(&page, out);
	page_done(&page);
}

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	json_t *json = NULL;
	enum ek_err err;

	err = ops_none(env, &cmd_today, argc, argv);
	if (err == EK_OK)
		err = ops_call(env, "GET", "/v1/today", NULL, &json);
	if (err != EK_OK)
		return err;
	if (env->json)
		out_json(env->out, json);
	else
		print(json, env->out);
	json_decref(json);
	return EK_OK;
}

const struct cmd cmd_today = {
    .name = "today",
    .args = "",
    .summary = "what waits today; the same as keel alone",
    .flags = CMD_DAEMON | CMD_READS,
    .run = run,
};
