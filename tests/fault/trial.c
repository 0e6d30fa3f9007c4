/*
 * trial - the loops.
 */
#include "trial.h"

#define MOST 100000 /* more calls than any act makes */

void
assert_held(const struct inject_held *before)
{
	struct inject_held held = inject_held();

	assert_int_equal(held.blocks, before->blocks);
	assert_int_equal(held.sodium, before->sodium);
	assert_int_equal(held.sql, before->sql);
	assert_int_equal(held.files, before->files);
}

static void
allocations(trial_act act, void *arg, bool lasting)
{
	struct inject_plan plan = {INJECT_MEMORY, 0, 1, lasting, NULL};
	struct inject_held before = inject_held();
	enum ek_err err;
	unsigned failed;

	for (; plan.nth < MOST; plan.nth++) {
		inject_arm(&plan);
		err = act(arg);
		failed = inject_disarm();
		if (failed == 0)
			break;
		if (err != EK_NOMEM)
			print_error("%u: %s: %s\n", plan.nth, inject_where(),
			    ek_err_code(err));
		assert_int_equal(err, EK_NOMEM);
		assert_held(&before);
	}
	assert_ok(err);
	assert_held(&before);
	assert_true(plan.nth > 1);
}

void
each_allocation(trial_act act, void *arg)
{
	allocations(act, arg, false);
	allocations(act, arg, true);
}
