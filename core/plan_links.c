/*
 * plan_links - which strategy or person a sign's link means.
 *
 * A link is a few words ("Call Jia"), a bullet may be long ("Jia, ward 5,
 * mornings"): so at least half of the link's words must be in the bullet,
 * not the other way about.  Short small words ("to", "my") count a third.
 * What a person's bullet begins with is a name, and a link that says it
 * means that person ("Talk it through with Tan").
 */
#include <stdlib.h>
#include <string.h>

#include "core/plan_impl.h"

struct fit {
	const struct plan_bullet *bullet;
	size_t share; /* of the link's weight found in it, in 1/1000 */
	bool person, named;
	bool same;      /* the same words in the same order */
	uint64_t alike; /* both ways */
};

/* At the front of a link a capital says nothing. */
static size_t
weight(const struct plan_word *word, bool front)
{
	bool small = word->lower || (front && word->ascii);

	return small && word->letters <= 3 ? 1 : 3;
}

static size_t
share_of(const char *link, const struct plan_bag *bag)
{
	size_t len = strlen(link), at = 0, all = 0, found = 0;
	struct plan_word word;

	while (plan_word_next(link, len, &at, &word)) {
		size_t mine = weight(&word, all == 0);

		all += mine;
		if (plan_bag_has(bag, word.hash))
			found += mine;
	}
	return all == 0 ? 0 : found * 1000 / all;
}

/* Do the words at name all stand, in a row, at text[at...]? */
static bool
words_at(const char *text, size_t at, const char *name, size_t name_len)
{
	size_t len = strlen(text), k = 0;
	struct plan_word a, b;

	while (plan_word_next(name, name_len, &k, &b))
		if (!plan_word_next(text, len, &at, &a) || a.hash != b.hash)
			return false;
	return true;
}

/* Where a person's bullet goes on behind the name: "Jia, ward 5". */
static size_t
name_len(const char *text)
{
	static const char *const ends[] = {",", ";", ":", "(", " - ",
	    "\xE2\x80\x93", "\xE2\x80\x94", "\xE3\x80\x81", "\xEF\xBC\x8C",
	    "\xEF\xBC\x9A", "\xEF\xBC\x9B", "\xEF\xBC\x88"};
	size_t len = strlen(text), i;
	const char *end;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		end = strstr(text, ends[i]);
		if (end != NULL && (size_t)(end - text) < len)
			len = (size_t)(end - text);
	}
	return len;
}

/* The whole name, or its first word where both write it like a name. */
static bool
is_named(const char *link, const char *person)
{
	size_t link_len = strlen(link), len = name_len(person), at = 0, from;
	struct plan_word first, word;

	if (!plan_word_next(person, len, &at, &first))
		return false;
	for (at = from = 0; plan_word_next(link, link_len, &at, &word);
	     from = at) {
		if (word.hash != first.hash)
			continue;
		if (words_at(link, from, person, len))
			return true;
		if (from > 0 && !word.lower && !first.lower &&
		    first.letters >= 3)
			return true;
	}
	return false;
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
	fit->named = choice->person && is_named(link, choice->bullet->text);
	if (fit->named && fit->share < 500)
		fit->share = 500;
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
	if (fit->named != best->named)
		return fit->named;
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
