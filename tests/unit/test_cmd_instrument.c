/*
 * test_cmd_instrument - `keel instrument score|show`: the fixed JSON, the
 * words, the exit statuses.  Run from the top of the tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../cli/cmds.h"
#include "../../cli/out.h"

#define WHO5 "share/instruments/who-5.json"

static char said[8000], complained[2000];

static void
slurp(FILE *file, char *to, size_t size)
{
	rewind(file);
	to[fread(to, 1, size - 1, file)] = '\0';
	fclose(file);
}

/* words are split at spaces; the first is the subcommand.  The exit status. */
static int
run(const char *words, bool json)
{
	char copy[1000];
	char *argv[40], *save = NULL, *word;
	struct cmd_env env = {.json = json};
	FILE *to = tmpfile(), *errors = tmpfile();
	const struct cmd *cmd;
	enum ek_err err;
	int argc = 0;

	assert_true(to != NULL && errors != NULL);
	snprintf(copy, sizeof(copy), "%s", words);
	for (word = strtok_r(copy, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	cmd = cmd_find(cmd_instrument.subs, argv[0], false, NULL);
	assert_non_null(cmd);
	assert_int_equal(out_new(to, errors, json, &env.out), EK_OK);
	err = cmd->run(&env, argc, argv);
	assert_int_equal(out_flush(env.out), EK_OK);
	fflush(errors);
	out_free(env.out);
	slurp(to, said, sizeof(said));
	slurp(errors, complained, sizeof(complained));
	return ek_err_exit(err);
}

static void
test_score_json(void **state)
{
	(void)state;
	assert_int_equal(run("score " WHO5 " --answers who5-1=3,who5-2=3,"
			     "who5-3=2,who5-4=3,who5-5=2",
			     true),
	    0);
	assert_string_equal(said,
	    "{\"scores\":[{\"measure\":\"who5\",\"raw\":13,\"value\":52,"
	    "\"band\":\"adequate\"}]}\n");
	assert_int_equal(run("score --answers=who5-1=3 " WHO5, true), 0);
	assert_string_equal(said,
	    "{\"scores\":[{\"measure\":\"who5\",\"raw\":null,\"value\":null,"
	    "\"band\":null}]}\n");
	assert_string_equal(complained, "");
}

static void
test_score_text(void **state)
{
	(void)state;
	assert_int_equal(
	    run("score share/instruments/pulse.json --answers mood=7,tense=2",
		false),
	    0);
	assert_non_null(strstr(said, "mood: 7 (from 0 to 10)\n"));
	assert_non_null(strstr(said, "energy: no score"));
	assert_int_equal(run("score share/instruments/ons4.json --answers "
			     "ons4.anxious=6",
			     false),
	    0);
	assert_non_null(strstr(said, "ons4.anxious: 6 (from 0 to 10), high\n"));
}

static void
test_score_from_lines(void **state)
{
	char text[] = "# morning\nmood=7\n\ntense=2\n";
	int ends[2], kept = dup(STDIN_FILENO);

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], text, strlen(text)), strlen(text));
	close(ends[1]);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(ends[0]);
	assert_int_equal(
	    run("score share/instruments/pulse.json --answers -", false), 0);
	assert_non_null(strstr(said, "tense: 2"));
	assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
	close(kept);
}

static void
expect(const char *words, int status, const char *reason)
{
	if (run(words, false) != status)
		fail_msg("%s: not %d: %s", words, status, complained);
	if (strstr(complained, reason) == NULL ||
	    strchr(complained, ';') == NULL)
		fail_msg("\"%s\" not in \"%s\"", reason, complained);
	assert_string_equal(said, "");
}

static void
test_answers_refused(void **state)
{
	(void)state;
	expect("score " WHO5, 3, "no answers");
	expect("score " WHO5 " --answers", 3, "--answers");
	expect("score " WHO5 " --answers who5-1", 3, "answer 1");
	expect("score " WHO5 " --answers who5-1=1,", 3, "answer 2");
	expect("score " WHO5 " --answers ,who5-1=1", 3, "answer 1");
	expect("score " WHO5 " --answers =1", 3, "answer 1");
	expect("score " WHO5 " --answers who5-1=", 3, "answer 1");
	expect("score " WHO5 " --answers who5-1=0x1", 3, "answer 1");
	expect("score " WHO5 " --answers who5-1=1=1", 3, "answer 1");
	expect("score " WHO5 " --answers who5-1=6", 3, "who5-1 takes");
	expect("score " WHO5 " --answers who5-1=2.5", 3, "who5-1 takes");
	expect("score " WHO5 " --answers who5-9=1", 3, "who5-1 to who5-5");
	expect("score " WHO5 " --answers who5-1=1,who5-1=1", 3, "twice");
	expect(
	    "score " WHO5 " --answers who5-1=1 --answers who5-2=1", 3, "twice");
	expect("score " WHO5 " " WHO5 " --answers who5-1=1", 3, "twice");
	expect("score --answers who5-1=1", 3, "no file");
}

static void
test_files_refused(void **state)
{
	(void)state;
	expect(
	    "score nowhere.json --answers a=1", 1, "nowhere.json is not there");
	expect("score share --answers a=1", 1, "folder");
	expect("score tests/data/instruments/bad/option-string.json "
	       "--answers a=1",
	    1, "item[1].answerOption[0].valueString");
	expect("show tests/data/instruments/bad/enable-when.json", 1,
	    "item[1].enableWhen");
	assert_int_equal(
	    run("show tests/data/instruments/bad/status.json", true), 1);
	assert_non_null(strstr(said, "{\"error\":{\"code\":\"invalid\""));
}

static void
test_show(void **state)
{
	json_t *json = NULL;

	(void)state;
	assert_int_equal(
	    run("show share/instruments/work-check.json", false), 0);
	assert_non_null(strstr(said, "not validated"));
	assert_non_null(strstr(said, "I am left alone with things."));
	assert_int_equal(run("show " WHO5, true), 0);
	assert_int_equal(
	    json_read(said, strlen(said), "said", &json, NULL), EK_OK);
	assert_int_equal(json_array_size(json_object_get(json, "items")), 5);
	assert_string_equal(
	    json_string_value(json_object_get(json, "name")), "who-5");
	json_decref(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_score_json),
	    cmocka_unit_test(test_score_text),
	    cmocka_unit_test(test_score_from_lines),
	    cmocka_unit_test(test_answers_refused),
	    cmocka_unit_test(test_files_refused),
	    cmocka_unit_test(test_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
