/*
 * draft_in - the drafts in memory, for draft.c (kept and found) and
 * draft_end.c (over); for these files only.
 */
#ifndef KEELD_DRAFT_IN_H
#define KEELD_DRAFT_IN_H

#include "keeld/draft.h"

struct held {
	struct draft *draft;
	bool leaves; /* with this turn's commit */
	bool inside; /* of an open book: not seen while that is locked */
};

struct drafts {
	struct held list[EK_DRAFTS_MAX];
	size_t count;
	int64_t over_by_ms; /* by then all in the store are; 0: not known */
};

/* The store's part of draft_put(). */
enum ek_err drafts_store(struct keeld *keeld, const struct draft *draft,
    struct ek_why *why) EK_MUST_USE;
/* The i-th goes; the last takes its place. */
void drafts_forget(struct drafts *drafts, size_t i);

#endif
