/*
 * test_import_csv - `keel import csv` against a keeld that is played here: what
 * is asked of it, what she is told, and that nothing is sent unless all is
 * right.
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

#include "../../cli/client.h"
#include "../../cli/import_csv.h"
#include "../../cli/out.h"
#include "evenkeel/limits.h"

/* --- the keeld that is played --- */

static struct {
	int posts;
	char body[2000];
	char key[40];
	enum ek_err today, post;
	int added, known;
} played;

enum ek_err
client_new(const char *sock, struct client **ret)
{
	(void)sock;
	(void)ret;
	return EK_BUG;
}

void
client_home(struct client *client, const char *home)
{
	(void)client;
	(void)home;
}

void
client_free(struct client *client)
{
	(void)client;
}

enum ek_err
client_get_raw(struct client *client, const char *path, struct buf *ret,
    struct ek_why *reterr_why)
{
	(void)client;
	(void)path;
	(void)ret;
	return ek_why(reterr_why, EK_BUG, "not asked for here; mend the test");
}

void
client_new_key(char *out)
{
	memcpy(out, "0123456789abcdef0123456789abcdef", 33);
}

static json_t *
instruments_reply(void)
{
	return json_pack("{s:[{s:s, s:[{s:s, s:i, s:i}, {s:s, s:i, s:i}]}, "
			 "{s:s}]}",
	    "instruments", "name", "pulse", "measures", "name", "mood", "min",
	    0, "max", 10, "name", "tense", "min", 0, "max", 10, "name", "wave");
}

static enum ek_err
take_post(const json_t *body, const char *key, json_t **ret_json,
    struct ek_why *reterr_why)
{
	struct buf text;

	if (played.post != EK_OK)
		return ek_why(reterr_why, played.post,
		    "the book is locked; "
		    "unlock it first");
	played.posts++;
	assert_non_null(key);
	snprintf(played.key, sizeof(played.key), "%s", key);
	buf_init(&text, sizeof(played.body));
	assert_int_equal(json_write(body, &text), EK_OK);
	snprintf(played.body, sizeof(played.body), "%s", buf_text(&text));
	buf_done(&text);
	*ret_json = json_pack(
	    "{s:i, s:i}", "added", played.added, "known", played.known);
	return EK_OK;
}

enum ek_err
client_call(struct client *client, const char *method, const char *path,
    const json_t *body, const char *key, json_t **ret_json,
    struct ek_why *reterr_why)
{
	(void)client;
	if (strcmp(path, "/v1/today") == 0) {
		if (played.today != EK_OK)
			return ek_why(reterr_why, played.today,
			    "keeld does not answer; start it");
		*ret_json = json_pack("{s:s}", "day", "2026-11-24");
		return EK_OK;
	}
	if (strcmp(path, "/v1/instruments") == 0) {
		*ret_json = instruments_reply();
		return EK_OK;
	}
	assert_string_equal(method, "POST");
	assert_string_equal(path, "/v1/history");
	return take_post(body, key, ret_json, reterr_why);
}

/* --- one run --- */

static char said[4000], complained[4000];

static void
slurp(FILE *file, char *to, size_t size)
{
	rewind(file);
	to[fread(to, 1, size - 1, file)] = '\0';
	fclose(file);
}

/* words are split at spaces. */
static enum ek_err
run(const char *words, bool json)
{
	char copy[1000];
	char *argv[40], *save = NULL, *word;
	struct cmd_env env = {.json = json};
	FILE *to = tmpfile(), *errors = tmpfile();
	enum ek_err err;
	int argc = 0;

	assert_true(to != NULL && errors != NULL);
	snprintf(copy, sizeof(copy), "csv %s", words);
	for (word = strtok_r(copy, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	assert_int_equal(out_new(to, errors, json, &env.out), EK_OK);
	err = import_csv_run(&env, argc, argv);
	assert_int_equal(out_flush(env.out), EK_OK);
	fflush(errors);
	out_free(env.out);
	slurp(to, said, sizeof(said));
	slurp(errors, complained, sizeof(complained));
	return err;
}

static char file[] = "/tmp/test_import_csv_XXXXXX";

static void
write_file(const char *text)
{
	FILE *to = fopen(file, "wb");

	assert_non_null(to);
	assert_int_equal(fwrite(text, 1, strlen(text), to), strlen(text));
	fclose(to);
}

static enum ek_err
run_file(const char *text, const char *more, bool json)
{
	char words[1000];

	write_file(text);
	snprintf(words, sizeof(words), "%s %s", file, more);
	return run(words, json);
}

static int
fresh(void **state)
{
	(void)state;
	memset(&played, 0, sizeof(played));
	return 0;
}

static void
expect_said(const char *words)
{
	if (strstr(said, words) == NULL)
		fail_msg("\"%s\" not in \"%s\"", words, said);
}

static void
expect_refused(enum ek_err err, enum ek_err wanted, const char *words)
{
	if (err != wanted)
		fail_msg("%d, not %d: %s", (int)err, (int)wanted, complained);
	if (strstr(complained, words) == NULL ||
	    strstr(complained, "keel: ") != complained ||
	    strchr(complained, ';') == NULL)
		fail_msg("\"%s\" not in \"%s\"", words, complained);
	assert_int_equal(played.posts, 0);
}

static void
test_adds(void **state)
{
	(void)state;
	played.added = 2;
	assert_int_equal(run_file("date,mood,tense\n2026-11-02,6.5,\n"
				  "2026-11-01,5,3\n",
			     "", false),
	    EK_OK);
	assert_string_equal(played.body,
	    "{\"rows\":[{\"local\":\"2026-11-01\",\"values\":{\"mood\":5,"
	    "\"tense\":3}},{\"local\":\"2026-11-02\",\"values\":"
	    "{\"mood\":6.5}}]}");
	assert_int_equal(strlen(played.key), 32);
	expect_said("2 days added, 0 known already.");
	expect_said("Measures: mood, tense.");
	assert_string_equal(complained, "");
}

static void
test_says_one_and_times(void **state)
{
	const char *times = "time,mood\n2026-11-01T08:00,5\n";

	(void)state;
	played.added = 1;
	played.known = 3;
	assert_int_equal(
	    run_file("date,mood\n2026-11-02,6\n", "", false), EK_OK);
	expect_said("1 day added, 3 known already.");
	assert_int_equal(run_file(times, "", false), EK_OK);
	expect_said("1 entry added, 3 known already.");
	played.added = 0;
	assert_int_equal(run_file(times, "", false), EK_OK);
	expect_said("0 entries added, 3 known already.");
}

static void
test_map(void **state)
{
	(void)state;
	assert_int_equal(run_file("date,a=b,note,tense\n2026-11-01,5,x,3\n"
				  "2026-11-02,,,\n2026-11-01,5,x,3\n",
			     "--map a=b=mood", false),
	    EK_OK);
	assert_string_equal(played.body,
	    "{\"rows\":[{\"local\":\"2026-11-01\",\"values\":{\"mood\":5,"
	    "\"tense\":3}}]}");
	expect_said("Columns left out: note.");
	expect_said("1 line held no value and was left out.");
	expect_said("1 line was there twice and was taken once.");
}

static void
test_json(void **state)
{
	(void)state;
	played.added = 1;
	assert_int_equal(run_file("date,mood,note\n2026-11-01,5,x\n",
			     "--map mood=mood", true),
	    EK_OK);
	assert_string_equal(said,
	    "{\"added\":1,\"known\":0,\"empty\":0,\"twice\":0,"
	    "\"measures\":[\"mood\"],\"left_out\":[\"note\"]}\n");
}

static void
test_usage(void **state)
{
	(void)state;
	expect_refused(run("", false), EK_USAGE, "no file");
	expect_refused(run("a.csv b.csv", false), EK_USAGE, "more than one");
	expect_refused(run("a.csv --map", false), EK_USAGE, "--map");
	expect_refused(run("a.csv --map x", false), EK_USAGE, "COLUMN=");
	expect_refused(run("a.csv --map =x", false), EK_USAGE, "COLUMN=");
	expect_refused(run("a.csv --map x=", false), EK_USAGE, "COLUMN=");
	expect_refused(run("a.csv --colour", false), EK_USAGE, "--colour");
}

static void
test_refusals(void **state)
{
	const char *good = "date,mood\n2026-11-01,5\n";

	(void)state;
	expect_refused(run("/nowhere/there.csv", false), EK_NOT_FOUND,
	    "there.csv is not there");
	expect_refused(run("/tmp", false), EK_INVALID, "a folder");
	expect_refused(
	    run_file("date,mood\n2026-11-01,5\n2026-11-02,11\n", "", false),
	    EK_INVALID, "line 3, column 2 lies outside 0 to 10");
	expect_refused(run_file("date,mood\n2026-11-25,5\n", "", false),
	    EK_INVALID, "future");
	expect_refused(
	    run_file(good, "--map sleep=sleep", false), EK_INVALID, "sleep");
	expect_refused(run_file("", "", false), EK_INVALID, "empty");
	played.today = EK_UNREACHABLE;
	expect_refused(run_file(good, "", false), EK_UNREACHABLE, "keeld");
	played.today = EK_OK;
	played.post = EK_LOCKED;
	expect_refused(run_file(good, "", false), EK_LOCKED, "locked");
	expect_refused(run_file(good, "", true), EK_LOCKED, "locked");
	expect_said("{\"error\":{\"code\":\"locked\"");
}

/* Nothing of what a file holds is told on stderr but places in it. */
static void
test_quotes_nothing(void **state)
{
	(void)state;
	expect_refused(
	    run_file("date,mood\n2026-11-01,xyzzyplugh\n", "", false),
	    EK_INVALID, "line 2, column 2");
	assert_null(strstr(complained, "xyzzy"));
	expect_refused(
	    run_file("date,my xyzzyplugh\n2026-11-01,5\n", "", false),
	    EK_INVALID, "column 2");
	assert_null(strstr(complained, "xyzzy"));
}

static void
test_too_large(void **state)
{
	FILE *to = fopen(file, "wb");
	char words[100];
	int i;

	(void)state;
	assert_non_null(to);
	fputs("date,mood\n2026-11-01,5\n", to);
	for (i = 0; i < EK_CSV_MAX; i++)
		fputc('\n', to);
	fclose(to);
	snprintf(words, sizeof(words), "%s", file);
	expect_refused(run(words, false), EK_TOO_LARGE, "larger than 16 MiB");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_adds, fresh),
	    cmocka_unit_test_setup(test_says_one_and_times, fresh),
	    cmocka_unit_test_setup(test_map, fresh),
	    cmocka_unit_test_setup(test_json, fresh),
	    cmocka_unit_test_setup(test_usage, fresh),
	    cmocka_unit_test_setup(test_refusals, fresh),
	    cmocka_unit_test_setup(test_quotes_nothing, fresh),
	    cmocka_unit_test_setup(test_too_large, fresh),
	};
	int fd = mkstemp(file), failed;

	if (fd < 0)
		return 1;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(file);
	return failed;
}
