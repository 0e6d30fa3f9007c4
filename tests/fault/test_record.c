/*
 * test_record - no memory at each step of building, reading and writing a
 * record, and everything that is no record.
 */
#include "trial.h"

#include <stdlib.h>
#include <string.h>

#include "core/record_fields.h"
#include "evenkeel/record.h"

static const unsigned char rid[EK_ID_LEN] = {1, 2, 3};
static const unsigned char ids[3 * EK_ID_LEN] = {4, 5, 6};

#define ID   "\"id\":\"000102030405060708090a0b0c0d0e0f\""
#define TIME "\"time\":\"2026-11-24T16:31:07.123Z\""

/* --- memory --- */

static enum ek_err
build_checkin(struct record **ret)
{
	static const struct record_pair answers[] = {{"moody", 5, 1},
	    {"mood", 4, 7}, {"energy", 6, 0}, {"tense", 5, 2.5}, {"ten", 3, 1}};
	struct record_build build;

	record_begin(&build, REC_CHECKIN, rid, 1795000000123);
	record_put_str(&build, CHECKIN_START, "2026-11-24T16:30:00");
	record_put_map(&build, CHECKIN_ANSWERS, answers, 5);
	record_put_str(&build, CHECKIN_INSTRUMENT, "pulse");
	record_put_str(&build, CHECKIN_VERSION, NULL);
	record_put_str(&build, CHECKIN_LOCAL, "");
	record_put_id(&build, CHECKIN_SCHEDULE, rid);
	record_put_id(&build, CHECKIN_PLAN, NULL);
	record_put_map(&build, CHECKIN_SIGNS, NULL, 0);
	return record_end(&build, ret);
}

static enum ek_err
build_gone(struct record **ret)
{
	struct record_build build;

	record_begin(&build, REC_GONE, rid, 1);
	record_put_ids(&build, GONE_RECORDS, ids, 3);
	return record_end(&build, ret);
}

static enum ek_err
build_slot(struct record **ret)
{
	struct record_build build;

	record_begin(&build, REC_SLOT, rid, 1);
	record_put_int(&build, SLOT_UNTIL, -5);
	record_put_text(&build, SLOT_STATE, "snoozed", 7);
	record_put_text(&build, SLOT_START, "", 0);
	return record_end(&build, ret);
}

/* The same kind with what a newer version added, up to the last number. */
static enum ek_err
build_grown(struct record **ret)
{
	static const unsigned char raw[] = {REC_SLOT, 0, 0, 0, 0, 0, 0, 0, 5,
	    12, 0, 0, 0, 1, 0xAB, 255, 0, 0, 0, 1, 0xCD};

	return record_decode(rid, raw, sizeof(raw), ret);
}

/* A kind and a field of a newer version, at the last of times. */
static enum ek_err
build_newer(struct record **ret)
{
	static const unsigned char raw[] = {200, 0, 0, 0xE6, 0x77, 0xD2, 0x1F,
	    0xDB, 0xFF, 9, 0, 0, 0, 2, 0xAB, 0xCD, 10, 0, 0, 0, 0};

	return record_decode(rid, raw, sizeof(raw), ret);
}

typedef enum ek_err (*builder)(struct record **ret);
static const builder builders[] = {
    build_checkin, build_gone, build_slot, build_grown, build_newer};
#define BUILDERS (sizeof(builders) / sizeof(builders[0]))

static enum ek_err
act_build(void *arg)
{
	struct record *const untouched = (struct record *)(uintptr_t)arg;
	struct record *rec = untouched;
	size_t i;
	enum ek_err err;

	for (i = 0; i < BUILDERS; i++) {
		err = builders[i](&rec);
		if (err != EK_OK) {
			assert_ptr_equal(rec, untouched);
			return err;
		}
		record_free(rec);
		rec = untouched;
	}
	return EK_OK;
}

static enum ek_err
act_dup(void *arg)
{
	struct record *copy = NULL;
	enum ek_err err = record_dup(arg, &copy);

	assert_true(err == EK_OK ? record_same(arg, copy) : copy == NULL);
	record_free(copy);
	return err;
}

static enum ek_err
act_encode(void *arg)
{
	struct record *back = NULL;
	struct buf bytes;
	enum ek_err err;

	buf_init(&bytes, EK_PAYLOAD_MAX);
	err = record_encode(arg, &bytes);
	if (err == EK_OK)
		err = record_decode(
		    rid, (const unsigned char *)bytes.data, bytes.len, &back);
	assert_true(err == EK_OK ? record_same(arg, back) : back == NULL);
	record_free(back);
	buf_done(&bytes);
	return err;
}

/* All of it or nothing: an archive must never hold half a record. */
static enum ek_err
act_to_json(void *arg)
{
	struct record *back = NULL;
	json_t *json = NULL;
	enum ek_err err;

	err = record_to_json(arg, &json);
	if (err != EK_OK) {
		assert_null(json);
		return err;
	}
	inject_pause(true);
	assert_ok(record_from_json(json, &back, NULL));
	assert_true(record_same(arg, back));
	record_free(back);
	inject_pause(false);
	json_decref(json);
	return err;
}

static enum ek_err
act_from_json(void *arg)
{
	struct record *back = NULL;
	enum ek_err err = record_from_json(arg, &back, NULL);

	assert_true((err == EK_OK) == (back != NULL));
	record_free(back);
	return err;
}

static enum ek_err
act_str_dup(void *arg)
{
	char *text = record_str_dup(arg, CHECKIN_INSTRUMENT);

	if (text == NULL)
		return EK_NOMEM;
	assert_string_equal(text, "pulse");
	free(text);
	return EK_OK;
}

static void
test_no_memory(void **state)
{
	struct record *rec = NULL;
	json_t *json = NULL;
	size_t i;

	(void)state;
	each_allocation(act_build, NULL);
	for (i = 0; i < BUILDERS; i++) {
		assert_ok(builders[i](&rec));
		each_allocation(act_dup, rec);
		each_allocation(act_encode, rec);
		each_allocation(act_to_json, rec);
		assert_ok(record_to_json(rec, &json));
		each_allocation(act_from_json, json);
		json_decref(json);
		if (i == 0)
			each_allocation(act_str_dup, rec);
		record_free(rec);
	}
}

/* --- what is no record --- */

static void
assert_no_build(struct record_build *build, enum ek_err expect)
{
	struct record *rec = NULL;

	assert_int_equal(record_end(build, &rec), expect);
	assert_null(rec);
}

static void
test_builds_that_are_refused(void **state)
{
	struct record_pair pairs[EK_MAP_MAX + 1],
	    twice[] = {{"a", 1, 1}, {"b", 1, 1}, {"a", 1, 2}};
	struct record_build build;
	unsigned char *many = calloc(1, EK_PAYLOAD_MAX);
	char name[EK_ITEM_ID_MAX + 1];
	size_t i;

	(void)state;
	assert_non_null(many);
	memset(name, 'n', sizeof(name));
	for (i = 0; i <= EK_MAP_MAX; i++)
		pairs[i] = (struct record_pair){"a", 1, 1};
	record_begin(&build, REC_ASK, rid, -1);
	assert_no_build(&build, EK_INVALID);
	record_begin(&build, REC_ASK, rid, EK_TIME_MS_MAX + 1);
	assert_no_build(&build, EK_INVALID);
	record_begin(&build, REC_ASK, rid, 1);
	record_put_text(&build, ASK_TEXT, "a", 1);
	record_put_text(&build, ASK_TEXT, "b", 1);
	assert_no_build(&build, EK_INVALID);
	record_begin(&build, REC_CHECKIN, rid, 1);
	record_put_map(&build, CHECKIN_ANSWERS, pairs, EK_MAP_MAX + 1);
	assert_no_build(&build, EK_TOO_LARGE);
	record_begin(&build, REC_CHECKIN, rid, 1);
	record_put_map(&build, CHECKIN_ANSWERS, twice, 3);
	assert_no_build(&build, EK_INVALID);
	pairs[0] = (struct record_pair){name, sizeof(name), 1};
	record_begin(&build, REC_CHECKIN, rid, 1);
	record_put_map(&build, CHECKIN_ANSWERS, pairs, 1);
	assert_no_build(&build, EK_TOO_LARGE);
	record_begin(&build, REC_GONE, rid, 1);
	record_put_ids(&build, GONE_RECORDS, many, 0);
	record_put_ids(&build, GONE_RECORDS, many, EK_PAYLOAD_MAX / EK_ID_LEN);
	assert_no_build(&build, EK_TOO_LARGE);
	record_begin(&build, REC_ASK, rid, 1);
	record_put_text(&build, ASK_TEXT, "\xff", 1);
	assert_no_build(&build, EK_INVALID);
	free(many);
}

#define ROW(bytes)                                                             \
	{                                                                      \
		bytes, sizeof(bytes) - 1                                       \
	}

/* kind 4 is a check-in, its field 4 a map; kind 9 a slot, 4 a number; kind 13
 * gone, 1 ids; kind 10 an ask, 1 text */
static void
test_bytes_that_are_refused(void **state)
{
#define NOW "\0\0\0\0\0\0\0\5"
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = {
	    ROW("\x0a\0\0\0\0\0\0\0"),
	    ROW("\0" NOW),
	    ROW("\x0a\x80\0\0\0\0\0\0\5"),
	    ROW("\x0a\0\0\xe6\x77\xd2\x1f\xdc\0"), /* the year 10000 */
	    ROW("\x0a" NOW "\1\0\0\0"),
	    ROW("\x0a" NOW "\1\0\0\0\3ab"),
	    ROW("\x0a" NOW "\1\0\0\0\1a\1\0\0\0\1b"),
	    ROW("\x0a" NOW "\0\0\0\0\1a"),
	    ROW("\x0a" NOW "\1\0\0\0\0"),
	    ROW("\x0a" NOW "\1\0\0\0\1\xff"),
	    ROW("\x09" NOW "\1\0\0\0\2ab"),
	    ROW("\x09" NOW "\4\0\0\0\2ab"),
	    ROW("\x0d" NOW "\1\0\0\0\0"),
	    ROW("\x0d" NOW "\1\0\0\0\2ab"),
	    ROW("\x04" NOW "\4\0\0\0\0"),
	    ROW("\x04" NOW "\4\0\0\0\x0a\0?\xf0\0\0\0\0\0\0\0"),
	    ROW("\x04" NOW "\4\0\0\0\x03\x01"
		"ab"),
	    ROW("\x04" NOW "\4\0\0\0\x0a\x41?\xf0\0\0\0\0\0\0\0"),
	    ROW("\x04" NOW "\4\0\0\0\x0a\1\xff?\xf0\0\0\0\0\0\0"),
	    ROW("\x04" NOW "\4\0\0\0\x0a\1a\x7f\xf0\0\0\0\0\0\0"),
	    ROW("\x04" NOW "\4\0\0\0\x0a\1a\x80\0\0\0\0\0\0\0"),
	    ROW("\x04" NOW "\4\0\0\0\x14\1b?\xf0\0\0\0\0\0\0\1a?\xf0\0\0\0\0\0"
		"\0"),
	    ROW("\x04" NOW "\4\0\0\0\x14\1a?\xf0\0\0\0\0\0\0\1a?\xf0\0\0\0\0\0"
		"\0"),
	};
	struct record *rec = NULL;
	unsigned char *long_one = calloc(1, EK_PAYLOAD_MAX + 1);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (record_decode(rid, (const unsigned char *)bad[i].bytes,
			bad[i].len, &rec) != EK_CORRUPT)
			print_error("row %zu\n", i);
		assert_int_equal(
		    record_decode(rid, (const unsigned char *)bad[i].bytes,
			bad[i].len, &rec),
		    EK_CORRUPT);
		assert_null(rec);
	}
	assert_non_null(long_one);
	long_one[0] = 10;
	assert_int_equal(
	    record_decode(rid, long_one, EK_PAYLOAD_MAX + 1, &rec), EK_CORRUPT);
	free(long_one);
}

/* One pair more than a map may hold. */
static void
test_map_of_too_many(void **state)
{
	struct record *rec = NULL;
	struct buf bytes;
	size_t i;

	(void)state;
	buf_init(&bytes, EK_PAYLOAD_MAX);
	buf_char(&bytes, REC_CHECKIN);
	buf_u64(&bytes, 5);
	buf_char(&bytes, CHECKIN_ANSWERS & 0xFF);
	buf_u32(&bytes, 11 * (EK_MAP_MAX + 1));
	for (i = 0; i <= EK_MAP_MAX; i++) {
		buf_char(&bytes, 2);
		buf_char(&bytes, (char)('a' + i / 26));
		buf_char(&bytes, (char)('a' + i % 26));
		buf_u64(&bytes, 0);
	}
	assert_ok(buf_err(&bytes));
	assert_int_equal(record_decode(rid, (const unsigned char *)bytes.data,
			     bytes.len, &rec),
	    EK_CORRUPT);
	assert_null(rec);
	buf_done(&bytes);
}

/* Not a word of what was given is in the reason, and the remedy is. */
static void
assert_refused(const char *text)
{
	struct record *rec = NULL;
	struct ek_why why = {""};
	json_t *json = NULL;
	enum ek_err err;

	assert_ok(json_read(text, strlen(text), "test", &json, NULL));
	err = record_from_json(json, &rec, &why);
	if (err != EK_INVALID)
		print_error("%s: %s\n", text, ek_err_code(err));
	assert_int_equal(err, EK_INVALID);
	assert_null(rec);
	assert_non_null(strchr(why.text, ';'));
	assert_null(strstr(why.text, "quokka"));
	json_decref(json);
}

#define ASK(more)     "{" ID ",\"kind\":\"ask\"," TIME "," more "}"
#define SLOT(more)    "{" ID ",\"kind\":\"slot\"," TIME "," more "}"
#define CHECKIN(more) "{" ID ",\"kind\":\"check-in\"," TIME "," more "}"
#define GONE(more)    "{" ID ",\"kind\":\"gone\"," TIME "," more "}"
#define KIND(kind)    "{" ID ",\"kind\":" kind "," TIME "}"
#define AT(time)      "{" ID ",\"kind\":\"ask\",\"time\":" time "}"

static void
test_json_that_is_refused(void **state)
{
	static const char *const bad[] = {
	    "{}",
	    "{\"id\":\"00\",\"kind\":\"ask\"}",
	    "{\"id\":5,\"kind\":\"ask\"}",
	    "{" ID "}",
	    "{" ID ",\"kind\":\"ask\"}",
	    KIND("5"),
	    KIND("\"quokka\""),
	    KIND("\"kind-4\""),
	    KIND("\"kind-0\""),
	    KIND("\"kind-256\""),
	    KIND("\"kind-1x\""),
	    KIND("\"kind-\""),
	    AT("-1"),
	    AT("5"),
	    AT("true"),
	    AT("\"2026-11-24T16:31:07Z\""),
	    AT("\"2026-11-24T16:31:07,123Z\""),
	    AT("\"2026-11-24T16:31:07.12xZ\""),
	    AT("\"2026-11-24T16:31:07.123X\""),
	    AT("\"2026-13-24T16:31:07.123Z\""),
	    AT("\"1969-11-24T16:31:07.123Z\""),
	    ASK("\"quokka quokka\":1"),
	    ASK("\"field-1\":\"ab\""),
	    ASK("\"field-99\":5"),
	    ASK("\"field-99\":\"abc\""),
	    ASK("\"field-99\":\"xx\""),
	    ASK("\"text\":5"),
	    ASK("\"text\":\"\""),
	    SLOT("\"until\":\"5\""),
	    SLOT("\"schedule\":5"),
	    SLOT("\"schedule\":\"00\""),
	    GONE("\"records\":5"),
	    GONE("\"records\":[]"),
	    GONE("\"records\":[5]"),
	    GONE("\"records\":[\"00\"]"),
	    CHECKIN("\"answers\":5"),
	    CHECKIN("\"answers\":{}"),
	    CHECKIN("\"answers\":{\"mood\":\"quokka\"}"),
	    CHECKIN("\"answers\":{\"\":1}"),
	};
	struct buf text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(bad[i]);
	buf_init(&text, 1 << 20); /* one past two limits */
	buf_fmt(&text, "{%s,\"kind\":\"check-in\",%s,\"answers\":{", ID, TIME);
	for (i = 0; i <= EK_MAP_MAX; i++)
		buf_fmt(&text, "%s\"a%zu\":1", i > 0 ? "," : "", i);
	buf_str(&text, "}}");
	assert_refused(buf_text(&text));
	buf_clear(&text);
	buf_fmt(&text, "{%s,\"kind\":\"gone\",%s,\"records\":[", ID, TIME);
	for (i = 0; i < EK_PAYLOAD_MAX / EK_ID_LEN; i++)
		buf_str(&text, i > 0 ? ",0" : "0");
	buf_str(&text, "]}");
	assert_refused(buf_text(&text));
	buf_done(&text);
}

/* --- reading --- */

static void
test_what_is_absent(void **state)
{
	struct record *rec = NULL, *other = NULL;
	struct record_pair pair;
	struct record_value value;
	size_t at = 0, len = 9, count = 9;
	int64_t number = 9;
	unsigned kind;

	(void)state;
	record_free(NULL);
	assert_ok(build_checkin(&rec));
	assert_null(record_text(rec, CHECKIN_VERSION, &len));
	assert_int_equal(len, 0);
	assert_null(record_str_dup(rec, CHECKIN_VERSION));
	assert_false(record_text_is(rec, CHECKIN_VERSION, "1"));
	assert_false(record_text_is(rec, CHECKIN_INSTRUMENT, "puls"));
	assert_false(record_text_is(rec, CHECKIN_INSTRUMENT, "pulsa"));
	assert_true(record_text_is(rec, CHECKIN_INSTRUMENT, "pulse"));
	assert_null(record_id(rec, CHECKIN_SUPERSEDES));
	assert_non_null(record_id(rec, CHECKIN_SCHEDULE));
	assert_false(record_map_next(rec, CHECKIN_SIGNS, &at, &pair));
	while (record_map_next(rec, CHECKIN_ANSWERS, &at, &pair))
		;
	assert_int_equal(at, 5 * 9 + 5 + 4 + 6 + 5 + 3);
	record_free(rec);
	assert_ok(build_gone(&rec));
	assert_non_null(record_ids(rec, GONE_RECORDS, &count));
	assert_int_equal(count, 3);
	record_free(rec);
	assert_ok(build_slot(&rec));
	assert_true(record_int(rec, SLOT_UNTIL, &number));
	assert_int_equal(number, -5);
	assert_true(record_same(rec, rec));
	/* none of its fields: shorter, and of another id */
	assert_ok(record_decode(ids,
	    (const unsigned char *)"\x09\0\0\0\0\0\0\0"
				   "\5",
	    9, &other));
	assert_false(record_int(other, SLOT_UNTIL, &number));
	assert_false(record_same(rec, other));
	memcpy(other->rid, rec->rid, EK_ID_LEN);
	assert_false(record_same(rec, other));
	other->kind = REC_GONE;
	assert_false(record_same(rec, other));
	assert_null(record_ids(other, GONE_RECORDS, &count));
	assert_int_equal(count, 0);
	record_free(other);
	assert_ok(record_dup(rec, &other));
	other->fields[other->len - 1] ^= 1;
	assert_false(record_same(rec, other));
	record_free(other);
	/* cut short, which no record in memory is */
	rec->len -= 1;
	at = 0;
	while (record_field_next(rec->fields, rec->len, &at, &value))
		;
	assert_false(record_int(rec, SLOT_UNTIL, &number));
	record_free(rec);
	for (kind = 0; kind < 256; kind++) {
		assert_true((record_kind_name((uint8_t)kind) != NULL) ==
			    (kind >= REC_SETTING && kind <= REC_ERASED));
		assert_true(record_kind_vault((uint8_t)kind) ==
			    (kind == REC_NOTE || kind == REC_HARD));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_memory),
	    cmocka_unit_test(test_builds_that_are_refused),
	    cmocka_unit_test(test_bytes_that_are_refused),
	    cmocka_unit_test(test_map_of_too_many),
	    cmocka_unit_test(test_json_that_is_refused),
	    cmocka_unit_test(test_what_is_absent),
	};

	inject_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
