/*
 * What the API says, in words for the page: no command is left in it.
 */
#include <string.h>

#include "check.h"

#include "keeld/web.h"

static void
plain(const char *text, const char *wanted)
{
	struct buf out;

	buf_init(&out, 1000);
	web_plain(text, &out);
	assert_string_equal(buf_text(&out), wanted);
	buf_done(&out);
}

static void
test_plain(void **state)
{
	(void)state;
	plain("", "");
	plain("that does not open it; check it and try again",
	    "That does not open it; check it and try again.");
	plain("the book is locked; run: keel unlock", "The book is locked.");
	plain("One. Two: keel copy now. three.", "One. Three.");
	plain("one; run: keel doctor. Two; three", "One. Two; three.");
	plain("run: keel doctor", "");
	plain("`keel` shows today, `keel plan` goes on; no", "No.");
	plain("keeld does not answer", "Keeld does not answer.");
	plain("Evenkeel 1.2 was here", "Evenkeel 1.2 was here.");
	plain("so it is (book.key) here", "So it is (book.key) here.");
	plain("run keel", "");
	plain("it is not alike; give --key or -- nothing; so -- there",
	    "It is not alike. So -- there.");
	plain("it ends in --", "It ends in --.");
	plain("\xc3\xa9t\xc3\xa9; oui", "\xc3\xa9t\xc3\xa9; oui.");
}

/* Every reason that stands for itself keeps something to say. */
static void
test_errors(void **state)
{
	struct buf out;
	int err;

	(void)state;
	for (err = EK_OK + 1; err <= EK_BUG; err++) {
		buf_init(&out, 1000);
		web_plain(ek_err_text((enum ek_err)err), &out);
		assert_true(out.len > 0);
		assert_null(strstr(buf_text(&out), "keel "));
		buf_done(&out);
	}
}

/* No room: the buffer says so, nothing is written behind it. */
static void
test_room(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 5);
	web_plain("much too long for it", &out);
	assert_int_equal(buf_err(&out), EK_TOO_LARGE);
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plain),
	    cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
