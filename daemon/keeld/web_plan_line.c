/*
 * web_plan_line - an adjustment as three fields and as the one line that
 * stands in the plan: "a quiet desk on Mondays (Tan, 2026-11-24)".
 */
#include <stdio.h>
#include <string.h>

#include "evenkeel/civil.h"
#include "keeld/web_plan.h"

/* Where the bracket that ends text in a day begins, with its space; or NULL. */
static const char *
find_bracket(const char *text, char *day)
{
	size_t len = strlen(text);
	const char *at;
	struct civil civil;

	if (len < CIVIL_DATE_LEN + 3 || text[len - 1] != ')')
		return NULL;
	at = text + len - 1 - CIVIL_DATE_LEN;
	memcpy(day, at, CIVIL_DATE_LEN);
	day[CIVIL_DATE_LEN] = '\0';
	if (!civil_parse_date(day, &civil))
		return NULL;
	while (at > text && *at != '(')
		at--;
	return at > text + 1 && at[-1] == ' ' ? at - 1 : NULL;
}

void
web_plan_part(const char *text, struct web_agreed *ret)
{
	char day[CIVIL_DATE_LEN + 1];
	const char *bracket = find_bracket(text, day), *who;
	size_t len;

	memset(ret, 0, sizeof(*ret));
	snprintf(ret->text, sizeof(ret->text), "%s", text);
	if (bracket == NULL)
		return;
	who = bracket + 2;
	len = strlen(who) - 1 - CIVIL_DATE_LEN;
	if (len == 2 || len > EK_NAME_MAX + 2 ||
	    (len > 2 && memcmp(who + len - 2, ", ", 2) != 0) || len == 1)
		return;
	snprintf(ret->who, sizeof(ret->who), "%.*s",
	    len == 0 ? 0 : (int)len - 2, who);
	snprintf(ret->day, sizeof(ret->day), "%s", day);
	ret->text[bracket - text] = '\0';
}

static bool
is_same(const char *text, const char *who, const char *day, const char *joined)
{
	struct web_agreed parts;

	if (strlen(joined) > EK_BULLET_MAX)
		return true; /* too long: said by who reads the plan */
	web_plan_part(joined, &parts);
	return strcmp(parts.text, text) == 0 && strcmp(parts.who, who) == 0 &&
	       strcmp(parts.day, day) == 0;
}

enum ek_err
web_plan_join(const char *text, const char *who, const char *day,
    struct buf *ret, struct ek_why *why)
{
	struct civil civil;

	who = who == NULL ? "" : who;
	day = day == NULL ? "" : day;
	who += strspn(who, " ");
	if (day[0] == '\0' && who[0] != '\0')
		return ek_why(why, EK_INVALID,
		    "the day is missing; say since when this is agreed");
	if (day[0] != '\0' && !civil_parse_date(day, &civil))
		return ek_why(
		    why, EK_INVALID, "this is no day; write it as 2026-12-01");
	buf_str(ret, text);
	if (day[0] == '\0')
		return buf_err(ret);
	buf_fmt(ret, " (%s%s%s)", who, who[0] == '\0' ? "" : ", ", day);
	if (buf_err(ret) == EK_OK && !is_same(text, who, day, buf_text(ret)))
		return ek_why(why, EK_INVALID,
		    "the name is too long or has brackets in it; write it "
		    "shorter, or into the line");
	return buf_err(ret);
}
