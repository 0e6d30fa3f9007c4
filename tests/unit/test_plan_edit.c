/*
 * test_plan_edit - one section of the document changed: what stays is the
 * same byte for byte, what was typed is read back as typed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "evenkeel/plan_edit.h"

static struct plan *
parse(const char *text)
{
	struct plan *plan = NULL;
	struct ek_why why = {""};

	if (plan_parse(text, strlen(text), &plan, &why) != EK_OK)
		fail_msg("refused: %s\n%s", why.text, text);
	assert_ok(plan_ids_carry(plan, NULL, NULL));
	return plan;
}

/* "id|text" or "|text" lines, NULL-ended; ret is the new document. */
static enum ek_err
edit(const char *text, enum plan_section section, const char *const *lines,
    struct buf *ret, size_t *ret_bad, struct ek_why *why)
{
	struct plan *plan = parse(text);
	struct plan_line wanted[40];
	struct plan_change change = {section, wanted, 0};
	char ids[40][8];
	enum ek_err err;

	for (; lines[change.count] != NULL; change.count++) {
		const char *line = lines[change.count];
		size_t len = strcspn(line, "|");

		snprintf(ids[change.count], 8, "%.*s", (int)len, line);
		wanted[change.count] =
		    (struct plan_line){len == 0 ? NULL : ids[change.count],
			line + len + 1, NULL, 0};
	}
	err = plan_edit(text, plan, &change, ret, ret_bad, why);
	plan_free(plan);
	return err;
}

static void
becomes(const char *text, enum plan_section section, const char *const *lines,
    const char *wanted)
{
	struct ek_why why = {""};
	struct buf out;

	buf_init(&out, EK_PLAN_MAX);
	if (edit(text, section, lines, &out, NULL, &why) != EK_OK)
		fail_msg("%s", why.text);
	assert_string_equal(buf_text(&out), wanted);
	buf_done(&out);
}

#define LINES(...)                                                             \
	(const char *const[])                                                  \
	{                                                                      \
		__VA_ARGS__, NULL                                              \
	}

static const char doc[] = "# My plan\n\nHello *there*.\n\n"
			  "## What helps me (at work)\n\n"
			  "Some words first.\n\n"
			  "* a *brisk* walk\n"
			  "* tea\n"
			  "  with Jia\n\n"
			  "### At home\n"
			  "1. music\n"
			  "2. cooking\n"
			  "   - rice\n"
			  "\nAnd an end.\n\n"
			  "## My garden\n- roses\n\n"
			  "## Review\n2026-12-01, with Tan\n";

static void
test_in_place(void **state)
{
	(void)state;
	/* nothing changes: nothing is touched */
	becomes(doc, PLAN_HELPS,
	    LINES("h1|a brisk walk", "h2|tea with Jia", "h3|music",
		"h4|cooking", "h5|rice"),
	    doc);
	/* one list changes; what stays in it keeps its Markdown */
	becomes(doc, PLAN_HELPS,
	    LINES("h1|a brisk walk", "|a *nap*", "h2|coffee with Jia",
		"h3|music", "h4|cooking", "h5|rice"),
	    "# My plan\n\nHello *there*.\n\n"
	    "## What helps me (at work)\n\n"
	    "Some words first.\n\n"
	    "- a *brisk* walk\n"
	    "- a \\*nap\\*\n"
	    "- coffee with Jia\n\n"
	    "### At home\n"
	    "1. music\n"
	    "2. cooking\n"
	    "   - rice\n"
	    "\nAnd an end.\n\n"
	    "## My garden\n- roses\n\n"
	    "## Review\n2026-12-01, with Tan\n");
	/* the other; numbers and depth stay, what is gone is gone */
	becomes(doc, PLAN_HELPS,
	    LINES("h1|a brisk walk", "h2|tea with Jia", "h4|cooking", "h5|rice",
		"|noodles"),
	    "# My plan\n\nHello *there*.\n\n"
	    "## What helps me (at work)\n\n"
	    "Some words first.\n\n"
	    "* a *brisk* walk\n"
	    "* tea\n"
	    "  with Jia\n\n"
	    "### At home\n"
	    "1. cooking\n"
	    "   - rice\n"
	    "   - noodles\n"
	    "\nAnd an end.\n\n"
	    "## My garden\n- roses\n\n"
	    "## Review\n2026-12-01, with Tan\n");
	/* all of it */
	becomes(doc, PLAN_HELPS, LINES("h1| \t ", "h5|"),
	    "# My plan\n\nHello *there*.\n\n"
	    "## What helps me (at work)\n\n"
	    "Some words first.\n\n"
	    "\n### At home\n"
	    "\nAnd an end.\n\n"
	    "## My garden\n- roses\n\n"
	    "## Review\n2026-12-01, with Tan\n");
}

static void
test_new_section(void **state)
{
	(void)state;
	becomes("## What helps me\n- tea\n\n## Review\n2026-12-01\n",
	    PLAN_PEOPLE, LINES("|Jia"),
	    "## What helps me\n- tea\n\n## People I can turn to\n\n- Jia\n\n"
	    "## Review\n2026-12-01\n");
	becomes("# What helps me\n- tea", PLAN_ROLE, LINES("|listening"),
	    "# What helps me\n- tea\n# My role\n\n- listening\n");
	becomes("## 对我有帮助的做法\n", PLAN_SIGNS, LINES("|x"),
	    "## 早期预警信号\n\n- x\n\n## 对我有帮助的做法\n");
	/* there, and empty or with other words */
	becomes("## What helps me\n\n## My role\n", PLAN_HELPS, LINES("|tea"),
	    "## What helps me\n\n- tea\n\n## My role\n");
	becomes("## What helps me", PLAN_HELPS, LINES("|tea"),
	    "## What helps me\n\n- tea\n");
	becomes("## What helps me\nOne\ntwo.\n> three\n", PLAN_HELPS,
	    LINES("|tea"), "## What helps me\nOne\ntwo.\n> three\n\n- tea\n");
	becomes("## What helps me\n-\n", PLAN_HELPS, LINES("|tea"),
	    "## What helps me\n- tea\n");
}

static void
test_refused(void **state)
{
	struct ek_why why = {""};
	struct buf out;
	char longer[EK_BULLET_MAX + 3] = "|";
	size_t bad = 9;

	(void)state;
	buf_init(&out, EK_PLAN_MAX);
	memset(longer + 1, 'a', EK_BULLET_MAX + 1);
	assert_int_equal(
	    edit(doc, PLAN_HELPS, LINES("|x", longer, "|y"), &out, &bad, &why),
	    EK_TOO_LARGE);
	assert_int_equal(bad, 1);
	assert_non_null(strstr(why.text, "under 500 bytes"));
	assert_int_equal(
	    edit(doc, PLAN_HELPS, LINES("|x\001"), &out, &bad, &why),
	    EK_INVALID);
	assert_int_equal(bad, 0);
	longer[EK_BULLET_MAX + 1] = '\0';
	assert_ok(edit(doc, PLAN_HELPS, LINES(longer), &out, &bad, &why));
	assert_int_equal(bad, 1);
	buf_done(&out);
}

static void
review(const char *text, const char *day, const char *wanted)
{
	struct plan *plan = parse(text);
	struct ek_why why = {""};
	struct buf out;

	buf_init(&out, EK_PLAN_MAX);
	if (wanted == NULL) {
		assert_int_equal(
		    plan_edit_review(text, plan, day, &out, &why), EK_INVALID);
		assert_non_null(strstr(why.text, "; "));
		assert_int_equal(out.len, 0);
	} else {
		if (plan_edit_review(text, plan, day, &out, &why) != EK_OK)
			fail_msg("%s", why.text);
		assert_string_equal(buf_text(&out), wanted);
	}
	buf_done(&out);
	plan_free(plan);
}

static void
test_review(void **state)
{
	(void)state;
	review("## My role\n- x\n## Review\n2026-12-01, with Tan\n",
	    "2027-01-02", "## My role\n- x\n## Review\n2027-01-02, with Tan\n");
	review("## My role\n- 2026-12-01\n## Review 2026-12-01\n## Else\n",
	    "2027-01-02",
	    "## My role\n- 2026-12-01\n## Review 2027-01-02\n## Else\n");
	review("## Review\n\n- 2026-12-01\n\n## My role\n", NULL,
	    "## Review\n\n\n## My role\n");
	review("## Review\n\n## My role\n", "2027-01-02",
	    "## Review\n\n2027-01-02\n\n## My role\n");
	review("## My role", "2027-01-02",
	    "## My role\n\n## Review\n\n2027-01-02\n");
	review("## My role\n", NULL, "## My role\n");
	review("## Review\nwith Tan 2026-12-01\n", NULL, NULL);
	review("## Review\n2026-12-01\n", "2027-13-02", NULL);
	review("## Review\n2026-12-01\n", "tomorrow", NULL);
}

/* --- anything typed --- */

static const char *const bits[] = {"-", "- ", "+", "*", "#", "# ", ">", "> ",
    "\\", "\\\\", "`", "``", "→", "->", "-->", ";", "；", "[", "]", "(", ")",
    "![x](y)", "[x]: y", "<", "<b>", "<!-- ", "-->", "&amp;", "&#39;", "&", "_",
    "__", "~~~", "```", "1.", "1) ", "12", "  ", " ", "a", "B", "word",
    "\xE4\xBD\xA0", "\xF0\x9F\x8C\xB1", "===", "---", "***", "|", "\"", "'",
    "http://x.y/", "<http://x.y>", "\t", "$", "%s", "%", "=", "{", "\xC2\xA0",
    "a_b_c", "_a_", "*a*", "2026-12-01", ",", "!", "\xC2\xAD"};
#define BITS (sizeof(bits) / sizeof(bits[0]))

static unsigned
draw(unsigned *seed, unsigned below)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % below;
}

static void
nasty(unsigned *seed, char *out, size_t room)
{
	unsigned n = 1 + draw(seed, 7);

	out[0] = '\0';
	while (n-- > 0)
		strncat(out, bits[draw(seed, BITS)], room - strlen(out) - 1);
}

/* As it reads back: a tab is a space, the ends are trimmed. */
static void
as_read(const char *text, char *out)
{
	const char *end = text + strlen(text);

	for (;; text += text[0] == ' ' || text[0] == '\t' ? 1 : 2)
		if (text[0] != ' ' && text[0] != '\t' &&
		    strncmp(text, "\xC2\xA0", 2) != 0)
			break;
	for (; end > text; end -= end[-1] == ' ' || end[-1] == '\t' ? 1 : 2)
		if (end[-1] != ' ' && end[-1] != '\t' &&
		    (end - text < 2 || strncmp(end - 2, "\xC2\xA0", 2) != 0))
			break;
	while (text < end) {
		*out++ = *text == '\t' ? ' ' : *text;
		text++;
	}
	*out = '\0';
}

#define TYPED 5
struct typed {
	char text[TYPED][120], links[TYPED][2][120];
	const char *link_list[TYPED][2];
	struct plan_line lines[TYPED];
};

static void
type(unsigned *seed, bool signs, struct typed *ret, struct plan_change *change)
{
	size_t i, k;

	for (i = 0; i < TYPED; i++) {
		nasty(seed, ret->text[i], sizeof(ret->text[i]));
		ret->lines[i] = (struct plan_line){NULL, ret->text[i],
		    ret->link_list[i], signs ? draw(seed, 3) : 0};
		for (k = 0; k < 2; k++) {
			nasty(seed, ret->links[i][k], 120);
			ret->link_list[i][k] = ret->links[i][k];
		}
	}
	change->lines = ret->lines;
	change->count = TYPED;
}

static void
assert_typed(const struct plan *plan, const struct plan_change *change)
{
	const struct plan_bullet *got;
	size_t count, i, k, at = 0, link;
	char text[120];

	got = plan_bullets(plan, change->section, &count);
	for (i = 0; i < change->count; i++) {
		as_read(change->lines[i].text, text);
		if (text[0] == '\0')
			continue;
		assert_true(at < count);
		assert_string_equal(got[at].text, text);
		for (k = link = 0; k < change->lines[i].link_count; k++) {
			as_read(change->lines[i].links[k], text);
			if (text[0] == '\0')
				continue;
			assert_true(link < got[at].link_count);
			assert_string_equal(got[at].links[link++], text);
		}
		assert_int_equal(link, got[at++].link_count);
	}
	assert_int_equal(at, count);
}

/* Documents of her own hand, then changed twice on the page. */
static void
check_typed(unsigned *seed)
{
	struct plan_change change = {.section = PLAN_SIGNS};
	struct plan *plan = NULL, *next;
	struct typed typed;
	struct ek_why why = {""};
	struct buf text, out;
	char line[120];
	unsigned n;

	buf_init(&text, EK_PLAN_MAX);
	buf_init(&out, EK_PLAN_MAX);
	buf_str(&text, "## Early warning signs\n");
	for (n = draw(seed, 6); n > 0; n--) {
		nasty(seed, line, sizeof(line));
		buf_fmt(&text, "%s%s\n", draw(seed, 2) ? "- " : "", line);
	}
	buf_str(&text, "\n## What helps me\n- tea\n");
	if (plan_parse(buf_text(&text), text.len, &plan, NULL) != EK_OK)
		goto out;
	assert_ok(plan_ids_carry(plan, NULL, NULL));
	change.section = draw(seed, 2) ? PLAN_SIGNS : PLAN_HELPS;
	type(seed, change.section == PLAN_SIGNS, &typed, &change);
	if (plan_edit(buf_text(&text), plan, &change, &out, NULL, &why) !=
	    EK_OK) {
		/* only what she wrote herself may stand in the way */
		if (strstr(why.text, "written around") == NULL)
			fail_msg("%s\n%s", why.text, buf_text(&text));
		goto out;
	}
	next = parse(buf_text(&out));
	assert_typed(next, &change);
	plan_free(next);
out:
	plan_free(plan);
	buf_done(&text);
	buf_done(&out);
}

/* In a document that the page made itself nothing stands in the way. */
static void
check_own(unsigned *seed)
{
	static const enum plan_section sections[] = {
	    PLAN_SIGNS, PLAN_HELPS, PLAN_ROLE, PLAN_WELL};
	struct plan_change change;
	struct plan *plan, *next;
	struct typed typed;
	struct ek_why why = {""};
	struct buf text, out;
	size_t i;

	buf_init(&text, EK_PLAN_MAX);
	buf_init(&out, EK_PLAN_MAX);
	assert_ok(plan_first(&(struct plan_start){.lang = "en"}, &text, NULL));
	for (i = 0; i < 6; i++) {
		change.section = sections[draw(seed, 4)];
		type(seed, change.section == PLAN_SIGNS, &typed, &change);
		plan = parse(buf_text(&text));
		if (plan_edit(buf_text(&text), plan, &change, &out, NULL,
			&why) != EK_OK)
			fail_msg("%s\n%s", why.text, buf_text(&text));
		next = parse(buf_text(&out));
		assert_typed(next, &change);
		plan_free(next);
		plan_free(plan);
		buf_clear(&text);
		buf_str(&text, buf_text(&out));
		buf_clear(&out);
	}
	buf_done(&text);
	buf_done(&out);
}

static void
test_typed(void **state)
{
	const char *given = getenv("SEED");
	unsigned seed =
	    given == NULL ? 20261126 : (unsigned)strtoul(given, NULL, 10);
	int i;

	(void)state;
	print_message("seed %u\n", seed);
	for (i = 0; i < 3000; i++)
		check_typed(&seed);
	for (i = 0; i < 1500; i++)
		check_own(&seed);
}

static void
test_layout(void **state)
{
	static const struct {
		enum plan_piece_kind kind;
		int section;
		const char *text;
	} wanted[] = {{PLAN_PIECE_HEADING, -1, "My plan"},
	    {PLAN_PIECE_TEXT, -1, "Hello there."},
	    {PLAN_PIECE_HEADING, PLAN_HELPS, "What helps me (at work)"},
	    {PLAN_PIECE_TEXT, PLAN_HELPS, "Some words first."},
	    {PLAN_PIECE_BULLET, PLAN_HELPS, "a brisk walk"},
	    {PLAN_PIECE_BULLET, PLAN_HELPS, "tea with Jia"},
	    {PLAN_PIECE_HEADING, PLAN_HELPS, "At home"},
	    {PLAN_PIECE_BULLET, PLAN_HELPS, "music"},
	    {PLAN_PIECE_BULLET, PLAN_HELPS, "cooking"},
	    {PLAN_PIECE_BULLET, PLAN_HELPS, "rice"},
	    {PLAN_PIECE_TEXT, PLAN_HELPS, "And an end."},
	    {PLAN_PIECE_HEADING, -1, "My garden"},
	    {PLAN_PIECE_ITEM, -1, "roses"},
	    {PLAN_PIECE_HEADING, PLAN_REVIEW, "Review"},
	    {PLAN_PIECE_TEXT, PLAN_REVIEW, "2026-12-01, with Tan"}};
	struct plan_layout *layout = NULL;
	const struct plan_piece *pieces;
	size_t count, i;

	(void)state;
	assert_ok(plan_layout_read(doc, strlen(doc), &layout, NULL));
	pieces = plan_layout_pieces(layout, &count);
	assert_int_equal(count, sizeof(wanted) / sizeof(wanted[0]));
	for (i = 0; i < count; i++) {
		assert_int_equal(pieces[i].kind, wanted[i].kind);
		assert_int_equal(pieces[i].section, wanted[i].section);
		assert_string_equal(pieces[i].text, wanted[i].text);
	}
	assert_int_equal(pieces[9].level, 1);
	assert_true(pieces[2].known && !pieces[6].known);
	assert_true(plan_has(plan_layout_plan(layout), PLAN_HELPS));
	plan_layout_free(layout);
	plan_layout_free(NULL);
	assert_int_equal(
	    plan_layout_read("nothing", 7, &layout, NULL), EK_INVALID);
}

/* What plan_parse takes can be laid out and changed, whatever a list that is
 * none of ours says: found by fuzz_plan. */
static void
test_control_elsewhere(void **state)
{
	static const char garden[] = "## What helps me\n\n- tea\n\n"
				     "## My garden\n\n- ro&#27;ses\n";
	struct plan_layout *layout = NULL;
	const struct plan_piece *pieces;
	size_t count;

	(void)state;
	assert_ok(plan_layout_read(garden, strlen(garden), &layout, NULL));
	pieces = plan_layout_pieces(layout, &count);
	assert_int_equal(count, 4);
	assert_string_equal(pieces[3].text, "roses");
	plan_layout_free(layout);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_layout),
	    cmocka_unit_test(test_control_elsewhere),
	    cmocka_unit_test(test_in_place),
	    cmocka_unit_test(test_new_section),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_review),
	    cmocka_unit_test(test_typed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
