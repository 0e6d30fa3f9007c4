/*
 * web_checkin_draw - one step of a check-in as a page: one group of
 * questions, where one is, and the ways on, back and out.
 */
#include <stdio.h>
#include <string.h>

#include "keeld/api.h"
#include "keeld/html.h"
#include "keeld/web_checkin_in.h"

#define STEPS_MAX 20 /* of a scale shown as buttons; else a number's field */

/* --- fields --- */

/* What ties a field to the reason near the top. */
static void
put_bad(const struct asking *asking, const char *name, struct buf *out)
{
	if (asking->bad != NULL && strcmp(asking->bad, name) == 0)
		html_put(
		    out, " aria-invalid=\"true\" aria-describedby=\"why\"");
}

struct radio {
	const char *name, *value, *label, *end; /* end: said, not seen */
};

static void
put_radio(struct asking *asking, const struct radio *radio, struct buf *out)
{
	html_put(out, "<label><input type=\"radio\" name=\"%s\" value=\"%s\"",
	    radio->name, radio->value);
	put_bad(asking, radio->name, out);
	if (strcmp(checkin_value(asking, radio->name), radio->value) == 0)
		html_put(out, " checked");
	html_put(out, "> <span>%s", radio->label);
	if (radio->end != NULL)
		html_put(out, "<span class=\"said\">, %s</span>", radio->end);
	html_put(out, "</span></label> ");
}

static void
put_words(
    struct asking *asking, const char *name, const char *label, struct buf *out)
{
	html_put(out,
	    "<p><label for=\"%s\">%n</label><textarea id=\"%s\" name=\"%s\" "
	    "rows=\"4\"",
	    name, label, name, name);
	put_bad(asking, name, out);
	html_put(out, ">\n%s</textarea></p>", checkin_value(asking, name));
}

/* Such a field is left empty where there is no answer. */
static bool
is_long(const json_t *item)
{
	return strcmp(web_text(item, "type"), "scale") == 0 &&
	       json_number_value(json_object_get(item, "max")) -
		       json_number_value(json_object_get(item, "min")) >
		   STEPS_MAX;
}

static void
put_number(struct asking *asking, const json_t *item, const char *name,
    struct buf *out)
{
	int low = (int)json_number_value(json_object_get(item, "min"));
	int high = (int)json_number_value(json_object_get(item, "max"));

	html_put(out,
	    "<p><label for=\"%s\">%d (%s) to %d (%s)</label> "
	    "<input type=\"number\" id=\"%s\" name=\"%s\" min=\"%d\" "
	    "max=\"%d\" value=\"%s\"",
	    name, low, web_text(item, "low"), high, web_text(item, "high"),
	    name, name, low, high, checkin_value(asking, name));
	put_bad(asking, name, out);
	html_put(out, "></p>");
}

static void
put_scale(struct asking *asking, const json_t *item, const char *name,
    struct buf *out)
{
	int low = (int)json_number_value(json_object_get(item, "min"));
	int high = (int)json_number_value(json_object_get(item, "max")), i;
	char value[16];

	if (is_long(item)) {
		put_number(asking, item, name, out);
		return;
	}
	html_put(out,
	    "<p class=\"ends\"><span>%d: %s</span> <span>%d: "
	    "%s</span></p><p class=\"scale\">",
	    low, web_text(item, "low"), high, web_text(item, "high"));
	for (i = low; i <= high; i++) {
		struct radio radio = {name, value, value, NULL};

		snprintf(value, sizeof(value), "%d", i);
		if (i == low)
			radio.end = web_text(item, "low");
		else if (i == high)
			radio.end = web_text(item, "high");
		put_radio(asking, &radio, out);
	}
	html_put(out, "</p>");
}

static void
put_options(struct asking *asking, const json_t *item, const char *name,
    struct buf *out)
{
	const json_t *option;
	char value[32];
	size_t i;

	html_put(out, "<p class=\"lines\">");
	json_array_foreach(json_object_get(item, "options"), i, option)
	{
		const struct radio radio = {
		    name, value, web_text(option, "text"), NULL};

		snprintf(value, sizeof(value), "%.10g",
		    json_number_value(json_object_get(option, "value")));
		put_radio(asking, &radio, out);
	}
	html_put(out, "</p>");
}

static void
put_item(struct asking *asking, const json_t *item, struct buf *out)
{
	const char *type = web_text(item, "type");
	const char *text = web_text(item, "text");
	bool words = strcmp(type, "text") == 0;
	char name[FIELD_MAX];

	checkin_field(name, words ? 't' : 'a', web_text(item, "id"));
	if (words) {
		put_words(asking, name, text, out);
		return;
	}
	html_put(out, "<fieldset><legend>%s</legend>", text);
	if (strcmp(type, "scale") == 0)
		put_scale(asking, item, name, out);
	else
		put_options(asking, item, name, out);
	if (!json_is_true(json_object_get(item, "required")) &&
	    !is_long(item)) {
		const struct radio none = {name, "", "no answer", NULL};

		html_put(out, "<p class=\"lines\">");
		put_radio(asking, &none, out);
		html_put(out, "</p>");
	}
	html_put(out, "</fieldset>");
}

/* --- the steps --- */

static const struct {
	const char *value, *text;
} off_choices[] = {{"0", "Keep it in my book"},
    {"1",
	"Off the record: nothing of it is kept, nor written to disk while you "
	"fill it in"},
    {"2", "Off the record, but keep that a check-in took place"}};

static void
put_off(struct asking *asking, struct buf *out)
{
	int count = asking->draft->slot[0] != '\0' ? 3 : 2, i;
	const char *sent = web_field(asking->wr, "off");
	int chosen = (int)asking->draft->off;

	if (web_reason(asking->wr) != NULL && sent != NULL)
		chosen = sent[0] - '0';
	html_put(out, "<fieldset><legend>What becomes of it</legend>"
		      "<p class=\"lines\">");
	for (i = 0; i < count; i++)
		html_put(out,
		    "<label><input type=\"radio\" name=\"off\" value=\"%s\"%s> "
		    "<span>%s</span></label> ",
		    off_choices[i].value, i == chosen ? " checked" : "",
		    off_choices[i].text);
	html_put(out, "</p></fieldset>");
}

static void
put_locked(struct asking *asking, struct buf *out)
{
	html_put(out,
	    "<p>The book is locked. What you say is added to it, and your "
	    "signs and what helps you are not asked. Until you save, it is "
	    "kept in memory only. ");
	web_anchor(asking->wr, out, "unlock", "Unlock the book");
	html_put(out, "</p>");
}

/* Is there something to type on this step? */
static bool
has_words(const struct asking *asking)
{
	const json_t *one = json_object_get(asking->form, "instrument"), *item;
	size_t i;

	if (asking->step != STEP_ITEMS)
		return asking->step == STEP_NOTE;
	json_array_foreach(json_object_get(one, "items"), i, item)
	{
		if (strcmp(web_text(item, "type"), "text") == 0)
			return true;
	}
	return false;
}

static void
draw_items(struct asking *asking, struct buf *out)
{
	const json_t *one = json_object_get(asking->form, "instrument"), *item;
	size_t i;

	html_put(out, "<p>%n</p>", web_text(one, "intro"));
	if (json_is_true(json_object_get(asking->form, "locked")))
		put_locked(asking, out);
	if (has_words(asking))
		web_put_closes(asking->wr, out);
	json_array_foreach(json_object_get(one, "items"), i, item)
	{
		put_item(asking, item, out);
	}
	put_off(asking, out);
	if (json_is_true(json_object_get(one, "validated")))
		html_put(out, "<p class=\"small\">%s</p>",
		    web_text(one, "copyright"));
}

struct choice {
	const char *value, *label;
};

static void
put_choices(struct asking *asking, const json_t *bullet, char letter,
    const struct choice *choices, struct buf *out)
{
	char name[FIELD_MAX];

	checkin_field(name, letter, web_text(bullet, "id"));
	html_put(out, "<fieldset><legend>%n</legend><p class=\"row\">",
	    web_text(bullet, "text"));
	for (; choices->value != NULL; choices++) {
		const struct radio radio = {
		    name, choices->value, choices->label, NULL};

		put_radio(asking, &radio, out);
	}
	html_put(out, "</p></fieldset>");
}

static void
draw_signs(struct asking *asking, struct buf *out)
{
	static const struct choice choices[] = {
	    {"", "no"}, {"1", "a little"}, {"2", "a lot"}, {NULL, NULL}};
	const json_t *sign;
	size_t i;

	html_put(out, "<p>Have you noticed any of these lately? If none, just "
		      "go on.</p>");
	json_array_foreach(json_object_get(asking->form, "signs"), i, sign)
	{
		put_choices(asking, sign, 's', choices, out);
	}
}

static void
draw_used(struct asking *asking, struct buf *out)
{
	char name[FIELD_MAX];
	const json_t *one;
	size_t i;

	html_put(out, "<fieldset><legend>Did you do any of these? If none, "
		      "just go on.</legend><p class=\"lines\">");
	json_array_foreach(json_object_get(asking->form, "strategies"), i, one)
	{
		checkin_field(name, 'u', web_text(one, "id"));
		html_put(out,
		    "<label><input type=\"checkbox\" name=\"%s\" "
		    "value=\"1\"%s> <span>%n</span></label> ",
		    name,
		    checkin_value(asking, name)[0] != '\0' ? " checked" : "",
		    web_text(one, "text"));
	}
	html_put(out, "</p></fieldset>");
}

/* Asked only of those that she ticked. */
static void
put_helped(struct asking *asking, struct buf *out)
{
	static const struct choice choices[] = {{"", "rather not say"},
	    {"0", "not"}, {"1", "a little"}, {"2", "quite"}, {"3", "a lot"},
	    {NULL, NULL}};
	const json_t *one;
	bool first = true;
	size_t i;

	json_array_foreach(json_object_get(asking->form, "strategies"), i, one)
	{
		if (!checkin_used(asking, one))
			continue;
		if (first)
			html_put(out, "<h2>How much did it help?</h2>");
		first = false;
		put_choices(asking, one, 'h', choices, out);
	}
}

static void
draw_note(struct asking *asking, struct buf *out)
{
	const char *question = web_text(asking->form, "ask_open_question");

	if (checkin_has(asking, STEP_USED))
		put_helped(asking, out);
	html_put(out, "<h2>A note, if you like</h2><p>%s</p>",
	    asking->draft->off == DRAFT_ON_RECORD
		? "For you alone, unless you choose to show it."
		: "Off the record: it is gone as soon as you are done.");
	put_words(asking, "note",
	    question[0] != '\0' ? question : "Your note (may stay empty)", out);
	web_put_closes(asking->wr, out);
}

/* --- the whole --- */

static const char *
heading(const struct asking *asking)
{
	switch (asking->step) {
	case STEP_ITEMS:
		return web_text(
		    json_object_get(asking->form, "instrument"), "title");
	case STEP_SIGNS:
		return "Your early warning signs";
	case STEP_USED:
		return "What helps you";
	case STEP_NOTE:
	case STEP_COUNT:
		break;
	}
	return "Nearly done";
}

static void
put_where(const struct asking *asking, struct buf *out)
{
	int at = 0, count = 0, i;

	for (i = 0; i < STEP_COUNT; i++) {
		if (!checkin_has(asking, (enum step)i))
			continue;
		count++;
		at += i <= (int)asking->step;
	}
	html_put(out, "<p class=\"where\">%d of %d</p>", at, count);
}

static void
put_again(struct asking *asking, struct buf *out)
{
	struct moment begun, now;

	moment_now(web_keeld(asking->wr), &now);
	moment_at(web_keeld(asking->wr), asking->draft->begun_ms, &begun);
	html_put(out, "<p role=\"status\">You began this ");
	if (strcmp(begun.date, now.date) == 0)
		html_put(out, "at ");
	web_put_when(out, begun.local, now.local);
	html_put(out, ". What was kept of it is here.</p>");
}

static void
put_top(struct asking *asking, struct buf *out)
{
	html_put(out, "<h1>%s</h1>", heading(asking));
	put_where(asking, out);
	if (asking->again)
		put_again(asking, out);
	if (asking->late)
		html_put(out, "<p role=\"status\">What you were asked for was "
			      "answered meanwhile, or its time is over. You "
			      "can check in all the same.</p>");
	if (web_reason(asking->wr) == NULL)
		return;
	html_put(out, "<p role=\"alert\" id=\"why\" class=\"why\">%s</p>",
	    web_reason(asking->wr));
	if (json_is_true(json_object_get(asking->form, "locked"))) {
		html_put(out, "<p>");
		web_anchor(asking->wr, out, "unlock", "Unlock the book");
		html_put(out, "</p>");
	}
}

/* The first button is the one that Enter presses. */
static void
put_ways(struct asking *asking, struct buf *out)
{
	const char *on = "Go on";
	char target[100];

	if (asking->step == STEP_NOTE)
		on = asking->draft->off == DRAFT_ON_RECORD ? "Save" : "Done";
	html_put(out, "<p class=\"ways\">");
	html_put(out, "<button name=\"go\" value=\"on\">%s</button> ", on);
	if (asking->alone)
		html_put(out, "<button name=\"go\" value=\"alone\">Save it all "
			      "the same</button> ");
	if (checkin_before(asking, asking->step) != asking->step)
		html_put(out, "<button name=\"go\" value=\"back\" "
			      "formnovalidate>Back</button> ");
	if (has_words(asking) && asking->draft->off == DRAFT_ON_RECORD)
		web_put_later(out); /* else nothing is said to be kept */
	html_put(out, "</p></form><p>");
	if (asking->begun)
		snprintf(target, sizeof(target), "checkin-leave?d=%s",
		    asking->draft->key);
	web_anchor(
	    asking->wr, out, asking->begun ? target : "today", "Leave it");
	html_put(out, "</p>");
}

static void
put_hidden(const struct asking *asking, struct buf *out)
{
	const struct draft *draft = asking->draft;

	html_put(out,
	    "<input type=\"hidden\" name=\"instrument\" value=\"%s\">"
	    "<input type=\"hidden\" name=\"plan\" value=\"%s\">"
	    "<input type=\"hidden\" name=\"slot\" value=\"%s\">",
	    draft->instrument, draft->plan, draft->slot);
	if (asking->step != STEP_ITEMS)
		html_put(out,
		    "<input type=\"hidden\" name=\"off\" "
		    "value=\"%d\">",
		    (int)draft->off);
}

void
checkin_draw(struct asking *asking, struct buf *out)
{
	const char *step = checkin_step_name(asking->step);
	char target[100];

	put_top(asking, out);
	if (asking->begun)
		snprintf(target, sizeof(target), "checkin?d=%s&s=%s",
		    asking->draft->key, step);
	else
		snprintf(target, sizeof(target), "checkin?n=%s&s=%s",
		    asking->draft->key, step);
	web_form_begin(asking->wr, out, target);
	put_hidden(asking, out);
	switch (asking->step) {
	case STEP_ITEMS:
		draw_items(asking, out);
		break;
	case STEP_SIGNS:
		draw_signs(asking, out);
		break;
	case STEP_USED:
		draw_used(asking, out);
		break;
	case STEP_NOTE:
	case STEP_COUNT:
		draw_note(asking, out);
		break;
	}
	put_ways(asking, out);
}
