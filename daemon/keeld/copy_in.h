/*
 * copy_in - the copy's file format, shared by the copy's own files only.
 */
#ifndef KEELD_COPY_IN_H
#define KEELD_COPY_IN_H

#include "base/seal.h"
#include "keeld/copy.h"

#define COPY_MAGIC     "EKS1"
#define COPY_HEAD_LEN  (4 + EK_ID_LEN + SEAL_CHECK_LEN + 8 + STORE_WRAPS_LEN)
#define COPY_PLAIN_MAX ((size_t)200 * 1024 * 1024)
#define COPY_FILE_MAX  (COPY_PLAIN_MAX + 1024 * 1024)

struct copy_head {
	unsigned char book16[EK_ID_LEN];
	unsigned char check[SEAL_CHECK_LEN];
	int64_t made_ms;
	unsigned char wraps[STORE_WRAPS_LEN];
};

struct copy_taking {
	struct record **recs;
	size_t count, cap;
	bool former; /* sealed with the key before the book's */
};

bool copy_head_read(
    const unsigned char *bytes, size_t len, struct copy_head *ret);
/* EK_NOT_FOUND, EK_IO, EK_TOO_LARGE. */
enum ek_err copy_read_whole(
    const char *path, struct buf *ret, struct ek_why *why);
/* The records of a whole file; EK_CORRUPT.  ret is the caller's to end, also
 * on failure. */
enum ek_err copy_open_body(const struct buf *file, const struct book_key *key,
    struct copy_taking *ret);
void copy_taking_done(struct copy_taking *taking);
bool copy_says_erased(const struct copy_taking *taking);
/* wraps NULL: none. */
void copy_put_head(struct buf *head, const struct book_key *key, int64_t now_ms,
    const struct buf *wraps);
enum ek_err copy_put_record(struct buf *plain, const struct record *rec);

#endif
