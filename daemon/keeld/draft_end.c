/*
 * draft_end - drafts that are over: their slot is, or they are 12 hours old,
 * or what they are about was deleted.
 *
 * Nobody polls: the next end joins keeld's timer, and each start looks.
 */
#include <string.h>

#include "evenkeel/text.h"
#include "keeld/api.h"
#include "keeld/draft_in.h"

/* --- what they are about is deleted --- */

/* The record it is about, by its name ("fix:ID"). */
static bool
record_of(const struct draft *draft, unsigned char *rid)
{
	const char *id = strchr(draft->instrument, ':');

	return id != NULL && text_unhex(id + 1, rid, EK_ID_LEN);
}

bool
draft_is_of_gone(const struct keeld *keeld, const struct draft *draft)
{
	unsigned char rid[EK_ID_LEN];

	return api_is_open(keeld) && record_of(draft, rid) &&
	       book_is_gone(store_book(keeld->store), rid);
}

static bool
is_about(const struct draft *draft, const unsigned char *rids, size_t count)
{
	unsigned char rid[EK_ID_LEN];
	size_t i;

	if (!record_of(draft, rid))
		return false;
	for (i = 0; i < count; i++)
		if (memcmp(rids + i * EK_ID_LEN, rid, EK_ID_LEN) == 0)
			return true;
	return false;
}

enum ek_err
draft_drop_about(struct keeld *keeld, const unsigned char *rids, size_t count,
    struct ek_why *why)
{
	struct draft_list list = {.count = 0};
	enum ek_err err = draft_waiting(keeld, &list, why);
	size_t i;

	for (i = 0; err == EK_OK && i < list.count; i++)
		if (is_about(list.drafts[i], rids, count))
			err = draft_drop(keeld, list.drafts[i]->key, true, why);
	draft_list_done(&list);
	return err;
}

/* --- over --- */

struct sweep {
	const struct keeld *keeld;
	int64_t now_ms, next_ms, last_ms;
	unsigned char over[EK_DRAFTS_MAX][EK_ID_LEN];
	size_t count;
	struct draft_list anew; /* those with other instants now */
};

/* Begun by a clock that was set back since: how old it is nobody knows, so it
 * is as if begun now, and not kept till that clock's day. */
static bool
set_back(struct draft *draft, int64_t now_ms)
{
	int64_t last = now_ms + EK_DRAFT_SECS * INT64_C(1000);

	if (draft->begun_ms <= now_ms)
		return false;
	draft->begun_ms = now_ms;
	if (draft->until_ms > last)
		draft->until_ms = last;
	return true;
}

static void
see_until(struct sweep *sweep, int64_t until_ms)
{
	if (until_ms > sweep->now_ms &&
	    (sweep->next_ms == 0 || until_ms < sweep->next_ms))
		sweep->next_ms = until_ms;
	if (until_ms > sweep->last_ms)
		sweep->last_ms = until_ms;
}

/* What cannot be read is over: nobody could go on with it. */
static enum ek_err
sweep_cb(const unsigned char *rid, const struct buf *plain, void *arg)
{
	struct sweep *sweep = arg;
	struct draft *draft = NULL;
	enum ek_err err = EK_CORRUPT;
	bool over = true, anew = false;

	if (plain != NULL)
		err = draft_read(plain, &draft);
	if (err == EK_OK) {
		over = draft->until_ms <= sweep->now_ms ||
		       draft_is_of_gone(sweep->keeld, draft);
		anew = set_back(draft, sweep->now_ms) && !over &&
		       sweep->anew.count < EK_DRAFTS_MAX;
		see_until(sweep, draft->until_ms);
	}
	if (anew)
		sweep->anew.drafts[sweep->anew.count++] = draft;
	else
		draft_free(draft);
	if (over && err != EK_NOMEM && sweep->count < EK_DRAFTS_MAX)
		memcpy(sweep->over[sweep->count++], rid, EK_ID_LEN);
	return EK_OK;
}

/* Without a book they are nobody's: it was erased. */
static void
sweep_memory(struct drafts *drafts, struct sweep *sweep, bool book)
{
	size_t i = 0;

	while (i < drafts->count) {
		struct draft *draft = drafts->list[i].draft;

		set_back(draft, sweep->now_ms);
		if (!book || draft->until_ms <= sweep->now_ms ||
		    draft_is_of_gone(sweep->keeld, draft)) {
			drafts_forget(drafts, i);
		} else {
			see_until(sweep, draft->until_ms);
			i++;
		}
	}
}

/* When they end nobody can read now.  It is known from before the locking, or
 * this run began locked, and none is younger than the run. */
static void
sweep_locked(struct keeld *keeld, struct sweep *sweep)
{
	struct drafts *drafts = keeld->drafts;
	int64_t last = sweep->now_ms + EK_DRAFT_SECS * INT64_C(1000);
	size_t count = 0;

	if (store_draft_count(keeld->store, &count) != EK_OK || count == 0)
		return;
	if (drafts->over_by_ms == 0 || drafts->over_by_ms > last)
		drafts->over_by_ms = last;
	if (drafts->over_by_ms <= sweep->now_ms)
		(void)!store_draft_clear(keeld->store, NULL);
	see_until(sweep, drafts->over_by_ms);
}

int64_t
draft_tick(struct keeld *keeld, int64_t now_ms)
{
	struct sweep sweep = {.keeld = keeld, .now_ms = now_ms};
	size_t i;

	if (store_state(keeld->store) == STORE_LOCKED) {
		sweep_locked(keeld, &sweep);
	} else {
		/* what could not be dropped now is at the next start */
		(void)!store_draft_each(keeld->store, sweep_cb, &sweep, NULL);
		for (i = 0; i < sweep.count; i++)
			(void)!store_draft_drop(
			    keeld->store, sweep.over[i], false, NULL);
		for (i = 0; i < sweep.anew.count; i++)
			(void)!drafts_store(keeld, sweep.anew.drafts[i], NULL);
		draft_list_done(&sweep.anew);
		keeld->drafts->over_by_ms = sweep.last_ms;
	}
	sweep_memory(
	    keeld->drafts, &sweep, store_state(keeld->store) != STORE_NONE);
	return sweep.next_ms;
}
