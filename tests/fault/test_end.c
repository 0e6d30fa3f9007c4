/*
 * test_end - erasing a book and setting a damaged one aside while every call
 * fails in turn: begun, it is ended, at the latest by the next start; not
 * begun, the book is as it was.
 */
#include "desk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/seal.h"
#include "keeld/store_in.h"

/* --- erasing --- */

static void
ready_to_erase(struct desk *desk)
{
	desk_open(desk, STORE_OPEN);
}

static enum ek_err
act_erase(struct desk *desk)
{
	return store_destroy(desk->store, NULL);
}

/* Done is done: no file of it is left, nor of one set aside before. */
static void
look_erased(struct desk *desk, enum ek_err err)
{
	if (err != EK_OK)
		return;
	assert_int_equal(store_state(desk->store), STORE_NONE);
	assert_int_equal(folder_others(desk->home, "book.lock", "erase.pending",
			     "book.txt", NULL),
	    0);
}

static void
test_erase(void **state)
{
	const struct scene scene = {
	    ready_to_erase, act_erase, look_erased, false, true};
	struct desk desk;

	(void)state;
	desk_init(&desk, KEY_FILE, true);
	assert_ok(store_write_file(
	    desk.from, "book.db.damaged1", "of before", 9, NULL));
	assert_ok(store_write_file(
	    desk.from, "book.key.damaged1", "of before", 9, NULL));
	assert_ok(store_write_file(desk.from, "book.txt", "hers", 4, NULL));
	desk_play(&desk, &scene);
	desk_done(&desk);
}

/* --- setting aside --- */

struct aside {
	struct desk desk;
	struct buf db, wal, key; /* their bytes */
};

static void
read_whole(const char *folder, const char *name, struct buf *ret)
{
	char path[EK_PATH_MAX + 64];
	static char bytes[1 << 20];
	long len;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	len = store_read_file(path, bytes, sizeof(bytes));
	assert_true(len < (long)sizeof(bytes));
	buf_clear(ret);
	if (len > 0)
		buf_add(ret, bytes, (size_t)len);
}

/* A book whose newest check-ins lie in the log, damaged. */
static void
aside_init(struct aside *aside)
{
	struct desk *desk = &aside->desk;
	const char *to = desk->from;
	char path[EK_PATH_MAX];
	FILE *file;

	memset(aside, 0, sizeof(*aside));
	buf_init(&aside->db, 1 << 20);
	buf_init(&aside->wal, 1 << 20);
	buf_init(&aside->key, 1 << 20);
	desk_init(desk, KEY_FILE, true);
	desk_records(desk, 11);
	desk_open(desk, STORE_OPEN);
	assert_ok(store_add(desk->store,
	    (const struct record *const *)desk->recs, 2, NULL, NULL));
	assert_ok(store_commit(desk->store, NULL));
	folder_remove(to);
	folder_copy(desk->home, to); /* with its log, as after a kill */
	desk_close(desk);
	snprintf(path, sizeof(path), "%s/%s", to, STORE_DB_FILE);
	file = fopen(path, "r+b");
	assert_non_null(file);
	assert_int_equal(fwrite("no database", 1, 11, file), 11);
	fclose(file);
	snprintf(path, sizeof(path), "%s/%s-shm", to, STORE_DB_FILE);
	unlink(path);
	read_whole(to, STORE_DB_FILE, &aside->db);
	read_whole(to, STORE_DB_FILE "-wal", &aside->wal);
	read_whole(to, STORE_KEY_FILE, &aside->key);
	assert_true(aside->wal.len > 0 && aside->key.len > 0);
}

static void
aside_done(struct aside *aside)
{
	buf_done(&aside->db);
	buf_done(&aside->wal);
	buf_done(&aside->key);
	desk_done(&aside->desk);
}

static void
fresh(void *arg)
{
	struct aside *aside = arg;

	desk_open(&aside->desk, STORE_BROKEN);
	assert_int_equal(store_err(aside->desk.store), EK_CORRUPT);
}

static enum ek_err
act_aside(void *arg)
{
	struct aside *aside = arg;

	return store_set_aside(aside->desk.store, NULL);
}

static void
assert_file(
    const struct aside *aside, const char *name, const struct buf *expect)
{
	struct buf bytes;

	buf_init(&bytes, 1 << 20);
	read_whole(aside->desk.home, name, &bytes);
	if (!desk_same(&bytes, expect))
		print_error("%s\n", name);
	assert_true(desk_same(&bytes, expect));
	buf_done(&bytes);
}

/* All lies aside, byte for byte, and nothing but that. */
static void
assert_aside(const struct aside *aside)
{
	assert_file(aside, "book.db.damaged1", &aside->db);
	assert_file(aside, "book.db.damaged1-wal", &aside->wal);
	assert_file(aside, "book.key.damaged1", &aside->key);
	assert_int_equal(folder_others(aside->desk.home, "book.lock",
			     "book.db.damaged1", "book.db.damaged1-wal",
			     "book.db.damaged1-shm", "book.key.damaged1", NULL),
	    0);
}

/* Nothing was begun, and nothing is changed. */
static void
assert_as_it_was(const struct aside *aside)
{
	assert_file(aside, STORE_DB_FILE, &aside->db);
	assert_file(aside, STORE_DB_FILE "-wal", &aside->wal);
	assert_file(aside, STORE_KEY_FILE, &aside->key);
}

/* Half-way it goes on: at the next try here, or at the next start. */
static void
after_aside(void *arg, enum ek_err err, const struct trial_fault *fault)
{
	struct aside *aside = arg;
	struct desk *desk = &aside->desk;

	if (err != EK_OK) {
		assert_int_equal(store_state(desk->store), STORE_BROKEN);
		if (!fault->lasting)
			assert_ok(store_set_aside(desk->store, NULL));
	}
	if (store_state(desk->store) == STORE_NONE)
		assert_aside(aside);
	desk_close(desk);
	assert_ok(store_open(&desk->paths, &desk->store));
	if (store_state(desk->store) == STORE_NONE) {
		assert_aside(aside);
	} else {
		assert_int_equal(store_err(desk->store), EK_CORRUPT);
		assert_true(err != EK_OK && fault->lasting);
		assert_as_it_was(aside);
	}
	desk_close(desk);
}

static void
test_set_aside(void **state)
{
	struct aside aside;
	struct trial trial = {fresh, act_aside, after_aside, &aside};

	(void)state;
	aside_init(&aside);
	each_fault(&trial);
	aside_done(&aside);
}

/* A start that finds one begun, and cannot end it, opens nothing. */
static void
half_aside(void *arg)
{
	struct aside *aside = arg;
	struct desk *desk = &aside->desk;
	char from[EK_PATH_MAX], to[EK_PATH_MAX];

	desk_fresh(desk);
	assert_ok(store_write_file(desk->home, STORE_ASIDE, "1\n", 2, NULL));
	desk_path(desk, STORE_DB_FILE "-wal", from);
	desk_path(desk, "book.db.damaged1-wal", to);
	assert_int_equal(rename(from, to), 0);
}

static enum ek_err
act_open(void *arg)
{
	struct aside *aside = arg;
	struct desk *desk = &aside->desk;
	enum ek_err err = store_open(&desk->paths, &desk->store);

	if (err == EK_OK && store_state(desk->store) == STORE_BROKEN)
		err = store_err(desk->store);
	return err;
}

static void
after_open(void *arg, enum ek_err err, const struct trial_fault *fault)
{
	struct aside *aside = arg;
	struct desk *desk = &aside->desk;

	(void)fault;
	if (err == EK_OK)
		assert_int_equal(store_state(desk->store), STORE_NONE);
	desk_close(desk);
	assert_ok(store_open(&desk->paths, &desk->store));
	assert_int_equal(store_state(desk->store), STORE_NONE);
	desk_close(desk);
	assert_aside(aside);
}

static void
test_resumed(void **state)
{
	struct aside aside;
	struct trial trial = {half_aside, act_open, after_open, &aside};

	(void)state;
	aside_init(&aside);
	each_fault(&trial);
	aside_done(&aside);
}

/* Nine lie aside already: none of them is written over. */
static void
test_no_room_aside(void **state)
{
	struct ek_why why = {""};
	struct aside aside;
	char name[64];
	int i;

	(void)state;
	aside_init(&aside);
	for (i = 1; i <= 9; i++) {
		snprintf(name, sizeof(name), "book.key.damaged%d", i);
		assert_ok(store_write_file(
		    aside.desk.from, name, "of before", 9, NULL));
	}
	fresh(&aside);
	assert_int_equal(store_set_aside(aside.desk.store, &why), EK_CONFLICT);
	assert_non_null(strstr(why.text, "move those"));
	assert_int_equal(store_state(aside.desk.store), STORE_BROKEN);
	assert_as_it_was(&aside);
	desk_close(&aside.desk);
	aside_done(&aside);
}

/* What is no number is no set under way; one that is taken is not written
 * over. */
static void
test_odd_markers(void **state)
{
	static const char *const odd[] = {"", "0\n", ":\n"};
	struct aside aside;
	size_t i;

	(void)state;
	aside_init(&aside);
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		assert_ok(store_write_file(aside.desk.from, STORE_ASIDE, odd[i],
		    strlen(odd[i]), NULL));
		fresh(&aside);
		assert_as_it_was(&aside);
		desk_close(&aside.desk);
	}
	assert_ok(
	    store_write_file(aside.desk.from, STORE_ASIDE, "1\n", 2, NULL));
	assert_ok(store_write_file(
	    aside.desk.from, "book.db.damaged1-wal", "other", 5, NULL));
	desk_open(&aside.desk, STORE_BROKEN);
	assert_int_equal(store_err(aside.desk.store), EK_IO);
	assert_as_it_was(&aside);
	desk_close(&aside.desk);
	aside_done(&aside);
}

/* The names of a set are the longest; a folder whose own name leaves no room
 * for them is said to be so, and nothing is moved. */
static void
test_long_folder(void **state)
{
	struct inject_plan sync = {INJECT_CALL, EIO, 1, false, "fsync"};
	char path[EK_PATH_MAX];
	struct aside aside;
	struct store *store;
	size_t len;

	(void)state;
	aside_init(&aside);
	fresh(&aside);
	store = aside.desk.store;
	memcpy(path, store->place, sizeof(path));
	len = strlen(store->place);
	memset(store->place + len, '/', sizeof(store->place) - len);
	store->place[sizeof(store->place) - 16] = '\0';
	assert_int_equal(store_set_aside(store, NULL), EK_INVALID);
	memset(store->place + len, '/', sizeof(store->place) - len);
	store->place[sizeof(store->place) - 2] = '\0';
	assert_int_equal(store_set_aside(store, NULL), EK_INVALID);
	assert_int_equal(store_erase_resume(store, NULL), EK_INVALID);
	assert_int_equal(store_unmark(store, STORE_ERASING, NULL), EK_INVALID);
	inject_arm(&sync); /* of the promise to erase: it is taken back */
	assert_int_equal(store_destroy(store, NULL), EK_IO);
	assert_int_equal(inject_disarm(), 1);
	memcpy(store->place, path, sizeof(path));
	assert_ok(store_unmark(store, "no-such-marker", NULL));
	assert_as_it_was(&aside);
	desk_close(&aside.desk);
	aside_done(&aside);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_erase),
	    cmocka_unit_test(test_set_aside),
	    cmocka_unit_test(test_resumed),
	    cmocka_unit_test(test_no_room_aside),
	    cmocka_unit_test(test_odd_markers),
	    cmocka_unit_test(test_long_folder),
	};

	inject_init();
	if (seal_init() != EK_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
