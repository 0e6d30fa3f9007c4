/*
 * api_archive - everything out, and in again.
 *
 * Out: one record a line, canonical JSON, in (time, id) order; the same book
 * gives the same bytes.  In: every record is read and checked before the first
 * is applied; the union with what is here, all or nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "keeld/api.h"
#include "keeld/api_key.h"
#include "keeld/autostart.h"

#define ARCHIVE_MAX ((size_t)EK_IMPORT_MAX)

static enum ek_err
write_records(const struct book *book, bool notes, struct buf *ret)
{
	const struct record *rec;
	enum ek_err err = EK_OK;
	json_t *json;
	size_t at = 0;

	while (err == EK_OK && (rec = book_next(book, &at)) != NULL) {
		if (!notes && record_kind_vault(rec->kind))
			continue;
		json = NULL;
		err = record_to_json(rec, &json);
		if (err == EK_OK)
			err = json_write(json, ret);
		buf_char(ret, '\n');
		json_decref(json);
	}
	return err == EK_OK ? buf_err(ret) : err;
}

static const struct http_token *
export_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	const struct http_token *token;
	struct ek_why why = {""};
	const char *notes;
	struct buf lines;
	enum ek_err err;

	err = http_query_only(req, &why, "notes", NULL);
	if (err == EK_OK)
		err = api_need_open(keeld, &why);
	notes = http_query(req, "notes");
	if (err == EK_OK && notes != NULL && strcmp(notes, "0") != 0 &&
	    strcmp(notes, "1") != 0)
		err = ek_why(
		    &why, EK_INVALID, "notes is not 0 or 1; give one of them");
	if (err != EK_OK)
		return http_fail(req, err, &why);
	buf_init(&lines, ARCHIVE_MAX);
	err = write_records(store_book(keeld->store),
	    notes == NULL || strcmp(notes, "0") != 0, &lines);
	if (err == EK_OK)
		token =
		    http_reply_buf(req, 200, "application/x-ndjson", &lines);
	else
		token = http_fail(req, err, NULL);
	buf_done(&lines);
	return token;
}

/* --- in --- */

struct archive {
	struct record **recs;
	size_t count;
};

static void
archive_done(struct archive *archive)
{
	size_t i;

	for (i = 0; i < archive->count; i++)
		record_free(archive->recs[i]);
	free(archive->recs);
	memset(archive, 0, sizeof(*archive));
}

/* A plan that this program cannot read would lock her out of her words. */
static enum ek_err
check_record(const struct record *rec, struct ek_why *why)
{
	struct plan *plan = NULL;
	enum ek_err err;

	if (rec->kind == REC_ERASED)
		return ek_why(why, EK_INVALID,
		    "this archive says that the book was erased, which only a "
		    "sealed copy may; take the archive as it was written");
	if (rec->kind != REC_PLAN)
		return EK_OK;
	err = words_plan(rec, &plan);
	plan_free(plan);
	return err == EK_CORRUPT ? ek_why(why, EK_INVALID,
				       "a plan in the archive cannot be read; "
				       "take the archive as "
				       "it was written")
				 : err;
}

/* archive is the caller's to end, also on failure. */
static enum ek_err
read_records(const json_t *list, struct archive *archive, struct ek_why *why)
{
	size_t count = json_array_size(list), i;
	struct ek_why inner = {""};
	enum ek_err err = EK_OK;

	if (!json_is_array(list) || count > EK_BOOK_RECORDS_MAX)
		return ek_why(why, EK_INVALID,
		    "records is not a list of at most %d records; take the "
		    "archive as it was written",
		    EK_BOOK_RECORDS_MAX);
	archive->recs = calloc(count + 1, sizeof(*archive->recs));
	if (archive->recs == NULL)
		return EK_NOMEM;
	for (i = 0; err == EK_OK && i < count; i++) {
		err = record_from_json(
		    json_array_get(list, i), &archive->recs[i], &inner);
		if (err == EK_OK)
			err = check_record(
			    archive->recs[archive->count++], &inner);
	}
	if (err != EK_OK && inner.text[0] != '\0')
		ek_why(why, err, "record %zu: %s", i, inner.text);
	return err;
}

static enum ek_err
import_act(struct key_job *job, json_t **ret, struct ek_why *why)
{
	struct keeld *keeld = job->keeld;
	struct store_taken taken = {0, 0, 0};
	struct archive archive = {NULL, 0};
	bool made = false;
	enum ek_err err;

	err =
	    read_records(json_object_get(job->body, "records"), &archive, why);
	if (err == EK_OK && store_state(keeld->store) == STORE_NONE) {
		err = job->has_spec ? store_make(keeld->store, &job->spec, why)
				    : ek_why(why, EK_NO_BOOK,
					  "there is no book here to import "
					  "into; say how it "
					  "is to be opened (--key)");
		made = err == EK_OK;
	}
	if (err == EK_OK)
		err = api_need_open(keeld, why);
	if (err == EK_OK)
		err = store_take(keeld->store,
		    (const struct record *const *)archive.recs, archive.count,
		    &taken, why);
	if (err == EK_OK && made)
		err = store_commit(keeld->store, why);
	archive_done(&archive);
	if (err != EK_OK && made) /* nothing half */
		store_unmake(keeld->store);
	if (err != EK_OK)
		return err;
	err = made ? keeld_opened(keeld, why) : EK_OK;
	if (err == EK_OK && made)
		autostart_want(keeld->autostart, true);
	keeld_tick(keeld);
	*ret = json_pack("{s:I,s:I,s:I,s:b}", "added", (json_int_t)taken.added,
	    "known", (json_int_t)taken.known, "gone", (json_int_t)taken.gone,
	    "made", (int)made);
	return err;
}

static const struct http_token *
import_post(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct key_job *job = NULL;
	struct ek_why why = {""};
	const json_t *spec;
	enum ek_err err;

	err = key_job_new(keeld, req, &job, &why);
	if (err == EK_OK)
		err = json_only(
		    job->body, "the request", &why, "records", "key", NULL);
	if (err == EK_OK) {
		spec = json_object_get(job->body, "key");
		/* a book that is here keeps its key */
		if (json_is_object(spec) &&
		    store_state(keeld->store) == STORE_NONE)
			err = key_job_spec(job, spec, &why);
	}
	if (err != EK_OK) {
		key_job_free(job);
		return http_fail(req, err, &why);
	}
	job->act = import_act;
	return key_job_run_take(job);
}

const struct http_route api_archive_routes[] = {
    {"GET", "/v1/export", export_get, 0, "notes: 0 leaves the vault out",
	"one record a line",
	"every record, in the order of their times; no keys"},
    {"POST", "/v1/import", import_post, ARCHIVE_MAX,
	"records, key (where there is no book)", "added, known, gone, made",
	"joins an archive's records with those here, all or nothing"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
