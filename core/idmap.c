/*
 * idmap - a hash of record ids by linear probing.
 *
 * Ids are random, but an archive may bring chosen ones: all sixteen bytes are
 * mixed, so that equal beginnings do not cluster.
 */
#include "core/idmap.h"

#include <stdlib.h>
#include <string.h>

static size_t
hash(const unsigned char *id)
{
	uint64_t a, b;

	memcpy(&a, id, 8);
	memcpy(&b, id + 8, 8);
	a ^= b * UINT64_C(0x9E3779B97F4A7C15);
	a ^= a >> 32;
	a *= UINT64_C(0xD6E8FEB86659FD93);
	a ^= a >> 32;
	return (size_t)a;
}

void
idmap_done(struct idmap *map)
{
	free(map->entries);
	memset(map, 0, sizeof(*map));
}

static struct id_entry *
place_of(const struct idmap *map, const unsigned char *id)
{
	size_t at = hash(id) & (map->cap - 1);

	while (map->entries[at].used &&
	       memcmp(map->entries[at].id, id, EK_ID_LEN) != 0)
		at = (at + 1) & (map->cap - 1);
	return &map->entries[at];
}

struct id_entry *
idmap_find(const struct idmap *map, const unsigned char *id)
{
	struct id_entry *entry;

	if (map->cap == 0)
		return NULL;
	entry = place_of(map, id);
	return entry->used ? entry : NULL;
}

static bool
grow(struct idmap *map)
{
	struct idmap bigger = {
	    NULL, map->cap == 0 ? 64 : map->cap * 2, map->count};
	size_t i;

	bigger.entries = calloc(bigger.cap, sizeof(*bigger.entries));
	if (bigger.entries == NULL)
		return false;
	for (i = 0; i < map->cap; i++)
		if (map->entries[i].used)
			*place_of(&bigger, map->entries[i].id) =
			    map->entries[i];
	free(map->entries);
	*map = bigger;
	return true;
}

struct id_entry *
idmap_add(struct idmap *map, const unsigned char *id)
{
	struct id_entry *entry;

	entry = idmap_find(map, id);
	if (entry != NULL)
		return entry;
	if (2 * (map->count + 1) > map->cap && !grow(map))
		return NULL;
	entry = place_of(map, id);
	memcpy(entry->id, id, EK_ID_LEN);
	entry->used = true;
	map->count++;
	return entry;
}
