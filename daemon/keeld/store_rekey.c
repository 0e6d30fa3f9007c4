/*
 * store_rekey - a new book key: every row sealed anew, every wrap made anew.
 *
 * The key before it is kept only while a copy that it sealed may wait to be
 * joined, and only under the new one.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evenkeel/text.h"
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

/* --- the key before this one --- */

enum ek_err
store_former(const struct store *store, struct book_key **ret)
{
	unsigned char wrap[SEAL_WRAP_LEN];
	size_t len = 0;
	enum ek_err err;

	if (store->state != STORE_OPEN)
		return EK_NOT_FOUND;
	err = db_meta_get(store->db, "former", wrap, sizeof(wrap), &len, NULL);
	if (err != EK_OK || len != sizeof(wrap))
		return err == EK_OK ? EK_NOT_FOUND : err;
	err = seal_unwrap(
	    store->book16, book_key_bytes(store->key), "former", wrap, ret);
	return err == EK_WRONG_KEY ? EK_NOT_FOUND : err;
}

/* Sealed under the book's key, in the open transaction; NULL: none. */
static enum ek_err
put_former(
    struct store *store, const struct book_key *former, struct ek_why *why)
{
	unsigned char wrap[SEAL_WRAP_LEN];

	if (former == NULL)
		return db_meta_put(store->db, "former", NULL, 0, why);
	seal_wrap(former, book_key_bytes(store->key), "former", wrap);
	return db_meta_put(store->db, "former", wrap, sizeof(wrap), why);
}

enum ek_err
store_former_set(struct store *store, const struct book_key *former,
    struct ek_why *reterr_why)
{
	struct book_key *have = NULL;
	enum ek_err err;

	if (former != NULL)
		return put_former(store, former, reterr_why);
	err = store_former(store, &have);
	book_key_free(have);
	if (err != EK_OK) /* not there: nothing to do */
		return err == EK_NOT_FOUND ? EK_OK : err;
	err = put_former(store, NULL, reterr_why);
	if (err == EK_OK)
		err = db_meta_put(store->db, "scrub", "1", 1, reterr_why);
	if (err != EK_OK) {
		store_undo(store, err);
		return err;
	}
	store->scrub = true; /* it leaves the file */
	return store_commit(store, reterr_why);
}

/* --- a new key --- */

struct change {
	const struct key_spec *spec;
	struct book_key *former;   /* to be kept; NULL: none */
	const struct record *when; /* the SETTING of a new key; NULL: none */
	const struct store_newer *newer; /* another desk's; NULL: our own */
	struct store_taken taken;        /* of its records */
	unsigned char file_kek[STORE_KEK_LEN];
};

/* Rows, wraps and the promise to scrub what was under the old key, kept. */
static enum ek_err
commit_key(struct store *store, const struct change *change,
    const struct book_key *old, struct ek_why *why)
{
	enum ek_err err = EK_OK;

	if (change->when != NULL)
		err = book_apply(store->book, change->when, NULL);
	if (err == EK_OK)
		err = reseal_rows(store, why);
	if (err == EK_OK)
		err = store_draft_reseal(store, old, why);
	if (err == EK_OK)
		err = store_put_meta(
		    store, store->key, change->spec, change->file_kek, why);
	if (err == EK_OK)
		err = put_former(store, change->former, why);
	if (err == EK_OK)
		err = db_meta_put(store->db, "scrub", "1", 1, why);
	return err == EK_OK ? db_commit(store->db, why) : err;
}

static void
took_key(struct store *store, const struct key_spec *spec)
{
	char path[EK_PATH_MAX];

	store->mode = spec->mode;
	memcpy(store->item, spec->mode == KEY_KEYRING ? spec->item : "",
	    spec->mode == KEY_KEYRING ? 17 : 1);
	if (spec->mode == KEY_FILE)
		store_name_key(store);
	else if (store_path(store, STORE_KEY_FILE, path) == EK_OK)
		store_shred(path);
	/* what the records deleted goes with it */
	store->scrub = store->scrub_draft = false;
	/* the key is kept: that its rows are not scrubbed yet is no reason to
	 * tell that it is not.  It is owed. */
	(void)!store_scrub(store, NULL);
}

static enum ek_err
change_key(struct store *store, struct book_key **key, struct change *change,
    struct ek_why *why)
{
	const struct store_newer *newer = change->newer;
	struct book_key *old = store->key;
	enum ek_err err = EK_OK;

	/* never over the only file that opens the book */
	if (store->key_waits && !store_name_key(store))
		return store_io_error(STORE_KEY_FILE, why);
	if (change->spec->mode == KEY_FILE)
		err = store_write_key(
		    store, STORE_KEY_NEW, change->file_kek, why);
	if (err != EK_OK)
		return err;
	if (newer != NULL)
		err = store_take(
		    store, newer->recs, newer->count, &change->taken, why);
	store->key = *key;
	if (err == EK_OK)
		err = commit_key(store, change, old, why);
	if (err != EK_OK) {
		store->key = old;
		store_undo(store, err);
		store->turn_err = EK_OK; /* what others added is kept */
		/* the new key's file stays: when only the sync of the commit
		 * failed, a kill may find the commit done.  The next start
		 * takes away what it does not need. */
		return err;
	}
	took_key(store, change->spec);
	*key = old;
	return EK_OK;
}

/* The first that was kept is the copy's: since then it was not rewritten. */
static enum ek_err
find_former(const struct store *store, bool keep_old, struct book_key **ret)
{
	enum ek_err err;

	if (!keep_old)
		return EK_OK;
	err = store_former(store, ret);
	if (err == EK_NOT_FOUND)
		err = book_key_new(
		    store->book16, book_key_bytes(store->key), ret);
	return err;
}

static enum ek_err
may_rekey(struct store *store, struct ek_why *why)
{
	size_t pending = 0;
	enum ek_err err;

	if (store->state != STORE_OPEN)
		return ek_why(why, EK_LOCKED, "%s", ek_err_text(EK_LOCKED));
	err = store_pending_count(store, &pending, why);
	if (err != EK_OK)
		return err;
	if (pending > 0)
		return ek_why(why, EK_CONFLICT,
		    "check-ins made while locked are waiting; answer for them "
		    "first: keel unlock");
	return store_commit(store, why); /* others' of this turn */
}

static enum ek_err
when_record(const struct store *store, const struct book_key *key,
    int64_t now_ms, struct record **ret)
{
	unsigned char check[SEAL_CHECK_LEN], rid[EK_ID_LEN];
	char hex[2 * SEAL_CHECK_LEN + 1];
	struct record_build build;

	seal_random(rid, sizeof(rid));
	seal_key_check(key, check);
	text_hex(check, sizeof(check), hex);
	record_begin(
	    &build, REC_SETTING, rid, book_next_ms(store->book, now_ms));
	record_put_str(&build, SETTING_KEY, STORE_KEY_SETTING);
	record_put_str(&build, SETTING_VALUE, hex);
	return record_end(&build, ret);
}

/* Not another desk's: a new one, and a record of when. */
static enum ek_err
rekey(struct store *store, int64_t now_ms, bool keep_old, struct change *change,
    struct ek_why *why)
{
	const unsigned char *key32 =
	    change->newer == NULL ? NULL : change->newer->key32;
	struct book_key *key = NULL;
	struct record *when = NULL;
	enum ek_err err = may_rekey(store, why);

	if (err == EK_OK)
		err = book_key_new(store->book16, key32, &key);
	if (err == EK_OK && key32 == NULL)
		err = when_record(store, key, now_ms, &when);
	if (err == EK_OK)
		err = find_former(store, keep_old, &change->former);
	change->when = when;
	seal_random(change->file_kek, sizeof(change->file_kek));
	if (err == EK_OK)
		err = change_key(store, &key, change, why);
	seal_wipe(change->file_kek, sizeof(change->file_kek));
	book_key_free(change->former);
	book_key_free(key);
	record_free(when);
	return err;
}

enum ek_err
store_rekey(struct store *store, const struct key_spec *spec, int64_t now_ms,
    bool keep_old, struct ek_why *reterr_why)
{
	struct change change = {.spec = spec};

	return rekey(store, now_ms, keep_old, &change, reterr_why);
}

enum ek_err
store_rekey_to(struct store *store, const struct store_newer *newer,
    struct store_taken *ret, struct ek_why *reterr_why)
{
	struct change change = {.spec = newer->spec, .newer = newer};
	enum ek_err err;

	err = rekey(store, 0, newer->keep_old, &change, reterr_why);
	if (err == EK_OK)
		*ret = change.taken;
	return err;
}
