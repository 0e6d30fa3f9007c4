/*
 * plan_diff - what changed between two versions, told by bullet.
 *
 * Goes by id, so that a reworded bullet shows as one change.  Links are part
 * of what a sign says; the order of bullets is not told.
 */
#include <string.h>

#include "core/plan_impl.h"

#define DIFF_MAX (8 * EK_PLAN_MAX)

struct walk {
	const struct plan *old; /* may be NULL */
	const struct plan *now;
	plan_changed_fn fn;
	void *arg;
	struct buf was, is;
	size_t told; /* of this section */
	enum ek_err err;
};

static void
add_bullet(struct buf *out, const struct plan_bullet *bullet)
{
	size_t i;

	buf_clear(out);
	buf_str(out, bullet->text);
	for (i = 0; i < bullet->link_count; i++) {
		buf_str(out, i == 0 ? " → " : "; ");
		buf_str(out, bullet->links[i]);
	}
}

static void
tell(struct walk *walk, enum plan_section section, const char *was,
    const char *is)
{
	if (walk->err == EK_OK)
		walk->err = buf_err(&walk->was);
	if (walk->err == EK_OK)
		walk->err = buf_err(&walk->is);
	if (walk->err == EK_OK)
		walk->err = walk->fn(section, was, is, walk->arg);
	walk->told++;
}

static void
tell_gone(struct walk *walk, enum plan_section section)
{
	const struct plan_bullet *bullets;
	size_t count = 0, i;

	if (walk->old == NULL)
		return;
	bullets = plan_bullets(walk->old, section, &count);
	for (i = 0; i < count; i++) {
		if (plan_find(walk->now, bullets[i].id) != NULL)
			continue;
		add_bullet(&walk->was, &bullets[i]);
		tell(walk, section, buf_text(&walk->was), NULL);
	}
}

static void
tell_here(struct walk *walk, enum plan_section section)
{
	const struct plan_bullet *bullets, *was;
	size_t count, i;

	bullets = plan_bullets(walk->now, section, &count);
	for (i = 0; i < count; i++) {
		was = walk->old == NULL ? NULL
					: plan_find(walk->old, bullets[i].id);
		add_bullet(&walk->is, &bullets[i]);
		if (was == NULL) {
			tell(walk, section, NULL, buf_text(&walk->is));
			continue;
		}
		add_bullet(&walk->was, was);
		if (strcmp(buf_text(&walk->was), buf_text(&walk->is)) != 0)
			tell(walk, section, buf_text(&walk->was),
			    buf_text(&walk->is));
	}
}

/* The day may stand outside any bullet: told once. */
static void
tell_review(struct walk *walk)
{
	const char *was = walk->old == NULL ? NULL : plan_review_day(walk->old);
	const char *is = plan_review_day(walk->now);

	if (walk->told == 0 && (was == NULL) != (is == NULL))
		tell(walk, PLAN_REVIEW, was, is);
	else if (walk->told == 0 && was != NULL && strcmp(was, is) != 0)
		tell(walk, PLAN_REVIEW, was, is);
}

enum ek_err
plan_changes(const struct plan *old, const struct plan *plan,
    plan_changed_fn fn, void *arg)
{
	struct walk walk = {.old = old, .now = plan, .fn = fn, .arg = arg};
	int section;

	buf_init(&walk.was, DIFF_MAX);
	buf_init(&walk.is, DIFF_MAX);
	for (section = 0; section < PLAN_SECTIONS; section++) {
		walk.told = 0;
		tell_gone(&walk, (enum plan_section)section);
		tell_here(&walk, (enum plan_section)section);
		if (section == PLAN_REVIEW)
			tell_review(&walk);
	}
	buf_done(&walk.was);
	buf_done(&walk.is);
	return walk.err;
}

/* --- as text --- */

struct diff {
	const char *lang;
	struct buf out;
	int headed; /* the section whose heading was written last, or -1 */
};

static enum ek_err
write_change(
    enum plan_section section, const char *was, const char *is, void *arg)
{
	struct diff *diff = arg;

	if (diff->headed != (int)section) {
		buf_str(&diff->out, diff->headed == -1 ? "" : "\n");
		buf_str(&diff->out, plan_heading(section, diff->lang));
		buf_char(&diff->out, '\n');
		diff->headed = (int)section;
	}
	if (was != NULL && is != NULL)
		buf_fmt(&diff->out, "~ %s => %s\n", was, is);
	else
		buf_fmt(&diff->out, "%c %s\n", is != NULL ? '+' : '-',
		    is != NULL ? is : was);
	return buf_err(&diff->out);
}

enum ek_err
plan_diff(const struct plan *old, const struct plan *plan, struct buf *ret)
{
	struct diff diff = {.lang = plan_lang(plan), .headed = -1};
	enum ek_err err;

	buf_init(&diff.out, DIFF_MAX);
	err = plan_changes(old, plan, write_change, &diff);
	if (err == EK_OK) {
		buf_add(ret, buf_text(&diff.out), diff.out.len);
		err = buf_err(ret);
	}
	buf_done(&diff.out);
	return err;
}
