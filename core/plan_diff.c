/*
 * plan_diff - what changed between two versions, told by bullet.
 *
 * Goes by id, so that a reworded bullet shows as one change.  Links are part
 * of what a sign says; the order of bullets is not told.
 */
#include <string.h>

#include "core/plan_impl.h"

#define DIFF_MAX (8 * EK_PLAN_MAX)

struct diff {
	const struct plan *old; /* may be NULL */
	const struct plan *now;
	struct buf out;
	bool headed; /* the section's heading is written */
};

static void
head(struct diff *diff, enum plan_section section)
{
	if (diff->headed)
		return;
	if (diff->out.len > 0)
		buf_char(&diff->out, '\n');
	buf_str(&diff->out, plan_heading(section, plan_lang(diff->now)));
	buf_char(&diff->out, '\n');
	diff->headed = true;
}

static void
add_bullet(struct buf *out, const struct plan_bullet *bullet)
{
	size_t i;

	buf_str(out, bullet->text);
	for (i = 0; i < bullet->link_count; i++) {
		buf_str(out, i == 0 ? " → " : "; ");
		buf_str(out, bullet->links[i]);
	}
}

static bool
reads_alike(const struct plan_bullet *a, const struct plan_bullet *b)
{
	size_t i;

	if (strcmp(a->text, b->text) != 0 || a->link_count != b->link_count)
		return false;
	for (i = 0; i < a->link_count; i++)
		if (strcmp(a->links[i], b->links[i]) != 0)
			return false;
	return true;
}

static void
diff_line(struct diff *diff, enum plan_section section, const char *sign,
    const struct plan_bullet *bullet)
{
	head(diff, section);
	buf_str(&diff->out, sign);
	add_bullet(&diff->out, bullet);
	buf_char(&diff->out, '\n');
}

static void
diff_gone(struct diff *diff, enum plan_section section)
{
	const struct plan_bullet *bullets;
	size_t count = 0, i;

	if (diff->old == NULL)
		return;
	bullets = plan_bullets(diff->old, section, &count);
	for (i = 0; i < count; i++)
		if (plan_find(diff->now, bullets[i].id) == NULL)
			diff_line(diff, section, "- ", &bullets[i]);
}

static void
diff_here(struct diff *diff, enum plan_section section)
{
	const struct plan_bullet *bullets, *was;
	size_t count, i;

	bullets = plan_bullets(diff->now, section, &count);
	for (i = 0; i < count; i++) {
		was = diff->old == NULL ? NULL
					: plan_find(diff->old, bullets[i].id);
		if (was == NULL) {
			diff_line(diff, section, "+ ", &bullets[i]);
		} else if (!reads_alike(was, &bullets[i])) {
			head(diff, section);
			buf_str(&diff->out, "~ ");
			add_bullet(&diff->out, was);
			diff_line(diff, section, " => ", &bullets[i]);
		}
	}
}

/* The day may stand outside any bullet: said once. */
static void
diff_review(struct diff *diff)
{
	const char *was = diff->old == NULL ? NULL : plan_review_day(diff->old);
	const char *is = plan_review_day(diff->now);

	if (diff->headed || (was == NULL && is == NULL) ||
	    (was != NULL && is != NULL && strcmp(was, is) == 0))
		return;
	head(diff, PLAN_REVIEW);
	if (was != NULL && is != NULL)
		buf_fmt(&diff->out, "~ %s => %s\n", was, is);
	else
		buf_fmt(&diff->out, "%c %s\n", is != NULL ? '+' : '-',
		    is != NULL ? is : was);
}

enum ek_err
plan_diff(const struct plan *old, const struct plan *plan, struct buf *ret)
{
	struct diff diff = {.old = old, .now = plan};
	enum ek_err err;
	int section;

	buf_init(&diff.out, DIFF_MAX);
	for (section = 0; section < PLAN_SECTIONS; section++) {
		diff.headed = false;
		diff_gone(&diff, (enum plan_section)section);
		diff_here(&diff, (enum plan_section)section);
		if (section == PLAN_REVIEW)
			diff_review(&diff);
	}
	err = buf_err(&diff.out);
	if (err == EK_OK) {
		buf_add(ret, buf_text(&diff.out), diff.out.len);
		err = buf_err(ret);
	}
	buf_done(&diff.out);
	return err;
}
