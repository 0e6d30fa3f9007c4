/*
 * db_open - a book's file opened, made or refused: its schema, its settings,
 * its mode; and closed.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/db.h"
#include "base/db_in.h"

#define APPLICATION_ID 0x454b4231 /* "EKB1" */

/* Append only: step n brings a book of schema n to n + 1. */
static const char *const migrations[] = {
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL)"
    "  WITHOUT ROWID;"
    "CREATE TABLE rows (rid BLOB PRIMARY KEY, blob BLOB NOT NULL)"
    "  WITHOUT ROWID;"
    "CREATE TABLE pending (rid BLOB PRIMARY KEY, blob BLOB NOT NULL)"
    "  WITHOUT ROWID;"
    "CREATE TABLE armed (due INTEGER PRIMARY KEY) WITHOUT ROWID;",
    "CREATE TABLE drafts (rid BLOB PRIMARY KEY, blob BLOB NOT NULL)"
    "  WITHOUT ROWID;",
};
#define SCHEMA ((int)(sizeof(migrations) / sizeof(migrations[0])))

static enum ek_err
migrate(struct db *db, struct ek_why *why)
{
	int64_t version = 0, id = 0;
	char text[64];
	enum ek_err err;

	err = db_query_int(db, "PRAGMA user_version", 0, &version, why);
	if (err == EK_OK)
		err = db_query_int(db, "PRAGMA application_id", 0, &id, why);
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
	err = db_begin(db, why);
	for (; err == EK_OK && version < SCHEMA; version++)
		err = db_exec(db, migrations[version], why);
	snprintf(text, sizeof(text), "PRAGMA user_version=%d", SCHEMA);
	if (err == EK_OK)
		err = db_exec(db, text, why);
	snprintf(
	    text, sizeof(text), "PRAGMA application_id=%d", APPLICATION_ID);
	if (err == EK_OK)
		err = db_exec(db, text, why);
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
	rc = db_prepare(db, "PRAGMA journal_mode=WAL", &stmt);
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
		return db_explain(db, rc, why);
	if (!wal)
		return ek_why(why, EK_IO,
		    "this disk does not let the book be written safely; use a "
		    "folder on a local disk");
	err = db_exec(db,
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
	return rc == SQLITE_OK ? EK_OK : db_explain(db, rc, why);
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
