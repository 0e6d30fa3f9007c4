/*
 * web_diary - what the pages of the diary share; for web_diary*.c only.
 */
#ifndef KEELD_WEB_DIARY_H
#define KEELD_WEB_DIARY_H

#include "keeld/html.h"
#include "keeld/web.h"

/* --- web_diary.c --- */

/* What an entry is called: its questionnaire, "A hard day", "From a file". */
const char *web_diary_title(const json_t *entry);

/* Questionnaires that were asked for, by name: asked once a page. */
struct web_forms {
	json_t *known; /* name: the form, or null when there is none */
};
void web_forms_init(struct web_forms *forms);
void web_forms_done(struct web_forms *forms);
/* GET /v1/form of an entry's questionnaire; NULL: it is not in use here. */
const json_t *web_forms_of(
    struct web_req *wr, struct web_forms *forms, const json_t *entry);

/* Answers, signs, what was used, notes. */
void web_diary_put_entry(
    const json_t *entry, const json_t *form, struct buf *out);
/* "helped a little", of 0 to 3; "" of another. */
const char *web_diary_helped(const json_t *helped);

/* --- web_diary_entry.c --- */

/* The entry of the target's id; *ret is a new reference. */
enum ek_err web_diary_find(
    struct web_req *wr, json_t **ret, struct ek_why *why) EK_MUST_USE;
/* It is not there (any more): said plainly, as the page. */
void web_diary_put_gone(struct web_req *wr, enum ek_err err,
    const struct ek_why *why, struct buf *out);
/* Opens a form to a page about the entry of the target's id. */
void web_diary_form(struct web_req *wr, struct buf *out, const char *page);
/* The name of a form that was left (web_left.h): "fix:ID". */
void web_diary_left(const struct web_req *wr, const char *form, char *out);
/* A link to one. */
void web_diary_anchor(struct web_req *wr, struct buf *out, const char *page,
    const char *id, const char *text);

/* --- web_diary_marks.c: a fix as a request's body --- */

/* What the entry says, as the form's fields would say it. */
json_t *web_fix_before(const json_t *entry, const json_t *form);
/* What the fields say; *ret is a new reference. */
enum ek_err web_fix_now(
    struct web_req *wr, json_t **ret, struct ek_why *why) EK_MUST_USE;
/* Of now, what differs; marks only together, with their plan. */
json_t *web_fix_change(json_t *before, json_t *now, const char *plan);

#endif
