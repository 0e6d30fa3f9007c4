/*
 * test_book - state is a function of the set of records, whatever the order.
 */
#include "check.h"
#include "evenkeel/book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MANY 60

static void
set_rid(unsigned char *rid, unsigned n)
{
	memset(rid, 0, EK_ID_LEN);
	rid[0] = (unsigned char)(n * 37);
	rid[14] = (unsigned char)(n >> 8);
	rid[15] = (unsigned char)n;
}

/* A random but plausible record: check-ins that mend earlier ones, notes,
 * deletions. */
static struct record *
random_record(unsigned n)
{
	struct record_build build;
	struct record *rec = NULL;
	unsigned char rid[EK_ID_LEN], other[EK_ID_LEN];
	int64_t time = 1000 + n / 2;

	set_rid(rid, n);
	set_rid(other, (unsigned)rand() % (n + 1));
	switch (rand() % 6) {
	case 0:
		record_begin(&build, REC_GONE, rid, time);
		record_put_ids(&build, GONE_RECORDS, other, 1);
		break;
	case 1:
		record_begin(&build, REC_NOTE, rid, time);
		record_put_id(&build, NOTE_OF, other);
		record_put_str(&build, NOTE_TEXT, "words");
		break;
	case 2:
		record_begin(&build, REC_SETTING, rid, time);
		record_put_str(&build, SETTING_KEY, "lang");
		record_put_str(&build, SETTING_VALUE, n % 2 ? "en" : "ms");
		break;
	default:
		record_begin(&build, REC_CHECKIN, rid, time);
		record_put_str(&build, CHECKIN_INSTRUMENT, "pulse");
		if (rand() % 2)
			record_put_id(&build, CHECKIN_SUPERSEDES, other);
		break;
	}
	assert_ok(record_end(&build, &rec));
	return rec;
}

/* Everything a reader can see, as text. */
static void
describe(const struct book *book, struct buf *ret)
{
	static const enum record_kind kinds[] = {
	    REC_SETTING, REC_CHECKIN, REC_GONE};
	const struct record *const *list;
	const struct record *rec;
	size_t at = 0, count, i, k;

	while ((rec = book_next(book, &at)) != NULL)
		buf_fmt(ret, "%d ", rec->rid[15]);
	for (k = 0; k < 3; k++) {
		list = book_list(book, kinds[k], &count);
		buf_fmt(ret, "| ");
		for (i = 0; i < count; i++)
			buf_fmt(ret, "%d ", list[i]->rid[15]);
	}
	list = vault_list(book_vault(book), REC_NOTE, &count);
	buf_fmt(ret, "| vault ");
	for (i = 0; i < count; i++)
		buf_fmt(ret, "%d ", list[i]->rid[15]);
	assert_ok(buf_err(ret));
}

static void
shuffle(struct record **recs, size_t count)
{
	size_t i, j;

	for (i = count; i > 1; i--) {
		struct record *swap = recs[i - 1];

		j = (size_t)rand() % i;
		recs[i - 1] = recs[j];
		recs[j] = swap;
	}
}

static void
test_order_never_matters(void **state)
{
	struct record *recs[MANY];
	struct buf first, text;
	unsigned seed = (unsigned)time(NULL), round, n, turn;

	(void)state;
	if (getenv("SEED") != NULL)
		seed = (unsigned)strtoul(getenv("SEED"), NULL, 10);
	printf("seed %u\n", seed);
	srand(seed);
	for (round = 0; round < 200; round++) {
		buf_init(&first, 1 << 20);
		for (n = 0; n < MANY; n++)
			recs[n] = random_record(n);
		for (turn = 0; turn < 5; turn++) {
			struct book *book = NULL;

			assert_ok(book_new(&book));
			for (n = 0; n < MANY; n++) {
				assert_ok(book_apply(book, recs[n], NULL));
				if (rand() % 7 == 0) { /* look in between */
					size_t count;

					book_list(book, REC_CHECKIN, &count);
				}
			}
			buf_init(&text, 1 << 20);
			describe(book, &text);
			if (turn == 0)
				buf_str(&first, buf_text(&text));
			assert_string_equal(buf_text(&first), buf_text(&text));
			buf_done(&text);
			book_free(book);
			shuffle(recs, MANY);
		}
		for (n = 0; n < MANY; n++)
			record_free(recs[n]);
		buf_done(&first);
	}
}

static struct record *
mended(unsigned n, int64_t time, int supersedes)
{
	struct record_build build;
	struct record *rec = NULL;
	unsigned char rid[EK_ID_LEN], other[EK_ID_LEN];

	set_rid(rid, n);
	record_begin(&build, REC_CHECKIN, rid, time);
	record_put_str(&build, CHECKIN_INSTRUMENT, "pulse");
	if (supersedes >= 0) {
		set_rid(other, (unsigned)supersedes);
		record_put_id(&build, CHECKIN_SUPERSEDES, other);
	}
	assert_ok(record_end(&build, &rec));
	return rec;
}

/* Two desks mended the same entry apart: one entry, the newest. */
static void
test_mended_apart(void **state)
{
	const struct record *const *list;
	struct record *recs[4] = {mended(1, 10, -1), mended(2, 20, 1),
	    mended(3, 30, 1), mended(4, 40, 2)};
	struct book *book = NULL;
	size_t count, i;

	(void)state;
	assert_ok(book_new(&book));
	for (i = 0; i < 4; i++)
		assert_ok(book_apply(book, recs[i], NULL));
	list = book_list(book, REC_CHECKIN, &count);
	assert_int_equal(count, 1);
	assert_int_equal(list[0]->rid[15], 4);
	assert_int_equal(book_count(book), 4);
	for (i = 0; i < 4; i++)
		record_free(recs[i]);
	book_free(book);
}

/* Rings cannot hang a reader, whatever an archive brings. */
static void
test_rings(void **state)
{
	struct record *recs[3] = {
	    mended(1, 10, 2), mended(2, 10, 1), mended(3, 10, 3)};
	struct book *book = NULL;
	size_t count, i;

	(void)state;
	assert_ok(book_new(&book));
	for (i = 0; i < 3; i++)
		assert_ok(book_apply(book, recs[i], NULL));
	book_list(book, REC_CHECKIN, &count);
	assert_true(count >= 1 && count <= 3);
	for (i = 0; i < 3; i++)
		record_free(recs[i]);
	book_free(book);
}

static void
test_gone_and_time(void **state)
{
	struct record *rec = mended(1, 500, -1), *gone = NULL;
	struct record_build build;
	unsigned char id[EK_ID_LEN];
	struct book *book = NULL;
	enum book_applied applied;

	(void)state;
	set_rid(id, 9);
	record_begin(&build, REC_GONE, id, 600);
	record_put_ids(&build, GONE_RECORDS, rec->rid, 1);
	assert_ok(record_end(&build, &gone));
	assert_ok(book_new(&book));
	assert_ok(book_apply(book, gone, NULL));
	assert_ok(book_apply(book, rec, &applied));
	assert_int_equal(applied, BOOK_IS_GONE);
	assert_null(book_find(book, rec->rid));
	assert_ok(book_apply(book, gone, &applied));
	assert_int_equal(applied, BOOK_KNOWN);
	assert_true(book_next_ms(book, 10) == 601);
	assert_true(book_next_ms(book, 1000) == 1000);
	record_free(rec);
	rec = mended(2, EK_TIME_MS_MAX, -1);
	assert_ok(book_apply(book, rec, NULL));
	assert_true(book_next_ms(book, 1000) == EK_TIME_MS_MAX);
	record_free(rec);
	record_free(gone);
	book_free(book);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_order_never_matters),
	    cmocka_unit_test(test_mended_apart),
	    cmocka_unit_test(test_rings),
	    cmocka_unit_test(test_gone_and_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
