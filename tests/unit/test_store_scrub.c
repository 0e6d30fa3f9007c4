/*
 * test_store_scrub - what is deleted leaves the file, also when a kill, a full
 * disk or another reader came between; and keeps nobody else waiting.
 */
#include "check.h"
#include "keeld/store.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/seal.h"
#include "store_place.h"

#define WAITING     60
#define ROOM_COMMIT (128 * 1024)

/* The log may grow by no more than this: a disk that is nearly full. */
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

/* Rows enough that a scrub needs more room than ROOM_COMMIT. */
static void
fill(struct store *store)
{
	char text[4001];
	unsigned char n;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (n = 1; n < 100; n++)
		add(store, n, text);
}

/* Some bytes of each row that waits. */
static void
pending_bytes(const struct place *place, struct buf *ret)
{
	char path[2048];
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;

	snprintf(path, sizeof(path), "%s/book.db", place->paths.data);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db, "SELECT blob FROM pending", -1, &stmt, NULL),
	    SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		buf_add(ret, sqlite3_column_blob(stmt, 0), 32);
	assert_true(ret->len > 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

static void
add_checkin(struct store *store, unsigned char n)
{
	unsigned char rid[EK_ID_LEN];
	struct record_build build;
	struct record *rec = NULL;
	const struct record *recs[1];

	memset(rid, 0xC1, sizeof(rid));
	rid[0] = (unsigned char)(n * 37);
	record_begin(&build, REC_CHECKIN, rid, 1);
	record_put_str(&build, CHECKIN_INSTRUMENT, "pulse");
	assert_ok(record_end(&build, &rec));
	recs[0] = rec;
	assert_ok(store_add(store, recs, 1, NULL, NULL));
	assert_ok(store_turn_end(store, NULL));
	record_free(rec);
}

/* An open book with check-ins that were made while it was locked; in pages
 * that were balanced, SQLite leaves copies of them. */
static struct store *
with_pending(const struct place *place, const struct key_spec *spec)
{
	struct store *store = open_store(place, STORE_NONE);
	unsigned char n;

	make(store, spec);
	fill(store);
	assert_ok(store_lock(store, NULL));
	for (n = 1; n <= WAITING; n++)
		add_checkin(store, n);
	assert_ok(store_unlock(store, "passphrase", spec->kek, NULL));
	assert_int_equal(store_pending(store), WAITING);
	return store;
}

/* What a kill would leave of a book that is open: its files as they lie. */
static void
as_killed(const struct place *from, const struct place *to)
{
	static const char *const names[] = {"book.db", "book.db-wal"};
	char path[2048];
	struct buf bytes;
	FILE *file;
	size_t i;

	assert_int_equal(mkdir(to->paths.data, 0700), 0);
	for (i = 0; i < 2; i++) {
		buf_init(&bytes, 1 << 28);
		snprintf(
		    path, sizeof(path), "%s/%s", from->paths.data, names[i]);
		slurp(path, &bytes);
		snprintf(path, sizeof(path), "%s/%s", to->paths.data, names[i]);
		file = fopen(path, "wb");
		assert_non_null(file);
		fwrite(bytes.data, 1, bytes.len, file);
		assert_int_equal(fclose(file), 0);
		buf_done(&bytes);
	}
}

/* Killed between the commit and the scrub: the next start ends it. */
static void
test_dropped_and_killed(void **state)
{
	struct key_spec spec = pass_spec();
	struct place place, killed;
	struct store *store;
	struct buf sealed;
	size_t kept = 9;

	(void)state;
	place_init(&place);
	place_init(&killed);
	store = with_pending(&place, &spec);
	buf_init(&sealed, 1 << 16);
	pending_bytes(&place, &sealed);
	assert_ok(store_pending_settle(store, false, &kept, NULL));
	limit_files(&place, ROOM_COMMIT);
	assert_int_not_equal(store_turn_end(store, NULL), EK_OK);
	limit_files(&place, RLIM_INFINITY);
	assert_int_equal(store_pending(store), 0);
	as_killed(&place, &killed);
	store_close(store);
	assert_true(found_below(killed.dir, &sealed));
	store = open_store(&killed, STORE_LOCKED);
	assert_int_equal(store_pending(store), 0);
	assert_false(found_below(killed.dir, &sealed));
	store_close(store);
	buf_done(&sealed);
	place_done(&killed);
	place_done(&place);
}

/* The next commit fails, and with it the turn. */
static void
fail_turn(const struct place *place, struct store *store)
{
	struct record *rec = ask(200, "of another request");
	const struct record *recs[1] = {rec};

	assert_ok(store_add(store, recs, 1, NULL, NULL));
	limit_files(place, 0);
	assert_int_not_equal(store_commit(store, NULL), EK_OK);
	limit_files(place, RLIM_INFINITY);
	record_free(rec);
}

/* Who is told that nothing was saved finds what waits as it was. */
static void
test_not_dropped_in_a_turn_undone(void **state)
{
	struct key_spec spec = pass_spec();
	struct place place;
	struct store *store;
	size_t kept = 9;

	(void)state;
	place_init(&place);
	store = with_pending(&place, &spec);
	fail_turn(&place, store);
	assert_int_not_equal(
	    store_pending_settle(store, false, &kept, NULL), EK_OK);
	assert_int_not_equal(store_turn_end(store, NULL), EK_OK);
	assert_ok(store_turn_end(store, NULL));
	assert_int_equal(store_pending(store), WAITING);
	assert_ok(store_pending_settle(store, true, &kept, NULL));
	assert_ok(store_turn_end(store, NULL));
	assert_int_equal(kept, WAITING);
	store_close(store);
	place_done(&place);
}

/* A deletion that could not be scrubbed is told to who deleted.  It must not
 * keep the book shut to all that comes after: a full disk may last. */
static void
test_owed_shuts_nobody_out(void **state)
{
	const struct rlimit little = {ROOM_COMMIT, RLIM_INFINITY};
	struct key_spec spec = file_spec();
	unsigned char rid[EK_ID_LEN], gone[EK_ID_LEN];
	struct place place;
	struct store *store;
	struct buf sealed;

	(void)state;
	place_init(&place);
	store = open_store(&place, STORE_NONE);
	make(store, &spec);
	fill(store);
	buf_init(&sealed, 1 << 16);
	row_bytes(&place, 30, &sealed);
	memset(rid, 30, sizeof(rid));
	memset(gone, 0xEE, sizeof(gone));
	limit_files(&place, ROOM_COMMIT);
	assert_int_not_equal(
	    store_forget(store, rid, 1, gone, 5000, NULL), EK_OK);
	assert_ok(store_turn_end(store, NULL)); /* others of this turn */
	assert_ok(store_turn_end(store, NULL)); /* who reads in the next */
	add(store, 200, "another");
	assert_int_not_equal(store_scrub_owed(store, NULL), EK_OK);
	assert_true(found_below(place.dir, &sealed));
	limit_files(&place, RLIM_INFINITY);
	store_close(store);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	store = open_store(&place, STORE_OPEN); /* full, and readable */
	assert_int_equal(asks(store), 99);
	assert_int_not_equal(store_scrub_owed(store, NULL), EK_OK);
	limit_files(&place, RLIM_INFINITY);
	assert_ok(store_scrub_owed(store, NULL));
	assert_false(found_below(place.dir, &sealed));
	store_close(store);
	buf_done(&sealed);
	place_done(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_dropped_and_killed),
	    cmocka_unit_test(test_not_dropped_in_a_turn_undone),
	    cmocka_unit_test(test_owed_shuts_nobody_out),
	};

	signal(SIGXFSZ, SIG_IGN); /* a limit is an error, no end */
	if (seal_init() != EK_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
