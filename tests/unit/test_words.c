/*
 * test_words - coping and her own words: the ranking rule's numbers, ids
 * across versions and desks, and what is handed her in which order.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "evenkeel/words.h"

#define PLAN_TEXT_1                                                            \
	"## Early warning signs\n"                                             \
	"- skipping lunch → Walk in the garden; Call Jia\n"                  \
	"- not answering messages\n"                                           \
	"- coming in early -> lunch away from the desk; walk\n"                \
	"## What helps me\n"                                                   \
	"- Walk in the garden\n"                                               \
	"- Tea and ten slow breaths\n"                                         \
	"- Lunch away from my desk\n"                                          \
	"- Music on the bus\n"                                                 \
	"## People I can turn to\n"                                            \
	"- Jia, ward 5, mornings\n"                                            \
	"- Tan, my supervisor\n"                                               \
	"## When it gets hard\n"                                               \
	"1. Tell Jia I need ten minutes\n"                                     \
	"2. Go outside\n"

#define IDS_1 "s1 s2 s3 h1 h2 h3 h4 p1 p2 d1 d2"

static void
name_rid(unsigned char *rid, const char *name)
{
	memset(rid, 0, EK_ID_LEN);
	memcpy(rid, name, strlen(name));
}

static void
apply(struct book *book, struct record_build *build)
{
	struct record *rec = NULL;

	assert_ok(record_end(build, &rec));
	assert_ok(book_apply(book, rec, NULL));
	record_free(rec);
}

/* base may be NULL. */
static void
add_plan(struct book *book, const char *name, int64_t time, const char *base,
    const char *text, const char *ids)
{
	unsigned char rid[EK_ID_LEN], base_rid[EK_ID_LEN];
	struct record_build build;

	name_rid(rid, name);
	record_begin(&build, REC_PLAN, rid, time);
	record_put_str(&build, PLAN_TEXT, text);
	record_put_str(&build, PLAN_LANG, "en");
	record_put_str(&build, PLAN_IDS, ids);
	if (base != NULL) {
		name_rid(base_rid, base);
		record_put_id(&build, PLAN_BASE, base_rid);
	}
	apply(book, &build);
}

/* used: "h1=3 h2=-1"; plan may be NULL. */
static void
add_checkin(struct book *book, int *number, const char *plan, const char *used)
{
	struct record_pair pairs[16];
	unsigned char rid[EK_ID_LEN], plan_rid[EK_ID_LEN];
	struct record_build build;
	char name[16], copy[200], *word, *rest = NULL;
	size_t count = 0;

	snprintf(name, sizeof(name), "check-in%d", ++*number);
	snprintf(copy, sizeof(copy), "%s", used);
	for (word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		pairs[count].key = word;
		pairs[count].key_len = strcspn(word, "=");
		pairs[count].value =
		    strtod(word + pairs[count].key_len + 1, NULL);
		count++;
	}
	name_rid(rid, name);
	record_begin(&build, REC_CHECKIN, rid, 1000 + *number);
	record_put_str(&build, CHECKIN_INSTRUMENT, "pulse");
	record_put_str(&build, CHECKIN_LOCAL, "2026-11-24T16:30:00");
	record_put_map(&build, CHECKIN_USED, pairs, count);
	if (plan != NULL) {
		name_rid(plan_rid, plan);
		record_put_id(&build, CHECKIN_PLAN, plan_rid);
	}
	apply(book, &build);
}

static struct words_coping *
coping_of(const struct book *book)
{
	struct words_coping *coping = NULL;

	assert_ok(words_coping_new(book, &coping));
	return coping;
}

static const struct words_use *
use_of(const struct words_coping *coping, const char *id)
{
	size_t i;

	for (i = 0; i < coping->count; i++)
		if (strcmp(coping->uses[i].id, id) == 0)
			return &coping->uses[i];
	fail_msg("no strategy %s", id);
	return NULL;
}

static void
assert_near(double a, double b)
{
	if (!(fabs(a - b) < 1e-12))
		fail_msg("%.15g is not %.15g", a, b);
}

static void
assert_order(const struct words_coping *coping, const char *wanted)
{
	char got[200] = "";
	size_t i, at = 0;

	for (i = 0; i < coping->count; i++)
		at += (size_t)snprintf(got + at, sizeof(got) - at, "%s%s",
		    i == 0 ? "" : " ", coping->uses[i].id);
	assert_string_equal(got, wanted);
}

static void
assert_text(const struct words_use *use, const char *wanted)
{
	struct buf text;

	buf_init(&text, 100);
	words_use_text(use, &text);
	assert_string_equal(buf_text(&text), wanted);
	buf_done(&text);
}

/* By hand: h1 six 3s and three 2s (mean 24/9), h2 one 3, h3 two 0s, h4
 * ticked but never rated.  Overall (24 + 3 + 0) / 12 = 2.25.
 *   h1 (24 + 4.5) / 11 = 2.5909…  h2 (3 + 4.5) / 3 = 2.5
 *   h4 2.25                       h3 (0 + 4.5) / 4 = 1.125 */
static void
test_ranking(void **state)
{
	struct words_coping *coping;
	struct book *book;
	int n = 0, i;

	(void)state;
	assert_ok(book_new(&book));
	add_plan(book, "v1", 1, NULL, PLAN_TEXT_1, IDS_1);
	for (i = 0; i < 9; i++)
		add_checkin(book, &n, "v1", i < 6 ? "h1=3" : "h1=2");
	add_checkin(book, &n, "v1", "h2=3 h3=0");
	add_checkin(book, &n, "v1", "h3=0 h4=-1");
	coping = coping_of(book);
	assert_order(coping, "h1 h2 h4 h3");
	assert_int_equal(coping->said, 12);
	assert_near(coping->mean, 2.25);
	assert_near(use_of(coping, "h1")->rank, 28.5 / 11);
	assert_near(use_of(coping, "h1")->helped, 24.0 / 9);
	assert_near(use_of(coping, "h2")->rank, 2.5);
	assert_near(use_of(coping, "h3")->rank, 1.125);
	assert_near(use_of(coping, "h4")->rank, 2.25);
	assert_int_equal(use_of(coping, "h1")->times, 9);
	assert_int_equal(use_of(coping, "h4")->times, 1);
	assert_int_equal(use_of(coping, "h4")->said, 0);
	assert_text(use_of(coping, "h1"), "helped 2.7 of 3, 9 times");
	assert_text(use_of(coping, "h2"), "helped 3.0 of 3, 1 time");
	assert_text(use_of(coping, "h4"), "used 1 time");
	words_coping_free(coping);
	book_free(book);
}

/* One lucky use does not pass nine good ones; ties by how often. */
static void
test_shrinking(void **state)
{
	struct words_coping *coping;
	struct book *book;
	int n = 0, i;

	(void)state;
	assert_ok(book_new(&book));
	add_plan(book, "v1", 1, NULL, PLAN_TEXT_1, IDS_1);
	for (i = 0; i < 9; i++)
		add_checkin(book, &n, "v1", i < 8 ? "h4=3" : "h4=2");
	add_checkin(book, &n, "v1", "h1=3");
	for (i = 0; i < 6; i++)
		add_checkin(book, &n, "v1", "h2=1");
	coping = coping_of(book);
	/* mean 35/16; h4 (26 + 4.375) / 11 = 2.76; h1 7.375 / 3 = 2.46 */
	assert_order(coping, "h4 h1 h3 h2");
	words_coping_free(coping);
	book_free(book);

	assert_ok(book_new(&book));
	add_plan(book, "v1", 1, NULL, PLAN_TEXT_1, IDS_1);
	add_checkin(book, &n, "v1", "h3=2 h4=2");
	add_checkin(book, &n, "v1", "h4=2 h2=-1");
	coping = coping_of(book); /* all at the mean: said, times, place */
	assert_order(coping, "h4 h3 h2 h1");
	words_coping_free(coping);
	book_free(book);
}

static void
test_nothing_yet(void **state)
{
	struct words_coping *coping = NULL;
	struct words *words = NULL;
	struct book *book;

	(void)state;
	assert_ok(book_new(&book));
	assert_int_equal(words_coping_new(book, &coping), EK_NOT_FOUND);
	assert_null(coping);
	add_plan(book, "v1", 1, NULL, "## My role\n", NULL);
	coping = coping_of(book);
	assert_int_equal(coping->count, 0);
	assert_ok(words_new(book, coping, NULL, NULL, 0, &words));
	assert_int_equal(words->best_count + words->people_count, 0);
	words_free(words);
	words_coping_free(coping);
	add_plan(book, "v2", 2, "v1", PLAN_TEXT_1, IDS_1);
	coping = coping_of(book);
	assert_order(coping, "h1 h2 h3 h4");
	assert_text(&coping->uses[0], "");
	words_coping_free(coping);
	add_plan(book, "v3", 3, "v2", PLAN_TEXT_1, "h1 h2");
	assert_int_equal(words_coping_new(book, &coping), EK_CORRUPT);
	words_coping_free(NULL);
	words_free(NULL);
	book_free(book);
}

static void
test_signs_of_strategies(void **state)
{
	struct words_coping *coping;
	struct book *book;

	(void)state;
	assert_ok(book_new(&book));
	add_plan(book, "v1", 1, NULL, PLAN_TEXT_1, IDS_1);
	coping = coping_of(book);
	assert_int_equal(use_of(coping, "h1")->sign_count, 2);
	assert_string_equal(use_of(coping, "h1")->signs[0]->id, "s1");
	assert_string_equal(use_of(coping, "h1")->signs[1]->id, "s3");
	assert_int_equal(use_of(coping, "h2")->sign_count, 0);
	assert_int_equal(use_of(coping, "h3")->sign_count, 1);
	words_coping_free(coping);
	book_free(book);
}

#define HELPS(bullets) "## What helps me\n" bullets

/* v1 -> v2 -> v3 on this desk; w2 grew from v1 on another. */
static void
test_versions(void **state)
{
	struct words_coping *coping;
	struct book *book;
	int n = 0;

	(void)state;
	assert_ok(book_new(&book));
	add_plan(book, "v1", 1, NULL, HELPS("- tea\n- walk\n"), "h1 h2");
	add_plan(book, "v2", 2, "v1", HELPS("- tea\n- walk slowly\n- run\n"),
	    "h1 h2 h3");
	add_plan(book, "w2", 3, "v1",
	    HELPS("- tea\n- walk outside\n- swim\n- sing\n"), "h1 h2 h3 h4");
	add_plan(book, "v3", 9, "v2",
	    HELPS("- tea\n- walk slowly now\n- run\n- sing\n"), "h1 h2 h3 h4");
	add_checkin(book, &n, "v1", "h1=1 h2=3");   /* both by id */
	add_checkin(book, &n, "v2", "h2=3 h3=2");   /* both by id */
	add_checkin(book, &n, "w2", "h1=1");        /* the same words */
	add_checkin(book, &n, "w2", "h2=0 h3=0");   /* other words: dropped */
	add_checkin(book, &n, "w2", "h4=3");        /* the same words */
	add_checkin(book, &n, "v3", "h2=3 h9=3");   /* h9 is nothing */
	add_checkin(book, &n, "xx", "h1=3");        /* no such version */
	add_checkin(book, &n, NULL, "h1=3");        /* no version said */
	add_checkin(book, &n, "check-in1", "h1=3"); /* not a plan at all */
	coping = coping_of(book);
	assert_int_equal(use_of(coping, "h1")->times, 2);
	assert_near(use_of(coping, "h1")->helped, 1);
	assert_int_equal(use_of(coping, "h2")->times, 3);
	assert_near(use_of(coping, "h2")->helped, 3);
	assert_int_equal(use_of(coping, "h3")->times, 1);
	assert_int_equal(use_of(coping, "h4")->times, 1);
	words_coping_free(coping);
	book_free(book);
}

/* A wrong guess (ids crossed in v2), mended by `plan same` in v3: uses of
 * the time between go to what she meant. */
static void
test_mended_guess(void **state)
{
	struct words_coping *coping;
	struct book *book;
	int n = 0;

	(void)state;
	assert_ok(book_new(&book));
	add_plan(book, "v1", 1, NULL, HELPS("- tea\n- walk\n"), "h1 h2");
	add_plan(book, "v2", 2, "v1", HELPS("- walk\n- tea now\n"), "h1 h2");
	add_plan(book, "v3", 3, "v2", HELPS("- walk\n- tea now\n"), "h2 h1");
	add_checkin(book, &n, "v1", "h1=1 h2=3");
	add_checkin(book, &n, "v2", "h1=3 h2=1");
	coping = coping_of(book);
	assert_near(use_of(coping, "h1")->helped, 1);
	assert_near(use_of(coping, "h2")->helped, 3);
	words_coping_free(coping);
	book_free(book);
}

/* Chains that end nowhere or bite their tail, and twins. */
static void
test_odd_chains(void **state)
{
	struct words_coping *coping;
	struct book *book;
	int n = 0;

	(void)state;
	assert_ok(book_new(&book));
	add_plan(book, "v1", 1, "v3", HELPS("- tea\n"), "h1");
	add_plan(book, "v2", 2, "v1", HELPS("- tea\n- tea\n"), "h1 h2");
	add_plan(book, "v3", 3, "v2", HELPS("- tea\n- tea\n"), "h1 h2");
	add_checkin(book, &n, "v1", "h1=1");
	add_checkin(book, &n, "v2", "h1=1 h2=3");
	coping = coping_of(book);
	assert_int_equal(use_of(coping, "h1")->times, 2);
	assert_near(use_of(coping, "h2")->helped, 3);
	words_coping_free(coping);
	add_plan(book, "v4", 4, "lost", HELPS("- tea\n- tea\n"), "h1 h2");
	add_checkin(book, &n, "lost", "h1=2");
	coping = coping_of(book); /* v1 and v2 by their words, lost by its id */
	assert_int_equal(use_of(coping, "h1")->times, 3);
	words_coping_free(coping);
	book_free(book);
}

static void
assert_uses(const struct words_linked *linked, const char *wanted)
{
	char got[200] = "";
	size_t i, at = 0;

	for (i = 0; i < linked->count; i++)
		at += (size_t)snprintf(got + at, sizeof(got) - at, "%s%s",
		    i == 0 ? "" : " ", linked->uses[i].id);
	assert_string_equal(got, wanted);
}

static void
test_words(void **state)
{
	static const struct record_pair marks[] = {{"s1", 2, 1}, {"s2", 2, 2},
	    {"s3", 2, 2}, {"s9", 2, 2}, {"h1", 2, 2}};
	struct words_coping *coping;
	struct words *words = NULL;
	struct book *book;
	int n = 0;

	(void)state;
	assert_ok(book_new(&book));
	add_plan(book, "v1", 1, NULL, PLAN_TEXT_1, IDS_1);
	add_checkin(book, &n, "v1", "h1=2 h4=3");
	coping = coping_of(book);
	assert_ok(words_new(book, coping, NULL, marks, 5, &words));
	assert_int_equal(words->linked_count, 2); /* s2 links nothing */
	assert_string_equal(words->linked[0].sign->id, "s3"); /* a lot */
	assert_uses(&words->linked[0], "h3 h1");
	assert_string_equal(words->linked[1].sign->id, "s1");
	assert_uses(&words->linked[1], "h1 p1");
	assert_int_equal(words->linked[1].uses[0].times, 1);
	assert_string_equal(
	    words->linked[1].uses[1].text, "Jia, ward 5, mornings");
	assert_int_equal(words->best_count, 2);
	assert_string_equal(words->best[0]->id, "h4");
	assert_string_equal(words->best[1]->id, "h2");
	assert_int_equal(words->people_count, 2);
	assert_int_equal(words->step_count, 2);
	assert_string_equal(words->steps[1].text, "Go outside");
	words_free(words);
	assert_ok(words_new(book, coping, NULL, NULL, 0, &words));
	assert_int_equal(words->linked_count, 0);
	assert_int_equal(words->best_count, 4);
	words_free(words);
	words_coping_free(coping);
	book_free(book);
}

/* A link that names nothing is still her own words; marks of an older
 * version find their sign. */
static void
test_loose_links(void **state)
{
	static const struct record_pair marks[] = {
	    {"s7", 2, 1}, {"s7", 2, 2}, {"s1", 2, 0}};
	unsigned char old[EK_ID_LEN];
	struct words_coping *coping;
	struct words *words = NULL;
	struct book *book;

	(void)state;
	assert_ok(book_new(&book));
	add_plan(
	    book, "v1", 1, NULL, "## Early warning signs\n- tired\n", "s7");
	add_plan(book, "v2", 2, NULL,
	    "## Early warning signs\n- cross -> tea\n"
	    "- tired -> a swim; tea; Tea!; a swim\n## What helps me\n- Tea\n",
	    "s1 s2 h1");
	name_rid(old, "v1");
	coping = coping_of(book);
	assert_ok(words_new(book, coping, old, marks, 3, &words));
	assert_int_equal(words->linked_count, 1);
	assert_uses(&words->linked[0], " h1");
	assert_string_equal(words->linked[0].uses[0].text, "a swim");
	assert_int_equal(words->best_count, 0);
	words_free(words);
	words_coping_free(coping);
	book_free(book);
}

static void
test_spent(void **state)
{
	struct book *book;
	struct buf spent;

	(void)state;
	buf_init(&spent, 1000);
	assert_ok(book_new(&book));
	assert_ok(words_spent(book, &spent));
	assert_string_equal(buf_text(&spent), "");
	add_plan(book, "v1", 1, NULL, HELPS("- tea\n- walk\n"), "h1 h12");
	add_plan(book, "v2", 2, "v1", HELPS("- tea\n") "## My role\n- listen\n",
	    "h3 r2");
	assert_ok(words_spent(book, &spent));
	assert_string_equal(buf_text(&spent), "h12 r2");
	buf_done(&spent);
	book_free(book);
}

/* What was counted so far is what counting anew gives. */
static void
assert_as_anew(const struct book *book)
{
	struct words_coping *kept = coping_of(book), *anew;
	const struct record *rec;
	struct book *other;
	size_t at = 0, i;

	assert_ok(book_new(&other));
	while ((rec = book_next(book, &at)) != NULL)
		assert_ok(book_apply(other, rec, NULL));
	anew = coping_of(other);
	assert_int_equal(kept->count, anew->count);
	assert_int_equal(kept->said, anew->said);
	for (i = 0; i < kept->count; i++) {
		assert_string_equal(kept->uses[i].id, anew->uses[i].id);
		assert_int_equal(kept->uses[i].times, anew->uses[i].times);
		assert_int_equal(kept->uses[i].said, anew->uses[i].said);
		assert_near(kept->uses[i].rank, anew->uses[i].rank);
	}
	words_coping_free(anew);
	words_coping_free(kept);
	book_free(other);
}

static void
add_gone(struct book *book, const char *name, int64_t time)
{
	unsigned char rid[EK_ID_LEN], gone[EK_ID_LEN];
	struct record_build build;

	name_rid(gone, name);
	name_rid(rid, "gone");
	rid[EK_ID_LEN - 1] = (unsigned char)time;
	record_begin(&build, REC_GONE, rid, time);
	record_put_ids(&build, GONE_RECORDS, gone, 1);
	apply(book, &build);
}

static void
test_counted_once(void **state)
{
	struct words_coping *held;
	struct book *book;
	int number = 0, early = -900;

	(void)state;
	assert_ok(book_new(&book));
	add_plan(book, "v1", 1, NULL, PLAN_TEXT_1, IDS_1);
	assert_as_anew(book);
	add_checkin(book, &number, "v1", "h1=3 h2=1");
	assert_as_anew(book);
	add_checkin(book, &number, "v1", "h1=0");
	add_checkin(book, &number, "v1", "");
	add_checkin(book, &number, NULL, "h4=-1 h1=2");
	held = coping_of(book); /* outlives what is kept */
	assert_as_anew(book);
	add_checkin(book, &early, "v1", "h3=3"); /* of an earlier time */
	assert_as_anew(book);
	add_gone(book, "check-in1", 5000);
	assert_as_anew(book);
	assert_int_equal(use_of(held, "h1")->times, 2);
	words_coping_free(held);
	number = 6000;
	add_checkin(book, &number, "v1", "h2=2");
	assert_as_anew(book);
	add_plan(book, "v2", 9000, "v1",
	    HELPS("- Tea and ten slow breaths\n- Music on the bus\n"), "h2 h4");
	assert_as_anew(book);
	number = 9000;
	add_checkin(book, &number, "v2", "h2=3");
	add_checkin(book, &number, "v1", "h4=1");
	assert_as_anew(book);
	book_free(book);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ranking),
	    cmocka_unit_test(test_shrinking),
	    cmocka_unit_test(test_nothing_yet),
	    cmocka_unit_test(test_signs_of_strategies),
	    cmocka_unit_test(test_versions),
	    cmocka_unit_test(test_mended_guess),
	    cmocka_unit_test(test_odd_chains),
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_loose_links),
	    cmocka_unit_test(test_spent),
	    cmocka_unit_test(test_counted_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
