/*
 * plan_edit_review - the day of the next review, set where it stands.
 */
#include <string.h>

#include "core/plan_edit_in.h"

static enum ek_err
check(const struct plan_edit *edit, const char *day, const struct buf *out,
    struct ek_why *why)
{
	struct plan *plan = NULL;
	const char *got;
	enum ek_err err = buf_err(out);

	if (err == EK_OK)
		err = plan_parse(buf_text(out), out->len, &plan, why);
	if (err != EK_OK)
		return err;
	got = plan_review_day(plan);
	if ((got == NULL) != (day == NULL) ||
	    (got != NULL && strcmp(got, day) != 0) ||
	    !plan_edit_rest_stays(edit->plan, plan, PLAN_REVIEW))
		err = ek_why(why, EK_INVALID,
		    "something written around the review day keeps it from "
		    "being changed here; change it in the plan's file");
	plan_free(plan);
	return err;
}

/* From its heading to before what comes after it. */
static void
find_section(const struct plan_edit *edit, size_t *ret_from, size_t *ret_to)
{
	const struct plan_piece *pieces;
	size_t count, i;

	pieces = plan_layout_pieces(edit->layout, &count);
	*ret_from = 0;
	*ret_to = SIZE_MAX;
	for (i = 0; i < count; i++) {
		if (pieces[i].section == (int)PLAN_REVIEW) {
			if (*ret_from == 0)
				*ret_from = pieces[i].line;
		} else if (*ret_from != 0) {
			*ret_to = pieces[i].line;
			return;
		}
	}
}

/* Of the line, what is left when the day goes: nothing but a list's mark. */
static bool
is_day_alone(const char *line, size_t len, size_t at)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((i < at || i >= at + CIVIL_DATE_LEN) &&
		    strchr(" \t-*+", line[i]) == NULL)
			return false;
	return true;
}

static size_t
find_in(const char *line, size_t len, const char *day)
{
	size_t n = strlen(day), i;

	for (i = 0; i + n <= len; i++)
		if (memcmp(line + i, day, n) == 0)
			return i;
	return SIZE_MAX;
}

/* The day stands in a line of the section: put there, or taken away. */
static bool
put_in_place(
    struct plan_edit *edit, const char *was, const char *day, struct buf *out)
{
	size_t from, to, len, end, at;

	find_section(edit, &from, &to);
	plan_edit_copy(edit, from, out);
	while (edit->line < to && edit->at[0] != '\0') {
		len = plan_edit_line(edit->at, &end);
		at = find_in(edit->at, len, was);
		if (at == SIZE_MAX) {
			plan_edit_copy(edit, edit->line + 1, out);
			continue;
		}
		if (day != NULL || !is_day_alone(edit->at, len, at)) {
			buf_add(out, edit->at, at);
			buf_str(out, day == NULL ? "" : day);
			buf_add(out, edit->at + at + CIVIL_DATE_LEN,
			    len - at - CIVIL_DATE_LEN);
			buf_add(out, edit->at + len, end);
		}
		edit->at += len + end;
		edit->line++;
		return true;
	}
	return false;
}

/* Under its heading, which is written when it is not there. */
static void
put_new(struct plan_edit *edit, const char *day, struct buf *out)
{
	size_t from, to;

	find_section(edit, &from, &to);
	if (from == 0) {
		plan_edit_copy(edit, SIZE_MAX, out);
		buf_fmt(out, "\n\n## %s\n\n%s\n",
		    plan_heading(PLAN_REVIEW, plan_lang(edit->plan)), day);
		return;
	}
	plan_edit_copy(edit, from + 1, out);
	buf_fmt(out, "\n%s\n", day);
	plan_edit_gap(edit, out);
}

enum ek_err
plan_edit_review(const char *text, const struct plan *plan, const char *day,
    struct buf *ret, struct ek_why *reterr_why)
{
	struct plan_edit edit = {.text = text, .plan = plan};
	const char *was = plan_review_day(plan);
	struct civil civil;
	struct buf out;
	enum ek_err err;

	if (day != NULL && !civil_parse_date(day, &civil))
		return ek_why(reterr_why, EK_INVALID,
		    "the review day is no date; write it as 2026-12-01");
	err = plan_layout_read(text, strlen(text), &edit.layout, reterr_why);
	if (err != EK_OK)
		return err;
	edit.at = text;
	edit.line = 1;
	buf_init(&out, EK_PLAN_MAX + 4096);
	if (was != NULL)
		(void)!put_in_place(&edit, was, day, &out);
	else if (day != NULL)
		put_new(&edit, day, &out);
	plan_edit_copy(&edit, SIZE_MAX, &out);
	err = check(&edit, day, &out, reterr_why);
	if (err == EK_OK) {
		buf_add(ret, buf_text(&out), out.len);
		err = buf_err(ret);
	}
	buf_done(&out);
	plan_layout_free(edit.layout);
	return err;
}
