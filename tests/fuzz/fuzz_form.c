/*
 * fuzz_form - any form and any Cookie header: a form taken has only names of
 * ours and values that are UTF-8, is no longer than what came, and is the same
 * when it is written out and read again; a refusal has a remedy and quotes
 * nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "base/http_form.h"
#include "evenkeel/buf.h"
#include "evenkeel/limits.h"
#include "evenkeel/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
write_again(const struct http_form *form, struct buf *out)
{
	const char *name, *value;
	size_t at = 0;

	while (http_form_next(form, &at, &name, &value)) {
		must(text_utf8_ok(value, strlen(value), NULL));
		must(strchr(value, '\r') == NULL);
		must(http_form_get(form, name) != NULL);
		buf_fmt(out, "%s%s=", at > 1 ? "&" : "", name);
		for (; *value != '\0'; value++)
			buf_fmt(out, *value == '\n' ? "%%0D%%0A" : "%%%02X",
			    (unsigned char)*value);
	}
}

static void
check_same(const struct http_form *form, const struct http_form *again)
{
	const char *name, *value, *name_again, *value_again;
	size_t at = 0, at_again = 0;

	while (http_form_next(form, &at, &name, &value)) {
		must(http_form_next(
		    again, &at_again, &name_again, &value_again));
		must(strcmp(name, name_again) == 0);
		must(strcmp(value, value_again) == 0);
	}
	must(!http_form_next(again, &at_again, &name_again, &value_again));
}

static void
check_cookie(const char *text)
{
	char out[33];
	const char *value = http_cookie_find(text, "ek", out, sizeof(out));

	must(value == NULL || (value == out && strlen(out) < sizeof(out) &&
				  strchr(out, ';') == NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_form *form = NULL, *again = NULL;
	char *text = malloc(size + 1);
	struct ek_why why = {""};
	struct buf out;
	enum ek_err err;

	must(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	check_cookie(text);
	buf_init(&out, 6 * size + 16);
	err = http_form_parse(text, size, &form, &why);
	if (err == EK_OK) {
		write_again(form, &out);
		must(buf_err(&out) == EK_OK);
		must(http_form_parse(buf_text(&out), out.len, &again, &why) ==
		     EK_OK);
		check_same(form, again);
	} else {
		must(err == EK_INVALID || err == EK_TOO_LARGE);
		must(strchr(why.text, ';') != NULL);
		must(strlen(why.text) < 100);
	}
	buf_done(&out);
	http_form_free(form);
	http_form_free(again);
	free(text);
	return 0;
}
