/*
 * record_json - a record as the archive shows it, and back.
 *
 * {"id":hex,"kind":name,"time":"2026-11-24T16:31:07.123Z", fields by name}.
 * What a newer version wrote is carried as "kind-N" and "field-N" in hex, so
 * that an archive never loses it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/record_fields.h"
#include "evenkeel/civil.h"
#include "evenkeel/record.h"
#include "evenkeel/text.h"

static json_t *
hex_json(const unsigned char *bytes, size_t len)
{
	char *hex = malloc(2 * len + 1);
	json_t *json;

	if (hex == NULL)
		return NULL;
	text_hex(bytes, len, hex);
	json = json_string(hex);
	free(hex);
	return json;
}

/* Whole or NULL: part of a list would be taken for all of it. */
static json_t *
ids_json(const struct record_value *value)
{
	json_t *array = json_array();
	size_t at;

	for (at = 0; at < value->len; at += EK_ID_LEN)
		if (json_array_append_new(
			array, hex_json(value->bytes + at, EK_ID_LEN)) != 0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

static json_t *
map_json(const struct record_value *value)
{
	json_t *object = json_object();
	char key[EK_ITEM_ID_MAX + 1];
	size_t at = 0, len;

	while (at < value->len) {
		len = value->bytes[at];
		memcpy(key, value->bytes + at + 1, len);
		key[len] = '\0';
		if (json_object_set_new(object, key,
			json_from_double(
			    record_double(value->bytes + at + 1 + len))) != 0) {
			json_decref(object);
			return NULL;
		}
		at += 1 + len + 8;
	}
	return object;
}

static json_t *
value_json(const struct record_row *row, const struct record_value *value)
{
	if (row == NULL)
		return hex_json(value->bytes, value->len);
	switch (row->type) {
	case REC_TEXT:
		return json_stringn((const char *)value->bytes, value->len);
	case REC_INT:
		return json_integer((json_int_t)record_be(value->bytes, 8));
	case REC_ID:
		return hex_json(value->bytes, EK_ID_LEN);
	case REC_IDS:
		return ids_json(value);
	case REC_MAP:
		return map_json(value);
	}
	return NULL;
}

static json_t *
time_json(int64_t time_ms)
{
	char utc[32], text[48];

	civil_format_utc(time_ms / 1000, utc);
	snprintf(text, sizeof(text), "%.19s.%03dZ", utc, (int)(time_ms % 1000));
	return json_string(text);
}

static json_t *
kind_json(uint8_t kind)
{
	char text[16];

	if (record_kind_name(kind) != NULL)
		return json_string(record_kind_name(kind));
	snprintf(text, sizeof(text), "kind-%u", (unsigned)kind);
	return json_string(text);
}

enum ek_err
record_to_json(const struct record *rec, json_t **ret)
{
	const struct record_row *row;
	struct record_value value;
	json_t *json = json_object();
	char name[16];
	size_t at = 0;
	int bad = 0;

	bad |= json_object_set_new(json, "id", hex_json(rec->rid, EK_ID_LEN));
	bad |= json_object_set_new(json, "kind", kind_json(rec->kind));
	bad |= json_object_set_new(json, "time", time_json(rec->time_ms));
	while (at < rec->len &&
	       record_field_next(rec->fields, rec->len, &at, &value)) {
		row = record_row(rec->kind, value.number);
		snprintf(
		    name, sizeof(name), "field-%u", (unsigned)value.number);
		bad |= json_object_set_new(json, row == NULL ? name : row->name,
		    value_json(row, &value));
	}
	if (bad != 0) {
		json_decref(json);
		return EK_NOMEM;
	}
	*ret = json;
	return EK_OK;
}

/* --- back --- */

static bool
read_time(const json_t *json, int64_t *ret_ms)
{
	const char *text = json_string_value(json);
	char whole[32];
	int64_t utc;
	int offset, ms;

	if (text == NULL || strlen(text) != 24 || text[19] != '.' ||
	    strspn(text + 20, "0123456789") != 3 || text[23] != 'Z')
		return false;
	snprintf(whole, sizeof(whole), "%.19sZ", text);
	if (!civil_parse_rfc3339(whole, &utc, &offset) || utc < 0)
		return false;
	ms = (text[20] - '0') * 100 + (text[21] - '0') * 10 + text[22] - '0';
	*ret_ms = utc * 1000 + ms;
	return true;
}

/* "kind-N" and "field-N"; 0 when it is neither. */
static uint8_t
numbered(const char *name, const char *prefix)
{
	size_t len = strlen(prefix);
	char *end;
	long number;

	if (strncmp(name, prefix, len) != 0 ||
	    strspn(name + len, "0123456789") != strlen(name + len))
		return 0;
	number = strtol(name + len, &end, 10);
	return number > 0 && number <= UINT8_MAX ? (uint8_t)number : 0;
}

static uint8_t
kind_named(const char *name)
{
	uint8_t number = numbered(name, "kind-");

	if (number != 0)
		return record_kind_name(number) == NULL ? number : 0;
	for (number = 1; number != 0; number++)
		if (record_kind_name(number) != NULL &&
		    strcmp(record_kind_name(number), name) == 0)
			return number;
	return 0;
}

static bool
put_map(
    struct record_build *build, enum record_field field, const json_t *object)
{
	struct record_pair pairs[EK_MAP_MAX];
	size_t count = 0;
	void *it;

	if (!json_is_object(object) || json_object_size(object) > EK_MAP_MAX)
		return false;
	for (it = json_object_iter((json_t *)(uintptr_t)object); it != NULL;
	     it = json_object_iter_next((json_t *)(uintptr_t)object, it)) {
		if (!json_is_number(json_object_iter_value(it)))
			return false;
		pairs[count].key = json_object_iter_key(it);
		pairs[count].key_len = strlen(pairs[count].key);
		pairs[count].value =
		    json_number_value(json_object_iter_value(it));
		count++;
	}
	record_put_map(build, field, pairs, count);
	return count > 0;
}

static bool
put_ids(
    struct record_build *build, enum record_field field, const json_t *array)
{
	size_t count = json_array_size(array), i;
	unsigned char *ids;
	bool ok = count > 0 && count < EK_PAYLOAD_MAX / EK_ID_LEN;

	if (!ok)
		return false;
	ids = malloc(count * EK_ID_LEN);
	if (ids == NULL) {
		build->err = EK_NOMEM; /* comes out of record_end */
		return true;
	}
	for (i = 0; ok && i < count; i++) {
		const char *hex = json_string_value(json_array_get(array, i));

		ok = hex != NULL &&
		     text_unhex(hex, ids + i * EK_ID_LEN, EK_ID_LEN);
	}
	if (ok)
		record_put_ids(build, field, ids, count);
	free(ids);
	return ok;
}

static bool
put_unknown(struct record_build *build, uint8_t number, const json_t *json)
{
	const char *hex = json_string_value(json);
	unsigned char *bytes;
	size_t len;
	bool ok;

	if (hex == NULL || strlen(hex) % 2 != 0)
		return false;
	len = strlen(hex) / 2;
	bytes = malloc(len + 1);
	if (bytes == NULL) {
		build->err = EK_NOMEM; /* comes out of record_end */
		return true;
	}
	ok = text_unhex(hex, bytes, len);
	if (ok)
		record_put_raw(build, number, bytes, len);
	free(bytes);
	return ok;
}

static bool
put_known(struct record_build *build, const struct record_row *row,
    const json_t *json)
{
	enum record_field field =
	    (enum record_field)(row->kind << 8 | row->number);
	unsigned char id[EK_ID_LEN];

	switch (row->type) {
	case REC_TEXT:
		if (!json_is_string(json) || json_string_length(json) == 0)
			return false;
		record_put_text(build, field, json_string_value(json),
		    json_string_length(json));
		return true;
	case REC_INT:
		if (!json_is_integer(json))
			return false;
		record_put_int(build, field, json_integer_value(json));
		return true;
	case REC_ID:
		if (!json_is_string(json) ||
		    !text_unhex(json_string_value(json), id, EK_ID_LEN))
			return false;
		record_put_id(build, field, id);
		return true;
	case REC_IDS:
		return put_ids(build, field, json);
	case REC_MAP:
		return put_map(build, field, json);
	}
	return false;
}

static enum ek_err
put_members(struct record_build *build, const json_t *json, struct ek_why *why)
{
	const struct record_row *row;
	const char *name;
	uint8_t number;
	bool ok;
	void *it;

	for (it = json_object_iter((json_t *)(uintptr_t)json); it != NULL;
	     it = json_object_iter_next((json_t *)(uintptr_t)json, it)) {
		name = json_object_iter_key(it);
		if (strcmp(name, "id") == 0 || strcmp(name, "kind") == 0 ||
		    strcmp(name, "time") == 0)
			continue;
		row = record_row_named(build->kind, name);
		number = numbered(name, "field-");
		if (row != NULL)
			ok = put_known(build, row, json_object_iter_value(it));
		else
			ok = number != 0 &&
			     record_row(build->kind, number) == NULL &&
			     put_unknown(
				 build, number, json_object_iter_value(it));
		if (!ok)
			return ek_why(why, EK_INVALID,
			    "a record's member %s is not what it should be; "
			    "take the archive as it was written",
			    text_is_name(name) ? name : "(odd name)");
	}
	return EK_OK;
}

enum ek_err
record_from_json(
    const json_t *json, struct record **ret, struct ek_why *reterr_why)
{
	const char *id = json_string_value(json_object_get(json, "id"));
	const char *kind_name =
	    json_string_value(json_object_get(json, "kind"));
	struct record_build build;
	struct record *rec;
	unsigned char rid[EK_ID_LEN];
	int64_t time_ms;
	enum ek_err err;
	uint8_t kind;

	if (id == NULL || !text_unhex(id, rid, EK_ID_LEN))
		return ek_why(reterr_why, EK_INVALID,
		    "a record has no proper id; take the archive as it was "
		    "written");
	kind = kind_name == NULL ? 0 : kind_named(kind_name);
	if (kind == 0)
		return ek_why(reterr_why, EK_INVALID,
		    "a record is of no known kind; take the archive as it was "
		    "written");
	if (!read_time(json_object_get(json, "time"), &time_ms))
		return ek_why(reterr_why, EK_INVALID,
		    "a record has no proper time; take the archive as it was "
		    "written");
	record_begin(&build, (enum record_kind)kind, rid, time_ms);
	err = put_members(&build, json, reterr_why);
	if (err != EK_OK)
		build.err = err;
	err = record_end(&build, &rec);
	if (err == EK_INVALID && build.err == EK_OK)
		return ek_why(reterr_why, err,
		    "a record's fields do not fit its kind; take the archive "
		    "as it was written");
	if (err != EK_OK)
		return err;
	*ret = rec;
	return EK_OK;
}
