/*
 * fuzz_recur - any text is refused with its reason, or is a rule whose
 * occurrences ascend from the start, whose seek agrees with its walk, whose
 * instants ascend in any zone, and which never takes long.
 *
 * The first 14 bytes choose start, zone and where to seek to; the rest is the
 * rule.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "evenkeel/recur.h"
#include "evenkeel/text.h"

#define CHOICE 14
#define WALK   300

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static const char *const zones[] = {"UTC0", "CET-1CEST,M3.5.0,M10.5.0/3",
    "IST-1GMT0,M10.5.0,M3.5.0/1", "LHST-10:30LHDT-11,M10.1.0,M4.1.0",
    "AAA12BBB-12,J363/0,J100/0", "EST5EDT,0/0,J365/25",
    "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "ABC-3:07:11"};

static int64_t
number(const uint8_t *data, int len)
{
	int64_t value = 0;

	for (int i = 0; i < len; i++)
		value = value << 8 | data[i];
	return value;
}

/* Any second of the years 1 to 9999, most often of our time. */
static struct civil
moment(const uint8_t *data)
{
	struct civil civil;
	int64_t secs = number(data, 4);

	if (data[4] < 32)
		secs = number(data, 5) % INT64_C(315537897600) -
		       INT64_C(62135596800);
	civil_from_secs(secs, &civil);
	return civil;
}

static void
check_why(enum ek_err err, const struct ek_why *why)
{
	must(err == EK_INVALID || err == EK_TOO_LARGE);
	must(strchr(why->text, ';') != NULL && strchr(why->text, ':') != NULL);
	must(text_plain_ok(why->text, strlen(why->text)));
}

static void
check_walk(const struct recur *recur, const struct civil *start,
    const struct civil *from, const struct zone *zone)
{
	struct recur_iter *walk = NULL, *seek = NULL;
	int64_t last = civil_secs(start) - 1;
	struct civil civil, sought;

	must(recur_iter_new(recur, start, zone, &walk) == EK_OK);
	must(recur_iter_new(recur, start, zone, &seek) == EK_OK);
	recur_iter_seek(seek, from);
	for (int i = 0; i < WALK && recur_iter_next(walk, &civil); i++) {
		must(civil_ok(&civil));
		must(civil_secs(&civil) > last);
		last = civil_secs(&civil);
		if (last < civil_secs(from))
			continue;
		must(recur_iter_next(seek, &sought));
		must(memcmp(&civil, &sought, sizeof(civil)) == 0);
	}
	recur_iter_free(walk);
	recur_iter_free(seek);
}

static void
check_due(const struct recur *recur, const struct civil *start,
    const struct civil *from, const struct zone *zone)
{
	struct recur_due *due = NULL;
	int64_t utc, last = civil_secs(from) - 1;
	struct civil local;

	must(recur_due_new(recur, start, zone, &due) == EK_OK);
	recur_due_seek(due, civil_secs(from));
	for (int i = 0; i < WALK && recur_due_next(due, &utc, &local); i++) {
		must(utc > last && civil_ok(&local));
		must(zone_instant(zone, &local) == utc);
		last = utc;
	}
	recur_due_free(due);
}

static void
check_words(const struct recur *recur, const struct civil *start)
{
	struct buf words;

	buf_init(&words, 65536);
	must(recur_words(recur, start, &words) == EK_OK);
	must(words.len > 0 && text_plain_ok(words.data, words.len));
	must(strstr(buf_text(&words), "  ") == NULL);
	buf_done(&words);
	must(recur_times(recur) >= 1 && recur_times(recur) <= 86400);
	(void)recur_is_dense(recur);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct recur *recur = NULL;
	struct zone *zone = NULL;
	struct ek_why why = {""};
	struct civil start, from;
	char rule[EK_RULE_MAX + 8];
	enum ek_err err;
	clock_t began = clock();

	if (size < CHOICE || size - CHOICE >= sizeof(rule))
		return 0;
	memcpy(rule, data + CHOICE, size - CHOICE);
	rule[size - CHOICE] = '\0';
	start = moment(data);
	from = moment(data + 5);
	must(zone_posix(zones[data[10] % 8], &zone, NULL) == EK_OK);
	err = recur_parse(rule, &recur, &why);
	if (err == EK_OK) {
		check_walk(recur, &start, &from, zone);
		check_due(recur, &start, &from, zone);
		check_words(recur, &start);
	} else
		check_why(err, &why);
	recur_free(recur);
	zone_free(zone);
	/* 50 ms each are promised of a release build; five are asked here,
	 * under sanitizers */
	must(clock() - began < 3 * CLOCKS_PER_SEC);
	return 0;
}
