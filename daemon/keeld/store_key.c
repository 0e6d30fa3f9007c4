/*
 * store_key - opening and locking a book, and what meta says of its key.
 *
 * The book key is wrapped by what she chose (key file, keyring secret,
 * passphrase) and by the recovery phrase; the wraps lie in the clear meta
 * table.  Argon2id runs in keel: here come stretched keys only.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keeld/store_in.h"

#define STORE_KDF_LEN 24 /* salt16 ops4 mem4 */
#define KEY_MAGIC     "evenkeel key 1\n"

static const char *const mode_names[] = {"file", "keyring", "passphrase"};

/* --- the key file --- */

static bool
read_key_file(const struct store *store, const char *name, unsigned char *kek)
{
	unsigned char bytes[sizeof(KEY_MAGIC) - 1 + STORE_KEK_LEN + 1];
	char path[EK_PATH_MAX];
	bool ok;

	ok = store_path(store, name, path) == EK_OK &&
	     store_read_file(path, bytes, sizeof(bytes)) ==
		 (long)sizeof(bytes) - 1 &&
	     memcmp(bytes, KEY_MAGIC, sizeof(KEY_MAGIC) - 1) == 0;
	if (ok)
		memcpy(kek, bytes + sizeof(KEY_MAGIC) - 1, STORE_KEK_LEN);
	seal_wipe(bytes, sizeof(bytes));
	return ok;
}

enum ek_err
store_write_key(const struct store *store, const char *name,
    const unsigned char *kek, struct ek_why *why)
{
	unsigned char bytes[sizeof(KEY_MAGIC) - 1 + STORE_KEK_LEN];
	enum ek_err err;

	memcpy(bytes, KEY_MAGIC, sizeof(KEY_MAGIC) - 1);
	memcpy(bytes + sizeof(KEY_MAGIC) - 1, kek, STORE_KEK_LEN);
	err = store_write_file(store->place, name, bytes, sizeof(bytes), why);
	seal_wipe(bytes, sizeof(bytes));
	return err;
}

/* EK_WRONG_KEY also when the file is not there or does not read: the phrase
 * opens the book all the same. */
static enum ek_err
try_key_file(struct store *store, const char *name, struct book_key **ret,
    struct ek_why *why)
{
	unsigned char kek[STORE_KEK_LEN], wrap[SEAL_WRAP_LEN];
	enum ek_err err;
	size_t len = 0;

	err =
	    db_meta_get(store->db, "wrap.file", wrap, sizeof(wrap), &len, why);
	if (err != EK_OK)
		return err;
	if (len != sizeof(wrap) || !read_key_file(store, name, kek))
		return EK_WRONG_KEY;
	err = seal_unwrap(store->book16, kek, "file", wrap, ret);
	seal_wipe(kek, sizeof(kek));
	return err;
}

bool
store_name_key(struct store *store)
{
	char now[EK_PATH_MAX], next[EK_PATH_MAX];

	store->key_waits = store_path(store, STORE_KEY_FILE, now) != EK_OK ||
			   store_path(store, STORE_KEY_NEW, next) != EK_OK ||
			   rename(next, now) != 0;
	return !store->key_waits;
}

/* A new key that was not committed, after all: its file opens nothing. */
static void
drop_key_file(const struct store *store)
{
	char path[EK_PATH_MAX];

	if (store_path(store, STORE_KEY_NEW, path) == EK_OK)
		store_shred(path);
}

static enum ek_err
open_by_file(struct store *store, struct ek_why *why)
{
	struct book_key *key = NULL;
	enum ek_err err;

	err = try_key_file(store, STORE_KEY_FILE, &key, why);
	if (err == EK_OK)
		drop_key_file(store);
	if (err == EK_WRONG_KEY) {
		/* killed between the commit of a new key and its rename */
		err = try_key_file(store, STORE_KEY_NEW, &key, why);
		if (err == EK_OK)
			store_name_key(store);
	}
	if (err == EK_WRONG_KEY) {
		store->state = STORE_LOCKED;
		ek_why(&store->why, err,
		    "the book's key file is missing or another's; put "
		    "book.key back, or open the book with the recovery phrase: "
		    "keel unlock --phrase");
		return EK_OK;
	}
	if (err != EK_OK)
		return err;
	store->key = key;
	err = store_load(store, why);
	if (err == EK_OK)
		store->state = STORE_OPEN;
	return err;
}

/* A file of tables and nothing in them: killed before the first commit. */
static enum ek_err
no_book(struct store *store, struct ek_why *why)
{
	size_t rows = 0, pending = 0;
	enum ek_err err;

	err = db_count(store->db, DB_ROWS, &rows, why);
	if (err == EK_OK)
		err = db_count(store->db, DB_PENDING, &pending, why);
	if (err == EK_OK && rows + pending > 0)
		err = ek_why(why, EK_CORRUPT,
		    "the book's file does not say which book it is; nothing "
		    "was touched: restore the sealed copy (keel restore "
		    "--from)");
	if (err != EK_OK)
		return err;
	db_close(store->db);
	store->db = NULL;
	store->state = STORE_NONE;
	return EK_OK;
}

enum ek_err
store_key_open(struct store *store, struct ek_why *why)
{
	char text[32] = "";
	size_t len = 0, i;
	enum ek_err err;

	err =
	    db_meta_get(store->db, "book", store->book16, EK_ID_LEN, &len, why);
	if (err != EK_OK)
		return err;
	if (len != EK_ID_LEN)
		return no_book(store, why);
	err = db_meta_get(store->db, "mode", text, sizeof(text) - 1, &len, why);
	for (i = 0; err == EK_OK && i < 3; i++)
		if (strcmp(text, mode_names[i]) == 0)
			store->mode = (enum key_mode)i;
	if (err == EK_OK)
		err = db_meta_get(store->db, "item", store->item,
		    sizeof(store->item) - 1, &len, why);
	if (err != EK_OK)
		return err;
	store->state = STORE_LOCKED;
	/* killed between a deletion and its scrub; on a disk that is full the
	 * book is read all the same, and the copy's minute tries again */
	err = store_scrub_owed(store, why);
	if (err == EK_CORRUPT)
		return err;
	return store->mode == KEY_FILE ? open_by_file(store, why) : EK_OK;
}

/* --- wraps --- */

static void
kdf_bytes(const struct kdf *kdf, unsigned char *out)
{
	int i;

	memcpy(out, kdf->salt, 16);
	for (i = 0; i < 4; i++) {
		out[16 + i] = (unsigned char)(kdf->ops >> (24 - 8 * i));
		out[20 + i] = (unsigned char)(kdf->mem_kib >> (24 - 8 * i));
	}
}

static enum ek_err
put_wrap(struct store *store, const struct book_key *key, const char *what,
    const unsigned char *kek, struct ek_why *why)
{
	unsigned char wrap[SEAL_WRAP_LEN];
	char name[32];

	snprintf(name, sizeof(name), "wrap.%s", what);
	if (kek == NULL)
		return db_meta_put(store->db, name, NULL, 0, why);
	seal_wrap(key, kek, what, wrap);
	return db_meta_put(store->db, name, wrap, sizeof(wrap), why);
}

enum ek_err
store_put_meta(struct store *store, const struct book_key *key,
    const struct key_spec *spec, const unsigned char *file_kek,
    struct ek_why *why)
{
	unsigned char kdf[STORE_KDF_LEN];
	const char *mode = mode_names[spec->mode];
	const unsigned char *keks[3] = {NULL, NULL, NULL};
	enum ek_err err;
	int i;

	keks[spec->mode] = spec->mode == KEY_FILE ? file_kek : spec->kek;
	err = db_meta_put(store->db, "book", book_key_id(key), EK_ID_LEN, why);
	if (err == EK_OK)
		err = db_meta_put(
		    store->db, "pk", book_key_pk(key), SEAL_PK_LEN, why);
	if (err == EK_OK)
		err = db_meta_put(store->db, "mode", mode, strlen(mode), why);
	if (err == EK_OK)
		err = db_meta_put(store->db, "item",
		    spec->mode == KEY_KEYRING ? spec->item : NULL, 16, why);
	for (i = 0; err == EK_OK && i < 3; i++)
		err = put_wrap(store, key, mode_names[i], keks[i], why);
	kdf_bytes(&spec->kdf, kdf);
	if (err == EK_OK)
		err = db_meta_put(store->db, "kdf.passphrase",
		    spec->mode == KEY_PASSPHRASE ? kdf : NULL, STORE_KDF_LEN,
		    why);
	kdf_bytes(&spec->phrase_kdf, kdf);
	if (err == EK_OK)
		err = db_meta_put(
		    store->db, "kdf.phrase", kdf, STORE_KDF_LEN, why);
	if (err == EK_OK)
		err = put_wrap(store, key, "phrase", spec->phrase_kek, why);
	return err;
}

enum ek_err
store_kdf(const struct store *store, bool phrase, struct kdf *ret)
{
	unsigned char bytes[STORE_KDF_LEN];
	enum ek_err err;
	size_t len = 0;
	int i;

	if (store->db == NULL)
		return EK_NOT_FOUND;
	err = db_meta_get(store->db, phrase ? "kdf.phrase" : "kdf.passphrase",
	    bytes, sizeof(bytes), &len, NULL);
	if (err != EK_OK)
		return err;
	if (len != sizeof(bytes))
		return EK_NOT_FOUND;
	memcpy(ret->salt, bytes, 16);
	ret->ops = ret->mem_kib = 0;
	for (i = 0; i < 4; i++) {
		ret->ops = ret->ops << 8 | bytes[16 + i];
		ret->mem_kib = ret->mem_kib << 8 | bytes[20 + i];
	}
	return EK_OK;
}

enum ek_err
store_wraps(const struct store *store, struct buf *ret)
{
	static const char *const names[] = {"kdf.phrase", "wrap.phrase",
	    "kdf.passphrase", "wrap.passphrase", "item", "wrap.keyring"};
	static const size_t sizes[] = {STORE_KDF_LEN, SEAL_WRAP_LEN,
	    STORE_KDF_LEN, SEAL_WRAP_LEN, 16, SEAL_WRAP_LEN};
	unsigned char bytes[SEAL_WRAP_LEN];
	size_t i, len;
	enum ek_err err;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		memset(bytes, 0, sizeof(bytes));
		err = db_meta_get(
		    store->db, names[i], bytes, sizeof(bytes), &len, NULL);
		if (err != EK_OK)
			return err;
		buf_add(ret, bytes, sizes[i]);
	}
	return buf_err(ret);
}

const char *
store_item(const struct store *store)
{
	return store->item;
}

enum key_mode
store_key_mode(const struct store *store)
{
	return store->mode;
}

const struct book_key *
store_key(const struct store *store)
{
	return store->state == STORE_OPEN ? store->key : NULL;
}

/* --- unlock, lock --- */

enum ek_err
store_unlock(struct store *store, const char *what, const unsigned char *kek,
    struct ek_why *reterr_why)
{
	unsigned char wrap[SEAL_WRAP_LEN];
	char name[32];
	size_t len = 0;
	enum ek_err err;

	if (store->state == STORE_OPEN)
		return EK_OK;
	if (store->state != STORE_LOCKED)
		return ek_why(
		    reterr_why, EK_NO_BOOK, "%s", ek_err_text(EK_NO_BOOK));
	snprintf(name, sizeof(name), "wrap.%s", what);
	err =
	    db_meta_get(store->db, name, wrap, sizeof(wrap), &len, reterr_why);
	if (err == EK_OK && len != sizeof(wrap))
		return ek_why(reterr_why, EK_NOT_FOUND,
		    "this book has no %s; see keel status for how it opens",
		    what);
	if (err == EK_OK)
		err = seal_unwrap(store->book16, kek, what, wrap, &store->key);
	if (err == EK_WRONG_KEY)
		return ek_why(reterr_why, err,
		    "this %s does not open the book; check it and try again",
		    what);
	if (err == EK_OK)
		err = store_load(store, reterr_why);
	if (err != EK_OK) {
		book_key_free(store->key);
		store->key = NULL;
		return err;
	}
	store->state = STORE_OPEN;
	store->why.text[0] = '\0';
	return EK_OK;
}

enum ek_err
store_lock(struct store *store, struct ek_why *reterr_why)
{
	enum ek_err err;

	if (store->state != STORE_OPEN)
		return EK_OK;
	if (store->mode == KEY_FILE)
		return ek_why(reterr_why, EK_CONFLICT,
		    "the key lies in a file beside the book, so locking would "
		    "protect nothing; choose a passphrase first: keel key "
		    "passphrase");
	err = store_commit(store, reterr_why);
	if (err != EK_OK)
		return err;
	book_free(store->book);
	store->book = NULL;
	book_key_free(store->key);
	store->key = NULL;
	store->state = STORE_LOCKED;
	return EK_OK;
}
