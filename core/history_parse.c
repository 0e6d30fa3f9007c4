/*
 * history_parse - lines of a person's CSV file as entries: one time, one
 * measure, one value each.  Strict about every cell; knows nothing of other
 * lines.
 */
#include <stdlib.h>
#include <string.h>

#include "evenkeel/instrument.h"
#include "evenkeel/number.h"
#include "history_in.h"

#define YEAR_MIN 1900 /* an earlier one is a slip of the pen */

static enum ek_err
entry_add(struct history *history, const struct entry *entry)
{
	size_t cap = history->entry_cap;
	struct entry *bigger;

	if (history->entry_count == cap) {
		cap = cap == 0 ? 256 : cap * 2;
		bigger = realloc(history->entries, cap * sizeof(*bigger));
		if (bigger == NULL)
			return EK_NOMEM;
		history->entries = bigger;
		history->entry_cap = cap;
	}
	history->entries[history->entry_count++] = *entry;
	return EK_OK;
}

/* "2026-11-03", "2026-11-03T08:00[:00[.5]]" with "T" or a space, RFC 3339
 * with its offset cut off: the wall clock as written. */
static bool
moment_parse(const char *text, size_t len, struct moment *ret)
{
	char copy[48];
	struct civil civil;
	int64_t utc;
	int offset;

	if (len < CIVIL_DATE_LEN || len > sizeof(copy) - 2)
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	ret->timed = len > CIVIL_DATE_LEN;
	if (!ret->timed) {
		if (!civil_parse_date(copy, &civil))
			return false;
		ret->secs = civil_secs(&civil);
		return true;
	}
	if (copy[CIVIL_DATE_LEN] == ' ' || copy[CIVIL_DATE_LEN] == 't')
		copy[CIVIL_DATE_LEN] = 'T';
	if (civil_parse_time(copy, &civil)) {
		ret->secs = civil_secs(&civil);
		return true;
	}
	if (!civil_parse_rfc3339(copy, &utc, &offset)) {
		memcpy(copy + len, "Z", 2); /* fractions without an offset */
		if (!civil_parse_rfc3339(copy, &utc, &offset))
			return false;
	}
	ret->secs = utc + offset;
	return true;
}

static enum ek_err
read_moment(const struct reading *in, const struct csv_row *row, size_t column,
    struct moment *ret)
{
	struct civil civil;
	size_t len;
	const char *text = trimmed(&row->cells[column], &len);

	if (!moment_parse(text, len, ret))
		return ek_why(in->why, EK_INVALID,
		    "%s: line %zu, column %zu is not a day as 2026-11-03 or a "
		    "time as 2026-11-03T08:00; correct it",
		    in->how->what, row->line, column + 1);
	civil_from_secs(ret->secs, &civil);
	if (civil.year < YEAR_MIN)
		return ek_why(in->why, EK_INVALID,
		    "%s: line %zu, column %zu is before %d; write the year in "
		    "four digits",
		    in->how->what, row->line, column + 1, YEAR_MIN);
	if (in->how->last != NULL &&
	    civil_days(civil.year, civil.month, civil.day) >
		civil_days(in->how->last->year, in->how->last->month,
		    in->how->last->day))
		return ek_why(in->why, EK_INVALID,
		    "%s: line %zu, column %zu lies in the future; correct the "
		    "date",
		    in->how->what, row->line, column + 1);
	return EK_OK;
}

static enum ek_err
check_range(const struct reading *in, const struct csv_row *row, size_t column,
    const struct entry *entry)
{
	const char *measure =
	    in->history->columns.measures.texts[entry->measure];
	const struct history_range *range = range_of(in->how, measure);

	if (range == NULL ||
	    (entry->value >= range->min && entry->value <= range->max))
		return EK_OK;
	return ek_why(in->why, EK_INVALID,
	    "%s: line %zu, column %zu lies outside %g to %g, the range of %s; "
	    "correct or scale it, or give the column another name by --map",
	    in->how->what, row->line, column + 1, range->min, range->max,
	    measure);
}

/* An empty cell is missing: *ret_given says so. */
static enum ek_err
read_value(const struct reading *in, const struct csv_row *row, size_t column,
    struct entry *entry, bool *ret_given)
{
	size_t len;
	const char *text = trimmed(&row->cells[column], &len);

	*ret_given = len > 0;
	if (len == 0)
		return EK_OK;
	if (!number_parse(text, len, &entry->value))
		return ek_why(in->why, EK_INVALID,
		    "%s: line %zu, column %zu is not a number as 7 or 6.5; "
		    "correct it, leave it empty if it is missing, or choose "
		    "other columns by --map COLUMN=MEASURE",
		    in->how->what, row->line, column + 1);
	return check_range(in, row, column, entry);
}

static bool
row_is_blank(const struct csv_row *row)
{
	size_t i, len;

	for (i = 0; i < row->count; i++) {
		trimmed(&row->cells[i], &len);
		if (len > 0)
			return false;
	}
	return true;
}

static size_t
column_of(const struct columns *columns, enum column_role role)
{
	size_t i = 0;

	while (columns->at[i].role != role)
		i++;
	return i;
}

static enum ek_err
read_name(
    const struct reading *in, const struct csv_row *row, struct entry *entry)
{
	struct columns *columns = &in->history->columns;
	size_t column = column_of(columns, COL_NAME);
	size_t len, index;
	const char *text = trimmed(&row->cells[column], &len);
	enum ek_err err;

	if (!measure_name_ok(text, len))
		return ek_why(in->why, EK_INVALID,
		    "%s: line %zu, column %zu is not a measure's name; use "
		    "small letters, digits, dots and hyphens, a letter first",
		    in->how->what, row->line, column + 1);
	err = names_index(&columns->measures, text, len, &index);
	if (err == EK_TOO_LARGE)
		return ek_why(in->why, err,
		    "%s has more than %d measures; split it", in->how->what,
		    EK_MAP_MAX);
	entry->measure = (uint32_t)index;
	return err;
}

static enum ek_err
read_long(
    const struct reading *in, const struct csv_row *row, struct entry *entry)
{
	size_t column = column_of(&in->history->columns, COL_VALUE);
	bool given = false;
	enum ek_err err;

	err = read_name(in, row, entry);
	if (err == EK_OK)
		err = read_value(in, row, column, entry, &given);
	if (err == EK_OK && given)
		err = entry_add(in->history, entry);
	in->history->empty_rows += err == EK_OK && !given;
	return err;
}

static enum ek_err
read_wide(
    const struct reading *in, const struct csv_row *row, struct entry *entry)
{
	const struct columns *columns = &in->history->columns;
	enum ek_err err = EK_OK;
	size_t values = 0, i;
	bool given;

	for (i = 0; err == EK_OK && i < columns->count; i++) {
		if (columns->at[i].role != COL_VALUE)
			continue;
		entry->measure = (uint32_t)columns->at[i].measure;
		err = read_value(in, row, i, entry, &given);
		if (err == EK_OK && given) {
			err = entry_add(in->history, entry);
			values++;
		}
	}
	in->history->empty_rows += err == EK_OK && values == 0;
	return err;
}

static enum ek_err
read_row(const struct reading *in, const struct csv_row *row)
{
	struct columns *columns = &in->history->columns;
	struct entry entry = {.line = (uint32_t)row->line};
	enum ek_err err;

	if (row_is_blank(row)) {
		in->history->empty_rows++;
		return EK_OK;
	}
	err = read_moment(in, row, column_of(columns, COL_TIME), &entry.when);
	if (err != EK_OK)
		return err;
	return columns->is_long ? read_long(in, row, &entry)
				: read_wide(in, row, &entry);
}

enum ek_err
history_parse(const struct reading *in, struct csv *csv)
{
	struct csv_row row;
	enum ek_err err;

	err = csv_next(csv, &row, in->why);
	if (err == EK_NOT_FOUND)
		return ek_why(in->why, EK_INVALID,
		    "%s is empty; give a first line with the columns' names, "
		    "and then one line for each day",
		    in->how->what);
	if (err == EK_OK)
		err =
		    columns_read(&in->history->columns, &row, in->how, in->why);
	while (err == EK_OK) {
		err = csv_next(csv, &row, in->why);
		if (err == EK_OK)
			err = read_row(in, &row);
	}
	if (err != EK_NOT_FOUND)
		return err;
	if (in->history->entry_count == 0)
		return ek_why(in->why, EK_INVALID,
		    "%s holds no value at all; give one line for each day",
		    in->how->what);
	return EK_OK;
}
