/*
 * buf - a growing run of bytes that carries its maximum from birth.
 *
 * Always NUL-terminated behind its length, so text can be borrowed as a C
 * string.  The first failure (memory, maximum) sticks: later calls do
 * nothing and buf_err() says which, so that writers check once at the end.
 */
#ifndef EVENKEEL_BUF_H
#define EVENKEEL_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "evenkeel/err.h"

struct buf {
	char *data; /* owned; NULL until the first byte */
	size_t len;
	size_t cap;
	size_t max;
	enum ek_err err; /* EK_OK, EK_NOMEM or EK_TOO_LARGE */
};

void buf_init(struct buf *buf, size_t max);
void buf_done(struct buf *buf); /* frees; wipes first */
void buf_add(struct buf *buf, const void *data, size_t len);
void buf_str(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char c);
void buf_fmt(struct buf *buf, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_u32(struct buf *buf, uint32_t value); /* big-endian */
void buf_u64(struct buf *buf, uint64_t value); /* big-endian */
void buf_clear(struct buf *buf);               /* keeps the room, clears err */
enum ek_err buf_err(const struct buf *buf) EK_MUST_USE;
const char *buf_text(const struct buf *buf); /* never NULL */
char *buf_take(struct buf *buf); /* hands the bytes over; caller frees */

#endif
