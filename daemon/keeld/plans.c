/*
 * plans - a version with its sections, agreements and what changed.
 */
#include "keeld/plans.h"

#include <stdlib.h>
#include <string.h>

void
plans_text_free(char *text)
{
	if (text != NULL)
		explicit_bzero(text, strlen(text));
	free(text);
}

enum ek_err
plans_diff(const struct record *old, const struct record *rec, struct buf *ret)
{
	struct plan *was = NULL, *is = NULL;
	enum ek_err err = EK_OK;

	if (old != NULL)
		err = words_plan(old, &was);
	if (err == EK_OK)
		err = words_plan(rec, &is);
	if (err == EK_OK)
		err = plan_diff(was, is, ret);
	plan_free(was);
	plan_free(is);
	return err;
}

static json_t *
agreed_json(const struct book *book, const unsigned char *version)
{
	const struct record *const *list;
	const unsigned char *plan;
	json_t *json = json_array();
	size_t count, i;

	list = book_list(book, REC_AGREED, &count);
	for (i = 0; i < count; i++) {
		plan = record_id(list[i], AGREED_PLAN);
		if (plan == NULL || memcmp(plan, version, EK_ID_LEN) != 0)
			continue;
		if (json_array_append_new(
			json, json_pack("{s:o,s:o}", "with",
				  api_field(list[i], AGREED_WITH), "day",
				  api_field(list[i], AGREED_DAY))) != 0)
			break;
	}
	return json;
}

static json_t *
links_json(const struct plan_bullet *bullet)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < bullet->link_count; i++)
		if (json_array_append_new(
			list, json_string(bullet->links[i])) != 0)
			break;
	return list;
}

static json_t *
section_json(const struct plan *plan, enum plan_section section)
{
	const struct plan_bullet *bullets;
	json_t *list = json_array();
	size_t count, i;

	bullets = plan_bullets(plan, section, &count);
	for (i = 0; i < count; i++)
		if (json_array_append_new(
			list, json_pack("{s:s,s:s,s:o}", "id", bullets[i].id,
				  "text", bullets[i].text, "links",
				  links_json(&bullets[i]))) != 0)
			break;
	return json_pack("{s:s,s:s,s:o}", "key", plan_section_key(section),
	    "heading", plan_heading(section, plan_lang(plan)), "bullets", list);
}

static json_t *
sections_json(const struct plan *plan)
{
	json_t *list = json_array();
	int section;

	for (section = 0; section < PLAN_SECTIONS; section++)
		if (plan_has(plan, (enum plan_section)section) &&
		    json_array_append_new(list,
			section_json(plan, (enum plan_section)section)) != 0)
			break;
	return list;
}

json_t *
plans_json(struct keeld *keeld, const struct record *rec)
{
	struct plan *plan = NULL;
	struct moment now;
	json_t *json, *agreed;

	if (rec == NULL)
		return json_pack("{s:b,s:n,s:n,s:n,s:n,s:n,s:[],s:b,s:[]}",
		    "exists", 0, "text", "version", "saved", "lang", "review",
		    "agreed", "draft", 0, "sections");
	if (words_plan(rec, &plan) != EK_OK)
		return NULL;
	moment_now(keeld, &now);
	agreed = agreed_json(store_book(keeld->store), rec->rid);
	json = json_pack("{s:b,s:o,s:o,s:o,s:o,s:s?,s:b,s:o,s:o}", "exists", 1,
	    "text", api_field(rec, PLAN_TEXT), "version", api_hex(rec->rid),
	    "saved", api_local(&now, rec->time_ms / 1000), "lang",
	    api_field(rec, PLAN_LANG), "review", plan_review_day(plan), "draft",
	    (int)(json_array_size(agreed) == 0), "agreed", agreed, "sections",
	    sections_json(plan));
	plan_free(plan);
	return json;
}

static size_t
bullet_count(const struct record *rec)
{
	struct plan *plan = NULL;
	size_t total = 0, count;
	int section;

	if (words_plan(rec, &plan) != EK_OK)
		return 0;
	for (section = 0; section < PLAN_SECTIONS; section++) {
		plan_bullets(plan, (enum plan_section)section, &count);
		total += count;
	}
	plan_free(plan);
	return total;
}

json_t *
plans_history_json(struct keeld *keeld)
{
	const struct book *book = store_book(keeld->store);
	const struct record *const *list;
	json_t *versions = json_array();
	struct moment now;
	size_t count, i;

	moment_now(keeld, &now);
	list = book_list(book, REC_PLAN, &count);
	for (i = 0; i < count; i++)
		if (json_array_append_new(versions,
			json_pack("{s:o,s:o,s:I,s:o}", "version",
			    api_hex(list[i]->rid), "saved",
			    api_local(&now, list[i]->time_ms / 1000), "bullets",
			    (json_int_t)bullet_count(list[i]), "agreed",
			    agreed_json(book, list[i]->rid))) != 0)
			break;
	return json_pack("{s:o}", "versions", versions);
}
