/*
 * reply - small readings of what keeld answered, beside those of ops.  A member
 * that is missing or of another type reads as NULL, 0 or false: a daemon of
 * another version is no reason to fall over.
 */
#ifndef EVENKEEL_CLI_REPLY_H
#define EVENKEEL_CLI_REPLY_H

#include <stdbool.h>

#include "evenkeel/buf.h"
#include "evenkeel/json.h"

const char *reply_text(const json_t *object, const char *key); /* or NULL */

/* "today", "1 day", "12 days" */
void reply_days(long long days, struct buf *ret);
/* "2026-11-24T16:30:00" or "2026-11-24" seen from a day: "today at 16:30",
 * "tomorrow", "Fri 27 Nov at 09:00", with the year when it is another one.
 * What is no date is added as it is; today may be NULL. */
void reply_when(const char *local, const char *today, struct buf *ret);
/* Adds text to a URL, what is not a letter or digit as %XX. */
void reply_url(const char *text, struct buf *ret);

/* How many digits of hex ids tell every "id" of the list from the others, at
 * least 4. */
int reply_short(const json_t *list);
/* The element whose "id" begins with prefix (at least 4 digits).
 * EK_NOT_FOUND, EK_USAGE (too short, no id, several): `what` names the kind
 * of thing, `how` the command that lists them. */
enum ek_err reply_find(const json_t *list, const char *prefix, const char *what,
    const char *how, const json_t **ret, struct ek_why *reterr_why) EK_MUST_USE;

#endif
