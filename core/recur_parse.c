/*
 * recur_parse - a rule's text into struct recur, or the part that is wrong
 * and why.
 *
 * Strict: what RFC 5545 §3.3.10 forbids is refused, not guessed at, and so
 * is a rule that selects no day in any year.  Reasons name the part and its
 * limits, never the value that was written.
 */
#include <stdlib.h>
#include <string.h>

#include "core/recur_in.h"

struct parse {
	const char *at;   /* in the value */
	const char *end;  /* of the value */
	const char *name; /* of the part */
	struct recur recur;
	struct ek_why *why;
};

static enum ek_err
refuse(struct parse *parse, const char *reason)
{
	return ek_why(parse->why, EK_INVALID, "%s: %s", parse->name, reason);
}

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Does text begin with word, in either case?  Steps behind it. */
static bool
word(struct parse *parse, const char *name)
{
	size_t len = strlen(name);

	if ((size_t)(parse->end - parse->at) < len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (upper(parse->at[i]) != name[i])
			return false;
	}
	parse->at += len;
	return true;
}

static bool
done(const struct parse *parse)
{
	return parse->at == parse->end;
}

/* Up to nine digits. */
static bool
number(struct parse *parse, int *ret)
{
	const char *start = parse->at;
	int value = 0;

	while (!done(parse) && *parse->at >= '0' && *parse->at <= '9') {
		if (parse->at - start == 9)
			return false;
		value = value * 10 + (*parse->at++ - '0');
	}
	*ret = value;
	return parse->at > start;
}

static const char day_names[7][3] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

static bool
weekday(struct parse *parse, int *ret)
{
	for (int i = 0; i < 7; i++) {
		if (word(parse, day_names[i])) {
			*ret = i;
			return true;
		}
	}
	return false;
}

/* --- one reader a part -------------------------------------------------- */

static enum ek_err
read_freq(struct parse *parse)
{
	static const struct {
		const char *name;
		enum recur_freq freq;
	} names[] = {{"DAILY", RECUR_DAILY}, {"WEEKLY", RECUR_WEEKLY},
	    {"MONTHLY", RECUR_MONTHLY}, {"YEARLY", RECUR_YEARLY}};
	static const char *const finer[] = {"HOURLY", "MINUTELY", "SECONDLY"};

	for (size_t i = 0; i < 4; i++) {
		if (word(parse, names[i].name) && done(parse)) {
			parse->recur.freq = names[i].freq;
			return EK_OK;
		}
	}
	for (size_t i = 0; i < 3; i++) {
		if (word(parse, finer[i]) && done(parse))
			return refuse(parse,
			    "finer than DAILY is not offered; use DAILY with "
			    "BYHOUR and BYMINUTE");
	}
	return refuse(parse, "unknown; write DAILY, WEEKLY, MONTHLY or YEARLY");
}

static enum ek_err
read_positive(struct parse *parse, int *ret)
{
	int value;

	if (!number(parse, &value) || !done(parse) || value < 1)
		return refuse(parse,
		    "must be a whole number from 1 to 999999999; correct it");
	*ret = value;
	return EK_OK;
}

static bool
fixed(struct parse *parse, int digits, int *ret)
{
	const char *start = parse->at;

	*ret = 0;
	while (!done(parse) && parse->at - start < digits &&
	       *parse->at >= '0' && *parse->at <= '9')
		*ret = *ret * 10 + (*parse->at++ - '0');
	return parse->at - start == digits;
}

static bool
until_time(struct parse *parse, struct civil *civil)
{
	if (!word(parse, "T") || !fixed(parse, 2, &civil->hour) ||
	    !fixed(parse, 2, &civil->min) || !fixed(parse, 2, &civil->sec))
		return false;
	if (civil->sec == 60)
		civil->sec = 59;
	return true;
}

static enum ek_err
read_until(struct parse *parse)
{
	struct civil civil = {0};
	bool right;

	parse->recur.until_kind = UNTIL_DATE;
	right = fixed(parse, 4, &civil.year) && fixed(parse, 2, &civil.month) &&
		fixed(parse, 2, &civil.day);
	if (right && !done(parse)) {
		right = until_time(parse, &civil);
		parse->recur.until_kind =
		    word(parse, "Z") ? UNTIL_UTC : UNTIL_LOCAL;
	}
	if (!right || !done(parse) || !civil_ok(&civil))
		return refuse(parse,
		    "is no date; write 20261231, 20261231T170000 or "
		    "20261231T170000Z");
	parse->recur.until = civil_secs(&civil);
	return EK_OK;
}

static enum ek_err
read_wkst(struct parse *parse)
{
	if (!weekday(parse, &parse->recur.wkst) || !done(parse))
		return refuse(parse, "is no weekday; write MO to SU");
	return EK_OK;
}

/* A list of numbers low..high without sign into bits. */
static enum ek_err
read_bits(struct parse *parse, int low, int high, uint64_t *ret)
{
	uint64_t bits = 0;

	do {
		int value;

		if (!number(parse, &value) || value < low || value > high)
			return ek_why(parse->why, EK_INVALID,
			    "%s: takes numbers from %d to %d; correct it",
			    parse->name, low, high);
		bits |= UINT64_C(1) << value;
	} while (word(parse, ","));
	if (!done(parse))
		return refuse(
		    parse, "is no list; write numbers with commas between");
	*ret = bits;
	return EK_OK;
}

/* The same with signs, none of them 0. */
static enum ek_err
read_set(struct parse *parse, int high, struct recur_set *ret)
{
	do {
		bool back = word(parse, "-");
		uint64_t *bits = back ? ret->last : ret->first;
		int value;

		if (!back)
			(void)word(parse, "+");
		if (!number(parse, &value) || value < 1 || value > high)
			return ek_why(parse->why, EK_INVALID,
			    "%s: takes numbers from 1 to %d and -%d to -1; "
			    "correct it",
			    parse->name, high, high);
		bits[(value - 1) / 64] |= UINT64_C(1) << ((value - 1) % 64);
	} while (word(parse, ","));
	if (!done(parse))
		return refuse(
		    parse, "is no list; write numbers with commas between");
	return EK_OK;
}

static enum ek_err
read_byday_one(struct parse *parse)
{
	bool back = word(parse, "-");
	bool sign = back || word(parse, "+");
	int nth = 0, day;

	if (!done(parse) && *parse->at >= '0' && *parse->at <= '9') {
		if (!number(parse, &nth) || nth < 1 || nth > 53)
			return refuse(parse,
			    "an ordinal is 1 to 53 or -53 to -1; correct it");
	} else if (sign)
		return refuse(
		    parse, "a sign without a number; write -1FR, say");
	if (!weekday(parse, &day))
		return refuse(parse, "is no weekday; write MO to SU");
	if (nth == 0)
		parse->recur.weekdays |= UINT32_C(1) << day;
	else if (back)
		parse->recur.nth[day].last |= UINT64_C(1) << (nth - 1);
	else
		parse->recur.nth[day].first |= UINT64_C(1) << (nth - 1);
	parse->recur.has_nth |= nth != 0;
	return EK_OK;
}

static enum ek_err
read_byday(struct parse *parse)
{
	do {
		enum ek_err err = read_byday_one(parse);

		if (err != EK_OK)
			return err;
	} while (word(parse, ","));
	if (!done(parse))
		return refuse(
		    parse, "is no list; write weekdays with commas between");
	return EK_OK;
}

static enum ek_err
read_months(struct parse *parse)
{
	uint64_t bits;
	enum ek_err err = read_bits(parse, 1, 12, &bits);

	if (err == EK_OK)
		parse->recur.months = (uint32_t)(bits >> 1);
	return err;
}

static enum ek_err
read_seconds(struct parse *parse)
{
	uint64_t bits;
	enum ek_err err = read_bits(parse, 0, 60, &bits);

	/* RFC 5545 §3.3.12: without leap seconds, 60 is read as 59. */
	if (err == EK_OK && bits >> 60 != 0)
		bits = (bits | UINT64_C(1) << 59) & ~(UINT64_C(1) << 60);
	if (err == EK_OK)
		parse->recur.secs = bits;
	return err;
}

static enum ek_err
read_clamp(struct parse *parse)
{
	if (!word(parse, "1") || !done(parse))
		return refuse(parse, "can only be 1; correct it or leave it");
	return EK_OK;
}

static enum ek_err
read_value(struct parse *parse, enum recur_part part)
{
	struct recur *recur = &parse->recur;

	switch (part) {
	case PART_FREQ:
		return read_freq(parse);
	case PART_INTERVAL:
		return read_positive(parse, &recur->interval);
	case PART_COUNT:
		return read_positive(parse, &recur->count);
	case PART_UNTIL:
		return read_until(parse);
	case PART_WKST:
		return read_wkst(parse);
	case PART_BYSECOND:
		return read_seconds(parse);
	case PART_BYMINUTE:
		return read_bits(parse, 0, 59, &recur->mins);
	case PART_BYHOUR:
		return read_bits(parse, 0, 23, &recur->hours);
	case PART_BYDAY:
		return read_byday(parse);
	case PART_BYMONTHDAY:
		return read_set(parse, 31, &recur->monthday);
	case PART_BYYEARDAY:
		return read_set(parse, 366, &recur->yearday);
	case PART_BYWEEKNO:
		return read_set(parse, 53, &recur->weekno);
	case PART_BYMONTH:
		return read_months(parse);
	case PART_BYSETPOS:
		return read_set(parse, RECUR_YEAR_MAX, &recur->setpos);
	case PART_XCLAMP:
		break;
	}
	return read_clamp(parse);
}

/* --- the whole ---------------------------------------------------------- */

static const struct {
	const char *name;
	enum recur_part part;
} part_names[] = {
    {"FREQ", PART_FREQ},
    {"INTERVAL", PART_INTERVAL},
    {"COUNT", PART_COUNT},
    {"UNTIL", PART_UNTIL},
    {"WKST", PART_WKST},
    {"BYSECOND", PART_BYSECOND},
    {"BYMINUTE", PART_BYMINUTE},
    {"BYHOUR", PART_BYHOUR},
    {"BYDAY", PART_BYDAY},
    {"BYMONTHDAY", PART_BYMONTHDAY},
    {"BYYEARDAY", PART_BYYEARDAY},
    {"BYWEEKNO", PART_BYWEEKNO},
    {"BYMONTH", PART_BYMONTH},
    {"BYSETPOS", PART_BYSETPOS},
    {"X-CLAMP", PART_XCLAMP},
};

const char *
recur_part_name(enum recur_part part)
{
	for (size_t i = 0; i < sizeof(part_names) / sizeof(part_names[0]);
	     i++) {
		if (part_names[i].part == part)
			return part_names[i].name;
	}
	return "rule";
}

static enum ek_err
read_part(struct parse *parse)
{
	const char *equals =
	    memchr(parse->at, '=', (size_t)(parse->end - parse->at));

	parse->name = "rule";
	if (done(parse))
		return refuse(
		    parse, "has an empty part; take the extra semicolon out");
	for (size_t i = 0; i < sizeof(part_names) / sizeof(part_names[0]);
	     i++) {
		const char *start = parse->at;

		if (!word(parse, part_names[i].name) || parse->at != equals) {
			parse->at = start;
			continue;
		}
		parse->at++;
		parse->name = part_names[i].name;
		if (recur_has(&parse->recur, part_names[i].part))
			return refuse(
			    parse, "is there twice; leave one of them out");
		parse->recur.parts |= 1U << part_names[i].part;
		if (done(parse))
			return refuse(parse, "is empty; give it a value");
		return read_value(parse, part_names[i].part);
	}
	return refuse(parse,
	    "has an unknown part; it may have FREQ, INTERVAL, COUNT, UNTIL, "
	    "WKST, BYDAY and the other BY parts of RFC 5545");
}

static enum ek_err
read_rule(struct parse *parse, const char *rule, size_t len)
{
	const char *end = rule + len;
	enum ek_err err;

	parse->at = rule;
	parse->end = end;
	(void)word(parse, "RRULE:");
	if (done(parse))
		return recur_check(&parse->recur, parse->why);
	for (const char *at = parse->at;; at = parse->end + 1) {
		const char *stop = memchr(at, ';', (size_t)(end - at));

		parse->at = at;
		parse->end = stop == NULL ? end : stop;
		err = read_part(parse);
		if (err != EK_OK)
			return err;
		if (stop == NULL)
			break;
	}
	return recur_check(&parse->recur, parse->why);
}

enum ek_err
recur_parse(const char *rule, struct recur **ret, struct ek_why *reterr_why)
{
	struct parse parse = {.why = reterr_why, .name = "rule"};
	size_t len = strlen(rule);
	struct recur *recur;
	enum ek_err err;

	if (len > EK_RULE_MAX)
		return ek_why(reterr_why, EK_TOO_LARGE,
		    "rule: longer than %d bytes; shorten it", EK_RULE_MAX);
	parse.recur.interval = 1;
	err = read_rule(&parse, rule, len);
	if (err != EK_OK)
		return err;
	recur = malloc(sizeof(*recur));
	if (recur == NULL)
		return EK_NOMEM;
	*recur = parse.recur;
	*ret = recur;
	return EK_OK;
}
