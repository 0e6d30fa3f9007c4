/*
 * checkin - reading a check-in.
 *
 * Signs and strategies must be bullets of the plan version they name; while
 * the book is locked their form alone can be looked at.
 */
#include "keeld/checkin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evenkeel/text.h"

/* --- answers and texts --- */

static enum ek_err
read_answers(const json_t *body, struct checkin *ret, struct ek_why *why)
{
	const json_t *answers = json_object_get(body, "answers");
	json_t *mutable = (json_t *)(uintptr_t)answers;
	const json_t *value;
	struct answer *answer;
	void *it;

	if (answers == NULL)
		return EK_OK;
	if (!json_is_object(answers))
		return ek_why(why, EK_INVALID,
		    "answers is not an object; give {item: number}");
	if (json_object_size(answers) > EK_ITEMS_MAX)
		return ek_why(why, EK_TOO_LARGE,
		    "there are more than %d answers; give one for each item",
		    EK_ITEMS_MAX);
	ret->has_answers = true;
	for (it = json_object_iter(mutable); it != NULL;
	     it = json_object_iter_next(mutable, it)) {
		value = json_object_iter_value(it);
		answer = &ret->answers[ret->answer_count];
		answer->id = json_object_iter_key(it);
		answer->id_len = strlen(answer->id);
		if (!json_is_number(value))
			return ek_why(why, EK_INVALID,
			    "an answer is not a number; give numbers under "
			    "answers and words under texts");
		answer->value = json_number_value(value);
		ret->answer_count++;
	}
	return EK_OK;
}

/* Checks by scoring; every unknown id and every range is found there. */
static enum ek_err
check_answers(const struct checkin *checkin, struct ek_why *why)
{
	struct score *scores;
	size_t count;
	enum ek_err err;

	(void)instrument_measures(checkin->instrument, &count);
	scores = calloc(count + 1, sizeof(*scores));
	if (scores == NULL)
		return EK_NOMEM;
	err = instrument_score(checkin->instrument, checkin->answers,
	    checkin->answer_count, scores, why);
	free(scores);
	return err;
}

static bool
is_blank(const char *text)
{
	return text[strspn(text, " \n\t")] == '\0';
}

enum ek_err
checkin_text_ok(const char *what, const char *text, struct ek_why *why)
{
	size_t len = strlen(text);

	if (len > EK_NOTE_MAX)
		return ek_why(why, EK_TOO_LARGE,
		    "%s is longer than %d bytes; shorten it", what,
		    EK_NOTE_MAX);
	if (!is_blank(text) && !text_plain_ok(text, len))
		return ek_why(why, EK_INVALID,
		    "%s has control characters; take them out", what);
	return EK_OK;
}

static enum ek_err
add_text(struct checkin *ret, const char *item, const json_t *value,
    struct ek_why *why)
{
	const char *what = item == NULL ? "note" : "a text";
	struct checkin_text *text = &ret->texts[ret->text_count];
	enum ek_err err;

	if (!json_is_string(value))
		return ek_why(
		    why, EK_INVALID, "%s is not text; give a string", what);
	err = checkin_text_ok(what, json_string_value(value), why);
	if (err != EK_OK)
		return err;
	text->item = item;
	text->text = json_string_value(value);
	if (is_blank(text->text))
		text->text = "";
	ret->text_count++;
	return EK_OK;
}

/* In the instrument's order, so that a repeat draws the same ids. */
static enum ek_err
read_texts(const json_t *body, struct checkin *ret, struct ek_why *why)
{
	const json_t *texts = json_object_get(body, "texts");
	const json_t *note = json_object_get(body, "note");
	const struct item *items;
	const json_t *value;
	size_t count, found = 0, i;
	enum ek_err err = EK_OK;

	if (texts != NULL && !json_is_object(texts))
		return ek_why(why, EK_INVALID,
		    "texts is not an object; give {item: words}");
	items = instrument_items(ret->instrument, &count);
	for (i = 0; err == EK_OK && texts != NULL && i < count; i++) {
		value = json_object_get(texts, items[i].id);
		if (value == NULL)
			continue;
		found++;
		if (items[i].type != ITEM_TEXT)
			return ek_why(why, EK_INVALID,
			    "the item %s takes a number; give it under answers",
			    items[i].id);
		err = add_text(ret, items[i].id, value, why);
	}
	if (err == EK_OK && found < json_object_size(texts))
		err = ek_why(why, EK_INVALID,
		    "texts has an item that %s does not; `keel checkin` "
		    "asks those it has",
		    instrument_name(ret->instrument));
	if (err == EK_OK && note != NULL && !json_is_null(note))
		err = add_text(ret, NULL, note, why);
	return err;
}

/* --- signs and strategies --- */

static bool
id_form_ok(const char *id)
{
	size_t len = strlen(id);

	return len >= 2 && len <= 7 && id[0] >= 'a' && id[0] <= 'z' &&
	       strspn(id + 1, "0123456789") == len - 1;
}

static enum ek_err
read_mark(const char *what, const json_t *json, bool used, double *ret,
    struct ek_why *why)
{
	if (used && json_is_null(json)) {
		*ret = -1;
		return EK_OK;
	}
	*ret = json_number_value(json);
	if (!json_is_number(json) || *ret != floor(*ret) || *ret < 0 ||
	    *ret > (used ? 3 : 2))
		return ek_why(why, EK_INVALID,
		    used ? "%s takes 0 (did not help) to 3 (helped a lot), or "
			   "null when not said; correct it"
			 : "%s takes 1 (a little) or 2 (a lot); correct it",
		    what);
	return EK_OK;
}

/* Does that version of the plan have this bullet?  The record lists its ids,
 * so that the document need not be read for it. */
static bool
has_id(const struct record *version, const char *id)
{
	size_t want = strlen(id), len, word;
	const char *ids = record_text(version, PLAN_IDS, &len);

	while (len > 0) {
		for (word = 0; word < len && ids[word] != ' '; word++)
			;
		if (word == want && memcmp(ids, id, want) == 0)
			return true;
		word += word < len;
		ids += word;
		len -= word;
	}
	return false;
}

static enum ek_err
check_mark(
    const struct record *plan, const char *id, bool used, struct ek_why *why)
{
	enum plan_section section = used ? PLAN_HELPS : PLAN_SIGNS;

	if (!id_form_ok(id) || id[0] != plan_section_letter(section))
		return ek_why(why, EK_INVALID,
		    "%s has an id that is none; `keel plan show` lists them",
		    used ? "used" : "signs");
	if (plan != NULL && !has_id(plan, id))
		return ek_why(why, EK_INVALID,
		    "%s names %s, which that version of the plan does not "
		    "have; `keel plan show` lists them",
		    used ? "used" : "signs", id);
	return EK_OK;
}

/* signs or used; a sign of 0 is not marked and left out. */
static enum ek_err
read_marks(const json_t *body, bool used, const struct record *plan,
    struct checkin *ret, struct ek_why *why)
{
	const char *what = used ? "used" : "signs";
	json_t *object = json_object_get(body, what);
	struct record_pair *pairs = used ? ret->used : ret->signs;
	size_t *count = used ? &ret->used_count : &ret->sign_count;
	enum ek_err err = EK_OK;
	double value = 0;
	void *it;

	if (object == NULL)
		return EK_OK;
	if (!json_is_object(object))
		return ek_why(why, EK_INVALID,
		    "%s is not an object; give {id: number}", what);
	if (json_object_size(object) > EK_MAP_MAX)
		return ek_why(why, EK_TOO_LARGE,
		    "%s has more than %d entries; give fewer", what,
		    EK_MAP_MAX);
	for (it = json_object_iter(object); err == EK_OK && it != NULL;
	     it = json_object_iter_next(object, it)) {
		err = read_mark(
		    what, json_object_iter_value(it), used, &value, why);
		if (err == EK_OK)
			err = check_mark(
			    plan, json_object_iter_key(it), used, why);
		if (err != EK_OK || (!used && value < 1))
			continue;
		pairs[*count].key = json_object_iter_key(it);
		pairs[*count].key_len = strlen(pairs[*count].key);
		pairs[(*count)++].value = value;
	}
	return err;
}

/* The version the marks belong to: named, else `otherwise`, else the newest.
 * *ret_plan is NULL while the book is locked. */
static enum ek_err
find_plan(struct keeld *keeld, const json_t *body,
    const unsigned char *otherwise, struct checkin *ret,
    const struct record **ret_plan, struct ek_why *why)
{
	const struct record *rec;
	bool named;
	enum ek_err err;

	err = api_hex_id(body, "plan", ret->plan, &named, why);
	if (err != EK_OK)
		return err;
	ret->has_plan = named;
	if (!named && otherwise != NULL) {
		memcpy(ret->plan, otherwise, EK_ID_LEN);
		ret->has_plan = true;
	}
	if (!api_is_open(keeld))
		return EK_OK;
	rec = ret->has_plan ? book_find(store_book(keeld->store), ret->plan)
			    : book_latest(store_book(keeld->store), REC_PLAN);
	if (rec == NULL && !ret->has_plan)
		return EK_OK; /* there is none: marks will be refused */
	if (rec == NULL || rec->kind != REC_PLAN)
		return ek_why(why, EK_NOT_FOUND,
		    "there is no such version of the plan; `keel plan history` "
		    "lists them");
	memcpy(ret->plan, rec->rid, EK_ID_LEN);
	ret->has_plan = true;
	*ret_plan = rec;
	return EK_OK;
}

static enum ek_err
check_marks(const struct keeld *keeld, const struct checkin *checkin,
    struct ek_why *why)
{
	if (checkin->sign_count + checkin->used_count == 0 || checkin->has_plan)
		return EK_OK;
	if (api_is_open(keeld))
		return ek_why(why, EK_NOT_FOUND,
		    "there is no plan yet, so no signs or strategies; leave "
		    "them out");
	return ek_why(why, EK_LOCKED,
	    "the book is locked and its plan cannot be read; leave signs and "
	    "strategies out, or unlock it");
}

enum ek_err
checkin_read(struct keeld *keeld, const json_t *body,
    const struct instrument *instrument, const unsigned char *plan,
    struct checkin *ret, struct ek_why *why)
{
	const struct record *version = NULL;
	enum ek_err err;

	memset(ret, 0, sizeof(*ret));
	ret->instrument = instrument;
	ret->has_signs = json_object_get(body, "signs") != NULL;
	ret->has_used = json_object_get(body, "used") != NULL;
	err = read_answers(body, ret, why);
	if (err == EK_OK)
		err = check_answers(ret, why);
	if (err == EK_OK)
		err = read_texts(body, ret, why);
	if (err == EK_OK)
		err = find_plan(keeld, body, plan, ret, &version, why);
	if (err == EK_OK)
		err = read_marks(body, false, version, ret, why);
	if (err == EK_OK)
		err = read_marks(body, true, version, ret, why);
	if (err == EK_OK)
		err = check_marks(keeld, ret, why);
	return err;
}

bool
checkin_is_empty(const struct checkin *checkin)
{
	size_t i;

	for (i = 0; i < checkin->text_count; i++)
		if (checkin->texts[i].text[0] != '\0')
			return false;
	return checkin->answer_count + checkin->sign_count +
		   checkin->used_count ==
	       0;
}

static bool
has_item(const struct checkin *checkin, const struct item *item)
{
	size_t i;

	for (i = 0; i < checkin->answer_count; i++)
		if (strcmp(checkin->answers[i].id, item->id) == 0)
			return true;
	for (i = 0; i < checkin->text_count; i++)
		if (checkin->texts[i].item != NULL &&
		    checkin->texts[i].text[0] != '\0' &&
		    strcmp(checkin->texts[i].item, item->id) == 0)
			return true;
	return false;
}

enum ek_err
checkin_whole(const struct checkin *checkin, struct ek_why *why)
{
	const struct item *items;
	size_t count, i;

	items = instrument_items(checkin->instrument, &count);
	for (i = 0; i < count; i++)
		if (items[i].required && !has_item(checkin, &items[i]))
			return ek_why(why, EK_INVALID,
			    "the item %s needs an answer; give one",
			    items[i].id);
	return EK_OK;
}

/* --- into records --- */

void
checkin_put(struct record_build *build, const struct checkin *checkin)
{
	struct record_pair pairs[EK_ITEMS_MAX];
	size_t i;

	for (i = 0; i < checkin->answer_count; i++)
		pairs[i] = (struct record_pair){checkin->answers[i].id,
		    checkin->answers[i].id_len, checkin->answers[i].value};
	record_put_map(build, CHECKIN_ANSWERS, pairs, checkin->answer_count);
	record_put_map(
	    build, CHECKIN_SIGNS, checkin->signs, checkin->sign_count);
	record_put_map(build, CHECKIN_USED, checkin->used, checkin->used_count);
	if (checkin->sign_count + checkin->used_count > 0)
		record_put_id(build, CHECKIN_PLAN, checkin->plan);
}

void
checkin_note(struct batch *batch, const unsigned char *of,
    const struct checkin_text *text, const unsigned char *supersedes)
{
	struct record_build build;

	batch_begin(batch, &build, REC_NOTE);
	record_put_id(&build, NOTE_OF, of);
	record_put_str(&build, NOTE_ITEM, text->item);
	record_put_str(&build, NOTE_TEXT, text->text);
	record_put_id(&build, NOTE_SUPERSEDES, supersedes);
	batch_end(batch, &build);
}

json_t *
checkin_scores(const struct instrument *instrument,
    const struct answer *answers, size_t count)
{
	json_t *whole, *list = NULL;
	struct score *scores;
	size_t measures;

	(void)instrument_measures(instrument, &measures);
	scores = calloc(measures + 1, sizeof(*scores));
	if (scores == NULL)
		return NULL;
	if (instrument_score(instrument, answers, count, scores, NULL) ==
	    EK_OK) {
		whole = instrument_scores_json(scores, measures);
		list = json_incref(json_object_get(whole, "scores"));
		json_decref(whole);
	} else {
		list = json_array();
	}
	free(scores);
	return list;
}
