/*
 * screens_in - what the files of screens share, and nobody else sees.
 */
#ifndef EVENKEEL_CLI_SCREENS_IN_H
#define EVENKEEL_CLI_SCREENS_IN_H

#include <stdint.h>

#include "screens.h"
#include "textbox.h"

enum screen {
	SCREEN_ITEMS,
	SCREEN_SIGNS,
	SCREEN_USED,
	SCREEN_NOTE,
	SCREEN_HARD,
	SCREEN_WORDS,
};

#define SCREENS_MAX 5

struct screens {
	struct given *given;     /* borrowed; NULL on a hard day */
	const struct form *form; /* borrowed; NULL on a hard day */
	const char *nobody;      /* borrowed */
	bool locked;             /* the book: no words can come back */
	enum screen flow[SCREENS_MAX];
	size_t count; /* screens in the flow */
	size_t at;    /* which of them */

	size_t item;      /* the one the keys go to */
	size_t row[2];    /* in her signs, in her strategies */
	bool asking;      /* how much did the strategy at the row help? */
	int typed;        /* digits of a number not yet whole; -1: none */
	bool moved;       /* the last key answered and moved on by itself */
	size_t cursor;    /* in the text of the item or note */
	struct buf extra; /* a hard day's own words */
	uint64_t words_before; /* a sum of all words there were at first */
	bool leaving;          /* she pressed q with words written: sure? */
	char message[400];     /* shown above the keys, till the next one */

	json_t *reply; /* owned; her words are in it */
	bool nothing;  /* ... and nothing was sent for it */
	size_t scroll; /* of her words */
};

enum screen screens_now(const struct screens *screens);
enum screens_do screens_next(struct screens *screens);
void screens_back(struct screens *screens);
struct textbox screens_box(struct screens *screens); /* item or note */

/* A digit towards a number up to max: *ret is the number so far.  True when
 * no further digit could belong to it. */
bool screens_digit(struct screens *screens, int digit, int max, int *ret);

/* screens_items.c, screens_lists.c: keys of these screens.  False: the key
 * means nothing particular here. */
bool items_key(struct screens *screens, const struct key *key);
bool items_line(struct screens *screens, const char *line);
void items_next(struct screens *screens, enum screens_do *ret);
/* What the i-th option of a choice is called at the keys. */
int items_number(const struct item *item, size_t i);
bool lists_key(struct screens *screens, const struct key *key);
bool lists_line(struct screens *screens, const char *line);
size_t lists_count(const struct screens *screens);
/* screens_foot.c */
void screens_foot(const struct screens *screens, bool plain, struct page *page);
/* The keys go to text: a note or a text item. */
bool screens_at_text(const struct screens *screens);
bool screens_is_char(const struct key *key, const char *any);

#endif
