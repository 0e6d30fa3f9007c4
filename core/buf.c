/*
 * buf - growing bytes with a maximum.  Wiped before they are freed: a buffer
 * may have held what a person wrote.
 */
#include "evenkeel/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
buf_init(struct buf *buf, size_t max)
{
	memset(buf, 0, sizeof(*buf));
	buf->max = max;
}

static void
free_wiped(char *data, size_t len)
{
	if (data == NULL)
		return;
	explicit_bzero(data, len);
	free(data);
}

void
buf_done(struct buf *buf)
{
	free_wiped(buf->data, buf->cap);
	buf->data = NULL;
	buf->len = buf->cap = 0;
}

/* Room for len more bytes and the final NUL. */
static bool
reserve(struct buf *buf, size_t len)
{
	size_t cap;
	char *data;

	if (buf->err != EK_OK)
		return false;
	if (len > buf->max - buf->len) {
		buf->err = EK_TOO_LARGE;
		return false;
	}
	if (buf->len + len < buf->cap)
		return true;
	cap = buf->cap == 0 ? 64 : buf->cap;
	while (cap <= buf->len + len)
		cap *= 2;
	data = malloc(cap);
	if (data == NULL) {
		buf->err = EK_NOMEM;
		return false;
	}
	if (buf->data != NULL)
		memcpy(data, buf->data, buf->len);
	free_wiped(buf->data, buf->cap);
	buf->data = data;
	buf->cap = cap;
	return true;
}

void
buf_add(struct buf *buf, const void *data, size_t len)
{
	if (!reserve(buf, len))
		return;
	if (len > 0)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	assert(buf->data != NULL);
	buf->data[buf->len] = '\0';
}

void
buf_str(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void
buf_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void
buf_fmt(struct buf *buf, const char *fmt, ...)
{
	size_t room = buf->err == EK_OK ? buf->cap - buf->len : 0;
	va_list ap;
	int len;

	va_start(ap, fmt); /* most fit; what did not is written once more */
	len = vsnprintf(room == 0 ? NULL : buf->data + buf->len, room, fmt, ap);
	va_end(ap);
	if (len < 0) {
		buf->err = buf->err == EK_OK ? EK_NOMEM : buf->err;
		return;
	}
	if ((size_t)len < room && (size_t)len <= buf->max - buf->len) {
		buf->len += (size_t)len;
		return;
	}
	if (room > 0)
		buf->data[buf->len] = '\0';
	if (!reserve(buf, (size_t)len))
		return;
	va_start(ap, fmt);
	vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	buf->len += (size_t)len;
}

void
buf_u32(struct buf *buf, uint32_t value)
{
	unsigned char bytes[4];
	int i;

	for (i = 0; i < 4; i++)
		bytes[i] = (unsigned char)(value >> (24 - 8 * i));
	buf_add(buf, bytes, sizeof(bytes));
}

void
buf_u64(struct buf *buf, uint64_t value)
{
	buf_u32(buf, (uint32_t)(value >> 32));
	buf_u32(buf, (uint32_t)value);
}

void
buf_clear(struct buf *buf)
{
	if (buf->data != NULL)
		explicit_bzero(buf->data, buf->cap);
	buf->len = 0;
	buf->err = EK_OK;
}

enum ek_err
buf_err(const struct buf *buf)
{
	return buf->err;
}

const char *
buf_text(const struct buf *buf)
{
	return buf->data == NULL ? "" : buf->data;
}

char *
buf_take(struct buf *buf)
{
	char *data;

	if (buf->data == NULL)
		buf_add(buf, "", 0);
	data = buf->data;
	buf->data = NULL;
	buf->len = buf->cap = 0;
	return data;
}
