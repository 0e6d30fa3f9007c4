/*
 * record_fields - the record table's rows, shared by the record files only.
 */
#ifndef CORE_RECORD_FIELDS_H
#define CORE_RECORD_FIELDS_H

#include "evenkeel/record.h"

#define RECORD_FIELD_HEAD 5 /* number, length */

struct record_row {
	uint8_t kind;
	uint8_t number;
	enum record_type type;
	const char *name;
};

struct record_value { /* one field as it lies in a record */
	uint8_t number;
	const unsigned char *bytes;
	size_t len;
};

const struct record_row *record_row(uint8_t kind, uint8_t number);
const struct record_row *record_row_named(uint8_t kind, const char *name);
uint64_t record_be(const unsigned char *bytes, size_t len);
double record_double(const unsigned char *bytes);
/* false when what is left is cut short. */
bool record_field_next(const unsigned char *fields, size_t len, size_t *at,
    struct record_value *ret);
/* A field of any number, already encoded. */
void record_put_raw(
    struct record_build *build, uint8_t number, const void *bytes, size_t len);
/* Every field known to the table has its shape, numbers ascend. */
bool record_fields_ok(uint8_t kind, const unsigned char *fields, size_t len);

#endif
