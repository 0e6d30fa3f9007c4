/*
 * instrument_item - the questions of a Questionnaire: scales, choices, open
 * questions, and the words around them.  One level of groups.
 */
#include <stdio.h>
#include <string.h>

#include "evenkeel/text.h"
#include "instrument_in.h"

#define NODES_MAX    (EK_ITEMS_MAX * 4) /* questions, words, groups, ends */
#define ITEM_CONTROL "http://hl7.org/fhir/questionnaire-item-control"

struct items { /* while they are read */
	const char *ids[NODES_MAX];
	size_t id_count;
	/* words (display, group) that stand before the next question */
	char lead[EK_ITEM_TEXT_MAX + 1];
	char lead_path[SPOT_LEN];
};

bool
link_id_ok(const char *text)
{
	size_t len = strlen(text), i;

	if (len == 0 || len > EK_ITEM_ID_MAX)
		return false;
	for (i = 0; i < len; i++) {
		char c = text[i];
		bool letter = (c >= 'a' && c <= 'z') ||
			      (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (!letter && (i == 0 || strchr("._-", c) == NULL))
			return false;
	}
	return true;
}

static enum ek_err
read_link_id(const struct reading *in, const struct spot *at,
    const json_t *object, struct items *items, const char **ret)
{
	const char *id = NULL;
	enum ek_err err;
	size_t i;

	err = get_text(in, at, object, "linkId", true, &id);
	if (err != EK_OK)
		return err;
	if (!link_id_ok(id))
		return refuse(in, EK_INVALID, at, "linkId",
		    "is no id we take; use at most %d letters, digits, dots, "
		    "underscores and hyphens",
		    EK_ITEM_ID_MAX);
	for (i = 0; i < items->id_count; i++)
		if (strcmp(items->ids[i], id) == 0)
			return refuse(in, EK_INVALID, at, "linkId",
			    "stands twice in the file; give each item its own");
	if (items->id_count == NODES_MAX)
		return refuse(in, EK_TOO_LARGE, at, NULL,
		    "is one item too many; %d is the most", NODES_MAX);
	items->ids[items->id_count++] = id;
	*ret = id;
	return EK_OK;
}

/* Words join those already waiting. */
static enum ek_err
lead_add(const struct reading *in, const struct spot *at, struct items *items,
    const char *text)
{
	size_t before = strlen(items->lead);
	size_t len = strlen(text);

	if (before + 1 + len > EK_ITEM_TEXT_MAX)
		return refuse(in, EK_TOO_LARGE, at, "text",
		    "makes the words before one question longer than %d bytes; "
		    "shorten them",
		    EK_ITEM_TEXT_MAX);
	snprintf(items->lead + before, sizeof(items->lead) - before, "%s%s",
	    before > 0 ? "\n" : "", text);
	spot_path(at, NULL, items->lead_path);
	return EK_OK;
}

/* Before the first question they introduce the whole, later the next one. */
static enum ek_err
lead_use(const struct reading *in, const struct spot *at, struct items *items,
    struct item *item)
{
	bool first = in->instrument->item_count == 0;
	enum ek_err err;

	if (items->lead[0] == '\0')
		return EK_OK;
	if (!first) {
		err = lead_add(in, at, items, item->text);
		if (err != EK_OK)
			return err;
	}
	err = keep_text(
	    in, items->lead, first ? &in->instrument->intro : &item->text);
	items->lead[0] = '\0';
	return err;
}

static enum ek_err
bounds_cb(const struct reading *in, const struct spot *at, const json_t *ext,
    size_t which, void *arg)
{
	struct item *item = arg;

	return get_number(
	    in, at, ext, "valueInteger", which == 0 ? &item->min : &item->max);
}

static enum ek_err
control_cb(const struct reading *in, const struct spot *at, const json_t *ext,
    size_t which, void *arg)
{
	struct spot concept_at = {at, "valueCodeableConcept", SPOT_WHOLE};
	struct spot coding_at = {&concept_at, "coding", 0};
	const json_t *concept = json_object_get(ext, "valueCodeableConcept");
	const json_t *list = NULL, *coding;
	const char *system = NULL;
	enum ek_err err;

	(void)which;
	if (!json_is_object(concept))
		return refuse(in, EK_INVALID, &concept_at, NULL,
		    "is missing or no object; add it");
	err = only(in, &concept_at, concept, "coding");
	if (err == EK_OK)
		err = get_array(in, &concept_at, concept, "coding", &list);
	if (err != EK_OK)
		return err;
	if (json_array_size(list) != 1)
		return refuse(in, EK_INVALID, &concept_at, "coding",
		    "is not exactly one; give one");
	coding = json_array_get(list, 0);
	err = only(in, &coding_at, coding, "system code display");
	if (err == EK_OK)
		err = get_text(in, &coding_at, coding, "system", true, &system);
	if (err == EK_OK)
		err = get_text(
		    in, &coding_at, coding, "code", true, (const char **)arg);
	if (err == EK_OK && strcmp(system, ITEM_CONTROL) != 0)
		err = refuse(in, EK_INVALID, &coding_at, "system",
		    "is not FHIR's list of item controls; use that one");
	return err;
}

/* One end of a scale: FHIR's display item with the control lower or upper. */
static enum ek_err
read_end(const struct reading *in, const struct spot *at, const json_t *object,
    struct items *items, struct item *item)
{
	static const struct part parts[] = {
	    {"http://hl7.org/fhir/StructureDefinition/"
	     "questionnaire-itemControl",
		"valueCodeableConcept", true, false},
	    {0},
	};
	const char *id = NULL, *type = NULL, *text = NULL, *control = NULL;
	const char **end;
	enum ek_err err;

	err = only(in, at, object, "linkId type text extension");
	if (err == EK_OK)
		err = read_link_id(in, at, object, items, &id);
	if (err == EK_OK)
		err = get_text(in, at, object, "type", true, &type);
	if (err == EK_OK && strcmp(type, "display") != 0)
		err = refuse(in, EK_INVALID, at, "type",
		    "is not display; below a question only the words for both "
		    "ends may stand");
	if (err == EK_OK)
		err = get_text(in, at, object, "text", true, &text);
	if (err == EK_OK)
		err = parts_walk(
		    in, at, object, parts, control_cb, (void *)&control);
	if (err != EK_OK)
		return err;
	if (strcmp(control, "lower") != 0 && strcmp(control, "upper") != 0)
		return refuse(in, EK_INVALID, at, "extension",
		    "is neither lower nor upper; say which end it is");
	end = control[0] == 'l' ? &item->low_text : &item->high_text;
	if (*end != NULL)
		return refuse(in, EK_INVALID, at, NULL,
		    "is a second text for the same end; keep one");
	return keep_text(in, text, end);
}

static enum ek_err
read_scale(const struct reading *in, const struct spot *at,
    const json_t *object, struct items *items, struct item *item)
{
	static const struct part parts[] = {
	    {"http://hl7.org/fhir/StructureDefinition/minValue", "valueInteger",
		true, false},
	    {"http://hl7.org/fhir/StructureDefinition/maxValue", "valueInteger",
		true, false},
	    {0},
	};
	struct spot spot = {at, "item", 0};
	const json_t *ends = NULL;
	enum ek_err err;

	item->type = ITEM_SCALE;
	err = only(in, at, object,
	    "linkId type text required repeats readOnly "
	    "extension item");
	if (err == EK_OK)
		err = parts_walk(in, at, object, parts, bounds_cb, item);
	if (err == EK_OK && item->min >= item->max)
		err = refuse(in, EK_INVALID, at, "extension",
		    "has a minValue that is not below its maxValue; correct "
		    "them");
	if (err == EK_OK)
		err = get_array(in, at, object, "item", &ends);
	for (; err == EK_OK && spot.index < json_array_size(ends); spot.index++)
		err = read_end(
		    in, &spot, json_array_get(ends, spot.index), items, item);
	return err;
}

static enum ek_err
refuse_flag(const struct reading *in, const struct spot *at,
    const json_t *object, const char *key)
{
	bool flag = false;
	enum ek_err err;

	err = get_bool(in, at, object, key, &flag);
	if (err == EK_OK && flag)
		err = refuse(
		    in, EK_INVALID, at, key, "is not understood; leave it out");
	return err;
}

static enum ek_err
read_kind(const struct reading *in, const struct spot *at, const json_t *object,
    const char *type, struct items *items, struct item *item)
{
	if (strcmp(type, "integer") == 0)
		return read_scale(in, at, object, items, item);
	if (strcmp(type, "choice") == 0) {
		item->type = ITEM_CHOICE;
		return read_options(in, at, object, item);
	}
	if (strcmp(type, "text") == 0) {
		item->type = ITEM_TEXT;
		return only(in, at, object,
		    "linkId type text required repeats readOnly");
	}
	return refuse(in, EK_INVALID, at, "type",
	    "is a kind of item that is not understood; use choice, integer, "
	    "text, display or group");
}

static enum ek_err
read_question(const struct reading *in, const struct spot *at,
    const json_t *object, const char *type, struct items *items,
    struct item *item)
{
	const char *text = NULL;
	enum ek_err err;

	err = read_kind(in, at, object, type, items, item);
	if (err == EK_OK)
		err = get_text(in, at, object, "text", true, &text);
	if (err == EK_OK)
		err = get_bool(in, at, object, "required", &item->required);
	if (err == EK_OK)
		err = refuse_flag(in, at, object, "repeats");
	if (err == EK_OK)
		err = refuse_flag(in, at, object, "readOnly");
	if (err == EK_OK)
		err = keep_text(in, text, &item->text);
	if (err == EK_OK)
		err = lead_use(in, at, items, item);
	return err;
}

static enum ek_err
add_question(const struct reading *in, const struct spot *at,
    const json_t *object, const char *id, const char *type, struct items *items)
{
	struct instrument *instrument = in->instrument;
	char path[SPOT_LEN];
	struct item *item;
	enum ek_err err;

	if (instrument->item_count == EK_ITEMS_MAX)
		return refuse(in, EK_TOO_LARGE, at, NULL,
		    "is one question too many; %d is the most", EK_ITEMS_MAX);
	item = &instrument->items[instrument->item_count];
	spot_path(at, NULL, path);
	err = keep_text(in, path, &instrument->paths[instrument->item_count]);
	if (err == EK_OK)
		err = keep_text(in, id, &item->id);
	if (err == EK_OK)
		err = read_question(in, at, object, type, items, item);
	instrument->item_count += err == EK_OK;
	return err;
}

static enum ek_err read_list(const struct reading *in, const struct spot *up,
    const json_t *object, struct items *items);

static enum ek_err
read_words(const struct reading *in, const struct spot *at,
    const json_t *object, bool group, struct items *items)
{
	const char *text = NULL;
	enum ek_err err;

	err = only(in, at, object,
	    group ? "linkId type text item" : "linkId type text");
	if (err == EK_OK && group && at->up != NULL)
		err = refuse(in, EK_INVALID, at, "type",
		    "is a group within a group; one level is understood");
	if (err == EK_OK)
		err = get_text(in, at, object, "text", !group, &text);
	if (err == EK_OK && text != NULL)
		err = lead_add(in, at, items, text);
	if (err == EK_OK && group)
		err = read_list(in, at, object, items);
	return err;
}

static enum ek_err
read_list(const struct reading *in, const struct spot *up, const json_t *object,
    struct items *items)
{
	struct spot spot = {up, "item", 0};
	const json_t *list = NULL, *entry;
	const char *id = NULL, *type = NULL;
	enum ek_err err;

	err = get_array(in, up, object, "item", &list);
	if (err == EK_OK && list == NULL)
		err =
		    refuse(in, EK_INVALID, up, "item", "is missing; add items");
	for (; err == EK_OK && spot.index < json_array_size(list);
	     spot.index++) {
		entry = json_array_get(list, spot.index);
		err = read_link_id(in, &spot, entry, items, &id);
		if (err == EK_OK)
			err = get_text(in, &spot, entry, "type", true, &type);
		if (err != EK_OK)
			break;
		if (strcmp(type, "group") == 0 || strcmp(type, "display") == 0)
			err =
			    read_words(in, &spot, entry, type[0] == 'g', items);
		else
			err = add_question(in, &spot, entry, id, type, items);
	}
	return err;
}

/* An upper bound of the questions: entries of the list and of its groups. */
static size_t
count_nodes(const json_t *root)
{
	const json_t *list = json_object_get(root, "item");
	size_t count = json_array_size(list), i;

	for (i = 0; i < json_array_size(list); i++)
		count += json_array_size(
		    json_object_get(json_array_get(list, i), "item"));
	return count < EK_ITEMS_MAX ? count : EK_ITEMS_MAX;
}

enum ek_err
read_items(const struct reading *in, const json_t *root)
{
	struct instrument *instrument = in->instrument;
	struct items items = {.id_count = 0};
	size_t nodes = count_nodes(root);
	enum ek_err err;

	instrument->items = room(in, nodes, sizeof(struct item));
	instrument->paths = room(in, nodes, sizeof(*instrument->paths));
	if (instrument->items == NULL || instrument->paths == NULL)
		return EK_NOMEM;
	err = read_list(in, NULL, root, &items);
	if (err != EK_OK)
		return err;
	if (instrument->item_count == 0)
		return refuse(
		    in, EK_INVALID, NULL, "item", "holds no question; add one");
	if (items.lead[0] != '\0')
		return ek_why(in->why, EK_INVALID,
		    "%s: %s has words with no question behind them; put them "
		    "before a question",
		    in->what, items.lead_path);
	return EK_OK;
}
