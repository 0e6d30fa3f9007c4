/*
 * api_history - values from before: rows of a day or time with measures.
 *
 * A value is known when a row of the same time already has it for that
 * measure; so a second import adds nothing, and a file that grew adds only
 * what is new.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evenkeel/text.h"
#include "keeld/api.h"

#define HISTORY_BODY_MAX ((size_t)EK_CSV_MAX)

struct row {
	const char *local;
	struct record_pair pairs[EK_MAP_MAX];
	size_t count;
};

static enum ek_err
read_value(struct keeld *keeld, const char *name, const json_t *json,
    struct record_pair *ret, struct ek_why *why)
{
	const struct measure *measure;
	double value = json_number_value(json);

	if (!text_is_name(name) || strlen(name) > EK_ITEM_ID_MAX)
		return ek_why(why, EK_INVALID,
		    "a measure's name is not letters, digits, - _ and . only; "
		    "give it such a name");
	if (!json_is_number(json) || !isfinite(value))
		return ek_why(why, EK_INVALID,
		    "a value of %s is not a number; correct it or leave it "
		    "out",
		    name);
	measure = instruments_measure(keeld->instruments, name, strlen(name));
	if (measure != NULL && (value < measure->min || value > measure->max))
		return ek_why(why, EK_INVALID,
		    "a value of %s is not between %g and %g; correct it, or "
		    "give the measure another name",
		    name, measure->min, measure->max);
	ret->key = name;
	ret->key_len = strlen(name);
	ret->value = value;
	return EK_OK;
}

static enum ek_err
read_row(struct keeld *keeld, const json_t *json, struct row *ret,
    struct ek_why *why)
{
	json_t *values = json_object_get(json, "values");
	enum ek_err err;
	int64_t day;
	void *it;

	err = json_only(json, "a row", why, "local", "values", NULL);
	if (err == EK_OK)
		err = api_text(json, "local", CIVIL_TIME_LEN, &ret->local, why);
	if (err != EK_OK)
		return err;
	if (!day_of_text(ret->local, strlen(ret->local), &day))
		return ek_why(why, EK_INVALID,
		    "a row's local is not a day or a time; write 2026-11-24 "
		    "or 2026-11-24T08:00:00");
	if (!json_is_object(values) || json_object_size(values) == 0)
		return ek_why(why, EK_INVALID,
		    "a row's values are not {measure: number}; correct it");
	if (json_object_size(values) > EK_MAP_MAX)
		return ek_why(why, EK_TOO_LARGE,
		    "a row has more than %d measures; leave some out",
		    EK_MAP_MAX);
	ret->count = 0;
	for (it = json_object_iter(values); err == EK_OK && it != NULL;
	     it = json_object_iter_next(values, it))
		err = read_value(keeld, json_object_iter_key(it),
		    json_object_iter_value(it), &ret->pairs[ret->count++], why);
	return err;
}

/* --- what is known: "local measure" of every HISTORY value, in a set --- */

static void
known_key(char *out, size_t room, const char *local, size_t local_len,
    const struct record_pair *pair)
{
	snprintf(out, room, "%.*s %.*s", (int)local_len, local,
	    (int)pair->key_len, pair->key);
}

static json_t *
known_values(const struct book *book)
{
	const struct record *const *list;
	struct record_pair pair;
	char key[EK_ITEM_ID_MAX + CIVIL_TIME_LEN + 2];
	json_t *known = json_object();
	const char *local;
	size_t count, len, i, at;

	list = book_list(book, REC_HISTORY, &count);
	for (i = 0; known != NULL && i < count; i++) {
		local = record_text(list[i], HISTORY_LOCAL, &len);
		if (local == NULL || len > CIVIL_TIME_LEN)
			continue;
		at = 0;
		while (record_map_next(list[i], HISTORY_VALUES, &at, &pair)) {
			known_key(key, sizeof(key), local, len, &pair);
			json_object_set_new_nocheck(
			    known, key, json_real(pair.value));
		}
	}
	return known;
}

/* Leaves the pairs that are new; EK_CONFLICT when one is known otherwise. */
static enum ek_err
drop_known(
    json_t *known, struct row *row, size_t *ret_known, struct ek_why *why)
{
	char key[EK_ITEM_ID_MAX + CIVIL_TIME_LEN + 2];
	size_t kept = 0, i;
	const json_t *had;

	for (i = 0; i < row->count; i++) {
		known_key(key, sizeof(key), row->local, strlen(row->local),
		    &row->pairs[i]);
		had = json_object_get(known, key);
		if (had == NULL) {
			json_object_set_new_nocheck(
			    known, key, json_real(row->pairs[i].value));
			row->pairs[kept++] = row->pairs[i];
		} else if (json_real_value(had) == row->pairs[i].value) {
			(*ret_known)++;
		} else {
			return ek_why(why, EK_CONFLICT,
			    "%s of %s was imported before with another value; "
			    "delete that entry of the diary first, or correct "
			    "the file",
			    row->pairs[i].key, row->local);
		}
	}
	row->count = kept;
	return EK_OK;
}

static enum ek_err
put_rows(struct batch *batch, const json_t *rows, size_t *ret_added,
    size_t *ret_known, struct ek_why *why)
{
	json_t *known = known_values(store_book(batch->keeld->store));
	struct record_build build;
	enum ek_err err = known == NULL ? EK_NOMEM : EK_OK;
	struct row row;
	size_t i, had;

	for (i = 0; err == EK_OK && i < json_array_size(rows); i++) {
		had = 0;
		err =
		    read_row(batch->keeld, json_array_get(rows, i), &row, why);
		if (err == EK_OK)
			err = drop_known(known, &row, &had, why);
		if (err != EK_OK || row.count == 0) {
			*ret_known += err == EK_OK;
			continue;
		}
		batch_begin(batch, &build, REC_HISTORY);
		record_put_str(&build, HISTORY_LOCAL, row.local);
		record_put_map(&build, HISTORY_VALUES, row.pairs, row.count);
		batch_end(batch, &build);
		(*ret_added)++;
	}
	json_decref(known);
	return err;
}

static const struct http_token *
history_post(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	size_t added = 0, known = 0;
	struct api_key key;
	struct batch batch;
	const json_t *body, *rows = NULL;
	enum ek_err err;

	err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = json_only(body, "the request", &why, "rows", NULL);
	if (err == EK_OK)
		err = api_need_open(keeld, &why);
	if (err == EK_OK)
		err = api_key(req, &key, &why);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	rows = json_object_get(body, "rows");
	if (!json_is_array(rows) || json_array_size(rows) > EK_CSV_ROWS_MAX) {
		ek_why(&why, EK_INVALID,
		    "rows is not a list of at most %d rows; give [...]",
		    EK_CSV_ROWS_MAX);
		return http_fail(req, EK_INVALID, &why);
	}
	batch_init(&batch, keeld, &key);
	err = put_rows(&batch, rows, &added, &known, &why);
	if (err == EK_OK && added > 0)
		err = batch_store(&batch, NULL, &why);
	batch_done(&batch);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	return api_reply(req, 200,
	    json_pack("{s:I,s:I}", "added", (json_int_t)added, "known",
		(json_int_t)known));
}

const struct http_route api_history_routes[] = {
    {"POST", "/v1/history", history_post, HISTORY_BODY_MAX,
	"rows: local, values by measure", "added, known",
	"takes in values from before the program came; a second time adds "
	"nothing"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
