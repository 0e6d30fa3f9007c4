/*
 * store_aside - a damaged book set aside: all of its files or none, also when
 * killed in the middle.
 *
 * A marker that holds the number of the set is written first and taken away
 * last; the next start goes on where a kill left off.  The database moves
 * last: once it lies aside, all does.  It is named so that SQLite finds its
 * log beside it.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "keeld/store_in.h"

#define ASIDE_MAX 9 /* sets; each may hold what the others lost */

static const struct {
	const char *name;
	const char *end; /* behind ".damagedN" */
	const char *stem;
} moves[] = {
    {STORE_DB_FILE "-shm", "-shm", STORE_DB_FILE},
    {STORE_DB_FILE "-wal", "-wal", STORE_DB_FILE},
    {STORE_KEY_FILE, "", STORE_KEY_FILE},
    {STORE_KEY_NEW, "", STORE_KEY_NEW},
    {STORE_DB_FILE, "", STORE_DB_FILE},
};
#define MOVES (sizeof(moves) / sizeof(moves[0]))

static enum ek_err
aside_path(const struct store *store, size_t move, int number, char *out)
{
	char name[64];

	snprintf(name, sizeof(name), "%s.damaged%d%s", moves[move].stem, number,
	    moves[move].end);
	return store_path(store, name, out);
}

static bool
is_aside(const struct store *store, size_t move, int number)
{
	char path[EK_PATH_MAX];

	return aside_path(store, move, number, path) == EK_OK &&
	       access(path, F_OK) == 0;
}

/* The first number of which nothing is there; 0: none is free. */
static int
free_number(const struct store *store)
{
	int number;
	size_t i;

	for (number = 1; number <= ASIDE_MAX; number++) {
		for (i = 0; i < MOVES && !is_aside(store, i, number); i++)
			;
		if (i == MOVES)
			return number;
	}
	return 0;
}

/* The number of a set under way; 0: none is.  Not known is not none. */
static enum ek_err
read_marker(const struct store *store, int *ret, struct ek_why *why)
{
	char path[EK_PATH_MAX], text[8] = "";
	long len;

	if (store_path(store, STORE_ASIDE, path) != EK_OK)
		return EK_INVALID;
	len = store_read_file(path, text, sizeof(text) - 1);
	if (len < 0 && errno != ENOENT)
		return store_io_error(STORE_ASIDE, why);
	*ret = 0;
	if (len > 0 && text[0] >= '1' && text[0] <= '0' + ASIDE_MAX)
		*ret = text[0] - '0';
	return EK_OK;
}

static enum ek_err
move_one(const struct store *store, size_t move, int number, struct ek_why *why)
{
	char from[EK_PATH_MAX], to[EK_PATH_MAX];

	if (store_path(store, moves[move].name, from) != EK_OK ||
	    aside_path(store, move, number, to) != EK_OK)
		return EK_INVALID;
	if (access(from, F_OK) != 0 && errno == ENOENT)
		return EK_OK; /* there is none, or it was moved before a kill */
	/* the folder is locked to us: nobody takes the name meanwhile */
	if (access(to, F_OK) == 0)
		errno = EEXIST;
	else if (rename(from, to) == 0)
		return EK_OK;
	return store_io_error("the damaged book's folder", why);
}

enum ek_err
store_aside_resume(struct store *store, struct ek_why *why)
{
	int number = 0;
	enum ek_err err;
	size_t i;

	err = read_marker(store, &number, why);
	if (err != EK_OK || number == 0)
		return err;
	/* a marker that a power cut brought back names a set that is whole:
	 * what lies in its place now is another book */
	if (!is_aside(store, MOVES - 1, number)) {
		for (i = 0; err == EK_OK && i < MOVES; i++) {
			if (i == MOVES - 1 && !store_sync_dir(store->place))
				err = store_io_error(STORE_ASIDE, why);
			else
				err = move_one(store, i, number, why);
		}
		if (err == EK_OK && !store_sync_dir(store->place))
			err = store_io_error(STORE_ASIDE, why);
	}
	return err == EK_OK ? store_unmark(store, STORE_ASIDE, why) : err;
}

enum ek_err
store_set_aside(struct store *store, struct ek_why *reterr_why)
{
	char text[2] = {'0', '\n'};
	int number = 0;
	enum ek_err err;

	/* there is one of a try that failed half-way */
	err = read_marker(store, &number, reterr_why);
	if (err != EK_OK)
		return err;
	if (number == 0) {
		number = free_number(store);
		if (number == 0)
			return ek_why(reterr_why, EK_CONFLICT,
			    "%d damaged books lie aside already; move those "
			    "you no longer need out of the book's folder",
			    ASIDE_MAX);
		text[0] = (char)('0' + number);
		err = store_write_file(
		    store->place, STORE_ASIDE, text, sizeof(text), reterr_why);
	}
	db_close(store->db);
	store->db = NULL;
	if (err == EK_OK)
		err = store_aside_resume(store, reterr_why);
	if (err != EK_OK)
		return err;
	book_free(store->book);
	store->book = NULL;
	book_key_free(store->key);
	store->key = NULL;
	store->state = STORE_NONE;
	store->why.text[0] = '\0';
	return EK_OK;
}
