/*
 * test_record - building, codec, JSON, and what must be refused.
 */
#include "check.h"
#include "evenkeel/record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const unsigned char rid[EK_ID_LEN] = {
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static struct record *
checkin(void)
{
	static const struct record_pair answers[] = {
	    {"mood", 4, 7},
	    {"energy", 6, 0},
	    {"tense", 5, -0.0},
	};
	struct record_build build;
	struct record *rec = NULL;

	record_begin(&build, REC_CHECKIN, rid, 1795000000123);
	record_put_str(&build, CHECKIN_START, "2026-11-24T16:30:00");
	record_put_map(&build, CHECKIN_ANSWERS, answers, 3);
	record_put_str(&build, CHECKIN_INSTRUMENT, "pulse");
	record_put_id(&build, CHECKIN_SCHEDULE, rid);
	record_put_str(&build, CHECKIN_LOCAL, "");
	assert_ok(record_end(&build, &rec));
	return rec;
}

static void
test_reads_back(void **state)
{
	struct record *rec = checkin();
	struct record_pair pair;
	size_t at = 0, len;

	(void)state;
	assert_true(record_text_is(rec, CHECKIN_INSTRUMENT, "pulse"));
	assert_null(record_text(rec, CHECKIN_LOCAL, &len));
	assert_memory_equal(record_id(rec, CHECKIN_SCHEDULE), rid, EK_ID_LEN);
	assert_true(record_map_next(rec, CHECKIN_ANSWERS, &at, &pair));
	assert_memory_equal(pair.key, "energy", 6);
	assert_true(record_map_next(rec, CHECKIN_ANSWERS, &at, &pair));
	assert_memory_equal(pair.key, "mood", 4);
	assert_true(pair.value == 7);
	assert_true(record_map_next(rec, CHECKIN_ANSWERS, &at, &pair));
	assert_false(signbit(pair.value));
	assert_false(record_map_next(rec, CHECKIN_ANSWERS, &at, &pair));
	record_free(rec);
}

static void
test_codec_and_json_round_trip(void **state)
{
	struct record *rec = checkin(), *back = NULL, *again = NULL;
	struct buf bytes;
	json_t *json = NULL;

	(void)state;
	buf_init(&bytes, EK_PAYLOAD_MAX);
	assert_ok(record_encode(rec, &bytes));
	assert_ok(
	    record_decode(rid, (unsigned char *)bytes.data, bytes.len, &back));
	assert_true(record_same(rec, back));
	assert_true(rec->time_ms == back->time_ms);
	assert_ok(record_to_json(rec, &json));
	assert_string_equal(json_string_value(json_object_get(json, "time")),
	    "2026-11-18T11:06:40.123Z");
	assert_ok(record_from_json(json, &again, NULL));
	assert_true(record_same(rec, again));
	assert_true(rec->time_ms == again->time_ms);
	json_decref(json);
	buf_done(&bytes);
	record_free(rec);
	record_free(back);
	record_free(again);
}

/* Every cut and every changed byte is refused or reads as a valid record. */
static void
test_damage(void **state)
{
	struct record *rec = checkin(), *back;
	struct buf bytes, again;
	size_t i;

	(void)state;
	buf_init(&bytes, EK_PAYLOAD_MAX);
	buf_init(&again, EK_PAYLOAD_MAX);
	assert_ok(record_encode(rec, &bytes));
	for (i = 0; i < bytes.len; i++) {
		unsigned char was = (unsigned char)bytes.data[i];

		if (record_decode(rid, (unsigned char *)bytes.data, i, &back) ==
		    EK_OK)
			record_free(back);
		bytes.data[i] = (char)(was ^ 0x81);
		if (record_decode(rid, (unsigned char *)bytes.data, bytes.len,
			&back) == EK_OK) {
			buf_clear(&again);
			assert_ok(record_encode(back, &again));
			assert_memory_equal(again.data, bytes.data, bytes.len);
			record_free(back);
		}
		bytes.data[i] = (char)was;
	}
	buf_done(&bytes);
	buf_done(&again);
	record_free(rec);
}

static void
test_refuses(void **state)
{
	const struct record_pair twice[] = {{"a", 1, 1}, {"a", 1, 2}};
	const struct record_pair nan[] = {{"a", 1, NAN}};
	struct record_build build;
	struct record *rec = NULL;

	(void)state;
	record_begin(&build, REC_CHECKIN, rid, 1);
	record_put_map(&build, CHECKIN_ANSWERS, twice, 2);
	assert_int_equal(record_end(&build, &rec), EK_INVALID);
	record_begin(&build, REC_CHECKIN, rid, 1);
	record_put_map(&build, CHECKIN_ANSWERS, nan, 1);
	assert_int_equal(record_end(&build, &rec), EK_INVALID);
	record_begin(&build, REC_ASK, rid, 1);
	record_put_text(&build, ASK_TEXT, "\xff", 1);
	assert_int_equal(record_end(&build, &rec), EK_INVALID);
	record_begin(&build, REC_ASK, rid, 1);
	record_put_text(&build, ASK_TEXT, "a", 1);
	record_put_text(&build, ASK_TEXT, "b", 1);
	assert_int_equal(record_end(&build, &rec), EK_INVALID);
	assert_null(rec);
}

/* What a newer version wrote is carried through archive and codec. */
static void
test_carries_the_unknown(void **state)
{
	static const unsigned char raw[] = {
	    200, 0, 0, 0, 0, 0, 0, 0, 5, 9, 0, 0, 0, 2, 0xAB, 0xCD};
	struct record *rec = NULL, *back = NULL;
	json_t *json = NULL;

	(void)state;
	assert_ok(record_decode(rid, raw, sizeof(raw), &rec));
	assert_ok(record_to_json(rec, &json));
	assert_string_equal(
	    json_string_value(json_object_get(json, "kind")), "kind-200");
	assert_string_equal(
	    json_string_value(json_object_get(json, "field-9")), "abcd");
	assert_ok(record_from_json(json, &back, NULL));
	assert_true(record_same(rec, back));
	json_decref(json);
	record_free(rec);
	record_free(back);
}

static void
test_bad_json(void **state)
{
	static const char *const bad[] = {
	    "{}",
	    "{\"id\":\"00\",\"kind\":\"ask\",\"time\":\"x\"}",
	    "{\"id\":\"000102030405060708090a0b0c0d0e0f\",\"kind\":\"kind-4\","
	    "\"time\":\"2026-11-24T00:00:00.000Z\"}",
	    "{\"id\":\"000102030405060708090a0b0c0d0e0f\",\"kind\":\"ask\","
	    "\"time\":\"2026-11-24T00:00:00Z\"}",
	    "{\"id\":\"000102030405060708090a0b0c0d0e0f\",\"kind\":\"ask\","
	    "\"time\":\"2026-11-24T00:00:00.000Z\",\"colour\":\"blue\"}",
	    "{\"id\":\"000102030405060708090a0b0c0d0e0f\",\"kind\":\"ask\","
	    "\"time\":\"2026-11-24T00:00:00.000Z\",\"text\":5}",
	    "{\"id\":\"000102030405060708090a0b0c0d0e0f\",\"kind\":\"ask\","
	    "\"time\":\"2026-11-24T00:00:00.000Z\",\"field-1\":\"00\"}",
	};
	struct record *rec = NULL;
	struct ek_why why;
	json_t *json;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		json = NULL;
		why.text[0] = '\0';
		assert_ok(
		    json_read(bad[i], strlen(bad[i]), "test", &json, NULL));
		assert_int_equal(
		    record_from_json(json, &rec, &why), EK_INVALID);
		assert_true(strstr(why.text, ";") != NULL);
		json_decref(json);
	}
	assert_null(rec);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_reads_back),
	    cmocka_unit_test(test_codec_and_json_round_trip),
	    cmocka_unit_test(test_damage),
	    cmocka_unit_test(test_refuses),
	    cmocka_unit_test(test_carries_the_unknown),
	    cmocka_unit_test(test_bad_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
