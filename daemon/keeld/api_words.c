/*
 * api_words - her words as JSON, and her strategies by how they helped.
 */
#include <math.h>
#include <string.h>

#include "keeld/api.h"

json_t *
api_use_text(const struct words_use *use)
{
	struct buf text;
	json_t *json;

	buf_init(&text, 200);
	words_use_text(use, &text);
	json = text.len == 0 ? json_null() : json_string(buf_text(&text));
	buf_done(&text);
	return json;
}

static json_t *
rounded(bool known, double value)
{
	return known ? json_from_double(round(value * 1000) / 1000)
		     : json_null();
}

static json_t *
use_json(const struct words_use *use)
{
	return json_pack("{s:s,s:s,s:I,s:o,s:o}", "id", use->id, "text",
	    use->text, "times", (json_int_t)use->times, "helped",
	    rounded(use->said > 0, use->helped), "words", api_use_text(use));
}

static json_t *
bullets_json(const struct plan_bullet *bullets, size_t count)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < count; i++)
		if (json_array_append_new(
			list, json_pack("{s:s,s:s}", "id", bullets[i].id,
				  "text", bullets[i].text)) != 0)
			break;
	return list;
}

static json_t *
linked_json(const struct words *words)
{
	json_t *list = json_array(), *uses;
	size_t i, k;

	for (i = 0; i < words->linked_count; i++) {
		uses = json_array();
		for (k = 0; k < words->linked[i].count; k++)
			if (json_array_append_new(
				uses, use_json(&words->linked[i].uses[k])) != 0)
				break;
		if (json_array_append_new(list, json_pack("{s:s,s:o}", "sign",
						    words->linked[i].sign->text,
						    "strategies", uses)) != 0)
			break;
	}
	return list;
}

static json_t *
words_json(const struct words *words)
{
	json_t *best = json_array();
	size_t i;

	for (i = 0; i < words->best_count; i++)
		if (json_array_append_new(best, use_json(words->best[i])) != 0)
			break;
	return json_pack("{s:o,s:o,s:o,s:o}", "linked", linked_json(words),
	    "best", best, "people",
	    bullets_json(words->people, words->people_count), "steps",
	    bullets_json(words->steps, words->step_count));
}

json_t *
api_words(struct keeld *keeld, const unsigned char *version,
    const struct record_pair *marks, size_t count)
{
	struct words_coping *coping = NULL;
	struct words *words = NULL;
	const struct book *book = store_book(keeld->store);
	json_t *json;

	if (book == NULL || words_coping_new(book, &coping) != EK_OK)
		return json_pack("{s:[],s:[],s:[],s:[]}", "linked", "best",
		    "people", "steps");
	json = words_new(book, coping, version, marks, count, &words) == EK_OK
		   ? words_json(words)
		   : NULL;
	words_free(words);
	words_coping_free(coping);
	return json;
}

/* --- GET /v1/words, GET /v1/coping --- */

static const struct http_token *
words_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	enum ek_err err;

	err = http_query_only(req, &why, NULL);
	if (err == EK_OK)
		err = api_need_open(keeld, &why);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	return api_reply(req, 200,
	    json_pack("{s:o,s:o}", "words", api_words(keeld, NULL, NULL, 0),
		"nobody", api_nobody(keeld)));
}

static json_t *
strategy_json(const struct words_coping *coping, const struct words_use *use)
{
	json_t *signs = json_array();
	size_t i;

	for (i = 0; i < use->sign_count; i++)
		if (json_array_append_new(
			signs, json_pack("{s:s,s:s}", "id", use->signs[i]->id,
				   "text", use->signs[i]->text)) != 0)
			break;
	return json_pack("{s:s,s:s,s:I,s:o,s:o,s:o,s:o}", "id", use->id, "text",
	    use->text, "times", (json_int_t)use->times, "helped",
	    rounded(use->said > 0, use->helped), "rank",
	    rounded(coping->said > 0, use->rank), "words", api_use_text(use),
	    "signs", signs);
}

static json_t *
coping_json(const struct words_coping *coping)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; coping != NULL && i < coping->count; i++)
		if (json_array_append_new(
			list, strategy_json(coping, &coping->uses[i])) != 0)
			break;
	return json_pack("{s:o}", "strategies", list);
}

static const struct http_token *
coping_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct words_coping *coping = NULL;
	struct ek_why why = {""};
	json_t *json;
	enum ek_err err;

	err = http_query_only(req, &why, NULL);
	if (err == EK_OK)
		err = api_need_open(keeld, &why);
	if (err == EK_OK)
		err = words_coping_new(store_book(keeld->store), &coping);
	if (err == EK_NOT_FOUND) /* no plan yet: no strategies */
		err = EK_OK;
	if (err != EK_OK)
		return http_fail(req, err, &why);
	json = coping_json(coping);
	words_coping_free(coping);
	return api_reply(req, 200, json);
}

const struct http_route api_coping_routes[] = {
    {"GET", "/v1/words", words_get, 0, NULL, "words, nobody",
	"her own words, without saving anything"},
    {"GET", "/v1/coping", coping_get, 0, NULL, "strategies",
	"her strategies, those that helped best first"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
