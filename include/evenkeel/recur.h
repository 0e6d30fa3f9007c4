/*
 * recur - recurrence rules of RFC 5545 §3.3.10, FREQ from YEARLY to DAILY,
 * over wall-clock time.  Expanded period by period; nothing hangs: a rule
 * that can never fire is refused or yields none, within a bounded search.
 *
 * A start that its rule does not yield is where counting begins, not an
 * occurrence (DESIGN.md §6).  COUNT counts occurrences of the rule from the
 * start on.
 */
#ifndef EVENKEEL_RECUR_H
#define EVENKEEL_RECUR_H

#include "evenkeel/buf.h"
#include "evenkeel/civil.h"
#include "evenkeel/err.h"
#include "evenkeel/limits.h"
#include "evenkeel/zone.h"

struct recur;

/* "FREQ=WEEKLY;BYDAY=MO,WE,FR" (an "RRULE:" prefix is taken; upper and lower
 * case alike).  Refused with the part and the reason: finer than DAILY,
 * unknown or doubled parts, values out of range, COUNT with UNTIL,
 * combinations the RFC forbids, rules that can never fire.  BYSECOND=60 is
 * read as 59 (RFC 5545 §3.3.12).  The wave's rule is FREQ=MONTHLY;INTERVAL=4
 * with X-CLAMP=1: the start's day, clamped to the month's end; X-CLAMP goes
 * with MONTHLY and YEARLY when no other part names days.  Caller frees. */
enum ek_err recur_parse(const char *rule, struct recur **ret,
    struct ek_why *reterr_why) EK_MUST_USE;
void recur_free(struct recur *recur);

/* An iterator over the occurrences of recur from start, as wall-clock times
 * in ascending order, none twice.  zone is needed only for an UNTIL in UTC
 * (NULL: UNTIL is compared with the wall clock); recur and zone must outlive
 * the iterator.  An UNTIL that is a date lasts to that day's end.  EK_INVALID
 * for a start that is no time. */
struct recur_iter;
enum ek_err recur_iter_new(const struct recur *recur, const struct civil *start,
    const struct zone *zone, struct recur_iter **ret) EK_MUST_USE;
void recur_iter_free(struct recur_iter *iter);
/* false at the end of the set (or of year 9999). */
bool recur_iter_next(struct recur_iter *iter, struct civil *ret);
/* Skips, cheaply for rules without COUNT, to occurrences at or after from;
 * never back. */
void recur_iter_seek(struct recur_iter *iter, const struct civil *from);

/* The same set as instants: ascending, none twice.  Wall clocks in a gap come
 * where their shifted instant belongs; where two wall clocks are one instant
 * (a day left out at the date line) the one that existed stands.  zone is
 * not NULL; recur and zone outlive it. */
struct recur_due;
enum ek_err recur_due_new(const struct recur *recur, const struct civil *start,
    const struct zone *zone, struct recur_due **ret) EK_MUST_USE;
void recur_due_free(struct recur_due *due);
/* false at the end; ret_local may be NULL. */
bool recur_due_next(
    struct recur_due *due, int64_t *ret_utc, struct civil *ret_local);
/* Only before the first _next: skips what is before utc. */
void recur_due_seek(struct recur_due *due, int64_t utc);

/* The rule in plain English: "Mon, Wed and Fri at 16:30". */
enum ek_err recur_words(const struct recur *recur, const struct civil *start,
    struct buf *ret) EK_MUST_USE;
/* True for rules that fire weekly or more often (DESIGN.md §6: slots then end
 * 12 hours after they are due, else 7 days). */
bool recur_is_dense(const struct recur *recur);
/* How many times of the day the rule names: 1 unless BYHOUR, BYMINUTE or
 * BYSECOND say more. */
int recur_times(const struct recur *recur);

#endif
