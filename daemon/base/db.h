/*
 * db - the only file that sees sqlite3.h.  A book's database: sealed rows,
 * wraps of the key, due instants; nothing here knows what is sealed.
 *
 * WAL, synchronous=FULL.  A transaction is opened by the first write of a
 * turn and ended by db_commit.  Deleting for good is VACUUM and a truncating
 * checkpoint whose busy column is read (PROTOCOL.md fact 3).
 */
#ifndef EVENKEEL_BASE_DB_H
#define EVENKEEL_BASE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evenkeel/err.h"
#include "evenkeel/limits.h"

struct db;

enum db_table { DB_ROWS, DB_PENDING, DB_DRAFTS };

/* Opens or makes path (0600).  EK_NEWER, EK_CORRUPT, EK_READ_ONLY,
 * EK_NO_SPACE, EK_BUSY, EK_IO with the reason; touches nothing on failure
 * (a new file is removed again). */
enum ek_err db_open(const char *path, bool make, struct db **ret,
    struct ek_why *reterr_why) EK_MUST_USE;
void db_close(struct db *db); /* rolls an open transaction back */

/* Small clear values (book id, public key, wraps).  NULL value deletes. */
enum ek_err db_meta_put(struct db *db, const char *key, const void *value,
    size_t len, struct ek_why *reterr_why) EK_MUST_USE;
/* Copies into out (room bytes); *ret_len is 0 when absent. */
enum ek_err db_meta_get(struct db *db, const char *key, void *out, size_t room,
    size_t *ret_len, struct ek_why *reterr_why) EK_MUST_USE;

/* EK_CONFLICT when the id is there already; a draft takes its place. */
enum ek_err db_put(struct db *db, enum db_table table, const unsigned char *rid,
    const void *blob, size_t len, struct ek_why *reterr_why) EK_MUST_USE;
/* No error when it is not there. */
enum ek_err db_del(struct db *db, enum db_table table, const unsigned char *rid,
    struct ek_why *reterr_why) EK_MUST_USE;
enum ek_err db_clear(
    struct db *db, enum db_table table, struct ek_why *reterr_why) EK_MUST_USE;
enum ek_err db_has(struct db *db, enum db_table table, const unsigned char *rid,
    bool *ret, struct ek_why *reterr_why) EK_MUST_USE;
/* cb borrows its arguments; a non-OK return ends the walk and is returned. */
typedef enum ek_err (*db_row_cb)(
    const unsigned char *rid, const void *blob, size_t len, void *arg);
enum ek_err db_each(struct db *db, enum db_table table, db_row_cb cb, void *arg,
    struct ek_why *reterr_why) EK_MUST_USE;
enum ek_err db_count(struct db *db, enum db_table table, size_t *ret,
    struct ek_why *reterr_why) EK_MUST_USE;
/* Replaces the armed instants (Unix seconds). */
enum ek_err db_armed_put(struct db *db, const int64_t *due, size_t count,
    struct ek_why *reterr_why) EK_MUST_USE;
/* How many armed instants are <= until. */
enum ek_err db_armed_count(struct db *db, int64_t until, size_t *ret,
    struct ek_why *reterr_why) EK_MUST_USE;

bool db_in_transaction(const struct db *db);
/* EK_OK when none is open.  On failure the transaction is rolled back. */
enum ek_err db_commit(struct db *db, struct ek_why *reterr_why) EK_MUST_USE;
void db_rollback(struct db *db);
/* VACUUM, then a truncating checkpoint; EK_BUSY unless nothing was left. Not
 * inside a transaction. */
enum ek_err db_scrub(struct db *db, struct ek_why *reterr_why) EK_MUST_USE;
/* PRAGMA integrity_check; EK_CORRUPT with the reason. */
enum ek_err db_check(struct db *db, struct ek_why *reterr_why) EK_MUST_USE;

#endif
