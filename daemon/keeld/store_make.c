/*
 * store_make - a new book: kept with its first records by one commit, or not
 * at all.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keeld/store_in.h"

static void
remove_file(const struct store *store, const char *name)
{
	char path[EK_PATH_MAX];

	if (store_path(store, name, path) == EK_OK)
		unlink(path);
}

void
store_unmake(struct store *store)
{
	char path[EK_PATH_MAX];

	if (!store->fresh)
		return;
	db_close(store->db);
	store->db = NULL;
	remove_file(store, STORE_DB_FILE);
	remove_file(store, STORE_DB_FILE "-wal");
	remove_file(store, STORE_DB_FILE "-shm");
	if (store->mode == KEY_FILE &&
	    store_path(store, STORE_KEY_NEW, path) == EK_OK)
		store_shred(path);
	book_free(store->book);
	store->book = NULL;
	book_key_free(store->key);
	store->key = NULL;
	store->fresh = false;
	store->scrub = store->scrub_draft = false;
	store->state = STORE_NONE;
}

void
store_made(struct store *store)
{
	store->fresh = false;
	/* killed before this, the start finds the key by its other name */
	if (store->mode == KEY_FILE)
		store_name_key(store);
}

/* A fresh database with all that meta says, not committed; key is consumed.
 * The key file waits under its other name: one that lies there may belong to
 * a book.db in a backup. */
static enum ek_err
make_in_take(struct store *store, struct book_key *key,
    const struct key_spec *spec, struct ek_why *why)
{
	unsigned char kek[STORE_KEK_LEN];
	char path[EK_PATH_MAX];
	enum ek_err err;

	seal_random(kek, sizeof(kek));
	store->fresh = true;
	store->key = key;
	memcpy(store->book16, book_key_id(key), EK_ID_LEN);
	store->mode = spec->mode;
	memcpy(store->item, spec->mode == KEY_KEYRING ? spec->item : "",
	    spec->mode == KEY_KEYRING ? 17 : 1);
	err = store_path(store, STORE_DB_FILE, path);
	if (err == EK_OK && spec->mode == KEY_FILE)
		err = store_write_key(store, STORE_KEY_NEW, kek, why);
	if (err == EK_OK) {
		unlink(path); /* an empty one, left by a crash */
		err = db_open(path, true, &store->db, why);
	}
	if (err == EK_OK)
		err = store_put_meta(store, key, spec, kek, why);
	if (err == EK_OK)
		err = book_new(&store->book);
	seal_wipe(kek, sizeof(kek));
	if (err != EK_OK) {
		store_unmake(store);
		return err;
	}
	store->state = STORE_OPEN;
	store->why.text[0] = '\0';
	return EK_OK;
}

enum ek_err
store_make_from(struct store *store, const unsigned char *book16,
    const unsigned char *key32, const struct key_spec *spec,
    struct ek_why *reterr_why)
{
	struct book_key *key = NULL;
	unsigned char id[EK_ID_LEN];
	enum ek_err err;

	if (store->state != STORE_NONE)
		return ek_why(reterr_why,
		    store->state == STORE_BROKEN ? store->err : EK_CONFLICT,
		    "%s",
		    store->state == STORE_BROKEN
			? store->why.text
			: "there is a book here already; use it, or erase it "
			  "first");
	if (book16 == NULL)
		seal_random(id, sizeof(id));
	else
		memcpy(id, book16, sizeof(id));
	err = book_key_new(id, key32, &key);
	return err == EK_OK ? make_in_take(store, key, spec, reterr_why) : err;
}

enum ek_err
store_make(
    struct store *store, const struct key_spec *spec, struct ek_why *reterr_why)
{
	return store_make_from(store, NULL, NULL, spec, reterr_why);
}
