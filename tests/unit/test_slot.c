/*
 * slot: every state with every event, by a table, and the merge of two desks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "evenkeel/slot.h"

#define DUE     1000000
#define ENDS    (DUE + 12 * 3600)
#define STATES  (SLOT_OFF_RECORD + 1)
#define EVENTS  (SLOT_EV_END + 1)
#define REFUSED (-1)

/* What each event makes of each state while the slot is open. */
static const int open_table[STATES][EVENTS] = {
    /* ANSWER, SKIP, OFF_RECORD, SHOW, HOLD, SNOOZE, END */
    [SLOT_DUE] = {SLOT_ANSWERED, SLOT_SKIPPED, SLOT_OFF_RECORD, SLOT_SHOWN,
	SLOT_HELD, SLOT_SNOOZED, REFUSED},
    [SLOT_HELD] = {SLOT_ANSWERED, SLOT_SKIPPED, SLOT_OFF_RECORD, SLOT_SHOWN,
	SLOT_HELD, SLOT_SNOOZED, REFUSED},
    [SLOT_SHOWN] = {SLOT_ANSWERED, SLOT_SKIPPED, SLOT_OFF_RECORD, REFUSED,
	REFUSED, SLOT_SNOOZED, REFUSED},
    [SLOT_ANSWERED] = {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED,
	REFUSED},
    [SLOT_SNOOZED] = {SLOT_ANSWERED, SLOT_SKIPPED, SLOT_OFF_RECORD, REFUSED,
	REFUSED, SLOT_SNOOZED, REFUSED},
    [SLOT_SKIPPED] = {SLOT_ANSWERED, REFUSED, SLOT_OFF_RECORD, REFUSED, REFUSED,
	REFUSED, REFUSED},
    [SLOT_MISSED] = {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED,
	REFUSED},
    [SLOT_AWAY] = {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED,
	REFUSED},
    [SLOT_OFF_RECORD] = {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED,
	REFUSED},
};

static struct slot
in_state(enum slot_state state)
{
	return (struct slot){
	    .due = DUE, .ends = ENDS, .until = DUE + 7200, .state = state};
}

static void
step(enum slot_state state, enum slot_event event, int64_t now, int want)
{
	struct slot slot = in_state(state), before = slot;
	struct ek_why why = {""};
	enum ek_err err = slot_step(&slot, event, now, &why);

	if (want == REFUSED) {
		assert_int_equal(err, EK_CONFLICT);
		assert_int_equal(slot.state, before.state);
		assert_true(slot.until == before.until);
		assert_non_null(strstr(why.text, "; "));
		return;
	}
	if (err != EK_OK)
		fail_msg("%s, event %d: %s", slot_state_name(state), event,
		    why.text);
	assert_int_equal(slot.state, want);
	assert_true(slot.due == DUE && slot.ends == ENDS);
}

static void
test_open(void **state)
{
	(void)state;
	for (int s = 0; s < STATES; s++) {
		for (int e = 0; e < EVENTS; e++) {
			step((enum slot_state)s, (enum slot_event)e, DUE + 60,
			    open_table[s][e]);
			step((enum slot_state)s, (enum slot_event)e, DUE,
			    open_table[s][e]);
		}
	}
}

/* Once ended only the end itself is taken, and only from what waits. */
static void
test_ended(void **state)
{
	(void)state;
	for (int s = 0; s < STATES; s++) {
		bool final = slot_is_final((enum slot_state)s);

		for (int e = 0; e < SLOT_EV_END; e++)
			step((enum slot_state)s, (enum slot_event)e, ENDS,
			    REFUSED);
		step((enum slot_state)s, SLOT_EV_END, ENDS,
		    final ? REFUSED : SLOT_MISSED);
		step((enum slot_state)s, SLOT_EV_END, ENDS - 1, REFUSED);
	}
}

static void
test_clock_set_back(void **state)
{
	(void)state;
	step(SLOT_DUE, SLOT_EV_ANSWER, DUE - 1, REFUSED);
	step(SLOT_DUE, SLOT_EV_SHOW, DUE - 1, REFUSED);
	step(SLOT_SHOWN, SLOT_EV_ANSWER, DUE - 3600, SLOT_ANSWERED);
	step(SLOT_HELD, SLOT_EV_SHOW, DUE - 3600, SLOT_SHOWN);
}

static void
test_snooze(void **state)
{
	struct slot slot = in_state(SLOT_SHOWN);

	(void)state;
	slot.until = ENDS;
	assert_int_equal(
	    slot_step(&slot, SLOT_EV_SNOOZE, DUE + 5, NULL), EK_OK);
	slot = in_state(SLOT_SHOWN);
	slot.until = ENDS + 1;
	assert_int_equal(
	    slot_step(&slot, SLOT_EV_SNOOZE, DUE + 5, NULL), EK_CONFLICT);
	assert_int_equal(slot.state, SLOT_SHOWN);
	slot.until = DUE + 5;
	assert_int_equal(
	    slot_step(&slot, SLOT_EV_SNOOZE, DUE + 5, NULL), EK_CONFLICT);
	/* shown again when the snooze is over, not before */
	step(SLOT_SNOOZED, SLOT_EV_SHOW, DUE + 7199, REFUSED);
	step(SLOT_SNOOZED, SLOT_EV_SHOW, DUE + 7200, SLOT_SHOWN);
}

static void
test_end(void **state)
{
	(void)state;
	assert_true(slot_end(DUE, true, 0) == DUE + 12 * 3600);
	assert_true(slot_end(DUE, false, 0) == DUE + 7 * 86400);
	assert_true(slot_end(DUE, true, DUE + 3600) == DUE + 3600);
	assert_true(slot_end(DUE, true, DUE + 86400) == DUE + 12 * 3600);
	assert_true(slot_end(DUE, false, DUE + 86400) == DUE + 86400);
	assert_true(slot_end(DUE, false, DUE) == DUE + 7 * 86400);
}

static void
test_is_open(void **state)
{
	(void)state;
	for (int s = 0; s < STATES; s++) {
		struct slot slot = in_state((enum slot_state)s);
		bool waits = !slot_is_final(slot.state);

		assert_int_equal(slot_is_open(&slot, DUE), waits);
		assert_int_equal(slot_is_open(&slot, ENDS - 1), waits);
		assert_false(slot_is_open(&slot, DUE - 1));
		assert_false(slot_is_open(&slot, ENDS));
	}
}

static void
test_names(void **state)
{
	enum slot_state got = SLOT_DUE;

	(void)state;
	for (int s = 0; s < STATES; s++) {
		const char *name = slot_state_name((enum slot_state)s);

		assert_true(slot_state_from_name(name, strlen(name), &got));
		assert_int_equal(got, s);
		assert_false(
		    slot_state_from_name(name, strlen(name) - 1, &got));
	}
	got = SLOT_HELD;
	assert_false(slot_state_from_name("", 0, &got));
	assert_false(slot_state_from_name("Due", 3, &got));
	assert_int_equal(got, SLOT_HELD);
}

static void
test_merge(void **state)
{
	static const enum slot_state order[] = {SLOT_DUE, SLOT_HELD, SLOT_SHOWN,
	    SLOT_SNOOZED, SLOT_MISSED, SLOT_AWAY, SLOT_SKIPPED, SLOT_OFF_RECORD,
	    SLOT_ANSWERED};

	(void)state;
	for (int a = 0; a < STATES; a++) {
		for (int b = 0; b < STATES; b++) {
			int later = a > b ? a : b;

			assert_int_equal(
			    slot_merge(order[a], order[b]), order[later]);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_open),
	    cmocka_unit_test(test_ended),
	    cmocka_unit_test(test_clock_set_back),
	    cmocka_unit_test(test_snooze),
	    cmocka_unit_test(test_end),
	    cmocka_unit_test(test_is_open),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_merge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
