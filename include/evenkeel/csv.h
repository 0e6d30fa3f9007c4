/*
 * csv - strict reader of RFC 4180 files, row by row.
 *
 * What is not plain CSV is refused with its line, never guessed: broken
 * UTF-8, NUL, a bare CR, quotes in the middle of a cell, text behind a closing
 * quote, an unclosed quote, ragged rows, empty lines.  Taken: LF or CRLF, a
 * UTF-8 BOM, a missing last line break, empty lines at the very end.  Limits:
 * EK_CSV_* (the first row, a heading, is not counted).
 * Reasons name line and column, never what a cell holds.
 */
#ifndef EVENKEEL_CSV_H
#define EVENKEEL_CSV_H

#include "evenkeel/buf.h"
#include "evenkeel/err.h"

struct csv;

struct csv_cell {
	const char *text; /* NUL-terminated; holds no NUL itself */
	size_t len;
	bool quoted;
};

struct csv_row {
	size_t line; /* where it begins, from 1 */
	size_t count;
	const struct csv_cell *cells;
};

/* bytes are borrowed and must outlive the reader; what names the file in
 * reasons.  EK_INVALID, EK_TOO_LARGE, EK_NOMEM.  Free with csv_free(). */
enum ek_err csv_new(const void *bytes, size_t len, const char *what,
    struct csv **ret, struct ek_why *reterr_why) EK_MUST_USE;
void csv_free(struct csv *csv);

/* The next row, borrowed until the next call; EK_NOT_FOUND at the end.  Every
 * row has as many cells as the first.  A failure sticks. */
enum ek_err csv_next(struct csv *csv, struct csv_row *ret,
    struct ek_why *reterr_why) EK_MUST_USE;

/* One cell as a file of ours has it: quoted only where it must be. */
void csv_write_cell(struct buf *buf, const char *text, size_t len);

#endif
