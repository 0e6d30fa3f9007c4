/*
 * cmd_copy - `keel copy`: the sealed copy, where it is and how it fares.
 */
#include <string.h>

#include "cmds.h"
#include "ops.h"
#include "out.h"

/* Sends, and prints what the copy is then. */
static enum ek_err
send(struct cmd_env *env, const char *method, const json_t *body)
{
	json_t *reply = NULL;
	enum ek_err err;

	err = ops_call(env, method, "/v1/copy", body, &reply);
	if (err != EK_OK)
		return err;
	out_json(env->out, reply);
	out_line(env->out, "%s", ops_text(reply, "words"));
	if (ops_text(reply, "file")[0] != '\0')
		out_line(env->out, "File: %s", ops_text(reply, "file"));
	if (ops_text(reply, "left")[0] != '\0')
		out_line(env->out,
		    "The copy made before stays at %s and still opens with "
		    "your recovery phrase. Delete it if you no longer want it.",
		    ops_text(reply, "left"));
	json_decref(reply);
	return EK_OK;
}

static enum ek_err
run_show(struct cmd_env *env, int argc, char **argv)
{
	enum ek_err err = ops_none(env, &cmd_copy, argc, argv);

	return err == EK_OK ? send(env, "GET", NULL) : err;
}

static enum ek_err
put_place(struct cmd_env *env, const char *place)
{
	json_t *body = json_pack("{s:s?}", "place", place);
	enum ek_err err;

	if (body == NULL)
		return ops_fail(env, EK_INVALID,
		    "the folder's name is not UTF-8; choose another");
	err = send(env, "PUT", body);
	json_decref(body);
	return err;
}

static enum ek_err run_set(struct cmd_env *env, int argc, char **argv);

static const struct cmd sub_set = {
    .name = "set",
    .args = "DIR",
    .summary = "keep a sealed copy in DIR: a network home, a stick",
    .flags = CMD_DAEMON,
    .run = run_set,
};

static enum ek_err
run_set(struct cmd_env *env, int argc, char **argv)
{
	char place[EK_PATH_MAX];
	const struct cmd_opt *opt;
	const char *given = NULL;
	const char *more = NULL;
	struct ek_why why = {""};
	struct args args;
	enum ek_err err;

	args_init(&args, &sub_set, argc, argv);
	err = args_next(&args, &opt, &given, &why);
	if (err == EK_NOT_FOUND)
		err = ek_why(&why, EK_USAGE,
		    "copy set needs a folder; give copy set DIR");
	if (err == EK_OK && args_next(&args, &opt, &more, &why) == EK_OK)
		err = ek_why(&why, EK_USAGE,
		    "copy set takes one folder; put quotes around a name with "
		    "spaces");
	if (err == EK_OK)
		err = ops_whole_path(given, place, sizeof(place), &why);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	return put_place(env, place);
}

static enum ek_err run_now(struct cmd_env *env, int argc, char **argv);
static enum ek_err run_off(struct cmd_env *env, int argc, char **argv);

static const struct cmd sub_now = {
    .name = "now",
    .summary = "write the copy now",
    .flags = CMD_DAEMON,
    .run = run_now,
};

static const struct cmd sub_off = {
    .name = "off",
    .summary = "write no more copies; the last one stays where it is",
    .flags = CMD_DAEMON,
    .run = run_off,
};

static enum ek_err
run_now(struct cmd_env *env, int argc, char **argv)
{
	enum ek_err err = ops_none(env, &sub_now, argc, argv);

	return err == EK_OK ? send(env, "POST", NULL) : err;
}

static enum ek_err
run_off(struct cmd_env *env, int argc, char **argv)
{
	enum ek_err err = ops_none(env, &sub_off, argc, argv);

	return err == EK_OK ? put_place(env, NULL) : err;
}

static const struct cmd *const subs[] = {&sub_now, &sub_off, &sub_set, NULL};

const struct cmd cmd_copy = {
    .name = "copy",
    .args = "[now | off | set DIR]",
    .summary = "keep a sealed copy of the book somewhere else",
    .help = "Alone it says where the copy is and when it was written.\n"
	    "The copy is the whole book, sealed. It is written once a day "
	    "and when you log out, and read at start: that is how a book "
	    "follows you to another desk. It opens with your keyring's key "
	    "or your recovery phrase (keel restore).",
    .flags = CMD_DAEMON | CMD_READS,
    .subs = subs,
    .run = run_show,
};
