/*
 * test_store_rekey - a new book key: what it takes along, and what it must not
 * take down with it.
 */
#include "check.h"
#include "keeld/store.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/seal.h"
#include "keeld/copy.h"
#include "keeld/store_in.h"
#include "store_place.h"

static void
test_new_key(void **state)
{
	struct key_spec spec = file_spec(), next = pass_spec();
	struct place place;
	struct store *store;
	struct buf sealed;

	(void)state;
	place_init(&place);
	store = open_store(&place, STORE_NONE);
	make(store, &spec);
	add(store, 1, "one");
	buf_init(&sealed, 1 << 16);
	row_bytes(&place, 1, &sealed);
	assert_ok(store_rekey(store, &next, NULL));
	assert_int_equal(asks(store), 1);
	assert_false(found_below(place.dir, &sealed));
	store_close(store);
	store = open_store(&place, STORE_LOCKED);
	assert_ok(store_unlock(store, "passphrase", next.kek, NULL));
	assert_int_equal(asks(store), 1);
	assert_ok(store_rekey(store, &spec, NULL));
	store_close(store);
	store = open_store(&place, STORE_OPEN);
	assert_int_equal(asks(store), 1);
	store_close(store);
	buf_done(&sealed);
	place_done(&place);
}

/* No file may grow by more than this: a disk that is nearly full. */
static void
limit_files(const struct place *place, rlim_t more)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
	char path[2048];
	struct stat st;

	if (more != RLIM_INFINITY) {
		snprintf(
		    path, sizeof(path), "%s/book.db-wal", place->paths.data);
		assert_int_equal(stat(path, &st), 0);
		limit.rlim_cur = (rlim_t)st.st_size + more;
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Others of this turn are told as they fared: kept, or not. */
static void
test_a_full_disk_takes_no_other_down(void **state)
{
	struct key_spec spec = file_spec(), next = pass_spec();
	struct record *rec = ask(200, "of another request");
	const struct record *recs[1] = {rec};
	struct place place;
	struct store *store;
	char text[4001];
	unsigned char n;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	place_init(&place);
	store = open_store(&place, STORE_NONE);
	make(store, &spec);
	for (n = 1; n < 100; n++)
		add(store, n, text);
	assert_ok(store_add(store, recs, 1, NULL, NULL));
	limit_files(&place, 64 * 1024);
	assert_int_not_equal(store_rekey(store, &next, NULL), EK_OK);
	limit_files(&place, RLIM_INFINITY);
	assert_ok(store_turn_end(store, NULL));
	assert_int_equal(asks(store), 100);
	store_close(store);
	store = open_store(&place, STORE_OPEN);
	assert_int_equal(store_key_mode(store), KEY_FILE);
	assert_true(store_knows(store, rec->rid));
	assert_int_equal(asks(store), 100);
	store_close(store);
	record_free(rec);
	place_done(&place);
}

/* Once the new key is kept it must not be told as refused: keel would show no
 * phrase, and the keyring's new secret would be taken out again. */
static void
test_kept_though_not_scrubbed_yet(void **state)
{
	struct key_spec spec = file_spec(), next = pass_spec();
	struct place place;
	struct store *store;
	sqlite3 *reader = NULL;
	struct buf sealed;
	char path[2048];

	(void)state;
	place_init(&place);
	store = open_store(&place, STORE_NONE);
	make(store, &spec);
	add(store, 1, "one");
	buf_init(&sealed, 1 << 16);
	row_bytes(&place, 1, &sealed);
	snprintf(path, sizeof(path), "%s/book.db", place.paths.data);
	assert_int_equal(sqlite3_open(path, &reader), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(
		reader, "BEGIN; SELECT count(*) FROM rows", NULL, NULL, NULL),
	    SQLITE_OK);
	assert_ok(store_rekey(store, &next, NULL));
	assert_ok(store_turn_end(store, NULL));
	sqlite3_close(reader);
	assert_true(found_below(place.dir, &sealed));
	store_close(store);
	store = open_store(&place, STORE_LOCKED);
	assert_false(found_below(place.dir, &sealed));
	assert_ok(store_unlock(store, "passphrase", next.kek, NULL));
	assert_int_equal(asks(store), 1);
	store_close(store);
	buf_done(&sealed);
	place_done(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_new_key),
	    cmocka_unit_test(test_a_full_disk_takes_no_other_down),
	    cmocka_unit_test(test_kept_though_not_scrubbed_yet),
	};

	if (seal_init() != EK_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
