/*
 * test_instrument - the shipped instruments, the scoring rules, and 150 ways
 * of being wrong (tests/data/instruments/bad; expect.tsv says which path the
 * refusal must name).  Run from the top of the tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evenkeel/instrument.h"

#define BAD "tests/data/instruments/bad/"

/* Caller frees. */
static char *
slurp(const char *path, size_t *ret_len)
{
	FILE *file = fopen(path, "rb");
	char *text;
	long size;

	if (file == NULL)
		fail_msg("%s is not there; run from the top", path);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	assert_true(size >= 0);
	rewind(file);
	text = malloc((size_t)size + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)size, file), size);
	text[size] = '\0';
	fclose(file);
	*ret_len = (size_t)size;
	return text;
}

static struct instrument *
load(const char *path)
{
	struct instrument *instrument = NULL;
	struct ek_why why = {""};
	size_t len;
	char *text = slurp(path, &len);
	enum ek_err err;

	err = instrument_parse(text, len, path, &instrument, &why);
	if (err != EK_OK)
		fail_msg("%s", why.text);
	free(text);
	return instrument;
}

/* "a=1,b=2" into answers that borrow from text. */
static size_t
answers_of(const char *text, struct answer *answers)
{
	size_t count = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, "=");
		char *end;

		answers[count].id = text;
		answers[count].id_len = len;
		answers[count++].value = strtod(text + len + 1, &end);
		text = *end == ',' ? end + 1 : end;
	}
	return count;
}

static enum ek_err
score(const struct instrument *instrument, const char *text,
    struct score *scores, struct ek_why *why)
{
	struct answer answers[64];
	size_t count = answers_of(text, answers);

	return instrument_score(instrument, answers, count, scores, why);
}

static void
expect_who5(const struct instrument *who5, const char *answers, double raw,
    double value, const char *band)
{
	struct score scores[1];

	assert_int_equal(score(who5, answers, scores, NULL), EK_OK);
	assert_true(scores[0].known);
	assert_string_equal(scores[0].measure->name, "who5");
	assert_true(scores[0].raw == raw);
	assert_true(scores[0].value == value);
	assert_string_equal(scores[0].band, band);
}

static void
test_who5_bands(void **state)
{
	struct instrument *who5 = load("share/instruments/who-5.json");

	(void)state;
	expect_who5(who5, "who5-1=0,who5-2=0,who5-3=0,who5-4=0,who5-5=0", 0, 0,
	    "very low");
	expect_who5(who5, "who5-1=5,who5-2=2,who5-3=0,who5-4=0,who5-5=0", 7, 28,
	    "very low");
	expect_who5(
	    who5, "who5-1=5,who5-2=3,who5-3=0,who5-4=0,who5-5=0", 8, 32, "low");
	expect_who5(who5, "who5-5=2,who5-2=2,who5-3=2,who5-4=3,who5-1=3", 12,
	    48, "low");
	expect_who5(who5, "who5-1=3,who5-2=3,who5-3=2,who5-4=3,who5-5=2", 13,
	    52, "adequate");
	expect_who5(who5, "who5-1=5,who5-2=5,who5-3=5,who5-4=5,who5-5=5", 25,
	    100, "adequate");
	instrument_free(who5);
}

static void
test_who5_is_as_published(void **state)
{
	static const char *const texts[] = {
	    "I have felt cheerful and in good spirits.",
	    "I have felt calm and relaxed.",
	    "I have felt active and vigorous.",
	    "I woke up feeling fresh and rested.",
	    "My daily life has been filled with things that interest me.",
	};
	static const char *const options[] = {
	    "All of the time",
	    "Most of the time",
	    "More than half of the time",
	    "Less than half of the time",
	    "Some of the time",
	    "At no time",
	};
	struct instrument *who5 = load("share/instruments/who-5.json");
	const struct item *items;
	size_t count, i, j;

	(void)state;
	assert_false(instrument_on(who5));
	assert_true(instrument_validated(who5));
	assert_non_null(
	    strstr(instrument_copyright(who5), "CC BY-NC-SA 3.0 IGO"));
	assert_string_equal(instrument_intro(who5), "Over the last two weeks.");
	items = instrument_items(who5, &count);
	assert_int_equal(count, 5);
	for (i = 0; i < 5; i++) {
		assert_string_equal(items[i].text, texts[i]);
		assert_int_equal(items[i].option_count, 6);
		for (j = 0; j < 6; j++) {
			assert_string_equal(
			    items[i].options[j].text, options[j]);
			assert_true(items[i].options[j].value == 5 - (double)j);
		}
	}
	instrument_free(who5);
}

/* All five are needed; a missing one gives no score, not a lower one. */
static void
test_who5_needs_all(void **state)
{
	struct instrument *who5 = load("share/instruments/who-5.json");
	struct score scores[1];
	struct buf buf;
	json_t *json;

	(void)state;
	assert_int_equal(
	    score(who5, "who5-1=3,who5-2=3,who5-3=2,who5-4=3", scores, NULL),
	    EK_OK);
	assert_false(scores[0].known);
	assert_null(scores[0].band);
	json = instrument_scores_json(scores, 1);
	buf_init(&buf, 1000);
	assert_int_equal(json_write(json, &buf), EK_OK);
	assert_string_equal(buf_text(&buf),
	    "{\"scores\":[{\"measure\":\"who5\",\"raw\":null,\"value\":null,"
	    "\"band\":null}]}");
	buf_done(&buf);
	json_decref(json);
	instrument_free(who5);
}

static void
test_fixed_json(void **state)
{
	struct instrument *who5 = load("share/instruments/who-5.json");
	struct score scores[1];
	struct buf buf;
	json_t *json;

	(void)state;
	assert_int_equal(
	    score(who5, "who5-1=3,who5-2=3,who5-3=2,who5-4=3,who5-5=2", scores,
		NULL),
	    EK_OK);
	json = instrument_scores_json(scores, 1);
	buf_init(&buf, 1000);
	assert_int_equal(json_write(json, &buf), EK_OK);
	assert_string_equal(buf_text(&buf),
	    "{\"scores\":[{\"measure\":\"who5\",\"raw\":13,\"value\":52,"
	    "\"band\":\"adequate\"}]}");
	buf_done(&buf);
	json_decref(json);
	instrument_free(who5);
}

static void
expect_refused(
    const struct instrument *instrument, const char *answers, const char *words)
{
	struct score scores[16];
	struct ek_why why = {""};

	memset(scores, 0x55, sizeof(scores));
	assert_int_equal(score(instrument, answers, scores, &why), EK_INVALID);
	if (strstr(why.text, words) == NULL || strchr(why.text, ';') == NULL)
		fail_msg("%s: \"%s\" not in \"%s\"", answers, words, why.text);
	assert_int_equal(*(unsigned char *)scores, 0x55);
}

static void
test_bad_answers(void **state)
{
	struct instrument *who5 = load("share/instruments/who-5.json");
	struct instrument *pulse = load("share/instruments/pulse.json");
	struct instrument *wave = load("share/instruments/wave.json");

	(void)state;
	expect_refused(who5, "who5-1=6", "who5-1");
	expect_refused(who5, "who5-1=-1", "who5-1");
	expect_refused(who5, "who5-1=2.5", "who5-1");
	expect_refused(who5, "who5-1=nan", "who5-1");
	expect_refused(who5, "who5-1=inf", "who5-1");
	expect_refused(who5, "who5-1=1,who5-1=1", "twice");
	expect_refused(who5, "who5-1=1,who5-9=1,who5-2=1", "answer 2");
	expect_refused(who5, "who5-6=1", "who-5");
	expect_refused(who5, "who5=1", "who-5");
	expect_refused(who5, "=1", "who-5");
	expect_refused(pulse, "mood=11", "0 to 10");
	expect_refused(pulse, "mood=-1", "0 to 10");
	expect_refused(pulse, "mood=4.5", "whole");
	expect_refused(wave, "role=1", "words");
	instrument_free(who5);
	instrument_free(pulse);
	instrument_free(wave);
}

static void
check_measures(const char *path, const char *names, double max)
{
	struct instrument *instrument = load(path);
	const struct measure *measures;
	char all[400] = "";
	size_t count, i;

	measures = instrument_measures(instrument, &count);
	for (i = 0; i < count; i++) {
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s%s",
		    i > 0 ? " " : "", measures[i].name,
		    measures[i].neither            ? "~"
		    : measures[i].higher_is_better ? "+"
						   : "-");
		assert_true(measures[i].min == 0);
		assert_true(measures[i].max == max);
	}
	assert_string_equal(all, names);
	assert_non_null(instrument_citation(instrument));
	assert_string_equal(instrument_language(instrument), "en");
	instrument_free(instrument);
}

static void
test_measures_of_shipped(void **state)
{
	(void)state;
	check_measures("share/instruments/pulse.json",
	    "mood+ energy+ tense- pressure~ helpful+", 10);
	check_measures("share/instruments/work-check.json",
	    "support+ role+ voice+ respect+ room+ growth+ meaning+", 10);
	check_measures("share/instruments/ons4.json",
	    "ons4.satisfied+ ons4.worthwhile+ ons4.happy+ ons4.anxious-", 10);
	check_measures("share/instruments/who-5.json", "who5+", 100);
	check_measures("share/instruments/wave.json", "", 0);
}

static void
test_ours_are_marked(void **state)
{
	static const char *const paths[] = {"share/instruments/pulse.json",
	    "share/instruments/work-check.json", "share/instruments/wave.json"};
	struct instrument *instrument;
	const struct item *items;
	size_t count, i, j;

	(void)state;
	for (i = 0; i < 3; i++) {
		instrument = load(paths[i]);
		assert_false(instrument_validated(instrument));
		assert_true(instrument_on(instrument));
		assert_non_null(
		    strstr(instrument_citation(instrument), "not validated"));
		items = instrument_items(instrument, &count);
		for (j = 0; j < count && i < 2; j++) {
			assert_int_equal(items[j].type, ITEM_SCALE);
			assert_non_null(items[j].low_text);
			assert_non_null(items[j].high_text);
			assert_false(items[j].required);
		}
		instrument_free(instrument);
	}
}

static void
expect_band(const struct instrument *instrument, const char *answer,
    size_t which, const char *band)
{
	struct score scores[16];

	assert_int_equal(score(instrument, answer, scores, NULL), EK_OK);
	assert_true(scores[which].known);
	assert_string_equal(scores[which].band, band);
}

static void
test_ons4_bands(void **state)
{
	struct instrument *ons4 = load("share/instruments/ons4.json");
	struct score scores[4];

	(void)state;
	expect_band(ons4, "ons4.happy=0", 2, "low");
	expect_band(ons4, "ons4.happy=4", 2, "low");
	expect_band(ons4, "ons4.happy=5", 2, "medium");
	expect_band(ons4, "ons4.satisfied=6", 0, "medium");
	expect_band(ons4, "ons4.satisfied=7", 0, "high");
	expect_band(ons4, "ons4.worthwhile=8", 1, "high");
	expect_band(ons4, "ons4.worthwhile=9", 1, "very high");
	expect_band(ons4, "ons4.anxious=1", 3, "very low");
	expect_band(ons4, "ons4.anxious=2", 3, "low");
	expect_band(ons4, "ons4.anxious=4", 3, "medium");
	expect_band(ons4, "ons4.anxious=6", 3, "high");
	expect_band(ons4, "ons4.anxious=10", 3, "high");
	assert_int_equal(score(ons4, "ons4.happy=5", scores, NULL), EK_OK);
	assert_false(scores[0].known);
	instrument_free(ons4);
}

/* Words, group, reversed item, sum: tests/data/instruments/small.json. */
static void
check_small(const char *path)
{
	struct instrument *small = load(path);
	const struct item *items;
	struct score scores[1];
	size_t count;

	assert_string_equal(instrument_intro(small), "Words.");
	items = instrument_items(small, &count);
	assert_int_equal(count, 3);
	assert_string_equal(items[1].text, "Section\nSecond?");
	assert_string_equal(items[1].low_text, "none");
	assert_string_equal(items[1].high_text, "much");
	assert_int_equal(items[2].type, ITEM_TEXT);
	assert_int_equal(score(small, "a=2,b=3", scores, NULL), EK_OK);
	assert_true(scores[0].value == 2 + 7);
	assert_string_equal(scores[0].band, "many");
	assert_int_equal(score(small, "a=1,b=10", scores, NULL), EK_OK);
	assert_true(scores[0].value == 1);
	assert_string_equal(scores[0].band, "few");
	instrument_free(small);
}

static void
test_small(void **state)
{
	(void)state;
	check_small("tests/data/instruments/small.json");
	/* the ordinal values beside the codings, as form builders write them */
	check_small("tests/data/instruments/small-beside.json");
}

/* Builds n scales q1…, one measure over them. */
static void
many(struct buf *buf, const char *method, int n, const char *more)
{
	int i;

	buf_str(buf,
	    "{\"resourceType\":\"Questionnaire\",\"id\":\"m\",\"title\":\"M\","
	    "\"status\":\"draft\",\"version\":\"1\",\"language\":\"en\","
	    "\"copyright\":\"c\",\"item\":[");
	for (i = 1; i <= n; i++)
		buf_fmt(buf,
		    "%s{\"linkId\":\"q%d\",\"type\":\"integer\",\"text\":\"?\","
		    "\"extension\":[{\"url\":\"http://hl7.org/fhir/"
		    "StructureDefinition/minValue\",\"valueInteger\":1},"
		    "{\"url\":\"http://hl7.org/fhir/StructureDefinition/"
		    "maxValue\",\"valueInteger\":5}]}",
		    i > 1 ? "," : "", i);
	buf_fmt(buf,
	    "],\"extension\":[{\"url\":\"https://evenkeel.invalid/fhir/scoring"
	    "\",\"extension\":[{\"url\":\"validated\",\"valueBoolean\":false},"
	    "{\"url\":\"citation\",\"valueString\":\"c\"},{\"url\":\"measure\","
	    "\"extension\":[{\"url\":\"name\",\"valueString\":\"x\"},{\"url\":"
	    "\"method\",\"valueCode\":\"%s\"},{\"url\":\"direction\","
	    "\"valueCode\":\"lower\"}%s",
	    method, more);
	for (i = 1; i <= n; i++)
		buf_fmt(buf, ",{\"url\":\"item\",\"valueString\":\"q%d\"}", i);
	buf_str(buf, "]}]}]}");
}

static void
check_many(const char *method, const char *more, const char *answers,
    double raw, double value)
{
	struct instrument *instrument = NULL;
	struct ek_why why = {""};
	struct score scores[1];
	struct buf buf;

	buf_init(&buf, EK_INSTRUMENT_MAX);
	many(&buf, method, 4, more);
	if (instrument_parse(buf.data, buf.len, "m.json", &instrument, &why) !=
	    EK_OK)
		fail_msg("%s", why.text);
	assert_int_equal(score(instrument, answers, scores, NULL), EK_OK);
	assert_int_equal(scores[0].known, !isnan(value));
	if (!isnan(value)) {
		assert_true(scores[0].raw == raw);
		assert_true(scores[0].value == value);
	}
	buf_done(&buf);
	instrument_free(instrument);
}

static void
test_methods(void **state)
{
	const char *half = ",{\"url\":\"needs\",\"valueInteger\":2}";
	const char *ten = ",{\"url\":\"multiplier\",\"valueDecimal\":2.5}";

	(void)state;
	check_many("sum", "", "q1=1,q2=2,q3=3,q4=5", 11, 11);
	check_many("mean", "", "q1=1,q2=2,q3=3,q4=5", 2.75, 2.75);
	check_many("mean", ten, "q1=1,q2=2,q3=3,q4=5", 2.75, 6.875);
	check_many("sum", ten, "q1=5,q2=5,q3=5,q4=5", 20, 50);
	check_many("sum", "", "q1=1,q2=2,q3=3", 0, NAN);
	check_many("mean", "", "", 0, NAN);
	check_many("sum", half, "q1=1,q4=2", 6, 6);
	check_many("sum", half, "q1=1", 0, NAN);
	check_many("mean", half, "q1=1,q4=2", 1.5, 1.5);
	check_many("mean", half, "q1=1,q2=2,q4=5", 8.0 / 3, 8.0 / 3);
}

#define UP_TO(decimal, name)                                                   \
	",{\"url\":\"band\",\"extension\":[{\"url\":\"upTo\","                 \
	"\"valueDecimal\":" decimal                                            \
	"},{\"url\":\"name\",\"valueString\":\"" name "\"}]}"

static void
check_decimal_bands(
    int n, const char *more, const char *answers, const char *band, bool taken)
{
	struct instrument *instrument = NULL;
	struct ek_why why = {""};
	struct score scores[1];
	struct buf buf;
	enum ek_err err;

	buf_init(&buf, EK_INSTRUMENT_MAX);
	many(&buf, "sum", n, more);
	err = instrument_parse(buf.data, buf.len, "m.json", &instrument, &why);
	buf_done(&buf);
	assert_int_equal(err == EK_OK, taken);
	if (!taken)
		return;
	assert_int_equal(score(instrument, answers, scores, NULL), EK_OK);
	assert_string_equal(scores[0].band, band);
	instrument_free(instrument);
}

/* 10 x 1.1 is 11.000000000000002 and 3 x 0.1 more than 0.3: what a person
 * writes as the end of a range is its end. */
static void
test_decimal_bands(void **state)
{
	const char *whole =
	    ",{\"url\":\"multiplier\",\"valueDecimal\":1.1}" UP_TO(
		"2.2", "least") UP_TO("11", "most");
	const char *least =
	    ",{\"url\":\"multiplier\",\"valueDecimal\":0.1}" UP_TO(
		"0.3", "least") UP_TO("1.5", "most");
	const char *below =
	    ",{\"url\":\"multiplier\",\"valueDecimal\":1.1}" UP_TO(
		"2.1", "none") UP_TO("11", "most");
	const char *beyond =
	    ",{\"url\":\"multiplier\",\"valueDecimal\":1.1}" UP_TO("11", "most")
		UP_TO("12", "none");
	const char *brief =
	    ",{\"url\":\"multiplier\",\"valueDecimal\":1.1}" UP_TO(
		"10.9", "most");

	(void)state;
	check_decimal_bands(2, whole, "q1=5,q2=5", "most", true);
	check_decimal_bands(2, whole, "q1=1,q2=1", "least", true);
	check_decimal_bands(3, least, "q1=1,q2=1,q3=1", "least", true);
	check_decimal_bands(2, below, "", "", false);
	check_decimal_bands(2, beyond, "", "", false);
	check_decimal_bands(2, brief, "", "", false);
}

static enum ek_err
parse_many(int n)
{
	struct instrument *instrument = NULL;
	struct buf buf;
	enum ek_err err;

	buf_init(&buf, EK_INSTRUMENT_MAX);
	many(&buf, "sum", n, "");
	err = instrument_parse(buf.data, buf.len, "m.json", &instrument, NULL);
	buf_done(&buf);
	instrument_free(instrument);
	return err;
}

static void
test_limits(void **state)
{
	struct instrument *instrument = NULL;
	char *text;
	size_t len;

	(void)state;
	assert_int_equal(parse_many(EK_ITEMS_MAX), EK_OK);
	assert_int_equal(parse_many(EK_ITEMS_MAX + 1), EK_TOO_LARGE);
	text = slurp("tests/data/instruments/small.json", &len);
	text = realloc(text, EK_INSTRUMENT_MAX + 1);
	assert_non_null(text);
	memset(text + len, ' ', EK_INSTRUMENT_MAX + 1 - len);
	assert_int_equal(
	    instrument_parse(text, EK_INSTRUMENT_MAX, "x", &instrument, NULL),
	    EK_OK);
	instrument_free(instrument);
	assert_int_equal(instrument_parse(text, EK_INSTRUMENT_MAX + 1, "x",
			     &instrument, NULL),
	    EK_TOO_LARGE);
	free(text);
}

static void
check_bad(const char *name, const char *words)
{
	struct instrument *untouched = (struct instrument *)&untouched;
	struct instrument *instrument = untouched;
	struct ek_why why = {""};
	char path[500];
	enum ek_err err;
	size_t len;
	char *text;

	snprintf(path, sizeof(path), BAD "%s", name);
	text = slurp(path, &len);
	err = instrument_parse(text, len, name, &instrument, &why);
	free(text);
	if (err != EK_INVALID && err != EK_TOO_LARGE)
		fail_msg("%s was taken: %d", name, (int)err);
	assert_ptr_equal(instrument, untouched);
	if (strstr(why.text, words) == NULL)
		fail_msg("%s: \"%s\" not in \"%s\"", name, words, why.text);
	if (strstr(why.text, name) == NULL || strchr(why.text, ';') == NULL)
		fail_msg("%s: no name or remedy in \"%s\"", name, why.text);
	/* the same without anybody to tell */
	text = slurp(path, &len);
	assert_int_equal(
	    instrument_parse(text, len, name, &instrument, NULL), err);
	free(text);
}

static void
test_bad_files(void **state)
{
	FILE *list = fopen(BAD "expect.tsv", "r");
	char line[400];
	size_t count = 0;

	(void)state;
	assert_non_null(list);
	while (fgets(line, sizeof(line), list) != NULL) {
		char *tab = strchr(line, '\t');

		assert_non_null(tab);
		*tab = '\0';
		tab[strcspn(tab + 1, "\n") + 1] = '\0';
		check_bad(line, tab + 1);
		count++;
	}
	fclose(list);
	assert_true(count > 140);
}

/* The forms of FHIR's dateTime; the wrong ones lie among the bad files. */
static void
test_dates(void **state)
{
	static const char *const dates[] = {"2024", "2024-02", "2024-02-29",
	    "2024-02-29T23:59:59Z", "2024-02-29T23:59:59.5+08:00"};
	struct instrument *instrument = NULL;
	struct ek_why why = {""};
	char *text, *whole;
	size_t len, i;

	(void)state;
	text = slurp("tests/data/instruments/small.json", &len);
	whole = calloc(1, len + 100);
	assert_non_null(whole);
	for (i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		snprintf(whole, len + 100, "{\"date\":\"%s\",%.*s", dates[i],
		    (int)len - 1, text + 1);
		if (instrument_parse(
			whole, strlen(whole), "d", &instrument, &why) != EK_OK)
			fail_msg("%s: %s", dates[i], why.text);
		instrument_free(instrument);
	}
	free(whole);
	free(text);
}

static void
test_names(void **state)
{
	char longest[EK_ITEM_ID_MAX + 1];

	(void)state;
	assert_true(measure_name_ok("mood", 4));
	assert_true(measure_name_ok("ons4.happy", 10));
	assert_true(measure_name_ok("a_b-c9", 6));
	assert_false(measure_name_ok("", 0));
	assert_false(measure_name_ok("Mood", 4));
	assert_false(measure_name_ok("9a", 2));
	assert_false(measure_name_ok("a b", 3));
	assert_false(measure_name_ok("a=b", 3));
	assert_false(measure_name_ok("\xC3\xA4", 2));
	memset(longest, 'a', sizeof(longest));
	assert_true(measure_name_ok(longest, EK_ITEM_ID_MAX));
	assert_false(measure_name_ok(longest, EK_ITEM_ID_MAX + 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_who5_bands),
	    cmocka_unit_test(test_who5_is_as_published),
	    cmocka_unit_test(test_who5_needs_all),
	    cmocka_unit_test(test_fixed_json),
	    cmocka_unit_test(test_bad_answers),
	    cmocka_unit_test(test_measures_of_shipped),
	    cmocka_unit_test(test_ours_are_marked),
	    cmocka_unit_test(test_ons4_bands),
	    cmocka_unit_test(test_small),
	    cmocka_unit_test(test_methods),
	    cmocka_unit_test(test_decimal_bands),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_bad_files),
	    cmocka_unit_test(test_dates),
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
