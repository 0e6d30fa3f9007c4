/*
 * instrument - a questionnaire as data: FHIR R4 Questionnaire JSON.
 *
 * What we understand: a Questionnaire with id (our name for it), title,
 * version, status, language, copyright and items of type choice, integer,
 * text, display and group (one level); answerOption.valueCoding with the
 * ordinalValue extension, or valueInteger; minValue and maxValue; the words
 * at both ends of a scale; and one extension of ours for scores.
 * docs/instruments.md is the manual.  What we do not understand is refused
 * with its JSON path, never silently skipped: a score would be wrong.
 *
 * Words (display items, a group's text) before the first question are the
 * introduction; later ones lead the text of the next question.
 */
#ifndef EVENKEEL_INSTRUMENT_H
#define EVENKEEL_INSTRUMENT_H

#include "evenkeel/err.h"
#include "evenkeel/json.h"
#include "evenkeel/limits.h"

enum item_type { ITEM_SCALE, ITEM_CHOICE, ITEM_TEXT };

struct item_option {
	const char *text;
	double value;
};

struct item {
	const char *id; /* linkId */
	const char *text;
	enum item_type type;
	double min, max; /* SCALE: whole steps between; CHOICE: of options */
	const char *low_text, *high_text; /* sentences for both ends or NULL */
	size_t option_count;              /* CHOICE */
	const struct item_option *options;
	bool required;
};

struct measure_band { /* value <= up_to, first that fits */
	double up_to;
	const char *name;
};

struct measure {
	const char *name; /* "mood", "role", "ons4.happy", "who5" */
	bool higher_is_better;
	bool neither;    /* no direction (how much pressure) */
	double min, max; /* of the value */
	size_t band_count;
	const struct measure_band *bands;
};

struct score {
	const struct measure *measure;
	bool known; /* false: the missing-item rule gives no score */
	double raw; /* sum or mean before the multiplier */
	double value;
	const char *band; /* NULL when the measure has none */
};

struct instrument;

/* A name a measure may bear: small letters, digits, '.', '_' and '-', a letter
 * first, at most EK_ITEM_ID_MAX bytes. */
bool measure_name_ok(const char *name, size_t len);

/* what names the file for reasons.  EK_INVALID with the JSON path,
 * EK_TOO_LARGE. Caller frees with instrument_free; all texts are borrowed from
 * it. */
enum ek_err instrument_parse(const char *text, size_t len, const char *what,
    struct instrument **ret, struct ek_why *reterr_why) EK_MUST_USE;
void instrument_free(struct instrument *instrument);

const char *instrument_name(const struct instrument *instrument); /* "pulse" */
const char *instrument_title(const struct instrument *instrument);
const char *instrument_version(const struct instrument *instrument);
const char *instrument_language(const struct instrument *instrument);
const char *instrument_copyright(const struct instrument *instrument);
const char *instrument_citation(const struct instrument *instrument);
const char *instrument_intro(const struct instrument *instrument); /* or NULL */
bool instrument_validated(const struct instrument *instrument);
bool instrument_on(const struct instrument *instrument); /* on by default */
const struct item *instrument_items(
    const struct instrument *instrument, size_t *ret_count);
const struct item *instrument_item(
    const struct instrument *instrument, const char *id, size_t id_len);
const struct measure *instrument_measures(
    const struct instrument *instrument, size_t *ret_count);

/* Is value an answer the item takes?  SCALE: whole and in range; CHOICE: the
 * value of an option; TEXT: never.  The reason names item and range. */
enum ek_err item_check(const struct item *item, double value,
    struct ek_why *reterr_why) EK_MUST_USE;

struct answer {
	const char *id;
	size_t id_len;
	double value;
};
/* Checks every answer (unknown id, twice, out of range: EK_INVALID), then
 * scores every measure; scores has room for the instrument's measures.
 * Whether required items are answered is for the caller to look at. */
enum ek_err instrument_score(const struct instrument *instrument,
    const struct answer *answers, size_t count, struct score *scores,
    struct ek_why *reterr_why) EK_MUST_USE;

/* {"scores":[{"measure":…,"raw":…,"value":…,"band":…}]} (DESIGN.md §9); what
 * is not known is null; band only where the measure has bands. */
json_t *instrument_scores_json(const struct score *scores, size_t count);

/* [{"name":…,"min":…,"max":…,"direction":"higher|lower|neither"}], what GET
 * /v1/instruments says of each.  New reference; NULL: out of memory. */
json_t *instrument_measures_json(const struct instrument *instrument);
/* "higher", "lower" or "neither" (is better). */
const char *measure_direction(const struct measure *measure);

#endif
