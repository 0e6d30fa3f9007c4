/*
 * words - her own words back: what she used, what helped, and what to hand
 * her now (DESIGN.md §7).
 *
 * The reading of the book's newest plan, and what was counted of its
 * check-ins, are kept with it (book_keep), so that a new one costs no more
 * than itself.  Ids in a check-in belong to the plan version it
 * names.  Such an id means, in the
 * current plan: the bullet of the same text; else, when that version is the
 * current one or an ancestor of it (PLAN_BASE), the bullet of the same id;
 * else nothing (two desks edited apart): the use is dropped.
 *
 * Ranking: (sum of helped + 2 x overall mean) / (times said + 2).  A strategy
 * never said to have helped stands at the overall mean; ties go to the more
 * often said, then the more often used, then the order of the plan.
 *
 * Lifetimes: bullets and texts are borrowed from coping->plan, which lives
 * until words_coping_free; a struct words must be freed before its coping.
 */
#ifndef EVENKEEL_WORDS_H
#define EVENKEEL_WORDS_H

#include "evenkeel/book.h"
#include "evenkeel/plan.h"

struct words_use {
	const char *id;   /* "h1"; "" for a link that matches no bullet */
	const char *text; /* the bullet's, or the link as she wrote it */
	size_t times;     /* check-ins that ticked it */
	size_t said;      /* of these, with helped 0..3 said */
	double helped;    /* mean of those; only when said > 0 */
	double rank;      /* shrunk mean (the overall mean when said is 0);
			     0 while nothing was ever said */
	size_t sign_count;
	const struct plan_bullet *const *signs; /* linked to it, plan order */
};

struct words_coping {
	struct plan *plan;                /* the newest plan, ids set */
	unsigned char version[EK_ID_LEN]; /* its record's id */
	size_t count;
	struct words_use *uses; /* every bullet of PLAN_HELPS, best first */
	size_t said;            /* over all of them */
	double mean;            /* overall; only when said > 0 */
};

/* EK_NOT_FOUND when there is no plan, EK_CORRUPT when its record cannot be
 * read.  Caller frees with words_coping_free. */
enum ek_err words_coping_new(
    const struct book *book, struct words_coping **ret) EK_MUST_USE;
void words_coping_free(struct words_coping *coping);

/* "helped 2.6 of 3, 9 times" (9: how often she said); "used 4 times" when she
 * never said; nothing when it was never used. */
void words_use_text(const struct words_use *use, struct buf *ret);

struct words_linked {
	const struct plan_bullet *sign;
	size_t count;
	const struct words_use *uses; /* as she linked them, none twice */
};

struct words {
	size_t linked_count; /* marked signs that have links, "a lot" first */
	struct words_linked *linked;
	size_t best_count; /* strategies not linked above, best first */
	const struct words_use **best;
	size_t people_count; /* PLAN_PEOPLE */
	const struct plan_bullet *people;
	size_t step_count; /* PLAN_HARD */
	const struct plan_bullet *steps;
};

/* marks: signs as CHECKIN_SIGNS has them ("s1": 1 a little, 2 a lot; below 1
 * is unmarked), their ids those of the plan version (NULL: the current one).
 * Unknown ids are passed over.  marks may be NULL.  Caller frees with
 * words_free. */
enum ek_err words_new(const struct book *book,
    const struct words_coping *coping, const unsigned char *version,
    const struct record_pair *marks, size_t count,
    struct words **ret) EK_MUST_USE;
void words_free(struct words *words);

/* The plan of a PLAN record with its ids set: EK_CORRUPT when text or ids do
 * not fit.  Caller frees with plan_free. */
enum ek_err words_plan(const struct record *rec, struct plan **ret) EK_MUST_USE;
/* What plan_ids_carry wants as `spent`: of each section the highest id that
 * any plan version of the book ever used, space-separated. */
enum ek_err words_spent(const struct book *book, struct buf *ret) EK_MUST_USE;

#endif
