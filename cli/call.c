/*
 * call - one pass over argv: shared options out, command and subcommands
 * found, the rest left for the command's own args_next.
 */
#include "call.h"

#include <stdlib.h>
#include <string.h>

struct walk {
	struct call call;
	const struct cmd *const *table; /* where the next name is looked up */
	bool at_terminal;
	bool home_next;  /* the argument to come is --home's */
	bool value_next; /* ... or the value of the command's option */
	bool note_next;  /* ... or, if it is "-", of an option that may do
			    without */
	bool only_words; /* "--" was seen */
};

static const struct cmd *
last_cmd(const struct walk *walk)
{
	return walk->call.depth == 0 ? NULL
				     : walk->call.path[walk->call.depth - 1];
}

/* Shared options; false when arg is none. */
static bool
take_shared(struct walk *walk, const char *arg)
{
	if (strcmp(arg, "--json") == 0)
		walk->call.json = true;
	else if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0)
		walk->call.help = true;
	else if (strcmp(arg, "--version") == 0 && walk->call.depth == 0)
		walk->call.version = true;
	else if (strcmp(arg, "--home") == 0)
		walk->home_next = true;
	else if (strncmp(arg, "--home=", 7) == 0)
		walk->call.home = arg + 7;
	else
		return false;
	return true;
}

/* Does the command's option want the argument after it? */
static void
note_opt(struct walk *walk, const char *arg)
{
	const struct cmd *cmd = last_cmd(walk);
	const struct cmd_opt *opt = cmd == NULL ? NULL : cmd->opts;

	for (; opt != NULL && opt->name != NULL; opt++) {
		if (strcmp(opt->name, arg) != 0 || opt->value == NULL)
			continue;
		walk->value_next = opt->value[0] != '[';
		walk->note_next = opt->value[0] == '[';
	}
}

static void
keep(struct walk *walk, char *arg)
{
	walk->call.argv[walk->call.argc++] = arg;
}

/* A first word: the command, or a subcommand of the one found. */
static enum ek_err
take_name(struct walk *walk, char *arg, struct ek_why *reterr_why)
{
	struct call *call = &walk->call;
	const struct cmd *parent = last_cmd(walk);
	const struct cmd *cmd;

	if (parent == NULL)
		cmd = cmd_find(walk->table, arg, walk->at_terminal, reterr_why);
	else
		cmd = cmd_find_sub(parent, arg, walk->at_terminal, reterr_why);
	if (cmd == NULL && parent != NULL && (parent->flags & CMD_WORDS) != 0) {
		walk->table = NULL;
		keep(walk, arg);
		return EK_OK;
	}
	if (cmd == NULL)
		return EK_USAGE;
	if (call->depth == CALL_DEPTH_MAX)
		return EK_BUG;
	call->path[call->depth++] = cmd;
	walk->table = cmd->subs;
	if (call->argc == 0)
		keep(walk, arg);
	call->argv[0] = arg;
	return EK_OK;
}

static enum ek_err
take(struct walk *walk, char *arg, struct ek_why *reterr_why)
{
	bool may_be_value = walk->note_next && strcmp(arg, "-") == 0;

	if (walk->home_next) {
		walk->home_next = false;
		walk->call.home = arg;
		return EK_OK;
	}
	walk->note_next = false;
	if (walk->value_next || may_be_value || walk->only_words) {
		walk->value_next = false;
		keep(walk, arg);
		return EK_OK;
	}
	if (strcmp(arg, "--") == 0 && last_cmd(walk) != NULL) {
		walk->only_words = true;
		keep(walk, arg);
		return EK_OK;
	}
	if (take_shared(walk, arg))
		return EK_OK;
	if (arg[0] == '-' && arg[1] != '\0') {
		if (last_cmd(walk) == NULL)
			return ek_why(reterr_why, EK_USAGE,
			    "keel has no such option; `keel help` lists them");
		note_opt(walk, arg);
		keep(walk, arg);
		return EK_OK;
	}
	if (walk->table != NULL)
		return take_name(walk, arg, reterr_why);
	keep(walk, arg);
	return EK_OK;
}

/* A command that only its subcommands run was named alone. */
static enum ek_err
want_sub(const struct cmd *cmd, struct ek_why *reterr_why)
{
	struct buf list;

	buf_init(&list, 200);
	for (size_t i = 0; cmd->subs != NULL && cmd->subs[i] != NULL; i++)
		buf_fmt(&list, "%s%s", i > 0 ? ", " : "", cmd->subs[i]->name);
	ek_why(reterr_why, EK_USAGE, "%s alone does nothing; add one of: %s",
	    cmd->name, buf_text(&list));
	buf_done(&list);
	return EK_USAGE;
}

enum ek_err
call_parse(const struct cmd *const *table, int argc, char **argv,
    bool at_terminal, struct call *ret, struct ek_why *reterr_why)
{
	struct walk walk = {.table = table, .at_terminal = at_terminal};
	const struct cmd *last;
	enum ek_err err = EK_OK;

	memset(ret, 0, sizeof(*ret));
	walk.call.argv = calloc((size_t)argc + 2, sizeof(*walk.call.argv));
	if (walk.call.argv == NULL)
		return EK_NOMEM;
	for (int i = 1; i < argc; i++) {
		enum ek_err step = take(&walk, argv[i], reterr_why);

		if (step == EK_OK)
			continue;
		err = step;
		reterr_why = NULL; /* the first reason stands */
		break;
	}
	last = last_cmd(&walk);
	if (err == EK_OK && walk.home_next)
		err = ek_why(reterr_why, EK_USAGE,
		    "--home needs a folder; give --home DIR");
	if (err == EK_OK && last != NULL && last->run == NULL &&
	    !walk.call.help)
		err = want_sub(last, reterr_why);
	if (err != EK_OK) {
		for (int i = 1; i < argc; i++)
			if (strcmp(argv[i], "--json") == 0)
				walk.call.json = true;
		call_done(&walk.call);
		ret->json = walk.call.json;
		return err;
	}
	*ret = walk.call;
	return EK_OK;
}

void
call_done(struct call *call)
{
	free(call->argv);
	call->argv = NULL;
	call->argc = 0;
}
