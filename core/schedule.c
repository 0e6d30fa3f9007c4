/*
 * schedule - versions of schedules out of the book's records, and their
 * occurrences.
 *
 * Which version is in force on which day depends only on the set of records:
 * those of one name are put in order of (time, id), and each is cut off by
 * the earliest FROM of what came after it.  What a newer program wrote and
 * this one cannot read is left out, so that the rest goes on.
 */
#include <stdlib.h>
#include <string.h>

#include "core/schedule_in.h"
#include "evenkeel/text.h"

/* --- reading one record ------------------------------------------------- */

static bool
field_is_short(
    const struct record *rec, enum record_field field, size_t max, char *ret)
{
	size_t len;
	const char *text = record_text(rec, field, &len);

	if (text == NULL || len > max)
		return false;
	memcpy(ret, text, len);
	ret[len] = '\0';
	return true;
}

static bool
read_day(const struct record *rec, enum record_field field, int64_t *ret)
{
	char text[CIVIL_DATE_LEN + 1];
	struct civil civil;

	if (!field_is_short(rec, field, CIVIL_DATE_LEN, text) ||
	    !civil_parse_date(text, &civil))
		return false;
	*ret = civil_days(civil.year, civil.month, civil.day);
	return true;
}

static void
schedule_done(struct schedule *schedule)
{
	free(schedule->name);
	free(schedule->instrument);
	free(schedule->rule);
	free(schedule->zone_name);
	recur_free(schedule->recur);
}

struct zones { /* how to look one up */
	schedule_zone_cb cb;
	void *arg;
};

static void
find_zone(struct schedule *schedule, const struct zones *zones)
{
	schedule->zone_known = true;
	schedule->zone = zones->cb(schedule->zone_name, zones->arg);
	if (schedule->zone != NULL)
		return;
	schedule->zone_known = false;
	schedule->zone = zones->cb(NULL, zones->arg);
}

/* EK_INVALID for what this version cannot read. */
static enum ek_err
read_texts(const struct record *rec, struct schedule *ret)
{
	bool has_zone = record_text(rec, SCHEDULE_ZONE, &(size_t){0}) != NULL;

	ret->name = record_str_dup(rec, SCHEDULE_NAME);
	ret->instrument = record_str_dup(rec, SCHEDULE_INSTRUMENT);
	ret->rule = record_str_dup(rec, SCHEDULE_RULE);
	ret->zone_name = record_str_dup(rec, SCHEDULE_ZONE);
	if (ret->name != NULL && ret->instrument != NULL && ret->rule != NULL &&
	    (!has_zone || ret->zone_name != NULL))
		return EK_OK;
	if (record_text(rec, SCHEDULE_NAME, &(size_t){0}) == NULL ||
	    record_text(rec, SCHEDULE_INSTRUMENT, &(size_t){0}) == NULL ||
	    record_text(rec, SCHEDULE_RULE, &(size_t){0}) == NULL)
		return EK_INVALID;
	return EK_NOMEM;
}

static enum ek_err
read_schedule(const struct record *rec, struct schedule *ret)
{
	char start[CIVIL_TIME_LEN + 1];
	enum ek_err err;

	memcpy(ret->rid, rec->rid, EK_ID_LEN);
	ret->made_ms = rec->time_ms;
	ret->until = SCHEDULE_NO_DAY;
	if (!field_is_short(rec, SCHEDULE_START, CIVIL_TIME_LEN, start) ||
	    !civil_parse_time(start, &ret->start) ||
	    !read_day(rec, SCHEDULE_FROM, &ret->from))
		return EK_INVALID;
	err = read_texts(rec, ret);
	if (err == EK_OK)
		err = recur_parse(ret->rule, &ret->recur, NULL);
	if (err == EK_OK && recur_times(ret->recur) > SCHEDULE_TIMES_MAX)
		err = EK_TOO_LARGE;
	if (err == EK_OK)
		ret->dense = recur_is_dense(ret->recur);
	return err;
}

/* --- versions of one name ----------------------------------------------- */

struct entry { /* a version, or (schedule NULL) an end */
	struct schedule *schedule;
	char *end_name; /* owned */
	const char *name;
	const struct record *rec;
	int64_t from;
};

struct entries {
	struct entry *all;
	size_t count;
	struct schedule *schedules;
	size_t schedule_count;
};

static int
by_name_and_time(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order != 0)
		return order;
	if (x->rec->time_ms != y->rec->time_ms)
		return x->rec->time_ms < y->rec->time_ms ? -1 : 1;
	return memcmp(x->rec->rid, y->rec->rid, EK_ID_LEN);
}

static enum ek_err
add_versions(
    struct entries *entries, const struct record *const *recs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct schedule one = {.name = NULL};
		enum ek_err err = read_schedule(recs[i], &one);
		struct schedule *kept;

		if (err != EK_OK) {
			schedule_done(&one);
			if (err == EK_NOMEM)
				return err;
			continue;
		}
		kept = &entries->schedules[entries->schedule_count++];
		*kept = one;
		entries->all[entries->count++] = (struct entry){
		    .schedule = kept,
		    .name = kept->name,
		    .rec = recs[i],
		    .from = kept->from,
		};
	}
	return EK_OK;
}

/* An end names one version and ends its whole name as known by then. */
static enum ek_err
add_ends(struct entries *entries, const struct book *book,
    const struct record *const *recs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const unsigned char *rid =
		    record_id(recs[i], SCHEDULE_END_SCHEDULE);
		const struct record *of =
		    rid == NULL ? NULL : book_find(book, rid);
		struct entry end = {.rec = recs[i]};

		if (of == NULL || of->kind != REC_SCHEDULE ||
		    record_text(of, SCHEDULE_NAME, &(size_t){0}) == NULL ||
		    !read_day(recs[i], SCHEDULE_END_FROM, &end.from))
			continue;
		end.end_name = record_str_dup(of, SCHEDULE_NAME);
		if (end.end_name == NULL)
			return EK_NOMEM;
		end.name = end.end_name;
		entries->all[entries->count++] = end;
	}
	return EK_OK;
}

/* From the newest to the oldest: each lasts until the earliest day on which
 * something newer begins. */
static void
cut_versions(struct entries *entries)
{
	int64_t until = SCHEDULE_NO_DAY;

	for (size_t i = entries->count; i-- > 0;) {
		struct entry *entry = &entries->all[i];

		if (i + 1 < entries->count &&
		    strcmp(entry->name, entry[1].name) != 0)
			until = SCHEDULE_NO_DAY;
		if (entry->schedule != NULL)
			entry->schedule->until = until;
		if (entry->from < until)
			until = entry->from;
	}
}

/* Hands over the versions that are in force at some time, in order. */
static void
take_versions(
    struct entries *entries, const struct zones *zones, struct schedules *ret)
{
	for (size_t i = 0; i < entries->count; i++) {
		struct schedule *one = entries->all[i].schedule;

		if (one == NULL || one->from >= one->until)
			continue;
		find_zone(one, zones);
		ret->all[ret->count++] = *one;
		*one = (struct schedule){.name = NULL};
	}
}

static void
entries_done(struct entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		free(entries->all[i].end_name);
	for (size_t i = 0; i < entries->schedule_count; i++)
		schedule_done(&entries->schedules[i]);
	free(entries->schedules);
	free(entries->all);
}

static enum ek_err
read_book(struct schedules *schedules, const struct zones *zones)
{
	struct entries entries = {.all = NULL};
	size_t version_count, end_count;
	const struct record *const *versions =
	    book_list(schedules->book, REC_SCHEDULE, &version_count);
	const struct record *const *ends =
	    book_list(schedules->book, REC_SCHEDULE_END, &end_count);
	enum ek_err err = EK_NOMEM;

	entries.all =
	    calloc(version_count + end_count + 1, sizeof(*entries.all));
	entries.schedules =
	    calloc(version_count + 1, sizeof(*entries.schedules));
	schedules->all = calloc(version_count + 1, sizeof(*schedules->all));
	if (entries.all == NULL || entries.schedules == NULL ||
	    schedules->all == NULL)
		goto out;
	err = add_versions(&entries, versions, version_count);
	if (err == EK_OK)
		err = add_ends(&entries, schedules->book, ends, end_count);
	if (err != EK_OK)
		goto out;
	qsort(
	    entries.all, entries.count, sizeof(*entries.all), by_name_and_time);
	cut_versions(&entries);
	take_versions(&entries, zones, schedules);
out:
	entries_done(&entries);
	return err;
}

enum ek_err
schedules_new(const struct book *book, schedule_zone_cb zone_cb, void *arg,
    struct schedules **ret)
{
	struct schedules *schedules = calloc(1, sizeof(*schedules));
	struct zones zones = {zone_cb, arg};
	enum ek_err err;

	if (schedules == NULL)
		return EK_NOMEM;
	schedules->book = book;
	err = read_book(schedules, &zones);
	if (err != EK_OK) {
		schedules_free(schedules);
		return err;
	}
	*ret = schedules;
	return EK_OK;
}

void
schedules_free(struct schedules *schedules)
{
	if (schedules == NULL)
		return;
	for (size_t i = 0; i < schedules->count; i++)
		schedule_done(&schedules->all[i]);
	free(schedules->all);
	free(schedules);
}

/* --- finding ------------------------------------------------------------ */

const struct schedule *
schedules_next(
    const struct schedules *schedules, int64_t from, int64_t to, size_t *at)
{
	while (*at < schedules->count) {
		const struct schedule *one = &schedules->all[(*at)++];

		if (one->from <= to && one->until > from)
			return one;
	}
	return NULL;
}

static bool
has_prefix(const struct schedule *schedule, const char *prefix, size_t len)
{
	char hex[2 * EK_ID_LEN + 1];

	text_hex(schedule->rid, EK_ID_LEN, hex);
	return len >= 4 && len <= 2 * EK_ID_LEN &&
	       strncmp(hex, prefix, len) == 0;
}

enum ek_err
schedules_find(const struct schedules *schedules, const char *id_or_name,
    int64_t day, const struct schedule **ret, struct ek_why *reterr_why)
{
	const struct schedule *one, *named = NULL, *by_id = NULL;
	size_t len = strlen(id_or_name), at = 0;
	bool twice = false;

	while ((one = schedules_next(schedules, day, SCHEDULE_NO_DAY, &at)) !=
	       NULL) {
		if (strcmp(one->name, id_or_name) == 0)
			named = one; /* the last of a name is its newest */
		if (has_prefix(one, id_or_name, len)) {
			twice |= by_id != NULL;
			by_id = one;
		}
	}
	if (named == NULL && twice)
		return ek_why(reterr_why, EK_CONFLICT,
		    "more than one schedule's id begins so; give more of it");
	if (named == NULL && by_id == NULL)
		return ek_why(reterr_why, EK_NOT_FOUND,
		    "no schedule of this name or id is in force; see keel "
		    "schedule list");
	*ret = named != NULL ? named : by_id;
	return EK_OK;
}

/* --- occurrences -------------------------------------------------------- */

enum ek_err
schedule_walk_init(
    struct schedule_walk *walk, const struct schedule *schedule, int64_t from)
{
	int64_t made =
	    schedule->made_ms / 1000 + (schedule->made_ms % 1000 > 0 ? 1 : 0);
	struct civil civil;
	int64_t first;
	enum ek_err err;

	err = recur_due_new(
	    schedule->recur, &schedule->start, schedule->zone, &walk->due);
	if (err != EK_OK)
		return err;
	walk->schedule = schedule;
	civil_from_days(schedule->from, &civil);
	first = zone_instant(schedule->zone, &civil) - SCHEDULE_DAY_SECS;
	if (from < made)
		from = made;
	recur_due_seek(walk->due, from < first ? first : from);
	return EK_OK;
}

void
schedule_walk_done(struct schedule_walk *walk)
{
	recur_due_free(walk->due);
}

bool
schedule_walk_next(
    struct schedule_walk *walk, int64_t *ret_due, struct civil *ret_start)
{
	const struct schedule *schedule = walk->schedule;
	struct civil start;
	int64_t due;

	while (recur_due_next(walk->due, &due, &start)) {
		int64_t day = civil_days(start.year, start.month, start.day);

		/* Local days may step back by one: what a date line left out
		 * comes among the next day's. */
		if (day >= schedule->until && day - schedule->until >= 2)
			return false;
		if (day < schedule->from || day >= schedule->until)
			continue;
		*ret_due = due;
		*ret_start = start;
		return true;
	}
	return false;
}

enum ek_err
schedule_next(const struct schedules *schedules,
    const struct schedule *schedule, int64_t now, struct schedule_slot *ret,
    size_t max, size_t *ret_count)
{
	struct schedule_walk walk;
	struct civil start;
	size_t count = 0;
	int64_t due = 0;
	enum ek_err err;

	(void)schedules;
	err = schedule_walk_init(&walk, schedule, now + 1);
	if (err != EK_OK)
		return err;
	while (count <= max && schedule_walk_next(&walk, &due, &start)) {
		if (count > 0)
			ret[count - 1].slot.ends = slot_end(
			    ret[count - 1].slot.due, schedule->dense, due);
		if (count == max)
			break; /* was only asked for the end of the last */
		ret[count++] = (struct schedule_slot){
		    .schedule = schedule,
		    .start = start,
		    .slot = {.due = due,
			.ends = slot_end(due, schedule->dense, 0)},
		};
	}
	schedule_walk_done(&walk);
	*ret_count = count;
	return EK_OK;
}
