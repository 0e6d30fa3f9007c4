/*
 * plan_edit - the plan's document by its pieces: to be shown whole, in the
 * order in which she wrote it, and to have one section changed.
 *
 * A change touches the lists of its section and nothing else; bullets that
 * stay the same keep their Markdown, and every text between them is kept.
 * What comes out was read again: it says what was wanted, or the change is
 * refused.
 */
#ifndef EVENKEEL_PLAN_EDIT_H
#define EVENKEEL_PLAN_EDIT_H

#include "evenkeel/plan.h"

enum plan_piece_kind {
	PLAN_PIECE_HEADING,
	PLAN_PIECE_BULLET, /* of a section we know */
	PLAN_PIECE_ITEM,   /* a list's item elsewhere, or an empty one */
	PLAN_PIECE_TEXT
};

struct plan_piece {
	enum plan_piece_kind kind;
	int section;      /* where it stands, a heading's own; -1: none */
	bool known;       /* a heading: one of ours */
	int level;        /* a heading's, 1 to 6; in lists how deep, from 0 */
	const char *text; /* plain, on one line; of a bullet as read */
	size_t bullet;    /* the how many-eth of its section */
	size_t line;      /* where what it says begins, 1-based */
	size_t column;    /* in bytes, 1-based */
	size_t end_line;  /* 0: a bullet that is more than one paragraph */
	size_t list;      /* 0: in none; else one number a list */
	size_t list_line; /* of that list */
	size_t list_end;
	bool ordered;
};

struct plan_layout;
/* As plan_parse.  Pieces are borrowed; free with plan_layout_free. */
enum ek_err plan_layout_read(const char *text, size_t len,
    struct plan_layout **ret, struct ek_why *reterr_why) EK_MUST_USE;
const struct plan_piece *plan_layout_pieces(
    const struct plan_layout *layout, size_t *ret_count);
const struct plan *plan_layout_plan(const struct plan_layout *layout);
void plan_layout_free(struct plan_layout *layout);

struct plan_line {                /* a bullet as it is to be */
	const char *id;           /* which one it was; NULL: a new one */
	const char *text;         /* one line; ends are trimmed */
	const char *const *links; /* of a sign; as plan_bullet has them */
	size_t link_count;
};
struct plan_change {
	enum plan_section section; /* any but PLAN_REVIEW */
	const struct plan_line *lines;
	size_t count;
};

/* The document with just these bullets in the section.  plan is the reading
 * of text, with its ids.  Lines of known ids stand in their old order; a line
 * without text is none.  A section that is not there is begun, in its place.
 * EK_INVALID, EK_TOO_LARGE: *ret_bad (may be NULL) is the line that is
 * refused, or change->count. */
enum ek_err plan_edit(const char *text, const struct plan *plan,
    const struct plan_change *change, struct buf *ret, size_t *ret_bad,
    struct ek_why *reterr_why) EK_MUST_USE;
/* The document with this review day; NULL: without one. */
enum ek_err plan_edit_review(const char *text, const struct plan *plan,
    const char *day, struct buf *ret, struct ek_why *reterr_why) EK_MUST_USE;

#endif
