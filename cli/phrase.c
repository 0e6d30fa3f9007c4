/*
 * phrase - words into keys.  See phrase.h.
 */
#include "phrase.h"

#include <sodium.h>
#include <string.h>

#include "evenkeel/text.h"

#define PREFIX_MIN 4 /* letters that may stand for a word */
#define WORD_MAX   16

void
phrase_key_done(struct phrase_key *key)
{
	sodium_memzero(key->kek, sizeof(key->kek));
}

enum ek_err
phrase_new(struct buf *ret)
{
	struct buf phrase;
	enum ek_err err;

	if (sodium_init() < 0)
		return EK_BUG;
	buf_init(&phrase, PHRASE_MAX);
	for (int i = 0; i < PHRASE_WORDS; i++) {
		if (i > 0)
			buf_char(&phrase, ' ');
		buf_str(&phrase, phrase_list[randombytes_uniform(PHRASE_LIST)]);
	}
	buf_add(ret, buf_text(&phrase), phrase.len);
	err = buf_err(&phrase) != EK_OK ? buf_err(&phrase) : buf_err(ret);
	buf_done(&phrase);
	return err;
}

/* The word that `typed` is or begins; NULL when none or more than one. */
static const char *
find_word(const char *typed, size_t len)
{
	size_t low = 0;
	size_t high = PHRASE_LIST;

	while (low < high) { /* the first not below typed */
		size_t mid = low + (high - low) / 2;

		if (strncmp(phrase_list[mid], typed, len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == PHRASE_LIST || strncmp(phrase_list[low], typed, len) != 0)
		return NULL;
	if (phrase_list[low][len] == '\0')
		return phrase_list[low]; /* whole, even if longer ones begin
					    so */
	if (len < PREFIX_MIN ||
	    (low + 1 < PHRASE_LIST &&
		strncmp(phrase_list[low + 1], typed, len) == 0))
		return NULL;
	return phrase_list[low];
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What may stand between words: "3. walnut - river, ..." */
static bool
is_between(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' ||
	       c == '-' || c == '.' || c == ')' || c == ':' || c == ';' ||
	       (c >= '0' && c <= '9');
}

/* The next word of what was typed, in lower case.  0 at the end; WORD_MAX
 * when it is no word of any list. */
static size_t
next_word(const char *typed, size_t len, size_t *at, char *out)
{
	size_t n = 0;

	while (*at < len && is_between(typed[*at]))
		(*at)++;
	while (*at < len && !is_between(typed[*at])) {
		char c = typed[(*at)++];

		if (!is_letter(c) || n >= WORD_MAX - 1)
			n = WORD_MAX;
		if (n < WORD_MAX)
			out[n++] = (char)(c | 0x20);
	}
	return n;
}

enum ek_err
phrase_normal(
    const char *typed, size_t len, struct buf *ret, struct ek_why *reterr_why)
{
	struct buf phrase;
	char word[WORD_MAX];
	size_t at = 0;
	size_t n;
	int count = 0;
	enum ek_err err = EK_OK;

	buf_init(&phrase, PHRASE_MAX);
	while (err == EK_OK && (n = next_word(typed, len, &at, word)) > 0) {
		const char *found = n < WORD_MAX ? find_word(word, n) : NULL;

		count++;
		if (count > PHRASE_WORDS)
			continue;
		if (found == NULL) {
			err = ek_why(reterr_why, EK_INVALID,
			    "word %d of the phrase is not one of the list; "
			    "look at it again",
			    count);
			break;
		}
		if (count > 1)
			buf_char(&phrase, ' ');
		buf_str(&phrase, found);
	}
	if (err == EK_OK && count != PHRASE_WORDS)
		err = ek_why(reterr_why, EK_INVALID,
		    "a recovery phrase has %d words and these are %d; type "
		    "all of them",
		    PHRASE_WORDS, count);
	if (err == EK_OK) {
		buf_add(ret, buf_text(&phrase), phrase.len);
		err = buf_err(ret);
	}
	sodium_memzero(word, sizeof(word));
	buf_done(&phrase);
	return err;
}

enum ek_err
phrase_kdf_new(struct phrase_kdf *ret)
{
	if (sodium_init() < 0)
		return EK_BUG;
	randombytes_buf(ret->salt, sizeof(ret->salt));
	ret->ops = PHRASE_OPS;
	ret->mem_kib = PHRASE_MEM_KIB;
	return EK_OK;
}

enum ek_err
phrase_stretch(const char *words, size_t len, const struct phrase_kdf *kdf,
    struct phrase_key *ret)
{
	struct phrase_key key;

	if (sodium_init() < 0)
		return EK_BUG;
	if (kdf->ops < 1 || kdf->ops > PHRASE_OPS_MAX || kdf->mem_kib < 8 ||
	    kdf->mem_kib > PHRASE_MEM_KIB_MAX)
		return EK_CORRUPT;
	if (crypto_pwhash(key.kek, sizeof(key.kek), words, len, kdf->salt,
		kdf->ops, (size_t)kdf->mem_kib * 1024,
		crypto_pwhash_ALG_ARGON2ID13) != 0)
		return EK_NOMEM;
	*ret = key;
	phrase_key_done(&key);
	return EK_OK;
}
