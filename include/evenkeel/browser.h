/*
 * browser - which commands may open a link, one after the other: those of
 * BROWSER as xdg-open reads it, then xdg-open, then gio.
 *
 * BROWSER is a list parted by colons.  A command is words parted by blanks;
 * %s in a word is the link and %% a percent sign; without %s the link is the
 * last word.  No shell reads it.  A command that is too long is passed over.
 */
#ifndef EVENKEEL_BROWSER_H
#define EVENKEEL_BROWSER_H

#include <stdbool.h>
#include <stddef.h>

#define BROWSER_WORDS_MAX 16
#define BROWSER_TEXT_MAX  2048

struct browser {
	const char *rest; /* of BROWSER; borrowed */
	size_t fallback;
};

struct browser_cmd {
	char *argv[BROWSER_WORDS_MAX + 1]; /* NULL at its end; into text */
	char text[BROWSER_TEXT_MAX];
};

/* list: BROWSER's value, or NULL; it outlives *ret. */
void browser_init(struct browser *ret, const char *list);
/* False: there are no more. */
bool browser_next(
    struct browser *browser, const char *url, struct browser_cmd *ret);

#endif
