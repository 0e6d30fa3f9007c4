/*
 * book - records in memory and the lists they amount to.
 *
 * What a book says is a pure function of the set of records it holds: lists
 * are made anew when something arrived out of order, was corrected or is
 * gone, and only appended to in the everyday case.  That is why the order of
 * book_apply never matters.
 *
 * A record that supersedes another belongs to the group of the first record
 * of that chain; of a group only the newest is live.  Two desks that mended
 * the same entry apart therefore show one, not two.
 */
#include "evenkeel/book.h"

#include <stdlib.h>
#include <string.h>

#include "core/idmap.h"

#define KINDS 16 /* kinds of lists; kinds above are kept, not listed */

struct list {
	const struct record **items;
	size_t count;
	size_t cap;
	size_t reserved; /* records of this kind held: never more in items */
};

struct vault {
	struct list lists[KINDS];
};

struct derived {
	struct list lists[KINDS];
	struct list all;
	struct vault vault;
	struct idmap ids;
	bool stale;
	void *kept; /* book_keep's */
	void (*free_kept)(void *thing);
};

struct book {
	struct derived *derived; /* behind a pointer: readers renew it */
	int64_t newest_ms;
	size_t count;
	size_t chained; /* records with a supersedes field */
};

static struct list *
list_of(struct derived *derived, uint8_t kind)
{
	if (kind >= KINDS)
		return NULL;
	if (record_kind_vault(kind))
		return &derived->vault.lists[kind];
	return &derived->lists[kind];
}

static bool
list_reserve(struct list *list)
{
	const struct record **items;
	size_t cap;

	if (list->reserved < list->cap)
		return true;
	cap = list->cap == 0 ? 16 : list->cap * 2;
	items = realloc(list->items, cap * sizeof(*items));
	if (items == NULL)
		return false;
	list->items = items;
	list->cap = cap;
	return true;
}

static int
record_order(const struct record *a, const struct record *b)
{
	if (a->time_ms != b->time_ms)
		return a->time_ms < b->time_ms ? -1 : 1;
	return memcmp(a->rid, b->rid, EK_ID_LEN);
}

static int
sort_cb(const void *a, const void *b)
{
	return record_order(
	    *(const struct record *const *)a, *(const struct record *const *)b);
}

enum ek_err
book_new(struct book **ret)
{
	struct book *book = calloc(1, sizeof(*book));
	struct derived *derived = calloc(1, sizeof(*derived));

	if (book == NULL || derived == NULL) {
		free(book);
		free(derived);
		return EK_NOMEM;
	}
	book->derived = derived;
	*ret = book;
	return EK_OK;
}

void
book_free(struct book *book)
{
	struct derived *derived;
	size_t i;

	if (book == NULL)
		return;
	derived = book->derived;
	for (i = 0; i < derived->ids.cap; i++)
		record_free(derived->ids.entries[i].rec);
	for (i = 0; i < KINDS; i++) {
		free(derived->lists[i].items);
		free(derived->vault.lists[i].items);
	}
	if (derived->free_kept != NULL)
		derived->free_kept(derived->kept);
	free(derived->all.items);
	idmap_done(&derived->ids);
	free(derived);
	free(book);
}

static const unsigned char *
supersedes_of(const struct record *rec)
{
	if (rec->kind == REC_CHECKIN)
		return record_id(rec, CHECKIN_SUPERSEDES);
	if (rec->kind == REC_NOTE)
		return record_id(rec, NOTE_SUPERSEDES);
	return NULL;
}

/* The entry at the head of rec's chain of corrections.  Each step must go
 * back in order, so that no set of records can make a ring. */
static struct id_entry *
root_of(const struct idmap *ids, const struct record *rec)
{
	const unsigned char *before;
	struct id_entry *entry = idmap_find(ids, rec->rid);
	struct id_entry *next;

	while ((before = supersedes_of(rec)) != NULL) {
		next = idmap_find(ids, before);
		if (next == NULL || (next->rec != NULL &&
					(next->rec->kind != rec->kind ||
					    record_order(next->rec, rec) >= 0)))
			break;
		entry = next;
		if (next->rec == NULL)
			break;
		rec = next->rec;
	}
	return entry;
}

static void
find_newest(struct derived *derived)
{
	const struct record *rec;
	struct id_entry *root;
	size_t i;

	for (i = 0; i < derived->ids.cap; i++)
		derived->ids.entries[i].newest = NULL;
	for (i = 0; i < derived->all.count; i++) {
		rec = derived->all.items[i];
		if (rec->kind != REC_CHECKIN && rec->kind != REC_NOTE)
			continue;
		root = root_of(&derived->ids, rec);
		root->newest = rec; /* `all` is in order: the last wins */
	}
}

static bool
is_live(const struct derived *derived, const struct record *rec)
{
	if (rec->kind != REC_CHECKIN && rec->kind != REC_NOTE)
		return true;
	return root_of(&derived->ids, rec)->newest == rec;
}

static void
list_add(struct list *list, const struct record *rec)
{
	list->items[list->count++] = rec;
}

static void
drop_kept(struct derived *derived)
{
	if (derived->free_kept != NULL)
		derived->free_kept(derived->kept);
	derived->kept = NULL;
	derived->free_kept = NULL;
}

/* Rebuilds every list from the set of records; needs no memory: room was
 * reserved when each record came. */
static void
renew(struct derived *derived)
{
	struct list *list;
	size_t i;

	if (!derived->stale)
		return;
	derived->all.count = 0;
	for (i = 0; i < KINDS; i++)
		derived->lists[i].count = derived->vault.lists[i].count = 0;
	for (i = 0; i < derived->ids.cap; i++)
		if (derived->ids.entries[i].rec != NULL)
			list_add(&derived->all, derived->ids.entries[i].rec);
	if (derived->all.count > 1)
		qsort(derived->all.items, derived->all.count,
		    sizeof(*derived->all.items), sort_cb);
	find_newest(derived);
	for (i = 0; i < derived->all.count; i++) {
		list = list_of(derived, derived->all.items[i]->kind);
		if (list != NULL && is_live(derived, derived->all.items[i]))
			list_add(list, derived->all.items[i]);
	}
	derived->stale = false;
	drop_kept(derived);
}

static void
drop(struct book *book, struct id_entry *entry)
{
	struct list *list = list_of(book->derived, entry->rec->kind);

	if (supersedes_of(entry->rec) != NULL)
		book->chained--;
	if (list != NULL)
		list->reserved--;
	book->derived->all.reserved--;
	record_free(entry->rec);
	entry->rec = NULL;
	book->count--;
	book->derived->stale = true;
}

/* Ids this record speaks of get entries, so that nothing later can fail. */
static enum ek_err
reserve_ids(struct idmap *ids, const struct record *rec)
{
	const unsigned char *list;
	size_t count = 0, i;

	list = rec->kind == REC_GONE ? record_ids(rec, GONE_RECORDS, &count)
				     : supersedes_of(rec);
	if (rec->kind != REC_GONE && list != NULL)
		count = 1;
	for (i = 0; i < count; i++)
		if (idmap_add(ids, list + i * EK_ID_LEN) == NULL)
			return EK_NOMEM;
	return idmap_add(ids, rec->rid) == NULL ? EK_NOMEM : EK_OK;
}

static void
take_gone(struct book *book, const struct record *rec)
{
	const unsigned char *list;
	struct id_entry *entry;
	size_t count, i;

	list = record_ids(rec, GONE_RECORDS, &count);
	for (i = 0; i < count; i++) {
		entry = idmap_find(&book->derived->ids, list + i * EK_ID_LEN);
		if (memcmp(entry->id, rec->rid, EK_ID_LEN) == 0)
			continue; /* it cannot delete itself */
		entry->gone = true;
		if (entry->rec != NULL && entry->rec->kind != REC_GONE)
			drop(book, entry);
	}
}

static enum ek_err
add(struct book *book, const struct record *rec)
{
	struct derived *derived = book->derived;
	struct list *list = list_of(derived, rec->kind);
	struct record *copy;
	enum ek_err err;

	if (book->count >= EK_BOOK_RECORDS_MAX)
		return EK_TOO_LARGE;
	if (!list_reserve(&derived->all) ||
	    (list != NULL && !list_reserve(list)) ||
	    reserve_ids(&derived->ids, rec) != EK_OK)
		return EK_NOMEM;
	err = record_dup(rec, &copy);
	if (err != EK_OK)
		return err;
	idmap_find(&derived->ids, rec->rid)->rec = copy;
	derived->all.reserved++;
	if (list != NULL)
		list->reserved++;
	if (supersedes_of(copy) != NULL)
		book->chained++;
	if (!derived->stale && copy->time_ms > book->newest_ms &&
	    supersedes_of(copy) == NULL) {
		list_add(&derived->all, copy);
		if (list != NULL)
			list_add(list, copy);
		idmap_find(&derived->ids, rec->rid)->newest = copy;
	} else {
		derived->stale = true;
	}
	if (copy->time_ms > book->newest_ms)
		book->newest_ms = copy->time_ms;
	book->count++;
	if (copy->kind == REC_GONE)
		take_gone(book, copy);
	return EK_OK;
}

enum ek_err
book_apply(struct book *book, const struct record *rec, enum book_applied *ret)
{
	struct id_entry *entry = idmap_find(&book->derived->ids, rec->rid);
	enum book_applied applied = BOOK_ADDED;
	enum ek_err err;

	if (entry != NULL && entry->gone && rec->kind != REC_GONE)
		applied = BOOK_IS_GONE;
	else if (entry != NULL && entry->rec != NULL)
		applied = BOOK_KNOWN;
	if (applied == BOOK_ADDED) {
		err = add(book, rec);
		if (err != EK_OK)
			return err;
	}
	if (ret != NULL)
		*ret = applied;
	return EK_OK;
}

size_t
book_count(const struct book *book)
{
	return book->count;
}

int64_t
book_next_ms(const struct book *book, int64_t now_ms)
{
	int64_t ms = now_ms > book->newest_ms ? now_ms : book->newest_ms + 1;

	return ms < EK_TIME_MS_MAX ? ms : EK_TIME_MS_MAX;
}

const struct record *
book_find(const struct book *book, const unsigned char *rid)
{
	const struct id_entry *entry = idmap_find(&book->derived->ids, rid);

	return entry == NULL ? NULL : entry->rec;
}

bool
book_is_gone(const struct book *book, const unsigned char *rid)
{
	const struct id_entry *entry = idmap_find(&book->derived->ids, rid);

	return entry != NULL && entry->gone;
}

const struct record *
book_next(const struct book *book, size_t *at)
{
	renew(book->derived);
	if (*at >= book->derived->all.count)
		return NULL;
	return book->derived->all.items[(*at)++];
}

const struct record *const *
book_list(const struct book *book, enum record_kind kind, size_t *ret_count)
{
	const struct list *list = &book->derived->lists[kind];

	renew(book->derived);
	*ret_count = list->count;
	return list->items;
}

const struct record *
book_latest(const struct book *book, enum record_kind kind)
{
	const struct list *list = &book->derived->lists[kind];

	renew(book->derived);
	return list->count == 0 ? NULL : list->items[list->count - 1];
}

const char *
book_setting(const struct book *book, const char *key, size_t *ret_len)
{
	const struct record *const *items;
	size_t count;

	items = book_list(book, REC_SETTING, &count);
	while (count > 0)
		if (record_text_is(items[--count], SETTING_KEY, key))
			return record_text(
			    items[count], SETTING_VALUE, ret_len);
	*ret_len = 0;
	return NULL;
}

const struct vault *
book_vault(const struct book *book)
{
	renew(book->derived);
	return &book->derived->vault;
}

const struct record *const *
vault_list(const struct vault *vault, enum record_kind kind, size_t *ret_count)
{
	*ret_count = vault->lists[kind].count;
	return vault->lists[kind].items;
}

void *
book_kept(const struct book *book)
{
	return book->derived->kept;
}

void
book_keep(const struct book *book, void *thing, void (*free_cb)(void *thing))
{
	struct derived *derived = book->derived;

	drop_kept(derived);
	derived->kept = thing;
	derived->free_kept = free_cb;
}
