/*
 * form - what a check-in asks (GET /v1/form), and what was given to it.
 *
 * Given answers are always answers the form takes: whoever sets one, an
 * option, a line of stdin or a key on a screen, goes through given_*.
 * Reasons name items and ranges, never what was typed.
 */
#ifndef EVENKEEL_CLI_FORM_H
#define EVENKEEL_CLI_FORM_H

#include <stdbool.h>

#include "evenkeel/buf.h"
#include "evenkeel/err.h"
#include "evenkeel/instrument.h"
#include "evenkeel/json.h"

struct form_bullet { /* a sign or strategy of the plan */
	const char *id;
	const char *text;
};

struct form {
	json_t *json; /* owned; every text below is borrowed from it */
	const char *name, *title;
	const char *intro, *copyright; /* or NULL */
	const char *question;          /* the one open question, or NULL */
	const char *nobody;
	const char *plan; /* version the ids are of, or NULL */
	bool validated;
	bool locked; /* signs and strategies are not to be had */
	size_t item_count;
	struct item *items;
	struct item_option *options; /* of all items */
	size_t sign_count;
	struct form_bullet *signs;
	size_t strategy_count;
	struct form_bullet *strategies;
};

/* Takes a reference of json.  EK_INVALID when a daemon of another version
 * said something else; caller frees with form_free. */
enum ek_err form_read(
    json_t *json, struct form **ret, struct ek_why *reterr_why) EK_MUST_USE;
void form_free(struct form *form);

#define SIGN_LITTLE 1
#define SIGN_LOT    2

#define USED_NOT   (-2) /* not ticked */
#define USED_SAID  (-1) /* ticked; whether it helped was not said */
#define HELPED_MAX 3

struct given_item {
	bool has; /* a value */
	bool old; /* set before given_settle: may be replaced */
	double value;
	struct buf text; /* of a text item */
};

struct given {
	const struct form *form; /* borrowed: outlives this */
	struct given_item *items;
	signed char *signs; /* 0, SIGN_LITTLE, SIGN_LOT */
	signed char *used;  /* USED_NOT, USED_SAID, 0..HELPED_MAX */
	struct buf note;
	bool note_old;
	bool off_record, took_place;
	bool mending; /* an entry there is; leaving lets it stay as it was */
};

enum ek_err given_new(const struct form *form, struct given **ret) EK_MUST_USE;
void given_free(struct given *given); /* wipes */

/* By id, from text: "mood" "7".  EK_USAGE: unknown, out of range, twice. */
enum ek_err given_answer(struct given *given, const char *id, const char *value,
    struct ek_why *reterr_why) EK_MUST_USE;
/* A text item's words; more come on a new line. */
enum ek_err given_text(struct given *given, const char *id, const char *text,
    struct ek_why *reterr_why) EK_MUST_USE;
enum ek_err given_sign(struct given *given, const char *id, const char *value,
    struct ek_why *reterr_why) EK_MUST_USE;
/* value NULL or "": used, helped not said. */
enum ek_err given_used(struct given *given, const char *id, const char *value,
    struct ek_why *reterr_why) EK_MUST_USE;
enum ek_err given_note(struct given *given, const char *text, size_t len,
    struct ek_why *reterr_why) EK_MUST_USE;

/* What was set so far may from now on be set once more, replacing it. */
void given_settle(struct given *given);

bool given_has_words(const struct buf *text); /* more than spaces */
/* Nothing at all was given. */
bool given_is_empty(const struct given *given);
/* The first required item without an answer, or the item count. */
size_t given_missing(const struct given *given);
/* The body of POST /v1/checkins.  New reference; NULL when out of memory. */
json_t *given_body(const struct given *given);
/* The body of POST /v1/diary/ID/fix: the members that differ from before, a
 * body made earlier; {} when none does.  Signs and strategies go together,
 * with the plan their ids are of. */
json_t *given_change(const struct given *given, json_t *before);

#endif
