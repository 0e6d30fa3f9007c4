/*
 * test_db - every call of a database's life failing in turn, and files that
 * are no book or not whole.
 */
#include "trial.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/db.h"

#define ROWS 4

struct life {
	char dir[256], from[300], trial[300], path[320];
	struct db *db;
};

static void
rid_of(unsigned char n, unsigned char *rid)
{
	memset(rid, n, EK_ID_LEN);
}

static void
put_row(struct db *db, enum db_table table, unsigned char n)
{
	unsigned char rid[EK_ID_LEN], blob[296];

	rid_of(n, rid);
	memset(blob, n, sizeof(blob));
	assert_ok(db_put(db, table, rid, blob, sizeof(blob), NULL));
}

/* A book of ROWS rows, one of them pending, two instants, one meta value. */
static void
life_init(struct life *life)
{
	const int64_t due[] = {100, 200};
	struct db *db = NULL;
	unsigned char n;

	memset(life, 0, sizeof(*life));
	folder_make(life->dir, sizeof(life->dir));
	snprintf(life->from, sizeof(life->from), "%s/from", life->dir);
	snprintf(life->trial, sizeof(life->trial), "%s/trial", life->dir);
	snprintf(life->path, sizeof(life->path), "%s/from/book.db", life->dir);
	assert_int_equal(mkdir(life->from, 0700), 0);
	assert_ok(db_open(life->path, true, &db, NULL));
	for (n = 1; n <= ROWS; n++)
		put_row(db, n < ROWS ? DB_ROWS : DB_PENDING, n);
	assert_ok(db_meta_put(db, "book", "0123456789abcdef", 16, NULL));
	assert_ok(db_armed_put(db, due, 2, NULL));
	assert_ok(db_commit(db, NULL));
	db_close(db);
	snprintf(life->path, sizeof(life->path), "%s/book.db", life->trial);
}

static void
life_done(struct life *life)
{
	folder_remove(life->dir);
}

static void
fresh(void *arg)
{
	struct life *life = arg;

	folder_remove(life->trial);
	folder_copy(life->from, life->trial);
	life->db = NULL;
}

static void
fresh_open(void *arg)
{
	struct life *life = arg;

	fresh(arg);
	assert_ok(db_open(life->path, false, &life->db, NULL));
}

static enum ek_err
count_row(const unsigned char *rid, const void *blob, size_t len, void *arg)
{
	size_t *sum = arg;

	assert_int_equal(len, 296);
	assert_int_equal(rid[0], *(const unsigned char *)blob);
	*sum += rid[0];
	return EK_OK;
}

/* What a book says, in one number for each part. */
struct says {
	size_t rows, pending, drafts, sum, armed;
	char meta[17];
};

static enum ek_err
look(struct db *db, struct says *ret)
{
	struct says says = {0, 0, 0, 0, 0, ""};
	size_t len = 0;
	enum ek_err err;

	err = db_count(db, DB_ROWS, &says.rows, NULL);
	if (err == EK_OK)
		err = db_count(db, DB_PENDING, &says.pending, NULL);
	if (err == EK_OK)
		err = db_count(db, DB_DRAFTS, &says.drafts, NULL);
	if (err == EK_OK)
		err = db_each(db, DB_ROWS, count_row, &says.sum, NULL);
	if (err == EK_OK)
		err = db_each(db, DB_PENDING, count_row, &says.sum, NULL);
	if (err == EK_OK)
		err = db_each(db, DB_DRAFTS, count_row, &says.sum, NULL);
	if (err == EK_OK)
		err = db_armed_count(db, 150, &says.armed, NULL);
	if (err == EK_OK)
		err = db_meta_get(db, "book", says.meta, 16, &len, NULL);
	if (err == EK_OK)
		*ret = says;
	return err;
}

static const struct says at_first = {3, 1, 0, 10, 1, "0123456789abcdef"};
static const struct says afterwards = {3, 0, 1, 31, 2, ""};

static bool
same(const struct says *a, const struct says *b)
{
	return a->rows == b->rows && a->pending == b->pending &&
	       a->drafts == b->drafts && a->sum == b->sum &&
	       a->armed == b->armed && strcmp(a->meta, b->meta) == 0;
}

/* The file as a fresh start finds it; nothing beside it. */
static void
assert_says(
    struct life *life, const struct says *expect, const struct says *or_this)
{
	struct says says;
	struct db *db = NULL;

	assert_ok(db_open(life->path, false, &db, NULL));
	assert_ok(db_check(db, NULL));
	assert_ok(look(db, &says));
	db_close(db);
	assert_true(same(&says, expect) || same(&says, or_this));
	assert_int_equal(folder_others(life->trial, "book.db", NULL), 0);
}

/* --- opening --- */

static enum ek_err
act_open(void *arg)
{
	struct life *life = arg;
	struct ek_why why = {""};
	enum ek_err err = db_open(life->path, false, &life->db, &why);

	assert_true((err == EK_OK) == (life->db != NULL));
	if (err != EK_OK && err != EK_NOMEM)
		assert_non_null(strchr(why.text, ';'));
	return err;
}

static void
after_open(void *arg, enum ek_err err, const struct trial_fault *fault)
{
	struct life *life = arg;

	(void)err;
	(void)fault;
	db_close(life->db);
	assert_says(life, &at_first, &at_first);
}

static void
empty(void *arg)
{
	struct life *life = arg;

	folder_remove(life->trial);
	mkdir(life->trial, 0700);
	life->db = NULL;
}

static enum ek_err
act_make(void *arg)
{
	struct life *life = arg;
	enum ek_err err = db_open(life->path, true, &life->db, NULL);

	assert_true((err == EK_OK) == (life->db != NULL));
	return err;
}

static void
after_make(void *arg, enum ek_err err, const struct trial_fault *fault)
{
	static const struct says none = {0, 0, 0, 0, 0, ""};
	struct life *life = arg;

	db_close(life->db);
	life->db = NULL;
	if (err == EK_OK) {
		assert_says(life, &none, &none);
		return;
	}
	/* what cannot be removed stays, but is in nobody's way */
	if (fault->what != INJECT_CALL || !fault->lasting)
		assert_int_equal(folder_others(life->trial, NULL), 0);
	unlink(life->path);
	assert_ok(act_make(arg));
	db_close(life->db);
	assert_says(life, &none, &none);
}

/* --- a turn's writes --- */

/* Everything that is written, and then kept. */
static enum ek_err
act_write(void *arg)
{
	const int64_t due[] = {100, 120, 120, 300};
	unsigned char rid[EK_ID_LEN], blob[296];
	struct life *life = arg;
	struct db *db = life->db;
	struct says says;
	bool has = false;
	enum ek_err err;

	rid_of(1, rid);
	err = db_has(db, DB_ROWS, rid, &has, NULL);
	if (err != EK_OK)
		return err;
	assert_true(has);
	err = db_del(db, DB_ROWS, rid, NULL);
	if (err == EK_OK)
		err = db_del(db, DB_PENDING, rid, NULL);
	rid_of(13, rid);
	memset(blob, 13, sizeof(blob));
	if (err == EK_OK)
		err = db_put(db, DB_ROWS, rid, blob, sizeof(blob), NULL);
	if (err == EK_OK)
		err = db_put(db, DB_PENDING, rid, blob, sizeof(blob), NULL);
	if (err == EK_OK)
		err = db_put(db, DB_DRAFTS, rid, blob, sizeof(blob), NULL);
	if (err == EK_OK) /* in its own place: no conflict */
		err = db_put(db, DB_DRAFTS, rid, blob, sizeof(blob), NULL);
	if (err == EK_OK)
		err = db_has(db, DB_PENDING, rid, &has, NULL);
	if (err == EK_OK)
		err = db_clear(db, DB_PENDING, NULL);
	if (err == EK_OK)
		err = db_meta_put(db, "book", NULL, 0, NULL);
	if (err == EK_OK)
		err = db_meta_put(db, "other", "1", 1, NULL);
	if (err == EK_OK)
		err = db_armed_put(db, due, 4, NULL);
	if (err != EK_OK) {
		db_rollback(db);
		/* what was undone is never written upon, nor read as if it
		 * were kept */
		rid_of(14, rid);
		if (db_put(db, DB_ROWS, rid, blob, sizeof(blob), NULL) == EK_OK)
			db_rollback(db);
		if (look(db, &says) == EK_OK)
			assert_true(same(&says, &at_first));
		if (db_scrub(db, NULL) == EK_OK && look(db, &says) == EK_OK)
			assert_true(same(&says, &at_first));
		return err;
	}
	assert_true(db_in_transaction(db));
	err = db_commit(db, NULL);
	assert_false(db_in_transaction(db));
	return err;
}

/* A commit that failed is none, for this program and for the next start; and
 * the database can be written again. */
static void
after_write(void *arg, enum ek_err err, const struct trial_fault *fault)
{
	const struct says *expect = err == EK_OK ? &afterwards : &at_first;
	struct life *life = arg;
	struct says says;

	assert_ok(look(life->db, &says));
	if (!same(&says, expect))
		fprintf(stderr, "%zu %zu %zu %zu %s\n", says.rows, says.pending,
		    says.sum, says.armed, says.meta);
	assert_true(same(&says, expect));
	if (err != EK_OK && !fault->lasting) {
		assert_ok(act_write(arg));
		expect = &afterwards;
	}
	db_close(life->db);
	assert_says(life, expect, expect);
}

/* --- reading, scrubbing --- */

static enum ek_err
act_read(void *arg)
{
	unsigned char rid[EK_ID_LEN];
	struct life *life = arg;
	struct says says;
	struct ek_why why = {""};
	bool has = true;
	enum ek_err err = look(life->db, &says);

	if (err == EK_OK)
		err = db_check(life->db, &why);
	rid_of(77, rid);
	if (err == EK_OK)
		err = db_has(life->db, DB_PENDING, rid, &has, NULL);
	if (err == EK_OK)
		assert_true(same(&says, &at_first) && !has);
	return err;
}

static enum ek_err
act_scrub(void *arg)
{
	struct life *life = arg;

	return db_scrub(life->db, NULL);
}

static void
after_read(void *arg, enum ek_err err, const struct trial_fault *fault)
{
	struct life *life = arg;

	(void)err;
	(void)fault;
	assert_ok(db_scrub(life->db, NULL));
	db_close(life->db);
	assert_says(life, &at_first, &at_first);
}

static void
test_every_fault(void **state)
{
	struct life life;
	struct trial open = {fresh, act_open, after_open, &life};
	struct trial make = {empty, act_make, after_make, &life};
	struct trial write = {fresh_open, act_write, after_write, &life};
	struct trial read = {fresh_open, act_read, after_read, &life};
	struct trial scrub = {fresh_open, act_scrub, after_read, &life};

	(void)state;
	life_init(&life);
	each_fault(&open);
	each_fault(&make);
	each_fault(&write);
	each_fault(&read);
	each_fault(&scrub);
	life_done(&life);
}

/* --- what is refused --- */

static sqlite3 *
stranger(const struct life *life, const char *sql)
{
	sqlite3 *other = NULL;

	assert_int_equal(sqlite3_open(life->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, sql, NULL, NULL, NULL), SQLITE_OK);
	return other;
}

static void
tamper(const struct life *life, const char *sql)
{
	assert_int_equal(sqlite3_close(stranger(life, sql)), SQLITE_OK);
}

static void
assert_not_opened(struct life *life, enum ek_err expect, const char *remedy)
{
	struct ek_why why = {""};

	assert_int_equal(db_open(life->path, false, &life->db, &why), expect);
	assert_null(life->db);
	if (strstr(why.text, remedy) == NULL)
		print_error("%s\n", why.text);
	assert_non_null(strstr(why.text, remedy));
}

static void
test_what_is_no_book(void **state)
{
	struct inject_plan text = {
	    INJECT_TEXT, 0, 1, false, "sqlite3_column_text"};
	struct life life;
	FILE *file;

	(void)state;
	life_init(&life);
	empty(&life);
	assert_not_opened(&life, EK_NOT_FOUND, "no book.db");
	fresh(&life);
	tamper(&life, "PRAGMA user_version=99");
	assert_not_opened(&life, EK_NEWER, "install the newer version");
	fresh(&life);
	tamper(&life, "PRAGMA application_id=7");
	assert_not_opened(&life, EK_CORRUPT, "restore the sealed copy");
	fresh(&life);
	inject_arm(&text); /* a file system without shared memory */
	assert_not_opened(&life, EK_IO, "a folder on a local disk");
	assert_int_equal(inject_disarm(), 1);
	text.code = 1; /* no memory for it */
	inject_arm(&text);
	assert_not_opened(&life, EK_NOMEM, "");
	assert_int_equal(inject_disarm(), 1);
	assert_ok(db_open(life.path, false, &life.db, NULL));
	inject_arm(&text);
	assert_int_equal(db_check(life.db, NULL), EK_NOMEM);
	assert_int_equal(inject_disarm(), 1);
	db_close(life.db);
	life.db = NULL;
	file = fopen(life.path, "wb");
	assert_non_null(file);
	fprintf(file, "%01000d", 0);
	fclose(file);
	assert_not_opened(&life, EK_CORRUPT, "restore the sealed copy");
	unlink(life.path);
	assert_int_equal(symlink("/dev/null", life.path), 0);
	assert_not_opened(&life, EK_READ_ONLY, "permissions");
	/* it is there already: never made over */
	fresh(&life);
	assert_int_equal(
	    db_open(life.path, true, &life.db, NULL), EK_READ_ONLY);
	assert_says(&life, &at_first, &at_first);
	life_done(&life);
}

static enum ek_err
stop_cb(const unsigned char *rid, const void *blob, size_t len, void *arg)
{
	(void)rid;
	(void)blob;
	(void)len;
	++*(size_t *)arg;
	return EK_DENIED;
}

static void
test_rows_that_are_refused(void **state)
{
	unsigned char rid[EK_ID_LEN];
	struct life life;
	char small[4];
	size_t len = 77, called = 0;
	struct ek_why why = {""};

	(void)state;
	life_init(&life);
	fresh_open(&life);
	rid_of(1, rid);
	assert_int_equal(
	    db_put(life.db, DB_ROWS, rid, "x", 1, &why), EK_CONFLICT);
	db_rollback(life.db);
	assert_ok(db_commit(life.db, NULL)); /* there is none: no news */
	assert_int_equal(
	    db_each(life.db, DB_ROWS, stop_cb, &called, NULL), EK_DENIED);
	assert_int_equal(called, 1);
	assert_int_equal(
	    db_meta_get(life.db, "book", small, sizeof(small), &len, NULL),
	    EK_CORRUPT);
	assert_int_equal(len, 77);
	db_close(life.db);
	tamper(&life, "INSERT INTO rows VALUES(x'0102',x'03')");
	tamper(&life, "UPDATE meta SET value=x'' WHERE key='book'");
	assert_ok(db_open(life.path, false, &life.db, NULL));
	called = 0;
	assert_int_equal(
	    db_each(life.db, DB_ROWS, count_row, &called, NULL), EK_CORRUPT);
	assert_ok(
	    db_meta_get(life.db, "book", small, sizeof(small), &len, NULL));
	assert_int_equal(len, 0);
	db_close(life.db);
	fresh(&life);
	tamper(&life,
	    "PRAGMA writable_schema=ON; UPDATE sqlite_master SET sql='CREATE "
	    "TABLE armed(due INTEGER PRIMARY KEY CHECK(due<0)) WITHOUT ROWID'"
	    " WHERE name='armed'");
	assert_ok(db_open(life.path, false, &life.db, NULL));
	assert_int_equal(db_check(life.db, &why), EK_CORRUPT);
	assert_non_null(strstr(why.text, "restore the sealed copy"));
	db_close(life.db);
	life_done(&life);
}

/* Another program writes: nothing of ours is, and each call says so. */
static void
test_another_writes(void **state)
{
	const int64_t due[] = {5};
	unsigned char rid[EK_ID_LEN];
	struct life life;
	struct ek_why why = {""};
	sqlite3 *other;

	(void)state;
	life_init(&life);
	fresh_open(&life);
	rid_of(9, rid);
	other = stranger(&life, "BEGIN IMMEDIATE");
	assert_int_equal(db_put(life.db, DB_ROWS, rid, "x", 1, NULL), EK_BUSY);
	assert_int_equal(db_del(life.db, DB_ROWS, rid, NULL), EK_BUSY);
	assert_int_equal(db_clear(life.db, DB_ROWS, NULL), EK_BUSY);
	assert_int_equal(db_meta_put(life.db, "a", "b", 1, NULL), EK_BUSY);
	assert_int_equal(db_armed_put(life.db, due, 1, NULL), EK_BUSY);
	assert_false(db_in_transaction(life.db));
	sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
	assert_ok(db_clear(life.db, DB_ROWS, NULL));
	db_rollback(life.db);
	/* it only reads: what was deleted may still lie in the log */
	sqlite3_exec(other, "BEGIN; SELECT * FROM rows", NULL, NULL, NULL);
	assert_int_equal(db_scrub(life.db, &why), EK_BUSY);
	assert_non_null(strstr(why.text, "deleted words may still lie"));
	sqlite3_close(other);
	assert_ok(db_scrub(life.db, NULL));
	db_close(life.db);
	db_close(NULL);
	assert_says(&life, &at_first, &at_first);
	life_done(&life);
}

/* What SQLite says, and what the person is told. */
static void
test_what_it_is_called(void **state)
{
	static const struct {
		int code;
		enum ek_err err;
	} names[] = {{SQLITE_FULL, EK_NO_SPACE},
	    {SQLITE_READONLY, EK_READ_ONLY}, {SQLITE_PERM, EK_READ_ONLY},
	    {SQLITE_AUTH, EK_READ_ONLY}, {SQLITE_CANTOPEN, EK_READ_ONLY},
	    {SQLITE_CORRUPT, EK_CORRUPT}, {SQLITE_NOTADB, EK_CORRUPT},
	    {SQLITE_BUSY, EK_BUSY}, {SQLITE_LOCKED, EK_BUSY},
	    {SQLITE_PROTOCOL, EK_BUSY}, {SQLITE_NOMEM, EK_NOMEM},
	    {SQLITE_IOERR, EK_IO}, {SQLITE_IOERR_FSYNC, EK_IO},
	    {SQLITE_ERROR, EK_IO}, {SQLITE_MISUSE, EK_IO}};
	struct inject_plan plan = {INJECT_SQL, 0, 1, false, "sqlite3_step"};
	struct life life;
	struct ek_why why;
	size_t i;

	(void)state;
	life_init(&life);
	fresh_open(&life);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		why.text[0] = '\0';
		plan.code = names[i].code;
		inject_arm(&plan);
		assert_int_equal(db_check(life.db, &why), names[i].err);
		assert_int_equal(inject_disarm(), 1);
		assert_true(
		    names[i].err == EK_NOMEM || strchr(why.text, ';') != NULL);
	}
	db_close(life.db);
	plan.only = "sqlite3_open_v2"; /* there is no handle to ask */
	inject_arm(&plan);
	assert_int_equal(db_open(life.path, false, &life.db, &why), EK_IO);
	assert_int_equal(inject_disarm(), 1);
	life_done(&life);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_fault),
	    cmocka_unit_test(test_what_is_no_book),
	    cmocka_unit_test(test_rows_that_are_refused),
	    cmocka_unit_test(test_another_writes),
	    cmocka_unit_test(test_what_it_is_called),
	};

	inject_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
