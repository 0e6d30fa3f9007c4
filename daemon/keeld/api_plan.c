/*
 * api_plan - the plan: versions that are only ever added, ids of its bullets,
 * with whom it was agreed.
 *
 * A version is saved on top of the one its editor began with (`base`); when
 * another came meanwhile, that is said and nothing is saved.
 */
#include <string.h>

#include "keeld/api.h"
#include "keeld/plans.h"

#define DIFF_MAX 262144

void
api_plan_put(struct batch *batch, const char *text, const struct plan *plan,
    const char *ids, const unsigned char *base)
{
	struct record_build build;

	batch_begin(batch, &build, REC_PLAN);
	record_put_text(&build, PLAN_TEXT, text, strlen(text));
	record_put_str(&build, PLAN_LANG, plan_lang(plan));
	record_put_str(&build, PLAN_IDS, ids);
	record_put_id(&build, PLAN_BASE, base);
	batch_end(batch, &build);
}

static const struct record *
current(const struct keeld *keeld)
{
	return book_latest(store_book(keeld->store), REC_PLAN);
}

/* --- saving --- */

struct saving {
	struct keeld *keeld;
	struct api_key key;
	const char *text;
	bool has_base;
	unsigned char base[EK_ID_LEN];
	const struct record *now; /* the version it is to follow, or NULL */
};

static enum ek_err
read_saving(struct saving *saving, const json_t *body, struct ek_why *why)
{
	enum ek_err err;

	err = json_only(body, "the request", why, "text", "base", NULL);
	if (err == EK_OK)
		err = api_text(body, "text", EK_PLAN_MAX, &saving->text, why);
	return err == EK_OK ? api_hex_id(body, "base", saving->base,
				  &saving->has_base, why)
			    : err;
}

/* What it follows: what this key's version followed, or the newest. */
static enum ek_err
check_base(
    struct saving *saving, const struct record *before, struct ek_why *why)
{
	const unsigned char *base;
	bool same;

	saving->now = current(saving->keeld);
	if (before != NULL) {
		base = record_id(before, PLAN_BASE);
		saving->now =
		    base == NULL
			? NULL
			: book_find(store_book(saving->keeld->store), base);
	}
	if (saving->now == NULL)
		same = !saving->has_base;
	else
		same = saving->has_base &&
		       memcmp(saving->now->rid, saving->base, EK_ID_LEN) == 0;
	return same ? EK_OK
		    : ek_why(why, EK_CONFLICT,
			  "the plan was changed meanwhile; look at the newest "
			  "version and make your change there");
}

/* A plan with its ids, carried from what it follows. */
static enum ek_err
parse_next(const struct saving *saving, struct plan **ret_plan,
    struct plan **ret_old, struct buf *ids, struct ek_why *why)
{
	struct buf spent;
	enum ek_err err;

	buf_init(&spent, EK_PAYLOAD_MAX);
	err = plan_parse(saving->text, strlen(saving->text), ret_plan, why);
	if (err == EK_OK && saving->now != NULL)
		err = words_plan(saving->now, ret_old);
	if (err == EK_OK)
		err = words_spent(store_book(saving->keeld->store), &spent);
	if (err == EK_OK)
		err = plan_ids_carry(*ret_plan, *ret_old, buf_text(&spent));
	if (err == EK_OK)
		err = plan_ids(*ret_plan, ids);
	buf_done(&spent);
	return err;
}

static json_t *
put_json(const unsigned char *version, bool changed, const char *diff)
{
	return json_pack("{s:b,s:o,s:b,s:s}", "saved", 1, "version",
	    api_hex(version), "changed", (int)changed, "diff", diff);
}

/* A repeat: the version is there; text and base must be the same. */
static enum ek_err
again(const struct saving *saving, const struct record *before, json_t **ret,
    struct ek_why *why)
{
	struct buf diff;
	enum ek_err err;

	if (!record_text_is(before, PLAN_TEXT, saving->text))
		return ek_why(why, EK_CONFLICT,
		    "this request's key was used for another request; use a "
		    "new one");
	buf_init(&diff, DIFF_MAX);
	err = plans_diff(saving->now, before, &diff, NULL);
	if (err == EK_OK)
		*ret = put_json(before->rid, true, buf_text(&diff));
	buf_done(&diff);
	return err;
}

static enum ek_err
save(const struct saving *saving, json_t **ret, struct ek_why *why)
{
	struct plan *plan = NULL, *old = NULL;
	struct batch batch;
	struct buf ids, diff;
	enum ek_err err;

	buf_init(&ids, EK_PAYLOAD_MAX);
	buf_init(&diff, DIFF_MAX);
	batch_init(&batch, saving->keeld, &saving->key);
	err = parse_next(saving, &plan, &old, &ids, why);
	if (err == EK_OK && saving->now != NULL &&
	    record_text_is(saving->now, PLAN_TEXT, saving->text)) {
		*ret = put_json(saving->now->rid, false, "");
		goto out;
	}
	if (err == EK_OK)
		err = plan_diff(old, plan, &diff);
	if (err == EK_OK) {
		api_plan_put(&batch, saving->text, plan, buf_text(&ids),
		    saving->has_base ? saving->base : NULL);
		err = batch_store(&batch, NULL, why);
	}
	if (err == EK_OK)
		*ret = put_json(batch_rid(&batch, 0), true, buf_text(&diff));
out:
	plan_free(plan);
	plan_free(old);
	batch_done(&batch);
	buf_done(&ids);
	buf_done(&diff);
	return err;
}

static const struct http_token *
plan_put(struct http_req *req, void *arg)
{
	const struct record *before = NULL;
	struct saving saving;
	struct ek_why why = {""};
	const json_t *body;
	json_t *json = NULL;
	enum ek_err err;

	memset(&saving, 0, sizeof(saving));
	saving.keeld = arg;
	err = api_need_open(saving.keeld, &why);
	if (err == EK_OK)
		err = api_key(req, &saving.key, &why);
	if (err == EK_OK)
		err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = read_saving(&saving, body, &why);
	if (err == EK_OK) {
		before = api_before(saving.keeld, &saving.key, REC_PLAN);
		err = check_base(&saving, before, &why);
	}
	if (err == EK_OK)
		err = before != NULL ? again(&saving, before, &json, &why)
				     : save(&saving, &json, &why);
	return err == EK_OK ? api_reply(req, 200, json)
			    : http_fail(req, err, &why);
}

/* --- showing --- */

static const struct http_token *
plan_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	enum ek_err err;

	err = http_query_only(req, &why, NULL);
	if (err == EK_OK)
		err = api_need_open(keeld, &why);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	return api_reply(req, 200, plans_json(keeld, current(keeld)));
}

static const struct http_token *
version_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	const struct record *const *list;
	const struct record *rec = NULL;
	struct ek_why why = {""};
	size_t count;
	enum ek_err err;

	err = http_query_only(req, &why, NULL);
	if (err == EK_OK)
		err = api_need_open(keeld, &why);
	if (err == EK_OK) {
		list = book_list(store_book(keeld->store), REC_PLAN, &count);
		err =
		    api_find(list, count, http_segment(req, "id"), &rec, &why);
	}
	if (err != EK_OK)
		return http_fail(req, err, &why);
	return api_reply(req, 200, plans_json(keeld, rec));
}

static const struct http_token *
history_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	const struct record *const *list;
	const struct record *before = NULL;
	size_t limit = SIZE_MAX, count;
	struct ek_why why = {""};
	enum ek_err err;

	err = http_query_only(req, &why, "limit", "before", NULL);
	if (err == EK_OK)
		err = api_limit(req, &limit, &why);
	if (err == EK_OK)
		err = api_need_open(keeld, &why);
	if (err == EK_OK && http_query(req, "before") != NULL) {
		list = book_list(store_book(keeld->store), REC_PLAN, &count);
		err = api_find(
		    list, count, http_query(req, "before"), &before, &why);
	}
	if (err != EK_OK)
		return http_fail(req, err, &why);
	return api_reply(req, 200, plans_history_json(keeld, before, limit));
}

/* The two versions meant: the last two, unless the request names them. */
static enum ek_err
pick_two(const struct record *const *list, size_t count, const char *from,
    const char *to, const struct record *ret[2], struct ek_why *why)
{
	enum ek_err err = EK_OK;
	size_t i;

	if (count == 0)
		return ek_why(why, EK_NOT_FOUND,
		    "there is no plan yet; write one with keel plan edit");
	ret[1] = list[count - 1];
	if (to != NULL)
		err = api_find(list, count, to, &ret[1], why);
	if (err != EK_OK)
		return err;
	if (from != NULL)
		return api_find(list, count, from, &ret[0], why);
	for (i = 0, ret[0] = NULL; i < count && list[i] != ret[1]; i++)
		ret[0] = list[i];
	return ret[0] != NULL
		   ? EK_OK
		   : ek_why(why, EK_NOT_FOUND,
			 "there is no version before this one; nothing is to "
			 "be compared");
}

static const struct http_token *
diff_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	const struct record *const *list;
	const struct record *two[2] = {NULL, NULL};
	struct ek_why why = {""};
	json_t *json = NULL, *changes = NULL;
	struct buf diff;
	size_t count;
	enum ek_err err;

	buf_init(&diff, DIFF_MAX);
	err = http_query_only(req, &why, "from", "to", NULL);
	if (err == EK_OK)
		err = api_need_open(keeld, &why);
	if (err == EK_OK) {
		list = book_list(store_book(keeld->store), REC_PLAN, &count);
		err = pick_two(list, count, http_query(req, "from"),
		    http_query(req, "to"), two, &why);
	}
	if (err == EK_OK)
		err = plans_diff(two[0], two[1], &diff, &changes);
	if (err == EK_OK)
		json = json_pack("{s:o,s:o,s:s,s:o}", "from",
		    api_hex(two[0]->rid), "to", api_hex(two[1]->rid), "diff",
		    buf_text(&diff), "changes", changes);
	buf_done(&diff);
	return err == EK_OK ? api_reply(req, 200, json)
			    : http_fail(req, err, &why);
}

/* --- agreed with, the same bullet --- */

static enum ek_err
agree(struct keeld *keeld, const struct api_key *key, const json_t *body,
    struct ek_why *why)
{
	const struct record *before = api_before(keeld, key, REC_AGREED);
	const struct record *rec = current(keeld);
	struct record_build build;
	struct batch batch;
	struct moment now;
	const char *with = NULL;
	enum ek_err err;

	err = json_only(body, "the request", why, "with", NULL);
	if (err == EK_OK)
		err = api_text(body, "with", EK_NAME_MAX, &with, why);
	if (err == EK_OK)
		err = api_clean(with, "with", true, why);
	if (err == EK_OK && rec == NULL)
		err = ek_why(why, EK_NOT_FOUND,
		    "there is no plan yet; write one with keel plan edit");
	if (err != EK_OK)
		return err;
	moment_now(keeld, &now);
	if (before != NULL) /* a repeat is of the day it was then */
		moment_at(keeld, before->time_ms, &now);
	batch_init(&batch, keeld, key);
	batch_begin(&batch, &build, REC_AGREED);
	record_put_id(&build, AGREED_PLAN,
	    before != NULL ? record_id(before, AGREED_PLAN) : rec->rid);
	record_put_str(&build, AGREED_WITH, with);
	record_put_str(&build, AGREED_DAY, now.date);
	batch_end(&batch, &build);
	err = batch_store(&batch, NULL, why);
	batch_done(&batch);
	return err;
}

/* A new version of the same text in which `now` bears the id `was`. */
static enum ek_err
same(struct keeld *keeld, const struct api_key *key, const json_t *body,
    struct ek_why *why)
{
	const char *was = NULL, *now = NULL;
	const struct record *before = api_before(keeld, key, REC_PLAN);
	const struct record *rec = current(keeld);
	struct plan *plan = NULL;
	struct batch batch;
	struct buf ids;
	char *text = NULL;
	enum ek_err err;

	err = json_only(body, "the request", why, "was", "now", NULL);
	if (err == EK_OK)
		err = api_text(body, "was", 7, &was, why);
	if (err == EK_OK)
		err = api_text(body, "now", 7, &now, why);
	if (err != EK_OK)
		return err;
	if (before != NULL && record_id(before, PLAN_BASE) != NULL)
		rec = book_find(store_book(keeld->store),
		    record_id(before, PLAN_BASE)); /* a repeat: as it was */
	if (rec == NULL)
		return ek_why(why, EK_NOT_FOUND,
		    "there is no plan yet; write one with keel plan edit");
	buf_init(&ids, EK_PAYLOAD_MAX);
	batch_init(&batch, keeld, key);
	err = words_plan(rec, &plan);
	if (err == EK_OK)
		err = plan_same(plan, was, now, why);
	if (err == EK_OK)
		err = plan_ids(plan, &ids);
	text = record_str_dup(rec, PLAN_TEXT);
	if (err == EK_OK && text == NULL)
		err = EK_NOMEM;
	if (err == EK_OK) {
		api_plan_put(&batch, text, plan, buf_text(&ids), rec->rid);
		err = batch_store(&batch, NULL, why);
	}
	plans_text_free(text);
	plan_free(plan);
	batch_done(&batch);
	buf_done(&ids);
	return err;
}

static const struct http_token *
post(struct http_req *req, struct keeld *keeld,
    enum ek_err (*act)(struct keeld *, const struct api_key *, const json_t *,
	struct ek_why *))
{
	struct ek_why why = {""};
	struct api_key key;
	const json_t *body;
	enum ek_err err;

	err = api_need_open(keeld, &why);
	if (err == EK_OK)
		err = api_key(req, &key, &why);
	if (err == EK_OK)
		err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = act(keeld, &key, body, &why);
	return err == EK_OK
		   ? api_reply(req, 200, json_pack("{s:b}", "saved", 1))
		   : http_fail(req, err, &why);
}

static const struct http_token *
agree_post(struct http_req *req, void *arg)
{
	return post(req, arg, agree);
}

static const struct http_token *
same_post(struct http_req *req, void *arg)
{
	return post(req, arg, same);
}

const struct http_route api_plan_routes[] = {
    {"GET", "/v1/plan", plan_get, 0, NULL,
	"exists, text, version, saved, lang, review, agreed, draft, sections, "
	"document: its pieces in her order",
	"the newest plan"},
    {"PUT", "/v1/plan", plan_put, 0, "text, base",
	"saved, version, changed, diff",
	"a new version, on top of the one its editor began with"},
    {"GET", "/v1/plan/history", history_get, 0, "?limit=N&before=ID",
	"versions: version, saved, bullets, agreed; older: there are more",
	"its versions, newest last; with limit the last of them"},
    {"GET", "/v1/plan/diff", diff_get, 0, "?from=ID&to=ID",
	"from, to, diff, changes: key, heading, was, is",
	"what changed between two versions; the last two without names"},
    {"GET", "/v1/plan/versions/:id", version_get, 0, NULL,
	"exists, text, version, saved, lang, review, agreed, draft, sections, "
	"document",
	"one version"},
    {"POST", "/v1/plan/agree", agree_post, 0, "with", "saved",
	"the newest version was agreed with someone today"},
    {"POST", "/v1/plan/same", same_post, 0, "was, now", "saved",
	"two ids are one bullet: the one now called so takes the old id"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
