/*
 * test_store_draft - drafts in a book's file: a book of before gets their
 * table, and what is settled leaves the file, also when a kill came between,
 * and without calling unsaved what was saved with it.
 */
#include "check.h"
#include "keeld/store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/seal.h"
#include "store_place.h"

static const unsigned char rid[EK_ID_LEN] = {0x5A, 1, 2, 3};

static void
put(struct store *store, const char *text)
{
	struct buf plain;

	buf_init(&plain, EK_DRAFT_MAX);
	buf_str(&plain, text);
	assert_ok(store_draft_put(store, rid, &plain, NULL));
	assert_ok(store_turn_end(store, NULL));
	buf_done(&plain);
}

static sqlite3 *
stranger(const struct place *place)
{
	char path[2048];
	sqlite3 *db = NULL;

	snprintf(path, sizeof(path), "%s/book.db", place->paths.data);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	return db;
}

static void
tell(sqlite3 *db, const char *sql)
{
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

/* The bytes of the one sealed draft. */
static void
sealed_bytes(const struct place *place, struct buf *ret)
{
	sqlite3 *db = stranger(place);
	sqlite3_stmt *stmt = NULL;

	assert_int_equal(
	    sqlite3_prepare_v2(db, "SELECT blob FROM drafts", -1, &stmt, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	buf_add(ret, sqlite3_column_blob(stmt, 0),
	    (size_t)sqlite3_column_bytes(stmt, 0));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	assert_ok(buf_err(ret));
}

static size_t
drafts(struct store *store)
{
	size_t count = 0;

	assert_ok(store_draft_count(store, &count));
	return count;
}

/* A book that the version before this one made. */
static void
test_book_of_before(void **state)
{
	struct key_spec spec = file_spec();
	struct place place;
	struct store *store;
	sqlite3 *db;

	(void)state;
	place_init(&place);
	store = open_store(&place, STORE_NONE);
	make(store, &spec);
	add(store, 1, "one");
	store_close(store);
	db = stranger(&place);
	tell(db, "DROP TABLE drafts; PRAGMA user_version=1");
	sqlite3_close(db);
	store = open_store(&place, STORE_OPEN);
	assert_int_equal(asks(store), 1);
	put(store, "begun");
	store_close(store);
	store = open_store(&place, STORE_OPEN);
	assert_int_equal(drafts(store), 1);
	store_close(store);
	place_done(&place);
}

/* All sizes within a step of padding look the same. */
static void
test_padded(void **state)
{
	struct key_spec spec = file_spec();
	struct buf small, large;
	struct place place;
	struct store *store;

	(void)state;
	place_init(&place);
	buf_init(&small, 4096);
	buf_init(&large, 4096);
	store = open_store(&place, STORE_NONE);
	make(store, &spec);
	put(store, "");
	sealed_bytes(&place, &small);
	put(store, "a note of some words, and then of some more");
	sealed_bytes(&place, &large);
	assert_int_equal(small.len, large.len);
	store_close(store);
	buf_done(&small);
	buf_done(&large);
	place_done(&place);
}

/* Another program reads meanwhile: the scrub is owed, what was saved is saved,
 * and the next start makes it good. */
static void
settle_while_read(bool told)
{
	struct key_spec spec = file_spec();
	struct place place;
	struct store *store;
	struct buf sealed;
	sqlite3 *reader;
	struct record *rec = ask(7, "saved");
	const struct record *recs[1] = {rec};
	enum ek_err err;

	place_init(&place);
	buf_init(&sealed, 1 << 16);
	store = open_store(&place, STORE_NONE);
	make(store, &spec);
	put(store, "begun and not saved yet");
	sealed_bytes(&place, &sealed);
	reader = stranger(&place);
	tell(reader, "BEGIN; SELECT count(*) FROM rows");
	assert_ok(store_add(store, recs, 1, NULL, NULL));
	assert_ok(store_draft_drop(store, rid, told, NULL));
	err = store_turn_end(store, NULL);
	assert_int_equal(err, told ? EK_BUSY : EK_OK);
	assert_int_equal(asks(store), 1);
	assert_int_equal(drafts(store), 0);
	sqlite3_close(reader);
	assert_true(found_below(place.dir, &sealed));
	store_close(store);
	store = open_store(&place, STORE_OPEN);
	assert_int_equal(asks(store), 1);
	assert_false(found_below(place.dir, &sealed));
	store_close(store);
	record_free(rec);
	buf_done(&sealed);
	place_done(&place);
}

static void
test_owed(void **state)
{
	(void)state;
	settle_while_read(false);
	settle_while_read(true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_book_of_before),
	    cmocka_unit_test(test_padded),
	    cmocka_unit_test(test_owed),
	};

	if (seal_init() != EK_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
