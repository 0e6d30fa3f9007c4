/*
 * web_plan_form - one section of the plan as a form.
 *
 * One field a line, so that each can be changed, emptied or parted in two, and
 * the page knows which line was which; below them one field for what is new,
 * a line each, which needs no button to have more.
 */
#include <stdio.h>
#include <string.h>

#include "keeld/web_left.h"
#include "keeld/web_plan.h"

/* Is field of this name the refused one?  Then it says so, and where why. */
static void
put_bad(const struct web_plan_form *form, const char *name, struct buf *out)
{
	if (form->bad != NULL && strcmp(form->bad, name) == 0)
		html_put(
		    out, " aria-invalid=\"true\" aria-describedby=\"why\"");
}

/* What was typed, or what stands there. */
static const char *
value_of(struct web_req *wr, const char *name, const char *is)
{
	const char *typed = web_field(wr, name);

	return typed == NULL ? is : typed;
}

struct line { /* one field set */
	const char *id;
	const char *text;
	int number; /* 0: the new one */
};

static void
put_text(struct web_req *wr, const struct web_plan_form *form,
    const struct line *line, struct buf *out)
{
	char name[16];

	snprintf(name, sizeof(name), "t.%.7s", line->id);
	if (line->number == 0)
		html_put(out, "<label for=\"%s\">New</label>", name);
	else
		html_put(out, "<label for=\"%s\">Line %d</label>", name,
		    line->number);
	html_put(out, "<textarea id=\"%s\" name=\"%s\" rows=\"2\"", name, name);
	put_bad(form, name, out);
	html_put(out, ">\n%s</textarea>", value_of(wr, name, line->text));
}

/* With whom, since when. */
static void
put_agreed(struct web_req *wr, const struct web_plan_form *form,
    const struct line *line, struct buf *out)
{
	struct web_agreed parts;
	struct line text = *line;
	char who[16], day[16];

	web_plan_part(line->text, &parts);
	text.text = parts.text;
	snprintf(who, sizeof(who), "w.%.7s", line->id);
	snprintf(day, sizeof(day), "d.%.7s", line->id);
	put_text(wr, form, &text, out);
	html_put(out,
	    "<label for=\"%s\">Agreed with (may stay empty)</label>"
	    "<input type=\"text\" id=\"%s\" name=\"%s\" maxlength=\"%d\" "
	    "autocomplete=\"off\" value=\"%s\"",
	    who, who, who, EK_NAME_MAX, value_of(wr, who, parts.who));
	put_bad(form, who, out);
	html_put(out,
	    "><label for=\"%s\">Since (may stay empty)</label>"
	    "<input type=\"date\" id=\"%s\" name=\"%s\" value=\"%s\"",
	    day, day, day, value_of(wr, day, parts.day));
	put_bad(form, day, out);
	html_put(out, ">");
}

/* --- what helps with a sign --- */

struct links {
	struct web_req *wr;
	const json_t *bullet;
	char name[16]; /* of the field */
	bool sent;     /* the form was sent: what is ticked there counts */
	struct buf *out;
};

static bool
was_ticked(const struct links *links, const char *value)
{
	const char *name, *got;
	size_t at = 0;

	while (web_field_next(links->wr, &at, &name, &got))
		if (strcmp(name, links->name) == 0 && strcmp(got, value) == 0)
			return true;
	return false;
}

static bool
is_linked(const struct links *links, const char *id)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(links->bullet, "linked"), i, one)
	{
		const char *linked = json_string_value(one);

		if (linked != NULL && strcmp(linked, id) == 0)
			return true;
	}
	return false;
}

static void
put_tick(
    const struct links *links, const char *value, bool is, const char *text)
{
	bool ticked = links->sent ? was_ticked(links, value) : is;

	html_put(links->out,
	    "<label><input type=\"checkbox\" name=\"%s\" "
	    "value=\"%s\"%s> %s</label>",
	    links->name, value, ticked ? " checked" : "", text);
}

static void
put_ticks(const struct links *links, const json_t *list)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		const char *id = web_text(one, "id");

		put_tick(
		    links, id, is_linked(links, id), web_text(one, "text"));
	}
}

/* Words behind the arrow that are no line of hers. */
static void
put_loose(const struct links *links)
{
	const json_t *list = json_object_get(links->bullet, "links"), *one;
	const json_t *linked = json_object_get(links->bullet, "linked");
	char value[24];
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (!json_is_null(json_array_get(linked, i)))
			continue;
		snprintf(value, sizeof(value), "x%zu", i);
		put_tick(links, value, true, json_string_value(one));
	}
}

static void
put_links(struct web_req *wr, const struct web_plan_form *form,
    const json_t *bullet, int number, struct buf *out)
{
	const json_t *helps = web_plan_bullets(form->plan, PLAN_HELPS);
	const json_t *people = web_plan_bullets(form->plan, PLAN_PEOPLE);
	struct links links = {.wr = wr, .bullet = bullet, .out = out};
	char line[16];

	if (json_array_size(helps) + json_array_size(people) +
		json_array_size(json_object_get(bullet, "links")) ==
	    0)
		return;
	snprintf(
	    links.name, sizeof(links.name), "l.%.7s", web_text(bullet, "id"));
	snprintf(line, sizeof(line), "t.%.7s", web_text(bullet, "id"));
	links.sent =
	    web_field(wr, "ticks") != NULL && web_field(wr, line) != NULL;
	html_put(out,
	    "<fieldset><legend>What helps with line %d</legend>"
	    "<p class=\"lines\">",
	    number);
	put_ticks(&links, helps);
	put_ticks(&links, people);
	put_loose(&links);
	html_put(out, "</p></fieldset>");
}

/* --- the lines --- */

static void
put_line(struct web_req *wr, const struct web_plan_form *form,
    const json_t *bullet, int number, struct buf *out)
{
	const struct line line = {
	    web_text(bullet, "id"), web_text(bullet, "text"), number};

	html_put(out, "<div class=\"line\">");
	if (form->section == PLAN_BEST)
		put_agreed(wr, form, &line, out);
	else
		put_text(wr, form, &line, out);
	if (form->section == PLAN_SIGNS)
		put_links(wr, form, bullet, number, out);
	html_put(out, "</div>");
}

/* With the day of an adjustment, if it has one. */
static void
put_stray(struct web_req *wr, const char *id, const char *text, struct buf *out)
{
	char who[16], day[16];

	snprintf(who, sizeof(who), "w.%.7s", id);
	snprintf(day, sizeof(day), "d.%.7s", id);
	html_put(out, "%s", text);
	if (web_field(wr, day) != NULL && web_field(wr, day)[0] != '\0')
		html_put(out, " (%s%s%s)", web_field(wr, who),
		    web_field(wr, who) != NULL && web_field(wr, who)[0] != '\0'
			? ", "
			: "",
		    web_field(wr, day));
	html_put(out, "\n");
}

/* Of a line that is gone from the plan by now: not lost, but new. */
static void
put_strays(
    struct web_req *wr, const struct web_plan_form *form, struct buf *out)
{
	const char *name, *value;
	size_t at = 0;

	while (web_field_next(wr, &at, &name, &value))
		if (strncmp(name, "t.", 2) == 0 && strcmp(name, "t.new") != 0 &&
		    value[0] != '\0' &&
		    web_plan_bullet(form->plan, name + 2) == NULL)
			put_stray(wr, name + 2, value, out);
}

static void
put_more(struct web_req *wr, const struct web_plan_form *form, bool any,
    struct buf *out)
{
	html_put(out,
	    "<div class=\"line\"><label for=\"more\">%s</label>"
	    "<textarea id=\"more\" name=\"more\" rows=\"%d\"",
	    any ? "More, each on a line of its own"
		: "Each on a line of its own",
	    any ? 3 : 6);
	put_bad(form, "more", out);
	html_put(out, ">\n");
	put_strays(wr, form, out);
	html_put(out, "%s</textarea></div>", web_field(wr, "more"));
}

static void
put_lines(struct web_req *wr, const struct web_plan_form *form, struct buf *out)
{
	static const struct line fresh = {"new", "", 0};
	const json_t *list = web_plan_bullets(form->plan, form->section), *one;
	size_t count = json_array_size(list), i;

	html_put(out, "<p>%s</p>", web_plan_hint(form->section));
	if (count > 0)
		html_put(out, "<p>To take a line away, empty it.</p>");
	json_array_foreach(list, i, one)
	{
		put_line(wr, form, one, (int)i + 1, out);
	}
	if (form->section == PLAN_BEST) {
		html_put(out, "<div class=\"line\">");
		put_agreed(wr, form, &fresh, out);
		html_put(out, "</div>");
	}
	put_more(wr, form, count > 0 || form->section == PLAN_BEST, out);
	if (form->section == PLAN_SIGNS)
		html_put(out, "<p>What helps with a new sign is chosen once it "
			      "is saved.</p>");
}

static void
put_day(struct web_req *wr, const struct web_plan_form *form, struct buf *out)
{
	html_put(out,
	    "<p>%s</p><p><label for=\"day\">Day</label><br>"
	    "<input type=\"date\" id=\"day\" name=\"day\" value=\"%s\"",
	    web_plan_hint(PLAN_REVIEW),
	    value_of(wr, "day", web_text(form->plan, "review")));
	put_bad(form, "day", out);
	html_put(out, "></p>");
}

/* --- the page --- */

static void
put_clash(const struct web_plan_form *form, struct buf *out)
{
	const json_t *list = web_plan_bullets(form->plan, form->section), *one;
	size_t i;

	html_put(out,
	    "<div role=\"alert\" class=\"why\" id=\"why\"><p>This part was "
	    "changed somewhere else while you wrote. Nothing is lost: below is "
	    "what you wrote, not saved yet. This is what the plan says "
	    "now:</p>");
	if (form->section == PLAN_REVIEW) {
		html_put(out, "<p>");
		web_put_day(out, web_text(form->plan, "review"));
		html_put(out, "</p>");
	}
	if (json_array_size(list) > 0)
		html_put(out, "<ul>");
	json_array_foreach(list, i, one)
	{
		html_put(out, "<li>");
		web_plan_put_bullet(one, out);
		html_put(out, "</li>");
	}
	html_put(out, json_array_size(list) > 0 ? "</ul></div>" : "</div>");
}

void
web_plan_put_form(
    struct web_req *wr, const struct web_plan_form *form, struct buf *out)
{
	char target[60];

	snprintf(target, sizeof(target), "plan-edit?section=%s",
	    plan_section_key(form->section));
	html_put(
	    out, "<h1>%s</h1>", web_plan_heading(form->plan, form->section));
	if (form->clash)
		put_clash(form, out);
	else if (web_reason(wr) != NULL)
		html_put(out,
		    "<p role=\"alert\" class=\"why\" id=\"why\">%s</p>",
		    web_reason(wr));
	web_form_begin(wr, out, target);
	html_put(out, "<input type=\"hidden\" name=\"base\" value=\"%s\">",
	    web_text(form->plan, "version"));
	web_left_mark(wr, out);
	if (form->section == PLAN_SIGNS)
		html_put(out, "<input type=\"hidden\" name=\"ticks\" "
			      "value=\"1\">");
	if (form->section == PLAN_REVIEW)
		put_day(wr, form, out);
	else
		put_lines(wr, form, out);
	if (form->section == PLAN_REVIEW) /* a day, soon chosen again */
		html_put(out, "<p><button>Save</button></p></form>");
	else
		web_form_end(wr, out, "Save");
	html_put(out, "<p>");
	web_anchor(wr, out, "plan", "Leave it as it is");
	html_put(out, "</p>");
}
