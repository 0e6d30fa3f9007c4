/*
 * history - values from before the program came, read from a CSV file.
 *
 * Two forms.  Wide: one column is the day or time (named date, time, day or
 * timestamp), the others are measures.  Long: the three columns time, measure
 * and value.  Nothing half: either all rows, or the reason why not.
 *
 * Rules: a time is kept as the wall clock that is written, its offset cut
 * off; an empty cell is missing, never nought; a row without any value is
 * left out; the same time twice is one row when its values are the same and
 * refused, with both lines, when they differ; a value of a measure the caller
 * knows lies in its range.  With mappings, only mapped columns and columns
 * that bear the name of a known measure are taken; the others are left out and
 * listed.
 */
#ifndef EVENKEEL_HISTORY_H
#define EVENKEEL_HISTORY_H

#include "evenkeel/civil.h"
#include "evenkeel/err.h"
#include "evenkeel/json.h"

struct history;

struct history_map { /* --map column=measure; a measure "date" is the time */
	const char *column;
	const char *measure;
};

struct history_range { /* a measure the program knows */
	const char *measure;
	double min, max;
};

struct history_how {
	const char *what; /* names the file in reasons */
	const struct history_map *maps;
	size_t map_count;
	const struct history_range *ranges;
	size_t range_count;
	const struct civil *last; /* no later day than this; NULL: any */
};

/* EK_INVALID or EK_TOO_LARGE with file, line, column and remedy.  Copies what
 * it needs.  Free with history_free(). */
enum ek_err history_read(const void *bytes, size_t len,
    const struct history_how *how, struct history **ret,
    struct ek_why *reterr_why) EK_MUST_USE;
void history_free(struct history *history);

struct history_value {
	const char *measure;
	double value;
};

/* Rows in ascending time, each once, each with at least one value. */
size_t history_rows(const struct history *history);
bool history_by_day(const struct history *history); /* no row has a time */
/* local has room for CIVIL_TIME_LEN + 1. *ret_count values are borrowed. */
const struct history_value *history_row(
    const struct history *history, size_t row, char *local, size_t *ret_count);
/* Rows of the file that held no value, and rows that stood there twice. */
size_t history_empty_rows(const struct history *history);
size_t history_same_rows(const struct history *history);
/* The names taken and the columns left out, in the file's order. */
const char *const *history_measures(
    const struct history *history, size_t *ret_count);
const char *const *history_left_out(
    const struct history *history, size_t *ret_count);

/* {"rows":[{"local":…,"values":{…}}…]} for POST /v1/history.  New
 * reference. */
enum ek_err history_to_json(
    const struct history *history, json_t **ret) EK_MUST_USE;

#endif
