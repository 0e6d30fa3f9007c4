/*
 * web_diary_fix - a check-in of the diary, to be changed: one form with what
 * it says filled in.  Only what is changed is sent; the rest stays.
 *
 * The form carries what it was filled with, so that a second sending is the
 * same request, though the entry has another id by then.
 */
#include <stdio.h>
#include <string.h>

#include "evenkeel/limits.h"
#include "keeld/web_diary.h"
#include "keeld/web_left.h"

#define STEPS_MAX 20 /* of a scale shown as buttons */

struct fix {
	struct web_req *wr;
	const json_t *before; /* what is filled in, unless it was sent */
	struct buf *out;
};

/* --- fields --- */

/* Is this value chosen: as sent, or as it was? */
static bool
is_chosen(const struct fix *fix, const char *name, const json_t *was,
    const char *value)
{
	const char *sent = web_field(fix->wr, name);
	char text[40] = "";

	if (web_field(fix->wr, "was") != NULL)
		return strcmp(sent == NULL ? "" : sent, value) == 0;
	if (json_is_number(was))
		snprintf(text, sizeof(text), "%.10g", json_number_value(was));
	else if (json_is_null(was))
		snprintf(text, sizeof(text), "said");
	return strcmp(text, value) == 0;
}

struct choice {
	const char *value, *label;
	const char *end; /* of a scale: said, not seen; or NULL */
};

static void
put_choice(const struct fix *fix, const char *name, const json_t *was,
    const struct choice *choice)
{
	html_put(fix->out,
	    "<label><input type=\"radio\" name=\"%s\" value=\"%s\"%s> "
	    "<span>%s",
	    name, choice->value,
	    is_chosen(fix, name, was, choice->value) ? " checked" : "",
	    choice->label);
	if (choice->end != NULL)
		html_put(
		    fix->out, "<span class=\"said\">, %s</span>", choice->end);
	html_put(fix->out, "</span></label> ");
}

static void
put_words(
    const struct fix *fix, const char *name, const char *was, const char *label)
{
	const char *sent = web_field(fix->wr, name);

	html_put(fix->out,
	    "<p><label for=\"%s\">%s</label><textarea id=\"%s\" name=\"%s\" "
	    "rows=\"3\">\n%s</textarea></p>",
	    name, label, name, name,
	    web_field(fix->wr, "was") != NULL ? sent : was);
}

static void
put_scale(const struct fix *fix, const json_t *item, const char *name,
    const json_t *was)
{
	int low = (int)json_number_value(json_object_get(item, "min"));
	int high = (int)json_number_value(json_object_get(item, "max")), i;
	char value[16];

	html_put(fix->out,
	    "<p class=\"ends\"><span>%d: %s</span> <span>%d: %s</span></p>"
	    "<p class=\"scale\">",
	    low, web_text(item, "low"), high, web_text(item, "high"));
	for (i = low; i <= high && i - low <= STEPS_MAX; i++) {
		struct choice choice = {value, value, NULL};

		snprintf(value, sizeof(value), "%d", i);
		if (i == low)
			choice.end = web_text(item, "low");
		else if (i == high)
			choice.end = web_text(item, "high");
		put_choice(fix, name, was, &choice);
	}
	html_put(fix->out, "</p>");
}

static void
put_options(const struct fix *fix, const json_t *item, const char *name,
    const json_t *was)
{
	const json_t *option;
	char value[40];
	size_t i;

	html_put(fix->out, "<p class=\"lines\">");
	json_array_foreach(json_object_get(item, "options"), i, option)
	{
		const struct choice choice = {
		    value, web_text(option, "text"), NULL};

		snprintf(value, sizeof(value), "%.10g",
		    json_number_value(json_object_get(option, "value")));
		put_choice(fix, name, was, &choice);
	}
	html_put(fix->out, "</p>");
}

static void
put_item(const struct fix *fix, const json_t *item)
{
	static const struct choice none = {"", "no answer", NULL};
	const char *id = web_text(item, "id"), *type = web_text(item, "type");
	const json_t *was =
	    json_object_get(json_object_get(fix->before, "answers"), id);
	char name[80];

	if (strcmp(type, "text") == 0) {
		snprintf(name, sizeof(name), "t.%.70s", id);
		put_words(fix, name,
		    web_text(json_object_get(fix->before, "texts"), id),
		    web_text(item, "text"));
		return;
	}
	snprintf(name, sizeof(name), "a.%.70s", id);
	html_put(
	    fix->out, "<fieldset><legend>%s</legend>", web_text(item, "text"));
	if (strcmp(type, "scale") == 0)
		put_scale(fix, item, name, was);
	else
		put_options(fix, item, name, was);
	if (!json_is_true(json_object_get(item, "required"))) {
		html_put(fix->out, "<p class=\"lines\">");
		put_choice(fix, name, was, &none);
		html_put(fix->out, "</p>");
	}
	html_put(fix->out, "</fieldset>");
}

static const struct choice sign_choices[] = {{"", "no", NULL},
    {"1", "a little", NULL}, {"2", "a lot", NULL}, {NULL, NULL, NULL}};
static const struct choice used_choices[] = {{"", "not used", NULL},
    {"said", "used", NULL}, {"0", "did not help", NULL},
    {"1", "helped a little", NULL}, {"2", "helped", NULL},
    {"3", "helped a lot", NULL}, {NULL, NULL, NULL}};

static void
put_bullets(const struct fix *fix, const json_t *list, char letter,
    const char *member, const struct choice *choices)
{
	const struct choice *choice;
	const json_t *bullet, *was;
	char name[32];
	size_t i;

	json_array_foreach(list, i, bullet)
	{
		snprintf(name, sizeof(name), "%c.%.20s", letter,
		    web_text(bullet, "id"));
		was = json_object_get(json_object_get(fix->before, member),
		    web_text(bullet, "id"));
		html_put(fix->out,
		    "<fieldset><legend>%s</legend><p class=\"row\">",
		    web_text(bullet, "text"));
		for (choice = choices; choice->value != NULL; choice++)
			put_choice(fix, name, was, choice);
		html_put(fix->out, "</p></fieldset>");
	}
}

/* --- the page --- */

static void
put_was(const struct fix *fix)
{
	const char *sent = web_field(fix->wr, "was");
	struct buf was;

	buf_init(&was, EK_HTTP_BODY_MAX);
	if (sent == NULL && json_write(fix->before, &was) == EK_OK)
		sent = buf_text(&was);
	html_put(fix->out, "<input type=\"hidden\" name=\"was\" value=\"%s\">",
	    sent);
	buf_done(&was);
}

/* Marks that go by words which the plan has no more. */
static bool
has_lost(const json_t *entry, const json_t *before)
{
	size_t now = json_object_size(json_object_get(before, "signs")) +
		     json_object_size(json_object_get(before, "used"));

	return json_array_size(json_object_get(entry, "signs")) +
		   json_array_size(json_object_get(entry, "used")) >
	       now;
}

static void
put_marks(const struct fix *fix, const json_t *entry, const json_t *form)
{
	const json_t *signs = json_object_get(form, "signs");
	const json_t *used = json_object_get(form, "strategies");

	if (json_array_size(signs) > 0)
		html_put(fix->out, "<h2>Your signs</h2>");
	if (has_lost(entry, fix->before))
		html_put(fix->out,
		    "<p>Some marks of this entry go with lines that your plan "
		    "has no more. They stay, unless you change a mark "
		    "here.</p>");
	put_bullets(fix, signs, 's', "signs", sign_choices);
	if (json_array_size(used) > 0)
		html_put(fix->out, "<h2>What you used</h2>");
	put_bullets(fix, used, 'u', "used", used_choices);
}

static void
put_form(const struct fix *fix, const json_t *entry, const json_t *form)
{
	const char *local = web_text(entry, "local");
	const json_t *item, *items;
	struct buf *out = fix->out;
	size_t i;

	items = json_object_get(json_object_get(form, "instrument"), "items");
	html_put(
	    out, "<h1>Change an entry</h1><p>%s, ", web_diary_title(entry));
	web_put_day(out, local);
	html_put(out, ", ");
	web_put_when(out, local, local);
	html_put(out, "</p>");
	if (web_reason(fix->wr) != NULL)
		html_put(out, "<p role=\"alert\" class=\"why\">%s</p>",
		    web_reason(fix->wr));
	web_diary_form(fix->wr, out, "diary-fix");
	web_left_mark(fix->wr, out);
	put_was(fix);
	html_put(out, "<input type=\"hidden\" name=\"plan\" value=\"%s\">",
	    web_text(form, "plan"));
	json_array_foreach(items, i, item)
	{
		put_item(fix, item);
	}
	put_marks(fix, entry, form);
	put_words(fix, "note", web_text(fix->before, "note"),
	    "A note, for you alone (may stay empty)");
	web_form_end(fix->wr, out, "Save");
	html_put(out, "<p>");
	web_diary_anchor(fix->wr, out, "diary-entry", web_text(entry, "id"),
	    "Leave it as it is");
	html_put(out, "</p>");
}

static void
put_no_form(struct web_req *wr, const json_t *entry, struct buf *out)
{
	html_put(out, "<h1>Change an entry</h1><p>%s</p><p>",
	    strcmp(web_text(entry, "kind"), "check-in") != 0
		? "Only check-ins can be changed. You can add a note to this "
		  "entry, or delete it."
		: "The questions of this entry are not in use here, so its "
		  "answers cannot be changed. You can add a note to it, or "
		  "delete it.");
	web_diary_anchor(
	    wr, out, "diary-entry", web_text(entry, "id"), "Back to the entry");
	html_put(out, "</p>");
}

static void
show(struct web_req *wr, const json_t *entry, struct buf *out)
{
	struct fix fix = {.wr = wr, .out = out};
	struct web_forms forms;
	const json_t *form;
	json_t *before;

	web_forms_init(&forms);
	form = web_forms_of(wr, &forms, entry);
	if (form == NULL || strcmp(web_text(entry, "kind"), "check-in") != 0) {
		put_no_form(wr, entry, out);
	} else {
		before = web_fix_before(entry, form);
		fix.before = before;
		put_form(&fix, entry, form);
		json_decref(before);
	}
	web_forms_done(&forms);
}

/* Changed or deleted in another window: what she wrote stands there, so that
 * it can be taken along. */
static void
put_gone(struct web_req *wr, enum ek_err err, const struct ek_why *why,
    struct buf *out)
{
	const char *name, *value;
	size_t at = 0;

	web_diary_put_gone(wr, err, why, out);
	while (web_field_next(wr, &at, &name, &value))
		if (value[0] != '\0' &&
		    (strncmp(name, "t.", 2) == 0 || strcmp(name, "note") == 0))
			html_put(out,
			    "<h2>What you wrote</h2><p class=\"note\">%n</p>",
			    value);
}

static enum ek_err
show_entry(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	json_t *entry = NULL;
	enum ek_err err = web_diary_find(wr, &entry, why);

	if (err == EK_OK)
		show(wr, entry, out);
	else if (err == EK_NOT_FOUND)
		put_gone(wr, err, why, out);
	json_decref(entry);
	return err == EK_NOT_FOUND ? EK_OK : err;
}

/* --- saving --- */

static enum ek_err
read_change(struct web_req *wr, json_t **ret, struct ek_why *why)
{
	const char *was = web_field(wr, "was");
	json_t *before = NULL, *now = NULL;
	enum ek_err err;

	if (was == NULL)
		return ek_why(why, EK_INVALID,
		    "the form is not whole; open the entry anew");
	err = json_read(was, strlen(was), "the form", &before, why);
	if (err == EK_OK)
		err = web_fix_now(wr, &now, why);
	if (err == EK_OK)
		*ret = web_fix_change(before, now, web_field(wr, "plan"));
	json_decref(before);
	json_decref(now);
	return err;
}

static enum ek_err
save(struct web_req *wr, json_t *change_take, struct ek_why *why)
{
	const char *id = web_query(wr, "id");
	json_t *reply = NULL;
	char target[80];
	enum ek_err err;

	if (json_object_size(change_take) == 0) {
		json_decref(change_take);
		web_see(wr, "diary?done=same");
		return EK_OK;
	}
	snprintf(target, sizeof(target), "/v1/diary/%.32s/fix",
	    id == NULL ? "" : id);
	err = web_api(wr, "POST", target, change_take, &reply, why);
	json_decref(reply);
	if (err == EK_OK)
		web_see(wr, "diary?done=mended");
	return err;
}

static enum ek_err
fix_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	enum ek_err err = EK_NOT_FOUND;
	char left[WEB_LEFT_ROOM];

	web_diary_left(wr, "fix", left);
	if (web_query(wr, "left") != NULL)
		err = web_left_with(wr, left, show_entry, out, why);
	return err == EK_NOT_FOUND ? show_entry(wr, out, why) : err;
}

static enum ek_err
fix_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	json_t *change = NULL;
	char left[WEB_LEFT_ROOM];
	enum ek_err err;

	web_diary_left(wr, "fix", left);
	if (web_is_later(wr)) {
		err = web_left_later(wr, left, why);
		if (err == EK_OK)
			return EK_OK;
	} else {
		err = read_change(wr, &change, why);
		if (err == EK_OK)
			err = save(wr, change, why);
	}
	if (err == EK_OK) {
		web_left_saved(wr, left);
		return EK_OK;
	}
	if (err == EK_CONFLICT || err == EK_NOT_FOUND) {
		put_gone(wr, err, why, out);
		return EK_OK;
	}
	web_refused(wr, err, why);
	return show_entry(wr, out, why);
}

const struct web_row web_diary_fix_rows[] = {
    {"GET", "diary-fix", fix_get},
    {"POST", "diary-fix", fix_post},
    {NULL, NULL, NULL},
};
