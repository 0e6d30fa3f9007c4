/*
 * Text in a page stays text, whatever it holds.
 */
#include "check.h"

#include "keeld/html.h"

static void
is(struct buf *out, const char *want)
{
	assert_int_equal(buf_err(out), EK_OK);
	assert_string_equal(buf_text(out), want);
	buf_clear(out);
}

static void
test_put(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	html_put(&out, "<p class=\"%s\">%s</p>%d%%", "a\" onclick='x",
	    "<b>&amp;", -3);
	is(&out, "<p class=\"a&quot; onclick=&#39;x\">&lt;b&gt;&amp;amp;</p>"
		 "-3%");
	html_put(&out, "%s|%n", "a\nb", "a\n<br>");
	is(&out, "a\nb|a<br>\n&lt;br&gt;");
	html_put(&out, "[%s%n]", NULL, NULL);
	is(&out, "[]");
	/* controls and bidi overrides would be obeyed; half a character and a
	 * byte that is none would eat what follows */
	html_put(&out, "%s|", "a\x1b[1m\x7f\r\xe2\x80\xae z\xc2\x85");
	is(&out, "a[1m z|");
	html_put(&out, "%s<", "caf\xc3\xa9 \xff\xc3");
	is(&out, "caf\xc3\xa9 <");
	buf_done(&out);
	/* too much is an error, not a shorter page */
	buf_init(&out, 10);
	html_put(&out, "%s", "<<<");
	assert_int_equal(buf_err(&out), EK_TOO_LARGE);
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_put)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
