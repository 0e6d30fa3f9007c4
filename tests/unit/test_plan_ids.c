/*
 * test_plan_ids - which bullet is which: the cases of tests/data/plan-ids,
 * then what must hold for any plan.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "evenkeel/plan.h"

#define DIR_CASES "tests/data/plan-ids"

struct half { /* one version as the case tells it */
	struct buf text, ids;
	char letter;
};

struct a_case {
	char title[1000];
	char spent[600];
	struct half old, now;
};

static struct plan *
parse(const char *text)
{
	struct plan *plan = NULL;
	struct ek_why why = {""};

	if (plan_parse(text, strlen(text), &plan, &why) != EK_OK)
		fail_msg("refused: %s", why.text);
	return plan;
}

static enum plan_section
section_of(char letter)
{
	int i;

	for (i = 0; i < PLAN_SECTIONS; i++)
		if (plan_section_letter((enum plan_section)i) == letter)
			return (enum plan_section)i;
	fail_msg("no section has the letter %c", letter);
	return PLAN_REVIEW;
}

static void
half_add(struct half *half, const char *line)
{
	size_t id_len = strcspn(line, " ");

	if (half->letter != line[0])
		buf_fmt(&half->text, "\n## %s\n\n",
		    plan_heading(section_of(line[0]), "en"));
	half->letter = line[0];
	buf_fmt(&half->text, "- %s\n", line + id_len + 1);
	buf_fmt(&half->ids, "%s%.*s", half->ids.len > 0 ? " " : "", (int)id_len,
	    line);
}

static void
case_begin(struct a_case *c, const char *title)
{
	memset(c, 0, sizeof(*c));
	snprintf(c->title, sizeof(c->title), "%s", title);
	buf_init(&c->old.text, EK_PLAN_MAX);
	buf_init(&c->old.ids, EK_PLAN_MAX);
	buf_init(&c->now.text, EK_PLAN_MAX);
	buf_init(&c->now.ids, EK_PLAN_MAX);
	buf_str(&c->old.text, "## My role\n");
	buf_str(&c->now.text, "## My role\n");
}

static void
case_end(struct a_case *c, size_t *ret_run, size_t *ret_wrong)
{
	struct plan *old = parse(buf_text(&c->old.text));
	struct plan *now = parse(buf_text(&c->now.text));
	struct buf got;

	buf_init(&got, EK_PLAN_MAX);
	assert_int_equal(
	    plan_ids_set(old, buf_text(&c->old.ids), c->old.ids.len), EK_OK);
	assert_int_equal(plan_ids_carry(now, old, c->spent), EK_OK);
	assert_int_equal(plan_ids(now, &got), EK_OK);
	if (strcmp(buf_text(&got), buf_text(&c->now.ids)) != 0) {
		print_error("%s: wanted %s, got %s\n", c->title,
		    buf_text(&c->now.ids), buf_text(&got));
		(*ret_wrong)++;
	}
	(*ret_run)++;
	buf_done(&got);
	plan_free(old);
	plan_free(now);
	buf_done(&c->old.text);
	buf_done(&c->old.ids);
	buf_done(&c->now.text);
	buf_done(&c->now.ids);
}

static void
run_file(const char *name, size_t *ret_run, size_t *ret_wrong)
{
	struct a_case c;
	char path[1000], line[600];
	bool open = false;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", DIR_CASES, name);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#') {
			if (open)
				case_end(&c, ret_run, ret_wrong);
			snprintf(path, sizeof(path), "%s: %s", name, line + 2);
			case_begin(&c, path);
			open = true;
		} else if (strncmp(line, "spent ", 6) == 0) {
			snprintf(c.spent, sizeof(c.spent), "%s", line + 6);
		} else if (line[0] == '<') {
			half_add(&c.old, line + 2);
		} else if (line[0] == '>') {
			half_add(&c.now, line + 2);
		} else if (line[0] != '\0') {
			fail_msg("%s: a line that means nothing", path);
		}
	}
	fclose(file);
	if (open)
		case_end(&c, ret_run, ret_wrong);
}

static void
test_cases(void **state)
{
	DIR *dir = opendir(DIR_CASES);
	struct dirent *entry;
	size_t run = 0, wrong = 0, len;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		len = strlen(entry->d_name);
		if (len > 4 && strcmp(entry->d_name + len - 4, ".txt") == 0)
			run_file(entry->d_name, &run, &wrong);
	}
	closedir(dir);
	assert_true(run >= 40);
	assert_int_equal(wrong, 0);
}

static void
test_set_refuses(void **state)
{
	static const char *const wrong[] = {"", "h1", "h1 h2 h3", "h1 h1",
	    "h1 s2", "h1 h0", "h1 h02", "h1 h", "h1 2", "h1 h2x", "h1 h1234567",
	    "h1\th2", "h1,h2"};
	struct plan *plan = parse("## What helps me\n- tea\n- walk\n");
	size_t i;

	(void)state;
	assert_int_equal(plan_ids_set(plan, " h7  h999999 ", 13), EK_OK);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(
		    plan_ids_set(plan, wrong[i], strlen(wrong[i])), EK_CORRUPT);
	assert_non_null(plan_find(plan, "h7"));
	assert_non_null(plan_find(plan, "h999999"));
	plan_free(plan);
}

static void
test_numbers_end(void **state)
{
	struct plan *old = parse("## What helps me\n- tea\n");
	struct plan *now = parse("## What helps me\n- walk\n- tea\n");

	(void)state;
	assert_int_equal(plan_ids_set(old, "h999999", 7), EK_OK);
	assert_int_equal(plan_ids_carry(now, old, NULL), EK_TOO_LARGE);
	assert_string_equal(
	    plan_bullets(now, PLAN_HELPS, &(size_t){0})->id, "");
	plan_free(old);
	plan_free(now);
}

static void
test_same(void **state)
{
	struct plan *plan =
	    parse("## What helps me\n- tea\n- walk\n## My role\n- listen\n");
	struct ek_why why = {""};
	struct buf ids;

	(void)state;
	buf_init(&ids, 100);
	assert_int_equal(plan_ids_set(plan, "h1 h2 r1", 8), EK_OK);
	assert_int_equal(plan_same(plan, "h9", "h2", &why), EK_OK);
	assert_int_equal(plan_same(plan, "h1", "h9", &why), EK_OK);
	assert_int_equal(plan_ids(plan, &ids), EK_OK);
	assert_string_equal(buf_text(&ids), "h9 h1 r1");
	assert_int_equal(plan_same(plan, "h1", "h1", &why), EK_OK);
	assert_int_equal(plan_same(plan, "h1", "h8", &why), EK_NOT_FOUND);
	assert_non_null(strstr(why.text, "h8"));
	assert_int_equal(plan_same(plan, "h1", "r1", &why), EK_INVALID);
	assert_int_equal(plan_same(plan, "s1", "h1", &why), EK_INVALID);
	assert_int_equal(plan_same(plan, "h0", "h1", &why), EK_INVALID);
	assert_int_equal(plan_same(plan, "", "h1", &why), EK_INVALID);
	assert_int_equal(plan_same(plan, "h1", "", NULL), EK_NOT_FOUND);
	buf_clear(&ids);
	assert_int_equal(plan_ids(plan, &ids), EK_OK);
	assert_string_equal(buf_text(&ids), "h9 h1 r1");
	buf_done(&ids);
	plan_free(plan);
}

/* A line of words from so few that many bullets are alike. */
static void
random_plan(struct buf *text, unsigned *seed)
{
	static const char *const words[] = {
	    "tea", "walk", "Jia", "after", "lunch", "散步", "🌳", "work"};
	static const enum plan_section sections[] = {
	    PLAN_SIGNS, PLAN_HELPS, PLAN_PEOPLE};
	size_t s, i, k, count, len;

	for (s = 0; s < 3; s++) {
		buf_fmt(text, "## %s\n\n", plan_heading(sections[s], "en"));
		count = (size_t)rand_r(seed) % 8;
		for (i = 0; i < count; i++) {
			buf_char(text, '-');
			len = (size_t)rand_r(seed) % 5 + 1;
			for (k = 0; k < len; k++)
				buf_fmt(text, " %s", words[rand_r(seed) % 8]);
			buf_char(text, '\n');
		}
		buf_char(text, '\n');
	}
}

static void
check_unique(const char *ids)
{
	char all[4096], *id, *rest = NULL, seen[400][8];
	size_t count = 0, i;

	snprintf(all, sizeof(all), "%s", ids);
	for (id = strtok_r(all, " ", &rest); id != NULL;
	     id = strtok_r(NULL, " ", &rest)) {
		for (i = 0; i < count; i++)
			assert_string_not_equal(seen[i], id);
		snprintf(seen[count++], sizeof(seen[0]), "%s", id);
	}
}

static void
check_chain(unsigned *seed)
{
	struct buf text, ids, again, spent;
	struct plan *plan, *next;

	buf_init(&text, EK_PLAN_MAX);
	buf_init(&ids, EK_PLAN_MAX);
	buf_init(&again, EK_PLAN_MAX);
	buf_init(&spent, EK_PLAN_MAX);
	random_plan(&text, seed);
	plan = parse(buf_text(&text));
	assert_int_equal(plan_ids_carry(plan, NULL, NULL), EK_OK);
	assert_int_equal(plan_ids(plan, &ids), EK_OK);
	check_unique(buf_text(&ids));
	next = parse(buf_text(&text)); /* with itself: all stay */
	assert_int_equal(plan_ids_carry(next, plan, "h50 s3"), EK_OK);
	assert_int_equal(plan_ids(next, &again), EK_OK);
	assert_string_equal(buf_text(&ids), buf_text(&again));
	plan_free(next);
	buf_clear(&text);
	random_plan(&text, seed);
	next = parse(buf_text(&text));
	assert_int_equal(plan_ids_carry(next, plan, buf_text(&ids)), EK_OK);
	buf_clear(&again);
	assert_int_equal(plan_ids(next, &again), EK_OK);
	check_unique(buf_text(&again));
	plan_free(plan);
	plan_free(next);
	buf_done(&text);
	buf_done(&ids);
	buf_done(&again);
	buf_done(&spent);
}

static void
test_random_chains(void **state)
{
	unsigned seed = 20261124;
	int i;

	(void)state;
	print_message("seed %u\n", seed);
	for (i = 0; i < 300; i++)
		check_chain(&seed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cases),
	    cmocka_unit_test(test_set_refuses),
	    cmocka_unit_test(test_numbers_end),
	    cmocka_unit_test(test_same),
	    cmocka_unit_test(test_random_chains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
