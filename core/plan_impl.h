/*
 * plan_impl - what the files of the plan share and nobody else sees.
 *
 * Bullets lie in document order; a section occurs once, so its bullets are
 * one run of that array.
 */
#ifndef EVENKEEL_CORE_PLAN_IMPL_H
#define EVENKEEL_CORE_PLAN_IMPL_H

#include <stdint.h>

#include "evenkeel/civil.h"
#include "evenkeel/plan.h"

#define PLAN_ID_NUMBER_MAX 999999 /* fits plan_bullet.id */

struct plan_part {
	bool there;
	size_t line; /* of its heading */
	size_t lang; /* its heading's language, see plan_lang_code */
	size_t first, count;
};

struct plan {
	struct plan_part parts[PLAN_SECTIONS];
	struct plan_bullet *bullets; /* room for EK_PLAN_BULLETS_MAX */
	size_t count;
	char review[CIVIL_DATE_LEN + 1]; /* "" when there is none */
	size_t lang;
	void **owned; /* every string and link list */
	size_t owned_count, owned_cap;
};

/* plan.c: takes thing (may be NULL: EK_NOMEM) over, or frees it. */
enum ek_err plan_own_take(struct plan *plan, void *thing) EK_MUST_USE;
/* The section of bullets[at]. */
enum plan_section plan_section_of(const struct plan *plan, size_t at);

/* plan_lang.c */
const char *plan_lang_code(size_t lang);
const char *plan_title(const char *lang); /* "My plan" */
/* Is text a heading we know?  "Review 2026-12-01" is one too. */
bool plan_heading_match(const char *text, size_t len,
    enum plan_section *ret_section, size_t *ret_lang);

/* plan_words.c: a word is a run of letters and digits, or one Han or kana
 * character, or one emoji; ASCII case is folded, full-width forms too. */
struct plan_word {
	uint64_t hash;
	size_t letters;
	bool symbol; /* an emoji or the like */
	bool ascii;
	bool lower; /* ASCII, and does not begin with a capital */
};
bool plan_word_next(
    const char *text, size_t len, size_t *at, struct plan_word *ret);

struct plan_bag {         /* the words of one bullet */
	uint64_t *hashes; /* ascending; owned */
	size_t count;     /* at least 1: a text without words is one */
	uint64_t order;   /* of the words as they stand */
};
enum ek_err plan_bag_init(struct plan_bag *bag, const char *text) EK_MUST_USE;
void plan_bag_done(struct plan_bag *bag);
/* Words in both, each as often as in the one that has it less often. */
size_t plan_bag_shared(const struct plan_bag *a, const struct plan_bag *b);
bool plan_bag_has(const struct plan_bag *bag, uint64_t hash);
/* 2 shared / (all of both), scaled so that equal fractions are equal. */
uint64_t plan_bag_score(
    const struct plan_bag *a, const struct plan_bag *b, size_t shared);

/* plan_text.c: one character as it may stand in a bullet: false when it must
 * not; *ret 0: drop it. */
bool plan_char_clean(uint32_t c, uint32_t *ret);
/* Appends text cleaned; false on a control character.  What is appended is
 * one line; the ends are not yet trimmed. */
bool plan_text_clean(const char *text, size_t len, struct buf *ret);
/* Cuts spaces (also U+00A0, U+3000) off both ends. */
const char *plan_text_trim(const char *text, size_t *len);

/* plan_write.c: text of one clean line as Markdown that reads as just that: a
 * bullet, a sign before its arrow, a link behind it. */
enum plan_write_as { PLAN_WRITE_PLAIN, PLAN_WRITE_SIGN, PLAN_WRITE_LINK };
void plan_write(struct buf *out, const char *text, enum plan_write_as as);

/* In text made with marks (signs): what cmark read as plain text, not as
 * code, and links or separates. */
#define PLAN_MARK_ARROW '\001'
#define PLAN_MARK_SEMI  '\002' /* ; */
#define PLAN_MARK_WIDE  '\003' /* U+FF1B */

#endif
