/*
 * test_seal - no memory at each step of sealing and opening, and everything
 * that does not open: cut, forged, moved, badly padded, sealed by another key.
 */
#include "trial.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/seal.h"

#define NONCE 24
#define TAG   16

static const unsigned char book16[EK_ID_LEN] = {9, 9, 9};
static const unsigned char rid[EK_ID_LEN] = {1, 2, 3};
static const unsigned char other_rid[EK_ID_LEN] = {1, 2, 4};
static const unsigned char key32[SEAL_KEY_LEN] = {5, 5, 5};
static const unsigned char kek[32] = {7, 7};
static const unsigned char other_kek[32] = {7, 8};

struct sealed {
	struct book_key *key;
	struct record *rec;
	struct buf plain, ad, row, draft, pending, copy;
	unsigned char wrap[SEAL_WRAP_LEN];
};

static struct record *
ask(size_t len)
{
	struct record_build build;
	struct record *rec = NULL;
	char text[EK_ASK_MAX];

	assert_true(len <= sizeof(text));
	memset(text, 'q', sizeof(text));
	record_begin(&build, REC_ASK, rid, 1);
	record_put_text(&build, ASK_TEXT, text, len);
	assert_ok(record_end(&build, &rec));
	return rec;
}

static void
sealed_init(struct sealed *sealed)
{
	assert_ok(seal_init());
	memset(sealed, 0, sizeof(*sealed));
	buf_init(&sealed->plain, 1 << 20);
	buf_init(&sealed->ad, 64);
	buf_init(&sealed->row, 1 << 20);
	buf_init(&sealed->draft, 1 << 20);
	buf_init(&sealed->pending, 1 << 20);
	buf_init(&sealed->copy, 1 << 20);
	buf_str(&sealed->plain, "what a copy holds");
	buf_str(&sealed->ad, "its head");
	assert_ok(book_key_new(book16, key32, &sealed->key));
	sealed->rec = ask(20);
	assert_ok(seal_row(sealed->key, sealed->rec, &sealed->row));
	assert_ok(seal_draft(sealed->key, rid, &sealed->plain, &sealed->draft));
	assert_ok(seal_pending(
	    book_key_pk(sealed->key), sealed->rec, &sealed->pending));
	assert_ok(
	    seal_copy(sealed->key, &sealed->ad, &sealed->plain, &sealed->copy));
	seal_wrap(sealed->key, kek, "phrase", sealed->wrap);
}

static void
sealed_done(struct sealed *sealed)
{
	book_key_free(sealed->key);
	record_free(sealed->rec);
	buf_done(&sealed->plain);
	buf_done(&sealed->ad);
	buf_done(&sealed->row);
	buf_done(&sealed->draft);
	buf_done(&sealed->pending);
	buf_done(&sealed->copy);
}

/* --- memory --- */

static enum ek_err
act_key(void *arg)
{
	struct book_key *key = NULL;
	enum ek_err err = book_key_new(book16, arg, &key);

	assert_true((err == EK_OK) == (key != NULL));
	book_key_free(key);
	return err;
}

static enum ek_err
act_unwrap(void *arg)
{
	struct sealed *sealed = arg;
	struct book_key *key = NULL;
	enum ek_err err =
	    seal_unwrap(book16, kek, "phrase", sealed->wrap, &key);

	assert_true((err == EK_OK) == (key != NULL));
	if (err == EK_OK)
		assert_memory_equal(book_key_bytes(key), key32, sizeof(key32));
	book_key_free(key);
	return err;
}

static enum ek_err
act_row(void *arg)
{
	struct sealed *sealed = arg;
	struct buf row;
	enum ek_err err;

	buf_init(&row, 1 << 20);
	err = seal_row(sealed->key, sealed->rec, &row);
	assert_true(err == EK_OK ? row.len == sealed->row.len : row.len == 0);
	buf_done(&row);
	return err;
}

static enum ek_err
act_open_row(void *arg)
{
	struct sealed *sealed = arg;
	struct record *rec = NULL;
	enum ek_err err = seal_open_row(
	    sealed->key, rid, sealed->row.data, sealed->row.len, &rec);

	assert_true(err == EK_OK ? record_same(rec, sealed->rec) : rec == NULL);
	record_free(rec);
	return err;
}

static enum ek_err
act_draft(void *arg)
{
	struct sealed *sealed = arg;
	struct buf draft;
	enum ek_err err;

	buf_init(&draft, 1 << 20);
	err = seal_draft(sealed->key, rid, &sealed->plain, &draft);
	assert_true(
	    err == EK_OK ? draft.len == sealed->draft.len : draft.len == 0);
	buf_done(&draft);
	return err;
}

static enum ek_err
act_open_draft(void *arg)
{
	struct sealed *sealed = arg;
	struct buf plain;
	enum ek_err err;

	buf_init(&plain, 1 << 20);
	err = seal_open_draft(
	    sealed->key, rid, sealed->draft.data, sealed->draft.len, &plain);
	if (err == EK_OK)
		assert_string_equal(buf_text(&plain), buf_text(&sealed->plain));
	else
		assert_int_equal(plain.len, 0);
	buf_done(&plain);
	return err;
}

static enum ek_err
act_pending(void *arg)
{
	struct sealed *sealed = arg;
	struct buf row;
	enum ek_err err;

	buf_init(&row, 1 << 20);
	err = seal_pending(book_key_pk(sealed->key), sealed->rec, &row);
	assert_true(err == EK_OK ? row.len > 0 : row.len == 0);
	buf_done(&row);
	return err;
}

static enum ek_err
act_open_pending(void *arg)
{
	struct sealed *sealed = arg;
	struct record *rec = NULL;
	enum ek_err err = seal_open_pending(
	    sealed->key, rid, sealed->pending.data, sealed->pending.len, &rec);

	assert_true(err == EK_OK ? record_same(rec, sealed->rec) : rec == NULL);
	record_free(rec);
	return err;
}

static enum ek_err
act_copy(void *arg)
{
	struct sealed *sealed = arg;
	struct buf copy;
	enum ek_err err;

	buf_init(&copy, 1 << 20);
	err = seal_copy(sealed->key, &sealed->ad, &sealed->plain, &copy);
	assert_true(err == EK_OK ? copy.len > 0 : copy.len == 0);
	buf_done(&copy);
	return err;
}

static enum ek_err
act_open_copy(void *arg)
{
	struct sealed *sealed = arg;
	struct buf plain;
	enum ek_err err;

	buf_init(&plain, 1 << 20);
	err = seal_open_copy(sealed->key, sealed->ad.data, sealed->ad.len,
	    sealed->copy.data, sealed->copy.len, &plain);
	if (err == EK_OK)
		assert_string_equal(buf_text(&plain), buf_text(&sealed->plain));
	else
		assert_int_equal(plain.len, 0);
	buf_done(&plain);
	return err;
}

static enum ek_err
act_secret(void *arg)
{
	unsigned char a[EK_ID_LEN], b[EK_ID_LEN];
	struct seal_secret *secret = NULL;
	enum ek_err err = seal_secret_new(&secret);

	(void)arg;
	assert_true((err == EK_OK) == (secret != NULL));
	if (err == EK_OK) {
		seal_secret_tag(secret, "head", 4, "text", 4, a);
		seal_secret_tag(secret, "head", 4, "text", 4, b);
		assert_memory_equal(a, b, EK_ID_LEN);
		seal_secret_tag(secret, "head", 4, "tex_", 4, b);
		assert_memory_not_equal(a, b, EK_ID_LEN);
	}
	seal_secret_free(secret);
	return err;
}

static void
test_no_memory(void **state)
{
	struct sealed sealed;

	(void)state;
	sealed_init(&sealed);
	each_allocation(act_key, NULL);
	each_allocation(act_key, (void *)(uintptr_t)key32);
	each_allocation(act_secret, NULL);
	each_allocation(act_unwrap, &sealed);
	each_allocation(act_row, &sealed);
	each_allocation(act_open_row, &sealed);
	each_allocation(act_draft, &sealed);
	each_allocation(act_open_draft, &sealed);
	each_allocation(act_pending, &sealed);
	each_allocation(act_open_pending, &sealed);
	each_allocation(act_copy, &sealed);
	each_allocation(act_open_copy, &sealed);
	sealed_done(&sealed);
}

static void
test_no_randomness(void **state)
{
	struct inject_plan plan = {INJECT_MEMORY, 0, 1, false, "sodium_init"};

	(void)state;
	inject_arm(&plan);
	assert_int_equal(seal_init(), EK_BUG);
	assert_int_equal(inject_disarm(), 1);
	assert_ok(seal_init());
}

/* --- what does not open --- */

static void
no_row(const struct sealed *sealed, const unsigned char *id, const void *bytes,
    size_t len)
{
	struct record *rec = NULL;

	assert_int_equal(
	    seal_open_row(sealed->key, id, bytes, len, &rec), EK_CORRUPT);
	assert_null(rec);
}

/* These bytes, sealed as keeld would seal a row or a draft. */
static size_t
seal_plain(const char *what, const unsigned char *plain, size_t len,
    unsigned char *out)
{
	unsigned char ad[4 + 2 * EK_ID_LEN];

	memcpy(ad, what, 4);
	memcpy(ad + 4, book16, EK_ID_LEN);
	memcpy(ad + 4 + EK_ID_LEN, rid, EK_ID_LEN);
	assert_true(len <= 1024);
	randombytes_buf(out, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
	    out + NONCE, NULL, plain, len, ad, sizeof(ad), NULL, out, key32);
	return NONCE + len + TAG;
}

static void
no_plain_row(
    const struct sealed *sealed, const unsigned char *plain, size_t len)
{
	unsigned char out[NONCE + 1024 + TAG];

	no_row(sealed, rid, out, seal_plain("EKR1", plain, len, out));
}

static void
test_rows(void **state)
{
	unsigned char plain[1024] = {0};
	struct sealed sealed;
	struct buf *row = &sealed.row;
	size_t i;

	(void)state;
	sealed_init(&sealed);
	for (i = 0; i < row->len; i++) {
		row->data[i] ^= 1;
		no_row(&sealed, rid, row->data, row->len);
		row->data[i] ^= 1;
		no_row(&sealed, rid, row->data, i);
	}
	no_row(&sealed, other_rid, row->data, row->len);
	no_row(&sealed, rid, row->data, EK_PAYLOAD_MAX + EK_PAD + 41);
	no_plain_row(&sealed, plain, 512); /* no end of the padding */
	no_plain_row(&sealed, plain, 300); /* not whole steps */
	plain[255] = 0x80;                 /* of kind 0 */
	no_plain_row(&sealed, plain, 256);
	sealed_done(&sealed);
}

static void
no_draft(const struct sealed *sealed, const unsigned char *id,
    const void *bytes, size_t len)
{
	struct buf plain;

	buf_init(&plain, 1 << 20);
	assert_int_equal(
	    seal_open_draft(sealed->key, id, bytes, len, &plain), EK_CORRUPT);
	assert_int_equal(plain.len, 0);
	buf_done(&plain);
}

/* A draft opens at its own place only, and is no row; nor the other way. */
static void
test_drafts(void **state)
{
	unsigned char plain[1024] = {0}, out[NONCE + 1024 + TAG];
	struct sealed sealed;
	struct buf *draft = &sealed.draft, none, big;
	size_t i;

	(void)state;
	sealed_init(&sealed);
	for (i = 0; i < draft->len; i++) {
		draft->data[i] ^= 1;
		no_draft(&sealed, rid, draft->data, draft->len);
		draft->data[i] ^= 1;
		no_draft(&sealed, rid, draft->data, i);
	}
	no_draft(&sealed, other_rid, draft->data, draft->len);
	no_draft(&sealed, rid, draft->data, EK_DRAFT_MAX + EK_PAD + 41);
	no_draft(&sealed, rid, sealed.row.data, sealed.row.len);
	no_row(&sealed, rid, draft->data, draft->len);
	no_draft(&sealed, rid, out, seal_plain("EKD1", plain, 512, out));
	no_draft(&sealed, rid, out, seal_plain("EKD1", plain, 300, out));
	/* larger than a draft may be: refused before a byte is read */
	big = sealed.plain;
	big.len = EK_DRAFT_MAX + EK_PAD + 1;
	buf_init(&none, 1 << 21);
	assert_int_equal(
	    seal_draft(sealed.key, rid, &big, &none), EK_TOO_LARGE);
	assert_int_equal(none.len, 0);
	buf_done(&none);
	sealed_done(&sealed);
}

static void
no_pending(const struct sealed *sealed, const unsigned char *id,
    const void *bytes, size_t len)
{
	struct record *rec = NULL;

	assert_int_equal(
	    seal_open_pending(sealed->key, id, bytes, len, &rec), EK_CORRUPT);
	assert_null(rec);
}

/* Anybody who has the public key can make these. */
static void
no_plain_pending(
    const struct sealed *sealed, const unsigned char *plain, size_t len)
{
	unsigned char out[1024 + crypto_box_SEALBYTES];

	assert_true(len <= 1024);
	assert_int_equal(
	    crypto_box_seal(out, plain, len, book_key_pk(sealed->key)), 0);
	no_pending(sealed, rid, out, len + crypto_box_SEALBYTES);
}

static void
test_pending(void **state)
{
	unsigned char plain[1024] = {0}, no_key[SEAL_PK_LEN] = {0};
	struct sealed sealed;
	struct buf *row = &sealed.pending;
	struct buf out;
	size_t i;

	(void)state;
	sealed_init(&sealed);
	for (i = 0; i < row->len; i++) {
		row->data[i] ^= 1;
		no_pending(&sealed, rid, row->data, row->len);
		row->data[i] ^= 1;
		no_pending(&sealed, rid, row->data, i);
	}
	no_pending(&sealed, other_rid, row->data, row->len);
	no_pending(&sealed, rid, row->data, EK_PAYLOAD_MAX + 2 * EK_PAD + 1);
	memcpy(plain, rid, sizeof(rid));
	no_plain_pending(&sealed, plain, 512);
	no_plain_pending(&sealed, plain, 300);
	plain[EK_ID_LEN] = 0x80; /* the id and nothing more */
	no_plain_pending(&sealed, plain, 256);
	plain[EK_ID_LEN] = 0;
	plain[255] = 0x80;
	no_plain_pending(&sealed, plain, 256);
	/* a point that is no public key */
	buf_init(&out, 1 << 20);
	assert_int_equal(seal_pending(no_key, sealed.rec, &out), EK_CORRUPT);
	assert_int_equal(out.len, 0);
	buf_done(&out);
	sealed_done(&sealed);
}

static void
no_copy(
    const struct sealed *sealed, const char *ad, const void *bytes, size_t len)
{
	struct buf plain;

	buf_init(&plain, 1 << 20);
	assert_int_equal(
	    seal_open_copy(sealed->key, ad, strlen(ad), bytes, len, &plain),
	    EK_CORRUPT);
	assert_int_equal(plain.len, 0);
	buf_done(&plain);
}

static void
test_copies(void **state)
{
	unsigned char *out = calloc(1, NONCE + EK_COPY_PAD + 1 + TAG);
	unsigned char sub[SEAL_KEY_LEN];
	struct sealed sealed;
	struct buf *copy = &sealed.copy, big, none;
	size_t i, len;

	(void)state;
	sealed_init(&sealed);
	assert_non_null(out);
	for (i = 0; i < copy->len; i += 4095) {
		copy->data[i] ^= 1;
		no_copy(&sealed, "its head", copy->data, copy->len);
		copy->data[i] ^= 1;
		no_copy(&sealed, "its head", copy->data, i);
	}
	no_copy(&sealed, "a head", copy->data, copy->len);
	no_copy(&sealed, "its head", copy->data, ((size_t)256 << 20) + 1);
	crypto_kdf_derive_from_key(sub, sizeof(sub), 2, "EKbook01", key32);
	for (len = EK_COPY_PAD; len <= EK_COPY_PAD + 1; len++) {
		crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, NULL,
		    out + NONCE, len, NULL, 0, NULL, out, sub);
		no_copy(&sealed, "", out, NONCE + len + TAG);
		memset(out, 0, NONCE + len + TAG);
	}
	/* larger than a copy may be: refused before a byte is read */
	big = sealed.plain;
	big.len = ((size_t)256 << 20) + 1;
	buf_init(&none, 1 << 20);
	assert_int_equal(
	    seal_copy(sealed.key, &sealed.ad, &big, &none), EK_TOO_LARGE);
	assert_int_equal(none.len, 0);
	free(out);
	sealed_done(&sealed);
}

static void
test_wraps(void **state)
{
	struct sealed sealed;
	struct book_key *key = NULL;
	size_t i;

	(void)state;
	sealed_init(&sealed);
	assert_int_equal(
	    seal_unwrap(book16, other_kek, "phrase", sealed.wrap, &key),
	    EK_WRONG_KEY);
	assert_int_equal(
	    seal_unwrap(rid, kek, "phrase", sealed.wrap, &key), EK_WRONG_KEY);
	assert_int_equal(
	    seal_unwrap(book16, kek, "passphrase", sealed.wrap, &key),
	    EK_WRONG_KEY);
	for (i = 0; i < SEAL_WRAP_LEN; i++) {
		sealed.wrap[i] ^= 1;
		assert_int_equal(
		    seal_unwrap(book16, kek, "phrase", sealed.wrap, &key),
		    EK_WRONG_KEY);
		sealed.wrap[i] ^= 1;
	}
	assert_null(key);
	sealed_done(&sealed);
}

/* Every length of a record around whole steps reads back the same. */
static void
test_every_padding(void **state)
{
	struct sealed sealed;
	struct record *rec, *back;
	struct buf row;
	size_t len;

	(void)state;
	sealed_init(&sealed);
	buf_init(&row, 1 << 20);
	for (len = 1; len <= EK_ASK_MAX; len++) {
		rec = ask(len);
		buf_clear(&row);
		assert_ok(seal_row(sealed.key, rec, &row));
		assert_int_equal((row.len - NONCE - TAG) % EK_PAD, 0);
		assert_ok(
		    seal_open_row(sealed.key, rid, row.data, row.len, &back));
		assert_true(record_same(rec, back));
		record_free(back);
		record_free(rec);
	}
	buf_done(&row);
	sealed_done(&sealed);
}

static void
test_drawn(void **state)
{
	unsigned char a[EK_ID_LEN], b[EK_ID_LEN], check[SEAL_CHECK_LEN];
	unsigned char long_key[80] = {1};
	struct sealed sealed;
	int64_t day;

	(void)state;
	sealed_init(&sealed);
	for (day = 0; day < 100; day++)
		assert_true(
		    seal_drawn(sealed.key, "copy minute", day, 60) < 60);
	assert_true(seal_drawn(sealed.key, "a purpose longer than forty bytes",
			7, 60) < 60);
	seal_derive_rid(long_key, 64, 1, a);
	seal_derive_rid(long_key, 80, 1, b); /* 64 bytes of it count */
	assert_memory_equal(a, b, EK_ID_LEN);
	seal_derive_rid(long_key, 64, 2, b);
	assert_memory_not_equal(a, b, EK_ID_LEN);
	seal_random(a, sizeof(a));
	seal_random(b, sizeof(b));
	assert_memory_not_equal(a, b, EK_ID_LEN);
	seal_key_check(sealed.key, check);
	assert_memory_not_equal(check, key32, SEAL_CHECK_LEN);
	assert_memory_equal(book_key_id(sealed.key), book16, EK_ID_LEN);
	seal_wipe(a, sizeof(a));
	assert_int_equal(a[0], 0);
	sealed_done(&sealed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_randomness),
	    cmocka_unit_test(test_no_memory),
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_drafts),
	    cmocka_unit_test(test_pending),
	    cmocka_unit_test(test_copies),
	    cmocka_unit_test(test_wraps),
	    cmocka_unit_test(test_every_padding),
	    cmocka_unit_test(test_drawn),
	};

	inject_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
