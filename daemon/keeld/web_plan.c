/*
 * web_plan - her plan to be read, in the order and the words in which she
 * wrote it; printed, it is the plan alone.
 */
#include "keeld/web_plan.h"

#include <stdio.h>
#include <string.h>

#include "keeld/web_left.h"

/* --- the document --- */

#define LISTS_MAX 8 /* lists in lists; deeper ones are drawn up to it */

struct show {
	struct web_req *wr;
	const json_t *plan;
	bool change; /* this is the newest: it can be changed */
	bool titled; /* the heading in front is the page's */
	bool here[PLAN_SECTIONS];
	size_t depth; /* lists open, each with an item */
	bool ordered[LISTS_MAX];
	struct buf *out;
};

/* Of a piece: its section, or -1. */
static int
section_of(const json_t *piece)
{
	enum plan_section section;

	return web_plan_key(
		   json_string_value(json_object_get(piece, "key")), &section)
		   ? (int)section
		   : -1;
}

static bool
is_kind(const json_t *piece, const char *kind)
{
	return strcmp(web_text(piece, "kind"), kind) == 0;
}

static bool
is_known(const json_t *piece)
{
	return json_is_true(json_object_get(piece, "known"));
}

/* Sections in which something is written. */
static void
find_written(struct show *show)
{
	const json_t *piece;
	size_t i;
	int section;

	json_array_foreach(json_object_get(show->plan, "document"), i, piece)
	{
		section = section_of(piece);
		if (section >= 0 && !is_known(piece) &&
		    web_text(piece, "text")[0] != '\0')
			show->here[section] = true;
	}
	if (web_text(show->plan, "review")[0] != '\0')
		show->here[PLAN_REVIEW] = true;
}

static void
end_lists(struct show *show, size_t depth)
{
	while (show->depth > depth)
		html_put(show->out,
		    show->ordered[--show->depth] ? "</li></ol>" : "</li></ul>");
}

/* Leaves its <li> open, for a list within it. */
static void
put_item(struct show *show, const json_t *piece)
{
	const json_t *bullet =
	    web_plan_bullet(show->plan, web_text(piece, "id"));
	bool ordered = json_is_true(json_object_get(piece, "ordered"));
	size_t depth =
	    (size_t)json_integer_value(json_object_get(piece, "level")) + 1;

	if (web_text(piece, "text")[0] == '\0')
		return;
	if (depth > show->depth && show->depth < LISTS_MAX) {
		html_put(show->out, ordered ? "<ol>" : "<ul>");
		show->ordered[show->depth++] = ordered;
	} else {
		end_lists(show, depth);
		html_put(show->out, "</li>");
	}
	html_put(show->out, "<li>");
	if (bullet != NULL)
		web_plan_put_bullet(bullet, show->out);
	else
		html_put(show->out, "%s", web_text(piece, "text"));
}

static void
put_heading(struct show *show, const json_t *piece)
{
	int section = section_of(piece);
	bool small = section >= 0 && !is_known(piece);

	end_lists(show, 0);
	if (section >= 0 && !show->here[section])
		return;
	html_put(show->out, small ? "<h3>%s</h3>" : "<h2>%s</h2>",
	    web_text(piece, "text"));
	if (section == PLAN_REVIEW && !small) {
		html_put(show->out, "<p>");
		web_put_day(show->out, web_text(show->plan, "review"));
		html_put(show->out, "</p>");
	}
}

/* The review's day alone was said in words already. */
static void
put_text(struct show *show, const json_t *piece)
{
	const char *text = web_text(piece, "text");

	end_lists(show, 0);
	if (text[0] != '\0' &&
	    strcmp(text, web_text(show->plan, "review")) != 0)
		html_put(show->out, "<p>%s</p>", text);
}

static void
put_change(struct show *show, int section)
{
	char target[60], text[200];

	end_lists(show, 0);
	if (!show->change || section < 0 || !show->here[section])
		return;
	snprintf(target, sizeof(target), "plan-edit?section=%s",
	    plan_section_key((enum plan_section)section));
	snprintf(text, sizeof(text), "Change: %s",
	    web_plan_heading(show->plan, (enum plan_section)section));
	html_put(show->out, "<p class=\"screen\">");
	web_anchor(show->wr, show->out, target, text);
	html_put(show->out, "</p>");
}

static void
put_document(struct show *show)
{
	const json_t *pieces = json_object_get(show->plan, "document"), *piece;
	int section = -1;
	size_t i;

	json_array_foreach(pieces, i, piece)
	{
		bool heading = is_kind(piece, "heading");

		if (i == 0 && show->titled)
			continue;
		if (section_of(piece) != section ||
		    (heading && is_known(piece))) {
			put_change(show, section);
			section = section_of(piece);
		}
		if (heading)
			put_heading(show, piece);
		else if (is_kind(piece, "text"))
			put_text(show, piece);
		else
			put_item(show, piece);
	}
	put_change(show, section);
}

/* --- the rest of the page --- */

static const struct {
	const char *done, *says;
} sentences[] = {
    {"saved", "Saved. What it said before is kept as an earlier version."},
    {"same", "Nothing was changed."},
    {"agreed", "Noted, for this version and today. Nothing was sent to "
	       "anyone."},
    {"one", "Done. The two count as one."},
    {"two", "Done. They count as two."},
    {"away", "Thrown away."},
};

static void
put_done(struct web_req *wr, struct buf *out)
{
	const char *done = web_query(wr, "done");
	size_t i;

	for (i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++)
		if (done != NULL && strcmp(done, sentences[i].done) == 0)
			html_put(out, "<p role=\"status\">%s</p>",
			    sentences[i].says);
}

static void
put_agreed(const json_t *plan, struct buf *out)
{
	const json_t *list = json_object_get(plan, "agreed"), *one;
	size_t i;

	if (json_array_size(list) == 0)
		html_put(out, "A draft: not agreed with anyone yet.");
	json_array_foreach(list, i, one)
	{
		html_put(out, "%s %s on ",
		    i == 0 ? "Agreed with" : " Agreed with",
		    web_text(one, "with"));
		web_put_day(out, web_text(one, "day"));
		html_put(out, ".");
	}
}

static void
put_about(const json_t *plan, bool newest, struct buf *out)
{
	html_put(out, newest ? "<p class=\"about\">As saved on "
			     : "<p class=\"about\">An earlier version, saved "
			       "on ");
	web_put_day(out, web_text(plan, "saved"));
	html_put(out, ". ");
	put_agreed(plan, out);
	html_put(out, "</p>");
}

static void
put_could_add(struct show *show)
{
	const char *heading;
	char target[60];
	int i, n = 0;

	for (i = 0; i < PLAN_SECTIONS; i++) {
		if (show->here[i])
			continue;
		if (n++ == 0)
			html_put(show->out,
			    "<section class=\"screen\" "
			    "aria-labelledby=\"add\"><h2 id=\"add\">You could "
			    "add</h2><p>None of it has to be there. A plan "
			    "grows.</p><ul>");
		heading = web_plan_heading(show->plan, (enum plan_section)i);
		snprintf(target, sizeof(target), "plan-edit?section=%s",
		    plan_section_key((enum plan_section)i));
		html_put(show->out, "<li>");
		web_anchor(show->wr, show->out, target, heading);
		html_put(show->out, "<br>%s</li>",
		    web_plan_hint((enum plan_section)i));
	}
	if (n > 0)
		html_put(show->out, "</ul></section>");
}

static void
put_tools(struct web_req *wr, const json_t *plan, struct buf *out)
{
	html_put(out, "<section class=\"screen\" aria-labelledby=\"more\">"
		      "<h2 id=\"more\">With this plan</h2>"
		      "<p>To have it on paper, use Print in your browser: only "
		      "the plan is printed.</p><p>");
	web_anchor(wr, out, "plan-past", "Earlier versions");
	html_put(out, "</p>");
	web_form_begin(wr, out, "plan-agree");
	html_put(out,
	    "<input type=\"hidden\" name=\"version\" value=\"%s\">"
	    "<p><label for=\"with\">I agreed this plan with</label><br>"
	    "<input type=\"text\" id=\"with\" name=\"with\" maxlength=\"%d\" "
	    "autocomplete=\"off\" value=\"%s\"> "
	    "<button>Note it</button></p></form>"
	    "<p>It is noted for this version and today. Nothing is sent to "
	    "anyone.</p></section>",
	    web_text(plan, "version"), EK_NAME_MAX, web_field(wr, "with"));
}

static void
put_title(struct show *show)
{
	const json_t *first =
	    json_array_get(json_object_get(show->plan, "document"), 0);

	show->titled = is_kind(first, "heading") && section_of(first) < 0 &&
		       web_text(first, "text")[0] != '\0';
	html_put(show->out, "<h1>%s</h1>",
	    show->titled ? web_text(first, "text") : "My plan");
}

static void
put_plan(struct web_req *wr, const json_t *plan, bool newest, struct buf *out)
{
	struct show show = {
	    .wr = wr, .plan = plan, .change = newest, .out = out};
	bool exists = json_is_true(json_object_get(plan, "exists"));

	find_written(&show);
	put_title(&show);
	if (web_reason(wr) != NULL)
		html_put(out, "<p role=\"alert\" class=\"why\">%s</p>",
		    web_reason(wr));
	put_done(wr, out);
	if (newest)
		web_left_offer(wr, "plan", out);
	if (exists)
		put_about(plan, newest, out);
	else
		html_put(out, "<p>There is no plan yet. Begin with any part of "
			      "it, in your own words.</p>");
	if (!newest) {
		html_put(out, "<p class=\"screen\">");
		web_anchor(wr, out, "plan", "To the plan as it is now");
		html_put(out, "</p>");
	}
	put_document(&show);
	if (newest)
		put_could_add(&show);
	if (newest && exists)
		put_tools(wr, plan, out);
}

static enum ek_err
plan_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const char *version = web_query(wr, "version");
	json_t *plan = NULL;
	enum ek_err err = web_plan_of(wr, version, &plan, why);

	if (err == EK_OK)
		put_plan(wr, plan, version == NULL, out);
	json_decref(plan);
	return err;
}

/* --- agreed with --- */

/* What she read must be what is agreed. */
static enum ek_err
agree(struct web_req *wr, const json_t *plan, struct ek_why *why)
{
	const char *version = web_field(wr, "version");
	const char *with = web_field(wr, "with");
	json_t *reply = NULL;
	enum ek_err err;

	if (version == NULL || strcmp(version, web_text(plan, "version")) != 0)
		return ek_why(why, EK_CONFLICT,
		    "the plan was changed meanwhile; this is how it is now: "
		    "look at it once more");
	if (with == NULL || with[strspn(with, " \t\n")] == '\0')
		return ek_why(why, EK_INVALID,
		    "the name is missing; write with whom you agreed it");
	err = web_api(wr, "POST", "/v1/plan/agree",
	    json_pack("{s:s}", "with", with), &reply, why);
	json_decref(reply);
	return err;
}

static enum ek_err
agree_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	json_t *plan = NULL;
	enum ek_err err = web_plan_of(wr, NULL, &plan, why);

	if (err != EK_OK)
		return err;
	err = agree(wr, plan, why);
	if (err == EK_OK) {
		web_see(wr, "plan?done=agreed");
	} else {
		web_refused(wr, err, why);
		put_plan(wr, plan, true, out);
	}
	json_decref(plan);
	return EK_OK;
}

const struct web_row web_plan_rows[] = {
    {"GET", "plan", plan_get},
    {"POST", "plan-agree", agree_post},
    {NULL, NULL, NULL},
};
