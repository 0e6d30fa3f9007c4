/*
 * instrument_option - the answers of a choice.  Each needs a value of its
 * own: without it, or with a doubled one, a score would be wrong.
 */
#include <string.h>

#include "instrument_in.h"

struct options { /* while they are read; texts borrowed from the JSON */
	struct item_option *at;
	size_t count;
	const char *codes[EK_OPTIONS_MAX];
};

static enum ek_err
ordinal_cb(const struct reading *in, const struct spot *at, const json_t *ext,
    size_t which, void *arg)
{
	(void)which;
	return get_number(in, at, ext, "valueDecimal", arg);
}

static const struct part ordinal_parts[] = {
    {"http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal",
	true, false},
    {0},
};

/* The value stands in the coding or beside it, where R4's own form builders
 * put it; in both, two readers could differ. */
static enum ek_err
read_ordinal(const struct reading *in, const struct spot *up,
    const json_t *object, const struct spot *at, const json_t *coding,
    double *ret)
{
	bool beside = json_object_get(object, "extension") != NULL;

	if (beside && json_object_get(coding, "extension") != NULL)
		return refuse(in, EK_INVALID, up, "extension",
		    "is there beside that of valueCoding; keep one");
	return beside
		   ? parts_walk(in, up, object, ordinal_parts, ordinal_cb, ret)
		   : parts_walk(in, at, coding, ordinal_parts, ordinal_cb, ret);
}

static enum ek_err
read_coding(const struct reading *in, const struct spot *up,
    const json_t *object, struct item_option *option, const char **ret_code)
{
	struct spot at = {up, "valueCoding", SPOT_WHOLE};
	const json_t *coding = json_object_get(object, "valueCoding");
	const char *system = NULL, *display = NULL;
	enum ek_err err;

	if (!json_is_object(coding))
		return refuse(
		    in, EK_INVALID, &at, NULL, "is not an object; give {...}");
	err = only(in, &at, coding, "system code display extension");
	if (err == EK_OK)
		err = get_text(in, &at, coding, "system", false, &system);
	if (err == EK_OK)
		err = get_text(in, &at, coding, "code", false, ret_code);
	if (err == EK_OK)
		err = get_text(in, &at, coding, "display", true, &display);
	if (err == EK_OK)
		err = read_ordinal(in, up, object, &at, coding, &option->value);
	if (err == EK_OK)
		err = keep_text(in, display, &option->text);
	return err;
}

static enum ek_err
read_plain(const struct reading *in, const struct spot *at,
    const json_t *object, struct item_option *option)
{
	char text[32];
	enum ek_err err;

	err = get_number(in, at, object, "valueInteger", &option->value);
	if (err != EK_OK)
		return err;
	snprintf(text, sizeof(text), "%.0f", option->value);
	return keep_text(in, text, &option->text);
}

static enum ek_err
check_new(const struct reading *in, const struct spot *at,
    const struct options *options, const struct item_option *option,
    const char *code)
{
	size_t i;

	for (i = 0; i < options->count; i++) {
		if (options->at[i].value == option->value)
			return refuse(in, EK_INVALID, at, NULL,
			    "has the same value as answerOption[%zu]; give "
			    "each its own",
			    i);
		if (strcmp(options->at[i].text, option->text) == 0)
			return refuse(in, EK_INVALID, at, NULL,
			    "has the same words as answerOption[%zu]; give "
			    "each its own",
			    i);
		if (code != NULL && options->codes[i] != NULL &&
		    strcmp(options->codes[i], code) == 0)
			return refuse(in, EK_INVALID, at, NULL,
			    "has the same code as answerOption[%zu]; give "
			    "each its own",
			    i);
	}
	return EK_OK;
}

static enum ek_err
read_option(const struct reading *in, const struct spot *at,
    const json_t *object, struct options *options)
{
	struct item_option *option = &options->at[options->count];
	bool coded = json_object_get(object, "valueCoding") != NULL;
	const char *code = NULL;
	enum ek_err err;

	err = only(in, at, object,
	    coded ? "valueCoding valueInteger extension"
		  : "valueCoding valueInteger");
	if (err == EK_OK &&
	    coded == (json_object_get(object, "valueInteger") != NULL))
		err = refuse(in, EK_INVALID, at, NULL,
		    "has not exactly one value; give a valueCoding with its "
		    "ordinalValue, or a valueInteger");
	if (err == EK_OK)
		err = coded ? read_coding(in, at, object, option, &code)
			    : read_plain(in, at, object, option);
	if (err == EK_OK)
		err = check_new(in, at, options, option, code);
	if (err == EK_OK)
		options->codes[options->count++] = code;
	return err;
}

static void
find_bounds(struct item *item)
{
	size_t i;

	item->min = item->max = item->options[0].value;
	for (i = 1; i < item->option_count; i++) {
		double value = item->options[i].value;

		item->min = value < item->min ? value : item->min;
		item->max = value > item->max ? value : item->max;
	}
}

enum ek_err
read_options(const struct reading *in, const struct spot *at,
    const json_t *object, struct item *item)
{
	struct options options = {.count = 0};
	struct spot spot = {at, "answerOption", 0};
	const json_t *list = NULL;
	enum ek_err err;

	err = only(in, at, object,
	    "linkId type text required repeats readOnly "
	    "answerOption");
	if (err == EK_OK)
		err = get_array(in, at, object, "answerOption", &list);
	if (err != EK_OK)
		return err;
	if (json_array_size(list) < 2)
		return refuse(in, EK_INVALID, at, "answerOption",
		    "has fewer than two answers; add them");
	if (json_array_size(list) > EK_OPTIONS_MAX)
		return refuse(in, EK_TOO_LARGE, at, "answerOption",
		    "has more than %d answers; leave some out", EK_OPTIONS_MAX);
	options.at = room(in, json_array_size(list), sizeof(*options.at));
	if (options.at == NULL)
		return EK_NOMEM;
	for (; err == EK_OK && spot.index < json_array_size(list); spot.index++)
		err = read_option(
		    in, &spot, json_array_get(list, spot.index), &options);
	if (err != EK_OK)
		return err;
	item->options = options.at;
	item->option_count = options.count;
	find_bounds(item);
	return EK_OK;
}
