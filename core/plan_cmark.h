/*
 * plan_cmark - the part of the plan that sees cmark: plan_text.c for the
 * plain text of a node, plan_bullet.c for an item, plan_layout.c for what is
 * noted of one, plan_parse.c for the document.
 */
#ifndef EVENKEEL_CORE_PLAN_CMARK_H
#define EVENKEEL_CORE_PLAN_CMARK_H

#include <cmark.h>

#include "core/plan_impl.h"
#include "evenkeel/plan_edit.h"

/* Appends the plain text under root, lists within it left out unless
 * `lists`; with `marks`, arrows and semicolons become PLAN_MARK_….  False
 * when an entity stands for a control character, but for `drop`; memory is in
 * ret. */
struct plan_text_how {
	bool marks;
	bool lists;
	bool drop; /* leave out what is no text; else that is refused */
};
bool plan_text(
    cmark_node *root, const struct plan_text_how *how, struct buf *ret);

struct plan_reader {
	struct plan *plan;
	struct plan_part *part; /* being read; NULL outside known sections */
	int level;              /* of its heading */
	size_t review_line;     /* of the first text under Review */
	struct plan_layout *layout; /* NULL: nothing is noted */
	struct buf text;            /* of the node at hand */
	struct ek_why *why;
};

/* plan_bullet.c: the plain text of node in reader->text. */
enum ek_err plan_read_text(struct plan_reader *reader, cmark_node *node,
    const struct plan_text_how *how) EK_MUST_USE;
/* A list item of the section being read; empty ones are passed over. */
enum ek_err plan_read_bullet(
    struct plan_reader *reader, cmark_node *item) EK_MUST_USE;

/* plan_parse.c: plan_parse, noting pieces when layout is not NULL. */
enum ek_err plan_read(const char *text, size_t len, struct plan_layout *layout,
    struct plan **ret, struct ek_why *reterr_why) EK_MUST_USE;

/* plan_layout.c */
enum ek_err plan_note_heading(struct plan_reader *reader, cmark_node *node,
    int level, const char *text) EK_MUST_USE;
enum ek_err plan_note_text(
    struct plan_reader *reader, cmark_node *node) EK_MUST_USE;
void plan_note_list(struct plan_reader *reader);
enum ek_err plan_note_item(struct plan_reader *reader, cmark_node *item,
    cmark_node *list, size_t before) EK_MUST_USE;

#endif
