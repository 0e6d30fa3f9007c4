/*
 * api_slot - picking the slot a request means; skipping and snoozing one.
 *
 * What becomes of a slot is decided by core/slot.  The record of a skip holds
 * schedule, start and state and nothing else: an off-the-record check-in
 * leaves exactly the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keeld/api.h"

static void
fill(struct slot_pick *pick, const unsigned char *schedule,
    const struct civil *start)
{
	pick->has = true;
	memcpy(pick->schedule, schedule, EK_ID_LEN);
	civil_format_time(start, pick->start);
}

static enum ek_err
check_slot(const struct schedule_slot *slot, const char *instrument,
    enum slot_event event, int64_t until, int64_t now, struct ek_why *why)
{
	struct slot step = slot->slot;

	step.until = until;
	if (instrument != NULL &&
	    strcmp(slot->schedule->instrument, instrument) != 0)
		return ek_why(why, EK_INVALID,
		    "this slot asks for %s; answer that, or leave the slot "
		    "out",
		    slot->schedule->instrument);
	if (step.due > now)
		return ek_why(why, EK_CONFLICT,
		    "this slot is not due yet; leave it out to check in "
		    "between times");
	return slot_step(&step, event, now, why);
}

enum ek_err
slot_pick_id(struct keeld *keeld, const char *id, const char *instrument,
    enum slot_event event, struct slot_pick *ret, struct ek_why *why)
{
	int64_t now = loop_now_ms(keeld->loop) / 1000;
	struct schedules *schedules = NULL;
	unsigned char rid[EK_ID_LEN];
	struct schedule_slot slot;
	struct civil start;
	enum ek_err err;

	if (!schedule_slot_id_parse(id, rid, &start))
		return ek_why(why, EK_INVALID,
		    "slot is not of the form ID@2026-11-24T16:30:00; copy it "
		    "from what `keel --json` prints");
	if (!api_is_open(keeld)) {
		fill(ret, rid, &start);
		return EK_OK;
	}
	err = api_schedules(keeld, &schedules);
	if (err == EK_OK)
		err = schedule_slot_find(schedules, id, now, &slot, why);
	if (err == EK_OK)
		err =
		    check_slot(&slot, instrument, event, ret->until, now, why);
	if (err == EK_OK)
		fill(ret, rid, &slot.start);
	schedules_free(schedules);
	return err;
}

enum ek_err
slot_pick_open(
    struct keeld *keeld, const char *instrument, struct slot_pick *ret)
{
	struct schedules *schedules = NULL;
	struct schedule_slot *open = NULL;
	size_t count = 0, i;
	enum ek_err err;

	ret->has = false;
	if (!api_is_open(keeld))
		return EK_OK;
	err = api_schedules(keeld, &schedules);
	if (err == EK_OK)
		err = schedule_open(
		    schedules, loop_now_ms(keeld->loop) / 1000, &open, &count);
	for (i = 0; err == EK_OK && i < count; i++)
		if (strcmp(open[i].schedule->instrument, instrument) == 0)
			fill(ret, open[i].schedule->rid, &open[i].start);
	free(open);
	schedules_free(schedules);
	return err;
}

void
slot_pick_record(const struct record *rec, enum record_field schedule,
    enum record_field start, struct slot_pick *ret)
{
	const unsigned char *id = record_id(rec, schedule);
	const char *text;
	size_t len;

	text = record_text(rec, start, &len);
	ret->has = id != NULL && text != NULL && len < sizeof(ret->start);
	if (!ret->has)
		return;
	memcpy(ret->schedule, id, EK_ID_LEN);
	memcpy(ret->start, text, len);
	ret->start[len] = '\0';
}

void
slot_put(
    struct batch *batch, const struct slot_pick *pick, enum slot_state state)
{
	struct record_build build;

	batch_begin(batch, &build, REC_SLOT);
	record_put_id(&build, SLOT_SCHEDULE, pick->schedule);
	record_put_str(&build, SLOT_START, pick->start);
	record_put_str(&build, SLOT_STATE, slot_state_name(state));
	if (state == SLOT_SNOOZED)
		record_put_int(&build, SLOT_UNTIL, pick->until);
	batch_end(batch, &build);
}

json_t *
slot_pick_json(const struct slot_pick *pick)
{
	char id[SCHEDULE_SLOT_ID_LEN + 1];
	struct civil start;

	if (!pick->has || !civil_parse_time(pick->start, &start))
		return json_null();
	schedule_slot_id(pick->schedule, &start, id);
	return json_string(id);
}

/* --- skip, snooze --- */

struct wish {
	enum slot_event event;
	enum slot_state state; /* what the event makes of it */
	const char *doing;     /* for reasons: "skip" */
};
static const struct wish to_skip = {SLOT_EV_SKIP, SLOT_SKIPPED, "skip"};
static const struct wish to_snooze = {SLOT_EV_SNOOZE, SLOT_SNOOZED, "snooze"};

/* The one that waits; more than one is hers to name. */
static enum ek_err
pick_only(struct keeld *keeld, const struct wish *wish, struct slot_pick *ret,
    struct ek_why *why)
{
	int64_t now = loop_now_ms(keeld->loop) / 1000;
	struct schedules *schedules = NULL;
	struct schedule_slot *open = NULL;
	size_t count = 0;
	enum ek_err err;

	err = api_schedules(keeld, &schedules);
	if (err == EK_OK)
		err = schedule_open(schedules, now, &open, &count);
	if (err == EK_OK && count == 0)
		err = ek_why(why, EK_NOT_FOUND,
		    "nothing waits to be answered; there is nothing to %s",
		    wish->doing);
	if (err == EK_OK && count > 1)
		err = ek_why(why, EK_CONFLICT,
		    "more than one check-in waits; name the slot to %s",
		    wish->doing);
	if (err == EK_OK)
		err = check_slot(
		    &open[0], NULL, wish->event, ret->until, now, why);
	if (err == EK_OK)
		fill(ret, open[0].schedule->rid, &open[0].start);
	free(open);
	schedules_free(schedules);
	return err;
}

/* before: what this key made already, or NULL. */
static enum ek_err
pick(struct keeld *keeld, const struct record *before, const char *slot,
    const struct wish *wish, struct slot_pick *ret, struct ek_why *why)
{
	struct slot_pick was = {.has = false};
	unsigned char rid[EK_ID_LEN];
	struct civil start;

	if (before != NULL)
		slot_pick_record(before, SLOT_SCHEDULE, SLOT_START, &was);
	if (was.has && slot == NULL) {
		was.until = ret->until;
		*ret = was;
		return EK_OK;
	}
	if (was.has && schedule_slot_id_parse(slot, rid, &start)) {
		fill(ret, rid, &start); /* the store compares */
		return EK_OK;
	}
	if (slot != NULL)
		return slot_pick_id(keeld, slot, NULL, wish->event, ret, why);
	return pick_only(keeld, wish, ret, why);
}

static enum ek_err
put(struct keeld *keeld, const struct api_key *key,
    const struct slot_pick *pick, enum slot_state state, struct ek_why *why)
{
	struct batch batch;
	enum ek_err err;

	batch_init(&batch, keeld, key);
	slot_put(&batch, pick, state);
	err = batch_store(&batch, NULL, why);
	batch_done(&batch);
	return err;
}

static enum ek_err
skip(struct keeld *keeld, const struct api_key *key, const json_t *body,
    json_t **ret, struct ek_why *why)
{
	struct slot_pick chosen = {.has = false};
	const char *slot;
	enum ek_err err;

	err = json_only(body, "the request", why, "slot", NULL);
	if (err != EK_OK)
		return err;
	slot = json_text(body, "slot", SCHEDULE_SLOT_ID_LEN, &err, why);
	if (err == EK_OK)
		err = pick(keeld, api_before(keeld, key, REC_SLOT), slot,
		    &to_skip, &chosen, why);
	if (err == EK_OK)
		err = put(keeld, key, &chosen, SLOT_SKIPPED, why);
	if (err == EK_OK)
		*ret = json_pack(
		    "{s:b,s:o}", "skipped", 1, "slot", slot_pick_json(&chosen));
	return err;
}

static enum ek_err
read_minutes(const json_t *body, int64_t *ret, struct ek_why *why)
{
	const json_t *minutes = json_object_get(body, "minutes");

	*ret = SLOT_SNOOZE_MINUTES;
	if (minutes == NULL || json_is_null(minutes))
		return EK_OK;
	if (!json_is_integer(minutes) || json_integer_value(minutes) < 1)
		return ek_why(why, EK_INVALID,
		    "minutes is not a whole number from 1 on; give 30, or "
		    "leave it out");
	if (json_integer_value(minutes) > EK_SNOOZE_MAX)
		return ek_why(why, EK_TOO_LARGE,
		    "minutes is more than %d; give fewer", EK_SNOOZE_MAX);
	*ret = json_integer_value(minutes);
	return EK_OK;
}

static enum ek_err
snooze(struct keeld *keeld, const struct api_key *key, const json_t *body,
    json_t **ret, struct ek_why *why)
{
	const struct record *before = api_before(keeld, key, REC_SLOT);
	struct slot_pick chosen = {.has = false};
	struct moment now;
	int64_t minutes;
	const char *slot;
	enum ek_err err;

	moment_now(keeld, &now);
	err = json_only(body, "the request", why, "slot", "minutes", NULL);
	if (err == EK_OK)
		err = read_minutes(body, &minutes, why);
	if (err != EK_OK)
		return err;
	slot = json_text(body, "slot", SCHEDULE_SLOT_ID_LEN, &err, why);
	/* a repeat sleeps from when it was asked first */
	chosen.until =
	    (before == NULL ? now.ms : before->time_ms) / 1000 + 60 * minutes;
	if (err == EK_OK)
		err = pick(keeld, before, slot, &to_snooze, &chosen, why);
	if (err == EK_OK)
		err = put(keeld, key, &chosen, SLOT_SNOOZED, why);
	if (err == EK_OK)
		keeld_tick(keeld); /* it is shown again then */
	if (err == EK_OK)
		*ret = json_pack("{s:b,s:o,s:o}", "snoozed", 1, "slot",
		    slot_pick_json(&chosen), "until",
		    api_local(&now, chosen.until));
	return err;
}

typedef enum ek_err (*slot_fn)(struct keeld *keeld, const struct api_key *key,
    const json_t *body, json_t **ret, struct ek_why *why);

static const struct http_token *
answer(struct http_req *req, struct keeld *keeld, slot_fn fn)
{
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
		err = fn(keeld, &key, body, &json, &why);
	return err == EK_OK ? api_reply(req, 200, json)
			    : http_fail(req, err, &why);
}

static const struct http_token *
skip_post(struct http_req *req, void *arg)
{
	return answer(req, arg, skip);
}

static const struct http_token *
snooze_post(struct http_req *req, void *arg)
{
	return answer(req, arg, snooze);
}

const struct http_route api_slot_routes[] = {
    {"POST", "/v1/slots/skip", skip_post, 0, "slot", "skipped, slot",
	"skips a slot, or the only one that waits"},
    {"POST", "/v1/slots/snooze", snooze_post, 0, "slot, minutes",
	"snoozed, slot, until",
	"lets a slot, or the only one that waits, sleep for minutes (30), "
	"never past its end"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
