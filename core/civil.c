/*
 * civil - calendar arithmetic on the proleptic Gregorian calendar.
 *
 * Days and seconds are counted from 1970-01-01T00:00:00 on a wall clock that
 * knows no zone.  Every function here is total over the years 1 to 9999 and
 * pure; text is read strictly, by digit, without the C library's locale.
 */
#include "evenkeel/civil.h"

#define DAY_SECS     86400
#define ERA_DAYS     146097    /* 400 years */
#define EPOCH_OFFSET 719468    /* days from 0000-03-01 to 1970-01-01 */
#define FIRST_DAY    (-719162) /* 0001-01-01 */
#define LAST_DAY     2932896   /* 9999-12-31 */

int64_t
civil_days(int year, int month, int day)
{
	/* Years are counted from March, so that the leap day is the last. */
	int64_t y = month <= 2 ? (int64_t)year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t month_from_march = month > 2 ? month - 3 : month + 9;
	int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 -
			     year_of_era / 100 + day_of_year;

	return era * ERA_DAYS + day_of_era - EPOCH_OFFSET;
}

void
civil_from_days(int64_t days, struct civil *ret)
{
	/* Clamped: an instant of year 9999 may lie beyond it elsewhere. */
	int64_t z = (days < FIRST_DAY     ? FIRST_DAY
			: days > LAST_DAY ? LAST_DAY
					  : days) +
		    EPOCH_OFFSET;
	int64_t era = (z >= 0 ? z : z - (ERA_DAYS - 1)) / ERA_DAYS;
	int64_t doe = z - era * ERA_DAYS;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	ret->day = (int)(doy - (153 * mp + 2) / 5 + 1);
	ret->month = (int)(mp < 10 ? mp + 3 : mp - 9);
	ret->year = (int)(yoe + era * 400 + (ret->month <= 2 ? 1 : 0));
	ret->hour = 0;
	ret->min = 0;
	ret->sec = 0;
}

int64_t
civil_secs(const struct civil *civil)
{
	return civil_days(civil->year, civil->month, civil->day) * DAY_SECS +
	       civil->hour * 3600 + civil->min * 60 + civil->sec;
}

void
civil_from_secs(int64_t secs, struct civil *ret)
{
	int64_t days = secs / DAY_SECS;
	int64_t rest = secs % DAY_SECS;

	if (rest < 0) {
		rest += DAY_SECS;
		days--;
	}
	civil_from_days(days, ret);
	ret->hour = (int)(rest / 3600);
	ret->min = (int)(rest / 60 % 60);
	ret->sec = (int)(rest % 60);
}

int
civil_weekday(int64_t days)
{
	int64_t weekday = (days + 3) % 7; /* 1970-01-01 was a Thursday */

	return (int)(weekday < 0 ? weekday + 7 : weekday);
}

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int
civil_month_days(int year, int month)
{
	if (month == 2)
		return is_leap(year) ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool
civil_ok(const struct civil *civil)
{
	return civil->year >= 1 && civil->year <= 9999 && civil->month >= 1 &&
	       civil->month <= 12 && civil->day >= 1 &&
	       civil->day <= civil_month_days(civil->year, civil->month) &&
	       civil->hour >= 0 && civil->hour <= 23 && civil->min >= 0 &&
	       civil->min <= 59 && civil->sec >= 0 && civil->sec <= 59;
}

/* count digits at *at; false leaves *at anywhere. */
static bool
digits(const char **at, int count, int *ret)
{
	int value = 0;

	for (int i = 0; i < count; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		value = value * 10 + (**at - '0');
	}
	*ret = value;
	return true;
}

static bool
literal(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static bool
date_part(const char **at, struct civil *ret)
{
	return digits(at, 4, &ret->year) && literal(at, '-') &&
	       digits(at, 2, &ret->month) && literal(at, '-') &&
	       digits(at, 2, &ret->day);
}

static bool
clock_part(const char **at, struct civil *ret)
{
	if (!digits(at, 2, &ret->hour) || !literal(at, ':') ||
	    !digits(at, 2, &ret->min))
		return false;
	return **at != ':' || (literal(at, ':') && digits(at, 2, &ret->sec));
}

bool
civil_parse_date(const char *text, struct civil *ret)
{
	struct civil civil = {0};

	if (!date_part(&text, &civil) || *text != '\0' || !civil_ok(&civil))
		return false;
	*ret = civil;
	return true;
}

bool
civil_parse_time(const char *text, struct civil *ret)
{
	struct civil civil = {0};

	if (!date_part(&text, &civil) || !literal(&text, 'T') ||
	    !clock_part(&text, &civil) || *text != '\0' || !civil_ok(&civil))
		return false;
	*ret = civil;
	return true;
}

/* "Z", "+HH:MM" or "-HH:MM", and nothing behind it. */
static bool
offset_part(const char *at, int *ret)
{
	int hours, mins;
	int sign = *at == '-' ? -1 : 1;

	if (*at == 'Z' || *at == 'z') {
		*ret = 0;
		return at[1] == '\0';
	}
	if (*at != '+' && *at != '-')
		return false;
	at++;
	if (!digits(&at, 2, &hours) || !literal(&at, ':') ||
	    !digits(&at, 2, &mins) || *at != '\0' || hours > 23 || mins > 59)
		return false;
	*ret = sign * (hours * 3600 + mins * 60);
	return true;
}

bool
civil_parse_rfc3339(const char *text, int64_t *ret_utc, int *ret_offset)
{
	struct civil civil = {0};
	int offset;

	if (!date_part(&text, &civil))
		return false;
	if (*text != 'T' && *text != 't' && *text != ' ')
		return false;
	text++;
	if (!digits(&text, 2, &civil.hour) || !literal(&text, ':') ||
	    !digits(&text, 2, &civil.min) || !literal(&text, ':') ||
	    !digits(&text, 2, &civil.sec))
		return false;
	/* RFC 3339 writes leap seconds as 60; Unix time has none. */
	if (civil.sec == 60)
		civil.sec = 59;
	if (*text == '.') {
		const char *fraction = ++text;

		while (*text >= '0' && *text <= '9')
			text++;
		if (text == fraction)
			return false;
	}
	if (!offset_part(text, &offset) || !civil_ok(&civil))
		return false;
	*ret_utc = civil_secs(&civil) - offset;
	*ret_offset = offset;
	return true;
}

static char *
put_digits(char *out, int value, int count)
{
	for (int i = count - 1; i >= 0; i--, value /= 10)
		out[i] = (char)('0' + value % 10);
	return out + count;
}

void
civil_format_date(const struct civil *civil, char *out)
{
	out = put_digits(out, civil->year, 4);
	*out++ = '-';
	out = put_digits(out, civil->month, 2);
	*out++ = '-';
	out = put_digits(out, civil->day, 2);
	*out = '\0';
}

void
civil_format_time(const struct civil *civil, char *out)
{
	civil_format_date(civil, out);
	out += CIVIL_DATE_LEN;
	*out++ = 'T';
	out = put_digits(out, civil->hour, 2);
	*out++ = ':';
	out = put_digits(out, civil->min, 2);
	*out++ = ':';
	out = put_digits(out, civil->sec, 2);
	*out = '\0';
}

void
civil_format_utc(int64_t utc, char *out)
{
	struct civil civil;

	civil_from_secs(utc, &civil);
	civil_format_time(&civil, out);
	out[CIVIL_TIME_LEN] = 'Z';
	out[CIVIL_TIME_LEN + 1] = '\0';
}
