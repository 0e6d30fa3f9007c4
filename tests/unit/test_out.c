/*
 * test_out - the filter, the ASCII forms, line breaking, and the printer in
 * its text and JSON forms.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../cli/out.h"
#include "../../cli/wrap.h"
#include "check.h"
#include "evenkeel/text.h"

static void
filter_is(const char *text, size_t len, const char *want)
{
	struct buf got;

	buf_init(&got, 4096);
	wrap_filter(text, len, &got);
	assert_ok(buf_err(&got));
	assert_string_equal(buf_text(&got), want);
	buf_done(&got);
}

static void
test_filter(void **state)
{
	(void)state;
	filter_is("plain\ntext", 10, "plain\ntext");
	filter_is("a\tb", 3, "a b");
	filter_is("a\033[31mred\033]0;x\007", 15, "a[31mred]0;x");
	filter_is("cr\r\nbs\b\x7f.", 9, "cr\nbs.");
	filter_is("c1\xC2\x9B!", 5, "c1!");
	filter_is("bidi\xE2\x80\xAEx\xE2\x81\xA6\xD8\x9C.", 14, "bidix.");
	filter_is("a\0b", 3, "ab");
	filter_is("\xC3(\xFF\xED\xA0\x80.", 7, "?(????.");
	filter_is("caf\xC3\xA9 \xE2\x86\x92 \xF0\x9F\x8C\xB3", 14,
	    "caf\xC3\xA9 \xE2\x86\x92 \xF0\x9F\x8C\xB3");
	filter_is("", 0, "");
}

static void
ascii_is(const char *text, const char *want)
{
	struct buf got;

	buf_init(&got, 4096);
	wrap_ascii(text, strlen(text), &got);
	assert_string_equal(buf_text(&got), want);
	for (size_t i = 0; i < got.len; i++)
		assert_true((unsigned char)got.data[i] < 0x80);
	buf_done(&got);
}

static void
test_ascii(void **state)
{
	(void)state;
	ascii_is("skipping lunch → Walk", "skipping lunch -> Walk");
	ascii_is("“it’s” – so…", "\"it's\" - so...");
	ascii_is("Zoë, Łódź, naïve, Straße, Ærø", "Zoe, Lodz, naive, Strasse, "
						  "AEro");
	ascii_is(
	    "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝ", "AAAAAACEEEEIIIIDNOOOOOxOUUUUY");
	ascii_is(
	    "àáâãäåçèéêëìíîïðñòóôõö÷øùúûüýÿ", "aaaaaaceeeeiiiidnooooo/ouuuuyy");
	ascii_is("ĀāŁłŃńŐőŒœŘřŠšŤťŮůŹźŻżŽž", "AaLlNnOoOEoeRrSsTtUuZzZzZz");
	ascii_is("梅", "?");
	ascii_is("e\xCC\x81", "e"); /* a combining accent */
	ascii_is("🌳 ok", "? ok");
	ascii_is("20 °C ± 1", "20  degC +/- 1");
}

static void
wrap_is(int width, int indent, int hang, const char *text, const char *want)
{
	const struct wrap wrap = {width, indent, hang};
	struct buf got;

	buf_init(&got, 4096);
	wrap_text(&wrap, text, strlen(text), &got);
	assert_string_equal(buf_text(&got), want);
	buf_done(&got);
}

static void
test_wrap(void **state)
{
	(void)state;
	wrap_is(20, 0, 0, "", "\n");
	wrap_is(20, 0, 0, "one", "one\n");
	wrap_is(20, 0, 0, "one\n", "one\n");
	wrap_is(20, 0, 0, "one\n\ntwo", "one\n\ntwo\n");
	wrap_is(10, 0, 0, "one two three", "one two\nthree\n");
	wrap_is(10, 0, 0, "0123456789", "0123456789\n");
	wrap_is(10, 0, 0, "01234567890", "0123456789\n0\n");
	wrap_is(10, 0, 0, "ab 0123456789012", "ab\n0123456789\n012\n");
	wrap_is(20, 2, 3, "one two three four five six",
	    "  one two three four\n     five six\n");
	wrap_is(20, 0, 2, "a\nb", "a\n  b\n");
	wrap_is(20, 0, 0, "name        value", "name        value\n");
	wrap_is(20, 0, 0, "  led by spaces", "  led by spaces\n");
	wrap_is(20, 0, 0, "trailing   \nx", "trailing\nx\n");
	/* a margin as wide as the line is none */
	wrap_is(20, 18, 0, "one", "one\n");
}

static void
test_wrap_wide(void **state)
{
	(void)state;
	/* wide characters may be parted, each counts two */
	wrap_is(10, 0, 0, "散步散步散步", "散步散步散\n步\n");
	wrap_is(11, 0, 0, "散步散步散步", "散步散步散\n步\n");
	/* what closes never begins a line */
	wrap_is(10, 0, 0, "散步散步散。步", "散步散步\n散。步\n");
	wrap_is(10, 0, 0, "walk 散步散步", "walk 散步\n散步\n");
	/* marks cling to their letter */
	wrap_is(8, 0, 0,
	    "e\xCC\x81"
	    "bcdefgh",
	    "e\xCC\x81"
	    "bcdefgh\n");
}

/* No line is wider than asked, and no letter is lost: any text, any width. */
static void
test_wrap_random(void **state)
{
	static const char *const bits[] = {" ", "  ", "a", "walk", "散", "。",
	    "\n", "é", "e\xCC\x81", "verylongwordindeed", "🌳", "-"};
	unsigned seed = (unsigned)getpid();

	(void)state;
	print_message("seed %u\n", seed);
	srand(seed);
	for (int round = 0; round < 3000; round++) {
		struct wrap wrap = {20 + rand() % 60, rand() % 8, rand() % 5};
		struct buf text;
		struct buf got;
		size_t line = 0;
		size_t letters = 0;
		size_t want = 0;

		buf_init(&text, 8192);
		buf_init(&got, 65536);
		for (int i = rand() % 60; i > 0; i--)
			buf_str(&text, bits[(size_t)rand() %
					    (sizeof(bits) / sizeof(bits[0]))]);
		wrap_text(&wrap, buf_text(&text), text.len, &got);
		assert_ok(buf_err(&got));
		assert_true(got.len > 0 && got.data[got.len - 1] == '\n');
		for (size_t i = 0; i < text.len; i++)
			want += text.data[i] != ' ' && text.data[i] != '\n';
		for (size_t i = 0; i < got.len; i++) {
			letters += got.data[i] != ' ' && got.data[i] != '\n';
			if (got.data[i] != '\n')
				continue;
			assert_true(text_columns(got.data + line, i - line) <=
				    (size_t)wrap.width);
			assert_true(i == line || got.data[i - 1] != ' ');
			line = i + 1;
		}
		assert_int_equal(letters, want);
		buf_done(&text);
		buf_done(&got);
	}
}

struct printed {
	char *text, *errors;
	size_t text_len, errors_len;
	FILE *to, *err;
};

static struct out *
open_out(struct printed *printed, bool json)
{
	struct out *out = NULL;
	FILE *to;

	/* out asks its stream for a terminal: a real file, not a memory one */
	memset(printed, 0, sizeof(*printed));
	to = tmpfile();
	assert_non_null(to);
	printed->to = to;
	printed->err = open_memstream(&printed->errors, &printed->errors_len);
	assert_ok(out_new(printed->to, printed->err, json, &out));
	return out;
}

static const char *
close_out(struct printed *printed, struct out *out)
{
	long size;

	assert_ok(out_flush(out));
	size = ftell(printed->to);
	assert_true(size >= 0);
	printed->text = calloc(1, (size_t)size + 1);
	assert_non_null(printed->text);
	rewind(printed->to);
	assert_int_equal(
	    fread(printed->text, 1, (size_t)size, printed->to), size);
	fclose(printed->to);
	fclose(printed->err);
	out_free(out);
	return printed->text;
}

static void
done_out(struct printed *printed)
{
	free(printed->text);
	free(printed->errors);
}

static void
test_text(void **state)
{
	struct printed printed;
	struct out *out;

	(void)state;
	setenv("COLUMNS", "40", 1);
	out = open_out(&printed, false);
	assert_int_equal(out_width(out), 40);
	out_gap(out); /* nothing before it: no blank line */
	out_text(out, OUT_HEAD, 0, 0, "%s", "Head");
	out_gap(out);
	out_gap(out);
	out_line(out, "it%ss \033[31m%d", "\xE2\x80\x99", 7);
	out_raw(out, "raw\033\n", 5);
	out_prompt(out, "why? ");
	assert_string_equal(
	    close_out(&printed, out), "Head\n\nit's [31m7\nraw\033\nwhy? ");
	assert_string_equal(printed.errors, "");
	done_out(&printed);
	unsetenv("COLUMNS");
}

static void
test_width(void **state)
{
	static const struct {
		const char *text;
		int width;
	} cases[] = {{"80", 80}, {"19", 20}, {"500", 200}, {"x", 80},
	    {"-40", 80}, {"40x", 80}, {"", 80}, {"0", 80}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct printed printed;
		struct out *out;

		setenv("COLUMNS", cases[i].text, 1);
		out = open_out(&printed, false);
		assert_int_equal(out_width(out), cases[i].width);
		assert_false(out_is_colour(out)); /* a file is no terminal */
		close_out(&printed, out);
		done_out(&printed);
	}
	unsetenv("COLUMNS");
}

static void
test_json(void **state)
{
	json_t *json = json_pack("{s:s}", "a", "é\n");
	const struct ek_why why = {"no; do"};
	struct printed printed;
	struct out *out = open_out(&printed, true);

	(void)state;
	out_line(out, "not printed");
	out_raw(out, "nor this", 8);
	out_gap(out);
	assert_false(out_was_json(out));
	out_json(out, json);
	assert_true(out_was_json(out));
	assert_string_equal(close_out(&printed, out), "{\"a\":\"é\\n\"}\n");
	done_out(&printed);

	out = open_out(&printed, true);
	assert_int_equal(out_fail(out, EK_LOCKED, &why), EK_LOCKED);
	assert_string_equal(close_out(&printed, out),
	    "{\"error\":{\"code\":\"locked\",\"message\":\"no; do\"}}\n");
	assert_string_equal(printed.errors, "keel: no; do\n");
	done_out(&printed);
	json_decref(json);
}

static void
test_fail(void **state)
{
	const struct ek_why why = {"a\033b\nc; do"};
	const struct ek_why empty = {""};
	struct printed printed;
	struct out *out = open_out(&printed, false);

	(void)state;
	assert_int_equal(out_fail(out, EK_INVALID, &why), EK_INVALID);
	assert_int_equal(out_fail(out, EK_NO_BOOK, &empty), EK_NO_BOOK);
	assert_int_equal(out_fail(out, EK_NO_BOOK, NULL), EK_NO_BOOK);
	out_note(out, "%s", "by the way");
	assert_string_equal(close_out(&printed, out), "");
	assert_string_equal(printed.errors,
	    "keel: ab\nc; do\n"
	    "keel: nothing was started here yet; run: keel start\n"
	    "keel: nothing was started here yet; run: keel start\n"
	    "keel: by the way\n");
	done_out(&printed);
}

static void
test_full(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct out *out = NULL;

	(void)state;
	if (full == NULL)
		skip();
	assert_ok(out_new(full, stderr, false, &out));
	out_line(out, "x");
	assert_int_equal(out_flush(out), EK_IO);
	out_free(out);
	fclose(full);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_filter),
	    cmocka_unit_test(test_ascii),
	    cmocka_unit_test(test_wrap),
	    cmocka_unit_test(test_wrap_wide),
	    cmocka_unit_test(test_wrap_random),
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_width),
	    cmocka_unit_test(test_json),
	    cmocka_unit_test(test_fail),
	    cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
