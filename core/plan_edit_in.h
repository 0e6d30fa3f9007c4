/*
 * plan_edit_in - what the files of plan_edit share and nobody else sees.
 */
#ifndef EVENKEEL_CORE_PLAN_EDIT_IN_H
#define EVENKEEL_CORE_PLAN_EDIT_IN_H

#include "core/plan_impl.h"
#include "evenkeel/plan_edit.h"
#include "evenkeel/text.h"

struct plan_want { /* one bullet as it is to be; texts are the owner's */
	const char *text;
	const char **links;
	size_t link_count;
	const struct plan_piece *was; /* NULL: new */
	bool stays;                   /* just as it was */
	size_t list; /* which it goes to; 0: to none there is */
};

struct plan_edit {
	const char *text;
	const struct plan *plan;
	enum plan_section section;
	struct plan_layout *layout;
	const struct plan_piece **old; /* the section's bullets */
	size_t old_count;
	size_t last_list; /* of the section; 0: it has none */
	struct plan_want *wants;
	size_t want_count;
	struct plan *owner; /* an empty one */
	bool bare;          /* no Markdown of what stays is kept */
	const char *at;     /* so far of text, which is that line's front */
	size_t line;
};

/* plan_edit.c: do all sections but this one say the same? */
bool plan_edit_rest_stays(
    const struct plan *a, const struct plan *b, enum plan_section but);

/* plan_edit_list.c: copies, or skips, up to that line; past the end: all. */
void plan_edit_copy(struct plan_edit *edit, size_t line, struct buf *out);
/* A blank line, if what comes is none. */
void plan_edit_gap(const struct plan_edit *edit, struct buf *out);
void plan_edit_skip(struct plan_edit *edit, size_t line);
/* The lines that go to this list, as one. */
void plan_edit_list(const struct plan_edit *edit, size_t list, struct buf *out);
/* Bytes of the line at text, its end left out, and of that end. */
size_t plan_edit_line(const char *text, size_t *ret_end);

#endif
