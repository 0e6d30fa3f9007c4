/*
 * words_impl - ids across plan versions, for words.c alone.
 */
#ifndef EVENKEEL_CORE_WORDS_IMPL_H
#define EVENKEEL_CORE_WORDS_IMPL_H

#include "evenkeel/words.h"

/* What an id of one version means in the current plan.  Borrows book and
 * plan; parses each version it is asked about once. */
struct words_map;
enum ek_err words_map_new(const struct book *book, const struct plan *plan,
    const unsigned char *version, struct words_map **ret) EK_MUST_USE;
void words_map_free(struct words_map *map);
/* *ret: the bullet, or NULL when the id means nothing any more. */
enum ek_err words_map_find(struct words_map *map, const unsigned char *version,
    const char *id, size_t id_len, const struct plan_bullet **ret) EK_MUST_USE;

#endif
