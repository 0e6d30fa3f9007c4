/*
 * diary_json - entries as the API shows them.  Ids of signs and strategies
 * are told in the words of the plan version they belong to.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "evenkeel/text.h"
#include "keeld/checkin.h"
#include "keeld/diary.h"
#include "keeld/open_question.h"

struct version { /* a plan read once */
	const struct record *rec;
	struct plan *plan; /* NULL: cannot be read */
};

struct showing {
	struct keeld *keeld;
	const struct book *book;
	struct diary_notes *notes;
	struct version *versions; /* room for every PLAN record */
	size_t version_count;
};

static void
showing_done(struct showing *showing)
{
	size_t i;

	for (i = 0; i < showing->version_count; i++)
		plan_free(showing->versions[i].plan);
	free(showing->versions);
	diary_notes_free(showing->notes);
}

static enum ek_err
showing_init(struct showing *showing, struct keeld *keeld)
{
	size_t plans;

	memset(showing, 0, sizeof(*showing));
	showing->keeld = keeld;
	showing->book = store_book(keeld->store);
	(void)book_list(showing->book, REC_PLAN, &plans);
	showing->versions = calloc(plans + 1, sizeof(*showing->versions));
	return showing->versions == NULL ? EK_NOMEM : EK_OK;
}

static const struct plan *
version_of(struct showing *showing, const unsigned char *id)
{
	struct version *version = showing->versions;
	const struct record *rec =
	    id == NULL ? NULL : book_find(showing->book, id);
	size_t i;

	if (rec == NULL || rec->kind != REC_PLAN)
		return NULL;
	for (i = 0; i < showing->version_count; i++, version++)
		if (version->rec == rec)
			return version->plan;
	version->rec = rec;
	if (words_plan(rec, &version->plan) != EK_OK)
		version->plan = NULL;
	showing->version_count++;
	return version->plan;
}

/* --- the parts of an entry --- */

static json_t *
mark_json(const struct plan *plan, const struct record_pair *pair, bool used)
{
	const struct plan_bullet *bullet = NULL;
	char id[EK_ITEM_ID_MAX + 1];
	json_t *value = json_from_double(pair->value);

	if (pair->key_len > EK_ITEM_ID_MAX) {
		json_decref(value);
		return NULL;
	}
	memcpy(id, pair->key, pair->key_len);
	id[pair->key_len] = '\0';
	if (plan != NULL)
		bullet = plan_find(plan, id);
	if (used && pair->value < 0) {
		json_decref(value);
		value = json_null();
	}
	return json_pack("{s:s,s:s,s:o}", "id", id, "text",
	    bullet == NULL ? id : bullet->text, used ? "helped" : "level",
	    value);
}

static json_t *
marks_json(struct showing *showing, const struct record *rec, bool used)
{
	const struct plan *plan =
	    version_of(showing, record_id(rec, CHECKIN_PLAN));
	enum record_field field = used ? CHECKIN_USED : CHECKIN_SIGNS;
	json_t *list = json_array();
	struct record_pair pair;
	size_t at = 0;

	while (record_map_next(rec, field, &at, &pair))
		if (json_array_append_new(list, mark_json(plan, &pair, used)) !=
		    0)
			break;
	return list;
}

static json_t *
scores_json(const struct instrument *instrument, const struct record *rec)
{
	struct answer answers[EK_MAP_MAX];
	struct record_pair pair;
	size_t at = 0, count = 0;

	if (instrument == NULL)
		return json_array();
	while (count < EK_MAP_MAX &&
	       record_map_next(rec, CHECKIN_ANSWERS, &at, &pair))
		answers[count++] =
		    (struct answer){pair.key, pair.key_len, pair.value};
	return checkin_scores(instrument, answers, count);
}

static json_t *
question_json(const struct instrument *instrument, const struct record *note)
{
	const struct item *item = NULL;
	const char *id;
	size_t len;

	if (record_text_is(note, NOTE_ITEM, CHECKIN_OPEN_ITEM))
		return json_string(open_question_text());
	id = record_text(note, NOTE_ITEM, &len);
	if (id != NULL && instrument != NULL)
		item = instrument_item(instrument, id, len);
	return item == NULL ? json_null() : json_string(item->text);
}

static json_t *
notes_json(struct showing *showing, const struct instrument *instrument,
    const struct record *rec)
{
	const struct record *const *notes;
	json_t *list = json_array();
	size_t count, len, i;

	notes = diary_notes_of(showing->notes, rec->rid, &count);
	for (i = 0; i < count; i++) {
		if (record_text(notes[i], NOTE_TEXT, &len) == NULL)
			continue; /* says nothing (any more) */
		if (json_array_append_new(
			list, json_pack("{s:o,s:o,s:o,s:o}", "id",
				  api_hex(notes[i]->rid), "item",
				  api_field(notes[i], NOTE_ITEM), "question",
				  question_json(instrument, notes[i]), "text",
				  api_field(notes[i], NOTE_TEXT))) != 0)
			break;
	}
	return list;
}

static json_t *
checkin_json(struct showing *showing, const struct record *rec)
{
	const struct instrument *instrument = NULL;
	const char *name;
	json_t *title;
	size_t len;

	name = record_text(rec, CHECKIN_INSTRUMENT, &len);
	if (name != NULL)
		instrument =
		    instruments_find(showing->keeld->instruments, name, len);
	title = instrument == NULL ? api_textn(name, len)
				   : json_string(instrument_title(instrument));
	return json_pack("{s:o,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:b}", "id",
	    api_hex(rec->rid), "kind", "check-in", "local",
	    api_field(rec, CHECKIN_LOCAL), "instrument", api_textn(name, len),
	    "title", title, "answers", api_map(rec, CHECKIN_ANSWERS), "scores",
	    scores_json(instrument, rec), "signs",
	    marks_json(showing, rec, false), "used",
	    marks_json(showing, rec, true), "notes",
	    notes_json(showing, instrument, rec), "mended",
	    (int)(record_id(rec, CHECKIN_SUPERSEDES) != NULL));
}

static json_t *
other_json(struct showing *showing, const struct record *rec)
{
	bool hard = rec->kind == REC_HARD;

	return json_pack("{s:o,s:s,s:o,s:n,s:n,s:o,s:[],s:[],s:[],s:o,s:b}",
	    "id", api_hex(rec->rid), "kind", hard ? "hard-day" : "history",
	    "local", api_field(rec, hard ? HARD_LOCAL : HISTORY_LOCAL),
	    "instrument", "title", "answers",
	    hard ? json_object() : api_map(rec, HISTORY_VALUES), "scores",
	    "signs", "used", "notes", notes_json(showing, NULL, rec), "mended",
	    0);
}

/* --- the list --- */

struct listed { /* an entry with what it is sorted by */
	const struct record *rec;
	const char *local;
	size_t len;
};

static const char *
local_of(const struct record *rec, size_t *ret_len)
{
	if (rec->kind == REC_CHECKIN)
		return record_text(rec, CHECKIN_LOCAL, ret_len);
	if (rec->kind == REC_HARD)
		return record_text(rec, HARD_LOCAL, ret_len);
	return record_text(rec, HISTORY_LOCAL, ret_len);
}

/* By wall clock, a bare day before its times; then as they were saved. */
static int
entry_order(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;
	size_t len = x->len < y->len ? x->len : y->len;
	int by_text = len == 0 ? 0 : memcmp(x->local, y->local, len);

	if (by_text != 0)
		return by_text;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	if (x->rec->time_ms != y->rec->time_ms)
		return x->rec->time_ms < y->rec->time_ms ? -1 : 1;
	return memcmp(x->rec->rid, y->rec->rid, EK_ID_LEN);
}

static bool
wanted(const struct listed *entry, const struct diary_filter *filter)
{
	int64_t day;

	if (filter->since == INT64_MIN && filter->until == INT64_MAX)
		return true;
	return day_of_text(entry->local, entry->len, &day) &&
	       day >= filter->since && day <= filter->until;
}

static size_t
take(const struct record *const *list, size_t count,
    const struct diary_filter *filter, struct listed *out)
{
	size_t taken = 0, i;

	for (i = 0; i < count; i++) {
		out[taken].rec = list[i];
		out[taken].local = local_of(list[i], &out[taken].len);
		if (wanted(&out[taken], filter))
			taken++;
	}
	return taken;
}

struct run { /* one kind's entries, in order */
	const struct listed *at, *end;
};

/* Records lie in the order of their times, which mostly is that of the clock
 * on the wall, too: then there is nothing to be done. */
static void
put_in_order(struct listed *list, size_t count)
{
	size_t i;

	for (i = 1; i < count; i++)
		if (entry_order(&list[i - 1], &list[i]) > 0) {
			qsort(list, count, sizeof(*list), entry_order);
			return;
		}
}

static void
merge(struct run *runs, size_t count, struct listed *out)
{
	struct run *first;
	size_t i;

	for (;;) {
		first = NULL;
		for (i = 0; i < count; i++)
			if (runs[i].at < runs[i].end &&
			    (first == NULL ||
				entry_order(runs[i].at, first->at) < 0))
				first = &runs[i];
		if (first == NULL)
			return;
		*out++ = *first->at++;
	}
}

static enum ek_err
collect(const struct book *book, const struct diary_filter *filter,
    struct listed **ret, size_t *ret_count)
{
	const struct record *const *lists[3];
	struct listed *all, *apart;
	struct run runs[3];
	size_t counts[3], room, count = 0, taken, i;

	lists[0] = book_list(book, REC_CHECKIN, &counts[0]);
	lists[1] = book_list(book, REC_HISTORY, &counts[1]);
	lists[2] = vault_list(book_vault(book), REC_HARD, &counts[2]);
	room = counts[0] + counts[1] + counts[2] + 1;
	all = calloc(room, sizeof(*all));
	apart = calloc(room, sizeof(*apart));
	if (all == NULL || apart == NULL) {
		free(all);
		free(apart);
		return EK_NOMEM;
	}
	for (i = 0; i < 3; i++) {
		taken = take(lists[i], counts[i], filter, apart + count);
		put_in_order(apart + count, taken);
		runs[i] = (struct run){apart + count, apart + count + taken};
		count += taken;
	}
	merge(runs, 3, all);
	free(apart);
	*ret = all;
	*ret_count = count;
	return EK_OK;
}

/* Which of them are meant: entries first to end - 1. */
struct range {
	size_t first, end;
};

static enum ek_err
find(const struct listed *all, size_t count, const char *id, size_t *ret,
    struct ek_why *why)
{
	const struct record **list = calloc(count + 1, sizeof(*list));
	const struct record *rec = NULL;
	enum ek_err err;
	size_t i;

	if (list == NULL)
		return EK_NOMEM;
	for (i = 0; i < count; i++)
		list[i] = all[i].rec;
	err = api_find(list, count, id, &rec, why);
	free(list);
	for (i = 0; err == EK_OK && i < count; i++)
		if (all[i].rec == rec)
			*ret = i;
	return err;
}

static enum ek_err
choose(const struct listed *all, size_t count,
    const struct diary_filter *filter, struct range *ret, struct ek_why *why)
{
	const char *id =
	    filter->before != NULL ? filter->before : filter->after;
	struct range range = {0, count};
	size_t at = 0;
	enum ek_err err = EK_OK;

	if (filter->id != NULL)
		id = filter->id;
	if (id != NULL)
		err = find(all, count, id, &at, why);
	if (err != EK_OK)
		return err;
	if (filter->id != NULL)
		range = (struct range){at, at + 1};
	else if (filter->before != NULL)
		range.end = at;
	else if (filter->after != NULL)
		range.first = at + 1;
	if (range.end - range.first > filter->limit) {
		if (filter->after != NULL)
			range.end = range.first + filter->limit;
		else
			range.first = range.end - filter->limit;
	}
	*ret = range;
	return EK_OK;
}

static enum ek_err
find_notes(struct showing *showing, const struct listed *all,
    const struct range *range)
{
	size_t count = range->end - range->first, i;
	const struct record **entries;
	enum ek_err err;

	assert(range->first <= range->end);
	entries = calloc(count + 1, sizeof(*entries));
	if (entries == NULL)
		return EK_NOMEM;
	for (i = 0; i < count; i++)
		entries[i] = all[range->first + i].rec;
	err = diary_notes_new(showing->book, entries, count, &showing->notes);
	free(entries);
	return err;
}

static json_t *
list_json(struct showing *showing, const struct listed *all, size_t count,
    const struct range *range)
{
	json_t *list = json_array(), *entry;
	size_t i;

	for (i = range->first; i < range->end; i++) {
		assert(all[i].rec != NULL);
		entry = all[i].rec->kind == REC_CHECKIN
			    ? checkin_json(showing, all[i].rec)
			    : other_json(showing, all[i].rec);
		if (json_array_append_new(list, entry) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return json_pack("{s:o,s:b,s:b}", "entries", list, "older",
	    (int)(range->first > 0), "newer", (int)(range->end < count));
}

enum ek_err
diary_json(struct keeld *keeld, const struct diary_filter *filter, json_t **ret,
    struct ek_why *why)
{
	struct range range = {0, 0};
	struct listed *all = NULL;
	struct showing showing;
	size_t count = 0;
	enum ek_err err;

	err = showing_init(&showing, keeld);
	if (err == EK_OK)
		err = collect(showing.book, filter, &all, &count);
	if (err == EK_OK)
		err = choose(all, count, filter, &range, why);
	if (err == EK_OK)
		err = find_notes(&showing, all, &range);
	if (err == EK_OK)
		*ret = list_json(&showing, all, count, &range);
	free(all);
	showing_done(&showing);
	return err;
}
