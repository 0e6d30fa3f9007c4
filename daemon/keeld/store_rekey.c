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

enum ek_err
store_rekey_to(struct store *store, const unsigned char *key32,
    const struct key_spec *spec, struct ek_why *reterr_why)
{
	char now[EK_PATH_MAX], next[EK_PATH_MAX];
	struct book_key *key = NULL, *old = store->key;
	unsigned char kek[STORE_KEK_LEN];
	enum ek_err err;

	if (store->state != STORE_OPEN)
		return ek_why(
		    reterr_why, EK_LOCKED, "%s", ek_err_text(EK_LOCKED));
	if (store_pending(store) > 0)
		return ek_why(reterr_why, EK_CONFLICT,
		    "check-ins made while locked are waiting; answer for them "
		    "first: keel unlock");
	seal_random(kek, sizeof(kek));
	err = store_path(store, STORE_KEY_FILE, now);
	if (err == EK_OK)
		err = store_path(store, STORE_KEY_NEW, next);
	if (err == EK_OK)
		err = book_key_new(store->book16, key32, &key);
	if (err == EK_OK && spec->mode == KEY_FILE)
		err = store_write_key(store, STORE_KEY_NEW, kek, reterr_why);
	if (err != EK_OK)
		goto out;
	store->key = key;
	err = reseal_rows(store, reterr_why);
	if (err == EK_OK)
		err = store_put_meta(store, key, spec, kek, reterr_why);
	if (err == EK_OK)
		err = db_commit(store->db, reterr_why);
	if (err != EK_OK) {
		db_rollback(store->db);
		store->key = old;
		unlink(next);
		goto out;
	}
	if (spec->mode == KEY_FILE)
		rename(next, now);
	else
		store_shred(now);
	key = old;
	store->mode = spec->mode;
	memcpy(store->item, spec->mode == KEY_KEYRING ? spec->item : "",
	    spec->mode == KEY_KEYRING ? 17 : 1);
	err = db_scrub(store->db, reterr_why);
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
