/*
 * form - reading GET /v1/form.  What came from another version of keeld is
 * not trusted to be whole.
 */
#include "form.h"

#include <stdlib.h>
#include <string.h>

#include "evenkeel/limits.h"

static const char *
text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static double
number_of(const json_t *object, const char *key, double otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : otherwise;
}

static bool
read_type(const char *name, enum item_type *ret)
{
	if (name == NULL)
		return false;
	if (strcmp(name, "scale") == 0)
		*ret = ITEM_SCALE;
	else if (strcmp(name, "choice") == 0)
		*ret = ITEM_CHOICE;
	else if (strcmp(name, "text") == 0)
		*ret = ITEM_TEXT;
	else
		return false;
	return true;
}

/* options: room for as many as the json has. */
static bool
read_options(const json_t *list, struct item *item, struct item_option *options)
{
	const json_t *json;
	size_t i;

	item->options = options;
	item->option_count = json_array_size(list);
	json_array_foreach(list, i, json)
	{
		options[i].text = text_of(json, "text");
		options[i].value = number_of(json, "value", (double)i);
		if (options[i].text == NULL)
			return false;
		if (i == 0 || options[i].value < item->min)
			item->min = options[i].value;
		if (i == 0 || options[i].value > item->max)
			item->max = options[i].value;
	}
	return item->option_count > 0;
}

static bool
read_item(const json_t *json, struct item *item, struct item_option *options)
{
	item->id = text_of(json, "id");
	item->text = text_of(json, "text");
	if (item->id == NULL || item->text == NULL ||
	    !read_type(text_of(json, "type"), &item->type))
		return false;
	item->required = json_is_true(json_object_get(json, "required"));
	item->low_text = text_of(json, "low");
	item->high_text = text_of(json, "high");
	item->min = number_of(json, "min", 0);
	item->max = number_of(json, "max", 10);
	if (item->type == ITEM_CHOICE)
		return read_options(
		    json_object_get(json, "options"), item, options);
	return item->type == ITEM_TEXT || item->min <= item->max;
}

static size_t
count_options(const json_t *items)
{
	const json_t *json;
	size_t i, count = 0;

	json_array_foreach(items, i, json)
	{
		count += json_array_size(json_object_get(json, "options"));
	}
	return count;
}

static enum ek_err
read_items(struct form *form, const json_t *list)
{
	struct item_option *options;
	const json_t *json;
	size_t i;

	form->item_count = json_array_size(list);
	if (form->item_count == 0 || form->item_count > EK_ITEMS_MAX)
		return EK_INVALID;
	form->items = calloc(form->item_count, sizeof(*form->items));
	form->options = calloc(count_options(list) + 1, sizeof(*form->options));
	if (form->items == NULL || form->options == NULL)
		return EK_NOMEM;
	options = form->options;
	json_array_foreach(list, i, json)
	{
		if (!read_item(json, &form->items[i], options))
			return EK_INVALID;
		options += form->items[i].option_count;
	}
	return EK_OK;
}

static enum ek_err
read_bullets(const json_t *list, struct form_bullet **ret, size_t *ret_count)
{
	size_t i, count = json_array_size(list);
	struct form_bullet *bullets = calloc(count + 1, sizeof(*bullets));
	const json_t *json;

	if (bullets == NULL)
		return EK_NOMEM;
	json_array_foreach(list, i, json)
	{
		bullets[i].id = text_of(json, "id");
		bullets[i].text = text_of(json, "text");
		if (bullets[i].id == NULL || bullets[i].text == NULL) {
			free(bullets);
			return EK_INVALID;
		}
	}
	*ret = bullets;
	*ret_count = count;
	return EK_OK;
}

static enum ek_err
read_head(struct form *form, const json_t *instrument)
{
	form->name = text_of(instrument, "name");
	form->title = text_of(instrument, "title");
	form->intro = text_of(instrument, "intro");
	form->copyright = text_of(instrument, "copyright");
	form->validated =
	    json_is_true(json_object_get(instrument, "validated"));
	form->question = text_of(form->json, "ask_open_question");
	form->nobody = text_of(form->json, "nobody");
	form->plan = text_of(form->json, "plan");
	form->locked = json_is_true(json_object_get(form->json, "locked"));
	if (form->name == NULL || form->nobody == NULL)
		return EK_INVALID;
	if (form->title == NULL)
		form->title = form->name;
	return EK_OK;
}

enum ek_err
form_read(json_t *json, struct form **ret, struct ek_why *reterr_why)
{
	const json_t *instrument = json_object_get(json, "instrument");
	struct form *form = calloc(1, sizeof(*form));
	enum ek_err err;

	if (form == NULL)
		return EK_NOMEM;
	form->json = json_incref(json);
	err = read_head(form, instrument);
	if (err == EK_OK)
		err = read_items(form, json_object_get(instrument, "items"));
	if (err == EK_OK)
		err = read_bullets(json_object_get(json, "signs"), &form->signs,
		    &form->sign_count);
	if (err == EK_OK)
		err = read_bullets(json_object_get(json, "strategies"),
		    &form->strategies, &form->strategy_count);
	if (err == EK_OK) {
		*ret = form;
		return EK_OK;
	}
	form_free(form);
	if (err == EK_INVALID)
		ek_why(reterr_why, err,
		    "the daemon sent a form this keel cannot read; are both "
		    "of one version? `keel status` says");
	return err;
}

void
form_free(struct form *form)
{
	if (form == NULL)
		return;
	free(form->items);
	free(form->options);
	free(form->signs);
	free(form->strategies);
	json_decref(form->json);
	free(form);
}
