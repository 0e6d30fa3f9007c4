/*
 * web - the page: a listener on 127.0.0.1 that stands only while a session
 * does, one-time links to it, and its sessions, in memory only.
 *
 * A session is a path and a cookie, 128 random bits each, and ends ten minutes
 * after its last use or when she hides it.  The listener stays a minute
 * longer, so that nobody else can take the port under an open tab, and then
 * answers nothing but the closed page.  A step of a form that comes from a
 * session that ended, not hidden, is kept as a draft; nothing else is.
 */
#ifndef KEELD_WEB_H
#define KEELD_WEB_H

#include <stdbool.h>

#include "evenkeel/buf.h"
#include "evenkeel/err.h"
#include "evenkeel/json.h"

struct keeld;
struct web;

/* No socket is opened before the first link.  keeld is borrowed. */
enum ek_err web_new(struct keeld *keeld, struct web **ret) EK_MUST_USE;
void web_free(struct web *web);
/* As http_release(). */
void web_release(struct web *web, enum ek_err err, const char *why);
/* A new one-time link to a page, good for a minute; EK_INVALID: no such page.
 * The target is a row's name, maybe with a query: "checkin?slot=…".  keeld's
 * answer to POST /v1/page. */
enum ek_err web_link(struct web *web, const char *target, struct buf *ret_url,
    struct ek_why *reterr_why) EK_MUST_USE;

/* --- for the pages' rows --- */

struct web_req; /* one request that passed the gate */

/* Fills the page's main part.  Failing, the reason stands there instead. */
typedef enum ek_err (*web_fn)(
    struct web_req *wr, struct buf *out, struct ek_why *why);
struct web_row {
	const char *method;
	const char *name; /* "today" */
	web_fn fn;
};
extern const struct web_row web_checkin_rows[], web_hard_rows[],
    web_diary_rows[], web_diary_entry_rows[], web_diary_fix_rows[],
    web_kept_rows[], web_left_rows[], web_phrase_rows[], web_plan_rows[],
    web_plan_past_rows[], web_plan_save_rows[], web_start_rows[],
    web_today_rows[], web_unlock_rows[];
/* What a session that ended may still send, as drafts: POST rows that keep
 * and show nothing. */
extern const struct web_row web_ended_rows[], web_left_ended_rows[];

struct keeld *web_keeld(const struct web_req *wr);
/* Is this target's page one that is got?  It can be linked to then. */
bool web_is_page(const char *target);

/* Pages are named by a target: a row's name, and for some a query of our own
 * making, "diary?id=…", whose values are of letters, digits and -._:@ and
 * which is shorter than 128 bytes.  An address shows nothing of it: it is drawn
 * for this session (web_names.c).  So nobody writes an address by hand. */

/* The address, for href or action. */
void web_put_to(struct web_req *wr, struct buf *out, const char *target);
void web_anchor(
    struct web_req *wr, struct buf *out, const char *target, const char *text);
/* Opens a form that posts to a target, with what the gate asks for and a key
 * of its own, so that sending it twice saves once. */
void web_form_begin(struct web_req *wr, struct buf *out, const char *target);
/* The answer to this POST, if the row returns EK_OK: go and get that one
 * (303), so that neither back nor reload sends anything again. */
void web_see(struct web_req *wr, const char *target);
/* 32 hexadecimal digits, drawn, and a NUL. */
void web_draw_hex(char *out);
/* The API, called as keel calls it, with the form's key.  *ret is a new
 * reference. */
enum ek_err web_api(struct web_req *wr, const char *method, const char *target,
    json_t *body_take, json_t **ret, struct ek_why *why) EK_MUST_USE;
/* The same with a key of one's own: 32 hex. */
enum ek_err web_api_key(struct web_req *wr, const char *method,
    const char *target, json_t *body_take, const char *key, json_t **ret,
    struct ek_why *why) EK_MUST_USE;
/* The last answer that the session may show once more, under a key; it goes
 * with the session.  NULL: there is none of that key; borrowed. */
void web_keep_reply(struct web_req *wr, const char *key, const json_t *reply);
const json_t *web_kept_reply(const struct web_req *wr, const char *key);
/* Where words are written: when this page closes itself; and the button that
 * keeps them without saving. */
void web_put_closes(struct web_req *wr, struct buf *out);
void web_put_later(struct buf *out);
bool web_is_later(const struct web_req *wr); /* it was pressed */
/* Both and the button that saves, at the end of a form. */
void web_form_end(struct web_req *wr, struct buf *out, const char *save);

/* For what takes longer than a turn of the loop: runs `keel --json ARGS` with
 * input (NULL: none) on its stdin, and answers later.  The row returns what
 * this returned; then() fills the page when keel ended, without a form when the
 * browser has left.  One at a time for a session; the same form again waits
 * for the same. */
struct web_said {
	enum ek_err err; /* as was said, or EK_UNREACHABLE: keel hung */
	struct ek_why why;
	const char *answer; /* which answer the reason is about, or "" */
	json_t *json;       /* NULL: it said nothing */
};
typedef enum ek_err (*web_then)(struct web_req *wr, const struct web_said *said,
    struct buf *out, struct ek_why *why);
enum ek_err web_keel(struct web_req *wr, const char *const args[],
    const struct buf *input, web_then then, struct ek_why *why) EK_MUST_USE;
/* The same for a row of the API that may answer in a later turn. */
enum ek_err web_ask(struct web_req *wr, const char *method, const char *target,
    json_t *body_take, web_then then, struct buf *out,
    struct ek_why *why) EK_MUST_USE;

/* A field of the form, the first of its name; NULL of a GET or without one. */
const char *web_field(const struct web_req *wr, const char *name);
bool web_field_next(const struct web_req *wr, size_t *at, const char **ret_name,
    const char **ret_value);
/* Of the target, whatever the method; NULL: not there. */
const char *web_query(const struct web_req *wr, const char *name);
/* The row shows its form again, with what was filled in and this reason; the
 * status is the error's. */
void web_refused(struct web_req *wr, enum ek_err err, const struct ek_why *why);
const char *web_reason(const struct web_req *wr); /* NULL: none */

/* --- web_say.c --- */

/* A reason or a status in words, for who has no terminal: without the parts
 * that name a command of keel, as whole sentences. */
void web_plain(const char *text, struct buf *ret);

/* --- web_words.c --- */

/* A string member, "" when absent. */
const char *web_text(const json_t *object, const char *key);
/* Her words, as an answer of the API holds them. */
void web_words(
    struct web_req *wr, const json_t *words, bool hard, struct buf *out);
/* "Wednesday 25 November 2026" of a local day or time. */
void web_put_day(struct buf *out, const char *local);
/* "16:30", "tomorrow, 16:30" or "Friday 27 November, 16:30"; day is today's. */
void web_put_when(struct buf *out, const char *local, const char *day);

#endif
