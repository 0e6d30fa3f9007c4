/*
 * draft - a check-in that was begun on the page and not saved yet.
 *
 * In the store, sealed (store_draft.c); off the record or while the book is
 * locked in memory only, for nothing of it may reach the disk.  It ends when
 * it is saved, when she throws it away, at its slot's end unless she is at it,
 * and after EK_DRAFT_SECS.
 */
#ifndef KEELD_DRAFT_H
#define KEELD_DRAFT_H

#include "evenkeel/schedule.h"
#include "keeld/keeld.h"

#define DRAFT_KEY_LEN 32

enum draft_off { DRAFT_ON_RECORD, DRAFT_OFF_RECORD, DRAFT_TOOK_PLACE };

struct draft {
	char key[DRAFT_KEY_LEN + 1];         /* its name, and its save's */
	char instrument[EK_NAME_MAX + 1];    /* key for the API: 32 hex */
	char slot[SCHEDULE_SLOT_ID_LEN + 1]; /* "": whichever waits then */
	char plan[2 * EK_ID_LEN + 1]; /* whose ids the marks are; "": none */
	int64_t begun_ms, until_ms;
	int step; /* where to go on */
	enum draft_off off;
	json_t *fields; /* name: text, as the form gave them */
};

struct drafts; /* those in memory */
enum ek_err drafts_new(struct drafts **ret) EK_MUST_USE;
void drafts_free(struct drafts *drafts); /* NULL is fine */

/* A new one, begun now; not kept yet.  key is 32 hex; slot may be NULL, and is
 * left out when it is over.  EK_INVALID: key is none. */
enum ek_err draft_new(struct keeld *keeld, const char *key,
    const char *instrument, const char *slot, struct draft **ret,
    struct ek_why *why) EK_MUST_USE;
void draft_free(struct draft *draft);

/* A copy of its own; EK_NOT_FOUND: none of that key (any more), or the book is
 * locked and it lies there. */
enum ek_err draft_find(struct keeld *keeld, const char *key, struct draft **ret,
    struct ek_why *why) EK_MUST_USE;
/* The newest of an instrument.  EK_NOT_FOUND. */
enum ek_err draft_newest(struct keeld *keeld, const char *instrument,
    struct draft **ret, struct ek_why *why) EK_MUST_USE;
struct draft_list {
	struct draft *drafts[EK_DRAFTS_MAX];
	size_t count;
};
/* All that wait; draft_list_done frees. */
enum ek_err draft_waiting(struct keeld *keeld, struct draft_list *ret,
    struct ek_why *why) EK_MUST_USE;
void draft_list_done(struct draft_list *list);
/* Keeps it, in place of what was there of this key: with the turn's commit, or
 * in memory; for EK_DRAFT_AT_SECS at least, though its slot ends before.  One
 * that goes off the record leaves the store's file at once. */
enum ek_err draft_put(
    struct keeld *keeld, struct draft *draft, struct ek_why *why) EK_MUST_USE;
/* It is gone when the turn's commit is made.  told: as store_draft_drop. */
enum ek_err draft_drop(struct keeld *keeld, const char *key, bool told,
    struct ek_why *why) EK_MUST_USE;
/* The same for those about one of these records (web_left.h), which are
 * deleted: a form that changes an entry holds what it says. */
enum ek_err draft_drop_about(struct keeld *keeld, const unsigned char *rids,
    size_t count, struct ek_why *why) EK_MUST_USE;
/* Was the record it is about deleted?  Then it is over. */
bool draft_is_of_gone(const struct keeld *keeld, const struct draft *draft);
/* The turn's tail, after the commit: what was dropped is gone, or not. */
void draft_turn_end(struct keeld *keeld, enum ek_err err);
/* Drops those that are over; the next instant one is (Unix ms), or 0. */
int64_t draft_tick(struct keeld *keeld, int64_t now_ms);

/* Was it saved on the record?  Its id then: room for 33. */
bool draft_was_saved(const struct keeld *keeld, const char *key, char *ret_id);

/* For the tests' sake apart: a draft as bytes.  EK_CORRUPT: none of ours. */
enum ek_err draft_write(const struct draft *draft, struct buf *ret) EK_MUST_USE;
enum ek_err draft_read(const struct buf *bytes, struct draft **ret) EK_MUST_USE;

#endif
