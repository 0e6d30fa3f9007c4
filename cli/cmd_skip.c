/*
 * cmd_skip - not this time: the check-in that waits is not asked again.
 */
#include <string.h>

#include "cmds.h"
#include "ops.h"
#include "out.h"
#include "reply.h"
#include "steps.h"

/* The open slot of that instrument; without a name, the only one. */
static enum ek_err
find_slot(const json_t *open, const char *name, const json_t **ret,
    struct ek_why *reterr_why)
{
	const json_t *slot;
	size_t i;

	if (json_array_size(open) == 0)
		return ek_why(reterr_why, EK_NOT_FOUND,
		    "nothing waits to be skipped; `keel schedule next` says "
		    "what comes");
	if (name == NULL && json_array_size(open) > 1)
		return ek_why(reterr_why, EK_USAGE,
		    "more than one check-in waits; name the one to skip, as "
		    "`keel` shows them");
	json_array_foreach(open, i, slot)
	{
		if (name != NULL &&
		    strcmp(ops_text(slot, "instrument"), name) != 0)
			continue;
		*ret = slot;
		return EK_OK;
	}
	return ek_why(reterr_why, EK_NOT_FOUND,
	    "no check-in of that name waits; `keel` shows those that do");
}

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	const char *name = NULL;
	const json_t *slot = NULL;
	json_t *today = NULL, *reply = NULL;
	struct ek_why why = {""};
	enum ek_err err = EK_OK;

	if (argc > 1)
		err = steps_one_arg(env, &cmd_skip, argc, argv,
		    "the name of a check-in", &name);
	if (err == EK_OK)
		err = steps_today(env, &today);
	if (err != EK_OK)
		return err;
	err = find_slot(json_object_get(today, "open"), name, &slot, &why);
	if (err != EK_OK) {
		out_fail(env->out, err, &why);
		goto out;
	}
	err = steps_post_take(env, "/v1/slots/skip",
	    json_pack("{s:s}", "slot", ops_text(slot, "slot")), &reply);
	if (err != EK_OK)
		goto out;
	out_line(env->out, "Skipped: %s. It will not be asked again.",
	    ops_text(slot, "title"));
	out_json(env->out, reply);
out:
	json_decref(reply);
	json_decref(today);
	return err;
}

const struct cmd cmd_skip = {
    .name = "skip",
    .args = "[INSTRUMENT]",
    .summary = "not this time: leave out the check-in that waits",
    .flags = CMD_DAEMON,
    .run = run,
};
