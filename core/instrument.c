/*
 * instrument - a FHIR R4 Questionnaire and what is known of it.  Strict:
 * what is not understood is refused with its JSON path.
 */
#include "evenkeel/instrument.h"

#include <stdlib.h>
#include <string.h>

#include "evenkeel/civil.h"
#include "evenkeel/text.h"
#include "instrument_in.h"

bool
measure_name_ok(const char *name, size_t len)
{
	size_t i;

	if (len == 0 || len > EK_ITEM_ID_MAX || name[0] < 'a' || name[0] > 'z')
		return false;
	for (i = 1; i < len; i++) {
		char c = name[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '.' && c != '_' && c != '-')
			return false;
	}
	return true;
}

static enum ek_err
check_status(const struct reading *in, const json_t *root)
{
	static const char *const names[] = {
	    "draft", "active", "retired", "unknown"};
	const char *status = NULL;
	enum ek_err err;
	size_t i;

	err = get_text(in, NULL, root, "status", true, &status);
	if (err != EK_OK)
		return err;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], status) == 0)
			return EK_OK;
	return refuse(in, EK_INVALID, NULL, "status",
	    "is no status of FHIR; use draft, active, retired or unknown");
}

static enum ek_err
check_type(const struct reading *in, const json_t *root)
{
	const char *type = NULL;
	enum ek_err err;

	err = get_text(in, NULL, root, "resourceType", true, &type);
	if (err == EK_OK && strcmp(type, "Questionnaire") != 0)
		err = refuse(in, EK_INVALID, NULL, "resourceType",
		    "is not Questionnaire; give a FHIR R4 Questionnaire");
	return err;
}

/* ["Person", ...]: who is asked; nothing of ours depends on it. */
static enum ek_err
check_subject(const struct reading *in, const json_t *root)
{
	const json_t *list = json_object_get(root, "subjectType");
	size_t i;

	if (list == NULL)
		return EK_OK;
	if (!json_is_array(list) || json_array_size(list) == 0)
		return refuse(in, EK_INVALID, NULL, "subjectType",
		    "is not a list; give [...] with at least one entry");
	for (i = 0; i < json_array_size(list); i++)
		if (!json_is_string(json_array_get(list, i)))
			return refuse(in, EK_INVALID, NULL, "subjectType",
			    "holds something else than text; correct it");
	return EK_OK;
}

/* FHIR's dateTime: a year, a month, a day, or a time with its zone. */
static bool
is_datetime(const char *text)
{
	static const char first[] = "2000-01-01";
	char day[sizeof(first)];
	struct civil civil;
	size_t len = strlen(text);
	int64_t utc;
	int offset;

	if (len >= sizeof(first))
		return civil_parse_rfc3339(text, &utc, &offset);
	if (len != 4 && len != 7 && len != 10)
		return false;
	memcpy(day, first, sizeof(first));
	memcpy(day, text, len);
	return civil_parse_date(day, &civil);
}

static enum ek_err
check_date(const struct reading *in, const json_t *root)
{
	const char *text = NULL;
	enum ek_err err;

	err = get_text(in, NULL, root, "date", false, &text);
	if (err == EK_OK && text != NULL && !is_datetime(text))
		err = refuse(in, EK_INVALID, NULL, "date",
		    "is no date of FHIR; write it as 2026-12-01");
	return err;
}

/* Members that say something about the file and change no score. */
static enum ek_err
check_about(const struct reading *in, const json_t *root)
{
	static const char *const texts[] = {
	    "url", "name", "publisher", "description", "purpose"};
	const char *text = NULL;
	bool flag = false;
	enum ek_err err = EK_OK;
	size_t i;

	for (i = 0; err == EK_OK && i < sizeof(texts) / sizeof(texts[0]); i++)
		err = get_text(in, NULL, root, texts[i], false, &text);
	if (err == EK_OK)
		err = get_bool(in, NULL, root, "experimental", &flag);
	if (err == EK_OK)
		err = check_date(in, root);
	if (err == EK_OK)
		err = check_subject(in, root);
	return err;
}

static enum ek_err
read_text(const struct reading *in, const json_t *root, const char *key,
    size_t max, const char **ret)
{
	const char *text = NULL;
	enum ek_err err;

	err = get_text(in, NULL, root, key, true, &text);
	if (err == EK_OK && strlen(text) > max)
		err = refuse(in, EK_TOO_LARGE, NULL, key,
		    "is longer than %zu bytes; shorten it", max);
	if (err == EK_OK)
		err = keep_text(in, text, ret);
	return err;
}

static enum ek_err
read_names(const struct reading *in, const json_t *root)
{
	struct instrument *instrument = in->instrument;
	enum ek_err err;

	err = read_text(in, root, "id", EK_NAME_MAX, &instrument->name);
	if (err == EK_OK && (!text_is_name(instrument->name) ||
				strchr(instrument->name, '_') != NULL))
		err = refuse(in, EK_INVALID, NULL, "id",
		    "is no name we take; use at most 40 letters, digits, dots "
		    "and hyphens");
	if (err == EK_OK)
		err = read_text(
		    in, root, "title", EK_ITEM_TEXT_MAX, &instrument->title);
	if (err == EK_OK)
		err = read_text(
		    in, root, "version", EK_NAME_MAX, &instrument->version);
	if (err == EK_OK)
		err = read_text(
		    in, root, "language", EK_NAME_MAX, &instrument->language);
	if (err == EK_OK && !text_is_name(instrument->language))
		err = refuse(in, EK_INVALID, NULL, "language",
		    "is no language code; give one as en or zh-Hans");
	if (err == EK_OK)
		err = read_text(in, root, "copyright", EK_ITEM_TEXT_MAX,
		    &instrument->copyright);
	return err;
}

static enum ek_err
read_root(const struct reading *in, const json_t *root)
{
	enum ek_err err;

	if (!json_is_object(root))
		return ek_why(in->why, EK_INVALID,
		    "%s is no object; give a FHIR R4 Questionnaire", in->what);
	err = check_type(in, root);
	if (err == EK_OK)
		err = only(in, NULL, root,
		    "resourceType id url name title status version "
		    "language date publisher description purpose "
		    "copyright experimental subjectType extension item");
	if (err == EK_OK)
		err = check_status(in, root);
	if (err == EK_OK)
		err = check_about(in, root);
	if (err == EK_OK)
		err = read_names(in, root);
	if (err == EK_OK)
		err = read_items(in, root);
	if (err == EK_OK)
		err = read_scoring(in, root);
	return err;
}

enum ek_err
instrument_parse(const char *text, size_t len, const char *what,
    struct instrument **ret, struct ek_why *reterr_why)
{
	struct reading in = {.what = what, .why = reterr_why};
	json_t *root = NULL;
	enum ek_err err;

	if (len > EK_INSTRUMENT_MAX)
		return ek_why(reterr_why, EK_TOO_LARGE,
		    "%s is larger than %d KiB; shorten it", what,
		    EK_INSTRUMENT_MAX / 1024);
	err = json_read(text, len, what, &root, reterr_why);
	if (err != EK_OK)
		return err;
	in.instrument = calloc(1, sizeof(*in.instrument));
	if (in.instrument == NULL) {
		err = EK_NOMEM;
		goto out;
	}
	in.instrument->on = true;
	err = read_root(&in, root);
	if (err != EK_OK)
		goto out;
	*ret = in.instrument;
	in.instrument = NULL;
out:
	instrument_free(in.instrument);
	json_decref(root);
	return err;
}

void
instrument_free(struct instrument *instrument)
{
	if (instrument == NULL)
		return;
	arena_free(instrument->arena);
	free(instrument);
}

const char *
instrument_name(const struct instrument *instrument)
{
	return instrument->name;
}

const char *
instrument_title(const struct instrument *instrument)
{
	return instrument->title;
}

const char *
instrument_version(const struct instrument *instrument)
{
	return instrument->version;
}

const char *
instrument_language(const struct instrument *instrument)
{
	return instrument->language;
}

const char *
instrument_copyright(const struct instrument *instrument)
{
	return instrument->copyright;
}

const char *
instrument_citation(const struct instrument *instrument)
{
	return instrument->citation;
}

const char *
instrument_intro(const struct instrument *instrument)
{
	return instrument->intro;
}

bool
instrument_validated(const struct instrument *instrument)
{
	return instrument->validated;
}

bool
instrument_on(const struct instrument *instrument)
{
	return instrument->on;
}

const struct item *
instrument_items(const struct instrument *instrument, size_t *ret_count)
{
	*ret_count = instrument->item_count;
	return instrument->items;
}

const struct item *
instrument_item(
    const struct instrument *instrument, const char *id, size_t id_len)
{
	size_t i;

	for (i = 0; i < instrument->item_count; i++)
		if (strlen(instrument->items[i].id) == id_len &&
		    memcmp(instrument->items[i].id, id, id_len) == 0)
			return &instrument->items[i];
	return NULL;
}

const struct measure *
instrument_measures(const struct instrument *instrument, size_t *ret_count)
{
	*ret_count = instrument->measure_count;
	return instrument->measures;
}
