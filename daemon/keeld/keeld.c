/*
 * keeld - routes, timer, armed instants, the drawn minute of the copy.
 *
 * The timer stands at the next due instant or the next drawn minute of the
 * copy, or where a bubble is due again or a draft is over, whichever is first,
 * and at nothing else: a daemon at rest sleeps.
 */
#include "keeld/keeld.h"

#include <stdlib.h>
#include <string.h>

#include "base/seal.h"
#include "keeld/api.h"
#include "keeld/autostart.h"
#include "keeld/draft.h"
#include "keeld/prompt.h"
#include "keeld/sample.h"
#include "keeld/web.h"

#define ARMED_MAX 2048 /* instants in 14 days; more are armed as days pass */

/* The copy's minute lies in the hours a workstation is likely to run. */
#define COPY_FROM_MIN   (8 * 60)
#define COPY_SPREAD_MIN (10 * 60)

static const struct http_route *const routes[] = {
    api_archive_routes,
    api_ask_routes,
    api_autostart_routes,
    api_bubble_routes,
    api_checkin_routes,
    api_coping_routes,
    api_copy_routes,
    api_diary_routes,
    api_doctor_routes,
    api_erase_routes,
    api_form_routes,
    api_history_routes,
    api_page_routes,
    api_plan_routes,
    api_schedule_routes,
    api_slot_routes,
    api_start_routes,
    api_status_routes,
    api_today_routes,
};

static void
timer_cb(void *arg)
{
	keeld_tick(arg);
}

static bool
link_cb(struct keeld *keeld, const char *target, struct buf *out)
{
	return web_link(keeld->web, target, out, NULL) == EK_OK;
}

/* --- the login keyring at start --- */

static void
found_cb(enum ek_err err, const struct ek_why *why, const unsigned char *secret,
    void *arg)
{
	struct keeld *keeld = arg;

	(void)why; /* status says "locked", unlock says why */
	keeld->opening = NULL;
	if (err != EK_OK || store_state(keeld->store) != STORE_LOCKED)
		return;
	if (store_unlock(keeld->store, "keyring", secret, NULL) == EK_OK)
		(void)!keeld_opened(keeld, NULL);
}

enum ek_err
keeld_start(struct keeld *keeld)
{
	enum ek_err err;
	size_t i;

	LIST_INIT(&keeld->jobs);
	LIST_INIT(&keeld->autostart_waits);
	err = loop_timer_new(keeld->loop, timer_cb, keeld, &keeld->timer);
	if (err == EK_OK)
		err = said_new(&keeld->said);
	if (err == EK_OK)
		err = drafts_new(&keeld->drafts);
	if (err == EK_OK)
		err = prompt_new(keeld, link_cb, &keeld->prompt);
	if (err == EK_OK)
		err = sample_new(keeld, &keeld->sample);
	if (err == EK_OK)
		err = autostart_new(
		    keeld->loop, api_autostart_cb, keeld, &keeld->autostart);
	for (i = 0; err == EK_OK && i < sizeof(routes) / sizeof(routes[0]); i++)
		err = http_routes(keeld->http, routes[i], keeld);
	if (err != EK_OK)
		return err;
	if (store_state(keeld->store) == STORE_OPEN)
		(void)!keeld_opened(
		    keeld, NULL); /* erased: there is none now */
	else if (store_state(keeld->store) == STORE_LOCKED &&
		 store_key_mode(keeld->store) == KEY_KEYRING)
		(void)!keyring_lookup(keeld->loop, store_item(keeld->store),
		    found_cb, keeld, &keeld->opening);
	if (store_state(keeld->store) == STORE_LOCKED)
		keeld_tick(keeld); /* a locked book prompts, too */
	return EK_OK;
}

void
keeld_done(struct keeld *keeld)
{
	keyring_cancel(keeld->opening);
	keeld->opening = NULL;
	key_jobs_done(keeld);
	sample_free(keeld->sample);
	keeld->sample = NULL;
	api_autostart_done(keeld);
	autostart_free(keeld->autostart);
	keeld->autostart = NULL;
	prompt_free(keeld->prompt);
	keeld->prompt = NULL;
	loop_timer_free(keeld->timer);
	keeld->timer = NULL;
	free(keeld->armed);
	keeld->armed = NULL;
	said_free(keeld->said);
	keeld->said = NULL;
	drafts_free(keeld->drafts);
	keeld->drafts = NULL;
}

/* --- the sealed copy --- */

/* The owner's word from another desk: this book ends here as well. */
static enum ek_err
obey(struct keeld *keeld, enum ek_err err)
{
	if (err != EK_ERASED)
		return err;
	(void)!store_destroy(keeld->store, NULL); /* or at the start */
	autostart_want(keeld->autostart, false);
	return err;
}

enum ek_err
keeld_copy(struct keeld *keeld, struct ek_why *reterr_why)
{
	enum ek_err err;

	if (store_state(keeld->store) != STORE_OPEN)
		return EK_OK;
	err = copy_write(
	    keeld->copy, keeld->store, loop_now_ms(keeld->loop), reterr_why);
	/* a day later there may be room: now at every writing, copy or none */
	if (err != EK_ERASED)
		(void)!store_scrub_owed(keeld->store, NULL);
	return obey(keeld, err);
}

enum ek_err
keeld_opened(struct keeld *keeld, struct ek_why *reterr_why)
{
	enum ek_err err;

	err = copy_join(keeld->copy, keeld->store, NULL, reterr_why);
	err = obey(keeld, err);
	keeld->armed_known = false;
	keeld->copy_day = 0;
	keeld_tick(keeld);
	return err == EK_ERASED ? err : EK_OK;
}

static int64_t
drawn_minute(const struct keeld *keeld, const struct moment *now, int64_t day)
{
	struct civil civil;
	uint32_t minute;

	minute = COPY_FROM_MIN + seal_drawn(store_key(keeld->store),
				     "copy minute", day, COPY_SPREAD_MIN);
	civil_from_days(day, &civil);
	civil.hour = (int)(minute / 60);
	civil.min = (int)(minute % 60);
	return zone_instant(now->zone, &civil);
}

/* Writes the copy when the awaited minute came; the next such minute.  A start
 * after today's minute waits for tomorrow's: the stop writes, too. */
static int64_t
copy_in_time(struct keeld *keeld, const struct moment *now)
{
	bool past = now->utc >= drawn_minute(keeld, now, now->day);

	if (keeld->copy_day != 0 && keeld->copy_day <= now->day &&
	    now->utc >= drawn_minute(keeld, now, keeld->copy_day))
		(void)!keeld_copy(keeld, NULL); /* status says how it went */
	if (store_state(keeld->store) != STORE_OPEN)
		return 0;
	keeld->copy_day = now->day + past;
	return drawn_minute(keeld, now, keeld->copy_day);
}

/* --- armed instants --- */

static bool
same_armed(const struct keeld *keeld, const int64_t *due, size_t count)
{
	return keeld->armed_known && keeld->armed_count == count &&
	       (count == 0 ||
		   memcmp(keeld->armed, due, count * sizeof(*due)) == 0);
}

static enum ek_err
due_list(struct keeld *keeld, const struct moment *now, int64_t *due,
    size_t *ret_count)
{
	struct schedules *schedules = NULL;
	enum ek_err err;

	err = api_schedules(keeld, &schedules);
	if (err == EK_OK)
		err = schedule_due(
		    schedules, now->utc, due, ARMED_MAX, ret_count);
	schedules_free(schedules);
	return err;
}

/* The first due instant, or 0. */
static int64_t
arm(struct keeld *keeld, const struct moment *now)
{
	int64_t *due = calloc(ARMED_MAX, sizeof(*due));
	size_t count = 0;

	if (due == NULL || due_list(keeld, now, due, &count) != EK_OK) {
		free(due);
		return 0;
	}
	if (!same_armed(keeld, due, count)) {
		keeld->armed_known =
		    store_arm(keeld->store, due, count, NULL) == EK_OK;
		free(keeld->armed);
		keeld->armed = due;
		keeld->armed_count = count;
		return count > 0 ? due[0] : 0;
	}
	free(due);
	return count > 0 ? keeld->armed[0] : 0;
}

/* The first of two instants of which 0 is none. */
static int64_t
sooner(int64_t a, int64_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

void
keeld_tick(struct keeld *keeld)
{
	struct moment now;
	int64_t due = 0, copy = 0;

	moment_now(keeld, &now);
	if (store_state(keeld->store) == STORE_OPEN)
		copy = copy_in_time(keeld, &now);
	if (store_state(keeld->store) == STORE_OPEN)
		due = arm(keeld, &now);
	due = sooner(due, copy);
	due = sooner(due, prompt_tick(keeld->prompt, &now));
	/* without a timer the next request looks again */
	(void)!loop_timer_set(
	    keeld->timer, sooner(due * 1000, draft_tick(keeld, now.ms)));
}
