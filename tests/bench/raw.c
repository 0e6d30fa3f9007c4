/*
 * raw - SQLite writing the rows of a book once more, and nothing else.
 *
 *   raw BOOK.DB OUT.DB LAST ROWS	prints "TRANSACTIONS SECONDS"
 *
 * Takes LAST rows of BOOK.DB, as keeld sealed them, into a new OUT.DB of the
 * same table and the same settings, ROWS to a transaction: the floor that
 * keeld's own way to the disk is compared with.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct row {
	unsigned char rid[16];
	void *blob;
	int len;
};

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
need(sqlite3 *db, int rc, const char *what)
{
	if (rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE)
		return;
	fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
	exit(1);
}

static void
run(sqlite3 *db, const char *sql)
{
	need(db, sqlite3_exec(db, sql, NULL, NULL, NULL), sql);
}

static size_t
load(const char *path, struct row *rows, size_t last)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	size_t count = 0;

	need(NULL, sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL),
	    path);
	need(db,
	    sqlite3_prepare_v2(
		db, "SELECT rid, blob FROM rows", -1, &stmt, NULL),
	    "rows");
	while (count < last && sqlite3_step(stmt) == SQLITE_ROW) {
		struct row *row = &rows[count++];

		memcpy(row->rid, sqlite3_column_blob(stmt, 0), 16);
		row->len = sqlite3_column_bytes(stmt, 1);
		row->blob = malloc((size_t)row->len);
		memcpy(
		    row->blob, sqlite3_column_blob(stmt, 1), (size_t)row->len);
	}
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return count;
}

/* The table is in the order of its random keys; so are these. */
static void
shuffle(struct row *rows, size_t count)
{
	unsigned long long state = 88172645463325252ULL;

	for (size_t i = count; i > 1; i--) {
		struct row swap = rows[i - 1];
		size_t other;

		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		other = (size_t)(state % i);
		rows[i - 1] = rows[other];
		rows[other] = swap;
	}
}

static void
put(sqlite3 *db, sqlite3_stmt *stmt, const struct row *row)
{
	sqlite3_bind_blob(stmt, 1, row->rid, 16, SQLITE_STATIC);
	sqlite3_bind_blob(stmt, 2, row->blob, row->len, SQLITE_STATIC);
	need(db, sqlite3_step(stmt), "insert");
	sqlite3_reset(stmt);
}

int
main(int argc, char **argv)
{
	size_t last = argc == 5 ? strtoul(argv[3], NULL, 10) : 0;
	size_t group = argc == 5 ? strtoul(argv[4], NULL, 10) : 0;
	struct row *rows = calloc(last + 1, sizeof(*rows));
	sqlite3_stmt *stmt;
	sqlite3 *db;
	double began;

	if (last == 0 || group == 0 || rows == NULL) {
		fprintf(stderr, "usage: raw BOOK.DB OUT.DB LAST ROWS\n");
		return 3;
	}
	last = load(argv[1], rows, last);
	shuffle(rows, last);
	need(NULL, sqlite3_open(argv[2], &db), argv[2]);
	run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
		"CREATE TABLE rows (rid BLOB PRIMARY KEY, blob BLOB NOT NULL)"
		" WITHOUT ROWID");
	need(db,
	    sqlite3_prepare_v2(
		db, "INSERT INTO rows VALUES (?, ?)", -1, &stmt, NULL),
	    "insert");
	began = now();
	for (size_t i = 0; i + group <= last; i += group) {
		run(db, "BEGIN IMMEDIATE");
		for (size_t k = 0; k < group; k++)
			put(db, stmt, &rows[i + k]);
		run(db, "COMMIT");
	}
	printf("%zu %.6f\n", last / group, now() - began);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return 0;
}
