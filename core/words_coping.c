/*
 * words_coping - how often each strategy was used, how much it helped, and
 * which comes first (the rule stands in words.h).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/words_impl.h"

#define SHRINK     2 /* uses at the overall mean that every strategy is given */
#define MAX_HELPED 3

struct tally {
	double sum;
	size_t times, said;
	size_t last; /* check-in that ticked it, from 1: counts once */
};

/* What is the same for as long as the plan is, and what was counted so far:
 * kept with the book, for reading a plan costs more than all else here, and
 * counting ten years of check-ins again for each new one is next.  The book
 * drops it when its lists are made anew, so the check-ins counted are the
 * first `counted` of the list. */
struct base {
	size_t refs;
	unsigned char version[EK_ID_LEN];
	struct plan *plan;
	const struct plan_bullet **signs; /* pool of words_use.signs */
	size_t *sign_counts;              /* by strategy, in plan order */
	struct tally *tallies;            /* the same */
	size_t counted;
};

struct coping { /* pub first: what words_coping_new hands out */
	struct words_coping pub;
	struct base *base;
};

enum ek_err
words_plan(const struct record *rec, struct plan **ret)
{
	struct plan *plan = NULL;
	const char *text, *ids;
	size_t len, ids_len;
	enum ek_err err;

	text = record_text(rec, PLAN_TEXT, &len);
	ids = record_text(rec, PLAN_IDS, &ids_len);
	err = plan_parse(text == NULL ? "" : text, len, &plan, NULL);
	if (err == EK_OK)
		err = plan_ids_set(plan, ids == NULL ? "" : ids, ids_len);
	if (err != EK_OK) {
		plan_free(plan);
		return err == EK_NOMEM ? err : EK_CORRUPT;
	}
	*ret = plan;
	return EK_OK;
}

static void
count_use(struct tally *tally, size_t number, double helped)
{
	if (tally->last == number)
		return;
	tally->last = number;
	tally->times++;
	if (helped < 0 || helped > MAX_HELPED)
		return; /* not said */
	tally->said++;
	tally->sum += helped;
}

/* The next check-in of the list; *map is made when it is needed. */
static enum ek_err
count_checkin(const struct book *book, struct base *base,
    const struct record *checkin, struct words_map **map)
{
	const struct plan_bullet *bullet, *first;
	struct record_pair pair;
	size_t number = ++base->counted, at = 0, count;
	enum ek_err err = EK_OK;

	while (record_map_next(checkin, CHECKIN_USED, &at, &pair)) {
		if (*map == NULL)
			err =
			    words_map_new(book, base->plan, base->version, map);
		if (err == EK_OK)
			err = words_map_find(*map,
			    record_id(checkin, CHECKIN_PLAN), pair.key,
			    pair.key_len, &bullet);
		if (err != EK_OK)
			return err;
		first = plan_bullets(base->plan, PLAN_HELPS, &count);
		if (bullet != NULL && bullet >= first && bullet < first + count)
			count_use(
			    &base->tallies[bullet - first], number, pair.value);
	}
	return EK_OK;
}

static void
settle(struct words_coping *coping, const struct tally *tallies)
{
	struct words_use *use;
	double sum = 0;
	size_t i;

	for (i = 0; i < coping->count; i++) {
		coping->uses[i].times = tallies[i].times;
		coping->uses[i].said = tallies[i].said;
		coping->said += tallies[i].said;
		sum += tallies[i].sum;
	}
	if (coping->said == 0)
		return;
	coping->mean = sum / (double)coping->said;
	for (i = 0; i < coping->count; i++) {
		use = &coping->uses[i];
		use->rank = (tallies[i].sum + SHRINK * coping->mean) /
			    ((double)use->said + SHRINK);
		if (use->said > 0)
			use->helped = tallies[i].sum / (double)use->said;
	}
}

static enum ek_err
count_new(const struct book *book, struct base *base)
{
	const struct record *const *checkins;
	struct words_map *map = NULL;
	size_t count;
	enum ek_err err = EK_OK;

	checkins = book_list(book, REC_CHECKIN, &count);
	while (err == EK_OK && base->counted < count)
		err = count_checkin(book, base, checkins[base->counted], &map);
	words_map_free(map);
	if (err != EK_OK) /* counted in part */
		book_keep(book, NULL, NULL);
	return err;
}

/* The rest of a rounding is no difference. */
static int
by_rank(const void *a, const void *b)
{
	const struct words_use *x = a, *y = b;

	if (fabs(x->rank - y->rank) > 1e-9)
		return x->rank > y->rank ? -1 : 1;
	if (x->said != y->said)
		return x->said > y->said ? -1 : 1;
	if (x->times != y->times)
		return x->times > y->times ? -1 : 1;
	/* texts and ids lie in the bullets: order of the plan */
	return (x->id > y->id) - (x->id < y->id);
}

static bool
links_to(const struct plan_bullet *const *links, size_t count, const char *id)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (links[i] != NULL && links[i]->id == id)
			return true;
	return false;
}

static void
base_drop(void *arg)
{
	struct base *base = arg;

	if (base == NULL || --base->refs > 0)
		return;
	free(base->tallies);
	free(base->sign_counts);
	free(base->signs);
	plan_free(base->plan);
	free(base);
}

/* Which signs lead to each strategy: the pool has room for every sign of every
 * strategy. */
static void
link_signs(struct base *base, const struct plan_bullet **pairs)
{
	const struct plan_bullet *signs, *helps;
	size_t sign_count, help_count, i, k;

	signs = plan_bullets(base->plan, PLAN_SIGNS, &sign_count);
	helps = plan_bullets(base->plan, PLAN_HELPS, &help_count);
	for (i = 0; i < sign_count; i++)
		plan_links(
		    base->plan, &signs[i], pairs + i * EK_PLAN_LINKS_MAX);
	for (k = 0; k < help_count; k++)
		for (i = 0; i < sign_count; i++)
			if (links_to(pairs + i * EK_PLAN_LINKS_MAX,
				signs[i].link_count, helps[k].id))
				base->signs[k * sign_count +
					    base->sign_counts[k]++] = &signs[i];
}

static enum ek_err
base_links(struct base *base)
{
	const struct plan_bullet **pairs;
	size_t sign_count, help_count;

	plan_bullets(base->plan, PLAN_SIGNS, &sign_count);
	plan_bullets(base->plan, PLAN_HELPS, &help_count);
	pairs = calloc(sign_count * EK_PLAN_LINKS_MAX + 1, sizeof(*pairs));
	base->signs = calloc(sign_count * help_count + 1, sizeof(*base->signs));
	base->sign_counts = calloc(help_count + 1, sizeof(*base->sign_counts));
	base->tallies = calloc(help_count + 1, sizeof(*base->tallies));
	if (pairs != NULL && base->signs != NULL && base->sign_counts != NULL)
		link_signs(base, pairs);
	free(pairs);
	return pairs == NULL || base->signs == NULL ||
		       base->sign_counts == NULL || base->tallies == NULL
		   ? EK_NOMEM
		   : EK_OK;
}

/* Of the newest plan; the caller's to drop. */
static enum ek_err
base_get(const struct book *book, struct base **ret)
{
	const struct record *rec = book_latest(book, REC_PLAN);
	struct base *base = book_kept(book);
	enum ek_err err;

	if (rec == NULL)
		return EK_NOT_FOUND;
	if (base != NULL && memcmp(base->version, rec->rid, EK_ID_LEN) == 0) {
		base->refs++;
		*ret = base;
		return EK_OK;
	}
	base = calloc(1, sizeof(*base));
	if (base == NULL)
		return EK_NOMEM;
	base->refs = 1;
	memcpy(base->version, rec->rid, EK_ID_LEN);
	err = words_plan(rec, &base->plan);
	if (err == EK_OK)
		err = base_links(base);
	if (err != EK_OK) {
		base_drop(base);
		return err;
	}
	base->refs++;
	book_keep(book, base, base_drop);
	*ret = base;
	return EK_OK;
}

static enum ek_err
add_uses(struct words_coping *coping, const struct base *base)
{
	const struct plan_bullet *bullets;
	size_t signs, i;

	plan_bullets(base->plan, PLAN_SIGNS, &signs);
	bullets = plan_bullets(base->plan, PLAN_HELPS, &coping->count);
	coping->uses = calloc(coping->count + 1, sizeof(*coping->uses));
	if (coping->uses == NULL)
		return EK_NOMEM;
	for (i = 0; i < coping->count; i++) {
		coping->uses[i].id = bullets[i].id;
		coping->uses[i].text = bullets[i].text;
		coping->uses[i].signs = base->signs + i * signs;
		coping->uses[i].sign_count = base->sign_counts[i];
	}
	return EK_OK;
}

enum ek_err
words_coping_new(const struct book *book, struct words_coping **ret)
{
	struct coping *coping = calloc(1, sizeof(*coping));
	enum ek_err err;

	if (coping == NULL)
		return EK_NOMEM;
	err = base_get(book, &coping->base);
	if (err == EK_OK) {
		coping->pub.plan = coping->base->plan;
		memcpy(coping->pub.version, coping->base->version, EK_ID_LEN);
		err = add_uses(&coping->pub, coping->base);
	}
	if (err == EK_OK)
		err = count_new(book, coping->base);
	if (err != EK_OK) {
		words_coping_free(&coping->pub);
		return err;
	}
	settle(&coping->pub, coping->base->tallies);
	qsort(coping->pub.uses, coping->pub.count, sizeof(*coping->pub.uses),
	    by_rank);
	*ret = &coping->pub;
	return EK_OK;
}

void
words_coping_free(struct words_coping *coping)
{
	struct coping *whole = (struct coping *)(void *)coping;

	if (whole == NULL)
		return;
	free(whole->pub.uses);
	base_drop(whole->base);
	free(whole);
}

void
words_use_text(const struct words_use *use, struct buf *ret)
{
	if (use->said > 0)
		buf_fmt(ret, "helped %.1f of %d, %zu %s", use->helped,
		    MAX_HELPED, use->said, use->said == 1 ? "time" : "times");
	else if (use->times > 0)
		buf_fmt(ret, "used %zu %s", use->times,
		    use->times == 1 ? "time" : "times");
}
