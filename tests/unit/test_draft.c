/*
 * test_draft - a draft as bytes: what was written reads back the same, and
 * nothing else is taken for one.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keeld/draft.h"

#define KEY "00112233445566778899aabbccddeeff"

static void
draft_init(struct draft *draft)
{
	memset(draft, 0, sizeof(*draft));
	snprintf(draft->key, sizeof(draft->key), "%s", KEY);
	snprintf(draft->instrument, sizeof(draft->instrument), "pulse");
	snprintf(
	    draft->slot, sizeof(draft->slot), "%s@2026-11-25T16:30:00", KEY);
	snprintf(draft->plan, sizeof(draft->plan), "%s", KEY);
	draft->begun_ms = 1795000000123;
	draft->until_ms = EK_TIME_MS_MAX;
	draft->step = 3;
	draft->fields = json_pack(
	    "{s:s,s:s}", "a.mood", "6", "note", "two\nlines \"and\" \\ ä");
	assert_non_null(draft->fields);
}

static void
test_round(void **state)
{
	struct draft draft, *back = NULL;
	struct buf bytes, again;

	(void)state;
	draft_init(&draft);
	buf_init(&bytes, EK_DRAFT_MAX);
	buf_init(&again, EK_DRAFT_MAX);
	assert_ok(draft_write(&draft, &bytes));
	assert_ok(draft_read(&bytes, &back));
	assert_string_equal(back->key, draft.key);
	assert_string_equal(back->slot, draft.slot);
	assert_string_equal(back->plan, draft.plan);
	assert_int_equal(back->begun_ms, draft.begun_ms);
	assert_int_equal(back->until_ms, draft.until_ms);
	assert_int_equal(back->step, 3);
	assert_int_equal(back->off, DRAFT_ON_RECORD);
	assert_int_equal(json_equal(back->fields, draft.fields), 1);
	assert_ok(draft_write(back, &again));
	assert_string_equal(buf_text(&bytes), buf_text(&again));
	draft_free(back);
	draft_free(NULL);
	json_decref(draft.fields);
	buf_done(&bytes);
	buf_done(&again);
}

static const char whole[] =
    "{\"v\":1,\"key\":\"k\",\"instrument\":\"pulse\",\"slot\":\"\","
    "\"plan\":\"\",\"begun\":1,\"until\":2,\"step\":0,\"fields\":{}}";

static enum ek_err
read_text(const char *text)
{
	struct draft *draft = NULL;
	struct buf bytes;
	enum ek_err err;

	buf_init(&bytes, EK_DRAFT_MAX);
	buf_str(&bytes, text);
	err = draft_read(&bytes, &draft);
	assert_true((err == EK_OK) == (draft != NULL));
	draft_free(draft);
	buf_done(&bytes);
	return err;
}

/* Each part of a whole one, spoilt. */
static void
test_refused(void **state)
{
	static const struct {
		const char *what, *by;
	} spoilt[] = {{"\"v\":1", "\"v\":2"}, {"\"v\":1", "\"v\":\"1\""},
	    {"\"v\":1,", ""}, {"\"key\":\"k\"", "\"key\":7"},
	    {"\"key\":\"k\",", ""}, {"\"k\"", "\"" KEY "0\""},
	    {"\"pulse\"", "null"}, {"\"slot\":\"\"", "\"slot\":{}"},
	    {"\"plan\":\"\",", ""}, {"\"plan\":\"\"", "\"plan\":\"" KEY "0\""},
	    {"\"begun\":1", "\"begun\":-1"},
	    {"\"until\":2", "\"until\":253402300800000"},
	    {"\"until\":2", "\"until\":2.5"}, {"\"step\":0", "\"step\":101"},
	    {"\"fields\":{}", "\"fields\":[]"},
	    {"\"fields\":{}", "\"fields\":{\"a\":1}"}, {",\"fields\":{}", ""},
	    {"{}}", "{}}x"}, {"}}", "}"}};
	const char *at;
	char text[400];
	size_t i;

	(void)state;
	assert_ok(read_text(whole));
	assert_int_equal(read_text(""), EK_CORRUPT);
	assert_int_equal(read_text("[]"), EK_CORRUPT);
	for (i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
		at = strstr(whole, spoilt[i].what);
		assert_non_null(at);
		snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - whole),
		    whole, spoilt[i].by, at + strlen(spoilt[i].what));
		if (read_text(text) != EK_CORRUPT)
			print_error("%s\n", text);
		assert_int_equal(read_text(text), EK_CORRUPT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round),
	    cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
