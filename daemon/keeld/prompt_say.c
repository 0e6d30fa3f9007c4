/*
 * prompt_say - the words of a bubble, and where the helper lies.
 *
 * Neutral words only: whoever stands behind her reads them, and servers of
 * notifications keep them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keeld/prompt_in.h"
#include "keeld/share.h"

#define HELPER "keel-notify"

static const char *const question[] = {
    "summary A short question is waiting",
    "body Whenever it suits you.",
    "plain Whenever it suits you: type keel checkin in a terminal.",
    "checkin Check in",
    "snooze In 30 minutes",
    "skip Not today",
    "show",
    NULL,
};
static const char *const sample[] = {
    "summary A short question is waiting",
    "body This is what it will look like. Nothing is asked now.",
    "plain This is what it will look like. Nothing is asked now.",
    "checkin Check in",
    "snooze In 30 minutes",
    "skip Not today",
    "tell",
    NULL,
};
static const char *const type_it[] = {
    "body To check in, type: keel checkin", "tell", NULL};

static enum ek_err
say_all(struct loop_talk *talk, const char *const *orders)
{
	enum ek_err err = EK_OK;

	for (; err == EK_OK && *orders != NULL; orders++)
		err = loop_talk_say(talk, *orders);
	return err;
}

enum ek_err
prompt_say_question(struct loop_talk *talk)
{
	return say_all(talk, question);
}

enum ek_err
prompt_say_type_it(struct loop_talk *talk)
{
	return say_all(talk, type_it);
}

enum ek_err
prompt_say_sample(struct loop_talk *talk)
{
	return say_all(talk, sample);
}

bool
prompt_is_shown(const char *line)
{
	size_t len = strlen(line), digits = len - 6;

	return strncmp(line, "shown ", 6) == 0 && digits > 0 && digits <= 10 &&
	       strspn(line + 6, "0123456789") == digits;
}

void
prompt_find_helper(char *out, size_t size)
{
#ifdef EK_TEST_BUILD
	const char *named = getenv("EVENKEEL_TEST_NOTIFY");

	if (named != NULL) {
		snprintf(out, size, "%s", named);
		return;
	}
#endif
	share_program(HELPER, "libexec/evenkeel", out, size);
}
