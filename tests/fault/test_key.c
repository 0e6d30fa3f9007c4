/*
 * test_key - making a book and giving it a new key while every call fails in
 * turn: it opens by the old key or the new one, never by neither.
 */
#include "desk.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/seal.h"
#include "keeld/store_in.h"

static const unsigned char key32[SEAL_KEY_LEN] = {3, 1, 4, 1, 5};
static const unsigned char book16[EK_ID_LEN] = {2, 7, 1, 8};

static enum ek_err
add(struct desk *desk)
{
	return store_add(desk->store, (const struct record *const *)desk->recs,
	    2, NULL, NULL);
}

/* --- a new book --- */

static void
ready_to_make(struct desk *desk)
{
	desk_open(desk, STORE_NONE);
}

/* With its first records: all or no book. */
static enum ek_err
act_make(struct desk *desk)
{
	enum ek_err err =
	    store_make_from(desk->store, book16, key32, &desk->spec, NULL);

	if (err == EK_OK)
		err = add(desk);
	return err == EK_OK ? store_turn_end(desk->store, NULL) : err;
}

static enum ek_err
act_make_drawn(struct desk *desk)
{
	enum ek_err err = store_make(desk->store, &desk->spec, NULL);

	return err == EK_OK ? store_turn_end(desk->store, NULL) : err;
}

/* No book, no key of one, and what lay there before is as it was. */
static void
look_made(struct desk *desk, enum ek_err err)
{
	char path[EK_PATH_MAX], bytes[8] = "";

	if (err == EK_OK)
		return;
	assert_int_equal(store_state(desk->store), STORE_NONE);
	desk_path(desk, STORE_KEY_FILE, path);
	assert_int_equal(store_read_file(path, bytes, sizeof(bytes)), 3);
	assert_string_equal(bytes, "old");
	if (!inject_failed("unlink"))
		assert_int_equal(folder_others(desk->home, "book.lock",
				     STORE_KEY_FILE, NULL),
		    0);
}

static void
test_make(void **state)
{
	const struct scene first = {
	    ready_to_make, act_make, look_made, false, false};
	const struct scene drawn = {
	    ready_to_make, act_make_drawn, look_made, false, false};
	struct desk desk;

	(void)state;
	desk_init(&desk, KEY_FILE, false);
	desk_records(&desk, 1);
	assert_ok(store_write_file(desk.from, STORE_KEY_FILE, "old", 3, NULL));
	desk_play(&desk, &first);
	desk_play(&desk, &drawn);
	desk.spec.mode = KEY_PASSPHRASE;
	desk_play(&desk, &first);
	desk_done(&desk);
}

/* --- a new key --- */

static void
ready_open(struct desk *desk)
{
	enum store_state first =
	    desk->spec.mode == KEY_FILE ? STORE_OPEN : STORE_LOCKED;

	desk_open(desk, first);
	assert_ok(
	    store_unlock(desk->store, "phrase", desk->spec.phrase_kek, NULL));
}

static enum ek_err
rekey(struct desk *desk, enum key_mode mode)
{
	struct key_spec spec = desk->spec;

	spec.mode = mode;
	return store_rekey(desk->store, &spec, 9000, true, NULL);
}

static enum ek_err
act_to_file(struct desk *desk)
{
	return rekey(desk, KEY_FILE);
}

static enum ek_err
act_to_passphrase(struct desk *desk)
{
	return rekey(desk, KEY_PASSPHRASE);
}

/* Another desk's key, come by a copy with what that desk added: the key and
 * the records, or neither. */
static enum ek_err
act_to_theirs(struct desk *desk)
{
	const struct store_newer newer = {.key32 = key32,
	    .spec = &desk->spec,
	    .recs = (const struct record *const *)desk->recs,
	    .count = 2};
	struct store_taken taken = {9, 9, 9};
	enum ek_err err = store_rekey_to(desk->store, &newer, &taken, NULL);

	assert_int_equal(taken.added + taken.known, err == EK_OK ? 2 : 18);
	return err;
}

static enum ek_err
act_keep_former(struct desk *desk)
{
	struct book_key *key = NULL;
	enum ek_err err = book_key_new(desk->store->book16, key32, &key);

	if (err == EK_OK)
		err = store_former_set(desk->store, key, NULL);
	book_key_free(key);
	return err == EK_OK ? store_turn_end(desk->store, NULL) : err;
}

/* What was kept is there, byte for byte. */
static enum ek_err
act_former(struct desk *desk)
{
	struct book_key *key = NULL;
	enum ek_err err = store_former(desk->store, &key);

	assert_true((err == EK_OK) == (key != NULL));
	if (err == EK_OK)
		assert_memory_equal(book_key_bytes(key), key32, sizeof(key32));
	book_key_free(key);
	return err;
}

static enum ek_err
act_forget_former(struct desk *desk)
{
	return store_former_set(desk->store, NULL, NULL);
}

static void
test_rekey(void **state)
{
	const struct scene scenes[] = {
	    {ready_open, act_to_file, NULL, true, false},
	    {ready_open, act_to_passphrase, NULL, true, false},
	    {ready_open, act_to_theirs, NULL, false, false},
	};
	struct desk desk;
	size_t i;

	(void)state;
	desk_init(&desk, KEY_FILE, true);
	desk_records(&desk, 11);
	for (i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++)
		desk_play(&desk, &scenes[i]);
	desk_done(&desk);
}

static void
test_former(void **state)
{
	const struct scene scenes[] = {
	    {ready_open, act_keep_former, NULL, false, false},
	    {ready_open, act_former, NULL, false, false},
	    {ready_open, act_forget_former, NULL, false, true},
	};
	struct desk desk;

	(void)state;
	desk_init(&desk, KEY_FILE, true);
	desk_play(&desk, &scenes[0]);
	desk_open(&desk, STORE_OPEN);
	assert_int_equal(act_former(&desk), EK_NOT_FOUND);
	assert_ok(act_forget_former(&desk)); /* there is none: nothing to do */
	assert_ok(act_keep_former(&desk));
	desk_keep(&desk);
	desk_play(&desk, &scenes[1]);
	desk_play(&desk, &scenes[2]);
	desk_done(&desk);
}

/* Another request of the same turn: told that it is kept, it is. */
static void
test_rekey_beside_another(void **state)
{
	static const int codes[] = {SQLITE_IOERR, SQLITE_FULL};
	struct inject_plan plan = {INJECT_SQL, 0, 1, true, NULL};
	struct desk desk;
	enum ek_err err;
	unsigned failed;
	size_t i, count;

	(void)state;
	desk_init(&desk, KEY_FILE, true);
	desk_records(&desk, 11);
	for (i = 0; i < 2; i++) {
		plan.code = codes[i];
		for (plan.nth = 1, failed = 1; failed > 0; plan.nth++) {
			desk_open(&desk, STORE_OPEN);
			assert_ok(add(&desk));
			inject_arm(&plan);
			err = act_to_file(&desk);
			failed = inject_disarm();
			if (failed == 0)
				assert_ok(err);
			if (store_state(desk.store) == STORE_BROKEN)
				assert_true(
				    store_again(desk.store, &desk.paths));
			err = store_turn_end(desk.store, NULL);
			desk_close(&desk);
			assert_ok(store_open(&desk.paths, &desk.store));
			assert_int_equal(store_state(desk.store), STORE_OPEN);
			count = book_count(store_book(desk.store));
			assert_true(count >= (err == EK_OK ? 8 : 6));
			desk_close(&desk);
		}
	}
	desk_done(&desk);
}

static void
fail_only(const char *name, enum inject what, int code, unsigned nth)
{
	struct inject_plan plan = {what, code, nth, false, name};

	inject_arm(&plan);
}

/* The new key was committed and its file could not take its name; the next
 * new key must not be laid over the only one that opens the book. */
static void
test_key_file_that_waits(void **state)
{
	struct desk desk;

	(void)state;
	desk_init(&desk, KEY_FILE, true);
	desk_open(&desk, STORE_OPEN);
	fail_only("rename", INJECT_CALL, EIO, 2); /* 1 is book.key.new's own */
	assert_ok(act_to_file(&desk));
	assert_int_equal(inject_disarm(), 1);
	/* it waits still, and nothing is changed */
	fail_only("rename", INJECT_CALL, EIO, 1);
	assert_int_equal(act_to_file(&desk), EK_IO);
	assert_int_equal(inject_disarm(), 1);
	/* it takes its name; then the new key fails */
	/* the third step begins the transaction: who waits, the former
	 * key, then that */
	fail_only("sqlite3_step", INJECT_SQL, SQLITE_FULL, 3);
	assert_int_equal(act_to_file(&desk), EK_NO_SPACE);
	assert_int_equal(inject_disarm(), 1);
	assert_false(desk.store->key_waits);
	desk_close(&desk);
	assert_ok(store_open(&desk.paths, &desk.store));
	assert_int_equal(store_state(desk.store), STORE_OPEN);
	desk_close(&desk);
	/* the same when a start could not rename it */
	desk_fresh(&desk);
	desk_open(&desk, STORE_OPEN);
	fail_only("rename", INJECT_CALL, EIO, 2);
	assert_ok(act_to_file(&desk));
	inject_disarm();
	desk_close(&desk);
	fail_only("rename", INJECT_CALL, EIO, 1);
	assert_ok(store_open(&desk.paths, &desk.store));
	assert_int_equal(inject_disarm(), 1);
	assert_int_equal(store_state(desk.store), STORE_OPEN);
	/* the third step begins the transaction: who waits, the former
	 * key, then that */
	fail_only("sqlite3_step", INJECT_SQL, SQLITE_FULL, 3);
	assert_int_equal(act_to_passphrase(&desk), EK_NO_SPACE);
	assert_int_equal(inject_disarm(), 1);
	desk_close(&desk);
	assert_ok(store_open(&desk.paths, &desk.store));
	assert_int_equal(store_state(desk.store), STORE_OPEN);
	desk_close(&desk);
	desk_done(&desk);
}

/* --- how it opens --- */

static enum ek_err
act_ask_how(struct desk *desk)
{
	struct kdf kdf = {{0}, 99, 99};
	struct buf wraps;
	enum ek_err err = store_kdf(desk->store, true, &kdf);

	assert_int_equal(kdf.ops, err == EK_OK ? 3 : 99);
	if (err == EK_OK)
		err = store_kdf(desk->store, false, &kdf);
	buf_init(&wraps, STORE_WRAPS_LEN);
	if (err == EK_OK)
		err = store_wraps(desk->store, &wraps);
	if (err == EK_OK)
		assert_int_equal(wraps.len, STORE_WRAPS_LEN);
	buf_done(&wraps);
	return err;
}

static void
test_asking_how(void **state)
{
	const struct scene scene = {
	    ready_open, act_ask_how, NULL, false, false};
	struct kdf kdf;
	struct desk desk;

	(void)state;
	desk_init(&desk, KEY_PASSPHRASE, true);
	desk_play(&desk, &scene);
	desk_done(&desk);
	desk_init(&desk, KEY_FILE, true);
	desk_open(&desk, STORE_OPEN);
	assert_int_equal(store_kdf(desk.store, false, &kdf), EK_NOT_FOUND);
	desk_close(&desk);
	desk_done(&desk);
}

static void
test_unlocking(void **state)
{
	unsigned char wrong[STORE_KEK_LEN] = {1};
	struct ek_why why = {""};
	struct book_key *key = NULL;
	struct kdf kdf;
	struct desk desk;

	(void)state;
	desk_init(&desk, KEY_PASSPHRASE, true);
	desk_open(&desk, STORE_LOCKED);
	assert_int_equal(
	    store_unlock(desk.store, "phrase", wrong, &why), EK_WRONG_KEY);
	assert_non_null(strstr(why.text, "try again"));
	assert_int_equal(
	    store_unlock(desk.store, "keyring", wrong, &why), EK_NOT_FOUND);
	assert_non_null(strstr(why.text, "keel status"));
	assert_null(store_key(desk.store));
	assert_int_equal(store_former(desk.store, &key), EK_NOT_FOUND);
	assert_int_equal(act_to_file(&desk), EK_LOCKED);
	assert_ok(store_lock(desk.store, NULL)); /* it is */
	assert_int_equal(store_make(desk.store, &desk.spec, &why), EK_CONFLICT);
	assert_non_null(strstr(why.text, "erase it first"));
	desk_close(&desk);
	desk_done(&desk);
	desk_init(&desk, KEY_FILE, true);
	desk_open(&desk, STORE_OPEN);
	assert_int_equal(store_lock(desk.store, &why), EK_CONFLICT);
	assert_non_null(strstr(why.text, "keel key"));
	store_unmake(desk.store); /* a book that is kept: nothing happens */
	assert_int_equal(store_state(desk.store), STORE_OPEN);
	desk_close(&desk);
	desk_done(&desk);
	desk_init(&desk, KEY_FILE, false);
	desk_open(&desk, STORE_NONE);
	assert_int_equal(
	    store_unlock(desk.store, "phrase", wrong, &why), EK_NO_BOOK);
	assert_int_equal(store_kdf(desk.store, true, &kdf), EK_NOT_FOUND);
	desk.store->state = STORE_BROKEN;
	desk.store->err = EK_NEWER;
	ek_why(&desk.store->why, EK_NEWER, "newer; update");
	assert_int_equal(store_make(desk.store, &desk.spec, &why), EK_NEWER);
	assert_string_equal(why.text, "newer; update");
	desk_close(&desk);
	desk_done(&desk);
}

static void
test_keyring(void **state)
{
	struct desk desk;

	(void)state;
	desk_init(&desk, KEY_KEYRING, true);
	desk_open(&desk, STORE_LOCKED);
	assert_string_equal(store_item(desk.store), desk.spec.item);
	assert_ok(store_unlock(desk.store, "keyring", desk.spec.kek, NULL));
	desk.spec.item[0] = 'f';
	assert_ok(rekey(&desk, KEY_KEYRING));
	assert_string_equal(store_item(desk.store), desk.spec.item);
	assert_ok(rekey(&desk, KEY_PASSPHRASE));
	assert_string_equal(store_item(desk.store), "");
	desk_close(&desk);
	desk_done(&desk);
}

/* Check-ins that wait are sealed to the old key: first they are settled. */
static void
test_rekey_while_some_wait(void **state)
{
	struct ek_why why = {""};
	struct desk desk;

	(void)state;
	desk_init(&desk, KEY_PASSPHRASE, true);
	desk_records(&desk, 11);
	desk_open(&desk, STORE_LOCKED);
	assert_ok(add(&desk));
	assert_ok(store_turn_end(desk.store, NULL));
	assert_ok(
	    store_unlock(desk.store, "phrase", desk.spec.phrase_kek, NULL));
	assert_int_equal(store_rekey(desk.store, &desk.spec, 9000, false, &why),
	    EK_CONFLICT);
	assert_non_null(strstr(why.text, "keel unlock"));
	desk_close(&desk);
	desk_done(&desk);
}

/* A wrap that the book's key does not open is none. */
static void
test_former_of_others(void **state)
{
	struct book_key *key = NULL;
	struct desk desk;
	char zeros[SEAL_WRAP_LEN] = {0};

	(void)state;
	desk_init(&desk, KEY_FILE, true);
	desk_open(&desk, STORE_OPEN);
	assert_ok(
	    db_meta_put(desk.store->db, "former", zeros, sizeof(zeros), NULL));
	assert_int_equal(store_former(desk.store, &key), EK_NOT_FOUND);
	assert_null(key);
	desk_close(&desk);
	desk_done(&desk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_make),
	    cmocka_unit_test(test_rekey),
	    cmocka_unit_test(test_former),
	    cmocka_unit_test(test_rekey_beside_another),
	    cmocka_unit_test(test_key_file_that_waits),
	    cmocka_unit_test(test_asking_how),
	    cmocka_unit_test(test_unlocking),
	    cmocka_unit_test(test_keyring),
	    cmocka_unit_test(test_rekey_while_some_wait),
	    cmocka_unit_test(test_former_of_others),
	};

	inject_init();
	if (seal_init() != EK_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
