/*
 * record_codec - building, encoding and decoding records, and the check that
 * makes every record in memory a valid one.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/record_fields.h"
#include "evenkeel/record.h"
#include "evenkeel/text.h"

#define HEAD_LEN 9 /* kind, time */

/* Finite, and not the minus zero that JSON would not bring back. */
static bool
number_ok(double value)
{
	return isfinite(value) && !(value == 0 && signbit(value));
}

static bool
map_ok(const unsigned char *bytes, size_t len)
{
	const unsigned char *last = NULL;
	size_t at = 0, count = 0, size, last_len = 0, least;
	int order;

	while (at < len) {
		size = bytes[at];
		if (size == 0 || size > EK_ITEM_ID_MAX ||
		    len - at < 1 + size + 8)
			return false;
		if (!text_utf8_ok((const char *)bytes + at + 1, size, NULL) ||
		    !number_ok(record_double(bytes + at + 1 + size)))
			return false;
		least = size < last_len ? size : last_len;
		order = last == NULL ? -1 : memcmp(last, bytes + at + 1, least);
		if (order > 0 || (order == 0 && size <= last_len))
			return false;
		last = bytes + at + 1;
		last_len = size;
		at += 1 + size + 8;
		if (++count > EK_MAP_MAX)
			return false;
	}
	return count > 0;
}

static bool
value_ok(enum record_type type, const struct record_value *value)
{
	switch (type) {
	case REC_TEXT:
		return value->len > 0 &&
		       text_utf8_ok(
			   (const char *)value->bytes, value->len, NULL);
	case REC_INT:
		return value->len == 8;
	case REC_ID:
		return value->len == EK_ID_LEN;
	case REC_IDS:
		return value->len > 0 && value->len % EK_ID_LEN == 0;
	case REC_MAP:
		return map_ok(value->bytes, value->len);
	}
	return false;
}

bool
record_fields_ok(uint8_t kind, const unsigned char *fields, size_t len)
{
	const struct record_row *row;
	struct record_value value;
	size_t at = 0;
	int last = 0; /* field numbers begin at 1 */

	while (at < len) {
		if (!record_field_next(fields, len, &at, &value) ||
		    value.number <= last)
			return false;
		last = value.number;
		row = record_row(kind, value.number);
		if (row != NULL && !value_ok(row->type, &value))
			return false;
	}
	return true;
}

static enum ek_err
make(const unsigned char *rid, uint8_t kind, int64_t time_ms,
    const void *fields, size_t len, struct record **ret)
{
	struct record *rec = malloc(sizeof(*rec) + len);

	if (rec == NULL)
		return EK_NOMEM;
	memcpy(rec->rid, rid, EK_ID_LEN);
	rec->kind = kind;
	rec->time_ms = time_ms;
	rec->len = len;
	if (len > 0)
		memcpy(rec->fields, fields, len);
	*ret = rec;
	return EK_OK;
}

enum ek_err
record_encode(const struct record *rec, struct buf *ret)
{
	buf_char(ret, (char)rec->kind);
	buf_u64(ret, (uint64_t)rec->time_ms);
	buf_add(ret, rec->fields, rec->len);
	return buf_err(ret);
}

enum ek_err
record_decode(const unsigned char *rid, const unsigned char *bytes, size_t len,
    struct record **ret)
{
	if (len < HEAD_LEN || len > EK_PAYLOAD_MAX || bytes[0] == 0 ||
	    record_be(bytes + 1, 8) > EK_TIME_MS_MAX)
		return EK_CORRUPT;
	if (!record_fields_ok(bytes[0], bytes + HEAD_LEN, len - HEAD_LEN))
		return EK_CORRUPT;
	return make(rid, bytes[0], (int64_t)record_be(bytes + 1, 8),
	    bytes + HEAD_LEN, len - HEAD_LEN, ret);
}

/* --- building --- */

void
record_begin(struct record_build *build, enum record_kind kind,
    const unsigned char *rid, int64_t time_ms)
{
	buf_init(&build->buf, EK_PAYLOAD_MAX - HEAD_LEN);
	memcpy(build->rid, rid, EK_ID_LEN);
	build->time_ms = time_ms;
	build->kind = (uint8_t)kind;
	build->err =
	    time_ms < 0 || time_ms > EK_TIME_MS_MAX ? EK_INVALID : EK_OK;
}

static void
put(struct record_build *build, uint8_t number, const void *bytes, size_t len)
{
	buf_char(&build->buf, (char)number);
	buf_u32(&build->buf, (uint32_t)len);
	buf_add(&build->buf, bytes, len);
}

static void
put_typed(struct record_build *build, enum record_field field,
    enum record_type type, const void *bytes, size_t len)
{
	const struct record_row *row;

	assert(build->kind == field >> 8);
	row = record_row(build->kind, (uint8_t)(field & 0xFF));
	assert(row != NULL && row->type == type);
	if (row == NULL || row->type != type) {
		build->err = EK_BUG;
		return;
	}
	put(build, row->number, bytes, len);
}

void
record_put_text(struct record_build *build, enum record_field field,
    const char *text, size_t len)
{
	if (len == 0)
		return;
	put_typed(build, field, REC_TEXT, text, len);
}

void
record_put_str(
    struct record_build *build, enum record_field field, const char *text)
{
	if (text != NULL)
		record_put_text(build, field, text, strlen(text));
}

void
record_put_int(
    struct record_build *build, enum record_field field, int64_t value)
{
	unsigned char bytes[8];
	int i;

	for (i = 0; i < 8; i++)
		bytes[i] = (unsigned char)((uint64_t)value >> (56 - 8 * i));
	put_typed(build, field, REC_INT, bytes, sizeof(bytes));
}

void
record_put_id(struct record_build *build, enum record_field field,
    const unsigned char *id)
{
	if (id != NULL)
		put_typed(build, field, REC_ID, id, EK_ID_LEN);
}

void
record_put_ids(struct record_build *build, enum record_field field,
    const unsigned char *ids, size_t count)
{
	if (count > 0)
		put_typed(build, field, REC_IDS, ids, count * EK_ID_LEN);
}

static int
pair_order(const void *a, const void *b)
{
	const struct record_pair *x = a, *y = b;
	size_t least = x->key_len < y->key_len ? x->key_len : y->key_len;
	int order = memcmp(x->key, y->key, least);

	if (order != 0)
		return order;
	return x->key_len < y->key_len ? -1 : x->key_len > y->key_len;
}

void
record_put_map(struct record_build *build, enum record_field field,
    const struct record_pair *pairs, size_t count)
{
	struct record_pair sorted[EK_MAP_MAX];
	struct buf bytes;
	uint64_t bits;
	double value;
	size_t i;

	if (count == 0)
		return;
	if (count > EK_MAP_MAX) {
		build->err = EK_TOO_LARGE;
		return;
	}
	memcpy(sorted, pairs, count * sizeof(*pairs));
	qsort(sorted, count, sizeof(*sorted), pair_order);
	buf_init(&bytes, EK_PAYLOAD_MAX);
	for (i = 0; i < count; i++) {
		if (sorted[i].key_len > EK_ITEM_ID_MAX)
			build->err = EK_TOO_LARGE;
		value = sorted[i].value + 0.0; /* -0 becomes 0 */
		memcpy(&bits, &value, sizeof(bits));
		buf_char(&bytes, (char)sorted[i].key_len);
		buf_add(&bytes, sorted[i].key, sorted[i].key_len);
		buf_u64(&bytes, bits);
	}
	if (buf_err(&bytes) != EK_OK)
		build->err = buf_err(&bytes);
	put_typed(build, field, REC_MAP, bytes.data, bytes.len);
	buf_done(&bytes);
}

/* Fields of a build in ascending number; false when one is there twice. */
static bool
sort_fields(const struct buf *from, struct buf *to)
{
	struct record_value value;
	int next = 0, best;
	size_t at, best_at, best_len;

	while (next <= UINT8_MAX) {
		best = UINT8_MAX + 1;
		best_at = best_len = 0;
		for (at = 0; at < from->len;) {
			size_t start = at;

			if (!record_field_next((unsigned char *)from->data,
				from->len, &at, &value))
				return false;
			if (value.number >= next && value.number < best) {
				best = value.number;
				best_at = start;
				best_len = at - start;
			}
		}
		if (best > UINT8_MAX)
			break;
		buf_add(to, from->data + best_at, best_len);
		next = best + 1;
	}
	return to->len == from->len;
}

enum ek_err
record_end(struct record_build *build, struct record **ret)
{
	struct buf sorted;
	enum ek_err err = build->err;

	buf_init(&sorted, EK_PAYLOAD_MAX - HEAD_LEN);
	if (err == EK_OK)
		err = buf_err(&build->buf);
	if (err != EK_OK)
		goto out;
	err = EK_INVALID;
	if (!sort_fields(&build->buf, &sorted) && buf_err(&sorted) == EK_OK)
		goto out;
	err = buf_err(&sorted);
	if (err != EK_OK)
		goto out;
	err = EK_INVALID;
	if (!record_fields_ok(build->kind,
		(const unsigned char *)buf_text(&sorted), sorted.len))
		goto out;
	err = make(build->rid, build->kind, build->time_ms, sorted.data,
	    sorted.len, ret);
out:
	buf_done(&sorted);
	buf_done(&build->buf);
	return err;
}

void
record_put_raw(
    struct record_build *build, uint8_t number, const void *bytes, size_t len)
{
	put(build, number, bytes, len);
}
