/*
 * seal - libsodium for the daemon: rows, pending rows, copies, key wraps.
 *
 * Formats: PROTOCOL.md, "The protocol", book row and book key; the copy's
 * header is daemon/keeld/copy.c's and authenticated here.
 */
#include "base/seal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define NONCE_LEN crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_LEN   crypto_aead_xchacha20poly1305_ietf_ABYTES
#define ROW_AD    "EKR1"
#define DRAFT_AD  "EKD1"
#define ROW_MAX   (EK_PAYLOAD_MAX + EK_PAD)
#define DRAFT_MAX (EK_DRAFT_MAX + EK_PAD)
#define COPY_MAX  ((size_t)256 * 1024 * 1024)

enum subkey { SUB_PAIR = 1, SUB_COPY = 2, SUB_DRAWN = 3 };

struct book_key {
	unsigned char key[SEAL_KEY_LEN];
	unsigned char copy[SEAL_KEY_LEN];
	unsigned char drawn[SEAL_KEY_LEN];
	unsigned char sk[crypto_box_SECRETKEYBYTES];
	unsigned char pk[SEAL_PK_LEN];
	unsigned char id[EK_ID_LEN];
};

_Static_assert(
    SEAL_WRAP_LEN == NONCE_LEN + TAG_LEN + SEAL_KEY_LEN, "wrap length");
_Static_assert(SEAL_PK_LEN == crypto_box_PUBLICKEYBYTES, "public key length");

enum ek_err
seal_init(void)
{
	return sodium_init() < 0 ? EK_BUG : EK_OK;
}

void
seal_random(void *out, size_t len)
{
	randombytes_buf(out, len);
}

void
seal_wipe(void *data, size_t len)
{
	sodium_memzero(data, len);
}

enum ek_err
book_key_new(const unsigned char *book16, const unsigned char *key,
    struct book_key **ret)
{
	struct book_key *made = sodium_malloc(sizeof(*made));
	unsigned char seed[crypto_box_SEEDBYTES];

	if (made == NULL)
		return EK_NOMEM;
	memcpy(made->id, book16, EK_ID_LEN);
	if (key == NULL)
		randombytes_buf(made->key, sizeof(made->key));
	else
		memcpy(made->key, key, sizeof(made->key));
	crypto_kdf_derive_from_key(
	    seed, sizeof(seed), SUB_PAIR, "EKbook01", made->key);
	crypto_box_seed_keypair(made->pk, made->sk, seed);
	sodium_memzero(seed, sizeof(seed));
	crypto_kdf_derive_from_key(
	    made->copy, sizeof(made->copy), SUB_COPY, "EKbook01", made->key);
	crypto_kdf_derive_from_key(
	    made->drawn, sizeof(made->drawn), SUB_DRAWN, "EKbook01", made->key);
	sodium_mprotect_readonly(made);
	*ret = made;
	return EK_OK;
}

void
book_key_free(struct book_key *key)
{
	sodium_free(key); /* wipes */
}

const unsigned char *
book_key_id(const struct book_key *key)
{
	return key->id;
}

const unsigned char *
book_key_pk(const struct book_key *key)
{
	return key->pk;
}

const unsigned char *
book_key_bytes(const struct book_key *key)
{
	return key->key;
}

/* AEAD with a fresh nonce in front; out has room for NONCE + len + TAG. */
static void
encrypt(const unsigned char *key, const void *ad, size_t ad_len,
    const void *plain, size_t len, unsigned char *out)
{
	randombytes_buf(out, NONCE_LEN);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
	    out + NONCE_LEN, NULL, plain, len, ad, ad_len, NULL, out, key);
}

/* out has room for len - NONCE - TAG. */
static bool
decrypt(const unsigned char *key, const void *ad, size_t ad_len,
    const unsigned char *sealed, size_t len, unsigned char *out)
{
	if (len < NONCE_LEN + TAG_LEN)
		return false;
	return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL,
		   sealed + NONCE_LEN, len - NONCE_LEN, ad, ad_len, sealed,
		   key) == 0;
}

static size_t
wrap_ad(const unsigned char *book16, const char *what, unsigned char *out,
    size_t room)
{
	size_t len = strnlen(what, room - EK_ID_LEN - 4);

	memcpy(out, "EKW1", 4);
	memcpy(out + 4, book16, EK_ID_LEN);
	memcpy(out + 4 + EK_ID_LEN, what, len);
	return 4 + EK_ID_LEN + len;
}

void
seal_wrap(const struct book_key *key, const unsigned char *kek,
    const char *what, unsigned char *out)
{
	unsigned char ad[64];
	size_t ad_len = wrap_ad(key->id, what, ad, sizeof(ad));

	encrypt(kek, ad, ad_len, key->key, sizeof(key->key), out);
}

enum ek_err
seal_unwrap(const unsigned char *book16, const unsigned char *kek,
    const char *what, const unsigned char *wrap, struct book_key **ret)
{
	unsigned char ad[64], key[SEAL_KEY_LEN];
	size_t ad_len = wrap_ad(book16, what, ad, sizeof(ad));
	enum ek_err err = EK_WRONG_KEY;

	if (decrypt(kek, ad, ad_len, wrap, SEAL_WRAP_LEN, key))
		err = book_key_new(book16, key, ret);
	sodium_memzero(key, sizeof(key));
	return err;
}

/* Grows buf by the padding that brings it to whole steps. */
static enum ek_err
pad(struct buf *buf, size_t step)
{
	size_t fill = step - buf->len % step;
	char zeros[EK_PAD] = {0};

	buf_char(buf, (char)0x80); /* ISO/IEC 7816-4, as sodium_pad */
	for (fill--; fill > 0 && buf_err(buf) == EK_OK;) {
		size_t part = fill < sizeof(zeros) ? fill : sizeof(zeros);

		buf_add(buf, zeros, part);
		fill -= part;
	}
	return buf_err(buf);
}

static bool
unpadded(const unsigned char *bytes, size_t len, size_t step, size_t *ret)
{
	return len > 0 && len % step == 0 &&
	       sodium_unpad(ret, bytes, len, step) == 0;
}

static enum ek_err
padded_record(const struct record *rec, struct buf *ret)
{
	enum ek_err err = record_encode(rec, ret);

	return err == EK_OK ? pad(ret, EK_PAD) : err;
}

#define AD_LEN (4 + 2 * EK_ID_LEN)

static void
make_ad(const char *what, const unsigned char *book16, const unsigned char *rid,
    unsigned char *out)
{
	memcpy(out, what, 4);
	memcpy(out + 4, book16, EK_ID_LEN);
	memcpy(out + 4 + EK_ID_LEN, rid, EK_ID_LEN);
}

/* What was padded already. */
static enum ek_err
seal_padded(const struct book_key *key, const char *what,
    const unsigned char *rid, const struct buf *plain, struct buf *ret)
{
	size_t len = NONCE_LEN + plain->len + TAG_LEN;
	unsigned char *out = malloc(len), ad[AD_LEN];

	if (out == NULL)
		return EK_NOMEM;
	make_ad(what, key->id, rid, ad);
	encrypt(key->key, ad, sizeof(ad), plain->data, plain->len, out);
	buf_add(ret, out, len);
	free(out); /* ciphertext: nothing to wipe */
	return buf_err(ret);
}

enum ek_err
seal_row(const struct book_key *key, const struct record *rec, struct buf *ret)
{
	struct buf plain;
	enum ek_err err;

	buf_init(&plain, ROW_MAX);
	err = padded_record(rec, &plain);
	if (err == EK_OK)
		err = seal_padded(key, ROW_AD, rec->rid, &plain, ret);
	buf_done(&plain);
	return err;
}

static enum ek_err
record_of(const unsigned char *rid, const unsigned char *plain, size_t len,
    struct record **ret)
{
	size_t whole;

	if (!unpadded(plain, len, EK_PAD, &whole))
		return EK_CORRUPT;
	return record_decode(rid, plain, whole, ret);
}

/* The caller has looked at the length. */
static enum ek_err
open_padded(const struct book_key *key, const char *what,
    const unsigned char *rid, const void *blob, size_t len, struct buf *plain)
{
	unsigned char ad[AD_LEN];

	make_ad(what, key->id, rid, ad);
	buf_add(plain, blob, len - NONCE_LEN - TAG_LEN);
	if (buf_err(plain) == EK_OK && !decrypt(key->key, ad, sizeof(ad), blob,
					   len, (unsigned char *)plain->data))
		return EK_CORRUPT;
	return buf_err(plain);
}

enum ek_err
seal_open_row(const struct book_key *key, const unsigned char *rid,
    const void *blob, size_t len, struct record **ret)
{
	struct buf plain;
	enum ek_err err;

	if (len < NONCE_LEN + TAG_LEN + EK_PAD || len > ROW_MAX + 40)
		return EK_CORRUPT;
	buf_init(&plain, len);
	err = open_padded(key, ROW_AD, rid, blob, len, &plain);
	if (err == EK_OK)
		err =
		    record_of(rid, (unsigned char *)plain.data, plain.len, ret);
	buf_done(&plain);
	return err;
}

enum ek_err
seal_draft(const struct book_key *key, const unsigned char *rid,
    const struct buf *plain, struct buf *ret)
{
	struct buf padded;
	enum ek_err err;

	buf_init(&padded, DRAFT_MAX);
	buf_add(&padded, plain->data, plain->len);
	err = pad(&padded, EK_PAD);
	if (err == EK_OK)
		err = seal_padded(key, DRAFT_AD, rid, &padded, ret);
	buf_done(&padded);
	return err;
}

enum ek_err
seal_open_draft(const struct book_key *key, const unsigned char *rid,
    const void *blob, size_t len, struct buf *ret)
{
	struct buf plain;
	size_t whole;
	enum ek_err err;

	if (len < NONCE_LEN + TAG_LEN + EK_PAD || len > DRAFT_MAX + 40)
		return EK_CORRUPT;
	buf_init(&plain, len);
	err = open_padded(key, DRAFT_AD, rid, blob, len, &plain);
	if (err == EK_OK &&
	    !unpadded((unsigned char *)plain.data, plain.len, EK_PAD, &whole))
		err = EK_CORRUPT;
	if (err == EK_OK) {
		buf_add(ret, plain.data, whole);
		err = buf_err(ret);
	}
	buf_done(&plain);
	return err;
}

enum ek_err
seal_pending(const unsigned char *pk, const struct record *rec, struct buf *ret)
{
	unsigned char *out = NULL;
	struct buf plain;
	enum ek_err err;

	buf_init(&plain, ROW_MAX + EK_ID_LEN);
	buf_add(&plain, rec->rid, EK_ID_LEN);
	err = record_encode(rec, &plain);
	if (err == EK_OK)
		err = pad(&plain, EK_PAD);
	if (err != EK_OK)
		goto out;
	err = EK_NOMEM;
	out = malloc(plain.len + crypto_box_SEALBYTES);
	if (out == NULL)
		goto out;
	err = EK_CORRUPT; /* pk comes from the book's file */
	if (crypto_box_seal(out, (unsigned char *)plain.data, plain.len, pk) !=
	    0)
		goto out;
	buf_add(ret, out, plain.len + crypto_box_SEALBYTES);
	err = buf_err(ret);
out:
	free(out); /* ciphertext: nothing to wipe */
	buf_done(&plain);
	return err;
}

enum ek_err
seal_open_pending(const struct book_key *key, const unsigned char *rid,
    const void *blob, size_t len, struct record **ret)
{
	unsigned char *plain;
	size_t plain_len, whole;
	enum ek_err err = EK_CORRUPT;

	if (len < crypto_box_SEALBYTES + EK_PAD || len > ROW_MAX + EK_PAD)
		return EK_CORRUPT;
	plain_len = len - crypto_box_SEALBYTES;
	plain = sodium_malloc(plain_len);
	if (plain == NULL)
		return EK_NOMEM;
	if (crypto_box_seal_open(plain, blob, len, key->pk, key->sk) == 0 &&
	    unpadded(plain, plain_len, EK_PAD, &whole) && whole > EK_ID_LEN &&
	    memcmp(plain, rid, EK_ID_LEN) == 0)
		err = record_decode(
		    rid, plain + EK_ID_LEN, whole - EK_ID_LEN, ret);
	sodium_free(plain);
	return err;
}

enum ek_err
seal_copy(const struct book_key *key, const struct buf *ad,
    const struct buf *plain, struct buf *ret)
{
	unsigned char *out = NULL;
	struct buf padded;
	size_t len;
	enum ek_err err;

	buf_init(&padded, COPY_MAX);
	buf_add(&padded, plain->data, plain->len);
	err = pad(&padded, EK_COPY_PAD);
	if (err != EK_OK)
		goto out;
	len = NONCE_LEN + padded.len + TAG_LEN;
	out = malloc(len);
	err = EK_NOMEM;
	if (out == NULL)
		goto out;
	encrypt(key->copy, ad->data, ad->len, padded.data, padded.len, out);
	buf_add(ret, out, len);
	err = buf_err(ret);
out:
	free(out); /* ciphertext: nothing to wipe */
	buf_done(&padded);
	return err;
}

enum ek_err
seal_open_copy(const struct book_key *key, const void *ad, size_t ad_len,
    const void *sealed, size_t len, struct buf *ret)
{
	unsigned char *plain;
	size_t plain_len, whole;
	enum ek_err err = EK_CORRUPT;

	if (len < NONCE_LEN + TAG_LEN + EK_COPY_PAD || len > COPY_MAX)
		return EK_CORRUPT;
	plain_len = len - NONCE_LEN - TAG_LEN;
	plain = malloc(plain_len);
	if (plain == NULL)
		return EK_NOMEM;
	if (decrypt(key->copy, ad, ad_len, sealed, len, plain) &&
	    unpadded(plain, plain_len, EK_COPY_PAD, &whole)) {
		buf_add(ret, plain, whole);
		err = buf_err(ret);
	}
	sodium_memzero(plain, plain_len);
	free(plain);
	return err;
}

void
seal_derive_rid(const void *key, size_t len, unsigned index, unsigned char *rid)
{
	unsigned char input[68] = {0};
	size_t used = len < 64 ? len : 64;

	input[0] = (unsigned char)(index >> 24);
	input[1] = (unsigned char)(index >> 16);
	input[2] = (unsigned char)(index >> 8);
	input[3] = (unsigned char)index;
	memcpy(input + 4, key, used);
	crypto_generichash(rid, EK_ID_LEN, input, 4 + used,
	    (const unsigned char *)"evenkeel record id", 18);
}

void
seal_key_check(const struct book_key *key, unsigned char *out)
{
	crypto_generichash(out, SEAL_CHECK_LEN,
	    (const unsigned char *)"key check", 9, key->copy,
	    sizeof(key->copy));
}

struct seal_secret {
	unsigned char key[crypto_generichash_KEYBYTES];
};

enum ek_err
seal_secret_new(struct seal_secret **ret)
{
	struct seal_secret *made = sodium_malloc(sizeof(*made));

	if (made == NULL)
		return EK_NOMEM;
	randombytes_buf(made->key, sizeof(made->key));
	sodium_mprotect_readonly(made);
	*ret = made;
	return EK_OK;
}

void
seal_secret_free(struct seal_secret *secret)
{
	sodium_free(secret); /* wipes */
}

void
seal_secret_tag(const struct seal_secret *secret, const void *head,
    size_t head_len, const void *text, size_t len, unsigned char *out)
{
	crypto_generichash_state state;

	crypto_generichash_init(
	    &state, secret->key, sizeof(secret->key), EK_ID_LEN);
	crypto_generichash_update(&state, head, head_len);
	crypto_generichash_update(&state, text, len);
	crypto_generichash_final(&state, out, EK_ID_LEN);
	sodium_memzero(&state, sizeof(state));
}

uint32_t
seal_drawn(const struct book_key *key, const char *purpose, int64_t day,
    uint32_t below)
{
	unsigned char input[40] = {0};
	uint64_t drawn;
	int i;

	for (i = 0; i < 8; i++)
		input[i] = (unsigned char)((uint64_t)day >> (8 * i));
	memcpy(input + 8, purpose, strnlen(purpose, sizeof(input) - 8));
	crypto_generichash((unsigned char *)&drawn, sizeof(drawn), input,
	    sizeof(input), key->drawn, sizeof(key->drawn));
	return (uint32_t)(drawn % below);
}
