/*
 * copy - writing, reading and joining the sealed copy.
 */
#include "keeld/copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/seal.h"
#include "evenkeel/text.h"
#include "keeld/store_in.h"

#define MAGIC      "EKS1"
#define HEAD_LEN   (4 + EK_ID_LEN + SEAL_CHECK_LEN + 8 + STORE_WRAPS_LEN)
#define PLAIN_MAX  ((size_t)200 * 1024 * 1024)
#define FILE_MAX   (PLAIN_MAX + 1024 * 1024)
#define RECORDS_AT 20 /* rid, length */

struct copy {
	struct copy_info info;
};

enum ek_err
copy_new(const char *place, struct copy **ret)
{
	struct copy *copy = calloc(1, sizeof(*copy));

	if (copy == NULL)
		return EK_NOMEM;
	if (place != NULL && place[0] != '\0') {
		snprintf(
		    copy->info.place, sizeof(copy->info.place), "%s", place);
		copy->info.state = COPY_UNTRIED;
	}
	*ret = copy;
	return EK_OK;
}

void
copy_free(struct copy *copy)
{
	free(copy);
}

const struct copy_info *
copy_info(const struct copy *copy)
{
	return &copy->info;
}

enum ek_err
copy_set_place(struct copy *copy, const char *place, struct ek_why *reterr_why)
{
	struct stat st;

	if (place == NULL || place[0] == '\0') {
		memset(&copy->info, 0, sizeof(copy->info));
		return EK_OK;
	}
	if (place[0] != '/' || strlen(place) >= EK_PATH_MAX - 80)
		return ek_why(reterr_why, EK_INVALID,
		    "the copy's folder must be a whole path that begins with "
		    "/, not too long; give such a path");
	if (stat(place, &st) != 0 || !S_ISDIR(st.st_mode))
		return ek_why(reterr_why, EK_NOT_FOUND,
		    "the copy's folder is not there; make it or choose "
		    "another");
	if (access(place, W_OK | X_OK) != 0)
		return ek_why(reterr_why, EK_READ_ONLY,
		    "the copy's folder cannot be written; choose another");
	memset(&copy->info, 0, sizeof(copy->info));
	snprintf(copy->info.place, sizeof(copy->info.place), "%s", place);
	copy->info.state = COPY_UNTRIED;
	return EK_OK;
}

static void
name_file(struct copy *copy, const unsigned char *book16, const char *end,
    char *out, size_t room)
{
	char hex[17];

	text_hex(book16, 8, hex);
	snprintf(out, room, "evenkeel-%s.%s", hex, end);
	snprintf(copy->info.file, sizeof(copy->info.file),
	    "%s/evenkeel-%s.copy", copy->info.place, hex);
}

static enum ek_err
note(struct copy *copy, enum ek_err err, const struct ek_why *why,
    struct ek_why *reterr_why)
{
	if (err == EK_OK) {
		copy->info.state = COPY_OK;
		copy->info.why.text[0] = '\0';
		return err;
	}
	copy->info.state = err == EK_WRONG_KEY ? COPY_FOREIGN : COPY_FAILED;
	copy->info.why = *why;
	return ek_why(reterr_why, err, "%s", why->text);
}

/* --- reading --- */

struct head {
	unsigned char book16[EK_ID_LEN];
	unsigned char check[SEAL_CHECK_LEN];
	int64_t made_ms;
	unsigned char wraps[STORE_WRAPS_LEN];
};

static bool
read_head(const unsigned char *bytes, size_t len, struct head *ret)
{
	uint64_t made = 0;
	int i;

	if (len < HEAD_LEN || memcmp(bytes, MAGIC, 4) != 0)
		return false;
	memcpy(ret->book16, bytes + 4, EK_ID_LEN);
	memcpy(ret->check, bytes + 20, SEAL_CHECK_LEN);
	for (i = 0; i < 8; i++)
		made = made << 8 | bytes[36 + i];
	ret->made_ms = (int64_t)made;
	memcpy(ret->wraps, bytes + 44, STORE_WRAPS_LEN);
	return true;
}

static enum ek_err
read_whole(const char *path, struct buf *ret, struct ek_why *why)
{
	char part[65536];
	enum ek_err err;
	ssize_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return errno == ENOENT ? ek_why(why, EK_NOT_FOUND,
					     "there is no such copy; look "
					     "at the folder's name")
				       : ek_why(why, EK_IO,
					     "the copy cannot be read (%s); "
					     "check the folder",
					     strerror(errno));
	while ((got = read(fd, part, sizeof(part))) > 0)
		buf_add(ret, part, (size_t)got);
	close(fd);
	err = buf_err(ret);
	if (got < 0)
		err = ek_why(why, EK_IO,
		    "the copy cannot be read to its end; check the disk");
	return err;
}

struct taking {
	struct record **recs;
	size_t count, cap;
};

static void
taking_done(struct taking *taking)
{
	size_t i;

	for (i = 0; i < taking->count; i++)
		record_free(taking->recs[i]);
	free(taking->recs);
	memset(taking, 0, sizeof(*taking));
}

static enum ek_err
taking_add(struct taking *taking, struct record *rec_take)
{
	struct record **recs;
	size_t cap = taking->cap == 0 ? 256 : taking->cap * 2;

	if (taking->count == taking->cap) {
		recs = realloc(taking->recs, cap * sizeof(*recs));
		if (recs == NULL) {
			record_free(rec_take);
			return EK_NOMEM;
		}
		taking->recs = recs;
		taking->cap = cap;
	}
	taking->recs[taking->count++] = rec_take;
	return EK_OK;
}

static enum ek_err
split_records(const struct buf *plain, struct taking *ret)
{
	const unsigned char *bytes = (const unsigned char *)buf_text(plain);
	struct record *rec;
	size_t at = 0, len;
	enum ek_err err;

	while (at < plain->len) {
		if (plain->len - at < RECORDS_AT)
			return EK_CORRUPT;
		len = (size_t)bytes[at + 16] << 24 |
		      (size_t)bytes[at + 17] << 16 |
		      (size_t)bytes[at + 18] << 8 | bytes[at + 19];
		if (len > plain->len - at - RECORDS_AT)
			return EK_CORRUPT;
		err = record_decode(
		    bytes + at, bytes + at + RECORDS_AT, len, &rec);
		if (err == EK_OK)
			err = taking_add(ret, rec);
		if (err != EK_OK)
			return err;
		at += RECORDS_AT + len;
	}
	return EK_OK;
}

static bool
says_erased(const struct taking *taking)
{
	size_t i;

	for (i = 0; i < taking->count; i++)
		if (taking->recs[i]->kind == REC_ERASED)
			return true;
	return false;
}

static enum ek_err
open_body(
    const struct buf *file, const struct book_key *key, struct taking *ret)
{
	struct buf plain;
	enum ek_err err;

	buf_init(&plain, PLAIN_MAX);
	err = seal_open_copy(key, file->data, HEAD_LEN, file->data + HEAD_LEN,
	    file->len - HEAD_LEN, &plain);
	if (err == EK_OK)
		err = split_records(&plain, ret);
	buf_done(&plain);
	return err;
}

/* The copy's records; none when there is no file. */
static enum ek_err
read_copy(const char *path, const struct book_key *key, struct taking *ret,
    int64_t *ret_made, struct ek_why *why)
{
	unsigned char check[SEAL_CHECK_LEN];
	struct buf file;
	struct head head;
	enum ek_err err;

	buf_init(&file, FILE_MAX);
	err = read_whole(path, &file, why);
	if (err == EK_NOT_FOUND) {
		err = EK_OK;
		goto out;
	}
	if (err != EK_OK)
		goto out;
	if (!read_head((unsigned char *)file.data, file.len, &head) ||
	    memcmp(head.book16, book_key_id(key), EK_ID_LEN) != 0) {
		err = ek_why(why, EK_CORRUPT,
		    "the sealed copy is damaged; it is set aside at the next "
		    "writing");
		goto out;
	}
	seal_key_check(key, check);
	if (memcmp(check, head.check, sizeof(check)) != 0) {
		err = ek_why(why, EK_WRONG_KEY,
		    "the sealed copy was sealed anew on another desk; join it "
		    "with the recovery phrase: keel restore --from its folder");
		goto out;
	}
	err = open_body(&file, key, ret);
	if (err == EK_CORRUPT)
		err = ek_why(why, err,
		    "the sealed copy is damaged; it is set aside at the next "
		    "writing");
	else
		*ret_made = head.made_ms;
out:
	buf_done(&file);
	return err;
}

static enum ek_err
join_file(struct copy *copy, struct store *store, struct store_taken *ret,
    struct ek_why *why)
{
	struct taking taking = {NULL, 0, 0};
	struct store_taken taken = {0, 0, 0};
	int64_t made = 0;
	enum ek_err err;

	err = read_copy(copy->info.file, store_key(store), &taking, &made, why);
	if (err == EK_OK && says_erased(&taking))
		err = ek_why(
		    why, EK_ERASED, "this book was erased on another desk");
	if (err == EK_OK && taking.count > 0)
		err =
		    store_take(store, (const struct record *const *)taking.recs,
			taking.count, &taken, why);
	taking_done(&taking);
	if (err != EK_OK)
		return err;
	if (made != 0)
		copy->info.written_ms = made;
	if (ret != NULL)
		*ret = taken;
	return EK_OK;
}

enum ek_err
copy_join(struct copy *copy, struct store *store, struct store_taken *ret,
    struct ek_why *reterr_why)
{
	struct ek_why why = {""};
	char name[64];
	enum ek_err err;

	if (copy->info.place[0] == '\0' || store_key(store) == NULL)
		return EK_OK;
	name_file(
	    copy, book_key_id(store_key(store)), "copy", name, sizeof(name));
	err = join_file(copy, store, ret, &why);
	return note(copy, err, &why, reterr_why);
}

/* --- writing --- */

static void
put_head(struct buf *head, const struct book_key *key, int64_t now_ms,
    const struct buf *wraps)
{
	unsigned char check[SEAL_CHECK_LEN];
	static const char none[STORE_WRAPS_LEN];

	seal_key_check(key, check);
	buf_add(head, MAGIC, 4);
	buf_add(head, book_key_id(key), EK_ID_LEN);
	buf_add(head, check, sizeof(check));
	buf_u64(head, (uint64_t)now_ms);
	buf_add(head, wraps == NULL ? none : wraps->data, STORE_WRAPS_LEN);
}

static enum ek_err
put_record(struct buf *plain, const struct record *rec)
{
	struct buf bytes;
	enum ek_err err;

	buf_init(&bytes, EK_PAYLOAD_MAX);
	err = record_encode(rec, &bytes);
	buf_add(plain, rec->rid, EK_ID_LEN);
	buf_u32(plain, (uint32_t)bytes.len);
	buf_add(plain, bytes.data, bytes.len);
	buf_done(&bytes);
	return err == EK_OK ? buf_err(plain) : err;
}

static enum ek_err
seal_whole(const struct store *store, int64_t now_ms, struct buf *ret)
{
	const struct record *rec;
	struct buf wraps, head, plain;
	enum ek_err err;
	size_t at = 0;

	buf_init(&wraps, STORE_WRAPS_LEN);
	buf_init(&head, HEAD_LEN);
	buf_init(&plain, PLAIN_MAX);
	err = store_wraps(store, &wraps);
	while (
	    err == EK_OK && (rec = book_next(store_book(store), &at)) != NULL)
		err = put_record(&plain, rec);
	if (err == EK_OK) {
		put_head(&head, store_key(store), now_ms, &wraps);
		buf_add(ret, head.data, head.len);
		err = seal_copy(store_key(store), &head, &plain, ret);
	}
	buf_done(&wraps);
	buf_done(&head);
	buf_done(&plain);
	return err;
}

/* Best effort: a file system without locks still has the rename. */
static int
take_lock(struct copy *copy, const unsigned char *book16)
{
	char name[64], path[EK_PATH_MAX + 80];
	int fd;

	name_file(copy, book16, "lock", name, sizeof(name));
	snprintf(path, sizeof(path), "%s/%s", copy->info.place, name);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0)
		flock(fd, LOCK_EX | LOCK_NB);
	return fd;
}

static void
set_aside(const struct copy *copy)
{
	char path[EK_PATH_MAX + 80];

	snprintf(path, sizeof(path), "%s.damaged", copy->info.file);
	rename(copy->info.file, path);
}

static enum ek_err
write_file(
    struct copy *copy, struct store *store, int64_t now_ms, struct ek_why *why)
{
	char name[64];
	struct buf bytes;
	enum ek_err err;

	buf_init(&bytes, FILE_MAX);
	err = seal_whole(store, now_ms, &bytes);
	name_file(
	    copy, book_key_id(store_key(store)), "copy", name, sizeof(name));
	if (err == EK_OK)
		err = store_write_file(
		    copy->info.place, name, bytes.data, bytes.len, why);
	buf_done(&bytes);
	if (err == EK_OK)
		copy->info.written_ms = now_ms;
	return err;
}

static enum ek_err
join_first(struct copy *copy, struct store *store, struct ek_why *why)
{
	enum ek_err err;

	err = join_file(copy, store, NULL, why);
	if (err == EK_CORRUPT) {
		set_aside(copy);
		err = EK_OK;
	}
	return err == EK_OK ? store_commit(store, why) : err;
}

static enum ek_err
write_locked(struct copy *copy, struct store *store, int64_t now_ms, bool join,
    struct ek_why *reterr_why)
{
	struct ek_why why = {""};
	enum ek_err err = EK_OK;
	int lock;

	if (copy->info.place[0] == '\0' || store_key(store) == NULL)
		return EK_OK;
	lock = take_lock(copy, book_key_id(store_key(store)));
	if (join)
		err = join_first(copy, store, &why);
	if (err == EK_OK)
		err = write_file(copy, store, now_ms, &why);
	if (lock >= 0)
		close(lock);
	return note(copy, err, &why, reterr_why);
}

enum ek_err
copy_write(struct copy *copy, struct store *store, int64_t now_ms,
    struct ek_why *reterr_why)
{
	return write_locked(copy, store, now_ms, true, reterr_why);
}

enum ek_err
copy_rewrite(struct copy *copy, struct store *store, int64_t now_ms,
    struct ek_why *reterr_why)
{
	return write_locked(copy, store, now_ms, false, reterr_why);
}

static enum ek_err
seal_erased(const struct store *store, int64_t now_ms, struct buf *ret)
{
	unsigned char rid[EK_ID_LEN];
	struct record_build build;
	struct record *rec = NULL;
	struct buf head, plain;
	enum ek_err err;

	buf_init(&head, HEAD_LEN);
	buf_init(&plain, EK_COPY_PAD);
	seal_random(rid, sizeof(rid));
	record_begin(&build, REC_ERASED, rid, now_ms);
	err = record_end(&build, &rec);
	if (err == EK_OK)
		err = put_record(&plain, rec);
	if (err == EK_OK) {
		put_head(&head, store_key(store), now_ms, NULL);
		buf_add(ret, head.data, head.len);
		err = seal_copy(store_key(store), &head, &plain, ret);
	}
	record_free(rec);
	buf_done(&head);
	buf_done(&plain);
	return err;
}

enum ek_err
copy_erase(struct copy *copy, struct store *store, int64_t now_ms,
    bool *ret_written, struct ek_why *reterr_why)
{
	char name[64] = "";
	struct buf bytes;
	enum ek_err err = EK_OK;
	bool written = false;

	buf_init(&bytes, FILE_MAX);
	if (copy->info.place[0] != '\0' && store_key(store) != NULL) {
		name_file(copy, book_key_id(store_key(store)), "copy", name,
		    sizeof(name));
		err = seal_erased(store, now_ms, &bytes);
	}
	if (err == EK_OK)
		err = store_destroy(store, reterr_why);
	if (err == EK_OK && name[0] != '\0')
		written = store_write_file(copy->info.place, name, bytes.data,
			      bytes.len, reterr_why) == EK_OK;
	buf_done(&bytes);
	if (err != EK_OK)
		return err;
	if (written)
		copy->info.written_ms = now_ms;
	*ret_written = written;
	return EK_OK;
}

/* --- restoring --- */

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
	unsigned char bytes[HEAD_LEN];
	struct head head;
	long len = store_read_file(path, bytes, sizeof(bytes));

	if (len != HEAD_LEN || !read_head(bytes, HEAD_LEN, &head))
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
unwrap(const struct head *head, const char *what, const unsigned char *kek,
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
	struct taking taking = {NULL, 0, 0};
	struct store_taken taken = {0, 0, 0};
	struct book_key *key = NULL;
	struct buf bytes;
	struct head head;
	enum ek_err err;

	buf_init(&bytes, FILE_MAX);
	err = read_whole(file, &bytes, reterr_why);
	if (err == EK_OK &&
	    !read_head((unsigned char *)bytes.data, bytes.len, &head))
		err = ek_why(reterr_why, EK_INVALID,
		    "this file is not a sealed copy; give the folder that "
		    "holds evenkeel-….copy");
	if (err == EK_OK)
		err = unwrap(&head, what, kek, &key, reterr_why);
	if (err == EK_OK) {
		err = open_body(&bytes, key, &taking);
		if (err == EK_CORRUPT)
			ek_why(reterr_why, err,
			    "this copy is damaged; look for another copy");
	}
	if (err == EK_OK && says_erased(&taking))
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
	taking_done(&taking);
	book_key_free(key);
	buf_done(&bytes);
	return err;
}
