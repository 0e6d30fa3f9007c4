/*
 * Bytes into keys: sequences whole and cut anywhere, a lone Esc, pastes,
 * broken UTF-8, noise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "../../cli/keys.h"
#include "evenkeel/text.h"

/* Feeds all of it; what came out but KEY_NONE, and the last text. */
static size_t
feed(const char *bytes, size_t len, struct key *keys, size_t max)
{
	struct keys state = {false};
	size_t count = 0;

	while (len > 0) {
		struct key key;
		size_t n = keys_take(&state, bytes, len, true, &key);

		assert_true(n > 0 && n <= len);
		if (key.name != KEY_NONE) {
			assert_true(count < max);
			keys[count++] = key;
		}
		bytes += n;
		len -= n;
	}
	return count;
}

static void
test_sequences(void **state)
{
	static const struct {
		const char *bytes;
		enum key_name name;
	} cases[] = {
	    {"\033[A", KEY_UP},
	    {"\033OB", KEY_DOWN},
	    {"\033[1;5C", KEY_RIGHT},
	    {"\033[D", KEY_LEFT},
	    {"\033[H", KEY_HOME},
	    {"\033[4~", KEY_END},
	    {"\033[3~", KEY_DELETE},
	    {"\033[5~", KEY_PAGE_UP},
	    {"\033[6;2~", KEY_PAGE_DOWN},
	    {"\033OM", KEY_ENTER},
	    {"\r", KEY_ENTER},
	    {"\n", KEY_ENTER},
	    {"\177", KEY_BACKSPACE},
	    {"\b", KEY_BACKSPACE},
	    {"\033", KEY_ESC},
	    {"\003", KEY_INTERRUPT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = strlen(cases[i].bytes);
		struct keys keys = {false};
		struct key key;

		assert_int_equal(feed(cases[i].bytes, len, &key, 1), 1);
		assert_int_equal(key.name, cases[i].name);
		/* cut short it waits, and is no key yet */
		for (size_t n = 1; n < len; n++)
			assert_int_equal(
			    keys_take(&keys, cases[i].bytes, n, false, &key),
			    0);
	}
}

static void
test_swallowed(void **state)
{
	static const char *const cases[] = {"\033[11~", "\033[[A", "\033[?1;2c",
	    "\033[24;80R", "\033OP", "\033[", "\033O", "\xff", "\xc3",
	    "\xe5\x8d", "\xc2\x9b", "\xe2\x80\xae", "\xed\xa0\x80", "\002"};
	struct key key;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(feed(cases[i], strlen(cases[i]), &key, 0), 0);
}

static void
test_text(void **state)
{
	struct key keys[8];

	(void)state;
	assert_int_equal(feed("a\xe5\x8d\x88\xc3\xa9", 6, keys, 8), 3);
	assert_string_equal(keys[1].text, "\xe5\x8d\x88");
	assert_string_equal(keys[2].text, "\xc3\xa9");
	assert_int_equal(feed("\033Oq\033Oy", 6, keys, 8), 2); /* keypad */
	assert_string_equal(keys[0].text, "1");
	assert_string_equal(keys[1].text, "9");
	/* Esc and a letter are two keys */
	assert_int_equal(feed("\033y", 2, keys, 8), 2);
	assert_int_equal(keys[0].name, KEY_ESC);
	assert_string_equal(keys[1].text, "y");
}

static void
test_paste(void **state)
{
	static const char text[] = "\033[200~a\r\nb\tq\003\033[201~\r";
	struct key keys[8];

	(void)state;
	assert_int_equal(feed(text, sizeof(text) - 1, keys, 8), 6);
	assert_int_equal(keys[1].name, KEY_CHAR); /* no Enter */
	assert_string_equal(keys[1].text, "\n");
	assert_string_equal(keys[3].text, " ");
	assert_string_equal(keys[4].text, "q");
	assert_int_equal(keys[5].name, KEY_ENTER);
}

static void
test_random(void **state)
{
	unsigned seed = (unsigned)time(NULL);

	(void)state;
	print_message("seed %u\n", seed);
	for (int run = 0; run < 20000; run++) {
		struct key keys[64];
		char bytes[64];
		size_t len = (size_t)rand_r(&seed) % sizeof(bytes);

		for (size_t i = 0; i < len; i++)
			bytes[i] = rand_r(&seed) % 3 == 0
				       ? "\033[O;~0A\r\xe5"[rand_r(&seed) % 9]
				       : (char)rand_r(&seed);
		for (size_t n = feed(bytes, len, keys, 64); n > 0; n--)
			assert_true(keys[n - 1].name != KEY_CHAR ||
				    text_plain_ok(keys[n - 1].text,
					strlen(keys[n - 1].text)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sequences),
	    cmocka_unit_test(test_swallowed),
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_paste),
	    cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
