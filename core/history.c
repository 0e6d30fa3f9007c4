/*
 * history - rows of a person's CSV file as times and values.
 *
 * Every value is one entry of a flat list; sorted by time, equal times lie
 * together, so that doubles are found in one pass.  Nothing is given out
 * before the whole file was read and judged.
 */
#include "evenkeel/history.h"

#include <stdlib.h>
#include <string.h>

#include "history_in.h"

static int
moment_cmp(const struct moment *a, const struct moment *b)
{
	if (a->secs != b->secs)
		return a->secs < b->secs ? -1 : 1;
	return (int)a->timed - (int)b->timed;
}

static int
by_line(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = moment_cmp(&x->when, &y->when);

	if (order == 0)
		order = (x->line > y->line) - (x->line < y->line);
	return order != 0
		   ? order
		   : (x->measure > y->measure) - (x->measure < y->measure);
}

static int
by_measure(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = moment_cmp(&x->when, &y->when);

	if (order == 0)
		order = (x->measure > y->measure) - (x->measure < y->measure);
	return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static enum ek_err
refuse_double(
    const struct reading *in, const struct entry *a, const struct entry *b)
{
	return ek_why(in->why, EK_INVALID,
	    "%s: lines %u and %u are of the same %s but differ; keep one of "
	    "them",
	    in->how->what, (unsigned)(a->line < b->line ? a->line : b->line),
	    (unsigned)(a->line < b->line ? b->line : a->line),
	    a->when.timed ? "time" : "day");
}

/* Entries that stand together as one row of the wide form. */
static size_t
line_len(const struct history *history, size_t at)
{
	const struct entry *entries = history->entries;
	size_t i = at;

	while (i < history->entry_count &&
	       moment_cmp(&entries[i].when, &entries[at].when) == 0 &&
	       entries[i].line == entries[at].line)
		i++;
	return i - at;
}

static bool
lines_same(const struct entry *a, const struct entry *b, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (a[i].measure != b[i].measure || a[i].value != b[i].value)
			return false;
	return true;
}

/* Keeps of each time the first line; a later one must be the same. */
static enum ek_err
merge_wide(const struct reading *in)
{
	struct history *history = in->history;
	struct entry *entries = history->entries;
	size_t kept = 0, last = 0, last_len = 0, at, len;

	qsort(entries, history->entry_count, sizeof(*entries), by_line);
	for (at = 0; at < history->entry_count; at += len) {
		len = line_len(history, at);
		if (last_len > 0 &&
		    moment_cmp(&entries[at].when, &entries[last].when) == 0) {
			if (len != last_len ||
			    !lines_same(&entries[at], &entries[last], len))
				return refuse_double(
				    in, &entries[last], &entries[at]);
			history->same_rows++;
			continue;
		}
		memmove(&entries[kept], &entries[at], len * sizeof(*entries));
		last = kept;
		last_len = len;
		kept += len;
	}
	history->entry_count = kept;
	return EK_OK;
}

static enum ek_err
merge_long(const struct reading *in)
{
	struct history *history = in->history;
	struct entry *entries = history->entries;
	size_t kept = 0, at;

	qsort(entries, history->entry_count, sizeof(*entries), by_measure);
	for (at = 0; at < history->entry_count; at++) {
		struct entry *last = kept > 0 ? &entries[kept - 1] : NULL;

		if (last != NULL &&
		    moment_cmp(&last->when, &entries[at].when) == 0 &&
		    last->measure == entries[at].measure) {
			if (last->value != entries[at].value)
				return refuse_double(in, last, &entries[at]);
			history->same_rows++;
			continue;
		}
		entries[kept++] = entries[at];
	}
	history->entry_count = kept;
	return EK_OK;
}

/* Times follow each other now; values are named and cut into rows. */
static enum ek_err
make_rows(struct history *history)
{
	const struct entry *entries = history->entries;
	size_t i;

	history->values =
	    calloc(history->entry_count + 1, sizeof(*history->values));
	history->rows =
	    calloc(history->entry_count + 1, sizeof(*history->rows));
	if (history->values == NULL || history->rows == NULL)
		return EK_NOMEM;
	history->by_day = true;
	for (i = 0; i < history->entry_count; i++) {
		history->values[i].measure =
		    history->columns.measures.texts[entries[i].measure];
		history->values[i].value = entries[i].value;
		if (i == 0 ||
		    moment_cmp(&entries[i].when, &entries[i - 1].when) != 0) {
			history->rows[history->row_count].when =
			    entries[i].when;
			history->rows[history->row_count++].first = i;
		}
		history->rows[history->row_count - 1].count++;
		history->by_day = history->by_day && !entries[i].when.timed;
	}
	return EK_OK;
}

enum ek_err
history_read(const void *bytes, size_t len, const struct history_how *how,
    struct history **ret, struct ek_why *reterr_why)
{
	struct reading in = {.how = how, .why = reterr_why};
	struct csv *csv = NULL;
	enum ek_err err;

	in.history = calloc(1, sizeof(*in.history));
	if (in.history == NULL)
		return EK_NOMEM;
	err = csv_new(bytes, len, how->what, &csv, reterr_why);
	if (err == EK_OK)
		err = history_parse(&in, csv);
	csv_free(csv);
	if (err == EK_OK)
		err = in.history->columns.is_long ? merge_long(&in)
						  : merge_wide(&in);
	if (err == EK_OK)
		err = make_rows(in.history);
	free(in.history->entries);
	in.history->entries = NULL;
	if (err != EK_OK) {
		history_free(in.history);
		return err;
	}
	*ret = in.history;
	return EK_OK;
}

void
history_free(struct history *history)
{
	if (history == NULL)
		return;
	columns_done(&history->columns);
	free(history->entries);
	free(history->values);
	free(history->rows);
	free(history);
}

size_t
history_rows(const struct history *history)
{
	return history->row_count;
}

bool
history_by_day(const struct history *history)
{
	return history->by_day;
}

const struct history_value *
history_row(
    const struct history *history, size_t row, char *local, size_t *ret_count)
{
	const struct row *at = &history->rows[row];
	struct civil civil;

	civil_from_secs(at->when.secs, &civil);
	if (at->when.timed)
		civil_format_time(&civil, local);
	else
		civil_format_date(&civil, local);
	*ret_count = at->count;
	return &history->values[at->first];
}

size_t
history_empty_rows(const struct history *history)
{
	return history->empty_rows;
}

size_t
history_same_rows(const struct history *history)
{
	return history->same_rows;
}

const char *const *
history_measures(const struct history *history, size_t *ret_count)
{
	*ret_count = history->columns.measures.count;
	return (const char *const *)history->columns.measures.texts;
}

const char *const *
history_left_out(const struct history *history, size_t *ret_count)
{
	*ret_count = history->columns.left.count;
	return (const char *const *)history->columns.left.texts;
}

static enum ek_err
row_to_json(const struct history *history, size_t row, json_t *rows)
{
	char local[CIVIL_TIME_LEN + 1];
	const struct history_value *values;
	json_t *object = json_object(), *map = json_object();
	size_t count, i;
	int failed = 0;

	values = history_row(history, row, local, &count);
	for (i = 0; i < count; i++)
		failed |= json_object_set_new(
		    map, values[i].measure, json_from_double(values[i].value));
	failed |= json_object_set_new(object, "local", json_string(local));
	failed |= json_object_set_new(object, "values", map);
	failed |= json_array_append_new(rows, object);
	return failed != 0 ? EK_NOMEM : EK_OK;
}

enum ek_err
history_to_json(const struct history *history, json_t **ret)
{
	json_t *rows = json_array(), *body = json_object();
	enum ek_err err = rows == NULL || body == NULL ? EK_NOMEM : EK_OK;
	size_t i;

	for (i = 0; err == EK_OK && i < history->row_count; i++)
		err = row_to_json(history, i, rows);
	if (err != EK_OK) {
		json_decref(rows);
		json_decref(body);
		return err;
	}
	if (json_object_set_new(body, "rows", rows) != 0) {
		json_decref(body);
		return EK_NOMEM;
	}
	*ret = body;
	return EK_OK;
}
