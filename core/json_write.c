/*
 * json_write - the canonical form: one byte string a document.
 *
 * jansson's own writer gives 6.4 as 6.4000000000000004 and lets through DEL,
 * C1 and bidi controls, which a terminal would obey; nothing else differs.
 */
#include <string.h>

#include "evenkeel/json.h"
#include "evenkeel/number.h"
#include "evenkeel/text.h"

/* The short form of a control character, or 0. */
static char
short_form(uint32_t c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at;

	if (c == 0 || c > 0x7F)
		return 0;
	at = strchr(from, (int)c);
	return at == NULL ? 0 : to[at - from];
}

static void
put_char(uint32_t c, const char *bytes, size_t len, struct buf *ret)
{
	char form = short_form(c);

	if (form != 0) {
		buf_char(ret, '\\');
		buf_char(ret, form);
	} else if (text_is_control(c)) {
		buf_fmt(ret, "\\u%04X", (unsigned)c);
	} else {
		buf_add(ret, bytes, len);
	}
}

/* How many bytes go out as they are: ASCII with nothing to escape. */
static size_t
plain_len(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] >= ' ' && text[n] < 0x7F && text[n] != '"' &&
	       text[n] != '\\')
		n++;
	return n;
}

/* jansson's texts are UTF-8: it takes no others. */
static void
put_text(const char *text, size_t len, struct buf *ret)
{
	size_t at, n;
	uint32_t c = 0;

	buf_char(ret, '"');
	for (at = 0; at < len; at += n) {
		n = plain_len(text + at, len - at);
		if (n > 0) {
			buf_add(ret, text + at, n);
			continue;
		}
		n = text_decode(text + at, len - at, &c);
		if (n == 0) {
			n = 1;
			buf_str(ret, "\\uFFFD");
			continue;
		}
		put_char(c, text + at, n, ret);
	}
	buf_char(ret, '"');
}

static void
put_real(double value, struct buf *ret)
{
	char text[NUMBER_LEN_MAX + 1];

	number_write(value, text);
	buf_str(ret, text);
	/* stays a real when read again */
	if (strpbrk(text, ".e") == NULL)
		buf_str(ret, ".0");
}

static void put(const json_t *json, struct buf *ret);

static void
put_list(const json_t *list, struct buf *ret)
{
	size_t i;

	buf_char(ret, '[');
	for (i = 0; i < json_array_size(list); i++) {
		if (i > 0)
			buf_char(ret, ',');
		put(json_array_get(list, i), ret);
	}
	buf_char(ret, ']');
}

static void
put_object(const json_t *object, struct buf *ret)
{
	/* jansson's iterators take no const, but change nothing */
	json_t *walked = (json_t *)(uintptr_t)object;
	bool first = true;
	void *it;

	buf_char(ret, '{');
	for (it = json_object_iter(walked); it != NULL;
	     it = json_object_iter_next(walked, it)) {
		const char *key = json_object_iter_key(it);

		if (!first)
			buf_char(ret, ',');
		first = false;
		put_text(key, strlen(key), ret);
		buf_char(ret, ':');
		put(json_object_iter_value(it), ret);
	}
	buf_char(ret, '}');
}

static void
put(const json_t *json, struct buf *ret)
{
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		put_object(json, ret);
		break;
	case JSON_ARRAY:
		put_list(json, ret);
		break;
	case JSON_STRING:
		put_text(
		    json_string_value(json), json_string_length(json), ret);
		break;
	case JSON_INTEGER:
		buf_fmt(ret, "%lld", (long long)json_integer_value(json));
		break;
	case JSON_REAL:
		put_real(json_real_value(json), ret);
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		buf_str(ret, json_is_true(json) ? "true" : "false");
		break;
	case JSON_NULL:
		buf_str(ret, "null");
		break;
	}
}

enum ek_err
json_write(const json_t *json, struct buf *ret)
{
	if (json == NULL)
		return EK_NOMEM;
	put(json, ret);
	return buf_err(ret);
}
