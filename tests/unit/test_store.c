/*
 * test_store - the book on disk: kept, sealed, forgotten, copied, erased.
 */
#include "check.h"
#include "keeld/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/seal.h"
#include "keeld/copy.h"
#include "keeld/store_in.h"
#include "store_place.h"

static void
test_kept(void **state)
{
	struct key_spec spec = file_spec();
	struct place place;
	struct store *store;
	struct stat st;
	char path[2048];

	(void)state;
	place_init(&place);
	store = open_store(&place, STORE_NONE);
	make(store, &spec);
	add(store, 1, "a key for the cabinet");
	assert_int_equal(store_make(store, &spec, NULL), EK_CONFLICT);
	store_close(store);
	store = open_store(&place, STORE_OPEN);
	assert_int_equal(asks(store), 1);
	snprintf(path, sizeof(path), "%s/book.key", place.paths.data);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(place.paths.data, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	store_close(store);
	place_done(&place);
}

static bool
there(const struct place *place, const char *name)
{
	char path[2048];

	snprintf(path, sizeof(path), "%s/%s", place->paths.data, name);
	return access(path, F_OK) == 0;
}

/* A book and its first records are one commit: before it, nothing. */
static void
test_made_whole_or_not(void **state)
{
	struct key_spec specs[] = {file_spec(), pass_spec()};
	struct record *rec = ask(1, "one");
	const struct record *recs[1] = {rec};
	struct place place;
	struct store *store;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		place_init(&place);
		store = open_store(&place, STORE_NONE);
		assert_ok(store_make(store, &specs[i], NULL));
		assert_ok(store_add(store, recs, 1, NULL, NULL));
		assert_false(there(&place, "book.key"));
		store_close(store); /* as a kill would end it */
		store = open_store(&place, STORE_NONE);
		assert_ok(store_make(store, &specs[i], NULL));
		assert_ok(store_add(store, recs, 1, NULL, NULL));
		assert_ok(store_commit(store, NULL));
		store_unmake(store); /* too late: it is kept */
		assert_int_equal(asks(store), 1);
		store_close(store);
		store = open_store(&place, i == 0 ? STORE_OPEN : STORE_LOCKED);
		assert_int_equal(there(&place, "book.key"), i == 0);
		assert_false(there(&place, "book.key.new"));
		store_close(store);
		place_done(&place);
	}
	record_free(rec);
}

static void
test_undone_leaves_no_file(void **state)
{
	struct key_spec spec = file_spec();
	struct place place;
	struct store *store;
	char path[2048];
	FILE *file;

	(void)state;
	place_init(&place);
	store = open_store(&place, STORE_NONE);
	snprintf(path, sizeof(path), "%s/book.key", place.paths.data);
	file = fopen(path, "wb"); /* of a book.db in a backup */
	fputs("an older key", file);
	fclose(file);
	assert_ok(store_make(store, &spec, NULL));
	store_undo(store, EK_NO_SPACE);
	assert_int_equal(store_state(store), STORE_NONE);
	assert_int_equal(store_turn_end(store, NULL), EK_NO_SPACE);
	assert_false(there(&place, "book.db"));
	assert_false(there(&place, "book.db-wal"));
	assert_false(there(&place, "book.key.new"));
	assert_true(there(&place, "book.key"));
	make(store, &spec);
	store_close(store);
	store = open_store(&place, STORE_OPEN);
	store_close(store);
	place_done(&place);
}

static void
test_again_and_conflict(void **state)
{
	struct key_spec spec = file_spec();
	struct record *rec = ask(1, "one"), *other = ask(1, "two");
	const struct record *recs[1] = {rec};
	struct place place;
	struct store *store;
	bool again;

	(void)state;
	place_init(&place);
	store = open_store(&place, STORE_NONE);
	make(store, &spec);
	assert_ok(store_add(store, recs, 1, &again, NULL));
	assert_false(again);
	assert_ok(store_add(store, recs, 1, &again, NULL));
	assert_true(again);
	recs[0] = other;
	assert_int_equal(store_add(store, recs, 1, &again, NULL), EK_CONFLICT);
	assert_ok(store_commit(store, NULL));
	assert_int_equal(asks(store), 1);
	record_free(rec);
	record_free(other);
	store_close(store);
	place_done(&place);
}

static void
test_second_instance(void **state)
{
	struct key_spec spec = file_spec();
	struct place place;
	struct store *store, *second = NULL;

	(void)state;
	place_init(&place);
	store = open_store(&place, STORE_NONE);
	make(store, &spec);
	assert_ok(store_open(&place.paths, &second));
	assert_int_equal(store_state(second), STORE_BROKEN);
	assert_int_equal(store_err(second), EK_BUSY);
	store_close(second);
	store_close(store);
	place_done(&place);
}

/* A forged, moved or cut row stops the book; nothing is touched. */
static void
test_tampering(void **state)
{
	static const char *const sql[] = {
	    "UPDATE rows SET blob=zeroblob(296)",
	    "UPDATE rows SET blob=substr(blob,1,40)",
	    "UPDATE rows SET rid=x'00112233445566778899aabbccddeeff'",
	    "INSERT INTO rows SELECT x'ff112233445566778899aabbccddeeff',"
	    "blob FROM rows LIMIT 1",
	    "UPDATE meta SET value=x'00112233445566778899aabbccddeeff' "
	    "WHERE key='book'",
	    "DELETE FROM meta WHERE key='book'",
	};
	struct key_spec spec = file_spec();
	struct place place;
	struct store *store = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		place_init(&place);
		store = open_store(&place, STORE_NONE);
		make(store, &spec);
		add(store, 1, "one");
		store_close(store);
		tamper(&place, sql[i]);
		assert_ok(store_open(&place.paths, &store));
		assert_int_not_equal(store_state(store), STORE_OPEN);
		assert_int_not_equal(store_state(store), STORE_NONE);
		assert_true(strchr(store_why(store), ';') != NULL ||
			    strchr(store_why(store), ':') != NULL);
		store_close(store);
		place_done(&place);
	}
}

static void
test_newer_schema(void **state)
{
	struct key_spec spec = file_spec();
	struct place place;
	struct store *store;

	(void)state;
	place_init(&place);
	store = open_store(&place, STORE_NONE);
	make(store, &spec);
	store_close(store);
	tamper(&place, "PRAGMA user_version=99");
	store = open_store(&place, STORE_BROKEN);
	assert_int_equal(store_err(store), EK_NEWER);
	store_close(store);
	place_done(&place);
}

static void
test_forgotten(void **state)
{
	struct key_spec spec = file_spec();
	unsigned char rid[EK_ID_LEN], gone[EK_ID_LEN];
	struct place place;
	struct store *store;
	struct buf sealed;
	unsigned char n;

	(void)state;
	place_init(&place);
	store = open_store(&place, STORE_NONE);
	make(store, &spec);
	for (n = 1; n < 60; n++)
		add(store, n, "words that are to leave every file");
	buf_init(&sealed, 1 << 16);
	row_bytes(&place, 30, &sealed);
	assert_true(found_below(place.dir, &sealed));
	memset(rid, 30, sizeof(rid));
	memset(gone, 0xEE, sizeof(gone));
	assert_ok(store_forget(store, rid, 1, gone, 5000, NULL));
	assert_false(found_below(place.dir, &sealed));
	assert_int_equal(asks(store), 58);
	store_close(store);
	assert_false(found_below(place.dir, &sealed));
	store = open_store(&place, STORE_OPEN);
	assert_int_equal(asks(store), 58);
	assert_true(book_is_gone(store_book(store), rid));
	store_close(store);
	buf_done(&sealed);
	place_done(&place);
}

static void
test_passphrase_lock_pending(void **state)
{
	struct key_spec spec = pass_spec();
	unsigned char wrong[STORE_KEK_LEN] = {1}, rid[EK_ID_LEN] = {5};
	struct record_build build;
	struct record *rec = NULL;
	const struct record *recs[1];
	struct place place;
	struct store *store;
	size_t kept = 9, count;

	(void)state;
	place_init(&place);
	store = open_store(&place, STORE_NONE);
	make(store, &spec);
	store_close(store);
	store = open_store(&place, STORE_LOCKED);
	assert_null(store_book(store));
	record_begin(&build, REC_CHECKIN, rid, 1);
	record_put_str(&build, CHECKIN_INSTRUMENT, "pulse");
	assert_ok(record_end(&build, &rec));
	recs[0] = rec;
	assert_ok(store_add(store, recs, 1, NULL, NULL));
	assert_ok(store_commit(store, NULL));
	assert_int_equal(store_pending(store), 1);
	assert_true(store_knows(store, rid));
	tamper(&place,
	    "INSERT INTO pending VALUES(x'00112233445566778899aabbccddeeff',"
	    "zeroblob(320))");
	assert_int_equal(
	    store_unlock(store, "passphrase", wrong, NULL), EK_WRONG_KEY);
	assert_ok(store_unlock(store, "passphrase", spec.kek, NULL));
	assert_int_equal(store_pending(store), 2);
	assert_ok(store_pending_settle(store, true, &kept, NULL));
	assert_ok(store_commit(store, NULL));
	assert_int_equal(kept, 1);
	book_list(store_book(store), REC_CHECKIN, &count);
	assert_int_equal(count, 1);
	assert_ok(store_lock(store, NULL));
	assert_ok(store_unlock(store, "phrase", spec.phrase_kek, NULL));
	record_free(rec);
	store_close(store);
	place_done(&place);
}

/* Two desks and one copy folder: apart, then both again. */
static void
test_two_desks(void **state)
{
	struct key_spec spec = file_spec();
	unsigned char gone[EK_ID_LEN], rid[EK_ID_LEN];
	struct place a, b;
	struct store *on_a, *on_b;
	struct copy *copy_a = NULL, *copy_b = NULL;
	struct copy_wish wish = {NULL, "phrase", spec.kek, &spec};
	struct copy_restored restored;
	struct store_taken taken;
	struct copy_found found[4];
	size_t count;
	bool written;

	(void)state;
	place_init(&a);
	place_init(&b);
	on_a = open_store(&a, STORE_NONE);
	on_b = open_store(&b, STORE_NONE);
	make(on_a, &spec);
	add(on_a, 1, "one");
	assert_ok(copy_new(a.dir, &copy_a));
	assert_ok(copy_new(a.dir, &copy_b));
	assert_ok(copy_write(copy_a, on_a, 1, NULL));
	assert_ok(copy_look(a.dir, found, 4, &count, NULL));
	assert_int_equal(count, 1);
	spec.kek[0] = 1;
	wish.file = found[0].file;
	assert_int_equal(
	    copy_restore(copy_b, on_b, &wish, &restored, NULL), EK_WRONG_KEY);
	wish.kek = spec.phrase_kek;
	assert_ok(copy_restore(copy_b, on_b, &wish, &restored, NULL));
	assert_int_equal(restored.taken.added, 1);
	assert_int_equal(restored.key, COPY_MADE);
	assert_int_equal(restored.made_ms, 1);
	add(on_a, 2, "two");
	add(on_b, 3, "three");
	assert_ok(copy_write(copy_a, on_a, 2, NULL));
	assert_ok(copy_write(copy_b, on_b, 3, NULL));
	assert_ok(copy_join(copy_a, on_a, &taken, NULL));
	assert_ok(store_commit(on_a, NULL));
	assert_int_equal(asks(on_a), 3);
	assert_int_equal(asks(on_b), 3);
	/* gone on A is gone on B */
	memset(rid, 1, sizeof(rid));
	memset(gone, 0xEE, sizeof(gone));
	assert_ok(store_forget(on_a, rid, 1, gone, 9000, NULL));
	assert_ok(copy_write(copy_a, on_a, 4, NULL));
	assert_ok(copy_join(copy_b, on_b, NULL, NULL));
	assert_ok(store_commit(on_b, NULL));
	assert_int_equal(asks(on_b), 2);
	/* erased on A ends B */
	assert_ok(copy_erase(copy_a, on_a, 5, &written, NULL));
	assert_true(written);
	assert_int_equal(store_state(on_a), STORE_NONE);
	assert_int_equal(copy_join(copy_b, on_b, NULL, NULL), EK_ERASED);
	assert_int_equal(
	    copy_restore(copy_a, on_a, &wish, &restored, NULL), EK_ERASED);
	copy_free(copy_a);
	copy_free(copy_b);
	store_close(on_a);
	store_close(on_b);
	place_done(&a);
	place_done(&b);
}

static bool on_nfs;

/* The C library's, but for what NFS says to flags: fs/nfs/dir.c. */
int
renameat2(int fd, const char *from, int to_fd, const char *to, unsigned flags)
{
	if (!on_nfs || flags == 0)
		return (int)syscall(SYS_renameat2, fd, from, to_fd, to, flags);
	errno = EINVAL;
	return -1;
}

static void
damage_copy(const struct copy *copy)
{
	FILE *file = fopen(copy_info(copy)->file, "r+b");

	assert_non_null(file);
	fseek(file, 5000, SEEK_SET);
	fputs("damage", file);
	fclose(file);
}

static void
check_set_aside(void)
{
	struct key_spec spec = file_spec();
	struct place place;
	struct store *store;
	struct copy *copy = NULL;
	char path[EK_PATH_MAX + 80];
	int number;

	place_init(&place);
	store = open_store(&place, STORE_NONE);
	make(store, &spec);
	add(store, 1, "one");
	assert_ok(copy_new(place.dir, &copy));
	assert_ok(copy_write(copy, store, 1, NULL));
	for (number = 1; number <= 2; number++) {
		damage_copy(copy);
		assert_int_equal(
		    copy_join(copy, store, NULL, NULL), EK_CORRUPT);
		assert_ok(copy_write(copy, store, 2, NULL));
		snprintf(path, sizeof(path), "%s.damaged%d",
		    copy_info(copy)->file, number);
		assert_int_equal(access(path, F_OK), 0);
		assert_ok(copy_join(copy, store, NULL, NULL));
	}
	copy_free(copy);
	store_close(store);
	place_done(&place);
}

static void
test_damaged_copy_is_set_aside(void **state)
{
	(void)state;
	check_set_aside();
	on_nfs = true;
	check_set_aside();
	on_nfs = false;
}

static void
test_erase_leaves_nothing(void **state)
{
	struct key_spec spec = file_spec();
	struct place place;
	struct store *store;
	struct copy *copy = NULL;
	struct buf sealed;
	bool written = true;

	(void)state;
	place_init(&place);
	store = open_store(&place, STORE_NONE);
	make(store, &spec);
	add(store, 1, "one");
	buf_init(&sealed, 1 << 16);
	row_bytes(&place, 1, &sealed);
	assert_ok(copy_new(NULL, &copy));
	assert_ok(copy_erase(copy, store, 1, &written, NULL));
	assert_false(written);
	assert_false(found_below(place.dir, &sealed));
	store_close(store);
	store = open_store(&place, STORE_NONE);
	store_close(store);
	copy_free(copy);
	buf_done(&sealed);
	place_done(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_kept),
	    cmocka_unit_test(test_made_whole_or_not),
	    cmocka_unit_test(test_undone_leaves_no_file),
	    cmocka_unit_test(test_again_and_conflict),
	    cmocka_unit_test(test_second_instance),
	    cmocka_unit_test(test_tampering),
	    cmocka_unit_test(test_newer_schema),
	    cmocka_unit_test(test_forgotten),
	    cmocka_unit_test(test_passphrase_lock_pending),
	    cmocka_unit_test(test_two_desks),
	    cmocka_unit_test(test_damaged_copy_is_set_aside),
	    cmocka_unit_test(test_erase_leaves_nothing),
	};

	if (seal_init() != EK_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
