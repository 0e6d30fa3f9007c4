/*
 * glance - the last four weeks in a sentence, by day averages.
 */
#include "evenkeel/glance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evenkeel/civil.h"

struct day {
	double sum;
	size_t moods;
	bool any;
};

static bool
day_index(const char *text, size_t len, int64_t today, size_t *ret)
{
	char copy[CIVIL_DATE_LEN + 1];
	struct civil civil;
	int64_t ago;

	if (text == NULL || len < CIVIL_DATE_LEN)
		return false;
	memcpy(copy, text, CIVIL_DATE_LEN);
	copy[CIVIL_DATE_LEN] = '\0';
	if (!civil_parse_date(copy, &civil))
		return false;
	ago = today - civil_days(civil.year, civil.month, civil.day);
	if (ago < 0 || ago >= GLANCE_DAYS)
		return false;
	*ret = (size_t)ago;
	return true;
}

static void
take(struct day *days, const struct record *rec, enum record_field local,
    enum record_field map, int64_t today)
{
	struct record_pair pair;
	const char *text;
	size_t len, index, at = 0;

	text = record_text(rec, local, &len);
	if (!day_index(text, len, today, &index))
		return;
	days[index].any = true;
	while (record_map_next(rec, map, &at, &pair))
		if (pair.key_len == 4 && memcmp(pair.key, "mood", 4) == 0) {
			days[index].sum += pair.value;
			days[index].moods++;
		}
}

static int
order(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void
say_range(struct buf *ret, double *means, size_t count)
{
	size_t cut = count / 10;
	double low, high;

	qsort(means, count, sizeof(*means), order);
	/* whole numbers around the middle four fifths: plain, not exact */
	low = floor(means[cut] + 0.05);
	high = ceil(means[count - 1 - cut] - 0.05);
	if (low >= high)
		buf_fmt(ret, " Your mood was mostly %.0f.", low);
	else
		buf_fmt(ret, " Your mood was mostly between %.0f and %.0f.",
		    low, high);
}

enum ek_err
glance_sentence(const struct book *book, int64_t today, struct buf *ret)
{
	const struct record *const *list;
	struct day days[GLANCE_DAYS] = {{0, 0, false}};
	double means[GLANCE_DAYS];
	size_t count, i, checked = 0, moods = 0;

	list = book_list(book, REC_CHECKIN, &count);
	for (i = 0; i < count; i++)
		take(days, list[i], CHECKIN_LOCAL, CHECKIN_ANSWERS, today);
	list = book_list(book, REC_HISTORY, &count);
	for (i = 0; i < count; i++)
		take(days, list[i], HISTORY_LOCAL, HISTORY_VALUES, today);
	for (i = 0; i < GLANCE_DAYS; i++) {
		checked += days[i].any;
		if (days[i].moods > 0)
			means[moods++] = days[i].sum / (double)days[i].moods;
	}
	if (checked == 0)
		buf_str(ret,
		    "There are no check-ins in the last 4 weeks, so there is "
		    "nothing to say about them.");
	else
		buf_fmt(ret, "In the last 4 weeks you checked in on %zu %s.",
		    checked, checked == 1 ? "day" : "days");
	if (moods >= GLANCE_LEAST)
		say_range(ret, means, moods);
	else if (checked > 0)
		buf_str(ret, " A few more, and this line can say how it went.");
	return buf_err(ret);
}
