/*
 * open_question - when every answer is flat and high several times running,
 * one open question may stand with the next check-in: skip first, at most one
 * in 14 days.  That it was asked, and what was said, is a note of its own
 * (CHECKIN_OPEN_ITEM) in the vault and shown nowhere but in her diary.
 */
#ifndef KEELD_OPEN_QUESTION_H
#define KEELD_OPEN_QUESTION_H

#include "keeld/api.h"

#define OPEN_QUESTION_RUN  5  /* check-ins, each on a day of its own */
#define OPEN_QUESTION_DAYS 14 /* between two, and since the last check-in */

const char *open_question_text(void);
/* Pure: the book, the instrument and the time say it. */
bool open_question_due(const struct book *book,
    const struct instrument *instrument, int64_t now_ms);
/* Was it asked with this check-in? */
bool open_question_of(const struct book *book, const unsigned char *checkin);

#endif
