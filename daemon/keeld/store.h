/*
 * store - the person's book on disk and in memory: database, keys, copy.
 *
 * What is added is in the open transaction and in the book at once; it is
 * kept when store_commit said so.  If the commit fails the book is read again
 * from disk.  Never logs.
 */
#ifndef EVENKEEL_KEELD_STORE_H
#define EVENKEEL_KEELD_STORE_H

#include "evenkeel/book.h"
#include "evenkeel/err.h"
#include "evenkeel/paths.h"

#define STORE_KEK_LEN     32
#define STORE_KEY_SETTING "book-key"

/* Layout of the wraps a copy carries: salt16 ops4 mem4 and a wrap for the
 * phrase and the passphrase, 16 hex and a wrap for the keyring; zeros where
 * there is none. */
#define STORE_KDF_LEN         24
#define STORE_WRAP_PHRASE     0
#define STORE_WRAP_PASSPHRASE 96
#define STORE_WRAP_ITEM       192
#define STORE_WRAPS_LEN       280

enum store_state {
	STORE_NONE,   /* nothing was started here */
	STORE_LOCKED, /* the key is not there yet */
	STORE_OPEN,
	STORE_BROKEN, /* corrupt, newer, unreadable: store_why says */
};

enum key_mode { KEY_FILE, KEY_KEYRING, KEY_PASSPHRASE };

struct kdf { /* Argon2id13 in keel, never in the loop */
	unsigned char salt[16];
	uint32_t ops;
	uint32_t mem_kib;
};

struct key_spec { /* how a book is to be opened from now on */
	enum key_mode mode;
	struct kdf kdf;                   /* PASSPHRASE */
	unsigned char kek[STORE_KEK_LEN]; /* PASSPHRASE, KEYRING */
	char item[17]; /* KEYRING: 16 hex, names the item in the keyring */
	struct kdf phrase_kdf;
	unsigned char phrase_kek[STORE_KEK_LEN];
};

struct store;
struct book_key;

/* Looks at the place and opens what can be opened without asking.  Fails only
 * for want of memory; everything else is a state. */
enum ek_err store_open(
    const struct paths *paths, struct store **ret) EK_MUST_USE;
void store_close(struct store *store);
/* Tries anew to open what a full disk, a fault or permissions kept shut; a
 * damaged book or a newer one stays as it is.  True when it is open now. */
bool store_again(struct store *store, const struct paths *paths);

enum store_state store_state(const struct store *store);
enum ek_err store_err(const struct store *store);   /* BROKEN: which */
const char *store_why(const struct store *store);   /* and why, with remedy */
const char *store_place(const struct store *store); /* folder of book.db */
/* The network home the book is kept away from, or "". */
const char *store_network(const struct store *store);
/* Is this folder on a network (or FUSE) file system, by statfs(2)? */
bool store_is_network(const char *path);
/* SQLite's integrity_check; EK_CORRUPT with the reason. */
enum ek_err store_check(
    struct store *store, struct ek_why *reterr_why) EK_MUST_USE;
const struct book *store_book(const struct store *store); /* NULL unless OPEN */
enum key_mode store_key_mode(const struct store *store);

/* First start: a new book.  EK_CONFLICT when there is one.  It is kept by the
 * next commit, together with its first records, or not at all. */
enum ek_err store_make(struct store *store, const struct key_spec *spec,
    struct ek_why *reterr_why) EK_MUST_USE;
/* Gives up a book that was made and not committed; else nothing. */
void store_unmake(struct store *store);
/* The keyring's item that holds the key ("" when the mode is another). */
const char *store_item(const struct store *store);
/* Key and header for copy.c; NULL unless OPEN. */
const struct book_key *store_key(const struct store *store);
/* Bytes of the wraps a copy carries (phrase, passphrase, keyring item):
 * STORE_WRAPS_LEN of them, a fixed layout (store_key.c). */
enum ek_err store_wraps(const struct store *store, struct buf *ret) EK_MUST_USE;

/* How keel is to stretch a passphrase or phrase: EK_NOT_FOUND without. */
enum ek_err store_kdf(
    const struct store *store, bool phrase, struct kdf *ret) EK_MUST_USE;
/* kek opens "passphrase", "keyring" or "phrase". EK_WRONG_KEY. */
enum ek_err store_unlock(struct store *store, const char *what,
    const unsigned char *kek, struct ek_why *reterr_why) EK_MUST_USE;
enum ek_err store_lock(struct store *store,
    struct ek_why *reterr_why) EK_MUST_USE; /* EK_CONFLICT with a key file */
/* New book key: every row is sealed anew, and a SETTING says when (its name is
 * STORE_KEY_SETTING, its value the key's check in hex), so that desks can tell
 * an older key from a newer one.  Commits by itself.  keep_old: the key until
 * now is kept, sealed under the new one, for the copy that it sealed. */
enum ek_err store_rekey(struct store *store, const struct key_spec *spec,
    int64_t now_ms, bool keep_old, struct ek_why *reterr_why) EK_MUST_USE;
/* The key of a copy that was not rewritten since the book's key changed:
 * EK_NOT_FOUND when there is none.  Caller frees. */
enum ek_err store_former(
    const struct store *store, struct book_key **ret) EK_MUST_USE;
/* Keeps one, in the open transaction; NULL forgets it and commits. */
enum ek_err store_former_set(struct store *store, const struct book_key *former,
    struct ek_why *reterr_why) EK_MUST_USE;

/* Adds records to this turn's transaction and, when open, to the book.
 * All or none.  EK_CONFLICT when an id is there with other content; the very
 * same records again are EK_OK and nothing is done (*ret_again true, may be
 * NULL).  LOCKED: check-ins and notes go to the pending table, and
 * an id that is there cannot be compared (api's batch_store does). */
enum ek_err store_add(struct store *store, const struct record *const *recs,
    size_t count, bool *ret_again, struct ek_why *reterr_why) EK_MUST_USE;
struct store_taken {
	size_t added, known, gone;
};
/* Takes records of an archive, a copy or another desk in: set union by id,
 * `gone` obeyed, content of what is gone scrubbed after the commit.  Only
 * OPEN.  All or none. */
enum ek_err store_take(struct store *store, const struct record *const *recs,
    size_t count, struct store_taken *ret,
    struct ek_why *reterr_why) EK_MUST_USE;
/* Is this id in the rows or pending, readable or not? */
bool store_knows(struct store *store, const unsigned char *rid);
/* Keeps what was added so far; then what this turn deleted is scrubbed: an
 * error of that comes once, and the scrub is owed.  Once a write of this turn
 * was undone it fails until the turn ends. */
enum ek_err store_commit(
    struct store *store, struct ek_why *reterr_why) EK_MUST_USE;
/* The turn's tail: store_commit, and the next turn starts clean. */
enum ek_err store_turn_end(
    struct store *store, struct ek_why *reterr_why) EK_MUST_USE;
/* Scrubs what an earlier deletion or new key left, if anything: a full disk or
 * another program was in the way.  Commits by itself.  The start does it, too,
 * and what it cannot do is no reason to keep a book shut. */
enum ek_err store_scrub_owed(
    struct store *store, struct ek_why *reterr_why) EK_MUST_USE;
/* Deletes records for good: `gone` is written, content leaves every file of
 * ours, copy rewritten.  Commits by itself. */
enum ek_err store_forget(struct store *store, const unsigned char *rids,
    size_t count, const unsigned char *gone_rid, int64_t now_ms,
    struct ek_why *reterr_why) EK_MUST_USE;

/* Is this id among the rows added while locked? */
bool store_waits(const struct store *store, const unsigned char *rid);
/* Rows added while locked: count, and yes or no to them. */
size_t store_pending(struct store *store);
enum ek_err store_pending_settle(struct store *store, bool keep,
    size_t *ret_kept, struct ek_why *reterr_why) EK_MUST_USE;

/* Drafts: what was begun and is no record yet (store_draft.c), as bytes of at
 * most EK_DRAFT_MAX under an id.  In no copy, archive or other desk; a new key
 * takes them along.  Kept by the turn's commit; in place of one of that id. */
enum ek_err store_draft_put(struct store *store, const unsigned char *rid,
    const struct buf *plain, struct ek_why *reterr_why) EK_MUST_USE;
/* plain is borrowed, NULL: it does not open.  What is not EK_OK ends the walk.
 * Nothing is walked unless OPEN. */
typedef enum ek_err (*store_draft_cb)(
    const unsigned char *rid, const struct buf *plain, void *arg);
enum ek_err store_draft_each(struct store *store, store_draft_cb cb, void *arg,
    struct ek_why *reterr_why) EK_MUST_USE;
enum ek_err store_draft_count(struct store *store, size_t *ret) EK_MUST_USE;
/* It leaves the file after the commit, also while locked; EK_OK when there is
 * none.  told: a scrub that fails is told, as of a deletion; else it is owed,
 * for what the turn saved is saved all the same. */
enum ek_err store_draft_drop(struct store *store, const unsigned char *rid,
    bool told, struct ek_why *reterr_why) EK_MUST_USE;
/* All of them, also while locked. */
enum ek_err store_draft_clear(
    struct store *store, struct ek_why *reterr_why) EK_MUST_USE;

/* Due instants of the next 14 days (clear by design). */
enum ek_err store_arm(struct store *store, const int64_t *due, size_t count,
    struct ek_why *reterr_why) EK_MUST_USE;
enum ek_err store_armed(
    struct store *store, int64_t until, size_t *ret) EK_MUST_USE;

/* Destroys the keys first, then the files.  A kill in the middle is ended at
 * the next start.  The copy that says "erased" is copy.c's and is prepared
 * before (copy_erase). */
enum ek_err store_destroy(
    struct store *store, struct ek_why *reterr_why) EK_MUST_USE;
/* Renames a damaged book's files to ".damagedN", log and key with it (only by
 * her act, at a restore); then there is none.  All or none of them: a kill in
 * the middle is ended at the next start. */
enum ek_err store_set_aside(
    struct store *store, struct ek_why *reterr_why) EK_MUST_USE;
/* As store_make, of a given id and key (from a copy); NULL: random ones. */
enum ek_err store_make_from(struct store *store, const unsigned char *book16,
    const unsigned char *key32, const struct key_spec *spec,
    struct ek_why *reterr_why) EK_MUST_USE;
struct store_newer { /* a key that another desk changed to */
	const unsigned char *key32;
	const struct key_spec *spec;
	bool keep_old;
	const struct record *const *recs; /* that desk's: they say when */
	size_t count;
};
/* As store_rekey, to a given key; the records are taken (store_take) in the
 * same commit, so that no book has a key and not the time it began. */
enum ek_err store_rekey_to(struct store *store, const struct store_newer *newer,
    struct store_taken *ret, struct ek_why *reterr_why) EK_MUST_USE;

#endif
