/*
 * glance - one plain sentence or two on the last four weeks.
 *
 * No judgement and no count of what was missed: how many days she checked in,
 * and between which values her mood mostly lay (the middle four fifths of her
 * day averages).  Imported days count.  Charts and limits are trend's.
 */
#ifndef EVENKEEL_GLANCE_H
#define EVENKEEL_GLANCE_H

#include "evenkeel/book.h"

#define GLANCE_DAYS  28 /* today included */
#define GLANCE_LEAST 3  /* days below which no range is said */

/* today is civil_days() of the local day.  EK_NOMEM. */
enum ek_err glance_sentence(
    const struct book *book, int64_t today, struct buf *ret) EK_MUST_USE;

#endif
