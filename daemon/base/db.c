/*
 * db - SQLite for the book: what went wrong in her words, statements, the
 * transaction, deleting for good, checking.
 *
 * Every statement is literal text with bound values.
 */
#include "base/db.h"

#include <errno.h>
#include <string.h>

#include "base/db_in.h"

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

enum ek_err
db_explain(const struct db *db, int rc, struct ek_why *why)
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

enum ek_err
db_exec(struct db *db, const char *sql, struct ek_why *why)
{
	int rc = settle(db);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? EK_OK : db_explain(db, rc, why);
}

int
db_prepare(struct db *db, const char *sql, sqlite3_stmt **ret)
{
	int rc = settle(db);

	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db->handle, sql, -1, ret, NULL);
	return rc;
}

enum ek_err
db_query_int(struct db *db, const char *sql, int column, int64_t *ret,
    struct ek_why *why)
{
	sqlite3_stmt *stmt = NULL;
	enum ek_err err = EK_OK;
	int rc;

	rc = db_prepare(db, sql, &stmt);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*ret = sqlite3_column_int64(stmt, column);
	else
		err = db_explain(db, rc, why);
	sqlite3_finalize(stmt);
	return err;
}

/* Binds the values, steps once, expects no row.  rc: of the preparing. */
static enum ek_err
step(struct db *db, int rc, sqlite3_stmt *stmt, const struct db_bind *binds,
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
	return rc == SQLITE_DONE ? EK_OK : db_explain(db, rc, why);
}

enum ek_err
db_run(struct db *db, const char *sql, const struct db_bind *binds, int count,
    struct ek_why *why)
{
	sqlite3_stmt *stmt = NULL;
	int rc = db_prepare(db, sql, &stmt);
	enum ek_err err = step(db, rc, stmt, binds, count, why);

	sqlite3_finalize(stmt);
	return err;
}

enum ek_err
db_run_hot(struct db *db, enum db_hot hot, const struct db_bind *binds,
    int count, struct ek_why *why)
{
	static const char *const sql[HOT_COUNT] = {
	    "BEGIN IMMEDIATE",
	    "COMMIT",
	    "INSERT INTO rows(rid,blob) VALUES(?1,?2)",
	    "INSERT INTO pending(rid,blob) VALUES(?1,?2)",
	    "INSERT OR REPLACE INTO drafts(rid,blob) VALUES(?1,?2)",
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

enum ek_err
db_begin(struct db *db, struct ek_why *why)
{
	enum ek_err err;

	if (db->in_transaction)
		return EK_OK;
	err = db_run_hot(db, HOT_BEGIN, NULL, 0, why);
	if (err == EK_OK)
		db->in_transaction = true;
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
	err = db_run_hot(db, HOT_COMMIT, NULL, 0, reterr_why);
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

	err = db_exec(db, "VACUUM", reterr_why);
	if (err == EK_OK)
		err = db_query_int(db, "PRAGMA wal_checkpoint(TRUNCATE)", 0,
		    &busy, reterr_why);
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

	rc = db_prepare(db, "PRAGMA integrity_check(1)", &stmt);
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
		err = db_explain(db, rc, reterr_why);
	}
	sqlite3_finalize(stmt);
	return err;
}
