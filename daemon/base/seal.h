/*
 * seal - the only daemon file that sees libsodium: sealing, keys, randomness.
 *
 * Keys live in sodium_malloc memory behind struct book_key.
 */
#ifndef EVENKEEL_BASE_SEAL_H
#define EVENKEEL_BASE_SEAL_H

#include "evenkeel/buf.h"
#include "evenkeel/err.h"
#include "evenkeel/limits.h"
#include "evenkeel/record.h"

#define SEAL_KEY_LEN   32
#define SEAL_PK_LEN    32
#define SEAL_CHECK_LEN 16 /* tells one book key from another */
#define SEAL_WRAP_LEN  (24 + 16 + SEAL_KEY_LEN) /* nonce, tag, key */

struct book_key; /* the book key, its id, and the key pair drawn from it */

enum ek_err seal_init(void) EK_MUST_USE; /* once, before anything else */
void seal_random(void *out, size_t len);
void seal_wipe(void *data, size_t len);

/* A new random book key, or the one in `key` (32 bytes; copied). */
enum ek_err book_key_new(const unsigned char *book16, const unsigned char *key,
    struct book_key **ret) EK_MUST_USE;
void book_key_free(struct book_key *key);
const unsigned char *book_key_id(const struct book_key *key); /* book16 */
const unsigned char *book_key_pk(const struct book_key *key);
const unsigned char *book_key_bytes(const struct book_key *key); /* for wraps */

/* kek is 32 bytes from the keyring, Argon2id or the key file; the wrap is
 * bound to book16 and to what ("phrase", "keyring", …). */
void seal_wrap(const struct book_key *key, const unsigned char *kek,
    const char *what, unsigned char *out /* SEAL_WRAP_LEN */);
/* EK_WRONG_KEY when kek does not open it. */
enum ek_err seal_unwrap(const unsigned char *book16, const unsigned char *kek,
    const char *what, const unsigned char *wrap,
    struct book_key **ret) EK_MUST_USE;

/* Row = nonce24 ‖ XChaCha20-Poly1305(pad256(encoded); AD "EKR1"‖book16‖rid)
 * (PROTOCOL.md).  open: EK_CORRUPT when forged, moved or torn. */
enum ek_err seal_row(const struct book_key *key, const struct record *rec,
    struct buf *ret) EK_MUST_USE;
enum ek_err seal_open_row(const struct book_key *key, const unsigned char *rid,
    const void *blob, size_t len, struct record **ret) EK_MUST_USE;
/* Rows added while locked: crypto_box_seal to the book's public key, padded
 * the same; rid is inside.  EK_CORRUPT when pk is no public key. */
enum ek_err seal_pending(const unsigned char *pk, const struct record *rec,
    struct buf *ret) EK_MUST_USE;
enum ek_err seal_open_pending(const struct book_key *key,
    const unsigned char *rid, const void *blob, size_t len,
    struct record **ret) EK_MUST_USE;

/* A draft: bytes of keeld's own, sealed and padded as a row is, but under
 * another AD ("EKD1"), so that neither passes for the other. */
enum ek_err seal_draft(const struct book_key *key, const unsigned char *rid,
    const struct buf *plain, struct buf *ret) EK_MUST_USE;
enum ek_err seal_open_draft(const struct book_key *key,
    const unsigned char *rid, const void *blob, size_t len,
    struct buf *ret) EK_MUST_USE;

/* The whole of a copy's body: nonce24 ‖ ciphertext of pad65536(plain), under
 * a subkey of its own, with ad authenticated. */
enum ek_err seal_copy(const struct book_key *key, const struct buf *ad,
    const struct buf *plain, struct buf *ret) EK_MUST_USE;
enum ek_err seal_open_copy(const struct book_key *key, const void *ad,
    size_t ad_len, const void *sealed, size_t len, struct buf *ret) EK_MUST_USE;

/* Says which book key sealed a copy, and nothing else of it; out has room for
 * SEAL_CHECK_LEN. */
void seal_key_check(const struct book_key *key, unsigned char *out);

/* 16 bytes from a key of 16..64 bytes and an index: record ids of one
 * idempotent request. */
void seal_derive_rid(
    const void *key, size_t len, unsigned index, unsigned char *rid);
/* A random secret of this run, and hashes of 16 bytes under it. */
struct seal_secret;
enum ek_err seal_secret_new(struct seal_secret **ret) EK_MUST_USE;
void seal_secret_free(struct seal_secret *secret);
void seal_secret_tag(const struct seal_secret *secret, const void *head,
    size_t head_len, const void *text, size_t len, unsigned char *out);

/* A number in 0..below-1 drawn from the book key, a purpose and a day: stable
 * for that book and day. */
uint32_t seal_drawn(const struct book_key *key, const char *purpose,
    int64_t day, uint32_t below);

#endif
