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

bool
given_has_words(const struct buf *buf)
{
	return strspn(buf_text(buf), " \n\t") < buf->len;
}

bool
given_is_empty(const struct given *given)
{
	const struct form *form = given->form;

	for (size_t i = 0; i < form->item_count; i++)
		if (given->items[i].has ||
		    given_has_words(&given->items[i].text))
			return false;
	for (size_t i = 0; i < form->sign_count; i++)
		if (given->signs[i] != 0)
			return false;
	for (size_t i = 0; i < form->strategy_count; i++)
		if (given->used[i] != USED_NOT)
			return false;
	return !given_has_words(&given->note);
}

size_t
given_missing(const struct given *given)
{
	const struct form *form = given->form;
	size_t i;

	for (i = 0; i < form->item_count; i++)
		if (form->items[i].required && !given->items[i].has &&
		    !given_has_words(&given->items[i].text))
			break;
	return i;
}
