/*
 * api_checkin - a check-in, a hard day, a note: saved, then her words back.
 *
 * Off the record: what was said is scored, answered with her words and
 * forgotten; what is written is what a skip of the slot writes, or nothing
 * without a slot.
 */
#include <string.h>

#include "keeld/api.h"
#include "keeld/checkin.h"
#include "keeld/open_question.h"

struct request {
	struct keeld *keeld;
	struct api_key key;
	const struct record *before; /* what this key made */
	struct moment now;
	struct checkin in;
	struct slot_pick slot;
	bool off_record, took_place;
	bool asked; /* the open question stood with it */
};

static enum ek_err
read_slot(struct request *r, const json_t *body, struct ek_why *why)
{
	const json_t *slot = json_object_get(body, "slot");
	const char *name = instrument_name(r->in.instrument);
	enum slot_event event = SLOT_EV_ANSWER;
	unsigned char rid[EK_ID_LEN];
	struct civil start;

	if (json_is_null(slot))
		return EK_OK;
	if (slot != NULL && !json_is_string(slot))
		return ek_why(why, EK_INVALID,
		    "slot is not text; give a slot's id, or null for none");
	if (r->off_record)
		event = r->took_place ? SLOT_EV_OFF_RECORD : SLOT_EV_SKIP;
	if (r->before != NULL && slot == NULL) {
		if (r->before->kind == REC_SLOT)
			slot_pick_record(
			    r->before, SLOT_SCHEDULE, SLOT_START, &r->slot);
		else
			slot_pick_record(r->before, CHECKIN_SCHEDULE,
			    CHECKIN_START, &r->slot);
		return EK_OK;
	}
	if (slot == NULL)
		return slot_pick_open(r->keeld, name, &r->slot);
	if (r->before == NULL)
		return slot_pick_id(r->keeld, json_string_value(slot), name,
		    event, &r->slot, why);
	/* a repeat: answered by itself; the store compares */
	if (!schedule_slot_id_parse(json_string_value(slot), rid, &start))
		return ek_why(why, EK_INVALID,
		    "slot is not of the form ID@2026-11-24T16:30:00; copy it "
		    "from what `keel --json` prints");
	r->slot.has = true;
	memcpy(r->slot.schedule, rid, EK_ID_LEN);
	civil_format_time(&start, r->slot.start);
	return EK_OK;
}

static enum ek_err
read_flags(struct request *r, const json_t *body, struct ek_why *why)
{
	enum ek_err err;

	err = api_bool(body, "off_record", false, &r->off_record, why);
	if (err == EK_OK)
		err = api_bool(body, "took_place", false, &r->took_place, why);
	if (err == EK_OK && r->took_place && !r->off_record)
		err = ek_why(why, EK_INVALID,
		    "took_place goes with off_record only; leave it out");
	return err;
}

static enum ek_err
read_request(struct request *r, const json_t *body, struct ek_why *why)
{
	const struct instrument *instrument;
	const unsigned char *plan = NULL;
	const char *name = NULL;
	enum ek_err err;

	err = json_only(body, "the check-in", why, "instrument", "answers",
	    "texts", "signs", "used", "note", "slot", "plan", "off_record",
	    "took_place", NULL);
	if (err == EK_OK)
		err = api_text(body, "instrument", EK_NAME_MAX, &name, why);
	if (err == EK_OK)
		err = api_instrument(r->keeld, name, &instrument, why);
	if (err == EK_OK)
		err = read_flags(r, body, why);
	if (err != EK_OK)
		return err;
	r->before = api_before(
	    r->keeld, &r->key, r->off_record ? REC_SLOT : REC_CHECKIN);
	if (r->before != NULL && !r->off_record)
		plan = record_id(r->before, CHECKIN_PLAN);
	err = checkin_read(r->keeld, body, instrument, plan, &r->in, why);
	if (err == EK_OK && checkin_is_empty(&r->in))
		err = ek_why(why, EK_INVALID,
		    "nothing was answered, so nothing is saved; answer "
		    "something, or skip");
	if (err == EK_OK)
		err = checkin_whole(&r->in, why);
	return err == EK_OK ? read_slot(r, body, why) : err;
}

/* Asked as the form asked, or as it was when this was first sent. */
static bool
was_asked(const struct request *r)
{
	const struct book *book = store_book(r->keeld->store);

	if (book == NULL || r->off_record)
		return false;
	if (r->before != NULL)
		return open_question_of(book, r->before->rid);
	return open_question_due(book, r->in.instrument, r->now.ms);
}

static void
put_head(struct record_build *build, const struct request *r)
{
	const char *local;
	size_t len;

	record_put_str(
	    build, CHECKIN_INSTRUMENT, instrument_name(r->in.instrument));
	record_put_str(
	    build, CHECKIN_VERSION, instrument_version(r->in.instrument));
	if (r->before == NULL) {
		record_put_str(build, CHECKIN_LOCAL, r->now.local);
	} else {
		local = record_text(r->before, CHECKIN_LOCAL, &len);
		record_put_text(build, CHECKIN_LOCAL, local, len);
	}
	if (r->slot.has) {
		record_put_id(build, CHECKIN_SCHEDULE, r->slot.schedule);
		record_put_str(build, CHECKIN_START, r->slot.start);
	}
}

/* The note answers the open question when that was asked; unanswered, its
 * being asked is kept all the same, so that it is not asked again soon. */
static void
put_notes(struct batch *batch, const struct request *r)
{
	struct checkin_text text;
	bool told = false;
	size_t i;

	for (i = 0; i < r->in.text_count; i++) {
		text = r->in.texts[i];
		if (text.text[0] == '\0')
			continue;
		if (text.item == NULL && r->asked) {
			text.item = CHECKIN_OPEN_ITEM;
			told = true;
		}
		checkin_note(batch, batch_rid(batch, 0), &text, NULL);
	}
	text = (struct checkin_text){CHECKIN_OPEN_ITEM, ""};
	if (r->asked && !told)
		checkin_note(batch, batch_rid(batch, 0), &text, NULL);
}

static enum ek_err
save(struct request *r, const json_t *body, unsigned char *ret_rid,
    struct ek_why *why)
{
	struct record_build build;
	struct batch batch;
	enum ek_err err;

	batch_init(&batch, r->keeld, &r->key);
	batch.body = body;
	if (r->off_record && r->slot.has) {
		slot_put(&batch, &r->slot,
		    r->took_place ? SLOT_OFF_RECORD : SLOT_SKIPPED);
	} else if (!r->off_record) {
		batch_begin(&batch, &build, REC_CHECKIN);
		put_head(&build, r);
		checkin_put(&build, &r->in);
		batch_end(&batch, &build);
		if (batch.err == EK_OK)
			put_notes(&batch, r);
	}
	err = batch_store(&batch, NULL, why);
	if (err == EK_OK && batch.count > 0)
		memcpy(ret_rid, batch_rid(&batch, 0), EK_ID_LEN);
	batch_done(&batch);
	return err;
}

static json_t *
saved_json(const struct request *r, const unsigned char *rid)
{
	return json_pack("{s:b,s:o,s:b,s:o,s:o,s:o,s:o}", "saved", 1, "id",
	    api_hex(r->off_record ? NULL : rid), "off_record",
	    (int)r->off_record, "slot", slot_pick_json(&r->slot), "scores",
	    checkin_scores(r->in.instrument, r->in.answers, r->in.answer_count),
	    "words",
	    api_words(r->keeld, r->in.has_plan ? r->in.plan : NULL, r->in.signs,
		r->in.sign_count),
	    "nobody", api_nobody(r->keeld));
}

static const struct http_token *
checkins_post(struct http_req *req, void *arg)
{
	struct request r;
	struct ek_why why = {""};
	unsigned char rid[EK_ID_LEN] = {0};
	const json_t *body;
	enum ek_err err;

	memset(&r, 0, sizeof(r));
	r.keeld = arg;
	err = api_need_book(r.keeld, &why);
	if (err == EK_OK)
		err = api_key(req, &r.key, &why);
	if (err == EK_OK)
		err = http_body_json(req, &body, &why);
	moment_now(r.keeld, &r.now);
	if (err == EK_OK)
		err = read_request(&r, body, &why);
	if (err == EK_OK) {
		r.asked = was_asked(&r);
		err = save(&r, body, rid, &why);
	}
	if (err != EK_OK)
		return http_fail(req, err, &why);
	return api_reply(req, 201, saved_json(&r, rid));
}

/* --- a hard day --- */

static void
put_hard(
    struct batch *batch, const struct record *before, const struct moment *now)
{
	const struct book *book = store_book(batch->keeld->store);
	const struct record *plan;
	struct record_build build;
	const char *local;
	size_t len;

	batch_begin(batch, &build, REC_HARD);
	if (before != NULL) {
		local = record_text(before, HARD_LOCAL, &len);
		record_put_text(&build, HARD_LOCAL, local, len);
		record_put_id(&build, HARD_PLAN, record_id(before, HARD_PLAN));
	} else {
		record_put_str(&build, HARD_LOCAL, now->local);
		plan = book == NULL ? NULL : book_latest(book, REC_PLAN);
		record_put_id(
		    &build, HARD_PLAN, plan == NULL ? NULL : plan->rid);
	}
	batch_end(batch, &build);
}

static json_t *
hard_json(struct keeld *keeld, const unsigned char *rid)
{
	return json_pack("{s:b,s:o,s:o,s:s,s:o}", "saved", 1, "id",
	    api_hex(rid), "words", api_words(keeld, NULL, NULL, 0), "sends",
	    "This sends nothing to anyone: it stands in your own book, and "
	    "nowhere else.",
	    "nobody", api_nobody(keeld));
}

static const struct http_token *
hard_post(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	struct api_key key;
	struct batch batch;
	struct moment now;
	const json_t *body;
	json_t *json = NULL;
	enum ek_err err;

	err = api_need_book(keeld, &why);
	if (err == EK_OK)
		err = api_key(req, &key, &why);
	if (err == EK_OK)
		err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = json_only(body, "the request", &why, NULL);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	moment_now(keeld, &now);
	batch_init(&batch, keeld, &key);
	batch.body = body;
	put_hard(&batch, api_before(keeld, &key, REC_HARD), &now);
	err = batch_store(&batch, NULL, &why);
	if (err == EK_OK)
		json = hard_json(keeld, batch_rid(&batch, 0));
	batch_done(&batch);
	return err == EK_OK ? api_reply(req, 201, json)
			    : http_fail(req, err, &why);
}

/* --- a note to an entry --- */

static enum ek_err
check_of(struct keeld *keeld, const unsigned char *of, struct ek_why *why)
{
	const struct record *rec;
	bool ok;

	if (api_is_open(keeld)) {
		rec = book_find(store_book(keeld->store), of);
		ok = rec != NULL &&
		     (rec->kind == REC_CHECKIN || rec->kind == REC_HARD ||
			 rec->kind == REC_HISTORY);
	} else {
		ok = store_knows(keeld->store, of);
	}
	return ok ? EK_OK
		  : ek_why(why, EK_NOT_FOUND,
			"there is no entry of this id; `keel diary` lists "
			"them");
}

static enum ek_err
read_note(struct keeld *keeld, const json_t *body, unsigned char *ret_of,
    const char **ret_text, struct ek_why *why)
{
	bool has = false;
	enum ek_err err;

	err = json_only(body, "the note", why, "of", "text", NULL);
	if (err == EK_OK)
		err = api_hex_id(body, "of", ret_of, &has, why);
	if (err == EK_OK && !has)
		err = ek_why(
		    why, EK_INVALID, "of is missing; give the id of the entry");
	if (err == EK_OK)
		err = api_text(body, "text", EK_NOTE_MAX, ret_text, why);
	if (err == EK_OK)
		err = api_clean(*ret_text, "text", false, why);
	return err == EK_OK ? check_of(keeld, ret_of, why) : err;
}

static const struct http_token *
notes_post(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct checkin_text text = {NULL, NULL};
	unsigned char of[EK_ID_LEN];
	struct ek_why why = {""};
	struct api_key key;
	struct batch batch;
	const json_t *body;
	json_t *json = NULL;
	enum ek_err err;

	err = api_need_book(keeld, &why);
	if (err == EK_OK)
		err = api_key(req, &key, &why);
	if (err == EK_OK)
		err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = read_note(keeld, body, of, &text.text, &why);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	batch_init(&batch, keeld, &key);
	batch.body = body;
	checkin_note(&batch, of, &text, NULL);
	err = batch_store(&batch, NULL, &why);
	if (err == EK_OK)
		json = json_pack("{s:b,s:o}", "saved", 1, "id",
		    api_hex(batch_rid(&batch, 0)));
	batch_done(&batch);
	return err == EK_OK ? api_reply(req, 201, json)
			    : http_fail(req, err, &why);
}

const struct http_route api_checkin_routes[] = {
    {"POST", "/v1/checkins", checkins_post, 0,
	"instrument, answers, texts, signs, used, note, slot, plan, "
	"off_record, took_place",
	"saved, id, off_record, slot, scores, words, nobody",
	"saves a check-in and gives her own words back"},
    {"POST", "/v1/hard", hard_post, 0, "{}", "saved, id, words, sends, nobody",
	"a hard day: writes it into the book, sends nothing, gives her words"},
    {"POST", "/v1/notes", notes_post, 0, "of, text", "saved, id",
	"a note to an entry of the diary"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
