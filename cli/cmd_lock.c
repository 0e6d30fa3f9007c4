/*
 * cmd_lock - `keel lock`: check-ins can still be added, nothing be read.
 */
#include "cmds.h"
#include "ops.h"
#include "out.h"

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	json_t *reply = NULL;
	enum ek_err err = ops_none(env, &cmd_lock, argc, argv);

	if (err == EK_OK)
		err = ops_call(env, "POST", "/v1/lock", NULL, &reply);
	if (err != EK_OK)
		return err;
	out_json(env->out, reply);
	out_line(env->out,
	    "Locked. You can still check in; to read, run: keel unlock");
	json_decref(reply);
	return EK_OK;
}

const struct cmd cmd_lock = {
    .name = "lock",
    .summary = "lock the book: it can be added to, not read",
    .help = "The key is forgotten until `keel unlock`. A book whose key "
	    "is in a file cannot be locked.",
    .flags = CMD_DAEMON,
    .run = run,
};
