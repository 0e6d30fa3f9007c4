/*
 * history_in - shared by history.c (rows), history_parse.c (cells) and
 * history_columns.c (what each column is); nobody else includes it.
 */
#ifndef EVENKEEL_CORE_HISTORY_IN_H
#define EVENKEEL_CORE_HISTORY_IN_H

#include "evenkeel/csv.h"
#include "evenkeel/history.h"
#include "evenkeel/limits.h"

enum column_role { COL_LEFT, COL_TIME, COL_VALUE, COL_NAME };

struct column {
	enum column_role role;
	size_t measure; /* index into names; VALUE of the wide form */
};

struct names { /* owned texts */
	size_t count;
	char *texts[EK_MAP_MAX];
};

struct columns {
	bool is_long; /* time, measure, value */
	size_t count;
	struct column at[EK_CSV_COLUMNS_MAX];
	struct names measures;
	struct names left;
};

/* Reads the heading.  columns_done frees, also after a failure. */
enum ek_err columns_read(struct columns *columns, const struct csv_row *head,
    const struct history_how *how, struct ek_why *why) EK_MUST_USE;
void columns_done(struct columns *columns);

/* The index of a name, added when new.  EK_TOO_LARGE past EK_MAP_MAX. */
enum ek_err names_index(
    struct names *names, const char *text, size_t len, size_t *ret) EK_MUST_USE;

/* Without the spaces and tabs around it. */
const char *trimmed(const struct csv_cell *cell, size_t *ret_len);

const struct history_range *range_of(
    const struct history_how *how, const char *measure);

struct moment {
	int64_t secs; /* wall clock */
	bool timed;   /* false: a day */
};

struct entry {
	struct moment when;
	uint32_t line;
	uint32_t measure;
	double value;
};

struct row {
	struct moment when;
	size_t first, count; /* in values */
};

struct history {
	struct columns columns;
	struct entry *entries; /* gone once values are made */
	size_t entry_count, entry_cap;
	struct history_value *values;
	struct row *rows;
	size_t row_count, empty_rows, same_rows;
	bool by_day;
};

struct reading {
	struct history *history;
	const struct history_how *how;
	struct ek_why *why;
};

/* Fills entries, in the file's order; at least one. */
enum ek_err history_parse(
    const struct reading *in, struct csv *csv) EK_MUST_USE;

#endif
