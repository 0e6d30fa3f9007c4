/*
 * plan_words - what a word is, and how alike two bullets are.
 *
 * Words are compared by 64-bit hashes: a clash would at worst carry an id to
 * the wrong bullet, which `plan same` mends.  No language's grammar is known
 * here: scripts written without spaces (Han, kana) count each character.
 */
#include <stdlib.h>
#include <string.h>

#include "core/plan_impl.h"
#include "evenkeel/text.h"

#define HASH_START 0xCBF29CE484222325ULL /* FNV-1a, a character a step */
#define HASH_PRIME 0x100000001B3ULL

enum char_class { BETWEEN, LETTER, ALONE, SYMBOL, UNSEEN };

struct class_range {
	uint32_t first, last;
	enum char_class class;
};

/* Above ASCII, ascending; what is in no range is a letter. */
static const struct class_range classes[] = {
    {0x0080, 0x00A9, BETWEEN},
    {0x00AB, 0x00AC, BETWEEN},
    {0x00AD, 0x00AD, UNSEEN}, /* soft hyphen */
    {0x00AE, 0x00B1, BETWEEN},
    {0x00B4, 0x00B4, BETWEEN},
    {0x00B6, 0x00B8, BETWEEN},
    {0x00BB, 0x00BB, BETWEEN},
    {0x00BF, 0x00BF, BETWEEN},
    {0x00D7, 0x00D7, BETWEEN},
    {0x00F7, 0x00F7, BETWEEN},
    {0x055A, 0x055F, BETWEEN},
    {0x060C, 0x060C, BETWEEN},
    {0x061B, 0x061F, BETWEEN},
    {0x0964, 0x0965, BETWEEN},
    {0x1680, 0x1680, BETWEEN},
    {0x2000, 0x200B, BETWEEN},
    {0x200C, 0x200F, UNSEEN},
    {0x2010, 0x2018, BETWEEN},
    {0x2019, 0x2019, UNSEEN}, /* apostrophe: see join() */
    {0x201A, 0x2029, BETWEEN},
    {0x202A, 0x202E, UNSEEN},
    {0x202F, 0x205F, BETWEEN},
    {0x2060, 0x206F, UNSEEN},
    {0x20A0, 0x20CF, BETWEEN},
    {0x20D0, 0x20FF, UNSEEN},
    {0x2190, 0x22FF, BETWEEN},
    {0x2300, 0x23FF, SYMBOL},
    {0x2400, 0x25FF, BETWEEN},
    {0x2600, 0x27BF, SYMBOL},
    {0x27C0, 0x2AFF, BETWEEN},
    {0x2B00, 0x2BFF, SYMBOL},
    {0x2E00, 0x2E7F, BETWEEN},
    {0x2E80, 0x2FDF, ALONE},
    {0x2FF0, 0x3004, BETWEEN},
    {0x3005, 0x3007, ALONE},
    {0x3008, 0x3020, BETWEEN},
    {0x3021, 0x3029, ALONE},
    {0x3030, 0x3030, BETWEEN},
    {0x3031, 0x3035, ALONE},
    {0x303D, 0x3040, BETWEEN},
    {0x3041, 0x30FA, ALONE},
    {0x30FB, 0x30FB, BETWEEN},
    {0x30FC, 0x312F, ALONE},
    {0x31A0, 0x31FF, ALONE},
    {0x3400, 0x4DBF, ALONE},
    {0x4E00, 0x9FFF, ALONE},
    {0xF900, 0xFAFF, ALONE},
    {0xFE00, 0xFE0F, UNSEEN},
    {0xFE10, 0xFE1F, BETWEEN},
    {0xFE30, 0xFE6F, BETWEEN},
    {0xFEFF, 0xFEFF, UNSEEN},
    {0xFF5F, 0xFF65, BETWEEN},
    {0xFF66, 0xFF9F, ALONE},
    {0xFFE0, 0xFFEF, BETWEEN},
    {0xFFF0, 0xFFFF, UNSEEN},
    {0x1F000, 0x1F3FA, SYMBOL},
    {0x1F3FB, 0x1F3FF, UNSEEN}, /* skin tones */
    {0x1F400, 0x1FAFF, SYMBOL},
    {0x20000, 0x3FFFD, ALONE},
    {0xE0000, 0xE0FFF, UNSEEN},
};

/* Full-width ASCII to ASCII, capitals to small. */
static uint32_t
fold(uint32_t c)
{
	if (c >= 0xFF01 && c <= 0xFF5E)
		c -= 0xFF01 - 0x21;
	if (c >= 'A' && c <= 'Z')
		c += 'a' - 'A';
	return c;
}

static enum char_class
classify(uint32_t c)
{
	size_t low = 0, high = sizeof(classes) / sizeof(classes[0]);

	if (c == '\'')
		return UNSEEN;
	if (c < 0x80)
		return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
			   ? LETTER
			   : BETWEEN;
	while (low < high) {
		size_t mid = (low + high) / 2;

		if (c > classes[mid].last)
			low = mid + 1;
		else if (c < classes[mid].first)
			high = mid;
		else
			return classes[mid].class;
	}
	return LETTER;
}

static uint64_t
hash_add(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * HASH_PRIME;
}

bool
plan_word_next(const char *text, size_t len, size_t *at, struct plan_word *ret)
{
	struct plan_word word = {
	    .hash = HASH_START, .ascii = true, .lower = true};
	enum char_class class;
	uint32_t c, raw;
	size_t n;

	for (; *at < len; *at += n) {
		raw = 0;
		n = text_decode(text + *at, len - *at, &raw);
		if (n == 0)
			n = 1; /* not for us to judge: skip the byte */
		c = fold(raw);
		class = classify(c);
		if (class == UNSEEN)
			continue;
		if (class != LETTER && word.letters > 0)
			break;
		if (class == BETWEEN)
			continue;
		word.ascii = word.ascii && raw < 0x80;
		if (word.letters == 0 && raw != c)
			word.lower = false;
		word.hash = hash_add(word.hash, c);
		word.letters++;
		if (class != LETTER) {
			word.symbol = class == SYMBOL;
			*at += n;
			break;
		}
	}
	if (word.letters == 0)
		return false;
	word.lower = word.lower && word.ascii;
	*ret = word;
	return true;
}

static int
by_hash(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static uint64_t
hash_bytes(const char *text, size_t len)
{
	uint64_t hash = HASH_START;
	size_t i;

	for (i = 0; i < len; i++)
		hash = hash_add(hash, (unsigned char)text[i]);
	return hash;
}

enum ek_err
plan_bag_init(struct plan_bag *bag, const char *text)
{
	size_t len = strlen(text), at = 0, count = 0;
	uint64_t order = HASH_START;
	struct plan_word word;
	uint64_t *hashes;

	hashes = malloc((len + 1) * sizeof(*hashes));
	if (hashes == NULL)
		return EK_NOMEM;
	while (plan_word_next(text, len, &at, &word)) {
		hashes[count++] = word.hash;
		order = hash_add(order, word.hash);
	}
	if (count == 0)
		hashes[count++] = hash_bytes(text, len);
	qsort(hashes, count, sizeof(*hashes), by_hash);
	bag->hashes = hashes;
	bag->count = count;
	bag->order = order;
	return EK_OK;
}

void
plan_bag_done(struct plan_bag *bag)
{
	free(bag->hashes);
	bag->hashes = NULL;
	bag->count = 0;
}

size_t
plan_bag_shared(const struct plan_bag *a, const struct plan_bag *b)
{
	size_t i = 0, k = 0, shared = 0;

	while (i < a->count && k < b->count) {
		if (a->hashes[i] < b->hashes[k]) {
			i++;
		} else if (a->hashes[i] > b->hashes[k]) {
			k++;
		} else {
			shared++;
			i++;
			k++;
		}
	}
	return shared;
}

bool
plan_bag_has(const struct plan_bag *bag, uint64_t hash)
{
	return bsearch(&hash, bag->hashes, bag->count, sizeof(hash), by_hash) !=
	       NULL;
}

/* The divisor is at most some 1,000 words, so different fractions differ by
 * far more than the 2^-33 that the division cuts. */
uint64_t
plan_bag_score(
    const struct plan_bag *a, const struct plan_bag *b, size_t shared)
{
	return ((uint64_t)shared << 34) / (a->count + b->count);
}
