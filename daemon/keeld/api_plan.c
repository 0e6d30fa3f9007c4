/*
 * api_plan - the plan's versions: read, saved, compared, agreed.
 *
 * A version is saved only onto the one it was made from: two windows, or two
 * desks, never overwrite each other in silence.
 */
#include <stdlib.h>
#include <string.h>

#include "evenkeel/text.h"
#include "keeld/api.h"

void
api_plan_put(struct batch *batch, const char *text, const struct plan *plan,
    const char *ids, const unsigned char *base)
{
	struct record_build build;

	batch_begin(batch, &build, REC_PLAN);
	record_put_str(&build, PLAN_TEXT, text);
	record_put_str(&build, PLAN_LANG, plan_lang(plan));
	record_put_str(&build, PLAN_IDS, ids);
	record_put_id(&build, PLAN_BASE, base);
	batch_end(batch, &build);
}

static const struct record *
current(struct keeld *keeld)
{
	return book_latest(store_book(keeld->store), REC_PLAN);
}

static enum ek_err
need_plan(struct keeld *keeld, const struct record **ret, struct ek_why *why)
{
	enum ek_err err = api_need_open(keeld, why);

	if (err != EK_OK)
		return err;
	*ret = current(keeld);
	if (*ret == NULL)
		return ek_why(why, EK_NOT_FOUND,
		    "there is no plan yet; write one: keel plan edit");
	return EK_OK;
}

/* --- showing --- */

static json_t *
agreed_json(const struct book *book, const struct record *version)
{
	const struct record *const *list;
	const unsigned char *of;
	json_t *agreed = json_array();
	size_t count, i;

	list = book_list(book, REC_AGREED, &count);
	for (i = 0; i < count; i++) {
		of = record_id(list[i], AGREED_PLAN);
		if (of == NULL || memcmp(of, version->rid, EK_ID_LEN) != 0)
			continue;
		if (json_array_append_new(
			agreed, json_pack("{s:o,s:o}", "with",
				    api_field(list[i], AGREED_WITH), "day",
				    api_field(list[i], AGREED_DAY))) != 0)
			break;
	}
	return agreed;
}

static json_t *
links_json(const struct plan_bullet *bullet)
{
	json_t *links = json_array();
	size_t i;

	for (i = 0; i < bullet->link_count; i++)
		if (json_array_append_new(
			links, json_string(bullet->links[i])) != 0)
			break;
	return links;
}

static json_t *
section_json(const struct plan *plan, enum plan_section section)
{
	const struct plan_bullet *bullets;
	json_t *list = json_array();
	size_t count, i;

	bullets = plan_bullets(plan, section, &count);
	for (i = 0; i < count; i++)
		if (json_array_append_new(
			list, json_pack("{s:s,s:s,s:o}", "id", bullets[i].id,
				  "text", bullets[i].text, "links",
				  links_json(&bullets[i]))) != 0)
			break;
	return json_pack("{s:s,s:s,s:o}", "key", plan_section_key(section),
	    "heading", plan_heading(section, plan_lang(plan)), "bullets", list);
}

static json_t *
sections_json(const struct plan *plan)
{
	json_t *list = json_array();
	int section;

	for (section = 0; section < PLAN_SECTIONS; section++)
		if (plan_has(plan, (enum plan_section)section) &&
		    json_array_append_new(list,
			section_json(plan, (enum plan_section)section)) != 0)
			break;
	return list;
}

static json_t *
version_json(
    struct keeld *keeld, const struct record *rec, const struct plan *plan)
{
	const char *review = plan_review_day(plan);
	json_t *agreed = agreed_json(store_book(keeld->store), rec);
	bool draft = json_array_size(agreed) == 0;
	struct moment now;

	moment_now(keeld, &now);
	return json_pack("{s:b,s:o,s:o,s:o,s:s,s:s?,s:o,s:b,s:o}", "exists", 1,
	    "text", api_field(rec, PLAN_TEXT), "version", api_hex(rec->rid),
	    "saved", api_local(&now, rec->time_ms / 1000), "lang",
	    plan_lang(plan), "review", review, "agreed", agreed, "draft",
	    (int)draft, "sections", sections_json(plan));
}

static const struct http_token *
reply_version(
    struct http_req *req, struct keeld *keeld, const struct record *rec)
{
	const struct http_token *token;
	struct plan *plan = NULL;
	enum ek_err err = words_plan(rec, &plan);

	if (err != EK_OK)
		return http_fail(req, err, NULL);
	token = api_reply(req, 200, version_json(keeld, rec, plan));
	plan_free(plan);
	return token;
}

static const struct http_token *
plan_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	enum ek_err err = http_query_only(req, &why, NULL);

	if (err == EK_OK)
		err = api_need_open(keeld, &why);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	if (current(keeld) == NULL)
		return api_reply(req, 200,
		    json_pack("{s:b,s:s,s:n,s:n,s:s,s:n,s:[],s:b,s:[]}",
			"exists", 0, "text", "", "version", "saved", "lang",
			"en", "review", "agreed", "draft", 1, "sections"));
	return reply_version(req, keeld, current(keeld));
}

/* --- saving --- */

/* Carries ids from the version before, and says what changed. */
static enum ek_err
prepare(struct keeld *keeld, const struct record *before, struct plan *plan,
    struct buf *ret_ids, struct buf *ret_diff)
{
	struct plan *old = NULL;
	struct buf spent;
	enum ek_err err = EK_OK;

	buf_init(&spent, EK_PAYLOAD_MAX);
	if (before != NULL)
		err = words_plan(before, &old);
	if (err == EK_OK)
		err = words_spent(store_book(keeld->store), &spent);
	if (err == EK_OK)
		err = plan_ids_carry(plan, old, buf_text(&spent));
	if (err == EK_OK)
		err = plan_ids(plan, ret_ids);
	if (err == EK_OK && old != NULL)
		err = plan_diff(old, plan, ret_diff);
	buf_done(&spent);
	plan_free(old);
	return err;
}

static json_t *
saved_json(const unsigned char *version, bool changed, const char *diff)
{
	return json_pack("{s:b,s:o,s:b,s:s}", "saved", 1, "version",
	    api_hex(version), "changed", (int)changed, "diff", diff);
}

static enum ek_err
save(struct keeld *keeld, const struct api_key *key,
    const struct record *before, const char *text, struct plan *plan,
    json_t **ret, struct ek_why *why)
{
	struct buf ids, diff;
	struct batch batch;
	enum ek_err err;

	buf_init(&ids, EK_PAYLOAD_MAX);
	buf_init(&diff, 8 * EK_PLAN_MAX);
	err = prepare(keeld, before, plan, &ids, &diff);
	batch_init(&batch, keeld, key);
	if (err == EK_OK)
		api_plan_put(&batch, text, plan, buf_text(&ids),
		    before == NULL ? NULL : before->rid);
	if (err == EK_OK)
		err = batch_store(&batch, NULL, why);
	if (err == EK_OK)
		*ret = saved_json(batch_rid(&batch, 0), true, buf_text(&diff));
	batch_done(&batch);
	buf_done(&ids);
	buf_done(&diff);
	return err;
}

/* The same request again: its version is there already. */
static bool
is_repeat(struct keeld *keeld, const struct api_key *key, const char *text,
    json_t **ret)
{
	const struct record *made = api_before(keeld, key, REC_PLAN);

	if (made == NULL || !record_text_is(made, PLAN_TEXT, text))
		return false;
	*ret = saved_json(made->rid, true, "");
	return true;
}

static enum ek_err
check_base(const json_t *body, const struct record *now, struct ek_why *why)
{
	unsigned char base[EK_ID_LEN];
	enum ek_err err;
	bool has;

	err = api_hex_id(body, "base", base, &has, why);
	if (err != EK_OK)
		return err;
	if (has != (now != NULL) ||
	    (has && memcmp(base, now->rid, EK_ID_LEN) != 0))
		return ek_why(why, EK_CONFLICT,
		    "the plan was changed meanwhile, in another window or on "
		    "another computer; look at it (keel plan show), then make "
		    "your change again");
	return EK_OK;
}

static enum ek_err
put(struct keeld *keeld, struct http_req *req, const json_t *body, json_t **ret,
    struct ek_why *why)
{
	const struct record *before;
	const char *text = NULL;
	struct plan *plan = NULL;
	struct api_key key;
	enum ek_err err;

	err = json_only(body, "the request", why, "text", "base", NULL);
	if (err == EK_OK)
		err = api_text(body, "text", EK_PLAN_MAX, &text, why);
	if (err == EK_OK)
		err = api_need_open(keeld, why);
	if (err == EK_OK)
		err = api_key(req, &key, why);
	if (err != EK_OK || is_repeat(keeld, &key, text, ret))
		return err;
	before = current(keeld);
	err = check_base(body, before, why);
	if (err == EK_OK)
		err = plan_parse(text, strlen(text), &plan, why);
	if (err == EK_OK && before != NULL &&
	    record_text_is(before, PLAN_TEXT, text))
		*ret = saved_json(before->rid, false, "");
	else if (err == EK_OK)
		err = save(keeld, &key, before, text, plan, ret, why);
	plan_free(plan);
	return err;
}

static const struct http_token *
plan_put(struct http_req *req, void *arg)
{
	struct ek_why why = {""};
	json_t *reply = NULL;
	const json_t *body;
	enum ek_err err;

	err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = put(arg, req, body, &reply, &why);
	return err == EK_OK ? api_reply(req, 200, reply)
			    : http_fail(req, err, &why);
}

/* --- versions --- */

static size_t
bullets_of(const struct record *rec)
{
	struct plan *plan = NULL;
	size_t total = 0, count;
	int section;

	if (words_plan(rec, &plan) != EK_OK)
		return 0;
	for (section = 0; section < PLAN_SECTIONS; section++) {
		plan_bullets(plan, (enum plan_section)section, &count);
		total += count;
	}
	plan_free(plan);
	return total;
}

static const struct http_token *
history_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	const struct record *const *list;
	json_t *versions = json_array();
	struct ek_why why = {""};
	struct moment now;
	size_t count, i;
	enum ek_err err;

	err = http_query_only(req, &why, NULL);
	if (err == EK_OK)
		err = api_need_open(keeld, &why);
	if (err != EK_OK) {
		json_decref(versions);
		return http_fail(req, err, &why);
	}
	moment_now(keeld, &now);
	list = book_list(store_book(keeld->store), REC_PLAN, &count);
	for (i = 0; i < count; i++)
		if (json_array_append_new(versions,
			json_pack("{s:o,s:o,s:I,s:o}", "version",
			    api_hex(list[i]->rid), "saved",
			    api_local(&now, list[i]->time_ms / 1000), "bullets",
			    (json_int_t)bullets_of(list[i]), "agreed",
			    agreed_json(store_book(keeld->store), list[i]))) !=
		    0)
			break;
	return api_reply(req, 200, json_pack("{s:o}", "versions", versions));
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
	return err == EK_OK ? reply_version(req, keeld, rec)
			    : http_fail(req, err, &why);
}

/* from and to, by default the last two; *ret_from NULL: nothing before. */
static enum ek_err
pick_two(struct keeld *keeld, const struct http_req *req,
    const struct record **ret_from, const struct record **ret_to,
    struct ek_why *why)
{
	const char *from = http_query(req, "from"), *to = http_query(req, "to");
	const struct record *const *list;
	enum ek_err err = EK_OK;
	size_t count, i;

	list = book_list(store_book(keeld->store), REC_PLAN, &count);
	*ret_to = list[count - 1];
	if (to != NULL)
		err = api_find(list, count, to, ret_to, why);
	*ret_from = NULL;
	for (i = 1; i < count; i++)
		if (list[i] == *ret_to)
			*ret_from = list[i - 1];
	if (err == EK_OK && from != NULL)
		err = api_find(list, count, from, ret_from, why);
	return err;
}

static enum ek_err
diff_two(const struct record *from, const struct record *to, struct buf *ret)
{
	struct plan *old = NULL, *plan = NULL;
	enum ek_err err = EK_OK;

	if (from == NULL)
		return EK_OK;
	err = words_plan(from, &old);
	if (err == EK_OK)
		err = words_plan(to, &plan);
	if (err == EK_OK)
		err = plan_diff(old, plan, ret);
	plan_free(old);
	plan_free(plan);
	return err;
}

static const struct http_token *
diff_get(struct http_req *req, void *arg)
{
	const struct record *from = NULL, *to = NULL;
	const struct http_token *token;
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	struct buf diff;
	enum ek_err err;

	buf_init(&diff, 8 * EK_PLAN_MAX);
	err = http_query_only(req, &why, "from", "to", NULL);
	if (err == EK_OK)
		err = need_plan(keeld, &to, &why);
	if (err == EK_OK)
		err = pick_two(keeld, req, &from, &to, &why);
	if (err == EK_OK)
		err = diff_two(from, to, &diff);
	if (err == EK_OK)
		token = api_reply(req, 200,
		    json_pack("{s:o,s:o,s:s}", "from",
			api_hex(from == NULL ? NULL : from->rid), "to",
			api_hex(to->rid), "diff", buf_text(&diff)));
	else
		token = http_fail(req, err, &why);
	buf_done(&diff);
	return token;
}

/* --- agreeing, and mending a wrong guess --- */

static enum ek_err
agree(struct keeld *keeld, struct http_req *req, const json_t *body,
    struct ek_why *why)
{
	const struct record *plan, *before;
	const char *with = NULL;
	struct record_build build;
	struct moment now;
	struct api_key key;
	struct batch batch;
	enum ek_err err;

	err = json_only(body, "the request", why, "with", NULL);
	if (err == EK_OK)
		err = api_text(body, "with", EK_NAME_MAX, &with, why);
	if (err == EK_OK)
		err = api_clean(with, "with", true, why);
	if (err == EK_OK)
		err = need_plan(keeld, &plan, why);
	if (err == EK_OK)
		err = api_key(req, &key, why);
	if (err != EK_OK)
		return err;
	before = api_before(keeld, &key, REC_AGREED);
	if (before != NULL && record_text_is(before, AGREED_WITH, with))
		return EK_OK;
	moment_now(keeld, &now);
	batch_init(&batch, keeld, &key);
	batch_begin(&batch, &build, REC_AGREED);
	record_put_id(&build, AGREED_PLAN, plan->rid);
	record_put_str(&build, AGREED_WITH, with);
	record_put_str(&build, AGREED_DAY, now.date);
	batch_end(&batch, &build);
	err = batch_store(&batch, NULL, why);
	batch_done(&batch);
	return err;
}

/* A version of the same text, its ids mended. */
static enum ek_err
same(struct keeld *keeld, struct http_req *req, const json_t *body,
    struct ek_why *why)
{
	const char *was = NULL, *now = NULL;
	const struct record *rec;
	struct plan *plan = NULL;
	struct api_key key;
	struct batch batch;
	struct buf ids;
	char *text = NULL;
	enum ek_err err;

	buf_init(&ids, EK_PAYLOAD_MAX);
	err = json_only(body, "the request", why, "was", "now", NULL);
	if (err == EK_OK)
		err = api_text(body, "was", 7, &was, why);
	if (err == EK_OK)
		err = api_text(body, "now", 7, &now, why);
	if (err == EK_OK)
		err = need_plan(keeld, &rec, why);
	if (err == EK_OK)
		err = api_key(req, &key, why);
	if (err != EK_OK || api_before(keeld, &key, REC_PLAN) != NULL)
		goto out;
	err = words_plan(rec, &plan);
	if (err == EK_OK)
		err = plan_same(plan, was, now, why);
	if (err == EK_OK)
		err = plan_ids(plan, &ids);
	if (err != EK_OK)
		goto out;
	text = record_str_dup(rec, PLAN_TEXT);
	batch_init(&batch, keeld, &key);
	api_plan_put(&batch, text, plan, buf_text(&ids), rec->rid);
	err = text == NULL ? EK_NOMEM : batch_store(&batch, NULL, why);
	batch_done(&batch);
out:
	free(text);
	plan_free(plan);
	buf_done(&ids);
	return err;
}

static const struct http_token *
act(struct http_req *req, struct keeld *keeld,
    enum ek_err (*what)(struct keeld *keeld, struct http_req *req,
	const json_t *body, struct ek_why *why))
{
	struct ek_why why = {""};
	const json_t *body;
	enum ek_err err;

	err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = what(keeld, req, body, &why);
	return err == EK_OK
		   ? api_reply(req, 200, json_pack("{s:b}", "saved", 1))
		   : http_fail(req, err, &why);
}

static const struct http_token *
agree_post(struct http_req *req, void *arg)
{
	return act(req, arg, agree);
}

static const struct http_token *
same_post(struct http_req *req, void *arg)
{
	return act(req, arg, same);
}

const struct http_route api_plan_routes[] = {
    {"GET", "/v1/plan", plan_get, 0, NULL,
	"exists, text, version, saved, lang, review, agreed, draft, sections",
	"the plan as it stands"},
    {"PUT", "/v1/plan", plan_put, 0, "text, base: the version it grew from",
	"saved, version, changed, diff", "a new version of the plan"},
    {"GET", "/v1/plan/history", history_get, 0, NULL,
	"versions: version, saved, bullets, agreed", "every version"},
    {"GET", "/v1/plan/diff", diff_get, 0, "from, to: versions",
	"from, to, diff", "what changed between two versions"},
    {"GET", "/v1/plan/versions/:id", version_get, 0, NULL, "as GET /v1/plan",
	"one version"},
    {"POST", "/v1/plan/agree", agree_post, 0, "with: a name", "saved",
	"this version was agreed with someone, today"},
    {"POST", "/v1/plan/same", same_post, 0, "was, now: ids", "saved",
	"mends a wrong guess: this bullet is that one"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
