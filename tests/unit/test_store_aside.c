/*
 * test_store_aside - a damaged book set aside: all of its files or none.
 *
 * A kill in the middle is laid out by hand, as it would lie on the disk;
 * tests/fault/aside.py kills at every step.
 */
#include "check.h"
#include "keeld/store.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/seal.h"
#include "keeld/copy.h"
#include "keeld/store_in.h"
#include "store_place.h"

static void
put(const struct place *place, const char *name, const char *text)
{
	char path[2048];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", place->paths.data, name);
	file = fopen(path, "wb");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static bool
is(const struct place *place, const char *name, const char *text)
{
	char path[2048];
	struct buf bytes;
	bool same;

	snprintf(path, sizeof(path), "%s/%s", place->paths.data, name);
	buf_init(&bytes, 1 << 20);
	slurp(path, &bytes);
	same = bytes.len == strlen(text) &&
	       memcmp(buf_text(&bytes), text, bytes.len) == 0;
	buf_done(&bytes);
	return same;
}

static bool
there(const struct place *place, const char *name)
{
	char path[2048];

	snprintf(path, sizeof(path), "%s/%s", place->paths.data, name);
	return access(path, F_OK) == 0;
}

/* A folder with a book in it that does not open. */
static void
damaged_init(struct place *place)
{
	place_init(place);
	store_close(open_store(place, STORE_NONE));
	put(place, "book.db", "no book");
	put(place, "book.db-wal", "its log");
	put(place, "book.key", "its key");
	put(place, "book.key.new", "its next key");
}

static void
assert_aside(const struct place *place, const char *number)
{
	char name[64];

	snprintf(name, sizeof(name), "book.db.damaged%s", number);
	assert_true(is(place, name, "no book"));
	snprintf(name, sizeof(name), "book.db.damaged%s-wal", number);
	assert_true(is(place, name, "its log"));
	snprintf(name, sizeof(name), "book.key.damaged%s", number);
	assert_true(is(place, name, "its key"));
	snprintf(name, sizeof(name), "book.key.new.damaged%s", number);
	assert_true(is(place, name, "its next key"));
	assert_false(there(place, "book.db"));
	assert_false(there(place, "book.db-wal"));
	assert_false(there(place, "book.key"));
	assert_false(there(place, STORE_ASIDE));
}

static void
test_whole(void **state)
{
	struct place place;
	struct store *store;

	(void)state;
	damaged_init(&place);
	store = open_store(&place, STORE_BROKEN);
	assert_int_equal(store_err(store), EK_CORRUPT);
	assert_true(is(&place, "book.db-wal", "its log"));
	assert_ok(store_set_aside(store, NULL));
	assert_int_equal(store_state(store), STORE_NONE);
	assert_aside(&place, "1");
	store_close(store);
	place_done(&place);
}

static void
test_half_is_ended_at_the_start(void **state)
{
	struct place place;
	char from[2048], to[2048];

	(void)state;
	damaged_init(&place);
	put(&place, STORE_ASIDE, "1\n");
	snprintf(from, sizeof(from), "%s/book.db-wal", place.paths.data);
	snprintf(to, sizeof(to), "%s/book.db.damaged1-wal", place.paths.data);
	assert_int_equal(rename(from, to), 0);
	store_close(open_store(&place, STORE_NONE));
	assert_aside(&place, "1");
	place_done(&place);
}

/* A power cut may bring the marker back; what lies there now is not its. */
static void
test_marker_that_came_back(void **state)
{
	struct key_spec spec = file_spec();
	struct place place;
	struct store *store;

	(void)state;
	damaged_init(&place);
	store = open_store(&place, STORE_BROKEN);
	assert_ok(store_set_aside(store, NULL));
	make(store, &spec);
	add(store, 1, "one");
	store_close(store);
	put(&place, STORE_ASIDE, "1\n");
	store = open_store(&place, STORE_OPEN);
	assert_int_equal(asks(store), 1);
	assert_false(there(&place, STORE_ASIDE));
	store_close(store);
	place_done(&place);
}

static void
test_each_its_own_number(void **state)
{
	struct place place;
	struct store *store;
	struct ek_why why = {""};
	char number[2] = "1";

	(void)state;
	damaged_init(&place);
	for (; number[0] <= '9'; number[0]++) {
		store = open_store(&place, STORE_BROKEN);
		assert_ok(store_set_aside(store, NULL));
		store_close(store);
		assert_aside(&place, number);
		put(&place, "book.db", "no book");
		put(&place, "book.db-wal", "its log");
		put(&place, "book.key", "its key");
		put(&place, "book.key.new", "its next key");
	}
	store = open_store(&place, STORE_BROKEN);
	assert_int_equal(store_set_aside(store, &why), EK_CONFLICT);
	assert_non_null(strchr(why.text, ';'));
	assert_int_equal(store_state(store), STORE_BROKEN);
	assert_true(is(&place, "book.db", "no book"));
	assert_false(there(&place, STORE_ASIDE));
	store_close(store);
	place_done(&place);
}

static void
test_erase_takes_all_of_it(void **state)
{
	struct key_spec spec = file_spec();
	struct place place;
	struct store *store;

	(void)state;
	damaged_init(&place);
	store = open_store(&place, STORE_BROKEN);
	assert_ok(store_set_aside(store, NULL));
	make(store, &spec);
	put(&place, STORE_ASIDE, "2\n");
	assert_ok(store_destroy(store, NULL));
	assert_false(there(&place, "book.db.damaged1"));
	assert_false(there(&place, "book.db.damaged1-wal"));
	assert_false(there(&place, "book.key.damaged1"));
	assert_false(there(&place, STORE_ASIDE));
	assert_false(there(&place, STORE_ERASING));
	store_close(store);
	place_done(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_whole),
	    cmocka_unit_test(test_half_is_ended_at_the_start),
	    cmocka_unit_test(test_marker_that_came_back),
	    cmocka_unit_test(test_each_its_own_number),
	    cmocka_unit_test(test_erase_takes_all_of_it),
	};

	if (seal_init() != EK_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
