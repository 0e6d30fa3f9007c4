/*
 * api_today - what matters now: the open slots, one sentence on the last
 * weeks, what she asked for, the plan's review, the next time she is asked.
 */
#include <stdlib.h>
#include <string.h>

#include "evenkeel/glance.h"
#include "keeld/api.h"

static json_t *
slot_json(struct keeld *keeld, const struct moment *now,
    const struct schedule_slot *slot)
{
	const char *name = slot->schedule->instrument;
	const struct instrument *instrument =
	    instruments_find(keeld->instruments, name, strlen(name));
	bool sleeps =
	    slot->slot.state == SLOT_SNOOZED && now->utc < slot->slot.until;
	char id[SCHEDULE_SLOT_ID_LEN + 1];

	schedule_slot_id(slot->schedule->rid, &slot->start, id);
	return json_pack("{s:s,s:s,s:s,s:o,s:o,s:o}", "slot", id, "instrument",
	    name, "title",
	    instrument == NULL ? name : instrument_title(instrument), "due",
	    api_local(now, slot->slot.due), "ends",
	    api_local(now, slot->slot.ends), "snoozed_until",
	    sleeps ? api_local(now, slot->slot.until) : json_null());
}

static json_t *
open_json(struct keeld *keeld, const struct moment *now,
    const struct schedules *schedules)
{
	struct schedule_slot *slots = NULL;
	json_t *list = json_array();
	size_t count = 0, i;

	if (schedule_open(schedules, now->utc, &slots, &count) != EK_OK)
		count = 0;
	for (i = 0; i < count; i++)
		if (json_array_append_new(
			list, slot_json(keeld, now, &slots[i])) != 0)
			break;
	free(slots);
	return list;
}

/* The first slot after now, over all schedules. */
static json_t *
next_json(const struct moment *now, const struct schedules *schedules)
{
	const struct schedule *schedule;
	struct schedule_slot slot, best;
	struct buf words;
	json_t *json = NULL;
	size_t at = 0, count;
	bool has = false;

	while ((schedule = schedules_next(
		    schedules, now->day, SCHEDULE_NO_DAY, &at)) != NULL) {
		if (schedule_next(schedules, schedule, now->utc, &slot, 1,
			&count) != EK_OK ||
		    count == 0)
			continue;
		if (!has || slot.slot.due < best.slot.due)
			best = slot;
		has = true;
	}
	if (!has)
		return json_null();
	buf_init(&words, 1024);
	if (recur_words(best.schedule->recur, &best.schedule->start, &words) ==
	    EK_OK)
		json = json_pack("{s:s,s:o,s:s}", "instrument",
		    best.schedule->instrument, "local",
		    api_local(now, best.slot.due), "words", buf_text(&words));
	buf_done(&words);
	return json;
}

static json_t *
plan_json(const struct book *book, const struct moment *now)
{
	const struct record *rec = book_latest(book, REC_PLAN);
	struct plan *plan = NULL;
	const char *review;
	int64_t day;
	json_t *json;

	if (rec == NULL || words_plan(rec, &plan) != EK_OK)
		return json_pack("{s:b,s:n,s:n}", "exists", rec != NULL,
		    "review", "review_days");
	review = plan_review_day(plan);
	if (review != NULL && day_of_text(review, strlen(review), &day))
		json = json_pack("{s:b,s:s,s:I}", "exists", 1, "review", review,
		    "review_days", (json_int_t)(day - now->day));
	else
		json = json_pack(
		    "{s:b,s:n,s:n}", "exists", 1, "review", "review_days");
	plan_free(plan);
	return json;
}

static json_t *
open_book_json(struct keeld *keeld, const struct moment *now)
{
	const struct book *book = store_book(keeld->store);
	struct schedules *schedules = NULL;
	struct buf sentence;
	json_t *json = NULL;

	buf_init(&sentence, 1024);
	if (api_schedules(keeld, &schedules) == EK_OK &&
	    glance_sentence(book, now->day, &sentence) == EK_OK)
		json = json_pack("{s:s,s:s,s:s,s:o,s:s,s:o,s:o,s:o,s:I,s:i}",
		    "day", now->date, "local", now->local, "state", "open",
		    "open", open_json(keeld, now, schedules), "sentence",
		    buf_text(&sentence), "plan", plan_json(book, now), "asks",
		    api_asks(keeld, false), "next", next_json(now, schedules),
		    "pending", (json_int_t)store_pending(keeld->store),
		    "locked_due", 0);
	schedules_free(schedules);
	buf_done(&sentence);
	return json;
}

/* None or locked: what can be said without reading the book. */
static json_t *
closed_json(struct keeld *keeld, const struct moment *now)
{
	bool locked = store_state(keeld->store) == STORE_LOCKED;
	size_t due = 0;

	if (locked && store_armed(keeld->store, now->utc, &due) != EK_OK)
		due = 0;
	return json_pack("{s:s,s:s,s:s,s:[],s:s,s:{s:b,s:n,s:n},s:[],s:n,s:I,"
			 "s:I}",
	    "day", now->date, "local", now->local, "state",
	    locked ? "locked" : "none", "open", "sentence",
	    locked ? "The book is locked." : "Nothing was started here yet.",
	    "plan", "exists", 0, "review", "review_days", "asks", "next",
	    "pending", (json_int_t)store_pending(keeld->store), "locked_due",
	    (json_int_t)due);
}

static const struct http_token *
today_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	struct moment now;
	enum ek_err err = http_query_only(req, &why, NULL);

	if (err == EK_OK && store_state(keeld->store) == STORE_BROKEN)
		err = ek_why(&why, store_err(keeld->store), "%s",
		    store_why(keeld->store));
	if (err != EK_OK)
		return http_fail(req, err, &why);
	moment_now(keeld, &now);
	return api_reply(req, 200,
	    api_is_open(keeld) ? open_book_json(keeld, &now)
			       : closed_json(keeld, &now));
}

const struct http_route api_today_routes[] = {
    {"GET", "/v1/today", today_get, 0, NULL,
	"day, local, state, open, sentence, plan, asks, next, pending, "
	"locked_due",
	"what matters now, for `keel` alone"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
