/*
 * fuzz_csv - any bytes are refused with a line and a remedy, or are rows that
 * read the same when written again; and history read from them is in order,
 * in range, without doubles, and reads the same when written again.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evenkeel/csv.h"
#include "evenkeel/history.h"
#include "evenkeel/instrument.h"
#include "evenkeel/limits.h"
#include "evenkeel/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
check_why(enum ek_err err, const struct ek_why *why)
{
	must(err == EK_INVALID || err == EK_TOO_LARGE);
	must(strncmp(why->text, "x.csv", 5) == 0);
	must(strchr(why->text, ';') != NULL);
	must(text_plain_ok(why->text, strlen(why->text)));
}

/* Reads all rows and writes them as ours; false when refused. */
static bool
rewrite(const void *data, size_t size, struct buf *ret)
{
	struct csv *csv = NULL;
	struct ek_why why = {""};
	struct csv_row row;
	size_t columns = 0, line = 0, i;
	enum ek_err err;

	err = csv_new(data, size, "x.csv", &csv, &why);
	while (err == EK_OK) {
		err = csv_next(csv, &row, &why);
		if (err != EK_OK)
			break;
		must(row.count > 0 && row.count <= EK_CSV_COLUMNS_MAX);
		must(columns == 0 || row.count == columns);
		must(row.line > line);
		columns = row.count;
		line = row.line;
		for (i = 0; i < row.count; i++) {
			const struct csv_cell *cell = &row.cells[i];

			must(cell->len <= EK_CSV_CELL_MAX);
			must(strlen(cell->text) == cell->len);
			must(text_utf8_ok(cell->text, cell->len, NULL));
			if (i > 0)
				buf_char(ret, ',');
			/* a lone empty cell would be an empty line */
			if (row.count == 1 && cell->len == 0)
				buf_str(ret, "\"\"");
			else
				csv_write_cell(ret, cell->text, cell->len);
		}
		buf_str(ret, "\r\n");
	}
	csv_free(csv);
	if (err != EK_NOT_FOUND)
		check_why(err, &why);
	return err == EK_NOT_FOUND;
}

/* U+FEFF in the first cell would be taken for a BOM when written again. */
static bool
begins_with_bom(const struct buf *buf)
{
	return strncmp(buf_text(buf), "\xEF\xBB\xBF", 3) == 0;
}

static void
check_rows(const uint8_t *data, size_t size)
{
	struct buf once, twice;

	buf_init(&once, 4 * EK_CSV_MAX);
	buf_init(&twice, 4 * EK_CSV_MAX);
	if (rewrite(data, size, &once) && !begins_with_bom(&once)) {
		must(rewrite(once.data, once.len, &twice));
		must(once.len == twice.len);
		must(once.len == 0 ||
		     memcmp(once.data, twice.data, once.len) == 0);
	}
	buf_done(&once);
	buf_done(&twice);
}

static const struct history_range ranges[] = {
    {"mood", 0, 10}, {"tense", -5, 5}};

static enum ek_err
read_history(
    const void *data, size_t size, struct history **ret, struct ek_why *why)
{
	static const struct civil last = {2026, 11, 24, 0, 0, 0};
	static const struct history_map map = {"b", "mood"};
	const struct history_how how = {
	    .what = "x.csv",
	    .maps = &map,
	    .map_count = size % 2,
	    .ranges = ranges,
	    .range_count = 2,
	    .last = &last,
	};

	return history_read(data, size, &how, ret, why);
}

/* As a file of the long form, times and values to the last bit. */
static void
write_history(const struct history *history, struct buf *ret)
{
	char local[CIVIL_TIME_LEN + 1], before[CIVIL_TIME_LEN + 1] = "";
	const struct history_value *values;
	size_t count, i, j;

	buf_str(ret, "time,measure,value\n");
	for (i = 0; i < history_rows(history); i++) {
		values = history_row(history, i, local, &count);
		must(count > 0 && count <= EK_MAP_MAX);
		must(strcmp(before, local) < 0);
		memcpy(before, local, sizeof(before));
		for (j = 0; j < count; j++) {
			must(isfinite(values[j].value));
			must(measure_name_ok(
			    values[j].measure, strlen(values[j].measure)));
			if (strcmp(values[j].measure, "mood") == 0)
				must(values[j].value >= 0 &&
				     values[j].value <= 10);
			buf_fmt(ret, "%s,%s,%.17g\n", local, values[j].measure,
			    values[j].value);
		}
	}
}

static bool
holds_value(const struct history_value *values, size_t count,
    const struct history_value *wanted)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(values[i].measure, wanted->measure) == 0)
			return values[i].value == wanted->value;
	return false;
}

/* The order within a row is that of the columns, which may differ. */
static void
must_be_same(const struct history *a, const struct history *b)
{
	char local_a[CIVIL_TIME_LEN + 1], local_b[CIVIL_TIME_LEN + 1];
	const struct history_value *values_a, *values_b;
	size_t count_a, count_b, i, j;

	must(history_rows(a) == history_rows(b));
	for (i = 0; i < history_rows(a); i++) {
		values_a = history_row(a, i, local_a, &count_a);
		values_b = history_row(b, i, local_b, &count_b);
		must(strcmp(local_a, local_b) == 0 && count_a == count_b);
		for (j = 0; j < count_a; j++)
			must(holds_value(values_b, count_b, &values_a[j]));
	}
}

static void
check_history(const uint8_t *data, size_t size)
{
	struct history *history = NULL, *again = NULL;
	struct ek_why why = {""};
	struct buf bytes;
	enum ek_err err;

	err = read_history(data, size, &history, &why);
	if (err != EK_OK) {
		must(history == NULL);
		/* a map's reason may begin with the column */
		must(strchr(why.text, ';') != NULL);
		return;
	}
	buf_init(&bytes, 16 * EK_CSV_MAX);
	write_history(history, &bytes);
	if (bytes.len % 2 == 1) /* an even size has no map */
		buf_char(&bytes, '\n');
	must(read_history(bytes.data, bytes.len, &again, &why) == EK_OK);
	must(history_same_rows(again) == 0);
	must_be_same(history, again);
	buf_done(&bytes);
	history_free(history);
	history_free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_rows(data, size);
	check_history(data, size);
	return 0;
}
