/*
 * db_in - what the files of db share; for these files only.
 */
#ifndef EVENKEEL_BASE_DB_IN_H
#define EVENKEEL_BASE_DB_IN_H

#include <sqlite3.h>

#include "base/db.h"

/* What every check-in runs is prepared once. */
enum db_hot {
	HOT_BEGIN,
	HOT_COMMIT,
	HOT_PUT_ROW,
	HOT_PUT_PENDING,
	HOT_PUT_DRAFT,
	HOT_COUNT
};

struct db {
	sqlite3 *handle;
	char *path;
	bool in_transaction;
	sqlite3_stmt *hot[HOT_COUNT]; /* NULL until first used */
};

struct db_bind {
	const void *data;
	size_t len;
	bool text;
};

/* What went wrong, as the person should hear it; rc is SQLite's. */
enum ek_err db_explain(
    const struct db *db, int rc, struct ek_why *why) EK_MUST_USE;
/* SQLite's code; the statement is the caller's to finalize. */
int db_prepare(struct db *db, const char *sql, sqlite3_stmt **ret) EK_MUST_USE;
/* Literal SQL of any length, no rows wanted. */
enum ek_err db_exec(
    struct db *db, const char *sql, struct ek_why *why) EK_MUST_USE;
/* One integer of a statement's first row. */
enum ek_err db_query_int(struct db *db, const char *sql, int column,
    int64_t *ret, struct ek_why *why) EK_MUST_USE;
/* Binds the values, steps once, expects no row.  EK_CONFLICT: the id is
 * there already. */
enum ek_err db_run(struct db *db, const char *sql, const struct db_bind *binds,
    int count, struct ek_why *why) EK_MUST_USE;
enum ek_err db_run_hot(struct db *db, enum db_hot hot,
    const struct db_bind *binds, int count, struct ek_why *why) EK_MUST_USE;
/* Opens the transaction when none is open. */
enum ek_err db_begin(struct db *db, struct ek_why *why) EK_MUST_USE;

#endif
