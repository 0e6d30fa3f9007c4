/*
 * record - the table of kinds and fields, and reading a record's fields.
 *
 * A record in memory is always valid: record_end and record_decode are the
 * only ways to one, and both check every field against the table.
 */
#include "evenkeel/record.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/record_fields.h"
#include "evenkeel/text.h"

/* By kind and number, for every reading of a field asks. */
#define TABLE_MAX 16
static const struct record_row rows[TABLE_MAX][TABLE_MAX] = {
#define X(kind, field, number, type, name)                                     \
	[REC_##kind][number] = {REC_##kind, number, REC_##type, name},
    RECORD_FIELDS(X)
#undef X
};

const struct record_row *
record_row(uint8_t kind, uint8_t number)
{
	if (kind >= TABLE_MAX || number >= TABLE_MAX ||
	    rows[kind][number].name == NULL)
		return NULL;
	return &rows[kind][number];
}

const struct record_row *
record_row_named(uint8_t kind, const char *name)
{
	size_t i;

	for (i = 0; kind < TABLE_MAX && i < TABLE_MAX; i++)
		if (rows[kind][i].name != NULL &&
		    strcmp(rows[kind][i].name, name) == 0)
			return &rows[kind][i];
	return NULL;
}

const char *
record_kind_name(uint8_t kind)
{
	switch (kind) {
#define X(kind, number, name, vault)                                           \
	case number:                                                           \
		return name;
		RECORD_KINDS(X)
#undef X
	}
	return NULL;
}

bool
record_kind_vault(uint8_t kind)
{
	switch (kind) {
#define X(kind, number, name, vault)                                           \
	case number:                                                           \
		return vault != 0;
		RECORD_KINDS(X)
#undef X
	}
	return false;
}

uint64_t
record_be(const unsigned char *bytes, size_t len)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < len; i++)
		value = value << 8 | bytes[i];
	return value;
}

double
record_double(const unsigned char *bytes)
{
	uint64_t bits = record_be(bytes, 8);
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

bool
record_field_next(const unsigned char *fields, size_t len, size_t *at,
    struct record_value *ret)
{
	const unsigned char *head = fields + *at;
	size_t size;

	if (len - *at < RECORD_FIELD_HEAD)
		return false;
	size = (size_t)head[1] << 24 | (size_t)head[2] << 16 |
	       (size_t)head[3] << 8 | head[4];
	if (size > len - *at - RECORD_FIELD_HEAD)
		return false;
	ret->number = fields[*at];
	ret->bytes = fields + *at + RECORD_FIELD_HEAD;
	ret->len = size;
	*at += RECORD_FIELD_HEAD + size;
	return true;
}

/* Finds a field; asserts that the caller asks a record of the right kind. */
static bool
find(const struct record *rec, enum record_field field, enum record_type type,
    struct record_value *ret)
{
	const struct record_row *row;
	uint8_t number = (uint8_t)(field & 0xFF);
	size_t at = 0;

	assert(rec->kind == field >> 8);
	row = record_row(rec->kind, number);
	assert(row != NULL && row->type == type);
	(void)row;
	(void)type;
	while (at < rec->len) {
		if (!record_field_next(rec->fields, rec->len, &at, ret))
			return false;
		if (ret->number >= number) /* they ascend */
			return ret->number == number;
	}
	return false;
}

const char *
record_text(const struct record *rec, enum record_field field, size_t *ret_len)
{
	struct record_value value;

	if (!find(rec, field, REC_TEXT, &value)) {
		*ret_len = 0;
		return NULL;
	}
	*ret_len = value.len;
	return (const char *)value.bytes;
}

char *
record_str_dup(const struct record *rec, enum record_field field)
{
	const char *text;
	size_t len;

	text = record_text(rec, field, &len);
	return text == NULL ? NULL : strndup(text, len);
}

bool
record_text_is(
    const struct record *rec, enum record_field field, const char *want)
{
	const char *text;
	size_t len;

	text = record_text(rec, field, &len);
	return text != NULL && len == strlen(want) &&
	       memcmp(text, want, len) == 0;
}

bool
record_int(const struct record *rec, enum record_field field, int64_t *ret)
{
	struct record_value value;

	if (!find(rec, field, REC_INT, &value))
		return false;
	*ret = (int64_t)record_be(value.bytes, 8);
	return true;
}

const unsigned char *
record_id(const struct record *rec, enum record_field field)
{
	struct record_value value;

	return find(rec, field, REC_ID, &value) ? value.bytes : NULL;
}

const unsigned char *
record_ids(const struct record *rec, enum record_field field, size_t *ret_count)
{
	struct record_value value;

	if (!find(rec, field, REC_IDS, &value)) {
		*ret_count = 0;
		return NULL;
	}
	*ret_count = value.len / EK_ID_LEN;
	return value.bytes;
}

bool
record_map_next(const struct record *rec, enum record_field field, size_t *at,
    struct record_pair *ret)
{
	struct record_value value;

	if (!find(rec, field, REC_MAP, &value) || *at >= value.len)
		return false;
	ret->key_len = value.bytes[*at];
	ret->key = (const char *)value.bytes + *at + 1;
	ret->value = record_double(value.bytes + *at + 1 + ret->key_len);
	*at += 1 + ret->key_len + 8;
	return true;
}

void
record_free(struct record *rec)
{
	if (rec == NULL)
		return;
	explicit_bzero(rec, sizeof(*rec) + rec->len);
	free(rec);
}

enum ek_err
record_dup(const struct record *rec, struct record **ret)
{
	struct record *copy = malloc(sizeof(*copy) + rec->len);

	if (copy == NULL)
		return EK_NOMEM;
	memcpy(copy, rec, sizeof(*copy) + rec->len);
	*ret = copy;
	return EK_OK;
}

bool
record_same(const struct record *a, const struct record *b)
{
	return memcmp(a->rid, b->rid, EK_ID_LEN) == 0 && a->kind == b->kind &&
	       a->len == b->len && memcmp(a->fields, b->fields, a->len) == 0;
}
