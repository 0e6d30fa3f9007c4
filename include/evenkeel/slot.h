/*
 * slot - one occurrence of a schedule, from due to its end (DESIGN.md §6).
 *
 * Identity: schedule + local start.  What happened to a slot is read from
 * records; what happens next is decided here, never in the daemon.
 */
#ifndef EVENKEEL_SLOT_H
#define EVENKEEL_SLOT_H

#include "evenkeel/civil.h"
#include "evenkeel/err.h"

enum slot_state {
	SLOT_DUE,
	SLOT_HELD,
	SLOT_SHOWN,
	SLOT_ANSWERED,
	SLOT_SNOOZED,
	SLOT_SKIPPED,
	SLOT_MISSED,
	SLOT_AWAY,
	SLOT_OFF_RECORD,
};

enum slot_event {
	SLOT_EV_ANSWER, /* a check-in for it was saved */
	SLOT_EV_SKIP,
	SLOT_EV_OFF_RECORD, /* "took place", by her wish */
	SLOT_EV_SHOW,
	SLOT_EV_HOLD,
	SLOT_EV_SNOOZE,
	SLOT_EV_END, /* its end came */
};

struct slot {
	int64_t due;   /* Unix seconds */
	int64_t ends;  /* due + 12 h or 7 days, at most the next one's due */
	int64_t until; /* SNOOZED: Unix seconds, never past ends */
	enum slot_state state;
};

const char *slot_state_name(enum slot_state state); /* "due", "off-record" */
bool slot_state_from_name(const char *name, size_t len, enum slot_state *ret);
bool slot_is_final(enum slot_state state);
/* Open: due, not yet ended, not final: can be answered. */
bool slot_is_open(const struct slot *slot, int64_t now);
int64_t slot_end(int64_t due, bool dense, int64_t next_due_or_0);

/* What the event makes of the slot.  EK_CONFLICT with the reason when it
 * cannot (answered twice, snooze past its end, ended); the slot is then as it
 * was.  SNOOZE reads its wish from slot->until.  A skip can be thought better
 * of: an answer or "took place" is taken until the slot ends.  What was begun
 * before the clock was set back is not refused as too early. */
enum ek_err slot_step(struct slot *slot, enum slot_event event, int64_t now,
    struct ek_why *reterr_why) EK_MUST_USE;
/* Which of two recorded states stands when two desks joined: an answer beats
 * off-record, that a skip, that an absence, that a miss, and what is final
 * what is not.  The order of its arguments never matters. */
enum slot_state slot_merge(enum slot_state a, enum slot_state b);

#endif
