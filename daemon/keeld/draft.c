/*
 * draft - begun, found again, kept, dropped; see draft.h.
 *
 * What is in memory is dropped at the turn's tail only: when its save could
 * not be committed she is told so, and it is there to be saved again.
 */
#include "keeld/draft.h"

#include <stdlib.h>
#include <string.h>

#include "evenkeel/text.h"
#include "keeld/api.h"
#include "keeld/draft_in.h"

#define RID_INDEX 0xD7AF7 /* behind every record of the same key */

enum ek_err
drafts_new(struct drafts **ret)
{
	struct drafts *drafts = calloc(1, sizeof(*drafts));

	if (drafts == NULL)
		return EK_NOMEM;
	*ret = drafts;
	return EK_OK;
}

void
drafts_forget(struct drafts *drafts, size_t i)
{
	draft_free(drafts->list[i].draft);
	drafts->list[i] = drafts->list[--drafts->count];
}

void
drafts_free(struct drafts *drafts)
{
	while (drafts != NULL && drafts->count > 0)
		drafts_forget(drafts, drafts->count - 1);
	free(drafts);
}

static struct draft *
copy_of(const struct draft *draft)
{
	struct draft *copy = malloc(sizeof(*copy));

	if (copy == NULL)
		return NULL;
	*copy = *draft;
	copy->fields = json_deep_copy(draft->fields);
	if (copy->fields != NULL)
		return copy;
	draft_free(copy);
	return NULL;
}

/* The book is open and nothing says that it must not reach the disk. */
static bool
is_storable(const struct keeld *keeld, const struct draft *draft)
{
	return draft->off == DRAFT_ON_RECORD && api_is_open(keeld);
}

static bool
rid_of(const char *key, unsigned index, unsigned char *rid)
{
	struct api_key bytes;

	if (!text_unhex(key, bytes.bytes, sizeof(bytes.bytes)))
		return false;
	api_rid(&bytes, index, rid);
	return true;
}

bool
draft_was_saved(const struct keeld *keeld, const char *key, char *ret_id)
{
	unsigned char rid[EK_ID_LEN];

	if (!rid_of(key, 0, rid) || !store_knows(keeld->store, rid))
		return false;
	text_hex(rid, sizeof(rid), ret_id);
	return true;
}

/* --- a new one --- */

/* When the slot ends; 0: there is no such slot, or it is over. */
static int64_t
slot_ends_ms(struct keeld *keeld, const char *slot, int64_t now_ms)
{
	struct schedules *schedules = NULL;
	struct schedule_slot found;
	int64_t ends = 0;

	if (!api_is_open(keeld))
		return INT64_MAX; /* it cannot be looked up */
	if (api_schedules(keeld, &schedules) == EK_OK &&
	    schedule_slot_find(schedules, slot, now_ms / 1000, &found, NULL) ==
		EK_OK)
		ends = found.slot.ends * 1000;
	schedules_free(schedules);
	return ends > now_ms ? ends : 0;
}

static void
set_slot(struct keeld *keeld, struct draft *draft, const char *slot)
{
	int64_t ends;

	if (slot == NULL || strlen(slot) >= sizeof(draft->slot))
		return;
	ends = slot_ends_ms(keeld, slot, draft->begun_ms);
	if (ends == 0)
		return;
	memcpy(draft->slot, slot, strlen(slot) + 1);
	if (ends < draft->until_ms)
		draft->until_ms = ends;
}

enum ek_err
draft_new(struct keeld *keeld, const char *key, const char *instrument,
    const char *slot, struct draft **ret, struct ek_why *why)
{
	unsigned char rid[EK_ID_LEN];
	struct draft *draft;

	if (!rid_of(key, 0, rid) ||
	    strlen(instrument) >= sizeof(draft->instrument))
		return ek_why(why, EK_INVALID,
		    "the form is not one of ours; open the page anew");
	draft = calloc(1, sizeof(*draft));
	if (draft == NULL)
		return EK_NOMEM;
	memcpy(draft->key, key, strlen(key) + 1);
	memcpy(draft->instrument, instrument, strlen(instrument) + 1);
	draft->begun_ms = loop_now_ms(keeld->loop);
	draft->until_ms = draft->begun_ms + EK_DRAFT_SECS * INT64_C(1000);
	set_slot(keeld, draft, slot);
	draft->fields = json_object();
	if (draft->fields == NULL) {
		draft_free(draft);
		return EK_NOMEM;
	}
	*ret = draft;
	return EK_OK;
}

/* --- looking --- */

struct search {
	const char *key;        /* NULL: any */
	const char *instrument; /* NULL: any */
	int64_t now_ms;
	struct draft_list list;
	size_t count; /* of all that are not over, of this key or not */
};

void
draft_list_done(struct draft_list *list)
{
	while (list->count > 0)
		draft_free(list->drafts[--list->count]);
}

static bool
fits(struct search *search, const struct draft *draft)
{
	if (draft->until_ms <= search->now_ms)
		return false;
	search->count++;
	return (search->key == NULL || strcmp(search->key, draft->key) == 0) &&
	       (search->instrument == NULL ||
		   strcmp(search->instrument, draft->instrument) == 0);
}

/* In place of the one of its key: what is in memory came last. */
static void
list_take(struct draft_list *list, struct draft *draft)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (strcmp(list->drafts[i]->key, draft->key) == 0)
			break;
	if (i == EK_DRAFTS_MAX) { /* there are never so many */
		draft_free(draft);
		return;
	}
	if (i < list->count)
		draft_free(list->drafts[i]);
	else
		list->count++;
	list->drafts[i] = draft;
}

static enum ek_err
look_cb(const unsigned char *rid, const struct buf *plain, void *arg)
{
	struct search *search = arg;
	struct draft *draft = NULL;
	enum ek_err err;

	(void)rid;
	if (plain == NULL)
		return EK_OK;
	err = draft_read(plain, &draft);
	if (err != EK_OK)
		return err == EK_CORRUPT ? EK_OK : err;
	if (fits(search, draft))
		list_take(&search->list, draft);
	else
		draft_free(draft);
	return EK_OK;
}

static enum ek_err
look_in_memory(const struct keeld *keeld, struct search *search)
{
	const struct drafts *drafts = keeld->drafts;
	bool open = api_is_open(keeld);
	const struct held *held;
	struct draft *copy;
	size_t i;

	for (i = 0; i < drafts->count; i++) {
		held = &drafts->list[i];
		if (held->leaves || (held->inside && !open) ||
		    !fits(search, held->draft))
			continue;
		copy = copy_of(held->draft);
		if (copy == NULL)
			return EK_NOMEM;
		list_take(&search->list, copy);
	}
	return EK_OK;
}

static enum ek_err
look(struct keeld *keeld, struct search *search, struct ek_why *why)
{
	enum ek_err err;

	search->now_ms = loop_now_ms(keeld->loop);
	err = store_draft_each(keeld->store, look_cb, search, why);
	if (err == EK_OK && store_state(keeld->store) != STORE_NONE)
		err = look_in_memory(keeld, search);
	if (err != EK_OK)
		draft_list_done(&search->list);
	return err;
}

/* The one begun last; the others go. */
static enum ek_err
newest(struct keeld *keeld, struct search *search, struct draft **ret,
    struct ek_why *why)
{
	struct draft_list *list = &search->list;
	enum ek_err err = look(keeld, search, why);
	size_t best = 0, i;

	if (err == EK_OK && list->count == 0)
		return ek_why(why, EK_NOT_FOUND,
		    "what was begun is no longer there; begin anew");
	if (err != EK_OK)
		return err;
	for (i = 1; i < list->count; i++)
		if (list->drafts[i]->begun_ms > list->drafts[best]->begun_ms)
			best = i;
	*ret = list->drafts[best];
	list->drafts[best] = list->drafts[--list->count];
	draft_list_done(list);
	return EK_OK;
}

enum ek_err
draft_find(struct keeld *keeld, const char *key, struct draft **ret,
    struct ek_why *why)
{
	struct search search = {.key = key};

	return newest(keeld, &search, ret, why);
}

enum ek_err
draft_newest(struct keeld *keeld, const char *instrument, struct draft **ret,
    struct ek_why *why)
{
	struct search search = {.instrument = instrument};

	return newest(keeld, &search, ret, why);
}

enum ek_err
draft_waiting(struct keeld *keeld, struct draft_list *ret, struct ek_why *why)
{
	struct search search = {.key = NULL};
	enum ek_err err = look(keeld, &search, why);

	if (err == EK_OK)
		*ret = search.list;
	return err;
}

/* --- keeping --- */

/* count of the list: it is not there. */
static size_t
place_of(const struct drafts *drafts, const char *key)
{
	size_t i;

	for (i = 0; i < drafts->count; i++)
		if (strcmp(drafts->list[i].draft->key, key) == 0)
			break;
	return i;
}

static enum ek_err
put_in_memory(
    struct keeld *keeld, const struct draft *draft, struct ek_why *why)
{
	struct drafts *drafts = keeld->drafts;
	size_t at = place_of(drafts, draft->key);
	bool open = api_is_open(keeld);
	struct draft *copy;

	if (at == EK_DRAFTS_MAX) /* room_for has looked, but not at all */
		return ek_why(why, EK_LOCKED, "%s", ek_err_text(EK_LOCKED));
	if (at < drafts->count && drafts->list[at].inside && !open)
		return ek_why(why, EK_LOCKED,
		    "your book is locked, and what you began lies in it; "
		    "unlock it, then send this again");
	copy = copy_of(draft);
	if (copy == NULL)
		return EK_NOMEM;
	if (at < drafts->count)
		draft_free(drafts->list[at].draft);
	else
		drafts->count++;
	drafts->list[at] = (struct held){copy, false, open};
	return EK_OK;
}

enum ek_err
drafts_store(struct keeld *keeld, const struct draft *draft, struct ek_why *why)
{
	unsigned char rid[EK_ID_LEN];
	struct buf plain;
	enum ek_err err = EK_INVALID;

	buf_init(&plain, 2 * EK_DRAFT_MAX);
	if (rid_of(draft->key, RID_INDEX, rid))
		err = draft_write(draft, &plain);
	if (err == EK_OK)
		err = store_draft_put(keeld->store, rid, &plain, why);
	buf_done(&plain);
	return err;
}

static enum ek_err
drop_in_store(
    struct keeld *keeld, const char *key, bool told, struct ek_why *why)
{
	unsigned char rid[EK_ID_LEN];

	if (!rid_of(key, RID_INDEX, rid))
		return EK_OK;
	return store_draft_drop(keeld->store, rid, told, why);
}

static void
leave_memory(struct drafts *drafts, const char *key)
{
	size_t at = place_of(drafts, key);

	if (at < drafts->count)
		drafts->list[at].leaves = true;
}

static enum ek_err
room_for(struct keeld *keeld, const struct draft *draft, struct ek_why *why)
{
	struct search search = {.key = draft->key};
	enum ek_err err = look(keeld, &search, why);

	if (err == EK_OK && search.list.count == 0 &&
	    search.count >= EK_DRAFTS_MAX)
		err = ek_why(why, EK_CONFLICT,
		    "%d check-ins were begun and not saved; go on with one of "
		    "them, or leave one",
		    EK_DRAFTS_MAX);
	draft_list_done(&search.list);
	return err;
}

/* She is at it: its slot may end meanwhile, what she sent does not. */
static void
move_end(struct keeld *keeld, struct draft *draft)
{
	int64_t last = draft->begun_ms + EK_DRAFT_SECS * INT64_C(1000);
	int64_t until =
	    loop_now_ms(keeld->loop) + EK_DRAFT_AT_SECS * INT64_C(1000);

	if (until > last)
		until = last;
	if (until > draft->until_ms)
		draft->until_ms = until;
}

enum ek_err
draft_put(struct keeld *keeld, struct draft *draft, struct ek_why *why)
{
	enum ek_err err = room_for(keeld, draft, why);

	move_end(keeld, draft);

	if (err != EK_OK)
		return err;
	if (is_storable(keeld, draft)) {
		err = drafts_store(keeld, draft, why);
		if (err == EK_OK)
			leave_memory(keeld->drafts, draft->key);
	} else {
		err = put_in_memory(keeld, draft, why);
		if (err == EK_OK && api_is_open(keeld))
			err = drop_in_store(keeld, draft->key, true, why);
	}
	if (err == EK_OK)
		keeld_tick(keeld); /* its end joins the timer */
	return err;
}

enum ek_err
draft_drop(struct keeld *keeld, const char *key, bool told, struct ek_why *why)
{
	enum ek_err err = drop_in_store(keeld, key, told, why);

	if (err == EK_OK)
		leave_memory(keeld->drafts, key);
	return err;
}

void
draft_turn_end(struct keeld *keeld, enum ek_err err)
{
	struct drafts *drafts = keeld->drafts;
	size_t i = 0;

	while (i < drafts->count) {
		if (drafts->list[i].leaves && err == EK_OK) {
			drafts_forget(drafts, i);
		} else {
			drafts->list[i].leaves = false;
			i++;
		}
	}
}
