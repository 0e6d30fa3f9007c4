/*
 * store_draft - what she began and did not save yet: sealed in a table of its
 * own, which no record, copy or archive is made from.
 *
 * It is kept like everything else, by the turn's commit, and leaves the file
 * like everything that is deleted, by a scrub after that commit.
 */
#include <stdlib.h>
#include <string.h>

#include "keeld/store_in.h"

static enum ek_err
may_write(const struct store *store, struct ek_why *why)
{
	if (store->state != STORE_OPEN)
		return ek_why(why, EK_LOCKED, "%s", ek_err_text(EK_LOCKED));
	if (store->turn_err != EK_OK)
		return store_undone(store, why);
	return EK_OK;
}

static enum ek_err
put(struct store *store, const unsigned char *rid, const struct buf *plain,
    struct ek_why *why)
{
	struct buf blob;
	enum ek_err err;

	buf_init(&blob, EK_DRAFT_MAX + 4 * EK_PAD);
	err = seal_draft(store->key, rid, plain, &blob);
	if (err == EK_OK)
		err =
		    db_put(store->db, DB_DRAFTS, rid, blob.data, blob.len, why);
	buf_done(&blob);
	return err;
}

enum ek_err
store_draft_put(struct store *store, const unsigned char *rid,
    const struct buf *plain, struct ek_why *reterr_why)
{
	enum ek_err err = may_write(store, reterr_why);

	if (err != EK_OK)
		return err;
	if (plain->len > EK_DRAFT_MAX)
		return ek_why(reterr_why, EK_TOO_LARGE,
		    "what was begun is longer than %d bytes; shorten it",
		    EK_DRAFT_MAX);
	err = put(store, rid, plain, reterr_why);
	if (err != EK_OK)
		store_undo(store, err);
	return err;
}

/* --- looking --- */

struct walk {
	const struct book_key *key;
	store_draft_cb cb;
	void *arg;
};

static enum ek_err
walk_cb(const unsigned char *rid, const void *blob, size_t len, void *arg)
{
	struct walk *walk = arg;
	struct buf plain;
	enum ek_err err;

	buf_init(&plain, EK_DRAFT_MAX);
	err = seal_open_draft(walk->key, rid, blob, len, &plain);
	if (err == EK_OK || err == EK_CORRUPT)
		err = walk->cb(rid, err == EK_OK ? &plain : NULL, walk->arg);
	buf_done(&plain);
	return err;
}

enum ek_err
store_draft_each(struct store *store, store_draft_cb cb, void *arg,
    struct ek_why *reterr_why)
{
	struct walk walk = {store->key, cb, arg};

	if (store->state != STORE_OPEN)
		return EK_OK;
	return db_each(store->db, DB_DRAFTS, walk_cb, &walk, reterr_why);
}

enum ek_err
store_draft_count(struct store *store, size_t *ret)
{
	if (store->db != NULL)
		return db_count(store->db, DB_DRAFTS, ret, NULL);
	*ret = 0;
	return EK_OK;
}

/* --- the end of one --- */

/* In the open transaction, the promise to scrub with it. */
static enum ek_err
owe(struct store *store, enum ek_err err, bool told, struct ek_why *why)
{
	if (err == EK_OK)
		err = db_meta_put(store->db, "scrub", "1", 1, why);
	if (err != EK_OK)
		store_undo(store, err);
	else if (told)
		store->scrub = true;
	else
		store->scrub_draft = true;
	return err;
}

enum ek_err
store_draft_drop(struct store *store, const unsigned char *rid, bool told,
    struct ek_why *reterr_why)
{
	enum ek_err err;
	bool has = false;

	if (store->state != STORE_OPEN && store->state != STORE_LOCKED)
		return EK_OK;
	if (store->turn_err != EK_OK)
		return store_undone(store, reterr_why);
	err = db_has(store->db, DB_DRAFTS, rid, &has, reterr_why);
	if (err == EK_OK && !has)
		return EK_OK;
	if (err == EK_OK)
		err = db_del(store->db, DB_DRAFTS, rid, reterr_why);
	/* failing, what it was to be saved by is undone with it */
	return owe(store, err, told, reterr_why);
}

enum ek_err
store_draft_clear(struct store *store, struct ek_why *reterr_why)
{
	size_t count = 0;
	enum ek_err err;

	if (store->turn_err != EK_OK)
		return store_undone(store, reterr_why);
	err = store_draft_count(store, &count);
	if (err != EK_OK || count == 0)
		return err;
	err = db_clear(store->db, DB_DRAFTS, reterr_why);
	return owe(store, err, false, reterr_why);
}

/* --- a new key --- */

struct kept {
	unsigned char rid[EK_ID_LEN];
	struct buf plain;
};

struct keeping {
	struct kept *list;
	size_t count;
};

/* What does not open would never open again: it is left behind. */
static enum ek_err
keep_cb(const unsigned char *rid, const struct buf *plain, void *arg)
{
	struct keeping *keeping = arg;
	struct kept *kept;

	if (plain == NULL)
		return EK_OK;
	kept = &keeping->list[keeping->count];
	memcpy(kept->rid, rid, EK_ID_LEN);
	buf_init(&kept->plain, EK_DRAFT_MAX);
	buf_add(&kept->plain, plain->data, plain->len);
	keeping->count++;
	return buf_err(&kept->plain);
}

static enum ek_err
put_all(struct store *store, const struct keeping *keeping, struct ek_why *why)
{
	enum ek_err err = db_clear(store->db, DB_DRAFTS, why);
	size_t i;

	for (i = 0; err == EK_OK && i < keeping->count; i++)
		err = put(
		    store, keeping->list[i].rid, &keeping->list[i].plain, why);
	return err;
}

enum ek_err
store_draft_reseal(
    struct store *store, const struct book_key *old, struct ek_why *why)
{
	struct keeping keeping = {NULL, 0};
	struct walk walk = {old, keep_cb, &keeping};
	size_t count = 0;
	enum ek_err err;

	err = store_draft_count(store, &count);
	if (err != EK_OK || count == 0)
		return err;
	/* we are in a transaction: there will be no more of them */
	keeping.list = calloc(count, sizeof(*keeping.list));
	if (keeping.list == NULL)
		return EK_NOMEM;
	err = db_each(store->db, DB_DRAFTS, walk_cb, &walk, why);
	if (err == EK_OK)
		err = put_all(store, &keeping, why);
	while (keeping.count > 0)
		buf_done(&keeping.list[--keeping.count].plain);
	free(keeping.list);
	return err;
}
