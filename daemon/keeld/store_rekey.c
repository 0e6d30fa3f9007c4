/*
 * store_rekey - a new book key: every row sealed anew, every wrap made anew.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keeld/store_in.h"

static enum ek_err
reseal_rows(struct store *store, struct ek_why *why)
{
	const struct record *rec;
	enum ek_err err;
	size_t at = 0;

	err = db_clear(store->db, DB_ROWS, why);
	while (err == EK_OK && (rec = book_next(store->book, &at)) != NULL)
		err = store_put_row(store, rec, why);
	return err;
}

/* Rows, wraps and the promise to scrub what was under the old key, kept. */
static enum ek_err
commit_key(struct store *store, const struct key_spec *spec,
    const unsigned char *file_kek, struct ek_why *why)
{
	enum ek_err err;

	err = reseal_rows(store, why);
	if (err == EK_OK)
		err = store_put_meta(store, store->key, spec, file_kek, why);
	if (err == EK_OK)
		err = db_meta_put(store->db, "scrub", "1", 1, why);
	return err == EK_OK ? db_commit(store->db, why) : err;
}

static void
took_key(struct store *store, const struct key_spec *spec)
{
	char now[EK_PATH_MAX], next[EK_PATH_MAX];

	store->mode = spec->mode;
	memcpy(store->item, spec->mode == KEY_KEYRING ? spec->item : "",
	    spec->mode == KEY_KEYRING ? 17 : 1);
	if (store_path(store, STORE_KEY_FILE, now) == EK_OK &&
	    store_path(store, STORE_KEY_NEW, next) == EK_OK) {
		if (spec->mode == KEY_FILE)
			rename(next, now);
		else
			store_shred(now);
	}
	/* the key is kept: that its rows are not scrubbed yet is no reason to
	 * tell that it is not.  Owed till the next deletion or start. */
	if (store_scrub(store, NULL) != EK_OK)
		store->scrub = false;
}

enum ek_err
store_rekey_to(struct store *store, const unsigned char *key32,
    const struct key_spec *spec, struct ek_why *reterr_why)
{
	struct book_key *key = NULL, *old = store->key;
	unsigned char kek[STORE_KEK_LEN];
	char next[EK_PATH_MAX];
	enum ek_err err;

	if (store->state != STORE_OPEN)
		return ek_why(
		    reterr_why, EK_LOCKED, "%s", ek_err_text(EK_LOCKED));
	if (store_pending(store) > 0)
		return ek_why(reterr_why, EK_CONFLICT,
		    "check-ins made while locked are waiting; answer for them "
		    "first: keel unlock");
	err = store_commit(store, reterr_why); /* others' of this turn */
	if (err != EK_OK)
		return err;
	seal_random(kek, sizeof(kek));
	err = store_path(store, STORE_KEY_NEW, next);
	if (err == EK_OK)
		err = book_key_new(store->book16, key32, &key);
	if (err == EK_OK && spec->mode == KEY_FILE)
		err = store_write_key(store, STORE_KEY_NEW, kek, reterr_why);
	if (err != EK_OK)
		goto out;
	store->key = key;
	err = commit_key(store, spec, kek, reterr_why);
	if (err == EK_OK) {
		took_key(store, spec);
		key = old;
	} else {
		store->key = old;
		store_undo(store, err);
		store->turn_err = EK_OK; /* what others added is kept */
		unlink(next);
	}
out:
	seal_wipe(kek, sizeof(kek));
	book_key_free(key);
	return err;
}

enum ek_err
store_rekey(
    struct store *store, const struct key_spec *spec, struct ek_why *reterr_why)
{
	return store_rekey_to(store, NULL, spec, reterr_why);
}
