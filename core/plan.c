/*
 * plan - the plan in memory: what was read, handed out.
 *
 * Owns struct plan.  Reading is plan_parse.c, ids plan_ids.c, links
 * plan_links.c, the diff plan_diff.c, the first plan plan_first.c, headings
 * plan_lang.c.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan_impl.h"

enum ek_err
plan_own_take(struct plan *plan, void *thing)
{
	size_t cap;
	void **owned;

	if (thing == NULL)
		return EK_NOMEM;
	if (plan->owned_count == plan->owned_cap) {
		cap = plan->owned_cap == 0 ? 32 : 2 * plan->owned_cap;
		owned = realloc(plan->owned, cap * sizeof(*owned));
		if (owned == NULL) {
			free(thing);
			return EK_NOMEM;
		}
		plan->owned = owned;
		plan->owned_cap = cap;
	}
	plan->owned[plan->owned_count++] = thing;
	return EK_OK;
}

void
plan_free(struct plan *plan)
{
	size_t i;

	if (plan == NULL)
		return;
	for (i = 0; i < plan->owned_count; i++)
		free(plan->owned[i]);
	free(plan->owned);
	free(plan->bullets);
	free(plan);
}

bool
plan_has(const struct plan *plan, enum plan_section section)
{
	return plan->parts[section].there;
}

const struct plan_bullet *
plan_bullets(
    const struct plan *plan, enum plan_section section, size_t *ret_count)
{
	*ret_count = plan->parts[section].count;
	return plan->bullets + plan->parts[section].first;
}

const struct plan_bullet *
plan_find(const struct plan *plan, const char *id)
{
	size_t i;

	if (id == NULL || *id == '\0')
		return NULL;
	for (i = 0; i < plan->count; i++)
		if (strcmp(plan->bullets[i].id, id) == 0)
			return &plan->bullets[i];
	return NULL;
}

const char *
plan_review_day(const struct plan *plan)
{
	return plan->review[0] == '\0' ? NULL : plan->review;
}

const char *
plan_lang(const struct plan *plan)
{
	return plan_lang_code(plan->lang);
}

enum plan_section
plan_section_of(const struct plan *plan, size_t at)
{
	const struct plan_part *part;
	int i;

	assert(at < plan->count);
	for (i = 0; i < PLAN_SECTIONS; i++) {
		part = &plan->parts[i];
		if (at >= part->first && at - part->first < part->count)
			break;
	}
	assert(i < PLAN_SECTIONS);
	return (enum plan_section)i;
}
