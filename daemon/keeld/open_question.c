/*
 * open_question - looking at the last check-ins of one instrument.
 *
 * High: every measure that has a good end stands in the fifth of its range at
 * that end.  Flat: none of them moved by more than a tenth of its range.
 */
#include "keeld/open_question.h"

#include <stdlib.h>
#include <string.h>

#include "keeld/checkin.h"

#define DAY_MS    (24 * 3600 * INT64_C(1000))
#define HIGH      0.8
#define FLAT      0.1
#define TELLING   2 /* fewer measures with a good end say too little */
#define ROUNDING  1e-9
#define LOOK_BACK 64 /* check-ins of any kind */

const char *
open_question_text(void)
{
	return "You can leave this empty: is there anything about these days "
	       "that numbers do not show?";
}

static bool
is_open_note(const struct record *note)
{
	return record_text_is(note, NOTE_ITEM, CHECKIN_OPEN_ITEM);
}

static bool
asked_since(const struct book *book, int64_t since_ms)
{
	const struct record *const *notes;
	size_t count;

	notes = vault_list(book_vault(book), REC_NOTE, &count);
	while (count > 0 && notes[count - 1]->time_ms >= since_ms)
		if (is_open_note(notes[--count]))
			return true;
	return false;
}

bool
open_question_of(const struct book *book, const unsigned char *checkin)
{
	const struct record *const *notes;
	const unsigned char *of;
	size_t count, i;

	notes = vault_list(book_vault(book), REC_NOTE, &count);
	for (i = 0; i < count; i++) {
		of = record_id(notes[i], NOTE_OF);
		if (of != NULL && memcmp(of, checkin, EK_ID_LEN) == 0 &&
		    is_open_note(notes[i]))
			return true;
	}
	return false;
}

/* The measures of one check-in as 0 (bad end) .. 1; those without count not. */
static enum ek_err
good_of(const struct instrument *instrument, const struct record *rec,
    struct score *scores, size_t count, struct ek_why *why)
{
	struct answer answers[EK_MAP_MAX];
	struct record_pair pair;
	size_t at = 0, n = 0, i;
	enum ek_err err;

	while (
	    n < EK_MAP_MAX && record_map_next(rec, CHECKIN_ANSWERS, &at, &pair))
		answers[n++] =
		    (struct answer){pair.key, pair.key_len, pair.value};
	err = instrument_score(instrument, answers, n, scores, why);
	for (i = 0; err == EK_OK && i < count; i++) {
		const struct measure *m = scores[i].measure;

		if (!scores[i].known || m->neither || !(m->max > m->min)) {
			scores[i].known = false;
			continue;
		}
		scores[i].value =
		    (scores[i].value - m->min) / (m->max - m->min);
		if (!m->higher_is_better)
			scores[i].value = 1 - scores[i].value;
	}
	return err;
}

struct run {
	const struct record *recs[OPEN_QUESTION_RUN];
	size_t count;
};

/* The newest check-ins of the instrument, one a day, among the newest of all:
 * looking further back would cost every check-in the whole book. */
static void
last_run(const struct book *book, const char *name, struct run *ret)
{
	const struct record *const *list;
	size_t count, end, len;
	int64_t day, last = INT64_MAX;
	const char *local, *before = NULL;

	ret->count = 0;
	list = book_list(book, REC_CHECKIN, &count);
	end = count > LOOK_BACK ? count - LOOK_BACK : 0;
	while (count > end && ret->count < OPEN_QUESTION_RUN) {
		const struct record *rec = list[--count];

		local = record_text(rec, CHECKIN_LOCAL, &len);
		if (before != NULL && len >= CIVIL_DATE_LEN &&
		    memcmp(before, local, CIVIL_DATE_LEN) == 0)
			continue; /* the same day, seen without reading it */
		if (!record_text_is(rec, CHECKIN_INSTRUMENT, name) ||
		    !day_of_text(local, len, &day) || day >= last)
			continue;
		last = day;
		before = local;
		ret->recs[ret->count++] = rec;
	}
}

static bool
flat_and_high(const struct instrument *instrument, const struct run *run,
    struct score *scores, double *low, double *high, size_t count)
{
	size_t telling, i, k;

	for (k = 0; k < run->count; k++) {
		if (good_of(instrument, run->recs[k], scores, count, NULL) !=
		    EK_OK)
			return false;
		for (i = 0, telling = 0; i < count; i++) {
			if (!scores[i].known)
				continue;
			telling++;
			if (scores[i].value < HIGH - ROUNDING)
				return false;
			if (low[i] > scores[i].value)
				low[i] = scores[i].value;
			if (high[i] < scores[i].value)
				high[i] = scores[i].value;
			if (high[i] - low[i] > FLAT + ROUNDING)
				return false;
		}
		if (telling < TELLING)
			return false;
	}
	return true;
}

bool
open_question_due(const struct book *book, const struct instrument *instrument,
    int64_t now_ms)
{
	int64_t since_ms = now_ms - OPEN_QUESTION_DAYS * DAY_MS;
	struct score *scores;
	double *low, *high;
	struct run run;
	bool due = false;
	size_t count, i;

	last_run(book, instrument_name(instrument), &run);
	if (run.count < OPEN_QUESTION_RUN || run.recs[0]->time_ms < since_ms ||
	    asked_since(book, since_ms))
		return false;
	(void)instrument_measures(instrument, &count);
	scores = calloc(count + 1, sizeof(*scores));
	low = calloc(count + 1, sizeof(*low));
	high = calloc(count + 1, sizeof(*high));
	if (scores != NULL && low != NULL && high != NULL) {
		for (i = 0; i < count; i++)
			low[i] = 1;
		due = flat_and_high(instrument, &run, scores, low, high, count);
	}
	free(scores);
	free(low);
	free(high);
	return due;
}
