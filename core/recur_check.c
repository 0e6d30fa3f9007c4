/*
 * recur_check - what RFC 5545 §3.3.10 forbids together, and rules that select
 * no day in any year.
 */
#include "core/recur_in.h"

#define D         (1U << RECUR_DAILY)
#define W         (1U << RECUR_WEEKLY)
#define M         (1U << RECUR_MONTHLY)
#define BIT(part) (1U << (part))
#define DAY_PARTS                                                              \
	(BIT(PART_BYDAY) | BIT(PART_BYMONTHDAY) | BIT(PART_BYYEARDAY) |        \
	    BIT(PART_BYWEEKNO))
#define BY_PARTS                                                               \
	(DAY_PARTS | BIT(PART_BYSECOND) | BIT(PART_BYMINUTE) |                 \
	    BIT(PART_BYHOUR) | BIT(PART_BYMONTH))

struct clash { /* a part, and what it cannot be with */
	enum recur_part part;
	unsigned freqs;
	unsigned parts;
	const char *reason;
};

static const struct clash clashes[] = {
    {PART_BYWEEKNO, D | W | M, 0, "goes with FREQ=YEARLY only; leave it out"},
    {PART_BYYEARDAY, D | W | M, 0, "goes with FREQ=YEARLY only; leave it out"},
    {PART_BYMONTHDAY, W, 0, "does not go with FREQ=WEEKLY; use FREQ=MONTHLY"},
    {PART_XCLAMP, D | W, 0,
	"goes with FREQ=MONTHLY or YEARLY only; leave it out"},
    {PART_XCLAMP, 0, DAY_PARTS,
	"does not go with parts that name days; leave it out"},
    {PART_COUNT, 0, BIT(PART_UNTIL),
	"does not go with UNTIL; leave one of them out"},
};

static enum ek_err
refuse(struct ek_why *why, enum recur_part part, const char *reason)
{
	return ek_why(why, EK_INVALID, "%s: %s", recur_part_name(part), reason);
}

static enum ek_err
check_ordinals(const struct recur *recur, struct ek_why *why)
{
	if (!recur->has_nth)
		return EK_OK;
	if (recur->freq == RECUR_DAILY || recur->freq == RECUR_WEEKLY)
		return refuse(why, PART_BYDAY,
		    "an ordinal goes with FREQ=MONTHLY or YEARLY only; leave "
		    "the number out");
	if (recur_has(recur, PART_BYWEEKNO))
		return refuse(why, PART_BYDAY,
		    "an ordinal does not go with BYWEEKNO; leave the number "
		    "out");
	return EK_OK;
}

static enum ek_err
check_parts(const struct recur *recur, struct ek_why *why)
{
	if (!recur_has(recur, PART_FREQ))
		return refuse(why, PART_FREQ,
		    "is missing; begin the rule with FREQ=WEEKLY, say");
	for (size_t i = 0; i < sizeof(clashes) / sizeof(clashes[0]); i++) {
		const struct clash *clash = &clashes[i];

		if (recur_has(recur, clash->part) &&
		    ((clash->freqs >> recur->freq & 1) != 0 ||
			(clash->parts & recur->parts) != 0))
			return refuse(why, clash->part, clash->reason);
	}
	if (recur_has(recur, PART_BYSETPOS) && (recur->parts & BY_PARTS) == 0)
		return refuse(why, PART_BYSETPOS,
		    "needs another BY part to choose from; add BYDAY, say");
	return check_ordinals(recur, why);
}

/* The calendar has 21 kinds of year by weekday and leap years around; 28
 * years without a century hold them all, so what fires in none of them fires
 * never.  What the start would decide is left open here. */
static enum ek_err
check_fires(const struct recur *recur, struct ek_why *why)
{
	static const struct civil start = {.year = 2001, .month = 1, .day = 1};
	struct recur open = *recur;
	struct recur_iter iter;
	struct civil civil;

	open.interval = 1;
	open.count = 0;
	open.until_kind = UNTIL_DATE;
	open.until = civil_days(2029, 12, 31) * RECUR_DAY_SECS;
	recur_iter_init(&iter, &open, &start, NULL, true);
	if (recur_iter_next(&iter, &civil))
		return EK_OK;
	return ek_why(why, EK_INVALID,
	    "rule: can never fire: no day fits all its parts; change or leave "
	    "out one of the BY parts");
}

enum ek_err
recur_check(const struct recur *recur, struct ek_why *reterr_why)
{
	enum ek_err err = check_parts(recur, reterr_why);

	return err == EK_OK ? check_fires(recur, reterr_why) : err;
}
