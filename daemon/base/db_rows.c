/*
 * db_rows - rows, pending, drafts, meta, armed: put, looked up, walked, taken
 * away.
 *
 * Tables are WITHOUT ROWID and keyed by random ids, so that the order of rows
 * says nothing of the order in which they were written.
 */
#include <string.h>

#include "base/db.h"
#include "base/db_in.h"

enum ek_err
db_meta_put(struct db *db, const char *key, const void *value, size_t len,
    struct ek_why *reterr_why)
{
	struct db_bind binds[] = {
	    {key, strlen(key), true}, {value, len, false}};
	enum ek_err err = db_begin(db, reterr_why);

	if (err != EK_OK)
		return err;
	if (value == NULL)
		return db_run(
		    db, "DELETE FROM meta WHERE key=?1", binds, 1, reterr_why);
	return db_run(db,
	    "INSERT OR REPLACE INTO meta(key,value) VALUES(?1,?2)", binds, 2,
	    reterr_why);
}

enum ek_err
db_meta_get(struct db *db, const char *key, void *out, size_t room,
    size_t *ret_len, struct ek_why *reterr_why)
{
	sqlite3_stmt *stmt = NULL;
	enum ek_err err = EK_OK;
	int rc;

	rc = db_prepare(db, "SELECT value FROM meta WHERE key=?1", &stmt);
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
		err = db_explain(db, rc, reterr_why);
	}
	sqlite3_finalize(stmt);
	return err;
}

enum ek_err
db_put(struct db *db, enum db_table table, const unsigned char *rid,
    const void *blob, size_t len, struct ek_why *reterr_why)
{
	static const enum db_hot puts[] = {
	    HOT_PUT_ROW, HOT_PUT_PENDING, HOT_PUT_DRAFT};
	struct db_bind binds[] = {{rid, EK_ID_LEN, false}, {blob, len, false}};
	enum ek_err err = db_begin(db, reterr_why);

	if (err != EK_OK)
		return err;
	return db_run_hot(db, puts[table], binds, 2, reterr_why);
}

enum ek_err
db_del(struct db *db, enum db_table table, const unsigned char *rid,
    struct ek_why *reterr_why)
{
	static const char *const sql[] = {"DELETE FROM rows WHERE rid=?1",
	    "DELETE FROM pending WHERE rid=?1",
	    "DELETE FROM drafts WHERE rid=?1"};
	struct db_bind bind = {rid, EK_ID_LEN, false};
	enum ek_err err = db_begin(db, reterr_why);

	if (err != EK_OK)
		return err;
	return db_run(db, sql[table], &bind, 1, reterr_why);
}

enum ek_err
db_clear(struct db *db, enum db_table table, struct ek_why *reterr_why)
{
	static const char *const sql[] = {
	    "DELETE FROM rows", "DELETE FROM pending", "DELETE FROM drafts"};
	enum ek_err err = db_begin(db, reterr_why);

	if (err != EK_OK)
		return err;
	return db_run(db, sql[table], NULL, 0, reterr_why);
}

enum ek_err
db_has(struct db *db, enum db_table table, const unsigned char *rid, bool *ret,
    struct ek_why *reterr_why)
{
	static const char *const sql[] = {"SELECT 1 FROM rows WHERE rid=?1",
	    "SELECT 1 FROM pending WHERE rid=?1",
	    "SELECT 1 FROM drafts WHERE rid=?1"};
	sqlite3_stmt *stmt = NULL;
	enum ek_err err = EK_OK;
	int rc;

	rc = db_prepare(db, sql[table], &stmt);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_blob(stmt, 1, rid, EK_ID_LEN, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		*ret = rc == SQLITE_ROW;
	else
		err = db_explain(db, rc, reterr_why);
	sqlite3_finalize(stmt);
	return err;
}

enum ek_err
db_each(struct db *db, enum db_table table, db_row_cb cb, void *arg,
    struct ek_why *reterr_why)
{
	static const char *const sql[] = {"SELECT rid,blob FROM rows",
	    "SELECT rid,blob FROM pending", "SELECT rid,blob FROM drafts"};
	sqlite3_stmt *stmt = NULL;
	enum ek_err err = EK_OK;
	int rc;

	rc = db_prepare(db, sql[table], &stmt);
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
		err = db_explain(db, rc, reterr_why);
	sqlite3_finalize(stmt);
	return err;
}

enum ek_err
db_count(
    struct db *db, enum db_table table, size_t *ret, struct ek_why *reterr_why)
{
	static const char *const sql[] = {"SELECT count(*) FROM rows",
	    "SELECT count(*) FROM pending", "SELECT count(*) FROM drafts"};
	int64_t count = 0;
	enum ek_err err;

	err = db_query_int(db, sql[table], 0, &count, reterr_why);
	if (err == EK_OK)
		*ret = (size_t)count;
	return err;
}

enum ek_err
db_armed_put(
    struct db *db, const int64_t *due, size_t count, struct ek_why *reterr_why)
{
	sqlite3_stmt *stmt = NULL;
	enum ek_err err = db_begin(db, reterr_why);
	size_t i;
	int rc;

	if (err == EK_OK)
		err = db_exec(db, "DELETE FROM armed", reterr_why);
	if (err != EK_OK)
		return err;
	rc = db_prepare(
	    db, "INSERT OR IGNORE INTO armed(due) VALUES(?1)", &stmt);
	for (i = 0; rc == SQLITE_OK && i < count; i++) {
		rc = sqlite3_bind_int64(stmt, 1, due[i]);
		if (rc == SQLITE_OK)
			rc = sqlite3_step(stmt);
		if (rc == SQLITE_DONE)
			rc = sqlite3_reset(stmt);
	}
	if (rc != SQLITE_OK)
		err = db_explain(db, rc, reterr_why);
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

	rc = db_prepare(db, "SELECT count(*) FROM armed WHERE due<=?1", &stmt);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(stmt, 1, until);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*ret = (size_t)sqlite3_column_int64(stmt, 0);
	else
		err = db_explain(db, rc, reterr_why);
	sqlite3_finalize(stmt);
	return err;
}
