/*
 * store - opening the place, adding, committing, forgetting.
 *
 * The book in memory always equals the rows on disk plus this turn's open
 * transaction; when a commit fails the book is read again from the rows.
 */
#include "keeld/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keeld/store_in.h"

enum ek_err
store_path(const struct store *store, const char *name, char *out)
{
	int len = snprintf(out, EK_PATH_MAX, "%s/%s", store->place, name);

	return len > 0 && len < EK_PATH_MAX ? EK_OK : EK_INVALID;
}

void
store_break(struct store *store, enum ek_err err, const char *text)
{
	store->state = STORE_BROKEN;
	store->err = err;
	ek_why(
	    &store->why, err, "%s", text[0] == '\0' ? ek_err_text(err) : text);
}

static enum ek_err
open_place(struct store *store, const struct paths *paths, struct ek_why *why)
{
	char path[EK_PATH_MAX];
	enum ek_err err;

	err = store_find_place(store, paths, why);
	if (err == EK_OK)
		err = store_lock_place(store, why);
	if (err == EK_OK)
		err = store_erase_resume(store, why);
	if (err == EK_OK)
		err = store_aside_resume(store, why);
	if (err == EK_OK)
		err = store_path(store, STORE_DB_FILE, path);
	if (err != EK_OK)
		return err;
	err = db_open(path, false, &store->db, why);
	if (err == EK_NOT_FOUND) {
		store->state = STORE_NONE;
		return EK_OK;
	}
	return err == EK_OK ? store_key_open(store, why) : err;
}

enum ek_err
store_open(const struct paths *paths, struct store **ret)
{
	struct store *store = calloc(1, sizeof(*store));
	struct ek_why why = {""};
	enum ek_err err;

	if (store == NULL)
		return EK_NOMEM;
	store->lock_fd = -1;
	err = open_place(store, paths, &why);
	if (err != EK_OK)
		store_break(store, err, why.text);
	*ret = store;
	return EK_OK;
}

bool
store_again(struct store *store, const struct paths *paths)
{
	struct ek_why why = {""};
	enum ek_err err;

	if (store->state != STORE_BROKEN || store->err == EK_CORRUPT ||
	    store->err == EK_NEWER)
		return false;
	db_close(store->db);
	store->db = NULL;
	book_free(store->book);
	store->book = NULL;
	book_key_free(store->key);
	store->key = NULL;
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	store->lock_fd = -1;
	store->network[0] = '\0';
	err = open_place(store, paths, &why);
	if (err != EK_OK) {
		store_break(store, err, why.text);
		return false;
	}
	store->err = EK_OK;
	return store->state == STORE_OPEN;
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	db_close(store->db);
	book_free(store->book);
	book_key_free(store->key);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	free(store);
}

/* --- looking --- */

enum store_state
store_state(const struct store *store)
{
	return store->state;
}

enum ek_err
store_err(const struct store *store)
{
	return store->err;
}

const char *
store_why(const struct store *store)
{
	return store->why.text;
}

const char *
store_place(const struct store *store)
{
	return store->place;
}

const char *
store_network(const struct store *store)
{
	return store->network;
}

const struct book *
store_book(const struct store *store)
{
	return store->state == STORE_OPEN ? store->book : NULL;
}

static enum ek_err
knows(struct store *store, const unsigned char *rid, bool *ret,
    struct ek_why *why)
{
	bool has = false;
	enum ek_err err = EK_OK;

	if (store->state == STORE_OPEN) {
		*ret = book_find(store->book, rid) != NULL ||
		       book_is_gone(store->book, rid);
		return EK_OK;
	}
	if (store->state == STORE_LOCKED)
		err = db_has(store->db, DB_ROWS, rid, &has, why);
	if (err == EK_OK && store->state == STORE_LOCKED && !has)
		err = db_has(store->db, DB_PENDING, rid, &has, why);
	if (err == EK_OK)
		*ret = has;
	return err;
}

bool
store_knows(struct store *store, const unsigned char *rid)
{
	bool known = false;

	return knows(store, rid, &known, NULL) == EK_OK && known;
}

/* --- rows --- */

struct loading {
	struct store *store;
	struct book *book;
};

static enum ek_err
load_row(const unsigned char *rid, const void *blob, size_t len, void *arg)
{
	struct loading *loading = arg;
	struct record *rec = NULL;
	enum ek_err err;

	err = seal_open_row(loading->store->key, rid, blob, len, &rec);
	if (err == EK_OK)
		err = book_apply(loading->book, rec, NULL);
	record_free(rec);
	return err;
}

enum ek_err
store_load(struct store *store, struct ek_why *why)
{
	struct loading loading = {store, NULL};
	enum ek_err err;

	err = book_new(&loading.book);
	if (err != EK_OK)
		return err;
	err = db_each(store->db, DB_ROWS, load_row, &loading, why);
	if (err == EK_CORRUPT)
		ek_why(why, err,
		    "a row of the book was changed or damaged; nothing was "
		    "touched: restore the sealed copy (keel restore --from)");
	if (err != EK_OK) {
		book_free(loading.book);
		return err;
	}
	book_free(store->book);
	store->book = loading.book;
	return EK_OK;
}

enum ek_err
store_put_row(struct store *store, const struct record *rec, struct ek_why *why)
{
	struct buf blob;
	enum ek_err err;

	buf_init(&blob, EK_PAYLOAD_MAX + 4 * EK_PAD);
	err = seal_row(store->key, rec, &blob);
	if (err == EK_OK)
		err = db_put(
		    store->db, DB_ROWS, rec->rid, blob.data, blob.len, why);
	buf_done(&blob);
	return err;
}

void
store_undo(struct store *store, enum ek_err cause)
{
	struct ek_why why = {""};
	enum ek_err err;

	store->turn_err = cause; /* others of this turn are undone as well */
	if (store->fresh) {
		store_unmake(store);
		return;
	}
	db_rollback(store->db);
	store->scrub = store->scrub_draft = false;
	if (store->state != STORE_OPEN)
		return;
	err = store_load(store, &why);
	if (err != EK_OK)
		store_break(store, err, why.text);
}

enum ek_err
store_undone(const struct store *store, struct ek_why *why)
{
	return ek_why(why, store->turn_err, "%s", ek_err_text(store->turn_err));
}

static enum ek_err
add_locked(struct store *store, const struct record *const *recs, size_t count,
    struct ek_why *why)
{
	unsigned char pk[SEAL_PK_LEN];
	struct buf blob;
	size_t i, len;
	enum ek_err err;

	err = db_meta_get(store->db, "pk", pk, sizeof(pk), &len, why);
	if (err == EK_OK && len != sizeof(pk))
		err = EK_CORRUPT;
	for (i = 0; err == EK_OK && i < count; i++) {
		buf_init(&blob, EK_PAYLOAD_MAX + 4 * EK_PAD);
		err = seal_pending(pk, recs[i], &blob);
		if (err == EK_OK)
			err = db_put(store->db, DB_PENDING, recs[i]->rid,
			    blob.data, blob.len, why);
		buf_done(&blob);
	}
	return err;
}

/* How many of recs are there already; EK_CONFLICT when one is other. */
static enum ek_err
count_known(struct store *store, const struct record *const *recs, size_t count,
    size_t *ret, struct ek_why *why)
{
	const struct record *have;
	size_t known = 0, i;
	bool is_known = false;
	enum ek_err err;

	for (i = 0; i < count; i++) {
		err = knows(store, recs[i]->rid, &is_known, why);
		if (err != EK_OK)
			return err;
		if (!is_known)
			continue;
		known++;
		have = store->state == STORE_OPEN
			   ? book_find(store->book, recs[i]->rid)
			   : NULL;
		if (have != NULL && !record_same(have, recs[i]))
			return ek_why(why, EK_CONFLICT,
			    "this request's key was used for another request; "
			    "use a new one");
	}
	*ret = known;
	return EK_OK;
}

enum ek_err
store_add(struct store *store, const struct record *const *recs, size_t count,
    bool *ret_again, struct ek_why *reterr_why)
{
	size_t known = 0, i;
	enum ek_err err;

	if (store->state != STORE_OPEN && store->state != STORE_LOCKED)
		return ek_why(reterr_why,
		    store->state == STORE_NONE ? EK_NO_BOOK : store->err, "%s",
		    store->state == STORE_NONE ? ek_err_text(EK_NO_BOOK)
					       : store->why.text);
	if (store->turn_err != EK_OK)
		return store_undone(store, reterr_why);
	err = count_known(store, recs, count, &known, reterr_why);
	if (err != EK_OK)
		return err;
	if (known > 0 && known < count)
		return ek_why(reterr_why, EK_CONFLICT,
		    "this request's key was used for another request; use a "
		    "new one");
	if (ret_again != NULL)
		*ret_again = known > 0;
	if (known > 0)
		return EK_OK;
	if (store->state == STORE_LOCKED) {
		err = add_locked(store, recs, count, reterr_why);
	} else {
		for (i = 0; err == EK_OK && i < count; i++) {
			err = store_put_row(store, recs[i], reterr_why);
			if (err == EK_OK)
				err = book_apply(store->book, recs[i], NULL);
		}
	}
	if (err != EK_OK)
		store_undo(store, err);
	return err;
}

enum ek_err
store_scrub(struct store *store, struct ek_why *why)
{
	enum ek_err err = db_scrub(store->db, why);

	if (err == EK_OK)
		err = db_meta_put(store->db, "scrub", NULL, 0, why);
	if (err == EK_OK)
		err = db_commit(store->db, why);
	else
		db_rollback(store->db);
	return err;
}

enum ek_err
store_scrub_owed(struct store *store, struct ek_why *reterr_why)
{
	char text[8];
	size_t len = 0;
	enum ek_err err;

	if (store->db == NULL)
		return EK_OK;
	err = store_commit(store, reterr_why); /* others' of this turn */
	if (err == EK_OK)
		err = db_meta_get(
		    store->db, "scrub", text, sizeof(text), &len, reterr_why);
	return err == EK_OK && len > 0 ? store_scrub(store, reterr_why) : err;
}

enum ek_err
store_commit(struct store *store, struct ek_why *reterr_why)
{
	bool told = store->scrub;
	enum ek_err err;

	if (store->turn_err != EK_OK)
		return store_undone(store, reterr_why);
	if (store->db == NULL ||
	    (!db_in_transaction(store->db) && !store->scrub))
		return EK_OK;
	err = db_commit(store->db, reterr_why);
	if (err != EK_OK) {
		store_undo(store, err);
		return err;
	}
	if (store->fresh)
		store_made(store);
	if (!told && !store->scrub_draft)
		return EK_OK;
	/* told in this turn only: what came after has nothing to do with it */
	store->scrub = store->scrub_draft = false;
	err = store_scrub(store, told ? reterr_why : NULL);
	return told ? err : EK_OK;
}

enum ek_err
store_turn_end(struct store *store, struct ek_why *reterr_why)
{
	enum ek_err err = store_commit(store, reterr_why);

	store->turn_err = EK_OK; /* the next turn starts clean */
	return err;
}

enum ek_err
store_arm(struct store *store, const int64_t *due, size_t count,
    struct ek_why *reterr_why)
{
	enum ek_err err;

	if (store->db == NULL)
		return EK_OK;
	if (store->turn_err != EK_OK)
		return store_undone(store, reterr_why);
	err = db_armed_put(store->db, due, count, reterr_why);
	if (err != EK_OK) /* half a list must not be kept with the turn */
		store_undo(store, err);
	return err;
}

enum ek_err
store_armed(struct store *store, int64_t until, size_t *ret)
{
	if (store->db == NULL) {
		*ret = 0;
		return EK_OK;
	}
	return db_armed_count(store->db, until, ret, NULL);
}

enum ek_err
store_check(struct store *store, struct ek_why *reterr_why)
{
	return store->db == NULL ? EK_OK : db_check(store->db, reterr_why);
}
