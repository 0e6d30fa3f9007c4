/*
 * api_schedule - when she is asked: schedules, what is suggested, skipping.
 *
 * An edit is a new record of the same name; its day in force, words and next
 * times come from core/schedule.
 */
#include <stdio.h>
#include <string.h>

#include "keeld/api.h"

#define NEXT_USUAL 3

/* --- a wish --- */

enum ek_err
api_wish(struct keeld *keeld, const json_t *object,
    const struct schedules *schedules, struct schedule_new *ret,
    struct ek_why *why)
{
	const struct zone *zone = zones_local(keeld->zones);
	const struct instrument *instrument;
	struct schedule_new wish = {NULL, NULL, NULL, NULL, NULL};
	enum ek_err err;

	err = json_only(object, "the schedule", why, "name", "instrument",
	    "rule", "start", "zone", NULL);
	if (err == EK_OK)
		err = api_text(object, "name", EK_NAME_MAX, &wish.name, why);
	if (err == EK_OK)
		err = api_text(
		    object, "instrument", EK_NAME_MAX, &wish.instrument, why);
	if (err == EK_OK)
		err = api_text(object, "rule", EK_RULE_MAX, &wish.rule, why);
	if (err == EK_OK)
		err =
		    api_text(object, "start", CIVIL_TIME_LEN, &wish.start, why);
	if (err == EK_OK)
		wish.zone = json_text(object, "zone", EK_NAME_MAX, &err, why);
	if (err == EK_OK)
		err = api_instrument(keeld, wish.instrument, &instrument, why);
	if (err == EK_OK && wish.zone != NULL) {
		zone = zones_get(keeld->zones, wish.zone);
		if (zone == NULL)
			err = ek_why(why, EK_INVALID,
			    "there is no time zone of this name here; give one "
			    "such as Europe/London, or none");
	}
	if (err == EK_OK)
		err = schedule_check(schedules, &wish, zone,
		    loop_now_ms(keeld->loop) / 1000, why);
	if (err == EK_OK)
		*ret = wish;
	return err;
}

/* Starts are kept with their seconds, so that one time has one form. */
static void
put_start(struct record_build *build, const char *start)
{
	char text[CIVIL_TIME_LEN + 1];
	struct civil civil;

	if (!civil_parse_time(start, &civil))
		return; /* schedule_check saw to it */
	civil_format_time(&civil, text);
	record_put_str(build, SCHEDULE_START, text);
}

void
api_wish_put(
    struct batch *batch, const struct schedule_new *wish, const char *from)
{
	struct record_build build;

	batch_begin(batch, &build, REC_SCHEDULE);
	record_put_str(&build, SCHEDULE_NAME, wish->name);
	record_put_str(&build, SCHEDULE_INSTRUMENT, wish->instrument);
	record_put_str(&build, SCHEDULE_RULE, wish->rule);
	put_start(&build, wish->start);
	record_put_str(&build, SCHEDULE_ZONE, wish->zone);
	record_put_str(&build, SCHEDULE_FROM, from);
	batch_end(batch, &build);
}

/* --- showing --- */

static json_t *
words_json(const struct recur *recur, const struct civil *start)
{
	struct buf words;
	json_t *json;

	buf_init(&words, 512);
	json = recur_words(recur, start, &words) == EK_OK
		   ? json_string(buf_text(&words))
		   : json_string("by its rule");
	buf_done(&words);
	return json;
}

struct show {
	const struct schedules *schedules;
	const struct moment *now;
	size_t max; /* of its next times, EK_UPCOMING_MAX at most */
};

static json_t *
next_json(const struct show *show, const struct schedule *schedule)
{
	struct schedule_slot next[EK_UPCOMING_MAX];
	json_t *list = json_array();
	char local[CIVIL_TIME_LEN + 1];
	size_t count = 0, i;

	if (schedule_next(show->schedules, schedule, show->now->utc, next,
		show->max, &count) != EK_OK)
		count = 0;
	for (i = 0; i < count; i++) {
		civil_format_time(&next[i].start, local);
		if (json_array_append_new(
			list, json_pack("{s:s,s:o}", "local", local, "utc",
				  api_utc(next[i].slot.due * 1000))) != 0)
			break;
	}
	return list;
}

static json_t *
day_json(int64_t day)
{
	char text[CIVIL_DATE_LEN + 1];

	if (day == SCHEDULE_NO_DAY)
		return json_null();
	day_text(day, text);
	return json_string(text);
}

static json_t *
schedule_json(const struct show *show, const struct schedule *schedule)
{
	char start[CIVIL_TIME_LEN + 1];

	civil_format_time(&schedule->start, start);
	return json_pack("{s:o,s:s,s:s,s:s,s:s,s:s?,s:o,s:o,s:o,s:o}", "id",
	    api_hex(schedule->rid), "name", schedule->name, "instrument",
	    schedule->instrument, "rule", schedule->rule, "start", start,
	    "zone", schedule->zone_name, "words",
	    words_json(schedule->recur, &schedule->start), "from",
	    day_json(schedule->from), "until", day_json(schedule->until),
	    "next", next_json(show, schedule));
}

static json_t *
list_json(const struct show *show)
{
	const struct schedule *schedule;
	json_t *list = json_array();
	size_t at = 0;

	if (show->schedules == NULL)
		return list;
	while ((schedule = schedules_next(show->schedules, show->now->day,
		    SCHEDULE_NO_DAY, &at)) != NULL)
		if (json_array_append_new(
			list, schedule_json(show, schedule)) != 0)
			break;
	return list;
}

static bool
is_added(const struct schedules *schedules, const char *name, int64_t day)
{
	const struct schedule *schedule;
	size_t at = 0;

	if (schedules == NULL)
		return false;
	while ((schedule = schedules_next(
		    schedules, day, SCHEDULE_NO_DAY, &at)) != NULL)
		if (strcmp(schedule->instrument, name) == 0)
			return true;
	return false;
}

static json_t *
suggestion_json(const struct schedules *schedules, const struct moment *now,
    const struct schedule_suggestion *one)
{
	struct recur *recur = NULL;
	struct civil start;
	json_t *words = NULL;

	if (civil_parse_time(one->start, &start) &&
	    recur_parse(one->rule, &recur, NULL) == EK_OK)
		words = words_json(recur, &start);
	recur_free(recur);
	return json_pack("{s:s,s:s,s:s,s:s,s:o,s:s,s:b}", "name", one->name,
	    "instrument", one->name, "rule", one->rule, "start", one->start,
	    "words", words, "why", one->why, "added",
	    (int)is_added(schedules, one->name, now->day));
}

static json_t *
suggested_json(const struct schedules *schedules, const struct moment *now)
{
	struct schedule_suggestion all[SCHEDULE_SUGGESTIONS];
	json_t *list = json_array();
	size_t i;

	schedule_suggest(now->day, all);
	for (i = 0; i < SCHEDULE_SUGGESTIONS; i++)
		if (json_array_append_new(
			list, suggestion_json(schedules, now, &all[i])) != 0)
			break;
	return list;
}

static enum ek_err
query_next(const struct http_req *req, size_t *ret, struct ek_why *why)
{
	const char *text = http_query(req, "next");
	size_t count = 0;

	if (text == NULL)
		return EK_OK;
	for (; *text >= '0' && *text <= '9' && count <= EK_UPCOMING_MAX; text++)
		count = count * 10 + (size_t)(*text - '0');
	if (*text != '\0' || count < 1 || count > EK_UPCOMING_MAX)
		return ek_why(why, EK_INVALID,
		    "next is no number from 1 to %d; correct it",
		    EK_UPCOMING_MAX);
	*ret = count;
	return EK_OK;
}

static const struct http_token *
schedules_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct show show = {NULL, NULL, NEXT_USUAL};
	struct schedules *schedules = NULL;
	struct ek_why why = {""};
	struct moment now;
	json_t *json;
	enum ek_err err;

	err = http_query_only(req, &why, "next", NULL);
	if (err == EK_OK)
		err = query_next(req, &show.max, &why);
	/* the first start asks what is suggested before there is a book */
	if (err == EK_OK && store_state(keeld->store) != STORE_NONE)
		err = api_need_open(keeld, &why);
	moment_now(keeld, &now);
	if (err == EK_OK && api_is_open(keeld))
		err = api_schedules(keeld, &schedules);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	show.schedules = schedules;
	show.now = &now;
	json = json_pack("{s:o,s:o}", "schedules", list_json(&show),
	    "suggested", suggested_json(schedules, &now));
	schedules_free(schedules);
	return api_reply(req, 200, json);
}

/* --- adding, ending --- */

static json_t *
added_json(
    struct keeld *keeld, const unsigned char *rid, const struct moment *now)
{
	const struct schedule *schedule, *found = NULL;
	struct schedules *schedules = NULL;
	struct show show = {NULL, now, NEXT_USUAL};
	json_t *json = NULL;
	size_t at = 0;

	if (api_schedules(keeld, &schedules) != EK_OK)
		return NULL;
	show.schedules = schedules;
	while ((schedule = schedules_next(
		    schedules, 0, SCHEDULE_NO_DAY, &at)) != NULL)
		if (memcmp(schedule->rid, rid, EK_ID_LEN) == 0)
			found = schedule;
	if (found != NULL)
		json = json_pack("{s:o,s:o,s:o,s:o}", "id", api_hex(rid),
		    "words", words_json(found->recur, &found->start), "next",
		    next_json(&show, found), "from", day_json(found->from));
	else /* edited again meanwhile: this version was never in force */
		json = json_pack("{s:o,s:s,s:[],s:n}", "id", api_hex(rid),
		    "words", "replaced since", "next", "from");
	schedules_free(schedules);
	return json;
}

static enum ek_err
add(struct keeld *keeld, const struct api_key *key, const json_t *body,
    json_t **ret, struct ek_why *why)
{
	const struct record *before = api_before(keeld, key, REC_SCHEDULE);
	struct schedules *schedules = NULL;
	struct schedule_new wish;
	struct moment now;
	struct batch batch;
	char from[CIVIL_TIME_LEN + 1] = "";
	const char *was;
	size_t len;
	enum ek_err err;

	moment_now(keeld, &now);
	batch_init(&batch, keeld, key);
	err = api_schedules(keeld, &schedules);
	if (err == EK_OK)
		err = api_wish(
		    keeld, body, before == NULL ? schedules : NULL, &wish, why);
	if (err != EK_OK)
		goto out;
	day_text(schedule_from_day(schedules, wish.name, now.day), from);
	if (before != NULL) { /* a repeat is of the day it was then */
		was = record_text(before, SCHEDULE_FROM, &len);
		snprintf(from, sizeof(from), "%.*s", (int)len,
		    was == NULL ? "" : was);
	}
	api_wish_put(&batch, &wish, from);
	schedules_free(schedules); /* it borrows the book as it was */
	schedules = NULL;
	err = batch_store(&batch, NULL, why);
	if (err == EK_OK) {
		keeld_tick(keeld);
		*ret = added_json(keeld, batch_rid(&batch, 0), &now);
	}
out:
	schedules_free(schedules);
	batch_done(&batch);
	return err;
}

static const struct http_token *
schedules_post(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	struct api_key key;
	const json_t *body;
	json_t *json = NULL;
	enum ek_err err;

	err = api_need_open(keeld, &why);
	if (err == EK_OK)
		err = api_key(req, &key, &why);
	if (err == EK_OK)
		err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = add(keeld, &key, body, &json, &why);
	return err == EK_OK ? api_reply(req, 201, json)
			    : http_fail(req, err, &why);
}

/* Today's slots stay as drawn: it ends tomorrow, or before it began. */
static enum ek_err
end(struct keeld *keeld, const struct api_key *key, const char *which,
    int64_t *ret_day, struct ek_why *why)
{
	const struct schedule *schedule = NULL;
	struct schedules *schedules = NULL;
	struct record_build build;
	struct moment now;
	struct batch batch;
	char from[CIVIL_DATE_LEN + 1];
	int64_t day;
	enum ek_err err;

	moment_now(keeld, &now);
	batch_init(&batch, keeld, key);
	err = api_schedules(keeld, &schedules);
	if (err == EK_OK)
		err = schedules_find(schedules, which, now.day, &schedule, why);
	if (err != EK_OK)
		goto out;
	day = schedule->until;
	if (day == SCHEDULE_NO_DAY) {
		day =
		    schedule->from > now.day + 1 ? schedule->from : now.day + 1;
		day_text(day, from);
		batch_begin(&batch, &build, REC_SCHEDULE_END);
		record_put_id(&build, SCHEDULE_END_SCHEDULE, schedule->rid);
		record_put_str(&build, SCHEDULE_END_FROM, from);
		batch_end(&batch, &build);
		schedules_free(schedules);
		schedules = NULL;
		err = batch_store(&batch, NULL, why);
		if (err == EK_OK)
			keeld_tick(keeld);
	}
	if (err == EK_OK)
		*ret_day = day;
out:
	schedules_free(schedules);
	batch_done(&batch);
	return err;
}

static const struct http_token *
schedules_delete(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	struct api_key key;
	int64_t day = 0;
	enum ek_err err;

	err = api_need_open(keeld, &why);
	if (err == EK_OK)
		err = api_key(req, &key, &why);
	if (err == EK_OK)
		err = end(keeld, &key, http_segment(req, "id"), &day, &why);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	return api_reply(req, 200, json_pack("{s:o}", "ends", day_json(day)));
}

const struct http_route api_schedule_routes[] = {
    {"GET", "/v1/schedules", schedules_get, 0, "?next=N",
	"schedules, suggested",
	"schedules in force, each with its next 3 times or N, and what is "
	"suggested"},
    {"POST", "/v1/schedules", schedules_post, 0,
	"name, instrument, rule, start, zone", "id, words, next, from",
	"adds a schedule; one of the same name is changed from tomorrow on"},
    {"DELETE", "/v1/schedules/:id", schedules_delete, 0, NULL, "ends",
	"ends a schedule tomorrow, by id or name"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
