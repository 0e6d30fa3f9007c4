/*
 * web_plan - what the pages of the plan share; for web_plan*.c only.
 *
 * A plan is the answer of GET /v1/plan or of one version.
 */
#ifndef KEELD_WEB_PLAN_H
#define KEELD_WEB_PLAN_H

#include "evenkeel/plan.h"
#include "keeld/html.h"
#include "keeld/web.h"

/* --- web_plan_parts.c --- */

/* The section of a key; false: there is none. */
bool web_plan_key(const char *key, enum plan_section *ret);
/* What may stand in it, for her who has not begun it. */
const char *web_plan_hint(enum plan_section section);
/* Its heading, as the plan's language has it. */
const char *web_plan_heading(const json_t *plan, enum plan_section section);
/* Its bullets; NULL when the plan has no such section. */
const json_t *web_plan_bullets(const json_t *plan, enum plan_section section);
/* NULL: none of that id. */
const json_t *web_plan_bullet(const json_t *plan, const char *id);
/* A bullet's text, and what a sign is linked to. */
void web_plan_put_bullet(const json_t *bullet, struct buf *out);
/* The newest plan, or (not NULL) the version of an id; *ret is a new
 * reference. */
enum ek_err web_plan_of(struct web_req *wr, const char *version, json_t **ret,
    struct ek_why *why) EK_MUST_USE;

/* --- web_plan_line.c: what was agreed with whom, and when --- */

struct web_agreed {
	char text[EK_BULLET_MAX + 1];
	char who[EK_NAME_MAX + 1];
	char day[16]; /* "2026-11-24", or "" */
};
/* "a quiet desk (Tan, 2026-11-24)"; what does not end so is text alone. */
void web_plan_part(const char *text, struct web_agreed *ret);
/* The other way; who and day may be NULL.  EK_INVALID, EK_TOO_LARGE. */
enum ek_err web_plan_join(const char *text, const char *who, const char *day,
    struct buf *ret, struct ek_why *why) EK_MUST_USE;

/* --- web_plan_form.c --- */

/* Fields: base, the version they are of; t.ID a line, w.ID and d.ID with whom
 * and since when (PLAN_BEST), l.ID what a sign is linked to (the id of a
 * bullet, or "x" and which of its links) and ticks, that those are shown;
 * t.new, w.new, d.new; more, new lines; day, the review's. */
struct web_plan_form {
	const json_t *plan; /* whose lines the fields are of */
	enum plan_section section;
	const char *bad; /* the field that is refused, or NULL */
	bool clash;      /* plan was saved while this form was open */
};
void web_plan_put_form(
    struct web_req *wr, const struct web_plan_form *form, struct buf *out);

/* --- web_plan_read.c --- */

struct web_plan_wish { /* what the form says */
	enum plan_section section;
	json_t *lines;   /* [{"id","text","links":[],"field"}]; owned */
	const char *day; /* of PLAN_REVIEW; borrowed from the form */
	char bad[16];    /* the field that is refused, or "" */
};
/* Fills lines and day.  plan is the one whose lines the form showed. */
enum ek_err web_plan_read(struct web_req *wr, const json_t *plan,
    struct web_plan_wish *wish, struct ek_why *why) EK_MUST_USE;
/* The plan's document with that. */
enum ek_err web_plan_apply(const json_t *plan, struct web_plan_wish *wish,
    struct buf *ret, struct ek_why *why) EK_MUST_USE;

#endif
