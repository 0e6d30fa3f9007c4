/*
 * web_diary_entry - one entry: a note added to it, or all of it deleted.
 */
#include <stdio.h>
#include <string.h>

#include "evenkeel/limits.h"
#include "keeld/web_diary.h"
#include "keeld/web_left.h"

static void
target_of(const struct web_req *wr, const char *page, char *out, size_t room)
{
	const char *id = web_query(wr, "id");

	snprintf(out, room, "%s?id=%.32s", page, id == NULL ? "" : id);
}

void
web_diary_form(struct web_req *wr, struct buf *out, const char *page)
{
	char target[80];

	target_of(wr, page, target, sizeof(target));
	web_form_begin(wr, out, target);
}

void
web_diary_anchor(struct web_req *wr, struct buf *out, const char *page,
    const char *id, const char *text)
{
	char target[80];

	snprintf(target, sizeof(target), "%s?id=%.32s", page, id);
	web_anchor(wr, out, target, text);
}

enum ek_err
web_diary_find(struct web_req *wr, json_t **ret, struct ek_why *why)
{
	const char *id = web_query(wr, "id");
	json_t *reply = NULL, *entry;
	char target[64];
	enum ek_err err;

	snprintf(
	    target, sizeof(target), "/v1/diary?id=%.32s", id == NULL ? "" : id);
	err = web_api(wr, "GET", target, NULL, &reply, why);
	if (err == EK_OK) {
		entry = json_array_get(json_object_get(reply, "entries"), 0);
		*ret = json_incref(entry);
	}
	json_decref(reply);
	return err;
}

void
web_diary_put_gone(struct web_req *wr, enum ek_err err,
    const struct ek_why *why, struct buf *out)
{
	web_refused(wr, err, why);
	html_put(out,
	    "<h1>Not there any more</h1><p role=\"alert\" "
	    "class=\"why\">This entry was changed or deleted. You may "
	    "have done so in another window.</p><p>");
	web_anchor(wr, out, "diary", "To the diary");
	html_put(out, "</p>");
}

static void
put_entry(struct web_req *wr, const json_t *entry, struct buf *out)
{
	const char *local = web_text(entry, "local");
	struct web_forms forms;

	web_forms_init(&forms);
	html_put(out, "<h2>");
	web_put_day(out, local);
	if (strlen(local) > 10) {
		html_put(out, ", ");
		web_put_when(out, local, local);
	}
	html_put(out, ": %s</h2>", web_diary_title(entry));
	web_diary_put_entry(entry, web_forms_of(wr, &forms, entry), out);
	web_forms_done(&forms);
}

/* --- the entry's page --- */

static void
put_note_form(struct web_req *wr, struct buf *out)
{
	const char *typed = web_field(wr, "text");

	html_put(out, "<h2>Add a note</h2>");
	if (web_reason(wr) != NULL)
		html_put(out,
		    "<p role=\"alert\" class=\"why\" id=\"why\">%s</p>",
		    web_reason(wr));
	web_diary_form(wr, out, "diary-note");
	web_left_mark(wr, out);
	html_put(out,
	    "<p><label for=\"text\">A note, for you alone</label>"
	    "<textarea id=\"text\" name=\"text\" rows=\"4\"%s>\n%s</textarea>"
	    "</p>",
	    "", typed);
	web_form_end(wr, out, "Save the note");
}

static void
show(struct web_req *wr, const json_t *entry, struct buf *out)
{
	const char *id = web_text(entry, "id");
	bool checkin = strcmp(web_text(entry, "kind"), "check-in") == 0;

	html_put(out, "<h1>One entry</h1>");
	put_entry(wr, entry, out);
	html_put(out, "<ul class=\"ways\">");
	if (checkin) {
		html_put(out, "<li>");
		web_diary_anchor(wr, out, "diary-fix", id, "Change it");
		html_put(out, "</li>");
	}
	html_put(out, "<li>");
	web_diary_anchor(wr, out, "diary-delete", id, "Delete it");
	html_put(out, "</li><li>");
	web_anchor(wr, out, "diary", "Back to the diary");
	html_put(out, "</li></ul>");
	put_note_form(wr, out);
}

static enum ek_err
with_entry(struct web_req *wr, struct buf *out, struct ek_why *why,
    void (*put)(struct web_req *, const json_t *, struct buf *))
{
	json_t *entry = NULL;
	enum ek_err err = web_diary_find(wr, &entry, why);

	if (err == EK_OK)
		put(wr, entry, out);
	else if (err == EK_NOT_FOUND)
		web_diary_put_gone(wr, err, why, out);
	json_decref(entry);
	return err == EK_NOT_FOUND ? EK_OK : err;
}

static enum ek_err
show_entry(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	return with_entry(wr, out, why, show);
}

void
web_diary_left(const struct web_req *wr, const char *form, char *out)
{
	const char *id = web_query(wr, "id");

	snprintf(out, WEB_LEFT_ROOM, "%s:%.32s", form, id == NULL ? "" : id);
}

static enum ek_err
entry_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	enum ek_err err = EK_NOT_FOUND;
	char left[WEB_LEFT_ROOM];

	web_diary_left(wr, "note", left);
	if (web_query(wr, "left") != NULL)
		err = web_left_with(wr, left, show_entry, out, why);
	return err == EK_NOT_FOUND ? show_entry(wr, out, why) : err;
}

static enum ek_err
note_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const char *text = web_field(wr, "text"), *id = web_query(wr, "id");
	char left[WEB_LEFT_ROOM];
	json_t *reply = NULL;
	enum ek_err err;

	web_diary_left(wr, "note", left);
	if (web_is_later(wr))
		err = web_left_later(wr, left, why);
	else if (text == NULL || text[strspn(text, " \n\t")] == '\0')
		err = ek_why(
		    why, EK_INVALID, "the note is empty; write it, or go back");
	else
		err = web_api(wr, "POST", "/v1/notes",
		    json_pack(
			"{s:s,s:s}", "of", id == NULL ? "" : id, "text", text),
		    &reply, why);
	json_decref(reply);
	if (err == EK_OK && web_is_later(wr))
		return EK_OK;
	if (err == EK_OK) {
		web_left_saved(wr, left);
		web_see(wr, "diary?done=noted");
		return EK_OK;
	}
	web_refused(wr, err, why);
	return with_entry(wr, out, why, show);
}

/* --- deleting --- */

static void
put_delete(struct web_req *wr, const json_t *entry, struct buf *out)
{
	html_put(out,
	    "<h1>Delete this entry?</h1>"
	    "<p>It is taken out of your book for good, with its notes, and out "
	    "of every file that your book uses. Nobody can get it back, you "
	    "neither. The sealed copy is written anew without it.</p>"
	    "<p>What you wrote to a file or printed yourself stays there.</p>");
	web_diary_form(wr, out, "diary-delete");
	html_put(out, "<p><button>Delete it for good</button></p></form><p>");
	web_diary_anchor(
	    wr, out, "diary-entry", web_text(entry, "id"), "Keep it");
	html_put(out, "</p>");
	put_entry(wr, entry, out);
}

static enum ek_err
delete_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	return with_entry(wr, out, why, put_delete);
}

/* Deleted twice is deleted. */
static enum ek_err
delete_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const char *id = web_query(wr, "id");
	json_t *reply = NULL;
	char target[64];
	enum ek_err err;

	snprintf(
	    target, sizeof(target), "/v1/diary/%.32s", id == NULL ? "" : id);
	err = web_api(wr, "DELETE", target, NULL, &reply, why);
	if (err == EK_OK)
		web_see(wr, json_array_size(json_object_get(reply, "aside")) > 0
				? "diary?done=deleted&aside=1"
				: "diary?done=deleted");
	else if (err == EK_NOT_FOUND)
		web_diary_put_gone(wr, err, why, out);
	json_decref(reply);
	return err == EK_NOT_FOUND ? EK_OK : err;
}

const struct web_row web_diary_entry_rows[] = {
    {"GET", "diary-entry", entry_get},
    {"POST", "diary-note", note_post},
    {"GET", "diary-delete", delete_get},
    {"POST", "diary-delete", delete_post},
    {NULL, NULL, NULL},
};
