/*
 * cmd_help - `keel help [COMMAND [SUBCOMMAND]]`.
 */
#include <string.h>

#include "call.h"
#include "cmds.h"
#include "help.h"
#include "out.h"

static enum ek_err
print_table(struct cmd_env *env)
{
	json_t *json = help_table(cmds);
	struct buf text;
	enum ek_err err;

	if (json == NULL)
		return out_fail(env->out, EK_NOMEM, NULL);
	buf_init(&text, (size_t)1 << 24);
	err = json_write(json, &text);
	if (err == EK_OK && env->json)
		out_json(env->out, json);
	else if (err == EK_OK) {
		buf_char(&text, '\n');
		out_raw(env->out, buf_text(&text), text.len);
	}
	buf_done(&text);
	json_decref(json);
	return err == EK_OK ? EK_OK : out_fail(env->out, err, NULL);
}

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	const struct cmd *path[CALL_DEPTH_MAX];
	const struct cmd *const *table = cmds;
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	struct ek_why why = {""};
	bool at_terminal = env->tty_in && env->tty_out;
	enum ek_err err;
	int depth = 0;

	args_init(&args, &cmd_help, argc, argv);
	while ((err = args_next(&args, &opt, &value, &why)) == EK_OK) {
		if (opt != NULL)
			return print_table(env);
		if (table == NULL || depth == CALL_DEPTH_MAX) {
			ek_why(&why, EK_USAGE,
			    "%s has no subcommands; `keel help %s` says what "
			    "it takes",
			    path[depth - 1]->name, path[0]->name);
			return out_fail(env->out, EK_USAGE, &why);
		}
		if (depth == 0)
			path[0] = cmd_find(cmds, value, at_terminal, &why);
		else
			path[depth] = cmd_find_sub(
			    path[depth - 1], value, at_terminal, &why);
		if (path[depth] == NULL)
			return out_fail(env->out, EK_USAGE, &why);
		table = path[depth++]->subs;
	}
	if (err != EK_NOT_FOUND)
		return out_fail(env->out, err, &why);
	if (env->json)
		return print_table(env);
	if (depth == 0)
		help_all(env->out, cmds);
	else
		help_cmd(env->out, path, depth);
	return EK_OK;
}

static const struct cmd_opt opts[] = {
    {"--table", NULL,
	"print the whole table as JSON (for manuals and completion)", NULL},
    {NULL, NULL, NULL, NULL},
};

const struct cmd cmd_help = {
    .name = "help",
    .args = "[COMMAND [SUBCOMMAND]]",
    .summary = "say what keel or one of its commands does",
    .flags = CMD_READS,
    .opts = opts,
    .run = run,
};
