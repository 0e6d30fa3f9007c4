/*
 * diary - her entries: check-ins, hard days, imported days, each with its
 * notes.
 *
 * A mended check-in is a chain of records (CHECKIN_SUPERSEDES); the first of
 * the chain is its root, and a note belongs to the entry whose root its OF
 * has.  So notes stay with an entry that is mended, also on two desks apart.
 */
#ifndef KEELD_DIARY_H
#define KEELD_DIARY_H

#include "keeld/api.h"

/* The root of an entry's id; borrowed from the book (or rid itself). */
const unsigned char *diary_root(
    const struct book *book, const unsigned char *rid);

struct diary_notes; /* live notes by the root of their entry */
/* Those of count entries alone; entries NULL: of all. */
enum ek_err diary_notes_new(const struct book *book,
    const struct record *const *entries, size_t count,
    struct diary_notes **ret) EK_MUST_USE;
void diary_notes_free(struct diary_notes *notes);
/* The notes of an entry by (time, id); borrowed. */
const struct record *const *diary_notes_of(const struct diary_notes *notes,
    const unsigned char *rid, size_t *ret_count);

/* Every record an entry consists of: all versions and all their notes.
 * Caller frees *ret_rids with free(). */
enum ek_err diary_parts(const struct book *book, const struct record *entry,
    unsigned char **ret_rids, size_t *ret_count) EK_MUST_USE;

struct diary_filter {
	int64_t since, until; /* civil_days(), both included */
	const char *id;       /* the beginning of an id, or NULL */
	/* Of those, at most limit: the last, or those next to an entry. */
	const char *before, *after;
	size_t limit;
};
/* {"entries":[…],"older":…,"newer":…}, newest last.  EK_NOT_FOUND, EK_CONFLICT,
 * EK_INVALID by id. */
enum ek_err diary_json(struct keeld *keeld, const struct diary_filter *filter,
    json_t **ret, struct ek_why *why) EK_MUST_USE;

#endif
