/*
 * web_checkin - a check-in as one form, and her words back.
 *
 * Fields: a.ITEM a number, t.ITEM words, s.SIGN 1 or 2, u.STRATEGY 0 to 3 or
 * "said", note, off, and instrument and plan as GET /v1/form gave them.  What
 * is refused comes back as it was filled in, with the reason.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evenkeel/text.h"
#include "keeld/html.h"
#include "keeld/web.h"

#define STEPS_MAX 20 /* of a scale shown as buttons */

/* --- the form --- */

static void
put_choice(struct web_req *wr, const char *name, const char *value,
    const char *label, struct buf *out)
{
	const char *given = web_field(wr, name);

	html_put(out, "<label><input type=\"radio\" name=\"%s\" value=\"%s\"",
	    name, value);
	if (given == NULL ? value[0] == '\0' : strcmp(given, value) == 0)
		html_put(out, " checked");
	html_put(out, "> %s</label> ", label);
}

static void
put_words(
    struct web_req *wr, const char *name, const char *label, struct buf *out)
{
	html_put(out,
	    "<p><label>%s<br><textarea name=\"%s\" rows=\"3\">\n%s</textarea>"
	    "</label></p>",
	    label, name, web_field(wr, name));
}

static void
put_scale(
    struct web_req *wr, const json_t *item, const char *name, struct buf *out)
{
	int low = (int)json_number_value(json_object_get(item, "min"));
	int high = (int)json_number_value(json_object_get(item, "max")), i;
	char value[16];

	html_put(out, "<p>%s ", web_text(item, "low"));
	for (i = low; i <= high && i - low <= STEPS_MAX; i++) {
		snprintf(value, sizeof(value), "%d", i);
		put_choice(wr, name, value, value, out);
	}
	html_put(out, "%s</p>", web_text(item, "high"));
}

static void
put_options(
    struct web_req *wr, const json_t *item, const char *name, struct buf *out)
{
	const json_t *option;
	char value[32];
	size_t i;

	html_put(out, "<p>");
	json_array_foreach(json_object_get(item, "options"), i, option)
	{
		snprintf(value, sizeof(value), "%.10g",
		    json_number_value(json_object_get(option, "value")));
		put_choice(wr, name, value, web_text(option, "text"), out);
		html_put(out, "<br>");
	}
	html_put(out, "</p>");
}

static void
put_item(struct web_req *wr, const json_t *item, struct buf *out)
{
	const char *type = web_text(item, "type");
	const char *text = web_text(item, "text");
	char name[100];

	snprintf(name, sizeof(name), "%c.%s",
	    strcmp(type, "text") == 0 ? 't' : 'a', web_text(item, "id"));
	if (strcmp(type, "text") == 0) {
		put_words(wr, name, text, out);
		return;
	}
	html_put(out, "<fieldset><legend>%s</legend>", text);
	if (strcmp(type, "scale") == 0)
		put_scale(wr, item, name, out);
	else
		put_options(wr, item, name, out);
	html_put(out, "</fieldset>");
}

struct choice {
	const char *value, *label;
};
static const struct choice sign_choices[] = {
    {"", "no"}, {"1", "a little"}, {"2", "a lot"}, {NULL, NULL}};
static const struct choice used_choices[] = {{"", "not used"}, {"said", "used"},
    {"0", "did not help"}, {"1", "helped a little"}, {"2", "helped"},
    {"3", "helped a lot"}, {NULL, NULL}};

static void
put_bullets(struct web_req *wr, const json_t *list, char letter,
    const struct choice *choices, struct buf *out)
{
	const struct choice *choice;
	const json_t *bullet;
	char name[32];
	size_t i;

	json_array_foreach(list, i, bullet)
	{
		snprintf(name, sizeof(name), "%c.%s", letter,
		    web_text(bullet, "id"));
		html_put(out, "<fieldset><legend>%s</legend>",
		    web_text(bullet, "text"));
		for (choice = choices; choice->value != NULL; choice++)
			put_choice(wr, name, choice->value, choice->label, out);
		html_put(out, "</fieldset>");
	}
}

static void
put_form(struct web_req *wr, const json_t *form, struct buf *out)
{
	const json_t *one = json_object_get(form, "instrument"), *item;
	const json_t *signs = json_object_get(form, "signs");
	const json_t *used = json_object_get(form, "strategies");
	size_t i;

	html_put(out, "<h1>%s</h1>", web_text(one, "title"));
	if (web_reason(wr) != NULL)
		html_put(out, "<p role=\"alert\" class=\"why\">%s</p>",
		    web_reason(wr));
	web_form_begin(wr, out, "checkin");
	html_put(out,
	    "<input type=\"hidden\" name=\"instrument\" value=\"%s\">"
	    "<input type=\"hidden\" name=\"plan\" value=\"%s\"><p>%n</p>",
	    web_text(one, "name"), web_text(form, "plan"),
	    web_text(one, "intro"));
	json_array_foreach(json_object_get(one, "items"), i, item)
	{
		put_item(wr, item, out);
	}
	if (json_array_size(signs) > 0)
		html_put(out, "<h2>Do you see any of your signs?</h2>");
	put_bullets(wr, signs, 's', sign_choices, out);
	if (json_array_size(used) > 0)
		html_put(out, "<h2>Did you use any of what helps you?</h2>");
	put_bullets(wr, used, 'u', used_choices, out);
	put_words(wr, "note", "A note, for you alone (may stay empty)", out);
	html_put(out,
	    "<p><label><input type=\"checkbox\" name=\"off\" value=\"1\"%s> "
	    "Off the record: nothing of this is kept</label></p>"
	    "<button>Save</button></form>",
	    web_field(wr, "off") != NULL ? " checked" : "");
}

static enum ek_err
show(struct web_req *wr, const char *instrument, struct buf *out,
    struct ek_why *why)
{
	json_t *form = NULL;
	char target[100];
	enum ek_err err;

	if (!text_is_name(instrument))
		return ek_why(why, EK_NOT_FOUND,
		    "there is no such check-in; open the page anew");
	snprintf(target, sizeof(target), "/v1/form?instrument=%s", instrument);
	err = web_api(wr, "GET", target, NULL, &form, why);
	if (err == EK_OK)
		put_form(wr, form, out);
	json_decref(form);
	return err;
}

static enum ek_err
checkin_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const char *instrument = web_query(wr, "instrument");

	return show(wr, instrument == NULL ? "pulse" : instrument, out, why);
}

/* --- what was filled in --- */

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

struct parts {
	json_t *answers, *texts, *signs, *used;
};

static enum ek_err
take_field(const struct parts *parts, const char *name, const char *value,
    struct ek_why *why)
{
	json_t *into = NULL, *json = NULL;
	enum ek_err err = EK_OK;

	if (name[1] != '.' || value[0] == '\0')
		return EK_OK;
	switch (name[0]) {
	case 'a':
		into = parts->answers;
		break;
	case 't':
		into = parts->texts;
		break;
	case 's':
		into = parts->signs;
		break;
	case 'u':
		into = parts->used;
		break;
	}
	if (into == parts->texts)
		json = json_string(value);
	else if (into == parts->used && strcmp(value, "said") == 0)
		json = json_null();
	else
		err = number_of(value, &json, why);
	if (err == EK_OK && into != NULL)
		json_object_set(into, name + 2, json);
	json_decref(json);
	return err;
}

/* An empty one is left out, as keel does. */
static void
put_part(json_t *body, const char *key, json_t *part)
{
	if (json_object_size(part) > 0)
		json_object_set(body, key, part);
}

static enum ek_err
read_fields(struct web_req *wr, json_t *body, struct ek_why *why)
{
	const struct parts parts = {
	    json_object(), json_object(), json_object(), json_object()};
	const char *name, *value;
	enum ek_err err = EK_OK;
	size_t at = 0;

	while (err == EK_OK && web_field_next(wr, &at, &name, &value))
		err = take_field(&parts, name, value, why);
	json_object_set(body, "answers", parts.answers);
	put_part(body, "texts", parts.texts);
	put_part(body, "signs", parts.signs);
	put_part(body, "used", parts.used);
	json_decref(parts.answers);
	json_decref(parts.texts);
	json_decref(parts.signs);
	json_decref(parts.used);
	return err;
}

static void
put_field(struct web_req *wr, json_t *body, const char *name)
{
	const char *value = web_field(wr, name);

	if (value != NULL && value[strspn(value, " \n\t")] != '\0')
		json_object_set_new(body, name, json_string(value));
}

static enum ek_err
save(struct web_req *wr, json_t **ret, struct ek_why *why)
{
	json_t *body = json_object();
	enum ek_err err;

	put_field(wr, body, "instrument");
	put_field(wr, body, "plan");
	put_field(wr, body, "note");
	if (web_field(wr, "off") != NULL)
		json_object_set_new(body, "off_record", json_true());
	err = read_fields(wr, body, why);
	if (err != EK_OK) {
		json_decref(body);
		return err;
	}
	return web_api(wr, "POST", "/v1/checkins", body, ret, why);
}

static enum ek_err
checkin_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const char *instrument = web_field(wr, "instrument");
	json_t *json = NULL;
	enum ek_err err = save(wr, &json, why);

	if (err != EK_OK) {
		web_refused(wr, err, why);
		return show(wr, instrument == NULL ? "" : instrument, out, why);
	}
	html_put(out, "<h1>Thank you</h1><p role=\"status\">%s</p>",
	    json_is_true(json_object_get(json, "off_record"))
		? "Nothing of it was kept."
		: "Saved.");
	web_words(wr, json_object_get(json, "words"), false, out);
	json_decref(json);
	return EK_OK;
}

const struct web_row web_ended_rows[] = { /* nothing is yet */
    {NULL, NULL, NULL},
};
const struct web_row web_checkin_rows[] = {
    {"GET", "checkin", checkin_get},
    {"POST", "checkin", checkin_post},
    {NULL, NULL, NULL},
};
