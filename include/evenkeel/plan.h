/*
 * plan - the wellness action plan: a Markdown document of known headings and
 * free bullets (DESIGN.md §7), read with cmark.
 *
 * Headings of any level are matched in every shipped language, without regard
 * to case, punctuation, space, emoji, a number before them or a note in
 * brackets behind; a smaller heading we do not know parts a section, another
 * ends it.  Text outside known sections, and paragraphs, quotes, code and HTML
 * inside them, are kept in the document and not interpreted.  The document
 * itself is the truth: nothing here rewrites what she wrote.
 *
 * Every list item is a bullet, those of lists within lists too; empty ones are
 * passed over.  In a sign, what stands in `code` neither links nor separates.
 *
 * Bullet ids are neutral: a section letter and a number ("s1", "h2").  A
 * bullet keeps its id if it is, both ways, the best match in its section with
 * at least half its words (plan_ids_carry).
 */
#ifndef EVENKEEL_PLAN_H
#define EVENKEEL_PLAN_H

#include "evenkeel/buf.h"
#include "evenkeel/err.h"
#include "evenkeel/limits.h"

enum plan_section {
	PLAN_WELL,     /* w  When I am well at work */
	PLAN_NOT_WELL, /* n  When I am not doing so well */
	PLAN_WEARS,    /* t  Situations that wear on me */
	PLAN_SIGNS,    /* s  Early warning signs */
	PLAN_HELPS,    /* h  What helps me */
	PLAN_PEOPLE,   /* p  People I can turn to */
	PLAN_BEST,     /* b  How I work best */
	PLAN_SUPPORT,  /* m  Support I want from my supervisor */
	PLAN_HARD,     /* d  When it gets hard */
	PLAN_AFTER,    /* a  After time away */
	PLAN_ROLE,     /* r  My role */
	PLAN_REVIEW,   /* v  Review (a date) */
	PLAN_SECTIONS
};

struct plan_bullet {
	char id[8];        /* "" until ids were carried or read */
	const char *text;  /* plain text on one line, links and markup resolved,
			      without controls; for a sign only what stands
			      before the arrow */
	size_t line;       /* 1-based line in the document */
	size_t link_count; /* signs: strategies and people after → or -> */
	const char *const *links; /* their texts as written */
};

struct plan;

/* Refused, with the line and the remedy: not UTF-8 or binary (EK_INVALID),
 * past EK_PLAN_MAX, EK_PLAN_BULLETS_MAX, EK_BULLET_MAX (EK_TOO_LARGE), a
 * known heading twice, no known heading at all, a review that is not a date
 * (EK_INVALID), control characters.  Missing headings are fine: a plan grows.
 * Caller frees with plan_free; bullets are borrowed from the plan. */
enum ek_err plan_parse(const char *text, size_t len, struct plan **ret,
    struct ek_why *reterr_why) EK_MUST_USE;
void plan_free(struct plan *plan);

bool plan_has(const struct plan *plan, enum plan_section section);
const struct plan_bullet *plan_bullets(
    const struct plan *plan, enum plan_section section, size_t *ret_count);
const struct plan_bullet *plan_find(const struct plan *plan, const char *id);
/* "YYYY-MM-DD", or NULL when there is none. */
const char *plan_review_day(const struct plan *plan);
/* "en", "zh", …: the language of most of its headings. */
const char *plan_lang(const struct plan *plan);

/* Gives every bullet of plan an id: carried from old (may be NULL) where it
 * matches, else the next number above every number in `old` and in `spent`,
 * which is a space-separated list of ids ever used (may be NULL), so that an
 * id never comes to mean another bullet. */
enum ek_err plan_ids_carry(
    struct plan *plan, const struct plan *old, const char *spent) EK_MUST_USE;
/* All ids in document order, space-separated: what a PLAN record keeps. */
enum ek_err plan_ids(const struct plan *plan, struct buf *ret) EK_MUST_USE;
/* Sets ids from such a list; EK_CORRUPT when it does not fit. */
enum ek_err plan_ids_set(
    struct plan *plan, const char *ids, size_t len) EK_MUST_USE;
/* `plan same old new`: the bullet now called `now` takes the id `was`
 * (and, when both are in the plan, they swap).  Whether `was` was ever used
 * is for the caller to know.  EK_NOT_FOUND, EK_INVALID
 * (another section). */
enum ek_err plan_same(struct plan *plan, const char *was, const char *now,
    struct ek_why *reterr_why) EK_MUST_USE;

/* The bullets a sign's links mean, in PLAN_HELPS and PLAN_PEOPLE, by best
 * match of words (at least half of the link's, or a person's name); NULL
 * entries for links that match none, or when memory runs out.  out has room
 * for sign->link_count. */
void plan_links(const struct plan *plan, const struct plan_bullet *sign,
    const struct plan_bullet **out);

/* What changed between two versions, for people: lines "+ ", "- ", "~ was
 * => is" under their headings, by bullet id. */
enum ek_err plan_diff(const struct plan *old, const struct plan *plan,
    struct buf *ret) EK_MUST_USE;
/* The same, told one by one: was NULL: added; is NULL: removed.  fn's first
 * error ends it. */
typedef enum ek_err (*plan_changed_fn)(
    enum plan_section section, const char *was, const char *is, void *arg);
enum ek_err plan_changes(const struct plan *old, const struct plan *plan,
    plan_changed_fn fn, void *arg) EK_MUST_USE;

/* The shipped heading of a section in a language ("en" when unknown), its
 * stable key ("signs", "helps", …) and its id letter. */
const char *plan_heading(enum plan_section section, const char *lang);
const char *plan_section_key(enum plan_section section);
char plan_section_letter(enum plan_section section);
/* NULL-ended list of shipped heading languages. */
const char *const *plan_langs(void);

/* The document five answers make (DESIGN.md §7, first run): any may be NULL
 * or empty; review_day may be NULL.  All headings are written, in lang.
 * Reading it gives each answer back as typed: only ends are trimmed, line
 * breaks and tabs become spaces, unseen bidi controls go. */
struct plan_start {
	const char *sign;
	const char *helps;
	const char *person;
	const char *review_day;
	const char *lang;
};
enum ek_err plan_first(const struct plan_start *start, struct buf *ret,
    struct ek_why *reterr_why) EK_MUST_USE;

#endif
