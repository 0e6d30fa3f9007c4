/*
 * plan_first - the plan that the first five answers make.
 *
 * What was typed is written so that reading it gives the same words back
 * (plan_write.c).
 */
#include <string.h>

#include "core/plan_impl.h"
#include "evenkeel/text.h"

struct answer {
	const char *what; /* for reasons */
	const char *text; /* may be NULL */
	bool sign;
};

static enum ek_err
clean_answer(const struct answer *answer, struct buf *clean, struct ek_why *why)
{
	size_t len = strlen(answer->text);

	if (!text_utf8_ok(answer->text, len, NULL))
		return ek_why(why, EK_INVALID,
		    "%s is not UTF-8 text; type it again", answer->what);
	if (!plan_text_clean(answer->text, len, clean))
		return ek_why(why, EK_INVALID,
		    "%s holds a control character; type it again",
		    answer->what);
	return buf_err(clean);
}

/* One answer as a bullet; nothing when it is empty. */
static enum ek_err
add_answer(struct buf *out, const struct answer *answer, struct ek_why *why)
{
	struct buf clean;
	const char *text;
	size_t len;
	enum ek_err err;

	if (answer->text == NULL)
		return EK_OK;
	buf_init(&clean, EK_PLAN_MAX);
	err = clean_answer(answer, &clean, why);
	len = clean.len;
	text = plan_text_trim(buf_text(&clean), &len);
	if (err == EK_TOO_LARGE || (err == EK_OK && len > EK_BULLET_MAX))
		err = ek_why(why, EK_TOO_LARGE,
		    "%s is longer than %d bytes; shorten it", answer->what,
		    EK_BULLET_MAX);
	if (err == EK_OK && len > 0) {
		clean.data[text - clean.data + len] = '\0';
		buf_str(out, "- ");
		plan_write(out, text,
		    answer->sign ? PLAN_WRITE_SIGN : PLAN_WRITE_PLAIN);
		buf_str(out, "\n\n");
	}
	buf_done(&clean);
	return err;
}

static enum ek_err
add_section(struct buf *out, const struct plan_start *start,
    enum plan_section section, struct ek_why *why)
{
	struct answer answer = {.text = NULL};

	buf_fmt(out, "## %s\n\n", plan_heading(section, start->lang));
	if (section == PLAN_SIGNS)
		answer = (struct answer){"the sign", start->sign, true};
	else if (section == PLAN_HELPS)
		answer = (struct answer){"what helps", start->helps, false};
	else if (section == PLAN_PEOPLE)
		answer = (struct answer){"the person", start->person, false};
	else if (section == PLAN_REVIEW && start->review_day != NULL &&
		 *start->review_day != '\0')
		buf_fmt(out, "%s\n", start->review_day);
	return add_answer(out, &answer, why);
}

enum ek_err
plan_first(
    const struct plan_start *start, struct buf *ret, struct ek_why *reterr_why)
{
	struct civil day;
	struct buf out;
	enum ek_err err = EK_OK;
	int section;

	if (start->review_day != NULL && *start->review_day != '\0' &&
	    !civil_parse_date(start->review_day, &day))
		return ek_why(reterr_why, EK_INVALID,
		    "the review day is no date; write it as 2026-12-01");
	buf_init(&out, EK_PLAN_MAX);
	buf_fmt(&out, "# %s\n\n", plan_title(start->lang));
	for (section = 0; section < PLAN_SECTIONS && err == EK_OK; section++)
		err = add_section(
		    &out, start, (enum plan_section)section, reterr_why);
	while (out.len > 1 && out.data[out.len - 2] == '\n')
		out.data[--out.len] = '\0';
	if (err == EK_OK)
		err = buf_err(&out);
	if (err == EK_OK) {
		buf_add(ret, buf_text(&out), out.len);
		err = buf_err(ret);
	}
	buf_done(&out);
	return err;
}
