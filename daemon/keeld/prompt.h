/*
 * prompt - the bubble: one for each slot that is due, through keel-notify.
 *
 * Core's slot_step decides whether a slot is shown; `shown` is kept before the
 * helper is told to show, so that a crash may lose a bubble and never doubles
 * one.  Bubbles of a slot: one, one nudge, one for each snooze, one when the
 * server of notifications restarted under it.  Between them nothing of the
 * desktop runs and nothing wakes; without a session bus nothing is started.
 */
#ifndef KEELD_PROMPT_H
#define KEELD_PROMPT_H

#include "keeld/keeld.h"

struct prompt;
struct moment;

/* Adds a one-time link to a page ("checkin?slot=…", "today") for the browser;
 * false: there is none, and the bubble says what to type. */
typedef bool (*prompt_link_cb)(
    struct keeld *keeld, const char *target, struct buf *out);

enum ek_err prompt_new(struct keeld *keeld, prompt_link_cb link_cb,
    struct prompt **ret) EK_MUST_USE;
/* The helper puts its bubble away and ends. */
void prompt_free(struct prompt *prompt);
/* Starts the helper when something is to be shown.  The instant (Unix
 * seconds) to look again, 0: none. */
int64_t prompt_tick(struct prompt *prompt, const struct moment *now);
/* A bubble that another helper of ours left: the next one closes it. */
void prompt_orphan(struct prompt *prompt, long long id);
/* After the turn's commit, which went as err says: what was kept as shown is
 * shown; what was answered elsewhere is put away. */
void prompt_turn_end(struct prompt *prompt, enum ek_err err);

#endif
