/*
 * checkin - one check-in as a request gives it: read, checked, scored, and
 * put into records.  POST /v1/checkins and a diary's fix share it.
 *
 * Texts and keys are borrowed from the request's body.
 */
#ifndef KEELD_CHECKIN_H
#define KEELD_CHECKIN_H

#include "keeld/api.h"

/* The item of a note that answers the one open question (open_question.h). */
#define CHECKIN_OPEN_ITEM "open-question"

struct checkin_text {
	const char *item; /* NULL: the note */
	const char *text; /* "": none (any more) */
};

struct checkin {
	const struct instrument *instrument;
	size_t answer_count;
	struct answer answers[EK_ITEMS_MAX];
	size_t text_count;
	struct checkin_text texts[EK_ITEMS_MAX + 1];
	size_t sign_count;
	struct record_pair signs[EK_MAP_MAX]; /* 1 a little, 2 a lot */
	size_t used_count;
	struct record_pair used[EK_MAP_MAX]; /* 0..3 helped, -1 not said */
	bool has_plan;                       /* whose ids these are */
	unsigned char plan[EK_ID_LEN];
	bool has_answers, has_signs, has_used; /* given at all */
};

/* Reads answers, texts, note, signs, used and plan; other members are the
 * caller's.  plan is what to take when the request names none (NULL: the
 * newest). */
enum ek_err checkin_read(struct keeld *keeld, const json_t *body,
    const struct instrument *instrument, const unsigned char *plan,
    struct checkin *ret, struct ek_why *why) EK_MUST_USE;
/* May this be a text of one?  what names it in the reason. */
enum ek_err checkin_text_ok(
    const char *what, const char *text, struct ek_why *why) EK_MUST_USE;
bool checkin_is_empty(const struct checkin *checkin);
/* Required items without an answer: EK_INVALID naming the first. */
enum ek_err checkin_whole(
    const struct checkin *checkin, struct ek_why *why) EK_MUST_USE;

/* Answers, signs, used and their plan into a CHECKIN record under way. */
void checkin_put(struct record_build *build, const struct checkin *checkin);
/* A NOTE; empty text leaves a note that says nothing. */
void checkin_note(struct batch *batch, const unsigned char *of,
    const struct checkin_text *text, const unsigned char *supersedes);

/* [{"measure","raw","value","band"?}…]; new reference. */
json_t *checkin_scores(const struct instrument *instrument,
    const struct answer *answers, size_t count);

#endif
