/*
 * phrase - the eight-word recovery phrase, and keys from words by Argon2id.
 *
 * The only CLI file with sodium.h.  Words and keys lie in wiped memory and go
 * to keeld by the socket, never to arguments, environment or files.
 */
#ifndef EVENKEEL_CLI_PHRASE_H
#define EVENKEEL_CLI_PHRASE_H

#include <stdint.h>

#include "evenkeel/buf.h"
#include "evenkeel/err.h"

#define PHRASE_WORDS       8
#define PHRASE_LIST        2048 /* 8 x 11 = 88 bits */
#define PHRASE_MAX         256  /* bytes of a typed phrase */
#define PHRASE_KEK_LEN     32
#define PHRASE_SALT_LEN    16
#define PHRASE_OPS         3
#define PHRASE_MEM_KIB     65536
#define PHRASE_OPS_MAX     16
#define PHRASE_MEM_KIB_MAX 1048576
#define PHRASE_PASS_MIN    8 /* bytes of a passphrase */
#define PHRASE_PASS_MAX    1024

extern const char *const phrase_list[PHRASE_LIST]; /* wordlist.c, sorted */

struct phrase_kdf {
	unsigned char salt[PHRASE_SALT_LEN];
	uint32_t ops;
	uint32_t mem_kib;
};

struct phrase_key { /* wipe with phrase_key_done */
	unsigned char kek[PHRASE_KEK_LEN];
};
void phrase_key_done(struct phrase_key *key);

/* Eight random words with single spaces. */
enum ek_err phrase_new(struct buf *ret) EK_MUST_USE;
/* What was typed, as the words of the list: case, spaces, commas, hyphens and
 * numbering aside; the first four letters or more of a word do when only one
 * word begins so.  EK_INVALID says which word (by its number) is not one of
 * the list, or how many words there are. */
enum ek_err phrase_normal(const char *typed, size_t len, struct buf *ret,
    struct ek_why *reterr_why) EK_MUST_USE;
/* Fresh salt, today's cost. */
enum ek_err phrase_kdf_new(struct phrase_kdf *ret) EK_MUST_USE;
/* Argon2id13.  EK_CORRUPT for a cost out of range, EK_NOMEM. */
enum ek_err phrase_stretch(const char *words, size_t len,
    const struct phrase_kdf *kdf, struct phrase_key *ret) EK_MUST_USE;

#endif
