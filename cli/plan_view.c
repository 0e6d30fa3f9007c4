/*
 * plan_view - a plan on a terminal, and saving one.  See plan_view.h.
 */
#include "plan_view.h"

#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "evenkeel/plan.h"
#include "ops.h"
#include "out.h"

#define MARGIN 5 /* columns: "s12" and two spaces */

enum ek_err
plan_put(struct cmd_env *env, const struct buf *text, const char *base,
    json_t **ret_reply, struct ek_why *reterr_why)
{
	json_t *body = json_pack(
	    "{s:s%,s:s?}", "text", buf_text(text), text->len, "base", base);
	enum ek_err err = EK_NOMEM;
	char key[33];

	if (body == NULL)
		return err;
	client_new_key(key);
	err = client_call(
	    env->client, "PUT", "/v1/plan", body, key, ret_reply, reterr_why);
	json_decref(body);
	return err;
}

void
plan_print_diff(struct out *out, const char *diff)
{
	while (*diff != '\0') {
		size_t len = strcspn(diff, "\n");
		bool mark =
		    len > 1 && strchr("+-~", diff[0]) != NULL && diff[1] == ' ';

		if (len == 0)
			out_gap(out);
		else
			out_text(out, mark ? OUT_PLAIN : OUT_STRONG,
			    mark ? 2 : 0, 2, "%.*s", (int)len, diff);
		diff += len + (diff[len] == '\n' ? 1 : 0);
	}
}

void
plan_saved(struct cmd_env *env, json_t *reply)
{
	const char *diff = ops_text(reply, "diff");

	if (!ops_true(reply, "changed"))
		out_line(env->out, "Nothing was changed.");
	else
		out_line(env->out, "Saved as version %.8s.",
		    ops_text(reply, "version"));
	if (ops_true(reply, "changed") && diff[0] != '\0') {
		out_gap(env->out);
		plan_print_diff(env->out, diff);
	}
	out_json(env->out, reply);
}

/* --- the document --- */

/* The ids keeld gave, at the lines where core finds the bullets: both read
 * the same document, section by section. */
static void
section_ids(const struct plan *plan, enum plan_section section,
    const json_t *bullets, const char **lines, size_t count)
{
	size_t i, found;
	const struct plan_bullet *list = plan_bullets(plan, section, &found);

	for (i = 0; i < found && i < json_array_size(bullets); i++)
		if (list[i].line > 0 && list[i].line <= count)
			lines[list[i].line - 1] =
			    ops_text(json_array_get(bullets, i), "id");
}

static void
find_ids(const struct plan *plan, const json_t *sections, const char **lines,
    size_t count)
{
	const json_t *section;
	size_t i;

	json_array_foreach(sections, i, section)
	{
		const char *key = ops_text(section, "key");
		const json_t *bullets = json_object_get(section, "bullets");

		for (int at = 0; at < PLAN_SECTIONS; at++)
			if (strcmp(plan_section_key((enum plan_section)at),
				key) == 0)
				section_ids(plan, (enum plan_section)at,
				    bullets, lines, count);
	}
}

/* A line's bytes, and those of its end: LF, CR LF or CR, as Markdown has it;
 * core counts lines the same way. */
static size_t
line_len(const char *text, size_t *ret_end)
{
	size_t len = strcspn(text, "\r\n");

	*ret_end = strncmp(text + len, "\r\n", 2) == 0 ? 2 : text[len] != '\0';
	return len;
}

static size_t
count_lines(const char *text)
{
	size_t count = 1, len, end;

	for (; *text != '\0'; text += len + end, count++)
		len = line_len(text, &end);
	return count;
}

static void
put_lines(struct out *out, const char *text, const char *const *ids)
{
	for (size_t i = 0; *text != '\0'; i++) {
		size_t end, len = line_len(text, &end);
		bool head = text[0] == '#';

		if (len == 0)
			out_gap(out);
		else
			out_text(out, head ? OUT_HEAD : OUT_PLAIN, 0,
			    head ? MARGIN : MARGIN + 2, "%-*s%.*s", MARGIN,
			    ids[i] == NULL ? "" : ids[i], (int)len, text);
		text += len + end;
	}
}

void
plan_print(struct out *out, const json_t *plan)
{
	const char *text = ops_text(plan, "text");
	size_t count = count_lines(text);
	const char **ids = calloc(count, sizeof(*ids));
	struct plan *parsed = NULL;

	if (ids == NULL)
		return;
	if (plan_parse(text, strlen(text), &parsed, NULL) == EK_OK)
		find_ids(parsed, json_object_get(plan, "sections"), ids, count);
	put_lines(out, text, ids);
	plan_free(parsed);
	free(ids);
}
