/*
 * api_form - what a check-in asks: the instrument's items, her signs and
 * strategies, and which slot it would answer.
 */
#include <string.h>

#include "evenkeel/text.h"
#include "keeld/api.h"
#include "keeld/open_question.h"

/* --- GET /v1/instruments --- */

static json_t *
head_json(const struct keeld *keeld, const struct instrument *one)
{
	return json_pack("{s:s,s:s,s:s?,s:s?,s:b,s:b,s:s?,s:s?,s:o}", "name",
	    instrument_name(one), "title", instrument_title(one), "version",
	    instrument_version(one), "language", instrument_language(one), "on",
	    (int)instruments_on(keeld->instruments, one), "validated",
	    (int)instrument_validated(one), "copyright",
	    instrument_copyright(one), "citation", instrument_citation(one),
	    "measures", instrument_measures_json(one));
}

static const struct http_token *
instruments_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	json_t *list;
	size_t i;
	enum ek_err err = http_query_only(req, &why, NULL);

	if (err != EK_OK)
		return http_fail(req, err, &why);
	list = json_array();
	for (i = 0; i < instruments_count(keeld->instruments); i++)
		if (json_array_append_new(
			list, head_json(keeld,
				  instruments_at(keeld->instruments, i))) != 0)
			break;
	return api_reply(req, 200, json_pack("{s:o}", "instruments", list));
}

/* --- GET /v1/form --- */

static const char *
type_name(enum item_type type)
{
	switch (type) {
	case ITEM_SCALE:
		return "scale";
	case ITEM_CHOICE:
		return "choice";
	case ITEM_TEXT:
		return "text";
	}
	return "text";
}

static json_t *
options_json(const struct item *item)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < item->option_count; i++)
		if (json_array_append_new(list,
			json_pack("{s:s,s:o}", "text", item->options[i].text,
			    "value",
			    json_from_double(item->options[i].value))) != 0)
			break;
	return list;
}

static json_t *
item_json(const struct item *item)
{
	bool number = item->type != ITEM_TEXT;

	return json_pack("{s:s,s:s,s:s,s:o,s:o,s:s?,s:s?,s:b,s:o}", "id",
	    item->id, "text", item->text, "type", type_name(item->type), "min",
	    number ? json_from_double(item->min) : json_null(), "max",
	    number ? json_from_double(item->max) : json_null(), "low",
	    item->low_text, "high", item->high_text, "required",
	    (int)item->required, "options", options_json(item));
}

static json_t *
instrument_json(const struct instrument *one)
{
	const struct item *items;
	json_t *list = json_array();
	size_t count, i;

	items = instrument_items(one, &count);
	for (i = 0; i < count; i++)
		if (json_array_append_new(list, item_json(&items[i])) != 0)
			break;
	return json_pack("{s:s,s:s,s:s?,s:s?,s:b,s:s?,s:o}", "name",
	    instrument_name(one), "title", instrument_title(one), "version",
	    instrument_version(one), "intro", instrument_intro(one),
	    "validated", (int)instrument_validated(one), "copyright",
	    instrument_copyright(one), "items", list);
}

static json_t *
bullets_json(const struct plan *plan, enum plan_section section)
{
	const struct plan_bullet *bullets;
	json_t *list = json_array();
	size_t count = 0, i;

	bullets = plan == NULL ? NULL : plan_bullets(plan, section, &count);
	for (i = 0; i < count; i++)
		if (json_array_append_new(
			list, json_pack("{s:s,s:s}", "id", bullets[i].id,
				  "text", bullets[i].text)) != 0)
			break;
	return list;
}

struct form {
	const struct instrument *instrument;
	struct slot_pick slot;
	const unsigned char *version; /* of the plan; NULL: none to be read */
	struct plan *plan;
	bool locked;
	bool ask;
};

static json_t *
form_json(const struct keeld *keeld, const struct form *form)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:s?,s:b,s:o}", "instrument",
	    instrument_json(form->instrument), "plan", api_hex(form->version),
	    "signs", bullets_json(form->plan, PLAN_SIGNS), "strategies",
	    bullets_json(form->plan, PLAN_HELPS), "slot",
	    slot_pick_json(&form->slot), "ask_open_question",
	    form->ask ? open_question_text() : NULL, "locked",
	    (int)form->locked, "nobody", api_nobody(keeld));
}

/* The newest, or the one that a form of before was made of: what was marked
 * there has its ids. */
static enum ek_err
pick_plan(const struct book *book, const char *named, const struct record **ret,
    struct ek_why *why)
{
	unsigned char rid[EK_ID_LEN];

	*ret = book_latest(book, REC_PLAN);
	if (named == NULL)
		return EK_OK;
	if (!text_unhex(named, rid, sizeof(rid)))
		return ek_why(why, EK_INVALID,
		    "plan is not an id of 32 hexadecimal digits; leave it out "
		    "for the newest version");
	*ret = book_find(book, rid);
	if (*ret == NULL || (*ret)->kind != REC_PLAN)
		return ek_why(why, EK_NOT_FOUND,
		    "there is no such version of the plan; `keel plan history` "
		    "lists them");
	return EK_OK;
}

static enum ek_err
fill_form(struct keeld *keeld, const char *slot, const char *plan,
    struct form *form, struct ek_why *why)
{
	const struct book *book = store_book(keeld->store);
	const char *name = instrument_name(form->instrument);
	const struct record *rec;
	enum ek_err err;

	form->locked = book == NULL;
	if (slot != NULL)
		err = slot_pick_id(
		    keeld, slot, name, SLOT_EV_ANSWER, &form->slot, why);
	else
		err = slot_pick_open(keeld, name, &form->slot);
	if (err != EK_OK || book == NULL)
		return err;
	form->ask =
	    open_question_due(book, form->instrument, loop_now_ms(keeld->loop));
	err = pick_plan(book, plan, &rec, why);
	if (err != EK_OK || rec == NULL)
		return err;
	form->version = rec->rid;
	return words_plan(rec, &form->plan);
}

static const struct http_token *
form_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct form form;
	struct ek_why why = {""};
	const char *name = http_query(req, "instrument");
	json_t *json = NULL;
	enum ek_err err;

	memset(&form, 0, sizeof(form));
	err = http_query_only(req, &why, "instrument", "slot", "plan", NULL);
	if (err == EK_OK && name == NULL)
		err = ek_why(&why, EK_INVALID,
		    "instrument is missing; `keel instrument list` lists them");
	if (err == EK_OK)
		err = api_need_book(keeld, &why);
	if (err == EK_OK)
		err = api_instrument(keeld, name, &form.instrument, &why);
	if (err == EK_OK)
		err = fill_form(keeld, http_query(req, "slot"),
		    http_query(req, "plan"), &form, &why);
	if (err == EK_OK)
		json = form_json(keeld, &form);
	plan_free(form.plan);
	return err == EK_OK ? api_reply(req, 200, json)
			    : http_fail(req, err, &why);
}

const struct http_route api_form_routes[] = {
    {"GET", "/v1/instruments", instruments_get, 0, NULL,
	"instruments: name, title, version, language, on, validated, "
	"copyright, citation, measures",
	"the questionnaires at hand"},
    {"GET", "/v1/form", form_get, 0, "?instrument=NAME&slot=ID&plan=ID",
	"instrument, plan, signs, strategies, slot, ask_open_question, locked, "
	"nobody",
	"what a check-in asks"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
