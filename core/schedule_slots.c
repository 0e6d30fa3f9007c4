/*
 * schedule_slots - slots with what became of them.
 *
 * A slot is its schedule's id and local start; everything said about it in
 * CHECKIN and SLOT records is laid over it here, in whatever order desks
 * joined.  A record about a slot is never older than the slot's due time by
 * more than a change of zone (26 hours), so only the book's recent end is
 * looked at.
 */
#include <stdlib.h>
#include <string.h>

#include "core/schedule_in.h"
#include "evenkeel/text.h"

#define ENDS_MAX     (7 * SCHEDULE_DAY_SECS) /* of a slot that is rare */
#define LOOK_BACK_MS (INT64_C(48) * 3600 * 1000)

void
schedule_slot_id(const unsigned char *rid, const struct civil *start, char *out)
{
	text_hex(rid, EK_ID_LEN, out);
	out[2 * EK_ID_LEN] = '@';
	civil_format_time(start, out + 2 * EK_ID_LEN + 1);
}

bool
schedule_slot_id_parse(
    const char *id, unsigned char *ret_rid, struct civil *ret_start)
{
	unsigned char rid[EK_ID_LEN];
	char hex[2 * EK_ID_LEN + 1];
	struct civil start;

	if (strlen(id) != SCHEDULE_SLOT_ID_LEN || id[2 * EK_ID_LEN] != '@')
		return false;
	memcpy(hex, id, 2 * EK_ID_LEN);
	hex[2 * EK_ID_LEN] = '\0';
	if (!text_unhex(hex, rid, EK_ID_LEN) ||
	    !civil_parse_time(id + 2 * EK_ID_LEN + 1, &start))
		return false;
	memcpy(ret_rid, rid, EK_ID_LEN);
	*ret_start = start;
	return true;
}

/* --- gathering ---------------------------------------------------------- */

struct gathered {
	struct schedule_slot *all;
	size_t count, room;
};

static enum ek_err
append(struct gathered *slots, const struct schedule_slot *slot)
{
	if (slots->count == slots->room) {
		size_t room = 2 * slots->room + 32;
		struct schedule_slot *all;

		if (slots->count >= SCHEDULE_SLOTS_MAX)
			return EK_TOO_LARGE;
		all = realloc(slots->all, room * sizeof(*all));
		if (all == NULL)
			return EK_NOMEM;
		slots->all = all;
		slots->room = room;
	}
	slots->all[slots->count++] = *slot;
	return EK_OK;
}

static enum ek_err
gather_one(struct gathered *slots, const struct schedule *schedule,
    int64_t from, int64_t to)
{
	struct schedule_slot slot = {.schedule = schedule};
	struct schedule_walk walk;
	enum ek_err err;

	/* Years of edits cost nothing: local days are within two of UTC's. */
	if (schedule->from - 2 > to / SCHEDULE_DAY_SECS ||
	    (schedule->until != SCHEDULE_NO_DAY &&
		schedule->until + 2 < from / SCHEDULE_DAY_SECS))
		return EK_OK;
	err = schedule_walk_init(&walk, schedule, from);
	if (err != EK_OK)
		return err;
	while (err == EK_OK &&
	       schedule_walk_next(&walk, &slot.slot.due, &slot.start) &&
	       slot.slot.due <= to)
		err = append(slots, &slot);
	schedule_walk_done(&walk);
	return err;
}

static int
by_name_and_due(const void *a, const void *b)
{
	const struct schedule_slot *x = a, *y = b;
	int order = strcmp(x->schedule->name, y->schedule->name);

	if (order != 0)
		return order;
	if (x->slot.due != y->slot.due)
		return x->slot.due < y->slot.due ? -1 : 1;
	/* a date line can make one instant of two versions' days: the later
	 * wall clock is the one that existed, and comes first */
	return civil_secs(&x->start) > civil_secs(&y->start) ? -1 : 1;
}

static int
by_due_and_name(const void *a, const void *b)
{
	const struct schedule_slot *x = a, *y = b;

	if (x->slot.due != y->slot.due)
		return x->slot.due < y->slot.due ? -1 : 1;
	return strcmp(x->schedule->name, y->schedule->name);
}

static bool
same_name(const struct schedule_slot *a, const struct schedule_slot *b)
{
	return strcmp(a->schedule->name, b->schedule->name) == 0;
}

/* A slot ends at the latest when the next of its name is due. */
static void
find_ends(struct gathered *slots)
{
	size_t kept = 0;

	for (size_t i = 0; i < slots->count; i++) {
		struct schedule_slot *last = &slots->all[kept - (kept > 0)];
		const struct schedule_slot slot = slots->all[i];

		if (kept > 0 && same_name(last, &slot)) {
			if (last->slot.due == slot.slot.due)
				continue;
			last->slot.ends = slot_end(last->slot.due,
			    last->schedule->dense, slot.slot.due);
		}
		slots->all[kept] = slot;
		slots->all[kept].slot.ends =
		    slot_end(slot.slot.due, slot.schedule->dense, 0);
		kept++;
	}
	slots->count = kept;
}

static void
drop_after(struct gathered *slots, int64_t to)
{
	size_t kept = 0;

	for (size_t i = 0; i < slots->count; i++) {
		if (slots->all[i].slot.due <= to)
			slots->all[kept++] = slots->all[i];
	}
	slots->count = kept;
}

static enum ek_err
gather(const struct schedules *schedules, int64_t from, int64_t to,
    struct gathered *ret)
{
	/* what comes after `to` still ends what came before */
	int64_t after = to > INT64_MAX - ENDS_MAX ? to : to + ENDS_MAX;

	for (size_t i = 0; i < schedules->count; i++) {
		enum ek_err err =
		    gather_one(ret, &schedules->all[i], from, after);

		if (err != EK_OK)
			return err;
	}
	if (ret->count == 0)
		return EK_OK;
	qsort(ret->all, ret->count, sizeof(*ret->all), by_name_and_due);
	find_ends(ret);
	drop_after(ret, to);
	qsort(ret->all, ret->count, sizeof(*ret->all), by_due_and_name);
	return EK_OK;
}

/* --- what became of them ------------------------------------------------ */

static int
by_identity(const void *a, const void *b)
{
	const struct schedule_slot *x = *(struct schedule_slot *const *)a;
	const struct schedule_slot *y = *(struct schedule_slot *const *)b;
	int order = memcmp(x->schedule->rid, y->schedule->rid, EK_ID_LEN);
	int64_t x_start, y_start;

	if (order != 0)
		return order;
	x_start = civil_secs(&x->start);
	y_start = civil_secs(&y->start);
	return x_start < y_start ? -1 : x_start > y_start;
}

struct index { /* the slots by identity */
	struct schedule_slot **all;
	size_t count;
};

static struct schedule_slot *
find_slot(const struct index *index, const struct record *rec,
    enum record_field schedule, enum record_field start)
{
	struct schedule key_schedule;
	struct schedule_slot key = {.schedule = &key_schedule}, *at = &key;
	struct schedule_slot **found;
	char text[CIVIL_TIME_LEN + 1];
	const unsigned char *rid = record_id(rec, schedule);
	size_t len;
	const char *when = record_text(rec, start, &len);

	if (rid == NULL || when == NULL || len > CIVIL_TIME_LEN)
		return NULL;
	memcpy(text, when, len);
	text[len] = '\0';
	if (!civil_parse_time(text, &key.start))
		return NULL;
	memcpy(key_schedule.rid, rid, EK_ID_LEN);
	found = bsearch(
	    &at, index->all, index->count, sizeof(*index->all), by_identity);
	return found == NULL ? NULL : *found;
}

/* What is final beats what is not, and among final ones slot_merge says; of
 * states that pass the newest stands (records come by time). */
static void
lay_over(
    struct schedule_slot *slot, enum slot_state state, const struct record *rec)
{
	enum slot_state now = slot->slot.state;

	if (state == SLOT_SHOWN && slot->shown_ms == 0)
		slot->shown_ms = rec->time_ms;
	if (slot_is_final(state) || slot_is_final(now)) {
		if (slot_merge(now, state) != state)
			return;
	}
	slot->slot.state = state;
	slot->outcome = rec;
}

static void
lay_state(const struct index *index, const struct record *rec)
{
	struct schedule_slot *slot =
	    find_slot(index, rec, SLOT_SCHEDULE, SLOT_START);
	enum slot_state state;
	const char *name;
	int64_t until = 0;
	size_t len;

	if (slot == NULL)
		return;
	name = record_text(rec, SLOT_STATE, &len);
	if (name == NULL || !slot_state_from_name(name, len, &state))
		return;
	(void)record_int(rec, SLOT_UNTIL, &until);
	lay_over(slot, state, rec);
	if (slot->outcome == rec && state == SLOT_SNOOZED)
		slot->slot.until =
		    until < slot->slot.ends ? until : slot->slot.ends;
}

static void
lay_checkin(const struct index *index, const struct record *rec)
{
	struct schedule_slot *slot =
	    find_slot(index, rec, CHECKIN_SCHEDULE, CHECKIN_START);

	if (slot != NULL)
		lay_over(slot, SLOT_ANSWERED, rec);
}

/* The first record of a list that is not older than ms. */
static size_t
recent(const struct record *const *recs, size_t count, int64_t ms)
{
	size_t low = 0;

	while (low < count) {
		size_t mid = low + (count - low) / 2;

		if (recs[mid]->time_ms < ms)
			low = mid + 1;
		else
			count = mid;
	}
	return low;
}

static enum ek_err
read_outcomes(const struct book *book, struct gathered *slots, int64_t now)
{
	struct index index = {.count = slots->count};
	const struct record *const *recs;
	int64_t since;
	size_t count;

	if (slots->count == 0)
		return EK_OK;
	index.all = calloc(slots->count, sizeof(struct schedule_slot *));
	if (index.all == NULL)
		return EK_NOMEM;
	for (size_t i = 0; i < slots->count; i++)
		index.all[i] = &slots->all[i];
	qsort(index.all, index.count, sizeof(struct schedule_slot *),
	    by_identity);
	since = slots->all[0].slot.due * 1000 - LOOK_BACK_MS;
	recs = book_list(book, REC_SLOT, &count);
	for (size_t i = recent(recs, count, since); i < count; i++)
		lay_state(&index, recs[i]);
	recs = book_list(book, REC_CHECKIN, &count);
	for (size_t i = recent(recs, count, since); i < count; i++)
		lay_checkin(&index, recs[i]);
	free(index.all);
	for (size_t i = 0; i < slots->count; i++) {
		struct slot *slot = &slots->all[i].slot;

		if (!slot_is_final(slot->state) && now >= slot->ends)
			slot->state = SLOT_MISSED;
	}
	return EK_OK;
}

/* --- questions ---------------------------------------------------------- */

enum ek_err
schedule_slots(const struct schedules *schedules, int64_t from, int64_t to,
    int64_t now, struct schedule_slot **ret, size_t *ret_count)
{
	struct gathered slots = {.all = NULL};
	enum ek_err err;

	err = gather(schedules, from, to, &slots);
	if (err == EK_OK)
		err = read_outcomes(schedules->book, &slots, now);
	if (err != EK_OK) {
		free(slots.all);
		return err;
	}
	*ret = slots.all;
	*ret_count = slots.count;
	return EK_OK;
}

/* Is there a later one of the same instrument among those still to come? */
static bool
is_overtaken(const struct schedule_slot *slot, const struct schedule_slot *rest,
    size_t count, int64_t now)
{
	for (size_t i = 0; i < count; i++) {
		if (slot_is_open(&rest[i].slot, now) &&
		    strcmp(rest[i].schedule->instrument,
			slot->schedule->instrument) == 0)
			return true;
	}
	return false;
}

enum ek_err
schedule_open(const struct schedules *schedules, int64_t now,
    struct schedule_slot **ret, size_t *ret_count)
{
	struct schedule_slot *slots = NULL;
	size_t count = 0, kept = 0;
	enum ek_err err;

	err =
	    schedule_slots(schedules, now - ENDS_MAX, now, now, &slots, &count);
	if (err != EK_OK)
		return err;
	for (size_t i = 0; i < count; i++) {
		if (slot_is_open(&slots[i].slot, now) &&
		    !is_overtaken(&slots[i], &slots[i + 1], count - i - 1, now))
			slots[kept++] = slots[i];
	}
	*ret = slots;
	*ret_count = kept;
	return EK_OK;
}

static const struct schedule *
version(const struct schedules *schedules, const unsigned char *rid)
{
	for (size_t i = 0; i < schedules->count; i++) {
		if (memcmp(schedules->all[i].rid, rid, EK_ID_LEN) == 0)
			return &schedules->all[i];
	}
	return NULL;
}

enum ek_err
schedule_slot_find(const struct schedules *schedules, const char *id,
    int64_t now, struct schedule_slot *ret, struct ek_why *reterr_why)
{
	unsigned char rid[EK_ID_LEN];
	const struct schedule *schedule;
	struct schedule_slot *slots = NULL;
	struct civil start;
	size_t count = 0;
	int64_t due;
	enum ek_err err;

	if (!schedule_slot_id_parse(id, rid, &start))
		return ek_why(reterr_why, EK_INVALID,
		    "this is no slot; write it as keel shows it, id@start");
	schedule = version(schedules, rid);
	if (schedule != NULL) {
		due = zone_instant(schedule->zone, &start);
		err = schedule_slots(schedules, due, due, now, &slots, &count);
		if (err != EK_OK)
			return err;
	}
	err = EK_NOT_FOUND;
	for (size_t i = 0; i < count && err != EK_OK; i++) {
		if (slots[i].schedule == schedule &&
		    civil_secs(&slots[i].start) == civil_secs(&start)) {
			*ret = slots[i];
			err = EK_OK;
		}
	}
	free(slots);
	if (err != EK_OK)
		return ek_why(reterr_why, err,
		    "there is no such slot; see keel schedule list");
	return EK_OK;
}

enum ek_err
schedule_due(const struct schedules *schedules, int64_t now, int64_t *ret,
    size_t max, size_t *ret_count)
{
	struct gathered slots = {.all = NULL};
	size_t count = 0;
	enum ek_err err;

	err = gather(schedules, now + 1,
	    now + SCHEDULE_ARM_DAYS * SCHEDULE_DAY_SECS, &slots);
	for (size_t i = 0; err == EK_OK && i < slots.count && count < max;
	     i++) {
		if (count == 0 || ret[count - 1] != slots.all[i].slot.due)
			ret[count++] = slots.all[i].slot.due;
	}
	free(slots.all);
	if (err == EK_OK)
		*ret_count = count;
	return err;
}
