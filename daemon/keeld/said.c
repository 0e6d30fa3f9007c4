/*
 * said - hashes in small sets, the set by the record's id: ids are random, so
 * the sets fill evenly, and looking costs the same however many there are.
 */
#include "keeld/said.h"

#include <stdlib.h>
#include <string.h>

#include "base/seal.h"

struct entry {
	unsigned char rid[EK_ID_LEN];
	unsigned char tag[SAID_TAG_LEN];
};

#define WAYS 8 /* entries of a set */
#define SETS (SAID_MAX / WAYS)

struct set {
	size_t count, next; /* entries used; where the next one goes */
	struct entry entries[WAYS];
};

struct said {
	struct seal_secret *secret;
	struct set sets[SETS];
};

enum ek_err
said_new(struct said **ret)
{
	struct said *said = calloc(1, sizeof(*said));
	enum ek_err err = EK_NOMEM;

	if (said != NULL)
		err = seal_secret_new(&said->secret);
	if (err != EK_OK) {
		said_free(said);
		return err;
	}
	*ret = said;
	return EK_OK;
}

void
said_free(struct said *said)
{
	if (said == NULL)
		return;
	seal_secret_free(said->secret);
	free(said);
}

enum ek_err
said_tag(const struct said *said, const unsigned char *key16,
    const json_t *body, unsigned char *ret_tag)
{
	char *text = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
	size_t len;

	if (text == NULL)
		return EK_NOMEM;
	len = strlen(text);
	seal_secret_tag(said->secret, key16, EK_ID_LEN, text, len, ret_tag);
	seal_wipe(text, len);
	free(text);
	return EK_OK;
}

static size_t
set_of(const unsigned char *rid)
{
	_Static_assert(SETS == 128, "seven bits of one byte of the id");
	return rid[1] % SETS;
}

/* WAYS when it is not there. */
static size_t
find(const struct set *set, const unsigned char *rid)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (memcmp(set->entries[i].rid, rid, EK_ID_LEN) == 0)
			return i;
	return WAYS;
}

void
said_note(struct said *said, const unsigned char *rid, const unsigned char *tag)
{
	struct set *set = &said->sets[set_of(rid)];
	size_t at = find(set, rid);

	if (at == WAYS) { /* else what was said first was not kept */
		at = set->next;
		set->next = (set->next + 1) % WAYS;
		set->count += set->count < WAYS;
	}
	memcpy(set->entries[at].rid, rid, EK_ID_LEN);
	memcpy(set->entries[at].tag, tag, SAID_TAG_LEN);
}

bool
said_other(
    const struct said *said, const unsigned char *rid, const unsigned char *tag)
{
	const struct set *set = &said->sets[set_of(rid)];
	size_t at = find(set, rid);

	return at != WAYS &&
	       memcmp(set->entries[at].tag, tag, SAID_TAG_LEN) != 0;
}
