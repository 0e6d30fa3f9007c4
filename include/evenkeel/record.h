/*
 * record - all that is ever stored: a random id and a payload of kind, time
 * and fields.  Records are only ever added.
 *
 * RECORD_KINDS and RECORD_FIELDS are the one table of what a record may
 * hold; the codec, the archive's JSON and every reader walk the same rows.
 * Numbers are written on disk: append, never renumber.
 *
 * Encoding (before padding and sealing, which are daemon/base/seal's):
 *   kind u8 | time u64 (Unix ms) | fields in ascending number, each
 *   number u8 | length u32 | value          all integers big-endian
 * TEXT: UTF-8 without NUL.  INT: 8 bytes, two's complement.  ID: 16 bytes.
 * IDS: n x 16 bytes.  MAP: pairs of length u8, key, IEEE 754 double (finite),
 * keys in ascending byte order, none twice.
 * Kinds and fields this version does not know are kept as they are, so that
 * an older desk never loses what a newer one wrote.
 */
#ifndef EVENKEEL_RECORD_H
#define EVENKEEL_RECORD_H

#include <stdint.h>

#include "evenkeel/buf.h"
#include "evenkeel/err.h"
#include "evenkeel/json.h"
#include "evenkeel/limits.h"

/* X(ENUM, number, "json name", vault) - vault kinds live in struct vault */
#define RECORD_KINDS(X)                                                        \
	X(SETTING, 1, "setting", 0)                                            \
	X(PLAN, 2, "plan", 0)                                                  \
	X(AGREED, 3, "agreed", 0)                                              \
	X(CHECKIN, 4, "check-in", 0)                                           \
	X(NOTE, 5, "note", 1)                                                  \
	X(HARD, 6, "hard-day", 1)                                              \
	X(SCHEDULE, 7, "schedule", 0)                                          \
	X(SCHEDULE_END, 8, "schedule-end", 0)                                  \
	X(SLOT, 9, "slot", 0)                                                  \
	X(ASK, 10, "ask", 0)                                                   \
	X(ASK_DONE, 11, "ask-done", 0)                                         \
	X(HISTORY, 12, "history", 0)                                           \
	X(GONE, 13, "gone", 0)                                                 \
	X(ERASED, 14, "erased", 0)

/* X(KIND, FIELD, number, TYPE, "json name"): number is unique in its kind */
#define RECORD_FIELDS(X)                                                       \
	X(SETTING, KEY, 1, TEXT, "key")                                        \
	X(SETTING, VALUE, 2, TEXT, "value")                                    \
	X(PLAN, TEXT, 1, TEXT, "text") /* Markdown */                          \
	X(PLAN, LANG, 2, TEXT, "lang")                                         \
	X(PLAN, IDS, 3, TEXT, "ids") /* "s1 s2 h1": plan_ids */                \
	X(PLAN, BASE, 4, ID, "base") /* version it grew from */                \
	X(AGREED, PLAN, 1, ID, "plan")                                         \
	X(AGREED, WITH, 2, TEXT, "with")                                       \
	X(AGREED, DAY, 3, TEXT, "day")                                         \
	X(CHECKIN, INSTRUMENT, 1, TEXT, "instrument")                          \
	X(CHECKIN, VERSION, 2, TEXT, "version")                                \
	X(CHECKIN, LOCAL, 3, TEXT, "local") /* wall clock */                   \
	X(CHECKIN, ANSWERS, 4, MAP, "answers")                                 \
	X(CHECKIN, SIGNS, 5, MAP, "signs") /* s1: 1..2 */                      \
	X(CHECKIN, USED, 6, MAP, "used")   /* h1: 0..3, -1: not said */        \
	X(CHECKIN, PLAN, 7, ID, "plan")    /* whose ids these are */           \
	X(CHECKIN, SCHEDULE, 8, ID, "schedule")                                \
	X(CHECKIN, START, 9, TEXT, "start") /* the slot's */                   \
	X(CHECKIN, SUPERSEDES, 10, ID, "supersedes")                           \
	X(NOTE, OF, 1, ID, "of")                                               \
	X(NOTE, ITEM, 2, TEXT, "item") /* open question */                     \
	X(NOTE, TEXT, 3, TEXT, "text")                                         \
	X(NOTE, SUPERSEDES, 4, ID, "supersedes")                               \
	X(HARD, LOCAL, 1, TEXT, "local")                                       \
	X(HARD, PLAN, 2, ID, "plan")                                           \
	X(SCHEDULE, NAME, 1, TEXT, "name")                                     \
	X(SCHEDULE, INSTRUMENT, 2, TEXT, "instrument")                         \
	X(SCHEDULE, RULE, 3, TEXT, "rule")                                     \
	X(SCHEDULE, START, 4, TEXT, "start")                                   \
	X(SCHEDULE, ZONE, 5, TEXT, "zone") /* absent: floating */              \
	X(SCHEDULE, FROM, 6, TEXT, "from") /* day in force */                  \
	X(SCHEDULE_END, SCHEDULE, 1, ID, "schedule")                           \
	X(SCHEDULE_END, FROM, 2, TEXT, "from")                                 \
	X(SLOT, SCHEDULE, 1, ID, "schedule")                                   \
	X(SLOT, START, 2, TEXT, "start")                                       \
	X(SLOT, STATE, 3, TEXT, "state") /* slot_state_name */                 \
	X(SLOT, UNTIL, 4, INT, "until")  /* snoozed: Unix s */                 \
	X(ASK, TEXT, 1, TEXT, "text")                                          \
	X(ASK, OWNER, 2, TEXT, "owner")                                        \
	X(ASK, DAY, 3, TEXT, "day")                                            \
	X(ASK_DONE, ASK, 1, ID, "ask")                                         \
	X(ASK_DONE, DAY, 2, TEXT, "day")                                       \
	X(HISTORY, LOCAL, 1, TEXT, "local")  /* day or time */                 \
	X(HISTORY, VALUES, 2, MAP, "values") /* by measure */                  \
	X(GONE, RECORDS, 1, IDS, "records")

enum record_kind {
#define X(kind, number, name, vault) REC_##kind = number,
	RECORD_KINDS(X)
#undef X
};

enum record_type { REC_TEXT, REC_INT, REC_ID, REC_IDS, REC_MAP };

/* A field is its kind and number in one: record_text(rec, PLAN_TEXT) on a
 * check-in is our own bug and is caught by assert. */
enum record_field {
#define X(kind, field, number, type, name)                                     \
	kind##_##field = REC_##kind << 8 | (number),
	RECORD_FIELDS(X)
#undef X
};

struct record {
	unsigned char rid[EK_ID_LEN];
	uint8_t kind;    /* enum record_kind, or one a newer version knows */
	int64_t time_ms; /* 0..EK_TIME_MS_MAX */
	size_t len;      /* of fields */
	unsigned char fields[]; /* validated; in ascending number */
};

struct record_pair { /* one pair of a MAP; key is not NUL-terminated */
	const char *key;
	size_t key_len;
	double value;
};

/*
 * Building.  Fields may come in any order; record_end sorts and validates.
 *   struct record_build build;
 *   record_begin(&build, REC_ASK, rid, now_ms);
 *   record_put_text(&build, ASK_TEXT, text, strlen(text));
 *   err = record_end(&build, &rec);		(always; frees the build)
 * Mistakes (too long, broken UTF-8, a key twice) stick and come out of
 * record_end.  Empty text and empty maps are left out.
 */
struct record_build {
	struct buf buf;
	unsigned char rid[EK_ID_LEN];
	int64_t time_ms;
	uint8_t kind;
	enum ek_err err;
};

void record_begin(struct record_build *build, enum record_kind kind,
    const unsigned char *rid, int64_t time_ms);
void record_put_text(struct record_build *build, enum record_field field,
    const char *text, size_t len);
void record_put_str(struct record_build *build, enum record_field field,
    const char *text); /* NULL is left out */
void record_put_int(
    struct record_build *build, enum record_field field, int64_t value);
void record_put_id(struct record_build *build, enum record_field field,
    const unsigned char *id); /* NULL is left out */
void record_put_ids(struct record_build *build, enum record_field field,
    const unsigned char *ids, size_t count);
void record_put_map(struct record_build *build, enum record_field field,
    const struct record_pair *pairs, size_t count);
enum ek_err record_end(
    struct record_build *build, struct record **ret) EK_MUST_USE;

void record_free(struct record *rec);
enum ek_err record_dup(
    const struct record *rec, struct record **ret) EK_MUST_USE;
bool record_same(const struct record *a, const struct record *b); /* but time */

/* Codec of what gets sealed.  decode: EK_CORRUPT when malformed (a known
 * field of the wrong shape, not ascending, cut short); caller frees. */
enum ek_err record_encode(
    const struct record *rec, struct buf *ret) EK_MUST_USE;
enum ek_err record_decode(const unsigned char *rid, const unsigned char *bytes,
    size_t len, struct record **ret) EK_MUST_USE;

/* Reading.  Text is borrowed and NOT NUL-terminated: *ret_len says how long;
 * NULL and 0 when the field is absent. */
const char *record_text(
    const struct record *rec, enum record_field field, size_t *ret_len);
/* A copy with NUL; NULL when absent or out of memory.  Caller frees. */
char *record_str_dup(const struct record *rec, enum record_field field);
bool record_text_is(
    const struct record *rec, enum record_field field, const char *text);
bool record_int(
    const struct record *rec, enum record_field field, int64_t *ret);
const unsigned char *record_id(const struct record *rec,
    enum record_field field); /* borrowed; NULL when absent */
const unsigned char *record_ids(
    const struct record *rec, enum record_field field, size_t *ret_count);
/* Walks a MAP: *at starts at 0; false at its end. */
bool record_map_next(const struct record *rec, enum record_field field,
    size_t *at, struct record_pair *ret);

const char *record_kind_name(uint8_t kind); /* NULL when unknown */
bool record_kind_vault(uint8_t kind);

/* The archive's form: {"id":hex,"kind":name,"time":"…Z" with ms,fields…};
 * unknown kinds are "kind-N", unknown fields "field-N" in hex.  from_json
 * refuses what it does not know otherwise, naming the member.  New reference;
 * caller frees. */
enum ek_err record_to_json(const struct record *rec, json_t **ret) EK_MUST_USE;
enum ek_err record_from_json(const json_t *json, struct record **ret,
    struct ek_why *reterr_why) EK_MUST_USE;

#endif
