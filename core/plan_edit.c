/*
 * plan_edit - one section of the document changed, the rest left alone.
 *
 * A list whose bullets stay is copied byte for byte; one that changes is
 * written anew, with the Markdown of the bullets that stay.  Where that does
 * not read as wanted (markup that leans on what stood around it), the words
 * alone are written.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan_edit_in.h"

/* --- what is wanted --- */

static enum ek_err
clean(
    struct plan *owner, const char *text, const char **ret, struct ek_why *why)
{
	struct buf buf;
	const char *trimmed;
	char *copy = NULL;
	size_t len;
	enum ek_err err = EK_OK;

	buf_init(&buf, EK_PLAN_MAX);
	if (!text_utf8_ok(text, strlen(text), NULL) ||
	    !plan_text_clean(text, strlen(text), &buf))
		err = ek_why(why, EK_INVALID,
		    "this line holds a character that is no text; type it "
		    "again");
	len = buf.len;
	trimmed = plan_text_trim(buf_text(&buf), &len);
	if (err == EK_OK)
		err = buf_err(&buf);
	if (err == EK_TOO_LARGE || (err == EK_OK && len > EK_BULLET_MAX))
		err = ek_why(why, EK_TOO_LARGE,
		    "this line is too long; keep it under %d bytes, or make "
		    "two of it",
		    EK_BULLET_MAX);
	if (err == EK_OK) {
		copy = strndup(trimmed, len);
		err = plan_own_take(owner, copy);
		*ret = copy;
	}
	buf_done(&buf);
	return err;
}

static enum ek_err
clean_links(struct plan_edit *edit, const struct plan_line *line,
    struct plan_want *want, struct ek_why *why)
{
	struct plan *owner = edit->owner;
	enum ek_err err;
	size_t i;

	if (line->link_count == 0 || edit->section != PLAN_SIGNS)
		return EK_OK;
	if (line->link_count > EK_PLAN_LINKS_MAX)
		return ek_why(why, EK_TOO_LARGE,
		    "this sign is linked to more than %d lines; keep those "
		    "that help most",
		    EK_PLAN_LINKS_MAX);
	want->links = calloc(line->link_count, sizeof(*want->links));
	err = plan_own_take(owner, want->links);
	for (i = 0; err == EK_OK && i < line->link_count; i++) {
		err = clean(
		    owner, line->links[i], &want->links[want->link_count], why);
		if (err == EK_OK && want->links[want->link_count][0] != '\0')
			want->link_count++;
	}
	return err;
}

/* The bullet of this id, not before *next, which goes past it. */
static const struct plan_piece *
find_was(const struct plan_edit *edit, const char *id, size_t *next)
{
	size_t count, i;
	const struct plan_bullet *bullets =
	    plan_bullets(edit->plan, edit->section, &count);

	for (i = *next; id != NULL && i < count && i < edit->old_count; i++)
		if (strcmp(bullets[i].id, id) == 0) {
			*next = i + 1;
			return edit->old[i];
		}
	return NULL;
}

static bool
stays(const struct plan_edit *edit, const struct plan_want *want)
{
	const struct plan_bullet *was;
	size_t count, i;

	if (want->was == NULL)
		return false;
	was =
	    &plan_bullets(edit->plan, edit->section, &count)[want->was->bullet];
	if (strcmp(was->text, want->text) != 0 ||
	    was->link_count != want->link_count)
		return false;
	for (i = 0; i < want->link_count; i++)
		if (strcmp(was->links[i], want->links[i]) != 0)
			return false;
	return true;
}

/* A sign and its links are one bullet. */
static enum ek_err
check_whole(const struct plan_want *want, struct ek_why *why)
{
	size_t len = strlen(want->text) + 1, i;

	for (i = 0; i < want->link_count; i++)
		len += strlen(want->links[i]) + (i == 0 ? 3 : 2);
	if (want->link_count == 0 || len <= EK_BULLET_MAX)
		return EK_OK;
	return ek_why(why, EK_TOO_LARGE,
	    "this sign and what helps with it are too long together; keep them "
	    "under %d bytes",
	    EK_BULLET_MAX);
}

static enum ek_err
take_lines(struct plan_edit *edit, const struct plan_change *change,
    size_t *ret_bad, struct ek_why *why)
{
	size_t next = 0, i;
	struct plan_want *want;
	enum ek_err err = EK_OK;

	for (i = 0; i < change->count && err == EK_OK; i++) {
		want = &edit->wants[edit->want_count];
		*ret_bad = i;
		err =
		    clean(edit->owner, change->lines[i].text, &want->text, why);
		if (err != EK_OK || want->text[0] == '\0')
			continue;
		err = clean_links(edit, &change->lines[i], want, why);
		want->was = find_was(edit, change->lines[i].id, &next);
		want->stays = stays(edit, want);
		if (err == EK_OK && !want->stays)
			err = check_whole(want, why);
		edit->want_count++;
	}
	if (err == EK_OK)
		*ret_bad = change->count;
	return err;
}

/* --- where it goes --- */

/* A new line goes with the one before it; those in front with the first. */
static void
choose_lists(struct plan_edit *edit)
{
	size_t list = edit->last_list, i;

	for (i = 0; i < edit->want_count; i++)
		if (edit->wants[i].was != NULL) {
			list = edit->wants[i].was->list;
			break;
		}
	for (i = 0; i < edit->want_count; i++) {
		if (edit->wants[i].was != NULL)
			list = edit->wants[i].was->list;
		edit->wants[i].list = list;
	}
}

static bool
list_stays(const struct plan_edit *edit, size_t list)
{
	size_t was = 0, now = 0, i;

	for (i = 0; i < edit->old_count; i++) {
		assert(edit->old[i] != NULL);
		was += edit->old[i]->list == list ? 1 : 0;
	}
	for (i = 0; i < edit->want_count; i++) {
		if (edit->wants[i].list != list)
			continue;
		if (!edit->wants[i].stays)
			return false;
		now++;
	}
	return was == now;
}

static enum ek_err
find_old(struct plan_edit *edit)
{
	const struct plan_piece *pieces;
	size_t count, i;

	pieces = plan_layout_pieces(edit->layout, &count);
	edit->old = calloc(count + 1, sizeof(const struct plan_piece *));
	if (edit->old == NULL)
		return EK_NOMEM;
	for (i = 0; i < count; i++) {
		if (pieces[i].section != (int)edit->section)
			continue;
		if (pieces[i].kind == PLAN_PIECE_BULLET)
			edit->old[edit->old_count++] = &pieces[i];
		if (pieces[i].list != 0)
			edit->last_list = pieces[i].list;
	}
	return EK_OK;
}

/* --- the new document --- */

/* What goes to no list: behind the section, or with a heading of its own in
 * front of the section that comes after it. */
static void
put_apart(struct plan_edit *edit, struct buf *out)
{
	const struct plan_piece *pieces, *last = NULL, *after = NULL;
	const char *lang = plan_lang(edit->plan);
	int level = 2;
	size_t count, i;

	pieces = plan_layout_pieces(edit->layout, &count);
	for (i = 0; i < count; i++) {
		bool ours = pieces[i].section == (int)edit->section;

		last = ours ? &pieces[i] : last;
		if (pieces[i].kind != PLAN_PIECE_HEADING || !pieces[i].known)
			continue;
		level = pieces[i].level;
		if (after == NULL && pieces[i].section > (int)edit->section)
			after = &pieces[i];
	}
	if (last != NULL) {
		plan_edit_copy(edit, last->end_line + 1, out);
		buf_str(out, "\n");
		plan_edit_list(edit, 0, out);
		plan_edit_gap(edit, out);
		return;
	}
	plan_edit_copy(edit, after == NULL ? SIZE_MAX : after->line, out);
	if (after == NULL)
		buf_str(out, "\n");
	buf_fmt(out, "%.*s %s\n\n", level, "######",
	    plan_heading(edit->section, lang));
	plan_edit_list(edit, 0, out);
	buf_str(out, after == NULL ? "" : "\n");
}

static void
put_document(struct plan_edit *edit, struct buf *out)
{
	const struct plan_piece *pieces;
	size_t count, done = 0, i;

	edit->at = edit->text;
	edit->line = 1;
	pieces = plan_layout_pieces(edit->layout, &count);
	for (i = 0; i < count; i++) {
		size_t list = pieces[i].list;

		if (pieces[i].section != (int)edit->section || list <= done)
			continue;
		done = list;
		if (list_stays(edit, list))
			continue;
		plan_edit_copy(edit, pieces[i].list_line, out);
		plan_edit_list(edit, list, out);
		plan_edit_skip(edit, pieces[i].list_end + 1);
	}
	if (edit->last_list == 0 && edit->want_count > 0)
		put_apart(edit, out);
	plan_edit_copy(edit, SIZE_MAX, out);
}

/* --- what it says now --- */

static bool
same_bullets(const struct plan *a, const struct plan *b, int section)
{
	const struct plan_bullet *x, *y;
	size_t m, n, i, k;

	x = plan_bullets(a, (enum plan_section)section, &m);
	y = plan_bullets(b, (enum plan_section)section, &n);
	if (m != n)
		return false;
	for (i = 0; i < m; i++) {
		if (strcmp(x[i].text, y[i].text) != 0 ||
		    x[i].link_count != y[i].link_count)
			return false;
		for (k = 0; k < x[i].link_count; k++)
			if (strcmp(x[i].links[k], y[i].links[k]) != 0)
				return false;
	}
	return true;
}

bool
plan_edit_rest_stays(
    const struct plan *a, const struct plan *b, enum plan_section but)
{
	const char *x = plan_review_day(a), *y = plan_review_day(b);
	int section;

	for (section = 0; section < PLAN_SECTIONS; section++)
		if (section != (int)but && !same_bullets(a, b, section))
			return false;
	return but == PLAN_REVIEW || x == y ||
	       (x != NULL && y != NULL && strcmp(x, y) == 0);
}

static bool
is_wanted(const struct plan_edit *edit, const struct plan *plan)
{
	const struct plan_bullet *got;
	size_t count, i, k;

	got = plan_bullets(plan, edit->section, &count);
	if (count != edit->want_count)
		return false;
	for (i = 0; i < count; i++) {
		if (strcmp(got[i].text, edit->wants[i].text) != 0 ||
		    got[i].link_count != edit->wants[i].link_count)
			return false;
		for (k = 0; k < got[i].link_count; k++)
			if (strcmp(got[i].links[k], edit->wants[i].links[k]) !=
			    0)
				return false;
	}
	return plan_edit_rest_stays(edit->plan, plan, edit->section);
}

/* EK_BUG: it does not read as wanted. */
static enum ek_err
try(struct plan_edit *edit, bool bare, struct buf *out, struct ek_why *why)
{
	struct plan *plan = NULL;
	enum ek_err err;

	edit->bare = bare;
	buf_clear(out);
	put_document(edit, out);
	err = buf_err(out);
	if (err == EK_OK)
		err = plan_parse(buf_text(out), out->len, &plan, why);
	if (err == EK_OK && !is_wanted(edit, plan))
		err = EK_BUG;
	plan_free(plan);
	return err;
}

static enum ek_err
make(struct plan_edit *edit, struct buf *ret, struct ek_why *why)
{
	struct buf out;
	enum ek_err err;

	buf_init(&out, EK_PLAN_MAX + 4096);
	err = try(edit, false, &out, why);
	if (err == EK_BUG || err == EK_INVALID)
		err = try(edit, true, &out, why);
	if (err == EK_BUG || err == EK_INVALID)
		err = ek_why(why, EK_INVALID,
		    "something written around these lines keeps them from "
		    "being changed here; change them in the plan's file");
	if (err == EK_OK) {
		buf_add(ret, buf_text(&out), out.len);
		err = buf_err(ret);
	}
	buf_done(&out);
	return err;
}

enum ek_err
plan_edit(const char *text, const struct plan *plan,
    const struct plan_change *change, struct buf *ret, size_t *ret_bad,
    struct ek_why *reterr_why)
{
	struct plan_edit edit = {
	    .text = text, .plan = plan, .section = change->section};
	size_t bad = change->count;
	enum ek_err err;

	err = plan_layout_read(text, strlen(text), &edit.layout, reterr_why);
	if (err == EK_OK)
		err = find_old(&edit);
	edit.wants = calloc(change->count + 1, sizeof(*edit.wants));
	edit.owner = calloc(1, sizeof(*edit.owner));
	if (edit.wants == NULL || edit.owner == NULL)
		err = EK_NOMEM;
	if (err == EK_OK)
		err = take_lines(&edit, change, &bad, reterr_why);
	if (err == EK_OK) {
		choose_lists(&edit);
		err = make(&edit, ret, reterr_why);
	}
	if (ret_bad != NULL)
		*ret_bad = bad;
	plan_free(edit.owner);
	free(edit.wants);
	free(edit.old);
	plan_layout_free(edit.layout);
	return err;
}
