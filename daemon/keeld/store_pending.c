/*
 * store_pending - rows added while the book was locked: counted, and taken in
 * or not by her word.
 */
#include <stdlib.h>

#include "keeld/store_in.h"

enum ek_err
store_pending_count(struct store *store, size_t *ret, struct ek_why *why)
{
	if (store->db != NULL)
		return db_count(store->db, DB_PENDING, ret, why);
	*ret = 0;
	return EK_OK;
}

size_t
store_pending(struct store *store)
{
	size_t count = 0;

	return store_pending_count(store, &count, NULL) == EK_OK ? count : 0;
}

bool
store_waits(const struct store *store, const unsigned char *rid)
{
	bool has = false;

	return store->db != NULL &&
	       db_has(store->db, DB_PENDING, rid, &has, NULL) == EK_OK && has;
}

struct settling {
	struct store *store;
	struct record **recs;
	size_t count, cap;
};

/* What does not open was not made by our program: it is not taken. */
static enum ek_err
settle_row(const unsigned char *rid, const void *blob, size_t len, void *arg)
{
	struct settling *settling = arg;
	struct record *rec = NULL;
	enum ek_err err;

	err = seal_open_pending(settling->store->key, rid, blob, len, &rec);
	if (err == EK_CORRUPT)
		return EK_OK;
	if (err != EK_OK)
		return err;
	if ((rec->kind != REC_CHECKIN && rec->kind != REC_NOTE &&
		rec->kind != REC_HARD && rec->kind != REC_SLOT) ||
	    settling->count >= settling->cap) {
		record_free(rec);
		return EK_OK;
	}
	settling->recs[settling->count++] = rec;
	return EK_OK;
}

/* All or nothing of it, in the open transaction, and the promise to scrub the
 * rows with it: killed before the scrub, the next start makes it good. */
static enum ek_err
settle(struct settling *settling, bool keep, struct store_taken *ret,
    struct ek_why *why)
{
	struct store *store = settling->store;
	enum ek_err err = EK_OK;

	if (keep)
		err = db_each(store->db, DB_PENDING, settle_row, settling, why);
	if (err == EK_OK && settling->count > 0)
		err = store_take(store,
		    (const struct record *const *)settling->recs,
		    settling->count, ret, why);
	if (err == EK_OK)
		err = db_clear(store->db, DB_PENDING, why);
	if (err == EK_OK)
		err = db_meta_put(store->db, "scrub", "1", 1, why);
	if (err == EK_OK)
		store->scrub = true;
	else
		store_undo(store, err);
	return err;
}

enum ek_err
store_pending_settle(
    struct store *store, bool keep, size_t *ret_kept, struct ek_why *reterr_why)
{
	struct settling settling = {store, NULL, 0, 0};
	struct store_taken taken = {0, 0, 0};
	enum ek_err err;
	size_t i;

	if (store->state != STORE_OPEN)
		return ek_why(
		    reterr_why, EK_LOCKED, "%s", ek_err_text(EK_LOCKED));
	if (store->turn_err != EK_OK)
		return store_undone(store, reterr_why);
	/* not known how many is not none: they would be dropped */
	err = store_pending_count(store, &settling.cap, reterr_why);
	if (err != EK_OK)
		return err;
	settling.recs = calloc(settling.cap + 1, sizeof(*settling.recs));
	if (settling.recs == NULL)
		return EK_NOMEM;
	err = settle(&settling, keep, &taken, reterr_why);
	if (err == EK_OK)
		*ret_kept = taken.added;
	for (i = 0; i < settling.count; i++)
		record_free(settling.recs[i]);
	free(settling.recs);
	return err;
}
