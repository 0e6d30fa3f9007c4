/*
 * fuzz_args - any command line, cut at its NULs, ends: every argument is
 * handed out once or refused with a remedy; a command found is one of the
 * table, by its whole name or, at a terminal, by the beginning of one.
 */
#include <stdlib.h>
#include <string.h>

#include "../../cli/call.h"
#include "../../cli/cmd.h"
#include "evenkeel/text.h"

#define ARGS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
check_why(enum ek_err err, const struct ek_why *why)
{
	must(err == EK_USAGE);
	must(strlen(why->text) < sizeof(why->text) - 1);
	must(text_plain_ok(why->text, strlen(why->text)));
	must(strchr(why->text, ';') != NULL);
}

/* Each step of args_next moves on by one or two arguments. */
static void
check_args(const struct cmd *cmd, int argc, char **argv)
{
	const struct cmd_opt *opt;
	const char *value;
	struct ek_why why = {""};
	struct args args;
	enum ek_err err;
	int at;

	args_init(&args, cmd, argc, argv);
	at = args.at;
	while ((err = args_next(&args, &opt, &value, &why)) == EK_OK) {
		must(args.at > at && args.at <= argc);
		must(args.at - at <= 3); /* "--" and an option with a value */
		must(opt != NULL || value != NULL);
		if (opt != NULL && opt->value == NULL)
			must(value == NULL);
		if (opt != NULL && opt->value != NULL && opt->value[0] != '[')
			must(value != NULL);
		at = args.at;
	}
	if (err == EK_NOT_FOUND)
		must(args.at == argc);
	else
		check_why(err, &why);
}

static void
check_find(const char *name)
{
	struct ek_why why = {""};
	const struct cmd *script = cmd_find(cmds, name, false, &why);
	const struct cmd *typed = cmd_find(cmds, name, true, &why);

	if (script != NULL) {
		must(strcmp(script->name, name) == 0);
		must(typed == script);
	} else if (typed != NULL) {
		must(strncmp(typed->name, name, strlen(name)) == 0);
		must((typed->flags & CMD_HIDDEN) == 0);
	} else {
		check_why(EK_USAGE, &why);
	}
}

static void
check_call(int argc, char **argv, bool terminal)
{
	struct ek_why why = {""};
	struct call call;
	enum ek_err err = call_parse(cmds, argc, argv, terminal, &call, &why);

	if (err != EK_OK) {
		check_why(err, &why);
		return;
	}
	must(call.argc <= argc && call.argv[call.argc] == NULL);
	must(call.depth > 0 || call.argc == 0);
	if (call.depth > 0) {
		const struct cmd *cmd = call.path[call.depth - 1];

		must(call.help || cmd->run != NULL);
		check_args(cmd, call.argc, call.argv);
	}
	call_done(&call);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[ARGS_MAX + 1];
	char *text = malloc(size + 1);
	int argc = 0;
	size_t at = 0;

	must(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	while (at <= size && argc < ARGS_MAX) {
		argv[argc++] = text + at;
		at += strlen(text + at) + 1;
	}
	argv[argc] = NULL;
	for (int i = 0; i < argc; i++)
		check_find(argv[i]);
	check_call(argc, argv, false);
	check_call(argc, argv, true);
	free(text);
	return 0;
}
