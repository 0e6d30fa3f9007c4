/*
 * recur_due - a rule's occurrences as instants, ascending and none twice.
 *
 * Wall clocks ascend, their instants need not: 02:30 in a spring gap means
 * 03:30 and comes after 03:00, and a day left out at the date line falls
 * onto the next.  A second iterator, copied when the first meets a gap, walks
 * the wall clocks that do not exist; the two are merged.
 */
#include <stdlib.h>

#include "core/recur_in.h"

/* The years 1 to 9999 of UTC: what can be written as an instant. */
#define FIRST_SECS ((int64_t)RECUR_FIRST * RECUR_DAY_SECS)
#define LAST_SECS  ((int64_t)(RECUR_LAST + 1) * RECUR_DAY_SECS - 1)

/* No zone ever skipped more than one day. */
#define GAP_SECS (25 * 3600)

struct head {
	struct civil local;
	int64_t wall, utc;
	bool there; /* an occurrence waits here */
	bool gap;
};

struct recur_due {
	const struct zone *zone;
	struct recur_iter real; /* hands out wall clocks that exist */
	struct recur_iter gaps; /* and those that do not, while in_gap */
	struct head next, shifted;
	int64_t from; /* nothing before */
};

static bool
pull(struct recur_due *due, struct recur_iter *iter, struct head *ret)
{
	struct civil real;

	ret->there = recur_iter_next(iter, &ret->local);
	if (!ret->there)
		return false;
	ret->wall = civil_secs(&ret->local);
	ret->utc = zone_instant(due->zone, &ret->local);
	zone_local(due->zone, ret->utc, &real);
	ret->gap = civil_secs(&real) != ret->wall;
	return true;
}

/* To the next wall clock that exists; the first one on the way that does not
 * starts the second iterator. */
static void
pull_real(struct recur_due *due)
{
	while (pull(due, &due->real, &due->next) && due->next.gap) {
		if (due->shifted.there)
			continue;
		due->gaps = due->real;
		due->shifted = due->next;
	}
}

static void
pull_shifted(struct recur_due *due)
{
	while (pull(due, &due->gaps, &due->shifted) && !due->shifted.gap) {
		if (due->next.there && due->shifted.wall >= due->next.wall) {
			due->shifted.there = false;
			return;
		}
	}
}

enum ek_err
recur_due_new(const struct recur *recur, const struct civil *start,
    const struct zone *zone, struct recur_due **ret)
{
	struct recur_due *due;

	if (!civil_ok(start))
		return EK_INVALID;
	due = calloc(1, sizeof(*due));
	if (due == NULL)
		return EK_NOMEM;
	due->zone = zone;
	due->from = FIRST_SECS;
	recur_iter_init(&due->real, recur, start, zone, false);
	*ret = due;
	return EK_OK;
}

void
recur_due_free(struct recur_due *due)
{
	free(due);
}

void
recur_due_seek(struct recur_due *due, int64_t utc)
{
	struct civil civil;

	/* A shifted wall clock lies up to a gap before what it means. */
	zone_local(due->zone, utc - GAP_SECS, &civil);
	recur_iter_seek(&due->real, &civil);
	due->from = utc;
}

bool
recur_due_next(struct recur_due *due, int64_t *ret_utc, struct civil *ret_local)
{
	for (;;) {
		struct head head;

		if (!due->next.there)
			pull_real(due);
		if (!due->next.there && !due->shifted.there)
			return false;
		if (due->shifted.there &&
		    (!due->next.there || due->shifted.utc < due->next.utc)) {
			head = due->shifted;
			pull_shifted(due);
		} else {
			head = due->next;
			if (due->shifted.there && due->shifted.utc == head.utc)
				pull_shifted(due);
			pull_real(due);
		}
		if (head.utc < due->from)
			continue;
		if (head.utc > LAST_SECS)
			return false;
		due->from = head.utc + 1; /* none twice, none backwards */
		*ret_utc = head.utc;
		if (ret_local != NULL)
			*ret_local = head.local;
		return true;
	}
}
