/*
 * given_body - what was given to a form (form.h), as the bodies it is sent
 * in.
 */
#include <string.h>

#include "form.h"

/* Sets a member unless it is an empty object. */
static int
set_object(json_t *body, const char *key, json_t *object)
{
	if (json_object_size(object) > 0)
		return json_object_set_new(body, key, object);
	json_decref(object);
	return object == NULL ? -1 : 0;
}

static int
set_words(json_t *object, const char *key, const struct buf *words)
{
	if (!given_has_words(words))
		return 0;
	return json_object_set_new(
	    object, key, json_stringn(words->data, words->len));
}

static int
put_items(json_t *body, const struct given *given)
{
	const struct form *form = given->form;
	json_t *answers = json_object(), *texts = json_object();
	int bad = 0;

	for (size_t i = 0; i < form->item_count; i++) {
		const struct given_item *item = &given->items[i];

		if (item->has)
			bad |= json_object_set_new(answers, form->items[i].id,
			    json_from_double(item->value));
		bad |= set_words(texts, form->items[i].id, &item->text);
	}
	bad |= json_object_set_new(body, "answers", answers);
	return bad | set_object(body, "texts", texts);
}

static int
put_marks(json_t *body, const struct given *given)
{
	const struct form *form = given->form;
	json_t *signs = json_object(), *used = json_object();
	int bad = 0;

	for (size_t i = 0; i < form->sign_count; i++)
		if (given->signs[i] != 0)
			bad |= json_object_set_new(signs, form->signs[i].id,
			    json_integer(given->signs[i]));
	for (size_t i = 0; i < form->strategy_count; i++) {
		if (given->used[i] == USED_NOT)
			continue;
		bad |= json_object_set_new(used, form->strategies[i].id,
		    given->used[i] == USED_SAID ? json_null()
						: json_integer(given->used[i]));
	}
	bad |= set_object(body, "signs", signs);
	return bad | set_object(body, "used", used);
}

json_t *
given_body(const struct given *given)
{
	const struct form *form = given->form;
	json_t *body = json_object();
	int bad = 0;

	if (body == NULL)
		return NULL;
	bad |= json_object_set_new(body, "instrument", json_string(form->name));
	bad |= put_items(body, given);
	bad |= put_marks(body, given);
	bad |= set_words(body, "note", &given->note);
	if (form->plan != NULL)
		bad |=
		    json_object_set_new(body, "plan", json_string(form->plan));
	if (given->off_record)
		bad |= json_object_set_new(body, "off_record", json_true());
	if (given->took_place)
		bad |= json_object_set_new(body, "took_place", json_true());
	if (bad == 0)
		return body;
	json_decref(body);
	return NULL;
}

static bool
same_member(json_t *a, json_t *b, const char *key)
{
	json_t *one = json_object_get(a, key), *other = json_object_get(b, key);

	if (one == NULL || other == NULL)
		return one == other;
	return json_equal(one, other) == 1;
}

/* The member as it is now; where there is none any more, an empty one. */
static int
put_change(json_t *change, json_t *body, const char *key)
{
	json_t *now = json_object_get(body, key);

	if (now != NULL)
		return json_object_set(change, key, now);
	return json_object_set_new(change, key,
	    strcmp(key, "note") == 0 ? json_string("") : json_object());
}

json_t *
given_change(const struct given *given, json_t *before)
{
	static const char *const alone[] = {"answers", "texts", "note"};
	json_t *body = given_body(given);
	json_t *change = json_object();
	int bad = body == NULL || change == NULL ? -1 : 0;

	for (size_t i = 0; bad == 0 && i < 3; i++)
		if (!same_member(before, body, alone[i]))
			bad = put_change(change, body, alone[i]);
	if (bad == 0 && (!same_member(before, body, "signs") ||
			    !same_member(before, body, "used"))) {
		bad = put_change(change, body, "signs") |
		      put_change(change, body, "used");
		if (given->form->plan != NULL)
			bad |= json_object_set_new(
			    change, "plan", json_string(given->form->plan));
	}
	json_decref(body);
	if (bad == 0)
		return change;
	json_decref(change);
	return NULL;
}
