/*
 * plans - a version with its sections, agreements and what changed.
 */
#include "keeld/plans.h"

#include <stdlib.h>
#include <string.h>

#include "evenkeel/plan_edit.h"

void
plans_text_free(char *text)
{
	if (text != NULL)
		explicit_bzero(text, strlen(text));
	free(text);
}

struct changes {
	const char *lang;
	json_t *list;
};

static enum ek_err
add_change(
    enum plan_section section, const char *was, const char *is, void *arg)
{
	struct changes *changes = arg;
	json_t *one = json_pack("{s:s,s:s,s:s?,s:s?}", "key",
	    plan_section_key(section), "heading",
	    plan_heading(section, changes->lang), "was", was, "is", is);

	return json_array_append_new(changes->list, one) == 0 ? EK_OK
							      : EK_NOMEM;
}

static enum ek_err
changes_json(const struct plan *was, const struct plan *is, json_t **ret)
{
	struct changes changes = {plan_lang(is), json_array()};
	enum ek_err err = plan_changes(was, is, add_change, &changes);

	if (err == EK_OK)
		*ret = changes.list;
	else
		json_decref(changes.list);
	return err;
}

enum ek_err
plans_diff(const struct record *old, const struct record *rec, struct buf *ret,
    json_t **ret_changes)
{
	struct plan *was = NULL, *is = NULL;
	enum ek_err err = EK_OK;

	if (old != NULL)
		err = words_plan(old, &was);
	if (err == EK_OK)
		err = words_plan(rec, &is);
	if (err == EK_OK)
		err = plan_diff(was, is, ret);
	if (err == EK_OK && ret_changes != NULL)
		err = changes_json(was, is, ret_changes);
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

/* The ids of what each link means, in the links' order; null: none. */
static json_t *
linked_json(const struct plan *plan, const struct plan_bullet *bullet)
{
	const struct plan_bullet *out[EK_PLAN_LINKS_MAX];
	json_t *list = json_array();
	size_t i;

	if (bullet->link_count > 0)
		plan_links(plan, bullet, out);
	for (i = 0; i < bullet->link_count; i++)
		if (json_array_append_new(
			list, out[i] == NULL ? json_null()
					     : json_string(out[i]->id)) != 0)
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
			list, json_pack("{s:s,s:s,s:o,s:o}", "id",
				  bullets[i].id, "text", bullets[i].text,
				  "links", links_json(&bullets[i]), "linked",
				  linked_json(plan, &bullets[i]))) != 0)
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

static const char *
piece_name(const struct plan_piece *piece)
{
	switch (piece->kind) {
	case PLAN_PIECE_HEADING:
		return "heading";
	case PLAN_PIECE_BULLET:
		return "bullet";
	case PLAN_PIECE_ITEM:
		return "item";
	case PLAN_PIECE_TEXT:
		return "text";
	}
	return "text";
}

/* plan has the ids; the piece is of another reading of the same text. */
static json_t *
piece_json(const struct plan *plan, const struct plan_piece *piece)
{
	bool in = piece->section >= 0;
	enum plan_section section =
	    in ? (enum plan_section)piece->section : PLAN_WELL;
	const char *id = NULL;
	size_t count;

	if (piece->kind == PLAN_PIECE_BULLET)
		id = plan_bullets(plan, section, &count)[piece->bullet].id;
	return json_pack("{s:s,s:s?,s:b,s:i,s:b,s:s?,s:s}", "kind",
	    piece_name(piece), "key", in ? plan_section_key(section) : NULL,
	    "known", (int)piece->known, "level", piece->level, "ordered",
	    (int)piece->ordered, "id", id, "text", piece->text);
}

static json_t *
document_json(const struct plan *plan, const struct record *rec)
{
	struct plan_layout *layout = NULL;
	const struct plan_piece *pieces;
	json_t *list = json_array();
	const char *text;
	size_t len, count, i;

	text = record_text(rec, PLAN_TEXT, &len);
	if (text == NULL || plan_layout_read(text, len, &layout, NULL) != EK_OK)
		return list;
	pieces = plan_layout_pieces(layout, &count);
	for (i = 0; i < count; i++)
		if (json_array_append_new(list, piece_json(plan, &pieces[i])) !=
		    0)
			break;
	plan_layout_free(layout);
	return list;
}

json_t *
plans_json(struct keeld *keeld, const struct record *rec)
{
	struct plan *plan = NULL;
	struct moment now;
	json_t *json, *agreed;

	if (rec == NULL)
		return json_pack("{s:b,s:n,s:n,s:n,s:n,s:n,s:[],s:b,s:[],s:[]}",
		    "exists", 0, "text", "version", "saved", "lang", "review",
		    "agreed", "draft", 0, "sections", "document");
	if (words_plan(rec, &plan) != EK_OK)
		return NULL;
	moment_now(keeld, &now);
	agreed = agreed_json(store_book(keeld->store), rec->rid);
	json = json_pack("{s:b,s:o,s:o,s:o,s:o,s:s?,s:b,s:o,s:o,s:o}", "exists",
	    1, "text", api_field(rec, PLAN_TEXT), "version", api_hex(rec->rid),
	    "saved", api_local(&now, rec->time_ms / 1000), "lang",
	    api_field(rec, PLAN_LANG), "review", plan_review_day(plan), "draft",
	    (int)(json_array_size(agreed) == 0), "agreed", agreed, "sections",
	    sections_json(plan), "document", document_json(plan, rec));
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

static json_t *
version_json(
    struct keeld *keeld, const struct moment *now, const struct record *rec)
{
	return json_pack("{s:o,s:o,s:I,s:o}", "version", api_hex(rec->rid),
	    "saved", api_local(now, rec->time_ms / 1000), "bullets",
	    (json_int_t)bullet_count(rec), "agreed",
	    agreed_json(store_book(keeld->store), rec->rid));
}

json_t *
plans_history_json(
    struct keeld *keeld, const struct record *before, size_t limit)
{
	const struct record *const *list;
	json_t *versions = json_array();
	struct moment now;
	size_t count, end, i;

	moment_now(keeld, &now);
	list = book_list(store_book(keeld->store), REC_PLAN, &count);
	for (end = count; before != NULL && end > 0; end--)
		if (list[end - 1] == before) {
			end--;
			break;
		}
	for (i = end > limit ? end - limit : 0; i < end; i++)
		if (json_array_append_new(
			versions, version_json(keeld, &now, list[i])) != 0)
			break;
	return json_pack(
	    "{s:o,s:b}", "versions", versions, "older", (int)(end > limit));
}
