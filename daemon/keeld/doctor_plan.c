/*
 * doctor_plan - will there be questions, is there a plan, and is its review
 * still to come.  Dates and counts only: nothing of what is written in it.
 */
#include <string.h>

#include "keeld/doctor.h"

/* Not ended: how many will ask again, how many cannot. */
static enum ek_err
count_schedules(struct doctor *doctor, size_t *ret_asking, size_t *ret_lost)
{
	const struct instruments *all = doctor->keeld->instruments;
	const struct schedule *schedule;
	struct schedules *schedules = NULL;
	struct schedule_slot slot;
	size_t at = 0, count, asking = 0, lost = 0;
	enum ek_err err;

	err = api_schedules(doctor->keeld, &schedules);
	while (err == EK_OK &&
	       (schedule = schedules_next(schedules, doctor->now.day,
		    SCHEDULE_NO_DAY, &at)) != NULL) {
		if (schedule->until != SCHEDULE_NO_DAY)
			continue; /* ends today: it is dealt with */
		count = 0;
		err = schedule_next(
		    schedules, schedule, doctor->now.utc, &slot, 1, &count);
		if (count == 0)
			continue;
		if (instruments_find(all, schedule->instrument,
			strlen(schedule->instrument)) == NULL)
			lost++;
		else
			asking++;
	}
	schedules_free(schedules);
	if (err != EK_OK)
		return err;
	*ret_asking = asking;
	*ret_lost = lost;
	return EK_OK;
}

static void
check_schedule(struct doctor *doctor)
{
	size_t asking = 0, lost = 0;
	enum ek_err err;

	if (!doctor_open(doctor, "schedule"))
		return;
	err = count_schedules(doctor, &asking, &lost);
	if (err != EK_OK) {
		doctor->err = err;
		return;
	}
	if (lost > 0) {
		buf_fmt(&doctor->words,
		    "%zu of your schedules %s for an instrument that is not "
		    "here.",
		    lost, lost == 1 ? "asks" : "ask");
		buf_str(&doctor->remedy,
		    "find it by keel schedule list, then run: keel schedule "
		    "remove NAME; or put the instrument back");
	} else if (asking == 0) {
		buf_str(&doctor->words,
		    "No schedule will ask you how work is going.");
		buf_str(&doctor->remedy, "run: keel schedule add pulse");
	} else {
		buf_fmt(&doctor->words, "%zu %s set.", asking,
		    asking == 1 ? "schedule is" : "schedules are");
	}
	doctor_end(doctor, "schedule");
}

static void
check_review(struct doctor *doctor, const struct plan *plan)
{
	const char *review = plan == NULL ? NULL : plan_review_day(plan);
	int64_t day;

	if (plan == NULL) {
		buf_str(&doctor->words,
		    "There is no plan to review yet (see plan).");
	} else if (review == NULL ||
		   !day_of_text(review, strlen(review), &day)) {
		buf_str(&doctor->words, "Your plan has no review day.");
		buf_str(&doctor->remedy,
		    "write a day such as 2026-12-01 under Review: keel plan "
		    "edit");
	} else if (day < doctor->now.day) {
		buf_fmt(&doctor->words,
		    "The review of your plan was due on %s.", review);
		buf_str(&doctor->remedy,
		    "look through it and write the next day under Review: "
		    "keel plan edit");
	} else {
		buf_fmt(&doctor->words, "Your plan is reviewed on %s.", review);
	}
	doctor_end(doctor, "plan-review");
}

static void
check_plan(struct doctor *doctor)
{
	const struct record *rec;
	struct plan *plan = NULL;
	enum ek_err err = EK_NOT_FOUND;

	if (!doctor_open(doctor, "plan")) {
		(void)!doctor_open(doctor, "plan-review");
		return;
	}
	rec = book_latest(store_book(doctor->keeld->store), REC_PLAN);
	if (rec != NULL)
		err = words_plan(rec, &plan);
	if (err == EK_NOMEM) {
		doctor->err = err;
		return;
	}
	if (err == EK_OK)
		buf_str(&doctor->words, "There is a plan.");
	else
		buf_str(&doctor->words,
		    rec == NULL ? "There is no plan yet."
				: "Your plan cannot be read by this version.");
	if (err != EK_OK)
		buf_str(&doctor->remedy, "write it: keel plan edit");
	doctor_end(doctor, "plan");
	check_review(doctor, plan);
	plan_free(plan);
}

void
doctor_plan(struct doctor *doctor)
{
	check_schedule(doctor);
	check_plan(doctor);
}
