/*
 * http_form - percent and plus taken out, names and values apart.
 *
 * What can be read in two ways is refused: a part without "=", half an escape,
 * an empty part.  A value never gets longer by decoding, so one copy of the
 * text holds them all.
 */
#include "base/http_form.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "evenkeel/limits.h"
#include "evenkeel/text.h"

struct http_form {
	char *text; /* names and values, each NUL-ended */
	size_t room;
	size_t count;
	struct {
		uint32_t name;
		uint32_t value;
	} field[EK_FORM_FIELDS_MAX];
};

static enum ek_err
refuse(struct ek_why *why, const char *what)
{
	return ek_why(
	    why, EK_INVALID, "the form has %s; open the page anew", what);
}

/* Decodes to out with a NUL; *ret_len is without it. */
static enum ek_err
decode(const char *text, size_t len, char *out, size_t *ret_len,
    struct ek_why *why)
{
	size_t i, n = 0;
	bool after_cr = false;
	int high, low;

	for (i = 0; i < len; i++) {
		char c = text[i];

		if (c == '%') {
			high = len - i > 2 ? text_hex_value(text[i + 1]) : -1;
			low = len - i > 2 ? text_hex_value(text[i + 2]) : -1;
			if (high < 0 || low < 0)
				return refuse(why, "a % without two digits");
			c = (char)(high * 16 + low);
			i += 2;
		} else if (c == '+') {
			c = ' ';
		}
		if (c == '\0')
			return refuse(why, "a NUL");
		if (c != '\n' || !after_cr)
			out[n++] = c == '\r' ? '\n' : c;
		after_cr = c == '\r';
	}
	out[n] = '\0';
	if (!text_utf8_ok(out, n, NULL))
		return refuse(why, "bytes that are not UTF-8");
	*ret_len = n;
	return EK_OK;
}

static bool
is_name(const char *name, size_t len)
{
	static const char other[] = "_-.:";
	size_t i;

	for (i = 0; i < len; i++)
		if (!(name[i] >= 'a' && name[i] <= 'z') &&
		    !(name[i] >= 'A' && name[i] <= 'Z') &&
		    !(name[i] >= '0' && name[i] <= '9') &&
		    memchr(other, name[i], sizeof(other) - 1) == NULL)
			return false;
	return len > 0 && len <= EK_FORM_NAME_MAX;
}

static enum ek_err
add(struct http_form *form, const char *part, size_t len, size_t *used,
    struct ek_why *why)
{
	const char *equals = memchr(part, '=', len);
	size_t name_len, n = 0;
	enum ek_err err;

	if (equals == NULL)
		return refuse(why, "a part that is no NAME=VALUE");
	name_len = (size_t)(equals - part);
	if (!is_name(part, name_len))
		return refuse(why, "a field of no known name");
	if (form->count == EK_FORM_FIELDS_MAX)
		return ek_why(why, EK_TOO_LARGE,
		    "the form has more than %d fields; send fewer",
		    EK_FORM_FIELDS_MAX);
	form->field[form->count].name = (uint32_t)*used;
	memcpy(form->text + *used, part, name_len);
	form->text[*used + name_len] = '\0';
	*used += name_len + 1;
	err =
	    decode(equals + 1, len - name_len - 1, form->text + *used, &n, why);
	if (err != EK_OK)
		return err;
	form->field[form->count].value = (uint32_t)*used;
	form->count++;
	*used += n + 1;
	return EK_OK;
}

static enum ek_err
parse(struct http_form *form, const char *text, size_t len, struct ek_why *why)
{
	const char *at = text, *end = text + len, *and;
	size_t used = 0;
	enum ek_err err;

	while (at < end) {
		and = memchr(at, '&', (size_t)(end - at));
		if (and == NULL)
			and = end;
		err = add(form, at, (size_t)(and-at), &used, why);
		if (err != EK_OK)
			return err;
		at = and+1;
		if (at == end)
			return refuse(why, "an empty part");
	}
	return EK_OK;
}

enum ek_err
http_form_parse(const char *text, size_t len, struct http_form **ret,
    struct ek_why *reterr_why)
{
	struct http_form *form = calloc(1, sizeof(*form));
	enum ek_err err = EK_NOMEM;

	if (len > UINT32_MAX / 2)
		err = ek_why(reterr_why, EK_TOO_LARGE,
		    "the form is too large; send less");
	else if (form != NULL)
		/* each part's "=" and "&" give room for its two NULs */
		form->text = malloc(len + 2);
	if (form != NULL && form->text != NULL) {
		form->room = len + 2;
		memset(form->text, 0, form->room);
		err = parse(form, text, len, reterr_why);
	} else if (err == EK_NOMEM) {
		ek_why(reterr_why, err, "%s", ek_err_text(err));
	}
	if (err == EK_OK) {
		*ret = form;
		form = NULL; /* handed over */
	}
	http_form_free(form);
	return err;
}

void
http_form_free(struct http_form *form)
{
	if (form == NULL)
		return;
	if (form->text != NULL)
		explicit_bzero(form->text, form->room);
	free(form->text);
	free(form);
}

const char *
http_form_get(const struct http_form *form, const char *name)
{
	const char *given, *value;
	size_t at = 0;

	while (http_form_next(form, &at, &given, &value))
		if (strcmp(given, name) == 0)
			return value;
	return NULL;
}

bool
http_form_next(const struct http_form *form, size_t *at, const char **ret_name,
    const char **ret_value)
{
	if (*at >= form->count)
		return false;
	*ret_name = form->text + form->field[*at].name;
	*ret_value = form->text + form->field[*at].value;
	(*at)++;
	return true;
}

const char *
http_cookie_find(const char *header, const char *name, char *out, size_t room)
{
	const char *at = header == NULL ? "" : header, *found = NULL;
	size_t name_len = strlen(name), len, found_len = 0;

	while (*at != '\0') {
		at += strspn(at, " \t;");
		len = strcspn(at, ";");
		if (len > name_len && at[name_len] == '=' &&
		    memcmp(at, name, name_len) == 0) {
			if (found != NULL)
				return NULL;
			found = at + name_len + 1;
			found_len = len - name_len - 1;
		}
		at += len;
	}
	while (found_len > 0 &&
	       (found[found_len - 1] == ' ' || found[found_len - 1] == '\t'))
		found_len--;
	if (found == NULL || found_len >= room)
		return NULL;
	memcpy(out, found, found_len);
	out[found_len] = '\0';
	return out;
}
