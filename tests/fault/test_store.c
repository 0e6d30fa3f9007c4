/*
 * test_store - adding, taking, forgetting and settling while every call fails
 * in turn: all or none of it is kept, and the book in memory is the one in
 * the rows.
 */
#include "desk.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/seal.h"
#include "keeld/store_in.h"

/* --- a turn's requests --- */

static void
ready_to_add(struct desk *desk)
{
	desk_open(desk, STORE_OPEN);
}

static enum ek_err
add(struct desk *desk, size_t from, size_t count)
{
	return store_add(desk->store,
	    (const struct record *const *)desk->recs + from, count, NULL, NULL);
}

static enum ek_err
act_add(struct desk *desk)
{
	enum ek_err err = add(desk, 0, 2);

	return err == EK_OK ? store_turn_end(desk->store, NULL) : err;
}

/* Two requests of one turn: the second one's fault undoes the first, and the
 * commit tells both. */
static enum ek_err
act_add_twice(struct desk *desk)
{
	enum ek_err first, second, end;

	first = add(desk, 0, 2);
	second = add(desk, 2, 2);
	end = store_turn_end(desk->store, NULL);
	if (first != EK_OK)
		assert_int_equal(second, first);
	if (second != EK_OK)
		assert_int_equal(end, second);
	return end;
}

static void
ready_to_take(struct desk *desk)
{
	desk_open(desk, STORE_OPEN);
}

/* From another desk: new ones, known ones, and one that is gone there. */
static enum ek_err
act_take(struct desk *desk)
{
	struct store_taken taken = {9, 9, 9};
	enum ek_err err;

	err = store_take(desk->store, (const struct record *const *)desk->recs,
	    desk->count, &taken, NULL);
	if (err == EK_OK)
		assert_true(
		    taken.added + taken.known + taken.gone == desk->count);
	else
		assert_int_equal(taken.added, 9);
	return err == EK_OK ? store_turn_end(desk->store, NULL) : err;
}

static enum ek_err
act_forget(struct desk *desk)
{
	unsigned char rids[2 * EK_ID_LEN], gone[EK_ID_LEN];

	memset(rids, 2, EK_ID_LEN);
	memset(rids + EK_ID_LEN, 102, EK_ID_LEN);
	memset(gone, 0xEE, sizeof(gone));
	return store_forget(desk->store, rids, 2, gone, 5000, NULL);
}

static enum ek_err
act_arm(struct desk *desk)
{
	const int64_t due[] = {100, 200, 300};
	enum ek_err err = store_arm(desk->store, due, 3, NULL);

	return err == EK_OK ? store_turn_end(desk->store, NULL) : err;
}

static void
test_turns(void **state)
{
	const struct scene scenes[] = {
	    {ready_to_add, act_add, NULL, false, false},
	    {ready_to_add, act_add_twice, NULL, false, false},
	    {ready_to_take, act_take, NULL, false, true},
	    {ready_to_add, act_forget, NULL, false, true},
	    {ready_to_add, act_arm, NULL, false, false},
	};
	unsigned char rid[EK_ID_LEN], gone[EK_ID_LEN];
	struct record_build build;
	struct desk desk;
	size_t i;

	(void)state;
	desk_init(&desk, KEY_FILE, true);
	desk_records(&desk, 11);
	desk_records(&desk, 12);
	memset(rid, 3, sizeof(rid));
	memset(gone, 0xDD, sizeof(gone));
	record_begin(&build, REC_GONE, gone, 7000);
	record_put_ids(&build, GONE_RECORDS, rid, 1);
	assert_ok(record_end(&build, &desk.recs[desk.count++]));
	desk_records(&desk, 3); /* its note is known, itself is gone */
	for (i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++)
		desk_play(&desk, &scenes[i]);
	desk_done(&desk);
}

/* --- locked --- */

static void
ready_locked(struct desk *desk)
{
	desk_open(desk, STORE_LOCKED);
}

/* A client that heard no answer sends the same again. */
static enum ek_err
act_add_again(struct desk *desk)
{
	bool again = false;
	enum ek_err err;

	err = act_add(desk);
	if (err != EK_OK)
		return err;
	err = store_add(desk->store, (const struct record *const *)desk->recs,
	    2, &again, NULL);
	if (err == EK_OK)
		assert_true(again);
	return err;
}

static enum ek_err
act_unlock(struct desk *desk)
{
	enum ek_err err =
	    store_unlock(desk->store, "passphrase", desk->spec.kek, NULL);

	assert_int_equal(
	    store_state(desk->store), err == EK_OK ? STORE_OPEN : STORE_LOCKED);
	return err;
}

/* What waits is taken in, or dropped; what is no check-in never comes in. */
static enum ek_err
settle(struct desk *desk, bool keep)
{
	size_t kept = 99;
	enum ek_err err = store_pending_settle(desk->store, keep, &kept, NULL);

	assert_int_equal(kept, err != EK_OK ? 99 : keep ? 4 : 0);
	return err == EK_OK ? store_turn_end(desk->store, NULL) : err;
}

static enum ek_err
act_settle(struct desk *desk)
{
	return settle(desk, true);
}

static enum ek_err
act_drop(struct desk *desk)
{
	return settle(desk, false);
}

static void
ready_unlocked(struct desk *desk)
{
	desk_open(desk, STORE_LOCKED);
	assert_ok(
	    store_unlock(desk->store, "passphrase", desk->spec.kek, NULL));
}

/* With something added in the same turn, which locking keeps. */
static enum ek_err
act_lock(struct desk *desk)
{
	enum ek_err err = add(desk, 0, 2);

	if (err == EK_OK)
		err = store_lock(desk->store, NULL);
	assert_true(
	    (store_state(desk->store) == STORE_LOCKED) == (err == EK_OK));
	return err;
}

static struct record *
bare(enum record_kind kind, unsigned char number)
{
	unsigned char rid[EK_ID_LEN];
	struct record_build build;
	struct record *rec = NULL;

	memset(rid, number, sizeof(rid));
	record_begin(&build, kind, rid, 5);
	assert_ok(record_end(&build, &rec));
	return rec;
}

/* Pending rows of every kind that a locked book takes, of one that it never
 * takes, and of none. */
static void
add_odd_pending(struct desk *desk)
{
	struct record *odd[] = {
	    bare(REC_HARD, 75), bare(REC_SLOT, 76), bare(REC_ASK, 77)};
	unsigned char rid[EK_ID_LEN];
	size_t i;

	assert_ok(store_add(
	    desk->store, (const struct record *const *)odd, 3, NULL, NULL));
	memset(rid, 78, sizeof(rid));
	assert_ok(db_put(
	    desk->store->db, DB_PENDING, rid, "no row at all", 13, NULL));
	assert_ok(store_commit(desk->store, NULL));
	for (i = 0; i < 3; i++)
		record_free(odd[i]);
}

static void
test_locked(void **state)
{
	const struct scene before[] = {
	    {ready_locked, act_add, NULL, false, false},
	    {ready_locked, act_add_again, NULL, false, true},
	    {ready_locked, act_unlock, NULL, false, false},
	    {ready_unlocked, act_lock, NULL, false, false},
	};
	const struct scene settling[] = {
	    {ready_unlocked, act_settle, NULL, true, true},
	    {ready_unlocked, act_drop, NULL, true, true},
	};
	struct desk desk;
	size_t i;

	(void)state;
	desk_init(&desk, KEY_PASSPHRASE, true);
	desk_records(&desk, 11);
	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		desk_play(&desk, &before[i]);
	desk_open(&desk, STORE_LOCKED);
	assert_ok(act_add(&desk));
	add_odd_pending(&desk);
	assert_int_equal(store_pending(desk.store), 6);
	assert_true(store_waits(desk.store, desk.recs[0]->rid));
	desk_keep(&desk);
	for (i = 0; i < sizeof(settling) / sizeof(settling[0]); i++)
		desk_play(&desk, &settling[i]);
	desk_done(&desk);
}

/* --- refused --- */

static enum ek_err
add_one(struct store *store, const struct record *rec, struct ek_why *why)
{
	const struct record *recs[] = {rec};

	return store_add(store, recs, 1, NULL, why);
}

static void
test_conflicts(void **state)
{
	struct ek_why why = {""};
	struct record *other = bare(REC_ASK, 1), *empty = bare(REC_GONE, 50);
	struct record *gone;
	const struct record *both[2];
	struct store_taken taken = {0, 0, 0};
	struct desk desk;
	bool again = true;

	(void)state;
	desk_init(&desk, KEY_FILE, true);
	desk_records(&desk, 11);
	desk_open(&desk, STORE_OPEN);
	assert_int_equal(add_one(desk.store, other, &why), EK_CONFLICT);
	assert_non_null(strstr(why.text, "use a new one"));
	assert_ok(add(&desk, 0, 1));
	both[0] = desk.recs[0];
	both[1] = desk.recs[1];
	why.text[0] = '\0';
	assert_int_equal(
	    store_add(desk.store, both, 2, &again, &why), EK_CONFLICT);
	assert_true(again); /* untouched */
	assert_non_null(strstr(why.text, "use a new one"));
	assert_ok(store_turn_end(desk.store, NULL));
	/* what is gone is known, and stays gone */
	assert_ok(act_forget(&desk));
	gone = bare(REC_ASK, 2);
	assert_true(store_knows(desk.store, gone->rid));
	assert_ok(store_add(
	    desk.store, (const struct record *const *)&gone, 1, &again, NULL));
	assert_true(again);
	/* a `gone` that names nothing is taken, and nothing is scrubbed */
	assert_ok(store_take(
	    desk.store, (const struct record *const *)&empty, 1, &taken, NULL));
	assert_int_equal(taken.added, 1);
	assert_ok(store_turn_end(desk.store, NULL));
	desk_close(&desk);
	record_free(gone);
	record_free(empty);
	record_free(other);
	desk_done(&desk);
}

/* A turn that was undone takes nothing more in, whoever asks. */
static void
test_undone_turn(void **state)
{
	struct inject_plan plan = {INJECT_SQL, SQLITE_FULL, 1, false, NULL};
	struct store_taken taken = {7, 7, 7};
	const int64_t due[] = {1};
	struct desk desk;
	size_t kept = 9;

	(void)state;
	desk_init(&desk, KEY_FILE, true);
	desk_records(&desk, 11);
	desk_open(&desk, STORE_OPEN);
	inject_arm(&plan);
	assert_int_equal(add(&desk, 0, 2), EK_NO_SPACE);
	inject_disarm();
	assert_int_equal(add(&desk, 0, 2), EK_NO_SPACE);
	assert_int_equal(
	    store_take(desk.store, (const struct record *const *)desk.recs, 2,
		&taken, NULL),
	    EK_NO_SPACE);
	assert_int_equal(taken.added, 7);
	assert_int_equal(store_arm(desk.store, due, 1, NULL), EK_NO_SPACE);
	assert_int_equal(
	    store_pending_settle(desk.store, false, &kept, NULL), EK_NO_SPACE);
	assert_int_equal(kept, 9);
	assert_int_equal(store_turn_end(desk.store, NULL), EK_NO_SPACE);
	assert_ok(add(&desk, 0, 2)); /* the next turn is a new one */
	assert_ok(store_turn_end(desk.store, NULL));
	desk_close(&desk);
	desk_done(&desk);
}

static void
assert_not_open(struct desk *desk, enum ek_err err)
{
	struct store_taken taken;
	struct ek_why why = {""};
	unsigned char rid[EK_ID_LEN] = {0};
	size_t kept;

	assert_int_equal(act_forget(desk), err);
	assert_int_equal(
	    store_take(desk->store, (const struct record *const *)desk->recs, 1,
		&taken, &why),
	    err);
	assert_true(strpbrk(why.text, ";:") != NULL);
	assert_int_equal(
	    store_pending_settle(desk->store, true, &kept, NULL), err);
	assert_false(store_knows(desk->store, rid));
	assert_null(store_book(desk->store));
}

static void
test_not_open(void **state)
{
	const int64_t due[] = {1};
	struct ek_why why = {""};
	struct record *known;
	struct desk desk;
	size_t armed = 9;
	bool again = false;
	char sql[] = "UPDATE meta SET value=x'00' WHERE key='pk'";
	char path[EK_PATH_MAX];
	sqlite3 *db = NULL;

	(void)state;
	desk_init(&desk, KEY_PASSPHRASE, true);
	desk_records(&desk, 11);
	desk_open(&desk, STORE_LOCKED);
	assert_not_open(&desk, EK_LOCKED);
	/* it is among the rows, though nobody can read what it says */
	known = bare(REC_CHECKIN, 1);
	assert_ok(store_add(
	    desk.store, (const struct record *const *)&known, 1, &again, NULL));
	assert_true(again);
	record_free(known);
	desk_path(&desk, "book.db", path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(add_one(desk.store, desk.recs[0], NULL), EK_CORRUPT);
	desk_close(&desk);
	desk_done(&desk);
	desk_init(&desk, KEY_FILE, false);
	desk_records(&desk, 11);
	desk_open(&desk, STORE_NONE);
	assert_not_open(&desk, EK_LOCKED);
	assert_int_equal(add_one(desk.store, desk.recs[0], &why), EK_NO_BOOK);
	assert_non_null(strstr(why.text, "keel start"));
	assert_ok(store_arm(desk.store, due, 1, NULL));
	assert_ok(store_armed(desk.store, 5, &armed));
	assert_int_equal(armed, 0);
	assert_int_equal(store_pending(desk.store), 0);
	assert_false(store_waits(desk.store, desk.recs[0]->rid));
	assert_ok(store_scrub_owed(desk.store, NULL));
	assert_ok(store_check(desk.store, NULL));
	desk.store->state = STORE_BROKEN;
	desk.store->err = EK_CORRUPT;
	ek_why(&desk.store->why, EK_CORRUPT, "damaged; restore it");
	assert_int_equal(add_one(desk.store, desk.recs[0], &why), EK_CORRUPT);
	assert_string_equal(why.text, "damaged; restore it");
	desk_close(&desk);
	desk_done(&desk);
}

/* --- reading --- */

static enum ek_err
act_read(struct desk *desk)
{
	size_t armed = 9;
	enum ek_err err = store_check(desk->store, NULL);

	if (err == EK_OK)
		err = store_armed(desk->store, 5, &armed);
	if (err == EK_OK)
		assert_int_equal(armed, 0);
	/* these two have no error: it is as if there were none */
	(void)store_pending(desk->store);
	(void)store_knows(desk->store, desk->recs[0]->rid);
	(void)store_waits(desk->store, desk->recs[0]->rid);
	return err;
}

static void
test_reading(void **state)
{
	const struct scene open = {ready_to_add, act_read, NULL, false, false};
	const struct scene locked = {
	    ready_locked, act_read, NULL, false, false};
	struct desk desk;

	(void)state;
	desk_init(&desk, KEY_FILE, true);
	desk_records(&desk, 11);
	desk_play(&desk, &open);
	desk_done(&desk);
	desk_init(&desk, KEY_PASSPHRASE, true);
	desk_records(&desk, 11);
	desk_play(&desk, &locked);
	desk_done(&desk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_turns),
	    cmocka_unit_test(test_locked),
	    cmocka_unit_test(test_conflicts),
	    cmocka_unit_test(test_undone_turn),
	    cmocka_unit_test(test_not_open),
	    cmocka_unit_test(test_reading),
	};

	inject_init();
	if (seal_init() != EK_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
