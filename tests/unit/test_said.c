/*
 * test_said - what a locked book tells a repeat by.
 */
#include "check.h"
#include "keeld/said.h"

#include <string.h>

#include "base/seal.h"

static void
tag_of(const struct said *said, unsigned char key, const char *text,
    unsigned char *ret)
{
	unsigned char bytes[16] = {key};
	json_t *body = NULL;

	assert_ok(json_read(text, strlen(text), "test", &body, NULL));
	assert_ok(said_tag(said, bytes, body, ret));
	json_decref(body);
}

static void
test_tags(void **state)
{
	unsigned char one[SAID_TAG_LEN], two[SAID_TAG_LEN];
	struct said *said, *other;

	(void)state;
	assert_ok(said_new(&said));
	assert_ok(said_new(&other));
	tag_of(said, 1, "{\"a\":1,\"b\":{\"c\":2,\"d\":3}}", one);
	tag_of(said, 1, "{\"b\": {\"d\":3,\"c\":2}, \"a\":1}", two);
	assert_memory_equal(one, two, sizeof(one)); /* in any order */
	tag_of(said, 1, "{\"a\":1,\"b\":{\"c\":2,\"d\":4}}", two);
	assert_memory_not_equal(one, two, sizeof(one));
	/* another request's key, another run: nothing to be tested against */
	tag_of(said, 2, "{\"a\":1,\"b\":{\"c\":2,\"d\":3}}", two);
	assert_memory_not_equal(one, two, sizeof(one));
	tag_of(other, 1, "{\"a\":1,\"b\":{\"c\":2,\"d\":3}}", two);
	assert_memory_not_equal(one, two, sizeof(one));
	said_free(said);
	said_free(other);
	said_free(NULL);
}

static void
rid_of(unsigned number, unsigned char *ret)
{
	memset(ret, 0, EK_ID_LEN);
	ret[0] = (unsigned char)(number >> 8);
	ret[1] = (unsigned char)number;
}

static void
test_remembers_the_last(void **state)
{
	unsigned char rid[EK_ID_LEN], tag[SAID_TAG_LEN] = {1};
	unsigned char other[SAID_TAG_LEN] = {2};
	struct said *said;
	unsigned i;

	(void)state;
	assert_ok(said_new(&said));
	rid_of(0, rid);
	assert_false(said_other(said, rid, tag)); /* unknown */
	for (i = 0; i < SAID_MAX; i++) {
		rid_of(i, rid);
		said_note(said, rid, tag);
	}
	rid_of(0, rid);
	assert_false(said_other(said, rid, tag));
	assert_true(said_other(said, rid, other));
	said_note(said, rid, other); /* in its own place */
	assert_false(said_other(said, rid, other));
	rid_of(1, rid);
	assert_true(said_other(said, rid, other));
	rid_of(SAID_MAX, rid); /* one past: the first makes room */
	said_note(said, rid, tag);
	assert_true(said_other(said, rid, other));
	rid_of(0, rid);
	assert_false(said_other(said, rid, tag));
	assert_false(said_other(said, rid, other));
	rid_of(1, rid);
	assert_true(said_other(said, rid, other));
	said_free(said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tags),
	    cmocka_unit_test(test_remembers_the_last),
	};

	if (seal_init() != EK_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
