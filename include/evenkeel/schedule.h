/*
 * schedule - when a person wants to be asked, and what became of each time.
 *
 * Built from the book's SCHEDULE, SCHEDULE_END, SLOT and CHECKIN records and
 * the zones the edge hands in; pure.  Records of one NAME are one line of
 * versions: a newer record (by time, id) is an edit, in force from its FROM
 * day on; the older one until then.  A SCHEDULE_END ends, from its FROM day,
 * the versions of that name made before it.  Slots due before their
 * version's record was made do not exist: no backlog of ten years.
 *
 * Days are civil_days() numbers, local; instants are Unix seconds.
 */
#ifndef EVENKEEL_SCHEDULE_H
#define EVENKEEL_SCHEDULE_H

#include "evenkeel/book.h"
#include "evenkeel/limits.h"
#include "evenkeel/recur.h"
#include "evenkeel/slot.h"
#include "evenkeel/zone.h"

#define SCHEDULE_ARM_DAYS    14
#define SCHEDULE_TIMES_MAX   24     /* times of one day in one rule */
#define SCHEDULE_SLOTS_MAX   200000 /* slots one question may answer */
#define SCHEDULE_SLOT_ID_LEN (2 * EK_ID_LEN + 1 + CIVIL_TIME_LEN)
#define SCHEDULE_NO_DAY      INT64_MAX /* "until": not ended */

/* A zone by name; NULL name: the workstation's (floating schedules).  The
 * zone must outlive what was made with it.  NULL for an unknown name: the
 * schedule then follows the workstation, and schedule.zone_known is false.
 * Must not return NULL for NULL. */
typedef const struct zone *(*schedule_zone_cb)(const char *name, void *arg);

struct schedule { /* one version; lives as long as its struct schedules */
	unsigned char rid[EK_ID_LEN];
	char *name;
	char *instrument;
	char *rule;
	struct civil start;
	char *zone_name; /* NULL: floating */
	bool zone_known;
	const struct zone *zone;
	struct recur *recur;
	bool dense;      /* recur_is_dense */
	int64_t from;    /* first day in force */
	int64_t until;   /* first day no longer, or SCHEDULE_NO_DAY */
	int64_t made_ms; /* the record's time */
};

struct schedules;

/* Reads every version out of the book.  Records this version cannot read
 * (a newer program's rule) are left out, never an error.  Borrows book and
 * zones: make it anew after book_apply or a zone change (it is cheap). */
enum ek_err schedules_new(const struct book *book, schedule_zone_cb zone_cb,
    void *arg, struct schedules **ret) EK_MUST_USE;
void schedules_free(struct schedules *schedules);

/* Versions in force on any day of from..to, by (name, from): *at starts at 0;
 * NULL at the end.  from == to: those in force that day; to ==
 * SCHEDULE_NO_DAY: also an edit that begins tomorrow. */
const struct schedule *schedules_next(
    const struct schedules *schedules, int64_t from, int64_t to, size_t *at);
/* By id (32 hex digits or a unique prefix of at least 4) or by name, among
 * those in force on day or later; of one name the newest.  EK_NOT_FOUND,
 * EK_CONFLICT when a prefix fits two. */
enum ek_err schedules_find(const struct schedules *schedules,
    const char *id_or_name, int64_t day, const struct schedule **ret,
    struct ek_why *reterr_why) EK_MUST_USE;

struct schedule_slot { /* flat: copy as you like */
	const struct schedule *schedule;
	struct civil start; /* local; with the schedule's id the identity */
	struct slot slot;
	int64_t shown_ms;             /* time of a `shown` record, or 0 */
	const struct record *outcome; /* borrowed from the book: the record
					 its state is read from, or NULL */
};

/* The next occurrences of one version due after now while it is in force, at
 * most max; their states are not read (always SLOT_DUE).  EK_OK with 0 when
 * there are none. */
enum ek_err schedule_next(const struct schedules *schedules,
    const struct schedule *schedule, int64_t now, struct schedule_slot *ret,
    size_t max, size_t *ret_count) EK_MUST_USE;

/* All slots with due in from..to, by (due, name), with what became of them as
 * of now: answered by a check-in, or what SLOT records say, else due, or
 * missed once ended.  Caller frees the array with free(). EK_TOO_LARGE past
 * SCHEDULE_SLOTS_MAX. */
enum ek_err schedule_slots(const struct schedules *schedules, int64_t from,
    int64_t to, int64_t now, struct schedule_slot **ret,
    size_t *ret_count) EK_MUST_USE;
/* The slots that wait to be answered now: the latest of each instrument, by
 * due.  Caller frees with free(). */
enum ek_err schedule_open(const struct schedules *schedules, int64_t now,
    struct schedule_slot **ret, size_t *ret_count) EK_MUST_USE;
/* One slot by its id.  EK_INVALID: not of this form; EK_NOT_FOUND: no such
 * occurrence. */
enum ek_err schedule_slot_find(const struct schedules *schedules,
    const char *id, int64_t now, struct schedule_slot *ret,
    struct ek_why *reterr_why) EK_MUST_USE;
/* Due instants in (now, now + 14 days], ascending, none twice, at most max
 * (the earliest); *ret_count how many. */
enum ek_err schedule_due(const struct schedules *schedules, int64_t now,
    int64_t *ret, size_t max, size_t *ret_count) EK_MUST_USE;

/* "<32 hex>@<YYYY-MM-DDTHH:MM:SS>"; out has room for SCHEDULE_SLOT_ID_LEN + 1.
 */
void schedule_slot_id(
    const unsigned char *rid, const struct civil *start, char *out);
bool schedule_slot_id_parse(
    const char *id, unsigned char *ret_rid, struct civil *ret_start);

/* Is this a schedule we would keep?  Name and instrument (letters, digits,
 * "-", "_", "."; at most EK_NAME_MAX; the name may hold spaces and any plain
 * text), rule, start, zone (may be NULL), and at least one occurrence after
 * now.  schedules counts against EK_SCHEDULES_MAX (may be NULL).  EK_INVALID,
 * EK_TOO_LARGE. */
struct schedule_new {
	const char *name;
	const char *instrument;
	const char *rule;
	const char *start; /* "2026-11-24T16:30" or with ":SS" */
	const char *zone;  /* NULL: floating */
};
enum ek_err schedule_check(const struct schedules *schedules,
    const struct schedule_new *wish, const struct zone *zone, int64_t now,
    struct ek_why *reterr_why) EK_MUST_USE;
/* The day a wish comes into force: tomorrow for an edit of a name in force
 * today (today's slots stay as drawn), else today. */
int64_t schedule_from_day(
    const struct schedules *schedules, const char *name, int64_t today);

/* What we suggest (DESIGN.md §7).  start is for someone who begins today. */
struct schedule_suggestion {
	const char *name; /* of the schedule and of its instrument */
	const char *rule;
	const char *why; /* the trade-off, one or two sentences */
	char start[CIVIL_TIME_LEN + 1];
};
#define SCHEDULE_SUGGESTIONS 3
void schedule_suggest(int64_t today, struct schedule_suggestion *ret);

#endif
