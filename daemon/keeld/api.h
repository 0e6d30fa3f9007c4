/*
 * api - what all handlers share: the moment, guards, ids from the
 * Idempotency-Key, reply makers, and JSON of what several nouns show.
 *
 * A handler reads and checks everything first, then builds its records in a
 * struct batch, which goes to the store whole or not at all.  Reasons never
 * hold what a person wrote.  Handlers never log.
 */
#ifndef KEELD_API_H
#define KEELD_API_H

#include "base/http.h"
#include "evenkeel/book.h"
#include "evenkeel/civil.h"
#include "evenkeel/instrument.h"
#include "evenkeel/plan.h"
#include "evenkeel/schedule.h"
#include "evenkeel/words.h"
#include "keeld/keeld.h"

extern const struct http_route api_archive_routes[];
extern const struct http_route api_ask_routes[];
extern const struct http_route api_autostart_routes[];
extern const struct http_route api_bubble_routes[];
extern const struct http_route api_checkin_routes[];
extern const struct http_route api_coping_routes[];
extern const struct http_route api_copy_routes[];
extern const struct http_route api_diary_routes[];
extern const struct http_route api_doctor_routes[];
extern const struct http_route api_erase_routes[];
extern const struct http_route api_form_routes[];
extern const struct http_route api_history_routes[];
extern const struct http_route api_page_routes[];
extern const struct http_route api_plan_routes[];
extern const struct http_route api_schedule_routes[];
extern const struct http_route api_slot_routes[];
extern const struct http_route api_start_routes[];
extern const struct http_route api_status_routes[];
extern const struct http_route api_today_routes[];

/* --- the moment --- */

struct moment {
	int64_t ms;              /* Unix */
	int64_t utc;             /* Unix seconds */
	const struct zone *zone; /* the workstation's */
	struct civil civil;      /* local */
	int64_t day;             /* civil_days() of it */
	char local[CIVIL_TIME_LEN + 1];
	char date[CIVIL_DATE_LEN + 1];
};
void moment_now(struct keeld *keeld, struct moment *ret);
void moment_at(struct keeld *keeld, int64_t ms, struct moment *ret);
/* civil_days() of a stored or given day or time; false when it is neither. */
bool day_of_text(const char *text, size_t len, int64_t *ret_day);
void day_text(int64_t day, char *out /* CIVIL_DATE_LEN + 1 */);

/* --- guards: EK_OK or why not --- */

enum ek_err api_need_open(
    const struct keeld *keeld, struct ek_why *why) EK_MUST_USE;
/* Open or locked: something can be added. */
enum ek_err api_need_book(
    const struct keeld *keeld, struct ek_why *why) EK_MUST_USE;
bool api_is_open(const struct keeld *keeld);

/* --- answers --- */

/* NULL json: out of memory. */
const struct http_token *api_reply(
    struct http_req *req, int status, json_t *json_take);

/* --- what comes in --- */

struct api_key {
	unsigned char bytes[16];
};
/* From Idempotency-Key; random without one.  EK_INVALID: not 32 hex. */
enum ek_err api_key(const struct http_req *req, struct api_key *ret,
    struct ek_why *why) EK_MUST_USE;
/* limit=N of the query, 1 to EK_LIST_MAX; *ret stays when it is absent. */
enum ek_err api_limit(
    const struct http_req *req, size_t *ret, struct ek_why *why) EK_MUST_USE;
void api_rid(const struct api_key *key, unsigned index, unsigned char *rid);
/* The open book's record that this key made before, or NULL.  Its clock and
 * day count then, so that a repeat is the same request. */
const struct record *api_before(const struct keeld *keeld,
    const struct api_key *key, enum record_kind kind);

/* What a person wrote: plain text, not blank, no line breaks when `line`.  what
 * names the member. */
enum ek_err api_clean(const char *text, const char *what, bool line,
    struct ek_why *why) EK_MUST_USE;
/* A required string member. */
enum ek_err api_text(const json_t *object, const char *key, size_t max,
    const char **ret, struct ek_why *why) EK_MUST_USE;
/* A bool member, `otherwise` when absent. */
enum ek_err api_bool(const json_t *object, const char *key, bool otherwise,
    bool *ret, struct ek_why *why) EK_MUST_USE;
/* A member of 32 hex, null or absent (*ret_has false). */
enum ek_err api_hex_id(const json_t *object, const char *key,
    unsigned char *ret, bool *ret_has, struct ek_why *why) EK_MUST_USE;
/* The record of a list whose id begins with text (4 to 32 hex digits).
 * EK_INVALID, EK_NOT_FOUND, EK_CONFLICT when two do. */
enum ek_err api_find(const struct record *const *list, size_t count,
    const char *text, const struct record **ret,
    struct ek_why *why) EK_MUST_USE;

/* --- records --- */

struct batch {
	struct keeld *keeld;
	struct api_key key;
	const json_t *body; /* of a request that a locked book takes */
	int64_t ms;         /* of the first record */
	struct record **recs;
	size_t count, cap;
	enum ek_err err;
};
void batch_init(
    struct batch *batch, struct keeld *keeld, const struct api_key *key);
void batch_done(struct batch *batch);
/* The next record: its id drawn from the key, a millisecond after the last. */
void batch_begin(
    struct batch *batch, struct record_build *build, enum record_kind kind);
void batch_end(struct batch *batch, struct record_build *build);
/* All or none; none is fine.  *ret_again (may be NULL): this very request was
 * done before. EK_CONFLICT: the key was used for another.  A locked book tells
 * one from the other by the body (said.h). */
enum ek_err batch_store(
    struct batch *batch, bool *ret_again, struct ek_why *why) EK_MUST_USE;
const unsigned char *batch_rid(const struct batch *batch, size_t index);

/* --- JSON of what several nouns show; new references, NULL without memory */

json_t *api_hex(const unsigned char *id);        /* NULL id: null */
json_t *api_textn(const char *text, size_t len); /* NULL text: null */
json_t *api_field(const struct record *rec, enum record_field field);
json_t *api_map(const struct record *rec, enum record_field field);
json_t *api_local(const struct moment *now, int64_t utc);
json_t *api_utc(int64_t ms); /* 0: null */
/* Her words, by the marks of a check-in (may be NULL); empty lists when there
 * is no plan or the book is locked. */
json_t *api_words(struct keeld *keeld, const unsigned char *version,
    const struct record_pair *marks, size_t count);
/* "helped 2.6 of 3, 9 times", or null. */
json_t *api_use_text(const struct words_use *use);
/* Nobody is watching; whom to call. */
json_t *api_nobody(const struct keeld *keeld);
json_t *api_copy_json(struct keeld *keeld);
/* Her asks, oldest first, as GET /v1/asks shows them; the book is open. */
json_t *api_asks(struct keeld *keeld, bool all);
const char *api_mode_name(enum key_mode mode);

/* The site's list of whom to call. */
#define HELP_MAX       4096
#define HELP_LINES_MAX 12
struct help {
	struct buf text;
	size_t count;
	const char *lines[HELP_LINES_MAX]; /* into text */
};
/* EK_NOT_FOUND, EK_INVALID, EK_TOO_LARGE, EK_IO with the remedy; help_done
 * always. */
enum ek_err help_read(
    const char *path, struct help *ret, struct ek_why *why) EK_MUST_USE;
void help_done(struct help *help);

/* Gives every waiting request up (api_key.c). */
void key_jobs_done(struct keeld *keeld);
void api_autostart_done(struct keeld *keeld);
/* What autostart tells, to who asked. */
void api_autostart_cb(const char *state, void *arg);

/* Schedules of the open book, by the workstation's zones. */
enum ek_err api_schedules(
    struct keeld *keeld, struct schedules **ret) EK_MUST_USE;
struct slot_pick { /* a slot to be answered, skipped or snoozed */
	bool has;
	int64_t until; /* Unix seconds, read with SLOT_EV_SNOOZE: the wish */
	unsigned char schedule[EK_ID_LEN];
	char start[CIVIL_TIME_LEN + 1];
};
#define SLOT_SNOOZE_MINUTES 30 /* where she names none */
/* The slot of an id, open for event; instrument (may be NULL) must be its own.
 * EK_INVALID, EK_NOT_FOUND, EK_CONFLICT when it ended or was answered.  While
 * locked only its form is looked at. */
enum ek_err slot_pick_id(struct keeld *keeld, const char *id,
    const char *instrument, enum slot_event event, struct slot_pick *ret,
    struct ek_why *why) EK_MUST_USE;
/* The open slot of an instrument, or none (ret->has false). */
enum ek_err slot_pick_open(struct keeld *keeld, const char *instrument,
    struct slot_pick *ret) EK_MUST_USE;
/* The slot a record of ours names. */
void slot_pick_record(const struct record *rec, enum record_field schedule,
    enum record_field start, struct slot_pick *ret);
/* A SLOT record: skipped and off-record differ in nothing else; until is
 * kept of a snooze alone. */
void slot_put(
    struct batch *batch, const struct slot_pick *pick, enum slot_state state);
json_t *slot_pick_json(const struct slot_pick *pick);

/* A wish for a schedule, its members read and checked: instrument known,
 * zone there, schedule_check against schedules (NULL: none yet). */
enum ek_err api_wish(struct keeld *keeld, const json_t *object,
    const struct schedules *schedules, struct schedule_new *ret,
    struct ek_why *why) EK_MUST_USE;
void api_wish_put(
    struct batch *batch, const struct schedule_new *wish, const char *from);
/* A plan's text read, with the reason; language and ids of a first version. */
void api_plan_put(struct batch *batch, const char *text,
    const struct plan *plan, const char *ids, const unsigned char *base);
/* EK_NOT_FOUND: not known; EK_INVALID: off. */
enum ek_err api_instrument(const struct keeld *keeld, const char *name,
    const struct instrument **ret, struct ek_why *why) EK_MUST_USE;

#endif
