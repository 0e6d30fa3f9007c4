/*
 * test_json - what json_read refuses, and that the reason is the true one:
 * line and column, never a byte of the input; and the one form of what is
 * written.
 */
#include "evenkeel/json.h"

#include <string.h>

#include "evenkeel/limits.h"
#include "tests/unit/check.h"

#define SECRET "zebra" /* stands in every input that is refused */

static void
refused_bytes(const char *text, size_t len, const char *words)
{
	json_t *untouched = (json_t *)&untouched, *json = untouched;
	struct ek_why why = {""};

	if (json_read(text, len, "it", &json, &why) != EK_INVALID)
		fail_msg("taken: %s", text);
	assert_ptr_equal(json, untouched);
	if (strstr(why.text, words) == NULL || strchr(why.text, ';') == NULL)
		fail_msg("%s: \"%s\"", text, why.text);
	assert_null(strstr(why.text, SECRET));
}

static void
refused(const char *text, const char *words)
{
	refused_bytes(text, strlen(text), words);
}

static void
taken(const char *text)
{
	struct ek_why why = {""};
	json_t *json = NULL;

	if (json_read(text, strlen(text), "it", &json, &why) != EK_OK)
		fail_msg("%s: %s", text, why.text);
	json_decref(json);
}

static void
test_not_json(void **state)
{
	(void)state;
	refused("{\"" SECRET "\":", "not JSON at line 1");
	refused("{\n\"" SECRET "\":01}", "not JSON at line 2");
	refused("[\"" SECRET "\",]", "not JSON");
	refused("[\"" SECRET "\"] []", "not JSON");
	refused("[\"" SECRET "\",NaN]", "not JSON");
	refused("[\"" SECRET "\",+1]", "not JSON");
	refused("[\"" SECRET "\",.5]", "not JSON");
	refused("[\"" SECRET "\",1.]", "not JSON");
	refused("[\"" SECRET "\n\"]", "not JSON");
	refused("[\"" SECRET "\\x\"]", "not JSON");
	refused("\xEF\xBB\xBF[\"" SECRET "\"]", "not JSON");
	refused("[\"" SECRET "\",\"\\ud800\"]", "not JSON");
	refused("[\"" SECRET "\",\"\\udc00\\ud800\"]", "not JSON");
	refused("\"" SECRET "\"", "not JSON");
	refused("", "not JSON");
}

/* JSON, and refused all the same: another reader may take it otherwise. */
static void
test_json_but_not_ours(void **state)
{
	static const char nul[] = "[\"" SECRET "\0\"]";

	(void)state;
	refused("{\"" SECRET "\":1,\"" SECRET "\":1}", "twice");
	refused("[\"" SECRET "\",1e400]", "number that is too large");
	refused("[\"" SECRET "\",-1e400]", "number that is too large");
	refused("[\"" SECRET "\",1000000000000000000000000000000]",
	    "number that is too large");
	refused("[\"" SECRET "\\u0000\"]", "NUL");
	refused("{\"" SECRET "\\u0000\":1}", "NUL");
	refused_bytes(nul, sizeof(nul) - 1, "at line 1");
	refused("[\"" SECRET "\xC0\xAF\"]", "UTF-8");
	refused("[\"" SECRET "\xED\xA0\x80\"]", "UTF-8");
	refused("[\"" SECRET "\xFF\"]", "UTF-8");
	taken("[-0, 1e300, 1e-400, 9223372036854775807, \"\\ud83d\\ude00\"]");
}

static void
nest(char *text, int depth)
{
	memset(text, '[', (size_t)depth);
	memset(text + depth, ']', (size_t)depth);
	text[2 * depth] = '\0';
}

static void
test_depth(void **state)
{
	char text[2 * (EK_JSON_DEPTH_MAX + 1) + 1];

	(void)state;
	nest(text, EK_JSON_DEPTH_MAX);
	taken(text);
	nest(text, EK_JSON_DEPTH_MAX + 1);
	refused(text, "deeper");
	taken("[\"[[[[[[[[[[[[[[[[[[[[\\\"[[\"]"); /* in a text they are none */
}

/* What is read in another form comes out in ours. */
static void
written_as(const char *text, const char *expected)
{
	struct buf buf;
	json_t *json = NULL;

	assert_ok(json_read(text, strlen(text), "it", &json, NULL));
	buf_init(&buf, 4096);
	assert_ok(json_write(json, &buf));
	assert_string_equal(buf_text(&buf), expected);
	buf_done(&buf);
	json_decref(json);
}

static void
test_written(void **state)
{
	(void)state;
	written_as(" [ ] ", "[]");
	written_as("{ }", "{}");
	written_as("{\"b\": [1, -0, true, false, null], \"a\": {}}",
	    "{\"b\":[1,0,true,false,null],\"a\":{}}");
	written_as("[6.4, 6.0, 1e2, 1e300, 0.1, 12345678901234567]",
	    "[6.4,6.0,100.0,1e+300,0.1,12345678901234567]");
	written_as("[\"\\/\\u0041 \\u00e4\"]", "[\"/A \xC3\xA4\"]");
	written_as("[\"\\\"\\\\\\b\\f\\n\\r\\t\\u001b\\u001F\"]",
	    "[\"\\\"\\\\\\b\\f\\n\\r\\t\\u001B\\u001F\"]");
	/* what a terminal would obey: DEL, C1, bidi; in names as well */
	written_as("{\"\x7F\":\"\xC2\x9B\"}", "{\"\\u007F\":\"\\u009B\"}");
	written_as("[\"a\xE2\x80\xAE b\xE2\x81\xA6 c\xD8\x9C\"]",
	    "[\"a\\u202E b\\u2066 c\\u061C\"]");
	written_as("[\"\xF0\x9F\x98\x80\xE2\x80\x8D\"]",
	    "[\"\xF0\x9F\x98\x80\xE2\x80\x8D\"]");
}

static void
test_written_max(void **state)
{
	json_t *json = json_pack("[s]", "four");
	struct buf buf;

	(void)state;
	buf_init(&buf, strlen("[\"four\"]"));
	assert_ok(json_write(json, &buf));
	buf_done(&buf);
	buf_init(&buf, strlen("[\"four\"]") - 1);
	assert_int_equal(json_write(json, &buf), EK_TOO_LARGE);
	buf_done(&buf);
	json_decref(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_not_json),
	    cmocka_unit_test(test_json_but_not_ours),
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_written),
	    cmocka_unit_test(test_written_max),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
