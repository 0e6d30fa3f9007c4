/*
 * plan_edit_list - lines of the document copied, and a list written anew.
 */
#include <assert.h>
#include <string.h>

#include "core/plan_edit_in.h"

#define DEPTH_MAX 12 /* lists in lists; deeper ones are drawn up to it */

size_t
plan_edit_line(const char *text, size_t *ret_end)
{
	size_t len = strcspn(text, "\r\n");

	*ret_end = strncmp(text + len, "\r\n", 2) == 0 ? 2 : text[len] != '\0';
	return len;
}

void
plan_edit_copy(struct plan_edit *edit, size_t line, struct buf *out)
{
	size_t len, end;

	while (edit->line < line && edit->at[0] != '\0') {
		len = plan_edit_line(edit->at, &end);
		buf_add(out, edit->at, len);
		if (end > 0)
			buf_add(out, edit->at + len, end);
		else if (line != SIZE_MAX)
			buf_char(out, '\n');
		edit->at += len + end;
		edit->line++;
	}
}

static bool
is_blank(const char *text, size_t len)
{
	return strspn(text, " \t") >= len;
}

void
plan_edit_gap(const struct plan_edit *edit, struct buf *out)
{
	size_t end, len = plan_edit_line(edit->at, &end);

	if (edit->at[0] != '\0' && !is_blank(edit->at, len))
		buf_char(out, '\n');
}

/* Blank lines in front of that line are left. */
void
plan_edit_skip(struct plan_edit *edit, size_t line)
{
	const char *at = edit->at;
	size_t number = edit->line, len, end;

	while (number < line && at[0] != '\0') {
		len = plan_edit_line(at, &end);
		number++;
		if (!is_blank(at, len)) {
			edit->at = at + len + end;
			edit->line = number;
		}
		at += len + end;
	}
}

/* The Markdown of a bullet as it stands, its lines drawn into one. */
static void
put_raw(
    const struct plan_edit *edit, const struct plan_piece *was, struct buf *out)
{
	const char *at = edit->text;
	size_t line, len = 0, end = 0, skip;

	for (line = 1; line < was->line && at[0] != '\0'; line++) {
		len = plan_edit_line(at, &end);
		at += len + end;
	}
	for (; line <= was->end_line && at[0] != '\0'; line++) {
		len = plan_edit_line(at, &end);
		skip = line == was->line ? was->column - 1 : strspn(at, " \t");
		if (line > was->line)
			buf_char(out, ' ');
		if (skip < len)
			buf_add(out, at + skip, len - skip);
		at += len + end;
	}
}

static void
put_want(
    const struct plan_edit *edit, const struct plan_want *want, struct buf *out)
{
	bool sign = edit->section == PLAN_SIGNS;
	size_t i;

	assert(!want->stays || want->was != NULL);
	if (want->stays && !edit->bare && want->was->end_line != 0) {
		put_raw(edit, want->was, out);
		return;
	}
	plan_write(out, want->text, sign ? PLAN_WRITE_SIGN : PLAN_WRITE_PLAIN);
	for (i = 0; i < want->link_count; i++) {
		buf_str(out, i == 0 ? " \xE2\x86\x92 " : "; ");
		plan_write(out, want->links[i], PLAN_WRITE_LINK);
	}
}

struct level {
	size_t indent; /* of its markers */
	size_t number; /* the next, of an ordered list */
	bool ordered;
};

static void
put_marker(struct level *levels, size_t depth, struct buf *out)
{
	struct level *level = &levels[depth];
	size_t before = out->len;

	buf_fmt(out, "%*s", (int)level->indent, "");
	if (level->ordered)
		buf_fmt(out, "%zu. ", level->number++);
	else
		buf_str(out, "- ");
	if (depth + 1 < DEPTH_MAX)
		levels[depth + 1].indent = out->len - before;
}

void
plan_edit_list(const struct plan_edit *edit, size_t list, struct buf *out)
{
	struct level levels[DEPTH_MAX] = {{.number = 1}};
	const struct plan_want *want;
	size_t depth = 0, before = 0, written = 0, i;

	for (i = 0; i < edit->want_count; i++) {
		want = &edit->wants[i];
		if (want->list != list)
			continue;
		if (want->was != NULL)
			depth = (size_t)want->was->level;
		if (written == 0)
			depth = 0;
		else if (depth > before + 1)
			depth = before + 1;
		if (depth >= DEPTH_MAX)
			depth = DEPTH_MAX - 1;
		if (written == 0 || depth > before) {
			levels[depth].number = 1;
			levels[depth].ordered =
			    want->was != NULL && want->was->ordered;
		}
		put_marker(levels, depth, out);
		put_want(edit, want, out);
		buf_char(out, '\n');
		before = depth;
		written++;
	}
}
