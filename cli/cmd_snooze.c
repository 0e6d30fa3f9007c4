/*
 * cmd_snooze - not now: what waits is asked again a little later.
 */
#include <stdlib.h>
#include <string.h>

#include "cmds.h"
#include "evenkeel/limits.h"
#include "ops.h"
#include "out.h"
#include "reply.h"
#include "steps.h"

static enum ek_err
read_minutes(struct cmd_env *env, const char *word, long *ret)
{
	size_t len = strlen(word);

	*ret = 0;
	if (len > 0 && len < 9 && strspn(word, "0123456789") == len)
		*ret = strtol(word, NULL, 10);
	if (*ret >= 1 && *ret <= EK_SNOOZE_MAX)
		return EK_OK;
	return ops_fail(env, EK_USAGE,
	    "minutes are a whole number from 1 to %d; run: keel snooze 30",
	    EK_SNOOZE_MAX);
}

static enum ek_err
snooze(struct cmd_env *env, const json_t *slot, long minutes, const char *day,
    json_t **ret)
{
	struct buf when;
	enum ek_err err;

	err = steps_post_take(env, "/v1/slots/snooze",
	    json_pack("{s:s,s:o}", "slot", ops_text(slot, "slot"), "minutes",
		minutes == 0 ? json_null() : json_integer(minutes)),
	    ret);
	if (err != EK_OK)
		return err;
	buf_init(&when, 100);
	reply_when(reply_text(*ret, "until"), day, &when);
	out_line(env->out, "%s: asked again %s.", ops_text(slot, "title"),
	    buf_text(&when));
	buf_done(&when);
	return EK_OK;
}

/* Everything that waits: whoever says "not now" means all of it. */
static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	const char *word = NULL;
	json_t *today = NULL, *reply = NULL;
	const json_t *open, *slot;
	enum ek_err err = EK_OK;
	long minutes = 0;
	size_t i;

	if (argc > 1)
		err = steps_one_arg(
		    env, &cmd_snooze, argc, argv, "a number of minutes", &word);
	if (err == EK_OK && word != NULL)
		err = read_minutes(env, word, &minutes);
	if (err == EK_OK)
		err = steps_today(env, &today);
	if (err != EK_OK)
		return err;
	open = json_object_get(today, "open");
	if (json_array_size(open) == 0)
		err = ops_fail(env, EK_NOT_FOUND,
		    "nothing waits to be put off; `keel schedule next` says "
		    "what comes");
	json_array_foreach(open, i, slot)
	{
		json_decref(reply);
		reply = NULL;
		err = snooze(
		    env, slot, minutes, reply_text(today, "day"), &reply);
		if (err != EK_OK)
			break;
	}
	if (err == EK_OK)
		out_json(env->out, reply);
	json_decref(reply);
	json_decref(today);
	return err;
}

const struct cmd cmd_snooze = {
    .name = "snooze",
    .args = "[MINUTES]",
    .summary = "not now: ask again in 30 minutes, or in as many as given",
    .flags = CMD_DAEMON,
    .run = run,
};
