/*
 * prompt - the helper's life: started, free, kept as shown, shown, settled.
 *
 * What the helper says is not trusted: a fact that does not fit where we are
 * ends it.  A helper that ends before it showed anything is tried again later
 * and later; one that ends with its bubble up leaves an id, and the next one
 * closes that first.
 */
#include "keeld/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/loop_talk.h"
#include "keeld/prompt_in.h"
#include "keeld/sample.h"

#define FACT_MS      30000 /* a bus that hangs lets go after 25 s */
#define RETRY_SECS   60    /* then twice that, ... */
#define RETRY_MAX    3600
#define FAILURES_MAX 6
#define ORPHAN_TRIES 3 /* to close what a dead helper left */

enum stage {
	STAGE_NONE,    /* no helper */
	STAGE_ASKED,   /* waits for "free" */
	STAGE_KEPT,    /* the record is in this turn's commit */
	STAGE_SHOWING, /* told to show */
	STAGE_TOLD,    /* says what to type */
	STAGE_OPENING, /* her browser is being started */
};

struct prompt {
	struct keeld *keeld;
	prompt_link_cb link_cb;
	struct loop_talk *talk;
	enum stage stage;
	struct prompt_want want;
	struct prompt_note note;
	bool held;     /* as it said last */
	bool lost;     /* the server went while it was shown */
	bool reshown;  /* one is enough */
	int failures;  /* in a row */
	int64_t retry; /* Unix seconds: not before; 0 */
	int64_t sleep; /* a locked book's snooze */
};

static int64_t
now_secs(const struct prompt *prompt)
{
	return loop_now_ms(prompt->keeld->loop) / 1000;
}

static void
note_bubble(struct prompt *prompt, long long id)
{
	if (prompt->note.bubble == id)
		return;
	prompt->note.bubble = id;
	(void)prompt_note_write(&prompt->keeld->paths, &prompt->note);
}

/* The helper puts its bubble away by itself. */
static void
let_go(struct prompt *prompt)
{
	loop_talk_free(prompt->talk);
	prompt->talk = NULL;
	prompt->stage = STAGE_NONE;
	note_bubble(prompt, 0);
}

static void
failed(struct prompt *prompt)
{
	int64_t wait = RETRY_SECS;
	int i;

	if (prompt->failures < FAILURES_MAX)
		prompt->failures++;
	for (i = 1; i < prompt->failures; i++)
		wait *= 2;
	prompt->retry =
	    now_secs(prompt) + (wait < RETRY_MAX ? wait : RETRY_MAX);
}

static void
misbehaved(struct prompt *prompt)
{
	long long orphan = prompt->note.bubble;

	loop_talk_free(prompt->talk);
	prompt->talk = NULL;
	prompt->stage = STAGE_NONE;
	note_bubble(prompt, orphan); /* who knows whether it closes it */
	failed(prompt);
	if (orphan != 0 && prompt->failures == 1)
		prompt->retry =
		    0; /* nobody answers its buttons: away with it */
}

/* It must say something by then. */
static void
expect_fact(struct prompt *prompt)
{
	int ms = FACT_MS;
#ifdef EK_TEST_BUILD
	if (getenv("EVENKEEL_TEST_NOTIFY_MS") != NULL)
		ms = (int)strtol(getenv("EVENKEEL_TEST_NOTIFY_MS"), NULL, 10);
#endif
	loop_talk_limit(prompt->talk, ms);
}

/* --- orders --- */

static void
say_show(struct prompt *prompt)
{
	if (prompt_say_question(prompt->talk) == EK_OK)
		expect_fact(prompt); /* else its end is on the way */
	prompt->stage = STAGE_SHOWING;
}

/* First kept, then shown: what is kept nowhere is not shown. */
static void
keep(struct prompt *prompt)
{
	struct prompt_note *note = &prompt->note;
	struct keeld *keeld = prompt->keeld;
	bool kept = false;

	switch (prompt->want.kind) {
	case PROMPT_SLOT:
		kept = prompt_put(keeld, &prompt->want.pick, SLOT_EV_SHOW,
			   SLOT_SHOWN) == EK_OK;
		break;
	case PROMPT_NUDGE:
		note->nudged = prompt->want.due;
		kept = prompt_is_open(keeld, &prompt->want.pick) &&
		       prompt_note_write(&keeld->paths, note);
		break;
	case PROMPT_LOCKED:
		note->locked = prompt->want.due;
		kept = prompt_note_write(&keeld->paths, note);
		break;
	case PROMPT_NONE:
		break;
	}
	if (kept)
		prompt->stage = STAGE_KEPT;
	else
		let_go(prompt);
}

/* --- facts --- */

static void
free_now(struct prompt *prompt)
{
	prompt->held = false;
	if (prompt->stage == STAGE_ASKED)
		keep(prompt);
	else if (prompt->stage == STAGE_SHOWING && prompt->lost &&
		 !prompt->reshown) {
		prompt->lost = false;
		prompt->reshown = true;
		say_show(prompt);
	} else if (prompt->stage == STAGE_SHOWING && !prompt->lost)
		keeld_tick(prompt->keeld); /* a nudge may have waited */
}

static void
held_now(struct prompt *prompt, const char *reason)
{
	prompt->held = true;
	if (prompt->stage == STAGE_ASKED && prompt->want.kind == PROMPT_NONE)
		let_go(prompt); /* it came for an orphan only */
	else if (prompt->stage >= STAGE_SHOWING &&
		 strcmp(reason, "no-server") == 0) {
		prompt->lost = true;
		note_bubble(prompt, 0);
	}
}

/* No link, or no browser: she is not left with a click that did nothing. */
static void
tell_to_type(struct prompt *prompt)
{
	if (prompt_say_type_it(prompt->talk) == EK_OK)
		expect_fact(prompt);
	prompt->stage = STAGE_TOLD;
}

/* To the slot's own check-in; to today when it was answered or ended in this
 * very turn, for then its form would only be a refusal. */
static bool
make_link(struct prompt *prompt, struct buf *ret_order)
{
	const struct slot_pick *pick = &prompt->want.pick;
	char target[16 + SCHEDULE_SLOT_ID_LEN + 1] = "checkin";
	char id[SCHEDULE_SLOT_ID_LEN + 1];
	struct civil start;

	if (prompt->want.kind != PROMPT_LOCKED) {
		if (!prompt_is_open(prompt->keeld, pick) ||
		    !civil_parse_time(pick->start, &start))
			snprintf(target, sizeof(target), "today");
		else {
			schedule_slot_id(pick->schedule, &start, id);
			snprintf(target, sizeof(target), "checkin?slot=%s", id);
		}
	}
	buf_str(ret_order, "open ");
	return prompt->link_cb(prompt->keeld, target, ret_order) &&
	       buf_err(ret_order) == EK_OK;
}

static void
to_checkin(struct prompt *prompt)
{
	struct buf order;

	buf_init(&order, 300);
	if (make_link(prompt, &order) &&
	    loop_talk_say(prompt->talk, buf_text(&order)) == EK_OK) {
		prompt->stage = STAGE_OPENING;
		expect_fact(prompt);
	} else
		tell_to_type(prompt);
	explicit_bzero(order.data, order.len);
	buf_done(&order);
}

/* Refused (too near the slot's end, settled elsewhere): it stays as it is. */
static void
settle(struct prompt *prompt, bool skip)
{
	int64_t until = now_secs(prompt) + 60 * SLOT_SNOOZE_MINUTES;

	prompt->want.pick.until = until;
	if (prompt->want.kind == PROMPT_LOCKED && !skip) {
		prompt->sleep = until;
		prompt->note.locked = 0;
	} else if (prompt->want.kind != PROMPT_LOCKED)
		(void)!prompt_put(prompt->keeld, &prompt->want.pick,
		    skip ? SLOT_EV_SKIP : SLOT_EV_SNOOZE,
		    skip ? SLOT_SKIPPED : SLOT_SNOOZED);
	let_go(prompt);
}

static void
shown_now(struct prompt *prompt, const char *id)
{
	prompt->failures = 0;
	note_bubble(prompt, strtoll(id, NULL, 10));
}

/* False: this does not fit. */
static bool
take(struct prompt *prompt, const char *line)
{
	bool opening = prompt->stage == STAGE_OPENING;
	bool up = prompt->stage >= STAGE_SHOWING && !opening;

	if (strcmp(line, "free") == 0)
		free_now(prompt);
	else if (strncmp(line, "held ", 5) == 0)
		held_now(prompt, line + 5);
	else if (prompt->stage >= STAGE_SHOWING && prompt_is_shown(line))
		shown_now(prompt, line + 6);
	else if (up && strcmp(line, "action checkin") == 0)
		to_checkin(prompt);
	else if (up && strcmp(line, "action snooze") == 0)
		settle(prompt, false);
	else if (up && strcmp(line, "action skip") == 0)
		settle(prompt, true);
	else if (opening && strcmp(line, "failed") == 0)
		tell_to_type(prompt);
	else if ((opening && strcmp(line, "opened") == 0) ||
		 (up && strcmp(line, "closed") == 0))
		let_go(prompt);
	else
		return false;
	return true;
}

static void
line_cb(const char *line, void *arg)
{
	struct prompt *prompt = arg;

	/* never logged: it would say when she was asked */
	if (!take(prompt, line))
		misbehaved(prompt);
	if (prompt->talk == NULL)
		keeld_tick(prompt->keeld);
}

static void
end_cb(int status, void *arg)
{
	struct prompt *prompt = arg;

	(void)status; /* "failed" or not: it is gone before its time */
	misbehaved(prompt);
	keeld_tick(prompt->keeld);
}

/* --- starting --- */

static void
start(struct prompt *prompt)
{
	const struct loop_talk_cbs cbs = {line_cb, end_cb, prompt};
	char path[EK_PATH_MAX], order[64];
	const char *const argv[] = {path, NULL};

	prompt_find_helper(path, sizeof(path));
	sample_put_away(prompt->keeld->sample);
	if (loop_talk_start(prompt->keeld->loop, argv, &cbs, &prompt->talk) !=
	    EK_OK) {
		failed(prompt);
		return;
	}
	prompt->stage = STAGE_ASKED;
	prompt->held = prompt->lost = prompt->reshown = false;
	prompt->retry = 0;
	expect_fact(prompt);
	if (prompt->note.bubble == 0)
		return;
	snprintf(order, sizeof(order), "close %lld", prompt->note.bubble);
	(void)!loop_talk_say(prompt->talk, order); /* forgotten in let_go */
}

/* --- what keeld calls --- */

/* What is up may have gone into a list of the desktop's where nobody looks, as
 * GNOME does after four seconds: the nudge shows it anew, in its own place. */
static void
nudge(struct prompt *prompt, int64_t due)
{
	prompt->note.nudged = due;
	if (prompt_note_write(&prompt->keeld->paths, &prompt->note))
		say_show(prompt);
}

/* While one is up: nothing else starts, and it goes when its slot ends. */
static int64_t
while_up(struct prompt *prompt, const struct prompt_want *want, int64_t now)
{
	int64_t ends = prompt->want.ends;

	if (want->kind == PROMPT_NUDGE && want->due == prompt->want.due &&
	    prompt->stage == STAGE_SHOWING && !prompt->held)
		nudge(prompt, want->due);
	return ends > now && (want->next == 0 || ends < want->next)
		   ? ends
		   : want->next;
}

int64_t
prompt_tick(struct prompt *prompt, const struct moment *now)
{
	struct prompt_want want;
	int64_t wait = prompt->retry;

	if (getenv("DBUS_SESSION_BUS_ADDRESS") == NULL)
		return 0;
	prompt_want(prompt->keeld, &prompt->note, &want);
	if (prompt->talk != NULL)
		return while_up(prompt, &want, now->utc);
	if (want.kind == PROMPT_LOCKED && prompt->sleep > wait)
		wait = prompt->sleep;
	if (prompt->failures >= ORPHAN_TRIES) /* its server is gone, too */
		note_bubble(prompt, 0);
	if (want.kind == PROMPT_NONE && prompt->note.bubble == 0)
		return want.next;
	if (wait > now->utc)
		return want.next != 0 && want.next < wait ? want.next : wait;
	prompt->want = want;
	start(prompt);
	if (prompt->talk != NULL)
		return while_up(prompt, &want, now->utc);
	return want.next == 0 || prompt->retry < want.next ? prompt->retry
							   : want.next;
}

/* Open and not answered elsewhere; a locked book cannot be asked. */
static bool
still_wanted(const struct prompt *prompt)
{
	switch (prompt->want.kind) {
	case PROMPT_SLOT:
	case PROMPT_NUDGE:
		break;
	case PROMPT_LOCKED:
		return store_state(prompt->keeld->store) == STORE_LOCKED;
	case PROMPT_NONE:
		return prompt->stage == STAGE_ASKED;
	}
	if (prompt->stage == STAGE_ASKED)
		return api_is_open(prompt->keeld);
	return prompt_is_open(prompt->keeld, &prompt->want.pick);
}

void
prompt_turn_end(struct prompt *prompt, enum ek_err err)
{
	if (prompt == NULL || prompt->talk == NULL)
		return;
	if (prompt->stage == STAGE_KEPT && err == EK_OK)
		say_show(prompt);
	else if (prompt->stage == STAGE_KEPT) {
		let_go(prompt);
		failed(prompt); /* not kept, so not shown: later */
	} else if (!still_wanted(prompt))
		let_go(prompt);
	if (prompt->talk == NULL)
		keeld_tick(prompt->keeld);
}

void
prompt_orphan(struct prompt *prompt, long long id)
{
	if (prompt == NULL || id == 0 || prompt->talk != NULL ||
	    prompt->note.bubble != 0)
		return;
	note_bubble(prompt, id);
	keeld_tick(prompt->keeld);
}

enum ek_err
prompt_new(struct keeld *keeld, prompt_link_cb link_cb, struct prompt **ret)
{
	struct prompt *prompt = calloc(1, sizeof(*prompt));

	if (prompt == NULL)
		return EK_NOMEM;
	prompt->keeld = keeld;
	prompt->link_cb = link_cb;
	prompt_note_read(&keeld->paths, now_secs(prompt), &prompt->note);
	*ret = prompt;
	return EK_OK;
}

void
prompt_free(struct prompt *prompt)
{
	if (prompt == NULL)
		return;
	if (prompt->talk != NULL)
		let_go(prompt);
	free(prompt);
}
