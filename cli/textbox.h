/*
 * textbox - a few lines of text edited in place, inside a buf that is
 * somebody else's.  Pure.  The buf's max is the limit; what does not fit is
 * not taken.
 */
#ifndef EVENKEEL_CLI_TEXTBOX_H
#define EVENKEEL_CLI_TEXTBOX_H

#include "evenkeel/buf.h"
#include "keys.h"
#include "page.h"

struct textbox {
	struct buf *text; /* borrowed */
	size_t cursor;    /* byte offset, at a character */
};

/* True when the key was one for the text. */
bool textbox_key(struct textbox *box, const struct key *key);
/* Adds text to the page's body and puts the cursor where it is in it; past
 * the end is the end. */
void textbox_draw(
    const struct buf *text, size_t cursor, struct page *page, int indent);

#endif
