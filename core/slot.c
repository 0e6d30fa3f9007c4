/*
 * slot - what an event makes of one occurrence of a schedule.
 *
 * A slot is decided once: answered, skipped, missed, away or off the record
 * (DESIGN.md §6).  Until then it waits, was held back, was shown or sleeps.
 * No clock here: now is handed in, and it may have been set back.
 */
#include "evenkeel/slot.h"

#include <string.h>

#define DENSE_SECS (12 * 3600)
#define RARE_SECS  (7 * 86400)

const char *
slot_state_name(enum slot_state state)
{
	switch (state) {
	case SLOT_DUE:
		return "due";
	case SLOT_HELD:
		return "held";
	case SLOT_SHOWN:
		return "shown";
	case SLOT_ANSWERED:
		return "answered";
	case SLOT_SNOOZED:
		return "snoozed";
	case SLOT_SKIPPED:
		return "skipped";
	case SLOT_MISSED:
		return "missed";
	case SLOT_AWAY:
		return "away";
	case SLOT_OFF_RECORD:
		break;
	}
	return "off-record";
}

bool
slot_state_from_name(const char *name, size_t len, enum slot_state *ret)
{
	for (int i = SLOT_DUE; i <= SLOT_OFF_RECORD; i++) {
		const char *known = slot_state_name((enum slot_state)i);

		if (strlen(known) == len && memcmp(known, name, len) == 0) {
			*ret = (enum slot_state)i;
			return true;
		}
	}
	return false;
}

bool
slot_is_final(enum slot_state state)
{
	switch (state) {
	case SLOT_DUE:
	case SLOT_HELD:
	case SLOT_SHOWN:
	case SLOT_SNOOZED:
		return false;
	case SLOT_ANSWERED:
	case SLOT_SKIPPED:
	case SLOT_MISSED:
	case SLOT_AWAY:
	case SLOT_OFF_RECORD:
		break;
	}
	return true;
}

bool
slot_is_open(const struct slot *slot, int64_t now)
{
	return slot->due <= now && now < slot->ends &&
	       !slot_is_final(slot->state);
}

int64_t
slot_end(int64_t due, bool dense, int64_t next_due_or_0)
{
	int64_t end = due + (dense ? DENSE_SECS : RARE_SECS);

	return next_due_or_0 > due && next_due_or_0 < end ? next_due_or_0 : end;
}

static enum ek_err
refuse(struct ek_why *why, const char *reason)
{
	return ek_why(why, EK_CONFLICT, "%s", reason);
}

static const char *
final_reason(enum slot_state state)
{
	switch (state) {
	case SLOT_ANSWERED:
		return "this slot was answered already; check in again without "
		       "a slot if you wish";
	case SLOT_SKIPPED:
		return "this slot was skipped already; answer it, or leave it "
		       "so";
	case SLOT_MISSED:
		return "this slot has ended; check in without a slot instead";
	case SLOT_AWAY:
		return "this slot fell into your time away; check in without a "
		       "slot instead";
	case SLOT_OFF_RECORD:
		return "this slot took place off the record already; check in "
		       "again without a slot if you wish";
	case SLOT_DUE:
	case SLOT_HELD:
	case SLOT_SHOWN:
	case SLOT_SNOOZED:
		break;
	}
	return "this slot is settled; check in without a slot instead";
}

/* Before its end, and not before it is due unless it had begun already. */
static enum ek_err
check_time(const struct slot *slot, int64_t now, struct ek_why *why)
{
	if (now >= slot->ends)
		return refuse(why, final_reason(SLOT_MISSED));
	if (now < slot->due && slot->state == SLOT_DUE)
		return refuse(why,
		    "this slot is not due yet; check in without a slot, or "
		    "wait until it is");
	return EK_OK;
}

static enum ek_err
settle(struct slot *slot, enum slot_state to, int64_t now, struct ek_why *why)
{
	bool second_thought = slot->state == SLOT_SKIPPED && to != SLOT_SKIPPED;
	enum ek_err err;

	if (slot_is_final(slot->state) && !second_thought)
		return refuse(why, final_reason(slot->state));
	err = check_time(slot, now, why);
	if (err == EK_OK)
		slot->state = to;
	return err;
}

static enum ek_err
show(struct slot *slot, int64_t now, struct ek_why *why)
{
	enum ek_err err;

	if (slot_is_final(slot->state))
		return refuse(why, final_reason(slot->state));
	if (slot->state == SLOT_SHOWN)
		return refuse(
		    why, "this slot was shown already; one slot is shown once");
	if (slot->state == SLOT_SNOOZED && now < slot->until)
		return refuse(
		    why, "this slot sleeps; show it when its snooze is over");
	err = check_time(slot, now, why);
	if (err == EK_OK)
		slot->state = SLOT_SHOWN;
	return err;
}

static enum ek_err
hold(struct slot *slot, int64_t now, struct ek_why *why)
{
	enum ek_err err;

	if (slot_is_final(slot->state))
		return refuse(why, final_reason(slot->state));
	if (slot->state != SLOT_DUE && slot->state != SLOT_HELD)
		return refuse(why,
		    "this slot was shown already; there is nothing to hold");
	err = check_time(slot, now, why);
	if (err == EK_OK)
		slot->state = SLOT_HELD;
	return err;
}

static enum ek_err
snooze(struct slot *slot, int64_t now, struct ek_why *why)
{
	enum ek_err err;

	if (slot_is_final(slot->state))
		return refuse(why, final_reason(slot->state));
	err = check_time(slot, now, why);
	if (err != EK_OK)
		return err;
	if (slot->until <= now)
		return refuse(
		    why, "a snooze must end later than now; make it longer");
	if (slot->until > slot->ends)
		return refuse(why,
		    "a snooze cannot pass the slot's end; make it shorter");
	slot->state = SLOT_SNOOZED;
	return EK_OK;
}

static enum ek_err
end(struct slot *slot, int64_t now, struct ek_why *why)
{
	if (slot_is_final(slot->state))
		return refuse(why, final_reason(slot->state));
	if (now < slot->ends)
		return refuse(
		    why, "this slot has not ended yet; end it when it has");
	slot->state = SLOT_MISSED;
	return EK_OK;
}

enum ek_err
slot_step(struct slot *slot, enum slot_event event, int64_t now,
    struct ek_why *reterr_why)
{
	switch (event) {
	case SLOT_EV_ANSWER:
		return settle(slot, SLOT_ANSWERED, now, reterr_why);
	case SLOT_EV_SKIP:
		return settle(slot, SLOT_SKIPPED, now, reterr_why);
	case SLOT_EV_OFF_RECORD:
		return settle(slot, SLOT_OFF_RECORD, now, reterr_why);
	case SLOT_EV_SHOW:
		return show(slot, now, reterr_why);
	case SLOT_EV_HOLD:
		return hold(slot, now, reterr_why);
	case SLOT_EV_SNOOZE:
		return snooze(slot, now, reterr_why);
	case SLOT_EV_END:
		break;
	}
	return end(slot, now, reterr_why);
}

static int
rank(enum slot_state state)
{
	switch (state) {
	case SLOT_DUE:
		return 0;
	case SLOT_HELD:
		return 1;
	case SLOT_SHOWN:
		return 2;
	case SLOT_SNOOZED:
		return 3;
	case SLOT_MISSED:
		return 4;
	case SLOT_AWAY:
		return 5;
	case SLOT_SKIPPED:
		return 6;
	case SLOT_OFF_RECORD:
		return 7;
	case SLOT_ANSWERED:
		break;
	}
	return 8;
}

enum slot_state
slot_merge(enum slot_state a, enum slot_state b)
{
	return rank(a) >= rank(b) ? a : b;
}
