/*
 * plan_links - which strategy or person a sign's link means.
 *
 * A link is a few words ("Call Jia"), a bullet may be long ("Jia, ward 5,
 * mornings"): so at least half of the link's words must be in the bullet,
 * not the other way about.  Short small words ("to", "my") count a third.
 */
#include <stdlib.h>
#include <string.h>

#include "core/plan_impl.h"

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

struct choice { /* one bullet that a link may mean */
	const struct plan_bullet *bullet;
	struct plan_bag bag;
	bool person;
};

/* False when the bullet holds too little of the link. */
static bool
fit_make(struct fit *fit, const char *link, const struct plan_bag *bag,
    const struct choice *choice)
{
	size_t shared = plan_bag_shared(bag, &choice->bag);

	fit->bullet = choice->bullet;
	fit->person = choice->person;
	fit->same = shared == bag->count && bag->order == choice->bag.order;
	fit->share = fit->same ? 1000 : share_of(link, &choice->bag);
	fit->alike = plan_bag_score(bag, &choice->bag, shared);
	return fit->share >= 500;
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
find_link(const struct choice *choices, size_t count, const char *link)
{
	struct fit fit, best = {.bullet = NULL};
	struct plan_bag bag;
	size_t i;

	if (plan_bag_init(&bag, link) != EK_OK)
		return NULL;
	for (i = 0; i < count; i++)
		if (fit_make(&fit, link, &bag, &choices[i]) &&
		    is_better(&fit, &best))
			best = fit;
	plan_bag_done(&bag);
	return best.bullet;
}

/* Strategies, then people; *ret_count is how many were made. */
static struct choice *
make_choices(const struct plan *plan, size_t *ret_count)
{
	static const enum plan_section sections[] = {PLAN_HELPS, PLAN_PEOPLE};
	struct choice *choices = calloc(plan->count + 1, sizeof(*choices));
	const struct plan_bullet *bullets;
	size_t count, made = 0, s, i;

	for (s = 0; choices != NULL && s < 2; s++) {
		bullets = plan_bullets(plan, sections[s], &count);
		for (i = 0; i < count; i++) {
			choices[made].bullet = &bullets[i];
			choices[made].person = sections[s] == PLAN_PEOPLE;
			if (plan_bag_init(
				&choices[made].bag, bullets[i].text) == EK_OK)
				made++;
		}
	}
	*ret_count = made;
	return choices;
}

void
plan_links(const struct plan *plan, const struct plan_bullet *sign,
    const struct plan_bullet **out)
{
	struct choice *choices = NULL;
	size_t count = 0, i;

	if (sign->link_count > 0)
		choices = make_choices(plan, &count);
	for (i = 0; i < sign->link_count; i++)
		out[i] = find_link(choices, count, sign->links[i]);
	for (i = 0; i < count; i++)
		plan_bag_done(&choices[i].bag);
	free(choices);
}
