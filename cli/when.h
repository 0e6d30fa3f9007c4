/*
 * when - days and times of day as people write them: "Tue", "thursday",
 * "weekdays", "9:00", "16.30".
 */
#ifndef EVENKEEL_CLI_WHEN_H
#define EVENKEEL_CLI_WHEN_H

#include <stdbool.h>
#include <stddef.h>

#include "evenkeel/buf.h"

#define WHEN_TIME_LEN  5 /* "16:30" */
#define WHEN_EVERY_DAY 0x7fU

/* The days a word of this length names: Monday is bit 0; 0 when it is none.
 * Three letters of a day are enough. */
unsigned when_days(const char *word, size_t len);
/* False when the word is no time of day. */
bool when_time(const char *word, char ret[WHEN_TIME_LEN + 1]);
/* The rule of RFC 5545 that fires on these days. */
void when_rule(unsigned days, struct buf *ret);

#endif
