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
	assert_ok(store_rekey(store, &next, 5000, false, NULL));
	assert_int_equal(asks(store), 1);
	assert_false(found_below(place.dir, &sealed));
	store_close(store);
	store = open_store(&place, STORE_LOCKED);
	assert_ok(store_unlock(store, "passphrase", next.kek, NULL));
	assert_int_equal(asks(store), 1);
	assert_ok(store_rekey(store, &spec, 5000, false, NULL));
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
	assert_int_not_equal(
	    store_rekey(store, &next, 5000, false, NULL), EK_OK);
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
	assert_ok(store_rekey(store, &next, 5000, false, NULL));
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

/* Two desks with one book and one copy. */
struct desks {
	struct place a, b;
	struct store *on_a, *on_b;
	struct copy *copy_a, *copy_b;
};

static void
restore(const struct copy *copy, struct store *store,
    const struct key_spec *spec, enum copy_key expect)
{
	struct copy_wish wish = {
	    copy_info(copy)->file, "phrase", spec->phrase_kek, spec};
	struct copy_restored restored;

	assert_ok(copy_restore(copy, store, &wish, &restored, NULL));
	assert_int_equal(restored.key, expect);
}

static void
desks_init(struct desks *desks, const struct key_spec *spec)
{
	memset(desks, 0, sizeof(*desks));
	place_init(&desks->a);
	place_init(&desks->b);
	desks->on_a = open_store(&desks->a, STORE_NONE);
	desks->on_b = open_store(&desks->b, STORE_NONE);
	make(desks->on_a, spec);
	add(desks->on_a, 1, "one");
	assert_ok(copy_new(desks->a.dir, &desks->copy_a));
	assert_ok(copy_new(desks->a.dir, &desks->copy_b));
	assert_ok(copy_write(desks->copy_a, desks->on_a, 1, NULL));
	restore(desks->copy_a, desks->on_b, spec, COPY_MADE);
}

static void
desks_done(struct desks *desks)
{
	copy_free(desks->copy_a);
	copy_free(desks->copy_b);
	store_close(desks->on_a);
	store_close(desks->on_b);
	place_done(&desks->a);
	place_done(&desks->b);
}

/* Another desk wrote between the new key and the writing of the copy. */
static void
test_joined_before_it_is_rewritten(void **state)
{
	struct key_spec spec = file_spec(), next = file_spec();
	struct book_key *former = NULL;
	struct desks desks;

	(void)state;
	next.phrase_kek[0] = 9;
	desks_init(&desks, &spec);
	assert_ok(store_rekey(desks.on_a, &next, 5000, true, NULL));
	assert_ok(store_former(desks.on_a, &former));
	book_key_free(former);
	add(desks.on_b, 2, "two");
	assert_ok(copy_write(desks.copy_b, desks.on_b, 6000, NULL));
	assert_ok(copy_write(desks.copy_a, desks.on_a, 7000, NULL));
	assert_int_equal(asks(desks.on_a), 2);
	assert_int_equal(store_former(desks.on_a, &former), EK_NOT_FOUND);
	assert_int_equal(
	    copy_join(desks.copy_b, desks.on_b, NULL, NULL), EK_WRONG_KEY);
	restore(desks.copy_a, desks.on_b, &next, COPY_NEWER);
	assert_int_equal(asks(desks.on_b), 2);
	desks_done(&desks);
}

/* Without it a copy of the old key is another's: left as it is. */
static void
test_not_kept_not_opened(void **state)
{
	struct key_spec spec = file_spec(), next = file_spec();
	struct book_key *former = NULL;
	struct desks desks;
	struct buf before, after;

	(void)state;
	next.phrase_kek[0] = 9;
	desks_init(&desks, &spec);
	buf_init(&before, 1 << 20);
	buf_init(&after, 1 << 20);
	slurp(copy_info(desks.copy_a)->file, &before);
	assert_ok(store_rekey(desks.on_a, &next, 5000, false, NULL));
	assert_int_equal(store_former(desks.on_a, &former), EK_NOT_FOUND);
	assert_int_equal(
	    copy_write(desks.copy_a, desks.on_a, 7000, NULL), EK_WRONG_KEY);
	slurp(copy_info(desks.copy_a)->file, &after);
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.data, after.data, before.len);
	buf_done(&before);
	buf_done(&after);
	desks_done(&desks);
}

/* Locked away with the book, and gone from its file when it is forgotten. */
static void
test_the_former_key_is_sealed_and_goes(void **state)
{
	struct key_spec spec = file_spec(), next = pass_spec();
	struct book_key *former = NULL;
	unsigned char wrap[SEAL_WRAP_LEN];
	struct place place;
	struct store *store;
	struct buf bytes;
	size_t len = 0;

	(void)state;
	place_init(&place);
	store = open_store(&place, STORE_NONE);
	make(store, &spec);
	buf_init(&bytes, 1024);
	buf_add(&bytes, book_key_bytes(store_key(store)), SEAL_KEY_LEN);
	assert_ok(store_rekey(store, &next, 5000, true, NULL));
	assert_false(found_below(place.dir, &bytes));
	assert_ok(store_former(store, &former));
	assert_memory_equal(book_key_bytes(former), bytes.data, SEAL_KEY_LEN);
	book_key_free(former);
	assert_ok(store_lock(store, NULL));
	assert_int_equal(store_former(store, &former), EK_NOT_FOUND);
	assert_ok(store_unlock(store, "passphrase", next.kek, NULL));
	assert_ok(
	    db_meta_get(store->db, "former", wrap, sizeof(wrap), &len, NULL));
	assert_int_equal(len, sizeof(wrap));
	buf_clear(&bytes);
	buf_add(&bytes, wrap, sizeof(wrap));
	assert_ok(store_former_set(store, NULL, NULL));
	assert_false(found_below(place.dir, &bytes));
	store_close(store);
	buf_done(&bytes);
	place_done(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_new_key),
	    cmocka_unit_test(test_a_full_disk_takes_no_other_down),
	    cmocka_unit_test(test_kept_though_not_scrubbed_yet),
	    cmocka_unit_test(test_joined_before_it_is_rewritten),
	    cmocka_unit_test(test_not_kept_not_opened),
	    cmocka_unit_test(test_the_former_key_is_sealed_and_goes),
	};

	if (seal_init() != EK_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
