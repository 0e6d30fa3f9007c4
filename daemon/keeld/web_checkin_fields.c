/*
 * web_checkin_fields - from what a form sent to a draft, and from a draft to
 * the body that keel would send.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keeld/checkin.h"
#include "keeld/web_checkin_in.h"

static const char *const step_names[STEP_COUNT] = {
    "items", "signs", "used", "note"};

const char *
checkin_step_name(enum step step)
{
	return step_names[step];
}

bool
checkin_step_of(const char *name, enum step *ret)
{
	int i;

	for (i = 0; name != NULL && i < STEP_COUNT; i++)
		if (strcmp(step_names[i], name) == 0) {
			*ret = (enum step)i;
			return true;
		}
	return false;
}

static const json_t *
items_of(const struct asking *asking)
{
	return json_object_get(
	    json_object_get(asking->form, "instrument"), "items");
}

/* Signs and strategies are asked with the pulse only. */
bool
checkin_has(const struct asking *asking, enum step step)
{
	const json_t *one = json_object_get(asking->form, "instrument");
	bool pulse = strcmp(web_text(one, "name"), "pulse") == 0;

	switch (step) {
	case STEP_SIGNS:
		return pulse && json_array_size(
				    json_object_get(asking->form, "signs")) > 0;
	case STEP_USED:
		return pulse && json_array_size(json_object_get(
				    asking->form, "strategies")) > 0;
	case STEP_ITEMS:
	case STEP_NOTE:
	case STEP_COUNT:
		break;
	}
	return true;
}

enum step
checkin_next(const struct asking *asking, enum step step)
{
	int i;

	for (i = (int)step + 1; i < STEP_COUNT; i++)
		if (checkin_has(asking, (enum step)i))
			return (enum step)i;
	return step;
}

enum step
checkin_before(const struct asking *asking, enum step step)
{
	int i;

	for (i = (int)step - 1; i >= 0; i--)
		if (checkin_has(asking, (enum step)i))
			return (enum step)i;
	return step;
}

void
checkin_field(char *out, char letter, const char *id)
{
	snprintf(out, FIELD_MAX, "%c.%s", letter, id);
}

/* --- what stands in a field --- */

static const char *
drafted(const struct asking *asking, const char *name)
{
	return web_text(asking->draft->fields, name);
}

const char *
checkin_value(const struct asking *asking, const char *name)
{
	const char *sent = web_field(asking->wr, name);

	if (web_reason(asking->wr) == NULL)
		return drafted(asking, name);
	return sent == NULL ? "" : sent;
}

bool
checkin_used(const struct asking *asking, const json_t *strategy)
{
	char name[FIELD_MAX];

	checkin_field(name, 'u', web_text(strategy, "id"));
	return drafted(asking, name)[0] != '\0';
}

/* --- the names of a step --- */

typedef enum ek_err (*name_fn)(struct asking *asking, const char *name,
    const json_t *about, struct ek_why *why);

static enum ek_err
each_of(struct asking *asking, const json_t *list, char letter, name_fn fn,
    struct ek_why *why)
{
	char name[FIELD_MAX];
	const json_t *one;
	enum ek_err err = EK_OK;
	size_t i;

	json_array_foreach(list, i, one)
	{
		char mine = letter;

		if (letter == 'a' && strcmp(web_text(one, "type"), "text") == 0)
			mine = 't';
		checkin_field(name, mine, web_text(one, "id"));
		err = fn(asking, name, one, why);
		if (err != EK_OK)
			break;
	}
	return err;
}

static enum ek_err
each_name(struct asking *asking, name_fn fn, struct ek_why *why)
{
	const json_t *signs = json_object_get(asking->form, "signs");
	const json_t *used = json_object_get(asking->form, "strategies");
	enum ek_err err;

	switch (asking->step) {
	case STEP_ITEMS:
		return each_of(asking, items_of(asking), 'a', fn, why);
	case STEP_SIGNS:
		return each_of(asking, signs, 's', fn, why);
	case STEP_USED:
		return each_of(asking, used, 'u', fn, why);
	case STEP_NOTE:
	case STEP_COUNT:
		break;
	}
	err = each_of(asking, used, 'h', fn, why);
	return err == EK_OK ? fn(asking, "note", NULL, why) : err;
}

static bool
is_blank(const char *text)
{
	return text == NULL || text[strspn(text, " \n\t")] == '\0';
}

static enum ek_err
check_one(struct asking *asking, const char *name, const json_t *about,
    struct ek_why *why)
{
	const char *text = web_field(asking->wr, name);
	bool words = name[0] == 't' || about == NULL;
	enum ek_err err = EK_OK;

	if (is_blank(text) && json_is_true(json_object_get(about, "required")))
		asking->lacks = true;
	if (asking->lacks && !asking->later)
		err = ek_why(why, EK_INVALID,
		    "one question needs an answer; give it to go on");
	else if (text != NULL && words)
		err = checkin_text_ok(
		    about == NULL ? "the note" : "what you wrote", text, why);
	if (err == EK_OK)
		return EK_OK;
	snprintf(asking->bad_name, sizeof(asking->bad_name), "%s", name);
	asking->bad = asking->bad_name;
	return err;
}

enum ek_err
checkin_check(struct asking *asking, struct ek_why *why)
{
	return each_name(asking, check_one, why);
}

static enum ek_err
take_one(struct asking *asking, const char *name, const json_t *about,
    struct ek_why *why)
{
	const char *text = web_field(asking->wr, name);

	(void)about;
	(void)why;
	if (is_blank(text)) {
		json_object_del(asking->draft->fields, name);
		return EK_OK;
	}
	return json_object_set_new(
		   asking->draft->fields, name, json_string(text)) == 0
		   ? EK_OK
		   : EK_NOMEM;
}

enum ek_err
checkin_take(struct asking *asking)
{
	return each_name(asking, take_one, NULL);
}

/* --- the body --- */

static enum ek_err
number_of(const char *text, json_t **ret, struct ek_why *why)
{
	char *end;
	double number = strtod(text, &end);

	if (end == text || *end != '\0' || strlen(text) > 20)
		return ek_why(why, EK_INVALID,
		    "an answer is not a number; choose one of those shown");
	*ret = json_from_double(number);
	return EK_OK;
}

/* The fields of one letter into a member of the body. */
static enum ek_err
put_part(const struct asking *asking, const json_t *list, char letter,
    json_t *into, struct ek_why *why)
{
	char name[FIELD_MAX];
	const json_t *one;
	const char *text;
	json_t *value;
	enum ek_err err;
	size_t i;

	json_array_foreach(list, i, one)
	{
		checkin_field(name, letter, web_text(one, "id"));
		text = drafted(asking, name);
		if (letter == 'u' && text[0] != '\0') {
			checkin_field(name, 'h', web_text(one, "id"));
			text = drafted(asking, name);
			value = json_null();
		} else if (text[0] == '\0') {
			continue;
		} else {
			value = letter == 't' ? json_string(text) : NULL;
		}
		if (letter != 't' && text[0] != '\0') {
			err = number_of(text, &value, why);
			if (err != EK_OK)
				return err;
		}
		if (json_object_set_new(into, web_text(one, "id"), value) != 0)
			return EK_NOMEM;
	}
	return EK_OK;
}

static const struct {
	const char *key, *list;
	char letter;
} parts[] = {{"answers", NULL, 'a'}, {"texts", NULL, 't'},
    {"signs", "signs", 's'}, {"used", "strategies", 'u'}};

/* An empty one is left out, as keel does, but for the answers. */
static enum ek_err
put_parts(const struct asking *asking, json_t *body, struct ek_why *why)
{
	enum ek_err err = EK_OK;
	json_t *into;
	size_t i;

	for (i = 0; err == EK_OK && i < sizeof(parts) / sizeof(parts[0]); i++) {
		const json_t *list =
		    parts[i].list == NULL
			? items_of(asking)
			: json_object_get(asking->form, parts[i].list);

		into = json_object();
		if (into == NULL)
			return EK_NOMEM;
		err = put_part(asking, list, parts[i].letter, into, why);
		if (err == EK_OK && (i == 0 || json_object_size(into) > 0) &&
		    json_object_set(body, parts[i].key, into) != 0)
			err = EK_NOMEM;
		json_decref(into);
	}
	return err;
}

static enum ek_err
put_text(json_t *body, const char *key, const char *text)
{
	if (text[0] == '\0')
		return EK_OK;
	return json_object_set_new(body, key, json_string(text)) == 0
		   ? EK_OK
		   : EK_NOMEM;
}

enum ek_err
checkin_body(const struct asking *asking, json_t **ret, struct ek_why *why)
{
	const struct draft *draft = asking->draft;
	json_t *body = json_object();
	enum ek_err err;

	if (body == NULL)
		return EK_NOMEM;
	err = put_text(body, "instrument", draft->instrument);
	if (err == EK_OK)
		err = put_text(body, "plan", draft->plan);
	if (err == EK_OK)
		err = put_text(body, "slot", draft->slot);
	if (err == EK_OK)
		err = put_text(body, "note", drafted(asking, "note"));
	if (err == EK_OK)
		err = put_parts(asking, body, why);
	if (draft->off != DRAFT_ON_RECORD)
		json_object_set_new(body, "off_record", json_true());
	if (draft->off == DRAFT_TOOK_PLACE)
		json_object_set_new(body, "took_place", json_true());
	if (asking->alone)
		json_object_set_new(body, "slot", json_null());
	if (err == EK_OK)
		*ret = body;
	else
		json_decref(body);
	return err;
}
