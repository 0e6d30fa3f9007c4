/*
 * plan_layout - the document's pieces, noted while it is read (plan_parse.c).
 *
 * Texts are owned by the plan that is read with them.
 */
#include <stdlib.h>
#include <string.h>

#include "core/plan_cmark.h"

struct plan_layout {
	struct plan *plan;
	struct plan_piece *pieces;
	size_t count, cap;
	size_t lists;
};

static struct plan_piece *
next_piece(struct plan_layout *layout)
{
	size_t cap = layout->cap == 0 ? 64 : 2 * layout->cap;
	struct plan_piece *pieces = layout->pieces;

	if (layout->count == layout->cap) {
		pieces = reallocarray(pieces, cap, sizeof(*pieces));
		if (pieces == NULL)
			return NULL;
		layout->pieces = pieces;
		layout->cap = cap;
	}
	return &pieces[layout->count++];
}

/* The piece of node that says text; *ret is good until the next. */
static enum ek_err
note(struct plan_reader *reader, cmark_node *node, const char *text,
    struct plan_piece **ret)
{
	size_t len = strlen(text);
	struct plan_piece *piece;
	char *copy;
	enum ek_err err;

	text = plan_text_trim(text, &len);
	copy = strndup(text, len);
	err = plan_own_take(reader->plan, copy);
	piece = err == EK_OK ? next_piece(reader->layout) : NULL;
	if (piece == NULL)
		return EK_NOMEM;
	*piece = (struct plan_piece){
	    .section = reader->part == NULL
			   ? -1
			   : (int)(reader->part - reader->plan->parts),
	    .text = copy,
	    .line = (size_t)cmark_node_get_start_line(node),
	    .column = (size_t)cmark_node_get_start_column(node),
	    .end_line = (size_t)cmark_node_get_end_line(node)};
	*ret = piece;
	return EK_OK;
}

enum ek_err
plan_note_heading(
    struct plan_reader *reader, cmark_node *node, int level, const char *text)
{
	struct plan_piece *piece;
	enum ek_err err;

	if (reader->layout == NULL)
		return EK_OK;
	err = note(reader, node, text, &piece);
	if (err != EK_OK)
		return err;
	piece->kind = PLAN_PIECE_HEADING;
	piece->level = level;
	piece->known =
	    reader->part != NULL && reader->part->line == piece->line;
	return EK_OK;
}

/* HTML is what she wrote, too; a comment was meant to be unseen. */
static enum ek_err
read_any(struct plan_reader *reader, cmark_node *node)
{
	const char *html;

	if (cmark_node_get_type(node) != CMARK_NODE_HTML_BLOCK)
		return plan_read_text(reader, node,
		    &(struct plan_text_how){.lists = true, .drop = true});
	buf_clear(&reader->text);
	html = cmark_node_get_literal(node);
	if (strncmp(html, "<!--", 4) != 0 &&
	    !plan_text_clean(html, strlen(html), &reader->text))
		return EK_INVALID; /* not so: the whole was looked at */
	return buf_err(&reader->text);
}

enum ek_err
plan_note_text(struct plan_reader *reader, cmark_node *node)
{
	struct plan_piece *piece;
	enum ek_err err;

	if (reader->layout == NULL)
		return EK_OK;
	err = read_any(reader, node);
	if (err == EK_OK)
		err = note(reader, node, buf_text(&reader->text), &piece);
	if (err == EK_OK)
		piece->kind = PLAN_PIECE_TEXT;
	return err;
}

static void
set_list(struct plan_piece *piece, const struct plan_layout *layout,
    cmark_node *item, cmark_node *list)
{
	cmark_node *up = cmark_node_parent(item);

	piece->ordered = cmark_node_get_list_type(up) == CMARK_ORDERED_LIST;
	for (piece->level = 0; up != list; up = cmark_node_parent(up))
		piece->level +=
		    cmark_node_get_type(up) == CMARK_NODE_LIST ? 1 : 0;
	piece->list = layout->lists;
	piece->list_line = (size_t)cmark_node_get_start_line(list);
	piece->list_end = (size_t)cmark_node_get_end_line(list);
}

/* One paragraph, and behind it lists only: what the item says is there. */
static void
set_place(struct plan_piece *piece, cmark_node *item)
{
	cmark_node *first = cmark_node_first_child(item), *node;

	piece->end_line = 0;
	if (first == NULL || cmark_node_get_type(first) != CMARK_NODE_PARAGRAPH)
		return;
	for (node = cmark_node_next(first); node != NULL;
	     node = cmark_node_next(node))
		if (cmark_node_get_type(node) != CMARK_NODE_LIST)
			return;
	piece->line = (size_t)cmark_node_get_start_line(first);
	piece->column = (size_t)cmark_node_get_start_column(first);
	piece->end_line = (size_t)cmark_node_get_end_line(first);
}

void
plan_note_list(struct plan_reader *reader)
{
	if (reader->layout != NULL)
		reader->layout->lists++;
}

/* before: how many bullets there were before this item was read. */
enum ek_err
plan_note_item(struct plan_reader *reader, cmark_node *item, cmark_node *list,
    size_t before)
{
	const struct plan *plan = reader->plan;
	struct plan_piece *piece;
	enum ek_err err;

	if (reader->layout == NULL)
		return EK_OK;
	/* of a bullet the text is checked; others are her own affair */
	err =
	    plan_read_text(reader, item, &(struct plan_text_how){.drop = true});
	if (err == EK_OK)
		err = note(reader, item, buf_text(&reader->text), &piece);
	if (err != EK_OK)
		return err;
	piece->kind = PLAN_PIECE_ITEM;
	if (plan->count > before) {
		piece->kind = PLAN_PIECE_BULLET;
		piece->text = plan->bullets[before].text;
		piece->bullet = before - reader->part->first;
	}
	set_list(piece, reader->layout, item, list);
	set_place(piece, item);
	return EK_OK;
}

enum ek_err
plan_layout_read(const char *text, size_t len, struct plan_layout **ret,
    struct ek_why *reterr_why)
{
	struct plan_layout *layout = calloc(1, sizeof(*layout));
	enum ek_err err;

	if (layout == NULL)
		return EK_NOMEM;
	err = plan_read(text, len, layout, &layout->plan, reterr_why);
	if (err != EK_OK) {
		plan_layout_free(layout);
		return err;
	}
	*ret = layout;
	return EK_OK;
}

const struct plan_piece *
plan_layout_pieces(const struct plan_layout *layout, size_t *ret_count)
{
	*ret_count = layout->count;
	return layout->pieces;
}

const struct plan *
plan_layout_plan(const struct plan_layout *layout)
{
	return layout->plan;
}

void
plan_layout_free(struct plan_layout *layout)
{
	if (layout == NULL)
		return;
	plan_free(layout->plan);
	free(layout->pieces);
	free(layout);
}
