/*
 * aside - damaged files that lie aside: of the book beside it, of its copy at
 * the copy's place.  Nothing reads them, and what is deleted from the book may
 * still lie in them, sealed with its key; they are hers to remove, for they
 * may hold what the book lacks.
 */
#ifndef KEELD_ASIDE_H
#define KEELD_ASIDE_H

#include "evenkeel/json.h"
#include "keeld/copy.h"
#include "keeld/store.h"

#define ASIDE_MARK ".damaged"

/* Every path in dir whose name begins so and has the mark, in the order of
 * their names; how many.  cb may be NULL. */
size_t aside_each(const char *dir, const char *begin,
    void (*cb)(const char *path, void *arg), void *arg);
/* Those of the book. */
size_t aside_of_book(const struct store *store,
    void (*cb)(const char *path, void *arg), void *arg);
/* Those of the open book's copy at its place of now. */
size_t aside_of_copy(const struct store *store, const struct copy *copy,
    void (*cb)(const char *path, void *arg), void *arg);
/* The paths of both, for an answer; new reference, NULL without memory. */
json_t *aside_json(const struct store *store, const struct copy *copy);

#endif
