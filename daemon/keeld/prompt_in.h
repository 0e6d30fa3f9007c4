/*
 * prompt_in - what prompt.c asks of prompt_want.c and prompt_say.c, and
 * sample.c of the second; for these only.
 */
#ifndef KEELD_PROMPT_IN_H
#define KEELD_PROMPT_IN_H

#include "base/loop_talk.h"
#include "keeld/api.h"

enum prompt_kind { PROMPT_NONE, PROMPT_SLOT, PROMPT_NUDGE, PROMPT_LOCKED };

struct prompt_want {
	enum prompt_kind kind;
	struct slot_pick pick; /* SLOT, NUDGE */
	int64_t due;           /* of the slot; LOCKED: how many were due */
	int64_t ends;          /* SLOT, NUDGE */
	int64_t next;          /* look again then (Unix seconds); 0: never */
};

/* What outlives a crash, in the runtime folder: numbers, no words. */
struct prompt_note {
	long long bubble; /* the server's id of what may still be shown; 0 */
	long long nudged; /* due instant of the slot that was nudged last */
	long long locked; /* how many due instants a locked book prompted */
	long long since;  /* Unix seconds: what was before it, it forgot */
};

/* Without one (the folder goes with her last session) it begins now. */
void prompt_note_read(
    const struct paths *paths, int64_t now, struct prompt_note *ret);
/* False: not written; what depends on it is not done. */
bool prompt_note_write(
    const struct paths *paths, const struct prompt_note *note);

/* What is to be shown now, if anything. */
void prompt_want(struct keeld *keeld, const struct prompt_note *note,
    struct prompt_want *ret);
/* Is this slot still open? */
bool prompt_is_open(struct keeld *keeld, const struct slot_pick *pick);
/* A SLOT record of what the event makes of it; by slot_step, into this turn's
 * commit. */
enum ek_err prompt_put(struct keeld *keeld, const struct slot_pick *pick,
    enum slot_event event, enum slot_state state) EK_MUST_USE;

/* --- prompt_say.c --- */

/* The question with its buttons; what to type, without. */
enum ek_err prompt_say_question(struct loop_talk *talk) EK_MUST_USE;
enum ek_err prompt_say_type_it(struct loop_talk *talk) EK_MUST_USE;
enum ek_err prompt_say_sample(struct loop_talk *talk) EK_MUST_USE;
/* "shown ID" with a number that may be one. */
bool prompt_is_shown(const char *line);
/* Beside this program where it was built, else where it was installed. */
void prompt_find_helper(char *out, size_t size);

#endif
