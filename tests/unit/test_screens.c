/*
 * The check-in as a state machine: which keys lead where, how many of them
 * an everyday check-in takes, and what the screens look like at 80 and 40
 * columns (tests/data/checkin; EK_GOLDEN=write makes them anew).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "../../cli/screens.h"
#include "evenkeel/text.h"

#define DATA "tests/data/checkin/"

struct fix {
	struct form *form;
	struct given *given;
	struct screens *screens;
	json_t *reply;
	int keys;
	enum screens_do last;
};

static json_t *
load(const char *name)
{
	char path[200];
	json_t *json;

	snprintf(path, sizeof(path), DATA "%s.json", name);
	json = json_load_file(path, 0, NULL);
	assert_non_null(json);
	return json;
}

static void
fix_json(struct fix *fix, json_t *json)
{
	memset(fix, 0, sizeof(*fix));
	assert_int_equal(form_read(json, &fix->form, NULL), EK_OK);
	json_decref(json);
	assert_int_equal(given_new(fix->form, &fix->given), EK_OK);
	fix->screens = screens_new(fix->given);
	assert_non_null(fix->screens);
	fix->reply = load("saved");
}

static void
fix_init(struct fix *fix, const char *name)
{
	fix_json(fix, load(name));
}

static void
fix_done(struct fix *fix)
{
	screens_free(fix->screens);
	given_free(fix->given);
	form_free(fix->form);
	json_decref(fix->reply);
}

static void
press_key(struct fix *fix, const struct key *key)
{
	fix->keys++;
	fix->last = screens_key(fix->screens, key);
	if (fix->last == SCREENS_SAVE)
		screens_saved(fix->screens, fix->reply, false);
}

/* \n Enter, \b Backspace, < left, > right, ^ up, v down, ! Esc, anything
 * else itself. */
static void
press(struct fix *fix, const char *text)
{
	static const char marks[] = "\n\b<>^v!";
	static const enum key_name names[] = {KEY_ENTER, KEY_BACKSPACE,
	    KEY_LEFT, KEY_RIGHT, KEY_UP, KEY_DOWN, KEY_ESC};

	for (; *text != '\0'; text++) {
		const char *mark = strchr(marks, *text);
		struct key key = {KEY_CHAR, {*text, '\0'}};

		if (mark != NULL) {
			key.name = names[mark - marks];
			key.text[0] = '\0';
		}
		press_key(fix, &key);
	}
}

static void
write_text(struct fix *fix, const char *text)
{
	for (; *text != '\0'; text++) {
		struct key key = {KEY_CHAR, {*text, '\0'}};

		press_key(fix, &key);
	}
}

static void render(
    struct fix *fix, int width, size_t rows, bool ascii, struct buf *ret);

static void
assert_shows(struct fix *fix, const char *part)
{
	struct buf text;

	buf_init(&text, 65536);
	render(fix, 80, 24, false, &text);
	assert_non_null(strstr(buf_text(&text), part));
	buf_done(&text);
}

static size_t
screen(const struct fix *fix)
{
	return screens_number(fix->screens);
}

static void
assert_body(const struct fix *fix, const char *expected)
{
	json_t *body = given_body(fix->given);
	struct buf text;

	buf_init(&text, 65536);
	assert_int_equal(json_write(body, &text), EK_OK);
	assert_string_equal(buf_text(&text), expected);
	buf_done(&text);
	json_decref(body);
}

#define PLAN "\"plan\":\"0123456789abcdef0123456789abcdef\""

static void
test_everyday(void **state)
{
	struct fix fix;

	(void)state;
	fix_init(&fix, "pulse");
	assert_int_equal(screens_count(fix.screens), 5);
	press(&fix, "73586");
	assert_int_equal(screen(&fix), 2); /* at once, without Enter */
	press(&fix, "\n\n\n");
	assert_int_equal(screen(&fix), 5);
	press(&fix, "\n");
	assert_int_equal(fix.last, SCREENS_DONE);
	assert_int_equal(fix.keys, 9);
	assert_body(&fix,
	    "{\"instrument\":\"pulse\",\"answers\":{\"mood\":7,\"energy\":3,"
	    "\"tense\":5,\"pressure\":8,\"helpful\":6}," PLAN "}");
	fix_done(&fix);
}

/* All tens, a sign, a strategy and how much it helped: still 15. */
static void
test_at_most_15_keys(void **state)
{
	struct fix fix;

	(void)state;
	fix_init(&fix, "pulse");
	press(&fix, "1010101010");
	assert_int_equal(screen(&fix), 2);
	press(&fix, "\n\n\n\n");
	assert_int_equal(fix.last, SCREENS_DONE);
	assert_int_equal(fix.keys, 14);
	fix_done(&fix);

	fix_init(&fix, "pulse");
	press(&fix, "735862\n13\n\n\n");
	assert_int_equal(fix.last, SCREENS_DONE);
	assert_int_equal(fix.keys, 12);
	assert_body(&fix,
	    "{\"instrument\":\"pulse\",\"answers\":{\"mood\":7,\"energy\":3,"
	    "\"tense\":5,\"pressure\":8,\"helpful\":6},\"signs\":{\"s2\":1},"
	    "\"used\":{\"h1\":3}," PLAN "}");
	fix_done(&fix);
}

static void
test_one_and_ten(void **state)
{
	struct fix fix;

	(void)state;
	fix_init(&fix, "pulse");
	/* 10; 1 kept by the 5 after it; 5, which moved on by itself, so that
	 * the first Enter waits; the second skips */
	press(&fix, "1015\n\n");
	assert_true(fix.given->items[0].value == 10);
	assert_true(fix.given->items[1].value == 1);
	assert_true(fix.given->items[2].value == 5);
	assert_false(fix.given->items[3].has);
	press(&fix, "1"); /* the last one waits */
	assert_int_equal(screen(&fix), 1);
	press(&fix, "5"); /* it stands; the 5 marks no sign */
	assert_int_equal(screen(&fix), 2);
	assert_true(fix.given->items[4].value == 1);
	assert_int_equal(fix.given->signs[0], 0);
	fix_done(&fix);

	/* who presses Enter after every number passes over nothing */
	fix_init(&fix, "pulse");
	press(&fix, "7\n3\n10\n8\n6");
	assert_int_equal(screen(&fix), 2);
	for (size_t i = 0; i < 5; i++)
		assert_true(fix.given->items[i].has);
	assert_true(fix.given->items[2].value == 10);
	fix_done(&fix);

	fix_init(&fix, "pulse");
	press(&fix, "1\n0"); /* Enter keeps the 1 */
	assert_true(fix.given->items[0].value == 1);
	assert_true(fix.given->items[1].value == 0);
	press(&fix, "1\b"); /* and Backspace takes it away */
	assert_false(fix.given->items[2].has);
	press(&fix, "11"); /* two ones are two answers */
	assert_true(fix.given->items[2].value == 1);
	assert_true(fix.given->items[3].value == 1);
	fix_done(&fix);
}

static void
test_arrows(void **state)
{
	struct fix fix;

	(void)state;
	fix_init(&fix, "pulse");
	press(&fix, ">>>v>v^<"); /* 2, then 0; back to it; cannot go below */
	assert_true(fix.given->items[0].value == 2);
	assert_true(fix.given->items[1].value == 0);
	press(&fix, ">>>>>>>>>>>>>>");
	assert_true(fix.given->items[1].value == 10);
	press(&fix, "-"); /* and none again */
	assert_false(fix.given->items[1].has);
	press(&fix, "^^^^vvvvvvvv");
	assert_int_equal(screen(&fix), 1);
	press(&fix, "\n");
	assert_int_equal(screen(&fix), 2);
	press(&fix, "v >v ");
	assert_int_equal(fix.given->signs[0], 0);
	assert_int_equal(fix.given->signs[1], SIGN_LOT);
	assert_int_equal(fix.given->signs[2], SIGN_LITTLE);
	press(&fix, "  "); /* a lot, none */
	assert_int_equal(fix.given->signs[2], 0);
	fix_done(&fix);
}

static void
test_back(void **state)
{
	struct fix fix;

	(void)state;
	fix_init(&fix, "pulse");
	press(&fix, "7b4"); /* mends the first */
	assert_true(fix.given->items[0].value == 4);
	press(&fix, "5555");
	assert_int_equal(screen(&fix), 2);
	press(&fix, "<");
	assert_int_equal(screen(&fix), 1);
	assert_true(fix.given->items[4].value == 5);
	press(&fix, "9"); /* the last item is where she was */
	assert_true(fix.given->items[4].value == 9);
	press(&fix, "\n");
	assert_int_equal(screen(&fix), 3);
	press(&fix, "b\b");
	assert_int_equal(screen(&fix), 1);
	press(&fix, "\n\n\n");
	assert_int_equal(screen(&fix), 4);
	press(&fix, "<");
	assert_int_equal(screen(&fix), 3);
	press(&fix, "\nb"); /* in a note b is a letter */
	assert_int_equal(screen(&fix), 4);
	assert_string_equal(buf_text(&fix.given->note), "b");
	press(&fix, "\b\b"); /* empty again, and then back */
	assert_int_equal(screen(&fix), 3);
	fix_done(&fix);
}

static void
test_quit(void **state)
{
	static const char *const ways[] = {
	    "q", "!", "73q", "73586q", "73586\n!", "73586\n\n!"};
	struct key interrupt = {KEY_INTERRUPT, ""};
	struct fix fix;

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		fix_init(&fix, "pulse");
		press(&fix, ways[i]);
		assert_int_equal(fix.last, SCREENS_QUIT);
		fix_done(&fix);
	}
	/* Words are not thrown away by one slip of a key … */
	fix_init(&fix, "pulse");
	press(&fix, "\n\n\n\n\n\n\n");
	write_text(&fix, "long day");
	press(&fix, "!");
	assert_int_equal(fix.last, SCREENS_GO_ON);
	press(&fix, "x"); /* stays, and is no part of the note */
	assert_string_equal(buf_text(&fix.given->note), "long day");
	press(&fix, "!y");
	assert_int_equal(fix.last, SCREENS_QUIT);
	/* … but Ctrl-C is no slip. */
	press_key(&fix, &interrupt);
	assert_int_equal(fix.last, SCREENS_QUIT);
	fix_done(&fix);
}

static void
test_used(void **state)
{
	struct fix fix;

	(void)state;
	fix_init(&fix, "pulse");
	press(&fix, "\n\n\n\n\n\n");
	assert_int_equal(screen(&fix), 3);
	press(&fix, "2\n10"); /* h2, rather not say; h1 did not help */
	assert_int_equal(fix.given->used[1], USED_SAID);
	assert_int_equal(fix.given->used[0], 0);
	press(&fix, "1"); /* a mistake: unticked */
	assert_int_equal(fix.given->used[0], USED_NOT);
	press(&fix, "3v"); /* moving on asks no more */
	press(&fix, "2");  /* so this is the list again */
	assert_int_equal(fix.given->used[1], USED_NOT);
	assert_int_equal(fix.given->used[2], USED_SAID);
	press(&fix, "9"); /* out of the list: said, nothing marked */
	press(&fix, "\n");
	assert_int_equal(screen(&fix), 4);
	assert_body(&fix, "{\"instrument\":\"pulse\",\"answers\":{},\"used\":{"
			  "\"h3\":null}," PLAN "}");
	fix_done(&fix);
}

/* While it is asked how much a strategy helped, b takes the question back. */
static void
test_back_from_asking(void **state)
{
	struct fix fix;

	(void)state;
	fix_init(&fix, "pulse");
	press(&fix, "\n\n\n\n\n\n2b");
	assert_int_equal(screen(&fix), 3);
	press(&fix, "1"); /* a row again, not "helped a little" */
	assert_int_equal(fix.given->used[1], USED_SAID);
	assert_int_equal(fix.given->used[0], USED_SAID);
	press(&fix, "-b");
	assert_int_equal(fix.given->used[0], USED_NOT);
	assert_int_equal(screen(&fix), 2);
	fix_done(&fix);
}

static json_t *
many_signs(int count)
{
	json_t *json = load("pulse");
	json_t *signs = json_array();
	char id[16];

	for (int i = 1; i <= count; i++) {
		snprintf(id, sizeof(id), "s%d", i);
		json_array_append_new(
		    signs, json_pack("{s:s,s:s}", "id", id, "text", "a sign"));
	}
	json_object_set_new(json, "signs", signs);
	return json;
}

static void
test_long_lists(void **state)
{
	struct fix fix;

	(void)state;
	fix_json(&fix, many_signs(23));
	press(&fix, "\n\n\n\n\n");
	press(&fix, "0112235"); /* 1, 12, 23, and 5 needs no second digit */
	assert_int_equal(fix.given->signs[0], SIGN_LITTLE);
	assert_int_equal(fix.given->signs[11], SIGN_LITTLE);
	assert_int_equal(fix.given->signs[22], SIGN_LITTLE);
	assert_int_equal(fix.given->signs[4], SIGN_LITTLE);
	press(&fix, "2\n"); /* Enter ends a number */
	assert_int_equal(fix.given->signs[1], SIGN_LITTLE);
	assert_int_equal(screen(&fix), 2);
	press(&fix, "29"); /* none of that number */
	press(&fix, "1v"); /* moving forgets half a number */
	assert_int_equal(fix.given->signs[0], SIGN_LITTLE);
	press(&fix, "\n");
	assert_int_equal(screen(&fix), 3);
	fix_done(&fix);
}

static void
test_no_plan(void **state)
{
	json_t *json = load("pulse");
	struct fix fix;

	(void)state;
	json_object_set_new(json, "signs", json_array());
	json_object_set_new(json, "strategies", json_array());
	json_object_set_new(json, "plan", json_null());
	fix_json(&fix, json);
	assert_int_equal(screens_count(fix.screens), 3);
	press(&fix, "00000\n\n");
	assert_int_equal(fix.last, SCREENS_DONE);
	fix_done(&fix);
}

static void
test_choices(void **state)
{
	struct fix fix;

	(void)state;
	fix_init(&fix, "who-5");
	assert_int_equal(screens_count(fix.screens), 3);
	press(&fix, "6"); /* none such */
	assert_false(fix.given->items[0].has);
	press(&fix, "\n\n"); /* all are needed: goes to the first missing */
	assert_int_equal(screen(&fix), 1);
	press(&fix, "5");
	assert_true(fix.given->items[0].value == 5);
	press(&fix, ">>>"); /* first option, and on: 5, 4, 3 */
	assert_true(fix.given->items[1].value == 3);
	press(&fix, "\n");
	assert_int_equal(screen(&fix), 2);
	fix_done(&fix);
}

static void
test_texts(void **state)
{
	struct key paste = {KEY_CHAR, "\n"};
	struct key editor = {KEY_EDITOR, ""};
	struct fix fix;

	(void)state;
	fix_init(&fix, "wave");
	assert_int_equal(screens_count(fix.screens), 3);
	write_text(&fix, "Jia, quietly");
	press_key(&fix, &paste);
	write_text(&fix, "q 1");
	press(&fix, "\n"); /* the second item */
	press_key(&fix, &editor);
	assert_int_equal(fix.last, SCREENS_EDIT);
	buf_str(screens_note(fix.screens), "from the editor");
	write_text(&fix, "!?");
	press(&fix, "\n\n");
	assert_int_equal(screen(&fix), 2);
	assert_body(&fix,
	    "{\"instrument\":\"wave\",\"answers\":{},\"texts\":{\"support\":"
	    "\"Jia, quietly\\nq 1\",\"role\":\"from the editor!?\"}," PLAN "}");
	press(&fix, "<");
	assert_int_equal(screen(&fix), 1);
	fix_done(&fix);
}

/* Up goes back from words, and they stay. */
static void
test_back_from_words(void **state)
{
	struct fix fix;

	(void)state;
	fix_init(&fix, "pulse");
	press(&fix, "\n\n\n\n\n\n\n");
	write_text(&fix, "long");
	press(&fix, "^");
	assert_int_equal(screen(&fix), 3);
	press(&fix, "\n\n");
	assert_int_equal(fix.last, SCREENS_SAVE);
	assert_string_equal(buf_text(&fix.given->note), "long");
	fix_done(&fix);
}

/* An entry that is mended: leaving is asked about only when words changed. */
static void
test_mending(void **state)
{
	struct fix fix;

	(void)state;
	fix_init(&fix, "pulse");
	buf_str(&fix.given->note, "as it was");
	fix.given->mending = true;
	screens_free(fix.screens);
	fix.screens = screens_new(fix.given);
	press(&fix, "7q");
	assert_int_equal(fix.last, SCREENS_QUIT);
	press(&fix, "\n\n\n\n\n\n");
	write_text(&fix, "x");
	press(&fix, "!n");
	assert_int_equal(fix.last, SCREENS_GO_ON);
	press(&fix, "\b!");
	assert_int_equal(fix.last, SCREENS_QUIT);
	fix_done(&fix);
}

static void
test_editing(void **state)
{
	struct key word = {KEY_WORD, ""};
	struct key home = {KEY_HOME, ""};
	struct key delete = {KEY_DELETE, ""};
	struct key e_acute = {KEY_CHAR, "e\xcc\x81"};
	struct fix fix;

	(void)state;
	fix_init(&fix, "pulse");
	press(&fix, "\n\n\n\n\n\n\n");
	write_text(&fix, "caf");
	press_key(&fix, &e_acute);
	press(&fix, "\b"); /* the letter goes with its accent */
	assert_string_equal(buf_text(&fix.given->note), "caf");
	write_text(&fix, " two words");
	press_key(&fix, &word);
	assert_string_equal(buf_text(&fix.given->note), "caf two ");
	press_key(&fix, &home);
	press_key(&fix, &delete);
	write_text(&fix, "L");
	press(&fix, ">x<<y");
	assert_string_equal(buf_text(&fix.given->note), "Lyaxf two ");
	fix_done(&fix);
}

static void
test_limits(void **state)
{
	struct key key = {KEY_CHAR, "\xe5\x8d\x88"};
	struct fix fix;

	(void)state;
	fix_init(&fix, "pulse");
	press(&fix, "\n\n\n\n\n\n\n");
	for (int i = 0; i < EK_NOTE_MAX; i++)
		press_key(&fix, &key);
	assert_int_equal(fix.given->note.len, EK_NOTE_MAX / 3 * 3);
	assert_shows(&fix, "as long as it can be");
	assert_int_equal(buf_err(&fix.given->note), EK_OK);
	press(&fix, "\n");
	assert_int_equal(screen(&fix), 5);
	fix_done(&fix);
}

static void
test_failed(void **state)
{
	struct key enter = {KEY_ENTER, ""};
	struct fix fix;

	(void)state;
	fix_init(&fix, "pulse");
	press(&fix, "73586\n\n");
	assert_int_equal(screens_key(fix.screens, &enter), SCREENS_SAVE);
	screens_failed(fix.screens, "the daemon does not answer");
	assert_int_equal(screen(&fix), 4);
	assert_int_equal(screens_key(fix.screens, &enter), SCREENS_SAVE);
	screens_saved(fix.screens, fix.reply, false);
	assert_int_equal(screen(&fix), 5);
	fix_done(&fix);
}

static void
test_hard(void **state)
{
	struct key enter = {KEY_ENTER, ""};
	struct fix fix = {0};

	(void)state;
	fix.reply = load("saved");
	fix.screens = screens_new_hard("nobody", false);
	press(&fix, "\n\n");
	assert_int_equal(fix.last, SCREENS_DONE);
	screens_free(fix.screens);
	fix.screens = screens_new_hard("nobody", false);
	press(&fix, "q");
	assert_int_equal(fix.last, SCREENS_QUIT);
	press(&fix, "w");
	assert_int_equal(fix.last, SCREENS_WORDS);
	screens_free(fix.screens);
	fix.screens = screens_new_hard("nobody", false);
	press(&fix, "\nn");
	write_text(&fix, "enough");
	press(&fix, "\n");
	assert_int_equal(fix.last, SCREENS_NOTE);
	assert_string_equal(buf_text(screens_note(fix.screens)), "enough");
	screens_failed(fix.screens, "gone");
	assert_int_equal(screens_key(fix.screens, &enter), SCREENS_NOTE);
	/* leaving now leaves the words out; the day stays written down */
	press(&fix, "!y");
	assert_int_equal(fix.last, SCREENS_DONE);
	/* nor are they lost by going back to read and closing there */
	press(&fix, "^\n");
	assert_int_equal(fix.last, SCREENS_GO_ON);
	press(&fix, "y");
	assert_int_equal(fix.last, SCREENS_DONE);
	screens_free(fix.screens);
	json_decref(fix.reply);
}

static enum screens_do
line(struct fix *fix, const char *text)
{
	enum screens_do what = screens_line(fix->screens, text);

	if (what == SCREENS_SAVE)
		screens_saved(fix->screens, fix->reply, false);
	return what;
}

static void
test_lines(void **state)
{
	struct fix fix;

	(void)state;
	fix_init(&fix, "pulse");
	line(&fix, "10");
	line(&fix, "11"); /* refused: the same item again */
	line(&fix, "words");
	line(&fix, "1");
	line(&fix, "b");
	line(&fix, "2");
	line(&fix, "");
	line(&fix, "0");
	line(&fix, "5");
	assert_int_equal(screen(&fix), 2);
	line(&fix, "4");
	line(&fix, "1=9");
	line(&fix, "2x");
	assert_int_equal(screen(&fix), 2);
	line(&fix, "1 3=2");
	line(&fix, "3, 1=0");
	line(&fix, "b");
	assert_int_equal(screen(&fix), 3);
	line(&fix, "");
	assert_int_equal(line(&fix, "a note with 3=4"), SCREENS_SAVE);
	assert_int_equal(line(&fix, ""), SCREENS_DONE);
	assert_body(&fix,
	    "{\"instrument\":\"pulse\",\"answers\":{\"mood\":10,\"energy\":2,"
	    "\"pressure\":0,\"helpful\":5},\"signs\":{\"s1\":1,\"s3\":2},"
	    "\"used\":{\"h1\":0,\"h3\":null},\"note\":\"a note with 3=4\"," PLAN
	    "}");
	fix_done(&fix);
	fix_init(&fix, "pulse");
	assert_int_equal(line(&fix, "q"), SCREENS_QUIT);
	fix_done(&fix);
}

static void
test_given(void **state)
{
	struct fix fix;

	(void)state;
	fix_init(&fix, "pulse");
	assert_int_equal(given_answer(fix.given, "mood", "10", NULL), EK_OK);
	assert_int_equal(given_answer(fix.given, "mood", "9", NULL), EK_USAGE);
	assert_int_equal(
	    given_answer(fix.given, "energy", "11", NULL), EK_USAGE);
	assert_int_equal(
	    given_answer(fix.given, "energy", "-1", NULL), EK_USAGE);
	assert_int_equal(
	    given_answer(fix.given, "energy", "1.5", NULL), EK_USAGE);
	assert_int_equal(
	    given_answer(fix.given, "energy", "0x5", NULL), EK_USAGE);
	assert_int_equal(
	    given_answer(fix.given, "energy", "nan", NULL), EK_USAGE);
	assert_int_equal(given_answer(fix.given, "energy", "", NULL), EK_USAGE);
	assert_int_equal(given_answer(fix.given, "who", "5", NULL), EK_USAGE);
	assert_int_equal(given_sign(fix.given, "s1", "3", NULL), EK_USAGE);
	assert_int_equal(given_sign(fix.given, "s9", "1", NULL), EK_USAGE);
	assert_int_equal(given_used(fix.given, "h1", "4", NULL), EK_USAGE);
	assert_int_equal(given_used(fix.given, "h1", NULL, NULL), EK_OK);
	assert_int_equal(given_note(fix.given, "\x1b[2J", 4, NULL), EK_INVALID);
	assert_int_equal(given_note(fix.given, "one", 3, NULL), EK_OK);
	assert_int_equal(given_note(fix.given, "two", 3, NULL), EK_OK);
	assert_string_equal(buf_text(&fix.given->note), "one\ntwo");
	fix_done(&fix);
}

/* --- what they look like --- */

static void
render(struct fix *fix, int width, size_t rows, bool ascii, struct buf *ret)
{
	struct page page;

	page_init(&page, width, ascii);
	screens_draw(fix->screens, false, &page);
	assert_int_equal(page_err(&page), EK_OK);
	page_text(&page, rows, ret);
	page_done(&page);
}

/* Every screen on the way says how to go on, back and away. */
static void
assert_foot(const struct fix *fix, const char *text)
{
	if (screen(fix) == screens_count(fix->screens))
		return;
	assert_non_null(strstr(text, "Enter: "));
	assert_true(
	    strstr(text, "b: ") != NULL || strstr(text, "Up: ") != NULL);
	assert_true(strstr(text, "q: leave") != NULL ||
		    strstr(text, "Esc: leave") != NULL);
}

static void
add_screen(struct fix *fix, int width, const char *keys, struct buf *ret)
{
	size_t from;

	press(fix, keys);
	buf_fmt(ret, "--- screen %zu, after %d keys\n", screen(fix), fix->keys);
	from = ret->len;
	render(fix, width, 24, false, ret);
	assert_foot(fix, buf_text(ret) + from);
}

static void
compare(const char *name, int width, const struct buf *text)
{
	char path[200];
	char *want = NULL;
	size_t len = 0;
	FILE *file;

	snprintf(path, sizeof(path), DATA "%s-%d.txt", name, width);
	if (getenv("EK_GOLDEN") != NULL) {
		file = fopen(path, "w");
		assert_non_null(file);
		fwrite(text->data, 1, text->len, file);
		fclose(file);
		return;
	}
	file = fopen(path, "r");
	assert_non_null(file);
	assert_true(getdelim(&want, &len, '\0', file) > 0);
	fclose(file);
	assert_string_equal(buf_text(text), want);
	free(want);
}

/* No line too wide, no more rows than there are. */
static void
assert_fits(const char *text, int width)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		assert_true(text_columns(text, n) <= (size_t)width);
		text += n + 1;
	}
}

static void
test_golden(void **state)
{
	static const int widths[] = {80, 40};
	static const struct {
		const char *name;
		const char *keys[7];
	} runs[] = {
	    {"pulse", {"", "71", "0586", "2\x32", "\n2", "3\n", "\n"}},
	    {"who-5", {"", "3", "4", "\n", NULL}},
	    {"wave", {"", "Jia at lunch\n", "\n\n", NULL}},
	};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct fix fix;
		struct buf text;

		buf_init(&text, 65536);
		fix_init(&fix, runs[i / 2].name);
		for (size_t j = 0; j < 7 && runs[i / 2].keys[j] != NULL; j++)
			add_screen(
			    &fix, widths[i % 2], runs[i / 2].keys[j], &text);
		assert_fits(buf_text(&text), widths[i % 2]);
		compare(runs[i / 2].name, widths[i % 2], &text);
		fix_done(&fix);
		buf_done(&text);
	}
}

/* Any keys at any size: lines fit, the cursor is on the screen, five screens
 * at most, answers are answers. */
static void
test_random(void **state)
{
	static const char keys[] = "0123456789\n\n\n\n\b\b<>^v! bqny-e=x";
	static const char *const forms[] = {"pulse", "who-5", "wave"};
	unsigned seed = (unsigned)time(NULL);

	(void)state;
	print_message("seed %u\n", seed);
	for (int run = 0; run < 300; run++) {
		struct fix fix;
		bool ascii = rand_r(&seed) % 2 == 0;

		fix_init(&fix, forms[run % 3]);
		for (int i = 0; i < 60; i++) {
			char key[2] = {
			    keys[(size_t)rand_r(&seed) % (sizeof(keys) - 1)],
			    '\0'};
			int width = 20 + rand_r(&seed) % 70;
			size_t rows = 3 + (size_t)rand_r(&seed) % 40;
			struct buf text;

			press(&fix, key);
			if (fix.last == SCREENS_QUIT ||
			    fix.last == SCREENS_DONE)
				break;
			buf_init(&text, 65536);
			render(&fix, width, rows, ascii, &text);
			assert_fits(buf_text(&text), width);
			for (size_t at = 0; ascii && at < text.len; at++)
				assert_true(
				    (unsigned char)text.data[at] < 0x80);
			buf_done(&text);
			assert_true(screen(&fix) <= 5);
			for (size_t j = 0; j < fix.form->item_count; j++)
				assert_true(!fix.given->items[j].has ||
					    item_check(&fix.form->items[j],
						fix.given->items[j].value,
						NULL) == EK_OK);
		}
		fix_done(&fix);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_everyday),
	    cmocka_unit_test(test_at_most_15_keys),
	    cmocka_unit_test(test_one_and_ten),
	    cmocka_unit_test(test_arrows),
	    cmocka_unit_test(test_back),
	    cmocka_unit_test(test_quit),
	    cmocka_unit_test(test_used),
	    cmocka_unit_test(test_back_from_asking),
	    cmocka_unit_test(test_long_lists),
	    cmocka_unit_test(test_no_plan),
	    cmocka_unit_test(test_choices),
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_back_from_words),
	    cmocka_unit_test(test_mending),
	    cmocka_unit_test(test_editing),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_failed),
	    cmocka_unit_test(test_hard),
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_given),
	    cmocka_unit_test(test_golden),
	    cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
