/*
 * web_plan_parts - sections and bullets of an answer that holds a plan, and
 * what may stand in a section.
 */
#include <stdio.h>
#include <string.h>

#include "keeld/web_plan.h"

static const char *const hints[PLAN_SECTIONS] = {
    [PLAN_WELL] = "What others could see on a good day, such as: I say good "
		  "morning first.",
    [PLAN_NOT_WELL] = "What changes when it is not a good day, such as: I go "
		      "quiet in the team meeting.",
    [PLAN_WEARS] = "Such as: three new people in one day.",
    [PLAN_SIGNS] = "What you notice first, such as: skipping lunch. A check-in "
		   "asks about these.",
    [PLAN_HELPS] = "What has helped before, such as: a walk in the garden. You "
		   "get these back on a hard day.",
    [PLAN_PEOPLE] = "Who, and how to reach them, such as: Jia, ward 5, "
		    "mornings.",
    [PLAN_BEST] = "What was agreed to make work easier. With whom and since "
		  "when, such as: a quiet desk on Mondays.",
    [PLAN_SUPPORT] = "What helps you, and what does not, such as: ask me in "
		     "private.",
    [PLAN_HARD] = "Steps, one by one, and whom to call, such as: tell Tan I "
		  "need ten minutes.",
    [PLAN_AFTER] = "How to come back, such as: half days in the first week.",
    [PLAN_ROLE] = "What is yours to do, what is not, and whom you go to.",
    [PLAN_REVIEW] = "The day on which you look at this plan again.",
};

const char *
web_plan_hint(enum plan_section section)
{
	return hints[section];
}

bool
web_plan_key(const char *key, enum plan_section *ret)
{
	int section;

	for (section = 0; key != NULL && section < PLAN_SECTIONS; section++)
		if (strcmp(plan_section_key((enum plan_section)section), key) ==
		    0) {
			*ret = (enum plan_section)section;
			return true;
		}
	return false;
}

const char *
web_plan_heading(const json_t *plan, enum plan_section section)
{
	return plan_heading(section, web_text(plan, "lang"));
}

const json_t *
web_plan_bullets(const json_t *plan, enum plan_section section)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(plan, "sections"), i, one)
	{
		if (strcmp(web_text(one, "key"), plan_section_key(section)) ==
		    0)
			return json_object_get(one, "bullets");
	}
	return NULL;
}

const json_t *
web_plan_bullet(const json_t *plan, const char *id)
{
	const json_t *one, *bullet;
	size_t i, k;

	json_array_foreach(json_object_get(plan, "sections"), i, one)
	{
		json_array_foreach(json_object_get(one, "bullets"), k, bullet)
		{
			if (strcmp(web_text(bullet, "id"), id) == 0)
				return bullet;
		}
	}
	return NULL;
}

void
web_plan_put_bullet(const json_t *bullet, struct buf *out)
{
	const json_t *link;
	size_t i;

	html_put(out, "%s", web_text(bullet, "text"));
	json_array_foreach(json_object_get(bullet, "links"), i, link)
	{
		html_put(out, "%s", i == 0 ? "" : "; ");
		if (i == 0)
			html_put(out, "<br><span class=\"then\">What helps "
				      "then: ");
		html_put(out, "%s", json_string_value(link));
	}
	if (i > 0)
		html_put(out, "</span>");
}

enum ek_err
web_plan_of(
    struct web_req *wr, const char *version, json_t **ret, struct ek_why *why)
{
	char target[80] = "/v1/plan";

	if (version != NULL)
		snprintf(
		    target, sizeof(target), "/v1/plan/versions/%.32s", version);
	return web_api(wr, "GET", target, NULL, ret, why);
}
