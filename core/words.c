/*
 * words - what to hand her now: what she linked to the signs she marked, then
 * what has helped best, then people and steps.
 */
#include <stdlib.h>
#include <string.h>

#include "core/words_impl.h"

struct impl { /* pub first: what words_new hands out */
	struct words pub;
	struct words_use *uses;           /* pool of linked[].uses */
	const struct plan_bullet **links; /* of one sign at a time */
};

struct mark {
	const struct plan_bullet *sign;
	double level;
};

/* "A lot" before "a little", then the order of the plan. */
static int
by_level(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	if (x->level > y->level || x->level < y->level)
		return x->level > y->level ? -1 : 1;
	return (x->sign > y->sign) - (x->sign < y->sign);
}

static bool
is_sign(const struct plan *plan, const struct plan_bullet *bullet)
{
	const struct plan_bullet *signs;
	size_t count;

	signs = plan_bullets(plan, PLAN_SIGNS, &count);
	return bullet != NULL && bullet >= signs && bullet < signs + count;
}

/* marks[0..*count) become signs of the current plan; none twice. */
struct marking {
	const struct words_coping *coping;
	struct words_map *map;
	const unsigned char *version;
	struct mark *marks;
	size_t count;
};

static enum ek_err
add_mark(struct marking *marking, const struct record_pair *pair)
{
	const struct plan_bullet *sign;
	enum ek_err err;
	size_t i;

	if (!(pair->value >= 1))
		return EK_OK;
	err = words_map_find(
	    marking->map, marking->version, pair->key, pair->key_len, &sign);
	if (err != EK_OK || !is_sign(marking->coping->plan, sign))
		return err;
	for (i = 0; i < marking->count; i++)
		if (marking->marks[i].sign == sign)
			return EK_OK;
	marking->marks[marking->count].sign = sign;
	marking->marks[marking->count++].level = pair->value;
	return EK_OK;
}

static const struct words_use *
find_use(const struct words_coping *coping, const struct plan_bullet *bullet)
{
	size_t i;

	for (i = 0; bullet != NULL && i < coping->count; i++)
		if (coping->uses[i].id == bullet->id)
			return &coping->uses[i];
	return NULL;
}

/* A strategy with its figures, a person, or her words as they stand. */
static struct words_use
use_of(const struct words_coping *coping, const struct plan_bullet *bullet,
    const char *link)
{
	const struct words_use *known = find_use(coping, bullet);

	if (known != NULL)
		return *known;
	return (struct words_use){
	    .id = bullet == NULL ? "" : bullet->id,
	    .text = bullet == NULL ? link : bullet->text,
	};
}

static bool
has_text(const struct words_use *uses, size_t count, const char *text)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(uses[i].text, text) == 0)
			return true;
	return false;
}

static void
add_linked(struct impl *impl, const struct words_coping *coping,
    const struct plan_bullet *sign, struct words_use *pool)
{
	struct words_linked *linked = &impl->pub.linked[impl->pub.linked_count];
	struct words_use use;
	size_t i;

	if (sign->link_count == 0)
		return;
	impl->pub.linked_count++;
	linked->sign = sign;
	linked->uses = pool;
	plan_links(coping->plan, sign, impl->links);
	for (i = 0; i < sign->link_count; i++) {
		use = use_of(coping, impl->links[i], sign->links[i]);
		if (!has_text(pool, linked->count, use.text))
			pool[linked->count++] = use;
	}
}

static bool
is_linked(const struct words *words, const char *id)
{
	size_t i, k;

	for (i = 0; i < words->linked_count; i++)
		for (k = 0; k < words->linked[i].count; k++)
			if (words->linked[i].uses[k].id == id)
				return true;
	return false;
}

static enum ek_err
fill(struct impl *impl, const struct words_coping *coping,
    const struct mark *marks, size_t count)
{
	struct words *pub = &impl->pub;
	size_t i;

	impl->links = calloc(EK_PLAN_LINKS_MAX, sizeof(*impl->links));
	impl->uses = calloc(count * EK_PLAN_LINKS_MAX + 1, sizeof(*impl->uses));
	pub->linked = calloc(count + 1, sizeof(*pub->linked));
	pub->best = calloc(coping->count + 1, sizeof(*pub->best));
	if (impl->links == NULL || impl->uses == NULL || pub->linked == NULL ||
	    pub->best == NULL)
		return EK_NOMEM;
	for (i = 0; i < count; i++)
		add_linked(impl, coping, marks[i].sign,
		    impl->uses + i * EK_PLAN_LINKS_MAX);
	for (i = 0; i < coping->count; i++)
		if (!is_linked(pub, coping->uses[i].id))
			pub->best[pub->best_count++] = &coping->uses[i];
	pub->people =
	    plan_bullets(coping->plan, PLAN_PEOPLE, &pub->people_count);
	pub->steps = plan_bullets(coping->plan, PLAN_HARD, &pub->step_count);
	return EK_OK;
}

static enum ek_err
read_marks(struct marking *marking, const struct book *book,
    const struct record_pair *pairs, size_t count)
{
	const struct words_coping *coping = marking->coping;
	enum ek_err err;
	size_t i;

	marking->marks = calloc(count + 1, sizeof(*marking->marks));
	if (marking->marks == NULL)
		return EK_NOMEM;
	err = words_map_new(book, coping->plan, coping->version, &marking->map);
	for (i = 0; i < count && err == EK_OK; i++)
		err = add_mark(marking, &pairs[i]);
	words_map_free(marking->map);
	if (err == EK_OK && marking->count > 1)
		qsort(marking->marks, marking->count, sizeof(*marking->marks),
		    by_level);
	return err;
}

enum ek_err
words_new(const struct book *book, const struct words_coping *coping,
    const unsigned char *version, const struct record_pair *marks, size_t count,
    struct words **ret)
{
	struct marking marking = {
	    .coping = coping,
	    .version = version != NULL ? version : coping->version,
	};
	struct impl *impl = calloc(1, sizeof(*impl));
	enum ek_err err;

	if (impl == NULL)
		return EK_NOMEM;
	err = read_marks(&marking, book, marks, marks == NULL ? 0 : count);
	if (err == EK_OK)
		err = fill(impl, coping, marking.marks, marking.count);
	free(marking.marks);
	if (err != EK_OK) {
		words_free(&impl->pub);
		return err;
	}
	*ret = &impl->pub;
	return EK_OK;
}

void
words_free(struct words *words)
{
	struct impl *impl = (struct impl *)(void *)words;

	if (impl == NULL)
		return;
	free(impl->links);
	free(impl->uses);
	free(impl->pub.linked);
	free(impl->pub.best);
	free(impl);
}

/* The number is all that plan_ids_carry looks at: the highest of each letter
 * stands for all of them. */
enum ek_err
words_spent(const struct book *book, struct buf *ret)
{
	unsigned long high[26] = {0}, number;
	const struct record *rec;
	const char *ids, *end;
	size_t at = 0, len, i;

	while ((rec = book_next(book, &at)) != NULL) {
		if (rec->kind != REC_PLAN)
			continue;
		ids = record_text(rec, PLAN_IDS, &len);
		end = ids == NULL ? NULL : ids + len;
		while (ids < end) {
			char letter = *ids++;

			for (number = 0; ids < end && *ids >= '0' &&
					 *ids <= '9' && number < 1000000;
			     ids++)
				number =
				    number * 10 + (unsigned long)(*ids - '0');
			if (letter >= 'a' && letter <= 'z' &&
			    number > high[letter - 'a'])
				high[letter - 'a'] = number;
		}
	}
	for (i = 0; i < 26; i++)
		if (high[i] > 0)
			buf_fmt(ret, "%s%c%lu", ret->len > 0 ? " " : "",
			    (int)('a' + i), high[i]);
	return buf_err(ret);
}
