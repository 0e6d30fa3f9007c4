/*
 * test_browser - BROWSER, as xdg-open reads it, and what comes after it.
 */
#include "check.h"
#include "evenkeel/browser.h"

#include <stdio.h>
#include <string.h>

#define URL "http://127.0.0.1:4/o/a"

/* "first|second word", of every command. */
static void
expect(const char *list, const char *const cmds[])
{
	struct browser browser;
	struct browser_cmd cmd;
	char line[BROWSER_TEXT_MAX + 100];
	size_t i, n;

	browser_init(&browser, list);
	for (n = 0; browser_next(&browser, URL, &cmd); n++) {
		line[0] = '\0';
		for (i = 0; cmd.argv[i] != NULL; i++) {
			if (i > 0)
				strncat(line, "|", 2);
			strncat(line, cmd.argv[i], BROWSER_TEXT_MAX);
		}
		assert_non_null(cmds[n]);
		assert_string_equal(line, cmds[n]);
	}
	assert_null(cmds[n]);
}

#define XDG               "xdg-open|" URL
#define GIO               "gio|open|" URL
#define EXPECT(list, ...) expect(list, (const char *const[]){__VA_ARGS__, NULL})

static void
test_none(void **state)
{
	(void)state;
	EXPECT(NULL, XDG, GIO);
	EXPECT("", XDG, GIO);
	EXPECT("::  :\t:", XDG, GIO);
}

static void
test_list(void **state)
{
	(void)state;
	EXPECT("firefox", "firefox|" URL, XDG, GIO);
	EXPECT("firefox:/opt/w w", "firefox|" URL, "/opt/w|w|" URL, XDG, GIO);
	EXPECT(
	    " chromium  --incognito ", "chromium|--incognito|" URL, XDG, GIO);
	EXPECT(":lynx:", "lynx|" URL, XDG, GIO);
}

static void
test_percent(void **state)
{
	(void)state;
	EXPECT("w3m %s -x", "w3m|" URL "|-x", XDG, GIO);
	EXPECT("a --to=%s", "a|--to=" URL, XDG, GIO);
	EXPECT("a %%s %", "a|%s|%|" URL, XDG, GIO);
	EXPECT("a %c", "a|%c|" URL, XDG, GIO);
	/* nothing is a shell's */
	EXPECT("a;b $(c) 'd e'", "a;b|$(c)|'d|e'|" URL, XDG, GIO);
}

/* A program's name of len letters, then another command. */
static const char *
first_of(size_t len, struct browser_cmd *ret)
{
	static char list[BROWSER_TEXT_MAX + 100];
	struct browser browser;

	memset(list, 'x', len);
	snprintf(list + len, sizeof(list) - len, ":b");
	browser_init(&browser, list);
	assert_true(browser_next(&browser, URL, ret));
	return ret->argv[0];
}

static void
test_limits(void **state)
{
	const size_t longest = BROWSER_TEXT_MAX - sizeof(URL) - 1;
	struct browser_cmd cmd;

	(void)state;
	EXPECT("a a a a a a a a a a a a a a a",
	    "a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|" URL, XDG, GIO);
	EXPECT("a a a a a a a a a a a a a a a a", XDG, GIO);
	assert_int_equal(strlen(first_of(longest, &cmd)), longest);
	assert_string_equal(cmd.argv[1], URL);
	assert_string_equal(first_of(longest + 1, &cmd), "b");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_none),
	    cmocka_unit_test(test_list),
	    cmocka_unit_test(test_percent),
	    cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
