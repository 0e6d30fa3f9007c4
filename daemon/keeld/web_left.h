/*
 * web_left - what was written into a form and put off, or sent when its page's
 * session was over: kept as a draft (draft.h), offered where it belongs,
 * thrown away when she says so or when it is saved.
 *
 * A name says which form it is and of what: "plan:helps", "fix:ID", "note:ID".
 * No questionnaire has such a name, so these are no check-ins.
 */
#ifndef KEELD_WEB_LEFT_H
#define KEELD_WEB_LEFT_H

#include "keeld/draft.h"
#include "keeld/web.h"

#define WEB_LEFT_ROOM 48 /* of a name */

bool web_left_is(const struct draft *draft);
/* Keeps the form under that name, in place of the one it goes on from; the
 * answer to WEB_LATER. */
enum ek_err web_left_later(
    struct web_req *wr, const char *name, struct ek_why *why) EK_MUST_USE;
/* Runs fn with that form's fields as if it had been sent just now.
 * EK_NOT_FOUND: there is none (any more). */
enum ek_err web_left_with(struct web_req *wr, const char *name, web_fn fn,
    struct buf *out, struct ek_why *why) EK_MUST_USE;
/* In a form: it is what was left, so that its save ends that. */
void web_left_mark(struct web_req *wr, struct buf *out);
/* After a save of such a form. */
void web_left_saved(struct web_req *wr, const char *name);
/* Those of the kind ("plan", "diary"): go on, or throw away. */
void web_left_offer(struct web_req *wr, const char *kind, struct buf *out);
/* What it is about and where it goes on, as an item of a list. */
void web_left_put(
    struct web_req *wr, const struct draft *draft, struct buf *out);

#endif
