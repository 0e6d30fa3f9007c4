/*
 * web_checkin_in - what the files of web_checkin share; for these files only.
 *
 * Fields of the form, and of a draft: a.ITEM a number, t.ITEM words, s.SIGN 1
 * or 2, u.STRATEGY "1" when it was used, h.STRATEGY 0 to 3 how it helped, note.
 */
#ifndef KEELD_WEB_CHECKIN_IN_H
#define KEELD_WEB_CHECKIN_IN_H

#include "keeld/draft.h"
#include "keeld/web.h"

enum step { STEP_ITEMS, STEP_SIGNS, STEP_USED, STEP_NOTE, STEP_COUNT };

struct asking { /* one request's view of a check-in */
	struct web_req *wr;
	json_t *form;        /* GET /v1/form */
	struct draft *draft; /* never NULL where a step is drawn or taken */
	bool begun;          /* it is kept already, has a name of its own */
	enum step step;
	const char *bad;   /* the field that the reason is about, or NULL */
	char bad_name[80]; /* room for it */
	bool alone;        /* its slot is over: may be saved without */
	bool partial;      /* its draft was gone: this step is all there is */
	bool again;        /* she comes back to it */
	bool late;         /* the slot she came for does not wait any more */
	bool later;        /* it is kept only: what is missing may be */
	bool lacks;        /* and something is */
};

/* --- web_checkin_fields.c --- */

#define FIELD_MAX 80

const char *checkin_step_name(enum step step); /* "items" */
bool checkin_step_of(const char *name, enum step *ret);
/* Has this form something to ask there? */
bool checkin_has(const struct asking *asking, enum step step);
/* The one after or before, of those it has; itself: there is none. */
enum step checkin_next(const struct asking *asking, enum step step);
enum step checkin_before(const struct asking *asking, enum step step);
void checkin_field(char *out, char letter, const char *id);
/* What stands in a field: as sent, when it was refused, else as drafted; ""
 * when nothing does. */
const char *checkin_value(const struct asking *asking, const char *name);
/* Was this strategy ticked? */
bool checkin_used(const struct asking *asking, const json_t *strategy);
/* Checks what was sent of this step; asking->bad names the field. */
enum ek_err checkin_check(struct asking *asking, struct ek_why *why);
/* What was sent of this step takes the place of what was drafted of it. */
enum ek_err checkin_take(struct asking *asking);
/* The body of POST /v1/checkins, as keel sends it. */
enum ek_err checkin_body(
    const struct asking *asking, json_t **ret, struct ek_why *why);

/* --- web_checkin_draw.c --- */

void checkin_draw(struct asking *asking, struct buf *out);

/* --- web_checkin_left.c --- */

bool checkin_is_locked(const struct web_req *wr);
enum ek_err checkin_leave_get(
    struct web_req *wr, struct buf *out, struct ek_why *why);
enum ek_err checkin_leave_post(
    struct web_req *wr, struct buf *out, struct ek_why *why);
enum ek_err checkin_saved_get(
    struct web_req *wr, struct buf *out, struct ek_why *why);

#endif
