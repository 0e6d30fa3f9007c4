/*
 * fuzz_instrument - any bytes are refused with a reason and a remedy, or are
 * an instrument whose every part holds together: ends of ranges score within
 * range and in a band, reversed twice is the same, missing stays missing.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evenkeel/instrument.h"
#include "evenkeel/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* Texts reach a terminal and a page. */
static void
plain(const char *text)
{
	must(text != NULL && *text != '\0');
	must(text_plain_ok(text, strlen(text)));
}

static void
check_item(const struct instrument *instrument, const struct item *item)
{
	size_t i;

	plain(item->id);
	plain(item->text);
	must(instrument_item(instrument, item->id, strlen(item->id)) == item);
	must(item_check(item, NAN, NULL) != EK_OK);
	must(item_check(item, INFINITY, NULL) != EK_OK);
	if (item->type == ITEM_TEXT) {
		must(item_check(item, 0, NULL) == EK_INVALID);
		return;
	}
	must(item->min < item->max);
	must(item_check(item, item->min, NULL) == EK_OK);
	must(item_check(item, item->max, NULL) == EK_OK);
	must(item_check(item, item->min - 1, NULL) == EK_INVALID);
	must(item_check(item, item->max + 1, NULL) == EK_INVALID);
	for (i = 0; i < item->option_count; i++) {
		plain(item->options[i].text);
		must(item_check(item, item->options[i].value, NULL) == EK_OK);
	}
}

static void
check_score(const struct score *score, const struct measure *measure)
{
	double slack = 1e-9 * (1 + fabs(measure->min) + fabs(measure->max));
	size_t i;

	must(score->measure == measure);
	must(score->known);
	must(isfinite(score->raw) && isfinite(score->value));
	must(score->value >= measure->min - slack);
	must(score->value <= measure->max + slack);
	must((score->band != NULL) == (measure->band_count > 0));
	for (i = 0; i < measure->band_count; i++) {
		plain(measure->bands[i].name);
		must(i == 0 ||
		     measure->bands[i].up_to > measure->bands[i - 1].up_to);
	}
}

/* Every item at its lowest or highest, drawn by bits. */
static void
check_scores(const struct instrument *instrument, uint64_t bits)
{
	struct answer answers[EK_ITEMS_MAX];
	struct score *scores;
	const struct item *items;
	const struct measure *measures;
	size_t item_count, measure_count, count = 0, i;
	json_t *json;

	items = instrument_items(instrument, &item_count);
	measures = instrument_measures(instrument, &measure_count);
	must(item_count > 0 && item_count <= EK_ITEMS_MAX);
	scores = calloc(measure_count + 1, sizeof(*scores));
	must(scores != NULL);
	must(instrument_score(instrument, NULL, 0, scores, NULL) == EK_OK);
	for (i = 0; i < measure_count; i++)
		must(!scores[i].known && scores[i].band == NULL);
	for (i = 0; i < item_count; i++) {
		if (items[i].type == ITEM_TEXT)
			continue;
		answers[count].id = items[i].id;
		answers[count].id_len = strlen(items[i].id);
		answers[count++].value =
		    (bits >> i & 1) != 0 ? items[i].max : items[i].min;
	}
	must(instrument_score(instrument, answers, count, scores, NULL) ==
	     EK_OK);
	for (i = 0; i < measure_count; i++)
		check_score(&scores[i], &measures[i]);
	json = instrument_scores_json(scores, measure_count);
	must(json != NULL);
	must(json_array_size(json_object_get(json, "scores")) == measure_count);
	json_decref(json);
	free(scores);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct instrument *instrument = NULL;
	struct ek_why why = {""};
	const struct item *items;
	uint64_t bits = 0;
	size_t count, i;
	enum ek_err err;

	err = instrument_parse(
	    (const char *)data, size, "x.json", &instrument, &why);
	if (err != EK_OK) {
		must(instrument == NULL);
		must(err == EK_INVALID || err == EK_TOO_LARGE);
		must(strncmp(why.text, "x.json", 6) == 0);
		must(strchr(why.text, ';') != NULL);
		must(text_plain_ok(why.text, strlen(why.text)));
		return 0;
	}
	plain(instrument_name(instrument));
	plain(instrument_title(instrument));
	plain(instrument_version(instrument));
	plain(instrument_language(instrument));
	plain(instrument_copyright(instrument));
	plain(instrument_citation(instrument));
	items = instrument_items(instrument, &count);
	for (i = 0; i < count; i++)
		check_item(instrument, &items[i]);
	for (i = 0; i < size; i++)
		bits = bits * 31 + data[i];
	check_scores(instrument, 0);
	check_scores(instrument, UINT64_MAX);
	check_scores(instrument, bits);
	instrument_free(instrument);
	return 0;
}
