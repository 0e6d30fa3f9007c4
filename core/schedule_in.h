/*
 * schedule_in - what the files of schedule share.
 */
#ifndef EVENKEEL_CORE_SCHEDULE_IN_H
#define EVENKEEL_CORE_SCHEDULE_IN_H

#include "evenkeel/schedule.h"

#define SCHEDULE_DAY_SECS 86400

struct schedules {
	const struct book *book;
	struct schedule *all; /* by (name, from) */
	size_t count;
};

/* Walks the occurrences of a version that exist: while it is in force, not
 * before it was made, due at or after from. */
struct schedule_walk {
	const struct schedule *schedule;
	struct recur_due *due;
};
enum ek_err schedule_walk_init(struct schedule_walk *walk,
    const struct schedule *schedule, int64_t from) EK_MUST_USE;
void schedule_walk_done(struct schedule_walk *walk);
bool schedule_walk_next(
    struct schedule_walk *walk, int64_t *ret_due, struct civil *ret_start);

#endif
