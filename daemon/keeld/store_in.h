/*
 * store_in - what the store's own files share; nobody else includes this.
 */
#ifndef KEELD_STORE_IN_H
#define KEELD_STORE_IN_H

#include "base/db.h"
#include "base/seal.h"
#include "keeld/store.h"

#define STORE_KEY_FILE "book.key"
#define STORE_KEY_NEW  "book.key.new"
#define STORE_DB_FILE  "book.db"
#define STORE_ERASING  "erase.pending"
#define STORE_ASIDE    "aside.pending"

struct store {
	char place[EK_PATH_MAX];   /* folder of book.db */
	char network[EK_PATH_MAX]; /* the network home it is not in, or "" */
	int lock_fd;
	enum store_state state;
	enum ek_err err;
	struct ek_why why;
	struct db *db;
	struct book *book;
	struct book_key *key;
	unsigned char book16[EK_ID_LEN];
	enum key_mode mode;
	char item[17];
	bool key_waits; /* book.key.new opens it: it could not be renamed */
	enum ek_err turn_err; /* this turn's writes were undone: why */
	bool fresh; /* made in the open transaction: gone if that is undone */
	bool scrub; /* this turn deleted: to be scrubbed after the commit */
	bool scrub_draft; /* the same, and nobody is told how it went */
};

/* place/name into out (EK_PATH_MAX). */
enum ek_err store_path(const struct store *store, const char *name, char *out);
/* Sets place (and network, when the home is on one); the folder is made,
 * ours, and 0700. */
enum ek_err store_find_place(
    struct store *store, const struct paths *paths, struct ek_why *why);
/* EK_BUSY: another keeld holds it. */
enum ek_err store_lock_place(struct store *store, struct ek_why *why);
void store_break(struct store *store, enum ek_err err, const char *text);
/* Reads every row into a new book; EK_CORRUPT names the first bad row. */
enum ek_err store_load(struct store *store, struct ek_why *why);
/* Seals rec and puts it among the rows. */
enum ek_err store_put_row(
    struct store *store, const struct record *rec, struct ek_why *why);
/* Meta of the key: mode, item, book id; then opens what needs no asking. */
enum ek_err store_key_open(struct store *store, struct ek_why *why);
/* All that meta says of the key, in the open transaction. */
enum ek_err store_put_meta(struct store *store, const struct book_key *key,
    const struct key_spec *spec, const unsigned char *file_kek,
    struct ek_why *why);
enum ek_err store_write_key(const struct store *store, const char *name,
    const unsigned char *kek, struct ek_why *why);
/* book.key.new was committed: it becomes book.key.  False: it waits. */
bool store_name_key(struct store *store);
/* Undoes this turn: rows by rollback, the book by reading it again; a book
 * made in it is gone. */
void store_undo(struct store *store, enum ek_err cause);
/* The reason once that was done: nothing more is taken in this turn, or it
 * would be kept while its request is told that it was not. */
enum ek_err store_undone(const struct store *store, struct ek_why *why);
/* The first commit of a fresh book was made. */
void store_made(struct store *store);
/* How many rows are pending; store_pending says 0 when it cannot count. */
enum ek_err store_pending_count(
    struct store *store, size_t *ret, struct ek_why *why);
/* Drafts sealed under old, anew under the store's key; in the open
 * transaction. */
enum ek_err store_draft_reseal(
    struct store *store, const struct book_key *old, struct ek_why *why);
/* Ends an erasure that was cut short. */
enum ek_err store_erase_resume(struct store *store, struct ek_why *why);
/* Ends a setting aside that was cut short. */
enum ek_err store_aside_resume(struct store *store, struct ek_why *why);
/* VACUUM and checkpoint; it is owed no more then. */
enum ek_err store_scrub(struct store *store, struct ek_why *why);
/* Whole small file, at most room bytes; -1 (errno) when it does not read. */
long store_read_file(const char *path, void *out, size_t room);
/* Overwrites with zeros, then removes: it held a key.  False (errno): it is
 * still there. */
bool store_shred(const char *path);
bool store_sync_dir(const char *dir);
/* Takes a marker away and has that on disk before anything else is made: one
 * that came back would be obeyed again. */
enum ek_err store_unmark(
    const struct store *store, const char *name, struct ek_why *why);
/* errno in words; what names the file. */
enum ek_err store_io_error(const char *what, struct ek_why *why);
/* Temp file, fsync, rename, fsync of the folder; mode 0600. */
enum ek_err store_write_file(const char *dir, const char *name,
    const void *bytes, size_t len, struct ek_why *why);

#endif
