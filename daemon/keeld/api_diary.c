/*
 * api_diary - reading, mending and deleting entries.
 *
 * Mending adds a check-in that supersedes; members given replace, the others
 * stay.  Deleting takes every version and note of the entry out of every
 * file, the sealed copy with them; damaged files set aside are named, for they
 * may hold what the book lacks.
 */
#include <stdlib.h>
#include <string.h>

#include "evenkeel/text.h"
#include "keeld/api.h"
#include "keeld/aside.h"
#include "keeld/checkin.h"
#include "keeld/diary.h"
#include "keeld/draft.h"

/* --- reading --- */

static enum ek_err
query_day(const struct http_req *req, const char *name, int64_t *ret,
    struct ek_why *why)
{
	const char *text = http_query(req, name);
	struct civil civil;

	if (text == NULL)
		return EK_OK;
	if (!civil_parse_date(text, &civil))
		return ek_why(why, EK_INVALID,
		    "%s is not a day; give one such as 2026-11-24", name);
	*ret = civil_days(civil.year, civil.month, civil.day);
	return EK_OK;
}

static const struct http_token *
diary_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct diary_filter filter = {
	    .since = INT64_MIN, .until = INT64_MAX, .limit = SIZE_MAX};
	struct ek_why why = {""};
	json_t *json = NULL;
	enum ek_err err;

	err = http_query_only(req, &why, "since", "until", "id", "limit",
	    "before", "after", NULL);
	if (err == EK_OK)
		err = query_day(req, "since", &filter.since, &why);
	if (err == EK_OK)
		err = query_day(req, "until", &filter.until, &why);
	if (err == EK_OK && filter.since > filter.until)
		err = ek_why(&why, EK_INVALID,
		    "since is a later day than until, so no day lies between "
		    "them; exchange the two");
	if (err == EK_OK)
		err = api_limit(req, &filter.limit, &why);
	filter.id = http_query(req, "id");
	filter.before = http_query(req, "before");
	filter.after = http_query(req, "after");
	if (err == EK_OK && filter.before != NULL && filter.after != NULL)
		err = ek_why(&why, EK_INVALID,
		    "before and after cannot both be given; give one");
	if (err == EK_OK)
		err = api_need_open(keeld, &why);
	if (err == EK_OK)
		err = diary_json(keeld, &filter, &json, &why);
	return err == EK_OK ? api_reply(req, 200, json)
			    : http_fail(req, err, &why);
}

/* Any record of an id of which she can know, live or superseded. */
static enum ek_err
find_entry(const struct keeld *keeld, const char *id, const struct record **ret,
    struct ek_why *why)
{
	const struct book *book = store_book(keeld->store);
	const struct record **all;
	const struct record *rec;
	size_t at = 0, count = 0;
	enum ek_err err;

	all = calloc(book_count(book) + 1, sizeof(*all));
	if (all == NULL)
		return EK_NOMEM;
	while ((rec = book_next(book, &at)) != NULL)
		if (rec->kind == REC_CHECKIN || rec->kind == REC_HARD ||
		    rec->kind == REC_HISTORY)
			all[count++] = rec;
	err = api_find(all, count, id, ret, why);
	free(all);
	return err;
}

/* --- mending --- */

struct fix {
	struct keeld *keeld;
	struct api_key key;
	const struct record *before; /* what this key made */
	const struct record *old;
	struct checkin in;
	struct batch batch;
	struct diary_notes *notes;
};

static bool
is_live(const struct book *book, const struct record *rec)
{
	const struct record *const *list;
	size_t count, i;

	list = book_list(book, REC_CHECKIN, &count);
	for (i = 0; i < count; i++)
		if (list[i] == rec)
			return true;
	return false;
}

static enum ek_err
find_old(struct fix *fix, const char *id, struct ek_why *why)
{
	const struct book *book = store_book(fix->keeld->store);
	const unsigned char *was = NULL;
	enum ek_err err;

	fix->before = api_before(fix->keeld, &fix->key, REC_CHECKIN);
	err = find_entry(fix->keeld, id, &fix->old, why);
	if (err != EK_OK)
		return err;
	if (fix->old->kind != REC_CHECKIN)
		return ek_why(why, EK_INVALID,
		    "only check-ins can be mended; delete this entry, or add a "
		    "note to it");
	if (fix->before != NULL)
		was = record_id(fix->before, CHECKIN_SUPERSEDES);
	if (was != NULL && memcmp(was, fix->old->rid, EK_ID_LEN) == 0)
		return EK_OK; /* a repeat */
	return is_live(book, fix->old)
		   ? EK_OK
		   : ek_why(why, EK_CONFLICT,
			 "this entry was mended meanwhile; look at the newest "
			 "and mend that");
}

static enum ek_err
find_instrument(const struct fix *fix, const json_t *body,
    const struct instrument **ret, struct ek_why *why)
{
	enum ek_err err = EK_OK;
	const char *text =
	    json_text(body, "instrument", EK_NAME_MAX, &err, why);
	const char *name;
	size_t len;

	if (err != EK_OK)
		return err;
	name = record_text(fix->old, CHECKIN_INSTRUMENT, &len);
	if (text != NULL && !record_text_is(fix->old, CHECKIN_INSTRUMENT, text))
		return ek_why(why, EK_INVALID,
		    "the entry was answered with another instrument; leave "
		    "instrument out, or delete the entry and check in anew");
	*ret = name == NULL
		   ? NULL
		   : instruments_find(fix->keeld->instruments, name, len);
	return *ret != NULL
		   ? EK_OK
		   : ek_why(why, EK_NOT_FOUND,
			 "the instrument of this entry is not here any more; "
			 "the entry can be deleted only");
}

static size_t
old_pairs(
    const struct record *rec, enum record_field field, struct record_pair *out)
{
	size_t at = 0, count = 0;

	while (
	    count < EK_MAP_MAX && record_map_next(rec, field, &at, &out[count]))
		count++;
	return count;
}

/* What was not given stays; ids of signs and strategies have one version. */
static enum ek_err
keep_old(struct fix *fix, struct ek_why *why)
{
	struct checkin *in = &fix->in;
	const unsigned char *plan = record_id(fix->old, CHECKIN_PLAN);
	struct record_pair pairs[EK_MAP_MAX];
	size_t count, i;
	bool kept = false;

	if (!in->has_answers) {
		count = old_pairs(fix->old, CHECKIN_ANSWERS, pairs);
		for (i = 0; i < count && i < EK_ITEMS_MAX; i++)
			in->answers[i] = (struct answer){
			    pairs[i].key, pairs[i].key_len, pairs[i].value};
		in->answer_count = i;
	}
	if (!in->has_signs) {
		in->sign_count = old_pairs(fix->old, CHECKIN_SIGNS, in->signs);
		kept = in->sign_count > 0;
	}
	if (!in->has_used) {
		in->used_count = old_pairs(fix->old, CHECKIN_USED, in->used);
		kept = kept || in->used_count > 0;
	}
	if (!kept || plan == NULL)
		return EK_OK;
	if (!in->has_signs && !in->has_used) {
		memcpy(in->plan, plan, EK_ID_LEN);
		in->has_plan = true;
	}
	if (!in->has_plan || memcmp(in->plan, plan, EK_ID_LEN) != 0)
		return ek_why(why, EK_INVALID,
		    "the entry's signs and strategies belong to another "
		    "version of the plan; give both, signs and used");
	return EK_OK;
}

static enum ek_err
read_fix(
    struct fix *fix, const char *id, const json_t *body, struct ek_why *why)
{
	const struct instrument *instrument = NULL;
	enum ek_err err;

	err = json_only(body, "the check-in", why, "instrument", "answers",
	    "texts", "signs", "used", "note", "plan", NULL);
	if (err == EK_OK)
		err = find_old(fix, id, why);
	if (err == EK_OK)
		err = find_instrument(fix, body, &instrument, why);
	if (err == EK_OK)
		err = checkin_read(fix->keeld, body, instrument,
		    record_id(fix->old, CHECKIN_PLAN), &fix->in, why);
	return err == EK_OK ? keep_old(fix, why) : err;
}

static void
put_head(struct record_build *build, const struct fix *fix)
{
	static const enum record_field texts[] = {
	    CHECKIN_INSTRUMENT, CHECKIN_LOCAL, CHECKIN_START};
	const char *text;
	size_t len, i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		text = record_text(fix->old, texts[i], &len);
		if (text != NULL)
			record_put_text(build, texts[i], text, len);
	}
	text = record_text(fix->old, CHECKIN_VERSION, &len);
	if (fix->in.has_answers)
		record_put_str(build, CHECKIN_VERSION,
		    instrument_version(fix->in.instrument));
	else if (text != NULL)
		record_put_text(build, CHECKIN_VERSION, text, len);
	record_put_id(
	    build, CHECKIN_SCHEDULE, record_id(fix->old, CHECKIN_SCHEDULE));
	record_put_id(build, CHECKIN_SUPERSEDES, fix->old->rid);
}

static bool
is_item(const struct record *note, const char *item)
{
	size_t len;

	if (item == NULL)
		return record_text(note, NOTE_ITEM, &len) == NULL;
	return record_text_is(note, NOTE_ITEM, item);
}

/* The entry's note of an item that says something; the first, for she may
 * have added more. */
static const struct record *
note_of(const struct fix *fix, const char *item)
{
	const struct record *const *list;
	size_t count, len, i;

	list = diary_notes_of(fix->notes, fix->old->rid, &count);
	for (i = 0; i < count; i++)
		if (is_item(list[i], item) &&
		    record_text(list[i], NOTE_TEXT, &len) != NULL)
			return list[i];
	return NULL;
}

/* In a repeat the note stands already: it says what it superseded. */
static const struct record *
note_before(const struct fix *fix, const char *item)
{
	const struct book *book = store_book(fix->keeld->store);
	unsigned char rid[EK_ID_LEN];
	const struct record *rec;

	if (fix->before == NULL)
		return NULL;
	api_rid(&fix->key, (unsigned)fix->batch.count, rid);
	rec = book_find(book, rid);
	return rec != NULL && rec->kind == REC_NOTE && is_item(rec, item)
		   ? rec
		   : NULL;
}

static void
put_note(struct fix *fix, const struct checkin_text *text)
{
	const struct record *again = note_before(fix, text->item);
	const struct record *note = note_of(fix, text->item);
	const unsigned char *was = NULL;

	if (again != NULL)
		was = record_id(again, NOTE_SUPERSEDES);
	else if (note != NULL && record_text_is(note, NOTE_TEXT, text->text))
		return; /* it says so already */
	else if (note != NULL)
		was = note->rid;
	else if (text->text[0] == '\0')
		return;
	checkin_note(&fix->batch, batch_rid(&fix->batch, 0), text, was);
}

static const char *
given_text(const struct checkin *in, const char *item, bool *ret_given)
{
	size_t i;

	for (i = 0; i < in->text_count; i++)
		if (in->texts[i].item != NULL &&
		    strcmp(in->texts[i].item, item) == 0) {
			*ret_given = true;
			return in->texts[i].text;
		}
	*ret_given = false;
	return "";
}

/* texts given replace all texts: those it leaves out are emptied. */
static void
put_notes(struct fix *fix, const json_t *body)
{
	const struct item *items;
	struct checkin_text text;
	size_t count, i;
	bool given;

	items = instrument_items(fix->in.instrument, &count);
	for (i = 0; i < count && json_object_get(body, "texts") != NULL; i++) {
		if (items[i].type != ITEM_TEXT)
			continue;
		text.item = items[i].id;
		text.text = given_text(&fix->in, items[i].id, &given);
		put_note(fix, &text);
	}
	for (i = 0; i < fix->in.text_count; i++)
		if (fix->in.texts[i].item == NULL)
			put_note(fix, &fix->in.texts[i]);
}

/* Would anything be left of the entry? */
static bool
leaves_nothing(const struct fix *fix)
{
	const struct record *const *list;
	size_t count, len, i, kept = 0;

	if (!checkin_is_empty(&fix->in))
		return false;
	list = diary_notes_of(fix->notes, fix->old->rid, &count);
	for (i = 0; i < count; i++)
		if (record_text(list[i], NOTE_TEXT, &len) != NULL)
			kept++;
	return kept < fix->batch.count; /* every note but emptied ones */
}

static enum ek_err
save(struct fix *fix, const json_t *body, struct ek_why *why)
{
	struct record_build build;
	enum ek_err err;

	err = diary_notes_new(
	    store_book(fix->keeld->store), &fix->old, 1, &fix->notes);
	if (err != EK_OK)
		return err;
	batch_begin(&fix->batch, &build, REC_CHECKIN);
	put_head(&build, fix);
	checkin_put(&build, &fix->in);
	batch_end(&fix->batch, &build);
	if (fix->batch.err != EK_OK)
		return fix->batch.err;
	put_notes(fix, body);
	if (fix->before == NULL && leaves_nothing(fix))
		return ek_why(why, EK_INVALID,
		    "nothing would be left of this entry; delete it instead");
	return batch_store(&fix->batch, NULL, why);
}

static const struct http_token *
fix_post(struct http_req *req, void *arg)
{
	struct fix *fix = calloc(1, sizeof(*fix));
	struct ek_why why = {""};
	const json_t *body;
	json_t *json = NULL;
	enum ek_err err;

	if (fix == NULL)
		return http_fail(req, EK_NOMEM, NULL);
	fix->keeld = arg;
	err = api_need_open(fix->keeld, &why);
	if (err == EK_OK)
		err = api_key(req, &fix->key, &why);
	if (err == EK_OK)
		err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = read_fix(fix, http_segment(req, "id"), body, &why);
	if (err == EK_OK) {
		batch_init(&fix->batch, fix->keeld, &fix->key);
		err = save(fix, body, &why);
	}
	if (err == EK_OK)
		json = json_pack("{s:b,s:o}", "saved", 1, "id",
		    api_hex(batch_rid(&fix->batch, 0)));
	batch_done(&fix->batch);
	diary_notes_free(fix->notes);
	explicit_bzero(fix, sizeof(*fix));
	free(fix);
	return err == EK_OK ? api_reply(req, 200, json)
			    : http_fail(req, err, &why);
}

/* --- deleting --- */

static enum ek_err
forget(struct keeld *keeld, const struct record *entry,
    const struct api_key *key, struct ek_why *why)
{
	unsigned char *rids = NULL, gone[EK_ID_LEN];
	size_t count = 0;
	enum ek_err err;

	api_rid(key, 0, gone);
	err = diary_parts(store_book(keeld->store), entry, &rids, &count);
	if (err == EK_OK) /* in the same commit */
		err = draft_drop_about(keeld, rids, count, why);
	if (err == EK_OK)
		err = store_forget(keeld->store, rids, count, gone,
		    loop_now_ms(keeld->loop), why);
	free(rids);
	return err;
}

static const struct http_token *
diary_delete(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	const char *id = http_segment(req, "id");
	const struct record *entry = NULL;
	unsigned char rid[EK_ID_LEN];
	struct ek_why why = {""};
	struct api_key key;
	enum ek_err err;

	err = api_need_open(keeld, &why);
	if (err == EK_OK)
		err = api_key(req, &key, &why);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	if (!text_unhex(id, rid, EK_ID_LEN) ||
	    !book_is_gone(store_book(keeld->store), rid)) {
		err = find_entry(keeld, id, &entry, &why);
		if (err == EK_OK)
			err = forget(keeld, entry, &key, &why);
	} else { /* its scrub may have failed */
		err = store_scrub_owed(keeld->store, &why);
	}
	/* again when it was gone already: the copy may have been away */
	if (err == EK_OK)
		(void)!keeld_copy(keeld, NULL);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	keeld_tick(keeld);
	return api_reply(req, 200,
	    json_pack("{s:b,s:o,s:o}", "deleted", 1, "copy",
		api_copy_json(keeld), "aside",
		aside_json(keeld->store, keeld->copy)));
}

const struct http_route api_diary_routes[] = {
    {"GET", "/v1/diary", diary_get, 0,
	"?since=DAY&until=DAY&id=ID&limit=N&before=ID or after=ID",
	"entries: id, kind, local, instrument, title, answers, scores, signs, "
	"used, notes, mended; older, newer: there are more",
	"her entries, newest last; with limit the last of them, or those next "
	"to one"},
    {"POST", "/v1/diary/:id/fix", fix_post, 0,
	"instrument, answers, texts, signs, used, note, plan: those given "
	"replace",
	"saved, id", "mends a check-in"},
    {"DELETE", "/v1/diary/:id", diary_delete, 0, NULL,
	"deleted, copy, aside: damaged files that may still hold it",
	"deletes an entry and its notes from every file that is in use"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
