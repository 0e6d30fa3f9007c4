/*
 * plan_ids - which bullet is which from one version of a plan to the next.
 *
 * A bullet keeps its id if it is, both ways, the best match in its section
 * with at least half its words.  Equals go by position, so that bullets that
 * say the same keep their order.  An id once used never comes to mean
 * another bullet, unless she says so (plan_same).
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan_impl.h"
#include "evenkeel/text.h"

typedef char plan_id[sizeof(((struct plan_bullet *)NULL)->id)];

/* "h12": its number, or 0 when it is no id of that letter. */
static unsigned
id_number(const char *id, size_t len, char letter)
{
	unsigned number = 0;
	size_t i;

	if (len < 2 || len >= sizeof(plan_id) || id[0] != letter ||
	    id[1] == '0')
		return 0;
	for (i = 1; i < len; i++) {
		if (id[i] < '0' || id[i] > '9')
			return 0;
		number = number * 10 + (unsigned)(id[i] - '0');
	}
	return number;
}

/* The next id of a space-separated list: false at its end. */
static bool
next_id(const char **list, size_t *len, const char **ret, size_t *ret_len)
{
	size_t n = 0;

	while (*len > 0 && **list == ' ') {
		(*list)++;
		(*len)--;
	}
	while (n < *len && (*list)[n] != ' ')
		n++;
	*ret = *list;
	*ret_len = n;
	*list += n;
	*len -= n;
	return n > 0;
}

struct side { /* the bullets of one section in one version */
	const struct plan_bullet *bullets;
	size_t count;
	struct plan_bag *bags;
	uint64_t *best; /* each bullet's best score on the other side */
};

static void
side_done(struct side *side)
{
	size_t i;

	for (i = 0; side->bags != NULL && i < side->count; i++)
		plan_bag_done(&side->bags[i]);
	free(side->bags);
	free(side->best);
}

static enum ek_err
side_init(struct side *side, const struct plan *plan, enum plan_section section)
{
	enum ek_err err = EK_OK;
	size_t i;

	side->bullets = plan_bullets(plan, section, &side->count);
	side->bags = calloc(side->count + 1, sizeof(*side->bags));
	side->best = calloc(side->count + 1, sizeof(*side->best));
	if (side->bags == NULL || side->best == NULL)
		return EK_NOMEM;
	for (i = 0; i < side->count && err == EK_OK; i++)
		err = plan_bag_init(&side->bags[i], side->bullets[i].text);
	return err;
}

/* 0: no match.  Among equal shares of words the same order of words wins,
 * then the very same text. */
static uint64_t
pair_score(const struct side *old, size_t i, const struct side *now, size_t k)
{
	const struct plan_bag *a = &old->bags[i], *b = &now->bags[k];
	size_t shared;
	uint64_t score;

	if (old->bullets[i].id[0] == '\0')
		return 0;
	shared = plan_bag_shared(a, b);
	if (shared == 0 || 2 * shared < a->count || 2 * shared < b->count)
		return 0;
	score = plan_bag_score(a, b, shared) << 2;
	if (a->order == b->order)
		score |= 2;
	if (strcmp(old->bullets[i].text, now->bullets[k].text) == 0)
		score |= 1;
	return score;
}

static void
score_all(struct side *old, struct side *now, uint64_t *scores)
{
	uint64_t score;
	size_t i, k;

	for (i = 0; i < old->count; i++) {
		for (k = 0; k < now->count; k++) {
			score = pair_score(old, i, now, k);
			scores[i * now->count + k] = score;
			if (score > old->best[i])
				old->best[i] = score;
			if (score > now->best[k])
				now->best[k] = score;
		}
	}
}

static void
pick(const struct side *old, const struct side *now, const uint64_t *scores,
    plan_id *ids)
{
	uint64_t score;
	size_t i, k;

	for (i = 0; i < old->count; i++) {
		for (k = 0; k < now->count; k++) {
			score = scores[i * now->count + k];
			if (score == 0 || score < old->best[i] ||
			    score < now->best[k] || ids[k][0] != '\0')
				continue;
			memcpy(ids[k], old->bullets[i].id, sizeof(ids[k]));
			break;
		}
	}
}

/* ids: those of the section's bullets in plan; stay "" where none matches. */
static enum ek_err
carry_section(const struct plan *plan, const struct plan *before,
    enum plan_section section, plan_id *ids)
{
	struct side old = {.count = 0}, now = {.count = 0};
	uint64_t *scores = NULL;
	enum ek_err err;

	err = side_init(&old, before, section);
	if (err == EK_OK)
		err = side_init(&now, plan, section);
	if (err != EK_OK)
		goto out;
	scores = calloc(old.count * now.count + 1, sizeof(*scores));
	if (scores == NULL) {
		err = EK_NOMEM;
		goto out;
	}
	score_all(&old, &now, scores);
	pick(&old, &now, scores, ids);
out:
	free(scores);
	side_done(&old);
	side_done(&now);
	return err;
}

static unsigned
highest(const struct plan *old, const char *spent, char letter)
{
	const char *list = spent == NULL ? "" : spent, *id;
	size_t len = strlen(list), id_len, i;
	unsigned high = 0, number;

	while (next_id(&list, &len, &id, &id_len)) {
		number = id_number(id, id_len, letter);
		high = number > high ? number : high;
	}
	for (i = 0; old != NULL && i < old->count; i++) {
		id = old->bullets[i].id;
		number = id_number(id, strlen(id), letter);
		high = number > high ? number : high;
	}
	return high;
}

static void
write_id(char *out, char letter, unsigned number)
{
	char digits[8];
	size_t n = 0;

	for (; number > 0; number /= 10)
		digits[n++] = (char)('0' + number % 10);
	*out++ = letter;
	while (n > 0)
		*out++ = digits[--n];
	*out = '\0';
}

/* Numbers for the bullets that are new in their section. */
static enum ek_err
number_new(const struct plan *plan, const struct plan *old, const char *spent,
    enum plan_section section, plan_id *ids)
{
	char letter = plan_section_letter(section);
	unsigned next = highest(old, spent, letter) + 1;
	size_t i;

	for (i = 0; i < plan->parts[section].count; i++) {
		if (ids[i][0] != '\0')
			continue;
		if (next > PLAN_ID_NUMBER_MAX)
			return EK_TOO_LARGE;
		write_id(ids[i], letter, next++);
	}
	return EK_OK;
}

enum ek_err
plan_ids_carry(struct plan *plan, const struct plan *old, const char *spent)
{
	plan_id *ids = calloc(plan->count + 1, sizeof(*ids));
	enum ek_err err = ids == NULL ? EK_NOMEM : EK_OK;
	size_t i;

	for (i = 0; i < PLAN_SECTIONS && err == EK_OK; i++) {
		plan_id *mine = ids + plan->parts[i].first;

		if (old != NULL)
			err = carry_section(
			    plan, old, (enum plan_section)i, mine);
		if (err == EK_OK)
			err = number_new(
			    plan, old, spent, (enum plan_section)i, mine);
	}
	for (i = 0; i < plan->count && err == EK_OK; i++)
		memcpy(plan->bullets[i].id, ids[i], sizeof(*ids));
	free(ids);
	return err;
}

enum ek_err
plan_ids(const struct plan *plan, struct buf *ret)
{
	size_t i;

	for (i = 0; i < plan->count; i++) {
		if (i > 0)
			buf_char(ret, ' ');
		buf_str(ret, plan->bullets[i].id);
	}
	return buf_err(ret);
}

static bool
is_twice(plan_id *ids, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (memcmp(ids[i], ids[count], sizeof(*ids)) == 0)
			return true;
	return false;
}

/* Reads exactly plan->count ids that fit their sections. */
static bool
read_ids(const struct plan *plan, const char *list, size_t len, plan_id *ids)
{
	const char *id;
	size_t id_len, count = 0;
	char letter;

	while (next_id(&list, &len, &id, &id_len)) {
		if (count == plan->count)
			return false;
		letter = plan_section_letter(plan_section_of(plan, count));
		if (id_number(id, id_len, letter) == 0)
			return false;
		memcpy(ids[count], id, id_len);
		if (is_twice(ids, count))
			return false;
		count++;
	}
	return count == plan->count;
}

enum ek_err
plan_ids_set(struct plan *plan, const char *ids, size_t len)
{
	plan_id *read = calloc(plan->count + 1, sizeof(*read));
	enum ek_err err = EK_OK;
	size_t i;

	if (read == NULL)
		return EK_NOMEM;
	if (!read_ids(plan, ids, len, read))
		err = EK_CORRUPT;
	for (i = 0; i < plan->count && err == EK_OK; i++)
		memcpy(plan->bullets[i].id, read[i], sizeof(*read));
	free(read);
	return err;
}

static struct plan_bullet *
find(struct plan *plan, const char *id)
{
	const struct plan_bullet *bullet = plan_find(plan, id);

	return bullet == NULL ? NULL : &plan->bullets[bullet - plan->bullets];
}

enum ek_err
plan_same(struct plan *plan, const char *was, const char *now,
    struct ek_why *reterr_why)
{
	struct plan_bullet *bullet = find(plan, now);
	struct plan_bullet *other = find(plan, was);
	enum plan_section section;
	char letter;

	if (bullet == NULL)
		return ek_why(reterr_why, EK_NOT_FOUND,
		    "no bullet of the plan is called %s; `keel plan show` "
		    "lists their names",
		    text_is_name(now) ? now : "that");
	section = plan_section_of(plan, (size_t)(bullet - plan->bullets));
	letter = plan_section_letter(section);
	if (id_number(was, strlen(was), letter) == 0)
		return ek_why(reterr_why, EK_INVALID,
		    "%s cannot be called %s: names under \"%s\" are like "
		    "%c1; give one of those",
		    now, text_is_name(was) ? was : "that",
		    plan_heading(section, plan_lang(plan)), letter);
	if (other != NULL)
		memcpy(other->id, bullet->id, sizeof(other->id));
	memset(bullet->id, 0, sizeof(bullet->id));
	memcpy(bullet->id, was, strlen(was));
	return EK_OK;
}
