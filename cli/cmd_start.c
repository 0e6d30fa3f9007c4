/*
 * cmd_start - `keel start`: a book is made from five answers.
 *
 * Ends with the recovery phrase, one sample notification, and four
 * sentences: what is kept where, who could read it, that nobody is watching,
 * whom to call.
 */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "cmds.h"
#include "evenkeel/civil.h"
#include "evenkeel/plan.h"
#include "input.h"
#include "keyspec.h"
#include "ops.h"
#include "out.h"
#include "phrase.h"
#include "start_ask.h"

#define REVIEW_DAYS 91 /* a first look at the plan, a quarter from now */
#define LANG        "en"

static const struct cmd_opt opts[] = {
    {"--answers", "-",
	"read lines sign=, helps=, person=, when=, shared=, key=, "
	"passphrase= from stdin",
	"-"},
    {"--key", "keyring|passphrase|file",
	"where the key is to be kept (the keyring, if there is one)",
	"keyring passphrase file"},
    {NULL, NULL, NULL, NULL},
};

struct first { /* all of a first run */
	struct cmd_env *env;
	struct answers *answers;
	const char *key_opt;
	char day[CIVIL_DATE_LEN + 1];
	struct start_said said;
	enum keyspec_mode mode;
	bool chosen;
	struct buf passphrase;
	struct buf phrase;
};

static enum ek_err
read_args(int argc, char **argv, struct first *first, struct ek_why *why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	args_init(&args, &cmd_start, argc, argv);
	while ((err = args_next(&args, &opt, &value, why)) == EK_OK) {
		if (opt == NULL)
			return ek_why(why, EK_USAGE,
			    "start takes no words; it asks, or give --answers "
			    "-");
		if (strcmp(opt->name, "--key") == 0) {
			first->key_opt = value;
			continue;
		}
		if (strcmp(value, "-") != 0 || first->answers != NULL)
			return ek_why(why, EK_USAGE,
			    "answers are read from stdin, once; give "
			    "--answers -");
		err = answers_read(STDIN_FILENO, &first->answers, why);
		if (err != EK_OK)
			return err;
	}
	if (err == EK_NOT_FOUND && first->key_opt != NULL)
		return keyspec_mode_from(first->key_opt, &first->mode, why);
	return err == EK_NOT_FOUND ? EK_OK : err;
}

/* A book that is here already is never touched. */
static enum ek_err
check_state(struct first *first, struct ek_why *why)
{
	json_t *status = NULL;
	const char *state;
	enum ek_err err;

	err = client_call(
	    first->env->client, "GET", "/v1/status", NULL, NULL, &status, why);
	if (err != EK_OK)
		return err;
	state = ops_text(status, "state");
	if (strcmp(state, "broken") == 0)
		err = ek_why(why, ek_err_from_code(ops_text(status, "code")),
		    "%s", ops_text(status, "message"));
	else if (strcmp(state, "none") != 0)
		err = ek_why(why, EK_CONFLICT,
		    "a book was started here already; `keel` shows today, "
		    "`keel plan edit` goes on with the plan, `keel key phrase` "
		    "makes a new recovery phrase if you never saw one");
	json_decref(status);
	return err;
}

/* Today by keeld's clock, else by ours. */
static void
find_day(struct first *first)
{
	struct civil civil;
	json_t *today = NULL;
	time_t now = time(NULL);
	struct tm tm;
	enum ek_err err;

	err = client_call(
	    first->env->client, "GET", "/v1/today", NULL, NULL, &today, NULL);
	if (err == EK_OK && civil_parse_date(ops_text(today, "day"), &civil)) {
		civil_format_date(&civil, first->day);
	} else {
		localtime_r(&now, &tm);
		strftime(first->day, sizeof(first->day), "%Y-%m-%d", &tm);
	}
	json_decref(today);
}

static enum ek_err
make_plan(const struct first *first, struct buf *ret, struct ek_why *why)
{
	char review[CIVIL_DATE_LEN + 1];
	struct plan_start start = {
	    .sign = buf_text(&first->said.sign),
	    .helps = buf_text(&first->said.helps),
	    .person = buf_text(&first->said.person),
	    .review_day = review,
	    .lang = LANG,
	};
	struct civil day;

	if (!civil_parse_date(first->day, &day))
		return EK_BUG;
	civil_from_days(
	    civil_days(day.year, day.month, day.day) + REVIEW_DAYS, &day);
	civil_format_date(&day, review);
	return plan_first(&start, ret, why);
}

/* One try to make the book with the key kept as first->mode says. */
static enum ek_err
try_make(struct first *first, const struct buf *plan, struct ek_why *why)
{
	json_t *spec = NULL;
	json_t *schedules = NULL;
	json_t *body = NULL;
	enum ek_err err;

	err = keyspec_make(
	    first->mode, &first->passphrase, &first->phrase, &spec, why);
	if (err == EK_OK)
		err = start_when(
		    buf_text(&first->said.when), first->day, &schedules, why);
	if (err == EK_OK) {
		body = json_pack("{s:O,s:s,s:s,s:b,s:O}", "key", spec, "lang",
		    LANG, "plan", buf_text(plan), "shared_login", 0,
		    "schedules", schedules);
		err = body == NULL ? EK_NOMEM : EK_OK;
	}
	if (err == EK_OK)
		err = client_call(first->env->client, "POST", "/v1/book", body,
		    NULL, NULL, why);
	json_decref(body);
	json_decref(schedules);
	keyspec_free(spec);
	return err;
}

static enum ek_err
make(struct first *first, struct ek_why *why)
{
	struct buf plan;
	enum ek_err err;

	buf_init(&plan, EK_PLAN_MAX);
	err = make_plan(first, &plan, why);
	if (err == EK_OK)
		err = try_make(first, &plan, why);
	if (keyspec_no_keyring(err, why)) {
		first->said.at = "key";
		err = keyspec_instead(first->env, first->chosen, &first->mode,
		    &first->passphrase, why);
		if (err == EK_OK)
			err = try_make(first, &plan, why);
	}
	buf_done(&plan);
	return err;
}

static void
print_help(struct cmd_env *env, const json_t *status)
{
	const json_t *lines =
	    json_object_get(json_object_get(status, "help"), "lines");
	const json_t *line;
	size_t i;

	out_line(env->out, "%s", ops_text(status, "nobody"));
	json_array_foreach(lines, i, line)
	{
		if (json_is_string(line))
			out_text(env->out, OUT_PLAIN, 2, 2, "%s",
			    json_string_value(line));
	}
}

/* On her screen, and in words for where there is none. */
static void
show_sample(struct cmd_env *env, const json_t *status)
{
	json_t *body = json_object(), *reply = NULL;

	out_line(env->out, "This is all a notification will say:");
	out_text(env->out, OUT_PLAIN, 4, 0, "%s", ops_text(status, "bubble"));
	if (client_call(env->client, "POST", "/v1/bubble/sample", body, NULL,
		&reply, NULL) == EK_OK)
		out_line(env->out, "%s", ops_text(reply, "words"));
	json_decref(reply);
	json_decref(body);
}

/* What was done about her logins; nothing to say where that is hers to do. */
static void
print_autostart(struct cmd_env *env)
{
	json_t *reply = NULL;
	const char *state;

	if (client_call(env->client, "GET", "/v1/autostart", NULL, NULL, &reply,
		NULL) != EK_OK)
		return;
	state = ops_text(reply, "state");
	if (strcmp(state, "on") == 0)
		out_line(env->out,
		    "From now on it starts when you log in, so that it can ask "
		    "at the times you chose; `keel erase` ends that.");
	else if (strcmp(state, "none") != 0)
		out_line(env->out,
		    "It could not be told to start when you log in; for that, "
		    "run: systemctl --user enable keeld.service");
	json_decref(reply);
}

/* The phrase is printed whatever else fails: it is never shown again. */
static void
print_end(struct first *first)
{
	struct cmd_env *env = first->env;
	json_t *status = NULL;
	json_t *done;

	done = json_pack("{s:b,s:s,s:s}", "made", 1, "phrase",
	    buf_text(&first->phrase), "key", keyspec_mode_name(first->mode));
	if (done != NULL)
		out_json(env->out, done);
	json_decref(done);
	out_gap(env->out);
	out_line(env->out, "Your book is made and your plan is begun.");
	keyspec_show_phrase(env, &first->phrase);
	out_gap(env->out);
	if (client_call(env->client, "GET", "/v1/status", NULL, NULL, &status,
		NULL) == EK_OK) {
		if (!env->json) /* nobody reads what became of it */
			show_sample(env, status);
		out_gap(env->out);
		out_line(env->out, "%s", ops_text(status, "kept"));
		out_line(env->out, "%s",
		    ops_text(json_object_get(status, "key"), "words"));
		print_help(env, status);
	}
	out_gap(env->out);
	print_autostart(env);
	out_line(env->out,
	    "Next: `keel` shows today, `keel checkin` asks you now, `keel plan "
	    "edit` goes on with your plan, `keel copy set DIR` keeps a sealed "
	    "copy.");
	json_decref(status);
}

static enum ek_err
start(struct first *first, struct ek_why *why)
{
	enum ek_err err;

	err = check_state(first, why);
	if (err != EK_OK)
		return err;
	find_day(first);
	err = start_ask(
	    first->env, first->answers, first->day, &first->said, why);
	if (err != EK_OK)
		return err;
	if (first->said.shared)
		return ek_why(why, EK_DENIED,
		    "a login that several people use is not supported, for "
		    "each of them could read your book, and nothing was made; "
		    "ask your IT people for a login of your own");
	first->said.at = "key";
	err = keyspec_choose(first->env, first->key_opt, first->answers,
	    &first->mode, &first->chosen, &first->passphrase, why);
	if (first->passphrase.len > 0)
		first->said.at = "passphrase";
	if (err != EK_OK)
		return err;
	first->said.at = NULL; /* what fails from here on is about no answer */
	if (first->answers != NULL)
		err = answers_all_taken(first->answers, why);
	if (err == EK_OK)
		err = make(first, why);
	if (err == EK_OK)
		print_end(first);
	return err;
}

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	struct first first = {.env = env};
	struct ek_why why = {""};
	enum ek_err err;

	start_said_init(&first.said);
	buf_init(&first.passphrase, PHRASE_PASS_MAX);
	buf_init(&first.phrase, PHRASE_MAX);
	err = read_args(argc, argv, &first, &why);
	if (err == EK_OK)
		err = start(&first, &why);
	if (err != EK_OK)
		err = out_fail_answer(env->out, err, &why, first.said.at);
	answers_free(first.answers);
	buf_done(&first.phrase);
	buf_done(&first.passphrase);
	start_said_done(&first.said);
	return err;
}

const struct cmd cmd_start = {
    .name = "start",
    .args = "[--answers -] [--key keyring|passphrase|file]",
    .summary = "begin: five questions, at most five minutes",
    .help = "With --answers - nothing is asked; lines on stdin say it all:\n"
	    "sign=TEXT, helps=TEXT, person=TEXT (each may be left out)\n"
	    "when=suggested, none, a rule (FREQ=WEEKLY;BYDAY=TU) or days and a "
	    "time (Tue Thu 15:00)\n"
	    "shared=no (yes makes nothing: a shared login is not supported)\n"
	    "key=keyring, passphrase or file; passphrase=WORDS for the second\n"
	    "The recovery phrase is printed once. `keel restore` brings back a "
	    "book you have elsewhere.",
    .flags = CMD_DAEMON | CMD_WAKES,
    .opts = opts,
    .run = run,
};
