/*
 * web_plan_save - a section of the plan, as its form was sent.
 *
 * It is saved on top of the version its lines were of.  When another was
 * saved meanwhile, and not in this section, it is saved on top of that; else
 * she sees both and decides.
 */
#include <stdio.h>
#include <string.h>

#include "keeld/web_left.h"
#include "keeld/web_plan.h"

#define SAME_LEN 34 /* of ids that are asked about after one save */

struct saving {
	struct web_req *wr;
	struct web_plan_wish wish;
	json_t *base;   /* the plan whose lines the form showed */
	json_t *newest; /* after a conflict */
};

static void
saving_done(struct saving *saving)
{
	json_decref(saving->wish.lines);
	json_decref(saving->base);
	json_decref(saving->newest);
}

/* --- the form --- */

static enum ek_err
section_of(struct web_req *wr, enum plan_section *ret, struct ek_why *why)
{
	return web_plan_key(web_query(wr, "section"), ret)
		   ? EK_OK
		   : ek_why(why, EK_NOT_FOUND,
			 "there is no such part of a plan; choose one there "
			 "is");
}

/* Of the version that its lines are of: a form that was left goes on there. */
static enum ek_err
show(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const char *base = web_field(wr, "base");
	struct web_plan_form form = {.plan = NULL};
	json_t *plan = NULL;
	enum ek_err err = section_of(wr, &form.section, why);

	if (err == EK_OK)
		err = web_plan_of(wr,
		    base == NULL || base[0] == '\0' ? NULL : base, &plan, why);
	form.plan = plan;
	if (err == EK_OK)
		web_plan_put_form(wr, &form, out);
	json_decref(plan);
	return err;
}

static void
left_name(struct web_req *wr, char *out, size_t room)
{
	const char *section = web_query(wr, "section");

	snprintf(out, room, "plan:%.20s", section == NULL ? "" : section);
}

static enum ek_err
edit_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	enum ek_err err = EK_NOT_FOUND;
	char name[32];

	left_name(wr, name, sizeof(name));
	if (web_query(wr, "left") != NULL)
		err = web_left_with(wr, name, show, out, why);
	return err == EK_NOT_FOUND ? show(wr, out, why) : err;
}

/* --- saving --- */

static enum ek_err
put(struct saving *saving, const json_t *plan, struct ek_why *why)
{
	const char *version =
	    json_string_value(json_object_get(plan, "version"));
	json_t *reply = NULL;
	struct buf text;
	enum ek_err err;

	buf_init(&text, EK_PLAN_MAX);
	err = web_plan_apply(plan, &saving->wish, &text, why);
	if (err == EK_TOO_LARGE && saving->wish.bad[0] == '\0')
		ek_why(why, err,
		    "the plan is too long with this; keep what you use");
	if (err == EK_OK)
		err = web_api(saving->wr, "PUT", "/v1/plan",
		    json_pack("{s:s%,s:s?}", "text", buf_text(&text), text.len,
			"base", version),
		    &reply, why);
	buf_done(&text);
	json_decref(reply);
	return err;
}

static bool
says_same(const json_t *a, const json_t *b)
{
	return json_equal(json_object_get(a, "text"),
		   json_object_get(b, "text")) != 0 &&
	       json_equal(json_object_get(a, "links"),
		   json_object_get(b, "links")) != 0;
}

static bool
section_same(const struct saving *saving)
{
	enum plan_section section = saving->wish.section;
	const json_t *was = web_plan_bullets(saving->base, section);
	const json_t *is = web_plan_bullets(saving->newest, section), *one;
	size_t i;

	if (section == PLAN_REVIEW)
		return strcmp(web_text(saving->base, "review"),
			   web_text(saving->newest, "review")) == 0;
	if (json_array_size(was) != json_array_size(is))
		return false;
	json_array_foreach(was, i, one)
	{
		if (!says_same(one, json_array_get(is, i)))
			return false;
	}
	return true;
}

/* Does the newest say what she wants?  So it is when a form comes twice. */
static bool
is_said(struct saving *saving)
{
	const json_t *is =
	    web_plan_bullets(saving->newest, saving->wish.section);
	struct web_plan_wish wish = saving->wish;
	struct buf text;
	json_t *line;
	bool said;
	size_t i;

	if (json_array_size(is) != json_array_size(wish.lines))
		return false;
	wish.lines = json_deep_copy(wish.lines);
	json_array_foreach(wish.lines, i, line)
	{
		json_object_set(
		    line, "id", json_object_get(json_array_get(is, i), "id"));
	}
	buf_init(&text, EK_PLAN_MAX);
	said = web_plan_apply(saving->newest, &wish, &text, NULL) == EK_OK &&
	       strcmp(buf_text(&text), web_text(saving->newest, "text")) == 0;
	buf_done(&text);
	json_decref(wish.lines);
	return said;
}

/* EK_CONFLICT: it is hers to decide. */
static enum ek_err
save(struct saving *saving, struct ek_why *why)
{
	enum ek_err err = put(saving, saving->base, why), get;

	if (err != EK_CONFLICT)
		return err;
	get = web_plan_of(saving->wr, NULL, &saving->newest, why);
	if (get != EK_OK)
		return get;
	if (is_said(saving))
		return EK_OK;
	return section_same(saving) ? put(saving, saving->newest, why) : err;
}

/* --- which line is which --- */

struct pairs {
	char was[SAME_LEN], now[SAME_LEN];
};

static void
add_pair(struct pairs *pairs, const char *was, const char *now)
{
	size_t a = strlen(pairs->was), b = strlen(pairs->now);

	if (a + 9 > SAME_LEN || b + 9 > SAME_LEN)
		return;
	snprintf(pairs->was + a, sizeof(pairs->was) - a, "%s%.7s",
	    a == 0 ? "" : ".", was);
	snprintf(pairs->now + b, sizeof(pairs->now) - b, "%s%.7s",
	    b == 0 ? "" : ".", now);
}

/* Lines that she wrote over, and that count as new ones now. */
static void
find_pairs(const struct saving *saving, const json_t *plan, struct pairs *ret)
{
	const json_t *is = web_plan_bullets(plan, saving->wish.section), *line;
	size_t i;

	json_array_foreach(saving->wish.lines, i, line)
	{
		const char *was = web_text(line, "id");
		const char *now = web_text(json_array_get(is, i), "id");

		if (was[0] != '\0' && now[0] != '\0' &&
		    web_plan_bullet(plan, was) == NULL &&
		    web_plan_bullet(saving->base, now) == NULL)
			add_pair(ret, was, now);
	}
}

/* What check-ins count by: there it matters. */
static enum ek_err
see_saved(struct saving *saving, struct ek_why *why)
{
	enum plan_section section = saving->wish.section;
	struct pairs pairs = {"", ""};
	json_t *plan = NULL;
	char target[128];
	enum ek_err err = web_plan_of(saving->wr, NULL, &plan, why);

	if (err != EK_OK)
		return err;
	if (section == PLAN_SIGNS || section == PLAN_HELPS)
		find_pairs(saving, plan, &pairs);
	snprintf(target, sizeof(target), "plan-same?of=%.32s&was=%s&now=%s",
	    web_text(saving->base, "version"), pairs.was, pairs.now);
	web_see(saving->wr, pairs.was[0] != '\0' ? target : "plan?done=saved");
	json_decref(plan);
	return EK_OK;
}

static enum ek_err
read_and_save(struct saving *saving, struct ek_why *why)
{
	enum ek_err err =
	    web_plan_read(saving->wr, saving->base, &saving->wish, why);

	return err == EK_OK ? save(saving, why) : err;
}

static enum ek_err
edit_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const char *base = web_field(wr, "base");
	struct saving saving = {.wr = wr};
	struct web_plan_form form = {.plan = NULL};
	char left[32];
	enum ek_err err = section_of(wr, &saving.wish.section, why);

	if (err == EK_OK)
		err = web_plan_of(wr,
		    base == NULL || base[0] == '\0' ? NULL : base, &saving.base,
		    why);
	if (err != EK_OK)
		return err;
	left_name(wr, left, sizeof(left));
	err = web_is_later(wr) ? web_left_later(wr, left, why)
			       : read_and_save(&saving, why);
	if (err == EK_OK && web_is_later(wr)) {
		saving_done(&saving);
		return EK_OK;
	}
	if (err == EK_OK) {
		web_left_saved(wr, left);
		err = see_saved(&saving, why);
		saving_done(&saving);
		return err;
	}
	form.section = saving.wish.section;
	form.clash = err == EK_CONFLICT && saving.newest != NULL;
	form.plan = form.clash ? saving.newest : saving.base;
	form.bad = saving.wish.bad[0] == '\0' ? NULL : saving.wish.bad;
	web_refused(wr, err, why);
	web_plan_put_form(wr, &form, out);
	saving_done(&saving);
	return EK_OK;
}

const struct web_row web_plan_save_rows[] = {
    {"GET", "plan-edit", edit_get},
    {"POST", "plan-edit", edit_post},
    {NULL, NULL, NULL},
};
