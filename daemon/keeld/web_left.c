/*
 * web_left - forms that were put off or left; see web_left.h.
 *
 * A draft holds the form as it was sent, so that boxes ticked come back as
 * they were; its token and key are not of it.
 */
#include "keeld/web_left.h"

#include <stdio.h>
#include <string.h>

#include "evenkeel/plan.h"
#include "keeld/api.h"
#include "keeld/html.h"
#include "keeld/web_in.h"

#define FORM "form" /* the draft's one field */

/* --- which form it is --- */

static const struct {
	const char *name, *target, *kind;
} forms[] = {
    {"plan:", "plan-edit?left=1&section=", "plan"},
    {"fix:", "diary-fix?left=1&id=", "diary"},
    {"note:", "diary-entry?left=1&id=", "diary"},
};
#define FORMS (sizeof(forms) / sizeof(forms[0]))

static size_t
form_of(const struct draft *draft)
{
	size_t i;

	for (i = 0; i < FORMS; i++)
		if (strncmp(draft->instrument, forms[i].name,
			strlen(forms[i].name)) == 0)
			break;
	return i;
}

bool
web_left_is(const struct draft *draft)
{
	return strchr(draft->instrument, ':') != NULL;
}

/* --- keeping --- */

static void
put_encoded(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z'))
			buf_char(out, *text);
		else
			buf_fmt(out, "%%%02X", c);
	}
}

static void
put_fields(struct web_req *wr, struct buf *out)
{
	const char *name, *value;
	size_t at = 0;

	while (web_field_next(wr, &at, &name, &value)) {
		if (strcmp(name, "csrf") == 0 || strcmp(name, "key") == 0 ||
		    strcmp(name, "go") == 0)
			continue;
		buf_str(out, out->len == 0 ? "" : "&");
		buf_str(out, name); /* of signs that stand for themselves */
		buf_char(out, '=');
		put_encoded(out, value);
	}
}

static enum ek_err
drop(struct web_req *wr, const char *name, bool told, struct ek_why *why)
{
	struct keeld *keeld = web_keeld(wr);
	struct draft *draft = NULL;
	enum ek_err err = draft_newest(keeld, name, &draft, why);

	if (err == EK_OK)
		err = draft_drop(keeld, draft->key, told, why);
	draft_free(draft);
	return err;
}

static enum ek_err
keep(struct web_req *wr, const char *name, struct ek_why *why)
{
	const char *key = web_field(wr, "key");
	struct draft *draft = NULL;
	struct buf form;
	enum ek_err err;

	buf_init(&form, EK_HTTP_BODY_MAX);
	put_fields(wr, &form);
	err = buf_err(&form);
	if (err == EK_OK && web_field(wr, "left") != NULL)
		err = drop(wr, name, false, why);
	if (err == EK_OK || err == EK_NOT_FOUND)
		err = draft_new(web_keeld(wr), key == NULL ? "" : key, name,
		    NULL, &draft, why);
	if (err == EK_OK && draft_is_of_gone(web_keeld(wr), draft))
		err = EK_NOT_FOUND; /* it holds what was deleted */
	if (err == EK_OK) {
		json_object_set_new(
		    draft->fields, FORM, json_string(buf_text(&form)));
		err = draft_put(web_keeld(wr), draft, why);
	}
	draft_free(draft);
	buf_done(&form);
	return err;
}

enum ek_err
web_left_later(struct web_req *wr, const char *name, struct ek_why *why)
{
	enum ek_err err = keep(wr, name, why);

	if (err == EK_OK)
		web_see(wr, "today?was=later");
	return err;
}

/* --- going on --- */

enum ek_err
web_left_with(struct web_req *wr, const char *name, web_fn fn, struct buf *out,
    struct ek_why *why)
{
	const struct http_form *sent = wr->form;
	struct http_form *form = NULL;
	struct draft *draft = NULL;
	const char *text;
	enum ek_err err = draft_newest(web_keeld(wr), name, &draft, why);

	if (err != EK_OK)
		return err;
	text = web_text(draft->fields, FORM);
	err = http_form_parse(text, strlen(text), &form, why);
	if (err == EK_OK) {
		wr->form = form;
		err = fn(wr, out, why);
		wr->form = sent;
	}
	http_form_free(form);
	draft_free(draft);
	return err;
}

void
web_left_mark(struct web_req *wr, struct buf *out)
{
	if (web_query(wr, "left") != NULL || web_field(wr, "left") != NULL)
		html_put(
		    out, "<input type=\"hidden\" name=\"left\" value=\"1\">");
}

/* What cannot be dropped is offered once more, and ends by itself. */
void
web_left_saved(struct web_req *wr, const char *name)
{
	struct ek_why why = {""};

	if (web_field(wr, "left") != NULL)
		(void)!drop(wr, name, true, &why);
}

/* --- offering --- */

static void
put_title(const struct draft *draft, struct buf *out)
{
	const char *key = strchr(draft->instrument, ':') + 1;
	int section;

	if (form_of(draft) > 0) {
		html_put(out, form_of(draft) == 1 ? "An entry of your diary"
						  : "A note to an entry");
		return;
	}
	for (section = 0; section < PLAN_SECTIONS; section++)
		if (strcmp(plan_section_key((enum plan_section)section), key) ==
		    0)
			html_put(out, "My plan: %s",
			    plan_heading((enum plan_section)section, "en"));
}

void
web_left_put(struct web_req *wr, const struct draft *draft, struct buf *out)
{
	size_t form = form_of(draft);
	struct moment begun, now;
	char target[128];

	if (form == FORMS)
		return;
	moment_at(web_keeld(wr), draft->begun_ms, &begun);
	moment_now(web_keeld(wr), &now);
	html_put(out, "<li>");
	put_title(draft, out);
	html_put(out, ". You wrote this ");
	if (strcmp(begun.date, now.date) == 0)
		html_put(out, "at ");
	web_put_when(out, begun.local, now.date);
	html_put(out, ". ");
	snprintf(target, sizeof(target), "%s%.40s", forms[form].target,
	    strchr(draft->instrument, ':') + 1);
	web_anchor(wr, out, target, "Go on");
	html_put(out, "</li>");
}

static void
put_away(struct web_req *wr, const struct draft *draft, struct buf *out)
{
	char target[100];

	snprintf(
	    target, sizeof(target), "left-drop?name=%.64s", draft->instrument);
	web_form_begin(wr, out, target);
	html_put(out, "<p><button>Throw it away</button></p></form>");
}

void
web_left_offer(struct web_req *wr, const char *kind, struct buf *out)
{
	struct draft_list list = {.count = 0};
	struct ek_why why = {""};
	size_t form, i;

	if (draft_waiting(web_keeld(wr), &list, &why) != EK_OK)
		return;
	for (i = 0; i < list.count; i++) {
		form = form_of(list.drafts[i]);
		if (form == FORMS || strcmp(forms[form].kind, kind) != 0)
			continue;
		html_put(out,
		    "<div class=\"notice screen\"><p>You began this and "
		    "did not save it. It is kept for twelve "
		    "hours.</p><ul>");
		web_left_put(wr, list.drafts[i], out);
		html_put(out, "</ul>");
		put_away(wr, list.drafts[i], out);
		html_put(out, "</div>");
	}
	draft_list_done(&list);
}

static enum ek_err
drop_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const char *name = web_query(wr, "name");
	bool plan = name != NULL && strncmp(name, "plan:", 5) == 0;
	enum ek_err err;

	(void)out;
	err = name == NULL || strchr(name, ':') == NULL
		  ? EK_NOT_FOUND
		  : drop(wr, name, true, why);
	if (err == EK_NOT_FOUND) /* gone is what she wanted */
		err = EK_OK;
	if (err == EK_OK)
		web_see(wr, plan ? "plan?done=away" : "diary?done=away");
	return err;
}

/* --- from a session that is over --- */

static enum ek_err
keep_of(struct web_req *wr, const char *prefix, const char *query,
    struct ek_why *why)
{
	const char *value = web_query(wr, query);
	char name[EK_NAME_MAX + 1];

	if (value == NULL)
		return EK_NOT_FOUND;
	snprintf(name, sizeof(name), "%s%.40s", prefix, value);
	return keep(wr, name, why);
}

static enum ek_err
plan_ended(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	(void)out;
	return keep_of(wr, "plan:", "section", why);
}

static enum ek_err
fix_ended(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	(void)out;
	return keep_of(wr, "fix:", "id", why);
}

static enum ek_err
note_ended(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	(void)out;
	return keep_of(wr, "note:", "id", why);
}

const struct web_row web_left_ended_rows[] = {
    {"POST", "plan-edit", plan_ended},
    {"POST", "diary-fix", fix_ended},
    {"POST", "diary-note", note_ended},
    {"POST", "hard-words", note_ended},
    {NULL, NULL, NULL},
};
const struct web_row web_left_rows[] = {
    {"POST", "left-drop", drop_post},
    {NULL, NULL, NULL},
};
