/*
 * book - one person's records in memory, and the state they amount to.
 *
 * book_apply is the only way to state: start, import, restore, joining two
 * books, simulation and tests all use it.  Order of application never
 * matters: `gone` and `supersedes` are sets, the rest is sorted by (time,
 * id).  Notes and hard-day words lie apart in struct vault, which no
 * renderer of anything shared is ever given.
 *
 * Lifetimes: records handed out are borrowed from the book and live until
 * the next book_apply of a `gone` or book_free; lists are borrowed until the
 * next book_apply.
 */
#ifndef EVENKEEL_BOOK_H
#define EVENKEEL_BOOK_H

#include "evenkeel/record.h"

struct book;
struct vault;

enum book_applied {
	BOOK_ADDED,   /* new */
	BOOK_KNOWN,   /* a record of this id is there already: nothing done */
	BOOK_IS_GONE, /* its id is in the gone set: content not kept */
};

enum ek_err book_new(struct book **ret) EK_MUST_USE;
void book_free(struct book *book);

/* Copies rec.  EK_NOMEM, or EK_TOO_LARGE past EK_BOOK_RECORDS_MAX: the book
 * is as it was. ret may be NULL. */
enum ek_err book_apply(struct book *book, const struct record *rec,
    enum book_applied *ret) EK_MUST_USE;

size_t book_count(const struct book *book); /* records held */
/* The time for a new record: max(now, newest known + 1), at most
 * EK_TIME_MS_MAX; records of one time are in the order of their ids. */
int64_t book_next_ms(const struct book *book, int64_t now_ms);
/* Any record by id, live or superseded, vault included; NULL when unknown. */
const struct record *book_find(
    const struct book *book, const unsigned char *rid);
bool book_is_gone(const struct book *book, const unsigned char *rid);
/* Every record in (time, id) order, vault included: *at starts at 0; NULL at
 * the end.  For archives, copies and joins. */
const struct record *book_next(const struct book *book, size_t *at);

/* Live records of one kind (not gone, not superseded), by (time, id).  Vault
 * kinds are empty here. */
const struct record *const *book_list(
    const struct book *book, enum record_kind kind, size_t *ret_count);
/* The newest live record of a kind, or NULL. */
const struct record *book_latest(
    const struct book *book, enum record_kind kind);

/* Settings: the newest value of key, or NULL; not NUL-terminated. */
const char *book_setting(
    const struct book *book, const char *key, size_t *ret_len);

/* One thing that was worked out from the records and is kept with them, for
 * words_coping: given back to free_cb with the book, when another is put in
 * its place, or when a list was made anew and did not only grow at its end
 * (by whatever reads a list next).  NULL when there is none. */
void *book_kept(const struct book *book);
void book_keep(
    const struct book *book, void *thing, void (*free_cb)(void *thing));

const struct vault *book_vault(const struct book *book);
/* Live NOTE or HARD records, by (time, id). */
const struct record *const *vault_list(
    const struct vault *vault, enum record_kind kind, size_t *ret_count);

#endif
