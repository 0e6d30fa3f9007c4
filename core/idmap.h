/*
 * idmap - record ids and what is known of each; for book.c only.
 *
 * Open addressing, never shrinks, entries are never removed: an id that is
 * gone or only spoken of keeps its entry.
 */
#ifndef CORE_IDMAP_H
#define CORE_IDMAP_H

#include "evenkeel/record.h"

struct id_entry {
	unsigned char id[EK_ID_LEN];
	struct record *rec;          /* owned by the book; NULL: not held */
	const struct record *newest; /* of the corrections that start here */
	bool used;
	bool gone;
};

struct idmap {
	struct id_entry *entries;
	size_t cap; /* a power of two, or 0 */
	size_t count;
};

void idmap_done(struct idmap *map);
/* NULL when absent.  Entries move when one is added. */
struct id_entry *idmap_find(const struct idmap *map, const unsigned char *id);
/* The entry of id, made if need be; NULL when out of memory. */
struct id_entry *idmap_add(struct idmap *map, const unsigned char *id);

#endif
