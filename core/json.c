/*
 * json - strict reading over jansson; json_write.c writes.
 *
 * jansson's own error text quotes the input, so only its line and column are
 * passed on (PROTOCOL.md fact 6).
 */
#include "evenkeel/json.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "evenkeel/limits.h"
#include "evenkeel/text.h"

/* jansson counts only to 2048; ours is lower. */
static size_t
depth_of(const char *text, size_t len)
{
	size_t depth = 0, most = 0, i;
	bool in_string = false;

	for (i = 0; i < len; i++) {
		if (in_string) {
			if (text[i] == '\\')
				i++;
			else if (text[i] == '"')
				in_string = false;
		} else if (text[i] == '"') {
			in_string = true;
		} else if (text[i] == '{' || text[i] == '[') {
			depth++;
			most = depth > most ? depth : most;
		} else if (text[i] == '}' || text[i] == ']') {
			depth = depth > 0 ? depth - 1 : 0;
		}
	}
	return most;
}

static enum ek_err
reading_error(const json_error_t *error, const char *what, struct ek_why *why)
{
	enum json_error_code code = json_error_code(error);

	if (code == json_error_out_of_memory)
		return EK_NOMEM;
	if (code == json_error_duplicate_key)
		return ek_why(why, EK_INVALID,
		    "%s: a name stands twice in an object at line %d, column "
		    "%d; keep one",
		    what, error->line, error->column);
	if (code == json_error_numeric_overflow)
		return ek_why(why, EK_INVALID,
		    "%s has a number that is too large at line %d, column %d; "
		    "write a smaller one",
		    what, error->line, error->column);
	if (code == json_error_null_character ||
	    code == json_error_null_byte_in_key)
		return ek_why(why, EK_INVALID,
		    "%s has a NUL in a text at line %d, column %d; take it out",
		    what, error->line, error->column);
	if (code == json_error_invalid_utf8)
		return ek_why(why, EK_INVALID,
		    "%s is not UTF-8 at line %d, column %d; save it as UTF-8",
		    what, error->line, error->column);
	return ek_why(why, EK_INVALID,
	    "%s is not JSON at line %d, column %d; correct it there", what,
	    error->line, error->column);
}

enum ek_err
json_read(const char *text, size_t len, const char *what, json_t **ret_json,
    struct ek_why *reterr_why)
{
	json_error_t error;
	json_t *json;

	if (depth_of(text, len) > EK_JSON_DEPTH_MAX)
		return ek_why(reterr_why, EK_INVALID,
		    "%s is nested deeper than %d levels; flatten it", what,
		    EK_JSON_DEPTH_MAX);
	json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (json == NULL)
		return reading_error(&error, what, reterr_why);
	*ret_json = json;
	return EK_OK;
}

static bool
is_listed(const char *key, va_list names)
{
	const char *name;

	while ((name = va_arg(names, const char *)) != NULL)
		if (strcmp(name, key) == 0)
			return true;
	return false;
}

enum ek_err
json_only(
    const json_t *object, const char *what, struct ek_why *reterr_why, ...)
{
	const char *key;
	void *it;
	va_list names;
	bool listed;

	if (!json_is_object(object))
		return ek_why(reterr_why, EK_INVALID,
		    "%s is not an object; give {...}", what);
	for (it = json_object_iter((json_t *)(uintptr_t)object); it != NULL;
	     it = json_object_iter_next((json_t *)(uintptr_t)object, it)) {
		key = json_object_iter_key(it);
		va_start(names, reterr_why);
		listed = is_listed(key, names);
		va_end(names);
		if (!listed)
			return ek_why(reterr_why, EK_INVALID,
			    "%s has a member that does not belong there%s%.40s;"
			    " leave it out",
			    what, text_is_name(key) ? ": " : "",
			    text_is_name(key) ? key : "");
	}
	return EK_OK;
}

static void
keep_first(enum ek_err *err, enum ek_err now)
{
	if (*err == EK_OK)
		*err = now;
}

const char *
json_text(const json_t *object, const char *key, size_t max, enum ek_err *err,
    struct ek_why *reterr_why)
{
	const json_t *member = json_object_get(object, key);

	if (member == NULL || json_is_null(member) || *err != EK_OK)
		return NULL;
	if (!json_is_string(member)) {
		keep_first(err, ek_why(reterr_why, EK_INVALID,
				    "%s is not text; give a string", key));
		return NULL;
	}
	if (json_string_length(member) > max) {
		keep_first(err,
		    ek_why(reterr_why, EK_TOO_LARGE,
			"%s is longer than %zu bytes; shorten it", key, max));
		return NULL;
	}
	return json_string_value(member);
}

json_t *
json_from_double(double value)
{
	if (!isfinite(value))
		return json_null();
	if (fabs(value) < 9007199254740992.0 && floor(value) == value)
		return json_integer((json_int_t)value);
	return json_real(value);
}
