/*
 * web_plan_read - what the form of a section says, and the document made of
 * it (core/plan_edit.c).
 *
 * A line that the form did not show stays.  A line break parts a line in two.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evenkeel/plan_edit.h"
#include "keeld/web_plan.h"

#define LINK_WHOLE 100 /* bytes of a line that are taken as a link's words */

struct reading {
	struct web_req *wr;
	const json_t *plan;
	struct web_plan_wish *wish;
};

static enum ek_err
add_line(struct reading *reading, const char *id, const char *text, size_t len,
    json_t *links_take, const char *field)
{
	json_t *line;

	if (links_take == NULL)
		links_take = json_array();
	line = json_pack("{s:s?,s:s%,s:o,s:s}", "id", id, "text", text, len,
	    "links", links_take, "field", field);
	return json_array_append_new(reading->wish->lines, line) == 0
		   ? EK_OK
		   : EK_NOMEM;
}

/* --- what helps with a sign --- */

static bool
is_ticked(struct web_req *wr, const char *field, const char *value)
{
	const char *name, *got;
	size_t at = 0;

	while (web_field_next(wr, &at, &name, &got))
		if (strcmp(name, field) == 0 && strcmp(got, value) == 0)
			return true;
	return false;
}

/* Those that stand there and are ticked still, as she wrote them. */
static void
keep_links(struct reading *reading, const json_t *bullet, const char *field,
    json_t *ret)
{
	const json_t *links = json_object_get(bullet, "links"), *one;
	const json_t *linked = json_object_get(bullet, "linked");
	char loose[24];
	size_t i;

	json_array_foreach(links, i, one)
	{
		const char *id = json_string_value(json_array_get(linked, i));

		snprintf(loose, sizeof(loose), "x%zu", i);
		if (is_ticked(reading->wr, field, id == NULL ? loose : id))
			json_array_append_new(
			    ret, json_string(json_string_value(one)));
	}
}

static bool
has_link(const json_t *bullet, const char *id)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(bullet, "linked"), i, one)
	{
		if (json_is_string(one) &&
		    strcmp(json_string_value(one), id) == 0)
			return true;
	}
	return false;
}

/* Her line, or of a long one the words in front: they find it again. */
static json_t *
link_words(const char *text)
{
	size_t len = strlen(text);

	if (len > LINK_WHOLE) {
		for (len = LINK_WHOLE; len > 0 && text[len] != ' '; len--)
			;
		if (len == 0)
			len = strlen(text);
	}
	return json_stringn(text, len);
}

static void
add_links(struct reading *reading, const json_t *bullet, const char *field,
    enum plan_section section, json_t *ret)
{
	const json_t *list = web_plan_bullets(reading->plan, section), *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		const char *id = web_text(one, "id");

		if (!has_link(bullet, id) && is_ticked(reading->wr, field, id))
			json_array_append_new(
			    ret, link_words(web_text(one, "text")));
	}
}

static json_t *
read_links(struct reading *reading, const json_t *bullet)
{
	char field[16];
	json_t *links;

	snprintf(field, sizeof(field), "l.%.7s", web_text(bullet, "id"));
	if (web_field(reading->wr, "ticks") == NULL)
		return json_incref(json_object_get(bullet, "links"));
	links = json_array();
	keep_links(reading, bullet, field, links);
	add_links(reading, bullet, field, PLAN_HELPS, links);
	add_links(reading, bullet, field, PLAN_PEOPLE, links);
	return links;
}

/* --- lines --- */

/* The first line of value is the bullet's; more are new ones. */
static enum ek_err
add_value(struct reading *reading, const json_t *bullet, const char *value,
    const char *field)
{
	const char *id = bullet == NULL ? NULL : web_text(bullet, "id");
	json_t *links = NULL;
	enum ek_err err = EK_OK;
	size_t len;

	for (; err == EK_OK && *value != '\0'; value += len) {
		value += strspn(value, "\n");
		len = strcspn(value, "\n");
		if (len == 0 || strspn(value, " \t") >= len)
			continue;
		if (id != NULL && reading->wish->section == PLAN_SIGNS)
			links = read_links(reading, bullet);
		err = add_line(reading, id, value, len, links, field);
		id = NULL;
		links = NULL;
	}
	return err;
}

/* The first line of an adjustment with whom and since when, then the others. */
static enum ek_err
join(struct reading *reading, const char *id, const char *value,
    struct buf *ret, struct ek_why *why)
{
	char who[16], day[16];
	const char *rest;
	struct buf first;
	enum ek_err err;

	snprintf(who, sizeof(who), "w.%.7s", id);
	snprintf(day, sizeof(day), "d.%.7s", id);
	value += strspn(value, " \t\n");
	rest = value + strcspn(value, "\n");
	buf_init(&first, EK_HTTP_BODY_MAX);
	buf_add(&first, value, (size_t)(rest - value));
	err = buf_err(&first);
	if (err == EK_OK)
		err =
		    web_plan_join(buf_text(&first), web_field(reading->wr, who),
			web_field(reading->wr, day), ret, why);
	buf_str(ret, rest);
	buf_done(&first);
	return err == EK_OK ? buf_err(ret) : err;
}

static enum ek_err
add_agreed(struct reading *reading, const json_t *bullet, const char *id,
    const char *value, const char *field, struct ek_why *why)
{
	struct buf joined;
	enum ek_err err;

	if (value[strspn(value, " \t\n")] == '\0')
		return EK_OK;
	buf_init(&joined, EK_HTTP_BODY_MAX);
	err = join(reading, id, value, &joined, why);
	if (err == EK_OK)
		err = add_value(reading, bullet, buf_text(&joined), field);
	else
		snprintf(reading->wish->bad, sizeof(reading->wish->bad), "%s",
		    field);
	buf_done(&joined);
	return err;
}

static enum ek_err
read_bullet(struct reading *reading, const json_t *bullet, struct ek_why *why)
{
	const char *id = web_text(bullet, "id"), *value;
	char field[16];

	snprintf(field, sizeof(field), "t.%.7s", id);
	value = web_field(reading->wr, field);
	if (value == NULL)
		return add_line(reading, id, web_text(bullet, "text"),
		    strlen(web_text(bullet, "text")),
		    json_incref(json_object_get(bullet, "links")), "");
	if (reading->wish->section == PLAN_BEST)
		return add_agreed(reading, bullet, id, value, field, why);
	return add_value(reading, bullet, value, field);
}

enum ek_err
web_plan_read(struct web_req *wr, const json_t *plan,
    struct web_plan_wish *wish, struct ek_why *why)
{
	struct reading reading = {.wr = wr, .plan = plan, .wish = wish};
	const json_t *list = web_plan_bullets(plan, wish->section), *one;
	const char *fresh = web_field(wr, "t.new"), *more;
	enum ek_err err = EK_OK;
	size_t i;

	wish->day = web_field(wr, "day");
	wish->lines = json_array();
	json_array_foreach(list, i, one)
	{
		if (err == EK_OK)
			err = read_bullet(&reading, one, why);
	}
	if (err == EK_OK && fresh != NULL)
		err = add_agreed(&reading, NULL, "new", fresh, "t.new", why);
	more = web_field(wr, "more");
	if (err == EK_OK && more != NULL)
		err = add_value(&reading, NULL, more, "more");
	return err;
}

/* --- the document --- */

static void
take_lines(const json_t *lines, struct plan_line *out, const char **links)
{
	const json_t *line, *link;
	size_t i, k;

	json_array_foreach(lines, i, line)
	{
		out[i].id = json_string_value(json_object_get(line, "id"));
		out[i].text = web_text(line, "text");
		out[i].links = links;
		json_array_foreach(json_object_get(line, "links"), k, link)
		{
			*links++ = json_string_value(link);
		}
		out[i].link_count = k;
	}
}

static size_t
count_links(const json_t *lines)
{
	const json_t *line;
	size_t count = 0, i;

	json_array_foreach(lines, i, line)
	{
		count += json_array_size(json_object_get(line, "links"));
	}
	return count;
}

/* The plan as read, with the ids that its answer names. */
static enum ek_err
parse(
    const json_t *json, const char *text, struct plan **ret, struct ek_why *why)
{
	struct plan *plan = NULL;
	const json_t *one;
	struct buf ids;
	size_t i;
	enum ek_err err = plan_parse(text, strlen(text), &plan, why);

	buf_init(&ids, EK_PLAN_MAX);
	json_array_foreach(json_object_get(json, "document"), i, one)
	{
		if (strcmp(web_text(one, "kind"), "bullet") == 0)
			buf_fmt(&ids, "%s ", web_text(one, "id"));
	}
	if (err == EK_OK)
		err = plan_ids_set(plan, buf_text(&ids), ids.len);
	buf_done(&ids);
	if (err == EK_OK)
		*ret = plan;
	else
		plan_free(plan);
	return err;
}

/* The document itself; where there is none, as `keel plan edit` begins one. */
static enum ek_err
document(const json_t *plan, struct buf *ret)
{
	const char *text = web_text(plan, "text");

	if (text[0] == '\0')
		return plan_first(
		    &(struct plan_start){.lang = "en"}, ret, NULL);
	buf_str(ret, text);
	return buf_err(ret);
}

static enum ek_err
edit(const struct plan *plan, const char *text,
    const struct web_plan_wish *wish, struct buf *ret, size_t *ret_bad,
    struct ek_why *why)
{
	size_t count = json_array_size(wish->lines);
	struct plan_line *wanted = calloc(count + 1, sizeof(*wanted));
	const char **links =
	    calloc(count_links(wish->lines) + 1, sizeof(*links));
	const struct plan_change change = {wish->section, wanted, count};
	enum ek_err err = EK_NOMEM;

	if (wanted != NULL && links != NULL) {
		take_lines(wish->lines, wanted, links);
		err = plan_edit(text, plan, &change, ret, ret_bad, why);
	}
	free(wanted);
	free(links);
	return err;
}

enum ek_err
web_plan_apply(const json_t *plan, struct web_plan_wish *wish, struct buf *ret,
    struct ek_why *why)
{
	const char *day =
	    wish->day == NULL || wish->day[0] == '\0' ? NULL : wish->day;
	struct plan *parsed = NULL;
	size_t bad = SIZE_MAX;
	struct buf text;
	enum ek_err err;

	buf_init(&text, EK_PLAN_MAX + 1);
	err = document(plan, &text);
	if (err == EK_OK)
		err = parse(plan, buf_text(&text), &parsed, why);
	if (err == EK_OK && wish->section == PLAN_REVIEW)
		err = plan_edit_review(buf_text(&text), parsed, day, ret, why);
	else if (err == EK_OK)
		err = edit(parsed, buf_text(&text), wish, ret, &bad, why);
	if (err != EK_OK && bad < json_array_size(wish->lines))
		snprintf(wish->bad, sizeof(wish->bad), "%s",
		    web_text(json_array_get(wish->lines, bad), "field"));
	else if (err != EK_OK && wish->section == PLAN_REVIEW)
		snprintf(wish->bad, sizeof(wish->bad), "day");
	plan_free(parsed);
	buf_done(&text);
	return err;
}
