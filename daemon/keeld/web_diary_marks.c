/*
 * web_diary_marks - a check-in that is changed, as a request's body: what the
 * entry says, what the form says, and the difference, as `keel diary fix`
 * sends it.
 */
#include <stdlib.h>
#include <string.h>

#include "keeld/web_diary.h"

static const json_t *
find_by(const json_t *list, const char *key, const char *value)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (strcmp(web_text(one, key), value) == 0)
			return one;
	}
	return NULL;
}

/* --- the entry --- */

/* An item that the form no longer has stays as it is. */
static json_t *
old_answers(const json_t *entry, const json_t *items)
{
	json_t *answers = json_object_get(entry, "answers"), *ret, *value;
	const char *id;

	ret = json_object();
	json_object_foreach(answers, id, value)
	{
		if (find_by(items, "id", id) != NULL)
			json_object_set(ret, id, value);
	}
	return ret;
}

/* By their words: ids may have come to mean others since. */
static json_t *
old_marks(const json_t *marks, const json_t *bullets, const char *value)
{
	json_t *ret = json_object();
	const json_t *one, *bullet;
	size_t i;

	json_array_foreach(marks, i, one)
	{
		bullet = find_by(bullets, "text", web_text(one, "text"));
		if (bullet != NULL)
			json_object_set(ret, web_text(bullet, "id"),
			    json_object_get(one, value));
	}
	return ret;
}

/* The first note is the entry's own; those added later stay as they are. */
static void
old_words(const json_t *entry, const json_t *items, json_t *texts, json_t *ret)
{
	const json_t *note;
	size_t i;

	json_array_foreach(json_object_get(entry, "notes"), i, note)
	{
		const char *item = web_text(note, "item");
		json_t *text = json_object_get(note, "text");

		if (item[0] == '\0' && json_object_get(ret, "note") == NULL)
			json_object_set(ret, "note", text);
		else if (item[0] != '\0' && find_by(items, "id", item) != NULL)
			json_object_set(texts, item, text);
	}
}

json_t *
web_fix_before(const json_t *entry, const json_t *form)
{
	const json_t *items =
	    json_object_get(json_object_get(form, "instrument"), "items");
	json_t *texts = json_object();
	json_t *ret = json_pack("{s:o,s:o,s:o}", "answers",
	    old_answers(entry, items), "signs",
	    old_marks(json_object_get(entry, "signs"),
		json_object_get(form, "signs"), "level"),
	    "used",
	    old_marks(json_object_get(entry, "used"),
		json_object_get(form, "strategies"), "helped"));

	old_words(entry, items, texts, ret);
	json_object_set_new(ret, "texts", texts);
	if (json_object_get(ret, "note") == NULL)
		json_object_set_new(ret, "note", json_string(""));
	return ret;
}

/* --- the form --- */

static enum ek_err
number_of(const char *value, json_t **ret, struct ek_why *why)
{
	char *end;
	double number = strtod(value, &end);

	if (end == value || *end != '\0' || strlen(value) > 20)
		return ek_why(why, EK_INVALID,
		    "an answer is not a number; choose one of those shown");
	*ret = json_from_double(number);
	return EK_OK;
}

/* Which member a field belongs to. */
static const char *
member_of(const char *name)
{
	if (name[0] == '\0' || name[1] != '.')
		return NULL;
	switch (name[0]) {
	case 'a':
		return "answers";
	case 't':
		return "texts";
	case 's':
		return "signs";
	case 'u':
		return "used";
	}
	return NULL;
}

static enum ek_err
take_field(
    json_t *body, const char *name, const char *value, struct ek_why *why)
{
	const char *member = member_of(name);
	json_t *json = NULL;
	enum ek_err err = EK_OK;

	if (member == NULL || value[strspn(value, " \n\t")] == '\0')
		return EK_OK;
	if (name[0] == 't')
		json = json_string(value);
	else if (name[0] == 'u' && strcmp(value, "said") == 0)
		json = json_null();
	else
		err = number_of(value, &json, why);
	if (err == EK_OK)
		json_object_set_new(
		    json_object_get(body, member), name + 2, json);
	return err;
}

enum ek_err
web_fix_now(struct web_req *wr, json_t **ret, struct ek_why *why)
{
	const char *name, *value, *note = web_field(wr, "note");
	json_t *body = json_pack(
	    "{s:{},s:{},s:{},s:{}}", "answers", "texts", "signs", "used");
	enum ek_err err = EK_OK;
	size_t at = 0;

	while (err == EK_OK && web_field_next(wr, &at, &name, &value))
		err = take_field(body, name, value, why);
	if (note == NULL || note[strspn(note, " \n\t")] == '\0')
		note = "";
	json_object_set_new(body, "note", json_string(note));
	if (err == EK_OK)
		*ret = body;
	else
		json_decref(body);
	return err;
}

static bool
same(json_t *a, json_t *b, const char *key)
{
	return json_equal(json_object_get(a, key), json_object_get(b, key)) ==
	       1;
}

json_t *
web_fix_change(json_t *before, json_t *now, const char *plan)
{
	static const char *const alone[] = {"answers", "texts", "note"};
	json_t *change = json_object();
	size_t i;

	for (i = 0; i < sizeof(alone) / sizeof(alone[0]); i++)
		if (!same(before, now, alone[i]))
			json_object_set(
			    change, alone[i], json_object_get(now, alone[i]));
	if (same(before, now, "signs") && same(before, now, "used"))
		return change;
	json_object_set(change, "signs", json_object_get(now, "signs"));
	json_object_set(change, "used", json_object_get(now, "used"));
	if (plan != NULL && plan[0] != '\0')
		json_object_set_new(change, "plan", json_string(plan));
	return change;
}
