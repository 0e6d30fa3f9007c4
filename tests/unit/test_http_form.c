/*
 * Forms and cookies: what browsers send is taken, what could be read in two
 * ways is not; limits at and one past.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/http_form.h"
#include "evenkeel/limits.h"

static struct http_form *
parsed(const char *text)
{
	struct http_form *form = NULL;
	struct ek_why why = {""};

	if (http_form_parse(text, strlen(text), &form, &why) != EK_OK)
		print_error("%s: %s\n", text, why.text);
	assert_non_null(form);
	return form;
}

static void
refused(const char *text, size_t len, enum ek_err want)
{
	struct http_form *form = NULL;
	struct ek_why why = {""};

	assert_int_equal(http_form_parse(text, len, &form, &why), want);
	assert_null(form);
	assert_non_null(strstr(why.text, "; "));
}

static void
test_fields(void **state)
{
	struct http_form *form = parsed(
	    "mood=6&sign=t2&sign=t7&note=one%0D%0Atwo+%26+%3Cb%3E+caf%C3%A9"
	    "&empty=&eq=a=b&lf=a%0Ab&cr=%0D%0D%0A%0A&B-c.d:9=%2B");
	const char *name, *value;
	size_t at = 0, count = 0;

	(void)state;
	assert_string_equal(http_form_get(form, "mood"), "6");
	assert_string_equal(
	    http_form_get(form, "note"), "one\ntwo & <b> caf\xc3\xa9");
	assert_string_equal(http_form_get(form, "empty"), "");
	assert_string_equal(http_form_get(form, "eq"), "a=b");
	assert_string_equal(http_form_get(form, "lf"), "a\nb");
	assert_string_equal(http_form_get(form, "B-c.d:9"), "+");
	assert_string_equal(http_form_get(form, "cr"), "\n\n\n");
	assert_null(http_form_get(form, "none"));
	while (http_form_next(form, &at, &name, &value))
		if (strcmp(name, "sign") == 0)
			assert_string_equal(value, count++ == 0 ? "t2" : "t7");
	assert_int_equal(count, 2);
	http_form_free(form);

	form = parsed("");
	at = 0;
	assert_false(http_form_next(form, &at, &name, &value));
	http_form_free(form);
}

static void
test_refused(void **state)
{
	static const char *const bad[] = {"a", "=b", "a=b&", "&a=b", "a=b&&c=d",
	    "a=%", "a=%4", "a=%zz", "a=%00", "a=%ff", "a=%C3", "a b=c",
	    "a%62=c", "a[]=b", "\xc3\xa9=b"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(bad[i], strlen(bad[i]), EK_INVALID);
	refused("a=b\0c", 5, EK_INVALID);
}

static void
test_limits(void **state)
{
	char text[EK_FORM_FIELDS_MAX * 4 + 8], name[EK_FORM_NAME_MAX + 8];
	size_t i, len = 0;

	(void)state;
	for (i = 0; i < EK_FORM_FIELDS_MAX; i++)
		len += (size_t)snprintf(
		    text + len, sizeof(text) - len, "%sa=b", i > 0 ? "&" : "");
	http_form_free(parsed(text));
	snprintf(text + len, sizeof(text) - len, "&a=b");
	refused(text, strlen(text), EK_TOO_LARGE);

	memset(name, 'n', sizeof(name));
	memcpy(name + EK_FORM_NAME_MAX, "=v", 3);
	http_form_free(parsed(name));
	memcpy(name + EK_FORM_NAME_MAX, "n=v", 4);
	refused(name, strlen(name), EK_INVALID);
}

static void
test_cookies(void **state)
{
	char out[8];

	(void)state;
	assert_null(http_cookie_find(NULL, "ek", out, sizeof(out)));
	assert_null(http_cookie_find("", "ek", out, sizeof(out)));
	assert_null(http_cookie_find("eka=1; xek=2; ek", "ek", out, 8));
	assert_string_equal(
	    http_cookie_find("a=b; ek=1234567; c", "ek", out, 8), "1234567");
	assert_string_equal(http_cookie_find("ek=x \t;", "ek", out, 8), "x");
	assert_string_equal(http_cookie_find("ek=", "ek", out, 8), "");
	assert_null(http_cookie_find("ek=12345678", "ek", out, 8));
	/* two readers could take different ones */
	assert_null(http_cookie_find("ek=1; ek=1", "ek", out, 8));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_cookies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
