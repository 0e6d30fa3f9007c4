/*
 * wrap - text made fit for a terminal: filtered, in ASCII where the locale
 * asks for it, broken at a width.  Pure.
 */
#ifndef EVENKEEL_CLI_WRAP_H
#define EVENKEEL_CLI_WRAP_H

#include <stdbool.h>

#include "evenkeel/buf.h"

/* Controls a terminal would obey go (C0 but newline, DEL, C1, bidi), tabs
 * become a space, broken UTF-8 a question mark. */
void wrap_filter(const char *text, size_t len, struct buf *ret);
/* Well-formed UTF-8 in ASCII: "→" "->", "é" "e", what has no likeness "?". */
void wrap_ascii(const char *text, size_t len, struct buf *ret);

struct wrap {
	int width;  /* columns in all, at least 1 */
	int indent; /* before every line */
	int hang;   /* and more before every line but the first */
};

/* Breaks filtered text at spaces, between wide characters, and inside words
 * too long for a line; newlines are kept, spaces at line ends are not.  Every
 * line ends with a newline. */
void wrap_text(
    const struct wrap *wrap, const char *text, size_t len, struct buf *ret);

#endif
