/*
 * test_phrase - the word list, phrases as people type them, Argon2id, answers
 * from a pipe, and KEYSPEC objects.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../cli/input.h"
#include "../../cli/keyspec.h"
#include "../../cli/phrase.h"
#include "../../cli/start_ask.h"
#include "check.h"
#include "evenkeel/text.h"

static void
test_list(void **state)
{
	(void)state;
	for (int i = 0; i < PHRASE_LIST; i++) {
		size_t len = strlen(phrase_list[i]);

		assert_true(len >= 4 && len <= 8);
		for (size_t j = 0; j < len; j++)
			assert_true(phrase_list[i][j] >= 'a' &&
				    phrase_list[i][j] <= 'z');
		if (i > 0) /* sorted, and apart in four letters */
			assert_true(
			    strncmp(phrase_list[i - 1], phrase_list[i], 4) < 0);
	}
}

static void
test_new(void **state)
{
	struct buf one;
	struct buf two;
	struct buf back;

	(void)state;
	buf_init(&one, PHRASE_MAX);
	buf_init(&two, PHRASE_MAX);
	buf_init(&back, PHRASE_MAX);
	assert_ok(phrase_new(&one));
	assert_ok(phrase_new(&two));
	assert_string_not_equal(buf_text(&one), buf_text(&two));
	assert_ok(phrase_normal(buf_text(&one), one.len, &back, NULL));
	assert_string_equal(buf_text(&one), buf_text(&back));
	buf_done(&one);
	buf_done(&two);
	buf_done(&back);
}

/* Eight words of the list, written `how` and joined by `between`. */
static void
make(struct buf *ret, const char *between, size_t letters, bool upper)
{
	for (int i = 0; i < PHRASE_WORDS; i++) {
		const char *word = phrase_list[i * 250 + 3];

		if (i > 0)
			buf_str(ret, between);
		for (size_t j = 0; word[j] != '\0' && j < letters; j++)
			buf_char(ret, upper ? (char)(word[j] - 32) : word[j]);
	}
}

static void
normal_is(const struct buf *typed, const struct buf *want)
{
	struct buf got;

	buf_init(&got, PHRASE_MAX);
	assert_ok(phrase_normal(buf_text(typed), typed->len, &got, NULL));
	assert_string_equal(buf_text(&got), buf_text(want));
	buf_done(&got);
}

static void
test_normal(void **state)
{
	static const char *const betweens[] = {
	    " ", "  ", "\n", ", ", "-", " - ", "\t", ". ", " 2) ", ";"};
	struct buf want;
	struct buf typed;

	(void)state;
	buf_init(&want, PHRASE_MAX);
	make(&want, " ", 99, false);
	for (size_t i = 0; i < sizeof(betweens) / sizeof(betweens[0]); i++) {
		buf_init(&typed, 1024);
		buf_str(&typed, "  1. ");
		make(&typed, betweens[i], 99, i % 2 == 0);
		buf_str(&typed, " \r\n");
		normal_is(&typed, &want);
		buf_done(&typed);
	}
	for (size_t letters = 4; letters < 8; letters++) {
		buf_init(&typed, 1024);
		make(&typed, " ", letters, true);
		normal_is(&typed, &want);
		buf_done(&typed);
	}
	buf_done(&want);
}

static void
refused(const char *typed, size_t len, const char *part)
{
	struct ek_why why = {""};
	struct buf got;

	buf_init(&got, PHRASE_MAX);
	assert_int_equal(phrase_normal(typed, len, &got, &why), EK_INVALID);
	assert_int_equal(got.len, 0);
	assert_non_null(strstr(why.text, part));
	buf_done(&got);
}

static void
test_normal_refused(void **state)
{
	struct buf typed;

	(void)state;
	refused("", 0, "these are 0");
	refused("   \n", 4, "these are 0");
	refused("12 34", 5, "these are 0");
	refused("qqqq", 4, "word 1 ");
	refused("acorn qqqq", 10, "word 2 ");
	refused("aco", 3, "word 1 "); /* three letters are too few */
	refused("acornx", 6, "word 1 ");
	refused("ac\0rn", 5, "word 1 ");
	refused("ac\xC3\xB6rn", 6, "word 1 ");
	refused("acornacornacornacornacornacorn", 30, "word 1 ");
	buf_init(&typed, 4096);
	make(&typed, " ", 99, false);
	refused(typed.data, (size_t)(strrchr(typed.data, ' ') - typed.data),
	    "these are 7");
	buf_str(&typed, " acorn");
	refused(typed.data, typed.len, "these are 9");
	for (int i = 0; i < 300; i++)
		buf_str(&typed, " acorn");
	refused(typed.data, typed.len, "these are 309");
	buf_done(&typed);
}

/* The same words, salt and cost give the same key; nothing else does. */
static void
test_stretch(void **state)
{
	struct phrase_kdf kdf = {.ops = 2, .mem_kib = 65536};
	struct phrase_key one;
	struct phrase_key two;

	(void)state;
	memcpy(kdf.salt, "somesaltsomesalt", 16);
	assert_ok(phrase_stretch("password", 8, &kdf, &one));
	assert_ok(phrase_stretch("password", 8, &kdf, &two));
	assert_memory_equal(one.kek, two.kek, PHRASE_KEK_LEN);
	kdf.salt[0] ^= 1;
	assert_ok(phrase_stretch("password", 8, &kdf, &two));
	assert_memory_not_equal(one.kek, two.kek, PHRASE_KEK_LEN);
	kdf.ops = 0;
	assert_int_equal(phrase_stretch("password", 8, &kdf, &two), EK_CORRUPT);
	kdf.ops = PHRASE_OPS_MAX + 1;
	assert_int_equal(phrase_stretch("password", 8, &kdf, &two), EK_CORRUPT);
	kdf.ops = 1;
	kdf.mem_kib = PHRASE_MEM_KIB_MAX + 1;
	assert_int_equal(phrase_stretch("password", 8, &kdf, &two), EK_CORRUPT);
	phrase_key_done(&one);
	for (int i = 0; i < PHRASE_KEK_LEN; i++)
		assert_int_equal(one.kek[i], 0);
}

static enum ek_err
answers_of(
    const char *text, size_t len, struct answers **ret, struct ek_why *why)
{
	enum ek_err err;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], text, len), (ssize_t)len);
	close(fds[1]);
	err = answers_read(fds[0], ret, why);
	close(fds[0]);
	return err;
}

static void
test_answers(void **state)
{
	static const char text[] = "\xEF\xBB\xBFsign=skipping lunch \r\n"
				   "# a remark\n\n  helps = Walk=slow\n"
				   "sign=second\nempty=\nlast=x";
	struct answers *answers = NULL;
	struct ek_why why = {""};
	const char *key;
	const char *value;
	size_t line;

	(void)state;
	assert_ok(answers_of(text, sizeof(text) - 1, &answers, &why));
	assert_string_equal(answers_take(answers, "sign"), "skipping lunch");
	assert_string_equal(answers_take(answers, "sign"), "second");
	assert_null(answers_take(answers, "sign"));
	assert_string_equal(answers_take(answers, "helps"), "Walk=slow");
	assert_string_equal(answers_take(answers, "empty"), "");
	assert_int_equal(answers_all_taken(answers, &why), EK_USAGE);
	assert_non_null(strstr(why.text, "line 7 "));
	assert_true(answers_next(answers, &key, &value, &line));
	assert_string_equal(key, "last");
	assert_string_equal(value, "x");
	assert_int_equal(line, 7);
	assert_false(answers_next(answers, &key, &value, &line));
	assert_ok(answers_all_taken(answers, &why));
	answers_free(answers);
	answers = NULL;
	assert_ok(answers_of("", 0, &answers, &why));
	assert_ok(answers_all_taken(answers, &why));
	answers_free(answers);
}

static void
test_answers_refused(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		enum ek_err err;
	} cases[] = {
	    {"no equals\n", 10, EK_USAGE},
	    {"=x\n", 3, EK_USAGE},
	    {"two words=x\n", 12, EK_USAGE},
	    {"a=\xFF\n", 4, EK_INVALID},
	    {"a=\033[1m\n", 8, EK_INVALID},
	    {"a=b\0c\n", 6, EK_INVALID},
	    {"a=x\rb=y\n", 8, EK_INVALID},
	};
	struct answers *answers = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ek_why why = {""};

		assert_int_equal(
		    answers_of(cases[i].text, cases[i].len, &answers, &why),
		    cases[i].err);
		assert_null(answers);
		assert_non_null(strchr(why.text, ';'));
	}
}

static void
test_keyspec(void **state)
{
	struct ek_why why = {""};
	struct buf pass;
	struct buf phrase;
	json_t *spec = NULL;
	json_t *open = NULL;

	(void)state;
	buf_init(&pass, PHRASE_PASS_MAX);
	buf_init(&phrase, PHRASE_MAX);
	buf_str(&pass, "short");
	assert_int_equal(
	    keyspec_make(KEYSPEC_PASSPHRASE, &pass, &phrase, &spec, &why),
	    EK_INVALID);
	buf_str(&pass, " but longer");
	assert_ok(
	    keyspec_make(KEYSPEC_PASSPHRASE, &pass, &phrase, &spec, &why));
	assert_true(phrase.len > 0);
	assert_string_equal(
	    json_string_value(json_object_get(spec, "mode")), "passphrase");
	/* opening with the same words and salt gives the same key */
	assert_ok(keyspec_open(
	    "passphrase", &pass, json_object_get(spec, "kdf"), &open, &why));
	assert_true(json_equal(
	    json_object_get(open, "kek"), json_object_get(spec, "kek")));
	keyspec_free(open);
	assert_ok(keyspec_open("phrase", &phrase,
	    json_object_get(spec, "phrase_kdf"), &open, &why));
	assert_true(json_equal(
	    json_object_get(open, "kek"), json_object_get(spec, "phrase_kek")));
	keyspec_free(open);
	assert_ok(keyspec_open("keyring", &pass, NULL, &open, &why));
	assert_null(json_object_get(open, "kek"));
	keyspec_free(open);
	assert_int_equal(
	    keyspec_open("phrase", &phrase, NULL, &open, &why), EK_CORRUPT);
	keyspec_free(spec);
	buf_done(&pass);
	buf_done(&phrase);
}

static void
when_is(const char *when, const char *rule, const char *start)
{
	struct ek_why why = {""};
	json_t *list = NULL;
	json_t *first;

	assert_ok(start_when(when, "2026-11-24", &list, &why));
	assert_int_equal(json_array_size(list), 3);
	first = json_array_get(list, 0);
	assert_string_equal(
	    json_string_value(json_object_get(first, "rule")), rule);
	assert_string_equal(
	    json_string_value(json_object_get(first, "start")), start);
	json_decref(list);
}

static void
test_when(void **state)
{
	static const char *const bad[] = {"sometime", "16:30", "Mon 25:00",
	    "Mon 9:5", "Mon 9:300", "mo", "FREQ=HOURLY",
	    "FREQ=", "RRULE:FREQ=DAILY;COUNT=0", "Mon, or so"};
	struct ek_why why = {""};
	json_t *list = NULL;

	(void)state;
	when_is(
	    "Tue thu 15:00", "FREQ=WEEKLY;BYDAY=TU,TH", "2026-11-24T15:00:00");
	when_is("Monday, Wednesday and Friday at 9.05",
	    "FREQ=WEEKLY;BYDAY=MO,WE,FR", "2026-11-24T09:05:00");
	when_is("weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
	    "2026-11-24T16:30:00");
	when_is("daily 8:00", "FREQ=DAILY", "2026-11-24T08:00:00");
	when_is("fri mon Fri 8:00", "FREQ=WEEKLY;BYDAY=MO,FR",
	    "2026-11-24T08:00:00");
	when_is("RRULE:FREQ=DAILY;INTERVAL=2", "FREQ=DAILY;INTERVAL=2",
	    "2026-11-24T16:30:00");
	assert_ok(start_when("", "2026-11-24", &list, &why));
	assert_int_equal(json_array_size(list), 3);
	json_decref(list);
	assert_ok(start_when("Suggested", "2026-11-24", &list, &why));
	json_decref(list);
	assert_ok(start_when("none", "2026-11-24", &list, &why));
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
	list = NULL;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why.text[0] = '\0';
		assert_int_not_equal(
		    start_when(bad[i], "2026-11-24", &list, &why), EK_OK);
		assert_null(list);
		assert_non_null(strchr(why.text, ';'));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_list),
	    cmocka_unit_test(test_new),
	    cmocka_unit_test(test_normal),
	    cmocka_unit_test(test_normal_refused),
	    cmocka_unit_test(test_stretch),
	    cmocka_unit_test(test_answers),
	    cmocka_unit_test(test_answers_refused),
	    cmocka_unit_test(test_keyspec),
	    cmocka_unit_test(test_when),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
