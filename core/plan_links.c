/*
 * plan_links - which strategy or person a sign's link means.
 *
 * A link is a few words ("Call Jia"), a bullet may be long ("Jia, ward 5,
 * mornings"): so at least half of the link's words must be in the bullet,
 * not the other way about.  Short small words ("to", "my") count a third.
 */
#include <string.h>

#include "plan_impl.h"

struct fit {
	const struct plan_bullet *bullet;
	size_t share; /* of the link's weight found in it, in 1/1000 */
	bool person;
	bool same;      /* the same words in the same order */
	uint64_t alike; /* both ways */
};

static size_t
weight(const struct plan_word *word)
{
	return word->lower && word->letters <= 3 ? 1 : 3;
}

static size_t
share_of(const char *link, const struct plan_bag *bag)
{
	size_t len = strlen(link), at = 0, all = 0, found = 0;
	struct plan_word word;

	while (plan_word_next(link, len, &at, &word)) {
		all += weight(&word);
		if (plan_bag_has(bag, word.hash))
			found += weight(&word);
	}
	return all == 0 ? 0 : found * 1000 / all;
}

static bool
fit_make(struct fit *fit, const char *link, const struct plan_bullet *bullet,
    bool person)
{
	struct plan_bag a = {.count = 0}, b = {.count = 0};
	bool made = false;

	if (plan_bag_init(&a, link) == EK_OK &&
	    plan_bag_init(&b, bullet->text) == EK_OK) {
		fit->bullet = bullet;
		fit->person = person;
		fit->same = a.count == b.count && a.order == b.order &&
			    plan_bag_shared(&a, &b) == a.count;
		fit->share = fit->same ? 1000 : share_of(link, &b);
		fit->alike = plan_bag_score(&a, &b, plan_bag_shared(&a, &b));
		made = fit->share >= 500;
	}
	plan_bag_done(&a);
	plan_bag_done(&b);
	return made;
}

/* A link that a bullet holds only in part more likely names a person: "Call
 * Jia" is Jia's bullet, not "Call in sick". */
static bool
is_better(const struct fit *fit, const struct fit *best)
{
	if (best->bullet == NULL)
		return true;
	if (fit->same != best->same)
		return fit->same;
	if (fit->share != best->share)
		return fit->share > best->share;
	if (fit->share < 1000 && fit->person != best->person)
		return fit->person;
	return fit->alike > best->alike;
}

static const struct plan_bullet *
find_link(const struct plan *plan, const char *link)
{
	static const enum plan_section sections[] = {PLAN_HELPS, PLAN_PEOPLE};
	struct fit fit, best = {.bullet = NULL};
	const struct plan_bullet *bullets;
	size_t count, s, i;

	for (s = 0; s < 2; s++) {
		bullets = plan_bullets(plan, sections[s], &count);
		for (i = 0; i < count; i++)
			if (fit_make(&fit, link, &bullets[i], s == 1) &&
			    is_better(&fit, &best))
				best = fit;
	}
	return best.bullet;
}

void
plan_links(const struct plan *plan, const struct plan_bullet *sign,
    const struct plan_bullet **out)
{
	size_t i;

	for (i = 0; i < sign->link_count; i++)
		out[i] = find_link(plan, sign->links[i]);
}
