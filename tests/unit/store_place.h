/*
 * store_place - a folder of its own for a test's book, records to put in it,
 * and looking into its files.
 *
 * Deletion is looked for as PROTOCOL.md asks: any 16 bytes of the sealed row
 * from before, in every file.
 */
#ifndef TESTS_STORE_PLACE_H
#define TESTS_STORE_PLACE_H

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "keeld/store.h"

struct place {
	char dir[64];
	struct paths paths;
};

static inline struct key_spec
file_spec(void)
{
	struct key_spec spec;

	memset(&spec, 0, sizeof(spec));
	spec.mode = KEY_FILE;
	memset(spec.phrase_kek, 7, sizeof(spec.phrase_kek));
	spec.phrase_kdf.ops = 3;
	spec.phrase_kdf.mem_kib = 65536;
	return spec;
}

static inline struct key_spec
pass_spec(void)
{
	struct key_spec spec = file_spec();

	spec.mode = KEY_PASSPHRASE;
	memset(spec.kek, 9, sizeof(spec.kek));
	spec.kdf.ops = 3;
	spec.kdf.mem_kib = 65536;
	return spec;
}

static inline void
remove_tree(const char *dir)
{
	char path[2048];
	struct dirent *entry;
	DIR *open = opendir(dir);

	while (open != NULL && (entry = readdir(open)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (entry->d_name[0] != '.' && unlink(path) != 0)
			remove_tree(path);
	}
	if (open != NULL)
		closedir(open);
	rmdir(dir);
}

static inline void
place_init(struct place *place)
{
	memset(place, 0, sizeof(*place));
	snprintf(place->dir, sizeof(place->dir), "/tmp/ek-store-XXXXXX");
	assert_non_null(mkdtemp(place->dir));
	snprintf(place->paths.data, sizeof(place->paths.data), "%s/data",
	    place->dir);
}

static inline void
place_done(struct place *place)
{
	remove_tree(place->dir);
}

static inline struct store *
open_store(const struct place *place, enum store_state expect)
{
	struct store *store = NULL;

	assert_ok(store_open(&place->paths, &store));
	if (store_state(store) != expect)
		print_error("%s\n", store_why(store));
	assert_int_equal(store_state(store), expect);
	return store;
}

static inline void
make(struct store *store, const struct key_spec *spec)
{
	assert_ok(store_make(store, spec, NULL));
	assert_ok(store_commit(store, NULL));
}

static inline struct record *
ask(unsigned char n, const char *text)
{
	unsigned char rid[EK_ID_LEN];
	struct record_build build;
	struct record *rec = NULL;

	memset(rid, n, sizeof(rid));
	record_begin(&build, REC_ASK, rid, 1000 + n);
	record_put_str(&build, ASK_TEXT, text);
	assert_ok(record_end(&build, &rec));
	return rec;
}

static inline void
add(struct store *store, unsigned char n, const char *text)
{
	struct record *rec = ask(n, text);
	const struct record *recs[1] = {rec};

	assert_ok(store_add(store, recs, 1, NULL, NULL));
	assert_ok(store_commit(store, NULL));
	record_free(rec);
}

static inline size_t
asks(const struct store *store)
{
	size_t count;

	book_list(store_book(store), REC_ASK, &count);
	return count;
}

/* --- looking into files --- */

static inline void
slurp(const char *path, struct buf *ret)
{
	char part[65536];
	FILE *file = fopen(path, "rb");
	size_t got;

	if (file == NULL)
		return;
	while ((got = fread(part, 1, sizeof(part), file)) > 0)
		buf_add(ret, part, got);
	fclose(file);
}

/* Is any 16-byte window of needle in any file below dir? */
static inline bool
found_below(const char *dir, const struct buf *needle)
{
	char path[2048];
	struct dirent *entry;
	DIR *open = opendir(dir);
	bool found = false;
	struct buf bytes;
	size_t at;

	while (!found && open != NULL && (entry = readdir(open)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		buf_init(&bytes, 1 << 28);
		slurp(path, &bytes);
		for (at = 0; !found && at + 16 <= needle->len; at++)
			found = bytes.len >= 16 &&
				memmem(bytes.data, bytes.len, needle->data + at,
				    16) != NULL;
		buf_done(&bytes);
		if (!found)
			found = found_below(path, needle);
	}
	if (open != NULL)
		closedir(open);
	return found;
}

static inline void
row_bytes(const struct place *place, unsigned char n, struct buf *ret)
{
	unsigned char rid[EK_ID_LEN];
	char path[2048];
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;

	memset(rid, n, sizeof(rid));
	snprintf(path, sizeof(path), "%s/book.db", place->paths.data);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(
		db, "SELECT blob FROM rows WHERE rid=?1", -1, &stmt, NULL),
	    SQLITE_OK);
	sqlite3_bind_blob(stmt, 1, rid, sizeof(rid), SQLITE_STATIC);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	buf_add(ret, sqlite3_column_blob(stmt, 0),
	    (size_t)sqlite3_column_bytes(stmt, 0));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

static inline void
tamper(const struct place *place, const char *sql)
{
	char path[2048];
	sqlite3 *db = NULL;

	snprintf(path, sizeof(path), "%s/book.db", place->paths.data);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

#endif
