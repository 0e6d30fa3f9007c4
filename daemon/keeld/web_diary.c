/*
 * web_diary - her entries, newest first, a page at a time.  What keel diary
 * shows, in the words of the questionnaires.
 */
#include "keeld/web_diary.h"

#include <stdio.h>
#include <string.h>

#include "keeld/web_left.h"

#define ENTRIES_SHOWN 30
#define PAGE_BYTES    36000 /* long notes make a page of fewer entries */

const char *
web_diary_title(const json_t *entry)
{
	const char *title = web_text(entry, "title");

	if (title[0] != '\0')
		return title;
	return strcmp(web_text(entry, "kind"), "hard-day") == 0 ? "A hard day"
								: "From a file";
}

/* --- questionnaires --- */

void
web_forms_init(struct web_forms *forms)
{
	forms->known = json_object();
}

void
web_forms_done(struct web_forms *forms)
{
	json_decref(forms->known);
}

const json_t *
web_forms_of(struct web_req *wr, struct web_forms *forms, const json_t *entry)
{
	const char *name = web_text(entry, "instrument");
	json_t *form = json_object_get(forms->known, name);
	struct ek_why why = {""};
	char target[120];

	if (name[0] == '\0')
		return NULL;
	if (form == NULL) {
		snprintf(
		    target, sizeof(target), "/v1/form?instrument=%.80s", name);
		if (web_api(wr, "GET", target, NULL, &form, &why) != EK_OK)
			form = json_null();
		json_object_set_new(forms->known, name, form);
	}
	return json_is_null(form) ? NULL : form;
}

static const json_t *
find_item(const json_t *form, const char *id)
{
	const json_t *items =
	    json_object_get(json_object_get(form, "instrument"), "items");
	const json_t *item;
	size_t i;

	json_array_foreach(items, i, item)
	{
		if (strcmp(web_text(item, "id"), id) == 0)
			return item;
	}
	return NULL;
}

/* --- an entry --- */

static void
put_number(double value, struct buf *out)
{
	char text[40];

	snprintf(text, sizeof(text), "%.10g", value);
	html_put(out, "%s", text);
}

static void
put_choice(const json_t *item, double value, struct buf *out)
{
	const json_t *option;
	size_t i;

	json_array_foreach(json_object_get(item, "options"), i, option)
	{
		if (json_number_value(json_object_get(option, "value")) ==
		    value) {
			html_put(out, "%s", web_text(option, "text"));
			return;
		}
	}
	put_number(value, out);
}

/* "How was it? 6 of 10"; without the question, "mood: 6". */
static void
put_answer(const json_t *item, const char *text, double value, struct buf *out)
{
	size_t len = strlen(text);

	html_put(out, "<li>%s%s <b>", text,
	    len > 0 && text[len - 1] == '?' ? "" : ":");
	if (item != NULL && strcmp(web_text(item, "type"), "choice") == 0) {
		put_choice(item, value, out);
	} else {
		put_number(value, out);
		if (item != NULL) {
			html_put(out, " of ");
			put_number(
			    json_number_value(json_object_get(item, "max")),
			    out);
		}
	}
	html_put(out, "</b></li>");
}

/* In the order in which they are asked; then those that are asked no more. */
static void
put_answers(const json_t *entry, const json_t *form, struct buf *out)
{
	json_t *answers = json_object_get(entry, "answers");
	const json_t *items =
	    json_object_get(json_object_get(form, "instrument"), "items");
	const json_t *item, *value;
	const char *id;
	size_t i;

	if (json_object_size(answers) == 0)
		return;
	html_put(out, "<ul class=\"answers\">");
	json_array_foreach(items, i, item)
	{
		value = json_object_get(answers, web_text(item, "id"));
		if (value != NULL)
			put_answer(item, web_text(item, "text"),
			    json_number_value(value), out);
	}
	json_object_foreach(answers, id, value)
	{
		if (find_item(form, id) == NULL)
			put_answer(NULL, id, json_number_value(value), out);
	}
	html_put(out, "</ul>");
}

static void
put_scores(const json_t *entry, struct buf *out)
{
	const json_t *score;
	size_t i;

	json_array_foreach(json_object_get(entry, "scores"), i, score)
	{
		if (web_text(score, "band")[0] == '\0')
			continue;
		html_put(out, "<p>%s ", web_text(score, "measure"));
		put_number(
		    json_number_value(json_object_get(score, "value")), out);
		html_put(out, ", %s</p>", web_text(score, "band"));
	}
}

const char *
web_diary_helped(const json_t *helped)
{
	static const char *const words[] = {
	    "did not help", "helped a little", "helped", "helped a lot"};
	json_int_t value = json_integer_value(helped);

	return json_is_integer(helped) && value >= 0 && value <= 3
		   ? words[value]
		   : "";
}

static void
put_marks(const json_t *entry, struct buf *out)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(entry, "signs"), i, one)
	{
		double level = json_number_value(json_object_get(one, "level"));

		html_put(out, i == 0 ? "<p>Signs: " : "; ");
		html_put(out, "%s (%s)", web_text(one, "text"),
		    level > 1 ? "a lot" : "a little");
	}
	html_put(out, i > 0 ? "</p>" : "");
	json_array_foreach(json_object_get(entry, "used"), i, one)
	{
		const char *helped =
		    web_diary_helped(json_object_get(one, "helped"));

		html_put(out, i == 0 ? "<p>Used: " : "; ");
		html_put(out, "%s%s%s%s", web_text(one, "text"),
		    helped[0] == '\0' ? "" : " (", helped,
		    helped[0] == '\0' ? "" : ")");
	}
	html_put(out, i > 0 ? "</p>" : "");
}

static void
put_notes(const json_t *entry, struct buf *out)
{
	const json_t *note;
	size_t i;

	json_array_foreach(json_object_get(entry, "notes"), i, note)
	{
		const char *question = web_text(note, "question");

		html_put(out,
		    "<p class=\"note\"><span class=\"then\">%s</span>"
		    "<br>%n</p>",
		    question[0] == '\0' ? "Note" : question,
		    web_text(note, "text"));
	}
}

void
web_diary_put_entry(const json_t *entry, const json_t *form, struct buf *out)
{
	put_answers(entry, form, out);
	put_scores(entry, out);
	put_marks(entry, out);
	put_notes(entry, out);
}

/* --- the list --- */

static const struct {
	const char *done, *says;
} sentences[] = {
    {"mended", "Changed. The entry keeps its day."},
    {"noted", "The note is saved."},
    {"same", "Nothing was changed."},
    {"away", "Thrown away."},
    {"deleted", "Deleted. It is gone from every file that your book uses."},
};

/* The copy lies elsewhere: while it cannot be written, what is in it stays. */
static void
put_left(struct web_req *wr, struct buf *out)
{
	struct ek_why why = {""};
	json_t *copy = NULL;
	const char *state;

	if (web_query(wr, "aside") != NULL)
		html_put(out,
		    "<p>Damaged files of your book were set aside earlier. "
		    "They may still hold it, sealed. They may also hold what "
		    "your book lacks, so they are kept until you remove "
		    "them.</p>");
	if (web_api(wr, "GET", "/v1/copy", NULL, &copy, &why) != EK_OK)
		return;
	state = web_text(copy, "state");
	if (strcmp(state, "late") == 0 || strcmp(state, "failed") == 0 ||
	    strcmp(state, "foreign") == 0)
		html_put(out,
		    "<p>The sealed copy could not be written anew, so the copy "
		    "may hold it still. It goes when the copy is next "
		    "written.</p>");
	json_decref(copy);
}

static void
put_done(struct web_req *wr, struct buf *out)
{
	const char *done = web_query(wr, "done");
	size_t i;

	for (i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		if (done == NULL || strcmp(done, sentences[i].done) != 0)
			continue;
		html_put(
		    out, "<div role=\"status\"><p>%s</p>", sentences[i].says);
		if (strcmp(done, "deleted") == 0)
			put_left(wr, out);
		html_put(out, "</div>");
	}
}

struct list {
	struct web_req *wr;
	struct web_forms forms;
	char day[11]; /* whose heading was written last */
	struct buf *out;
};

static void
put_head(struct list *list, const json_t *entry)
{
	const char *local = web_text(entry, "local");

	if (strncmp(list->day, local, 10) != 0 || list->day[0] == '\0') {
		snprintf(list->day, sizeof(list->day), "%s", local);
		html_put(list->out, "<h2>");
		web_put_day(list->out, local);
		html_put(list->out, "</h2>");
	}
	html_put(list->out, "<h3>");
	if (strlen(local) > 10) {
		web_put_when(list->out, local, local);
		html_put(list->out, " ");
	}
	html_put(list->out, "%s%s</h3>", web_diary_title(entry),
	    json_is_true(json_object_get(entry, "mended")) ? " (changed later)"
							   : "");
}

/* Returns how many of them, from the newest on, the page took. */
static size_t
put_entries(struct list *list, const json_t *entries)
{
	size_t count = json_array_size(entries), taken;
	const json_t *entry;

	for (taken = 0; taken < count; taken++) {
		if (list->out->len > PAGE_BYTES)
			break;
		entry = json_array_get(entries, count - 1 - taken);
		put_head(list, entry);
		web_diary_put_entry(entry,
		    web_forms_of(list->wr, &list->forms, entry), list->out);
		html_put(list->out, "<p class=\"screen\">");
		web_diary_anchor(list->wr, list->out, "diary-entry",
		    web_text(entry, "id"), "Change or delete");
		html_put(list->out, "</p>");
	}
	return taken;
}

static void
put_ways(struct web_req *wr, const json_t *reply, size_t taken, struct buf *out)
{
	const json_t *entries = json_object_get(reply, "entries");
	size_t count = json_array_size(entries);
	char target[64];

	if (taken == 0)
		return;
	html_put(out, "<p class=\"screen\">");
	if (json_is_true(json_object_get(reply, "newer"))) {
		snprintf(target, sizeof(target), "diary?after=%.32s",
		    web_text(json_array_get(entries, count - 1), "id"));
		web_anchor(wr, out, target, "Newer");
		html_put(out, " ");
	}
	if (taken < count || json_is_true(json_object_get(reply, "older"))) {
		snprintf(target, sizeof(target), "diary?before=%.32s",
		    web_text(json_array_get(entries, count - taken), "id"));
		web_anchor(wr, out, target, "Older");
	}
	html_put(out, "</p>");
}

static enum ek_err
get_page(struct web_req *wr, json_t **ret, struct ek_why *why)
{
	const char *before = web_query(wr, "before");
	const char *after = web_query(wr, "after");
	char target[96];

	snprintf(target, sizeof(target), "/v1/diary?limit=%d%s%.32s",
	    ENTRIES_SHOWN,
	    before != NULL  ? "&before="
	    : after != NULL ? "&after="
			    : "",
	    before != NULL  ? before
	    : after != NULL ? after
			    : "");
	return web_api(wr, "GET", target, NULL, ret, why);
}

static enum ek_err
diary_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	struct list list = {.wr = wr, .out = out};
	json_t *reply = NULL;
	size_t taken;
	enum ek_err err = get_page(wr, &reply, why);

	if (err == EK_NOT_FOUND) {
		web_diary_put_gone(wr, err, why, out);
		return EK_OK;
	}
	if (err != EK_OK)
		return err;
	web_forms_init(&list.forms);
	html_put(out, "<h1>Diary</h1>");
	put_done(wr, out);
	web_left_offer(wr, "diary", out);
	if (json_array_size(json_object_get(reply, "entries")) == 0)
		html_put(out, "<p>Nothing is written here yet. A check-in "
			      "makes the first entry.</p>");
	taken = put_entries(&list, json_object_get(reply, "entries"));
	put_ways(wr, reply, taken, out);
	web_forms_done(&list.forms);
	json_decref(reply);
	return EK_OK;
}

const struct web_row web_diary_rows[] = {
    {"GET", "diary", diary_get},
    {NULL, NULL, NULL},
};
