/*
 * screens - the check-in and the hard day as a state machine: a key comes
 * in, a page goes out.  Pure: no terminal, no daemon, no clock.
 *
 * At most five screens: the items, her signs, her strategies, a note, her
 * words.  Signs and strategies are asked with the pulse only, and only when
 * her plan names some.  Leaving keeps nothing; what is to be kept leaves in
 * one piece when screens_key says SCREENS_SAVE.
 */
#ifndef EVENKEEL_CLI_SCREENS_H
#define EVENKEEL_CLI_SCREENS_H

#include "form.h"
#include "keys.h"
#include "page.h"

enum screens_do {
	SCREENS_GO_ON, /* draw, and wait for the next key */
	SCREENS_SAVE,  /* send it, then screens_saved or screens_failed */
	SCREENS_WORDS, /* hard day: her words without writing anything down */
	SCREENS_NOTE,  /* hard day: send screens_note(), then as SAVE */
	SCREENS_EDIT,  /* run the editor on screens_note(), then go on */
	SCREENS_QUIT,  /* she left: keep nothing */
	SCREENS_DONE,  /* her words were read; what was saved is saved */
};

struct screens;

/* given and its form are borrowed and written to.  NULL when out of
 * memory. */
struct screens *screens_new(struct given *given);
/* nobody is borrowed. */
struct screens *screens_new_hard(const char *nobody, bool locked);
void screens_free(struct screens *screens);

enum screens_do screens_key(struct screens *screens, const struct key *key);
/* For terminals that only know lines: one typed line, without its newline. */
enum screens_do screens_line(struct screens *screens, const char *line);

/* reply: of POST /v1/checkins, /v1/hard or GET /v1/words; a reference is
 * kept.  Its words are the next and last screen.  nothing: there was nothing
 * to send. */
void screens_saved(struct screens *screens, json_t *reply, bool nothing);
void screens_failed(struct screens *screens, const char *why);
/* Shown above the keys until the next one. */
void screens_say(struct screens *screens, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void screens_edited(struct screens *screens); /* by SCREENS_EDIT */
/* Her words are up: line by line there is nothing left to ask. */
bool screens_at_end(const struct screens *screens);
/* The text the editor is to be run on, or the note to send. */
struct buf *screens_note(struct screens *screens);

/* The page for a terminal so wide; plain: for one that only knows lines. */
void screens_draw(const struct screens *screens, bool plain, struct page *page);
/* How far her words are scrolled, for page_fit; and where that really put
 * them, so that scrolling stops at the end. */
size_t screens_scroll(const struct screens *screens);
void screens_scrolled(struct screens *screens, size_t from);
/* 1 the first; counts the screens this check-in has. */
size_t screens_number(const struct screens *screens);
size_t screens_count(const struct screens *screens);

#endif
