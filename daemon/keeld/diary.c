/*
 * diary - which records make an entry.
 */
#include "keeld/diary.h"

#include <stdlib.h>
#include <string.h>

static int
order(const struct record *a, const struct record *b)
{
	if (a->time_ms != b->time_ms)
		return a->time_ms < b->time_ms ? -1 : 1;
	return memcmp(a->rid, b->rid, EK_ID_LEN);
}

static const unsigned char *
supersedes(const struct record *rec)
{
	return rec->kind == REC_CHECKIN ? record_id(rec, CHECKIN_SUPERSEDES)
	       : rec->kind == REC_NOTE  ? record_id(rec, NOTE_SUPERSEDES)
					: NULL;
}

/* Each step goes back in order, so that no set of records makes a ring. */
const unsigned char *
diary_root(const struct book *book, const unsigned char *rid)
{
	const struct record *rec = book_find(book, rid), *before;
	const unsigned char *id;

	while (rec != NULL && (id = supersedes(rec)) != NULL) {
		before = book_find(book, id);
		if (before == NULL)
			return id;
		if (before->kind != rec->kind || order(before, rec) >= 0)
			break;
		rec = before;
	}
	return rec == NULL ? rid : rec->rid;
}

/* --- notes by entry --- */

struct owned {
	const unsigned char *root;
	const struct record *note;
};

struct diary_notes {
	const struct book *book;
	size_t count;
	struct owned *owned;         /* by root, then order */
	const struct record **lists; /* the same notes, bare */
};

static int
owned_order(const void *a, const void *b)
{
	const struct owned *x = a, *y = b;
	int by_root = memcmp(x->root, y->root, EK_ID_LEN);

	return by_root != 0 ? by_root : order(x->note, y->note);
}

static int
id_order(const void *a, const void *b)
{
	const unsigned char *const *x = a, *const *y = b;

	return memcmp(*x, *y, EK_ID_LEN);
}

/* The entries' roots in order; NULL: no memory. */
static const unsigned char **
roots_of(
    const struct book *book, const struct record *const *entries, size_t count)
{
	const unsigned char **roots = calloc(count + 1, sizeof(*roots));
	size_t i;

	for (i = 0; roots != NULL && i < count; i++)
		roots[i] = diary_root(book, entries[i]->rid);
	if (roots != NULL && count > 1)
		qsort(roots, count, sizeof(*roots), id_order);
	return roots;
}

/* roots NULL: all are wanted. */
static void
take_notes(struct diary_notes *notes, const struct record *const *list,
    size_t list_count, const unsigned char *const *roots, size_t count)
{
	const unsigned char *of, *root;
	size_t i;

	for (i = 0; i < list_count; i++) {
		of = record_id(list[i], NOTE_OF);
		if (of == NULL)
			continue;
		root = diary_root(notes->book, of);
		if (roots != NULL && bsearch(&root, roots, count,
					 sizeof(*roots), id_order) == NULL)
			continue;
		notes->owned[notes->count].root = root;
		notes->owned[notes->count++].note = list[i];
	}
}

enum ek_err
diary_notes_new(const struct book *book, const struct record *const *entries,
    size_t count, struct diary_notes **ret)
{
	struct diary_notes *notes = calloc(1, sizeof(*notes));
	const unsigned char **roots = NULL;
	const struct record *const *list;
	size_t list_count, i;

	if (notes == NULL)
		return EK_NOMEM;
	list = vault_list(book_vault(book), REC_NOTE, &list_count);
	notes->book = book;
	notes->owned = calloc(list_count + 1, sizeof(*notes->owned));
	notes->lists = calloc(list_count + 1, sizeof(*notes->lists));
	if (entries != NULL)
		roots = roots_of(book, entries, count);
	if (notes->owned == NULL || notes->lists == NULL ||
	    (entries != NULL && roots == NULL)) {
		free(roots);
		diary_notes_free(notes);
		return EK_NOMEM;
	}
	take_notes(notes, list, list_count, roots, count);
	free(roots);
	if (notes->count > 1)
		qsort(notes->owned, notes->count, sizeof(*notes->owned),
		    owned_order);
	for (i = 0; i < notes->count; i++)
		notes->lists[i] = notes->owned[i].note;
	*ret = notes;
	return EK_OK;
}

void
diary_notes_free(struct diary_notes *notes)
{
	if (notes == NULL)
		return;
	free(notes->owned);
	free(notes->lists);
	free(notes);
}

const struct record *const *
diary_notes_of(const struct diary_notes *notes, const unsigned char *rid,
    size_t *ret_count)
{
	const unsigned char *root = diary_root(notes->book, rid);
	size_t low = 0, high = notes->count, mid, end;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (memcmp(notes->owned[mid].root, root, EK_ID_LEN) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (end = low; end < notes->count &&
			memcmp(notes->owned[end].root, root, EK_ID_LEN) == 0;
	     end++)
		;
	*ret_count = end - low;
	return notes->lists + low;
}

/* --- all of an entry --- */

static bool
is_part(const struct book *book, const struct record *rec,
    const unsigned char *root)
{
	const unsigned char *of = rec->rid;

	if (rec->kind == REC_NOTE)
		of = record_id(rec, NOTE_OF);
	else if (rec->kind != REC_CHECKIN && rec->kind != REC_HARD &&
		 rec->kind != REC_HISTORY)
		return false;
	return of != NULL && memcmp(diary_root(book, of), root, EK_ID_LEN) == 0;
}

enum ek_err
diary_parts(const struct book *book, const struct record *entry,
    unsigned char **ret_rids, size_t *ret_count)
{
	const unsigned char *root = diary_root(book, entry->rid);
	const struct record *rec;
	unsigned char *rids = NULL, *more;
	size_t count = 0, cap = 0, at = 0;

	while ((rec = book_next(book, &at)) != NULL) {
		if (!is_part(book, rec, root))
			continue;
		if (count == cap) {
			cap = cap == 0 ? 16 : cap * 2;
			more = realloc(rids, cap * EK_ID_LEN);
			if (more == NULL) {
				free(rids);
				return EK_NOMEM;
			}
			rids = more;
		}
		memcpy(rids + count++ * EK_ID_LEN, rec->rid, EK_ID_LEN);
	}
	*ret_rids = rids;
	*ret_count = count;
	return EK_OK;
}
