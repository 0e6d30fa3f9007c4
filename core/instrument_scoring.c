/*
 * instrument_scoring - our one extension of a Questionnaire: which measures
 * there are and how each is worked out.  docs/instruments.md is its manual.
 */
#include <string.h>

#include "instrument_in.h"

#define SCORING_URL "https://evenkeel.invalid/fhir/scoring"

enum {
	MEASURE_NAME,
	MEASURE_METHOD,
	MEASURE_ITEM,
	MEASURE_REVERSED,
	MEASURE_MULTIPLIER,
	MEASURE_NEEDS,
	MEASURE_DIRECTION,
	MEASURE_BAND,
};

static const struct part measure_parts[] = {
    [MEASURE_NAME] = {"name", "valueString", true, false},
    [MEASURE_METHOD] = {"method", "valueCode", true, false},
    [MEASURE_ITEM] = {"item", "valueString", false, true},
    [MEASURE_REVERSED] = {"reversed", "valueString", false, true},
    [MEASURE_MULTIPLIER] = {"multiplier", "valueDecimal", false, false},
    [MEASURE_NEEDS] = {"needs", "valueInteger", false, false},
    [MEASURE_DIRECTION] = {"direction", "valueCode", true, false},
    [MEASURE_BAND] = {"band", NULL, false, true},
    {0},
};

struct measuring { /* one measure while it is read */
	struct measure *measure;
	struct rule *rule;
	struct measure_band *bands;
	double needs; /* answers it takes, when needs_said */
	bool needs_said;
};

static const struct item *
find_item(const struct instrument *instrument, const char *id)
{
	return instrument_item(instrument, id, strlen(id));
}

static enum ek_err
add_item(const struct reading *in, const struct spot *at, const json_t *ext,
    bool reversed, struct rule *rule)
{
	const char *id = NULL;
	const struct item *item;
	enum ek_err err;
	size_t i;

	err = get_text(in, at, ext, "valueString", true, &id);
	if (err != EK_OK)
		return err;
	item = find_item(in->instrument, id);
	if (item == NULL)
		return refuse(in, EK_INVALID, at, "valueString",
		    "is no question's linkId; name one that is there");
	if (item->type == ITEM_TEXT)
		return refuse(in, EK_INVALID, at, "valueString",
		    "is an open question, which has no number; take it out");
	for (i = 0; i < rule->count; i++)
		if (rule->items[i].item == item)
			return refuse(in, EK_INVALID, at, "valueString",
			    "counts twice in one measure; name it once");
	rule->items[rule->count].item = item;
	rule->items[rule->count++].reversed = reversed;
	return EK_OK;
}

static enum ek_err
read_code(const struct reading *in, const struct spot *at, const json_t *ext,
    const char *const names[3], size_t *ret)
{
	const char *code = NULL;
	enum ek_err err;
	size_t i;

	err = get_text(in, at, ext, "valueCode", true, &code);
	if (err != EK_OK)
		return err;
	for (i = 0; i < 3; i++)
		if (strcmp(names[i], code) == 0)
			break;
	if (i == 3)
		return refuse(in, EK_INVALID, at, "valueCode",
		    "is not understood; use %s, %s or %s", names[0], names[1],
		    names[2]);
	*ret = i;
	return EK_OK;
}

static enum ek_err
read_method(const struct reading *in, const struct spot *at, const json_t *ext,
    struct rule *rule)
{
	static const char *const names[] = {"item", "sum", "mean"};
	static const enum rule_method methods[] = {
	    RULE_ITEM, RULE_SUM, RULE_MEAN};
	size_t which = 0;
	enum ek_err err;

	err = read_code(in, at, ext, names, &which);
	if (err == EK_OK)
		rule->method = methods[which];
	return err;
}

static enum ek_err
read_direction(const struct reading *in, const struct spot *at,
    const json_t *ext, struct measure *measure)
{
	static const char *const names[] = {"higher", "lower", "neither"};
	size_t which = 0;
	enum ek_err err;

	err = read_code(in, at, ext, names, &which);
	if (err != EK_OK)
		return err;
	measure->higher_is_better = which == 0;
	measure->neither = which == 2;
	return EK_OK;
}

static enum ek_err
read_name(const struct reading *in, const struct spot *at, const json_t *ext,
    struct measure *measure)
{
	const struct instrument *instrument = in->instrument;
	const char *name = NULL;
	enum ek_err err;
	size_t i;

	err = get_text(in, at, ext, "valueString", true, &name);
	if (err != EK_OK)
		return err;
	if (!measure_name_ok(name, strlen(name)))
		return refuse(in, EK_INVALID, at, "valueString",
		    "cannot be a measure's name; use small letters, digits, "
		    "dots and hyphens, a letter first");
	for (i = 0; i < instrument->measure_count; i++)
		if (strcmp(instrument->measures[i].name, name) == 0)
			return refuse(in, EK_INVALID, at, "valueString",
			    "names two measures; give each its own");
	return keep_text(in, name, &measure->name);
}

static enum ek_err
band_cb(const struct reading *in, const struct spot *at, const json_t *ext,
    size_t which, void *arg)
{
	struct measure_band *band = arg;
	const char *name = NULL;
	enum ek_err err;

	if (which == 0)
		return get_number(in, at, ext, "valueDecimal", &band->up_to);
	err = get_text(in, at, ext, "valueString", true, &name);
	if (err == EK_OK)
		err = keep_text(in, name, &band->name);
	return err;
}

static enum ek_err
read_band(const struct reading *in, const struct spot *at, const json_t *ext,
    struct measuring *m)
{
	static const struct part parts[] = {
	    {"upTo", "valueDecimal", true, false},
	    {"name", "valueString", true, false},
	    {0},
	};
	struct measure_band *band = &m->bands[m->measure->band_count];
	enum ek_err err;

	err = parts_walk(in, at, ext, parts, band_cb, band);
	if (err != EK_OK)
		return err;
	if (m->measure->band_count > 0 && band->up_to <= band[-1].up_to)
		return refuse(in, EK_INVALID, at, NULL,
		    "does not lie above the band before it; put the lowest "
		    "first");
	m->measure->band_count++;
	return EK_OK;
}

static enum ek_err
measure_cb(const struct reading *in, const struct spot *at, const json_t *ext,
    size_t which, void *arg)
{
	struct measuring *m = arg;
	struct rule *rule = m->rule;

	switch (which) {
	case MEASURE_NAME:
		return read_name(in, at, ext, m->measure);
	case MEASURE_METHOD:
		return read_method(in, at, ext, rule);
	case MEASURE_ITEM:
	case MEASURE_REVERSED:
		return add_item(in, at, ext, which == MEASURE_REVERSED, rule);
	case MEASURE_MULTIPLIER:
		return get_number(
		    in, at, ext, "valueDecimal", &rule->multiplier);
	case MEASURE_NEEDS:
		m->needs_said = true;
		return get_number(in, at, ext, "valueInteger", &m->needs);
	case MEASURE_DIRECTION:
		return read_direction(in, at, ext, m->measure);
	default:
		return read_band(in, at, ext, m);
	}
}

/* When answers may be missing, or are averaged, the items must be alike. */
static bool
items_alike(const struct rule *rule)
{
	size_t i;

	for (i = 1; i < rule->count; i++)
		if (rule->items[i].item->min != rule->items[0].item->min ||
		    rule->items[i].item->max != rule->items[0].item->max)
			return false;
	return true;
}

static enum ek_err
check_rule(const struct reading *in, const struct spot *at, struct measuring *m)
{
	struct rule *rule = m->rule;

	if (rule->count == 0)
		return refuse(in, EK_INVALID, at, "extension",
		    "names no item; say which questions count");
	if (rule->method == RULE_ITEM && rule->count != 1)
		return refuse(in, EK_INVALID, at, "extension",
		    "has the method item and %zu items; name one, or use sum "
		    "or mean",
		    rule->count);
	if (!(rule->multiplier > 0))
		return refuse(in, EK_INVALID, at, "extension",
		    "has a multiplier that is not above 0; correct it");
	if (!m->needs_said)
		m->needs = (double)rule->count;
	if (m->needs < 1 || m->needs > (double)rule->count)
		return refuse(in, EK_INVALID, at, "extension",
		    "needs a number of answers that is not from 1 to %zu; "
		    "correct it",
		    rule->count);
	rule->needs = (size_t)m->needs;
	if ((rule->method == RULE_MEAN || rule->needs < rule->count) &&
	    !items_alike(rule))
		return refuse(in, EK_INVALID, at, "extension",
		    "averages items of different ranges; give them the same "
		    "range, or use sum and need all of them");
	return EK_OK;
}

static void
find_bounds(struct measuring *m)
{
	const struct rule *rule = m->rule;
	double low = 0, high = 0;
	size_t i;

	for (i = 0; i < rule->count; i++) {
		low += rule->items[i].item->min;
		high += rule->items[i].item->max;
	}
	if (rule->method == RULE_MEAN) {
		low /= (double)rule->count;
		high /= (double)rule->count;
	}
	m->measure->min = low * rule->multiplier;
	m->measure->max = high * rule->multiplier;
}

/* Every value has a band and every band a value. */
static enum ek_err
check_bands(
    const struct reading *in, const struct spot *at, struct measuring *m)
{
	const struct measure *measure = m->measure;
	size_t count = measure->band_count;

	if (count == 0)
		return EK_OK;
	if (m->bands[0].up_to < measure->min - BAND_SLACK ||
	    (count > 1 &&
		m->bands[count - 2].up_to >= measure->max - BAND_SLACK))
		return refuse(in, EK_INVALID, at, "extension",
		    "has a band that no value from %g to %g can reach; take "
		    "it out",
		    measure->min, measure->max);
	if (m->bands[count - 1].up_to < measure->max - BAND_SLACK)
		return refuse(in, EK_INVALID, at, "extension",
		    "has no band for values up to %g; let the last one reach "
		    "them",
		    measure->max);
	return EK_OK;
}

static enum ek_err
read_measure(const struct reading *in, const struct spot *at, const json_t *ext)
{
	struct instrument *instrument = in->instrument;
	size_t parts = json_array_size(json_object_get(ext, "extension"));
	struct measuring m = {
	    .measure = &instrument->measures[instrument->measure_count],
	    .rule = &instrument->rules[instrument->measure_count],
	};
	enum ek_err err;

	if (parts > EK_ITEMS_MAX + EK_OPTIONS_MAX)
		return refuse(in, EK_TOO_LARGE, at, "extension",
		    "has more than %d parts; leave some out",
		    EK_ITEMS_MAX + EK_OPTIONS_MAX);
	m.rule->multiplier = 1;
	m.rule->items = room(in, parts, sizeof(*m.rule->items));
	m.bands = room(in, parts, sizeof(*m.bands));
	if (m.rule->items == NULL || m.bands == NULL)
		return EK_NOMEM;
	m.measure->bands = m.bands;
	err = parts_walk(in, at, ext, measure_parts, measure_cb, &m);
	if (err == EK_OK)
		err = check_rule(in, at, &m);
	if (err != EK_OK)
		return err;
	find_bounds(&m);
	err = check_bands(in, at, &m);
	instrument->measure_count += err == EK_OK;
	return err;
}

enum { SCORING_MEASURE, SCORING_VALIDATED, SCORING_ON, SCORING_CITATION };

static const struct part scoring_parts[] = {
    [SCORING_MEASURE] = {"measure", NULL, false, true},
    [SCORING_VALIDATED] = {"validated", "valueBoolean", true, false},
    [SCORING_ON] = {"onByDefault", "valueBoolean", false, false},
    [SCORING_CITATION] = {"citation", "valueString", true, false},
    {0},
};

static enum ek_err
need_bool(const struct reading *in, const struct spot *at, const json_t *ext,
    bool *ret)
{
	if (json_object_get(ext, "valueBoolean") == NULL)
		return refuse(
		    in, EK_INVALID, at, "valueBoolean", "is missing; add it");
	return get_bool(in, at, ext, "valueBoolean", ret);
}

static enum ek_err
scoring_cb(const struct reading *in, const struct spot *at, const json_t *ext,
    size_t which, void *arg)
{
	struct instrument *instrument = in->instrument;
	const char *citation = NULL;
	enum ek_err err;

	(void)arg;
	if (which == SCORING_MEASURE)
		return read_measure(in, at, ext);
	if (which == SCORING_VALIDATED)
		return need_bool(in, at, ext, &instrument->validated);
	if (which == SCORING_ON)
		return need_bool(in, at, ext, &instrument->on);
	err = get_text(in, at, ext, "valueString", true, &citation);
	if (err == EK_OK)
		err = keep_text(in, citation, &instrument->citation);
	return err;
}

static enum ek_err
root_cb(const struct reading *in, const struct spot *at, const json_t *ext,
    size_t which, void *arg)
{
	struct instrument *instrument = in->instrument;
	size_t most = json_array_size(json_object_get(ext, "extension"));

	(void)which;
	(void)arg;
	if (most > EK_ITEMS_MAX + PARTS_MAX)
		return refuse(in, EK_TOO_LARGE, at, "extension",
		    "has more than %d parts; leave some out",
		    EK_ITEMS_MAX + PARTS_MAX);
	instrument->measures = room(in, most, sizeof(struct measure));
	instrument->rules = room(in, most, sizeof(struct rule));
	if (instrument->measures == NULL || instrument->rules == NULL)
		return EK_NOMEM;
	return parts_walk(in, at, ext, scoring_parts, scoring_cb, NULL);
}

static bool
counts_somewhere(const struct instrument *instrument, const struct item *item)
{
	size_t i, j;

	for (i = 0; i < instrument->measure_count; i++)
		for (j = 0; j < instrument->rules[i].count; j++)
			if (instrument->rules[i].items[j].item == item)
				return true;
	return false;
}

enum ek_err
read_scoring(const struct reading *in, const json_t *root)
{
	static const struct part parts[] = {
	    {SCORING_URL, NULL, true, false},
	    {0},
	};
	const struct instrument *instrument = in->instrument;
	enum ek_err err;
	size_t i;

	err = parts_walk(in, NULL, root, parts, root_cb, NULL);
	for (i = 0; err == EK_OK && i < instrument->item_count; i++)
		if (instrument->items[i].type != ITEM_TEXT &&
		    !counts_somewhere(instrument, &instrument->items[i]))
			err = ek_why(in->why, EK_INVALID,
			    "%s: %s (%s) counts in no measure; name it in one",
			    in->what, instrument->paths[i],
			    instrument->items[i].id);
	return err;
}
