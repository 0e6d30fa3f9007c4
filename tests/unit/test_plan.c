/*
 * test_plan - reading the document and refusing it, links, the difference of
 * two versions and the first plan.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "evenkeel/plan.h"
#include "evenkeel/text.h"

static struct plan *
parse_len(const char *text, size_t len)
{
	struct plan *plan = NULL;
	struct ek_why why = {""};

	if (plan_parse(text, len, &plan, &why) != EK_OK)
		fail_msg("refused: %s", why.text);
	return plan;
}

static struct plan *
parse(const char *text)
{
	return parse_len(text, strlen(text));
}

/* Its bullets as "text|text|"; links as "text>link;link|". */
static void
assert_bullets(
    const struct plan *plan, enum plan_section section, const char *wanted)
{
	const struct plan_bullet *bullets;
	size_t count, i, k;
	struct buf got;

	buf_init(&got, EK_PLAN_MAX);
	bullets = plan_bullets(plan, section, &count);
	for (i = 0; i < count; i++) {
		buf_str(&got, bullets[i].text);
		for (k = 0; k < bullets[i].link_count; k++)
			buf_fmt(&got, "%s%s", k == 0 ? ">" : ";",
			    bullets[i].links[k]);
		buf_char(&got, '|');
	}
	assert_string_equal(buf_text(&got), wanted);
	buf_done(&got);
}

/* The bullets that `list` gives under "What helps me". */
static void
assert_helps(const char *list, const char *wanted)
{
	struct buf text;
	struct plan *plan;

	buf_init(&text, EK_PLAN_MAX);
	buf_fmt(&text, "## What helps me\n\n%s", list);
	plan = parse(buf_text(&text));
	assert_bullets(plan, PLAN_HELPS, wanted);
	plan_free(plan);
	buf_done(&text);
}

static void
assert_signs(const char *list, const char *wanted)
{
	struct buf text;
	struct plan *plan;

	buf_init(&text, EK_PLAN_MAX);
	buf_fmt(&text, "## Early warning signs\n\n%s", list);
	plan = parse(buf_text(&text));
	assert_bullets(plan, PLAN_SIGNS, wanted);
	plan_free(plan);
	buf_done(&text);
}

static void
refuse_len(const char *text, size_t len, enum ek_err wanted, const char *part)
{
	struct plan *plan = NULL;
	struct ek_why why = {""};
	enum ek_err err = plan_parse(text, len, &plan, &why);

	if (err != wanted || strstr(why.text, part) == NULL ||
	    strstr(why.text, "; ") == NULL)
		fail_msg("%d, not %d with \"%s\": %s", (int)err, (int)wanted,
		    part, why.text);
	assert_null(plan);
	assert_null(strstr(why.text, "Zanzibar")); /* her words */
	assert_int_equal(plan_parse(text, len, &plan, NULL), wanted);
}

static void
refuse(const char *text, enum ek_err wanted, const char *part)
{
	refuse_len(text, strlen(text), wanted, part);
}

static void
test_whole(void **state)
{
	struct plan *plan = parse("# My plan\n"
				  "A word before.\n"
				  "- not a bullet of any section\n"
				  "## Early warning signs\n"
				  "Some thoughts first.\n\n"
				  "- skipping lunch → Walk; Call Jia\n"
				  "- quiet\n"
				  "## What helps me\n"
				  "- Walk\n"
				  "## Something else\n"
				  "- not hers either\n"
				  "## Review\n"
				  "We look again on 2026-12-01, with Tan.\n");
	size_t count;

	(void)state;
	assert_bullets(plan, PLAN_SIGNS, "skipping lunch>Walk;Call Jia|quiet|");
	assert_bullets(plan, PLAN_HELPS, "Walk|");
	assert_true(plan_has(plan, PLAN_REVIEW));
	assert_false(plan_has(plan, PLAN_ROLE));
	assert_int_equal(plan_bullets(plan, PLAN_SIGNS, &count)[1].line, 8);
	plan_bullets(plan, PLAN_ROLE, &count);
	assert_int_equal(count, 0);
	assert_string_equal(plan_review_day(plan), "2026-12-01");
	assert_string_equal(plan_lang(plan), "en");
	assert_null(plan_find(plan, "s1"));
	assert_null(plan_find(plan, ""));
	plan_free(plan);
	plan_free(NULL);
}

static void
test_headings(void **state)
{
	static const char *const same[] = {"# What helps me",
	    "## what helps me",
	    "### WHAT HELPS ME:", "## What  helps\tme ...  ",
	    "## What helps me ##", "## **What** _helps_ me!",
	    "What helps me\n---", "What helps me\n===", "## 5. What helps me",
	    "## 5) What helps me?", "## 🌱 What helps me",
	    "## What helps me (at work, and at home)", "##What helps me",
	    "## \"What helps me\"", "##   ｗｈａｔ helps me",
	    "## [What helps me](x)", "   ## What helps me",
	    "## 对我有帮助的做法：", "## Perkara yang membantu saya",
	    "## எனக்கு உதவுபவை –", "## What&nbsp;helps me"};
	static const char *const other[] = {"## What helps",
	    "## What helps me not", "####### What helps me",
	    "    ## What helps me", "> ## What helps me",
	    "```\n## What helps me\n```", "- ## What helps me", "What helps me",
	    "<h2>What helps me</h2>", "\\## What helps me me", "## 2026-12-01",
	    "## What helps me 2026-12-01", "<!--\n## What helps me\n-->"};
	struct plan *plan;
	char text[300];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		snprintf(text, sizeof(text), "%s\n\n- tea\n", same[i]);
		plan = parse(text);
		assert_bullets(plan, PLAN_HELPS, "tea|");
		plan_free(plan);
	}
	for (i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		snprintf(text, sizeof(text), "## My role\n\n%s\n\n- tea\n",
		    other[i]);
		plan = parse(text);
		assert_false(plan_has(plan, PLAN_HELPS));
		plan_free(plan);
	}
}

/* Every heading of every language is read as its own section. */
static void
test_languages(void **state)
{
	const char *const *lang;
	struct plan *plan;
	char text[600];
	int i, k;

	(void)state;
	for (lang = plan_langs(); *lang != NULL; lang++) {
		for (i = 0; i < PLAN_SECTIONS; i++) {
			snprintf(text, sizeof(text), "## %s\n\n- 2026-12-01\n",
			    plan_heading((enum plan_section)i, *lang));
			plan = parse(text);
			for (k = 0; k < PLAN_SECTIONS; k++)
				assert_int_equal(
				    plan_has(plan, (enum plan_section)k),
				    i == k);
			assert_string_equal(plan_lang(plan), *lang);
			plan_free(plan);
		}
	}
	assert_string_equal(plan_heading(PLAN_ROLE, "xx"), "My role");
	assert_string_equal(plan_heading(PLAN_ROLE, NULL), "My role");
	plan = parse("## My role\n## 回顾\n## Semakan jauh\n## Peranan kami\n"
		     "## 我可以求助的人\n");
	assert_string_equal(plan_lang(plan), "zh");
	plan_free(plan);
	plan = parse("## Semakan\n## My role\n");
	assert_string_equal(plan_lang(plan), "ms"); /* a tie: the first */
	plan_free(plan);
}

static void
test_keys_and_letters(void **state)
{
	int i, k;

	(void)state;
	assert_string_equal(plan_section_key(PLAN_SIGNS), "signs");
	assert_int_equal(plan_section_letter(PLAN_HELPS), 'h');
	for (i = 0; i < PLAN_SECTIONS; i++) {
		for (k = 0; k < i; k++) {
			assert_string_not_equal(
			    plan_section_key((enum plan_section)i),
			    plan_section_key((enum plan_section)k));
			assert_int_not_equal(
			    plan_section_letter((enum plan_section)i),
			    plan_section_letter((enum plan_section)k));
		}
	}
}

static void
test_lists(void **state)
{
	(void)state;
	assert_helps("- a\n- b\n", "a|b|");
	assert_helps("* a\n* b\n", "a|b|");
	assert_helps("+ a\n+ b\n", "a|b|");
	assert_helps("1. a\n2. b\n7) c\n", "a|b|c|");
	assert_helps("- a\n\n- b\n\n\n- c\n", "a|b|c|");
	assert_helps("- a\n* b\n", "a|b|");
	assert_helps("- a\n  - b\n    1. c\n- d\n", "a|b|c|d|");
	assert_helps("- - a\n- \n-\n- b\n", "a|b|");
	assert_helps("- a\n  goes on\n- b\nlazily\n", "a goes on|b lazily|");
	assert_helps("- a\n\n  second part\n- b\n", "a second part|b|");
	assert_helps("-     a\n", "a|");
	assert_helps("- > a\n", "a|");
	assert_helps("- # a\n", "a|");
	assert_helps("> - quoted\n\n- a\n", "a|");
	assert_helps("```\n- code\n```\n- a\n", "a|");
	assert_helps("    - code\n\n- a\n", "a|");
	assert_helps("<div>\n- html\n</div>\n\n- a\n", "a|");
	assert_helps("<!-- - a hint\n- another -->\n- a\n", "a|");
	assert_helps("- a\n\n### Mornings\n\n- b\n", "a|b|");
	assert_helps("- a\n\n## Mornings\n\n- b\n", "a|");
	assert_helps("- a\n\n# Mornings\n\n- b\n", "a|");
	assert_helps("- a\n\n***\n\n- b\n", "a|b|");
	assert_helps("- a\n-----\n- b\n", "a|b|");
	assert_helps("nothing\n-nor this\n", "");
	assert_helps("- a\r\n- b\r\n\r\n- c", "a|b|c|");
	assert_helps("- a\r- b\r", "a|b|");
	assert_helps("- a\n-\tb\n", "a|b|");
	assert_helps("- [ ] a\n", "[ ] a|");
}

static void
test_markup(void **state)
{
	(void)state;
	assert_helps("- **Walk** in *the* _garden_\n", "Walk in the garden|");
	assert_helps("- call [Jia](tel:+6512345) `now`\n", "call Jia now|");
	assert_helps("- ![a tree](t.png) outside\n", "a tree outside|");
	assert_helps(
	    "- <https://example.org/a_b>\n", "https://example.org/a_b|");
	assert_helps("- [Jia]\n\n[Jia]: tel:1\n", "Jia|");
	assert_helps("- tea &amp; quiet &hearts;\n", "tea & quiet ♥|");
	assert_helps(
	    "- \\*not\\* \\_bold\\_ \\-\\> \\\\\n", "*not* _bold_ -> \\|");
	assert_helps(
	    "- <b>Walk</b><br>outside<!-- soon -->\n", "Walk outside|");
	assert_helps("- call <Jia> <3 \n", "call <Jia> <3|");
	assert_helps("- a  b\n", "a  b|");
	assert_helps("- a\tb  \n  c\\\n  d\n", "a b c d|");
	assert_helps("- \xC2\xA0walk\xE3\x80\x80\n", "walk|");
	assert_helps(
	    "- \xE2\x80\x8B\n- \xE2\x80\x89walk\xE2\x81\xA0\n", "walk|");
	assert_helps("- &#x200B;&nbsp;&#x2060;\n- walk\n", "walk|");
	assert_helps("- \xE2\x80\xAA+65 1234\xE2\x80\xAC\n", "+65 1234|");
	assert_helps("- a&#8238;b&#x200F;c&#xFEFF;d\n", "abcd|");
	assert_helps("- a&#10;b&#9;c\n", "a b c|");
	assert_helps("- a&#0;b\n", "a\xEF\xBF\xBD"
				   "b|");
	assert_helps(
	    "- tea → walk -> talk; sing\n", "tea → walk -> talk; sing|");
	assert_helps("- ```\n  tea\n  ```\n", "tea|");
	assert_helps("- <div>\n", "");
}

static void
test_signs(void **state)
{
	(void)state;
	assert_signs("- a → b\n", "a>b|");
	assert_signs("- a->b\n", "a>b|");
	assert_signs("- a --> b; c ;; d;\n", "a>b;c;d|");
	assert_signs("- a → b → c -> d\n", "a>b;c;d|");
	assert_signs(
	    "- 不吃午饭→散步；打电话给佳\n", "不吃午饭>散步;打电话给佳|");
	assert_signs("- a; b；c → d\n", "a; b；c>d|");
	assert_signs("- **a** → [b](x); *c*\n", "a>b;c|");
	assert_signs("- a\n  → b;\n  c\n", "a>b;c|");
	assert_signs("- a →\n- b -> ;\n", "a|b|");
	assert_signs("- a `->` b `→` c\n", "a -> b → c|");
	assert_signs("- a → `b;c`; d\n", "a>b;c;d|");
	assert_signs("- a - > b\n", "a - > b|");
	assert_signs("- a &rarr; b\n", "a>b|");
	assert_signs("- a\n  - b → c\n", "a|b>c|");
	refuse("## Early warning signs\n- a\n- → Zanzibar\n", EK_INVALID,
	    "line 3 ");
	refuse("## Early warning signs\n- -> \n", EK_INVALID, "line 2 ");
	refuse("## Early warning signs\n- \xE2\x80\x8B -> walk\n", EK_INVALID,
	    "line 2 ");
}

static void
test_refuse_bytes(void **state)
{
	static const char nul[] = "## My role\n- a\0b\n";
	char *large = malloc(EK_PLAN_MAX + 2);
	struct plan *plan;

	(void)state;
	refuse_len(nul, sizeof(nul) - 1, EK_INVALID, "line 2 ");
	refuse("## My role\n\n- Zanzibar \xFF\n", EK_INVALID, "line 3 ");
	refuse("## My role\r\r- \xC0\xAF\n", EK_INVALID, "line 3 ");
	refuse("## My role\n- \xED\xA0\x80\n", EK_INVALID, "line 2 ");
	refuse("## My role\n- cut \xE4\xBD", EK_INVALID, "UTF-8");
	refuse_len("\xFF\xFE#\0", 4, EK_INVALID, "UTF-16");
	refuse("## My role\r\n- \x1B[31mZanzibar\n", EK_INVALID, "U+001B");
	refuse("## My role\n- a\x7F\n", EK_INVALID, "line 2 ");
	refuse("## My role\n- \xC2\x9B"
	       "1m\n",
	    EK_INVALID, "U+009B");
	refuse("## My role\n\n\f- a\n", EK_INVALID, "line 3 ");
	refuse("## My role\n- a&#27;[31m\n", EK_INVALID, "line 2 ");
	refuse("## My&#7; role\n", EK_INVALID, "line 1 ");
	assert_non_null(large);
	memset(large, '\n', EK_PLAN_MAX + 1);
	memcpy(large, "## My role", 10);
	plan = parse_len(large, EK_PLAN_MAX);
	plan_free(plan);
	refuse_len(large, EK_PLAN_MAX + 1, EK_TOO_LARGE, "65536");
	free(large);
	plan = parse("\xEF\xBB\xBF## My role\r\n\r\n- listen\r\n");
	assert_bullets(plan, PLAN_ROLE, "listen|");
	plan_free(plan);
}

static void
test_refuse_headings(void **state)
{
	(void)state;
	refuse("", EK_INVALID, "headings");
	refuse("\n\n", EK_INVALID, "headings");
	refuse("# My plan\n\n- Zanzibar\n", EK_INVALID, "## What helps me");
	refuse("## My role\n## Review\n\n## my role:\n", EK_INVALID, "line 4 ");
	refuse("## My role\n## Review\n\n## my role:\n", EK_INVALID,
	    "first on line 1");
	refuse("## My role\n## 我的角色\n", EK_INVALID, "line 2 ");
	refuse("My role\n-\n##My role\n", EK_INVALID, "line 3 ");
}

static void
test_refuse_bullets(void **state)
{
	struct plan *plan;
	struct buf text;
	int i;

	(void)state;
	buf_init(&text, EK_PLAN_MAX);
	buf_str(&text, "## My role\n");
	for (i = 0; i < EK_PLAN_BULLETS_MAX; i++)
		buf_fmt(&text, "- %d\n-\n", i);
	plan = parse(buf_text(&text)); /* empty ones are not counted */
	plan_free(plan);
	buf_str(&text, "## What helps me\n- Zanzibar\n");
	refuse(buf_text(&text), EK_TOO_LARGE, "line 803 ");
	buf_clear(&text);
	buf_str(&text, "## My role\n- ");
	for (i = 0; i < EK_BULLET_MAX; i++)
		buf_char(&text, 'a');
	plan = parse(buf_text(&text));
	plan_free(plan);
	buf_char(&text, 'a');
	refuse(buf_text(&text), EK_TOO_LARGE, "line 2 ");
	buf_clear(&text);
	buf_str(&text, "## Early warning signs\n\n- a ->");
	for (i = 0; i < EK_PLAN_LINKS_MAX; i++)
		buf_fmt(&text, "Zanzibar %d;", i);
	plan = parse(buf_text(&text));
	plan_free(plan);
	buf_str(&text, "b");
	refuse(buf_text(&text), EK_TOO_LARGE, "line 3 ");
	buf_done(&text);
}

static void
assert_review(const char *under, const char *wanted)
{
	char text[300];
	struct plan *plan;

	snprintf(text, sizeof(text), "## My role\n%s", under);
	plan = parse(text);
	assert_true(plan_has(plan, PLAN_REVIEW));
	if (wanted == NULL)
		assert_null(plan_review_day(plan));
	else
		assert_string_equal(plan_review_day(plan), wanted);
	plan_free(plan);
}

static void
test_review(void **state)
{
	struct plan *plan;

	(void)state;
	assert_review("## Review\n", NULL);
	assert_review("## Review\n\n<!-- a date -->\n", NULL);
	assert_review("## Review\n2026-12-01\n", "2026-12-01");
	assert_review("## Review\n\n- with Tan, 2026-12-01\n", "2026-12-01");
	assert_review("## Review\n1. 2028-02-29\n", "2028-02-29");
	assert_review(
	    "## Review\n**2026-12-01** or 2027-01-01\n", "2026-12-01");
	assert_review(
	    "## Review\nRoom 12-34\n\nthen 2026-12-01.\n", "2026-12-01");
	assert_review("## Review: 2026-12-01\n", "2026-12-01");
	assert_review("## Review              2026-12-01\n", "2026-12-01");
	assert_review("## 回顾 2026-12-01\n", "2026-12-01");
	assert_review("## Review\n回顾于2026-12-01吧\n", "2026-12-01");
	assert_review("## Review\n## Other\n2026-12-01\n", NULL);
	assert_review("## Review\n### When\n2026-12-01\n", "2026-12-01");
	assert_review("##Review 2026-12-01\n", "2026-12-01");
	plan = parse("## My role\n- since 2020-01-01\n");
	assert_null(plan_review_day(plan));
	plan_free(plan);
	refuse("## Review\n\nin Zanzibar\n", EK_INVALID, "line 3");
	refuse("## Review\n2026-02-30\n", EK_INVALID, "line 2");
	refuse("## Review\n1 December 2026\n", EK_INVALID, "2026-12-01");
	refuse("## Review\n12026-12-01\n", EK_INVALID, "line 2");
	refuse("## Review\n2026-12-011\n", EK_INVALID, "line 2");
	refuse("## Review 2026-13-01\n", EK_INVALID, "line 1");
	refuse("## Review\n- 0000-01-01\n", EK_INVALID, "line 2");
}

#define LINK_PLAN                                                              \
	"## What helps me\n"                                                   \
	"- Walk in the garden\n"                                               \
	"- Call in sick\n"                                                     \
	"- Listen to my music\n"                                               \
	"- Tea\n"                                                              \
	"- Tea with Jia\n"                                                     \
	"- 在花园里散步\n"                                               \
	"## People I can turn to\n"                                            \
	"- Jia, my buddy on ward 5: mornings, 555 0100\n"                      \
	"- Tan\n"                                                              \
	"- My sister, after seven\n"                                           \
	"- 小佳，五病房\n"

static void
assert_link(const char *link, const char *wanted)
{
	const struct plan_bullet *out[EK_PLAN_LINKS_MAX], *sign;
	struct plan *plan;
	char text[600];
	size_t count;

	snprintf(text, sizeof(text),
	    LINK_PLAN "## Early warning signs\n- a -> %s\n", link);
	plan = parse(text);
	sign = plan_bullets(plan, PLAN_SIGNS, &count);
	plan_links(plan, sign, out);
	if (wanted == NULL)
		assert_null(out[0]);
	else if (out[0] == NULL)
		fail_msg("\"%s\" found nothing", link);
	else
		assert_string_equal(out[0]->text, wanted);
	plan_free(plan);
}

static void
test_links(void **state)
{
	static const char jia[] = "Jia, my buddy on ward 5: mornings, 555 0100";

	(void)state;
	assert_link("Walk in the garden", "Walk in the garden");
	assert_link("walk in the GARDEN!", "Walk in the garden");
	assert_link("Walk", "Walk in the garden");
	assert_link("the garden", "Walk in the garden");
	assert_link("walk outside", "Walk in the garden");
	assert_link("Call Jia", jia);
	assert_link("Jia", jia);
	assert_link("Talk it all through with Jia", jia);
	assert_link("Ring my sister tonight", "My sister, after seven");
	assert_link("打电话给小佳聊一聊", "小佳，五病房");
	assert_link("My walk", "Walk in the garden");
	assert_link("buddy", jia);
	assert_link("Tea", "Tea");
	assert_link("tea with Jia", "Tea with Jia");
	assert_link("Talk to Tan", "Tan");
	assert_link("Call in sick", "Call in sick");
	assert_link("散步", "在花园里散步");
	assert_link("sleep", NULL);
	assert_link("Talk to my brother", NULL);
	assert_link("...", NULL);
}

static void
assert_diff(const char *old_text, const char *old_ids, const char *now_text,
    const char *now_ids, const char *wanted)
{
	struct plan *old = parse(old_text), *now = parse(now_text);
	struct buf diff;

	buf_init(&diff, EK_PLAN_MAX);
	assert_ok(plan_ids_set(old, old_ids, strlen(old_ids)));
	assert_ok(plan_ids_set(now, now_ids, strlen(now_ids)));
	assert_ok(plan_diff(old, now, &diff));
	assert_string_equal(buf_text(&diff), wanted);
	buf_clear(&diff);
	assert_ok(plan_diff(now, now, &diff));
	assert_string_equal(buf_text(&diff), "");
	buf_done(&diff);
	plan_free(old);
	plan_free(now);
}

static void
test_diff(void **state)
{
	struct plan *plan;
	struct buf diff;

	(void)state;
	assert_diff("## Early warning signs\n- a -> b\n- c\n"
		    "## What helps me\n- b\n- d\n## Review\n2026-12-01\n",
	    "s1 s2 h1 h2",
	    "## What helps me\n- d\n- e\n- b now\n"
	    "## Early warning signs\n- c\n- a → b; e\n## Review\n2027-01-01\n",
	    "h2 h3 h1 s2 s1",
	    "Early warning signs\n~ a → b => a → b; e\n\n"
	    "What helps me\n+ e\n~ b => b now\n\n"
	    "Review\n~ 2026-12-01 => 2027-01-01\n");
	assert_diff("## What helps me\n- a\n## Review\n- 2026-12-01\n", "h1 v1",
	    "## What helps me\n- b\n## Review\n", "h2",
	    "What helps me\n- a\n+ b\n\nReview\n- 2026-12-01\n");
	assert_diff("## My role\n", "", "## 我的角色\n- 倾听\n", "r1",
	    "我的角色\n+ 倾听\n");
	assert_diff("## Review\n2026-12-01", "", "## My role\n", "",
	    "Review\n- 2026-12-01\n");
	plan = parse("## My role\n- listen\n## Review\n2026-12-01\n");
	buf_init(&diff, EK_PLAN_MAX);
	assert_ok(plan_ids_carry(plan, NULL, NULL));
	assert_ok(plan_diff(NULL, plan, &diff));
	assert_string_equal(
	    buf_text(&diff), "My role\n+ listen\n\nReview\n+ 2026-12-01\n");
	buf_done(&diff);
	buf_init(&diff, 10); /* too small: nothing half-written */
	assert_int_equal(plan_diff(NULL, plan, &diff), EK_TOO_LARGE);
	assert_int_equal(diff.len, 0);
	buf_done(&diff);
	plan_free(plan);
}

/* What was typed must come back; wanted NULL: word for word. */
static void
assert_first(const char *typed, const char *wanted)
{
	struct plan_start start = {typed, typed, typed, "2026-12-01", "en"};
	const enum plan_section sections[] = {
	    PLAN_SIGNS, PLAN_HELPS, PLAN_PEOPLE};
	const struct plan_bullet *bullets;
	struct plan *plan;
	struct buf text;
	size_t count, i;

	buf_init(&text, EK_PLAN_MAX);
	assert_ok(plan_first(&start, &text, NULL));
	plan = parse(buf_text(&text));
	for (i = 0; i < 3; i++) {
		bullets = plan_bullets(plan, sections[i], &count);
		if (count != 1)
			fail_msg("%zu bullets of \"%s\"", count, typed);
		assert_string_equal(
		    bullets->text, wanted == NULL ? typed : wanted);
		assert_int_equal(bullets->link_count, 0);
	}
	assert_string_equal(plan_review_day(plan), "2026-12-01");
	for (i = 0; i < PLAN_SECTIONS; i++)
		assert_true(plan_has(plan, (enum plan_section)i));
	plan_free(plan);
	buf_done(&text);
}

static void
test_first_typed(void **state)
{
	static const char *const typed[] = {"skipping lunch", "# a", "#a", "-",
	    "--", "---", "- a", "-a", "-5 minutes", "+", "+ a", "+1", "***",
	    "* a", "*a*", "_a_", "__", "a_b", "_", "a _b", "1. a", "1) a",
	    "12.", "7 days", "> a", ">", "```", "`a`", "``", "~~~", "~a~", "=",
	    "===", "[a](b)", "[a]: b", "![a](b)", "[ ] a", "<b>a</b>", "<Jia>",
	    "<3", "< 3", "<!-- a -->", "<?a?>", "<a@b.c>", "<+a@b.c>",
	    "<http://a>", "&amp;", "&#65;", "a & b", "&", "&x", "\\", "\\\\",
	    "a\\", "\\*", "a → b; c", "->", "→", "a->b", "-->", "->->", "→->→",
	    "`->`", "`->", "->`", "\\->", "a;b", "a  b", "##Review",
	    "## Review", "Review", "2020-01-01", "在花园里散步；听音乐", "🌳",
	    "don't", "\"quoted\"", "a|b", "http://x.y/z_w", "a*b*c", "a**b**",
	    "snake_case_word", "___", "$%^{}", "a\\\\b`c"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(typed) / sizeof(typed[0]); i++)
		assert_first(typed[i], NULL);
	assert_first("  a \t", "a");
	assert_first("a\nb", "a b");
	assert_first("a\r\n- b", "a  - b");
	assert_first("a\n\n## Review\n", "a  ## Review");
	assert_first("\xE2\x80\xAA+65\xE2\x80\xAC", "+65");
}

static void
test_first_random(void **state)
{
	static const char *const parts[] = {"`", "``", "*", "_", "[", "]", "(",
	    ")", "<", ">", "->", "→", "\\", "&", "#", "-", "+", "1", ".", " ",
	    "  ", "a", "b", "!", "~", "=", ";", "&amp;", "散", "\"", "'", "/",
	    "@", ":", "|", "<a", "<!--", "-->", "</", "&#", "x"};
	unsigned seed = 20261124;
	char typed[100];
	size_t at, k, count;
	int i;

	(void)state;
	print_message("seed %u\n", seed);
	for (i = 0; i < 3000; i++) {
		count = (size_t)rand_r(&seed) % 12;
		at = (size_t)snprintf(typed, sizeof(typed), "x");
		if (rand_r(&seed) % 2 == 0)
			at = 0;
		typed[at] = '\0';
		for (k = 0; k < count; k++)
			at += (size_t)snprintf(typed + at, sizeof(typed) - at,
			    "%s",
			    parts[(size_t)rand_r(&seed) %
				  (sizeof(parts) / sizeof(parts[0]))]);
		while (at > 0 && typed[at - 1] == ' ')
			typed[--at] = '\0';
		if (at > 0 && typed[0] != ' ')
			assert_first(typed, NULL);
	}
}

static void
refuse_first(
    const struct plan_start *start, enum ek_err wanted, const char *part)
{
	struct ek_why why = {""};
	struct buf text;

	buf_init(&text, EK_PLAN_MAX);
	assert_int_equal(plan_first(start, &text, &why), wanted);
	assert_non_null(strstr(why.text, part));
	assert_int_equal(text.len, 0);
	buf_done(&text);
}

static void
test_first(void **state)
{
	char longest[EK_BULLET_MAX + 2];
	struct plan_start start = {.lang = "ta"};
	struct plan *plan;
	struct buf text;

	(void)state;
	buf_init(&text, EK_PLAN_MAX);
	assert_ok(plan_first(&start, &text, NULL));
	assert_int_equal(strncmp(buf_text(&text), "# என் திட்டம்\n\n## ", 12), 0);
	assert_false(text.len > 1 && text.data[text.len - 2] == '\n');
	plan = parse(buf_text(&text));
	assert_string_equal(plan_lang(plan), "ta");
	assert_bullets(plan, PLAN_SIGNS, "");
	assert_null(plan_review_day(plan));
	plan_free(plan);
	buf_done(&text);
	memset(longest, 'a', sizeof(longest));
	longest[EK_BULLET_MAX] = '\0';
	assert_first(longest, NULL);
	longest[EK_BULLET_MAX] = 'a';
	longest[EK_BULLET_MAX + 1] = '\0';
	refuse_first(
	    &(struct plan_start){.helps = longest}, EK_TOO_LARGE, "what helps");
	refuse_first(
	    &(struct plan_start){.sign = "a\x1B"}, EK_INVALID, "the sign");
	refuse_first(
	    &(struct plan_start){.person = "\xFF"}, EK_INVALID, "person");
	refuse_first(&(struct plan_start){.review_day = "2026-02-30"},
	    EK_INVALID, "2026-12-01");
}

static void
read_file(const char *path, struct buf *ret)
{
	FILE *file = fopen(path, "r");
	char part[4096];
	size_t n;

	assert_non_null(file);
	while ((n = fread(part, 1, sizeof(part), file)) > 0)
		buf_add(ret, part, n);
	fclose(file);
	assert_ok(buf_err(ret));
}

/* The plan of the demo: all sections, every link found. */
static void
test_demo(void **state)
{
	const struct plan_bullet *out[EK_PLAN_LINKS_MAX], *signs;
	struct plan *plan;
	struct buf text;
	size_t count, i, k;

	(void)state;
	buf_init(&text, EK_PLAN_MAX);
	read_file("tests/data/demo/plan.md", &text);
	plan = parse_len(buf_text(&text), text.len);
	for (i = 0; i < PLAN_SECTIONS; i++)
		assert_true(plan_has(plan, (enum plan_section)i));
	assert_non_null(plan_review_day(plan));
	signs = plan_bullets(plan, PLAN_SIGNS, &count);
	assert_true(count >= 3);
	for (i = 0; i < count; i++) {
		assert_true(signs[i].link_count > 0);
		plan_links(plan, &signs[i], out);
		for (k = 0; k < signs[i].link_count; k++)
			if (out[k] == NULL)
				fail_msg(
				    "no bullet for \"%s\"", signs[i].links[k]);
	}
	plan_free(plan);
	buf_done(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_whole),
	    cmocka_unit_test(test_headings),
	    cmocka_unit_test(test_languages),
	    cmocka_unit_test(test_keys_and_letters),
	    cmocka_unit_test(test_lists),
	    cmocka_unit_test(test_markup),
	    cmocka_unit_test(test_signs),
	    cmocka_unit_test(test_refuse_bytes),
	    cmocka_unit_test(test_refuse_headings),
	    cmocka_unit_test(test_refuse_bullets),
	    cmocka_unit_test(test_review),
	    cmocka_unit_test(test_links),
	    cmocka_unit_test(test_diff),
	    cmocka_unit_test(test_first_typed),
	    cmocka_unit_test(test_first_random),
	    cmocka_unit_test(test_first),
	    cmocka_unit_test(test_demo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
