/*
 * plans - plan versions as the API shows them.
 */
#ifndef KEELD_PLANS_H
#define KEELD_PLANS_H

#include "keeld/api.h"

/* rec NULL: {"exists":false,…}.  New references. */
json_t *plans_json(struct keeld *keeld, const struct record *rec);
/* At most limit versions before that one (NULL: the newest); newest last. */
json_t *plans_history_json(
    struct keeld *keeld, const struct record *before, size_t limit);
/* Between two PLAN records; old may be NULL.  *ret_changes (may be NULL): a
 * new reference. */
enum ek_err plans_diff(const struct record *old, const struct record *rec,
    struct buf *ret, json_t **ret_changes) EK_MUST_USE;
/* Wiped, then freed; NULL is fine. */
void plans_text_free(char *text);

#endif
