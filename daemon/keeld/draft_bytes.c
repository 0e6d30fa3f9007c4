/*
 * draft_bytes - a draft as the bytes that the store seals: JSON, read back as
 * strictly as anything else, for a row may be torn or a newer version's.
 */
#include <stdlib.h>
#include <string.h>

#include "keeld/draft.h"

#define FORMAT 1

void
draft_free(struct draft *draft)
{
	if (draft == NULL)
		return;
	json_decref(draft->fields);
	explicit_bzero(draft, sizeof(*draft));
	free(draft);
}

enum ek_err
draft_write(const struct draft *draft, struct buf *ret)
{
	json_t *json = json_pack("{s:i,s:s,s:s,s:s,s:s,s:I,s:I,s:i,s:O}", "v",
	    FORMAT, "key", draft->key, "instrument", draft->instrument, "slot",
	    draft->slot, "plan", draft->plan, "begun",
	    (json_int_t)draft->begun_ms, "until", (json_int_t)draft->until_ms,
	    "step", draft->step, "fields", draft->fields);
	enum ek_err err = EK_NOMEM;

	if (json != NULL)
		err = json_write(json, ret);
	json_decref(json);
	return err;
}

static bool
take_text(const json_t *json, const char *name, char *out, size_t room)
{
	enum ek_err err = EK_OK;
	const char *text = json_text(json, name, room - 1, &err, NULL);

	if (err != EK_OK || text == NULL)
		return false;
	memcpy(out, text, strlen(text) + 1);
	return true;
}

static bool
take_int(const json_t *json, const char *name, int64_t most, int64_t *ret)
{
	const json_t *value = json_object_get(json, name);

	*ret = json_integer_value(value);
	return json_is_integer(value) && *ret >= 0 && *ret <= most;
}

static bool
are_texts(const json_t *fields)
{
	json_t *mutable = (json_t *)(uintptr_t)fields;
	void *it;

	if (!json_is_object(fields))
		return false;
	for (it = json_object_iter(mutable); it != NULL;
	     it = json_object_iter_next(mutable, it))
		if (!json_is_string(json_object_iter_value(it)))
			return false;
	return true;
}

static bool
take_all(const json_t *json, struct draft *draft)
{
	int64_t version, step;

	if (!take_int(json, "v", FORMAT, &version) || version != FORMAT ||
	    !take_text(json, "key", draft->key, sizeof(draft->key)) ||
	    !take_text(json, "instrument", draft->instrument,
		sizeof(draft->instrument)) ||
	    !take_text(json, "slot", draft->slot, sizeof(draft->slot)) ||
	    !take_text(json, "plan", draft->plan, sizeof(draft->plan)) ||
	    !take_int(json, "begun", EK_TIME_MS_MAX, &draft->begun_ms) ||
	    !take_int(json, "until", EK_TIME_MS_MAX, &draft->until_ms) ||
	    !take_int(json, "step", 100, &step) ||
	    !are_texts(json_object_get(json, "fields")))
		return false;
	draft->step = (int)step;
	draft->fields = json_incref(json_object_get(json, "fields"));
	return true;
}

enum ek_err
draft_read(const struct buf *bytes, struct draft **ret)
{
	struct draft *draft;
	json_t *json = NULL;
	enum ek_err err;

	err = json_read(bytes->data, bytes->len, "a draft", &json, NULL);
	if (err != EK_OK)
		return err == EK_NOMEM ? err : EK_CORRUPT;
	draft = calloc(1, sizeof(*draft));
	if (draft == NULL)
		err = EK_NOMEM;
	else if (!take_all(json, draft))
		err = EK_CORRUPT;
	json_decref(json);
	if (err == EK_OK)
		*ret = draft;
	else
		draft_free(draft);
	return err;
}
