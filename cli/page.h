/*
 * page - a screenful as lines: a head and a foot that stay, a body that
 * scrolls to keep its focus in sight.  Pure; tui paints it, out prints it,
 * tests read it.
 *
 * Everything added goes through wrap's filter and, when ascii, into ASCII.
 * Failures stick: page_err() says so once at the end.
 */
#ifndef EVENKEEL_CLI_PAGE_H
#define EVENKEEL_CLI_PAGE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "evenkeel/buf.h"
#include "out.h"

enum page_part { PAGE_HEAD, PAGE_BODY, PAGE_FOOT, PAGE_PARTS };

struct page_line {
	enum out_style style;
	char *text; /* owned; at most page->width columns */
};

struct page_run {
	struct page_line *lines;
	size_t count, cap;
};

struct page {
	int width; /* columns */
	bool ascii;
	enum ek_err err;
	struct page_run parts[PAGE_PARTS];
	size_t focus_from,
	    focus_to;       /* body lines [from, to) to keep in sight */
	size_t cursor_line; /* in the body */
	size_t cursor_column;
};

void page_init(struct page *page, int width, bool ascii);
void page_done(struct page *page);
enum ek_err page_err(const struct page *page) EK_MUST_USE;

/* A wrapped paragraph; indent and hang as out_text has them. */
void page_add(struct page *page, enum page_part part, enum out_style style,
    int indent, int hang, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
/* The same, and `right` at the right end of its first line. */
struct page_pair {
	enum out_style style;
	int indent, hang;
	const char *left, *right;
};
void page_pair(
    struct page *page, enum page_part part, const struct page_pair *pair);
void page_gap(struct page *page, enum page_part part); /* never two */

/* Body lines added between the two are the focus; the cursor stands at the
 * first of them unless page_cursor puts it elsewhere. */
void page_focus_begin(struct page *page);
void page_focus_end(struct page *page);
void page_cursor(struct page *page, size_t line, size_t column);

/* What of it a terminal of so many rows shows. */
struct page_view {
	size_t head, foot; /* lines of each; all, if there is room */
	size_t from, body; /* body lines [from, from + body) */
	bool above, below; /* a row of its own says that more is there */
};
void page_fit(
    const struct page *page, size_t rows, size_t scroll, struct page_view *ret);
/* The line at a row of that view, or NULL for an empty row.  "more above" and
 * "more below" are lines too. */
const struct page_line *page_row(
    const struct page *page, const struct page_view *view, size_t row);
/* The row of the cursor in that view. */
size_t page_cursor_row(const struct page *page, const struct page_view *view);

/* As a terminal of so many rows would show it; 0: the whole of it. */
void page_text(const struct page *page, size_t rows, struct buf *ret);
void page_out(const struct page *page, struct out *out);

#endif
