/*
 * test_csv - numbers, the CSV reader, and history from a person's file.
 * tests/data/csv/expect.tsv says of each file how many rows it gives
 * ("= 3") or the words its refusal must hold.  Run from the top of the tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evenkeel/csv.h"
#include "evenkeel/history.h"
#include "evenkeel/limits.h"
#include "evenkeel/number.h"

#define DATA "tests/data/csv/"

static void
number_is(const char *text, double expected)
{
	double value = 99;

	if (!number_parse(text, strlen(text), &value) || value != expected)
		fail_msg("%s", text);
}

static void
test_number(void **state)
{
	static const char *const bad[] = {"", "-", "+1", " 1", "1 ", ".5", "5.",
	    "1e", "1e+", "e5", "--1", "0x1", "nan", "inf", "1_000", "1,5",
	    "1e999", "-1e999", "\xD9\xA1"};
	char longest[NUMBER_LEN_MAX + 2];
	double value = 99;
	size_t i;

	(void)state;
	number_is("0", 0);
	number_is("-0", 0);
	number_is("007", 7);
	number_is("6.5", 6.5);
	number_is("-3.25", -3.25);
	number_is("1e3", 1000);
	number_is("25E-1", 2.5);
	number_is("0.1", 0.1);
	number_is("1e-999", 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (number_parse(bad[i], strlen(bad[i]), &value))
			fail_msg("%s", bad[i]);
	assert_true(value == 99);
	memset(longest, '1', sizeof(longest));
	assert_true(number_parse(longest, NUMBER_LEN_MAX, &value));
	assert_false(number_parse(longest, NUMBER_LEN_MAX + 1, &value));
}

static void
written_is(double value, const char *expected)
{
	char text[NUMBER_LEN_MAX + 1];
	double back = 99;

	number_write(value, text);
	if (expected != NULL)
		assert_string_equal(text, expected);
	assert_true(number_parse(text, strlen(text), &back));
	assert_true(back == value);
}

static void
test_number_write(void **state)
{
	uint64_t bits = 0x9E3779B97F4A7C15U;
	double value;
	int i;

	(void)state;
	written_is(7, "7");
	written_is(6.4, "6.4");
	written_is(-0.1, "-0.1");
	written_is(0.1 + 0.2, "0.30000000000000004");
	written_is(1.0 / 3, "0.3333333333333333");
	written_is(1e300, "1e+300");
	written_is(5e-324, NULL);
	written_is(1.7976931348623157e308, NULL);
	for (i = 0; i < 100000; i++) {
		bits = bits * 6364136223846793005U + 1442695040888963407U;
		memcpy(&value, &bits, sizeof(value));
		if (isfinite(value))
			written_is(value, NULL);
	}
}

/* A locale that writes 3,5 changes nothing (skipped where there is none). */
static void
test_number_locale(void **state)
{
	(void)state;
	if (setlocale(LC_ALL, "de_DE.UTF-8") == NULL)
		skip();
	number_is("6.5", 6.5);
	written_is(6.5, "6.5");
	setlocale(LC_ALL, "C");
}

static struct csv *
csv_of(const char *text)
{
	struct csv *csv = NULL;

	assert_int_equal(
	    csv_new(text, strlen(text), "x.csv", &csv, NULL), EK_OK);
	return csv;
}

static void
next_is(struct csv *csv, size_t line, size_t count, const char *cells[])
{
	struct csv_row row;
	struct ek_why why = {""};
	size_t i;

	if (csv_next(csv, &row, &why) != EK_OK)
		fail_msg("%s", why.text);
	assert_int_equal(row.line, line);
	assert_int_equal(row.count, count);
	for (i = 0; i < count; i++) {
		assert_string_equal(row.cells[i].text, cells[i]);
		assert_int_equal(row.cells[i].len, strlen(cells[i]));
	}
}

static void
test_rows(void **state)
{
	struct csv *csv = csv_of("a,\"b \"\"q\"\"\",\r\n"
				 "\"1\n2\",\"x,y\",\"\"\r\n"
				 " 3 ,\xC3\xA4,z");
	struct csv_row row;

	(void)state;
	next_is(csv, 1, 3, (const char *[]){"a", "b \"q\"", ""});
	next_is(csv, 2, 3, (const char *[]){"1\n2", "x,y", ""});
	next_is(csv, 4, 3, (const char *[]){" 3 ", "\xC3\xA4", "z"});
	assert_int_equal(csv_next(csv, &row, NULL), EK_NOT_FOUND);
	assert_int_equal(csv_next(csv, &row, NULL), EK_NOT_FOUND);
	csv_free(csv);
	csv_free(NULL);
}

static void
test_failure_sticks(void **state)
{
	struct csv *csv = csv_of("a,b\nc\nd,e\n");
	struct csv_row row;

	(void)state;
	assert_int_equal(csv_next(csv, &row, NULL), EK_OK);
	assert_int_equal(csv_next(csv, &row, NULL), EK_INVALID);
	assert_int_equal(csv_next(csv, &row, NULL), EK_INVALID);
	csv_free(csv);
}

static void
test_write_cell(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 100);
	csv_write_cell(&buf, "plain", 5);
	buf_char(&buf, ',');
	csv_write_cell(&buf, "a,b", 3);
	buf_char(&buf, ',');
	csv_write_cell(&buf, "a\"b\n", 4);
	assert_string_equal(buf_text(&buf), "plain,\"a,b\",\"a\"\"b\n\"");
	buf_done(&buf);
}

/* Rows until the end or the first refusal. */
static enum ek_err
read_all(const char *text, size_t len, size_t *ret_rows)
{
	struct csv *csv = NULL;
	struct csv_row row;
	enum ek_err err;

	*ret_rows = 0;
	err = csv_new(text, len, "x.csv", &csv, NULL);
	while (err == EK_OK) {
		err = csv_next(csv, &row, NULL);
		*ret_rows += err == EK_OK;
	}
	csv_free(csv);
	return err;
}

static void
test_cell_limit(void **state)
{
	char text[EK_CSV_CELL_MAX + 10];
	size_t rows;

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(read_all(text, EK_CSV_CELL_MAX, &rows), EK_NOT_FOUND);
	assert_int_equal(
	    read_all(text, EK_CSV_CELL_MAX + 1, &rows), EK_TOO_LARGE);
	text[0] = text[EK_CSV_CELL_MAX + 1] = '"';
	assert_int_equal(
	    read_all(text, EK_CSV_CELL_MAX + 2, &rows), EK_NOT_FOUND);
	text[EK_CSV_CELL_MAX + 1] = 'x';
	text[EK_CSV_CELL_MAX + 2] = '"';
	assert_int_equal(
	    read_all(text, EK_CSV_CELL_MAX + 3, &rows), EK_TOO_LARGE);
}

static void
test_column_limit(void **state)
{
	char text[EK_CSV_COLUMNS_MAX + 1];
	size_t rows;

	(void)state;
	memset(text, ',', sizeof(text));
	assert_int_equal(
	    read_all(text, EK_CSV_COLUMNS_MAX - 1, &rows), EK_NOT_FOUND);
	assert_int_equal(
	    read_all(text, EK_CSV_COLUMNS_MAX, &rows), EK_TOO_LARGE);
}

static void
test_row_limit(void **state)
{
	size_t len = 2 * (EK_CSV_ROWS_MAX + 2), rows, i;
	char *text = malloc(len);

	(void)state;
	assert_non_null(text);
	for (i = 0; i < len; i++)
		text[i] = i % 2 == 0 ? 'x' : '\n';
	assert_int_equal(read_all(text, len - 2, &rows), EK_NOT_FOUND);
	assert_int_equal(rows, EK_CSV_ROWS_MAX + 1);
	assert_int_equal(read_all(text, len, &rows), EK_TOO_LARGE);
	free(text);
}

static void
test_size_limit(void **state)
{
	char *text = malloc(EK_CSV_MAX + 1);
	size_t rows;

	(void)state;
	assert_non_null(text);
	memset(text, '\n', EK_CSV_MAX + 1);
	memcpy(text, "a,b", 3);
	assert_int_equal(read_all(text, EK_CSV_MAX, &rows), EK_NOT_FOUND);
	assert_int_equal(read_all(text, EK_CSV_MAX + 1, &rows), EK_TOO_LARGE);
	free(text);
}

static const struct history_range ranges[] = {
    {"mood", 0, 10}, {"tense", 0, 10}, {"who5", 0, 100}};

static enum ek_err
history_of(const char *text, size_t len, const char *what,
    const struct history_map *maps, size_t map_count, struct history **ret,
    struct ek_why *why)
{
	static const struct civil last = {2026, 11, 24, 0, 0, 0};
	const struct history_how how = {
	    .what = what,
	    .maps = maps,
	    .map_count = map_count,
	    .ranges = ranges,
	    .range_count = sizeof(ranges) / sizeof(ranges[0]),
	    .last = &last,
	};

	return history_read(text, len, &how, ret, why);
}

/* One line a row: "2026-11-01 mood=5 tense=3\n". */
static void
expect_history(const char *text, const struct history_map *maps,
    size_t map_count, const char *expected)
{
	struct history *history = NULL;
	struct ek_why why = {""};
	char local[CIVIL_TIME_LEN + 1];
	struct buf buf;
	size_t count, i, j;

	if (history_of(text, strlen(text), "x.csv", maps, map_count, &history,
		&why) != EK_OK)
		fail_msg("%s", why.text);
	buf_init(&buf, 10000);
	for (i = 0; i < history_rows(history); i++) {
		const struct history_value *values =
		    history_row(history, i, local, &count);

		buf_str(&buf, local);
		for (j = 0; j < count; j++)
			buf_fmt(
			    &buf, " %s=%g", values[j].measure, values[j].value);
		buf_char(&buf, '\n');
	}
	assert_string_equal(buf_text(&buf), expected);
	buf_done(&buf);
	history_free(history);
}

static void
test_history(void **state)
{
	const struct history_map map = {"Life", "ons4.satisfied"};
	const struct history_map day = {"moment", "date"};

	(void)state;
	expect_history("date,mood,tense\n2026-11-02,6,\n2026-11-01,5.5,3\n",
	    NULL, 0, "2026-11-01 mood=5.5 tense=3\n2026-11-02 mood=6\n");
	expect_history("time,mood\n2026-11-01T23:30:00+08:00,5\n"
		       "2026-11-01,4\n2026-11-01T00:00,3\n",
	    NULL, 0,
	    "2026-11-01 mood=4\n2026-11-01T00:00:00 mood=3\n"
	    "2026-11-01T23:30:00 mood=5\n");
	expect_history("date,mood,life,note\n2026-11-01,5,7,words\n", &map, 1,
	    "2026-11-01 mood=5 ons4.satisfied=7\n");
	expect_history("time,moment,mood\nmorning,2026-11-01,5\n", &day, 1,
	    "2026-11-01 mood=5\n");
	expect_history("value,time,measure\n5,2026-11-01,tense\n"
		       "6,2026-11-01,mood\n5,2026-11-01,tense\n",
	    NULL, 0, "2026-11-01 tense=5 mood=6\n");
}

static void
test_history_says(void **state)
{
	const char *text = "date,mood,life,note\n2026-11-01,5,7,\n"
			   "2026-11-01,5,7,x\n2026-11-02,,,x\n,,,\n";
	const struct history_map map = {"LIFE", "life"};
	struct history *history = NULL;
	const char *const *names;
	struct buf buf;
	json_t *json = NULL;
	size_t count;

	(void)state;
	assert_int_equal(
	    history_of(text, strlen(text), "x", &map, 1, &history, NULL),
	    EK_OK);
	assert_int_equal(history_rows(history), 1);
	assert_int_equal(history_empty_rows(history), 2);
	assert_int_equal(history_same_rows(history), 1);
	assert_true(history_by_day(history));
	names = history_measures(history, &count);
	assert_int_equal(count, 2);
	assert_string_equal(names[1], "life");
	names = history_left_out(history, &count);
	assert_int_equal(count, 1);
	assert_string_equal(names[0], "note");
	assert_int_equal(history_to_json(history, &json), EK_OK);
	buf_init(&buf, 1000);
	assert_int_equal(json_write(json, &buf), EK_OK);
	assert_string_equal(buf_text(&buf),
	    "{\"rows\":[{\"local\":\"2026-11-01\",\"values\":"
	    "{\"mood\":5,\"life\":7}}]}");
	buf_done(&buf);
	json_decref(json);
	history_free(history);
	history_free(NULL);
}

static void
expect_map_refused(const char *column, const char *measure, const char *column2,
    const char *measure2, const char *words)
{
	const char *text = "date,mood,life,x1\n2026-11-01,5,7,1\n";
	const struct history_map maps[] = {
	    {column, measure}, {column2, measure2}};
	struct history *history = NULL;
	struct ek_why why = {""};

	assert_int_equal(history_of(text, strlen(text), "x", maps,
			     column2 == NULL ? 1 : 2, &history, &why),
	    EK_INVALID);
	assert_null(history);
	if (strstr(why.text, words) == NULL || strchr(why.text, ';') == NULL)
		fail_msg("%s", why.text);
}

static void
test_bad_maps(void **state)
{
	(void)state;
	expect_map_refused("sleep", "sleep", NULL, NULL, "no column sleep");
	expect_map_refused("", "sleep", NULL, NULL, "no column");
	expect_map_refused("life", "", NULL, NULL, "measure's name");
	expect_map_refused("life", "Two Words", NULL, NULL, "measure's name");
	expect_map_refused("life", "mood", NULL, NULL, "two columns");
	expect_map_refused("life", "a", "x1", "a", "two columns");
	expect_map_refused("life", "a", "life", "b", "mapped twice");
	expect_map_refused("life", "date", "x1", "time", "more than one");
	/* a mapped column has the range of what it becomes */
	expect_map_refused("mood", "who5", "date", "a", "no column named date");
}

/* As many rows as a file may have, the newest first. */
static void
test_many_rows(void **state)
{
	struct history *history = NULL;
	struct civil civil;
	struct buf buf;
	size_t i;

	(void)state;
	buf_init(&buf, EK_CSV_MAX);
	buf_str(&buf, "time,a\n");
	for (i = 0; i < EK_CSV_ROWS_MAX; i++) {
		char local[CIVIL_TIME_LEN + 1];

		civil_from_secs((int64_t)(EK_CSV_ROWS_MAX - i) * 60, &civil);
		civil_format_time(&civil, local);
		buf_fmt(&buf, "%s,%zu\n", local, i);
	}
	assert_int_equal(
	    history_of(buf.data, buf.len, "x", NULL, 0, &history, NULL), EK_OK);
	assert_int_equal(history_rows(history), EK_CSV_ROWS_MAX);
	history_free(history);
	buf_done(&buf);
}

static void
check_file(const char *name, const char *expected)
{
	static char bytes[100000];
	struct history *history = NULL;
	struct ek_why why = {""};
	char path[500];
	enum ek_err err;
	size_t len;
	FILE *file;

	snprintf(path, sizeof(path), DATA "%s", name);
	file = fopen(path, "rb");
	if (file == NULL)
		fail_msg("%s is not there", path);
	len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	err = history_of(bytes, len, name, NULL, 0, &history, &why);
	if (expected[0] == '=') {
		if (err != EK_OK)
			fail_msg("%s refused: %s", name, why.text);
		assert_int_equal(
		    history_rows(history), strtoul(expected + 1, NULL, 10));
		history_free(history);
		return;
	}
	if (err != EK_INVALID)
		fail_msg("%s was taken", name);
	assert_null(history);
	if (strstr(why.text, expected) == NULL ||
	    strstr(why.text, name) == NULL || strchr(why.text, ';') == NULL)
		fail_msg("\"%s\" not in \"%s\"", expected, why.text);
}

static void
test_files(void **state)
{
	FILE *list = fopen(DATA "expect.tsv", "r");
	char line[400];
	size_t count = 0;

	(void)state;
	assert_non_null(list);
	while (fgets(line, sizeof(line), list) != NULL) {
		char *tab = strchr(line, '\t');

		assert_non_null(tab);
		*tab = '\0';
		tab[strcspn(tab + 1, "\n") + 1] = '\0';
		check_file(line, tab + 1);
		count++;
	}
	fclose(list);
	assert_true(count > 80);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_number),
	    cmocka_unit_test(test_number_write),
	    cmocka_unit_test(test_number_locale),
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_failure_sticks),
	    cmocka_unit_test(test_write_cell),
	    cmocka_unit_test(test_cell_limit),
	    cmocka_unit_test(test_column_limit),
	    cmocka_unit_test(test_row_limit),
	    cmocka_unit_test(test_size_limit),
	    cmocka_unit_test(test_history),
	    cmocka_unit_test(test_history_says),
	    cmocka_unit_test(test_bad_maps),
	    cmocka_unit_test(test_many_rows),
	    cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
