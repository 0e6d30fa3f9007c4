/*
 * fuzz_plan - any bytes are refused with a reason or are a plan whose bullets
 * are clean and within limits, whose ids round-trip, stay with themselves and
 * are never given twice; any line typed at the first start comes back; and a
 * section changed to what it is leaves every byte as it was.
 *
 * A 0xFF byte parts the input into an old and a new version.
 */
#include <stdlib.h>
#include <string.h>

#include "evenkeel/plan_edit.h"
#include "evenkeel/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* NULL when refused; then with a reason that has a remedy. */
static struct plan *
parse(const char *text, size_t len)
{
	struct plan *plan = NULL;
	struct ek_why why = {""};
	enum ek_err err = plan_parse(text, len, &plan, &why);

	must((err == EK_OK) == (plan != NULL));
	must(err == EK_OK || strstr(why.text, "; ") != NULL);
	must(err == EK_OK || err == EK_INVALID || err == EK_TOO_LARGE);
	return plan;
}

static void
check_text(const char *text)
{
	size_t len = strlen(text);

	must(len > 0 && len <= EK_BULLET_MAX);
	must(text_plain_ok(text, len));
	must(strpbrk(text, "\n\t") == NULL);
	must(text[0] != ' ' && text[len - 1] != ' ');
}

static void
check_links(const struct plan *plan, const struct plan_bullet *bullet)
{
	const struct plan_bullet *out[EK_PLAN_LINKS_MAX];
	size_t i;

	must(bullet->link_count <= EK_PLAN_LINKS_MAX);
	for (i = 0; i < bullet->link_count; i++)
		check_text(bullet->links[i]);
	plan_links(plan, bullet, out);
	for (i = 0; i < bullet->link_count; i++)
		must(out[i] == NULL || out[i]->id[0] == 'h' ||
		     out[i]->id[0] == 'p');
}

/* ids are set */
static void
check_plan(const struct plan *plan)
{
	const struct plan_bullet *bullets;
	size_t count, all = 0, i;
	int section;

	for (section = 0; section < PLAN_SECTIONS; section++) {
		bullets =
		    plan_bullets(plan, (enum plan_section)section, &count);
		all += count;
		must(count == 0 || plan_has(plan, (enum plan_section)section));
		for (i = 0; i < count; i++) {
			check_text(bullets[i].text);
			must(bullets[i].line > 0);
			must(bullets[i].id[0] ==
			     plan_section_letter((enum plan_section)section));
			must(plan_find(plan, bullets[i].id) == &bullets[i]);
			must(section == PLAN_SIGNS ||
			     bullets[i].link_count == 0);
			if (section == PLAN_SIGNS && i < 4)
				check_links(plan, &bullets[i]);
		}
	}
	must(all <= EK_PLAN_BULLETS_MAX);
}

static void
check_same_ids(const struct plan *a, const struct plan *b)
{
	struct buf x, y;

	buf_init(&x, EK_PLAN_MAX);
	buf_init(&y, EK_PLAN_MAX);
	must(plan_ids(a, &x) == EK_OK && plan_ids(b, &y) == EK_OK);
	must(strcmp(buf_text(&x), buf_text(&y)) == 0);
	buf_done(&x);
	buf_done(&y);
}

static void
check_alone(struct plan *plan, const char *text, size_t len)
{
	struct plan *again = parse(text, len);
	struct buf out;

	must(again != NULL);
	must(plan_ids_carry(plan, NULL, "s7 h3 x9") == EK_OK);
	check_plan(plan);
	must(plan_ids_carry(again, plan, NULL) == EK_OK);
	check_same_ids(plan, again);
	buf_init(&out, 8 * EK_PLAN_MAX);
	must(plan_ids(plan, &out) == EK_OK);
	must(plan_ids_set(again, buf_text(&out), out.len) == EK_OK);
	check_same_ids(plan, again);
	buf_clear(&out);
	must(plan_diff(plan, again, &out) == EK_OK && out.len == 0);
	buf_done(&out);
	plan_free(again);
}

static void
check_next(const struct plan *old, const char *text, size_t len)
{
	struct plan *plan = parse(text, len);
	struct buf spent, diff;

	if (plan == NULL)
		return;
	buf_init(&spent, EK_PLAN_MAX);
	buf_init(&diff, 8 * EK_PLAN_MAX);
	must(plan_ids(old, &spent) == EK_OK);
	must(plan_ids_carry(plan, old, buf_text(&spent)) == EK_OK);
	check_plan(plan);
	must(plan_diff(old, plan, &diff) == EK_OK);
	must(text_plain_ok(buf_text(&diff), diff.len));
	buf_done(&spent);
	buf_done(&diff);
	plan_free(plan);
}

static bool
is_typed(const char *text, size_t len)
{
	size_t i;

	if (len == 0 || len > EK_BULLET_MAX || !text_plain_ok(text, len))
		return false;
	for (i = 0; i + 2 < len; i++) /* U+2028, U+2029, U+FEFF: not kept */
		if (memcmp(text + i, "\xE2\x80", 2) == 0 ||
		    memcmp(text + i, "\xEF\xBB\xBF", 3) == 0)
			return false;
	/* ends that are trimmed: space, U+00A0, U+3000 */
	return memchr(text, '\n', len) == NULL &&
	       memchr(text, '\t', len) == NULL && text[0] != ' ' &&
	       text[len - 1] != ' ' && strncmp(text, "\xC2\xA0", 2) != 0 &&
	       strncmp(text, "\xE3\x80\x80", 3) != 0 &&
	       text[len - 1] != '\x80' && text[len - 1] != '\xA0';
}

static void
check_first(const char *text, size_t len)
{
	struct plan_start start = {.lang = "ms"};
	const struct plan_bullet *bullets;
	char *typed = strndup(text, len);
	struct plan *plan;
	struct buf out;
	size_t count;

	must(typed != NULL);
	start.sign = start.person = typed;
	buf_init(&out, EK_PLAN_MAX);
	if (is_typed(text, len)) {
		must(plan_first(&start, &out, NULL) == EK_OK);
		plan = parse(buf_text(&out), out.len);
		must(plan != NULL);
		bullets = plan_bullets(plan, PLAN_SIGNS, &count);
		must(count == 1 && strcmp(bullets->text, typed) == 0);
		must(bullets->link_count == 0);
		bullets = plan_bullets(plan, PLAN_PEOPLE, &count);
		must(count == 1 && strcmp(bullets->text, typed) == 0);
		plan_free(plan);
	}
	buf_done(&out);
	free(typed);
}

/* The section's own bullets as the wish; and one more behind them. */
static size_t
wish(
    const struct plan *plan, enum plan_section section, struct plan_line *lines)
{
	const struct plan_bullet *bullets;
	size_t count, i;

	bullets = plan_bullets(plan, section, &count);
	for (i = 0; i < count; i++)
		lines[i] = (struct plan_line){bullets[i].id, bullets[i].text,
		    bullets[i].links, bullets[i].link_count};
	lines[count] = (struct plan_line){NULL, "- a *new* → line", NULL, 0};
	return count;
}

/* ids are set.  What stays is the document; what is added is read back, or
 * refused for what stands around it. */
static void
check_edit(const struct plan *plan, const char *text)
{
	struct plan_line *lines =
	    calloc(EK_PLAN_BULLETS_MAX + 1, sizeof(*lines));
	struct plan_change change = {.lines = lines};
	const struct plan_bullet *bullets;
	struct plan *again;
	struct buf out;
	size_t count;
	int section;

	must(lines != NULL);
	buf_init(&out, 2 * EK_PLAN_MAX);
	for (section = 0; section < PLAN_REVIEW; section++) {
		change.section = (enum plan_section)section;
		change.count = wish(plan, change.section, lines);
		buf_clear(&out);
		must(plan_edit(text, plan, &change, &out, NULL, NULL) == EK_OK);
		must(strcmp(buf_text(&out), text) == 0);
		if (section % 4 != 3)
			continue;
		change.count++;
		buf_clear(&out);
		if (plan_edit(text, plan, &change, &out, NULL, NULL) != EK_OK)
			continue;
		again = parse(buf_text(&out), out.len);
		must(again != NULL);
		bullets = plan_bullets(again, change.section, &count);
		must(count == change.count);
		must(strcmp(bullets[count - 1].text, "- a *new* → line") == 0);
		plan_free(again);
	}
	buf_done(&out);
	free(lines);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *part = size == 0 ? NULL : memchr(data, 0xFF, size);
	size_t len = part == NULL ? size : (size_t)(part - data);
	char *text = malloc(size + 1);
	struct plan *plan;

	must(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	check_first(text, len);
	plan = parse(text, len);
	if (plan != NULL) {
		check_alone(plan, text, len);
		if (part == NULL)
			check_edit(plan, text);
		if (part != NULL)
			check_next(plan, text + len + 1, size - len - 1);
	}
	plan_free(plan);
	free(text);
	return 0;
}
