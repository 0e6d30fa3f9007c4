/*
 * said - a ring of hashes.
 */
#include "keeld/said.h"

#include <stdlib.h>
#include <string.h>

#include "base/seal.h"

struct entry {
	unsigned char rid[EK_ID_LEN];
	unsigned char tag[SAID_TAG_LEN];
};

struct said {
	struct seal_secret *secret;
	size_t count, next; /* entries used; where the next one goes */
	struct entry entries[SAID_MAX];
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

static const struct entry *
find(const struct said *said, const unsigned char *rid)
{
	size_t i;

	for (i = 0; i < said->count; i++)
		if (memcmp(said->entries[i].rid, rid, EK_ID_LEN) == 0)
			return &said->entries[i];
	return NULL;
}

void
said_note(struct said *said, const unsigned char *rid, const unsigned char *tag)
{
	const struct entry *have = find(said, rid);
	struct entry *entry = &said->entries[said->next];

	if (have != NULL) { /* what was said first was not kept */
		entry = &said->entries[have - said->entries];
	} else {
		said->next = (said->next + 1) % SAID_MAX;
		said->count += said->count < SAID_MAX;
	}
	memcpy(entry->rid, rid, EK_ID_LEN);
	memcpy(entry->tag, tag, SAID_TAG_LEN);
}

bool
said_other(
    const struct said *said, const unsigned char *rid, const unsigned char *tag)
{
	const struct entry *entry = find(said, rid);

	return entry != NULL && memcmp(entry->tag, tag, SAID_TAG_LEN) != 0;
}
