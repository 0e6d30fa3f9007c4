/*
 * instrument_score - from answers to measures.  An answer that is not there
 * is missing, never nought; what cannot be worked out is not known.
 */
#include <math.h>
#include <string.h>

#include "evenkeel/text.h"
#include "instrument_in.h"

static bool
is_option(const struct item *item, double value)
{
	size_t i;

	for (i = 0; i < item->option_count; i++)
		if (item->options[i].value == value)
			return true;
	return false;
}

enum ek_err
item_check(const struct item *item, double value, struct ek_why *reterr_why)
{
	switch (item->type) {
	case ITEM_SCALE:
		if (value >= item->min && value <= item->max &&
		    floor(value) == value)
			return EK_OK;
		return ek_why(reterr_why, EK_INVALID,
		    "%s takes whole numbers from %g to %g; give one of them",
		    item->id, item->min, item->max);
	case ITEM_CHOICE:
		if (is_option(item, value))
			return EK_OK;
		return ek_why(reterr_why, EK_INVALID,
		    "%s takes the number of one of its %zu answers, %g to %g; "
		    "give one of them",
		    item->id, item->option_count, item->min, item->max);
	case ITEM_TEXT:
		break;
	}
	return ek_why(reterr_why, EK_INVALID,
	    "%s is answered in words, not by a number; leave it out here",
	    item->id);
}

static enum ek_err
check_answer(const struct instrument *instrument, const struct answer *answers,
    size_t which, double *values, struct ek_why *why)
{
	const struct answer *answer = &answers[which];
	const struct item *item =
	    instrument_item(instrument, answer->id, answer->id_len);
	double *value;

	if (item == NULL)
		return ek_why(why, EK_INVALID,
		    "answer %zu names no item of %s; its items are %s to %s",
		    which + 1, instrument->name, instrument->items[0].id,
		    instrument->items[instrument->item_count - 1].id);
	value = &values[item - instrument->items];
	if (!isnan(*value))
		return ek_why(why, EK_INVALID,
		    "%s is answered twice; give one answer", item->id);
	*value = answer->value;
	return item_check(item, answer->value, why);
}

static const char *
band_of(const struct measure *measure, double value)
{
	size_t i;

	for (i = 0; i < measure->band_count; i++)
		if (value <= measure->bands[i].up_to + BAND_SLACK)
			return measure->bands[i].name;
	return NULL;
}

static void
score_one(const struct instrument *instrument, size_t which,
    const double *values, struct score *ret)
{
	const struct rule *rule = &instrument->rules[which];
	double sum = 0, count = 0;
	size_t i;

	memset(ret, 0, sizeof(*ret));
	ret->measure = &instrument->measures[which];
	for (i = 0; i < rule->count; i++) {
		const struct item *item = rule->items[i].item;
		double value = values[item - instrument->items];

		if (isnan(value))
			continue;
		sum += rule->items[i].reversed ? item->min + item->max - value
					       : value;
		count++;
	}
	if (count < (double)rule->needs)
		return;
	ret->known = true;
	ret->raw = sum;
	if (rule->method == RULE_MEAN)
		ret->raw = sum / count;
	else if (count < (double)rule->count)
		ret->raw = sum / count * (double)rule->count;
	ret->value = ret->raw * rule->multiplier;
	ret->band = band_of(ret->measure, ret->value);
}

enum ek_err
instrument_score(const struct instrument *instrument,
    const struct answer *answers, size_t count, struct score *scores,
    struct ek_why *reterr_why)
{
	double values[EK_ITEMS_MAX];
	enum ek_err err;
	size_t i;

	for (i = 0; i < EK_ITEMS_MAX; i++)
		values[i] = NAN;
	for (i = 0; i < count; i++) {
		err = check_answer(instrument, answers, i, values, reterr_why);
		if (err != EK_OK)
			return err;
	}
	for (i = 0; i < instrument->measure_count; i++)
		score_one(instrument, i, values, &scores[i]);
	return EK_OK;
}

static json_t *
score_json(const struct score *score)
{
	json_t *object = json_object();
	int failed = 0;

	failed |= json_object_set_new(
	    object, "measure", json_string(score->measure->name));
	failed |= json_object_set_new(object, "raw",
	    score->known ? json_from_double(score->raw) : json_null());
	failed |= json_object_set_new(object, "value",
	    score->known ? json_from_double(score->value) : json_null());
	if (score->measure->band_count > 0)
		failed |= json_object_set_new(object, "band",
		    score->known && score->band != NULL
			? json_string(score->band)
			: json_null());
	if (failed == 0)
		return object;
	json_decref(object);
	return NULL;
}

json_t *
instrument_scores_json(const struct score *scores, size_t count)
{
	json_t *list = json_array(), *object = json_object();
	int failed = 0;
	size_t i;

	for (i = 0; i < count; i++)
		failed |= json_array_append_new(list, score_json(&scores[i]));
	failed |= json_object_set_new(object, "scores", list);
	if (failed == 0)
		return object;
	json_decref(object);
	return NULL;
}

const char *
measure_direction(const struct measure *measure)
{
	if (measure->neither)
		return "neither";
	return measure->higher_is_better ? "higher" : "lower";
}

static json_t *
measure_json(const struct measure *measure)
{
	json_t *object = json_object();
	int failed = 0;

	failed |=
	    json_object_set_new(object, "name", json_string(measure->name));
	failed |=
	    json_object_set_new(object, "min", json_from_double(measure->min));
	failed |=
	    json_object_set_new(object, "max", json_from_double(measure->max));
	failed |= json_object_set_new(
	    object, "direction", json_string(measure_direction(measure)));
	if (failed == 0)
		return object;
	json_decref(object);
	return NULL;
}

json_t *
instrument_measures_json(const struct instrument *instrument)
{
	json_t *list = json_array();
	int failed = 0;
	size_t i;

	for (i = 0; i < instrument->measure_count; i++)
		failed |= json_array_append_new(
		    list, measure_json(&instrument->measures[i]));
	if (failed == 0)
		return list;
	json_decref(list);
	return NULL;
}
