/*
 * words_map - what an id of an older plan version means in the current one.
 *
 * Text goes before id: the bullet of the very same words is hers whatever it
 * is called, also after `plan same` gave an id back, and across two desks
 * whose versions grew apart.  The id alone counts only down the chain of
 * PLAN_BASE, where plan_ids_carry vouched for it.
 */
#include <stdlib.h>
#include <string.h>

#include "core/words_impl.h"

struct version {
	unsigned char rid[EK_ID_LEN];
	bool ancestor;
	struct plan *plan; /* owned; NULL: gone, or unreadable */
};

struct words_map {
	const struct book *book;
	const struct plan *plan;
	unsigned char current[EK_ID_LEN];
	unsigned char (*ancestors)[EK_ID_LEN];
	size_t ancestor_count, ancestor_cap;
	struct version *versions;
	size_t count, cap;
	size_t last; /* asked about: check-ins come in runs of one version */
};

static const struct record *
find_plan(const struct book *book, const unsigned char *rid)
{
	const struct record *rec = rid == NULL ? NULL : book_find(book, rid);

	return rec != NULL && rec->kind == REC_PLAN ? rec : NULL;
}

static bool
is_ancestor(const struct words_map *map, const unsigned char *rid)
{
	size_t i;

	for (i = 0; i < map->ancestor_count; i++)
		if (memcmp(map->ancestors[i], rid, EK_ID_LEN) == 0)
			return true;
	return false;
}

static enum ek_err
add_ancestor(struct words_map *map, const unsigned char *rid)
{
	unsigned char(*ancestors)[EK_ID_LEN];
	size_t cap;

	if (map->ancestor_count == map->ancestor_cap) {
		cap = map->ancestor_cap == 0 ? 16 : 2 * map->ancestor_cap;
		ancestors = realloc(map->ancestors, cap * sizeof(*ancestors));
		if (ancestors == NULL)
			return EK_NOMEM;
		map->ancestors = ancestors;
		map->ancestor_cap = cap;
	}
	memcpy(map->ancestors[map->ancestor_count++], rid, EK_ID_LEN);
	return EK_OK;
}

/* An imported book may hold anything: a chain that bites its tail ends. */
static enum ek_err
read_chain(struct words_map *map)
{
	const struct record *rec = find_plan(map->book, map->current);
	const unsigned char *base;
	enum ek_err err;

	while (rec != NULL && !is_ancestor(map, rec->rid)) {
		err = add_ancestor(map, rec->rid);
		if (err != EK_OK)
			return err;
		base = record_id(rec, PLAN_BASE);
		/* A base that is gone is an ancestor all the same. */
		if (base != NULL && find_plan(map->book, base) == NULL &&
		    !is_ancestor(map, base))
			return add_ancestor(map, base);
		rec = find_plan(map->book, base);
	}
	return EK_OK;
}

enum ek_err
words_map_new(const struct book *book, const struct plan *plan,
    const unsigned char *version, struct words_map **ret)
{
	struct words_map *map = calloc(1, sizeof(*map));
	enum ek_err err;

	if (map == NULL)
		return EK_NOMEM;
	map->book = book;
	map->plan = plan;
	memcpy(map->current, version, EK_ID_LEN);
	err = read_chain(map);
	if (err != EK_OK) {
		words_map_free(map);
		return err;
	}
	*ret = map;
	return EK_OK;
}

void
words_map_free(struct words_map *map)
{
	size_t i;

	if (map == NULL)
		return;
	for (i = 0; i < map->count; i++)
		plan_free(map->versions[i].plan);
	free(map->versions);
	free(map->ancestors);
	free(map);
}

static enum ek_err
add_version(struct words_map *map, const unsigned char *rid)
{
	const struct record *rec = find_plan(map->book, rid);
	struct version *version;
	size_t cap;
	void *versions;
	enum ek_err err = EK_OK;

	if (map->count == map->cap) {
		cap = map->cap == 0 ? 8 : 2 * map->cap;
		versions = realloc(map->versions, cap * sizeof(*version));
		if (versions == NULL)
			return EK_NOMEM;
		map->versions = versions;
		map->cap = cap;
	}
	version = &map->versions[map->count];
	memset(version, 0, sizeof(*version));
	memcpy(version->rid, rid, EK_ID_LEN);
	version->ancestor = is_ancestor(map, rid);
	if (rec != NULL)
		err = words_plan(rec, &version->plan);
	if (err == EK_NOMEM)
		return err;
	map->last = map->count++;
	return EK_OK;
}

static enum ek_err
find_version(
    struct words_map *map, const unsigned char *rid, const struct version **ret)
{
	enum ek_err err = EK_OK;
	size_t i;

	if (map->last >= map->count ||
	    memcmp(map->versions[map->last].rid, rid, EK_ID_LEN) != 0) {
		for (i = 0; i < map->count; i++)
			if (memcmp(map->versions[i].rid, rid, EK_ID_LEN) == 0)
				break;
		map->last = i;
		if (i == map->count)
			err = add_version(map, rid);
	}
	if (err == EK_OK)
		*ret = &map->versions[map->last];
	return err;
}

static const struct plan_bullet *
find_text(const struct plan *plan, char letter, const char *text)
{
	const struct plan_bullet *bullets;
	size_t count, i;
	int section;

	for (section = 0; section < PLAN_SECTIONS; section++) {
		if (plan_section_letter((enum plan_section)section) != letter)
			continue;
		bullets =
		    plan_bullets(plan, (enum plan_section)section, &count);
		for (i = 0; i < count; i++)
			if (strcmp(bullets[i].text, text) == 0)
				return &bullets[i];
	}
	return NULL;
}

static const struct plan_bullet *
find_now(
    const struct words_map *map, const struct version *version, const char *id)
{
	const struct plan_bullet *same = plan_find(map->plan, id), *then, *now;

	if (!version->ancestor)
		same = NULL;
	if (version->plan == NULL)
		return same;
	then = plan_find(version->plan, id);
	if (then == NULL)
		return NULL;
	if (same != NULL && strcmp(same->text, then->text) == 0)
		return same; /* not its twin */
	now = find_text(map->plan, id[0], then->text);
	return now != NULL ? now : same;
}

enum ek_err
words_map_find(struct words_map *map, const unsigned char *version,
    const char *id, size_t id_len, const struct plan_bullet **ret)
{
	const struct version *known;
	char copy[sizeof((*ret)->id)];
	enum ek_err err;

	*ret = NULL;
	if (version == NULL || id_len == 0 || id_len >= sizeof(copy))
		return EK_OK;
	memcpy(copy, id, id_len);
	copy[id_len] = '\0';
	if (memcmp(version, map->current, EK_ID_LEN) == 0) {
		*ret = plan_find(map->plan, copy);
		return EK_OK;
	}
	err = find_version(map, version, &known);
	if (err == EK_OK)
		*ret = find_now(map, known, copy);
	return err;
}
