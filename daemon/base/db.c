/*
 * db - SQLite for the book: rows, pending, meta, armed.
 *
 * Every statement is literal text with bound values.  Tables are WITHOUT
 * ROWID and keyed by random ids, so that the order of rows says nothing of
 * the order in which they were written.
 */
#include "base/db.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x454b4231 /* "EKB1" */

/* What every check-in runs is prepared once. */
enum hot { HOT_BEGIN, HOT_COMMIT, HOT_PUT_ROW, HOT_PUT_PENDING, HOT_COUNT };

struct db {
	sqlite3 *handle;
	char *path;
	bool in_transaction;
	sqlite3_stmt *hot[HOT_COUNT]; /* NULL until first used */
};

/* Append only: step n brings a book of schema n to n + 1. */
static const char *const migrations[] = {
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL)"
    "  WITHOUT ROWID;"
    "CREATE TABLE rows (rid BLOB PRIMARY KEY, blob BLOB NOT NULL)"
    "  WITHOUT ROWID;"
    "CREATE TABLE pending (rid BLOB PRIMARY KEY, blob BLOB NOT NULL)"
    "  WITHOUT ROWID;"
    "CREATE TABLE armed (due INTEGER PRIMARY KEY) WITHOUT ROWID;",
};
#define SCHEMA ((int)(sizeof(migrations) / sizeof(migrations[0])))

/* The operating system's reason, where SQLite kept one. */
static int
reason(const struct db *db)
{
	return db->handle == NULL ? 0 : sqlite3_system_errno(db->handle);
}

static enum ek_err
no_space(struct ek_why *why)
{
	return ek_why(why, EK_NO_SPACE,
	    "the disk is full, nothing was saved; free some room and try "
	    "again");
}

static enum ek_err
io_fault(const struct db *db, int rc, struct ek_why *why)
{
	if (reason(db) == ENOSPC || reason(db) == EDQUOT)
		return no_space(why);
	return ek_why(why, EK_IO,
	    "reading or writing the book failed (fault %d); nothing was "
	    "saved: run keel doctor",
	    db->handle == NULL ? rc : sqlite3_extended_errcode(db->handle));
}

/* What went wrong, as the person should hear it. */
static enum ek_err
explain(const struct db *db, int rc, struct ek_why *why)
{
	switch (rc & 0xFF) {
	case SQLITE_FULL:
		return no_space(why);
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return ek_why(why, EK_READ_ONLY,
		    "the book cannot be written; check the folder's "
		    "permissions");
	case SQLITE_CANTOPEN:
		if (reason(db) == EIO)
			return io_fault(db, rc, why);
		return ek_why(why, EK_READ_ONLY,
		    "the book's files cannot be opened; check the folder's "
		    "permissions");
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ek_why(why, EK_CORRUPT,
		    "the book's file is damaged; nothing was touched: run "
		    "keel doctor, or restore the sealed copy");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL: /* a lock of the log that does not come */
		return ek_why(why, EK_BUSY,
		    "another program has the book open; close it and try "
		    "again");
	case SQLITE_NOMEM:
		return EK_NOMEM;
	}
	return io_fault(db, rc, why);
}

/* A rollback needs memory, too.  One that found none is made good before
 * anything else is done, or what was undone would be read as if it were kept.
 */
static int
settle(struct db *db)
{
	int rc;

	if (db->in_transaction || sqlite3_get_autocommit(db->handle))
		return SQLITE_OK;
	rc = sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	/* SQLite may have rolled back by itself: that error is no news */
	return sqlite3_get_autocommit(db->handle) ? SQLITE_OK : rc;
}

static enum ek_err
exec(struct db *db, const char *sql, struct ek_why *why)
{
	int rc = settle(db);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? EK_OK : explain(db, rc, why);
}

static int
prepare(struct db *db, const char *sql, sqlite3_stmt **ret)
{
	int rc = settle(db);

	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db->handle, sql, -1, ret, NULL);
	return rc;
}

/* One integer of a statement's first row. */
static enum ek_err
query_int(struct db *db, const char *sql, int column, int64_t *ret,
    struct ek_why *why)
{
	sqlite3_stmt *stmt = NULL;
	enum ek_err err = EK_OK;
	int rc;

	rc = prepare(db, sql, &stmt);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*ret = sqlite3_column_int64(stmt, column);
	else
		err = explain(db, rc, why);
	sqlite3_finalize(stmt);
	return err;
}

struct bind {
	const void *data;
	size_t len;
	bool text;
};

/* Binds the values, steps once, expects no row.  rc: of the preparing. */
static enum ek_err
step(struct db *db, int rc, sqlite3_stmt *stmt, const struct bind *binds,
    int count, struct ek_why *why)
{
	int i;

	for (i = 0; rc == SQLITE_OK && i < count; i++)
		rc = binds[i].text
			 ? sqlite3_bind_text(stmt, i + 1, binds[i].data,
			       (int)binds[i].len, SQLITE_STATIC)
			 : sqlite3_bind_blob(stmt, i + 1, binds[i].data,
			       (int)binds[i].len, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_CONSTRAINT)
		return ek_why(why, EK_CONFLICT, "this record is there already");
	return rc == SQLITE_DONE ? EK_OK : explain(db, rc, why);
}

static enum ek_err
run(struct db *db, const char *sql, const struct bind *binds, int count,
    struct ek_why *why)
{
	sqlite3_stmt *stmt = NULL;
	int rc = prepare(db, sql, &stmt);
	enum ek_err err = step(db, rc, stmt, binds, count, why);

	sqlite3_finalize(stmt);
	return err;
}

static enum ek_err
run_hot(struct db *db, enum hot hot, const struct bind *binds, int count,
    struct ek_why *why)
{
	static const char *const sql[HOT_COUNT] = {
	    "BEGIN IMMEDIATE",
	    "COMMIT",
	    "INSERT INTO rows(rid,blob) VALUES(?1,?2)",
	    "INSERT INTO pending(rid,blob) VALUES(?1,?2)",
	};
	int rc = settle(db);
	enum ek_err err;

	if (rc == SQLITE_OK && db->hot[hot] == NULL)
		rc = sqlite3_prepare_v2(
		    db->handle, sql[hot], -1, &db->hot[hot], NULL);
	err = step(db, rc, db->hot[hot], binds, count, why);
	/* what was bound is the caller's and goes; its next run binds all
	 * anew */
	sqlite3_reset(db->hot[hot]);
	return err;
}

static enum ek_err
begin(struct db *db, struct ek_why *why)
{
	enum ek_err err;

	if (db->in_transaction)
		return EK_OK;
	err = run_hot(db, HOT_BEGIN, NULL, 0, why);
	if (err == EK_OK)
		db->in_transaction = true;
	return err;
}

static enum ek_err
migrate(struct db *db, struct ek_why *why)
{
	int64_t version = 0, id = 0;
	char text[64];
	enum ek_err err;

	err = query_int(db, "PRAGMA user_version", 0, &version, why);
	if (err == EK_OK)
		err = query_int(db, "PRAGMA application_id", 0, &id, why);
	if (err != EK_OK)
		return err;
	if (version > SCHEMA)
		return ek_why(why, EK_NEWER,
		    "a newer version of Evenkeel wrote this book (format %d, "
		    "this program knows %d); install the newer version",
		    (int)version, SCHEMA);
	if (version > 0 && id != APPLICATION_ID)
		return ek_why(why, EK_CORRUPT,
		    "book.db is not a book of Evenkeel; move it away and "
		    "restore the sealed copy");
	if (version == SCHEMA)
		return EK_OK;
	err = begin(db, why);
	for (; err == EK_OK && version < SCHEMA; version++)
		err = exec(db, migrations[version], why);
	snprintf(text, sizeof(text), "PRAGMA user_version=%d", SCHEMA);
	if (err == EK_OK)
		err = exec(db, text, why);
	snprintf(
	    text, sizeof(text), "PRAGMA application_id=%d", APPLICATION_ID);
	if (err == EK_OK)
		err = exec(db, text, why);
	if (err == EK_OK)
		return db_commit(db, why);
	db_rollback(db);
	return err;
}

/* WAL may be refused by a file system without shared memory; then nothing is
 * kept as promised, so we stop. */
static enum ek_err
configure(struct db *db, struct ek_why *why)
{
	sqlite3_stmt *stmt = NULL;
	enum ek_err err;
	bool wal = false;
	int rc;

	sqlite3_busy_timeout(db->handle, 2000);
	rc = prepare(db, "PRAGMA journal_mode=WAL", &stmt);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		const char *mode = (const char *)sqlite3_column_text(stmt, 0);

		if (mode == NULL)
			rc = SQLITE_NOMEM;
		else
			wal = strcmp(mode, "wal") == 0;
	}
	sqlite3_finalize(stmt);
	if (rc != SQLITE_ROW)
		return explain(db, rc, why);
	if (!wal)
		return ek_why(why, EK_IO,
		    "this disk does not let the book be written safely; use a "
		    "folder on a local disk");
	err = exec(db,
	    "PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
	    "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
	    "PRAGMA wal_autocheckpoint=1000; PRAGMA cache_size=-512;"
	    "PRAGMA mmap_size=0",
	    why);
	return err;
}

static enum ek_err
open_file(struct db *db, bool make, bool *ret_made, struct ek_why *why)
{
	int fd, rc, flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW;

	fd = open(db->path,
	    O_RDWR | O_CLOEXEC | O_NOFOLLOW | (make ? O_CREAT | O_EXCL : 0),
	    0600);
	if (fd < 0 && errno == ENOENT)
		return ek_why(why, EK_NOT_FOUND, "there is no book.db");
	if (fd < 0 && (errno == ENOSPC || errno == EDQUOT))
		return ek_why(why, EK_NO_SPACE,
		    "the disk is full, no book was made; free some room");
	if (fd < 0 && errno == EIO)
		return ek_why(why, EK_IO,
		    "reading or writing the book failed; run keel doctor");
	if (fd < 0)
		return ek_why(why, EK_READ_ONLY,
		    "book.db cannot be opened for writing (%s); check the "
		    "folder's permissions",
		    strerror(errno));
	close(fd);
	*ret_made = make;
	rc = sqlite3_open_v2(db->path, &db->handle, flags, NULL);
	return rc == SQLITE_OK ? EK_OK : explain(db, rc, why);
}

/* On closing, SQLite writes the log into the file and takes it away: not for
 * a file that is damaged or not ours. */
static void
leave_log(struct db *db)
{
	if (db->handle != NULL)
		sqlite3_db_config(
		    db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

/* A file that did not become a book, and what SQLite lays beside one. */
static void
remove_new(const char *path)
{
	static const char *const ends[] = {"-journal", "-shm", "-wal", ""};
	char name[PATH_MAX + 16];
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		unlink(name);
	}
}

enum ek_err
db_open(const char *path, bool make, struct db **ret, struct ek_why *reterr_why)
{
	struct db *db = calloc(1, sizeof(*db));
	enum ek_err err = EK_NOMEM;
	bool made = false;

	if (db == NULL)
		return EK_NOMEM;
	db->path = strdup(path);
	if (db->path == NULL)
		goto out;
	err = open_file(db, make, &made, reterr_why);
	if (err == EK_OK)
		err = configure(db, reterr_why);
	if (err == EK_OK)
		err = migrate(db, reterr_why);
	if (err != EK_OK)
		goto out;
	*ret = db;
	db = NULL;
out:
	if (db != NULL) {
		leave_log(db);
		db_close(db);
		if (made)
			remove_new(path);
	}
	return err;
}

void
db_close(struct db *db)
{
	int i;

	if (db == NULL)
		return;
	db_rollback(db);
	for (i = 0; i < HOT_COUNT; i++)
		sqlite3_finalize(db->hot[i]);
	sqlite3_close(db->handle);
	free(db->path);
	free(db);
}

enum ek_err
db_meta_put(struct db *db, const char *key, const void *value, size_t len,
    struct ek_why *reterr_why)
{
	struct bind binds[] = {{key, strlen(key), true}, {value, len, false}};
	enum ek_err err = begin(db, reterr_why);

	if (err != EK_OK)
		return err;
	if (value == NULL)
		return run(
		    db, "DELETE FROM meta WHERE key=?1", binds, 1, reterr_why);
	return run(db, "INSERT OR REPLACE INTO meta(key,value) VALUES(?1,?2)",
	    binds, 2, reterr_why);
}

enum ek_err
db_meta_get(struct db *db, const char *key, void *out, size_t room,
    size_t *ret_len, struct ek_why *reterr_why)
{
	sqlite3_stmt *stmt = NULL;
	enum ek_err err = EK_OK;
	int rc;

	rc = prepare(db, "SELECT value FROM meta WHERE key=?1", &stmt);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(stmt, 1, key, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		size_t len = (size_t)sqlite3_column_bytes(stmt, 0);

		if (len > room) {
			err = EK_CORRUPT;
		} else {
			if (len > 0) /* else the blob is NULL */
				memcpy(out, sqlite3_column_blob(stmt, 0), len);
			*ret_len = len;
		}
	} else if (rc == SQLITE_DONE) {
		*ret_len = 0;
	} else {
		err = explain(db, rc, reterr_why);
	}
	sqlite3_finalize(stmt);
	return err;
}

enum ek_err
db_put(struct db *db, enum db_table table, const unsigned char *rid,
    const void *blob, size_t len, struct ek_why *reterr_why)
{
	struct bind binds[] = {{rid, EK_ID_LEN, false}, {blob, len, false}};
	enum ek_err err = begin(db, reterr_why);

	if (err != EK_OK)
		return err;
	return run_hot(db, table == DB_ROWS ? HOT_PUT_ROW : HOT_PUT_PENDING,
	    binds, 2, reterr_why);
}

enum ek_err
db_del(struct db *db, enum db_table table, const unsigned char *rid,
    struct ek_why *reterr_why)
{
	struct bind bind = {rid, EK_ID_LEN, false};
	enum ek_err err = begin(db, reterr_why);

	if (err != EK_OK)
		return err;
	return run(db,
	    table == DB_ROWS ? "DELETE FROM rows WHERE rid=?1"
			     : "DELETE FROM pending WHERE rid=?1",
	    &bind, 1, reterr_why);
}

enum ek_err
db_clear(struct db *db, enum db_table table, struct ek_why *reterr_why)
{
	enum ek_err err = begin(db, reterr_why);

	if (err != EK_OK)
		return err;
	return run(db,
	    table == DB_ROWS ? "DELETE FROM rows" : "DELETE FROM pending", NULL,
	    0, reterr_why);
}

enum ek_err
db_has(struct db *db, enum db_table table, const unsigned char *rid, bool *ret,
    struct ek_why *reterr_why)
{
	sqlite3_stmt *stmt = NULL;
	enum ek_err err = EK_OK;
	int rc;

	rc = prepare(db,
	    table == DB_ROWS ? "SELECT 1 FROM rows WHERE rid=?1"
			     : "SELECT 1 FROM pending WHERE rid=?1",
	    &stmt);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_blob(stmt, 1, rid, EK_ID_LEN, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		*ret = rc == SQLITE_ROW;
	else
		err = explain(db, rc, reterr_why);
	sqlite3_finalize(stmt);
	return err;
}

enum ek_err
db_each(struct db *db, enum db_table table, db_row_cb cb, void *arg,
    struct ek_why *reterr_why)
{
	sqlite3_stmt *stmt = NULL;
	enum ek_err err = EK_OK;
	int rc;

	rc = prepare(db,
	    table == DB_ROWS ? "SELECT rid,blob FROM rows"
			     : "SELECT rid,blob FROM pending",
	    &stmt);
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		rc = sqlite3_step(stmt);
		if (rc != SQLITE_ROW)
			break;
		err = EK_CORRUPT;
		if (sqlite3_column_bytes(stmt, 0) == EK_ID_LEN)
			err = cb(sqlite3_column_blob(stmt, 0),
			    sqlite3_column_blob(stmt, 1),
			    (size_t)sqlite3_column_bytes(stmt, 1), arg);
		if (err != EK_OK)
			break;
	}
	if (err == EK_OK && rc != SQLITE_DONE)
		err = explain(db, rc, reterr_why);
	sqlite3_finalize(stmt);
	return err;
}

enum ek_err
db_count(
    struct db *db, enum db_table table, size_t *ret, struct ek_why *reterr_why)
{
	int64_t count = 0;
	enum ek_err err;

	err = query_int(db,
	    table == DB_ROWS ? "SELECT count(*) FROM rows"
			     : "SELECT count(*) FROM pending",
	    0, &count, reterr_why);
	if (err == EK_OK)
		*ret = (size_t)count;
	return err;
}

enum ek_err
db_armed_put(
    struct db *db, const int64_t *due, size_t count, struct ek_why *reterr_why)
{
	sqlite3_stmt *stmt = NULL;
	enum ek_err err = begin(db, reterr_why);
	size_t i;
	int rc;

	if (err == EK_OK)
		err = exec(db, "DELETE FROM armed", reterr_why);
	if (err != EK_OK)
		return err;
	rc = prepare(db, "INSERT OR IGNORE INTO armed(due) VALUES(?1)", &stmt);
	for (i = 0; rc == SQLITE_OK && i < count; i++) {
		rc = sqlite3_bind_int64(stmt, 1, due[i]);
		if (rc == SQLITE_OK)
			rc = sqlite3_step(stmt);
		if (rc == SQLITE_DONE)
			rc = sqlite3_reset(stmt);
	}
	if (rc != SQLITE_OK)
		err = explain(db, rc, reterr_why);
	sqlite3_finalize(stmt);
	return err;
}

enum ek_err
db_armed_count(
    struct db *db, int64_t until, size_t *ret, struct ek_why *reterr_why)
{
	sqlite3_stmt *stmt = NULL;
	enum ek_err err = EK_OK;
	int rc;

	rc = prepare(db, "SELECT count(*) FROM armed WHERE due<=?1", &stmt);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(stmt, 1, until);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*ret = (size_t)sqlite3_column_int64(stmt, 0);
	else
		err = explain(db, rc, reterr_why);
	sqlite3_finalize(stmt);
	return err;
}

bool
db_in_transaction(const struct db *db)
{
	return db->in_transaction;
}

enum ek_err
db_commit(struct db *db, struct ek_why *reterr_why)
{
	enum ek_err err;

	if (!db->in_transaction)
		return EK_OK;
	err = run_hot(db, HOT_COMMIT, NULL, 0, reterr_why);
	if (err != EK_OK) {
		db_rollback(db);
		return err;
	}
	db->in_transaction = false;
	return EK_OK;
}

void
db_rollback(struct db *db)
{
	if (!db->in_transaction)
		return;
	db->in_transaction = false;
	(void)settle(db);
}

enum ek_err
db_scrub(struct db *db, struct ek_why *reterr_why)
{
	enum ek_err err;
	int64_t busy = 0;

	err = exec(db, "VACUUM", reterr_why);
	if (err == EK_OK)
		err = query_int(db, "PRAGMA wal_checkpoint(TRUNCATE)", 0, &busy,
		    reterr_why);
	if (err == EK_OK && busy != 0)
		err = ek_why(reterr_why, EK_BUSY,
		    "another program has the book open, so deleted words may "
		    "still lie in its file; close it and delete again");
	return err;
}

enum ek_err
db_check(struct db *db, struct ek_why *reterr_why)
{
	sqlite3_stmt *stmt = NULL;
	enum ek_err err = EK_OK;
	const char *text;
	int rc;

	rc = prepare(db, "PRAGMA integrity_check(1)", &stmt);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(stmt, 0);
		if (text == NULL)
			err = EK_NOMEM;
		else if (strcmp(text, "ok") != 0)
			err = ek_why(reterr_why, EK_CORRUPT,
			    "the book's file is damaged; restore the sealed "
			    "copy");
	} else {
		err = explain(db, rc, reterr_why);
	}
	sqlite3_finalize(stmt);
	return err;
}
