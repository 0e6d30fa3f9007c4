/*
 * desk - a book to do things to while something fails, and the one question
 * asked of it afterwards: is what it says what was kept?
 */
#ifndef TESTS_DESK_H
#define TESTS_DESK_H

#include "keeld/store.h"
#include "trial.h"

struct desk {
	char top[256];  /* everything lies below it */
	char from[300]; /* how each try finds the folder */
	char home[300]; /* the try's own */
	struct paths paths;
	struct key_spec spec;
	struct store *store; /* NULL: not opened */
	struct record *recs[8];
	size_t count;
	struct buf before, after; /* what it said, what it is to say */
};

/* One thing to do with a book. */
struct scene {
	void (*ready)(struct desk *desk); /* opens it, as far as need be */
	enum ek_err (*act)(struct desk *desk);
	/* more to look at, with the store still as act left it; or NULL */
	void (*look)(struct desk *desk, enum ek_err err);
	bool once; /* cannot be done again after it failed */
	/* refused, it may be done all the same: it was committed, and what
	 * failed came after */
	bool may_be_done;
};

/* KEY_FILE or KEY_PASSPHRASE; with some records, or no book at all. */
void desk_init(struct desk *desk, enum key_mode mode, bool book);
void desk_done(struct desk *desk);
/* Its folder as it was; the store is not opened. */
void desk_fresh(struct desk *desk);
/* The same, opened; asserts the state. */
void desk_open(struct desk *desk, enum store_state expect);
void desk_close(struct desk *desk);
/* The folder as it is now is how each try finds it from now on; closes. */
void desk_keep(struct desk *desk);
void desk_path(const struct desk *desk, const char *name, char *out);
/* Records to add: check-in and note, of this number; desk_done frees. */
void desk_records(struct desk *desk, unsigned char number);

/* What the store says, as bytes: its state and all of its records. */
void desk_says(struct store *store, struct buf *ret);
bool desk_same(const struct buf *a, const struct buf *b);

/* Every fault, in every call of scene's act.  Afterwards what the store says
 * is what a fresh start finds in the files; all of the act is there or none,
 * all if it said so; and it can be done again. */
void desk_play(struct desk *desk, const struct scene *scene);

#endif
