/*
 * given - what was given to a form (form.h), and the body it is sent as.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evenkeel/limits.h"
#include "evenkeel/text.h"
#include "form.h"

enum ek_err
given_new(const struct form *form, struct given **ret)
{
	struct given *given = calloc(1, sizeof(*given));

	if (given == NULL)
		return EK_NOMEM;
	given->form = form;
	buf_init(&given->note, EK_NOTE_MAX);
	given->items = calloc(form->item_count + 1, sizeof(*given->items));
	given->signs = calloc(form->sign_count + 1, 1);
	given->used = calloc(form->strategy_count + 1, 1);
	if (given->items == NULL || given->signs == NULL ||
	    given->used == NULL) {
		given_free(given);
		return EK_NOMEM;
	}
	for (size_t i = 0; i < form->item_count; i++)
		buf_init(&given->items[i].text, EK_NOTE_MAX);
	for (size_t i = 0; i < form->strategy_count; i++)
		given->used[i] = USED_NOT;
	*ret = given;
	return EK_OK;
}

void
given_free(struct given *given)
{
	size_t items, used, signs;

	if (given == NULL)
		return;
	items = given->form->item_count;
	signs = given->form->sign_count;
	used = given->form->strategy_count;
	if (given->items != NULL) {
		for (size_t i = 0; i < items; i++)
			buf_done(&given->items[i].text);
		explicit_bzero(given->items, items * sizeof(*given->items));
	}
	if (given->signs != NULL)
		explicit_bzero(given->signs, signs);
	if (given->used != NULL)
		explicit_bzero(given->used, used);
	free(given->items);
	free(given->signs);
	free(given->used);
	buf_done(&given->note);
	free(given);
}

/* A number and nothing else. */
static bool
read_number(const char *text, double *ret)
{
	char *end = NULL;
	double value;

	if (text == NULL || strspn(text, "+-.0123456789") != strlen(text) ||
	    text[0] == '\0')
		return false;
	value = strtod(text, &end);
	if (*end != '\0' || !isfinite(value))
		return false;
	*ret = value;
	return true;
}

static size_t
find_item(const struct form *form, const char *id)
{
	size_t i;

	for (i = 0; i < form->item_count; i++)
		if (strcmp(form->items[i].id, id) == 0)
			break;
	return i;
}

static size_t
find_bullet(const struct form_bullet *bullets, size_t count, const char *id)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(bullets[i].id, id) == 0)
			break;
	return i;
}

static enum ek_err
no_item(const struct form *form, struct ek_why *reterr_why)
{
	struct buf names;
	enum ek_err err;

	buf_init(&names, 240);
	for (size_t i = 0; i < form->item_count; i++)
		buf_fmt(&names, "%s%s", i == 0 ? "" : ", ", form->items[i].id);
	err = ek_why(reterr_why, EK_USAGE,
	    "%s has no item of that name; its items are %s", form->name,
	    buf_text(&names));
	buf_done(&names);
	return err;
}

static enum ek_err
no_bullet(const struct form *form, const char *what,
    const struct form_bullet *bullets, size_t count, struct ek_why *reterr_why)
{
	struct buf names;
	enum ek_err err;

	if (form->locked)
		return ek_why(reterr_why, EK_LOCKED,
		    "the book is locked, so your %s cannot be marked; "
		    "`keel unlock` first, or leave them out",
		    what);
	buf_init(&names, 200);
	for (size_t i = 0; i < count; i++)
		buf_fmt(&names, "%s%s", i == 0 ? "" : ", ", bullets[i].id);
	if (count == 0)
		err = ek_why(reterr_why, EK_USAGE,
		    "%s asks for no %s, or your plan names none yet; "
		    "`keel plan show` says",
		    form->name, what);
	else
		err = ek_why(reterr_why, EK_USAGE,
		    "your plan has no such id among your %s; there are %s",
		    what, buf_text(&names));
	buf_done(&names);
	return err;
}

static bool
item_takes(const struct item *item, double value)
{
	if (item->type == ITEM_CHOICE) {
		for (size_t i = 0; i < item->option_count; i++)
			if (item->options[i].value == value)
				return true;
		return false;
	}
	return item->type == ITEM_SCALE && value >= item->min &&
	       value <= item->max && value == floor(value);
}

static enum ek_err
bad_value(const struct item *item, struct ek_why *reterr_why)
{
	struct buf values;
	enum ek_err err;

	if (item->type == ITEM_SCALE)
		return ek_why(reterr_why, EK_USAGE,
		    "%s takes a whole number from %g to %g; give one of these",
		    item->id, item->min, item->max);
	buf_init(&values, 200);
	for (size_t i = 0; i < item->option_count; i++)
		buf_fmt(&values, "%s%g", i == 0 ? "" : ", ",
		    item->options[i].value);
	err = ek_why(reterr_why, EK_USAGE, "%s takes one of %s; give one",
	    item->id, buf_text(&values));
	buf_done(&values);
	return err;
}

enum ek_err
given_answer(struct given *given, const char *id, const char *value,
    struct ek_why *reterr_why)
{
	const struct form *form = given->form;
	size_t i = find_item(form, id);
	double number;

	if (i == form->item_count)
		return no_item(form, reterr_why);
	if (form->items[i].type == ITEM_TEXT)
		return ek_why(reterr_why, EK_USAGE,
		    "%s is answered in words, and words are never arguments; "
		    "give it in --answers -",
		    form->items[i].id);
	if (given->items[i].has && !given->items[i].old)
		return ek_why(reterr_why, EK_USAGE,
		    "%s is answered twice; answer it once", form->items[i].id);
	if (!read_number(value, &number) ||
	    !item_takes(&form->items[i], number))
		return bad_value(&form->items[i], reterr_why);
	given->items[i].has = true;
	given->items[i].old = false;
	given->items[i].value = number;
	return EK_OK;
}

/* Appends a line; text is checked and has room, or nothing changes. */
static enum ek_err
add_words(struct buf *to, const char *text, size_t len, const char *what,
    struct ek_why *reterr_why)
{
	if (!text_plain_ok(text, len))
		return ek_why(reterr_why, EK_INVALID,
		    "%s is not plain UTF-8 text; leave out control characters",
		    what);
	if (to->len + len + 1 > to->max)
		return ek_why(reterr_why, EK_TOO_LARGE,
		    "%s is longer than %zu bytes; shorten it", what, to->max);
	if (to->len > 0)
		buf_char(to, '\n');
	buf_add(to, text, len);
	return buf_err(to);
}

enum ek_err
given_text(struct given *given, const char *id, const char *text,
    struct ek_why *reterr_why)
{
	const struct form *form = given->form;
	size_t i = find_item(form, id);

	if (i == form->item_count)
		return no_item(form, reterr_why);
	if (form->items[i].type != ITEM_TEXT)
		return given_answer(given, id, text, reterr_why);
	if (given->items[i].old)
		buf_clear(&given->items[i].text);
	given->items[i].old = false;
	return add_words(&given->items[i].text, text, strlen(text),
	    form->items[i].id, reterr_why);
}

enum ek_err
given_sign(struct given *given, const char *id, const char *value,
    struct ek_why *reterr_why)
{
	const struct form *form = given->form;
	size_t i = find_bullet(form->signs, form->sign_count, id);
	double number;

	if (i == form->sign_count)
		return no_bullet(
		    form, "signs", form->signs, form->sign_count, reterr_why);
	if (!read_number(value, &number) ||
	    (number != 0 && number != SIGN_LITTLE && number != SIGN_LOT))
		return ek_why(reterr_why, EK_USAGE,
		    "sign %s takes 0 (not), 1 (a little) or 2 (a lot); give "
		    "one of these",
		    form->signs[i].id);
	given->signs[i] = (signed char)number;
	return EK_OK;
}

enum ek_err
given_used(struct given *given, const char *id, const char *value,
    struct ek_why *reterr_why)
{
	const struct form *form = given->form;
	size_t i = find_bullet(form->strategies, form->strategy_count, id);
	double number = USED_SAID;

	if (i == form->strategy_count)
		return no_bullet(form, "strategies", form->strategies,
		    form->strategy_count, reterr_why);
	if (value != NULL && value[0] != '\0' &&
	    (!read_number(value, &number) || number < 0 ||
		number > HELPED_MAX || number != floor(number)))
		return ek_why(reterr_why, EK_USAGE,
		    "strategy %s takes 0 (did not help) to 3 (helped a lot), "
		    "or nothing when you would rather not say",
		    form->strategies[i].id);
	given->used[i] = (signed char)number;
	return EK_OK;
}

enum ek_err
given_note(struct given *given, const char *text, size_t len,
    struct ek_why *reterr_why)
{
	if (given->note_old)
		buf_clear(&given->note);
	given->note_old = false;
	return add_words(&given->note, text, len, "the note", reterr_why);
}

void
given_settle(struct given *given)
{
	for (size_t i = 0; i < given->form->item_count; i++)
		given->items[i].old = true;
	given->note_old = true;
}

static bool
has_words(const struct buf *buf)
{
	return strspn(buf_text(buf), " \n\t") < buf->len;
}

bool
given_is_empty(const struct given *given)
{
	const struct form *form = given->form;

	for (size_t i = 0; i < form->item_count; i++)
		if (given->items[i].has || has_words(&given->items[i].text))
			return false;
	for (size_t i = 0; i < form->sign_count; i++)
		if (given->signs[i] != 0)
			return false;
	for (size_t i = 0; i < form->strategy_count; i++)
		if (given->used[i] != USED_NOT)
			return false;
	return !has_words(&given->note);
}

size_t
given_missing(const struct given *given)
{
	const struct form *form = given->form;
	size_t i;

	for (i = 0; i < form->item_count; i++)
		if (form->items[i].required && !given->items[i].has &&
		    !has_words(&given->items[i].text))
			break;
	return i;
}

/* --- the body --- */

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
	if (!has_words(words))
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
