/*
 * copy_restore - the copies in a folder, and opening one here by phrase,
 * passphrase or keyring.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "evenkeel/text.h"
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

/* The keyring's item, 16 hex or none: it goes to another program before the
 * header is known to be ours. */
static bool
read_item(const unsigned char *bytes, char *ret)
{
	static const unsigned char none[16];
	size_t i;

	ret[0] = '\0';
	if (memcmp(bytes, none, sizeof(none)) == 0)
		return true;
	for (i = 0; i < sizeof(none); i++)
		if (bytes[i] == '\0' ||
		    strchr("0123456789abcdef", bytes[i]) == NULL)
			return false;
	memcpy(ret, bytes, sizeof(none));
	ret[sizeof(none)] = '\0';
	return true;
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
	ret->damaged = !read_item(head.wraps + STORE_WRAP_ITEM, ret->item);
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

/* --- which of two keys is the book's --- */

/* When a key came into use, as one record says; 0: it does not. */
static int64_t
key_time(const struct record *rec, const char *check)
{
	return rec->kind == REC_SETTING &&
		       record_text_is(rec, SETTING_KEY, STORE_KEY_SETTING) &&
		       record_text_is(rec, SETTING_VALUE, check)
		   ? rec->time_ms
		   : 0;
}

/* As the records of both say; a first key has none and is the earliest. */
static int64_t
key_began(const struct book_key *key, const struct book *book,
    const struct copy_taking *taking)
{
	unsigned char bytes[SEAL_CHECK_LEN];
	char check[2 * SEAL_CHECK_LEN + 1];
	const struct record *const *list;
	int64_t began = 0, time;
	size_t count, i;

	seal_key_check(key, bytes);
	text_hex(bytes, sizeof(bytes), check);
	list = book_list(book, REC_SETTING, &count);
	for (i = 0; i < count; i++)
		if ((time = key_time(list[i], check)) > began)
			began = time;
	for (i = 0; i < taking->count; i++)
		if ((time = key_time(taking->recs[i], check)) > began)
			began = time;
	return began;
}

/* Is file the copy that our next writing goes to? */
static bool
is_at_place(
    const struct copy *copy, const struct book_key *key, const char *file)
{
	const char *place = copy_info(copy)->place;
	char path[EK_PATH_MAX + 64], hex[17];
	struct stat a, b;

	text_hex(book_key_id(key), 8, hex);
	snprintf(path, sizeof(path), "%s/evenkeel-%s.copy", place, hex);
	return place[0] != '\0' && stat(path, &a) == 0 && stat(file, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

struct opened { /* a copy that was opened, and what to make of it */
	const struct copy *copy;
	const struct copy_wish *wish;
	struct book_key *key;
	struct copy_taking taking;
	struct copy_restored restored;
};

/* The copy's key is not ours: the later one is the book's.  Joined at its
 * place, a copy of the earlier one is there to be rewritten. */
static enum ek_err
settle_key(struct store *store, struct opened *opened, struct ek_why *why)
{
	const struct book *book = store_book(store);
	const struct store_newer newer = {book_key_bytes(opened->key),
	    opened->wish->spec, copy_info(opened->copy)->place[0] != '\0',
	    (const struct record *const *)opened->taking.recs,
	    opened->taking.count};

	if (key_began(opened->key, book, &opened->taking) >
	    key_began(store_key(store), book, &opened->taking)) {
		opened->restored.key = COPY_NEWER;
		return store_rekey_to(
		    store, &newer, &opened->restored.taken, why);
	}
	opened->restored.key = COPY_EARLIER;
	return is_at_place(opened->copy, opened->key, opened->wish->file)
		   ? store_former_set(store, opened->key, why)
		   : EK_OK;
}

/* Brings our store to the book of the copy. */
static enum ek_err
match_store(struct store *store, struct opened *opened, struct ek_why *why)
{
	const struct book_key *key = opened->key;
	enum ek_err err;

	if (store_state(store) == STORE_BROKEN &&
	    store_err(store) == EK_CORRUPT) {
		err = store_set_aside(store, why);
		if (err != EK_OK)
			return err;
	}
	if (store_state(store) == STORE_NONE) {
		opened->restored.key = COPY_MADE;
		return store_make_from(store, book_key_id(key),
		    book_key_bytes(key), opened->wish->spec, why);
	}
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
	opened->restored.key = COPY_SAME;
	if (memcmp(book_key_bytes(store_key(store)), book_key_bytes(key),
		SEAL_KEY_LEN) == 0)
		return EK_OK;
	return settle_key(store, opened, why);
}

/* opened is the caller's to end, also on failure. */
static enum ek_err
open_wished(struct opened *opened, struct ek_why *why)
{
	const struct copy_wish *wish = opened->wish;
	struct copy_head head;
	struct buf bytes;
	enum ek_err err;

	buf_init(&bytes, COPY_FILE_MAX);
	err = copy_read_whole(wish->file, &bytes, why);
	if (err == EK_OK &&
	    !copy_head_read((unsigned char *)bytes.data, bytes.len, &head))
		err = ek_why(why, EK_INVALID,
		    "this file is not a sealed copy; give the folder that "
		    "holds evenkeel-….copy");
	if (err == EK_OK)
		err = unwrap(&head, wish->what, wish->kek, &opened->key, why);
	if (err == EK_OK) {
		opened->restored.made_ms = head.made_ms;
		err = copy_open_body(&bytes, opened->key, &opened->taking);
		if (err == EK_CORRUPT)
			ek_why(why, err,
			    "this copy is damaged; look for another copy");
	}
	if (err == EK_OK && copy_says_erased(&opened->taking))
		err = ek_why(why, EK_ERASED,
		    "this book was erased by its owner; nothing is left of it "
		    "in the copy");
	buf_done(&bytes);
	return err;
}

enum ek_err
copy_restore(const struct copy *copy, struct store *store,
    const struct copy_wish *wish, struct copy_restored *ret,
    struct ek_why *reterr_why)
{
	struct opened opened = {.copy = copy, .wish = wish};
	enum ek_err err;

	err = open_wished(&opened, reterr_why);
	if (err == EK_OK)
		err = match_store(store, &opened, reterr_why);
	if (err == EK_OK && opened.restored.key != COPY_NEWER)
		err = store_take(store,
		    (const struct record *const *)opened.taking.recs,
		    opened.taking.count, &opened.restored.taken, reterr_why);
	if (err == EK_OK)
		err = store_commit(store, reterr_why);
	if (err == EK_OK)
		*ret = opened.restored;
	copy_taking_done(&opened.taking);
	book_key_free(opened.key);
	return err;
}
