/*
 * store_take - records of an archive, a copy or another desk taken in, and
 * records deleted for good: both obey `gone` in the same commit.
 */
#include "keeld/store_in.h"

/* Rows of records that a `gone` names leave the database. */
static enum ek_err
del_gone(struct store *store, const struct record *gone, struct ek_why *why)
{
	const unsigned char *ids;
	size_t count, i;
	enum ek_err err = EK_OK;

	ids = record_ids(gone, GONE_RECORDS, &count);
	for (i = 0; err == EK_OK && i < count; i++)
		err = db_del(store->db, DB_ROWS, ids + i * EK_ID_LEN, why);
	if (err == EK_OK && count > 0) {
		/* in the same transaction, so that a kill before the scrub is
		 * made good at the next start */
		err = db_meta_put(store->db, "scrub", "1", 1, why);
		store->scrub = true;
	}
	return err;
}

static enum ek_err
take_one(struct store *store, const struct record *rec, struct store_taken *ret,
    struct ek_why *why)
{
	enum book_applied applied;
	enum ek_err err;

	err = book_apply(store->book, rec, &applied);
	if (err != EK_OK)
		return err;
	switch (applied) {
	case BOOK_KNOWN:
		ret->known++;
		return EK_OK;
	case BOOK_IS_GONE:
		ret->gone++;
		return EK_OK;
	case BOOK_ADDED:
		break;
	}
	ret->added++;
	err = store_put_row(store, rec, why);
	if (err == EK_OK && rec->kind == REC_GONE)
		err = del_gone(store, rec, why);
	return err;
}

enum ek_err
store_take(struct store *store, const struct record *const *recs, size_t count,
    struct store_taken *ret, struct ek_why *reterr_why)
{
	struct store_taken taken = {0, 0, 0};
	enum ek_err err = EK_OK;
	size_t i;

	if (store->state != STORE_OPEN)
		return ek_why(
		    reterr_why, EK_LOCKED, "%s", ek_err_text(EK_LOCKED));
	if (store->turn_err != EK_OK)
		return store_undone(store, reterr_why);
	/* what is gone first, so that no content of it is written at all */
	for (i = 0; err == EK_OK && i < count; i++)
		if (recs[i]->kind == REC_GONE)
			err = take_one(store, recs[i], &taken, reterr_why);
	for (i = 0; err == EK_OK && i < count; i++)
		if (recs[i]->kind != REC_GONE)
			err = take_one(store, recs[i], &taken, reterr_why);
	if (err != EK_OK) {
		store_undo(store, err);
		return err;
	}
	*ret = taken;
	return EK_OK;
}

enum ek_err
store_forget(struct store *store, const unsigned char *rids, size_t count,
    const unsigned char *gone_rid, int64_t now_ms, struct ek_why *reterr_why)
{
	struct record_build build;
	struct record *gone = NULL;
	const struct record *recs[1];
	enum ek_err err;

	if (store->state != STORE_OPEN)
		return ek_why(
		    reterr_why, EK_LOCKED, "%s", ek_err_text(EK_LOCKED));
	record_begin(
	    &build, REC_GONE, gone_rid, book_next_ms(store->book, now_ms));
	record_put_ids(&build, GONE_RECORDS, rids, count);
	err = record_end(&build, &gone);
	if (err != EK_OK)
		return err;
	recs[0] = gone;
	err = store_add(store, recs, 1, NULL, reterr_why);
	if (err == EK_OK)
		err = del_gone(store, gone, reterr_why);
	if (err == EK_OK)
		err = store_commit(store, reterr_why);
	else
		store_undo(store, err);
	record_free(gone);
	return err;
}
