/*
 * test_cmd - names, prefixes and hints; arguments by the table; a whole
 * command line taken apart; and every entry of the real table.
 */
#include <string.h>

#include "../../cli/call.h"
#include "../../cli/cmd.h"
#include "../../cli/help.h"
#include "../../cli/out.h"
#include "check.h"

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	(void)env;
	(void)argc;
	(void)argv;
	return EK_OK;
}

static const struct cmd_opt opts[] = {
    {"--since", "DAY", "from", NULL},
    {"--all", NULL, "all", NULL},
    {"--note", "[-]", "note", NULL},
    {"--answer", "ID=V", "answer", NULL},
    {NULL, NULL, NULL, NULL},
};
static const struct cmd sub_edit = {.name = "edit", .summary = "e", .run = run};
static const struct cmd sub_export = {
    .name = "export", .summary = "x", .opts = opts, .run = run};
static const struct cmd *const subs[] = {&sub_edit, &sub_export, NULL};
static const struct cmd checkin = {
    .name = "checkin", .summary = "c", .opts = opts, .run = run};
static const struct cmd coping = {.name = "coping", .summary = "c", .run = run};
static const struct cmd hidden = {
    .name = "copies", .summary = "h", .flags = CMD_HIDDEN, .run = run};
static const struct cmd diary = {
    .name = "diary", .summary = "d", .opts = opts, .subs = subs, .run = run};
static const struct cmd import = {.name = "import",
    .summary = "i",
    .flags = CMD_WORDS,
    .subs = subs,
    .run = run};
static const struct cmd plan = {.name = "plan", .summary = "p", .subs = subs};
static const struct cmd *const table[] = {
    &checkin, &hidden, &coping, &diary, &import, &plan, NULL};

static void
test_find(void **state)
{
	struct ek_why why = {""};

	(void)state;
	assert_ptr_equal(cmd_find(table, "diary", false, &why), &diary);
	assert_ptr_equal(cmd_find(table, "copies", false, &why), &hidden);
	/* scripts spell names out */
	assert_null(cmd_find(table, "dia", false, &why));
	assert_string_equal(
	    why.text, "no command is called dia; did you mean diary?");
	assert_ptr_equal(cmd_find(table, "dia", true, &why), &diary);
	/* a hidden one is never meant by a prefix */
	assert_ptr_equal(cmd_find(table, "cop", true, &why), &coping);
	assert_null(cmd_find(table, "c", true, &why));
	assert_string_equal(
	    why.text, "c may mean checkin, coping; type more of it");
	assert_null(cmd_find(table, "", true, &why));
	assert_null(cmd_find(table, "", false, &why));
	assert_null(cmd_find(table, "chekcin", true, &why));
	assert_string_equal(
	    why.text, "no command is called chekcin; did you mean checkin?");
	assert_null(cmd_find(table, "plna", false, &why));
	assert_non_null(strstr(why.text, "plan"));
	assert_null(cmd_find(table, "zzzzzz", true, &why));
	assert_string_equal(
	    why.text, "no command is called zzzzzz; `keel help` lists them");
	assert_null(cmd_find(table, "zzzz", true, NULL));
}

/* Words typed by mistake do not come back in a reason. */
static void
test_find_quotes_nothing(void **state)
{
	struct ek_why why = {""};

	(void)state;
	assert_null(cmd_find(table, "I could not sleep", true, &why));
	assert_null(strstr(why.text, "sleep"));
	assert_null(cmd_find(table, "\033[2J", true, &why));
	assert_null(strchr(why.text, '\033'));
	assert_null(cmd_find(
	    table, "a-word-that-goes-on-for-a-very-long-time", true, &why));
	assert_null(strstr(why.text, "a-word"));
}

static void
test_find_sub(void **state)
{
	struct ek_why why = {""};

	(void)state;
	assert_ptr_equal(cmd_find_sub(&plan, "edit", false, &why), &sub_edit);
	assert_ptr_equal(cmd_find_sub(&plan, "ed", true, &why), &sub_edit);
	assert_null(cmd_find_sub(&plan, "ed", false, &why));
	assert_null(cmd_find_sub(&plan, "bogus", true, &why));
	assert_string_equal(why.text,
	    "plan has no subcommand called bogus; it has edit and export, and "
	    "`keel help plan` says what they do");
	assert_null(cmd_find_sub(&plan, "e", true, &why));
	assert_non_null(strstr(why.text, "may mean"));
	assert_null(cmd_find_sub(&plan, "I could not sleep", true, &why));
	assert_null(strstr(why.text, "sleep"));
	assert_non_null(strstr(why.text, "edit and export"));
	assert_null(cmd_find_sub(&plan, "bogus", true, NULL));
}

/* Every command with subs names them all, however it is asked. */
static void
test_unknown_subs(void **state)
{
	(void)state;
	for (size_t i = 0; cmds[i] != NULL; i++) {
		const struct cmd *const *all = cmds[i]->subs;
		struct ek_why why = {""};
		char help[80];

		if (all == NULL)
			continue;
		assert_null(cmd_find_sub(cmds[i], "bogus", true, &why));
		for (size_t j = 0; all[j] != NULL; j++)
			assert_non_null(strstr(why.text, all[j]->name));
		snprintf(help, sizeof(help), "`keel help %s`", cmds[i]->name);
		assert_non_null(strstr(why.text, help));
	}
}

struct want {
	const char *opt; /* NULL: a word */
	const char *value;
};

static void
args_are(char **argv, const struct want *want, enum ek_err end)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	struct ek_why why = {""};
	int argc = 0;
	enum ek_err err;

	while (argv[argc] != NULL)
		argc++;
	args_init(&args, &checkin, argc, argv);
	while ((err = args_next(&args, &opt, &value, &why)) == EK_OK) {
		if (want->opt == NULL)
			assert_null(opt);
		else
			assert_string_equal(opt->name, want->opt);
		if (want->value == NULL)
			assert_null(value);
		else
			assert_string_equal(value, want->value);
		want++;
	}
	assert_int_equal(err, end);
	assert_true(want->opt == NULL && want->value == NULL);
	if (end == EK_USAGE)
		assert_non_null(strchr(why.text, ';'));
}

#define ARGV(...) ((char *[]){(char[]){"x"}, __VA_ARGS__, NULL})
#define S(text)   ((char[]){text})
#define WANT(...) ((const struct want[]){__VA_ARGS__, {NULL, NULL}})
#define NOTHING   ((const struct want[]){{NULL, NULL}})

static void
test_args(void **state)
{
	(void)state;
	args_are(ARGV(S("pulse")), WANT({NULL, "pulse"}), EK_NOT_FOUND);
	args_are(ARGV(S("--since"), S("d"), S("w")),
	    WANT({"--since", "d"}, {NULL, "w"}), EK_NOT_FOUND);
	args_are(ARGV(S("--since=d"), S("--all")),
	    WANT({"--since", "d"}, {"--all", NULL}), EK_NOT_FOUND);
	args_are(ARGV(S("--since=")), WANT({"--since", ""}), EK_NOT_FOUND);
	args_are(
	    ARGV(S("--answer=a=1")), WANT({"--answer", "a=1"}), EK_NOT_FOUND);
	/* the value is taken whatever it looks like */
	args_are(ARGV(S("--since"), S("--all")), WANT({"--since", "--all"}),
	    EK_NOT_FOUND);
	args_are(ARGV(S("-")), WANT({NULL, "-"}), EK_NOT_FOUND);
	args_are(ARGV(S("")), WANT({NULL, ""}), EK_NOT_FOUND);
	/* a value that may be left out */
	args_are(ARGV(S("--note"), S("-"), S("w")),
	    WANT({"--note", "-"}, {NULL, "w"}), EK_NOT_FOUND);
	args_are(ARGV(S("--note"), S("w")), WANT({"--note", NULL}, {NULL, "w"}),
	    EK_NOT_FOUND);
	args_are(ARGV(S("--note")), WANT({"--note", NULL}), EK_NOT_FOUND);
	args_are(ARGV(S("--note=-")), WANT({"--note", "-"}), EK_NOT_FOUND);
	/* after --, all are words; only the first -- is one of ours */
	args_are(ARGV(S("--"), S("--all"), S("--")),
	    WANT({NULL, "--all"}, {NULL, "--"}), EK_NOT_FOUND);
	args_are(ARGV(S("w"), S("--")), WANT({NULL, "w"}), EK_NOT_FOUND);
	args_are(ARGV(S("--since"), S("--"), S("--all")),
	    WANT({"--since", "--"}, {"--all", NULL}), EK_NOT_FOUND);
	args_are(ARGV(S("--since")), NOTHING, EK_USAGE);
	args_are(ARGV(S("--all=1")), NOTHING, EK_USAGE);
	args_are(ARGV(S("--nope")), NOTHING, EK_USAGE);
	args_are(ARGV(S("-n")), NOTHING, EK_USAGE);
	args_are(ARGV(S("--al")), NOTHING, EK_USAGE);
	args_are(ARGV(S("---")), NOTHING, EK_USAGE);
}

static enum ek_err
parse(char **argv, bool terminal, struct call *call, struct ek_why *why)
{
	int argc = 0;

	while (argv[argc] != NULL)
		argc++;
	return call_parse(table, argc, argv, terminal, call, why);
}

static void
test_call(void **state)
{
	struct ek_why why = {""};
	struct call call;

	(void)state;
	assert_ok(parse(ARGV(S("--json")), false, &call, &why));
	assert_int_equal(call.depth, 0);
	assert_true(call.json);
	call_done(&call);

	assert_ok(parse(ARGV(S("--home"), S("h"), S("diary"), S("--json"),
			    S("--since"), S("--json")),
	    false, &call, &why));
	assert_string_equal(call.home, "h");
	assert_ptr_equal(call.path[0], &diary);
	assert_true(call.json);
	assert_int_equal(call.argc, 3); /* the value stayed a value */
	assert_string_equal(call.argv[0], "diary");
	assert_string_equal(call.argv[2], "--json");
	call_done(&call);

	assert_ok(parse(
	    ARGV(S("plan"), S("--home=x"), S("export"), S("f"), S("--help")),
	    false, &call, &why));
	assert_int_equal(call.depth, 2);
	assert_ptr_equal(call.path[1], &sub_export);
	assert_true(call.help);
	assert_int_equal(call.argc, 2);
	assert_string_equal(call.argv[0], "export");
	assert_string_equal(call.argv[1], "f");
	call_done(&call);

	assert_ok(parse(ARGV(S("pl"), S("ed")), true, &call, &why));
	assert_ptr_equal(call.path[1], &sub_edit);
	call_done(&call);

	assert_ok(parse(
	    ARGV(S("checkin"), S("--"), S("--json")), false, &call, &why));
	assert_false(call.json);
	assert_int_equal(call.argc, 3);
	call_done(&call);

	/* words beside subcommands */
	assert_ok(parse(
	    ARGV(S("import"), S("edit.tar"), S("edit")), false, &call, &why));
	assert_int_equal(call.depth, 1);
	assert_int_equal(call.argc, 3);
	call_done(&call);
	assert_ok(parse(ARGV(S("import"), S("edit")), false, &call, &why));
	assert_int_equal(call.depth, 2);
	call_done(&call);

	assert_ok(parse(ARGV(S("--version")), false, &call, &why));
	assert_true(call.version);
	call_done(&call);
}

static void
test_call_refused(void **state)
{
	struct ek_why why = {""};
	struct call call;

	(void)state;
	assert_int_equal(
	    parse(ARGV(S("zzz"), S("--json")), false, &call, &why), EK_USAGE);
	assert_true(call.json); /* so that the error is an object */
	assert_null(call.argv);
	assert_int_equal(
	    parse(ARGV(S("diary"), S("zzz")), true, &call, &why), EK_USAGE);
	assert_int_equal(parse(ARGV(S("--home")), true, &call, &why), EK_USAGE);
	assert_int_equal(
	    parse(ARGV(S("--since"), S("diary")), true, &call, &why), EK_USAGE);
	assert_int_equal(parse(ARGV(S("plan")), true, &call, &why), EK_USAGE);
	assert_string_equal(
	    why.text, "plan alone does nothing; add one of: edit, export");
	assert_int_equal(parse(ARGV(S("-q")), true, &call, &why), EK_USAGE);
}

/* Every entry of the real table says what it must, in order. */
static void
check_table(const struct cmd *const *list)
{
	for (size_t i = 0; list[i] != NULL; i++) {
		const struct cmd *cmd = list[i];
		size_t len = strlen(cmd->summary);

		assert_true(cmd->run != NULL || cmd->subs != NULL);
		assert_true(len > 0 && len <= 72);
		assert_true(cmd->summary[len - 1] != '.');
		if (i > 0)
			assert_true(strcmp(list[i - 1]->name, cmd->name) < 0);
		for (const struct cmd_opt *opt = cmd->opts;
		     opt != NULL && opt->name != NULL; opt++) {
			assert_true(strncmp(opt->name, "--", 2) == 0);
			assert_true(strcmp(opt->name, "--json") != 0);
			assert_non_null(opt->help);
		}
		if (cmd->subs != NULL)
			check_table(cmd->subs);
	}
}

static void
test_table(void **state)
{
	json_t *json = help_table(cmds);
	size_t count = 0;

	(void)state;
	check_table(cmds);
	while (cmds[count] != NULL)
		count++;
	assert_non_null(json);
	assert_int_equal(
	    json_array_size(json_object_get(json, "commands")), count);
	json_decref(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_find),
	    cmocka_unit_test(test_find_sub),
	    cmocka_unit_test(test_unknown_subs),
	    cmocka_unit_test(test_find_quotes_nothing),
	    cmocka_unit_test(test_args),
	    cmocka_unit_test(test_call),
	    cmocka_unit_test(test_call_refused),
	    cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
