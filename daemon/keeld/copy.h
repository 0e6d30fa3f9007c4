/*
 * copy - the sealed copy: the whole book in one file at a place she chose,
 * and joining what other desks left there (PROTOCOL.md, DESIGN.md §4).
 *
 * File = "EKS1" ‖ book16 ‖ check16 ‖ made8 (Unix ms) ‖ wraps (STORE_WRAPS_LEN)
 * ‖ sealed body.  The header is authenticated with the body; check16 tells
 * which book key sealed it.  Body = n times rid16 ‖ len4 ‖ encoded record,
 * padded to steps of 64 KiB.  A copy whose only record is `erased` tells other
 * desks to end their book; it carries no wraps.
 */
#ifndef KEELD_COPY_H
#define KEELD_COPY_H

#include "evenkeel/err.h"
#include "keeld/store.h"

enum copy_state {
	COPY_NONE,    /* no place was chosen */
	COPY_OK,      /* written or joined without trouble */
	COPY_UNTRIED, /* a place, nothing done yet */
	COPY_FAILED,  /* the last try failed: why says it */
	COPY_FOREIGN, /* sealed with another key: restore with its phrase */
};

struct copy_info {
	enum copy_state state;
	char place[EK_PATH_MAX];     /* "" when none */
	char file[EK_PATH_MAX + 64]; /* "" until known */
	int64_t written_ms;          /* 0: not by us, not found */
	struct ek_why why;
};

struct copy;

/* place may be NULL or "".  Touches no file. */
enum ek_err copy_new(const char *place, struct copy **ret) EK_MUST_USE;
void copy_free(struct copy *copy);
const struct copy_info *copy_info(const struct copy *copy);
/* Checks that place is an absolute path to a folder that can be written. */
enum ek_err copy_set_place(struct copy *copy, const char *place,
    struct ek_why *reterr_why) EK_MUST_USE;

/* Takes in what the copy has and the book lacks (store_take; the turn's
 * commit keeps it).  No file is no error.  EK_ERASED: the owner erased this
 * book on another desk: destroy it here.  EK_WRONG_KEY: sealed with a key that
 * is neither the book's nor store_former's. ret may be NULL. */
enum ek_err copy_join(struct copy *copy, struct store *store,
    struct store_taken *ret, struct ek_why *reterr_why) EK_MUST_USE;
/* Joins, commits, then writes by temp file, fsync and rename under a lock;
 * then store_former is needed no more.  A damaged copy is set aside
 * (".damaged"), one of a key we do not have is left as it is: neither is ever
 * overwritten.  EK_BUSY: another desk held the lock for two seconds. */
enum ek_err copy_write(struct copy *copy, struct store *store, int64_t now_ms,
    struct ek_why *reterr_why) EK_MUST_USE;
/* Writes the copy that says "erased", then store_destroy.
 * *ret_written: the copy was written (false without a place too; then why
 * says what is left). */
enum ek_err copy_erase(struct copy *copy, struct store *store, int64_t now_ms,
    bool *ret_written, struct ek_why *reterr_why) EK_MUST_USE;

struct copy_found {
	char file[EK_PATH_MAX + 64];
	unsigned char book16[EK_ID_LEN];
	int64_t made_ms;
	struct kdf phrase; /* ops 0: not in it */
	struct kdf passphrase;
	char item[17]; /* "" : not by a keyring */
	bool damaged;  /* what it names there is no item of ours */
};
/* The copies in a folder, at most room; *ret_count is how many. */
enum ek_err copy_look(const char *place, struct copy_found *out, size_t room,
    size_t *ret_count, struct ek_why *reterr_why) EK_MUST_USE;
enum copy_key {      /* what became of the book's key */
	COPY_MADE,   /* there was no book: the copy's key is its key */
	COPY_SAME,   /* the copy has the book's key */
	COPY_NEWER,  /* changed on another desk: taken, with spec */
	COPY_EARLIER /* changed since the copy was written: ours is kept */
};
struct copy_restored {
	struct store_taken taken;
	enum copy_key key;
	int64_t made_ms; /* when the copy was written */
};
/* Opens file by kek ("phrase", "passphrase", "keyring") and makes the book, or
 * joins it into ours.  A damaged book of ours is set aside first, only here,
 * by her act.  Of two keys the one that came into use later is the book's; a
 * copy of the earlier one at copy's place may then be rewritten (copy_write).
 * EK_CONFLICT: another book is here; EK_ERASED; EK_WRONG_KEY. */
struct copy_wish {
	const char *file, *what;
	const unsigned char *kek;
	const struct key_spec *spec;
};
enum ek_err copy_restore(const struct copy *copy, struct store *store,
    const struct copy_wish *wish, struct copy_restored *ret,
    struct ek_why *reterr_why) EK_MUST_USE;

#endif
