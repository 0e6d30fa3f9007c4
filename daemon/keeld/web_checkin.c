/*
 * web_checkin - a check-in in steps, one group of questions a page.
 *
 * Each step that is sent is kept as a draft and answered by 303, so that back
 * and reload send nothing; the last one is saved as keel saves, under the
 * draft's own key, and drops the draft in the same commit.  A GET keeps
 * nothing: the draft begins with the first form that is sent, under the name
 * that the first page's address was drawn with.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evenkeel/text.h"
#include "keeld/api.h"
#include "keeld/html.h"
#include "keeld/web_checkin_in.h"

static void
asking_done(struct asking *asking)
{
	json_decref(asking->form);
	draft_free(asking->draft);
}

/* Of the plan's version that its marks are of. */
static enum ek_err
get_form(struct asking *asking, struct ek_why *why)
{
	const struct draft *draft = asking->draft;
	char target[200];
	enum ek_err err;

	if (!text_is_name(draft->instrument))
		return ek_why(why, EK_NOT_FOUND,
		    "there is no such check-in; choose one of those shown");
	snprintf(target, sizeof(target), "/v1/form?instrument=%s%s%s",
	    draft->instrument,
	    draft->plan[0] == '\0' ? "" : "&plan=", draft->plan);
	err = web_api(asking->wr, "GET", target, NULL, &asking->form, why);
	if (err == EK_OK && !checkin_has(asking, asking->step))
		asking->step = STEP_ITEMS;
	return err;
}

static void
see_step(const struct asking *asking, enum step step)
{
	char target[100];

	snprintf(target, sizeof(target), "checkin?d=%s&s=%s",
	    asking->draft->key, checkin_step_name(step));
	web_see(asking->wr, target);
}

static void
see_saved(struct web_req *wr, const char *key)
{
	char target[100];

	snprintf(target, sizeof(target), "checkin-saved?d=%s", key);
	web_see(wr, target);
}

/* On the record, or off it a moment ago. */
static bool
was_saved(struct web_req *wr, const char *key)
{
	char id[2 * EK_ID_LEN + 1];

	return web_kept_reply(wr, key) != NULL ||
	       draft_was_saved(web_keeld(wr), key, id);
}

/* --- where to begin --- */

struct pick {
	char instrument[EK_NAME_MAX + 1], slot[SCHEDULE_SLOT_ID_LEN + 1];
};

static void
take_pick(struct pick *pick, const json_t *slot)
{
	snprintf(pick->instrument, sizeof(pick->instrument), "%s",
	    web_text(slot, "instrument"));
	snprintf(pick->slot, sizeof(pick->slot), "%s", web_text(slot, "slot"));
}

/* As keel chooses: the slot that was named, the instrument that was, else the
 * pulse, or the one other that waits if the pulse does not. */
static enum ek_err
choose(struct web_req *wr, struct pick *ret, struct ek_why *why)
{
	const char *named = web_query(wr, "slot");
	const char *instrument = web_query(wr, "instrument");
	const json_t *open, *slot;
	json_t *today = NULL;
	bool pulse = false;
	enum ek_err err;
	size_t i;

	snprintf(ret->instrument, sizeof(ret->instrument), "%s",
	    instrument == NULL ? "pulse" : instrument);
	err = web_api(wr, "GET", "/v1/today", NULL, &today, why);
	if (err != EK_OK)
		return err;
	open = json_object_get(today, "open");
	json_array_foreach(open, i, slot)
	{
		const char *asks = web_text(slot, "instrument");

		pulse = pulse || strcmp(asks, "pulse") == 0;
		if (named != NULL ? strcmp(web_text(slot, "slot"), named) == 0
				  : strcmp(asks, ret->instrument) == 0)
			take_pick(ret, slot);
	}
	if (named == NULL && instrument == NULL && !pulse &&
	    json_array_size(open) == 1)
		take_pick(ret, json_array_get(open, 0));
	json_decref(today);
	return EK_OK;
}

/* What another version kept may be none of ours. */
static enum step
step_of(const struct draft *draft)
{
	return draft->step < STEP_COUNT ? (enum step)draft->step : STEP_ITEMS;
}

/* The version its marks will be of, once there is one to be read. */
static void
take_plan(struct draft *draft, const char *plan)
{
	if (draft->plan[0] == '\0' && plan != NULL &&
	    strlen(plan) < sizeof(draft->plan))
		memcpy(draft->plan, plan, strlen(plan) + 1);
}

/* To an address of its own: what waits, else a new one.  One address for both
 * would show, going back from the second step, the second again. */
static enum ek_err
lead(struct asking *asking, struct ek_why *why)
{
	const char *slot = web_query(asking->wr, "slot");
	const char *instrument = web_query(asking->wr, "instrument");
	struct ek_why none = {""};
	char key[DRAFT_KEY_LEN + 1];
	struct pick pick = {"", ""};
	char target[128];
	enum ek_err err = choose(asking->wr, &pick, why);

	if (err != EK_OK)
		return err;
	err = draft_newest(
	    web_keeld(asking->wr), pick.instrument, &asking->draft, &none);
	if (err == EK_OK) {
		snprintf(target, sizeof(target), "checkin?d=%s&s=%s&again=1",
		    asking->draft->key,
		    checkin_step_name(step_of(asking->draft)));
		web_see(asking->wr, target);
	}
	if (err != EK_NOT_FOUND)
		return err;
	web_draw_hex(key);
	snprintf(target, sizeof(target), "checkin?n=%s%s%s", key,
	    slot != NULL         ? "&slot="
	    : instrument != NULL ? "&instrument="
				 : "",
	    slot != NULL         ? slot
	    : instrument != NULL ? instrument
				 : "");
	web_see(asking->wr, target);
	return EK_OK;
}

/* A new one, which nothing keeps yet. */
static enum ek_err
begin(struct asking *asking, const char *key, struct ek_why *why)
{
	struct keeld *keeld = web_keeld(asking->wr);
	struct pick pick = {"", ""};
	enum ek_err err = choose(asking->wr, &pick, why);

	if (err != EK_OK)
		return err;
	asking->late = web_query(asking->wr, "slot") != NULL &&
		       pick.slot[0] == '\0' && api_is_open(keeld);
	err = draft_new(
	    keeld, key, pick.instrument, pick.slot, &asking->draft, why);
	if (err == EK_OK)
		err = get_form(asking, why);
	if (err == EK_OK)
		take_plan(asking->draft, web_text(asking->form, "plan"));
	return err;
}

static void
put_gone(struct web_req *wr, struct buf *out)
{
	struct ek_why why = {""};

	ek_why(&why, EK_NOT_FOUND,
	    "What you began here is no longer there: it was left, or its time "
	    "is over.");
	web_refused(wr, EK_NOT_FOUND, &why);
	html_put(out,
	    "<h1>Check in</h1><p role=\"alert\" class=\"why\">%s</p><p>",
	    why.text);
	web_anchor(wr, out, "checkin", "Begin anew");
	html_put(out, "</p>");
}

static enum ek_err
go_on(
    struct asking *asking, const char *key, struct buf *out, struct ek_why *why)
{
	enum ek_err err;

	err = draft_find(web_keeld(asking->wr), key, &asking->draft, why);
	if (err == EK_OK) {
		asking->begun = true;
		asking->again = web_query(asking->wr, "again") != NULL;
		asking->step = step_of(asking->draft);
		checkin_step_of(web_query(asking->wr, "s"), &asking->step);
		err = get_form(asking, why);
		if (err == EK_OK)
			checkin_draw(asking, out);
	} else if (err == EK_NOT_FOUND && was_saved(asking->wr, key)) {
		see_saved(asking->wr, key);
		err = EK_OK;
	} else if (err == EK_NOT_FOUND && checkin_is_locked(asking->wr)) {
		err = EK_LOCKED; /* it may lie there: opened, it is gone on */
	} else if (err == EK_NOT_FOUND) {
		put_gone(asking->wr, out);
		err = EK_OK;
	}
	return err;
}

/* The first step, also when she comes back to it. */
static enum ek_err
first(
    struct asking *asking, const char *key, struct buf *out, struct ek_why *why)
{
	struct ek_why none = {""};
	enum ek_err err;

	err = draft_find(web_keeld(asking->wr), key, &asking->draft, &none);
	if (err == EK_OK) {
		asking->begun = true;
		err = get_form(asking, why);
	} else if (err == EK_NOT_FOUND && was_saved(asking->wr, key)) {
		see_saved(asking->wr, key);
		return EK_OK;
	} else if (err == EK_NOT_FOUND) {
		err = begin(asking, key, why);
	}
	if (err == EK_OK)
		checkin_draw(asking, out);
	return err;
}

static enum ek_err
checkin_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	struct asking asking = {.wr = wr, .step = STEP_ITEMS};
	const char *key = web_query(wr, "d"), *new = web_query(wr, "n");
	enum ek_err err;

	if (key != NULL)
		err = go_on(&asking, key, out, why);
	else if (new != NULL)
		err = first(&asking, new, out, why);
	else
		err = lead(&asking, why);
	asking_done(&asking);
	return err;
}

/* --- a step that was sent --- */

static void
take_off(struct asking *asking)
{
	const char *off = web_field(asking->wr, "off");

	if (off == NULL || (!asking->partial && asking->step != STEP_ITEMS))
		return;
	asking->draft->off = strcmp(off, "1") == 0   ? DRAFT_OFF_RECORD
			     : strcmp(off, "2") == 0 ? DRAFT_TOOK_PLACE
						     : DRAFT_ON_RECORD;
}

/* The draft it belongs to, or a new one under the form's key.  A step whose
 * draft was left meanwhile is not thrown away with it. */
static enum ek_err
find_draft(struct asking *asking, struct ek_why *why)
{
	struct web_req *wr = asking->wr;
	const char *key = web_query(wr, "d");
	const char *instrument = web_field(wr, "instrument");
	bool named = key != NULL;
	struct ek_why none = {""};
	enum ek_err err;

	if (!named)
		key = web_query(wr, "n");
	if (key == NULL || instrument == NULL)
		return ek_why(why, EK_INVALID,
		    "the form is not one of ours; open the page anew");
	err = draft_find(web_keeld(wr), key, &asking->draft, &none);
	asking->begun = named || err == EK_OK;
	if (err != EK_NOT_FOUND)
		return err;
	asking->partial = named;
	if (was_saved(wr, key))
		return EK_CONFLICT; /* nothing more is taken */
	err = draft_new(web_keeld(wr), key, instrument, web_field(wr, "slot"),
	    &asking->draft, why);
	if (err == EK_OK && named && checkin_is_locked(wr))
		err = ek_why(why, EK_LOCKED,
		    "your book is locked, and what you began lies in it; "
		    "unlock it, then send this again");
	if (err == EK_OK)
		take_plan(asking->draft, web_field(wr, "plan"));
	return err;
}

/* All up to keeping it; asking->draft has then what was sent. */
static enum ek_err
take_step(struct asking *asking, struct ek_why *why)
{
	enum ek_err err;

	if (!checkin_step_of(web_query(asking->wr, "s"), &asking->step))
		return EK_BUG; /* our own target */
	err = find_draft(asking, why);
	if (err == EK_OK)
		take_off(asking);
	if (err == EK_OK)
		err = get_form(asking, why);
	if (err == EK_OK)
		take_plan(asking->draft, web_text(asking->form, "plan"));
	if (err == EK_OK)
		err = checkin_check(asking, why);
	return err == EK_OK ? checkin_take(asking) : err;
}

static enum ek_err
save(struct asking *asking, struct ek_why *why)
{
	const char *key = asking->draft->key;
	json_t *body = NULL, *json = NULL;
	enum ek_err err = checkin_body(asking, &body, why);

	if (err == EK_OK)
		err = web_api_key(
		    asking->wr, "POST", "/v1/checkins", body, key, &json, why);
	/* in the same commit; that its bytes are not scrubbed yet is no
	 * reason to call unsaved what is saved */
	if (err == EK_OK)
		err = draft_drop(web_keeld(asking->wr), key, false, why);
	if (err == EK_OK) {
		json_object_set_new(json, "took_place",
		    json_boolean(asking->draft->off == DRAFT_TOOK_PLACE));
		web_keep_reply(asking->wr, key, json);
		see_saved(asking->wr, key);
	}
	json_decref(json);
	return err;
}

/* What could not be saved is kept all the same. */
static enum ek_err
save_or_keep(struct asking *asking, struct ek_why *why)
{
	struct ek_why second = {""};
	enum ek_err err;

	asking->draft->step = STEP_NOTE;
	err = save(asking, why);
	if (err == EK_OK)
		return EK_OK;
	asking->alone = err == EK_CONFLICT && asking->draft->slot[0] != '\0';
	if (draft_put(web_keeld(asking->wr), asking->draft, &second) == EK_OK)
		asking->begun = true;
	return err;
}

static enum ek_err
keep_step(struct asking *asking, bool back, struct ek_why *why)
{
	enum step next = back ? checkin_before(asking, asking->step)
			      : checkin_next(asking, asking->step);
	enum ek_err err;

	if (asking->partial)
		next = STEP_ITEMS; /* what came before is to be seen anew */
	asking->draft->step = (int)next;
	err = draft_put(web_keeld(asking->wr), asking->draft, why);
	if (err == EK_OK)
		see_step(asking, next);
	return err;
}

/* The same step is gone on with then. */
static enum ek_err
keep_later(struct asking *asking, struct ek_why *why)
{
	enum ek_err err;

	asking->draft->step =
	    (int)(asking->partial ? STEP_ITEMS : asking->step);
	err = draft_put(web_keeld(asking->wr), asking->draft, why);
	if (err == EK_OK)
		web_see(asking->wr, "today?was=later");
	return err;
}

static bool
field_is(const struct web_req *wr, const char *name, const char *value)
{
	const char *text = web_field(wr, name);

	return text != NULL && strcmp(text, value) == 0;
}

/* Her answers stand in the form again, with the reason.  Of a book that was
 * locked meanwhile the note alone can be shown; else it is opened first. */
static enum ek_err
refuse(
    struct asking *asking, enum ek_err err, struct buf *out, struct ek_why *why)
{
	struct ek_why none = {""};

	if (err == EK_LOCKED && asking->step == STEP_NOTE)
		(void)!get_form(asking, &none);
	if (asking->draft == NULL || asking->form == NULL)
		return err;
	web_refused(asking->wr, err, why);
	checkin_draw(asking, out);
	return EK_OK;
}

static enum ek_err
checkin_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	struct asking asking = {
	    .wr = wr, .step = STEP_ITEMS, .later = web_is_later(wr)};
	const char *key = web_query(wr, "d");
	enum ek_err err = take_step(&asking, why);

	if (err == EK_CONFLICT && asking.draft == NULL) {
		see_saved(wr, key == NULL ? web_query(wr, "n") : key);
		return EK_OK;
	}
	asking.alone = field_is(wr, "go", "alone");
	if (err == EK_OK && asking.later)
		err = keep_later(&asking, why);
	else if (err == EK_OK && asking.step == STEP_NOTE && !asking.partial &&
		 !field_is(wr, "go", "back"))
		err = save_or_keep(&asking, why);
	else if (err == EK_OK)
		err = keep_step(&asking, field_is(wr, "go", "back"), why);
	if (err != EK_OK)
		err = refuse(&asking, err, out, why);
	asking_done(&asking);
	return err;
}

/* The same from a session that is over: as far as the draft. */
static enum ek_err
checkin_ended(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	struct asking asking = {.wr = wr, .step = STEP_ITEMS, .later = true};
	enum ek_err err = take_step(&asking, why);

	(void)out;
	if (err == EK_OK)
		asking.draft->step =
		    (int)(asking.lacks ? asking.step
				       : checkin_next(&asking, asking.step));
	if (err == EK_OK)
		err = draft_put(web_keeld(wr), asking.draft, why);
	asking_done(&asking);
	return err;
}

const struct web_row web_ended_rows[] = {
    {"POST", "checkin", checkin_ended},
    {NULL, NULL, NULL},
};

const struct web_row web_checkin_rows[] = {
    {"GET", "checkin", checkin_get},
    {"POST", "checkin", checkin_post},
    {"GET", "checkin-leave", checkin_leave_get},
    {"POST", "checkin-leave", checkin_leave_post},
    {"GET", "checkin-saved", checkin_saved_get},
    {NULL, NULL, NULL},
};
