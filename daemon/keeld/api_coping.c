/*
 * api_coping - what she does when it is hard, and what of it helped her.
 */
#include "keeld/api.h"

static json_t *
signs_json(const struct words_use *use)
{
	json_t *signs = json_array();
	size_t i;

	for (i = 0; i < use->sign_count; i++)
		if (json_array_append_new(
			signs, json_pack("{s:s,s:s}", "id", use->signs[i]->id,
				   "text", use->signs[i]->text)) != 0)
			break;
	return signs;
}

static json_t *
use_json(const struct words_use *use)
{
	bool said = use->said > 0;

	return json_pack("{s:s,s:s,s:I,s:I,s:o,s:o,s:o,s:o}", "id", use->id,
	    "text", use->text, "times", (json_int_t)use->times, "said",
	    (json_int_t)use->said, "helped",
	    said ? json_from_double(use->helped) : json_null(), "rank",
	    said ? json_from_double(use->rank) : json_null(), "words",
	    api_use_text(use), "signs", signs_json(use));
}

static const struct http_token *
coping_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct words_coping *coping = NULL;
	json_t *list = json_array();
	struct ek_why why = {""};
	enum ek_err err;
	size_t i;

	err = http_query_only(req, &why, NULL);
	if (err == EK_OK)
		err = api_need_open(keeld, &why);
	if (err == EK_OK)
		err = words_coping_new(store_book(keeld->store), &coping);
	if (err == EK_NOT_FOUND)
		err = EK_OK; /* no plan yet: an empty list */
	for (i = 0; err == EK_OK && coping != NULL && i < coping->count; i++)
		if (json_array_append_new(list, use_json(&coping->uses[i])) !=
		    0)
			err = EK_NOMEM;
	words_coping_free(coping);
	if (err != EK_OK) {
		json_decref(list);
		return http_fail(req, err, &why);
	}
	return api_reply(req, 200, json_pack("{s:o}", "strategies", list));
}

const struct http_route api_coping_routes[] = {
    {"GET", "/v1/coping", coping_get, 0, NULL,
	"strategies: id, text, times, said, helped, rank, words, signs",
	"her strategies, those that helped her best first"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
