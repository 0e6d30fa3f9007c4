/*
 * Replies read for printing: days in words, ids by their beginnings, URLs;
 * and forms of every broken shape, which are refused or drawn, never trusted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../cli/form.h"
#include "../../cli/reply.h"
#include "../../cli/screens.h"

static void
assert_when(const char *local, const char *today, const char *expected)
{
	struct buf buf;

	buf_init(&buf, 200);
	reply_when(local, today, &buf);
	assert_string_equal(buf_text(&buf), expected);
	buf_done(&buf);
}

static void
test_when(void **state)
{
	const char *today = "2026-12-31";

	(void)state;
	assert_when("2026-12-31T16:30:00", today, "today at 16:30");
	assert_when("2027-01-01T00:00:00", today, "tomorrow at 00:00");
	assert_when("2026-12-30", today, "yesterday");
	assert_when("2026-11-24", today, "Tue 24 Nov");
	assert_when("2027-01-02", today, "Sat 2 Jan 2027");
	assert_when("2026-11-24T09:05:00", NULL, "Tue 24 Nov 2026 at 09:05");
	assert_when("2026-11-24", "", "Tue 24 Nov 2026");
	assert_when("soon", today, "soon");
	assert_when(NULL, today, "");
}

static void
test_days(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 200);
	reply_days(0, &buf);
	buf_char(&buf, '|');
	reply_days(1, &buf);
	buf_char(&buf, '|');
	reply_days(40, &buf);
	assert_string_equal(buf_text(&buf), "today|1 day|40 days");
	buf_done(&buf);
}

static void
test_url(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 200);
	reply_url("work-check.2 a/b?c=\xc3\xa9%", &buf);
	assert_string_equal(
	    buf_text(&buf), "work-check.2%20a%2Fb%3Fc%3D%C3%A9%25");
	buf_done(&buf);
}

static enum ek_err
find(const json_t *list, const char *prefix, const char **ret)
{
	const json_t *found = NULL;
	enum ek_err err;

	err = reply_find(list, prefix, "an entry", "keel diary", &found, NULL);
	*ret = found == NULL
		   ? ""
		   : json_string_value(json_object_get(found, "name"));
	return err;
}

static void
test_ids(void **state)
{
	json_t *list = json_pack("[{s:s,s:s},{s:s,s:s},{s:s,s:s}]", "id",
	    "a3f10000000000000000000000000001", "name", "one", "id",
	    "a3f1000f000000000000000000000002", "name", "two", "id",
	    "00000000000000000000000000000003", "name", "three");
	const char *name;

	(void)state;
	assert_int_equal(reply_short(list), 8);
	assert_int_equal(find(list, "0000", &name), EK_OK);
	assert_string_equal(name, "three");
	assert_int_equal(find(list, "A3F10000", &name), EK_OK);
	assert_string_equal(name, "one");
	assert_int_equal(find(list, "a3f1", &name), EK_USAGE);
	assert_int_equal(find(list, "a3f", &name), EK_USAGE);
	assert_int_equal(find(list, "", &name), EK_USAGE);
	assert_int_equal(find(list, "zzzz", &name), EK_USAGE);
	assert_int_equal(find(list, "ffff", &name), EK_NOT_FOUND);
	assert_int_equal(find(NULL, "ffff", &name), EK_NOT_FOUND);
	assert_int_equal(reply_short(NULL), 4);
	json_decref(list);
}

/* --- forms --- */

/* Every screen there is to see. */
static void
draw_all(struct form *form, json_t *reply)
{
	struct given *given = NULL;
	struct screens *screens;
	struct key enter = {KEY_ENTER, ""};

	assert_int_equal(given_new(form, &given), EK_OK);
	screens = screens_new(given);
	assert_non_null(screens);
	for (int i = 0; i < 80; i++) {
		struct page page;
		enum screens_do what;

		page_init(&page, 40, false);
		screens_draw(screens, i % 2 == 0, &page);
		assert_int_equal(page_err(&page), EK_OK);
		page_done(&page);
		what = screens_key(screens, &enter);
		if (what == SCREENS_SAVE)
			screens_saved(screens, reply, false);
		if (what == SCREENS_DONE)
			break;
	}
	screens_free(screens);
	given_free(given);
}

static void
try_form(json_t *json, json_t *reply)
{
	struct ek_why why = {""};
	struct form *form = NULL;
	enum ek_err err = form_read(json, &form, &why);

	if (err == EK_OK)
		draw_all(form, reply);
	else
		assert_non_null(strchr(why.text, ';'));
	form_free(form);
}

/* Takes away, and puts something odd in the place of, each value in turn. */
static void
break_each(json_t *whole, json_t *at, json_t *reply)
{
	static const char *const odd[] = {
	    "null", "-1", "\"\"", "\"\\n\\t x\"", "[]", "{}", "[1,{}]"};
	size_t count =
	    json_is_array(at) ? json_array_size(at) : json_object_size(at);
	void *iter = json_object_iter(at);

	for (size_t i = 0; i < count; i++) {
		json_t *old = json_is_array(at) ? json_array_get(at, i)
						: json_object_iter_value(iter);

		json_incref(old);
		for (size_t j = 0; j < sizeof(odd) / sizeof(odd[0]); j++) {
			json_t *bad = json_loads(odd[j], JSON_DECODE_ANY, NULL);

			if (json_is_array(at))
				json_array_set_new(at, i, bad);
			else
				json_object_iter_set_new(at, iter, bad);
			try_form(whole, reply);
		}
		if (json_is_array(at))
			json_array_set_new(at, i, old);
		else
			json_object_iter_set_new(at, iter, old);
		break_each(whole, old, reply);
		iter = json_object_iter_next(at, iter);
	}
}

static void
test_broken_forms(void **state)
{
	static const char *const names[] = {"pulse", "who-5", "wave"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		json_t *reply = json_pack("{s:[],s:n}", "words", "saved");
		char path[100];
		json_t *json;

		snprintf(
		    path, sizeof(path), "tests/data/checkin/%s.json", names[i]);
		json = json_load_file(path, 0, NULL);
		assert_non_null(json);
		break_each(json, json, reply);
		try_form(json, reply);
		json_decref(json);
		json_decref(reply);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_when),
	    cmocka_unit_test(test_days),
	    cmocka_unit_test(test_url),
	    cmocka_unit_test(test_ids),
	    cmocka_unit_test(test_broken_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
