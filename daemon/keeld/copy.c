/*
 * copy - writing, reading and joining the sealed copy.
 */
#include "keeld/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "evenkeel/text.h"
#include "keeld/copy_in.h"
#include "keeld/store_in.h"

#define LOCK_TRIES    100
#define LOCK_PAUSE_NS (20 * 1000 * 1000)

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

/* --- joining --- */

static bool
sealed_by(const struct copy_head *head, const struct book_key *key)
{
	unsigned char check[SEAL_CHECK_LEN];

	seal_key_check(key, check);
	return memcmp(check, head->check, sizeof(check)) == 0;
}

/* By the book's key, or by the one before it when the copy was away since. */
static enum ek_err
open_copy(const struct store *store, const struct copy_head *head,
    const struct buf *file, struct copy_taking *ret, struct ek_why *why)
{
	const struct book_key *key = store_key(store);
	struct book_key *former = NULL;
	enum ek_err err;

	if (!sealed_by(head, key) && store_former(store, &former) == EK_OK)
		key = former;
	ret->former = key == former;
	if (sealed_by(head, key))
		err = copy_open_body(file, key, ret);
	else
		err = ek_why(why, EK_WRONG_KEY,
		    "the sealed copy there was sealed with another key of this "
		    "book, on another desk or before the key was changed; join "
		    "it with the recovery phrase of that key: keel restore "
		    "--from its folder");
	book_key_free(former);
	return err;
}

/* The copy's records; none when there is no file. */
static enum ek_err
read_copy(const char *path, const struct store *store, struct copy_taking *ret,
    int64_t *ret_made, struct ek_why *why)
{
	struct buf file;
	struct copy_head head;
	enum ek_err err;

	buf_init(&file, COPY_FILE_MAX);
	err = copy_read_whole(path, &file, why);
	if (err == EK_NOT_FOUND) {
		err = EK_OK;
		goto out;
	}
	if (err != EK_OK)
		goto out;
	err = EK_CORRUPT;
	if (copy_head_read((unsigned char *)file.data, file.len, &head) &&
	    memcmp(head.book16, book_key_id(store_key(store)), EK_ID_LEN) == 0)
		err = open_copy(store, &head, &file, ret, why);
	if (err == EK_CORRUPT)
		err = ek_why(why, err,
		    "the sealed copy is damaged; it is set aside at the next "
		    "writing");
	else if (err == EK_OK)
		*ret_made = head.made_ms;
out:
	buf_done(&file);
	return err;
}

static enum ek_err
join_file(struct copy *copy, struct store *store, struct store_taken *ret,
    struct ek_why *why)
{
	struct copy_taking taking = {NULL, 0, 0, false};
	struct store_taken taken = {0, 0, 0};
	int64_t made = 0;
	enum ek_err err;

	err = read_copy(copy->info.file, store, &taking, &made, why);
	if (err == EK_OK && copy_says_erased(&taking))
		err = taking.former
			  ? ek_why(why, EK_CONFLICT,
				"the sealed copy says that this book was "
				"erased, with the key it had before; if that "
				"was you, run: keel erase, else move the copy "
				"out of its folder")
			  : ek_why(why, EK_ERASED,
				"this book was erased on another desk");
	if (err == EK_OK && taking.count > 0)
		err =
		    store_take(store, (const struct record *const *)taking.recs,
			taking.count, &taken, why);
	copy_taking_done(&taking);
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

static enum ek_err
seal_whole(const struct store *store, int64_t now_ms, struct buf *ret)
{
	const struct record *rec;
	struct buf wraps, head, plain;
	enum ek_err err;
	size_t at = 0;

	buf_init(&wraps, STORE_WRAPS_LEN);
	buf_init(&head, COPY_HEAD_LEN);
	buf_init(&plain, COPY_PLAIN_MAX);
	err = store_wraps(store, &wraps);
	while (
	    err == EK_OK && (rec = book_next(store_book(store), &at)) != NULL)
		err = copy_put_record(&plain, rec);
	if (err == EK_OK) {
		copy_put_head(&head, store_key(store), now_ms, &wraps);
		buf_add(ret, head.data, head.len);
		err = seal_copy(store_key(store), &head, &plain, ret);
	}
	buf_done(&wraps);
	buf_done(&head);
	buf_done(&plain);
	return err;
}

/* False when another desk holds it still: it writes for a moment only, so it is
 * waited for.  A file system without locks still has the rename. */
static bool
take_lock(struct copy *copy, const unsigned char *book16, int *ret_fd)
{
	const struct timespec pause = {0, LOCK_PAUSE_NS};
	char name[64], path[EK_PATH_MAX + 80];
	int fd, tries;

	name_file(copy, book16, "lock", name, sizeof(name));
	snprintf(path, sizeof(path), "%s/%s", copy->info.place, name);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	*ret_fd = fd;
	for (tries = 1; fd >= 0; tries++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
			return true;
		if (tries == LOCK_TRIES)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

/* Never over another file.  NFS, where many a copy lies, knows no flags of
 * renaming (EINVAL): there we look first, under the lock of copy_write. */
static bool
rename_new(const char *from, const char *to)
{
	struct stat st;

	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	if (lstat(to, &st) == 0)
		errno = EEXIST;
	else if (errno == ENOENT)
		return rename(from, to) == 0;
	return false;
}

/* Never over an earlier one: each may hold what the other lost. */
static enum ek_err
set_aside(const struct copy *copy, struct ek_why *why)
{
	char path[EK_PATH_MAX + 80];
	int number;

	for (number = 1; number < 10; number++) {
		snprintf(path, sizeof(path), "%s.damaged%d", copy->info.file,
		    number);
		if (rename_new(copy->info.file, path))
			return EK_OK;
		if (errno != EEXIST)
			break;
	}
	return ek_why(why, EK_CORRUPT,
	    "the sealed copy is damaged and cannot be set aside; move it out "
	    "of its folder, then run: keel copy now");
}

static enum ek_err
write_file(
    struct copy *copy, struct store *store, int64_t now_ms, struct ek_why *why)
{
	char name[64];
	struct buf bytes;
	enum ek_err err;

	buf_init(&bytes, COPY_FILE_MAX);
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
		err = set_aside(copy, why);
	}
	return err == EK_OK ? store_commit(store, why) : err;
}

enum ek_err
copy_write(struct copy *copy, struct store *store, int64_t now_ms,
    struct ek_why *reterr_why)
{
	struct ek_why why = {""};
	enum ek_err err = EK_OK;
	int lock;

	if (copy->info.place[0] == '\0' || store_key(store) == NULL)
		return EK_OK;
	if (!take_lock(copy, book_key_id(store_key(store)), &lock))
		err = ek_why(&why, EK_BUSY,
		    "another desk is writing the sealed copy, and what it "
		    "writes is to be joined first; run: keel copy now");
	if (err == EK_OK)
		err = join_first(copy, store, &why);
	if (err == EK_OK)
		err = write_file(copy, store, now_ms, &why);
	if (lock >= 0)
		close(lock);
	if (err == EK_OK) /* kept on: the next writing forgets it */
		(void)!store_former_set(store, NULL, NULL);
	return note(copy, err, &why, reterr_why);
}

static enum ek_err
seal_erased(const struct store *store, int64_t now_ms, struct buf *ret)
{
	unsigned char rid[EK_ID_LEN];
	struct record_build build;
	struct record *rec = NULL;
	struct buf head, plain;
	enum ek_err err;

	buf_init(&head, COPY_HEAD_LEN);
	buf_init(&plain, EK_COPY_PAD);
	seal_random(rid, sizeof(rid));
	record_begin(&build, REC_ERASED, rid, now_ms);
	err = record_end(&build, &rec);
	if (err == EK_OK)
		err = copy_put_record(&plain, rec);
	if (err == EK_OK) {
		copy_put_head(&head, store_key(store), now_ms, NULL);
		buf_add(ret, head.data, head.len);
		err = seal_copy(store_key(store), &head, &plain, ret);
	}
	record_free(rec);
	buf_done(&head);
	buf_done(&plain);
	return err;
}

/* What was set aside goes with the book. */
static void
remove_damaged(const struct copy *copy)
{
	char path[EK_PATH_MAX + 80];
	int number;

	for (number = 1; number < 10; number++) {
		snprintf(path, sizeof(path), "%s.damaged%d", copy->info.file,
		    number);
		unlink(path);
	}
}

/* The word to the other desks goes first: killed after it, this desk reads it
 * at its next start and ends the book as well. */
enum ek_err
copy_erase(struct copy *copy, struct store *store, int64_t now_ms,
    bool *ret_written, struct ek_why *reterr_why)
{
	bool written = false;
	char name[64] = "";
	struct buf bytes;
	enum ek_err err = EK_OK;
	int lock = -1;

	buf_init(&bytes, COPY_FILE_MAX);
	if (copy->info.place[0] != '\0' && store_key(store) != NULL) {
		/* the last word is written without it if need be */
		(void)take_lock(copy, book_key_id(store_key(store)), &lock);
		name_file(copy, book_key_id(store_key(store)), "copy", name,
		    sizeof(name));
		err = seal_erased(store, now_ms, &bytes);
		if (err == EK_OK)
			written = store_write_file(copy->info.place, name,
				      bytes.data, bytes.len, NULL) == EK_OK;
		remove_damaged(copy);
	}
	if (err == EK_OK)
		err = store_destroy(store, reterr_why);
	if (lock >= 0)
		close(lock);
	buf_done(&bytes);
	if (err != EK_OK)
		return err;
	if (written)
		copy->info.written_ms = now_ms;
	*ret_written = written;
	return EK_OK;
}
