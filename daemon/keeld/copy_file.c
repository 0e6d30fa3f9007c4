/*
 * copy_file - the sealed copy's bytes: header, body, records.
 */
#include "keeld/copy_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORDS_AT 20 /* rid, length */

bool
copy_head_read(const unsigned char *bytes, size_t len, struct copy_head *ret)
{
	uint64_t made = 0;
	int i;

	if (len < COPY_HEAD_LEN || memcmp(bytes, COPY_MAGIC, 4) != 0)
		return false;
	memcpy(ret->book16, bytes + 4, EK_ID_LEN);
	memcpy(ret->check, bytes + 20, SEAL_CHECK_LEN);
	for (i = 0; i < 8; i++)
		made = made << 8 | bytes[36 + i];
	ret->made_ms = (int64_t)made;
	memcpy(ret->wraps, bytes + 44, STORE_WRAPS_LEN);
	return true;
}

enum ek_err
copy_read_whole(const char *path, struct buf *ret, struct ek_why *why)
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

void
copy_taking_done(struct copy_taking *taking)
{
	size_t i;

	for (i = 0; i < taking->count; i++)
		record_free(taking->recs[i]);
	free(taking->recs);
	memset(taking, 0, sizeof(*taking));
}

static enum ek_err
taking_add(struct copy_taking *taking, struct record *rec_take)
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
split_records(const struct buf *plain, struct copy_taking *ret)
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

bool
copy_says_erased(const struct copy_taking *taking)
{
	size_t i;

	for (i = 0; i < taking->count; i++)
		if (taking->recs[i]->kind == REC_ERASED)
			return true;
	return false;
}

enum ek_err
copy_open_body(
    const struct buf *file, const struct book_key *key, struct copy_taking *ret)
{
	struct buf plain;
	enum ek_err err;

	buf_init(&plain, COPY_PLAIN_MAX);
	err = seal_open_copy(key, file->data, COPY_HEAD_LEN,
	    file->data + COPY_HEAD_LEN, file->len - COPY_HEAD_LEN, &plain);
	if (err == EK_OK)
		err = split_records(&plain, ret);
	buf_done(&plain);
	return err;
}

void
copy_put_head(struct buf *head, const struct book_key *key, int64_t now_ms,
    const struct buf *wraps)
{
	unsigned char check[SEAL_CHECK_LEN];
	static const char none[STORE_WRAPS_LEN];

	seal_key_check(key, check);
	buf_add(head, COPY_MAGIC, 4);
	buf_add(head, book_key_id(key), EK_ID_LEN);
	buf_add(head, check, sizeof(check));
	buf_u64(head, (uint64_t)now_ms);
	buf_add(head, wraps == NULL ? none : wraps->data, STORE_WRAPS_LEN);
}

enum ek_err
copy_put_record(struct buf *plain, const struct record *rec)
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
