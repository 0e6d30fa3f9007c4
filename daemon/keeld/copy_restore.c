/*
 * copy_restore - the copies in a folder, and opening one here by phrase,
 * passphrase or keyring.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "keeld/copy_in.h"
#include "keeld/store_in.h"

static void
read_kdf(const unsigned char *bytes, struct kdf *ret)
{
	int i;

	memcpy(ret->salt, bytes, 16);
	ret->ops = ret->mem_kib = 0;
	for (i = 0; i < 4; i++) {
		ret->ops = ret->ops << 8 | bytes[16 + i];
		ret->mem_kib = ret->mem_kib << 8 | bytes[20 + i];
	}
}

static bool
look_at(const char *path, struct copy_found *ret)
{
	unsigned char bytes[COPY_HEAD_LEN];
	struct copy_head head;
	long len = store_read_file(path, bytes, sizeof(bytes));

	if (len != COPY_HEAD_LEN ||
	    !copy_head_read(bytes, COPY_HEAD_LEN, &head))
		return false;
	memset(ret, 0, sizeof(*ret));
	snprintf(ret->file, sizeof(ret->file), "%s", path);
	memcpy(ret->book16, head.book16, EK_ID_LEN);
	ret->made_ms = head.made_ms;
	read_kdf(head.wraps + STORE_WRAP_PHRASE, &ret->phrase);
	read_kdf(head.wraps + STORE_WRAP_PASSPHRASE, &ret->passphrase);
	memcpy(ret->item, head.wraps + STORE_WRAP_ITEM, 16);
	return true;
}

enum ek_err
copy_look(const char *place, struct copy_found *out, size_t room,
    size_t *ret_count, struct ek_why *reterr_why)
{
	char path[EK_PATH_MAX + 64];
	struct dirent *entry;
	size_t count = 0, len;
	DIR *dir = opendir(place);

	if (dir == NULL)
		return ek_why(reterr_why, EK_NOT_FOUND,
		    "the folder of the sealed copy cannot be opened (%s); give "
		    "the folder that holds evenkeel-….copy",
		    strerror(errno));
	while (count < room && (entry = readdir(dir)) != NULL) {
		len = strlen(entry->d_name);
		if (len > 60 || len < 15 ||
		    strncmp(entry->d_name, "evenkeel-", 9) != 0 ||
		    strcmp(entry->d_name + len - 5, ".copy") != 0)
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", place,
			entry->d_name) >= (int)sizeof(path))
			continue;
		if (look_at(path, &out[count]))
			count++;
	}
	closedir(dir);
	*ret_count = count;
	return EK_OK;
}

static enum ek_err
unwrap(const struct copy_head *head, const char *what, const unsigned char *kek,
    struct book_key **ret, struct ek_why *why)
{
	static const unsigned char none[SEAL_WRAP_LEN];
	const unsigned char *wrap = head->wraps;
	enum ek_err err;

	if (strcmp(what, "phrase") == 0)
		wrap += STORE_WRAP_PHRASE + STORE_KDF_LEN;
	else if (strcmp(what, "passphrase") == 0)
		wrap += STORE_WRAP_PASSPHRASE + STORE_KDF_LEN;
	else
		wrap += STORE_WRAP_ITEM + 16;
	if (memcmp(wrap, none, sizeof(none)) == 0)
		return ek_why(why, EK_ERASED,
		    "this copy does not open by %s: it was erased by its "
		    "owner, or made to open another way",
		    what);
	err = seal_unwrap(head->book16, kek, what, wrap, ret);
	if (err == EK_WRONG_KEY)
		return ek_why(why, err,
		    "this %s does not open the copy; check each word and try "
		    "again",
		    what);
	return err;
}

/* Brings our store to the book and key of the copy. */
static enum ek_err
match_store(struct store *store, const struct book_key *key,
    const struct key_spec *spec, struct ek_why *why)
{
	enum ek_err err;

	if (store_state(store) == STORE_BROKEN &&
	    store_err(store) == EK_CORRUPT) {
		err = store_set_aside(store, why);
		if (err != EK_OK)
			return err;
	}
	if (store_state(store) == STORE_NONE)
		return store_make_from(
		    store, book_key_id(key), book_key_bytes(key), spec, why);
	if (store_state(store) == STORE_LOCKED)
		return ek_why(why, EK_LOCKED,
		    "the book here is locked; unlock it, then join the copy");
	if (store_state(store) != STORE_OPEN)
		return ek_why(why, store_err(store), "%s", store_why(store));
	if (memcmp(book_key_id(store_key(store)), book_key_id(key),
		EK_ID_LEN) != 0)
		return ek_why(why, EK_CONFLICT,
		    "another book is here; export and erase it first, or give "
		    "another --home");
	if (memcmp(book_key_bytes(store_key(store)), book_key_bytes(key),
		SEAL_KEY_LEN) == 0)
		return EK_OK;
	return store_rekey_to(store, book_key_bytes(key), spec, why);
}

enum ek_err
copy_restore(struct store *store, const char *file, const char *what,
    const unsigned char *kek, const struct key_spec *spec,
    struct store_taken *ret, struct ek_why *reterr_why)
{
	struct copy_taking taking = {NULL, 0, 0};
	struct store_taken taken = {0, 0, 0};
	struct book_key *key = NULL;
	struct buf bytes;
	struct copy_head head;
	enum ek_err err;

	buf_init(&bytes, COPY_FILE_MAX);
	err = copy_read_whole(file, &bytes, reterr_why);
	if (err == EK_OK &&
	    !copy_head_read((unsigned char *)bytes.data, bytes.len, &head))
		err = ek_why(reterr_why, EK_INVALID,
		    "this file is not a sealed copy; give the folder that "
		    "holds evenkeel-….copy");
	if (err == EK_OK)
		err = unwrap(&head, what, kek, &key, reterr_why);
	if (err == EK_OK) {
		err = copy_open_body(&bytes, key, &taking);
		if (err == EK_CORRUPT)
			ek_why(reterr_why, err,
			    "this copy is damaged; look for another copy");
	}
	if (err == EK_OK && copy_says_erased(&taking))
		err = ek_why(reterr_why, EK_ERASED,
		    "this book was erased by its owner; nothing is left of it "
		    "in the copy");
	if (err == EK_OK)
		err = match_store(store, key, spec, reterr_why);
	if (err == EK_OK)
		err =
		    store_take(store, (const struct record *const *)taking.recs,
			taking.count, &taken, reterr_why);
	if (err == EK_OK)
		err = store_commit(store, reterr_why);
	if (err == EK_OK)
		*ret = taken;
	copy_taking_done(&taking);
	book_key_free(key);
	buf_done(&bytes);
	return err;
}
